"""What people do to workbooks and folders: each press has an answer, and loses nothing."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from sop_xl import __version__, actions
from sop_xl.actions import plans
from sop_xl.actions.session import TEMPLATE_BUILD
from sop_xl.excel.live import LiveBook
from sop_xl.excel.places import remember_plan
from sop_xl.excel.ribbon import plan_of
from sop_xl.store import Store
from sop_xl.workbook.macros import missing_macros, template_file
from sop_xl.workbook.reader import read_identity
from tests import companies
from tests.actions.desk import (
    TYPED,
    Desk,
    another_month,
    contents,
    copied,
    demand,
    press_file,
    state_of,
    supply,
)
from tests.books import change
from tests.conftest import BOOK, LATER
from tests.excel import engine

NEW = Path("cycles", "2026-10", "SOP_2026-10_v2.xlsm")
SALES = {demand("± Sales"): 25, demand("Reason"): "other"}


def cells_of(book: engine.Book, sheet: str) -> engine.Cells:
    return next(cells for cells in book.cells if cells.title == sheet)


def row_inserted(cells: engine.Cells, at: int) -> None:
    for held in (cells.shown, cells.formulas):
        moved = {(row + (row >= at), column): value for (row, column), value in held.items()}
        held.clear()
        held.update(moved)


# ---- workbooks that cannot go on -------------------------------------------------------


def test_what_cannot_be_brought_up_to_date_is_replaced(desk: Desk) -> None:
    """Another version of the program, a sheet, a table, rows: a new workbook has it all."""
    desk.type(TYPED)
    book = desk.book
    book.defined |= {"SopProgram": '"0.0.9"', "SopXlwings": '"0.30.0"'}
    del cells_of(book, "Capacity").shown[1, 1]
    book.cells.remove(cells_of(book, "Capacity"))
    cells_of(book, "Risks_Opps").title = "Risks"
    tables = cells_of(book, "Decisions").tables
    tables["tblChoices"] = tables.pop("tblDecisions")
    row_inserted(cells_of(book, "Supply_Plan"), 7)
    before, names = contents(book), dict(book.defined)

    lines = desk.press("save").text.splitlines()
    assert lines[0] == "Saved to the plan: 5 changes taken over, 0 conflicts."
    assert f"A new workbook was written: {desk.plan / NEW}" in lines
    told = "\n".join(row[2] for row in desk.log())
    for reason in (
        f"written by sop-xl 0.0.9 (xlwings 0.30.0); its buttons and functions belong to that "
        f"version, this is {__version__}",
        "the sheet Capacity is missing", "the sheet Risks_Opps is missing",
        "Decisions: the list Decisions is gone, or its table is not called tblDecisions",
        "Supply_Plan: rows were sorted, inserted or deleted",
    ):  # fmt: skip
        assert reason in told
    assert (contents(book), book.defined) == (before, names)

    new = desk.excel.books.active
    assert new.fullname == str(desk.plan / NEW)
    assert read_identity(desk.plan / NEW)["program"] == __version__
    desk.book = new
    assert {place: desk.shown(place) for place in TYPED} == TYPED
    assert missing_macros(desk.plan / NEW) == []
    assert desk.press("save").text == "Saved to the plan: 0 changes taken over, 0 conflicts."


def test_a_file_of_another_version_is_written_anew(plan: Path) -> None:
    def older(book: Any) -> None:
        book.defined_names["SopProgram"].attr_text = '"0.0.9"'

    change(plan / BOOK, older)
    done = press_file(plan, "save")
    assert done.report.title == "Saved to the plan: 0 changes taken over, 0 conflicts."
    assert read_identity(plan / BOOK)["program"] == __version__
    assert not (plan / NEW).exists()


def test_a_workbook_that_lost_its_ribbon_gets_a_new_one(small: Path, plan: Path,
                                                        excel: engine.Excel) -> None:
    workbook: Any = openpyxl.load_workbook(plan / BOOK)
    workbook.save(plan / BOOK)
    assert missing_macros(plan / BOOK) != []
    desk = Desk(small, plan, excel)
    desk.type(SALES)
    text = desk.press("save").text
    assert "Another program saved this one: it has lost the macros and the ribbon." in text
    assert excel.books.active.fullname == str(plan / NEW)
    assert missing_macros(plan / NEW) == []
    desk.book = excel.books.active
    assert desk.shown(demand("± Sales")) == 25

    printed = press_file(plan, "save").printed
    assert "SOP_2026-10.xlsm had lost the macros and the ribbon; it has them again." in printed
    assert missing_macros(plan / BOOK) == []


def test_a_family_that_the_data_bring_gets_its_rows_in_a_new_workbook(desk: Desk) -> None:
    desk.type(SALES)
    for name in ("items", "actuals"):
        path = desk.plan / "data" / f"{name}.csv"
        frame = pd.read_csv(path)
        more = frame[frame["Item"] == "B-200"].assign(Item="T-1")
        if name == "items":
            more = more.assign(Family="Trikes")
        pd.concat([frame, more]).to_csv(path, index=False)
    text = desk.press("load").text
    assert text.startswith("Data loaded: 2 changes taken over, 0 conflicts.")
    assert "A new workbook was written: " in text
    assert "it has no rows for Trikes" in "\n".join(row[2] for row in desk.log())
    new = desk.excel.books.active
    assert new is not desk.book
    shown = cells_of(new, "Demand_Plan").shown
    trikes = {row for (row, column), text in shown.items() if column == 1 and text == "Trikes"}
    assert trikes
    (row,) = {row for (row, column), value in shown.items()
              if column == 19 and value == 25 and shown.get((row, 3)) == "± Sales"
              and shown.get((row, 1)) == "Bikes"}  # fmt: skip
    assert shown[row, 2] == "North"


def test_data_with_errors_are_not_loaded_and_nothing_typed_is_lost(desk: Desk) -> None:
    desk.type(SALES)
    before = contents(desk.book)
    path = desk.plan / "data" / "items.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("B-100", ""), encoding="utf-8")
    text = desk.press("load").text
    assert text.startswith("Nothing was loaded: the data have errors.")
    assert "What was typed is in the plan; the workbook is as it was." in text
    assert "items.csv" in text
    assert contents(desk.book) == before
    assert state_of(desk.plan).changes == 2
    assert desk.press("new_cycle").text.startswith("Nothing was done: the data have errors.")


def test_a_new_cycle_wants_the_data_of_the_next_month(desk: Desk) -> None:
    desk.type(SALES)
    state = state_of(desk.plan)
    text = desk.press("new_cycle").text
    assert text.startswith("The data folder holds nothing newer than 2026-10")
    assert state_of(desk.plan) == state


# ---- workbooks of others ---------------------------------------------------------------


def test_workbooks_that_do_not_belong_here(desk: Desk, odd: Path, plan: Path) -> None:
    shutil.copy(odd / BOOK, plan / "other.xlsm")
    other = Desk(odd, plan, desk.excel, "other.xlsm")
    for action in ("save", "status", "check", "changes", "explain", "new_cycle"):
        if action == "new_cycle":
            another_month(plan)
        text = other.press(action).text
        assert text.startswith("other.xlsm (build "), action
        assert f"was not issued by the plan in {plan}." in text
    assert desk.press("about").text.startswith("sop-xl ")

    desk.book.defined["SopSchema"] = '"99"'
    text = desk.press("save").text
    assert text.startswith("SOP_2026-10.xlsm has structure 99, this program reads 1.")
    del desk.book.defined["SopBuild"]
    assert "is no S&OP workbook of ours" in desk.press("save").text
    assert state_of(plan).changes == 0


def test_a_workbook_of_an_older_cycle_is_told_the_newer_one(desk: Desk) -> None:
    desk.type(SALES)
    actions.load(desk.plan, "2026-11", author="Ann", at=LATER)
    state = state_of(desk.plan)
    for action in ("save", "forecast", "status"):
        text = desk.press(action).text
        assert text.startswith("SOP_2026-10.xlsm belongs to the cycle 2026-10; the plan is at")
        assert "Enter what is still wanted in the workbook of 2026-11." in text
    assert state_of(desk.plan) == state


# ---- two workbooks ---------------------------------------------------------------------


def test_each_press_works_on_the_workbook_it_was_pressed_in(
    small: Path, tmp_path: Path, excel: engine.Excel
) -> None:
    mine = Desk(small, copied(small, tmp_path / "mine"), excel)
    theirs = Desk(small, copied(small, tmp_path / "theirs"), excel)
    mine.type(SALES)
    theirs.type({supply("Fixed production"): 40})
    before = contents(theirs.book)
    assert mine.press("save").text.startswith("Saved to the plan: 2 changes")
    assert contents(theirs.book) == before
    assert (state_of(mine.plan).changes, state_of(theirs.plan).changes) == (2, 0)


# ---- where the plan is -----------------------------------------------------------------


@pytest.fixture
def mailed(desk: Desk, tmp_path: Path) -> Desk:
    """The workbook lies in no plan folder."""
    (tmp_path / "mail").mkdir()
    desk.book.path = tmp_path / "mail" / "SOP_2026-10.xlsm"
    shutil.copy(desk.plan / BOOK, desk.book.path)
    desk.book.fullname = str(desk.book.path)
    return desk


def test_a_workbook_outside_its_plan_folder(
    mailed: Desk, odd: Path, tmp_path: Path, own_home: Path
) -> None:
    mailed.type(SALES)
    text = mailed.press("save").text
    assert text.startswith("SOP_2026-10.xlsm lies in no plan folder.")
    assert "sop-xl excel-setup --plan FOLDER" in text
    broken = copied(odd, tmp_path / "broken")
    (broken / "sop.db").write_bytes(b"no database" * 100)
    for folder in (mailed.plan, odd, broken):  # the latest is asked first
        remember_plan(folder, own_home)
    book = LiveBook(engine.show(mailed.book))
    assert plan_of(book) == mailed.plan
    assert mailed.press("save").text.startswith("Saved to the plan: 2 changes taken over")
    assert state_of(mailed.plan).changes == 2
    mailed.book.defined["SopBuild"] = '"0123"'
    assert "lies in no plan folder" in mailed.press("save").text


def test_a_workbook_in_the_cloud_is_found_by_its_build(mailed: Desk, own_home: Path) -> None:
    remember_plan(mailed.plan, own_home)
    mailed.book.fullname = "https://example.org/plans/SOP_2026-10.xlsm"
    assert mailed.press("status").text.startswith("Cycle 2026-10, version 1")


def test_a_plan_folder_may_be_moved(small: Path, plan: Path, tmp_path: Path,
                                    excel: engine.Excel) -> None:
    moved = plan.rename(tmp_path / "elsewhere")
    desk = Desk(small, moved, excel)
    desk.type(SALES)
    assert desk.press("changes").text.startswith("2 changes not saved to the plan yet")


def test_a_store_that_is_missing_or_locked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.type(SALES)
    monkeypatch.setattr(plans, "Store", partial(Store, busy_seconds=0.1))
    before = contents(desk.book)
    store = desk.plan / "sop.db"
    with closing(sqlite3.connect(store, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        text = desk.press("save").text
    assert "is being written to by somebody else." in text
    assert "Try again in a moment" in text
    assert contents(desk.book) == before
    store.rename(desk.plan / "sop.bak")
    text = desk.press("save").text
    assert text.startswith(f"The plan in {desk.plan} is empty; it did not issue SOP_2026-10.xlsm.")
    assert "put it back" in text
    (desk.plan / "sop.bak").replace(store)
    assert desk.press("changes").text.startswith("2 changes not saved to the plan yet")


# ---- the template ----------------------------------------------------------------------


def test_the_template_opens_the_workbook_of_the_newest_cycle(
    desk: Desk, own_home: Path
) -> None:
    assert read_identity(template_file())["build"] == TEMPLATE_BUILD
    template = Desk(desk.made, desk.plan, desk.excel, str(template_file()))
    assert "lies in no plan folder" in template.press("save").text
    remember_plan(desk.plan, own_home)
    text = template.press("save").text
    assert text.startswith("SOP_Template.xlsm is the template; it belongs to no cycle.")
    assert "Press New cycle" in text
    assert template.press("about").text.startswith("sop-xl ")

    desk.excel.books.open_ones.remove(desk.book)
    state, file = state_of(desk.plan), (desk.plan / BOOK).read_bytes()
    assert template.press("new_cycle").text.startswith("Cycle 2026-10 is open.")
    assert desk.excel.books.active.fullname == str(desk.plan / BOOK)
    assert (state_of(desk.plan), (desk.plan / BOOK).read_bytes()) == (state, file)
    (desk.plan / BOOK).unlink()
    desk.excel.books.active.close()
    assert template.press("new_cycle").text.startswith("Cycle 2026-10 is open.")
    assert (desk.plan / BOOK).exists()


def test_the_template_opens_a_first_cycle(
    excel: engine.Excel, tmp_path: Path, own_home: Path
) -> None:
    plan = companies.make(tmp_path / "fresh")
    remember_plan(plan, own_home)
    template = Desk(plan, plan, excel, str(template_file()))
    assert template.press("new_cycle").text.startswith("Cycle 2026-10 is open.")
    assert excel.books.active.fullname == str(plan / BOOK)
    assert state_of(plan).revisions[0] == ("load", "Bob")
