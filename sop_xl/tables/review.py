"""Step 5, pre-S&OP: gaps and exceptions ranked by money, and the checks of the book."""

from __future__ import annotations

from dataclasses import dataclass

from sop_xl.schema import Column, Role, Table, Unit
from sop_xl.tables.settings import MAKE_TO_ORDER

OUTPUT, OPTIONAL = Role.OUTPUT, Role.OPTIONAL

DONE = "done"
"""The status of an exception on which nobody has to work any more."""

EXCEPTIONS = Table(
    "exceptions",
    "Exceptions",
    (
        Column("exception", "Exception", role=Role.KEY, help="What, where and when."),
        Column("rank", "Rank", Unit.COUNT, OUTPUT, help="1 = most money; what is done comes last."),
        Column("area", "Area", role=OUTPUT,
               help="Demand, supply, capacity, finance, process, data."),
        Column("subject", "Subject", role=OUTPUT, help="Family, region or resource."),
        Column("period", "Month", Unit.PERIOD, OUTPUT, help="First month concerned."),
        Column("message", "What", role=OUTPUT, help="What is the matter."),
        Column("size", "Size", Unit.QUANTITY, OUTPUT, help="Units, hours or money short or over."),
        Column("size_unit", "Unit", role=OUTPUT, help="Unit of the size."),
        Column("value", "Money at stake", Unit.MONEY, OUTPUT,
               help="Margin, revenue or cost at stake: the rank. Of a capacity gap the margin that"
                    " is late or lost by Constrained_Plan."),
        Column("option", "What could be done", role=OUTPUT, help="A first option."),
        Column("sheet", "Sheet", role=OUTPUT, link=True, help="Where to look."),
        Column("status", "Status", role=OPTIONAL, default="open",
               choices=("open", "for review", DONE),
               help="Where the work on it stands."),
        Column("comment", "Comment", role=OPTIONAL, help="What was found or decided."),
    ),
    help="What needs a person, most money first, what is done last.",
    as_issued=True,
    rows_given=True,
)


@dataclass(frozen=True, slots=True)
class Check:
    """A test that the book does on itself: ``formula`` has to stay within ``tolerance`` of zero."""

    name: str
    test: str
    formula: str
    tolerance: float
    sheet: str
    remedy: str


CHECKS = (
    Check("history", "Demand history = loaded actuals of the months shown",
          "SUM({history.orders@column})-{demand_plan.actual@past_total}", 0.5, "Demand_Plan",
          "A history cell was typed over: generate the book again."),
    Check("demand_to_supply", "Consensus demand = demand in the supply plan",
          "{demand_plan.consensus@total}-{supply_plan.demand@total}", 0.01, "Supply_Plan",
          "A family is missing on one of the two sheets: generate the book again."),
    Check("opening_stock", "Opening stock of the plan = last closed month in Data_Stock",
          "{supply_plan.net_stock@opening}-SUMIFS({stock_history.on_hand@column},"
          "{stock_history.period@column},{$opening_period})+SUMIFS("
          "{stock_history.backlog@column},{stock_history.period@column},{$opening_period})",
          0.01, "Supply_Plan", "Load the stock of the last closed month."),
    Check("stock_known", "Opening stock is known for every family made to stock",
          "SUMPRODUCT(({supply_plan@measures}={supply_plan.net_stock@label})"
          '*({supply_plan@last}="")*COUNTIFS({families.family@column},{supply_plan.family@keys},'
          f'{{families.policy_used@column}},"<>{MAKE_TO_ORDER}"))', 0.0, "Supply_Plan",
          "Load the stock of the last closed month, or set the policy to make to order."),
    Check("inventory_balance", "Opening stock + production - demand = closing stock",
          "{supply_plan.net_stock@opening}+{supply_plan.production@total}"
          "+{supply_plan.subcontracted@total}-{supply_plan.demand@total}"
          "-{supply_plan.net_stock@final}", 0.01, "Supply_Plan",
          "A formula was typed over: generate the book again."),
    Check("capacity_load", "Load of all resources = production x hours per unit",
          "{capacity.load@total}-SUMPRODUCT({bill.hours_per_unit@column}*SUMIFS("
          "{output@totals},{output.family@keys},{bill.family@column},"
          "{output.offset@keys},{bill.offset@column}))", 0.01, "Capacity",
          "A resource of the bill is missing in Resources: add it and load again."),
    Check("adopted_capacity", "The adopted plan keeps the available hours of every resource",
          "{strategy_hours.adopted_short@total}", 0.5, "Capacity",
          "Hours, people or fixed production changed since: adopt a plan again, or none."),
    Check("volume", "Shipments in the supply plan = shipments in finance",
          "{supply_plan.shipments@total}-{finance_family.volume@total}", 0.01, "Finance_Recon",
          "A formula was typed over: generate the book again."),
    Check("revenue", "Revenue of the families = revenue of the company",
          "{finance_family.revenue@total}-{finance_total.revenue@total}", 0.01, "Finance_Recon",
          "A formula was typed over: generate the book again."),
    Check("regions", "Revenue of the regions = revenue of the families",
          "{finance_region.revenue@total}-{finance_family.revenue@total}", 0.01, "Finance_Recon",
          "A formula was typed over: generate the book again."),
    Check("bridge", "Every bridge sums to the change it explains",
          "SUMPRODUCT(ABS({bridge.proof@column}))+SUMPRODUCT(ABS({bridge.check@column}))", 0.01,
          "PVM", "A formula was typed over: generate the book again."),
    Check("finance_lock", "The plan is as finance has locked it", "Lock_moved", 0.01,
          "Finance_Recon", "See which line has moved; then lock again, or unlock."),
    Check("profit", "Revenue - cost of sales - supply and operating cost = operating profit",
          "{finance_total.revenue@total}-{finance_total.cost_of_sales@total}"
          "-{finance_total.supply_cost@total}"
          "-{finance_total.operating_cost@total}-{finance_total.operating_profit@total}", 0.01,
          "Finance_Recon", "A formula was typed over: generate the book again."),
    Check("cash", "Operating cash flow from what is paid = from the profit",
          "{cash_flow.difference@total}", 0.01, "Cash_WC",
          "A formula was typed over: generate the book again."),
    Check("aop", "AOP in Data_AOP for the plan months = AOP in the demand plan",
          'SUMIFS({aop.quantity@column},{aop.period@column},">="&{$first_period},'
          '{aop.period@column},"<="&{$last_period})-{demand_plan.aop@total}', 0.01,
          "Data_AOP", "A row names a family or region that the plan does not have."),
    Check("pipeline", "Weighted pipeline of the plan months = pipeline in the demand plan",
          'SUMIFS({pipeline.weighted_quantity@column},{pipeline.close_period@column},'
          '">="&{$first_period},{pipeline.close_period@column},"<="&{$last_period})'
          "-{demand_plan.pipeline@total}", 0.01,
          "Data_Pipeline", "A row names a family or region that the plan does not have."),
    Check("reasons", "Every change of the demand plan has a reason",
          "{demand_plan.unexplained@total}", 0.0, "Demand_Plan",
          "Choose a reason in the row Reason of that month."),
    Check("fresh_data", "No source is stale or missing",
          'COUNTIF({completeness.status@column},"■*")', 0.0, "Data_Review",
          "Load newer data; stale_days in the settings says how old they may be."),
    Check("agenda", "The agenda fills ninety minutes",
          "SUM({agenda.minutes@column})-90", 0.0, "D1_Agenda", "Mend the minutes."),
)

CHECK_TABLE = Table(
    "checks",
    "Checks",
    (
        Column("check", "Check", role=Role.KEY, help="Name of the test."),
        Column("test", "Test", role=OUTPUT, help="What has to hold."),
        Column("value", "Difference", Unit.FACTOR, OUTPUT, help="Should be zero."),
        Column("tolerance", "Tolerance", Unit.FACTOR, OUTPUT, help="How far from zero it may be."),
        Column("status", "Status", role=OUTPUT, alert="status", help="● passed or ■ failed.",
               formula='IF(ISNUMBER({value}),IF(ABS({value})<={tolerance},"● passed","■ failed"),'
                       '"■ failed")'),
        Column("sheet", "Sheet", role=OUTPUT, link=True, help="Where to look."),
        Column("remedy", "What to do", role=OUTPUT, help="What to do if it fails."),
    ),
    help="Tests that the book does on itself; the light is on every sheet.",
)

CHANGE_LOG = Table(
    "change_log",
    "Change log",
    (
        Column("number", "No.", Unit.COUNT, Role.KEY, help="Order of the changes."),
        Column("cycle", "Cycle", Unit.PERIOD, OUTPUT, help="Cycle in which it was made."),
        Column("at", "When", role=OUTPUT, width=18,
               help="When the change was collected (UTC)."),
        Column("author", "Who", role=OUTPUT, width=14, help="Who changed it."),
        Column("cell", "Where", role=OUTPUT, width=22,
               help="Sheet and cell of the book it came from."),
        Column("table", "List", role=OUTPUT, width=16, help="List or grid."),
        Column("key", "Key", role=OUTPUT, width=32, help="Row that was changed."),
        Column("field", "Field", role=OUTPUT, width=18, help="What was changed."),
        Column("old", "Old", role=OUTPUT, width=14, help="Value as issued."),
        Column("new", "New", role=OUTPUT, width=14, help="Value as found."),
        Column("difference", "Difference", Unit.RATIO, OUTPUT, help="New - old."),
        Column("share", "Change %", Unit.PERCENT, OUTPUT, help="Difference / old."),
        Column("reason", "Reason", role=OUTPUT, width=24, help="Reason given for it."),
        Column("status", "Status", role=OUTPUT, width=18,
               help="Applied, or in conflict with another."),
    ),
    help="The changes collected in this cycle and the one before, oldest first.",
)

LOG = Table(
    "log",
    "Log",
    (
        Column("at", "When", role=Role.KEY, width=18, help="When the button was pressed."),
        Column("action", "Action", role=Role.KEY, width=18, help="Which button."),
        Column("text", "What happened", role=OUTPUT, width=110,
               help="What it did, or why it did not."),
    ),
    help="What was run in this workbook, newest first.",
)
