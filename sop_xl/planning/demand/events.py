"""Events: promotions, price changes and one-offs, as what they add to the baseline."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.cell_ranges import beside
from sop_xl.planning.frames import Numbers, zero
from sop_xl.schema import ALL


class Effects(NamedTuple):
    """Events by block and period."""

    covered: npt.NDArray[np.bool_]
    """True where at least one event is valid."""
    uplift: Numbers
    """Sum of the uplifts, shares of the baseline."""
    quantity: Numbers
    """Sum of the extra quantities, units."""


def layer(
    events: pd.DataFrame, baseline: Numbers, blocks: pd.DataFrame, periods: pd.PeriodIndex
) -> Numbers:
    """Baseline x sum of uplifts + sum of quantities of the events valid in a block and month.

    Uplifts of events at the same time are added, not multiplied. An event without a start has
    always been valid; one without an end never is.
    """
    found = effects(events[events["included"]], blocks, periods)
    return np.asarray(baseline * found.uplift + found.quantity)


def effects(events: pd.DataFrame, blocks: pd.DataFrame, periods: pd.PeriodIndex) -> Effects:
    """What events add up to in each block and period; whether they are included is not asked."""
    where = blocks_covered(events, blocks).T
    months = periods.asi8
    start, end = (events[column].array.asi8[:, None] for column in ("start", "end"))
    started = (start <= months) | events["start"].isna().to_numpy()[:, None]
    when = (started & (end >= months) & events["end"].notna().to_numpy()[:, None]).astype(float)
    uplift, quantity = (
        (where * events[column].fillna(0.0).to_numpy()) @ when for column in ("uplift", "quantity")
    )
    return Effects(np.asarray(where @ when > 0), uplift, quantity)


def event_lift(
    baseline: npt.ArrayLike,
    uplift: npt.ArrayLike,
    forward_buy: npt.ArrayLike = 0.0,
    months_ahead: int = 2,
) -> npt.NDArray[np.generic]:
    """What events add to the baseline, in units: baseline x uplift in the months of an event, and
    what customers buy early then; the months after it lose as much as was bought early.

    ``u_t B_t + sum over k = 1 .. n of f_t B_(t+k) - sum over k = 1 .. n of f_(t-k) B_t``. Source:
    Chopra and Meindl, Supply Chain Management, chapter 9 (promotions and forward buying).

    Args:
        baseline: B, units; one series in each row, or one series down a column.
        uplift: u, consumption in addition, as a share of the baseline (0.1 = 10 % more). Blank or
            zero: no event.
        forward_buy: f, share of each of the next months that is bought early; one number for all
            months of an event, or one for each month.
        months_ahead: n, months from which demand is bought early; those beyond the range count
            as none.

    >>> event_lift([1600.0, 3000, 3200, 3800], [0.1, 0, 0, 0], 0.2).tolist()
    [1400.0, -600.0, -640.0, 0.0]
    """
    single = np.size(forward_buy) == 1
    (base, more, share), shape = beside(baseline, uplift, forward_buy)
    during = zero(more)
    early = np.where(during != 0, zero(share), 0.0) if single else zero(share)
    lift = base * during
    for ahead in range(1, min(months_ahead, base.shape[1] - 1) + 1):
        moved = early[:, :-ahead] * base[:, ahead:]
        lift[:, :-ahead] += zero(moved)
        lift[:, ahead:] -= moved
    return shape.like(lift)


def blocks_covered(events: pd.DataFrame, blocks: pd.DataFrame) -> Numbers:
    """1 for each event and block whose keys are equal, or "All"; case does not matter."""
    covered = np.ones((len(events), len(blocks)), dtype=bool)
    for key in blocks.columns:
        of_event = events[key].str.lower().to_numpy()[:, None]
        of_block = blocks[key].str.lower().to_numpy()[None, :]
        covered &= (of_event == of_block) | (of_event == ALL.lower())
    return covered.astype(float)
