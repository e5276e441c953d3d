"""Safety stock: what is held against demand and lead times that turn out otherwise."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers


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
    sigma, lead, sigma_lead, mean, between = (
        np.asarray(numbers, dtype=float)
        for numbers in (sigma_demand, lead_time, sigma_lead_time, mean_demand, review)
    )
    possible = (sigma >= 0) & (lead >= 0) & (sigma_lead >= 0) & (between >= 0)
    late = np.where(sigma_lead == 0, 0.0, mean * sigma_lead)
    variance = (lead + between) * sigma**2 + late**2
    stock = np.maximum(_z(service_level), 0.0) * np.sqrt(np.where(possible, variance, np.nan))
    return np.asarray(stock)


def _z(service_level: npt.ArrayLike) -> Numbers:
    """Quantile of the standard normal distribution; NaN for what is no share between 0 and 1."""
    levels = np.asarray(service_level, dtype=float)
    # a table of items has few levels
    distinct, at = np.unique(levels, return_inverse=True)
    normal = NormalDist()
    found = [normal.inv_cdf(level) if 0 < level < 1 else np.nan for level in distinct.tolist()]
    return np.array(found, dtype=float)[at].reshape(levels.shape)
