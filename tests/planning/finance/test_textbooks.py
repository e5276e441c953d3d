"""Published cases of finance, through the worksheet functions: bridges, cash, working capital."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sop_xl.functions import named


def cells(function: str, *arguments: Any) -> Any:
    return np.asarray(named(function)(*arguments), dtype=float).round(2).tolist()


def test_sales_quantity_and_mix_variances_of_three_drinks() -> None:
    """Horngren, Cost Accounting (13th ed.), chapter 14, Kola, Limor and Orlem: budgeted
    contributions 2.00, 1.20 and 2.50; 400, 600 and 1,500 thousand budgeted, 480, 900 and 1,620
    sold. Quantity 160 + 144 + 750, mix 0 + 216 - 450, volume 820, in thousands."""
    contribution = [2.00, 1.20, 2.50]
    found = cells("SOP_PVM", contribution, [400, 600, 1500], contribution, [480, 900, 1620],
                  "items")
    assert found == [[0, 160, 0, 0], [0, 144, 216, 0], [0, 750, -450, 0]]
    assert cells("SOP_PVM", contribution, [400, 600, 1500], contribution, [480, 900, 1620]) == [
        0, 1054, -234, 0,
    ]  # fmt: skip


def test_sales_mix_variance_of_two_products() -> None:
    """A question of the CMA examination: E earns 4.50 and F 10.00, 5,500 and 4,500 budgeted, 6,000
    of each sold. Mix 3,300 favourable, all of volume 17,250."""
    found = cells("SOP_PVM", [4.5, 10], [5500, 4500], [4.5, 10], [6000, 6000])
    assert found == [0, 17_250 - 3_300, 3_300, 0]


def test_flexible_budget_variances() -> None:
    """Horngren, Cost Accounting, chapter 7, Webb Company: 12,000 jackets at 120 with a variable
    cost of 88 budgeted; 10,000 at 125 sold, with a variable cost of 950,100 in all. Selling price
    50,000 F, sales volume 64,000 U; with 9,000 U of fixed cost the flexible-budget variance is
    29,100 U."""
    price, volume, mix, cost, *rest = cells(
        "SOP_BRIDGE", [120], [12_000], [125], [10_000], [88], [95.01]
    )
    assert (price, volume, mix, rest) == (50_000, -64_000, 0, [0, 0, 0, 0])
    assert price + cost - 9_000 == pytest.approx(-29_100)
    assert price + volume + cost - 9_000 == pytest.approx(14_900 - 108_000)


def test_days_sales_outstanding_by_count_back() -> None:
    """Benji Pays, The Count-Back Method Explained: 212,000 receivables after 70,000, 80,000 and
    100,000 of sales in months of 30 days: 60 days and 32 / 70 of a month."""
    found = cells("SOP_DSO_COUNTBACK", [0, 0, 212_000], [70_000, 80_000, 100_000], 30)
    assert found[-1] == pytest.approx(60 + 30 * 32 / 70, abs=0.005)


def test_cash_conversion_cycle_and_the_money_it_ties_up() -> None:
    """Gitman, Principles of Managerial Finance, chapter on working capital: sales 10 million, cost
    of sales 75 %, purchases 65 % of that; 60 days of inventory, 40 of receivables, 35 of payables:
    65 days, and 1,861,301 are tied up."""
    sales, cost = 10e6, 7.5e6
    purchases = 0.65 * cost
    inventory, receivables, payables = cost * 60 / 365, sales * 40 / 365, purchases * 35 / 365
    days = (
        cells("SOP_DIO", inventory, cost, 365), cells("SOP_DSO", receivables, sales, 365),
        cells("SOP_DPO", payables, purchases, 365),
    )  # fmt: skip
    assert days == (60, 40, 35)
    assert cells("SOP_CCC", *days) == 65
    tied_up = cells("SOP_TRADE_WC", receivables, inventory, payables)
    assert tied_up == pytest.approx(1_861_301, abs=1)  # the book adds rounded figures


def test_expected_cash_receipts() -> None:
    """Casa Development, a textbook problem on budgeted receipts: a fifth is paid in cash;
    of the credit sales 60 % in the month, 30 % in the next, 5 % in the one after, 5 % never.

    April by hand: 16,000 + 38,400 + 21,600 + 3,000.
    """
    pattern = [0.2 + 0.8 * 0.6, 0.8 * 0.3, 0.8 * 0.05]
    sales = ([80_000, 60_000, 35_000], pattern, [75_000, 90_000])
    assert cells("SOP_CASH", *sales) == [79_000, 63_600, 41_400]
    # 5 % of the credit sales, known to be lost two months later: those of February to April
    lost = [0.05 * 0.8 * sold for sold in (75_000, 90_000, 80_000)]
    assert cells("SOP_CASH", *sales, "write-offs") == pytest.approx(lost)


def test_a_discount_for_early_payment_is_part_of_what_is_never_collected() -> None:
    """A textbook problem on budgeted receipts, terms 2/10, n/30: 70 % with and 10 % without the
    discount in the month of the sale, 12 % and 6 % in the next, 2 % never. February by hand:
    880,000 x (0.7 x 0.98 + 0.1) + 800,000 x (0.12 x 0.98 + 0.06) = 691,680 + 142,080."""
    pattern = [0.7 * 0.98 + 0.1, 0.12 * 0.98 + 0.06]
    assert cells("SOP_CASH", [800_000, 880_000], pattern)[1] == 691_680 + 142_080
