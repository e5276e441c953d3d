"""The grids of the strategies: families, resources, company, and the cost of the plan (step 3)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import (
    Numbers,
    across,
    blocks,
    ratio,
    rounded,
    totals,
    zero,
)
from sop_xl.planning.resource_bill import later
from sop_xl.planning.supply.strategies.making import Figures, Made
from sop_xl.planning.supply.strategies.situation import Company
from sop_xl.schema import empty_frame
from sop_xl.tables.strategy import (
    BOTTLENECKS,
    CURRENT,
    PLANS,
    STRATEGY_COST,
    STRATEGY_HOURS,
    STRATEGY_OUTPUT,
    STRATEGY_PLAN,
    name_of,
)

MOST = 10
"""Bottlenecks that the list names."""
MEASURES = ("hours", "overtime", "extra", "available", "people", "change")
"""Of a plan by resource; whom the plan in the book hires or lays off comes from an adopted one."""
LEAST_WORTH = 0.005
"""Money that an hour more has to be worth to be named."""


def current_figures(
    company: Company, supply_plan: pd.DataFrame, capacity: pd.DataFrame, axis: Axis
) -> Figures:
    """The plan in the book: what its hours beyond regular ones are, and with which people.

    Overtime first, then extra hours, as far as somebody offers them or they are committed to on
    Capacity. What is missing then cannot be bought: it has no price, and the constrained plan
    delivers it late.
    """
    production, stock, bought = (
        totals(supply_plan, name, "family", company.families, axis.plan)
        for name in ("production", "net_stock", "subcontracted")
    )
    hours = totals(capacity, "load", "resource", company.resources, axis.plan)
    people = company.there
    available = company.hours(people)
    beyond = np.maximum(0.0, hours - available)
    overtime = rounded(np.minimum(beyond, company.overtime_in_book))
    extra = rounded(np.minimum(beyond - overtime, company.extra_limit))
    missing = rounded(beyond - overtime - extra)
    return Figures(
        production, bought, np.zeros_like(production), rounded(stock), hours, overtime, extra,
        available, people, company.adopted_people, missing,
    )  # fmt: skip


def family_grid(axis: Axis, company: Company, plans: Mapping[str, Figures]) -> pd.DataFrame:
    """The grid ``strategy_plan``."""
    cells = {"demand": across(axis, plan=company.demand)}
    for name, figures in plans.items():
        for measure in ("production", "subcontracted", "lost", "stock"):
            if name != CURRENT or measure != "lost":
                cells[name_of(measure, name)] = across(axis, plan=getattr(figures, measure))
    return blocks(STRATEGY_PLAN, company.families, axis, cells)


def output_grid(axis: Axis, company: Company, plans: Mapping[str, Figures]) -> pd.DataFrame:
    """The grid ``strategy_output``: production by the month of the work."""
    bill = company.bill
    cells = {
        name_of("worked", name): across(
            axis,
            plan=np.concatenate(
                [later(zero(figures.production), offset) for offset in bill.offsets]
            ),
        )
        for name, figures in plans.items()
        if name != CURRENT
    }
    return hierarchy.level_grid(STRATEGY_OUTPUT, bill.keys(company.families), axis, cells)


def hours_grid(
    axis: Axis,
    company: Company,
    plans: Mapping[str, Figures],
    made: Mapping[str, Made],
    adopted: Numbers,
    gap: Numbers,
) -> pd.DataFrame:
    """The grid ``strategy_hours``.

    Args:
        axis: Periods across.
        company: Resources and limits.
        plans: What each plan does.
        made: The plans, for what an hour more is worth.
        adopted: Units of all families by an adopted plan, by period.
        gap: Available less load of each resource as Capacity shows it.
    """
    cells = {
        "overtime_limit": company.overtime_in_book,
        "extra_limit": company.extra_limit,
        "per_person": company.hours_per_person,
        "planned_hires": company.planned_hires,
        "natural": rounded(company.natural),
    }
    for name, figures in plans.items():
        for measure in MEASURES if name != CURRENT else (*MEASURES, "missing"):
            cells[name_of(measure, name)] = getattr(figures, measure)
    best = made["optimised"].plan
    if best is not None:
        cells["worth"] = rounded(np.maximum(0.0, best.worth))
    cells["adopted_short"] = np.where(adopted > 0, np.maximum(0.0, rounded(-zero(gap))), 0.0)
    shown = {name: across(axis, plan=numbers) for name, numbers in cells.items()}
    return blocks(STRATEGY_HOURS, company.resources, axis, shown)


def cost_grid(
    axis: Axis,
    plans: Mapping[str, Figures],
    demand: Numbers,
    units: pd.DataFrame,
    hours: pd.DataFrame,
    planned_hires: Numbers,
) -> pd.DataFrame:
    """The grid ``strategy_cost``: volumes, hours, people and money of each plan.

    Args:
        axis: Periods across.
        plans: What each plan does.
        demand: Of all families, by plan period.
        units: The list ``family_rates``.
        hours: The list ``resource_rates``.
        planned_hires: People who start by the sheet Workforce, by resource and plan period.
    """
    rows = [
        _company_figures(plans[name], demand, units, hours, planned_hires) for name in PLANS
    ]
    cells = {
        measure.name: across(axis, plan=np.vstack([row[measure.name] for row in rows]))
        for measure in STRATEGY_COST.measures
    }
    return blocks(STRATEGY_COST, PLANS, axis, cells)


def _company_figures(
    plan: Figures,
    demand: Numbers,
    units: pd.DataFrame,
    hours: pd.DataFrame,
    planned_hires: Numbers,
) -> dict[str, Numbers]:
    """One row of each measure; blank where the plan is impossible."""
    per_unit = {n: zero(units[n].to_numpy(dtype=float)) for n in units.columns[1:]}
    per_hour = {n: zero(hours[n].to_numpy(dtype=float)) for n in hours.columns[1:]}
    stock, backlog = np.maximum(0.0, plan.stock), np.maximum(0.0, -plan.stock)
    hired, laid_off = np.maximum(0.0, plan.change) + planned_hires, np.maximum(0.0, -plan.change)
    costs = {
        "material": per_unit["material"] @ plan.production,
        "regular": per_hour["regular_cost"]
        @ (plan.hours - plan.overtime - plan.extra - plan.missing),
        "wages": per_hour["wage"] @ plan.people,
        "overtime": per_hour["overtime_cost"] @ plan.overtime + per_hour["extra_cost"] @ plan.extra,
        "hiring": per_hour["hiring_cost"] @ hired,
        "layoffs": per_hour["layoff_cost"] @ laid_off,
        "subcontracting": per_unit["subcontract"] @ plan.subcontracted,
        "holding": per_unit["holding"] @ stock,
        "backorders": per_unit["late"] @ backlog,
        "lost_sales": per_unit["lost"] @ plan.lost,
    }
    worked, available = plan.hours.sum(axis=0), plan.available.sum(axis=0)
    fullest = plan.hours / np.where(plan.available == 0, 1.0, plan.available)
    known = {
        "demand": demand,
        "production": plan.production.sum(axis=0),
        "subcontracted": plan.subcontracted.sum(axis=0),
        "inventory": stock.sum(axis=0),
        "backlog": backlog.sum(axis=0),
        "lost": plan.lost.sum(axis=0),
        "hours": worked,
        "available": available,
        "utilisation": ratio(worked, available),
        "peak": fullest.max(axis=0, initial=0.0),
        "overtime_hours": plan.overtime.sum(axis=0),
        "extra_hours": plan.extra.sum(axis=0),
        "missing_hours": plan.missing.sum(axis=0),
        "people": plan.people.sum(axis=0),
        "hired": hired.sum(axis=0),
        "laid_off": laid_off.sum(axis=0),
        **costs,
        "total": np.sum(list(costs.values()), axis=0),
    }
    blank = np.full(plan.production.shape[1], np.nan)
    return known if plan.is_known else dict.fromkeys(known, blank)


def bottlenecks(axis: Axis, company: Company, made: Made, figures: Figures) -> pd.DataFrame:
    """The list ``bottlenecks``: where and when an hour more is worth most, largest first."""
    if made.plan is None:
        return empty_frame(BOTTLENECKS.columns)
    worth = rounded(made.plan.worth)
    at = [(k, t) for k, t in np.argwhere(worth >= LEAST_WORTH).tolist()]
    at.sort(key=lambda spot: -worth[spot])
    rows = [
        (
            company.resources[k], axis.plan[t], worth[k, t], figures.hours[k, t],
            figures.available[k, t], figures.overtime[k, t], figures.extra[k, t],
        )
        for k, t in at[:MOST]
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=BOTTLENECKS.names)
    return frame.astype(empty_frame(BOTTLENECKS.columns).dtypes.to_dict())

