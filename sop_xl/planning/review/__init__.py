"""Step 5, pre-S&OP: gaps and exceptions ranked by money, checks of the plan, weighted risks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning import Outcome
from sop_xl.planning.calendar import Axis
from sop_xl.planning.review.capacity import capacity_shortages
from sop_xl.planning.review.checks import checks
from sop_xl.planning.review.demand import (
    aop_gaps,
    biased_forecasts,
    big_changes,
    large_deals,
    unexplained_changes,
)
from sop_xl.planning.review.exceptions import ranked
from sop_xl.planning.review.money import missed_years, old_data
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
    finance_family: pd.DataFrame,
    finance_total: pd.DataFrame,
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
    exceptions: pd.DataFrame,
    risks: pd.DataFrame,
) -> Outcome:
    """Find what needs a person, rank it by money, and test that the numbers tie."""
    prices = dict(zip(families["family"], families["price"].fillna(0.0), strict=True))
    issues = (
        *capacity_shortages(axis, settings, capacity, resources, bill, supply_plan, finance_family),
        *stock_issues(axis, settings, supply_plan, finance_family),
        *aop_gaps(axis, settings, demand_total, prices),
        *big_changes(axis, settings, demand_plan, prices),
        *unexplained_changes(axis, settings, demand_plan, prices),
        *large_deals(axis, settings, pipeline),
        *biased_forecasts(axis, settings, past_plans, history, prices),
        *missed_years(axis, settings, finance_total),
        *old_data(completeness),
    )
    tested = checks(
        axis,
        demand_plan=demand_plan,
        families=families,
        supply_plan=supply_plan,
        capacity=capacity,
        finance_family=finance_family,
        finance_total=finance_total,
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
