"""Exponential smoothing with constants and start values of one's own, as textbooks do it.

Symbols: D demand, L level, T trend, S seasonal factor, F the forecast made one period before;
alpha, beta, gamma smooth level, trend and season.

    F_t = (L_{t-1} + T_{t-1}) S_t
    L_t = alpha D_t / S_t + (1 - alpha) (L_{t-1} + T_{t-1})
    T_t = beta (L_t - L_{t-1}) + (1 - beta) T_{t-1}
    S_{t+p} = gamma D_t / L_t + (1 - gamma) S_t

(Chopra and Meindl, Supply Chain Management, section 7.5; p the periods of a season.) Without beta
T is 0, without gamma S is 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.winters import decompose
from sop_xl.planning.demand.forecaster import SEASON
from sop_xl.planning.demand.outlook import past
from sop_xl.planning.frames import Numbers


class _Start(NamedTuple):
    """L_0, T_0 and S of the first season."""

    level: npt.NDArray[np.float64]
    """(S,)"""
    trend: npt.NDArray[np.float64]
    """(S,)"""
    factors: Numbers
    """(S, season)"""


def smoothed(
    history: npt.ArrayLike,
    alpha: float,
    beta: float | None = None,
    gamma: float | None = None,
    horizon: int = 1,
    level: float | None = None,
    trend: float | None = None,
    factors: npt.ArrayLike | None = None,
    season: int = SEASON,
) -> npt.NDArray[np.generic]:
    """Exponential smoothing by your own constants, in units: the forecast of each period of the
    history, made one period before, and then of the periods ahead. Simple with alpha alone, Holt
    with beta, Winters (factors multiply) with gamma too.

    Args:
        history: Demand in units, the last period last. A blank tells nothing: level and trend go
            on without it.
        alpha: Smooths the level.
        beta: Smooths the trend; no trend if not given.
        gamma: Smooths the season; no season if not given.
        horizon: Periods ahead.
        level: L_0, of the period before the first one. The first demand if not given; with a trend
            that of the straight line through the history, with a season of its line without season.
        trend: T_0, units a period; that of the same line if not given.
        factors: S of the first season, 1.2 for 20 % above the line; those of the static method if
            not given.
        season: Periods of a season, where no factors are given.

    Raises:
        ValueError: Start values are missing that the history does not tell, or do not fit.

    >>> smoothed([180.0, 168.0], 0.1, level=175.0).round(4).tolist()  # Heizer, Port of Baltimore
    [175.0, 175.5, 174.75]
    """
    given = past(history)
    start = _start(given.rows, beta, gamma, level, trend, factors, season)
    found = _recursion(given.rows, (alpha, beta or 0.0, gamma or 0.0), start, horizon)
    return given.like(found)


def _start(
    rows: Numbers,
    beta: float | None,
    gamma: float | None,
    level: float | None,
    trend: float | None,
    factors: npt.ArrayLike | None,
    season: int,
) -> _Start:
    count = len(rows)
    if gamma is not None and beta is None:
        raise ValueError("gamma needs beta; 0 for a trend that stays as it is")
    for name, value, needed in (("trend", trend, beta), ("factors", factors, gamma)):
        if value is not None and needed is None:
            raise ValueError(f"{name} needs {'beta' if name == 'trend' else 'gamma'}")
    ones = np.ones((count, 1))
    if beta is None:
        first = rows[np.arange(count), (~np.isnan(rows)).argmax(axis=1)]
        known = np.nan_to_num(first)
        return _Start(known if level is None else np.full(count, level), np.zeros(count), ones)
    own = ones if gamma is None else _factors(rows, factors, season)
    if level is None or trend is None:
        line = _line(rows, season if gamma is not None else 1)
    else:
        line = np.zeros(count), np.zeros(count)
    return _Start(
        line[0] if level is None else np.full(count, level),
        line[1] if trend is None else np.full(count, trend),
        own,
    )


def _factors(rows: Numbers, factors: npt.ArrayLike | None, season: int) -> Numbers:
    if factors is not None:
        cells = np.asarray(factors, dtype=float).ravel()
        if not len(cells) or not (cells > 0).all():
            raise ValueError("factors have to be numbers above 0, one for each period of a season")
        return np.broadcast_to(cells, (len(rows), len(cells))).copy()
    found = decompose(_whole(rows, season), season)
    if not found.multiplicative.all() or not (found.factors > 0).all():
        raise ValueError("factors that multiply need demand above 0 in every period")
    return found.factors


def _line(rows: Numbers, season: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Level before the first period and trend of the line through demand without season."""
    found = decompose(_whole(rows, season), season)
    return found.level, found.trend


def _whole(rows: Numbers, season: int) -> Numbers:
    if np.isnan(rows).any():
        raise ValueError("the history has blanks: give the start values level, trend and factors")
    if rows.shape[1] < 2 * season:
        few = f"{rows.shape[1]} periods are too few to start from"
        raise ValueError(f"{few}: {2 * season} are needed, or the start values")
    return rows


def _recursion(
    rows: Numbers, rates: tuple[float, float, float], start: _Start, horizon: int
) -> Numbers:
    """(S, T + horizon)"""
    alpha, beta, gamma = rates
    level, trend, factors = start.level.copy(), start.trend.copy(), start.factors.copy()
    count, periods = rows.shape
    season = factors.shape[1]
    found = np.empty((count, periods + horizon))
    for at, demand in enumerate(rows.T):
        factor = factors[:, at % season]
        line = level + trend
        found[:, at] = line * factor
        seen = ~np.isnan(demand)
        new = np.where(seen, alpha * demand / factor + (1 - alpha) * line, line)
        trend = np.where(seen, beta * (new - level) + (1 - beta) * trend, trend)
        level = new
        if gamma:
            sound = seen & (level > 0)
            own = np.where(sound, demand, factor) / np.where(sound, level, 1.0)
            moved = gamma * own + (1 - gamma) * factor
            factors[:, at % season] = np.where(sound & (moved > 0), moved, factor)
    ahead = np.arange(periods, periods + horizon)
    line = level[:, np.newaxis] + trend[:, np.newaxis] * np.arange(1, horizon + 1)
    found[:, periods:] = line * factors[:, ahead % season]
    return found
