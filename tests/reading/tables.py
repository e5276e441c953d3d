"""Small tables of text, read as if they came from a file or a sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sop_xl.planning.calendar import Calendar
from sop_xl.reading import Cells, read_table
from sop_xl.schema import Finding, Reading, Severity, Table

ERROR, WARNING, REPAIR = Severity.ERROR, Severity.WARNING, Severity.REPAIR


def split(text: str) -> list[list[str]]:
    """Lines of ``a | b | c`` to rows."""
    return [
        [cell.strip(" ") for cell in line.split("|")] for line in text.strip("\n").splitlines()
    ]


def read(
    table: Table,
    text: str,
    *,
    sheet: str = "",
    calendar: Calendar | None = None,
    mapping: Mapping[str, str] | None = None,
    **settings: str,
) -> Reading:
    """Read a table written with bars between the cells, header first."""
    header, *rows = split(text)
    cells = Cells.of_rows(header, rows, file="data/file.csv", sheet=sheet)
    return read_cells(table, cells, calendar, mapping=mapping, **settings)


def read_cells(
    table: Table, cells: Cells, calendar: Calendar | None = None, **settings: Any
) -> Reading:
    return read_table(table, cells, (calendar or Calendar()).period_of, **settings)


def told(findings: list[Finding], severity: Severity | None = None) -> list[str]:
    """``cell: message`` of the findings."""
    return [
        f"{f.cell}: {f.message}" if f.cell else f.message
        for f in findings
        if severity in (None, f.severity)
    ]


def values(reading: Reading, column: str) -> list[Any]:
    return [str(v) if column == "period" else v for v in reading.frame[column]]
