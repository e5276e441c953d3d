"""A workbook that is open in Excel: read and written in blocks, told in words, never half written."""

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
from sop_xl.excel.live import LiveBook, open_book
from sop_xl.workbook.build import SCHEMA, Drawn, pack
from sop_xl.workbook.reader import open_sheets
from tests import drawing
from tests.conftest import Once
from tests.drawing import Place, cell_of, item_of, redrawn
from tests.excel import engine

NOON = dt.datetime(2026, 10, 5, 12)
FAMILIES = 55
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
    assert live.needs_new == "Another program saved this one: it has lost the macros and the ribbon."


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
