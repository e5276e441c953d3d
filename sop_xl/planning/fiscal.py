"""Days in the fiscal calendar: year, quarter, period, and its working days."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Calendar
from sop_xl.planning.frames import Numbers
from sop_xl.reading.dates import YEARS

Pattern: TypeAlias = Literal["months", "4-4-5", "4-5-4", "5-4-4"]
Part: TypeAlias = Literal["label", "year", "quarter", "period", "start", "end"]
Days: TypeAlias = npt.NDArray[np.datetime64]


_Missing: TypeAlias = str | float | np.datetime64
_NO_DAY = np.datetime64("NaT", "D")
_MISSING: dict[Part, _Missing] = {"label": "", "start": _NO_DAY, "end": _NO_DAY}
"""What stands for a day that is missing; elsewhere no number."""


def fiscal(
    days: Days, year_start: int = 1, pattern: Pattern = "months", part: Part = "label"
) -> npt.NDArray[np.generic]:
    """Fiscal period of a day, as "FY2027 P03", or one part of it: the fiscal year (named by the
    year in which it ends), the quarter, the number of the period, its first or last day.

    A year of weeks begins on the Monday nearest to the first of its first month, and has 53 weeks
    now and then; see :mod:`sop_xl.planning.calendar`.

    Args:
        days: Days from 1970 to 2199; others are missing.
        year_start: Month in which the fiscal year starts, 1 to 12.
        pattern: Calendar months, or weeks in the periods of a quarter.
        part: What is wanted of it.

    >>> days = np.array(["2026-10-15"], dtype="datetime64[D]")
    >>> fiscal(days, 10).tolist(), fiscal(days, 10, part="quarter").tolist()
    (['FY2027 P01'], [1.0])
    """
    calendar = Calendar(pattern, year_start)
    tell = {
        "label": lambda periods: _labels(calendar, periods),
        "year": calendar.fiscal_year,
        "quarter": calendar.quarter,
        "period": calendar.number,
        "start": lambda periods: _days([calendar.start(period) for period in periods]),
        "end": lambda periods: _days([calendar.end(period) for period in periods]),
    }[part]
    return _of_each(days, calendar, tell, _MISSING.get(part, np.nan))


def workdays(
    days: Days, year_start: int = 1, pattern: Pattern = "months", days_a_week: int = 5
) -> Numbers:
    """Working days of the fiscal period in which a day lies: the first days of each week from
    Monday on. Public holidays are not taken out.

    Args:
        days: Days from 1970 to 2199; others are missing.
        year_start: Month in which the fiscal year starts, 1 to 12.
        pattern: Calendar months, or weeks in the periods of a quarter.
        days_a_week: Working days in a week, 1 to 7.

    >>> workdays(np.array(["2026-10-15"], dtype="datetime64[D]")).tolist()
    [22.0]
    """
    calendar = Calendar(pattern, year_start, days_a_week)
    return np.asarray(_of_each(days, calendar, calendar.workdays, np.nan), dtype=float)


def _of_each(
    days: Days,
    calendar: Calendar,
    tell: Callable[[pd.PeriodIndex], npt.NDArray[np.generic]],
    missing: _Missing,
) -> npt.NDArray[np.generic]:
    """What is told of the period of each day; every period is asked for once."""
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    known = ~np.isnat(days) & (years >= YEARS.start) & (years < YEARS.stop)
    of_days = calendar.period_of(pd.Series(np.where(known, days, _NO_DAY).ravel()))
    codes, periods = pd.factorize(of_days)  # -1, the last one, where there is no day
    told = np.append(tell(pd.PeriodIndex(periods, freq="M")), np.asarray(missing))
    return np.asarray(told[codes].reshape(days.shape))


def _labels(calendar: Calendar, periods: pd.PeriodIndex) -> npt.NDArray[np.object_]:
    years, numbers = calendar.fiscal_year(periods), calendar.number(periods)
    texts = [f"FY{year} P{number:02}" for year, number in zip(years, numbers, strict=True)]
    return np.array(texts, dtype=object)


def _days(stamps: list[pd.Timestamp]) -> Days:
    return np.array([stamp.date() for stamp in stamps], dtype="datetime64[D]")
