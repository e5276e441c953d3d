"""What a cell of a book shows, how it is computed and from what: for whoever traces a number."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeAlias

import pandas as pd
from openpyxl.utils import coordinate_to_tuple, range_boundaries

from sop_xl.errors import SopError
from sop_xl.planning.wording import month
from sop_xl.schema import BLANK, VALUES, Column, Grid, Measure, Role, Table
from sop_xl.tables import GRIDS, TABLES
from sop_xl.workbook.layout import excel_name
from sop_xl.workbook.reader import BookInputs, OpenedSheet, level_of
from sop_xl.workbook.reader.cells import cell_at, is_formula, text_of
from sop_xl.workbook.reader.grids import time_header
from sop_xl.workbook.sheets import SHEETS, SheetSpec
from sop_xl.workbook.words import in_words

Rows: TypeAlias = list[list[Any]]
_TARGET = re.compile(r"'?(?P<sheet>[^'!]+)'?!\$?(?P<column>[A-Za-z]{1,3})\$?(?P<row>[1-9]\d*)")
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""Where a sheet of Excel ends."""
_FILLED_BY = {
    Role.KEY: "It is a key: it says what the row is about.",
    Role.INPUT: "People fill it in.",
    Role.OPTIONAL: "People may fill it in.",
}


class Explained(NamedTuple):
    """A cell in words: what it shows, and what is worth knowing about it."""

    cell: str
    """Where it stands: ``Demand_Plan!Z14``."""
    title: str
    lines: list[str]


def explain(book: BookInputs, sheets: Mapping[str, OpenedSheet], target: str) -> Explained:
    """Say what a cell shows and where it comes from.

    Args:
        book: The inputs of the book, for its level and its cycle.
        sheets: Its cells.
        target: ``Demand_Plan!Z14``.

    Raises:
        SopError: There is no such cell.
    """
    match = _TARGET.fullmatch(target.strip())
    row, column = (0, 0)
    if match:
        row, column = coordinate_to_tuple(f"{match['column'].upper()}{match['row']}")
    if match is None or row > LAST_ROW or column > LAST_COLUMN:
        raise SopError(f"{target} is no cell.", "Name it like this: Demand_Plan!Z14")
    wanted = match["sheet"].casefold()  # Excel makes no difference either
    name = next((name for name in sheets if name.casefold() == wanted), "")
    if not name:
        raise SopError(f"There is no sheet {match['sheet']}.", f"There are: {', '.join(sheets)}.")
    sheet = sheets[name]
    values, formulas, _ = sheet
    spec = next((spec for spec in SHEETS if spec.name == name), None)
    place = f"{name}!{match['column'].upper()}{row}"
    shown = _shown(cell_at(values, row, column))
    found = spec and (_in_grids(book, spec, sheet, (row, column), shown)
                      or _in_lists(book, spec, sheet, (row, column), shown))
    formula = cell_at(formulas, row, column)
    lines = [f"Formula in the cell: {getattr(formula, 'text', formula)}"] * is_formula(formula)
    if not found:
        used = f" {spec.title}: used by {spec.used_by}." if spec else ""
        lines = [f"It belongs to no list or plan row.{used}", *lines]
        return Explained(place, f"{place} shows {shown}.", lines)
    what, notes = found
    return Explained(place, f"{place}: {what}.", [*notes, *lines])


def _in_grids(
    book: BookInputs, spec: SheetSpec, sheet: OpenedSheet, spot: tuple[int, int], shown: str
) -> tuple[str, list[str]] | None:
    (row, column), (values, *_) = spot, sheet
    header_row = time_header(values)
    if header_row is None or row <= header_row or row > len(values):
        return None
    header = values[header_row - 1]
    at = header.index("Measure") + 1
    label = cell_at(values, row, at)
    keys = [text_of(v) for v in values[row - 1][: at - 1] if v not in (None, "")]
    level = level_of(book.identity)
    for grid in (GRIDS[name].for_level(level) for name in spec.grids):
        measure = next((m for m in grid.measures if m.label == label), None)
        if measure is None or len(grid.keys) != len(keys):
            continue
        of = f"{measure.label} of {' · '.join(keys)}" if keys else measure.label
        head = cell_at([header], 1, column)
        about = [measure.help] if measure.help else []
        if isinstance(head, dt.datetime):
            period = pd.Period(head, "M")
            is_past = period < pd.Period(book.identity["cycle"], "M")
            notes = about + _filled_by(grid, measure, is_past)
            return f"{of}, {month(period)} is {shown}", notes
        if column > at + 1 and head:  # a sum over months
            return f"{of}, {head} is {shown}", about
        return f"the row {of} shows {shown} here", about
    return None


def _filled_by(grid: Grid, measure: Measure, is_past: bool) -> list[str]:
    text = measure.past if is_past else measure.plan
    if measure.role.is_input and not is_past:
        return [_FILLED_BY[measure.role]]
    if text == VALUES:
        return [f"The program writes it: {grid.help}"]
    if text == BLANK:
        return ["It is blank in these months."]
    return [f"Computed: {measure.label} = {in_words(text, grid)}"]


def _in_lists(
    book: BookInputs, spec: SheetSpec, sheet: OpenedSheet, spot: tuple[int, int], shown: str
) -> tuple[str, list[str]] | None:
    (row, column), (values, _, tables) = spot, sheet
    level = level_of(book.identity)
    for table in (TABLES[name].for_level(level) for name in spec.tables):
        reference = tables.get(excel_name(table))
        if reference is None:
            continue
        left, top, right, bottom = (int(part or 0) for part in range_boundaries(reference))
        if not (left <= column <= right and top <= row <= bottom):
            continue
        label = cell_at(values, top, column)
        field = next((c for c in table.columns if c.label == label), None)
        if field is None:
            continue
        if row == top:
            return f"{field.label} is a column of the list {table.label}", _about(table, field)
        key = _row_of(table, values, row, top, left)
        return f"{field.label}{key} is {shown}", _about(table, field)
    return None


def _row_of(table: Table, values: Rows, row: int, top: int, left: int) -> str:
    labels = {cell_at(values, top, at): at for at in range(left, left + len(table.columns))}
    keys = [
        text_of(cell_at(values, row, labels[table[key].label]))
        for key in table.keys
        if table[key].label in labels
    ]
    return f" of {' · '.join(keys)}" if any(keys) else ""


def _about(table: Table, column: Column) -> list[str]:
    lines = [column.help]
    if column.formula:
        lines.append(f"Computed: {column.label} = {in_words(column.formula, table)}")
    elif column.role in _FILLED_BY and table.is_editable:
        lines.append(_FILLED_BY[column.role])
    else:
        lines.append(f"The program writes it: {table.help}")
    return lines


def _shown(value: object) -> str:
    if value in (None, ""):
        return "blank"
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d}"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)
