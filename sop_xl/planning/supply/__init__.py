"""Step 3, supply planning and capacity review: production, inventory, load against capacity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sop_xl.planning import Outcome, hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, across, blocks, lookup, matrix, rounded, totals, zero
from sop_xl.planning.resource_bill import ResourceBill, later, resource_bill
from sop_xl.planning.supply import strategies
from sop_xl.planning.supply.capacity import capacity, heat_map, with_known_output, with_team_hours
from sop_xl.planning.supply.inventory import (
    DAYS,
    booked_orders,
    inventory,
    stock_summary,
    stock_targets,
    target_findings,
)
from sop_xl.planning.supply.materials.requirements import requirements, with_months
from sop_xl.planning.supply.materials.sheets import material_frames
from sop_xl.planning.supply.production import level_in_steps, level_plan, project, required_rate
from sop_xl.planning.supply.stock_flow import (
    cumulative,
    days_of_supply,
    shipments,
    target_inventory,
)
from sop_xl.planning.supply.stock_items import stock_items
from sop_xl.planning.supply.workforce import with_overtime_rate
from sop_xl.planning.supply.workforce import workforce as people_needed
from sop_xl.planning.wording import count, month
from sop_xl.schema import Finding, Severity
from sop_xl.tables.settings import MAKE_TO_ORDER, Settings
from sop_xl.tables.supply import OUTPUT, SUPPLY_PLAN

__all__ = ["run", "strategies", "supply_plan"]


def run(
    axis: Axis,
    settings: Settings,
    *,
    demand_total: pd.DataFrame,
    families: pd.DataFrame,
    history: pd.DataFrame,
    stock_history: pd.DataFrame,
    bill: pd.DataFrame,
    resources: pd.DataFrame,
    resource_calendar: pd.DataFrame,
    workforce: pd.DataFrame,
    supply_plan_inputs: pd.DataFrame,
    capacity_inputs: pd.DataFrame,
    items: pd.DataFrame,
    item_mix: pd.DataFrame,
    stock: pd.DataFrame,
    orders: pd.DataFrame,
    launches: pd.DataFrame,
    materials: pd.DataFrame,
    bill_of_materials: pd.DataFrame,
    material_stock: pd.DataFrame,
    purchase_orders: pd.DataFrame,
    workforce_plan_inputs: pd.DataFrame,
    capacity_options: pd.DataFrame,
) -> Outcome:
    """Plan production of each family and hold its load against the capacity."""
    names = sorted(families["family"])
    targets = stock_targets(axis, names, demand_total, families)
    plan = supply_plan(
        axis, names, demand_total, families, history, stock_history, supply_plan_inputs, targets
    )
    teams = with_overtime_rate(with_team_hours(workforce))
    production = matrix(plan, "production", "family", names, axis.periods)
    load = capacity(
        axis, production, names, bill, resources, resource_calendar, teams, capacity_inputs,
        settings.demonstrated_months, hires=workforce_plan_inputs,
    )  # fmt: skip
    hours = resource_bill(bill, names, sorted(resources["resource"]))
    worked = np.concatenate([
        with_known_output(axis, production, later(zero(production), offset))
        for offset in hours.offsets
    ])  # fmt: skip
    output = hierarchy.level_grid(OUTPUT, hours.keys(names), axis, {"production": worked})
    booked = booked_orders(
        axis, names, orders, hierarchy.families_of(items, settings), stock_history
    )
    held = inventory(axis, names, plan, targets, families, booked)
    needed = requirements(
        axis,
        settings,
        production=production[:, axis.history :],
        families=names,
        item_mix=item_mix,
        materials=materials,
        bill_of_materials=bill_of_materials,
        material_stock=material_stock,
        purchase_orders=purchase_orders,
        launches=launches,
        history=history,
    )
    staff = people_needed(axis, teams, load, workforce_plan_inputs, capacity_options)
    frames = {
        "supply_plan": plan,
        "output": output,
        "capacity": load,
        "heat_map": heat_map(axis, load),
        "workforce": teams,
        "stock_targets": targets,
        "inventory": held,
        "stock_summary": stock_summary(axis, names, held, plan, families, stock_history),
        "stock_items": stock_items(axis, items, item_mix, stock, launches, plan),
        "materials": with_months(materials, settings),
        **material_frames(axis, needed, purchase_orders),
        "workforce_plan": staff.plan,
        "workforce_total": staff.total,
    }
    findings = [
        *_opening_findings(axis, families, stock_history),
        *target_findings(axis, families),
        *needed.findings,
        *_beyond_the_plan(axis, hours),
        *staff.findings,
    ]
    return Outcome(frames, findings)


def supply_plan(
    axis: Axis,
    names: Sequence[str],
    demand_total: pd.DataFrame,
    families: pd.DataFrame,
    history: pd.DataFrame,
    stock_history: pd.DataFrame,
    inputs: pd.DataFrame,
    targets: pd.DataFrame,
) -> pd.DataFrame:
    """The grid ``supply_plan``: one block for each family in ``names``.

    Args:
        targets: The grid ``stock_targets``, for families whose target is not one of days.
    """
    actual = totals(demand_total, "actual", "family", names, axis.past)
    demand = totals(demand_total, "consensus", "family", names, axis.plan)
    past = _past(axis, names, history, stock_history)
    opening, opening_backlog = zero(past["net_stock"][:, -1:]), zero(past["backlog"][:, -1:])
    calendar_days = axis.calendar.days(axis.plan).astype(float)
    workdays = axis.calendar.workdays(axis.plan).astype(float)
    target = np.where(
        _is(families, names, "policy_used", MAKE_TO_ORDER),
        0.0,
        np.where(
            _is(families, names, "method_used", DAYS),
            target_inventory(demand, calendar_days, lookup(families, "family", names, "days_used")),
            totals(targets, "service_target", "family", names, axis.plan),
        ),
    )
    fixed, adopted, subcontracted = (
        matrix(inputs, name, "family", names, axis.plan)
        for name in ("production_override", "adopted", "subcontracted")
    )
    bought = zero(subcontracted)
    own = demand - bought
    step = zero(lookup(families, "family", names, "step"))
    level = level_in_steps(level_plan(own, opening, target[:, -1:], workdays), step)
    chosen = np.where(_is(families, names, "strategy_used", "level"), level, np.nan)
    decided = np.where(np.isnan(fixed), adopted, fixed)
    projection = project(demand, target, opening, decided, chosen, bought, step)
    inventory = np.maximum(0.0, rounded(projection.net_stock))
    backlog = np.maximum(0.0, rounded(-projection.net_stock))
    plan = {
        "demand": demand,
        "cumulative_demand": cumulative(demand),
        "cumulative_days": np.broadcast_to(np.cumsum(calendar_days), demand.shape),
        "target": target,
        "chase_plan": projection.chase,
        "required_rate": required_rate(own, opening, workdays),
        "level_plan": level,
        "production_override": fixed,
        "adopted": adopted,
        "subcontracted": subcontracted,
        "production": projection.production,
        "net_stock": projection.net_stock,
        "inventory": inventory,
        "backlog": backlog,
        "shipments": shipments(demand, backlog, opening_backlog),
        "days_of_supply": days_of_supply(demand, inventory, calendar_days),
        "gap_to_target": rounded(projection.net_stock - target),
    }
    past["demand"] = actual
    cells = {name: across(axis, past.get(name), numbers) for name, numbers in plan.items()}
    return blocks(SUPPLY_PLAN, names, axis, cells)


def _past(
    axis: Axis, names: Sequence[str], history: pd.DataFrame, stock_history: pd.DataFrame
) -> dict[str, Numbers]:
    """What happened: output, stock and backlog of the closed periods; NaN where nobody knows."""
    produced, on_hand, owed = (
        matrix(stock_history, name, "family", names, axis.past)
        for name in ("produced", "on_hand", "backlog")
    )
    unknown = np.isnan(on_hand) & np.isnan(owed)
    return {
        "production": produced,
        "inventory": on_hand,
        "backlog": np.where(unknown, np.nan, zero(owed)),
        "net_stock": np.where(unknown, np.nan, zero(on_hand) - zero(owed)),
        "shipments": matrix(history, "shipments", "family", names, axis.past),
    }


def _is(families: pd.DataFrame, names: Sequence[str], column: str, text: str) -> Numbers:
    """One flag per family (upright)."""
    values = families.set_index("family")[column].reindex(list(names))
    return np.asarray(values == text)[:, np.newaxis]


def _beyond_the_plan(axis: Axis, bill: ResourceBill) -> list[Finding]:
    """The last months, whose load is understated where work comes before completion."""
    months = max((o for o, hours in zip(bill.offsets, bill.hours, strict=True) if hours.any()),
                 default=0)  # fmt: skip
    if not months:
        return []
    first = axis.plan[max(0, axis.horizon - months)]
    return [
        Finding(
            "capacity",
            f"From {month(first)} on the load is understated: work comes up to"
            f" {count(months, 'month')} before completion, and what is completed after"
            f" {month(axis.plan[-1])} is not planned yet.",
            "Read the gaps of these months as the least there will be, or plan more months.",
            Severity.WARNING,
        )
    ]


def _opening_findings(
    axis: Axis, families: pd.DataFrame, stock_history: pd.DataFrame
) -> list[Finding]:
    """Families that are made to stock and whose stock at the start of the plan is unknown."""
    known = stock_history[
        (stock_history["period"] == axis.opening) & stock_history["on_hand"].notna()
    ]
    stocked = families.loc[families["policy_used"] != MAKE_TO_ORDER, "family"]
    missing = sorted(set(stocked) - set(known["family"]))
    if not missing:
        return []
    shown = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
    return [
        Finding(
            "stock",
            f"No stock at the end of {month(axis.opening)} for {shown}: the plan starts from zero.",
            "Load the stock of the last closed month, or set the policy to make to order.",
            Severity.WARNING,
        )
    ]
