"""The plain methods that every planner knows, each for a whole block of series at once.

Every method takes a history (S, T) that is known from some period on to the last one (only the
beginning may be NaN), a horizon H and the periods of a season, and gives means (S, H). A series
without any observation is forecast as zero, or from the start values that are given.

Symbols: D demand, L level, T trend, S seasonal factor, F forecast; alpha, beta, gamma smooth
level, trend and season, phi damps the trend.

The recursions run over time on arrays of series x candidate parameters. Before a series starts,
its states and demand are zero and stay so; at its start they are set. That is why series of
unequal length need no mask.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.result import MONTHS
from sop_xl.planning.frames import Numbers

TELLING = 4
"""Observations below which no trend is fitted."""
LIMITS = (0.001, 0.999)
"""Least and greatest smoothing parameter that is chosen."""
DAMPING = (0.80, 0.98)
"""Least and greatest phi that is chosen (Hyndman and Athanasopoulos, FPP3, section 8.2)."""

Given: TypeAlias = float | npt.NDArray[np.float64] | None
"""A start value for all series, or one for each."""


@dataclass(frozen=True)
class Block:
    """A history made ready for recursions over time."""

    demand: Numbers
    """(T, S) Zero before a series starts; divided by ``scale``."""
    starts: npt.NDArray[np.int64]
    """(S,) First period known; T for a series without any."""
    scale: npt.NDArray[np.float64]
    """(S,) Largest absolute demand, so that squares neither overflow nor vanish."""

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """(S,) Periods known."""
        return len(self.demand) - self.starts

    @cached_property
    def beginning(self) -> dict[int, npt.NDArray[np.int64]]:
        """Series by the period at which they start; T for those without any observation."""
        return {
            int(period): np.flatnonzero(self.starts == period) for period in np.unique(self.starts)
        }

    @property
    def unseen(self) -> npt.NDArray[np.int64]:
        """Series without any observation."""
        return np.flatnonzero(self.starts == len(self.demand))

    def first(self) -> npt.NDArray[np.float64]:
        """(S,) The first observation; zero for a series without any."""
        if not len(self.demand):
            return np.zeros(len(self.starts))
        at = np.minimum(self.starts, len(self.demand) - 1)
        return self.demand[at, np.arange(len(at))]


def ready(history: Numbers) -> Block:
    """Time first, zero before the start, and scaled to at most 1."""
    known = np.isfinite(history)
    demand = np.ascontiguousarray(np.where(known, history, 0.0).T)
    starts = (~np.logical_or.accumulate(known, axis=1)).sum(axis=1)
    largest = np.abs(demand).max(axis=0, initial=0.0)
    scale = np.where(largest > 0, largest, 1.0)
    return Block(demand / scale, starts, scale)


def total(values: Numbers) -> npt.NDArray[np.float64]:
    """Sums over the first axis, one after the other: the same in any chunk of series."""
    sums: npt.NDArray[np.float64] = np.cumsum(values, axis=0)
    return sums[-1] if len(values) else np.zeros(values.shape[1:])


def naive(history: Numbers, horizon: int, season: int = MONTHS) -> Numbers:
    """The last observation again.

    >>> naive(np.array([[np.nan, 3.0, 5.0]]), 2)
    array([[5., 5.]])
    """
    del season
    return _flat(_tail(history, 1)[:, -1], horizon)


def seasonal_naive(history: Numbers, horizon: int, season: int = MONTHS) -> Numbers:
    """The same period of the last season; the mean of a series shorter than a season.

    >>> seasonal_naive(np.array([[1.0, 2.0, 3.0, 4.0]]), 3, season=2)
    array([[3., 4., 3.]])
    """
    last = _tail(history, season)
    short = (ready(history).counts < season)[:, np.newaxis]
    return np.where(short, mean(history, horizon), last[:, np.arange(horizon) % season])


def moving_average(
    history: Numbers, horizon: int, season: int = MONTHS, *, window: int | None = None
) -> Numbers:
    """The mean of the last periods, F = (D_t + ... + D_{t-N+1}) / N; of all if there are fewer.

    The window is a season, and twelve periods where there is no season.

    >>> moving_average(np.array([[9.0, 2.0, 4.0]]), 1, window=2)
    array([[3.]])
    """
    length = window or (season if season > 1 else MONTHS)
    return mean(history[:, max(history.shape[1] - length, 0) :], horizon)


def mean(history: Numbers, horizon: int, season: int = MONTHS) -> Numbers:
    """The mean of all observations.

    >>> mean(np.array([[np.nan, 3.0, 5.0]]), 2)
    array([[4., 4.]])
    """
    del season
    block = ready(history)
    average = total(block.demand) / np.maximum(block.counts, 1)
    return _flat(average * block.scale, horizon)


def drift(history: Numbers, horizon: int, season: int = MONTHS) -> Numbers:
    """The line through the first and the last observation, F_h = D_n + h (D_n - D_1) / (n - 1).

    Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd ed., section 5.2.

    >>> drift(np.array([[1.0, 0.0, 3.0]]), 2)
    array([[4., 5.]])
    """
    del season
    block = ready(history)
    last = _tail(history, 1)[:, -1]
    slope = (last - block.first() * block.scale) / np.maximum(block.counts - 1, 1)
    return last[:, np.newaxis] + slope[:, np.newaxis] * np.arange(1, horizon + 1)


def ses(
    history: Numbers,
    horizon: int,
    season: int = MONTHS,
    *,
    alpha: float | None = None,
    level: Given = None,
) -> Numbers:
    """Simple exponential smoothing, L_t = alpha D_t + (1 - alpha) L_{t-1}, F = L.

    What is not given is chosen for each series by the least sum of squared one-step errors. These
    are linear in the start level, so that its best value has a closed form for every alpha.

    Args:
        history: (S, T)
        horizon: H
        season: Not used.
        alpha: From 0 to 1.
        level: L_0, the forecast of the first period.

    >>> ses(np.array([[180.0, 168.0]]), 1, alpha=0.1, level=175.0)  # Heizer, Port of Baltimore
    array([[174.75]])
    """
    del season
    block = ready(history)
    rates = [_axis(alpha, (0.02, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9))]
    best = search(lambda values: _level(block, values, level)[0], rates, [LIMITS])
    found = _level(block, best[..., np.newaxis], level)[1]
    return _flat(found[:, 0] * block.scale, horizon)


def holt(
    history: Numbers,
    horizon: int,
    season: int = MONTHS,
    *,
    alpha: float | None = None,
    beta: float | None = None,
    level: Given = None,
    trend: Given = None,
) -> Numbers:
    """Exponential smoothing with a linear trend, F_h = L + h T.

    L_t = alpha D_t + (1 - alpha) (L_{t-1} + T_{t-1}),
    T_t = beta (L_t - L_{t-1}) + (1 - beta) T_{t-1}
    (Chopra and Meindl, Supply Chain Management, chapter 7). What is not given is chosen as in
    :func:`ses`; below four observations the trend starts at zero.

    >>> holt(np.array([[2.0, 4.0]]), 2, alpha=0.5, beta=0.5, level=0.0, trend=2.0)
    array([[6., 8.]])
    """
    del season
    return _trended(history, horizon, (alpha, beta, 1.0), level, trend)


def damped_holt(
    history: Numbers,
    horizon: int,
    season: int = MONTHS,
    *,
    alpha: float | None = None,
    beta: float | None = None,
    phi: float | None = None,
    level: Given = None,
    trend: Given = None,
) -> Numbers:
    """As :func:`holt`, with a trend that fades: F_h = L + (phi + ... + phi^h) T.

    L_t = alpha D_t + (1 - alpha) (L_{t-1} + phi T_{t-1}),
    T_t = beta (L_t - L_{t-1}) + (1 - beta) phi T_{t-1} (Gardner and McKenzie, 1985).

    >>> damped_holt(np.zeros((1, 0)), 2)
    array([[0., 0.]])
    """
    del season
    return _trended(history, horizon, (alpha, beta, phi), level, trend)


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
        _axis(alpha, (0.05, 0.2, 0.4, 0.7)),
        _axis(beta, (0.01, 0.1, 0.3)),
        _axis(gamma, (0.05, 0.2, 0.5)),
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


def search(
    score: Callable[[Numbers], Numbers],
    grid: Sequence[npt.NDArray[np.float64]],
    limits: Sequence[tuple[float, float]],
    rounds: int = 4,
) -> Numbers:
    """Parameters of least score for each series: a grid, then steps that halve round the best.

    Args:
        score: Of parameters (D, S or 1, C) gives scores (S, C).
        grid: D axes of values; an axis of one value is fixed.
        limits: Least and greatest value of each axis.
        rounds: Of refinement.

    Returns:
        (D, S)
    """
    mesh = np.stack(np.meshgrid(*grid, indexing="ij")).reshape(len(grid), 1, -1)
    scores = score(mesh)
    series = np.arange(len(scores))
    best = mesh[:, 0, scores.argmin(axis=1)]
    free = [axis for axis, values in enumerate(grid) if len(values) > 1]
    if not free:
        return best
    least = scores.min(axis=1)
    moves = np.zeros((len(grid), 1, 2 * len(free)))
    for at, axis in enumerate(free):
        moves[axis, 0, 2 * at : 2 * at + 2] = np.array([-1, 1]) * np.diff(grid[axis]).max() / 2
    low, high = (np.array(side)[:, np.newaxis, np.newaxis] for side in zip(*limits, strict=True))
    for _ in range(rounds):
        trial = best[..., np.newaxis] + moves
        trial = np.where(moves != 0, np.clip(trial, low, high), trial)
        scores = score(trial)
        at = scores.argmin(axis=1)
        better = scores[series, at] < least
        best = np.where(better, trial[:, series, at], best)
        least = np.where(better, scores[series, at], least)
        moves = moves / 2
    return best


def _axis(given: float | None, values: Sequence[float]) -> npt.NDArray[np.float64]:
    return np.array(values if given is None else [given], dtype=float)


def _flat(values: npt.NDArray[np.float64], horizon: int) -> Numbers:
    return np.repeat(values[:, np.newaxis], horizon, axis=1)


def _tail(history: Numbers, length: int) -> Numbers:
    """(S, length) The last periods; zero where nothing is known."""
    known = np.nan_to_num(history[:, max(history.shape[1] - length, 0) :])
    missing = np.zeros((len(history), length - known.shape[1]))
    return np.hstack([missing, known])


def _column(given: Given, block: Block) -> Numbers | None:
    if given is None:
        return None
    return (np.broadcast_to(given, block.scale.shape) / block.scale)[:, np.newaxis]


def _level(block: Block, values: Numbers, given: Given) -> tuple[Numbers, Numbers]:
    """Sum of squared errors and last level (S, C) of simple smoothing with alphas (1, S or 1, C).

    With the start raised by d the error of the k-th period falls by d u_k, u_k = (1 - alpha)^k:
    the best d is sum(e u) / sum(u u).
    """
    alpha, count = values[0], len(block.starts)
    start = _column(given, block)
    first = block.first()[:, np.newaxis] if start is None else start
    shape = (count, alpha.shape[1])
    level, effect, squares = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    both, own = np.zeros(shape), np.zeros(shape)
    begin = block.beginning
    for period, demand in enumerate(block.demand):
        rows = begin.get(period)
        if rows is not None:
            level[rows] = first[rows]
            effect[rows] = 1.0
        error = demand[:, np.newaxis] - level
        squares += error * error
        level += alpha * error
        if start is None:
            both += error * effect
            own += effect * effect
            effect -= alpha * effect
    unseen = block.unseen
    level[unseen] = first[unseen]
    if start is None:
        shift = both / np.where(own > 0, own, 1.0)
        squares, level = squares - shift * both, level + shift * effect
    return squares, level


def _trended(
    history: Numbers,
    horizon: int,
    given: tuple[float | None, float | None, float | None],
    level: Given,
    trend: Given,
) -> Numbers:
    block = ready(history)
    grids = ((0.05, 0.2, 0.4, 0.7, 0.9), (0.01, 0.1, 0.3, 0.6), (0.8, 0.9, 0.98))
    rates = [_axis(value, grid) for value, grid in zip(given, grids, strict=True)]
    limits = [LIMITS, LIMITS, DAMPING]
    best = search(lambda values: _slope(block, values, level, trend)[0], rates, limits)
    _, last, slope = _slope(block, best[..., np.newaxis], level, trend)
    steps = np.cumsum(best[2][:, np.newaxis] ** np.arange(1, horizon + 1), axis=1)
    found: Numbers = (last + slope * steps) * block.scale[:, np.newaxis]
    return found


class _Line(NamedTuple):
    """Level and trend (S, C) that smoothing carries through time."""

    level: Numbers
    trend: Numbers

    def step(self, demand: Numbers | float, values: Numbers) -> Numbers:
        """Take in one period's demand; the error of its forecast."""
        alpha, beta, phi = values
        self.trend[...] *= phi
        self.level[...] += self.trend
        error: Numbers = demand - self.level
        self.level[...] += alpha * error
        self.trend[...] += alpha * beta * error
        return error


def _slope(
    block: Block, values: Numbers, level: Given, trend: Given
) -> tuple[Numbers, Numbers, Numbers]:
    """Sum of squared errors, last level and trend (S, C) with parameters (3, S or 1, C).

    The errors are linear in the start values: e - p u - q v, where u and v are the errors, with
    the sign turned, of a series of zeros that starts with level 1 or with trend 1. The best p and
    q solve the normal equations of two unknowns.
    """
    shape = (len(block.starts), values.shape[2])
    lines = [_Line(np.zeros(shape), np.zeros(shape)) for _ in range(3)]
    base, of_level, of_trend = lines
    given_level, given_trend = _column(level, block), _column(trend, block)
    first = block.first()[:, np.newaxis] if given_level is None else given_level
    slope = np.zeros((shape[0], 1)) if given_trend is None else given_trend
    fitted = level is None or trend is None
    sums = np.zeros((6, *shape))
    begin = block.beginning
    for period, demand in enumerate(block.demand):
        rows = begin.get(period)
        if rows is not None:
            base.level[rows], base.trend[rows] = first[rows], slope[rows]
            of_level.level[rows] = 1.0 if level is None else 0.0
            of_trend.trend[rows] = 1.0 if trend is None else 0.0
        e = base.step(demand[:, np.newaxis], values)
        sums[0] += e * e
        if fitted:
            u, v = -of_level.step(0.0, values), -of_trend.step(0.0, values)
            for at, product in enumerate((e * u, e * v, u * u, u * v, v * v), start=1):
                sums[at] += product
    unseen = block.unseen
    base.level[unseen], base.trend[unseen] = first[unseen], slope[unseen]
    if not fitted:
        return sums[0], base.level, base.trend
    ee, eu, ev, uu, uv, vv = sums
    telling = (block.counts >= TELLING)[:, np.newaxis]
    free = uu * vv - uv * uv
    solvable = telling & (free > 1e-9 * uu * vv)
    q = np.where(solvable, (ev * uu - eu * uv) / np.where(solvable, free, 1.0), 0.0)
    if level is not None:
        q = np.where(telling & (vv > 0), ev / np.where(vv > 0, vv, 1.0), 0.0)
    p = np.where(uu > 0, (eu - q * uv) / np.where(uu > 0, uu, 1.0), 0.0)
    return (
        ee - p * eu - q * ev,
        base.level + p * of_level.level + q * of_trend.level,
        base.trend + p * of_level.trend + q * of_trend.trend,
    )


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
