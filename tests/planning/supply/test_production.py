"""Production plans against the textbooks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.supply.production import (
    in_steps,
    level_in_steps,
    level_plan,
    project,
    required_rate,
)

NOTHING = np.zeros((1, 1))
# Heizer & Render, Operations Management, roofing supplier: demand and working days of six months
DEMAND = np.array([[900.0, 700, 800, 1200, 1500, 1100]])
DAYS = np.array([22.0, 18, 21, 21, 22, 20])


def chased(demand: np.ndarray) -> np.ndarray:
    return np.full_like(demand, np.nan)


def test_level_plan_of_the_roofing_supplier() -> None:
    plan = level_plan(DEMAND, NOTHING, NOTHING, DAYS)
    assert plan / DAYS == pytest.approx(np.full((1, 6), 50.0))  # 6,200 units / 124 days
    stock = np.cumsum(plan - DEMAND)
    assert stock.tolist() == pytest.approx([200, 400, 650, 500, 100, 0])
    assert stock.sum() == pytest.approx(1850)  # unit-months carried, Heizer & Render plan 1


def test_chase_plan_of_the_roofing_supplier() -> None:
    plan = project(DEMAND, np.zeros((1, 6)), NOTHING, chased(DEMAND), chased(DEMAND))
    assert np.round(plan.production / DAYS).tolist() == [[41, 39, 38, 57, 68, 55]]
    assert plan.net_stock.tolist() == [[0.0] * 6]


def test_level_rate_is_raised_where_demand_comes_early() -> None:
    # cumulative demand 100, 120 over 10, 20 days: 10 a day is needed at once, 6 on average
    early = np.array([[100.0, 20]])
    days = np.array([10.0, 10])
    assert required_rate(early, NOTHING, days).tolist() == [[10.0, 6.0]]
    assert level_plan(early, NOTHING, NOTHING, days).tolist() == [[100.0, 100.0]]


def test_level_plan_builds_the_closing_target_and_uses_the_opening_stock() -> None:
    # (60 demand + 20 target - 40 stock) / 20 days = 2 a day
    plan = level_plan(
        np.array([[30.0, 30]]), np.array([[40.0]]), np.array([[20.0]]), np.array([10.0, 10])
    )
    assert plan.tolist() == [[20.0, 20.0]]


def test_level_plan_stands_still_where_stock_is_enough() -> None:
    plan = level_plan(np.array([[5.0, 5]]), np.array([[40.0]]), NOTHING, np.array([10.0, 10]))
    assert plan.tolist() == [[0.0, 0.0]]


def test_fixed_production_stands_and_the_chase_makes_up_for_it() -> None:
    demand = np.array([[100.0, 100, 100]])
    target = np.array([[20.0, 20, 20]])
    fixed = np.array([[np.nan, 0.0, np.nan]])
    plan = project(demand, target, np.array([[50.0]]), fixed, chased(demand))
    assert plan.production.tolist() == [[70.0, 0.0, 200.0]]
    assert plan.net_stock.tolist() == [[20.0, -80.0, 20.0]]
    assert plan.chase.tolist() == [[70.0, 100.0, 200.0]]


quantities = st.lists(st.integers(0, 10_000).map(float), min_size=1, max_size=12)


@given(quantities, st.integers(-500, 5000).map(float), st.data())
def test_what_comes_in_goes_out_or_stays(
    demand: list[float], opening: float, data: st.DataObject
) -> None:
    size = len(demand)
    fixed = data.draw(st.lists(st.none() | st.integers(0, 9000), min_size=size, max_size=size))
    overrides = np.array([[np.nan if value is None else value for value in fixed]])
    wanted = np.array([demand])
    before = np.array([[opening]])
    level = level_plan(wanted, before, NOTHING, np.full(size, 20.0))
    for strategy in (level, chased(wanted)):
        plan = project(wanted, np.zeros((1, size)), before, overrides, strategy)
        closing = opening + plan.production.sum() - wanted.sum()
        assert plan.net_stock[0, -1] == pytest.approx(closing, abs=1e-6)
        assert (plan.production >= 0).all()


@given(quantities, st.integers(0, 5000).map(float), st.integers(0, 5000).map(float))
def test_level_plan_makes_no_backlog_and_ends_on_target(
    demand: list[float], opening: float, ending: float
) -> None:
    wanted = np.array([demand])
    days = np.full(len(demand), 21.0)
    plan = level_plan(wanted, np.array([[opening]]), np.array([[ending]]), days)
    stock = opening + np.cumsum(plan - wanted)
    assert stock.min() >= -1e-6
    assert stock[-1] >= ending - 1e-6


def test_chase_in_whole_units_and_in_batches_keeps_the_balance() -> None:
    demand = np.array([[10.4, 10.4, 10.4], [10.4, 10.4, 10.4]])
    free, step = np.full((2, 3), np.nan), np.array([[1.0], [25.0]])
    plan = project(demand, np.zeros((2, 3)), np.zeros((2, 1)), free, free, step=step)
    # 10.4 are 11, then 9.8 are 10, then 10.2 are 11 again; a batch of 25 lasts for two months
    assert plan.production.tolist() == [[11, 10, 11], [25, 0, 25]]
    closing = np.cumsum(plan.production - demand, axis=1)
    assert plan.net_stock == pytest.approx(closing)


@given(
    st.lists(st.floats(0, 1e5), min_size=1, max_size=12), st.sampled_from([0.0, 1.0, 6.0, 250.0])
)
def test_a_level_plan_in_steps_is_never_behind_nor_more_than_a_step_ahead(
    output: list[float], step: float
) -> None:
    level, steps = np.array([output]), np.array([[step]])
    made = level_in_steps(level, steps)
    ahead = np.cumsum(made, axis=1) - np.cumsum(level, axis=1)
    assert (ahead >= -1e-3).all()
    assert (ahead <= step + 1e-3).all()
    if step:
        assert made % step == pytest.approx(0)
        assert in_steps(made, np.broadcast_to(steps, made.shape)) == pytest.approx(made)
