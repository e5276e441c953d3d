"""The fiscal calendar against published dates, and the laws that any calendar obeys."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.calendar import MONTHS, PATTERNS, Axis, Calendar

calendars = st.builds(
    Calendar, st.sampled_from([MONTHS, *PATTERNS]), st.integers(1, 12), st.integers(1, 7)
)
periods = st.integers(0, 1200).map(lambda months: pd.Period("1990-01", "M") + months)


def test_months_are_those_of_the_year() -> None:
    months = pd.period_range("2024-01", periods=3, freq="M")

    assert Calendar().days(months).tolist() == [31, 29, 31]
    assert Calendar().workdays(months).tolist() == [23, 21, 21]
    assert str(Calendar().start(months[1]).date()) == "2024-02-01"
    assert str(Calendar().end(months[1]).date()) == "2024-02-29"


@pytest.mark.parametrize(("week", "days"), [(1, 5), (5, 22), (6, 26), (7, 30)])
def test_working_days_follow_the_week(week: int, days: int) -> None:
    # June 2026 begins on a Monday and has 30 days
    june = pd.PeriodIndex(["2026-06"], freq="M")

    assert Calendar(workdays_per_week=week).workdays(june).tolist() == [days]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_quarter_has_thirteen_weeks(pattern: str) -> None:
    year = pd.period_range("2025-01", periods=12, freq="M")

    weeks = Calendar(pattern).days(year) // 7

    assert tuple(weeks[:3]) == PATTERNS[pattern]
    assert weeks.reshape(4, 3).sum(axis=1).tolist() == [13, 13, 13, 13]


def test_the_fifty_third_week_goes_to_the_last_month() -> None:
    # ISO 8601 years begin on the Monday nearest to 1 January too; 2026 has 53 weeks
    weeks = Calendar("4-4-5").days(pd.period_range("2026-01", periods=12, freq="M")) // 7

    assert weeks.sum() == 53
    assert weeks[-1] == 6


def test_years_of_weeks_begin_like_iso_years() -> None:
    for year in range(2000, 2050):
        start = Calendar("4-4-5").start(pd.Period(f"{year}-01", "M"))
        assert start.isocalendar()[:3] == (year, 1, 1)


def test_fiscal_years_are_named_by_their_end() -> None:
    april = Calendar(fiscal_year_start=4)
    months = pd.PeriodIndex(["2025-03", "2025-04", "2025-12", "2026-03"], freq="M")

    assert april.fiscal_year(months).tolist() == [2025, 2026, 2026, 2026]
    assert april.quarter(months).tolist() == [4, 1, 3, 4]
    assert Calendar().fiscal_year(months).tolist() == [2025, 2025, 2025, 2026]


@given(calendars, periods)
def test_periods_leave_no_day_out_and_share_none(calendar: Calendar, period: pd.Period) -> None:
    assert calendar.start(period + 1) - calendar.end(period) == pd.Timedelta(days=1)
    assert calendar.days(pd.PeriodIndex([period])).tolist() == [
        (calendar.end(period) - calendar.start(period)).days + 1
    ]


@given(calendars, periods, st.integers(0, 27))
def test_a_day_lies_in_its_period(calendar: Calendar, period: pd.Period, day: int) -> None:
    days = pd.Series([calendar.start(period) + pd.Timedelta(days=day), pd.NaT])

    found = calendar.period_of(days)

    assert found[0] == period
    assert found[1] is pd.NaT


@given(st.sampled_from(list(PATTERNS)), st.integers(1, 12), st.integers(1980, 2080))
def test_a_year_of_weeks_has_52_or_53(pattern: str, start: int, year: int) -> None:
    calendar = Calendar(pattern, start)
    months = pd.period_range(pd.Period(f"{year}-{start:02}", "M"), periods=12, freq="M")

    assert calendar.days(months).sum() // 7 in (52, 53)
    assert calendar.start(months[0]).weekday() == 0
    assert abs((calendar.start(months[0]) - months[0].to_timestamp()).days) <= 3


@pytest.mark.parametrize("arguments", [("5-5-3",), ("months", 0), ("months", 13)])
def test_what_is_no_calendar_is_refused(arguments: tuple[str, int]) -> None:
    with pytest.raises(ValueError, match=r"calendar|fiscal year"):
        Calendar(*arguments)


def test_the_axis_is_named_by_its_first_plan_month() -> None:
    axis = Axis(Calendar(), pd.Period("2026-10", "M"), history=3, horizon=2)

    assert [str(p) for p in axis.past] == ["2026-07", "2026-08", "2026-09"]
    assert [str(p) for p in axis.plan] == ["2026-10", "2026-11"]
    assert [str(p) for p in axis.periods[[0, -1]]] == ["2026-07", "2026-11"]
    assert str(axis.opening) == "2026-09"
    assert [str(p) for p in axis.last_year[[0, -1]]] == ["2025-10", "2026-09"]


def test_the_frame_of_a_calendar_has_a_row_per_period() -> None:
    frame = Calendar("4-4-5").frame(pd.Period("2026-01", "M"), pd.Period("2026-03", "M"))

    assert frame["weeks"].tolist() == [4, 4, 5]
    assert frame["workdays"].tolist() == [20, 20, 25]
    assert np.array_equal(
        frame["start"].to_numpy()[1:], frame["end"].to_numpy()[:-1] + np.timedelta64(1, "D")
    )
