"""Step 3, supply planning and capacity review: what to do where hours are short, what can be sold.

The options of each gap with their prices, the plan that capacity allows, the register of what
limits it.
"""

from __future__ import annotations

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Table, Unit
from sop_xl.tables.data import YES_NO

OUTPUT, OPTIONAL, KEY = Role.OUTPUT, Role.OPTIONAL, Role.KEY

OVERTIME, EXTRA_SHIFT, SUBCONTRACT = "overtime", "extra shift", "subcontract"
BUILD_AHEAD, MOVE_LATER, BY_MARGIN = "build ahead", "move later", "allocate by margin"
HOURS_OPTIONS = (OVERTIME, EXTRA_SHIFT, SUBCONTRACT)
"""Options that give hours: chosen, they are written into the rows of the sheet Capacity."""
ALL_OPTIONS = (*HOURS_OPTIONS, BUILD_AHEAD, MOVE_LATER, BY_MARGIN)
IN_TIME, IN_PART, TOO_LATE = "● yes", "▲ in part", "■ no"

GAP_OPTIONS = Table(
    "gap_options",
    "Options for every gap",
    (
        Column("resource", "Resource", role=KEY, help="What is short of hours."),
        Column("period", "From", Unit.PERIOD, KEY, help="First month of the gap."),
        Column("option", "Option", role=KEY, help="What could be done about it."),
        Column("last", "To", Unit.PERIOD, OUTPUT, help="Last month of the gap."),
        Column("short", "Hours short", Unit.HOURS, OUTPUT,
               help="Load above 100 % of the available hours, as the row Gap of Capacity."),
        Column("covers", "Hours covered", Unit.HOURS, OUTPUT,
               help="Hours of the gap that the option can cover, by itself: several share it in"
                    " the order of their ranks. Hours to spare of other months are offered to the"
                    " gaps in the order of this list, and once only."),
        Column("units", "Units covered", Unit.QUANTITY, OUTPUT,
               help="Output of these hours, at the mix planned in these months."),
        Column("cost", "Cost", Unit.MONEY, OUTPUT,
               help="Hours x cost per hour + fixed cost; of building ahead the cost of holding"
                    " stock, of moving later the cost of delay of the units that stock does not"
                    " cover."),
        Column("gain", "Margin saved", Unit.MONEY, OUTPUT,
               help="Margin of the output of these hours, at most what the gap makes late or costs"
                    " for good in Constrained_Plan; zero where stock covers the gap."),
        Column("net", "Net gain", Unit.MONEY, OUTPUT, alert="negative",
               help="Margin saved - cost: the rank."),
        Column("roi", "Return on cost", Unit.PERCENT, OUTPUT,
               formula='IF(N({rank})=0,0,IF(N({cost})>0,{net}/{cost},""))',
               help="Net gain / cost; blank where it costs nothing."),
        Column("pays", "Pays off", role=OUTPUT, alert="status",
               formula='IF(N({rank})=0,"",IF(OR({net}<0,AND({net}=0,OR({cost}>0,{covers}<=0))),'
                       '"■ no",IF(AND({cost}>0,{roi}<{$required_return}),"▲ too little","● yes")))',
               help="● net gain with at least the return that is asked for (setting"
                    " required_return), or hours at no cost; ▲ net gain with less, ■ none."),
        Column("rank", "Rank", Unit.COUNT, OUTPUT, help="1 = highest net gain for this gap."),
        Column("ready", "Ready from", Unit.PERIOD, OUTPUT,
               help="First month in which it helps, decided now."),
        Column("in_time", "In time", role=OUTPUT, alert="status",
               help="● for every month of the gap, ▲ for some of them, ■ for none."),
        Column("chosen", "Chosen", Unit.FLAG, OPTIONAL, choices=YES_NO,
               help="Yes: Apply options writes overtime, extra shift and subcontract into the sheet"
                    " Capacity, and production built ahead or later into Supply_Plan."),
        Column("why", "How", role=OUTPUT, help="What it is made of."),
        Column("note", "Note", role=OPTIONAL, help="What was agreed."),
    ),
    help="What can be done where load is above 100 % of the available hours: cost, margin saved,"
         " lead time; gaps with the most money at stake first.",
    as_issued=True,
    rows_given=True,
)

CONSTRAINED_PLAN = Grid(
    "constrained_plan",
    "Constrained plan",
    (Column("family", "Family", role=KEY, help="Product family."),),
    (
        Measure("demand", "Unconstrained demand", plan="{supply_plan.demand@sum}", total="sum",
                help="Consensus demand of the month."),
        Measure("unconstrained", "Unconstrained sales", plan="{supply_plan.shipments@sum}",
                total="sum", help="Shipments of the supply plan, which no capacity limits."),
        Measure("production", "Constrained production", plan=VALUES, total="sum",
                help="Production of the supply plan as far as the hours go, shared by the setting"
                     " allocation, what demand needs before what fills the stock; what is missed is"
                     " made up as soon as there are hours. Computed when the book is made."),
        Measure("net_stock", "Stock less backlog", past="{supply_plan.net_stock@sum}",
                plan="ROUND(N({net_stock@prev})+{production}"
                     "+N({supply_plan.subcontracted@sum})-{demand},6)",
                detail=True, total="last",
                help="Stock before + constrained production + subcontracted - demand; negative is"
                     " backlog."),
        Measure("backlog", "Backlog", past="{supply_plan.backlog@sum}",
                plan="MAX(0,ROUND(-{net_stock},6))", total="last", alert="positive",
                help="Demand that is due and cannot be delivered at the month's end."),
        Measure("sales", "Constrained sales", plan="{demand}+N({backlog@prev})-{backlog}",
                total="sum", strong=True,
                help="What can be sold with the stock and the hours at hand."),
        Measure("gap", "Gap in units", plan="ROUND({sales}-{unconstrained},6)", total="sum",
                alert="negative",
                help="Constrained - unconstrained sales: negative cannot be sold in the month,"
                     " positive is delivered late."),
        Measure("gap_revenue", "Gap in revenue", Unit.MONEY, total="sum",
                plan="{gap}*{finance_family.price@sum}", help="Gap x price."),
        Measure("gap_margin", "Gap in margin", Unit.MONEY, total="sum", alert="negative",
                plan="{gap}*({finance_family.price@sum}-{finance_family.unit_cost@sum})",
                help="Gap x (price - cost)."),
    ),
    help="What can be sold with 100 % of the available hours and the stock at hand, beside the"
         " unconstrained demand.",
)

CONSTRAINED_REGION = Grid(
    "constrained_region",
    "Constrained plan by region",
    (
        Column("family", "Family", role=KEY, help="Product family."),
        Column("region", "Region", role=KEY, help="Sales region."),
    ),
    (
        Measure("share", "Share of the family", Unit.PERCENT, plan=VALUES, detail=True,
                help="Of the constrained sales of the family, by the setting allocation: in"
                     " proportion to demand (fair_share), the regions that earn most per unit first"
                     " (margin), or those that the setting region_priority names (priority). What a"
                     " region has not got it asks for again. The shares of a family are one."
                     " Computed when the book is made."),
        Measure("sales", "Constrained sales by region", total="sum", strong=True,
                plan="{share}*{constrained_plan.sales@sum}",
                help="Share x constrained sales of the family; all regions are the family."),
        Measure("gap", "Gap in units by region", total="sum", alert="negative",
                plan="ROUND({sales}-{finance_region.volume@sum},6)",
                help="Constrained sales - the region's part of the unconstrained sales: negative is"
                     " not delivered in the month, positive is delivered late."),
        Measure("gap_revenue", "Gap in revenue by region", Unit.MONEY, total="sum",
                plan="{gap}*{finance_region.price@sum}", help="Gap x net price of the region."),
    ),
    help="Who gets what can be sold: the constrained sales of each family by region.",
)

CONSTRAINED_TOTAL = Grid(
    "constrained_total",
    "What the company can sell",
    (),
    (
        Measure("demand", "Unconstrained demand", plan="{constrained_plan.demand@all}",
                total="sum", help="Consensus demand of all families."),
        Measure("unconstrained", "Unconstrained sales", plan="{constrained_plan.unconstrained@all}",
                total="sum", help="Demand, and backlog that is delivered, without limit."),
        Measure("sales", "Constrained sales", plan="{constrained_plan.sales@all}", total="sum",
                strong=True, help="What can be sold with the stock and the hours at hand."),
        Measure("gap", "Gap in units", plan="{constrained_plan.gap@all}", total="sum",
                alert="negative", help="Constrained - unconstrained sales."),
        Measure("gap_revenue", "Gap in revenue", Unit.MONEY, total="sum",
                plan="{constrained_plan.gap_revenue@all}", help="Sum of the families."),
        Measure("gap_margin", "Gap in margin", Unit.MONEY, total="sum", alert="negative",
                plan="{constrained_plan.gap_margin@all}", help="Sum of the families."),
        Measure("behind", "Behind the plan", detail=True, total="last", alert="positive",
                plan=VALUES,
                help="Units that the supply plan has made by the month's end and the hours at hand "
                     "do not allow: stock that is missing, or backlog. Computed with the "
                     "constrained production."),
    ),
    help="Sum of all families: negative cannot be sold in the month, positive is delivered late.",
)

ACTIVE, CLOSED = "open", "closed"
RESOURCE = "resource"
"""The kind of the entries that are gaps in hours."""

CONSTRAINTS = Table(
    "constraints",
    "Constraint register",
    (
        Column("constraint", "Constraint", role=KEY, help="What limits the plan, and where."),
        Column("kind", "Kind", role=OUTPUT, help="Resource."),
        Column("subject", "Subject", role=OUTPUT, help="Which resource."),
        Column("what", "What limits", role=OUTPUT,
               help="What is short above 100 % of the available hours, when, and what it makes"
                    " late."),
        Column("start", "From", Unit.PERIOD, OUTPUT, help="First month."),
        Column("end", "To", Unit.PERIOD, OUTPUT, help="Last month."),
        Column("size", "Size", Unit.QUANTITY, OUTPUT, help="How much is short."),
        Column("size_unit", "Unit", role=OUTPUT, help="Unit of the size."),
        Column("units", "Late or lost", Unit.QUANTITY, OUTPUT,
               help="Units that cannot be delivered when they are asked for because of this gap."),
        Column("revenue", "Revenue late or lost", Unit.MONEY, OUTPUT,
               help="Sales that cannot be delivered when they are asked for, by Constrained_Plan:"
                    " all gaps together are its negative gaps in revenue. Where several gaps"
                    " concern a family, the tightest one answers; once it is closed the next may."),
        Column("margin", "Margin late or lost", Unit.MONEY, OUTPUT,
               help="Margin of these sales: the order of the list, and the money at stake on"
                    " Exceptions."),
        Column("proposal", "Proposal", role=OUTPUT,
               help="The option with the highest net gain, where it pays off."),
        Column("owner", "Owner", role=OPTIONAL, width=16, help="Who sees to it."),
        Column("action", "Action", role=OPTIONAL, width=34, help="What is done about it."),
        Column("due", "Due", Unit.DATE, OPTIONAL, help="By when."),
        Column("status", "Status", role=OPTIONAL, default=ACTIVE,
               choices=(ACTIVE, "in work", "accepted", CLOSED),
               help="Closed ones are left behind at the end of the cycle."),
    ),
    help="What limits the plan, most money first: load above 100 % of the available hours. Who sees"
         " to it and until when is kept from cycle to cycle.",
    as_issued=True,
    rows_given=True,
)
