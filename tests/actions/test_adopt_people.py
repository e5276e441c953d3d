"""Adopting a plan that lays people off, in a company whose two teams are unlike."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import openpyxl
import pandas as pd
import pytest

from sop_xl import actions
from tests import companies
from tests.actions.test_adopt import press
from tests.conftest import BOOK, planned

UNLIKE = {
    "workforce": """
        team    resource  headcount  hours_per_month  cost_per_month  attrition  overtime_share  hiring_cost  layoff_cost  ramp
        {team}  {frame}   3          140              5200            0.02       0.1             2000         1000         3
        {rim}   {frame}   1          120              3000            .          .               2000         1000         0
        {rent}  .         2          100              4000            .          .               .            .            .
    """,  # noqa: E501
}


class Chased(NamedTuple):
    """The company and its chase plan, and the plan in the book once that is adopted."""

    folder: Path
    before: dict[str, pd.DataFrame]
    after: dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def chased(tmp_path_factory: pytest.TempPathFactory) -> Chased:
    folder = tmp_path_factory.mktemp("unlike") / "plan"
    planned(companies.make(folder, instead=UNLIKE))
    before = actions.run(folder).plan.frames
    assert press(folder, "adopt", "chase").title.startswith("Adopted: the chase plan")
    return Chased(folder, before, actions.run(folder).plan.frames)


def test_workforce_has_the_people_of_the_plan_and_no_team_fewer_than_nobody(
    chased: Chased,
) -> None:
    teams, hours = chased.after["workforce_plan"], chased.before["strategy_hours"]
    assert teams["adopted_change"].sum() < -1
    assert teams["people"].min() >= 0
    at = teams[teams["resource"] == "Frame"].groupby("period")["people"].sum()
    there = hours[hours["resource"] == "Frame"].set_index("period")["people_chase"].dropna()
    # a hundredth of a person in each of two teams
    assert (at.reindex(there.index) - there).between(-1e-3, 0.02 + 1e-3).all()


def test_hiring_and_laying_off_cost_what_the_plan_pays_for_them(chased: Chased) -> None:
    plan = chased.before["strategy_cost"]
    chase = plan[plan["strategy"] == "chase"][["wages", "hiring", "layoffs"]].sum()
    now = chased.after["strategy_cost"]
    current = now[now["strategy"] == "current"][["wages", "hiring", "layoffs"]].sum()
    # two hundredths of people in each of twelve months, at 2000 and 1000 and a mean pay of 4650
    assert current["layoffs"] == pytest.approx(chase["layoffs"], abs=0.02 * 1000)
    assert current["hiring"] == pytest.approx(chase["hiring"], abs=0.02 * 2000)
    assert 0 <= current["wages"] - chase["wages"] <= 0.02 * 12 * 4650
    # the sheet Workforce lays off as many, each at 1000
    moved = chased.after["workforce_plan"]["adopted_change"].clip(upper=0).sum()
    assert -1000 * moved == pytest.approx(current["layoffs"], abs=0.02 * 1000)


def test_capacity_keeps_the_plan(chased: Chased) -> None:
    frames = chased.after
    assert frames["capacity"]["gap"].min() >= 0
    assert frames["capacity"]["utilisation"].max() <= 1
    checks = frames["checks"].set_index("check")
    assert checks.loc["adopted_capacity", "value"] == 0


def test_the_path_of_people_in_the_book_names_layoffs_apart_from_overtime(chased: Chased) -> None:
    frames = chased.after
    sheet = openpyxl.load_workbook(chased.folder / BOOK, data_only=True)["Workforce"]
    lines = {}
    for cells in sheet.iter_rows(min_row=8, max_row=30, values_only=True):
        numbers = [cell for cell in cells[1:] if isinstance(cell, int | float)]
        if cells[0] and numbers:
            lines[str(cells[0])] = numbers[0]
    sums = frames["supply_cost"][["wages", "overtime", "hiring", "layoffs"]].sum()
    assert sums["layoffs"] > 0
    assert lines["= Strategy: wages, overtime, hiring, laying off"] == pytest.approx(sums.sum())
    beside = lines["- overtime, hiring and laying off, lines of their own"]
    assert beside == pytest.approx(sums.drop("wages").sum())
