"""One-off orders and past promotions: what the events of the list have added to the history.

The plan lays the events to come on top of the baseline, so the baseline has to be without those
that are over, or it would hold them twice.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.cleansing.decomposition import decompose
from sop_xl.planning.demand.events import Effects
from sop_xl.planning.demand.forecaster import SEASON
from sop_xl.planning.frames import Numbers

LEAST = 0.05
"""Share of the baseline that has to be left: what was sold at less tells nothing about it."""


def without_events(history: Numbers, effects: Effects, season: int = SEASON) -> Numbers:
    """The baseline of a history: (demand - sum of quantities) / (1 + sum of uplifts).

    It is what the plan does with the events to come, the other way round. Where no effect is
    stated, or more than there was, it is what season and neighbours say, the months with an event
    left out of both. Never negative where demand is not.

    Args:
        history: (S, T) Units.
        effects: The events of each month, arrays (S, T).
        season: Periods of a season; 1 for none.

    >>> demand = np.array([[100.0, 170.0]])
    >>> on = np.array([[False, True]])
    >>> without_events(demand, Effects(on, 0.2 * on, 50.0 * on)).tolist()
    [[100.0, 100.0]]
    """
    covered = effects.covered & np.isfinite(history)
    if not covered.any():
        return history
    stated = _stated(effects)
    with np.errstate(divide="ignore", invalid="ignore"):
        base = (history - effects.quantity) / (1 + effects.uplift)
    sensible = stated & ((base >= 0) | (history < 0))
    result = np.where(covered & sensible, base, history)
    guess = covered & ~sensible
    series = guess.any(axis=1)
    if series.any():
        masked = np.where(guess[series], np.nan, result[series])
        usual = decompose(masked, season).expected
        told = guess[series] & np.isfinite(usual)
        result[series] = np.where(told, usual, result[series])
    return result


def _stated(effects: Effects) -> npt.NDArray[np.bool_]:
    """Months whose events say what they did."""
    told = (effects.uplift != 0) | (effects.quantity != 0)
    return np.asarray(told & (1 + effects.uplift >= LEAST))
