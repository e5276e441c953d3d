"""Revenue, cost and margin by family and region: the grid that the families are the sum of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.finance import prices
from sop_xl.planning.finance.currency import Rates
from sop_xl.planning.frames import Numbers, across, positions, ratio, totals, zero
from sop_xl.tables.data import DISCOUNT, PROMOTION
from sop_xl.tables.finance import FINANCE_REGION


def finance_region(
    axis: Axis,
    blocks: pd.DataFrame,
    base: pd.DataFrame,
    rates: Rates,
    *,
    supply_plan: pd.DataFrame,
    demand_plan: pd.DataFrame,
    families: pd.DataFrame,
    history: pd.DataFrame,
    changes: pd.DataFrame,
    inputs: pd.DataFrame,
) -> pd.DataFrame:
    """The grid ``finance_region``.

    Volume of a block = shipments of its family x its share in the consensus of the month; revenue =
    volume x gross price x (1 - discounts - promotions).

    Args:
        axis: The cycle.
        blocks: Family and region of each block.
        base: The table ``region_prices``.
        rates: Exchange rates of the blocks.
        supply_plan: The grid, with the shipments of the families.
        demand_plan: The grid, with the consensus.
        families: With the standard cost.
        history: At the planning level.
        changes: The list of prices and discounts.
        inputs: Changes of the price in single months.
    """
    cost = prices.unit_costs(families, blocks)
    past = _booked(axis, blocks, history, cost)
    volume = _volume(axis, blocks, base, supply_plan, demand_plan)
    typed = hierarchy.sums(inputs, ("price_change",), blocks, axis.plan)["price_change"]
    average = base["rate"].to_numpy(dtype=float)[:, np.newaxis]
    foreign = ~np.isnan(average)
    rate = np.where(foreign, rates.each, 1.0)
    plan_rate = rate[:, axis.history :]
    gross = (
        base["gross"].to_numpy(dtype=float)[:, np.newaxis]
        * prices.price_index(changes, blocks, axis)
        * (1 + zero(typed))
        * np.where(foreign, plan_rate / np.where(foreign, average, 1.0), 1.0)
    )
    off = [prices.taken_off(changes, blocks, axis.plan, kind) for kind in (DISCOUNT, PROMOTION)]
    price = gross * np.maximum(0.0, 1 - off[0] - off[1])
    revenue = np.hstack([past["revenue"], volume * price])
    spent = np.hstack([past["cost_of_sales"], volume * cost])
    budgeted = np.broadcast_to(rates.budget, rate.shape)
    known = foreign & (budgeted * rate != 0)
    constant = np.where(known, zero(revenue) / np.where(known, rate, 1.0) * budgeted, zero(revenue))
    cells = {
        "volume": np.hstack([past["volume"], volume]),
        "rate": rate,
        "price_change": across(axis, plan=typed),
        "gross_price": across(axis, plan=gross),
        "discount": across(axis, plan=off[0]),
        "promotion": across(axis, plan=off[1]),
        "price": np.hstack([ratio(past["revenue"], past["volume"]), price]),
        "gross_revenue": across(axis, plan=volume * gross),
        "revenue": revenue,
        "constant_revenue": constant,
        "cost_of_sales": spent,
        "margin": zero(revenue) - zero(spent),
    }
    return hierarchy.level_grid(FINANCE_REGION, blocks, axis, cells)


def _volume(
    axis: Axis,
    blocks: pd.DataFrame,
    base: pd.DataFrame,
    supply_plan: pd.DataFrame,
    demand_plan: pd.DataFrame,
) -> Numbers:
    """Shipments of the family, shared out by the consensus of the month, else of the last year."""
    rows = prices.with_region(demand_plan)
    wanted = zero(hierarchy.sums(rows, ("consensus",), blocks, axis.plan)["consensus"])
    names = list(blocks["family"].unique())
    family = positions(blocks["family"], names)
    of_family = totals(demand_plan, "consensus", "family", names, axis.plan)[family]
    shipped = totals(supply_plan, "shipments", "family", names, axis.plan)[family]
    asked = of_family != 0
    usual = base["share"].to_numpy(dtype=float)[:, np.newaxis]
    return shipped * np.where(asked, wanted / np.where(asked, of_family, 1.0), usual)


def _booked(
    axis: Axis, blocks: pd.DataFrame, history: pd.DataFrame, cost: Numbers
) -> dict[str, Numbers]:
    """Volume, revenue and cost of the closed periods; NaN where nobody knows.

    Where no shipments were delivered, what was ordered counts as shipped; where no cost of sales
    was delivered, revenue is set against the volume at today's standard cost.
    """
    quantity = history["shipments"].fillna(history["orders"])
    facts = prices.with_region(history).assign(
        volume=quantity,
        unbooked=quantity.where(history["revenue"].notna() & history["cost_of_sales"].isna()),
    )
    names = ("volume", "revenue", "cost_of_sales", "unbooked")
    found = hierarchy.sums(facts, names, blocks, axis.past)
    nowhere = np.isnan(found["cost_of_sales"]) & np.isnan(found["unbooked"])
    spent = zero(found["cost_of_sales"]) + zero(found["unbooked"]) * cost
    return {
        "volume": found["volume"],
        "revenue": found["revenue"],
        "cost_of_sales": np.where(nowhere, np.nan, spent),
    }
