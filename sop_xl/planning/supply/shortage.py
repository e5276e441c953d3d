"""Step 3, supply planning and capacity review, its second half: what to do where hours are short.

It runs when the plan is valued: options and gaps are compared in money.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sop_xl.planning import Outcome
from sop_xl.planning.calendar import Axis
from sop_xl.planning.supply import regional
from sop_xl.planning.supply.allocation import MARGIN
from sop_xl.planning.supply.constrained import (
    constrained_plan,
    constrained_total,
    constraint_of,
    shortfall_of,
)
from sop_xl.planning.supply.gap_options import listing, reckoned
from sop_xl.planning.supply.gaps import Loads, loads
from sop_xl.planning.supply.materials.usable import noted
from sop_xl.planning.supply.regional import constrained_region
from sop_xl.planning.supply.register import register
from sop_xl.planning.wording import listed
from sop_xl.schema import Finding, Severity
from sop_xl.tables.settings import Settings


def run(
    axis: Axis,
    settings: Settings,
    *,
    capacity: pd.DataFrame,
    supply_plan: pd.DataFrame,
    finance_family: pd.DataFrame,
    finance_region: pd.DataFrame,
    bill: pd.DataFrame,
    families: pd.DataFrame,
    resources: pd.DataFrame,
    capacity_options: pd.DataFrame,
    workforce: pd.DataFrame,
    workforce_plan: pd.DataFrame,
    gap_options: pd.DataFrame,
    constraints: pd.DataFrame,
    material_messages: pd.DataFrame,
    material_pegging: pd.DataFrame,
) -> Outcome:
    """Price the options of each gap, limit the plan to the hours, and register what limits it."""
    plan = loads(
        axis, capacity, supply_plan, finance_family, bill, families, settings, workforce,
        workforce_plan,
    )  # fmt: skip
    constraint = constraint_of(axis, plan, capacity, supply_plan, families)
    constrained = constrained_plan(axis, settings, plan, constraint)
    shortfall = shortfall_of(axis, plan, constrained)
    by_margin = None
    if (shortfall < 0).any() and settings.allocation != MARGIN:
        by_margin = constraint.sold(plan, MARGIN).gap
    found = reckoned(plan, settings, resources, capacity_options, shortfall, by_margin)
    frames = {
        "gap_options": listing(plan, found, gap_options, settings.required_return),
        "constrained_plan": constrained,
        "constrained_region": constrained_region(axis, settings, finance_region, constrained),
        "constrained_total": constrained_total(axis, constrained, supply_plan),
        "constraints": register(plan, settings, found, constraints),
        "material_messages": noted(
            axis, material_messages, material_pegging, supply_plan, constrained
        ),
    }
    odd = regional.findings(settings, finance_region)
    return Outcome(frames, [*odd, *_findings(plan, constraint.available, bill)])


def _findings(plan: Loads, available: np.ndarray, bill: pd.DataFrame) -> list[Finding]:
    """What makes the load wrong without anybody noticing."""
    if not len(plan.resources):
        return []
    if bill.empty:
        return [
            _warning(
                "bill_of_resources",
                "There are resources, but no bill of resources: nothing loads them.",
                "Load the hours per unit of each item at each resource.",
            )
        ]
    made = plan.production.sum(axis=1) > 0
    free = made & ~(plan.hours > 0).any(axis=1)
    closed = (plan.bill.load(plan.production) > 0) & (available <= 0)
    found = []
    if free.any():
        found.append(
            _warning(
                "bill_of_resources",
                f"No hours at any resource for {_names(plan.families, free)}: no capacity limits"
                " what is planned of them.",
                "Add their items to the bill of resources, if they need a resource.",
            )
        )
    if closed.any():
        names = _names(plan.resources, np.asarray(closed.any(axis=1)))
        found.append(
            _warning(
                "resources",
                f"No hours, but load, at {names}: nothing that needs them can be made in these"
                " months.",
                "Fill in machines, hours per day and working days, or the hours of the team.",
            )
        )
    return found


def _names(names: Sequence[str], which: np.ndarray) -> str:
    return listed(names[at] for at in np.flatnonzero(which).tolist())


def _warning(table: str, message: str, remedy: str) -> Finding:
    return Finding(table, message, remedy, Severity.WARNING)
