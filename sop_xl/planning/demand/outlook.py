"""Forecasts for the ranges of a sheet: the mean, its range and the method in words.

A range holds one series in each row, or one series down a column, the last period last. Blanks
after the last number of all series are the periods to come and are cut off; a series begins with
its first number, and a blank after that counts as nothing sold.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.forecaster import FORECASTERS, SEASON, Forecast
from sop_xl.planning.ranges import Series, series

Method: TypeAlias = Literal["ets", "seasonal_naive"]
LEVEL = 0.8
"""Share of outcomes that the range holds, as in the plan."""

LONGEST = 1_200
"""Periods of the longest history that is looked at: a hundred years of months."""

_TRENDS = {"N": "no trend", "A": "a trend", "Ad": "a damped trend"}
_SEASONS = {
    "N": "no season",
    "A": "a season of steady size",
    "M": "a season that grows with demand",
}
_IN_WORDS = {
    "no history": "no history: zero",
    "nothing sold for a year": "nothing sold for a year: zero",
    "nothing sold lately": "nothing sold lately: zero",
    "constant": "the same number as ever",
    "mean": "the mean, for the history is short",
    "seasonal naive": "the same period of the last season",
    "naive": "the last number",
}


def forecast(
    history: npt.ArrayLike, horizon: int, season: int = SEASON, method: Method = "ets"
) -> npt.NDArray[np.generic]:
    """Statistical forecast of the periods after a history, the mean of each, in units: upright for
    an upright history, a row for each row.

    Args:
        history: Demand in units, the last period last; blanks at the end are cut off, others after
            the first number count as zero.
        horizon: Periods ahead.
        season: Periods of a season: 12 for months of a year, 1 for none.
        method: ``ets``, exponential smoothing whose form is chosen by AICc, or
            ``seasonal_naive``, the last season again.

    >>> forecast([[3.0], [5.0], [4.0]], 2).tolist()
    [[4.0], [4.0]]
    """
    given, found = _forecast(history, horizon, LEVEL, season, method)
    return given.like(found.mean)


def forecast_range(
    history: npt.ArrayLike,
    horizon: int,
    level: float = LEVEL,
    season: int = SEASON,
    method: Method = "ets",
) -> npt.NDArray[np.generic]:
    """Range of a statistical forecast, in units: the low and the high end for each period, in two
    columns for an upright history, else in two rows for each row.

    Args:
        history: As for :func:`forecast`.
        horizon: Periods ahead.
        level: Share of outcomes that the range should hold, 0.8 for example.
        season: Periods of a season: 12 for months of a year, 1 for none.
        method: As for :func:`forecast`.

    >>> forecast_range([7.0] * 12, 2).tolist()
    [[7.0, 7.0], [7.0, 7.0]]
    """
    given, found = _forecast(history, horizon, level, season, method)
    ends = np.stack([found.low, found.high], axis=1).reshape(-1, horizon)
    return ends.T if given.upright else ends


def method_in_words(
    history: npt.ArrayLike, season: int = SEASON, method: Method = "ets"
) -> npt.NDArray[np.object_]:
    """Method by which a history is forecast, in words; one for each row.

    Args:
        history: As for :func:`forecast`.
        season: Periods of a season: 12 for months of a year, 1 for none.
        method: As for :func:`forecast`.

    >>> method_in_words([7.0] * 12).tolist()
    [['the same number as ever']]
    """
    _, found = _forecast(history, 1, LEVEL, season, method)
    return np.array([[in_words(name)] for name in found.methods], dtype=object)


def in_words(method: str) -> str:
    """The name that a forecaster gives its method, in words; unknown names as they are.

    >>> in_words("ETS(M,Ad,M)")
    'exponential smoothing with a damped trend and a season that grows with demand, ETS(M,Ad,M)'
    """
    form = re.fullmatch(r"ETS\([AM],(N|A|Ad),([NAM])\)", method)
    if not form:
        return _IN_WORDS.get(method, method)
    trend, season = _TRENDS[form[1]], _SEASONS[form[2]]
    return f"exponential smoothing with {trend} and {season}, {method}"


def past(history: npt.ArrayLike) -> Series:
    """The series of a history up to the last number.

    Raises:
        ValueError: There is no number at all, or the history is too long.
    """
    given = series(history)
    held = np.flatnonzero(~np.isnan(given.rows).all(axis=0))
    if not len(held):
        raise ValueError("the history holds no number")
    if held[-1] >= LONGEST:
        raise ValueError(f"the history has {held[-1] + 1:,} periods; give the last {LONGEST:,}")
    return given._replace(rows=given.rows[:, : held[-1] + 1])


def _forecast(
    history: npt.ArrayLike, horizon: int, level: float, season: int, method: Method
) -> tuple[Series, Forecast]:
    given = past(history)
    return given, FORECASTERS[method].forecast(given.rows, horizon, level, season)
