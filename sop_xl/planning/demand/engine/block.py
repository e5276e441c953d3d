"""A block of series, forecast: the order of work from history to ranges."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from numbers import Integral

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from sop_xl.planning.demand.engine import intervals, origins, tasks
from sop_xl.planning.demand.engine.methods import METHODS
from sop_xl.planning.demand.engine.outcome import Outcome
from sop_xl.planning.demand.engine.panel import (
    PERIODS_KEPT,
    SEASONS_KEPT,
    Counts,
    Flags,
    Panel,
    observed,
    scales,
)
from sop_xl.planning.demand.engine.result import Forecasts, Options
from sop_xl.planning.demand.engine.routing import SPORADIC, kinds, launches, silent
from sop_xl.planning.demand.engine.tasks import GAPS, ROUTES, Prepared
from sop_xl.planning.frames import Numbers


def forecast_block(
    history: Numbers,
    horizon: int,
    options: Options = Options(),  # noqa: B008  frozen
    *,
    pins: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
    workers: int = 1,
    sparing: bool = False,
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
        sparing: Spare memory: write over the history, and keep neither members' forecasts nor
            backtest (their axes M and O have length 0).

    Returns:
        Forecasts in the order and unit of the history. Of more than 20,000 series the members'
        own forecasts (``candidates``) are not kept: their first axis has length 0.

    Raises:
        ValueError: for a wrong shape, horizon, level or method.
    """
    history = _numbers_of(history)
    if history.ndim == 2 and not history.shape[1]:
        history = np.full((len(history), 1), np.nan)
    _check(history, horizon, options, pins, groups, workers)
    wanted = _pins(len(history), options, pins)
    block = _prepared(history, options.season, overwrite=sparing)
    del history
    pinned = np.array([bool(pin) for pin in pins or [""] * len(wanted)], dtype=bool)
    routes = _routes(block.kinds, pinned)
    held = origins.cuts(block.count[routes >= 0], horizon, options.season, options.origins)
    names = tasks.members(routes, wanted, options)
    # matrices are small: waking more threads for them costs more than it saves
    with threadpool_limits(limits=1):
        todo = tasks.tasks(
            block, routes, wanted, held, horizon, options, _numbers(groups, len(wanted))
        )
        outcome = Outcome(
            block,
            names,
            held,
            horizon,
            options,
            series=int(np.count_nonzero(routes >= 0)),
            shares=_shares(block, routes, held, horizon, options),
            sparing=sparing,
        )
        found = tasks.run(block, todo, wanted, workers)
        del block, todo  # the histories go with the last of their tasks
        for route, parts in groupby(found, key=lambda part: part.route):
            number = int(np.count_nonzero(routes == route))
            outcome.add(parts, number, sporadic=ROUTES[route] == SPORADIC)
        return outcome.forecasts()


def whole(what: str, given: object, least: int) -> None:
    """Refuse what is no whole number of at least so many.

    Raises:
        ValueError: It says what was given.

    >>> whole("horizon", "12", 1)
    Traceback (most recent call last):
    ValueError: the horizon has to be a whole number, 1 or more; not '12'
    """
    number = isinstance(given, Integral) and not isinstance(given, bool)
    if not number or int(given) < least:  # type: ignore[call-overload]  # a number by now
        raise ValueError(f"the {what} has to be a whole number, {least} or more; not {given!r}")


def _numbers_of(history: npt.ArrayLike) -> Numbers:
    try:
        return np.asarray(history, dtype=float)
    except (TypeError, ValueError):
        raise ValueError("the history has to be numbers, as many for every series") from None


def _check(
    history: Numbers,
    horizon: int,
    options: Options,
    pins: Sequence[str] | None,
    groups: Sequence[str] | None,
    workers: int,
) -> None:
    if history.ndim != 2:
        raise ValueError("the history needs series down and periods across")
    whole("horizon", horizon, 1)
    whole("season", options.season, 1)
    whole("number of origins", options.origins, 0)
    whole("number of workers", workers, 1)
    levels = options.levels
    shares = all(isinstance(level, float) and 0 < level < 1 for level in levels)
    if not shares or list(levels) != sorted(set(levels)):
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


def _prepared(history: Numbers, season: int, *, overwrite: bool) -> Prepared:
    rows, periods = history.shape
    kept = min(periods, max(PERIODS_KEPT, SEASONS_KEPT * season))
    values = history[:, periods - kept :] if overwrite else np.zeros((rows, kept))
    missing = np.zeros((rows, kept), dtype=bool)
    count, scale = np.zeros(rows, dtype=np.int64), np.ones(rows)
    kind = np.empty(rows, dtype=object)
    for first in range(0, rows, tasks.CHUNK):
        part = slice(first, min(first + tasks.CHUNK, rows))
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
    route[~pinned & (kind == "ended")] = GAPS
    return route


def _shares(
    block: Prepared, routes: Counts, held: list[int], horizon: int, options: Options
) -> tuple[float, ...]:
    """What the ranges of series that still sell hold, so that all of the block hold the levels."""
    over = np.flatnonzero((block.kinds == "ended") & (routes == GAPS))
    if not len(over):
        return options.levels
    rows = np.flatnonzero(routes == GAPS)
    rows = rows[np.argsort(-block.count[rows], kind="stable")]
    # an end that nothing is known of stays one
    periods, without = 1, 1
    for first in range(0, len(rows), tasks.CHUNK):
        some = rows[first : first + tasks.CHUNK]
        panel = Panel(block.values[some], block.count[some], options.season)
        seen = silent(panel, held, horizon)
        periods, without = periods + seen[0], without + seen[1]
    living = int(np.count_nonzero(routes >= 0)) - len(over)
    return intervals.living(options.levels, living, len(over), without / periods)
