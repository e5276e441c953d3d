"""Level and chase schedules for ranges against Heizer and Render."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.frames import Numbers
from sop_xl.planning.supply.production import chase_schedule, level_schedule

# Heizer and Render, Operations Management: roofing supplier
DEMAND = [900, 700, 800, 1200, 1500, 1100]
DAYS = [22, 18, 21, 21, 22, 20]

demands = st.lists(st.integers(0, 999), min_size=1, max_size=24)


def answer(name: str, *arguments: object) -> Numbers:
    return np.asarray(named(name)(*arguments), dtype=float)


def test_a_level_plan_makes_fifty_a_day() -> None:
    output = answer("SOP_LEVEL", DEMAND, DAYS)
    stock = np.cumsum(output - DEMAND)

    assert (output / DAYS).tolist() == [50] * 6
    assert stock.sum() == 1850  # units carried from month to month


def test_a_chase_plan_follows_demand() -> None:
    output = answer("SOP_CHASE", DEMAND)

    assert np.round(output / DAYS).tolist() == [41, 39, 38, 57, 68, 55]


def test_a_level_plan_avoids_backlog_before_it_reaches_the_end() -> None:
    # 100 in the first of two months need 100 a month, although 120 in all would need 60
    assert answer("SOP_LEVEL", [100, 20]).tolist() == [100, 100]
    assert answer("SOP_LEVEL", [100, 20], 1, 60).tolist() == [40, 40]
    assert answer("SOP_LEVEL", [20, 100], 1, 0, 40).tolist() == [80, 80]
    assert answer("SOP_LEVEL", [20, 100], 1, 500).tolist() == [0, 0]


def test_a_chase_plan_fills_up_to_the_target_and_sells_what_is_too_much() -> None:
    assert answer("SOP_CHASE", [10, 40, 40], 30, [5, 10, 0]).tolist() == [0, 30, 30]
    assert answer("SOP_CHASE", [10, 40], -20).tolist() == [30, 40]


def test_families_stand_in_rows_and_a_column_stays_a_column() -> None:
    assert answer("SOP_LEVEL", [[10, 30], [4, 4]], 1, [0, 8]).tolist() == [[20, 20], [0, 0]]
    assert answer("SOP_CHASE", [[10], [30]]).tolist() == [[10], [30]]


def test_a_blank_is_no_demand_but_a_range_without_a_number_is_none() -> None:
    assert answer("SOP_CHASE", [None, 10]).tolist() == [0, 10]
    for name in ("SOP_LEVEL", "SOP_CHASE"):
        with pytest.raises(CellError, match="not enough"):
            answer(name, [None, "x"])


def test_a_shutdown_is_worked_around_but_not_in_the_first_period() -> None:
    assert answer("SOP_LEVEL", [10, 10, 40], [20, 0, 20]).tolist() == [30, 0, 30]
    with pytest.raises(CellError, match="the first period has no working days"):
        answer("SOP_LEVEL", [10, 10], [0, 20])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [("SOP_LEVEL", (DEMAND, [20, 21])), ("SOP_CHASE", (DEMAND, 0, [1, 2])),
     ("SOP_CHASE", (DEMAND, [1, 2]))],
)  # fmt: skip
def test_ranges_that_do_not_fit_are_refused(name: str, arguments: tuple[object, ...]) -> None:
    with pytest.raises(CellError, match="do not fit"):
        answer(name, *arguments)


@given(demands, st.integers(0, 2000), st.integers(0, 500))
def test_neither_plan_runs_into_backlog(demand: list[int], opening: int, ending: int) -> None:
    for output in (level_schedule(demand, 1, opening, ending), chase_schedule(demand, opening)):
        stock = opening + np.cumsum(np.asarray(output, dtype=float) - demand)
        assert (stock >= -1e-6).all()


@given(demands, st.integers(0, 2000), st.integers(0, 500))
def test_a_level_plan_ends_on_target_or_above(demand: list[int], opening: int, ending: int) -> None:
    output = np.asarray(level_schedule(demand, 1, opening, ending), dtype=float)

    assert np.ptp(output) == 0
    assert opening + output.sum() - sum(demand) >= ending - 1e-6
