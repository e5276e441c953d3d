"""Somebody at work: the same button pressed in a workbook that is open, and on a file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from unittest import mock

import openpyxl
import pandas as pd
import pytest
import xlwings

from sop_xl.actions import FileBook, Press, Report, button, open_plan, perform
from sop_xl.errors import SopError
from sop_xl.excel import ribbon
from sop_xl.tables.review import LOG
from sop_xl.workbook.layout import excel_name
from sop_xl.workbook.sheets import SHEETS
from tests.books import InGrid, InList
from tests.conftest import BOOK, LATER
from tests.excel import engine

CYCLE = "2026-10"
Place: TypeAlias = InGrid | InList | str
Door = Callable[..., tuple["Desk", Path]]
"""Opens the workbook of a plan folder; gives its desk, and the folder where it lies as a file."""


def demand(measure: str, month: str = "2026-12") -> InGrid:
    return InGrid("Demand_Plan", ("Bikes", "North"), measure, month, "Demand plan")


def supply(measure: str, month: str = "2026-12") -> InGrid:
    return InGrid("Supply_Plan", ("Bikes",), measure, month)


TYPED: Mapping[InGrid | InList, Any] = {
    demand("± Sales"): 25,
    demand("Reason"): "new customer",
    supply("Fixed production"): 40.5,
    InList("tblPipeline", "O-1", "Probability"): 0.75,
    InList("tblActions", "A-2", "Status"): "done",
}
"""What a planner types: each of it is an input."""


class State(NamedTuple):
    """What a plan remembers that a press may change."""

    revisions: list[tuple[str, str]]
    """Kind and author of each."""
    changes: int
    conflicts: int
    books: list[str]


def state_of(plan: Path, cycle: str = CYCLE) -> State:
    with open_plan(plan) as opened:
        found = opened.store.status(cycle)
    revisions = [(revision.kind, revision.author) for revision in found.revisions]
    return State(revisions, found.changes, found.conflicts, [book.build for book in found.books])


def cell_at(folder: Path, place: Place) -> str:
    """The address of a cell in the workbook of a plan folder: ``Demand_Plan!Z14``."""
    if isinstance(place, str):
        return place
    cell = place.find(_as_made(folder / BOOK))
    return f"{cell.parent.title}!{cell.coordinate}"


@lru_cache(maxsize=2)
def _as_made(book: Path) -> Any:
    return openpyxl.load_workbook(book)


class Desk:
    """A plan folder, and its workbook open in Excel.

    Args:
        made: The plan folder as it was made, which nobody writes into.
        plan: A copy of it.
        excel: The Excel in which its workbook is opened.
    """

    def __init__(self, made: Path, plan: Path, excel: engine.Excel, book: str = str(BOOK)) -> None:
        self.made, self.plan, self.excel = made, plan, excel
        self.book = excel.books.open(str(plan / book))

    def type(self, entries: Mapping[Any, Any]) -> list[str]:
        """Type into cells; gives their addresses."""
        cells = [cell_at(self.made, place) for place in entries]
        for cell, value in zip(cells, entries.values(), strict=True):
            sheet, row, column = spot(cell)
            self.book.sheet(sheet).put(row, column, float(value) if type(value) is int else value)
        return cells

    def shown(self, place: Place) -> Any:
        sheet, row, column = spot(cell_at(self.made, place))
        return self.book.sheet(sheet).shown(row, column)

    def formula(self, place: Place) -> str:
        sheet, row, column = spot(cell_at(self.made, place))
        return self.book.sheet(sheet).formula(row, column)

    def press(self, action: str) -> engine.Alert:
        """Press a button on the ribbon; gives the message that ends it."""
        before = len(self.excel.alerts)
        with pressed_in(self.book):
            ribbon.press(action)
        told = [alert for alert in self.excel.alerts[before:] if alert.buttons == "ok"]
        assert len(told) <= 1, told
        return told[0] if told else engine.Alert("", "", "")

    def asked(self) -> list[str]:
        """The questions that were asked."""
        return [alert.text for alert in self.excel.alerts if alert.buttons == "ok_cancel"]

    def log(self) -> list[list[Any]]:
        """The rows of the sheet Log that hold anything."""
        cells = next(one for one in self.book.cells if one.title == "Log")
        top, left, bottom, right = cells.tables[excel_name(LOG)].box
        rows = [
            [cells.shown.get((row, column)) for column in range(left, right + 1)]
            for row in range(top + 1, bottom + 1)
        ]
        return [row for row in rows if any(row)]


@contextmanager
def pressed_in(book: engine.Book) -> Iterator[None]:
    """The workbook in which a button is pressed."""
    with mock.patch.object(xlwings.Book, "_mock_caller", engine.show(book), create=True):
        yield


def spot(cell: str) -> tuple[str, int, int]:
    sheet, _, address = cell.partition("!")
    top, left, _, _ = engine.box_of(address)
    return sheet, top, left


def contents(
    book: engine.Book, *, but: tuple[str, ...] = ("Log",)
) -> dict[str, tuple[dict[Any, str], dict[Any, str]]]:
    """What stands in the cells of our sheets: formulas and constants, and the array formulas."""
    ours = {spec.name for spec in SHEETS} - set(but)
    found = {}
    for cells in book.cells:
        if cells.title in ours:
            sheet = book.sheet(cells.title)
            spots = cells.shown.keys() | cells.formulas.keys()
            texts = {at: text for at in spots if (text := sheet.formula(*at))}
            found[cells.title] = texts, dict(cells.arrays)
    return found


# ---- the door of the command -----------------------------------------------------------


class OnFile(NamedTuple):
    """What came of a press on a file."""

    report: Report
    asked: list[str]
    printed: list[str]


def press_file(
    plan: Path, action: str, *, yes: bool = True, cell: str = "", book: Path | None = None
) -> OnFile:
    asked: list[str] = []
    printed: list[str] = []

    def answer(title: str, lines: Any) -> bool:
        asked.append("\n".join([title, *lines]))
        return yes

    file = FileBook(book or plan / BOOK, answer=answer, print_line=printed.append, cell=cell)
    pressed = button(action)
    report = perform(Press(action, file, plan, "Bob", LATER), pressed, pressed.label)
    return OnFile(report, asked, printed)


def refusal(plan: Path, action: str, **options: Any) -> SopError:
    """Why a press on a file is refused."""
    with pytest.raises(SopError) as refused:
        press_file(plan, action, **options)
    return refused.value


def another_month(plan: Path) -> None:
    """The data of the next month are there."""
    for name in ("actuals", "stock"):
        path = plan / "data" / f"{name}.csv"
        frame = pd.read_csv(path)
        last = frame[frame["Month"] == frame["Month"].max()]
        pd.concat([frame, last.assign(Month="2026-10")]).to_csv(path, index=False)


def copied(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to))
