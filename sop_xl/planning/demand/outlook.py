"""Forecasts for the ranges of a sheet: the mean, its range and the method in words.

A range holds one series in each row, or one series down a column, the last period last. Blanks
after the last number of all series are the periods to come and are cut off; a series begins with
its first number, and a blank after that counts as nothing sold.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import Series, series
from sop_xl.planning.demand import forecaster, statsmodels_ets
from sop_xl.planning.demand.engine import Forecasts
from sop_xl.planning.demand.engine import cumulative as sums_ahead
from sop_xl.planning.demand.engine.panel import LARGEST
from sop_xl.planning.demand.forecaster import SEASON, Forecast, made_of
from sop_xl.planning.frames import Numbers

Method: TypeAlias = Literal[
    "weights", "simple",
    "ets", "dynamic_theta", "theta", "ar", "seasonal_ar", "pooled", "group_season",
    "ses", "damped_holt", "moving_average", "tsb", "imapa", "sba", "croston",
    "naive", "seasonal_naive", "mean", "drift", "holt", "winters", "decomposition",
    "statsmodels_ets",
]  # fmt: skip
LEVEL = 0.8
"""Share of outcomes that the range holds, as in the plan."""

LONGEST = 1_200
"""Periods of the longest history that is looked at: a hundred years of months."""


def forecast(
    history: npt.ArrayLike, horizon: int, season: int = SEASON, method: Method = "weights"
) -> npt.NDArray[np.generic]:
    """Statistical forecast of the periods after a history, the mean of each, in units: upright for
    an upright history, a row for each row.

    Args:
        history: Demand in units, the last period last; blanks at the end are cut off, others after
            the first number count as zero.
        horizon: Periods ahead.
        season: Periods of a season: 12 for months of a year, 1 for none.
        method: ``weights`` of all methods that serve, ``simple`` for the best of the simple ones,
            or one method by name.

    >>> forecast([[3.0], [5.0], [4.0]], 2).round(2).tolist()
    [[4.0], [4.0]]
    """
    given = past(history)
    found = forecasts(given.rows, horizon, LEVEL, season, method)
    return given.like(found.mean)


def forecast_range(
    history: npt.ArrayLike,
    horizon: int,
    level: float = LEVEL,
    season: int = SEASON,
    method: Method = "weights",
    cumulative: bool = False,
) -> npt.NDArray[np.generic]:
    """Range of a statistical forecast, in units: the low and the high end for each period, or for
    the sum up to it, in two columns for an upright history, else in two rows for each row.

    Args:
        history: As for :func:`forecast`.
        horizon: Periods ahead.
        level: Share of outcomes that the range should hold, 0.8 for example.
        season: Periods of a season: 12 for months of a year, 1 for none.
        method: As for :func:`forecast`.
        cumulative: Whether the range is of the demand from the first period ahead to each one, over
            a lead time for example, instead of each period alone.

    >>> forecast_range([7.0] * 12, 2).tolist()
    [[7.0, 7.0], [7.0, 7.0]]
    >>> forecast_range([7.0] * 12, 2, cumulative=True).tolist()
    [[7.0, 14.0], [7.0, 14.0]]
    """
    given = past(history)
    found = forecasts(given.rows, horizon, level, season, method)
    low, high = _of_sums(found.found, level) if cumulative else (found.low, found.high)
    ends = np.stack([low, high], axis=1).reshape(-1, horizon)
    return ends.T if given.upright else ends


def _of_sums(found: Forecasts, level: float) -> tuple[Numbers, Numbers]:
    """Low and high of the sums up to each period.

    Raises:
        ValueError: The method has no backtest to learn them from.
    """
    if statsmodels_ets.NAME in found.members:
        raise ValueError("statsmodels_ets has no backtest, which ranges of sums are learned from")
    sums, at = sums_ahead(found), found.levels.index(level)
    return sums.low[at], sums.high[at]


def method_in_words(
    history: npt.ArrayLike, season: int = SEASON, method: Method = "weights"
) -> npt.NDArray[np.object_]:
    """Method by which a history is forecast, in words; one for each row.

    Args:
        history: As for :func:`forecast`.
        season: Periods of a season: 12 for months of a year, 1 for none.
        method: As for :func:`forecast`.

    >>> method_in_words([7.0, 9.0] * 12, method="seasonal_naive").tolist()
    [["last year's pattern"]]
    """
    found = forecasts(past(history).rows, 1, LEVEL, season, method).found
    told = [made_of(found, at) for at in range(len(found.mean))]
    return np.array(told, dtype=object)[:, np.newaxis]


def past(history: npt.ArrayLike) -> Series:
    """The series of a history up to the last number; an infinite one is none.

    Raises:
        ValueError: There is no number at all, or the history is too long.
    """
    given = series(history)
    given = given._replace(rows=np.where(np.abs(given.rows) < LARGEST, given.rows, np.nan))
    held = np.flatnonzero(~np.isnan(given.rows).all(axis=0))
    if not len(held):
        raise ValueError("the history holds no number")
    if held[-1] >= LONGEST:
        raise ValueError(f"the history has {held[-1] + 1:,} periods; give the last {LONGEST:,}")
    return given._replace(rows=given.rows[:, : held[-1] + 1])


def forecasts(
    rows: Numbers, horizon: int, level: float, season: int, method: Method
) -> Forecast:
    """Forecast of series as the plan makes them; a gap after the first number is nothing sold."""
    begun = np.logical_or.accumulate(~np.isnan(rows), axis=1)
    series_of = np.where(begun, np.nan_to_num(rows), np.nan)
    return forecaster.forecast(series_of, horizon, method, level, season)
