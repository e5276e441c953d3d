"""Cash and working capital: the two charts above the figures, and how to read them."""

from __future__ import annotations

from openpyxl.drawing.spreadsheet_drawing import AnchorMarker

from sop_xl.schema import Unit
from sop_xl.workbook.charts import Drawn, add_chart
from sop_xl.workbook.grids import PRINTED_PAST
from sop_xl.workbook.layout import column_letter
from sop_xl.workbook.lists import draw_table
from sop_xl.workbook.pages.basis import show_basis
from sop_xl.workbook.pages.figures import money_axis
from sop_xl.workbook.pages.pieces import fit_to_page, headers, left_of, view_of
from sop_xl.workbook.sheet import Sheet

GRID_ROW = 29
"""First row of the figures, below the charts."""
_CHART_ROW = 9
_HEIGHT = 9.0
_BESIDE = 6
"""Months from the left edge at which the second chart begins: both fit on the first page."""
_NOTE = (
    "Levers, blue on yellow: terms of customers and suppliers, bad debt, overdue, stock target. "
    "Type from the month on in which they begin; cash moves at once."
)


def cash_page(sheet: Sheet) -> None:
    """The charts of Cash_WC: cash and headroom, and how long money is tied up."""
    flow, days = (view_of(sheet, name) for name in ("cash_flow", "cash_days"))
    columns = flow.columns
    first = columns.first_plan - min(PRINTED_PAST, columns.axis.history)
    sheet.put(_CHART_ROW - 2, first, _NOTE, "SOP Note")
    show_basis(sheet)
    months = (first, columns.last_plan)
    width = left_of(sheet, first + _BESIDE) - left_of(sheet, first)
    size = (max(width - 0.4, 11.0), _HEIGHT)
    word, number_format = money_axis(sheet.book.frames["cash_flow"]["closing"])
    add_chart(
        sheet, AnchorMarker(col=first - 1, row=_CHART_ROW - 1), "Cash and headroom",
        [
            Drawn(flow, (), "operating", "column", columns=months),
            Drawn(flow, (), "closing", "bold", columns=months),
            Drawn(flow, (), "headroom", "dashed", columns=months),
        ],
        unit=f"{word}{sheet.book.settings.currency}", size=size, number_format=number_format,
        description="Operating cash flow, closing cash and headroom by month",
    )
    add_chart(
        sheet, AnchorMarker(col=first - 1 + _BESIDE, row=_CHART_ROW - 1),
        "How long money is tied up",
        [
            Drawn(days, (), "dso", "line", columns=months),
            Drawn(days, (), "dio", "thin", columns=months),
            Drawn(days, (), "dpo", "dashed", columns=months),
            Drawn(days, (), "cycle", "bold", columns=months),
        ],
        unit="days", size=size,
        description="DSO, DIO, DPO and cash conversion cycle by month",
    )
    sheet.skeleton.auto_filter.ref = None
    last = view_of(sheet, "stock_value").last_row
    sheet.skeleton.print_area = f"{column_letter(first)}1:{column_letter(columns.last)}{last}"


_GAPS = (
    ("profit_gap", "profit_after", "Operating profit to AOP, plan months"),
    ("shortfall", "", "Headroom missing to the reserve, worst month"),
)


def levers_page(sheet: Sheet) -> None:
    """The sheet Levers: the gaps, the levers with their effects, and cash with and without them."""
    place = sheet.book.layout.tables["levers"]
    sheet.head("Type in the blue cells; the effects follow at once. Nothing here moves the plan.")
    _gaps(sheet)
    draw_table(sheet, place)
    totals = view_of(sheet, "lever_totals")
    columns = totals.columns
    months = (columns.first_plan, columns.last_plan)
    word, number_format = money_axis(sheet.book.frames["lever_totals"]["headroom"])
    row = place.last_row + 2
    add_chart(
        sheet, sheet.at(0, row), "Headroom with the levers and as planned",
        [
            Drawn(totals, (), "cash", "column", columns=months),
            Drawn(totals, (), "headroom", "dashed", columns=months),
            Drawn(totals, (), "headroom_after", "bold", columns=months),
        ],
        unit=f"{word}{sheet.book.settings.currency}", size=(26.0, 9.0),
        number_format=number_format,
        description="Cash effect of all levers by month, headroom as planned and with them",
    )
    sheet.put(row + 19, 1, "By month: sheet Lever_Effects", "SOP Note")
    sheet.freeze(place.first_row, 3)
    fit_to_page(sheet)
    end = column_letter(place.column("closes_reserve"))
    sheet.skeleton.print_area = f"A1:{end}{row + 19}"


def _gaps(sheet: Sheet) -> None:
    """The gaps that the levers are to close, as planned and with all of them."""
    labels = {"Gap": False, " ": False, "  ": False, "As planned": True, "With all levers": True}
    headers(sheet, 7, 1, labels)
    totals = view_of(sheet, "lever_totals")
    total = f"{totals.sheet}!${column_letter(totals.columns.plan_total)}$"
    frame = sheet.book.frames["lever_totals"]
    plan = frame[frame["period"] >= sheet.book.axis.first]
    reserve = sheet.book.settings.cash_reserve
    money = Unit.MONEY.number_format
    after = float(plan["headroom_after"].min()) - reserve
    last = f"{column_letter(totals.columns.first_plan)}${totals.row((), 'headroom_after')}"
    end = f"{column_letter(totals.columns.last_plan)}${totals.row((), 'headroom_after')}"
    worst = f"MIN(0,MIN({totals.sheet}!${last}:${end})-Setting_cash_reserve)"
    for row, (name, later, label) in enumerate(_GAPS, start=8):
        measure = totals.grid[name]
        value = float(plan[name].iloc[-1] if measure.total == "last" else plan[name].sum())
        sheet.put(row, 1, label, "SOP Text")
        sheet.put(row, 4, value, "SOP Output", money, f"{total}{totals.row((), name)}")
        if later:
            done, formula = float(plan[later].sum()), f"{total}{totals.row((), later)}"
        else:
            done, formula = min(0.0, after), worst
        sheet.put(row, 5, done, "SOP Output", money, formula)
