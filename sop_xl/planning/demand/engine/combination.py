"""The combination: shares of the members in the forecast of a series.

A member's share falls with the fourth power of its backtest error, relative to the mean error of
all members on that series. The relative error of one series is known from a few origins only; it
is drawn towards the member's relative error over all series, which counts twice as much (as in
empirical Bayes estimates: Efron and Morris, 1975). That combinations of simple rules beat the
choice of one is the oldest finding of forecasting competitions (Bates and Granger, 1969;
Makridakis and Hibon, 2000; Makridakis, Spiliotis and Assimakopoulos, 2020).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.origins import mean
from sop_xl.planning.demand.engine.panel import Flags
from sop_xl.planning.frames import Numbers

POWER = 4
POOL = 2.0
"""How much the error over all series counts, against 1 for that of the series itself."""
BEST = 0.1
"""A relative error below this is not believed: chance made it."""


def shares(error: Numbers, serves: Flags, usual: Numbers) -> Numbers:
    """(M, S) The shares; they sum to 1 for each series that any member serves.

    Args:
        error: (M, S) Backtest errors of the members, in any unit for each series; NaN where a
            member was not tested.
        serves: (M, S) Whether the member has a forecast.
        usual: (M, 1) Relative errors over all series, see :func:`pooled`.
    """
    own = relative(error, serves)
    drawn = np.where(np.isnan(own), usual, (own + POOL * usual) / (1 + POOL))
    raw = np.where(serves, np.maximum(drawn, BEST) ** -POWER, 0.0)
    total = raw.sum(axis=0)
    weights: Numbers = raw / np.where(total > 0, total, 1.0)
    return weights


def relative(error: Numbers, serves: Flags) -> Numbers:
    """(M, S) Errors in units of the mean over the members of the series."""
    known = np.where(serves, error, np.nan)
    level = mean(known, axis=0)
    sound = level > 0
    return np.where(sound, known / np.where(sound, level, 1.0), np.nan)


def pooled(own: Numbers) -> Numbers:
    """(M, 1) Mean relative error of each member; 1 where it was never tested."""
    usual = mean(own, axis=1)[:, np.newaxis] if own.shape[1] else np.ones((len(own), 1))
    return np.where(np.isnan(usual), 1.0, usual)


def alone(chosen: npt.NDArray[np.int64], members: int) -> Numbers:
    """(M, S) The whole share for one member of each series."""
    whole: Numbers = (np.arange(members)[:, np.newaxis] == chosen).astype(float)
    return whole


def combine(weights: Numbers, candidates: Numbers) -> Numbers:
    """(S, H) The weighted mean of the members that serve."""
    usable = np.isfinite(candidates)
    shares_ = np.where(usable, weights[:, :, np.newaxis], 0.0)
    total = shares_.sum(axis=0)
    found = (shares_ * np.where(usable, candidates, 0.0)).sum(axis=0)
    return np.where(total > 0, found / np.where(total > 0, total, 1.0), np.nan)
