"""A whole cycle on AdventureWorks, and its workbook recalculated by LibreOffice."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from sop_xl import actions
from sop_xl.schema import Severity
from tests.conftest import NOW
from tests.office.tools import compare_cached, needs_office, recalculate

CYCLE = "2020-06"
TITLE = f"S&OP Adventure Works Cycles {CYCLE}"


@pytest.fixture(scope="module")
def plan(adventureworks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The converted company, loaded and with its workbook."""
    folder = tmp_path_factory.mktemp("cycle") / "plan"
    shutil.copytree(adventureworks, folder)
    loading = actions.load(folder, CYCLE, author="Ann", at=NOW)
    assert [f for f in loading.findings if f.severity is Severity.ERROR] == []
    actions.generate(folder, CYCLE)
    return folder


@pytest.fixture(scope="module")
def book(plan: Path) -> Path:
    return plan / "cycles" / CYCLE / f"SOP_{CYCLE}.xlsm"


def test_the_cycle_is_that_of_the_data(book: Path) -> None:
    assert openpyxl.load_workbook(book, read_only=True).properties.title == TITLE


@needs_office
@pytest.mark.office
def test_every_formula_gives_its_cached_value(book: Path, tmp_path: Path) -> None:
    result = compare_cached(book, recalculate(book, tmp_path))
    print(f"AdventureWorks: {result.compared:,} formula cells compared")
    assert result.errors == []
    assert result.differences == []
    assert result.compared > 40_000
