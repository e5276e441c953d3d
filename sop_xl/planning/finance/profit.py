"""Profit and loss of the plan: by family, by cost line, and of the company, against the AOP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import (
    Numbers,
    across,
    blocks,
    by_period,
    lookup,
    matrix,
    ratio,
    totals,
    zero,
)
from sop_xl.tables.finance import FINANCE_FAMILY, FINANCE_TOTAL, OPERATING_COST

WITHIN, ABOVE, BELOW = "● yes", "▲ above", "■ below"


def family_profit(
    axis: Axis,
    supply_plan: pd.DataFrame,
    families: pd.DataFrame,
    history: pd.DataFrame,
    aop: pd.DataFrame,
    inputs: pd.DataFrame,
) -> pd.DataFrame:
    """The grid ``finance_family``: volume x price - volume x cost, and the AOP beside it."""
    names = sorted(families["family"])
    price, cost = (lookup(families, "family", names, column) for column in ("price", "cost"))
    past = _booked(axis, names, history, cost)
    change = matrix(inputs, "price_change", "family", names, axis.plan)
    volume = totals(supply_plan, "shipments", "family", names, axis.plan)
    new_price = price * (1 + zero(change))
    unit_cost = np.broadcast_to(cost, volume.shape)
    revenue = np.hstack([past["revenue"], volume * new_price])
    cost_of_sales = np.hstack([past["cost_of_sales"], volume * unit_cost])
    budget_revenue = totals(aop, "revenue", "family", names, axis.periods)
    budget_cost = totals(aop, "cost_of_sales", "family", names, axis.periods)
    cells = {
        "volume": np.hstack([past["volume"], volume]),
        "price_change": across(axis, plan=change),
        "price": np.hstack([ratio(past["revenue"], past["volume"]), new_price]),
        "revenue": revenue,
        "unit_cost": np.hstack([ratio(past["cost_of_sales"], past["volume"]), unit_cost]),
        "cost_of_sales": cost_of_sales,
        "inventory_value": totals(supply_plan, "inventory", "family", names, axis.periods) * cost,
        "aop_quantity": totals(aop, "quantity", "family", names, axis.periods),
        "aop_revenue": budget_revenue,
        "aop_margin": np.where(budget_cost == 0, 0.0, budget_revenue - budget_cost),
    }
    return blocks(FINANCE_FAMILY, names, axis, cells | _against_aop(cells))


def _booked(
    axis: Axis, names: Sequence[str], history: pd.DataFrame, cost: Numbers
) -> dict[str, Numbers]:
    """Volume, revenue and cost of the closed periods; NaN where nobody knows.

    Where no shipments were delivered, what was ordered counts as shipped; where no cost of sales
    was delivered, revenue is set against the volume at today's standard cost.
    """
    quantity = history["shipments"].fillna(history["orders"])
    facts = history.assign(
        volume=quantity,
        unbooked=quantity.where(history["revenue"].notna() & history["cost_of_sales"].isna()),
    )
    volume, revenue, delivered, unbooked = (
        matrix(facts, column, "family", names, axis.past)
        for column in ("volume", "revenue", "cost_of_sales", "unbooked")
    )
    nowhere = np.isnan(delivered) & np.isnan(unbooked)
    return {
        "volume": volume,
        "revenue": revenue,
        "cost_of_sales": np.where(nowhere, np.nan, zero(delivered) + zero(unbooked) * cost),
    }


def _against_aop(cells: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Margin and the variances against the AOP, empty where there is no AOP."""
    revenue = zero(cells["revenue"])
    margin = revenue - zero(cells["cost_of_sales"])
    planned = cells["aop_revenue"] != 0
    return {
        "margin": margin,
        "margin_share": ratio(margin, revenue),
        "revenue_variance": np.where(planned, revenue - cells["aop_revenue"], np.nan),
        "margin_variance": np.where(
            cells["aop_margin"] != 0, margin - cells["aop_margin"], np.nan
        ),
    }


def cost_lines(axis: Axis, finance_lines: pd.DataFrame, by_family: pd.DataFrame) -> pd.DataFrame:
    """The grid ``operating_cost``: fixed + share of revenue + rate per unit, by line."""
    names = sorted(finance_lines["line"])
    fixed, share, rate, budget = (
        lookup(finance_lines, "line", names, column)
        for column in ("fixed", "share_of_revenue", "per_unit", "aop")
    )
    revenue, volume = (by_period(by_family, name, axis.periods) for name in ("revenue", "volume"))
    cost = fixed + share * revenue + rate * volume
    everywhere = np.broadcast_to(budget, (len(names), len(axis.periods)))
    return blocks(OPERATING_COST, names, axis, {"cost": cost, "aop_cost": everywhere})


def company(
    axis: Axis,
    by_family: pd.DataFrame,
    lines: pd.DataFrame,
    balance: pd.DataFrame,
    tolerance: float,
) -> pd.DataFrame:
    """The grid ``finance_total``: profit and loss of the company.

    Args:
        axis: Periods across.
        by_family: The grid ``finance_family``.
        lines: The grid ``operating_cost``.
        balance: What accounting booked: the operating cost of the closed periods; where it is
            not booked yet, the plan's stands in.
        tolerance: Share of the AOP revenue that needs no explanation.
    """

    def total(frame: pd.DataFrame, name: str) -> Numbers:
        return by_period(frame, name, axis.periods)[np.newaxis, :]

    booked = across(
        axis, matrix(balance.assign(company=""), "operating_cost", "company", [""], axis.past)
    )
    names = ("volume", "revenue", "cost_of_sales", "inventory_value", "aop_revenue", "aop_margin")
    cells = {name: total(by_family, name) for name in names}
    has_margin = cells["aop_margin"] != 0
    cells["booked_cost"] = booked
    cells["operating_cost"] = np.where(np.isnan(booked), total(lines, "cost"), booked)
    cells["aop_operating_cost"] = np.where(has_margin, total(lines, "aop_cost"), 0.0)
    cells["aop_operating_profit"] = np.where(
        has_margin, cells["aop_margin"] - cells["aop_operating_cost"], 0.0
    )
    cells |= _against_aop(cells)
    profit = cells["margin"] - cells["operating_cost"]
    share = ratio(cells["revenue_variance"], cells["aop_revenue"])
    cells |= {
        "operating_profit": profit,
        "profit_share": ratio(profit, cells["revenue"]),
        "profit_variance": np.where(has_margin, profit - cells["aop_operating_profit"], np.nan),
        "revenue_variance_share": share,
    }
    verdict = _verdict(share, tolerance)
    return blocks(FINANCE_TOTAL, [""], axis, {**cells, "verdict": verdict})


def _verdict(share: Numbers, tolerance: float) -> npt.NDArray[np.object_]:
    """Whether revenue is close to the AOP, above or below; empty without an AOP."""
    outside = np.where(share > 0, ABOVE, BELOW).astype(object)
    verdict = np.where(np.abs(share) <= tolerance, WITHIN, outside)
    return np.where(np.isnan(share), "", verdict)
