"""What all series of a block tell together, at each origin: the pooled regression and the seasons
of groups. Reckoned once, over the whole block, before any series is forecast."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from sop_xl.planning.demand.engine import pooled, season
from sop_xl.planning.demand.engine.panel import Counts, Flags, Panel
from sop_xl.planning.frames import Numbers

STEP = 2000
"""Series that are looked at together."""
ENOUGH = 10_000
"""Series that are plenty for the pooled regression, and for the season of a group."""


class Common(NamedTuple):
    """At one origin."""

    level: pooled.Regression | None
    """For series with periods of nothing or below."""
    log: pooled.Regression | None
    """For series that are positive throughout."""
    profiles: Numbers
    """(G, m) The season of each group, as ratios."""


def positive(panel: Panel) -> Flags:
    """(S,) Series that are above zero throughout."""
    lowest = panel.values.min(axis=1, initial=np.inf, where=panel.known)
    above: Flags = (lowest > 0) & (panel.count > 0)
    return above


def never_negative(panel: Panel) -> Flags:
    """(S,) Series that never were below zero."""
    least: Flags = panel.values.min(axis=1, initial=0.0) >= 0
    return least


def at_origin(panel: Panel, groups: Counts, number: int, horizon: int) -> Common:
    """What the series of a panel tell together about so many periods ahead.

    Args:
        panel: What was known at the origin.
        groups: (S,) Number of the group of each series, from 0.
        number: Groups.
        horizon: Periods ahead.
    """
    length = pooled.window(panel.count, panel.season, horizon)
    typical = int(np.median(panel.count)) if len(panel.count) else 0
    above = positive(panel)
    found = [
        pooled.fit(_blocks(panel, rows), len(rows), typical, length, horizon, log=log)
        for log, rows in ((False, _spread(~above)), (True, _spread(above)))
    ]
    return Common(found[0], found[1], _profiles(panel, groups, number))


def _spread(some: Flags) -> Counts:
    """The rows, or, of many, some that are evenly spread over them."""
    rows = np.flatnonzero(some)
    return rows[:: max(1, len(rows) // ENOUGH)]


def _blocks(panel: Panel, rows: Counts) -> Iterator[Panel]:
    for first in range(0, len(rows), STEP):
        some = rows[first : first + STEP]
        yield Panel(panel.values[some], panel.count[some], panel.season)


def _profiles(panel: Panel, groups: Counts, number: int) -> Numbers:
    m = panel.season
    if m == 1:
        return np.ones((number, 1))
    told = np.flatnonzero(never_negative(panel) & (panel.count >= 2 * m))
    told = told[_few_of_each(groups[told], number)]
    own = [
        season.indices(block, np.ones(len(block.count), dtype=bool), shrunk=False)
        for block in _blocks(panel, told)
    ]
    indices = np.concatenate(own) if own else np.ones((0, m))
    return season.group_profiles(indices, groups[told], number)


def _few_of_each(groups: Counts, number: int) -> Flags:
    """All series of a group, or, of a large one, some that are evenly spread over it."""
    order = np.argsort(groups, kind="stable")
    size = np.bincount(groups, minlength=number)
    first = np.cumsum(size) - size
    within = np.arange(len(groups)) - first[groups[order]]
    chosen = np.zeros(len(groups), dtype=bool)
    chosen[order] = within % np.maximum(size // ENOUGH, 1)[groups[order]] == 0
    return chosen
