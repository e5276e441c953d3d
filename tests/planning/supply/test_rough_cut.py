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
def test_what_does_not_fit_says_why(arguments: tuple[object, ...], code: str, reason: str) -> None:
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


def test_each_resource_can_have_its_own_lead() -> None:
    # parts are made two periods, boxes one period before 10, 20, 30 are assembled
    found = load([[10, 20, 30]], [[3, 2, 1]], [[2, 1, 0]])

    assert found[0, :1].tolist() == [90]
    assert found[1, :2].tolist() == [40, 60]
    assert found[2].tolist() == [10, 20, 30]
    assert np.isnan(found[0, 1:]).all()
    assert np.isnan(found[1, 2])


# ---- overall factors ---------------------------------------------------------------------------


def test_overall_factors_split_the_total_by_old_shares() -> None:
    # the same paper: 60.3, 30.4 and 9.3 % of 939.2 hours
    found = np.asarray(named("SOP_CPOF")(MPS, [0.95, 1.85], [0.603, 0.304, 0.093]))

    assert found.sum(axis=1) == pytest.approx([566.34, 285.52, 87.35], abs=0.005)
    assert found.sum(axis=0)[[0, 3, 6, 9]] == pytest.approx([62.80, 62.05, 74.75, 85.10])


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((MPS, [0.95], [1]), "2 rows of volumes, 1 hours per unit"),
        ((MPS, [0.95, 1.85], [0.6, 0.3]), "the shares add up to 0.9: they have to add up to 1"),
        (([[None]], [0.95], [1]), "not enough"),
    ],
)
def test_overall_factors_that_do_not_fit(arguments: tuple[object, ...], reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        named("SOP_CPOF")(*arguments)


# ---- hours and machines ------------------------------------------------------------------------


def test_a_copy_centre_needs_four_machines() -> None:
    # Krajewski: 250 days of 8 h, cushion 15 %; X 2000 x .5 h in lots of 20 with a set-up of .25 h,
    # Y 6000 x .7 h in lots of 30 with .4 h: 5,305 / 1,700 = 3.12
    hours = named("SOP_CAPACITY")(1, 1, 8, 250, 1, 0.15)
    found = named("SOP_MACHINES")([2000, 6000], [0.5, 0.7], hours, [20, 30], [0.25, 0.4])

    assert hours == pytest.approx(1700)
    assert np.asarray(found) == pytest.approx([5305 / 1700, 4])
    assert np.asarray(found)[0] == pytest.approx(3.12, abs=0.005)


def test_hours_of_shifts_with_holidays() -> None:
    # by hand: 2 machines x 3 shifts x 7.5 h x (21 - 1) days x 0.9 x (1 - 0.1)
    assert named("SOP_CAPACITY")(2, 3, 7.5, 21, 0.9, 0.1, 1) == pytest.approx(729)
    assert named("SOP_CAPACITY")(2, 3, 7.5, 1, 0.9, 0.1, 5) == 0


def test_set_ups_without_a_lot_size_are_refused() -> None:
    with pytest.raises(CellError, match="needs a lot size above zero"):
        named("SOP_MACHINES")([2000], [0.5], 1700, None, 0.25)
    assert np.asarray(named("SOP_MACHINES")([3400], [0.5], 1700)).tolist() == [1, 1]


def test_bands_of_utilisation() -> None:
    load = [[84.9, 85, 100, 100.1, 110, 110.1, 0, 5, None]]
    available = [[100, 100, 100, 100, 100, 100, 0, 0, 100]]

    assert np.asarray(named("SOP_CAPBAND")(load, available)).tolist() == [
        ["free", "full", "full", "over", "over", "far over", "free", "no capacity", ""]
    ]
    with pytest.raises(CellError, match=r"the bands have to rise: 0.9, 0.8, 1.1"):
        named("SOP_CAPBAND")(load, available, 0.9, 0.8)


def test_demonstrated_capacity_is_the_mean_of_the_last_known_outputs() -> None:
    output = [[90, 100, None, 80, 120, None], [None, None, None, None, None, 7]]

    assert np.asarray(named("SOP_DEMONSTRATED")(output, 2)).tolist() == [[100], [7]]


def test_work_done_ahead_fills_a_later_gap_but_not_an_earlier_one() -> None:
    assert np.asarray(named("SOP_CUMGAP")([120, 180, 160], 160)).tolist() == [40, 20, 20]
    assert np.asarray(named("SOP_CUMGAP")([180, 120, 160], 160)).tolist() == [-20, 20, 20]


# ---- the gap -----------------------------------------------------------------------------------


def test_the_gap_is_negative_where_hours_are_short() -> None:
    found = named("SOP_CAPGAP")([[176, 150, None]], [[160, 160, 160]])

    assert np.asarray(found).tolist() == [[-16, 10, pytest.approx(np.nan, nan_ok=True)]]


def test_the_gap_of_a_copy_centre() -> None:
    # Krajewski: 2000 x .5 h and 6000 x .7 h with set-ups of 25 and 80 h on three machines of
    # 250 days x 8 h with a cushion of 15 %: more than three are needed
    gap = named("SOP_CAPGAP")(2000 * 0.5 + 25 + 6000 * 0.7 + 80, 3 * 250 * 8 * 0.85)

    assert gap == pytest.approx(5100 - 5305)
