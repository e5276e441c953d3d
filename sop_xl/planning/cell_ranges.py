"""Ranges of a sheet as series: one series down a column, or one in each row.

Functions that walk through time take a range as a planner selects it. A single column is one
series that runs downwards; any other range holds one series in each row, the periods across, as on
the plan sheets. A result stands the way its range stood.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers


class Series(NamedTuple):
    """The series of a range, and how the range stood."""

    rows: Numbers
    """One series in each row, periods across."""
    upright: bool
    """The range was one column."""
    flat: bool = False
    """The range was a list of numbers, without rows."""

    def like(self, rows: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
        """A result of rows, turned the way the range stood."""
        if self.upright:
            return rows.T
        return rows[0] if self.flat and len(rows) == 1 else rows


def series(values: npt.ArrayLike) -> Series:
    """The series of a range.

    >>> series([[1.0], [2.0]]).rows.tolist(), series([[1.0], [2.0]]).upright
    ([[1.0, 2.0]], True)
    """
    cells = np.asarray(values, dtype=float)
    if cells.ndim < 2:
        return Series(cells.reshape(1, -1), upright=False, flat=True)
    upright = cells.shape[1] == 1 and cells.shape[0] > 1
    return Series(cells.T if upright else cells, upright)


def beside(*values: npt.ArrayLike) -> tuple[list[Numbers], Series]:
    """Several ranges as rows of the same periods, and the one whose form the result takes.

    A single number goes with every period, a single series with every series.

    Raises:
        ValueError: The ranges do not have the same number of series or periods.

    >>> numbers, shape = beside([[1.0], [2.0]], 10.0)
    >>> [rows.tolist() for rows in numbers], shape.upright
    ([[[1.0, 2.0]], [[10.0, 10.0]]], True)
    """
    given = [series(value) for value in values]
    shape = max(given, key=lambda found: found.rows.size)
    try:
        same = np.broadcast_arrays(*(found.rows for found in given))
    except ValueError:
        sizes = " and ".join(_size(found.rows) for found in given)
        raise ValueError(f"the ranges do not fit: {sizes}") from None
    return [np.array(rows) for rows in same], shape


def one_each(values: npt.ArrayLike, count: int) -> Numbers:
    """One number for each of several series (upright): a single one holds for all.

    Raises:
        ValueError: There are neither one nor ``count`` numbers.

    >>> one_each([[1.0, 2.0]], 2).tolist()
    [[1.0], [2.0]]
    """
    return _as_many(values, count, "series").reshape(-1, 1)


def across(values: npt.ArrayLike, count: int) -> Numbers:
    """One number for each of several periods: a single one holds for all.

    Raises:
        ValueError: There are neither one nor ``count`` numbers.

    >>> across(30.0, 3).tolist()
    [30.0, 30.0, 30.0]
    """
    return _as_many(values, count, "periods")


def fitted(name: str, values: npt.ArrayLike, shape: tuple[int, int]) -> Numbers:
    """Numbers spread over rows and periods: one for all, one for each of either, or all of them.

    Raises:
        ValueError: They do not fit; the message says whose they are.

    >>> fitted("wage", [[1.0], [2.0]], (2, 3)).tolist()
    [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]
    """
    numbers = np.asarray(values, dtype=float)
    try:
        return np.array(np.broadcast_to(numbers, shape))
    except ValueError:
        size = " x ".join(map(str, numbers.shape))
        raise ValueError(f"{name}: {size} numbers do not fit {shape[0]} x {shape[1]}") from None


def _as_many(values: npt.ArrayLike, count: int, what: str) -> Numbers:
    numbers = np.asarray(values, dtype=float).ravel()
    if numbers.size not in (1, count):
        raise ValueError(f"the ranges do not fit: {numbers.size} numbers for {count} {what}")
    return np.array(np.broadcast_to(numbers, count))


def _size(rows: Numbers) -> str:
    return f"{len(rows)} series of {rows.shape[1]} periods"
