"""Money in whole cents: parts that are rounded and still sum to the rounded total."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers

Cents: TypeAlias = npt.NDArray[np.int64]
"""Money as whole units of the last decimal: sums of them are exact in any order."""

LARGEST = 1e15
"""Units from which on a floating point number does not hold every whole one."""


def whole(amounts: Numbers, decimals: int = 2) -> Cents:
    """Amounts in whole units of the last decimal, half of one away from zero.

    Raises:
        ValueError: An amount is too large to be exact.

    >>> whole(np.array([0.125, -0.125, 1.004])).tolist()
    [13, -13, 100]
    """
    units = np.round(np.abs(amounts) * 10.0**decimals, 6)
    if (units > LARGEST).any():
        raise ValueError("an amount is too large to be exact to the cent")
    return np.asarray(np.sign(amounts) * np.floor(units + 0.5)).astype(np.int64)


def apportioned(parts: Numbers, totals: Cents, decimals: int = 2) -> Cents:
    """Parts in whole units that sum to the total of their row, by the largest remainder.

    Rounded down first; what is left goes, one unit each, to the largest remainders, of equal ones
    to the first (Hamilton's method of apportionment). A part without a remainder, a zero for
    example, takes nothing; what the remainders cannot take goes to the largest part.

    Args:
        parts: Money, one row for each total.
        totals: Whole units, one for each row.
        decimals: Decimals of the money.

    >>> apportioned(np.array([[0.333, 0.333, 0.334, 0.0]]), np.array([100])).tolist()
    [[33, 33, 34, 0]]
    """
    exact = np.round(parts * 10.0**decimals, 6)
    down = np.floor(exact)
    remainder = exact - down
    units = down.astype(np.int64)
    left = totals - units.sum(axis=1)
    given = np.clip(left, 0, (remainder > 0).sum(axis=1))
    place = np.argsort(np.argsort(-remainder, axis=1, kind="stable"), axis=1, kind="stable")
    units += place < given[:, np.newaxis]
    largest = np.argmax(np.abs(parts), axis=1)
    units[np.arange(len(units)), largest] += left - given
    return units


def money(units: Cents, decimals: int = 2) -> Numbers:
    """Whole units as money, each the number that its decimals say.

    >>> money(np.array([-1, 250])).tolist()
    [-0.01, 2.5]
    """
    return units / 10.0**decimals
