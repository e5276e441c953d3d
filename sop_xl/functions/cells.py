"""What stands in cells, as numbers, texts or dates; and the errors of a cell.

Cells come as Excel hands them over (rows of values, one value for a single cell), as lists, arrays,
series or frames. A cell that holds nothing, and a cell that holds an error, are missing. Everything
goes by the types that occur, not cell by cell: a whole column takes a fraction of a second.
"""

from __future__ import annotations

import datetime as dt
import numbers
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import chain, compress
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers: TypeAlias = npt.NDArray[np.float64]
"""The numbers of a range in its shape, NaN where a cell holds none."""
Texts: TypeAlias = npt.NDArray[np.object_]
"""The texts of a range in its shape, an empty text where a cell holds nothing."""
Dates: TypeAlias = npt.NDArray[np.datetime64]
"""The days of a range in its shape, NaT where a cell holds none."""
Cells: TypeAlias = list[object]
Shape: TypeAlias = tuple[int, ...]
Code: TypeAlias = Literal["#VALUE!", "#NUM!", "#N/A"]

OMITTED = -2147352572
"""How Excel hands over an argument that was left out (DISP_E_PARAMNOTFOUND)."""
ERRORS = MappingProxyType({
    -2146826288: "#NULL!",
    -2146826281: "#DIV/0!",
    -2146826273: "#VALUE!",
    -2146826265: "#REF!",
    -2146826259: "#NAME?",
    -2146826252: "#NUM!",
    -2146826246: "#N/A",
    -2146826245: "#GETTING_DATA",
    -2146826243: "#SPILL!",
    -2146826242: "#CONNECT!",
    -2146826241: "#BLOCKED!",
    -2146826240: "#UNKNOWN!",
    -2146826239: "#FIELD!",
    -2146826238: "#CALC!",
})
"""How Excel hands over a cell that holds an error: CVErr as a COM error number."""
_NO_NUMBERS = np.array([OMITTED, *ERRORS], dtype=float)

WHOLE_COLUMN, WHOLE_ROW = 1_048_576, 16_384
"""Cells of a whole column and of a whole row."""

LONG = 10_000
"""Rows from which on it pays to look for the blank ones at the end of a range."""

LAST_DAY = 2_958_465
"""The serial number of 31 December 9999, the last date of Excel."""
_LEAP_YEAR_1900 = 60
"""Serial number of 29 February 1900, which there was not: days before it count from a day later."""


class CellError(ValueError):
    """What a cell shows as an error, with the reason.

    Args:
        reason: One sentence without a full stop.
        code: ``#VALUE!`` for the wrong kind of argument, ``#NUM!`` for a number out of its range,
            ``#N/A`` for what cannot be computed from what is given.
    """

    def __init__(self, reason: str, code: Code = "#N/A") -> None:
        super().__init__(reason, code)
        self.reason = reason
        self.code: Code = code

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}"


# ---- ranges ----------------------------------------------------------------------------------


def as_numbers(values: object) -> Numbers:
    """What a range holds as numbers, NaN where a cell holds none; its shape is kept.

    >>> as_numbers([[1, None], ["12", True]]).tolist()
    [[1.0, nan], [nan, nan]]
    """
    if isinstance(values, pd.Series | pd.Index | pd.DataFrame):
        values = _unlabelled(values)
    if isinstance(values, np.ndarray):
        if values.dtype.kind in "iuf":
            return values.astype(float)
        if values.dtype.kind != "O":
            return np.full(values.shape, np.nan)
    values, below = _top(values)
    cells, shape = laid_out(values)
    return _with_blanks(_floats(cells).reshape(shape), below, np.nan)


def as_texts(values: object) -> Texts:
    """What a range holds as texts; its shape is kept.

    Spaces around a text are left away. A number is the text that a cell shows of it: an item 4711
    is "4711", typed as a number or as a text.

    >>> as_texts([["A-1 ", 4711.0], [None, 0.5]]).tolist()
    [['A-1', '4711'], ['', '0.5']]
    """
    values, below = _top(values)
    cells, shape = laid_out(values)
    found = np.empty(len(cells), dtype=object)
    found[:] = [
        cell.strip() if type(cell) is str else "" if cell is None else text_of(cell)
        for cell in cells
    ]
    return _with_blanks(found.reshape(shape), below, "")


def as_dates(values: object) -> Dates:
    """What a range holds as days, NaT where a cell holds none; its shape is kept.

    Days are dates, times (their day), periods (their first day) or serial numbers of Excel, as a
    cell without a date format holds them. A text is no date, even one that looks like one.

    >>> as_dates([dt.date(2026, 10, 1), 46296, "2026-10-01"]).astype(str).tolist()
    ['2026-10-01', '2026-10-01', 'NaT']
    """
    if isinstance(values, pd.Series | pd.Index) and isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.to_numpy(dtype=object)  # the day of the place, not that of Greenwich
    if isinstance(values, pd.Series | pd.Index | pd.DataFrame):
        values = _unlabelled(values)
    if isinstance(values, np.ndarray) and values.dtype.kind == "M":
        return values.astype("datetime64[D]")
    values, below = _top(values)
    cells, shape = laid_out(values)
    found = np.full(len(cells), "NaT", dtype="datetime64[D]")
    days = _of_kinds(cells, lambda kind: issubclass(kind, _DAYS))
    found[days] = [_day(cell) for cell in compress(cells, days)]
    serials = _floats(cells)
    known = (serials >= 1) & (serials < LAST_DAY + 1)
    found[known] = _days_of(serials[known])
    return _with_blanks(found.reshape(shape), below, np.datetime64("NaT"))


def laid_out(values: object) -> tuple[Cells, Shape]:
    """The cells of a range one after the other, and its shape; () is a single cell.

    Raises:
        CellError: The rows are not of one length.
    """
    if isinstance(values, pd.Series | pd.Index | pd.DataFrame):
        values = values.to_numpy(dtype=object)
    if isinstance(values, np.ndarray):
        return list(values.ravel()), values.shape
    if isinstance(values, str | bytes) or not isinstance(values, Sequence):
        return [values], ()
    if not any(issubclass(kind, _ROW) for kind in set(map(type, values))):
        return list(values), (len(values),)
    try:
        widths = set(map(len, values))
        cells: Cells = list(chain.from_iterable(values))
    except TypeError:  # a single cell among rows
        widths, cells = set(), []
    if len(widths) != 1 or any(issubclass(kind, _ROW) for kind in set(map(type, cells))):
        raise CellError("the rows of a range have to be of one length", "#VALUE!")
    return cells, (len(values), *widths)


_ROW = (list, tuple, np.ndarray, pd.Series)
_DAYS = (dt.date, pd.Period, np.datetime64)


def _top(values: object) -> tuple[object, int]:
    """A long range without the blank rows at its end, and how many there are.

    A whole column of a sheet is blank but for its top: to compare a million cells with a blank one
    takes a twentieth of the time of reading them.
    """
    if not isinstance(values, list | tuple) or len(values) < LONG:
        return values, 0
    first = values[0]
    if not isinstance(first, list | tuple) or not first:
        return values, 0
    blank = type(first)([None] * len(first))
    held, end = 1, len(values)  # the first row stays, for the width
    try:
        while held < end:
            middle = (held + end) // 2
            if values[middle:end].count(blank) == end - middle:
                end = middle
            else:
                held = middle + 1
    except (TypeError, ValueError):  # cells of Python that cannot be compared
        return values, 0
    return values[:end], len(values) - end


def _with_blanks(cells: npt.NDArray[Any], below: int, blank: object) -> npt.NDArray[Any]:
    """A range with so many blank rows below."""
    if not below:
        return cells
    found = np.full((len(cells) + below, *cells.shape[1:]), blank, dtype=cells.dtype)
    found[: len(cells)] = cells
    return found


def is_blank(value: object) -> bool:
    """Whether it is a single cell that holds nothing, or an argument that was left out."""
    value = only(value)
    if isinstance(value, str):
        return not value.strip()
    return value is None or (type(value) is int and value == OMITTED)


def only(value: object) -> object:
    """What the only cell of a range of one holds; anything else as it is."""
    while isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, np.ndarray | pd.Series | pd.Index | pd.DataFrame) and value.size == 1:
        return laid_out(value)[0][0]
    return value


def is_missing(cell: object) -> bool:
    """Whether a cell holds nothing or an error, or a number that is none."""
    if type(cell) is int:
        return cell == OMITTED or cell in ERRORS
    return is_blank(cell) or cell is pd.NA or bool(cell != cell)


def filled(cells: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    """Which cells of a range, as numbers, texts or dates, are not missing."""
    return np.asarray(cells != "" if cells.dtype == object else cells == cells)


# ---- kinds of cells --------------------------------------------------------------------------


def _unlabelled(values: pd.Series | pd.Index | pd.DataFrame) -> npt.NDArray[np.generic]:
    dtypes = values.dtypes if isinstance(values, pd.DataFrame) else [values.dtype]
    if all(isinstance(dtype, np.dtype) for dtype in dtypes):
        return np.asarray(values.to_numpy())
    return np.asarray(values.to_numpy(dtype=object))


def _of_kinds(cells: Cells, wanted: Callable[[type], bool]) -> npt.NDArray[np.bool_]:
    """Which cells are of a wanted type; each type is asked for once."""
    kinds = {kind: wanted(kind) for kind in set(map(type, cells))}
    return np.fromiter(map(kinds.__getitem__, map(type, cells)), dtype=bool, count=len(cells))


def _is_number(kind: type) -> bool:
    return issubclass(kind, numbers.Real | Decimal) and not issubclass(kind, bool)


def _floats(cells: Cells) -> Numbers:
    kinds = set(map(type, cells))
    if all(kind is type(None) or _is_number(kind) for kind in kinds):
        found = np.array(cells, dtype=float)  # None becomes NaN
    else:
        counted = _of_kinds(cells, _is_number)
        found = np.full(len(cells), np.nan)
        found[counted] = np.array(list(compress(cells, counted)), dtype=float)
    if int in kinds:  # a cell's own number comes as a float; an error as a whole number
        suspects = np.isin(found, _NO_NUMBERS).nonzero()[0]
        found[[at for at in suspects if type(cells[at]) is int]] = np.nan
    return found


def text_of(cell: Any) -> str:
    """The text of a single cell; empty where it is missing.

    >>> text_of(12.50), text_of(True), text_of(dt.datetime(2026, 10, 1, 9))
    ('12.5', 'TRUE', '2026-10-01')
    """
    if is_missing(cell):
        return ""
    if isinstance(cell, bool | np.bool_):
        return str(cell).upper()
    if _is_number(type(cell)):
        return f"{float(cell):.15g}"  # as many digits as Excel knows
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    return str(cell).strip()


def _day(cell: Any) -> dt.date | None:
    """The day of a date, a time, a period (its first day) or numpy's date; None of NaT."""
    if isinstance(cell, pd.Period):
        cell = cell.start_time
    if isinstance(cell, np.datetime64):
        cell = cell.astype("datetime64[us]").item()
    if cell is None or cell is pd.NaT:
        return None
    return cell.date() if isinstance(cell, dt.datetime) else cell


def _days_of(serials: Numbers) -> Dates:
    """The days of serial numbers; Excel counts from 1900 with a day too many in February."""
    late = serials.astype("int64") - (serials >= _LEAP_YEAR_1900)
    return np.datetime64("1899-12-31") + late.astype("timedelta64[D]")
