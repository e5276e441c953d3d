"""From the members' forecasts to the answer: shares, combination, errors and ranges."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.engine import combination, ranges
from sop_xl.planning.demand.engine.origins import mean as mean_of
from sop_xl.planning.demand.engine.panel import Counts, Flags
from sop_xl.planning.demand.engine.result import Options
from sop_xl.planning.frames import Numbers


class Part(NamedTuple):
    """Series of one route, with what the members said; all in the series' own scale."""

    route: int
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
    """(M, s, cut) at each origin, and (M, s, H) of the forecast, last."""
    errors: Numbers
    """(M, s) Error of each member over all origins, WAPE."""
    reference: npt.NDArray[np.float64]
    """(s,) The same of last season again."""
    actual: list[Numbers]
    """(s, cut) What came at each origin; NaN where a series is not tested."""

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


class Answer(NamedTuple):
    """For the series of a route."""

    mean: Numbers
    low: Numbers
    high: Numbers
    weights: Numbers
    combined: list[Numbers]
    """(s, cut) at each origin."""

    def only(self, some: Flags) -> Answer:
        return Answer(
            self.mean[some],
            self.low[:, some],
            self.high[:, some],
            self.weights[:, some],
            [combined[some] for combined in self.combined],
        )


def answer(parts: list[Part], options: Options, *, sporadic: bool, lean: bool) -> list[Answer]:
    """Weigh, combine and range the series of one route.

    Args:
        parts: Chunks of series with the same members.
        options: Method and levels.
        sporadic: Whether members are judged by the sum over the periods ahead, as single periods
            of demand that comes now and then favour whoever forecasts nothing.
        lean: Let go of what the members said as soon as it is weighed.
    """
    errors = [_errors(part, sporadic) for part in parts]
    serves = [_serves(part) for part in parts]
    count = len(parts[0].actual)
    usual = _usual(errors, serves, None)
    without = [_usual(errors, serves, left_out) for left_out in range(count)]
    horizon = parts[0].ahead[-1].shape[2]
    cuts = [actual.shape[1] for actual in parts[0].actual]
    total = sum(len(part.rows) for part in parts)
    residuals = np.full((count, total, horizon), np.nan, dtype=parts[0].ahead[-1].dtype)
    weighed = []
    first = 0
    for part, error, served in zip(parts, errors, serves, strict=True):
        weights = _weights(error, served, usual, options.method, None)
        for o, cut in enumerate(cuts):
            honest = _weights(error, served, without[o], options.method, o)
            left = part.actual[o] - _combined(part, honest, o)
            residuals[o, first : first + len(part.rows), :cut] = left
        combined = [_combined(part, weights, o) for o in range(count)]
        weighed.append((weights, _combined(part, weights, count), combined))
        first += len(part.rows)
        if lean:
            part.ahead.clear()
    found = ranges.spread(residuals, np.concatenate([part.expected for part in parts]), cuts)
    # over all chunks at once: what a kind tells does not depend on where it was cut
    low, high = ranges.around(
        np.concatenate([middle for _, middle, _ in weighed]),
        found,
        options.levels,
        np.concatenate([part.natural for part in parts]),
        np.concatenate([part.kinds for part in parts]),
        sporadic=sporadic,
    )
    answers = []
    first = 0
    for part, (weights, middle, combined) in zip(parts, weighed, strict=True):
        own = slice(first, first + len(part.rows))
        first += len(part.rows)
        answers.append(Answer(middle, low[:, own], high[:, own], weights, combined))
    return answers


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


def _usual(errors: list[Numbers], serves: list[Flags], left_out: int | None) -> Numbers:
    """(M, 1) Relative error of each member over all series of the route."""
    own = [
        combination.relative(_others(error, left_out), served)
        for error, served in zip(errors, serves, strict=True)
    ]
    return combination.pooled(np.concatenate(own, axis=1))


def _weights(
    errors: Numbers, serves: Flags, usual: Numbers, method: str, left_out: int | None
) -> Numbers:
    weights = combination.shares(_others(errors, left_out), serves, usual)
    if method == "simple":
        return combination.alone(weights.argmax(axis=0), len(weights))
    return weights


def _combined(part: Part, weights: Numbers, origin: int) -> Numbers:
    """(s, cut or H)"""
    found = combination.combine(weights, part.ahead[origin])
    natural = part.natural[:, np.newaxis]
    kept: Numbers = np.where(natural & (found < 0), 0.0, found)
    return kept if origin == len(part.actual) else kept.astype(part.ahead[-1].dtype)
