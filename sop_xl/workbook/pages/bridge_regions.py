"""PVM_Regions: the bridge by region, and as a waterfall that of the region that is chosen."""

from __future__ import annotations

from sop_xl.tables import TABLES
from sop_xl.tables.bridge_regions import VISIBLE
from sop_xl.tables.recon import EFFECT_NAMES
from sop_xl.workbook.formulas import structured
from sop_xl.workbook.layout import column_letter
from sop_xl.workbook.lists import draw_table
from sop_xl.workbook.pages.pieces import company_row, fit_to_page, left_of
from sop_xl.workbook.sheet import Sheet
from sop_xl.workbook.waterfall import Step, add_waterfall

TABLE_ROW = 33
"""Header row of the list, below the chart."""
CHOSEN = "Bridge_region"
"""The name of the cell in which the reader chooses the region of the waterfall."""
_TOP = 7
_BEYOND = 2
"""Columns from what is printed to the workings of the chart."""


def by_region(sheet: Sheet) -> None:
    """Above, the region that is chosen; below, all of them and the company."""
    sheet.head("Which region causes the change: comparison, window and result are those of PVM")
    place = sheet.book.layout.tables["bridge_regions"]
    frame = sheet.book.frames["bridge_regions"]
    sheet.put(TABLE_ROW - 1, 1, place.table.help, "SOP Note")
    draw_table(sheet, place)
    company_row(sheet, "bridge_regions", place.table.names[1:VISIBLE])
    sheet.widths({1: 25.0, 2: 19.0} | dict.fromkeys(range(3, len(place.table.names) + 1), 14.0)
                 | {place.column("discontinued"): 18.0})
    for at in range(VISIBLE + 1, len(place.table.names) + 1):
        sheet.skeleton.column_dimensions[column_letter(at)].hidden = True
    region = str(frame["region"].iloc[0]) if len(frame) else ""
    _choice(sheet, region)
    choices = sheet.book.frames["recon_choices"].iloc[0]
    chosen = f"{choices['window']}: from {choices['comparison']} to actual and plan"
    title = f"{region}: {choices['result']}, {chosen}"
    sheet.put(_TOP, 4, title, "SOP Section",
              formula=f'{CHOSEN}&": "&Bridge_result&", "&Bridge_window&": from "'
                      '&Bridge_comparison&" to actual and plan"')
    add_waterfall(sheet, sheet.at(left_of(sheet, 7) + 0.3, _TOP + 1), title, _steps(sheet),
                  title_cell=f"{sheet.name}!$D${_TOP}", unit=sheet.book.settings.currency,
                  table=(_TOP + 1, 4), parts=len(place.table.names) + _BEYOND, size=(15.8, 11.8))
    fit_to_page(sheet)
    sheet.skeleton.print_area = f"A1:{column_letter(VISIBLE)}{place.last_row + 1}"


def _choice(sheet: Sheet, region: str) -> None:
    place = sheet.book.layout.tables["bridge_regions"]
    letter = column_letter(place.first_column)
    sheet.put(_TOP, 1, "Region of the chart", "SOP Label")
    sheet.put(_TOP, 2, region, "SOP Input text")
    sheet.choose_from(f"B{_TOP}", f"{place.sheet}!${letter}${place.first_row}:"
                      f"${letter}${place.last_row}", "Region", "Choose what the chart shows.")
    sheet.name_cell(CHOSEN, f"B{_TOP}")
    notes = ("The AOP is shared out by its rows for the regions.",
             "Earlier plans and scenarios are kept by family:",
             "their regions are those of actual and plan.")
    for line, note in enumerate(notes, start=_TOP + 2):
        sheet.put(line, 1, note, "SOP Note")


def _steps(sheet: Sheet) -> list[Step]:
    """The effects of the region, in the order of the waterfall."""
    table, frame = TABLES["bridge_regions"], sheet.book.frames["bridge_regions"]
    found = f"MATCH({CHOSEN},{structured(table, table['region'])},0)"

    def cell(name: str) -> str:
        return f"INDEX({structured(table, table[name])},{found})"

    def amount(name: str) -> float:
        return float(frame[name].iloc[0]) if len(frame) else 0.0

    steps = [Step(table[name].label, f"IFERROR({cell(name)},0)", amount(name))
             for name in EFFECT_NAMES]
    change = round(amount("after") - amount("before"), 2)
    return [*steps, Step("Change", f"IFERROR(ROUND({cell('after')}-{cell('before')},2),0)", change,
                         is_total=True)]
