"""What a core function may find, and what becomes of it."""

import datetime as dt
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from sop_xl.functions import CellError
from sop_xl.functions.results import as_result

DAY = dt.date(2026, 10, 1)
NAN = pytest.approx(np.nan, nan_ok=True)


class Pair(NamedTuple):
    low: float
    high: float


@pytest.mark.parametrize(
    ("found", "result"),
    [
        (1, 1.0),
        (np.float64(1.5), 1.5),
        (np.int64(3), 3.0),
        (np.array([[2.5]]), 2.5),
        (Decimal("0.5"), 0.5),
        (True, True),
        (np.True_, True),
        ("ets", "ets"),
        (np.str_("ets"), "ets"),
        (DAY, DAY),
        (dt.datetime(2026, 10, 1, 9), DAY),
        (pd.Timestamp("2026-10-01 09:00"), DAY),
        (np.datetime64("2026-10-01"), DAY),
        (np.datetime64("2026-10-01", "ns"), DAY),
        (pd.Period("2026-10", "M"), DAY),
        ([["only"]], "only"),
    ],
)
def test_one_value(found: object, result: object) -> None:
    value = as_result(found)
    assert (value, type(value)) == (result, type(result))


@pytest.mark.parametrize(
    ("found", "result"),
    [
        (np.array([1, 2]), [1.0, 2.0]),
        (np.array([[1.0], [np.inf]]), [[1.0], [NAN]]),
        (Pair(1.0, np.nan), [1.0, NAN]),
        ((1.0, -np.inf), [1.0, NAN]),
        ([1, Decimal("2.5"), np.float32(0.5)], [1.0, 2.5, 0.5]),
        (pd.Series([1.0, 2.0]), [1.0, 2.0]),
        (np.array([True, False]), [True, False]),
        (np.array(["A", "B"]), ["A", "B"]),
        (pd.DataFrame({"item": ["A", "B"], "units": [1, None]}), [["A", 1.0], ["B", NAN]]),
        ([["A", 1], ["B", None]], [["A", 1.0], ["B", ""]]),
        (["A", Decimal("NaN"), np.inf, pd.NA, pd.NaT], ["A", NAN, NAN, NAN, NAN]),
        (np.array(["2026-10-01", "NaT"], dtype="datetime64[ns]"), [DAY, None]),
        (pd.period_range("2026-10", periods=2, freq="M"), [DAY, dt.date(2026, 11, 1)]),
        ([["month", pd.Period("2026-10", "M")], [np.int64(2), np.False_]],
         [["month", DAY], [2.0, False]]),
    ],
)
def test_several_values(found: object, result: list[Any]) -> None:
    value = as_result(found)
    assert isinstance(value, np.ndarray)
    assert value.tolist() == result


def test_numbers_are_floats_and_texts_do_not_make_texts_of_numbers() -> None:
    assert np.asarray(as_result([1, 2])).dtype == float
    assert [type(cell) for cell in np.asarray(as_result(["A", 1])).tolist()] == [str, float]


@pytest.mark.parametrize(
    "found",
    [np.nan, np.inf, None, "", [], pd.NaT, np.array([]), np.array([np.nan, -np.inf]), [[None, ""]],
     np.datetime64("NaT"), np.array(["NaT"], dtype="datetime64[D]")],
    ids=repr,
)
def test_nothing_but_missing_values_is_an_error(found: object) -> None:
    with pytest.raises(CellError, match=r"^#N/A: the cells given are not enough"):
        as_result(found)


def test_a_cell_cannot_hold_anything() -> None:
    with pytest.raises(TypeError, match="a cell cannot hold a dict"):
        as_result({"a": 1})
