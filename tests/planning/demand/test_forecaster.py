"""The forecasters: what they promise for any history, and known answers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from sop_xl.planning.demand.forecaster import FORECASTERS, Ets, Forecaster, SeasonalNaive

MONTHS = np.arange(60)
WAVE = np.sin(2 * np.pi * MONTHS / 12)
Z80 = 1.2815515655446004
"""Quantile of the standard normal distribution at 90 %: tables."""
both = pytest.mark.parametrize("forecaster", FORECASTERS.values(), ids=FORECASTERS.keys())


def one(forecaster: Forecaster, history: object, horizon: int = 12) -> tuple[np.ndarray, ...]:
    found = forecaster.forecast(np.array([history], dtype=float), horizon, 0.8)
    return found.mean[0], found.low[0], found.high[0]


def method(forecaster: Forecaster, history: object) -> str:
    return forecaster.forecast(np.array([history], dtype=float), 3, 0.8).methods[0]


@both
@settings(max_examples=25, deadline=None)
@given(
    arrays(
        float,
        st.tuples(st.integers(1, 3), st.integers(0, 40)),
        elements=st.one_of(st.just(0.0), st.floats(-50, 1e7)),
    ),
    st.lists(st.integers(0, 40), min_size=3, max_size=3),
    st.integers(1, 30),
)
def test_every_forecast_is_a_range_of_numbers_from_zero_up(
    forecaster: Forecaster, history: np.ndarray, starts: list[int], horizon: int
) -> None:
    for row, start in zip(history, starts, strict=False):
        row[:start] = np.nan

    found = forecaster.forecast(history, horizon, 0.8)

    assert found.mean.shape == found.low.shape == found.high.shape == (len(history), horizon)
    assert len(found.methods) == len(history)
    assert np.isfinite(found.high).all()
    assert (found.low >= 0).all()
    assert (found.low <= found.mean).all()
    assert (found.mean <= found.high).all()


@both
def test_no_series_give_no_forecasts(forecaster: Forecaster) -> None:
    assert forecaster.forecast(np.empty((0, 12)), 6, 0.8).mean.shape == (0, 6)
    assert forecaster.forecast(np.empty((2, 0)), 6, 0.8).methods == ["no history"] * 2


@both
@pytest.mark.parametrize(
    ("history", "mean", "how"),
    [
        (np.full(24, np.nan), 0, "no history"),
        (np.zeros(24), 0, "nothing sold for a year"),
        (np.r_[np.full(12, 9.0), np.zeros(12)], 0, "nothing sold for a year"),
        (np.full(24, 7.0), 7, "constant"),
        (np.r_[np.full(20, np.nan), 4, 8], 6, "mean"),
        (np.r_[np.full(20, np.nan), 0, 8], 4, "mean"),
    ],
)
def test_series_that_need_no_model(
    forecaster: Forecaster, history: np.ndarray, mean: float, how: str
) -> None:
    found = forecaster.forecast(history[None, :], 6, 0.8)

    assert found.mean.tolist() == [[mean] * 6]
    assert found.methods == [how]


@both
def test_the_same_history_gives_the_same_forecast(forecaster: Forecaster) -> None:
    noise = np.random.default_rng(1).gamma(5, 20, 48)
    other = np.random.default_rng(2).gamma(5, 20, 48)

    alone = one(forecaster, noise)
    beside = forecaster.forecast(np.array([other, noise]), 12, 0.8)

    assert alone[0].tolist() == beside.mean[1].tolist()
    assert alone[2].tolist() == beside.high[1].tolist()


@both
def test_the_range_grows_with_the_share_it_should_hold(forecaster: Forecaster) -> None:
    history = np.random.default_rng(3).gamma(5, 20, (1, 48))

    half, most = (forecaster.forecast(history, 6, level) for level in (0.5, 0.95))

    assert (most.high > half.high).all()
    assert (most.low < half.low).all()


@both
def test_the_unit_of_demand_does_not_matter(forecaster: Forecaster) -> None:
    history = np.random.default_rng(4).gamma(5, 20, 48)

    small, large = one(forecaster, history), one(forecaster, history * 1e6)

    assert large[0] == pytest.approx(small[0] * 1e6, rel=1e-6)
    assert large[1] == pytest.approx(small[1] * 1e6, rel=1e-6)


@both
def test_a_series_too_short_to_vary_borrows_the_range_of_the_others(
    forecaster: Forecaster,
) -> None:
    long = np.random.default_rng(5).gamma(5, 20, 24)
    short = np.r_[np.full(23, np.nan), 100.0]

    found = forecaster.forecast(np.array([long, short]), 3, 0.8)

    cv = long.std(ddof=1) / long.mean()
    assert found.high[1] - 100 == pytest.approx(np.full(3, Z80 * cv * 100))


def test_seasonal_naive_repeats_last_year() -> None:
    mean, _, _ = one(SeasonalNaive(), np.arange(30.0), horizon=14)

    assert mean.tolist() == [*range(18, 30), 18, 19]


def test_the_range_of_seasonal_naive_by_hand() -> None:
    # every month 12 more than the year before: s = 12, and root 2 of it in the second year
    mean, low, high = one(SeasonalNaive(), 100 + np.arange(36.0), horizon=13)

    assert high - mean == pytest.approx([Z80 * 12] * 12 + [Z80 * 12 * np.sqrt(2)])
    assert mean - low == pytest.approx(high - mean)


def test_ets_finds_a_clean_season() -> None:
    mean, low, high = one(Ets(), 1000 + 300 * WAVE, horizon=24)

    assert mean == pytest.approx(np.tile(1000 + 300 * WAVE[:12], 2), rel=0.01)
    assert (high - low < 60).all()


def test_ets_sees_no_season_in_noise() -> None:
    assert method(Ets(), np.random.default_rng(6).normal(1000, 100, 60))[-2] == "N"


def test_ets_chooses_multiplicative_errors_where_they_grow_with_the_season() -> None:
    noise = np.random.default_rng(7).lognormal(0, 0.15, 60)

    assert method(Ets(), 1000 * (1 + 0.8 * WAVE) * noise) == "ETS(M,N,M)"


def test_ets_needs_two_years_for_a_season() -> None:
    assert method(Ets(), (1000 + 300 * WAVE)[:25])[-2] == "N"


def test_ets_falls_back_where_no_form_fits() -> None:
    huge = np.tile([0.0, 1e120], 12)

    found = Ets().forecast(huge[None, :], 6, 0.8)

    assert np.isfinite(found.high).all()


@pytest.mark.parametrize("seasonal", [True, False])
def test_the_range_of_additive_forms_is_that_of_statsmodels(seasonal: bool) -> None:
    """The same growth with the horizon as statsmodels' exact intervals.

    statsmodels takes s^2 = sum e^2 / n, which is too narrow; here it is sum e^2 / (n - k).
    """
    noise = np.random.default_rng(8).normal(0, 30, 60)
    history = 1000 + 8 * MONTHS + (300 * WAVE if seasonal else 0) + noise
    history[0] = 0  # keeps multiplicative forms out
    name = method(Ets(), history)
    parameters = {"ETS(A,Ad,A)": 18, "ETS(A,N,A)": 15, "ETS(A,Ad,N)": 6, "ETS(A,N,N)": 3}[name]
    scale = history.mean()
    damped = "Ad" in name
    peer = ETSModel(
        pd.Series(history / scale),
        trend="add" if damped else None,
        damped_trend=damped,
        seasonal="add" if seasonal else None,
        seasonal_periods=12 if seasonal else None,
        initialization_method="heuristic",
    ).fit(disp=False)
    table = peer.get_prediction(start=60, end=83).summary_frame(alpha=0.2)

    mean, _, high = one(Ets(), history, horizon=24)

    assert name.endswith("A)") is seasonal
    assert mean == pytest.approx(table["mean"].to_numpy() * scale, rel=1e-9)
    width = (table["pi_upper"] - table["mean"]).to_numpy() * scale
    assert high - mean == pytest.approx(width * np.sqrt(60 / (60 - parameters)), rel=1e-6)


def test_the_range_holds_about_the_share_it_should() -> None:
    """60 series drawn from a local level: 80 % of what came lies in the range, give or take 6."""
    random = np.random.default_rng(9)
    level = 1000 + np.cumsum(random.normal(0, 10, (60, 48)), axis=1)
    seen = level + random.normal(0, 30, level.shape)

    found = Ets().forecast(seen[:, :42], 6, 0.8)

    inside = (found.low <= seen[:, 42:]) & (seen[:, 42:] <= found.high)
    assert inside.mean() == pytest.approx(0.8, abs=0.06)
