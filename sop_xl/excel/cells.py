"""Cells as Excel hands them over and takes them: what they mean, and how a text stays a text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sop_xl.workbook.refresh import Content, Formula
from sop_xl.workbook.refresh.sameness import serial_of

NEW_ERRORS = {
    -2146826245: "#GETTING_DATA", -2146826243: "#SPILL!", -2146826242: "#CONNECT!",
    -2146826241: "#BLOCKED!", -2146826240: "#UNKNOWN!", -2146826239: "#FIELD!",
    -2146826238: "#CALC!",
}  # fmt: skip
"""Errors that xlwings hands over as numbers, by the codes of COM: -2146828288 + CVErr's number."""
EXACT = 1e15
"""Whole numbers below it are handed on as such, as a file has them."""
_PARSED = re.compile(r"[=+\-@'#]|.*\d|(?:true|false)$", re.IGNORECASE | re.DOTALL)
"""Texts that Excel would take for formulas, numbers, dates, errors or truth values."""
_FILE_PREFIX = re.compile(r"_xlfn\.(?:_xlws\.)?")
"""Newer functions bear it in files; Excel itself writes them without."""

Matrix = Sequence[Sequence[Any]]


def matrix(block: Any) -> Matrix:
    """A block that was read as rows of cells: one cell or one row comes as such.

    >>> matrix("=A1"), matrix((("a", "b"), ("c", "d")))
    ([['=A1']], (('a', 'b'), ('c', 'd')))
    """
    if not isinstance(block, list | tuple):
        return [[block]]
    return block if isinstance(block[0], list | tuple) else [block]


def meanings(value: Any, formula: Any) -> tuple[Any, Any]:
    """The value of a cell, and what stands in the place of its formula, as a file has them.

    Args:
        value: As xlwings reads it.
        formula: Excel's own text: a formula, or the constant.

    >>> meanings(3.0, "3"), meanings(5.0, "=2+3"), meanings("=2+3", "=2+3")
    ((3, 3), (5, '=2+3'), ('=2+3', '=2+3'))
    >>> meanings(Decimal("1.2346"), "1.23456"), meanings(None, "#N/A"), meanings(None, "")
    ((1.23456, 1.23456), ('#N/A', '#N/A'), (None, None))
    """
    computed = isinstance(formula, str) and formula[:1] == "=" and formula != value
    if isinstance(value, float):
        if value.is_integer() and abs(value) < EXACT:
            value = int(value)
    elif isinstance(value, Decimal):  # of a cell in a currency format, with four decimals only
        value = float(value) if computed else _number(formula, value)
    elif type(value) is int:
        value = NEW_ERRORS.get(value, value)
    elif value is None and not computed:
        value = formula or None  # an error that was typed, where xlwings hands over none
    return value, formula if computed else value


def _number(text: Any, value: Decimal) -> float:
    try:
        return float(text)
    except ValueError:
        return float(value)


def written(content: Content) -> str | float | bool:
    """What is handed to Excel so that a cell holds this, and nothing that Excel makes of it.

    >>> written(Formula("=_xlfn.CONCAT(A1)")), written("=A1"), written("Bikes"), written("007")
    ('=CONCAT(A1)', "'=A1", 'Bikes', "'007")
    >>> written(dt.date(2026, 10, 1)), written(None), written(True), written(7)
    (46296.0, '', True, 7.0)
    """
    if content is None:
        return ""
    if isinstance(content, Formula):
        return _FILE_PREFIX.sub("", str(content))
    if isinstance(content, str):
        return f"'{content}" if _PARSED.match(content) else content
    if isinstance(content, bool):
        return content
    return serial_of(content) if isinstance(content, dt.date) else float(content)
