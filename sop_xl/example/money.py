"""What the example company earns, what it owns and owes, and what its budget hoped for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.example import company
from sop_xl.example.demand import Demand, Numbers, family_index
from sop_xl.example.operations import Operations
from sop_xl.schema import ALL

PROMOTION_PRICE = 0.93
"""Net price while a promotion runs, against the price otherwise."""
COLLECTED_AFTER = (1.0, 0.85, 0.25)
"""Share of the dealers' invoices of this month and the two before that is not paid yet."""
MATERIAL = 0.6
"""Share of the cost of sales that is bought."""
LABOUR = 0.30
"""Share of the cost of sales that is wages: of hours at the use of its people that is normal, four
fifths, so that a busy month absorbs more than the plant pays and a slack one less."""
CARBON = 0.35
"""Kilograms of CO2 equivalent for a euro of cost: textiles and aluminium."""
BUDGETS = {-1: 0.4, 0: 1.0, 1: 0.2}
"""Fiscal years with a budget, counted from the cycle's, and how much of the optimism they hold."""


def prices(demand: Demand, cycle: pd.Period) -> Numbers:
    """Net price by item, region, channel and month, promotions aside."""
    base = np.array([i.price for i in company.ITEMS])
    region = np.array([company.REGION_PRICE[r] for r in company.REGIONS])
    channel = np.array([company.CHANNEL_PRICE[c] for c in company.CHANNELS])
    rise = (1 + company.PRICE_RISE) ** (demand.periods.year - cycle.year)
    cells: Numbers = np.einsum("i,r,c,t->irct", base, region, channel, np.asarray(rise))
    return np.round(cells, 2)


def unit_costs(demand: Demand, cycle: pd.Period) -> Numbers:
    """Standard cost by item and month."""
    rise = (1 + company.COST_RISE) ** (demand.periods.year - cycle.year)
    costs: Numbers = standard_costs()[:, None] * np.asarray(rise)
    return np.round(costs, 2)


def standard_costs() -> Numbers:
    """Standard cost by item in the year of the cycle."""
    return np.round(np.array([i.price * (1 - i.margin) for i in company.ITEMS]), 2)


def revenue(demand: Demand, operations: Operations, cycle: pd.Period) -> Numbers:
    """Net revenue of the shipments, by item, region, channel and month of history."""
    net = prices(demand, cycle)[..., : demand.months]
    promoted = demand.promoted[..., : demand.months]
    sales: Numbers = operations.shipments * net * np.where(promoted, PROMOTION_PRICE, 1)
    return np.round(sales, 2)


def cost_of_sales(demand: Demand, operations: Operations, cycle: pd.Period) -> Numbers:
    """Standard cost of the shipments, by item, region, channel and month of history."""
    cost = unit_costs(demand, cycle)[:, None, None, : demand.months]
    return np.round(operations.shipments * cost, 2)


def aop(demand: Demand, cycle: pd.Period) -> pd.DataFrame:
    """The budgets by family and region: expected demand x optimism, at the prices of the year."""
    sold = demand.expected
    values = {
        "quantity": sold,
        "revenue": sold * prices(demand, cycle),
        "cost_of_sales": sold * unit_costs(demand, cycle)[:, None, None, :],
    }
    years = np.asarray(demand.periods.year) - cycle.year
    budgeted = np.isin(years, list(BUDGETS))
    hope = np.array([BUDGETS[int(year)] for year in years[budgeted]])
    optimism = np.array([f.budget_optimism for f in company.FAMILIES])[:, None]
    factor = (1 + optimism * hope)[:, None, :]
    index = pd.MultiIndex.from_product(
        [[f.name for f in company.FAMILIES], company.REGIONS, demand.periods[budgeted]],
        names=["family", "region", "period"],
    )
    columns = {
        name: (by_family(cells.sum(axis=2)[..., budgeted]) * factor).round(-1).ravel()
        for name, cells in values.items()
    }
    return pd.DataFrame(columns, index).reset_index().assign(channel=ALL)


def by_family(cells: Numbers) -> Numbers:
    """Add items up to families, in the company's order."""
    member = family_index()[None, :] == np.arange(len(company.FAMILIES))[:, None]
    return np.tensordot(member.astype(float), cells, axes=1)


def finance_lines(budget: pd.DataFrame, cycle: pd.Period) -> pd.DataFrame:
    """Operating costs and their budget: what they would be at the revenue of the AOP."""
    year = budget[budget["period"].dt.year == cycle.year]
    revenue, quantity = year["revenue"].sum() / 12, year["quantity"].sum() / 12
    frame = pd.DataFrame(company.FINANCE_LINES)
    planned = frame["fixed"] + frame["share_of_revenue"] * revenue + frame["per_unit"] * quantity
    return frame.assign(aop=planned.round(-3))


def balance(seed: int, demand: Demand, operations: Operations, cycle: pd.Period) -> pd.DataFrame:
    """What accounting booked: within half a percent of the sum of the sales lines."""
    random = np.random.default_rng([seed, 3])
    sales = revenue(demand, operations, cycle)
    booked = sales.sum(axis=(0, 1, 2)) * (1 - random.uniform(0, 0.004, demand.months))
    cost = cost_of_sales(demand, operations, cycle).sum(axis=(0, 1, 2))
    cost = cost * (1 + random.uniform(0, 0.004, demand.months))
    spent = _operating_cost(random, demand, operations, booked, cycle)
    stock = (operations.on_hand * unit_costs(demand, cycle)[:, : demand.months]).sum(axis=0)
    receivables = _unpaid(sales[:, :, 0].sum(axis=(0, 1)))
    payables = 1.25 * MATERIAL * (cost + _before(cost)) / 2
    trade = receivables + stock - payables
    profit = booked - cost - spent
    cash = 6_500_000 - 0.5 * (trade - trade.mean())
    frame = pd.DataFrame(
        {
            "revenue": booked,
            "cost_of_sales": cost,
            "operating_cost": spent,
            "current_assets": receivables + stock + cash + 2_100_000,  # and raw material
            "current_liabilities": payables + 1.6 * spent + 400_000,
            "receivables": receivables,
            "payables": payables,
            "inventory_value": stock,
            "operating_cash_flow": profit - 0.25 * np.maximum(0, profit) - (trade - _before(trade)),
        },
        index=demand.history.rename("period"),
    )
    return frame.round(0).reset_index()


def _operating_cost(
    random: np.random.Generator,
    demand: Demand,
    operations: Operations,
    booked: Numbers,
    cycle: pd.Period,
) -> Numbers:
    fixed = sum(line.fixed for line in company.FINANCE_LINES)
    share = sum(line.share_of_revenue for line in company.FINANCE_LINES)
    per_unit = sum(line.per_unit for line in company.FINANCE_LINES)
    pieces = operations.shipments.sum(axis=(0, 1, 2))
    years = np.asarray(demand.history.year) - cycle.year
    lines = fixed * (1 + company.COST_RISE) ** years
    spent: Numbers = lines + share * booked + per_unit * pieces
    return spent * (1 + random.normal(0, 0.015, demand.months))


def _unpaid(invoiced: Numbers) -> Numbers:
    total = np.zeros_like(invoiced)
    for share in COLLECTED_AFTER:
        total += share * invoiced
        invoiced = _before(invoiced)
    return total


def _before(numbers: Numbers) -> Numbers:
    """The month before; the first month stands for the one before it."""
    return np.concatenate([numbers[:1], numbers[:-1]])
