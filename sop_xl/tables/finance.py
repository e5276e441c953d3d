"""Step 4, financial planning and reconciliation: volume to money, against the AOP."""

from __future__ import annotations

from sop_xl.schema import VALUES, Column, Grid, Measure, Role, Unit
from sop_xl.tables.data import (
    COST_DRIVER,
    DEMAND_DRIVER,
    DISCOUNT,
    EXPENSE_DRIVER,
    PRICE_CHANGE,
    PRICE_DRIVER,
    PROMOTION,
)
from sop_xl.tables.strategy import SUPPLY_LINES

OPTIONAL = Role.OPTIONAL
MONEY, PRICE, PERCENT = Unit.MONEY, Unit.PRICE, Unit.PERCENT

WITHIN, ABOVE, BELOW = "● yes", "▲ above", "■ below"
LESS_COST, MORE_COST = "▲ below", "■ above"
"""Verdicts on a difference, plan - compared: ▲ is favourable, ■ unfavourable, on every sheet."""

HELD = " held against the AOP"
"""Ends the label of a line of the plan as it is compared with the AOP."""
_ONLY_AOP = "counts only months that have an AOP"


def _measure(name: str, label: str, formula: str, help: str, unit: Unit = MONEY,
             strong: bool = False) -> Measure:
    """A measure with one formula over past and plan, added up over the year."""
    return Measure(name, label, unit, past=formula, plan=formula, total="sum", help=help,
                   strong=strong)


def _prior(name: str, label: str, unit: Unit = MONEY) -> Measure:
    return Measure(name, label, unit, past=VALUES, plan=VALUES, total="sum", detail=True,
                   help="Plan months: plan of the prior cycle. Closed months: the last plan that "
                        "was made before they closed.")


_CHANGED = (
    '{price_changes@match}*({price_changes.kind@column}="%s")'
)
"""Rows of the list of prices and discounts that count in a block and month, of one kind."""
_PRICES = (
    "EXP(SUMPRODUCT(" + _CHANGED % PRICE_CHANGE
    + "*({price_changes.start@column}>={$first_period})*LN(1+{price_changes.rate@column})))"
)


def _detail(name: str, label: str, formula: str, help: str) -> Measure:
    return Measure(name, label, MONEY, past=formula, plan=formula, total="sum", help=help,
                   detail=True)


def _driven(driver: str) -> str:
    """1 + what the chosen scenario adds to a driver."""
    rows = (
        "{scenario_drivers@match}*({scenario_drivers.scenario@column}=Scenario_shown)"
        f'*({{scenario_drivers.driver@column}}="{driver}")'
    )
    return f"MAX(0,1+SUMPRODUCT({rows}*{{scenario_drivers.change@column}}))"


def _scenario(name: str, label: str, formula: str, help: str, unit: Unit = MONEY) -> Measure:
    return Measure(name, label, unit, plan=formula, total="sum", detail=True, help=help)


def _taken_off(kind: str) -> str:
    return "MIN(1,SUMPRODUCT(" + _CHANGED % kind + "*{price_changes.rate@column}))"


FINANCE_REGION = Grid(
    "finance_region",
    "Finance by family and region",
    (
        Column("family", "Family", role=Role.KEY, help="Product family."),
        Column("region", "Region", role=Role.KEY, help="Sales region."),
    ),
    (
        Measure("volume", "Shipments", past=VALUES, total="sum",
                plan="{supply_plan.shipments@sum}*IF({demand_total.consensus@sum}=0,"
                     "{region_prices.share@sum},"
                     "{demand_plan.consensus@sum}/{demand_total.consensus@sum})",
                help="Shipments of the family, shared out by the consensus of the month."),
        Measure("rate", "Exchange rate", Unit.FACTOR, past=VALUES, detail=True,
                plan="IF({region_prices.rate@sum}=0,1,IF(SUMIFS({exchange_rates.rate@column},"
                     "{exchange_rates.currency@column},{currencies.currency@lookup},"
                     "{exchange_rates.period@column},{#period})=0,{rate@prev},"
                     "SUMIFS({exchange_rates.rate@column},{exchange_rates.currency@column},"
                     "{currencies.currency@lookup},{exchange_rates.period@column},{#period})))",
                help="Money of the house for one of the region's currency; a month without a rate "
                     "takes the one before."),
        Measure("price_change", "Price change", PERCENT, OPTIONAL, plan=VALUES, minimum=-1,
                help="For this month only, on top of the list of the sheet Prices, which holds "
                     "the changes that last."),
        Measure("gross_price", "Gross price", PRICE, detail=True,
                plan="{region_prices.gross@sum}*" + _PRICES
                     + "*(1+N({price_change}))"
                     "*IF({region_prices.rate@sum}=0,1,{rate}/{region_prices.rate@sum})",
                help="Before discounts: of the last twelve months, with the price changes of the "
                     "list Prices and of the row Price change, at the exchange rate."),
        Measure("discount", "Discounts", PERCENT, plan=_taken_off(DISCOUNT), detail=True,
                help="Off the gross price."),
        Measure("promotion", "Promotions", PERCENT, plan=_taken_off(PROMOTION), detail=True,
                help="Off the gross price, in months of a promotion."),
        Measure("price", "Net price", PRICE, ratio=("revenue", "volume"),
                past='IF({volume}=0,"",{revenue}/{volume})',
                plan="{gross_price}*MAX(0,1-{discount}-{promotion})",
                help="Gross price less discounts and promotions."),
        Measure("gross_revenue", "Gross revenue", MONEY, plan="{volume}*{gross_price}",
                total="sum", detail=True, help="Shipments x gross price."),
        Measure("revenue", "Revenue", MONEY, past=VALUES, plan="{volume}*{price}", total="sum",
                strong=True, help="Shipments x net price."),
        Measure("constant_revenue", "Revenue at budget rates", MONEY, total="sum", detail=True,
                past="IF(N({currencies.budget_rate@lookup})*{rate}*{region_prices.rate@sum}=0,N({revenue}),"
                     "{revenue}/{rate}*{currencies.budget_rate@lookup})",
                plan="IF(N({currencies.budget_rate@lookup})*{rate}*{region_prices.rate@sum}=0,{revenue},"
                     "{revenue}/{rate}*{currencies.budget_rate@lookup})",
                help="Revenue at the exchange rates of the AOP."),
        Measure("cost_of_sales", "Cost of sales", MONEY, past=VALUES, total="sum", detail=True,
                plan="{volume}*{families.cost@lookup}", help="Shipments x unit cost."),
        _measure("margin", "Margin at standard", "N({revenue})-N({cost_of_sales})",
                 "Revenue - cost of sales, before what the supply plan costs beyond standard."),
    ),
    help="Price and revenue of each family in each region; they add up to the families.",
)

_BRIDGED = (
    "IF(Bridge_margin=0,1,IF(CHOOSE(Bridge_n,{uncosted},{prior_uncosted},0,{prior_uncosted},0)<>0,"
    "0,1))"
)

FINANCE_FAMILY = Grid(
    "finance_family",
    "Finance by family",
    (Column("family", "Family", role=Role.KEY, help="Product family."),),
    (
        Measure("volume", "Shipments", past=VALUES, plan="{supply_plan.shipments@sum}", total="sum",
                help="Quantity shipped: demand is on Demand_Plan and D3."),
        Measure("price", "Price", PRICE, ratio=("revenue", "volume"),
                past='IF({volume}=0,"",{revenue}/{volume})',
                plan="IF({volume}=0,{families.price@lookup},{revenue}/{volume})",
                help="Net revenue per unit; where nothing is sold, that of the last twelve "
                     "months."),
        Measure("gross_revenue", "Gross revenue", MONEY, plan="{finance_region.gross_revenue@sum}",
                total="sum", detail=True, help="Sum of the regions, before discounts."),
        Measure("revenue", "Revenue", MONEY, past=VALUES, plan="{finance_region.revenue@sum}",
                total="sum", strong=True, help="Sum of the regions: volume x net price."),
        Measure("constant_revenue", "Revenue at budget rates", MONEY, total="sum", detail=True,
                past="{finance_region.constant_revenue@sum}",
                plan="{finance_region.constant_revenue@sum}",
                help="Revenue at the exchange rates of the AOP."),
        Measure("unit_cost", "Unit cost", PRICE, ratio=("cost_of_sales", "volume"),
                past='IF({volume}=0,"",{cost_of_sales}/{volume})',
                plan="{families.cost@lookup}", help="Standard cost per unit."),
        Measure("cost_of_sales", "Cost of sales", MONEY, past=VALUES,
                plan="{volume}*{unit_cost}", total="sum", help="Shipments x unit cost."),
        Measure("supply_cost", "Supply cost beyond standard", MONEY, total="sum", sparse="zero",
                plan="{family_rates.premium@lookup}*{supply_plan.subcontracted@sum}"
                     "+{family_rates.share@lookup}*({supply_cost.beyond@all}"
                     "-{supply_cost.premium@all})",
                help="Its own subcontracting above standard, and its share by production of what "
                     "else the supply plan costs beyond standard."),
        _measure("full_cost", "Cost of sales and supply", "N({cost_of_sales})+N({supply_cost})",
                 "Cost of sales + supply cost beyond standard."),
        _measure("margin", "Margin", "{revenue}-{full_cost}",
                 "Revenue - cost of sales - supply cost beyond standard.", strong=True),
        Measure("margin_share", "Margin %", PERCENT, ratio=("margin", "revenue"),
                past='IF({revenue}=0,"",{margin}/{revenue})',
                plan='IF({revenue}=0,"",{margin}/{revenue})', help="Margin / revenue."),
        Measure("material", "Material", MONEY, total="sum", detail=True,
                plan="{cost_of_sales}*{families.material_share@lookup}",
                help="Material in the cost of sales."),
        Measure("labour", "Labour", MONEY, total="sum", detail=True,
                plan="{cost_of_sales}*{families.labour_share@lookup}",
                help="Labour in the cost of sales."),
        Measure("co2e", "CO2e", Unit.TONNES, total="sum", detail=True,
                plan="{volume}*{families.co2e@lookup}/1000",
                help="Shipments x kilograms of CO2 equivalent per unit."),
        Measure("inventory_value", "Inventory value", MONEY, total="last",
                past="{supply_plan.inventory@sum}*{families.cost@lookup}",
                plan="{supply_plan.inventory@sum}*{families.cost@lookup}",
                help="Projected inventory at standard cost."),
        _measure("aop_quantity", "AOP shipments", "{aop.quantity@sum}", "Budgeted quantity.",
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
        _prior("prior_volume", "Prior plan shipments", Unit.QUANTITY),
        _prior("prior_revenue", "Prior plan revenue"),
        _prior("prior_constant", "Prior plan revenue at budget rates"),
        _prior("prior_cost", "Prior plan cost of sales"),
        _prior("prior_supply", "Prior plan supply cost beyond standard"),
        Measure("like_cost", "Cost held against prior plan", MONEY, total="sum", detail=True,
                past="N({cost_of_sales})",
                plan="IF(ISNUMBER({prior_supply}),{full_cost},{cost_of_sales})",
                help="With supply cost beyond standard only where both sides know it: a closed "
                     "month has none."),
        Measure("prior_full", "Prior plan cost compared", MONEY, total="sum", detail=True,
                past="N({prior_cost})", plan="N({prior_cost})+N({prior_supply})",
                help="The same of the prior plan."),
        Measure("year_cost", "Cost held against last year", MONEY, total="sum", detail=True,
                past="N({cost_of_sales})",
                plan="IF({#period}>=EDATE({$first_period},12),{full_cost},{cost_of_sales})",
                help="With supply cost beyond standard only where the month a year before is of "
                     "the plan, too: a closed month has none."),
        _detail("uncosted", "AOP revenue without a cost",
                "IF({aop.cost_of_sales@sum}=0,{aop_revenue},0)",
                "Where it is not zero the AOP has no margin to compare with."),
        _detail("compared_margin", f"Margin{HELD}", "IF({uncosted}<>0,0,{margin})",
                "Without months whose AOP has revenue and no cost: like is compared with like."),
        _detail("prior_margin", "Prior plan margin",
                "IF(N({prior_cost})=0,0,N({prior_revenue})-{prior_full})",
                "Prior plan revenue - cost compared; zero where no cost was planned."),
        _detail("prior_uncosted", "Prior revenue without a cost",
                "IF(N({prior_cost})=0,N({prior_revenue}),0)",
                "Where it is not zero the prior plan has no margin to compare with."),
        _detail("prior_compared", "Margin held against prior plan",
                "IF({prior_uncosted}<>0,0,N({revenue})-{like_cost})",
                "Revenue - cost held against prior plan, without months whose prior plan has "
                "revenue and no cost."),
        Measure("bridged", "In the bridge", Unit.COUNT, past=_BRIDGED, plan=_BRIDGED, detail=True,
                help="0 where the bridge of the margin leaves a month out: what it is compared "
                     "with has revenue and no cost."),
        _scenario("scenario_volume", "Scenario shipments",
                  "{volume}*" + _driven(DEMAND_DRIVER), "Of the scenario chosen on Finance_Recon.",
                  Unit.QUANTITY),
        _scenario("scenario_revenue", "Scenario revenue",
                  "IF({volume}=0,0,{revenue}/{volume})*{scenario_volume}*" + _driven(PRICE_DRIVER),
                  "Scenario shipments x changed net price."),
        _scenario("scenario_constant", "Scenario revenue at budget rates",
                  "IF({revenue}=0,0,{constant_revenue}/{revenue})*{scenario_revenue}",
                  "At the exchange rates of the AOP."),
        _scenario("scenario_cost", "Scenario cost of sales",
                  "{scenario_volume}*{unit_cost}*" + _driven(COST_DRIVER) + "+N({supply_cost})",
                  "Scenario shipments x changed unit cost + the plan's supply cost beyond "
                  "standard."),
    ),
    help="Shipments, revenue, cost, margin and inventory value of each family, against the AOP.",
)

def _beyond(name: str, label: str, help: str) -> Measure:
    """A line of what the supply plan costs beyond standard cost."""
    return Measure(name, label, MONEY, plan=f"{{supply_cost.{SUPPLY_LINES[name]}@all}}",
                   total="sum", detail=True, sparse="zero", help=help)


_LINE_COST = (
    "{finance_lines.fixed@lookup}"
    "+{finance_lines.share_of_revenue@lookup}*{finance_family.revenue@all}"
    "+{finance_lines.per_unit@lookup}*{finance_family.volume@all}"
    "+{finance_lines.per_head@lookup}*"
)
_HEADS_NOW, _HEADS_AHEAD = "SUM({workforce.headcount@column})", "{workforce_total.people@all}"

OPERATING_COST = Grid(
    "operating_cost",
    "Operating cost",
    (Column("line", "Cost line", role=Role.KEY, help="Line of the profit and loss account."),),
    (
        Measure("cost", "Plan", MONEY, past=_LINE_COST + _HEADS_NOW,
                plan=_LINE_COST + _HEADS_AHEAD, total="sum",
                help="Fixed + share of revenue + rate per unit and per head, by the people of "
                     "Workforce; in closed months of what was sold and of today's people."),
        Measure("variable", "Variable part", MONEY, total="sum", detail=True,
                plan="{finance_lines.share_of_revenue@lookup}*{finance_family.revenue@all}"
                     "+{finance_lines.per_unit@lookup}*{finance_family.volume@all}",
                help="What follows revenue and shipments."),
        Measure("depreciation", "Depreciation", MONEY, total="sum", detail=True,
                plan='IF({finance_lines.kind@lookup}="depreciation",{cost},0)',
                help="The cost of lines of the kind depreciation."),
        _measure("aop_cost", "AOP", "{finance_lines.aop@lookup}", "Budgeted cost."),
    ),
    help="Operating cost by line: what it follows is set in Data_Finance.",
)

FINANCE_TOTAL = Grid(
    "finance_total",
    "Profit and loss",
    (),
    (
        _measure("volume", "Shipments", "{finance_family.volume@all}", "Sum of the families.",
                 Unit.QUANTITY),
        Measure("gross_revenue", "Gross revenue", MONEY, total="sum",
                plan="{finance_family.gross_revenue@all}",
                help="Sum of the families, before discounts."),
        Measure("deductions", "Discounts and promotions", MONEY, total="sum",
                plan="{revenue}-{gross_revenue}", help="Revenue - gross revenue."),
        _measure("revenue", "Revenue", "{finance_family.revenue@all}", "Sum of the families.",
                 strong=True),
        _measure("cost_of_sales", "Cost of sales", "{finance_family.cost_of_sales@all}",
                 "Sum of the families; of the plan at standard cost."),
        *(_beyond(*row) for row in (
            ("unabsorbed", "Unabsorbed labour",
             "Wages - labour in the standard cost of what is made; negative is over-absorbed."),
            ("overtime", "Overtime and extra shift",
             "In full, as far as somebody offers the hours: what they make absorbs labour in the "
             "line above. Hours that nobody offers have no cost: see Strategy."),
            ("staffing", "Hiring and laying off", "Of the plan in the book."),
            ("premium", "Subcontracting above standard",
             "Units bought x (price - standard cost); their standard cost is in the cost of "
             "sales."),
            ("expedite", "Expediting",
             "Material that comes too late by its lead time, had at once."),
        )),
        Measure("supply_cost", "Supply cost beyond standard", MONEY, total="sum",
                plan="{finance_family.supply_cost@all}",
                help="The five lines above, summed from the families."),
        _measure("margin", "Margin", "{revenue}-{cost_of_sales}-N({supply_cost})",
                 "Revenue - cost of sales - supply cost beyond standard.", strong=True),
        Measure("margin_share", "Margin %", PERCENT, ratio=("margin", "revenue"),
                past='IF({revenue}=0,"",{margin}/{revenue})',
                plan='IF({revenue}=0,"",{margin}/{revenue})', help="Margin / revenue."),
        Measure("material", "Material", MONEY, total="sum", detail=True,
                plan="{finance_family.material@all}", help="In the cost of sales."),
        Measure("labour", "Labour", MONEY, total="sum", detail=True,
                plan="{finance_family.labour@all}", help="In the cost of sales."),
        Measure("other_cost", "Other cost of sales", MONEY, total="sum", detail=True,
                plan="{cost_of_sales}-{material}-{labour}",
                help="Cost of sales - material - labour."),
        Measure("contribution", "Contribution", MONEY, total="sum",
                plan="{margin}-{operating_cost.variable@all}",
                help="Margin - operating cost that follows revenue and shipments."),
        Measure("booked_cost", "Booked operating cost", MONEY, past=VALUES, total="sum",
                detail=True, help="What accounting booked, from Finance actuals."),
        Measure("operating_cost", "Operating cost", MONEY, total="sum",
                past="IF(ISNUMBER({booked_cost}),{booked_cost},{operating_cost.cost@all})",
                plan="{operating_cost.cost@all}",
                help="What was booked; the cost lines of the plan in months that are not booked."),
        _measure("operating_profit", "Operating profit", "{margin}-{operating_cost}",
                 "Margin - operating cost: EBIT.", strong=True),
        Measure("ebitda", "EBITDA", MONEY, total="sum",
                plan="{operating_profit}+{operating_cost.depreciation@all}",
                help="Operating profit + depreciation."),
        Measure("holding", "Memo: cost of holding stock", MONEY, total="sum", detail=True,
                plan="{supply_cost.holding@all}",
                help="Not in the profit: a planning rate, mostly the cost of the capital in stock, "
                     "which is no operating cost; rent and insurance are in the cost lines."),
        Measure("late", "Memo: late and lost units", MONEY, total="sum", detail=True,
                plan="{supply_cost.backorders@all}+{supply_cost.lost_sales@all}",
                help="Not in the profit: rates by which plans are compared, not invoices."),
        Measure("profit_share", "Operating profit %", PERCENT,
                ratio=("operating_profit", "revenue"),
                past='IF({revenue}=0,"",{operating_profit}/{revenue})',
                plan='IF({revenue}=0,"",{operating_profit}/{revenue})',
                help="Operating profit / revenue."),
        Measure("inventory_value", "Inventory value", MONEY, total="last",
                past="{finance_family.inventory_value@all}",
                plan="{finance_family.inventory_value@all}", help="Sum of the families."),
        Measure("co2e", "CO2e", Unit.TONNES, total="sum", detail=True,
                plan="{finance_family.co2e@all}", help="Sum of the families."),
        _measure("aop_volume", "AOP shipments", "{finance_family.aop_quantity@all}",
                 "Sum of the families.", Unit.QUANTITY),
        _measure("aop_revenue", "AOP revenue", "{finance_family.aop_revenue@all}",
                 "Sum of the families."),
        _measure("aop_margin", "AOP margin", "{finance_family.aop_margin@all}",
                 "Sum of the families."),
        _measure("aop_operating_cost", "AOP operating cost",
                 "IF({aop_margin}=0,0,{operating_cost.aop_cost@all})",
                 "Sum of the cost lines; zero where no margin is budgeted."),
        _measure("aop_operating_profit", "AOP operating profit",
                 "IF(OR({aop_margin}=0,{uncosted}<>0),0,{aop_margin}-{aop_operating_cost})",
                 "AOP margin - AOP operating cost; zero where the cost of any family is not "
                 "budgeted."),
        _measure("revenue_variance", "Revenue to AOP",
                 'IF({aop_revenue}=0,"",{revenue}-{aop_revenue})',
                 f"Revenue - AOP revenue; positive is favourable; {_ONLY_AOP}."),
        _measure("margin_variance", "Margin to AOP",
                 'IF({aop_margin}=0,"",{compared_margin}-{aop_margin})',
                 "Margin held against the AOP - AOP margin; positive is favourable; "
                 f"{_ONLY_AOP}."),
        _measure("profit_variance", "Operating profit to AOP",
                 'IF({aop_operating_profit}=0,"",{operating_profit}-{aop_operating_profit})',
                 f"Operating profit - AOP operating profit; positive is favourable; {_ONLY_AOP}.",
                 strong=True),
        Measure("revenue_variance_share", "Revenue to AOP %", PERCENT,
                ratio=("revenue_variance", "aop_revenue"),
                past='IF({aop_revenue}=0,"",{revenue_variance}/{aop_revenue})',
                plan='IF({aop_revenue}=0,"",{revenue_variance}/{aop_revenue})',
                help="Revenue variance / AOP revenue."),
        Measure("verdict", "Within tolerance", Unit.TEXT,
                past='IF({aop_revenue}=0,"",IF(ABS({revenue_variance_share})<={$tolerance},'
                     f'"{WITHIN}",IF({{revenue_variance}}>0,"{ABOVE}","{BELOW}")))',
                plan='IF({aop_revenue}=0,"",IF(ABS({revenue_variance_share})<={$tolerance},'
                     f'"{WITHIN}",IF({{revenue_variance}}>0,"{ABOVE}","{BELOW}")))',
                alert="status",
                help="Whether revenue is as close to the AOP as the tolerance in Settings asks."),
        Measure("prior_volume", "Prior plan shipments", Unit.QUANTITY, total="sum", detail=True,
                past="{finance_family.prior_volume@all}", plan="{finance_family.prior_volume@all}",
                help="Sum of the families."),
        _measure("prior_revenue", "Prior plan revenue", "{finance_family.prior_revenue@all}",
                 "Sum of the families."),
        _measure("prior_margin", "Prior plan margin", "{finance_family.prior_margin@all}",
                 "Sum of the families of which a cost was planned."),
        _prior("prior_operating_cost", "Prior plan operating cost"),
        _measure("prior_operating_profit", "Prior plan operating profit",
                 "IF(OR({prior_margin}=0,{prior_uncosted}<>0),0,"
                 "{prior_margin}-N({prior_operating_cost}))",
                 "Prior plan margin - prior plan operating cost; zero where the cost of any family "
                 "was not planned."),
        _detail("uncosted", "AOP revenue without a cost", "{finance_family.uncosted@all}",
                "Sum of the families: their margin is not compared with the AOP."),
        *(
            _detail(name, f"{label}{HELD}", f"IF({{{budget}}}=0,0,{own})",
                    "In months whose AOP holds it: like is compared with like.")
            for name, label, budget, own in (
                ("compared_revenue", "Revenue", "aop_revenue", "{revenue}"),
                ("compared_margin", "Margin", "aop_margin", "{finance_family.compared_margin@all}"),
                ("compared_cost", "Operating cost", "aop_operating_cost", "{operating_cost}"),
                ("compared_profit", "Operating profit", "aop_operating_profit",
                 "{operating_profit}"),
            )
        ),
        _detail("prior_uncosted", "Prior revenue without a cost",
                "{finance_family.prior_uncosted@all}", "Sum of the families."),
        _detail("prior_compared", "Margin held against prior plan",
                "{finance_family.prior_compared@all}", "Sum of the families."),
        _detail("prior_profit", "Operating profit held against prior plan",
                "{prior_compared}-{operating_cost}",
                "Margin held against prior plan - operating cost."),
        _detail("year_margin", "Margin held against last year",
                "N({revenue})-{finance_family.year_cost@all}",
                "Revenue - cost held against last year, summed from the families."),
        _detail("year_profit", "Operating profit held against last year",
                "{year_margin}-{operating_cost}",
                "Margin held against last year - operating cost."),
        Measure("supply_left", "Supply cost not held against prior plan", MONEY, total="sum",
                detail=True,
                plan="ROUND(N({supply_cost})-({finance_family.like_cost@all}-{cost_of_sales}),6)",
                help="Of the plan, in months of which the prior plan knows none."),
        _detail("prior_left", "Prior plan supply cost left out",
                "ROUND({finance_family.prior_supply@all}+{finance_family.prior_cost@all}"
                "-{finance_family.prior_full@all},6)",
                "Of the prior plan, in closed months: what came holds none."),
        _scenario("scenario_volume", "Scenario shipments", "{finance_family.scenario_volume@all}",
                  "Sum of the families.", Unit.QUANTITY),
        _scenario("scenario_revenue", "Scenario revenue", "{finance_family.scenario_revenue@all}",
                  "Sum of the families."),
        _scenario("scenario_margin", "Scenario margin",
                  "{scenario_revenue}-{finance_family.scenario_cost@all}",
                  "Scenario revenue - scenario cost of sales."),
        _scenario("scenario_operating_cost", "Scenario operating cost",
                  "({operating_cost}+SUM({finance_lines.share_of_revenue@column})"
                  "*({scenario_revenue}-{revenue})+SUM({finance_lines.per_unit@column})"
                  "*({scenario_volume}-{volume}))*" + _driven(EXPENSE_DRIVER),
                  "Operating cost, what follows revenue and units moved with them, x its driver."),
        _scenario("scenario_operating_profit", "Scenario operating profit",
                  "{scenario_margin}-{scenario_operating_cost}",
                  "Scenario margin - scenario operating cost."),
    ),
    help="Company profit and loss of the plan against the AOP.",
)
