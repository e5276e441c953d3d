"""What every kind of source hands over, and what ``sop.toml`` may say about one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from sop_xl.reading import Cells
from sop_xl.schema import Finding

MAX_BYTES = 1 << 30
"""Bytes that a file may unpack to: beyond that it is a mistake or an attack."""


class Extract(NamedTuple):
    """Cells, unless nothing could be read, and what was found on the way."""

    cells: Cells | None
    findings: list[Finding]


def refused(table: str, message: str, remedy: str, file: str, sheet: str = "") -> Extract:
    """Nothing could be read."""
    return Extract(None, [Finding(table, message, remedy, file=file, sheet=sheet)])


def _says(help: str, example: str) -> str:
    return field(default="", metadata={"help": help, "example": example})


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpec:
    """One section ``[sources.<table>]`` of ``sop.toml``; empty means: find out."""

    file: str = _says("File, relative to the plan folder.", "exports/sales 2024.csv")
    sheet: str = _says("Sheet of the workbook.", "Export")
    table: str = _says("Excel table in the workbook.", "tblSales")
    range: str = _says("Range or defined name, header included.", "B4:H900")
    columns: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({}),
        metadata={
            "help": "Headers of the file that go by another name: header = column.",
            "example": {"Menge": "orders", "Artikel": "item"},
        },
    )
    decimal: str = field(
        default="",
        metadata={"help": "Decimal sign.", "example": ",", "choices": (".", ",")},
    )
    dates: str = field(
        default="",
        metadata={
            "help": "Order of dates written in figures.",
            "example": "dmy",
            "choices": ("dmy", "mdy", "ymd"),
        },
    )
    delimiter: str = _says("Delimiter of a text file; \\t is the tab.", ";")
    encoding: str = _says("Encoding of a text file.", "cp1252")
    url: str = _says(
        "Database (SQLAlchemy URL); ${NAME} takes the environment variable NAME.",
        "postgresql+psycopg://planner:${SOP_PASSWORD}@erp/prod",
    )
    query: str = _says("Query that gives the rows.", "SELECT * FROM sales_by_month")
    unit: str = _says("Unit of the quantities, where no column names it.", "box")
