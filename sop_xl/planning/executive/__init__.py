"""Step 6, executive S&OP: agenda, calendar, decisions, and the figures behind the deck."""

from __future__ import annotations

import pandas as pd

from sop_xl.planning import Outcome
from sop_xl.planning.calendar import Axis
from sop_xl.planning.executive import meeting, views
from sop_xl.planning.executive.headlines import headlines
from sop_xl.schema import ALL_FAMILIES
from sop_xl.tables.settings import Settings


def run(
    axis: Axis,
    settings: Settings,
    *,
    demand_total: pd.DataFrame,
    demand_plan: pd.DataFrame,
    forecast_detail: pd.DataFrame,
    view_blocks: pd.DataFrame,
    supply_plan: pd.DataFrame,
    inventory: pd.DataFrame,
    capacity: pd.DataFrame,
    constraints: pd.DataFrame,
    constrained_total: pd.DataFrame,
    gap_options: pd.DataFrame,
    levers: pd.DataFrame,
    lever_effects: pd.DataFrame,
    finance_total: pd.DataFrame,
    recon_lines: pd.DataFrame,
    kpis: pd.DataFrame,
    exceptions: pd.DataFrame,
    checks: pd.DataFrame,
    risks: pd.DataFrame,
    decisions: pd.DataFrame,
    assumptions: pd.DataFrame,
    cycle_calendar: pd.DataFrame,
) -> Outcome:
    """Prepare the meeting: what is dealt with, what has to be decided, what the pages say."""
    resource = views.most_loaded(capacity, axis)
    keys = list(settings.level)
    block = views.largest_block(demand_plan, keys)
    frames = {
        "agenda": meeting.agenda(),
        "cycle_calendar": meeting.cycle_calendar(axis, settings, cycle_calendar),
        "decisions": meeting.decisions(
            axis, settings, decisions, exceptions, gap_options, levers, lever_effects,
            finance_total,
        ),
        "assumptions": assumptions,
        "demand_view": views.demand_view(axis, demand_total, ALL_FAMILIES),
        "supply_view": views.supply_view(axis, supply_plan),
        "stock_view": views.stock_view(axis, inventory),
        "capacity_view": views.capacity_view(axis, capacity, resource),
        "resource_view": views.resource_view(axis, capacity, resource),
        "finance_view": views.finance_view(finance_total),
        "what_if_view": views.what_if_view(axis, demand_total, ALL_FAMILIES),
        "what_if_load_view": views.what_if_load_view(axis, capacity, resource),
        "forecast_view": views.forecast_view(axis, demand_plan, forecast_detail, block),
        "views": _choices(resource, "".join(view_blocks.merge(block, on=keys)["block"])),
        "view_families": demand_total[["family"]].drop_duplicates(ignore_index=True),
        "view_resources": capacity[["resource"]].drop_duplicates(ignore_index=True),
        "demand_summary": views.demand_summary(axis, demand_total),
        "supply_summary": views.supply_summary(axis, capacity, constraints),
        "finance_summary": views.finance_summary(axis, finance_total, recon_lines),
    }
    frames["headlines"] = headlines(
        axis,
        settings,
        demand_total=demand_total,
        supply_plan=supply_plan,
        supply_summary=frames["supply_summary"],
        constraints=constraints,
        constrained_total=constrained_total,
        finance_summary=frames["finance_summary"],
        kpis=kpis,
        exceptions=exceptions,
        checks=checks,
        risks=risks,
        decisions=frames["decisions"],
    )
    return Outcome(frames, [])


def _choices(resource: str, block: str) -> pd.DataFrame:
    """What the pages show until a reader chooses something else."""
    choices = {
        "demand_view": ALL_FAMILIES,
        "supply_view": ALL_FAMILIES,
        "stock_view": ALL_FAMILIES,
        "capacity_view": resource,
        "resource_view": resource,
        "what_if_view": ALL_FAMILIES,
        "what_if_load_view": resource,
        "forecast_view": block,
    }
    return pd.DataFrame({"grid": list(choices), "choice": list(choices.values())}, dtype="str")
