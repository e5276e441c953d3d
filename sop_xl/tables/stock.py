"""Step 3, supply planning: safety and cycle stock, projected stock, what can be promised."""

from __future__ import annotations

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Table, Unit
from sop_xl.tables.settings import MAKE_TO_ORDER

KEY, OUTPUT = Role.KEY, Role.OUTPUT
FAMILY = Column("family", "Family", role=KEY, help="Product family.")

_MONTHS = "*12/365"
"""From days to months of a mean length."""
_TO_ORDER = f'{{families.policy_used@lookup}}="{MAKE_TO_ORDER}"'
_METHOD = "{families.method_used@lookup}"
_PROTECTED = (
    "({families.lead_time_used@lookup}"
    f'+IF({_METHOD}="periodic review",{{families.review_used@lookup}},0))' + _MONTHS
)
_WINDOW = "MAX(1,ROUNDUP(ROUND(" + _PROTECTED + ",6),0))"
_DEVIATION = (
    f'IF(AND({_METHOD}="forecast error",{{families.error_cv@lookup}}>0),'
    "{families.error_cv@lookup},{families.item_cv@lookup})"
)

STOCK_TARGETS = Grid(
    "stock_targets",
    "Target stock by safety and cycle stock",
    (FAMILY,),
    (
        Measure("demand", "Demand of the plan", plan="{demand_total.consensus@sum}", total="sum",
                detail=True, help="Consensus demand."),
        Measure("rate", "Coming demand a month", detail=True,
                plan="AVERAGE(INDEX({demand@plan},MIN({#n}+1,{$horizon})):"
                     "INDEX({demand@plan},MIN({#n}+" + _WINDOW + ",{$horizon})))",
                help="Mean demand of the months that follow, as many as the lead time reaches "
                     "into; at the end of the horizon that of the last month."),
        Measure("deviation", "Deviation over the lead time", detail=True,
                plan="{rate}*SQRT(" + _PROTECTED + "*" + _DEVIATION + "^2"
                     "+({families.sigma_used@lookup}" + _MONTHS + ")^2)",
                help="Standard deviation of the demand of lead time (and review): coming demand x "
                     "root(months x CV^2 + deviation of the lead time in months^2). The CV is that "
                     "of the items, by forecast error that of the errors."),
        Measure("fill_factor", "Safety factor for the fill rate", Unit.RATIO, plan=VALUES,
                sparse="blank", detail=True,
                help="Deviations at which the expected shortage of a lot is the share that may be "
                     "missed; no formula gives it."),
        Measure("safety_stock", "Safety stock", total="last", strong=True,
                plan=f"IF({_TO_ORDER},0,{{deviation}}*IF(AND({_METHOD}=\"fill rate\","
                     "ISNUMBER({fill_factor})),{fill_factor},"
                     "MAX(0,NORMSINV({families.service_used@lookup}))))",
                help="Deviation x safety factor of the service level; of a family that goes by "
                     "days what the service level would ask for."),
        Measure("cycle_stock", "Cycle stock", total="last",
                plan=f"IF({_TO_ORDER},0,IF({{families.lot@lookup}}>0,{{families.lot@lookup}},"
                     "{rate}*{families.review_used@lookup}" + _MONTHS + ")/2)",
                help="Half a lot; without a lot half the demand of the review days."),
        Measure("service_target", "Target by safety stock", total="last",
                plan="{safety_stock}+{cycle_stock}",
                help="Safety stock + cycle stock: the target of the supply plan where the stock "
                     "method is not days."),
    ),
    help="What the service level asks for, month by month.",
)

_RECEIVED = "OR({#n}=1,ROUND({receipts},6)>0)"

INVENTORY = Grid(
    "inventory",
    "Inventory by family",
    (FAMILY,),
    (
        Measure("stock", "Projected on hand", total="last", strong=True, sparse="past",
                past="{supply_plan.inventory@sum}", plan="{supply_plan.inventory@sum}",
                help="Usable stock at the month's end, from the supply plan."),
        Measure("target", "Target stock", plan="{supply_plan.target@sum}", total="last",
                help="Target in force: by days, or safety + cycle stock."),
        Measure("safety_stock", "of which safety stock", plan="{stock_targets.safety_stock@sum}",
                total="last", detail=True,
                help="By service level; of a family that goes by days for comparison."),
        Measure("short", "Short of target", plan="MAX(0,ROUND({target}-{stock},6))",
                total="last", alert="positive", help="Target - projected on hand, if positive."),
        Measure("excess", "Excess", total="last", alert="positive",
                plan="MAX(0,ROUND({stock}-{target}-{stock_targets.cycle_stock@sum},6))",
                help="Projected on hand above target + half a lot, which no cycle reaches."),
        Measure("cover", "Forward cover", Unit.DAYS, plan="{supply_plan.days_of_supply@sum}",
                help="Days of the coming demand that the stock covers, at most to the horizon."),
        Measure("receipts", "Receipts", total="sum", detail=True,
                plan="{supply_plan.production@sum}+N({supply_plan.subcontracted@sum})",
                help="Production and subcontracted units of the supply plan."),
        Measure("booked", "Booked orders", plan=VALUES, total="sum",
                help="Open order lines by promised month; what is due before the plan, or owed as "
                     "backlog, in the first month."),
        Measure("receipt", "Receipt no.", Unit.COUNT, detail=True,
                plan="N({receipt@prev})+IF(" + _RECEIVED + ",1,0)",
                help="Counts the receipts; orders draw on the last one before them."),
        Measure("promise", "Available to promise", total="sum", strong=True, alert="negative",
                plan="IF(" + _RECEIVED + ",{receipts}+IF({#n}=1,N({stock@opening}),0)"
                     "-SUMIF({receipt@plan},{receipt},{booked@plan}),0)",
                help="Receipt (and stock, in the first month) - orders booked up to the next "
                     "receipt; negative is promised too much."),
        Measure("backlog", "Backlog", total="last", alert="positive", sparse="past",
                past="{supply_plan.backlog@sum}", plan="{supply_plan.backlog@sum}",
                help="Due and not shipped; of families made to order the order book that is due."),
        Measure("value", "Stock at standard cost", Unit.MONEY, total="last", sparse="past",
                past="N({stock})*{families.cost@lookup}", plan="{stock}*{families.cost@lookup}",
                help="Projected on hand x standard cost of today."),
    ),
    help="Projected stock against its target, cover, and what can still be promised.",
)


def _column(name: str, label: str, formula: str, help: str, unit: Unit = Unit.QUANTITY) -> Column:
    return Column(name, label, unit, OUTPUT, help, formula=formula)


def _now(column: str) -> str:
    return (
        f"SUMIFS({{stock_history.{column}@column}},{{stock_history.family@column}},{{family}},"
        "{stock_history.period@column},{$opening_period})"
    )


_OF_FAMILY = "INDEX({families.%s@column},MATCH({family},{families.family@column},0))"

STOCK_SUMMARY = Table(
    "stock_summary",
    "Stock by family",
    (
        Column("family", "Family", role=KEY, help="Product family."),
        Column("method", "Stock method", role=OUTPUT, help="What sets the target stock.",
               formula=f'IF({_OF_FAMILY % "policy_used"}="{MAKE_TO_ORDER}","{MAKE_TO_ORDER}",'
                       f'{_OF_FAMILY % "method_used"})'),
        _column("on_hand", "On hand", _now("on_hand"), "Usable stock, last closed month."),
        _column("value", "Stock value", "{on_hand}*N(" + _OF_FAMILY % "cost" + ")",
                "At standard cost.", Unit.MONEY),
        _column("target", "Target, first month", "INDEX({inventory.target@key_plan},1)",
                "Target at the end of the first plan month."),
        _column("short_months", "Months short", 'COUNTIF({inventory.short@key_plan},">0.5")',
                "Plan months below target.", Unit.COUNT),
        _column("most_excess", "Most excess", "MAX({inventory.excess@key_plan})",
                "Highest excess of a plan month."),
        _column("cover", "Cover, first month", "INDEX({inventory.cover@key_plan},1)",
                "Days of the coming demand that the stock covers after the first plan month.",
                Unit.DAYS),
        _column("turns", "Turns a year",
                'IF(SUM({inventory.stock@key_plan})>0,12*SUM({supply_plan.demand@key_plan})'
                '/SUM({inventory.stock@key_plan}),"")',
                "Demand of a year / mean stock over the plan.", Unit.RATIO),
        _column("booked", "Booked orders", "SUM({inventory.booked@key_plan})",
                "Orders that are open."),
        _column("backlog", "Backlog", _now("backlog"), "Due and not shipped."),
        _column("clear", "Months to clear it",
                'IF({backlog}>0,IFERROR(MATCH(0,{inventory.backlog@key_plan},0),{$horizon}),"")',
                "Plan month by whose end nothing is owed; the horizon where it never is.",
                Unit.COUNT),
    ),
    help="Where the stock of each family stands.",
)

STOCK_ITEMS = Table(
    "stock_items",
    "Items to look at",
    (
        Column("item", "Item", role=KEY, help="Item number."),
        Column("name", "Name", role=OUTPUT, help="What people call it."),
        Column("family", "Family", role=OUTPUT, help="Product family."),
        Column("lifecycle", "Lifecycle", role=OUTPUT, help="As in the item master."),
        Column("on_hand", "On hand", Unit.QUANTITY, OUTPUT, "Usable stock, last closed month."),
        Column("coming", "Coming demand", Unit.QUANTITY, OUTPUT,
               "Its share of the family's plan, to its end of life or the horizon."),
        Column("short", "Short", Unit.QUANTITY, OUTPUT, "Below its share of the target."),
        Column("excess", "Excess", Unit.QUANTITY, OUTPUT,
               "Above target and the demand of the next three months, but needed some day."),
        Column("obsolete", "Obsolete", Unit.QUANTITY, OUTPUT, "Above all demand that is planned."),
        Column("at_risk", "Value at risk", Unit.MONEY, OUTPUT,
               "Excess and obsolete stock at standard cost."),
        Column("run_out", "Runs out", Unit.PERIOD, OUTPUT,
               "Month in which the stock of today is used up, if nothing more is made."),
        Column("remark", "What to look at", role=OUTPUT, help="In words."),
    ),
    help="Stock that is too much or too little, and what is left of items that end.",
    as_issued=True,
)

STOCK_VIEW = Grid(
    "stock_view",
    "Stock of the chosen family",
    (),
    (
        Measure("stock", "Projected on hand", past="{inventory.stock@view}",
                plan="{inventory.stock@view}", sparse="past"),
        Measure("target", "Target stock", plan="{inventory.target@view}"),
        Measure("safety_stock", "Safety stock by service level",
                plan="{inventory.safety_stock@view}"),
        Measure("backlog", "Backlog", past="{inventory.backlog@view}",
                plan="{inventory.backlog@view}", sparse="past"),
    ),
    help="Projected stock against target and safety stock.",
)
