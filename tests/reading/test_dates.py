"""Days and months in every way that files write them."""

from datetime import date, datetime, time
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.planning.calendar import Calendar
from sop_xl.reading import Cells
from sop_xl.schema import Column, Role, Table, Unit
from tests.reading.tables import read_cells, told

KEY = Column("key", "Key", role=Role.KEY)
DAYS = Table("t", "T", (KEY, Column("d", "D", Unit.DATE)))
MONTHS = Table("t", "T", (KEY, Column("d", "D", Unit.PERIOD)))


def days(
    cells: list[Any], table: Table = DAYS, calendar: Calendar | None = None, **settings: str
) -> tuple[list[str], list[str]]:
    keys = [f"k{i}" for i in range(len(cells))]
    reading = read_cells(table, Cells(["Key", "D"], [keys, cells]), calendar, **settings)
    column = reading.frame["d"]
    text = column.astype(str) if table is MONTHS else column.dt.strftime("%Y-%m-%d")
    return ["" if v in ("NaT", "nan") or pd.isna(v) else v for v in text], told(reading.findings)


@pytest.mark.parametrize(
    "written",
    [
        "2024-01-31", "2024/1/31", "2024.01.31", "20240131", "31.01.2024", "31.1.24", "31/01/2024",
        "31-01-2024", "1/31/2024", "31-Jan-2024", "31 January 2024", "Jan 31, 2024", "31. Jan. 24",
        "2024-01-31T00:00:00", "2024-01-31 13:45:10.123", "2024-01-31T00:00:00Z",
        "2024-01-31T00:00:00+02:00", "1/31/2024 1:45:10 PM", datetime(2024, 1, 31, 8),
        date(2024, 1, 31), 20240131, pd.Timestamp("2024-01-31"),
    ],
)  # fmt: skip
def test_a_day(written: object) -> None:
    assert days([written]) == (["2024-01-31"], [])


@pytest.mark.parametrize(
    "written",
    [
        "2024-02", "2024/02", "202402", "2024M02", "2024-M02", "02/2024", "2.2024", "02/24",
        "Feb 2024", "Feb-24", "February 2024", "2024 Feb", "feb'24", "Februar 2024", 202402,
        "29.02.2024", datetime(2024, 2, 29), pd.Period("2024-02", "M"),
    ],
)  # fmt: skip
def test_a_month(written: object) -> None:
    assert days([written], MONTHS) == (["2024-02"], [])


def test_a_day_number_of_excel_is_repaired() -> None:
    read_back, findings = days([45322, "45322"])
    assert read_back == ["2024-01-31", "2024-01-31"]
    assert findings == [
        "row 2, D: D: '45322' is a day number of Excel; read as a date"
        " (2 cells: row 2, D, row 3, D)."
    ]


@pytest.mark.parametrize(
    "written", ["31.02.2024", "2023-02-29", "2024-13-01", "1/32/2024", time(0), 0, 60]
)
def test_a_day_that_does_not_exist_is_an_error(written: object) -> None:
    read_back, (finding,) = days([written])
    assert read_back == [""]
    assert finding.endswith("is a day that does not exist.")


@pytest.mark.parametrize("written", ["soon", "Marble 2024", "2024", "Q1 2024", "12345678", "1.5"])
def test_what_is_no_date_is_an_error(written: str) -> None:
    read_back, findings = days([written], MONTHS)
    assert read_back == [""]
    assert len(findings) == 1


def test_a_year_out_of_reach_is_an_error() -> None:
    assert days(["0204-01-31"])[1] == ["row 2, D: D: '0204-01-31' lies outside 1970 to 2199."]


def test_no_end_date_of_erp_systems_is_empty() -> None:
    read_back, findings = days(["31.12.9999", "00.00.0000", datetime(9999, 12, 31), "2024-01-31"])
    assert read_back == ["", "", "", "2024-01-31"]
    assert len(findings) == 1


def test_a_day_above_twelve_decides_for_the_column() -> None:
    assert days(["01/02/2024", "13/02/2024"])[0] == ["2024-02-01", "2024-02-13"]
    assert days(["01/02/2024", "02/13/2024"])[0] == ["2024-01-02", "2024-02-13"]


def test_both_orders_in_one_column_are_errors_by_cell() -> None:
    read_back, findings = days(["13/02/2024", "14/02/2024", "02/15/2024"])
    assert read_back == ["2024-02-13", "2024-02-14", ""]
    assert findings == [
        "row 4, D: D: '02/15/2024' contradicts the other dates of the column, read as"
        " day/month/year."
    ]


def test_an_order_that_nothing_proves_is_a_warning_and_a_setting() -> None:
    read_back, findings = days(["01/02/2024", "03/04/2024"])
    assert read_back == ["2024-02-01", "2024-04-03"]
    assert findings == [
        "row 2, D: D: '01/02/2024' can be read in two ways; it was read as day/month/year"
        " (2 cells: row 2, D, row 3, D)."
    ]
    assert days(["01/02/2024"], dates="mdy") == (["2024-01-02"], [])
    assert days(["01.02.2024"]) == (["2024-02-01"], [])


def test_first_days_of_months_prove_the_order() -> None:
    read_back, findings = days(["01/01/2024", "02/01/2024", "03/01/2024"], MONTHS)
    assert read_back == ["2024-01", "2024-02", "2024-03"]
    assert findings == [
        "header D: D: dates were read as month/day/year, because one part is 1 in all of them."
    ]


def test_days_lie_in_fiscal_periods_and_months_name_them() -> None:
    retail = Calendar("4-5-4", fiscal_year_start=2)  # February 2023 begins on 30 January
    assert days(["2023-01-31", "2023-02-27"], MONTHS, retail)[0] == ["2023-02", "2023-03"]
    assert days(["2023-02", "2023-03"], MONTHS, retail) == (["2023-02", "2023-03"], [])


def test_first_days_of_months_name_fiscal_periods_and_it_is_told() -> None:
    later = Calendar("4-4-5", fiscal_year_start=1)  # 2024 begins on 1 January, February on the 29th
    read_back, findings = days(["2024-01-01", "2024-03-01", "2024-06-01"], MONTHS, later)
    assert read_back == ["2024-01", "2024-03", "2024-06"]
    assert findings == []
    read_back, findings = days(["2023-01-01", "2023-02-01"], MONTHS, later)
    assert read_back == ["2023-01", "2023-02"]  # by the day it would be the last week of 2022
    assert len(findings) == 1


FORMATS = [
    "%Y-%m-%d", "%d.%m.%Y", "%Y%m%d", "%d-%b-%Y", "%B %d, %Y", "%Y/%m/%d %H:%M:%S", "%d %b %y",
]  # fmt: skip


@settings(deadline=None)
@given(
    st.lists(st.dates(date(1970, 1, 1), date(2069, 12, 31)), min_size=1, max_size=10),
    st.sampled_from(FORMATS),
)
def test_every_format_reads_back_the_same(given_days: list[date], form: str) -> None:
    read_back, findings = days([d.strftime(form) for d in given_days])
    assert read_back == [d.isoformat() for d in given_days]
    assert findings == []


def test_a_wrong_order_of_dates_is_one_finding() -> None:
    keys, cells = [f"k{i}" for i in range(28)], [f"{i}/03/2024" for i in range(1, 29)]
    reading = read_cells(DAYS, Cells(["Key", "D"], [keys, cells]), dates="mdy")
    (error,) = reading.findings
    assert error.message == (
        "D: 16 of 28 cells are no dates, read as month/day/year: '13/03/2024' for example."
    )
    assert error.remedy == "They seem to be day/month/year: mend dates in [sources.t] of sop.toml."


def test_a_column_without_dates_is_one_finding() -> None:
    read_back, findings = days([f"week {i}" for i in range(9)], MONTHS)
    assert read_back == [""] * 9
    assert findings == [
        "row 2, D: D: 9 of 9 cells are no months, read as day/month/year: 'week 0' for example."
    ]
