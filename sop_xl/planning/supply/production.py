"""Production plans: chase, level, and what the planner fixes, projected period by period."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

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


def project(
    demand: Numbers, target: Numbers, opening: Numbers, fixed: Numbers, level: Numbers
) -> Projection:
    """Walk through the periods: proposal, plan, stock.

    Chase: ``P_t = max(0, D_t + target_t - S_(t-1))``; stock: ``S_t = S_(t-1) + P_t - D_t``.

    Args:
        demand: Units, families down, periods across.
        target: Inventory wanted at the end of each period.
        opening: Stock less backlog before the first period, one per family (upright).
        fixed: Output that the planner fixed; NaN where the proposal holds.
        level: The level plan of families that run level; NaN where demand is chased.
    """
    chase, production, stock = (np.zeros_like(demand) for _ in range(3))
    before = opening[:, 0]
    for t in range(demand.shape[1]):
        chase[:, t] = np.maximum(0.0, demand[:, t] + target[:, t] - before)
        proposal = np.where(np.isnan(level[:, t]), chase[:, t], zero(level[:, t]))
        production[:, t] = np.where(np.isnan(fixed[:, t]), proposal, zero(fixed[:, t]))
        before = before + production[:, t] - demand[:, t]
        stock[:, t] = before
    return Projection(chase, production, stock)
