"""The charts above the figures of the sheets Inventory and Materials."""

from __future__ import annotations

from openpyxl.drawing.spreadsheet_drawing import AnchorMarker

from sop_xl.workbook.charts import Drawn, add_chart
from sop_xl.workbook.grids import PRINTED_PAST
from sop_xl.workbook.layout import GridPlace
from sop_xl.workbook.pages.basis import show_basis
from sop_xl.workbook.pages.figures import money_axis, stock_chart
from sop_xl.workbook.pages.pieces import selector, view_of
from sop_xl.workbook.sheet import Sheet

GRID_ROW = 31
"""First row of the figures, below selector and chart."""
_TOP, _CHART_ROW = 7, 9
_SIZE = (27.0, 10.0)


def inventory(sheet: Sheet) -> None:
    """Selector and chart above the grids."""
    selector(sheet, _TOP, 1, "stock_view", "view_families", "Show family")
    show_basis(sheet)
    stock_chart(sheet, _anchor(view_of(sheet, "inventory")), _SIZE)


def materials(sheet: Sheet) -> None:
    """The chart of all purchases above the grids."""
    place = view_of(sheet, "purchase_total")
    columns = place.columns
    months = (columns.first_plan, columns.last_plan)
    series = [
        Drawn(place, (), "arriving", "column", columns=months),
        Drawn(place, (), "ordered", "bold", columns=months),
    ]
    word, number_format = money_axis(sheet.book.frames["purchase_total"]["ordered"])
    add_chart(
        sheet, _anchor(place), "Purchases: what is to order, and what arrives", series,
        unit=f"{word}{sheet.book.settings.currency} per month", size=_SIZE,
        number_format=number_format,
    )  # fmt: skip


def _anchor(place: GridPlace) -> AnchorMarker:
    """Over the months that are printed, beside the columns that stand still."""
    columns = place.columns
    first = columns.first_plan - min(PRINTED_PAST, columns.axis.history)
    return AnchorMarker(col=first - 1, row=_CHART_ROW - 1)
