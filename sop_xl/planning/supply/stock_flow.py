"""Inventory: the target, projected stock and backlog, shipments, days of supply."""

from __future__ import annotations

import numpy as np

from sop_xl.planning.frames import Numbers, rounded


def target_inventory(demand: Numbers, days: Numbers, target_days: Numbers) -> Numbers:
    """Inventory wanted at the end of each period: the demand of the target days that follow it.

    ``T_t = C(n_t + d) - C(n_t)``: C is the cumulative demand by day, linear within a period and
    beyond the horizon at the daily demand of the last period; n_t are the days up to the end of
    period t, d the target days. It is what :func:`days_of_supply` measures: a stock on target
    covers its target days.

    Args:
        demand: Units, families down, plan periods across.
        days: Calendar days of each plan period.
        target_days: Days of supply to hold, one per family (upright).

    >>> target_inventory(np.array([[30.0, 60, 90]]), np.array([30.0, 30, 30]), np.array([[40.0]]))
    array([[ 90., 120., 120.]])
    """
    due, through = cumulative(demand), np.cumsum(days)
    reach = through + target_days
    # the last period that is reached whole, and the one that is reached in part
    at = np.searchsorted(through, reach, side="right") - 1
    after = np.minimum(at + 1, len(days) - 1)
    whole, part = np.take_along_axis(due, at, 1), np.take_along_axis(demand, after, 1)
    target: Numbers = whole + (reach - through[at]) * part / days[after] - due
    return target


def cumulative(demand: Numbers) -> Numbers:
    """Demand from the first plan period on.

    Rounded, as is the stock that is compared with it: the noise of floating point must not decide
    in which period a stock runs out.
    """
    return rounded(np.cumsum(demand, axis=1))


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
    due, through = cumulative(demand), np.cumsum(days)
    reach = rounded(due + inventory)
    # the last period whose demand is covered whole; it is never before the period itself
    at = np.zeros(demand.shape, dtype=np.int64)
    for t in range(demand.shape[1]):
        at[:, t] = (due <= reach[:, t : t + 1]).sum(axis=1) - 1
    inside = np.minimum(at + 1, demand.shape[1] - 1)
    whole, after = np.take_along_axis(due, at, 1), np.take_along_axis(demand, inside, 1)
    part = (reach - whole) / np.where(after > 0, after, 1.0)
    walked = through[at] - through + part * days[inside]
    cover = np.where(reach >= due[:, -1:], through[-1:] - through, walked)
    return np.where(inventory <= 0, 0.0, cover)
