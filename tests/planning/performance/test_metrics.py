"""Metrics against published worked examples.

Tolerances are half a unit in the last digit that the source prints. Chopra and Meindl and this
product take the error as forecast - actual, Heizer and Render and Jacobs and Chase the other way.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.performance import metrics
from sop_xl.planning.performance.metrics import Array

# Heizer and Render, Operations Management, Port of Baltimore: tons unloaded
BALTIMORE = [180.0, 168, 159, 175, 190, 205, 180, 182]
# Chopra and Meindl, Supply Chain Management, chapter 7, Tahoe Salt: demand by quarter
TAHOE = [8000.0, 13000, 23000, 34000, 10000, 18000, 23000, 38000, 12000, 13000, 32000, 41000]
TAHOE_SEASON = [0.47, 0.68, 1.17, 1.67]
# Australian beer, Hyndman and Athanasopoulos, Forecasting: Principles and Practice, section 3.4
BEER = [
    *(443, 410, 420, 532, 433, 421, 410, 512, 449, 381, 423, 531, 426, 408, 416, 520),
    *(409, 398, 398, 507, 432, 398, 406, 526, 428, 397, 403, 517, 435, 383, 424, 521),
    *(421, 402, 414, 500, 451, 380, 416, 492, 428, 408, 406, 506, 435, 380, 421, 490),
    *(435, 390, 412, 454, 416, 403, 408, 482, 438, 386, 405, 491, 427, 383, 394, 473),
]
BEER_TEST = [420, 390, 410, 488, 415, 398, 419, 488, 414, 374]

numbers = st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), min_size=1, max_size=20)


def smoothed(demand: list[float], first: float, alpha: float) -> Array:
    """One-step forecasts of simple exponential smoothing, F = F + alpha (A - F)."""
    forecast = [first]
    for actual in demand[:-1]:
        forecast.append(forecast[-1] + alpha * (actual - forecast[-1]))
    return np.array(forecast)


def holt(demand: list[float], level: float, trend: float, alpha: float, beta: float) -> Array:
    forecast = []
    for actual in demand:
        forecast.append(level + trend)
        before, level = level, alpha * actual + (1 - alpha) * (level + trend)
        trend = beta * (level - before) + (1 - beta) * trend
    return np.array(forecast)


def winters(demand: list[float], level: float, trend: float, season: list[float]) -> Array:
    """Chopra and Meindl, alpha 0.05, beta 0.1, gamma 0.1, multiplicative season."""
    forecast, factors = [], list(season)
    for period, actual in enumerate(demand):
        factor = factors[period]
        forecast.append((level + trend) * factor)
        before, level = level, 0.05 * actual / factor + 0.95 * (level + trend)
        trend = 0.1 * (level - before) + 0.9 * trend
        factors.append(0.1 * actual / level + 0.9 * factor)
    return np.array(forecast)


@pytest.mark.parametrize(
    ("alpha", "mad", "mse", "mape"),
    [(0.1, 10.30732, 190.8175, 0.0559), (0.5, 12.329, 195.2383, 0.06756)],
)
def test_port_of_baltimore(alpha: float, mad: float, mse: float, mape: float) -> None:
    forecast = smoothed(BALTIMORE, 175, alpha)

    assert metrics.mae(BALTIMORE, forecast) == pytest.approx(mad, abs=5e-4)
    assert metrics.rmse(BALTIMORE, forecast) ** 2 == pytest.approx(mse, abs=5e-5)
    assert metrics.mape(BALTIMORE, forecast) == pytest.approx(mape, abs=5e-5)


@pytest.mark.parametrize(("alpha", "mse"), [(0.2, 190.7919), (0.3, 191.7435), (0.4, 193.4373)])
def test_port_of_baltimore_with_other_constants(alpha: float, mse: float) -> None:
    error = metrics.rmse(BALTIMORE, smoothed(BALTIMORE, 175, alpha))

    assert error**2 == pytest.approx(mse, abs=5e-5)


def test_port_of_baltimore_is_under_forecast() -> None:
    forecast = smoothed(BALTIMORE, 175, 0.1)

    assert metrics.mean_error(BALTIMORE, forecast, sign="A-F") == pytest.approx(4.4948, abs=5e-5)
    assert metrics.mean_error(BALTIMORE, forecast) == pytest.approx(-4.4948, abs=5e-5)


@pytest.mark.parametrize(
    ("forecast", "skipped", "mad", "mape", "low", "high"),
    [
        ([np.mean(TAHOE[n - 4 : n]) for n in range(4, 12)], 4, 9719, 0.49, -1.52, 2.21),
        (smoothed(TAHOE, float(np.mean(TAHOE)), 0.1), 0, 10208, 0.59, -1.38, 2.25),
        (holt(TAHOE, 12015, 1549, 0.1, 0.2), 0, 8836, 0.52, -2.15, 2.00),
        (winters(TAHOE, 18439, 524, TAHOE_SEASON), 0, 1469, 0.08, -2.74, 4.00),
    ],
    ids=["moving average", "simple", "Holt", "Winters"],
)
def test_tahoe_salt(
    forecast: Array, skipped: int, mad: float, mape: float, low: float, high: float
) -> None:
    actual = TAHOE[skipped:]

    signals = metrics.tracking_signals(actual, forecast)

    assert metrics.mae(actual, forecast) == pytest.approx(mad, abs=1)
    assert metrics.mape(actual, forecast) == pytest.approx(mape, abs=0.005)
    assert [signals.min(), signals.max()] == pytest.approx([low, high], abs=0.005)


def test_carlsons_bakery() -> None:
    # Heizer and Render
    actual, forecast = [90, 95, 115, 100, 125, 140], [100, 100, 100, 110, 110, 110]

    error = metrics.errors(actual, forecast, sign="A-F")
    signals = metrics.tracking_signals(actual, forecast, sign="A-F")

    assert error.cumsum().tolist() == [-10, -15, 0, -10, 5, 35]
    assert metrics.mae(actual, forecast) == pytest.approx(14.17, abs=0.005)
    assert signals == pytest.approx([-1, -2, 0, -1, 0.45, 2.47], abs=0.0051)
    assert metrics.tracking_signal(actual, forecast) == pytest.approx(-2.47, abs=0.005)


def test_jacobs_and_chase() -> None:
    actual, forecast = [950, 1070, 1100, 960, 1090, 1050], [1000] * 6

    signals = metrics.tracking_signals(actual, forecast, sign="A-F")

    assert signals == pytest.approx([-1, 0.33, 1.64, 1.23, 2.43, 3.30], abs=0.015)
    assert metrics.mae(actual, forecast) == pytest.approx(66.7, abs=0.05)


@pytest.mark.parametrize(
    ("forecast", "rmse", "mae", "mape", "mase"),
    [
        (np.full(10, np.mean(BEER)), 38.45, 34.83, 0.0828, 2.44),
        (np.full(10, BEER[-1]), 62.69, 57.40, 0.1418, 4.01),
        (np.resize(BEER[-4:], 10), 14.31, 13.40, 0.0317, 0.94),
    ],
    ids=["mean", "naive", "seasonal naive"],
)
def test_beer(forecast: Array, rmse: float, mae: float, mape: float, mase: float) -> None:
    assert metrics.rmse(BEER_TEST, forecast) == pytest.approx(rmse, abs=0.005)
    assert metrics.mae(BEER_TEST, forecast) == pytest.approx(mae, abs=0.005)
    assert metrics.mape(BEER_TEST, forecast) == pytest.approx(mape, abs=5e-5)
    assert metrics.mase(BEER_TEST, forecast, BEER, season=4) == pytest.approx(mase, abs=0.005)


def test_beer_weighted() -> None:
    # 134 of 4216 by hand
    forecast = np.resize(BEER[-4:], 10)

    assert metrics.wmape(BEER_TEST, forecast) == pytest.approx(134 / 4216)
    assert metrics.forecast_accuracy(BEER_TEST, forecast) == pytest.approx(1 - 134 / 4216)


def test_value_added_by_each_step() -> None:
    # inphronesys.com: MAPE of naive, statistical, analyst, executive
    stairs = np.array([14.6, 12.3, 13.6, 15.3])

    added = metrics.forecast_value_added(stairs[:-1], stairs[1:])

    assert added == pytest.approx([2.3, -1.3, -1.7])
    assert added.sum() == pytest.approx(-0.7)


def test_bakery_capacity() -> None:
    # Heizer and Render: design 201,600, effective 175,000, actual 148,000 rolls
    assert metrics.utilisation(148_000, 201_600) == pytest.approx(0.734, abs=5e-4)
    assert metrics.utilisation(148_000, 175_000) == pytest.approx(0.846, abs=5e-4)


def test_copy_centre_capacity() -> None:
    # Krajewski: hours of X and Y with set-ups, 250 days x 8 h, cushion 15 %
    needed = 2000 * 0.5 + 2000 / 20 * 0.25 + 6000 * 0.7 + 6000 / 30 * 0.40

    assert needed == 5305
    assert metrics.utilisation(needed, 250 * 8 * (1 - 0.15)) == pytest.approx(3.12, abs=0.005)


def test_equipment_effectiveness() -> None:
    # Vorne Industries, oee.com: shift of 480 min, breaks 60, stops 47, ideal 60 a minute
    found = metrics.oee(480 - 60, 480 - 60 - 47, 60, 19_271, 19_271 - 423)

    assert found == pytest.approx((0.8881, 0.8611, 0.9780, 0.7479), abs=5.1e-5)


def test_cash_conversion() -> None:
    # Brigham and Ehrhardt, Financial Management, Great Fashions: a year of 365 days
    dio = metrics.days_inventory(250_000, 1_013_889, 365)
    dso = metrics.days_sales(300_000, 1_216_666, 365)
    dpo = metrics.days_payables(150_000, 1_013_889, 365)

    assert [dio, dso, dpo] == pytest.approx([90, 90, 54], abs=5e-4)
    assert metrics.cash_conversion_cycle(dio, dso, dpo) == pytest.approx(126, abs=5e-4)
    assert metrics.inventory_turns(1_013_889, 250_000, 365) == pytest.approx(365 / 90, abs=5e-4)


def test_turns_of_a_month_are_a_yearly_rate() -> None:
    assert metrics.inventory_turns(100, 365, 30) == pytest.approx(100 / 30)


@pytest.mark.parametrize(
    "metric",
    [metrics.mae, metrics.rmse, metrics.mape, metrics.smape, metrics.wmape,
     metrics.forecast_accuracy, metrics.bias, metrics.mean_error, metrics.tracking_signal],
)  # fmt: skip
def test_nothing_to_measure_is_no_number(metric: object) -> None:
    assert callable(metric)
    assert np.isnan(metric([], []))
    assert np.isnan(metric([np.nan, 1], [1, np.nan]))


@pytest.mark.parametrize("metric", [metrics.wmape, metrics.mape, metrics.bias])
def test_no_demand_is_no_share(metric: object) -> None:
    assert callable(metric)
    assert np.isnan(metric([0, 0], [1, 2]))


def test_what_cannot_be_divided_is_no_number() -> None:
    assert np.isnan(metrics.tracking_signal([5, 5], [5, 5]))
    assert np.isnan(metrics.mase([5], [4], [3, 3, 3]))
    assert np.isnan(metrics.mase([5], [4], [3], season=12))
    assert np.isnan(metrics.coefficient_of_variation([4]))
    assert np.isnan(metrics.coefficient_of_variation([-1, 1]))
    assert np.isnan(metrics.average_demand_interval([0, 0]))
    assert np.isnan(metrics.plan_volatility([1], [0]))
    assert np.isnan(metrics.service_level(0, 0))
    assert np.isnan(metrics.revenue_vs_plan(5, np.nan))


def test_returns_are_left_out_of_the_weighted_error() -> None:
    assert metrics.wmape([100, -40], [110, 0]) == pytest.approx(0.1)


def test_a_forecast_worse_than_nothing_has_no_accuracy() -> None:
    assert metrics.forecast_accuracy([10], [100]) == 0


def test_making_more_of_one_item_does_not_meet_the_schedule_of_another() -> None:
    assert metrics.schedule_adherence([150, 50], [100, 100]) == 0.75
    assert metrics.plan_adherence(200, 200) == 1


@given(numbers)
def test_the_sign_turns_the_error_and_nothing_else(pairs: list[tuple[float, float]]) -> None:
    actual, forecast = np.array(pairs).T

    for metric in (metrics.mean_error, metrics.bias, metrics.tracking_signal):
        ours, theirs = metric(actual, forecast), metric(actual, forecast, sign="A-F")
        assert ours == pytest.approx(-theirs, nan_ok=True)


@given(numbers)
def test_errors_keep_their_order(pairs: list[tuple[float, float]]) -> None:
    actual, forecast = np.array(pairs).T

    spread = [
        abs(metrics.mean_error(actual, forecast)),
        metrics.mae(actual, forecast),
        metrics.rmse(actual, forecast),
    ]

    assert spread == pytest.approx(sorted(spread))
    assert not metrics.smape(actual, forecast) > 2
