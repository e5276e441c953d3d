"""The aggregate plan for the ranges of a sheet: settings by name, the plan as a table."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import series
from sop_xl.planning.frames import Numbers, ratio, zero
from sop_xl.planning.supply.aggregate.plan import (
    COSTS,
    AggregatePlan,
    Strategy,
    aggregate_plan,
    price_plan,
)
from sop_xl.planning.supply.aggregate.rules import NONE, RULES, Rules, default, in_words

Show: TypeAlias = Literal["plan", "costs", "total", "worth"]
Cells: TypeAlias = npt.NDArray[np.object_]

COLUMNS = (
    "period", "demand", "regular", "overtime", "subcontracted", "stock", "backlog", "lost",
    "workers", "hired", "laid off", "cost",
)  # fmt: skip
"""The table of a plan: a row for each period, and one of totals."""
_NOT_ADDED = ("stock", "backlog", "workers")


def plan_table(
    demand: npt.ArrayLike,
    settings: Cells,
    values: npt.ArrayLike,
    strategy: Strategy = "optimised",
    show: Show = "plan",
) -> Any:
    """The cheapest aggregate plan of a family under costs and rules given by name: output in
    regular time and overtime, subcontracting, stock, backlog and people by period, with costs.

    It is :func:`~sop_xl.planning.supply.aggregate.aggregate_plan` for the ranges of a sheet.

    Args:
        demand: Units of each period.
        settings: Names of rules, one below the other.
        values: Beside each name one number, or one for each period.
        strategy: optimised, level, chase or mixed.
        show: plan: the table; costs: money by item; total: money; worth: what an hour more saves.

    Raises:
        ValueError: No plan is possible, or what is given contradicts itself.

    >>> names = np.array(["regular hours", "holding cost"], dtype=object)
    >>> plan_table([4.0, 8.0], names, [[6.0], [5.0]], show="total")
    10.0
    """
    units = _one_family(demand)
    return _shown(
        aggregate_plan(units, _rules(settings, values, len(units)), strategy), units, show
    )


def priced_table(
    demand: npt.ArrayLike,
    settings: Cells,
    values: npt.ArrayLike,
    regular: npt.ArrayLike,
    overtime: npt.ArrayLike = 0.0,
    subcontracted: npt.ArrayLike = 0.0,
    workers: npt.ArrayLike = 0.0,
    show: Literal["plan", "costs", "total"] = "total",
) -> Any:
    """What an aggregate plan costs that you typed: output in regular time and overtime,
    subcontracting and people by period. Hours and limits are not checked.

    It is :func:`~sop_xl.planning.supply.aggregate.price_plan` for the ranges of a sheet.

    Args:
        demand: Units of each period.
        settings: Names of rules, one below the other.
        values: Beside each name one number, or one for each period.
        regular: Units made in regular time, one number for each period or one for all.
        overtime: Units made in overtime.
        subcontracted: Units bought.
        workers: People, or another measure of capacity whose changes cost.
        show: plan: the table; costs: money by item; total: money.

    Raises:
        ValueError: The ranges do not fit, or demand is missed that may not wait.

    >>> names = np.array(["holding cost"], dtype=object)
    >>> priced_table([4.0, 8.0], names, 5.0, 6.0)
    10.0
    """
    units = _one_family(demand)
    typed = (
        np.ravel(np.asarray(x, dtype=float)) for x in (regular, overtime, subcontracted, workers)
    )
    return _shown(price_plan(units, _rules(settings, values, len(units)), *typed), units, show)


def meaning(rule: str) -> str:
    """What a setting means and what holds where it is left out."""
    told, holds = str(RULES[rule].metadata["help"]), default(rule)
    if "left out" in told:
        return told
    return f"{told} No limit if left out." if holds == NONE else f"{told} {holds:g} if left out."


SETTINGS: dict[str, str] = {in_words(rule): meaning(rule) for rule in RULES}
"""Names of settings and what they mean."""


def _one_family(demand: npt.ArrayLike) -> Numbers:
    rows = series(demand).rows
    if len(rows) != 1:
        raise ValueError(
            "demand has to be one row or one column: add families up in a common unit, hours for"
            " example"
        )
    return np.asarray(rows[0])


def _rules(settings: Cells, values: npt.ArrayLike, periods: int) -> Rules:
    """The rules that stand in two ranges beside each other.

    Raises:
        ValueError: A name is unknown or there twice, or numbers are missing.
    """
    names = [str(name).strip().casefold().replace("_", " ") for name in np.ravel(settings)]
    numbers = np.asarray(values, dtype=float)
    if numbers.ndim < 2 or (numbers.shape[0] == 1 < len(names) == numbers.shape[1]):
        numbers = numbers.reshape(-1, 1) if len(names) > 1 else numbers.reshape(1, -1)
    if len(numbers) != len(names):
        raise ValueError(f"{len(names)} settings, but values in {len(numbers)} rows")
    found: dict[str, Any] = {}
    for name, row in zip(names, numbers, strict=True):
        if not name:
            continue
        rule = name.replace(" ", "_")
        if rule not in RULES:
            raise ValueError(f"there is no setting {name}; there are: {', '.join(SETTINGS)}")
        if rule in found:
            raise ValueError(f"the setting {name} is there twice")
        number = _value(name, row, periods)
        if number is not None:
            found[rule] = number
    return Rules(**found)


def _value(name: str, row: Numbers, periods: int) -> Any:
    """One number for all periods or one for each; None where there is none at all."""
    given = row[~np.isnan(row)]
    if not given.size:
        return None
    if given.size == 1:
        return float(given[0])
    if RULES[name.replace(" ", "_")].metadata["of"] in ("bill", "plan"):
        raise ValueError(f"the setting {name} takes one number, not {given.size}")
    if given.size != periods or not np.array_equal(given, row[:periods]):
        raise ValueError(
            f"the setting {name} has {given.size} numbers for {periods} periods: one for all, or"
            " one for each"
        )
    return given


def _shown(plan: AggregatePlan, demand: Numbers, show: Show) -> Any:
    if show == "total":
        return plan.cost
    if show == "worth":
        return plan.worth[0]
    if show == "costs":
        money = [*plan.costs.sum(axis=1).tolist(), plan.cost]
        return np.array([*zip((*COSTS, "total"), money, strict=True)], dtype=object)
    beyond = plan.overtime + plan.extra
    late = plan.production * zero(ratio(beyond, plan.regular + beyond))
    table = {
        "demand": demand, "regular": (plan.production - late)[0], "overtime": late[0],
        "subcontracted": plan.subcontracted[0], "stock": plan.stock[0],
        "backlog": plan.backlog[0], "lost": plan.lost[0], "workers": plan.workers[0],
        "hired": plan.hired[0], "laid off": plan.laid_off[0], "cost": plan.costs.sum(axis=0),
    }  # fmt: skip
    rows = np.array([table[name] for name in COLUMNS[1:]], dtype=object).T
    numbered = np.hstack([np.arange(1.0, len(demand) + 1)[:, np.newaxis].astype(object), rows])
    sums = ["" if name in _NOT_ADDED else float(table[name].sum()) for name in COLUMNS[1:]]
    ends = (np.array(line, dtype=object) for line in (COLUMNS, ["total", *sums]))
    return np.insert(np.vstack([*ends]), 1, numbered, axis=0)
