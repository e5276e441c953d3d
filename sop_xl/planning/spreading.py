"""Spreading a total over its parts: in proportion, around locked cells, rounded without a rest.

One total over a row of cells (:func:`spread`), many totals over the cells of their groups at once
(:func:`spread_groups`), and totals at any level of a tree over its leaves (:func:`spread_levels`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.cell_ranges import one_each, series
from sop_xl.planning.frames import Numbers, zero

UNLOCKED = frozenset(("", "0", "false", "no", "n", "-"))
"""Marks that lock nothing; any other mark does."""


def spread(
    total: npt.ArrayLike,
    basis: npt.ArrayLike,
    locks: npt.NDArray[np.object_] | None = None,
    decimals: int | None = None,
) -> npt.NDArray[np.generic]:
    """Parts of a total in proportion to a basis; they always sum to the total. Locked cells keep
    their basis. Where the basis is zero everywhere the free cells share alike. Rounding goes by the
    largest remainder.

    ``x_i = basis_i`` where locked, else ``(total - locked) basis_i / sum of free basis``. Rounded
    down first; what is left goes, one unit of the last decimal each, to the largest remainders, of
    equal ones to the first (Hamilton's method of apportionment). A fraction of the total smaller
    than the last decimal stays with the largest part.

    Args:
        total: What the parts sum to; one number, or one for each series.
        basis: Weights from zero up, the plan so far for example; one series in each row, or one
            down a column. A blank weighs nothing.
        locks: A mark (TRUE, 1, x) where the cell keeps its basis, as many cells as the basis.
        decimals: Decimals of the parts; not rounded where left out.

    Raises:
        ValueError: A weight is negative, nothing is free to take what is left, or the locked cells
            alone exceed the total.

    >>> spread(100.0, [2.0, 7, 7, 7, 7, 1], decimals=0).tolist()
    [6.0, 23.0, 23.0, 23.0, 22.0, 3.0]
    """
    given = series(basis)
    weights, locked = zero(given.rows), _locked(locks, given.rows.shape)
    if (weights < 0).any():
        raise ValueError("the basis has to be numbers from zero up")
    whole = one_each(total, len(weights))
    group = np.repeat(np.arange(len(weights)), weights.shape[1])
    held = np.where(locked, weights, np.nan)
    found = spread_groups(whole.ravel(), group, weights.ravel(), held.ravel(), decimals)
    if found.all_locked.any():
        raise ValueError("every cell is locked, and they do not sum to the total")
    if found.exceeded.any():
        raise ValueError("the locked cells alone exceed the total")
    return given.like(found.parts.reshape(weights.shape))


class Parts(NamedTuple):
    """Parts of totals, and the totals that could not be spread."""

    parts: npt.NDArray[np.float64]
    """One for each cell; locked ones as they were."""
    all_locked: npt.NDArray[np.bool_]
    """By group: no cell is free, and the locked ones do not sum to the total."""
    exceeded: npt.NDArray[np.bool_]
    """By group: the locked cells alone exceed the total."""


def spread_groups(
    totals: npt.NDArray[np.float64],
    group: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float64],
    held: npt.NDArray[np.float64],
    decimals: int | None = None,
) -> Parts:
    """Spread many totals at once, each over the cells of its group, as :func:`spread` does one.

    Args:
        totals: Total of each group.
        group: Number of the group of each cell.
        weights: Weight of each cell, from zero up.
        held: Number that a cell keeps; NaN where it is free.
        decimals: Decimals of the parts; not rounded where left out.

    >>> found = spread_groups(np.array([10.0, 6.0]), np.array([0, 0, 1, 1, 1]),
    ...     np.array([1.0, 3, 0, 0, 0]), np.array([np.nan, np.nan, 2, np.nan, np.nan]), 0)
    >>> found.parts.tolist()
    [3.0, 7.0, 2.0, 2.0, 2.0]
    """
    count = len(totals)
    free = np.isnan(held)
    kept = zero(held)
    sums = np.bincount(group, kept, count)
    rest = totals - sums
    left = np.abs(rest) > 1e-9 * np.maximum(np.abs(totals), 1.0)
    frees = np.bincount(group[free], minlength=count)
    locks = np.bincount(group[~free], minlength=count)
    all_locked = left & (frees == 0)
    exceeded = left & (frees > 0) & (locks > 0) & (np.sign(rest) != np.sign(totals))
    usable = np.where(all_locked | exceeded, 0.0, rest)
    share = _shares(np.where(free, weights, 0.0), free, group, count)
    parts = usable[group] * share
    if decimals is not None:
        parts = _rounded(usable, share, group, decimals)
    return Parts(np.where(free, parts, kept), all_locked, exceeded)


class Levels(NamedTuple):
    """What totals at the levels of a tree make of its leaves."""

    leaves: Numbers
    """Leaves down, periods across; NaN where neither a lock nor a total says anything."""
    all_locked: list[npt.NDArray[np.bool_]]
    """By level, nodes down, periods across: as in :class:`Parts`."""
    exceeded: list[npt.NDArray[np.bool_]]


def spread_levels(
    codes: Sequence[npt.NDArray[np.int64]],
    totals: Sequence[Numbers],
    bases: Sequence[Numbers],
    held: Numbers,
    decimals: int | None = None,
) -> Levels:
    """Spread totals typed at any level of a tree over its leaves; all of them come out exactly.

    Fine levels go first; what they say is locked for the coarse ones, whose total is spread over
    the leaves that are left. So the total of a family stands beside that of the company.

    Args:
        codes: By level, coarse ones first: number of the node to which each leaf belongs.
        totals: By level: nodes down, periods across; NaN where nothing is wanted.
        bases: Weights by leaf and period, from zero up. Where the first is zero for all the free
            leaves of a node, the next one counts; where all are, its free leaves share alike.
        held: Leaves that are locked, with what they keep; NaN where free.
        decimals: Decimals of the parts; not rounded where left out.

    >>> family = np.array([0, 0, 1])
    >>> company, families = np.array([[100.0]]), np.array([[30.0], [np.nan]])
    >>> spread_levels([family * 0, family], [company, families], [np.array([[1.0], [2], [5]])],
    ...     np.full((3, 1), np.nan)).leaves.ravel().tolist()
    [10.0, 20.0, 70.0]
    """
    leaves = held.copy()
    periods = held.shape[1]
    all_locked: list[npt.NDArray[np.bool_]] = []
    exceeded: list[npt.NDArray[np.bool_]] = []
    for code, total in zip(reversed(codes), reversed(totals), strict=True):
        flat = (code[:, np.newaxis] * periods + np.arange(periods)).ravel()
        cells = np.flatnonzero(~np.isnan(total).ravel()[flat])
        group, kept = flat[cells], leaves.ravel()[cells]
        weights = _first_basis([basis.ravel()[cells] for basis in bases], kept, group, total.size)
        found = spread_groups(zero(total).ravel(), group, weights, kept, decimals)
        refused = found.all_locked | found.exceeded
        parts = np.where(refused[group], kept, found.parts)
        leaves.ravel()[cells] = parts
        all_locked.insert(0, found.all_locked.reshape(total.shape))
        exceeded.insert(0, found.exceeded.reshape(total.shape))
    return Levels(leaves, all_locked, exceeded)


def _first_basis(
    bases: Sequence[npt.NDArray[np.float64]],
    held: npt.NDArray[np.float64],
    group: npt.NDArray[np.int64],
    count: int,
) -> npt.NDArray[np.float64]:
    """For each group the first basis that weighs any of its free cells."""
    free = np.isnan(held)
    chosen = np.zeros(len(held))
    open_ = np.ones(count, dtype=bool)
    for basis in bases:
        weights = np.where(free, zero(basis), 0.0)
        weighs = open_ & (np.bincount(group, weights, count) > 0)
        chosen = np.where(weighs[group], weights, chosen)
        open_ &= ~weighs
    return chosen


def _locked(locks: npt.NDArray[np.object_] | None, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    if locks is None:
        return np.zeros(shape, dtype=bool)
    marks = np.asarray(locks, dtype=object)
    if marks.size != shape[0] * shape[1] or (shape[0] > 1 and marks.shape != shape):
        raise ValueError(f"the locks are {marks.size} cells, the basis {shape[0] * shape[1]}")
    texts = pd.Series(marks.ravel(), dtype=object).fillna("").astype(str)
    return ~texts.str.strip().str.casefold().isin(UNLOCKED).to_numpy().reshape(shape)


def _shares(
    weights: npt.NDArray[np.float64],
    free: npt.NDArray[np.bool_],
    group: npt.NDArray[np.int64],
    count: int,
) -> npt.NDArray[np.float64]:
    """Share of each free cell in what is to be spread; alike where nothing weighs anything."""
    weighs = np.bincount(group, weights, count) > 0
    used = np.where(weighs[group], weights, free.astype(float))
    sums = np.bincount(group, used, count)
    return np.asarray(used / np.where(sums > 0, sums, 1.0)[group])


def _rounded(
    rest: npt.NDArray[np.float64],
    share: npt.NDArray[np.float64],
    group: npt.NDArray[np.int64],
    decimals: int,
) -> npt.NDArray[np.float64]:
    """Parts by the largest remainder: their sum is ``rest``, whatever its decimals."""
    size, count = 10.0**decimals, len(rest)
    # the noise of floating point must not decide who gets the last unit
    units = np.round(np.abs(rest) * size, 6)
    exact = np.round(units[group] * share, 6)
    down = np.floor(exact)
    remainder = np.where(share > 0, exact - down, -1.0)
    left = np.floor(units) - np.bincount(group, down, count)
    parts = down + (_ranks(remainder, group, count) < left[group])
    fraction = units - np.bincount(group, parts, count)
    if fraction.any():
        parts += np.where(_ranks(share, group, count) == 0, fraction[group], 0.0)
    return np.asarray(np.sign(rest)[group] * parts / size + 0.0)


def _ranks(
    numbers: npt.NDArray[np.float64], group: npt.NDArray[np.int64], count: int
) -> npt.NDArray[np.int64]:
    """Place of each cell within its group, the largest number first, of equal ones the first."""
    order = np.lexsort((-numbers, group))
    starts = np.cumsum(np.bincount(group, minlength=count)) - np.bincount(group, minlength=count)
    ranks = np.empty(len(numbers), dtype=np.int64)
    ranks[order] = np.arange(len(numbers)) - starts[group[order]]
    return ranks
