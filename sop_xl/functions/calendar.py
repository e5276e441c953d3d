"""Fiscal calendar, working days and units."""

from __future__ import annotations

from sop_xl.functions.arguments import Limits
from sop_xl.functions.function import Function
from sop_xl.planning import fiscal, units

CATEGORY = "S&OP Calendar"

_DAYS = "Days: dates, or numbers of days as Excel counts them."
_YEAR_START = "Month in which the fiscal year starts: 1 (default) to 12."
_PATTERN = "months (default), or the weeks in the periods of a quarter: 4-4-5, 4-5-4 or 5-4-4."
_MONTHS = Limits(1, 12)

FUNCTIONS = (
    Function("SOP_FISCAL", fiscal.fiscal, {
        "days": _DAYS,
        "year_start": _YEAR_START,
        "pattern": _PATTERN,
        "part": "label (default): FY2027 P03. year, quarter or period: its number. start or end:"
                " first or last day of the period.",
    }, limits={"year_start": _MONTHS}, result="a text, a number or a date for each day"),
    Function("SOP_WORKDAYS", fiscal.workdays, {
        "days": _DAYS,
        "year_start": _YEAR_START,
        "pattern": _PATTERN,
        "days_a_week": "Working days in a week from Monday on: 5 (default), 1 to 7.",
    }, limits={"year_start": _MONTHS, "days_a_week": Limits(1, 7)},
        result="one number for each day"),
    Function("SOP_CONVERT", units.convert, {
        "quantity": "Quantities in the unit that they are in.",
        "from_unit": "Unit of the quantities: box. Upper and lower case are alike.",
        "to_unit": "Unit wanted: pcs.",
        "units": "Names of the units, from a table of units.",
        "factors": "Base units in one of each, as many cells; 1 for the base unit itself.",
    }, beside=("units", "factors"), result="one number for each quantity"),
)  # fmt: skip
