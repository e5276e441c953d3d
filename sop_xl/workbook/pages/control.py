"""The control sheets: settings in force, checks of the book, the KPI scorecard."""

from __future__ import annotations

from dataclasses import fields

import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.schema import Unit
from sop_xl.tables.review import CHECKS
from sop_xl.tables.settings import Settings
from sop_xl.workbook.formulas import excel_text, structured
from sop_xl.workbook.layout import column_letter, setting_name
from sop_xl.workbook.lists import draw_table
from sop_xl.workbook.pages.basis import name_basis
from sop_xl.workbook.pages.pieces import headers
from sop_xl.workbook.sheet import ISSUE_MARK, Sheet
from sop_xl.workbook.sheetdata import CellValue


def settings_page(sheet: Sheet) -> None:
    """The settings in force; formulas reach them by their defined names."""
    book = sheet.book
    sheet.head("Change them in sop.toml, then generate the book again")
    place = book.layout.tables["settings"]
    draw_table(sheet, place)
    column = place.column("value")
    values = setting_values(book.settings, book.axis)
    for row, (name, value) in enumerate(values.items(), start=place.first_row):
        is_date = isinstance(value, pd.Timestamp)
        sheet.put(row, column, value, "SOP Text", Unit.PERIOD.number_format if is_date else None)
        sheet.name_cell(setting_name(name), f"{column_letter(column)}{row}")
    sheet.freeze(place.first_row, 2)
    sheet.finish()


def setting_values(settings: Settings, axis: Axis) -> dict[str, CellValue]:
    """Every setting as a cell value, with the months that formulas ask for."""
    values: dict[str, CellValue] = {
        "opening_period": axis.opening.to_timestamp(),
        "first_period": axis.first.to_timestamp(),
        "last_period": axis.plan[-1].to_timestamp(),
    }
    for field in fields(settings):
        value = getattr(settings, field.name)
        between = " x " if field.name == "planning_level" else ", "
        values[field.name] = between.join(value) if isinstance(value, tuple) else value
    values.pop("store")  # a URL may name a server; it is nobody's business in a book
    return values


def checks_page(sheet: Sheet) -> None:
    """The tests of the book on itself; their light is repeated on every sheet."""
    sheet.head("Every difference should be zero; the light on top of each sheet sums them up")
    place = sheet.book.layout.tables["checks"]
    draw_table(sheet, place)
    formulas = {check.name: check.formula for check in CHECKS}
    frame = sheet.book.frames["checks"]
    column = place.column("value")
    for row, (name, value) in enumerate(
        zip(frame["check"], frame["value"], strict=True), start=place.first_row
    ):
        formula = sheet.book.translate.check(formulas[name])
        sheet.put(row, column, float(value), "SOP Output", Unit.FACTOR.number_format, formula)
    row = place.last_row + 2
    status = structured(place.table, place.table["status"])
    failed = f'COUNTIF({status},"■*")'
    sheet.put(row, 1, "Check light", "SOP Key")
    sheet.put(
        row,
        2,
        sheet.book.check_light,
        "SOP Text",
        formula=f'IF({failed}=0,"● all checks passed","■ "&{failed}&" of "&ROWS({status})'
        f'&" checks failed: see Checks")',
    )
    sheet.name_cell("Check_light", f"B{row}")
    sheet.alert("status", f"B{row}")
    _figures_at_issue(sheet, row + 2)
    sheet.freeze(place.first_row, 2)
    sheet.finish()


FIGURES_AT_ISSUE = (
    ("demand_plan", "consensus"),
    ("supply_plan", "production"),
    ("capacity", "available"),
    ("finance_total", "operating_profit"),
    ("finance_total", "aop_revenue"),
    ("finance_total", "aop_operating_profit"),
    ("cash_flow", "operating"),
)
"""Whose plan totals tell that somebody has moved the plan, its budget or its terms in the book."""


def _figures_at_issue(sheet: Sheet, row: int) -> None:
    """Plan totals now and as issued; messages and exceptions are as issued, and say so."""
    headers(sheet, row, 1, {"Plan total": False, "Measure": False, "Now": True, "As issued": True})
    places = sheet.book.layout.grids
    first = row + 1
    for at, (name, measure) in enumerate(FIGURES_AT_ISSUE, start=first):
        grid = places[name].grid
        frame = sheet.book.frames[name]
        issued = float(frame.loc[frame["period"] >= sheet.book.axis.first, measure].sum())
        formula = sheet.book.translate.check(f"{{{name}.{measure}@total}}")
        sheet.put(at, 1, grid.label, "SOP Key")
        sheet.put(at, 2, grid[measure].label, "SOP Text")
        sheet.put(at, 3, issued, "SOP Output", Unit.QUANTITY.number_format, formula)
        sheet.put(at, 4, issued, "SOP Output", Unit.QUANTITY.number_format)
    last = first + len(FIGURES_AT_ISSUE) - 1
    moved = f"SUMPRODUCT(ABS($C${first}:$C${last}-$D${first}:$D${last}))>0.5"
    mark = excel_text("  ·  the plan has moved since: messages and exceptions are as issued")
    sheet.put(last + 1, 1, "Mark on the pages", "SOP Key")
    sheet.put(last + 1, 2, None, "SOP Text", formula=f'IF({moved},{mark},"")')
    sheet.name_cell(ISSUE_MARK, f"B{last + 1}")
    name_basis(sheet, last + 2)
