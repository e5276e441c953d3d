"""Ranges that hold the share of outcomes that they promise, learned from the backtest.

The errors of the combination at the origins, pooled over series, tell how wide a range has to be
(split conformal prediction: Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, Distribution-free
predictive inference for regression, 2018). An error has three parts:

    e = s x p_h x z

s the size of a series' errors, drawn towards what its past changes let expect; p_h the growth with
the periods ahead, of all series; z its place in the distribution of all. To be honest, the
weights that meet the errors of an origin are reckoned from the other origins, and the size that
meets the errors of a period from the other periods. Demand is never
below zero where it never was: then the range starts at zero, and its upper end is set so that the
whole holds the share promised.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import e, log
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.origins import mean as mean_of
from sop_xl.planning.demand.engine.panel import Counts, Flags, Panel, steps
from sop_xl.planning.frames import Numbers

Vector = npt.NDArray[np.float64]

PRIOR = 24.0
"""Errors that the usual size of a series' errors counts for: three origins of a year's plan."""
USUAL = 40.0
"""Errors that a usual distribution counts for: it fills in where few series are tested."""
LEAST = 1e-3
"""No demand is expected to be forecast better than to this share of its level."""
WILDEST = 50.0
"""An error is counted as so many times the expected size at most: beyond, it is an accident."""
ALIKE = 10.0
"""Series of all kinds that the kind's own series are weighed against."""
WIDER = 1.05
"""Forecasts of what comes err more than the backtest of what came: parameters and weights have
seen the recent past, and what changes next has not happened yet."""
FEW = 1.0
"""The independent series that is lost in learning how wide a range is, as an observation is in the
correction of Student's t: a shift that no origin has seen may come."""
STEEPEST = 0.5
"""Greatest growth of errors that is expected beyond the tested periods: h^0.5, a random walk."""
ENOUGH = 200_000
"""Errors that are plenty for a quantile."""
GIVEN_UP = 0.15
"""Of what a range leaves out, so much more or less at most, to make up for series that have
ended."""


class Spread(NamedTuple):
    """What the backtest says of the size of errors."""

    size: Vector
    """(S,)"""
    growth: Vector
    """(H,) One period ahead and on."""
    places: Numbers
    """(O, S, H) z; NaN where nothing was tested."""


def expected(panel: Panel) -> Vector:
    """(S,) Mean absolute change against last season, from two seasons on; else to the next period.

    The mean absolute value, where nothing changed; a thousandth of it at least.
    """
    m, values, known = panel.season, panel.values, panel.known
    result = np.zeros(len(panel.count))
    for lag, enough in ((1, panel.count >= 2), (m, panel.count >= 2 * m)):
        if values.shape[1] > lag:
            change = np.abs(values[:, lag:] - values[:, :-lag]) * known[:, :-lag]
            size = change.sum(axis=1) / np.maximum(known[:, :-lag].sum(axis=1), 1)
            result = np.where(enough & (size > 0), size, result)
    level = np.abs(values).sum(axis=1) / np.maximum(panel.count, 1)
    return np.maximum(np.where(result > 0, result, level), LEAST * np.where(level > 0, level, 1.0))


def spread(errors: Numbers, usual: Vector, cuts: Sequence[int]) -> Spread:
    """Take the errors of the backtest apart.

    Args:
        errors: (O, S, H) actual - forecast; NaN where nothing was tested.
        usual: (S,) Size of errors to expect of each series, above zero.
        cuts: (O,) Periods held back at each origin.
    """
    ahead = errors.shape[2]
    relative = np.abs(errors)
    relative /= usual[:, np.newaxis]
    np.minimum(relative, WILDEST, out=relative)
    growth = _growth(relative, ahead)
    relative /= growth
    seen = np.isfinite(relative)
    known = relative
    known[~seen] = 0.0
    total, number = known.sum(axis=(0, 2)), seen.sum(axis=(0, 2))
    size = usual * (PRIOR + total) / (PRIOR + number)
    places = np.full(errors.shape, np.nan, dtype=errors.dtype)
    for o, cut in enumerate(cuts):
        for h in range(steps(cut, ahead)):
            # neither from this origin nor of this period, which the origins see from other
            # distances: such errors are much alike
            seen_at = [(p, h + c - cut) for p, c in enumerate(cuts) if p != o]
            same = [(p, k) for p, k in seen_at if 0 <= k < steps(cuts[p], ahead)]
            others = total - known[o].sum(axis=1) - sum(known[p, :, k] for p, k in same)
            times = number - seen[o].sum(axis=1) - sum(seen[p, :, k] for p, k in same)
            width = usual * (PRIOR + others) / (PRIOR + times) * growth[h]
            places[o, :, h] = errors[o, :, h] / width
    return Spread(size, growth, places)


def _growth(relative: Numbers, ahead: int) -> Vector:
    """(H,) Mean size of errors so many periods ahead, never falling."""
    by_period = mean_of(relative, axis=(0, 1))
    known = np.flatnonzero(np.isfinite(by_period) & (by_period > 0))
    if not len(known):
        walk: Vector = np.sqrt(np.arange(1.0, ahead + 1))
        return walk
    steps = np.arange(1.0, ahead + 1)
    rise = np.maximum.accumulate(np.interp(steps, steps[known], by_period[known]))
    last = known[-1]
    slope = 0.0
    if len(known) > 2:
        x, y = np.log(steps[known]), np.log(by_period[known])
        slope = float(np.clip(np.polyfit(x, y, 1)[0], 0.0, STEEPEST))
    beyond = steps > steps[last]
    found: Vector = np.where(beyond, rise[last] * (steps / steps[last]) ** slope, rise)
    return found


class Told(NamedTuple):
    """Errors that a range is learned from."""

    places: Vector
    """(N,) z in ascending order."""
    weights: Vector
    """(N,) A series counts alike at each origin, however many periods were forecast from there."""


def told(places: Numbers, some: Flags) -> Told:
    """Some of the errors; of a great many every second, third ..., which have the same quantiles.

    Args:
        places: (O, S, H) z.
        some: (O, S, H) Those that are wanted.
    """
    periods = np.count_nonzero(some.any(axis=1), axis=1)
    every = max(1, np.count_nonzero(some) // ENOUGH)
    # one origin's errors weigh alike: sorted alone, which is quick, they are few when they meet
    found = [np.sort(own[wanted])[::every] for own, wanted in zip(places, some, strict=True)]
    weights = np.repeat(1 / np.maximum(periods, 1), [len(own) for own in found])
    together = np.concatenate([np.zeros(0, dtype=places.dtype), *found])
    order = np.argsort(together, kind="stable")
    return Told(together[order].astype(np.float64), weights[order])


def quantile(known: Told, share: float, *, skewed: bool = False) -> float:
    """The quantile of z.

    The normal distribution of the same mean size counts for so many errors; where demand comes
    now and then and errors are skewed, the exponential one less its mean.

    >>> nothing = Told(np.array([]), np.array([]))
    >>> round(quantile(nothing, 0.95), 2), round(quantile(nothing, 0.95, skewed=True), 2)
    (2.06, 2.71)
    """
    number = len(known.places)
    return (number * _at(known, share) + USUAL * untold(share, skewed=skewed)) / (number + USUAL)


def untold(share: float, *, skewed: bool) -> float:
    """The quantile of z where no error tells of it."""
    # the mean absolute value of a standard normal variable is 0.798, and that of an exponential
    # one of mean 1 less its mean is 2 / e
    return (-log(1 - share) - 1) * e / 2 if skewed else NormalDist().inv_cdf(share) / 0.798


def _at(known: Told, share: float) -> float:
    """The value that so much of the weight lies at or below, between two of them in proportion."""
    if not len(known.places):
        return 0.0
    below = np.cumsum(known.weights) - known.weights
    return float(np.interp(share * below[-1], below, known.places))


def living(levels: tuple[float, ...], series: int, ended: int, silent: float) -> tuple[float, ...]:
    """What the ranges of series that still sell hold, so that all of a block hold the levels.

    Nothing is the whole range of those that seem to have ended, and what it holds is no choice.
    The others hold so much more or less that the mean over all is right, within limits: of what a
    level leaves out, :data:`GIVEN_UP`.

    Args:
        levels: Shares of outcomes promised.
        series: How many series still sell, regularly or now and then.
        ended: How many seem to have ended.
        silent: Share of periods in which nothing came of those that seemed so at the origins.

    >>> # (0.8 x 120 - 0.9 x 20) / 100 = 0.78; (0.95 x 120 - 18) / 100 = 0.96, but at most
    >>> # 0.95 + 0.15 x 0.05
    >>> living((0.8, 0.95), 100, 20, 0.9)
    (0.78, 0.9575)
    """
    found = []
    for level in levels:
        made_up = (level - silent) * ended / max(series, 1)
        most = GIVEN_UP * (1 - level)
        found.append(level + min(max(made_up, -most), most))
    return tuple(found)


def around(
    mean: Numbers,
    found: Spread,
    levels: tuple[float, ...],
    natural: Flags,
    kinds: Counts,
    *,
    series: int,
    sporadic: bool,
) -> tuple[Numbers, Numbers]:
    """Low and high (L, S, H) around the forecasts.

    Args:
        mean: (S, H)
        found: What the backtest says.
        levels: Shares of outcomes.
        natural: (S,) Series that do not go below zero.
        kinds: (S,) Number of the kind of each series; kinds differ in how far errors go astray.
        series: How many are forecast together, of all kinds.
        sporadic: Whether nothing is the usual outcome: then the range of a series that is never
            negative begins at zero and leaves out the largest outcomes only.
    """
    low = np.empty((len(levels), *mean.shape), dtype=found.places.dtype)
    high = np.empty_like(low)
    tested = np.isfinite(found.places)
    below_zero = natural & sporadic
    wider = widening(found.places, series, sporadic=sporadic)
    sides = {*zip(kinds.tolist(), below_zero.tolist(), strict=True)}
    everything = told(found.places, tested)
    for kind, one_sided in sides:
        rows = (kinds == kind) & (below_zero == one_sided)
        of_kind = tested & rows[:, np.newaxis]
        own = everything if rows.all() else told(found.places, of_kind)
        number = np.count_nonzero(of_kind.any(axis=(0, 2)))
        share = number / (number + ALIKE)
        middle = mean[rows]
        reach = (wider * found.size[rows, np.newaxis] * found.growth).astype(low.dtype)
        for i, level in enumerate(levels):
            below, above = (
                share * x + (1 - share) * y
                for x, y in zip(
                    ends(own, level, one_sided=one_sided),
                    ends(everything, level, one_sided=one_sided),
                    strict=True,
                )
            )
            low[i, rows] = middle + below * reach
            high[i, rows] = middle + above * reach
    floor = np.where(natural, 0.0, -np.inf)[:, np.newaxis].astype(low.dtype)
    np.minimum(np.maximum(low, floor, out=low), mean, out=low)
    np.maximum(high, mean, out=high)
    # drawn together one by one, a range could end inside one that holds less
    np.minimum.accumulate(low, axis=0, out=low)
    return low, np.maximum.accumulate(high, axis=0, out=high)


def widening(places: Numbers, series: int, *, sporadic: bool) -> float:
    """What the width of a range is multiplied by, as it was learned from so many series.

    Args:
        places: (O, S, H) z.
        series: How many are forecast together, of all kinds.
        sporadic: As for :func:`around`.
    """
    return WIDER if sporadic else WIDER * (1 + FEW / (independent(places, series) + FEW))


def independent(places: Numbers, series: int) -> float:
    """Independent series that so many series count for, as their errors go together.

    n / (1 + (n - 1) r), r the mean correlation of two series' errors in one period (Kish, Survey
    Sampling, 1965, section 5.4: the design effect of clusters), drawn towards none where few
    series tell of it.

    >>> together = np.array([[[1.0, -2.0, 1.0]] * 50])
    >>> round(independent(together, 50), 3)  # r = 1, drawn to 50 / 60: 50 / (1 + 49 x 5 / 6)
    1.195
    >>> independent(together * np.tile([[1.0], [-1.0]], (25, 1)), 50)
    50.0
    """
    seen = np.isfinite(places)
    number = np.count_nonzero(seen, axis=1)
    own = np.square(places, where=seen, out=np.zeros_like(places)).sum(axis=1, dtype=float)
    total = places.sum(axis=1, where=seen, dtype=float) ** 2
    pairs = float((own * (number - 1)).sum())
    shared = max(float((total - own).sum()) / pairs, 0.0) if pairs > 0 else 0.0
    telling = float(np.count_nonzero(seen.any(axis=(0, 2))))
    shared *= telling / (telling + ALIKE)
    return series / (1 + (series - 1) * shared)


def ends(known: Told, level: float, *, one_sided: bool) -> tuple[float, float]:
    """Least and greatest z of a range that holds a share of the errors.

    The quantiles that leave equal shares out on both sides, drawn together or apart until they
    hold the share together; or, one-sided, no least one and the quantile of the share itself.
    """
    if one_sided:
        return -WILDEST, max(quantile(known, level, skewed=True), 0.0)
    below = min(quantile(known, (1 - level) / 2), 0.0)
    above = max(quantile(known, (1 + level) / 2), 0.0)
    number = len(known.places)
    if not number or below == 0 or above == 0:
        return below, above
    needed = np.where(known.places < 0, known.places / below, known.places / above)
    order = np.argsort(needed, kind="stable")
    factor = _at(Told(needed[order], known.weights[order]), level)
    factor = (number * factor + USUAL) / (number + USUAL)
    return factor * below, factor * above
