"""Autoregressions on differences, for all series of a panel at once.

z_t is the first difference of the series without its season, or the seasonal difference of the
series itself, both of logarithms where a series is positive throughout:

    z_t = c + phi_1 z_{t-a} + phi_2 z_{t-b} + ... + e_t

Several sets of lags, with and without the constant, are fitted by least squares with a slight
ridge (Hoerl and Kennard, 1970), and their forecasts are weighted by Akaike weights exp(-(AICc -
lowest) / 2) (Burnham and Anderson, Model Selection and Multimodel Inference, 2002, section 2.9).
"""

from __future__ import annotations

import numpy as np

from sop_xl.planning.demand.engine.panel import Counts
from sop_xl.planning.frames import Numbers

Lags = tuple[int, ...]


def first_lags(season: int) -> list[Lags]:
    """Sets of lags for first differences."""
    return [(1,), (1, 2, 3), (1, 2, 3, 4, 5, 6)] + ([(1, 2, 3, season)] if season > 6 else [])


def season_lags(season: int) -> list[Lags]:
    """Sets of lags for seasonal differences."""
    near = [lag for lag in (1, 2, 3) if lag < season]
    return [
        (1,),
        tuple(near),
        (1, season),
        *((*near[:k], season, season + 1) for k in sorted({min(2, len(near)), len(near)})),
    ]


def forecast(z: Numbers, count: Counts, sets: list[Lags], horizon: int, ridge: float) -> Numbers:
    """(S, H) Forecasts of z, weighted over the sets of lags.

    Args:
        z: (S, T) Right-aligned, zero before the first.
        count: (S,) Numbers of z that are known, descending.
        sets: Lags to try, each with and without a constant.
        ridge: Penalty as a share of the mean of the squares of the lagged series.
    """
    rows, periods = z.shape
    every = sorted({lag for lags in sets for lag in lags if lag < periods})
    sets = [lags for lags in sets if max(lags) < periods]
    if not sets:
        return np.zeros((rows, horizon))
    coefficients = np.zeros((2 * len(sets), len(every) + 1, rows))
    criterion = np.full((2 * len(sets), rows), np.inf)
    for s, lags in enumerate(sets):
        longest = max(lags)
        left = np.maximum(count - longest, 0)
        sample = np.arange(longest, periods) >= (periods - left)[:, np.newaxis]
        columns = [z[:, longest - lag : periods - lag] * sample for lag in lags]
        columns.append(sample.astype(float))
        y = z[:, longest:] * sample
        p = len(columns)
        gram = np.empty((p, p, rows))
        for i in range(p):
            for j in range(i, p):
                gram[i, j] = gram[j, i] = np.einsum("st,st->s", columns[i], columns[j])
        right = np.stack([np.einsum("st,st->s", column, y) for column in columns])
        total = np.einsum("st,st->s", y, y)
        penalty = ridge * np.maximum(gram[np.arange(p - 1), np.arange(p - 1)].mean(axis=0), 1e-12)
        for with_constant in (False, True):
            q = p if with_constant else p - 1
            bare = gram[:q, :q]
            matrix = bare.copy()
            matrix[np.arange(p - 1), np.arange(p - 1)] += penalty
            if with_constant:
                matrix[-1, -1] += 1e-9
            solved = solve(matrix, right[:q])
            explained = np.einsum("is,ijs,js->s", solved, bare, solved)
            sse = total - 2 * np.einsum("is,is->s", solved, right[:q]) + explained
            k = q + 1
            spare = left - k - 1
            n = np.maximum(left, 1)
            mean = np.maximum(sse, np.maximum(1e-14 * total, 1e-30)) / n
            aicc = n * np.log(mean) + 2 * k + 2 * k * (k + 1) / np.maximum(spare, 1)
            at = 2 * s + with_constant
            # as if every set had been fitted to as many observations
            criterion[at] = np.where(spare > 0, aicc / n * count, np.inf)
            for lag, value in zip(lags, solved, strict=False):
                coefficients[at, every.index(lag)] = value
            if with_constant:
                coefficients[at, -1] = solved[-1]
    lowest = criterion.min(axis=0)
    usable = np.isfinite(criterion)
    delta = np.where(usable, criterion - np.where(np.isfinite(lowest), lowest, 0.0), 0.0)
    weights = np.where(usable, np.exp(-0.5 * np.minimum(delta, 1400.0)), 0.0)
    weights /= np.maximum(weights.sum(axis=0), 1e-300)
    path = _ahead(z, coefficients, every, horizon)
    found: Numbers = np.einsum("cs,hcs->sh", weights, path)
    return found


def _ahead(z: Numbers, coefficients: Numbers, lags: list[int], horizon: int) -> Numbers:
    """(H, C, S) Each step with the steps before it as observations."""
    longest = max(lags)
    path = np.empty((longest + horizon, len(coefficients), len(z)))
    path[:longest] = z[:, -longest:].T[:, np.newaxis, :]
    for h in range(longest, longest + horizon):
        step = coefficients[:, -1].copy()
        for i, lag in enumerate(lags):
            step += coefficients[:, i] * path[h - lag]
        path[h] = step
    return path[longest:]


def solve(matrix: Numbers, right: Numbers) -> Numbers:
    """Solutions of many small symmetric positive definite systems, by elimination.

    Args:
        matrix: (p, p, S).
        right: (p, S).

    Returns:
        (p, S).

    Example:
        >>> solve(np.array([[[4.0], [2.0]], [[2.0], [3.0]]]), np.array([[10.0], [9.0]])).ravel()
        array([1.5, 2. ])
    """
    a, b = matrix.copy(), right.copy()
    p = len(a)
    for i in range(p):
        pivot = np.where(a[i, i] > 0, a[i, i], 1e-300)
        for j in range(i + 1, p):
            factor = a[j, i] / pivot
            a[j, i:] -= factor * a[i, i:]
            b[j] -= factor * b[i]
    x = np.zeros_like(b)
    for i in range(p - 1, -1, -1):
        rest = b[i] - (a[i, i + 1 :] * x[i + 1 :]).sum(axis=0)
        x[i] = rest / np.where(a[i, i] > 0, a[i, i], np.inf)
    return x


def first_differences(values: Numbers, count: Counts) -> Numbers:
    """(S, T - 1) Right-aligned; zero where there is no observation before."""
    z = np.diff(values, axis=1)
    known = np.arange(z.shape[1]) >= (z.shape[1] - count + 1)[:, np.newaxis]
    return np.where(known, z, 0.0)


def season_differences(values: Numbers, count: Counts, season: int) -> Numbers:
    """(S, T - m) Right-aligned; zero where there is no observation a season before."""
    z = values[:, season:] - values[:, :-season]
    known = np.arange(z.shape[1]) >= (z.shape[1] - count + season)[:, np.newaxis]
    return np.where(known, z, 0.0)


def season_cumulated(values: Numbers, changes: Numbers, season: int) -> Numbers:
    """Levels from seasonal differences and the last season."""
    path = np.hstack([values[:, -season:], np.zeros_like(changes)])
    for h in range(changes.shape[1]):
        path[:, season + h] = path[:, h] + changes[:, h]
    return path[:, season:]
