"""From baseline to consensus: the layers of the demand plan, block by block."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand import events as event_layer
from sop_xl.planning.demand.forecaster import Forecast
from sop_xl.planning.frames import Numbers, across, zero
from sop_xl.tables.demand import DEMAND_PLAN

ADJUSTMENTS = ("sales_adjustment", "marketing_adjustment", "finance_adjustment")
LAYERS = ("baseline", "lifecycle", "pipeline", "events", *ADJUSTMENTS)
"""What adds up to the consensus where nothing is fixed."""


def last_cycle(past_plans: pd.DataFrame, axis: Axis) -> pd.DataFrame:
    """The rows of the latest plan that was made before this cycle."""
    earlier = past_plans["cycle"].where(past_plans["cycle"] < axis.first)
    rows: pd.DataFrame = past_plans[earlier == earlier.max()]
    return rows


def changed(inputs: pd.DataFrame, axis: Axis) -> pd.DataFrame:
    """The rows of the plan months in which somebody changed a number."""
    touched = inputs[[*ADJUSTMENTS, "fixed"]].notna().any(axis=1)
    return inputs[touched & inputs["period"].isin(axis.plan)]


def demand_plan(
    axis: Axis,
    blocks: pd.DataFrame,
    actual: Numbers,
    cleaned: Numbers,
    baseline: Forecast,
    *,
    pipeline: pd.DataFrame,
    events: pd.DataFrame,
    lifecycle: Numbers,
    aop: pd.DataFrame,
    previous: pd.DataFrame,
    inputs: pd.DataFrame,
) -> pd.DataFrame:
    """The grid ``demand_plan``.

    Consensus is what was fixed, else max(0, baseline + pipeline + events + lifecycle +
    adjustments).

    Args:
        axis: The cycle.
        blocks: Keys of the blocks, sorted.
        actual: Demand of each block in the past shown.
        cleaned: What the forecast was made from instead; NaN where it is the demand.
        baseline: Forecast of each block for the plan periods.
        pipeline: Deals with close month and weighted quantity.
        events: Events.
        lifecycle: What launches and phase-outs change in each block and plan period.
        aop: The budget.
        previous: The plan of the cycle before.
        inputs: What people typed into the plan.
    """
    deals = pipeline.assign(period=pipeline["close_period"])
    columns = [*ADJUSTMENTS, "fixed"]
    plan = hierarchy.sums(inputs, columns, blocks, axis.plan)
    plan |= {
        "baseline": baseline.mean,
        "low": baseline.low,
        "high": baseline.high,
        "pipeline": zero(_sum(deals, "weighted_quantity", blocks, axis.plan)),
        "events": event_layer.layer(events, baseline.mean, blocks, axis.plan),
        "lifecycle": lifecycle,
        "last_cycle": _sum(previous, "consensus", blocks, axis.plan),
    }
    reason = _reasons(inputs, blocks, axis)
    summed = np.maximum(0.0, np.sum([zero(plan[name]) for name in LAYERS], axis=0))
    plan["consensus"] = np.where(np.isnan(plan["fixed"]), summed, plan["fixed"])
    touched = np.any([~np.isnan(plan[name]) for name in columns], axis=0)
    plan["unexplained"] = (touched & (reason[:, axis.history :] == "")).astype(float)
    plan["change"] = plan["consensus"] - plan["last_cycle"]
    budget = zero(_sum(aop, "quantity", blocks, axis.periods))
    plan["gap_to_aop"] = gap_to_aop(plan["consensus"], budget[:, axis.history :])
    cells: dict[str, npt.NDArray[np.generic]] = {
        name: across(axis, plan=numbers) for name, numbers in plan.items()
    }
    cells |= {"actual": across(axis, past=actual), "cleaned": across(axis, past=cleaned)}
    cells |= {"aop": budget, "reason": reason}
    return hierarchy.level_grid(DEMAND_PLAN, blocks, axis, cells)


def gap_to_aop(consensus: Numbers, aop: Numbers) -> Numbers:
    """Consensus demand - AOP; blank where there is no AOP."""
    return np.where(aop == 0, np.nan, consensus - aop)


def _sum(facts: pd.DataFrame, value: str, blocks: pd.DataFrame, periods: pd.PeriodIndex) -> Numbers:
    return hierarchy.sums(facts, [value], blocks, periods)[value]


def _reasons(inputs: pd.DataFrame, blocks: pd.DataFrame, axis: Axis) -> npt.NDArray[np.object_]:
    """The reason in each block and period of the axis, "" where there is none."""
    reasons = np.full((len(blocks), len(axis.periods)), "", dtype=object)
    row = hierarchy.rows_of(inputs, blocks)
    column = axis.periods.get_indexer(pd.PeriodIndex(inputs["period"]))
    planned = (row >= 0) & (column >= axis.history)
    reasons[row[planned], column[planned]] = inputs["reason"].to_numpy()[planned]
    return reasons
