"""One path of people: strategies start from the people of Workforce, month by month."""

from __future__ import annotations

import numpy as np
import pytest

from sop_xl.planning.frames import matrix
from sop_xl.planning.supply.aggregate import Rules, aggregate_plan
from sop_xl.tables.strategy import STRATEGIES
from tests.planning.supply.strategies.shop import TEAM_ROWS, WHEN, cost, run

LEAVING = """
    team     resource  headcount  hours_per_month  cost_per_month  attrition
    Joiners  Bench     2          150              3000            0.1
"""
MOVING = """
    team     resource  headcount  hours_per_month  cost_per_month  attrition  hiring_cost  layoff_cost
    Joiners  Bench     2          150              3000            0.1        500          900
"""  # noqa: E501


def people(found: object, plan: str) -> list[float]:
    frame = found.frames["strategy_hours"]  # type: ignore[attr-defined]
    return [float(n) for n in matrix(frame, f"people_{plan}", "resource", ["Bench"], WHEN.plan)[0]]


def test_the_plan_in_the_book_has_the_people_of_workforce() -> None:
    found = run(team=LEAVING)
    assert people(found, "current") == pytest.approx([1.8, 1.62, 1.458])
    assert cost(found, "current", "wages") == pytest.approx([5400, 4860, 4374])
    # who leaves by himself is not laid off, and costs nothing
    assert cost(found, "current", "laid_off") == [0, 0, 0]
    # 250 hours of work, people have 270; then 350 of 243: overtime 60 at 40, and 47 beyond at 40
    assert cost(found, "current", "overtime")[:2] == pytest.approx([0, 60 * 40 + 47 * 40])


def test_where_nobody_is_hired_or_laid_off_every_plan_has_these_people() -> None:
    found = run(team=LEAVING, options="resource  option  hours\nBench  overtime  200")
    for plan in STRATEGIES:
        assert people(found, plan) == pytest.approx([1.8, 1.62, 1.458]), plan


def test_planned_hires_are_in_every_plan_and_cost_their_hiring_once() -> None:
    text = MOVING.replace("0.1  ", "0  ")
    hires = "team  resource  period  planned_hires\nJoiners  Bench  2026-03  1"
    found = run(team=text, hires=hires)
    assert people(found, "current") == [2, 2, 3]
    assert cost(found, "current", "hired") == [0, 0, 1]
    assert cost(found, "current", "hiring") == [0, 0, 500]


def test_a_plan_that_keeps_its_people_pays_for_those_it_replaces() -> None:
    rules = Rules(
        opening_workers=10, natural_change=[-1.0, -1.0], hours_per_worker=1, wage=1,
        hiring_cost=5, layoff_cost=0.5, holding_cost=9,
    )  # fmt: skip
    plan = aggregate_plan([10.0, 10.0], rules)
    assert plan.workers.tolist() == [[10, 10]]
    assert plan.hired.tolist() == [[1, 1]]
    assert plan.cost == 2 * 10 + 2 * 5
    # fewer are needed: two of ten leave by themselves, laying off one costs less than his pay
    fewer = aggregate_plan([9.0, 7.0], rules)
    assert fewer.workers.tolist() == [[9, 7]]
    assert fewer.laid_off.tolist() == [[0, 1]]


def test_whole_people_on_request() -> None:
    parts = run(team=MOVING)
    whole = run(team=MOVING, people_in_plans="whole")
    assert any(number % 1 for number in people(parts, "optimised"))
    for plan in STRATEGIES:
        assert [number % 1 for number in people(whole, plan)] == [0, 0, 0], plan
        for measure in ("hired", "laid_off"):
            assert [number % 1 for number in cost(whole, plan, measure)] == [0, 0, 0], plan
    # whole people are a restriction of the same program
    totals = [sum(cost(found, "optimised", "total")) for found in (parts, whole)]
    assert totals[1] >= totals[0] - 1e-6
    # Workforce: 1.8, 1.62, 1.458 are 2, 2 and 1 whole people, so one leaves in the last month
    natural = matrix(
        whole.frames["strategy_hours"], "natural", "resource", ["Bench"], WHEN.plan
    )
    assert natural.tolist() == [[0, 0, -1]]
    assert np.allclose(people(whole, "current"), [1.8, 1.62, 1.458])


def test_without_attrition_nothing_changes() -> None:
    assert people(run(team=TEAM_ROWS), "current") == [2, 2, 2]


def test_people_of_an_adopted_plan_are_in_the_plan_in_the_book_and_in_no_other() -> None:
    hires = """
        team     resource  period   adopted_change
        Joiners  Bench     2026-01  1
        Joiners  Bench     2026-03  -2
    """
    found, before = run(team=MOVING, hires=hires), run(team=MOVING)
    # a tenth of the two leaves each month; those of the plan stay until it lays them off
    assert people(found, "current") == pytest.approx([1.8 + 1, 1.62 + 1, 1.458 - 1])
    assert cost(found, "current", "hiring") == [500, 0, 0]
    assert cost(found, "current", "layoffs") == [0, 0, 2 * 900]
    for plan in STRATEGIES:
        assert people(found, plan) == pytest.approx(people(before, plan), abs=1e-4), plan
        assert cost(found, plan, "total") == pytest.approx(cost(before, plan, "total")), plan
