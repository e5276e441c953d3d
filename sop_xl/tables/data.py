"""Step 1, data gathering: what a company delivers, and the fact base made of it."""

from __future__ import annotations

from dataclasses import replace

from sop_xl.schema import ALL, Column, Role, Table, Unit
from sop_xl.tables.cash import CASH, PAYMENT_PATTERN

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
    ),
    help="Hours of each resource that one unit takes.",
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
        Column("like_item", "Like item", refers="items.item",
               help="Item whose demand tells level and season of a new one."),
        Column("share", "Share", Unit.PERCENT, minimum=0, maximum=10, default=1.0,
               help="Full demand of the new item as a share of the like item's."),
        Column("takes_from", "Takes from", refers="items.item",
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
        Column("method", "Method", role=INPUT,
               help="One method for these blocks in place of the engine's choice: simple, or the"
                    " name of a method as the forecast shows it."),
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
        Column("hours", "Team hours", Unit.HOURS, OUTPUT, help="Productive hours in a month.",
               formula="{headcount}*{hours_per_month}"),
    ),
    help="People behind the resources.",
)

FAMILIES = Table(
    "families",
    "Families",
    (
        Column("family", "Family", role=KEY, help="Product family.", aliases=FAMILY.aliases),
        Column("policy", "Policy", default="make to stock", help="Stock or backlog is planned.",
               choices=("make to stock", "make to order")),
        Column("strategy", "Strategy", choices=("chase", "level"),
               help="Output follows demand (chase) or runs at one rate (level); empty = setting."),
        Column("target_days", "Target days", Unit.DAYS, minimum=0, maximum=730,
               help="Days of supply to hold; empty = setting.",
               aliases=("days of supply", "target days of supply")),
        Column("strategy_used", "Strategy in force", role=OUTPUT,
               help="The family's strategy, or the one of the settings.",
               formula='IF({strategy}="",{$strategy},{strategy})'),
        Column("days_used", "Target days in force", Unit.DAYS, OUTPUT,
               help="The family's target days, or those of the settings.",
               formula="IF(ISNUMBER({target_days}),{target_days},{$target_days})"),
        Column("items", "Items", Unit.COUNT, OUTPUT, help="Items sold in the last twelve months."),
        Column("price", "Price", Unit.PRICE, OUTPUT,
               help="Average net price of the last twelve months."),
        Column("cost", "Cost", Unit.PRICE, OUTPUT,
               help="Average standard cost of the last twelve months."),
        Column("annual_quantity", "Last 12 months", Unit.QUANTITY, OUTPUT,
               help="Quantity ordered in the last twelve months."),
        Column("annual_value", "Last 12 months value", Unit.MONEY, OUTPUT,
               help="Quantity of the last twelve months at the average price."),
        Column("abc", "ABC", role=OUTPUT, help="A: first 80 % of value, B: to 95 %, C: the rest."),
        Column("xyz", "XYZ", role=OUTPUT,
               help="X: coefficient of variation to 0.5, Y: to 1, Z: above."),
        Column("cv", "CV", Unit.RATIO, OUTPUT,
               help="Coefficient of variation of the deseasonalised monthly demand."),
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
    FAMILIES, PIPELINE, EVENTS, LAUNCHES, FORECAST_CHOICES, SIGNALS, AOP, FINANCE_LINES, BALANCE,
    CASH, PAYMENT_PATTERN, WORKFORCE, RISKS, ACTIONS, UNITS, PAST_PLANS,
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
    help="Stock, backlog and output added up to the family.",
)

BILL = Table(
    "bill",
    "Hours per unit",
    (
        Column("family", "Family", role=KEY, help="Product family."),
        Column("resource", "Resource", role=KEY, help="Resource."),
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
