"""The methods of each block and the figures behind the sheet Forecast."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning.demand.baseline import groups_of
from sop_xl.planning.demand.detail import detail, methods
from sop_xl.planning.demand.engine.result import Backtest, Forecasts
from tests.planning.rows import axis, past_row, plan_row

NONE = float("nan")
WHEN = axis("2026-01", history=3, horizon=2)
MONTHS = pd.period_range("2024-12", "2025-12", freq="M")
BLOCKS = pd.DataFrame({"family": ["Pumps", "Valves"], "region": ["North", "North"]})
HISTORY = np.array([np.arange(1.0, 14.0), np.r_[[NONE] * 11, 5.0, 6.0]])


def found() -> Forecasts:
    """Two methods, the second one heavier; the first block is tested two months back."""
    ahead = np.array([[[10.0, 11], [20, 21]], [[30, 31], [NONE, NONE]]])
    mean = np.array([[25.0, 26], [20, 21]])
    combined = np.array([[[7.0, 8], [NONE, NONE]]])
    test = Backtest(np.array([2]), combined, combined, ahead[None])
    weights, errors = np.array([[0.25, 1], [0.75, 0]]), np.array([[0.4, NONE], [0.2, NONE]])
    wide = np.stack([mean - 1, mean - 2])
    return Forecasts(
        mean, wide, wide + 4, (0.8, 0.95), ("naive", "seasonal_naive"), ahead, weights, errors,
        np.array([0.1, NONE]), np.array([0.2, NONE]), np.array(["smooth", "short"]), test,
    )  # fmt: skip


def test_methods_stand_by_weight_with_their_test() -> None:
    made = detail(WHEN, BLOCKS, HISTORY, MONTHS, found(), np.array([0, 1]))

    first = made.ranks[made.ranks["place"] == "Pumps · North #1"].iloc[0]
    assert (first["method"], first["weight"], first["error"]) == ("last year's pattern", 0.75, 0.2)
    assert first["plan"] == 61
    second = made.ranks[made.ranks["place"] == "Valves · North #2"].iloc[0]
    assert second["method"] == ""  # it does not serve this block
    for rank, numbers in ((1, [30, 31]), (2, [10, 11])):
        assert plan_row(made.grid, WHEN, f"candidate_{rank}", family="Pumps") == numbers


def test_last_year_comes_again_and_the_backtest_stands_in_its_months() -> None:
    made = detail(WHEN, BLOCKS, HISTORY, MONTHS, found(), np.array([0, 1]))

    # January and February 2025 are the second and third of the thirteen months
    assert plan_row(made.grid, WHEN, "last_year", family="Pumps") == [2, 3]
    assert past_row(made.grid, WHEN, "cleaned", family="Pumps") == [11, 12, 13]
    test = past_row(made.grid, WHEN, "backtest_1", family="Pumps")
    assert test == pytest.approx([NONE, 7, 8], nan_ok=True)
    assert plan_row(made.grid, WHEN, "low_95", family="Pumps") == [23, 24]


def test_only_the_blocks_to_show_are_there() -> None:
    made = detail(WHEN, BLOCKS, HISTORY, MONTHS, found(), np.array([1]))

    assert made.grid["family"].unique().tolist() == ["Valves"]


def test_the_store_gets_the_champion_and_all_that_was_weighed_or_tested() -> None:
    frame = methods(BLOCKS, found())

    own = frame[frame["family"] == "Pumps"].set_index("method")
    assert own["weight"].to_dict() == {
        "champion": 1, "last_year": 0, "naive": 0.25, "seasonal_naive": 0.75,
    }  # fmt: skip
    assert own["error"].to_dict() == {
        "champion": 0.1, "last_year": 0.2, "naive": 0.4, "seasonal_naive": 0.2,
    }  # fmt: skip
    other = frame[frame["family"] == "Valves"]
    assert other["method"].tolist() == ["champion", "naive"]


@pytest.mark.parametrize(
    ("families", "groups"),
    [(["Pumps", "Pumps", "Valves"], ["Pumps", "Pumps", "Valves"]), (["A", "B"], ["", ""])],
)
def test_regions_of_a_family_share_a_season(families: list[str], groups: list[str]) -> None:
    assert groups_of(pd.DataFrame({"family": families})) == groups
