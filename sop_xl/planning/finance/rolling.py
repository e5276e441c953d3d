"""Balances that roll: receivables, payables, inventory, cash; and where they do not."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.cell_ranges import beside, one_each
from sop_xl.planning.frames import Numbers, zero
from sop_xl.planning.wording import month
from sop_xl.schema import Finding, Severity

CENT = 0.01
MANY_MONTHS = 3
"""Other months that do not roll from which on only the worst is told."""


def roll_forward(
    opening: npt.ArrayLike,
    additions: npt.ArrayLike,
    reductions: npt.ArrayLike,
    write_offs: npt.ArrayLike = 0.0,
) -> npt.NDArray[np.generic]:
    """Balance at the end of each period, in money: opening + additions - reductions - write-offs.

    Receivables: billings, collections, write-offs. Payables: purchases, payments. Inventory: goods
    received or made, cost of sales, scrap.

    Args:
        opening: Balance before the first period; one number, or one for each series.
        additions: Money of each period; one series in each row, or one down a column. A blank is
            none.
        reductions: As many cells.
        write_offs: As many cells.

    >>> roll_forward(100.0, [50.0, 60.0], [40.0, 70.0], [0.0, 5.0]).tolist()
    [110.0, 95.0]
    """
    (more, less, lost), shape = beside(additions, reductions, write_offs)
    known = ~(np.isnan(more) & np.isnan(less)).all(axis=1, keepdims=True)
    change = np.cumsum(zero(more) - zero(less) - zero(lost), axis=1)
    return shape.like(np.where(known, one_each(opening, len(change)) + change, np.nan))


def roll_gap(
    opening: npt.ArrayLike,
    closing: npt.ArrayLike,
    additions: npt.ArrayLike,
    reductions: npt.ArrayLike,
    write_offs: npt.ArrayLike = 0.0,
) -> npt.NDArray[np.generic]:
    """What the balance at the end of each period is more than it should be, in money: closing -
    (balance before + additions - reductions - write-offs). Zero where the balance rolls.

    Each period starts from the balance that was reported before it, so a difference shows in the
    period where it arose and in no other; missing where one of the two balances is.

    Args:
        opening: Balance before the first period; one number, or one for each series.
        closing: Balance reported at the end of each period.
        additions: Money of each period; a blank is none.
        reductions: As many cells.
        write_offs: As many cells.

    >>> roll_gap(100.0, [110.0, 100.0], [50.0, 60.0], [40.0, 70.0]).tolist()
    [0.0, 0.0]
    """
    (ends, more, less, lost), shape = beside(closing, additions, reductions, write_offs)
    starts = np.hstack([one_each(opening, len(ends)), ends[:, :-1]])
    return shape.like(ends - (starts + zero(more) - zero(less) - zero(lost)))


def unrolled(
    table: str, what: str, periods: pd.PeriodIndex, gaps: Numbers, tolerance: float = CENT
) -> list[Finding]:
    """A finding for each month whose balance does not roll, with the difference; where most do
    not, the balances come from elsewhere than the movements, and one finding names the worst.

    Args:
        table: Where the balances stand.
        what: The balance in words: receivables, payables.
        periods: The months.
        gaps: What :func:`roll_gap` found in them.
        tolerance: Money that may differ: half of it is rounding.
    """
    apart = np.abs(zero(gaps))
    named = np.flatnonzero(apart > tolerance + 1e-9)
    others = len(named) - 1
    more = f" {others} other months do not roll either." if others >= MANY_MONTHS else ""
    if more:
        named = named[[np.argmax(apart[named])]]
    return [
        Finding(
            table,
            f"{what.capitalize()} do not roll in {month(periods[at])}: the balance is"
            f" {apart[at]:,.2f} {'more' if gaps[at] > 0 else 'less'} than the balance before"
            f" and the movements make.{more}",
            "See which movement is missing or counted twice, or correct the balance.",
            Severity.WARNING,
        )
        for at in named.tolist()
    ]
