"""What has changed a revenue or a margin: the effects of each item and period, exactly.

Positive is more revenue or margin. The effects of each item and period sum to its change, so they
sum to the change of every total, whichever way they are added up.
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers, zero

Codes: TypeAlias = npt.NDArray[np.int64]

EFFECTS = (
    "price", "volume", "mix", "cost", "currency", "new", "discontinued", "timing"
)  # fmt: skip
"""In the order in which :func:`effects` gives them."""


class Side(NamedTuple):
    """One of the two states that a bridge compares: items down, periods across."""

    volume: Numbers
    """Units; negative is more returned than sold."""
    revenue: Numbers
    """Money, in the currency of the sale."""
    cost: Numbers
    """Cost of sales, in the currency of the house; zeros for a bridge of revenue."""
    rate: Numbers
    """Money of the house for one of the currency of the sale."""

    @property
    def result(self) -> Numbers:
        """Revenue less cost, in the currency of the house."""
        return worth(self.revenue, self.rate) - self.cost


def effects(before: Side, after: Side, windows: Codes, groups: Codes) -> Numbers:
    """The effects on revenue less cost, in money: effects, items, periods.

    Units of an item in a window are ``Y0`` and ``Y1``, in a period ``v0`` and ``v1``; a unit earned
    ``m0 = p0 x0 - c0`` before (price, rate, cost). ``g = Y1 / Y0``, and ``G`` is the same of all
    items of the group that were sold both times:

    ==============  ===========================================================================
    volume          ``(G - 1) v0 m0``: all grow alike
    mix             ``(g - G) v0 m0``: what grew more and what less
    timing          ``(v1 - g v0) m0``: the same units in other periods of the window
    price           ``(p1 - p0) v1 x0``
    cost            ``-(c1 - c0) v1``
    currency        ``p1 v1 (x1 - x0)``
    new             all of an item that was not sold before, in the window
    discontinued    all of an item that is not sold any more
    ==============  ===========================================================================

    An item of which more was returned than sold in a period has no share in a mix: its change of
    units is volume. Money without units is price, and cost without units is cost.

    Args:
        before: What is compared with: the budget, the cycle before, the plan.
        after: What is compared: the plan, the actual figures.
        windows: The window of each period, numbered from zero: a month or a fiscal year.
        groups: The group of each item, numbered from zero, within which mix is measured.
    """
    year_0, year_1 = (_in_window(side.volume, windows) for side in (before, after))
    sold_0, sold_1 = (
        _in_window((side.volume != 0).astype(float), windows) > 0 for side in (before, after)
    )
    returned = _in_window(((before.volume < 0) | (after.volume < 0)).astype(float), windows) > 0
    came, went = ~sold_0 & sold_1, sold_0 & ~sold_1
    even = sold_0 & sold_1 & ~returned
    own = np.where(even, _over(year_1, year_0), 0.0)
    group_0, group_1 = (
        _by_code(np.where(even, year, 0.0), groups)[groups] for year in (year_0, year_1)
    )
    growth = np.where(even, _over(group_1, group_0), 0.0)
    price, unit_cost = (
        _each(amount, before.volume, windows) for amount in (before.revenue, before.cost)
    )
    earned = price * before.rate - unit_cost
    change = after.result - before.result
    stayed = {
        "price": worth(
            _above(after.revenue, price, after.volume)
            - _above(before.revenue, price, before.volume), before.rate,
        ),
        "volume": worth(
            np.where(even, (growth - 1) * before.volume, after.volume - before.volume), earned
        ),
        "mix": worth((own - growth) * before.volume, earned),
        "cost": _above(before.cost, unit_cost, before.volume)
        - _above(after.cost, unit_cost, after.volume),
        "currency": worth(after.rate - before.rate, after.revenue),
        "timing": worth(np.where(even, after.volume - own * before.volume, 0.0), earned),
    }  # fmt: skip
    moved = {"new": np.where(came, change, 0.0), "discontinued": np.where(went, change, 0.0)}
    nothing = np.zeros_like(change)
    both = {name: np.where(came | went, nothing, found) for name, found in stayed.items()}
    return np.array([(both | moved)[name] for name in EFFECTS])


def _in_window(numbers: Numbers, windows: Codes) -> Numbers:
    """The sum in the window of each period."""
    return _by_code(numbers.T, windows)[windows].T


def _by_code(rows: Numbers, codes: Codes) -> Numbers:
    """The sum of the rows of each code."""
    sums = np.zeros((int(codes.max(initial=-1)) + 1, rows.shape[1]))
    np.add.at(sums, codes, rows)
    return sums


def _over(top: Numbers, bottom: Numbers) -> Numbers:
    """Top / bottom, zero where there is no bottom."""
    empty = bottom == 0
    return np.where(empty, 0.0, top / np.where(empty, 1.0, bottom))


def _each(amount: Numbers, volume: Numbers, windows: Codes) -> Numbers:
    """Money of a unit: of its period, else of its window, else zero."""
    average = _over(_in_window(zero(amount), windows), _in_window(volume, windows))
    return np.where(volume == 0, average, _over(amount, volume))


def worth(units: Numbers, each: Numbers) -> Numbers:
    """Units x money of a unit; no units need no price."""
    return np.where(units == 0, 0.0, units * each)


def _above(amount: Numbers, each: Numbers, volume: Numbers) -> Numbers:
    """What an amount is above the same units at the price before."""
    return amount - worth(volume, each)
