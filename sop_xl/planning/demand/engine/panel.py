"""Series of unequal length side by side: aligned at the last period, filled where a period is
missing, and brought to one scale.

Everything in this package reckons with such a panel, a block of rows at once: series down,
periods across, the last period last, zero before the first observation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers

Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]

SEASONS_KEPT = 15
"""Seasons of history that a fit looks at; what is older says nothing about next season."""
PERIODS_KEPT = 180
"""The same for short seasons: as long as fifteen years of months."""
LARGEST = 1e150
"""A number beyond it counts as infinite, as sums of squares would be."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A block of series, the longest first."""

    values: Numbers
    """(S, T) Right-aligned; zero before the first observation."""
    count: Counts
    """(S,) Periods from the first observation on, descending."""
    season: int

    @property
    def periods(self) -> int:
        return int(self.values.shape[1])

    @property
    def start(self) -> Counts:
        """(S,) Column of the first observation."""
        return self.periods - self.count

    @property
    def known(self) -> Flags:
        """(S, T) True from the first observation on."""
        return np.arange(self.periods) >= self.start[:, np.newaxis]

    def cut(self, held_back: int, shortest: int = 1) -> Panel:
        """What was known so many periods ago, of the series that then had ``shortest`` periods."""
        left = self.count - held_back
        rows = int(np.searchsorted(-left, -shortest, side="right"))
        columns = max(self.periods - held_back, 0)
        return Panel(self.values[:rows, :columns], left[:rows], self.season)

    def lengths(self) -> Iterator[tuple[slice, int]]:
        """Blocks of rows of equal length."""
        edges = np.flatnonzero(np.diff(self.count, prepend=-1, append=-1))
        for first, last in pairwise(edges):
            yield slice(int(first), int(last)), int(self.count[first])


def steps(cut: int, horizon: int) -> int:
    """Periods that are forecast from an origin: those held back, the horizon at most."""
    return min(cut, horizon) if cut else horizon


def observed(history: Numbers, season: int) -> tuple[Numbers, Counts, Flags]:
    """The history without gaps, how long each series is, and which cells were filled.

    An infinite value, or one whose square would be, counts as missing. A missing period is the same
    period one season earlier, or where there is none the period before it: nothing that came later,
    so that what was known at an earlier origin is filled alike.

    Args:
        history: (S, T), the last period last, NaN before the first observation.
        season: Periods of a season.

    Returns:
        The filled history (zero before the first observation), the count of periods from the
        first observation on (0 for a series without any), and the cells that were filled.

    Example:
        >>> filled, count, missing = observed(np.array([[np.nan, 2.0, np.nan, 4.0]]), 12)
        >>> filled, count
        (array([[0., 2., 2., 4.]]), array([3]))
    """
    values = np.where((history > -LARGEST) & (history < LARGEST), history, np.nan)
    seen = ~np.isnan(values)
    first = np.where(seen.any(axis=1), seen.argmax(axis=1), values.shape[1])
    count = (values.shape[1] - first).astype(np.int64)
    known = np.arange(values.shape[1]) >= first[:, np.newaxis]
    missing = known & ~seen
    filled = np.where(known, np.nan_to_num(values), 0.0)
    for row in np.flatnonzero(missing.any(axis=1)):
        filled[row] = _filled(values[row], int(first[row]), season)
    return filled, count, missing


def _filled(row: npt.NDArray[np.float64], first: int, season: int) -> npt.NDArray[np.float64]:
    whole = row.copy()
    whole[:first] = 0.0
    for at in np.flatnonzero(np.isnan(whole)):
        earlier = at - season
        whole[at] = whole[earlier] if season > 1 and earlier >= first else whole[at - 1]
    return whole



def scales(values: Numbers, count: Counts) -> npt.NDArray[np.float64]:
    """(S,) The mean absolute value of each series; 1 where that is nothing.

    Example:
        >>> scales(np.array([[0.0, 2.0, -4.0], [0.0, 0.0, 0.0]]), np.array([2, 3]))
        array([3., 1.])
    """
    largest = np.abs(values).max(axis=1, initial=0.0)
    unit = np.where(largest > 0, largest, 1.0)
    mean = np.abs(values / unit[:, np.newaxis]).sum(axis=1) / np.maximum(count, 1) * unit
    return np.where(mean > 0, mean, 1.0)
