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

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.panel import Counts, Panel
from sop_xl.planning.frames import Numbers

ALPHAS = (0.02, 0.06, 0.12, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97)
FEWEST = 4
"""Observations below which there is no line, but a level only."""
HEAVIEST = 0.98
"""Largest weight of the line."""
WORK = 100_000
"""Numbers that a step of the search holds at once: what a processor keeps at hand."""


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


def lines(values: Numbers) -> Lines:
    """The least squares line through what was observed until each period, (S, n).

    B = (12 sum t y - 6 (n + 1) sum y) / (n (n^2 - 1)), A = mean of y - B (n + 1) / 2; at the
    first observation B = 0 and A = y.
    """
    n = np.arange(1.0, values.shape[1] + 1)
    total = np.cumsum(values, axis=1)
    moment = np.cumsum(values * n, axis=1)
    bottom = np.maximum(n * (n * n - 1), 1.0)
    slope = np.where(n > 1, (12 * moment - 6 * (n + 1) * total) / bottom, 0.0)
    return Lines(total / n - (n + 1) / 2 * slope, slope)


def fit(panel: Panel, *, dynamic: bool, omega: float | None = None) -> Fit:
    """The alpha of the grid with the least sum of squares, with its best omega and first level.

    Args:
        panel: Series without season.
        dynamic: The line of the observations so far; its first three periods do not count.
        omega: A fixed weight of the line; None for the best one from 0 to 0.98.
    """
    smoothed = _smoothers(panel.periods)
    parts = [Fit(*(np.zeros(0) for _ in Fit._fields))]
    height = max(32, WORK // (len(ALPHAS) * max(panel.periods, 1)))
    line = int(np.searchsorted(-panel.count, -FEWEST, side="right"))
    for begin, end in ((0, line), (line, len(panel.count))):
        for first in range(begin, end, height):
            block = slice(first, min(first + height, end))
            short = begin == line
            parts.append(
                _fit(*_left(panel, block), smoothed, dynamic and not short, 0.0 if short else omega)
            )
    return Fit(*(np.concatenate(piece) for piece in zip(*parts, strict=True)))


def _left(panel: Panel, block: slice) -> tuple[Numbers, Counts]:
    """Values that all begin in the first column, zero after the last; and how many they are."""
    count = panel.count[block]
    t = np.arange(int(count.max(initial=1)))
    known = t < count[:, np.newaxis]
    at = np.where(known, panel.start[block][:, np.newaxis] + t, 0)
    return np.where(known, np.take_along_axis(panel.values[block], at, axis=1), 0.0), count


@lru_cache(maxsize=4)  # as many as there are origins: every member asks for the same
def _smoothers(periods: int) -> Numbers:
    """(C, T, T + 1) What turns observations into levels before each period, and after the last."""
    alpha = np.array(ALPHAS)[:, np.newaxis]
    weight = alpha * (1 - alpha) ** np.arange(periods + 1)
    lag = np.arange(periods + 1) - np.arange(periods)[:, np.newaxis] - 1
    found = np.where(lag >= 0, weight[:, np.maximum(lag, 0)], 0.0)
    found.flags.writeable = False
    return found


def _fit(
    values: Numbers, count: Counts, smoothers: Numbers, dynamic: bool, fixed: float | None
) -> Fit:
    """As :func:`fit` for series that begin in the first column (S, n).

    With e = y - l the errors of plain smoothing from a start of zero, q = (1 - alpha)^{t-1} the
    effect of the first level and d that of the line, the sum of (e - omega d - l_0 q)^2 is a
    quadratic form in sums of products.
    """
    rows, n = values.shape
    alpha = np.array(ALPHAS)[:, np.newaxis]
    t = np.arange(1, n + 1)
    each, last = np.arange(rows), np.maximum(count - 1, 0)
    line = lines(values)
    a, b = line.intercept[each, last], line.slope[each, last]
    skipped = 0 if fixed == 0 else 3 if dynamic else 1
    used = (t > skipped) & (t <= count[:, np.newaxis])
    level = values @ smoothers[:, :n, : n + 1]
    e = (values - level[:, :, :-1]) * used
    q = (1 - alpha) ** (t - 1) * (t > skipped)
    rise = (1 - (1 - alpha) ** t) / alpha * (t > skipped)
    ee = np.einsum("cst,cst->cs", e, e)
    eq = (e @ q[:, :, np.newaxis])[:, :, 0]
    qq, qr, rr = (np.cumsum(x, axis=1)[:, last] for x in (q * q, q * rise, rise * rise))
    if dynamic:
        before = [np.hstack([np.zeros((rows, 1)), x[:, :-1]]) * used for x in line]
        d = q[:, np.newaxis] * before[0]
        d += rise[:, np.newaxis] * before[1]
        ed = np.einsum("cst,cst->cs", e, d)
        dd = np.einsum("cst,cst->cs", d, d)
        dq = (d @ q[:, :, np.newaxis])[:, :, 0]
    else:
        er = (e @ rise[:, :, np.newaxis])[:, :, 0]
        ed, dd, dq = a * eq + b * er, a * a * qq + 2 * a * b * qr + b * b * rr, a * qq + b * qr
    if fixed is None:
        determinant = dd * qq - dq * dq
        sound = determinant > 1e-12 * dd * qq
        omega = np.where(sound, (ed * qq - eq * dq) / np.where(sound, determinant, 1.0), 0.0)
        omega = np.clip(omega, 0.0, HEAVIEST)
    else:
        omega = np.full(ee.shape, fixed)
    first = (eq - omega * dq) / np.where(qq > 0, qq, 1.0)
    sse = ee - 2 * omega * ed + omega**2 * dd - qq * first**2
    best = sse.argmin(axis=0)
    chosen = np.array(ALPHAS)[best]
    decay = (1 - chosen) ** count
    final = level[best, each, count] + decay * first[best, each]
    mean = values.sum(axis=1) / np.maximum(count, 1)
    return Fit(chosen, omega[best, each], final, decay, a, b, mean)


def ahead(found: Fit, count: Counts, horizon: int, *, dynamic: bool) -> Numbers:
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
