"""ABC, XYZ and the coefficient of variation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.data.classes import abc, coefficient_of_variation, xyz

values = st.lists(st.floats(0, 1e6), min_size=1, max_size=30)


def test_classes_follow_the_cumulative_share() -> None:
    # hand arithmetic: shares 0.40 0.65 0.80 | 0.90 0.95 | 0.98 1.00
    worth = pd.Series([25, 40, 10, 15, 3, 5, 2], index=list("bacedgf"), dtype=float)

    assert abc(worth).to_dict() == {
        "a": "A", "b": "A", "e": "A", "c": "B", "g": "B", "d": "C", "f": "C",
    }  # fmt: skip


def test_the_most_valuable_is_a_whatever_its_share() -> None:
    assert abc(pd.Series([90.0, 10.0])).tolist() == ["A", "C"]


def test_nothing_is_worth_no_more_than_c() -> None:
    assert abc(pd.Series([0.0, np.nan, -5.0])).tolist() == ["C", "C", "C"]


def test_equal_values_keep_their_order() -> None:
    assert abc(pd.Series([10.0] * 10)).tolist() == ["A"] * 8 + ["B"] + ["C"]


@given(values)
def test_no_one_is_in_a_better_class_than_one_of_more_value(worth: list[float]) -> None:
    classes = abc(pd.Series(worth))

    ranked = classes.iloc[np.argsort(-np.array(worth), kind="stable")]
    assert ranked.is_monotonic_increasing


def test_the_limits_of_xyz_belong_to_the_better_class() -> None:
    assert xyz(pd.Series([0.5, 0.5001, 1.0, 1.0001, np.nan])).tolist() == ["X", "Y", "Y", "Z", ""]


def test_a_pure_season_does_not_vary() -> None:
    season = np.tile([10.0, 20, 30, 40, 50, 60, 60, 50, 40, 30, 20, 10], 3)

    assert coefficient_of_variation(season[None, :]).tolist() == [0.0]


def test_variation_about_the_season_by_hand() -> None:
    # two years, each month 10 above or below its mean of 100: root(24 x 100 / (24 - 12)) / 100
    years = np.concatenate([np.full(12, 90.0), np.full(12, 110.0)])

    assert coefficient_of_variation(years[None, :])[0] == pytest.approx(np.sqrt(200) / 100)


def test_without_two_years_the_variation_is_that_of_the_months() -> None:
    # sample standard deviation of 10 20 30 is 10
    history = np.array([[np.nan, 10, 20, 30], [np.nan, np.nan, 10, 20], [0, 0, 0, 0]])

    assert coefficient_of_variation(history) == pytest.approx([0.5, np.nan, np.nan], nan_ok=True)


def test_only_the_last_three_years_count() -> None:
    recent = np.tile([5.0, 15.0], 18)

    with_past = np.concatenate([np.full(24, 1e6), recent])

    assert coefficient_of_variation(with_past[None, :]) == coefficient_of_variation(recent[None, :])
