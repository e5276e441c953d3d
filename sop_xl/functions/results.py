"""What a core function found, as a cell or an array of cells can hold it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from math import isfinite, nan
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.functions.cells import CellError, as_dates, laid_out

Result: TypeAlias = float | str | bool | dt.date | npt.NDArray[Any]
"""One value, or an array: of numbers with NaN, of days with NaT, or of anything (texts, mixed)."""


def as_result(found: object) -> Result:
    """One value of one cell, an array of more.

    An infinite number is a missing one: no cell can hold it.

    >>> as_result((0.5, Decimal("1.5"))).tolist()
    [0.5, 1.5]
    >>> as_result([["month", "units"], [pd.Period("2026-10", "M"), np.int64(5)]]).tolist()
    [['month', 'units'], [datetime.date(2026, 10, 1), 5.0]]

    Raises:
        CellError: Nothing of it could be computed.
    """
    cells = _as_array(found)
    if not _known(cells).any():
        raise CellError("the cells given are not enough to compute it")
    return cells.item() if cells.size == 1 else cells


def _as_array(found: object) -> npt.NDArray[Any]:
    """An array of floats, days or objects that cells can hold."""
    if isinstance(found, np.ndarray | np.generic):
        if found.dtype.kind in "iuf":
            return _finite(np.asarray(found, dtype=float))
        if found.dtype.kind == "M":
            return np.asarray(found, dtype="datetime64[D]")
    if isinstance(found, tuple) and any(isinstance(part, np.ndarray) for part in found):
        return _abreast(found)
    values, shape = laid_out(found)
    if all(type(value) is float for value in values):
        return _finite(np.array(values, dtype=float).reshape(shape))
    held = [_held(value) for value in values]
    if all(type(value) is float for value in held):
        return np.array(held, dtype=float).reshape(shape)
    cells = np.empty(len(held), dtype=object)
    cells[:] = held
    return cells.reshape(shape)


def _abreast(parts: tuple[npt.ArrayLike, ...]) -> npt.NDArray[Any]:
    """Several results of the same cells: below each other for a row of cells, else beside.

    >>> _abreast((np.array([[1.0], [2.0]]), np.array([[3.0], [4.0]]))).tolist()
    [[1.0, 3.0], [2.0, 4.0]]
    """
    cells = [_as_array(part) for part in np.broadcast_arrays(*parts)]
    if cells[0].ndim < 2:
        return np.stack(cells, axis=-1)
    across = cells[0].shape[0] == 1 < cells[0].shape[1]
    return np.concatenate(cells, axis=0 if across else 1)


def _finite(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _known(cells: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    return np.asarray((cells == cells) & (cells != "") if cells.dtype == object else cells == cells)


def _held(value: Any) -> float | str | bool | dt.date:
    """A value as a cell holds it: NaN is missing, an empty text is blank."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, Real | Decimal):
        return float(value) if isfinite(value) else nan
    if value is None:
        return ""
    day = as_dates(value).item()
    if day is None and value is not pd.NaT and value is not pd.NA:
        raise TypeError(f"a cell cannot hold a {type(value).__name__}")
    return nan if day is None else day
