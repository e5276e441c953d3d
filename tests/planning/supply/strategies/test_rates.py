"""Hours and cost of the options by resource, and stock that is caught up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.supply.overtime import option_hours
from sop_xl.planning.supply.strategies.rates import resource_rates
from sop_xl.planning.supply.strategies.situation import wanted_stock
from sop_xl.tables.data import CAPACITY_OPTIONS, RESOURCES, WORKFORCE
from tests.planning.rows import axis, rows

WHEN = axis("2026-01", history=1, horizon=4)
OPTIONS = """
    resource  option       hours  cost_per_hour  fixed_cost  lead_time  start    end
    Press     overtime     50     .              0           .          .        2026-03
    Press     extra shift  100    40             1000        1          .        .
    Press     subcontract  300    60             0           0          2026-04  .
    Other     overtime     10     20             0           0          .        .
"""


def test_options_give_hours_after_their_notice_and_within_their_months() -> None:
    options = rows(CAPACITY_OPTIONS.columns, OPTIONS)
    places = ["Oven", "Press"]
    assert option_hours(options, places, WHEN.plan, overtime=True).tolist() == [
        [0, 0, 0, 0], [50, 50, 50, 0]
    ]  # fmt: skip
    assert option_hours(options, places, WHEN.plan, overtime=False).tolist() == [
        [0, 0, 0, 0], [0, 100, 100, 400]
    ]  # fmt: skip


def test_costs_are_means_over_teams_and_options() -> None:
    rates = resource_rates(
        rows(RESOURCES.columns, "resource  cost_per_hour\nPress     35"),
        rows(WORKFORCE.columns, """
            team  resource  headcount  hours_per_month  cost_per_month  hiring_cost  layoff_cost
            A     Press     3          140              3000            500          .
            B     Press     1          120              5000            .            .
        """),
        rows(CAPACITY_OPTIONS.columns, OPTIONS),
    )  # fmt: skip
    row = rates.iloc[0].to_dict()
    assert row["people"] == 4
    assert row["hours_per_person"] == (3 * 140 + 120) / 4
    assert row["wage"] == (3 * 3000 + 5000) / 4
    assert row["overtime_cost"] == 35  # the option names no cost: that of the resource
    assert row["extra_cost"] == pytest.approx((100 * 40 + 1000 + 300 * 60) / 400)
    assert row["hiring_cost"] == 500
    assert np.isnan(row["layoff_cost"])


def test_backlog_of_what_is_made_to_order_is_worked_off_in_even_steps() -> None:
    nothing, storable = np.zeros((1, 4)), np.array([[False]])
    wanted = wanted_stock(nothing, np.array([[-90.0]]), storable, 3)
    assert wanted[0] == pytest.approx([-60, -30, 0, 0])


@given(
    st.lists(st.floats(0, 1e6), min_size=3, max_size=3), st.floats(-1e6, 1e6), st.integers(1, 5)
)
def test_stock_wanted_is_never_above_target_and_on_it_in_time(
    target: list[float], opening: float, months: int
) -> None:
    storable = np.array([[True]])
    wanted = wanted_stock(np.array([target]), np.array([[opening]]), storable, months)[0]
    assert (wanted <= np.array(target) * (1 + 1e-12)).all()
    assert (wanted >= 0).all()
    assert wanted[months - 1 :] == pytest.approx(target[months - 1 :])
