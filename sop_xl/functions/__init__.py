"""The functions that a planner can use in a cell: one registry, every one a core function.

A family is a module with ``CATEGORY``, where its functions stand in Excel's function wizard, and
``FUNCTIONS``. :mod:`sop_xl.functions.function` tells how a function is declared and what it makes
of blanks, texts, dates and errors.
"""

from __future__ import annotations

from dataclasses import replace

from sop_xl.functions import (
    accuracy,
    calendar,
    demand,
    finance,
    forecast,
    portfolio,
    service,
    spreading,
    supply,
)
from sop_xl.functions.arguments import Limits
from sop_xl.functions.cells import CellError, Dates, Numbers, Texts, as_dates, as_numbers, as_texts
from sop_xl.functions.function import Function
from sop_xl.functions.results import Result

__all__ = [
    "FAMILIES", "FUNCTIONS", "CellError", "Dates", "Function", "Limits", "Numbers", "Result",
    "Texts", "as_dates", "as_numbers", "as_texts", "named",
]  # fmt: skip

FAMILIES: dict[str, tuple[Function, ...]] = {
    family.CATEGORY: tuple(
        replace(function, category=family.CATEGORY) for function in family.FUNCTIONS
    )
    for family in (
        portfolio, forecast, accuracy, demand, supply, spreading, finance, service, calendar
    )
}
"""The functions by category, in the order of the planner's work."""
FUNCTIONS: tuple[Function, ...] = tuple(
    function for functions in FAMILIES.values() for function in functions
)
"""Every worksheet function; ``udfs`` is a loop over it."""
_BY_NAME = {function.name: function for function in FUNCTIONS}


def named(name: str) -> Function:
    """The function of that name in Excel.

    >>> named("SOP_WMAPE")([[100, 0, "total"]], [[90, 10, 5]])
    0.2
    """
    return _BY_NAME[name]
