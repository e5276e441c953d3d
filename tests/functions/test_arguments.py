"""Which cells each kind of argument takes, and the error of those that it does not."""

import datetime as dt
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from sop_xl.functions import CellError, Dates, Function, Limits, Numbers, Texts
from sop_xl.functions.arguments import Kind

DAY = dt.date(2026, 10, 1)


def core(
    numbers: npt.ArrayLike,
    more: Numbers,
    texts: Texts,
    dates: Dates,
    number: float,
    whole: int,
    yes: bool,
    way: Literal["up", "down"],
    text: str,
    date: dt.date,
    maybe: npt.ArrayLike | None = None,
    share: float | None = None,
    name: Literal["a", "b"] | None = None,
) -> str:
    """What the core gets.

    The values do not matter: a test looks at what is read.
    """
    return repr(locals())


KINDS = {
    "numbers": Kind.NUMBERS, "more": Kind.NUMBERS, "texts": Kind.TEXTS, "dates": Kind.DATES,
    "number": Kind.NUMBER, "whole": Kind.WHOLE, "yes": Kind.YES_NO, "way": Kind.CHOICE,
    "text": Kind.TEXT, "date": Kind.DATE, "maybe": Kind.NUMBERS, "share": Kind.NUMBER,
    "name": Kind.CHOICE,
}  # fmt: skip
ALL = Function(
    "SOP_ALL", core, {name: f"The {name}." for name in KINDS}, limits={"share": Limits(0, 1)}
)
GOOD: dict[str, object] = {
    "numbers": [[1.0]], "more": [[1.0]], "texts": [["a"]], "dates": [[DAY]], "number": 1.0,
    "whole": 2.0, "yes": True, "way": "up", "text": "a", "date": DAY,
}  # fmt: skip


def test_the_types_of_the_core_say_the_kinds() -> None:
    assert {argument.name: argument.kind for argument in ALL.arguments} == KINDS
    assert ALL.ranges == ("numbers", "more", "texts", "dates", "maybe")
    assert [argument.name for argument in ALL.arguments if argument.optional] == [
        "maybe", "share", "name",
    ]  # fmt: skip


def test_what_an_argument_takes_is_told_in_words() -> None:
    wanted = {argument.name: argument.wanted for argument in ALL.arguments}
    assert wanted["numbers"] == "range of numbers"
    assert wanted["whole"] == "whole number from 1 up"
    assert wanted["way"] == "up or down"
    assert wanted["share"] == "number from 0 to 1"


@pytest.mark.parametrize(
    ("name", "cell", "expected"),
    [
        ("number", 2, 2.0),
        ("number", "-2.5", CellError("number has to be one number", "#VALUE!")),
        ("number", [[2.5]], 2.5),
        ("number", pd.Series([2.5]), 2.5),
        ("number", DAY, CellError("number has to be one number", "#VALUE!")),
        ("number", True, CellError("number has to be one number", "#VALUE!")),
        ("number", [[1, 2]], CellError("number has to be one cell, not 2", "#VALUE!")),
        ("number", np.array([]), CellError("number is missing", "#N/A")),
        ("number", None, CellError("number is missing", "#N/A")),
        ("number", -2146826281, CellError("number is missing", "#N/A")),
        ("number", -np.inf, CellError("number has to be a number", "#NUM!")),
        ("whole", 12.0, 12),
        ("whole", np.int64(12), 12),
        ("whole", 12.5, CellError("whole has to be a whole number from 1 up", "#NUM!")),
        ("whole", 0, CellError("whole has to be a whole number from 1 up", "#NUM!")),
        ("whole", "two", CellError("whole has to be a whole number from 1 up", "#VALUE!")),
        ("yes", True, True),
        ("yes", [[np.False_]], False),
        ("yes", 1.0, True),
        ("yes", 0, False),
        ("yes", 2, CellError("yes has to be TRUE or FALSE", "#VALUE!")),
        ("yes", "yes", CellError("yes has to be TRUE or FALSE", "#VALUE!")),
        ("yes", "", CellError("yes is missing", "#N/A")),
        ("way", " Down ", "down"),
        ("way", "sideways", CellError("way has to be up or down", "#VALUE!")),
        ("way", 1.0, CellError("way has to be up or down", "#VALUE!")),
        ("way", None, CellError("way is missing", "#N/A")),
        ("text", " Bikes ", "Bikes"),
        ("text", 4711.0, "4711"),
        ("text", [["a"], ["b"]], CellError("text has to be one cell, not 2", "#VALUE!")),
        ("text", None, CellError("text is missing", "#N/A")),
        ("date", dt.datetime(2026, 10, 1, 9), DAY),
        ("date", 46296.0, DAY),
        ("date", pd.Period("2026-10", "M"), DAY),
        ("date", "2026-10-01", CellError("date has to be a date", "#VALUE!")),
        ("date", -5.0, CellError("date has to be a date", "#NUM!")),
        ("date", 3e6, CellError("date has to be a date", "#NUM!")),
        ("date", None, CellError("date is missing", "#N/A")),
        ("share", 0.25, 0.25),
        ("share", 1.25, CellError("share has to be a number from 0 to 1", "#NUM!")),
        ("share", "much", CellError("share has to be one number", "#VALUE!")),
        ("share", -2146826246, CellError("share is missing", "#N/A")),
        ("name", "B", "b"),
    ],
)
def test_one_cell(name: str, cell: object, expected: object) -> None:
    if not isinstance(expected, CellError):
        found = ALL.read(**(GOOD | {name: cell}))[name]
        assert (found, type(found)) == (expected, type(expected))
        return
    with pytest.raises(CellError) as raised:
        ALL.read(**(GOOD | {name: cell}))
    assert str(raised.value) == f"{expected.code}: SOP_ALL: {expected.reason}"


@pytest.mark.parametrize("nothing", [None, "", "  ", [[None]], -2147352572])
@pytest.mark.parametrize("name", ["maybe", "share", "name"])
def test_an_argument_that_may_be_left_out_is_out_when_blank(name: str, nothing: object) -> None:
    assert name not in ALL.read(**(GOOD | {name: nothing}))


def test_ranges_keep_their_shape_and_know_their_kind() -> None:
    mixed = [["A-1", 46296.0], [None, DAY]]
    given = ALL.read(**(GOOD | {"numbers": mixed, "texts": mixed, "dates": mixed}))
    assert given["numbers"].tolist() == [
        [pytest.approx(number, nan_ok=True) for number in row]
        for row in ([np.nan, 46296.0], [np.nan, np.nan])
    ]
    assert given["texts"].tolist() == [["A-1", "46296"], ["", "2026-10-01"]]
    assert given["dates"].tolist() == [[None, DAY], [None, DAY]]


def test_arguments_go_by_place_and_by_name() -> None:
    assert ALL(*GOOD.values()) == ALL(**GOOD)


def test_an_unknown_name_is_no_argument() -> None:
    with pytest.raises(CellError, match=r"^#VALUE!: SOP_ALL: got an unexpected keyword argument"):
        ALL(**(GOOD | {"luck": 1}))


@pytest.mark.parametrize(
    ("limits", "number", "holds"),
    [
        (Limits(0, 1), 0, True),
        (Limits(0, 1), 1, True),
        (Limits(0, 1), 1.01, False),
        (Limits(0, 1), -0.01, False),
        (Limits(0, 1, inside=True), 0, False),
        (Limits(0, 1, inside=True), 0.01, True),
        (Limits(0, 1, inside=True), 1, False),
        (Limits(1), 1e9, True),
        (Limits(high=2), -1e9, True),
        (Limits(high=2), 3, False),
        (Limits(0, 1), [0.5, np.nan], True),
        (Limits(0, 1), [0.5, 2], False),
    ],
)
def test_limits(limits: Limits, number: Any, holds: bool) -> None:
    assert limits.hold(number) is holds
