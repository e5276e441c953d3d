"""Step 4, the second half: the plan held against AOP, earlier plans, last year and itself."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.finance import lock, scenarios, tie_outs, uncosted
from sop_xl.planning.finance.bridge_regions import Compared, bridge_places, bridge_regions
from sop_xl.planning.finance.bridge_view import bridge
from sop_xl.planning.finance.recon_view import recon_lines, recon_view
from sop_xl.planning.finance.windows import Months, Window, listed, months, windows
from sop_xl.planning.frames import blocks, zero
from sop_xl.tables.recon import (
    AOP,
    BRIDGE_MONTHS,
    COMPARED,
    LAST_YEAR,
    MARGIN,
    PRIOR,
    RECON_MONTHS,
    REVENUE,
)
from sop_xl.tables.settings import Settings


def reconcile(
    axis: Axis,
    settings: Settings,
    prior_cycle: pd.Period | None,
    *,
    finance_total: pd.DataFrame,
    finance_family: pd.DataFrame,
    finance_region: pd.DataFrame,
    supply_plan: pd.DataFrame,
    demand_total: pd.DataFrame,
    families: pd.DataFrame,
    balance: pd.DataFrame,
    aop: pd.DataFrame,
    region_prices: pd.DataFrame,
    given_lines: pd.DataFrame,
    typed: pd.DataFrame,
    locked: pd.DataFrame,
    drivers: pd.DataFrame,
    finance_lines: pd.DataFrame,
) -> Mapping[str, pd.DataFrame]:
    """The frames behind Finance_Recon, PVM and Tie_Out."""
    found = windows(axis)
    named = scenarios.names(drivers)
    plan = scenarios.Beside(finance_family, finance_total)
    every = {name: scenarios.beside(axis, name, drivers, finance_lines, plan) for name in named}
    shown = every[named[0]] if named else scenarios.beside(axis, "", drivers, finance_lines, plan)
    finance_family, finance_total = shown
    budgeted, planned, driven = (
        zero(finance_total[name].to_numpy(dtype=float)) != 0
        for name in ("aop_revenue", "prior_revenue", "scenario_revenue")
    )

    def compared(comparison: str, window: Window) -> Months:
        return months(axis, comparison, window, budgeted=budgeted, planned_before=planned,
                      in_scenario=driven, prior_cycle=prior_cycle)

    comparison = _first_choice(budgeted, planned)
    chosen = compared(comparison, found[0])
    lines = recon_lines(given_lines, settings)
    asked = [
        (name, window, compared(name, window))
        for name in tie_outs.COMPARISONS
        for window in tie_outs.windows_of(name, found)
    ]
    rows = [
        *tie_outs.differences(finance_total, finance_family, asked, lines),
        *tie_outs.scenarios(axis, {name: one.total for name, one in every.items()}, lines),
        *tie_outs.targets(axis, demand_total, families, settings.tolerance),
        *tie_outs.booked(axis, balance, finance_total, lines),
        *tie_outs.internal(
            axis, finance_total=finance_total, finance_family=finance_family,
            finance_region=finance_region, supply_plan=supply_plan, families=families, aop=aop,
        ),
    ]
    table, places = tie_outs.tie_out_list(rows, typed, lines)
    bridged = bridge(finance_family, chosen, comparison, REVENUE)
    by_place = bridge_places(
        bridged, Compared(chosen, found[0], comparison, REVENUE), finance_family=finance_family,
        finance_region=finance_region, region_prices=region_prices, aop=aop,
    )
    now = lock.lines(axis, finance_total, finance_family)
    flags = {name: cells.astype(float)[np.newaxis] for name, cells in chosen._asdict().items()}
    return {
        "finance_family": finance_family,
        "finance_total": finance_total,
        "scenarios": scenarios.results(axis, every),
        "scenario_drivers": scenarios.in_force(drivers, axis),
        "windows": listed(found),
        "comparisons": pd.DataFrame({"comparison": pd.Series(COMPARED, dtype="str")}),
        "results": pd.DataFrame({"result": pd.Series((REVENUE, MARGIN), dtype="str")}),
        "recon_lines": lines,
        "recon_view": recon_view(finance_total, chosen, comparison, lines),
        "recon_months": blocks(RECON_MONTHS, [""], axis,
                               {name: flags[name] for name in RECON_MONTHS.names}),
        "bridge_months": blocks(BRIDGE_MONTHS, [""], axis, flags),
        "bridge": bridged,
        "bridge_places": by_place,
        "bridge_regions": bridge_regions(by_place, bridged),
        "recon_choices": pd.DataFrame(
            {"comparison": [comparison], "window": [found[0].name], "result": [REVENUE],
             "prior": [prior_cycle], "scenario": [named[0] if named else ""],
             "uncosted": [uncosted.note(finance_family)]}
        ),
        "tie_outs": table,
        "tie_places": places,
        "finance_drift": lock.drift(locked, now),
    }


def _first_choice(budgeted: np.ndarray, planned: np.ndarray) -> str:
    """What is shown first: the AOP, else an earlier plan, else last year."""
    if budgeted.any():
        return AOP
    return PRIOR if planned.any() else LAST_YEAR
