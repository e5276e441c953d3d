"""The sheet Capacity: a heat map of all resources, and a chart of the one that is chosen."""

from __future__ import annotations

from sop_xl.planning.wording import percent
from sop_xl.tables.settings import BUSINESS_TYPES
from sop_xl.workbook.charts import Drawn, add_chart
from sop_xl.workbook.grids import PRINTED_PAST
from sop_xl.workbook.layout import column_letter, view_name
from sop_xl.workbook.pages.pieces import left_of, selector, view_choice, view_of
from sop_xl.workbook.sheet import Sheet

ROOM = 20
"""Rows between heat map and figures, for the choice and the chart."""


def capacity(sheet: Sheet) -> None:
    """What stands between the heat map and the figures of the chosen resource."""
    heat, chosen = view_of(sheet, "heat_map"), view_of(sheet, "resource_view")
    settings = sheet.book.settings
    what = BUSINESS_TYPES[settings.business_type].resources
    row = heat.last_row + 1
    selector(sheet, row + 2, 1, "resource_view", "view_resources", "Show resource")
    choice = view_choice(sheet.book.frames, "resource_view")
    columns = chosen.columns
    first = columns.first_plan - min(PRINTED_PAST, columns.axis.history)
    end = min(columns.last_plan, columns.first_plan + 6)
    sheet.put(
        row, first,
        f"Load / available hours of {what}: ● below {percent(settings.utilisation_full, 0)}, "
        f"▲ to {percent(settings.utilisation_limit, 0)}, ■ above; hours are short above 100 %",
        "SOP Note",
    )  # fmt: skip
    width = left_of(sheet, end + 1) - left_of(sheet, first)
    series = [
        Drawn(chosen, (), "load", "column"),
        Drawn(chosen, (), "available", "bold"),
        Drawn(chosen, (), "demonstrated", "dashed"),
    ]
    title, below = f"Load against available hours: {choice}", row + 3  # behind the chart
    sheet.put(below, first, title, "SOP Note",
              formula=f'"Load against available hours: "&{view_name("resource_view")}')
    add_chart(
        sheet, sheet.at(left_of(sheet, first), row + 2), title, series,
        title_cell=f"{sheet.name}!${column_letter(first)}${below}",
        unit="hours per month", size=(max(width, 18.0), 8.6),
        description="Load, available and demonstrated hours of the chosen resource by month",
    )  # fmt: skip
