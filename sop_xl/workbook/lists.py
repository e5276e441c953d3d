"""Draws lists: Excel tables with named columns, formulas, validation and spare rows to type in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table as ExcelTable
from openpyxl.worksheet.table import TableColumn, TableFormula, TableStyleInfo

from sop_xl.schema import Column, Role, Table, Unit
from sop_xl.workbook.layout import HEADER_ROW, TablePlace, column_letter
from sop_xl.workbook.sheet import LEGEND, Sheet
from sop_xl.workbook.sheetdata import CellValue
from sop_xl.workbook.styles import Cell, style_name

SPARE_ROWS = 3
"""Empty rows at the end of a list that people fill in."""
ROOM = 20
GROWS = dict.fromkeys(
    (
        *("cleansing", "bottlenecks", "gap_options", "constraints", "stock_items"),
        *("material_messages", "material_orders", "material_pegging"),
        *("tie_outs", "scenarios", "exceptions", "log"),
    ),
    ROOM,
) | {"change_log": 200}
"""Lists that the program writes into while their book is open, and the rows by which they grow: an
adopted plan changes each month of each family."""
WRITTEN_LIVE = ("log", "change_log")
"""Of these, what matters is written while the book is open."""
LONGEST = 60.0
PRINTED = 230
"""Characters across one sheet of paper that can still be read."""
LONG, NARROW = 60, 170
"""Rows from which on, and characters up to which, a list is printed on upright paper."""
MOST_PAGES = 3
"""Sheets of paper side by side, at most."""
TYPED_WIDTH = 22.0
"""Least width of a column in which people write what they like."""
SHOWN_UNITS = (
    Unit.QUANTITY, Unit.AMOUNT, Unit.MONEY, Unit.CENTS, Unit.PRICE, Unit.HOURS, Unit.HOURLY,
    Unit.TONNES, Unit.RATE,
)  # fmt: skip
"""Units that headers show; those of the others are in the figures or in the words."""
UNITS_BY_LABEL = {unit.label: unit for unit in Unit}


def rows_of(table_rows: int, editable: bool) -> int:
    """Rows that a list takes on its sheet."""
    return table_rows + (SPARE_ROWS if editable else 0)


def roomy(table_rows: int, room: int) -> int:
    """Rows of a computed list that may grow while its book is open: there is always room for some.

    >>> [roomy(rows, 20) for rows in (0, 19, 20)]
    [20, 20, 40]
    """
    return (table_rows // room + 1) * room


def draw_lists(sheet: Sheet, places: Iterable[TablePlace], help: str) -> None:
    """Draw lists side by side, each an Excel table of its own."""
    drawn = list(places)
    sheet.head(help, as_issued=any(place.table.as_issued for place in drawn))
    settings = sheet.book.settings
    units = f"Quantities in {settings.base_unit}, money in {settings.currency}"
    sheet.put(4, 1, f"{units}  ·  {LEGEND}", "SOP Note")
    for place in drawn:
        if place is not drawn[0]:  # the title of the sheet serves the first
            sheet.put(HEADER_ROW - 1, place.first_column, place.table.label, "SOP Section")
        draw_table(sheet, place)
    keys = len(drawn[0].table.keys) if len(drawn) == 1 else 0
    sheet.freeze(HEADER_ROW + 1, keys + 1)
    named = f"A:{column_letter(keys)}" if keys else ""
    pages = max(_pages(sheet, place) for place in drawn)
    sheet.finish(print_columns=named if pages > 1 else "", pages_wide=pages)
    if len(drawn) > 1:
        print_apart(sheet, {place: place.table.names[-1] for place in drawn})
        # all lists of a sheet are printed at one scale: a page more would tear the narrow ones
        sheet.skeleton.page_setup.fitToWidth = max(1, pages - 1)
        sheet.skeleton.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
        return
    rows = len(sheet.book.frames[drawn[0].table.name])
    if rows > LONG and _breadth(sheet, drawn[0]) <= NARROW:
        sheet.skeleton.page_setup.orientation = "portrait"
    end = column_letter(drawn[0].last_column)
    sheet.skeleton.print_area = f"A1:{end}{_last_printed(sheet, drawn[0])}"
    sheet.skeleton.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def print_apart(sheet: Sheet, lists: Mapping[TablePlace, str]) -> None:
    """Lists that stand side by side are printed each on paper of its own.

    Empty ones are not printed, nor those of one column, from which cells choose.

    Args:
        lists: Each list with the last column that is printed.
    """
    areas = []
    for place, last in lists.items():
        is_choice = len(place.table.columns) == 1
        if place.first_column > 1 and (is_choice or sheet.book.frames[place.table.name].empty):
            continue
        first, end = column_letter(place.first_column), column_letter(place.column(last))
        top = 1 if place.first_column == 1 else place.header_row - 1
        areas.append(f"{first}{top}:{end}{_last_printed(sheet, place)}")
    sheet.skeleton.print_area = ",".join(areas)
    sheet.skeleton.print_title_rows = None
    sheet.skeleton.print_title_cols = None
    sheet.skeleton.page_setup.fitToWidth = 1


def _last_printed(sheet: Sheet, place: TablePlace) -> int:
    """The last row with something in it; of a list that people or the open book fill, all rows."""
    if place.table.name in WRITTEN_LIVE or _takes_rows(place.table):
        return place.last_row
    return place.first_row + max(1, len(sheet.book.frames[place.table.name])) - 1


def _pages(sheet: Sheet, place: TablePlace) -> int:
    """Sheets of paper side by side on which a list can be read."""
    return min(MOST_PAGES, max(1, -(-int(_breadth(sheet, place)) // PRINTED)))


def _breadth(sheet: Sheet, place: TablePlace) -> float:
    """Characters from the left to the right edge of a list."""
    letters = map(column_letter, range(place.first_column, place.last_column + 1))
    return float(sum(sheet.skeleton.column_dimensions[letter].width for letter in letters))


def draw_table(sheet: Sheet, place: TablePlace, frame: pd.DataFrame | None = None) -> None:
    """Draw one table: header, rows, formulas, validation, colours."""
    if frame is None:
        frame = sheet.book.frames[place.table.name]
    wrapped: dict[int, list[tuple[CellValue, float]]] = {}
    excel = ExcelTable(displayName=place.excel_name, name=place.excel_name, ref=place.reference)
    excel.autoFilter = AutoFilter(ref=place.reference)
    excel.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    for at, column in enumerate(place.table.columns):
        number = place.first_column + at
        formula = sheet.book.translate.column(place.table, column.formula) or None
        header = TableColumn(id=at + 1, name=column.label)
        if formula:
            header.calculatedColumnFormula = TableFormula(attr_text=formula)
        excel.tableColumns.append(header)
        named = "SOP Header number" if column.unit.is_number else "SOP Header"
        unit = unit_of(sheet, place.table, column)
        sheet.put(place.header_row, number, column.label, named, suffixed(unit))
        width = _column(sheet, place, column, number, frame, formula)
        if width >= LONGEST:
            for row, text in enumerate(frame[column.name], start=place.first_row):
                wrapped.setdefault(row, []).append((text, width))
        least = max(column.width, TYPED_WIDTH if _is_typed_text(column) else 0.0)
        room = len(column.label) + (len(unit) + 2 if unit else 0) + 3.5
        sheet.widths({number: max(width, room, least)})
        _rules(sheet, place, column, number)
    sheet.fit_rows(wrapped)
    sheet.skeleton.add_table(excel)


def unit_of(sheet: Sheet, table: Table, column: Column) -> str:
    """The unit that a header shows; empty where the figures say it, or a column beside them."""
    beside = any(other.name == f"{column.name}_unit" for other in table.columns)
    if column.unit not in SHOWN_UNITS or column.unit_by or beside:
        return ""
    settings = sheet.book.settings
    return column.unit.text(settings.currency, settings.base_unit)


def suffixed(unit: str) -> str:
    """The number format that shows a unit after a header: the cell stays the name of its column, by
    which formulas and readers know it.

    >>> suffixed("EUR/pcs"), suffixed(""), suffixed('12" tubes')
    ('@", EUR/pcs"', '', '@", 12 tubes"')
    """
    plain = unit.replace('"', "")
    return f'@", {plain}"' if plain else ""


def _column(
    sheet: Sheet,
    place: TablePlace,
    column: Column,
    number: int,
    frame: pd.DataFrame,
    formula: str | None,
) -> float:
    """Write the cells of one column; gives the width that they need."""
    values = plain(frame[column.name], column.unit)
    if any(other.unit_by == column.name for other in place.table.columns):
        values = [_unit_text(sheet, str(value)) for value in values]
    if not values and not _takes_rows(place.table):
        formula = None  # the one row that Excel asks of an empty list has no key to compute with
    filled = len(values)
    values += [spare(column) if formula else None] * (max(1, place.rows) - filled)
    units = list(frame[column.unit_by]) if column.unit_by else []
    named = style_name(column.role, column.unit)
    widest = max((_width(value, column.unit) for value in values), default=0.0)
    wrap = widest > LONGEST
    style = sheet.style(Cell(named, number_format_of(column.unit), wrap=wrap))
    # rows that wait to be filled show nothing, so that they are not printed as empty pages
    waiting = sheet.style(Cell(named, number_format_of(column.unit), wrap=wrap, bare=True))
    for at, value in enumerate(values):
        if at < len(units):
            style = sheet.style(Cell(named, number_format_of(UNITS_BY_LABEL[units[at]])))
        elif at >= filled and column.role is Role.KEY and _takes_rows(place.table):
            style = sheet.style(Cell("SOP Input text", number_format_of(column.unit)))
        elif at >= filled and place.table.name in GROWS:
            style = waiting
        if column.link and value:
            sheet.link(place.first_row + at, number, str(value), f"{value}!A1")
        else:
            sheet.cells.put(place.first_row + at, number, value, style, formula)
    return min(widest + 2.0, LONGEST)


def _unit_text(sheet: Sheet, label: str) -> str:
    """A unit as a planner reads it: the company's currency for money."""
    settings = sheet.book.settings
    unit = UNITS_BY_LABEL.get(label)
    return unit.text(settings.currency, settings.base_unit) if unit else label


def plain(column: pd.Series[Any], unit: Unit) -> list[CellValue]:
    """The cell values of a frame's column: None where blank, yes and no, dates."""
    if unit is Unit.FLAG:
        return [_flag(v) for v in column]
    if unit is Unit.PERIOD:
        return [None if pd.isna(v) else v.to_timestamp() for v in column]
    if unit is Unit.DATE:
        return [None if pd.isna(v) else pd.Timestamp(v) for v in column]
    if unit.is_number:
        return [None if pd.isna(v) else float(v) for v in column]
    return [None if pd.isna(v) or v == "" else str(v) for v in column]


def _takes_rows(table: Table) -> bool:
    """Whether people add rows to a list."""
    return table.is_editable and not table.rows_given


def _is_typed_text(column: Column) -> bool:
    return column.role.is_input and column.unit is Unit.TEXT and not column.choices


def _flag(value: Any) -> CellValue:
    if pd.isna(value) or value == "":
        return None
    if isinstance(value, str):
        return value
    return "yes" if value else "no"


def spare(column: Column) -> CellValue:
    """What a row shows in which nothing has been typed yet: formulas of numbers give zero."""
    return 0.0 if column.formula and column.unit.is_number else None


def number_format_of(unit: Unit) -> str | None:
    return None if unit in (Unit.TEXT, Unit.FLAG) else unit.number_format


def _width(value: CellValue, unit: Unit) -> float:
    if value is None:
        return 0.0
    if unit in (Unit.DATE, Unit.PERIOD):
        return 10.0
    if isinstance(value, int | float):
        return len(f"{value:,.0f}") + (5.0 if "." in unit.number_format else 1.0)
    return float(len(str(value))) * 0.95


def _rules(sheet: Sheet, place: TablePlace, column: Column, number: int) -> None:
    letter = column_letter(number)
    ranges = f"{letter}{place.first_row}:{letter}{place.last_row}"
    header = f"{letter}{place.header_row}"
    sheet.validate(header, column.label, column.help)
    if column.offers:
        table, _, name = column.offers.partition(".")
        sheet.offer(ranges, sheet.book.layout.tables[table].range_of(name), column)
    elif column.role.is_input or (column.role is Role.KEY and place.table.is_editable):
        sheet.validate(
            ranges,
            column.label,
            column.help,
            choices=column.choices,
            minimum=column.minimum,
            maximum=column.maximum,
            number=column.unit.is_number,
            date=column.unit in (Unit.DATE, Unit.PERIOD),
        )
    sheet.alert(column.alert, ranges)
