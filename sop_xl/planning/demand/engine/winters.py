"""A line and seasonal factors: taken apart once, or smoothed on and on.

Symbols: D demand, L level, T trend, S seasonal factor, F forecast; alpha, beta, gamma smooth
level, trend and season. See :mod:`recursion` for history and horizon.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.recursion import LIMITS, Block, axis, ready, search, total
from sop_xl.planning.demand.engine.result import MONTHS
from sop_xl.planning.demand.engine.smoothing import holt
from sop_xl.planning.frames import Numbers


class Decomposition(NamedTuple):
    """A line and factors: demand of column t, from 0, is (level + trend (t + 1)) and a factor."""

    level: npt.NDArray[np.float64]
    """(S,) Of the period before the block's first column."""
    trend: npt.NDArray[np.float64]
    """(S,) Units a period."""
    factors: Numbers
    """(S, season) The first one is that of the block's first column; multiplied or added."""
    multiplicative: npt.NDArray[np.bool_]
    """(S,) Whether factors multiply."""

    def of(self, columns: npt.NDArray[np.int64]) -> Numbers:
        """(S, len(columns)) Demand of columns of the block, or of columns after it."""
        line = self.level[:, np.newaxis] + self.trend[:, np.newaxis] * (columns + 1)
        factor = self.factors[:, columns % self.factors.shape[1]]
        return np.where(self.multiplicative[:, np.newaxis], line * factor, line + factor)


def decompose(history: Numbers, season: int = MONTHS, *, additive: bool = False) -> Decomposition:
    """Take a series apart into a line and seasonal factors (Chopra and Meindl, section 7.5).

    Demand is deseasonalised by the centred moving average over a season; a straight line is fitted
    to it by least squares; the factor of a period of the season is the mean of demand divided by
    the line. Where demand or the line is not positive, and on request, the factor is the mean of
    demand minus the line. A series of less than two seasons is its mean, without factors.
    """
    block = ready(history)
    periods = np.arange(len(block.demand))[:, np.newaxis]
    known = periods >= block.starts
    smooth, centred = _centred(block.demand, known, season)
    level, trend = _line(smooth, centred)
    full = block.counts >= 2 * season
    average = total(block.demand) / np.maximum(block.counts, 1)
    level, trend = np.where(full, level, average), np.where(full, trend, 0.0)
    line = level + trend * (periods + 1)
    positive = ((block.demand > 0) & (line > 0) | ~known).all(axis=0)
    multiplicative = positive & full & (not additive)
    base = np.where(multiplicative & known, line, 1.0)
    part = np.where(multiplicative, block.demand / base, block.demand - line)
    part = np.where(known & full, part, 0.0)
    factors = np.zeros((season, len(full)))
    for place in range(min(season, len(part))):
        factors[place] = total(part[place::season]) / np.maximum(known[place::season].sum(0), 1)
    scale = np.where(multiplicative, 1.0, block.scale)
    return Decomposition(
        level * block.scale, trend * block.scale, (factors * scale).T, multiplicative
    )


def decomposition(history: Numbers, horizon: int, season: int = MONTHS) -> Numbers:
    """The static method: the line of :func:`decompose` goes on, with its factors.

    >>> decomposition(np.array([[1.0, 3.0] * 4]), 3, season=2)
    array([[1., 3., 1.]])
    """
    ahead = np.arange(history.shape[1], history.shape[1] + horizon)
    return decompose(history, season).of(ahead)


def winters(
    history: Numbers,
    horizon: int,
    season: int = MONTHS,
    *,
    alpha: float | None = None,
    beta: float | None = None,
    gamma: float | None = None,
    start: Decomposition | None = None,
    additive: bool = False,
) -> Numbers:
    """Exponential smoothing with trend and season (Chopra and Meindl, section 7.5).

    Multiplicative: F_h = (L + h T) S, L_t = alpha D_t / S + (1 - alpha) (L_{t-1} + T_{t-1}),
    T as in :func:`holt`, S' = gamma D_t / L_t + (1 - gamma) S. Additive: F_h = L + h T + S, with
    D - S and D - L in place of the quotients. The start values are those of :func:`decompose`
    unless given; smoothing parameters that are not given are chosen by the least sum of squared
    one-step errors. A series of less than two seasons is smoothed without season.
    """
    block = ready(history)
    begin = start or decompose(history, season, additive=additive)
    rates = [
        axis(alpha, (0.05, 0.2, 0.4, 0.7)),
        axis(beta, (0.01, 0.1, 0.3)),
        axis(gamma, (0.05, 0.2, 0.5)),
    ]
    best = search(lambda values: _seasonal(block, values, begin)[0], rates, [LIMITS] * 3)
    _, level, trend, factors = _seasonal(block, best[..., np.newaxis], begin)
    ahead = np.arange(len(block.demand), len(block.demand) + horizon)
    line = level + trend * np.arange(1, horizon + 1)
    factor = factors[ahead % season, :, 0].T
    way = begin.multiplicative[:, np.newaxis]
    found = np.where(way, line * factor, line + factor) * block.scale[:, np.newaxis]
    short = (block.counts < 2 * season) & (start is None)
    if short.any():
        found[short] = holt(history[short], horizon, alpha=alpha, beta=beta)
    return found


def _seasonal(
    block: Block, values: Numbers, begin: Decomposition
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Squared errors, level, trend (S, C) and factors (season, S, C) of :func:`winters`."""
    alpha, beta, gamma = values
    season = begin.factors.shape[1]
    shape = (len(block.starts), values.shape[2])
    multiplied = begin.multiplicative[:, np.newaxis]
    unit = np.where(multiplied, 1.0, block.scale[:, np.newaxis])
    factors = np.repeat((begin.factors / unit).T[..., np.newaxis], shape[1], axis=2)
    first = ((begin.level + begin.trend * block.starts) / block.scale)[:, np.newaxis]
    slope = (begin.trend / block.scale)[:, np.newaxis]
    level, trend, squares = (np.zeros(shape) for _ in range(3))
    starting = block.beginning
    for period, row in enumerate(block.demand):
        rows = starting.get(period)
        if rows is not None:
            level[rows], trend[rows] = first[rows], slope[rows]
        demand, factor = row[:, np.newaxis], factors[period % season]
        started = (period >= block.starts)[:, np.newaxis]
        line = level + trend
        forecast = np.where(multiplied, line * factor, line + factor)
        squares += np.where(started, demand - forecast, 0.0) ** 2
        divides = multiplied & (factor > 0)
        own = np.where(divides, demand / np.where(divides, factor, 1.0), line)
        own = np.where(multiplied, own, demand - factor)
        rise = alpha * own + (1 - alpha) * line - level
        level += np.where(started, rise, 0.0)
        trend += np.where(started, beta * (rise - trend), 0.0)
        divides = multiplied & (level > 0)
        seen = np.where(divides, demand / np.where(divides, level, 1.0), factor)
        seen = np.where(multiplied, seen, demand - level)
        factors[period % season] += np.where(started, gamma * (seen - factor), 0.0)
    unseen = block.unseen
    level[unseen], trend[unseen] = first[unseen], slope[unseen]
    return squares, level, trend, factors


def _centred(
    demand: Numbers, known: npt.NDArray[np.bool_], season: int
) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """The centred moving average over a season (T, S), and where a whole one is known.

    An even season takes season + 1 periods, the outer two with half the weight.
    """
    half, weights = season // 2, np.ones(season + (season % 2 == 0))
    if season % 2 == 0:
        weights[[0, -1]] = 0.5
    inside = max(len(demand) - 2 * half, 0)
    smooth, centred = np.zeros(demand.shape), np.zeros(demand.shape, dtype=bool)
    middle = slice(half, half + inside)
    for at, weight in enumerate(weights):
        smooth[middle] += weight / season * demand[at : at + inside]
    centred[middle] = known[:inside]
    return smooth, centred


def _line(
    values: Numbers, known: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Least-squares line through the known values: level before the first column, and slope."""
    time = np.arange(1.0, len(values) + 1)[:, np.newaxis]
    count = np.maximum(known.sum(axis=0), 1)
    when = total(np.where(known, time, 0.0)) / count
    average = total(np.where(known, values, 0.0)) / count
    away = np.where(known, time - when, 0.0)
    spread = total(away * away)
    slope = total(away * values) / np.where(spread > 0, spread, 1.0)
    return average - slope * when, slope
