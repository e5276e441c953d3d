"""Accuracy of the plans of earlier cycles, from small tables."""

import pandas as pd
import pytest

from sop_xl.planning.performance.accuracy import by_family
from sop_xl.tables import inputs as input_tables
from sop_xl.tables.data import HISTORY
from sop_xl.tables.settings import Settings
from tests.planning.rows import axis, rows

SETTINGS = Settings(history_shown=12, horizon=3)
PLANS = input_tables(SETTINGS.level)["past_plans"].inputs
MONTHS = pd.period_range("2025-01", "2025-12", freq="M")


def test_the_added_value_compares_the_two_plans_in_the_same_months() -> None:
    # nine months of old plans without a baseline, then three with one; 100 sold in each
    made = ["150  ."] * 9 + ["100  110"] * 3
    plans = "\n".join(
        f"{month - 1}  {month}  Bikes  All  All  {numbers}"
        for month, numbers in zip(MONTHS, made, strict=True)
    )
    sold = "\n".join(f"{month}  Bikes  North  100" for month in MONTHS)

    history = list(HISTORY.for_level(SETTINGS.level).columns)

    found = by_family(
        rows(history, "period  family  region  orders\n" + sold),
        rows(PLANS, "cycle  period  family  region  channel  consensus  baseline\n" + plans),
        SETTINGS.level,
        axis("2026-01", history=12, horizon=3),
        ["Bikes"],
        [1],
    )

    assert found["months"].tolist() == [12, 12]
    assert found["consensus_error"].tolist() == pytest.approx([9 * 50 / 1200] * 2)
    assert found["baseline_error"].tolist() == pytest.approx([3 * 10 / 300] * 2)
    # in the three months that both planned: 10 % of the baseline less 0 % of the consensus
    assert found["added"].tolist() == pytest.approx([0.10] * 2)
