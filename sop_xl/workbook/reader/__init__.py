"""Reads back what people typed in a book: inputs by key, and formulas that were typed over.

Rows are found by their keys and measures, columns by their headers and months, so that sorted,
inserted and moved rows do no harm. Outputs are never read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from sop_xl.planning.wording import listed
from sop_xl.schema import Finding, Severity
from sop_xl.tables import GRIDS, TABLES
from sop_xl.workbook.macros import missing_macros
from sop_xl.workbook.reader.cells import BookInputs, SheetCells
from sop_xl.workbook.reader.files import (
    OpenedSheet,
    made_otherwise,
    open_sheets,
    read_identity,
)
from sop_xl.workbook.reader.grids import read_grids
from sop_xl.workbook.reader.lists import read_list
from sop_xl.workbook.sheets import SHEETS

__all__ = [
    "BookInputs",
    "OpenedSheet",
    "inputs_of",
    "level_of",
    "open_sheets",
    "read_identity",
    "read_inputs",
]


def level_of(identity: Mapping[str, str]) -> tuple[str, ...]:
    """The planning level at which a book was made."""
    return tuple(identity["level"].split())


def read_inputs(path: Path) -> BookInputs:
    """Read every input of a book that was issued, at the planning level it was made at.

    Raises:
        SopError: The file cannot be read, or is no book of this structure.
    """
    identity = read_identity(path)
    book = inputs_of(identity, open_sheets(path), path.name)
    if lost := missing_macros(path):
        book.findings.append(_other_program(path, lost))
    return book


def inputs_of(
    identity: dict[str, str], sheets: Mapping[str, OpenedSheet], file: str
) -> BookInputs:
    """The inputs that the sheets of a book hold, a file or one that is open in Excel.

    Args:
        identity: What the book says it is.
        sheets: Its cells by sheet.
        file: How findings call the book.
    """
    level = level_of(identity)
    book = BookInputs(file, identity)
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
    if book.not_there:
        book.findings.append(_other_version(book))
    return book


def _other_program(path: Path, lost: Sequence[str]) -> Finding:
    """Programs other than Excel save a workbook without what they do not know."""
    return Finding(
        "workbook",
        f"the workbook has lost {' and '.join(lost)}: another program than Excel saved it. Its "
        "inputs were read.",
        "Write it with them again: sop-xl generate",
        Severity.WARNING,
        file=path.name,
    )


def _other_version(book: BookInputs) -> Finding:
    return Finding(
        "workbook",
        f"another version of the program made this workbook, which has no "
        f"{listed(book.not_there)}; their inputs stay as they were.",
        "Nothing is to be done: the next book has them.",
        Severity.REPAIR,
        file=book.file,
    )


def _missing_sheet(book: BookInputs, sheet: str) -> None:
    if made_otherwise(book.identity):
        book.not_there.append(sheet)
        return
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
