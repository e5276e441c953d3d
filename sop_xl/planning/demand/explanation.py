"""Why a forecast is what it is, in one sentence that a planner can read."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.forecaster import FORECASTERS, SEASON
from sop_xl.planning.demand.outlook import LEVEL, Method, in_words, past
from sop_xl.planning.frames import Numbers
from sop_xl.planning.wording import count, percent

Error: TypeAlias = Callable[[Numbers, Numbers], float]
"""Error of a forecast: actual and forecast of the same periods in, a share out."""

STEADY = 0.02
"""A change from year to year below it is no trend."""
WEAK_SEASON = 0.1
"""A season that explains less is not worth a word."""


class Backtest(NamedTuple):
    """The last periods, forecast from those before them."""

    periods: int
    error: float
    error_of_last_season: float
    """The error of taking the same period of the season before."""


def explain(
    history: npt.ArrayLike, error: Error, season: int = SEASON, method: Method = "ets"
) -> npt.NDArray[np.object_]:
    """One sentence for each series: how long it is, its trend and season, the method, a backtest.

    Args:
        history: Demand in units, as for :func:`~sop_xl.planning.demand.outlook.forecast`.
        error: How the error of the backtest is measured.
        season: Periods of a season: 12 for months of a year, 1 for none.
        method: The method that is to be explained.
    """
    rows = past(history).rows
    names = FORECASTERS[method].forecast(rows, 1, LEVEL, season).methods
    told = [
        _sentence(_begun(row), name, error, season, method)
        for row, name in zip(rows, names, strict=True)
    ]
    return np.array(told, dtype=object)[:, np.newaxis]


def _sentence(
    series: Numbers, name: str, error: Error, season: int, method: Method
) -> str:
    if not len(series):
        return "No history, so the forecast is zero."
    parts = (
        _length(series, season),
        _trend(series, season),
        _season(series, season),
        f"method: {in_words(name)}",
        _tested(backtest(series, error, season, method), season),
    )
    return "; ".join(part for part in parts if part) + "."


def _length(series: Numbers, season: int) -> str:
    empty = np.count_nonzero(series == 0)
    share = f"{percent(empty / len(series))} of them" if 0 < empty < len(series) else "all"
    return (
        f"{count(len(series), _word(season))} of history,"
        f" {share} {'without' if empty else 'with'} demand"
    )


def _trend(series: Numbers, season: int) -> str:
    """The last season against the one before; without a season, the later half."""
    span = season if season > 1 else len(series) // 2
    before, latest = series[-2 * span : -span], series[-span:]
    if span < 2 or len(before) < span or before.sum() <= 0:
        return ""
    change = latest.sum() / before.sum() - 1
    what = f"the last {count(span, _word(season))}"
    if abs(change) < STEADY:
        return f"{what} as high as the {span} before"
    return f"{what} {percent(abs(change))} {'above' if change > 0 else 'below'} the {span} before"


def _season(series: Numbers, season: int) -> str:
    if season == 1:
        return ""
    strength = season_strength(series, season)
    if np.isnan(strength):
        return f"too short to tell a season of {season}"
    if strength < WEAK_SEASON:
        return "no clear season"
    return f"the season explains {percent(strength)} of the ups and downs"


def _tested(test: Backtest | None, season: int) -> str:
    if test is None:
        return "too short for a test"
    if np.isnan([test.error, test.error_of_last_season]).any():
        return f"no demand in the last {count(test.periods, _word(season))} to test it on"
    peer = {1: "the last number", SEASON: "last year's pattern"}.get(season, "the last season")
    return (
        f"tested on the last {count(test.periods, _word(season))} the error was"
        f" {percent(test.error)}, against {percent(test.error_of_last_season)} for {peer}"
    )


def season_strength(series: Numbers, season: int) -> float:
    """Share of the variance around a straight line that the means of the seasons' periods explain,
    adjusted for their number; NaN with fewer than two seasons, 0 where nothing varies.

    ``1 - (SSE_1 / (n - m - 1)) / (SSE_0 / (n - 2))``, SSE_0 of a line, SSE_1 of a line and a level
    for each of the m periods (Theil's adjusted coefficient of determination).

    >>> round(season_strength(np.tile([1.0, 2.0, 6.0], 5), 3), 6)
    1.0
    """
    number = len(series)
    if number < 2 * season or number <= season + 1:
        return np.nan
    time = np.arange(number)
    line = np.column_stack([np.ones(number), time]).astype(float)
    levels = np.column_stack([np.eye(season)[time % season], time]).astype(float)
    around = _squares(series, line)
    if around <= 1e-12 * np.sum(series**2):
        return 0.0
    left = _squares(series, levels) / (number - season - 1)
    return float(max(0.0, 1 - left / (around / (number - 2))))


def backtest(
    series: Numbers, error: Error, season: int = SEASON, method: Method = "ets"
) -> Backtest | None:
    """Forecast the last periods from those before; None where the history is too short for it.

    As many periods as a season has, at most a third of the history; what is left has to hold a
    season. The errors are NaN where they cannot be measured.
    """
    held_out = min(season if season > 1 else SEASON, len(series) // 3)
    known, actual = series[: len(series) - held_out], series[len(series) - held_out :]
    if held_out < 1 or len(known) < max(season, 3):
        return None
    errors = [
        error(actual, FORECASTERS[name].forecast(known[None, :], held_out, LEVEL, season).mean[0])
        for name in (method, "seasonal_naive")
    ]
    return Backtest(held_out, *errors)


def _begun(row: Numbers) -> Numbers:
    """A series from its first number on; a blank after it is nothing sold."""
    known = np.flatnonzero(~np.isnan(row))
    return np.nan_to_num(row[known[0] :]) if len(known) else row[:0]


def _squares(series: Numbers, design: Numbers) -> float:
    """Sum of squared residuals of a regression."""
    fitted, *_ = np.linalg.lstsq(design, series, rcond=None)
    return float(np.sum((series - design @ fitted) ** 2))


def _word(season: int) -> str:
    return {4: "quarter", SEASON: "month", 52: "week"}.get(season, "period")
