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


@pytest.mark.parametrize("kind", ["none", "ended"])
def test_what_has_no_demand_has_no_methods(kind: str) -> None:
    mean = np.array([[25.0, 26], [0, 0]])  # zero, the last value, of the second block
    over = found()._replace(mean=mean, kinds=np.array(["smooth", kind]))

    made = detail(WHEN, BLOCKS, HISTORY, MONTHS, over, np.array([0, 1]))

    own = made.ranks[made.ranks["place"].str.startswith("Valves")]
    assert set(own["method"]) == {""}
    assert own["weight"].isna().all()
    assert np.isnan(plan_row(made.grid, WHEN, "candidate_1", family="Valves")).all()


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


def test_methods_times_weights_others_and_agreement_sum_to_the_baseline() -> None:
    """Six methods of 10 to 60 units at 1/6 each make 35; the baseline was moved to 40."""
    none, members = np.empty((0, 1, 1)), ("ets", "theta", "ar", "ses", "naive", "mean")
    own = np.arange(10.0, 70.0, 10.0).reshape(6, 1, 1)
    mean = np.full((1, 1), 40.0)
    ends = np.stack([mean, mean])
    made = Forecasts(
        mean, ends, ends, (0.8, 0.95), members, own, np.full((6, 1), 1 / 6),
        np.arange(6.0)[:, None], mean[:, 0], mean[:, 0], np.array(["smooth"], dtype=object),
        Backtest(np.zeros(0, dtype=np.int64), none, none, np.empty((0, 6, 1, 1))),
    )  # fmt: skip
    when = axis("2026-01", history=3, horizon=1)

    grid = detail(when, BLOCKS[:1], HISTORY[:1], MONTHS, made, np.array([0])).grid
    (row,) = grid[grid["period"] == pd.Period("2026-01")].to_dict("records")

    # the first four by error are shown: 10 to 40
    assert row["others"] == pytest.approx((50 + 60) / 6)
    assert row["agreement"] == pytest.approx(40 - 35)
