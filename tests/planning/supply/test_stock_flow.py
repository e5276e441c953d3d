"""Target, shipments and days of supply by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.supply.stock_flow import days_of_supply, shipments, target_inventory

# 10 a day, 10 a day, 20 a day, 10 a day, 31 a day
DEMAND = np.array([[310.0, 280, 620, 300, 961]])
DAYS = np.array([31.0, 28, 31, 30, 31])


@pytest.mark.parametrize(
    ("target_days", "expected"),
    [
        (0, [0, 0, 0, 0, 0]),
        (10, [100, 200, 100, 310, 310]),
        # a month and a day of the next, ...; beyond the horizon 31 a day go on
        (29, [280 + 20, 29 * 20, 29 * 10, 29 * 31, 29 * 31]),
        # all that is left of the horizon and the days after it
        (100, [280 + 620 + 300 + 11 * 31, 620 + 300 + 39 * 31, 300 + 70 * 31, 3100, 3100]),
        (2.5, [25, 50, 25, 77.5, 77.5]),
    ],
)
def test_target_is_the_demand_of_the_days_that_follow(
    target_days: float, expected: list[float]
) -> None:
    target = target_inventory(DEMAND, DAYS, np.array([[float(target_days)]]))
    assert target[0].tolist() == pytest.approx(expected)


def test_each_family_has_its_own_days() -> None:
    demand = np.array([[30.0, 60], [30, 60]])
    target = target_inventory(demand, np.array([30.0, 30]), np.array([[15.0], [45.0]]))
    assert target.tolist() == [[30, 30], [60 + 30, 90]]


def test_without_families_there_is_no_target() -> None:
    assert target_inventory(np.zeros((0, 3)), np.full(3, 30.0), np.zeros((0, 1))).shape == (0, 3)


@given(
    st.lists(st.integers(1, 99_999), min_size=2, max_size=12),
    st.integers(0, 400).map(lambda quarters: quarters / 4),
)
def test_stock_on_target_covers_the_target_days(demand: list[int], target_days: float) -> None:
    wanted, days = np.array([demand], dtype=float), np.resize([31.0, 28, 31, 30], len(demand))
    stock = target_inventory(wanted, days, np.array([[target_days]]))
    left = days.sum() - np.cumsum(days)
    cover = days_of_supply(wanted, stock, days)
    # days of supply end at the horizon
    assert cover[0] == pytest.approx(np.minimum(target_days, left), abs=1e-4)


def test_noise_does_not_decide_how_far_a_stock_reaches() -> None:
    # 0.1 + 0.2 + 0.3 is 0.6000000000000001, 0.1 + 0.5 is 0.6: three months, and the empty fourth
    demand, days = np.array([[0.1, 0.2, 0.3, 0, 5]]), np.full(5, 30.0)
    assert days_of_supply(demand, np.array([[0.5, 0, 0, 0, 0]]), days)[0, 0] == 90


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
