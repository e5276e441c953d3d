"""Spreading against SAS and the largest-remainder rule, and its law: the parts sum to the total."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.frames import Numbers
from sop_xl.planning.spreading import spread

weights = st.lists(st.integers(0, 10**6), min_size=1, max_size=30)


def block(*arguments: object) -> Numbers:
    """What the worksheet function gives."""
    return np.asarray(named("SOP_DISAGG")(*arguments), dtype=float)


def parts(*arguments: object) -> list[float]:
    """One part after the other."""
    return [float(part) for part in block(*arguments).ravel()]


# ---- published examples ------------------------------------------------------------------------


def test_a_total_is_spread_in_proportion() -> None:
    # documentation.sas.com, Visual Forecasting, overrides: 100 becomes 150
    assert parts(150, [10, 10, 20, 20, 40]) == pytest.approx([15, 15, 30, 30, 60])


def test_locked_cells_keep_what_they_hold() -> None:
    # the same page: two locked at 10, the third raised to 30 and locked
    found = parts(150, [10, 10, 30, 20, 40], [True, True, True, None, None])

    assert found == pytest.approx([10, 10, 30, 33.33, 66.67], abs=0.005)
    assert parts(150, [10, 10, 30, 20, 40], ["x", 1, "locked", 0, False], 2) == [
        10, 10, 30, 33.33, 66.67,
    ]  # fmt: skip


def test_overlapping_overrides_build_on_each_other() -> None:
    # the same page: the first three by half, then the last three twice as high
    first = parts(1.5 * 40, [10, 10, 20])
    last = parts(2 * (first[2] + 60), [first[2], 20, 40])

    assert first == pytest.approx([15, 15, 30])
    assert last == pytest.approx([60, 40, 80])


def test_a_month_is_spread_over_its_weeks_by_the_largest_remainder() -> None:
    # 100 units over weeks of 2, 7, 7, 7, 7 and 1 days of a month of 31
    assert parts(100, [2, 7, 7, 7, 7, 1], None, 0) == [6, 23, 23, 23, 22, 3]


# ---- by hand -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("total", "basis", "decimals", "expected"),
    [
        (100, [0, 0, 0], 2, [33.34, 33.33, 33.33]),  # nothing weighs anything: alike
        (100, [None, None], None, [50, 50]),
        (90, [None, 1, 2], None, [0, 30, 60]),  # a blank weighs nothing
        (0, [3, 4], 0, [0, 0]),
        (-7, [1, 1, 1], 0, [-3, -2, -2]),  # a correction downwards
        (100.5, [1, 2, 1], 0, [25, 50.5, 25]),  # the fraction stays with the largest
        (2, [1, 1, 1, 1], 0, [1, 1, 0, 0]),
        (0.3, [0.1, 0.2], 1, [0.1, 0.2]),
        (7, [5], 0, [7]),
    ],
)
def test_by_hand(
    total: float, basis: list[float | None], decimals: int | None, expected: list[float]
) -> None:
    assert parts(total, basis, None, decimals) == pytest.approx(expected, abs=1e-12)


def test_locked_cells_share_nothing_even_where_nothing_weighs_anything() -> None:
    assert parts(10, [4, 0, 0], ["x", "", ""]) == [4, 3, 3]


def test_each_row_has_its_total() -> None:
    assert block([[150], [10]], [[1, 2], [3, 0]]).tolist() == [[50, 100], [10, 0]]


def test_the_parts_stand_as_the_basis_does() -> None:
    assert block(10, [[1], [1]]).tolist() == [[5], [5]]
    assert block(10, [[1, 1]]).tolist() == [[5, 5]]
    assert named("SOP_DISAGG")(10, 3) == 10


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        ((10, [4, 9], ["x", "x"]), "#N/A", "every cell is locked"),
        ((10, [14, 9], ["x", ""]), "#N/A", "the locked cells alone exceed the total"),
        ((10, [-1, 9]), "#NUM!", "basis"),
        ((10, [1, 9], ["x", "", ""]), "#N/A", "basis 2, locks 3 cells"),
        ((10, [1, 9], None, 7), "#NUM!", "decimals"),
        (("much", [1, 9]), "#N/A", "not enough"),
        (([10, 20, 30], [1, 9]), "#N/A", "3 numbers for 1 series"),
    ],
)
def test_what_cannot_be_spread_says_why(
    arguments: tuple[object, ...], code: str, reason: str
) -> None:
    with pytest.raises(CellError, match=reason) as raised:
        named("SOP_DISAGG")(*arguments)
    assert raised.value.code == code


def test_locks_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="the locks are 2 cells, the basis 3"):
        spread(10, [1, 2, 3], np.array(["x", ""], dtype=object))


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="from zero up"):
        spread(10, [1, -2])


def test_cells_locked_at_the_total_leave_nothing() -> None:
    assert parts(13, [4, 9], ["x", "x"]) == [4, 9]
    assert parts(4, [4, 9], ["x", ""]) == [4, 0]


# ---- laws --------------------------------------------------------------------------------------


@given(st.integers(-(10**9), 10**9), weights, st.integers(0, 4))
def test_rounded_parts_sum_to_the_total(cents: int, basis: list[int], decimals: int) -> None:
    total = Decimal(cents).scaleb(-decimals)

    found = spread(float(total), basis, decimals=decimals)

    exact = [Decimal(str(round(float(part), decimals))) for part in found]
    assert sum(exact) == total
    assert found == pytest.approx([float(part) for part in exact], abs=1e-9)


@given(st.floats(-1e9, 1e9), weights)
def test_parts_sum_to_the_total(total: float, basis: list[int]) -> None:
    assert spread(total, basis).sum() == pytest.approx(total, rel=1e-9, abs=1e-9)


@given(st.integers(0, 10**6), weights, st.integers(1, 1000))
def test_the_size_of_the_basis_does_not_matter(
    total: int, basis: list[int], factor: int
) -> None:
    alike = spread(total, np.array(basis) * float(factor), decimals=0)

    assert spread(total, basis, decimals=0).tolist() == alike.tolist()


@given(st.integers(0, 10**6), weights)
def test_rounding_moves_no_part_by_a_unit(total: int, basis: list[int]) -> None:
    rounded = np.array(parts(total, basis, None, 0))

    assert np.abs(rounded - parts(total, basis)).max() < 1 + 1e-6
