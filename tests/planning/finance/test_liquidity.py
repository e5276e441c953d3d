"""Cash and working capital of the plan: rolls, patterns, levers, and what is odd about them."""

from dataclasses import replace

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from sop_xl.planning import Outcome
from sop_xl.planning.finance import liquidity
from sop_xl.planning.finance.liquidity.patterns import learned_shares
from sop_xl.planning.frames import blocks
from sop_xl.schema import Column, empty_frame
from sop_xl.tables import inputs as input_tables
from sop_xl.tables.cash import PAST_CASH
from sop_xl.tables.finance import FINANCE_FAMILY, FINANCE_TOTAL, OPERATING_COST
from sop_xl.tables.settings import Settings
from tests.planning.rows import axis, rows

WHEN = axis("2026-01", history=3, horizon=4)
SETTINGS = Settings(history_shown=3, horizon=4, tax_rate=0.25, purchased_share=0.6, facility=100.0)
TABLES = input_tables(SETTINGS.level)
SALES = [100.0, 100.0, 100.0, 200.0, 100.0, 100.0, 100.0]
COST = [60.0, 60.0, 60.0, 120.0, 60.0, 60.0, 60.0]
STOCK = [50.0, 50.0, 50.0, 50.0, 80.0, 50.0, 50.0]
SPENT = [10.0] * 7
BALANCE = """
    period   receivables  payables  inventory_value
    2025-10  130          36        50
    2025-11  130          36        50
    2025-12  130          36        50
"""
CASH = """
    period   cash  capital_spending  facility  tax
    2025-12  40    .                 .         .
    2026-03  .     70                120       5
"""
PATTERN = """
    flow       months  share
    customers  0       0.2
    customers  1       0.3
    customers  2       0.4
    suppliers  1       1
"""
NO_ROWS = "."


def columns(name: str) -> list[Column]:
    if name == "past_cash":
        return PAST_CASH.inputs
    return TABLES[name].inputs


def plan(
    sales: list[float] = SALES,
    cost: list[float] = COST,
    stock: list[float] = STOCK,
    company: Settings = SETTINGS,
    more: dict[str, list[float]] | None = None,
    **texts: str,
) -> Outcome:
    """The cash plan of a company with one family; lists as text."""
    texts = {"balance": BALANCE, "cash": CASH, "payment_pattern": PATTERN} | texts
    names = ("balance", "cash", "payment_pattern", "receivables_inputs", "payables_inputs",
             "stock_value_inputs", "levers", "past_cash")  # fmt: skip
    frames = {
        name: rows(columns(name), texts[name]) if texts.get(name, NO_ROWS) != NO_ROWS
        else empty_frame(columns(name))
        for name in names
    }  # fmt: skip
    money = {
        "revenue": sales, "cost_of_sales": cost, "operating_cost": SPENT, "inventory_value": stock,
        "operating_profit": list(np.array(sales) - cost - np.array(SPENT)),
    } | (more or {})  # fmt: skip
    arrays = {name: np.array([numbers]) for name, numbers in money.items()}
    family = {n: arrays[n] for n in ("revenue", "cost_of_sales", "inventory_value")}
    family["volume"] = arrays["revenue"] / 10
    return liquidity.run(
        WHEN,
        company,
        finance_family=blocks(FINANCE_FAMILY, ["Bikes"], WHEN, family),
        finance_total=blocks(FINANCE_TOTAL, [""], WHEN, arrays),
        operating_cost=blocks(OPERATING_COST, ["Marketing"], WHEN, {"cost": np.array([SPENT])}),
        **frames,
    )  # fmt: skip


def row(found: Outcome, grid: str, measure: str) -> list[float]:
    return [float(n) for n in found.frames[grid][measure].iloc[3:]]


def messages(found: Outcome) -> str:
    return " ".join(finding.message for finding in found.findings)


# ---- reckoned by hand ----------------------------------------------------------------------


def test_what_earlier_cycles_expected_is_held_against_what_came() -> None:
    """December: 90 expected in November's cycle, 100 came; 44 expected to be paid, 40 were.

    1 - (10 + 4) / (100 + 40) = 0.9. What December's own cycle said came too late to count, October
    is known from Data_Cash only: 1 - (20 + 0) / (80 + 20) = 0.8.
    """
    cash = """
        period   collections  payments  expected_collections  expected_payments
        2025-10  80           20        100                   20
        2025-11  70           30        .                     .
        2025-12  100          40        1                     1
    """
    past = """
        cycle    period   collections  payments
        2025-10  2025-12  50           50
        2025-11  2025-12  90           44
        2025-12  2025-12  100          40
    """
    found = plan(cash=cash, past_cash=past)
    accuracy = [float(n) for n in found.frames["cash_flow"]["accuracy"].iloc[:3]]
    assert accuracy == pytest.approx([0.8, float("nan"), 0.9], nan_ok=True)


def test_collections_and_bad_debt_by_pattern() -> None:
    """January: 0.2 x 200 + 0.3 x 100 + 0.4 x 100; of the sales two months before 10 % is lost."""
    found = plan()
    assert row(found, "receivables", "collections") == pytest.approx([110, 120, 130, 90])
    assert row(found, "receivables", "write_offs") == pytest.approx([10, 10, 20, 10])
    # 130 + 200 - 110 - 10, and so on
    assert row(found, "receivables", "closing") == pytest.approx([210, 180, 130, 130])


def test_depreciation_among_the_cost_lines_takes_no_cash_and_is_set_off_once() -> None:
    """4 of the 10 of operating cost are depreciation; Data_Cash says 9 in January, 3 in February.

    Profit before tax: 70, 30, 30, 30; bad debt 10, 10, 20, 10; 9 - 4 more to set off, then none.
    """
    cash = """
        period   cash  tax  depreciation
        2025-12  40    .    .
        2026-01  .     .    9
        2026-02  .     .    3
    """
    ebitda = [profit + 4.0 for profit in (30, 30, 30, 70, 30, 30, 30)]
    found = plan(cash=cash, more={"ebitda": ebitda})
    assert row(found, "cash_flow", "operating_cost") == pytest.approx([6, 6, 6, 6])
    assert row(found, "cash_flow", "taxable") == pytest.approx([55, 20, 10, 20])
    assert row(found, "cash_flow", "difference") == [0, 0, 0, 0]


def test_the_supplier_pattern_is_learned_from_what_is_bought() -> None:
    """60 of cost a month, 60 % bought: payables of 36 are one month, whatever material_share is."""
    company = replace(SETTINGS, material_share=0.3)
    found = plan(payment_pattern=NO_ROWS, company=company)
    assert row(found, "payables", "payments") == pytest.approx([36, 72, 54, 18])


def test_payment_runs_follow_what_goes_into_stock() -> None:
    """Made and bought: 120, 60 + 30, 60 - 30, 60; of it 60 % is bought and paid a month later."""
    found = plan()
    assert row(found, "stock_value", "additions") == pytest.approx([120, 90, 30, 60])
    assert row(found, "payables", "payments") == pytest.approx([36, 72, 54, 18])
    assert row(found, "payables", "closing") == pytest.approx([72, 54, 18, 36])
    assert row(found, "cash_flow", "conversion") == pytest.approx([48, 36, 12, 24])


def test_cash_and_headroom() -> None:
    """Tax: a quarter of 200 - 120 - 10 - 10 = 60 in January; 20 in February; 5 is given for March;
    in April a quarter of 20. Cash begins with 40."""
    found = plan()
    assert row(found, "cash_flow", "tax") == pytest.approx([15, 5, 5, 5])
    operating = [110 - 36 - 48 - 10 - 15, 120 - 72 - 36 - 10 - 5, 130 - 54 - 12 - 10 - 5, 33]
    assert row(found, "cash_flow", "operating") == pytest.approx(operating)
    assert row(found, "cash_flow", "closing") == pytest.approx([41, 38, 17, 50])
    assert row(found, "cash_flow", "headroom") == pytest.approx([141, 138, 137, 150])
    assert row(found, "cash_flow", "operating_share")[0] == pytest.approx(1 / 200)


def test_days_of_working_capital() -> None:
    """January has 31 days: 210 / 200, 50 / 120 and 72 / 120 of them."""
    found = plan()
    dso, dio, dpo = 210 / 200 * 31, 50 / 120 * 31, 72 / 120 * 31
    assert row(found, "cash_days", "dso")[0] == pytest.approx(dso)
    assert row(found, "cash_days", "cycle")[0] == pytest.approx(dso + dio - dpo)


def test_brigham_s_company_has_a_cycle_of_126_days() -> None:
    """Brigham, Fundamentals of Financial Management: 90 + 90 - 54 days of a year of 365."""
    month = 365 / 12
    found = plan(
        sales=[1_216_666 / 12] * 7, cost=[1_013_889 / 12] * 7, stock=[250_000.0] * 7,
        payment_pattern=NO_ROWS,
        balance="period  receivables  payables  inventory_value\n2025-12  300000  150000  250000",
    )  # fmt: skip
    cycle = float(found.frames["cash_days"]["cycle"].iloc[2])
    assert cycle * month / 31 == pytest.approx(126, abs=0.05)  # December has 31 days


# ---- levers on the sheet -------------------------------------------------------------------


def test_customers_that_pay_ten_days_later_hold_back_ten_days_of_sales() -> None:
    later = plan(receivables_inputs="period  terms\n2026-02  10")
    gap = np.subtract(row(plan(), "cash_flow", "collections"),
                      row(later, "cash_flow", "collections"))  # fmt: skip
    owed = [0, 100 / 28 * 10, 100 / 31 * 10, 100 / 30 * 10]
    assert gap.tolist() == pytest.approx(np.diff(owed, prepend=0).tolist())
    assert row(later, "receivables", "terms_used") == [0, 10, 10, 10]


def test_less_stock_is_less_to_make_and_to_buy() -> None:
    found = plan(stock_value_inputs="period  target\n2026-01  -10")
    assert row(found, "stock_value", "closing")[0] == pytest.approx(50 - 120 / 31 * 10)
    assert row(found, "stock_value", "additions")[0] == pytest.approx(120 - 120 / 31 * 10)


def test_no_more_is_collected_than_is_overdue() -> None:
    """The pattern leaves 70 + 60 = 130 open of 100 a month; 150 are booked: 20 are overdue."""
    owed = BALANCE.replace("130", "150")
    wanted = "period  overdue_target\n2026-02  15\n2026-03  15"
    found = plan(balance=owed, receivables_inputs=wanted)
    assert row(found, "receivables", "overdue_collected") == pytest.approx([0, 15, 5, 0])
    assert row(found, "receivables", "overdue") == pytest.approx([20, 5, 0, 0])


# ---- laws ------------------------------------------------------------------------------------

CENT = 0.01
AMOUNTS = st.lists(st.integers(-(10**8), 10**8).map(CENT.__mul__), min_size=7, max_size=7)
STOCKS = st.lists(st.integers(0, 10**8).map(CENT.__mul__), min_size=7, max_size=7)
DAYS = st.integers(-30, 60)


@settings(max_examples=20)
@given(AMOUNTS, AMOUNTS, STOCKS, DAYS, DAYS, DAYS)
def test_every_balance_rolls_and_cash_is_the_same_both_ways(
    sales: list[float], cost: list[float], stock: list[float], customers: int, suppliers: int,
    target: int,
) -> None:  # fmt: skip
    found = plan(
        sales, cost, stock,
        receivables_inputs=f"period  terms  bad_debt\n2026-02  {customers}  0.01",
        payables_inputs=f"period  terms\n2026-01  {suppliers}",
        stock_value_inputs=f"period  target\n2026-03  {target}",
    )  # fmt: skip
    tolerance = 1e-6 * max(1.0, *map(abs, sales + cost + stock))
    rolls = {
        "receivables": ("sales", "collections", "write_offs"),
        "payables": ("purchases", "payments"),
        "stock_value": ("additions", "cost_of_sales"),
    }
    for grid, (added, *gone) in rolls.items():
        made = np.array(row(found, grid, "opening")) + row(found, grid, added)
        for name in gone:
            made -= row(found, grid, name)
        np.testing.assert_allclose(row(found, grid, "closing"), made, atol=tolerance)
        before = found.frames[grid]["closing"].to_numpy(dtype=float)[2:-1]
        np.testing.assert_allclose(row(found, grid, "opening"), before, atol=tolerance)
    np.testing.assert_allclose(
        row(found, "cash_flow", "operating"), row(found, "cash_flow", "indirect"), atol=tolerance
    )
    cash = np.array(row(found, "cash_flow", "opening")) + row(found, "cash_flow", "net")
    np.testing.assert_allclose(row(found, "cash_flow", "closing"), cash, atol=tolerance)


@given(st.floats(0, 6))
def test_the_learned_pattern_leaves_the_months_open_that_it_was_learned_from(months: float) -> None:
    shares = learned_shares(months)
    assert shares.sum() == pytest.approx(1)
    assert (1 - np.cumsum(shares)).sum() == pytest.approx(months, abs=1e-9)


def test_what_is_learned_keeps_the_receivables_where_they_are() -> None:
    found = plan(
        sales=[100.0] * 7, cost=[60.0] * 7, stock=[50.0] * 7, payment_pattern=NO_ROWS
    )
    assert row(found, "receivables", "closing") == pytest.approx([130] * 4)
    assert row(found, "payables", "closing") == pytest.approx([36] * 4)


# ---- bad input -------------------------------------------------------------------------------


def test_a_company_without_balance_and_cash_still_gets_a_plan() -> None:
    found = plan(balance=NO_ROWS, cash=NO_ROWS, payment_pattern=NO_ROWS)
    told = messages(found)
    for word in ("No receivables are known", "No payables are known", "No cash is known"):
        assert word in told
    assert all(finding.remedy for finding in found.findings)
    # paid a month later: what was sold in December is collected in January
    assert row(found, "receivables", "collections") == pytest.approx([100, 200, 100, 100])
    assert not np.isnan(row(found, "cash_flow", "closing")).any()


def test_receivables_that_do_not_roll_are_named_with_the_amount() -> None:
    cash = "period  cash  collections\n2025-11  40  90\n2025-12  40  70"
    found = plan(cash=cash, payment_pattern=PATTERN.replace("0.4", "0.5"))
    assert "Receivables do not roll in Dec 2025: the balance is 30.00 less" in messages(found)
    assert "Receivables do not roll in Nov 2025: the balance is 10.00 less" in messages(found)


def test_missing_months_are_named() -> None:
    balance = BALANCE.replace("2025-11  130", "2025-11  .  ")
    found = plan(balance=balance)
    assert "No receivables are booked for Nov 2025" in messages(found)


def test_more_returns_than_sales_are_told() -> None:
    sales = [*SALES[:5], -40.0, 100.0]
    assert "The sales of Mar 2026 are negative" in messages(plan(sales=sales))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("customers  2       0.4", "customers  2       0.9", "sums to 140.0 %"),
        ("suppliers  1       1", "suppliers  1       0.5", "suppliers sums to 50.0 %"),
        ("suppliers  1       1", "suppliers  1       0", "suppliers pays nothing"),
    ],
)
def test_patterns_that_are_not_the_whole(old: str, new: str, told: str) -> None:
    found = plan(payment_pattern=PATTERN.replace(old, new))
    assert told in messages(found)
    used = found.frames["payment_pattern"].groupby("flow")["used"].sum()
    assert used.max() <= 1 + 1e-9


def test_the_facility_is_watched() -> None:
    tight = plan(company=Settings(history_shown=3, horizon=4, purchased_share=0.6, facility=0.0),
                 cash=CASH.replace("70 ", "200").replace("120", "0"))  # fmt: skip
    assert "The facility is exceeded in Mar 2026 for the first time" in messages(tight)
    assert "beyond" in str(tight.frames["cash_flow"]["limit"].iloc[5])
    assert "less than the reserve of 140" in messages(
        plan(company=Settings(history_shown=3, horizon=4, facility=100.0, cash_reserve=140.0))
    )


def test_forecasts_of_the_past_are_measured_on_gross_flows() -> None:
    """|95 - 100| + |40 - 36| of 95 + 40 were missed."""
    cash = """
        period   cash  collections  payments  expected_collections  expected_payments
        2025-12  40    95           40        100                   36
    """
    found = plan(cash=cash).frames["cash_flow"]["accuracy"]
    assert float(found.iloc[2]) == pytest.approx(1 - 9 / 135)
    assert pd.isna(found.iloc[1])
