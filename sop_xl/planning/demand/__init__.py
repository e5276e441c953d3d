"""Step 2, demand planning: history, pipeline and events in, consensus demand out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from sop_xl.planning import Outcome, hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand import consensus, totals
from sop_xl.planning.demand.forecaster import FORECASTERS, Forecast
from sop_xl.planning.demand.pipeline import open_deals, with_outputs
from sop_xl.planning.frames import Numbers
from sop_xl.planning.wording import count, listed, month
from sop_xl.schema import Finding, Severity
from sop_xl.tables.settings import Settings


def run(
    axis: Axis,
    settings: Settings,
    *,
    items: pd.DataFrame,
    actuals: pd.DataFrame,
    families: pd.DataFrame,
    pipeline: pd.DataFrame,
    events: pd.DataFrame,
    aop: pd.DataFrame,
    past_plans: pd.DataFrame,
    demand_plan_inputs: pd.DataFrame,
    demand_total_inputs: pd.DataFrame,
) -> Outcome:
    """Forecast each block of the planning level and lay pipeline, events and changes on top."""
    names = pd.Index(families["family"]).sort_values()
    facts = hierarchy.closed_actuals(actuals, hierarchy.families_of(items, settings), axis)
    deals = with_outputs(pipeline, axis, settings.pipeline_share)
    previous = consensus.last_cycle(past_plans, axis)
    blocks = _blocks(axis, settings.level, names, facts, deals, aop, previous, demand_plan_inputs)
    months = hierarchy.delivered_months(facts)
    history = hierarchy.demand_history(facts, blocks, months)
    belongs = totals.members(blocks, names)
    forecast = _forecaster(axis, settings, months)
    found = forecast(history)

    def like_blocks(series: Numbers) -> totals.Baseline:
        return totals.Baseline(*forecast(series)[:3])

    alone = totals.Baseline(*found[:3])
    sums = totals.forecast_of_sums(history, alone, belongs, like_blocks)
    agreed = totals.reconciled(blocks, names, alone, sums, settings.reconciliation)
    own = found._replace(mean=agreed.mean, low=agreed.low, high=agreed.high)
    plan = consensus.demand_plan(
        axis,
        blocks,
        _shown(history, months, axis),
        own,
        pipeline=deals,
        events=events,
        aop=aop,
        previous=previous,
        inputs=demand_plan_inputs,
    )
    ends = totals.total_range(blocks, names, agreed, sums, belongs)
    frames = {
        "demand_plan": plan,
        "demand_total": totals.demand_total(axis, plan, belongs, names, ends, demand_total_inputs),
        "long_history": totals.long_history(history, months, belongs, names),
        "pipeline": deals,
        "events": events,
    }
    return Outcome(frames, [*_overdue(deals, axis), *_without_history(blocks, own)])


def _blocks(
    axis: Axis,
    level: tuple[str, ...],
    names: pd.Index,
    facts: pd.DataFrame,
    deals: pd.DataFrame,
    aop: pd.DataFrame,
    previous: pd.DataFrame,
    inputs: pd.DataFrame,
) -> pd.DataFrame:
    """Every block of the planned families that has demand, a budget, a deal or a plan."""
    weighed = deals["close_period"].isin(axis.plan) & (deals["weighted_quantity"] != 0)
    tables = (
        facts,
        deals[weighed],
        aop[aop["period"].isin(axis.periods)],
        previous[previous["period"].isin(axis.plan)],
        consensus.changed(inputs, axis),
    )
    return hierarchy.blocks_of(level, [hierarchy.in_families(table, names) for table in tables])


def _forecaster(
    axis: Axis, settings: Settings, months: pd.PeriodIndex
) -> Callable[[Numbers], Forecast]:
    """Forecasts histories for the plan periods.

    Where the last months were not delivered, the forecast begins in them and they are cut off.
    """
    forecaster = FORECASTERS[settings.forecaster]
    late = (axis.opening - months[-1]).n if len(months) else 0

    def forecast(history: Numbers) -> Forecast:
        found = forecaster.forecast(history, late + axis.horizon, settings.range_level)
        mean, low, high = (numbers[:, late:] for numbers in found[:3])
        return Forecast(mean, low, high, found.methods)

    return forecast


def _shown(history: Numbers, months: pd.PeriodIndex, axis: Axis) -> Numbers:
    at = months.get_indexer(axis.past)
    padded = np.hstack([history, np.full((len(history), 1), np.nan)])
    return padded[:, at]


def _overdue(deals: pd.DataFrame, axis: Axis) -> list[Finding]:
    """Open deals that should have closed before the plan begins: the plan does not count them."""
    late = open_deals(deals) & (deals["close_date"] < axis.calendar.start(axis.first))
    if not late.any():
        return []
    numbers = deals.loc[late, "opportunity"]
    message = (
        f"{count(len(numbers), 'open deal')} should have closed before {month(axis.first)} and "
        f"{'is' if len(numbers) == 1 else 'are'} not in the plan: {listed(numbers)}."
    )
    remedy = "Give them a new close date, or mark them won or lost."
    return [Finding("pipeline", message, remedy, Severity.WARNING)]


def _without_history(blocks: pd.DataFrame, forecast: Forecast) -> list[Finding]:
    """Blocks of which the forecaster could say nothing, or only the mean."""
    findings = []
    labels = blocks.agg(" / ".join, axis=1) if len(blocks) else pd.Series(dtype="str")
    methods = np.array(forecast.methods, dtype=object)
    for method, what in (
        ("no history", "No history, so a baseline of zero"),
        ("mean", "Too little history for a season, so the mean as baseline"),
    ):
        names = labels[methods == method]
        if len(names):
            message = f"{what}: {listed(names)}."
            remedy = "Plan these blocks by hand, in the rows of sales and marketing."
            findings.append(Finding("demand_plan", message, remedy, Severity.WARNING))
    return findings
