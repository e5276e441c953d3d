"""Periods of the fiscal calendar: calendar months, or weeks per month as 4-4-5, 4-5-4, 5-4-4.

A period is a ``pd.Period`` of frequency month. With calendar months it is that month; with weeks it
is the label of a bucket of whole weeks: the first bucket of the fiscal year bears the name of the
month in which the fiscal year starts. A fiscal year of weeks begins on the Monday nearest to the
first of that month, so that some years have 53 weeks; the 53rd is added to the last bucket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from sop_xl.tables.settings import Settings

PATTERNS = {"4-4-5": (4, 4, 5), "4-5-4": (4, 5, 4), "5-4-4": (5, 4, 4)}
MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Calendar:
    """A fiscal calendar.

    >>> retail = Calendar("4-5-4", fiscal_year_start=2)
    >>> str(retail.start(pd.Period("2023-02", "M")).date())
    '2023-01-30'
    >>> retail.days(pd.period_range("2023-02", periods=3, freq="M")).tolist()
    [28, 35, 28]
    """

    pattern: str = MONTHS
    fiscal_year_start: int = 1
    workdays_per_week: int = 5

    def __post_init__(self) -> None:
        if self.pattern not in (MONTHS, *PATTERNS):
            raise ValueError(f"unknown calendar {self.pattern!r}")
        if not 1 <= self.fiscal_year_start <= 12:
            raise ValueError(f"a fiscal year cannot start in month {self.fiscal_year_start}")

    def start(self, period: pd.Period) -> pd.Timestamp:
        """First day of a period."""
        if self.pattern == MONTHS:
            return period.to_timestamp()
        first, index = self._year_begin(period)
        weeks = (PATTERNS[self.pattern] * 4)[:index]
        return self._monday(first) + pd.Timedelta(weeks=sum(weeks))

    def end(self, period: pd.Period) -> pd.Timestamp:
        """Last day of a period."""
        return self.start(period + 1) - pd.Timedelta(days=1)

    def days(self, periods: pd.PeriodIndex) -> np.ndarray:
        """Calendar days of each period."""
        counts = [(self.end(p) - self.start(p)).days + 1 for p in periods]
        return np.asarray(counts, dtype=int)

    def workdays(self, periods: pd.PeriodIndex) -> np.ndarray:
        """Working days of each period: the first ``workdays_per_week`` days of each week."""
        week = "1" * self.workdays_per_week + "0" * (7 - self.workdays_per_week)
        starts = np.array([self.start(p).date() for p in periods], dtype="datetime64[D]")
        ends = np.array([self.start(p + 1).date() for p in periods], dtype="datetime64[D]")
        return np.asarray(np.busday_count(starts, ends, weekmask=week))

    def fiscal_year(self, periods: pd.PeriodIndex) -> np.ndarray:
        """Fiscal year of each period, named by the calendar year in which it ends."""
        later = (periods.month >= self.fiscal_year_start) & (self.fiscal_year_start > 1)
        return np.asarray(np.asarray(periods.year) + np.asarray(later).astype(int))

    def quarter(self, periods: pd.PeriodIndex) -> np.ndarray:
        """Quarter of the fiscal year, 1 to 4."""
        return (np.asarray(periods.month) - self.fiscal_year_start) % 12 // 3 + 1

    def number(self, periods: pd.PeriodIndex) -> np.ndarray:
        """Number of each period in its fiscal year, 1 to 12."""
        return (np.asarray(periods.month) - self.fiscal_year_start) % 12 + 1

    def period_of(self, days: pd.Series) -> pd.Series:
        """The period in which each day lies; missing days give missing periods."""
        days = pd.to_datetime(days)
        if self.pattern == MONTHS or not days.notna().any():
            return days.dt.to_period("M")
        first, last = days.min().to_period("M") - 2, days.max().to_period("M") + 2
        periods = pd.period_range(first, last, freq="M")
        starts = np.array([self.start(p) for p in periods], dtype="datetime64[ns]")
        at = np.searchsorted(starts, days.to_numpy(dtype="datetime64[ns]"), side="right") - 1
        found = pd.Series(periods.take(np.clip(at, 0, None)), index=days.index)
        return found.where(days.notna())

    def frame(self, first: pd.Period, last: pd.Period) -> pd.DataFrame:
        """One row per period: period, start, end, year, quarter, weeks, days, workdays."""
        periods = pd.period_range(first, last, freq="M")
        days = self.days(periods)
        return pd.DataFrame(
            {
                "period": periods,
                "start": [self.start(p) for p in periods],
                "end": [self.end(p) for p in periods],
                "year": self.fiscal_year(periods),
                "quarter": self.quarter(periods),
                "weeks": days / 7,
                "days": days,
                "workdays": self.workdays(periods),
            }
        )

    def _year_begin(self, period: pd.Period) -> tuple[pd.Period, int]:
        """First period of the fiscal year of ``period``, and how many periods after it this is."""
        index = (period.month - self.fiscal_year_start) % 12
        return period - index, index

    @staticmethod
    def _monday(first: pd.Period) -> pd.Timestamp:
        """The Monday nearest to the first day of a month."""
        day = first.to_timestamp()
        return day + pd.Timedelta(days=-day.weekday() if day.weekday() <= 3 else 7 - day.weekday())


@dataclass(frozen=True, slots=True)
class Axis:
    """The time axis of one cycle: the past shown, then the plan.

    ``first`` is the first plan period and names the cycle; the period before it is the last closed
    one, the opening.
    """

    calendar: Calendar
    first: pd.Period
    history: int
    horizon: int

    @property
    def opening(self) -> pd.Period:
        return self.first - 1

    @property
    def past(self) -> pd.PeriodIndex:
        return pd.period_range(self.first - self.history, periods=self.history, freq="M")

    @property
    def plan(self) -> pd.PeriodIndex:
        return pd.period_range(self.first, periods=self.horizon, freq="M")

    @property
    def periods(self) -> pd.PeriodIndex:
        return pd.period_range(self.first - self.history, self.first + self.horizon - 1, freq="M")

    @property
    def last_year(self) -> pd.PeriodIndex:
        """The last twelve closed periods."""
        return pd.period_range(self.first - 12, periods=12, freq="M")


def calendar_of(settings: Settings) -> Calendar:
    """The fiscal calendar of a company."""
    return Calendar(settings.calendar, settings.fiscal_year_start, settings.workdays_per_week)


def axis_of(settings: Settings, first: pd.Period) -> Axis:
    """The time axis of the cycle that begins with a period.

    The past reaches at least to the start of the fiscal year, whose outlook is actuals + plan.
    """
    into_year = (first.month - settings.fiscal_year_start) % 12
    history = max(settings.history_shown, into_year)
    return Axis(calendar_of(settings), first, history, settings.horizon)
