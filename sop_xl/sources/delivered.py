"""One table as it was delivered: its frame, and the way back to the cells it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from pandas.api.typing import NaTType

from sop_xl.reading import Cells, Details, empty_frame
from sop_xl.schema import Finding, Severity, Table

NAMED = 20
"""Rows named one by one for one kind of finding; the rest is counted."""


@dataclass(frozen=True)
class Delivered:
    """What one source gave.

    Args:
        rows: For each row of the frame, the row of the cells that it came from.
        positions: Position of each column in the header.
        last_day: Last day of the key ``period``.
        monthly: Whether that column names months.
        read: Rows read.
    """

    table: Table
    frame: pd.DataFrame
    cells: Cells | None = None
    rows: np.ndarray = field(default_factory=lambda: np.array([], dtype=np.intp))
    positions: dict[str, int] = field(default_factory=dict)
    last_day: pd.Timestamp | NaTType = pd.NaT
    monthly: bool = False
    read: int = 0
    findings: tuple[Finding, ...] = ()
    counts: Counter[Severity] = field(default_factory=Counter)

    @classmethod
    def nothing(cls, table: Table, findings: Iterable[Finding] = ()) -> Delivered:
        findings = tuple(findings)
        return cls(
            table, empty_frame(table), findings=findings,
            counts=Counter(f.severity for f in findings),
        )

    @classmethod
    def of(
        cls, table: Table, cells: Cells, details: Details, findings: Iterable[Finding]
    ) -> Delivered:
        before = tuple(findings)
        return cls(
            table, details.frame, cells, details.rows, details.positions, details.last_day,
            details.monthly, details.delivered, (*before, *details.findings),
            Counter(f.severity for f in before) + details.counts,
        )

    @property
    def origin(self) -> str:
        """File and sheet, or the address of the database."""
        if self.cells is None:
            return ""
        return "!".join(part for part in (self.cells.file, self.cells.sheet) if part)

    def finding(
        self,
        message: str,
        remedy: str,
        severity: Severity = Severity.WARNING,
        row: int | None = None,
        column: str = "",
    ) -> Finding:
        """A finding about the table, or about a row of its frame."""
        file = self.cells.file if self.cells is not None else ""
        sheet = self.cells.sheet if self.cells is not None else ""
        cell = "" if row is None else self.address(row, column)
        return Finding(self.table.name, message, remedy, severity, file, sheet, cell)

    def address(self, row: int, column: str) -> str:
        """Where a row of the frame came from; for rows added up, the first of them."""
        if self.cells is None or row >= len(self.rows):
            return ""
        place = int(self.rows[row])
        if column in self.positions:
            return self.cells.address(place, self.positions[column])
        if self.cells.sheet:
            return self.cells.address(place, 0)
        return f"row {self.cells.row_number(place)}"

    def each(
        self,
        which: np.ndarray | pd.Series,
        column: str,
        message: Callable[[int], str],
        remedy: str,
        severity: Severity = Severity.WARNING,
    ) -> list[Finding]:
        """One finding per row, as far as anyone would read them."""
        rows = np.flatnonzero(np.asarray(which))
        found = [self.finding(message(int(r)), remedy, severity, int(r), column)
                 for r in rows[:NAMED]]
        if len(rows) > NAMED:
            more = f"{len(rows) - NAMED:,} more rows of this kind, from here on."
            found.append(self.finding(more, remedy, severity, int(rows[NAMED]), column))
        return found

    def grouped(
        self,
        which: np.ndarray | pd.Series,
        column: str,
        message: str,
        remedy: str,
        severity: Severity = Severity.WARNING,
    ) -> list[Finding]:
        """One finding for all rows; ``{n}`` in the message is their number."""
        rows = np.flatnonzero(np.asarray(which))
        if not len(rows):
            return []
        keys = self.table.keys
        named = ", ".join(
            " ".join(str(self.frame[key].iloc[row]) for key in keys) for row in rows[:5]
        )
        more = " ..." if len(rows) > 5 else ""
        text = message.replace("{n}", f"{len(rows):,}")
        return [self.finding(f"{text}: {named}{more}.", remedy, severity, int(rows[0]), column)]
