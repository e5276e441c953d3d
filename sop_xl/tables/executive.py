"""Step 6, executive S&OP: agenda, decisions, assumptions, and the figures behind the deck."""

from __future__ import annotations

from sop_xl.schema import Column, Grid, Measure, Role, Table, Unit

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
        Column("page", "Page", role=OUTPUT, help="Sheet to show."),
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
        Column("value", "Effect", Unit.MONEY, help="Effect on profit of the recommendation."),
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
        Column("status", "Status", default="open", choices=("open", "in progress", "done"),
               help="Where the step stands."),
        Column("comment", "Comment", help="What is worth knowing."),
    ),
    help="The steps of this cycle: output, date, owner, status.",
)

# The figures beside the charts of the deck, for the family chosen on the page.

DEMAND_VIEW = Grid(
    "demand_view",
    "Demand of the chosen family",
    (),
    (
        Measure("actual", "Actual demand", past="{demand_total.actual@view}"),
        Measure("consensus", "Consensus demand", plan="{demand_total.consensus@view}"),
        Measure("baseline", "Baseline forecast", plan="{demand_total.baseline@view}"),
        Measure("low", "Range low", plan="{demand_total.low@view}"),
        Measure("high", "Range high", plan="{demand_total.high@view}"),
        Measure("aop", "AOP", past="{demand_total.aop@view}", plan="{demand_total.aop@view}"),
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
                plan="{supply_plan.production@view}"),
        Measure("inventory", "Projected inventory", past="{supply_plan.inventory@view}",
                plan="{supply_plan.inventory@view}"),
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
