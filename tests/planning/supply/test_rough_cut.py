"""Rough-cut capacity by bill of resources and resource profile against published examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sop_xl.functions import CellError, named
from sop_xl.planning.frames import Numbers
from sop_xl.planning.supply.capacity import resource_profile

# Berry, Schmitt and Vollmann, Journal of Operations Management 3(1), 1982
MPS = [
    [33, 33, 33, 40, 40, 40, 30, 30, 30, 37, 37, 37, 37],
    [17, 17, 17, 13, 13, 13, 25, 25, 25, 27, 27, 27, 27],
]
BILL = [[0.05, 0.70, 0.20], [1.30, 0.55, 0.00]]


def load(*arguments: object) -> Numbers:
    return np.asarray(named("SOP_RCCP")(*arguments), dtype=float)


def test_load_by_bill_of_capacity() -> None:
    found = load(MPS, BILL)

    assert found[:, 0] == pytest.approx([23.75, 32.45, 6.60])
    assert found.sum(axis=1) == pytest.approx([377.75, 470.05, 91.40])


def test_load_by_overall_factors_has_the_same_total() -> None:
    found = load(MPS, [[0.95], [1.85]])[0]

    assert found[[0, 3, 6, 9]] == pytest.approx([62.80, 62.05, 74.75, 85.10])
    assert found.sum() == pytest.approx(939.2)


def test_load_of_two_families_at_three_work_centres() -> None:
    # a course's slides (scribd 242844115)
    found = load([[50, 40, 45], [15, 20, 18]], [[0.8, 0.4, 2.1], [1.2, 2.5, 3.1]])

    assert found.round(6).tolist() == [[58, 56, 57.6], [57.5, 66, 63], [151.5, 146, 150.3]]


def test_work_comes_before_the_volume_is_due() -> None:
    # family 1 is worked on a period early: 1 h at the first, 2 h at the second resource
    found = load([[10, 20, 30], [5, 5, 5]], [[1, 2], [0, 4]], [1, 0])

    assert found[:, :2].tolist() == [[20, 30], [2 * 20 + 20, 2 * 30 + 20]]
    # what is due after the last period is not known, so neither is the load that it makes
    assert np.isnan(found[:, 2]).all()


def test_a_resource_that_a_family_does_not_use_does_not_wait_for_it() -> None:
    found = load([[10, 20], [5, 6]], [[1, 0], [0, 4]], [1, 0])

    assert found[1].tolist() == [20, 24]


def test_blanks_are_no_volume_and_no_hours() -> None:
    assert load([[10, None], ["-", 5]], [[1, None], [2, 3]]).tolist() == [[10, 10], [0, 15]]


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        (([[1, 2]], [[1], [2]]), "#N/A", "1 rows of volumes, 2 of hours per unit"),
        (([[1, 2]], [[1]], [1, 2]), "#N/A", "2 numbers for 1 series"),
        (([[1, 2]], [[1]], 0.5), "#N/A", "whole periods"),
        (([[1, 2]], [[1]], -1), "#NUM!", "offset"),
        (([[None, None]], [[1]]), "#N/A", "not enough"),
        (([[1, 2]], [["hours"]]), "#N/A", "not enough"),
        (([[1, 2]], [[1]], 2), "#N/A", "not enough"),
    ],
)
def test_what_does_not_fit_says_why(
    arguments: tuple[object, ...], code: str, reason: str
) -> None:
    with pytest.raises(CellError, match=reason) as raised:
        load(*arguments)
    assert raised.value.code == code


@given(
    arrays(float, (3, 8), elements=st.integers(0, 999)),
    arrays(float, (3, 4), elements=st.integers(0, 9)),
    st.lists(st.integers(0, 3), min_size=3, max_size=3),
)
def test_every_unit_loads_its_hours_at_the_time(
    volumes: Numbers, hours: Numbers, offset: list[int]
) -> None:
    # volumes begin after the longest offset and end with nothing: no hour falls out of the range
    padded = np.hstack([np.zeros((3, 3)), volumes, np.zeros((3, 3))])

    found = resource_profile(padded, hours, offset)

    assert np.nansum(found, axis=1) == pytest.approx(hours.T @ volumes.sum(axis=1))


# ---- the gap -----------------------------------------------------------------------------------


def test_the_gap_is_negative_where_hours_are_short() -> None:
    found = named("SOP_CAPGAP")([[176, 150, None]], [[160, 160, 160]])

    assert np.asarray(found).tolist() == [[-16, 10, pytest.approx(np.nan, nan_ok=True)]]


def test_the_gap_of_a_copy_centre() -> None:
    # Krajewski: 2000 x .5 h and 6000 x .7 h with set-ups of 25 and 80 h on three machines of
    # 250 days x 8 h with a cushion of 15 %: more than three are needed
    gap = named("SOP_CAPGAP")(2000 * 0.5 + 25 + 6000 * 0.7 + 80, 3 * 250 * 8 * 0.85)

    assert gap == pytest.approx(5100 - 5305)
