"""How good a forecast was, and how steady demand and plan are."""

from __future__ import annotations

from sop_xl.functions.function import Function
from sop_xl.planning.performance import metrics

CATEGORY = "S&OP Accuracy"

_ACTUAL = "Actual demand, one cell for each month."
_FORECAST = "Forecast of it, as many cells."
_SIGN = "F-A (default): positive is over-forecast. A-F: the other way round."
_PAIR = {"actual": _ACTUAL, "forecast": _FORECAST}
_TOGETHER = ("actual", "forecast")

FUNCTIONS = (
    Function("SOP_WMAPE", metrics.wmape, _PAIR, beside=_TOGETHER),
    Function("SOP_FCST_ACC", metrics.forecast_accuracy, _PAIR, beside=_TOGETHER),
    Function("SOP_MAPE", metrics.mape, _PAIR, beside=_TOGETHER),
    Function("SOP_MASE", metrics.mase, {
        **_PAIR,
        "training": "History that the forecast was made from, oldest first.",
        "season": "Months of a season: 12, or 1 (default) for none.",
    }, beside=_TOGETHER),
    Function("SOP_BIAS", metrics.bias, {**_PAIR, "sign": _SIGN}, beside=_TOGETHER),
    Function("SOP_TRACKING", metrics.tracking_signal, {**_PAIR, "sign": _SIGN}, beside=_TOGETHER),
    Function("SOP_FVA", metrics.forecast_value_added, {
        "before": "Error of the step before, the naive forecast for example.",
        "after": "Error of this step, measured in the same way.",
    }, beside=("before", "after")),
    Function("SOP_CV", metrics.coefficient_of_variation, {
        "demand": "Demand, one cell for each month.",
    }),
    Function("SOP_VOLATILITY", metrics.plan_volatility, {
        "plan": "Demand plan of this cycle, one cell for each month.",
        "previous": "Plan of the cycle before for the same months.",
    }, beside=("plan", "previous")),
)
