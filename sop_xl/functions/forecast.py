"""Statistical forecasts, their ranges and methods."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sop_xl.functions.arguments import Limits
from sop_xl.functions.function import Function
from sop_xl.planning.demand import explanation, outlook
from sop_xl.planning.demand.forecaster import SEASON
from sop_xl.planning.performance import metrics

CATEGORY = "S&OP Forecast"


def explain(
    history: npt.ArrayLike, season: int = SEASON, method: outlook.Method = "ets"
) -> npt.NDArray[np.object_]:
    """Why the forecast of a history is what it is, in one sentence: its length and the periods
    without demand, trend, season, method, and the error (WMAPE) of a test on the last periods
    against that of the last season's pattern.

    The steps of planning do not know each other: demand is explained in one, errors are measured
    in another, and here they meet.
    """
    return explanation.explain(history, metrics.wmape, season, method)


_HISTORY = (
    "Demand, the last period last: a column, a row, or a row for each series. Blanks at the end"
    " are cut off; a blank after the first number counts as nothing sold."
)
_SEASON = "Periods of a season: 12 (default) for months of a year, 1 for none."
_METHOD = (
    "ets (default): exponential smoothing, form chosen by AICc. seasonal_naive: the last season"
    " again."
)
_LIMITS = {
    "horizon": Limits(1, 366), "season": Limits(1, 53), "level": Limits(0, 1, inside=True),
}  # fmt: skip
_ABOUT_IT = {"history": _HISTORY, "season": _SEASON, "method": _METHOD}


def _limits(*names: str) -> dict[str, Limits]:
    return {name: _LIMITS[name] for name in names}


FUNCTIONS = (
    Function("SOP_FORECAST", outlook.forecast, {
        "history": _HISTORY,
        "horizon": "Periods ahead.",
        "season": _SEASON,
        "method": _METHOD,
    }, limits=_limits("horizon", "season"), result="one number for each period ahead"),
    Function("SOP_FORECAST_PI", outlook.forecast_range, {
        "history": _HISTORY,
        "horizon": "Periods ahead.",
        "level": "Share of outcomes that the range should hold: 0.8 (default) for 80 %.",
        "season": _SEASON,
        "method": _METHOD,
    }, limits=_limits("horizon", "level", "season"),
        result="low and high for each period ahead, beside each other or below each other"),
    Function("SOP_METHOD", outlook.method_in_words, _ABOUT_IT, limits=_limits("season"),
             result="a text for each series"),
    Function("SOP_EXPLAIN", explain, _ABOUT_IT, limits=_limits("season"),
             result="a sentence for each series"),
)
