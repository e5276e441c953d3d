"""Which way a series takes: what kind of demand it is.

The average interval between periods with demand, ADI, and the squared coefficient of variation of
the demand sizes tell smooth, erratic, intermittent and lumpy demand apart (Syntetos, Boylan and
Croston, On the categorization of demand patterns, Journal of the Operational Research Society 56,
2005: cut-offs 1.32 and 0.49).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.panel import Counts, Flags, Panel, steps
from sop_xl.planning.demand.engine.result import MONTHS
from sop_xl.planning.frames import Numbers

KINDS = {
    "none": "no history",
    "ended": "demand has ended",
    "constant": "the same in every period",
    "short": "too short for more than its level",
    "smooth": "regular demand",
    "erratic": "regular demand of very different size",
    "intermittent": "periods without demand",
    "lumpy": "periods without demand, and demand of very different size",
}
"""Kind -> in words."""
PLAIN = ("none", "ended", "constant")
SPORADIC = ("intermittent", "lumpy")
INTERVAL = 1.32
VARIATION = 0.49
TELLING = 3
"""Periods with demand that make what follows a launch regular."""
SHORT = 10
"""Observations below which a series is short."""
WAIT = 3.0
"""Mean intervals without demand that tell of a launch, before the first one, or of an end, after
the last one: were the series on sale, so long a wait would have a chance of exp(-3), 5 %."""


def launches(values: Numbers, count: Counts) -> Counts:
    """Periods since the launch: zeros before the first demand are no demand of a product on sale.

    They are left out where they last longer than three mean intervals of what followed, and what
    followed is regular. Where it is not, such a wait says less, and the zeros stay.

    Example:
        >>> launches(np.array([[0.0, 0, 0, 0, 7, 8, 9], [0, 0, 1, 0, 0, 2, 0]]), np.array([7, 7]))
        array([3, 7])
    """
    sold = values != 0
    before, _, interval = _waits(sold, count)
    since = count - before
    late = (sold.sum(axis=1) >= TELLING) & (before > WAIT * interval) & (interval < INTERVAL)
    return np.where(late, since, count).astype(np.int64)


def kinds(values: Numbers, count: Counts, season: int) -> npt.NDArray[np.object_]:
    """(S,) The kind of each series, a key of :data:`KINDS`.

    Args:
        values: (S, T) Without gaps, zero before the first observation.
        count: (S,) Periods from the first observation on.
        season: Periods of a season.

    Example:
        >>> kinds(np.array([[0.0, 5.0, 0.0, 0.0] * 3]), np.array([12]), 12)
        array(['intermittent'], dtype=object)
    """
    periods = values.shape[1]
    known = np.arange(periods) >= (periods - count)[:, np.newaxis]
    sold = (values != 0) & known
    number = np.maximum(sold.sum(axis=1), 1)
    interval = count / number
    size = np.abs(values) / np.maximum(np.abs(values).max(axis=1, keepdims=True, initial=0), 1e-300)
    mean = (size * sold).sum(axis=1) / number
    spread = (((size - mean[:, np.newaxis]) * sold) ** 2).sum(axis=1) / number
    variation = spread / np.where(mean > 0, mean, 1.0) ** 2
    rare, wild = interval >= INTERVAL, variation >= VARIATION
    regular = np.where(wild, "erratic", "smooth")
    kind = np.where(rare, np.where(wild, "lumpy", "intermittent"), regular).astype(object)
    kind[(count < SHORT) & ~rare] = "short"
    kind[_same(values, known) & (count > 1)] = "constant"
    kind[_ended(sold, count, season)] = "ended"
    kind[count == 0] = "none"
    return kind


def _same(values: Numbers, known: Flags) -> Flags:
    """Whether a series has one value only."""
    last = values[:, -1:] if values.shape[1] else values
    same: Flags = ((values == last) | ~known).all(axis=1)
    return same


def ended(panel: Panel, held_back: int) -> Flags:
    """(S,) Series whose demand seemed to have ended so many periods ago."""
    past = panel.cut(held_back)
    if not len(past.count):
        return np.zeros(len(panel.count), dtype=bool)
    over = np.zeros(len(panel.count), dtype=bool)
    sold = (past.values != 0) & past.known
    over[: len(past.count)] = _ended(sold, past.count, panel.season)
    return over


def silent(panel: Panel, cuts: list[int], horizon: int) -> tuple[int, int]:
    """Periods after series seemed to have ended, at earlier origins, and those without demand.

    Example:
        >>> silent(Panel(np.array([[9.0] + 14 * [0.0] + [1.0]]), np.array([16]), 12), [2, 1], 6)
        (3, 1)
    """
    periods, without = 0, 0
    for cut in cuts:
        over = ended(panel, cut)
        came = panel.values[over, panel.periods - cut :][:, : steps(cut, horizon)]
        periods, without = periods + came.size, without + int((came == 0).sum())
    return periods, without


def _ended(sold: Flags, count: Counts, season: int) -> Flags:
    """Nothing sold for a season, twelve periods at least; or, after regular demand, for half of it
    and for more than three mean intervals."""
    year = max(season, MONTHS)
    _, silent, interval = _waits(sold, count)
    stopped = (interval < INTERVAL) & (silent > WAIT * interval) & (silent >= year // 2)
    ended: Flags = ~sold.any(axis=1) | (silent >= year) | stopped
    return ended


def _waits(sold: Flags, count: Counts) -> tuple[Counts, Counts, npt.NDArray[np.float64]]:
    """Periods before the first and after the last demand, and the mean interval between."""
    periods = sold.shape[1]
    ever = sold.any(axis=1)
    before = np.where(ever, sold.argmax(axis=1) - (periods - count), count)
    silent = np.where(ever, sold[:, ::-1].argmax(axis=1), count)
    interval = (count - before - silent) / np.maximum(sold.sum(axis=1), 1)
    return before, silent, np.where(ever, interval, np.inf)
