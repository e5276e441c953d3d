"""The company as an aggregate plan sees it: demand, stock, resources, people, and the rules."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Flags, Numbers, lookup, matrix, ratio, rounded, totals, zero
from sop_xl.planning.resource_bill import ResourceBill, resource_bill
from sop_xl.planning.supply.aggregate import Rules
from sop_xl.planning.supply.overtime import option_hours, overtime_limit
from sop_xl.planning.supply.workforce import adopted_change, planned_hires
from sop_xl.planning.supply.workforce import there as who_is_there
from sop_xl.planning.wording import month
from sop_xl.tables.settings import MAKE_TO_ORDER, Settings

WHOLE = "whole"
"""The value of the setting ``people_in_plans`` that allows whole people only."""
NOTHING = "there are no resources with hours, so every plan would be the same"


class Company(NamedTuple):
    """Families or resources down, plan periods across."""

    families: list[str]
    resources: list[str]
    periods: list[str]
    demand: Numbers
    opening: Numbers
    """Stock less backlog now, upright."""
    bill: ResourceBill
    machines: Numbers
    """Hours of regular time that the machines give."""
    people: Numbers
    """There now, upright."""
    there: Numbers
    """People by month as the sheet Workforce has them: after attrition and planned hires."""
    start: Numbers
    """The same as the plans start from them: without those of an adopted plan, and whole people
    where the setting asks for those."""
    planned_hires: Numbers
    adopted_people: Numbers
    """Whom an adopted plan hires, negative lays off; no computed plan starts from them."""
    hours_per_person: Numbers
    """By month, new people by their ramp; zero where people do not limit a resource."""
    overtime_limit: Numbers
    """Of the computed plans: with the people whom they start from."""
    overtime_in_book: Numbers
    """Of the plan in the book: with those of an adopted plan, too."""
    extra_limit: Numbers
    rules: Rules

    @property
    def natural(self) -> Numbers:
        """People who come and leave whatever a plan decides."""
        return np.diff(self.start, axis=1, prepend=self.people)

    def hours(self, people: Numbers) -> Numbers:
        """Regular hours with so many people."""
        limited = np.minimum(self.machines, people * self.hours_per_person)
        return np.where(self.hours_per_person > 0, limited, self.machines)


def company_of(
    axis: Axis,
    settings: Settings,
    supply_plan: pd.DataFrame,
    capacity: pd.DataFrame,
    families: pd.DataFrame,
    bill: pd.DataFrame,
    rates: pd.DataFrame,
    workforce: pd.DataFrame,
    options: pd.DataFrame,
    workforce_plan: pd.DataFrame,
) -> Company:
    """Gather what the plans are made from.

    Stock may not fall below a share of its target, nor stay below target for longer than the
    settings say, and is on target at the end. What is made to order and what cannot be stored has
    no stock; its backlog is worked off in the same time. The people are those of the sheet
    Workforce, month by month: a plan hires and lays off beside what happens there.
    """
    names, places = sorted(families["family"]), sorted(rates["resource"])
    demand = np.maximum(0.0, totals(supply_plan, "demand", "family", names, axis.plan))
    opening = zero(matrix(supply_plan, "net_stock", "family", names, axis.past)[:, -1:])
    machines = totals(capacity, "machine_hours", "resource", places, axis.plan)
    people = lookup(rates, "resource", places, "people")
    there, hires, adopted_people = (
        totals(workforce_plan, name, "resource", places, axis.plan)
        for name in ("people", "planned_hires", "adopted_change")
    )
    base = there - np.cumsum(adopted_people, axis=1)
    labour = totals(capacity, "labour_hours", "resource", places, axis.plan)
    today = lookup(rates, "resource", places, "hours_per_person")
    per_person = np.where(there > 0, zero(ratio(labour, there)), today)
    start = np.floor(base + 0.5) if settings.people_in_plans == WHOLE else base
    committed_overtime, committed_extra, adopted = (
        totals(capacity, name, "resource", places, axis.plan)
        for name in ("overtime", "extra", "adopted_hours")
    )
    typed, moved = (f(axis, workforce, workforce_plan) for f in (planned_hires, adopted_change))
    overtime, in_book = (
        np.maximum(
            overtime_limit(
                options, workforce, places, axis.plan,
                who_is_there(workforce, typed, change).productive,
            ),
            committed_overtime,
        )
        for change in (np.zeros_like(moved), moved)
    )  # fmt: skip
    extra = np.maximum(option_hours(options, places, axis.plan, overtime=False), committed_extra)
    company = Company(
        names, places, [month(period) for period in axis.plan], demand, opening,
        resource_bill(bill, names, places), machines, people, there, start, hires,
        adopted_people, per_person,
        overtime, in_book, np.maximum(extra, rounded(adopted - in_book)),
        Rules(),
    )  # fmt: skip
    target = totals(supply_plan, "target", "family", names, axis.plan)
    planned, chase = (
        totals(supply_plan, name, "family", names, axis.plan)
        for name in ("production", "chase_plan")
    )
    workdays = axis.calendar.workdays(axis.plan).astype(float)
    return company._replace(
        rules=_rules(
            company, settings, families, rates, target, workdays, np.maximum(planned, chase)
        )
    )


def _rules(
    company: Company,
    settings: Settings,
    families: pd.DataFrame,
    rates: pd.DataFrame,
    target: Numbers,
    workdays: Numbers,
    started: Numbers,
) -> Rules:
    names, demand, opening = company.families, company.demand, company.opening
    rows = families.set_index("family").reindex(names)

    def given(column: str) -> Numbers:
        return np.asarray(rows[column].to_numpy(dtype=float)[:, np.newaxis])

    def rate(column: str) -> Numbers:
        return np.asarray(rates[column].to_numpy(dtype=float)[:, np.newaxis])

    storable = (rows["policy_used"] != MAKE_TO_ORDER).to_numpy()[:, np.newaxis]
    target = np.where(storable, target, 0.0)
    wanted = wanted_stock(target, opening, storable, settings.catch_up)
    cost, price = zero(given("cost")), zero(given("price"))
    late = np.where(np.isnan(given("backorder_cost")), price * settings.late_rate,
                    given("backorder_cost"))  # fmt: skip
    # nothing is thrown away: what is there already may be above every maximum
    there = np.maximum(0.0, opening - np.cumsum(demand, axis=1))
    most = np.where(storable, np.where(np.isnan(given("maximum_stock")), np.inf,
                                       given("maximum_stock")), 0.0)  # fmt: skip
    hours = company.bill.total.sum(axis=1, keepdims=True)
    plenty = 10.0 * (demand.sum() + np.abs(opening).sum() + target.sum() + 1.0)
    staffed = company.hours_per_person > 0
    return Rules(
        hours_per_unit=company.bill.total,
        hours_before=company.bill.before,
        material_cost=np.where(np.isnan(given("material_cost")), cost * settings.material_share,
                               given("material_cost")),
        holding_cost=cost * settings.holding_rate / 12,
        backorder_cost=late,
        lost_sale_cost=given("lost_sale_cost"),
        subcontract_cost=given("subcontract_cost"),
        subcontract_limit=given("subcontract_limit"),
        opening_stock=opening,
        minimum_stock=np.maximum(0.0, wanted) * settings.least_stock,
        target_stock=wanted,
        ending_stock=target[:, -1:],
        maximum_stock=np.maximum(most, there),
        maximum_production=_begun(company, started, np.where(hours > 0, np.inf, plenty)),
        batch_size=given("batch_size"),
        regular_hours=np.where(staffed, 0.0, company.machines),
        machine_hours=np.where(staffed, company.machines, np.inf),
        regular_cost=rate("regular_cost"),
        overtime_hours=company.overtime_limit,
        overtime_cost=rate("overtime_cost"),
        extra_hours=company.extra_limit,
        extra_cost=rate("extra_cost"),
        opening_workers=company.people,
        hours_per_worker=company.hours_per_person,
        wage=rate("wage"),
        hiring_cost=zero(rate("hiring_cost")),
        layoff_cost=zero(rate("layoff_cost")),
        natural_change=company.natural,
        minimum_workers=np.where(np.isnan(rate("layoff_cost")), company.start, 0.0),
        maximum_workers=np.where(np.isnan(rate("hiring_cost")), company.start, np.inf),
        whole_workers=settings.people_in_plans == WHOLE,
        workdays=workdays,
    )  # fmt: skip


def _begun(company: Company, started: Numbers, most: Numbers) -> Numbers:
    """Production at most: the work on what is completed first was done before the plan begins, so
    there is no more of it than the plan in the book completes, or a chase plan would.

    Args:
        company: Its bill says by how many months the work comes before.
        started: Units, families down, plan periods across.
        most: Units at most by other rules.
    """
    early = np.arange(started.shape[1]) < company.bill.first_periods[:, np.newaxis]
    return np.where(early, np.maximum(started, 0.0), most)


def wanted_stock(target: Numbers, opening: Numbers, storable: Flags, months: int) -> Numbers:
    """Stock that a chase plan aims at: the target, reached in even steps from where stock is now.

    ``w_t = T_t (r + (1 - r) min(1, t / m))`` with ``r = S_0 / T_1`` within 0 and 1; of what has no
    stock the backlog, ``w_t = S_0 max(0, 1 - t / m)``, which is negative.

    Args:
        target: T, units, families down, periods across.
        opening: S_0, stock less backlog now, upright.
        storable: Which families have stock at all, upright.
        months: m, months until the target is reached.

    >>> given = np.array([[90.0, 90, 90]]), np.array([[30.0]]), np.array([[True]])
    >>> wanted_stock(*given, 2).round(9).tolist()
    [[60.0, 90.0, 90.0]]
    """
    done = np.minimum(1.0, np.arange(1, target.shape[1] + 1) / months)
    first = target[:, :1]
    start = np.clip(opening, 0.0, first) / np.where(first > 0, first, 1.0)
    start = np.where(first > 0, start, 1.0)
    owed = np.minimum(opening, 0.0) * (1.0 - done)
    return np.where(storable, target * (start + (1.0 - start) * done), owed)
