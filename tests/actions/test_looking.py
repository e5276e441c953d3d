"""Buttons that look and write nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from sop_xl import __version__
from sop_xl.errors import SopError
from sop_xl.workbook.explain import explain
from sop_xl.workbook.reader import BookInputs, OpenedSheet, inputs_of, open_sheets, read_identity
from tests.actions.desk import (
    TYPED,
    Desk,
    cell_at,
    contents,
    demand,
    press_file,
    refusal,
    state_of,
    supply,
)
from tests.books import InGrid, InList
from tests.conftest import BOOK

LOOKING = ("status", "check", "changes", "explain", "about", "next", "previous", "glossary", "log")
FORMULA = demand("Consensus demand")


class InRow(NamedTuple):
    """A cell of another column in the row of a cell."""

    place: InGrid
    column: str

    def find(self, book: Any) -> Any:
        cell = self.place.find(book)
        return cell.parent[f"{self.column}{cell.row}"]


def test_they_leave_everything_alone(desk: Desk) -> None:
    desk.type(TYPED)
    desk.excel.selection = desk.book.sheet("Demand_Plan").range("A1")
    before, state = contents(desk.book, but=()), state_of(desk.plan)
    file = (desk.plan / BOOK).read_bytes()
    for action in LOOKING:
        desk.press(action)
        if action in ("check", "changes"):  # their lists may be longer than a message
            assert desk.log()[0][1] in ("Run checks", "Changes")
            now = contents(desk.book)
            assert now == {name: cells for name, cells in before.items() if name != "Log"}
            before = contents(desk.book, but=())
        assert contents(desk.book, but=()) == before, action
    assert state_of(desk.plan) == state
    assert (desk.plan / BOOK).read_bytes() == file
    assert desk.asked() == []
    assert len(desk.excel.alerts) == len(LOOKING) - 2  # glossary and log are only shown


def test_status_says_where_the_cycle_stands(desk: Desk) -> None:
    lines = desk.press("status").text.splitlines()
    assert lines[0] == "Cycle 2026-10, version 1: open."
    assert lines[2:4] == ["1 Data gathering and portfolio review: open", "2 Demand planning: open"]
    assert "0 changes taken over, 0 conflicts" in lines
    assert lines[-1].startswith("Last: run by Ann, 2026-10-05 09:00 UTC")


def test_check_names_what_fails(desk: Desk) -> None:
    assert desk.press("check").text == "All checks passed."
    assert desk.book.sheets.active.name == "Checks"
    desk.type({InList("tblChecks", "reasons", "Status"): "■ failed", FORMULA: 999})
    text = desk.press("check").text
    assert text.splitlines()[:3] == ["1 check failed.", "", "■ failed reasons: 0"]
    assert cell_at(desk.made, FORMULA) in text
    assert "typed over with 999" in text


def test_checks_that_nobody_calculated_have_not_passed(desk: Desk) -> None:
    desk.type({InList("tblChecks", "reasons", "Status"): ""})
    text = desk.press("check").text
    assert "reasons: not calculated; open the workbook in Excel and save it" in text
    cells = next(cells for cells in desk.book.cells if cells.title == "Checks")
    cells.tables["tblOther"] = cells.tables.pop("tblChecks")
    assert "nothing can be checked" in desk.press("check").text


def test_changes_lists_what_is_not_in_the_plan(desk: Desk) -> None:
    assert desk.press("changes").text == "0 changes not saved to the plan yet, 0 conflicts."
    cells = desk.type(TYPED)
    text = desk.press("changes").text
    assert text.startswith("5 changes not saved to the plan yet, 0 conflicts.")
    for cell in cells:
        assert f"\n{cell}: " in text
    report = press_file(desk.plan, "changes").report  # the file was not saved
    assert (report.lines, report.findings) == ([], False)


def test_about_says_which_program_and_which_workbook(desk: Desk) -> None:
    text = desk.press("about").text
    assert text.startswith(f"sop-xl {__version__}\n")
    assert f"Plan folder: {desk.plan}" in text
    assert "Cycle 2026-10, version 1, build " in text


def test_exceptions_are_stepped_through_and_round(desk: Desk) -> None:
    cells = next(cells for cells in desk.book.cells if cells.title == "Exceptions")
    first = cells.tables["tblExceptions"].box[0] + 1
    many = sum(bool(cells.shown.get((row, 1))) for row in range(first, first + 20))
    assert many > 2
    rows = []
    for action in [*["next"] * (many + 1), "previous"]:
        text = desk.press(action).text
        assert desk.book.sheets.active.name == "Exceptions"
        assert desk.excel.selection is not None
        rows.append(desk.excel.selection.row)
        assert text.startswith(f"Exception {rows.index(rows[-1]) + 1} of {many}: ")
        assert "Look at the sheet " in text
    assert rows == [*range(first, first + many), first, first + many - 1]

    desk.type({f"Exceptions!{desk_column(desk, 'Status')}{row}": "done" for row in rows[:many]})
    assert desk.press("next").text == "No exception is open."


def desk_column(desk: Desk, label: str) -> str:
    """The letter of a column of the list of exceptions."""
    cells = next(cells for cells in desk.book.cells if cells.title == "Exceptions")
    box, columns = cells.tables["tblExceptions"]
    return chr(ord("A") + box[1] - 1 + columns.index(label))


@pytest.mark.parametrize(("action", "sheet"), [("glossary", "Glossary"), ("log", "Log")])
def test_sheets_are_shown_without_a_word(desk: Desk, action: str, sheet: str) -> None:
    desk.press(action)
    assert desk.book.sheets.active.name == sheet
    assert desk.excel.alerts == []


# ---- explain ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def read(small: Path) -> tuple[BookInputs, dict[str, OpenedSheet]]:
    identity, sheets = read_identity(small / BOOK), open_sheets(small / BOOK)
    return inputs_of(identity, sheets, "SOP.xlsm"), sheets


@pytest.mark.parametrize(
    ("place", "title", "line"),
    [
        (demand("± Sales"), "± Sales of Bikes · North, Dec 2026 is blank.", "People may fill it"),
        (FORMULA, "Consensus demand of Bikes · North, Dec 2026 is ", "Computed: Consensus"),
        (demand("Baseline forecast"), "Baseline forecast of Bikes · North, Dec 2026 is ",
         "The program writes it:"),
        (demand("± Sales", "2026-08"), "± Sales of Bikes · North, Aug 2026 is blank.",
         "It is blank in these months."),
        (supply("Production"), "Production of Bikes, Dec 2026 is ", "Formula in the cell: ="),
        (InList("tblPipeline", "O-1", "Probability"), "Probability of O-1 is 0.5.", ""),
        (InList("tblPipeline", "O-1", "Opportunity"), "Opportunity of O-1 is O-1.",
         "It is a key: it says what the row is about."),
        ("Checks!A6", "Check is a column of the list Checks.", "Name of the test."),
        (InRow(demand("± Sales"), "C"), "the row ± Sales of Bikes · North shows ± Sales here.",
         "What sales"),
        (InRow(FORMULA, "AD"), "Consensus demand of Bikes · North, Past 12 is ",
         "Formula in the cell: =SUM("),
        (InList("tblChecks", "volume", "Status"), "Status of volume is ● passed.",
         "Computed: Status ="),
    ],
)  # fmt: skip
def test_a_cell_is_explained(
    place: object, title: str, line: str, small: Path,
    read: tuple[BookInputs, dict[str, OpenedSheet]],
) -> None:  # fmt: skip
    cell = cell_at(small, place)  # type: ignore[arg-type]
    found = explain(*read, cell)
    assert found.cell == cell
    assert found.title.startswith(f"{cell}: {title}")
    assert any(one.startswith(line) for one in found.lines), found.lines


def test_a_cell_of_no_list_is_shown_as_it_is(
    read: tuple[BookInputs, dict[str, OpenedSheet]]
) -> None:
    book, sheets = read
    header = explain(book, sheets, "Demand_Plan!A1")
    assert header.title.startswith("Demand_Plan!A1 shows ")
    assert header.lines[0].startswith("It belongs to no list or plan row. Demand plan: used by ")
    notes = OpenedSheet([["call Ann"]], [["call Ann"]], {})
    assert explain(book, sheets | {"My notes": notes}, "'My notes'!a1") == (
        "My notes!A1", "My notes!A1 shows call Ann.", ["It belongs to no list or plan row."],
    )  # fmt: skip
    assert explain(book, sheets, "demand_plan!$ZZ$9000").title == "Demand_Plan!ZZ9000 shows blank."


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("Demand_Plan", "is no cell"), ("Z14", "is no cell"), ("Demand_Plan!A0", "is no cell"),
        ("Demand_Plan!XFE1", "is no cell"), ("Demand_Plan!A1048577", "is no cell"),
        ("Demand_Plan!A1:B2", "is no cell"), ("Demand!A1", "There is no sheet Demand"),
    ],
)  # fmt: skip
def test_what_is_no_cell(
    cell: str, message: str, read: tuple[BookInputs, dict[str, OpenedSheet]]
) -> None:
    with pytest.raises(SopError, match=message) as refused:
        explain(*read, cell)
    assert refused.value.remedy


def test_explain_tells_who_changed_the_cell(desk: Desk) -> None:
    cell = desk.type({demand("± Sales"): 25, demand("Reason"): "new customer"})[0]
    desk.press("save")
    desk.excel.selection = desk.book.sheet("Demand_Plan").range(cell.partition("!")[2])
    text = desk.press("explain").text
    assert text.startswith(f"{cell}: ± Sales of Bikes · North, Dec 2026 is 25.")
    assert "Changed by Bob, 2026-10-06 15:30 UTC: blank -> 25. new customer" in text
    sheet, _, address = cell.partition("!")
    by_command = press_file(desk.plan, "explain", cell=f"'{sheet.lower()}'!${address.lower()}")
    assert by_command.report.title.startswith(f"{cell}: ± Sales")
    assert by_command.report.lines[-1].endswith("blank -> 25. new customer")
    assert "Name one: --cell" in refusal(desk.plan, "explain").remedy
