"""Closing the loop: the twelve KPIs with the formulas of the S&OP handbook, from monthly facts."""

from __future__ import annotations

from dataclasses import dataclass

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Table, Unit
from sop_xl.tables.benchmarks import REFERENCE

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
        _kpi("net_accuracy", "Forecast accuracy, net", Unit.PERCENT,
             'IF(N({forecast_demand})>0,MAX(0,1-ABS({forecast}-{forecast_demand})'
             '/{forecast_demand}),"")',
             "Handbook: 1 - |sum of forecast - sum of actual| / sum of actual; errors cancel out."),
        _kpi("item_adherence", "Plan adherence by item", Unit.PERCENT,
             'IF(AND(ISNUMBER({output_error}),N({planned_output})>0),'
             'MAX(0,1-{output_error}/{planned_output}),"")',
             "Stricter: 1 - sum over items of |actual - planned| / planned output; the mix counts"
             " too."),
        _kpi("yearly_turns", "Inventory turns of the year", Unit.RATIO,
             _share("year_cost", "year_inventory"),
             "Stricter: cost of sales of twelve months / mean of their average inventories."),
        _kpi("requested_service", "Service to the requested day", Unit.PERCENT,
             _share("lines_on_request", "lines_requested"),
             "Stricter: order lines delivered by the day that was asked for / lines asked for."),
        _kpi("due_otif", "OTIF of lines due", Unit.PERCENT, _share("lines_otif", "orders_due"),
             "Stricter: lines due that came on time and in full / all lines due, delivered or not "
             "(SCOR RL.2.1 with RL.2.2)."),
        _kpi("family_revenue", "Revenue vs plan by family", Unit.PERCENT,
             'IF(AND(ISNUMBER({revenue_error}),N({planned_revenue})>0),'
             'MAX(0,1-{revenue_error}/{planned_revenue}),"")',
             "Stricter: 1 - sum over families of |revenue - AOP| / AOP: the mix counts."),
        _kpi("trade_capital", "Trade working capital", MONEY,
             'IF(COUNT({receivables},{inventory},{payables})=3,'
             '{receivables}+{inventory}-{payables},"")',
             "Stricter: receivables + inventory - payables, without cash and tax."),
        _kpi("timely_closure", "Decision closure by the due day", Unit.PERCENT,
             _share("actions_timely", "actions_due"),
             "Stricter: actions closed by their due day / actions due."),
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
        _fact("actions_timely", "Actions closed in time", COUNT, "Of these, by their due day."),
        _fact("output_error", "Absolute difference of output", QUANTITY,
              "Sum over items of |actual - planned|."),
        _fact("year_cost", "Cost of sales, 12 months", MONEY, "Of this month and eleven before."),
        _fact("year_inventory", "Average inventory, 12 months", MONEY,
              "Mean of the average inventories of these months."),
        _fact("lines_requested", "Lines asked for", COUNT,
              "Order lines that the customer wanted in the month."),
        _fact("lines_on_request", "Lines to the requested day", COUNT,
              "Of these, delivered by that day."),
        _fact("lines_otif", "Lines due OTIF", COUNT,
              "Lines due in the month that came on time and in full."),
        _fact("revenue_error", "Absolute difference of revenue", MONEY,
              "Sum over families of |revenue - AOP revenue|."),
        _fact("receivables", "Receivables", MONEY, "At the month's end."),
        _fact("inventory", "Inventory booked", MONEY, "At the month's end."),
        _fact("payables", "Payables", MONEY, "At the month's end."),
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
    second: str = ""
    """The measure of :data:`KPI_FACTS` that takes the other definition, where they differ."""
    source: str = ""
    """Where the facts come from."""


PROCESS, QUALITY, BUSINESS = "Process health", "Plan quality", "Business impact"

KPIS = (
    Kpi("schedule_adherence", PROCESS, "Actual schedule met / planned schedule", "higher",
        "Operations", source="Production"),
    Kpi("decision_closure", PROCESS, "Closed action items / total actions", "higher",
        "Process owner", "timely_closure", "Actions"),
    Kpi("forecast_accuracy", QUALITY, "(Actual - forecast) error over time", "higher",
        "Demand planner", "net_accuracy", "Past plans, actuals"),
    Kpi("forecast_bias", QUALITY, "Average forecast error direction", "target",
        "Demand planner", source="Past plans, actuals"),
    Kpi("demand_volatility", QUALITY, "Change rate across demand forecasts", "lower",
        "Demand planner", source="Past plans"),
    Kpi("plan_adherence", QUALITY, "Actual output / planned output", "target", "Operations",
        "item_adherence", "Production"),
    Kpi("inventory_turns", BUSINESS, "Cost of goods sold / average inventory", "higher",
        "Supply planner", "yearly_turns", "Actuals, stock"),
    Kpi("working_capital", BUSINESS, "Current assets - current liabilities", "info", "Finance",
        "trade_capital", "Finance actuals"),
    Kpi("customer_service", BUSINESS, "Orders fulfilled on time / total orders", "higher",
        "Supply planner", "requested_service", "Orders"),
    Kpi("otif", BUSINESS, "OTIF deliveries / total deliveries", "higher", "Supply planner",
        "due_otif", "Orders"),
    Kpi("capacity_utilisation", BUSINESS, "Actual output / available capacity", "target",
        "Operations", source="Production, resources"),
    Kpi("revenue_vs_plan", BUSINESS, "Actual / planned revenue", "higher", "Finance",
        "family_revenue", "Actuals, AOP"),
)
"""The twelve, by group: process health, plan quality, business impact."""



def _found(month: str, kpi: str = "kpi") -> str:
    """The KPI in a month; nothing where there is nothing (INDEX alone would make it a zero)."""
    value = f"INDEX({{kpi_facts@{month}}},MATCH({{{kpi}}},{{kpi_facts@measures}},0))"
    return f'IF({value}="","",{value})'


_AHEAD = "INDEX({kpi_outlook@totals},MATCH({kpi},{kpi_outlook@measures},0))"


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
        REFERENCE[0],
        Column("variance", "To target", Unit.RATIO, Role.OUTPUT, unit_by="unit",
               help="Actual - target.",
               formula='IF(ISNUMBER({actual}),IF(ISNUMBER({target}),{actual}-{target},""),"")'),
        Column("status", "Status", role=Role.OUTPUT, alert="status",
               help="● on target, ▲ missed by up to 5 points or 5 %, ■ missed by more.",
               formula='IF(ISNUMBER({actual}),IF({better}="info","○ for information",'
                       'IF({miss}<=0.0000001,"● on target",IF({miss}<=0.05,"▲ watch",'
                       '"■ off target"))),"– no data")'),
        Column("outlook", "Outlook", Unit.RATIO, Role.OUTPUT, unit_by="unit",
               help="Over the plan months, where the plan decides it; it moves with the plan.",
               formula=f'IFERROR(IF({_AHEAD}="","",{_AHEAD}),"")'),
        Column("second", "Other definition", Unit.RATIO, Role.OUTPUT, unit_by="unit",
               help="The figure by the other definition, where handbook and standard differ.",
               formula=f'IF({{second_name}}="","",{_found("last", "second_name")})'),
        Column("second_name", "Called", role=Role.OUTPUT,
               help="Name of the other figure; how it is computed stands further right."),
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
        Column("second_definition", "Other definition in words", role=Role.OUTPUT,
               help="How the other figure is computed, and whether it is the stricter one."),
        Column("source", "Source", role=Role.OUTPUT, help="Where the facts come from."),
        Column("owner", "Owner", role=Role.OUTPUT, help="Who answers for it."),
        REFERENCE[1],
    ),
    help="The twelve KPIs of the last closed month, with target and status.",
)
