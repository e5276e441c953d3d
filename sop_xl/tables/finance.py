"""Step 4, financial planning and reconciliation: volume to money, against the AOP."""

from __future__ import annotations

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Unit

OPTIONAL = Role.OPTIONAL
MONEY, PRICE, PERCENT = Unit.MONEY, Unit.PRICE, Unit.PERCENT

_ONLY_AOP = "counts only months that have an AOP"


def _measure(name: str, label: str, formula: str, help: str, unit: Unit = MONEY,
             strong: bool = False) -> Measure:
    """A measure with one formula over past and plan, added up over the year."""
    return Measure(name, label, unit, past=formula, plan=formula, total="sum", help=help,
                   strong=strong)


FINANCE_FAMILY = Grid(
    "finance_family",
    "Finance by family",
    (Column("family", "Family", role=Role.KEY, help="Product family."),),
    (
        Measure("volume", "Volume", past=VALUES, plan="{supply_plan.shipments@sum}", total="sum",
                help="Quantity shipped."),
        Measure("price_change", "Price change", PERCENT, OPTIONAL, plan=VALUES, minimum=-1,
                help="Change against the average price of the last twelve months."),
        Measure("price", "Price", PRICE, ratio=("revenue", "volume"),
                past='IF({volume}=0,"",{revenue}/{volume})',
                plan="{families.price@lookup}*(1+N({price_change}))",
                help="Net revenue per unit."),
        Measure("revenue", "Revenue", MONEY, past=VALUES, plan="{volume}*{price}", total="sum",
                strong=True, help="Volume x price."),
        Measure("unit_cost", "Unit cost", PRICE, ratio=("cost_of_sales", "volume"),
                past='IF({volume}=0,"",{cost_of_sales}/{volume})',
                plan="{families.cost@lookup}", help="Standard cost per unit."),
        Measure("cost_of_sales", "Cost of sales", MONEY, past=VALUES,
                plan="{volume}*{unit_cost}", total="sum", help="Volume x unit cost."),
        _measure("margin", "Margin", "{revenue}-{cost_of_sales}", "Revenue - cost of sales.",
                 strong=True),
        Measure("margin_share", "Margin %", PERCENT, ratio=("margin", "revenue"),
                past='IF({revenue}=0,"",{margin}/{revenue})',
                plan='IF({revenue}=0,"",{margin}/{revenue})', help="Margin / revenue."),
        Measure("inventory_value", "Inventory value", MONEY, total="last",
                past="{supply_plan.inventory@sum}*{families.cost@lookup}",
                plan="{supply_plan.inventory@sum}*{families.cost@lookup}",
                help="Projected inventory at standard cost."),
        _measure("aop_quantity", "AOP volume", "{aop.quantity@sum}", "Budgeted volume.",
                 Unit.QUANTITY),
        _measure("aop_revenue", "AOP revenue", "{aop.revenue@sum}", "Budgeted revenue."),
        _measure("aop_margin", "AOP margin",
                 "IF({aop.cost_of_sales@sum}=0,0,{aop.revenue@sum}-{aop.cost_of_sales@sum})",
                 "Budgeted revenue - budgeted cost of sales; zero where no cost is budgeted."),
        _measure("revenue_variance", "Revenue to AOP",
                 'IF({aop_revenue}=0,"",{revenue}-{aop_revenue})',
                 f"Revenue - AOP revenue; positive is favourable; {_ONLY_AOP}."),
        _measure("margin_variance", "Margin to AOP",
                 'IF({aop_margin}=0,"",{margin}-{aop_margin})',
                 f"Margin - AOP margin; positive is favourable; {_ONLY_AOP}."),
    ),
    help="Volume, revenue, cost, margin and inventory value of each family, against the AOP.",
)

_PLANNED_COST = (
    "{finance_lines.fixed@lookup}"
    "+{finance_lines.share_of_revenue@lookup}*{finance_family.revenue@all}"
    "+{finance_lines.per_unit@lookup}*{finance_family.volume@all}"
)

OPERATING_COST = Grid(
    "operating_cost",
    "Operating cost",
    (Column("line", "Cost line", role=Role.KEY, help="Line of the profit and loss account."),),
    (
        _measure("cost", "Plan", _PLANNED_COST,
                 "Fixed + share of revenue + rate per unit; in closed months of what was sold."),
        _measure("aop_cost", "AOP", "{finance_lines.aop@lookup}", "Budgeted cost."),
    ),
    help="Operating cost by line: what it follows is set in Data_Finance.",
)

FINANCE_TOTAL = Grid(
    "finance_total",
    "Profit and loss",
    (),
    (
        _measure("volume", "Volume", "{finance_family.volume@all}", "Sum of the families.",
                 Unit.QUANTITY),
        _measure("revenue", "Revenue", "{finance_family.revenue@all}", "Sum of the families.",
                 strong=True),
        _measure("cost_of_sales", "Cost of sales", "{finance_family.cost_of_sales@all}",
                 "Sum of the families."),
        _measure("margin", "Margin", "{revenue}-{cost_of_sales}", "Revenue - cost of sales.",
                 strong=True),
        Measure("margin_share", "Margin %", PERCENT, ratio=("margin", "revenue"),
                past='IF({revenue}=0,"",{margin}/{revenue})',
                plan='IF({revenue}=0,"",{margin}/{revenue})', help="Margin / revenue."),
        Measure("booked_cost", "Booked operating cost", MONEY, past=VALUES, total="sum",
                detail=True, help="What accounting booked, from Finance actuals."),
        Measure("operating_cost", "Operating cost", MONEY, total="sum",
                past="IF(ISNUMBER({booked_cost}),{booked_cost},{operating_cost.cost@all})",
                plan="{operating_cost.cost@all}",
                help="What was booked; the cost lines of the plan in months that are not booked."),
        _measure("operating_profit", "Operating profit", "{margin}-{operating_cost}",
                 "Margin - operating cost (EBITDA, where the lines hold no depreciation).",
                 strong=True),
        Measure("profit_share", "Operating profit %", PERCENT,
                ratio=("operating_profit", "revenue"),
                past='IF({revenue}=0,"",{operating_profit}/{revenue})',
                plan='IF({revenue}=0,"",{operating_profit}/{revenue})',
                help="Operating profit / revenue."),
        Measure("inventory_value", "Inventory value", MONEY, total="last",
                past="{finance_family.inventory_value@all}",
                plan="{finance_family.inventory_value@all}", help="Sum of the families."),
        _measure("aop_revenue", "AOP revenue", "{finance_family.aop_revenue@all}",
                 "Sum of the families."),
        _measure("aop_margin", "AOP margin", "{finance_family.aop_margin@all}",
                 "Sum of the families."),
        _measure("aop_operating_cost", "AOP operating cost",
                 "IF({aop_margin}=0,0,{operating_cost.aop_cost@all})",
                 "Sum of the cost lines; zero where no margin is budgeted."),
        _measure("aop_operating_profit", "AOP operating profit",
                 "IF({aop_margin}=0,0,{aop_margin}-{aop_operating_cost})",
                 "AOP margin - AOP operating cost; zero where no margin is budgeted."),
        _measure("revenue_variance", "Revenue to AOP",
                 'IF({aop_revenue}=0,"",{revenue}-{aop_revenue})',
                 f"Revenue - AOP revenue; positive is favourable; {_ONLY_AOP}."),
        _measure("margin_variance", "Margin to AOP",
                 'IF({aop_margin}=0,"",{margin}-{aop_margin})',
                 f"Margin - AOP margin; positive is favourable; {_ONLY_AOP}."),
        _measure("profit_variance", "Operating profit to AOP",
                 'IF({aop_margin}=0,"",{operating_profit}-{aop_operating_profit})',
                 f"Operating profit - AOP operating profit; positive is favourable; {_ONLY_AOP}.",
                 strong=True),
        Measure("revenue_variance_share", "Revenue to AOP %", PERCENT,
                ratio=("revenue_variance", "aop_revenue"),
                past='IF({aop_revenue}=0,"",{revenue_variance}/{aop_revenue})',
                plan='IF({aop_revenue}=0,"",{revenue_variance}/{aop_revenue})',
                help="Revenue variance / AOP revenue."),
        Measure("verdict", "Within tolerance", Unit.TEXT,
                past='IF({aop_revenue}=0,"",IF(ABS({revenue_variance_share})<={$tolerance},'
                     '"● yes",IF({revenue_variance}>0,"▲ above","■ below")))',
                plan='IF({aop_revenue}=0,"",IF(ABS({revenue_variance_share})<={$tolerance},'
                     '"● yes",IF({revenue_variance}>0,"▲ above","■ below")))',
                alert="status",
                help="Whether revenue is as close to the AOP as the tolerance in Settings asks."),
    ),
    help="Company profit and loss of the plan against the AOP.",
)
