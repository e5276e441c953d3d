"""What supply costs beyond standard, in profit and loss, bridge, tie-outs and cash, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning import Outcome, finance
from sop_xl.planning.finance import liquidity
from sop_xl.planning.finance.bridge_view import bridge
from sop_xl.planning.finance.windows import Months
from sop_xl.schema import empty_frame
from sop_xl.tables import inputs as input_tables
from sop_xl.tables.cash import PAST_CASH
from sop_xl.tables.data import AOP, BALANCE, FAMILIES, FINANCE_LINES, HISTORY
from sop_xl.tables.recon import AOP as AGAINST_AOP
from sop_xl.tables.recon import MARGIN
from sop_xl.tables.settings import Settings
from sop_xl.tables.strategy import FAMILY_RATES, SUPPLY_COST
from sop_xl.tables.supply import SUPPLY_PLAN
from tests.planning.finance.inputs import LEVEL, NOTHING
from tests.planning.rows import axis, grid, past_row, plan_row, rows

WHEN = axis("2026-01", history=1, horizon=2)
SETTINGS = Settings(history_shown=1, horizon=2, tax_rate=0.25, purchased_share=0.6)
FAMILY_ROWS = "family  price  cost\nBikes   400    250\nParts   5      2"
BOOKED = """
    family  region  period   orders  shipments  revenue  cost_of_sales
    Bikes   North   2025-12  90      90         36000    22000
    Parts   North   2025-12  900     900        4500     1800
"""
BUDGET = """
    period   family  region  channel  quantity  revenue  cost_of_sales
    2026-01  Bikes   North   All      100       40000    25000
    2026-01  Parts   North   All      1000      5000     2000
"""
RATES = """
    family  premium  share
    Bikes   30       0.75
    Parts   0        0.25
"""
BEYOND = {
    "unabsorbed": [400.0, -100], "overtime_beyond": [0.0, 200], "staffing": [50.0, 0],
    "premium": [300.0, 0], "expedite": [10.0, 0], "beyond": [760.0, 100],
    "holding": [70.0, 70], "backorders": [5.0, 0], "lost_sales": [1.0, 0],
}  # fmt: skip
PLAN = {
    "Bikes": {"shipments": [100.0, 100], "inventory": [50.0, 50], "subcontracted": [10.0, np.nan]},
    "Parts": {"shipments": [1000.0, 1000], "inventory": [500.0, 500]},
}


def run(beyond: dict[str, list[float]] = BEYOND) -> Outcome:
    return finance.run(
        WHEN, SETTINGS,
        **NOTHING | {
            "supply_plan": grid(SUPPLY_PLAN, WHEN, PLAN),
            "families": rows(FAMILIES.columns, FAMILY_ROWS),
            "history": rows(HISTORY.for_level(LEVEL).columns, BOOKED),
            "aop": rows(AOP.for_level(LEVEL).columns, BUDGET),
            "finance_lines": rows(FINANCE_LINES.columns, "line  fixed  aop\nRent  5000  5000"),
            "balance": rows(BALANCE.columns, "period  operating_cost\n2025-12  5000"),
            "family_rates": rows(FAMILY_RATES.columns, RATES),
            "supply_cost": grid(SUPPLY_COST, WHEN, {"": beyond}),
        },
    )  # fmt: skip


def test_it_lowers_margin_and_profit_and_what_is_a_rate_does_not() -> None:
    company = run().frames["finance_total"]
    # revenue 40,000 + 5,000; cost of sales at standard 25,000 + 2,000
    assert plan_row(company, WHEN, "supply_cost") == [760, 100]
    assert plan_row(company, WHEN, "margin") == [18_000 - 760, 18_000 - 100]
    assert plan_row(company, WHEN, "operating_profit") == [13_000 - 760, 13_000 - 100]
    assert plan_row(company, WHEN, "ebitda") == [13_000 - 760, 13_000 - 100]
    lines = ("unabsorbed", "overtime", "staffing", "premium", "expedite")
    shown = [plan_row(company, WHEN, name) for name in lines]
    assert np.sum(shown, axis=0).tolist() == [760, 100]
    # holding and lateness are planning rates: memo lines
    assert plan_row(company, WHEN, "holding") == [70, 70]
    assert plan_row(company, WHEN, "late") == [6, 0]
    # closed months are as accounting booked them
    assert past_row(company, WHEN, "margin") == [40_500 - 23_800]


def test_families_bear_their_own_subcontractor_and_share_the_rest() -> None:
    family = run().frames["finance_family"]
    # 10 bikes at 30 above standard; 460 and 100 are shared 3 to 1
    assert plan_row(family, WHEN, "supply_cost", family="Bikes") == [300 + 345, 75]
    assert plan_row(family, WHEN, "supply_cost", family="Parts") == [115, 25]
    assert plan_row(family, WHEN, "margin", family="Bikes") == [15_000 - 645, 15_000 - 75]
    # the standard cost of a unit, by which stock is valued, does not move
    assert plan_row(family, WHEN, "unit_cost", family="Bikes") == [250, 250]


def test_the_bridge_of_the_margin_shows_it_as_cost() -> None:
    family = run().frames["finance_family"]
    january = np.array([False, True, False])
    months = Months(january, january, january, january, january)
    found = bridge(family, months, AGAINST_AOP, MARGIN).set_index("family")
    assert found["cost"].to_dict() == {"Bikes": -645.0, "Parts": -115.0}
    assert found["before"].sum() == 18_000
    assert found["after"].sum() == 18_000 - 760
    assert found[["check"]].abs().sum().sum() == 0
    assert found["proof"].abs().max() < 1e-6


def test_the_book_ties_with_it() -> None:
    ties = run().frames["tie_outs"].set_index("tie_out")
    for what in (
        "Margin: sum of the families = company",
        "Margin at standard: sum of the regions = families",
        "Supply cost: sum of its lines = sum of the families",
    ):
        assert ties.loc[what, "state"] == "● ties"
    assert ties.loc["Supply cost: sum of its lines = sum of the families", "value"] == 860


def test_it_is_paid_in_its_month_and_both_cash_flows_agree() -> None:
    tables = input_tables(SETTINGS.level)
    cash = rows(tables["cash"].inputs, "period  cash\n2025-12  1000")

    def flow(outcome: Outcome) -> pd.DataFrame:
        frames = outcome.frames
        empty = {
            name: empty_frame(tables[name].inputs)
            for name in ("payment_pattern", "receivables_inputs", "payables_inputs",
                         "stock_value_inputs", "levers")
        }  # fmt: skip
        found = liquidity.run(
            WHEN, replace(SETTINGS, tax_rate=0.0), cash=cash,
            balance=rows(BALANCE.columns, "period  operating_cost\n2025-12  5000"),
            finance_family=frames["finance_family"], finance_total=frames["finance_total"],
            operating_cost=frames["operating_cost"],
            past_cash=empty_frame(PAST_CASH.columns), **empty,
        )  # fmt: skip
        return found.frames["cash_flow"]

    spent, free = flow(run()), flow(run({key: [0.0, 0] for key in BEYOND}))
    assert plan_row(spent, WHEN, "supply_cost") == [760, 100]
    less = np.subtract(plan_row(free, WHEN, "operating"), plan_row(spent, WHEN, "operating"))
    # without the subcontractor's 300 of the second run, which the families bear themselves
    assert less == pytest.approx([760 - 300, 100])
    assert plan_row(spent, WHEN, "difference") == [0, 0]
