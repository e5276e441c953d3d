"""The one limit of overtime that strategies, options and the sheet Workforce reckon with (step 3).

Where a capacity option offers overtime at a resource, its hours are the limit, in the months in
which it holds; else the overtime cap of the teams, a share of their regular hours. What Capacity
commits to is more than an offer: whoever uses the limit takes the larger.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sop_xl.planning.frames import Flags, Numbers, positions, zero
from sop_xl.tables.shortage import OVERTIME


def option_hours(
    options: pd.DataFrame, names: Sequence[str], periods: pd.PeriodIndex, *, overtime: bool
) -> Numbers:
    """Hours at most by resource and plan period: after the lead time, between start and end."""
    limit = np.zeros((len(names), len(periods)))
    chosen = options[of_kind(options, overtime=overtime)]
    hours = zero(chosen["hours"].to_numpy(dtype=float))
    lead = zero(chosen["lead_time"].to_numpy(dtype=float))
    months = zip(chosen["start"], chosen["end"], strict=True)
    for row, (at, (start, end)) in enumerate(
        zip(positions(chosen["resource"], names).tolist(), months, strict=True)
    ):
        if at < 0:
            continue
        usable = np.arange(len(periods)) >= lead[row]
        usable &= np.ones_like(usable) if pd.isna(start) else np.asarray(periods >= start)
        usable &= np.ones_like(usable) if pd.isna(end) else np.asarray(periods <= end)
        limit[at] += np.where(usable, hours[row], 0.0)
    return limit


def of_kind(options: pd.DataFrame, *, overtime: bool) -> Flags:
    """Which options offer overtime, or which do not."""
    return np.asarray((options["option"] == OVERTIME).to_numpy(dtype=bool) == overtime)


def offered(options: pd.DataFrame, names: Sequence[str]) -> Flags:
    """Whether an option offers overtime at a resource, in whatever months; upright."""
    at = positions(options.loc[of_kind(options, overtime=True), "resource"], names)
    return np.isin(np.arange(len(names)), at)[:, np.newaxis]


def overtime_limit(
    options: pd.DataFrame,
    workforce: pd.DataFrame,
    names: Sequence[str],
    periods: pd.PeriodIndex,
    productive: Numbers,
) -> Numbers:
    """Hours of overtime at most by resource and plan period.

    Args:
        options: The table ``capacity_options``.
        workforce: The teams with their overtime caps.
        names: Resources.
        periods: The plan periods.
        productive: Hours of each team in regular time, teams down, plan periods across.
    """
    by_option = option_hours(options, names, periods, overtime=True)
    return np.where(offered(options, names), by_option, team_cap(workforce, names, productive))


def team_cap(workforce: pd.DataFrame, names: Sequence[str], productive: Numbers) -> Numbers:
    """Overtime at most by the caps of the teams at each resource, resources down.

    Args:
        workforce: The teams with their overtime caps.
        names: Resources.
        productive: Hours of each team in regular time, teams down, plan periods across.
    """
    at = positions(workforce["resource"], names)
    cap = zero(workforce["overtime_share"].to_numpy(dtype=float))[:, np.newaxis] * productive
    sums = np.zeros((len(names), productive.shape[1]))
    np.add.at(sums, at[at >= 0], cap[at >= 0])
    return sums
