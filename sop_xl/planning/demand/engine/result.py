"""What the engine is asked for and what it answers, for a whole block of series at once.

Axes, everywhere in this package: members M, series S, horizon H, levels L, origins O. Errors are
forecast - actual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers

MONTHS = 12
LEVELS = (0.80, 0.95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a block of series is forecast; every default is what the product does."""

    season: int = MONTHS
    """Periods of a season: 12, 52, 13, 4; 1 for none."""
    levels: tuple[float, ...] = LEVELS
    """Shares of outcomes that the ranges hold, ascending, each above 0 and below 1."""
    method: str = "weights"
    """``weights`` combines the members, ``simple`` takes the one simple method with the lowest
    backtest error, and the name of a method takes it alone."""
    origins: int = 3
    """Rolling origins of the backtest; 0 for none: equal weights, and ranges from fitted errors."""
    non_negative: bool = True
    """Cut the forecasts of a series that never was negative at zero."""


class Backtest(NamedTuple):
    """What was forecast at earlier origins, from nothing but what was known then."""

    cuts: npt.NDArray[np.int64]
    """(O,) Periods held back at each origin, the longest first."""
    actual: Numbers
    """(O, S, H) What came; NaN beyond the cut, where nothing is known, or where not tested."""
    combined: Numbers
    """(O, S, H) The forecast that the method gave, with the weights of the final forecast."""
    candidates: Numbers
    """(O, M, S, H) The forecast of each member."""


class Forecasts(NamedTuple):
    """Forecasts of a block of series; no NaN and no infinity in mean, low and high."""

    mean: Numbers
    """(S, H)"""
    low: Numbers
    """(L, S, H), low <= mean"""
    high: Numbers
    """(L, S, H), mean <= high"""
    levels: tuple[float, ...]
    members: tuple[str, ...]
    """(M,) Names of the members, the keys of ``methods.METHODS``."""
    candidates: Numbers
    """(M, S, H) Forecast of each member; NaN where it does not serve a series."""
    weights: Numbers
    """(M, S) Shares of the members in the mean, from 0 to 1; each series' sum is 1."""
    errors: Numbers
    """(M, S) Backtest error of each member, WAPE as a share; NaN where it was not tested."""
    error: Numbers
    """(S,) Backtest error of the combination, WAPE as a share."""
    reference: Numbers
    """(S,) The same of the last season again (seasonal naive; without a season, naive)."""
    kinds: npt.NDArray[np.object_]
    """(S,) Route that a series took: see ``routing.KINDS``."""
    backtest: Backtest
