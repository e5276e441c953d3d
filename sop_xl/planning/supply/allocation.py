"""Scarce hours shared among families: by priority, in equal shares, or by margin per hour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers

FAIR_SHARE, PRIORITY, MARGIN = "fair_share", "priority", "margin"
ROUNDS = 6
"""What one resource leaves because another is short goes to others, so many times."""

SPENT = 1e-9
"""Share of the hours of a resource that is the rest of floating point."""

Classes = npt.NDArray[np.int64]


def serving_classes(
    rule: str,
    hours: Numbers,
    unit_margin: npt.ArrayLike,
    priority: npt.ArrayLike,
    scarce: npt.ArrayLike = True,
) -> Classes:
    """In which class each family is served: 0 first; equal classes share alike.

    By margin, those come first that earn most for an hour of the scarce resources.

    Args:
        rule: fair_share, priority or margin.
        hours: Hours of one unit, families down, resources across.
        unit_margin: Money per unit, one for each family.
        priority: 1 first, one for each family; a blank comes last.
        scarce: Which resources are short, one for each; all if not given.

    >>> serving_classes("margin", np.array([[1.0], [0.5]]), [30.0, 20.0], [1, 2]).tolist()
    [1, 0]
    """
    if rule == FAIR_SHARE:
        return np.zeros(len(hours), dtype=np.int64)
    if rule == PRIORITY:
        given = np.asarray(priority, dtype=float)
        order = np.where(np.isnan(given), np.inf, given)
    else:
        needed = (hours * np.asarray(scarce)).sum(axis=1)
        earned = np.asarray(unit_margin, dtype=float) / np.where(needed > 0, needed, 1.0)
        order = np.where(needed > 0, -earned, -np.inf)
    return np.asarray(np.unique(order, return_inverse=True)[1], dtype=np.int64)


class Rationing:
    """Shares the hours of one period among the families that ask for them."""

    def __init__(self, hours: Numbers, classes: Classes) -> None:
        """
        Args:
            hours: Hours of one unit, families down, resources across.
            classes: As :func:`serving_classes`.
        """
        self.loads = np.ascontiguousarray(hours.T)
        self.uses = (hours > 0).astype(float)
        self.row, column = np.nonzero(hours > 0)
        self.hours = hours[self.row, column]
        self.alike = not classes.any()
        count = int(classes.max(initial=0)) + 1
        # one slot for each class that uses a resource, in the order in which they are served
        if self.alike:
            self.owner, self.slot = np.arange(hours.shape[1]), column
        else:
            used, self.slot = np.unique(column * count + classes[self.row], return_inverse=True)
            self.owner = used // count
        self.first = np.searchsorted(self.owner, self.owner)
        self.places = self._places(len(hours))

    def _places(self, families: int) -> Classes:
        """The slots that each family uses, families across; the one after the last is nobody's."""
        many = np.bincount(self.row, minlength=families)
        places = np.full((int(many.max(initial=0)), families), len(self.owner), dtype=np.int64)
        nth = np.arange(len(self.row)) - np.repeat(np.cumsum(many) - many, many)
        places[nth, self.row] = self.slot
        return places

    def output(self, wanted: Numbers, available: Numbers) -> Numbers:
        """What can be made, in units: never more than is wanted, nor than the hours allow.

        A family is served as far as its scarcest resource goes. One without hours is not limited.

        Args:
            wanted: Units, one for each family.
            available: Hours, one for each resource.

        >>> two = Rationing(np.array([[1.0], [2.0]]), np.array([0, 1]))
        >>> two.output(np.array([10.0, 10.0]), np.array([20.0])).tolist()
        [10.0, 5.0]
        """
        left, asked = np.maximum(available, 0.0), np.maximum(wanted, 0.0)
        nothing = SPENT * left
        made = np.zeros_like(asked)
        for _ in range(ROUNDS):
            part = asked * self._share(asked, left)
            made, asked = made + part, asked - part
            if not part.any() or not asked.any():
                break
            left = np.maximum(left - self.loads @ part, 0.0)
            # who needs what is used up gets no more of it, and keeps the rest from nobody
            spent = left <= nothing
            if spent.any():
                asked[self.uses @ spent.astype(float) > 0] = 0.0
        return made

    def _share(self, asked: Numbers, left: Numbers) -> Numbers:
        """The share of its demand that each family gets."""
        if not len(self.places):
            return np.ones_like(asked)
        if self.alike:
            loads, room = self.loads @ asked, left
        else:
            needed = asked[self.row] * self.hours
            loads = np.bincount(self.slot, needed, len(self.owner)).astype(float)
            before = np.cumsum(loads) - loads
            room = np.maximum(left[self.owner] - (before - before[self.first]), 0.0)
        full = room >= loads
        served = np.ones(len(loads) + 1)
        np.divide(room, loads, out=served[:-1], where=~full)
        share: Numbers = served[self.places].min(axis=0)
        return share


def allocate(
    wanted: npt.ArrayLike,
    hours_per_unit: npt.ArrayLike,
    available: npt.ArrayLike,
    classes: Classes | None = None,
) -> Numbers:
    """Output of each family and period that the hours allow, units; families down, periods across.

    Within a class all families give up the same share; a class is served before the next one.

    Args:
        wanted: Units, families down, periods across.
        hours_per_unit: Hours of one unit, families down, resources across.
        available: Hours, resources down, periods across.
        classes: As :func:`serving_classes`; all alike if not given.

    Raises:
        ValueError: The ranges do not fit.

    >>> allocate([[60.0], [60.0]], [[1.0], [1.0]], [[90.0]]).tolist()
    [[45.0], [45.0]]
    """
    units, hours, there = (
        np.atleast_2d(np.asarray(x, dtype=float)) for x in (wanted, hours_per_unit, available)
    )
    if len(units) != len(hours) or there.shape != (hours.shape[1], units.shape[1]):
        raise ValueError("wanted, hours per unit and available hours do not fit each other")
    if classes is None:
        classes = np.zeros(len(hours), dtype=np.int64)
    rationing = Rationing(hours, classes)
    columns = [rationing.output(units[:, t], there[:, t]) for t in range(units.shape[1])]
    return np.array(columns).reshape(units.shape[::-1]).T


def constrained_production(
    wanted: Numbers,
    demand: Numbers,
    opening: Numbers,
    hours: Numbers,
    available: Numbers,
    classes: Classes,
    offsets: Sequence[int] = (0,),
) -> Numbers:
    """Production as far as the hours go; what is missed in a period is made as soon as it can be.

    What the demand of the period needs goes before what fills the stock for later ones; what is
    completed earlier goes before what is completed later, whenever its work is done. Work before
    the first period has been done.

    Args:
        wanted: Production of the plan, units, families down, periods across.
        demand: Units, of the same shape.
        opening: Stock less backlog before the first period, one for each family.
        hours: Hours of one unit, families down, resources across; those of each further offset
            beside those of the one before.
        available: Hours, resources down, periods across.
        classes: As :func:`serving_classes`.
        offsets: Periods between work and completion.

    >>> one, plan = np.array([[1.0]]), np.array([[10.0, 4.0, 4.0]])
    >>> hours, first = np.array([[6.0, 6.0, 6.0]]), np.array([0])
    >>> constrained_production(plan, plan, np.zeros(1), one, hours, first).tolist()
    [[6.0, 6.0, 6.0]]
    """
    made = np.zeros_like(wanted)
    missed, stock = np.zeros(len(wanted)), opening
    rationing = Rationing(hours, classes)
    left = available.copy()
    for t in range(wanted.shape[1]):
        asked = wanted[:, t] + missed
        needed = np.clip(demand[:, t] - stock, 0.0, asked)
        made[:, t] = first = rationing.output(needed, _hours(left, t, offsets))
        _take(left, t, offsets, rationing.loads @ first)
        if (asked > first).any():
            rest = rationing.output(asked - first, _hours(left, t, offsets))
            made[:, t] += rest
            _take(left, t, offsets, rationing.loads @ rest)
        missed = np.maximum(asked - made[:, t], 0.0)
        stock = stock + made[:, t] - demand[:, t]
    return made


def _hours(left: Numbers, t: int, offsets: Sequence[int]) -> Numbers:
    """What is left for output of a period, offset after offset; work before the first is done."""
    if len(offsets) == 1:
        return left[:, t]
    never = np.full(len(left), np.inf)
    return np.concatenate([left[:, t - o] if o <= t else never for o in offsets])


def _take(left: Numbers, t: int, offsets: Sequence[int], used: Numbers) -> None:
    for o, hours in zip(offsets, np.split(used, len(offsets)), strict=True):
        if o <= t:
            left[:, t - o] -= hours
