"""The weighted pipeline, in total and by the month in which the deals should close."""

import datetime as dt

import numpy as np
import pytest

from sop_xl.functions import CellError, named

VALUES = [[1000.0], [400.0], [90.0], [None]]
CHANCES = [[0.5], [0.25], [None], [0.9]]
CLOSE = [[dt.datetime(2026, 10, 5)], [dt.datetime(2026, 12, 31)], [dt.datetime(2026, 10, 6)], [""]]
MONTHS = [[dt.datetime(2026, 10, 1), dt.datetime(2026, 11, 1), dt.datetime(2026, 12, 15)]]


def test_value_times_chance_of_the_deals_of_which_both_are_known() -> None:
    assert named("SOP_WPIPELINE")(VALUES, CHANCES) == 600


def test_by_month_of_closing() -> None:
    found = named("SOP_WPIPELINE")(VALUES, CHANCES, CLOSE, MONTHS)

    assert np.asarray(found).tolist() == [[500, 0, 100]]


def test_months_may_come_twice_and_in_any_order() -> None:
    months = [[MONTHS[0][2]], [None], [MONTHS[0][0]], [MONTHS[0][2]]]

    found = named("SOP_WPIPELINE")(VALUES, CHANCES, CLOSE, months)

    assert np.asarray(found, dtype=float).ravel() == pytest.approx(
        [100, np.nan, 500, 100], nan_ok=True
    )


def test_one_chance_goes_with_every_deal() -> None:
    assert named("SOP_WPIPELINE")([1000, 500], 0.1) == 150


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (([1000], [60]), "#NUM!: SOP_WPIPELINE: probabilities"),
        (([1000], [-0.1]), "#NUM!: SOP_WPIPELINE: probabilities"),
        (([1000, 2000], [0.5, 0.5, 0.5]), "#N/A: SOP_WPIPELINE: the ranges do not fit"),
        ((["big", None], [0.5, 0.5]), "#N/A: SOP_WPIPELINE: the cells given are not enough"),
        (([1000], [0.5], None, MONTHS), "#N/A: SOP_WPIPELINE: the months need the days"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[object, ...], reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        named("SOP_WPIPELINE")(*arguments)
