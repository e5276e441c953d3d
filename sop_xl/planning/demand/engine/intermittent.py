"""Demand with many empty periods: Croston's method and what was made of it, for whole blocks.

Every method forecasts the mean demand of a period, the same for every period ahead: history
(S, T), of which only the beginning may be NaN, gives (S, H). Symbols: Y demand, Z size of a
demand where there is one, X periods from one demand to the next, P probability of demand.
Smoothing constants that are not given are chosen for each series by the least sum of squared
errors of the forecast against the demand of the next period.

Start values are the size of the first demand and the periods until it came, or their reciprocal;
means over the whole series would know what came later, make slow smoothing look good, and follow a
falling demand too late. A series that never had demand is forecast as zero. Negative demand counts
as none: a return is no order.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.recursion import LIMITS, Block, ready, search, total
from sop_xl.planning.demand.engine.result import MONTHS
from sop_xl.planning.demand.engine.smoothing import ses
from sop_xl.planning.frames import Numbers

RATES = (0.05, 0.1, 0.2, 0.3, 0.5)
"""Smoothing constants that are tried first; published work uses 0.05 to 0.3."""
HIGHEST = 0.5
LONGEST = 12
"""Longest bucket of :func:`imapa`, in periods, where a season does not say another one."""
BUCKETS = 2
"""Buckets that a level of aggregation needs."""


def croston(
    history: Numbers, horizon: int, season: int = MONTHS, *, alpha: float | None = None
) -> Numbers:
    """Size and interval smoothed apart, F = Z / X.

    After a period with demand Y, q periods after the one before: Z = Z' + alpha (Y - Z'),
    X = X' + alpha (q - X'); between demands nothing changes (Croston, Forecasting and Stock
    Control for Intermittent Demands, Operational Research Quarterly 23, 1972).

    >>> croston(np.array([[0.0, 4.0, 0.0, 4.0]]), 1, alpha=0.1)
    array([[2.]])
    """
    del season
    return _ratio(history, horizon, alpha, debiased=False)


def sba(
    history: Numbers, horizon: int, season: int = MONTHS, *, alpha: float | None = None
) -> Numbers:
    """Croston's forecast without its bias, F = (1 - alpha / 2) Z / X.

    Syntetos and Boylan, The accuracy of intermittent demand estimates, International Journal of
    Forecasting 21, 2005.

    >>> sba(np.array([[0.0, 4.0, 0.0, 4.0]]), 1, alpha=0.1)
    array([[1.9]])
    """
    del season
    return _ratio(history, horizon, alpha, debiased=True)


def tsb(
    history: Numbers,
    horizon: int,
    season: int = MONTHS,
    *,
    alpha: float | None = None,
    beta: float | None = None,
) -> Numbers:
    """Size and probability of demand smoothed apart, F = P Z: falls while nothing is sold.

    With demand: Z = Z' + alpha (Y - Z'), P = P' + beta (1 - P'); without: P = P' - beta P'
    (Teunter, Syntetos and Babai, Intermittent demand: linking forecasting to inventory
    obsolescence, European Journal of Operational Research 214, 2011).

    >>> tsb(np.array([[4.0, 0.0]]), 1, alpha=0.1, beta=0.2).round(6)  # Z 4, P from 1 to 0.8
    array([[3.2]])
    """
    del season
    block = _demand(history)
    grid = [np.array(RATES if value is None else [value], dtype=float) for value in (alpha, beta)]
    limits = [(LIMITS[0], HIGHEST)] * 2
    best = search(lambda values: _probability(block, values)[0], grid, limits, rounds=2)
    found = _probability(block, best[..., np.newaxis])[1][:, 0]
    return np.repeat((found * block.scale)[:, np.newaxis], horizon, axis=1)


def imapa(
    history: Numbers, horizon: int, season: int = MONTHS, *, alpha: float | None = None
) -> Numbers:
    """The mean of simple smoothing on buckets of 1, 2, ... periods, up to the mean interval.

    Sums of k periods, counted back from the last one, are smoothed and divided by k (Petropoulos
    and Kourentzes, Forecast combinations for intermittent demand, Journal of the Operational
    Research Society 66, 2015, with simple smoothing at every level). Buckets are at most a season
    long, and a level needs two of them.

    >>> imapa(np.array([[0.0, 4.0, 0.0, 4.0]]), 1, alpha=1.0)  # 4 and 4 / 2
    array([[3.]])
    """
    block = _demand(history)
    longest = season if season > 1 else LONGEST
    interval = block.counts / np.maximum(total((block.demand > 0).astype(float)), 1.0)
    highest = np.clip(np.rint(interval), 1, longest).astype(np.int64)
    observed = np.where(np.isnan(history), np.nan, np.maximum(history, 0.0))
    sums = _smoothed(observed, alpha)
    rows, lengths, buckets = _buckets(observed, block.counts, highest)
    levels = 1.0 + np.bincount(rows, minlength=len(sums))
    # one after the other, from short to long: the same in any chunk of series
    np.add.at(sums, rows, _smoothed(buckets, alpha) / lengths)
    return np.repeat((sums / levels)[:, np.newaxis], horizon, axis=1)


def _buckets(
    observed: Numbers, counts: npt.NDArray[np.int64], highest: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Numbers]:
    """Sums over 2, 3, ... periods of the series that are long enough: row of the series, length,
    and the sums side by side, the last one last."""
    rows, lengths, sums = [], [], []
    width = observed.shape[1] // 2
    for length in range(2, int(highest.max(initial=0)) + 1):
        served = np.flatnonzero((highest >= length) & (counts // length >= BUCKETS))
        known = observed[served, observed.shape[1] % length :]
        own = known.reshape(len(served), known.shape[1] // length, length).sum(axis=2)
        rows.append(served)
        lengths.append(np.full(len(served), length))
        sums.append(np.full((len(served), width), np.nan))
        sums[-1][:, width - own.shape[1] :] = own
    if not rows:
        nothing = np.zeros(0, dtype=np.int64)
        return nothing, nothing, np.zeros((0, width))
    return np.concatenate(rows), np.concatenate(lengths), np.concatenate(sums)


def _demand(history: Numbers) -> Block:
    return ready(np.where(np.isnan(history), np.nan, np.maximum(history, 0.0)))


def _smoothed(buckets: Numbers, alpha: float | None) -> npt.NDArray[np.float64]:
    """(S,) Level of simple smoothing that starts with the first bucket."""
    block = ready(buckets)
    return ses(buckets, 1, alpha=alpha, level=block.first() * block.scale)[:, 0]


def _start(block: Block) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(S,) Size of the first demand and periods until it came; size 0 where none came."""
    sold = block.demand > 0
    before = (~np.logical_or.accumulate(sold, axis=0)).sum(axis=0)
    if not len(sold):
        return np.zeros(len(block.starts)), np.ones(len(block.starts))
    size = block.demand[np.minimum(before, len(sold) - 1), np.arange(len(before))]
    waited = np.maximum(before - block.starts + 1.0, 1.0)
    return np.maximum(size, 0.0), waited


def _ratio(history: Numbers, horizon: int, alpha: float | None, *, debiased: bool) -> Numbers:
    block = _demand(history)
    grid = [np.array(RATES if alpha is None else [alpha], dtype=float)]
    limits = [(LIMITS[0], HIGHEST)]
    best = search(
        lambda values: _size_by_interval(block, values[0], debiased)[0], grid, limits, rounds=2
    )
    found = _size_by_interval(block, best[0][:, np.newaxis], debiased)[1][:, 0]
    return np.repeat((found * block.scale)[:, np.newaxis], horizon, axis=1)


def _size_by_interval(block: Block, alpha: Numbers, debiased: bool) -> tuple[Numbers, Numbers]:
    """Squared errors and last forecast (S, C) of size by interval, alphas (S or 1, C)."""
    shape = (len(block.starts), alpha.shape[1])
    size, interval = (np.repeat(first[:, np.newaxis], shape[1], axis=1) for first in _start(block))
    factor = 1 - alpha / 2 if debiased else np.ones_like(alpha)
    squares, forecast = np.zeros(shape), factor * size / interval
    waited = np.ones(len(block.starts))
    for period, row in enumerate(block.demand):
        started = period >= block.starts
        demand = row[:, np.newaxis]
        squares += np.where(started[:, np.newaxis], demand - forecast, 0.0) ** 2
        rows = np.flatnonzero(row > 0)
        rate = alpha[rows] if len(alpha) == len(row) else alpha
        size[rows] += rate * (demand[rows] - size[rows])
        interval[rows] += rate * (waited[rows, np.newaxis] - interval[rows])
        forecast[rows] = (factor[rows] if len(alpha) == len(row) else factor) * (
            size[rows] / interval[rows]
        )
        waited = np.where(row > 0, 1.0, waited + started)
    return squares, forecast


def _probability(block: Block, values: Numbers) -> tuple[Numbers, Numbers]:
    """Squared errors and last forecast (S, C) of size times probability, values (2, S or 1, C)."""
    alpha, beta = values
    shape = (len(block.starts), values.shape[2])
    size, waited = (np.repeat(first[:, np.newaxis], shape[1], axis=1) for first in _start(block))
    chance = 1 / waited
    squares = np.zeros(shape)
    for period, row in enumerate(block.demand):
        started = (period >= block.starts)[:, np.newaxis]
        demand = row[:, np.newaxis]
        sold = demand > 0
        squares += np.where(started, demand - size * chance, 0.0) ** 2
        size += np.where(sold, alpha * (demand - size), 0.0)
        chance += np.where(started, beta * (sold - chance), 0.0)
    return squares, size * chance
