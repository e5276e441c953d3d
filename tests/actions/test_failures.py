"""Whatever fails half way: nothing that was typed is lost, and one readable message says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from sop_xl.actions import pressing, preview
from sop_xl.excel import live
from sop_xl.excel.live import LiveBook
from sop_xl.excel.ribbon import TROUBLE, press_in
from sop_xl.workbook.sheets import SHEETS
from tests.actions.desk import (
    TYPED,
    Desk,
    contents,
    press_file,
    pressed_in,
    refusal,
    state_of,
)
from tests.conftest import BOOK
from tests.excel import engine

BOOM = "a bug on purpose"
AFTER = len(SHEETS) + 5
"""Writes after which Excel refuses: each sheet has been probed by then."""


def on_call(number: int, function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, until it is called for this time."""
    calls = iter(range(1, 1000))

    def called(*arguments: Any, **options: Any) -> Any:
        if next(calls) == number:
            raise RuntimeError(BOOM)
        return function(*arguments, **options)

    return called


@contextmanager
def broken(where: Any, name: str, number: int = 1) -> Iterator[None]:
    with mock.patch.object(where, name, on_call(number, getattr(where, name))):
        yield


def is_at_rest(excel: engine.Excel) -> None:
    """Excel is as it was before anything was done."""
    assert excel.said[-1] is False
    assert (excel.calculation, excel.screen_updating) == ("automatic", True)


@pytest.mark.parametrize(
    ("where", "name", "number", "taken_over"),
    [
        (preview, "run_open", 1, False),  # a step of the plan
        (live, "compare", 1, False),  # what would be overwritten
        (pressing, "drawn_as", 1, True),  # the workbook
        (live, "put", 2, True),  # the second block, after the first was written
    ],
    ids=["run", "compare", "draw", "second block"],
)
def test_a_bug_leaves_the_workbook_as_it_was(
    where: Any, name: str, number: int, taken_over: bool, desk: Desk, own_home: Path
) -> None:
    desk.type(TYPED)
    before, names, state = contents(desk.book), dict(desk.book.defined), state_of(desk.plan)
    with broken(where, name, number):
        told = desk.press("save")
    errors = own_home / ".sop-xl" / "errors.log"
    assert told.text.splitlines() == [
        TROUBLE, "", f"The details are in {errors}.",
        "Send that file to whoever looks after sop-xl.",
    ]  # fmt: skip
    assert contents(desk.book) == before
    assert desk.book.defined == names
    is_at_rest(desk.excel)
    # typed inputs are in the plan, or still only in the workbook
    now = state_of(desk.plan)
    assert now.changes == (len(TYPED) if taken_over else 0)
    assert taken_over or now == state

    # the trace is in one place only; the other logs say that it happened
    trace = errors.read_text(encoding="utf-8")
    assert "Traceback" in trace
    assert BOOM in trace
    (line,) = (desk.plan / "logs/actions.log").read_text(encoding="utf-8").splitlines()
    assert line.startswith("2026-10-06 15:30:00 UTC Bob save SOP_2026-10.xlsm: Stopped by an error")
    assert [row[1:] for row in desk.log()] == [["Save to plan", TROUBLE]]

    assert desk.press("save").text.startswith("Saved to the plan: ")
    assert state_of(desk.plan).changes == len(TYPED)


def test_a_block_that_excel_refuses_is_told_and_put_back(desk: Desk) -> None:
    desk.type(TYPED)
    before = contents(desk.book)
    desk.excel.refuse = {desk.excel.tried + AFTER}
    told = desk.press("save").text
    assert desk.excel.tried > AFTER
    assert told.startswith("Excel did not take ")
    assert "The workbook is as it was." in told
    assert contents(desk.book) == before
    assert state_of(desk.plan).changes == len(TYPED)
    is_at_rest(desk.excel)


def test_a_workbook_that_is_written_in_part_says_so(desk: Desk) -> None:
    desk.type(TYPED)
    desk.excel.refuse = set(range(desk.excel.tried + AFTER, desk.excel.tried + 500))
    told = desk.press("save").text
    assert "The workbook is written in part" in told
    assert "What was typed before is in the plan." in told
    assert state_of(desk.plan).changes == len(TYPED)
    desk.excel.refuse = set()
    assert desk.press("save").text.startswith("Saved to the plan: 0 changes taken over")


def test_a_protected_sheet_is_named_before_anything_is_written(desk: Desk) -> None:
    desk.type(TYPED)
    before = contents(desk.book)
    cells = next(cells for cells in desk.book.cells if cells.title == "Demand_Plan")
    cells.protected = True
    told = desk.press("save").text
    assert told.startswith("The sheet Demand_Plan cannot be written: ")
    assert "Nothing was written." in told
    assert "Review > Unprotect Sheet" in told
    assert contents(desk.book) == before
    is_at_rest(desk.excel)
    cells.protected = False
    assert desk.press("save").text.startswith("Saved to the plan: 0 changes taken over")
    assert state_of(desk.plan).changes == len(TYPED)


def test_a_cell_that_is_being_edited_is_waited_for_and_then_named(desk: Desk) -> None:
    before, state = contents(desk.book), state_of(desk.plan)
    desk.excel.editing = True
    with pytest.raises(SystemExit, match="a cell is being edited") as refused:
        desk.press("save")  # no message can be shown; xlwings shows what is said last
    assert "Press Enter or Esc" in str(refused.value)
    desk.excel.editing = False
    assert (contents(desk.book), state_of(desk.plan)) == (before, state)
    assert desk.excel.alerts == []


def test_a_sheet_that_cannot_be_shown_hides_no_result(desk: Desk) -> None:
    next(cells for cells in desk.book.cells if cells.title == "Checks").visible = False
    assert desk.press("check").text == "All checks passed."


def test_a_log_that_cannot_be_written_hides_no_result(desk: Desk, own_home: Path) -> None:
    (desk.plan / "logs").write_text("a file in its place")
    del next(cells for cells in desk.book.cells if cells.title == "Log").tables["tblLog"]
    assert desk.press("check").text == "All checks passed."
    (own_home / ".sop-xl").write_text("a file in its place")
    with broken(preview, "run_open"):
        told = desk.press("save").text
    assert told.splitlines()[2:] == [f"RuntimeError: {BOOM}"]


def test_what_the_system_refuses_is_told_in_its_words(desk: Desk) -> None:
    error = PermissionError(13, "Permission denied", "data")
    with mock.patch.object(pressing, "take_over", side_effect=error):
        told = desk.press("save").text
    assert told.startswith("The system refused: Permission denied (data).")
    is_at_rest(desk.excel)


def test_a_press_from_outside_gives_the_status_bar_back(desk: Desk) -> None:
    """Nobody is told in Excel: the command says it."""
    with broken(preview, "run_open"), pytest.raises(RuntimeError, match=BOOM):
        press_in(LiveBook(engine.show(desk.book)), "save")
    is_at_rest(desk.excel)
    assert desk.excel.alerts == []


def test_an_unknown_action_is_told(desk: Desk) -> None:
    with pressed_in(desk.book):
        told = desk.press("simulate").text
    assert told.startswith("There is no action simulate.")
    assert "new_cycle, load, save" in told


# ---- what is kept about a press --------------------------------------------------------


def test_both_logs_tell_what_was_done(desk: Desk) -> None:
    cells = desk.type(TYPED)
    desk.press("save")
    desk.press("changes")
    log = desk.log()
    assert log[0][1:] == ["Changes", "0 changes not saved to the plan yet, 0 conflicts."]
    assert log[1][1:] == ["Save to plan", "Saved to the plan: 5 changes taken over, 0 conflicts."]
    assert [row[2].partition(":")[0] for row in log[2:]] == sorted(cells, key=order_of(log))
    lines = (desk.plan / "logs/actions.log").read_text(encoding="utf-8").splitlines()
    assert lines[0] == (
        "2026-10-06 15:30:00 UTC Bob save SOP_2026-10.xlsm: "
        "Saved to the plan: 5 changes taken over, 0 conflicts."
    )
    assert sorted(line.split()[0].rstrip(":") for line in lines[1:6]) == sorted(cells)
    assert lines[6].endswith("changes SOP_2026-10.xlsm: " + log[0][2])


def order_of(log: list[list[Any]]) -> Callable[[str], int]:
    texts = [row[2] for row in log]
    return lambda cell: next(at for at, text in enumerate(texts) if text.startswith(f"{cell}:"))


def test_a_refusal_is_on_record_and_makes_no_folder(plan: Path, tmp_path: Path) -> None:
    (plan / "cycles/2026-10/mine.xlsm").write_bytes(b"no workbook")
    refusal(plan, "save", book=plan / "cycles/2026-10/mine.xlsm")
    text = (plan / "logs/actions.log").read_text(encoding="utf-8")
    assert "Bob save mine.xlsm: " in text
    assert "is no readable Excel workbook" in text
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir()
    refusal(nowhere, "save", book=plan / BOOK)
    assert list(nowhere.iterdir()) == []
    assert press_file(plan, "check").report.title == "All checks passed."
