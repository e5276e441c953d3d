"""Signing off the steps of a cycle, and what that closes."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from sop_xl.actions import open_plan
from sop_xl.actions.signing import last_step, next_step, set_status
from sop_xl.cycle import GATES
from sop_xl.errors import SopError
from sop_xl.tables.executive import process_steps
from tests import companies
from tests.actions.desk import CYCLE, Desk, contents, demand, refusal, state_of, supply
from tests.conftest import BOOK, LATER, Once, planned
from tests.excel import engine

DATA, DEMAND, SUPPLY, FINANCE, REVIEW, EXECUTIVE, PERFORMANCE = (
    step.key for step in process_steps(6)
)
CLOSED_BY = {
    "forecast": DEMAND, "spread": DEMAND, "supply": SUPPLY, "reconcile": FINANCE,
    "capacity": SUPPLY, "options": SUPPLY, "save": EXECUTIVE,
    "load": EXECUTIVE, "restore": EXECUTIVE, "kpis": PERFORMANCE,
    "cash": FINANCE, "levers": FINANCE, "fva": PERFORMANCE,
}  # fmt: skip
"""The buttons that a step closes."""


def sign(plan: Path, *steps: str) -> None:
    """Others sign steps off, in a copy of the workbook."""
    with open_plan(plan) as opened:
        build = opened.store.status(CYCLE).books[-1].build
        signed = dict.fromkeys(steps, "done")
        set_status(opened, CYCLE, build, signed, "Meeting", "Ann", LATER)


def gates(desk: Desk) -> dict[str, bool]:
    """The gates as Excel evaluates their names over the cells of the workbook."""
    return {gate: evaluated(desk, desk.book.defined[f"Gate_{gate}"]) for gate in GATES}


def evaluated(desk: Desk, formula: str) -> bool:
    if formula == "TRUE":
        return True
    matched = re.fullmatch(r"COUNTIFS?\((.*)\)(=|>)0", formula)
    assert matched, formula
    cells = next(cells for cells in desk.book.cells if cells.title == "Cycle_Calendar")
    (top, left, bottom, _), labels = cells.tables["tblCycleCalendar"]
    wanted = re.findall(r'tblCycleCalendar\[([^\]]+)\],"([^"]*)"', matched[1])
    columns = [(left + labels.index(label), text) for label, text in wanted]
    assert columns
    count = sum(
        all(cells.shown.get((row, column)) == text for column, text in columns)
        for row in range(top + 1, bottom + 1)
    )
    return count == 0 if matched[2] == "=" else count > 0


def test_steps_are_signed_in_order_and_close_their_buttons(desk: Desk) -> None:
    assert gates(desk) == {gate: gate != "signed" for gate in GATES}
    assert desk.press("reopen").text.startswith("No step of this cycle is signed off.")
    assert desk.press("sign_off").text == f"Signed off: {DATA}."
    assert desk.book.sheets.active.name == "Cycle_Calendar"
    assert gates(desk) == dict.fromkeys(GATES, True)
    assert desk.press("sign_off").text == f"Signed off: {DEMAND}."
    assert gates(desk) == dict.fromkeys(GATES, True) | {"demand": False}

    before, state = contents(desk.book), state_of(desk.plan)
    text = desk.press("forecast").text
    assert text == f"The step {DEMAND} is signed off.\n\nReopen it first: button Reopen step."
    # the file was not saved since, and shows the step as open: the plan knows better
    assert refusal(desk.plan, "forecast").message == f"The step {DEMAND} is signed off."
    assert (contents(desk.book), state_of(desk.plan)) == (before, state)
    assert f"{DEMAND}: done" in desk.press("status").text

    assert desk.press("reopen").text == f"Open again: {DEMAND}."
    assert gates(desk) == dict.fromkeys(GATES, True)
    with open_plan(desk.plan) as plan:
        log = plan.store.changes(CYCLE)
    assert list(log["new"]) == ["done", "done", "open"]
    build = desk.book.defined["SopBuild"]
    assert list(log["reason"])[2] == "Reopened by Bob"
    assert re.fullmatch(r"Signed off by Bob, build [0-9a-f]{12}", list(log["reason"])[1])
    assert log["reason"][1].removeprefix("Signed off by Bob, build ") not in build


def test_each_step_closes_what_it_covers(desk: Desk) -> None:
    for step in (DEMAND, SUPPLY, FINANCE, EXECUTIVE, PERFORMANCE):
        sign(desk.plan, step)
    for action, step in CLOSED_BY.items():
        assert desk.press(action).text.startswith(f"The step {step} is signed off."), action


def test_what_fails_is_not_signed(desk: Desk) -> None:
    """The plan is checked with what was typed, whatever the workbook shows."""
    desk.type({demand("± Sales"): 25})  # without a reason
    before, state = contents(desk.book), state_of(desk.plan)
    lines = desk.press("sign_off").text.splitlines()
    assert lines[0] == f"The step {DATA} cannot be signed off: 1 check failed."
    assert lines[2:] == ["■ failed reasons: 1", "The sheet Checks says what to do."]
    assert desk.book.sheets.active.name == "Checks"
    assert (contents(desk.book), state_of(desk.plan)) == (before, state)


def test_conflicts_have_to_be_settled_first(
    desk: Desk, small: Path, excels: engine.Excels
) -> None:
    copy = Path("cycles", "2026-10", "ann.xlsm")
    shutil.copy(desk.plan / BOOK, desk.plan / copy)
    ann = Desk(small, desk.plan, excels.add(), str(copy))
    ann.type({supply("Fixed production"): 40})
    ann.press("sign_off")
    (cell,) = desk.type({supply("Fixed production"): 55})
    state = state_of(desk.plan)
    text = desk.press("sign_off").text
    assert text.startswith(f"The step {DEMAND} cannot be signed off: 1 conflict open.")
    assert f"{cell}: " in text
    assert "kept: 40" in text
    assert state_of(desk.plan) == state


def test_nobody_signs_another_step_than_the_one_that_is_seen(desk: Desk) -> None:
    sign(desk.plan, DATA)
    state = state_of(desk.plan)
    desk.excel.answer = "cancel"
    assert desk.press("sign_off").text == "Cancelled: nothing was changed."
    (question,) = desk.asked()
    assert "a step was signed off or reopened" in question
    assert f"it is the turn of {DEMAND} now." in question
    assert state_of(desk.plan) == state


def test_the_review_is_signed_after_the_decision(desk: Desk) -> None:
    sign(desk.plan, DATA, DEMAND, SUPPLY, FINANCE, REVIEW, EXECUTIVE)
    desk.type({supply("Fixed production"): 40})
    text = desk.press("sign_off").text  # what was typed after the decision is not slipped in
    assert text.startswith(f"The step {EXECUTIVE} is signed off.")
    desk.type({supply("Fixed production"): ""})
    assert desk.press("sign_off").text == f"Signed off: {PERFORMANCE}."
    assert gates(desk) == dict.fromkeys(GATES, False) | {"signed": True}
    text = desk.press("sign_off").text
    assert text == "Every step of this cycle is signed off.\n\nStart the next cycle."


@pytest.fixture(scope="session")
def five(once: Once) -> Path:
    """A company that reconciles finance inside the pre-S&OP."""
    settings = replace(companies.SETTINGS, process_variant=5, horizon=6, history_shown=6)
    return once("five", lambda folder: planned(companies.make(folder, settings, bare=True)))


def test_five_steps_fold_finance_into_the_review(
    five: Path, tmp_path: Path, excel: engine.Excel
) -> None:
    plan = Path(shutil.copytree(five, tmp_path / "plan"))
    desk = Desk(five, plan, excel)
    *_, review, executive, _ = (step.key for step in process_steps(5))
    sign(plan, review)
    assert desk.press("reconcile").text.startswith(f"The step {review} is signed off.")
    sign(plan, executive)
    assert desk.press("save").text.startswith(f"The step {executive} is signed off.")


def calendar(*statuses: str) -> pd.DataFrame:
    return pd.DataFrame({"step": list("ABC"), "status": statuses})


def test_which_step_is_next_and_which_was_last() -> None:
    assert next_step(calendar("done", "in progress", "open")) == "B"
    assert last_step(calendar("done", "open", "done")) == "C"
    with pytest.raises(SopError, match="Every step of this cycle is signed off"):
        next_step(calendar("done", "done", "done"))
    with pytest.raises(SopError, match="No step of this cycle is signed off"):
        last_step(calendar("open", "in progress", "open"))
