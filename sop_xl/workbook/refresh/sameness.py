"""When two formulas say the same, and when two cells show the same."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

import numpy as np
import pandas as pd

from sop_xl.workbook.refresh.patches import Content
from sop_xl.workbook.sheetdata import CellValue

TOLERANCE = 1e-12
"""Relative difference up to which two numbers are one."""
_DAY_ZERO = dt.datetime(1899, 12, 30)
"""Of the serial numbers by which Excel and COM count days from March 1900 on."""

_LITERAL = re.compile(r'("(?:[^"]|"")*")')
_INNER = r"\[(?:'.|[^\[\]'])*\]"
_REFERENCE = re.compile(
    r"('(?:[^']|'')*')(?=!)"  # a sheet; or the columns of a list, with its name or without
    rf"|([^\W\d][\w.\\]*)?(\[(?:'.|[^\[\]']|{_INNER})*\])(?![\w!'])"
)
_NUMBER = re.compile(r"(?<![\w.$:!\]])\d+(?:\.\d*(?:e[+-]?\d+)?|e[+-]?\d+)(?![\w.(:!])")
_DROPPED = re.compile(r"_xlfn\.|_xlws\.|_xlpm\.|[\s@]+")
_ONE_COLUMN = re.compile(_INNER)
_BETWEEN = re.compile(r"\]\s*([,:])\s*\[")
_THIS_ROW = "[#this row]"


@lru_cache(maxsize=4096)  # the formula of a column is the same in every row of its list
def canonical(formula: str, table: str = "") -> str:
    """One form of all ways to write a formula: Excel gives back another than it was given.

    Args:
        formula: With its "=".
        table: Name of the Excel table in which it stands, whose columns it may name alone.

    >>> canonical("=SUM( 'Demand_Plan'!A1 )*0.50") == canonical("=sum(Demand_Plan!A1)*0.5")
    True
    >>> canonical("=[@Price]*2", "tblDeals"), canonical("=tblDeals[[#This Row],[Price]]*2")
    ('=tbldeals[@[price]]*2', '=tbldeals[@[price]]*2')
    >>> canonical('=_xlfn.CONCAT("A b",@B1)')
    '=concat("A b",b1)'
    """
    parts = _LITERAL.split(formula)
    parts[::2] = [_code(part.casefold(), table.casefold()) for part in parts[::2]]
    return "".join(parts)


def _code(text: str, table: str) -> str:
    """What stands between two texts of a formula, in small letters."""
    if "[" not in text and "'" not in text:
        return _bare(text)
    found, end = [], 0
    for match in _REFERENCE.finditer(text):
        found.append(_bare(text[end : match.start()]))
        found.append(_reference(match, table))
        end = match.end()
    return "".join((*found, _bare(text[end:])))


def _bare(text: str) -> str:
    """Without what says nothing; numbers with the fifteen digits that Excel keeps."""
    if " " in text or "@" in text or "_xl" in text or "\n" in text:
        text = _DROPPED.sub("", text)
    if "." in text or "e" in text:
        text = _NUMBER.sub(lambda match: f"{float(match[0]):.15g}", text)
    return text


def _reference(match: re.Match[str], table: str) -> str:
    sheet, owner, columns = match.groups()
    return _structured(owner or table, columns) if columns else sheet[1:-1].replace("''", "'")


@lru_cache(maxsize=4096)
def _structured(owner: str, columns: str) -> str:
    """A reference to columns of a table; ``[#This Row],[A]`` and ``@A`` are the same."""
    inner = _BETWEEN.sub(r"]\1[", columns[1:-1].strip())
    if inner == _THIS_ROW[1:-1]:
        inner = "@"
    elif inner.startswith(f"{_THIS_ROW},"):
        inner = f"@{inner[len(_THIS_ROW) + 1 :]}"
    elif inner.startswith("@") and len(inner) > 1 and inner[1] != "[":
        inner = f"@[{inner[1:]}]"
    elif _ONE_COLUMN.fullmatch(inner):
        inner = inner[1:-1]
    return f"{owner}[{inner}]"


def plain(value: CellValue) -> Content:
    """A drawn value as a cell has it: blank is None, numbers and dates are Python's own."""
    if isinstance(value, np.generic):
        exact = value.astype("datetime64[us]") if value.dtype.kind == "M" else value
        return plain(exact.item())
    missing: object = value  # NaT calls itself a date
    if missing is None or missing is pd.NaT or missing is pd.NA or value == "" or value != value:
        return None
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def same(drawn: Content, shown: object) -> bool:
    """Whether a cell shows what was drawn.

    >>> same(0.1 + 0.2, 0.3), same(dt.datetime(2026, 10, 1), 46296), same(None, "")
    (True, True, True)
    >>> same(1.0, True), same("7", 7), same("a", "A")
    (False, False, False)
    """
    if drawn is None or shown is None:
        return (drawn in (None, "")) and (shown in (None, ""))
    if isinstance(drawn, str) or isinstance(shown, str):
        return isinstance(drawn, str) and isinstance(shown, str) and str(drawn) == str(shown)
    if isinstance(drawn, bool) or isinstance(shown, bool):
        return drawn is shown
    one, other = number_of(drawn), number_of(shown)
    if one is None or other is None:
        return False
    return one == other or abs(one - other) <= TOLERANCE * max(abs(one), abs(other))


def number_of(value: object) -> float | None:
    """A number, or a date as its serial number; None for what is neither."""
    if isinstance(value, dt.date):
        return serial_of(value)
    return float(value) if isinstance(value, int | float) else None


def serial_of(day: dt.date) -> float:
    """The number by which Excel stores a date, as COM counts it.

    >>> serial_of(dt.date(2026, 10, 1)), serial_of(dt.datetime(1899, 12, 30, 12))
    (46296.0, 0.5)
    """
    moment = day if isinstance(day, dt.datetime) else dt.datetime(day.year, day.month, day.day)
    return (moment - _DAY_ZERO) / dt.timedelta(days=1)


def formula_of(text: object, shown: object) -> str:
    """The formula of a cell; empty where it holds a value.

    Args:
        text: What stands in the place of the formula: itself, or the value of the cell.
        shown: The value of the cell.

    >>> formula_of("=A1", 5), formula_of("=A1", "=A1"), formula_of(5, 5)
    ('=A1', '', '')
    """
    text = getattr(text, "text", text)  # openpyxl has a class for array formulas
    return text if isinstance(text, str) and text[:1] == "=" and text != shown else ""
