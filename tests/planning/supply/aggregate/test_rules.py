"""What an aggregate plan makes of its rules, of several families, and of rules that cannot hold."""

import numpy as np
import pytest

from sop_xl.functions import CellError, named
from sop_xl.planning.supply.aggregate import (
    COSTS,
    ImpossiblePlanError,
    Rules,
    aggregate_plan,
    price_plan,
)


def test_two_families_share_a_line_and_the_cheaper_stock_is_built_ahead() -> None:
    # 100 h a month; May wants 40 + 40 = 80 h, June 60 + 60 = 120 h: 20 h of work move to May, and
    # stock of B costs 1 against 3
    rules = Rules(hours_per_unit=[[1], [1]], regular_hours=100, holding_cost=[[3], [1]])

    plan = aggregate_plan([[40, 60], [40, 60]], rules)

    assert plan.production.tolist() == [[40, 60], [60, 40]]
    assert plan.cost == 20
    assert plan.worth.tolist() == [[0, 1]]
    assert plan.utilisation.tolist() == [[1, 1]]


def test_costs_come_by_item() -> None:
    # by hand: 10 made in regular time, 2 in overtime, 3 bought, 5 lost of 20
    rules = Rules(
        material_cost=1, regular_hours=10, regular_cost=2, overtime_hours=2, overtime_cost=3,
        subcontract_cost=4, subcontract_limit=3, lost_sale_cost=50,
    )  # fmt: skip

    plan = aggregate_plan([20], rules)
    costs = dict(zip(COSTS, plan.costs[:, 0].tolist(), strict=True))

    assert {name: money for name, money in costs.items() if money} == {
        "material": 12, "regular time": 20, "overtime": 6, "subcontracting": 12, "lost sales": 250,
    }  # fmt: skip


def test_of_plans_that_cost_the_same_the_one_without_needless_stock_and_people() -> None:
    plan = aggregate_plan([10, 30], Rules(hours_per_worker=10, overtime_hours=9))

    assert plan.production.tolist() == [[10, 30]]
    assert (plan.workers.tolist(), plan.overtime.tolist()) == ([[1, 3]], [[0, 0]])


def test_an_opening_backlog_is_delivered_first() -> None:
    plan = aggregate_plan([10, 10], Rules(regular_hours=100, opening_stock=-30))

    assert plan.production.tolist() == [[40, 10]]


def test_batches_are_rounded_up_and_chased_in_whole() -> None:
    rules = Rules(regular_hours=100, holding_cost=1, batch_size=8)

    plan = aggregate_plan([10, 10, 4], rules, "chase")

    assert plan.production.tolist() == [[16, 8, 0]]
    assert plan.stock.tolist() == [[6, 4, 0]]


def test_people_without_idle_time() -> None:
    # 10 h each: 3 people make 30, so 5 lie in stock after the first month
    rules = Rules(
        hours_per_worker=10, whole_workers=True, no_idle_time=True, holding_cost=1, hiring_cost=9,
        layoff_cost=9,
    )  # fmt: skip

    plan = aggregate_plan([25, 35], rules)

    assert (plan.workers.tolist(), plan.stock.tolist()) == ([[3, 3]], [[5, 0]])


def test_the_first_number_of_people_is_free_where_nobody_knows_the_one_before() -> None:
    rules = Rules(hours_per_worker=10, hiring_cost=100, layoff_cost=100)

    plan = aggregate_plan([30, 30], rules)

    assert (plan.hired.sum(), plan.cost) == (0, 0)


# ---- what cannot be ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("demand", "rules", "reason"),
    [
        # 100 h carry 100 of the 90 + 150 units by June
        ([90, 150], {"regular_hours": 100}, "Line lacks 40 hours in June"),
        ([90, 150], {}, "Line lacks 90 hours in May; Line lacks 150 hours in June"),
        ([0, 0], {"regular_hours": 9, "opening_stock": 50, "maximum_stock": 40},
         "Tents is over its maximum stock in May by 10 units"),
        ([5, 5], {"regular_hours": 9, "ending_stock": 20}, "Line lacks 12 hours in June"),
        ([5, 5], {"maximum_production": 3, "regular_hours": 9},
         "Tents lacks 2 units in May that nobody can make or deliver"),
        ([5, 5], {"hours_per_worker": 10, "minimum_workers": 1, "no_idle_time": True,
                  "maximum_stock": 0}, "Line has 5 hours in May without work"),
    ],
    ids=["short", "no hours", "too much stock", "end", "production limit", "idle"],
)  # fmt: skip
def test_an_impossible_plan_says_which_rule_fails_and_by_how_much(
    demand: list[float], rules: dict[str, object], reason: str
) -> None:
    with pytest.raises(ImpossiblePlanError, match="no optimised plan is possible") as raised:
        aggregate_plan(
            demand, Rules(**rules),  # type: ignore[arg-type]
            families=["Tents"], resources=["Line"], periods=["May", "June"],
        )  # fmt: skip
    assert reason in str(raised.value)


def test_a_level_plan_that_is_impossible_names_the_strategy() -> None:
    with pytest.raises(ImpossiblePlanError, match=r"no level plan is possible: .*lacks 10 hours"):
        aggregate_plan([60, 20], Rules(regular_hours=50), "level")


def test_a_level_plan_does_not_come_in_batches() -> None:
    with pytest.raises(ValueError, match="leave the batch size out"):
        aggregate_plan([60, 20], Rules(regular_hours=90, batch_size=7), "level")


@pytest.mark.parametrize(
    ("demand", "rules", "reason"),
    [
        ([5, np.nan], {}, "the demand of family 1 in period 2 is missing: fill in 0"),
        ([5, -1], {}, "the demand of family 1 in period 2 is -1"),
        ([5, np.inf], {}, "the demand of family 1 in period 2 is inf"),
        ([], {}, "no demand"),
        ([5], {"holding_cost": -2}, "holding cost of family 1 in period 1 is -2"),
        ([5], {"wage": np.inf}, "wage of resource 1 in period 1 is inf"),
        ([5], {"minimum_stock": 9, "maximum_stock": 4}, "is 9, above maximum stock 4"),
        ([5, 5], {"ending_stock": 9, "maximum_stock": 4}, "ending stock of family 1 in period 2"),
        ([5], {"minimum_workers": 9, "maximum_workers": 4}, "minimum workers of resource 1"),
        ([5], {"hours_per_unit": 0}, "family 1 has no hours at any resource"),
        ([5, 5], {"holding_cost": [1, 2, 3]}, "holding cost: 3 numbers do not fit 1 x 2"),
        ([[5], [5]], {"hours_per_unit": [[1], [1], [1]]}, "hours per unit: 3 x 1 numbers"),
    ],
)
def test_rules_that_contradict_each_other_are_refused(
    demand: list[float], rules: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValueError, match=r"family|period|demand|numbers|resource") as raised:
        aggregate_plan(demand, Rules(**rules))  # type: ignore[arg-type]
    assert reason in str(raised.value)


def test_many_faults_are_named_up_to_a_point() -> None:
    with pytest.raises(ValueError, match=r"period 5 is -1.*; and more$"):
        aggregate_plan([-1] * 9, Rules())


def test_a_family_that_is_bought_needs_no_hours() -> None:
    rules = Rules(hours_per_unit=0, maximum_production=0, subcontract_cost=7)

    assert aggregate_plan([5, 6], rules).cost == 77


def test_nothing_to_make_costs_nothing() -> None:
    assert aggregate_plan([0, 0, 0], Rules(regular_hours=8)).cost == 0


def test_large_numbers_balance() -> None:
    plan = aggregate_plan([4e9, 8e9], Rules(regular_hours=6e9, holding_cost=1e-3))

    assert plan.production[0] == pytest.approx([6e9, 6e9])


# ---- typed plans -------------------------------------------------------------------------------


def test_a_typed_plan_that_misses_demand_has_to_say_what_that_costs() -> None:
    with pytest.raises(ValueError, match="misses 4 units of family 1 in period 2: give the back"):
        price_plan([10, 10], Rules(), [10, 6])
    assert price_plan([10, 10], Rules(lost_sale_cost=3), [10, 6]).cost == 12
    assert price_plan([10, 10], Rules(backorder_cost=2), [10, 6]).backlog.tolist() == [[0, 4]]


def test_lost_sales_do_not_come_back() -> None:
    # 5 are lost in the first month, so 10 made in the second leave 2 in stock
    plan = price_plan([10, 8], Rules(lost_sale_cost=3, holding_cost=1), [5, 10])

    assert (plan.lost.tolist(), plan.stock.tolist(), plan.cost) == ([[5, 0]], [[0, 2]], 17)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [([1, 2, 3], "regular: 3 numbers do not fit 1 x 2"), ([-1, 2], "regular: the numbers have")],
)
def test_a_typed_plan_that_does_not_fit_is_refused(typed: list[float], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        price_plan([10, 10], Rules(), typed)


# ---- in a cell ---------------------------------------------------------------------------------


def test_the_table_of_a_plan() -> None:
    names = [["regular hours"], ["overtime hours"], ["overtime cost"], [None], ["holding cost"]]

    found = named("SOP_AGGPLAN")([[8, 12]], names, [[9], [2], [5], ["per hour"], [1]])

    assert np.asarray(found).tolist() == [
        ["period", "demand", "regular", "overtime", "subcontracted", "stock", "backlog", "lost",
         "workers", "hired", "laid off", "cost"],
        [1, 8, 9, 0, 0, 1, 0, 0, 0, 0, 0, 1],
        [2, 12, 9, 2, 0, 0, 0, 0, 0, 0, 0, 10],
        ["total", 20, 18, 2, 0, "", "", 0, "", 0, 0, 11],
    ]  # fmt: skip


def test_costs_and_worth_in_cells() -> None:
    settings = [["regular hours"], ["overtime hours"], ["overtime cost"]], [[9], [9], [5]]

    costs = named("SOP_AGGPLAN")([12], *settings, "optimised", "costs")
    worth = named("SOP_AGGPLAN")([[8], [12]], *settings, "optimised", "worth")

    assert dict(np.asarray(costs).tolist())["overtime"] == 15
    assert np.asarray(worth).ravel() == pytest.approx([5, 5], abs=1e-5)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (([5], [["luck"]], [[1]]), "there is no setting luck; there are: hours per unit"),
        (([5], [["wage"], ["Wage"]], [[1], [1]]), "the setting wage is there twice"),
        (([5, 5, 5], [["wage"]], [[1, 2, None]]), "wage has 2 numbers for 3 periods"),
        (([5, 5], [["whole workers"]], [[1, 1]]), "whole workers takes one number"),
        (([5, 5], [["wage"], ["holding cost"]], [[1]]), "2 settings, but values in 1 rows"),
        (([[5, 5], [5, 5]], [["wage"]], [[1]]), "one row or one column"),
        (([5, None], [["regular hours"]], [[9]]), "in period 2 is missing"),
        (([10], [["regular hours"]], [[9]]), "resource 1 lacks 1 hours in period 1"),
    ],
)
def test_a_cell_says_what_is_wrong(arguments: tuple[object, ...], reason: str) -> None:
    with pytest.raises(CellError) as raised:
        named("SOP_AGGPLAN")(*arguments)
    assert raised.value.code == "#N/A"
    assert reason in str(raised.value)


def test_work_before_completion_takes_the_hours_of_its_own_period() -> None:
    """An hour a unit, worked one period before: 20 units of period 2 need the 20 h of period 1.

    Without that the last period, which has no hours, could not complete anything.
    """
    demand, hours = [0.0, 20.0, 10.0], [20.0, 10.0, 0.0]
    rules = Rules(
        regular_hours=hours, hours_before={1: np.array([[1.0]])}, maximum_production=[0, 99, 99]
    )
    plan = aggregate_plan(demand, rules)
    assert plan.production.tolist() == [[0.0, 20.0, 10.0]]
    assert plan.regular.tolist() == [[20.0, 10.0, 0.0]]
    with pytest.raises(ImpossiblePlanError, match="lacks"):
        aggregate_plan([0.0, 20.0, 15.0], rules)
