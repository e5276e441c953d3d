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

from sop_xl.functions import FAMILIES, FUNCTIONS, CellError, Function, Limits, named

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
    assert np.asarray(found).round(4).tolist() == [0.8881, 0.8611, 0.978, 0.7479]


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


def test_a_row_goes_with_a_column_cell_by_cell() -> None:
    found = named("SOP_UTIL")([[80, 120]], [[100], [100]])
    assert np.asarray(found).tolist() == [[0.8, 1.2]]


def test_a_result_of_one_dimension_stands_as_the_first_range_does() -> None:
    running = Function("SOP_RUNNING", running_total, {"values": "Numbers."})
    assert np.asarray(running([[1, 2]])).tolist() == [1.0, 3.0]
    assert np.asarray(running([[1], [2]])).tolist() == [[1.0], [3.0]]
    assert running([[1]]) == 1.0


# ---- whole columns -----------------------------------------------------------------------------

ROWS = 1_048_576


def whole_column(*cells: object) -> list[list[object]]:
    return [[cell] for cell in cells] + [[None]] * (ROWS - len(cells))


def test_whole_columns_reach_as_far_as_one_of_them_is_filled() -> None:
    found = named("SOP_UTIL")(whole_column("load", 80, 120, None, 50), whole_column("h", 100, 100))
    assert np.asarray(found).ravel().tolist() == [
        pytest.approx(number, nan_ok=True) for number in (np.nan, 0.8, 1.2, np.nan, np.nan)
    ]


def test_whole_columns_that_do_not_belong_together_are_cut_each_on_its_own() -> None:
    taken: list[tuple[int, ...]] = []

    def sizes(a: npt.ArrayLike, b: npt.ArrayLike, c: npt.ArrayLike, d: npt.ArrayLike) -> float:
        """How many cells."""
        taken.extend(np.shape(cells) for cells in (a, b, c, d))
        return 1.0

    function = Function("SOP_SIZES", sizes, dict.fromkeys("abcd", "Cells."), beside=("a", "b"))
    function(whole_column(1), whole_column(1, 2), whole_column(1, 2, 3), [[1], [None]])
    assert taken == [(2, 1), (2, 1), (3, 1), (2, 1)]


def test_a_whole_column_does_not_go_with_a_part_of_one() -> None:
    with pytest.raises(CellError, match=f"actual {ROWS}, forecast 2 cells"):
        named("SOP_WMAPE")(whole_column(1, 2), [[1], [2]])


def test_blank_cells_at_the_end_of_other_ranges_stay() -> None:
    found = named("SOP_UTIL")([[80], [None]], [[100], [None]])
    assert np.asarray(found).shape == (2, 1)


def test_an_empty_whole_column_has_no_answer() -> None:
    with pytest.raises(CellError, match="not enough"):
        named("SOP_CV")(whole_column())


def test_a_whole_row_is_cut_as_well() -> None:
    load, hours = ([80, 120] + [None] * 16_382, [100, 100] + [None] * 16_382)
    assert np.asarray(named("SOP_UTIL")([load], [hours])).tolist() == [[0.8, 1.2]]


# ---- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "arguments", "code", "reason"),
    [
        ("SOP_WMAPE", ([[1, 2], [3]], [1, 2, 3]), "#VALUE!", "of one length"),
        ("SOP_WMAPE", ([[1, 2], 3], [1, 2]), "#VALUE!", "of one length"),
        ("SOP_WMAPE", ([1, 2],), "#VALUE!", "missing a required argument: 'forecast'"),
        ("SOP_WMAPE", ([1, 2], [1, 2], 3), "#VALUE!", "too many positional arguments"),
        ("SOP_BIAS", ([1], [1], "forecast first"), "#VALUE!", "sign has to be F-A or A-F"),
        ("SOP_BIAS", ([1], [1], 4.0), "#VALUE!", "sign has to be F-A or A-F"),
        ("SOP_MASE", ([1], [1], [1, 2], "twelve"), "#VALUE!", "season has to be a whole number"),
        ("SOP_MASE", ([1], [1], [1, 2], "12"), "#VALUE!", "season has to be a whole number"),
        ("SOP_MASE", ([1], [1], [1, 2], True), "#VALUE!", "season has to be a whole number"),
        ("SOP_MASE", ([1], [1], [1, 2], [1, 2]), "#VALUE!", "season has to be one cell, not 2"),
        ("SOP_MASE", ([1], [1], [1, 2], 0), "#NUM!", "season has to be a whole number from 1 up"),
        ("SOP_MASE", ([1], [1], [1, 2], 1.5), "#NUM!", "season has to be a whole number from 1"),
        ("SOP_MASE", ([1], [1], [1, 2], np.inf), "#NUM!", "season has to be a whole number from"),
        ("SOP_MASE", ([1], [1], [1, 2], -2146826246), "#N/A", "season is missing"),
        ("SOP_WMAPE", ([1, 2], [1, 2, 3]), "#N/A", "do not fit: actual 2, forecast 3 cells"),
        ("SOP_UTIL", ([[1, 2], [3, 4]], [[1, 2]]), "#N/A", "load 2 x 2, available 2 cells"),
        ("SOP_UTIL", ([[1, 2]] * 3, [[1, 2, 3]] * 2), "#N/A", "load 3 x 2, available 2 x 3 cells"),
        ("SOP_WMAPE", ([0, 0], [1, 2]), "#N/A", "not enough"),
        ("SOP_WMAPE", ([], []), "#N/A", "not enough"),
        ("SOP_WMAPE", ("Backpacks", "Tents"), "#N/A", "not enough"),
        ("SOP_UTIL", (80, 0), "#N/A", "not enough"),
        ("SOP_OEE", (None, 80, 2, 120, 90), "#N/A", "planned_time is missing"),
        ("SOP_OEE", ([], 80, 2, 120, 90), "#N/A", "planned_time is missing"),
        ("SOP_OEE", (np.nan, 80, 2, 120, 90), "#N/A", "planned_time is missing"),
    ],
)
def test_an_error_has_its_code_and_its_reason(
    name: str, arguments: tuple[Any, ...], code: str, reason: str
) -> None:
    with pytest.raises(CellError) as raised:
        named(name)(*arguments)
    assert str(raised.value).startswith(f"{code}: {name}: ")
    assert reason in str(raised.value)
    assert raised.value.code == code


def running_total(values: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Sum of the cells so far."""
    return np.cumsum(np.asarray(values, dtype=np.float64))


def refusing(values: npt.ArrayLike, other: npt.ArrayLike = 1.0) -> npt.NDArray[np.float64]:
    """Sum of both."""
    if np.size(values) > 2:
        raise ValueError("there are more than two cells")
    return np.add(np.asarray(values, dtype=np.float64), np.asarray(other, dtype=np.float64))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2, 3],), "#N/A: SOP_REFUSING: there are more than two cells"),
        (([1, 2], [1, 2, 3]), "#N/A: SOP_REFUSING: the ranges do not fit: values 2, other 3 cells"),
    ],
)
def test_a_core_function_refuses_by_a_sentence(arguments: tuple[Any, ...], message: str) -> None:
    function = Function("SOP_REFUSING", refusing, {"values": "Numbers.", "other": "Numbers."})
    with pytest.raises(CellError) as raised:
        function(*arguments)
    assert str(raised.value) == message


def test_limits_hold_for_numbers_and_for_ranges() -> None:
    function = Function(
        "SOP_REFUSING", refusing, {"values": "Shares.", "other": "Shares."},
        limits={"values": Limits(0, 1), "other": Limits(low=0, inside=True)},
    )  # fmt: skip
    assert np.asarray(function([0, 1], [1, None])).tolist() == pytest.approx(
        [1.0, np.nan], nan_ok=True
    )
    with pytest.raises(CellError, match="values has to hold numbers from 0 to 1"):
        function([0, 1.5])
    with pytest.raises(CellError, match=r"^#NUM!: SOP_REFUSING: other has to hold numbers above 0"):
        function([1], 0)


# ---- the registry ----------------------------------------------------------------------------


def test_names_are_unique() -> None:
    names = [function.name for function in FUNCTIONS]
    assert len(names) == len(set(names))


def test_every_function_stands_in_the_category_of_its_family() -> None:
    assert {function.category for function in FUNCTIONS} == {
        category for category, functions in FAMILIES.items() if functions
    }


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_a_summary_is_plain_text(function: Function) -> None:
    assert "`" not in function.summary


def test_no_argument_has_the_name_that_xlwings_fills_with_the_calling_cell() -> None:
    assert not any("caller" in function.help for function in FUNCTIONS)


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


def wordy(values: npt.ArrayLike) -> npt.ArrayLike:
    return values


wordy.__doc__ = "Half of it. " * 22


def odd(values: dict[str, float]) -> float:
    """Half of them."""
    return sum(values.values()) / 2


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
        ("SOP_BARE", bare, {"values": "A number."}, "docstring has to be there"),
        ("SOP_WORDY", wordy, {"values": "A number."}, "at most 255 characters"),
        ("SOP_ODD", odd, {"values": "A number."}, "SOP_ODD: values: cells cannot be of type"),
    ],
)
def test_a_wrong_declaration_is_refused(
    name: str, core: Callable[..., Any], help: dict[str, str], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        Function(name, core, help)


def test_only_arguments_of_the_right_kind_can_be_beside_each_other_or_have_limits() -> None:
    with pytest.raises(ValueError, match="SOP_HALF has no argument way of that kind"):
        Function("SOP_HALF", half, HELP, beside=("values", "way"))
    with pytest.raises(ValueError, match="SOP_HALF has no argument ways of that kind"):
        Function("SOP_HALF", half, HELP, limits={"ways": Limits(1)})
