"""Spreading a total over its parts."""

from __future__ import annotations

from sop_xl.functions.arguments import Limits
from sop_xl.functions.function import Function
from sop_xl.planning import spreading

CATEGORY = "S&OP Spreading"

FUNCTIONS = (
    Function("SOP_DISAGG", spreading.spread, {
        "total": "What the parts sum to; one number, or one for each row of the basis.",
        "basis": "Weights from zero up, the plan so far for example: a column, a row, or a row for"
                 " each total. A blank weighs nothing.",
        "locks": "TRUE, 1 or x where the cell keeps its basis; as many cells as the basis.",
        "decimals": "Decimals of the parts, 0 for whole units; not rounded if left out.",
    }, beside=("basis", "locks"), limits={"basis": Limits(0), "decimals": Limits(0, 6)},
        result="the parts, as the basis stands"),
)  # fmt: skip
