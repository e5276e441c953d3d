"""Profit and loss of the plan: by family, by cost line, and of the company, against the AOP."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.finance.earlier import Earlier
from sop_xl.planning.frames import (
    Numbers,
    across,
    blocks,
    by_period,
    lookup,
    matrix,
    ratio,
    rounded,
    totals,
    zero,
)
from sop_xl.tables.data import DEPRECIATION
from sop_xl.tables.finance import (
    ABOVE,
    BELOW,
    FINANCE_FAMILY,
    FINANCE_TOTAL,
    OPERATING_COST,
    WITHIN,
)
from sop_xl.tables.strategy import SUPPLY_LINES


def family_profit(
    axis: Axis,
    finance_region: pd.DataFrame,
    supply_plan: pd.DataFrame,
    families: pd.DataFrame,
    aop: pd.DataFrame,
    prior: Earlier,
    rates: pd.DataFrame,
    supply_cost: pd.DataFrame,
) -> pd.DataFrame:
    """The grid ``finance_family``: the sum of the regions, with the AOP and earlier plans beside.

    Args:
        axis: Periods across.
        finance_region: The grid: revenue, cost and margin of each family in each region.
        supply_plan: The grid, with the shipments and the stock of each family.
        families: With price and cost, and the shares of material and labour in the cost.
        aop: The budget.
        prior: Plans of earlier cycles, a row for each family in sorted order.
        rates: The list ``family_rates``: by which families share what supply costs beyond standard.
        supply_cost: The grid: what the supply plan costs beyond the standard cost of its units.
    """
    names = sorted(families["family"])
    price, cost, material, labour, co2e = (
        lookup(families, "family", names, column)
        for column in ("price", "cost", "material_share", "labour_share", "co2e")
    )

    def region(name: str, periods: pd.PeriodIndex = axis.periods) -> Numbers:
        return matrix(finance_region, name, "family", names, periods)

    premium, part = (lookup(rates, "family", names, column) for column in ("premium", "share"))
    bought = totals(supply_plan, "subcontracted", "family", names, axis.plan)
    beyond, own = (by_period(supply_cost, name, axis.plan) for name in ("beyond", "premium"))
    past_volume = region("volume", axis.past)
    volume = totals(supply_plan, "shipments", "family", names, axis.plan)
    revenue, spent = region("revenue"), region("cost_of_sales")
    earned, consumed = revenue[:, axis.history :], volume * cost
    spent = np.hstack([spent[:, : axis.history], consumed])
    sold = volume != 0
    new_price = np.where(sold, zero(earned) / np.where(sold, volume, 1.0), price)
    unit_cost = np.broadcast_to(cost, volume.shape)
    past_price, past_cost = (
        ratio(cells[:, : axis.history], past_volume) for cells in (revenue, spent)
    )
    budget_revenue = totals(aop, "revenue", "family", names, axis.periods)
    budget_cost = totals(aop, "cost_of_sales", "family", names, axis.periods)
    cells = {
        "volume": np.hstack([past_volume, volume]),
        "price": np.hstack([past_price, new_price]),
        "gross_revenue": across(axis, plan=zero(region("gross_revenue", axis.plan))),
        "revenue": np.hstack([revenue[:, : axis.history], zero(earned)]),
        "constant_revenue": zero(region("constant_revenue")),
        "unit_cost": np.hstack([past_cost, unit_cost]),
        "cost_of_sales": spent,
        "supply_cost": across(axis, plan=premium * bought + part * (beyond - own)),
        "material": across(axis, plan=consumed * material),
        "labour": across(axis, plan=consumed * labour),
        "co2e": across(axis, plan=volume * co2e / 1000),
        "inventory_value": totals(supply_plan, "inventory", "family", names, axis.periods) * cost,
        "aop_quantity": totals(aop, "quantity", "family", names, axis.periods),
        "aop_revenue": budget_revenue,
        "aop_margin": np.where(budget_cost == 0, 0.0, budget_revenue - budget_cost),
        "prior_volume": prior.volume,
        "prior_revenue": prior.revenue,
        "prior_constant": prior.constant,
        "prior_cost": prior.cost,
        "prior_supply": prior.supply_cost,
    }
    cells["full_cost"] = zero(spent) + zero(cells["supply_cost"])
    cells |= _like_with_like(axis, cells)
    cells |= _costed(cells, budget_cost)
    return blocks(FINANCE_FAMILY, names, axis, cells | _against_aop(cells))


def _like_with_like(axis: Axis, cells: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Costs that hold supply cost beyond standard only in months in which both sides know it.

    A closed month has none, nor has an earlier plan that was made before it was reckoned.
    """
    planned = np.asarray(axis.periods >= axis.first)
    known = planned & ~np.isnan(cells["prior_supply"])
    standard, full = zero(cells["cost_of_sales"]), cells["full_cost"]
    a_year_before = np.asarray(axis.periods >= axis.first + 12)
    return {
        "like_cost": np.where(known, full, standard),
        "prior_full": zero(cells["prior_cost"]) + np.where(known, zero(cells["prior_supply"]), 0.0),
        "year_cost": np.where(a_year_before, full, standard),
    }


def _costed(cells: Mapping[str, Numbers], budget_cost: Numbers) -> dict[str, Numbers]:
    """Which months of the AOP and of the prior plan have a margin, and the plan's in the same."""
    revenue = zero(cells["revenue"])
    margin, like = revenue - cells["full_cost"], revenue - cells["like_cost"]
    planned, spent = zero(cells["prior_revenue"]), zero(cells["prior_cost"])
    lacks = {
        "uncosted": np.where(budget_cost == 0, cells["aop_revenue"], 0.0),
        "prior_uncosted": np.where(spent == 0, planned, 0.0),
    }
    return lacks | {
        "compared_margin": np.where(lacks["uncosted"] != 0, 0.0, margin),
        "prior_compared": np.where(lacks["prior_uncosted"] != 0, 0.0, like),
        "prior_margin": np.where(spent == 0, 0.0, planned - cells["prior_full"]),
        # as long as the bridge explains revenue: the sheet decides
        "bridged": np.ones_like(margin),
    }


def _against_aop(cells: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Margin and the variances against the AOP, empty where there is no AOP."""
    revenue = zero(cells["revenue"])
    margin = revenue - zero(cells["cost_of_sales"]) - zero(cells["supply_cost"])
    planned = cells["aop_revenue"] != 0
    return {
        "margin": margin,
        "margin_share": ratio(margin, revenue),
        "revenue_variance": np.where(planned, revenue - cells["aop_revenue"], np.nan),
        "margin_variance": np.where(
            cells["aop_margin"] != 0, margin - cells["aop_margin"], np.nan
        ),
    }


def cost_lines(
    axis: Axis, finance_lines: pd.DataFrame, by_family: pd.DataFrame, heads: Numbers
) -> pd.DataFrame:
    """The grid ``operating_cost``: fixed + share of revenue + rate per unit and per head, by line.

    Args:
        axis: Periods across.
        finance_lines: What each line follows.
        by_family: The grid ``finance_family``.
        heads: People of all teams, full-time equivalents, by period.
    """
    names = sorted(finance_lines["line"])
    fixed, share, rate, head, budget = (
        lookup(finance_lines, "line", names, column)
        for column in ("fixed", "share_of_revenue", "per_unit", "per_head", "aop")
    )
    revenue, volume = (by_period(by_family, name, axis.periods) for name in ("revenue", "volume"))
    follows = share * revenue + rate * volume
    cost = fixed + follows + head * heads
    kinds = finance_lines.set_index("line")["kind"].reindex(names)
    written_off = (kinds == DEPRECIATION).to_numpy(dtype=bool)[:, np.newaxis]
    plan = slice(axis.history, None)
    everywhere = np.broadcast_to(budget, (len(names), len(axis.periods)))
    cells = {
        "cost": cost,
        "variable": across(axis, plan=follows[:, plan]),
        "depreciation": across(axis, plan=np.where(written_off, cost, 0.0)[:, plan]),
        "aop_cost": everywhere,
    }
    return blocks(OPERATING_COST, names, axis, cells)


def company(
    axis: Axis,
    by_family: pd.DataFrame,
    lines: pd.DataFrame,
    balance: pd.DataFrame,
    tolerance: float,
    prior_operating_cost: Numbers,
    supply_cost: pd.DataFrame,
) -> pd.DataFrame:
    """The grid ``finance_total``: profit and loss of the company.

    Args:
        axis: Periods across.
        by_family: The grid ``finance_family``.
        lines: The grid ``operating_cost``.
        balance: What accounting booked: the operating cost of the closed periods; where it is
            not booked yet, the plan's stands in.
        tolerance: Share of the AOP revenue that needs no explanation.
        prior_operating_cost: Operating cost of earlier plans: one row, NaN where there is none.
        supply_cost: The grid: what the supply plan costs beyond the standard cost of its units.
    """

    def total(frame: pd.DataFrame, name: str) -> Numbers:
        return by_period(frame, name, axis.periods)[np.newaxis, :]

    booked = across(
        axis, matrix(balance.assign(company=""), "operating_cost", "company", [""], axis.past)
    )
    names = ("volume", "revenue", "cost_of_sales", "inventory_value", "aop_revenue", "aop_margin",
             "uncosted", "compared_margin", "prior_uncosted", "prior_compared")
    cells = {name: total(by_family, name) for name in names}
    beyond = by_period(by_family, "supply_cost", axis.plan)[np.newaxis, :]
    cells["supply_cost"] = across(axis, plan=beyond)
    has_margin = cells["aop_margin"] != 0
    cells["booked_cost"] = booked
    cells["operating_cost"] = np.where(np.isnan(booked), total(lines, "cost"), booked)
    cells["aop_operating_cost"] = np.where(has_margin, total(lines, "aop_cost"), 0.0)
    cells["aop_operating_profit"] = np.where(
        has_margin & (cells["uncosted"] == 0),
        cells["aop_margin"] - cells["aop_operating_cost"],
        0.0,
    )
    cells |= _against_aop(cells)
    cells["margin_variance"] = np.where(
        has_margin, cells["compared_margin"] - cells["aop_margin"], np.nan
    )
    has_profit = cells["aop_operating_profit"] != 0
    profit = cells["margin"] - cells["operating_cost"]
    share = ratio(cells["revenue_variance"], cells["aop_revenue"])
    cells |= {
        "operating_profit": profit,
        "profit_share": ratio(profit, cells["revenue"]),
        "profit_variance": np.where(has_profit, profit - cells["aop_operating_profit"], np.nan),
        "revenue_variance_share": share,
    }
    cells |= {
        name: np.where(cells[f"aop_{budget}"] == 0, 0.0, zero(cells[own]))
        for name, budget, own in (
            ("compared_revenue", "revenue", "revenue"),
            ("compared_margin", "margin", "compared_margin"),
            ("compared_cost", "operating_cost", "operating_cost"),
            ("compared_profit", "operating_profit", "operating_profit"),
        )
    }
    cells |= _of_the_plan(axis, by_family, lines, cells)
    cells |= _supply_lines(axis, supply_cost)
    earlier = {name: total(by_family, name) for name in ("prior_volume", "prior_revenue")}
    cells |= earlier | {"prior_operating_cost": prior_operating_cost}
    cells["prior_margin"] = total(by_family, "prior_margin")
    cells["prior_operating_profit"] = np.where(
        (cells["prior_margin"] == 0) | (cells["prior_uncosted"] != 0),
        0.0,
        cells["prior_margin"] - zero(prior_operating_cost),
    )
    cells["aop_volume"] = total(by_family, "aop_quantity")
    cells |= _compared(axis, cells, {
        name: total(by_family, name)
        for name in ("like_cost", "year_cost", "prior_cost", "prior_supply", "prior_full")
    })
    verdict = _verdict(share, tolerance)
    return blocks(FINANCE_TOTAL, [""], axis, {**cells, "verdict": verdict})


def _compared(
    axis: Axis, cells: Mapping[str, Numbers], costs: Mapping[str, Numbers]
) -> dict[str, Numbers]:
    """Margin and profit as they are held against earlier plans and last year, and the supply cost
    that is left out of either side."""
    year_margin = zero(cells["revenue"]) - costs["year_cost"]
    left = zero(cells["supply_cost"]) - (costs["like_cost"] - zero(cells["cost_of_sales"]))
    return {
        "prior_profit": cells["prior_compared"] - cells["operating_cost"],
        "year_margin": year_margin,
        "year_profit": year_margin - cells["operating_cost"],
        "supply_left": across(axis, plan=rounded(left[:, axis.history :])),
        "prior_left": rounded(costs["prior_supply"] + costs["prior_cost"] - costs["prior_full"]),
    }


def _of_the_plan(
    axis: Axis, by_family: pd.DataFrame, lines: pd.DataFrame, cells: Mapping[str, Numbers]
) -> dict[str, Numbers]:
    """The rows that only plan months have: gross revenue, the parts of the cost, EBITDA."""

    def total(frame: pd.DataFrame, name: str) -> Numbers:
        return by_period(frame, name, axis.plan)[np.newaxis, :]

    gross, material, labour, co2e = (
        total(by_family, name) for name in ("gross_revenue", "material", "labour", "co2e")
    )
    plan = {name: numbers[:, axis.history :] for name, numbers in cells.items()}
    shown = {
        "gross_revenue": gross,
        "deductions": plan["revenue"] - gross,
        "material": material,
        "labour": labour,
        "other_cost": plan["cost_of_sales"] - material - labour,
        "contribution": plan["margin"] - total(lines, "variable"),
        "ebitda": plan["operating_profit"] + total(lines, "depreciation"),
        "co2e": co2e,
    }
    return {name: across(axis, plan=numbers) for name, numbers in shown.items()}


def _supply_lines(axis: Axis, supply_cost: pd.DataFrame) -> dict[str, Numbers]:
    """The lines of what supply costs beyond standard, and the memo lines, of the plan months."""

    def row(*names: str) -> Numbers:
        sums = sum(by_period(supply_cost, name, axis.plan) for name in names)
        return across(axis, plan=np.atleast_2d(sums))

    return {line: row(source) for line, source in SUPPLY_LINES.items()} | {
        "holding": row("holding"),
        "late": row("backorders", "lost_sales"),
    }


def _verdict(share: Numbers, tolerance: float) -> npt.NDArray[np.object_]:
    """Whether revenue is close to the AOP, above or below; empty without an AOP."""
    outside = np.where(share > 0, ABOVE, BELOW).astype(object)
    verdict = np.where(np.abs(share) <= tolerance, WITHIN, outside)
    return np.where(np.isnan(share), "", verdict)
