"""How good the forecast would have been: the whole procedure, run again at earlier origins.

At each origin everything is done anew from what was known then: members are fitted and tested,
weighed and combined, ranges are made. Errors are forecast - actual and measured against the demand
as it was recorded; the history is the cleaned one, as it is known today.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.demand.engine.result import MONTHS
from sop_xl.planning.demand.forecaster import WIDE, Forecast, forecast, label
from sop_xl.planning.frames import Numbers
from sop_xl.tables.forecast import CHAMPION, LAST_YEAR

STEP = 3
"""Months from one origin to the next."""
WEIGHTS = "weights"
NAMES = {
    CHAMPION: "as the plan does it",
    WEIGHTS: "weights of all methods",
    LAST_YEAR: "last year's pattern",
}
"""What is tested beside the single methods, in words."""

Flags = npt.NDArray[np.bool_]


class Choice(NamedTuple):
    """How the plan forecasts."""

    method: str
    level: float
    pins: Sequence[str]
    groups: Sequence[str]


class Tried(NamedTuple):
    """One method at all origins."""

    forecast: Numbers
    """(O, S, H)"""
    low: Numbers | None = None
    """(L, O, S, H) Lower ends of the ranges, of a method that has some."""
    high: Numbers | None = None


class Backtest(NamedTuple):
    """The tables of a backtest."""

    origins: list[pd.Period]
    """The first month forecast, each time."""
    horizon: int
    levels: tuple[float, ...]
    methods: pd.DataFrame
    """By method: method, label, wape, mase, bias, coverage of each level."""
    parts: pd.DataFrame
    """By family or region: the same of the plan's own forecast, and the wape of last year."""


def backtest(
    history: Numbers,
    actual: Numbers,
    months: pd.PeriodIndex,
    parts: Sequence[str],
    choice: Choice,
    origins: int,
    horizon: int,
) -> Backtest:
    """Forecast again what is known by now, at several earlier origins.

    Args:
        history: (S, T) What forecasts are made from; NaN before the first observation.
        actual: (S, T) What came.
        months: The months of both.
        parts: The family or region of each series.
        choice: How the plan forecasts.
        origins: How many origins; fewer where the history is too short for them.
        horizon: Months that are forecast each time.

    Raises:
        ValueError: The history is too short for a single origin.
    """
    held = [horizon + STEP * back for back in reversed(range(origins))]
    cuts = [cut for cut in held if len(months) - cut >= MONTHS]
    if not cuts:
        raise ValueError(
            f"a test of {horizon} months wants a year of history before them; there are"
            f" {len(months)} months in all"
        )
    came = np.stack([actual[:, len(months) - cut :][:, :horizon] for cut in cuts])
    known = np.stack([~np.isnan(history[:, : len(months) - cut]).all(axis=1) for cut in cuts])
    came = np.where(known[:, :, None], came, np.nan)
    scales = np.stack([_scale(history[:, : len(months) - cut]) for cut in cuts])
    tried = _tried([history[:, : len(months) - cut] for cut in cuts], choice, horizon)
    levels = (choice.level, *((WIDE,) if choice.level != WIDE else ()))
    rows = [
        (name, NAMES.get(name) or label(name), *_figures(one, came, scales, len(levels)))
        for name, one in tried.items()
    ]
    columns = ["wape", "mase", "bias", *(f"coverage_{round(100 * level)}" for level in levels)]
    table = pd.DataFrame(rows, columns=["method", "label", *columns]).dropna(subset="wape")
    order = sorted(dict.fromkeys(parts))
    lines = [
        (part, *_figures(tried[CHAMPION], came, scales, len(levels), at),
         _figures(tried[LAST_YEAR], came, scales, len(levels), at)[0])
        for part in order
        for at in [np.array([one == part for one in parts])]
    ]  # fmt: skip
    by_part = pd.DataFrame(lines, columns=["part", *columns, "last_year"])
    first = [months[len(months) - cut] for cut in cuts]
    return Backtest(first, horizon, levels, table, by_part)


def _tried(histories: Sequence[Numbers], choice: Choice, horizon: int) -> dict[str, Tried]:
    """The plan's own way, all methods weighed, last year's pattern, then each member."""
    own = [_forecast(history, choice, choice.method, horizon) for history in histories]
    free = choice.method == WEIGHTS and not any(choice.pins)
    unpinned = choice._replace(pins=[""] * len(choice.pins))
    weighed = own if free else [_forecast(h, unpinned, WEIGHTS, horizon) for h in histories]
    again = [_forecast(history, unpinned, "seasonal_naive", horizon) for history in histories]
    found = {
        CHAMPION: _with_range(own, choice.level),
        WEIGHTS: _with_range(weighed, choice.level),
        LAST_YEAR: Tried(np.stack([one.mean for one in again])),
    }
    return found | _members(weighed)


def _forecast(history: Numbers, choice: Choice, method: str, horizon: int) -> Forecast:
    return forecast(
        history, horizon, method, choice.level, pins=choice.pins, groups=choice.groups
    )


def _with_range(forecasts: Sequence[Forecast], level: float) -> Tried:
    levels = dict.fromkeys((level, WIDE))
    ends = [
        np.stack([
            np.stack([getattr(one.found, end)[one.found.levels.index(share)] for one in forecasts])
            for share in levels
        ])
        for end in ("low", "high")
    ]  # fmt: skip
    return Tried(np.stack([one.mean for one in forecasts]), *ends)


def _members(forecasts: Sequence[Forecast]) -> dict[str, Tried]:
    """Each member where it served, NaN elsewhere."""
    names = dict.fromkeys(name for one in forecasts for name in one.found.members)
    shape = forecasts[0].mean.shape
    found: dict[str, Tried] = {}
    for name in names:
        numbers = [
            one.found.candidates[one.found.members.index(name)]
            if name in one.found.members and len(one.found.candidates)
            else np.full(shape, np.nan)
            for one in forecasts
        ]
        found[name] = Tried(np.stack(numbers))
    return found


def _figures(
    tried: Tried, actual: Numbers, scales: Numbers, levels: int, of: Flags | None = None
) -> list[float]:
    """WAPE, MASE, bias and the coverage of each level; NaN where nothing can be measured.

    WAPE = sum |e| / sum A and bias = sum e / sum A over series, origins and months (Kolassa and
    Schuetz, Advantages of the MAD/Mean ratio over the MAPE, Foresight 6, 2007). MASE = mean over
    series and origins of MAE / in-sample MAE of the same month of the year before (Hyndman and
    Koehler, Another look at measures of forecast accuracy, 2006).
    """
    which = np.ones(actual.shape[1], dtype=bool) if of is None else of
    came, forecasts = actual[:, which], tried.forecast[:, which]
    error = forecasts - came
    measured = ~np.isnan(error)
    demand = came[measured].sum()
    size = np.abs(np.where(measured, error, 0.0))
    number = measured.sum(axis=2)
    scale = scales[:, which]
    counted = (number > 0) & (scale > 0)
    mae = size.sum(axis=2)[counted] / number[counted]
    figures = [
        size.sum() / demand if demand > 0 else np.nan,
        float(np.mean(mae / scale[counted])) if counted.any() else np.nan,
        error[measured].sum() / demand if demand > 0 else np.nan,
    ]
    for level in range(levels):
        if tried.low is None or tried.high is None or not measured.any():
            figures.append(np.nan)
            continue
        low, high = tried.low[level][:, which], tried.high[level][:, which]
        inside = (came >= low) & (came <= high)
        figures.append(float(inside[measured].mean()))
    return [float(one) for one in figures]


def _scale(history: Numbers) -> Numbers:
    """(S,) Mean absolute change against the same month of the year before; with less than two
    years against the month before; NaN with less."""
    yearly = np.abs(history[:, MONTHS:] - history[:, :-MONTHS])
    monthly = np.abs(np.diff(history, axis=1))
    return np.where(
        np.count_nonzero(~np.isnan(yearly), axis=1) >= MONTHS, _mean(yearly), _mean(monthly)
    )


def _mean(numbers: Numbers) -> Numbers:
    count = np.count_nonzero(~np.isnan(numbers), axis=1)
    total = np.nansum(numbers, axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def worse_than_last_year(parts: pd.DataFrame) -> Mapping[str, tuple[float, float]]:
    """The parts whose forecast was worse than last year's pattern: both errors by name."""
    rows = parts[parts["wape"] > parts["last_year"]]
    return {
        str(part): (float(error), float(last))
        for part, error, last in zip(rows["part"], rows["wape"], rows["last_year"], strict=True)
    }
