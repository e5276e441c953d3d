"""Reads the inputs of time sheets: rows by key and measure, columns by month.

Sheets may be sorted, and rows and columns moved or inserted. What is missing, doubled or unknown is
a finding; a row that is not on the sheet is not taken for one that was cleared.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter, range_boundaries

from sop_xl.reading import Cells, read_details
from sop_xl.schema import BLANK, VALUES, Finding, Grid, Role, Severity, Table
from sop_xl.workbook.layout import KEY_SEPARATOR
from sop_xl.workbook.reader.cells import SheetCells, is_formula, month_of, text_of
from sop_xl.workbook.reader.files import made_otherwise

HEADER_SEARCH = 40
"""Rows from the top in which the header of a time sheet is looked for."""
_REFERENCE = re.compile(r"(?<![A-Za-z_\[])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\w(])")

Key = tuple[str, ...]
MeasureRows = dict[tuple[Key, str], int]
"""Row of each block and measure."""


def read_grids(sheet: SheetCells, grids: Sequence[Grid]) -> None:
    """Read the inputs of the grids of a sheet."""
    header_row = time_header(sheet.rows)
    if header_row is None:
        sheet.find(grids[0], "the header row with Measure and the months is gone",
                   "Bring it back; the inputs of the sheet stay as they were.")
        return
    header = sheet.rows[header_row - 1]
    labels = {
        label: at
        for at, value in enumerate(header, start=1)
        if isinstance(value, str)
        for label in value.split(KEY_SEPARATOR)
    }
    months = {
        at: pd.Period(value, "M")
        for at, value in enumerate(header, start=1)
        if isinstance(value, dt.datetime)
    }
    _check_months(sheet, grids[0], months)
    for grid in grids:
        keys = [labels[column.label] for column in grid.keys if column.label in labels]
        if len(keys) < len(grid.keys) and made_otherwise(sheet.book.identity):
            if grid.inputs:
                sheet.book.not_there.append(grid.label)
            continue
        if len(keys) < len(grid.keys):
            sheet.find(grid, f"a key column of {grid.label} is gone",
                       "Bring back its header; the inputs of the sheet stay as they were.")
            continue
        # grids that share a label have other numbers of keys: a row tells its grid by its blanks
        alike = [o for o in grids if o is not grid and len(o.keys) == len(grid.keys)]
        others = {measure.label for other in alike for measure in other.measures}
        own = [m.name for m in grid.measures if m.label not in others]
        rows = _measure_rows(sheet, grid, own, header_row, keys, labels["Measure"])
        _read_inputs(sheet, grid, _whole_blocks(sheet, grid, own, rows), months)
        _check_formulas(sheet, grid, rows, months)
        _note_figures(sheet, grid, rows, months)


def _note_figures(
    sheet: SheetCells, grid: Grid, rows: MeasureRows, months: Mapping[int, pd.Period]
) -> None:
    """What the plan wrote as values; whether somebody typed over them, the caller can tell."""
    first = pd.Period(sheet.book.identity["cycle"], "M")
    for (key, name), row in rows.items():
        if grid[name].role.is_input or grid[name].plan != VALUES:
            continue
        for at, month in months.items():
            if month >= first:
                spot = (grid.name, (*key, str(month)), name)
                sheet.book.figures[spot] = sheet.value(row, at)
                sheet.book.cells[spot] = sheet.address(row, at)


def time_header(rows: Sequence[Sequence[Any]]) -> int | None:
    """The row with the header Measure and the months, counted from 1."""
    for row, values in enumerate(rows[:HEADER_SEARCH], start=1):
        if "Measure" in values and any(isinstance(v, dt.datetime) for v in values):
            return row
    return None


def _check_months(sheet: SheetCells, grid: Grid, months: Mapping[int, pd.Period]) -> None:
    """Every plan month has its column, once."""
    first, horizon = sheet.book.identity["cycle"], int(sheet.book.identity["horizon"])
    counts = Counter(months.values())
    for month in pd.period_range(first, periods=horizon, freq="M"):
        if counts[month] != 1:
            times = "no column" if not counts[month] else f"{counts[month]} columns"
            sheet.find(grid, f"the month {month} has {times}",
                       "Mend the headers of the months, which are dates, and collect again.",
                       severity=Severity.ERROR)


def _measure_rows(
    sheet: SheetCells, grid: Grid, own: Sequence[str], header_row: int, keys: Sequence[int],
    measure_at: int,
) -> MeasureRows:
    """The rows of a grid: those with one of its labels and as many keys as it has."""
    names = {grid[name].label: name for name in own}
    rows: MeasureRows = {}
    for row in range(header_row + 1, len(sheet.rows) + 1):
        label = sheet.value(row, measure_at)
        filled = [at for at in range(1, measure_at) if sheet.value(row, at) not in (None, "")]
        if label not in names or len(filled) != len(keys):
            continue
        key = tuple(text_of(sheet.value(row, at)) for at in keys)
        spot = (key, names[str(label)])
        if spot in rows and grid[spot[1]].role.is_input:
            sheet.find(grid, f"{label} of {' · '.join(key)} stands twice: in the rows {rows[spot]} "
                       f"and {row}", "Delete the one that is not meant and collect again.",
                       f"A{row}", Severity.ERROR)
        rows.setdefault(spot, row)
    return rows


def _whole_blocks(
    sheet: SheetCells, grid: Grid, own: Sequence[str], rows: MeasureRows
) -> MeasureRows:
    """The input rows of blocks that are there; rows that are missing are found and left out."""
    found: defaultdict[Key, list[str]] = defaultdict(list)
    for key, name in rows:
        found[key].append(name)
    table = grid.input_table()
    inputs = {measure.name for measure in grid.inputs}
    shown = {name for names in found.values() for name in names}
    if made_otherwise(sheet.book.identity):  # its blocks are whole without what came later
        own = [name for name in own if name in shown]
    for key, names in found.items():
        block = " · ".join(key) or grid.label
        if len(names) * 2 < len(own):
            # where nothing is typed, nothing can be lost
            severity = Severity.ERROR if inputs else Severity.WARNING
            sheet.find(grid, f"{block} has only {len(names)} of {len(own)} rows: was its key typed "
                       "over?", "Mend the key, or delete the row, and collect again.",
                       f"A{rows[key, names[0]]}", severity)
            continue
        for name in sorted(inputs - set(names)):
            if name not in shown and made_otherwise(sheet.book.identity):
                sheet.book.lacks(f"{grid[name].label} of {grid.label}")
            else:
                sheet.find(grid, f"the row {grid[name].label} of {block} is not on the sheet",
                           "Its values stay as they were; the next book has the row again.")
            if table is not None:
                sheet.book.unread.add((table.name, key, name))
    return {spot: row for spot, row in rows.items() if spot[1] in inputs}


def _read_inputs(
    sheet: SheetCells, grid: Grid, rows: MeasureRows, months: Mapping[int, pd.Period]
) -> None:
    table = grid.input_table()
    if table is None:
        return
    first = pd.Period(sheet.book.identity["cycle"], "M")
    found: dict[tuple[Any, ...], dict[str, object]] = {}
    for (key, name), row in rows.items():
        for at, month in months.items():
            if month < first:
                continue
            spot = (table.name, (*key, str(month)), name)
            sheet.book.cells[spot] = sheet.address(row, at)
            sheet.is_uncomputed(table, grid[name].label, row, at)
            value = sheet.value(row, at)
            # blank ones too: a cell that somebody cleared is a change
            found.setdefault((*key, month), {})[name] = None if value == "" else value
    _input_frame(sheet, table, found)


def _input_frame(
    sheet: SheetCells, table: Table, found: dict[tuple[Any, ...], dict[str, object]]
) -> None:
    """Check the typed values as those of any list, one row per block and month."""
    names = [column.name for column in table.inputs if column.role is not Role.KEY]
    header = [table[name].label for name in (*table.keys, *names)]
    columns: list[list[object]] = [[] for _ in header]
    for key, values in found.items():
        shown = [*key[:-1], key[-1].to_timestamp(), *(values.get(name) for name in names)]
        for column, value in zip(columns, shown, strict=True):
            column.append(value)
    details = read_details(table, Cells(header, columns, sheet.book.file, sheet.name), month_of)
    keys = list(found)
    for finding in details.findings:
        sheet.book.findings.append(_placed(sheet, table, finding, header, keys))
    sheet.book.frames[table.name] = details.frame


def _placed(
    sheet: SheetCells,
    table: Table,
    finding: Finding,
    header: list[str],
    keys: list[tuple[Any, ...]],
) -> Finding:
    """Name the cell of the grid, not that of the list that was made of it."""
    match = re.fullmatch(r"([A-Z]+)(\d+)", finding.cell)
    if not match:
        return finding
    column = range_boundaries(f"{match[1]}1")[0] or 1
    row = int(match[2]) - 2
    name = next((c.name for c in table.inputs if c.label == header[column - 1]), "")
    if row >= len(keys):
        return finding
    key = tuple(str(value) for value in keys[row])
    address = sheet.book.cells.get((table.name, key, name), "")
    return finding._replace(cell=address.partition("!")[2] or finding.cell)


def _check_formulas(
    sheet: SheetCells, grid: Grid, rows: MeasureRows, months: Mapping[int, pd.Period]
) -> None:
    """Name formulas that were typed over, and those that differ from the rest of their row."""
    first = pd.Period(sheet.book.identity["cycle"], "M")
    for (_, name), row in rows.items():
        measure = grid[name]
        for text, past in ((measure.past, True), (measure.plan, False)):
            if text in (BLANK, VALUES) or measure.sparse:
                continue
            columns = [at for at, month in months.items() if (month < first) == past]
            _check_row(sheet, grid, measure.label, row, columns)


def _check_row(sheet: SheetCells, grid: Grid, label: str, row: int, columns: list[int]) -> None:
    shapes: dict[int, str] = {}
    typed: list[int] = []
    for column in columns:
        formula = sheet.formula(row, column)
        if is_formula(formula):
            shapes[column] = relative_form(str(formula), column)
        else:
            typed.append(column)
    if typed:
        sheet.overwritten(grid, label, row, *typed)
    if len(set(shapes.values())) <= 1:
        return
    usual = Counter(shapes.values()).most_common(1)[0][0]
    for column, shape in shapes.items():
        if shape != usual:
            sheet.find(
                grid,
                f"the formula of {label} differs from the others in its row",
                "Copy the formula from the cell beside it; the next book has it right.",
                f"{get_column_letter(column)}{row}",
            )


def relative_form(formula: str, column: int) -> str:
    """A formula with columns relative to its own, so that equal ones along a row look alike."""

    def relative(match: re.Match[str]) -> str:
        if match[1]:
            return match[0]
        number = range_boundaries(f"{match[2]}1")[0] or 0
        return f"[{number - column}]{match[3]}{match[4]}"

    return _REFERENCE.sub(relative, formula.replace(" ", ""))
