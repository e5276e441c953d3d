"""The work on a block, cut into tasks: rows that go through the members together, in this process
or in workers, and what the members said of them beside what came."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine import intervals, simple
from sop_xl.planning.demand.engine.assembly import Part
from sop_xl.planning.demand.engine.common import Common, at_origin, never_negative
from sop_xl.planning.demand.engine.members import FEWEST, candidates
from sop_xl.planning.demand.engine.methods import METHODS, REGULAR, SHORT, SIMPLE, serving
from sop_xl.planning.demand.engine.origins import tested, wape
from sop_xl.planning.demand.engine.panel import Counts, Flags, Panel, steps
from sop_xl.planning.demand.engine.result import Options
from sop_xl.planning.demand.engine.routing import KINDS, SPORADIC, ended
from sop_xl.planning.frames import Numbers

CHUNK = 2000
"""Series that go through the members together."""
DETAILED = 20_000
"""Series up to which the members' own forecasts are kept."""
SAMPLE = 4000
"""Series of a route that tell how good the members are, where the block is larger than that:
evenly spread over lengths and sizes, so that they are the same however the work is cut."""
ROUTES: tuple[tuple[str, ...], ...] = (REGULAR, SHORT, SPORADIC)
"""Kinds that share members and the calibration of their ranges."""
GAPS = ROUTES.index(SPORADIC)


class Task(NamedTuple):
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
    told: bool
    """Whether these series tell how good the members are."""


class _Found(NamedTuple):
    ahead: list[Numbers]
    """(M, s, h) at each origin, and (M, s, H) of the forecast, last."""
    reference: list[Numbers]
    """(s, h) Last season again, at each origin."""


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


def tasks(
    block: Prepared,
    routes: Counts,
    wanted: list[str],
    held: list[int],
    horizon: int,
    options: Options,
    labels: Counts,
) -> Iterator[Task]:
    """The tasks route by route; of each, those first whose series tell of the members."""
    cuts = [*held, 0]
    pins = np.array(wanted, dtype=object)
    common = _common(block, routes, cuts, horizon, options, labels)
    lean = len(block.count) > DETAILED
    for number, served in enumerate(ROUTES):
        rows = np.flatnonzero(routes == number)
        rows = rows[np.argsort(-block.count[rows], kind="stable")]
        usual = _usual(served, options)
        names = _names(usual, set(pins[rows]))
        chosen = _sample(block, rows) if lean else np.ones(len(rows), dtype=bool)
        for told in (True, False):
            group = rows[chosen == told]
            for first in range(0, len(group), CHUNK):
                some = group[first : first + CHUNK]
                longest = int(block.count[some].max())
                values = block.values[some, block.values.shape[1] - longest :]
                panel = Panel(values, block.count[some], options.season)
                yield Task(
                    number, some, panel, names, usual, cuts, horizon, common, labels[some],
                    lean, told,
                )  # fmt: skip


def _sample(block: Prepared, rows: Counts) -> Flags:
    order = np.lexsort((block.scale[rows], block.count[rows]))
    chosen = np.zeros(len(rows), dtype=bool)
    chosen[order[:: max(1, -(-len(rows) // SAMPLE))]] = True
    return chosen


def members(routes: Counts, wanted: list[str], options: Options) -> tuple[str, ...]:
    """The members of all routes, in the order of METHODS, and the last value again."""
    pins = np.array(wanted, dtype=object)
    used = {"naive"}
    for number, served in enumerate(ROUTES):
        rows = routes == number
        if rows.any():
            used.update(_names(_usual(served, options), set(pins[rows])))
    return tuple(name for name in METHODS if name in used)


def _usual(served: tuple[str, ...], options: Options) -> tuple[str, ...]:
    if options.method != "simple":
        return serving(served)
    # methods for demand with gaps forecast a flat line: of regular demand they win by chance only
    gaps = set(SPORADIC)
    return tuple(
        name
        for name in SIMPLE
        if served == SPORADIC or not METHODS[name].serves or set(METHODS[name].serves) - gaps
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
        ahead = steps(cut, horizon)
        found.append(at_origin(past, labels[rows][: len(past.count)], number, ahead))
    return found


def _work(task: Task) -> _Found:
    with np.errstate(under="ignore"):
        ahead = candidates(
            task.panel, task.names, task.cuts, task.horizon, task.common, task.groups
        )
        reference = [_reference(task.panel, cut, task.horizon) for cut in task.cuts[:-1]]
    if task.lean:
        ahead = [found.astype(np.float32) for found in ahead]
    return _Found(ahead, reference)


def _reference(panel: Panel, cut: int, horizon: int) -> Numbers:
    past, ahead = panel.cut(cut), steps(cut, horizon)
    found = np.full((len(panel.count), ahead), np.nan)
    rows = len(past.count)
    history = np.where(past.known, past.values, np.nan)
    found[:rows] = simple.seasonal_naive(history, ahead, panel.season)
    return found


def run(block: Prepared, todo: Iterator[Task], wanted: list[str], workers: int) -> Iterator[Part]:
    """What the members said, in the order of the tasks."""
    for task, found in _run(todo, workers):
        yield _part(block, task, found, wanted)


def _run(todo: Iterator[Task], workers: int) -> Iterator[tuple[Task, _Found]]:
    if workers <= 1:
        for task in todo:
            yield task, _work(task)
        return
    with ProcessPoolExecutor(max_workers=workers) as pool:
        # a few at a time: what waits takes memory
        waiting: deque[tuple[Task, Future[_Found]]] = deque()
        for task in todo:
            waiting.append((task, pool.submit(_work, task)))
            if len(waiting) > 2 * workers:
                first, found = waiting.popleft()
                yield first, found.result()
        for first, found in waiting:
            yield first, found.result()


def _part(block: Prepared, task: Task, found: _Found, wanted: list[str]) -> Part:
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
        end = values.shape[1] - cut + steps(cut, task.horizon)
        period = slice(values.shape[1] - cut, end)
        came = np.where(missing[:, period], np.nan, values[:, period])
        gone = ended(task.panel, cut)
        came = np.where((fair[o] & ~gone)[:, np.newaxis], came, np.nan)
        actual.append(came.astype(kept))
    known = list(KINDS)
    numbers = np.array([known.index(one) for one in block.kinds[task.rows]], dtype=np.int64)
    return Part(
        task.route,
        task.told,
        task.rows,
        task.names,
        intervals.expected(task.panel),
        numbers,
        never_negative(task.panel),
        pins,
        found.ahead,
        wape(found.ahead, actual),
        wape(found.reference or [np.zeros((len(task.rows), 0))], actual),
        actual,
    )
