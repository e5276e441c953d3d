"""The forecast of a new product on a sheet: a like item, a share of it and a launch curve."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import one_each, series
from sop_xl.planning.curves import along, curve
from sop_xl.planning.demand.outlook import forecast


def new_product(
    like_history: npt.ArrayLike,
    share: npt.ArrayLike,
    ramp: npt.ArrayLike,
    horizon: int,
    first: int = 1,
    season: int = 12,
) -> npt.NDArray[np.generic]:
    """Forecast of a new product, in units: the like item's forecast x share x launch curve; zero
    before the launch.

    Args:
        like_history: Demand of the like item in units, the last period last; one series down a
            column, or one in each row.
        share: Full demand of the new product as a share of the like item's; one number, or one for
            each series.
        ramp: Shares of full demand from the first period of sale on, of which the last goes on;
            or one number from 1 on: periods in which demand rises in equal steps.
        horizon: Periods ahead.
        first: Period ahead in which the sale begins.
        season: Periods of a season: 12 for months of a year, 1 for none.

    Raises:
        ValueError: There is no ramp.

    >>> new_product([8.0] * 12, 0.5, [0.25, 1.0], 4, 2).tolist()
    [0.0, 1.0, 4.0, 4.0]
    """
    steps = np.ravel(np.asarray(ramp, dtype=float))
    steps = steps[~np.isnan(steps)]
    if not len(steps):
        raise ValueError("the ramp holds no number")
    shares = curve("launch", steps[0], "") if len(steps) == 1 and steps[0] >= 1 else steps
    given = series(like_history)
    full = series(forecast(given.rows, horizon, season)).rows
    curves = np.nan_to_num(along(shares, np.arange(1, horizon + 1) - first))
    return given.like(full * one_each(share, len(given.rows)) * curves)
