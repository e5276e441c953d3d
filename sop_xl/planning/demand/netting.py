"""Forecast consumption: what is left of a forecast when orders have come in."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import beside
from sop_xl.planning.frames import zero


def net_forecast(
    forecast: npt.ArrayLike, orders: npt.ArrayLike, early: int = 0, late: int = 0
) -> npt.NDArray[np.generic]:
    """Forecast that no order has consumed yet, in units, never below zero. Orders consume the
    forecast of their own period, then of earlier periods, the nearest first, then of later ones.

    Period by period, the oldest orders first. Forecast + what orders exceed it by = net forecast +
    orders. Source: frePPLe, documentation of forecast netting (windows ``Net_Early``,
    ``Net_Late``).

    Args:
        forecast: Gross forecast in units; a blank is none.
        orders: Booked orders in units, by the period in which they are due; a blank is none.
        early: Earlier periods whose forecast an order may consume.
        late: Later periods whose forecast an order may consume.

    >>> net_forecast([350.0] * 4, [300.0, 500, 280, 0], early=1, late=1).tolist()
    [0.0, 0.0, 0.0, 320.0]
    """
    (gross, booked), shape = beside(forecast, orders)
    known = ~np.isnan(gross).all(axis=1, keepdims=True)
    net, open_orders = zero(gross), np.maximum(zero(booked), 0.0)
    count = net.shape[1]
    for period in range(count):
        before = range(period - 1, max(period - early, 0) - 1, -1)
        after = range(period + 1, min(period + late, count - 1) + 1)
        for consumed in (period, *before, *after):
            taken = np.minimum(open_orders[:, period], np.maximum(net[:, consumed], 0.0))
            net[:, consumed] -= taken
            open_orders[:, period] -= taken
    return shape.like(np.where(known, np.maximum(net, 0.0), np.nan))
