"""Step 2, demand planning: history, pipeline and events in, consensus demand out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import Outcome
from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand import changes, choices, consensus, doubts, lifecycle, totals
from sop_xl.planning.demand.baseline import Statistical, ahead, statistical, weighed
from sop_xl.planning.demand.detail import detail, methods, names_of
from sop_xl.planning.demand.engine.methods import METHODS
from sop_xl.planning.demand.engine.result import MONTHS
from sop_xl.planning.demand.explanation import told
from sop_xl.planning.demand.forecaster import Forecast
from sop_xl.planning.demand.groundwork import History, Known, known
from sop_xl.planning.frames import Numbers, zero
from sop_xl.planning.wording import listed
from sop_xl.schema import Finding, Severity
from sop_xl.tables.forecast import MOST_BLOCKS
from sop_xl.tables.settings import Settings

SHORT = 6
"""Months of history below which a planner should look at the baseline."""


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
    seen = known(
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
    blocks, months, history, cleaned = seen.history
    names = pd.Index(families["family"]).sort_values()
    belongs = totals.members(blocks, names)
    made = statistical(axis, settings, seen, names)
    own = made.own
    free = weighed(axis, settings, seen).found.error if any(seen.pins) else None

    def plainly(series: Numbers) -> Forecast:
        return ahead(axis, settings, months, series)

    coming = lifecycle.layer(seen.life, own.mean, plainly)
    plan = consensus.demand_plan(
        axis,
        blocks,
        _shown(history, months, axis),
        _shown(np.where(cleaned == history, np.nan, cleaned), months, axis),
        own,
        pipeline=seen.deals,
        events=events,
        lifecycle=coming.units,
        aop=aop,
        previous=seen.previous,
        inputs=demand_plan_inputs,
    )
    laid = totals.baseline(own)

    def alike() -> totals.Baseline:
        def sums(series: Numbers) -> totals.Baseline:
            return totals.baseline(plainly(series))

        return totals.forecast_of_sums(seen.lift.baseline, laid, belongs, sums)

    ends = totals.total_range(blocks, names, laid, alike, belongs)
    frames = {
        "demand_plan": plan,
        "demand_total": totals.demand_total(axis, plan, belongs, names, ends, demand_total_inputs),
        "long_history": totals.long_history(cleaned, months, belongs, names),
        "pipeline": seen.deals,
        "events": events,
        "cleansing": seen.listing,
    }
    doubtful = doubts.doubts(own.found, seen.pins, free)
    frames |= _forecast_frames(
        axis, settings.forecaster, seen, made, doubtful, coming.units, past_plans, past_forecasts
    )
    launched = coming.units.max(axis=1, initial=0.0) > 0
    named = names_of(blocks)
    wrong = [*seen.findings, *coming.findings]
    frames["forecast_doubts"] = doubts.table(
        doubtful, wrong, named, [str(one) for one in blocks["family"]], own.mean
    )
    noticed = [*wrong, *doubts.findings(doubtful, named), *_without_history(seen.history, launched)]
    return Outcome(frames, noticed)


def _forecast_frames(
    axis: Axis,
    method: str,
    seen: Known,
    made: Statistical,
    doubtful: Sequence[doubts.Doubt],
    laid_on: Numbers,
    past_plans: pd.DataFrame,
    past_forecasts: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """What the sheets Forecast and Forecast_Changes show, and what the store keeps of it."""
    blocks, months, demand, cleaned = seen.history
    found = made.own.found
    words = {one.series: one.words for one in doubtful}
    said = told(
        cleaned,
        found,
        method,
        pins=seen.pins,
        corrected=np.count_nonzero(~np.isnan(demand) & (demand != cleaned), axis=1),
        agreement=totals.change(made.apart, made.agreed),
        doubts=[words.get(at, "") for at in range(len(blocks))],
        layers=lifecycle.in_words(laid_on, axis.plan),
    )
    table = changes.forecast_blocks(
        axis, blocks, demand, months, found, said, past_plans, past_forecasts
    )
    # by what was sold, which stands still while the plan of a cycle is worked on
    largest = np.argsort(-zero(demand[:, -MONTHS:]).sum(axis=1), kind="stable")
    shown = detail(axis, blocks, cleaned, months, found, largest[:MOST_BLOCKS])
    return {
        "forecast_blocks": table,
        "forecast_methods": methods(blocks, found),
        "forecast_detail": shown.grid,
        "forecast_ranks": shown.ranks,
        "view_methods": _methods(),
        "view_blocks": blocks.assign(block=pd.Series(names_of(blocks), dtype="str")),
    }


def _methods() -> pd.DataFrame:
    """The list ``view_methods``: what can be chosen."""
    offered = choices.offered()
    about = {name: method.about for name, method in METHODS.items()}
    about[choices.SIMPLE] = "The simple method with the lowest backtest error."
    columns = {"label": offered.values(), "method": offered, "about": map(about.get, offered)}
    return pd.DataFrame({name: list(texts) for name, texts in columns.items()}, dtype="str")


def _shown(history: Numbers, months: pd.PeriodIndex, axis: Axis) -> Numbers:
    at = months.get_indexer(axis.past)
    padded = np.hstack([history, np.full((len(history), 1), np.nan)])
    return padded[:, at]


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
