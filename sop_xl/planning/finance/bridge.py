"""The bridge between two revenues: what price, volume and mix have done, exactly."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers, zero

Detail: TypeAlias = Literal["total", "items"]


def price_volume_mix(
    price_0: npt.ArrayLike,
    volume_0: npt.ArrayLike,
    price_1: npt.ArrayLike,
    volume_1: npt.ArrayLike,
    detail: Detail = "total",
) -> Numbers:
    """What changed revenue: price, volume, mix, new and discontinued items, in money; their sum is
    revenue 1 - revenue 0, positive is more revenue.

    Of an item that was sold both times, with V = sum of v over those items:
    price ``(p1 - p0) v1``, volume ``(V1 v0 / V0 - v0) p0``, mix ``(v1 - V1 v0 / V0) p0``. New and
    discontinued items give all their revenue to the last number.

    Args:
        price_0: p0, price of a unit before, or in the budget; one cell for each item.
        volume_0: v0, units before; a blank is none.
        price_1: p1, price of a unit after, or actual.
        volume_1: v1, units after; a blank is none.
        detail: The four numbers in total, or a row of them for each item; upright, where the
            items lie across.

    >>> price_volume_mix([1.2, 0.8], [50.0, 40.0], [1.1, 1.0], [60.0, 50.0]).round(1).tolist()
    [4.0, 20.4, -0.4, 0.0]
    """
    given = [np.asarray(x, dtype=float) for x in (price_0, volume_0, price_1, volume_1)]
    effects = _effects(*np.broadcast_arrays(*(numbers.ravel() for numbers in given)))
    if detail == "total":
        known = ~np.isnan(effects).all(axis=0)
        effects = effects[:, known].sum(axis=1, keepdims=True) if known.any() else effects[:, :1]
    shape = max((numbers.shape for numbers in given), key=len)
    if len(shape) == 2:
        return effects if shape[0] == 1 < shape[1] else effects.T
    return effects[:, 0] if detail == "total" else effects.T


def _effects(p0: Numbers, v0: Numbers, p1: Numbers, v1: Numbers) -> Numbers:
    """Price, volume, mix, new and discontinued (down) by item (across); NaN for no item."""
    known = ~(np.isnan(v0) & np.isnan(v1))
    v0, v1 = zero(v0), zero(v1)
    both = (v0 != 0) & (v1 != 0)
    before, after = v0[both].sum(), v1[both].sum()
    at_old_mix = after * v0 / before if before else np.full(v0.shape, np.nan)
    nothing = np.zeros_like(v0)
    stayed = [(p1 - p0) * v1, (at_old_mix - v0) * p0, (v1 - at_old_mix) * p0, nothing]
    came_or_went = [nothing, nothing, nothing, _revenue(p1, v1) - _revenue(p0, v0)]
    return np.where(known, np.where(both, stayed, came_or_went), np.nan)


def _revenue(price: Numbers, volume: Numbers) -> Numbers:
    """Price x volume; what is not sold needs no price."""
    return np.where(volume == 0, 0.0, price * volume)
