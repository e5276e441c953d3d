"""Exponential smoothing: a family of forms, fitted to all series of a panel at once.

The innovations form with additive errors (Hyndman, Koehler, Ord and Snyder, Forecasting with
Exponential Smoothing, 2008, chapters 2 and 3), l level, b trend, s season of m periods:

    e_t = y_t - (l_{t-1} + phi b_{t-1} + s_{t-m})
    l_t = l_{t-1} + phi b_{t-1} + alpha e_t
    b_t = phi b_{t-1} + beta e_t
    s_t = s_{t-m} + gamma e_t

In one line: e_t = y_t - w'x_{t-1}, x_t = F x_{t-1} + g e_t. Hence, with D = F - g w',

    e_t = y_t - sum_{j >= 1} (w' D^{j-1} g) y_{t-j} - (w' D^{t-1}) x_0                    (1)

The errors are linear in the observations and in the start values x_0. For given smoothing
parameters one matrix gives the errors of all series from a start of zero, and the start values of
the greatest likelihood are a least squares solution: neither a loop over series nor an optimiser
is needed, and as (1) looks only back, one pass serves the origins of the backtest, too. The
smoothing parameters are taken from a grid that is the same for every series.

The forms with the season in proportion to the level are the same forms on logarithms: ln y has
additive errors where y has relative ones. Their likelihood is made comparable by the derivative
of the logarithm, - sum ln y.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.panel import Counts, Panel
from sop_xl.planning.frames import Numbers

LEVEL = (0.03, 0.1, 0.2, 0.35, 0.5, 0.7, 0.95)
"""Smoothing of the level, alpha, of the form without trend and season."""
LEVEL_FEW = (0.05, 0.15, 0.3, 0.55, 0.9)
TREND = (0.05, 0.25)
"""Smoothing of the trend as a share of alpha."""
DAMPING = (0.85, 0.97)
SEASON = (0.01, 0.08, 0.3)
"""Smoothing of the season as a share of 1 - alpha."""
SEASON_FEW = (0.02, 0.2)
LONGEST = 60
"""Longest season that is smoothed; a longer one has more start values than a series bears."""
EVIDENCE = 0.25
WORK = 500_000
"""Numbers that a step of the search holds at once: what a processor keeps at hand."""


class Form(NamedTuple):
    name: str
    damped: bool
    seasonal: bool
    log: bool


FORMS = (
    Form("level", False, False, False),
    Form("damped trend", True, False, False),
    Form("season", False, True, False),
    Form("damped trend and season", True, True, False),
    Form("log level", False, False, True),
    Form("log damped trend", True, False, True),
    Form("log season", False, True, True),
    Form("log damped trend and season", True, True, True),
)


class Smoothing(NamedTuple):
    """Parameters of (C,) candidates, or of (K, S) fits."""

    alpha: npt.NDArray[np.float64]
    beta: npt.NDArray[np.float64]
    gamma: npt.NDArray[np.float64]
    phi: npt.NDArray[np.float64]

    def take(self, best: npt.NDArray[np.int64]) -> Smoothing:
        return Smoothing(*(values[best] for values in self))


class Start(NamedTuple):
    level: Numbers
    trend: Numbers
    season: Numbers
    """(..., m) The first is that of the first period."""


def grid(damped: bool, seasonal: bool) -> Smoothing:
    """The candidates of a form, (C,) each."""
    alpha = LEVEL if not damped and not seasonal else LEVEL_FEW
    trend = TREND if damped else (0.0,)
    season = (SEASON_FEW if damped else SEASON) if seasonal else (0.0,)
    rows = [
        (a, a * b, (1 - a) * c, phi)
        for a, b, c, phi in product(alpha, trend, season, DAMPING if damped else (1.0,))
    ]
    return Smoothing(*np.array(rows).T)


def smooth(
    values: Numbers, first: Counts, smoothing: Smoothing, start: Start, stops: list[int]
) -> tuple[Numbers, list[Start]]:
    """Run the recursion with additive errors over time, for all series and fits at once.

    Args:
        values: (S, T).
        first: (S,) Column of the first observation.
        smoothing: (K, S) each.
        start: (K, S), season (K, S, m).
        stops: Columns before which the states are wanted.

    Returns:
        Errors y - forecast (K, S, T), zero before the first observation, and the states at each
        stop; the season's first is that of the period at the stop.
    """
    alpha, beta, gamma, phi = smoothing
    level, trend = start.level.copy(), start.trend.copy()
    season = np.ascontiguousarray(np.moveaxis(start.season, -1, 0))
    m = len(season)
    periods = values.shape[1]
    if m > 1:
        # turn the season so that all series share a phase, whenever they begin
        turn = (np.arange(m)[:, np.newaxis] - first) % m
        season = np.take_along_axis(season, np.broadcast_to(turn[:, None], season.shape), 0)
    errors = np.zeros((periods, *level.shape))
    states: list[Start] = []
    begun = np.searchsorted(first, np.arange(periods), side="right")
    for t in range(periods + 1):
        if t in stops:
            ahead = season[(t + np.arange(m)) % m]
            states.append(Start(level.copy(), trend.copy(), np.moveaxis(ahead, 0, -1)))
        if t == periods:
            break
        k = int(begun[t])
        slope = phi[:, :k] * trend[:, :k]
        base = level[:, :k] + slope
        cycle = season[t % m]
        error = values[:k, t] - base - cycle[:, :k]
        errors[t, :, :k] = error
        level[:, :k] = base + alpha[:, :k] * error
        trend[:, :k] = slope + beta[:, :k] * error
        cycle[:, :k] += gamma[:, :k] * error
    return np.moveaxis(errors, 0, -1), states


def ahead(state: Start, phi: Numbers, horizon: int) -> Numbers:
    """(K, S, H) l + (phi + ... + phi^h) b + s of the phase."""
    h = np.arange(horizon)
    damping = np.cumsum(phi[..., np.newaxis] ** (h + 1), axis=-1)
    season = state.season[..., h % state.season.shape[-1]]
    return state.level[..., np.newaxis] + damping * state.trend[..., np.newaxis] + season


def responses(smoothing: Smoothing, m: int, periods: int, damped: bool) -> tuple[Numbers, Numbers]:
    """What (1) needs: the matrices of errors from a start of zero and those of the start values.

    Returns:
        (C, T, T), by which rows of observations are multiplied from the right, and (C, T, k), the
        effect of each start value: level, trend if there is one, and the season except its last,
        which the level holds.
    """
    alpha, beta, gamma, phi = smoothing
    c = len(alpha)
    seasonal = m > 1
    k = 2 + (m if seasonal else 0)
    matrix, gain, weight = np.zeros((c, k, k)), np.zeros((c, k)), np.zeros((c, k))
    matrix[:, 0, 0], matrix[:, 0, 1], matrix[:, 1, 1] = 1.0, phi, phi
    weight[:, 0], weight[:, 1] = 1.0, phi
    gain[:, 0], gain[:, 1] = alpha, beta
    if seasonal:
        for i in range(m):
            matrix[:, 2 + i, 2 + (i + 1) % m] = 1.0
        weight[:, 2], gain[:, -1] = 1.0, gamma
    left = matrix - gain[:, :, np.newaxis] * weight[:, np.newaxis, :]
    rows = np.zeros((periods, c, k))
    row = weight[:, np.newaxis, :]
    for t in range(periods):
        rows[t] = row[:, 0]
        row = row @ left
    impulse = np.concatenate([np.ones((1, c)), -(rows[:-1] * gain).sum(axis=2)])
    lag = np.arange(periods) - np.arange(periods)[:, np.newaxis]
    filters = np.where(lag[..., np.newaxis] >= 0, impulse[np.maximum(lag, 0)], 0.0)
    used = [0] + ([1] if damped else []) + (list(range(2, k - 1)) if seasonal else [])
    return (
        np.ascontiguousarray(np.moveaxis(filters, -1, 0)),
        np.ascontiguousarray(np.moveaxis(rows[..., used], 1, 0)),
    )


class Fit(NamedTuple):
    """The best candidate of a form for each series, from the observations before a stop."""

    smoothing: Smoothing
    start: Start
    aicc: npt.NDArray[np.float64]
    """(S,) Corrected Akaike criterion; infinite where the series is too short for the form."""


class Search:
    """The grid of a form over a panel's columns, and the matrices that it needs."""

    def __init__(self, season: int, periods: int, *, damped: bool, seasonal: bool) -> None:
        self.season = season if seasonal else 1
        self.damped = damped
        self.grid = grid(damped, seasonal)
        self.filters, self.effects = responses(self.grid, self.season, periods, damped)
        self.states = self.effects.shape[2]
        self.parameters = 1 + 2 * damped + seasonal + self.states + 1
        self._inverse: dict[int, Numbers] = {}

    def inverse(self, count: int) -> Numbers:
        """(C, k, k) Inverse of the start values' normal equations for so many periods."""
        if count not in self._inverse:
            effects = self.effects[:, :count]
            normal = effects.transpose(0, 2, 1) @ effects
            ridge = 1e-9 * np.trace(normal, axis1=1, axis2=2)[:, np.newaxis, np.newaxis]
            self._inverse[count] = np.linalg.inv(normal + ridge * np.eye(self.states))
        return self._inverse[count]

    def fit(self, panel: Panel, cuts: list[int]) -> list[Fit]:
        """The best candidate for each series at each cut, all cuts in one pass.

        Args:
            panel: (S, T).
            cuts: Periods held back, descending.
        """
        c, rows = len(self.grid.alpha), len(panel.count)
        periods = panel.periods
        sse = np.empty((len(cuts), rows))
        states = np.zeros((len(cuts), rows, self.states))
        best = np.zeros((len(cuts), rows), dtype=np.int64)
        height = max(32, WORK // (c * periods))
        filters = self.filters[:, :periods, :periods]
        for first in range(0, rows, height):
            block = slice(first, min(first + height, rows))
            part = Panel(panel.values[block], panel.count[block], panel.season)
            errors = _filtered(part.values, filters)
            for lines, count in part.lengths():
                at = slice(first + lines.start, first + lines.stop)
                self._solve(errors[:, lines], count, cuts, sse[:, at], best[:, at], states[:, at])
        return [self._result(panel, cut, sse[o], best[o], states[o]) for o, cut in enumerate(cuts)]

    def _solve(
        self,
        errors: Numbers,
        count: int,
        cuts: list[int],
        sse: Numbers,
        best: npt.NDArray[np.int64],
        states: Numbers,
    ) -> None:
        """Least squares of the start values: what they explain is taken off the sum of squares."""
        c, rows, periods = errors.shape
        begin = column = periods - count
        total = np.zeros((c, rows))
        cross = np.zeros((c, rows, self.states))
        each = np.arange(rows)
        for o, cut in enumerate(cuts):
            stop = periods - cut
            if stop - begin < self.parameters + 2:
                sse[o] = np.inf
                continue
            piece = errors[:, :, column:stop]
            total += np.einsum("cst,cst->cs", piece, piece)
            cross += piece @ self.effects[:, column - begin : stop - begin]
            column = stop
            x = cross @ self.inverse(stop - begin)
            left = total - np.einsum("csk,csk->cs", x, cross)
            best[o] = left.argmin(axis=0)
            sse[o] = np.maximum(left[best[o], each], 1e-14 * total[best[o], each])
            states[o] = x[best[o], each]

    def _result(
        self,
        panel: Panel,
        cut: int,
        sse: npt.NDArray[np.float64],
        best: npt.NDArray[np.int64],
        states: Numbers,
    ) -> Fit:
        n = np.maximum(panel.count - cut, 1)
        k = self.parameters
        spare = n - k - 1
        fits = np.isfinite(sse) & (spare > 0)
        penalty = 2 * k + 2 * k * (k + 1) / np.maximum(spare, 1)
        mean = np.maximum(np.where(fits, sse, 1.0) / n, 1e-30)
        aicc = np.where(fits, n * np.log(mean) + penalty, np.inf)
        m = self.season
        season = np.zeros((len(best), m))
        if m > 1:
            season[:, :-1] = states[:, -(m - 1) :]
        trend = states[:, 1] if self.damped else np.zeros(len(best))
        return Fit(self.grid.take(best), Start(states[:, 0], trend, season), aicc)


@lru_cache(maxsize=4)
def search(season: int, periods: int, damped: bool, seasonal: bool) -> Search:
    """A search, kept: its matrices depend on no series, and for one series cost most."""
    return Search(season, periods, damped=damped, seasonal=seasonal)


def _filtered(values: Numbers, filters: Numbers) -> Numbers:
    """values @ filters for upper triangular filters: the empty corner is not multiplied."""
    periods = values.shape[1]
    errors = np.empty((len(filters), *values.shape))
    width = max(16, -(-periods // 6))
    for first in range(0, periods, width):
        last = min(first + width, periods)
        np.matmul(values[:, :last], filters[:, :last, first:last], out=errors[:, :, first:last])
    return errors


def forecast(panel: Panel, cuts: list[int], horizon: int) -> list[Numbers]:
    """Forecasts of the forms, weighted by the corrected Akaike criterion, at each cut.

    The weight of a form is exp(-(AICc - lowest AICc) / 4): Akaike weights with half the
    evidence, as errors of a series of demand tell less than independent ones would.

    Args:
        panel: (S, T).
        cuts: Periods held back, descending.
        horizon: H.

    Returns:
        (S, H) for each cut; NaN for a series that is too short for any form.
    """
    rows, periods = panel.values.shape
    known = panel.known
    lowest = np.where(known, panel.values, np.inf).min(axis=1, initial=np.inf)
    positive = lowest > 0
    above = known & positive[:, np.newaxis]
    logs = np.where(above, np.log(np.where(above, panel.values, 1.0)), 0.0)
    criterion = np.full((len(FORMS), len(cuts), rows), np.inf)
    found = np.zeros((len(FORMS), len(cuts), rows, horizon))
    searches: dict[tuple[bool, bool], Search] = {}
    for f, form in enumerate(FORMS):
        which = np.flatnonzero(positive) if form.log else np.arange(rows)
        if (form.seasonal and not 1 < panel.season <= LONGEST) or not len(which):
            continue
        key = (form.damped, form.seasonal)
        if key not in searches:
            searches[key] = search(panel.season, periods, form.damped, form.seasonal)
        source = (logs if form.log else panel.values)[which]
        part = Panel(source, panel.count[which], panel.season)
        aicc, ahead_ = _of_form(part, searches[key], cuts, horizon)
        if form.log:
            ahead_ = np.exp(np.clip(ahead_, -700.0, 700.0))
            sums = np.cumsum(source, axis=1)[:, [periods - cut - 1 for cut in cuts]].T
            aicc = aicc + 2 * sums
        criterion[f][:, which] = aicc
        found[f][:, which] = ahead_
    return [_weighed(criterion[:, o], found[:, o]) for o in range(len(cuts))]


def _of_form(
    panel: Panel, search: Search, cuts: list[int], horizon: int
) -> tuple[Numbers, Numbers]:
    """Criterion (O, S) and forecasts (O, S, H) of a form."""
    # about the mean of the series: the smaller the numbers, the less is lost in differences
    centre = panel.values.sum(axis=1) / np.maximum(panel.count, 1)
    values = np.where(panel.known, panel.values - centre[:, np.newaxis], 0.0)
    centred = Panel(values, panel.count, panel.season)
    fits = search.fit(centred, cuts)
    stops = [panel.periods - cut for cut in cuts]
    smoothing = Smoothing(*(np.stack(x) for x in zip(*(f.smoothing for f in fits), strict=True)))
    start = Start(*(np.stack(x) for x in zip(*(f.start for f in fits), strict=True)))
    _, states = smooth(values, centred.start, smoothing, start, stops)
    ahead_ = [
        ahead(Start(*(x[o] for x in states[o])), fit.smoothing.phi, horizon)
        for o, fit in enumerate(fits)
    ]
    return np.stack([fit.aicc for fit in fits]), np.stack(ahead_) + centre[:, np.newaxis]


def _weighed(criterion: Numbers, found: Numbers) -> Numbers:
    """(S, H) from criterion (F, S) and forecasts (F, S, H)."""
    usable = np.isfinite(criterion)
    lowest = np.where(usable, criterion, np.inf).min(axis=0)
    delta = np.where(usable, criterion - np.where(np.isfinite(lowest), lowest, 0.0), 0.0)
    weights = np.where(usable, np.exp(-EVIDENCE * np.minimum(delta, 2000.0)), 0.0)
    total = weights.sum(axis=0)[:, np.newaxis]
    mean = np.einsum("fs,fsh->sh", weights, found) / np.where(total > 0, total, 1.0)
    return np.where(total > 0, mean, np.nan)
