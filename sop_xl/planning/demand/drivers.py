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
from sop_xl.planning.demand.engine.regression import Effects, effects, lifted, without
from sop_xl.planning.demand.forecaster import Forecast
from sop_xl.planning.frames import Flags, Numbers
from sop_xl.planning.robust import median, spread
from sop_xl.planning.wording import listed
from sop_xl.schema import Finding, Severity

KEYS = ("signal", "family", "region", "channel")
FAR = 2.0
"""Robust standard deviations from which a signal is far from its usual value."""


class Lift(NamedTuple):
    """History without the effect of signals, their effect on the plan, and what was noticed."""

    baseline: Numbers
    """(blocks, months)"""
    effects: Effects
    """Of all blocks; factors of 1 or units of 0 where there is no signal."""
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
    return Lift(baseline, whole, _late(late))


def _nothing(names: int, blocks: int, months: int, horizon: int) -> Effects:
    """Effects of nothing: no units added."""
    return Effects(
        np.zeros((blocks, months)),
        np.zeros((blocks, horizon)),
        np.zeros(blocks, dtype=bool),
        np.zeros((names, blocks)),
    )


def onto(known: Lift, forecast: Forecast) -> Forecast:
    """A forecast of the baselines with the effect of what is planned, from zero up."""
    def laid(numbers: Numbers) -> Numbers:
        return np.maximum(lifted(numbers, known.effects), 0.0)

    found = forecast.found
    detail = found._replace(
        mean=laid(found.mean),
        low=_each(laid, found.low),
        high=_each(laid, found.high),
        candidates=_each(laid, found.candidates),
    )
    mean, low, high = map(laid, forecast[:3])
    return Forecast(mean, low, high, detail)


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
