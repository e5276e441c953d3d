"""The plain methods that every planner knows: the last value, last year again, means, the drift.

As everywhere, for a whole block of series at once: see :mod:`recursion` for history and horizon.
Symbols: D demand, F forecast.
"""

from __future__ import annotations

import numpy as np

from sop_xl.planning.demand.engine.recursion import flat, ready, total
from sop_xl.planning.demand.engine.result import MONTHS
from sop_xl.planning.frames import Numbers


def naive(history: Numbers, horizon: int, season: int = MONTHS) -> Numbers:
    """The last observation again.

    >>> naive(np.array([[np.nan, 3.0, 5.0]]), 2)
    array([[5., 5.]])
    """
    del season
    return flat(_tail(history, 1)[:, -1], horizon)


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
    return flat(average * block.scale, horizon)


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


def _tail(history: Numbers, length: int) -> Numbers:
    """(S, length) The last periods; zero where nothing is known."""
    known = np.nan_to_num(history[:, max(history.shape[1] - length, 0) :])
    missing = np.zeros((len(history), length - known.shape[1]))
    return np.hstack([missing, known])
