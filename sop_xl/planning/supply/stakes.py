"""What each gap makes late or costs for good: the shortfall of the constrained plan, shared out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers
from sop_xl.planning.supply.gaps import Gap, Loads

LEAST_UNITS = 0.5
"""Units that are rounding."""


class Stake(NamedTuple):
    """What cannot be delivered when it is asked for, because of one gap."""

    units: float
    lost: float
    """Units among them that the plan months do not deliver at all."""
    revenue: float
    margin: float
    families: tuple[str, ...] = ()
    """Whose they are, most money first."""

    @property
    def is_covered(self) -> bool:
        """Whether stock and other months make good for the gap: everything is delivered in time."""
        return self.units < LEAST_UNITS


def stakes(plan: Loads, gaps: Sequence[Gap], shortfall: Numbers) -> list[Stake]:
    """What each gap is answerable for; all of them together are the shortfall.

    A family that is late in a month shares it among the gaps, begun by then, of the resources that
    it uses: in the proportion of the output that each of them alone would have taken from it so
    far, ``sum of P_f x short hours / load``. A resource that takes half of the output answers for
    twice as much as one that takes a quarter.

    Args:
        plan: Loads and values of the plan months.
        gaps: The gaps of the plan.
        shortfall: Constrained less unconstrained sales in units, families down, months across:
            negative is not delivered when it is asked for, positive is delivered late.
    """
    late = np.maximum(0.0, -shortfall)
    if not late.any():
        return [Stake(0.0, 0.0, 0.0, 0.0) for _ in gaps]
    total = late.sum(axis=1)
    made_good = np.minimum(np.maximum(0.0, shortfall).sum(axis=1), total)
    gone = 1.0 - made_good / np.where(total > 0, total, 1.0)
    load = plan.hours.T @ plan.production
    begun, whole = np.zeros_like(late), np.zeros((len(late), 1))
    for gap in gaps:  # one after the other: all of them at once would not fit into memory
        uses, taken = _taken(plan, load, gap)
        begun[uses] += np.cumsum(taken, axis=1)
        whole[uses] += taken.sum(axis=1, keepdims=True)
    found = []
    for gap in gaps:
        uses, taken = _taken(plan, load, gap)
        # what is made up may displace a family before the gap of its own resource begins
        known = begun[uses] > 0
        own = np.where(known, np.cumsum(taken, axis=1), taken.sum(axis=1, keepdims=True))
        of = np.where(known, begun[uses], whole[uses])
        shared = late[uses] * own / np.where(of > 0, of, 1.0)
        units, revenue = shared.sum(axis=1), shared * plan.price[uses]
        order = np.argsort(-revenue.sum(axis=1), kind="stable")
        found.append(
            Stake(
                float(units.sum()), float(units @ gone[uses]), float(revenue.sum()),
                float((shared * plan.margin[uses]).sum()),
                tuple(plan.families[uses[f]] for f in order.tolist() if units[f] >= LEAST_UNITS),
            )
        )  # fmt: skip
    return found


def _taken(
    plan: Loads, load: Numbers, gap: Gap
) -> tuple[npt.NDArray[np.intp], Numbers]:
    """Families that use the resource of a gap, and the output that it takes from each of them if
    all give up the same share, in units by month."""
    uses = np.flatnonzero(plan.hours[:, gap.resource] > 0)
    there = load[gap.resource]
    part = np.minimum(1.0, gap.short / np.where(there > 0, there, 1.0)) * (there > 0)
    return uses, plan.production[uses] * part
