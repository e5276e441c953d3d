"""The baseline: one door to the forecast engine and to the methods that stand beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sop_xl.planning.demand import statsmodels_ets
from sop_xl.planning.demand.choices import SIMPLE
from sop_xl.planning.demand.engine import forecast_block
from sop_xl.planning.demand.engine.methods import METHODS
from sop_xl.planning.demand.engine.result import LEVELS, MONTHS, Forecasts, Options
from sop_xl.planning.demand.engine.routing import KINDS, PLAIN
from sop_xl.planning.frames import Numbers
from sop_xl.planning.wording import percent

SEASON = MONTHS
"""Months of a year."""
WIDE = LEVELS[-1]
"""Share of outcomes that the outer range holds, beside the one of the settings."""
LABELS = {name: method.label for name, method in METHODS.items()} | {
    statsmodels_ets.NAME: statsmodels_ets.LABEL
}
"""The methods in words."""

NAMED = 3
"""Methods of a forecast that are named."""
Weights = Mapping[str, float]
"""Weight of each method in one forecast."""


class Forecast(NamedTuple):
    """Mean and prediction range by series and month ahead, and all that the engine found."""

    mean: Numbers
    low: Numbers
    high: Numbers
    found: Forecasts


def forecast(
    history: Numbers,
    horizon: int,
    method: str,
    level: float,
    season: int = SEASON,
    pins: Sequence[str] | None = None,
    groups: Sequence[str] | None = None,
) -> Forecast:
    """Forecast each row.

    The result holds neither NaN nor a negative number for a history without one, low <= mean <=
    high, and the same history always gives the same result.

    Args:
        history: Series down, months across, the last month last; NaN before the first observation,
            and all NaN for a series without any.
        horizon: Months ahead.
        method: A value of the setting ``forecaster``.
        level: Share of outcomes that the range should hold, 0.8 for example.
        season: Periods of a season: 12 for months of a year, 1 for none.
        pins: The method that the planner wants for each series, or ``simple``; empty where none.
        groups: The group of each series: series of one group share a season.
    """
    levels = tuple(sorted({level, *LEVELS}))
    options = Options(season=season, levels=levels, method=method)
    if method == statsmodels_ets.NAME:
        found = statsmodels_ets.forecast_block(history, horizon, options)
    else:
        named = _named(history, horizon, options, pins, groups)
        found = forecast_block(history, horizon, options, pins=named, groups=groups)
    at = found.levels.index(level)
    return Forecast(found.mean, found.low[at], found.high[at], found)


def _named(
    history: Numbers,
    horizon: int,
    options: Options,
    pins: Sequence[str] | None,
    groups: Sequence[str] | None,
) -> list[str] | None:
    """The pins with the one simple method that is best for a series in place of ``simple``."""
    if pins is None or SIMPLE not in pins:
        return None if pins is None else list(pins)
    rows = [at for at, pin in enumerate(pins) if pin == SIMPLE]
    own = None if groups is None else [groups[at] for at in rows]
    found = forecast_block(history[rows], horizon, replace(options, method=SIMPLE), groups=own)
    best = found.weights.argmax(axis=0).tolist()
    chosen = dict(zip(rows, (found.members[at] for at in best), strict=True))
    return [chosen.get(at, pin) for at, pin in enumerate(pins)]


def label(name: str) -> str:
    """A method in words; an unknown name, of an older program for example, as it is."""
    return LABELS.get(name, name)


def in_words(weights: Weights) -> str:
    """The methods that make a forecast, those with the largest shares by name and share.

    >>> in_words({"naive": 1.0}) == label("naive")
    True
    """
    named = sorted(((w, name) for name, w in weights.items() if w > 0), key=lambda one: -one[0])
    if len(named) == 1:
        return label(named[0][1])
    parts = [f"{label(name)} {percent(weight, 0)}" for weight, name in named[:NAMED]]
    more = len(named) - NAMED
    return ", ".join(parts) + (f" and {more} more" if more > 0 else "")


def made_of(found: Forecasts, series: int) -> str:
    """What makes the forecast of one series: the methods, or why none is needed."""
    kind = str(found.kinds[series])
    if kind in PLAIN:
        return KINDS[kind] + (": zero" if not found.mean[series].any() else "")
    return in_words(weights_of(found, series))


def weights_of(found: Forecasts, series: int) -> dict[str, float]:
    """The weight of each method in the forecast of one series."""
    return dict(zip(found.members, found.weights[:, series].tolist(), strict=True))
