"""Days in the fiscal calendar, by hand and against the calendar of the plan."""

import datetime as dt
from typing import get_args

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning import fiscal
from sop_xl.planning.calendar import MONTHS, PATTERNS, Calendar

OCTOBER = dt.date(2026, 10, 15)
RETAIL = (2, "4-5-4")
"""A retail year of weeks that starts with February: 2023 on Monday, 30 January."""


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ((OCTOBER,), "FY2026 P10"),
        ((OCTOBER, 10), "FY2027 P01"),
        ((OCTOBER, 7, "months", "label"), "FY2027 P04"),
        ((OCTOBER, 7, "months", "year"), 2027),
        ((OCTOBER, 7, "months", "quarter"), 2),
        ((OCTOBER, 7, "months", "period"), 4),
        ((OCTOBER, 7, "months", "start"), dt.date(2026, 10, 1)),
        ((OCTOBER, 7, "months", "END"), dt.date(2026, 10, 31)),
        ((dt.datetime(2023, 1, 30, 9), *RETAIL), "FY2024 P01"),
        ((dt.date(2023, 1, 29), *RETAIL), "FY2023 P12"),
        ((dt.date(2023, 2, 27), *RETAIL), "FY2024 P02"),
        ((dt.date(2023, 4, 3), *RETAIL, "start"), dt.date(2023, 4, 3)),
        ((dt.date(2023, 4, 2), *RETAIL, "start"), dt.date(2023, 2, 27)),
        ((dt.date(2023, 4, 2), *RETAIL, "end"), dt.date(2023, 4, 2)),
        # Excel's number of 15 October 2026, in a cell without a date format
        ((46_310,), "FY2026 P10"),
    ],
)
def test_a_day_in_the_fiscal_year(arguments: tuple[object, ...], shown: object) -> None:
    assert named("SOP_FISCAL")(*arguments) == shown


def test_a_range_of_days_keeps_its_form_and_its_gaps() -> None:
    days = [[OCTOBER], ["2026-10-15"], [None], [dt.date(2027, 1, 3)]]

    assert np.asarray(named("SOP_FISCAL")(days)).tolist() == [
        ["FY2026 P10"], [""], [""], ["FY2027 P01"],
    ]  # fmt: skip
    assert np.isnan(
        np.asarray(named("SOP_FISCAL")(days, 1, "months", "year"), dtype=float)
    ).ravel().tolist() == [False, True, True, False]


@pytest.mark.parametrize(
    ("arguments", "days"),
    [
        ((OCTOBER,), 22),
        ((dt.date(2026, 2, 3),), 20),
        ((dt.date(2026, 2, 3), 1, "months", 6), 24),
        ((dt.date(2026, 2, 3), 1, "months", 7), 28),
        ((dt.date(2023, 1, 30), *RETAIL), 20),  # four weeks
        ((dt.date(2023, 3, 1), *RETAIL), 25),  # five
        ((dt.date(2025, 1, 20), *RETAIL), 25),  # four, and the 53rd of the year
    ],
)
def test_working_days_of_the_period(arguments: tuple[object, ...], days: float) -> None:
    assert named("SOP_WORKDAYS")(*arguments) == days


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("SOP_FISCAL", ("2026-10-15",), "#N/A: SOP_FISCAL: the cells given are not enough"),
        ("SOP_FISCAL", (dt.date(9999, 12, 31),), "#N/A: SOP_FISCAL: the cells given are not"),
        ("SOP_FISCAL", (OCTOBER, 13), "#NUM!: SOP_FISCAL: year_start"),
        ("SOP_FISCAL", (OCTOBER, 1, "5-5-5"), "#VALUE!: SOP_FISCAL: pattern"),
        ("SOP_FISCAL", (OCTOBER, 1, "months", "week"), "#VALUE!: SOP_FISCAL: part"),
        ("SOP_WORKDAYS", (OCTOBER, 1, "months", 8), "#NUM!: SOP_WORKDAYS: days_a_week"),
        ("SOP_WORKDAYS", (None,), "#N/A: SOP_WORKDAYS"),
    ],
)
def test_what_is_no_day_is_refused(name: str, arguments: tuple[object, ...], reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        named(name)(*arguments)


def test_the_patterns_are_those_of_the_calendar() -> None:
    assert get_args(fiscal.Pattern) == (MONTHS, *PATTERNS)


@given(
    st.dates(dt.date(1990, 1, 1), dt.date(2080, 12, 31)),
    st.integers(1, 12),
    st.sampled_from(get_args(fiscal.Pattern)),
)
def test_a_day_lies_between_the_ends_of_its_period(
    day: dt.date, year_start: int, pattern: fiscal.Pattern
) -> None:
    days = np.array([day], dtype="datetime64[D]")
    start, end = (
        fiscal.fiscal(days, year_start, pattern, part)[0] for part in ("start", "end")
    )
    calendar = Calendar(pattern, year_start)
    period = calendar.period_of(pd.Series([pd.Timestamp(day)]))[0]

    assert start <= days[0] <= end
    assert start == np.datetime64(calendar.start(period).date())
    number = fiscal.fiscal(days, year_start, pattern, "period")[0]
    assert fiscal.fiscal(days, year_start, pattern, "quarter")[0] == (number - 1) // 3 + 1
