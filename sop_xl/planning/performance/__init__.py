"""Closing the loop: the twelve KPIs of the handbook, month by month, against their targets."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning import Outcome, frames, hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, across
from sop_xl.planning.performance import metrics
from sop_xl.planning.performance.accuracy import accuracy, at_lag, by_family, volatility
from sop_xl.planning.performance.facts import (
    average_inventory,
    first_known,
    hours,
    monthly,
    output,
)
from sop_xl.planning.performance.outlook import totals
from sop_xl.planning.performance.scorecard import scorecard
from sop_xl.planning.performance.service import closure, service
from sop_xl.planning.performance.stricter import stricter_facts, stricter_kpis
from sop_xl.schema import ALL
from sop_xl.tables.performance import KPI_FACTS
from sop_xl.tables.settings import Settings

LAGS = (1, 2, 3, 6)
"""Cycles ahead at which accuracy is measured by family, beside the lag of the settings."""


def run(
    axis: Axis,
    settings: Settings,
    *,
    history: pd.DataFrame,
    stock_history: pd.DataFrame,
    families: pd.DataFrame,
    items: pd.DataFrame,
    stock: pd.DataFrame,
    past_plans: pd.DataFrame,
    production: pd.DataFrame,
    orders: pd.DataFrame,
    actions: pd.DataFrame,
    aop: pd.DataFrame,
    balance: pd.DataFrame,
    capacity: pd.DataFrame,
    finance_family: pd.DataFrame,
    kpi_outlook: pd.DataFrame,
    benchmarks: pd.DataFrame,
) -> Outcome:
    """Gather the facts of the past months and make the KPIs of them."""
    # a plan of a family that is no more would count as an error
    families_planned = pd.Index([*families["family"], ALL])
    plans = hierarchy.in_families(past_plans, families_planned)
    booked = {
        name: first_known(
            *(monthly(source, name, axis) for source in (history, balance, finance_family))
        )
        for name in ("revenue", "cost_of_sales")
    }
    facts = {
        "actual_demand": monthly(history, "orders", axis),
        **accuracy(history, at_lag(plans, axis, settings.forecast_lag), settings.level, axis),
        **volatility(plans, settings.level, axis),
        **output(production, axis),
        **service(orders, axis),
        **booked,
        "average_inventory": average_inventory(
            stock, items, hierarchy.families_of(items, settings), families, axis
        ),
        **hours(capacity, stock_history, axis),
        "planned_revenue": monthly(aop, "revenue", axis),
        "current_assets": monthly(balance, "current_assets", axis),
        "current_liabilities": monthly(balance, "current_liabilities", axis),
        **closure(actions, axis),
    }
    facts |= stricter_facts(
        axis, facts, history=history, aop=aop, production=production, orders=orders,
        actions=actions, balance=balance,
    )  # fmt: skip
    cells = {
        name: across(axis, past=numbers[np.newaxis, :])
        for name, numbers in (facts | kpis(facts, axis) | stricter_kpis(facts)).items()
    }
    kpi_facts = frames.blocks(KPI_FACTS, [""], axis, cells)
    measured = by_family(
        history, plans, settings.level, axis, list(families["family"].sort_values()),
        sorted({*LAGS, settings.forecast_lag}),
    )  # fmt: skip
    frames_made = {
        "kpi_facts": kpi_facts,
        "kpis": scorecard(kpi_facts, axis, settings, totals(kpi_outlook), benchmarks),
        "lag_accuracy": measured,
    }
    return Outcome(frames_made, [])


def kpis(facts: dict[str, Numbers], axis: Axis) -> dict[str, Numbers]:
    """The KPIs of each past month; NaN where a fact is missing."""
    days = axis.calendar.days(axis.past)
    demand = facts["forecast_demand"]
    return {
        "forecast_accuracy": np.maximum(0.0, 1 - metrics.share(facts["absolute_error"], demand)),
        "forecast_bias": metrics.share(facts["forecast"], demand) - 1,
        "plan_adherence": metrics.plan_adherence(facts["actual_output"], facts["planned_output"]),
        "inventory_turns": metrics.inventory_turns(
            facts["cost_of_sales"], facts["average_inventory"], days
        ),
        "customer_service": metrics.service_level(facts["orders_on_time"], facts["orders_due"]),
        "otif": metrics.otif(facts["deliveries_otif"], facts["deliveries"]),
        "capacity_utilisation": metrics.utilisation(facts["load_hours"], facts["available_hours"]),
        "revenue_vs_plan": metrics.revenue_vs_plan(facts["revenue"], facts["planned_revenue"]),
        "working_capital": metrics.working_capital(
            facts["current_assets"], facts["current_liabilities"]
        ),
        "demand_volatility": metrics.share(facts["plan_change"], facts["previous_plan"]),
        "schedule_adherence": metrics.share(facts["schedule_met"], facts["planned_output"]),
        "decision_closure": metrics.decision_closure(facts["actions_closed"], facts["actions_due"]),
    }
