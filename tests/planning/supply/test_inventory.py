"""Target, shipments and days of supply by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.supply.inventory import days_of_supply, shipments, target_inventory


def test_target_looks_three_periods_ahead_and_stops_at_the_horizon() -> None:
    demand = np.array([[310.0, 280, 620, 300, 310]])
    days = np.array([31.0, 28, 31, 30, 31])
    target = target_inventory(demand, days, np.array([[10.0]]))
    expected = [
        10 * (280 + 620 + 300) / 89,  # the next three
        10 * (620 + 300 + 310) / 92,
        10 * (300 + 310) / 61,  # only two are left
        10 * 310 / 31,
        10 * 310 / 31,  # the last one looks at itself
    ]
    assert target[0].tolist() == pytest.approx(expected)


@pytest.mark.parametrize(
    ("stock", "expected"),
    [
        (0.0, 0.0),
        (30.0, 15.0),  # half of the next month's 60
        (60.0, 30.0),
        (75.0, 30 + 0.5 * 31),  # the whole month and half of the 30 after it
        (90.0, 30 + 31),
        (500.0, 30 + 31),  # beyond the horizon there is nothing to cover
    ],
)
def test_days_of_supply_walks_the_coming_months(stock: float, expected: float) -> None:
    demand = np.array([[10.0, 60, 30]])
    days = np.array([31.0, 30, 31])
    cover = days_of_supply(demand, np.array([[stock, 0, 0]]), days)
    assert cover[0, 0] == pytest.approx(expected)


def test_days_of_supply_steps_over_a_month_without_demand() -> None:
    demand = np.array([[10.0, 0, 30]])
    cover = days_of_supply(demand, np.array([[15.0, 15, 0]]), np.array([31.0, 30, 30]))
    assert cover.tolist() == [[45.0, 15.0, 0.0]]


def test_shipments_follow_demand_and_backlog() -> None:
    demand, backlog = np.array([[100.0, 100, 100]]), np.array([[0.0, 80, 0]])
    # 30 were owed before: they leave in the first month
    assert shipments(demand, backlog, np.array([[30.0]])).tolist() == [[130.0, 20.0, 180.0]]


@given(
    st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999)), min_size=1),
    st.integers(0, 99),
)
def test_all_shipments_are_all_demand_and_the_change_of_backlog(
    months: list[tuple[int, int]], opening: int
) -> None:
    demand, backlog = (np.array([row], dtype=float) for row in zip(*months, strict=True))
    shipped = shipments(demand, backlog, np.array([[float(opening)]]))
    assert shipped.sum() == demand.sum() + opening - backlog[0, -1]


@given(st.lists(st.integers(0, 500), min_size=2, max_size=12), st.integers(0, 3000))
def test_more_stock_never_lasts_shorter(demand: list[int], stock: int) -> None:
    wanted, days = np.array([demand], dtype=float), np.full(len(demand), 30.0)
    less, more = (
        days_of_supply(wanted, np.full_like(wanted, float(units)), days)
        for units in (stock, stock + 1)
    )
    assert (more >= less - 1e-9).all()
    horizon = days.sum() - np.cumsum(days)
    assert (more <= horizon + 1e-9).all()
