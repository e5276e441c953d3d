"""Rows of the same key: added up, the last of the month kept, or refused."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sop_xl.reading.cells import show
from sop_xl.reading.columns import Parsed, Raw
from sop_xl.reading.log import CELLS_NAMED, Log
from sop_xl.schema import Severity, Table, Unit


def report_repeated(log: Log, found: Mapping[str, Raw], rows: np.ndarray) -> None:
    """Rows that are the same in every cell of the file: a file appended twice, perhaps."""
    if not len(rows):
        return
    known = {raw.position: raw.codes for raw in found.values()}
    others = [p for p in range(len(log.cells.header)) if p not in known]
    whole = {p: codes[rows] for p, codes in known.items()}
    doubles = pd.DataFrame(whole).duplicated()
    if not doubles.any():
        return
    for position in others:
        texts = np.array([str(value) for value in log.cells.columns[position]], dtype=object)
        whole[position] = pd.factorize(texts[rows])[0]
    doubles = pd.DataFrame(whole).duplicated()
    again = rows[doubles.to_numpy()]
    if not len(again):
        return
    place = _row_name(log, int(again[0]), 0)
    log.whole(
        f"{len(again):,} rows repeat an earlier row in every cell, first {place}; they were added.",
        "If they were exported twice, take them out.",
        Severity.WARNING,
        log.cells.address(int(again[0]), 0),
        count=len(again),
    )


def add_up(
    log: Log, frame: pd.DataFrame, parsed: Mapping[str, Parsed], rows: np.ndarray, *, by_day: bool
) -> tuple[pd.DataFrame, np.ndarray]:
    """Add the rows of equal keys (and unit); return the frame and the first row of each."""
    names = [*log.table.keys, *(["unit"] if "unit" in frame else [])]
    groups, first = _groups(parsed, names, rows)
    if len(first) == len(rows):
        return frame.take(rows).reset_index(drop=True), rows
    keys = [log.table[name].label.lower() for name in log.table.keys]
    given = " by day" if by_day else ""
    log.whole(
        f"{len(rows):,} rows{given} were added up to {len(first):,} by {', '.join(keys)}.",
        severity=Severity.REPAIR,
    )
    return add_rows(log.table, frame.take(rows), groups, first), rows[first]


def add_rows(
    table: Table, frame: pd.DataFrame, groups: np.ndarray, first: np.ndarray
) -> pd.DataFrame:
    """One row per group: numbers added, yes if any is yes, the first text.

    Args:
        groups: Number of the group of each row.
        first: Position of the first row of each group, in the order of the groups.
    """
    added = frame.iloc[first].reset_index(drop=True)
    for column in table.inputs:
        values = frame[column.name]
        if column.name in table.keys:
            continue
        if column.unit.is_number:
            filled = np.bincount(groups[values.notna()], minlength=len(first))
            sums = np.bincount(groups, values.fillna(0), minlength=len(first))
            added[column.name] = np.where(filled > 0, sums, np.nan)
        elif column.unit is Unit.FLAG:
            added[column.name] = np.bincount(groups, values, minlength=len(first)) > 0
    return added


def last_of_period(log: Log, parsed: Mapping[str, Parsed], rows: np.ndarray) -> np.ndarray:
    """Of several days of one month keep the last: stock is what is there at the month's end."""
    period = parsed.get("period")
    if "period" not in log.table.keys or period is None or period.days is None or not len(rows):
        return rows
    groups, _ = _groups(parsed, log.table.keys, rows)
    days = pd.Series(period.days[rows].astype("datetime64[s]"))
    kept = rows[(days == days.groupby(groups).transform("max")).to_numpy()]
    if len(kept) < len(rows):
        log.whole(
            f"{len(rows):,} rows by day: the last day of each month was kept, {len(kept):,} rows.",
            severity=Severity.REPAIR,
        )
    return kept


def refuse_doubles(
    log: Log,
    frame: pd.DataFrame,
    parsed: Mapping[str, Parsed],
    rows: np.ndarray,
    positions: Mapping[str, int],
) -> np.ndarray:
    """Rows whose key has come before are errors; the first row stays."""
    groups, first = _groups(parsed, log.table.keys, rows)
    again = np.setdiff1d(np.arange(len(rows)), first)
    column = positions.get(log.table.keys[0], 0)
    remedy = "Delete one of the rows, or give it another key."
    for place in again[:CELLS_NAMED]:
        row, before = int(rows[place]), int(rows[first[groups[place]]])
        key = ", ".join(show(frame[name].iloc[row]) for name in log.table.keys)
        log.whole(
            f"{key} is there twice: {_row_name(log, before, column)} and"
            f" {_row_name(log, row, column)}; the first was read.",
            remedy,
            cell=log.cells.address(row, column),
        )
    rest = len(again) - CELLS_NAMED
    if rest > 0:
        cell = log.cells.address(int(rows[again[CELLS_NAMED]]), column)
        log.whole(f"{rest:,} more rows repeat a key, from here on.", remedy, cell=cell, count=rest)
    return np.asarray(rows[first])


def _groups(
    parsed: Mapping[str, Parsed], names: list[str], rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Group number of each row by the named columns, and the first row of each group."""
    keys = pd.DataFrame({name: _codes(parsed[name])[rows] for name in names})
    groups = keys.groupby(names, sort=False).ngroup()
    return np.asarray(groups), np.flatnonzero(~groups.duplicated())


def _codes(column: Parsed) -> np.ndarray:
    """Equal numbers for equal values."""
    if isinstance(column.series.dtype, pd.PeriodDtype):
        return np.asarray(column.series.astype("int64"))
    if isinstance(column.series.dtype, pd.StringDtype):
        return column.codes
    return pd.factorize(column.series)[0]


def _row_name(log: Log, row: int, column: int) -> str:
    if log.cells.sheet:
        return log.cells.address(row, column)
    return f"row {log.cells.row_number(row)}"
