"""The five levers that bring a plan back in line, with what each does to the money.

Reduce inventory exposure, adjust sales priorities, pace marketing spend, shift supply commitments,
change timing. Every effect is a change against the plan as it stands, in money: revenue, margin
(after the cost of the lever itself), inventory at cost at the end, and cash. Cash is reckoned once
customers have paid and suppliers are paid, so cash = margin - inventory; the terms of payment are
those of the cash plan.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import series
from sop_xl.planning.frames import Numbers, zero

Sums: TypeAlias = Literal["total", "periods"]
Supply: TypeAlias = Literal["stays", "moves"]

MONTHS_A_YEAR = 12.0


def reduce_inventory(
    excess: npt.ArrayLike,
    price: npt.ArrayLike,
    cost: npt.ArrayLike,
    cleared: npt.ArrayLike = 0.0,
    discount: npt.ArrayLike = 0.0,
    holding: npt.ArrayLike = 0.0,
    months: npt.ArrayLike = 0.0,
) -> Numbers:
    """Effect of taking excess stock out of the plan, in money: revenue, margin, inventory and cash.
    A part is cleared at a discount, the rest is not made or bought.

    With cleared units ``s = excess x cleared``: revenue ``s p (1 - discount)``; margin
    ``s (p (1 - discount) - c)`` + the holding cost saved, ``excess c holding months / 12``;
    inventory ``-excess c``.

    Args:
        excess: Units above the stock wanted; one cell for each family.
        price: p, price of a unit.
        cost: c, cost of a unit.
        cleared: Share of the excess that is sold off, 0 to 1.
        discount: Share of the price that is given away for it.
        holding: Cost of holding stock for a year as a share of its value.
        months: Months for which it would have been held.

    >>> reduce_inventory(100.0, 10.0, 6.0, cleared=0.5, discount=0.3).tolist()
    [350.0, 50.0, -600.0, 650.0]
    """
    units, p, c, share, off, rate, held = _numbers(
        excess, price, cost, cleared, discount, holding, months
    )
    sold = units * share
    revenue = sold * p * (1 - off)
    saved = units * c * rate * held / MONTHS_A_YEAR
    return _effect(revenue, revenue - sold * c + saved, -units * c)


def adjust_priorities(
    units: npt.ArrayLike,
    price_from: npt.ArrayLike,
    cost_from: npt.ArrayLike,
    price_to: npt.ArrayLike,
    cost_to: npt.ArrayLike,
    sold: npt.ArrayLike = 1.0,
) -> Numbers:
    """Effect of giving scarce units of capacity to another family, customer or region, in money:
    revenue, margin, inventory and cash.

    Units are made for the one instead of the other; ``sold`` of them are sold there, the others
    stay in stock: revenue ``u (sold p_to - p_from)``, margin ``u (sold (p_to - c_to) -
    (p_from - c_from))``, inventory ``u (1 - sold) c_to``.

    Args:
        units: Units that change over; one cell for each change.
        price_from: Price of a unit where they are taken from.
        cost_from: Cost of a unit there.
        price_to: Price of a unit where they go to.
        cost_to: Cost of a unit there.
        sold: Share of them that is sold there, 0 to 1.

    >>> adjust_priorities(10.0, 8.0, 5.0, 12.0, 6.0).tolist()
    [40.0, 30.0, 0.0, 30.0]
    """
    u, p0, c0, p1, c1, share = _numbers(units, price_from, cost_from, price_to, cost_to, sold)
    revenue = u * (share * p1 - p0)
    margin = u * (share * (p1 - c1) - (p0 - c0))
    return _effect(revenue, margin, u * (1 - share) * c1)


def pace_marketing(
    spend: npt.ArrayLike,
    change: npt.ArrayLike,
    revenue: npt.ArrayLike,
    elasticity: npt.ArrayLike,
    cost_share: npt.ArrayLike,
    supply_follows: npt.ArrayLike = 1.0,
) -> Numbers:
    """Effect of spending more or less on marketing, in money: revenue, margin after marketing,
    inventory and cash.

    Revenue answers with constant elasticity: ``dR = R ((1 + change)^elasticity - 1)``. Margin
    ``dR (1 - cost share) - spend x change``. Supply follows in part; what it does not follow goes
    into or comes out of stock: inventory ``-dR cost share (1 - supply follows)``. Source: Lilien,
    Kotler and Moorthy, Marketing Models (constant-elasticity response).

    Args:
        spend: Marketing spend of the plan; one cell for each family.
        change: Change of it as a share: -0.2 for a fifth less; -1 stops it.
        revenue: R, revenue of the plan that the spend supports.
        elasticity: Change of revenue in % for 1 % of spend, above 0: 0.1 for example.
        cost_share: Cost of sales as a share of revenue.
        supply_follows: Share of the change of units that supply follows, 0 to 1.

    >>> pace_marketing(100.0, -0.19, 1000.0, 0.5, 0.6).round(2).tolist()
    [-100.0, -21.0, 0.0, -21.0]
    """
    spent, x, sales, e, k, follows = _numbers(
        spend, change, revenue, elasticity, cost_share, supply_follows
    )
    gained = sales * (np.maximum(1 + x, 0.0) ** e - 1)
    return _effect(gained, gained * (1 - k) - spent * x, -gained * k * (1 - follows))


def shift_supply(
    units: npt.ArrayLike,
    cost: npt.ArrayLike,
    fee: npt.ArrayLike = 0.0,
    sales: npt.ArrayLike = 0.0,
    price: npt.ArrayLike = 0.0,
) -> Numbers:
    """Effect of committing to more or less supply, in money: revenue, margin, inventory and cash.

    Each unit changed costs a fee: cancelling, or the premium of a late order. Sales change with it
    by a part of the units; the rest changes stock: revenue ``s p``, margin ``s (p - c) - |u| c
    fee``, inventory ``(u - s) c``.

    Args:
        units: u, change of the units committed to: negative is less; one cell for each family.
        cost: c, cost of a unit.
        fee: Share of the cost that a unit of change costs.
        sales: s, change of the units sold, negative where less supply loses sales.
        price: p, price of a unit.

    >>> shift_supply(-100.0, 6.0, 0.1, -20.0, 10.0).tolist()
    [-200.0, -140.0, -480.0, 340.0]
    """
    u, c, share, sold, p = _numbers(units, cost, fee, sales, price)
    return _effect(sold * p, sold * (p - c) - np.abs(u) * c * share, (u - sold) * c)


def change_timing(
    units: npt.ArrayLike,
    price: npt.ArrayLike,
    cost: npt.ArrayLike,
    later: int,
    moved: float = 1.0,
    kept: float = 1.0,
    supply: Supply = "stays",
    holding: float = 0.0,
    show: Sums = "total",
) -> Numbers:
    """Effect of moving sales (a launch, a promotion, deliveries) to later or earlier periods, in
    money: revenue, margin, inventory and cash. What moves beyond the periods given is out.

    Sales change by ``d_t = kept moved u_(t-later) - moved u_t``: revenue ``d p``, margin ``d (p -
    c)`` less the holding cost of the stock that builds up. Where supply stays, the units wait in
    stock, ``-c`` times the sum of d so far; where it moves along, stock does not change.

    Args:
        units: u, units of each period that are to move, oldest first.
        price: p, price of a unit, in each period or in all.
        cost: c, cost of a unit, one number.
        later: Periods by which they move; negative is earlier.
        moved: Share of them that moves, 0 to 1.
        kept: Share of what is moved that customers still buy, 0 to 1.
        supply: Whether supply stays where it was or moves along.
        holding: Cost of holding stock for a period as a share of its value.
        show: The four sums (inventory: its change at the end), or four numbers for each period.

    Raises:
        ValueError: The cost is not one number.

    >>> change_timing([100.0, 0.0], 10.0, 6.0, 1, show="periods").tolist()
    [[-1000.0, -400.0, 600.0, -1000.0], [1000.0, 400.0, 0.0, 1000.0]]
    """
    each, c = zero(series(units).rows).ravel(), np.asarray(cost, dtype=float).ravel()
    p = np.asarray(price, dtype=float).ravel()
    if c.size != 1 or p.size not in (1, each.size):
        raise ValueError(
            f"the ranges do not fit: {each.size} periods, {p.size} prices, {c.size} costs; the cost"
            " is one number"
        )
    change = moved * (kept * _moved(each, later) - each)
    waiting = -np.cumsum(change) * c if supply == "stays" else np.zeros_like(each)
    margin = change * (p - c) - waiting * holding
    growth = np.diff(waiting, prepend=0.0)
    found = np.column_stack([change * p, margin, waiting, margin - growth]) + 0.0
    if show == "periods":
        return found
    revenue, earned, _, cash = found.sum(axis=0)
    return np.array([revenue, earned, found[-1, 2], cash])


def _moved(units: Numbers, later: int) -> Numbers:
    """Units so many periods later; what falls out of the periods is gone."""
    found = np.zeros_like(units)
    if later >= 0:
        found[later:] = units[: max(units.size - later, 0)]
    else:
        found[:later] = units[-later:]
    return found


def _numbers(*values: npt.ArrayLike) -> list[Numbers]:
    arrays = [np.asarray(value, dtype=float) for value in values]
    return [np.array(array) for array in np.broadcast_arrays(*arrays)]


def _effect(revenue: Numbers, margin: Numbers, inventory: Numbers) -> Numbers:
    """Four numbers beside each other for each cell, below each other where cells lie across."""
    four = (revenue, margin, inventory, margin - inventory)
    cells = np.array(four) + 0.0
    if cells.ndim == 3:
        upright = cells.shape[2] == 1
        return cells[:, :, 0].T if upright else cells.reshape(4, -1)
    return cells.T
