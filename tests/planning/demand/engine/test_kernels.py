"""The kernels of the families against statsmodels and R, for the same parameters."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import statsmodels
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel

from sop_xl.planning.demand.engine import ets, theta
from sop_xl.planning.demand.engine.autoregression import solve
from sop_xl.planning.demand.engine.panel import Panel
from sop_xl.planning.frames import Numbers


def _series(count: int, seed: int, season: int = 12) -> Numbers:
    rng = np.random.default_rng(seed)
    t = np.arange(count)
    found: Numbers = 100 + 0.4 * t + 15 * np.sin(2 * np.pi * t / season) + rng.normal(0, 6, count)
    return found


def _smoothed(
    y: Numbers, alpha: float, beta: float, gamma: float, phi: float, start: list[float]
) -> tuple[Numbers, Numbers]:
    """Errors and twelve periods ahead; ``start`` is level, trend and the season in order."""
    one = [np.array([[value]]) for value in (alpha, beta, gamma, phi)]
    begin = ets.Start(
        np.array([[start[0]]]), np.array([[start[1]]]), np.array([[start[2:]]], dtype=float)
    )
    errors, states = ets.smooth(
        y[np.newaxis], np.zeros(1, dtype=np.int64), ets.Smoothing(*one), begin, [len(y)]
    )
    return errors[0, 0], ets.ahead(states[0], one[3], 12)[0, 0]


@pytest.mark.parametrize("trend", [None, "add"])
@pytest.mark.parametrize("seasonal", [None, "add"])
def test_exponential_smoothing_is_that_of_statsmodels(
    trend: str | None, seasonal: str | None
) -> None:
    y = _series(60, 1)
    season = [float(value) for value in np.round(15 * np.sin(np.pi * np.arange(12) / 6), 1)]
    model = ETSModel(
        y,
        error="add",
        trend=trend,
        damped_trend=trend is not None,
        seasonal=seasonal,
        seasonal_periods=12 if seasonal else None,
        initialization_method="known",
        initial_level=98.0,
        initial_trend=0.5 if trend else None,
        initial_seasonal=season if seasonal else None,
    )
    values = {"smoothing_level": 0.3, "smoothing_trend": 0.05, "smoothing_seasonal": 0.2}
    values["damping_trend"] = 0.9
    result = model.smooth([values[name] for name in model.param_names if name in values])
    errors, ahead = _smoothed(
        y,
        0.3,
        0.05 if trend else 0.0,
        0.2 if seasonal else 0.0,
        0.9 if trend else 1.0,
        [98.0, 0.5 if trend else 0.0, *(season if seasonal else [0.0])],
    )
    np.testing.assert_allclose(errors, result.resid, atol=1e-8)
    np.testing.assert_allclose(ahead, result.forecast(12), atol=1e-8)


def test_exponential_smoothing_is_that_of_r() -> None:
    """R's forecast::ets on austourists, damped AAA, as statsmodels ships it; eight digits."""
    found = Path(statsmodels.__file__).parent / "tsa/tests/results/fit_ets_results_seasonal.json"
    if not found.exists():
        pytest.skip("this statsmodels comes without R's results")
    r = json.loads(found.read_text())["TRUE"]["AAA"]
    level, trend, *backwards = r["initstate"]
    y = np.array(r["fitted"]) + np.array(r["residuals"])
    alpha, beta, gamma, phi = (r[name][0] for name in ("alpha", "beta", "gamma", "phi"))
    start = [level, trend, *reversed(backwards)]
    errors, ahead = _smoothed(y, alpha, beta, gamma, phi, start)
    np.testing.assert_allclose(errors, r["residuals"], atol=2e-6)
    np.testing.assert_allclose(ahead[:4], r["forecast"], atol=2e-6)


def test_start_values_are_those_of_least_squares() -> None:
    """The closed form against numpy's least squares on the errors of unit starts."""
    y = _series(40, 3)
    search = ets.Search(12, 40, damped=True, seasonal=True)
    fit = search.fit(Panel(y[np.newaxis], np.array([40]), 12), [0])[0]
    alpha, beta, gamma, phi = (float(x[0]) for x in fit.smoothing)
    units = np.vstack([np.zeros(14), np.eye(14)])[:, :13]  # the last season is in the level
    columns = [_smoothed(0 * y, alpha, beta, gamma, phi, [*unit, 0.0])[0] for unit in units[1:14]]
    zero = _smoothed(y, alpha, beta, gamma, phi, [0.0] * 14)[0]
    left = zero + np.array(columns).T @ np.linalg.lstsq(np.array(columns).T, -zero)[0]
    start = [float(fit.start.level[0]), float(fit.start.trend[0]), *fit.start.season[0]]
    errors = _smoothed(y, alpha, beta, gamma, phi, start)[0]
    assert np.sum(errors**2) == pytest.approx(np.sum(left**2), rel=1e-6)


@pytest.mark.parametrize(("damped", "seasonal"), [(False, False), (True, False), (False, True)])
def test_fits_reach_the_likelihood_of_statsmodels(damped: bool, seasonal: bool) -> None:
    """Over 24 series the log-likelihood, -n/2 ln(mean squared error), is on average at most 1
    below that of statsmodels' optimiser, which looks for the same parameters one by one."""
    rows = np.array([_series(60, seed) for seed in range(24)])
    panel = Panel(rows, np.full(24, 60), 12)
    search = ets.Search(12, 60, damped=damped, seasonal=seasonal)
    fit = search.fit(panel, [0])[0]
    ours = -0.5 * (fit.aicc - 2 * search.parameters * 60 / (60 - search.parameters - 1))
    theirs = []
    for row in rows:
        model = ETSModel(
            row,
            trend="add" if damped else None,
            damped_trend=damped,
            seasonal="add" if seasonal else None,
            seasonal_periods=12 if seasonal else None,
        )
        resid = np.asarray(model.fit(disp=False).resid)
        theirs.append(-30 * np.log(np.mean(resid**2)))
    assert np.mean(ours - np.array(theirs)) > -1.0


def test_standard_theta_is_that_of_statsmodels() -> None:
    """theta = 2, with the smoothing, the last level and the slope that statsmodels found.

    (1 - alpha)^n is far below the tolerance, and with it what differs at the beginning.
    """
    y = _series(120, 5)
    theirs = ThetaModel(y, period=12, deseasonalize=False).fit()
    alpha, slope = float(theirs.params["alpha"]), float(theirs.params["b0"])
    level = float(theirs.forecast_components(1)["ses"].iloc[0])
    one = [np.array([x]) for x in (alpha, 0.5, level, (1 - alpha) ** 120, 0.0, slope, y.mean())]
    ahead = theta.ahead(theta.Fit(*one), np.array([120]), 6, dynamic=False)[0]
    np.testing.assert_allclose(ahead, theirs.forecast(6, theta=2), atol=1e-8)


def test_the_line_of_theta_is_least_squares() -> None:
    y = _series(30, 7)
    line = theta.lines(y[np.newaxis])
    for n in (2, 11, 30):
        slope, intercept = np.polyfit(np.arange(1, n + 1), y[:n], 1)
        assert line.slope[0, n - 1] == pytest.approx(slope)
        assert line.intercept[0, n - 1] == pytest.approx(intercept)


def test_theta_goes_on_with_a_line() -> None:
    panel = Panel(np.arange(1.0, 31.0)[np.newaxis], np.array([30]), 1)
    for dynamic in (False, True):
        fit = theta.fit(panel, dynamic=dynamic)
        ahead = theta.ahead(fit, panel.count, 4, dynamic=dynamic)
        np.testing.assert_allclose(ahead, [[31, 32, 33, 34]], rtol=0.02)


def test_small_systems_are_solved_as_numpy_solves_them() -> None:
    rng = np.random.default_rng(0)
    roots = rng.normal(size=(9, 5, 5))
    matrices = roots @ roots.transpose(0, 2, 1) + np.eye(5)
    right = rng.normal(size=(9, 5))
    ours = solve(np.moveaxis(matrices, 0, -1), right.T)
    np.testing.assert_allclose(ours.T, np.linalg.solve(matrices, right[..., None])[..., 0])
