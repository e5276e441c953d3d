"""Whether an option pays: return on what it costs, and when it is paid back."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import one_each, series
from sop_xl.planning.frames import Numbers, zero


def return_on_investment(benefit: npt.ArrayLike, cost: npt.ArrayLike) -> Numbers:
    """ROI = (benefit - cost) / cost, a share; missing where there is no cost.

    Args:
        benefit: What an option brings in all, in money.
        cost: What it costs in all, in money.

    >>> float(return_on_investment(150.0, 100.0))
    0.5
    """
    gain, spent = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (benefit, cost)))
    some = spent > 0
    return np.where(some, (gain - spent) / np.where(some, spent, 1.0), np.nan)


def payback(cost: npt.ArrayLike, benefits: npt.ArrayLike) -> Numbers:
    """Periods until the benefits of an option have paid its cost back; within a period evenly. More
    than are given is missing.

    Args:
        cost: What it costs at the start, in money; one number, or one for each option.
        benefits: What it brings in each period, in money: a column, a row, or a row for each
            option. A blank is none.

    >>> payback(100.0, [40.0, 40.0, 40.0]).tolist()
    [[2.5]]
    """
    rows = zero(series(benefits).rows)
    spent = one_each(cost, len(rows))
    sums = np.cumsum(rows, axis=1)
    paid = sums >= spent
    at = paid.argmax(axis=1)[:, np.newaxis]
    before = np.take_along_axis(sums - rows, at, axis=1)
    brings = np.take_along_axis(rows, at, axis=1)
    part = np.where(brings > 0, (spent - before) / np.where(brings > 0, brings, 1.0), 0.0)
    found = np.where(paid.any(axis=1, keepdims=True), at + np.maximum(part, 0.0), np.nan)
    return np.where(spent <= 0, 0.0, found)
