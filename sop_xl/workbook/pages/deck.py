"""The executive pages D1 to D6: one message, one chart or table a page."""

from __future__ import annotations

from sop_xl.schema import Unit
from sop_xl.tables import TABLES
from sop_xl.workbook.formulas import structured
from sop_xl.workbook.layout import column_letter
from sop_xl.workbook.lists import draw_table
from sop_xl.workbook.pages.figures import (
    capacity_chart,
    demand_chart,
    finance_chart,
    inventory_chart,
    kpi_chart,
)
from sop_xl.workbook.pages.pieces import (
    field_headers,
    fit_mirrored,
    fit_to_page,
    headline,
    mirror,
    selector,
    summary,
)
from sop_xl.workbook.sheet import Sheet

TILES_PER_ROW = 4


def agenda(sheet: Sheet) -> None:
    """D1: the agenda and the decisions required."""
    sheet.head("Monthly executive S&OP meeting", as_issued=True)
    headline(sheet, sheet.name)
    place = sheet.book.layout.tables["agenda"]
    draw_table(sheet, place)
    row = place.last_row + 1
    minutes = column_letter(place.column("minutes"))
    total = float(sheet.book.frames["agenda"]["minutes"].sum())
    sheet.put(row, 2, "Total", "SOP Total label")
    sheet.put(row, 3, total, "SOP Total", Unit.COUNT.number_format,
              f"SUM({minutes}{place.first_row}:{minutes}{place.last_row})")
    row += 2
    sheet.put(row, 1, "Decisions required", "SOP Section")
    fields = ("decision", "question", "value", "options", "recommendation", "status")
    field_headers(sheet, row + 1, "decisions", fields)
    for at in range(min(8, max(1, len(sheet.book.frames["decisions"])))):
        for column, name in enumerate(fields, start=1):
            mirror(sheet, row + 2 + at, column, "decisions", name, at)
    sheet.widths({1: 10, 2: 52, 3: 15, 4: 46, 5: 44, 6: 14})
    fit_mirrored(sheet, row + 2, "decisions", {"question": 52, "options": 46, "recommendation": 44})
    fit_to_page(sheet)


def kpi_page(sheet: Sheet) -> None:
    """D2: the prior month in twelve tiles and a trend."""
    sheet.head("Last closed month, with target and status", as_issued=True)
    headline(sheet, sheet.name)
    frame = sheet.book.frames["kpis"]
    for at in range(len(frame)):
        row = 6 + at // TILES_PER_ROW * 5
        column = 1 + at % TILES_PER_ROW * 2
        for line in range(4):
            sheet.put(row + line, column, None, "SOP Tile label")
        mirror(sheet, row, column, "kpis", "kpi", at, "SOP Tile label")
        mirror(sheet, row + 1, column, "kpis", "actual", at, "SOP Tile")
        mirror(sheet, row + 2, column, "kpis", "target", at, "SOP Tile label", "Target ")
        mirror(sheet, row + 3, column, "kpis", "status", at, "SOP Tile label")
        sheet.cells.row(row + 1, height=28)
        letter = column_letter(column)
        sheet.alert("status", f"{letter}{row + 3}")
    rows = -(-len(frame) // TILES_PER_ROW)
    sheet.widths({at: 27.0 if at % 2 else 2.0 for at in range(1, 2 * TILES_PER_ROW)})
    kpi_chart(sheet, sheet.at(0, 6 + rows * 5), (21.5, 8.5))
    fit_to_page(sheet)


def demand_page(sheet: Sheet) -> None:
    """D3: demand with history, consensus, range and AOP; outlook by family."""
    sheet.head("Consensus demand, unconstrained; shipments are on Finance_Recon", as_issued=True)
    summary(sheet, sheet.book.layout.tables["demand_summary"])
    headline(sheet, sheet.name)
    selector(sheet, 6, 1, "demand_view", "view_families", "Show family")
    demand_chart(sheet, sheet.at(0, 8), (27.0, 9.5))
    fit_to_page(sheet)


def supply_page(sheet: Sheet) -> None:
    """D4: inventory against target, load against capacity."""
    sheet.head("Production, inventory and capacity of the plan", as_issued=True)
    summary(sheet, sheet.book.layout.tables["supply_summary"])
    headline(sheet, sheet.name)
    selector(sheet, 6, 1, "supply_view", "view_families", "Show family")
    selector(sheet, 6, 4, "capacity_view", "view_resources", "Show resource")
    inventory_chart(sheet, sheet.at(0, 8), (15.5, 9.5))
    capacity_chart(sheet, sheet.at(15.8, 8), (15.5, 9.5))
    fit_to_page(sheet)


def finance_page(sheet: Sheet) -> None:
    """D5: profit and loss of the fiscal year against the AOP."""
    year = sheet.book.layout.columns.this_year
    sheet.head(f"Fiscal year {year}: actuals to date and plan, against the AOP; variance = outlook "
               "- AOP, where the AOP holds the line: ▲ favourable, ■ unfavourable", as_issued=True)
    summary(sheet, sheet.book.layout.tables["finance_summary"])
    headline(sheet, sheet.name)
    finance_chart(sheet, sheet.at(0, 6), (25.0, 9.5))
    fit_to_page(sheet)


def risks_page(sheet: Sheet) -> None:
    """D6: risks and opportunities, and the gaps that need a decision."""
    sheet.head("Risks, opportunities and the largest gaps of the plan", as_issued=True)
    headline(sheet, sheet.name)
    fields = ("risk", "kind", "description", "probability", "impact", "weighted", "mitigation",
              "owner")
    row = 6
    field_headers(sheet, row, "risks", fields)
    shown = min(10, max(1, len(sheet.book.frames["risks"])))
    for at in range(shown):
        for column, name in enumerate(fields, start=1):
            mirror(sheet, row + 1 + at, column, "risks", name, at)
    total = row + 1 + shown
    for column in range(1, len(fields) + 1):
        sheet.put(total, column, None, "SOP Total label")
    sheet.put(total, 3, "Weighted sum", "SOP Total label")
    weighted = structured(TABLES["risks"], TABLES["risks"]["weighted"])
    sheet.put(total, 6, float(sheet.book.frames["risks"]["weighted"].sum()), "SOP Total",
              Unit.MONEY.number_format, f"SUM({weighted})")
    row = total + 2
    sheet.put(row, 1, "Largest gaps", "SOP Section")
    gaps = ("rank", "area", "message", "period", "value", "subject", "option")
    field_headers(sheet, row + 1, "exceptions", gaps)
    for at in range(8):
        for column, name in enumerate(gaps, start=1):
            mirror(sheet, row + 2 + at, column, "exceptions", name, at)
    sheet.widths({1: 10, 2: 14, 3: 64, 4: 12, 5: 16, 6: 18, 7: 50, 8: 22})
    fit_mirrored(sheet, 7, "risks", {"description": 64, "mitigation": 50})
    fit_mirrored(sheet, row + 2, "exceptions", {"message": 64, "option": 50})
    fit_to_page(sheet)
