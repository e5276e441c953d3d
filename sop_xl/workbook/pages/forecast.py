"""The forecast of a chosen block: what it is made of, how it was tested, and why, in words.

Everything on it is a formula over figures in the book, so that it works without Python.
"""

from __future__ import annotations

import pandas as pd
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker

from sop_xl.planning.wording import month
from sop_xl.schema import Unit
from sop_xl.tables import TABLES
from sop_xl.tables.forecast import FORECAST_BLOCKS, MOST_BLOCKS, ORIGINS, RANKS, VIEW_BLOCKS
from sop_xl.workbook.charts import Drawn, Kind, add_chart, has_figures
from sop_xl.workbook.formulas import excel_text, structured
from sop_xl.workbook.grids import PRINTED_PAST
from sop_xl.workbook.layout import GridPlace, column_letter, view_key_name, view_name
from sop_xl.workbook.lists import plain
from sop_xl.workbook.pages.pieces import (
    fit_to_page,
    headers,
    left_of,
    selector,
    view_choice,
    view_of,
)
from sop_xl.workbook.sheet import Sheet
from sop_xl.workbook.sheetdata import CellValue

GRID_ROW = 37
"""First row of the figures, below selector, words, methods and charts."""
PRINTED_PLAN = 13
"""Plan months that are printed: with the closed ones before them they fill a page."""
VIEW = view_name("forecast_view")
PLACES, RANKED = "Forecast_places", "Forecast_ranked"
"""Names of the ranges behind the list of methods."""
_TOP = 7
"""Row of the selector."""
_METHODS_ROW = _TOP + 5
"""Row above the list of methods."""
_ERROR_ROW = _METHODS_ROW + 3 + RANKS
"""Row of the champion's backtest error."""
_CHART_ROW = 14
_TESTED = "What would have been forecast, and what came"
_UNTESTED = "No test at earlier origins: too short, or no demand"
_RANKED = {"method": None, "weight": Unit.PERCENT, "error": Unit.PERCENT, "plan": Unit.QUANTITY}
"""Columns of the list of methods behind the sheet, with their units."""
_WORDS = (
    ("demand", "Demand"), ("reason", "Why this forecast"),
    ("last_champion", "Last cycle's champion"), ("challenger", "Best challenger"),
    ("why", "Against last cycle"),
)  # fmt: skip
"""What is said of the block in words, beside the chart."""


def forecast(sheet: Sheet) -> None:
    """The sheet Forecast."""
    place = view_of(sheet, "forecast_view")
    columns = place.columns
    first = columns.first_plan - min(PRINTED_PAST, columns.axis.history)
    _selector(sheet)
    _methods(sheet)
    _words(sheet, first)
    end = min(columns.last_plan, columns.first_plan + PRINTED_PLAN - 1)
    _charts(sheet, place, first, end)
    sheet.skeleton.auto_filter.ref = None
    sheet.skeleton.print_area = f"{column_letter(first)}1:{column_letter(end)}{place.last_row}"
    fit_to_page(sheet)


def forecast_data(sheet: Sheet) -> None:
    """Below the figures of all blocks, the first methods of each."""
    place = sheet.book.layout.grids["forecast_detail"]
    frame = sheet.book.frames["forecast_ranks"]
    row = place.last_row + 3
    sheet.put(row, 1, "Methods of each block, largest weight first", "SOP Section")
    labels = {"Method": False, "Weight": True, "Backtest error": True, "Plan months": True}
    first = place.columns.first_past
    headers(sheet, row + 1, 1, {"Block and place": False})
    headers(sheet, row + 1, first, labels)
    count = max(1, len(frame))
    texts: list[CellValue] = list(frame["place"]) or [None]
    for at, text in enumerate(texts, start=row + 2):
        sheet.put(at, 1, text, "SOP Key")
    for at, (name, unit) in enumerate(_RANKED.items(), start=first):
        values = plain(frame[name], unit or Unit.TEXT) or [None]
        style = sheet.styles.named("SOP Output" if unit else "SOP Text",
                                   unit.number_format if unit else None)  # fmt: skip
        for line, value in enumerate(values, start=row + 2):
            sheet.cells.put(line, at, value, style)
    top, bottom = row + 2, row + 1 + count
    sheet.name_range(PLACES, f"A{top}", f"A{bottom}")
    left, right = column_letter(first), column_letter(first + len(_RANKED) - 1)
    sheet.name_range(RANKED, f"{left}{top}", f"{right}{bottom}")


def _selector(sheet: Sheet) -> None:
    """The cell in which a block is chosen, and the cells that take it apart."""
    sheet.widths({1: 25, 2: 22})
    list_place = sheet.book.layout.tables[VIEW_BLOCKS.name]
    selector(sheet, _TOP, 1, "forecast_view", VIEW_BLOCKS.name, "Show block", "block")
    blocks = sheet.book.frames[VIEW_BLOCKS.name]
    chosen = blocks[blocks["block"] == view_choice(sheet.book.frames, "forecast_view")]
    table = list_place.table
    for at, key in enumerate(sheet.book.settings.level, start=_TOP + 1):
        shown = str(chosen[key].iloc[0]) if len(chosen) else None
        where = f"MATCH({VIEW},{structured(table, table['block'])},0)"
        sheet.put(at, 1, table[key].label, "SOP Label")
        sheet.put(at, 2, shown, "SOP Text",
                  formula=f'IFERROR(INDEX({structured(table, table[key])},{where}),"")')
        sheet.name_cell(view_key_name("forecast_view", key), f"B{at}")


def _methods(sheet: Sheet) -> None:
    """The first methods with weight and error, and what they are measured against."""
    row = _METHODS_ROW
    sheet.put(row, 1, "What the baseline is made of", "SOP Section")
    headers(sheet, row + 1, 1, {"Method": False, "Weight": True, "Backtest error": True})
    frame = _of_choice(sheet, sheet.book.frames["forecast_ranks"])
    for rank in range(1, RANKS + 1):
        line = frame.iloc[rank - 1] if rank <= len(frame) else None
        at = row + 1 + rank
        for column, (name, unit) in enumerate(list(_RANKED.items())[:3], start=1):
            value = None if line is None else plain(pd.Series([line[name]]), unit or Unit.TEXT)[0]
            _looked_up(sheet, at, column, value, unit, _rank(rank, column))
    at = row + 2 + RANKS
    shares = f"B{row + 2}:B{at - 1}"
    weighted = frame["weight"].notna().any()
    rest = max(0.0, 1 - float(frame["weight"].sum())) if weighted else None
    sheet.put(at, 1, "All other methods", "SOP Label")
    sheet.put(at, 2, rest, "SOP Output", Unit.PERCENT.number_format,
              f'IF(COUNT({shares})=0,"",MAX(0,1-SUM({shares})))')
    words = (("Baseline (champion)", "error"), ("Best challenger", "challenger_error"),
             ("Last year's pattern", "reference"), ("Last cycle's champion", "last_error"))
    for line_at, (label, name) in enumerate(words, start=_ERROR_ROW):
        sheet.put(line_at, 1, label, "SOP Label")
        sheet.put(line_at, 2, None, "SOP Label")
        _looked_up(sheet, line_at, 3, _block_value(sheet, name), Unit.PERCENT, _block(name))
    more = len(sheet.book.frames[VIEW_BLOCKS.name]) - MOST_BLOCKS
    if more > 0:
        text = f"Methods and backtest: the {MOST_BLOCKS} largest blocks, not {more} others"
        sheet.put(_ERROR_ROW + len(words) + 1, 1, text, "SOP Note")


def _looked_up(
    sheet: Sheet, row: int, column: int, value: CellValue, unit: Unit | None, source: str
) -> None:
    """A cell that looks up a figure or a text; blank where that is blank."""
    style = "SOP Output" if unit else "SOP Text"
    number_format = unit.number_format if unit else None
    sheet.put(row, column, value, style, number_format,
              f'IFERROR(IF({source}="","",{source}),"")')


def _rank(rank: int, column: int) -> str:
    place = excel_text(f" #{rank}")
    return f"INDEX({RANKED},MATCH({VIEW}&{place},{PLACES},0),{column})"


def _block(name: str) -> str:
    """A field of the chosen block in the list of all of them."""
    table = TABLES[FORECAST_BLOCKS.name]
    keys = structured(table, table["block"])
    return f"INDEX({structured(table, table[name])},MATCH({VIEW},{keys},0))"


def _block_value(sheet: Sheet, name: str) -> CellValue:
    frame = sheet.book.frames[FORECAST_BLOCKS.name]
    row = frame[frame["block"] == view_choice(sheet.book.frames, "forecast_view")][name]
    return plain(row, FORECAST_BLOCKS[name].unit)[0] if len(row) else None


def _of_choice(sheet: Sheet, frame: pd.DataFrame) -> pd.DataFrame:
    choice = view_choice(sheet.book.frames, "forecast_view")
    return frame[frame["place"].isin([f"{choice} #{rank}" for rank in range(1, RANKS + 1)])]


def _words(sheet: Sheet, column: int) -> None:
    """What is said of the block, in lines above the charts."""
    for at, (name, label) in enumerate(_WORDS, start=_TOP):
        shown = _block_value(sheet, name)
        source = _block(name)
        text = f"{label}: {shown or '–'}"
        formula = f'{excel_text(label + ": ")}&IFERROR(IF({source}="","–",{source}),"–")'
        sheet.put(at, column, text, "SOP Note", formula=formula)


def _charts(sheet: Sheet, place: GridPlace, column: int, end: int) -> None:
    """Two charts side by side over the columns that are printed."""
    width = left_of(sheet, end + 1) - left_of(sheet, column)
    unit = f"{sheet.book.settings.base_unit} per month"
    series = [
        Drawn(place, (), "low", "base"),
        Drawn(place, (), "band", "band", "Range"),
        Drawn(place, (), "cleaned", "dotted"),  # below the demand: it shows where they differ
        Drawn(place, (), "actual", "line"),
        Drawn(place, (), "last_year", "faint"),
        Drawn(place, (), "followed", "thin"),  # below the baseline: it shows where they differ
        Drawn(place, (), "baseline", "bold"),
    ]
    add_chart(
        sheet, _anchor(sheet, column), "Baseline of the chosen block", series, unit=unit,
        size=(0.58 * width, 11.0),
        description="Actual demand, baseline with its range, and last year's pattern by month",
    )
    columns = place.columns
    months = (columns.first_past, columns.last_past)
    kinds: tuple[Kind, ...] = ("dashed", "thin", "bold")
    tests = [Drawn(place, (), "actual", "line", columns=months)]
    for number, kind in zip(range(1, ORIGINS + 1), kinds, strict=True):
        name = f"backtest_{number}"
        tests.append(Drawn(place, (), name, kind, _origin(sheet, number), columns=months))
    if not any(has_figures(sheet, test) for test in tests[1:]):
        return
    shown = _UNTESTED if _block_value(sheet, "error") is None else _TESTED
    behind = _CHART_ROW + 2
    sheet.put(behind, column, shown, "SOP Note",
              formula=f'IF(COUNT(C{_ERROR_ROW})=0,{excel_text(_UNTESTED)},{excel_text(_TESTED)})')
    add_chart(
        sheet, _anchor(sheet, column, 0.59 * width), shown, tests, unit=unit,
        size=(0.4 * width, 11.0), title_cell=f"{sheet.name}!${column_letter(column)}${behind}",
        description="Actual demand of the closed months and the forecasts from earlier origins",
    )


def _origin(sheet: Sheet, number: int) -> str:
    """How the chart calls a backtest: by the first month that it shows."""
    frame = sheet.book.frames["forecast_view"]
    shown = frame.loc[frame[f"backtest_{number}"].notna(), "period"]
    return f"forecast from {month(shown.min())}" if len(shown) else ""


def _anchor(sheet: Sheet, column: int, centimetres: float = 0.0) -> AnchorMarker:
    """The place of a chart so far to the right of a column's left edge."""
    return sheet.at(left_of(sheet, column) + centimetres, _CHART_ROW)
