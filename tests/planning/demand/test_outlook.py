"""Forecasts of ranges: form, blanks, seasons, the method in words."""

import subprocess
import sys
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.demand import outlook
from sop_xl.planning.demand.forecaster import forecast as plan_forecast
from sop_xl.planning.frames import Numbers
from sop_xl.tables.settings import Settings

# Hyndman and Athanasopoulos, Forecasting: Principles and Practice (2nd ed.), 3.4: beer by quarter,
# the last years of the training data and the ten quarters after it
BEER = [435, 390, 412, 454, 416, 403, 408, 482, 438, 386, 405, 491, 427, 383, 394, 473]
BEER_AFTER = [420, 390, 410, 488, 415, 398, 419, 488, 414, 374]

MONTHS = np.arange(48)
SEASONAL = (200 + MONTHS) * (1 + 0.3 * np.sin(2 * np.pi * MONTHS / 12))


def forecast(*arguments: object) -> Numbers:
    return np.asarray(named("SOP_FORECAST")(*arguments), dtype=float)


def ends(*arguments: object) -> Numbers:
    return np.asarray(named("SOP_FORECAST_PI")(*arguments), dtype=float)


# ---- the numbers -------------------------------------------------------------------------------


@pytest.mark.parametrize(("season", "mape", "mase"), [(4, 0.0317, 0.94), (1, 0.1418, 4.01)])
def test_seasonal_naive_and_naive_forecast_of_beer(season: int, mape: float, mase: float) -> None:
    found = forecast(BEER, 10, season, "seasonal_naive")

    assert named("SOP_MAPE")(BEER_AFTER, found) == pytest.approx(mape, abs=5e-5)
    # the seasonal naive forecast was wrong by 14.3 a quarter in the training data
    assert np.abs(found - BEER_AFTER).mean() / 14.3 == pytest.approx(mase, abs=0.01)


@pytest.mark.parametrize("method", ["weights", "simple", "ets", "statsmodels_ets"])
def test_it_is_what_the_forecaster_of_the_plan_finds(method: str) -> None:
    found = plan_forecast(SEASONAL[np.newaxis], 6, method, 0.9)

    assert forecast(SEASONAL, 6, 12, method).tolist() == found.mean[0].tolist()
    assert ends(SEASONAL, 6, 0.9, 12, method).tolist() == [
        found.low[0].tolist(), found.high[0].tolist(),
    ]  # fmt: skip


def test_what_is_left_out_is_as_in_the_plan() -> None:
    plan = Settings()

    assert forecast(SEASONAL, 6).tolist() == forecast(SEASONAL, 6, 12, plan.forecaster).tolist()
    assert ends(SEASONAL, 6).tolist() == ends(SEASONAL, 6, plan.range_level).tolist()


@pytest.mark.parametrize("season", [2, 4, 7, 13, 24])
def test_a_season_of_any_length_is_found(season: int) -> None:
    wave = 100 + 50 * np.sin(2 * np.pi * np.arange(6 * season) / season)
    noise = np.random.default_rng(7).normal(0, 1, len(wave))

    found = forecast(wave + noise, season, season)

    assert np.abs(found - wave[:season]).max() < 10


# ---- the form ----------------------------------------------------------------------------------


def test_the_forecast_lies_in_the_direction_of_the_history() -> None:
    upright = [[number] for number in BEER]

    assert forecast(upright, 3).shape == (3, 1)
    assert forecast([BEER], 3).shape == (1, 3)
    assert forecast([BEER, BEER], 3).shape == (2, 3)
    assert forecast(upright, 1).shape == ()


def test_low_and_high_lie_beside_each_other() -> None:
    upright = [[number] for number in SEASONAL]
    low, high = ends([SEASONAL], 3)

    assert ends(upright, 3).tolist() == [list(pair) for pair in zip(low, high, strict=True)]
    assert (low < high).all()
    twice = ends([SEASONAL, SEASONAL], 3)
    assert twice.shape == (4, 3)
    assert twice[:2].tolist() == twice[2:].tolist()


def test_a_wider_range_holds_more() -> None:
    narrow, wide = ends(SEASONAL, 6, 0.5), ends(SEASONAL, 6, 0.95)

    assert (wide[0] <= narrow[0]).all()
    assert (narrow[1] <= wide[1]).all()


# ---- blanks ------------------------------------------------------------------------------------


def test_months_to_come_are_cut_off_and_months_before_the_first_are_no_history() -> None:
    plain = forecast([5, 7, 3], 2).tolist()

    assert forecast([5, 7, 3, None, "open", None], 2).tolist() == plain
    assert forecast([None, "new", 5, 7, 3], 2).tolist() == plain


def test_a_blank_month_later_sold_nothing() -> None:
    assert forecast([5, None, 7], 2).tolist() == forecast([5, 0, 7], 2).tolist()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (([None, "x"], 3), "#N/A: SOP_FORECAST: the history holds no number"),
        (([0] * 1201, 3), "#N/A: SOP_FORECAST: the history has 1,201 periods; give the last 1,200"),
        ((BEER, 0), "#NUM!: SOP_FORECAST: horizon"),
        ((BEER, 1e9), "#NUM!: SOP_FORECAST: horizon"),
        ((BEER, 3, 54), "#NUM!: SOP_FORECAST: season"),
        ((BEER, 3, 12, "crystal ball"), "#VALUE!: SOP_FORECAST: method"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[object, ...], reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        forecast(*arguments)


def test_the_range_of_a_sum_holds_as_many_outcomes_as_one_of_a_month() -> None:
    """Independent demand of 100 +- 10 a month: 200 items, what six months together ask for."""
    demand = np.random.default_rng(5).normal(100, 10, (200, 54))

    both = ends(demand[:, :48], 6, 0.8, 12, "weights", True).reshape(200, 2, 6)

    total = demand[:, 48:].cumsum(axis=1)
    held = (both[:, 0] <= total) & (total <= both[:, 1])
    assert held.mean() == pytest.approx(0.8, abs=0.06)
    alone = ends(demand[:, :48], 6, 0.8).reshape(200, 2, 6)
    assert (both[:, 1, 5] - both[:, 0, 5]).mean() < np.ptp(alone, axis=1).sum(axis=1).mean()


def test_a_method_without_backtest_has_no_range_of_sums() -> None:
    with pytest.raises(CellError, match="has no backtest"):
        ends(BEER, 3, 0.8, 4, "statsmodels_ets", True)


@pytest.mark.parametrize("endless", [np.inf, -np.inf, 1e308])
def test_an_infinite_number_is_none(endless: float) -> None:
    demand = [[7.0, 9.0, 8.0, value, 7.0, 8.0] for value in (endless, None)]

    np.testing.assert_array_equal(forecast(demand[:1], 3), forecast(demand[1:], 3))


@pytest.mark.parametrize("level", [0, 1, 80])
def test_a_level_is_a_share(level: float) -> None:
    with pytest.raises(CellError, match="#NUM!: SOP_FORECAST_PI: level"):
        ends(BEER, 3, level)


@settings(deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 999)), min_size=1, max_size=40),
    st.integers(1, 18), st.sampled_from([1, 4, 12]), st.integers(2, 50),
)  # fmt: skip
def test_other_units_give_the_same_forecast(
    history: list[float | None], horizon: int, season: int, factor: int
) -> None:
    cells = np.array(history, dtype=float)
    if np.isnan(cells).all():
        return
    found = outlook.forecast(cells, horizon, season, "seasonal_naive")

    assert found.shape == (horizon,)
    assert outlook.forecast(cells * factor, horizon, season, "seasonal_naive") == pytest.approx(
        found * factor
    )


# ---- in words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([7] * 12,), "the same in every period"),
        ((BEER, 4, "seasonal_naive"), "last year's pattern"),
        ((SEASONAL, 12, "ets"), "exponential smoothing"),
    ],
)
def test_the_method_is_said_in_words(arguments: tuple[object, ...], words: str) -> None:
    assert str(named("SOP_METHOD")(*arguments)).startswith(words)


def test_each_series_has_its_method() -> None:
    found = named("SOP_METHOD")([[7] * 12, [None] * 10 + [4, 5]], 12, "mean")

    assert np.asarray(found).tolist() == [
        ["the same in every period"], ["mean"],
    ]  # fmt: skip


# ---- with the rest of the product --------------------------------------------------------------


def test_the_methods_are_the_forecasters_of_the_plan() -> None:
    choices = Settings.__dataclass_fields__["forecaster"].metadata["choices"]

    assert get_args(outlook.Method) == choices


def test_the_functions_are_there_before_statsmodels() -> None:
    code = "import sop_xl.functions, sys; print('statsmodels' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
