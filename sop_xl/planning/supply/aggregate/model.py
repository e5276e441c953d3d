"""The aggregate plan as a linear program: what may be decided, what it costs, what has to hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers
from sop_xl.planning.supply.aggregate.program import (
    Program,
    Terms,
    change,
    each,
    scaled,
    weighted_sums,
)
from sop_xl.planning.supply.aggregate.rules import Situation
from sop_xl.planning.supply.production import project

TIE = 1e-6
"""Money that a unit in stock, owed or lost, an hour of overtime and a worker cost at least: of
plans that cost the same, the one without needless stock, delay and people."""
HOURS, MACHINES, WITHIN_MINIMUM, WITHIN_MAXIMUM, WITHIN_BACKLOG = (
    "hours", "machine hours", "minimum stock", "maximum stock", "ending backlog",
)  # fmt: skip
"""Names of rows that messages and worths refer to."""


def program(given: Situation, strategy: str, elastic: bool = False) -> Program:
    """The program of a strategy.

    ``I_t - B_t = I_(t-1) - B_(t-1) + P_t + C_t + L_t - D_t`` for each family (stock, backlog,
    production, subcontracting, lost sales, demand); ``sum of h P = R + X + E``, ``R <= A + g W``,
    ``R <= M``, ``X <= O + o W`` and ``E <= e`` for each resource (regular, overtime and extra
    hours, workers, machine hours); ``W_t = W_(t-1) + N_t + H_t - F_t`` (hired, laid off, and N who
    come and leave by themselves). Source: Chopra and Meindl, Supply Chain Management, chapter 8.

    Args:
        given: Demand and rules.
        strategy: level, chase, mixed or optimised.
        elastic: Whether hours, stock limits and demand may be broken, at a price that says by how
            much at least; nothing else costs then.
    """
    model = Program()
    _families(model, given, elastic)
    _resources(model, given, strategy)
    _balance(model, given, elastic)
    _capacity(model, given, elastic)
    if elastic:
        _bounds_that_give(model, given)
    if strategy == "level":
        _same_every_day(model, given)
    if strategy == "chase":
        _following_demand(model, given, elastic)
    return model


def _families(model: Program, given: Situation, elastic: bool) -> None:
    shape = given.demand.shape
    free = np.isinf
    stocked = given["holding_cost"]
    if given["average_stock"].any():
        # the stock at the end of a period is half of its mean and half of the next one's
        after = np.hstack([stocked[:, 1:], np.zeros((shape[0], 1))])
        stocked = (stocked + after) / 2
    backlog = np.where(free(given["backorder_cost"]), 0.0, np.inf)
    # what has to lie in stock cannot be owed at the same time
    backlog = np.where(given["minimum_stock"] > 0, 0.0, backlog)
    if not elastic:
        backlog[:, -1] = np.minimum(backlog[:, -1], given["ending_backlog"][:, -1])
        backlog[:, -1] = np.where(given.required[:, -1] > 0, 0.0, backlog[:, -1])
    bought = np.where(free(given["subcontract_cost"]), 0.0, given["subcontract_limit"])
    lost = np.where(free(given["lost_sale_cost"]), 0.0, given.demand)
    model.block("production", shape, given["material_cost"], high=given["maximum_production"])
    model.block("subcontracted", shape, _allowed(given["subcontract_cost"]), high=bought)
    model.block("lost", shape, np.maximum(_allowed(given["lost_sale_cost"]), TIE), high=lost)
    model.block("backlog", shape, np.maximum(_allowed(given["backorder_cost"]), TIE), high=backlog)
    model.block(
        "stock", shape, np.maximum(stocked, TIE),
        low=0.0 if elastic else given.required, high=np.inf if elastic else given["maximum_stock"],
    )  # fmt: skip
    batched = given["batch_size"] > 0
    if batched.any():
        model.adding_up.add("batches")
        model.block("batches", shape, high=np.where(batched, np.inf, 0.0), whole=batched)


def _allowed(cost: Numbers) -> Numbers:
    """A cost, zero where it stands for what is not allowed: bounds see to that."""
    return np.where(np.isinf(cost), 0.0, cost)


def _resources(model: Program, given: Situation, strategy: str) -> None:
    shape = (len(given.resources), given.demand.shape[1])
    people = np.broadcast_to(given.staffed[:, np.newaxis], shape)
    unknown = np.isnan(given["opening_workers"][:, :1])
    # the first number of people costs no change where nobody knows the one before
    first = np.hstack([~unknown, np.ones((shape[0], shape[1] - 1), dtype=bool)])
    moves = np.where(people, np.inf, 0.0)
    if strategy in ("level", "mixed"):
        moves[:, 1:] = 0.0
    model.block("regular", shape, given["regular_cost"])
    model.block("overtime", shape, np.maximum(given["overtime_cost"], TIE))
    model.block(
        "extra", shape, np.maximum(given["extra_cost"], TIE), high=given["extra_hours"]
    )  # fmt: skip
    model.block("hired", shape, np.where(first, given["hiring_cost"], 0.0), high=moves)
    model.block("laid_off", shape, np.where(first, given["layoff_cost"], 0.0), high=moves)
    model.block(
        "workers", shape, np.maximum(given["wage"], TIE),
        low=np.where(people, given["minimum_workers"], 0.0),
        high=np.where(people, given["maximum_workers"], 0.0),
        whole=bool(given["whole_workers"].any()) & people,
    )  # fmt: skip
    before = np.zeros(shape)
    before[:, :1] = np.where(unknown | ~people[:, :1], 0.0, given["opening_workers"][:, :1])
    before += np.where(people, given["natural_change"], 0.0)
    count = shape[0] * shape[1]
    model.keep_equal("workforce", {
        "workers": change(*shape), "hired": each(-1.0, count), "laid_off": each(1.0, count),
    }, before)  # fmt: skip


def _balance(model: Program, given: Situation, elastic: bool) -> None:
    shape = given.demand.shape
    count = given.demand.size
    wanted = -given.demand
    wanted[:, :1] += given.opening
    less = each(-1.0, count)
    terms = {
        "stock": change(*shape), "backlog": scaled(change(*shape), -1.0),
        "production": less, "subcontracted": less, "lost": less,
    }  # fmt: skip
    if elastic:
        model.block("unmet", shape)
        terms["unmet"] = less
    model.keep_equal("balance", terms, wanted)
    if "batches" in model.blocks:
        batched = np.flatnonzero(given["batch_size"] > 0)
        some = each(1.0, len(batched))
        model.keep_equal("batch", {
            "production": some._replace(columns=batched),
            "batches": some._replace(
                columns=batched, numbers=-given["batch_size"].ravel()[batched]
            ),
        }, np.zeros(len(batched)))  # fmt: skip


def _capacity(model: Program, given: Situation, elastic: bool) -> None:
    periods = given.demand.shape[1]
    count = len(given.resources) * periods
    less = each(-1.0, count)
    model.keep_equal("load", {
        "production": _work(given, periods), "regular": less,
        "overtime": less, "extra": less,
    }, np.zeros(count))  # fmt: skip
    hours = {"regular": each(1.0, count), "workers": each(-given["hours_per_worker"], count)}
    if elastic:
        model.block("missing", (len(given.resources), periods))
        hours["missing"] = less
    model.keep_at_most(HOURS, hours, given["regular_hours"])
    limited = np.flatnonzero(np.isfinite(given["machine_hours"]))
    if len(limited):
        some = each(1.0, len(limited))._replace(columns=limited)
        running = {"regular": some} | ({"missing": scaled(some, -1.0)} if elastic else {})
        model.keep_at_most(MACHINES, running, given["machine_hours"].ravel()[limited])
    if given["no_idle_time"].any():
        busy = {name: scaled(terms, -1.0) for name, terms in hours.items() if name != "missing"}
        if elastic:
            model.block("idle", (len(given.resources), periods))
            busy["idle"] = less
        model.keep_at_most("busy", busy, -given["regular_hours"])
    model.keep_at_most("overtime", {
        "overtime": each(1.0, count), "workers": each(-given["overtime_per_worker"], count),
    }, given["overtime_hours"])  # fmt: skip


def _work(given: Situation, periods: int) -> Terms:
    """The hours of each resource and period: of what is completed then, and of what is later."""
    bill = given.bill
    parts = [
        weighted_sums(hours, periods, offset)
        for offset, hours in zip(bill.offsets, bill.hours, strict=True)
    ]
    return Terms(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _bounds_that_give(model: Program, given: Situation) -> None:
    """Limits of stock and of the last backlog as rows that can be broken."""
    shape, count = given.demand.shape, given.demand.size
    for name in ("under", "over", "owed"):
        model.block(name, shape)
    less, one = each(-1.0, count), each(1.0, count)
    model.keep_at_most(WITHIN_MINIMUM, {"stock": less, "under": less}, -given.required)
    ceiling = np.minimum(given["maximum_stock"], _enough(given))
    model.keep_at_most(WITHIN_MAXIMUM, {"stock": one, "over": less}, ceiling)
    most = np.full(shape, _enough(given))
    most[:, -1] = given["ending_backlog"][:, -1]
    model.keep_at_most(WITHIN_BACKLOG, {"backlog": one, "owed": less}, most)


def _enough(given: Situation) -> float:
    """More units than any plan would have in stock or owe."""
    wanted = given.demand.sum() + np.abs(given.opening).sum() + given.required.sum()
    return float(1e3 * (1.0 + wanted + given["batch_size"].max()))


def breaking(given: Situation) -> Mapping[str, npt.ArrayLike]:
    """What breaking a rule weighs: an hour little, a unit more than all hours that make it.

    So a plan that cannot be names the hours it lacks, and the limits of stock only where hours do
    not help. Late hours weigh a trifle less than early ones: a shortage shows when it bites.
    """
    periods = given.demand.shape[1]
    late = 1.0 - 1e-3 * np.arange(periods) / periods
    unit = 1e3 * max(1.0, float(given["hours_per_unit"].sum(axis=1).max()))
    weights = {"missing": late, "idle": late if given["no_idle_time"].any() else None}
    limits = dict.fromkeys(("unmet", "under", "over", "owed"), unit * late)
    return {name: weight for name, weight in (weights | limits).items() if weight is not None}


def _same_every_day(model: Program, given: Situation) -> None:
    """Level: every family that can be stored makes the same number each working day, from the
    period on all of whose work can be planned."""
    families, periods = given.demand.shape
    free = np.arange(periods) >= given.bill.first_periods[:, np.newaxis]
    at = np.flatnonzero(free & given.storable[:, np.newaxis])
    model.block("rate", (families, 1))
    daily = each(-given["workdays"].ravel()[at % periods], len(at))
    model.keep_equal("level", {
        "production": each(1.0, len(at))._replace(columns=at),
        "rate": daily._replace(columns=at // periods),
    }, np.zeros(len(at)))  # fmt: skip


def _following_demand(model: Program, given: Situation, elastic: bool) -> None:
    """Chase: what is made and bought in a period is what demand and stock rules ask for."""
    one = each(1.0, given.demand.size)
    terms = {"production": one, "subcontracted": one} | ({"unmet": one} if elastic else {})
    model.keep_equal("chase", terms, net_requirement(given))


def net_requirement(given: Situation) -> Numbers:
    """Units that each period has to bring, in whole batches where production comes in those."""
    batch = given["batch_size"]
    if not (batch > 0).any():
        free = np.full(given.demand.shape, np.nan)
        return project(given.demand, given.wanted, given.opening, free, free).chase
    needed = np.zeros_like(given.demand)
    stock = given.opening[:, 0]
    for t in range(given.demand.shape[1]):
        short = np.maximum(0.0, given.demand[:, t] + given.wanted[:, t] - stock)
        size = np.where(batch[:, t] > 0, batch[:, t], 1.0)
        lots = np.ceil(np.round(short / size, 9)) * size
        needed[:, t] = np.where(batch[:, t] > 0, lots, short)
        stock = stock + needed[:, t] - given.demand[:, t]
    return needed


def outside(given: Situation, strategy: str) -> Mapping[str, npt.ArrayLike] | None:
    """What a level or chase plan avoids before it counts costs, in hours; none for the others.

    Output comes from the regular time of the own people as far as it can; a chase plan keeps as few
    of them as that takes.
    """
    if strategy not in ("level", "chase"):
        return None
    hours = given["hours_per_unit"].sum(axis=1, keepdims=True)
    weights: dict[str, npt.ArrayLike] = {
        "overtime": 1.0, "extra": 1.0, "subcontracted": np.where(hours > 0, hours, 1.0),
    }  # fmt: skip
    if strategy == "chase":
        weights["workers"] = 1e-3 * given["hours_per_worker"]
    return weights
