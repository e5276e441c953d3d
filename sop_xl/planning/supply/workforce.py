"""Step 3: the sheet Workforce - people by team or skill against the load of their resource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import (
    Numbers,
    across,
    blocks,
    matrix,
    positions,
    ratio,
    use_of,
    zero,
)
from sop_xl.planning.supply.overtime import offered, option_hours
from sop_xl.planning.supply.staffing import Team, of_all_who_started, workforce_plan
from sop_xl.planning.wording import listed
from sop_xl.schema import Finding, Severity
from sop_xl.tables.people import WORKFORCE_PLAN, WORKFORCE_TOTAL

PREMIUM = 1.25
"""Cost of an hour of overtime against a regular one, where the list says nothing."""


NOWHERE = "none"
"""The resource of a team that works at none."""


class Workforce(NamedTuple):
    """The grids of people, and what has to be told."""

    plan: pd.DataFrame
    total: pd.DataFrame
    findings: list[Finding]


def with_overtime_rate(teams: pd.DataFrame) -> pd.DataFrame:
    """The list of teams with the cost of an hour of overtime."""
    hours = teams["hours_per_month"].fillna(0.0)
    wage = teams["cost_per_month"].fillna(0.0) / hours.where(hours > 0, np.inf)
    return teams.assign(overtime_rate=teams["overtime_cost"].fillna(PREMIUM * wage))


def workforce(
    axis: Axis,
    teams: pd.DataFrame,
    capacity: pd.DataFrame,
    inputs: pd.DataFrame,
    options: pd.DataFrame,
) -> Workforce:
    """Required and available people of each team, with what is planned to be hired.

    Args:
        teams: The list ``workforce`` with the hours of each team and its overtime rate.
        capacity: The grid: load of the resources in hours.
        inputs: Planned hires as they were typed, and the people of an adopted plan.
        options: The table ``capacity_options``, for the overtime that they offer.
    """
    share = load_share(teams)
    resources = [str(name) for name in capacity["resource"].drop_duplicates()]
    at = positions(teams["resource"], resources)
    load, committed = (
        np.vstack([
            zero(matrix(capacity, name, "resource", resources, axis.plan)),
            np.zeros((1, axis.horizon)),
        ])[at] * share
        for name in ("load", "overtime")
    )  # fmt: skip
    by_option = np.where(
        offered(options, resources),
        option_hours(options, resources, axis.plan, overtime=True),
        np.nan,
    )
    none = np.full((1, axis.horizon), np.nan)
    hires = planned_hires(axis, teams, inputs)
    cells = people(
        teams, load, hires, adopted_change(axis, teams, inputs),
        np.vstack([by_option, none])[at] * share, committed,
    )  # fmt: skip
    columns = {name: across(axis, plan=numbers) for name, numbers in cells.items()}
    keys = teams[["team", "resource"]].astype("str").reset_index(drop=True)
    # a blank key would make the row look like one of a grid with fewer keys
    keys["resource"] = teams["resource"].fillna(NOWHERE).replace("", NOWHERE).to_numpy()
    plan = hierarchy.level_grid(WORKFORCE_PLAN, keys, axis, columns)
    total = {
        name: across(axis, plan=zero(cells[name]).sum(axis=0, keepdims=True))
        for name in WORKFORCE_TOTAL.names
    }
    findings = list(_findings(teams, cells["required_hours"]))
    return Workforce(plan, blocks(WORKFORCE_TOTAL, [""], axis, total), findings)


def load_share(teams: pd.DataFrame) -> Numbers:
    """Which part of the load of its resource each team carries, by hours; upright.

    Teams of which none has hours share alike.
    """
    hours, resource = teams["hours"].fillna(0.0), teams["resource"].fillna("").str.lower()
    together = hours.groupby(resource).transform("sum")
    alike = 1.0 / resource.groupby(resource).transform("size")
    share = (hours / together.where(together > 0)).fillna(alike)
    return share.to_numpy(dtype=float)[:, np.newaxis]


class There(NamedTuple):
    """Who is there and what they are worth: teams down, plan periods across."""

    people: Numbers
    productive: Numbers
    """Hours in regular time, new people by their ramp."""


def there(teams: pd.DataFrame, hires: Numbers, adopted: Numbers) -> There:
    """The one path of people that capacity, strategies and the sheet Workforce reckon with.

    ``P_t = B_t + A_1 + ... + A_t``, ``B_t = B_(t-1) (1 - a) + H_t``; whom an adopted plan hires
    counts in full and stays, as the plan has it; a person hired otherwise lacks
    ``1 - (k + 1) / (R + 1)`` of a full one k months after the start, R being the months to full
    productivity.

    Args:
        teams: The list ``workforce``.
        hires: H, people who start; NaN where nothing is planned.
        adopted: A, people whom an adopted plan hires, negative those whom it lays off.
    """
    headcount, hours, attrition, ramp = (
        zero(teams[name].to_numpy(dtype=float))[:, np.newaxis]
        for name in ("headcount", "hours_per_month", "attrition", "ramp")
    )
    started, age = zero(hires), np.arange(hires.shape[1])
    kept = (1 - attrition) ** age
    lacking = kept * np.maximum(0.0, 1 - (age + 1) / (ramp + 1))
    present = headcount * (1 - attrition) ** (age + 1) + of_all_who_started(started, kept)
    present = present + np.cumsum(zero(adopted), axis=1)
    productive = (present - of_all_who_started(started, lacking)) * hours
    return There(present, np.maximum(0.0, productive))


def planned_hires(axis: Axis, teams: pd.DataFrame, inputs: pd.DataFrame) -> Numbers:
    """People who start, as typed in the sheet Workforce: teams down; NaN where nothing is."""
    names = [str(name) for name in teams["team"]]
    return matrix(inputs, "planned_hires", "team", names, axis.plan)


def adopted_change(axis: Axis, teams: pd.DataFrame, inputs: pd.DataFrame) -> Numbers:
    """People whom an adopted plan hires or, negative, lays off: teams down; NaN where it does
    not."""
    names = [str(name) for name in teams["team"]]
    return matrix(inputs, "adopted_change", "team", names, axis.plan)


def people(
    teams: pd.DataFrame,
    required: Numbers,
    hires: Numbers,
    adopted: Numbers,
    by_option: Numbers,
    committed: Numbers,
) -> dict[str, Numbers]:
    """The measures of the teams, teams down, plan periods across.

    Args:
        teams: The list, as for :func:`workforce`.
        required: Hours of work.
        hires: People who start; NaN where nothing is planned.
        adopted: People whom an adopted plan hires or, negative, lays off.
        by_option: Overtime that the capacity options offer them; NaN where their own cap holds.
        committed: Overtime that Capacity commits to.
    """
    fact = {
        name: zero(teams[name].to_numpy(dtype=float))[:, np.newaxis]
        for name in (
            *("hours_per_month", "cost_per_month", "overtime_share", "hiring_cost"),
            *("layoff_cost", "overtime_rate"),
        )
    }
    started, hours = zero(hires), fact["hours_per_month"]
    moved = zero(adopted)
    started = started + np.maximum(0.0, moved)
    present, productive = there(teams, hires, adopted)
    cap = np.where(np.isnan(by_option), productive * fact["overtime_share"], by_option)
    overtime = np.minimum(np.maximum(0.0, required - productive), np.maximum(cap, committed))
    gap = np.round(productive + overtime - required, 6) + 0.0
    return {
        "required_hours": required,
        "required": zero(ratio(required, np.broadcast_to(hours, required.shape))),
        "proposed_hires": proposed_hires(teams, required, by_option, moved),
        "planned_hires": hires,
        "adopted_change": adopted,
        "people": present,
        "productive": productive,
        "overtime_offered": by_option,
        "overtime": overtime,
        "gap": gap,
        "gap_people": zero(ratio(gap, np.broadcast_to(hours, gap.shape))),
        "use": np.where(productive > 0, use_of(productive, required), np.nan),
        "cost": present * fact["cost_per_month"]
        + started * fact["hiring_cost"]
        + np.maximum(0.0, -moved) * fact["layoff_cost"]
        + overtime * fact["overtime_rate"],
    }


def proposed_hires(
    teams: pd.DataFrame, required: Numbers, by_option: Numbers, adopted: Numbers
) -> Numbers:
    """Whole people whom each team would have to hire; none for a team without hours.

    They come beside the people of an adopted plan, whose hours, and overtime by the cap of the
    team, are taken off what is required. Overtime that options offer counts as a share of the hours
    of today's people.

    Args:
        teams: The list, as for :func:`workforce`.
        required: Hours of work, teams down, plan periods across.
        by_option: As for :func:`people`.
        adopted: People whom an adopted plan hires or, negative, lays off.
    """
    hours, cap = (
        zero(teams[name].to_numpy(dtype=float))[:, np.newaxis]
        for name in ("hours_per_month", "overtime_share")
    )
    reach = np.where(np.isnan(by_option), 1 + cap, 1.0)
    required = required - np.cumsum(adopted, axis=1) * hours * reach
    proposed = np.zeros_like(required)
    for at, (_, team) in enumerate(teams.iterrows()):
        if not team["hours_per_month"] > 0:
            continue
        ramp = int(0 if pd.isna(team["ramp"]) else team["ramp"])
        rules = Team(
            people=_fact(team, "headcount"),
            hours=team["hours_per_month"],
            attrition=_fact(team, "attrition"),
            ramp=[(month + 1) / (ramp + 1) for month in range(ramp + 1)],
            overtime=_overtime_share(team, by_option[at]),
            lead_time=round(_fact(team, "hire_time")),
        )
        proposed[at] = workforce_plan(np.maximum(0.0, required[at]), rules).hires[0]
    return proposed


def _overtime_share(team: pd.Series, by_option: Numbers) -> Numbers:
    """Overtime at most by plan period, as a share of the hours of today's people."""
    hours = _fact(team, "headcount") * _fact(team, "hours_per_month")
    own = np.full(by_option.shape, _fact(team, "overtime_share"))
    return np.where(np.isnan(by_option) | (hours <= 0), own, by_option / (hours or 1.0))


def _fact(team: pd.Series, name: str) -> float:
    return 0.0 if pd.isna(team[name]) else float(team[name])


def _findings(teams: pd.DataFrame, required: Numbers) -> Iterator[Finding]:
    loaded = required.sum(axis=1) > 0
    silent = loaded & ~(teams["hours_per_month"] > 0).to_numpy()
    if silent.any():
        yield Finding(
            "workforce",
            f"{listed(teams.loc[silent, 'team'])} has work and no hours per month: nobody can be"
            " said to be missing there.",
            "Fill in Hours per month in Workforce.",
            Severity.WARNING,
        )
