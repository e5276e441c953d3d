"""Step 2, demand planning: what is known before anything is forecast."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand import choices, consensus, drivers, launch_rows, lifecycle
from sop_xl.planning.demand.cleansing import cleanse
from sop_xl.planning.demand.pipeline import open_deals, with_outputs
from sop_xl.planning.frames import Numbers
from sop_xl.planning.wording import count, listed, month
from sop_xl.schema import Finding, Severity
from sop_xl.tables.demand import REFUSED
from sop_xl.tables.settings import Settings


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
    rows = launch_rows.known(axis.first, settings, launches, family_of, facts)
    lives = rows.launches
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
    pins = choices.pins(forecast_choices, blocks, settings.forecaster)

    def clean(own: pd.DataFrame, keys: pd.DataFrame) -> Numbers:
        return _cleaned_item(own, keys, months, settings, events, signals, cleansing)

    found = [*cleaned.findings, *pins.findings, *_overdue(deals, axis), *lift.findings]
    return Known(
        History(blocks, months, history, cleaned.history),
        lifecycle.Facts(
            axis.first, lives, family_of, facts, axis, blocks, months, history, clean
        ),
        lift,
        deals,
        previous,
        cleaned.listing,
        pins.methods,
        found,
    )


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


def _cleaned_item(
    own: pd.DataFrame,
    keys: pd.DataFrame,
    months: pd.PeriodIndex,
    settings: Settings,
    events: pd.DataFrame,
    signals: pd.DataFrame,
    typed: pd.DataFrame,
) -> Numbers:
    """The demand of one item, cleaned as that of its blocks is.

    What was accepted or typed for a block is a number of the whole block, so that of it only what
    was refused counts for one of its items; planned by item, the block is the item.
    """
    refused = (typed["status"] == REFUSED) & typed["own_value"].isna()
    by_item = settings.planning_level[0] == "item"
    return cleanse(
        hierarchy.demand_history(own, keys, months),
        keys,
        months,
        facts=own,
        events=events,
        typed=typed if by_item else typed[refused],
        stirred=drivers.stirred(signals, keys, months),
        severe=settings.outlier_score,
    ).history


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
