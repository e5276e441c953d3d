"""One regression for all series: what the next periods do, given the last ones.

A window of L periods of any series, x, and the H periods after it, y, both as deviations from
the mean of the window's last season and in units of its spread, are tied by one ridge regression
over the windows of all series (Hoerl and Kennard, 1970; global models: Montero-Manso and Hyndman,
Principles and algorithms for forecasting groups of time series, 2021):

    y = B'(x, 1),   B = (X'WX + lambda I)^-1 X'WY

with the weight 1 / (windows of the series) for each window. Logarithms where series are positive
throughout. It knows what no series knows alone, the usual shape of seasons and recoveries.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.panel import Counts, Panel
from sop_xl.planning.frames import Numbers

RIDGE = 10.0
WINDOWS = 20
"""Windows of a series; fewer where there are many series."""
ENOUGH = 40_000
"""Windows of all series that are plenty."""
FEWEST = 20
"""Series that a regression over all of them wants."""
FARTHEST = 3.0
"""Deviations in y are cut off here, in units of the window's spread."""
LARGEST = 3.0
"""A forecast above so many times the largest observation is not believed."""


@dataclass(frozen=True, slots=True)
class Regression:
    length: int
    season: int
    log: bool
    coefficients: Numbers
    """(L + 1, H)"""

    def forecast(self, values: Numbers) -> Numbers:
        """(S, H) from series of at least L periods; NaN where it cannot be believed."""
        x, mean, spread = _standard(values[:, -self.length :], self.season, self.log)
        result = (x @ self.coefficients[:-1] + self.coefficients[-1]) * spread + mean
        if self.log:
            result = np.exp(np.minimum(result, 700.0))
        largest = np.abs(values).max(axis=1, keepdims=True, initial=0.0)
        sound = (np.abs(result) <= LARGEST * largest).all(axis=1, keepdims=True)
        return np.where(sound, result, np.nan)


def window(count: Counts, season: int, horizon: int) -> int:
    """L: three, two or one season, as half of the series bear it."""
    typical = int(np.median(count)) if len(count) else 0
    one = season if season >= 4 else 4
    for seasons in (3, 2, 1):
        spare = 6 if seasons == 3 else 4
        if typical >= seasons * one + horizon + spare:
            return seasons * one
    return 0


def fit(
    panels: Iterable[Panel],
    series: int,
    typical: int,
    length: int,
    horizon: int,
    *,
    log: bool,
) -> Regression | None:
    """Fit one regression to the series that have at least a window and what comes after it.

    Args:
        panels: Blocks of series.
        series: Number of series in all blocks.
        typical: Periods of a typical series; windows are so far apart that it has twenty at most.
        length: L.
        horizon: H.
        log: On logarithms; all series have to be positive.
    """
    width = length + 1
    normal, right = np.zeros((width, width)), np.zeros((width, horizon))
    each = int(np.clip(ENOUGH // max(series, 1), 3, WINDOWS))
    used, season = 0, 1
    for panel in panels:
        season = panel.season
        spare = panel.count - length - horizon
        if length == 0 or not len(spare) or spare[0] < 0:
            continue
        used += int(np.count_nonzero(spare >= 0))
        step = max(typical - length - horizon, 0) // each + 1
        while gcd(step, season) > 1:  # so that windows begin in every phase of the season
            step += 1
        for back in range(0, int(spare[0]) + 1, step):
            rows = int(np.searchsorted(-spare, -back, side="right"))
            end = panel.periods - back
            x, mean, spread = _standard(
                panel.values[:rows, end - horizon - length : end - horizon], season, log
            )
            after = panel.values[:rows, end - horizon : end]
            y = ((np.log(after) if log else after) - mean) / spread
            # each series counts as one window, however many it has
            weight = 1 / np.sqrt(spare[:rows] // step + 1.0)[:, np.newaxis]
            x = np.hstack([x, np.ones((rows, 1))]) * weight
            normal += x.T @ x
            right += x.T @ (np.clip(y, -FARTHEST, FARTHEST) * weight)
    if used < FEWEST:
        return None
    coefficients = np.linalg.solve(normal + RIDGE * np.eye(width), right)
    return Regression(length, season, log, coefficients.astype(np.float64))


def _standard(x: Numbers, season: int, log: bool) -> tuple[Numbers, Numbers, Numbers]:
    values = np.log(x) if log else x
    mean = values[:, -max(season, 4) :].mean(axis=1, keepdims=True)
    off = values - mean
    slight: npt.NDArray[np.float64] | float = 1e-3 if log else 1e-3 * np.abs(mean) + 1e-9
    spread = values.std(axis=1, keepdims=True) + slight
    return off / spread, mean, spread
