"""Demand on known drivers: price, discount, promotion, working days, temperature, any signal.

Drivers are known for the past and for the plan. Their effect on each series is estimated, history
is separated into a baseline and a lift, and the baseline's forecast gets the lift of what is
planned. Axes: drivers D, series S, periods T of history, horizon H.

Estimation. Demand counts in logarithms where all of it is positive, else divided by its mean, so
that a coefficient is a share of demand for one unit of the driver and can be pooled. Level, trend
and season are taken out of demand and drivers alike: the local mean over a season, then the mean
of each period of the season (Frisch and Waugh: the coefficients are those of a regression with
these terms in it). The coefficients of a group of series are fitted together, each series weighted
by 1 / its variance; what does not stand out from noise is shrunk towards none (positive part of
1 - 1 / t^2, James and Stein); a series' own coefficient is drawn towards its group's, which counts
as much as ``PRIOR`` periods of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.result import MONTHS
from sop_xl.planning.frames import Numbers

PRIOR = 240.0
"""Periods of a series' own history that its group's coefficients count as much as."""
RIDGE = 1e-6
"""Share of a driver's own variation added to it: drivers that move together share the effect."""
BEYOND = 0.5
"""Share of the range seen by which a driver may go beyond it before it counts as at the end."""
OWN_SEASON = 3
"""Seasons of history from which a series has a season of its own, not its group's."""
QUIET = 1e-6
"""Least variance of a series, in squared shares of its demand: none weighs without bound."""
FARTHEST = 3.0
"""Greatest effect in logarithms: twenty times or a twentieth."""


class Effects(NamedTuple):
    """What drivers make of demand, against their usual value, the median of the history.

    A driver that mostly is zero, such as a promotion, thus has its effect against none.
    """

    past: Numbers
    """(S, T) Factor on the baseline, or units added to it."""
    future: Numbers
    """(S, H) The same for the plan."""
    multiplicative: npt.NDArray[np.bool_]
    """(S,) Whether effects are factors."""
    coefficients: Numbers
    """(D, S) Share of demand for one unit of the driver, of its logarithm or of its mean."""


def effects(
    history: Numbers,
    drivers: Numbers,
    season: int = MONTHS,
    groups: npt.NDArray[np.int64] | None = None,
) -> Effects:
    """Effects of drivers on each series, for its past and for the plan.

    Args:
        history: (S, T) Demand; only the beginning may be NaN.
        drivers: (D, S, T + H) Their values; NaN is not known and has no effect.
        season: Periods of a season.
        groups: (S,) Number of each series' group, from 0; one group if not given.

    Returns:
        Effects; factors of 1 or units of 0 where a driver is constant, missing or tells nothing.

    >>> promotion = np.tile([0.0, 0, 1, 0, 0], (1, 1, 9))
    >>> found = effects(np.tile([100.0, 100, 150, 100, 100], (1, 8)), promotion, season=1)
    >>> (found.future * 100).round().tolist()
    [[100.0, 100.0, 150.0, 100.0, 100.0]]
    """
    periods = history.shape[1]
    rows = np.zeros(len(history), dtype=np.int64) if groups is None else groups
    multiplicative = np.all((history > 0) | np.isnan(history), axis=1)
    level = _means(np.abs(history))
    with_logs = np.where(np.isfinite(history), np.where(history > 0, history, 1.0), np.nan)
    shares = history / np.where(level > 0, level, 1.0)[:, np.newaxis]
    demand = np.where(multiplicative[:, np.newaxis], np.log(with_logs), shares)
    values = _usable(drivers, periods, rows)
    coefficients = _coefficients(demand, values[..., :periods], season, rows)
    total = np.einsum("ds,dst->st", coefficients, np.nan_to_num(values))
    bounded = np.clip(total, -FARTHEST, FARTHEST)
    effect = np.where(multiplicative[:, np.newaxis], np.exp(bounded), bounded * level[:, None])
    return Effects(effect[:, :periods], effect[:, periods:], multiplicative, coefficients)


def without(history: Numbers, found: Effects) -> Numbers:
    """(S, T) The baseline of a history: what demand was without its drivers' effects."""
    factors = np.where(found.multiplicative[:, np.newaxis], found.past, 1.0)
    return np.where(found.multiplicative[:, np.newaxis], history / factors, history - found.past)


def lifted(baseline: Numbers, found: Effects) -> Numbers:
    """(S, H) The forecast of a baseline with the effects of what is planned."""
    way = found.multiplicative[:, np.newaxis]
    return np.where(way, baseline * found.future, baseline + found.future)


def _means(values: Numbers) -> npt.NDArray[np.float64]:
    """(S,) Mean of what is known; zero where nothing is."""
    known = np.isfinite(values)
    average: npt.NDArray[np.float64]
    average = np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    return average


def _usable(drivers: Numbers, periods: int, groups: npt.NDArray[np.int64]) -> Numbers:
    """Drivers as differences from their median of the history, kept near what was seen.

    What goes far beyond the range that the group has seen counts as a little beyond it.
    """
    seen = drivers[..., :periods]
    known = np.isfinite(seen)
    usual = np.zeros((*drivers.shape[:2], 1))
    any_known = np.any(known, axis=2)
    usual[any_known, 0] = np.nanmedian(seen[any_known], axis=1)
    moved = np.where(np.isfinite(drivers), drivers - usual, np.nan)
    low = _by_group(np.where(known, moved[..., :periods], 0.0).min(axis=2, initial=0.0), groups)
    high = _by_group(-np.where(known, moved[..., :periods], 0.0).max(axis=2, initial=0.0), groups)
    spare = BEYOND * (-high - low)
    moved = np.clip(moved, (low - spare)[..., np.newaxis], (spare - high)[..., np.newaxis])
    return np.where(any_known[..., np.newaxis], moved, np.nan)


def _by_group(least: Numbers, groups: npt.NDArray[np.int64]) -> Numbers:
    """(D, S) The least of each series' group."""
    found = np.zeros((int(groups.max(initial=0)) + 1, len(least)))
    np.minimum.at(found, groups, least.T)
    return found[groups].T


def _coefficients(
    demand: Numbers, drivers: Numbers, season: int, groups: npt.NDArray[np.int64]
) -> Numbers:
    """(D, S) Coefficients, the group's and the series' own weighed against each other."""
    known = np.isfinite(demand)[np.newaxis] & np.isfinite(drivers)
    # a driver that is nowhere known for a series must not take its demand out of the others
    absent = ~np.any(known, axis=2, keepdims=True)
    complete = np.all(known | absent, axis=0) & np.isfinite(demand)
    stacked = np.where(complete, np.concatenate([demand[np.newaxis], drivers]), 0.0)
    moves = _within(np.nan_to_num(stacked), complete, season, groups)
    outcome, causes = moves[0], moves[1:]
    size = np.sqrt((causes**2).sum(axis=(1, 2)) / max(int(complete.sum()), 1))
    moving = size > 1e-9 * (1 + np.abs(np.nan_to_num(drivers)).max(axis=(1, 2), initial=0.0))
    causes = causes / np.where(moving, size, 1.0)[:, np.newaxis, np.newaxis]
    causes = np.where(moving[:, np.newaxis, np.newaxis], causes, 0.0)
    count = complete.sum(axis=1)
    squares = np.einsum("dst,est->sde", causes, causes)
    products = np.einsum("dst,st->sd", causes, outcome)
    left = outcome
    # twice: what the first coefficients leave is the variance that weighs the series for the second
    for _ in range(2):
        weight = 1 / np.maximum((left**2).sum(axis=1) / np.maximum(count, 1), QUIET)
        pooled = _summed(squares * weight[:, np.newaxis, np.newaxis], groups)
        crossed = _summed(products * weight[:, np.newaxis], groups)
        plain = np.linalg.solve(_ridged(pooled), crossed[..., np.newaxis])[groups, :, 0]
        left = outcome - np.einsum("sd,dst->st", plain, causes)
    scores = _summed(np.einsum("dst,st,s->std", causes, left, weight), groups)
    fit = _shrunk(pooled, crossed, scores, season)[groups]
    periods = np.maximum(_summed(count.astype(float), groups), 1.0)
    typical = _summed(squares, groups) / periods[:, np.newaxis, np.newaxis]
    prior = PRIOR * _ridged(typical)[groups]
    own = squares + prior
    mixed = products + np.einsum("sde,se->sd", prior, fit)
    found = np.linalg.solve(own, mixed[..., np.newaxis])[..., 0]
    # a series alone is its group; and where the group tells of nothing, no series does
    alone = np.bincount(groups)[groups] == 1
    found = np.where(alone[:, np.newaxis] | (fit == 0), fit, found)
    return np.where(moving[:, np.newaxis], found.T / np.where(moving, size, 1.0)[:, None], 0.0)


def _summed(values: Numbers, groups: npt.NDArray[np.int64]) -> Numbers:
    """Sums of rows (S, ...) by group (G, ...)."""
    found = np.zeros((int(groups.max(initial=0)) + 1, *values.shape[1:]))
    np.add.at(found, groups, values)
    return found


def _ridged(squares: Numbers) -> Numbers:
    """Normal matrices that can be solved: a share of the diagonal added, 1 where it is zero."""
    at = np.arange(squares.shape[-1])
    found = squares.copy()
    diagonal = squares[..., at, at]
    found[..., at, at] += np.where(diagonal > 0, RIDGE * diagonal, 1.0)
    return found


def _shrunk(squares: Numbers, products: Numbers, scores: Numbers, season: int) -> Numbers:
    """(G, D) The groups' coefficients times the positive part of 1 - 1 / t^2.

    Along the principal directions of the drivers, so that drivers that move together share their
    effect. All series of a period may share its chances, a hot summer for instance: the variance
    is that of the periods' scores (G, T, D), not of single observations (cluster-robust, Cameron
    and Miller, A practitioner's guide to cluster-robust inference, 2015, equation 11).
    """
    values, directions = np.linalg.eigh(_ridged(squares))
    along = np.einsum("gde,gd->ge", directions, products)
    free = max(scores.shape[1] - season - scores.shape[2], 1)
    variance = (np.einsum("gde,gtd->gte", directions, scores) ** 2).sum(axis=1)
    square = along**2
    variance = np.maximum(variance * scores.shape[1] / free, 1e-12 * square)
    telling = values > 1e-5 * values.max(axis=1, keepdims=True, initial=0.0)
    # a square that underflows to zero is not above its variance, so nothing is divided by it
    telling &= square > variance
    sure = 1 - np.divide(variance, square, out=np.ones_like(square), where=telling)
    moved = np.where(telling, sure * along / values, 0.0)
    shrunk: Numbers = np.einsum("gde,ge->gd", directions, moved)
    return shrunk


def _within(
    values: Numbers, known: npt.NDArray[np.bool_], season: int, groups: npt.NDArray[np.int64]
) -> Numbers:
    """Values (K, S, T) less their local mean, then less the mean of their period of the season.

    A series of fewer than three seasons shares the season of its group.
    """
    width = season if season > 1 else MONTHS
    moved = np.where(known, values - _local(values, known, width), 0.0)
    if season == 1:
        return moved
    count = len(groups)
    long = known.sum(axis=1) >= OWN_SEASON * season
    who = np.where(long, np.arange(count), count + groups)
    place = np.arange(values.shape[2]) % season
    cell = who[:, np.newaxis] * season + place
    number = (2 * count + int(groups.max(initial=0)) + 1) * season
    counts = np.bincount(cell.ravel(), known.ravel(), number)
    means = [
        np.bincount(cell.ravel(), one.ravel(), number) / np.maximum(counts, 1) for one in moved
    ]
    return np.where(known, moved - np.array(means)[:, cell], 0.0)


def _local(values: Numbers, known: npt.NDArray[np.bool_], width: int) -> Numbers:
    """Mean of what is known in a window of so many periods round each, pushed inside at the ends.

    A window of a whole season everywhere leaves nothing of the season in the mean.
    """
    periods = values.shape[2]
    sums = np.cumsum(np.pad(values, ((0, 0), (0, 0), (1, 0))), axis=2)
    counts = np.cumsum(np.pad(known.astype(float), ((0, 0), (1, 0))), axis=1)
    start = (~np.logical_or.accumulate(known, axis=1)).sum(axis=1)[:, np.newaxis]
    first = np.minimum(np.arange(periods) - width // 2, periods - width)
    first = np.minimum(np.maximum(first, start), periods)
    last = np.minimum(first + width, periods)
    near = np.take_along_axis(counts, last, 1) - np.take_along_axis(counts, first, 1)
    ends = [np.take_along_axis(sums, side[np.newaxis], 2) for side in (last, first)]
    local: Numbers = (ends[0] - ends[1]) / np.maximum(near, 1.0)
    return local
