"""Spreading a total over its parts: in proportion, around locked cells, rounded without a rest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.frames import Numbers, zero
from sop_xl.planning.ranges import one_each, series

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
    held = np.where(locked, weights, 0.0)
    rest = whole - held.sum(axis=1, keepdims=True)
    _check_rest(whole, rest, locked)
    share = _shares(np.where(locked, 0.0, weights), ~locked)
    parts = rest * share if decimals is None else _rounded(rest, share, decimals)
    return given.like(np.where(locked, held, parts))


def _locked(locks: npt.NDArray[np.object_] | None, shape: tuple[int, ...]) -> npt.NDArray[np.bool_]:
    if locks is None:
        return np.zeros(shape, dtype=bool)
    marks = np.asarray(locks, dtype=object)
    if marks.size != shape[0] * shape[1] or (shape[0] > 1 and marks.shape != shape):
        raise ValueError(f"the locks are {marks.size} cells, the basis {shape[0] * shape[1]}")
    texts = pd.Series(marks.ravel(), dtype=object).fillna("").astype(str)
    return ~texts.str.strip().str.casefold().isin(UNLOCKED).to_numpy().reshape(shape)


def _check_rest(whole: Numbers, rest: Numbers, locked: npt.NDArray[np.bool_]) -> None:
    noise = 1e-9 * np.maximum(np.abs(whole), 1.0)
    left = np.abs(rest) > noise
    if (left & locked.all(axis=1, keepdims=True)).any():
        raise ValueError("every cell is locked, and they do not sum to the total")
    if (left & locked.any(axis=1, keepdims=True) & (np.sign(rest) != np.sign(whole))).any():
        raise ValueError("the locked cells alone exceed the total")


def _shares(weights: Numbers, free: npt.NDArray[np.bool_]) -> Numbers:
    """Share of each free cell in what is to be spread; alike where nothing weighs anything."""
    used = np.where(weights.sum(axis=1, keepdims=True) > 0, weights, free.astype(float))
    sums = used.sum(axis=1, keepdims=True)
    return used / np.where(sums > 0, sums, 1.0)


def _rounded(rest: Numbers, share: Numbers, decimals: int) -> Numbers:
    """Parts by the largest remainder: their sum is ``rest``, whatever its decimals."""
    size = 10.0**decimals
    # the noise of floating point must not decide who gets the last unit
    units = np.round(np.abs(rest) * size, 6)
    exact = np.round(units * share, 6)
    down = np.floor(exact)
    remainder = np.where(share > 0, exact - down, -1.0)
    left = np.floor(units) - down.sum(axis=1, keepdims=True)
    order = np.argsort(-remainder, axis=1, kind="stable")
    parts = down + (np.argsort(order, axis=1, kind="stable") < left)
    largest = np.argmax(share, axis=1)[:, np.newaxis]
    fraction = units - parts.sum(axis=1, keepdims=True)
    np.put_along_axis(parts, largest, np.take_along_axis(parts, largest, 1) + fraction, axis=1)
    return np.asarray(np.sign(rest) * parts / size + 0.0)
