"""Rough-cut capacity: load of each resource against its machine and labour hours."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.cell_ranges import one_each
from sop_xl.planning.frames import (
    Numbers,
    across,
    blocks,
    lookup,
    matrix,
    positions,
    rounded,
    totals,
    use_of,
    zero,
)
from sop_xl.planning.resource_bill import resource_bill
from sop_xl.planning.supply.rough_cut import demonstrated
from sop_xl.planning.supply.workforce import adopted_change, planned_hires, there
from sop_xl.tables.supply import CAPACITY, HEAT_MAP, SHORT_HOURS


def load_hours(production: Numbers, hours: Numbers) -> Numbers:
    """Load of each resource by bill of resources: ``L_wt = sum over families of P_ft x h_fw``.

    Source: Berry, Schmitt & Vollmann, Journal of Operations Management 3(1), 1982, bill of
    capacity.

    Args:
        production: Units, families down, periods across.
        hours: Hours of one unit, families down, resources across.

    >>> load_hours(np.array([[50.0], [15.0]]), np.array([[0.8, 0.4, 2.1], [1.2, 2.5, 3.1]]))
    array([[ 58. ],
           [ 57.5],
           [151.5]])
    """
    return hours.T @ production


def resource_profile(
    volumes: npt.ArrayLike, hours_per_unit: npt.ArrayLike, offset: npt.ArrayLike = 0.0
) -> Numbers:
    """Load of each resource in hours by bill of resources: resources down, periods across. A family
    may load its resources some periods before its volume is due; then the last periods, whose load
    comes from beyond the range, are missing.

    ``L_wt = sum over families of P_f(t+o) x h_fw``, ``o = o_fw``. Source: Vollmann, Berry and
    Whybark, Manufacturing Planning and Control Systems, capacity planning (bill of capacity,
    resource profile); signs and units as :func:`load_hours`.

    Args:
        volumes: P, units, families down, periods across; a blank is none.
        hours_per_unit: h, hours of one unit, families down, resources across; a blank is none.
        offset: o, whole periods by which the work comes before the volume, one number, one for
            each family, or one for each of the hours. A family that loads a resource in several
            periods stands in several rows.

    Raises:
        ValueError: Volumes, hours and offsets are not of as many families.

    >>> resource_profile([[50.0, 40.0]], [[0.5, 2.0]]).tolist()
    [[25.0, 20.0], [100.0, 80.0]]
    >>> resource_profile([[50.0, 40.0]], [[0.5]], 1.0).tolist()
    [[20.0, nan]]
    """
    units, hours = (np.atleast_2d(np.asarray(x, dtype=float)) for x in (volumes, hours_per_unit))
    if len(units) != len(hours):
        raise ValueError(
            f"rows are families: {len(units)} rows of volumes, {len(hours)} of hours per unit"
        )
    ahead = _periods_ahead(offset, hours)
    if np.isnan(units).all() or np.isnan(hours).all():
        return np.full((hours.shape[1], units.shape[1]), np.nan)
    last = units.shape[1] - 1
    load, unseen = np.zeros((2, hours.shape[1], last + 1))
    for periods in np.unique(ahead).tolist():
        source = np.arange(last + 1) + periods
        seen = source <= last
        due = np.where(seen, zero(units)[:, np.minimum(source, last)], 0.0)
        now = np.where(ahead == periods, zero(hours), 0.0)
        load += load_hours(due, now)
        unseen += np.outer((now != 0).any(axis=0), ~seen)
    return np.where(unseen > 0, np.nan, load)


def _periods_ahead(offset: npt.ArrayLike, hours: Numbers) -> npt.NDArray[np.int64]:
    """By how many periods the work comes before the volume, families down, resources across.

    Raises:
        ValueError: There are not as many numbers as families, or they are no whole periods.
    """
    given = np.asarray(offset, dtype=float)
    each = given if given.shape == hours.shape else one_each(given, len(hours))
    ahead = zero(np.broadcast_to(each, hours.shape))
    if (ahead % 1 != 0).any() or (ahead < 0).any():
        raise ValueError("the offset has to be whole periods")
    return ahead.astype(np.int64)


def capacity_gap(load: npt.ArrayLike, available: npt.ArrayLike) -> Numbers:
    """Available - load, both in hours: negative is a shortage.

    >>> capacity_gap([176.0, 150.0], 160.0).tolist()
    [-16.0, 10.0]
    """
    return rounded(np.asarray(available, dtype=float) - np.asarray(load, dtype=float))


def with_team_hours(workforce: pd.DataFrame) -> pd.DataFrame:
    """The teams with their productive hours in a month: headcount x hours of one person."""
    return workforce.assign(
        hours=zero(workforce["headcount"].to_numpy(dtype=float))
        * zero(workforce["hours_per_month"].to_numpy(dtype=float))
    )


def capacity(
    axis: Axis,
    production: Numbers,
    families: Sequence[str],
    bill: pd.DataFrame,
    resources: pd.DataFrame,
    resource_calendar: pd.DataFrame,
    workforce: pd.DataFrame,
    inputs: pd.DataFrame,
    demonstrated_months: int = 6,
    *,
    hires: pd.DataFrame,
) -> pd.DataFrame:
    """The grid ``capacity``: load, available hours, gap and utilisation of each resource.

    Args:
        axis: Periods across.
        production: Units by family and period, past and plan.
        families: The rows of ``production``.
        bill: Hours per unit by family, resource and months before completion.
        resources: Machines, hours per day, efficiency, planned loss.
        resource_calendar: Working days of a resource where they differ from the calendar's.
        workforce: Teams with their ``hours``.
        inputs: Overtime and extra hours that people committed to, and those of an adopted plan.
        demonstrated_months: Closed months that count for the demonstrated hours.
        hires: People who start, as typed in the sheet Workforce, and those of an adopted plan.
    """
    names = sorted(resources["resource"])
    plan, past = slice(axis.history, None), slice(None, axis.history)
    needs = resource_bill(bill, families, names)
    load = with_known_output(axis, production, needs.load(zero(production)))
    machine = _machine_hours(axis, resources, resource_calendar, names)
    today = np.tile(workforce[["hours"]].to_numpy(dtype=float), axis.history)
    starting, adopting = (f(axis, workforce, hires) for f in (planned_hires, adopted_change))
    ahead = there(workforce, starting, adopting).productive
    labour = _of_resources(workforce, names, np.hstack([today, ahead]))
    # whom everybody has left is short of people, not free of them
    staffed = (labour > 0) | (_of_resources(workforce, names, today[:, :1]) > 0)
    regular = np.where(staffed, np.minimum(machine, labour), machine)
    overtime, extra, adopted = (
        matrix(inputs, name, "resource", names, axis.plan)
        for name in ("overtime", "extra", "adopted_hours")
    )
    more = np.maximum(zero(overtime) + zero(extra), zero(adopted))
    available = np.hstack([regular[:, past], regular[:, plan] + more])
    gap = capacity_gap(load[:, plan], available[:, plan])
    cumulative = np.cumsum(gap, axis=1)
    # the last closed months worked on output of the plan as well: nobody has shown that
    done = load[:, : max(0, axis.history - needs.offsets[-1])]
    shown = demonstrated(np.where(done > 0, done, np.nan), demonstrated_months)
    return blocks(
        CAPACITY,
        names,
        axis,
        {
            "load": load,
            "machine_hours": machine,
            "labour_hours": labour,
            "overtime": across(axis, plan=overtime),
            "extra": across(axis, plan=extra),
            "adopted_hours": across(axis, plan=adopted),
            "available": available,
            "gap": across(axis, plan=gap),
            "cumulative_gap": across(axis, plan=cumulative),
            "ahead": np.hstack(
                [np.full((len(names), axis.history), "", dtype=object), _ahead(gap, cumulative)]
            ),
            "demonstrated": across(
                axis, plan=np.broadcast_to(zero(shown.astype(float)), gap.shape)
            ),
            "utilisation": _utilisation(axis, load, available),
        },
    )


def with_known_output(axis: Axis, production: Numbers, numbers: Numbers) -> Numbers:
    """The same without closed months in which the company has no output at all: nobody delivered
    what it was.

    Args:
        axis: Periods across.
        production: Units by family and period; a blank is not known.
        numbers: Of the same periods, any rows.
    """
    known = axis.periods.isin(axis.plan) | (zero(production).sum(axis=0) != 0)
    return np.where(known, numbers, np.nan)


def _ahead(gap: Numbers, cumulative: Numbers) -> npt.NDArray[np.object_]:
    """Whether the hours that are short can be worked before: yes, in part, no."""
    before = np.hstack([np.zeros((len(gap), 1)), cumulative[:, :-1]])
    part = np.where(before > SHORT_HOURS, "in part", "no")
    short = np.where(cumulative >= -SHORT_HOURS, "yes", part)
    return np.where(gap >= -SHORT_HOURS, "", short).astype(object)


def heat_map(axis: Axis, capacity: pd.DataFrame) -> pd.DataFrame:
    """The grid ``heat_map``: utilisation of each resource in one line."""
    names = [str(name) for name in capacity["resource"].drop_duplicates()]
    load, available = (
        totals(capacity, name, "resource", names, axis.periods) for name in ("load", "available")
    )
    return blocks(HEAT_MAP, names, axis, {"heat": _utilisation(axis, load, available)})


def _utilisation(axis: Axis, load: Numbers, available: Numbers) -> Numbers:
    """Load / available hours; blank in closed months without output: nobody delivered it."""
    known = axis.periods.isin(axis.plan) | (load > 0)
    return np.where(known, use_of(np.maximum(available, 0.0), load), np.nan)


def _of_resources(workforce: pd.DataFrame, names: Sequence[str], hours: Numbers) -> Numbers:
    """The hours of the teams added up by resource, periods across."""
    at = positions(workforce["resource"], names)
    sums = np.zeros((len(names), hours.shape[1]))
    np.add.at(sums, at[at >= 0], zero(hours)[at >= 0])
    return sums


def _machine_hours(
    axis: Axis, resources: pd.DataFrame, resource_calendar: pd.DataFrame, names: Sequence[str]
) -> Numbers:
    """Machines x hours a day x efficiency x (1 - planned loss) x working days."""
    machines, hours, efficiency, loss = (
        lookup(resources, "resource", names, column)
        for column in ("machines", "hours_per_day", "efficiency", "planned_loss")
    )
    rows = resource_calendar.assign(one=1.0)
    named = totals(rows, "one", "resource", names, axis.periods) > 0
    days = totals(rows, "days", "resource", names, axis.periods)
    workdays = np.where(named, days, axis.calendar.workdays(axis.periods))
    return machines * hours * efficiency * (1 - loss) * workdays
