"""What season and neighbours say about each month of a history, whatever a few months hold.

The history is looked at as logarithms (z = log of demand over its median), so that a season and a
trend that grow with demand are steady; a history with negative numbers as it is. The season of a
calendar month is the median over the years of z - its running median; a month is held against
the median of the months before and that of the months after, the season taken out of all. So

    expected = season + (median before + median after) / 2.

Medians and the yardstick 1.4826 x median absolute deviation: Hampel, The Influence Curve and Its
Role in Robust Estimation, JASA 69 (1974); seasonal medians: Cleveland et al., STL, Journal of
Official Statistics 6 (1990).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers
from sop_xl.planning.robust import median, spread

SIDE = 5
"""Months before, and after, that a month is held against."""
SMALLEST = 0.02
"""Share of the median demand below which demand is as good as none: logarithms need a floor."""
NARROWEST = 0.1
"""Smallest yardstick: of logarithms, so that ten per cent off is never more than one step off."""
LUMPIEST = 0.25
"""The same for the sizes of intermittent demand."""
INTERMITTENT = 0.25
"""Share of months without demand from which only the sizes of the others are looked at."""
FEWEST_ERRORS = 8
"""Months that tell what is usual; with fewer nothing can be said."""
BLOCK = 1_000
"""Series that are looked at together: windows take many times the memory of the series."""


class Scale(NamedTuple):
    """How each series is brought to steady size, and back."""

    unit: Numbers
    """(S, 1) What counts as one: the median of the demand."""
    signed: npt.NDArray[np.bool_]
    """(S, 1) True for a series with negative numbers, which is not taken to logarithms."""

    def steady(self, values: Numbers) -> Numbers:
        """(S, T) The values at steady size, NaN where there is none."""
        ratio = values / self.unit
        return np.where(self.signed, ratio, np.log(np.maximum(ratio, SMALLEST)))

    def back(self, steady: Numbers) -> Numbers:
        """(S, T) Units again."""
        return self.unit * np.where(self.signed, steady, np.exp(np.where(self.signed, 0, steady)))


class Sides(NamedTuple):
    """(S, T) The median of the known months before and of those after; NaN at the ends."""

    before: Numbers
    after: Numbers

    def middle(self) -> Numbers:
        """(S, T) What lies between the two; at the ends, the one there is."""
        before = np.where(np.isnan(self.before), self.after, self.before)
        after = np.where(np.isnan(self.after), self.before, self.after)
        return (before + after) / 2


class Season(NamedTuple):
    """(S, T) What the calendar month of each month is usually above the level."""

    usual: Numbers
    """From all years; zero where there is none."""
    others: Numbers
    """From the other years only; NaN where there is none."""
    years: Numbers
    """Years in which the calendar month is known, this one included."""


class View(NamedTuple):
    """How a month may differ from its neighbours, with or without a season taken out."""

    rest: Numbers
    """(S, T) What is left when the season is taken out."""
    sides: Sides
    width: Numbers
    """(S, 1) The yardstick: how far a usual month is from the middle of its neighbours."""


class Decomposition(NamedTuple):
    """What is usual in each month of each series."""

    scale: Scale
    middle: Numbers
    """(S, T) What season and neighbours say, at steady size; NaN where nothing can be said."""
    width: Numbers
    """(S, 1) The yardstick at steady size."""
    checks: tuple[Numbers, ...]
    """(S, T) Distances, in yardsticks, that an outlier has to have all of, to the same side."""

    @property
    def expected(self) -> Numbers:
        """(S, T) What season and neighbours say, in units."""
        return self.scale.back(self.middle)

    def away(self, values: Numbers) -> Numbers:
        """(S, T) How many yardsticks values are above what was to be expected, in place of it."""
        distance: Numbers = (self.scale.steady(values) - self.middle) / self.width
        return distance


def decompose(history: Numbers, season: int) -> Decomposition:
    """What is usual in each month.

    Args:
        history: (S, T) Units; NaN or infinite where nothing is known, or is not to be believed.
        season: Periods of a season; 1 for none.
    """
    known = np.where(np.isfinite(history), history, np.nan)
    scale = scale_of(known)
    steady = scale.steady(known)
    parts = [
        _part(*pair, season) for pair in zip(_blocks(known), _blocks(steady), strict=True)
    ]
    if not parts:
        return Decomposition(scale, steady, scale.unit, ())
    middle, width = (np.vstack([part[at] for part in parts]) for at in (0, 1))
    checks = tuple(np.vstack(same) for same in zip(*(part[2] for part in parts), strict=True))
    return Decomposition(scale, middle, width, checks)


def scale_of(history: Numbers) -> Scale:
    """The scale of each series: the median of its demand, of its size where it has both signs."""
    sizes = np.abs(history)
    unit = median(np.where(sizes > 0, sizes, np.nan))[:, None]
    signed = np.any(history < 0, axis=1)[:, None]
    return Scale(np.where(np.isnan(unit), 1.0, unit), signed)


def _blocks(values: Numbers) -> list[Numbers]:
    return [values[start : start + BLOCK] for start in range(0, len(values), BLOCK)]


def _part(
    history: Numbers, steady: Numbers, season: int
) -> tuple[Numbers, Numbers, tuple[Numbers, ...]]:
    """Middle, width and checks of some series."""
    found = _season(steady, season)
    plain, seasonal = _view(steady, None), _view(steady, found)
    use = seasonal.width <= plain.width
    by_season = use & (found.years > 2)
    two_years = use & (found.years == 2) & np.isfinite(steady)
    neighbours = np.where(
        by_season,
        _beyond(seasonal.rest, seasonal.sides) / _least(seasonal.width, NARROWEST),
        _beyond(steady, plain.sides) / _least(plain.width, NARROWEST),
    )
    ours = np.where(two_years, found.others, found.usual)
    middle = np.where(use, ours + seasonal.sides.middle(), plain.sides.middle())
    width = np.where(use, seasonal.width, plain.width)
    checks: tuple[Numbers, ...] = (neighbours,)
    if season > 1:
        lone = _beyond(steady - found.others, seasonal.sides)
        checks = (neighbours, lone / _least(seasonal.width, NARROWEST))
    sizes = np.where(history > 0, steady, np.nan)
    lumpy = _is_lumpy(history)[:, None]
    usual = median(sizes)[:, None]
    lumps = _least(spread(sizes - usual)[:, None], LUMPIEST)
    enough = (np.isfinite(sizes).sum(axis=1) >= FEWEST_ERRORS)[:, None]
    above = np.where(enough & (sizes > usual), (sizes - usual) / lumps, np.nan)
    against = (above, (steady - _season(steady, season, level=False).others) / lumps)
    checks = tuple(
        np.where(lumpy, other, check) for check, other in zip(checks, against, strict=False)
    )
    middle = np.where(lumpy, np.where(enough, usual, np.nan), middle)
    width = np.where(lumpy, lumps, _least(width, NARROWEST))
    return middle, width, checks


def _is_lumpy(history: Numbers) -> npt.NDArray[np.bool_]:
    """Series with so many months without demand that neighbours tell nothing."""
    known = np.isfinite(history).sum(axis=1)
    return np.asarray((history == 0).sum(axis=1) > INTERMITTENT * known)


def _least(width: Numbers, narrowest: float) -> Numbers:
    return np.where(np.isnan(width), np.nan, np.maximum(width, narrowest))


def _view(steady: Numbers, season: Season | None) -> View:
    """The months with the season taken out, and the yardstick that fits them.

    The yardstick is made of what the other years and the neighbours alone would have said, for
    with a month's own number in them they are always near.
    """
    rest = steady if season is None else steady - season.usual
    alone = steady if season is None else steady - season.others
    sides = _sides(rest)
    errors = alone - sides.middle()
    enough = np.isfinite(errors).sum(axis=1) >= FEWEST_ERRORS
    return View(rest, sides, np.where(enough, spread(errors), np.nan)[:, None])


def _beyond(rest: Numbers, sides: Sides) -> Numbers:
    """How far a month is beyond both its sides; zero where it lies between them.

    So a level that has moved, a trend and a turn are no outliers: on one side the months agree.
    Where no month follows, the months before have to do; where none precedes, nothing is said.
    """
    before = rest - sides.before
    after = np.where(np.isnan(sides.after), before, rest - sides.after)
    nearer = np.sign(before) * np.minimum(np.abs(before), np.abs(after))
    return np.where(np.sign(before) == np.sign(after), nearer, 0.0)


def _sides(values: Numbers) -> Sides:
    """Medians of the months that are known, so that a gap is looked across."""
    known = np.isfinite(values)
    so_far = known.cumsum(axis=1)
    row, column = np.nonzero(known)
    close = np.full(values.shape, np.nan)
    close[row, so_far[row, column] - 1] = values[row, column]
    edge = np.full((len(values), SIDE), np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(np.hstack([edge, close, edge]), SIDE, 1)
    medians = median(windows)
    before, after = so_far - known, so_far + SIDE
    return Sides(*(np.take_along_axis(medians, at, axis=1) for at in (before, after)))


def _around(values: Numbers, reach: int) -> Numbers:
    """Running median; at the ends that of the nearest month which has its whole window."""
    months = values.shape[1]
    reach = min(reach, max(months - 1, 0) // 2)
    if not months:
        return values
    windows = np.lib.stride_tricks.sliding_window_view(values, 2 * reach + 1, axis=1)
    inner = median(windows)
    first, last = inner[:, :1], inner[:, -1:]
    return np.hstack([np.repeat(first, reach, 1), inner, np.repeat(last, reach, 1)])


def _season(steady: Numbers, season: int, *, level: bool = True) -> Season:
    """The season of each series: taken from a rough level first, then from a closer one."""
    if season < 2:
        nothing = np.zeros(steady.shape)
        return Season(nothing, nothing, np.full(steady.shape, np.inf))
    if not level:
        return _by_calendar(steady, season)
    rough = _filled_level(_around(steady, season // 2))
    usual = _by_calendar(steady - rough, season).usual
    return _by_calendar(steady - _filled_level(_around(steady - usual, SIDE // 2 + 1)), season)


def _filled_level(level: Numbers) -> Numbers:
    forth = _carried(level)
    return np.where(np.isnan(forth), _carried(level[:, ::-1])[:, ::-1], forth)


def _by_calendar(rest: Numbers, season: int) -> Season:
    """Medians by calendar month, with and without the year itself."""
    count, months = rest.shape
    years = -(-months // season)
    padded = np.full((count, years * season), np.nan)
    padded[:, :months] = rest
    table = padded.reshape(count, years, season).swapaxes(1, 2)
    known = np.isfinite(table).sum(axis=2)
    usual = np.nan_to_num(median(table))
    others = np.stack([median(np.delete(table, year, axis=2)) for year in range(years)], axis=1)
    across = np.tile(np.arange(season), years)[:months]
    return Season(
        usual[:, across],
        others.reshape(count, years * season)[:, :months],
        known[:, across].astype(float),
    )


def _carried(values: Numbers) -> Numbers:
    """Each gap filled with the last number before it."""
    known = np.isfinite(values)
    last = np.maximum.accumulate(np.where(known, np.arange(values.shape[1]), 0), axis=1)
    return np.take_along_axis(values, last, axis=1)
