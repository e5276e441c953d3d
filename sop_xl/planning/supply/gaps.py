"""Where hours are short, what an hour is worth there, and where hours are to spare.

A gap is what a resource is asked for above 100 % of its available hours, as the row Gap of the
sheet Capacity says it; every other sheet takes it from here. The setting ``utilisation_limit``
colours and warns, it makes no gap: available hours are net of losses and efficiency already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Flags, Numbers, totals
from sop_xl.planning.resource_bill import ResourceBill, resource_bill
from sop_xl.planning.supply.allocation import constrained_production
from sop_xl.planning.supply.overtime import team_cap
from sop_xl.tables.settings import MAKE_TO_ORDER, Settings
from sop_xl.tables.supply import SHORT_HOURS

OVER = 1e-6
"""Hours over what is to spare that are rounding."""
SHORT_UNITS = 1e-6
"""Units that are rounding."""


class Worth(NamedTuple):
    """What an hour of a resource makes, on average over the plan of each month: units and money."""

    units: Numbers
    margin: Numbers
    price: Numbers
    cost: Numbers


class Loads(NamedTuple):
    """The plan months of all resources: resources or families down, months across."""

    axis: Axis
    resources: Sequence[str]
    families: Sequence[str]
    gap: Numbers
    """Hours: available - load; negative is short."""
    overtime: Numbers
    extra: Numbers
    production: Numbers
    price: Numbers
    cost: Numbers
    hours: Numbers
    """Hours of one unit, families down, resources across."""
    storable: Flags
    """Families whose output can be kept on stock."""
    demand: Numbers
    """What production has to serve: demand less what is bought, units."""
    opening: Numbers
    """Stock less backlog before the first month, one for each family."""
    late_cost: Numbers
    """Money for a unit that is delivered a month late."""
    before: Mapping[int, Numbers] = MappingProxyType({})
    """The part of the hours that is worked so many months before completion."""
    overtime_cap: Mapping[int, Numbers] = MappingProxyType({})
    """Hours of overtime at most by the caps of its teams, of each resource that has one."""

    @property
    def bill(self) -> ResourceBill:
        """The hours of one unit by when they are worked."""
        return ResourceBill.of(self.hours, self.before)

    @property
    def spare(self) -> Numbers:
        """Hours to spare. The last months have none for work that is done before completion: what
        is completed after the plan, and takes them, is not known."""
        spare = np.maximum(self.gap, 0.0)
        for offset, hours in self.before.items():
            spare[(hours > 0).any(axis=0), max(0, spare.shape[1] - offset) :] = 0.0
        return spare

    @property
    def room(self) -> Numbers:
        """Hours that the other resources have to spare for what is built ahead."""
        return np.maximum(self.gap, 0.0)

    @property
    def margin(self) -> Numbers:
        return self.price - self.cost

    @property
    def net_stock(self) -> Numbers:
        """Stock less backlog of the plan at each month's end, which no capacity limits."""
        return self.opening[:, np.newaxis] + np.cumsum(self.production - self.demand, axis=1)

    def worth(self, at: int, only: Flags | None = None) -> Worth:
        """What an hour of a resource makes in each month; zero where nothing is made on it.

        Args:
            at: The resource.
            only: The families that count; all if not given.
        """
        uses = self.hours[:, at] > 0
        if only is not None:
            uses = uses & only
        load = self.hours[uses, at] @ self.bill.worked(self.production, at)[uses]

        def each(amounts: Numbers) -> Numbers:
            worked = self.bill.worked(self.production * amounts, at)[uses]
            return np.asarray(worked.sum(axis=0) / np.where(load > 0, load, 1.0) * (load > 0))

        price, cost = self.price, self.cost
        return Worth(each(np.ones_like(price)), each(price - cost), each(price), each(cost))

    def built_ahead(self, at: int, moving: Numbers) -> Numbers:
        """What working hours of a resource earlier changes in the production of each month, units.

        Every family that uses the resource, and can be kept on stock, moves its share of the hours.

        Args:
            at: The resource.
            moving: Hours from each month (rows) to each month (columns).
        """
        hours = self.hours[:, at] * self.storable
        load = self.bill.worked(self.production, at) * hours[:, np.newaxis]
        share = np.where(load.sum(axis=0) > 0, load / np.maximum(load.sum(axis=0), 1e-9), 0.0)
        changed = share @ moving - share * moving.sum(axis=1)
        used = hours[:, np.newaxis]
        units = np.where(used > 0, changed / np.where(used > 0, used, 1.0), 0.0)
        return self.bill.completed(units, at)

    def delay(self, change: Numbers) -> float:
        """The cost of what is delivered late if production changes: units that stock does not cover
        x months x cost of a month's delay.

        Args:
            change: Units, families down, months across.
        """
        after = self.net_stock + np.cumsum(change, axis=1)
        late = np.maximum(0.0, -after) - np.maximum(0.0, -self.net_stock)
        # a rest of floating point is no delay
        return float((np.where(late > SHORT_UNITS, late, 0.0) * self.late_cost).sum())


class Gap(NamedTuple):
    """Consecutive months in which a resource is short."""

    resource: int
    first: int
    last: int
    short: Numbers
    """Hours by plan month, zero outside of the gap."""


class Moved(NamedTuple):
    """Hours of a gap that are worked in other months."""

    covers: Numbers
    """Hours by the month they come from."""
    arriving: Numbers
    """Hours by the month in which they are worked."""
    change: Numbers
    """Change of production in units, families down, months across."""
    held: float = 0.0
    """Of hours that are worked earlier: the cost of their output x the months for which it is kept;
    times the monthly rate of holding it is what it costs."""


def loads(
    axis: Axis,
    capacity: pd.DataFrame,
    supply_plan: pd.DataFrame,
    finance_family: pd.DataFrame,
    bill: pd.DataFrame,
    policies: pd.DataFrame,
    settings: Settings,
    workforce: pd.DataFrame,
    workforce_plan: pd.DataFrame,
) -> Loads:
    """The arrays of the plan months from the grids.

    Args:
        axis: Periods across.
        capacity: The grid.
        supply_plan: The grid.
        finance_family: The grid, for price and cost.
        bill: Hours per unit by family and resource.
        policies: The table of families: what is made to order cannot be made ahead, and what a
            month's delay costs.
        settings: The cost of delay as a share of the price where a family names none.
        workforce: The teams, for the overtime caps.
        workforce_plan: The grid, for the hours of the teams.
    """
    resources = [str(name) for name in capacity["resource"].drop_duplicates()]
    families = [str(name) for name in supply_plan["family"].drop_duplicates()]
    gap, overtime, extra, adopted = (
        totals(capacity, name, "resource", resources, axis.plan)
        for name in ("gap", "overtime", "extra", "adopted_hours")
    )
    teams = [str(name) for name in workforce["team"]]
    productive = totals(workforce_plan, "productive", "team", teams, axis.plan)
    caps = team_cap(workforce, resources, productive)
    # of typed and adopted hours the more are in force; what goes beyond the typed is overtime
    overtime = overtime + np.maximum(adopted - overtime - extra, 0.0)
    price, cost = (
        totals(finance_family, name, "family", families, axis.plan)
        for name in ("price", "unit_cost")
    )
    demand, bought = (
        totals(supply_plan, name, "family", families, axis.plan)
        for name in ("demand", "subcontracted")
    )
    hours = resource_bill(bill, families, resources)
    rows = policies.drop_duplicates("family").set_index("family").reindex(families)
    storable = (rows["policy_used"] != MAKE_TO_ORDER).to_numpy(dtype=bool)
    named = rows["backorder_cost"].to_numpy(dtype=float)[:, np.newaxis]
    return Loads(
        axis, resources, families, gap, overtime, extra,
        totals(supply_plan, "production", "family", families, axis.plan),
        price, cost, hours.total, storable,
        demand - bought,
        totals(supply_plan, "net_stock", "family", families, axis.past)[:, -1],
        np.where(np.isnan(named), price * settings.late_rate, named),
        hours.before,
        {at: cap for at, cap in enumerate(caps) if cap.any()},
    )  # fmt: skip


def gaps_of(plan: Loads) -> Iterator[Gap]:
    """Every run of months in which a resource is short, resource after resource."""
    short = np.maximum(-plan.gap, 0.0) * (plan.gap < -SHORT_HOURS)
    outside = np.zeros((len(plan.gap), 1))
    edges = np.diff(np.hstack([outside, short > 0, outside]), axis=1)
    row, first = np.nonzero(edges > 0)
    _, after = np.nonzero(edges < 0)
    months = np.arange(short.shape[1])
    for at, start, end in zip(row.tolist(), first.tolist(), after.tolist(), strict=True):
        inside = (months >= start) & (months < end)
        yield Gap(at, start, end - 1, np.where(inside, short[at], 0.0))


def _storable_load(plan: Loads, resource: int) -> Numbers:
    """Hours of a resource for output that can be kept on stock, by the month of the work."""
    hours = plan.hours[:, resource] * plan.storable
    return np.asarray(hours @ plan.bill.worked(plan.production, resource))


def built_ahead(plan: Loads, gap: Gap, spare: Numbers, room: Numbers | None = None) -> Moved:
    """Hours of a gap worked in the months before it, the nearest ones first, and no more than the
    other resources of the same output have hours to spare for.

    Args:
        plan: Loads and values of the plan months.
        gap: What is short, at most what can be kept on stock counts.
        spare: Hours to spare in each month; what is taken is taken off.
        room: Hours that the other resources have to spare for it, resources down, months across;
            what is taken is taken off. Those of the plan if not given.
    """
    k, months = gap.resource, len(spare)
    room = plan.room if room is None else room
    # what others built ahead, too, may take hours of this one
    np.minimum(spare, room[k], out=spare)
    short, free = np.minimum(gap.short, _storable_load(plan, k)), spare.copy()
    moving = np.zeros((months, months))
    for month in range(gap.first, gap.last + 1):
        for other in range(gap.first - 1, -1, -1):
            taken = min(short[month] - moving[month].sum(), spare[other])
            if taken > 0:
                moving[month, other] += taken
                spare[other] -= taken
    kept_back = moving - _as_others_allow(plan, k, moving, room)
    moving -= kept_back
    spare += kept_back.sum(axis=0)
    apart = np.abs(np.subtract.outer(np.arange(months), np.arange(months)))
    kept = (moving * apart).sum(axis=1) @ plan.worth(k, plan.storable).cost
    change = plan.built_ahead(k, moving)
    found = Moved(moving.sum(axis=1), moving.sum(axis=0), change, float(kept))
    proven = _proven(plan, gap, found, spare, free)
    room -= np.clip(plan.bill.load(proven.change), 0.0, room)
    return proven


def _as_others_allow(plan: Loads, resource: int, moving: Numbers, room: Numbers) -> Numbers:
    """The hours that can be worked earlier without making another resource short.

    Args:
        plan: Loads and values of the plan months.
        resource: The one whose hours move.
        moving: Its hours from each month (rows) to each month (columns).
        room: Hours that each resource has to spare.
    """
    room = room.copy()
    room[resource] = np.inf

    def more_of(hours: Numbers) -> Numbers:
        return plan.bill.load(plan.built_ahead(resource, hours))

    more = more_of(moving)
    if not (more > room + OVER).any():
        return moving
    part = np.where(more > room, room / np.where(more > 0, more, 1.0), 1.0).min(axis=0)
    cut = moving * part
    # work spread over several months loads others elsewhere: then nothing moves
    return np.zeros_like(moving) if (more_of(cut) > room + OVER).any() else cut


def made_later(plan: Loads, gap: Gap, spare: Numbers) -> Moved:
    """Hours of a gap worked in the months after it, as soon as they have hours to spare.

    Made as the constrained plan makes it: what demand needs goes first, so what stock covers waits,
    and only the rest of it is delivered late.

    Args:
        plan: Loads and values of the plan months.
        gap: What is short.
        spare: Hours to spare in each month; what is taken is taken off.
    """
    k, after = gap.resource, np.arange(len(spare)) > gap.last
    room = float(spare[after].sum())
    # what cannot be made up stays short: the last months of the gap, the nearest ones, go first
    later = np.cumsum(gap.short[::-1])[::-1] - gap.short
    covers = np.clip(room - later, 0.0, gap.short)
    uses = np.flatnonzero(plan.hours[:, k] > 0)
    bill, made = plan.bill.only(uses, k), plan.production[uses]
    load = bill.load(made)[0]
    classes = np.zeros(len(uses), dtype=np.int64)
    limit = (load - covers + np.where(after, spare, 0.0))[np.newaxis]
    limited = constrained_production(
        made, plan.demand[uses], plan.opening[uses], bill.flat, limit, classes, bill.offsets
    )
    change = np.zeros_like(plan.production)
    change[uses] = limited - made
    arriving = np.where(after, np.maximum(0.0, bill.load(change[uses])[0]), 0.0)
    free = spare.copy()
    spare -= np.minimum(arriving, spare)
    return _proven(plan, gap, Moved(covers, arriving, change), spare, free)


def _proven(plan: Loads, gap: Gap, moved: Moved, spare: Numbers, free: Numbers) -> Moved:
    """The hours that a move of work before completion really takes from the gap, by the load.

    Where work on a unit is spread over several months they cannot move alone: nothing moves if
    units would get lost beyond the plan, or a month would become short by it.

    Args:
        plan: Loads and values of the plan months.
        gap: What is short.
        moved: As reckoned with one month of work for each unit.
        spare: Hours that are left; all of them come back if nothing moves.
        free: Hours that were there before.
    """
    if not plan.before:
        return moved
    k = gap.resource
    more = plan.bill.load(moved.change)[k]
    lost = np.abs(moved.change.sum(axis=1)).max(initial=0.0)
    if lost > 1e-6 * plan.production.max(initial=1.0) or (more > free + 1e-6).any():
        spare[:] = free
        none = np.zeros_like(gap.short)
        return Moved(none, none, np.zeros_like(moved.change))
    covers = np.clip(-more, 0.0, gap.short)
    return moved._replace(covers=covers, arriving=np.maximum(0.0, more))
