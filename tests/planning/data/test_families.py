"""Price, cost, value and parameters of the planned families."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.tables.data import AOP, FAMILIES, ITEMS
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
    frames = run_data(WHEN, SETTINGS, items=MASTER, **given).frames
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

    assert cells(found, "Parts", "policy", "strategy", "target_days") == [
        "make to order", "level", 7,
    ]  # fmt: skip
    assert found.loc["Bikes", "policy"] == "make to stock"


def test_value_and_variation_give_the_classes() -> None:
    # Bikes: 400 each of 30 months, alike; Parts: one order in 30 months
    steady, single = np.full(30, 10.0), np.r_[1000.0, np.zeros(29)]

    found = families(actuals=pd.concat([sold("B-100", steady), sold("P-100", single)]))

    assert found["abc"].to_dict() == {"Bikes": "A", "Parts": "C"}
    assert found["xyz"].to_dict() == {"Bikes": "X", "Parts": "Z"}
    assert found.loc["Bikes", "cv"] == pytest.approx(0)
