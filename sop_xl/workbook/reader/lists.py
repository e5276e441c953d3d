"""Reads the inputs of lists: by the headers of their Excel tables, rows by key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from openpyxl.utils import get_column_letter, range_boundaries

from sop_xl.reading import Cells, plain, read_details
from sop_xl.schema import Table
from sop_xl.workbook.layout import excel_name
from sop_xl.workbook.reader.cells import SheetCells, is_formula, month_of
from sop_xl.workbook.reader.files import made_otherwise

HEADER_SEARCH = 40
"""Rows from the top in which the header of a moved list is looked for."""
GAP = 10
"""Empty rows below an Excel table after which nothing more belongs to it."""


def read_list(sheet: SheetCells, table: Table) -> None:
    """Read the inputs of a list; columns that are not there are not compared later."""
    place = _place(sheet, table)
    if place is None and made_otherwise(sheet.book.identity):
        sheet.book.not_there.append(table.label)
        return
    if place is None:
        sheet.find(table, f"the list {table.label} is not on the sheet",
                   "Bring back its header row; its inputs stay as they were.")
        return
    header_row, first, last, bottom = place
    header = [sheet.value(header_row, at) for at in range(first, last + 1)]
    shown: set[object] = {column.label for column in table.inputs}
    if made_otherwise(sheet.book.identity):
        shown |= _former_labels(table, header)
    wanted = [at for at, label in enumerate(header) if label in shown]
    rows = list(_filled(sheet, header_row + 1, bottom, [first + at for at in wanted]))
    cells = Cells(
        [header[at] for at in wanted],
        [[sheet.value(row, first + at) for row in rows] for at in wanted],
        sheet.book.file,
        sheet.name,
        rows=rows,
        places=[first + at for at in wanted],
    )
    uncomputed = {
        f"{get_column_letter(first + at)}{row}"
        for at in wanted
        for row in rows
        if sheet.is_uncomputed(table, str(header[at]), row, first + at)
    }
    # in a book a key stands once: what a file may add up is here a row that was copied
    details = read_details(replace(table, sums=False), cells, month_of)
    # the header cells need not be neighbours: name cells by their own column
    columns = {name: first + wanted[at] for name, at in details.positions.items()}
    sheet.book.findings += [f for f in details.findings if f.cell not in uncomputed]
    frame = details.frame[[c.name for c in table.inputs if c.name in columns]]
    sheet.book.frames[table.name] = frame
    for column in table.inputs:
        if column.name in columns or not column.role.is_input:
            continue
        if made_otherwise(sheet.book.identity):
            sheet.book.lacks(f"{column.label} of {table.label}")
        else:
            sheet.find(table, f"the column {column.label} is not in the list {table.label}",
                       "Give its header back its name; its values stay as they were.")
    if not set(table.keys) <= set(columns):
        del sheet.book.frames[table.name]
        return
    keys = frame[table.keys].itertuples(index=False, name=None)
    for row, values in zip(details.rows, keys, strict=True):
        key = tuple(str(value) for value in values)
        for name, column_number in columns.items():
            sheet.book.cells[table.name, key, name] = sheet.address(rows[row], column_number)
    _typed_over(sheet, table, header, first, rows)


def _former_labels(table: Table, header: list[object]) -> set[object]:
    """The headers under which an earlier version showed columns that have another label now."""
    known = {column.label for column in table.columns}
    former = {plain(alias) for column in table.inputs for alias in column.aliases}
    return {label for label in header if label not in known and plain(str(label)) in former}


def _place(sheet: SheetCells, table: Table) -> tuple[int, int, int, int] | None:
    """Header row, first and last column, and last row of a list."""
    reference = sheet.tables.get(excel_name(table))
    if reference:
        left, top, right, bottom = range_boundaries(reference)
        if left and top and right and bottom:
            return int(top), int(left), int(right), int(bottom)
    labels = [column.label for column in table.columns]
    for row in range(1, min(HEADER_SEARCH, len(sheet.rows)) + 1):
        found = [str(v) for v in sheet.rows[row - 1] if v is not None]
        if len(set(labels) & set(found)) * 2 > len(labels) and labels[0] in found:
            first = sheet.rows[row - 1].index(labels[0]) + 1
            return row, first, first + len(labels) - 1, row
    return None


def _filled(sheet: SheetCells, first: int, bottom: int, columns: list[int]) -> Iterator[int]:
    """Rows of the table with anything in these columns, and those typed right below it."""
    empty = 0
    for row in range(first, len(sheet.rows) + 1):
        if any(sheet.value(row, column) not in (None, "") for column in columns):
            empty = 0
            yield row
        elif row > bottom:
            empty += 1
            if empty == GAP:
                return


def _typed_over(
    sheet: SheetCells, table: Table, header: list[object], first: int, rows: list[int]
) -> None:
    computed = {
        first + at: column.label
        for at, label in enumerate(header)
        for column in table.columns
        if column.formula and column.label == label
    }
    for row in rows:
        if all(sheet.formula(row, at) in (None, "") for at in computed):
            continue  # typed below the list, where there are no formulas
        for at, label in computed.items():
            if not is_formula(sheet.formula(row, at)):
                sheet.overwritten(table, label, row, at)
