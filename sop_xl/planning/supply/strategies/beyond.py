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
from sop_xl.planning.resource_bill import ResourceBill
from sop_xl.planning.supply.strategies.labour import of_missing_hours
from sop_xl.planning.supply.strategies.making import Figures
from sop_xl.planning.wording import number, percent
from sop_xl.schema import Finding, Severity
from sop_xl.tables.strategy import BEYOND, COSTS, CURRENT, SUPPLY_COST

FEW, MANY = 0.67, 1.5
"""Pay of the plan against labour in its standard cost, outside which one of both looks wrong."""


def supply_cost(
    axis: Axis,
    costs: pd.DataFrame,
    units: pd.DataFrame,
    hours: pd.DataFrame,
    plan: Figures,
    bill: ResourceBill,
    materials: pd.DataFrame,
    material_plan: pd.DataFrame,
) -> pd.DataFrame:
    """The grid ``supply_cost``: the costs of the plan in the book, and those beyond standard cost.

    ``unabsorbed labour = pay that is judged - labour in the standard cost of what is made``;
    negative is over-absorbed, where people make more than standard hours or overtime makes it.
    What hours that nobody offers would make absorbs nothing: they are in no pay either.
    Judged is pay for hours of families whose labour cost is known, at resources whose pay is known;
    nobody can say what the others absorb, so they count as standard. Overtime and extra hours
    count in full, whatever is known: they are paid beside the wages, and what they make absorbs
    labour like the rest.

    Args:
        axis: Periods across.
        costs: The grid ``strategy_cost``.
        units: The list ``family_rates``, in the order of the families of the plan.
        hours: The list ``resource_rates``, in the order of its resources.
        plan: The plan in the book.
        bill: Hours of one unit.
        materials: With what it costs to have a unit at once.
        material_plan: The grid: material that comes too late by its lead time.
    """
    cells = {name: totals(costs, name, "strategy", [CURRENT], axis.plan) for name in COSTS}
    rate = {
        name: zero(units[name].to_numpy(dtype=float))
        for name in ("absorbs", "labour_per_hour", "premium")
    }
    known, wage = (zero(hours[name].to_numpy(dtype=float)) for name in ("known", "wage"))
    unworked = of_missing_hours(
        rate["labour_per_hour"], wage, bill, plan.production, plan.hours, plan.missing
    )
    absorbed = (rate["absorbs"] @ plan.production - unworked)[np.newaxis]
    judged = ((known * wage) @ plan.people)[np.newaxis]
    beyond = {
        "unabsorbed": judged - absorbed,
        "overtime_beyond": cells["overtime"],
        "staffing": cells["hiring"] + cells["layoffs"],
        "premium": (rate["premium"] @ zero(plan.subcontracted))[np.newaxis],
        "expedite": _expedite(axis, materials, material_plan),
    }
    cells["total"] = np.sum(list(cells.values()), axis=0)
    cells |= {"judged": judged, "absorbed": absorbed, **beyond}
    cells["beyond"] = np.sum([beyond[name] for name in BEYOND], axis=0)
    shown = {name: across(axis, plan=numbers) for name, numbers in cells.items()}
    return blocks(SUPPLY_COST, [""], axis, shown)


def _expedite(axis: Axis, materials: pd.DataFrame, material_plan: pd.DataFrame) -> Numbers:
    """Units ordered that come too late by their lead time, those among them that are lost (yield),
    x what it costs to have one at once; one row."""
    names = [str(name) for name in materials["component"]]
    late = totals(material_plan, "late", "component", names, axis.plan)
    first = positions(materials["component"], names) == np.arange(len(names))
    cost = np.where(first, zero(materials["expedite_cost"].to_numpy(dtype=float)), 0.0)
    output = zero(materials["output"].to_numpy(dtype=float))
    return ((cost / np.where(output > 0, output, 1.0)) @ late)[np.newaxis]


def findings(supply_cost: pd.DataFrame, currency: str) -> Iterator[Finding]:
    """Pay that does not fit the labour in the standard cost."""
    paid, absorbed = (float(supply_cost[name].sum()) for name in ("judged", "absorbed"))
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
