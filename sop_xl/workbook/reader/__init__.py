"""Reads back what people typed in a book: inputs by key, and formulas that were typed over.

Rows are found by their keys and measures, columns by their headers and months, so that sorted,
inserted and moved rows do no harm. Outputs are never read.
"""

from __future__ import annotations

from pathlib import Path

from sop_xl.schema import Finding, Severity
from sop_xl.tables import GRIDS, TABLES
from sop_xl.workbook.reader.cells import BookInputs, SheetCells
from sop_xl.workbook.reader.files import open_sheets, read_identity
from sop_xl.workbook.reader.grids import read_grids
from sop_xl.workbook.reader.lists import read_list
from sop_xl.workbook.sheets import SHEETS

__all__ = ["BookInputs", "level_of", "read_identity", "read_inputs"]


def level_of(identity: dict[str, str]) -> tuple[str, ...]:
    """The planning level at which a book was made."""
    return tuple(identity["level"].split())


def read_inputs(path: Path) -> BookInputs:
    """Read every input of a book that was issued, at the planning level it was made at.

    Raises:
        SopError: The file cannot be read, or is no book of this structure.
    """
    identity = read_identity(path)
    level = level_of(identity)
    sheets = open_sheets(path)
    book = BookInputs(path.name, identity)
    for spec in SHEETS:
        tables = [TABLES[name].for_level(level) for name in spec.tables]
        lists = [table for table in tables if table.is_editable]
        grids = [GRIDS[name].for_level(level) for name in spec.grids]
        if spec.name not in sheets:
            if lists or any(grid.inputs for grid in grids):
                _missing_sheet(book, spec.name)
            continue
        sheet = SheetCells(book, spec.name, sheets[spec.name])
        for table in lists:
            read_list(sheet, table)
        if grids:
            read_grids(sheet, grids)
    return book


def _missing_sheet(book: BookInputs, sheet: str) -> None:
    book.findings.append(
        Finding(
            sheet,
            f"the sheet {sheet} is missing; its inputs were not read and stay as they were.",
            "If it was renamed, give it back its name and collect again.",
            Severity.WARNING,
            file=book.file,
            sheet=sheet,
        )
    )
