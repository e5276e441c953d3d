"""Findings of one reading, with the address of the cell, counted and kept to a readable number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from sop_xl.reading.cells import Cells, show
from sop_xl.schema import Finding, Severity, Table

CELLS_NAMED = 20
"""Cells named one by one for one kind of mistake in one column; the rest is counted."""


class Note(NamedTuple):
    """What is wrong with, or was repaired in, some distinct values of a column."""

    which: np.ndarray
    message: str | Callable[[object], str]
    """May name the value: ``{value}``."""
    remedy: str = ""
    severity: Severity = Severity.ERROR


class Log:
    """Collects the findings of one table; the one thing in reading that changes while it works."""

    def __init__(self, table: Table, cells: Cells) -> None:
        self.table = table
        self.cells = cells
        self.findings: list[Finding] = []
        self.counts: Counter[Severity] = Counter()

    def whole(
        self,
        message: str,
        remedy: str = "",
        severity: Severity = Severity.ERROR,
        cell: str = "",
        count: int = 1,
    ) -> None:
        """A finding about the table, a header, or a group of cells."""
        self.counts[severity] += count
        place = (self.cells.file, self.cells.sheet, cell)
        self.findings.append(Finding(self.table.name, message, remedy, severity, *place))

    def each(
        self, label: str, position: int, rows: np.ndarray, note: Note, values: Sequence[object]
    ) -> None:
        """One finding per cell, as far as anyone would read them."""
        for row in rows[:CELLS_NAMED]:
            message = _message(note, values[row])
            cell = self.cells.address(int(row), position)
            self.whole(f"{label}: {message}", note.remedy, note.severity, cell)
        rest = len(rows) - CELLS_NAMED
        if rest > 0:
            cell = self.cells.address(int(rows[CELLS_NAMED]), position)
            message = f"{label}: {rest:,} more cells of this kind, from here on."
            self.whole(message, note.remedy, note.severity, cell, count=rest)

    def grouped(
        self, label: str, position: int, rows: np.ndarray, note: Note, values: Sequence[object]
    ) -> None:
        """One finding for all the cells."""
        message = _message(note, values[rows[0]])
        named = ", ".join(self.cells.address(int(row), position) for row in rows[:3])
        more = " ..." if len(rows) > 3 else ""
        where = f" ({len(rows):,} cells: {named}{more})" if len(rows) > 1 else ""
        self.whole(
            f"{label}: {message.rstrip('.')}{where}.", note.remedy, note.severity,
            self.cells.address(int(rows[0]), position), count=len(rows),
        )


def _message(note: Note, value: object) -> str:
    if callable(note.message):
        return note.message(value)
    return note.message.replace("{value}", repr(show(value)))
