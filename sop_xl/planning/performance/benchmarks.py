"""Reference values of KPIs: what others reach, by a published source."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from sop_xl.planning.wording import listed
from sop_xl.schema import Finding, Severity


def references(kpis: Iterable[str], benchmarks: pd.DataFrame) -> dict[str, pd.Series]:
    """The columns ``reference`` and ``reference_source`` of a list of KPIs.

    Args:
        kpis: Names of the KPIs.
        benchmarks: The table; of two rows for a KPI the first counts.

    >>> given = pd.DataFrame([["OTIF", 0.9, "A study", 2024.0]],
    ...                      columns=["kpi", "typical", "source", "year"])
    >>> {name: column.tolist() for name, column in references(["otif", "Bias"], given).items()}
    {'reference': [0.9, nan], 'reference_source': ['A study, 2024', '']}
    """
    names = [name.casefold() for name in kpis]
    rows = benchmarks.assign(kpi=benchmarks["kpi"].str.casefold()).drop_duplicates("kpi")
    found = rows.set_index("kpi").reindex(names).reset_index()
    year = found["year"].map(lambda number: "" if np.isnan(number) else f"{number:.0f}")
    source = [
        ", ".join(part for part in both if part)
        for both in zip(found["source"].fillna("").astype("str"), year, strict=True)
    ]
    known = found["kpi"].isin(rows["kpi"])
    return {
        "reference": found["typical"].astype(float),
        "reference_source": pd.Series(source, dtype="str").where(known, ""),
    }


def findings(benchmarks: pd.DataFrame, kpis: Iterable[str]) -> list[Finding]:
    """Reference values that no KPI of the book takes."""
    known = {name.casefold() for name in kpis}
    odd = benchmarks[~benchmarks["kpi"].str.casefold().isin(known)]
    if odd.empty:
        return []
    return [
        Finding(
            "benchmarks",
            f"No KPI of the book is called {listed(odd['kpi'])}: its reference is not shown.",
            "Write it as on KPIs or KPI_Detail, or ask for its pack in the setting kpi_packs.",
            Severity.WARNING,
        )
    ]
