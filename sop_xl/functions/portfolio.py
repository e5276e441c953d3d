"""Classes of the items of a portfolio."""

from __future__ import annotations

from sop_xl.functions.arguments import Limits
from sop_xl.functions.function import Function
from sop_xl.planning.data import classes

CATEGORY = "S&OP Portfolio"

_SHARE, _CV = Limits(0, 1), Limits(0)

FUNCTIONS = (
    Function("SOP_ABCXYZ", classes.abc_xyz, {
        "demand": "Demand in units: items down, months across, the last month last.",
        "unit_values": "Price or cost of one unit, one cell for each item; 1 for all if left out.",
        "a_share": "Share of the value up to which items are A: 0.8 if left out.",
        "b_share": "Share of the value up to which items are B: 0.95 if left out.",
        "x_limit": "Coefficient of variation up to which items are X: 0.5 if left out.",
        "y_limit": "Coefficient of variation up to which items are Y: 1 if left out.",
    }, limits={"a_share": _SHARE, "b_share": _SHARE, "x_limit": _CV, "y_limit": _CV},
        result="a text for each item"),
)  # fmt: skip
