"""The constrained plan: what can be sold with the capacity and stock at hand."""

from __future__ import annotations

from typing import NamedTuple

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
from sop_xl.planning.supply.gaps import Loads
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import CONSTRAINED_PLAN, CONSTRAINED_TOTAL
from sop_xl.tables.supply import SHORT_HOURS


class Sold(NamedTuple):
    """What the hours allow, families down, plan months across."""

    production: Numbers
    net_stock: Numbers
    backlog: Numbers
    sales: Numbers
    gap: Numbers
    """Less unconstrained sales: negative is not delivered when asked for, positive is late."""


class Constraint(NamedTuple):
    """What the supply plan wants, and what limits it; families or resources down."""

    demand: Numbers
    unconstrained: Numbers
    """Shipments of the supply plan."""
    bought: Numbers
    stock: Numbers
    """Stock less backlog of the closed months."""
    owed: Numbers
    """Backlog of the closed months."""
    available: Numbers
    priority: Numbers
    """One for each family; 1 first."""

    def sold(self, plan: Loads, rule: str) -> Sold:
        """What can be sold if scarce hours are shared by a rule.

        Args:
            plan: Loads and values of the plan months.
            rule: As the setting ``allocation``.
        """
        # what a subcontractor delivers serves demand and takes none of our hours
        own, opening = self.demand - self.bought, self.stock[:, -1]
        production = limited(plan, self.available, self.priority, own, opening, rule)
        net_stock = _walked(opening, production - own)
        backlog = np.maximum(0.0, rounded(-net_stock))
        before = np.hstack([self.owed[:, -1:], backlog[:, :-1]])
        sales = self.demand + before - backlog + 0.0
        return Sold(production, net_stock, backlog, sales, rounded(sales - self.unconstrained))


def constraint_of(
    axis: Axis, plan: Loads, capacity: pd.DataFrame, supply_plan: pd.DataFrame,
    families: pd.DataFrame,
) -> Constraint:  # fmt: skip
    """The arrays of the grids.

    Args:
        axis: Periods across.
        plan: Loads and values of the plan months.
        capacity: The grid, for the available hours.
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
    available = totals(capacity, "available", "resource", list(plan.resources), axis.plan)
    ranks = families.drop_duplicates("family").set_index("family")["priority"]
    priority = ranks.reindex(list(names)).to_numpy(dtype=float)
    return Constraint(demand, unconstrained, bought, stock, owed, available, priority)


def constrained_plan(
    axis: Axis, settings: Settings, plan: Loads, constraint: Constraint
) -> pd.DataFrame:
    """The grid ``constrained_plan``.

    Args:
        axis: Periods across.
        settings: The rule of allocation.
        plan: Loads and values of the plan months.
        constraint: What the supply plan wants, and what limits it.
    """
    sold = constraint.sold(plan, settings.allocation)
    cells = {
        "demand": across(axis, plan=constraint.demand),
        "unconstrained": across(axis, plan=constraint.unconstrained),
        "production": across(axis, plan=sold.production),
        "net_stock": np.hstack([constraint.stock, sold.net_stock]),
        "backlog": np.hstack([constraint.owed, sold.backlog]),
        "sales": across(axis, plan=sold.sales),
        "gap": across(axis, plan=sold.gap),
        "gap_revenue": across(axis, plan=sold.gap * plan.price),
        "gap_margin": across(axis, plan=sold.gap * plan.margin),
    }
    return blocks(CONSTRAINED_PLAN, plan.families, axis, cells)


def shortfall_of(axis: Axis, plan: Loads, constrained: pd.DataFrame) -> Numbers:
    """The row Gap in units of the grid ``constrained_plan``, families down, plan months across."""
    return totals(constrained, "gap", "family", plan.families, axis.plan)


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
    plan: Loads, available: Numbers, priority: Numbers, demand: Numbers, opening: Numbers,
    rule: str,
) -> Numbers:  # fmt: skip
    """Production as far as the hours go, families down, plan months across.

    Args:
        plan: Loads and values of the plan months.
        available: Hours, resources down, plan months across.
        priority: One for each family, 1 first.
        demand: Units that production has to serve: without what is bought.
        opening: Stock less backlog before the first month, one for each family.
        rule: As the setting ``allocation``.
    """
    # the plan itself where it is not short: no rounding noise in what nothing limits
    scarce = np.asarray((plan.gap < -SHORT_HOURS).any(axis=1))
    if not scarce.any():
        return rounded(plan.production)
    # what is made up later loads all resources: none takes more than the plan puts on it or it has
    load = np.maximum(available, plan.bill.load(plan.production))
    available = np.where(scarce[:, np.newaxis], available, load)
    classes = serving_classes(rule, plan.hours, plan.margin.mean(axis=1), priority, scarce)
    made = constrained_production(
        plan.production, demand, opening, plan.bill.flat, available, classes, plan.bill.offsets
    )
    return rounded(made)
