"""A button does the same in the open workbook and, as a command, on the file."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sop_xl.actions import BUTTONS
from sop_xl.workbook.build import PROPERTIES
from tests.actions.desk import (
    BOOK,
    TYPED,
    Desk,
    cell_at,
    contents,
    copied,
    demand,
    press_file,
    state_of,
)
from tests.books import change, type_in
from tests.conftest import Once
from tests.excel import engine

WRITING = (
    "load", "save", "sign_off", "reopen", "forecast", "supply", "reconcile", "kpis", "restore",
)  # fmt: skip
"""The buttons that write into the workbook in which they are pressed."""
FORMULA = demand("Consensus demand")
LOG_CELLS = "Log!A7:C26"


ENTRIES = dict(TYPED) | {FORMULA: 999}


@pytest.fixture(scope="session")
def signed(small: Path, once: Once) -> Path:
    """The small company with its first step signed off."""

    def make(folder: Path) -> None:
        shutil.copytree(small, folder, dirs_exist_ok=True)
        press_file(folder, "sign_off")

    return once("signed", make)


@pytest.fixture(scope="session")
def saved(small: Path, signed: Path, once: Once) -> Callable[[str], tuple[Path, Path]]:
    """The plan folder for a button, and one with its workbook as somebody saved it after typing."""

    def folders(action: str) -> tuple[Path, Path]:
        made = signed if action == "reopen" else small

        def make(folder: Path) -> None:
            shutil.copytree(made, folder, dirs_exist_ok=True)
            type_in(folder / BOOK, dict(ENTRIES))

        return made, once(f"typed {made.name}", make)

    return folders


def more_demand(plan: Path) -> None:
    """Other data in the data folder."""
    path = plan / "data" / "actuals.csv"
    frame = pd.read_csv(path)
    last = frame["Month"] == frame["Month"].max()
    frame.loc[last, "Orders"] = frame.loc[last, "Orders"] * 2
    frame.to_csv(path, index=False)


@pytest.mark.parametrize("action", WRITING)
def test_both_doors_lead_to_the_same_workbook(
    action: str,
    saved: Callable[[str], tuple[Path, Path]],
    tmp_path: Path,
    excel: engine.Excel,
) -> None:
    made, typed = saved(action)
    on_file, plan = copied(typed, tmp_path / "file"), copied(made, tmp_path / "live")
    if action == "load":
        more_demand(on_file)
        more_demand(plan)
    desk = Desk(made, plan, excel)
    desk.type(ENTRIES)
    by_command = press_file(on_file, action)
    by_button = desk.press(action)

    written = Desk(made, on_file, excel).book
    assert contents(desk.book) == contents(written)
    assert desk.book.defined == written.defined
    assert by_button.text.splitlines()[0] == by_command.report.title
    assert state_of(plan) == state_of(on_file)

    again = len(excel.written)
    assert "0 changes taken over, 0 conflicts" in desk.press("save").text
    assert [block.place for block in excel.written[again:]] == [LOG_CELLS]
    assert state_of(plan) == state_of(on_file)
