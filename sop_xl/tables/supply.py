"""Step 3, supply planning and capacity review: production, inventory, load against capacity."""

from __future__ import annotations

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Unit
from sop_xl.tables.settings import MAKE_TO_ORDER

OPTIONAL = Role.OPTIONAL

SHORT_HOURS = 0.5
"""Hours that are rounding: a resource is short in a month whose gap is below minus these."""

# rounded: the noise of floating point must not decide in which month the stock runs out
_COVER = "ROUND({cumulative_demand}+{inventory},6)"
_AT = "MATCH(" + _COVER + ",{cumulative_demand@plan},1)"
_REACH = "({cumulative_days}+{families.days_used@lookup})"
_REACHED = "MATCH(" + _REACH + ",{cumulative_days@plan},1)"
_NEXT = "MIN(" + _REACHED + "+1,{$horizon})"

_STEP = "{families.step@lookup}"
_WANTED = "{demand}+{target}-N({net_stock@prev})-N({subcontracted})"
_RATE = (
    "MAX(0,MAX({required_rate@plan}),(SUM({demand@plan})+{target@final}"
    "-SUM({subcontracted@plan})-N({net_stock@opening}))/SUM({#workdays@plan}))"
)
_DAYS = "SUM({#workdays@todate})"
_DAYS_BEFORE = f"({_DAYS}-{{#workdays}})"


def _in_steps(units: str) -> str:
    """The next whole step of the family at or above so many units."""
    return f"IF({_STEP}>0,ROUNDUP(ROUND(({units})/{_STEP},9),0)*{_STEP},{units})"


def _steps_to(days: str) -> str:
    """A level plan up to so many days, in whole steps of the family."""
    return f"ROUNDUP(ROUND({_RATE}*{days}/{_STEP},9),0)*{_STEP}"


SUPPLY_PLAN = Grid(
    "supply_plan",
    "Supply plan",
    (Column("family", "Family", role=Role.KEY, help="Product family."),),
    (
        Measure("demand", "Demand", past="{demand_total.actual@sum}",
                plan="{demand_total.consensus@sum}", total="sum",
                help="Actual demand, then consensus demand."),
        Measure("cumulative_demand", "Cumulative demand", plan="ROUND(SUM({demand@todate}),6)",
                detail=True, help="Demand from the first plan month on."),
        Measure("cumulative_days", "Cumulative days", Unit.DAYS, plan="SUM({#days@todate})",
                detail=True, help="Calendar days from the first plan month on."),
        Measure("target", "Target inventory", total="last",
                plan=f'IF({{families.policy_used@lookup}}="{MAKE_TO_ORDER}",0,'
                     'IF({families.method_used@lookup}<>"days",{stock_targets.service_target@sum},'
                     "INDEX({cumulative_demand@plan}," + _REACHED + ")+("
                     + _REACH + "-INDEX({cumulative_days@plan}," + _REACHED + "))"
                     "*INDEX({demand@plan}," + _NEXT + ")/INDEX({#days@plan}," + _NEXT + ")"
                     "-{cumulative_demand}))",
                help="Demand of the target days that follow the month (beyond the horizon at the "
                     "daily demand of the last month), or the target by safety stock of Inventory "
                     "where the stock method says so."),
        Measure("chase_plan", "Chase plan", detail=True,
                plan="MAX(0," + _in_steps(_WANTED) + ")",
                help="Output that ends the month on target: demand + target - stock - bought; in "
                     "batches or whole units where the family is made so."),
        Measure("required_rate", "Required daily rate", Unit.RATE, detail=True,
                plan="(SUM({demand@todate})-SUM({subcontracted@todate})-N({net_stock@opening}))"
                     "/SUM({#workdays@todate})",
                help="Constant output per working day that avoids backlog up to this month."),
        Measure("level_plan", "Level plan", detail=True, total="sum",
                plan=f"IF({_STEP}>0,{_steps_to(_DAYS)}-{_steps_to(_DAYS_BEFORE)},"
                     f"{_RATE}*{{#workdays}})",
                help="Lowest constant daily rate without backlog that ends on target x days; in "
                     "batches or whole units where the family is made so, by the sum to date."),
        Measure("production_override", "Fixed production", role=OPTIONAL, plan=VALUES, minimum=0,
                help="Output that the supply planner fixes instead of the proposal."),
        Measure("adopted", "Adopted plan", role=OPTIONAL, plan=VALUES, minimum=0, total="sum",
                help="Output of the plan adopted on the sheet Strategy; fixed production goes "
                     "before it."),
        Measure("subcontracted", "+ Subcontracted", role=OPTIONAL, plan=VALUES, minimum=0,
                total="sum", help="Finished units from a subcontractor; an adopted plan fills "
                                  "them in, too."),
        Measure("production", "Production", past=VALUES, total="sum", strong=True,
                plan='IF(ISNUMBER({production_override}),{production_override},'
                     'IF(ISNUMBER({adopted}),{adopted},'
                     'IF({families.strategy_used@lookup}="level",{level_plan},{chase_plan})))',
                help="Actual output, then fixed production, the adopted plan, or the plan of the "
                     "strategy."),
        Measure("net_stock", "Stock less backlog", past=VALUES, detail=True, total="last",
                plan="N({net_stock@prev})+{production}+N({subcontracted})-{demand}",
                help="Stock before + production + subcontracted - demand; negative is backlog."),
        # rounded: 1E-13 units left over by floating point are no stock, no backlog and no gap
        Measure("inventory", "Projected inventory", past=VALUES, plan="MAX(0,ROUND({net_stock},6))",
                total="last", strong=True, help="Usable stock at the month's end."),
        Measure("backlog", "Projected backlog", past=VALUES, plan="MAX(0,ROUND(-{net_stock},6))",
                total="last", alert="positive",
                help="Demand that is due and not shipped at the month's end."),
        Measure("shipments", "Shipments", past=VALUES, total="sum",
                plan="{demand}+N({backlog@prev})-{backlog}",
                help="Demand + backlog before - backlog after."),
        Measure("days_of_supply", "Days of supply", Unit.DAYS,
                plan="IF({inventory}<=0,0,IF(" + _COVER + ">={cumulative_demand@final},"
                     "{cumulative_days@final}-{cumulative_days},"
                     "INDEX({cumulative_days@plan}," + _AT + ")-{cumulative_days}+("
                     + _COVER + "-INDEX({cumulative_demand@plan}," + _AT + "))"
                     "/INDEX({demand@plan}," + _AT + "+1)*INDEX({#days@plan}," + _AT + "+1)))",
                help="Days of the coming demand that the stock covers, at most to the horizon."),
        Measure("gap_to_target", "Inventory to target", total="last",
                plan="ROUND({net_stock}-{target},6)",
                alert="negative", help="Stock less backlog - target; negative is short."),
    ),
    help="Demand, production, inventory and backlog by family.",
)

_KNOWN = 'IF({supply_plan.production@all}=0,"",%s)'
"""Of closed months without any output of the company nobody delivered the output: not known."""

OUTPUT = Grid(
    "output",
    "Production by family",
    (
        Column("family", "Family", role=Role.KEY, help="Product family."),
        Column("offset", "Months before", Unit.MONTHS, Role.KEY,
               help="Months between the work and the month of completion."),
    ),
    (
        Measure("production", "Units worked on", past=_KNOWN % "{supply_plan.production@later}",
                plan="{supply_plan.production@later}", total="sum",
                help="Production of the supply plan by the month of the work: so many months "
                     "before it is completed. After the last plan month nothing is known, nor in "
                     "closed months without any output of the company."),
    ),
    help="What loads the resources: production of the supply plan, one row per family and months "
         "between work and completion.",
)

_LOAD = (
    "SUMPRODUCT(({bill.resource@column}={resource})*{bill.hours_per_unit@column}"
    "*SUMIFS({output@range},{output.family@keys},{bill.family@column},"
    "{output.offset@keys},{bill.offset@column}))"
)

CAPACITY = Grid(
    "capacity",
    "Capacity",
    (Column("resource", "Resource", role=Role.KEY, help="Work centre, line, team or warehouse."),),
    (
        Measure("load", "Load", Unit.HOURS, total="sum",
                past=_KNOWN % _LOAD, plan=_LOAD,
                help="Units worked on x hours per unit, over all families; by load_method. Blank "
                     "in closed months without any output of the company."),
        Measure("machine_hours", "Machine hours", Unit.HOURS, detail=True, total="sum",
                past="{resources.machines@lookup}*{resources.hours_per_day@lookup}"
                     "*{resources.efficiency@lookup}*(1-{resources.planned_loss@lookup})"
                     "*IF({resource_calendar.days@count}>0,{resource_calendar.days@sum},"
                     "{#workdays})",
                plan="{resources.machines@lookup}*{resources.hours_per_day@lookup}"
                     "*{resources.efficiency@lookup}*(1-{resources.planned_loss@lookup})"
                     "*IF({resource_calendar.days@count}>0,{resource_calendar.days@sum},"
                     "{#workdays})",
                help="Machines x hours a day x efficiency x (1 - loss) x working days."),
        Measure("labour_hours", "Labour hours", Unit.HOURS, detail=True, total="sum",
                past="{workforce.hours@sum}", plan="{workforce_plan.productive@sum}",
                help="Productive hours of the teams at the resource, from Workforce: who is there "
                     "after attrition and planned hires, new people by their ramp; in closed months"
                     " those of today's people. Without any team = not limiting."),
        Measure("overtime", "+ Overtime", Unit.HOURS, OPTIONAL, plan=VALUES, minimum=0,
                total="sum", help="Hours of overtime that we commit to."),
        Measure("extra", "+ Extra shift or subcontract", Unit.HOURS, OPTIONAL, plan=VALUES,
                minimum=0, total="sum", help="Hours from an extra shift or from outside."),
        Measure("adopted_hours", "+ Adopted plan", Unit.HOURS, OPTIONAL, plan=VALUES, minimum=0,
                total="sum", detail=True,
                help="Hours that the adopted plan takes beyond the regular ones, those of its own "
                     "people (± Adopted plan of Workforce) among them; counted where they are more "
                     "than overtime and extra hours."),
        Measure("available", "Available", Unit.HOURS, total="sum", strong=True,
                past="IF({labour_hours}>0,MIN({machine_hours},{labour_hours}),{machine_hours})",
                plan="IF({labour_hours}+{workforce.hours@sum}>0,"
                     "MIN({machine_hours},{labour_hours}),{machine_hours})"
                     "+MAX(N({overtime})+N({extra}),N({adopted_hours}))",
                help="The lower of machine and labour hours + overtime + extra hours."),
        Measure("gap", "Gap", Unit.HOURS, plan="ROUND({available}-{load},6)", strong=True,
                 alert="negative",
                help="Available - load; negative is a shortage: load above 100 % of the available "
                     "hours, on every sheet. It has no total: hours to spare in one month are not "
                     "there in another; Hours short of D4_Supply adds up what is short."),
        Measure("cumulative_gap", "Cumulative gap", Unit.HOURS, detail=True,
                plan="{gap}+N({cumulative_gap@prev})",
                alert="negative",
                help="Sum of the gaps; positive means that building ahead is possible."),
        Measure("ahead", "Build ahead?", Unit.TEXT, detail=True,
                plan=f'IF({{gap}}>=-{SHORT_HOURS},"",IF({{cumulative_gap}}>=-{SHORT_HOURS},"yes",'
                     f'IF(N({{cumulative_gap@prev}})>{SHORT_HOURS},"in part","no")))',
                help="Whether the months before have the hours that are short: yes, in part, no."),
        Measure("utilisation", "Utilisation", Unit.PERCENT, ratio=("load", "available"),
                past='IF(AND({available}>0,N({load})>0),ROUND({load}/{available},9),"")',
                plan='IF({available}>0,ROUND({load}/{available},9),"")',
                alert="utilisation",
                help="Load / available; above 100 % is an overload. Blank in closed months without "
                     "output."),
        Measure("demonstrated", "Demonstrated hours", Unit.HOURS, plan=VALUES, detail=True,
                total="sum",
                help="Mean hours of output of the last closed months (setting demonstrated_months):"
                     " what the resource has shown, beside what it is rated at."),
    ),
    help="Rough-cut load against available capacity by resource.",
)

HEAT_MAP = Grid(
    "heat_map",
    "Heat map",
    (Column("resource", "Resource", role=Role.KEY, help="Work centre, line, team or warehouse."),),
    (
        Measure("heat", "Utilisation", Unit.PERCENT, alert="heat",
                past='IF(AND({capacity.available@sum}>0,{capacity.load@sum}>0),'
                     'ROUND({capacity.load@sum}/{capacity.available@sum},9),"")',
                plan='IF({capacity.available@sum}>0,'
                     'ROUND({capacity.load@sum}/{capacity.available@sum},9),"")',
                help="Load / available hours: ● free, ▲ full, ■ over the limit."),
    ),
    help="Utilisation of every resource, one line each: ● free, ▲ full, ■ over the limit.",
)

RESOURCE_VIEW = Grid(
    "resource_view",
    "The chosen resource",
    (),
    (
        Measure("load", "Load", Unit.HOURS, past="{capacity.load@view}",
                plan="{capacity.load@view}"),
        Measure("available", "Available", Unit.HOURS, past="{capacity.available@view}",
                plan="{capacity.available@view}"),
        Measure("demonstrated", "Demonstrated hours", Unit.HOURS,
                plan="{capacity.demonstrated@view}"),
        Measure("gap", "Gap", Unit.HOURS, plan="{capacity.gap@view}", alert="negative"),
        Measure("cumulative_gap", "Cumulative gap", Unit.HOURS,
                plan="{capacity.cumulative_gap@view}", alert="negative"),
    ),
    help="Load against available hours of the resource chosen above the chart.",
)
