"""The five levers by hand; what comes into the bank is what was earned and what stock gave back."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.finance import levers


def effect(name: str, *arguments: Any) -> Any:
    """Revenue, margin, inventory, cash."""
    return np.asarray(named(f"SOP_LEVER_{name}")(*arguments)).round(6).tolist()


def test_reduce_inventory_exposure() -> None:
    # 100 units of price 10 and cost 6 too many; 50 cleared at 7, 50 not made
    # revenue 50 x 7; margin 50 x (7 - 6); stock -600; cash 350 + 50 x 6 that is not spent
    assert effect("STOCK", 100, 10, 6, 0.5, 0.3) == [350, 50, -600, 650]
    # and 20 % a year for holding 600 for six months is saved: 60
    assert effect("STOCK", 100, 10, 6, 0.5, 0.3, 0.2, 6) == [350, 110, -600, 710]


def test_adjust_sales_priorities() -> None:
    # 10 units earn 12 - 6 instead of 8 - 5
    assert effect("PRIORITY", 10, 8, 5, 12, 6) == [40, 30, 0, 30]
    # two of ten find no buyer: revenue 96 - 80, margin 48 - 30, stock 2 x 6, cash 16 - 10 x (6 - 5)
    assert effect("PRIORITY", 10, 8, 5, 12, 6, 0.8) == [16, -30 + 48, 12, 6]


def test_pace_marketing_spend() -> None:
    # 19 % less with elasticity 0.5 leaves 0.81 ^ 0.5 = 90 % of 1,000; cost of sales 60 %
    # margin -100 x 0.4 + 19; where supply does not follow, 60 more lie in stock
    assert effect("MARKETING", 100, -0.19, 1000, 0.5, 0.6) == [-100, -21, 0, -21]
    assert effect("MARKETING", 100, -0.19, 1000, 0.5, 0.6, 0) == [-100, -21, 60, -81]
    assert effect("MARKETING", 100, -1, 1000, 0.5, 0.6) == [-1000, -300, 0, -300]


def test_shift_supply_commitments() -> None:
    # 100 units of cost 6 cancelled for 10 % of it; 20 sales at 10 are lost by that
    # margin -20 x 4 - 60; stock -80 x 6; cash: 600 not spent, less 60 and 200 of sales
    assert effect("SUPPLY", -100, 6, 0.1, -20, 10) == [-200, -140, -480, 340]
    # 50 more at a premium of 20 %, of which 30 are sold: 300 - 300 - 60 in cash
    assert effect("SUPPLY", 50, 6, 0.2, 30, 10) == [300, 60, 120, -60]


def test_change_timing() -> None:
    # a launch of 100 units at 10, cost 6, a month later: revenue and margin move, stock waits
    launch = ([100, 0, 0], 10, 6, 1)
    assert effect("TIMING", *launch) == [0, 0, 0, 0]
    by_month = named("SOP_LEVER_TIMING")(*launch, show="periods")
    assert np.asarray(by_month).tolist() == [
        [-1000, -400, 600, -1000], [1000, 400, 0, 1000], [0, 0, 0, 0],
    ]  # fmt: skip
    # supply moves along: 600 less is spent at first
    by_month = named("SOP_LEVER_TIMING")(*launch, supply="moves", show="periods")
    assert np.asarray(by_month).tolist() == [
        [-1000, -400, 0, -400], [1000, 400, 0, 400], [0, 0, 0, 0],
    ]  # fmt: skip
    # a tenth is not bought any more, and stock costs 1 % a month: 6, then 0.6 twice
    assert effect("TIMING", *launch, 1, 0.9, "stays", 0.01) == pytest.approx(
        [-100, -40 - 7.2, 60, -100 - 7.2]
    )
    # earlier, out of the periods given: gone
    assert effect("TIMING", [100, 0], 10, 6, -1, 1, 1, "moves") == [-1000, -400, 0, -400]
    assert effect("TIMING", [0, 100], 10, 6, -1, 1, 1, "moves") == [0, 0, 0, 0]


def test_families_below_each_other_have_a_row_each() -> None:
    found = effect("SUPPLY", [[-100], [50]], 6, 0.1, [[-20], [0]], 10)
    assert found == [[-200, -140, -480, 340], [0, -30, 300, -330]]
    assert effect("SUPPLY", [[-100, 50]], 6, 0.1, [[-20, 0]], 10) == np.transpose(found).tolist()


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("STOCK", (-5, 10, 6), "excess has to hold numbers from 0 up"),
        ("STOCK", (5, 10, 6, 1.5), "cleared has to hold numbers from 0 to 1"),
        ("STOCK", (None, 10, 6), "not enough"),
        ("MARKETING", (100, -2, 1000, 0.5, 0.6), "change has to hold numbers from -1 up"),
        ("TIMING", ([1, 2], 10, [1, 2], 1), "the cost is one number"),
        ("TIMING", ([1, 2], 10, 1, 0.5), "later has to be a whole number"),
    ],
)
def test_what_makes_no_lever_is_refused(
    name: str, arguments: tuple[Any, ...], reason: str
) -> None:
    with pytest.raises(CellError, match=reason):
        effect(name, *arguments)


amount, part = st.integers(0, 10_000), st.floats(0, 1)


@given(amount, amount, amount, part, part)
def test_clearing_all_or_making_none_takes_the_same_stock_out(
    excess: int, price: int, cost: int, cleared: float, discount: float
) -> None:
    found = levers.reduce_inventory(excess, price, cost, cleared, discount)
    none = levers.reduce_inventory(excess, price, cost)
    assert found[2] == none[2] == -excess * cost
    # not making the excess saves what it would have cost; clearing brings the price as well
    assert none[3] == excess * cost
    sold = excess * cleared
    not_spent = (excess - sold) * cost
    assert found[3] == pytest.approx(sold * price * (1 - discount) + not_spent, abs=1e-3)


@given(st.lists(amount, min_size=1, max_size=12), amount, amount, st.integers(-14, 14), part, part)
def test_periods_sum_to_the_total_and_nothing_is_sold_twice(
    units: list[int], price: int, cost: int, later: int, moved: float, kept: float
) -> None:
    each = levers.change_timing(units, price, cost, later, moved, kept, show="periods")
    total = levers.change_timing(units, price, cost, later, moved, kept)
    assert each[:, [0, 1, 3]].sum(axis=0) == pytest.approx(total[[0, 1, 3]], abs=1e-3)
    assert each[-1, 2] == pytest.approx(total[2])
    assert total[0] <= 1e-3  # moving sells nothing more
    # what is not sold waits in stock at cost
    assert total[2] == pytest.approx(-total[0] / price * cost if price else total[2], abs=1e-2)
