"""Bridges, cash and working capital."""

from __future__ import annotations

from sop_xl.functions.arguments import Limits
from sop_xl.functions.function import Function
from sop_xl.planning.finance import bridge, cash, levers, order_to_cash, returns, rolling
from sop_xl.planning.performance import metrics

CATEGORY = "S&OP Finance"

_ABOVE_ZERO = Limits(0, inside=True)
_DECIMALS = (
    "Decimals of the numbers, 2 for cents: they then sum to the rounded change to the last digit;"
    " not rounded if left out."
)
_ZERO_UP, _SHARE = Limits(0), Limits(0, 1)
_EFFECT = "change of revenue, margin, inventory and cash, in money"
_BALANCE = "Balance before the first period; one number, or one for each series."
_MOVEMENTS = {
    "additions": "What is added in each period: billings, purchases, receipts. A blank is none.",
    "reductions": "What goes in each period: collections, payments, cost of sales.",
    "write_offs": "What is written off; none if left out.",
}
_DAYS = "Calendar days of the period: 30, 365 ..."

FUNCTIONS = (
    Function("SOP_TURNS", metrics.inventory_turns, {
        "cost_of_sales": "Cost of sales of the period.",
        "average_inventory": "Mean of opening and closing inventory, at cost.",
        "days": _DAYS,
    }, beside=("cost_of_sales", "average_inventory", "days")),
    Function("SOP_DIO", metrics.days_inventory, {
        "inventory": "Inventory at cost.",
        "cost_of_sales": "Cost of sales of the period.",
        "days": _DAYS,
    }, beside=("inventory", "cost_of_sales", "days")),
    Function("SOP_DSO", metrics.days_sales, {
        "receivables": "Receivables at the period's end.",
        "revenue": "Revenue of the period.",
        "days": _DAYS,
    }, beside=("receivables", "revenue", "days")),
    Function("SOP_DPO", metrics.days_payables, {
        "payables": "Payables at the period's end.",
        "cost_of_sales": "Cost of sales of the period.",
        "days": _DAYS,
    }, beside=("payables", "cost_of_sales", "days")),
    Function("SOP_CCC", metrics.cash_conversion_cycle, {
        "dio": "Days inventory outstanding.",
        "dso": "Days sales outstanding.",
        "dpo": "Days payables outstanding.",
    }, beside=("dio", "dso", "dpo")),
    Function("SOP_WC", metrics.working_capital, {
        "current_assets": "Cash, receivables, inventory and the like at the period's end.",
        "current_liabilities": "Payables, short-term debt and the like at the period's end.",
    }, beside=("current_assets", "current_liabilities")),
    Function("SOP_OCF_SALES", metrics.cash_flow_to_sales, {
        "cash_flow": "Operating cash flow of the period.",
        "net_sales": "Net sales of the same period.",
    }, beside=("cash_flow", "net_sales")),
    Function("SOP_RATIO", metrics.revenue_vs_plan, {
        "revenue": "Actual revenue.",
        "planned": "Planned revenue of the same period.",
    }, beside=("revenue", "planned")),
    Function("SOP_ROI", returns.return_on_investment, {
        "benefit": "What an option brings in all.",
        "cost": "What it costs in all.",
    }, beside=("benefit", "cost")),
    Function("SOP_PAYBACK", returns.payback, {
        "cost": "What an option costs at the start; one number, or one for each option.",
        "benefits": "What it brings in each period: a column, a row, or a row for each option.",
    }, result="periods, one number for each option"),
    Function("SOP_DSO_COUNTBACK", order_to_cash.count_back, {
        "receivables": "Receivables at the end of each period, the oldest first.",
        "revenue": "Revenue of each period, as many cells.",
        "days": "Calendar days of each period, or one number for all.",
    }, beside=("receivables", "revenue", "days"), limits={"days": _ZERO_UP},
        result="days, one number for each period"),
    Function("SOP_DSO_ALERT", cash.dso_alert, {
        "dso": "Days sales outstanding at the end of each period, the oldest first.",
        "sales": "Sales of each period, as many cells.",
        "lag": "Periods back that each is compared with: 1 (default), or 12 for the month of last"
               " year.",
    }, beside=("dso", "sales"), result="1 or 0 for each period"),
    Function("SOP_TRADE_WC", cash.trade_working_capital, {
        "receivables": "Receivables at the period's end.",
        "inventory": "Inventory at cost at the period's end.",
        "payables": "Payables at the period's end.",
    }, beside=("receivables", "inventory", "payables")),
    Function("SOP_CASH", order_to_cash.order_to_cash, {
        "sales": "Sales in money: a column, a row, or a row for each series. A blank is none.",
        "pattern": "Share of sales that is paid in the same period, in the next, and so on: 0.5,"
                   " 0.3, 0.15. What is left of 1 is bad debt. One pattern, or a row for each"
                   " series.",
        "history": "Sales of the periods before the first, the last one last: cash from them comes"
                   " in as well. None if left out.",
        "show": "collections (default), receivables at the end of each period, or write-offs.",
    }, limits={"pattern": Limits(0, 1)}, result="money, one number for each period"),
    Function("SOP_PAYRUN", order_to_cash.payment_runs, {
        "amounts": "Invoices in money, one cell for each; negative is a credit note.",
        "due": "Due day of each invoice; one without is paid in the first run.",
        "runs": "Days of the payment runs.",
        "rule": "after (default): an invoice is paid in the first run on or after its due day."
                " before: in the last run that is not late.",
    }, beside=("amounts", "due"), result="money, one number for each run"),
    Function("SOP_ROLL", rolling.roll_forward, {
        "opening": _BALANCE,
        **_MOVEMENTS,
    }, result="money, one number for each period"),
    Function("SOP_ROLL_GAP", rolling.roll_gap, {
        "opening": _BALANCE,
        "closing": "Balance reported at the end of each period: a column, a row, or a row for each"
                   " series.",
        **_MOVEMENTS,
    }, result="money, one number for each period; zero where the balance rolls"),
    Function("SOP_TAX", cash.income_tax, {
        "profit": "Profit before tax: a column, a row, or a row for each series. A blank is none.",
        "rate": "Tax as a share of the profit: 0.25 for 25 %.",
        "losses": "Losses carried forward from before, from zero up; 0 if left out.",
    }, limits={"rate": Limits(0, 1), "losses": _ZERO_UP},
        result="money, one number for each period"),
    Function("SOP_OCF", cash.operating_cash_flow, {
        "ebitda": "Profit before interest, tax, depreciation and amortisation: a column, a row, or"
                  " a row for each series.",
        "tax": "Tax paid, as many cells or one for all. A blank is none.",
        "working_capital": "Receivables + inventory - payables at the end of each period.",
        "opening": "The same before the first period; one number, or one for each series.",
    }, result="money, one number for each period"),
    Function("SOP_HEADROOM", cash.headroom, {
        "opening": "Cash before the first period, negative where the facility is drawn; one number,"
                   " or one for each series.",
        "cash_flow": "Net cash flow: a column, a row, or a row for each series. A blank is none.",
        "limit": "Facility of each period, or one number for all.",
    }, result="money, one number for each period; negative exceeds the facility"),
    Function("SOP_CASH_ACC", cash.cash_forecast_accuracy, {
        "actual": "Receipts and payments as they came, each in a cell of its own.",
        "forecast": "Forecast of each, as many cells.",
    }, beside=("actual", "forecast")),
    Function("SOP_PVM", bridge.price_volume_mix, {
        "price_0": "Price of a unit before or in the budget, one cell for each item.",
        "volume_0": "Units before or in the budget; a blank or zero for a new item.",
        "price_1": "Price of a unit after, or actual.",
        "volume_1": "Units after, or actual; a blank or zero for a discontinued item.",
        "detail": "total (default): four numbers. items: four numbers for each item.",
        "decimals": _DECIMALS,
    }, beside=("price_0", "volume_0", "price_1", "volume_1"), limits={"decimals": Limits(0, 6)},
        result="price, volume, mix, new and discontinued items, in money"),
    Function("SOP_BRIDGE", bridge.full_bridge, {
        "price_0": "Price of a unit before, in the currency of the sale: items down, periods"
                   " across.",
        "volume_0": "Units before; a blank is none, negative is more returned than sold.",
        "price_1": "Price of a unit after, or actual.",
        "volume_1": "Units after, or actual.",
        "cost_0": "Cost of a unit before, in the house currency. With both costs it is the bridge"
                  " of the margin, without them that of revenue.",
        "cost_1": "Cost of a unit after.",
        "rate_0": "House money for one of the currency of the sale, before; 1 if left out.",
        "rate_1": "The same after; 1 if left out.",
        "detail": "total (default): eight numbers. items: eight for each item. periods: eight for"
                  " each period.",
        "decimals": _DECIMALS,
    }, beside=(
        "price_0", "volume_0", "price_1", "volume_1", "cost_0", "cost_1", "rate_0", "rate_1",
    ), limits={"decimals": Limits(0, 6), "rate_0": _ABOVE_ZERO, "rate_1": _ABOVE_ZERO},
        result="price, volume, mix, cost, currency, new items, discontinued items and timing, in"
               " money"),
    Function("SOP_LEVER_STOCK", levers.reduce_inventory, {
        "excess": "Units above the stock wanted, one cell for each family.",
        "price": "Price of a unit.",
        "cost": "Cost of a unit.",
        "cleared": "Share of the excess that is sold off, 0 (default) to 1; the rest is not made.",
        "discount": "Share of the price that is given away for it: 0 (default) to 1.",
        "holding": "Cost of holding stock for a year as a share of its value; 0 if left out.",
        "months": "Months for which it would have been held; 0 if left out.",
    }, beside=("excess", "price", "cost", "cleared", "discount", "holding", "months"), limits={
        "excess": _ZERO_UP, "cleared": _SHARE, "discount": _SHARE, "holding": _ZERO_UP,
        "months": _ZERO_UP,
    }, result=_EFFECT),
    Function("SOP_LEVER_PRIORITY", levers.adjust_priorities, {
        "units": "Units that change over, one cell for each change.",
        "price_from": "Price of a unit where they are taken from.",
        "cost_from": "Cost of a unit there.",
        "price_to": "Price of a unit where they go to.",
        "cost_to": "Cost of a unit there.",
        "sold": "Share of them that is sold there: 1 if left out.",
    }, beside=("units", "price_from", "cost_from", "price_to", "cost_to", "sold"),
        limits={"units": _ZERO_UP, "sold": _SHARE}, result=_EFFECT),
    Function("SOP_LEVER_MARKETING", levers.pace_marketing, {
        "spend": "Marketing spend of the plan, one cell for each family.",
        "change": "Change of it as a share: -0.2 for a fifth less.",
        "revenue": "Revenue of the plan that the spend supports.",
        "elasticity": "Change of revenue in % for 1 % of spend: 0.1 for example.",
        "cost_share": "Cost of sales as a share of revenue.",
        "supply_follows": "Share of the change of units that supply follows: 1 (default) where no"
                          " stock changes.",
    }, beside=("spend", "change", "revenue", "elasticity", "cost_share", "supply_follows"),
        limits={
            "spend": _ZERO_UP, "change": Limits(-1), "elasticity": _ZERO_UP,
            "cost_share": _ZERO_UP, "supply_follows": _SHARE,
        }, result=_EFFECT),
    Function("SOP_LEVER_SUPPLY", levers.shift_supply, {
        "units": "Change of the units committed to, negative is less; one cell for each family.",
        "cost": "Cost of a unit.",
        "fee": "What a unit of change costs as a share of its cost: a cancellation, or the premium"
               " of a late order; 0 if left out.",
        "sales": "Change of the units sold with it, negative is less; 0 if left out.",
        "price": "Price of a unit; needed where sales change.",
    }, beside=("units", "cost", "fee", "sales", "price"), limits={"fee": _ZERO_UP},
        result=_EFFECT),
    Function("SOP_LEVER_TIMING", levers.change_timing, {
        "units": "Units of each period that are to move, the oldest first.",
        "price": "Price of a unit, in each period or in all.",
        "cost": "Cost of a unit, one number.",
        "later": "Periods by which they move; negative is earlier.",
        "moved": "Share of them that moves: 1 if left out.",
        "kept": "Share of what is moved that customers still buy: 1 if left out.",
        "supply": "stays (default): the units wait in stock. moves: it moves along.",
        "holding": "Cost of holding stock for a period as a share of its value; 0 if left out.",
        "show": "total (default): four numbers, inventory as it is at the end. periods: four for"
                " each period.",
    }, beside=("units", "price"), limits={
        "later": Limits(-366, 366), "moved": _SHARE, "kept": _SHARE, "holding": _ZERO_UP,
    }, result=_EFFECT),
)  # fmt: skip
