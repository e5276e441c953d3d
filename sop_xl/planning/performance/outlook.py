"""Closing the loop ahead: what the plan makes of those KPIs that it decides."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning import Outcome
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, across, blocks, by_period
from sop_xl.planning.performance.metrics import DAYS_A_YEAR, share
from sop_xl.tables.kpi_detail import KPI_OUTLOOK
from sop_xl.tables.settings import Settings


def run(
    axis: Axis,
    settings: Settings,  # noqa: ARG001
    *,
    capacity: pd.DataFrame,
    finance_total: pd.DataFrame,
    stock_value: pd.DataFrame,
    cash_flow: pd.DataFrame,
) -> Outcome:
    """Reckon the KPIs of the plan months."""

    def plan(frame: pd.DataFrame, name: str) -> Numbers:
        return by_period(frame, name, axis.plan)

    budget, revenue = plan(finance_total, "aop_revenue"), plan(finance_total, "revenue")
    days = axis.calendar.days(axis.plan)
    facts = {
        "revenue": np.where(budget > 0, revenue, np.nan),
        "planned_revenue": budget,
        "yearly_cost": plan(finance_total, "cost_of_sales") * DAYS_A_YEAR / days,
        "average_inventory": (plan(stock_value, "opening") + plan(stock_value, "closing")) / 2,
        "load_hours": plan(capacity, "load"),
        "available_hours": plan(capacity, "available"),
        "operating": plan(cash_flow, "operating"),
        "sales": revenue,
    }
    shares = {
        measure.name: share(facts[measure.ratio[0]], facts[measure.ratio[1]])
        for measure in KPI_OUTLOOK.measures
        if measure.ratio
    }
    cells = {
        name: across(axis, plan=numbers[np.newaxis]) for name, numbers in (facts | shares).items()
    }
    return Outcome({"kpi_outlook": blocks(KPI_OUTLOOK, [""], axis, cells)}, [])


def totals(kpi_outlook: pd.DataFrame) -> dict[str, float]:
    """Each KPI over all plan months, by its label; NaN where it cannot be reckoned."""
    found = {}
    for measure in KPI_OUTLOOK.measures:
        if measure.ratio:
            top, bottom = (float(np.nansum(kpi_outlook[name])) for name in measure.ratio)
            found[measure.label] = top / bottom if bottom != 0 else np.nan
    return found
