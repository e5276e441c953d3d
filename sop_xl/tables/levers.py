"""Step 4, the five levers that bring a plan back in line: what is typed, and what it would change.

Nothing typed here moves the plan: the effects stand beside it, by formula, until somebody decides.
"""

from __future__ import annotations

from sop_xl.schema import ALL_FAMILIES, Column, Grid, Measure, Role, Table, Unit

KEY, OPTIONAL, OUTPUT = Role.KEY, Role.OPTIONAL, Role.OUTPUT
MONEY, PERCENT = Unit.MONEY, Unit.PERCENT

INVENTORY, PRIORITIES, MARKETING, SUPPLY, TIMING = KINDS = (
    "reduce inventory", "adjust sales priorities", "pace marketing", "shift supply",
    "change timing",
)
ROWS = tuple(f"L{at}" for at in range(1, 8))
"""Numbers of the rows: one for each lever, and two more to try."""
MARKETING_LINES = "*marketing*"
"""Cost lines that the lever of marketing moves."""
LEAST_STOCK = 0.5
"""Money at cost, added up over the plan months, below which families hold no stock: they supply
what they sell, and no lever moves their inventory."""
CLOSES, PARTLY, NOT, NO_GAP = "● closes it", "▲", "■ does not help", "○ no gap"

READINGS = {
    INVENTORY: "How much of the stock in that month; share of it sold off at this discount, the "
               "rest is not made",
    PRIORITIES: "How much of its monthly sales goes to the other family; share of it sold there",
    MARKETING: "Change of the spend a month; growth of sales in % for 1 % of spend",
    SUPPLY: "Change of the supply a month; fee as a share of its cost; share that changes sales",
    TIMING: "How much of the sales of that month moves so many months later; share still bought",
}
"""How the numbers of a row are read, by the kind of its lever."""


def _choose(texts: dict[str, str], other: str) -> str:
    """A formula that says one thing for each kind of lever."""
    formula = other
    for kind, text in reversed(texts.items()):
        formula = f'IF({{kind}}="{kind}",{text},{formula})'
    return formula


def _closes(gap: str, left: str) -> str:
    return (
        f'IF({{number}}=0,"",IF({gap}>=-0.5,"{NO_GAP}",IF({left}>=-0.5,"{CLOSES}",'
        f'IF({left}>={gap}*0.995,"{PARTLY} "&ROUND(100*(1-{left}/{gap}),0)&" % of it",'
        f'"{NOT}"))))'
    )


_TOTAL = "SUMIFS({lever_totals@totals},{lever_totals@measures},{lever_totals.%s@label})"
_PROFIT_GAP, _CASH_GAP = _TOTAL % "profit_gap", _TOTAL % "shortfall"

LEVERS = Table(
    "levers",
    "Levers",
    (
        Column("lever", "No.", role=KEY, help="Number of the row."),
        Column("kind", "Lever", role=OPTIONAL, choices=KINDS, help="What is done; empty: nothing."),
        Column("family", "Family", role=OPTIONAL,
               help=f"Product family; {ALL_FAMILIES} or empty for every one."),
        Column("start", "From", Unit.PERIOD, OPTIONAL,
               help="First month; empty: the first plan month."),
        Column("amount", "How much", PERCENT, OPTIONAL, minimum=-1, maximum=1,
               help="Share of stock, sales, spend or supply; less is negative for marketing and "
                    "supply."),
        Column("price", "At what price", PERCENT, OPTIONAL, minimum=0, maximum=1,
               help="Reduce inventory: discount. Shift supply: fee as a share of the cost."),
        Column("answer", "What follows", PERCENT, OPTIONAL, minimum=0, maximum=1,
               help="Share sold off, sold there, or still bought; of marketing the elasticity of "
                    "sales; of supply the share of the change that changes sales."),
        Column("to_family", "To family", role=OPTIONAL,
               help="Adjust sales priorities: the family that gets the supply."),
        Column("later", "Months later", Unit.COUNT, OPTIONAL, minimum=1, maximum=24,
               help="Change timing: by how many months; 1 if empty."),
        Column("reading", "How to read the row", role=OUTPUT,
               formula=_choose({k: f'"{text}"' for k, text in READINGS.items()}, '""'),
               help="What its percentages are of."),
        Column("revenue", "Revenue", MONEY, OUTPUT, "Change over the plan months.",
               formula="{lever_effects.revenue@total}"),
        Column("margin", "Margin", MONEY, OUTPUT,
               "Change over the plan months, after what the lever itself costs; marketing spend is "
               "in the operating cost.",
               formula="{lever_effects.margin@total}"),
        Column("expense", "Operating cost", MONEY, OUTPUT,
               "Change over the plan months: marketing spend that is saved is negative.",
               formula="{lever_effects.expense@total}"),
        Column("inventory", "Inventory at the end", MONEY, OUTPUT,
               "Change of the stock at cost in the last plan month.",
               formula="{lever_effects.inventory@total}"),
        Column("cash", "Cash", MONEY, OUTPUT,
               "Margin less operating cost and growth of stock, once customers and suppliers are "
               "settled, before tax.",
               formula="{lever_effects.cash@total}"),
        Column("closes_aop", "Of AOP profit gap", role=OUTPUT, alert="status",
               help="How much of the operating profit that is missing to the AOP in the plan "
                    "months it brings.",
               formula=_closes(_PROFIT_GAP,
                               f"({_PROFIT_GAP}+{{lever_effects.planned_profit@total}})")),
        Column("closes_reserve", "Of reserve gap", role=OUTPUT, alert="status",
               help="How much of the headroom that is missing to the reserve, in the worst month, "
                    "it brings.",
               formula=_closes(_CASH_GAP, "{lever_effects.worst@total}")),
        Column("number", "Kind", Unit.COUNT, OUTPUT,
               formula=_choose({k: str(at) for at, k in enumerate(KINDS, start=1)}, "0"),
               help="Number of the lever, for the formulas."),
        Column("scope", "Families meant", role=OUTPUT,
               formula=f'IF(OR({{family}}="",{{family}}="{ALL_FAMILIES}"),"*",{{family}})',
               help="The family, * for all of them, for the formulas."),
    ),
    help="What each lever would change over the plan months. Nothing here moves the plan.",
    rows_given=True,
)  # fmt: skip


def _of_family(name: str, label: str, unit: Unit = MONEY) -> Measure:
    column, keys = "{finance_family@range}", "{finance_family.family@keys}"
    measures = "{finance_family@measures}"
    return Measure(
        f"family_{name}", label, unit, detail=True, help="Of the families meant, as planned.",
        plan=f"SUMIFS({column},{keys},{{levers.scope@lookup}},{measures},"
             f"{{finance_family.{name}@label}})",
    )  # fmt: skip


def _to_family(name: str) -> str:
    return (
        "SUMIFS({finance_family@range},{finance_family.family@keys},{levers.to_family@lookup},"
        f"{{finance_family@measures}},{{finance_family.{name}@label}})"
    )


def _per_unit(name: str, label: str, help: str) -> Measure:
    volume = _to_family("volume")
    return Measure(f"to_{name}", label, Unit.PRICE, detail=True, help=help,
                   plan=f"IF({volume}=0,0,{_to_family(name)}/{volume})")  # fmt: skip


_AMOUNT, _PRICE, _ANSWER = (f"{{levers.{name}@lookup}}" for name in ("amount", "price", "answer"))
_KIND, _LATER = "{levers.number@lookup}", "MAX(1,{levers.later@lookup})"
_FIRST = "MAX({levers.start@lookup},{$first_period})"
_SPEND = (
    "IF({finance_total.revenue@all}=0,0,{family_revenue}/{finance_total.revenue@all}"
    f'*SUMIFS({{operating_cost@range}},{{operating_cost.line@keys}},"{MARKETING_LINES}",'
    "{operating_cost@measures},{operating_cost.cost@label}))"
)
_GAINED = f"{{family_revenue}}*((1+{_AMOUNT})^{_ANSWER}-1)"
_MARGIN = "({family_revenue}-{family_cost_of_sales})"


def _by_kind(*formulas: str) -> str:
    return f"IF({{active}}=0,0,CHOOSE({_KIND},{','.join(formulas)}))"


LEVER_EFFECTS = Grid(
    "lever_effects",
    "Effects of the levers",
    (Column("lever", "No.", role=KEY, help="Number of the lever on the sheet Levers."),),
    (
        Measure("active", "In force", Unit.COUNT, detail=True,
                plan=f"IF(AND({_KIND}>0,{{#period}}>={_FIRST}),1,0)",
                help="1 from the month on in which the lever begins."),
        Measure("starts", "Begins", Unit.COUNT, detail=True,
                plan=f"IF(AND({_KIND}>0,{{#period}}={_FIRST}),1,0)", help="1 in its first month."),
        Measure("arrives", "Comes back", Unit.COUNT, detail=True,
                plan=f"IF(AND({_KIND}=5,{{#period}}=EDATE({_FIRST},{_LATER})),1,0)",
                help="1 in the month to which sales move."),
        _of_family("volume", "Shipments", Unit.QUANTITY),
        _of_family("revenue", "Revenue of the families"),
        _of_family("cost_of_sales", "Cost of sales of the families"),
        _of_family("inventory_value", "Inventory of the families"),
        _per_unit("revenue", "Price there", "Price of a unit of the family that gets the supply."),
        _per_unit("cost_of_sales", "Cost there", "Cost of a unit of that family."),
        Measure("to_inventory_value", "Inventory there", MONEY, detail=True,
                plan=_to_family("inventory_value"),
                help="Inventory of the family that gets the supply, as planned."),
        Measure("holds", "Holds stock", Unit.COUNT, detail=True,
                plan=f"IF(IF({_KIND}={KINDS.index(PRIORITIES) + 1},SUM({{to_inventory_value@plan}})"
                     f",SUM({{family_inventory_value@plan}}))>{LEAST_STOCK},1,0)",
                help="1 where the families whose stock the lever would move hold any in the plan "
                     "months; without stock, supply is what is sold."),
        Measure("spend", "Marketing spend", MONEY, detail=True, plan=_SPEND,
                help="Cost lines of marketing, by the families' share of revenue."),
        Measure("base_cost", "Moved, at cost", MONEY, detail=True,
                plan=f"IF({{starts}}=1,CHOOSE({_KIND},{_AMOUNT}*{{family_inventory_value}},0,0,0,"
                     f"{_AMOUNT}*{{family_cost_of_sales}}),N({{base_cost@prev}}))",
                help="Stock taken out, or sales moved, at cost; as in the first month."),
        Measure("base_revenue", "Moved, at price", MONEY, detail=True,
                plan=f"IF({{starts}}=1,CHOOSE({_KIND},IF({{family_cost_of_sales}}=0,0,{{base_cost}}"
                     "*{family_revenue}/{family_cost_of_sales}),0,0,0,"
                     f"{_AMOUNT}*{{family_revenue}}),N({{base_revenue@prev}}))",
                help="The same at the price of that month."),
        Measure("revenue", "Revenue", MONEY, total="sum", plan=_by_kind(
                    f"{{starts}}*{{base_revenue}}*{_ANSWER}*(1-{_PRICE})",
                    f"{_AMOUNT}*({{family_volume}}*{_ANSWER}*{{to_revenue}}-{{family_revenue}})",
                    _GAINED,
                    f"{_AMOUNT}*{_ANSWER}*{{family_revenue}}",
                    f"{{base_revenue}}*({_ANSWER}*{{arrives}}-{{starts}})",
                ), help="Change of revenue."),
        Measure("margin", "Margin", MONEY, total="sum", plan=_by_kind(
                    f"{{starts}}*{_ANSWER}*({{base_revenue}}*(1-{_PRICE})-{{base_cost}})",
                    f"{_AMOUNT}*({{family_volume}}*{_ANSWER}*({{to_revenue}}-{{to_cost_of_sales}})"
                    f"-{_MARGIN})",
                    f"IF({{family_revenue}}=0,0,{_GAINED}*{_MARGIN}/{{family_revenue}})",
                    f"{_AMOUNT}*{_ANSWER}*{_MARGIN}-ABS({_AMOUNT})*{_PRICE}"
                    "*{family_cost_of_sales}",
                    f"({{base_revenue}}-{{base_cost}})*({_ANSWER}*{{arrives}}-{{starts}})",
                ), help="Change of the margin, after what the lever itself costs."),
        Measure("expense", "Operating cost", MONEY, total="sum",
                plan=f"IF({{active}}=0,0,IF({_KIND}={KINDS.index(MARKETING) + 1},"
                     f"{{spend}}*{_AMOUNT},0))",
                help="Change of the marketing spend."),
        Measure("planned_profit", "Profit where there is an AOP", MONEY, detail=True, total="sum",
                plan="IF({finance_total.aop_operating_profit@all}=0,0,{margin}-{expense})",
                help="The same in the months that have an AOP: what it brings to the AOP profit."),
        Measure("stock_change", "Change of inventory", MONEY, detail=True,
                plan="{holds}*" + _by_kind(
                    "-{starts}*{base_cost}",
                    f"{_AMOUNT}*{{family_volume}}*(1-{_ANSWER})*{{to_cost_of_sales}}",
                    "0",
                    f"{_AMOUNT}*(1-{_ANSWER})*{{family_cost_of_sales}}",
                    f"{{base_cost}}*({{starts}}-{_ANSWER}*{{arrives}})",
                ), help="What goes into stock (+) or comes out of it in the month; zero where no "
                        "stock is held."),
        Measure("inventory", "Inventory", MONEY, total="last",
                plan="N({inventory@prev})+{stock_change}",
                help="Change of the stock at cost at the month's end."),
        Measure("cash", "Cash", MONEY, total="sum", strong=True,
                plan="{margin}-{expense}-{stock_change}",
                help="Margin - operating cost - growth of stock, before tax and terms of payment."),
        Measure("cash_so_far", "Cash so far", MONEY, detail=True,
                plan="N({cash_so_far@prev})+{cash}", help="Sum since the first plan month."),
        Measure("worst", "Missing to the reserve", MONEY, detail=True, total="last",
                plan="MIN(N({worst@prev}),{cash_flow.headroom@all}+{cash_so_far}-{$cash_reserve})",
                help="Lowest headroom less the reserve so far, with this lever alone; zero where "
                     "there is enough."),
    ),
    help="What each lever of the sheet Levers changes month by month, against the plan as it is.",
)  # fmt: skip

LEVER_TOTALS = Grid(
    "lever_totals",
    "All levers together",
    (),
    (
        *(
            Measure(name, label, MONEY, total="sum", plan=f"{{lever_effects.{name}@all}}",
                    help="Sum of the levers.")
            for name, label in (("revenue", "Revenue"), ("margin", "Margin"),
                                ("expense", "Operating cost"))
        ),
        Measure("inventory", "Inventory", MONEY, total="last",
                plan="{lever_effects.inventory@all}", help="Sum of the levers."),
        Measure("cash", "Cash", MONEY, total="sum", strong=True, plan="{lever_effects.cash@all}",
                help="Sum of the levers."),
        Measure("profit_gap", "Profit to AOP as planned", MONEY, total="sum",
                plan="{finance_total.profit_variance@all}",
                help="Operating profit - AOP operating profit, in months with an AOP."),
        Measure("profit_after", "Profit to AOP with the levers", MONEY, total="sum", strong=True,
                plan="{profit_gap}+{lever_effects.planned_profit@all}",
                help="As planned + margin - operating cost of the levers, in months with an AOP."),
        Measure("cash_so_far", "Cash of the levers so far", MONEY, detail=True,
                plan="N({cash_so_far@prev})+{cash}", help="Sum since the first plan month."),
        Measure("headroom", "Headroom as planned", MONEY, total="last", alert="negative",
                plan="{cash_flow.headroom@all}", help="From the sheet Cash_WC."),
        Measure("headroom_after", "Headroom with the levers", MONEY, total="last", strong=True,
                plan="{headroom}+{cash_so_far}", alert="negative",
                help="As planned + cash of the levers so far."),
        Measure("shortfall", "Missing to the reserve", MONEY, total="last", detail=True,
                plan="MIN(N({shortfall@prev}),{headroom}-{$cash_reserve})",
                help="Lowest headroom as planned so far less the setting cash_reserve; zero where "
                     "there is enough."),
    ),
    help="The levers added up, and what is left of the gaps to the AOP and to the facility.",
)  # fmt: skip
