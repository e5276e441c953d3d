"""Margins against earlier plans and last year: supply cost counts where both sides know it."""

from __future__ import annotations

import numpy as np
import pytest

from sop_xl.planning import Outcome, finance
from sop_xl.planning.finance.bridge_view import bridge
from sop_xl.planning.finance.earlier import earlier
from sop_xl.planning.finance.recon_view import left_out, recon_view
from sop_xl.planning.finance.windows import Months
from sop_xl.tables.data import (
    AOP,
    BALANCE,
    FAMILIES,
    FINANCE_LINES,
    HISTORY,
    PAST_FINANCE,
    RECON_LINES,
)
from sop_xl.tables.recon import LAST_YEAR, MARGIN, PLANNED, PRIOR
from sop_xl.tables.settings import Settings
from sop_xl.tables.strategy import FAMILY_RATES, SUPPLY_COST
from sop_xl.tables.supply import SUPPLY_PLAN
from tests.planning.finance.inputs import LEVEL, NOTHING
from tests.planning.rows import axis, grid, past_row, plan_row, rows

WHEN = axis("2026-01", history=1, horizon=13)
SOLD = """
    family  region  period   orders  shipments  revenue  cost_of_sales
    Bikes   North   2025-12  100     100        1000     600
"""
KNOWN = """
    cycle    period   family  volume  revenue  cost_of_sales  supply_cost  operating_cost
    2025-12  2025-12  Bikes   90      900      540            25           .
    2025-12  2026-01  Bikes   100     1000     600            30           .
    2025-12  2026-01  All     .       .        .              .            50
"""
BEFORE_IT_WAS_RECKONED = KNOWN.replace("  25  ", "  .   ").replace("  30  ", "  .   ")


def run(past: str = KNOWN) -> Outcome:
    """A bike sold for 10 costs 6 at standard; supply costs 20 a month beyond that."""
    return finance.run(
        WHEN, Settings(history_shown=1, horizon=13),
        **NOTHING | {
            "supply_plan": grid(SUPPLY_PLAN, WHEN, {"Bikes": {"shipments": [100.0] * 13}}),
            "families": rows(FAMILIES.columns, "family  price  cost\nBikes   10     6"),
            "history": rows(HISTORY.for_level(LEVEL).columns, SOLD),
            "family_rates": rows(FAMILY_RATES.columns, "family  premium  share\nBikes  0  1"),
            "supply_cost": grid(SUPPLY_COST, WHEN, {"": {"beyond": [20.0] * 13,
                                                         "premium": [0.0] * 13}}),
            "aop": rows(AOP.for_level(LEVEL).columns),
            "finance_lines": rows(FINANCE_LINES.columns),
            "balance": rows(BALANCE.columns),
            "past_finance": rows(PAST_FINANCE.inputs, past),
        },
    )  # fmt: skip


def only(*at: int) -> Months:
    """Periods of the axis: 0 is the closed December, 1 January, 13 the next January."""
    flags = np.isin(np.arange(14), at)
    return Months(*(flags,) * 5)


def effects(outcome: Outcome, months: Months, comparison: str) -> dict[str, float]:
    found = bridge(outcome.frames["finance_family"], months, comparison, MARGIN)
    sums = found.select_dtypes("number").sum()
    return {name: sums[name] for name in ("before", "cost", "after", "check")}


def test_a_closed_month_is_compared_at_standard_cost() -> None:
    outcome = run()
    total = outcome.frames["finance_total"]
    # planned 900 - 540, whatever supply was to cost beyond; came 1,000 - 600
    assert past_row(total, WHEN, "prior_margin") == [360]
    assert past_row(total, WHEN, "prior_compared") == [400]
    assert effects(outcome, only(0), PLANNED) == {
        "before": 360, "cost": 0, "after": 400, "check": 0,
    }  # fmt: skip
    assert left_out(total, only(0), PLANNED) == (0, 25)


def test_a_plan_month_holds_supply_cost_on_both_sides() -> None:
    outcome = run()
    total = outcome.frames["finance_total"]
    assert plan_row(total, WHEN, "prior_margin")[0] == 1000 - 600 - 30
    assert plan_row(total, WHEN, "prior_compared")[0] == 1000 - 600 - 20
    assert effects(outcome, only(1), PRIOR) == {"before": 370, "cost": 10, "after": 380, "check": 0}
    assert left_out(total, only(1), PRIOR) == (0, 0)


def test_a_blank_supply_cost_beside_a_known_one_is_not_taken_for_zero() -> None:
    """Parts cost 30 at standard and something beyond; of Boats the plan had no row."""
    past = KNOWN + "    2025-12  2026-01  Parts  10  50  30  .  ."
    found = earlier(WHEN, rows(PAST_FINANCE.inputs, past), ["Bikes", "Parts", "Boats"])
    january = found.supply_cost[:, 1]
    assert january[[0, 2]].tolist() == [30, 0]
    assert np.isnan(january[1])


def test_an_older_plan_without_it_is_compared_at_standard_cost() -> None:
    outcome = run(BEFORE_IT_WAS_RECKONED)
    total = outcome.frames["finance_total"]
    assert effects(outcome, only(1), PRIOR) == {"before": 400, "cost": 0, "after": 400, "check": 0}
    assert left_out(total, only(1), PRIOR) == (20, 0)
    lines = rows(RECON_LINES.inputs, "line\nShipments\nRevenue\nMargin\nCost\nProfit")
    shown = recon_view(total, only(1), PRIOR, lines.assign(tolerance_used=0.0)).set_index("line")
    assert (shown["plan"]["Margin"], shown["other"]["Margin"]) == (400, 400)
    # no operating cost is planned now, 50 were planned before
    profit = "Operating profit"
    assert (shown["plan"][profit], shown["other"][profit]) == (400, 350)


@pytest.mark.parametrize(("month", "before", "after", "left"), [(12, 0, 400, 20), (13, 1, 380, 0)])
def test_last_year_holds_it_where_it_was_planned(
    month: int, before: int, after: int, left: float
) -> None:
    """December was closed and has none, January is planned both times."""
    outcome = run()
    own, other = only(month), only(before)
    months = own._replace(before=other.before, before_year=other.before)
    found = effects(outcome, months, LAST_YEAR)
    assert (found["before"], found["after"], found["cost"]) == (after, after, 0)
    assert left_out(outcome.frames["finance_total"], months, LAST_YEAR) == (left, 0)
