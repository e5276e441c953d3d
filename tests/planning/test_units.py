"""Conversion by a table of units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named

UNITS, FACTORS = [["pcs"], ["Box"], ["pallet"]], [[1], [12], [480]]


def converted(*arguments: object) -> list[object]:
    found: list[object] = np.asarray(named("SOP_CONVERT")(*arguments)).tolist()
    return found


def test_by_the_factors_of_both_units() -> None:
    assert converted([[3], [None], [0.5]], "pallet", "box", UNITS, FACTORS) == [
        [120], [pytest.approx(np.nan, nan_ok=True)], [20],
    ]  # fmt: skip
    assert named("SOP_CONVERT")(30, " BOX ", "pcs", UNITS, FACTORS) == 360
    assert named("SOP_CONVERT")(-480, "pcs", "Pallet", UNITS, FACTORS) == -1


def test_units_may_lie_across() -> None:
    assert named("SOP_CONVERT")(2, "box", "pcs", [["pcs", "box"]], [[1, 12]]) == 24


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((3, "crate", "pcs", UNITS, FACTORS),
         "the unit crate is not in the table of units; the table knows pcs, Box, pallet"),
        ((3, "box", "palet", UNITS, FACTORS), "palet is not in .*; Did you mean 'pallet'?"),
        ((3, "box", "pcs", [None], [1]), "the table knows none"),
        ((3, "box", "pcs", ["box", "BOX", "pcs"], [12, 10, 1]), "box .* with different factors"),
        ((3, "box", "pcs", ["box", "pcs"], [None, 1]), "box needs a factor above zero"),
        ((3, "box", "pcs", ["box", "pcs"], [0, 1]), "box needs a factor above zero"),
        ((3, "box", "pcs", ["box", "pcs"], [1, 2, 3]), "units 2, factors 3 cells"),
        (("many", "box", "pcs", UNITS, FACTORS), "not enough"),
        ((3, None, "pcs", UNITS, FACTORS), "from_unit is missing"),
    ],
)  # fmt: skip
def test_what_cannot_be_converted_says_why(arguments: tuple[object, ...], reason: str) -> None:
    with pytest.raises(CellError, match=f"#N/A: SOP_CONVERT: .*{reason}"):
        converted(*arguments)


def test_a_unit_may_stand_there_twice_with_the_same_factor() -> None:
    assert named("SOP_CONVERT")(2, "box", "pcs", ["box", "pcs", "box"], [12, 1, 12]) == 24


@given(st.floats(-1e9, 1e9), st.sampled_from(["pcs", "box", "pallet"]))
def test_there_and_back_is_the_same(quantity: float, unit: str) -> None:
    there = named("SOP_CONVERT")(quantity, unit, "box", UNITS, FACTORS)

    assert named("SOP_CONVERT")(there, "box", unit, UNITS, FACTORS) == pytest.approx(quantity)
