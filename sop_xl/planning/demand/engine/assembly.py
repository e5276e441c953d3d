"""From the members' forecasts to the answer: shares, combination, errors."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine import combination
from sop_xl.planning.demand.engine.origins import mean as mean_of
from sop_xl.planning.demand.engine.panel import Counts, Flags
from sop_xl.planning.demand.engine.result import Options
from sop_xl.planning.frames import Numbers


class Part(NamedTuple):
    """Series of one route, with what the members said; all in the series' own scale."""

    route: int
    told: bool
    """Whether these series tell how good the members are."""
    rows: Counts
    """(s,) Where they stand in the block."""
    names: tuple[str, ...]
    expected: npt.NDArray[np.float64]
    """(s,) Size of errors to expect."""
    kinds: Counts
    """(s,) Number of the kind."""
    natural: Flags
    """(s,) Series that do not go below zero."""
    pins: npt.NDArray[np.int64]
    """(s,) Number of the member that is wanted alone; -1 for none."""
    ahead: list[Numbers]
    """(M, s, h) at each origin, and (M, s, H) of the forecast, last."""
    errors: Numbers
    """(M, s) Error of each member over all origins, WAPE."""
    reference: npt.NDArray[np.float64]
    """(s,) The same of last season again."""
    actual: list[Numbers]
    """(s, h) What came at each origin; NaN where a series is not tested."""

    def only(self, some: Flags) -> Part:
        return self._replace(
            rows=self.rows[some],
            expected=self.expected[some],
            kinds=self.kinds[some],
            natural=self.natural[some],
            pins=self.pins[some],
            ahead=[ahead[:, some] for ahead in self.ahead],
            errors=self.errors[:, some],
            reference=self.reference[some],
            actual=[actual[some] for actual in self.actual],
        )


class Weighed(NamedTuple):
    """For the series of a part."""

    mean: Numbers
    """(s, H)"""
    weights: Numbers
    """(M, s)"""
    combined: list[Numbers]
    """(s, h) at each origin."""
    residuals: Numbers
    """(O, s, H) What came less what the members made of it with the weights of other origins."""

    def only(self, some: Flags) -> Weighed:
        return Weighed(
            self.mean[some],
            self.weights[:, some],
            [combined[some] for combined in self.combined],
            self.residuals[:, some],
        )


def weighed(
    parts: Iterator[Part], options: Options, *, sporadic: bool
) -> Iterator[tuple[Part, Weighed]]:
    """Weigh and combine the series of one route, part by part.

    Args:
        parts: Series with the same members; first those that tell how good the members are.
        options: Method.
        sporadic: Whether members are judged by the sum over the periods ahead, as single periods
            of demand that comes now and then favour whoever forecasts nothing.
    """
    telling: deque[Part] = deque()
    others: list[Part] = []
    for part in parts:
        if not part.told:
            others.append(part)
            break
        telling.append(part)
    usual = _usual(telling, sporadic)
    while telling:
        first = telling.popleft()
        yield first, _weighed(first, usual, options.method, sporadic)
    for part in chain(others, parts):
        yield part, _weighed(part, usual, options.method, sporadic)


def _weighed(part: Part, usual: list[Numbers], method: str, sporadic: bool) -> Weighed:
    errors, serves = _errors(part, sporadic), _serves(part)
    count = len(part.actual)
    horizon = part.ahead[-1].shape[2]
    weights = _weights(errors, serves, usual[count], method, None)
    shape = (count, len(part.rows), horizon)
    residuals = np.full(shape, np.nan, dtype=part.ahead[-1].dtype)
    for o, actual in enumerate(part.actual):
        honest = _weights(errors, serves, usual[o], method, o)
        residuals[o, :, : actual.shape[1]] = actual - _combined(part, honest, o)
    combined = [_combined(part, weights, o) for o in range(count)]
    return Weighed(_combined(part, weights, count), weights, combined, residuals)


def _errors(part: Part, sporadic: bool) -> Numbers:
    """(O, M, s) Error of each member at each origin; NaN where it was not tested."""
    shape = (len(part.actual), len(part.names), len(part.rows))
    found = np.full(shape, np.nan, dtype=part.ahead[-1].dtype)
    for o, actual in enumerate(part.actual):
        error = part.ahead[o] - actual
        found[o] = np.abs(mean_of(error, axis=2)) if sporadic else mean_of(np.abs(error), axis=2)
    return found


def _serves(part: Part) -> Flags:
    """(M, s) Members with a forecast; of a pinned series that one alone, if it has one."""
    served: Flags = np.asarray(np.isfinite(part.ahead[-1]).all(axis=2))
    pinned = np.arange(len(part.names))[:, np.newaxis] == part.pins
    alone = (pinned & served).any(axis=0)
    return np.where(alone, pinned, served)


def _others(errors: Numbers, left_out: int | None) -> Numbers:
    """(M, s) Mean error over the origins, one of them left out."""
    if left_out is None:
        return mean_of(errors, axis=0) if len(errors) else np.full(errors.shape[1:], np.nan)
    kept = [o for o in range(len(errors)) if o != left_out]
    return mean_of(errors[kept], axis=0) if kept else np.full(errors.shape[1:], np.nan)


def _usual(parts: Iterable[Part], sporadic: bool) -> list[Numbers]:
    """(M, 1) Relative error of each member over all series, each origin left out, and none."""
    own: list[list[Numbers]] = []
    for part in parts:
        errors, serves = _errors(part, sporadic), _serves(part)
        left_out = [*range(len(errors)), None]
        own.append([combination.relative(_others(errors, one), serves) for one in left_out])
    return [
        combination.pooled(np.concatenate(relative, axis=1)) for relative in zip(*own, strict=True)
    ]


def _weights(
    errors: Numbers, serves: Flags, usual: Numbers, method: str, left_out: int | None
) -> Numbers:
    weights = combination.shares(_others(errors, left_out), serves, usual)
    if method == "simple":
        return combination.alone(weights.argmax(axis=0), len(weights))
    return weights


def _combined(part: Part, weights: Numbers, origin: int) -> Numbers:
    """(s, h or H)"""
    found = combination.combine(weights, part.ahead[origin])
    natural = part.natural[:, np.newaxis]
    kept: Numbers = np.where(natural & (found < 0), 0.0, found)
    return kept if origin == len(part.actual) else kept.astype(part.ahead[-1].dtype)
