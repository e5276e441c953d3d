"""Forecast value added by step, from small tables reckoned by hand."""

import itertools

import pandas as pd
import pytest

from sop_xl.planning.performance.stair_steps import value_added
from sop_xl.tables import inputs as input_tables
from sop_xl.tables.data import HISTORY
from sop_xl.tables.kpi_detail import STEPS
from sop_xl.tables.settings import Settings
from tests.planning.rows import axis, rows

LEVEL = Settings().level
WHEN = axis("2026-01", history=14, horizon=3)
MONTHS = pd.period_range("2024-11", "2025-12", freq="M")


def stairs(made: str, head: str = "consensus  baseline  drivers  sales  marketing") -> pd.DataFrame:
    """The steps at lag 1: 100 sold in each month, but 80 in November 2025 and 120 a year before."""
    odd = {"2025-11": 80, "2024-12": 120}
    sold = "\n".join(f"{month}  Bikes  North  {odd.get(str(month), 100)}" for month in MONTHS)
    history = list(HISTORY.for_level(LEVEL).columns)
    plans = f"2025-11  2025-12  Bikes  North  All  {made}"
    found = value_added(
        rows(history, "period  family  region  orders\n" + sold),
        rows(input_tables(LEVEL)["past_plans"].inputs,
             f"cycle  period  family  region  channel  {head}\n" + plans),
        LEVEL, WHEN, [1],
    )  # fmt: skip
    return found.set_index("step")


def test_each_step_is_compared_with_the_one_before() -> None:
    """December brought 100. Naive: October's 100, the last closed month of the November cycle;
    last year 120; then 90, 95, 110, 104, 104, 103."""
    found = stairs("103  90  5  15  -6")
    errors = [0, 0.20, 0.10, 0.05, 0.10, 0.04, 0.04, 0.03]
    assert found["error"].tolist() == pytest.approx(errors)
    added = [a - b for a, b in itertools.pairwise(errors)]
    assert found["added"].tolist()[1:] == pytest.approx(added)
    assert found["since"].tolist()[1:] == pytest.approx([-e for e in errors[1:]])
    assert found["added"].iloc[1:].sum() == pytest.approx(found["since"].iloc[-1])
    assert found.loc["+ Finance", "changed"] == 0
    assert found.loc["+ Marketing", "closer"] == 1


def test_a_cycle_that_kept_no_layers_has_fewer_steps() -> None:
    found = stairs("103  90", "consensus  baseline")
    known = found[found["error"].notna()].index.tolist()
    assert known == ["Naive", "Last year", "Statistical", "Consensus"]
    assert found.loc["Consensus", "added"] == pytest.approx(0.07)
    assert found.index.tolist() == list(STEPS)


def test_last_year_is_what_was_known_when_the_plan_was_made() -> None:
    """Twelve months ahead of December 2025 the demand of December 2024 was not known yet."""
    when = axis("2026-01", history=25, horizon=3)
    months = pd.period_range("2023-12", "2025-12", freq="M")
    sold = "\n".join(f"{m}  Bikes  North  {50 if str(m) == '2023-12' else 100}" for m in months)
    found = value_added(
        rows(list(HISTORY.for_level(LEVEL).columns), "period  family  region  orders\n" + sold),
        rows(input_tables(LEVEL)["past_plans"].inputs,
             "cycle  period  family  region  channel  consensus  baseline\n"
             "2024-12  2025-12  Bikes  North  All  100  100"),
        LEVEL, when, [12],
    ).set_index("step")  # fmt: skip
    assert found.loc["Last year", "error"] == pytest.approx(0.5)


def test_nothing_is_measured_without_plans() -> None:
    found = value_added(
        rows(list(HISTORY.for_level(LEVEL).columns), "period  family  region  orders"),
        rows(input_tables(LEVEL)["past_plans"].inputs, "cycle  period  family  region  channel"),
        LEVEL, WHEN, [1, 3],
    )  # fmt: skip
    assert len(found) == 2 * len(STEPS)
    assert found["error"].isna().all()
