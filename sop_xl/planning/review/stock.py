"""Stock issues: backlog, inventory far below target, inventory far above it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, totals
from sop_xl.planning.review.exceptions import Issue, Run, runs
from sop_xl.planning.wording import count, listed, month, months, number
from sop_xl.tables.settings import Settings
from sop_xl.tables.supply import SHORT_HOURS

NOISE = 0.5
"""Units that are rounding."""
BAND = 0.10
"""Share of the target that inventory may miss before it counts."""
EXCESS_DAYS = 30.0
"""Stock counts as excess beyond the target and so many days of average demand."""


class _Family(NamedTuple):
    """One family, month by month."""

    name: str
    inventory: Numbers
    backlog: Numbers
    target: Numbers
    margin: Numbers
    cost: Numbers
    daily_demand: float
    full: Sequence[Sequence[str]]
    """In each month the resources of the family that have no hours to spare."""


def stock_issues(
    axis: Axis,
    settings: Settings,
    supply_plan: pd.DataFrame,
    finance_family: pd.DataFrame,
    capacity: pd.DataFrame,
    bill: pd.DataFrame,
) -> Iterator[Issue]:
    """Backlog, shortage and excess of every family, one issue for each run of months.

    Args:
        axis: Periods across.
        settings: Unit and currency.
        supply_plan: The grid.
        finance_family: The grid, for what a unit costs and earns.
        capacity: The grid, for the hours that are left for more output.
        bill: Which resources a family uses.
    """
    names = sorted(set(supply_plan["family"]))
    inventory, backlog, target, demand = (
        totals(supply_plan, name, "family", names, axis.plan)
        for name in ("inventory", "backlog", "target", "demand")
    )
    price, cost = (
        totals(finance_family, name, "family", names, axis.plan) for name in ("price", "unit_cost")
    )
    days = axis.calendar.days(axis.plan).sum()
    for at, name in enumerate(names):
        family = _Family(
            name,
            inventory[at],
            backlog[at],
            target[at],
            price[at] - cost[at],
            cost[at],
            float(demand[at].sum() / days),
            _full_resources(axis, name, capacity, bill),
        )
        yield from _backlogs(axis, settings, family)
        yield from _shortages(axis, settings, family)
        yield from _excesses(axis, settings, family)


def _full_resources(
    axis: Axis, family: str, capacity: pd.DataFrame, bill: pd.DataFrame
) -> list[list[str]]:
    """The resources that a family uses and that have no hours to spare, month by month."""
    uses = bill.loc[(bill["family"] == family) & (bill["hours_per_unit"] > 0), "resource"]
    names = sorted(set(uses) & set(capacity["resource"]))
    full = totals(capacity, "gap", "resource", names, axis.plan) < SHORT_HOURS
    return [
        [name for name, is_full in zip(names, at, strict=True) if is_full] for at in full.T.tolist()
    ]


def _more_or_less(family: _Family, at: int, when: str) -> str:
    """What to do about missing stock: more output where the hours allow it."""
    full = family.full[at]
    if not full:
        return f"Bring production forward to {when}, or lower the target days."
    verb = "has" if len(full) == 1 else "have"
    return (
        f"{listed(full)} {verb} no hours to spare in {when}, so production cannot come forward to"
        " it: lower the target days, or add hours there."
    )


def _worst(run: Run, sizes: Numbers) -> int:
    """The position of the month in which it is worst."""
    return run.first + int(np.argmax(sizes[run.part]))


def _backlogs(axis: Axis, settings: Settings, family: _Family) -> Iterator[Issue]:
    for run in runs(family.backlog > NOISE):
        at = _worst(run, family.backlog)
        units, first = float(family.backlog[at]), axis.plan[run.first]
        value = units * max(0.0, float(family.margin[at]))
        yield Issue(
            exception=f"Backlog: {family.name} from {month(first)}",
            area="supply",
            subject=family.name,
            period=first,
            message=(
                f"{family.name} owes up to {number(units, settings.base_unit)} to customers in "
                f"{months(first, axis.plan[run.last])}; margin on them "
                f"{number(value, settings.currency)}."
            ),
            size=-units,
            size_unit=settings.base_unit,
            value=value,
            option=f"Raise production by {month(axis.plan[at])}, or agree later dates.",
            sheet="Supply_Plan",
        )


def _shortages(axis: Axis, settings: Settings, family: _Family) -> Iterator[Issue]:
    """Inventory below target in months without backlog, which is told already."""
    missing = family.target - family.inventory
    short = (missing > np.maximum(NOISE, BAND * family.target)) & (family.backlog <= NOISE)
    for run in runs(short):
        at = _worst(run, missing)
        units, first = float(missing[at]), axis.plan[run.first]
        value = units * float(family.cost[at])
        yield Issue(
            exception=f"Stock below target: {family.name} from {month(first)}",
            area="supply",
            subject=family.name,
            period=first,
            message=(
                f"{family.name} is up to {number(units, settings.base_unit)} below its target "
                f"stock in {months(first, axis.plan[run.last])}: stock worth "
                f"{number(value, settings.currency)} at cost is missing."
            ),
            size=-units,
            size_unit=settings.base_unit,
            value=value,
            option=_more_or_less(family, run.first, month(first)),
            sheet="Supply_Plan",
        )


def _excesses(axis: Axis, settings: Settings, family: _Family) -> Iterator[Issue]:
    above = family.inventory - family.target
    limit = np.maximum(NOISE, EXCESS_DAYS * family.daily_demand)
    excess: npt.NDArray[np.bool_] = above > limit
    for run in runs(excess):
        at = _worst(run, above)
        units, first = float(above[at]), axis.plan[run.first]
        value = units * float(family.cost[at])
        length = count(run.last - run.first + 1, "month")
        yield Issue(
            exception=f"Stock above target: {family.name} from {month(first)}",
            area="supply",
            subject=family.name,
            period=first,
            message=(
                f"{family.name} holds up to {number(units, settings.base_unit)} more than its "
                f"target for {length} from {month(first)}: "
                f"{number(value, settings.currency)} at cost is tied up."
            ),
            size=units,
            size_unit=settings.base_unit,
            value=value,
            option="Reduce inventory: shift supply commitments later, or promote it.",
            sheet="Supply_Plan",
        )
