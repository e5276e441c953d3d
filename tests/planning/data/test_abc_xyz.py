"""Both classes of an item from its demand, for the worksheet."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sop_xl.functions import CellError, named
from sop_xl.planning.data import classes
from sop_xl.planning.frames import Numbers

STEADY, MIXED, WILD = [10.0] * 12, [2.0, 18.0] * 6, [0.0] * 11 + [120.0]


def rated(*arguments: object) -> list[str]:
    return [str(text) for text in np.ravel(np.asarray(named("SOP_ABCXYZ")(*arguments)))]


def test_value_and_variability() -> None:
    # 120 units each; CV 0, 0.84 (sd 8.36 of mean 10) and 3.46
    assert rated([STEADY, MIXED, WILD], [[80], [15], [5]]) == ["AX", "BY", "CZ"]


def test_without_values_units_count() -> None:
    assert rated([[900.0] * 3, [80.0] * 3, [20.0] * 3]) == ["AX", "CX", "CX"]


def test_only_the_last_year_has_value_and_three_years_vary() -> None:
    ended = [500.0] * 24 + [0.0] * 12
    running = [5.0] * 36

    assert rated([ended, running]) == ["CY", "AX"]


def test_cut_offs_may_be_others() -> None:
    demand = [STEADY, MIXED, WILD]

    assert rated(demand, [[80], [15], [5]], 0.9, 1) == ["AX", "BY", "BZ"]
    assert rated(demand, [[80], [15], [5]], None, None, 0.9, 4) == ["AX", "BX", "CY"]


def test_items_stand_below_each_other() -> None:
    assert np.asarray(named("SOP_ABCXYZ")([STEADY, WILD])).shape == (2, 1)
    assert named("SOP_ABCXYZ")([STEADY]) == "AX"


def test_what_is_not_known_has_no_letter() -> None:
    # too short to vary; no demand at all; no value of a unit
    short, none = [None] * 10 + [4.0, 6.0], [None] * 12

    assert rated([short, none, STEADY], [[100], [1], [None]]) == ["A", "C", ""]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (([STEADY, WILD], [1, 2, 3]), "#N/A: SOP_ABCXYZ: the ranges do not fit: 3 numbers for 2"),
        (([STEADY], 1, 0.95, 0.8), "#N/A: SOP_ABCXYZ: the limit of A has to be below that of B"),
        (([STEADY], 1, None, None, 1, 0.5), "#N/A: SOP_ABCXYZ: the limit of A has to be below"),
        (([STEADY], 1, 80), "#NUM!: SOP_ABCXYZ: a_share"),
        (([STEADY], 1, None, None, -1), "#NUM!: SOP_ABCXYZ: x_limit"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[object, ...], reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        rated(*arguments)


@given(
    arrays(float, (5, 24), elements=st.integers(0, 999)),
    arrays(float, 5, elements=st.integers(1, 99)),
    st.integers(2, 9),
)
def test_the_classes_are_those_of_the_portfolio_and_know_no_units(
    demand: Numbers, values: Numbers, factor: int
) -> None:
    found = classes.abc_xyz(demand, values)[:, 0]

    worth = pd.Series((demand[:, -12:].sum(axis=1)) * values)
    cv = pd.Series(classes.coefficient_of_variation(demand))
    assert found.tolist() == (classes.abc(worth) + classes.xyz(cv)).tolist()
    assert classes.abc_xyz(demand * factor, values)[:, 0].tolist() == found.tolist()
