"""Closing the loop in detail: outlook, packs, KPIs by part; accuracy by step and lead time."""

from __future__ import annotations

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Table, Unit
from sop_xl.tables.benchmarks import REFERENCE

KEY, OUTPUT = Role.KEY, Role.OUTPUT
MONEY, PERCENT, QUANTITY, COUNT = Unit.MONEY, Unit.PERCENT, Unit.QUANTITY, Unit.COUNT


def _share(top: str, bottom: str) -> str:
    return f'IF(AND(ISNUMBER({{{top}}}),N({{{bottom}}})>0),{{{top}}}/{{{bottom}}},"")'


def _planned(name: str, label: str, plan: str, help: str, unit: Unit = MONEY) -> Measure:
    return Measure(name, label, unit, plan=plan, total="sum", detail=True, help=help)


def _outlook(name: str, label: str, unit: Unit, top: str, bottom: str, help: str) -> Measure:
    return Measure(name, label, unit, plan=_share(top, bottom), ratio=(top, bottom), help=help)


KPI_OUTLOOK = Grid(
    "kpi_outlook",
    "Outlook of the KPIs",
    (),
    (
        _outlook("revenue_vs_plan", "Revenue vs plan", PERCENT, "revenue", "planned_revenue",
                 "Planned revenue / AOP revenue, in months with an AOP."),
        _outlook("inventory_turns", "Inventory turns", Unit.RATIO, "yearly_cost",
                 "average_inventory", "Cost of sales as a yearly rate / average inventory."),
        _outlook("capacity_utilisation", "Capacity utilisation", PERCENT, "load_hours",
                 "available_hours", "Load hours / available hours."),
        _outlook("operating_share", "Operating cash flow to sales", PERCENT, "operating", "sales",
                 "Operating cash flow / net sales."),
        _planned("revenue", "Revenue with an AOP",
                 'IF({planned_revenue}>0,{finance_total.revenue@all},"")',
                 "Of the plan, in months with an AOP."),
        _planned("planned_revenue", "AOP revenue", "{finance_total.aop_revenue@all}",
                 "Budgeted revenue."),
        _planned("yearly_cost", "Cost of sales as a yearly rate",
                 "{finance_total.cost_of_sales@all}*365/{#days}", "Cost of sales x 365 / days."),
        _planned("average_inventory", "Average inventory",
                 "({stock_value.opening@all}+{stock_value.closing@all})/2",
                 "Mean of opening and closing inventory at cost."),
        _planned("load_hours", "Load hours", "{capacity.load@all}", "Of all resources.",
                 Unit.HOURS),
        _planned("available_hours", "Available hours", "{capacity.available@all}",
                 "Of all resources.", Unit.HOURS),
        _planned("operating", "Operating cash flow", "{cash_flow.operating@all}",
                 "From the sheet Cash_WC."),
        _planned("sales", "Sales", "{finance_total.revenue@all}", "Revenue of the plan."),
    ),
    help="What the plan makes of those KPIs that it decides.",
)  # fmt: skip

CASH_PACK, RETAIL, SCOR, FLOW, ROI = "cash", "retail", "scor", "flow", "roi"
PACKS = (CASH_PACK, RETAIL, SCOR, FLOW, ROI)

KPI_MORE = Table(
    "kpi_more",
    "More KPIs",
    (
        Column("kpi", "KPI", role=KEY, help="Name."),
        Column("pack", "Pack", role=OUTPUT, help="The pack of the setting kpi_packs."),
        Column("actual", "Actual", Unit.RATIO, OUTPUT, unit_by="unit",
               help="Last closed month: part / whole.",
               formula=_share("part", "whole")),
        Column("average", "Average", Unit.RATIO, OUTPUT, unit_by="unit",
               help="Of the closed months shown of which it is known."),
        REFERENCE[0],
        Column("unit", "Unit", role=OUTPUT, help="Unit of the figure."),
        Column("scor", "SCOR", role=OUTPUT, help="Number in the SCOR model, where it has one."),
        Column("definition", "Definition", role=OUTPUT, help="How it is computed here."),
        Column("source", "Source", role=OUTPUT, help="Where the facts come from."),
        REFERENCE[1],
        Column("part", "Part", Unit.RATIO, OUTPUT, "What is divided."),
        Column("whole", "Whole", Unit.RATIO, OUTPUT, "What it is divided by."),
    ),
    help="The packs of KPIs that the setting kpi_packs asks for, of the last closed month; only "
         "those whose data are known.",
    as_issued=True,
)  # fmt: skip

_PART_FACTS = (
    ("forecast_demand", "Demand with a forecast", QUANTITY),
    ("forecast", "Forecast at the lag", QUANTITY),
    ("absolute_error", "Absolute error", QUANTITY),
    ("actual_output", "Actual output", QUANTITY),
    ("planned_output", "Planned output", QUANTITY),
    ("schedule_met", "Schedule met", QUANTITY),
    ("yearly_cost", "Yearly cost of sales", MONEY),
    ("average_inventory", "Average inventory", MONEY),
    ("orders_on_time", "Orders on time", COUNT),
    ("orders_due", "Orders due", COUNT),
    ("deliveries_otif", "Deliveries OTIF", COUNT),
    ("deliveries", "Deliveries", COUNT),
    ("revenue", "Revenue", MONEY),
    ("planned_revenue", "AOP revenue", MONEY),
    ("plan_change", "Plan change", QUANTITY),
    ("previous_plan", "Previous plan", QUANTITY),
)


def _part_kpi(name: str, label: str, formula: str, unit: Unit = PERCENT) -> Column:
    return Column(name, label, unit, OUTPUT, help="As on the sheet KPIs, of this part.",
                  formula=formula)  # fmt: skip


KPI_PARTS = Table(
    "kpi_parts",
    "KPIs by family and region",
    (
        Column("part", "Part", role=KEY, help="Family or region."),
        Column("name", "Name", role=KEY, help="Which."),
        _part_kpi("forecast_accuracy", "Forecast accuracy",
                  'IF(N({forecast_demand})>0,MAX(0,1-{absolute_error}/{forecast_demand}),"")'),
        _part_kpi("forecast_bias", "Forecast bias",
                  'IF(N({forecast_demand})>0,{forecast}/{forecast_demand}-1,"")'),
        _part_kpi("plan_adherence", "Plan adherence", _share("actual_output", "planned_output")),
        _part_kpi("schedule_adherence", "Schedule adherence",
                  _share("schedule_met", "planned_output")),
        _part_kpi("inventory_turns", "Inventory turns",
                  _share("yearly_cost", "average_inventory"), Unit.RATIO),
        _part_kpi("customer_service", "Customer service", _share("orders_on_time", "orders_due")),
        _part_kpi("otif", "OTIF", _share("deliveries_otif", "deliveries")),
        _part_kpi("revenue_vs_plan", "Revenue vs plan", _share("revenue", "planned_revenue")),
        _part_kpi("demand_volatility", "Demand volatility",
                  _share("plan_change", "previous_plan")),
        *(
            Column(name, label, unit, OUTPUT, help="Fact of the last closed month.")
            for name, label, unit in _PART_FACTS
        ),
    ),
    help="The KPIs of the last closed month by family, and by region where the data have it.",
    as_issued=True,
)  # fmt: skip

STEPS = (
    "Naive", "Last year", "Statistical", "+ Events, pipeline", "+ Sales", "+ Marketing",
    "+ Finance", "Consensus",
)
"""The steps of the forecast, in their order; each is compared with the one before that is known."""

VALUE_ADDED = Table(
    "value_added",
    "Forecast value added",
    (
        Column("lag", "Cycles ahead", COUNT, KEY, help="Cycles between the plan and the month."),
        Column("step", "Step", role=KEY,
               help="Naive: the last closed month again. Last year: the same month of the year "
                    "before. Then what each step made of it."),
        Column("error", "Error", PERCENT, OUTPUT, "Sum of |forecast - actual| / sum of actual, "
               "over the blocks and months that every step has.",
               formula=_share("missed", "demand")),
        Column("bias", "Bias", PERCENT, OUTPUT, "Sum of forecast / sum of actual - 1.",
               formula=_share("net", "demand")),
        Column("added", "Added value", PERCENT, OUTPUT,
               "Error of the step before - error: positive makes it better.",
               formula='IF(AND(ISNUMBER({before}),N({demand})>0),'
                       '({before}-{missed})/{demand},"")'),
        Column("since", "Since naive", PERCENT, OUTPUT, "Error of the naive forecast - error.",
               formula='IF(AND(ISNUMBER({first}),N({demand})>0),({first}-{missed})/{demand},"")'),
        Column("changed", "Numbers changed", COUNT, OUTPUT,
               "Blocks and months in which the step moved the forecast."),
        Column("closer", "Came closer", PERCENT, OUTPUT,
               "Share of these that came closer to the demand."),
        Column("cells", "Numbers measured", COUNT, OUTPUT, "Blocks x months."),
        Column("demand", "Demand", QUANTITY, OUTPUT, "Quantity ordered in them."),
        Column("missed", "Absolute error", QUANTITY, OUTPUT, "Sum of |forecast - actual|."),
        Column("net", "Net error", QUANTITY, OUTPUT, "Sum of forecast - actual."),
        Column("before", "Step before", QUANTITY, OUTPUT, "Absolute error of the step before."),
        Column("first", "Naive step", QUANTITY, OUTPUT, "Absolute error of the naive forecast."),
    ),
    help="What each step, and each department, added to the forecast: the stair-step.",
    as_issued=True,
)  # fmt: skip

LEAD_TIMES = range(12)
"""Cycles ahead of the lead-time waterfall."""

LEAD_TIME = Table(
    "lead_time",
    "Lead-time waterfall",
    (
        Column("lag", "Cycles ahead", Unit.MONTHS, KEY,
               help="Cycles between the plan and the month: 0 is the cycle of the month itself."),
        Column("error", "Error", PERCENT, OUTPUT, "Sum of |consensus - actual| / sum of actual."),
        Column("bias", "Bias", PERCENT, OUTPUT, "Sum of consensus / sum of actual - 1."),
        Column("demand", "Demand", QUANTITY, OUTPUT, "Quantity ordered in the months measured."),
    ),
    help="How good the consensus was by the time it was made ahead.",
    as_issued=True,
)  # fmt: skip

SHOWN_LAGS = (0, 1, 2, 3, 6)
"""Lags whose forecasts the book shows month by month."""

LAG_FORECASTS = Grid(
    "lag_forecasts",
    "Forecast of each month by lag",
    (Column("lag", "Cycles ahead", role=KEY, help="Cycles between the plan and the month."),),
    (
        Measure("forecast", "Consensus", past=VALUES, total="sum", sparse="blank",
                help="Consensus of that cycle for the month, where demand is known."),
        Measure("demand", "Actual demand", past=VALUES, total="sum", sparse="blank",
                help="Quantity ordered in the same blocks."),
        Measure("missed", "Absolute error", past=VALUES, total="sum", detail=True, sparse="blank",
                help="Sum of |consensus - actual| over the blocks."),
        Measure("accuracy", "Forecast accuracy", PERCENT, sparse="blank",
                past='IF(N({demand})>0,MAX(0,1-{missed}/{demand}),"")',
                help="1 - absolute error / demand."),
        Measure("bias", "Bias", PERCENT, past='IF(N({demand})>0,{forecast}/{demand}-1,"")',
                sparse="blank", help="Consensus / demand - 1; positive is over-forecast."),
    ),
    help="What was planned for each closed month so many cycles before, and what came.",
)  # fmt: skip
