"""How complete and how fresh the data are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.schema import Table
from sop_xl.tables import data
from sop_xl.tables.settings import Settings

AGEING = ("actuals", "stock", "orders", "production", "balance")
"""Sources that have to be new each month. The others are master data, plans and lists."""

COMPLETE, LOOK = "● complete", "▲ look at it"
STALE, MISSING, NOT_DELIVERED = "■ stale", "■ missing", "○ not delivered"


def completeness(
    load_report: pd.DataFrame, tables: Mapping[str, pd.DataFrame], axis: Axis, settings: Settings
) -> pd.DataFrame:
    """One row per source, in the order in which they are declared."""
    names = [table.name for table in data.SOURCES]
    report = load_report.drop_duplicates("source").set_index("source").reindex(names)
    start = axis.calendar.start(axis.first)
    age = (start - report["last_day"]).dt.days.astype(float).clip(lower=0.0)
    counts = report[["rows", "errors", "warnings", "repairs"]].fillna(0.0)
    status = np.select(
        [
            (counts["rows"] == 0) & report.index.isin(data.REQUIRED),
            counts["rows"] == 0,
            report.index.isin(AGEING) & (age > settings.stale_days),
            (counts["errors"] > 0) | (counts["warnings"] > 0),
        ],
        [MISSING, NOT_DELIVERED, STALE, LOOK],
        COMPLETE,
    )
    return pd.DataFrame(
        {
            "source": pd.Series([table.label for table in data.SOURCES], dtype="str"),
            "rows": counts["rows"].to_numpy(),
            "last_day": report["last_day"].to_numpy(),
            "age": age.to_numpy(),
            "filled": [filled(table, tables[table.name]) for table in data.SOURCES],
            **{name: counts[name].to_numpy() for name in ("errors", "warnings", "repairs")},
            "status": pd.Series(status, dtype="str"),
        }
    )


def filled(table: Table, frame: pd.DataFrame) -> float:
    """Share of the declared fields that hold something; NaN for a table without rows."""
    if frame.empty:
        return np.nan
    return float(np.mean([_given(frame[column.name]).mean() for column in table.inputs]))


def _given(values: pd.Series) -> pd.Series:
    return values != "" if values.dtype == "str" else values.notna()
