"""The sheet Inventory: the chart of projected stock above the figures of each family."""

from __future__ import annotations

from openpyxl.drawing.spreadsheet_drawing import AnchorMarker

from sop_xl.workbook.grids import PRINTED_PAST
from sop_xl.workbook.pages.figures import stock_chart
from sop_xl.workbook.pages.pieces import selector, view_of
from sop_xl.workbook.sheet import Sheet

GRID_ROW = 31
"""First row of the figures, below selector and chart."""
_TOP, _CHART_ROW = 7, 9


def inventory(sheet: Sheet) -> None:
    """Selector and chart above the grids."""
    selector(sheet, _TOP, 1, "stock_view", "view_families", "Show family")
    columns = view_of(sheet, "inventory").columns
    # over the months that are printed, beside the columns that stand still
    first = columns.first_plan - min(PRINTED_PAST, columns.axis.history)
    stock_chart(sheet, AnchorMarker(col=first - 1, row=_CHART_ROW - 1), (27.0, 10.0))
