"""Cash against published examples and by hand; balances roll, and both cash flows agree."""

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.finance.cash import over_facility
from sop_xl.planning.finance.order_to_cash import settled
from sop_xl.planning.finance.rolling import roll_gap, unrolled

NAN = float("nan")
MONTHS = pd.period_range("2026-01", periods=3, freq="M")


def cells(name: str, *arguments: Any) -> Any:
    return np.asarray(named(name)(*arguments)).tolist()


# ---- collections ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        # accountingtools.com, schedule of expected cash collections: 30-day terms, 40, 50 and 10 %
        (([100_000, 0, 0, 0], [0, 0.4, 0.5, 0.1]), [0, 40_000, 50_000, 10_000]),
        # coursehero 6328631, question 12: of 3,000 a month 40 % pay at once less 2 %, 60 % later
        (([3000], [0.98 * 0.4, 0.6], [3000]), 2976),
        # Pioneer Carpet (brainmass 72378): March of 300, 400, 450 thousand; 1 % discount on the
        # 50 % of the same and 10 % of the next month; 25 % later, 12 % in the third, 3 % never
        (([450_000], [0.5 * 0.99, 0.1 * 0.99 + 0.25, 0.12], [300_000, 400_000]), 398_350),
        # blanks: no sales, and no share
        (([100, None, 0], [0.5, None, 0.5, None]), [50, 0, 50]),
    ],
)
def test_collections_by_payment_pattern(arguments: tuple[Any, ...], result: Any) -> None:
    assert cells("SOP_CASH", *arguments) == pytest.approx(result, abs=1e-6)


def test_what_is_never_paid_is_written_off_with_the_last_payment() -> None:
    # 100 a month, 80 % at once and 15 % a month later: 5 are lost, a month later; 20 stay open
    arguments = ([100, 100, 100], [0.8, 0.15], [100])
    assert cells("SOP_CASH", *arguments) == pytest.approx([95, 95, 95])
    assert cells("SOP_CASH", *arguments, "write-offs") == pytest.approx([5, 5, 5])
    assert cells("SOP_CASH", *arguments, "receivables") == pytest.approx([20, 20, 20])


def test_segments_have_their_own_pattern() -> None:
    sales = [[100, 0], [100, 0]]
    assert cells("SOP_CASH", sales, [[1, 0], [0, 1]]) == [[100, 0], [0, 100]]
    assert cells("SOP_CASH", [[100], [0]], [[0, 1]]) == [[0], [100]]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (([1], [0.7, 0.4]), "the pattern sums to 1.1: more than the whole cannot be paid"),
        (([1], [-0.5, 1]), "pattern has to hold numbers from 0 to 1"),
        (([[1, 2], [3, 4]], [1], [5, 6]), "the history is of 1 series, the sales of 2"),
        (([[1, 1], [1, 1]], [[1, 0], [1, 0], [1, 0]]), "3 patterns for 2 series"),
        (([None], [1]), "not enough"),
    ],
)
def test_what_cannot_be_collected_is_refused(arguments: tuple[Any, ...], reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        named("SOP_CASH")(*arguments)


amounts = st.lists(st.integers(-1000, 10**6), min_size=1, max_size=14)
patterns = st.lists(st.integers(0, 25), min_size=1, max_size=4)


@given(amounts, amounts, patterns)
def test_receivables_roll(sales: list[int], history: list[int], percent: list[int]) -> None:
    pattern = np.array([percent]) / 100
    now, before = (np.array([given], dtype=float) for given in (sales, history))

    found = settled(now, pattern, before)

    gaps = roll_gap(found.opening, found.open, now, found.paid, found.lost)
    assert gaps == pytest.approx(np.zeros_like(now), abs=1e-6)
    # in the end everything is paid or lost: what is open is what still comes
    more = settled(np.hstack([now, np.zeros((1, 5))]), pattern, before)
    total = found.opening + now.sum()
    assert (more.paid + more.lost).sum() == pytest.approx(total.item(), abs=1e-6)


# ---- DSO -----------------------------------------------------------------------------------------


def test_brighams_working_capital_cycle() -> None:
    # Brigham: sales 1,216,666, cost of goods sold 1,013,889 -> 90 + 90 - 54 = 126 days
    dio = named("SOP_DIO")(250_000, 1_013_889, 365)
    dso = named("SOP_DSO")(300_000, 1_216_666, 365)
    dpo = named("SOP_DPO")(150_000, 1_013_889, 365)
    assert round(float(named("SOP_CCC")(dio, dso, dpo))) == 126  # type: ignore[arg-type]
    assert named("SOP_TRADE_WC")(300_000, 250_000, 150_000) == 400_000


def test_counting_back() -> None:
    # 150 owed: all 100 of June (30 days) and half of May's 100 (31 days)
    found = cells("SOP_DSO_COUNTBACK", [40, 90, 150], [80, 100, 100], [30, 31, 30])
    assert found == pytest.approx([15, 0.9 * 31, 30 + 15.5])
    # a month without sales lengthens it; nothing owed is no day; more than all sales is unknown
    found = cells("SOP_DSO_COUNTBACK", [50, 50, 0, 300], [100, 0, 10, 100], 30)
    assert found == pytest.approx([15, 45, 0, NAN], nan_ok=True)


def test_the_alert_is_for_sales_and_dso_that_rise_together() -> None:
    assert cells("SOP_DSO_ALERT", [40, 45, 50, 44], [100, 120, 110, 130]) == pytest.approx(
        [NAN, 1, 0, 0], nan_ok=True
    )
    assert cells("SOP_DSO_ALERT", [40, 45, 50], [100, 120, 130], 2) == pytest.approx(
        [NAN, NAN, 1], nan_ok=True
    )


# ---- balances ------------------------------------------------------------------------------------


def test_a_balance_that_does_not_roll_names_the_month_and_the_difference() -> None:
    # 100 + 50 - 40 = 110; 110 + 60 - 70 = 100, but 112.5 is reported; then it rolls from there
    arguments = (100, [110, 112.5, 132.5], [50, 60, 20], [40, 70, 0])
    gaps = cells("SOP_ROLL_GAP", *arguments)
    assert gaps == [0, 12.5, 0]
    assert cells("SOP_ROLL", 100, [50, 60, 20], [40, 70, 0]) == [110, 100, 120]
    assert [f.message for f in unrolled("balance", "receivables", MONTHS, np.array(gaps))] == [
        "Receivables do not roll in Feb 2026: the balance is 12.50 more than the balance before"
        " and the movements make."
    ]
    assert unrolled("balance", "payables", MONTHS, np.array([0.01, NAN, -0.01])) == []


def test_a_balance_that_never_rolls_is_one_finding() -> None:
    months = pd.period_range("2026-01", periods=5, freq="M")
    (found,) = unrolled("balance", "receivables", months, np.array([10.0, 20, -50, 30, 40]))
    assert found.message == (
        "Receivables do not roll in Mar 2026: the balance is 50.00 less than the balance before"
        " and the movements make. 4 other months do not roll either."
    )


def test_a_missing_balance_leaves_its_own_and_the_next_month_open() -> None:
    gaps = cells("SOP_ROLL_GAP", 100, [110, None, 120], [10, 10, 10], [0, 0, 0])
    assert gaps == pytest.approx([0, NAN, NAN], nan_ok=True)


# ---- payments, tax, cash flow --------------------------------------------------------------------


def test_payment_runs() -> None:
    due = [[dt.date(2026, 1, day)] for day in (3, 15, 16, 31)] + [[None]]
    runs = [[dt.date(2026, 1, 15), dt.date(2026, 1, 30)]]
    invoices = [[10], [20], [40], [80], [5]]
    assert cells("SOP_PAYRUN", invoices, due, runs) == [[35, 40]]  # the last one waits
    assert cells("SOP_PAYRUN", invoices, due, runs, "before") == [[75, 80]]  # none is late
    with pytest.raises(CellError, match="there is no payment run"):
        named("SOP_PAYRUN")(invoices, due, [[None]])


def test_losses_are_set_off_before_tax_is_paid() -> None:
    # 25 %: -100; then 150 of which 50 are left; 200 whole
    assert cells("SOP_TAX", [-100, 150, 200], 0.25) == [0, 12.5, 50]
    assert cells("SOP_TAX", [100, 150], 0.2, 80) == pytest.approx([4, 30])


def test_headroom_of_the_facility() -> None:
    assert cells("SOP_HEADROOM", 50, [-100, -60, 30], 100) == [50, -10, 20]
    told = over_facility("cash", MONTHS, np.array([50.0, -10, -30]))
    assert [finding.message for finding in told] == [
        "The facility is exceeded in Feb 2026 for the first time, by 30 in Mar 2026 at most."
    ]
    assert over_facility("cash", MONTHS, np.array([5.0, NAN, 0])) == []


def test_the_indirect_cash_flow() -> None:
    # 100 - 20 - (250 - 200) = 30; 100 - 0 - (240 - 250) = 110
    assert cells("SOP_OCF", [100, 100], [20, None], [250, 240], 200) == [30, 110]


def test_cash_forecast_accuracy_is_of_gross_flows() -> None:
    # off by 10 of 100 and by 8 of 80; of the net flow, 20, it would be 90 %, by chance
    assert cells("SOP_CASH_ACC", [100, -80, None], [90, -88, 5]) == pytest.approx(0.9)
    assert cells("SOP_CASH_ACC", [10], [100]) == 0
    with pytest.raises(CellError, match="not enough"):
        named("SOP_CASH_ACC")([0], [5])
