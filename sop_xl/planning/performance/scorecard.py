"""The scorecard: the twelve KPIs of the last closed month against their targets."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.performance.benchmarks import references
from sop_xl.schema import empty_frame
from sop_xl.tables.benchmarks import BENCHMARKS
from sop_xl.tables.performance import KPI_FACTS, KPI_TABLE, KPIS
from sop_xl.tables.settings import Settings

INFORMATION, NO_DATA = "○ for information", "– no data"
ON_TARGET, WATCH, OFF_TARGET = "● on target", "▲ watch", "■ off target"
EXACT, NEAR = 1e-7, 0.05
"""How far on the wrong side still is on target, and how far is worth watching."""


def scorecard(
    kpi_facts: pd.DataFrame,
    axis: Axis,
    settings: Settings,
    outlook: Mapping[str, float] = MappingProxyType({}),
    benchmarks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The table ``kpis``, in the order of the handbook.

    Args:
        kpi_facts: The KPIs month by month.
        axis: The last month of its past is shown.
        settings: Targets and tolerance.
        outlook: What the plan makes of a KPI, by its label.
        benchmarks: The table, with what is usual elsewhere.
    """
    names = [kpi.name for kpi in KPIS]
    months = kpi_facts.set_index("period").reindex(axis.past)
    past = months[names]
    last = months.iloc[-1]
    frame = pd.DataFrame(
        {
            "kpi": [KPI_FACTS[name].label for name in names],
            "group": [kpi.group for kpi in KPIS],
            "actual": past.iloc[-1].to_numpy(),
            "previous": past.iloc[-2].to_numpy(),
            "average": past.mean().to_numpy(),
            "target": [float(getattr(settings, f"target_{name}")) for name in names],
            "better": [kpi.better for kpi in KPIS],
            "unit": [KPI_FACTS[name].unit.label for name in names],
            "definition": [KPI_FACTS[name].help for name in names],
            "handbook": [kpi.handbook for kpi in KPIS],
            "owner": [kpi.owner for kpi in KPIS],
            "source": [kpi.source for kpi in KPIS],
            "outlook": [outlook.get(KPI_FACTS[name].label, np.nan) for name in names],
            "second": [float(last[kpi.second]) if kpi.second else np.nan for kpi in KPIS],
            "second_name": [KPI_FACTS[kpi.second].label if kpi.second else "" for kpi in KPIS],
            "second_definition": [
                KPI_FACTS[kpi.second].help if kpi.second else "" for kpi in KPIS
            ],
        }
    )
    given = empty_frame(BENCHMARKS.columns) if benchmarks is None else benchmarks
    frame = frame.assign(**references(frame["kpi"], given))
    frame = frame.assign(variance=frame["actual"] - frame["target"])
    frame = frame.assign(miss=_miss(frame, settings.tolerance))
    return frame.assign(status=_status(frame))[KPI_TABLE.names]


def _miss(frame: pd.DataFrame, tolerance: float) -> pd.Series:
    """Distance to the target on the wrong side: points of a %, else share of the target.

    Args:
        frame: The table so far.
        tolerance: Distance that is allowed where close to the target is better.
    """
    wrong_side = np.select(
        [frame["better"] == "higher", frame["better"] == "lower"],
        [-frame["variance"], frame["variance"]],
        frame["variance"].abs(),
    )
    size = frame["target"].abs().clip(lower=EXACT).where(frame["unit"] != "%", 1.0)
    judged = frame["variance"].notna() & (frame["better"] != "info")
    allowed = np.where(frame["better"] == "target", tolerance, 0.0)
    return (pd.Series(wrong_side) / size - allowed).clip(lower=0.0).where(judged, 0.0)


def _status(frame: pd.DataFrame) -> pd.Series:
    status = np.select(
        [
            frame["actual"].isna(),
            frame["better"] == "info",
            frame["miss"] <= EXACT,
            frame["miss"] <= NEAR,
        ],
        [NO_DATA, INFORMATION, ON_TARGET, WATCH],
        OFF_TARGET,
    )
    return pd.Series(status, dtype="str")
