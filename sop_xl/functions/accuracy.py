"""How good a forecast was, and how steady demand and plan are."""

from __future__ import annotations

from sop_xl.functions.function import Function
from sop_xl.planning.performance import metrics, value_added

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
    Function("SOP_FVA", value_added.step_values, {
        "before": "Error of the step before, the naive forecast for example; or, alone, the errors"
                  " of all steps in their order.",
        "after": "Error of this step, measured in the same way.",
    }, beside=("before", "after")),
    Function("SOP_FVA_STEPS", value_added.stair_step, {
        "actual": "Actual demand, one cell for each item and month: a row, or a column.",
        "forecasts": "Forecasts of it, the naive one first: a row for each step, or a column for"
                     " each where the demand is a column.",
    }, result="a row for each step: WMAPE, value added to the step before, and to the first"),
    Function("SOP_FVA_BY", value_added.by_contributor, {
        "actual": "Actual demand, one cell for each item and month.",
        "before": "Forecast before the change, as many cells.",
        "after": "Forecast after it.",
        "contributor": "Who changed it.",
    }, beside=("actual", "before", "after", "contributor"),
        result="a row for each person: name, cells changed, share that came closer, value added"),
    Function("SOP_WATERFALL", value_added.lead_time_waterfall, {
        "actual": "Actual demand of each month; a blank where it is not known yet.",
        "snapshots": "Forecasts as they were frozen: a row for each cycle, a column for each month."
                     " A blank is none.",
        "made": "A day in the month of each cycle.",
        "months": "A day in each month.",
    }, result="a row for each lag: months, WMAPE, bias, months measured"),
    Function("SOP_CV", metrics.coefficient_of_variation, {
        "demand": "Demand, one cell for each month.",
    }),
    Function("SOP_VOLATILITY", metrics.plan_volatility, {
        "plan": "Demand plan of this cycle, one cell for each month.",
        "previous": "Plan of the cycle before for the same months.",
    }, beside=("plan", "previous")),
)
