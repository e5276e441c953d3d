"""Step 5, pre-S&OP: gaps and exceptions ranked by money, checks of the plan, weighted risks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning import Outcome
from sop_xl.planning.calendar import Axis
from sop_xl.planning.review.capacity import capacity_shortages, too_full
from sop_xl.planning.review.checks import checks
from sop_xl.planning.review.demand import (
    aop_gaps,
    biased_forecasts,
    big_changes,
    doubtful_forecasts,
    large_deals,
    unexplained_changes,
)
from sop_xl.planning.review.exceptions import ranked
from sop_xl.planning.review.limited_stock import limited_stock
from sop_xl.planning.review.materials import late_materials
from sop_xl.planning.review.money import missed_years, old_data, short_cash
from sop_xl.planning.review.stock import stock_issues
from sop_xl.tables.settings import Settings


def run(
    axis: Axis,
    settings: Settings,
    *,
    demand_plan: pd.DataFrame,
    demand_total: pd.DataFrame,
    supply_plan: pd.DataFrame,
    capacity: pd.DataFrame,
    constrained_plan: pd.DataFrame,
    constraints: pd.DataFrame,
    gap_options: pd.DataFrame,
    strategy_hours: pd.DataFrame,
    material_messages: pd.DataFrame,
    finance_family: pd.DataFrame,
    finance_total: pd.DataFrame,
    finance_region: pd.DataFrame,
    bridge: pd.DataFrame,
    finance_drift: pd.DataFrame,
    cash_flow: pd.DataFrame,
    families: pd.DataFrame,
    resources: pd.DataFrame,
    bill: pd.DataFrame,
    pipeline: pd.DataFrame,
    aop: pd.DataFrame,
    history: pd.DataFrame,
    stock_history: pd.DataFrame,
    past_plans: pd.DataFrame,
    completeness: pd.DataFrame,
    forecast_doubts: pd.DataFrame,
    exceptions: pd.DataFrame,
    risks: pd.DataFrame,
) -> Outcome:
    """Find what needs a person, rank it by money, and test that the numbers tie."""
    prices = dict(zip(families["family"], families["price"].fillna(0.0), strict=True))
    issues = (
        *capacity_shortages(settings, capacity, resources, constraints, gap_options),
        *too_full(axis, settings, capacity),
        *stock_issues(axis, settings, supply_plan, finance_family, capacity, bill),
        *limited_stock(axis, settings, supply_plan, constrained_plan, finance_family),
        *late_materials(settings, material_messages),
        *aop_gaps(axis, settings, demand_total, prices),
        *big_changes(axis, settings, demand_plan, prices),
        *unexplained_changes(axis, settings, demand_plan, prices),
        *large_deals(axis, settings, pipeline),
        *doubtful_forecasts(axis, settings, forecast_doubts, prices),
        *biased_forecasts(axis, settings, past_plans, history, prices),
        *missed_years(axis, settings, finance_total),
        *short_cash(axis, settings, cash_flow),
        *old_data(completeness),
    )
    tested = checks(
        axis,
        demand_plan=demand_plan,
        families=families,
        supply_plan=supply_plan,
        capacity=capacity,
        strategy_hours=strategy_hours,
        finance_family=finance_family,
        finance_total=finance_total,
        finance_region=finance_region,
        bridge=bridge,
        finance_drift=finance_drift,
        cash_flow=cash_flow,
        bill=bill,
        pipeline=pipeline,
        aop=aop,
        history=history,
        stock_history=stock_history,
        completeness=completeness,
    )
    frames = {
        "exceptions": ranked(issues, exceptions),
        "checks": tested,
        "risks": weighted(risks),
    }
    return Outcome(frames, [])


def weighted(risks: pd.DataFrame) -> pd.DataFrame:
    """The risks with probability x impact; risks negative, closed ones zero."""
    sign = np.where(risks["kind"] == "risk", -1.0, 1.0)
    impact = sign * risks["probability"].fillna(0.0) * risks["impact"].fillna(0.0)
    return risks.assign(weighted=impact.mask(risks["status"] == "closed", 0.0))
