"""People by skill and period: by hand, and what holds for every team."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.supply.staffing import PEOPLE_COSTS, Team, workforce_plan


def answer(*arguments: object) -> object:
    return np.asarray(named("SOP_WORKFORCE")(*arguments), dtype=float).tolist()


def test_overtime_comes_before_hiring() -> None:
    # 2 x 160 h carry 320, with 10 % overtime 352; 480 h lack 128, one person more brings 176
    work = [320, 350, 480]

    assert answer(work, 2, 160, 0, 0.1) == [0, 0, 1]
    assert answer(work, 2, 160, 0, 0.1, 1, 0, "overtime") == [0, 30, 0]
    assert answer(work, 2, 160, 0, 0.1, 1, 0, "required") == [2, 2.1875, 3]


def test_new_people_grow_into_their_work() -> None:
    # 160 h are missing; two who start at one half carry it, and are two full ones a month later
    assert answer([320, 480, 480], 2, 160, 0, 0, [0.5, 1]) == [0, 2, 0]
    assert answer([320, 480, 640], 2, 160, 0, 0, [0.5, 1], 0, "gap") == [0, 0, 0]


def test_somebody_who_is_of_no_use_at_first_starts_earlier() -> None:
    # a month of training: for March they start in February
    assert answer([320, 320, 480], 2, 160, 0, 0, [0, 1]) == [0, 1, 0]


def test_nobody_starts_before_the_lead_time() -> None:
    assert answer([480, 480, 480], 2, 160, 0, 0, 1, 2) == [0, 0, 1]
    assert answer([480, 480, 480], 2, 160, 0, 0, 1, 2, "gap") == [160, 160, 0]


def test_attrition_is_replaced() -> None:
    # 10 people, 10 % leave: 9 and 8.1 are left; 1600 h take 10, so one is hired each month
    assert answer([1600, 1600], 10, 160, 0.1) == [1, 1]
    assert answer([1600, 1600], 10, 160, 0.1, 0, 1, 0, "people") == [10, 10]


def test_skills_stand_in_rows() -> None:
    assert answer([[160, 320], [80, 80]], [[1], [1]], [[160], [80]]) == [[0, 1], [0, 0]]
    assert answer([[160], [320]], 1, 160) == [[0], [1]]
    assert answer([160, 160], 1, [160, 80]) == [0, 1]


def test_costs_come_by_item() -> None:
    # 2 people and the planner's one more in the second month; 20 h overtime and 10 h of contractors
    team = Team(
        people=2, hours=100, overtime=0.1, wage=1000, hiring_cost=300, overtime_cost=30,
        contractor_cost=80,
    )  # fmt: skip

    plan = workforce_plan([230, 300], team, hires=[0, 1])

    assert dict(zip(PEOPLE_COSTS, plan.costs.sum(axis=1).tolist(), strict=True)) == {
        "wages": 5000, "hiring": 300, "overtime": 600, "contractors": 800,
    }  # fmt: skip
    assert plan.gap.tolist() == [[10, 0]]


def test_only_so_many_can_start_in_a_period() -> None:
    plan = workforce_plan([800, 800], Team(people=2, hours=100, most_hires=4))

    assert (plan.hires.tolist(), plan.gap.tolist()) == ([[4, 2]], [[200, 0]])


@pytest.mark.parametrize(
    ("work", "changes", "reason"),
    [
        ([np.nan, 5], {}, "the required hours have to be there for every period"),
        ([-1], {}, "required hours"),
        ([5], {"hours": 0}, "hours above zero in every period"),
        ([5], {"attrition": 1.5}, "attrition is a share up to 1"),
        ([5], {"lead_time": 0.5}, "a lead time whole periods"),
        ([5], {"people": -1}, "people has to be there, zero or more"),
        ([5], {"ramp": [0.5, 0]}, "ends above zero"),
        ([5], {"wage": [1, 2]}, "wage: 2 numbers do not fit 1 x 1"),
    ],
)
def test_impossible_numbers_are_named(
    work: list[float], changes: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        workforce_plan(work, replace(Team(people=1, hours=10), **changes))  # type: ignore[arg-type]


def test_a_cell_says_what_is_wrong() -> None:
    with pytest.raises(CellError, match="the required hours have to be there for every period"):
        named("SOP_WORKFORCE")([5, None], 1, 160)
    with pytest.raises(ValueError, match="nobody is laid off here"):
        workforce_plan([5], Team(people=1, hours=10), hires=[-1])


@given(
    st.lists(st.integers(0, 5000), min_size=1, max_size=12), st.integers(0, 20),
    st.floats(0, 0.3), st.floats(0, 0.3), st.lists(st.floats(0.1, 1), min_size=1, max_size=3),
    st.integers(0, 4),
)  # fmt: skip
def test_people_balance_and_hours_are_carried_or_missing(
    work: list[int], people: int, attrition: float, overtime: float, ramp: list[float], lead: int
) -> None:
    plan = workforce_plan(work, Team(people, 160, attrition, ramp, overtime, lead))

    before = np.hstack([[[people]], plan.people[:, :-1]])
    assert plan.people == pytest.approx(before - plan.leavers + plan.hires, abs=1e-4)
    assert plan.people == pytest.approx(before * (1 - attrition) + plan.hires, abs=1e-4)
    assert (plan.overtime <= overtime * plan.productive + 1e-4).all()
    assert (plan.productive + plan.overtime + plan.gap >= np.array([work]) - 1e-4).all()
    assert (plan.hires % 1 == 0).all()
    assert (plan.hires[:, :lead] == 0).all()
    assert (plan.gap[:, lead:] == 0).all()
