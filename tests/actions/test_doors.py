"""A button does the same in the open workbook and, as a command, on the file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from sop_xl import actions
from sop_xl.actions import BUTTONS
from sop_xl.workbook.build import PROPERTIES
from sop_xl.workbook.reader import read_identity
from tests import drawing
from tests.actions.desk import (
    TYPED,
    Desk,
    Door,
    another_month,
    contents,
    copied,
    demand,
    press_file,
    state_of,
)
from tests.books import InGrid, InList, type_in
from tests.conftest import BOOK, Once
from tests.excel import engine

LOG_CELLS = "Log!A7:C26"
FORMULA = demand("Consensus demand")
ENTRIES = dict(TYPED) | {FORMULA: 999}
"""Inputs, and a formula that was typed over."""
NEXT_BOOK = Path("cycles", "2026-11", "SOP_2026-11.xlsm")


@pytest.fixture(scope="session")
def typed(once: Once) -> Callable[[Path], Path]:
    """A plan folder with its workbook as somebody saved it after typing."""

    def folder(made: Path) -> Path:
        def make(folder: Path) -> None:
            shutil.copytree(made, folder, dirs_exist_ok=True)
            type_in(folder / BOOK, dict(ENTRIES))

        return once(f"typed {made.name}", make)

    return folder


@pytest.fixture
def door(typed: Callable[[Path], Path], tmp_path: Path, excel: engine.Excel) -> Door:
    """Two people at the same workbook: one has it open, one has saved it; both have typed."""

    def opened(made: Path, before: Callable[[Path], None] = lambda _: None) -> tuple[Desk, Path]:
        live, file = copied(made, tmp_path / "live"), copied(typed(made), tmp_path / "file")
        before(live)
        before(file)
        desk = Desk(made, live, excel)
        desk.type(ENTRIES)
        return desk, file

    return opened


def is_the_same(desk: Desk, file: Path) -> None:
    """Cell by cell: formulas and what people and the plan put into cells; and the names."""
    written = Desk(desk.made, file, desk.excel).book
    assert contents(desk.book) == contents(written)
    assert desk.book.defined == written.defined
    assert state_of(desk.plan) == state_of(file)


def nothing_new(desk: Desk, action: str = "save") -> str:
    """A press that finds nothing typed, and writes nothing but its line in the log."""
    before, written = state_of(desk.plan), len(desk.excel.written)
    text = desk.press(action).text
    assert "0 changes taken over, 0 conflicts" in text
    assert [block.place for block in desk.excel.written[written:]] == [LOG_CELLS]
    assert state_of(desk.plan) == before
    return text


def more_demand(plan: Path) -> None:
    """Other data in the data folder."""
    path = plan / "data" / "actuals.csv"
    frame = pd.read_csv(path)
    last = frame["Month"] == frame["Month"].max()
    frame.loc[last, "Orders"] = frame.loc[last, "Orders"] * 2
    frame.to_csv(path, index=False)


def test_the_sides_of_the_plan_lead_to_one_workbook(small: Path, door: Door) -> None:
    desk, file = door(small)
    before = read_identity(small / BOOK)
    by_command, by_button = press_file(file, "forecast"), desk.press("forecast")
    assert by_command.report.title == "Forecast run: 5 changes taken over, 0 conflicts."
    assert by_button.text.startswith(by_command.report.title)
    is_the_same(desk, file)
    identity = read_identity(file / BOOK)
    assert identity["version"] == "2" != before["version"]
    assert identity["build"] != before["build"]
    for key, name in PROPERTIES.items():
        assert desk.book.defined[name] == f'"{identity[key]}"'

    # once it is done there is nothing left to do
    for action in ("supply", "optimise", "reconcile", "scenarios", "cash", "levers", "fva", "kpis",
                   "restore", "save"):  # fmt: skip
        title = press_file(file, action).report.title
        assert nothing_new(desk, action).splitlines()[0] == title
    is_the_same(desk, file)
    for action in ("capacity", "inventory", "materials", "workforce"):
        nothing_new(desk, action)


def test_new_data_lead_to_one_workbook(small: Path, door: Door) -> None:
    desk, file = door(small, more_demand)
    title = press_file(file, "load").report.title
    assert title == "Data loaded: 5 changes taken over, 0 conflicts."
    assert desk.press("load").text.splitlines()[0] == title
    is_the_same(desk, file)
    nothing_new(desk)


def test_signing_leads_to_one_workbook(small: Path, door: Door) -> None:
    desk, file = door(small)
    for action in ("sign_off", "reopen"):
        title = press_file(file, action).report.title
        assert desk.press(action).text.splitlines()[0] == title
        is_the_same(desk, file)
    assert state_of(file).changes == len(TYPED) + 2


def test_targets_lead_to_one_workbook(small: Path, door: Door) -> None:
    desk, file = door(small)
    target = InGrid("Demand_Plan", ("Bikes",), "Target", "2026-12", "Demand by family")
    type_in(file / BOOK, {target: 1001})
    desk.type({target: 1001})
    title = press_file(file, "spread").report.title
    assert title == "Targets spread: 6 changes taken over, 0 conflicts."
    assert desk.press("spread").text.splitlines()[0] == title
    is_the_same(desk, file)


def test_locking_and_reconciling_lead_to_one_workbook(small: Path, door: Door) -> None:
    desk, file = door(small)
    for action in ("lock_finance", "reconcile", "tie_out", "unlock_finance"):
        title = press_file(file, action).report.title
        assert desk.press(action).text.splitlines()[0] == title
        is_the_same(desk, file)


def test_an_adopted_plan_leads_to_one_workbook(small: Path, door: Door) -> None:
    desk, file = door(small)
    title = press_file(file, "adopt").report.title
    assert title.startswith("Adopted: the optimised plan")
    assert desk.press("adopt").text.splitlines()[0] == title
    is_the_same(desk, file)


def test_options_lead_to_one_workbook(small: Path, door: Door) -> None:
    desk, file = door(small)
    many: dict[InGrid | InList, int] = {
        InGrid("Supply_Plan", ("Bikes",), "Fixed production", "2026-12"): 900
    }
    type_in(file / BOOK, dict(many))
    desk.type(many)
    press_file(file, "capacity")
    desk.press("capacity")
    is_the_same(desk, file)
    (cell,) = type_in(file / BOOK, {InList("tblGapOptions", "Frame", "Chosen"): "yes"})
    desk.type({cell: "yes"})
    title = press_file(file, "options").report.title
    assert title.startswith("Options applied:")
    assert desk.press("options").text.splitlines()[0] == title
    is_the_same(desk, file)


def test_a_new_cycle_is_one_workbook(small: Path, door: Door) -> None:
    desk, file = door(small, another_month)
    as_it_was, cells = (file / BOOK).read_bytes(), contents(desk.book)
    by_command, by_button = press_file(file, "new_cycle"), desk.press("new_cycle")
    assert by_command.report.title == "Cycle 2026-11 is open."
    assert by_button.text.startswith("Cycle 2026-11 is open.")
    assert any(line.startswith("5 changes taken over") for line in by_command.report.lines)
    assert (file / NEXT_BOOK).read_bytes() == (desk.plan / NEXT_BOOK).read_bytes()
    assert desk.excel.books.active.fullname == str(desk.plan / NEXT_BOOK)
    assert state_of(desk.plan, "2026-11") == state_of(file, "2026-11")
    # the workbook of the month before stays as it is
    assert (file / BOOK).read_bytes() == as_it_was
    assert contents(desk.book) == cells


def test_every_button_that_writes_is_pressed_here() -> None:
    pressed = {"forecast", "supply", "reconcile", "kpis", "restore", "save", "load", "sign_off",
               "reopen", "new_cycle", "spread", "capacity", "options", "optimise", "adopt",
               "inventory", "materials", "workforce", "tie_out", "lock_finance",
               "unlock_finance", "cash", "levers", "fva", "scenarios"}  # fmt: skip
    looking = {"status", "check", "changes", "previous", "next", "explain", "glossary", "log",
               "about", "show_locked"}  # fmt: skip
    assert set(BUTTONS) == pressed | looking


def test_a_workbook_saved_in_excel_is_known_by_its_new_build(desk: Desk) -> None:
    """Excel leaves the properties of the file alone; only the names follow."""
    desk.type(TYPED)
    desk.press("save")
    desk.book.save()
    identity = read_identity(desk.plan / BOOK)
    assert f'"{identity["build"]}"' == desk.book.defined["SopBuild"]
    assert identity["version"] == "2"
    again = press_file(desk.plan, "changes")
    assert again.report.title == "0 changes not saved to the plan yet, 0 conflicts."


# ---- how often Excel is asked ----------------------------------------------------------

FAMILIES = 5


@pytest.fixture(scope="session")
def larger(once: Once) -> Path:
    """The small company with more families."""

    def make(folder: Path) -> None:
        drawing.big_plan(folder, FAMILIES)
        actions.generate(folder)

    return once("larger", make)


def test_a_larger_book_takes_no_more_calls(
    small: Path, larger: Path, tmp_path: Path, excel: engine.Excel
) -> None:
    asked, cells = [], []
    for company in (small, larger):
        desk = Desk(company, copied(company, tmp_path / company.name), excel)
        desk.type({demand("± Sales"): 25, demand("Reason"): "other"})
        excel.calls.clear()
        assert desk.press("forecast").text.startswith("Forecast run: 2 changes taken over")
        asked.append(dict(excel.calls))
        cells.append(sum(len(one.shown) + len(one.formulas) for one in desk.book.cells))
        sheets = len(desk.book.cells)
        # a sheet is read once, and once more before it is written; the log is read, too
        assert excel.calls["values"] == sheets + 1
        assert excel.calls["formulas"] <= 2 * sheets
        assert excel.calls["written"] <= 8 * sheets
    few, many = asked
    assert cells[1] > 1.5 * cells[0]
    assert all(many[kind] <= few[kind] + 6 for kind in few)
