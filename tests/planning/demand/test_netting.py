"""Forecast consumption against frePPLe, and its law."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.demand.netting import net_forecast

# frePPLe, documentation of forecast netting: 350 in each month
FORECAST, ORDERS = [350, 350, 350, 350], [300, 500, 280, 0]

months = st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=18)


def net(*arguments: object) -> list[object]:
    found: list[object] = np.asarray(named("SOP_NETFCST")(*arguments)).tolist()
    return found


def test_orders_consume_the_forecast_of_their_month() -> None:
    assert net(FORECAST, ORDERS) == [50, 0, 70, 350]


def test_orders_consume_a_month_early_and_late() -> None:
    assert net(FORECAST, ORDERS, 1, 1) == [0, 0, 0, 320]


def test_the_nearest_earlier_month_comes_first_then_the_later_ones() -> None:
    assert net([10, 10, 10, 10], [0, 0, 25, 0], 2, 1) == [5, 0, 0, 10]
    assert net([10, 10, 10, 10], [0, 0, 35, 0], 2, 1) == [0, 0, 0, 5]
    assert net([10, 10, 10, 10], [0, 0, 35, 0], 0, 1) == [10, 10, 0, 0]


def test_blanks_are_none_and_an_order_taken_back_consumes_nothing() -> None:
    assert net([10, None, 10], [4, "-", -5]) == [6, 0, 10]


def test_columns_stay_columns_and_rows_are_series() -> None:
    assert net([[10], [10]], [[4], [12]]) == [[6], [0]]
    assert net([[10, 10], [5, 5]], [[4, 12], [0, 7]], 1) == [[4, 0], [3, 0]]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (([1, 2], [1, 2, 3]), "#N/A"),
        (([None, "x"], [1, 2]), "#N/A"),
        (([1, 2], [1, 2], -1), "#NUM!"),
        (([1, 2], [1, 2], 0.5), "#NUM!"),
    ],
)
def test_what_cannot_be_netted_is_refused(arguments: tuple[object, ...], code: str) -> None:
    with pytest.raises(CellError) as raised:
        net(*arguments)
    assert raised.value.code == code


@given(months, st.integers(0, 3), st.integers(0, 3))
def test_every_order_consumes_at_most_itself(
    given_months: list[tuple[int, int]], early: int, late: int
) -> None:
    forecast, orders = np.array(given_months, dtype=float).T

    found = np.asarray(net_forecast(forecast, orders, early, late), dtype=float)
    alone = np.asarray(net_forecast(forecast, orders), dtype=float)

    assert (found >= 0).all()
    assert (found <= alone).all()
    assert forecast.sum() - found.sum() <= orders.sum()


@given(months)
def test_with_wide_windows_only_totals_count(given_months: list[tuple[int, int]]) -> None:
    forecast, orders = np.array(given_months, dtype=float).T

    left = np.asarray(net_forecast(forecast, orders, 99, 99), dtype=float).sum()

    assert left == max(0, forecast.sum() - orders.sum())
