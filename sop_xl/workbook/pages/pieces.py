"""What pages are made of: mirrored rows, messages, selectors, headers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from sop_xl.tables import TABLES
from sop_xl.workbook.formulas import structured
from sop_xl.workbook.layout import GridPlace, TablePlace, column_letter, view_name
from sop_xl.workbook.lists import (
    UNITS_BY_LABEL,
    draw_table,
    number_format_of,
    plain,
    spare,
    unit_of,
)
from sop_xl.workbook.sheet import EMU_PER_CM, EMU_PER_PIXEL, PIXELS_PER_CHARACTER, Sheet


def mirror(
    sheet: Sheet,
    row: int,
    column: int,
    table: str,
    name: str,
    at: int,
    style: str = "",
    prefix: str = "",
) -> None:
    """Show the n-th row (from 0) of another sheet's list; blank where it is blank.

    Without a ``style`` numbers and texts look as in a list. ``prefix`` is put before a number by
    its format, so that the cell stays a number.
    """
    declared = TABLES[table]
    field = declared[name]
    style = style or ("SOP Output" if field.unit.is_number else "SOP Long text")
    frame = sheet.book.frames[table]
    place = sheet.book.layout.tables[table]
    if at >= max(1, place.rows):
        sheet.put(row, column, None, style)
        return
    row_shown = frame[name].iloc[at : at + 1]
    value = plain(row_shown, field.unit)[0] if len(row_shown) else spare(field)
    unit = field.unit
    if field.unit_by:
        unit = UNITS_BY_LABEL[frame[field.unit_by].iloc[at]]
    source = f"INDEX({structured(declared, field)},{at + 1})"
    number_format = number_format_of(unit)
    if prefix and number_format:
        parts = number_format.replace("[Red]", "").split(";")
        number_format = ";".join(f'"{prefix}"{part}' for part in parts)
    sheet.put(row, column, value, style, number_format, f'IF({source}="","",{source})')


def headline(sheet: Sheet, page: str, row: int = 4) -> None:
    """The message of a page: one line, written when the book was made."""
    lines = sheet.book.frames["headlines"]
    found = lines.loc[lines["page"] == page, "message"]
    sheet.put(row, 1, found.iloc[0] if len(found) else None, "SOP Message")
    sheet.cells.row(row, height=22)


def selector(
    sheet: Sheet, row: int, column: int, grid: str, table: str, label: str, choices: str = ""
) -> None:
    """A cell in which the reader of the page chooses the family, resource or block to see.

    Args:
        choices: The column of the table that holds the choices; the first one if not given.
    """
    sheet.put(row, column, label, "SOP Label")
    choice = view_choice(sheet.book.frames, grid)
    sheet.put(row, column + 1, choice, "SOP Input text")
    letter = column_letter(column + 1)
    least = max(15.0, sheet.skeleton.column_dimensions[letter].width)
    sheet.widths({column + 1: least})
    place = sheet.book.layout.tables[table]
    letter = column_letter(place.column(choices) if choices else place.first_column)
    cell = f"{column_letter(column + 1)}{row}"
    sheet.choose_from(
        cell,
        f"{place.sheet}!${letter}${place.first_row}:${letter}${place.last_row}",
        label,
        "Choose what the chart shows.",
    )
    sheet.name_cell(view_name(grid), cell)


def view_choice(frames: dict[str, pd.DataFrame], grid: str) -> str:
    views = frames["views"]
    found = views.loc[views["grid"] == grid, "choice"]
    return str(found.iloc[0]) if len(found) else ""


def summary(sheet: Sheet, place: TablePlace) -> None:
    sheet.put(place.header_row - 1, place.first_column, place.table.help, "SOP Note")
    draw_table(sheet, place)


def fit_to_page(sheet: Sheet) -> None:
    """Print set-up of a page that is read at a glance: all on one sheet of paper."""
    sheet.finish()
    sheet.skeleton.page_setup.fitToHeight = 1


def left_of(sheet: Sheet, column: int) -> float:
    """Centimetres to the left of a column."""
    before = (sheet.skeleton.column_dimensions[column_letter(at)].width for at in range(1, column))
    pixels = sum(round(width * PIXELS_PER_CHARACTER) + 5 for width in before)
    return float(pixels * EMU_PER_PIXEL / EMU_PER_CM)


def view_of(sheet: Sheet, grid: str) -> GridPlace:
    return sheet.book.layout.grids[grid]


def headers(sheet: Sheet, row: int, column: int, labels: Mapping[str, bool]) -> None:
    """Header cells; a label that is marked true stands over numbers."""
    for at, (label, number) in enumerate(labels.items(), start=column):
        style = "SOP Header number" if number else "SOP Header"
        sheet.put(row, at, label.strip() or None, style)


def field_headers(sheet: Sheet, row: int, table: str, names: Sequence[str]) -> None:
    """The labels of a list's columns as headers, with their units."""
    shown = {}
    for name in names:
        column = TABLES[table][name]
        unit = unit_of(sheet, TABLES[table], column)
        shown[f"{column.label}, {unit}" if unit else column.label] = column.unit.is_number
    headers(sheet, row, 1, shown)


def fit_mirrored(sheet: Sheet, row: int, table: str, widths: Mapping[str, float]) -> None:
    """Heights of mirrored rows, for the texts in columns of these widths."""
    frame = sheet.book.frames[table].head(10)
    sheet.fit_rows(
        {
            row + at: [(line[name], width) for name, width in widths.items()]
            for at, line in enumerate(frame.to_dict("records"))
        }
    )


def company_row(sheet: Sheet, table: str, measures: Sequence[str]) -> None:
    """The row below a list of money: the company, to the cent."""
    place = sheet.book.layout.tables[table]
    frame, row = sheet.book.frames[table], place.last_row + 1
    sheet.put(row, 1, "Company", "SOP Total label")
    for name in measures:
        at = place.column(name)
        letter = column_letter(at)
        total = f"SUM({letter}{place.first_row}:{letter}{place.last_row})"
        sheet.put(row, at, round(float(frame[name].sum()), 2) + 0.0, "SOP Total",
                  place.table[name].unit.number_format, f"ROUND({total},2)")
