"""Bridges, cash and working capital."""

from __future__ import annotations

from sop_xl.functions.arguments import Limits
from sop_xl.functions.function import Function
from sop_xl.planning.finance import bridge
from sop_xl.planning.performance import metrics

CATEGORY = "S&OP Finance"

_ABOVE_ZERO = Limits(0, inside=True)
_DECIMALS = (
    "Decimals of the numbers, 2 for cents: they then sum to the rounded change to the last digit;"
    " not rounded if left out."
)
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
)  # fmt: skip
