"""Cash and working capital: the two charts above the figures, and how to read them."""

from __future__ import annotations

from openpyxl.drawing.spreadsheet_drawing import AnchorMarker

from sop_xl.workbook.charts import Drawn, add_chart
from sop_xl.workbook.grids import PRINTED_PAST
from sop_xl.workbook.layout import column_letter
from sop_xl.workbook.pages.figures import money_axis
from sop_xl.workbook.pages.pieces import view_of
from sop_xl.workbook.sheet import Sheet

GRID_ROW = 29
"""First row of the figures, below the charts."""
_CHART_ROW = 9
_SIZE = (20.0, 9.0)
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
    months = (first, columns.last_plan)
    word, number_format = money_axis(sheet.book.frames["cash_flow"]["closing"])
    add_chart(
        sheet, AnchorMarker(col=first - 1, row=_CHART_ROW - 1), "Cash and headroom",
        [
            Drawn(flow, (), "operating", "column", columns=months),
            Drawn(flow, (), "closing", "bold", columns=months),
            Drawn(flow, (), "headroom", "dashed", columns=months),
        ],
        unit=f"{word}{sheet.book.settings.currency}", size=_SIZE, number_format=number_format,
        description="Operating cash flow, closing cash and headroom by month",
    )
    left = first - 1 + (columns.last_plan - first + 1) // 2
    add_chart(
        sheet, AnchorMarker(col=left, row=_CHART_ROW - 1), "How long money is tied up",
        [
            Drawn(days, (), "dso", "line", columns=months),
            Drawn(days, (), "dio", "thin", columns=months),
            Drawn(days, (), "dpo", "dashed", columns=months),
            Drawn(days, (), "cycle", "bold", columns=months),
        ],
        unit="days", size=_SIZE,
        description="DSO, DIO, DPO and cash conversion cycle by month",
    )
    sheet.skeleton.auto_filter.ref = None
    last = view_of(sheet, "stock_value").last_row
    sheet.skeleton.print_area = f"{column_letter(first)}1:{column_letter(columns.last)}{last}"
