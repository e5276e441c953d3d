"""The bridge between two revenues or margins, of cells: the effects sum to the change exactly."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.finance.cents import apportioned, money, whole
from sop_xl.planning.finance.effects import EFFECTS, Side, effects, worth
from sop_xl.planning.frames import Numbers, zero

Detail: TypeAlias = Literal["total", "items"]
Shown: TypeAlias = Literal["total", "items", "periods"]


def price_volume_mix(
    price_0: npt.ArrayLike,
    volume_0: npt.ArrayLike,
    price_1: npt.ArrayLike,
    volume_1: npt.ArrayLike,
    detail: Detail = "total",
    decimals: int | None = None,
) -> Numbers:
    """What changed revenue: price, volume, mix, new and discontinued items, in money; their sum is
    revenue 1 - revenue 0, positive is more revenue.

    Of an item that was sold both times, with V = sum of v over those items:
    price ``(p1 - p0) v1``, volume ``(V1 v0 / V0 - v0) p0``, mix ``(v1 - V1 v0 / V0) p0``. New and
    discontinued items give all their revenue to the last number. Of an item with negative units,
    more returned than sold, all change of units is volume.

    Args:
        price_0: p0, price of a unit before, or in the budget; one cell for each item.
        volume_0: v0, units before; a blank is none.
        price_1: p1, price of a unit after, or actual.
        volume_1: v1, units after; a blank is none.
        detail: The four numbers in total, or a row of them for each item; upright, where the
            items lie across.
        decimals: Decimals of the numbers, which then sum to the rounded change to the last digit;
            not rounded where left out.

    >>> price_volume_mix([1.2, 0.8], [50.0, 40.0], [1.1, 1.0], [60.0, 50.0]).round(1).tolist()
    [4.0, 20.4, -0.4, 0.0]
    """
    given = [np.asarray(x, dtype=float) for x in (price_0, volume_0, price_1, volume_1)]
    cells = np.broadcast_arrays(*(numbers.ravel() for numbers in given))
    p0, v0, p1, v1 = (numbers[:, np.newaxis] for numbers in cells)
    found = _effects(_sold(p0, v0), _sold(p1, v1))[:, :, 0]
    found[:, np.isnan(v0[:, 0]) & np.isnan(v1[:, 0])] = np.nan
    named = dict(zip(EFFECTS, found, strict=True))
    came_or_went = named["new"] + named["discontinued"]
    four = np.array([named["price"], named["volume"], named["mix"], came_or_went])
    four = _rounded(_total(four) if detail == "total" else four, decimals)
    shape = max((numbers.shape for numbers in given), key=len)
    if len(shape) == 2:
        return four if shape[0] == 1 < shape[1] else four.T
    return four[:, 0] if detail == "total" else four.T


def full_bridge(
    price_0: npt.ArrayLike,
    volume_0: npt.ArrayLike,
    price_1: npt.ArrayLike,
    volume_1: npt.ArrayLike,
    cost_0: npt.ArrayLike = np.nan,
    cost_1: npt.ArrayLike = np.nan,
    rate_0: npt.ArrayLike = 1.0,
    rate_1: npt.ArrayLike = 1.0,
    detail: Shown = "total",
    decimals: int | None = None,
) -> Numbers:
    """What changed revenue, or the margin where costs are given: price, volume, mix, cost,
    currency, new items, discontinued items and timing, in money; their sum is what is there after
    less what was there before, positive is better.

    The formulas are those of :func:`sop_xl.planning.finance.effects.effects`; all periods given are
    one window, so timing is what moved between them.

    Args:
        price_0: Price of a unit before, in the currency of the sale: items down, periods across.
        volume_0: Units before; a blank is none, negative is more returned than sold.
        price_1: Price of a unit after.
        volume_1: Units after.
        cost_0: Cost of a unit before, in the currency of the house; left out for revenue.
        cost_1: Cost of a unit after.
        rate_0: Money of the house for one of the currency of the sale, before.
        rate_1: The same after.
        detail: The eight numbers in total, or a row of them for each item or each period.
        decimals: Decimals of the numbers, which then sum to the rounded change to the last digit;
            not rounded where left out.

    Raises:
        ValueError: There is a cost before and none after, or none before and one after.

    >>> full_bridge([1.2, 0.8], [50.0, 40.0], [1.1, 1.0], [60.0, 50.0], decimals=1).tolist()
    [4.0, 20.4, -0.4, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    has_cost = [not np.isnan(np.asarray(cost, dtype=float)).all() for cost in (cost_0, cost_1)]
    if has_cost[0] != has_cost[1]:
        raise ValueError("give the cost before and the cost after, or neither")
    costs = (cost_0, cost_1) if has_cost[0] else (0.0, 0.0)
    blocks = np.broadcast_arrays(
        *(_block(x) for x in (price_0, volume_0, price_1, volume_1, *costs, rate_0, rate_1))
    )
    p0, v0, p1, v1, c0, c1, x0, x1 = blocks
    found = _effects(_sold(p0, v0, c0, x0), _sold(p1, v1, c1, x1))
    found[:, np.isnan(v0) & np.isnan(v1)] = np.nan
    if detail == "total":
        row = _rounded(_total(found.reshape(len(found), -1)), decimals).T
        lies_flat = max(map(np.ndim, (price_0, volume_0, price_1, volume_1))) < 2
        return row[0] if lies_flat else row
    rows = found if detail == "items" else found.transpose(0, 2, 1)
    return _rounded(np.hstack([_total(row) for row in rows.transpose(1, 0, 2)]), decimals).T


def _block(values: npt.ArrayLike) -> Numbers:
    """Items down, periods across; a list is one period."""
    cells = np.asarray(values, dtype=float)
    return cells if cells.ndim == 2 else cells.reshape(-1, 1)


def _sold(
    price: Numbers, volume: Numbers, cost: Numbers | None = None, rate: Numbers | None = None
) -> Side:
    """What prices and units make; what is not sold needs no price."""
    units = zero(volume)
    spent = np.zeros_like(units) if cost is None else worth(units, cost)
    rates = np.ones_like(units) if rate is None else rate
    return Side(units, worth(units, price), spent, rates)


def _effects(before: Side, after: Side) -> Numbers:
    """The effects, with all periods in one window and all items in one group."""
    items, periods = before.volume.shape
    return effects(before, after, np.zeros(periods, dtype=int), np.zeros(items, dtype=int))


def _total(found: Numbers) -> Numbers:
    """The sum of the cells that are sold, upright; NaN where none is, or where one is open."""
    known = ~np.isnan(found).all(axis=0)
    return found[:, known].sum(axis=1, keepdims=True) if known.any() else found[:, :1]


def _rounded(found: Numbers, decimals: int | None) -> Numbers:
    """Effects (down) of which each column, and all together, sum to their rounded change."""
    if decimals is None:
        return found
    rounded, sure = np.round(found, decimals), ~np.isnan(found).any(axis=0)
    if sure.any():
        change = found[:, sure].sum(axis=0)
        total = whole(change.sum(keepdims=True), decimals)
        each = apportioned(change[np.newaxis], total, decimals)[0]
        rounded[:, sure] = money(apportioned(found[:, sure].T, each, decimals), decimals).T
    return rounded
