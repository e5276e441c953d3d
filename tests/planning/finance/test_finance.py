"""Step 4 by hand: two families, two cost lines, two closed months and three planned."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning import Outcome, finance
from sop_xl.planning.calendar import Axis, Calendar
from sop_xl.schema import Severity
from sop_xl.tables.data import AOP, BALANCE, FAMILIES, FINANCE_LINES, HISTORY
from sop_xl.tables.finance import FINANCE_REGION, FINANCE_TOTAL
from sop_xl.tables.settings import Settings
from sop_xl.tables.supply import SUPPLY_PLAN
from tests.planning.finance.inputs import NOTHING
from tests.planning.rows import axis, grid, past_row, plan_row, rows, typed

WHEN = axis("2026-01", history=2, horizon=3)
LEVEL = ("family", "region")
SUPPLY = {
    "Bikes": {"shipments": [100.0, 110, 120], "inventory": [50.0, 60, 70]},
    "Parts": {"shipments": [1000.0, 1000, 0], "inventory": [500.0, 500, 500]},
}
TWO = """
family  price  cost
Bikes   400    250
Parts   5      2
"""
BOOKED = """
family  region  period   orders  shipments  revenue  cost_of_sales
Bikes   North   2025-11  60      50         21000    .
Bikes   South   2025-11  40      40         15000    9000
Bikes   North   2025-12  90      .          36000    22000
"""
BUDGET = """
period   family  region  channel  quantity  revenue  cost_of_sales
2026-01  Bikes   North   All      60        26000    16000
2026-01  Bikes   South   All      50        19000    12000
2026-01  Parts   All     All      1000      4500     2500
"""
COSTS = """
line     fixed  share_of_revenue  per_unit  aop
Freight  .      0.02              1.5       3000
Rent     5000   .                 .         5200
"""


def run(
    prices: str = "",
    aop: str = BUDGET,
    families: str = TWO,
    lines: str = COSTS,
    booked: str = "period  operating_cost\n2025-12  9000",
    when: Axis = WHEN,
) -> Outcome:
    return finance.run(
        when,
        Settings(tolerance=0.02),
        supply_plan=grid(SUPPLY_PLAN, WHEN, SUPPLY),
        families=rows(FAMILIES.columns, families),
        history=rows(HISTORY.for_level(LEVEL).columns, BOOKED),
        aop=rows(AOP.columns, aop),
        finance_lines=rows(FINANCE_LINES.columns, lines),
        balance=rows(BALANCE.columns, booked),
        **NOTHING | {"finance_region_inputs": typed(FINANCE_REGION, prices)},
    )


def test_volume_becomes_money() -> None:
    family = run().frames["finance_family"]
    # 7 of 9 bikes went to the North at 407.14, the others to the South at 375: 400 on average
    revenue = plan_row(family, WHEN, "revenue", family="Bikes")
    assert revenue == pytest.approx([40000.0, 44000, 48000])
    assert plan_row(family, WHEN, "cost_of_sales", family="Bikes") == [25000.0, 27500, 30000]
    margin = plan_row(family, WHEN, "margin", family="Bikes")
    assert margin == pytest.approx([15000.0, 16500, 18000])
    assert plan_row(family, WHEN, "inventory_value", family="Parts") == [1000.0, 1000, 1000]
    share = plan_row(family, WHEN, "margin_share", family="Parts")
    assert share[:2] == pytest.approx([0.6, 0.6])
    assert np.isnan(share[2])  # nothing sold: no share


def test_a_price_change_counts_in_its_month_only() -> None:
    family = run(
        prices="""
        family  region  period   price_change
        Bikes   North   2026-02  -0.10
        Bikes   South   2026-02  -0.10
    """
    ).frames["finance_family"]
    assert plan_row(family, WHEN, "price", family="Bikes") == pytest.approx([400.0, 360, 400])
    revenue = plan_row(family, WHEN, "revenue", family="Bikes")
    assert revenue == pytest.approx([40000.0, 39600, 48000])


def test_the_past_is_what_was_booked() -> None:
    family = run().frames["finance_family"]
    # December was delivered without shipments: what was ordered counts
    assert past_row(family, WHEN, "volume", family="Bikes") == [90.0, 90.0]
    assert past_row(family, WHEN, "revenue", family="Bikes") == [36000.0, 36000.0]
    # North delivered no cost in November: 50 at today's standard cost of 250
    assert past_row(family, WHEN, "cost_of_sales", family="Bikes") == [12500 + 9000.0, 22000.0]
    assert past_row(family, WHEN, "price", family="Bikes") == [400.0, 400.0]
    assert np.isnan(past_row(family, WHEN, "revenue", family="Parts")).all()
    assert past_row(family, WHEN, "margin", family="Parts") == [0.0, 0.0]


def test_the_aop_stands_beside_it() -> None:
    family = run().frames["finance_family"]
    assert plan_row(family, WHEN, "aop_quantity", family="Bikes") == [110.0, 0, 0]
    assert plan_row(family, WHEN, "aop_margin", family="Bikes") == [17000.0, 0, 0]
    variance = plan_row(family, WHEN, "revenue_variance", family="Bikes")
    assert variance[0] == pytest.approx(40000 - 45000)
    assert np.isnan(variance[1:]).all()  # no AOP, no variance


def test_operating_cost_follows_what_it_follows() -> None:
    lines = run().frames["operating_cost"]
    # 2 % of 45,000 and 1.50 for each of 1,100 units
    freight = [900 + 1650.0, 0.02 * 49000 + 1.5 * 1110, 0.02 * 48000 + 1.5 * 120]
    assert plan_row(lines, WHEN, "cost", line="Freight") == pytest.approx(freight)
    assert plan_row(lines, WHEN, "cost", line="Rent") == [5000.0] * 3
    assert past_row(lines, WHEN, "aop_cost", line="Rent") == [5200.0] * 2
    # 90 bikes for 36,000 in each of the closed months
    assert past_row(lines, WHEN, "cost", line="Freight") == pytest.approx([720 + 135.0] * 2)
    assert past_row(lines, WHEN, "cost", line="Rent") == [5000.0] * 2


def test_the_company_is_the_sum() -> None:
    company = run().frames["finance_total"]
    assert plan_row(company, WHEN, "revenue") == pytest.approx([45000.0, 49000, 48000])
    assert plan_row(company, WHEN, "margin") == pytest.approx([18000.0, 19500, 18000])
    profit = plan_row(company, WHEN, "operating_profit")
    assert profit[0] == pytest.approx(18000 - 7550)
    assert plan_row(company, WHEN, "profit_share")[0] == pytest.approx(10450 / 45000)
    assert plan_row(company, WHEN, "aop_operating_profit")[0] == 49500 - 30500 - 8200


def test_the_cost_of_the_plan_stands_in_where_none_is_booked() -> None:
    outcome = run()
    company = outcome.frames["finance_total"]
    assert past_row(company, WHEN, "booked_cost") == pytest.approx([np.nan, 9000.0], nan_ok=True)
    # 5,000 of rent, 2 % of 36,000 and 1.50 for each of 90 bikes
    assert past_row(company, WHEN, "operating_cost") == [5855.0, 9000.0]
    assert past_row(company, WHEN, "operating_profit") == [14500 - 5855.0, 36000 - 22000 - 9000]
    (finding,) = [f for f in outcome.findings if f.table == "balance"]
    assert finding.severity is Severity.WARNING
    assert finding.message == (
        "No operating cost is booked for Nov 2025: the cost of the plan stands in."
    )


@pytest.mark.parametrize(
    ("booked", "start", "told"),
    [
        ("2025-12  9000", 1, "Nov 2025"),
        ("2025-11  9000", 12, "Dec 2025"),
        ("2025-11  8000\n2025-12  9000", 12, ""),
        ("", 10, "Nov 2025 to Dec 2025"),  # the fiscal year began in October
        ("", 12, "Dec 2025"),
        ("", 1, ""),  # nothing is ever booked, and the fiscal year begins with the plan
    ],
)
def test_months_that_are_not_booked_are_named(booked: str, start: int, told: str) -> None:
    when = Axis(Calendar(fiscal_year_start=start), WHEN.first, 2, 3)
    findings = run(booked=f"period  operating_cost\n{booked}", when=when).findings
    findings = [f for f in findings if f.table == "balance"]
    assert [f.message.partition(" for ")[2].partition(":")[0] for f in findings] == (
        [told] if told else []
    )


def test_without_cost_lines_nothing_stands_in() -> None:
    outcome = run(lines="")
    assert past_row(outcome.frames["finance_total"], WHEN, "operating_cost") == [0.0, 9000.0]
    assert [f.table for f in outcome.findings] == ["aop"]  # one month of twelve has a budget


def test_the_lines_of_the_aop_add_up_over_the_year() -> None:
    # only January has an AOP; cost lines are budgeted in every month
    company = run().frames["finance_total"]
    assert plan_row(company, WHEN, "aop_operating_cost") == [8200.0, 0, 0]
    assert past_row(company, WHEN, "aop_operating_cost") == [0.0, 0.0]
    revenue, margin, cost, profit = (
        company[f"aop_{name}"].sum()
        for name in ("revenue", "margin", "operating_cost", "operating_profit")
    )
    assert (revenue, margin, cost, profit) == (49500, 49500 - 30500, 8200, 19000 - 8200)


@pytest.mark.parametrize(
    ("budget", "verdict"),
    [(45000, "● yes"), (45900, "● yes"), (46500, "■ below"), (40000, "▲ above")],
)
def test_the_verdict_follows_the_tolerance(budget: int, verdict: str) -> None:
    company = run(
        aop=f"""
        period   family  region  channel  revenue
        2026-01  Bikes   All     All      {budget}
    """
    ).frames["finance_total"]
    verdicts = company.loc[company["period"].isin(WHEN.plan), "verdict"].tolist()
    assert verdicts == [verdict, "", ""]


def test_nothing_but_volume_is_enough() -> None:
    outcome = run(
        aop="",
        lines="",
        families="""
        family
        Bikes
        Parts
    """,
    )
    company = outcome.frames["finance_total"]
    assert plan_row(company, WHEN, "volume") == [1100.0, 1110, 120]
    assert plan_row(company, WHEN, "operating_profit") == [0.0] * 3
    assert outcome.frames["operating_cost"].empty
    messages = [finding.message for finding in outcome.findings]
    assert [m.partition(":")[0] for m in messages] == [
        "No price for Bikes, Parts",
        "No cost for Bikes, Parts",
    ]


def test_sums_reconcile(random_supply: pd.DataFrame) -> None:
    outcome = finance.run(
        WHEN,
        Settings(),
        supply_plan=random_supply,
        families=rows(FAMILIES.columns, TWO),
        history=rows(HISTORY.for_level(LEVEL).columns, BOOKED),
        aop=rows(AOP.columns, BUDGET),
        finance_lines=rows(FINANCE_LINES.columns, COSTS),
        balance=rows(BALANCE.columns),
        **NOTHING,
    )
    company, family = outcome.frames["finance_total"], outcome.frames["finance_family"]
    for measure in ("volume", "revenue", "cost_of_sales", "margin", "inventory_value"):
        by_period = family.groupby("period")[measure].sum()
        assert company[measure].tolist() == pytest.approx(by_period.tolist())
    profit = company["revenue"] - company["cost_of_sales"] - company["operating_cost"].fillna(0.0)
    assert company["operating_profit"].tolist() == pytest.approx(profit.tolist())
    assert list(company.columns) == ["period", *FINANCE_TOTAL.names]


@pytest.fixture(params=range(5))
def random_supply(request: pytest.FixtureRequest) -> pd.DataFrame:
    random = np.random.default_rng(request.param)
    cells = {
        name: {
            "shipments": random.integers(0, 999, 3).astype(float).tolist(),
            "inventory": random.integers(0, 999, 3).astype(float).tolist(),
        }
        for name in ("Bikes", "Parts")
    }
    return grid(SUPPLY_PLAN, WHEN, cells)
