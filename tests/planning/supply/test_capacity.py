"""Rough-cut capacity against the textbooks and by hand."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning.calendar import Axis
from sop_xl.planning.supply.capacity import capacity, heat_map, load_hours, with_team_hours
from sop_xl.schema import Grid
from sop_xl.tables.data import BILL, RESOURCE_CALENDAR, RESOURCES, WORKFORCE
from sop_xl.tables.executive import WHAT_IF_LOAD_VIEW
from sop_xl.tables.people import WORKFORCE_PLAN
from sop_xl.tables.supply import CAPACITY
from tests.planning.rows import axis, past_row, plan_row, rows, typed


def test_bill_of_capacity_of_two_products_at_three_work_centres() -> None:
    # bill C (.8, .4, 2.1), D (1.2, 2.5, 3.1) hours; MPS C 50, 40, 45 and D 15, 20, 18:
    # rough-cut exercise, scribd 242844115
    production = np.array([[50.0, 40, 45], [15, 20, 18]])
    bill = np.array([[0.8, 0.4, 2.1], [1.2, 2.5, 3.1]])
    expected = [[58, 56, 57.6], [57.5, 66, 63], [151.5, 146, 150.3]]
    assert load_hours(production, bill) == pytest.approx(np.array(expected))


def test_bill_of_capacity_of_the_vollmann_case() -> None:
    # Berry, Schmitt & Vollmann, J. Operations Management 3(1) 1982; Vollmann, Berry & Whybark:
    # work centres 100, 200, 300 with bills A (.05, .70, .20) and B (1.30, .55, 0)
    weeks_a = [33.0] * 3 + [40.0] * 3 + [30.0] * 3 + [37.0] * 4
    weeks_b = [17.0] * 3 + [13.0] * 3 + [25.0] * 3 + [27.0] * 4
    load = load_hours(
        np.array([weeks_a, weeks_b]), np.array([[0.05, 0.70, 0.20], [1.30, 0.55, 0.0]])
    )
    assert load[:, 0].tolist() == pytest.approx([23.75, 32.45, 6.60])
    assert load.sum(axis=1).tolist() == pytest.approx([377.75, 470.05, 91.40])
    assert load.sum() == pytest.approx(939.20)


WHEN = axis("2026-01", history=1, horizon=3)  # Dec: 23 working days; Jan, Feb, Mar: 22, 20, 22
PRODUCTION = np.array([[100.0, 200, 300, 400], [50.0, 10, 10, 10]])
FAMILIES = ["Bikes", "Parts"]
ONE_PRESS = """
resource  machines  hours_per_day  efficiency  planned_loss
Press     2         8              0.9         0.1
"""
HOURS = """
family  resource  hours_per_unit
Bikes   Press     0.5
Parts   Press     2
"""


def planned(
    when: Axis = WHEN,
    resources: str = ONE_PRESS,
    calendar: str = "",
    workforce: str = "",
    inputs: str = "",
    hires: str = "",
    production: np.ndarray = PRODUCTION,
) -> pd.DataFrame:
    return capacity(
        when,
        production,
        FAMILIES,
        rows(BILL.columns, HOURS),
        rows(RESOURCES.columns, resources),
        rows(RESOURCE_CALENDAR.columns, calendar),
        with_team_hours(rows(WORKFORCE.columns, workforce)),
        typed(CAPACITY, inputs),
        hires=typed(WORKFORCE_PLAN, hires),
    )


def test_load_and_machine_hours_by_hand() -> None:
    grid = planned()
    # 100 x 0.5 + 50 x 2, then 200 x 0.5 + 10 x 2 ...
    assert past_row(grid, WHEN, "load") == [150.0]
    assert plan_row(grid, WHEN, "load") == [120.0, 170.0, 220.0]
    # 2 machines x 8 h x 0.9 x (1 - 0.1) = 12.96 h a day
    assert past_row(grid, WHEN, "available") == pytest.approx([12.96 * 23])
    assert plan_row(grid, WHEN, "available") == pytest.approx([12.96 * 22, 12.96 * 20, 12.96 * 22])
    assert past_row(grid, WHEN, "utilisation") == pytest.approx([150 / (12.96 * 23)])
    assert np.isnan(past_row(grid, WHEN, "gap")).all()


def test_the_resource_calendar_goes_before_the_fiscal_calendar() -> None:
    grid = planned(
        calendar="""
        resource  period   days
        Press     2026-02  10
        Press     2026-03  0
    """
    )
    assert plan_row(grid, WHEN, "available") == pytest.approx([12.96 * 22, 129.6, 0.0])
    assert plan_row(grid, WHEN, "utilisation")[1] == pytest.approx(170 / 129.6)
    assert np.isnan(plan_row(grid, WHEN, "utilisation")[2])  # closed: nothing to divide by


def test_people_limit_the_machines_and_overtime_comes_on_top() -> None:
    grid = planned(
        workforce="""
            team   resource  headcount  hours_per_month
            Early  Press     1          120
            Late   Press     0.5        100
            Desk   .         3          140
        """,
        inputs="""
            resource  period   overtime  extra
            Press     2026-02  15        .
            Press     2026-03  15        30
        """,
    )
    assert plan_row(grid, WHEN, "labour_hours") == [170.0] * 3
    assert plan_row(grid, WHEN, "available") == [170.0, 185.0, 215.0]
    assert plan_row(grid, WHEN, "gap") == [50.0, 15.0, -5.0]
    assert plan_row(grid, WHEN, "cumulative_gap") == [50.0, 65.0, 60.0]
    assert past_row(grid, WHEN, "available") == [170.0]


def test_labour_hours_are_those_of_the_people_who_are_there() -> None:
    grid = planned(
        workforce="""
            team   resource  headcount  hours_per_month  attrition  ramp
            Early  Press     10         10               0.1        1
            Desk   .         3          140              .          .
        """,
        hires="""
            team   resource  period   planned_hires
            Early  Press     2026-03  2
        """,
    )
    # 10 people less a tenth each month: 9, 8.1, 7.29; two start in March, worth half in it
    assert plan_row(grid, WHEN, "labour_hours") == pytest.approx([90, 81, 72.9 + 10])
    assert plan_row(grid, WHEN, "available") == pytest.approx([90, 81, 82.9])
    assert past_row(grid, WHEN, "labour_hours") == [100.0]


def test_without_resources_there_is_nothing_to_plan() -> None:
    grid = planned(resources="")
    assert grid.empty
    assert list(grid.columns) == ["resource", "period", *CAPACITY.names]


def test_a_resource_that_nothing_needs_is_idle() -> None:
    grid = planned(
        resources="""
        resource  machines  hours_per_day  efficiency  planned_loss
        Oven      1         10             1           0
    """
    )
    assert plan_row(grid, WHEN, "load") == [0.0, 0.0, 0.0]
    assert plan_row(grid, WHEN, "utilisation") == [0.0, 0.0, 0.0]


def test_closed_months_without_output_are_blank_not_idle() -> None:
    """Teams that serve customers report no production: their past is unknown, not 0 %."""
    grid = planned(production=np.zeros_like(PRODUCTION))
    assert np.isnan(past_row(grid, WHEN, "utilisation")).all()
    assert np.isnan(past_row(grid, WHEN, "load")).all()
    assert plan_row(grid, WHEN, "utilisation") == [0.0, 0.0, 0.0]


def test_noise_of_floating_point_is_no_shortage() -> None:
    # 2 x 8 x 0.9 x 0.9 x 22 = 285.12 hours of January, at half an hour each 570.24 units
    units = 570.24 * (1 + 1.6e-10)
    found = planned(production=np.array([[0.0, units, units, units], [0.0] * 4]))
    assert plan_row(found, WHEN, "gap")[0] == 0
    assert plan_row(found, WHEN, "utilisation")[0] == 1
    assert plan_row(heat_map(WHEN, found), WHEN, "heat")[0] == 1


@pytest.mark.parametrize(
    ("table", "measure"),
    [(CAPACITY, "gap"), (WORKFORCE_PLAN, "gap"), (WHAT_IF_LOAD_VIEW, "gap"),
     (WHAT_IF_LOAD_VIEW, "what_if_gap")],
)  # fmt: skip
def test_a_gap_has_no_total(table: Grid, measure: str) -> None:
    """30 h short in January and 20 to spare in March are no gap of 10 h."""
    assert table[measure].total == ""
