"""The outcome of a block: every series' forecast, put in its place part by part."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from sop_xl.planning.demand.engine import intervals, tasks
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
        series: How many need a method.
        shares: Shares of outcomes that their ranges hold, one for each level.
        sparing: Whether no backtest is to be kept.
    """

    def __init__(
        self,
        block: tasks.Prepared,
        names: tuple[str, ...],
        held: list[int],
        horizon: int,
        options: Options,
        *,
        series: int,
        shares: tuple[float, ...],
        sparing: bool,
    ) -> None:
        rows = len(block.scale)
        self.scale, self.kinds = block.scale, block.kinds
        self.names, self.held, self.options = names, held, options
        self.series, self.shares = series, shares
        kept = 0 if sparing or rows > tasks.DETAILED else len(names)
        level = block.last * block.scale
        self.mean = np.repeat(level[:, np.newaxis], horizon, axis=1)
        self.lows: list[tuple[Counts, Numbers]] = []
        self.highs: list[tuple[Counts, Numbers]] = []
        self.weights = np.zeros((len(names), rows))
        self.weights[names.index("naive")] = 1.0
        self.errors = np.full(self.weights.shape, np.nan)
        self.error, self.reference = np.full(rows, np.nan), np.full(rows, np.nan)
        self.candidates = np.full((kept, rows, horizon), np.nan)
        if kept:
            self.candidates[names.index("naive")] = self.mean
        self.kept = "float32" if rows > tasks.DETAILED else "float64"
        past = (0 if sparing else len(held), rows, horizon)
        self.actual = np.full(past, np.nan, dtype=self.kept)
        self.combined = np.full(past, np.nan, dtype=self.kept)
        self.tested = np.full((past[0], kept, rows, horizon), np.nan)

    def add(self, parts: Iterator[Part], number: int, *, sporadic: bool) -> None:
        """Weigh the series of one route, so many, and range them when all are weighed."""
        shape = (len(self.held), number, self.mean.shape[1])
        rows = np.empty(number, dtype=np.int64)
        natural, kinds = np.empty(number, dtype=bool), np.empty(number, dtype=np.int64)
        expected, mean = np.empty(number), np.empty(shape[1:], dtype=self.kept)
        residuals = np.empty(shape, dtype=self.kept)
        first = 0
        for part, found in weighed(parts, self.options, sporadic=sporadic):
            self._put(part, found, sporadic=sporadic)
            own = slice(first, first + len(part.rows))
            first = own.stop
            rows[own], natural[own], kinds[own] = part.rows, part.natural, part.kinds
            expected[own], mean[own], residuals[:, own] = part.expected, found.mean, found.residuals
        # over all parts at once: what a kind tells does not depend on where it was cut
        spread = intervals.spread(residuals, expected, self.held)
        del residuals
        low, high = intervals.around(
            mean,
            spread,
            self.shares,
            natural,
            kinds,
            series=self.series,
            sporadic=sporadic,
        )
        shown = self._shown(rows, sporadic=sporadic)
        if not shown.all():
            rows, low, high = rows[shown], low[:, shown], high[:, shown]
        self.lows.append((rows, low))
        self.highs.append((rows, high))

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
        for o, cut in enumerate(self.held[: len(self.actual)]):
            fair = np.isfinite(part.actual[o])
            ahead = steps(cut, self.mean.shape[1])
            self.actual[o, rows, :ahead] = part.actual[o] * scale
            self.combined[o, rows, :ahead] = np.where(fair, found.combined[o] * scale, np.nan)
            if len(self.candidates):
                inside = self.tested[o, :, :, :ahead]
                inside[np.ix_(at, rows)] = np.where(fair, part.ahead[o] * scale, np.nan)

    def _ends(self, of_routes: list[tuple[Counts, Numbers]], limit: np.ufunc) -> Numbers:
        """(L, S, H) One side of the ranges of all routes, in the series' units."""
        shape = (len(self.options.levels), *self.mean.shape)
        found = np.broadcast_to(self.mean, shape).copy()
        for rows, ends in of_routes:
            scale, mean = self.scale[rows][:, np.newaxis], self.mean[rows]
            for level, end in enumerate(ends):
                found[level, rows] = limit(end * scale, mean)
        return found

    def forecasts(self) -> Forecasts:
        """What the engine answers."""
        low = self._ends(self.lows, np.minimum)
        self.lows.clear()
        high = self._ends(self.highs, np.maximum)
        kept = self.held[: len(self.actual)]
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
            Backtest(np.array(kept, dtype=np.int64), self.actual, self.combined, self.tested),
        )
