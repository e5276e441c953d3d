"""What methods that go through time period by period have in common.

Such a method takes a history (S, T) that is known from some period on to the last one (only the
beginning may be NaN), a horizon H and the periods of a season, and gives means (S, H). A series
without any observation is forecast as zero, or from the start values that are given.

The recursions run over time on arrays of series x candidate parameters. Before a series starts,
its states and demand are zero and stay so; at its start they are set. That is why series of
unequal length need no mask.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers

LIMITS = (0.001, 0.999)
"""Least and greatest smoothing parameter that is chosen."""
Given: TypeAlias = float | npt.NDArray[np.float64] | None
"""A start value for all series, or one for each."""


@dataclass(frozen=True)
class Block:
    """A history made ready for recursions over time."""

    demand: Numbers
    """(T, S) Zero before a series starts; divided by ``scale``."""
    starts: npt.NDArray[np.int64]
    """(S,) First period known; T for a series without any."""
    scale: npt.NDArray[np.float64]
    """(S,) Largest absolute demand, so that squares neither overflow nor vanish."""

    @property
    def counts(self) -> npt.NDArray[np.int64]:
        """(S,) Periods known."""
        return len(self.demand) - self.starts

    @cached_property
    def beginning(self) -> dict[int, npt.NDArray[np.int64]]:
        """Series by the period at which they start; T for those without any observation."""
        return {
            int(period): np.flatnonzero(self.starts == period) for period in np.unique(self.starts)
        }

    @property
    def unseen(self) -> npt.NDArray[np.int64]:
        """Series without any observation."""
        return np.flatnonzero(self.starts == len(self.demand))

    def first(self) -> npt.NDArray[np.float64]:
        """(S,) The first observation; zero for a series without any."""
        if not len(self.demand):
            return np.zeros(len(self.starts))
        at = np.minimum(self.starts, len(self.demand) - 1)
        return self.demand[at, np.arange(len(at))]


def ready(history: Numbers) -> Block:
    """Time first, zero before the start, and scaled to at most 1."""
    known = np.isfinite(history)
    demand = np.ascontiguousarray(np.where(known, history, 0.0).T)
    starts = (~np.logical_or.accumulate(known, axis=1)).sum(axis=1)
    largest = np.abs(demand).max(axis=0, initial=0.0)
    scale = np.where(largest > 0, largest, 1.0)
    return Block(demand / scale, starts, scale)


def total(values: Numbers) -> npt.NDArray[np.float64]:
    """Sums over the first axis, one after the other: the same in any chunk of series."""
    sums: npt.NDArray[np.float64] = np.cumsum(values, axis=0)
    return sums[-1] if len(values) else np.zeros(values.shape[1:])


def search(
    score: Callable[[Numbers], Numbers],
    grid: Sequence[npt.NDArray[np.float64]],
    limits: Sequence[tuple[float, float]],
    rounds: int = 4,
) -> Numbers:
    """Parameters of least score for each series: a grid, then steps that halve round the best.

    Args:
        score: Of parameters (D, S or 1, C) gives scores (S, C).
        grid: D axes of values; an axis of one value is fixed.
        limits: Least and greatest value of each axis.
        rounds: Of refinement.

    Returns:
        (D, S)
    """
    mesh = np.stack(np.meshgrid(*grid, indexing="ij")).reshape(len(grid), 1, -1)
    scores = score(mesh)
    series = np.arange(len(scores))
    best = mesh[:, 0, scores.argmin(axis=1)]
    free = [axis for axis, values in enumerate(grid) if len(values) > 1]
    if not free:
        return best
    least = scores.min(axis=1)
    moves = np.zeros((len(grid), 1, 2 * len(free)))
    for at, axis in enumerate(free):
        moves[axis, 0, 2 * at : 2 * at + 2] = np.array([-1, 1]) * np.diff(grid[axis]).max() / 2
    low, high = (np.array(side)[:, np.newaxis, np.newaxis] for side in zip(*limits, strict=True))
    for _ in range(rounds):
        trial = best[..., np.newaxis] + moves
        trial = np.where(moves != 0, np.clip(trial, low, high), trial)
        scores = score(trial)
        at = scores.argmin(axis=1)
        better = scores[series, at] < least
        best = np.where(better, trial[:, series, at], best)
        least = np.where(better, scores[series, at], least)
        moves = moves / 2
    return best


def axis(given: float | None, values: Sequence[float]) -> npt.NDArray[np.float64]:
    """Values that are tried of a parameter: those, or the one that is given."""
    return np.array(values if given is None else [given], dtype=float)


def column(given: Given, block: Block) -> Numbers | None:
    """(S, 1) A start value in the units of the block; None for one that is not given."""
    if given is None:
        return None
    return (np.broadcast_to(given, block.scale.shape) / block.scale)[:, np.newaxis]


def flat(values: npt.NDArray[np.float64], horizon: int) -> Numbers:
    """(S, H) The same for every period ahead."""
    return np.repeat(values[:, np.newaxis], horizon, axis=1)
