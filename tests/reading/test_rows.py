"""Rows of equal keys, and the frame that comes out."""

import math

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Calendar
from sop_xl.reading import Cells, empty_frame, read_details
from sop_xl.tables import TABLES
from sop_xl.tables.data import ACTUALS, ITEMS, STOCK
from tests.reading.tables import ERROR, REPAIR, WARNING, read, told, values


def test_daily_rows_are_added_up_and_told_once() -> None:
    text = """
Date | Item | Orders | Revenue | Stock-out
2024-01-03 | A | 1 | 10 | no
2024-01-20 | A | 2 |  | yes
2024-01-20 | B | 5 |  | no
2024-02-01 | A | 4 | 40 | no
"""
    reading = read(ACTUALS, text)
    frame = reading.frame
    assert frame["period"].astype(str).tolist() == ["2024-01", "2024-01", "2024-02"]
    assert frame["item"].tolist() == ["A", "B", "A"]
    assert frame["orders"].tolist() == [3, 5, 4]
    assert frame["stock_out"].tolist() == [True, False, False]
    assert math.isnan(frame["revenue"][1])
    assert told(reading.findings) == [
        "4 rows by day were added up to 3 by month, item, region, channel."
    ]


def test_units_are_not_added_together() -> None:
    text = "Date | Item | Orders | Unit\n2024-01 | A | 1 | box\n2024-01 | A | 2 | pcs"
    reading = read(ACTUALS, text)
    assert values(reading, "unit") == ["box", "pcs"]
    assert reading.findings == []


def test_a_file_appended_twice_is_warned_of() -> None:
    text = "Date | Item | Orders\n2024-01 | A | 1\n2024-02 | A | 2\n2024-01 | A | 1"
    reading = read(ACTUALS, text)
    assert told(reading.findings, WARNING) == [
        "row 4, Date: 1 rows repeat an earlier row in every cell, first row 4; they were added."
    ]
    assert values(reading, "orders") == [2, 2]


def test_a_column_of_order_numbers_tells_rows_apart() -> None:
    text = "Date | Item | Orders | Number\n2024-01-02 | A | 1 | 77\n2024-01-02 | A | 1 | 78"
    assert told(read(ACTUALS, text).findings, REPAIR) != []
    assert not any("repeat" in line for line in told(read(ACTUALS, text).findings))


def test_double_keys_name_both_rows_and_the_first_stays() -> None:
    reading = read(ITEMS, "Item | Family\nA | F\nB | F\nA | G", sheet="Items")
    assert told(reading.findings, ERROR) == [
        "A4: A is there twice: A2 and A4; the first was read."
    ]
    assert values(reading, "family") == ["F", "F"]


def test_stock_by_day_is_the_last_day_of_the_month() -> None:
    text = "Date | Item | On hand\n2024-01-30 | A | 7\n2024-01-31 | A | 5\n2024-02-28 | A | 6"
    reading = read(STOCK, text)
    assert values(reading, "on_hand") == [5, 6]
    assert told(reading.findings) == [
        "3 rows by day: the last day of each month was kept, 2 rows."
    ]


def test_the_frame_is_as_declared() -> None:
    reading = read(ACTUALS, "Date | Item | Orders\n2024-01 | A | 1")
    for frame in (reading.frame, empty_frame(ACTUALS)):
        assert list(frame.columns) == [c.name for c in ACTUALS.inputs]
        assert frame["period"].dtype == pd.PeriodDtype("M")
        assert isinstance(frame["item"].dtype, pd.StringDtype)
        assert frame["orders"].dtype == np.float64
        assert frame["stock_out"].dtype == bool


def test_every_table_has_an_empty_frame() -> None:
    for table in TABLES.values():
        frame = empty_frame(table)
        assert list(frame.columns) == [c.name for c in table.inputs]
        assert frame.empty


def test_rows_know_where_they_came_from() -> None:
    cells = Cells.of_rows(
        ["Date", "Item", "Orders"],
        [["2024-01-01", "A", "x"], ["2024-01-02", "A", 1], ["2024-01-05", "A", 2]],
        file="f.xlsx", sheet="Sales", first_row=7, first_column=2,
    )  # fmt: skip
    details = read_details(ACTUALS, cells, Calendar().period_of)
    assert details.rows.tolist() == [1]
    assert details.positions == {"period": 0, "item": 1, "orders": 2}
    assert details.findings[0].cell == "D7"
    assert str(details.last_day) == "2024-01-05 00:00:00"
    assert details.delivered == 3
