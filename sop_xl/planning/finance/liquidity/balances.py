"""The balances that roll: receivables, payables and inventory, moved by patterns and levers."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import pandas as pd

from sop_xl.planning.finance.liquidity.known import Known, Lagged, before, lagged
from sop_xl.planning.finance.rolling import roll_forward, roll_gap
from sop_xl.planning.frames import Numbers, zero
from sop_xl.tables.cash import LAGS

Cells: TypeAlias = dict[str, Numbers]
"""The measures of a grid without keys, each over all months shown."""
Pattern: TypeAlias = tuple[Numbers, Numbers]


def stock_value(known: Known, inputs: pd.DataFrame) -> Cells:
    """The grid ``stock_value``: opening + made and bought - cost of sales = closing."""
    cost, planned = known.earned("cost_of_sales"), known.earned("inventory_value")
    target = _lever(known, inputs, "target")
    moved = _plan(known, zero(target["target_used"]) * cost / known.days)
    beside = zero(known.inventory)[known.axis.history - 1] - planned[known.axis.history - 1]
    kept = np.where(np.arange(len(cost)) >= known.axis.history - 1, beside, np.nan)
    closing = np.where(
        known.past, known.inventory, np.maximum(0.0, planned + zero(kept) + zero(moved))
    )
    opening = before(closing)
    return target | {
        "opening": opening,
        "additions": np.where(known.past, known.additions, closing - opening + cost),
        "cost_of_sales": cost,
        "moved": moved,
        "beside": kept,
        "closing": closing,
    }


def receivables(known: Known, inputs: pd.DataFrame, pattern: Pattern) -> Cells:
    """The grid ``receivables``: opening + sales - collections - bad debt = closing."""
    used, lost = pattern
    sales = lagged(known.earned("revenue"))
    terms, debt = (_lever(known, inputs, name) for name in ("terms", "bad_debt"))
    later = _plan(known, zero(terms["terms_used"]) * sales.now / known.days)
    more_lost = zero(debt["bad_debt_used"]) * sales.now
    written_off = sales.share(lost)
    start, overdue = _start(known, known.booked("receivables"), sales, used, lost)
    wanted = _inputs(known, inputs, "overdue_target")
    collected, left = _overdue(known, overdue, zero(wanted))
    paid = sales.share(used) - more_lost - _growth(known, later) + zero(collected)
    past = _past_roll(known, start, sales.now, known.delivered("collections"), written_off)
    return terms | debt | _rows("sales", sales, known) | {
        "sales": sales.now,
        "overdue_target": wanted,
        "overdue_collected": collected,
        "overdue": left,
        "later": later,
        "collections": np.where(known.past, past[0], paid),
        "write_offs": written_off + np.where(known.plan, more_lost, 0.0),
        "unrolled": past[1],
        **_rolled(known, start, sales.now, paid, written_off + more_lost),
    }  # fmt: skip


def payables(known: Known, inputs: pd.DataFrame, pattern: Pattern, stock: Cells) -> Cells:
    """The grid ``payables``: opening + purchases - payment runs = closing."""
    purchases = stock["additions"] * known.settings.purchased_share
    bought = lagged(purchases)
    terms = _lever(known, inputs, "terms")
    later = _plan(known, zero(terms["terms_used"]) * bought.now / known.days)
    start, _ = _start(known, known.booked("payables"), bought, *pattern)
    paid = bought.share(pattern[0]) - _growth(known, later)
    past = _past_roll(known, start, purchases, known.delivered("payments"), np.zeros(len(paid)))
    return terms | _rows("purchases", bought, known) | {
        "purchases": purchases,
        "later": later,
        "payments": np.where(known.past, past[0], paid),
        "unrolled": past[1],
        **_rolled(known, start, bought.now, paid, np.zeros(len(paid))),
    }  # fmt: skip


def _start(
    known: Known, booked: Numbers, flow: Lagged, used: Numbers, lost: Numbers
) -> tuple[Numbers, float]:
    """Closing balances of the closed months, and what the last is beyond the pattern.

    Where the last one is not booked, the pattern says what is open; the plan begins with it.
    """
    last = known.axis.history - 1
    still = 1 - np.cumsum(used + lost)
    rows = (flow.now, *flow.earlier)
    by_pattern = float(sum(part * row[last] for part, row in zip(still, rows, strict=True)))
    closing = booked.copy()
    if np.isnan(closing[last]):
        closing[last] = by_pattern
    return closing, float(closing[last] - by_pattern)


def _overdue(known: Known, overdue: float, wanted: Numbers) -> tuple[Numbers, Numbers]:
    """What is collected of the overdue in each plan month, and what is left of it."""
    shape = len(wanted)
    collected, left = np.full(shape, np.nan), np.full(shape, np.nan)
    first = known.axis.history
    left[first - 1] = overdue
    # what was asked for so far, as far as there is any
    asked = np.minimum(np.cumsum(np.maximum(wanted[first:], 0.0)), max(overdue, 0.0))
    collected[first:] = np.diff(asked, prepend=0.0)
    left[first:] = overdue - asked
    return collected, left


def _past_roll(
    known: Known, closing: Numbers, added: Numbers, reported: Numbers, lost: Numbers
) -> tuple[Numbers, Numbers]:
    """What was paid in closed months, as reported or as the balances say; and what does not roll.

    Balances that say it roll by themselves.
    """
    opening = before(closing)
    implied = opening + added - lost - closing
    paid = np.where(np.isnan(reported), implied, reported)
    gaps = np.asarray(roll_gap(opening[0], closing, added, paid, lost), dtype=float)
    judged = known.past & ~np.isnan(reported + opening + added)
    if lost.any():  # what was lost of sales before the first month shown is not known
        judged &= np.cumsum(lost > 0) > 0
    return paid, np.where(judged, np.round(gaps, 6) + 0.0, np.nan)


def _rolled(
    known: Known, start: Numbers, added: Numbers, gone: Numbers, lost: Numbers
) -> Cells:
    """Opening and closing balance of every month."""
    first = known.axis.history
    ahead = roll_forward(start[first - 1], added[first:], gone[first:], lost[first:])
    closing = np.append(start[:first], np.asarray(ahead, dtype=float).ravel())
    return {"opening": before(closing), "closing": closing}


def _rows(name: str, flow: Lagged, known: Known) -> Cells:
    """The rows of the months before. Of closed months only the last is needed."""
    shown = np.arange(len(flow.now)) >= known.axis.history - 1
    return {
        f"{name}_{lag}": np.where(shown, row, np.nan)
        for lag, row in zip(LAGS, flow.earlier, strict=True)
    }


def _lever(known: Known, inputs: pd.DataFrame, name: str) -> Cells:
    """What was typed, and what is in force: the last number typed so far."""
    typed = _inputs(known, inputs, name)
    held = zero(np.asarray(pd.Series(typed).ffill(), dtype=float))
    return {name: typed, f"{name}_used": _plan(known, held)}


def _inputs(known: Known, inputs: pd.DataFrame, name: str) -> Numbers:
    sums = inputs.groupby("period")[name].sum(min_count=1)
    found = sums.reindex(known.axis.periods).to_numpy(dtype=float)
    return np.where(known.plan, found, np.nan)


def _growth(known: Known, later: Numbers) -> Numbers:
    """By how much more than the month before is left open."""
    return np.where(known.plan, zero(later) - zero(before(later)), 0.0)


def _plan(known: Known, numbers: Numbers) -> Numbers:
    return np.where(known.plan, numbers, np.nan)
