"""The aggregate plan: made by a strategy, or typed and priced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import fitted
from sop_xl.planning.frames import Numbers, ratio, rounded, zero
from sop_xl.planning.supply.aggregate import model
from sop_xl.planning.supply.aggregate.program import NoSolution, Solution
from sop_xl.planning.supply.aggregate.rules import MOST_FAULTS, Rules, Situation, situation

Strategy: TypeAlias = Literal["optimised", "level", "chase", "mixed"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)
COSTS = (
    "material", "regular time", "wages", "overtime", "hiring", "layoffs", "subcontracting",
    "inventory", "backorders", "lost sales",
)  # fmt: skip
"""What a plan costs, item by item."""
SECONDS = 60.0
"""Time that the solver may take before it gives the best plan it has."""
SMALL = 1e-5
"""Units and hours that are noise of the solver."""


class AggregatePlan(NamedTuple):
    """A plan: families or resources down, periods across; units, hours, people, money."""

    strategy: str
    production: Numbers
    """Units made in-house, in regular time and overtime."""
    subcontracted: Numbers
    stock: Numbers
    """At the end of each period."""
    backlog: Numbers
    """Owed at the end of each period."""
    lost: Numbers
    """Demand that is not served at all."""
    regular: Numbers
    """Hours worked in regular time, by resource."""
    overtime: Numbers
    """Hours, by resource."""
    extra: Numbers
    """Hours of an extra shift or from outside, by resource."""
    available: Numbers
    """Hours of regular time, by resource."""
    workers: Numbers
    hired: Numbers
    laid_off: Numbers
    costs: Numbers
    """Money: the items of ``COSTS`` down, periods across."""
    worth: Numbers
    """Money that one more hour of regular time would save, by resource and period; missing for
    level, chase and priced plans, which are not the cheapest."""
    gap: float
    """Relative distance to the cheapest plan that may be possible; above zero where whole numbers
    were not settled in time."""

    @property
    def cost(self) -> float:
        """Total in money."""
        return float(self.costs.sum())

    @property
    def utilisation(self) -> Numbers:
        """Hours worked by regular hours available; above 1 is overtime and extra."""
        return ratio(self.regular + self.overtime + self.extra, self.available)


class Shortfall(NamedTuple):
    """A rule that no plan can keep, and by how much it fails."""

    rule: str
    name: str
    period: str
    amount: float

    def __str__(self) -> str:
        return _SHORTFALLS[self.rule].format(self.name, self.period, _amount(self.amount))


_SHORTFALLS = {
    "missing": "{0} lacks {2} hours in {1}",
    "idle": "{0} has {2} hours in {1} without work",
    "unmet": "{0} lacks {2} units in {1} that nobody can make or deliver",
    "under": "{0} misses its least stock in {1} by {2} units",
    "over": "{0} is over its maximum stock in {1} by {2} units",
    "owed": "{0} owes {2} units more than allowed in {1}",
}


def _amount(value: float) -> str:
    """Whole from a hundred on, else three digits.

    >>> _amount(1464.228), _amount(36.5449)
    ('1,464', '36.5')
    """
    return f"{value:,.0f}" if value >= 99.95 else f"{value:.3g}"


class ImpossiblePlanError(ValueError):
    """No plan keeps the rules; ``shortfalls`` say which of them have to give, and how far."""

    def __init__(self, strategy: str, shortfalls: Sequence[Shortfall]) -> None:
        self.strategy = strategy
        self.shortfalls = tuple(shortfalls)
        shown = "; ".join(map(str, shortfalls[:MOST_FAULTS]))
        rest = len(shortfalls) - MOST_FAULTS
        more = f"; and {rest} more" if rest > 0 else ""
        super().__init__(f"no {strategy} plan is possible: {shown}{more}")


def aggregate_plan(
    demand: npt.ArrayLike,
    rules: Rules,
    strategy: Strategy = "optimised",
    *,
    families: Sequence[str] = (),
    resources: Sequence[str] = (),
    periods: Sequence[str] = (),
    seconds: float = SECONDS,
) -> AggregatePlan:
    """The cheapest plan of a strategy: production, people, stock and what they cost.

    - optimised: the cheapest plan that keeps the rules.
    - level: every family makes the same number each working day, with the same people all the time;
      overtime and subcontractors come in as little as that allows. What cannot be stored (maximum
      stock 0) follows its demand.
    - chase: each period brings what its demand and stock rules ask for, made by people hired and
      laid off to fit; overtime and subcontractors as little as that allows.
    - mixed: the same people all the time; overtime, subcontractors and stock take the rest.

    The three are restrictions of the same program, so none of them is cheaper than the optimised
    plan. Source: Chopra and Meindl, Supply Chain Management, chapter 8 (aggregate planning).

    Args:
        demand: Units, families down, periods across; or the periods of one family.
        rules: Costs and rules.
        strategy: As above.
        families: Names for messages; numbers if left out, as for the others.
        resources: Names of the columns of the bill of resources.
        periods: Names of the periods.
        seconds: Time for the solver; only plans of whole numbers can need it.

    Raises:
        ImpossiblePlanError: No plan keeps the rules; it says which, where and by how much.
        ValueError: Demand and rules do not fit or contradict each other.

    >>> rules = Rules(hours_per_unit=2, regular_hours=100, overtime_hours=20, overtime_cost=6,
    ...               holding_cost=5)
    >>> plan = aggregate_plan([40.0, 56.0], rules)
    >>> plan.production.tolist(), plan.stock.tolist(), plan.cost, plan.worth.tolist()
    ([[46.0, 50.0]], [[6.0, 0.0]], 30.0, [[0.0, 2.5]])
    """
    given = situation(demand, rules, families, resources, periods)
    if strategy not in STRATEGIES:
        raise ValueError(f"a plan is {', '.join(STRATEGIES)}, not {strategy}")
    if strategy == "level" and (given["batch_size"] > 0).any():
        raise ValueError(
            "a level plan makes the same number every day, not batches: leave the batch size out"
            " or take the mixed plan"
        )
    first = model.outside(given, strategy)
    try:
        found = model.program(given, strategy).solve(seconds, first, worth=first is None)
    except NoSolution:
        raise ImpossiblePlanError(strategy, _shortfalls(given, strategy, seconds)) from None
    return _plan(given, strategy, found)


def _plan(given: Situation, strategy: str, found: Solution) -> AggregatePlan:
    """The plan of a solution: stock, people and costs computed from what was decided."""
    decided = {name: np.round(numbers, 9) + 0.0 for name, numbers in found.values.items()}
    made, bought, lost = (decided[name] for name in ("production", "subcontracted", "lost"))
    net = rounded(given.opening + np.cumsum(made + bought + lost - given.demand, axis=1))
    net[np.abs(net) < SMALL] = 0.0
    hired, laid_off = decided["hired"], decided["laid_off"]
    unknown = np.isnan(given["opening_workers"][:, 0])
    hired[unknown, 0] = laid_off[unknown, 0] = 0.0
    worth = np.full(hired.shape, np.nan)
    if found.worth:
        hours = found.worth[model.HOURS].copy()
        if model.MACHINES in found.worth:
            hours[np.isfinite(given["machine_hours"]).ravel()] += found.worth[model.MACHINES]
        worth = rounded(hours).reshape(hired.shape)
    return _priced(
        given, strategy, made, bought, lost, net, decided["regular"], decided["overtime"],
        decided["extra"], decided["workers"], hired, laid_off, worth, found.gap,
    )  # fmt: skip


def price_plan(
    demand: npt.ArrayLike,
    rules: Rules,
    regular: npt.ArrayLike,
    overtime: npt.ArrayLike = 0.0,
    subcontracted: npt.ArrayLike = 0.0,
    workers: npt.ArrayLike = 0.0,
) -> AggregatePlan:
    """What a plan costs that a planner typed, as it stands: neither hours nor limits are checked.

    ``I_t = I_(t-1) + P_t + C_t - D_t``; what is missing is backlog where backorders have a cost,
    else a lost sale where those have one.

    Args:
        demand: Units, families down, periods across; or the periods of one family.
        rules: Costs and rules.
        regular: Units made in regular time, as the demand or one number for all; also the others.
        overtime: Units made in overtime.
        subcontracted: Units bought.
        workers: People, or another measure of capacity whose changes cost, resources down.

    Raises:
        ValueError: The ranges do not fit, or demand is missed where neither backorders nor lost
            sales have a cost.

    >>> rules = Rules(regular_cost=2, overtime_cost=3, holding_cost=1)
    >>> price_plan([10.0, 30.0], rules, [20.0, 15.0], [0.0, 5.0]).cost
    95.0
    """
    given = situation(demand, rules)
    plain, extra, bought = (
        _typed(name, units, given.demand.shape)
        for name, units in (
            ("regular", regular), ("overtime", overtime), ("subcontracted", subcontracted)
        )
    )  # fmt: skip
    people = _typed("workers", workers, (len(given.resources), given.demand.shape[1]))
    net, lost = _missed(given, plain + extra + bought)
    unknown = np.isnan(given["opening_workers"][:, :1])
    before = np.where(unknown, people[:, :1], given["opening_workers"][:, :1])
    change = np.diff(people, axis=1, prepend=before) - given["natural_change"]
    return _priced(
        given, "typed", plain + extra, bought, lost, net, given.bill.load(plain),
        given.bill.load(extra), np.zeros_like(people), people,
        np.maximum(change, 0.0), np.maximum(-change, 0.0), np.full(people.shape, np.nan),
    )  # fmt: skip


def _typed(name: str, units: npt.ArrayLike, shape: tuple[int, int]) -> Numbers:
    """Units as many as there are cells of demand; a blank is none."""
    numbers = zero(fitted(name, units, shape))
    if (numbers < 0).any() or np.isinf(numbers).any():
        raise ValueError(f"{name}: the numbers have to be zero or more")
    return numbers


def _missed(given: Situation, supply: Numbers) -> tuple[Numbers, Numbers]:
    """Stock less backlog at the end of each period, and lost sales.

    Raises:
        ValueError: Demand is missed, and that has no cost.
    """
    waits = ~np.isinf(given["backorder_cost"])
    may_be_lost = ~np.isinf(given["lost_sale_cost"])
    net, lost = np.zeros_like(supply), np.zeros_like(supply)
    before = given.opening[:, 0]
    for t in range(supply.shape[1]):
        after = rounded(before + supply[:, t] - given.demand[:, t])
        short = np.maximum(0.0, -after)
        unpriced = (short > 0) & ~waits[:, t] & ~may_be_lost[:, t]
        for row in np.flatnonzero(unpriced).tolist():
            raise ValueError(
                f"the plan misses {short[row]:,.6g} units of {given.families[row]} in"
                f" {given.periods[t]}: give the backorder cost or the lost sale cost"
            )
        lost[:, t] = np.where(waits[:, t], 0.0, short)
        before = net[:, t] = after + lost[:, t]
    return net, lost


def _priced(
    given: Situation,
    strategy: str,
    made: Numbers,
    bought: Numbers,
    lost: Numbers,
    net: Numbers,
    regular: Numbers,
    overtime: Numbers,
    extra: Numbers,
    workers: Numbers,
    hired: Numbers,
    laid_off: Numbers,
    worth: Numbers,
    gap: float = 0.0,
) -> AggregatePlan:
    """A plan with its costs; ``net`` is stock less backlog."""
    stock, backlog = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    held = stock
    if given["average_stock"].any():
        held = (np.hstack([np.maximum(given.opening, 0.0), stock[:, :-1]]) + stock) / 2
    items = (
        (given["material_cost"], made), (given["regular_cost"], regular),
        (given["wage"], workers), (given["overtime_cost"], overtime),
        (given["hiring_cost"], hired), (given["layoff_cost"], laid_off),
        (given["subcontract_cost"], bought), (given["holding_cost"], held),
        (given["backorder_cost"], backlog), (given["lost_sale_cost"], lost),
    )  # fmt: skip
    costs = np.array([_money(price, amount) for price, amount in items])
    costs[COSTS.index("overtime")] += _money(given["extra_cost"], extra)
    staffed = given["regular_hours"] + given["hours_per_worker"] * workers
    available = np.minimum(staffed, given["machine_hours"])
    return AggregatePlan(
        strategy, made, bought, stock, backlog, lost, regular, overtime, extra, available, workers,
        hired, laid_off, costs, worth, gap,
    )  # fmt: skip


def _money(price: Numbers, amount: Numbers) -> Numbers:
    """Cost of each period; what is not used needs no price."""
    return np.asarray((np.where(amount == 0, 0.0, price) * amount).sum(axis=0))


def _shortfalls(given: Situation, strategy: str, seconds: float) -> list[Shortfall]:
    """Which rules have to give for a plan to be possible, and how far at least.

    Raises:
        ValueError: Even so there is none, or the solver only believes that there is none.
    """
    relaxed = model.program(given, strategy, elastic=True)
    relaxed.costs = [relaxed.weights(model.breaking(given))]
    try:
        found = relaxed.solve(seconds).values
    except NoSolution:
        found = {}
    broken = list(_broken(given, found))
    if not broken:
        raise ValueError(
            "the solver finds no plan and no rule that stands in its way: the bounds of the"
            " workforce contradict each other, or numbers of very different size meet"
        )
    return broken


def _broken(given: Situation, found: Mapping[str, Numbers]) -> Iterator[Shortfall]:
    for rule in _SHORTFALLS:
        names = given.resources if rule in ("missing", "idle") else given.families
        amounts = found.get(rule, np.zeros((0, 0)))
        for row, at in np.argwhere(amounts > SMALL).tolist():
            yield Shortfall(rule, names[row], given.periods[at], float(round(amounts[row, at], 6)))
