"""The door to the forecast engine: what it promises for any history, whatever the method."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sop_xl.planning.demand.engine.methods import METHODS
from sop_xl.planning.demand.forecaster import LABELS, forecast, in_words, made_of
from sop_xl.tables.settings import Settings

NOISE = np.random.default_rng(1).gamma(5, 20, 48)
WAYS = ("weights", "simple", "seasonal_naive", "statsmodels_ets")


@pytest.mark.parametrize("method", WAYS)
@settings(max_examples=8, deadline=None)
@given(
    arrays(
        float,
        st.tuples(st.integers(1, 3), st.integers(1, 40)),
        elements=st.one_of(st.just(0.0), st.floats(0, 1e7)),
    ),
    st.lists(st.integers(0, 40), min_size=3, max_size=3),
    st.integers(1, 30),
)
def test_every_forecast_is_a_range_of_numbers_from_zero_up(
    method: str, history: np.ndarray, starts: list[int], horizon: int
) -> None:
    for row, start in zip(history, starts, strict=False):
        row[:start] = np.nan

    found = forecast(history, horizon, method, 0.8)

    assert found.mean.shape == found.low.shape == found.high.shape == (len(history), horizon)
    assert np.isfinite(found.high).all()
    assert (found.low >= 0).all()
    assert (found.low <= found.mean).all()
    assert (found.mean <= found.high).all()
    assert found.found.weights.sum(axis=0) == pytest.approx(np.ones(len(history)))


@pytest.mark.parametrize("method", WAYS)
def test_no_series_and_no_months_give_no_more_than_zero(method: str) -> None:
    assert forecast(np.empty((0, 12)), 6, method, 0.8).mean.shape == (0, 6)
    assert forecast(np.full((2, 5), np.nan), 6, method, 0.8).mean.tolist() == [[0] * 6] * 2


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.99])
def test_the_range_is_that_of_the_level_beside_those_of_the_engine(level: float) -> None:
    found = forecast(NOISE[None], 6, "weights", level)

    assert found.found.levels == tuple(sorted({level, 0.8, 0.95}))
    at = found.found.levels.index(level)
    assert found.high.tolist() == found.found.high[at].tolist()
    assert found.low.tolist() == found.found.low[at].tolist()


def test_last_year_comes_again() -> None:
    found = forecast(np.arange(30.0)[None], 14, "seasonal_naive", 0.8)

    assert found.mean[0].tolist() == [*range(18, 30), 18, 19]
    assert made_of(found.found, 0) == "last year's pattern"


def test_a_pinned_method_is_taken_alone() -> None:
    found = forecast(np.stack([NOISE, NOISE[::-1]]), 3, "weights", 0.8, pins=["naive", ""])

    assert found.mean[0].tolist() == [NOISE[-1]] * 3
    assert made_of(found.found, 0) == "last value"
    assert found.mean[1].tolist() != [NOISE[0]] * 3


@pytest.mark.parametrize(
    ("history", "words"),
    [
        ([np.nan] * 24, "no history: zero"),
        ([9.0] * 12 + [0.0] * 24, "demand has ended: zero"),
        ([7.0] * 24, "the same in every period"),
    ],
)
def test_what_needs_no_method_says_so(history: list[float], words: str) -> None:
    assert made_of(forecast(np.array([history]), 3, "weights", 0.8).found, 0) == words


def test_methods_are_said_with_their_shares() -> None:
    shares = {"naive": 0.1, "ets": 0.5, "theta": 0.25, "ar": 0.15, "mean": 0.0}

    assert in_words(shares) == "exponential smoothing 50 %, Theta 25 %, autoregression 15 % and 1 more"
    assert in_words({"of an older version": 1.0}) == "of an older version"


def test_the_settings_know_every_method() -> None:
    choices = Settings.__dataclass_fields__["forecaster"].metadata["choices"]

    assert choices == ("weights", "simple", *METHODS, "statsmodels_ets")
    assert tuple(LABELS) == choices[2:]
