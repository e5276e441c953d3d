"""The facts of the stricter KPIs: item by item, line by line, over a year."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Flags, Numbers
from sop_xl.planning.performance import metrics
from sop_xl.planning.performance.facts import monthly
from sop_xl.planning.performance.service import told

YEAR = 12


def stricter_facts(
    axis: Axis,
    facts: dict[str, Numbers],
    *,
    history: pd.DataFrame,
    aop: pd.DataFrame,
    production: pd.DataFrame,
    orders: pd.DataFrame,
    actions: pd.DataFrame,
    balance: pd.DataFrame,
) -> dict[str, Numbers]:
    """What the other definitions need, by past month; NaN where nobody knows.

    Args:
        axis: Its past is what is measured.
        facts: The facts of the simple definitions.
        history: Actuals by block and month.
        aop: Budget.
        production: Planned and actual output by item.
        orders: Order lines.
        actions: Actions of the meetings.
        balance: What accounting booked.
    """
    return {
        "output_error": _output_error(production, facts["planned_output"], axis),
        "year_cost": _of_year(facts["cost_of_sales"]),
        "year_inventory": _of_year(facts["average_inventory"]) / YEAR,
        **_lines(orders, facts["orders_due"], axis),
        "revenue_error": _revenue_error(history, aop, axis),
        "receivables": monthly(balance, "receivables", axis),
        "inventory": monthly(balance, "inventory_value", axis),
        "payables": monthly(balance, "payables", axis),
        "actions_timely": _timely(actions, facts["actions_due"], axis),
    }


def stricter_kpis(facts: dict[str, Numbers]) -> dict[str, Numbers]:
    """The KPIs by the other definition; NaN where a fact is missing."""
    demand, planned = facts["forecast_demand"], facts["planned_output"]
    net = np.abs(facts["forecast"] - demand)
    return {
        "net_accuracy": np.maximum(0.0, 1 - metrics.share(net, demand)),
        "item_adherence": np.maximum(0.0, 1 - metrics.share(facts["output_error"], planned)),
        "yearly_turns": metrics.share(facts["year_cost"], facts["year_inventory"]),
        "requested_service": metrics.share(facts["lines_on_request"], facts["lines_requested"]),
        "due_otif": metrics.share(facts["lines_otif"], facts["orders_due"]),
        "family_revenue": np.maximum(
            0.0, 1 - metrics.share(facts["revenue_error"], facts["planned_revenue"])
        ),
        "trade_capital": facts["receivables"] + facts["inventory"] - facts["payables"],
        "timely_closure": metrics.share(facts["actions_timely"], facts["actions_due"]),
    }


def _output_error(production: pd.DataFrame, planned: Numbers, axis: Axis) -> Numbers:
    missed = (production["produced"].fillna(0.0) - production["planned"].fillna(0.0)).abs()
    found = monthly(production.assign(missed=missed), "missed", axis)
    return np.where(np.isnan(planned), np.nan, found)


def _of_year(numbers: Numbers) -> Numbers:
    """Sum of the twelve months up to each; NaN where one of them is not known.

    >>> _of_year(np.arange(13.0))[-2:].tolist()
    [66.0, 78.0]
    """
    found = np.full(len(numbers), np.nan)
    if len(numbers) >= YEAR:
        windows = np.lib.stride_tricks.sliding_window_view(numbers, YEAR)
        found[YEAR - 1 :] = windows.sum(axis=1)
    return found


def _lines(orders: pd.DataFrame, due: Numbers, axis: Axis) -> dict[str, Numbers]:
    """Lines by the requested day, and lines due that came on time and in full.

    What was delivered after the last delivery in the data nobody has told yet.
    """
    arrived = orders["delivered"].notna()
    known = told(orders, axis)
    wanted = axis.calendar.period_of(orders["requested"])
    requested = _counted(wanted, axis)
    on_request = arrived & (orders["delivered"] <= orders["requested"])
    promised = orders["promised"].fillna(orders["requested"])
    in_full = ~(orders["delivered_quantity"] < orders["quantity"])
    met = arrived & (orders["delivered"] <= promised) & in_full
    return {
        "lines_requested": requested,
        "lines_on_request": _part(requested, _counted(wanted[on_request], axis), known),
        "lines_otif": _part(due, _counted(axis.calendar.period_of(promised)[met], axis), known),
    }


def _counted(months: pd.Series, axis: Axis) -> Numbers:
    return np.asarray(months.value_counts().reindex(axis.past), dtype=float)


def _part(whole: Numbers, part: Numbers, known: Flags) -> Numbers:
    """A part is zero where the whole is known and the part is not; NaN where nobody has told."""
    return np.where(np.isnan(whole) | ~known, np.nan, np.nan_to_num(part))


def _revenue_error(history: pd.DataFrame, aop: pd.DataFrame, axis: Axis) -> Numbers:
    """Sum over the budgeted families of |revenue - AOP|."""
    sold, planned = (
        frame.pivot_table("revenue", "family", "period", "sum").reindex(columns=axis.past)
        for frame in (history, aop)
    )
    families = planned.index
    gap = (sold.reindex(families).astype(float).fillna(0.0) - planned.astype(float)).abs()
    known = sold.notna().any() & planned.notna().any()
    return np.where(known.to_numpy(), gap.sum().to_numpy(dtype=float), np.nan)


def _timely(actions: pd.DataFrame, due: Numbers, axis: Axis) -> Numbers:
    """Actions due by each month's end that were done by their due day."""
    done = actions[(actions["status"] == "done") & actions["due"].notna()]
    closed = done["closed"].fillna(done["due"])
    timely = done.loc[closed <= done["due"], "due"].to_numpy(dtype="datetime64[ns]")
    ends = np.array([axis.calendar.end(period) for period in axis.past], dtype="datetime64[ns]")
    count = (timely[:, np.newaxis] <= ends).sum(axis=0).astype(float)
    return np.where(np.isnan(due), np.nan, count)
