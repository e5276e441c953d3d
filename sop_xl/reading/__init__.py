"""Raw cells to a typed frame, with a finding for everything that was wrong or repaired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.typing import NaTType

from sop_xl.reading import columns
from sop_xl.reading.cells import Cells, is_blank
from sop_xl.reading.columns import Dialect, Parsed, PeriodOf
from sop_xl.reading.headers import did_you_mean, find_header, match, nearest, plain
from sop_xl.reading.log import Log, Note
from sop_xl.reading.rows import add_up, last_of_period, refuse_doubles, report_repeated
from sop_xl.schema import Finding, Reading, Role, Severity, Table

__all__ = [
    "Cells",
    "Details",
    "PeriodOf",
    "did_you_mean",
    "empty_frame",
    "find_header",
    "nearest",
    "plain",
    "read_details",
    "read_table",
]


class Details(NamedTuple):
    """A reading with what later checks need to name the cells."""

    frame: pd.DataFrame
    findings: list[Finding]
    rows: np.ndarray
    """For each row of the frame, the (first) row of the cells that it came from."""
    positions: dict[str, int]
    """The position in the header of each column that was found."""
    counts: Counter[Severity]
    """Cells per severity."""
    delivered: int
    """Rows that hold anything."""
    last_day: pd.Timestamp | NaTType
    """Last day of the key ``period``; NaT if there is none."""
    monthly: bool
    """The key ``period`` names months; ``last_day`` is some day in the last of them."""


def read_table(
    table: Table,
    cells: Cells,
    period_of: PeriodOf,
    *,
    mapping: Mapping[str, str] | None = None,
    decimal: str | None = None,
    dates: str | None = None,
) -> Reading:
    """The inputs of a table as a typed frame, and what was found.

    Args:
        period_of: The fiscal period of days, ``Calendar.period_of``.
        mapping: Headers of the file that go by another name: header -> column.
        decimal: The decimal sign, where it is known: ``.`` or ``,``.
        dates: The order of dates, where it is known: ``dmy`` or ``mdy``.
    """
    details = read_details(
        table, cells, period_of, mapping=mapping, decimal=decimal, dates=dates
    )
    return Reading(details.frame, details.findings)


def read_details(
    table: Table,
    cells: Cells,
    period_of: PeriodOf,
    *,
    mapping: Mapping[str, str] | None = None,
    decimal: str | None = None,
    dates: str | None = None,
) -> Details:
    """The same as :func:`read_table`, with the place of every row."""
    log = Log(table, cells)
    positions = match(log, mapping or {})
    inputs = {c.name: c for c in table.inputs}
    found = {name: columns.raw(log, position) for name, position in positions.items()}
    given = Dialect(decimal or "", dates or "")
    others = columns.dialect_of(found, inputs, given)
    kept = _filled_rows(cells, found)
    parsed = {
        name: columns.parse(log, inputs[name], found[name], given, others, period_of)
        if name in found
        else columns.absent(inputs[name], len(cells))
        for name in inputs
    }
    usable = kept & _usable_rows(log, parsed, kept, positions)
    rows = np.flatnonzero(usable)
    frame = pd.DataFrame({name: column.series for name, column in parsed.items()})
    last_day, monthly = _last_day(parsed, rows)
    if table.sums:
        report_repeated(log, found, rows)
        frame, rows = add_up(log, frame, parsed, rows, by_day=not monthly)
    elif table.keys:
        rows = last_of_period(log, parsed, rows)
        rows = refuse_doubles(log, frame, parsed, rows, positions)
        frame = frame.take(rows).reset_index(drop=True)
    return Details(
        frame, log.findings, rows, positions, log.counts, int(kept.sum()), last_day, monthly
    )


def empty_frame(table: Table) -> pd.DataFrame:
    """The frame of a table that was not delivered."""
    return pd.DataFrame({c.name: columns.empty(c) for c in table.inputs})


def _filled_rows(cells: Cells, found: Mapping[str, columns.Raw]) -> np.ndarray:
    """Rows with anything in a column that is read; the blank ones are no finding."""
    filled = np.zeros(len(cells), dtype=bool)
    for raw in found.values():
        filled |= np.array([not is_blank(v) for v in raw.uniques], dtype=bool)[raw.codes]
    return filled


def _usable_rows(
    log: Log, parsed: Mapping[str, Parsed], kept: np.ndarray, positions: Mapping[str, int]
) -> np.ndarray:
    """Rows whose keys and required inputs are there; blanks in them are findings."""
    usable = np.ones(len(kept), dtype=bool)
    for column in log.table.inputs:
        if column.role not in (Role.KEY, Role.INPUT):
            continue
        cell = parsed[column.name]
        missing = cell.blank if column.default is None else np.zeros(len(kept), dtype=bool)
        if column.name in positions and (kept & missing & ~cell.bad).any():
            note = Note(missing, "the cell is empty.", "Fill it in; the row was left out.")
            position = positions[column.name]
            rows = np.flatnonzero(kept & missing & ~cell.bad)
            log.each(column.label, position, rows, note, log.cells.columns[position])
        usable &= ~(missing | cell.bad)
    return usable


def _last_day(
    parsed: Mapping[str, Parsed], rows: np.ndarray
) -> tuple[pd.Timestamp | NaTType, bool]:
    period = parsed.get("period")
    if period is None or period.days is None or not len(rows):
        return pd.NaT, False
    return pd.Timestamp(period.days[rows].max()), period.monthly
