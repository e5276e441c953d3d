"""Quantities from one unit into another, by a table of factors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers
from sop_xl.reading import did_you_mean


def convert(
    quantity: npt.ArrayLike,
    from_unit: str,
    to_unit: str,
    units: npt.NDArray[np.object_],
    factors: npt.ArrayLike,
) -> Numbers:
    """Quantity in another unit: quantity x factor of its unit / factor of the unit wanted. A factor
    says how many base units are in one unit; that of the base unit is 1.

    Args:
        quantity: In ``from_unit``; blanks stay missing.
        from_unit: Unit of the quantity, upper and lower case alike.
        to_unit: Unit wanted.
        units: Names of the units.
        factors: Base units in one of each; as many cells.

    Raises:
        ValueError: A unit is not among the units, stands there twice with different factors, or
            has no factor above zero.

    >>> names = np.array(["pcs", "box", "pallet"], dtype=object)
    >>> convert([3.0], "pallet", "box", names, [1.0, 12.0, 480.0]).tolist()
    [120.0]
    """
    names = [str(name).strip() for name in np.ravel(units)]
    numbers = np.asarray(factors, dtype=float).ravel()
    if len(names) != len(numbers):
        raise ValueError(f"the ranges do not fit: {len(names)} units, {len(numbers)} factors")
    given, wanted = (_factor(unit, names, numbers) for unit in (from_unit, to_unit))
    return np.asarray(np.asarray(quantity, dtype=float) * given / wanted)


def _factor(unit: str, names: list[str], factors: Numbers) -> float:
    """Base units in one unit."""
    same = [name.casefold() == unit.strip().casefold() for name in names]
    found = np.unique(factors[same])
    if not len(found):
        known = [name for name in names if name]
        remedy = did_you_mean(unit, known) or f"the table knows {', '.join(known) or 'none'}"
        raise ValueError(f"the unit {unit} is not in the table of units; {remedy}")
    if len(found) > 1:
        raise ValueError(f"the unit {unit} stands in the table of units with different factors")
    if not found[0] > 0:
        raise ValueError(f"the unit {unit} needs a factor above zero in the table of units")
    return float(found[0])
