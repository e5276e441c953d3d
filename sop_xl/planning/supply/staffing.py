"""Workforce (step 3): people required and there by skill, hiring, attrition, overtime, cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import fitted, one_each, series
from sop_xl.planning.frames import Numbers, rounded, zero

PEOPLE_COSTS = ("wages", "hiring", "overtime", "contractors")
"""What people cost, item by item."""
Seen: TypeAlias = Literal["hires", "people", "required", "overtime", "gap"]


@dataclass(frozen=True)
class Team:
    """People of several skills and the rules for them: one number for all, or one for each."""

    people: npt.ArrayLike
    """There before the first period, fully productive."""
    hours: npt.ArrayLike
    """Productive hours of one person in a period; skills down, periods across, or fewer."""
    attrition: npt.ArrayLike = 0.0
    """Share of the people who leave from one period to the next."""
    ramp: npt.ArrayLike = (1.0,)
    """Productivity of a new person in the first, second ... period; the last one stays."""
    overtime: npt.ArrayLike = 0.0
    """Overtime at most, as a share of the productive hours."""
    lead_time: npt.ArrayLike = 0.0
    """Whole periods before somebody hired now can start."""
    most_hires: npt.ArrayLike = np.inf
    """People of a skill who can start in one period."""
    wage: npt.ArrayLike = 0.0
    """Pay of one person for a period."""
    hiring_cost: npt.ArrayLike = 0.0
    overtime_cost: npt.ArrayLike = 0.0
    """Cost of one hour."""
    contractor_cost: npt.ArrayLike = 0.0
    """Cost of one hour that the own people lack."""


class PeoplePlan(NamedTuple):
    """Skills down, periods across."""

    required: Numbers
    """People that the hours would take, all of them productive."""
    people: Numbers
    hires: Numbers
    leavers: Numbers
    productive: Numbers
    """Hours in regular time, with new people as productive as they are."""
    overtime: Numbers
    """Hours."""
    gap: Numbers
    """Hours that are still missing: for contractors, or less work."""
    costs: Numbers
    """Money: the items of ``PEOPLE_COSTS`` down, periods across."""


def workforce_plan(
    required_hours: npt.ArrayLike, team: Team, hires: npt.ArrayLike | None = None
) -> PeoplePlan:
    """People by skill and period: who is there, who has to be hired, and what is missing.

    ``P_t = P_(t-1) (1 - a) + H_t``; the hours of a person hired in h are ``ramp_(t-h)`` of a full
    one. Work beyond the productive hours is done in overtime up to its cap; the proposal hires as
    few whole people as close what is then missing, as late as their ramp and the lead time allow.
    Nobody is laid off.

    Args:
        required_hours: Hours of work; skills down, periods across, or the periods of one skill.
        team: The people and their rules.
        hires: People who start, in the same shape; proposed where it is None.

    Raises:
        ValueError: A number is impossible, or the shapes do not fit.

    >>> plan = workforce_plan([320.0, 480.0], Team(people=2, hours=160, ramp=(0.5, 1)))
    >>> plan.hires.tolist(), plan.people.tolist(), plan.gap.tolist()
    ([[0.0, 2.0]], [[2.0, 4.0]], [[0.0, 0.0]])
    """
    work = np.atleast_2d(np.asarray(required_hours, dtype=float))
    rules = _checked(work, team)
    ramp = np.ravel(np.asarray(team.ramp, dtype=float))
    stay, reach = 1 - rules["attrition"], 1 + rules["overtime"]
    horizon = work.shape[1]
    age = np.arange(horizon)
    # what one person who starts is worth after so many periods: still there, and how productive
    kept = stay**age
    worth = kept * ramp[np.minimum(age, len(ramp) - 1)]
    there = rules["people"] * stay ** (age + 1)
    if hires is None:
        started = _proposed(work, rules, worth, there, reach)
    else:
        started = zero(np.array(np.broadcast_to(np.asarray(hires, dtype=float), work.shape)))
        if (started < 0).any():
            raise ValueError("hires have to be zero or more: nobody is laid off here")
    people = rounded(there + of_all_who_started(started, kept))
    productive = rounded((there + of_all_who_started(started, worth)) * rules["hours"])
    overtime = np.clip(work - productive, 0.0, rules["overtime"] * productive)
    gap = rounded(np.maximum(0.0, work - productive - overtime))
    before = np.hstack([rules["people"][:, :1], people[:, :-1]])
    costs = np.array([
        (price * amount).sum(axis=0)
        for price, amount in (
            (rules["wage"], people), (rules["hiring_cost"], started),
            (rules["overtime_cost"], overtime), (rules["contractor_cost"], gap),
        )
    ])  # fmt: skip
    return PeoplePlan(
        rounded(work / rules["hours"]), people, started, rounded(before + started - people),
        productive, rounded(overtime), gap, costs,
    )  # fmt: skip


def _proposed(
    work: Numbers, rules: dict[str, Numbers], worth: Numbers, there: Numbers, reach: Numbers
) -> Numbers:
    """Whole people to hire, period by period; where nobody can start in time, a gap stays."""
    started = np.zeros_like(work)
    horizon = work.shape[1]
    # the period after the start from which a new person is of use
    useful = int((worth > 0).any(axis=0).argmax())
    gain = worth[:, useful : useful + 1] * rules["hours"] * reach
    for t in range(useful, horizon):
        at = t - useful
        had = there[:, t] + of_all_who_started(started, worth)[:, t]
        missing = work[:, t] - had * rules["hours"][:, t] * reach[:, t]
        each = gain[:, t]
        people = np.ceil(np.round(missing / np.where(each > 0, each, np.inf), 9))
        possible = np.where(at >= rules["lead_time"][:, at], rules["most_hires"][:, at], 0.0)
        started[:, at] = np.clip(people, 0.0, np.floor(possible))
    return started


def of_all_who_started(started: Numbers, worth: Numbers) -> Numbers:
    """For each period the sum over those who started up to it, each by what he is worth by then."""
    found = np.zeros_like(started)
    for age in range(started.shape[1]):
        found[:, age:] += started[:, : started.shape[1] - age] * worth[:, age : age + 1]
    return found


def _checked(work: Numbers, team: Team) -> dict[str, Numbers]:
    """The rules as skills down, periods across.

    Raises:
        ValueError: A number is impossible.
    """
    if not work.size or np.isnan(work).any() or (work < 0).any() or np.isinf(work).any():
        raise ValueError("the required hours have to be there for every period, zero or more")
    rules = {}
    for name in _RULES:
        rules[name] = fitted(name.replace("_", " "), getattr(team, name), work.shape)
        if np.isnan(rules[name]).any() or (rules[name] < 0).any():
            raise ValueError(f"{name.replace('_', ' ')} has to be there, zero or more")
    if (rules["hours"] <= 0).any():
        raise ValueError("one person needs hours above zero in every period")
    if (rules["attrition"] > 1).any() or (rules["lead_time"] % 1 != 0).any():
        raise ValueError("attrition is a share up to 1, a lead time whole periods")
    if np.ptp(rules["attrition"], axis=1).any():
        raise ValueError("attrition is one number for each skill, the same in every period")
    ramp = np.ravel(np.asarray(team.ramp, dtype=float))
    if not ramp.size or not (ramp >= 0).all() or ramp[-1] <= 0:
        raise ValueError("the ramp needs shares of zero or more and ends above zero")
    return rules


_RULES = (
    "people", "hours", "attrition", "overtime", "lead_time", "most_hires", "wage", "hiring_cost",
    "overtime_cost", "contractor_cost",
)  # fmt: skip


def people_needed(
    required_hours: npt.ArrayLike,
    people: npt.ArrayLike,
    hours: npt.ArrayLike,
    attrition: npt.ArrayLike = 0.0,
    overtime: npt.ArrayLike = 0.0,
    ramp: npt.ArrayLike = 1.0,
    lead_time: int = 0,
    show: Seen = "hires",
) -> npt.NDArray[np.generic]:
    """Whole people to hire by skill and period, so that productive hours and overtime carry the
    work, new people counted by their ramp; or what becomes of them: people, overtime, gap in hours.

    It is :func:`workforce_plan` for the ranges of a sheet.

    Args:
        required_hours: Hours of work; a column, a row, or a row for each skill.
        people: There now; one number, or one for each skill.
        hours: Productive hours of one person in a period; one number, one for each skill, or one
            for each cell of the required hours.
        attrition: Share of the people who leave each period; one number, or one for each skill.
        overtime: Overtime at most as a share of the productive hours, likewise.
        ramp: Productivity of a new person in the first, second ... period.
        lead_time: Periods before somebody hired now can start.
        show: hires, people, required (people that the hours would take), overtime or gap (hours).

    Raises:
        ValueError: A number is impossible, or the ranges do not fit.

    >>> people_needed([320.0, 480.0], 2.0, 160.0, ramp=[0.5, 1.0]).tolist()
    [0.0, 2.0]
    """
    given = series(required_hours)
    work = given.rows
    count = len(work)
    productive = np.asarray(hours, dtype=float)
    # a column beside several skills holds one number for each; any other range runs with time
    if productive.shape != (count, 1):
        productive = series(hours).rows
    share = np.ravel(np.asarray(ramp, dtype=float))
    team = Team(
        one_each(people, count), productive, one_each(attrition, count),
        ramp=share[~np.isnan(share)], overtime=one_each(overtime, count), lead_time=lead_time,
    )  # fmt: skip
    plan = workforce_plan(work, team)
    return given.like({
        "hires": plan.hires, "people": plan.people, "required": plan.required,
        "overtime": plan.overtime, "gap": plan.gap,
    }[show])  # fmt: skip
