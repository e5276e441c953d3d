"""The engine for a notebook: a long frame of any series in, a long frame of forecasts out.

Columns are named as in the forecasting libraries around: ``unique_id`` the series, ``ds`` the
period, ``y`` the demand; ``mean``, and ``lo_80`` and ``hi_80`` for a level of 80 %.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from numbers import Real
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.demand.calendar_steps import Steps, read_steps
from sop_xl.planning.demand.engine import Forecasts, Options, forecast_block
from sop_xl.planning.demand.engine import cumulative as sums_ahead
from sop_xl.planning.demand.engine.block import whole
from sop_xl.planning.demand.engine.panel import observed, steps
from sop_xl.planning.demand.engine.simple import seasonal_naive
from sop_xl.planning.frames import Numbers
from sop_xl.planning.wording import listed

COLUMNS = ("unique_id", "ds", "y")
LONGEST = 20_000
"""Periods that a frame may span."""
ROWS = 500_000
"""Rows that are put into their places at once."""


class _Block(NamedTuple):
    ids: pd.Series
    """(S,) In order of first appearance, with the type that they came with."""
    last: npt.NDArray[np.int64]
    """(S,) Number of the last period of each series."""
    steps: Steps


def forecast(
    history: pd.DataFrame,
    horizon: int,
    levels: Sequence[float] = (80, 95),
    season_length: int = 12,
    method: str = "weights",
    *,
    origins: int = 3,
    workers: int = 1,
    cumulative: bool = False,
) -> pd.DataFrame:
    """Forecast every series from the period after its last row on.

    Args:
        history: ``unique_id``, ``ds`` (dates, timestamps, periods or whole numbers) and ``y``. A
            period without a row, without a number or with an infinite one counts as missing.
        horizon: Periods ahead.
        levels: Percentages of outcomes that the ranges hold.
        season_length: Periods of a season: 12 for months, 52 for weeks, 4, 7; 1 for none.
        method: ``weights``, ``simple`` or the name of a method.
        origins: Rolling origins of the backtest that weights and ranges come from.
        workers: Processes that share the work; the numbers are the same with any.
        cumulative: Give the demand from the first period ahead to each one, with ranges of the
            sum: over a lead time, errors of single periods partly cancel and partly pile up.

    Returns:
        ``unique_id``, ``ds``, ``mean``, and ``lo_`` and ``hi_`` for each level; series in the
        order in which they first appear, periods ascending.

    Raises:
        ValueError: if the frame cannot be read as series; the message says where.

    Example:
        >>> months = pd.period_range("2024-01", periods=24, freq="M")
        >>> flat = pd.DataFrame({"unique_id": "A", "ds": months, "y": 5})
        >>> forecast(flat, 1, levels=(80,))
          unique_id       ds  mean  lo_80  hi_80
        0         A  2026-01   5.0    5.0    5.0
    """
    options = _options(levels, season_length, method, origins)
    whole("horizon", horizon, 1)
    whole("number of workers", workers, 1)
    block, values = _read(history)
    # handed over and not held here, so that of a large block it is let go when it was used
    found = _forecasts(block, values.pop, horizon, options, workers, sparing=not cumulative)
    mean, lows, highs = sums_ahead(found) if cumulative else (found.mean, found.low, found.high)
    del found
    columns: dict[str, object] = {"mean": mean.ravel()}
    for level, low, high in zip(sorted(set(levels)), lows, highs, strict=True):
        columns[f"lo_{level:g}"], columns[f"hi_{level:g}"] = low.ravel(), high.ravel()
    rows = np.arange(len(block.ids))
    ahead = np.arange(1, horizon + 1)
    keys = {
        "unique_id": _ids(block, np.repeat(rows, horizon)),
        "ds": block.steps.dates((block.last[:, np.newaxis] + ahead).ravel()),
    }
    return pd.DataFrame(keys | columns, copy=False)


def backtest(
    history: pd.DataFrame,
    horizon: int,
    season_length: int = 12,
    method: str = "weights",
    *,
    origins: int = 3,
    workers: int = 1,
) -> pd.DataFrame:
    """What the method, its members and last season's pattern said at earlier origins.

    Args:
        history: As for :func:`forecast`, as are the others.

    Returns:
        ``unique_id``, ``ds``, ``cutoff`` (the last period known then), ``method`` (the method
        asked for, each member by its name, and ``seasonal_naive``), ``y`` and ``mean``. Series
        that are too short for a test have no rows, nor has a series that needs no method.
    """
    options = _options((), season_length, method, origins)
    whole("horizon", horizon, 1)
    whole("number of workers", workers, 1)
    block, held = _read(history)
    values = held.pop()
    found = _forecasts(block, lambda: values, horizon, options, workers)
    test = found.backtest
    reference = np.full(test.actual.shape, np.nan)
    for o, cut in enumerate(test.cuts):
        past = _observed(values[:, : values.shape[1] - cut])
        ahead = steps(int(cut), horizon)
        reference[o, :, :ahead] = seasonal_naive(past, ahead, season_length)
    said = [(method, test.combined)]
    said += [
        (name, test.candidates[:, i])
        for i, name in enumerate(found.members[: test.candidates.shape[1]])
        if name not in (method, "seasonal_naive")
    ]
    if method != "seasonal_naive":
        said.append(("seasonal_naive", reference))
    frames = [_tested(block, test.cuts, test.actual, name, mean) for name, mean in said]
    return pd.concat(frames, ignore_index=True)


def _tested(
    block: _Block, cuts: npt.NDArray[np.int64], actual: Numbers, name: str, mean: Numbers
) -> pd.DataFrame:
    origin, row, step = np.nonzero(np.isfinite(actual) & np.isfinite(mean))
    cutoff = block.last[row] - cuts[origin]
    return pd.DataFrame(
        {
            "unique_id": _ids(block, row),
            "ds": block.steps.dates(cutoff + step + 1),
            "cutoff": block.steps.dates(cutoff),
            "method": np.full(len(row), name, dtype=object),
            "y": actual[origin, row, step],
            "mean": mean[origin, row, step],
        }
    )


def _observed(history: Numbers) -> Numbers:
    """Without gaps, as the engine sees it."""
    filled, count, _ = observed(history, 1)
    known = np.arange(history.shape[1]) >= (history.shape[1] - count)[:, np.newaxis]
    return np.where(known, filled, np.nan)


def _each(levels: object) -> tuple[object, ...]:
    if isinstance(levels, str) or not isinstance(levels, Iterable):
        raise ValueError(f"levels have to be a list of percentages, as (80, 95); not {levels!r}")
    return tuple(levels)


def _options(levels: Sequence[float], season_length: int, method: str, origins: int) -> Options:
    for level in _each(levels):
        if isinstance(level, bool) or not isinstance(level, Real) or not 0 < float(level) < 100:
            shown = f"{level:g} %" if isinstance(level, Real) else repr(level)
            raise ValueError(
                f"a level of {shown}; levels are percentages between 0 and 100"
            )
        if level < 1:
            raise ValueError(f"a level of {float(level):g} %; did you mean {100 * level:g}?")
    whole("season length", season_length, 1)
    whole("number of origins", origins, 0)
    if not isinstance(method, str):
        raise ValueError(f"the method has to be a text, weights for example; not {method!r}")
    wanted = tuple(sorted({level / 100 for level in levels}))
    return Options(season=season_length, levels=wanted, method=method, origins=origins)


def _forecasts(
    block: _Block,
    history: Callable[[], Numbers],
    horizon: int,
    options: Options,
    workers: int,
    *,
    sparing: bool = False,
) -> Forecasts:
    # series that end in different periods of the season share its pattern only with their like
    phase = block.last % options.season
    groups = [str(one) for one in phase]
    return forecast_block(
        history(), horizon, options, groups=groups, workers=workers, sparing=sparing
    )


def _ids(block: _Block, rows: npt.NDArray[np.int64]) -> pd.Series:
    return block.ids.take(rows).reset_index(drop=True)


def _read(frame: pd.DataFrame) -> tuple[_Block, list[Numbers]]:
    """The series, and, as the only one of a list, their history.

    (S, T), each ends with its own last row.
    """
    if not isinstance(frame, pd.DataFrame):
        raise ValueError(
            f"the history has to be a frame with unique_id, ds and y; not {type(frame).__name__}"
        )
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise ValueError(
            f"the history has no column {listed(missing)}; it needs unique_id, ds and y"
        )
    twice = [name for name in COLUMNS if (frame.columns == name).sum() > 1]
    if twice:
        raise ValueError(f"the history has more than one column {listed(twice)}")
    if not len(frame):
        raise ValueError("the history has no rows")
    if frame["unique_id"].isna().any():
        row = int(np.flatnonzero(frame["unique_id"].isna())[0])
        raise ValueError(f"unique_id is empty in row {row + 1}")
    steps_, number = read_steps(frame["ds"])
    codes, names = pd.factorize(frame["unique_id"])
    y = _numbers(frame["y"])
    last = np.full(len(names), np.iinfo(np.int64).min)
    first = np.full(len(names), np.iinfo(np.int64).max)
    np.maximum.at(last, codes, number)
    np.minimum.at(first, codes, number)
    length = int((last - first).max()) + 1
    if length > LONGEST:
        raise ValueError(
            f"ds spans {length:,} periods; is every date right? {LONGEST:,} are the most"
        )
    history = np.full((len(names), length), np.nan)
    seen = np.zeros(history.shape, dtype=bool)
    for begin in range(0, len(frame), ROWS):
        some = slice(begin, begin + ROWS)
        at = codes[some], number[some] - last[codes[some]] + length - 1
        history[at] = y[some]
        seen[at] = True
    if np.count_nonzero(seen) < len(frame):
        raise ValueError(_twice(frame, codes, number))
    ids = pd.Series(names, name="unique_id").astype(frame["unique_id"].dtype)
    return _Block(ids, last, steps_), [history]


def _twice(frame: pd.DataFrame, codes: npt.NDArray[np.intp], number: npt.NDArray[np.int64]) -> str:
    again = pd.DataFrame({"code": codes, "number": number}).duplicated().to_numpy()
    twice = frame.loc[again, ["unique_id", "ds"]].drop_duplicates()
    pairs = (f"{one} {ds}" for one, ds in zip(twice["unique_id"], twice["ds"], strict=True))
    return f"more than one row for {listed(pairs)}"


def _numbers(values: pd.Series) -> npt.NDArray[np.float64]:
    if pd.api.types.is_complex_dtype(values.dtype):
        raise ValueError("y has to be numbers; these are complex ones")
    try:
        return values.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError):
        numbers = pd.to_numeric(values, errors="coerce")
        text = values[numbers.isna() & values.notna()]
        shown = f'"{text.iloc[0]}"' if len(text) else "something else"
        raise ValueError(f"y has to be numbers; one is {shown}") from None
