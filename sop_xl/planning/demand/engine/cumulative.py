"""Ranges of sums: how much demand may come until the end of a lead time.

Errors of single periods partly cancel and partly pile up; how they do is learned from the sums of
the backtest's errors, in the same way as the ranges of single periods.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sop_xl.planning.demand.engine import ranges
from sop_xl.planning.demand.engine.panel import Flags
from sop_xl.planning.demand.engine.result import Forecasts
from sop_xl.planning.demand.engine.routing import KINDS, PLAIN, SPORADIC
from sop_xl.planning.frames import Numbers


class Cumulative(NamedTuple):
    """Demand of the first period ahead, of the first two, and so on."""

    mean: Numbers
    """(S, H)"""
    low: Numbers
    """(L, S, H)"""
    high: Numbers
    """(L, S, H)"""


def cumulative(found: Forecasts) -> Cumulative:
    """Ranges of the sum over the next 1, 2, ... H periods, from what the engine answered.

    A series that needs no method has no range here either: low = mean = high.

    Example:
        >>> from sop_xl.planning.demand.engine import forecast_block
        >>> cumulative(forecast_block(np.full((1, 20), 5.0), 3)).high[0]
        array([[ 5., 10., 15.]])
    """
    mean = np.cumsum(found.mean, axis=1)
    shape = (len(found.levels), *mean.shape)
    low, high = np.broadcast_to(mean, shape).copy(), np.broadcast_to(mean, shape).copy()
    cuts = found.backtest.cuts.tolist()
    for sporadic in (False, True):
        rows = np.isin(found.kinds, SPORADIC) == sporadic
        rows &= ~np.isin(found.kinds, PLAIN)
        if not rows.any() or not found.levels:
            continue
        errors = found.backtest.actual[:, rows] - found.backtest.combined[:, rows]
        width = (found.high[-1, rows] - found.low[-1, rows]).mean(axis=1) / 2
        spread = ranges.spread(np.cumsum(errors, axis=2), np.where(width > 0, width, 1.0), cuts)
        kinds = np.array([list(KINDS).index(kind) for kind in found.kinds[rows]], dtype=np.int64)
        natural: Flags = found.low[:, rows].min(axis=(0, 2)) >= 0
        low[:, rows], high[:, rows] = ranges.around(
            mean[rows],
            spread,
            found.levels,
            natural,
            kinds,
            series=int(np.count_nonzero(~np.isin(found.kinds, PLAIN))),
            sporadic=sporadic,
        )
    return Cumulative(mean, low, high)
