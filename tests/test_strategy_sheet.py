"""The sheet Strategy as a planner reads it: four plans that differ, or why there are none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sop_xl import actions
from sop_xl.workbook.pages.strategy import ADOPT_LABEL, COST_ROW, TOTAL_ROW
from tests.actions.desk import CYCLE
from tests.conftest import BOOK
from tests.office.tools import cells_of

PLANS = ("In the book", "Optimised", "Level", "Chase", "Mixed")


def rows_of(plan: Path) -> dict[str, list[Any]]:
    """The rows of the sheet by their first cell."""
    sheet = openpyxl.load_workbook(plan / BOOK, data_only=True)["Strategy"]
    return {str(row[0]): list(row[1:7]) for row in sheet.iter_rows(values_only=True) if row[0]}


def test_the_example_company_has_four_possible_plans_that_differ(demo: Path) -> None:
    shown = rows_of(demo)
    assert tuple(shown["Figure"][1:]) == PLANS
    assert shown["Possible"][2:] == ["● possible"] * 4
    totals = shown["Cost of the plan"][1:]
    assert len({round(total) for total in totals}) == 5
    assert min(totals) == totals[1]  # nothing is cheaper than the optimised plan
    saved = shown["Against the plan in the book"][1:]
    assert saved == pytest.approx([total - totals[0] for total in totals])
    assert shown[ADOPT_LABEL][0] == "optimised"
    sheet: Any = openpyxl.load_workbook(demo / BOOK)["Strategy"]
    assert len(sheet._charts) == 2


def test_the_items_sum_to_the_cost(demo: Path) -> None:
    cells = cells_of(demo / BOOK)["Strategy"]
    for column in "CDEFG":
        items = [cells[f"{column}{row}"].value for row in range(COST_ROW, TOTAL_ROW)]
        numbers = [float(item) for item in items if isinstance(item, int | float)]
        assert sum(numbers) == pytest.approx(cells[f"{column}{TOTAL_ROW}"].value)


def test_an_impossible_plan_shows_its_reason_in_place_of_its_figures(short: Path) -> None:
    shown = rows_of(short)
    assert shown["Possible"][1:] == ["▲ lacks hours", *["■ impossible"] * 4]
    assert shown["Cost of the plan"][1] > 0
    assert all(total in (None, "") for total in shown["Cost of the plan"][2:])
    for name in PLANS[1:]:
        assert str(shown[name][0]).startswith("Frame lacks")
        assert " hours in " in str(shown[name][0])
    found = actions.run(short, CYCLE).plan.findings
    assert sum(finding.table == "strategies" for finding in found) == 4

