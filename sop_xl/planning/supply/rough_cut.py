"""Rough-cut capacity for ranges: overall factors, hours of machines, set-ups, bands, pre-build.

The load by bill of resources and by resource profile stands in
:mod:`~sop_xl.planning.supply.capacity`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import beside, series
from sop_xl.planning.frames import Numbers, ratio, rounded, zero

BANDS = (0.85, 1.0, 1.1)
"""Utilisation up to which a resource is free, full, over; above the last one it is far over."""
WORDS = ("free", "full", "over", "far over")
NO_CAPACITY = "no capacity"


def overall_factors(
    volumes: npt.ArrayLike, hours_per_unit: npt.ArrayLike, shares: npt.ArrayLike
) -> Numbers:
    """Load of each resource in hours by overall factors: all hours of a period, split by the shares
    that the resources had of the hours in the past. A change of the mix between families shows in
    the total only.

    ``L_wt = s_w x (sum over families of P_ft x h_f)``. Source: Berry, Schmitt and Vollmann,
    Journal of Operations Management 3(1), 1982 (capacity planning using overall factors, CPOF).

    Args:
        volumes: P, units, families down, periods across; a blank is none.
        hours_per_unit: h, hours of one unit at all resources together, one for each family.
        shares: s, share of each resource in all hours; they add up to 1.

    Raises:
        ValueError: There are not as many hours as families, or the shares do not add up to 1.

    >>> overall_factors([[33.0], [17.0]], [0.95, 1.85], [0.6, 0.4]).round(2).tolist()
    [[37.68], [25.12]]
    """
    units = np.atleast_2d(np.asarray(volumes, dtype=float))
    hours = np.asarray(hours_per_unit, dtype=float).ravel()
    parts = zero(np.asarray(shares, dtype=float).ravel())
    if len(hours) != len(units):
        raise ValueError(
            f"rows are families: {len(units)} rows of volumes, {len(hours)} hours per unit"
        )
    if abs(parts.sum() - 1) > 1e-3:
        raise ValueError(f"the shares add up to {parts.sum():.6g}: they have to add up to 1")
    if np.isnan(units).all() or np.isnan(hours).all():
        return np.full((len(parts), units.shape[1]), np.nan)
    return np.asarray(np.outer(parts, zero(hours) @ zero(units)))


def available_hours(
    machines: npt.ArrayLike,
    shifts: npt.ArrayLike,
    hours_per_shift: npt.ArrayLike,
    days: npt.ArrayLike,
    efficiency: npt.ArrayLike = 1.0,
    planned_loss: npt.ArrayLike = 0.0,
    holidays: npt.ArrayLike = 0.0,
) -> Numbers:
    """Hours that a resource has: machines x shifts x hours of a shift x (days - holidays) x
    efficiency x (1 - planned loss). Never below zero.

    Source: Krajewski, Ritzman and Malhotra, Operations Management, capacity planning (the planned
    loss is their capacity cushion).

    Args:
        machines: Machines, or people who work beside each other.
        shifts: Shifts of a day.
        hours_per_shift: Hours of a shift.
        days: Working days of the period.
        efficiency: Standard hours made in an hour, 0.9 for 90 %.
        planned_loss: Share of the hours that maintenance, set-ups or a cushion take.
        holidays: Days of the period on which the resource stands still.

    >>> available_hours(1, 1, 8, 250, planned_loss=0.15).item()
    1700.0
    """
    count, shift, hours, worked, effective, loss, closed = (
        np.asarray(x, dtype=float)
        for x in (machines, shifts, hours_per_shift, days, efficiency, planned_loss, holidays)
    )
    open_days = np.maximum(worked - closed, 0.0)
    return np.asarray(count * shift * hours * open_days * effective * (1 - loss))


class Machines(NamedTuple):
    """How many machines a load takes."""

    exact: float
    whole: float


def machines_needed(
    volumes: npt.ArrayLike,
    hours_per_unit: npt.ArrayLike,
    hours_per_machine: float,
    lot_size: npt.ArrayLike = np.nan,
    setup_hours: npt.ArrayLike = 0.0,
) -> Machines:
    """Machines that all volumes together take, exactly and as a whole number: hours of work and of
    set-ups by the hours of one machine.

    ``M = sum of (D p + D / Q s) / N``. Source: Krajewski, Ritzman and Malhotra, Operations
    Management, capacity planning (capacity requirements with set-up times).

    Args:
        volumes: D, units of each product in the period.
        hours_per_unit: p, hours of one unit.
        hours_per_machine: N, hours that one machine has in the period, its cushion taken off.
        lot_size: Q, units between two set-ups; needed where set-ups take time.
        setup_hours: s, hours of one set-up.

    Raises:
        ValueError: A product has set-ups, but no lot size.

    >>> machines_needed([2000.0, 6000.0], [0.5, 0.7], 1700.0, [20, 30], [0.25, 0.4]).whole
    4.0
    """
    units, work, lots, setups = np.broadcast_arrays(
        *(np.asarray(x, dtype=float) for x in (volumes, hours_per_unit, lot_size, setup_hours))
    )
    units, setups = zero(units), zero(setups)
    unknown = (units > 0) & (setups > 0) & ~(lots > 0)
    if unknown.any():
        raise ValueError("a product with set-ups needs a lot size above zero")
    load = (units * zero(work) + np.where(setups > 0, units * setups / lots, 0.0)).sum()
    exact = load / hours_per_machine
    return Machines(float(exact), float(np.ceil(round(exact, 9))))


def cumulative_gap(load: npt.ArrayLike, available: npt.ArrayLike) -> npt.NDArray[np.generic]:
    """Available - load up to each period, both in hours: hours that work done ahead can still use.
    Negative where even that does not help: so many hours have to come from elsewhere.

    Args:
        load: Hours; one resource in each row, or one down a column. A blank is none.
        available: Hours, as many cells or one number for all.

    >>> cumulative_gap([140.0, 176.0, 190.0], 160.0).tolist()
    [20.0, 4.0, -26.0]
    """
    (needed, there), shape = beside(load, available)
    return shape.like(rounded(np.cumsum(zero(there) - zero(needed), axis=1)))


def utilisation_band(
    load: npt.ArrayLike,
    available: npt.ArrayLike,
    full: float = BANDS[0],
    over: float = BANDS[1],
    far_over: float = BANDS[2],
) -> npt.NDArray[np.object_]:
    """How well a resource is used, in words: free, full, over or far over, by load / available;
    no capacity where there is load but nothing to carry it.

    Args:
        load: Hours.
        available: Hours, as many cells or one for all.
        full: Utilisation from which a resource counts as full.
        over: Utilisation above which it is over.
        far_over: Utilisation above which overtime will not do.

    Raises:
        ValueError: The bands do not rise.

    >>> utilisation_band([80.0, 100.0, 105.0, 120.0], 100.0).tolist()
    ['free', 'full', 'over', 'far over']
    """
    if not full <= over <= far_over:
        raise ValueError(f"the bands have to rise: {full:g}, {over:g}, {far_over:g}")
    needed, there = np.broadcast_arrays(
        np.asarray(load, dtype=float), np.asarray(available, dtype=float)
    )
    used = rounded(zero(ratio(needed, there)))
    words = np.array(WORDS, dtype=object)
    # up to 100 % there is enough, from 85 % on it is full
    at = (used >= full).astype(int) + (used > over) + (used > far_over)
    found = words[at]
    nothing = (zero(there) <= 0) & (zero(needed) > 0)
    return np.where(np.isnan(needed), "", np.where(nothing, NO_CAPACITY, found))


def demonstrated(output: npt.ArrayLike, periods: int = 3) -> npt.NDArray[np.generic]:
    """What a resource has shown that it can do: its mean output of the last periods that are known.

    Args:
        output: Actual output or standard hours; one resource in each row, or one down a column.
        periods: How many known periods count.

    >>> demonstrated([[90.0, 100.0, 80.0, 120.0, np.nan]]).tolist()
    [[100.0]]
    """
    given = series(output)
    known = ~np.isnan(given.rows)
    # counted from the end
    behind = np.cumsum(known[:, ::-1], axis=1)[:, ::-1]
    counted = known & (behind <= periods)
    total = np.where(counted, given.rows, 0.0).sum(axis=1, keepdims=True)
    return np.asarray(ratio(total, counted.sum(axis=1, keepdims=True).astype(float)))
