"""Ranges that hold the share of outcomes that they promise, learned from the backtest.

The errors of the combination at the origins, pooled over series, tell how wide a range has to be
(split conformal prediction: Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, Distribution-free
predictive inference for regression, 2018). An error has three parts:

    e = s x p_h x z

s the size of a series' errors, drawn towards what its past changes let expect; p_h the growth with
the periods ahead, of all series; z its place in the distribution of all. To be honest, the weights
and the size that meet the errors of an origin are reckoned from the other origins. Demand is never
below zero where it never was: then the range starts at zero, and its upper end is set so that the
whole holds the share promised.
"""

from __future__ import annotations

from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.origins import mean as mean_of
from sop_xl.planning.demand.engine.panel import Flags, Panel
from sop_xl.planning.frames import Numbers

Vector = npt.NDArray[np.float64]

PRIOR = 24.0
"""Errors that the usual size of a series' errors counts for: three origins of a year's plan."""
NORMAL = 40.0
"""Errors that the normal distribution counts for: it fills in where few series are tested."""
STEEPEST = 0.5
"""Greatest growth of errors that is expected beyond the tested periods: h^0.5, a random walk."""


class Spread(NamedTuple):
    """What the backtest says of the size of errors."""

    size: Vector
    """(S,)"""
    growth: Vector
    """(H,) One period ahead and on."""
    places: Vector
    """(N,) z of every error, ascending."""


def expected(panel: Panel) -> Vector:
    """(S,) Mean absolute change against last season, from two seasons on; else to the next period.

    The mean absolute value, where nothing changed.
    """
    m, values, known = panel.season, panel.values, panel.known
    result = np.zeros(len(panel.count))
    for lag, enough in ((1, panel.count >= 2), (m, panel.count >= 2 * m)):
        if values.shape[1] > lag:
            change = np.abs(values[:, lag:] - values[:, :-lag]) * known[:, :-lag]
            size = change.sum(axis=1) / np.maximum(known[:, :-lag].sum(axis=1), 1)
            result = np.where(enough & (size > 0), size, result)
    level = np.abs(values).sum(axis=1) / np.maximum(panel.count, 1)
    return np.where(result > 0, result, level)


def spread(errors: Numbers, usual: Vector) -> Spread:
    """Take the errors of the backtest apart.

    Args:
        errors: (O, S, H) actual - forecast; NaN where nothing was tested.
        usual: (S,) Size of errors to expect of each series, above zero.
    """
    ahead = errors.shape[2]
    relative = np.abs(errors) / usual[:, np.newaxis]
    growth = _growth(relative, ahead)
    relative /= growth
    total = np.nansum(relative, axis=2)
    number = np.isfinite(relative).sum(axis=2)
    all_total, all_number = total.sum(axis=0), number.sum(axis=0)
    size = usual * (PRIOR + all_total) / (PRIOR + all_number)
    others = (PRIOR + all_total - total) / (PRIOR + all_number - number)
    width = (usual * others)[:, :, np.newaxis] * growth
    z = errors / width
    return Spread(size, growth, np.sort(z[np.isfinite(z)]))


def _growth(relative: Numbers, ahead: int) -> Vector:
    """(H,) Mean size of errors so many periods ahead, never falling."""
    by_period = mean_of(relative, axis=(0, 1))
    known = np.flatnonzero(np.isfinite(by_period) & (by_period > 0))
    if not len(known):
        return np.sqrt(np.arange(1.0, ahead + 1))
    steps = np.arange(1.0, ahead + 1)
    rise = np.maximum.accumulate(np.interp(steps, steps[known], by_period[known]))
    last = known[-1]
    slope = 0.0
    if len(known) > 2:
        x, y = np.log(steps[known]), np.log(by_period[known])
        slope = float(np.clip(np.polyfit(x, y, 1)[0], 0.0, STEEPEST))
    beyond = steps > steps[last]
    return np.where(beyond, rise[last] * (steps / steps[last]) ** slope, rise)


def quantile(places: Vector, share: float) -> float:
    """The quantile of z, with the normal distribution of the same mean size as so many errors."""
    # the mean absolute value of a standard normal variable is 0.798
    normal = NormalDist().inv_cdf(share) / 0.798
    if not len(places):
        return normal
    found = float(np.quantile(places, share))
    return (len(places) * found + NORMAL * normal) / (len(places) + NORMAL)


def around(
    mean: Numbers, found: Spread, levels: tuple[float, ...], natural: Flags
) -> tuple[Numbers, Numbers]:
    """Low and high (L, S, H) around the forecasts.

    Args:
        mean: (S, H)
        found: What the backtest says.
        levels: Shares of outcomes.
        natural: (S,) Series that do not go below zero.
    """
    reach = found.size[:, np.newaxis] * found.growth
    low = np.empty((len(levels), *mean.shape))
    high = np.empty_like(low)
    for i, level in enumerate(levels):
        below, above = ends(found.places, level)
        low[i] = mean + below * reach
        high[i] = mean + above * reach
    floor = np.where(natural, 0.0, -np.inf)[:, np.newaxis]
    return np.minimum(np.maximum(low, floor), mean), np.maximum(high, mean)


def ends(places: Vector, level: float) -> tuple[float, float]:
    """Least and greatest z of a range that holds a share of the errors.

    The quantiles that leave equal shares out on both sides, drawn together until they hold no
    more than the share: where many outcomes are zero and a range begins at zero, none of them is
    below it, and all that is left out may be above.
    """
    below = min(quantile(places, (1 - level) / 2), 0.0)
    above = max(quantile(places, (1 + level) / 2), 0.0)
    if not len(places) or below == 0 or above == 0:
        return below, above
    needed = np.where(places < 0, places / below, places / above)
    factor = float(np.quantile(needed, level))
    factor = (len(places) * factor + NORMAL) / (len(places) + NORMAL)
    return factor * below, factor * above
