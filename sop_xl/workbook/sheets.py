"""The sheets of the monthly workbook, in the order of work. A new sheet is one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sop_xl.workbook import pages
from sop_xl.workbook.sheet import Sheet


@dataclass(frozen=True)
class SheetSpec:
    """A sheet: its name on the tab, its title, and the grids or lists that it shows."""

    name: str
    title: str
    tab: str
    grids: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    page: Callable[[Sheet], None] | None = None
    """Draws the sheet, or what stands on it beside its grids."""
    table_row: int = 0
    """Header row of its list, on a page that has a chart above it."""


SHEETS = (
    SheetSpec("Home", "Sales & Operations Planning", "grey", page=pages.home),
    SheetSpec("Cycle_Calendar", "Cycle calendar", "grey", tables=("cycle_calendar",)),
    SheetSpec("Settings", "Settings", "grey", tables=("settings",), page=pages.settings_page),
    SheetSpec("Checks", "Checks", "grey", tables=("checks",), page=pages.checks_page),
    SheetSpec("Data_Review", "Data review", "blue", tables=("completeness",)),
    SheetSpec("Data_Actuals", "Demand history", "blue", tables=("history",)),
    SheetSpec("Data_Stock", "Stock and output by family", "blue", tables=("stock_history",)),
    SheetSpec("Data_Items", "Items", "blue", tables=("items",)),
    SheetSpec("Portfolio", "Portfolio review", "white", tables=("portfolio",)),
    SheetSpec("Families", "Families", "blue", tables=("families",)),
    SheetSpec("Data_Pipeline", "Pipeline", "blue", tables=("pipeline",)),
    SheetSpec("Events", "Events", "blue", tables=("events",)),
    SheetSpec("Data_AOP", "Annual operating plan", "blue", tables=("aop",)),
    SheetSpec("Data_Finance", "Finance parameters and actuals", "blue",
              tables=("finance_lines", "balance")),
    SheetSpec("Resources", "Resources", "blue",
              tables=("resources", "resource_calendar", "workforce", "bill")),
    SheetSpec("Demand_Plan", "Demand plan", "green", grids=("demand_total", "demand_plan")),
    SheetSpec("Supply_Plan", "Supply plan", "green", grids=("supply_plan",)),
    SheetSpec("Capacity", "Capacity", "green", grids=("capacity",)),
    SheetSpec("Finance_Recon", "Financial plan and reconciliation", "green",
              grids=("finance_total", "operating_cost", "finance_family")),
    SheetSpec("KPIs", "KPI scorecard", "orange", tables=("kpis",), page=pages.kpi_sheet),
    SheetSpec("Exceptions", "Exceptions", "orange", tables=("exceptions",)),
    SheetSpec("D1_Agenda", "Agenda and decisions required", "orange", tables=("agenda",),
              page=pages.agenda),
    SheetSpec("D2_KPIs", "KPI snapshot of the prior month", "orange", page=pages.kpi_page),
    SheetSpec("D3_Demand", "Demand summary", "orange", tables=("demand_summary",),
              page=pages.demand_page, table_row=28),
    SheetSpec("D4_Supply", "Supply and capacity summary", "orange", tables=("supply_summary",),
              page=pages.supply_page, table_row=28),
    SheetSpec("D5_Finance", "Financial summary", "orange", tables=("finance_summary",),
              page=pages.finance_page, table_row=27),
    SheetSpec("D6_Risks", "Risks and issues", "orange", page=pages.risks_page),
    SheetSpec("Decisions", "Decisions", "purple", tables=("decisions",)),
    SheetSpec("Actions", "Actions", "purple", tables=("actions",)),
    SheetSpec("Assumptions", "Assumptions", "purple", tables=("assumptions",)),
    SheetSpec("Risks_Opps", "Risks and opportunities", "purple", tables=("risks",)),
    SheetSpec("Change_Log", "Change log", "purple", tables=("change_log",)),
    SheetSpec("KPI_Facts", "KPIs by month and their facts", "white", grids=("kpi_facts",)),
    SheetSpec("Chart_Data", "Figures of the charts", "white",
              grids=("demand_view", "supply_view", "capacity_view", "finance_view"),
              page=pages.chart_titles),
    SheetSpec("Calendar", "Fiscal calendar", "grey",
              tables=("calendar", "view_families", "view_resources")),
    SheetSpec("Glossary", "Glossary", "grey", tables=("glossary",)),
)
