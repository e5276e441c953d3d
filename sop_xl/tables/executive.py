"""Step 6, executive S&OP: agenda, decisions, assumptions, and the figures behind the deck."""

from __future__ import annotations

from typing import NamedTuple

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Table, Unit
from sop_xl.tables.finance import (
    ABOVE,
    BELOW,
    FINANCE_TOTAL,
    HELD,
    LESS_COST,
    MORE_COST,
    WITHIN,
)
from sop_xl.tables.supply import SHORT_HOURS

DONE = "done"
"""Status of a step that is signed off."""
INPUT, OPTIONAL, OUTPUT, KEY = Role.INPUT, Role.OPTIONAL, Role.OUTPUT, Role.KEY

AGENDA = Table(
    "agenda",
    "Agenda",
    (
        Column("number", "No.", Unit.COUNT, KEY, help="Order in the meeting."),
        Column("item", "Item", role=OUTPUT, help="What is dealt with."),
        Column("minutes", "Minutes", Unit.COUNT, OUTPUT, help="Time box."),
        Column("presenter", "Presenter", role=OUTPUT, help="Who leads it."),
        Column("purpose", "Purpose", role=OUTPUT, help="What it is for."),
        Column("page", "Page", role=OUTPUT, link=True, help="Sheet to show."),
    ),
    help="Agenda of the monthly executive meeting.",
)

AGENDA_ROWS = (
    (1, "Opening and objectives", 5, "Process owner", "Confirm decisions needed", "D1_Agenda"),
    (2, "KPI and prior month review", 10, "Finance or operations",
     "Forecast accuracy, service, inventory, working capital", "D2_KPIs"),
    (3, "Demand plan summary", 15, "Sales or demand planner",
     "Future sales, demand shifts, market trends", "D3_Demand"),
    (4, "Supply planning summary", 15, "Operations or supply planner",
     "Capacity, supply constraints, inventory exposure", "D4_Supply"),
    (5, "Financial review", 10, "Finance leader", "Plan vs financial targets", "D5_Finance"),
    (6, "Gap analysis and scenarios", 15, "Process owner", "Trade-offs and options", "D6_Risks"),
    (7, "Executive decisions", 15, "Senior management", "Approve direction and actions",
     "Decisions"),
    (8, "Action items and owners", 5, "Process owner", "Confirm next steps", "Actions"),
)
"""The owner's agenda: eight items, ninety minutes."""

DECISIONS = Table(
    "decisions",
    "Decisions",
    (
        Column("decision", "Number", role=KEY, help="Number, D-01 for example."),
        Column("question", "Question", role=INPUT, help="What has to be decided."),
        Column("options", "Options", help="What can be chosen."),
        Column("recommendation", "Recommendation", help="What the team proposes."),
        Column("value", "Money at stake", Unit.MONEY, aliases=("effect",),
               help="Margin, cost, revenue or stock that the question is about; of a proposal that"
                    " of its exception."),
        Column("level", "Level", choices=("executive", "team"), default="executive",
               help="Who has to decide."),
        Column("choice", "Choice", help="What was decided."),
        Column("status", "Status", default="proposed", help="Where it stands.",
               choices=("proposed", "approved", "changes requested", "escalated", "rejected")),
        Column("owner", "Owner", help="Who carries it out."),
        Column("due", "Due", Unit.DATE, help="By when."),
    ),
    help="Decision log: question, options, choice, effect, owner.",
)

ASSUMPTIONS = Table(
    "assumptions",
    "Assumptions",
    (
        Column("assumption", "Number", role=KEY, help="Number, A-01 for example."),
        Column("text", "Assumption", role=INPUT, help="What the plan takes for granted."),
        Column("factor", "Factor", help="Customer, market, supplier, price, capacity ...",
               choices=("customer", "market", "competitor", "price", "supplier", "capacity",
                        "currency", "other")),
        Column("effect", "Expected effect", help="What it does to the plan."),
        Column("owner", "Owner", help="Who watches it."),
        Column("review", "Review", Unit.DATE, help="When it is looked at again."),
        Column("status", "Status", choices=("valid", "in doubt", "wrong"), default="valid",
               help="Whether it still holds."),
    ),
    help="What the plan takes for granted, who watches it and until when.",
)

CYCLE_CALENDAR = Table(
    "cycle_calendar",
    "Cycle calendar",
    (
        Column("step", "Step", role=KEY, help="Step of the cycle."),
        Column("output", "Output", role=OUTPUT, help="What the step delivers."),
        Column("workday", "Working day", Unit.COUNT, OUTPUT, help="Working day after month's end."),
        Column("due", "Due", Unit.DATE, OUTPUT, help="Date of that working day."),
        Column("prepared_by", "Prepared by", help="Who does the work."),
        Column("signed_by", "Signed by", help="Who signs it off."),
        Column("status", "Status", default="open", choices=("open", "in progress", DONE),
               help="Where the step stands."),
        Column("comment", "Comment", help="What is worth knowing."),
    ),
    help="The steps of this cycle: output, date, owner, status.",
    rows_given=True,
)


class ProcessStep(NamedTuple):
    """A step of the monthly process as people know it: what it delivers, when, and whose it is."""

    number: int
    name: str
    """The package of the step in ``sop_xl.planning``."""
    title: str
    output: str
    workday: int
    """Working day after the month's end on which it has to be done."""
    prepared_by: str
    signed_by: str

    @property
    def key(self) -> str:
        """How the step is named in the cycle calendar."""
        return f"{self.number} {self.title}"


SIX_STEPS = (
    ProcessStep(1, "data", "Data gathering and portfolio review", "Fact base", 3,
                "Analyst", "Process owner"),
    ProcessStep(2, "demand", "Demand planning", "Consensus demand plan", 6,
                "Demand planner", "Sales leader"),
    ProcessStep(3, "supply", "Supply planning and capacity review",
                "Supply and demand comparison", 9, "Supply planner", "Operations leader"),
    ProcessStep(4, "finance", "Financial planning and reconciliation", "Financial picture", 11,
                "Financial analyst", "Finance leader"),
    ProcessStep(5, "review", "Pre-S&OP", "Decision-ready view", 13,
                "Process owner", "Process owner"),
    ProcessStep(6, "executive", "Executive S&OP", "One approved plan with owners", 14,
                "Process owner", "Senior management"),
    ProcessStep(7, "performance", "Performance review",
                "KPIs against target, lessons for the next cycle", 15,
                "Process owner", "Process owner"),
)
"""The six steps of the cycle and the review that closes the loop."""


def process_steps(variant: int) -> tuple[ProcessStep, ...]:
    """The steps as a company runs them.

    Args:
        variant: 6, or 5 where finance is reconciled inside the pre-S&OP.
    """
    if variant == 6:
        return SIX_STEPS
    shown = (step for step in SIX_STEPS if step.name != "finance")
    folded = (
        step._replace(output="Financial picture and decision-ready view")
        if step.name == "review"
        else step
        for step in shown
    )
    return tuple(step._replace(number=number) for number, step in enumerate(folded, start=1))


# The figures beside the charts of the deck, for the family chosen on the page.

DEMAND_VIEW = Grid(
    "demand_view",
    "Demand of the chosen family",
    (),
    (
        Measure("actual", "Actual demand", past="{demand_total.actual@view}"),
        Measure("consensus", "Consensus demand", plan="{demand_total.consensus@view}"),
        Measure("baseline", "Baseline forecast", plan="{demand_total.baseline@view}"),
        Measure("low", "Range low", past="{actual}", plan="{demand_total.low@view}"),
        Measure("high", "Range high", past="{actual}", plan="{demand_total.high@view}"),
        Measure("band", "Range width", past="{high}-{low}", plan="{high}-{low}"),
        Measure("aop", "AOP", past="{demand_total.aop@view}", plan="{demand_total.aop@view}",
                sparse="zero"),
    ),
    help="Demand with history, consensus, range and AOP.",
)

SUPPLY_VIEW = Grid(
    "supply_view",
    "Inventory of the chosen family",
    (),
    (
        Measure("demand", "Demand", past="{supply_plan.demand@view}",
                plan="{supply_plan.demand@view}"),
        Measure("production", "Production", past="{supply_plan.production@view}",
                plan="{supply_plan.production@view}", sparse="past"),
        Measure("inventory", "Projected inventory", past="{supply_plan.inventory@view}",
                plan="{supply_plan.inventory@view}", sparse="past"),
        Measure("target", "Target inventory", plan="{supply_plan.target@view}"),
        Measure("backlog", "Projected backlog", past="{supply_plan.backlog@view}",
                plan="{supply_plan.backlog@view}"),
    ),
    help="Production, inventory and backlog against target.",
)

CAPACITY_VIEW = Grid(
    "capacity_view",
    "Load of the chosen resource",
    (),
    (
        Measure("load", "Load", Unit.HOURS, past="{capacity.load@view}",
                plan="{capacity.load@view}"),
        Measure("available", "Available", Unit.HOURS, past="{capacity.available@view}",
                plan="{capacity.available@view}"),
        Measure("gap", "Gap", Unit.HOURS, plan="{capacity.gap@view}"),
    ),
    help="Load against available hours.",
)

FINANCE_VIEW = Grid(
    "finance_view",
    "Revenue and margin",
    (),
    (
        Measure("revenue", "Revenue", Unit.MONEY, past="{finance_total.revenue@all}",
                plan="{finance_total.revenue@all}"),
        Measure("margin", "Margin", Unit.MONEY, past="{finance_total.margin@all}",
                plan="{finance_total.margin@all}"),
        Measure("aop_revenue", "AOP revenue", Unit.MONEY, sparse="zero",
                past="{finance_total.aop_revenue@all}", plan="{finance_total.aop_revenue@all}"),
        Measure("aop_margin", "AOP margin", Unit.MONEY, sparse="zero",
                past="{finance_total.aop_margin@all}", plan="{finance_total.aop_margin@all}"),
    ),
    help="Revenue and margin against the AOP.",
)

# The figures of the sheet What_If, for the family and the resource chosen there. The measures of
# the what-if itself are live functions; without Python they show what the plan says.

WHAT_IF_VIEW = Grid(
    "what_if_view",
    "Forecast what-if",
    (),
    (
        Measure("actual", "Actual demand", past="{demand_total.actual@view}"),
        Measure("baseline", "Baseline of the plan", plan="{demand_total.baseline@view}"),
        Measure("low", "Range low of the plan", plan="{demand_total.low@view}", detail=True),
        Measure("high", "Range high of the plan", plan="{demand_total.high@view}", detail=True),
        Measure("forecast", "What-if forecast", plan=VALUES, total="sum", strong=True,
                help="Forecast with the season and growth chosen; without Python the baseline of "
                     "the plan with that growth."),
        Measure("forecast_low", "What-if range low", past="{actual}", plan=VALUES),
        Measure("forecast_high", "What-if range high", past="{actual}", plan=VALUES),
        Measure("band", "What-if range width", past="{forecast_high}-{forecast_low}",
                plan="{forecast_high}-{forecast_low}", detail=True),
        Measure("difference", "What-if - baseline", plan="{forecast}-{baseline}", total="sum",
                help="Positive: more than in the plan."),
    ),
    help="What the statistical forecast of the chosen family would be.",
)

WHAT_IF_LOAD_VIEW = Grid(
    "what_if_load_view",
    "Capacity what-if",
    (),
    (
        Measure("load", "Load of the plan", Unit.HOURS, plan="{capacity.load@view}", total="sum"),
        Measure("available", "Available hours of the plan", Unit.HOURS,
                plan="{capacity.available@view}", total="sum"),
        Measure("gap", "Gap of the plan", Unit.HOURS, plan="{available}-{load}",
                alert="negative", help="Available - load; negative is a shortage."),
        Measure("what_if_gap", "What-if gap", Unit.HOURS, plan=VALUES, strong=True,
                alert="negative",
                help="Available + extra hours - load with its change; negative is a shortage."),
    ),
    help="What the gap of the chosen resource would be.",
)

# The tables of the deck: this fiscal year and the next, from the totals of the grids.


def _column(name: str, label: str, formula: str, help: str, unit: Unit = Unit.QUANTITY) -> Column:
    return Column(name, label, unit, OUTPUT, help, formula=formula)


DEMAND_SUMMARY = Table(
    "demand_summary",
    "Demand summary",
    (
        Column("family", "Family", role=KEY, help="Product family, or all of them."),
        _column("actual", "Actual to date", "{demand_total.actual@year}", "Closed months."),
        _column("plan", "Plan to year end", "{demand_total.consensus@year}", "Consensus demand."),
        _column("outlook", "Outlook", "{actual}+{plan}", "Actual + consensus."),
        _column("aop", "AOP", "{demand_total.aop@year}", "Budgeted quantity."),
        _column("gap", "Outlook to AOP", 'IF({aop}=0,"",{outlook}-{aop})', "Outlook - AOP."),
        _column("gap_share", "To AOP %", 'IF({aop}=0,"",{gap}/{aop})', "Gap / AOP.",
                Unit.PERCENT),
        _column("next_plan", "Next year plan", "{demand_total.consensus@year_after}",
                "Consensus demand of the next fiscal year, as far as the horizon goes."),
    ),
    help="Outlook of the fiscal year against the AOP, by family.",
)

SUPPLY_SUMMARY = Table(
    "supply_summary",
    "Capacity summary",
    (
        Column("resource", "Resource", role=KEY, help="Work centre, line, team or warehouse."),
        _column("load", "Load", "{capacity.load@total}", "Hours, plan months.", Unit.HOURS),
        _column("available", "Available", "{capacity.available@total}", "Hours, plan months.",
                Unit.HOURS),
        _column("utilisation", "Utilisation", 'IF({available}>0,{load}/{available},"")',
                "Load / available over the plan months.", Unit.PERCENT),
        _column("peak", "Highest month", "MAX({capacity.utilisation@key_plan})",
                "Utilisation of the fullest plan month.", Unit.PERCENT),
        _column("short_months", "Months short",
                f'COUNTIF({{capacity.gap@key_plan}},"<-{SHORT_HOURS}")',
                "Plan months with load above 100 % of the available hours.", Unit.COUNT),
        _column("short_hours", "Hours short", 'SUMIF({capacity.gap@key_plan},"<0")',
                "Sum of the negative gaps.", Unit.HOURS),
        _column("margin", "Margin late or lost", "SUMIFS({constraints.margin@column},"
                "{constraints.subject@column},{resource})",
                "What the gaps make late or cost for good, by Constraints: the order of the list.",
                Unit.MONEY),
    ),
    help="Load against available hours over the plan months; most margin late or lost first.",
)

_COST = FINANCE_TOTAL["operating_cost"].label
_LIKE = f'SUMIFS({{finance_total@this_year}},{{finance_total@measures}},{{line}}&"{HELD}")'
_ALLOWED = "SUMIFS({recon_lines.tolerance_used@column},{recon_lines.line@column},{line})"
_VERDICT = (
    f'IF(ISNUMBER({{variance_share}}),IF(ABS({{variance_share}})<={_ALLOWED},"{WITHIN}",'
    f'IF({{line}}="{_COST}",IF({{variance}}<0,"{LESS_COST}","{MORE_COST}"),'
    f'IF({{variance}}>0,"{ABOVE}","{BELOW}"))),"")'
)

FINANCE_SUMMARY = Table(
    "finance_summary",
    "Financial summary",
    (
        Column("line", "Line", role=KEY, help="Line of the profit and loss account."),
        _column("outlook", "Outlook", "SUMIFS({finance_total@this_year},"
                "{finance_total@measures},{line})", "Actual + plan of this fiscal year.",
                Unit.MONEY),
        _column("aop", "AOP", 'SUMIFS({finance_total@this_year},{finance_total@measures},'
                '"AOP "&LOWER({line}))', "Budget of this fiscal year.", Unit.MONEY),
        _column("variance", "Variance",
                f'IF({{aop}}=0,"",{_LIKE}-{{aop}})',
                "Outlook - AOP on every line, as on Finance_Recon: of the months whose AOP "
                "holds the line, of the margin also of the families only; empty where nothing is "
                "budgeted.",
                Unit.MONEY),
        _column("variance_share", "Variance %", 'IF({aop}=0,"",{variance}/{aop})',
                "Variance / AOP.", Unit.PERCENT),
        Column("verdict", "Verdict", role=OUTPUT, alert="status", formula=_VERDICT,
               help="▲ favourable, ■ unfavourable, ● within the tolerance of the line, as on "
                    "Finance_Recon: less cost is favourable."),
        _column("next_outlook", "Next year plan", "SUMIFS({finance_total@next_year},"
                "{finance_total@measures},{line})",
                "Plan of the next fiscal year, as far as the horizon goes.", Unit.MONEY),
    ),
    help="Profit and loss of the fiscal year against the AOP.",
)
FINANCE_LINES_SHOWN = ("revenue", "margin", "operating_cost", "operating_profit")
"""The measures of the profit and loss grid that the summary shows: each has an AOP beside it."""

VIEW_FAMILIES = Table(
    "view_families",
    "Families to choose",
    (Column("family", "Show family", role=KEY, help="What a page of the deck can show."),),
    help="Choices of the page D3_Demand and D4_Supply.",
)
VIEW_RESOURCES = Table(
    "view_resources",
    "Resources to choose",
    (Column("resource", "Show resource", role=KEY, help="What a page of the deck can show."),),
    help="Choices of the page D4_Supply.",
)

SETTINGS_SHOWN = Table(
    "settings",
    "Settings",
    (
        Column("setting", "Setting", role=KEY, help="Name in sop.toml."),
        Column("section", "Section", role=OUTPUT, help="Section of sop.toml."),
        Column("value", "Value", role=OUTPUT, help="Value in force."),
        Column("help", "What it does", role=OUTPUT, help="What it decides."),
    ),
    help="The settings of the plan. Change them in sop.toml, then generate the book again.",
)

GLOSSARY = Table(
    "glossary",
    "Glossary",
    (
        Column("term", "Term", role=KEY, help="Word on a sheet."),
        Column("place", "Where", role=KEY, help="Sheet or list on which it stands."),
        Column("unit", "Unit", role=OUTPUT, help="Unit."),
        Column("meaning", "Meaning", role=OUTPUT, help="Meaning, formula and sign."),
    ),
    help="What the words on the sheets mean. Error = forecast - actual: positive is over-forecast.",
)
