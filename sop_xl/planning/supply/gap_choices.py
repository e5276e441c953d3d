"""What the chosen options of the gaps write: hours of the resources, and fixed production."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sop_xl.planning.frames import Numbers
from sop_xl.planning.supply.gap_options import Option, Reckoned
from sop_xl.planning.supply.gaps import Loads, built_ahead, made_later
from sop_xl.planning.supply.stakes import LEAST_UNITS
from sop_xl.tables.shortage import BY_MARGIN, MOVE_LATER, OVERTIME


def hours_to_commit(
    plan: Loads, found: Sequence[Reckoned], chosen: set[tuple[str, pd.Period, str]]
) -> pd.DataFrame:
    """Overtime and extra hours in all, where chosen options change them, in whole hours.

    Several options of a gap share it in the order of their ranks.

    Args:
        plan: Loads and values of the plan months.
        found: The gaps with their options.
        chosen: Resource, first month and option of those that are chosen.

    Returns:
        Columns resource, period, overtime and extra.
    """
    added = np.zeros((2, *plan.overtime.shape))
    for one, covered in _shared(plan, found, chosen):
        if one.moved is None and one.name != BY_MARGIN:
            row = 0 if one.name == OVERTIME else 1
            added[row, one.gap.resource] += np.ceil(np.round(covered, 6))
    at, month_at = np.nonzero(added.any(axis=0))
    return pd.DataFrame(
        {
            "resource": [plan.resources[n] for n in at.tolist()],
            "period": plan.axis.plan.take(month_at),
            "overtime": (plan.overtime + added[0])[at, month_at],
            "extra": (plan.extra + added[1])[at, month_at],
        }
    )


def _shared(
    plan: Loads, found: Sequence[Reckoned], chosen: set[tuple[str, pd.Period, str]]
) -> Iterator[tuple[Option, Numbers]]:
    """The chosen options with the hours that each of them covers, by month of the gap.

    Those of one gap share it in the order of their ranks.
    """
    for reckoning in found:
        left = reckoning.gap.short.copy()
        for one in reckoning.options:
            named = (plan.resources[one.gap.resource], plan.axis.plan[one.gap.first], one.name)
            if named in chosen:
                covered = np.minimum(left, one.covers)
                left = left - covered
                yield one, covered


def production_to_fix(
    plan: Loads, found: Sequence[Reckoned], chosen: set[tuple[str, pd.Period, str]]
) -> pd.DataFrame:
    """Production that has to be fixed so that chosen hours are worked earlier or later.

    From the first month moved to the last all are fixed: between them the proposal would take the
    stock down again.

    Returns:
        Columns family, period and production_override, in whole units.
    """
    change = np.zeros_like(plan.production)
    held = np.zeros(plan.production.shape, dtype=bool)
    spare, room = plan.spare, plan.room
    for one, covered in _shared(plan, found, chosen):
        if one.moved is None:
            continue
        later = one.name == MOVE_LATER
        # no more than the gap still needs, and than the months have to spare after earlier choices
        gap, free = one.gap._replace(short=covered), spare[one.gap.resource]
        shift = made_later(plan, gap, free) if later else built_ahead(plan, gap, free, room)
        change += shift.change
        uses = (plan.hours[:, one.gap.resource] > 0) & (later | plan.storable)
        touched = np.flatnonzero((shift.covers > 0) | (shift.arriving > 0))
        if len(touched):
            between = np.zeros(held.shape)
            between[uses, touched[0] : touched[-1] + 1] = 1.0
            held |= plan.bill.completed(between, one.gap.resource) > 0
    row, column = np.nonzero(held & (np.abs(change).sum(axis=1, keepdims=True) > LEAST_UNITS))
    return pd.DataFrame(
        {
            "family": [plan.families[at] for at in row.tolist()],
            "period": plan.axis.plan.take(column),
            "production_override": np.rint(np.maximum(plan.production + change, 0.0)[row, column]),
        }
    )
