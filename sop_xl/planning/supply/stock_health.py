"""Stock against what it is for: targets, shortage, excess, obsolete stock, when it runs out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import beside, one_each, series
from sop_xl.planning.frames import Numbers, rounded, zero


class StockTargets(NamedTuple):
    """Stock over a cycle of orders, in units."""

    minimum: Numbers
    average: Numbers
    maximum: Numbers


class StockHealth(NamedTuple):
    """Parts of a stock, in units; one number for each item (upright)."""

    short: Numbers
    """Below the target."""
    excess: Numbers
    """Above target and coming demand, but needed some day."""
    obsolete: Numbers
    """Above all demand that is planned."""


def stock_targets(safety_stock: npt.ArrayLike, order_quantity: npt.ArrayLike) -> StockTargets:
    """Least, mean and largest stock of a cycle in units: safety stock, with half an order and with
    a whole order on top (cycle stock).

    ``SS``, ``SS + Q / 2``, ``SS + Q``. Source: Chopra and Meindl, Supply Chain Management,
    chapters 11 and 12 (cycle inventory).

    >>> [x.item() for x in stock_targets(1000.0, 10_000.0)]
    [1000.0, 6000.0, 11000.0]
    """
    least, lot = np.broadcast_arrays(
        np.asarray(safety_stock, dtype=float), np.asarray(order_quantity, dtype=float)
    )
    return StockTargets(np.array(least), least + lot / 2, least + lot)


def stock_health(
    stock: npt.ArrayLike, demand: npt.ArrayLike, target: npt.ArrayLike = 0.0, periods: int = 3
) -> StockHealth:
    """What is wrong with a stock, in units: short of its target; excess, above target and the
    demand of the next periods; obsolete, above all demand that is planned.

    ``short = max(0, T - S)``; ``obsolete = max(0, S - sum of D)``; ``excess = max(0, S - T - (D_1 +
    ... + D_n)) - obsolete``, not below zero. A unit is counted once.

    Args:
        stock: S, units now; one number, or one for each item.
        demand: D, units of the coming periods; one item in each row, or one down a column.
        target: T, safety and cycle stock; one number, or one for each item.
        periods: n, periods whose demand a healthy stock may cover beyond its target.

    >>> [x.item() for x in stock_health(100.0, [10.0, 10, 10, 10, 10], 20.0, 3)]
    [0.0, 0.0, 50.0]
    """
    given = series(demand).rows
    coming = zero(given)
    now, wanted = one_each(stock, len(coming)), one_each(target, len(coming))
    known = ~(np.isnan(now) | np.isnan(given).all(axis=1, keepdims=True))
    soon = coming[:, :periods].sum(axis=1, keepdims=True)
    obsolete = np.maximum(0.0, now - coming.sum(axis=1, keepdims=True))
    excess = np.maximum(0.0, np.maximum(0.0, now - zero(wanted) - soon) - obsolete)
    short = np.maximum(0.0, zero(wanted) - now)
    return StockHealth(
        *(np.where(known, rounded(part), np.nan) for part in (short, excess, obsolete))
    )


def run_out(stock: npt.ArrayLike, demand: npt.ArrayLike, supply: npt.ArrayLike = np.nan) -> Numbers:
    """Periods until a stock is used up, with part of the last one: 2.5 is the middle of the third.
    Missing where it outlasts the demand given.

    ``S + R_1 + ... + R_t < D_1 + ... + D_t`` for the first time in the period it runs out; demand
    and receipts come evenly through a period.

    Args:
        stock: S, units now; one number, or one for each item. A backlog has run out: 0.
        demand: D, units of the coming periods; one item in each row, or one down a column.
        supply: R, receipts of the same periods that are certain.

    >>> run_out(25.0, [10.0, 10, 10]).tolist()
    [[2.5]]
    """
    (wanted, coming), _ = beside(demand, supply)
    now = one_each(stock, len(wanted))
    known = ~(np.isnan(now) | np.isnan(wanted).all(axis=1, keepdims=True))
    left = rounded(now + np.cumsum(zero(coming) - zero(wanted), axis=1))
    gone = left < 0
    at = gone.argmax(axis=1)[:, np.newaxis]
    before = np.take_along_axis(np.hstack([now, left]), at, axis=1)
    used = before - np.take_along_axis(left, at, axis=1)
    part = np.clip(before, 0.0, None) / np.where(used > 0, used, 1.0)
    found = np.where(
        zero(now) < 0, 0.0, np.where(gone.any(axis=1, keepdims=True), at + part, np.nan)
    )
    return np.where(known, found, np.nan)
