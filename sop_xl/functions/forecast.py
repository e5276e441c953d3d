"""Statistical forecasts, their ranges and methods."""

from __future__ import annotations

from sop_xl.functions.arguments import Limits
from sop_xl.functions.function import Function
from sop_xl.planning.demand import explanation, outlook, smoothed

CATEGORY = "S&OP Forecast"


_HISTORY = (
    "Demand, the last period last: a column, a row, or a row for each series. Blanks at the end"
    " are cut off; a blank after the first number counts as nothing sold."
)
_SEASON = "Periods of a season: 12 (default) for months of a year, 1 for none."
_METHOD = (
    "weights (default): all methods that serve, by their backtest. simple: the best of the simple"
    " ones. Or one method by name."
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
        "cumulative": "TRUE: of the demand from the first period ahead to each one, over a lead"
                      " time for example. FALSE (default): of each period alone.",
    }, limits=_limits("horizon", "level", "season"),
        result="low and high for each period ahead, beside each other or below each other"),
    Function("SOP_SMOOTH", smoothed.smoothed, {
        "history": "Demand, the last period last: a column, a row, or a row for each series. Blanks"
                   " at the end are cut off; another one tells nothing.",
        "alpha": "Smooths the level, from 0 (never moves) to 1 (the last demand).",
        "beta": "Smooths the trend, from 0 to 1; left out: no trend.",
        "gamma": "Smooths the season, from 0 to 1; left out: no season.",
        "horizon": "Periods ahead: 1 (default) or more.",
        "level": "Level before the first period; left out: the first demand, with a trend that of"
                 " the straight line through the history.",
        "trend": "Trend before the first period, units a period; left out: that of the line.",
        "factors": "Factors of the first season, 1.2 for 20 % above the line; left out: those of"
                   " the static method.",
        "season": "Periods of a season where no factors are given: 12 (default).",
    }, limits=_limits("horizon") | dict.fromkeys(("alpha", "beta", "gamma"), Limits(0, 1))
        | {"season": Limits(2, 53)},
        result="one number for each period of the history and each one ahead"),
    Function("SOP_METHOD", outlook.method_in_words, _ABOUT_IT, limits=_limits("season"),
             result="a text for each series"),
    Function("SOP_EXPLAIN", explanation.explain, _ABOUT_IT, limits=_limits("season"),
             result="a sentence for each series"),
)
