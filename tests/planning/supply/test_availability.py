"""Projected stock, available to promise and cover against Stevenson and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.supply.availability import (
    available_to_promise,
    forward_cover,
    projected_available,
)

# Stevenson, Operations Management: pumps, lots of 70 in weeks 3, 5, 7 and 8
STOCK = 64
FORECAST = [30, 30, 30, 30, 40, 40, 40, 40]
ORDERS = [33, 20, 10, 4, 2, 0, 0, 0]
MPS = [0, 0, 70, 0, 70, 0, 70, 70]

quantities = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=24)


def answer(name: str, *arguments: object) -> list[float]:
    return [float(cell) for cell in np.ravel(np.asarray(named(name)(*arguments), dtype=float))]


# ---- projected available balance ---------------------------------------------------------------


def test_pumps_are_projected() -> None:
    assert answer("SOP_PAB", STOCK, MPS, FORECAST, ORDERS) == [31, 1, 41, 11, 41, 1, 31, 61]


def test_a_backlog_is_negative_and_paid_back() -> None:
    assert answer("SOP_PAB", 5, [0, 20, 0], [10, 0, 5]) == [-5, 15, 10]


def test_a_blank_quantity_is_none() -> None:
    assert answer("SOP_PAB", 5, [None, 20, None], [10, None, "-"], [None, 3, None]) == [-5, 12, 12]


def test_families_stand_in_rows_with_a_stock_each() -> None:
    found = named("SOP_PAB")([[10], [20]], [[0, 5], [5, 0]], [[4, 4], [30, 0]])

    assert np.asarray(found).tolist() == [[6, 7], [-5, -5]]


def test_a_column_stays_a_column() -> None:
    found = named("SOP_PAB")(5, [[0], [20]], [[10], [5]])

    assert np.asarray(found).tolist() == [[-5], [10]]


@given(quantities, st.integers(-500, 500))
def test_opening_and_supply_less_demand_is_closing(
    months: list[tuple[int, int]], opening: int
) -> None:
    supply, demand = np.array(months, dtype=float).T
    balance = np.asarray(projected_available(opening, supply, demand), dtype=float)

    before = np.append(float(opening), balance[:-1])
    assert (before + supply - demand == balance).all()


# ---- available to promise ----------------------------------------------------------------------


def test_pumps_that_can_be_promised() -> None:
    found = answer("SOP_ATP", STOCK, MPS, ORDERS)

    assert found == [11, 0, 56, 0, 68, 0, 70, 70]


def test_stock_and_a_receipt_in_the_first_period_are_promised_together() -> None:
    assert answer("SOP_ATP", 10, [50, 0, 50], [20, 5, 60]) == [35, 0, -10]


def test_each_series_has_receipts_of_its_own() -> None:
    found = named("SOP_ATP")([[10], [0]], [[0, 5, 0], [0, 0, 7]], [[1, 1, 1], [2, 2, 2]])

    assert np.asarray(found).tolist() == [[9, 3, 0], [-4, 0, 5]]


@given(quantities, st.integers(0, 500))
def test_all_that_is_promised_is_all_that_comes_less_the_orders(
    months: list[tuple[int, int]], opening: int
) -> None:
    mps, orders = np.array(months, dtype=float).T
    promised = np.asarray(available_to_promise(opening, mps, orders), dtype=float)

    assert promised.sum() == opening + mps.sum() - orders.sum()


# ---- cover -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stock", "days"),
    [
        (0, 0),
        (-20, 0),  # a backlog covers nothing
        (30, 15),  # half of the first month's 60
        (60, 30),
        (75, 30 + 15.5),  # and half of the second's 30
        (90, 61),
        (500, 61),  # to the end of what is known
    ],
)
def test_cover_walks_the_coming_months(stock: float, days: float) -> None:
    assert answer("SOP_DOS", stock, [60, 30], [30, 31]) == [days]


def test_cover_steps_over_months_without_demand() -> None:
    assert answer("SOP_DOS", 15, [0, 30, None, 8], 30) == [45]


def test_each_item_has_its_cover() -> None:
    found = named("SOP_DOS")([[30], [30], [None]], [[60, 30], [30, 30], [1, 1]], 30)

    assert np.asarray(found).tolist() == [[15], [30], [pytest.approx(np.nan, nan_ok=True)]]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=12), st.integers(0, 3000))
def test_cover_in_other_units_is_the_same(demand: list[int], stock: int) -> None:
    found = forward_cover(stock, demand, 30)
    dozens = forward_cover(stock * 12, np.array(demand) * 12, 30)

    assert found == pytest.approx(dozens, abs=1e-4)


# ---- what does not fit -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("SOP_PAB", (5, [1, 2], [1, 2, 3]), "1 series of 2 periods and 1 series of 3 periods"),
        ("SOP_PAB", ([5, 6], [1, 2], [1, 2]), "2 numbers for 1 series"),
        ("SOP_PAB", (5, [None, "x"], [None, None]), "not enough"),
        ("SOP_PAB", ("five", [1], [1]), "not enough"),
        ("SOP_ATP", (5, [1, 2], [1, 2, 3]), "do not fit"),
        ("SOP_DOS", (5, [1, 2], [30, 31, 30]), "3 numbers for 2 periods"),
        ("SOP_DOS", (None, [1, 2], 30), "not enough"),
        ("SOP_DOS", (5, [None, None], 30), "not enough"),
    ],
)
def test_what_does_not_fit_says_why(name: str, arguments: tuple[object, ...], reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        named(name)(*arguments)


def test_days_below_zero_are_out_of_range() -> None:
    with pytest.raises(CellError, match="#NUM!: SOP_DOS: days"):
        named("SOP_DOS")(5, [1, 2], -30)
