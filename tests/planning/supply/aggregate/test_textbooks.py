"""Aggregate plans against published examples, by the core and by the worksheet functions."""

from dataclasses import replace

import numpy as np
import pytest

from sop_xl.functions import named
from sop_xl.planning.supply.aggregate import Rules, aggregate_plan, price_plan

# Chopra and Meindl, Supply Chain Management, chapter 8: Red Tomato Tools
TOMATO = [1600, 3000, 3200, 3800, 2200, 2200]
TOMATO_RULES = Rules(
    material_cost=10, holding_cost=2, backorder_cost=5, subcontract_cost=30, opening_stock=1000,
    ending_stock=500, hours_per_unit=4, opening_workers=80, hours_per_worker=160, wage=640,
    overtime_per_worker=10, overtime_cost=6, hiring_cost=300, layoff_cost=500,
)  # fmt: skip
TOMATO_SHEET = [
    ["Material cost", 10], ["Holding cost", 2], ["Backorder cost", 5], ["Subcontract cost", 30],
    ["Opening stock", 1000], ["Ending stock", 500], ["Hours per unit", 4],
    ["Opening workers", 80], ["Hours per worker", 160], ["Wage", 640],
    ["Overtime per worker", 10], ["Overtime cost", 6], ["Hiring cost", 300], ["Layoff cost", 500],
]  # fmt: skip

# Heizer and Render, Operations Management: roofing supplier; 1.6 h a unit, 10 a hour
ROOFING = [900, 700, 800, 1200, 1500, 1100]
DAYS = np.array([22, 18, 21, 21, 22, 20])
CREW = Rules(
    hours_per_unit=1.6, hours_per_worker=8 * DAYS, wage=80 * DAYS, holding_cost=5,
    subcontract_cost=20, workdays=DAYS,
)  # fmt: skip

# Nahmias, Production and Operations Analysis: Densepack; 0.14653 units a worker and day
DENSEPACK = [1280, 640, 900, 1200, 2000, 1400]
DENSEPACK_DAYS = np.array([20, 24, 18, 26, 22, 15])
DENSEPACK_RULES = Rules(
    hours_per_worker=0.14653 * DENSEPACK_DAYS, opening_workers=300, hiring_cost=500,
    layoff_cost=1000, holding_cost=80, opening_stock=500, ending_stock=600,
    workdays=DENSEPACK_DAYS, whole_workers=True,
)  # fmt: skip

# Stevenson, Operations Management: stock costs by the mean of a period
STEVENSON = [200, 200, 300, 400, 500, 200]
STEVENSON_RULES = Rules(
    regular_hours=300, regular_cost=2, overtime_hours=40, overtime_cost=3, holding_cost=1,
    backorder_cost=5, average_stock=True,
)  # fmt: skip

HARPELL = Rules(
    regular_hours=700, regular_cost=40, overtime_hours=50, overtime_cost=50, holding_cost=2,
    subcontract_cost=70, subcontract_limit=[150, 150, 130], opening_stock=100,
)  # fmt: skip


def sheet(*rows: list[object]) -> tuple[list[list[object]], list[list[object]]]:
    """Two ranges beside each other: names and numbers."""
    return [[row[0]] for row in rows], [row[1:] for row in rows]


# ---- Red Tomato Tools --------------------------------------------------------------------------


def test_red_tomato_lays_off_once_and_runs_level() -> None:
    plan = aggregate_plan(TOMATO, TOMATO_RULES)

    assert plan.cost == pytest.approx(422_275, abs=0.01)
    assert plan.workers[0] == pytest.approx([64.583] * 6, abs=1e-3)
    assert plan.laid_off[0] == pytest.approx([15.417, 0, 0, 0, 0, 0], abs=1e-3)
    assert plan.production[0] == pytest.approx([2583.333] * 6, abs=1e-3)
    assert plan.stock[0] == pytest.approx([1983.333, 1566.667, 950, 0, 116.667, 500], abs=1e-3)
    assert plan.backlog[0] == pytest.approx([0, 0, 0, 266.667, 0, 0], abs=1e-3)
    assert plan.subcontracted.sum() == 0


def test_red_tomato_with_whole_people() -> None:
    plan = aggregate_plan(TOMATO, replace(TOMATO_RULES, whole_workers=True))

    assert plan.cost == 422_660
    assert plan.workers.tolist() == [[64] * 6]
    assert plan.stock.tolist() == [[1960, 1520, 880, 0, 140, 500]]
    assert plan.backlog.tolist() == [[0, 0, 0, 220, 0, 0]]
    assert plan.subcontracted.tolist() == [[0, 0, 0, 140, 0, 0]]


@pytest.mark.parametrize(
    ("more", "cost"),
    [([], 422_275), ([["whole workers", 1]], 422_660), ([["holding_cost", 6]], 441_200)],
)
def test_red_tomato_in_a_cell(more: list[list[object]], cost: float) -> None:
    changed = {str(row[0]).replace("_", " ") for row in more}
    rows = [row for row in TOMATO_SHEET if str(row[0]).lower() not in changed]

    total = named("SOP_AGGPLAN")([TOMATO], *sheet(*rows, *more), "optimised", "total")

    assert total == pytest.approx(cost, abs=0.01)


@pytest.mark.parametrize(
    ("month", "cost", "revenue", "profit"),
    [
        (None, 422_275, 640_000, 217_725),
        (0, 421_915, 643_400, 221_485),
        (3, 438_856.67, 650_140, 211_283.33),
    ],
    ids=["no promotion", "January", "April"],
)
def test_when_a_promotion_pays(
    month: int | None, cost: float, revenue: float, profit: float
) -> None:
    # chapter 9: price 40, 39 in the month of the promotion, which lifts demand by 10 % and draws a
    # fifth of each of the next two months forward
    lift = [0.1 if at == month else 0 for at in range(6)]
    price = [39 if at == month else 40 for at in range(6)]
    demand = np.asarray(TOMATO) + np.asarray(named("SOP_EVENT_LIFT")(TOMATO, lift, 0.2))

    total = named("SOP_AGGPLAN")(demand, *sheet(*TOMATO_SHEET), "optimised", "total")

    assert total == pytest.approx(cost, abs=0.005)
    assert demand @ price == pytest.approx(revenue)
    assert demand @ price - total == pytest.approx(profit, abs=0.005)


# ---- level, chase and mixed plans --------------------------------------------------------------


def test_a_roofing_supplier_runs_level() -> None:
    plan = aggregate_plan(ROOFING, CREW, "level")

    assert plan.production[0] / DAYS == pytest.approx([50] * 6)
    assert plan.stock.sum() == pytest.approx(1850)
    assert plan.cost == pytest.approx(108_450, abs=0.01)


@pytest.mark.parametrize(
    ("people", "made", "cost"), [(7.6, 4712, 105_152), (6, 3720, 109_120), (7, 4340, 106_640)]
)
def test_a_roofing_supplier_buys_what_a_steady_crew_cannot_make(
    people: float, made: float, cost: float
) -> None:
    rules = replace(CREW, minimum_workers=people, maximum_workers=people)

    plan = aggregate_plan(ROOFING, rules, "mixed")

    assert (plan.production.sum(), plan.subcontracted.sum()) == pytest.approx((made, 6200 - made))
    assert plan.cost == pytest.approx(cost, abs=0.01)


def test_a_roofing_supplier_chases_at_rounded_daily_rates() -> None:
    # the book counts changes of the rounded daily rate and the labour of what is made
    rates = [41, 39, 38, 57, 68, 55]
    rules = Rules(hours_per_unit=1.6, regular_cost=10, hiring_cost=300, layoff_cost=600)

    plan = price_plan(ROOFING, rules, ROOFING, workers=rates)

    assert (plan.hired.sum() * 300, plan.laid_off.sum() * 600) == (9_000, 9_600)
    assert plan.cost == pytest.approx(117_800)


def test_the_roofing_plans_in_cells() -> None:
    settings = sheet(
        ["hours per unit", 1.6], ["regular cost", 10], ["holding cost", 5],
        ["subcontract cost", 20], ["hiring cost", 300], ["layoff cost", 600],
    )  # fmt: skip
    price = named("SOP_PLANCOST")
    level = named("SOP_LEVEL")(ROOFING, DAYS)
    chase = named("SOP_CHASE")(ROOFING)
    steady = 38 * DAYS

    assert price(ROOFING, *settings, level) == pytest.approx(108_450)
    assert price(ROOFING, *settings, steady, 0, ROOFING - steady) == pytest.approx(105_152)
    assert price(ROOFING, *settings, chase, 0, 0, np.round(np.asarray(chase) / DAYS)) == (
        pytest.approx(117_800)
    )


def test_densepack_needs_411_people_without_change() -> None:
    # Nahmias: the least constant workforce is 411
    assert aggregate_plan(DENSEPACK, DENSEPACK_RULES, "level").workers.tolist() == [[411] * 6]


def test_densepack_hires_755_and_lays_off_145_to_carry_no_stock() -> None:
    # Nahmias: the zero inventory plan
    plan = aggregate_plan(DENSEPACK, DENSEPACK_RULES, "chase")

    assert (plan.hired.sum(), plan.laid_off.sum()) == (755, 145)


def test_densepack_without_idle_time_hires_once_and_lays_off_once() -> None:
    # Nahmias, the linear program, with units of a worker and month as the book rounds them
    units = [2.931, 3.517, 2.638, 3.810, 3.224, 2.198]
    rules = replace(DENSEPACK_RULES, hours_per_worker=units, no_idle_time=True, whole_workers=False)

    plan = aggregate_plan(DENSEPACK, rules)

    assert plan.cost == pytest.approx(379_320.90, abs=0.005)
    assert plan.hired[0] == pytest.approx([0, 0, 0, 0, 464.78, 0], abs=0.005)
    assert plan.laid_off[0] == pytest.approx([27.05, 0, 0, 0, 0, 0], abs=0.005)


# ---- overtime and subcontractors ---------------------------------------------------------------


def test_a_level_plan_with_stock_at_its_mean() -> None:
    plan = aggregate_plan(STEVENSON, STEVENSON_RULES, "level")

    assert plan.production.tolist() == [[300] * 6]
    assert plan.cost == pytest.approx(4700)


def test_a_typed_plan_with_overtime_and_stock_at_its_mean() -> None:
    overtime = [0, 0, 40, 40, 40, 0]
    settings = sheet(
        ["regular cost", 2], ["overtime cost", 3], ["holding cost", 1], ["backorder cost", 5],
        ["average stock", 1],
    )  # fmt: skip

    plan = price_plan(STEVENSON, STEVENSON_RULES, 280, overtime)

    assert plan.backlog.sum() == 80
    assert plan.cost == pytest.approx(4640)
    assert named("SOP_PLANCOST")(STEVENSON, *settings, 280, overtime) == pytest.approx(4640)


def test_a_problem_with_overtime_in_every_period() -> None:
    # Stevenson, problem 11-1
    settings = sheet(
        ["regular hours", 300], ["regular cost", 40], ["overtime hours", 20],
        ["overtime cost", 50], ["holding cost", 10], ["average stock", 1],
    )  # fmt: skip

    total = named("SOP_AGGPLAN")([300, 320, 320, 340, 320, 320], *settings, "optimised", "total")

    assert total == pytest.approx(78_600)


def test_harpell_tires_by_transportation() -> None:
    # Heizer and Render: the book's first solution costs 105,900, the cheapest 105,700
    plan = aggregate_plan([800, 1000, 750], HARPELL)
    settings = sheet(
        ["regular hours", 700], ["regular cost", 40], ["overtime hours", 50],
        ["overtime cost", 50], ["holding cost", 2], ["subcontract cost", 70],
        ["subcontract limit", 150, 150, 130], ["opening stock", 100],
    )  # fmt: skip

    assert plan.cost == pytest.approx(105_700)
    for row in settings[1][:6] + settings[1][7:]:
        row += [None, None]
    assert named("SOP_AGGPLAN")([800, 1000, 750], *settings, "optimised", "total") == (
        pytest.approx(105_700)
    )
