"""Production plans: chase, level, and what the planner fixes, projected period by period."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import across, beside, one_each, series
from sop_xl.planning.frames import Numbers, zero


class Projection(NamedTuple):
    """Proposals, plan and stock of each family (rows) and plan period (columns)."""

    chase: Numbers
    production: Numbers
    net_stock: Numbers
    """Stock less backlog at the end of the period; negative is backlog."""


def required_rate(demand: Numbers, opening: Numbers, workdays: Numbers) -> Numbers:
    """Constant daily output that avoids backlog up to each period.

    ``r_t = (D_1 + ... + D_t - S_0) / (w_1 + ... + w_t)``, units per working day.
    Source: Chopra & Meindl, Supply Chain Management, aggregate planning (level strategy).
    """
    return (np.cumsum(demand, axis=1) - opening) / np.cumsum(workdays)


def level_plan(demand: Numbers, opening: Numbers, ending: Numbers, workdays: Numbers) -> Numbers:
    """Output at the lowest constant daily rate that makes no backlog and ends on target.

    ``r = max(0, max_t r_t, (D_1 + ... + D_N + I_N - S_0) / (w_1 + ... + w_N))``, output ``r w_t``.
    Source: Heizer & Render, Operations Management, aggregate planning (level scheduling).

    Args:
        demand: Units, families down, periods across.
        opening: Stock less backlog before the first period, one per family (upright).
        ending: Inventory wanted at the end of the last period, one per family (upright).
        workdays: Working days of each period.

    >>> demand = np.array([[900.0, 700, 800, 1200, 1500, 1100]])
    >>> nothing = np.array([[0.0]])
    >>> level_plan(demand, nothing, nothing, np.array([22.0, 18, 21, 21, 22, 20]))
    array([[1100.,  900., 1050., 1050., 1100., 1000.]])
    """
    without_backlog = required_rate(demand, opening, workdays).max(axis=1, keepdims=True)
    on_target = (demand.sum(axis=1, keepdims=True) + ending - opening) / workdays.sum()
    rate: Numbers = np.maximum(0.0, np.maximum(without_backlog, on_target))
    return rate * workdays


def in_steps(units: Numbers, step: Numbers) -> Numbers:
    """The next whole step at or above so many units.

    Args:
        units: Any numbers.
        step: Units of a step, as many as the rows of ``units`` and as deep; 0 for any quantity.

    >>> in_steps(np.array([7.2, 7.2]), np.array([1.0, 0.0])).tolist()
    [8.0, 7.2]
    """
    each = np.where(step > 0, step, 1.0)
    # a remainder of floating point is no reason for another unit
    return np.where(step > 0, np.ceil(np.round(units / each, 9)) * each, units)


def level_in_steps(level: Numbers, step: Numbers) -> Numbers:
    """A level plan in whole steps: its sum to date is the next step at or above that of the plan,
    so no period runs into backlog by it.

    Args:
        level: Units, families down, periods across.
        step: Units of a step, one for each family (upright); 0 for any quantity.

    >>> level_in_steps(np.array([[2.5, 2.5, 2.5]]), np.array([[1.0]])).tolist()
    [[3.0, 2.0, 3.0]]
    """
    to_date = in_steps(np.cumsum(level, axis=1), np.broadcast_to(step, level.shape))
    return np.where(step > 0, np.diff(to_date, axis=1, prepend=0.0), level)


def project(
    demand: Numbers,
    target: Numbers,
    opening: Numbers,
    fixed: Numbers,
    level: Numbers,
    bought: npt.ArrayLike = 0.0,
    step: npt.ArrayLike = 0.0,
) -> Projection:
    """Walk through the periods: proposal, plan, stock.

    Chase: ``P_t = max(0, D_t + target_t - S_(t-1) - C_t)``, in whole steps; stock:
    ``S_t = S_(t-1) + P_t + C_t - D_t``.

    Args:
        demand: Units, families down, periods across.
        target: Inventory wanted at the end of each period.
        opening: Stock less backlog before the first period, one per family (upright).
        fixed: Output that the planner fixed; NaN where the proposal holds.
        level: The level plan of families that run level; NaN where demand is chased.
        bought: C, units from subcontractors; as the demand, or one number for all.
        step: Units of a step in which a chase plan is made, one for each family (upright), or one
            for all; 0 for any quantity.
    """
    steps = np.broadcast_to(np.asarray(step, dtype=float), opening.shape)[:, 0]
    outside = np.broadcast_to(np.asarray(bought, dtype=float), demand.shape)
    chase, production, stock = (np.zeros_like(demand) for _ in range(3))
    before = opening[:, 0]
    for t in range(demand.shape[1]):
        wanted = in_steps(demand[:, t] + target[:, t] - before - outside[:, t], steps)
        chase[:, t] = np.maximum(0.0, wanted)
        proposal = np.where(np.isnan(level[:, t]), chase[:, t], zero(level[:, t]))
        production[:, t] = np.where(np.isnan(fixed[:, t]), proposal, zero(fixed[:, t]))
        before = before + production[:, t] + outside[:, t] - demand[:, t]
        stock[:, t] = before
    return Projection(chase, production, stock)


def level_schedule(
    demand: npt.ArrayLike,
    workdays: npt.ArrayLike = 1.0,
    opening: npt.ArrayLike = 0.0,
    ending: npt.ArrayLike = 0.0,
) -> npt.NDArray[np.generic]:
    """Output of each period at the lowest constant daily rate that never runs into backlog and ends
    with the stock wanted, in units.

    It is :func:`level_plan` for the ranges of a sheet.

    Args:
        demand: Units; one series in each row, or one series down a column. A blank is none.
        workdays: Working days of each period, or one number for all.
        opening: Stock less backlog now; one number, or one for each series.
        ending: Stock wanted at the end; one number, or one for each series.

    Raises:
        ValueError: The ranges do not fit, or the first period has no working days.

    >>> level_schedule([10.0, 40.0], 20.0).tolist()
    [25.0, 25.0]
    """
    given = series(demand)
    rows = zero(given.rows)
    days = across(workdays, rows.shape[1])
    if (days[:1] == 0).any():
        raise ValueError("the first period has no working days, so there is no rate for it")
    first, last = (one_each(numbers, len(rows)) for numbers in (opening, ending))
    plan = level_plan(rows, first, last, days)
    return given.like(np.where(_any(given.rows), plan, np.nan))


def chase_schedule(
    demand: npt.ArrayLike, opening: npt.ArrayLike = 0.0, target: npt.ArrayLike = 0.0
) -> npt.NDArray[np.generic]:
    """Output that follows demand and ends each period with the stock wanted, in units. Never
    negative: too much stock is sold first.

    It is the chase plan of :func:`project` for the ranges of a sheet.

    Args:
        demand: Units; one series in each row, or one series down a column. A blank is none.
        opening: Stock less backlog now; one number, or one for each series.
        target: Stock wanted at the end of each period, or one number for all.

    >>> chase_schedule([10.0, 40.0], 30.0, 5.0).tolist()
    [0.0, 25.0]
    """
    (rows, wanted), shape = beside(demand, target)
    free = np.full(rows.shape, np.nan)
    plan = project(zero(rows), zero(wanted), one_each(opening, len(rows)), free, free).chase
    return shape.like(np.where(_any(rows), plan, np.nan))


def _any(rows: Numbers) -> npt.NDArray[np.bool_]:
    """Which series hold a number at all (upright)."""
    return np.asarray(~np.isnan(rows).all(axis=1, keepdims=True))
