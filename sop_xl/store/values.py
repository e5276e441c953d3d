"""Frames as plain values and back: what a database column, a JSON text and a comparison can hold.

A blank is None whatever the unit, a period is ``"2026-10"``, a date ``"2026-10-05"``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias, cast

import numpy as np
import pandas as pd

from sop_xl.schema import Column, Table, Unit

Value: TypeAlias = str | float | bool | None
Row: TypeAlias = dict[str, Value]

_STEPS = {Unit.PERIOD: "M", Unit.DATE: "D"}


def plain(series: pd.Series[Any], unit: Unit) -> list[Value]:
    """The values of a frame's column."""
    if unit in _STEPS:
        texts = np.datetime_as_string(_days(series, unit)).tolist()
        return [None if text == "NaT" else text for text in texts]
    if unit.is_number:
        numbers = series.to_numpy(dtype=float).tolist()
        return [None if number != number else number for number in numbers]
    if unit is Unit.FLAG:
        return cast("list[Value]", series.astype(bool).tolist())
    return [text or None for text in series.fillna("").tolist()]


def _days(series: pd.Series[Any], unit: Unit) -> np.ndarray:
    if unit is Unit.PERIOD:
        return pd.PeriodIndex(series, freq="M").asi8.view("datetime64[M]")
    return series.to_numpy(dtype="datetime64[D]")


def series_of(values: Sequence[Value], column: Column) -> pd.Series[Any]:
    """A frame's column of plain values, in the type that its unit has."""
    if column.unit in _STEPS:
        days = np.array(values, dtype=f"datetime64[{_STEPS[column.unit]}]")
        if column.unit is Unit.DATE:
            # microseconds: many an ERP system says 9999-12-31 for "never", beyond nanoseconds
            return pd.Series(days.astype("datetime64[us]"))
        return pd.Series(pd.PeriodIndex(days.astype("datetime64[s]"), freq="M"))
    if column.unit.is_number:
        return pd.Series(list(values), dtype="float64")
    if column.unit is Unit.FLAG:
        blank = column.default in ("yes", True)
        return pd.Series([blank if v is None else v for v in values], dtype="bool")
    return pd.Series(["" if v is None else v for v in values], dtype="str")


def frame_of(columns: Mapping[str, Sequence[Value]], declared: Iterable[Column]) -> pd.DataFrame:
    """A frame with the declared columns, in their order."""
    return pd.DataFrame({c.name: series_of(columns[c.name], c) for c in declared})


def empty(table: Table) -> pd.DataFrame:
    """The frame of a table that nobody has filled in."""
    return _empty(tuple(table.inputs)).copy(deep=False)


@cache
def _empty(columns: tuple[Column, ...]) -> pd.DataFrame:
    return frame_of({c.name: () for c in columns}, columns)


def keys_of(frame: pd.DataFrame, table: Table) -> list[str]:
    """The canonical key of each row: its key columns as a JSON object."""
    names = table.keys
    columns = [[stripped(v) for v in plain(frame[n], table[n].unit)] for n in names]
    return [dump(dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)]


def rows_of(frame: pd.DataFrame, table: Table) -> dict[str, Row]:
    """Rows by canonical key; columns that the frame does not have are left out.

    Raises:
        ValueError: Two rows have the same key.
    """
    shown = [c for c in table.inputs if c.name in frame]
    columns = [plain(frame[c.name], c.unit) for c in shown]
    names = [c.name for c in shown]
    rows = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
    found = dict(zip(keys_of(frame, table), rows, strict=True))
    if len(found) < len(frame):
        raise ValueError(f"{table.name}: rows with equal keys")
    return found


def frame_of_rows(rows: Sequence[Row], table: Table) -> pd.DataFrame:
    """A table's frame of rows; what a row does not say is blank."""
    columns = {c.name: [row.get(c.name) for row in rows] for c in table.inputs}
    return frame_of(columns, table.inputs)


def dump(value: object) -> str:
    """The canonical JSON text of a value."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def stripped(value: Value) -> Value:
    """A value without the spaces around it; nothing but spaces is a blank."""
    return (value.strip() or None) if isinstance(value, str) else value
