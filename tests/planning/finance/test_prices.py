"""From the gross price to revenue by family and region: lists by date, discounts, currency."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning import Outcome, finance
from sop_xl.tables.data import (
    AOP,
    BALANCE,
    CURRENCIES,
    EXCHANGE_RATES,
    FAMILIES,
    FINANCE_LINES,
    HISTORY,
    PRICE_CHANGES,
    WORKFORCE,
)
from sop_xl.tables.demand import DEMAND_PLAN, DEMAND_TOTAL
from sop_xl.tables.settings import Settings
from sop_xl.tables.supply import SUPPLY_PLAN
from tests.planning.finance.inputs import LEVEL, NOTHING
from tests.planning.rows import axis, grid, plan_row, rows

WHEN = axis("2026-01", history=2, horizon=3)
SOLD = """
family  region  period   orders  shipments  revenue
Bikes   North   2025-12  60      60         27000
Bikes   South   2025-12  40      40         12000
"""
"""450 in the North, 300 in the South: 390 on average."""


def wanted(north: list[float], south: list[float]) -> pd.DataFrame:
    """A demand plan by family and region."""
    declared = DEMAND_PLAN.for_level(("family",))
    parts = [
        grid(declared, WHEN, {"Bikes": {"consensus": cells}}).assign(region=region)
        for region, cells in (("North", north), ("South", south))
    ]
    return pd.concat(parts, ignore_index=True)


def run(changes: str = "", currencies: str = "", rates: str = "", **others: pd.DataFrame
        ) -> Outcome:
    given = {
        "supply_plan": grid(SUPPLY_PLAN, WHEN, {"Bikes": {"shipments": [100.0, 100, 100],
                                                          "inventory": [10.0, 10, 10]}}),
        "demand_plan": wanted([60.0, 30, 60], [40.0, 70, 40]),
        "demand_total": grid(DEMAND_TOTAL, WHEN, {"Bikes": {"consensus": [100.0] * 3}}),
        "families": rows(FAMILIES.columns, "family  price  cost\nBikes  390  250"),
        "history": rows(HISTORY.for_level(LEVEL).columns, SOLD),
        "aop": rows(AOP.columns),
        "finance_lines": rows(FINANCE_LINES.columns),
        "balance": rows(BALANCE.columns),
        "price_changes": rows(PRICE_CHANGES.inputs, changes),
        "currencies": rows(CURRENCIES.inputs, currencies),
        "exchange_rates": rows(EXCHANGE_RATES.inputs, rates),
    }
    return finance.run(WHEN, Settings(), **{**NOTHING, **given, **others})


def revenue(outcome: Outcome, region: str) -> list[float]:
    frame = outcome.frames["finance_region"]
    return plan_row(frame, WHEN, "revenue", family="Bikes", region=region)


def test_the_regions_share_the_shipments_and_pay_their_own_prices() -> None:
    outcome = run()
    assert revenue(outcome, "North") == pytest.approx([60 * 450.0, 30 * 450, 60 * 450])
    assert revenue(outcome, "South") == pytest.approx([40 * 300.0, 70 * 300, 40 * 300])
    family = outcome.frames["finance_family"]
    assert plan_row(family, WHEN, "revenue", family="Bikes") == pytest.approx([39e3, 34.5e3, 39e3])
    # the price of the family follows the mix of its regions
    assert plan_row(family, WHEN, "price", family="Bikes") == pytest.approx([390.0, 345, 390])


def test_price_changes_multiply_from_their_month_on() -> None:
    outcome = run("""
        change  kind          family  region  start    until    rate
        P-1     price change  All     All     2026-02  .        0.10
        P-2     price change  Bikes   North   2026-03  .        0.05
        P-3     price change  Bikes   South   2025-06  .        0.20
    """)
    # P-3 began before the plan: it is in the prices that were paid
    assert revenue(outcome, "North") == pytest.approx([27000.0, 30 * 495, 60 * 450 * 1.1 * 1.05])
    assert revenue(outcome, "South") == pytest.approx([12000.0, 70 * 330, 40 * 330])


def test_discounts_come_off_the_gross_price_and_those_in_force_are_in_the_net_price() -> None:
    outcome = run("""
        change  kind       family  region  start    until    rate
        D-1     discount   All     North   2025-01  .        0.10
        D-2     discount   Bikes   North   2026-02  .        0.02
        A-1     promotion  Bikes   All     2026-03  2026-03  0.05
    """)
    frame = outcome.frames["finance_region"]
    # 450 is 90 % of 500
    gross = plan_row(frame, WHEN, "gross_price", region="North")
    assert gross == pytest.approx([500.0, 500, 500])
    net = plan_row(frame, WHEN, "price", region="North")
    assert net == pytest.approx([450.0, 500 * 0.88, 500 * 0.83])
    assert plan_row(frame, WHEN, "price", region="South") == pytest.approx([300.0, 300, 285])
    company = outcome.frames["finance_total"]
    assert plan_row(company, WHEN, "gross_revenue")[0] == pytest.approx(60 * 500 + 40 * 300)
    assert plan_row(company, WHEN, "deductions")[0] == pytest.approx(-60 * 50)


def test_a_region_in_another_currency_follows_its_rate() -> None:
    outcome = run(
        currencies="region  currency  budget_rate\nSouth  GBP  1.25",
        rates="currency  period  rate\nGBP  2025-12  1.20\nGBP  2026-01  1.20\nGBP  2026-02  1.08",
    )
    # 300 euros were 250 pounds; March has no rate and takes that of February
    assert revenue(outcome, "South") == pytest.approx([40 * 300.0, 70 * 250 * 1.08, 40 * 270])
    frame = outcome.frames["finance_region"]
    constant = plan_row(frame, WHEN, "constant_revenue", region="South")
    assert constant == pytest.approx([40 * 312.5, 70 * 312.5, 40 * 312.5])
    (finding,) = [f for f in outcome.findings if f.table == "exchange_rates"]
    assert "GBP (South) has no exchange rate in Mar 2026" in finding.message


def test_a_currency_without_a_rate_counts_at_one_and_is_named() -> None:
    outcome = run(currencies="region  currency  budget_rate\nSouth  GBP  1.25\nMoon  USD  .")
    assert revenue(outcome, "South") == pytest.approx([12000.0, 21000, 12000])
    messages = [finding.message for finding in outcome.findings]
    assert "GBP (South) has no exchange rate: its revenue counts at 1." in messages
    assert "USD (Moon) has no budget rate: nothing of it is currency." in messages
    assert "The plan has no region Moon." in messages


def test_rows_that_change_nothing_and_prices_that_are_gone_are_named() -> None:
    outcome = run("""
        change  kind       family  region  start    until    rate
        D-1     discount   Bikes   North   2026-01  .        0.60
        D-2     promotion  All     All     2026-02  .        0.40
        P-1     discount   Boats   All     2026-01  .        0.10
        P-2     discount   All     All     2026-03  2026-01  0.10
    """)
    messages = [f.message for f in outcome.findings if f.table == "price_changes"]
    assert messages == [
        "1 row (P-1): the plan has no family Boats.",
        "1 row (P-2): until is before from, it never counts.",
        "Discounts and promotions of Bikes North leave no price.",
    ]
    assert revenue(outcome, "North") == pytest.approx([60 * 180.0, 0, 0])


def test_a_cost_above_the_price_is_named() -> None:
    families = rows(FAMILIES.columns, "family  price  cost\nBikes  390  400")
    messages = [finding.message for finding in run(families=families).findings]
    assert "The cost of Bikes is above the price over the plan: each unit loses money." in messages


def test_months_without_a_plan_take_the_shares_of_the_year() -> None:
    outcome = run(demand_plan=wanted([0.0, 0, 0], [0.0, 0, 0]))
    assert revenue(outcome, "North") == pytest.approx([60 * 450.0] * 3)


def test_cost_follows_heads_and_depreciation_is_no_part_of_ebitda() -> None:
    outcome = run(
        finance_lines=rows(FINANCE_LINES.columns, """
            line         fixed  share_of_revenue  per_unit  per_head  kind          aop
            Machines     700    .                 .         .         depreciation  .
            People       .      .                 .         100       operating     .
            Commission   .      0.1               2         .         operating     .
        """),
        workforce=rows(WORKFORCE.inputs, "team  headcount\nWelders  3\nPainters  2"),
        # two people of the plan, five of today: cost per head follows those who are there
        workforce_total=pd.DataFrame({"period": WHEN.plan, "people": [5.0, 2.0, 2.0]}),
    )
    company = outcome.frames["finance_total"]
    margin = 39000 - 25000
    variable = 3900 + 200
    assert plan_row(company, WHEN, "operating_cost")[0] == pytest.approx(700 + 500 + variable)
    second = 0.1 * plan_row(company, WHEN, "revenue")[1] + 2 * plan_row(company, WHEN, "volume")[1]
    assert plan_row(company, WHEN, "operating_cost")[1] == pytest.approx(700 + 200 + second)
    assert plan_row(company, WHEN, "contribution")[0] == pytest.approx(margin - variable)
    profit = margin - 1200 - variable
    assert plan_row(company, WHEN, "operating_profit")[0] == pytest.approx(profit)
    assert plan_row(company, WHEN, "ebitda")[0] == pytest.approx(profit + 700)


@pytest.mark.parametrize("seed", range(20))
def test_regions_add_up_to_families_whatever_the_plan_is(seed: int) -> None:
    random = np.random.default_rng(seed)
    outcome = run(
        demand_plan=wanted(random.uniform(0, 99, 3).tolist(), random.uniform(0, 99, 3).tolist()),
        supply_plan=grid(SUPPLY_PLAN, WHEN,
                         {"Bikes": {"shipments": random.uniform(0, 999, 3).tolist(),
                                    "inventory": [0.0] * 3}}),
    )
    region, family = outcome.frames["finance_region"], outcome.frames["finance_family"]
    for measure in ("volume", "revenue", "cost_of_sales", "constant_revenue"):
        sums = region.groupby("period")[measure].sum()
        assert family[measure].fillna(0.0).tolist() == pytest.approx(sums.tolist(), abs=1e-6)
    cents = (region["volume"] * region["price"]).fillna(0.0).to_numpy()
    assert cents[-3:] == pytest.approx(region["revenue"].fillna(0.0).to_numpy()[-3:])
