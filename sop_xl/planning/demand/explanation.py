"""Why a forecast is what it is, in one sentence that a planner can read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand import statsmodels_ets
from sop_xl.planning.demand.engine.reasons import reasons
from sop_xl.planning.demand.engine.result import Forecasts, Options
from sop_xl.planning.demand.forecaster import SEASON
from sop_xl.planning.demand.outlook import LEVEL, Method, forecasts, past
from sop_xl.planning.frames import Numbers, begun
from sop_xl.planning.wording import count, percent

MOVED = 0.005
"""A move to agree with the totals below it is not worth a word."""
STEADY = 0.02
"""A change from year to year below it is no trend."""
WEAK_SEASON = 0.1
"""A season that explains less is not worth a word."""


def explain(
    history: npt.ArrayLike, season: int = SEASON, method: Method = "weights"
) -> npt.NDArray[np.object_]:
    """Why the forecast of a history is what it is, in one sentence: its length and the periods
    without demand, trend, season, the methods with their weights, and the error of a test at
    earlier origins against that of the last season's pattern.

    Args:
        history: Demand in units, as for :func:`~sop_xl.planning.demand.outlook.forecast`.
        season: Periods of a season: 12 for months of a year, 1 for none.
        method: The method that is to be explained.
    """
    rows = past(history).rows
    found = forecasts(rows, 1, LEVEL, season, method).found
    said = [one.sentence for one in told(rows, found, method, season)]
    return np.array(said, dtype=object)[:, np.newaxis]


class Told(NamedTuple):
    """What is said of one series."""

    demand: str
    """How long its history is, its trend, its season, and what was corrected."""
    forecast: str
    """Its kind of demand, the methods with their weights, and their test."""

    @property
    def sentence(self) -> str:
        return "; ".join(part for part in self if part) + "."


def told(
    rows: Numbers,
    found: Forecasts,
    method: str,
    season: int = SEASON,
    *,
    pins: Sequence[str] | None = None,
    corrected: npt.NDArray[np.int64] | None = None,
    agreement: npt.NDArray[np.float64] | None = None,
    doubts: Sequence[str] | None = None,
    layers: Sequence[str] | None = None,
) -> list[Told]:
    """What is to be said of each series and its forecast.

    Args:
        rows: Series down, periods across, as forecast.
        found: Their forecasts.
        method: The method that was asked for.
        season: Periods of a season.
        pins: The method that planners have chosen for each series; empty for none.
        corrected: Periods of each series that are not as recorded.
        agreement: Share by which each forecast was moved to agree with the totals.
        doubts: What speaks against each forecast; empty where nothing does.
        layers: What comes on top of each forecast; empty where nothing does.
    """
    mended = np.zeros(len(rows), dtype=np.int64) if corrected is None else corrected
    if method == statsmodels_ets.NAME:
        said = [statsmodels_ets.LABEL] * len(rows)
    else:
        said = reasons(found, Options(season=season, method=method), pins=pins).tolist()
    notes = doubts if doubts is not None else [""] * len(rows)
    said = ["; ".join(filter(None, pair)) for pair in zip(said, notes, strict=True)]
    shares = np.zeros(len(rows)) if agreement is None else agreement
    said = [one + _moved(share) for one, share in zip(said, shares.tolist(), strict=True)]
    laid = layers if layers is not None else [""] * len(rows)
    return [
        _told(begun(row), reason, number, season, layer)
        for row, reason, number, layer in zip(rows, said, mended.tolist(), laid, strict=True)
    ]


def _moved(share: float) -> str:
    """By how much a forecast gave way to the totals; not worth a word below half a per cent."""
    if abs(share) < MOVED:
        return ""
    way = "up" if share > 0 else "down"
    return f"; moved {way} by {percent(abs(share))} to agree with family and company"


def _told(series: Numbers, reason: str, corrected: int, season: int, laid: str) -> Told:
    if not len(series):
        return Told("No history, so the statistical forecast is zero", laid)
    parts = (
        _length(series, season), _trend(series, season), _season(series, season),
        _corrected(corrected, season),
    )  # fmt: skip
    return Told("; ".join(filter(None, parts)), "; ".join(filter(None, (reason, laid))))


def _corrected(number: int, season: int) -> str:
    return f"{count(number, _word(season))} of the history corrected" if number else ""


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


def _squares(series: Numbers, design: Numbers) -> float:
    """Sum of squared residuals of a regression."""
    fitted, *_ = np.linalg.lstsq(design, series, rcond=None)
    return float(np.sum((series - design @ fitted) ** 2))


def _word(season: int) -> str:
    return {4: "quarter", SEASON: "month", 52: "week"}.get(season, "period")
