"""Outliers: single months far from what season and neighbours say.

A month is an outlier if it is far beyond the months before it *and* those after it, and far from
the same month of the other years: so no level that has moved, no seasonal peak and no turn of a
trend is one. Runs of up to three are found; from four months on it is a new level.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.cleansing.decomposition import decompose
from sop_xl.planning.demand.forecaster import SEASON
from sop_xl.planning.demand.outlook import past
from sop_xl.planning.frames import Numbers

SEVERE = 6.0
"""Score from which an outlier is corrected without asking."""
PROPOSED = 2 / 3
"""Share of the severe score from which a correction is proposed."""


SLIP = 20.0
"""Times what is usual from which even the last month is no new level."""


class Outliers(NamedTuple):
    """How far each month is out of line, and what is usual there."""

    score: Numbers
    """(S, T) Robust z-score, positive above what is usual; 0 where nothing can be said."""
    expected: Numbers
    """(S, T) Units that season and neighbours say; NaN where nothing can be said."""


def outliers(history: Numbers, season: int = SEASON) -> Outliers:
    """Score every month of each series.

    Args:
        history: (S, T) Units, NaN where nothing is known. Every series is looked at alone.
        season: Periods of a season; 1 for none.

    >>> steady = [10, 12, 11, 9, 10, 11, 12, 10, 90, 9, 11, 10, 12, 11]
    >>> found = outliers(np.array([steady], dtype=float), season=1)
    >>> np.flatnonzero(found.score[0] > 6).tolist(), found.expected[0, 8].round(1).tolist()
    ([8], 10.5)
    """
    found = decompose(history, season)
    if not found.checks:
        return Outliers(np.zeros(history.shape), found.expected)
    with np.errstate(invalid="ignore"):
        above = np.min(found.checks, axis=0)
        below = np.max(found.checks, axis=0)
    score = np.where(above > 0, above, np.where(below < 0, below, 0.0))
    return Outliers(np.nan_to_num(score), found.expected)


def unsure(history: Numbers, expected: Numbers) -> npt.NDArray[np.bool_]:
    """(S, T) The last month of each series: out of line, it may be the first of a new level.

    Not where it is many times what is usual: that is a slip, of the unit for example.

    >>> unsure(np.array([[5.0, 5, 12], [5, 5, 5e4]]), np.full((2, 3), 5.0)).any(axis=1).tolist()
    [True, False]
    """
    known = np.isfinite(history)
    after = np.cumsum(known[:, ::-1], axis=1)[:, ::-1]
    with np.errstate(invalid="ignore"):
        slip = (expected > 0) & (history > SLIP * expected)
    return np.asarray(known & (after == 1) & ~slip)


def clean(
    history: npt.ArrayLike, season: int = SEASON, score: float = SEVERE
) -> npt.NDArray[np.generic]:
    """History without outliers, in units: a period far from its neighbours and from the same one of
    other seasons becomes what these say. New levels, seasonal peaks and the last period stay.

    Args:
        history: Demand in units, the last period last; blanks at the end are cut off, others stay
            blank.
        season: Periods of a season: 12 for months of a year, 1 for none.
        score: Robust z-score from which a period is replaced.

    >>> clean([10, 12, 11, 9, 10, 11, 12, 10, 90, 9, 11, 10, 12, 11.0], 1).round(1).tolist()[7:10]
    [10.0, 10.5, 9.0]
    """
    given = past(history)
    found = outliers(given.rows, season)
    out = (np.abs(found.score) >= score) & ~unsure(given.rows, found.expected)
    return given.like(np.where(out, found.expected, given.rows))
