"""The worksheet functions as Excel loads them, and as plain Python functions of the same names.

Excel calls them through xlwings on Windows, with every range as rows of cells. Everywhere else they
are called with lists, arrays, series or frames::

    from udfs import SOP_WMAPE

    SOP_WMAPE([100, 120], [90, 125])

What cannot be computed raises ``sop_xl.functions.CellError``, the #N/A of a cell.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

from sop_xl.functions import FUNCTIONS, Function

CATEGORY = "S&OP"
"""Where the functions stand in Excel's function wizard."""

Udf = Callable[..., Any]


def wrap(function: Function, excel: Any = None) -> Udf:
    """The function under its Excel name.

    Args:
        function: A registered function.
        excel: The xlwings module, where the function is to be one of Excel.
    """

    def udf(*arguments: object) -> object:
        return function(*arguments)

    udf.__name__ = udf.__qualname__ = function.name
    udf.__doc__ = function.summary
    udf.__dict__["__signature__"] = function.signature
    return udf if excel is None else _for_excel(udf, function, excel)


def _for_excel(udf: Udf, function: Function, excel: Any) -> Udf:
    for name, text in function.help.items():
        # without ndim a column arrives like a row, and a single cell like neither
        options = {"ndim": 2} if name in function.ranges else {}
        udf = excel.arg(name, doc=text, **options)(udf)
    wrapped: Udf = excel.func(category=CATEGORY)(udf)
    return wrapped


def __getattr__(name: str) -> Udf:
    """Tells type checkers, which do not see the loop below, what the other names are."""
    raise AttributeError(f"there is no worksheet function {name}")


__all__ = [function.name for function in FUNCTIONS]
# xlwings is there where Excel can run; elsewhere the functions are plain ones
_excel = importlib.import_module("xlwings") if importlib.util.find_spec("xlwings") else None
globals().update({function.name: wrap(function, _excel) for function in FUNCTIONS})
