"""Plain methods: textbook tables, statsmodels, and laws."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.tsa.api import Holt, SimpleExpSmoothing

from sop_xl.planning.demand.engine import simple, smoothing, winters
from sop_xl.planning.demand.engine.winters import Decomposition
from sop_xl.planning.frames import Numbers

METHODS = (
    simple.naive,
    simple.seasonal_naive,
    simple.moving_average,
    simple.mean,
    simple.drift,
    smoothing.ses,
    smoothing.holt,
    smoothing.damped_holt,
    winters.decomposition,
    winters.winters,
)
every = pytest.mark.parametrize("method", METHODS, ids=lambda method: method.__name__)

# Chopra and Meindl, Supply Chain Management, chapter 7: Tahoe Salt, twelve quarters
TAHOE = np.array(
    [[8000, 13000, 23000, 34000, 10000, 18000, 23000, 38000, 12000, 13000, 32000, 41000.0]]
)
BOOK = Decomposition(
    np.array([18439.0]),
    np.array([524.0]),
    np.array([[0.47, 0.68, 1.17, 1.67]]),
    np.array([True]),
)
# Heizer, Render and Munson, Operations Management: Port of Baltimore, tons unloaded
BALTIMORE = np.array([[180, 168, 159, 175, 190, 205, 180, 182.0]])
# Quarterly beer production, fpp2::ausbeer, 1992 Q1 to 2007 Q4, and the ten quarters after it
BEER = """
443 410 420 532 433 421 410 512 449 381 423 531 426 408 416 520 409 398 398 507 432 398 406 526
428 397 403 517 435 383 424 521 421 402 414 500 451 380 416 492 428 408 406 506 435 380 421 490
435 390 412 454 416 403 408 482 438 386 405 491 427 383 394 473
"""
BEER_AFTER = np.array([420, 390, 410, 488, 415, 398, 419, 488, 414, 374.0])


def errors(method: Callable[[Numbers, int, int], Numbers], demand: Numbers, first: int) -> Numbers:
    """Errors F - D of the forecasts of one period ahead, from a period (counted from 1) on."""
    ends = range(first - 1, demand.shape[1])
    return np.array([method(demand[:, :end], 1, 4)[0, 0] - demand[0, end] for end in ends])


def table(error: Numbers, demand: Numbers) -> tuple[float, float, float, float]:
    """MAD, MAPE in percent, least and greatest tracking signal (running sum of E / running MAD)."""
    mad = np.cumsum(abs(error)) / np.arange(1, len(error) + 1)
    signal = np.cumsum(error) / mad
    mape = 100 * np.mean(abs(error) / demand[0, -len(error) :])
    return float(mad[-1]), float(mape), float(signal.min()), float(signal.max())


@pytest.mark.parametrize(
    ("method", "first", "mad", "mape", "signals"),
    [
        (partial(simple.moving_average, window=4), 5, 9719, 49, (-1.52, 2.21)),
        (partial(smoothing.ses, alpha=0.1, level=22083.0), 1, 10208, 59, (-1.38, 2.25)),
        (
            partial(smoothing.holt, alpha=0.1, beta=0.2, level=12015.0, trend=1549.0),
            1, 8836, 52, (-2.15, 2.00),
        ),
        (
            partial(winters.winters, alpha=0.05, beta=0.1, gamma=0.1, start=BOOK),
            1, 1469, 8, (-2.74, 4.00),
        ),
    ],
    ids=["moving average", "SES", "Holt", "Winters"],
)  # fmt: skip
def test_tahoe_salt_errors_as_printed(
    method: Callable[[Numbers, int, int], Numbers],
    first: int,
    mad: float,
    mape: float,
    signals: tuple[float, float],
) -> None:
    found = table(errors(method, TAHOE, first), TAHOE)

    assert found[0] == pytest.approx(mad, abs=0.6)
    assert found[1] == pytest.approx(mape, abs=0.5)
    assert found[2:] == pytest.approx(signals, abs=0.006)


def test_tahoe_salt_forecasts_as_printed() -> None:
    average = simple.moving_average(TAHOE, 1, window=4)
    smoothed = smoothing.ses(TAHOE, 1, alpha=0.1, level=TAHOE.mean())
    trended = smoothing.holt(TAHOE, 4, alpha=0.1, beta=0.2, level=12015.0, trend=1549.0)
    seasonal = winters.winters(TAHOE, 4, 4, alpha=0.05, beta=0.1, gamma=0.1, start=BOOK)

    assert average[0] == pytest.approx([24500])
    assert smoothed[0] == pytest.approx([23490], abs=0.5)
    # 31,985 33,526 35,067 36,609
    assert trended[0] == pytest.approx([31985, 33526, 35067, 36609], abs=0.5)
    assert seasonal[0] == pytest.approx([11940, 17579, 30930, 44928], abs=0.6)


def test_tahoe_salt_static_method_as_printed() -> None:
    found = winters.decompose(TAHOE, 4)

    assert found.level[0] == pytest.approx(18438.988, abs=0.001)
    assert found.trend[0] == pytest.approx(523.810, abs=0.001)
    assert found.factors[0] == pytest.approx([0.4717, 0.6834, 1.1707, 1.6644], abs=0.00005)
    # with the book's rounded line and factors
    assert BOOK.of(np.arange(12, 16))[0] == pytest.approx([11868, 17527, 30770, 44794], abs=0.5)
    # (18438.988 + 13 x 523.810) x 0.47168 = 11,909.3
    assert winters.decomposition(TAHOE, 4, 4)[0, 0] == pytest.approx(11909.3, abs=0.1)


@pytest.mark.parametrize(
    ("alpha", "following", "mad", "mse", "mape"),
    [(0.1, 178.5959, 10.30732, 190.8175, 5.59), (0.5, 184.15, 12.329, 195.2383, 6.756)],
)
def test_port_of_baltimore_as_printed(
    alpha: float, following: float, mad: float, mse: float, mape: float
) -> None:
    method = partial(smoothing.ses, alpha=alpha, level=175.0)
    error = errors(method, BALTIMORE, 1)

    assert method(BALTIMORE, 1)[0, 0] == pytest.approx(following, abs=0.005)
    assert np.mean(abs(error)) == pytest.approx(mad, abs=0.0005)
    assert np.mean(error**2) == pytest.approx(mse, abs=0.00005)
    assert 100 * np.mean(abs(error) / BALTIMORE[0]) == pytest.approx(mape, abs=0.005)


@pytest.mark.parametrize(
    ("method", "rmse", "mae", "mape", "mase"),
    [
        (simple.mean, 38.45, 34.83, 8.28, 2.44),
        (simple.naive, 62.69, 57.40, 14.18, 4.01),
        (simple.seasonal_naive, 14.31, 13.40, 3.17, 0.94),
    ],
)
def test_beer_errors_as_printed_by_hyndman(
    method: Callable[[Numbers, int, int], Numbers],
    rmse: float,
    mae: float,
    mape: float,
    mase: float,
) -> None:
    beer = np.array([BEER.split()], dtype=float)
    error = method(beer, 10, 4)[0] - BEER_AFTER

    assert np.sqrt(np.mean(error**2)) == pytest.approx(rmse, abs=0.006)
    assert np.mean(abs(error)) == pytest.approx(mae, abs=0.006)
    assert 100 * np.mean(abs(error) / BEER_AFTER) == pytest.approx(mape, abs=0.006)
    assert np.mean(abs(error)) / 14.3 == pytest.approx(mase, abs=0.006)


def test_drift_goes_on_from_first_to_last() -> None:
    # (11 - 2) / 3 = 3 a period
    assert simple.drift(np.array([[np.nan, 2.0, 9, 1, 11]]), 2).tolist() == [[14.0, 17.0]]


def test_additive_winters_by_hand() -> None:
    # L0 10, T0 1, factors +2 -2. D1 14: L = .5 (14 - 2) + .5 (11) = 11.5; T = .5 (1.5) + .5 (1)
    # = 1.25; S1 = .5 (14 - 11.5) + .5 (2) = 2.25. D2 10: L = .5 (12) + .5 (12.75) = 12.375;
    # T = .5 (.875) + .5 (1.25) = 1.0625. F3 = 12.375 + 1.0625 + 2.25 = 15.6875
    start = Decomposition(
        np.array([10.0]), np.array([1.0]), np.array([[2.0, -2.0]]), np.array([False])
    )

    found = winters.winters(
        np.array([[14.0, 10.0]]), 1, 2, alpha=0.5, beta=0.5, gamma=0.5, start=start
    )

    assert found[0] == pytest.approx([15.6875])


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 7])
def test_chosen_smoothing_is_as_good_as_that_of_statsmodels(seed: int) -> None:
    random = np.random.default_rng(seed)
    demand = 50 + np.cumsum(random.normal(0.5, 1 + seed % 3, 40)) + random.normal(0, 4, 40)

    level = SimpleExpSmoothing(demand, initialization_method="estimated").fit()
    trend = Holt(demand, initialization_method="estimated").fit()

    assert smoothing.ses(demand[None], 1)[0, 0] == pytest.approx(level.forecast(1)[0], rel=0.005)
    assert smoothing.holt(demand[None], 3)[0] == pytest.approx(trend.forecast(3), rel=0.02)


def test_given_smoothing_is_that_of_statsmodels() -> None:
    demand = np.random.default_rng(7).gamma(4, 10, 30)
    model = Holt(
        demand,
        damped_trend=True,
        initialization_method="known",
        initial_level=35.0,
        initial_trend=1.5,
    )

    fitted = model.fit(smoothing_level=0.3, smoothing_trend=0.2, damping_trend=0.9, optimized=False)
    found = smoothing.damped_holt(
        demand[None], 5, alpha=0.3, beta=0.2, phi=0.9, level=35, trend=1.5
    )

    assert found[0] == pytest.approx(fitted.forecast(5), rel=1e-10)


@every
@settings(max_examples=40, deadline=None)
@given(
    arrays(
        float,
        st.tuples(st.integers(1, 3), st.integers(0, 40)),
        elements=st.one_of(st.just(0.0), st.floats(-1e15, 1e15), st.floats(-5, 100)),
    ),
    st.integers(1, 20),
    st.sampled_from([1, 4, 12, 13]),
    st.integers(0, 40),
)
def test_every_history_has_a_forecast(
    method: Callable[[Numbers, int, int], Numbers],
    history: np.ndarray,
    horizon: int,
    season: int,
    missing: int,
) -> None:
    history[0, :missing] = np.nan

    found = method(history, horizon, season)

    assert found.shape == (len(history), horizon)
    assert np.isfinite(found).all()


@every
def test_series_without_history_and_without_demand_are_zero(
    method: Callable[[Numbers, int, int], Numbers],
) -> None:
    nothing = np.array([np.full(30, np.nan), np.zeros(30)])

    assert not method(nothing, 6, 12).any()
    assert not method(nothing[:, :0], 6, 12).any()


@every
def test_one_value_is_the_forecast(method: Callable[[Numbers, int, int], Numbers]) -> None:
    assert method(np.array([[np.nan, np.nan, 7.0]]), 3, 12)[0] == pytest.approx([7, 7, 7])


@every
def test_other_series_the_unit_and_an_earlier_start_of_others_do_not_matter(
    method: Callable[[Numbers, int, int], Numbers],
) -> None:
    block = np.random.default_rng(1).gamma(3, 10, (5, 40))
    block[1, :25] = np.nan

    together = method(block, 8, 12)

    for row, forecast in zip(block, together, strict=True):
        alone = row[~np.isnan(row)]
        # the season of a block is counted from its first column
        alone = np.r_[np.full((40 - len(alone)) % 12, np.nan), alone]
        assert method(alone[None] * 1024, 8, 12)[0] == pytest.approx(forecast * 1024, rel=1e-9)
