"""The season of each series: whether there is one, and its indices.

Classical decomposition (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 3rd
ed., section 3.4): the trend is the centred moving average over a season, the index of a phase the
mean of what it leaves over in that phase, as a difference or as a ratio. Phases are counted from
the end: the first period to forecast has phase 0.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine.panel import Flags, Panel
from sop_xl.planning.frames import Numbers

FEWEST = 3
"""Series that make a season usual."""
NINETY_PERCENT = 1.645
"""Quantile of the normal distribution for a two-sided test at 90 %."""


def phases(periods: int, season: int) -> npt.NDArray[np.int64]:
    """(T,) The phase of each column.

    Example:
        >>> phases(5, 4)
        array([3, 0, 1, 2, 3])
    """
    return (np.arange(periods) - periods) % season


def is_seasonal(panel: Panel) -> Flags:
    """(S,) Whether the autocorrelation at the season is significant.

    |r_m| > 1.645 sqrt((1 + 2 (r_1^2 + ... + r_{m-1}^2)) / n), from three seasons on, as in the M4
    competition (Makridakis, Spiliotis and Assimakopoulos, 2020, appendix).
    """
    m, n = panel.season, np.maximum(panel.count, 1)
    if m == 1 or panel.periods < 3 * m:
        return np.zeros(len(n), dtype=bool)
    known = panel.known
    mean = panel.values.sum(axis=1) / n
    x = np.where(known, panel.values - mean[:, np.newaxis], 0.0)
    total = np.einsum("st,st->s", x, x)
    safe = np.where(total > 0, total, 1.0)
    others = np.zeros(len(n))
    for lag in range(1, m):
        others += (np.einsum("st,st->s", x[:, lag:], x[:, :-lag]) / safe) ** 2
    at_season = np.abs(np.einsum("st,st->s", x[:, m:], x[:, :-m])) / safe
    limit = NINETY_PERCENT * np.sqrt((1 + 2 * others) / n)
    found: Flags = (at_season > limit) & (panel.count >= 3 * m) & (total > 0)
    return found


def indices(panel: Panel, ratio: Flags, *, shrunk: bool, usual: Numbers | None = None) -> Numbers:
    """(S, m) Index of each phase; the usual one where a series is too short to tell.

    Args:
        ratio: (S,) True for indices that multiply, of series that are positive throughout.
        shrunk: Draw the indices towards the usual ones by the share of their variance that
            chance alone would give, as James and Stein do: keep 1 - (m - 3) / m x (variance of a
            mean within the phase) / (variance between phases), at least 0.
        usual: (S, m) What to expect of a series; no season where it is not given.
    """
    m = panel.season
    rows, periods = panel.values.shape
    none = np.broadcast_to(ratio.astype(float)[:, np.newaxis], (rows, m))
    expected = none if usual is None else usual
    if m == 1 or periods <= m:
        return expected.copy()
    half = m // 2
    weights = np.full(2 * half + 1, 1.0 / m)
    if m % 2 == 0:
        weights[[0, -1]] = 0.5 / m
    inner = periods - 2 * half
    trend = np.zeros((rows, inner))
    for j, weight in enumerate(weights):
        trend += weight * panel.values[:, j : j + inner]
    columns = np.arange(half, periods - half)
    middle = panel.values[:, half : periods - half]
    usable = (columns >= (panel.start + half)[:, np.newaxis]) & (
        ~ratio[:, np.newaxis] | (trend > 0)
    )
    multiplies = ratio[:, np.newaxis]
    left = np.where(multiplies, middle / np.where(multiplies & usable, trend, 1.0), middle - trend)
    left = np.where(usable, left, 0.0)
    phase = phases(periods, m)[half : periods - half]
    count, mean, spread = np.zeros((rows, m)), np.zeros((rows, m)), np.zeros((rows, m))
    for p in range(m):
        of_phase = phase == p
        part, seen = left[:, of_phase], usable[:, of_phase]
        count[:, p] = seen.sum(axis=1)
        number = np.maximum(count[:, p], 1)
        mean[:, p] = part.sum(axis=1) / number
        off = np.where(seen, part - mean[:, p : p + 1], 0.0)
        spread[:, p] = np.einsum("st,st->s", off, off) / number
    index = np.where(count > 0, mean, expected)
    average = index.mean(axis=1, keepdims=True)
    index = np.where(
        multiplies, index / np.where(multiplies & (average > 0), average, 1.0), index - average
    )
    if shrunk:
        # one observation of a phase tells nothing about chance: as wide as what they differ by
        enough = count.mean(axis=1) > 1
        between = np.mean((index - expected) ** 2, axis=1)
        within = spread.mean(axis=1) / np.maximum(count.mean(axis=1) - 1, 1)
        chance = within * max(m - 3, 1) / m
        keep = np.clip(1 - chance / np.where(between > 0, between, 1.0), 0.0, 1.0)
        keep = np.where(enough, keep, 0.0)
        index = expected + keep[:, np.newaxis] * (index - expected)
    return index


def group_profiles(own: Numbers, groups: npt.NDArray[np.int64], number: int) -> Numbers:
    """(G, m) The usual season of each group: the median of its series' indices, as ratios.

    A group with fewer than three series that can tell has the season of all series.

    Args:
        own: (S, m) Indices as ratios, of series that are long enough to tell.
        groups: (S,) Number of the group of each series, from 0.
        number: G.
    """
    profiles = np.tile(_typical(own), (number, 1))
    order = np.argsort(groups, kind="stable")
    edges = np.searchsorted(groups[order], np.arange(number + 1))
    for group, (first, last) in enumerate(pairwise(edges)):
        if last - first >= FEWEST:
            profiles[group] = _typical(own[order[first:last]])
    return profiles


def _typical(own: Numbers) -> npt.NDArray[np.float64]:
    if len(own) < FEWEST:
        return np.ones(own.shape[1])
    middle = np.median(own, axis=0)
    mean = middle.mean()
    typical: npt.NDArray[np.float64] = middle / mean if mean > 0 else np.ones(len(middle))
    return typical
