"""Inventory: the target, projected stock and backlog, shipments, days of supply."""

from __future__ import annotations

import numpy as np

from sop_xl.planning.frames import Numbers

AHEAD = 3
"""Periods whose average demand the target covers."""


def target_inventory(demand: Numbers, days: Numbers, target_days: Numbers) -> Numbers:
    """Inventory wanted at the end of each period: target days x average daily demand ahead.

    ``T_t = d x (D_(t+1) + D_(t+2) + D_(t+3)) / (n_(t+1) + n_(t+2) + n_(t+3))``, the three periods
    clipped to the horizon: the last period looks at itself.

    Args:
        demand: Units, families down, plan periods across.
        days: Calendar days of each plan period.
        target_days: Days of supply to hold, one per family (upright).

    >>> target_inventory(np.array([[30.0, 60, 90]]), np.array([30.0, 30, 30]), np.array([[10.0]]))
    array([[25., 30., 30.]])
    """
    return target_days * _ahead(demand) / _ahead(days[np.newaxis, :])


def _ahead(numbers: Numbers) -> Numbers:
    """Sum of the next periods of each, clipped to the horizon."""
    last = numbers.shape[1] - 1
    sums = np.zeros_like(numbers)
    for t in range(numbers.shape[1]):
        first = min(t + 1, last)
        sums[:, t] = numbers[:, first : min(t + AHEAD, last) + 1].sum(axis=1)
    return sums


def shipments(demand: Numbers, backlog: Numbers, opening_backlog: Numbers) -> Numbers:
    """What leaves in each period: ``demand + backlog before - backlog after``."""
    before = np.hstack([opening_backlog, backlog[:, :-1]])
    return demand + before - backlog


def days_of_supply(demand: Numbers, inventory: Numbers, days: Numbers) -> Numbers:
    """Days of the coming demand that the stock at the end of each period covers.

    Walks the coming periods, each with its own days; stock beyond the horizon covers the days to
    the horizon. Stock of zero covers nothing.

    Args:
        demand: Units, families down, plan periods across.
        inventory: Stock at the end of each period, not below zero.
        days: Calendar days of each plan period.

    >>> stock = np.array([[40.0, 0, 90]])
    >>> days_of_supply(np.array([[10.0, 20, 40]]), stock, np.array([31.0, 30, 31]))
    array([[45.5,  0. ,  0. ]])
    """
    cover = np.zeros_like(demand)
    through = np.cumsum(days)
    for row in range(demand.shape[0]):
        due = np.cumsum(demand[row])
        reach = due + inventory[row]
        # the last period whose demand is covered whole; it is never before the period itself
        at = np.searchsorted(due, reach, side="right") - 1
        inside = np.minimum(at + 1, len(due) - 1)
        part = (reach - due[at]) / np.where(demand[row, inside] > 0, demand[row, inside], 1.0)
        walked = through[at] - through + part * days[inside]
        cover[row] = np.where(reach >= due[-1], through[-1] - through, walked)
    return np.where(inventory <= 0, 0.0, cover)
