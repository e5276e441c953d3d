"""What each gap answers for: shared out by hand, and always all of the shortfall."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.frames import Numbers
from sop_xl.planning.supply.gaps import Loads, gaps_of
from sop_xl.planning.supply.stakes import stakes
from tests.planning.rows import axis

MONTHS = 4
WHEN = axis("2026-01", history=1, horizon=MONTHS)


def plan(gap: list[list[float]]) -> Loads:
    """Bikes take an hour of press and of paint and earn 5 of 20; trikes paint alone, 4 of 10."""
    flat = np.full((2, MONTHS), 10.0)
    none = np.zeros((2, MONTHS))
    return Loads(
        WHEN, ["Press", "Paint"], ["Bikes", "Trikes"], np.array(gap), none, none, flat,
        np.full((2, MONTHS), [[20.0], [10.0]]), np.full((2, MONTHS), [[15.0], [6.0]]),
        np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([True, True]), flat, np.zeros(2), none,
    )  # fmt: skip


def test_the_tightest_gap_answers_for_what_is_late() -> None:
    """In January the press lacks 5 of its 10 h, paint 5 of its 20: half and a quarter of the bikes.

    So the press answers for all 6 late bikes, paint for 3 late trikes. 3 of the bikes are delivered
    in March: half of them is lost.
    """
    loads = plan([[-5.0, 0, 0, 0], [-5.0, 0, 0, 0]])
    shortfall = np.array([[-6.0, 0, 3, 0], [-3.0, 0, 0, 0]])
    press, paint = stakes(loads, list(gaps_of(loads)), shortfall)
    assert (press.units, press.revenue, press.margin, press.lost) == pytest.approx((6, 120, 30, 3))
    assert (paint.units, paint.revenue, paint.margin, paint.lost) == pytest.approx((3, 30, 12, 3))
    assert (press.families, paint.families) == (("Bikes",), ("Trikes",))


def test_a_gap_that_was_made_up_answers_for_nothing_later() -> None:
    """The press makes its 5 h up in February; paint lacks 8 h from March on."""
    loads = plan([[-5.0, 20, 0, 0], [0.0, 0, -8, 0]])
    press, paint = stakes(loads, list(gaps_of(loads)), np.array([[-2.0, 0, -1, -4], [0.0] * 4]))
    assert (press.units, paint.units) == (2, 5)


def test_equally_tight_gaps_share() -> None:
    loads = plan([[-5.0, 0, 0, 0], [-10.0, 0, 0, 0]])  # half of the output both
    press, paint = stakes(loads, list(gaps_of(loads)), np.array([[-6.0, 0, 0, 0], [0.0] * 4]))
    assert (press.units, paint.units) == (3, 3)


def test_a_gap_that_stock_covers_has_nothing_at_stake() -> None:
    loads = plan([[-5.0, 0, 0, 0], [0.0, 0, 0, 0]])
    (press,) = stakes(loads, list(gaps_of(loads)), np.zeros((2, MONTHS)))
    assert press.is_covered
    assert (press.units, press.revenue, press.margin) == (0, 0, 0)


HOURS = st.lists(
    st.lists(st.floats(-20, 20), min_size=MONTHS, max_size=MONTHS), min_size=2, max_size=2
)


@given(gap=HOURS, late=HOURS)
def test_all_gaps_together_are_the_shortfall(
    gap: list[list[float]], late: list[list[float]]
) -> None:
    """Bikes can be late as soon as any resource is short, trikes where paint is."""
    loads = plan(gap)
    gaps = list(gaps_of(loads))
    shortfall: Numbers = -np.abs(np.array(late))
    concerned = {loads.resources[one.resource] for one in gaps}
    shortfall[0] *= bool(concerned)
    shortfall[1] *= "Paint" in concerned
    found = stakes(loads, gaps, shortfall)
    assert sum(one.units for one in found) == pytest.approx(-shortfall.sum())
    assert sum(one.revenue for one in found) == pytest.approx(-(shortfall * loads.price).sum())
    assert sum(one.margin for one in found) == pytest.approx(-(shortfall * loads.margin).sum())


def test_a_family_displaced_by_what_others_make_up_is_somebody_s() -> None:
    """A makes 10 and 10, B none and 10, of 5 and 20 hours; A goes first: 5 of each are late."""
    when = axis("2026-01", history=1, horizon=2)
    made = np.array([[10.0, 10.0], [0.0, 10.0]])
    plan = Loads(
        when, ["Press"], ["A", "B"], np.array([[-5.0, 0.0]]), np.zeros((1, 2)), np.zeros((1, 2)),
        made, np.full((2, 2), 3.0), np.ones((2, 2)), np.ones((2, 1)), np.array([True, True]), made,
        np.zeros(2), np.ones((2, 2)),
    )  # fmt: skip
    late = np.array([[-5.0, 0.0], [0.0, -5.0]])

    found = stakes(plan, list(gaps_of(plan)), late)

    assert sum(one.units for one in found) == pytest.approx(10)
    assert sum(one.margin for one in found) == pytest.approx(20)


def test_work_in_two_months_near_the_end_is_at_stake() -> None:
    """An hour in the month and two before: the last month lacks 5 hours for 5 units that are late.
    """
    when = axis("2026-01", history=1, horizon=3)
    made = np.full((1, 3), 10.0)
    plan = Loads(
        when, ["Press"], ["A"], np.array([[0.0, 20.0, -5.0]]), np.zeros((1, 3)), np.zeros((1, 3)),
        made, 3 * made, made, np.array([[3.0]]), np.array([True]), made, np.zeros(1), made,
        {2: np.array([[2.0]])},
    )  # fmt: skip

    (found,) = stakes(plan, list(gaps_of(plan)), np.array([[0.0, 0.0, -5.0]]))

    assert found.units == pytest.approx(5)
