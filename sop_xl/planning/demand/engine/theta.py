"""The Theta method and its optimised and dynamic forms, for all series of a panel at once.

Symbols as in Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler, Models for optimising the
theta method and their relationship to state space models (International Journal of Forecasting
32, 2016), equations 11 to 20; omega = 1 - 1 / theta is the weight of the line:

    mu_t = l_{t-1} + omega ((1 - alpha)^{t-1} A_{t-1} + (1 - (1 - alpha)^t) / alpha B_{t-1})
    l_t  = alpha y_t + (1 - alpha) l_{t-1}

A and B are intercept and slope of the least squares line: of the whole series (static) or of the
observations so far (dynamic). omega = 1/2 (theta = 2) with the static line is the standard method
of Assimakopoulos and Nikolopoulos (2000). mu_t is linear in omega and in the first level, so that
both have a closed form for each alpha, which is taken from a grid.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.panel import Flags, Panel
from sop_xl.planning.demand.engine.season import indices, phases
from sop_xl.planning.frames import Numbers

ALPHAS = (0.02, 0.06, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97)
HEAVIEST = 0.98
"""Largest weight of the line."""
WORK = 1_000_000
"""Numbers that a step of the search holds at once: 8 MB."""


class Lines(NamedTuple):
    """Least squares line A + B t, t = 1 .. n, of the observations so far; (S, T) each."""

    intercept: Numbers
    slope: Numbers


class Fit(NamedTuple):
    """(S,) each; level and decay (1 - alpha)^n after the last observation."""

    alpha: npt.NDArray[np.float64]
    omega: npt.NDArray[np.float64]
    level: npt.NDArray[np.float64]
    decay: npt.NDArray[np.float64]
    intercept: npt.NDArray[np.float64]
    slope: npt.NDArray[np.float64]
    mean: npt.NDArray[np.float64]
    """Mean of the observations."""


def steps(panel: Panel) -> Numbers:
    """(S, T) t = 1 .. n, at most 0 before the first observation."""
    t = np.arange(panel.periods)[np.newaxis, :] - panel.start[:, np.newaxis] + 1
    return t.astype(float)


def lines(panel: Panel) -> Lines:
    """The line through what was observed until each period: B = 0 and A = y at the first."""
    t = steps(panel)
    known = t > 0
    y = np.where(known, panel.values, 0.0)
    total = np.cumsum(y, axis=1)
    moment = np.cumsum(y * t, axis=1)
    n = np.maximum(t, 1.0)
    several = n > 1
    bottom = np.where(several, n * (n * n - 1), 1.0)
    slope = np.where(several & known, (12 * moment - 6 * (n + 1) * total) / bottom, 0.0)
    return Lines(np.where(known, total / n - (n + 1) / 2 * slope, 0.0), slope)


def fit(panel: Panel, *, dynamic: bool, omega: float | None = None) -> Fit:
    """The alpha of the grid with the least sum of squares, with its best omega and first level.

    Args:
        panel: Series without season.
        dynamic: The line of the observations so far; its first three periods do not count.
        omega: A fixed weight of the line; None for the best one from 0 to 0.98.
    """
    rows = len(panel.count)
    height = max(32, WORK // (len(ALPHAS) * max(panel.periods, 1)))
    parts = [
        _fit(
            Panel(panel.values[a : a + height], panel.count[a : a + height], panel.season),
            dynamic,
            omega,
        )
        for a in range(0, rows, height)
    ]
    return Fit(*(np.concatenate(piece) for piece in zip(*parts, strict=True)))


def _fit(panel: Panel, dynamic: bool, fixed: float | None) -> Fit:
    alpha = np.array(ALPHAS)[:, np.newaxis, np.newaxis]
    line = lines(panel)
    t = steps(panel)
    counts = t > (3 if dynamic and panel.periods > 6 else 1)
    counts &= t > 0
    level = _levels(panel.values)
    error = np.where(counts, panel.values - level[:, :, :-1], 0.0)
    q = np.where(counts, (1 - alpha) ** np.maximum(t - 1, 0.0), 0.0)
    rise = np.where(counts, (1 - (1 - alpha) ** np.maximum(t, 0.0)) / alpha, 0.0)
    last_a, last_b = line.intercept[:, -1], line.slope[:, -1]
    if dynamic:
        before = np.zeros((len(t), 1))
        d = q * np.hstack([before, line.intercept[:, :-1]])
        d += rise * np.hstack([before, line.slope[:, :-1]])
    else:
        d = q * last_a[:, np.newaxis] + rise * last_b[:, np.newaxis]
    ee, ed, eq, dd, dq, qq = (
        np.einsum("cst,cst->cs", a, b)
        for a, b in ((error, error), (error, d), (error, q), (d, d), (d, q), (q, q))
    )
    if fixed is None:
        determinant = dd * qq - dq * dq
        sound = determinant > 1e-12 * dd * qq
        omega = np.where(sound, (ed * qq - eq * dq) / np.where(sound, determinant, 1.0), 0.0)
        omega = np.clip(omega, 0.0, HEAVIEST)
    else:
        omega = np.full(ee.shape, fixed)
    first = (eq - omega * dq) / np.where(qq > 0, qq, 1.0)
    sse = (
        ee - 2 * omega * ed - 2 * first * eq + omega**2 * dd + 2 * omega * first * dq
        + first**2 * qq
    )
    best = sse.argmin(axis=0)
    each = np.arange(len(best))
    chosen = np.array(ALPHAS)[best]
    decay = (1 - chosen) ** panel.count
    mean = panel.values.sum(axis=1) / np.maximum(panel.count, 1)
    return Fit(
        chosen, omega[best, each], level[best, each, -1] + decay * first[best, each],
        decay, last_a, last_b, mean,
    )


def _levels(values: Numbers) -> Numbers:
    """(C, S, T + 1) Levels before each period and after the last, from a start of zero."""
    alpha = np.array(ALPHAS)
    periods = values.shape[1]
    lag = np.arange(periods + 1) - np.arange(periods)[:, np.newaxis] - 1
    weights = np.where(
        lag >= 0,
        alpha[:, np.newaxis, np.newaxis] * (1 - alpha)[:, np.newaxis, np.newaxis] ** np.maximum(lag, 0),
        0.0,
    )
    return values @ weights


def ahead(found: Fit, count: npt.NDArray[np.int64], horizon: int, *, dynamic: bool) -> Numbers:
    """(S, H) The forecasts; a dynamic line goes on with the forecasts as observations."""
    alpha, omega, level, decay, a, b, mean = found
    n = np.maximum(count, 2).astype(float)
    result = np.empty((len(alpha), horizon))
    for h in range(horizon):
        forecast = level + omega * (decay * a + (1 - decay * (1 - alpha)) / alpha * b)
        result[:, h] = forecast
        level = alpha * forecast + (1 - alpha) * level
        decay = decay * (1 - alpha)
        if dynamic:
            new = (n * mean + forecast) / (n + 1)
            b = ((n - 1) * b + 6 / (n + 1) * (forecast - mean)) / (n + 2)
            n = n + 1
            mean = new
            a = mean - (n + 1) / 2 * b
    return result
