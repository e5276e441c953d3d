"""Price, cost, value and parameters of the planned families."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sop_xl.tables.data import AOP, FAMILIES, ITEMS, PAST_PLANS
from sop_xl.tables.settings import Settings
from tests.planning.monthly import cells, run_data, sold
from tests.planning.rows import axis, rows

WHEN = axis("2026-01", history=3)
SETTINGS = Settings(horizon=6, history_shown=3, planning_level=("family",), target_days=21)
MASTER = rows(
    ITEMS.inputs,
    """
    item   family  price  cost
    B-100  Bikes   400    250
    B-200  Bikes   300    200
    P-100  Parts   5      2
    H-100  Helmet  40     .
    """,
)


def families(**given: pd.DataFrame) -> pd.DataFrame:
    frames = run_data(WHEN, SETTINGS, **({"items": MASTER} | given)).frames
    return frames["families"].set_index("family")


def test_price_is_revenue_per_unit_shipped() -> None:
    # 3000 + 1500 of revenue for 10 + 5 shipped, though 12 + 6 were ordered
    actuals = pd.concat(
        [
            sold("B-100", [12], revenue=3000.0, shipments=10.0, cost_of_sales=2000.0),
            sold("B-200", [6], revenue=1500.0, shipments=5.0, cost_of_sales=1000.0),
        ]
    )

    found = families(actuals=actuals)

    assert cells(found, "Bikes", "price", "cost") == [300, 200]
    assert cells(found, "Bikes", "annual_quantity", "annual_value", "items") == [18, 5400, 2]


def test_without_revenue_price_and_cost_are_those_of_the_items_sold() -> None:
    # (30 x 400 + 10 x 300) / 40 and (30 x 250 + 10 x 200) / 40
    found = families(actuals=pd.concat([sold("B-100", [30]), sold("B-200", [10])]))

    assert cells(found, "Bikes", "price", "cost") == [375, 237.5]


def test_sales_of_more_than_a_year_ago_set_no_price() -> None:
    old = sold("B-100", [100], last="2024-12", revenue=99999.0, shipments=100.0)

    found = families(actuals=pd.concat([old, sold("B-200", [10])]))

    assert found.loc["Bikes", "price"] == 300


def test_a_family_that_sold_nothing_has_the_mean_of_its_items() -> None:
    budget = rows(AOP.inputs, "period  family  region  channel  quantity\n2026-01  Bikes  .  .  5")

    found = families(actuals=sold("P-100", [1]), aop=budget)

    assert cells(found, "Bikes", "price", "cost", "annual_quantity") == [350, 225, 0]


def test_an_unknown_cost_stays_unknown() -> None:
    found = families(actuals=sold("H-100", [3]))

    assert cells(found, "Helmet", "cost") == [pytest.approx(np.nan, nan_ok=True)]


def test_only_families_in_use_are_planned() -> None:
    assert families(actuals=sold("P-100", [1])).index.tolist() == ["Parts"]


def test_parameters_come_from_the_source_whatever_its_spelling() -> None:
    given = rows(
        FAMILIES.inputs,
        "family  policy         strategy  target_days\nPARTS   make to order  level  7",
    )

    found = families(actuals=pd.concat([sold("P-100", [1]), sold("B-100", [1])]), families=given)

    assert cells(found, "Parts", "policy_used", "strategy", "target_days") == [
        "make to order", "level", 7,
    ]  # fmt: skip
    assert found.loc["Bikes", "policy_used"] == "make to stock"


def test_value_and_variation_give_the_classes() -> None:
    # Bikes: 400 each of 30 months, alike; Parts: one order in 30 months
    steady, single = np.full(30, 10.0), np.r_[1000.0, np.zeros(29)]

    found = families(actuals=pd.concat([sold("B-100", steady), sold("P-100", single)]))

    assert found["abc"].to_dict() == {"Bikes": "A", "Parts": "C"}
    assert found["xyz"].to_dict() == {"Bikes": "X", "Parts": "Z"}
    assert found.loc["Bikes", "cv"] == pytest.approx(0)


def test_stock_parameters_of_a_family_come_before_those_of_the_settings() -> None:
    given = rows(
        FAMILIES.inputs, "family  stock_method  service_level  review\nBikes  fill rate  0.9  7"
    )
    actuals = pd.concat([sold("B-100", [12]), sold("P-100", [12])])
    found = families(actuals=actuals, families=given)

    assert list(found.loc["Bikes", ["method_used", "service_used", "review_used"]]) == [
        *("fill rate", 0.9, 7)
    ]
    assert list(found.loc["Parts", ["method_used", "service_used", "review_used"]]) == [
        *("days", 0.95, 30)
    ]


def test_lead_time_is_that_of_the_family_else_of_its_items_by_what_they_sold() -> None:
    items = MASTER.assign(lead_time=[30.0, 60, float("nan"), 20])
    given = rows(FAMILIES.inputs, "family  lead_time\nHelmet  45")
    actuals = pd.concat([sold(i, [n]) for i, n in (("B-100", 10), ("B-200", 30), ("P-100", 5))])
    actuals = pd.concat([actuals, sold("H-100", [5])])
    found = families(items=items, actuals=actuals, families=given)

    # (10 x 30 + 30 x 60) / 40; nothing known of the parts: the setting
    assert found["lead_time_used"].to_dict() == {"Bikes": 52.5, "Helmet": 45, "Parts": 30}


def test_forecast_error_is_the_root_mean_square_over_the_mean_demand() -> None:
    plans = rows(
        PAST_PLANS.inputs,
        """
        cycle    period   family  consensus
        2025-09  2025-10  Bikes   13
        2025-10  2025-11  Bikes   16
        2025-11  2025-12  Bikes   30
        2025-09  2025-12  Bikes   900
        """,
    )
    found = families(actuals=sold("B-100", [10, 20, 30]), past_plans=plans)

    # errors 3, -4, 0 at a lag of one cycle: root(25 / 3) over 20
    assert found.loc["Bikes", "error_cv"] == pytest.approx((25 / 3) ** 0.5 / 20)


def test_deviations_of_items_add_up_where_those_of_the_family_cancel_out() -> None:
    up_and_down = [10.0, 30, 10, 30, 10, 30, 10, 30, 10, 30, 10, 30] * 2
    down_and_up = [40 - x for x in up_and_down]
    found = families(
        actuals=pd.concat([sold("B-100", up_and_down), sold("B-200", down_and_up)])
    ).loc["Bikes"]

    assert found["cv"] == pytest.approx(0)
    alone = families(actuals=sold("B-100", up_and_down)).loc["Bikes", "cv"]
    assert found["item_cv"] == pytest.approx(alone)


@pytest.mark.parametrize(
    ("business", "given", "used"),
    [
        ("manufacturing", ".", "make to stock"),
        ("saas", ".", "make to order"),  # nobody stores an onboarding
        ("services", ".", "make to order"),
        ("saas", "make to stock", "make to stock"),  # the devices that it sells beside
    ],
)
def test_what_cannot_be_stored_is_made_to_order(business: str, given: str, used: str) -> None:
    settings = replace(SETTINGS, business_type=business)
    parameters = rows(FAMILIES.inputs, f"family  policy\nBikes  {given}")

    data = {"items": MASTER, "actuals": sold("B-100", [1]), "families": parameters}
    found = run_data(WHEN, settings, **data).frames["families"].set_index("family")

    assert found.loc["Bikes", "policy_used"] == used
