"""How good the forecast would have been: the whole procedure, run again at earlier origins.

At each origin everything is done anew from what was known then: the history is cleaned, the effect
of signals is learned, members are fitted and tested, weighed and combined, brought to agree with
family and company, ranges are made. Errors are forecast - actual and measured against the demand as
it was recorded. Known later and used all the same: what planners decided about months that were
closed by then, and the signals and events of the months that are forecast, which a plan would have
had as planned. Launches and ends of life are left out, as is what people type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis, axis_of
from sop_xl.planning.demand.baseline import ahead, statistical, weighed
from sop_xl.planning.demand.engine.result import MONTHS
from sop_xl.planning.demand.forecaster import WIDE, Forecast, label
from sop_xl.planning.demand.groundwork import Known, known
from sop_xl.planning.frames import Numbers
from sop_xl.tables.forecast import CHAMPION, LAST_YEAR
from sop_xl.tables.settings import Settings

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
Rows = npt.NDArray[np.int64]


class Said(NamedTuple):
    """What would have been said at an earlier origin of all series, NaN of those unknown then."""

    own: Forecast
    """As the plan does it."""
    weighed: Forecast
    """All methods weighed, none chosen by planners."""
    last_year: Numbers
    """(S, H) Last year's pattern."""
    history: Numbers
    """(S, T - cut) What it was made from; NaN before the first observation."""


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
    actual: Numbers,
    months: pd.PeriodIndex,
    parts: Sequence[str],
    said_at: Callable[[int], Said],
    *,
    origins: int,
    horizon: int,
    level: float,
) -> Backtest:
    """Hold against what came what would have been said at several earlier origins.

    Args:
        actual: (S, T) What came.
        months: Their months.
        parts: The family or region of each series.
        said_at: What would have been said so many months before the end.
        origins: How many origins; fewer where the history is too short for them.
        horizon: Months that are forecast each time.
        level: Share of outcomes that the range of the plan holds.

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
    said = [said_at(cut) for cut in cuts]
    came = np.stack([actual[:, len(months) - cut :][:, :horizon] for cut in cuts])
    known = np.stack([~np.isnan(one.history).all(axis=1) for one in said])
    came = np.where(known[:, :, None], came, np.nan)
    scales = np.stack([_scale(one.history) for one in said])
    tried = _tried(said, level, horizon)
    levels = (level, *((WIDE,) if level != WIDE else ()))
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


def looking_back(
    settings: Settings, frames: Mapping[str, pd.DataFrame], seen: Known, months: int
) -> Callable[[int], Said]:
    """What the plan would have said so many months before the end of its history.

    Args:
        settings: The company's settings.
        frames: What :func:`~sop_xl.planning.demand.groundwork.known` reads, as of today.
        seen: What is known today.
        months: Months that are wanted; the plan looks as far ahead as ever.
    """
    farther = replace(settings, horizon=max(settings.horizon, months))
    names = pd.Index(frames["families"]["family"]).sort_values()

    def said_at(cut: int) -> Said:
        first = seen.history.months[-1] - cut + 1
        then = axis_of(farther, first)
        past = known(then, farther, **frames)
        at = hierarchy.rows_of(past.history.blocks, seen.history.blocks)
        said = said_by(then, farther, past, names)
        return _in_place(said, at, len(seen.history.blocks), len(seen.history.months) - cut)

    return said_at


def said_by(axis: Axis, settings: Settings, seen: Known, names: pd.Index) -> Said:
    """What a plan says with what it knows; last year's pattern is that of the cleaned history."""
    own = statistical(axis, settings, seen, names).own
    free = own
    if settings.forecaster != WEIGHTS or any(seen.pins) or settings.reconciliation != "bottom_up":
        free = weighed(axis, replace(settings, forecaster=WEIGHTS), seen)
    cleaned, months = seen.history.cleaned, seen.history.months
    again = ahead(axis, replace(settings, forecaster="seasonal_naive"), months, cleaned)
    return Said(own, free, again.mean, cleaned)


def _in_place(said: Said, at: Rows, series: int, months: int) -> Said:
    """The same for the series of today: at[i] is the place of the i-th series of then, -1 for
    none; with so many months of history."""
    kept = at >= 0

    def put(numbers: Numbers, axis: int = 0) -> Numbers:
        rows = np.moveaxis(numbers, axis, 0)
        found = np.full((series, *rows.shape[1:]), np.nan)
        found[at[kept]] = rows[kept]
        return np.moveaxis(found, 0, axis)

    def placed(one: Forecast) -> Forecast:
        found = one.found._replace(
            mean=put(one.found.mean), low=put(one.found.low, 1), high=put(one.found.high, 1),
            candidates=put(one.found.candidates, 1),
        )  # fmt: skip
        return Forecast(put(one.mean), put(one.low), put(one.high), found)

    history = np.full((series, months), np.nan)
    short = said.history[:, -months:]
    history[:, months - short.shape[1] :] = put(short)
    return Said(placed(said.own), placed(said.weighed), put(said.last_year), history)


def _tried(said: Sequence[Said], level: float, horizon: int) -> dict[str, Tried]:
    """The plan's own way, all methods weighed, last year's pattern, then each member."""
    weights = [_first(one.weighed, horizon) for one in said]
    found = {
        CHAMPION: _with_range([_first(one.own, horizon) for one in said], level),
        WEIGHTS: _with_range(weights, level),
        LAST_YEAR: Tried(np.stack([one.last_year[:, :horizon] for one in said])),
    }
    return found | _members(weights)


def _first(forecast: Forecast, horizon: int) -> Forecast:
    """The first months of a forecast."""
    mean, low, high, found = forecast
    shown = found._replace(
        mean=found.mean[:, :horizon],
        low=found.low[..., :horizon],
        high=found.high[..., :horizon],
        candidates=found.candidates[..., :horizon],
    )
    return Forecast(mean[:, :horizon], low[:, :horizon], high[:, :horizon], shown)


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
