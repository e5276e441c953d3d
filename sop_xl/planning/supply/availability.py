"""What will be there: projected stock, what can still be promised, how long a stock lasts.

Ranges hold one series in each row, or one series down a column. A blank quantity is none.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import across, beside, one_each, series
from sop_xl.planning.frames import Numbers, zero
from sop_xl.planning.supply.stock_flow import days_of_supply


def projected_available(
    opening: npt.ArrayLike,
    supply: npt.ArrayLike,
    demand: npt.ArrayLike,
    orders: npt.ArrayLike = np.nan,
) -> npt.NDArray[np.generic]:
    """Projected available balance at the end of each period, in units: stock before + supply -
    demand. Negative is backlog. With orders, the greater of demand and orders leaves.

    ``I_t = I_(t-1) + S_t - max(D_t, O_t)``. Source: Stevenson, Operations Management, master
    scheduling (projected on-hand inventory).

    Args:
        opening: I_0, stock less backlog now, in units; one number, or one for each series.
        supply: S_t, receipts or production in units.
        demand: D_t, forecast in units.
        orders: O_t, booked orders in units.

    >>> projected_available(10.0, [0.0, 30.0], [15.0, 5.0]).tolist()
    [-5.0, 20.0]
    """
    (supplied, forecast, booked), shape = beside(supply, demand, orders)
    leaving = np.fmax(forecast, booked)
    known = ~(np.isnan(supplied) & np.isnan(leaving)).all(axis=1, keepdims=True)
    stock = one_each(opening, len(leaving)) + np.cumsum(zero(supplied) - zero(leaving), axis=1)
    return shape.like(np.where(known, stock, np.nan))


def available_to_promise(
    opening: npt.ArrayLike, mps: npt.ArrayLike, orders: npt.ArrayLike
) -> npt.NDArray[np.generic]:
    """Discrete available to promise, in units: each receipt less the orders booked until the next
    one. The first period adds the stock. Zero where nothing arrives; negative is promised too much.

    ``ATP_t = S_t - (O_t + ... + O_(u-1))``, u = period of the next receipt; in the first period
    ``I_0`` is added, and it promises from stock where nothing arrives. Source: Stevenson,
    Operations Management, master scheduling (available-to-promise inventory).

    Args:
        opening: I_0, stock now, in units; one number, or one for each series.
        mps: S_t, receipts of the master schedule in units.
        orders: O_t, booked orders in units.

    >>> available_to_promise(64.0, [0.0, 0, 70, 0], [33.0, 20, 10, 4]).tolist()
    [11.0, 0.0, 56.0, 0.0]
    """
    (supplied, booked), shape = beside(mps, orders)
    received = zero(supplied)
    received[:, :1] += one_each(opening, len(received))
    starts = zero(supplied) > 0
    starts[:, :1] = True
    # periods that draw on one receipt, numbered through all series
    lot = np.cumsum(starts.ravel()) - 1
    promised = np.bincount(lot, zero(booked).ravel())[lot].reshape(starts.shape)
    return shape.like(np.where(starts, received - promised, 0.0))


def forward_cover(stock: npt.ArrayLike, demand: npt.ArrayLike, days: npt.ArrayLike) -> Numbers:
    """Days of the coming demand that the stock of today covers, walking through the periods. A
    stock that outlasts them covers the days to their end; none or a backlog covers nothing.

    It is :func:`~sop_xl.planning.supply.stock_flow.days_of_supply`, seen from the start of the
    first period.

    Args:
        stock: Units now; one number, or one for each series.
        demand: Units of each coming period.
        days: Calendar days of each period, or one number for all.

    >>> forward_cover(75.0, [60.0, 30.0], [30.0, 31.0]).tolist()
    [[45.5]]
    """
    coming = series(demand).rows
    now = one_each(stock, len(coming))
    known = ~(np.isnan(now) | np.isnan(coming).all(axis=1, keepdims=True))
    # a period without days and without demand stands for today
    today = np.zeros((len(coming), 1))
    cover = days_of_supply(
        np.hstack([today, zero(coming)]),
        np.hstack([zero(now), np.zeros_like(coming)]),
        np.append(0.0, across(days, coming.shape[1])),
    )
    return np.where(known, cover[:, :1], np.nan)
