"""The forecasts that are combined: every member, for a panel, at every origin."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from sop_xl.planning.demand.engine import autoregression, ets, season, theta
from sop_xl.planning.demand.engine.common import Common, never_negative, positive
from sop_xl.planning.demand.engine.methods import METHODS, Run
from sop_xl.planning.demand.engine.panel import Counts, Flags, Panel, steps
from sop_xl.planning.demand.engine.routing import SHORT
from sop_xl.planning.frames import Numbers

FEWEST = 4
"""Observations that a member wants; a series that had fewer at an origin is not tested there."""
RECENT = 3
"""Seasons that tell what size is to be believed."""
STANDARD = 0.5
"""Weight of the line in the standard Theta method."""
TOGETHER = 2000
"""Series and origins that go through a method side by side: more gain nothing."""
FIRST_RIDGE = 1e-3
SEASON_RIDGE = 1e-2
"""Seasonal differences of short series are few: a stronger penalty."""


def candidates(
    panel: Panel,
    names: tuple[str, ...],
    cuts: list[int],
    horizon: int,
    common: list[Common],
    groups: Counts,
) -> list[Numbers]:
    """Forecasts of the members at each origin, from what was known then.

    Args:
        panel: (S, T)
        names: The members, keys of ``METHODS``.
        cuts: Periods held back, descending; the last is 0, the forecast itself.
        horizon: H, of the last cut; the others are forecast as far as they were held back.
        common: What all series told at each cut.
        groups: (S,) Number of the group of each series.

    Returns:
        (M, S, cut or H) for each cut; NaN where a member does not serve a series.
    """
    fitted: dict[int, Numbers] = {}
    if "ets" in names:
        reached = [cut for cut in cuts if panel.periods - cut >= FEWEST or not cut]
        smoothed = ets.forecast(panel, reached, horizon)
        fitted = dict(zip(reached, smoothed, strict=True))
    alone = {name: METHODS[name].run for name in names}
    told = {
        name: _at_all_origins(run, panel, cuts, horizon) for name, run in alone.items() if run
    }
    result = []
    for at, cut in enumerate(cuts):
        ahead = steps(cut, horizon)
        past = panel.cut(cut, FEWEST if cut else 1)
        rows = len(past.count)
        found = np.full((len(names), len(panel.count), ahead), np.nan)
        given = fitted[cut][:rows, :ahead] if cut in fitted else None
        if rows:
            batch = _Batch(past, ahead, common[at], groups[:rows], given)
            for i, name in enumerate(names):
                known = told.get(name)
                found[i, :rows] = batch.forecast(name) if known is None else known[at][:, :ahead]
        result.append(found)
    return result


def _at_all_origins(run: Run, panel: Panel, cuts: list[int], horizon: int) -> list[Numbers]:
    """(s, H) at each cut, by a method that needs the history alone.

    The origins of few series stand side by side as if they were series of their own: one way
    through time for all of them.
    """
    pasts = [panel.cut(cut, FEWEST if cut else 1) for cut in cuts]
    histories = [np.where(past.known, past.values, np.nan) for past in pasts]
    numbers = [len(past.count) for past in pasts]
    if sum(numbers) > TOGETHER:
        return [run(history, horizon, panel.season) for history in histories]
    together = np.full((sum(numbers), panel.periods), np.nan)
    edges = np.cumsum([0, *numbers])
    for history, first, last in zip(histories, edges[:-1], edges[1:], strict=True):
        together[first:last, panel.periods - history.shape[1] :] = history
    return np.split(run(together, horizon, panel.season), edges[1:-1])


class _Batch:
    """One origin: the panel as its members want it, each form made once."""

    def __init__(
        self, panel: Panel, horizon: int, common: Common, groups: Counts, smoothing: Numbers | None
    ) -> None:
        self.panel, self.horizon, self.common, self.groups = panel, horizon, common, groups
        self.smoothing = smoothing
        self.positive = positive(panel)
        self.natural = never_negative(panel)
        self._seasonal: Flags | None = None

    def forecast(self, name: str) -> Numbers:
        """(S, H); NaN where it cannot be believed or does not serve."""
        if name == "ets":
            if self.smoothing is None:
                return self._nothing()
            return np.clip(self.smoothing, *self._bounds)
        with np.errstate(over="ignore"):
            found = {
                "dynamic_theta": self._dynamic_theta,
                "theta": self._theta,
                "ar": self._ar,
                "seasonal_ar": self._seasonal_ar,
                "pooled": self._pooled,
                "group_season": self._group_season,
            }[name]()
        return np.where(self._believed(found)[:, np.newaxis], found, np.nan)

    def _nothing(self) -> Numbers:
        return np.full((len(self.panel.count), self.horizon), np.nan)

    def _believed(self, found: Numbers) -> Flags:
        """Whether a forecast stays within what can be believed of a series."""
        lowest, highest = self._bounds
        with np.errstate(invalid="ignore"):
            return np.asarray(((found >= lowest) & (found <= highest)).all(axis=1))

    @cached_property
    def _bounds(self) -> tuple[Numbers, Numbers]:
        """(S, 1) Lowest and highest that is believed: what the series was lately, and as much
        again on both sides."""
        recent = slice(-RECENT * max(self.panel.season, 4), None)
        known, values = self.panel.known[:, recent], self.panel.values[:, recent]
        low = np.where(known, values, np.inf).min(axis=1, keepdims=True)
        high = np.where(known, values, -np.inf).max(axis=1, keepdims=True)
        width = high - low
        return low - width, high + width

    @property
    def seasonal(self) -> Flags:
        if self._seasonal is None:
            self._seasonal = season.is_seasonal(self.panel)
        return self._seasonal

    def _phases(self) -> tuple[Counts, Counts]:
        m = self.panel.season
        return season.phases(self.panel.periods, m), np.arange(self.horizon) % m

    def _without(self, ratio: Flags, index: Numbers) -> Panel:
        """The panel without a season."""
        past = index[:, self._phases()[0]]
        many = ratio[:, np.newaxis]
        values = self.panel.values
        left = np.where(many, values / np.where(many, np.maximum(past, 1e-6), 1.0), values - past)
        left = np.where(self.panel.known, left, 0.0)
        return Panel(left, self.panel.count, self.panel.season)

    def _with(self, found: Numbers, ratio: Flags, index: Numbers) -> Numbers:
        ahead = index[:, self._phases()[1]]
        return np.where(ratio[:, np.newaxis], found * ahead, found + ahead)

    def _smoothed(
        self, ratio: Flags, index: Numbers, *, dynamic: bool, omega: float | None = None
    ) -> Numbers:
        left = self._without(ratio, index)
        fit = theta.fit(left, dynamic=dynamic, omega=omega)
        found = theta.ahead(fit, self.panel.count, self.horizon, dynamic=dynamic)
        return self._with(found, ratio, index)

    def _own_season(self, ratio: Flags, *, shrunk: bool) -> Numbers:
        index = season.indices(self.panel, ratio, shrunk=shrunk)
        none = ratio.astype(float)[:, np.newaxis]
        return np.where(self.seasonal[:, np.newaxis], index, none)

    def _dynamic_theta(self) -> Numbers:
        ratio = self.positive
        return self._smoothed(ratio, self._own_season(ratio, shrunk=True), dynamic=True)

    def _theta(self) -> Numbers:
        ratio = np.zeros_like(self.positive)
        return self._smoothed(ratio, self._own_season(ratio, shrunk=True), dynamic=False)

    def _group_season(self) -> Numbers:
        ratio = self.natural
        usual = np.where(ratio[:, np.newaxis], self.common.profiles[self.groups], 0.0)
        index = season.indices(self.panel, ratio, shrunk=True, usual=usual)
        found = self._smoothed(ratio, index, dynamic=False, omega=0.0)
        long = self.panel.count >= SHORT
        if long.any():
            lined = self._smoothed(ratio, index, dynamic=False, omega=STANDARD)
            found = np.where(long[:, np.newaxis], lined, found)
        return np.where(ratio[:, np.newaxis], found, np.nan)

    def _logs(self) -> Numbers:
        above = self.positive[:, np.newaxis] & self.panel.known
        logs = np.log(np.where(above, self.panel.values, 1.0))
        return np.where(self.positive[:, np.newaxis], logs, self.panel.values)

    def _back(self, found: Numbers) -> Numbers:
        return np.where(self.positive[:, np.newaxis], np.exp(np.minimum(found, 700.0)), found)

    def _ar(self) -> Numbers:
        panel = self.panel
        if panel.periods < 3:
            return self._nothing()
        z = Panel(self._logs(), panel.count, panel.season)
        none = np.zeros_like(self.positive)
        index = np.where(self.seasonal[:, np.newaxis], season.indices(z, none, shrunk=True), 0.0)
        past, ahead = self._phases()
        left = np.where(panel.known, z.values - index[:, past], 0.0)
        changes = autoregression.forecast(
            autoregression.first_differences(left, panel.count),
            np.maximum(panel.count - 1, 0),
            autoregression.first_lags(panel.season),
            self.horizon,
            FIRST_RIDGE,
        )
        return self._back(left[:, -1:] + np.cumsum(changes, axis=1) + index[:, ahead])

    def _seasonal_ar(self) -> Numbers:
        panel, m = self.panel, self.panel.season
        if m == 1 or panel.periods < m + 3:
            return self._nothing()
        logs = self._logs()
        changes = autoregression.forecast(
            autoregression.season_differences(logs, panel.count, m),
            np.maximum(panel.count - m, 0),
            autoregression.season_lags(m),
            self.horizon,
            SEASON_RIDGE,
        )
        found = self._back(autoregression.season_cumulated(logs, changes, m))
        return np.where((panel.count >= m + FEWEST)[:, np.newaxis], found, np.nan)

    def _pooled(self) -> Numbers:
        found = self._nothing()
        for log in (False, True):
            regression = self.common.log if log else self.common.level
            if regression is None:
                continue
            serves = (self.positive == log) & (self.panel.count >= regression.length)
            if serves.any():
                found[serves] = regression.forecast(self.panel.values[serves])
        return found
