"""How good forecasts are: the measures of the forecasting competitions, over a block of series.

Arrays are series S by horizon H; errors are forecast - actual. A series whose scale is zero (it
never changed) has no scaled error and stays out of the means that need one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]
CRITICAL = 1.645
"""Of the seasonality test of the M4 competition: 90 %, two sides."""


class Forecasts(NamedTuple):
    """Forecasts of a block, with its ranges by level in per cent; a method may give none."""

    mean: Numbers
    """(S, H)"""
    low: dict[int, Numbers]
    high: dict[int, Numbers]


def seasonal_scale(history: Sequence[Numbers], season: int) -> Numbers:
    """Mean absolute change on the season before, the divisor of MASE.

    Hyndman & Koehler 2006, "Another look at measures of forecast accuracy", eq. 4; M4 takes the
    season. A history of no more than one season is scaled by its changes on the period before.

    >>> seasonal_scale([np.array([1.0, 3.0, 2.0, 6.0])], 2)
    array([2.])
    """
    return np.array([_mean(np.abs(_changes(values, season))) for values in history])


def squared_scale(history: Sequence[Numbers]) -> Numbers:
    """Mean squared change on the period before, the divisor of RMSSE.

    Makridakis et al. 2022, "M5 accuracy competition", eq. 1, here over the whole history.

    >>> squared_scale([np.array([0.0, 2.0, 1.0])])
    array([2.5])
    """
    return np.array([_mean(_changes(values, 1) ** 2) for values in history])


def _changes(values: Numbers, lag: int) -> Numbers:
    lag = lag if len(values) > lag else 1
    return values[lag:] - values[:-lag]


def _mean(values: Numbers) -> float:
    return float(values.mean()) if len(values) else 0.0


def smape(actual: Numbers, mean: Numbers) -> Numbers:
    """Per cent, by series: 200 |A - F| / (|A| + |F|), as in M3 and M4; 0 where both are zero.

    >>> smape(np.array([[100.0, 0.0]]), np.array([[50.0, 0.0]])).round(3)
    array([33.333])
    """
    size = np.abs(actual) + np.abs(mean)
    gap = np.abs(mean - actual)
    ratio = np.divide(gap, size, out=np.zeros_like(size), where=size > 0)
    return np.asarray(200 * ratio.mean(axis=1))


def mase(actual: Numbers, mean: Numbers, scale: Numbers) -> Numbers:
    """Mean absolute error over the scale, by series; NaN where the scale is zero.

    >>> mase(np.array([[10.0, 12.0]]), np.array([[11.0, 9.0]]), np.array([4.0]))
    array([0.5])
    """
    return _scaled(np.abs(mean - actual).mean(axis=1), scale)


def rmsse(actual: Numbers, mean: Numbers, scale: Numbers) -> Numbers:
    """Root of the mean squared error over the squared scale, by series.

    >>> rmsse(np.array([[1.0, 2.0]]), np.array([[3.0, 2.0]]), np.array([8.0]))
    array([0.5])
    """
    return np.sqrt(_scaled(((mean - actual) ** 2).mean(axis=1), scale))


def msis(
    actual: Numbers, low: Numbers, high: Numbers, scale: Numbers, level: int
) -> Numbers:
    """Mean scaled interval score, by series: narrow ranges that hold what came score low.

    Gneiting & Raftery 2007, eq. 43, over the scale of MASE, as in M4.

    >>> one = np.array([[10.0]])
    >>> msis(one, one - 2, one + 2, np.array([4.0]), 95)
    array([1.])
    >>> msis(one, one + 1, one + 2, np.array([4.0]), 80)
    array([2.75])
    """
    miss = 2 / (1 - level / 100)
    below = np.where(actual < low, low - actual, 0.0)
    above = np.where(actual > high, actual - high, 0.0)
    return _scaled((high - low + miss * (below + above)).mean(axis=1), scale)


def _scaled(error: Numbers, scale: Numbers) -> Numbers:
    nothing = np.full_like(error, np.nan)
    return np.divide(error, scale, out=nothing, where=np.isfinite(scale) & (scale > 0))


# ---- the references ------------------------------------------------------------------


def is_seasonal(values: Numbers, season: int) -> bool:
    """Whether the autocorrelation at the season is beyond chance, as M4's Naive2 asks.

    True if |r_m| > 1.645 sqrt((1 + 2 (r_1^2 + ... + r_(m-1)^2)) / n), from three seasons on.
    """
    count = len(values)
    if season == 1 or count < 3 * season:
        return False
    around = values - values.mean()
    spread = float((around**2).sum())
    if spread == 0:
        return False
    found = np.array([around[lag:] @ around[:-lag] for lag in range(1, season + 1)]) / spread
    limit = CRITICAL * np.sqrt((1 + 2 * (found[:-1] ** 2).sum()) / count)
    return bool(abs(found[-1]) > limit)


def seasonal_indices(values: Numbers, season: int) -> Numbers:
    """Indices of the classical multiplicative decomposition by phase, of mean 1.

    The mean by phase of values over their centred moving average. NaN where that is no number.
    """
    even = season % 2 == 0
    weights = np.r_[0.5, np.ones(season - 1), 0.5] if even else np.ones(season)
    level = np.convolve(values, weights / season, "valid")
    first = (len(weights) - 1) // 2
    middle = values[first : first + len(level)]
    ratio = np.divide(middle, level, out=np.full_like(level, np.nan), where=level != 0)
    phase = (first + np.arange(len(level))) % season
    counted = np.bincount(phase, np.isfinite(ratio), season)
    total = np.bincount(phase, np.nan_to_num(ratio), season)
    index = np.divide(total, counted, out=np.full(season, np.nan), where=counted > 0)
    return np.asarray(index / index.mean())


def naive2(history: Sequence[Numbers], horizon: int, season: int) -> Numbers:
    """The last value, seasonally adjusted where the series is seasonal: the M competitions' base.

    A series whose indices are not all above zero is forecast by its last value.
    """
    return np.array([_naive2(values, horizon, season) for values in history])


def _naive2(values: Numbers, horizon: int, season: int) -> Numbers:
    if is_seasonal(values, season):
        index = seasonal_indices(values, season)
        if np.all(index > 0):
            ahead = (len(values) + np.arange(horizon)) % season
            return np.asarray(values[-1] / index[(len(values) - 1) % season] * index[ahead])
    return np.full(horizon, values[-1])


def seasonal_naive(history: Sequence[Numbers], horizon: int, season: int) -> Numbers:
    """The last season again; a history of less than one: the last value."""
    ahead = np.arange(horizon)
    return np.array([
        values[-season + ahead % season] if len(values) >= season
        else np.full(horizon, values[-1])
        for values in history
    ])  # fmt: skip


# ---- all of them ---------------------------------------------------------------------


def score(
    history: Sequence[Numbers], actual: Numbers, season: int, forecasts: Forecasts
) -> dict[str, float]:
    """Every measure of a method on a block of series, by name.

    sMAPE, MASE, RMSSE and MSIS are means over series; OWA is the mean of sMAPE and MASE, each
    over that of Naive2; WAPE and bias are totals over the total of the actuals, in per cent;
    coverage is the share of all actuals that lie in the range, in per cent.
    """
    mean = forecasts.mean
    scale = seasonal_scale(history, season)
    base = naive2(history, actual.shape[1], season)
    total = np.abs(actual).sum() / 100
    found = {
        "sMAPE": float(smape(actual, mean).mean()),
        "MASE": _over_series(mase(actual, mean, scale)),
        "RMSSE": _over_series(rmsse(actual, mean, squared_scale(history))),
        "WAPE": float(np.abs(mean - actual).sum() / total),
        "bias": float((mean - actual).sum() / total),
    }
    relative = (
        found["sMAPE"] / float(smape(actual, base).mean()),
        found["MASE"] / _over_series(mase(actual, base, scale)),
    )
    found["OWA"] = sum(relative) / 2
    for level in forecasts.low:
        low, high = forecasts.low[level], forecasts.high[level]
        found[f"in {level} %"] = 100 * float(((actual >= low) & (actual <= high)).mean())
        found[f"MSIS {level}"] = _over_series(msis(actual, low, high, scale, level))
    return found


def _over_series(values: Numbers) -> float:
    return float(np.nanmean(values)) if np.isfinite(values).any() else float("nan")
