"""Service, output, equipment and the process itself."""

from __future__ import annotations

from sop_xl.functions.arguments import Limits
from sop_xl.functions.function import Function
from sop_xl.planning.performance import fulfilment, maturity, metrics

CATEGORY = "S&OP Service"

_OUTPUT = ("actual_output", "planned_output")

FUNCTIONS = (
    Function("SOP_ADHERENCE", metrics.plan_adherence, {
        "actual_output": "Units made.",
        "planned_output": "Units planned.",
    }, beside=_OUTPUT),
    Function("SOP_ADHERENCE_ITEM", fulfilment.item_adherence, {
        "actual_output": "Units made, one cell for each item.",
        "planned_output": "Units planned, as many cells.",
    }, beside=_OUTPUT),
    Function("SOP_SCHED_ADH", metrics.schedule_adherence, {
        "actual_output": "Units made, one cell for each item.",
        "planned_output": "Units planned, as many cells.",
    }, beside=_OUTPUT),
    Function("SOP_SERVICE", metrics.service_level, {
        "on_time": "Order lines fulfilled on time.",
        "due": "Order lines due.",
    }, beside=("on_time", "due")),
    Function("SOP_OTIF", metrics.otif, {
        "on_time_in_full": "Deliveries on time and in full.",
        "deliveries": "Deliveries.",
    }, beside=("on_time_in_full", "deliveries")),
    Function("SOP_OTIF_LINES", fulfilment.line_service, {
        "ordered": "Units ordered, one cell for each order line.",
        "due": "Day requested or promised; a line without one is left out.",
        "delivered": "Day of delivery; a blank where it is open.",
        "shipped": "Units delivered; all that was ordered where left out.",
        "show": "otif (default), on time, or in full.",
        "count": "lines (default): a line counts as one. units: it counts with its units.",
    }, beside=("ordered", "due", "delivered", "shipped"), limits={
        "ordered": Limits(0), "shipped": Limits(0),
    }),
    Function("SOP_PERFECT", fulfilment.perfect_order, {
        "complete": "TRUE, 1 or x for an order that was delivered in full, one cell for each.",
        "on_time": "The same for one that came on the committed day.",
        "documents": "The same for one whose papers and invoice were right.",
        "condition": "The same for one that was undamaged and as ordered.",
    }, beside=("complete", "on_time", "documents", "condition")),
    Function("SOP_STOCKOUT", fulfilment.stock_out_rate, {
        "stock": "Units on hand, one cell for each item and period.",
        "demand": "Units wanted in it, as many cells.",
    }, beside=("stock", "demand")),
    Function("SOP_SELLTHRU", fulfilment.sell_through, {
        "sold": "Units sold in the period, net of returns.",
        "received": "Units received in it.",
        "opening": "Units on hand at its start; none if left out.",
    }, beside=("sold", "received", "opening")),
    Function("SOP_FLOW", fulfilment.timely_flow, {
        "left": "Day on which each shipment left, one cell for each.",
        "arrived": "Day on which it arrived; a blank where it has not.",
        "allowed": "Days that it may take, for each or for all.",
    }, beside=("left", "arrived", "allowed"), limits={"allowed": Limits(0)}),
    Function("SOP_FILL", metrics.fill_rate, {
        "filled": "Units shipped on time, one cell for each item or order line.",
        "demanded": "Units ordered, as many cells.",
    }, beside=("filled", "demanded")),
    Function("SOP_UTIL", metrics.utilisation, {
        "load": "Load in hours.",
        "available": "Available hours.",
    }, beside=("load", "available")),
    Function("SOP_OEE", metrics.oee, {
        "planned_time": "Shift less breaks, in minutes.",
        "run_time": "Planned time less stops, in minutes.",
        "ideal_rate": "Units per minute at best.",
        "total": "Units made.",
        "good": "Units that were right the first time.",
    }),
    Function("SOP_CLOSURE", metrics.decision_closure, {
        "closed": "Actions closed.",
        "due": "Actions due.",
    }, beside=("closed", "due")),
    Function("SOP_CADENCE", fulfilment.cadence, {
        "planned": "Day of each meeting as planned.",
        "held": "Day on which it was held; a blank where it was not.",
    }, beside=("planned", "held")),
    Function("SOP_MATURITY", maturity.maturity, {
        "stages": "Stage of each dimension: 1 ad hoc, 2 basic, 3 standard, 4 advanced,"
                  " 5 best-in-class.",
        "rule": "mean (default): the level is the mean rounded down. weakest: that of the weakest"
                " dimension.",
        "show": "score (default): the mean. level: its number, 1 to 5. stage: its name.",
    }, limits={"stages": Limits(1, 5)}),
)  # fmt: skip
