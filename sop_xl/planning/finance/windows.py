"""Windows of time that can be compared, and which months of them both sides know."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.wording import month
from sop_xl.tables.data import WINDOWS
from sop_xl.tables.recon import COMPARED

Flags = npt.NDArray[np.bool_]


class Window(NamedTuple):
    """Months from the first to the last one, both included."""

    name: str
    first: pd.Period
    last: pd.Period


class Months(NamedTuple):
    """Which periods of the axis are compared."""

    known: Flags
    inside: Flags
    before: Flags
    inside_year: Flags
    before_year: Flags


def windows(axis: Axis) -> list[Window]:
    """The fiscal years of the plan, to date and to go, their quarters, and every plan month."""
    years = axis.calendar.fiscal_year(axis.periods)
    quarters = axis.calendar.quarter(axis.periods)
    planned = np.asarray(axis.periods >= axis.first)
    this = int(years[axis.history])
    spans: list[tuple[str, Flags]] = []
    for year in sorted({int(y) for y in years[planned]}):
        own = years == year
        spans.append((f"Full year {year}", own))
        if year == this:
            spans += [(f"Year to date {year}", own & ~planned), (f"Year to go {year}",
                                                                 own & planned)]
        spans += [(f"Q{q} {year}", own & (quarters == q)) for q in range(1, 5)]
    spans += [(month(period), axis.periods == period) for period in axis.periods[years >= this]]
    return [
        Window(name, axis.periods[inside][0], axis.periods[inside][-1])
        for name, inside in spans
        if inside.any()
    ]


def listed(found: list[Window]) -> pd.DataFrame:
    """The table ``windows``."""
    frame = pd.DataFrame(found, columns=WINDOWS.names)
    return frame.astype({"window": "str", "first": "period[M]", "last": "period[M]"})


def months(
    axis: Axis,
    comparison: str,
    window: Window,
    *,
    budgeted: Flags,
    planned_before: Flags,
    in_scenario: Flags,
    prior_cycle: pd.Period | None,
) -> Months:
    """Which months are compared.

    Args:
        axis: The cycle.
        comparison: One of :data:`sop_xl.tables.recon.COMPARED`.
        window: The months asked for.
        budgeted: Periods with an AOP.
        planned_before: Periods of which an earlier plan is known.
        in_scenario: Periods of which the chosen scenario is known.
        prior_cycle: The cycle before.
    """
    periods = axis.periods
    n = COMPARED.index(comparison)
    year_before = n == 2
    known = (
        budgeted,
        planned_before & (periods >= prior_cycle if prior_cycle is not None else False),
        np.asarray(periods >= periods[0] + 12),
        planned_before & np.asarray(periods < axis.first),
        in_scenario & np.asarray(periods >= axis.first),
    )[n]
    inside = known & np.asarray((periods >= window.first) & (periods <= window.last))
    years = axis.calendar.fiscal_year(periods)
    year = axis.calendar.fiscal_year(pd.PeriodIndex([window.first]))[0]
    inside_year = known & (years == year)
    before, before_year = inside, inside_year
    if year_before:
        later = periods + 12
        before = np.asarray((later >= window.first) & (later <= window.last))
        before_year = (years == year - 1) & np.asarray(later <= axis.plan[-1])
    return Months(np.asarray(known), np.asarray(inside), np.asarray(before),
                  np.asarray(inside_year), np.asarray(before_year))
