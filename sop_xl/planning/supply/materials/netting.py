"""Gross to net of items on their own: what has to come in, in which lots, and when to order it."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import beside, one_each
from sop_xl.planning.frames import Numbers, rounded, zero

Part: TypeAlias = Literal["release", "receipt", "net", "projected"]


class Lots(NamedTuple):
    """How an order is sized; one number for each item (upright)."""

    multiple: Numbers
    """Orders are a multiple of it; 0: any quantity."""
    minimum: Numbers
    """Least quantity of an order."""
    cover: Numbers
    """Periods whose needs one order covers; 1: those of its own period."""
    output: Numbers
    """Good units from one unit ordered (yield): the rules above hold for what is ordered."""

    def size(self, needed: Numbers) -> Numbers:
        """Good units of the order for what is needed; none for none."""
        return self._ordered(needed / self.output[:, 0]) * self.output[:, 0]

    def _ordered(self, needed: Numbers) -> Numbers:
        """Units to order so that as many are ordered as are needed before losses."""
        wanted = np.where(needed > 0, np.maximum(needed, self.minimum[:, 0]), 0.0)
        step = np.where(self.multiple[:, 0] > 0, self.multiple[:, 0], 1.0)
        # a remainder of floating point is no reason for another lot
        lots = np.ceil(np.round(wanted / step, 9)) * step
        return np.where(self.multiple[:, 0] > 0, lots, wanted)


class Netting(NamedTuple):
    """Items down, periods across, in units."""

    net: Numbers
    """What stock and orders do not cover."""
    receipt: Numbers
    """Planned orders, in the period in which they have to be there."""
    projected: Numbers
    """Stock at the end of the period, with what is planned."""


def net_out(
    gross: Numbers, on_hand: Numbers, receipts: Numbers, safety_stock: Numbers, lots: Lots
) -> Netting:
    """Walk through the periods: ``net_t = max(0, SS - (I_(t-1) + R_t - G_t))``, the order in lots.

    Source: Vollmann, Berry and Whybark, Manufacturing Planning and Control Systems, material
    requirements planning; Stevenson, Operations Management, MRP.

    Args:
        gross: G, gross requirements; items down, periods across.
        on_hand: I_0, one number for each item (upright), as safety stock.
        receipts: R, what is on order, when it is due.
        safety_stock: SS.
        lots: How orders are sized.
    """
    net, planned, projected = (np.zeros_like(gross) for _ in range(3))
    stock, least = on_hand[:, 0], safety_stock[:, 0]
    flow = receipts - gross
    horizon, longest = gross.shape[1], int(lots.cover.max(initial=1))
    for t in range(horizon):
        without = rounded(stock + flow[:, t])
        net[:, t] = np.maximum(0.0, least - without)
        needed, ahead = net[:, t], without
        for more in range(1, min(longest, horizon - t)):
            ahead = ahead + flow[:, t + more]
            covered = (more < lots.cover[:, 0]) & (net[:, t] > 0)
            needed = np.where(covered, np.maximum(needed, rounded(least - ahead)), needed)
        planned[:, t] = lots.size(needed)
        stock = projected[:, t] = rounded(without + planned[:, t])
    return Netting(net, planned, projected)


def releases(receipt: Numbers, lead_time: npt.NDArray[np.int64], output: Numbers) -> Numbers:
    """Units to start or order, a lead time before they have to be there; what should have been
    released before the first period is released in it.

    Args:
        receipt: Good units, items down, periods across.
        lead_time: Whole periods, one for each item.
        output: Good units from one unit started (yield), one for each item (upright).
    """
    at = np.maximum(np.arange(receipt.shape[1]) - lead_time[:, np.newaxis], 0)
    released = np.zeros_like(receipt)
    np.add.at(released, (np.arange(len(receipt))[:, np.newaxis], at), receipt / output)
    return rounded(released)


def whole_periods(lead_time: npt.ArrayLike, count: int) -> npt.NDArray[np.int64]:
    """Lead times as whole periods, one for each item.

    Raises:
        ValueError: One is negative or a fraction.
    """
    given = zero(one_each(lead_time, count))[:, 0]
    if (given < 0).any() or (given % 1 != 0).any():
        raise ValueError("a lead time has to be whole periods, zero or more")
    return given.astype(np.int64)


def net_requirements(
    gross: npt.ArrayLike,
    on_hand: npt.ArrayLike = 0.0,
    receipts: npt.ArrayLike = np.nan,
    safety_stock: npt.ArrayLike = 0.0,
    lead_time: npt.ArrayLike = 0.0,
    lot_size: npt.ArrayLike = 0.0,
    minimum: npt.ArrayLike = 0.0,
    cover: npt.ArrayLike = 1.0,
    output: npt.ArrayLike = 1.0,
    show: Part = "release",
) -> npt.NDArray[np.generic]:
    """Planned orders of an item, in units, gross to net: what stock and orders do not cover, in
    lots, released a lead time before it is needed. What should have been released before now is
    released in the first period: it will be late.

    Args:
        gross: Gross requirements; one item in each row, or one down a column. A blank is none.
        on_hand: Stock now; one number, or one for each item, as for all that follow but receipts.
        receipts: On order, in the period in which it is due, as many cells as gross.
        safety_stock: Stock that is kept.
        lead_time: Whole periods from release to receipt.
        lot_size: Orders are a multiple of it; 0: any quantity.
        minimum: Least quantity of an order.
        cover: Periods whose needs one order covers.
        output: Good units from one unit started, 0.95 for 5 % loss; releases are larger by it.
        show: release: units to order; receipt: good units that come in; net: net requirement;
            projected: stock at the end of each period.

    Raises:
        ValueError: The ranges do not fit, a lead time is no whole number, a stock is negative.

    >>> net_requirements([0.0, 0, 400, 0], 0, [70.0, 0, 0, 0], 0, 1).tolist()
    [0.0, 330.0, 0.0, 0.0]
    """
    (wanted, coming), shape = beside(gross, receipts)
    count = len(wanted)
    have, least, multiple, smallest, periods, good = (
        one_each(x, count) for x in (on_hand, safety_stock, lot_size, minimum, cover, output)
    )
    if (zero(have) < 0).any():
        raise ValueError("stock on hand is negative: count it, or put what is owed into gross")
    gain = np.where(np.isnan(good), 1.0, good)
    lots = Lots(zero(multiple), zero(smallest), np.where(np.isnan(periods), 1.0, periods), gain)
    found = net_out(zero(wanted), zero(have), zero(coming), zero(least), lots)
    if show == "release":
        rows = releases(found.receipt, whole_periods(lead_time, count), gain)
    else:
        rows = {"receipt": found.receipt, "net": found.net, "projected": found.projected}[show]
    known = ~np.isnan(wanted).all(axis=1, keepdims=True)
    return shape.like(np.where(known, rounded(rows), np.nan))


def master_schedule(
    opening: npt.ArrayLike,
    forecast: npt.ArrayLike,
    orders: npt.ArrayLike = np.nan,
    lot_size: npt.ArrayLike = 0.0,
    safety_stock: npt.ArrayLike = 0.0,
) -> npt.NDArray[np.generic]:
    """Master schedule: units that have to be finished in each period, in lots, so that stock does
    not fall below the safety stock. The greater of forecast and orders leaves.

    Source: Stevenson, Operations Management, master scheduling.

    Args:
        opening: Stock now; one number, or one for each item, as for lot size and safety stock.
        forecast: Units; one item in each row, or one down a column. A blank is none.
        orders: Booked orders in units, as many cells.
        lot_size: Production comes in multiples of it; 0: any quantity.
        safety_stock: Stock that is kept.

    >>> master_schedule(64.0, [30.0, 30, 30], [33.0, 20, 10], 70.0).tolist()
    [0.0, 0.0, 70.0]
    """
    (expected, booked), shape = beside(forecast, orders)
    leaving = np.fmax(expected, booked)
    count = len(leaving)
    one = np.ones((count, 1))
    lots = Lots(zero(one_each(lot_size, count)), np.zeros((count, 1)), one, one)
    found = net_out(
        zero(leaving), zero(one_each(opening, count)), np.zeros_like(leaving),
        zero(one_each(safety_stock, count)), lots,
    )  # fmt: skip
    known = ~np.isnan(leaving).all(axis=1, keepdims=True)
    return shape.like(np.where(known, found.receipt, np.nan))
