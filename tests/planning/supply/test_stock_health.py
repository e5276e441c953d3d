"""Targets, excess and obsolete stock, run-out: by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.supply.stock_health import run_out, stock_health

demands = st.lists(st.integers(0, 99), min_size=1, max_size=12)


def answer(name: str, *arguments: object) -> object:
    return np.asarray(named(name)(*arguments), dtype=float).tolist()


def test_targets_add_cycle_stock() -> None:
    # orders of 10,000 above a safety stock of 1000: 5000 of cycle stock on average
    assert answer("SOP_STOCK_TARGET", 1000, 10_000) == [1000, 6000, 11_000]


def test_a_stock_is_short_in_excess_or_obsolete() -> None:
    demand = [[10, 10, 10, 10, 10]] * 4
    # 100: all demand is 50, so 50 are obsolete; 60: target 20 and 30 for three periods leave 10,
    # which no demand uses; 48: within target and three periods; 5: 15 short
    found = answer("SOP_EXCESS", [[100], [60], [48], [5]], demand, 20, 3)

    assert found == [[0, 0, 50], [0, 0, 10], [0, 0, 0], [15, 0, 0]]


def test_excess_is_what_only_far_demand_needs() -> None:
    assert answer("SOP_EXCESS", 45, [10, 10, 10, 10, 10], 5, 2) == [[0, 20, 0]]


def test_without_coming_demand_everything_is_obsolete() -> None:
    assert answer("SOP_EXCESS", 45, [0, 0], 5, 2) == [[0, 0, 45]]
    with pytest.raises(CellError, match="not enough"):
        named("SOP_EXCESS")(45, [None, None])


def test_when_a_phase_out_runs_out() -> None:
    assert answer("SOP_RUNOUT", 25, [10, 10, 10]) == 2.5
    assert answer("SOP_RUNOUT", 25, [10, 10, 10, 10], [0, 8, 0, 0]) == 3.3
    # a month without demand does not use any
    assert answer("SOP_RUNOUT", 10, [10, 0, 5]) == 2
    assert answer("SOP_RUNOUT", [[0], [-5]], [[10, 10], [10, 10]]) == [[0], [0]]
    with pytest.raises(CellError, match="not enough"):
        named("SOP_RUNOUT")(30, [10, 10, 10])


@given(st.integers(0, 500), demands, st.integers(0, 99), st.integers(1, 12))
def test_every_unit_is_counted_once(
    stock: int, demand: list[int], target: int, periods: int
) -> None:
    short, excess, obsolete = (part.item() for part in stock_health(stock, demand, target, periods))

    assert short == max(0, target - stock)
    assert 0 <= excess + obsolete <= stock
    assert excess + obsolete >= max(0, stock - target - sum(demand[:periods]))


@given(st.integers(0, 300), demands)
def test_a_stock_runs_out_where_demand_has_used_it(stock: int, demand: list[int]) -> None:
    periods = run_out(stock, demand).item()

    if np.isnan(periods):
        assert sum(demand) <= stock
    else:
        whole = int(periods)
        used = sum(demand[:whole]) + (periods - whole) * [*demand, 0][whole]
        assert used == pytest.approx(stock)
