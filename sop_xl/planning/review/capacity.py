"""Capacity shortages: months in which a resource has more load than hours, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, hours_per_unit, totals
from sop_xl.planning.review.exceptions import Issue, Run, runs
from sop_xl.planning.wording import month, months, number, percent
from sop_xl.tables.settings import Settings

PROPOSED = 2
"""Options that an exception names."""
NOISE = 0.5
"""Hours that are rounding, not a shortage."""


class _Resource(NamedTuple):
    """What the plan asks of one resource, month by month, and what an hour of it is worth."""

    name: str
    load: Numbers
    available: Numbers
    cumulative_gap: Numbers
    overtime_rate: float
    margin: Numbers
    """Margin of the output planned on it."""
    families: Sequence[str]
    family_margins: Numbers
    """Margin per hour of each of the families, NaN where it does not use the resource."""


def capacity_shortages(
    axis: Axis,
    settings: Settings,
    capacity: pd.DataFrame,
    resources: pd.DataFrame,
    bill: pd.DataFrame,
    supply_plan: pd.DataFrame,
    finance_family: pd.DataFrame,
    gap_options: pd.DataFrame,
) -> Iterator[Issue]:
    """One issue for each run of months above the utilisation limit."""
    names = sorted(resources["resource"])
    load, available, cumulative = (
        totals(capacity, name, "resource", names, axis.plan)
        for name in ("load", "available", "cumulative_gap")
    )
    families = sorted(set(supply_plan["family"]))
    production = totals(supply_plan, "production", "family", families, axis.plan)
    unit_margin = _unit_margin(finance_family, families, axis)
    rates = resources.set_index("resource")["cost_per_hour"].reindex(names).fillna(0.0)
    bill_hours = hours_per_unit(bill, families, names)
    for at, name in enumerate(names):
        hours = bill_hours[:, at]
        uses = hours > 0
        resource = _Resource(
            name,
            load[at],
            available[at],
            cumulative[at],
            float(rates.iloc[at]),
            (production * unit_margin)[uses].sum(axis=0),
            families,
            np.where(uses, unit_margin.mean(axis=1) / np.where(uses, hours, 1.0), np.nan),
        )
        over = resource.load - settings.utilisation_limit * resource.available
        own = gap_options[gap_options["resource"] == name]
        for run in runs(over > NOISE):
            issue = _shortage(axis, settings, resource, run, float(over[run.part].sum()))
            priced = _priced(axis, settings, own, run)
            yield issue._replace(option=priced) if priced else issue


def _unit_margin(finance_family: pd.DataFrame, families: Sequence[str], axis: Axis) -> Numbers:
    price, cost = (
        totals(finance_family, name, "family", families, axis.plan)
        for name in ("price", "unit_cost")
    )
    return price - cost


def _shortage(axis: Axis, settings: Settings, resource: _Resource, run: Run, short: float) -> Issue:
    """The issue of one run: the margin, or else the overtime, of the hours that are short."""
    load = float(resource.load[run.part].sum())
    margin_per_hour = max(0.0, float(resource.margin[run.part].sum()) / load)
    if margin_per_hour > 0:
        value = short * margin_per_hour
        stake = (
            f"margin of the output of these hours at "
            f"{number(margin_per_hour, settings.currency)} per hour"
        )
    else:
        value = short * resource.overtime_rate
        stake = "cost of the missing hours"
    available = float(resource.available[run.part].sum())
    loaded = f"{percent(load / available)} loaded" if available > 0 else "without hours"
    first, last = axis.plan[run.first], axis.plan[run.last]
    return Issue(
        exception=f"Capacity short: {resource.name} from {month(first)}",
        area="capacity",
        subject=resource.name,
        period=first,
        message=(
            f"{resource.name} is {loaded} in {months(first, last)}: {number(short)} h short, "
            f"{number(value, settings.currency)} {stake}."
        ),
        size=-short,
        size_unit="h",
        value=value,
        option=_option(settings, resource, run, short, margin_per_hour),
        sheet="Capacity",
    )


def _priced(axis: Axis, settings: Settings, options: pd.DataFrame, run: Run) -> str:
    """The best options of the sheet Options that pay and come in time; empty if it has none."""
    first, last = axis.plan[run.first], axis.plan[run.last]
    meet = (options["period"] <= last) & (options["last"] >= first)
    pay = (options["net"] > 0) & (options["covers"] > 0) & ~options["in_time"].str.startswith("■")
    best = options[meet & pay].sort_values(["rank", "option"]).head(PROPOSED)
    if best.empty:
        return ""
    told = "; ".join(
        f"{row['option']}: {number(row['covers'])} h for {number(row['cost'], settings.currency)}"
        for row in best.to_dict("records")
    )
    return f"{told[0].upper()}{told[1:]}. All of them with dates: Options."


def _option(
    settings: Settings, resource: _Resource, run: Run, short: float, margin_per_hour: float
) -> str:
    """The first thing to try: build ahead, pay for hours, or choose what to make."""
    if run.first > 0 and resource.cumulative_gap[run.last] >= 0:
        free = number(float(resource.cumulative_gap[run.first - 1]))
        return f"Build ahead: the months before have {free} h to spare."
    cost = short * resource.overtime_rate
    if cost > 0 and resource.overtime_rate < margin_per_hour:
        return (
            f"Overtime, an extra shift or subcontracting: {number(short)} h for about "
            f"{number(cost, settings.currency)}, less than the margin at stake."
        )
    best = resource.family_margins
    if np.isnan(best).sum() < len(best) - 1:
        first = resource.families[int(np.nanargmax(best))]
        return (
            f"Make {first} first, which earns most per hour; move other demand or subcontract it."
        )
    return "Add a shift, subcontract, or move demand to months with free hours."


def lost_sales(axis: Axis, settings: Settings, constrained_plan: pd.DataFrame) -> Iterator[Issue]:
    """Families of which the hours let us sell less than is asked for, one issue each."""
    names = sorted(set(constrained_plan["family"]))
    gap, margin = (
        totals(constrained_plan, name, "family", names, axis.plan) for name in ("gap", "gap_margin")
    )
    for at, name in enumerate(names):
        when = np.flatnonzero(gap[at] < -NOISE)
        if not len(when):
            continue
        first, last = axis.plan[when[0]], axis.plan[when[-1]]
        units, value = (float(-numbers[at][when].sum()) for numbers in (gap, margin))
        yield Issue(
            exception=f"Sales short: {name}",
            area="capacity",
            subject=name,
            period=first,
            message=(
                f"Hours are missing: {number(units, settings.base_unit)} of {name} cannot be sold "
                f"when they are asked for in {months(first, last)}, margin of "
                f"{number(max(0.0, value), settings.currency)}."
            ),
            size=-units,
            size_unit=settings.base_unit,
            value=max(0.0, value),
            option="Choose options for the resources that are short; Apply options plans them.",
            sheet="Constrained_Plan",
        )
