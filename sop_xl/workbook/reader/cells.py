"""The cells of one sheet while its inputs are read, and what is found wrong with them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter

from sop_xl.schema import Finding, Grid, Severity, Table
from sop_xl.workbook.reader.files import OpenedSheet

CellKey = tuple[str, tuple[str, ...], str]
"""Table, key of the row as texts, column."""


@dataclass
class BookInputs:
    """What a book holds: frames of inputs, where each value stands, and findings."""

    file: str
    identity: dict[str, str]
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    cells: dict[CellKey, str] = field(default_factory=dict)
    """``Demand_Plan!Z14`` for each value that was read."""
    figures: dict[CellKey, object] = field(default_factory=dict)
    """What cells show that hold a computed value, not a formula: grid, key and month, measure."""
    unread: set[CellKey] = field(default_factory=set)
    """Rows of a grid that are not on its sheet: input table, key of the block, measure."""
    findings: list[Finding] = field(default_factory=list)
    not_there: list[str] = field(default_factory=list)
    """Sheets, grids, and columns and rows of them, that a book of another version of the program
    does not have."""
    typed_over: list[Finding] = field(default_factory=list)
    """Those of the findings that are about formulas somebody typed over."""

    def lacks(self, what: str) -> None:
        """Note something that came with a later version than that of the book, once."""
        if what not in self.not_there:
            self.not_there.append(what)

    def cell_of(self, table: Table, key: str, column: str) -> str:
        """Where a value stands; the first key of the row where a whole row is meant.

        Args:
            key: The key of the row as the store writes it, a JSON object.
        """
        return self.cells.get((table.name, _texts(key), column or table.keys[0]), "")

    def was_read(self, table: Table, key: str, column: str) -> bool:
        """Whether the book showed a value; what it did not show, nobody changed."""
        return (table.name, _texts(key)[:-1], column) not in self.unread


def _texts(key: str) -> tuple[str, ...]:
    return tuple("" if v is None else str(v) for v in json.loads(key).values())


class SheetCells:
    """One sheet of a book that is read."""

    def __init__(self, book: BookInputs, name: str, sheet: OpenedSheet) -> None:
        self.book, self.name = book, name
        self.rows, self.formulas, self.tables = sheet

    def value(self, row: int, column: int) -> object:
        return cell_at(self.rows, row, column)

    def formula(self, row: int, column: int) -> object:
        return cell_at(self.formulas, row, column)

    def address(self, row: int, column: int) -> str:
        """``Demand_Plan!Z14``."""
        return f"{self.name}!{get_column_letter(column)}{row}"

    def is_uncomputed(self, table: Table, label: str, row: int, column: int) -> bool:
        """A formula in an input cell is taken by its value: find one that has none."""
        formula = self.formula(row, column)
        if not is_formula(formula) or self.value(row, column) is not None:
            return False
        shown = getattr(formula, "text", formula)
        self.find(
            table,
            f"the formula {shown} in {label} has no value",
            "Type the value; or open the workbook in Excel, save it and collect again.",
            f"{get_column_letter(column)}{row}",
            Severity.ERROR,
        )
        return True

    def overwritten(self, holder: Table | Grid, label: str, row: int, *columns: int) -> None:
        """A formula that somebody typed over."""
        value = self.formula(row, columns[0])
        shown = "nothing" if value in (None, "") else repr(value)
        cell = f"{get_column_letter(columns[0])}{row}"
        if len(columns) > 1:
            cell += f" to {get_column_letter(columns[-1])}{row}"
        self.find(
            holder,
            f"the formula of {label} was typed over with {shown}; the value is not taken over",
            "Type it in an input row instead (blue on yellow); the next book has the formula.",
            cell,
        )
        self.book.typed_over.append(self.book.findings[-1])

    def find(
        self,
        holder: Table | Grid,
        message: str,
        remedy: str,
        cell: str = "",
        severity: Severity = Severity.WARNING,
    ) -> None:
        """Add a finding about this sheet."""
        file = self.book.file
        self.book.findings.append(
            Finding(holder.name, f"{message}.", remedy, severity, file, self.name, cell)
        )


def cell_at(rows: list[list[Any]], row: int, column: int) -> Any:
    """A cell of a sheet that was read, counted from 1; None beyond its last row or column."""
    if row > len(rows) or column > len(rows[row - 1]):
        return None
    return rows[row - 1][column - 1]


def text_of(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def is_formula(value: object) -> bool:
    return (isinstance(value, str) and value.startswith("=")) or hasattr(value, "text")


def month_of(days: pd.Series[Any]) -> pd.Series[Any]:
    """Sheets show a period by the first day of the month that it is called by."""
    return pd.to_datetime(days).dt.to_period("M")
