"""The charts of the pages and the cells that their titles follow."""

from __future__ import annotations

import pandas as pd
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker

from sop_xl.schema import Unit
from sop_xl.workbook.charts import Drawn, add_chart
from sop_xl.workbook.layout import column_letter, view_name
from sop_xl.workbook.pages.pieces import (
    view_choice,
    view_of,
)
from sop_xl.workbook.sheet import Sheet
from sop_xl.workbook.sheetdata import CellValue

HISTORY_NAMES, HISTORY_VALUES = "Long_history_names", "Long_history"
"""Names of the ranges that the what-if forecast is made from."""
LEAST_WIDTH = 11.0
"""Of the columns of that history, which runs on below the gap before the totals."""
_MONEY_AXIS = ((3e6, "million ", "0.0,,"), (3e3, "thousand ", "#,##0,"), (0.0, "", "#,##0"))
"""Least value shown, its word and number format on the axis."""
_TITLES = {
    "demand_view": "Demand",
    "supply_view": "Inventory against target",
    "stock_view": "Projected stock against target",
    "capacity_view": "Load against available hours",
}


def demand_chart(sheet: Sheet, at: AnchorMarker, size: tuple[float, float]) -> None:
    place = view_of(sheet, "demand_view")
    unit = sheet.book.settings.base_unit
    series = [
        Drawn(place, (), "low", "base"),
        Drawn(place, (), "band", "band", "Prediction range"),
        Drawn(place, (), "actual", "line"),
        Drawn(place, (), "baseline", "thin"),
        Drawn(place, (), "consensus", "bold"),
        Drawn(place, (), "aop", "dashed"),
    ]
    choice = view_choice(sheet.book.frames, "demand_view")
    add_chart(
        sheet, at, f"Demand: {choice}", series, unit=f"{unit} per month", size=size,
        title_cell=_title_cell(sheet, "demand_view"),
        description="Actual demand, consensus with prediction range, and AOP by month",
    )


def finance_chart(sheet: Sheet, at: AnchorMarker, size: tuple[float, float]) -> None:
    place = view_of(sheet, "finance_view")
    series = [
        Drawn(place, (), "revenue", "column"),
        Drawn(place, (), "margin", "bold"),
        Drawn(place, (), "aop_revenue", "dashed"),
        Drawn(place, (), "aop_margin", "thin"),
    ]
    word, number_format = money_axis(sheet.book.frames["finance_view"]["revenue"])
    add_chart(
        sheet, at, "Revenue and margin against the AOP", series,
        unit=f"{word}{sheet.book.settings.currency} per month",
        size=size, number_format=number_format,
    )


def money_axis(figures: pd.Series[float]) -> tuple[str, str]:
    """The word before the currency and the number format of an axis, by the largest amount."""
    largest = float(figures.abs().max())
    return next((word, form) for least, word, form in _MONEY_AXIS if not largest < least)


def inventory_chart(sheet: Sheet, at: AnchorMarker, size: tuple[float, float]) -> None:
    place = view_of(sheet, "supply_view")
    choice = view_choice(sheet.book.frames, "supply_view")
    series = [
        Drawn(place, (), "inventory", "column"),
        Drawn(place, (), "target", "dashed"),
        Drawn(place, (), "production", "bold"),
        Drawn(place, (), "demand", "line"),
    ]
    add_chart(
        sheet, at, f"Inventory against target: {choice}", series,
        unit=sheet.book.settings.base_unit, size=size, title_cell=_title_cell(sheet, "supply_view"),
        description="Projected inventory, target, production and demand by month",
    )


def capacity_chart(sheet: Sheet, at: AnchorMarker, size: tuple[float, float]) -> None:
    place = view_of(sheet, "capacity_view")
    choice = view_choice(sheet.book.frames, "capacity_view")
    series = [
        Drawn(place, (), "load", "column"),
        Drawn(place, (), "available", "bold"),
    ]
    add_chart(
        sheet, at, f"Load against available hours: {choice}", series, unit="hours per month",
        size=size, title_cell=_title_cell(sheet, "capacity_view"),
        description="Load and available hours by month",
    )


def stock_chart(sheet: Sheet, at: AnchorMarker, size: tuple[float, float]) -> None:
    place = view_of(sheet, "stock_view")
    choice = view_choice(sheet.book.frames, "stock_view")
    series = [
        Drawn(place, (), "stock", "column"),
        Drawn(place, (), "backlog", "column2"),
        Drawn(place, (), "target", "bold"),
        Drawn(place, (), "safety_stock", "dashed"),
    ]
    add_chart(
        sheet, at, f"Projected stock against target: {choice}", series,
        unit=sheet.book.settings.base_unit, size=size, title_cell=_title_cell(sheet, "stock_view"),
        description="Projected stock and backlog against target and safety stock by month",
    )


def kpi_chart(sheet: Sheet, at: AnchorMarker, size: tuple[float, float]) -> None:
    place = view_of(sheet, "kpi_facts")
    months = (place.columns.first_past, place.columns.last_past)
    series = [
        Drawn(place, (), "customer_service", "bold", columns=months),
        Drawn(place, (), "otif", "thin", columns=months),
        Drawn(place, (), "forecast_accuracy", "dashed", columns=months),
        Drawn(place, (), "plan_adherence", "line", columns=months),
    ]
    add_chart(
        sheet, at, "Service, forecast accuracy and plan adherence", series, unit="share",
        size=size, number_format="0%",
    )


def chart_data(sheet: Sheet) -> None:
    """What stands below the figures of the charts: their titles, and the long history."""
    chart_titles(sheet)
    long_history(sheet)


def chart_titles(sheet: Sheet) -> None:
    """The cells that the titles of the charts are linked to, below the figures of the charts."""
    for grid, text in _TITLES.items():
        choice = view_choice(sheet.book.frames, grid)
        formula = f'"{text}: "&{view_name(grid)}'
        sheet.put(_title_row(sheet, grid), 1, f"{text}: {choice}", "SOP Note", formula=formula)


def long_history(sheet: Sheet) -> None:
    """All known demand of each total, for the what-if forecast: the sheets show less of it."""
    frame = sheet.book.frames["long_history"]
    periods = pd.PeriodIndex(frame.columns, freq="M")
    months: list[CellValue] = list(periods.to_timestamp()) or [None]
    names = list(frame.index) or [None]
    row = max(_title_row(sheet, grid) for grid in _TITLES) + 2
    text = "Demand of all months that are known, as cleaned for the forecast, oldest first"
    sheet.put(row, 1, text, "SOP Section")
    header = sheet.styles.named("SOP Header number", Unit.PERIOD.number_format)
    sheet.put(row + 1, 1, "Family", "SOP Header")
    sheet.cells.put_row(row + 1, 2, months, header)
    style = sheet.styles.named("SOP Output", Unit.QUANTITY.number_format)
    for at, name in enumerate(names, start=row + 2):
        sheet.put(at, 1, name, "SOP Key")
        values = frame.loc[name].to_list() if name else [None]
        sheet.cells.put_row(at, 2, values, style)
    last, right = row + 1 + len(names), column_letter(1 + len(months))
    shown = sheet.skeleton.column_dimensions
    columns = range(2, 2 + len(months))
    sheet.widths({at: max(LEAST_WIDTH, shown[column_letter(at)].width) for at in columns})
    sheet.name_range(HISTORY_NAMES, f"A{row + 2}", f"A{last}")
    sheet.name_range(HISTORY_VALUES, f"B{row + 2}", f"{right}{last}")


def _title_row(sheet: Sheet, grid: str) -> int:
    grids = sheet.book.layout.grids
    below = max(place.last_row for place in grids.values() if place.sheet == grids[grid].sheet)
    return below + 2 + list(_TITLES).index(grid)


def _title_cell(sheet: Sheet, grid: str) -> str:
    return f"{sheet.book.layout.grids[grid].sheet}!$A${_title_row(sheet, grid)}"
