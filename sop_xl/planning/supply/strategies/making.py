"""The four plans: made, or said why they are impossible (step 3)."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from sop_xl.planning.frames import Numbers, rounded
from sop_xl.planning.supply.aggregate import STRATEGIES as MADE
from sop_xl.planning.supply.aggregate import (
    AggregatePlan,
    ImpossiblePlanError,
    Rules,
    Strategy,
    aggregate_plan,
)
from sop_xl.planning.supply.strategies.situation import NOTHING, Company
from sop_xl.planning.wording import count, percent

SHOWN = 2
"""Shortfalls that a reason names."""
SETTLED = 1e-4
"""Distance to the cheapest plan, as a share of its cost, that is not worth a word."""


class Made(NamedTuple):
    """A plan, or why there is none; and what else is to say about it."""

    plan: AggregatePlan | None
    reason: str = ""
    left_out: bool = False
    """It was not tried."""


class Figures(NamedTuple):
    """What a plan does: families or resources down, plan periods across; blank if impossible."""

    production: Numbers
    subcontracted: Numbers
    lost: Numbers
    stock: Numbers
    """Less backlog."""
    hours: Numbers
    overtime: Numbers
    extra: Numbers
    available: Numbers
    people: Numbers
    change: Numbers
    """People hired less laid off by the plan, beside what Workforce says."""
    missing: Numbers
    """Hours that the plan needs and nobody offers; no computed plan has any."""

    @property
    def is_known(self) -> bool:
        return not bool(np.isnan(self.production).any())


def make(company: Company, seconds: float) -> dict[str, Made]:
    """Each strategy's plan.

    Args:
        company: Demand, resources and rules.
        seconds: For each plan; 0 leaves all of them out.
    """
    why = _nothing_to_plan(company, seconds)
    if why:
        return {name: Made(None, why, left_out=True) for name in MADE}
    return {name: _make(company, name, seconds) for name in MADE}


def _nothing_to_plan(company: Company, seconds: float) -> str:
    if seconds <= 0:
        return "the setting strategy_seconds leaves the plans out"
    if not company.bill.hours.any():
        return NOTHING
    return "" if company.demand.any() else "there is no demand to plan for"


def _make(company: Company, name: Strategy, seconds: float) -> Made:
    rules, note = company.rules, ""
    if name == "level" and (np.nan_to_num(np.asarray(rules.batch_size)) > 0).any():
        rules, note = replace(rules, batch_size=0.0), "batch sizes are not kept"
    try:
        plan = _solve(company, rules, name, seconds)
    except ImpossiblePlanError as error:
        return Made(None, _in_words(error))
    except ValueError as error:
        return Made(None, str(error))
    if plan.gap > SETTLED:
        late = f"after {seconds:g} seconds within {percent(plan.gap)} of the cheapest"
        note = "; ".join(filter(None, (note, late)))
    return Made(plan, note)


def _solve(company: Company, rules: Rules, name: Strategy, seconds: float) -> AggregatePlan:
    return aggregate_plan(
        company.demand, rules, name, families=company.families, resources=company.resources,
        periods=company.periods, seconds=seconds,
    )  # fmt: skip


def _in_words(error: ImpossiblePlanError) -> str:
    """The first shortfalls, and how many more there are."""
    more = len(error.shortfalls) - SHOWN
    rest = f"; and {count(more, 'shortage')} more" if more > 0 else ""
    return "; ".join(map(str, error.shortfalls[:SHOWN])) + rest


def figures_of(company: Company, made: Made) -> Figures:
    """The figures of a plan, without the noise of the solver; those of an impossible one blank."""
    plan = made.plan
    if plan is None:
        units, hours = (
            np.full((len(names), len(company.periods)), np.nan)
            for names in (company.families, company.resources)
        )
        return Figures(units, units, units, units, hours, hours, hours, hours, hours, hours,
                       hours)  # fmt: skip
    production, bought, lost, overtime, extra, people = map(rounded, (
        plan.production, plan.subcontracted, plan.lost, plan.overtime, plan.extra, plan.workers
    ))  # fmt: skip
    people = np.where(company.hours_per_person > 0, people, company.start)
    supply = np.cumsum(production, axis=1) + np.cumsum(bought, axis=1) + np.cumsum(lost, axis=1)
    # sums of figures with six decimals: of their noise nothing may be left
    stock = np.round(company.opening + supply - np.cumsum(company.demand, axis=1), 4) + 0.0
    change = np.diff(people, axis=1, prepend=company.people) - rounded(company.natural)
    return Figures(
        production, bought, lost, stock, company.bill.load(production), overtime, extra,
        company.hours(people), people, np.round(change, 4) + 0.0, np.zeros_like(people),
    )  # fmt: skip
