"""The rolling origins: from where in the past the members are tested, and how they did.

At each origin everything - seasons, parameters, the regression over all series - is reckoned from
what was known then (Tashman, Out-of-sample tests of forecasting accuracy: an analysis and review,
International Journal of Forecasting 16, 2000).
"""

from __future__ import annotations

import warnings

import numpy as np

from sop_xl.planning.demand.engine.members import FEWEST
from sop_xl.planning.demand.engine.panel import Counts, Flags
from sop_xl.planning.frames import Numbers

TYPICAL = 0.25
"""The origins suit the series at the lower quartile of lengths; shorter ones are tested at some
or at none."""

APART = 2
"""Periods between origins, at least, where the series bear it."""


def cuts(count: Counts, horizon: int, season: int, origins: int) -> list[int]:
    """Periods held back, descending: the horizon, and equal shares of it.

    For a short horizon more is held back, so that the origins lie apart: one period tells little.
    Two seasons and two periods should be left for a fit; where the series are too short for that,
    a third of them is held back.

    Example:
        >>> cuts(np.array([48, 48, 40]), 12, 12, 3), cuts(np.array([9]), 12, 12, 3)
        ([12, 8, 4], [3, 2, 1])
        >>> cuts(np.array([48]), 1, 12, 3)
        [6, 4, 2]
    """
    if not len(count) or origins < 1:
        return []
    length = int(np.quantile(count, TYPICAL, method="lower"))
    wanted = max(horizon, APART * origins)
    longest = min(wanted, max(length - 2 * season - 2, length // 3), length - FEWEST)
    shares = (longest * (origins - i) / origins for i in range(origins))
    return sorted({max(1, round(share)) for share in shares}, reverse=True) if longest > 0 else []


def tested(count: Counts, cuts: list[int], season: int) -> Flags:
    """(O, S) Whether a series is tested at an origin.

    It is if two seasons and two periods were known, and, where none of the farther origins leaves
    so much, if half of the series was: near origins alone say nothing of farther periods.

    Example:
        >>> tested(np.array([48, 30]), [12, 8, 4], 12)  # of 48: 36, 40, 44; of 30: 18, 22, 26
        array([[ True,  True],
               [ True,  True],
               [ True,  True]])
        >>> tested(np.array([36]), [12, 8, 4], 12)[:, 0]  # 24 are less than two seasons and two
        array([False,  True,  True])
    """
    left = count - np.array(cuts, dtype=np.int64)[:, np.newaxis]
    full = left >= 2 * season + 2
    half = (left >= FEWEST) & (2 * left >= count)
    far = 2 * np.array(cuts, dtype=np.int64) >= max(cuts, default=0)
    any_full = full[far].any(axis=0) if len(cuts) else np.zeros(len(count), dtype=bool)
    return np.where(any_full, full, half)


def mean(values: Numbers, axis: int | tuple[int, ...]) -> Numbers:
    """The mean of what is known; NaN where nothing is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        average: Numbers = np.nanmean(values, axis=axis)
    return average


def wape(forecasts: list[Numbers], actual: list[Numbers]) -> Numbers:
    """Sum of absolute errors over sum of absolute demand, over all origins.

    Args:
        forecasts: (..., s, cut) at each origin (more of them than ``actual`` are left out).
        actual: (s, cut); NaN where a series is not tested.

    Returns:
        (..., s); NaN where nothing was tested or nothing came.
    """
    off, size = np.zeros(forecasts[0].shape[:-1]), np.zeros(forecasts[0].shape[:-1])
    for forecast, came in zip(forecasts, actual, strict=False):
        fair = np.isfinite(came)
        off = off + np.where(fair, np.abs(forecast - came), 0.0).sum(axis=-1)
        size = size + np.where(fair, np.abs(came), 0.0).sum(axis=-1)
    return np.where(size > 0, off / np.where(size > 0, size, 1.0), np.nan)
