"""Long frames and the arrays that the steps reckon with: blocks down, periods across."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.schema import Grid, Unit

Numbers: TypeAlias = npt.NDArray[np.float64]
"""Blocks down, periods across; a blank cell is NaN."""
Flags: TypeAlias = npt.NDArray[np.bool_]
"""Blocks down, periods across."""


def begun(row: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A series from its first number on; a blank after it is nothing sold.

    >>> begun(np.array([np.nan, 3.0, np.nan, 4.0])).tolist()
    [3.0, 0.0, 4.0]
    """
    known = np.flatnonzero(~np.isnan(row))
    return np.nan_to_num(row[known[0] :]) if len(known) else row[:0]


def positions(names: pd.Series, known: Iterable[str]) -> npt.NDArray[np.int64]:
    """Where each name stands among the known ones, -1 for none.

    Upper and lower case are alike, as they are for SUMIFS; of two known names that differ in
    nothing else the first one takes all. Each spelling is looked up once.
    """
    codes, found = pd.factorize(names)
    first: dict[str, int] = {}
    for at, name in enumerate(known):
        first.setdefault(name.lower(), at)
    places = [first.get(name.lower(), -1) for name in found]
    return np.array([*places, -1], dtype=np.int64)[codes]  # code -1: no name


def matrix(
    frame: pd.DataFrame, value: str, key: str, keys: Sequence[str], periods: pd.PeriodIndex
) -> Numbers:
    """The sum of a column by key and period; NaN where no row holds a number."""
    at = positions(frame[key], keys)
    on = periods.get_indexer(pd.PeriodIndex(frame["period"]))
    numbers = frame[value].to_numpy(dtype=float)
    found = (at >= 0) & (on >= 0) & ~np.isnan(numbers)
    sums = np.zeros((len(keys), len(periods)))
    seen = np.zeros(sums.shape, dtype=bool)
    np.add.at(sums, (at[found], on[found]), numbers[found])
    seen[at[found], on[found]] = True
    return np.where(seen, sums, np.nan)


def totals(
    frame: pd.DataFrame, value: str, key: str, keys: Sequence[str], periods: pd.PeriodIndex
) -> Numbers:
    """As :func:`matrix`, zero where there is nothing: what SUMIFS gives."""
    return zero(matrix(frame, value, key, keys, periods))


def by_period(frame: pd.DataFrame, value: str, periods: pd.PeriodIndex) -> Numbers:
    """The sum of a column over all rows of each period; zero where there is nothing."""
    sums = frame.groupby("period")[value].sum()
    return zero(sums.reindex(periods).to_numpy(dtype=float))


def zero(numbers: Numbers) -> Numbers:
    """Blank cells as zero, the way a spreadsheet reckons with them."""
    return np.nan_to_num(numbers, nan=0.0)


def rounded(numbers: Numbers) -> Numbers:
    """``ROUND(x,6)``: takes away the noise of floating point, also the sign of a negative zero."""
    clean: Numbers = np.round(numbers, 6) + 0.0
    return clean


def ratio(top: Numbers, bottom: Numbers) -> Numbers:
    """``IF(bottom=0,"",top/bottom)``."""
    empty = zero(bottom) == 0
    return np.where(empty, np.nan, zero(top) / np.where(empty, 1.0, bottom))


def use_of(hours: Numbers, load: Numbers) -> Numbers:
    """``IF(hours=0,"",ROUND(load/hours,9))``: noise of floating point makes no overload."""
    return np.round(ratio(load, hours), 9)


def lookup(table: pd.DataFrame, key: str, keys: Sequence[str], column: str) -> Numbers:
    """A column of a table as one number per key, upright for reckoning with a matrix."""
    values = table.set_index(key)[column].reindex(list(keys)).to_numpy(dtype=float)
    return zero(values)[:, np.newaxis]


def blocks(
    grid: Grid, keys: Sequence[str], axis: Axis, measures: Mapping[str, npt.NDArray[np.generic]]
) -> pd.DataFrame:
    """The long frame of a grid with one key or none from its arrays.

    Args:
        grid: The declaration; measures that are not given are blank.
        keys: Keys of the blocks, in order; one empty text for a grid without keys.
        axis: Periods across.
        measures: Arrays of one row per block and one column per period of the axis.
    """
    periods = axis.periods
    columns: dict[str, object] = {
        name: pd.Series(np.repeat(np.array(keys, dtype=object), len(periods)), dtype="str")
        for name in grid.key_names
    }
    columns["period"] = periods.take(np.tile(np.arange(len(periods)), len(keys)))
    shape = (len(keys), len(periods))
    for measure in grid.measures:
        text = measure.unit is Unit.TEXT
        blank = np.full(shape, "" if text else np.nan, dtype=object if text else float)
        cells = np.broadcast_to(measures.get(measure.name, blank), shape).ravel()
        columns[measure.name] = pd.Series(cells, dtype="str" if text else "float64")
    unknown = set(measures) - set(grid.names)
    if unknown:
        raise ValueError(f"{grid.name} has no measure {', '.join(sorted(unknown))}")
    return pd.DataFrame(columns)


def across(axis: Axis, past: Numbers | None = None, plan: Numbers | None = None) -> Numbers:
    """Past and plan side by side; a part that is not given is blank."""
    given = past if past is not None else plan
    if given is None:
        raise ValueError("neither past nor plan is given")
    rows = given.shape[0]
    left = past if past is not None else np.full((rows, axis.history), np.nan)
    right = plan if plan is not None else np.full((rows, axis.horizon), np.nan)
    return np.hstack([left, right])
