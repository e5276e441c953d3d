"""Service, output, equipment and the process itself."""

from __future__ import annotations

from sop_xl.functions.arguments import Limits
from sop_xl.functions.function import Function
from sop_xl.planning.performance import maturity, metrics

CATEGORY = "S&OP Service"

_OUTPUT = ("actual_output", "planned_output")

FUNCTIONS = (
    Function("SOP_ADHERENCE", metrics.plan_adherence, {
        "actual_output": "Units made.",
        "planned_output": "Units planned.",
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
    Function("SOP_MATURITY", maturity.maturity, {
        "stages": "Stage of each dimension: 1 ad hoc, 2 basic, 3 standard, 4 advanced,"
                  " 5 best-in-class.",
        "rule": "mean (default): the level is the mean rounded down. weakest: that of the weakest"
                " dimension.",
        "show": "score (default): the mean. level: its number, 1 to 5. stage: its name.",
    }, limits={"stages": Limits(1, 5)}),
)  # fmt: skip
