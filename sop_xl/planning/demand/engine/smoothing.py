"""Exponential smoothing without a season: the level, and a trend that goes on or fades.

Symbols: D demand, L level, T trend, F forecast; alpha and beta smooth level and trend, phi damps
the trend. See :mod:`recursion` for history and horizon.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sop_xl.planning.demand.engine.recursion import (
    LIMITS,
    Block,
    Given,
    axis,
    column,
    flat,
    ready,
    search,
)
from sop_xl.planning.demand.engine.result import MONTHS
from sop_xl.planning.frames import Numbers

TELLING = 4
"""Observations below which no trend is fitted."""
DAMPING = (0.80, 0.98)
"""Least and greatest phi that is chosen (Hyndman and Athanasopoulos, FPP3, section 8.2)."""


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
    rates = [axis(alpha, (0.02, 0.1, 0.2, 0.3, 0.45, 0.6, 0.75, 0.9))]
    best = search(lambda values: _level(block, values, level)[0], rates, [LIMITS])
    found = _level(block, best[..., np.newaxis], level)[1]
    return flat(found[:, 0] * block.scale, horizon)


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


def _level(block: Block, values: Numbers, given: Given) -> tuple[Numbers, Numbers]:
    """Sum of squared errors and last level (S, C) of simple smoothing with alphas (1, S or 1, C).

    With the start raised by d the error of the k-th period falls by d u_k, u_k = (1 - alpha)^k:
    the best d is sum(e u) / sum(u u).
    """
    alpha, count = values[0], len(block.starts)
    start = column(given, block)
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
    rates = [axis(value, grid) for value, grid in zip(given, grids, strict=True)]
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
    given_level, given_trend = column(level, block), column(trend, block)
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
