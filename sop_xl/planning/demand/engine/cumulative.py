"""Ranges of sums: how much demand may come until the end of a lead time.

Errors of single periods partly cancel and partly pile up. Were they independent, the error of a sum
of h periods would be of the size

    S_h = sqrt(s_1^2 + s_2^2 + ... + s_h^2)

s_j the size of the errors j periods ahead. How much larger it is, is learned from the sums of the
backtest's errors in the same way as the ranges of single periods. Where short histories tell of
the first sums only, the error of the level piles up beyond: it is common to all periods.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sop_xl.planning.demand.engine import intervals
from sop_xl.planning.demand.engine.panel import Flags
from sop_xl.planning.demand.engine.result import Forecasts
from sop_xl.planning.demand.engine.routing import PLAIN, SHORT, SPORADIC
from sop_xl.planning.frames import Numbers

FEW = 2
"""Periods ahead: where no more are tested, they do not tell how errors of sums grow."""


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
        series = int(np.count_nonzero(~np.isin(found.kinds, PLAIN)))
        size = _size(found, rows, errors, series, sporadic=sporadic)
        sums = np.cumsum(errors, axis=2) / size
        spread = intervals.spread(sums, np.ones(len(size)), cuts)
        spread = spread._replace(growth=spread.growth * _beyond(sums))
        kinds = np.unique(found.kinds[rows].astype(str), return_inverse=True)[1]
        natural: Flags = found.low[:, rows].min(axis=(0, 2)) >= 0
        ends = intervals.around(
            mean[rows] / size,
            spread,
            found.levels,
            natural,
            kinds,
            series=series,
            sporadic=sporadic,
        )
        low[:, rows] = np.minimum(ends[0] * size, mean[rows])
        high[:, rows] = np.maximum(ends[1] * size, mean[rows])
    return Cumulative(mean, low, high)


def _size(
    found: Forecasts, rows: Flags, errors: Numbers, series: int, *, sporadic: bool
) -> Numbers:
    """(s, H) Size of the errors of sums, were those of single periods independent.

    Args:
        found: What the engine answered.
        rows: (S,) The series of one route.
        errors: (O, s, H) Their errors in the backtest.
        series: How many are forecast together, of all kinds.
        sporadic: Whether demand comes now and then.
    """
    mean, low, high = found.mean[rows, 0], found.low[-1, rows, 0], found.high[-1, rows, 0]
    level = found.levels[-1]
    most = intervals.untold(level if sporadic else (1 + level) / 2, skewed=sporadic)
    half = np.maximum(high - mean, mean - low) / most
    usual = np.where(half > 0, half, 1.0)
    cuts = found.backtest.cuts.tolist()
    # the range of a single period was made wider, as that of the sum will be
    places = intervals.spread(errors, usual, cuts).places
    usual = usual / intervals.widening(places, series, sporadic=sporadic)
    single = intervals.spread(errors, usual, cuts)
    sizes = single.size[:, np.newaxis] * single.growth
    largest = sizes.max(axis=1, keepdims=True)  # whose square may be too large for a number
    of_sums: Numbers = largest * np.sqrt(np.cumsum(np.square(sizes / largest), axis=1))
    return of_sums


def _beyond(sums: Numbers) -> Numbers:
    """(H,) Growth beyond the tested sums, where only the first ones are.

    The mean of n observations of variance s^2 errs by s^2 / n, in every period alike: the variance
    of the error of a sum is h s^2 (1 + h / n) (Hyndman and Athanasopoulos, Forecasting: principles
    and practice, section 5.5, the mean method, summed). A short history has at most ten.
    """
    steps = np.arange(1.0, sums.shape[2] + 1)
    tested = int(np.count_nonzero(np.isfinite(sums).any(axis=(0, 1))))
    if not 0 < tested <= FEW:
        return np.ones(len(steps))
    beyond = np.maximum(steps, tested)
    grown: Numbers = np.sqrt((1 + beyond / SHORT) / (1 + tested / SHORT))
    return grown
