"""Step 3, supply planning: materials - what a company delivers, and what the plan makes of it."""

from __future__ import annotations

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Table, Unit

KEY, INPUT, OUTPUT = Role.KEY, Role.INPUT, Role.OUTPUT

PIECES = ("pcs", "pc", "piece", "pieces", "ea", "each", "unit", "units", "st", "stk", "stück", "un")
"""Words for one and the same unit, which comes in whole ones."""


def in_pieces(unit: str) -> str:
    """The formula that says whether a unit is one that comes in whole ones."""
    return f'ISNUMBER(FIND("|"&LOWER({unit})&"|","|' + "|".join(PIECES) + '|"))'


_IN_PIECES = in_pieces('IF({unit}="",{$base_unit},{unit})')

_COMPONENT = Column(
    "component", "Component", role=KEY, refers="materials.component",
    help="Number of the material.",
    aliases=("material", "part", "part number", "component number"),
)  # fmt: skip

MATERIALS = Table(
    "materials",
    "Materials",
    (
        Column("component", "Component", role=KEY, help="Number of the material.",
               aliases=_COMPONENT.aliases),
        Column("name", "Name", help="What people call it.", aliases=("description",)),
        Column("supplier", "Supplier", help="Who delivers it; empty where we make it ourselves.",
               aliases=("vendor",)),
        Column("unit", "Unit", help="Unit in which it is stocked and bought."),
        Column("price", "Price", Unit.PRICE, help="Purchase price of one unit.", minimum=0,
               aliases=("unit price", "cost", "purchase price")),
        Column("expedite_cost", "Expedite cost", Unit.PRICE, minimum=0,
               help="What it costs more to have a unit at once, by air for example; empty = "
                    "nothing.", aliases=("express cost", "air freight")),
        Column("lead_time", "Lead time", Unit.DAYS, minimum=0, maximum=1095,
               help="Days from order to receipt; empty = setting.", aliases=("lead time days",)),
        Column("multiple", "Multiple", Unit.AMOUNT, minimum=0,
               help="Orders are a multiple of it; empty = any quantity.",
               aliases=("lot size", "rounding value")),
        Column("minimum", "Minimum", Unit.AMOUNT, minimum=0, help="Least quantity of an order.",
               aliases=("minimum order", "moq", "minimum order quantity")),
        Column("cover", "Months in one order", Unit.COUNT, minimum=1, maximum=36, default=1.0,
               help="Months whose needs one order covers: 1 for those of its own month.",
               aliases=("order cover", "periods of supply")),
        Column("safety_stock", "Safety stock", Unit.AMOUNT, minimum=0, default=0.0,
               help="Stock that is kept."),
        Column("output", "Yield", Unit.PERCENT, minimum=0.01, maximum=1, default=1.0,
               help="Good units from one unit ordered or started."),
        Column("whole", "Whole units", choices=("yes", "no"),
               help="Whether orders come in whole units; empty = yes where the unit is pieces, no "
                    "where it is weight, length or the like."),
        Column("step", "Orders in steps of", Unit.AMOUNT, OUTPUT,
               help="The multiple; else 1 where orders come in whole units, 0 for any quantity.",
               formula='IF({component}="",0,IF(N({multiple})>0,{multiple},'
                       'IF(OR({whole}="yes",AND({whole}<>"no",' + _IN_PIECES + ")),1,0)))"),
        Column("months", "Lead time in months", Unit.COUNT, OUTPUT,
               help="Whole months, rounded up.",
               formula='IF({component}="",0,ROUNDUP(ROUND(IF(ISNUMBER({lead_time}),{lead_time},'
                       "{$lead_time_days})*12/365,1),0))"),
    ),
    help="What is bought or made for the products: supplier, price, lead time, lot rule.",
)

BILL_OF_MATERIALS = Table(
    "bill_of_materials",
    "Bill of materials",
    (
        Column("parent", "Parent", role=KEY,
               help="Item, family or material that the component goes into.",
               aliases=("assembly", "product", "item")),
        _COMPONENT,
        Column("quantity", "Quantity per", Unit.FACTOR, INPUT, minimum=0,
               help="Units of the component in one unit of the parent.",
               aliases=("quantity", "qty", "quantity per unit", "usage")),
        Column("scrap", "Scrap", Unit.PERCENT, minimum=0, maximum=0.95, default=0.0,
               help="Share of the component that is lost on the way."),
        Column("start", "From", Unit.PERIOD, help="First month in which it is needed.",
               aliases=("valid from", "start")),
        Column("end", "To", Unit.PERIOD, help="Last month in which it is needed.",
               aliases=("valid to", "end")),
    ),
    help="What goes into the products, long-lead materials above all: one level in each row.",
)

MATERIAL_STOCK = Table(
    "material_stock",
    "Material stock",
    (
        _COMPONENT,
        Column("on_hand", "On hand", Unit.AMOUNT, INPUT, minimum=0,
               help="Usable stock at the start of the plan.", aliases=("stock", "quantity")),
    ),
    help="Stock of the materials.",
)

PURCHASE_ORDERS = Table(
    "purchase_orders",
    "Purchase orders",
    (
        Column("order", "Order", role=KEY, help="Number of the order.",
               aliases=("order number", "purchase order", "po")),
        _COMPONENT,
        Column("quantity", "Open quantity", Unit.AMOUNT, INPUT, minimum=0,
               help="Ordered and not received.", aliases=("quantity", "qty", "open qty")),
        Column("due", "Due", Unit.PERIOD, INPUT, help="Month in which it is due.",
               aliases=("due date", "due month", "delivery date", "promised")),
    ),
    help="What is on order: purchase and production orders of materials.",
)

MATERIAL_SOURCES = (MATERIALS, BILL_OF_MATERIALS, MATERIAL_STOCK, PURCHASE_ORDERS)

_BEFORE = "IF({#n}=1,{material_stock.on_hand@lookup},N({projected@prev}))"
_WITHOUT = "ROUND(" + _BEFORE + "+{on_order}-{gross},6)"
_LEAST = "{materials.safety_stock@lookup}"
_YIELD = "IF({materials.output@lookup}>0,{materials.output@lookup},1)"
_STEP = "{materials.step@lookup}"
_COVERED = (
    "MIN(INDEX({flow@plan},{#n}):"
    "INDEX({flow@plan},MIN({#n}+MAX(1,{materials.cover@lookup})-1,{$horizon})))"
)
_NEEDED = (
    "MAX({net},ROUND(" + _LEAST + "-(" + _WITHOUT + "+" + _COVERED + "-{flow}),6),"
    "{materials.minimum@lookup}*" + _YIELD + ")"
)
_LEAD = "{materials.months@lookup}"

MATERIAL_PLAN = Grid(
    "material_plan",
    "Requirements by material",
    (
        Column("component", "Component", role=KEY, help="Number of the material."),
        Column("supplier", "Supplier", role=KEY, help="Who delivers it."),
    ),
    (
        Measure("gross", "Gross requirement", Unit.AMOUNT, plan=VALUES, total="sum",
                help="Production of the items x quantity per / (1 - scrap), and what the orders of "
                     "its parents need; written when the plan is computed."),
        Measure("on_order", "On order", Unit.AMOUNT, total="sum",
                plan="{purchase_orders.quantity@sum}+IF({#n}=1,SUMIFS("
                     "{purchase_orders.quantity@column},{purchase_orders.component@column},"
                     '{component},{purchase_orders.due@column},"<"&{#period}),0)',
                help="Open orders by due month; what is past due in the first."),
        Measure("flow", "Orders less needs to date", Unit.AMOUNT, detail=True,
                plan="ROUND(SUM({on_order@todate})-SUM({gross@todate}),6)",
                help="Sum of on order - gross requirement from the first plan month on."),
        Measure("net", "Net requirement", Unit.AMOUNT, total="sum", detail=True,
                plan="MAX(0," + _LEAST + "-" + _WITHOUT + ")",
                help="What stock and orders leave below the safety stock."),
        Measure("receipt", "Planned receipt", Unit.AMOUNT, total="sum",
                plan="IF({net}<=0,0,IF(" + _STEP + ">0,ROUNDUP(ROUND(" + _NEEDED + "/" + _YIELD
                     + "/" + _STEP + ",9),0)*" + _STEP + "*" + _YIELD + "," + _NEEDED + "))",
                help="What is good of planned orders, in the month in which they have to be there; "
                     "orders come in lots and whole units."),
        Measure("late", "of which too late", Unit.AMOUNT, total="sum", alert="positive",
                plan="IF({#n}<=" + _LEAD + ",{receipt},0)",
                help="Needed before an order of today can be there: expedite."),
        Measure("release", "To order", Unit.AMOUNT, total="sum", strong=True,
                plan="ROUND(IF({#n}=1,SUM(INDEX({receipt@plan},1):INDEX({receipt@plan},MIN(1+"
                     + _LEAD + ",{$horizon}))),IF({#n}+" + _LEAD + "<={$horizon},"
                     "INDEX({receipt@plan},MIN({#n}+" + _LEAD + ",{$horizon})),0))/"
                     + _YIELD + ",6)",
                help="Planned orders when they have to be placed, a lead time earlier, larger by "
                     "the yield; what is late in the first month."),
        Measure("projected", "Projected stock", Unit.AMOUNT, total="last", strong=True,
                alert="negative", plan="ROUND(" + _WITHOUT + "+{receipt},6)",
                help="Stock before + on order + planned receipt - gross requirement."),
        Measure("ordered", "Ordered", Unit.MONEY, total="sum",
                plan="{release}*{materials.price@lookup}",
                help="To order x price, in the month of the order."),
        Measure("arriving", "Arriving", Unit.MONEY, total="sum",
                plan="({on_order}+ROUND({receipt}/" + _YIELD + ",6))*{materials.price@lookup}",
                help="Open and planned orders x price, in the month in which they come."),
    ),
    help="Gross to net: what is needed, what is there and coming, what has to be ordered when.",
)  # fmt: skip

PURCHASES = Grid(
    "purchases",
    "Purchases by supplier",
    (Column("supplier", "Supplier", role=KEY, help="Who delivers; empty: made in-house."),),
    (
        Measure("others", "Materials not shown", Unit.MONEY, plan=VALUES, sparse="zero",
                detail=True, help="Orders of the materials that this sheet has no room for."),
        Measure("others_arriving", "Arriving of materials not shown", Unit.MONEY, plan=VALUES,
                sparse="zero", detail=True,
                help="Receipts of the materials that this sheet has no room for."),
        Measure("ordered", "Ordered", Unit.MONEY, total="sum", strong=True,
                plan="{material_plan.ordered@sum}+N({others})",
                help="Planned orders x price, in the month of the order."),
        Measure("arriving", "Arriving", Unit.MONEY, total="sum",
                plan="{material_plan.arriving@sum}+N({others_arriving})",
                help="Receipts x price, in the month in which they come."),
    ),
    help="Planned purchases in money; in units they stand below, by material.",
)

PURCHASE_TOTAL = Grid(
    "purchase_total",
    "Purchases of all suppliers",
    (),
    (
        Measure("ordered", "Ordered", Unit.MONEY, plan="{purchases.ordered@all}", total="sum",
                strong=True, help="Planned orders x price, in the month of the order."),
        Measure("arriving", "Arriving", Unit.MONEY, plan="{purchases.arriving@all}", total="sum",
                help="Receipts x price, in the month in which they come."),
    ),
    help="What has to be ordered and what arrives, at purchase prices.",
)


ORDERED = "As ordered or to order, before what is lost (yield); in the unit of the material."


def _text(name: str, label: str, help: str) -> Column:
    return Column(name, label, role=OUTPUT, help=help)


MATERIAL_MESSAGES = Table(
    "material_messages",
    "What to do about orders",
    (
        Column("number", "No.", Unit.COUNT, KEY, help="Most pressing first."),
        _text("what", "What", "Past due, late, expedite, delay or cancel."),
        _text("component", "Component", "Number of the material."),
        _text("name", "Name", "What people call it."),
        _text("supplier", "Supplier", "Whom to call."),
        _text("order", "Order", "Number of the open order; empty for one that is still to place."),
        Column("quantity", "Quantity ordered", Unit.AMOUNT, OUTPUT, help=ORDERED),
        _text("unit", "Unit", "Unit of the material."),
        Column("value", "Value", Unit.MONEY, OUTPUT, help="Quantity ordered x price."),
        Column("due", "Due", Unit.PERIOD, OUTPUT, "Month in which it is due or needed."),
        Column("needed", "Needed", Unit.PERIOD, OUTPUT,
               "Month in which the supply plan needs it; empty where it is not needed."),
        _text("message", "What to do", "In words; with what of it cannot be used by then for want "
                                       "of hours."),
        _text("needed_for", "Needed for", "Parents with their share of the need of that month."),
    ),
    help="Open orders to bring forward, put off or cancel, and orders that come too late.",
    as_issued=True,
)

MATERIAL_ORDERS = Table(
    "material_orders",
    "Orders to place",
    (
        Column("number", "No.", Unit.COUNT, KEY, help="By month of order and supplier."),
        Column("release", "Order in", Unit.PERIOD, OUTPUT, "Month in which to place it."),
        Column("due", "Needed in", Unit.PERIOD, OUTPUT, "Month in which it has to be there."),
        _text("supplier", "Supplier", "Who delivers."),
        _text("component", "Component", "Number of the material."),
        _text("name", "Name", "What people call it."),
        Column("quantity", "Quantity ordered", Unit.AMOUNT, OUTPUT, help=ORDERED),
        _text("unit", "Unit", "Unit of the material."),
        Column("value", "Value", Unit.MONEY, OUTPUT, help="Quantity ordered x price."),
        _text("needed_for", "Needed for", "Parents with their share of the need of that month."),
    ),
    help="Planned orders of the next three months, in lots.",
    as_issued=True,
)

MATERIAL_PEGGING = Table(
    "material_pegging",
    "Where it goes",
    (
        _text("component", "Component", "Number of the material."),
        _text("parent", "Parent", "Item, family or material that needs it: one level up."),
        _text("family", "Family", "Family of the parent; empty for a material."),
        Column("start", "First month", Unit.PERIOD, OUTPUT, "First month with a need."),
        Column("quantity", "Need of the plan", Unit.AMOUNT, OUTPUT,
               "Over all plan months, scrap included."),
        Column("share", "Share", Unit.PERCENT, OUTPUT, "Share in the need of the material."),
    ),
    help="Which parents need each material, one level up.",
    as_issued=True,
)
