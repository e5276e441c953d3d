"""The constrained plan: what can be sold with the capacity and stock at hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import (
    Numbers,
    across,
    blocks,
    by_period,
    rounded,
    totals,
)
from sop_xl.planning.supply.allocation import constrained_production, serving_classes
from sop_xl.planning.supply.gaps import NOISE, Loads
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import CONSTRAINED_PLAN, CONSTRAINED_TOTAL


def constrained_plan(
    axis: Axis,
    settings: Settings,
    plan: Loads,
    available: Numbers,
    supply_plan: pd.DataFrame,
    families: pd.DataFrame,
) -> pd.DataFrame:
    """The grid ``constrained_plan``.

    Args:
        axis: Periods across.
        settings: The rule of allocation.
        plan: Loads and values of the plan months.
        available: Hours, resources down, plan months across.
        supply_plan: The grid, which no capacity limits.
        families: Their priorities.
    """
    names = plan.families
    demand, unconstrained, bought = (
        totals(supply_plan, name, "family", names, axis.plan)
        for name in ("demand", "shipments", "subcontracted")
    )
    stock, owed = (
        totals(supply_plan, name, "family", names, axis.past) for name in ("net_stock", "backlog")
    )
    # what a subcontractor delivers serves demand and takes none of our hours
    own = demand - bought
    production = limited(settings, plan, available, families, own, stock[:, -1])
    net_stock = _walked(stock[:, -1], production - own)
    backlog = np.maximum(0.0, rounded(-net_stock))
    before = np.hstack([owed[:, -1:], backlog[:, :-1]])
    sales = demand + before - backlog + 0.0
    gap = rounded(sales - unconstrained)
    cells = {
        "demand": across(axis, plan=demand),
        "unconstrained": across(axis, plan=unconstrained),
        "production": across(axis, plan=production),
        "net_stock": np.hstack([stock, net_stock]),
        "backlog": np.hstack([owed, backlog]),
        "sales": across(axis, plan=sales),
        "gap": across(axis, plan=gap),
        "gap_revenue": across(axis, plan=gap * plan.price),
        "gap_margin": across(axis, plan=gap * plan.margin),
    }
    return blocks(CONSTRAINED_PLAN, names, axis, cells)


def constrained_total(
    axis: Axis, constrained: pd.DataFrame, supply_plan: pd.DataFrame
) -> pd.DataFrame:
    """The grid ``constrained_total``: the sum of the families, and how far they are behind."""
    cells = {
        name: across(axis, plan=by_period(constrained, name, axis.plan)[np.newaxis])
        for name in CONSTRAINED_TOTAL.names
        if name != "behind"
    }
    planned, possible = (
        by_period(frame, "net_stock", axis.plan)[np.newaxis] for frame in (supply_plan, constrained)
    )
    cells["behind"] = across(axis, plan=np.maximum(0.0, rounded(planned - possible)))
    return blocks(CONSTRAINED_TOTAL, [""], axis, cells)


def _walked(opening: Numbers, change: Numbers) -> Numbers:
    """Stock less backlog at each month's end, rounded from month to month as on the sheet."""
    stock = np.zeros_like(change)
    for t in range(change.shape[1]):
        opening = rounded(opening + change[:, t])
        stock[:, t] = opening
    return stock


def limited(
    settings: Settings,
    plan: Loads,
    available: Numbers,
    families: pd.DataFrame,
    demand: Numbers,
    opening: Numbers,
) -> Numbers:
    """Production as far as the hours go, families down, plan months across.

    Args:
        settings: The rule of allocation.
        plan: Loads and values of the plan months.
        available: Hours, resources down, plan months across.
        families: Their priorities.
        demand: Units that production has to serve: without what is bought.
        opening: Stock less backlog before the first month, one for each family.
    """
    # the plan itself where it is not short: no rounding noise in what nothing limits
    scarce = np.asarray((plan.gap < -NOISE).any(axis=1))
    if not scarce.any():
        return rounded(plan.production)
    # what is made up later loads all resources: none takes more than the plan puts on it or it has
    load = np.maximum(available, plan.bill.load(plan.production))
    available = np.where(scarce[:, np.newaxis], available, load)
    ranks = families.drop_duplicates("family").set_index("family")["priority"]
    classes = serving_classes(
        settings.allocation,
        plan.hours,
        plan.margin.mean(axis=1),
        ranks.reindex(list(plan.families)).to_numpy(dtype=float),
        scarce,
    )
    made = constrained_production(
        plan.production, demand, opening, plan.bill.flat, available, classes, plan.bill.offsets
    )
    return rounded(made)


def short_by_family(constrained: pd.DataFrame, axis: Axis) -> tuple[list[str], Numbers, Numbers]:
    """Families, and their gaps in units and in margin; months across."""
    names = [str(name) for name in constrained["family"].drop_duplicates()]
    units, margin = (
        totals(constrained, name, "family", names, axis.plan) for name in ("gap", "gap_margin")
    )
    return names, units, margin
