"""The five levers month by month: the sums are those of the levers themselves."""

import numpy as np
import pytest

from sop_xl.planning import Outcome
from sop_xl.planning.finance import levers
from tests.planning.finance.test_liquidity import messages, plan, row

HEAD = "lever  kind  family  start  amount  price  answer  later\n"
EVEN = {"sales": [100.0] * 7, "cost": [60.0] * 7, "stock": [50.0] * 7}
"""Ten units a month at a price of 10 and a cost of 6."""


def pulled(line: str) -> Outcome:
    return plan(**EVEN, levers=HEAD + line)  # type: ignore[arg-type]


def sums(found: Outcome) -> list[float]:
    """Revenue, margin after marketing, inventory and cash of the first lever."""
    first = found.frames["levers"].iloc[0]
    names = ("revenue", "margin", "expense", "inventory", "cash")
    revenue, margin, expense, inventory, cash = (float(first[name]) for name in names)
    return [revenue, margin - expense, inventory, cash]


def test_stock_that_is_sold_off() -> None:
    found = pulled("L1  reduce inventory  Bikes  2026-02  0.2  0.3  0.5  .")
    units = 0.2 * 50 / 6
    expected = levers.reduce_inventory(units, 10, 6, cleared=0.5, discount=0.3)
    assert sums(found) == pytest.approx(expected.tolist())


def test_less_marketing() -> None:
    found = pulled("L1  pace marketing  Bikes  2026-03  -0.2  .  0.1  .")
    expected = levers.pace_marketing(20, -0.2, 200, 0.1, 0.6)
    assert sums(found) == pytest.approx(expected.tolist())
    # what is saved is operating cost, what is not sold is margin
    lever = found.frames["levers"].iloc[0]
    assert lever["expense"] == pytest.approx(-0.2 * 20)
    assert lever["margin"] == pytest.approx(200 * (0.8**0.1 - 1) * 0.4)


def test_less_supply() -> None:
    found = pulled("L1  shift supply  Bikes  2026-01  -0.1  0.2  0.25  .")
    expected = levers.shift_supply(-4, 6, 0.2, -1, 10)
    assert sums(found) == pytest.approx(expected.tolist())


def test_sales_that_move() -> None:
    found = pulled("L1  change timing  Bikes  2026-02  0.5  .  0.8  2")
    expected = levers.change_timing([0, 10, 0, 0], 10, 6, 2, moved=0.5, kept=0.8)
    assert sums(found) == pytest.approx(np.asarray(expected).tolist())
    assert row(found, "lever_effects", "revenue")[:4] == pytest.approx([0, -50, 0, 40])


WITHOUT_STOCK = {
    # a tenth less supply in four months: 4 of 40 units; a quarter of them, one at 10 - 6, is lost,
    # and each of the four costs a fee of 20 % of 6
    "shift supply  Bikes  2026-01  -0.1  0.2  0.25  .": [-10, -4 - 4 * 1.2, 0, -8.8],
    # 5 of the 10 units of February move, 4 of them are still sold: one at 10 - 6 is lost
    "change timing  Bikes  2026-02  0.5  .  0.8  2": [-10, -4, 0, -4],
    "reduce inventory  Bikes  2026-02  0.2  0.3  0.5  .": [0, 0, 0, 0],
}


@pytest.mark.parametrize("line", WITHOUT_STOCK)
def test_no_lever_moves_the_stock_of_a_company_that_holds_none(line: str) -> None:
    service = {**EVEN, "stock": [0.0] * 7}
    found = plan(**service, levers=f"{HEAD}L1  {line}")  # type: ignore[arg-type]
    assert sums(found) == pytest.approx(WITHOUT_STOCK[line])
    assert row(found, "lever_effects", "stock_change")[:4] == [0.0] * 4


def test_all_five_are_proposed_where_none_is_typed() -> None:
    found = plan(**EVEN).frames["levers"]  # type: ignore[arg-type]
    assert (found["kind"] != "").sum() == 5
    assert found["reading"].iloc[:5].str.len().gt(10).all()


def test_an_unknown_family_is_told_and_changes_nothing() -> None:
    found = pulled("L1  shift supply  Boats  2026-01  -0.1  .  .  .")
    assert "Lever L1 names 'Boats', which is no planned family" in messages(found)
    assert sums(found) == [0, 0, 0, 0]


def test_only_months_with_a_budget_close_the_gap_to_the_budget() -> None:
    """AOP in January and February, 20 short in both; half the marketing, 5 a month, from January.

    It brings 20 over the plan months, and 10 of the 40 that are missing in months with an AOP.
    """
    short = {"aop_operating_profit": [0.0] * 3 + [50, 50, 0, 0],
             "profit_variance": [0.0] * 3 + [-20, -20, 0, 0]}
    line = HEAD + "L1  pace marketing  Bikes  2026-01  -0.5  .  .  ."
    found = plan(**EVEN, more=short, levers=line)  # type: ignore[arg-type]
    lever = found.frames["levers"].iloc[0]
    assert (lever["margin"], lever["expense"]) == pytest.approx((0, -20))
    assert lever["closes_aop"].endswith("25 % of it")
    assert row(found, "lever_totals", "profit_after") == pytest.approx([-15, -15, 0, 0])
