"""Step 1, data gathering: what a company delivers, and the fact base made of it."""

from __future__ import annotations

from dataclasses import replace

from sop_xl.schema import ALL, Column, Role, Table, Unit
from sop_xl.tables.benchmarks import BENCHMARKS
from sop_xl.tables.cash import CASH, PAYMENT_PATTERN
from sop_xl.tables.materials import MATERIAL_SOURCES, in_pieces
from sop_xl.tables.settings import MAKE_TO_ORDER, MAKE_TO_STOCK, STOCK_METHODS

KEY, INPUT, OUTPUT = Role.KEY, Role.INPUT, Role.OUTPUT
YES_NO = ("yes", "no")

ITEM = Column(
    "item", "Item", role=KEY, refers="items.item", help="Item number as in the ERP system.",
    aliases=("sku", "product", "product id", "article", "material", "item number", "part number"),
)
PERIOD = Column(
    "period", "Month", Unit.PERIOD, KEY, help="Month, or a day in it.",
    aliases=("date", "period", "day", "ds", "year month", "posting date", "order date"),
)
FAMILY = Column(
    "family", "Family", help="Product family; All for every family.",
    aliases=("product family", "group", "product group", "category", "subcategory"),
)
REGION = Column(
    "region", "Region", help="Sales region; All for every region.", default=ALL,
    aliases=("territory", "country", "market", "area", "sales region", "agency"),
)
CHANNEL = Column(
    "channel", "Channel", help="Sales channel; All for every channel.", default=ALL,
    aliases=("sales channel", "segment"),
)


FAMILY_KEY, REGION_KEY, CHANNEL_KEY = (replace(c, role=KEY) for c in (FAMILY, REGION, CHANNEL))

ITEMS = Table(
    "items",
    "Items",
    (
        Column(
            "item", "Item", role=KEY, help="Item number as in the ERP system.", aliases=ITEM.aliases
        ),
        Column("name", "Name", help="What people call it.", aliases=("description", "item name")),
        Column("family", "Family", role=INPUT, help="Family it is planned in.",
               aliases=FAMILY.aliases),
        Column("lifecycle", "Lifecycle", default="active", help="Where it stands in its life.",
               choices=("new", "active", "phase-out", "end of life"), aliases=("status",)),
        Column("launch", "Launch", Unit.DATE, help="First day of sale.",
               aliases=("sell start date", "start date")),
        Column("end", "End of life", Unit.DATE, help="Last day of sale.",
               aliases=("sell end date", "end date", "discontinued")),
        Column("like_item", "Like item", help="Item whose history a new one borrows.",
               refers="items.item"),
        Column("unit", "Unit", help="Base unit of the item."),
        Column("price", "Price", Unit.PRICE, help="Net sales price per base unit.", minimum=0,
               aliases=("list price", "net price", "unit price")),
        Column("cost", "Cost", Unit.PRICE, help="Standard cost per base unit.", minimum=0,
               aliases=("standard cost", "std cost", "unit cost")),
        Column("lead_time", "Lead time", Unit.DAYS, help="Days to make or buy it.", minimum=0,
               aliases=("lead time days",)),
        Column("material_cost", "Material cost", Unit.PRICE, minimum=0,
               help="Part of the cost that is material."),
        Column("labour_cost", "Labour cost", Unit.PRICE, minimum=0,
               help="Part of the cost that is labour."),
        Column("co2e", "CO2e", Unit.FACTOR, minimum=0,
               help="Kilograms of CO2 equivalent per base unit.", aliases=("co2", "carbon")),
    ),
    help="Item master with family, lifecycle, price and cost.",
)

ACTUALS = Table(
    "actuals",
    "Actuals",
    (
        PERIOD,
        ITEM,
        REGION_KEY,
        CHANNEL_KEY,
        Column("orders", "Orders", Unit.QUANTITY, INPUT, help="Quantity asked for: the demand.",
               aliases=("quantity", "qty", "demand", "order qty", "sales qty", "sales", "units",
                        "volume")),
        Column("shipments", "Shipments", Unit.QUANTITY, help="Quantity shipped.",
               aliases=("shipped", "delivered", "shipped qty")),
        Column("returns", "Returns", Unit.QUANTITY, help="Quantity that came back.", minimum=0),
        Column("revenue", "Revenue", Unit.MONEY, help="Net revenue of what was shipped.",
               aliases=("net revenue", "net sales", "sales amount", "line total", "amount")),
        Column("cost_of_sales", "Cost of sales", Unit.MONEY, help="Cost of what was shipped.",
               aliases=("cogs", "cost of goods sold")),
        Column("stock_out", "Stock-out", Unit.FLAG, help="Yes where stock was missing.",
               choices=YES_NO, aliases=("stockout", "out of stock")),
        Column("promotion", "Promotion", Unit.FLAG, help="Yes where a promotion ran.",
               choices=YES_NO, aliases=("promo", "promoted")),
        Column("unit", "Unit", help="Unit of the quantities, where it is not the base unit.",
               aliases=("uom", "unit of measure")),
    ),
    help="Demand and sales history by month (or day), item, region and channel.",
    sums=True,
)

STOCK = Table(
    "stock",
    "Stock",
    (
        PERIOD,
        ITEM,
        REGION_KEY,
        Column("on_hand", "On hand", Unit.QUANTITY, INPUT, help="Usable stock at the month's end.",
               minimum=0, aliases=("stock", "quantity", "inventory", "qty", "on hand qty")),
        Column("backlog", "Backlog", Unit.QUANTITY, help="Ordered, due and not shipped.", minimum=0,
               aliases=("open orders", "back orders", "backorder")),
        Column("in_transit", "In transit", Unit.QUANTITY, help="On the way to us.", minimum=0),
        Column("blocked", "Blocked", Unit.QUANTITY, help="In stock but not usable.", minimum=0),
        Column("unit", "Unit", help="Unit of the quantities, where it is not the base unit."),
    ),
    help="Stock and backlog at the end of each month.",
)

ORDERS = Table(
    "orders",
    "Orders",
    (
        Column("order", "Order", role=KEY, help="Order number.",
               aliases=("order number", "sales order", "order id")),
        Column("line", "Line", role=KEY, help="Order line.", default="1",
               aliases=("order line", "position", "line number")),
        Column("item", "Item", help="Item ordered.", refers="items.item", aliases=ITEM.aliases),
        REGION,
        Column("quantity", "Quantity", Unit.QUANTITY, INPUT, help="Quantity ordered.", minimum=0,
               aliases=("order qty", "qty", "ordered")),
        Column("requested", "Requested", Unit.DATE, help="Day the customer asked for.",
               aliases=("requested date", "request date", "due date")),
        Column("promised", "Promised", Unit.DATE, INPUT, help="Day that we confirmed.",
               aliases=("promised date", "commit date", "confirmed date")),
        Column("delivered", "Delivered", Unit.DATE, help="Day of delivery; empty while open.",
               aliases=("delivery date", "delivered date", "ship date")),
        Column("delivered_quantity", "Delivered quantity", Unit.QUANTITY, minimum=0,
               help="Quantity delivered by that day.",
               aliases=("delivered qty", "shipped qty")),
        Column("unit", "Unit", help="Unit of the quantities, where it is not the base unit."),
    ),
    help="Customer order lines with promised and actual delivery: service and OTIF.",
)

PRODUCTION = Table(
    "production",
    "Production",
    (
        PERIOD,
        ITEM,
        Column("planned", "Planned", Unit.QUANTITY, help="Quantity planned.", minimum=0,
               aliases=("planned output", "plan")),
        Column("produced", "Produced", Unit.QUANTITY, INPUT, help="Quantity produced.", minimum=0,
               aliases=("actual", "actual output", "output", "quantity", "received")),
        Column("unit", "Unit", help="Unit of the quantities, where it is not the base unit."),
    ),
    help="Planned and actual output (or receipts) by month and item.",
    sums=True,
)

RESOURCES = Table(
    "resources",
    "Resources",
    (
        Column("resource", "Resource", role=KEY, help="Work centre, line, team or warehouse.",
               aliases=("work center", "work centre", "machine", "line")),
        Column("name", "Name", help="What people call it."),
        Column("machines", "Machines", Unit.COUNT, INPUT, minimum=0,
               help="Machines, stations or people that work in parallel.",
               aliases=("stations", "units", "people")),
        Column("hours_per_day", "Hours per day", Unit.RATIO, INPUT, minimum=0, maximum=24,
               help="Hours worked on a working day."),
        Column("efficiency", "Efficiency", Unit.PERCENT, minimum=0, maximum=1.5, default=1.0,
               help="Standard hours earned per hour worked."),
        Column("planned_loss", "Planned loss", Unit.PERCENT, minimum=0, maximum=1, default=0.0,
               help="Share of time lost to maintenance, set-up and absence."),
        Column("cost_per_hour", "Cost per hour", Unit.PRICE, minimum=0, default=0.0,
               help="Cost of an hour of overtime or of an extra shift."),
        Column("regular_cost", "Regular cost per hour", Unit.PRICE, minimum=0, default=0.0,
               help="Cost of an hour worked in regular time, beside the pay of the people."),
    ),
    help="What limits supply: machines, lines, teams, warehouses.",
)

RESOURCE_CALENDAR = Table(
    "resource_calendar",
    "Resource calendar",
    (
        Column("resource", "Resource", role=KEY, help="Resource.", refers="resources.resource",
               aliases=RESOURCES["resource"].aliases),
        PERIOD,
        Column("days", "Working days", Unit.RATIO, INPUT, minimum=0, maximum=35,
               help="Working days in the month instead of the calendar's; 0 = closed."),
        Column("note", "Note", help="Why: shutdown, extra shift, holiday."),
    ),
    help="Months in which a resource works more or fewer days than the calendar says.",
)

BILL_OF_RESOURCES = Table(
    "bill_of_resources",
    "Bill of resources",
    (
        Column("item", "Item", role=KEY, refers="items.item", aliases=ITEM.aliases,
               help="Item that needs the resource."),
        Column("resource", "Resource", role=KEY, refers="resources.resource", help="Resource.",
               aliases=RESOURCES["resource"].aliases),
        Column("hours_per_unit", "Hours per unit", Unit.FACTOR, INPUT, minimum=0,
               help="Hours of the resource for one base unit, set-up included.",
               aliases=("hours", "standard hours", "std hours")),
        Column("offset", "Months before", Unit.MONTHS, KEY, minimum=0, maximum=36, default=0.0,
               help="Months between this work and the month of completion; only load_method "
                    "resource_profile looks at it. Work in several months takes several rows.",
               aliases=("lead time offset", "offset months", "months ahead")),
    ),
    help="Hours of each resource that one unit takes.",
)

CAPACITY_OPTIONS = Table(
    "capacity_options",
    "Capacity options",
    (
        Column("resource", "Resource", role=KEY, help="Resource that gets more hours.",
               refers="resources.resource", aliases=RESOURCES["resource"].aliases),
        Column("option", "Option", role=KEY, aliases=("type", "kind", "measure"),
               choices=("overtime", "extra shift", "subcontract"),
               help="Where the hours come from."),
        Column("hours", "Hours at most", Unit.HOURS, INPUT, minimum=0,
               aliases=("hours", "maximum hours", "max hours", "hours per month", "limit"),
               help="Most hours that it gives in a month; of a subcontractor, hours of ours that"
                    " its work saves."),
        Column("cost_per_hour", "Cost per hour", Unit.PRICE, minimum=0,
               aliases=("rate", "hourly rate", "cost"),
               help="What an hour of it costs; empty = the cost per hour of the resource."),
        Column("fixed_cost", "Fixed cost per month", Unit.MONEY, minimum=0, default=0.0,
               aliases=("fixed cost", "fixed"),
               help="What a month with any hour of it costs besides: a foreman, a set-up fee."),
        Column("lead_time", "Lead time in months", Unit.COUNT, minimum=0, maximum=36, default=0.0,
               aliases=("lead time", "notice", "months ahead"),
               help="Months from the decision to the first hour; 0 = already in the first plan"
                    " month."),
        Column("start", "From", Unit.PERIOD, aliases=("start", "valid from"),
               help="First month in which it can be used; empty = at once."),
        Column("end", "To", Unit.PERIOD, aliases=("end", "until", "valid to"),
               help="Last month in which it can be used; empty = no end."),
        Column("note", "Note", help="Agreement, supplier, condition.",
               aliases=("comment", "supplier")),
    ),
    help="What gives a resource more hours: overtime, an extra shift, a subcontractor; their limits"
         " and costs.",
)

PIPELINE = Table(
    "pipeline",
    "Pipeline",
    (
        Column("opportunity", "Opportunity", role=KEY, help="Number in the CRM system.",
               aliases=("id", "opportunity id", "deal")),
        Column("account", "Account", help="Customer.", aliases=("customer",)),
        Column("type", "Type", choices=("new", "renewal", "expansion"), default="new",
               help="Kind of deal."),
        Column("family", "Family", role=INPUT, help="Family sold.", aliases=FAMILY.aliases),
        REGION,
        CHANNEL,
        Column("stage", "Stage", role=INPUT, help="Stage of the sale.",
               choices=("lead", "qualified", "proposal", "negotiation", "won", "lost")),
        Column("previous_stage", "Previous stage", help="Stage in the last cycle."),
        Column("quantity", "Quantity", Unit.QUANTITY, INPUT, help="Quantity of the deal.",
               minimum=0, aliases=("qty", "units")),
        Column("value", "Value", Unit.MONEY, help="Revenue of the deal.", minimum=0,
               aliases=("amount", "deal value")),
        Column("probability", "Probability", Unit.PERCENT, INPUT, minimum=0, maximum=1,
               help="Chance that it is won.", aliases=("win probability", "prob")),
        Column("close_date", "Close date", Unit.DATE, INPUT, help="Day the deal should close.",
               aliases=("close", "expected close", "closing date")),
        Column("included", "Included", Unit.FLAG, choices=YES_NO, default="yes",
               help="No keeps the deal out of the plan."),
        Column("close_period", "Close month", Unit.PERIOD, OUTPUT,
               help="Month in which the deal closes; empty outside the months shown.",
               formula='IF(AND({close_date}>=MIN({calendar.start@column}),'
                       '{close_date}<=MAX({calendar.end@column})),LOOKUP({close_date},'
                       '{calendar.start@column},{calendar.period@column}),"")'),
        Column("weighted_quantity", "Weighted quantity", Unit.QUANTITY, OUTPUT,
               help="Quantity x probability x share that the baseline does not know.",
               formula='IF(OR({stage}="won",{stage}="lost",{included}="no"),0,'
                       "{quantity}*{probability}*{$pipeline_share})"),
        Column("weighted_value", "Weighted value", Unit.MONEY, OUTPUT,
               help="Value x probability of open deals.",
               formula='IF(OR({stage}="won",{stage}="lost",{included}="no"),0,'
                       "{value}*{probability})"),
    ),
    help="Open opportunities from the CRM system.",
)

EVENTS = Table(
    "events",
    "Events",
    (
        Column("event", "Event", role=KEY, help="Name or number.", aliases=("id", "promotion")),
        Column("kind", "Kind", default="promotion", help="What it is.",
               choices=("promotion", "price change", "one-off", "market"), aliases=("type",)),
        FAMILY,
        REGION,
        CHANNEL,
        Column("start", "Start", Unit.PERIOD, INPUT, help="First month.", aliases=("start date",)),
        Column("end", "End", Unit.PERIOD, INPUT, help="Last month.", aliases=("end date",)),
        Column("uplift", "Uplift", Unit.PERCENT, minimum=-1, maximum=10, default=0.0,
               help="Change against the baseline; negative for forward buying or cannibalisation.",
               aliases=("uplift %",)),
        Column("quantity", "Extra quantity", Unit.QUANTITY, default=0.0,
               help="Quantity per month that comes on top, in each block the event covers."),
        Column("cause", "Cause", help="The real event behind the number."),
        Column("included", "Included", Unit.FLAG, choices=YES_NO, default="yes",
               help="No keeps the event out of the plan."),
    ),
    help="Promotions, price changes, one-off orders and market events.",
)

LAUNCHES = Table(
    "launches",
    "Launches and ends of life",
    (
        Column("item", "Item or family", role=KEY,
               help="Item that comes or goes; the name of a family where all of it goes.",
               aliases=("sku", "product", "item", "new item")),
        REGION_KEY,
        CHANNEL_KEY,
        Column("kind", "Kind", role=KEY, default="launch", aliases=("type",),
               choices=("launch", "phase-out", "end of life"),
               help="Launch: comes. Phase-out: runs down. End of life: stops at once."),
        Column("family", "Family", aliases=FAMILY.aliases,
               help="Family of a new item that is not in the item master yet."),
        Column("start", "From", Unit.PERIOD, INPUT, aliases=("start", "month", "launch month"),
               help="First month of sale; or the first with less; or the first without any."),
        Column("ramp", "Ramp", Unit.COUNT, minimum=1, maximum=60,
               help="Months until full demand, or until none is left: 6 if neither this nor a"
                    " curve is given.", aliases=("ramp months",)),
        Column("curve", "Curve", help="Share of full demand month by month, in place of a ramp:"
               " 20% 50% 80% 100%. The last one goes on.", aliases=("launch curve",)),
        Column("like_item", "Like item",
               help="Item whose demand tells level and season of a new one."),
        Column("share", "Share", Unit.PERCENT, minimum=0, maximum=10, default=1.0,
               help="Full demand of the new item as a share of the like item's."),
        Column("takes_from", "Takes from",
               help="Item that loses what the new one sells."),
        Column("taken", "Taken", Unit.PERCENT, minimum=0, maximum=1, default=0.0,
               help="Share of the new item's demand that it takes from that item.",
               aliases=("cannibalisation",)),
        Column("reason", "Reason", help="Why, and who decided."),
        Column("included", "Included", Unit.FLAG, choices=YES_NO, default="yes",
               help="No keeps the row out of the plan."),
    ),
    help="New products by a like item and a launch curve; phase-outs and ends of life.",
)

FORECAST_CHOICES = Table(
    "forecast_choices",
    "Forecast methods",
    (
        FAMILY_KEY,
        REGION_KEY,
        CHANNEL_KEY,
        Column("method", "Method", role=INPUT, offers="view_methods.label",
               help="One method for these blocks in place of the engine's choice, by its name or in"
                    " the words in which the forecast shows it; best simple method: the one of the"
                    " simple ones that did best."),
        Column("reason", "Reason", help="Why, and who decided."),
    ),
    help="Blocks for which a planner has chosen the forecast method.",
)

SIGNALS = Table(
    "signals",
    "Signals",
    (
        Column("signal", "Signal", role=KEY, help="Name of what moves demand.",
               aliases=("driver", "name", "variable")),
        PERIOD,
        FAMILY_KEY,
        REGION_KEY,
        CHANNEL_KEY,
        Column("value", "Value", Unit.RATIO, INPUT, aliases=("level", "number"),
               help="Its value in the month, past or planned."),
    ),
    help="What moves demand and is known for past and plan: discount, price, working days,"
         " temperature, media.",
)

AOP = Table(
    "aop",
    "AOP",
    (
        PERIOD,
        FAMILY_KEY,
        REGION_KEY,
        CHANNEL_KEY,
        Column("quantity", "Quantity", Unit.QUANTITY, help="Budgeted quantity.", minimum=0,
               aliases=("qty", "units", "volume")),
        Column("revenue", "Revenue", Unit.MONEY, INPUT, help="Budgeted net revenue.", minimum=0,
               aliases=("sales", "budget", "quota", "amount")),
        Column("cost_of_sales", "Cost of sales", Unit.MONEY, help="Budgeted cost of sales.",
               minimum=0, aliases=("cogs", "cost")),
    ),
    help="Annual operating plan (budget) by month and planning level.",
    sums=True,
)

DEPRECIATION = "depreciation"

FINANCE_LINES = Table(
    "finance_lines",
    "Operating costs",
    (
        Column("line", "Cost line", role=KEY, help="Line of the profit and loss account.",
               aliases=("line", "account")),
        Column("fixed", "Fixed per month", Unit.MONEY, help="Amount each month.", default=0.0,
               aliases=("fixed", "amount")),
        Column("share_of_revenue", "Share of revenue", Unit.PERCENT, default=0.0, maximum=1,
               help="Part that follows revenue.", aliases=("percent of revenue",)),
        Column("per_unit", "Per unit", Unit.PRICE, default=0.0, help="Part that follows volume."),
        Column("per_head", "Per head", Unit.PRICE, default=0.0,
               help="Part that follows the people of the list Workforce, each month."),
        Column("kind", "Kind", choices=("operating", DEPRECIATION), default="operating",
               help="Depreciation is operating cost too; EBITDA is the profit before it."),
        Column("aop", "AOP per month", Unit.MONEY, default=0.0, help="Budgeted amount each month.",
               aliases=("budget",)),
    ),
    help="Finance parameters: what each operating cost follows, and its budget.",
)

BALANCE = Table(
    "balance",
    "Finance actuals",
    (
        PERIOD,
        Column("revenue", "Revenue", Unit.MONEY, help="Net revenue booked.",
               aliases=("net revenue",)),
        Column("cost_of_sales", "Cost of sales", Unit.MONEY, help="Cost of sales booked.",
               aliases=("cogs",)),
        Column("operating_cost", "Operating cost", Unit.MONEY, help="Operating cost booked.",
               aliases=("opex",)),
        Column("current_assets", "Current assets", Unit.MONEY, help="At the month's end."),
        Column("current_liabilities", "Current liabilities", Unit.MONEY,
               help="At the month's end."),
        Column("receivables", "Receivables", Unit.MONEY, help="At the month's end.",
               aliases=("ar", "accounts receivable")),
        Column("payables", "Payables", Unit.MONEY, help="At the month's end.",
               aliases=("ap", "accounts payable")),
        Column("inventory_value", "Inventory value", Unit.MONEY, help="At cost, month's end.",
               aliases=("inventory",)),
        Column("operating_cash_flow", "Operating cash flow", Unit.MONEY, help="Of the month.",
               aliases=("ocf",)),
    ),
    help="What accounting booked, month by month.",
)

WORKFORCE = Table(
    "workforce",
    "Workforce",
    (
        Column("team", "Team", role=KEY, help="Team or skill.", aliases=("skill", "department")),
        Column("resource", "Resource", refers="resources.resource", help="Resource it works at.",
               aliases=RESOURCES["resource"].aliases),
        Column("headcount", "Headcount", Unit.RATIO, INPUT, minimum=0,
               help="Full-time equivalents.", aliases=("fte", "people")),
        Column("hours_per_month", "Hours per month", Unit.HOURS, INPUT, minimum=0,
               help="Productive hours of one person in a month."),
        Column("cost_per_month", "Cost per month", Unit.MONEY, minimum=0,
               help="Cost of one person in a month."),
        Column("layoff_cost", "Layoff cost", Unit.MONEY, minimum=0,
               help="Cost of laying one person off; empty = no strategy lays off."),
        Column("attrition", "Attrition", Unit.PERCENT, minimum=0, maximum=0.9, default=0.0,
               help="Share of the people who leave each month.",
               aliases=("turnover", "attrition per month")),
        Column("ramp", "Ramp", Unit.COUNT, minimum=0, maximum=24, default=0.0,
               help="Months in which a new person is not fully productive yet: 0 for none.",
               aliases=("ramp months", "training months")),
        Column("overtime_share", "Overtime cap", Unit.PERCENT, minimum=0, maximum=1, default=0.0,
               help="Overtime at most, as a share of the productive hours; it holds where no"
                    " capacity option offers overtime at the resource.",
               aliases=("overtime cap", "maximum overtime")),
        Column("hire_time", "Months to hire", Unit.COUNT, minimum=0, maximum=24, default=0.0,
               help="Whole months before somebody hired now can start."),
        Column("hiring_cost", "Hiring cost", Unit.MONEY, minimum=0,
               help="Cost of hiring and training one person; empty = no strategy hires."),
        Column("overtime_cost", "Overtime cost", Unit.PRICE, minimum=0,
               help="Cost of an hour of overtime; empty = a quarter more than a regular one."),
        Column("hours", "Team hours", Unit.HOURS, OUTPUT, help="Productive hours in a month.",
               formula="{headcount}*{hours_per_month}"),
        Column("overtime_rate", "Overtime rate in force", Unit.PRICE, OUTPUT,
               help="Cost of an hour of overtime.",
               formula="IF(ISNUMBER({overtime_cost}),{overtime_cost},IF({hours_per_month}>0,"
                       "1.25*{cost_per_month}/{hours_per_month},0))"),
    ),
    help="People behind the resources.",
)

FAMILIES = Table(
    "families",
    "Families",
    (
        Column("family", "Family", role=KEY, help="Product family.", aliases=FAMILY.aliases),
        Column("policy", "Policy",
               help="Stock or backlog is planned; empty = make to stock, with saas and services"
                    " make to order.",
               choices=(MAKE_TO_STOCK, MAKE_TO_ORDER)),
        Column("strategy", "Strategy", choices=("chase", "level"),
               help="Output follows demand (chase) or runs at one rate (level); empty = setting."),
        Column("target_days", "Target days", Unit.DAYS, minimum=0, maximum=730,
               help="Days of supply to hold; empty = setting.",
               aliases=("days of supply", "target days of supply")),
        Column("priority", "Priority", Unit.COUNT, minimum=1, maximum=99,
               help="1 = served first where hours are short and the setting allocation is priority;"
                    " empty = last.", aliases=("rank", "class")),
        Column("material_cost", "Material cost", Unit.PRICE, minimum=0,
               help="Material and bought parts of one unit; empty = a share of the standard cost."),
        Column("batch_size", "Batch size", Unit.QUANTITY, minimum=0,
               help="Production comes in whole batches of so many units; empty = any quantity, or"
                    " whole units."),
        Column("whole", "Whole units", choices=YES_NO,
               help="Whether it is made in whole units; empty = yes where the unit of the plan is"
                    " pieces, no where it is weight, hours or the like."),
        Column("maximum_stock", "Maximum stock", Unit.QUANTITY, minimum=0,
               help="Most units in stock at a month's end in an aggregate plan; empty = any."),
        Column("subcontract_cost", "Subcontract cost", Unit.PRICE, minimum=0,
               help="Price of a finished unit from a subcontractor; empty = there is none."),
        Column("subcontract_limit", "Subcontract limit", Unit.QUANTITY, minimum=0,
               help="Units a month that the subcontractor can deliver; empty = any."),
        Column("backorder_cost", "Backorder cost", Unit.PRICE, minimum=0,
               help="Cost of a unit that is a month late; empty = a share of the price."),
        Column("lost_sale_cost", "Lost sale cost", Unit.PRICE, minimum=0,
               help="Cost of a unit of demand that is lost; empty = none may be lost."),
        Column("stock_method", "Stock method", choices=STOCK_METHODS,
               help="What sets the target stock: its target days, or safety and cycle stock; empty"
                    " = setting."),
        Column("service_level", "Service level", Unit.PERCENT, minimum=0.5, maximum=0.9999,
               help="Share of cycles without a stock-out; of fill rate: share of demand served from"
                    " stock; empty = setting.", aliases=("target service level", "fill rate")),
        Column("lead_time", "Lead time", Unit.DAYS, minimum=0, maximum=1095,
               help="Days to make or buy it; empty = mean of its items, else setting.",
               aliases=("lead time days",)),
        Column("lead_time_sigma", "Lead time deviation", Unit.DAYS, minimum=0, maximum=365,
               help="Standard deviation of the lead time in days; empty = setting.",
               aliases=("lead time sigma", "lead time std")),
        Column("review", "Review days", Unit.DAYS, minimum=0, maximum=365,
               help="Days between two orders or lots; empty = setting.",
               aliases=("review period",)),
        Column("lot", "Lot", Unit.QUANTITY, minimum=0,
               help="Units of one order or lot; empty = the demand of the review days.",
               aliases=("lot size", "order quantity")),
        Column("policy_used", "Policy in force", role=OUTPUT,
               help="The family's policy, or the one of the type of business.",
               formula='IF({policy}<>"",{policy},IF(OR({$business_type}="saas",'
                       f'{{$business_type}}="services"),"{MAKE_TO_ORDER}","{MAKE_TO_STOCK}"))'),
        Column("step", "Made in steps of", Unit.QUANTITY, OUTPUT,
               help="The batch size; else 1 where it is made in whole units, 0 for any quantity.",
               formula='IF(N({batch_size})>0,{batch_size},IF(OR({whole}="yes",AND({whole}<>"no",'
                       + in_pieces("{$base_unit}") + ")),1,0))"),
        Column("strategy_used", "Strategy in force", role=OUTPUT,
               help="The family's strategy, or the one of the settings.",
               formula='IF({strategy}="",{$strategy},{strategy})'),
        Column("days_used", "Target days in force", Unit.DAYS, OUTPUT,
               help="The family's target days, or those of the settings.",
               formula="IF(ISNUMBER({target_days}),{target_days},{$target_days})"),
        Column("method_used", "Stock method in force", role=OUTPUT,
               help="The family's stock method, or the one of the settings.",
               formula='IF({stock_method}="",{$stock_method},{stock_method})'),
        Column("service_used", "Service level in force", Unit.PERCENT, OUTPUT,
               help="The family's service level, or the one of the settings.",
               formula="IF(ISNUMBER({service_level}),{service_level},{$service_level})"),
        Column("item_lead_time", "Lead time of the items", Unit.DAYS, OUTPUT,
               help="Mean of the item master, weighted by the last twelve months."),
        Column("lead_time_used", "Lead time in force", Unit.DAYS, OUTPUT,
               help="The family's lead time, that of its items, or that of the settings.",
               formula="IF(ISNUMBER({lead_time}),{lead_time},IF(ISNUMBER({item_lead_time}),"
                       "{item_lead_time},{$lead_time_days}))"),
        Column("sigma_used", "Lead time deviation in force", Unit.DAYS, OUTPUT,
               help="The family's deviation, or that of the settings.",
               formula="IF(ISNUMBER({lead_time_sigma}),{lead_time_sigma},{$lead_time_sigma})"),
        Column("review_used", "Review days in force", Unit.DAYS, OUTPUT,
               help="The family's review days, or those of the settings.",
               formula="IF(ISNUMBER({review}),{review},{$review_days})"),
        Column("error_cv", "Forecast error", Unit.PERCENT, OUTPUT,
               help="Root of the mean square error of the plans made at the lag of the settings,"
                    " over the mean demand of the same months."),
        Column("items", "Items", Unit.COUNT, OUTPUT, help="Items sold in the last twelve months."),
        Column("price", "Price", Unit.PRICE, OUTPUT,
               help="Average net price of the last twelve months."),
        Column("cost", "Cost", Unit.PRICE, OUTPUT,
               help="Average standard cost of the last twelve months."),
        Column("material_share", "Material share", Unit.PERCENT, OUTPUT,
               help="Material in the standard cost, as far as the item master gives it."),
        Column("labour_share", "Labour share", Unit.PERCENT, OUTPUT,
               help="Labour in the standard cost, as far as the item master gives it."),
        Column("co2e", "CO2e", Unit.FACTOR, OUTPUT,
               help="Kilograms of CO2 equivalent per base unit, at the mix of the last year."),
        Column("annual_quantity", "Last 12 months", Unit.QUANTITY, OUTPUT,
               help="Quantity ordered in the last twelve months."),
        Column("annual_value", "Last 12 months value", Unit.MONEY, OUTPUT,
               help="Quantity of the last twelve months at the average price."),
        Column("abc", "ABC", role=OUTPUT, help="A: first 80 % of value, B: to 95 %, C: the rest."),
        Column("xyz", "XYZ", role=OUTPUT,
               help="X: coefficient of variation to 0.5, Y: to 1, Z: above."),
        Column("cv", "CV", Unit.RATIO, OUTPUT,
               help="Coefficient of variation of the deseasonalised monthly demand."),
        Column("item_cv", "CV of the items", Unit.RATIO, OUTPUT,
               help="Deviations of the items added up, over their demand: what safety stock is for,"
                    " as items do not stand in for each other."),
    ),
    help="Planning parameters of the families and what their history says.",
    rows_given=True,
)

RISKS = Table(
    "risks",
    "Risks and opportunities",
    (
        Column("risk", "Number", role=KEY, help="Number.", aliases=("id", "risk id")),
        Column("kind", "Kind", choices=("risk", "opportunity"), default="risk", help="Which."),
        Column("description", "Description", role=INPUT, help="What may happen."),
        FAMILY,
        Column("probability", "Probability", Unit.PERCENT, INPUT, minimum=0, maximum=1,
               help="Chance that it happens.", aliases=("prob",)),
        Column("impact", "Impact", Unit.MONEY, INPUT, minimum=0,
               help="Effect on profit if it happens, as a positive amount."),
        Column("trigger", "Trigger", help="The sign by which we know."),
        Column("mitigation", "Mitigation", help="What we do about it."),
        Column("owner", "Owner", help="Who looks after it."),
        Column("due", "Due", Unit.DATE, help="Next review."),
        Column("status", "Status", choices=("open", "closed"), default="open",
               help="Open or closed."),
        Column("weighted", "Weighted impact", Unit.MONEY, OUTPUT,
               help="Probability x impact; risks negative, closed ones zero.",
               formula='IF({status}="closed",0,IF({kind}="risk",-1,1)*{probability}*{impact})'),
    ),
    help="What may change the plan, with probability, effect and mitigation.",
)

ACTIONS = Table(
    "actions",
    "Actions",
    (
        Column("action", "Number", role=KEY, help="Number.", aliases=("id", "action id")),
        Column("description", "Action", role=INPUT, help="What is to be done.",
               aliases=("action", "task")),
        Column("owner", "Owner", role=INPUT, help="Who does it."),
        Column("raised", "Raised", Unit.PERIOD, help="Cycle in which it was agreed.",
               aliases=("cycle",)),
        Column("due", "Due", Unit.DATE, INPUT, help="By when.", aliases=("due date",)),
        Column("status", "Status", choices=("open", "done", "cancelled"), default="open",
               help="Where it stands."),
        Column("closed", "Closed", Unit.DATE, help="Day it was done.", aliases=("closed date",)),
    ),
    help="Actions agreed in the meetings.",
)

UNITS = Table(
    "units",
    "Units",
    (
        Column("item", "Item", role=KEY, default=ALL, help="Item, or All.", aliases=ITEM.aliases),
        Column("unit", "Unit", role=KEY, help="Unit found in the data.", aliases=("uom",)),
        Column("factor", "Factor", Unit.FACTOR, INPUT, minimum=0,
               help="Base units in one of this unit."),
    ),
    help="How units in the data convert to the base unit.",
)

PAST_PLANS = Table(
    "past_plans",
    "Past plans",
    (
        Column("cycle", "Cycle", Unit.PERIOD, KEY, help="Cycle in which the plan was made.",
               aliases=("plan cycle", "made in")),
        PERIOD,
        FAMILY_KEY,
        REGION_KEY,
        CHANNEL_KEY,
        Column("consensus", "Consensus", Unit.QUANTITY, INPUT, minimum=0,
               help="Demand plan of that cycle.", aliases=("forecast", "plan")),
        Column("baseline", "Baseline", Unit.QUANTITY, minimum=0,
               help="Statistical forecast of that cycle."),
        Column("drivers", "Events and pipeline", Unit.QUANTITY,
               help="What events, pipeline, launches and phase-outs added to it in that cycle."),
        Column("sales", "Sales adjustment", Unit.QUANTITY, help="What sales added to it."),
        Column("marketing", "Marketing adjustment", Unit.QUANTITY,
               help="What marketing added to it."),
        Column("finance", "Finance adjustment", Unit.QUANTITY, help="What finance added to it."),
        Column("low", "Range low", Unit.QUANTITY, minimum=0,
               help="Lower end of the range around it."),
        Column("high", "Range high", Unit.QUANTITY, minimum=0,
               help="Upper end of the range around it."),
    ),
    help="Demand plans of earlier cycles, from before this store: accuracy and volatility.",
    sums=True,
)

PRICE_CHANGE, DISCOUNT, PROMOTION = "price change", "discount", "promotion"

PRICE_CHANGES = Table(
    "price_changes",
    "Prices and discounts",
    (
        Column("change", "Number", role=KEY, help="Number or name.", aliases=("id", "change")),
        Column("kind", "Kind", role=INPUT, default=PRICE_CHANGE, aliases=("type",),
               choices=(PRICE_CHANGE, DISCOUNT, PROMOTION),
               help="Price change: of the gross price, it lasts. Discount or promotion: off the"
                    " gross price."),
        FAMILY,
        REGION,
        Column("start", "From", Unit.PERIOD, INPUT, help="First month.",
               aliases=("start", "from month", "valid from")),
        Column("until", "Until", Unit.PERIOD, help="Last month; empty = it goes on.",
               aliases=("to", "valid to")),
        Column("rate", "Change or discount", Unit.PERCENT, INPUT, minimum=-0.9, maximum=5,
               help="3 % raises the gross price by 3 %; a discount or promotion of 3 % takes 3 %"
                    " off it.", aliases=("percent", "change %", "discount %")),
        Column("reason", "Reason", help="Why, and who decided."),
        Column("included", "Included", Unit.FLAG, choices=YES_NO, default="yes",
               help="No keeps the row out of the plan."),
        Column("end", "Last month in force", Unit.PERIOD, OUTPUT,
               help="Until, or the last month of the plan.",
               formula='IF({start}="","",IF({until}="",{$last_period},{until}))'),
    ),
    help="Price changes by date, discounts and promotions, by family and region.",
)

CURRENCIES = Table(
    "currencies",
    "Currencies",
    (
        Column("region", "Region", role=KEY, aliases=REGION.aliases,
               help="Region that is invoiced in another currency."),
        Column("currency", "Currency", role=INPUT, help="Its currency (ISO code)."),
        Column("budget_rate", "Budget rate", Unit.FACTOR, minimum=0,
               help="Money of the house for one of the currency, as the AOP reckons.",
               aliases=("aop rate", "plan rate")),
    ),
    help="Regions that are invoiced in another currency than that of the plan.",
)

EXCHANGE_RATES = Table(
    "exchange_rates",
    "Exchange rates",
    (
        Column("currency", "Currency", role=KEY, help="Currency (ISO code)."),
        PERIOD,
        Column("rate", "Rate", Unit.FACTOR, INPUT, minimum=0, aliases=("exchange rate",),
               help="Money of the house for one of the currency, past or planned; a month"
                    " without a rate takes the one before."),
    ),
    help="Exchange rates by month: past and expected.",
)

PAST_FINANCE = Table(
    "past_finance",
    "Past financial plans",
    (
        Column("cycle", "Cycle", Unit.PERIOD, KEY, help="Cycle in which the plan was made.",
               aliases=("plan cycle", "made in")),
        PERIOD,
        Column("family", "Family", role=KEY, default=ALL, aliases=FAMILY.aliases,
               help="Product family; All for what belongs to none, such as operating cost."),
        Column("volume", "Volume", Unit.QUANTITY, help="Planned shipments.",
               aliases=("quantity", "units")),
        Column("revenue", "Revenue", Unit.MONEY, help="Planned net revenue."),
        Column("constant_revenue", "Revenue at budget rates", Unit.MONEY,
               help="Planned net revenue at the exchange rates of the AOP; empty = revenue."),
        Column("cost_of_sales", "Cost of sales", Unit.MONEY,
               help="Planned cost of sales, at standard cost.", aliases=("cogs",)),
        Column("supply_cost", "Supply cost beyond standard", Unit.MONEY,
               help="What the plan of supply cost beyond the standard cost of its units; empty = "
                    "not known, it is then left out of both sides of a comparison.",
               aliases=("supply cost",)),
        Column("operating_cost", "Operating cost", Unit.MONEY, help="Planned operating cost.",
               aliases=("opex",)),
    ),
    help="Financial plans of earlier cycles, from before this store: prior cycle, actual to plan.",
    sums=True,
)

RECON_LINES = Table(
    "recon_lines",
    "Reconciliation lines",
    (
        Column("line", "Line", role=KEY, help="Line that is reconciled."),
        Column("tolerance", "Tolerance", Unit.PERCENT, minimum=0, maximum=1,
               help="Difference that needs no explanation; empty = setting."),
        Column("owner", "Owner", help="Who explains a difference of this line."),
        Column("tolerance_used", "Tolerance in force", Unit.PERCENT, OUTPUT,
               help="The line's tolerance, or that of the settings.",
               formula="IF(ISNUMBER({tolerance}),{tolerance},{$tolerance})"),
    ),
    help="How close each line has to be to what it is compared with.",
    rows_given=True,
)

DEMAND_DRIVER, PRICE_DRIVER, COST_DRIVER, EXPENSE_DRIVER = (
    "shipments", "price", "unit cost", "operating cost"
)  # fmt: skip

SCENARIO_DRIVERS = Table(
    "scenario_drivers",
    "Drivers of the scenarios",
    (
        Column("number", "Number", role=KEY, help="Number or name.", aliases=("id",)),
        Column("scenario", "Scenario", role=INPUT, aliases=("name",),
               help="The scenario that it belongs to: all rows of one name count together."),
        Column("driver", "Driver", role=INPUT, default=DEMAND_DRIVER,
               choices=(DEMAND_DRIVER, PRICE_DRIVER, COST_DRIVER, EXPENSE_DRIVER),
               help="What changes: units shipped, net price, unit cost, or the operating cost of"
                    " the company."),
        FAMILY,
        Column("start", "From", Unit.PERIOD, INPUT, help="First month.",
               aliases=("start", "from month")),
        Column("until", "Until", Unit.PERIOD, help="Last month; empty = it goes on.",
               aliases=("to",)),
        Column("change", "Change", Unit.PERCENT, INPUT, minimum=-1, maximum=5,
               help="5 % makes it a twentieth more than in the plan; changes of one driver add up.",
               aliases=("rate", "percent", "change %")),
        Column("reason", "Reason", help="What would have to happen."),
        Column("included", "Included", Unit.FLAG, choices=YES_NO, default="yes",
               help="No keeps the row out of its scenario."),
        Column("end", "Last month in force", Unit.PERIOD, OUTPUT,
               help="Until, or the last month of the plan.",
               formula='IF({start}="","",IF({until}="",{$last_period},{until}))'),
    ),
    help="Scenarios: named sets of changes on the plan, in money. They change no plan, and they do"
         " not ask whether capacity and stock carry them.",
)

LOAD_REPORT = Table(
    "load_report",
    "Load report",
    (
        Column("source", "Source", role=KEY, help="Name of the table."),
        Column("origin", "Origin", help="File, sheet or query that it came from."),
        Column("rows", "Rows", Unit.COUNT, help="Rows read."),
        Column("last_day", "Data up to", Unit.DATE, help="Last day found in the data."),
        Column("errors", "Errors", Unit.COUNT, help="Findings that stop a load."),
        Column("warnings", "Warnings", Unit.COUNT, help="Findings to look at."),
        Column("repairs", "Repairs", Unit.COUNT, help="Values that were repaired."),
    ),
    help="What the last load read and found, one row per source.",
)

SOURCES = (
    ITEMS, ACTUALS, STOCK, ORDERS, PRODUCTION, RESOURCES, RESOURCE_CALENDAR, BILL_OF_RESOURCES,
    CAPACITY_OPTIONS,
    FAMILIES, PIPELINE, EVENTS, LAUNCHES, FORECAST_CHOICES, SIGNALS, AOP, FINANCE_LINES, BALANCE,
    CASH, PAYMENT_PATTERN, WORKFORCE, RISKS, ACTIONS, UNITS, PAST_PLANS, *MATERIAL_SOURCES,
    PRICE_CHANGES, CURRENCIES, EXCHANGE_RATES, PAST_FINANCE, RECON_LINES,
    SCENARIO_DRIVERS, BENCHMARKS,
)
"""What may be loaded. Items and actuals are needed; every other table opens an ability."""

REQUIRED = ("items", "actuals")

# What the book shows of the bulky sources: added up to the planning level, for reading only.

CALENDAR = Table(
    "calendar",
    "Calendar",
    (
        Column("period", "Period", Unit.PERIOD, KEY, help="Month of the plan."),
        Column("start", "Start", Unit.DATE, OUTPUT, help="First day."),
        Column("end", "End", Unit.DATE, OUTPUT, help="Last day."),
        Column("year", "Fiscal year", Unit.YEAR, OUTPUT, help="Named by the year it ends in."),
        Column("quarter", "Quarter", Unit.COUNT, OUTPUT, help="Quarter of the fiscal year."),
        Column("weeks", "Weeks", Unit.RATIO, OUTPUT, help="Weeks in the period."),
        Column("days", "Days", Unit.DAYS, OUTPUT, help="Calendar days."),
        Column("workdays", "Working days", Unit.DAYS, OUTPUT, help="Working days."),
    ),
    help="The periods of the fiscal calendar.",
)

REGION_PRICES = Table(
    "region_prices",
    "Prices by family and region",
    (
        Column("family", "Family", role=KEY, help="Product family."),
        Column("region", "Region", role=KEY, help="Sales region."),
        Column("share", "Share of volume", Unit.PERCENT, OUTPUT,
               help="Of the family, last twelve months."),
        Column("price", "Net price", Unit.PRICE, OUTPUT,
               help="Average of the last twelve months, in the currency of the house."),
        Column("discount", "Discounts in force", Unit.PERCENT, OUTPUT,
               help="Discounts in the last closed month: they are in the net price already."),
        Column("gross", "Gross price", Unit.PRICE, OUTPUT, help="Net price before discounts."),
        Column("rate", "Average rate", Unit.FACTOR, OUTPUT,
               help="Average exchange rate of the last twelve months; empty = no other currency."),
    ),
    help="What the plan starts from: it is computed from the actuals.",
)

WINDOWS = Table(
    "windows",
    "Windows of time",
    (
        Column("window", "Window", role=KEY, help="What can be chosen."),
        Column("first", "First month", Unit.PERIOD, OUTPUT, help="Its first month."),
        Column("last", "Last month", Unit.PERIOD, OUTPUT, help="Its last month."),
    ),
    help="What Finance_Recon and PVM can show.",
)
COMPARISONS = Table(
    "comparisons",
    "Comparisons",
    (Column("comparison", "Compared with", role=KEY, help="What the plan is compared with."),),
    help="What Finance_Recon and PVM can compare.",
)
SCENARIOS = Table(
    "scenarios",
    "Scenarios beside the plan",
    (
        Column("scenario", "Scenario", role=KEY, help="Name, from the list of drivers."),
        Column("revenue", "Revenue", Unit.MONEY, OUTPUT, "Of the scenario, plan months."),
        Column("revenue_effect", "Effect on revenue", Unit.MONEY, OUTPUT, "Scenario - plan."),
        Column("margin", "Margin", Unit.MONEY, OUTPUT, "Of the scenario, plan months."),
        Column("margin_effect", "Effect on margin", Unit.MONEY, OUTPUT, "Scenario - plan."),
        Column("volume_part", "of it shipments and mix", Unit.MONEY, OUTPUT,
               "From the bridge of the margin, plan to scenario: volume, mix, timing, families "
               "that come or go."),
        Column("price_part", "of it price", Unit.MONEY, OUTPUT, "Price and currency."),
        Column("cost_part", "of it unit and supply cost", Unit.MONEY, OUTPUT, "Cost."),
        Column("operating_cost", "Operating cost", Unit.MONEY, OUTPUT,
               "Of the scenario, plan months: what follows revenue and units moves with them."),
        Column("profit", "Operating profit", Unit.MONEY, OUTPUT, "Margin - operating cost."),
        Column("profit_effect", "Effect on operating profit", Unit.MONEY, OUTPUT,
               "Scenario - plan."),
    ),
    help="Each scenario over the plan months, as it was reckoned last; effect = scenario - plan. "
         "Month by month: choose it on Finance_Recon or PVM.",
    as_issued=True,
)
RESULTS = Table(
    "results",
    "Results",
    (Column("result", "Result", role=KEY, help="What a bridge explains."),),
    help="What PVM can explain.",
)

HISTORY = Table(
    "history",
    "Demand history",
    (
        Column("period", "Month", Unit.PERIOD, KEY, help="Month."),
        Column("orders", "Orders", Unit.QUANTITY, OUTPUT, help="Quantity asked for."),
        Column("shipments", "Shipments", Unit.QUANTITY, OUTPUT, help="Quantity shipped."),
        Column("returns", "Returns", Unit.QUANTITY, OUTPUT, help="Quantity that came back."),
        Column("revenue", "Revenue", Unit.MONEY, OUTPUT, help="Net revenue."),
        Column("cost_of_sales", "Cost of sales", Unit.MONEY, OUTPUT, help="Cost of shipments."),
        Column("stock_outs", "Stock-outs", Unit.COUNT, OUTPUT, help="Items out of stock."),
    ),
    help="Actuals added up to the planning level.",
    at_level=True,
)

STOCK_HISTORY = Table(
    "stock_history",
    "Stock by family",
    (
        Column("family", "Family", role=KEY, help="Product family."),
        Column("period", "Month", Unit.PERIOD, KEY, help="Month."),
        Column("on_hand", "On hand", Unit.QUANTITY, OUTPUT, help="Usable stock, month's end."),
        Column("backlog", "Backlog", Unit.QUANTITY, OUTPUT, help="Due and not shipped."),
        Column("in_transit", "In transit", Unit.QUANTITY, OUTPUT, help="On the way to us."),
        Column("blocked", "Blocked", Unit.QUANTITY, OUTPUT, help="In stock but not usable."),
        Column("planned", "Planned output", Unit.QUANTITY, OUTPUT, help="Output planned."),
        Column("produced", "Actual output", Unit.QUANTITY, OUTPUT, help="Output achieved."),
    ),
    help="Stock, backlog and output by family, as loaded: what is typed here moves no plan; load "
         "the stock anew.",
)

BILL = Table(
    "bill",
    "Hours per unit",
    (
        Column("family", "Family", role=KEY, help="Product family."),
        Column("resource", "Resource", role=KEY, help="Resource."),
        Column("offset", "Months before", Unit.MONTHS, KEY,
               help="Months between the work and the month of completion."),
        Column("hours_per_unit", "Hours per unit", Unit.FACTOR, OUTPUT,
               help="Average of the items, weighted by the last twelve months."),
    ),
    help="Bill of resources by family, at the mix of the last twelve months.",
)

PORTFOLIO = Table(
    "portfolio",
    "Portfolio",
    (
        Column("item", "Item", role=KEY, help="Item number."),
        Column("name", "Name", role=OUTPUT, help="What people call it."),
        Column("family", "Family", role=OUTPUT, help="Product family."),
        Column("lifecycle", "Lifecycle", role=OUTPUT, help="As in the item master."),
        Column("abc", "ABC", role=OUTPUT, help="A: first 80 % of value, B: to 95 %, C: the rest."),
        Column("xyz", "XYZ", role=OUTPUT, help="X: CV to 0.5, Y: to 1, Z: above."),
        Column("annual_quantity", "Last 12 months", Unit.QUANTITY, OUTPUT, help="Quantity."),
        Column("annual_value", "Last 12 months value", Unit.MONEY, OUTPUT, help="Net revenue."),
        Column("margin", "Margin", Unit.PERCENT, OUTPUT, help="Margin of the last twelve months."),
        Column("growth", "Growth", Unit.PERCENT, OUTPUT,
               help="Last twelve months against the twelve before."),
        Column("cv", "CV", Unit.RATIO, OUTPUT, help="Coefficient of variation."),
        Column("remark", "Remark", role=OUTPUT, help="What the review should look at."),
    ),
    help="Portfolio review: lifecycle, value, variability and what to look at.",
)

COMPLETENESS = Table(
    "completeness",
    "Data review",
    (
        Column("source", "Source", role=KEY, help="What was loaded."),
        Column("rows", "Rows", Unit.COUNT, OUTPUT, help="Rows loaded."),
        Column("last_day", "Data up to", Unit.DATE, OUTPUT, help="Last day in the data."),
        Column("age", "Age", Unit.DAYS, OUTPUT, help="Days from there to the cycle's start."),
        Column("filled", "Complete", Unit.PERCENT, OUTPUT,
               help="Share of the fields that are filled in."),
        Column("errors", "Errors", Unit.COUNT, OUTPUT, help="Findings that stop a load."),
        Column("warnings", "Warnings", Unit.COUNT, OUTPUT, help="Findings to look at."),
        Column("repairs", "Repairs", Unit.COUNT, OUTPUT, help="Values that were repaired."),
        Column("status", "Status", role=OUTPUT, alert="status",
               help="● complete, ▲ look at it, ■ stale or missing."),
    ),
    help="What was loaded, how complete and how fresh it is.",
)
