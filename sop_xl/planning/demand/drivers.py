"""Signals in the plan: what moves demand and is known for past and plan, by the list ``signals``.

Where a block has signals, their effect is taken out of its history, the baseline is forecast
without it, and the effect of what is planned is laid on again. All other blocks stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand.engine.origins import wape
from sop_xl.planning.demand.engine.panel import Counts, observed, steps
from sop_xl.planning.demand.engine.regression import Effects, effects, lifted, without
from sop_xl.planning.demand.engine.result import MONTHS, Backtest, Forecasts
from sop_xl.planning.demand.engine.routing import launches
from sop_xl.planning.demand.engine.simple import seasonal_naive
from sop_xl.planning.demand.forecaster import Forecast
from sop_xl.planning.frames import Flags, Numbers
from sop_xl.planning.robust import median, spread
from sop_xl.planning.wording import listed
from sop_xl.schema import Finding, Severity

KEYS = ("signal", "family", "region", "channel")
FAR = 2.0
"""Robust standard deviations from which a signal is far from its usual value."""


class Lift(NamedTuple):
    """History without the effect of signals, their effect on it and the plan, what was noticed."""

    baseline: Numbers
    """(blocks, months)"""
    effects: Effects
    """Of all blocks; factors of 1 or units of 0 where there is no signal."""
    history: Numbers
    """(blocks, months) The demand that was given, with the effect of signals in it."""
    findings: list[Finding]


def lift(
    signals: pd.DataFrame,
    blocks: pd.DataFrame,
    axis: Axis,
    months: pd.PeriodIndex,
    history: Numbers,
) -> Lift:
    """Take the effect of signals out of history; blocks of a family share what is known of it.

    Args:
        signals: The list.
        blocks: Keys of the blocks.
        axis: The cycle.
        months: The months delivered.
        history: (blocks, months) Demand; NaN before the first.
    """
    names, values = by_block(signals, blocks, pd.PeriodIndex(months.append(axis.plan)))
    known = np.isfinite(values)
    rows = np.flatnonzero(np.any(known[..., : len(months)], axis=(0, 2)))
    baseline, whole = history.copy(), _nothing(len(names), len(blocks), len(months), axis.horizon)
    if len(rows):
        groups = pd.factorize(blocks["family"].iloc[rows])[0].astype(np.int64)
        found = effects(history[rows], values[:, rows], groups=groups)
        clean = without(history[rows], found)
        # what was asked for cannot have been negative without the signal, returns apart
        baseline[rows] = np.maximum(clean, np.minimum(history[rows], 0.0))
        whole.past[rows], whole.future[rows] = found.past, found.future
        whole.multiplicative[rows] = found.multiplicative
        whole.coefficients[:, rows] = found.coefficients
    missing = np.any(known, axis=2) & ~np.all(known[..., len(months) :], axis=2)
    late = [name for name, gaps in zip(names, missing, strict=True) if gaps.any()]
    return Lift(baseline, whole, history, _late(late))


def _nothing(names: int, blocks: int, months: int, horizon: int) -> Effects:
    """Effects of nothing: no units added."""
    return Effects(
        np.zeros((blocks, months)),
        np.zeros((blocks, horizon)),
        np.zeros(blocks, dtype=bool),
        np.zeros((names, blocks)),
    )


def onto(known: Lift, forecast: Forecast) -> Forecast:
    """A forecast of the baselines with the effect of what is planned, from zero up.

    The backtest too gets the effect of the signals of its months, and its errors are those against
    what was sold in them; last year's pattern is that of what was sold. Where the members' own
    forecasts are not kept, their errors stay those of the baselines.
    """

    def laid(numbers: Numbers) -> Numbers:
        return np.maximum(lifted(numbers, known.effects), 0.0)

    found = _tested(known, forecast.found)
    detail = found._replace(
        mean=laid(found.mean),
        low=_each(laid, found.low),
        high=_each(laid, found.high),
        candidates=_each(laid, found.candidates),
    )
    mean, low, high = map(laid, forecast[:3])
    return Forecast(mean, low, high, detail)


def _tested(known: Lift, found: Forecasts) -> Forecasts:
    """The backtest and its errors on what was sold, for the blocks that signals have moved."""
    rows = np.flatnonzero(known.effects.coefficients.any(axis=0))
    if not len(rows) or not len(found.backtest.cuts):
        return found
    test, last_year = _on_demand(known, rows, found.backtest)
    came = list(test.actual)
    error, errors, reference = (
        numbers.copy() for numbers in (found.error, found.errors, found.reference)
    )
    error[rows] = wape(list(test.combined), came)
    reference[rows] = wape(list(last_year), came)
    if test.candidates.shape[1]:
        errors[:, rows] = wape(list(test.candidates), came)
    actual, combined, candidates = (numbers.copy() for numbers in found.backtest[1:])
    actual[:, rows], combined[:, rows], candidates[:, :, rows] = test[1:]
    whole = Backtest(found.backtest.cuts, actual, combined, candidates)
    return found._replace(error=error, errors=errors, reference=reference, backtest=whole)


def _on_demand(known: Lift, rows: Counts, whole: Backtest) -> tuple[Backtest, Numbers]:
    """The backtest of these blocks with the effect of signals in it, and last year's demand again,
    (origins, rows, months ahead)."""
    sold = known.history[rows]
    begun = _since_launch(sold)
    past, _, multiplicative, _ = known.effects
    actual, combined, candidates = (numbers[..., rows, :] for numbers in whole[1:])
    last_year = np.full(actual.shape, np.nan)
    for origin, cut in enumerate(whole.cuts.tolist()):
        first, ahead = sold.shape[1] - cut, steps(cut, actual.shape[2])
        months = slice(first, first + ahead)
        own = Effects(
            past[rows, :first],
            past[rows, months],
            multiplicative[rows],
            known.effects.coefficients[:, rows],
        )
        was = np.isfinite(actual[origin, :, :ahead])
        actual[origin, :, :ahead] = np.where(was, sold[:, months], np.nan)
        for said in (combined[origin], *candidates[origin]):
            said[:, :ahead] = np.maximum(lifted(said[:, :ahead], own), 0.0)
        last_year[origin, :, :ahead] = seasonal_naive(begun[:, :first], ahead)
    return Backtest(whole.cuts, actual, combined, candidates), last_year


def _since_launch(history: Numbers) -> Numbers:
    """History as the engine takes it: NaN before the launch."""
    filled, count, _ = observed(history, MONTHS)
    begun = filled.shape[1] - launches(filled, count)
    return np.where(np.arange(filled.shape[1]) >= begun[:, np.newaxis], filled, np.nan)


def _each(laid: Callable[[Numbers], Numbers], numbers: Numbers) -> Numbers:
    """The same done to each level or method."""
    return np.stack([laid(one) for one in numbers]) if len(numbers) else numbers


def stirred(signals: pd.DataFrame, blocks: pd.DataFrame, months: pd.PeriodIndex) -> Flags:
    """(blocks, months) Months in which a signal of the block is far from its usual value.

    What is far out of line then has a reason: a promotion that doubles demand is no outlier. Far is
    beyond twice the robust standard deviation; of a signal that is the same in most months, beyond
    nothing.
    """
    _, values = by_block(signals, blocks, months)
    usual = median(values)[..., np.newaxis]
    wide = FAR * spread(values - usual)[..., np.newaxis]
    with np.errstate(invalid="ignore"):
        far = np.abs(values - usual) > wide
    return np.asarray(far.any(axis=0))


def by_block(
    signals: pd.DataFrame, blocks: pd.DataFrame, periods: pd.PeriodIndex
) -> tuple[list[str], Numbers]:
    """Names of the signals and their values (signals, blocks, periods), NaN where not known.

    A value for fewer blocks replaces one for more of them.
    """
    names = list(pd.unique(signals["signal"]))
    values = np.full((len(names), len(blocks), len(periods)), np.nan)
    named = np.full(values.shape, -1)
    for keys, rows in signals.dropna(subset=["value"]).groupby(list(KEYS), sort=False):
        row: dict[Hashable, Any] = dict(zip(KEYS, keys, strict=True))
        inside, count = hierarchy.covered(row, blocks)
        at = periods.get_indexer(pd.PeriodIndex(rows["period"]))
        number = rows["value"].to_numpy(dtype=float)[at >= 0]
        signal = np.array([names.index(row["signal"])])
        place = np.ix_(signal, np.flatnonzero(inside), at[at >= 0])
        better = count >= named[place]
        values[place] = np.where(better, number, values[place])
        named[place] = np.where(better, count, named[place])
    return names, values


def _late(names: list[str]) -> list[Finding]:
    if not names:
        return []
    message = (
        f"Signals are not known for every month of the plan: {listed(names)}. They count as usual"
        " where they are missing."
    )
    return [Finding("signals", message, "Add the planned values.", Severity.WARNING)]
