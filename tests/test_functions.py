"""The worksheet functions against published examples, and what they make of odd cells.

The numbers are those of the books named, to the digits that they print.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from sop_xl.functions import FUNCTIONS, CellError, Function, named

# Heizer and Render, Port of Baltimore: exponential smoothing with alpha = 0.1
UNLOADED = [180, 168, 159, 175, 190, 205, 180, 182]
SMOOTHED = [175, 175.5, 174.75, 173.175, 173.3575, 175.0218, 178.0196, 178.2176]

# Hyndman and Athanasopoulos, Forecasting: Principles and Practice (2nd ed.), 3.4: beer, by quarter
BEER = [
    *(443, 410, 420, 532, 433, 421, 410, 512, 449, 381, 423, 531, 426, 408, 416, 520),
    *(409, 398, 398, 507, 432, 398, 406, 526, 428, 397, 403, 517, 435, 383, 424, 521),
    *(421, 402, 414, 500, 451, 380, 416, 492, 428, 408, 406, 506, 435, 380, 421, 490),
    *(435, 390, 412, 454, 416, 403, 408, 482, 438, 386, 405, 491, 427, 383, 394, 473),
]
BEER_AFTER = [420, 390, 410, 488, 415, 398, 419, 488, 414, 374]
SEASONAL_NAIVE = [427, 383, 394, 473, 427, 383, 394, 473, 427, 383]

# Heizer and Render, Carlson's Bakery; their error is actual - forecast
BAKED = [90, 95, 115, 100, 125, 140]
EXPECTED = [100, 100, 100, 110, 110, 110]


@pytest.mark.parametrize(
    ("name", "arguments", "result", "digits"),
    [
        ("SOP_MAPE", (UNLOADED, SMOOTHED), 0.0559, 4),
        ("SOP_MAPE", (BEER_AFTER, SEASONAL_NAIVE), 0.0317, 4),
        ("SOP_WMAPE", (BEER_AFTER, SEASONAL_NAIVE), 0.0318, 4),
        ("SOP_FCST_ACC", (BEER_AFTER, SEASONAL_NAIVE), 0.9682, 4),
        ("SOP_MASE", (BEER_AFTER, SEASONAL_NAIVE, BEER, 4), 0.94, 2),
        ("SOP_TRACKING", (BAKED, EXPECTED, "A-F"), 2.47, 2),
        ("SOP_TRACKING", (BAKED, EXPECTED), -2.47, 2),
        # sum of forecast 630 over sum of actual 665
        ("SOP_BIAS", (BAKED, EXPECTED), 630 / 665 - 1, 12),
        # a stairstep of 14.6 naive, 12.3 statistical, as on the page of an FVA dashboard
        ("SOP_FVA", (14.6, 12.3), 2.3, 9),
        # Brigham: sales 1,216,666, cost of goods sold 1,013,889, of 365 days
        ("SOP_DIO", (250_000, 1_013_889, 365), 90.0, 3),
        ("SOP_DSO", (300_000, 1_216_666, 365), 90.0, 3),
        ("SOP_DPO", (150_000, 1_013_889, 365), 54.0, 3),
        ("SOP_CCC", (90, 90, 54), 126.0, 9),
        # Heizer and Render, bakery: 148,000 of 201,600 rolls
        ("SOP_UTIL", (148_000, 201_600), 0.734, 3),
        # by hand
        ("SOP_CV", ([8, 10, 12],), 0.2, 12),
        ("SOP_VOLATILITY", ([110, 90], [100, 100]), 0.1, 12),
        ("SOP_ADHERENCE", (95, 100), 0.95, 12),
        ("SOP_SCHED_ADH", ([120, 50], [100, 100]), 0.75, 12),
        ("SOP_SERVICE", (19, 20), 0.95, 12),
        ("SOP_OTIF", (9, 12), 0.75, 12),
        ("SOP_TURNS", (100, 365, 10), 10.0, 12),
        ("SOP_CLOSURE", (8, 10), 0.8, 12),
    ],
)
def test_published_examples(
    name: str, arguments: tuple[Any, ...], result: float, digits: int
) -> None:
    assert named(name)(*arguments) == pytest.approx(result, abs=0.6 * 10**-digits)


def test_oee_gives_its_factors_in_a_row() -> None:
    # Vorne: shift 480 - breaks 60, down 47, 60 a minute, 19,271 made, 423 rejected
    found = named("SOP_OEE")(420, 373, 60, 19_271, 18_848)
    assert np.round(found, 4).tolist() == [0.8881, 0.8611, 0.978, 0.7479]


# ---- what ranges may hold --------------------------------------------------------------------


@pytest.mark.parametrize(
    "of",
    [list, tuple, np.array, pd.Series, pd.DataFrame, lambda v: [v], lambda v: [[x] for x in v]],
    ids=["list", "tuple", "array", "series", "frame", "row", "column"],
)
def test_any_shape_of_a_range_gives_the_same(of: Callable[[list[int]], object]) -> None:
    assert named("SOP_WMAPE")(of([100, 0]), of([90, 10])) == pytest.approx(0.2)


def test_a_row_goes_with_a_column() -> None:
    assert named("SOP_WMAPE")([[100, 0]], [[90], [10]]) == pytest.approx(0.2)


@pytest.mark.parametrize(
    "cell", [None, "", "total", "12", True, np.nan, dt.datetime(2026, 10, 1), pd.NaT]
)
def test_a_cell_that_is_no_number_leaves_its_pair_out(cell: object) -> None:
    assert named("SOP_WMAPE")([100, 0, cell], [90, 10, 999]) == pytest.approx(0.2)
    assert named("SOP_WMAPE")([100, 0, 999], [90, 10, cell]) == pytest.approx(0.2)


def test_a_cell_that_is_no_number_leaves_its_step_of_the_history_out() -> None:
    # steps of one season: 3 - 1 and 7 - 3, not those at the blank
    assert named("SOP_MASE")([12], [9], [1, 3, 7, None, 5]) == pytest.approx(1.0)


def test_zero_is_a_number() -> None:
    assert named("SOP_WMAPE")([100, 0], [100, 50]) == pytest.approx(0.5)


def test_a_ratio_of_ranges_gives_a_cell_for_each() -> None:
    found = named("SOP_UTIL")([[80], [120], [None]], [[100], [100], [100]])
    assert np.asarray(found).shape == (3, 1)
    assert np.asarray(found).ravel().tolist() == [0.8, 1.2, pytest.approx(np.nan, nan_ok=True)]


def test_one_cell_goes_with_every_cell_of_a_range() -> None:
    assert np.asarray(named("SOP_UTIL")([80, 120], 100)).tolist() == [0.8, 1.2]


def test_an_argument_left_out_or_blank_takes_its_default() -> None:
    mase = named("SOP_MASE")
    assert mase([12], [10], [1, 2, 3]) == mase([12], [10], [1, 2, 3], None) == 2.0


# ---- errors ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments", "reason"),
    [
        ("SOP_WMAPE", ([1, 2], [1, 2, 3]), "the ranges do not fit: actual 2, forecast 3 cells"),
        ("SOP_WMAPE", ([[1, 2], [3]], [1, 2, 3]), "of one length"),
        ("SOP_WMAPE", ([[1, 2], 3], [1, 2]), "of one length"),
        ("SOP_WMAPE", ([1, 2],), "missing a required argument: 'forecast'"),
        ("SOP_WMAPE", ([1, 2], [1, 2], 3), "too many positional arguments"),
        ("SOP_WMAPE", ([0, 0], [1, 2]), "not enough"),
        ("SOP_WMAPE", ([], []), "not enough"),
        ("SOP_WMAPE", ("Backpacks", "Tents"), "not enough"),
        ("SOP_BIAS", ([1], [1], "forecast first"), "sign has to be F-A or A-F"),
        ("SOP_MASE", ([1], [1], [1, 2], "twelve"), "season has to be one number"),
        ("SOP_MASE", ([1], [1], [1, 2], 0), "season has to be a whole number from 1 up"),
        ("SOP_MASE", ([1], [1], [1, 2], 1.5), "season has to be a whole number from 1 up"),
        ("SOP_OEE", (None, 80, 2, 120, 90), "planned_time has to be one number"),
        ("SOP_UTIL", (80, 0), "not enough"),
    ],
)
def test_what_cannot_be_computed_is_not_available(
    name: str, arguments: tuple[Any, ...], reason: str
) -> None:
    with pytest.raises(CellError, match=reason) as raised:
        named(name)(*arguments)
    assert str(raised.value).startswith("#N/A: ")


# ---- the registry ----------------------------------------------------------------------------


def test_names_are_unique() -> None:
    names = [function.name for function in FUNCTIONS]
    assert len(names) == len(set(names))


def test_there_is_no_function_of_another_name() -> None:
    with pytest.raises(KeyError):
        named("SOP_LUCK")


def half(values: npt.ArrayLike, way: Literal["up", "down"] = "up") -> float:
    """Half of a number,
    rounded.

    Not part of the summary.
    """
    found = np.asarray(values, dtype=float) / 2
    return float(np.ceil(found) if way == "up" else np.floor(found))


def bare(values: npt.ArrayLike) -> npt.ArrayLike:
    return values


HELP = {"values": "A number.", "way": "Up or down."}


def test_a_declaration_tells_its_ranges_and_its_summary() -> None:
    function = Function("SOP_HALF", half, HELP)
    assert function.ranges == ("values",)
    assert function.summary == "Half of a number, rounded."
    assert function(5, "DOWN") == 2.0


@pytest.mark.parametrize(
    ("name", "core", "help", "complaint"),
    [
        ("HALF", half, HELP, "is no name"),
        ("SOP_half", half, HELP, "is no name"),
        ("SOP_HALF", half, {"values": "A number."}, "does not match"),
        ("SOP_HALF", half, {"way": "Up.", "values": "A number."}, "does not match"),
        ("SOP_HALF", half, {**HELP, "way": ""}, "one line"),
        ("SOP_HALF", half, {**HELP, "way": "Up\nor down."}, "one line"),
        ("SOP_HALF", half, {**HELP, "way": "x" * 256}, "one line"),
        ("SOP_BARE", bare, {"values": "A number."}, "no docstring"),
    ],
)
def test_a_wrong_declaration_is_refused(
    name: str, core: Callable[..., Any], help: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Function(name, core, help)
