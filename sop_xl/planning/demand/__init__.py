"""Step 2, demand planning: history, pipeline and events in, consensus demand out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import Outcome, hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand import (
    changes,
    choices,
    consensus,
    drivers,
    lifecycle,
    statsmodels_ets,
    totals,
)
from sop_xl.planning.demand.cleansing import cleanse
from sop_xl.planning.demand.detail import detail, methods, names_of
from sop_xl.planning.demand.engine.methods import METHODS
from sop_xl.planning.demand.engine.result import MONTHS, Forecasts
from sop_xl.planning.demand.explanation import told
from sop_xl.planning.demand.forecaster import Forecast, forecast
from sop_xl.planning.demand.pipeline import open_deals, with_outputs
from sop_xl.planning.frames import Numbers, zero
from sop_xl.planning.wording import count, listed, month
from sop_xl.schema import Finding, Severity
from sop_xl.tables.forecast import MOST_BLOCKS
from sop_xl.tables.settings import Settings

SHORT = 6
"""Months of history below which a planner should look at the baseline."""
GROWN = 2 * MONTHS
"""Months of history from which a block's baseline is brought together with those of the totals."""


class History(NamedTuple):
    """The demand that forecasts are made from."""

    blocks: pd.DataFrame
    """Keys of the blocks of the planning level."""
    months: pd.PeriodIndex
    """All months delivered."""
    demand: Numbers
    """Blocks down, months across; NaN before anything moved."""
    cleaned: Numbers
    """The same without what is not usual: what forecasts are made from."""


class Known(NamedTuple):
    """What is known before anything is forecast."""

    history: History
    life: lifecycle.Facts
    """Launches and ends of life, and what they are made from."""
    lift: drivers.Lift
    """The history without the effect of signals, and that effect."""
    deals: pd.DataFrame
    previous: pd.DataFrame
    """The plan of the cycle before."""
    listing: pd.DataFrame
    """Corrections of the history."""
    pins: list[str]
    """The method that planners have chosen for each block; empty for none."""
    findings: list[Finding]


def known(
    axis: Axis,
    settings: Settings,
    *,
    items: pd.DataFrame,
    actuals: pd.DataFrame,
    families: pd.DataFrame,
    pipeline: pd.DataFrame,
    events: pd.DataFrame,
    launches: pd.DataFrame,
    signals: pd.DataFrame,
    aop: pd.DataFrame,
    past_plans: pd.DataFrame,
    cleansing: pd.DataFrame,
    forecast_choices: pd.DataFrame,
    demand_plan_inputs: pd.DataFrame,
) -> Known:
    """The blocks with their cleaned history, and what people have decided about it."""
    names = pd.Index(families["family"]).sort_values()
    family_of = hierarchy.families_of(items, settings)
    facts = hierarchy.closed_actuals(actuals, family_of, axis)
    lives = lifecycle.valid(launches, hierarchy.launched(launches, family_of, settings))
    deals = with_outputs(pipeline, axis, settings.pipeline_share)
    previous = consensus.last_cycle(past_plans, axis)
    new = lifecycle.opened(lives, axis, facts, settings.level)
    blocks = _blocks(
        axis, settings.level, names, facts, deals, aop, previous, new, demand_plan_inputs
    )
    months = hierarchy.delivered_months(facts)
    history = hierarchy.demand_history(facts, blocks, months)
    cleaned = cleanse(
        history,
        blocks,
        months,
        facts=facts,
        events=events,
        typed=cleansing,
        stirred=drivers.stirred(signals, blocks, months),
        severe=settings.outlier_score,
    )
    lift = drivers.lift(signals, blocks, axis, months, cleaned.history)
    pins = choices.pins(forecast_choices, blocks, METHODS)
    found = [*cleaned.findings, *pins.findings, *_overdue(deals, axis), *lift.findings]
    if settings.forecaster == statsmodels_ets.NAME:
        found += _unheeded(pins.methods, blocks)
    return Known(
        History(blocks, months, history, cleaned.history),
        lifecycle.Facts(axis, lives, family_of, facts, blocks, months, history),
        lift,
        deals,
        previous,
        cleaned.listing,
        pins.methods,
        found,
    )


def run(
    axis: Axis,
    settings: Settings,
    *,
    items: pd.DataFrame,
    actuals: pd.DataFrame,
    families: pd.DataFrame,
    pipeline: pd.DataFrame,
    events: pd.DataFrame,
    launches: pd.DataFrame,
    signals: pd.DataFrame,
    aop: pd.DataFrame,
    past_plans: pd.DataFrame,
    past_forecasts: pd.DataFrame,
    cleansing: pd.DataFrame,
    forecast_choices: pd.DataFrame,
    demand_plan_inputs: pd.DataFrame,
    demand_total_inputs: pd.DataFrame,
) -> Outcome:
    """Forecast each block of the planning level and lay what else is known on top."""
    seen, life, lift, deals, previous, listing, pins, findings = known(
        axis,
        settings,
        items=items,
        actuals=actuals,
        families=families,
        pipeline=pipeline,
        events=events,
        launches=launches,
        signals=signals,
        aop=aop,
        past_plans=past_plans,
        cleansing=cleansing,
        forecast_choices=forecast_choices,
        demand_plan_inputs=demand_plan_inputs,
    )
    blocks, months, history, cleaned = seen
    names = pd.Index(families["family"]).sort_values()
    belongs = totals.members(blocks, names)

    def plainly(series: Numbers) -> Forecast:
        return _forecast(axis, settings, months, series)

    alone = _forecast(axis, settings, months, lift.baseline, pins=pins, groups=groups_of(blocks))

    def sums(series: Numbers) -> totals.Baseline:
        return totals.baseline(plainly(series), alone)

    apart = totals.baseline(alone)
    heard = (np.count_nonzero(~np.isnan(history), axis=1) >= GROWN) & (np.array(pins) == "")
    agreed = totals.agreeing(
        blocks, names, lift.baseline, apart, belongs, sums, settings.reconciliation, heard
    )
    own = drivers.onto(lift, totals.moved(alone, agreed))
    coming = lifecycle.layer(life, own.mean, plainly)
    plan = consensus.demand_plan(
        axis,
        blocks,
        _shown(history, months, axis),
        _shown(np.where(cleaned == history, np.nan, cleaned), months, axis),
        own,
        pipeline=deals,
        events=events,
        lifecycle=coming.units,
        aop=aop,
        previous=previous,
        inputs=demand_plan_inputs,
    )
    laid = totals.baseline(own)
    alike = totals.forecast_of_sums(lift.baseline, laid, belongs, sums)
    ends = totals.total_range(blocks, names, laid, alike, belongs)
    frames = {
        "demand_plan": plan,
        "demand_total": totals.demand_total(axis, plan, belongs, names, ends, demand_total_inputs),
        "long_history": totals.long_history(cleaned, months, belongs, names),
        "pipeline": deals,
        "events": events,
        "cleansing": listing,
    }
    agreement = totals.change(apart, agreed)
    frames |= _forecast_frames(
        axis, settings.forecaster, pins, seen, own.found, agreement, past_plans, past_forecasts
    )
    launched = coming.units.max(axis=1, initial=0.0) > 0
    noticed = [*findings, *coming.findings, *_without_history(seen, launched)]
    return Outcome(frames, noticed)


def groups_of(blocks: pd.DataFrame) -> list[str]:
    """The group of each block, whose series share a season: its family.

    A season belongs to a product; so the regions of a family show the same one. Where every family
    is one block, there is nothing to share it with but all the others.
    """
    families = [str(name) for name in blocks["family"]]
    return families if len(set(families)) < len(families) else [""] * len(families)


def _forecast_frames(
    axis: Axis,
    method: str,
    pins: Sequence[str],
    history: History,
    found: Forecasts,
    agreement: npt.NDArray[np.float64],
    past_plans: pd.DataFrame,
    past_forecasts: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """What the sheets Forecast and Forecast_Changes show, and what the store keeps of it."""
    blocks, months, demand, cleaned = history
    corrected = np.count_nonzero(~np.isnan(demand) & (demand != cleaned), axis=1)
    said = told(
        cleaned, found, method, pins=pins, corrected=corrected, agreement=agreement
    )
    table = changes.forecast_blocks(
        axis, blocks, demand, months, found, said, past_plans, past_forecasts
    )
    # by what was sold, which stands still while the plan of a cycle is worked on
    largest = np.argsort(-zero(demand[:, -MONTHS:]).sum(axis=1), kind="stable")
    made = detail(axis, blocks, cleaned, months, found, largest[:MOST_BLOCKS])
    return {
        "forecast_blocks": table,
        "forecast_methods": methods(blocks, found),
        "forecast_detail": made.grid,
        "forecast_ranks": made.ranks,
        "view_blocks": blocks.assign(block=pd.Series(names_of(blocks), dtype="str")),
    }


def _blocks(
    axis: Axis,
    level: tuple[str, ...],
    names: pd.Index,
    facts: pd.DataFrame,
    deals: pd.DataFrame,
    aop: pd.DataFrame,
    previous: pd.DataFrame,
    new: pd.DataFrame,
    inputs: pd.DataFrame,
) -> pd.DataFrame:
    """Every block of the planned families that has demand, a budget, a deal, a launch or a plan."""
    weighed = deals["close_period"].isin(axis.plan) & (deals["weighted_quantity"] != 0)
    tables = (
        facts,
        deals[weighed],
        aop[aop["period"].isin(axis.periods)],
        previous[previous["period"].isin(axis.plan)],
        new,
        consensus.changed(inputs, axis),
    )
    return hierarchy.blocks_of(level, [hierarchy.in_families(table, names) for table in tables])


def _forecast(
    axis: Axis,
    settings: Settings,
    months: pd.PeriodIndex,
    history: Numbers,
    pins: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
) -> Forecast:
    """Forecasts of histories for the plan periods.

    Where the last months were not delivered, the forecast begins in them and they are cut off.
    """
    late = (axis.opening - months[-1]).n if len(months) else 0
    mean, low, high, found = forecast(
        history,
        late + axis.horizon,
        settings.forecaster,
        settings.range_level,
        pins=pins,
        groups=groups,
    )
    ahead = found._replace(
        mean=found.mean[:, late:],
        low=found.low[:, :, late:],
        high=found.high[:, :, late:],
        candidates=found.candidates[:, :, late:],
    )
    return Forecast(mean[:, late:], low[:, late:], high[:, late:], ahead)


def _shown(history: Numbers, months: pd.PeriodIndex, axis: Axis) -> Numbers:
    at = months.get_indexer(axis.past)
    padded = np.hstack([history, np.full((len(history), 1), np.nan)])
    return padded[:, at]


def _unheeded(pins: Sequence[str], blocks: pd.DataFrame) -> list[Finding]:
    """Methods that planners chose, where the forecaster knows only its own."""
    names = [name for name, pin in zip(names_of(blocks), pins, strict=True) if pin]
    if not names:
        return []
    message = f"The forecaster of the settings heeds no chosen method: {listed(names)}."
    remedy = "Set forecaster in sop.toml to weights, or take the choice away."
    return [Finding("forecast_choices", message, remedy, Severity.WARNING)]


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


def _without_history(history: History, launched: npt.NDArray[np.bool_]) -> list[Finding]:
    """Blocks of which no forecast can say anything, or only the level, and no launch does."""
    findings = []
    labels = pd.Series(names_of(history.blocks), dtype="str")
    months = np.count_nonzero(~np.isnan(history.demand), axis=1)
    for which, what in (
        (~launched & (months == 0), "No history, so a baseline of zero"),
        (~launched & (months > 0) & (months < SHORT), "Too little history for a season"),
    ):
        if which.any():
            message = f"{what}: {listed(labels[which])}."
            remedy = "Plan these blocks by hand, in the rows of sales and marketing."
            findings.append(Finding("demand_plan", message, remedy, Severity.WARNING))
    return findings
