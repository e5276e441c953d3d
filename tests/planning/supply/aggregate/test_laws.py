"""What holds for every aggregate plan, whatever the company."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.planning.frames import Numbers
from sop_xl.planning.supply.aggregate import (
    STRATEGIES,
    AggregatePlan,
    ImpossiblePlanError,
    Rules,
    Strategy,
    aggregate_plan,
)

NEAR = 1e-4


@dataclass(frozen=True)
class Company:
    """A company by seed: a few families on two resources, the second one with people."""

    demand: Numbers
    rules: Rules


@st.composite
def companies(draw: st.DrawFn) -> Company:
    draws = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    families, periods = draw(st.integers(1, 4)), draw(st.integers(1, 6))
    demand = draws.integers(0, 500, (families, periods)).astype(float)
    hours = draws.uniform(0.1, 2, (families, 2)).round(2)
    waits = draws.random((families, 1)) < 0.5
    load = (hours.T @ demand).mean(axis=1)
    opening = draws.integers(-50, 200, (families, 1))
    most = draws.integers(400, 1500, (families, 1))
    # what is made to order has no stock
    made_to_order = waits & (draws.random((families, 1)) < 0.4) & (opening <= 0)
    rules = Rules(
        hours_per_unit=hours,
        material_cost=draws.integers(0, 9, (families, 1)),
        holding_cost=draws.integers(1, 5, (families, 1)),
        backorder_cost=np.where(waits, draws.integers(1, 20, (families, 1)), np.inf),
        lost_sale_cost=np.where(waits, np.inf, draws.integers(50, 99, (families, 1))),
        subcontract_cost=draws.integers(20, 60, (families, 1)),
        subcontract_limit=draws.integers(0, 300, (families, 1)),
        opening_stock=opening,
        maximum_stock=np.where(made_to_order, 0, most),
        minimum_stock=np.where(made_to_order, 0, draws.integers(0, 2, (families, 1)) * 10),
        target_stock=np.where(made_to_order, opening.clip(-50, 0) * 0.5, 30),
        ending_stock=np.where(made_to_order, 0, draws.integers(0, 50, (families, 1))),
        regular_hours=np.array([[load[0] * draws.uniform(0.5, 1.5)], [0.0]]),
        regular_cost=1.0,
        overtime_hours=np.array([[load[0] * 0.2], [0.0]]),
        overtime_cost=np.array([[3.0], [4.0]]),
        extra_hours=np.array([[load[0] * 0.1], [load[1] * draws.uniform(0, 0.3)]]),
        extra_cost=np.array([[6.0], [5.0]]),
        machine_hours=np.array([[np.inf], [load[1] * draws.uniform(0.7, 2)]]),
        hours_per_worker=np.array([[0.0], [160.0]]),
        opening_workers=float(draws.integers(0, 12)),
        wage=np.array([[0.0], [640.0]]), overtime_per_worker=np.array([[0.0], [20.0]]),
        hiring_cost=300.0, layoff_cost=500.0,
        average_stock=bool(draws.random() < 0.5),
    )  # fmt: skip
    return Company(demand, rules)


def planned(company: Company, strategy: Strategy) -> AggregatePlan | None:
    try:
        return aggregate_plan(company.demand, company.rules, strategy)
    except ImpossiblePlanError as found:
        refused = found
    assert refused.shortfalls
    assert all(shortfall.amount > 0 for shortfall in refused.shortfalls)
    return None


def column(rule: object) -> Numbers:
    return np.asarray(rule, dtype=float)


@settings(max_examples=40, deadline=None)
@given(companies(), st.sampled_from(STRATEGIES))
def test_a_plan_balances_and_keeps_its_limits(company: Company, strategy: Strategy) -> None:
    plan = planned(company, strategy)
    if plan is None:
        return
    rules = company.rules
    net = plan.stock - plan.backlog
    before = np.hstack(
        [np.broadcast_to(column(rules.opening_stock), net[:, :1].shape), net[:, :-1]]
    )
    supply = plan.production + plan.subcontracted + plan.lost
    assert net == pytest.approx(before + supply - company.demand, abs=NEAR)

    load = column(rules.hours_per_unit).T @ plan.production
    assert plan.regular + plan.overtime + plan.extra == pytest.approx(load, abs=NEAR)
    assert (plan.extra <= column(rules.extra_hours) + NEAR).all()
    assert (plan.regular <= column(rules.machine_hours) + NEAR).all()
    assert (plan.regular <= plan.available + NEAR).all()
    most = column(rules.overtime_hours) + column(rules.overtime_per_worker) * plan.workers
    assert (plan.overtime <= most + NEAR).all()
    assert (plan.subcontracted <= column(rules.subcontract_limit) + NEAR).all()
    assert (plan.stock <= column(rules.maximum_stock) + NEAR).all()
    assert (plan.stock >= column(rules.minimum_stock) - NEAR).all()
    assert (plan.stock[:, -1:] >= column(rules.ending_stock) - NEAR).all()
    assert (plan.backlog[:, -1] <= NEAR).all()
    people = np.diff(plan.workers, axis=1, prepend=column(rules.opening_workers))[1]
    assert people == pytest.approx((plan.hired - plan.laid_off)[1], abs=NEAR)


@settings(max_examples=25, deadline=None)
@given(companies())
def test_no_strategy_is_cheaper_than_the_optimised_plan(company: Company) -> None:
    cheapest = planned(company, "optimised")
    for strategy in ("level", "chase", "mixed"):
        other = planned(company, strategy)
        assert other is None or (
            cheapest is not None and cheapest.cost <= other.cost * (1 + 1e-6) + NEAR
        )


@settings(max_examples=25, deadline=None)
@given(companies())
def test_whole_people_cost_no_less_and_are_whole(company: Company) -> None:
    free = planned(company, "optimised")
    whole = planned(replace_rules(company, whole_workers=True), "optimised")
    if free is not None and whole is not None:
        assert (whole.workers % 1 == 0).all()
        assert whole.cost >= free.cost * (1 - 1e-6) - NEAR


def test_whole_people_of_a_large_plan_are_settled_within_a_hundredth() -> None:
    draws = np.random.default_rng(1)
    demand = draws.integers(50, 500, (90, 12)).astype(float)
    rules = Rules(
        hours_per_unit=draws.uniform(0.1, 1, (90, 3)).round(2), holding_cost=2, wage=2000,
        hours_per_worker=150, hiring_cost=500, layoff_cost=700, overtime_per_worker=20,
        overtime_cost=20,
    )  # fmt: skip

    free = aggregate_plan(demand, rules)
    whole = aggregate_plan(demand, replace(rules, whole_workers=True))

    assert (whole.workers % 1 == 0).all()
    assert free.cost - NEAR <= whole.cost <= free.cost * (1 + 0.0102)
    assert whole.gap >= (whole.cost - free.cost) / whole.cost - NEAR
    assert whole.production.sum() == pytest.approx(demand.sum())


@settings(max_examples=15, deadline=None)
@given(companies(), st.integers(5, 60))
def test_batches_are_whole(company: Company, size: int) -> None:
    plan = planned(replace_rules(company, batch_size=size), "optimised")
    if plan is not None:
        batches = plan.production / size
        assert batches == pytest.approx(np.round(batches), abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(companies())
def test_worth_is_what_an_hour_more_saves(company: Company) -> None:
    # of a linear program the price of an hour is never above what the next hour really saves less
    plan = planned(company, "optimised")
    if plan is None:
        return
    hours = np.broadcast_to(column(company.rules.regular_hours), plan.worth.shape).copy()
    at = np.unravel_index(int(plan.worth.argmax()), plan.worth.shape)
    hours[at] += 1.0
    with_more = planned(replace_rules(company, regular_hours=hours), "optimised")
    assert with_more is not None
    saved = plan.cost - with_more.cost
    assert -NEAR <= saved <= plan.worth[at] + NEAR


def replace_rules(company: Company, **changes: object) -> Company:
    return replace(company, rules=replace(company.rules, **changes))  # type: ignore[arg-type]
