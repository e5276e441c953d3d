"""The strategies beside the plan in the book, with the workshop's figures worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from sop_xl.planning.frames import matrix
from sop_xl.planning.supply.aggregate import Rules, price_plan
from sop_xl.tables.strategy import COSTS, STRATEGIES, name_of
from tests.planning.supply.strategies.shop import OPTION_ROWS, TEAM_ROWS, WHEN, cost, run, status


def test_the_plan_in_the_book_is_priced_as_it_stands() -> None:
    found = run()
    # 250, 350 and 270 hours of work; people have 300: 50 hours of overtime in February at 40
    assert cost(found, "current", "overtime") == [0, 50 * 40, 0]
    assert cost(found, "current", "wages") == [6000, 6000, 6000]
    # material is half of 100 and of 300
    assert cost(found, "current", "material") == [100 * 50 + 1500, 150 * 50 + 1500, 110 * 50 + 1500]
    assert cost(found, "current", "holding") == [20, 20, 20]  # twenty chairs at 1
    assert cost(found, "current", "backorders") == [0, 0, 0]
    assert cost(found, "current", "total") == [12_520, 17_020, 13_020]


def test_hours_beyond_overtime_cost_what_the_extra_shift_costs() -> None:
    found = run(produced={"Chairs": [100.0, 185, 110], "Made": [10.0, 10, 10]})
    # 420 hours in February: 300, overtime 60, and 60 of the shift at 35 + 500 / 100
    assert cost(found, "current", "extra_hours") == [0, 60, 0]
    assert cost(found, "current", "overtime") == [0, 60 * 40 + 60 * 40, 0]


def test_hours_that_nobody_offers_have_no_price_and_are_named() -> None:
    found = run(produced={"Chairs": [100.0, 240, 110], "Made": [10.0, 10, 10]})
    # 530 hours in February: 300, overtime 60, the shift 100, and 70 that nobody offers
    assert cost(found, "current", "missing_hours") == [0, 70, 0]
    assert cost(found, "current", "extra_hours") == [0, 100, 0]
    assert cost(found, "current", "overtime") == [0, 60 * 40 + 100 * 40, 0]
    assert "70 h nobody offers" in str(status(found).loc["current", "reason"])
    told = [one.message for one in found.findings if one.table == "capacity_options"]
    assert told[0].startswith("The plan in the book needs hours that nobody offers: 70 h at Bench")
    assert "from Feb 2026" in told[0]


def test_without_an_option_the_overtime_cap_of_the_team_is_the_limit() -> None:
    team = TEAM_ROWS.replace("cost_per_month", "cost_per_month  overtime_share").replace(
        "3000", "3000            0.1"
    )
    made = {"Chairs": [100.0, 150, 110], "Made": [10.0, 10, 10]}
    # 50 hours are missing in February: a tenth of 300 may be overtime, at 30 by the resource
    assert cost(run(team=team, options="", produced=made), "current", "overtime") == [0, 900, 0]
    assert cost(run(team=team, options="", produced=made), "current", "missing_hours")[1] == 20
    # an option goes before it
    assert cost(run(team=team, produced=made), "current", "overtime") == [0, 50 * 40, 0]


def test_the_price_agrees_with_that_of_a_typed_plan() -> None:
    found = run(produced={"Chairs": [60.0, 120, 130], "Made": [10.0, 5, 15]})
    demand = np.array([[100.0, 150, 110], [10, 10, 10]])
    rules = Rules(
        hours_per_unit=np.array([[2.0], [5.0]]), material_cost=np.array([[50.0], [150.0]]),
        holding_cost=np.array([[1.0], [3.0]]), backorder_cost=np.array([[20.0], [40.0]]),
        opening_stock=np.array([[20.0], [0.0]]), wage=3000,
    )  # fmt: skip
    made = np.array([[60.0, 120, 130], [10, 5, 15]])
    typed = price_plan(demand, rules, made, workers=2.0)
    # within the regular hours and beyond them only the hours cost more: 335 hours in March
    assert cost(found, "current", "backorders") == [20 * 20, 50 * 20 + 5 * 40, 30 * 20]
    assert typed.cost == pytest.approx(sum(cost(found, "current", "total")) - 35 * 40)


def test_the_cheapest_plan_uses_the_stock_and_builds_ahead_instead_of_overtime() -> None:
    found = run()
    # 360 chairs less 20 in stock are 680 hours, 30 made are 150: 830 of 900 regular hours
    assert cost(found, "optimised", "overtime") == [0, 0, 0]
    # February needs 350 hours: 50 of them are worked in January, which has 90 to spare
    assert cost(found, "optimised", "inventory") == [25, 0, 0]
    assert sum(cost(found, "optimised", "total")) == 18_000 + 340 * 50 + 30 * 150 + 25
    assert status(found).loc["optimised", "status"] == "● possible"


def test_a_level_plan_makes_the_same_each_day_and_orders_follow_orders() -> None:
    plan = run().frames["strategy_plan"]
    chairs, made = matrix(plan, "production_level", "family", ["Chairs", "Made"], WHEN.plan)
    assert chairs / [22, 20, 22] == pytest.approx(np.full(3, chairs[0] / 22))
    assert made.tolist() == [10, 10, 10]


def test_an_impossible_plan_names_place_month_and_hours() -> None:
    found = run({"Chairs": [300.0, 300, 300], "Made": [10.0, 10, 10]}, options="")
    # 1,800 hours less 40 of stock and 150 of what is made to order; 900 are there
    assert status(found)["possible"].to_dict() == {"current": 1.0} | dict.fromkeys(STRATEGIES, 0.0)
    reason = str(status(found).loc["optimised", "reason"])
    assert reason.startswith("Bench lacks")
    assert "hours in Mar 2026" in reason
    assert np.isnan(cost(found, "optimised", "total")).all()
    assert not np.isnan(cost(found, "current", "total")).any()
    # one for each strategy, and hours of the plan in the book that nobody offers
    assert sum("Look at the sheet Strategy" in finding.remedy for finding in found.findings) == 4
    assert [f.table for f in found.findings].count("capacity_options") == 1


def test_people_are_hired_only_where_hiring_has_a_cost() -> None:
    more = {"Chairs": [150.0, 150, 150], "Made": [10.0, 10, 10]}
    # 310, 350 and 350 hours; the benches give 352, 320 and 352
    without = run(more, options=OPTION_ROWS)
    assert cost(without, "optimised", "hired") == [0, 0, 0]
    team = TEAM_ROWS.replace("cost_per_month", "cost_per_month  hiring_cost").replace(
        "3000", "3000            10"
    )
    found = run(more, options="", team=team)
    assert sum(cost(found, "optimised", "hired")) > 0
    people = matrix(found.frames["strategy_hours"], "people_optimised", "resource", ["Bench"],
                    WHEN.plan)  # fmt: skip
    assert (people >= 2).all()  # nobody is laid off: that has no cost


def test_what_an_hour_more_is_worth_stands_in_the_list_of_bottlenecks() -> None:
    found = run({"Chairs": [160.0, 150, 110], "Made": [10.0, 10, 10]}).frames["bottlenecks"]
    # January needs 330 hours of 300: an hour more saves one of overtime
    assert found.iloc[0].to_dict() == {
        "resource": "Bench", "period": WHEN.first, "worth": 40.0, "hours": 330.0,
        "available": 300.0, "overtime": 30.0, "extra": 0.0,
    }  # fmt: skip


def test_what_is_made_to_order_has_no_stock() -> None:
    families = """
        family  policy_used    cost  price
        Chairs  make to order  100   200
        Made    make to order  300   400
    """
    found = run(families=families, opening=(0.0, 0.0))
    for name in ("optimised", "level", "chase", "mixed"):
        assert cost(found, name, "inventory") == [0, 0, 0]
        assert sum(cost(found, name, "production")) == 390
    assert cost(found, "chase", "production") == [110, 160, 120]


def test_batches_are_kept_but_by_the_level_plan_which_says_so() -> None:
    families = """
        family  policy_used    cost  price  batch_size
        Chairs  make to stock  100   200    40
        Made    make to order  300   400    .
    """
    found = run(families=families)
    made = matrix(found.frames["strategy_plan"], "production_optimised", "family", ["Chairs"],
                  WHEN.plan)  # fmt: skip
    assert (made % 40 == 0).all()
    assert status(found).loc["level", "reason"] == "batch sizes are not kept"


def test_the_setting_leaves_the_plans_out_and_the_book_is_priced() -> None:
    found = run(strategy_seconds=0.0)
    assert status(found).loc["mixed", "status"] == "– not computed"
    assert sum(cost(found, "current", "total")) == 12_520 + 17_020 + 13_020
    assert found.findings == []


def test_families_without_hours_are_named() -> None:
    bill = "family  resource  hours_per_unit\nChairs  Bench     2"
    found = run(bill=bill)
    assert [finding.table for finding in found.findings] == ["bill_of_resources"]
    assert "No hours at any resource for Made" in found.findings[0].message


def test_the_cost_of_the_plan_is_that_of_the_plan_in_the_book() -> None:
    found = run()
    frame = found.frames["supply_cost"]
    shown = frame[frame["period"].isin(WHEN.plan)]
    for name in (*COSTS, "total"):
        assert shown[name].tolist() == cost(found, "current", name)


def test_hours_short_are_counted_in_months_with_an_adopted_plan_only() -> None:
    found = run(adopted=[np.nan, 150, np.nan]).frames["strategy_hours"]
    # 350 hours in February against 300
    assert found["adopted_short"].dropna().tolist() == [0, 50, 0]
    assert name_of("people", "level") in found


def test_every_plan_is_worked_on_before_it_is_completed() -> None:
    """Chairs take their 2 h one month before: the hours of a month are those of the next one's."""
    early = "family  resource  offset  hours_per_unit\nChairs  Bench     1       2\n" \
            "Made    Bench     0       5\n"
    found = run(bill=early).frames
    plan, hours, worked = (found[f"strategy_{name}"] for name in ("plan", "hours", "output"))
    for name in ("optimised", "level", "mixed"):
        made = plan.pivot(index="family", columns="period", values=f"production_{name}")[WHEN.plan]
        chairs, ordered = made.to_numpy()
        load = hours.loc[hours["period"].isin(WHEN.plan), f"hours_{name}"].to_numpy()
        assert load == pytest.approx(2 * np.append(chairs[1:], 0) + 5 * ordered)
        # what the first month completes was begun before: as many as the plan in the book
        assert chairs[0] <= 100 + 1e-6
    assert worked.groupby("offset").size().to_dict() == {0.0: 8, 1.0: 8}
