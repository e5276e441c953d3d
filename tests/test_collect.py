"""What people type in a workbook comes back: exactly that, once, and nothing else."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sop_xl import actions
from sop_xl.actions import Collected
from sop_xl.errors import SopError
from sop_xl.schema import Severity
from sop_xl.workbook.layout import HEADER_ROW
from sop_xl.workbook.package import Package
from tests.books import InGrid, InList, change, opened, table_of, type_in, value_of
from tests.conftest import BOOK, LATER, NOW
from tests.office.tools import needs_office, recalculate_all

BIKES, PARTS = ("Bikes", "North"), ("Parts", "South")


def demand(measure: str, keys: tuple[str, ...] = BIKES, month: str = "2026-12") -> InGrid:
    return InGrid("Demand_Plan", keys, measure, month, "Demand plan")


def supply(measure: str, family: str = "Bikes", month: str = "2026-12") -> InGrid:
    return InGrid("Supply_Plan", (family,), measure, month)


EDITS: dict[InGrid | InList, Any] = {
    demand("± Sales"): 25,
    demand("Reason"): "new customer",
    supply("Fixed production", "Parts", "2027-01"): 321.5,
    InList("tblPipeline", "O-1", "Probability"): 0.75,
    InList("tblPipeline", "O-1", "Stage"): "negotiation",
    InList("tblFamilies", "Bikes", "Strategy"): "level",
    InList("tblActions", "A-2", "Status"): "done",
    InList("tblDecisions", "D-01", "Choice"): "Second shift",
}
DEMAND = "Demand plan: inputs"
LOGGED = [
    (DEMAND, "Bikes · North · 2026-12", "± Sales", "", "25", "new customer"),
    (DEMAND, "Bikes · North · 2026-12", "Reason", "", "new customer", "new customer"),
    ("Supply plan: inputs", "Parts · 2027-01", "Fixed production", "", "321.5", ""),
    ("Pipeline", "O-1", "Probability", "50 %", "75 %", ""),
    ("Pipeline", "O-1", "Stage", "proposal", "negotiation", ""),
    ("Families", "Bikes", "Strategy", "chase", "level", ""),
    ("Actions", "A-2", "Status", "open", "done", ""),
    ("Decisions", "D-01", "Choice", "", "Second shift", ""),
]


def collect(plan: Path, book: Path | None = None, author: str = "Bob", **options: Any) -> Collected:
    return actions.collect(plan, book or plan / BOOK, author=author, at=LATER, **options)


def told(result: Collected) -> list[str]:
    """``Sheet!Cell: message`` of each finding."""
    return [f"{f.sheet}!{f.cell}: {f.message}" for f in result.findings]


def log_of(book: Path, *columns: str) -> list[tuple[Any, ...]]:
    """Columns of the list on the sheet Change_Log."""
    sheet, reference = table_of(opened(book), "tblChangeLog")
    rows = [[cell.value for cell in row] for row in sheet[reference]]
    at = [rows[0].index(column) for column in columns]
    return [tuple(row[n] for n in at) for row in rows[1:] if row[0] is not None]


# ---- exactly what was typed ------------------------------------------------------------


def check_edits(plan: Path, result: Collected, cells: list[str]) -> None:
    """The edits are in the log with their cells, in the next book, and outputs follow."""
    assert told(result) == []
    assert result.conflicts == []
    assert sorted(change.cell for change in result.applied) == sorted(cells)
    book = actions.generate(plan).path
    logged = log_of(book, "List", "Key", "Field", "Old", "New", "Reason")
    clean = {tuple(value or "" for value in row) for row in logged}
    assert clean == set(LOGGED)
    assert len(logged) == len(LOGGED)
    assert set(log_of(book, "Who", "When", "Status")) == {("Bob", "2026-10-06 15:30", "applied")}
    assert sorted(cell for (cell,) in log_of(book, "Where")) == sorted(cells)
    for place, typed in EDITS.items():
        assert value_of(book, place) == typed
    assert value_of(book, demand("Consensus demand")) == pytest.approx(
        value_of(book, demand("Baseline forecast"))
        + value_of(book, demand("+ Pipeline"))
        + value_of(book, demand("+ Events"))
        + 25
    )
    assert value_of(book, supply("Production", "Parts", "2027-01")) == 321.5


def test_what_was_typed_is_logged_kept_and_planned_with(plan: Path) -> None:
    cells = type_in(plan / BOOK, EDITS)
    check_edits(plan, collect(plan), cells)
    again = collect(plan)
    assert (again.applied, again.conflicts, again.findings) == ([], [], [])


@needs_office
@pytest.mark.office
def test_a_book_saved_by_libreoffice_is_read_alike(plan: Path, tmp_path: Path) -> None:
    """Untouched, and edited: there a formula was typed, whose value is taken."""
    (tmp_path / "typed").mkdir()
    untouched = Path(shutil.copy(plan / BOOK, tmp_path / "typed" / "untouched.xlsm"))
    edited = tmp_path / "typed" / "edited.xlsm"
    cells = type_in(plan / BOOK, EDITS | {demand("± Sales"): "=20*1.25"}, edited)
    saved = recalculate_all([untouched, edited], tmp_path / "saved")

    nothing = collect(plan, saved[0])
    assert (nothing.applied, nothing.conflicts, nothing.findings) == ([], [], [])
    check_edits(plan, collect(plan, saved[1]), cells)


def test_an_untouched_book_holds_no_change(plan: Path) -> None:
    change(plan / BOOK, lambda _: None)  # saved by openpyxl, without cached values
    result = collect(plan)
    assert (result.applied, result.conflicts, result.findings) == ([], [], [])


@pytest.mark.parametrize("company", ["odd", "fine", "bare"])
def test_odd_names_come_back_as_they_were(
    company: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    plan = Path(shutil.copytree(request.getfixturevalue(company), tmp_path / "plan"))
    result = collect(plan)
    assert (result.applied, result.conflicts, result.findings) == ([], [], [])


def test_a_cleared_cell_is_a_change(plan: Path) -> None:
    place = InList("tblFamilies", "Bikes", "Target days")
    type_in(plan / BOOK, {place: None})
    (found,) = collect(plan).applied
    assert (found.column, found.old, found.new) == ("target_days", 15.0, None)
    assert value_of(actions.generate(plan).path, place) is None


# ---- several copies --------------------------------------------------------------------


def test_two_copies_collected_in_turn_lose_nothing(plan: Path, tmp_path: Path) -> None:
    ann, bob = tmp_path / "ann.xlsm", tmp_path / "bob.xlsm"
    sales, fixed = demand("± Sales"), supply("Fixed production")
    type_in(plan / BOOK, {sales: 25, demand("Reason"): "other"}, ann)
    type_in(plan / BOOK, {fixed: 40}, bob)
    assert len(collect(plan, ann, "Ann").applied) == 2
    assert len(collect(plan, bob, "Bob").applied) == 1
    book = actions.generate(plan).path
    assert (value_of(book, sales), value_of(book, fixed)) == (25, 40)
    assert [who for (who,) in log_of(book, "Who")] == ["Ann", "Ann", "Bob"]


def test_copies_that_come_under_the_same_name_lose_nothing(plan: Path, tmp_path: Path) -> None:
    original = Path(shutil.copy(plan / BOOK, tmp_path / "as issued.xlsm"))
    sales, fixed = demand("± Sales"), supply("Fixed production")
    type_in(plan / BOOK, {sales: 25, demand("Reason"): "other"})
    assert len(collect(plan, author="Ann").applied) == 2
    type_in(original, {fixed: 40}, plan / BOOK)
    result = collect(plan)
    assert [(change.column, change.new) for change in result.applied] == [
        ("production_override", 40.0)
    ]
    type_in(plan / BOOK, {fixed: 41})  # Bob goes on in his copy
    result = collect(plan)
    assert [(change.column, change.old, change.new) for change in result.applied] == [
        ("production_override", 40.0, 41.0)
    ]
    book = actions.generate(plan).path
    assert (value_of(book, sales), value_of(book, fixed)) == (25, 41)


def test_a_person_may_go_on_in_the_same_file(plan: Path) -> None:
    type_in(plan / BOOK, {demand("± Sales"): 25, demand("Reason"): "other"})
    collect(plan)
    type_in(plan / BOOK, {demand("± Sales"): 30})
    (again,) = collect(plan).applied
    assert (again.old, again.new) == (25.0, 30.0)
    type_in(plan / BOOK, {demand("± Sales"): None})
    (undone,) = collect(plan).applied
    assert (undone.old, undone.new) == (30.0, None)


def test_taking_everything_back_is_not_guessed(plan: Path, tmp_path: Path) -> None:
    original = Path(shutil.copy(plan / BOOK, tmp_path / "as issued.xlsm"))
    type_in(plan / BOOK, {demand("± Sales"): 25, demand("Reason"): "other"})
    collect(plan)
    shutil.copy(original, plan / BOOK)
    result = collect(plan)
    assert result.applied == []
    assert told(result) == [
        "!: the workbook shows nothing of what was collected from it before; "
        "that stays in the plan."
    ]


def test_two_people_in_one_cell_are_in_conflict(plan: Path, tmp_path: Path) -> None:
    ann, bob = tmp_path / "ann.xlsm", tmp_path / "bob.xlsm"
    place = supply("Fixed production")
    type_in(plan / BOOK, {place: 40}, ann)
    (cell,) = type_in(plan / BOOK, {place: 55}, bob)
    collect(plan, ann, "Ann")
    result = collect(plan, bob)
    assert result.applied == []
    ((conflict),) = result.conflicts
    assert (conflict.change.cell, conflict.change.new, conflict.kept) == (cell, 55.0, 40.0)
    book = actions.generate(plan).path
    assert value_of(book, place) == 40
    assert log_of(book, "Who", "New", "Status") == [
        ("Ann", "40", "applied"), ("Bob", "55", "conflict: kept 40"),
    ]  # fmt: skip
    preferred = collect(plan, bob, prefer="book")
    assert [change.new for change in preferred.applied] == [55.0]


# ---- what people do to sheets ----------------------------------------------------------


def test_sorted_rows_and_inserted_columns_are_understood(plan: Path) -> None:
    def rearranged(book: Any) -> None:
        sheet, reference = table_of(book, "tblPipeline")
        rows = sheet[reference][1:]
        values = [[cell.value for cell in row] for row in rows]
        values.sort(key=lambda row: row[0] or "zz")
        for row, wanted in zip(rows, values, strict=True):
            for cell, value in zip(row, wanted, strict=True):
                cell.value = value
        book["Demand_Plan"].insert_rows(HEADER_ROW + 1, 3)
        book["Supply_Plan"].insert_cols(2)

    change(plan / BOOK, rearranged)
    result = collect(plan)
    assert (result.applied, result.conflicts) == ([], [])
    (cell,) = type_in(plan / BOOK, {InList("tblPipeline", "O-2", "Quantity"): 95})
    (found,) = collect(plan).applied
    assert (found.cell, found.old, found.new) == (cell, 90.0, 95.0)


ROWS: dict[str, dict[str, Any]] = {
    "tblPipeline": {
        "Opportunity": "O-9", "Family": "Parts", "Region": "South", "Stage": "lead",
        "Quantity": 10, "Probability": 0.1, "Close date": "2026-12-01",
    },
    "tblEvents": {
        "Event": "E-9", "Kind": "promotion", "Family": "Parts", "Start": "2027-01",
        "End": "2027-02", "Uplift": 0.1,
    },
    "tblLaunches": {
        "Item or family": "B-100", "Region": "North", "Channel": "Shop", "Kind": "phase-out",
        "From": "2027-09", "Ramp": 4,
    },
    "tblDecisions": {"Number": "D-99", "Question": "Shall we?"},
    "tblAssumptions": {"Number": "A-01", "Assumption": "=No strike"},
    "tblRisks": {"Number": "R-9", "Description": "Flood", "Probability": 0.1, "Impact": 1000},
    "tblActions": {"Number": "A-9", "Action": "Ask", "Owner": "Eve", "Due": "2026-11-01"},
}  # fmt: skip


def test_new_rows_below_a_list_are_added(plan: Path) -> None:
    def add(book: Any) -> None:
        for table, row in ROWS.items():
            sheet, reference = table_of(book, table)
            cells = sheet[reference]
            below = cells[-1][0].row + 1
            for label, value in row.items():
                at = next(cell.column for cell in cells[0] if cell.value == label)
                cell = sheet.cell(below, at)
                cell.value = value
                cell.data_type = "s" if isinstance(value, str) else "n"

    change(plan / BOOK, add)
    result = collect(plan)
    assert [f for f in result.findings if f.severity is not Severity.REPAIR] == []
    assert {change.kind.value for change in result.applied} == {"added row"}
    book = actions.generate(plan).path
    for table, row in ROWS.items():
        key = next(iter(row.values()))
        for label, value in row.items():
            if isinstance(value, float | int) or label in ("Question", "Assumption"):
                assert value_of(book, InList(table, str(key), label)) == value
    assert len(log_of(book, "No.")) == len(ROWS)


def test_a_deleted_row_is_taken_out(plan: Path) -> None:
    def delete(book: Any) -> None:
        sheet, _ = table_of(book, "tblRisks")
        sheet.delete_rows(InList("tblRisks", "R-1", "Number").find(book).row)

    change(plan / BOOK, delete)
    (found,) = collect(plan).applied
    assert (found.table, found.kind.value) == ("risks", "deleted row")
    with pytest.raises(LookupError):
        value_of(actions.generate(plan).path, InList("tblRisks", "R-1", "Impact"))


def test_a_formula_that_was_typed_over_is_named(plan: Path) -> None:
    place = demand("Consensus demand")
    (cell,) = type_in(plan / BOOK, {place: 999})
    result = collect(plan)
    assert result.applied == []
    assert told(result) == [
        f"{cell}: the formula of Consensus demand was typed over with 999; the value is not taken "
        "over."
    ]
    assert value_of(actions.generate(plan).path, place) != 999


def renamed(book: Any) -> None:
    book["Supply_Plan"].title = "My plan"


def without_header(book: Any) -> None:
    book["Supply_Plan"].delete_rows(HEADER_ROW)


def without_list_header(book: Any) -> None:
    sheet, reference = table_of(book, "tblRisks")
    for cell in sheet[reference][0]:
        cell.value = None
    del sheet.tables["tblRisks"]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (renamed, "the sheet Supply_Plan is missing"),
        (without_header, "the header row with Measure and the months is gone"),
        (without_list_header, "the list Risks and opportunities is not on the sheet"),
    ],
)
def test_what_cannot_be_found_stays_as_it_was(
    plan: Path, damage: Callable[[Any], None], message: str
) -> None:
    type_in(plan / BOOK, {demand("± Sales"): 25, demand("Reason"): "other"})
    change(plan / BOOK, damage)
    result = collect(plan)
    assert [change.column for change in result.applied] == ["sales_adjustment", "reason"]
    assert any(message in line for line in told(result))


def test_a_book_of_an_earlier_version_lacks_what_came_later(plan: Path) -> None:
    def earlier(book: Any) -> None:
        del book.custom_doc_props["SopContents"], book.defined_names["SopContents"]
        renamed(book)
        without_list_header(book)

    type_in(plan / BOOK, {demand("± Sales"): 25, demand("Reason"): "other"})
    change(plan / BOOK, earlier)
    result = collect(plan)
    assert [change.column for change in result.applied] == ["sales_adjustment", "reason"]
    assert [line.removeprefix("!: ") for line in told(result)] == [
        "another version of the program made this workbook, which has no Supply_Plan, Risks and "
        "opportunities; their inputs stay as they were."
    ]


def test_columns_and_rows_that_came_later_are_named_once_and_keep_their_values(plan: Path) -> None:
    def earlier(book: Any) -> None:
        del book.custom_doc_props["SopContents"], book.defined_names["SopContents"]
        for table, now, then in (("tblFamilies", "Target days", "Notes of ours"),
                                 ("tblDecisions", "Money at stake", "Effect")):
            sheet, reference = table_of(book, table)
            (header,) = [cell for cell in sheet[reference][0] if cell.value == now]
            header.value = then
            place = header.column - sheet[reference][0][0].column
            sheet.tables[table].tableColumns[place].name = then
        for row in book["Supply_Plan"].iter_rows():
            for cell in row:
                if cell.value == "Fixed production":
                    cell.value = "Something else"

    type_in(plan / BOOK, {
        supply("Fixed production", "Parts", "2027-01"): 321.5,
        InList("tblFamilies", "Bikes", "Target days"): 45,
    })
    collect(plan)
    actions.generate(plan)
    type_in(plan / BOOK, {InList("tblDecisions", "D-01", "Money at stake"): 4321})
    change(plan / BOOK, earlier)
    result = collect(plan)
    # the column has another label now, and what was typed in it is taken over all the same
    assert [(change.column, change.new) for change in result.applied] == [("value", 4321.0)]
    assert [line.removeprefix("!: ") for line in told(result)] == [
        "another version of the program made this workbook, which has no Target days of "
        "Families, Fixed production of Supply plan; their inputs stay as they were."
    ]
    book = actions.generate(plan).path
    assert value_of(book, InList("tblFamilies", "Bikes", "Target days")) == 45
    assert value_of(book, supply("Fixed production", "Parts", "2027-01")) == 321.5


def test_a_lone_cell_far_away_does_no_harm(plan: Path) -> None:
    def stray(book: Any) -> None:
        book["Demand_Plan"]["XFD1048576"] = "oops"
        book["Data_Pipeline"]["A1048576"] = "oops"

    change(plan / BOOK, stray)
    result = collect(plan)
    assert (result.applied, result.findings) == ([], [])


# ---- what is refused -------------------------------------------------------------------


BAD: dict[InGrid | InList, tuple[Any, str]] = {
    demand("± Sales"): ("a lot", "'a lot' is not a number."),
    demand("± Marketing"): ("#DIV/0!", "#DIV/0!"),
    demand("± Finance"): ("=100*1.1", "the formula =100*1.1 in ± Finance has no value."),
    demand("Fixed consensus"): (-5, "'-5' is below the minimum, 0."),
    demand("Reason"): ("because", "'because' is none of the choices."),
    InList("tblPipeline", "O-1", "Probability"): (-0.5, "'-0.5' is below the minimum, 0."),
    InList("tblPipeline", "O-1", "Quantity"): ("=A1", "has no value."),
    InList("tblPipeline", "0003", "Opportunity"): ("O-2", "O-2"),
    InList("tblActions", "A-2", "Due"): ("soon", "'soon' is not a date."),
}


def test_bad_cells_are_named_and_nothing_is_taken(plan: Path) -> None:
    good = InList("tblFamilies", "Bikes", "Target days")
    cells = type_in(plan / BOOK, {place: value for place, (value, _) in BAD.items()} | {good: 20})
    result = collect(plan)
    assert result.applied == []
    errors = {f"{f.sheet}!{f.cell}": f for f in result.findings if f.severity is Severity.ERROR}
    assert sorted(errors) == sorted(cells[:-1])
    for cell, (_, message) in zip(cells, BAD.values(), strict=False):
        assert message in errors[cell].message
        assert errors[cell].remedy
    with pytest.raises(SopError, match="not collected"):
        actions.generate(plan)


def test_a_book_that_holds_changes_is_not_written_over(plan: Path) -> None:
    type_in(plan / BOOK, {demand("± Sales"): 25, demand("Reason"): "other"})
    before = (plan / BOOK).read_bytes()
    with pytest.raises(SopError, match="holds changes that were not collected"):
        actions.generate(plan)
    assert (plan / BOOK).read_bytes() == before
    aside = actions.generate(plan, out=plan / "aside.xlsm").path
    assert value_of(aside, demand("± Sales")) is None


def test_a_foreign_workbook_is_not_written_over(plan: Path) -> None:
    openpyxl.Workbook().save(plan / "mine.xlsm")
    with pytest.raises(SopError, match="no S&OP workbook of ours"):
        actions.generate(plan, out=plan / "mine.xlsm")
    (plan / "notes.txt").write_text("mine")
    with pytest.raises(SopError, match=r"no name of a workbook"):
        actions.generate(plan, out=plan / "notes.txt")
    assert (plan / "notes.txt").read_text() == "mine"
    (plan / "notes.xlsx").write_text("mine")
    with pytest.raises(SopError, match=r"no readable Excel workbook"):
        actions.generate(plan, out=plan / "notes.xlsx")


def test_a_book_of_another_plan_is_refused(plan: Path, odd: Path) -> None:
    with pytest.raises(SopError, match="was not issued by the plan"):
        collect(plan, odd / BOOK)


def test_a_book_of_an_older_cycle_is_refused(plan: Path) -> None:
    actions.load(plan, "2026-11", author="Ann", at=NOW + timedelta(days=30))
    with pytest.raises(SopError, match="belongs to the cycle 2026-10; the plan is at 2026-11"):
        collect(plan)


def truncated(data: bytes) -> bytes:
    return data[: len(data) // 2]


def cut_inside(data: bytes) -> bytes:
    """A package whose directory is there and whose largest part is not what it says."""
    at = data.index(b"xl/worksheets/sheet1.xml") + 2_000
    return data[:at] + bytes(500) + data[at + 500 :]


def bomb(data: bytes) -> bytes:
    package = Package.from_bytes(data)
    entities = "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    dtd = f'<!DOCTYPE x [<!ENTITY a0 "boom">{entities}]>'.encode()
    sheet = package.parts["xl/worksheets/sheet2.xml"]
    declaration = sheet.index(b"<worksheet")
    package.parts["xl/worksheets/sheet2.xml"] = sheet[:declaration] + dtd + sheet[declaration:]
    return package.to_bytes()


def without_workbook(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            if name != "xl/workbook.xml":
                new.writestr(name, old.read(name))
    return out.getvalue()


def of_another_structure(data: bytes) -> bytes:
    package = Package.from_bytes(data)
    custom = package.parts["docProps/custom.xml"]
    head, found, tail = custom.partition(b'name="SopSchema"')
    assert found
    package.parts["docProps/custom.xml"] = head + found + tail.replace(b">1<", b">99<", 1)
    return package.to_bytes()


OLE = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(2000)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda _: b"", "no readable Excel workbook"),
        (lambda _: b"Opportunity,Stage\n1,won\n", "no readable Excel workbook"),
        (truncated, "no readable Excel workbook"),
        (cut_inside, "no readable Excel workbook"),
        (without_workbook, "no readable Excel workbook"),
        (bomb, "tries to exhaust the reader"),
        (lambda _: OLE, "protected by a password, or in the old .xls format"),
        (of_another_structure, "has structure 99, this program reads 1"),
    ],
    ids=["empty", "text", "truncated", "cut inside", "no workbook", "bomb", "password", "schema"],
)
def test_what_is_no_book_of_ours_is_refused(
    plan: Path, damage: Callable[[bytes], bytes], message: str
) -> None:
    (plan / BOOK).write_bytes(damage((plan / BOOK).read_bytes()))
    with pytest.raises(SopError, match=message) as refused:
        collect(plan)
    assert refused.value.remedy
    with pytest.raises(SopError):
        actions.generate(plan)


def test_an_old_workbook_format_and_no_file_are_refused(plan: Path) -> None:
    (plan / "old.xls").write_bytes(OLE)
    with pytest.raises(SopError, match=r"old \.xls"):
        collect(plan, plan / "old.xls")
    with pytest.raises(SopError, match="does not exist"):
        collect(plan, plan / "nowhere.xlsm")
    with pytest.raises(SopError, match="does not exist"):
        actions.plan_folder_of(plan / "nowhere.xlsm")
    with pytest.raises(SopError, match="lies in no plan folder"):
        actions.plan_folder_of(Path(__file__))


# ---- the next cycle --------------------------------------------------------------------


def test_what_was_typed_goes_over_into_the_next_cycle(plan: Path) -> None:
    type_in(plan / BOOK, EDITS)
    collect(plan)
    actions.load(plan, "2026-11", author="Ann", at=NOW + timedelta(days=30))
    book = actions.generate(plan).path
    assert book.parent.name == "2026-11"
    assert value_of(book, demand("± Sales")) == 25
    assert value_of(book, InList("tblPipeline", "O-1", "Probability")) == 0.75
