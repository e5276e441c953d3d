"""Exponential smoothing by statsmodels: clean seasons, ranges as statsmodels gives them."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from sop_xl.planning.demand.forecaster import forecast

MONTHS = np.arange(60)
WAVE = np.sin(2 * np.pi * MONTHS / 12)


def one(history: object, horizon: int = 12) -> tuple[np.ndarray, ...]:
    found = forecast(np.array([history], dtype=float), horizon, "statsmodels_ets", 0.8)
    return found.mean[0], found.low[0], found.high[0]


def test_ets_finds_a_clean_season() -> None:
    mean, low, high = one(1000 + 300 * WAVE, horizon=24)

    assert mean == pytest.approx(np.tile(1000 + 300 * WAVE[:12], 2), rel=0.01)
    assert (high - low < 60).all()


def test_ets_falls_back_where_no_form_fits() -> None:
    huge = np.tile([0.0, 1e120], 12)

    found = forecast(huge[None, :], 6, "statsmodels_ets", 0.8)

    assert np.isfinite(found.high).all()


@pytest.mark.parametrize("seasonal", [True, False])
def test_the_range_of_additive_forms_is_that_of_statsmodels(seasonal: bool) -> None:
    """The same growth with the horizon as statsmodels' exact intervals.

    statsmodels takes s^2 = sum e^2 / n, which is too narrow; here it is sum e^2 / (n - k).
    """
    noise = np.random.default_rng(8).normal(0, 30, 60)
    history = 1000 + 8 * MONTHS + (300 * WAVE if seasonal else 0) + noise
    history[0] = 0  # keeps multiplicative forms out
    scale = history.mean()
    damped = not seasonal  # beside a season the slow trend is not worth its parameters
    parameters = 15 if seasonal else 6  # smoothing, damping, start values, variance
    peer = ETSModel(
        pd.Series(history / scale),
        trend="add" if damped else None,
        damped_trend=damped,
        seasonal="add" if seasonal else None,
        seasonal_periods=12 if seasonal else None,
        initialization_method="heuristic",
    ).fit(disp=False)
    table = peer.get_prediction(start=60, end=83).summary_frame(alpha=0.2)

    mean, _, high = one(history, horizon=24)

    assert mean == pytest.approx(table["mean"].to_numpy() * scale, rel=1e-9)
    width = (table["pi_upper"] - table["mean"]).to_numpy() * scale
    assert high - mean == pytest.approx(width * np.sqrt(60 / (60 - parameters)), rel=1e-6)


def test_the_range_holds_about_the_share_it_should() -> None:
    """60 series drawn from a local level: 80 % of what came lies in the range, give or take 6."""
    random = np.random.default_rng(9)
    level = 1000 + np.cumsum(random.normal(0, 10, (60, 48)), axis=1)
    seen = level + random.normal(0, 30, level.shape)

    found = forecast(seen[:, :42], 6, "statsmodels_ets", 0.8)

    inside = (found.low <= seen[:, 42:]) & (seen[:, 42:] <= found.high)
    assert inside.mean() == pytest.approx(0.8, abs=0.06)
