"""Closing the loop: the twelve KPIs with the formulas of the S&OP handbook, from monthly facts."""

from __future__ import annotations

from dataclasses import dataclass

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Table, Unit

QUANTITY, MONEY, COUNT, HOURS = Unit.QUANTITY, Unit.MONEY, Unit.COUNT, Unit.HOURS


def _fact(name: str, label: str, unit: Unit, help: str) -> Measure:
    return Measure(name, label, unit, past=VALUES, help=help, detail=True)


def _kpi(name: str, label: str, unit: Unit, formula: str, help: str) -> Measure:
    return Measure(name, label, unit, past=formula, help=help, sparse="blank")


def _share(top: str, bottom: str) -> str:
    """Blank where a fact is missing: a share of zero would be a verdict without a fact."""
    return f'IF(AND(ISNUMBER({{{top}}}),N({{{bottom}}})>0),{{{top}}}/{{{bottom}}},"")'


KPI_FACTS = Grid(
    "kpi_facts",
    "KPI facts",
    (),
    (
        _kpi("forecast_accuracy", "Forecast accuracy", Unit.PERCENT,
             'IF(N({forecast_demand})>0,MAX(0,1-{absolute_error}/{forecast_demand}),"")',
             "1 - sum of |forecast - actual| / sum of actual, by planning level, at the lag."),
        _kpi("forecast_bias", "Forecast bias", Unit.PERCENT,
             'IF(N({forecast_demand})>0,{forecast}/{forecast_demand}-1,"")',
             "Sum of forecast / sum of actual - 1; positive is over-forecast."),
        _kpi("plan_adherence", "Plan adherence", Unit.PERCENT,
             _share("actual_output", "planned_output"), "Actual output / planned output."),
        _kpi("inventory_turns", "Inventory turns", Unit.RATIO,
             'IF(AND(ISNUMBER({cost_of_sales}),N({average_inventory})>0),'
             '{cost_of_sales}*365/{#days}/{average_inventory},"")',
             "Cost of sales as a yearly rate / average inventory of the month at item cost."),
        _kpi("customer_service", "Customer service level", Unit.PERCENT,
             _share("orders_on_time", "orders_due"), "Orders fulfilled on time / orders due."),
        _kpi("otif", "OTIF", Unit.PERCENT, _share("deliveries_otif", "deliveries"),
             "Deliveries on time and in full / deliveries."),
        _kpi("capacity_utilisation", "Capacity utilisation", Unit.PERCENT,
             _share("load_hours", "available_hours"), "Load hours / available hours."),
        _kpi("revenue_vs_plan", "Revenue vs plan", Unit.PERCENT,
             _share("revenue", "planned_revenue"), "Actual revenue / AOP revenue."),
        _kpi("working_capital", "Working capital", MONEY,
             'IF(COUNT({current_assets},{current_liabilities})=2,'
             '{current_assets}-{current_liabilities},"")',
             "Current assets - current liabilities."),
        _kpi("demand_volatility", "Demand volatility", Unit.PERCENT,
             _share("plan_change", "previous_plan"),
             "Sum of |plan - plan of the cycle before| / plan of the cycle before."),
        _kpi("schedule_adherence", "Schedule adherence", Unit.PERCENT,
             _share("schedule_met", "planned_output"),
             "Sum over items of the lower of plan and actual / sum of plan."),
        _kpi("decision_closure", "Meeting decision closure", Unit.PERCENT,
             _share("actions_closed", "actions_due"), "Closed actions / actions due."),
        _fact("actual_demand", "Actual demand", QUANTITY, "Quantity ordered."),
        _fact("forecast_demand", "Actual demand with a forecast", QUANTITY,
              "Quantity ordered in blocks for which a forecast at the lag exists."),
        _fact("forecast", "Forecast at the lag", QUANTITY, "Consensus made the lag before."),
        _fact("absolute_error", "Absolute error", QUANTITY, "Sum of |forecast - actual|."),
        _fact("planned_output", "Planned output", QUANTITY, "Output planned."),
        _fact("actual_output", "Actual output", QUANTITY, "Output achieved."),
        _fact("schedule_met", "Schedule met", QUANTITY, "Lower of plan and actual, by item."),
        _fact("orders_due", "Orders due", COUNT, "Order lines promised for the month."),
        _fact("orders_on_time", "Orders on time", COUNT,
              "Of these, delivered by the promised day; blank after the last delivery loaded."),
        _fact("deliveries", "Deliveries", COUNT, "Order lines delivered in the month."),
        _fact("deliveries_otif", "Deliveries OTIF", COUNT,
              "Of these, by the promised day and in full."),
        _fact("cost_of_sales", "Cost of sales", MONEY, "Cost of what was shipped."),
        _fact("average_inventory", "Average inventory", MONEY,
              "Mean of opening and closing inventory, each item at its own cost, else at that of "
              "its family; the one that is known, if one is."),
        _fact("load_hours", "Load hours", HOURS, "Actual output x hours per unit."),
        _fact("available_hours", "Available hours", HOURS, "Of all resources."),
        _fact("revenue", "Revenue", MONEY, "Net revenue."),
        _fact("planned_revenue", "Planned revenue", MONEY, "AOP revenue."),
        _fact("current_assets", "Current assets", MONEY, "At the month's end."),
        _fact("current_liabilities", "Current liabilities", MONEY, "At the month's end."),
        _fact("plan_change", "Plan change", QUANTITY,
              "Sum of |plan - plan of the cycle before| over the months both cover."),
        _fact("previous_plan", "Previous plan", QUANTITY, "Plan of the cycle before, same months."),
        _fact("actions_due", "Actions due", COUNT, "Actions due by the month's end."),
        _fact("actions_closed", "Actions closed", COUNT, "Of these, closed by then."),
    ),
    help="The KPIs month by month and the facts they are made of.",
)


@dataclass(frozen=True, slots=True)
class Kpi:
    """One KPI of the scorecard: its group, the owner's formula in words, and how to read it."""

    name: str
    """The measure of :data:`KPI_FACTS` and, after ``target_``, the setting of its target."""
    group: str
    handbook: str
    """The simple formula as the S&OP handbook gives it."""
    better: str
    """``higher``, ``lower``, ``target`` (close to it) or ``info`` (no verdict)."""
    owner: str


PROCESS, QUALITY, BUSINESS = "Process health", "Plan quality", "Business impact"

KPIS = (
    Kpi("schedule_adherence", PROCESS, "Actual schedule met / planned schedule", "higher",
        "Operations"),
    Kpi("decision_closure", PROCESS, "Closed action items / total actions", "higher",
        "Process owner"),
    Kpi("forecast_accuracy", QUALITY, "(Actual - forecast) error over time", "higher",
        "Demand planner"),
    Kpi("forecast_bias", QUALITY, "Average forecast error direction", "target",
        "Demand planner"),
    Kpi("demand_volatility", QUALITY, "Change rate across demand forecasts", "lower",
        "Demand planner"),
    Kpi("plan_adherence", QUALITY, "Actual output / planned output", "target", "Operations"),
    Kpi("inventory_turns", BUSINESS, "Cost of goods sold / average inventory", "higher",
        "Supply planner"),
    Kpi("working_capital", BUSINESS, "Current assets - current liabilities", "info", "Finance"),
    Kpi("customer_service", BUSINESS, "Orders fulfilled on time / total orders", "higher",
        "Supply planner"),
    Kpi("otif", BUSINESS, "OTIF deliveries / total deliveries", "higher", "Supply planner"),
    Kpi("capacity_utilisation", BUSINESS, "Actual output / available capacity", "target",
        "Operations"),
    Kpi("revenue_vs_plan", BUSINESS, "Actual / planned revenue", "higher", "Finance"),
)
"""The twelve, by group: process health, plan quality, business impact."""



def _found(month: str) -> str:
    """The KPI in a month; nothing where there is nothing (INDEX alone would make it a zero)."""
    value = f"INDEX({{kpi_facts@{month}}},MATCH({{kpi}},{{kpi_facts@measures}},0))"
    return f'IF({value}="","",{value})'


KPI_TABLE = Table(
    "kpis",
    "KPIs",
    (
        Column("kpi", "KPI", role=Role.KEY, help="Name."),
        Column("group", "Group", role=Role.OUTPUT, help="What it speaks of."),
        Column("actual", "Actual", Unit.RATIO, Role.OUTPUT, unit_by="unit",
               help="Last closed month.",
               formula=_found("last")),
        Column("previous", "Month before", Unit.RATIO, Role.OUTPUT, unit_by="unit",
               help="The month before that.",
               formula=_found("previous")),
        Column("average", "Average", Unit.RATIO, Role.OUTPUT, unit_by="unit",
               help="Mean of the closed months shown.",
               formula="IFERROR(AVERAGE(INDEX({kpi_facts@past},"
                       'MATCH({kpi},{kpi_facts@measures},0),0)),"")'),
        Column("target", "Target", Unit.RATIO, Role.OUTPUT, unit_by="unit",
               help="From the settings."),
        Column("variance", "To target", Unit.RATIO, Role.OUTPUT, unit_by="unit",
               help="Actual - target.",
               formula='IF(ISNUMBER({actual}),IF(ISNUMBER({target}),{actual}-{target},""),"")'),
        Column("status", "Status", role=Role.OUTPUT, alert="status",
               help="● on target, ▲ missed by up to 5 points or 5 %, ■ missed by more.",
               formula='IF(ISNUMBER({actual}),IF({better}="info","○ for information",'
                       'IF({miss}<=0.0000001,"● on target",IF({miss}<=0.05,"▲ watch",'
                       '"■ off target"))),"– no data")'),
        Column("better", "Better", role=Role.OUTPUT,
               help="Higher, lower, close to the target, or for information."),
        Column("miss", "Miss", Unit.PERCENT, Role.OUTPUT,
               help="Distance to the target on the wrong side: points of a %, else share. Where "
                    "close to the target is better, the tolerance of the settings is allowed.",
               formula='IF(AND(ISNUMBER({variance}),{better}<>"info"),MAX(0,'
                       'IF({better}="higher",-{variance},'
                       'IF({better}="lower",{variance},ABS({variance})))'
                       '/IF({unit}="%",1,MAX(ABS({target}),0.0000001))'
                       '-IF({better}="target",{$tolerance},0)),0)'),
        Column("unit", "Unit", role=Role.OUTPUT, help="Unit of the figures."),
        Column("definition", "Definition", role=Role.OUTPUT, help="How it is computed here."),
        Column("handbook", "Handbook formula", role=Role.OUTPUT, help="The simple formula."),
        Column("owner", "Owner", role=Role.OUTPUT, help="Who answers for it."),
    ),
    help="The twelve KPIs of the last closed month, with target and status.",
)
