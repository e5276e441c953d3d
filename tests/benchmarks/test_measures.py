"""Measures of forecasts against arithmetic by hand and the published figures of M3."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.forecasting import measures, sets
from benchmarks.forecasting.measures import Forecasts
from tests.benchmarks.conftest import DataFolder

PUBLISHED = {
    # method: sMAPE of Makridakis & Hibon 2000, monthly, mean of 1-18 months (the forecasts that
    # the authors released give up to 0.05 else); OWA as known for these forecasts
    "NAIVE2": (16.91, 1.003),
    "THETA": (13.85, 0.827),
    "ForecastPro": (13.86, 0.823),
    "COMB S-H-D": (14.48, 0.863),
    "DAMPEN": (14.59, 0.872),
    "B-J auto": (14.81, 0.881),
    "SINGLE": (15.32, 0.926),
}


def test_every_measure_by_hand() -> None:
    history = [np.array([10.0, 12.0, 14.0, 12.0]), np.array([5.0, 5.0, 0.0, 5.0])]
    actual = np.array([[10.0, 20.0], [0.0, 4.0]])
    mean = np.array([[12.0, 20.0], [0.0, 6.0]])
    found = measures.score(
        history, actual, 2, Forecasts(mean, {80: mean - 1}, {80: mean + 1})
    )
    # sMAPE: (200*2/22 + 0)/2 = 9.0909 and (0 + 200*2/10)/2 = 20
    assert found["sMAPE"] == pytest.approx((100 / 11 + 20) / 2)
    # changes on two periods before: |4|, |0| -> 2 and |-5|, |0| -> 2.5; MAE is 1 in both
    assert found["MASE"] == pytest.approx((1 / 2 + 1 / 2.5) / 2)
    # changes on the period before, squared: 4, 4, 4 -> 4 and 0, 25, 25 -> 50/3; MSE 2 in both
    assert found["RMSSE"] == pytest.approx(((2 / 4) ** 0.5 + (2 / (50 / 3)) ** 0.5) / 2)
    assert found["WAPE"] == pytest.approx(100 * 4 / 34)
    assert found["bias"] == pytest.approx(100 * 4 / 34)
    # 10 is not in 11..13, 20 is in 19..21, 0 is in -1..1, 4 is not in 5..7
    assert found["in 80 %"] == 50
    # width 2 plus 2/0.2 for each of the two that is 1 outside: (12 + 2)/2 = 7 in both
    assert found["MSIS 80"] == pytest.approx((7 / 2 + 7 / 2.5) / 2)
    # too short for the test of season: Naive2 is the last value, 12 and 5
    # its sMAPE: (200*2/22 + 200*8/32)/2 and (200 + 200/9)/2; its MAE: 5 and 3
    base = ((400 / 22 + 50) / 2 + (200 + 200 / 9) / 2) / 2
    relative = ((100 / 11 + 20) / 2 / base, 0.45 / ((5 / 2 + 3 / 2.5) / 2))
    assert found["OWA"] == pytest.approx(sum(relative) / 2)


def test_a_series_that_never_changed_has_no_scaled_error_and_spoils_no_mean() -> None:
    history = [np.full(30, 7.0), np.array([1.0, 3.0] * 15)]
    actual = np.array([[7.0], [1.0]])
    found = measures.score(history, actual, 12, Forecasts(actual + 1, {}, {}))
    assert found["RMSSE"] == pytest.approx(0.5)
    assert np.isnan(measures.mase(actual, actual + 1, measures.seasonal_scale(history, 12))[0])


def test_indices_of_the_classical_decomposition() -> None:
    # quarters 8, 12, 9, 11 over a level of 10 without noise: ratios to the centred mean are exact
    values = np.tile([8.0, 12.0, 9.0, 11.0], 4)
    assert measures.seasonal_indices(values, 4) == pytest.approx([0.8, 1.2, 0.9, 1.1])
    odd = np.tile([8.0, 12.0, 10.0], 5)
    assert measures.seasonal_indices(odd, 3) == pytest.approx([0.8, 1.2, 1.0])


def test_naive2_takes_the_season_where_there_is_one() -> None:
    seasonal = np.tile([8.0, 12.0, 9.0, 11.0], 6)
    trending = np.arange(24.0)
    found = measures.naive2([seasonal, trending], 5, 4)
    assert found[0] == pytest.approx([8, 12, 9, 11, 8])
    assert found[1] == pytest.approx([23] * 5)


def test_naive2_of_a_series_with_nothing_in_some_months_is_its_last_value() -> None:
    values = np.tile([0.0, 12.0, 9.0, 11.0], 6)
    assert measures.is_seasonal(values, 4)
    assert measures.naive2([values], 2, 4) == pytest.approx(np.array([[11.0, 11.0]]))


def test_seasonal_naive_repeats_the_last_season_or_the_last_value() -> None:
    history = [np.array([9.0, 1.0, 2.0, 3.0]), np.array([5.0, 6.0])]
    found = measures.seasonal_naive(history, 4, 3)
    assert found.tolist() == [[1, 2, 3, 1], [6, 6, 6, 6]]


def test_the_published_forecasts_of_m3_score_as_published(data: DataFolder) -> None:
    block = sets.m3(data("m3_monthly.parquet"))
    file = "m3_monthly_published_forecasts.parquet"
    table = pd.read_parquet(data(file) / file)
    for method, (smape, owa) in PUBLISHED.items():
        rows = table[table["method"] == method].sort_values("id")
        mean = rows.filter(regex=r"^V\d+$").to_numpy(float)
        found = measures.score(block.history, block.actual, 12, Forecasts(mean, {}, {}))
        assert found["sMAPE"] == pytest.approx(smape, abs=0.05)
        assert found["OWA"] == pytest.approx(owa, abs=0.0006)


def test_all_zeros_on_car_parts(data: DataFolder) -> None:
    block = sets.car_parts(data("carparts_monthly.parquet"))
    nothing = Forecasts(np.zeros_like(block.actual), {}, {})
    found = measures.score(block.history, block.actual, 12, nothing)
    assert found["RMSSE"] == pytest.approx(0.561, abs=0.0005)  # measured before, by other code
    assert found["bias"] == pytest.approx(-100)
