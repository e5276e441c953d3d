"""Load by bill of resources and by resource profile: the one function that all steps use."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sop_xl.planning.resource_bill import ResourceBill, later, resource_bill
from sop_xl.planning.supply.capacity import load_hours, resource_profile
from sop_xl.tables.data import BILL
from tests.planning.rows import rows

HOURS = """
family  resource  offset  hours_per_unit
Bikes   Weld      1       0.5
Bikes   Paint     0       0.2
Trikes  Weld      2       1
Trikes  Weld      0       2
Trikes  Gone      0       9
"""
UNITS = np.array([[10.0, 20, 30, 40], [1.0, 2, 3, 4]])


def test_work_loads_the_months_before_completion() -> None:
    bill = resource_bill(rows(BILL.columns, HOURS), ["Bikes", "Trikes"], ["Paint", "Weld"])
    assert bill.offsets == (0, 1, 2)
    # welding in month 1: 20 bikes of month 2 x 0.5 + 1 trike x 2 + 3 trikes of month 3 x 1
    assert bill.load(UNITS) == pytest.approx(np.array([
        [2.0, 4, 6, 8],
        [10 + 2 + 3, 15 + 4 + 4, 20 + 6 + 0, 0 + 8 + 0],
    ]))  # fmt: skip


def test_units_are_shared_by_their_hours_in_each_month() -> None:
    bill = resource_bill(rows(BILL.columns, HOURS), ["Bikes", "Trikes"], ["Paint", "Weld"])
    # two of the three hours of a trike fall into its own month, one is two months earlier
    expected = np.array([[20.0, 30, 40, 0], [2 / 3 + 1, 4 / 3 + 4 / 3, 2, 8 / 3]])
    assert bill.worked(UNITS, 1) == pytest.approx(expected)
    # what is worked on in a month, by the month of completion: a bike is completed a month later
    assert bill.completed(expected, 1)[0] == pytest.approx([0, 20, 30, 40])


def test_without_offsets_it_is_the_bill_of_resources() -> None:
    """Vollmann's example, scribd 242844115: C and D at three work centres."""
    hours = np.array([[0.8, 0.4, 2.1], [1.2, 2.5, 3.1]])
    volumes = np.array([[50.0, 40, 45], [15.0, 20, 18]])
    load = ResourceBill((0,), hours[np.newaxis]).load(volumes)
    assert load == pytest.approx(np.array([[58, 56, 57.6], [57.5, 66, 63], [151.5, 146, 150.3]]))


def test_all_hours_and_those_before_make_the_bill_again() -> None:
    bill = resource_bill(rows(BILL.columns, HOURS), ["Bikes", "Trikes"], ["Paint", "Weld"])
    again = ResourceBill.of(bill.total, bill.before)
    assert again.offsets == bill.offsets
    assert (again.hours == bill.hours).all()


def test_no_bill_loads_nothing() -> None:
    bill = resource_bill(rows(BILL.columns), ["Bikes"], ["Weld"])
    assert bill.load(np.array([[5.0, 6.0]])).tolist() == [[0.0, 0.0]]


@given(
    arrays(float, (3, 6), elements=st.floats(0, 1e3)),
    arrays(float, (3, 3, 2), elements=st.floats(0, 10)),
)
def test_no_hour_is_lost_but_of_what_is_completed_early(units, hours) -> None:  # type: ignore[no-untyped-def]
    """Load within the plan and work before its first month are all the hours there are."""
    bill = ResourceBill((0, 1, 2), hours)
    done = sum(units[:, :offset].sum(axis=1) @ part for offset, part in enumerate(hours))
    whole = load_hours(units, bill.total).sum(axis=1)
    assert bill.load(units).sum(axis=1) + done == pytest.approx(whole)


@given(st.integers(0, 8))
def test_a_profile_of_one_offset_is_the_function_of_the_worksheet(offset: int) -> None:
    hours = np.array([[0.5, 2.0], [1.0, 0.0]])
    shown = np.nan_to_num(resource_profile(UNITS, hours, offset))
    bill = ResourceBill.of(hours, {offset: hours} if offset else {})
    assert bill.load(UNITS) == pytest.approx(shown)
    assert later(UNITS, offset).shape == UNITS.shape
