"""What events add: Chopra and Meindl's promotions at Red Tomato Tools, and by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.demand.events import event_lift
from sop_xl.planning.frames import Numbers

# Chopra and Meindl, chapter 9: 10 % more in the month of the promotion, and 20 % of each of the
# next two months is bought early
RED_TOMATO = [1600, 3000, 3200, 3800, 2200, 2200]


def lift(*arguments: object) -> Numbers:
    return np.asarray(named("SOP_EVENT_LIFT")(*arguments), dtype=float)


@pytest.mark.parametrize(
    ("promotion", "demand"),
    [
        ([0.1, 0, 0, 0, 0, 0], [3000, 2400, 2560, 3800, 2200, 2200]),
        ([None, None, None, 0.1, None, None], [1600, 3000, 3200, 5060, 1760, 1760]),
    ],
    ids=["January", "April"],
)
def test_promotions_at_red_tomato(promotion: list[float | None], demand: list[float]) -> None:
    assert RED_TOMATO + lift(RED_TOMATO, promotion, 0.2) == pytest.approx(demand)


def test_an_event_adds_its_share_of_the_baseline() -> None:
    assert lift([100, 200, 300], [0, 0.5, -0.1]).tolist() == [0, 100, -30]


def test_nothing_is_known_of_months_beyond_the_range() -> None:
    assert lift([100, 200], [0, 0.1], 0.2).tolist() == [0, 20]
    assert lift([100, 200], [0.1, 0], 0.2, 9).tolist() == [10 + 40, -40]


def test_buying_early_may_differ_from_month_to_month() -> None:
    found = lift([100, 100, 100], [0.1, 0.1, 0], [0.5, None, 0.9], 1)

    assert found.tolist() == [10 + 50, 10 - 50, 0]


def test_a_column_stays_a_column_and_rows_are_series() -> None:
    assert lift([[100], [200]], [[0.1], [0]]).tolist() == [[10], [0]]
    assert lift([[100, 200], [10, 20]], [[0.1, 0]]).tolist() == [[10, 0], [1, 0]]


def test_a_blank_baseline_has_no_lift() -> None:
    assert lift([100, None], [0.1, 0.1]).tolist() == [10, pytest.approx(np.nan, nan_ok=True)]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (([1, 2], [0.1, 0.1, 0.1]), "#N/A: SOP_EVENT_LIFT: the ranges do not fit"),
        (([1, 2], [-1.1, 0]), "#NUM!: SOP_EVENT_LIFT: uplift"),
        (([1, 2], [0.1, 0], 20), "#NUM!: SOP_EVENT_LIFT: forward_buy"),
        (([1, 2], [0.1, 0], 0.2, 0), "#NUM!: SOP_EVENT_LIFT: months_ahead"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: tuple[object, ...], reason: str) -> None:
    with pytest.raises(CellError, match=reason):
        lift(*arguments)


@given(
    st.lists(st.integers(0, 999), min_size=1, max_size=12),
    st.integers(0, 11), st.integers(1, 5), st.floats(0, 1),
)  # fmt: skip
def test_buying_early_moves_demand_and_makes_none(
    baseline: list[int], month: int, ahead: int, share: float
) -> None:
    uplift = np.where(np.arange(len(baseline)) == month, 0.25, 0.0)

    added = np.asarray(event_lift(baseline, uplift, share, ahead), dtype=float).sum()

    assert added == pytest.approx((uplift * baseline).sum(), abs=1e-9)
