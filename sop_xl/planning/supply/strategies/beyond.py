"""What the plan in the book costs beyond the standard cost of its units (step 3, for step 4).

Standard cost holds material, labour and other cost of a unit made at home. What is paid and is not
in it is a variance: labour that no unit absorbs, overtime, hiring and laying off, the price of a
subcontractor above standard, express delivery of material. Source: Horngren, Datar and Rajan, Cost
Accounting, chapters 7 to 9 (standard costing, flexible budgets, unallocated capacity cost).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, across, blocks, positions, totals, zero
from sop_xl.planning.wording import number, percent
from sop_xl.schema import Finding, Severity
from sop_xl.tables.strategy import BEYOND, COSTS, CURRENT, SUPPLY_COST

FEW, MANY = 0.67, 1.5
"""Pay of the plan against labour in its standard cost, outside which one of both looks wrong."""


def supply_cost(
    axis: Axis,
    costs: pd.DataFrame,
    units: pd.DataFrame,
    production: Numbers,
    bought: Numbers,
    materials: pd.DataFrame,
    material_plan: pd.DataFrame,
) -> pd.DataFrame:
    """The grid ``supply_cost``: the costs of the plan in the book, and those beyond standard cost.

    ``unabsorbed labour = wages - labour in the standard cost of what is made``; negative is
    over-absorbed, where people make more than standard hours or overtime makes it. Overtime counts
    in full, for its units absorb labour like the others. Without pay, or without labour in the
    standard cost, nobody can say what is absorbed: then labour and overtime count as standard.

    Args:
        axis: Periods across.
        costs: The grid ``strategy_cost``.
        units: The list ``family_rates``, in the order of the rows of the next two.
        production: Units made by the plan in the book, families down, plan periods across.
        bought: Units from subcontractors.
        materials: With what it costs to have a unit at once.
        material_plan: The grid: material that comes too late by its lead time.
    """
    cells = {name: totals(costs, name, "strategy", [CURRENT], axis.plan) for name in COSTS}
    rate = {name: zero(units[name].to_numpy(dtype=float)) for name in ("labour", "premium")}
    absorbed = (rate["labour"] @ production)[np.newaxis]
    known = cells["wages"].sum() > 0 and absorbed.sum() > 0
    beyond = {
        "unabsorbed": cells["wages"] - absorbed if known else 0.0 * absorbed,
        "overtime_beyond": cells["overtime"] if known else 0.0 * absorbed,
        "staffing": cells["hiring"] + cells["layoffs"],
        "premium": (rate["premium"] @ bought)[np.newaxis],
        "expedite": _expedite(axis, materials, material_plan),
    }
    cells["total"] = np.sum(list(cells.values()), axis=0)
    cells |= {"absorbed": absorbed, **beyond}
    cells["beyond"] = np.sum([beyond[name] for name in BEYOND], axis=0)
    shown = {name: across(axis, plan=numbers) for name, numbers in cells.items()}
    return blocks(SUPPLY_COST, [""], axis, shown)


def _expedite(axis: Axis, materials: pd.DataFrame, material_plan: pd.DataFrame) -> Numbers:
    """Units that come too late by their lead time x what it costs to have one at once; one row."""
    names = [str(name) for name in materials["component"]]
    late = totals(material_plan, "late", "component", names, axis.plan)
    first = positions(materials["component"], names) == np.arange(len(names))
    cost = np.where(first, zero(materials["expedite_cost"].to_numpy(dtype=float)), 0.0)
    return (cost @ late)[np.newaxis]


def findings(supply_cost: pd.DataFrame, currency: str) -> Iterator[Finding]:
    """Pay that does not fit the labour in the standard cost."""
    paid, absorbed = (float(supply_cost[name].sum()) for name in ("wages", "absorbed"))
    if paid <= 0 or absorbed <= 0 or FEW <= paid / absorbed <= MANY:
        return
    yield Finding(
        "workforce",
        f"The teams at the resources are paid {number(paid, currency)} over the plan, "
        f"{percent(paid / absorbed, 0)} of the labour in the standard cost of what is made "
        f"({number(absorbed, currency)}).",
        "See whether Workforce lists every team that the labour cost of the items stands for, and "
        "no other.",
        Severity.WARNING,
    )
