"""What a forecast is made from, and what is laid on it: pipeline, events, launches, orders."""

from __future__ import annotations

from sop_xl.functions.arguments import Limits
from sop_xl.functions.function import Function
from sop_xl.planning.demand import events, netting, new_product, pipeline
from sop_xl.planning.demand.cleansing.outliers import clean

CATEGORY = "S&OP Demand"

_SERIES = "a column, a row, or a row for each series"

FUNCTIONS = (
    Function("SOP_WPIPELINE", pipeline.weighted_pipeline, {
        "values": "Value or quantity of each open deal.",
        "probabilities": "Chance of winning each, from 0 to 1: 0.6 for 60 %.",
        "close": "Days on which the deals should close; needed for months.",
        "months": "Days of the calendar months wanted; all deals in one sum if left out.",
    }, beside=("values", "probabilities", "close"), limits={"probabilities": Limits(0, 1)},
        result="one number, or one for each month"),
    Function("SOP_CLEAN", clean, {
        "history": "Demand, the last period last: a column, a row, or a row for each series. Blanks"
                   " at the end are cut off, others stay blank.",
        "season": "Periods of a season: 12 (default) for months of a year, 1 for none.",
        "score": "Robust z-score from which a period is an outlier: 6 (default); from 4 on it is"
                 " worth a look.",
    }, limits={"season": Limits(1, 53), "score": Limits(1)},
        result="one number for each period of the history"),
    Function("SOP_EVENT_LIFT", events.event_lift, {
        "baseline": f"Demand without the event, in units: {_SERIES}.",
        "uplift": "Consumption in addition as a share of the baseline, 0.1 for 10 % more; blank or"
                  " zero in months without an event.",
        "forward_buy": "Share of each of the next months that is bought early: 0 (default), one"
                       " number for all months of an event, or one for each month.",
        "months_ahead": "Months from which demand is bought early: 2 (default).",
    }, limits={"uplift": Limits(-1), "forward_buy": Limits(0, 1)},
        result="units that the event adds, one number for each month"),
    Function("SOP_NPI", new_product.new_product, {
        "like_history": f"Demand of a product that the new one resembles, in units: {_SERIES}.",
        "share": "Full demand of the new product as a share of the like item's: 0.5 for half.",
        "ramp": "Shares of full demand from the first period of sale on, the last goes on; or one"
                " number, 1 or more: periods in which demand rises in equal steps.",
        "horizon": "Periods ahead.",
        "first": "Period ahead in which the sale begins: 1 (default).",
        "season": "Periods of a season: 12 (default) for months of a year, 1 for none.",
    }, limits={"share": Limits(0), "ramp": Limits(0), "horizon": Limits(1, 366),
               "first": Limits(1), "season": Limits(1, 53)},
        result="one number for each period ahead"),
    Function("SOP_NETFCST", netting.net_forecast, {
        "forecast": f"Gross forecast in units: {_SERIES}. A blank is none.",
        "orders": "Booked orders in units in the period in which they are due, as many cells. A"
                  " blank is none.",
        "early": "Earlier periods whose forecast an order may consume: 0 (default) or more.",
        "late": "Later periods whose forecast an order may consume: 0 (default) or more.",
    }, limits={"early": Limits(0), "late": Limits(0)}, result="one number for each period"),
)  # fmt: skip
