"""What would be overwritten is shown first; the answer no leaves everything as it is."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from sop_xl import actions
from tests.actions.desk import (
    Desk,
    Place,
    cell_at,
    contents,
    demand,
    press_file,
    state_of,
    supply,
)
from tests.books import InList, change, type_in
from tests.conftest import BOOK, LATER
from tests.excel import engine

QUESTION = "This is going to be overwritten in the workbook:"
CANCELLED = "Cancelled: nothing was changed."
FIXED = supply("Fixed production")


def cancelled(desk: Desk, action: str = "save") -> str:
    """Press, and answer no; gives the question."""
    before, state, names = contents(desk.book), state_of(desk.plan), dict(desk.book.defined)
    file = (desk.plan / BOOK).read_bytes()
    desk.excel.answer = "cancel"
    assert desk.press(action).text == CANCELLED
    desk.excel.answer = "ok"
    assert contents(desk.book) == before
    assert desk.book.defined == names
    assert state_of(desk.plan) == state
    assert (desk.plan / BOOK).read_bytes() == file
    return desk.asked()[-1]


def test_what_was_typed_over_comes_back_if_the_answer_is_yes(desk: Desk) -> None:
    over: dict[Place, Any] = {
        demand("Consensus demand"): 999,  # a formula
        demand("Consensus demand", "2027-03"): "",  # one that was deleted
        demand("± Marketing", "2026-08"): 7,  # nothing belongs there
        demand("Baseline forecast"): 123,  # a figure of the plan
        "Demand_Plan!A1": "My plan",  # a title
        InList("tblPipeline", "O-1", "Weighted quantity"): 50,  # a formula of a list
    }
    formulas = {place: desk.formula(place) for place in over}
    assert formulas[demand("Consensus demand")].startswith("=")
    cells = desk.type(over | {demand("± Sales"): 25, demand("Reason"): "other"})
    question = cancelled(desk, "restore")
    lines = question.splitlines()
    assert lines[0] == QUESTION
    assert {line.split()[0].rstrip(":") for line in lines[2:]} == set(cells[: len(over)])
    assert f"{cells[0]} shows 999; it gets back its formula" in lines
    assert f"{cells[1]} is empty; it gets back its formula" in lines
    assert f"{cells[2]} shows 7; it is made blank" in lines
    assert f"{cells[4]} shows 'My plan'; it gets back its text" in lines

    text = desk.press("restore").text
    assert text.startswith("Formulas restored: 2 changes taken over, 0 conflicts.")
    assert f"{cells[0]} shows 999; it gets back its formula" in text
    assert {place: desk.formula(place) for place in over} == formulas
    assert desk.shown(demand("± Sales")) == 25


def test_what_others_changed_before_stands(
    desk: Desk, small: Path, excels: engine.Excels
) -> None:
    copy = Path("cycles", "2026-10", "ann.xlsm")
    shutil.copy(desk.plan / BOOK, desk.plan / copy)
    ann = Desk(small, desk.plan, excels.add(), str(copy))
    ann.type({FIXED: 40})
    ann.press("save")
    (cell,) = desk.type({FIXED: 55})
    question = cancelled(desk)
    assert question.splitlines() == [
        QUESTION, "", f"{cell}: Bikes, 2026-12: Fixed production: – -> 55; kept: 40",
    ]  # fmt: skip
    text = desk.press("save").text
    assert text.startswith("Saved to the plan: 0 changes taken over, 1 conflict.")
    assert f"conflict: {cell}: " in text
    assert desk.shown(FIXED) == 40
    assert state_of(desk.plan).conflicts == 1
    asked = len(desk.asked())
    ann.type({FIXED: ""})
    ann.press("save")
    assert desk.press("save").text == "Saved to the plan: 0 changes taken over, 0 conflicts."
    assert desk.shown(FIXED) is None
    assert len(desk.asked()) == asked  # Bob typed nothing: there is nothing of his to lose


def test_what_stands_at_typed_over_headers_is_not_lost(desk: Desk) -> None:
    sales, key = (
        re.sub(r"[A-Z]+(\d+)$", rf"{letter}\1", cell_at(desk.plan, demand(measure)))
        for letter, measure in (("C", "± Sales"), ("A", "Reason"))
    )
    headers = {
        "Demand_Plan!S6": "Christmas",  # a month
        sales: "Sales say",  # a measure
        key: "Bicycles",  # a key
        "Supply_Plan!C6": "What",  # the column of the measures
        "Data_Pipeline!I6": "Pieces",  # a column of a list
    }
    were = {header: desk.shown(header) for header in headers}
    assert list(were.values())[1:] == ["± Sales", "Bikes", "Measure", "Quantity"]
    beside: dict[Place, Any] = {
        demand("± Sales"): 25, demand("Reason"): "other", FIXED: 40,
        InList("tblPipeline", "O-1", "Quantity"): 45,
    }  # fmt: skip
    cells = desk.type(headers | beside)[len(headers) :]
    question = cancelled(desk, "restore").splitlines()[2:]
    assert sorted(question) == sorted(
        f"{header} shows '{text}'; it gets back its text" for header, text in headers.items()
    )
    text = desk.press("restore").text
    assert text.startswith("Formulas restored: 4 changes taken over, 0 conflicts.")
    assert all(f"\n{cell}: " in text for cell in cells)
    assert {header: desk.shown(header) for header in headers} == were
    assert {place: desk.shown(place) for place in beside} == beside


def test_nothing_is_asked_where_nothing_is_lost(desk: Desk) -> None:
    """What one types moves other rows of the book: that is no reason to ask."""
    desk.type({demand("± Sales"): 25, demand("Reason"): "other", FIXED: 400})
    assert desk.press("save").text.startswith("Saved to the plan: 3 changes taken over")
    desk.type({demand("± Sales"): "", demand("Reason"): "", FIXED: ""})
    assert desk.press("save").text.startswith("Saved to the plan: 3 changes taken over")
    assert desk.asked() == []


def test_inputs_that_cannot_be_used_are_named_and_nothing_is_done(desk: Desk) -> None:
    bad, good = desk.type({demand("± Sales"): "a lot", FIXED: 40})
    before, state = contents(desk.book), state_of(desk.plan)
    text = desk.press("forecast").text
    assert text.startswith("Nothing was done: some inputs cannot be used.")
    assert bad in text
    assert "'a lot' is not a number" in text
    assert (contents(desk.book), state_of(desk.plan)) == (before, state)
    assert good not in text
    assert desk.book.sheets.active.name == "Demand_Plan"
    selected = desk.excel.selection
    assert selected is not None
    assert selected.address.replace("$", "") == bad.partition("!")[2]


def test_on_a_file_a_press_asks_the_same(plan: Path) -> None:
    cells = type_in(plan / BOOK, {demand("Consensus demand"): 999, FIXED: 40})
    before, state = (plan / BOOK).read_bytes(), state_of(plan)
    refused = press_file(plan, "save", yes=False)
    assert refused.asked[0].startswith(QUESTION)
    assert f"{cells[0]} shows 999; it gets back its formula" in refused.asked[0]
    assert refused.report.title == CANCELLED
    assert refused.report.findings  # a script learns that it was not done
    assert refused.printed == [CANCELLED]
    assert ((plan / BOOK).read_bytes(), state_of(plan)) == (before, state)
    assert list((plan / BOOK).parent.iterdir()) == [plan / BOOK]

    done = press_file(plan, "save")
    assert done.report.title == "Saved to the plan: 1 change taken over, 0 conflicts."
    assert done.printed[0] == "SOP_2026-10.xlsm as it was is kept: SOP_2026-10_edited.xlsm"
    assert (plan / BOOK).with_name("SOP_2026-10_edited.xlsm").read_bytes() == before


def test_sorted_rows_of_a_file_are_understood_and_put_back(plan: Path) -> None:
    """A file is drawn as a whole; formulas that were typed over are shown there, too."""

    typed: list[str] = []

    def sorted_rows(book: Any) -> None:
        cell = demand("Consensus demand").find(book)
        cell.value = 999
        typed.append(f"Demand_Plan!{cell.column_letter}{cell.row + 3}")
        book["Demand_Plan"].insert_rows(7, 3)

    change(plan / BOOK, sorted_rows)
    made = press_file(plan, "save")
    assert made.asked[0].splitlines()[1:] == [
        f"{typed[0]}: the formula of Consensus demand was typed over with 999; the value is not "
        "taken over."
    ]
    assert made.report.title == "Saved to the plan: 0 changes taken over, 0 conflicts."
    again = actions.collect(plan, plan / BOOK, author="Ann", at=LATER)
    assert (again.applied, again.findings) == ([], [])
