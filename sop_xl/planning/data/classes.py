"""ABC by value, XYZ by variability, and how often anything is sold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.cell_ranges import one_each
from sop_xl.planning.frames import Numbers

A_SHARE, B_SHARE = 0.80, 0.95
X_LIMIT, Y_LIMIT = 0.5, 1.0
SEASON = 12
WINDOW = 36
"""Months looked at: three years show the season without the distant past."""
SHORTEST = 3


def abc(values: pd.Series, a_share: float = A_SHARE, b_share: float = B_SHARE) -> pd.Series:
    """Class by the cumulative share of annual value: A to 80 %, B to 95 %, C the rest.

    The most valuable one is always A. Nothing of no value is more than C. Equal values keep
    the order in which they are given.

    >>> abc(pd.Series([20.0, 60.0, 10.0, 5.0, 5.0, 0.0])).tolist()
    ['A', 'A', 'B', 'B', 'C', 'C']
    """
    worth = values.fillna(0.0).clip(lower=0.0).to_numpy(dtype=float)
    order = np.argsort(-worth, kind="stable")
    total = worth.sum()
    share = np.cumsum(worth[order]) / (total if total > 0 else 1.0)
    ranked = np.select([share <= a_share + 1e-12, share <= b_share + 1e-12], ["A", "B"], "C")
    ranked[:1] = "A"
    ranked[worth[order] <= 0] = "C"
    classes = np.empty(len(worth), dtype=object)
    classes[order] = ranked
    return pd.Series(classes, index=values.index, dtype="str")


def xyz(cv: pd.Series, x_limit: float = X_LIMIT, y_limit: float = Y_LIMIT) -> pd.Series:
    """Class by coefficient of variation: X to 0.5, Y to 1, Z above; "" where it is unknown.

    >>> xyz(pd.Series([0.5, 0.51, 1.01, float("nan")])).tolist()
    ['X', 'Y', 'Z', '']
    """
    classes = np.select([cv.isna(), cv <= x_limit, cv <= y_limit], ["", "X", "Y"], "Z")
    return pd.Series(classes, index=cv.index, dtype="str")


def abc_xyz(
    demand: npt.ArrayLike,
    unit_values: npt.ArrayLike = 1.0,
    a_share: float = A_SHARE,
    b_share: float = B_SHARE,
    x_limit: float = X_LIMIT,
    y_limit: float = Y_LIMIT,
) -> npt.NDArray[np.object_]:
    """Class of each item by value and variability, "AX" for example: ABC by the cumulative share of
    the value of the last 12 months, XYZ by the coefficient of variation without the season. ABC
    alone where the history is too short to tell.

    See :func:`abc`, :func:`xyz` and :func:`coefficient_of_variation`.

    Args:
        demand: Units, items down, months across, the last month last.
        unit_values: Money of one unit, one number for each item or one for all. An item of which
            it is missing has no class.
        a_share: Share of the value up to which items are A.
        b_share: Share of the value up to which items are B.
        x_limit: Coefficient of variation up to which items are X.
        y_limit: Coefficient of variation up to which items are Y.

    Raises:
        ValueError: The values are not of as many items, or the limits are the wrong way round.

    >>> abc_xyz([[80.0, 80, 80], [1, 40, 0]]).tolist()
    [['AX'], ['CZ']]
    """
    if a_share > b_share or x_limit > y_limit:
        raise ValueError("the limit of A has to be below that of B, the limit of X below that of Y")
    history = np.atleast_2d(np.asarray(demand, dtype=float))
    each = one_each(unit_values, len(history))[:, 0]
    worth = np.nansum(history[:, -SEASON:], axis=1) * each
    by_value = abc(pd.Series(worth), a_share, b_share)
    by_variability = xyz(pd.Series(coefficient_of_variation(history)), x_limit, y_limit)
    classes = (by_value + by_variability).to_numpy(dtype=object)
    return np.where(np.isnan(each), "", classes)[:, np.newaxis]


def coefficient_of_variation(history: Numbers, season: int = SEASON) -> npt.NDArray[np.float64]:
    """Sample standard deviation / mean of the deseasonalised demand of the last three years.

    With two full seasons and more, the deviation is that from the mean of the same calendar
    month, with a degree of freedom less for each; before that, from the mean of all months.
    Unknown with fewer than three months, or where the mean is not positive.

    Args:
        history: One row per series, NaN before the first observation.
        season: Months in a season.

    >>> coefficient_of_variation(np.array([[8.0, 10.0, 12.0]])).tolist()
    [0.2]
    """
    recent = history[:, -WINDOW:]
    gap = -recent.shape[1] % season
    padded = np.pad(recent, ((0, 0), (gap, 0)), constant_values=np.nan)
    years = padded.reshape(len(history), padded.shape[1] // season, season)
    known = ~np.isnan(years)
    count = known.sum(axis=(1, 2))
    mean = np.nansum(years, axis=(1, 2)) / np.maximum(count, 1)
    of_month = np.nansum(years, axis=1) / np.maximum(known.sum(axis=1), 1)
    seasonal = count >= 2 * season
    centre = np.where(seasonal[:, None], of_month, mean[:, None])
    squares = np.nansum((years - centre[:, None, :]) ** 2, axis=(1, 2))
    freedom = count - np.where(seasonal, season, 1)
    usable = (count >= SHORTEST) & (mean > 0)
    deviation = np.sqrt(squares / np.maximum(freedom, 1))
    return np.where(usable, deviation / np.where(usable, mean, 1.0), np.nan)
