"""Where hours are short, what an hour is worth there, and where hours are to spare."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Flags, Numbers, totals
from sop_xl.planning.resource_bill import ResourceBill, resource_bill
from sop_xl.planning.supply.strategies.situation import MAKE_TO_ORDER, WITHOUT_STOCK

NOISE = 0.5
"""Hours that are rounding, not a shortage."""


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
    before: Mapping[int, Numbers] = MappingProxyType({})
    """The part of the hours that is worked so many months before completion."""

    @property
    def bill(self) -> ResourceBill:
        """The hours of one unit by when they are worked."""
        return ResourceBill.of(self.hours, self.before)

    @property
    def margin(self) -> Numbers:
        return self.price - self.cost

    def movable(self, *, later: bool) -> Flags:
        """Families that can be made later, or ahead: what cannot be kept is never made ahead."""
        return np.ones_like(self.storable) if later else self.storable

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


class Gap(NamedTuple):
    """Consecutive months in which a resource is short."""

    resource: int
    first: int
    last: int
    short: Numbers
    """Hours by plan month, zero outside of the gap."""


class Moved(NamedTuple):
    """Hours of a gap's months that are worked in other months."""

    hours: Numbers
    """From each month (rows) to each month (columns)."""
    distance: Numbers
    """Hours x months between, by the month they come from."""


def loads(
    axis: Axis,
    capacity: pd.DataFrame,
    supply_plan: pd.DataFrame,
    finance_family: pd.DataFrame,
    bill: pd.DataFrame,
    policies: pd.DataFrame,
    business_type: str,
) -> Loads:
    """The arrays of the plan months from the grids.

    Args:
        axis: Periods across.
        capacity: The grid.
        supply_plan: The grid.
        finance_family: The grid, for price and cost.
        bill: Hours per unit by family and resource.
        policies: The table of families: what is made to order cannot be made ahead.
        business_type: Some types have no stock at all.
    """
    resources = [str(name) for name in capacity["resource"].drop_duplicates()]
    families = [str(name) for name in supply_plan["family"].drop_duplicates()]
    load, available, overtime, extra, adopted = (
        totals(capacity, name, "resource", resources, axis.plan)
        for name in ("load", "available", "overtime", "extra", "adopted_hours")
    )
    # of typed and adopted hours the more are in force; what goes beyond the typed is overtime
    overtime = overtime + np.maximum(adopted - overtime - extra, 0.0)
    price, cost = (
        totals(finance_family, name, "family", families, axis.plan)
        for name in ("price", "unit_cost")
    )
    policy = policies.drop_duplicates("family").set_index("family")["policy_used"].reindex(families)
    hours = resource_bill(bill, families, resources)
    storable = (policy != MAKE_TO_ORDER).to_numpy(dtype=bool)
    return Loads(
        axis, resources, families, available - load, overtime, extra,
        totals(supply_plan, "production", "family", families, axis.plan),
        price, cost, hours.total, storable & (business_type not in WITHOUT_STOCK), hours.before,
    )  # fmt: skip


def gaps_of(plan: Loads) -> Iterator[Gap]:
    """Every run of months in which a resource is short, resource after resource."""
    short = np.maximum(-plan.gap, 0.0) * (plan.gap < -NOISE)
    outside = np.zeros((len(plan.gap), 1))
    edges = np.diff(np.hstack([outside, short > 0, outside]), axis=1)
    row, first = np.nonzero(edges > 0)
    _, after = np.nonzero(edges < 0)
    months = np.arange(short.shape[1])
    for at, start, end in zip(row.tolist(), first.tolist(), after.tolist(), strict=True):
        inside = (months >= start) & (months < end)
        yield Gap(at, start, end - 1, np.where(inside, short[at], 0.0))


def moved(gap: Gap, spare: Numbers, *, later: bool) -> Moved:
    """The hours of a gap that months before (or after) it have to spare, the nearest ones first.

    Args:
        gap: What is short.
        spare: Hours to spare in each month; what is taken is taken off.
        later: Into the months after the gap, not before it.

    >>> spare = np.array([5.0, 4.0, 0.0])
    >>> moved(Gap(0, 2, 2, np.array([0.0, 0.0, 6.0])), spare, later=False).hours[2].tolist()
    [2.0, 4.0, 0.0]
    >>> spare.tolist()
    [3.0, 0.0, 0.0]
    """
    months = len(spare)
    hours, distance = np.zeros((months, months)), np.zeros(months)
    rows = range(gap.last, gap.first - 1, -1) if later else range(gap.first, gap.last + 1)
    for month in rows:
        nearest = range(gap.last + 1, months) if later else range(gap.first - 1, -1, -1)
        for other in nearest:
            taken = min(gap.short[month] - hours[month].sum(), spare[other])
            if taken > 0:
                hours[month, other] += taken
                spare[other] -= taken
                distance[month] += taken * abs(other - month)
    return Moved(hours, distance)
