"""The example company's cash: what came in and went out, what it means to spend, and its bank."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.example.demand import Demand, Numbers
from sop_xl.example.money import MATERIAL
from sop_xl.tables.cash import CUSTOMERS, SUPPLIERS

PATTERNS = {
    CUSTOMERS: (0.41, 0.09, 0.35, 0.145),
    SUPPLIERS: (0.0, 0.75, 0.25),
}
"""Share of the invoices that is paid in the same month, a month later ... Half a percent of the
sales is lost."""
BAD_DEBT = 1 - sum(PATTERNS[CUSTOMERS])
OTHER_ASSETS = 2_100_000
"""Raw material in the current assets."""
CAPITAL_SPENDING = 180_000.0
"""A month, beside the projects."""
PROJECTS = {4: 1_200_000.0, 5: 1_800_000.0, 6: 1_800_000.0, 7: 900_000.0}
"""Months from the cycle: the new warehouse."""
DEPRECIATION = 210_000.0
DIVIDENDS = {7: -3_600_000.0, 19: -2_000_000.0}
REPAYMENT = -750_000.0
"""Of the loan, each quarter."""
FACILITY = 4_000_000.0
EXPECTED_NOISE, EXPECTED_BIAS = 0.05, 0.02
"""How far the cash forecasts of the past were off, and by how much collections were too high."""


def cash(seed: int, booked: pd.DataFrame, demand: Demand, cycle: pd.Period) -> pd.DataFrame:
    """Cash of the closed months, and of the plan what does not follow from the sales.

    What came in and was paid follows from the balances, so that these roll.
    """
    random = np.random.default_rng([seed, 5])
    column = {str(name): booked[name].to_numpy(dtype=float) for name in booked.columns[1:]}
    held = column["current_assets"] - column["receivables"] - column["inventory_value"]
    held = held - OTHER_ASSETS
    lost = BAD_DEBT * _before(column["revenue"], len(PATTERNS[CUSTOMERS]) - 1)
    collected = _fall(column["receivables"]) + column["revenue"] - lost
    made = column["cost_of_sales"] - _fall(column["inventory_value"])
    paid = _fall(column["payables"]) + MATERIAL * made
    noise = np.exp(random.normal(0, EXPECTED_NOISE, (2, len(booked))))
    spent = np.full(len(booked), CAPITAL_SPENDING)
    past = pd.DataFrame(
        {
            "period": booked["period"],
            "cash": held,
            "collections": collected,
            "payments": paid,
            "expected_collections": collected * (1 + EXPECTED_BIAS) * noise[0],
            "expected_payments": paid * noise[1],
            "capital_spending": spent,
            "other": -_fall(held) - column["operating_cash_flow"] + spent,
        }
    )
    ahead = demand.periods[demand.months :]
    months = np.array([(period - cycle).n for period in ahead])
    plan = pd.DataFrame(
        {
            "period": ahead,
            "capital_spending": [CAPITAL_SPENDING + PROJECTS.get(int(m), 0.0) for m in months],
            "other": np.where(ahead.month % 3 == 0, REPAYMENT, 0.0)
            + [DIVIDENDS.get(int(m), 0.0) for m in months],
        }
    )
    both = pd.concat([past, plan], ignore_index=True)
    both = both.assign(depreciation=DEPRECIATION, facility=FACILITY)
    money = [name for name in both.columns if name != "period"]
    return both.assign(**both[money].round(0))


def payment_pattern() -> pd.DataFrame:
    """Shares by months after the invoice."""
    rows = [
        (flow, months, share)
        for flow, shares in PATTERNS.items()
        for months, share in enumerate(shares)
    ]
    return pd.DataFrame(rows, columns=["flow", "months", "share"])


def _fall(balance: Numbers) -> Numbers:
    """Balance before less balance after; the first month stands for the one before it."""
    return _before(balance, 1) - balance


def _before(numbers: Numbers, months: int) -> Numbers:
    return np.concatenate([np.repeat(numbers[:1], months), numbers[:-months]])
