"""What cells are as numbers, texts and dates, from Excel and from Python."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, as_dates, as_numbers, as_texts
from sop_xl.functions.cells import ERRORS, is_blank, is_missing, only

NAN = pytest.approx(np.nan, nan_ok=True)
DAY = dt.date(2026, 10, 1)
MORNING = dt.datetime(2026, 10, 1, 9, 30)


# ---- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (1, 1.0),
        (2.5, 2.5),
        (0.0, 0.0),
        (Decimal("1234.56"), 1234.56),  # Excel's currency
        (Fraction(1, 4), 0.25),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7.0),
        (np.inf, np.inf),
        (None, NAN),
        ("", NAN),
        ("12", NAN),
        (True, NAN),
        (np.True_, NAN),
        (DAY, NAN),
        (MORNING, NAN),
        (pd.Timestamp(MORNING), NAN),
        (pd.NaT, NAN),
        (pd.NA, NAN),
        (np.nan, NAN),
        *((code, NAN) for code in ERRORS),
        (float(min(ERRORS)), float(min(ERRORS))),  # no error: Excel's numbers are floats
    ],
)
def test_what_is_a_number(cell: object, number: float) -> None:
    assert as_numbers(cell).tolist() == number
    # beside cells of other types, which are read in another way
    assert as_numbers([[cell, 3.0], ["text", None]]).tolist() == [[number, 3.0], [NAN, NAN]]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], [1, 2]),
        ((1.0, None), [1, NAN]),
        (((1.0, 2.0), (3.0, None)), [[1, 2], [3, NAN]]),
        (range(3), [0, 1, 2]),
        ([], []),
        (np.array([[1, 2]], dtype=np.int8), [[1, 2]]),
        (np.array([True, False]), [NAN, NAN]),
        (np.array(["1", "2"]), [NAN, NAN]),
        (np.array(["2026-10-01"], dtype="datetime64[D]"), [NAN]),
        (np.array([1.0, "2", None, True], dtype=object), [1, NAN, NAN, NAN]),
        ([np.array([1.0, 2.0]), np.array([3.0, 4.0])], [[1, 2], [3, 4]]),
        (pd.Series([1, 2]), [1, 2]),
        (pd.Series([1.5, None]), [1.5, NAN]),
        (pd.Series([1, None], dtype="Int64"), [1, NAN]),
        (pd.Series(["1", "b"]), [NAN, NAN]),
        (pd.Series([True, False]), [NAN, NAN]),
        (pd.to_datetime(pd.Series(["2026-10-01"])), [NAN]),
        (pd.Index([1.5, 2.5]), [1.5, 2.5]),
        (pd.DataFrame({"a": [1.5, 2.5], "b": [3, 4]}), [[1.5, 3], [2.5, 4]]),
        (pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "3"]}), [[1.5, NAN], [2.5, NAN]]),
        (pd.DataFrame({"a": [1, 2], "b": [True, False]}), [[1, NAN], [2, NAN]]),
    ],
)
def test_numbers_of_a_range_in_its_shape(values: object, expected: list[Any]) -> None:
    found = as_numbers(values)
    assert found.dtype == float
    assert found.shape == np.shape(expected)
    assert found.tolist() == expected


@pytest.mark.parametrize("last", [0, 1, 4_999, 9_998, 11_999])
@pytest.mark.parametrize("kind", [list, tuple])
def test_a_long_range_keeps_its_shape_and_its_last_cell(last: int, kind: type) -> None:
    rows: list[list[object]] = [[None, None] for _ in range(12_000)]
    rows[last] = [7.0, "A-1"]
    cells = kind(map(kind, rows))

    numbers, texts, dates = as_numbers(cells), as_texts(cells), as_dates(cells)

    assert numbers.shape == texts.shape == dates.shape == (12_000, 2)
    assert np.argwhere(numbers == 7).tolist() == [[last, 0]]
    assert np.isnan(numbers).sum() == 23_999
    assert np.argwhere(texts != "").tolist() == [[last, 0], [last, 1]]
    assert np.argwhere(~np.isnat(dates)).tolist() == [[last, 0]]  # 7 January 1900


def test_a_long_range_has_rows_of_one_length_and_any_cells() -> None:
    blank: list[list[object]] = [[None]] * 10_000
    with pytest.raises(CellError, match="one length"):
        as_numbers([[1.0], *blank, [None, None]])
    assert np.isnan(as_numbers([[1.0], *blank, [pd.NA]])).sum() == 10_001


def test_the_cells_given_stay_as_they_are() -> None:
    given = np.array([1.0, 2.0])
    as_numbers(given)[0] = 9.0
    assert given.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("rows", [[[1, 2], [3]], [[1, 2], 3], [[[1]], [[2]]]])
def test_rows_of_several_lengths_are_no_range(rows: object) -> None:
    with pytest.raises(CellError, match=r"^#VALUE!: the rows of a range"):
        as_numbers(rows)


CELLS = st.one_of(
    st.none(), st.booleans(), st.text(max_size=3), st.dates(), st.floats(),
    st.sampled_from([*ERRORS]), st.integers(-(2**53), 2**53),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
)  # fmt: skip


@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1))
def test_a_range_is_read_like_its_cells_one_by_one(rows: list[list[object]]) -> None:
    def one(cell: Any) -> float:
        wanted = isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)
        return float(cell) if wanted and not (type(cell) is int and cell in ERRORS) else np.nan

    expected = [[one(cell) for cell in row] for row in rows]
    np.testing.assert_array_equal(as_numbers(rows), expected)
    np.testing.assert_array_equal(as_numbers(tuple(map(tuple, rows))), expected)
    np.testing.assert_array_equal(as_numbers(np.array(rows, dtype=object)), expected)


# ---- texts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Bikes", "Bikes"),
        (" Bikes\n", "Bikes"),
        (4711.0, "4711"),
        (4711, "4711"),
        (0.1, "0.1"),
        (123456789012345.0, "123456789012345"),
        (Decimal("1.50"), "1.5"),
        (True, "TRUE"),
        (np.False_, "FALSE"),
        (DAY, "2026-10-01"),
        (MORNING, "2026-10-01"),
        (None, ""),
        ("  ", ""),
        (np.nan, ""),
        (pd.NaT, ""),
        (pd.NA, ""),
        *((code, "") for code in ERRORS),
    ],
)
def test_the_text_of_a_cell(cell: object, text: str) -> None:
    assert as_texts(cell).item() == text
    assert as_texts([[cell], ["nan"]]).tolist() == [[text], ["nan"]]


def test_texts_of_a_series() -> None:
    assert as_texts(pd.Series(["a", None, "b "])).tolist() == ["a", "", "b"]


# ---- dates -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (DAY, DAY),
        (MORNING, DAY),
        (MORNING.replace(tzinfo=dt.UTC), DAY),  # as pywin32 gives it
        (pd.Timestamp(MORNING), DAY),
        (pd.Timestamp("2026-10-01 00:30", tz="Europe/Vienna"), DAY),
        (pd.Period("2026-10", "M"), DAY),
        (np.datetime64("2026-10-01T09:30"), DAY),
        (np.datetime64("2026-10-01", "ns"), DAY),
        # serial numbers as Excel shows them
        (46296.0, DAY),
        (46296.4, DAY),
        (46296, DAY),
        (1.0, dt.date(1900, 1, 1)),
        (59.0, dt.date(1900, 2, 28)),
        (61.0, dt.date(1900, 3, 1)),
        (2_958_465.0, dt.date(9999, 12, 31)),
        (2_958_466.0, None),
        (0.5, None),
        (-1.0, None),
        (np.nan, None),
        (None, None),
        ("2026-10-01", None),
        (True, None),
        (pd.NaT, None),
        (np.datetime64("NaT"), None),
        *((code, None) for code in ERRORS),
    ],
)
def test_the_day_of_a_cell(cell: object, day: dt.date | None) -> None:
    assert as_dates(cell).item() == day
    assert as_dates([[cell, DAY]]).tolist() == [[day, DAY]]


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(pd.DatetimeIndex(["2026-10-01 09:00", None])),
        pd.DatetimeIndex(["2026-10-01", None]),
        pd.DatetimeIndex(["2026-10-01 00:30", None], tz="Europe/Vienna"),
        pd.Series(pd.DatetimeIndex(["2026-10-01 00:30", None], tz="Europe/Vienna")),
        pd.PeriodIndex(["2026-10", None], freq="M"),
        np.array(["2026-10-01", "NaT"], dtype="datetime64[s]"),
    ],
    ids=["series", "index", "with zone", "series with zone", "periods", "array"],
)
def test_days_of_series_and_arrays(values: object) -> None:
    found = as_dates(values)
    assert found.dtype == np.dtype("datetime64[D]")
    assert found.tolist() == [DAY, None]


# ---- single cells ------------------------------------------------------------------------------


@pytest.mark.parametrize("of", [lambda v: [v], lambda v: [[v]], lambda v: ((v,),), np.array,
                                lambda v: np.array([[v]]), lambda v: pd.Series([v])])
def test_the_only_cell_of_a_range(of: Any) -> None:
    assert only(of(5.0)) == 5.0


def test_more_cells_are_not_one() -> None:
    assert only([[1, 2]]) == [1, 2]
    assert only("ab") == "ab"


def test_blank_and_missing_are_not_the_same() -> None:
    assert all(is_blank(cell) for cell in (None, "", " ", [[None]], -2147352572))
    assert not any(is_blank(cell) for cell in (0, 0.0, False, "0", np.nan, -2146826246))
    assert all(is_missing(cell) for cell in (None, "", np.nan, pd.NA, pd.NaT, -2146826246))
    assert not any(is_missing(cell) for cell in (0, 0.0, False, "0", DAY))
