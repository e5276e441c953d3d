"""Step 3 as a whole on a company of three families."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning import Outcome, supply
from sop_xl.schema import Severity
from sop_xl.tables.data import (
    BILL,
    CAPACITY_OPTIONS,
    FAMILIES,
    HISTORY,
    ITEMS,
    LAUNCHES,
    ORDERS,
    RESOURCE_CALENDAR,
    RESOURCES,
    STOCK_HISTORY,
    WORKFORCE,
)
from sop_xl.tables.data import STOCK as STOCK_SOURCE
from sop_xl.tables.demand import DEMAND_TOTAL
from sop_xl.tables.materials import (
    BILL_OF_MATERIALS,
    MATERIAL_STOCK,
    MATERIALS,
    PURCHASE_ORDERS,
)
from sop_xl.tables.people import WORKFORCE_PLAN
from sop_xl.tables.settings import Settings
from sop_xl.tables.supply import CAPACITY, SUPPLY_PLAN
from tests.planning.rows import axis, grid, past_row, plan_row, rows, typed

WHEN = axis("2026-01", history=2, horizon=3)  # Jan 31 days, 22 working; Feb 28, 20; Mar 31, 22
SETTINGS = Settings(planning_level=("family", "region"))

THREE = """
family    policy_used    strategy_used  days_used  method_used
Chased    make to stock  chase          10         days
Levelled  make to stock  level          0          days
Ordered   make to order  chase          10         days
"""
STOCK = """
family    period   on_hand  backlog  produced
Chased    2025-11  70       .        90
Chased    2025-12  60       20       100
Levelled  2025-12  16       .        .
Ordered   2025-12  0        30       25
"""
DEMAND = {
    "Chased": {"consensus": [100.0, 56, 62]},
    "Levelled": {"consensus": [20.0, 40, 20]},
    "Ordered": {"consensus": [10.0, 10, 10]},
    "All families": {"consensus": [130.0, 106, 92]},
}


def run(
    stock: str = STOCK,
    fixed: str = "",
    history: str = "",
    demand: dict[str, dict[str, list[float]]] = DEMAND,
    bill: str = "",
    resources: str = "",
) -> Outcome:
    return supply.run(
        WHEN,
        SETTINGS,
        demand_total=grid(DEMAND_TOTAL, WHEN, demand),
        families=rows(FAMILIES.columns, THREE),
        history=rows(HISTORY.for_level(("family", "region")).columns, history),
        stock_history=rows(STOCK_HISTORY.columns, stock),
        bill=rows(BILL.columns, bill),
        resources=rows(RESOURCES.columns, resources),
        resource_calendar=rows(RESOURCE_CALENDAR.columns),
        workforce=rows(WORKFORCE.columns),
        supply_plan_inputs=typed(SUPPLY_PLAN, fixed),
        capacity_inputs=typed(CAPACITY),
        items=rows(ITEMS.columns),
        item_mix=pd.DataFrame({"item": [], "family": [], "share": []}).astype({"item": "str"}),
        stock=rows(STOCK_SOURCE.columns),
        orders=rows(ORDERS.columns),
        launches=rows(LAUNCHES.columns),
        materials=rows(MATERIALS.columns),
        bill_of_materials=rows(BILL_OF_MATERIALS.columns),
        material_stock=rows(MATERIAL_STOCK.columns),
        purchase_orders=rows(PURCHASE_ORDERS.columns),
        workforce_plan_inputs=typed(WORKFORCE_PLAN),
        capacity_options=rows(CAPACITY_OPTIONS.columns),
    )


def plan_of(outcome: Outcome) -> pd.DataFrame:
    return outcome.frames["supply_plan"]


def test_chased_family_ends_every_month_on_target() -> None:
    plan = plan_of(run())
    # 2 a day in February, in March and from then on
    target = [20.0, 20.0, 20.0]
    assert plan_row(plan, WHEN, "target", family="Chased") == pytest.approx(target)
    # opening stock less backlog is 60 - 20
    made = [100 + 20 - 40, 56, 62]
    assert plan_row(plan, WHEN, "production", family="Chased") == pytest.approx(made)
    assert plan_row(plan, WHEN, "inventory", family="Chased") == pytest.approx([20.0] * 3)
    assert plan_row(plan, WHEN, "shipments", family="Chased") == pytest.approx([120.0, 56, 62])
    # 20 in stock: 10 days of 2 a day in February, 10 of 2 a day in March, nothing after
    cover = plan_row(plan, WHEN, "days_of_supply", family="Chased")
    assert cover == pytest.approx([10.0, 10.0, 0.0])


def test_levelled_family_runs_at_one_rate() -> None:
    plan = plan_of(run())
    # (80 - 16) / 64 days = 1 a day; February would need (60 - 16) / 42 = 1.05 a day
    rate = 44 / 42
    made = plan_row(plan, WHEN, "production", family="Levelled")
    assert made == pytest.approx([22 * rate, 20 * rate, 22 * rate])
    rates = plan_row(plan, WHEN, "required_rate", family="Levelled")
    assert rates == pytest.approx([4 / 22, 44 / 42, 64 / 64])
    assert plan_row(plan, WHEN, "backlog", family="Levelled") == pytest.approx([0.0] * 3)


def test_family_made_to_order_clears_its_backlog_and_holds_nothing() -> None:
    plan = plan_of(run())
    assert plan_row(plan, WHEN, "target", family="Ordered") == [0.0] * 3
    assert plan_row(plan, WHEN, "production", family="Ordered") == [40.0, 10.0, 10.0]
    assert plan_row(plan, WHEN, "shipments", family="Ordered") == [40.0, 10.0, 10.0]


def test_fixed_production_makes_a_backlog() -> None:
    plan = plan_of(
        run(
            fixed="""
        family  period   production_override
        Chased  2026-01  10
        Chased  2026-02  0
    """
        )
    )
    assert plan_row(plan, WHEN, "production", family="Chased")[:2] == [10.0, 0.0]
    # 40 + 10 - 100 = -50, then - 56 more
    assert plan_row(plan, WHEN, "net_stock", family="Chased")[:2] == [-50.0, -106.0]
    assert plan_row(plan, WHEN, "backlog", family="Chased")[:2] == [50.0, 106.0]
    assert plan_row(plan, WHEN, "inventory", family="Chased")[:2] == [0.0, 0.0]
    assert plan_row(plan, WHEN, "shipments", family="Chased")[:2] == [70.0, 0.0]


def test_an_adopted_plan_goes_before_the_strategy_and_after_what_is_fixed() -> None:
    typed_in = """
    family  period   production_override  adopted
    Chased  2026-01  .                    70
    Chased  2026-02  55                   80
    """
    plan = plan_of(run(fixed=typed_in))
    # then March chases: demand 62 and target 20 less what is left of 40 + 70 + 55 - 156
    assert plan_row(plan, WHEN, "production", family="Chased") == [70, 55, 62 + 20 - 9]


def test_what_is_bought_adds_to_stock_and_output_follows_it() -> None:
    typed_in = "family    period   subcontracted\nChased    2026-01  30\nLevelled  2026-01  8"
    before, after = plan_of(run()), plan_of(run(fixed=typed_in))
    made, less = (
        plan_row(plan, WHEN, "production", family="Chased") for plan in (before, after)
    )
    assert less == [made[0] - 30, *made[1:]]
    assert plan_row(after, WHEN, "net_stock", family="Chased") == plan_row(
        before, WHEN, "net_stock", family="Chased"
    )
    # 80 wanted, 16 there, 8 bought: 56 over 64 working days, 20 of them to the end of February's
    level = plan_row(after, WHEN, "production", family="Levelled")
    assert sum(level) == pytest.approx(80 - 16 - 8)


def test_noise_of_floating_point_is_no_stock() -> None:
    # -30 + 30.1 - 0.1 leaves 1.4E-15, which would cover the two months without demand
    plan = plan_of(run(demand={**DEMAND, "Ordered": {"consensus": [0.1, 0, 0]}}))
    assert plan_row(plan, WHEN, "net_stock", family="Ordered")[0] != 0
    assert plan_row(plan, WHEN, "inventory", family="Ordered") == [0.0] * 3
    assert plan_row(plan, WHEN, "days_of_supply", family="Ordered") == [0.0] * 3
    assert plan_row(plan, WHEN, "gap_to_target", family="Ordered") == [0.0] * 3


def test_the_past_shows_facts_and_blanks() -> None:
    plan = plan_of(
        run(
            history="""
        family  region  period   orders  shipments
        Chased  North   2025-12  70      60
        Chased  South   2025-12  30      25
    """
        )
    )
    assert past_row(plan, WHEN, "inventory", family="Chased") == [70.0, 60.0]
    assert past_row(plan, WHEN, "net_stock", family="Chased") == [70.0, 40.0]
    assert past_row(plan, WHEN, "production", family="Chased") == [90.0, 100.0]
    assert np.isnan(past_row(plan, WHEN, "shipments", family="Chased")[0])
    assert past_row(plan, WHEN, "shipments", family="Chased")[1] == 85.0
    assert np.isnan(past_row(plan, WHEN, "net_stock", family="Levelled")[0])
    assert past_row(plan, WHEN, "demand", family="Chased") == [0.0, 0.0]  # SUMIFS of nothing
    assert np.isnan(past_row(plan, WHEN, "target", family="Chased")).all()


def test_the_grid_is_complete_and_in_order() -> None:
    plan = plan_of(run())
    assert list(plan.columns) == ["family", "period", *SUPPLY_PLAN.names]
    assert list(plan["family"].unique()) == ["Chased", "Levelled", "Ordered"]
    assert list(plan["period"][:5]) == list(WHEN.periods)
    assert plan["family"].dtype == "str"
    assert plan["period"].dtype == "period[M]"


def test_missing_opening_stock_is_a_warning_and_counts_as_zero() -> None:
    assert run().findings == []
    outcome = run(stock="")
    (finding,) = outcome.findings
    assert finding.severity is Severity.WARNING
    assert "Chased, Levelled" in finding.message  # what is made to order needs no stock
    assert "Ordered" not in finding.message
    assert plan_row(plan_of(outcome), WHEN, "production", family="Chased")[0] == 120.0


def test_work_before_completion_loads_earlier_months_and_the_last_ones_are_told() -> None:
    """Of what is chased half an hour a unit is worked one month before, 0.1 h in the month."""
    bill = "family  resource  offset  hours_per_unit\nChased  Line      1       0.5\n" \
           "Chased  Line      0       0.1\n"
    line = "resource  machines  hours_per_day\nLine      1         8\n"
    found = run(bill=bill, resources=line)
    made = plan_row(plan_of(found), WHEN, "production", family="Chased")
    load = plan_row(found.frames["capacity"], WHEN, "load", resource="Line")
    assert load == pytest.approx([
        0.1 * made[0] + 0.5 * made[1], 0.1 * made[1] + 0.5 * made[2], 0.1 * made[2],
    ])  # fmt: skip
    # the last closed month worked on what January completes, beside the 100 that it completed
    assert past_row(found.frames["capacity"], WHEN, "load", resource="Line")[-1] == pytest.approx(
        0.1 * 100 + 0.5 * made[0]
    )
    (told,) = (f.message for f in found.findings if f.table == "capacity")
    assert told == (
        "From Mar 2026 on the load is understated: work comes up to 1 month before completion, and"
        " what is completed after Mar 2026 is not planned yet."
    )
