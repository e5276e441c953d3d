"""Small tables as text, so that a test shows its input."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis, Calendar
from sop_xl.planning.frames import across, blocks
from sop_xl.schema import Column, Grid, Unit, empty_frame

NOTHING = "."


def rows(columns: Iterable[Column], text: str = "") -> pd.DataFrame:
    """A frame with the columns and dtypes of a declaration.

    Fields stand apart by two spaces or more, ``.`` is a blank, and a column that the text does not
    name is blank.
    """
    lines = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines() if line.strip()]
    header, body = (lines[0], lines[1:]) if lines else ([], [])
    declared = list(columns)
    cells = {}
    for column in declared:
        at = header.index(column.name) if column.name in header else None
        given = [NOTHING if at is None else line[at] for line in body]
        cells[column.name] = [_value(column, value) for value in given]
    return pd.DataFrame(cells).astype(empty_frame(declared).dtypes.to_dict())


def _value(column: Column, text: str) -> object:
    if column.unit is Unit.FLAG:
        return text != "no"
    if text == NOTHING:
        return "" if column.unit is Unit.TEXT else None
    if column.unit is Unit.PERIOD:
        return pd.Period(text, freq="M")
    return float(text) if column.unit.is_number else text


def typed(declared: Grid, text: str = "") -> pd.DataFrame:
    """What people typed into a grid with one key."""
    table = declared.input_table()
    if table is None:
        raise ValueError(f"{declared.name} has no inputs")
    return rows(table.columns, text)


def axis(first: str = "2026-01", history: int = 3, horizon: int = 6) -> Axis:
    return Axis(Calendar(), pd.Period(first, freq="M"), history, horizon)


def grid(
    declared: Grid, when: Axis, cells: Mapping[str, Mapping[str, Sequence[float]]]
) -> pd.DataFrame:
    """A grid frame from the plan months of its blocks; the past and all else is blank.

    Args:
        declared: The grid, with one key or none.
        when: Its periods.
        cells: Block -> measure -> one number per plan month.
    """
    names = sorted(cells)
    measures = sorted({measure for block in cells.values() for measure in block})
    arrays = {
        measure: across(
            when,
            plan=np.array(
                [cells[name].get(measure, [np.nan] * when.horizon) for name in names], dtype=float
            ),
        )
        for measure in measures
    }
    return blocks(declared, names, when, arrays)


def plan_row(frame: pd.DataFrame, when: Axis, measure: str, **keys: str) -> list[float]:
    """The plan months of one measure of one block."""
    return _row(frame, when.plan, measure, keys)


def past_row(frame: pd.DataFrame, when: Axis, measure: str, **keys: str) -> list[float]:
    """The closed months of one measure of one block."""
    return _row(frame, when.past, measure, keys)


def _row(
    frame: pd.DataFrame, periods: pd.PeriodIndex, measure: str, keys: Mapping[str, str]
) -> list[float]:
    found = frame[frame["period"].isin(periods)]
    for name, value in keys.items():
        found = found[found[name] == value]
    return [float(value) for value in found[measure]]
