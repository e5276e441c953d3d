"""Dates as numbers that rise by one each period, and back: of any frequency."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

Integers = npt.NDArray[np.int64]


LARGEST = 2.0**53
"""Whole numbers below it are exact as floats."""
SPARSE = 0.1
"""Share of the periods with a row of any series, below which dates follow no step."""

WEEK = 7 * 24 * 3600 * 10**9
"""Nanoseconds: whole weeks are a step, however few of them have a row."""


class Steps(NamedTuple):
    """How numbers turn into dates again."""

    dates: Callable[[Integers], pd.Index]


def read_steps(ds: pd.Series) -> tuple[Steps, Integers]:
    """The number of each row's period, and the way back.

    Whole numbers and periods go by their own step, the greatest that divides all distances. Dates
    are months, quarters or years if all fall on the same day of the month or on its last day, else
    weeks, days or what the greatest common distance is.

    Raises:
        ValueError: for what is no date, period or whole number, and for dates that follow no step,
            as those of single orders.

    Example:
        >>> steps, numbers = read_steps(pd.Series(["2024-01-31", "2024-02-29", "2024-04-30"]))
        >>> (numbers - numbers[0]).tolist(), str(steps.dates(numbers[:1] + 2)[0])
        ([0, 1, 3], '2024-03-31 00:00:00')
    """
    if ds.isna().any():
        row = int(np.flatnonzero(ds.isna())[0])
        raise ValueError(f"ds is empty in row {row + 1}")
    # series share their periods: each is read once
    rows, ones = pd.factorize(ds)
    steps, numbers = _read(pd.Series(ones))
    return steps, numbers[rows]


def _read(ds: pd.Series) -> tuple[Steps, Integers]:
    periods = _periods(ds)
    if periods is not None:
        freq = pd.PeriodDtype(periods.freqstr)
        return _stepped(
            periods.asi8,
            lambda at: pd.PeriodIndex(pd.arrays.PeriodArray(at, dtype=freq)),
        )
    if pd.api.types.is_integer_dtype(ds.dtype) or _is_whole(ds):
        kind = ds.dtype
        return _stepped(ds.to_numpy(dtype=np.int64), lambda at: pd.Index(at).astype(kind))
    return _dated(_timestamps(ds))


def _is_whole(ds: pd.Series) -> bool:
    """Whether floats are whole numbers, small enough to be told apart."""
    if not pd.api.types.is_float_dtype(ds.dtype):
        return False
    numbers = ds.to_numpy(dtype=float)
    return bool((np.abs(numbers) < LARGEST).all() and (numbers % 1 == 0).all())


def _periods(ds: pd.Series) -> pd.PeriodIndex | None:
    if isinstance(ds.dtype, pd.PeriodDtype):
        return pd.PeriodIndex(ds)
    if ds.dtype == object and isinstance(ds.iloc[0], pd.Period):
        try:
            return pd.PeriodIndex(ds)
        except (TypeError, ValueError):
            raise ValueError("ds mixes periods with something else") from None
    return None


def _timestamps(ds: pd.Series) -> pd.DatetimeIndex:
    if pd.api.types.is_numeric_dtype(ds.dtype):
        raise ValueError("ds has to be dates, periods or whole numbers")
    try:
        # text dates are the same in every row, and in the way that ISO 8601 writes them
        return pd.DatetimeIndex(pd.to_datetime(ds, format="ISO8601"))
    except (TypeError, ValueError):
        read = pd.to_datetime(ds, errors="coerce", format="ISO8601")
        wrong = ds[read.isna()]
        shown = f'; one is "{wrong.iloc[0]}"' if len(wrong) else ""
        raise ValueError(
            f"ds has to be dates (text as 2026-11-30), periods or whole numbers{shown}"
        ) from None


def _dated(dates: pd.DatetimeIndex) -> tuple[Steps, Integers]:
    zone = dates.tz
    plain = dates.tz_localize(None) if zone is not None else dates
    day = plain.normalize()
    time = (plain - day).unique()
    same, ends = bool((plain.day == plain.day[0]).all()), bool(plain.is_month_end.all())
    if len(time) == 1 and (same or ends):
        months = (plain.year * 12 + plain.month - 1).to_numpy(dtype=np.int64)
        on = 31 if ends else int(plain.day[0])

        def dated(at: Integers) -> pd.Index:
            first = pd.to_datetime(
                {"year": at // 12, "month": at % 12 + 1, "day": np.ones(len(at), dtype=int)}
            )
            index = pd.DatetimeIndex(first)
            within = np.minimum(on, index.days_in_month) - 1
            index = index + pd.to_timedelta(within, unit="D") + time[0]
            return index.tz_localize(zone) if zone is not None else index

        return _stepped(months, dated)
    seconds = plain.as_unit("ns").asi8

    def timed(at: Integers) -> pd.Index:
        index = pd.DatetimeIndex(at)
        return index.tz_localize(zone) if zone is not None else index

    steps, numbers = _stepped(seconds, timed)
    spanned = int(numbers.max() - numbers.min()) + 1
    in_weeks = int(np.gcd.reduce(seconds - seconds.min())) % WEEK == 0
    if not in_weeks and len(plain) < SPARSE * spanned:
        raise ValueError(
            f"ds follows no step: {len(plain):,} dates in {spanned:,} periods from {plain.min()} to"
            f" {plain.max()}. Sum the rows by week or month first, with one date for each"
        )
    return steps, numbers


def _stepped(numbers: Integers, back: Callable[[Integers], pd.Index]) -> tuple[Steps, Integers]:
    """Numbers in units of the greatest common distance."""
    first = int(numbers.min())
    step = max(int(np.gcd.reduce(numbers - first)), 1)
    offset = first % step

    def dates(at: Integers) -> pd.Index:
        first = int(at.min()) if len(at) else 0
        every = np.arange(first, int(at.max()) + 1 if len(at) else 0)
        if len(every) > len(at):
            return back(np.asarray(at, dtype=np.int64) * step + offset)
        # series share their periods: each is made once
        return back(every * step + offset).take(at - first)

    return Steps(dates), (numbers - offset) // step
