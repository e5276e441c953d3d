"""The baseline: what any forecaster does, and two that do it, for a whole block of series."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from sop_xl.planning.frames import Numbers

if TYPE_CHECKING:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel, ETSResults

SEASON = 12
"""Months of a year."""
SHORTEST = 10
"""Months that exponential smoothing needs; below, the forecast is the mean."""
UNKNOWN_CV = 0.5
"""Coefficient of variation of a series too short to tell, where no other series tells."""
PATHS = 500
"""Simulated futures behind the range of a multiplicative form."""
SEED = 20_000


class Forecast(NamedTuple):
    """Mean and prediction range by series and month ahead, and the method used for each series."""

    mean: Numbers
    low: Numbers
    high: Numbers
    methods: list[str]


class Forecaster(Protocol):
    """Forecasts a block of series at once, of months unless the season says otherwise.

    The result holds neither NaN nor a negative number, low <= mean <= high, and the same history
    always gives the same result, whatever other series stand beside it, except that a series too
    short to have a range of its own borrows that of the others.
    """

    def forecast(
        self, history: Numbers, horizon: int, level: float, season: int = SEASON
    ) -> Forecast:
        """Forecast each row.

        Args:
            history: Series down, months across, the last month last; NaN before the first
                observation, and all NaN for a series without any.
            horizon: Months ahead.
            level: Share of outcomes that the range should hold, 0.8 for example.
            season: Periods of a season: 12 for months of a year, 1 for none.
        """


class _Series(NamedTuple):
    """The forecast of one series, before negative numbers are cut off."""

    mean: npt.NDArray[np.float64]
    below: npt.NDArray[np.float64]
    """Distance of the range's lower end from the mean."""
    above: npt.NDArray[np.float64]
    method: str


class SeasonalNaive:
    """The same month of last year; the mean, where there is less than a year.

    The standard deviation of the seasonal differences grows with the root of the years ahead:
    s_h = s x sqrt(k + 1), k = whole years in h - 1 (Hyndman and Athanasopoulos, Forecasting:
    Principles and Practice, 3rd ed., table 5.2).
    """

    def forecast(
        self, history: Numbers, horizon: int, level: float, season: int = SEASON
    ) -> Forecast:
        z = _z(level)
        return _block(
            history, horizon, z, season, lambda row: _seasonal_naive(row, horizon, z, season)
        )


class Ets:
    """Exponential smoothing; of six forms the one with the lowest corrected Akaike criterion.

    The forms are no trend or a damped one, no season or an additive one (both with additive
    errors), and a multiplicative season with multiplicative errors where all months are positive.
    Seasonal forms need two seasons and two months. Start values come from the heuristic of
    Hyndman, Koehler, Ord and Snyder, Forecasting with Exponential Smoothing (2008), section
    2.6.1, and count as parameters. With additive errors the range is exact (ibid., table 6.1),
    else it is simulated with a fixed seed.
    """

    def forecast(
        self, history: Numbers, horizon: int, level: float, season: int = SEASON
    ) -> Forecast:
        z = _z(level)
        # the optimiser's matrices are tiny: waking more threads for them costs four times the work
        with threadpool_limits(limits=1):
            return _block(
                history, horizon, z, season, lambda row: _ets(row, horizon, level, season)
            )


FORECASTERS: dict[str, Forecaster] = {"ets": Ets(), "seasonal_naive": SeasonalNaive()}
"""By the value of the setting ``forecaster``."""


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


def _block(
    history: Numbers,
    horizon: int,
    z: float,
    season: int,
    one: Callable[[npt.NDArray[np.float64]], _Series],
) -> Forecast:
    rows = [_observed(row) for row in history]
    found = [_plain(row, horizon, z, season) or one(row) for row in rows]
    shape = (len(rows), horizon)
    mean = np.array([series.mean for series in found]).reshape(shape)
    cv = _typical_cv(rows)
    below, above = (
        np.where(np.isnan(width), z * cv * mean, width)
        for width in (
            np.array([series.below for series in found]).reshape(shape),
            np.array([series.above for series in found]).reshape(shape),
        )
    )
    shown = np.maximum(mean, 0.0)
    low = np.clip(mean - below, 0.0, shown)
    high = np.maximum(mean + above, shown)
    return Forecast(shown, low, high, [series.method for series in found])


def _z(level: float) -> float:
    """Half-width of the central range of a standard normal distribution."""
    return NormalDist().inv_cdf(0.5 + level / 2)


def _observed(row: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The series from its first observation on; a month that is missing later is zero."""
    known = np.flatnonzero(~np.isnan(row))
    return np.nan_to_num(row[known[0] :]) if len(known) else row[:0]


def _typical_cv(rows: list[npt.NDArray[np.float64]]) -> float:
    known = [
        row.std(ddof=1) / row.mean() for row in rows if len(row) >= SHORTEST and row.mean() > 0
    ]
    return float(np.median(known)) if known else UNKNOWN_CV


def _plain(
    series: npt.NDArray[np.float64], horizon: int, z: float, season: int
) -> _Series | None:
    """Series that need no model: none, over, constant, or too short for one."""
    flat = np.zeros(horizon)
    if not len(series):
        return _Series(flat, flat, flat, "no history")
    if not series[-max(season, SEASON) :].any():
        how = "nothing sold for a year" if season == SEASON else "nothing sold lately"
        return _Series(flat, flat, flat, how)
    if len(series) < SHORTEST:
        known = len(series) >= 3
        error = series.std(ddof=1) * np.sqrt(1 + 1 / len(series)) if known else np.nan
        width = np.full(horizon, z * error)
        return _Series(np.full(horizon, series.mean()), width, width, "mean")
    if np.ptp(series) == 0:
        return _Series(np.full(horizon, series[0]), flat, flat, "constant")
    return None


def _seasonal_naive(
    series: npt.NDArray[np.float64], horizon: int, z: float, season: int
) -> _Series:
    ahead = np.arange(horizon)
    if len(series) < season:
        width = np.full(horizon, z * series.std(ddof=1) * np.sqrt(1 + 1 / len(series)))
        return _Series(np.full(horizon, series.mean()), width, width, "mean")
    differences = series[season:] - series[:-season]
    enough = len(differences) >= 3
    deviation = np.sqrt(np.mean(differences**2)) if enough else series.std(ddof=1)
    width = z * deviation * np.sqrt(ahead // season + 1)
    method = "seasonal naive" if season > 1 else "naive"
    return _Series(series[-season:][ahead % season], width, width, method)


def _ets(
    series: npt.NDArray[np.float64], horizon: int, level: float, season: int
) -> _Series:
    scale = np.abs(series).mean()
    fits = list(_fits(series / scale, horizon, season))
    if not fits:
        return _seasonal_naive(series, horizon, _z(level), season)
    best = min(fits, key=lambda fit: fit.aicc)
    width = _simulated if best.form.error == "mul" else _exact
    below, above = width(best, len(series), level)
    return _Series(best.mean * scale, below * scale, above * scale, best.form.name)


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
