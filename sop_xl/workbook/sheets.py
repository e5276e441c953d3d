"""The sheets of the monthly workbook, in the order of work. A new sheet is one line here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sop_xl.workbook.pages import (
    basis,
    bridge_regions,
    capacity,
    cash,
    control,
    deck,
    figures,
    forecast,
    people,
    performance,
    recon,
    stock,
    strategy,
)
from sop_xl.workbook.pages.home import home
from sop_xl.workbook.pages.what_if import what_if
from sop_xl.workbook.sheet import Sheet


@dataclass(frozen=True)
class SheetSpec:
    """A sheet: its name on the tab, its title, and the grids or lists that it shows."""

    name: str
    title: str
    tab: str
    used_by: str
    """Who works with it, for the documentation."""
    grids: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    page: Callable[[Sheet], None] | None = None
    """Draws the sheet, or what stands on it beside its grids."""
    side: Literal["", "demand", "supply", "capacity", "people"] = ""
    """The side of the plan that it shows, in the words of the type of business."""
    table_row: int = 0
    """Header row of its list, on a page that has a chart above it."""
    room: int = 0
    """Rows left free below its first grid, for a chart."""
    grid_row: int = 0
    """First row of its grids, on a page that has a chart above them."""
    about: str = ""
    """The source of goods that it is about; a company that sells no goods and delivers no rows of
    it does not see the sheet."""


SHEETS = (
    SheetSpec("Home", "Sales & Operations Planning", "grey", "everybody", page=home),
    SheetSpec("Cycle_Calendar", "Cycle calendar", "grey", "process owner",
              tables=("cycle_calendar",)),
    SheetSpec("Settings", "Settings", "grey", "everybody",
              tables=("settings",), page=control.settings_page),
    SheetSpec("Checks", "Checks", "grey", "everybody",
              tables=("checks",), page=control.checks_page),
    SheetSpec("Data_Review", "Data review", "blue", "analyst", tables=("completeness",)),
    SheetSpec("Data_Actuals", "Demand history", "blue", "demand planner", tables=("history",)),
    SheetSpec("Data_Stock", "Stock and output by family", "blue", "supply planner",
              tables=("stock_history",), about="stock"),
    SheetSpec("Data_Items", "Items", "blue", "planners", tables=("items",)),
    SheetSpec("Portfolio", "Portfolio review", "white", "product managers", tables=("portfolio",)),
    SheetSpec("Families", "Families", "blue", "supply planner, demand planner",
              tables=("families", "forecast_choices")),
    SheetSpec("Data_Pipeline", "Pipeline", "blue", "sales", tables=("pipeline",)),
    SheetSpec("Events", "Events", "blue", "marketing, sales", tables=("events",)),
    SheetSpec("Launches", "Launches and ends of life", "blue", "product managers, demand planner",
              tables=("launches",)),
    SheetSpec("Signals", "Signals", "blue", "demand planner, marketing", tables=("signals",)),
    SheetSpec("Data_AOP", "Annual operating plan", "blue", "finance", tables=("aop",)),
    SheetSpec("Data_Finance", "Finance parameters and actuals", "blue", "finance",
              tables=("finance_lines", "recon_lines", "balance")),
    SheetSpec("Prices", "Prices, discounts and currencies", "blue", "finance, sales",
              tables=("price_changes", "currencies", "exchange_rates", "region_prices")),
    SheetSpec("Data_Cash", "Cash and payment pattern", "blue", "finance",
              tables=("payment_pattern", "cash")),
    SheetSpec("Data_Benchmarks", "Reference values of KPIs", "blue", "S&OP leader, finance",
              tables=("benchmarks",)),
    SheetSpec("Resources", "Resources", "blue", "operations",
              tables=("resources", "resource_calendar", "capacity_options", "workforce", "bill")),
    SheetSpec("Data_Cleansing", "Cleansing of the demand history", "blue", "demand planner",
              tables=("cleansing",)),
    SheetSpec("Demand_Plan", "Demand plan", "green", "demand planner, sales, marketing",
              grids=("demand_total", "demand_plan"), side="demand"),
    SheetSpec("Forecast", "Forecast of a block", "green", "demand planner",
              grids=("forecast_view",), page=forecast.forecast, side="demand",
              grid_row=forecast.GRID_ROW),
    SheetSpec("Forecast_Changes", "Forecast by block: what changed, and why", "green",
              "demand planner", tables=("forecast_blocks",)),
    SheetSpec("What_If", "What if", "green", "planners",
              grids=("what_if_view", "what_if_load_view"), page=what_if),
    SheetSpec("Supply_Plan", "Supply plan", "green", "supply planner",
              grids=("supply_plan",), side="supply"),
    SheetSpec("Strategy", "Strategies beside the plan", "green", "supply planner, S&OP leader",
              tables=("bottlenecks",), page=strategy.strategy,
              table_row=strategy.BOTTLENECK_ROW),
    SheetSpec("Strategy_Plan", "Plans of the strategies", "white", "supply planner, finance",
              grids=("strategy_cost", "supply_cost", "strategy_plan", "strategy_output",
                     "strategy_hours")),
    SheetSpec("Plan_Rates", "What units, hours and people cost in every plan", "white",
              "supply planner, finance", tables=("strategies", "family_rates", "resource_rates")),
    SheetSpec("Capacity", "Capacity", "green", "supply planner, operations",
              grids=("heat_map", "resource_view", "output", "capacity"), side="capacity",
              page=capacity.capacity, room=capacity.ROOM),
    SheetSpec("Options", "Options for every capacity gap", "green", "supply planner, operations",
              tables=("gap_options",), side="capacity"),
    SheetSpec("Constrained_Plan", "What can be sold", "green", "supply planner, sales",
              grids=("constrained_total", "constrained_plan", "constrained_region"),
              side="capacity"),
    SheetSpec("Constraints", "Constraint register", "purple", "supply planner, operations",
              tables=("constraints",)),
    SheetSpec("Inventory", "Inventory", "green", "supply planner",
              grids=("inventory", "stock_targets"), page=stock.inventory, side="supply",
              grid_row=stock.GRID_ROW, about="stock"),
    SheetSpec("Stock_Review", "Stock: where it stands", "green", "supply planner, product managers",
              tables=("stock_summary", "stock_items"), page=basis.stock_review,
              about="stock"),
    SheetSpec("Data_Materials", "Materials, their stock and what is on order", "blue", "purchasing",
              tables=("materials", "material_stock", "purchase_orders"), about="materials"),
    SheetSpec("Materials", "Materials and purchases", "green", "purchasing, supply planner",
              grids=("purchase_total", "purchases", "material_plan"), page=stock.materials,
              grid_row=stock.GRID_ROW, about="materials"),
    SheetSpec("Material_Actions", "Materials: what to do about orders", "green", "purchasing",
              tables=("material_messages",), about="materials"),
    SheetSpec("Material_Orders", "Materials: orders to place, and what they are for", "green",
              "purchasing", tables=("material_orders", "material_pegging"), about="materials"),
    SheetSpec("Workforce", "Workforce", "green", "operations, human resources",
              grids=("workforce_total", "workforce_plan"), page=people.workforce, side="people",
              grid_row=people.GRID_ROW),
    SheetSpec("Finance_Recon", "Financial plan and reconciliation", "green", "finance",
              grids=("finance_total", "operating_cost", "finance_family", "finance_region",
                     "recon_months"),
              page=recon.recon, grid_row=recon.RECON_ROW),
    SheetSpec("PVM", "Bridge: price, volume, mix", "green", "finance",
              tables=("bridge",), page=recon.bridge, table_row=recon.BRIDGE_ROW),
    SheetSpec("PVM_Regions", "Bridge by region", "green", "finance",
              tables=("bridge_regions",), page=bridge_regions.by_region,
              table_row=bridge_regions.TABLE_ROW),
    SheetSpec("Tie_Out", "Tie-out list", "green", "finance", tables=("tie_outs",),
              page=recon.tie_out),
    SheetSpec("Finance_Lock", "What finance has locked, and what moved since", "white", "finance",
              tables=("finance_drift",)),
    SheetSpec("Scenarios", "Scenarios beside the plan", "green", "finance, S&OP leader",
              tables=("scenario_drivers", "scenarios"), page=recon.scenarios),
    SheetSpec("Cash_WC", "Cash and working capital", "green", "finance",
              grids=("cash_flow", "cash_days", "receivables", "payables", "stock_value"),
              page=cash.cash_page, grid_row=cash.GRID_ROW),
    SheetSpec("Levers", "Five levers, and which of them closes the gap", "green",
              "finance, S&OP leader", tables=("levers",), page=cash.levers_page, table_row=11),
    SheetSpec("KPIs", "KPI scorecard", "orange", "S&OP leader",
              tables=("kpis",), page=performance.kpi_sheet),
    SheetSpec("KPI_Detail", "More KPIs, and KPIs by family and region", "orange", "S&OP leader",
              tables=("kpi_more", "kpi_parts"), page=performance.detail_page),
    SheetSpec("Accuracy", "Accuracy of the plans", "orange", "demand planner, S&OP leader",
              page=performance.accuracy_page),
    SheetSpec("Exceptions", "Exceptions", "orange", "planners, S&OP leader",
              tables=("exceptions",)),
    SheetSpec("D1_Agenda", "Agenda and decisions required", "orange", "executives",
              tables=("agenda",),
              page=deck.agenda),
    SheetSpec("D2_KPIs", "KPI snapshot of the prior month", "orange", "executives",
              page=deck.kpi_page),
    SheetSpec("D3_Demand", "Demand summary", "orange", "executives", tables=("demand_summary",),
              page=deck.demand_page, table_row=29),
    SheetSpec("D4_Supply", "Supply and capacity summary", "orange", "executives",
              tables=("supply_summary",),
              page=deck.supply_page, table_row=29),
    SheetSpec("D5_Finance", "Financial summary", "orange", "executives",
              tables=("finance_summary",),
              page=deck.finance_page, table_row=27),
    SheetSpec("D6_Risks", "Risks and issues", "orange", "executives", page=deck.risks_page),
    SheetSpec("Decisions", "Decisions", "purple", "executives, S&OP leader", tables=("decisions",)),
    SheetSpec("Actions", "Actions", "purple", "everybody", tables=("actions",)),
    SheetSpec("Assumptions", "Assumptions", "purple", "everybody", tables=("assumptions",)),
    SheetSpec("Risks_Opps", "Risks and opportunities", "purple", "everybody", tables=("risks",)),
    SheetSpec("Change_Log", "Change log", "purple", "everybody", tables=("change_log",)),
    SheetSpec("Log", "What was run in this workbook", "purple", "everybody", tables=("log",)),
    SheetSpec("PVM_Places", "Bridge by family and region", "white",
              "nobody: PVM_Regions adds it up", tables=("bridge_places",)),
    SheetSpec("Lever_Effects", "Effects of the levers by month", "white", "finance",
              grids=("lever_totals", "lever_effects")),
    SheetSpec("KPI_Facts", "KPIs by month and their facts", "white", "S&OP leader",
              grids=("kpi_facts", "kpi_outlook"), page=performance.facts_page),
    SheetSpec("Accuracy_Months", "Forecast of each month by lag", "white", "demand planner",
              grids=("lag_forecasts",)),
    SheetSpec("Accuracy_Data", "Accuracy by lag, step and lead time", "white",
              "nobody: the sheet Accuracy looks it up",
              tables=("lag_accuracy", "value_added", "contributors", "lead_time")),
    SheetSpec("Chart_Data", "Figures of the charts", "white", "nobody: the charts draw from it",
              grids=("demand_view", "supply_view", "stock_view", "capacity_view", "finance_view",
                     "bridge_months"),
              page=figures.chart_data),
    SheetSpec("Forecast_Data", "Figures of the sheet Forecast", "white",
              "nobody: the sheet Forecast looks them up", grids=("forecast_detail",),
              page=forecast.forecast_data),
    SheetSpec("Calendar", "Fiscal calendar", "grey", "everybody",
              tables=("calendar", "view_families", "view_resources", "view_blocks",
                      "view_methods", "windows", "comparisons", "results")),
    SheetSpec("Glossary", "Glossary", "grey", "everybody", tables=("glossary",)),
)
