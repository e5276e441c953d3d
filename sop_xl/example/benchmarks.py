"""Reference values of KPIs that somebody has published; the example invents none."""

from __future__ import annotations

import pandas as pd

from sop_xl.tables.benchmarks import BENCHMARKS

_PUBLISHED = (
    # 77.5 % in September 2024, "2.2 percentage points below its long-run (1972-2023) average"
    ("Capacity utilisation", None, 0.797, None,
     "Federal Reserve, G.17 Industrial Production and Capacity Utilization", 2024,
     "Total industry of the United States, average of 1972 to 2023."),
    ("DSO: days sales outstanding", None, 40.1, None,
     "The Hackett Group, U.S. Working Capital Survey", 2024,
     "The 1,000 largest listed companies outside finance, figures of 2023."),
)  # fmt: skip


def benchmarks() -> pd.DataFrame:
    """The table ``benchmarks``."""
    return pd.DataFrame(list(_PUBLISHED), columns=BENCHMARKS.names)
