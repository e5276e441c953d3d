"""When invoices are paid: the pattern that was given, or what the balances of last year say."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning.finance.liquidity.known import Known
from sop_xl.planning.frames import Numbers, zero
from sop_xl.schema import empty_frame
from sop_xl.tables.cash import CUSTOMERS, FLOWS, LATEST, PAYMENT_PATTERN, SUPPLIERS

UNKNOWN = 1.0
"""Months after which is paid where nothing is known."""


def pattern_list(given: pd.DataFrame, known: Known) -> pd.DataFrame:
    """The table ``payment_pattern``: a row for each flow and month, with the shares in force."""
    months = np.arange(LATEST + 1, dtype=float)
    parts = []
    for flow, learned in zip(FLOWS, (_customers(known), _suppliers(known)), strict=True):
        rows = given[given["flow"] == flow].groupby("months")["share"].sum(min_count=1)
        share = rows.reindex(months).to_numpy(dtype=float)
        used = _used(share, learned, flow)
        parts.append(
            pd.DataFrame(
                {
                    "flow": flow, "months": months, "share": share, "learned": learned,
                    "used": used, "lost": _lost(used, flow),
                }
            )
        )  # fmt: skip
    frame = pd.concat(parts, ignore_index=True)[PAYMENT_PATTERN.names]
    return frame.astype(empty_frame(PAYMENT_PATTERN.columns).dtypes.to_dict())


def in_force(patterns: pd.DataFrame, flow: str) -> tuple[Numbers, Numbers]:
    """Shares paid and shares lost by months after the invoice."""
    rows = patterns[patterns["flow"] == flow]
    return rows["used"].to_numpy(dtype=float), rows["lost"].to_numpy(dtype=float)


def learned_shares(months: float) -> Numbers:
    """Shares by month that leave so many months of invoices open: on two neighbouring months.

    >>> learned_shares(1.25).round(2).tolist()
    [0.0, 0.75, 0.25, 0.0, 0.0, 0.0, 0.0]
    """
    whole = min(int(months), LATEST)
    shares = np.zeros(LATEST + 1)
    shares[whole] = 1 - (months - whole)
    if whole < LATEST:
        shares[whole + 1] = months - whole
    return shares


def _customers(known: Known) -> Numbers:
    months = known.months_open(known.booked("receivables"), known.earned("revenue"))
    return learned_shares(UNKNOWN if np.isnan(months) else months)


def _suppliers(known: Known) -> Numbers:
    months = known.months_open(known.booked("payables"), known.purchases)
    return learned_shares(UNKNOWN if np.isnan(months) else months)


def _used(share: Numbers, learned: Numbers, flow: str) -> Numbers:
    """The shares given, brought to the whole where they are more, or of suppliers not as much."""
    total = float(zero(share).sum())
    if np.isnan(share).all():
        return learned
    if total <= 0:
        return zero(share)
    return zero(share) / (total if flow == SUPPLIERS or total > 1 else 1.0)


def _lost(used: Numbers, flow: str) -> Numbers:
    lost = np.zeros(len(used))
    if flow == CUSTOMERS:
        last = int(np.flatnonzero(used > 0).max(initial=0))
        lost[last] = max(0.0, 1 - float(used.sum()))
    return lost
