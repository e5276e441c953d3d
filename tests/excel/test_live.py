"""A workbook that is open in Excel: read and written in blocks, and never half written."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlwings

from sop_xl.errors import SopError
from sop_xl.excel import blocks, refusals
from sop_xl.excel.live import LiveBook, caller, open_book
from sop_xl.workbook.build import SCHEMA, Drawn, pack
from sop_xl.workbook.reader import open_sheets
from tests import drawing
from tests.conftest import Once
from tests.drawing import Place, cell_of, item_of, redrawn
from tests.excel import engine

NOON = dt.datetime(2026, 10, 5, 12)
FAMILIES = 14
"""With so many families a book has about 150,000 cells."""


@pytest.fixture(scope="module")
def drawn(once: Once) -> Drawn:
    return drawing.drawn_from(once("drawn", drawing.small_plan))


@pytest.fixture(scope="module")
def file(drawn: Drawn, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("book") / "SOP_2026-10.xlsx"
    file.write_bytes(pack(drawn, macros=False))
    return file


@pytest.fixture
def excels(monkeypatch: pytest.MonkeyPatch) -> Iterator[engine.Excels]:
    monkeypatch.setattr(refusals, "PATIENCE", 0.0)
    with engine.running() as excels:
        yield excels


@pytest.fixture
def excel(excels: engine.Excels) -> engine.Excel:
    return excels.add()


@pytest.fixture
def opened(excel: engine.Excel, file: Path, tmp_path: Path) -> engine.Book:
    return excel.books.open(str(shutil.copy(file, tmp_path)))


@pytest.fixture
def live(opened: engine.Book) -> LiveBook:
    return LiveBook(engine.show(opened), now=lambda: NOON)


def value_at(book: engine.Book, place: Place) -> Any:
    return book.sheet(place.sheet).shown(place.row, place.column)


def formula_at(book: engine.Book, place: Place) -> str:
    return book.sheet(place.sheet).formula(place.row, place.column)


def type_in(book: engine.Book, place: Place, value: Any) -> None:
    book.sheet(place.sheet).put(place.row, place.column, value)


def bring_up_to_date(live: LiveBook, drawn: Drawn) -> list[str]:
    """Write what differs; gives what was recorded."""
    recorded: list[str] = []
    live.write(live.difference(drawn), drawn, recorded.append)
    return recorded


def contents(book: engine.Book) -> dict[str, list[list[str]]]:
    """Every formula and constant of a workbook."""
    every = {}
    for sheet in book.sheets:
        box = sheet.used_range.box
        every[sheet.name] = [
            [sheet.formula(row, column) for column in range(1, box[3] + 1)]
            for row in range(1, box[2] + 1)
        ]
    return every


# ---- reading -----------------------------------------------------------------------------


def test_the_sheets_read_as_those_of_the_file(live: LiveBook, file: Path) -> None:
    found = open_sheets(file)
    assert list(live.sheets()) == list(found)
    for name, sheet in live.sheets().items():
        assert sheet.tables == found[name].tables
        for ours, theirs in zip(sheet.values, found[name].values, strict=False):
            assert ours[: len(theirs)] == theirs
            assert list(map(type, ours[: len(theirs)])) == list(map(type, theirs))
    text = live.sheets()["Demand_Plan"].formulas[1][0]
    assert text.startswith('="Cycle')


def test_cells_as_the_reader_wants_them(live: LiveBook, opened: engine.Book) -> None:
    sheet = opened.sheet("Data_Finance")
    for row, value in enumerate(
        [7.0, 2.5, True, "'=1+1", "=1/0", "#N/A", "2026", "'2026", None, NOON], start=40
    ):
        sheet.put(row, 1, value)
    sheet.cells.shown[44, 1] = engine.ErrorText("#DIV/0!")
    found = live.sheets()["Data_Finance"]
    assert [row[0] for row in found.values[39:49]] == [
        7, 2.5, True, "=1+1", "#DIV/0!", "#N/A", 2026, "2026", None, NOON,
    ]  # fmt: skip
    assert type(found.values[39][0]) is int
    assert [row[0] for row in found.formulas[39:49]] == [
        7, 2.5, True, "=1+1", "=1/0", "#N/A", 2026, "2026", None, NOON,
    ]  # fmt: skip


def test_a_sheet_that_does_not_begin_at_a1_is_read_from_there(
    live: LiveBook, opened: engine.Book
) -> None:
    cells = opened.sheet("Events").cells
    for held in (cells.shown, cells.formulas):
        for spot in [spot for spot in held if spot[0] < 6]:
            del held[spot]
    assert opened.sheet("Events").used_range.row == 6
    assert live.sheets()["Events"].values[5][0] == "Event"


def test_a_lone_cell_far_below_does_not_fill_the_memory(
    live: LiveBook, opened: engine.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "SLAB", 2_000)
    opened.sheet("Events").put(1_048_576, 16_384, "x")
    rows = live.sheets()["Events"].values
    assert rows[6][0] == "E-1"
    assert len(rows) < 100


def test_renamed_and_other_sheets_are_not_there(live: LiveBook, opened: engine.Book) -> None:
    opened.sheet("Capacity").cells.title = "My capacity"
    opened.cells.append(engine.Cells("Notes", {(1, 1): "mine"}, {}, {}))
    assert not {"Capacity", "My capacity", "Notes"} & live.sheets().keys()


def test_identity_comes_from_the_names(
    live: LiveBook, opened: engine.Book, drawn: Drawn
) -> None:
    assert live.identity() == drawn.properties
    opened.names("SopPlan").refers_to = '="Velo ""&"" Co"'
    assert live.identity()["plan"] == 'Velo "&" Co'
    opened.names("SopProgram").delete()
    assert live.identity()["program"] == ""


def test_a_workbook_of_others_or_of_another_structure_is_refused(
    live: LiveBook, opened: engine.Book
) -> None:
    opened.names("SopSchema").refers_to = '="0"'
    with pytest.raises(SopError, match=f"has structure 0, this program reads {SCHEMA}"):
        live.identity()
    opened.names("SopBuild").delete()
    with pytest.raises(SopError, match=r"no S&OP workbook of ours.*press the button there"):
        live.identity()


def test_the_file_is_the_path_or_the_name(
    live: LiveBook, opened: engine.Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert live.file == str((tmp_path / "SOP_2026-10.xlsx").resolve())
    assert live.needs_new == ""
    opened.fullname = "Book1"  # not saved yet
    assert live.file == "SOP_2026-10.xlsx"

    def in_the_cloud(_book: engine.Book) -> str:
        raise xlwings.XlwingsError("Couldn't find the local OneDrive file")

    monkeypatch.setattr(xlwings.Book, "fullname", property(in_the_cloud))
    assert live.file == "SOP_2026-10.xlsx"
    assert live.needs_new == ""


def test_a_workbook_that_lost_its_ribbon_needs_a_new_one(
    excel: engine.Excel, file: Path, tmp_path: Path
) -> None:
    saved = str(shutil.copy(file, tmp_path / "SOP.xlsm"))  # without macros, as others save it
    live = LiveBook(engine.show(excel.books.open(saved)))
    told = "Another program saved this one: it has lost the macros and the ribbon."
    assert live.needs_new == told


# ---- writing -----------------------------------------------------------------------------


def changed(drawn: Drawn) -> Drawn:
    """The book with a new figure, text, date, formula, blank, and build."""
    again = redrawn(
        drawn,
        {
            str(cell_of(drawn, "demand_plan", "baseline", "2026-12")): 123.25,
            str(item_of(drawn, "actions", "description")): "007 & 1-2",
            str(item_of(drawn, "actions", "due")): dt.datetime(2026, 10, 31),
            str(item_of(drawn, "risks", "weighted")): "=1+2",
            str(item_of(drawn, "actions", "closed")): None,
            str(item_of(drawn, "items", "name")): "TRUE",
        },
    )
    return again._replace(properties=drawn.properties | {"build": "new build", "version": "2"})


def test_what_differs_is_written_and_nothing_else(
    live: LiveBook, opened: engine.Book, drawn: Drawn
) -> None:
    note = Place("Actions", 7, 20)
    type_in(opened, note, "my note")
    before = contents(opened)
    again = changed(drawn)
    assert bring_up_to_date(live, again) == [""]
    assert value_at(opened, cell_of(drawn, "demand_plan", "baseline", "2026-12")) == 123.25
    assert value_at(opened, item_of(drawn, "actions", "description")) == "007 & 1-2"
    assert value_at(opened, item_of(drawn, "actions", "due")) == dt.datetime(2026, 10, 31)
    assert value_at(opened, item_of(drawn, "actions", "closed")) is None
    assert value_at(opened, item_of(drawn, "items", "name")) == "TRUE"
    assert formula_at(opened, item_of(drawn, "risks", "weighted")) == "=1+2"
    assert live.identity()["build"] == "new build"
    after = contents(opened)
    differing = [
        (name, row, column)
        for name, rows in before.items()
        for row, pair in enumerate(zip(rows, after[name], strict=True))
        for column, (one, other) in enumerate(zip(*pair, strict=True))
        if one != other
    ]
    assert len(differing) == 6
    assert live.difference(again).sheets == []


@pytest.mark.parametrize(
    "text",
    ["007", "1-2", "3E5", "12%", "May 5", "1/2", "TRUE", "false", "=1+1", "+49 89 1234", "-Fracht",
     "@SUM(A1)", "'Früh'", "#N/A", "#1", "10:30", "1,5", "Ünïcode", "two\nlines", "  spaced  "],
)  # fmt: skip
def test_texts_stay_texts(live: LiveBook, opened: engine.Book, drawn: Drawn, text: str) -> None:
    place = item_of(drawn, "actions", "description")
    sheets = list(redrawn(drawn, {str(place): "x"}).sheets)
    next(s for s in sheets if s.name == place.sheet).cells.put(place.row, place.column, text)
    again = drawn._replace(sheets=sheets)
    bring_up_to_date(live, again)
    held = opened.sheet(place.sheet).cells
    assert held.shown[place.row, place.column] == text
    assert type(held.shown[place.row, place.column]) is str
    assert (place.row, place.column) not in held.formulas
    assert live.difference(again).sheets == []


def test_excel_is_quiet_meanwhile_and_as_before_afterwards(
    live: LiveBook, excel: engine.Excel, drawn: Drawn
) -> None:
    live.say(1, 3, "Demand_Plan")
    assert excel.said == ["S&OP: Demand_Plan (1/3)"]
    excel.calculation = "semiautomatic"
    bring_up_to_date(live, changed(drawn))
    written = [one for one in excel.written if not one.place.endswith("!A1")]
    assert written
    assert {(one.calculation, one.screen_updating) for one in written} == {("manual", False)}
    assert (excel.calculation, excel.screen_updating) == ("semiautomatic", True)
    assert excel.said[-1] is False
    assert excel.calculated == 0


def test_who_calculates_by_hand_sees_no_old_figures(
    live: LiveBook, excel: engine.Excel, drawn: Drawn
) -> None:
    excel.calculation = "manual"
    bring_up_to_date(live, changed(drawn))
    assert (excel.calculation, excel.calculated) == ("manual", 1)


def test_a_header_typed_over_is_put_right_before_formulas_name_it(
    live: LiveBook, opened: engine.Book, drawn: Drawn
) -> None:
    header = item_of(drawn, "pipeline", "probability", -1)
    type_in(opened, header, "Chance")
    assert "[[#This Row],[Chance]]" in formula_at(
        opened, item_of(drawn, "pipeline", "weighted_quantity")
    )
    patches = live.difference(drawn)
    assert [typed.cell for patch in patches.sheets for typed in patch.typed] == [str(header)]
    live.write(patches, drawn, lambda _: None)
    assert value_at(opened, header) == "Probability"
    assert live.difference(drawn).sheets == []


def test_an_array_formula_is_laid_over_its_range(
    live: LiveBook, opened: engine.Book, drawn: Drawn
) -> None:
    first = cell_of(drawn, "what_if_view", "forecast", "2026-10")
    text = formula_at(opened, first)
    opened.sheet("What_If").range("Q12:AB12").formula = [[1.0] * 12]
    bring_up_to_date(live, drawn)
    last = first._replace(column=first.column + 11)
    assert formula_at(opened, last) == formula_at(opened, first) == text
    assert live.difference(drawn).sheets == []


# ---- refusals ----------------------------------------------------------------------------


def test_a_protected_sheet_is_met_before_anything_is_written(
    live: LiveBook, opened: engine.Book, drawn: Drawn
) -> None:
    opened.sheet("Risks_Opps").cells.protected = True
    before = contents(opened)
    recorded: list[str] = []
    with pytest.raises(SopError) as error:
        live.write(live.difference(changed(drawn)), drawn, recorded.append)
    assert error.value.message.startswith("The sheet Risks_Opps cannot be written: The cell or")
    assert "Review > Unprotect Sheet" in error.value.remedy
    assert contents(opened) == before
    assert recorded == []
    assert live.identity()["build"] == drawn.properties["build"]


def test_a_protected_sheet_that_does_not_change_does_no_harm(
    live: LiveBook, opened: engine.Book, drawn: Drawn
) -> None:
    opened.sheet("Capacity").cells.protected = True
    bring_up_to_date(live, changed(drawn))
    assert live.identity()["build"] == "new build"


def test_a_cell_that_is_being_edited_is_met_before_anything_is_written(
    live: LiveBook, opened: engine.Book, excel: engine.Excel, drawn: Drawn
) -> None:
    before = contents(opened)
    patches = live.difference(changed(drawn))
    excel.editing = True
    for ask in (
        lambda: live.write(patches, drawn, pytest.fail),
        live.identity,
        live.selection,
        lambda: live.go("Home!A1"),
        lambda: LiveBook(live.book).sheets(),
        open_book,
    ):
        with pytest.raises(SopError) as error:
            ask()
        assert "Excel does not listen" in error.value.message
        assert "Press Enter or Esc in the cell that is being edited" in error.value.remedy
    live.say(1, 2, "nobody listens")  # and waits for nobody
    live.log([("Run forecast", "done")])
    excel.editing = False
    assert contents(opened) == before
    assert (excel.calculation, excel.screen_updating) == ("automatic", True)


def test_a_busy_excel_is_waited_for(
    live: LiveBook, excel: engine.Excel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "PATIENCE", 5.0)
    excel.editing = True

    def done_editing(_seconds: float) -> None:
        excel.editing = False

    monkeypatch.setattr("time.sleep", done_editing)
    assert live.identity()["cycle"] == "2026-10"
    assert sys.modules["xlwings._xlwindows"].N_COM_ATTEMPTS == 0  # as xlwings had it


def test_what_somebody_types_meanwhile_is_not_lost(
    live: LiveBook, opened: engine.Book, drawn: Drawn
) -> None:
    patches = live.difference(changed(drawn))
    place = cell_of(drawn, "demand_plan", "sales_adjustment", "2027-01")
    type_in(opened, place, 55.0)
    with pytest.raises(SopError, match=f"Somebody typed in {place} in the meantime") as error:
        live.write(patches, drawn, pytest.fail)
    assert error.value.remedy == "Press the button again."
    assert value_at(opened, place) == 55.0


def test_if_excel_refuses_a_block_the_others_are_put_back(
    live: LiveBook, opened: engine.Book, excel: engine.Excel, drawn: Drawn
) -> None:
    before = contents(opened)
    patches = live.difference(changed(drawn))
    blocks = sum(len(patch.blocks) for patch in patches.sheets)
    tried = len(patches.sheets)
    excel.refuse = {tried + blocks - 1}  # the last one
    with pytest.raises(SopError, match=r"Excel did not take Risks_Opps!\w+: Application") as error:
        live.write(patches, drawn, lambda _: None)
    assert error.value.remedy.startswith("The workbook is as it was.")
    assert len(excel.written) == tried + 2 * (blocks - 1)
    assert contents(opened) == before
    assert live.identity()["build"] == drawn.properties["build"]
    assert (excel.calculation, excel.screen_updating, excel.said[-1]) == ("automatic", True, False)
    excel.refuse = set()
    live.write(patches, drawn, lambda _: None)
    assert live.difference(changed(drawn)).sheets == []


def test_if_nothing_can_be_put_back_it_says_so(
    live: LiveBook, excel: engine.Excel, drawn: Drawn
) -> None:
    patches = live.difference(changed(drawn))
    excel.refuse = set(range(len(patches.sheets) + 2, 1_000))
    with pytest.raises(SopError, match="did not take") as error:
        live.write(patches, drawn, lambda _: None)
    assert error.value.remedy.startswith("The workbook is written in part: press the button again")
    assert (excel.calculation, excel.screen_updating) == ("automatic", True)


def test_a_book_that_moved_is_not_written(live: LiveBook, drawn: Drawn) -> None:
    patches = live.difference(drawn)._replace(moved=["Demand_Plan: rows were sorted"])
    with pytest.raises(ValueError, match="cannot be written in place"):
        live.write(patches, drawn, pytest.fail)


def test_errors_of_our_own_are_not_taken_for_those_of_excel() -> None:
    with pytest.raises(ZeroDivisionError), refusals.told("do this"):
        _ = 1 / 0
    gone = engine.ComError(refusals.UNAVAILABLE, "The RPC server is unavailable.")
    with pytest.raises(SopError, match="Excel was closed while it was asked"), refusals.told("x"):
        raise gone
    with pytest.raises(SopError, match="Excel did not open it: Parameter error") as error:
        _ask_a_mac("open it")
    assert error.value.remedy == "Look at it."


def _ask_a_mac(doing: str) -> None:
    class CommandError(Exception):
        """An error as appscript raises it."""

        errornumber, errormessage = -50, "Parameter error."

    with refusals.told(doing, "Look at it."):
        raise CommandError("Command failed")


# ---- the log, messages, the eye ----------------------------------------------------------


def logged(book: engine.Book, rows: int = 4) -> list[tuple[Any, ...]]:
    sheet = book.sheet("Log")
    return [tuple(sheet.shown(row, column) for column in (1, 2, 3)) for row in range(7, 7 + rows)]


def test_the_log_has_the_newest_on_top_and_room_for_so_many(
    live: LiveBook, opened: engine.Book, excel: engine.Excel
) -> None:
    live.log([("Run forecast", "Forecast: 2 changes taken over."), ("Run forecast", "=1+1")])
    live.log([("Run checks", "-2 of 14 checks failed")])
    at = "2026-10-05 12:00"
    assert logged(opened) == [
        (at, "Run checks", "-2 of 14 checks failed"),
        (at, "Run forecast", "Forecast: 2 changes taken over."),
        (at, "Run forecast", "=1+1"),
        (None, None, None),
    ]
    assert excel.calls == {"values": 2, "written": 2}
    live.log([("Run checks", f"line {n}") for n in range(30)])
    assert logged(opened, 21)[19:] == [(at, "Run checks", "line 19"), (None, None, None)]


@pytest.mark.parametrize("harm", ["no sheet", "no list", "other columns", "protected"])
def test_a_log_that_cannot_be_written_hides_nothing(
    live: LiveBook, opened: engine.Book, harm: str
) -> None:
    cells = opened.sheet("Log").cells
    if harm == "no sheet":
        opened.cells.remove(cells)
    elif harm == "no list":
        cells.tables.clear()
    elif harm == "other columns":
        cells.shown[6, 1] = "Mine"
    else:
        cells.protected = True
    before = dict(cells.shown)
    live.log([("Run checks", "done")])
    assert cells.shown == before


def test_messages_are_short_enough_to_be_read(live: LiveBook, excel: engine.Excel) -> None:
    live.say(1, 2, "Capacity")
    live.tell("Forecast: 2 changes taken over.", ["one", "x" * 1_000])
    live.tell("Many", [f"line {n}" for n in range(40)])
    live.tell("None", [])
    assert excel.alerts[0] == engine.Alert(
        "S&OP", "Forecast: 2 changes taken over.\n\none\n" + "x" * 249 + "…", "ok"
    )
    many = excel.alerts[1].text.splitlines()
    assert (len(many), many[-2:]) == (18, ["line 14", "... see the sheet Log"])
    assert excel.alerts[2].text == "None"
    assert excel.said[-1] is False
    live.say(1, 2, "y" * 1_000)
    assert len(str(excel.said[-1])) == 255


def test_what_is_asked_can_be_refused(live: LiveBook, excel: engine.Excel) -> None:
    assert live.ask("This is going to be overwritten:", ["Demand_Plan!Z14"] * 20)
    assert excel.alerts[0].buttons == "ok_cancel"
    assert excel.alerts[0].text.endswith("Demand_Plan!Z14\n... and 5 more")
    excel.answer = "cancel"
    assert not live.ask("This is going to be overwritten:", [])


def test_the_eye_is_led_to_a_cell_and_asked_where_it_is(
    live: LiveBook, opened: engine.Book, excel: engine.Excel
) -> None:
    live.go("Demand_Plan!Z14")
    assert live.selection() == "Demand_Plan!Z14"
    assert opened.sheets.active.name == "Demand_Plan"
    live.go("'Home'!B3:D5")
    assert live.selection() == "Home!B3"
    opened.sheet("Capacity").cells.visible = False  # as for a company without capacity
    live.go("Capacity!C7")
    assert live.selection() == "Home!A1"
    opened.sheet("Home").cells.visible = False
    with pytest.raises(SopError, match=r"did not show Capacity!A1: .*Look whether the sheet"):
        live.go("Capacity!A1")
    with pytest.raises(SopError, match="did not show Nowhere!A1"):
        live.go("Nowhere!A1")
    other = excel.books.show(Path("Other.xlsx"), [], {})
    excel.selection = engine.Range(engine.Sheet(other, engine.Cells("X", {}, {}, {})), (1, 1, 1, 1))
    with pytest.raises(SopError, match=r"No cell of this workbook is selected\. Select one"):
        live.selection()
    excel.selection = None  # a chart is
    with pytest.raises(SopError, match="No cell of this workbook is selected"):
        live.selection()


def test_another_workbook_is_opened_and_shown(
    live: LiveBook, excel: engine.Excel, file: Path, tmp_path: Path
) -> None:
    new = Path(shutil.copy(file, tmp_path / "SOP_2026-10_v2_.xlsx"))
    live.open(new)
    assert excel.books.active.path == new
    elsewhere = tmp_path / "copy" / "SOP_2026-10.xlsx"
    elsewhere.parent.mkdir()
    shutil.copy(file, elsewhere)
    with pytest.raises(SopError, match=r"SOP_2026-10\.xlsx is open already.*Close it, then open"):
        live.open(elsewhere)


# ---- finding a workbook ------------------------------------------------------------------


def test_an_open_workbook_is_found_by_its_name_in_any_excel(
    excels: engine.Excels, excel: engine.Excel, file: Path, tmp_path: Path
) -> None:
    excel.books.show(Path("Budget.xlsx"), [], {})
    excels.add().books.open(str(shutil.copy(file, tmp_path / "SOP_2026-10.xlsm")))
    for name in (None, "SOP_2026-10.xlsm", "sop_2026-10", str(tmp_path / "SOP_2026-10.xlsm")):
        assert open_book(name).name == "SOP_2026-10.xlsm"
    assert open_book("budget").name == "Budget.xlsx"
    with pytest.raises(SopError) as error:
        open_book("SOP_2026-11.xlsm")
    assert str(error.value) == (
        "No workbook called SOP_2026-11.xlsm is open in Excel; open are: Budget.xlsx, "
        "SOP_2026-10.xlsm. Name one of them."
    )


def test_two_workbooks_that_could_be_meant(
    excels: engine.Excels, excel: engine.Excel, file: Path, tmp_path: Path
) -> None:
    (tmp_path / "copy").mkdir()
    one = shutil.copy(file, tmp_path / "SOP.xlsx")
    other = shutil.copy(file, tmp_path / "copy" / "SOP.xlsx")
    excel.books.open(str(one))
    excels.add().books.open(str(other))
    with pytest.raises(SopError, match="2 workbooks called SOP are open in Excel"):
        open_book("SOP")
    assert open_book(str(other)).file == str(Path(other).resolve())
    with pytest.raises(SopError, match=r"Several S&OP workbooks are open: SOP\.xlsx, SOP\.xlsx"):
        open_book()


def test_where_no_workbook_or_no_excel_is(
    excel: engine.Excel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SopError, match="No workbook is open in Excel"):
        open_book()
    excel.books.show(Path("Budget.xlsx"), [], {})
    with pytest.raises(SopError, match="No S&OP workbook is open in Excel; open are: Budget"):
        open_book()
    monkeypatch.setattr(xlwings.engines, "active", None)
    with pytest.raises(SopError, match=r"There is no Excel here .*--book FILE"):
        open_book()
    monkeypatch.setitem(sys.modules, "xlwings", None)
    with pytest.raises(SopError, match=r"runs on Windows and Mac.*--book FILE"):
        open_book()


def test_the_workbook_of_a_button(
    opened: engine.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlwings.Book, "_mock_caller", engine.show(opened), raising=False)
    assert caller().name == "SOP_2026-10.xlsx"


# ---- how often Excel is asked ------------------------------------------------------------


def test_a_big_book_takes_as_few_calls_as_a_small_one(
    drawn: Drawn, once: Once, excel: engine.Excel
) -> None:
    counts = []
    for book in (drawn, drawing.drawn_from(once("big", lambda f: drawing.big_plan(f, FAMILIES)))):
        live = LiveBook(engine.show(excel.books.show(Path("SOP.xlsm"), *as_cells(book))))
        again = with_other_figures(book)
        excel.calls.clear()
        live.identity()
        live.sheets()
        patches = live.difference(again)
        assert excel.calls == {"values": len(book.sheets), "formulas": len(book.sheets)}
        excel.calls.clear()
        live.write(patches, again, lambda _: None)
        assert live.difference(again).sheets == []
        written = len(patches.sheets)
        # each sheet is tried and read once more before it is written in a handful of blocks
        assert excel.calls["formulas"] == written + len(book.sheets)
        assert excel.calls["written"] <= 8 * written
        counts.append((drawing.cells_in(book), excel.calls["written"]))
    (small, few), (big, many) = counts
    assert big > 2 * small
    assert many <= few + 10


def as_cells(drawn: Drawn) -> tuple[list[engine.Cells], dict[str, str]]:
    """A drawn book as Excel would hold it."""
    sheets = []
    for name, (values, formulas, tables) in drawing.shown(drawn).items():
        spots = [
            (row, column) for row, line in enumerate(values, start=1)
            for column, _ in enumerate(line, start=1)
        ]  # fmt: skip
        held = {(r, c): values[r - 1][c - 1] for r, c in spots if values[r - 1][c - 1] is not None}
        texts = {(r, c): formulas[r - 1][c - 1] for r, c in spots}
        own = {spot: text for spot, text in texts.items()
               if isinstance(text, str) and text[:1] == "=" and text != held.get(spot)}  # fmt: skip
        lists = {}
        for table, reference in tables.items():
            box = engine.box_of(reference)
            lists[table] = engine.List(box, [held[box[0], c] for c in range(box[1], box[3] + 1)])
        sheets.append(engine.Cells(name, held, own, lists))
    names = drawn.workbook.defined_names
    return sheets, {name: one.attr_text for name, one in names.items()}


def with_other_figures(drawn: Drawn) -> Drawn:
    """The same book after a new forecast: every number that was computed is another."""
    months = drawn.layout.columns
    figures = {}
    for sheet in drawn.sheets:
        for row, cells in sheet.cells.cells_by_row():
            for column, value, _, formula in cells:
                in_plan = row > 7 and months.first_plan <= column <= months.last_plan
                if in_plan and formula is None and isinstance(value, float):
                    figures[str(Place(sheet.name, row, column))] = value + 1.0
    return redrawn(drawn, figures)
