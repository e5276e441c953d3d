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

SAME = 1e-9
"""Difference, as a share, up to which two gaps are equally tight."""
_KINDS = ("lacking", "taken so far", "taken in all", "using")


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

    A family goes as far as its scarcest resource, so of the gaps that concern it the tightest one
    answers for what is late: the one that has taken most output from it, and not made it up yet.
    Equally tight ones share it. What that gap would leave once it is closed, the next one takes.

    Args:
        plan: Loads and values of the plan months.
        gaps: The gaps of the plan.
        shortfall: Constrained less unconstrained sales in units, families down, months across:
            negative is not delivered when it is asked for, positive is delivered late.
    """
    late = np.maximum(0.0, -shortfall)
    if not gaps or not late.any():
        return [Stake(0.0, 0.0, 0.0, 0.0) for _ in gaps]
    total = late.sum(axis=1)
    made_good = np.minimum(np.maximum(0.0, shortfall).sum(axis=1), total)
    gone = 1.0 - made_good / np.where(total > 0, total, 1.0)
    load = plan.bill.load(plan.production)
    # one gap after the other, and again: all of them at once would not fit into memory
    most = np.zeros((len(_KINDS), *late.shape))
    for gap in gaps:
        uses, tightness = _tightness(plan, load, gap)
        most[:, uses] = np.maximum(most[:, uses], tightness)
    kind = np.argmax(most > 0, axis=0)[np.newaxis]
    tightest = np.take_along_axis(most, kind, axis=0)[0] * (1.0 - SAME)
    alike = np.zeros_like(late)
    answering = []
    for gap in gaps:
        uses, tightness = _tightness(plan, load, gap)
        own = np.take_along_axis(tightness, kind[:, uses], axis=0)[0]
        answers = (own > 0) & (own >= tightest[uses]) & (late[uses] > 0)
        alike[uses] += answers
        answering.append((uses, answers))
    found = []
    # whom output that is made up displaces where nothing is short: all gaps answer alike
    displaced = late * (alike == 0) / len(gaps)
    for uses, answers in answering:
        shared = displaced.copy()
        shared[uses] += late[uses] * answers / np.maximum(alike[uses], 1.0)
        units, revenue = shared.sum(axis=1), shared * plan.price
        order = np.argsort(-revenue.sum(axis=1), kind="stable")
        found.append(
            Stake(
                float(units.sum()), float(units @ gone), float(revenue.sum()),
                float((shared * plan.margin).sum()),
                tuple(plan.families[f] for f in order.tolist() if units[f] >= LEAST_UNITS),
            )
        )  # fmt: skip
    return found


def _tightness(
    plan: Loads, load: Numbers, gap: Gap
) -> tuple[npt.NDArray[np.intp], Numbers]:
    """Families that use the resource of a gap, and how much of their output it has taken by each
    month, if all give up the same share: what it still lacks, else what it took so far, else what
    it takes in all, as what is made up may displace a family before the gap of its own begins; last
    that the family uses the resource, as what others make up may displace it later."""
    uses = np.flatnonzero(plan.hours[:, gap.resource] > 0)
    there, spare = load[gap.resource], np.maximum(plan.gap[gap.resource], 0.0)
    part = np.minimum(1.0, gap.short / np.where(there > 0, there, 1.0)) * (there > 0)
    bill = plan.bill.only(uses, gap.resource)
    taken = plan.production[uses] * bill.reaching(part, 0)
    lacking = np.zeros_like(gap.short)
    before = 0.0
    for t in range(gap.first, len(lacking)):
        lacking[t] = before = max(0.0, before + gap.short[t] - spare[t])
    so_far, hours = np.cumsum(taken, axis=1), np.cumsum(gap.short)
    open_part = bill.reaching(lacking / np.where(hours > 0, hours, 1.0), 0)
    whole = np.broadcast_to(taken.sum(axis=1, keepdims=True), taken.shape)
    return uses, np.stack([so_far * open_part, so_far, whole, np.ones_like(taken)])
