"""Safety stock: what is held against demand and lead times that turn out otherwise."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import beside
from sop_xl.planning.frames import Numbers, ratio

HALVINGS = 60
"""Steps of the search for a safety stock: the interval shrinks to the precision of a float."""
_ERFC = np.frompyfunc(math.erfc, 1, 1)


def safety_stock(
    service_level: npt.ArrayLike,
    sigma_demand: npt.ArrayLike,
    lead_time: npt.ArrayLike,
    sigma_lead_time: npt.ArrayLike = 0.0,
    mean_demand: npt.ArrayLike = np.nan,
    review: npt.ArrayLike = 0.0,
) -> Numbers:
    """Safety stock in units: z x root((L + T) x sd_demand^2 + demand^2 x sd_lead_time^2). The
    service level is the share of cycles without a stock-out. Demand and lead time are normal and
    independent of each other.

    ``SS = z root((L + T) s_D^2 + D^2 s_L^2)``, z = quantile of the standard normal distribution.
    Never below zero: a service level of less than one half needs no safety stock. Source: Chopra
    and Meindl, Supply Chain Management, chapter 12 (continuous and periodic review, uncertain lead
    time).

    Args:
        service_level: Cycle service level, a share above 0 and below 1.
        sigma_demand: s_D, standard deviation of the demand of a period, in units.
        lead_time: L, mean lead time in periods.
        sigma_lead_time: s_L, standard deviation of the lead time, in periods.
        mean_demand: D, mean demand of a period, in units; needed where the lead time varies.
        review: T, periods between two reviews; 0 where stock is watched all the time.

    >>> safety_stock(0.9, 500.0, 2.0).round(2).item()
    906.19
    """
    sigma = lead_time_sigma(sigma_demand, lead_time, sigma_lead_time, mean_demand, review)
    return np.asarray(np.maximum(_z(service_level), 0.0) * sigma)


def lead_time_sigma(
    sigma_demand: npt.ArrayLike,
    lead_time: npt.ArrayLike,
    sigma_lead_time: npt.ArrayLike = 0.0,
    mean_demand: npt.ArrayLike = np.nan,
    review: npt.ArrayLike = 0.0,
) -> Numbers:
    """Standard deviation of the demand during the lead time (and review), in units.

    ``root((L + T) s_D^2 + D^2 s_L^2)``, symbols and source as for :func:`safety_stock`; missing
    where a number is negative, or where the lead time varies and the demand is unknown.

    >>> lead_time_sigma(500.0, 2.0).round(2).item()
    707.11
    """
    sigma, lead, sigma_lead, mean, between = (
        np.asarray(numbers, dtype=float)
        for numbers in (sigma_demand, lead_time, sigma_lead_time, mean_demand, review)
    )
    possible = (sigma >= 0) & (lead >= 0) & (sigma_lead >= 0) & (between >= 0)
    late = np.where(sigma_lead == 0, 0.0, mean * sigma_lead)
    variance = (lead + between) * sigma**2 + late**2
    return np.asarray(np.sqrt(np.where(possible, variance, np.nan)))


def safety_stock_for_fill_rate(
    fill_rate: npt.ArrayLike,
    order_quantity: npt.ArrayLike,
    sigma_demand: npt.ArrayLike,
    lead_time: npt.ArrayLike,
    sigma_lead_time: npt.ArrayLike = 0.0,
    mean_demand: npt.ArrayLike = np.nan,
    review: npt.ArrayLike = 0.0,
) -> Numbers:
    """Safety stock in units at which the fill rate, the share of demand that is served from stock,
    is as wanted. Large orders need less of it, for stock-outs are rarer. Never below zero.

    Solves ``s G(SS / s) = (1 - b) Q`` for SS; s is :func:`lead_time_sigma`,
    ``G(k) = phi(k) - k (1 - Phi(k))`` the loss function of the standard normal distribution.
    Source: Chopra and Meindl, Supply Chain Management, chapter 12 (safety inventory for a desired
    fill rate).

    Args:
        fill_rate: b, a share above 0 and below 1.
        order_quantity: Q, units of one order or lot.
        sigma_demand: As for :func:`safety_stock`, and all the others.
        lead_time: L.
        sigma_lead_time: s_L.
        mean_demand: D.
        review: T.

    >>> safety_stock_for_fill_rate(0.975, 10_000.0, 500.0, 2.0).round(1).item()
    66.7
    """
    share, lot = np.asarray(fill_rate, dtype=float), np.asarray(order_quantity, dtype=float)
    sigma = lead_time_sigma(sigma_demand, lead_time, sigma_lead_time, mean_demand, review)
    possible = (share > 0) & (share < 1) & (lot > 0)
    certain = sigma == 0
    allowed = np.where(possible, (1 - share) * lot, np.nan) / np.where(certain, 1.0, sigma)
    low, high = np.zeros(allowed.shape), np.full(allowed.shape, 40.0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        more = loss(middle) > allowed
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return np.asarray(np.where(np.isnan(allowed), np.nan, np.where(certain, 0.0, low * sigma)))


def safety_stock_from_errors(
    service_level: float, forecast: npt.ArrayLike, actual: npt.ArrayLike, lead_time: float = 1.0
) -> Numbers:
    """Safety stock in units from what forecasts missed: z x root(mean square of forecast - actual)
    x root(lead time). A forecast that is always too low or high counts as an error like any other.

    The errors of different periods count as independent. Where the forecasts were made a lead time
    ahead for the whole lead time, the lead time is one period. Source: Chopra and Meindl, Supply
    Chain Management, chapter 12, with the forecast error in place of the demand's deviation.

    Args:
        service_level: Cycle service level, a share above 0 and below 1.
        forecast: Units forecast; one item in each row, or one down a column.
        actual: Units that came, as many cells; a period without both is left out.
        lead_time: L, in periods.

    >>> level = NormalDist().cdf(1.0)
    >>> safety_stock_from_errors(level, [10.0, 10], [7.0, 13], 4).round(6).tolist()
    [[6.0]]
    """
    (expected, came), _ = beside(forecast, actual)
    errors = expected - came
    known = ~np.isnan(errors)
    squares = np.where(known, errors, 0.0) ** 2
    mean_square = ratio(
        squares.sum(axis=1, keepdims=True), known.sum(axis=1, keepdims=True).astype(float)
    )
    return np.asarray(np.maximum(_z(service_level), 0.0) * np.sqrt(mean_square * lead_time))


class StockService(NamedTuple):
    """What a safety stock gives."""

    cycle_service: Numbers
    """Share of cycles without a stock-out."""
    shortage: Numbers
    """Units that a cycle is expected to lack."""
    fill_rate: Numbers
    """Share of demand that is served from stock."""


def service_of_stock(
    safety_stock: npt.ArrayLike, sigma: npt.ArrayLike, order_quantity: npt.ArrayLike
) -> StockService:
    """What a safety stock gives: the share of cycles without a stock-out, the units that a cycle is
    expected to lack, and the fill rate, the share of demand that is served from stock.

    ``Phi(SS / s)``; ``ESC = s G(SS / s)``; ``1 - ESC / Q``. Source: Chopra and Meindl, Supply Chain
    Management, chapter 12 (cycle service level and fill rate of a replenishment policy).

    Args:
        safety_stock: SS, units; reorder point less mean demand during the lead time.
        sigma: s, standard deviation of the demand during the lead time, above zero.
        order_quantity: Q, units of one order or lot, above zero.

    >>> [round(float(x), 4) for x in service_of_stock(1000.0, 500 * 2**0.5, 10_000.0)]
    [0.9214, 25.1273, 0.9975]
    """
    stock, spread, lot = np.broadcast_arrays(
        *(np.asarray(x, dtype=float) for x in (safety_stock, sigma, order_quantity))
    )
    possible = (spread > 0) & (lot > 0)
    k = np.where(possible, stock, np.nan) / np.where(possible, spread, 1.0)
    shortage = spread * loss(k)
    filled = 1 - shortage / np.where(possible, lot, 1.0)
    return StockService(_normal(k), shortage, np.asarray(filled))


def reorder_level(
    mean_demand: npt.ArrayLike,
    lead_time: npt.ArrayLike,
    safety_stock: npt.ArrayLike,
    review: npt.ArrayLike = 0.0,
) -> Numbers:
    """Stock and orders at which to order, in units: demand during the lead time + safety stock.
    With a review it is the level up to which each review orders.

    ``ROP = D L + SS``; ``OUL = D (L + T) + SS``. Source: Chopra and Meindl, Supply Chain
    Management, chapter 12 (continuous and periodic review).

    >>> reorder_level(2500.0, 2.0, 1000.0).item()
    6000.0
    """
    mean, lead, stock, between = (
        np.asarray(x, dtype=float) for x in (mean_demand, lead_time, safety_stock, review)
    )
    return np.asarray(mean * (lead + between) + stock)


def loss(k: npt.ArrayLike) -> Numbers:
    """Expected excess of a standard normal number over k: ``G(k) = phi(k) - k (1 - Phi(k))``.

    >>> loss(0.0).round(4).item()
    0.3989
    """
    at = np.asarray(k, dtype=float)
    density = np.exp(-(at**2) / 2) / math.sqrt(2 * math.pi)
    # the tail by erfc: 1 - Phi loses its digits where little is left
    return np.asarray(np.maximum(density - at * _normal(-at), 0.0))


def _normal(k: Numbers) -> Numbers:
    """The standard normal distribution function."""
    return np.asarray(_ERFC(-k / math.sqrt(2)), dtype=float) / 2


def _z(service_level: npt.ArrayLike) -> Numbers:
    """Quantile of the standard normal distribution; NaN for what is no share between 0 and 1."""
    levels = np.asarray(service_level, dtype=float)
    # a table of items has few levels
    distinct, at = np.unique(levels, return_inverse=True)
    normal = NormalDist()
    found = [normal.inv_cdf(level) if 0 < level < 1 else np.nan for level in distinct.tolist()]
    return np.array(found, dtype=float)[at].reshape(levels.shape)
