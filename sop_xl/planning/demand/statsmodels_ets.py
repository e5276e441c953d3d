"""Exponential smoothing by statsmodels, one series after the other: an optional method.

Of six forms the one with the lowest corrected Akaike criterion is taken: no trend or a damped one,
no season or an additive one (both with additive errors), and a multiplicative season with
multiplicative errors where all months are positive. Seasonal forms need two seasons and two months.
Start values come from the heuristic of Hyndman, Koehler, Ord and Snyder, Forecasting with
Exponential Smoothing (2008), section 2.6.1, and count as parameters. With additive errors the range
is exact (ibid., table 6.1), else it is simulated with a fixed seed.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from sop_xl.planning.demand.engine.result import Backtest, Forecasts, Options
from sop_xl.planning.frames import Numbers, begun

if TYPE_CHECKING:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel, ETSResults

NAME = "statsmodels_ets"
"""The method by the value of the setting ``forecaster``."""
LABEL = "exponential smoothing (statsmodels)"
SHORTEST = 10
"""Months that exponential smoothing needs; below, the forecast is the mean."""
PATHS = 500
"""Simulated futures behind the range of a multiplicative form."""
SEED = 20_000


def forecast_block(history: Numbers, horizon: int, options: Options) -> Forecasts:
    """Forecast each row, without a backtest.

    Args:
        history: Series down, periods across, the last one last; NaN before the first observation.
        horizon: Periods ahead.
        options: Season and levels; the rest does not matter here.
    """
    count, levels = len(history), len(options.levels)
    mean = np.zeros((count, horizon))
    low, high = np.zeros((levels, count, horizon)), np.zeros((levels, count, horizon))
    # the optimiser's matrices are tiny: waking more threads for them costs four times the work
    with threadpool_limits(limits=1):
        for at, row in enumerate(history):
            mean[at], low[:, at], high[:, at] = _one(begun(row), horizon, options)
    untested = np.full(count, np.nan)
    return Forecasts(
        mean, low, high, options.levels, (NAME,), mean[np.newaxis], np.ones((1, count)),
        untested[np.newaxis], untested, untested, np.full(count, NAME, dtype=object),
        Backtest(
            np.zeros(0, dtype=np.int64), np.zeros((0, count, horizon)),
            np.zeros((0, count, horizon)), np.zeros((0, 1, count, horizon)),
        ),
    )  # fmt: skip


def _one(
    series: npt.NDArray[np.float64], horizon: int, options: Options
) -> tuple[Numbers, Numbers, Numbers]:
    """Mean, low and high of one series, the levels down; none below zero if none was before."""
    scale = np.abs(series).mean() if len(series) else 0.0
    if scale == 0:
        flat = np.zeros((len(options.levels), horizon))
        return flat[0], flat, flat
    fits = list(_fits(series / scale, horizon, options.season)) if len(series) >= SHORTEST else []
    best = min(fits, key=lambda fit: fit.aicc) if fits and np.ptp(series) > 0 else None
    if best is None:
        mean = np.full(horizon, series.mean())
        deviation = series.std(ddof=1) if len(series) > 1 else 0.0
        widths = [(np.full(horizon, _z(level) * deviation),) * 2 for level in options.levels]
    else:
        mean = best.mean * scale
        width = _simulated if best.form.error == "mul" else _exact
        found = [width(best, len(series), level) for level in options.levels]
        widths = [(below * scale, above * scale) for below, above in found]
    floor = 0.0 if options.non_negative and series.min() >= 0 else -np.inf
    shown = np.maximum(mean, floor)
    low = np.array([np.clip(mean - below, floor, shown) for below, _ in widths])
    high = np.array([np.maximum(mean + above, shown) for _, above in widths])
    return shown, low, high


def _z(level: float) -> float:
    """Half-width of the central range of a standard normal distribution."""
    return NormalDist().inv_cdf(0.5 + level / 2)


class _Form(NamedTuple):
    name: str
    error: str
    damped: bool
    seasonal: str | None

    def parameters(self, season: int) -> int:
        """Smoothing and damping parameters, start values, and the variance."""
        trend, seasonal = 2 * self.damped, self.seasonal is not None
        return (1 + trend + seasonal) + (1 + self.damped + (season - 1) * seasonal) + 1


FORMS = (
    _Form("ETS(A,N,N)", "add", False, None),
    _Form("ETS(A,Ad,N)", "add", True, None),
    _Form("ETS(A,N,A)", "add", False, "add"),
    _Form("ETS(A,Ad,A)", "add", True, "add"),
    _Form("ETS(M,N,M)", "mul", False, "mul"),
    _Form("ETS(M,Ad,M)", "mul", True, "mul"),
)


class _Fit(NamedTuple):
    form: _Form
    season: int
    aicc: float
    mean: npt.NDArray[np.float64]
    result: ETSResults


def _fits(series: npt.NDArray[np.float64], horizon: int, season: int) -> Iterator[_Fit]:
    """The forms that the series can bear, fitted; one that comes to nothing is passed over."""
    count = len(series)
    for form in FORMS:
        k = form.parameters(season)
        spare = count - k - 1
        no_season = season == 1 or count < 2 * season + 2
        if spare <= 0 or (form.seasonal and no_season):
            continue
        if form.error == "mul" and series.min() <= 0:
            continue
        # statsmodels warns of what is looked after here: another form, or none, is taken
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            try:
                result = _model(series, form, season).fit(disp=False)
                mean = np.asarray(result.forecast(horizon), dtype=float)
            except (ValueError, np.linalg.LinAlgError):
                continue
            aicc = -2 * float(result.llf) + 2 * k + 2 * k * (k + 1) / spare
        if np.isfinite(mean).all() and not np.isnan(aicc):
            yield _Fit(form, season, aicc, mean, result)


def _model(series: npt.NDArray[np.float64], form: _Form, season: int) -> ETSModel:
    # imported where it is used: it takes longer than everything else together
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    return ETSModel(
        series,
        error=form.error,
        trend="add" if form.damped else None,
        damped_trend=form.damped,
        seasonal=form.seasonal,
        seasonal_periods=season if form.seasonal else None,
        initialization_method="heuristic",
    )


def _deviation(fit: _Fit, count: int) -> float:
    """Standard deviation of the one-step errors, s^2 = sum e^2 / (n - k)."""
    errors = np.asarray(fit.result.resid, dtype=float)
    return float(np.sqrt(np.sum(errors**2) / (count - fit.form.parameters(fit.season))))


def _exact(fit: _Fit, count: int, level: float) -> tuple[Numbers, Numbers]:
    """Half-width z x s x sqrt(1 + sum of c_j^2, j = 1 .. h - 1).

    c_j = alpha + beta (phi + ... + phi^j) + gamma where the season divides j.
    """
    values = dict(zip(fit.result.param_names, fit.result.params, strict=True))
    ahead = np.arange(1, len(fit.mean))
    damping = np.cumsum(values.get("damping_trend", 0.0) ** ahead)
    c = (
        values["smoothing_level"]
        + values.get("smoothing_trend", 0.0) * damping
        + values.get("smoothing_seasonal", 0.0) * (ahead % fit.season == 0)
    )
    growth = np.sqrt(1 + np.concatenate([[0.0], np.cumsum(c**2)]))
    width = _z(level) * _deviation(fit, count) * growth
    return width, width


def _simulated(fit: _Fit, count: int, level: float) -> tuple[Numbers, Numbers]:
    horizon = len(fit.mean)
    shocks = np.random.default_rng(SEED).standard_normal((horizon, PATHS))
    with np.errstate(all="ignore"):
        paths = fit.result.simulate(
            horizon,
            anchor="end",
            repetitions=PATHS,
            random_errors=_deviation(fit, count) * shocks,
        )
    tail = (1 - level) / 2
    low, high = np.quantile(np.asarray(paths), [tail, 1 - tail], axis=1)
    return np.maximum(fit.mean - low, 0.0), np.maximum(high - fit.mean, 0.0)
