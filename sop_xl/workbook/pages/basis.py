"""Which plan the target stock, the stock values and the payments rest on: one sentence, one place.

It stands in a named cell of the sheet Checks; the sheets that rest on the plan show it under their
title and lead to what of the plan cannot be made.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from openpyxl.worksheet.hyperlink import Hyperlink

from sop_xl.planning.wording import number
from sop_xl.tables.settings import Settings
from sop_xl.workbook.formulas import excel_text
from sop_xl.workbook.layout import HEADER_ROW, column_letter
from sop_xl.workbook.lists import draw_lists
from sop_xl.workbook.sheet import Sheet

PLAN_BASIS = "Plan_basis"
"""Name of the cell that holds the sentence."""
ADOPTED, FREE = "Adopted plan", "Unconstrained plan"
_POSSIBLE = ": all of it can be made"
_LATE = " of it cannot be made in time"


def basis(frames: Mapping[str, pd.DataFrame], settings: Settings) -> str:
    """The plan in force, and how many units of it the hours do not allow in the worst month."""
    behind = frames["constrained_total"]["behind"].fillna(0.0)
    short = float(behind.max()) if len(behind) else 0.0
    adopted = bool((frames["supply_plan"]["adopted"].fillna(0.0) > 0).any())
    text = ADOPTED if adopted else FREE
    return text + (_POSSIBLE if short < 1 else f": {number(short, settings.base_unit)}{_LATE}")


def name_basis(sheet: Sheet, row: int) -> None:
    """Put the sentence into a named cell."""
    book = sheet.book
    place = book.layout.grids["constrained_total"]
    line = place.row((), "behind")
    columns = place.columns
    behind = (
        f"{place.sheet}!${column_letter(columns.first_plan)}${line}"
        f":${column_letter(columns.last_plan)}${line}"
    )
    adopted = book.translate.check("{supply_plan.adopted@total}")
    unit = excel_text(f" {book.settings.base_unit}{_LATE}")
    formula = (
        f"IF({adopted}>0,{excel_text(ADOPTED)},{excel_text(FREE)})"
        f"&IF(MAX({behind})<1,{excel_text(_POSSIBLE)},"
        f'": "&TEXT(MAX({behind}),"#,##0")&{unit})'
    )
    sheet.put(row, 1, "Plan that stock and money rest on", "SOP Key")
    sheet.put(row, 2, basis(book.frames, book.settings), "SOP Text", formula=formula)
    sheet.name_cell(PLAN_BASIS, f"B{row}")


def show_basis(sheet: Sheet, row: int = 4, column: int = 1) -> None:
    """The sentence as a link to what of the plan cannot be made."""
    place = sheet.book.layout.grids["constrained_total"]
    target = (
        f"{place.sheet}!{column_letter(place.columns.first_plan)}{place.row((), 'behind')}"
    )
    text = basis(sheet.book.frames, sheet.book.settings)
    sheet.put(row, column, text, "SOP Link", formula=PLAN_BASIS)
    reference = f"{column_letter(column)}{row}"
    sheet.skeleton._hyperlinks.append(
        Hyperlink(ref=reference, location=target, display=text, tooltip=f"Go to {target}")
    )


def stock_review(sheet: Sheet) -> None:
    """The lists of the sheet Stock_Review, with the plan that they rest on."""
    tables = sheet.book.layout.tables
    places = [tables[name] for name in ("stock_summary", "stock_items")]
    draw_lists(sheet, places, places[0].table.help)
    show_basis(sheet, HEADER_ROW - 1, 2)
