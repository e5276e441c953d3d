"""Scarce hours shared among families; expected figures by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sop_xl.planning.supply.allocation import (
    Rationing,
    allocate,
    constrained_production,
    serving_classes,
)

TWO = np.array([[1.0], [2.0]])
"""Hours of one unit of two families at one resource."""


def test_a_fair_share_is_the_same_share_for_all() -> None:
    """Load 10 x 1 + 20 x 2 = 50 h, 25 h are there: everybody gets half."""
    found = allocate([[10.0], [20.0]], TWO, [[25.0]])
    assert found.tolist() == [[5.0], [10.0]]


def test_most_margin_per_hour_is_served_first() -> None:
    """A earns 30 an hour, B 40 / 2 = 20: A takes 10 of the 25 h, B the other 15 = 7.5 units."""
    classes = serving_classes("margin", TWO, [30.0, 40.0], [2, 1])
    found = allocate([[10.0], [20.0]], TWO, [[25.0]], classes)
    assert found.tolist() == [[10.0], [7.5]]


def test_priority_goes_by_the_number_and_blank_comes_last() -> None:
    classes = serving_classes("priority", np.ones((3, 1)), [1.0, 1, 1], [2.0, np.nan, 1.0])
    assert classes.tolist() == [1, 2, 0]
    found = allocate([[10.0], [10.0], [10.0]], np.ones((3, 1)), [[14.0]], classes)
    assert found.tolist() == [[4.0], [0.0], [10.0]]


def test_margin_counts_the_hours_of_scarce_resources_only() -> None:
    """At the second resource alone: A 10 / 1, B 30 / 2; C does not need it and is never held up."""
    hours = np.array([[5.0, 1.0], [0.0, 2.0], [3.0, 0.0]])
    classes = serving_classes("margin", hours, [10.0, 30.0, 1.0], [1, 1, 1], [False, True])
    assert classes.tolist() == [2, 1, 0]


def test_what_one_cannot_use_goes_to_others() -> None:
    """A is held back by its own machine (4 h): what it leaves of the shared 10 h goes to B.

    It is shared in rounds: 1 % may be left over.
    """
    hours = np.array([[1.0, 1.0], [1.0, 0.0]])
    found = allocate([[10.0], [10.0]], hours, [[10.0], [4.0]])
    assert 9.9 <= found.sum() <= 10 + 1e-9
    assert found[0, 0] <= 4 + 1e-9
    assert found[1, 0] > 5.9


def test_without_hours_nothing_is_limited_and_without_capacity_nothing_is_made() -> None:
    hours = np.array([[0.0], [1.0]])
    assert allocate([[7.0], [7.0]], hours, [[0.0]]).tolist() == [[7.0], [0.0]]


def test_ranges_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        allocate([[1.0]], [[1.0]], [[1.0, 2.0]])


sizes = st.tuples(st.integers(1, 6), st.integers(1, 4))
amounts = st.floats(0, 1e6, allow_subnormal=False)


@given(sizes.flatmap(lambda s: st.tuples(
    arrays.arrays(float, s[0], elements=amounts),
    arrays.arrays(float, s, elements=st.sampled_from([0.0, 0.01, 0.5, 3.0])),
    arrays.arrays(float, s[1], elements=amounts),
    arrays.arrays(np.int64, s[0], elements=st.integers(0, 3)),
)))  # fmt: skip
def test_never_more_than_is_wanted_or_than_the_hours_allow(
    case: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> None:
    wanted, hours, available, classes = case
    made = Rationing(hours, classes).output(wanted, available)
    assert (made >= 0).all()
    assert (made <= wanted * (1 + 1e-9)).all()
    assert (hours.T @ made <= available * (1 + 1e-9) + 1e-6).all()


@given(
    arrays.arrays(float, 5, elements=st.floats(0, 1e4, allow_subnormal=False)),
    st.floats(0, 1e5, allow_subnormal=False),
    arrays.arrays(np.int64, 5, elements=st.integers(0, 3)),
)
def test_at_one_resource_the_shares_add_up_to_what_there_is(
    wanted: np.ndarray, available: float, classes: np.ndarray
) -> None:
    made = allocate(wanted[:, np.newaxis], np.ones((5, 1)), [[available]], classes)
    assert made.sum() == pytest.approx(min(wanted.sum(), available), rel=1e-9, abs=1e-6)


def test_what_demand_needs_goes_before_stock_and_the_rest_is_made_up() -> None:
    """A fills stock, B sells: of 10 h in the first month B gets its 8 first, whatever A earns."""
    plan = np.array([[9.0, 0.0], [8.0, 0.0]])
    demand = np.array([[0.0, 0.0], [8.0, 0.0]])
    first = serving_classes("margin", np.ones((2, 1)), [9.0, 1.0], [1, 1])
    made = constrained_production(
        plan, demand, np.zeros(2), np.ones((2, 1)), np.array([[10.0, 10.0]]), first
    )
    assert made.tolist() == [[2.0, 7.0], [8.0, 0.0]]


def test_work_of_an_earlier_month_takes_its_hours_and_earlier_completion_goes_first() -> None:
    """A is worked on in its month, B one month before; 10 h a month, a unit takes 1 h.

    What is completed in the first month was worked on before it, B at least. In month 1 A takes 6 h
    and leaves 4 for B of month 2; the 3 that B misses are made in month 2, for month 3.
    """
    plan = np.array([[6.0, 0.0, 0.0], [5.0, 7.0, 0.0]])
    hours = np.array([[1.0, 0.0], [0.0, 1.0]])  # in the month, one month before
    made = constrained_production(
        plan, plan, np.zeros(2), hours, np.array([[10.0, 10.0, 10.0]]),
        np.zeros(2, dtype=np.int64), (0, 1),
    )  # fmt: skip
    assert made.tolist() == [[6.0, 0.0, 0.0], [5.0, 4.0, 3.0]]


@pytest.mark.parametrize("classes", [[0, 1], [0, 0]])
def test_who_cannot_be_made_keeps_hours_from_nobody(classes: list[int]) -> None:
    """Taping ends after 4 jackets; the 11 hours of sewing that are left make all 10 backpacks."""
    jackets_and_backpacks = np.array([[1.0, 1.0], [1.0, 0.0]])  # sewing, taping

    made = Rationing(jackets_and_backpacks, np.array(classes)).output(
        np.array([10.0, 10.0]), np.array([15.0, 4.0])
    )

    assert made == pytest.approx([4, 10])


@pytest.mark.parametrize("seed", range(20))
def test_no_hours_are_left_that_somebody_waits_for(seed: int) -> None:
    draw = np.random.default_rng(seed)
    hours = draw.random((8, 5)) * (draw.random((8, 5)) < 0.5)
    wanted = 100.0 * draw.random(8)
    available = (hours.T @ wanted) * draw.uniform(0.2, 1.5, 5)

    made = Rationing(hours, draw.permutation(np.arange(8) // 3)).output(wanted, available)

    left = available - hours.T @ made
    assert (left > -1e-6).all()
    room = np.where(hours > 0, left / np.where(hours > 0, hours, 1.0), np.inf).min(axis=1)
    assert (np.minimum(room, wanted - made) < 1.0).all()
