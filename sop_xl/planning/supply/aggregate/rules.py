"""The costs and rules of an aggregate plan, and what is wrong with them."""

# ruff: noqa: RUF009  the call in the defaults is dataclasses.field with what a rule is told for

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from itertools import islice
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import fitted
from sop_xl.planning.frames import Numbers
from sop_xl.planning.resource_bill import ResourceBill

Of: TypeAlias = Literal["family", "resource", "bill", "period", "plan"]
"""What a rule is told for."""
NONE = float("inf")
"""A limit that is not there; a cost at which something is not allowed."""


MOST_FAULTS = 5
"""Faults that a message names; the rest wait until these are mended."""


def _rule(of: Of, default: float, help: str) -> Any:
    return field(default=default, metadata={"of": of, "help": help})


@dataclass(frozen=True)
class Rules:
    """Costs and rules of an aggregate plan: numbers, or arrays of them.

    A rule of families takes one number for all, an array of one number for each period, an upright
    array of one number for each family, or families down and periods across; a rule of resources
    likewise. A resource is a machine or line with ``regular_hours``, or people
    (``hours_per_worker`` above zero) who are paid a ``wage`` and can be hired and laid off, or
    both together. NaN takes the default. No number is negative, except opening and target stock
    (less than zero is backlog) and the natural change of the people.
    """

    # ---- families
    hours_per_unit: npt.ArrayLike = _rule(
        "bill", 1.0, "Hours of a resource for one unit (bill of resources)."
    )
    material_cost: npt.ArrayLike = _rule(
        "family", 0.0, "Material and other cost of one unit made in-house."
    )
    holding_cost: npt.ArrayLike = _rule("family", 0.0, "Cost of holding one unit for a period.")
    backorder_cost: npt.ArrayLike = _rule(
        "family", NONE, "Cost of delivering one unit a period late; left out: demand cannot wait."
    )
    lost_sale_cost: npt.ArrayLike = _rule(
        "family", NONE, "Cost of one unit of demand that is lost; left out: none may be lost."
    )
    subcontract_cost: npt.ArrayLike = _rule(
        "family", NONE, "Price of one unit from a subcontractor; left out: there is none."
    )
    subcontract_limit: npt.ArrayLike = _rule(
        "family", NONE, "Units of a period that the subcontractor can deliver at most."
    )
    opening_stock: npt.ArrayLike = _rule("family", 0.0, "Stock now, in units; negative is backlog.")
    minimum_stock: npt.ArrayLike = _rule("family", 0.0, "Least stock at the end of a period.")
    maximum_stock: npt.ArrayLike = _rule("family", NONE, "Most stock at the end of a period.")
    target_stock: npt.ArrayLike = _rule(
        "family", 0.0, "Stock that a chase plan ends a period with; negative is backlog."
    )
    ending_stock: npt.ArrayLike = _rule("family", 0.0, "Least stock at the end of the last period.")
    ending_backlog: npt.ArrayLike = _rule(
        "family", 0.0, "Most backlog at the end of the last period."
    )
    maximum_production: npt.ArrayLike = _rule(
        "family", NONE, "Units of a period that can be made in-house at most."
    )
    batch_size: npt.ArrayLike = _rule(
        "family", 0.0, "Production comes in whole batches of so many units; 0: any quantity."
    )
    # ---- resources
    regular_hours: npt.ArrayLike = _rule(
        "resource", 0.0, "Hours of a period that are there without hiring anybody."
    )
    regular_cost: npt.ArrayLike = _rule("resource", 0.0, "Cost of one hour worked in regular time.")
    machine_hours: npt.ArrayLike = _rule(
        "resource", NONE, "Hours of regular time at most, however many people there are."
    )
    overtime_hours: npt.ArrayLike = _rule(
        "resource", 0.0, "Hours of overtime in a period at most, beside those of the workers."
    )
    overtime_cost: npt.ArrayLike = _rule("resource", 0.0, "Cost of one hour of overtime.")
    extra_hours: npt.ArrayLike = _rule(
        "resource", 0.0, "Hours of an extra shift or from outside in a period at most."
    )
    extra_cost: npt.ArrayLike = _rule("resource", 0.0, "Cost of one of these hours.")
    opening_workers: npt.ArrayLike = _rule(
        "resource", float("nan"), "People now; left out: the first period starts with any number."
    )
    natural_change: npt.ArrayLike = _rule(
        "resource", 0.0,
        "People who come (+) or leave (-) in a period whatever the plan decides: attrition, hires "
        "that are agreed already.",
    )
    hours_per_worker: npt.ArrayLike = _rule(
        "resource", 0.0, "Regular hours of one worker in a period; 0: no people."
    )
    wage: npt.ArrayLike = _rule(
        "resource", 0.0, "Pay of one worker for a period, with or without work."
    )
    overtime_per_worker: npt.ArrayLike = _rule(
        "resource", 0.0, "Hours of overtime of one worker in a period at most."
    )
    hiring_cost: npt.ArrayLike = _rule("resource", 0.0, "Cost of hiring one worker.")
    layoff_cost: npt.ArrayLike = _rule("resource", 0.0, "Cost of laying off one worker.")
    minimum_workers: npt.ArrayLike = _rule("resource", 0.0, "Least number of workers.")
    maximum_workers: npt.ArrayLike = _rule("resource", NONE, "Largest number of workers.")
    # ---- the plan
    workdays: npt.ArrayLike = _rule(
        "period", 1.0, "Working days of a period; a level plan makes the same number a day."
    )
    average_stock: bool = _rule(
        "plan", False, "1: stock costs by the mean of opening and ending stock; 0: the ending."
    )
    whole_workers: bool = _rule("plan", False, "1: only whole people; 0: parts of people as well.")
    no_idle_time: bool = _rule(
        "plan", False, "1: everybody who is there produces; 0: people may have nothing to do."
    )
    hours_before: Mapping[int, Numbers] = field(default_factory=dict)
    """The part of the hours per unit that is worked so many periods before completion, by their
    number; families down, resources across. Work before the first period has been done."""


RULES: dict[str, Field[Any]] = {rule.name: rule for rule in fields(Rules) if rule.metadata}
_ORDERED = (
    ("minimum_stock", "maximum_stock"),
    ("target_stock", "maximum_stock"), ("ending_stock", "maximum_stock"),
    ("minimum_workers", "maximum_workers"),
)
"""Rules of which the first may not exceed the second."""


@dataclass(frozen=True)
class Situation:
    """Demand and rules as arrays: F families or K resources down, T periods across."""

    demand: Numbers
    rules: dict[str, Numbers]
    """By name: F x T, K x T, the bill F x K, the working days 1 x T, switches as one number."""
    families: tuple[str, ...]
    resources: tuple[str, ...]
    periods: tuple[str, ...]
    before: Mapping[int, Numbers] = field(default_factory=dict)
    """Hours of one unit that are worked so many periods before completion, as the bill."""

    @property
    def bill(self) -> ResourceBill:
        """The hours of one unit by when they are worked."""
        return ResourceBill.of(self["hours_per_unit"], self.before)

    def __getitem__(self, rule: str) -> Numbers:
        return self.rules[rule]

    @property
    def opening(self) -> Numbers:
        """Stock less backlog before the first period (upright)."""
        return self["opening_stock"][:, :1]

    @property
    def required(self) -> Numbers:
        """Least stock at the end of each period."""
        least = self["minimum_stock"].copy()
        least[:, -1] = np.maximum(least[:, -1], self["ending_stock"][:, -1])
        return least

    @property
    def wanted(self) -> Numbers:
        """Stock less backlog that a chase plan ends each period with."""
        target = self["target_stock"]
        return np.where(self.required > 0, np.maximum(self.required, target), target)

    @property
    def storable(self) -> npt.NDArray[np.bool_]:
        """Which families can be made ahead: services, and what is made to order, cannot."""
        return np.asarray((self["maximum_stock"] > 0).all(axis=1))

    @property
    def staffed(self) -> npt.NDArray[np.bool_]:
        """Which resources have people."""
        return np.asarray((self["hours_per_worker"] > 0).any(axis=1))


def situation(
    demand: npt.ArrayLike,
    rules: Rules,
    families: Sequence[str] = (),
    resources: Sequence[str] = (),
    periods: Sequence[str] = (),
) -> Situation:
    """Demand and rules in one shape, checked.

    Args:
        demand: Units, families down, periods across; or the periods of one family.
        rules: Costs and rules.
        families: Names for messages; numbers if left out, as for the others.
        resources: Names of the columns of the bill of resources.
        periods: Names of the periods.

    Raises:
        ValueError: The arrays do not fit, or demand and rules contradict each other; the message
            names the rows and says what to do.

    >>> situation([5.0], Rules(minimum_stock=3, maximum_stock=2))
    Traceback (most recent call last):
    ValueError: minimum stock of family 1 in period 1 is 3, above maximum stock 2
    """
    units = np.atleast_2d(np.asarray(demand, dtype=float))
    count, horizon = units.shape
    if not units.size:
        raise ValueError("there is no demand to plan for")
    bill = np.atleast_2d(np.asarray(rules.hours_per_unit, dtype=float))
    sizes: dict[str, tuple[int, int]] = {
        "family": (count, horizon), "resource": (bill.shape[1], horizon),
        "bill": (count, bill.shape[1]), "period": (1, horizon), "plan": (1, 1),
    }  # fmt: skip
    given = Situation(
        units,
        {name: _spread(rules, rule, sizes[rule.metadata["of"]]) for name, rule in RULES.items()},
        _names("family", families, count),
        _names("resource", resources, bill.shape[1]),
        _names("period", periods, horizon),
        {
            offset: fitted("hours before completion", hours, sizes["bill"])
            for offset, hours in rules.hours_before.items()
        },
    )
    faults = list(islice(_faults(given), MOST_FAULTS + 1))
    if faults:
        more = [] if len(faults) <= MOST_FAULTS else ["and more"]
        raise ValueError("; ".join(faults[:MOST_FAULTS] + more))
    return given


def default(rule: str) -> float:
    """The number that holds where a rule is left out."""
    # a dataclass without a default would not be made, but the type of a field allows for none
    return float(RULES[rule].default)  # type: ignore[arg-type]


def _names(what: str, given: Sequence[str], count: int) -> tuple[str, ...]:
    if not given:
        return tuple(f"{what} {number}" for number in range(1, count + 1))
    if len(given) != count:
        raise ValueError(f"{len(given)} names of a {what}, but there are {count}")
    return tuple(given)


def in_words(rule: str) -> str:
    """The name of a rule on a sheet.

    >>> in_words("holding_cost")
    'holding cost'
    """
    return rule.replace("_", " ")


def _spread(rules: Rules, rule: Field[Any], shape: tuple[int, int]) -> Numbers:
    """A rule as one number for each of its cells; NaN takes the default."""
    cells = fitted(in_words(rule.name), getattr(rules, rule.name), shape)
    return np.where(np.isnan(cells), default(rule.name), cells)


def _faults(given: Situation) -> Iterator[str]:
    """What is wrong, row by row, with what to do about it."""
    for row, at in np.argwhere(np.isnan(given.demand)).tolist():
        yield (
            f"the demand of {given.families[row]} in {given.periods[at]} is missing: fill in 0 if"
            " there is none"
        )
    for row, at in np.argwhere((given.demand < 0) | np.isinf(given.demand)).tolist():
        yield (
            f"the demand of {given.families[row]} in {given.periods[at]} is"
            f" {given.demand[row, at]:g}: it has to be zero or more"
        )
    for name, rule in RULES.items():
        cells = given[name]
        wrong = np.isinf(cells) if rule.default != NONE else np.isneginf(cells)
        if name not in ("opening_stock", "target_stock", "natural_change"):
            wrong = wrong | (cells < 0)
        for row, at in np.argwhere(wrong).tolist():
            where = _where(given, rule, row, at)
            yield f"{in_words(name)}{where} is {cells[row, at]:g}: it has to be zero or more"
    for low, high in _ORDERED:
        above = given[low] > given[high]
        if low == "ending_stock":
            above[:, :-1] = False
        for row, at in np.argwhere(above).tolist():
            where = _where(given, RULES[low], row, at)
            yield (
                f"{in_words(low)}{where} is {given[low][row, at]:g}, above {in_words(high)}"
                f" {given[high][row, at]:g}"
            )
    endless = np.isinf(given["maximum_production"]).any(axis=1)
    idle = endless & (given["hours_per_unit"] == 0).all(axis=1)
    for row in np.flatnonzero(idle).tolist():
        yield (
            f"{given.families[row]} has no hours at any resource: give its hours per unit, or its"
            " maximum production (0 if it is bought)"
        )


def _where(given: Situation, rule: Field[Any], row: int, at: int) -> str:
    of = rule.metadata["of"]
    if of == "family":
        return f" of {given.families[row]} in {given.periods[at]}"
    if of == "resource":
        return f" of {given.resources[row]} in {given.periods[at]}"
    if of == "bill":
        return f" of {given.families[row]} at {given.resources[at]}"
    return f" in {given.periods[at]}" if of == "period" else ""
