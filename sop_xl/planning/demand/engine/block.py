"""A block of series, forecast: the order of work from history to ranges."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from sop_xl.planning.demand.engine import origins, ranges, simple
from sop_xl.planning.demand.engine.assembly import Answer, Part, answer
from sop_xl.planning.demand.engine.common import Common, at_origin, never_negative
from sop_xl.planning.demand.engine.members import FEWEST, candidates
from sop_xl.planning.demand.engine.methods import METHODS, REGULAR, SHORT, SIMPLE, serving
from sop_xl.planning.demand.engine.origins import tested
from sop_xl.planning.demand.engine.panel import (
    PERIODS_KEPT,
    SEASONS_KEPT,
    Counts,
    Flags,
    Panel,
    observed,
    scales,
)
from sop_xl.planning.demand.engine.result import Backtest, Forecasts, Options
from sop_xl.planning.demand.engine.routing import KINDS, SPORADIC, ended, kinds, launches
from sop_xl.planning.frames import Numbers

CHUNK = 2000
"""Series that go through the members together."""
DETAILED = 20_000
"""Series up to which the members' own forecasts are kept."""
ROUTES: tuple[tuple[str, ...], ...] = (REGULAR, SHORT, SPORADIC)
"""Kinds that share members and the calibration of their ranges."""


class _Task(NamedTuple):
    """Rows of one route that go through the members together; all that a worker is given."""

    route: int
    rows: Counts
    """Where the series stand in the block."""
    panel: Panel
    names: tuple[str, ...]
    usual: tuple[str, ...]
    """Those of the names that serve every series; the others only series that ask for them."""
    cuts: list[int]
    horizon: int
    common: list[Common]
    groups: Counts
    lean: bool


class _Found(NamedTuple):
    ahead: list[Numbers]
    """(M, s, cut) at each origin, and (M, s, H) of the forecast, last."""
    reference: list[Numbers]
    """(s, cut) Last season again, at each origin."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """The block in the order and scale in which it is reckoned with."""

    values: Numbers
    """(S, T) In units of ``scale``; zero before the launch."""
    count: Counts
    scale: npt.NDArray[np.float64]
    last: npt.NDArray[np.float64]
    """(S,) The last value."""
    missing: Flags
    kinds: npt.NDArray[np.object_]


def forecast_block(
    history: Numbers,
    horizon: int,
    options: Options = Options(),  # noqa: B008  frozen
    *,
    pins: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    workers: int = 1,
) -> Forecasts:
    """Forecast a block of series.

    Args:
        history: (S, T), the last period last; NaN before the first observation and where a
            period is missing. Infinite values count as missing.
        horizon: Periods ahead, at least 1.
        options: Season, levels, method and origins.
        pins: The method that the planner wants for a series; an empty text for none.
        groups: The group whose season a series may share; one group if not given.
        workers: Processes that share the work; the numbers are the same with any.

    Returns:
        Forecasts in the order and unit of the history. Of more than 20,000 series the members'
        own forecasts (``candidates``) are not kept: their first axis has length 0.

    Raises:
        ValueError: for a wrong shape, horizon, level or method.
    """
    history = np.asarray(history, dtype=float)
    if history.ndim == 2 and not history.shape[1]:
        history = np.full((len(history), 1), np.nan)
    _check(history, horizon, options, pins, groups)
    wanted = _pins(len(history), options, pins)
    block = _prepared(history, options.season)
    pinned = np.array([bool(pin) for pin in pins or [""] * len(history)], dtype=bool)
    routes = _routes(block.kinds, pinned)
    held = origins.cuts(block.count[routes >= 0], horizon, options.season, options.origins)
    # matrices are small: waking more threads for them costs more than it saves
    with threadpool_limits(limits=1):
        tasks = _tasks(
            block, routes, wanted, held, horizon, options, _numbers(groups, len(history))
        )
        parts = [_part(block, task, found, wanted) for task, found in _run(tasks, workers)]
        del tasks
        # the histories are not needed any more, and of a large block they take much room
        block = replace(block, values=np.zeros((0, 0)), missing=np.zeros((0, 0), dtype=bool))
        return _Assembly(block, held, horizon, options, parts).filled(parts)


def _check(
    history: Numbers,
    horizon: int,
    options: Options,
    pins: Sequence[str] | None,
    groups: Sequence[str] | None,
) -> None:
    if history.ndim != 2:
        raise ValueError("the history needs series down and periods across")
    if horizon < 1:
        raise ValueError(f"the horizon is {horizon}; it has to be at least 1")
    if options.season < 1:
        raise ValueError(f"a season of {options.season} periods; it has to be at least 1")
    if options.origins < 0:
        raise ValueError(f"{options.origins} origins; none is the least")
    levels = options.levels
    if not all(0 < level < 1 for level in levels) or list(levels) != sorted(set(levels)):
        raise ValueError("levels have to be ascending and between 0 and 1, as 0.8 and 0.95")
    if options.method not in ("weights", "simple", *METHODS):
        raise ValueError(
            f'there is no method "{options.method}"; take weights, simple or one of '
            + ", ".join(METHODS)
        )
    for what, given in (("pins", pins), ("groups", groups)):
        if given is not None and len(given) != len(history):
            raise ValueError(f"{len(given)} {what} for {len(history)} series")
    unknown = sorted({pin for pin in pins or () if pin and pin not in METHODS})
    if unknown:
        raise ValueError(f'there is no method "{unknown[0]}"; take one of {", ".join(METHODS)}')


def _pins(number: int, options: Options, pins: Sequence[str] | None) -> list[str]:
    """What each series is to be forecast with: a pin, the one method asked for, or nothing."""
    general = options.method if options.method in METHODS else ""
    return [pin or general for pin in pins] if pins is not None else [general] * number


def _numbers(labels: Sequence[str] | None, number: int) -> Counts:
    if labels is None:
        return np.zeros(number, dtype=np.int64)
    return np.unique(np.asarray(labels, dtype=str), return_inverse=True)[1].astype(np.int64)


def _prepared(history: Numbers, season: int) -> Prepared:
    rows, periods = history.shape
    kept = min(periods, max(PERIODS_KEPT, SEASONS_KEPT * season))
    values = np.zeros((rows, kept))
    missing = np.zeros((rows, kept), dtype=bool)
    count, scale = np.zeros(rows, dtype=np.int64), np.ones(rows)
    kind = np.empty(rows, dtype=object)
    for first in range(0, rows, CHUNK):
        part = slice(first, min(first + CHUNK, rows))
        filled, whole, empty = observed(history[part, periods - kept :], season)
        since = launches(filled, whole)
        size = scales(filled, since)
        values[part] = filled / size[:, np.newaxis]
        values[part][np.arange(kept) < (kept - since)[:, np.newaxis]] = 0.0
        missing[part], count[part], scale[part] = empty, since, size
        kind[part] = kinds(values[part], since, season)
    return Prepared(values, count, scale, values[:, -1].copy(), missing, kind)


def _routes(kind: npt.NDArray[np.object_], pinned: Flags) -> Counts:
    """(S,) Number of the route; -1 for series that need no method."""
    route = np.full(len(kind), -1, dtype=np.int64)
    for number, served in enumerate(ROUTES):
        route[np.isin(kind, served)] = number
    # the planner knows more of a product than its silence tells
    route[pinned & np.isin(kind, ("ended", "constant"))] = 1
    # what has ended tells at earlier origins what others may come to; it is forecast as nothing
    route[~pinned & (kind == "ended")] = 2
    return route


def _tasks(
    block: Prepared,
    routes: Counts,
    wanted: list[str],
    held: list[int],
    horizon: int,
    options: Options,
    labels: Counts,
) -> Iterator[_Task]:
    cuts = [*held, 0]
    pins = np.array(wanted, dtype=object)
    common = _common(block, routes, cuts, horizon, options, labels)
    lean = len(block.count) > DETAILED
    for number, served in enumerate(ROUTES):
        rows = np.flatnonzero(routes == number)
        rows = rows[np.argsort(-block.count[rows], kind="stable")]
        usual = SIMPLE if options.method == "simple" else serving(served)
        names = _names(usual, set(pins[rows]))
        for first in range(0, len(rows), CHUNK):
            some = rows[first : first + CHUNK]
            longest = int(block.count[some].max())
            values = block.values[some, block.values.shape[1] - longest :]
            panel = Panel(values, block.count[some], options.season)
            yield _Task(
                number, some, panel, names, usual, cuts, horizon, common, labels[some], lean
            )


def _names(usual: tuple[str, ...], wanted: set[str]) -> tuple[str, ...]:
    """Members to reckon, in the order of METHODS.

    The usual ones are left out where every series has a method that always serves.
    """
    alone = all(name and METHODS[name].run is not None for name in wanted)
    names = wanted | (set() if alone and wanted else set(usual))
    return tuple(name for name in METHODS if name in names)


def _common(
    block: Prepared,
    routes: Counts,
    cuts: list[int],
    horizon: int,
    options: Options,
    labels: Counts,
) -> list[Common]:
    """What the regular and short series tell together at each origin."""
    rows = np.flatnonzero((routes >= 0) & (routes < 2))
    rows = rows[np.argsort(-block.count[rows], kind="stable")]
    panel = Panel(block.values[rows], block.count[rows], options.season)
    number = int(labels.max(initial=0)) + 1
    found = []
    for cut in cuts:
        past = panel.cut(cut, FEWEST if cut else 1)
        found.append(at_origin(past, labels[rows][: len(past.count)], number, cut or horizon))
    return found


def _work(task: _Task) -> _Found:
    with np.errstate(under="ignore"):
        ahead = candidates(
            task.panel, task.names, task.cuts, task.horizon, task.common, task.groups
        )
        reference = [_reference(task.panel, cut) for cut in task.cuts[:-1]]
    if task.lean:
        ahead = [found.astype(np.float32) for found in ahead]
    return _Found(ahead, reference)


def _reference(panel: Panel, cut: int) -> Numbers:
    past = panel.cut(cut)
    found = np.full((len(panel.count), cut), np.nan)
    rows = len(past.count)
    history = np.where(past.known, past.values, np.nan)
    found[:rows] = simple.seasonal_naive(history, cut, panel.season)
    return found


def _run(tasks: Iterator[_Task], workers: int) -> Iterator[tuple[_Task, _Found]]:
    if workers <= 1:
        for task in tasks:
            yield task, _work(task)
        return
    with ProcessPoolExecutor(max_workers=workers) as pool:
        # a few at a time: what waits takes memory
        waiting: deque[tuple[_Task, Future[_Found]]] = deque()
        for task in tasks:
            waiting.append((task, pool.submit(_work, task)))
            if len(waiting) > 2 * workers:
                first, found = waiting.popleft()
                yield first, found.result()
        for first, found in waiting:
            yield first, found.result()


def _part(block: Prepared, task: _Task, found: _Found, wanted: list[str]) -> Part:
    """What the members said of a task's series, beside what came."""
    at = {name: i for i, name in enumerate(task.names)}
    pins = np.array([at.get(wanted[row], -1) for row in task.rows], dtype=np.int64)
    for i, name in enumerate(task.names):
        if name not in task.usual:
            for ahead in found.ahead:
                ahead[i, pins != i] = np.nan
    held = task.cuts[:-1]
    fair = tested(task.panel.count, held, task.panel.season)
    values, missing = block.values[task.rows], block.missing[task.rows]
    kept: npt.DTypeLike = np.float32 if task.lean else np.float64
    actual: list[Numbers] = []
    for o, cut in enumerate(held):
        came = np.where(missing[:, -cut:], np.nan, values[:, -cut:])
        gone = ended(task.panel, cut)
        came = np.where((fair[o] & ~gone)[:, np.newaxis], came, np.nan)
        actual.append(came.astype(kept))
    known = list(KINDS)
    numbers = np.array([known.index(one) for one in block.kinds[task.rows]], dtype=np.int64)
    return Part(
        task.route,
        task.rows,
        task.names,
        ranges.expected(task.panel),
        numbers,
        never_negative(task.panel),
        pins,
        found.ahead,
        wape(found.ahead, actual),
        wape(found.reference or [np.zeros((len(task.rows), 0))], actual),
        actual,
    )


class _Assembly:
    """The answer for the whole block, filled route by route."""

    def __init__(
        self, block: Prepared, held: list[int], horizon: int, options: Options, parts: list[Part]
    ) -> None:
        rows, self.block, self.held, self.options = len(block.count), block, held, options
        used = {name for part in parts for name in part.names} | {"naive"}
        self.names = tuple(name for name in METHODS if name in used)
        self.lean = rows > DETAILED
        kept = 0 if self.lean else len(self.names)
        level = block.last * block.scale
        self.mean = np.repeat(level[:, np.newaxis], horizon, axis=1)
        shape = (len(options.levels), rows, horizon)
        self.low = np.broadcast_to(self.mean, shape).copy()
        self.high = self.low.copy()
        self.weights = np.zeros((len(self.names), rows))
        self.weights[self.names.index("naive")] = 1.0
        self.errors = np.full(self.weights.shape, np.nan)
        self.error, self.reference = np.full(rows, np.nan), np.full(rows, np.nan)
        self.candidates = np.full((kept, rows, horizon), np.nan)
        if kept:
            self.candidates[self.names.index("naive")] = self.mean
        past = (len(held), rows, horizon)
        kind = np.float32 if self.lean else np.float64
        self.actual = np.full(past, np.nan, dtype=kind)
        self.combined = np.full(past, np.nan, dtype=kind)
        self.tested = np.full((len(held), kept, rows, horizon), np.nan)

    def filled(self, parts: list[Part]) -> Forecasts:
        for route, kinds_ in enumerate(ROUTES):
            chosen = [part for part in parts if part.route == route]
            if chosen:
                sporadic = kinds_ == SPORADIC
                answers = answer(chosen, self.options, sporadic=sporadic, lean=self.lean)
                for part, found in zip(chosen, answers, strict=True):
                    # what has ended is in its route for the backtest only, unless pinned
                    over = (self.block.kinds[part.rows] == "ended") & sporadic
                    self._put(part.only(~over), found.only(~over))
        return Forecasts(
            self.mean,
            self.low,
            self.high,
            self.options.levels,
            self.names,
            self.candidates,
            self.weights,
            self.errors,
            self.error,
            self.reference,
            self.block.kinds,
            Backtest(np.array(self.held, dtype=np.int64), self.actual, self.combined, self.tested),
        )

    def _put(self, part: Part, found: Answer) -> None:
        rows, scale = part.rows, self.block.scale[part.rows][:, np.newaxis]
        at = np.array([self.names.index(name) for name in part.names])
        self.mean[rows] = found.mean * scale
        self.low[:, rows] = found.low * scale
        self.high[:, rows] = found.high * scale
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
            self.actual[o, rows, :cut] = part.actual[o] * scale
            self.combined[o, rows, :cut] = np.where(fair, found.combined[o] * scale, np.nan)
            if len(self.candidates):
                inside = self.tested[o, :, :, :cut]
                inside[np.ix_(at, rows)] = np.where(fair, part.ahead[o] * scale, np.nan)


def wape(forecasts: list[Numbers], actual: list[Numbers]) -> Numbers:
    """Sum of absolute errors over sum of absolute demand, over all origins.

    Args:
        forecasts: (..., s, cut) at each origin (more of them than ``actual`` are left out).
        actual: (s, cut); NaN where a series is not tested.

    Returns:
        (..., s); NaN where nothing was tested or nothing came.
    """
    off, size = np.zeros(forecasts[0].shape[:-1]), np.zeros(forecasts[0].shape[:-1])
    for forecast, came in zip(forecasts, actual, strict=False):
        fair = np.isfinite(came)
        off = off + np.where(fair, np.abs(forecast - came), 0.0).sum(axis=-1)
        size = size + np.where(fair, np.abs(came), 0.0).sum(axis=-1)
    return np.where(size > 0, off / np.where(size > 0, size, 1.0), np.nan)
