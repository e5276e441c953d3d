"""What the baseline changed, and why: against last cycle's plan, ranges and weights."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning.demand.changes import forecast_blocks
from sop_xl.planning.demand.engine.result import Backtest, Forecasts
from sop_xl.planning.demand.explanation import Told
from sop_xl.planning.frames import Numbers
from sop_xl.tables.data import PAST_PLANS
from sop_xl.tables.forecast import FORECAST_METHODS
from tests.planning.rows import axis, rows

WHEN = axis("2026-01", history=3, horizon=3)
MONTHS = pd.period_range("2025-10", "2025-12", freq="M")
BLOCKS = pd.DataFrame({"family": ["Pumps", "Valves"], "region": ["North", "South"]})
HISTORY = np.array([[100.0, 60, 50], [10, 10, 10]])
METHODS = FORECAST_METHODS.for_level(("family", "region")).columns
PLANS = """
    cycle    period   family  region  channel  consensus  baseline  low  high
    2025-11  2025-11  Pumps   North   All      100        100       80   120
    2025-12  2025-12  Pumps   North   All      100        100       80   120
    2025-12  2026-01  Pumps   North   All      100        100       80   120
    2025-12  2026-02  Pumps   North   All      100        100       80   120
    2025-12  2026-01  Valves  South   All      10         10        8    12
"""
BEFORE = """
    family  region  method          weight  error
    Pumps   North   champion        1       0.2
    Pumps   North   naive           0.9     0.2
    Pumps   North   seasonal_naive  0.1     0.4
    Valves  South   champion        1       0.1
    Valves  South   naive           0.5     0.1
    Valves  South   seasonal_naive  0.5     0.2
"""


def forecasts(mean: Numbers, weights: Numbers) -> Forecasts:
    """Two blocks by two methods, tested at no origin."""
    ends = np.stack([mean, mean])
    errors = np.array([[0.25, 0.10], [0.15, 0.30]])
    none = np.zeros((0, 2, 3))
    test = Backtest(np.zeros(0, dtype=np.int64), none, none, np.zeros((0, 2, 2, 3)))
    return Forecasts(
        mean, ends, ends, (0.8, 0.95), ("naive", "seasonal_naive"), np.stack([mean, mean]), weights,
        errors, np.array([0.12, 0.11]), np.array([0.15, 0.3]), np.array(["smooth"] * 2), test,
    )  # fmt: skip


def table(
    plans: str = PLANS, before: str = BEFORE, candidates: Numbers | None = None
) -> pd.DataFrame:
    found = forecasts(
        np.array([[80.0, 90, 90], [10, 10, 10]]), np.array([[0.3, 0.5], [0.7, 0.5]])
    )
    if candidates is not None:
        found = found._replace(candidates=candidates)
    return forecast_blocks(
        WHEN, BLOCKS, HISTORY, MONTHS, found, [Told("long", "because"), Told("short", "why not")],
        rows(PAST_PLANS.inputs, plans), rows(METHODS, before),
    )  # fmt: skip


def test_baselines_are_compared_over_the_months_that_both_cover() -> None:
    frame = table()

    assert frame["block"].tolist() == ["Pumps · North", "Valves · South"]
    # January and February of Pumps: 80 + 90 against 100 + 100; of Valves only January
    assert frame["last_baseline"].tolist() == [200, 10]
    assert frame["baseline"].tolist() == [170, 10]
    assert frame["change"].tolist() == [-30, 0]
    assert frame["change_share"].tolist() == pytest.approx([-0.15, 0])


def test_it_says_what_came_and_how_the_weights_moved() -> None:
    why = table()["why"].tolist()

    # November 60 and December 50 came below the 80 of the plans made just before them
    begins = "the last 2 months came below the range; weights moved from last value"
    assert why[0].startswith(begins)
    assert "(90 % -> 30 %)" in why[0]
    assert "(10 % -> 70 %)" in why[0]
    assert why[1] == ""


def test_without_ranges_demand_is_set_against_the_forecast() -> None:
    plans = PLANS.replace("100       80   120", "100       .    .")

    # 60 + 50 against 100 + 100
    assert table(plans)["why"][0].startswith("the last 2 months came 45.0 % below the forecast")


def test_champion_and_challenger_of_this_cycle_and_the_last_one() -> None:
    frame = table()

    assert frame["champion"][0].startswith("last year's pattern 70 %, last value 30 %")
    assert frame["last_champion"][0].startswith("last value 90 %")
    assert frame["error"].tolist() == [0.12, 0.11]
    assert frame["last_error"].tolist() == [0.2, 0.1]
    assert frame["challenger"].tolist() == ["last year's pattern", "last value"]
    assert frame["challenger_error"].tolist() == [0.15, 0.10]


def test_a_method_without_a_forecast_challenges_nobody() -> None:
    ahead = np.ones((2, 2, 3))
    ahead[1, 0] = np.nan  # last year's pattern, tested at 15 % in Pumps, has no forecast now

    frame = table(candidates=ahead)

    assert frame["challenger"].tolist() == ["last value", "last value"]
    assert frame["challenger_error"].tolist() == [0.25, 0.10]


def test_the_first_cycle_has_nothing_to_compare_with() -> None:
    frame = table("", "")

    assert frame["change"].isna().all()
    assert frame["baseline"].tolist() == [260, 30]  # all plan months, the largest block first
    assert set(frame["why"]) == {"no plan of a cycle before is known"}
    assert set(frame["last_champion"]) == {""}


def test_what_came_the_other_way_is_no_cause_and_what_was_loaded_is_said() -> None:
    # more than planned came in November and December, and the baseline falls all the same
    plans = PLANS.replace("100       80   120", "30        .    .")
    for month in ("2026-01", "2026-02"):
        row = f"2025-12  {month}  Pumps   North   All      100        "
        plans = plans.replace(row + "30  ", row + "100 ")

    why = table(plans, BEFORE.splitlines()[1])["why"][0]

    assert why.startswith("although the last 2 months came 83.3 % above the forecast")
    assert why.endswith("last cycle's baseline was loaded, not forecast here")
