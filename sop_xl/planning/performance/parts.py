"""The KPIs of the last closed month by family and by region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, positions
from sop_xl.planning.performance import metrics
from sop_xl.planning.performance.accuracy import at_lag, measured
from sop_xl.planning.performance.facts import average_inventory, output
from sop_xl.planning.performance.service import service
from sop_xl.schema import ALL, empty_frame
from sop_xl.tables.kpi_detail import KPI_PARTS


class Sources(NamedTuple):
    """What the parts are measured on."""

    history: pd.DataFrame
    families: pd.DataFrame
    items: pd.DataFrame
    stock: pd.DataFrame
    past_plans: pd.DataFrame
    production: pd.DataFrame
    orders: pd.DataFrame
    aop: pd.DataFrame
    finance_family: pd.DataFrame


def by_part(
    axis: Axis, level: tuple[str, ...], lag: int, family_of: pd.Series, given: Sources
) -> pd.DataFrame:
    """The table ``kpi_parts``: each family, then each region where the plan has regions.

    Args:
        axis: The last month of its past is measured.
        level: Keys of a planned block.
        lag: Cycles between plan and month at which accuracy is measured.
        family_of: The family of each item.
        given: The frames.
    """
    families = list(given.families["family"])
    frames = [_part(axis, level, lag, family_of, given, "family", families)]
    if "region" in level:
        regions = sorted(set(given.history["region"]) - {ALL, ""})
        frames.append(_part(axis, level, lag, family_of, given, "region", regions))
    frame = pd.concat(frames, ignore_index=True)
    frame = frame.assign(**_kpis(frame))[KPI_PARTS.names]
    return frame.astype(empty_frame(KPI_PARTS.columns).dtypes.to_dict())


def _part(
    axis: Axis, level: tuple[str, ...], lag: int, family_of: pd.Series, given: Sources, key: str,
    names: Sequence[str],
) -> pd.DataFrame:
    """The facts of each name of one key."""
    facts = {
        **_accuracy(axis, level, lag, given, key, names),
        **_volatility(axis, level, given, key, names),
        **_money(axis, given, key, names),
    }
    lines = given.orders
    if key == "family":
        lines = hierarchy.at_family(lines, family_of)
        facts |= _by_family(axis, family_of, given, names)
    served = [service(lines[at], axis) for at in _rows(lines[key], names)]
    for name in ("orders_due", "orders_on_time", "deliveries", "deliveries_otif"):
        facts[name] = np.array([float(one[name][-1]) for one in served])
    return pd.DataFrame({"part": key, "name": list(names), **facts})


def _rows(column: pd.Series, names: Sequence[str]) -> list[pd.Series]:
    at = pd.Series(positions(column, names), index=column.index)
    return [at == number for number in range(len(names))]


def _accuracy(
    axis: Axis, level: tuple[str, ...], lag: int, given: Sources, key: str, names: Sequence[str]
) -> dict[str, Numbers]:
    plans = at_lag(given.past_plans, axis, lag)
    found = {
        name: np.full(len(names), np.nan)
        for name in ("forecast", "forecast_demand", "absolute_error")
    }
    for part in measured(given.history, plans, level, axis, "consensus"):
        if key not in part.blocks:
            continue  # a plan of all of them is no plan of one
        at = positions(part.blocks[key], names)
        for name, numbers in part.figures.items():
            found[name] = _added(found[name], at, numbers[:, -1])
    return found


def _added(total: Numbers, at: np.ndarray, numbers: Numbers) -> Numbers:
    """Numbers of blocks added to the name each belongs to."""
    known = (at >= 0) & ~np.isnan(numbers)
    sums = np.bincount(at[known], numbers[known], minlength=len(total))
    seen = np.bincount(at[known], minlength=len(total)) > 0
    return np.where(seen, np.nan_to_num(total) + sums, total)


def _volatility(
    axis: Axis, level: tuple[str, ...], given: Sources, key: str, names: Sequence[str]
) -> dict[str, Numbers]:
    """Change of the newest closed cycle's plan against the cycle before."""
    cycle, plans = axis.opening, given.past_plans
    new, old = (plans[plans["cycle"] == made] for made in (cycle, cycle - 1))
    months = pd.PeriodIndex(sorted(set(new["period"]) & set(old["period"])), freq="M")
    months = months[months >= cycle]
    nothing = np.full(len(names), np.nan)
    if len(months) == 0:
        return {"plan_change": nothing, "previous_plan": nothing}
    blocks = hierarchy.blocks_of(level, [new, old])
    now, before = (
        np.nan_to_num(hierarchy.sums(plan, ["consensus"], blocks, months)["consensus"])
        for plan in (new, old)
    )
    at = positions(blocks[key], names)
    return {
        "plan_change": _added(nothing, at, np.abs(now - before).sum(axis=1)),
        "previous_plan": _added(nothing, at, before.sum(axis=1)),
    }


def _money(axis: Axis, given: Sources, key: str, names: Sequence[str]) -> dict[str, Numbers]:
    return {
        "revenue": _sum(given.history, key, names, axis, "revenue"),
        "planned_revenue": _sum(given.aop, key, names, axis, "revenue"),
    }


def _sum(
    frame: pd.DataFrame, key: str, names: Sequence[str], axis: Axis, column: str
) -> Numbers:
    rows = frame[frame["period"] == axis.opening]
    at = positions(rows[key], names)
    return _added(np.full(len(names), np.nan), at, rows[column].to_numpy(dtype=float))


def _by_family(
    axis: Axis, family_of: pd.Series, given: Sources, names: Sequence[str]
) -> dict[str, Numbers]:
    """Output and inventory, which no region has."""
    made = hierarchy.at_family(given.production, family_of)
    outputs = [output(made[at], axis) for at in _rows(made["family"], names)]
    held = hierarchy.at_family(given.stock, family_of).drop(columns="family")
    owner = held["item"].map(family_of)
    value = [
        float(average_inventory(held[at], given.items, family_of, given.families, axis)[-1])
        for at in _rows(owner, names)
    ]
    cost = _sum(given.finance_family, "family", names, axis, "cost_of_sales")
    days = float(axis.calendar.days(axis.past[-1:])[0])
    return {
        **{name: np.array([float(one[name][-1]) for one in outputs])
           for name in ("actual_output", "planned_output", "schedule_met")},
        "yearly_cost": cost * metrics.DAYS_A_YEAR / days,
        "average_inventory": np.array(value),
    }  # fmt: skip


def _kpis(frame: pd.DataFrame) -> dict[str, Numbers]:
    share = metrics.share
    demand = frame["forecast_demand"]
    return {
        "forecast_accuracy": np.maximum(0.0, 1 - share(frame["absolute_error"], demand)),
        "forecast_bias": share(frame["forecast"], demand) - 1,
        "plan_adherence": share(frame["actual_output"], frame["planned_output"]),
        "schedule_adherence": share(frame["schedule_met"], frame["planned_output"]),
        "inventory_turns": share(frame["yearly_cost"], frame["average_inventory"]),
        "customer_service": share(frame["orders_on_time"], frame["orders_due"]),
        "otif": share(frame["deliveries_otif"], frame["deliveries"]),
        "revenue_vs_plan": share(frame["revenue"], frame["planned_revenue"]),
        "demand_volatility": share(frame["plan_change"], frame["previous_plan"]),
    }
