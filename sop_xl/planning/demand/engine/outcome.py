"""The outcome of a block: every series' forecast, put in its place part by part."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sop_xl.planning.demand.engine import ranges, tasks
from sop_xl.planning.demand.engine.assembly import Part, Weighed, weighed
from sop_xl.planning.demand.engine.origins import wape
from sop_xl.planning.demand.engine.panel import Counts, Flags, steps
from sop_xl.planning.demand.engine.result import Backtest, Forecasts, Options
from sop_xl.planning.frames import Numbers


class Outcome:
    """Until a route says otherwise, a series goes on with its last value.

    Args:
        block: The series.
        names: Members of all routes.
        held: Periods held back at each origin.
        horizon: Periods ahead.
        options: Method and levels.
    """

    def __init__(
        self,
        block: tasks.Prepared,
        names: tuple[str, ...],
        held: list[int],
        horizon: int,
        options: Options,
    ) -> None:
        rows = len(block.scale)
        self.scale, self.kinds = block.scale, block.kinds
        self.names, self.held, self.options = names, held, options
        self.lean = rows > tasks.DETAILED
        kept = 0 if self.lean else len(names)
        level = block.last * block.scale
        self.mean = np.repeat(level[:, np.newaxis], horizon, axis=1)
        self.ranges: list[tuple[Counts, Numbers, Numbers]] = []
        self.weights = np.zeros((len(names), rows))
        self.weights[names.index("naive")] = 1.0
        self.errors = np.full(self.weights.shape, np.nan)
        self.error, self.reference = np.full(rows, np.nan), np.full(rows, np.nan)
        self.candidates = np.full((kept, rows, horizon), np.nan)
        if kept:
            self.candidates[names.index("naive")] = self.mean
        past = (len(held), rows, horizon)
        kind = np.float32 if self.lean else np.float64
        self.actual = np.full(past, np.nan, dtype=kind)
        self.combined = np.full(past, np.nan, dtype=kind)
        self.tested = np.full((len(held), kept, rows, horizon), np.nan)

    def add(self, parts: Iterator[Part], *, sporadic: bool) -> None:
        """Weigh the series of one route, and range them when all are weighed."""
        rows, natural, kinds, expected, means, residuals = [], [], [], [], [], []
        for part, found in weighed(parts, self.options, sporadic=sporadic):
            self._put(part, found, sporadic=sporadic)
            rows.append(part.rows)
            natural.append(part.natural)
            kinds.append(part.kinds)
            expected.append(part.expected)
            means.append(found.mean.astype(self.actual.dtype))
            residuals.append(found.residuals)
        # over all parts at once: what a kind tells does not depend on where it was cut
        whole = np.concatenate(residuals, axis=1)
        residuals.clear()
        spread = ranges.spread(whole, np.concatenate(expected), self.held)
        del whole
        mean = np.concatenate(means)
        means.clear()
        low, high = ranges.around(
            mean,
            spread,
            self.options.levels,
            np.concatenate(natural),
            np.concatenate(kinds),
            sporadic=sporadic,
        )
        place = np.concatenate(rows)
        shown = self._shown(place, sporadic=sporadic)
        self.ranges.append((place[shown], low[:, shown], high[:, shown]))

    def _shown(self, rows: Counts, *, sporadic: bool) -> Flags:
        """What has ended is in its route for the backtest only, unless pinned."""
        return ~(self.kinds[rows] == "ended") if sporadic else np.ones(len(rows), dtype=bool)

    def _put(self, part: Part, found: Weighed, *, sporadic: bool) -> None:
        if sporadic:
            shown = self._shown(part.rows, sporadic=sporadic)
            part, found = part.only(shown), found.only(shown)
        rows, scale = part.rows, self.scale[part.rows][:, np.newaxis]
        at = np.array([self.names.index(name) for name in part.names])
        self.mean[rows] = found.mean * scale
        self.weights[:, rows] = 0.0
        self.weights[np.ix_(at, rows)] = found.weights
        self.errors[np.ix_(at, rows)] = part.errors
        self.error[rows] = wape(found.combined or [found.mean], part.actual)
        self.reference[rows] = part.reference
        if len(self.candidates):
            self.candidates[:, rows] = np.nan
            self.candidates[np.ix_(at, rows)] = part.ahead[-1] * scale
        for o, cut in enumerate(self.held):
            fair = np.isfinite(part.actual[o])
            ahead = steps(cut, self.mean.shape[1])
            self.actual[o, rows, :ahead] = part.actual[o] * scale
            self.combined[o, rows, :ahead] = np.where(fair, found.combined[o] * scale, np.nan)
            if len(self.candidates):
                inside = self.tested[o, :, :, :ahead]
                inside[np.ix_(at, rows)] = np.where(fair, part.ahead[o] * scale, np.nan)

    def forecasts(self) -> Forecasts:
        """What the engine answers."""
        shape = (len(self.options.levels), *self.mean.shape)
        low, high = (np.broadcast_to(self.mean, shape).copy() for _ in range(2))
        while self.ranges:
            rows, least, most = self.ranges.pop()
            scale, mean = self.scale[rows][:, np.newaxis], self.mean[rows]
            for level in range(len(low)):
                low[level, rows] = np.minimum(least[level] * scale, mean)
                high[level, rows] = np.maximum(most[level] * scale, mean)
        return Forecasts(
            self.mean,
            low,
            high,
            self.options.levels,
            self.names,
            self.candidates,
            self.weights,
            self.errors,
            self.error,
            self.reference,
            self.kinds,
            Backtest(np.array(self.held, dtype=np.int64), self.actual, self.combined, self.tested),
        )
