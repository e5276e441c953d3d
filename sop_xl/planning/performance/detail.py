"""Closing the loop in detail: KPIs by part and pack; the forecast by step and by lead time."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning import Outcome, hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import blocks
from sop_xl.planning.performance import LAGS
from sop_xl.planning.performance.accuracy import accuracy, at_lag
from sop_xl.planning.performance.benchmarks import findings
from sop_xl.planning.performance.contributors import contributors
from sop_xl.planning.performance.metrics import share
from sop_xl.planning.performance.packs import more_kpis
from sop_xl.planning.performance.parts import Sources, by_part
from sop_xl.planning.performance.stair_steps import value_added
from sop_xl.planning.performance.value_added import waterfall
from sop_xl.planning.wording import count
from sop_xl.schema import ALL, empty_frame
from sop_xl.tables.kpi_detail import LAG_FORECASTS, LEAD_TIME, LEAD_TIMES, SHOWN_LAGS
from sop_xl.tables.performance import KPI_FACTS, KPIS
from sop_xl.tables.settings import Settings


def run(
    axis: Axis,
    settings: Settings,
    *,
    history: pd.DataFrame,
    families: pd.DataFrame,
    items: pd.DataFrame,
    actuals: pd.DataFrame,
    stock: pd.DataFrame,
    past_plans: pd.DataFrame,
    production: pd.DataFrame,
    orders: pd.DataFrame,
    aop: pd.DataFrame,
    finance_family: pd.DataFrame,
    cash_flow: pd.DataFrame,
    cash_days: pd.DataFrame,
    gap_options: pd.DataFrame,
    benchmarks: pd.DataFrame,
    past_authors: pd.DataFrame,
) -> Outcome:
    """Measure the plans of the past step by step, and the last month part by part."""
    plans = hierarchy.in_families(past_plans, pd.Index([*families["family"], ALL]))
    given = Sources(
        history, families, items, stock, plans, production, orders, aop, finance_family
    )
    family_of = hierarchy.families_of(items, settings)
    lags = sorted({*LAGS, settings.forecast_lag})
    frames = {
        "kpi_parts": by_part(axis, settings.level, settings.forecast_lag, family_of, given),
        "kpi_more": more_kpis(
            settings.kpi_packs, axis, orders=orders, stock=stock, production=production,
            actuals=actuals, cash_flow=cash_flow, cash_days=cash_days, gap_options=gap_options,
            benchmarks=benchmarks,
        ),
        "value_added": value_added(history, plans, settings.level, axis, lags),
        "contributors": contributors(history, plans, past_authors, settings.level, axis, lags),
        "lead_time": _lead_time(history, plans, settings.level, axis),
        "lag_forecasts": _by_lag(history, plans, settings.level, axis),
    }  # fmt: skip
    names = [*(KPI_FACTS[kpi.name].label for kpi in KPIS), *frames["kpi_more"]["kpi"]]
    return Outcome(frames, findings(benchmarks, names))


def _lead_time(
    history: pd.DataFrame, plans: pd.DataFrame, level: tuple[str, ...], axis: Axis
) -> pd.DataFrame:
    found = waterfall(history, plans, level, axis, LEAD_TIMES).rename(columns={"wmape": "error"})
    return found[LEAD_TIME.names].astype(empty_frame(LEAD_TIME.columns).dtypes.to_dict())


def _by_lag(
    history: pd.DataFrame, plans: pd.DataFrame, level: tuple[str, ...], axis: Axis
) -> pd.DataFrame:
    """The grid ``lag_forecasts``: what was planned for each closed month, by lag."""
    found = [accuracy(history, at_lag(plans, axis, lag), level, axis) for lag in SHOWN_LAGS]
    forecast, demand, missed = (
        np.vstack([one[name] for one in found])
        for name in ("forecast", "forecast_demand", "absolute_error")
    )
    nothing = np.full((len(SHOWN_LAGS), axis.horizon), np.nan)
    cells = {
        "forecast": forecast,
        "demand": demand,
        "missed": missed,
        "accuracy": np.maximum(0.0, 1 - share(missed, demand)),
        "bias": share(forecast, demand) - 1,
    }
    names = [ahead(lag) for lag in SHOWN_LAGS]
    wide = {name: np.hstack([numbers, nothing]) for name, numbers in cells.items()}
    return blocks(LAG_FORECASTS, names, axis, wide)


def ahead(lag: int) -> str:
    """
    >>> ahead(0), ahead(3)
    ('same cycle', '3 cycles ahead')
    """
    return f"{count(lag, 'cycle')} ahead" if lag else "same cycle"
