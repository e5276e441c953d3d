"""Target stock by service level, projected stock against it, what can be promised.

Safety stocks are held against Chopra and Meindl, Supply Chain Management, chapter 12: weekly
demand of 2500 with a deviation of 500, as the examples of the book have it.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.supply.buffers import service_of_stock
from sop_xl.planning.supply.inventory import (
    booked_orders,
    coming_rate,
    inventory,
    stock_summary,
    stock_targets,
    target_findings,
)
from sop_xl.tables.data import FAMILIES, ORDERS, STOCK_HISTORY
from sop_xl.tables.demand import DEMAND_TOTAL
from sop_xl.tables.stock import STOCK_TARGETS
from sop_xl.tables.supply import SUPPLY_PLAN
from tests.planning.rows import axis, grid, plan_row, rows

WHEN = axis("2026-01", history=2, horizon=4)
MONTH = 365 / 12
"""Days of a month of mean length: two of them are a lead time of two periods."""


def families(**facts: str) -> pd.DataFrame:
    """One family with what is usual, and some facts."""
    usual = {
        "family": "Bikes", "policy_used": "make to stock", "method_used": "service level",
        "service_used": "0.9", "lead_time_used": str(2 * MONTH), "sigma_used": "0",
        "review_used": "0", "item_cv": "0.2", "error_cv": ".", "lot": "10000", "cost": "3",
    } | facts  # fmt: skip
    return rows(FAMILIES.columns, "  ".join(usual) + "\n" + "  ".join(usual.values()))


def targets(**facts: str) -> pd.DataFrame:
    demand = grid(DEMAND_TOTAL, WHEN, {"Bikes": {"consensus": [2500.0] * 4}})
    return stock_targets(WHEN, ["Bikes"], demand, families(**facts))


def first(frame: pd.DataFrame, measure: str) -> float:
    return plan_row(frame, WHEN, measure, family="Bikes")[0]


def test_service_level_over_the_lead_time() -> None:
    # Example 12-4: lead time 2, deviation 707, cycle service level 90 %: 906 bikes
    found = targets()

    assert first(found, "deviation") == pytest.approx(707.1, abs=0.1)
    assert first(found, "safety_stock") == pytest.approx(906.2, abs=0.1)
    # cycle inventory Q / 2
    assert first(found, "cycle_stock") == 5000
    assert first(found, "service_target") == pytest.approx(5906.2, abs=0.1)


def test_fill_rate() -> None:
    # Example 12-5: fill rate 97.5 %, lots of 10,000: 67 units of safety stock
    found = targets(method_used="fill rate", service_used="0.975")
    assert first(found, "safety_stock") == pytest.approx(67, abs=0.5)


def test_uncertain_lead_time() -> None:
    # Example 12-6: 2,500 a day, deviation 500, lead time 7 +- 7, service 90 %: 22,491 tablets
    found = targets(lead_time_used=str(7 * MONTH), sigma_used=str(7 * MONTH))
    assert first(found, "safety_stock") == pytest.approx(22_491, abs=2)


def test_periodic_review_protects_the_review_too() -> None:
    # section 12.6: review 4, lead time 2: root(6) x 500 x 1.2816
    found = targets(method_used="periodic review", review_used=str(4 * MONTH), lot=".")

    assert first(found, "safety_stock") == pytest.approx(1.281552 * 500 * 6**0.5, rel=1e-5)
    # without a lot an order covers the review: half of 4 x 2500
    assert first(found, "cycle_stock") == pytest.approx(5000)


def test_forecast_error_takes_the_place_of_the_deviation() -> None:
    # errors of 40 % of the demand: twice the deviation, twice the stock
    found = targets(method_used="forecast error", error_cv="0.4")
    assert first(found, "safety_stock") == pytest.approx(2 * 906.19, abs=0.1)


def test_made_to_order_holds_nothing() -> None:
    assert first(targets(policy_used="make to order"), "service_target") == 0


def test_the_coming_months_count_not_the_one_that_ends() -> None:
    # mean of the next two months, at the end of the last one alone
    found = coming_rate(np.array([[900.0, 10, 30, 50]]), np.array([[2]]))
    assert found.tolist() == [[20, 40, 50, 50]]


@given(st.floats(0.5, 0.999), st.floats(0.05, 1.0), st.floats(100, 50_000))
def test_a_safety_stock_gives_the_fill_rate_it_is_for(rate: float, cv: float, lot: float) -> None:
    found = targets(
        method_used="fill rate", service_used=repr(rate), item_cv=repr(cv), lot=repr(lot)
    )

    service = service_of_stock(first(found, "safety_stock"), first(found, "deviation"), lot)
    # a fill rate that is reached without safety stock is exceeded
    assert float(service.fill_rate) >= rate - 1e-9


# ---- projection and promises -----------------------------------------------------------

PLAN = {
    "Bikes": {
        "demand": [50.0, 60, 60, 60], "production": [0.0, 0, 70, 0], "inventory": [64.0, 34, 4, 0],
        "target": [40.0, 40, 40, 40], "days_of_supply": [30.0, 20, 2, 0], "backlog": [0.0, 0, 0, 9],
    }
}  # fmt: skip
CYCLE = {"Bikes": {"cycle_stock": [10.0] * 4, "safety_stock": [20.0] * 4}}


def held(booked: list[float], opening: float = 64.0) -> pd.DataFrame:
    plan = grid(SUPPLY_PLAN, WHEN, PLAN)
    plan.loc[plan["period"] == WHEN.opening, "inventory"] = opening
    cells = grid(STOCK_TARGETS, WHEN, CYCLE)
    return inventory(WHEN, ["Bikes"], plan, cells, families(), np.array([booked]))


def test_available_to_promise_is_that_of_the_textbook() -> None:
    # Stevenson, Operations Management, master scheduling: 64 in stock, 70 in the third period
    found = held([33.0, 20, 10, 4])
    assert plan_row(found, WHEN, "promise", family="Bikes") == [11, 0, 56, 0]
    assert plan_row(found, WHEN, "receipt", family="Bikes") == [1, 1, 2, 2]


def test_units_of_a_subcontractor_can_be_promised() -> None:
    """50 bought in February, nothing made: 50 - 20 booked; 64 in stock - 33 booked in January."""
    bought = [0.0, 50, 0, 0]
    plan = grid(SUPPLY_PLAN, WHEN, {"Bikes": PLAN["Bikes"] | {"subcontracted": bought}})
    plan.loc[plan["period"] == WHEN.opening, "inventory"] = 64.0
    cells, booked = grid(STOCK_TARGETS, WHEN, CYCLE), np.array([[33.0, 20, 10, 4]])
    found = inventory(WHEN, ["Bikes"], plan, cells, families(), booked)
    assert plan_row(found, WHEN, "receipts", family="Bikes") == [0, 50, 70, 0]
    assert plan_row(found, WHEN, "promise", family="Bikes") == [31, 30, 56, 0]


def test_short_and_excess_are_what_is_below_and_above() -> None:
    found = held([0.0] * 4)
    assert plan_row(found, WHEN, "short", family="Bikes") == [0, 6, 36, 40]
    # 64 above the target of 40 and half a lot of 10
    assert plan_row(found, WHEN, "excess", family="Bikes") == [14, 0, 0, 0]
    assert plan_row(found, WHEN, "value", family="Bikes") == [192, 102, 12, 0]


def test_open_orders_stand_in_their_month_and_overdue_ones_in_the_first() -> None:
    lines = rows(
        ORDERS.columns,
        """
        order  item  quantity  promised    requested   delivered   delivered_quantity
        1      B-1   100       2025-12-20  .           .           40
        2      B-1   30        2026-01-15  .           .           .
        3      B-1   8         .           2026-02-10  .           .
        4      B-1   99        2026-02-10  .           2025-12-30  99
        5      X-9   500       2026-02-10  .           .           .
        """,
    )
    dates = ["promised", "requested", "delivered"]
    lines[dates] = lines[dates].apply(pd.to_datetime)
    family = pd.Series({"B-1": "Bikes"}, dtype="str")

    def booked(backlog: str) -> list[float]:
        text = f"family  period  backlog\nBikes  2025-12  {backlog}"
        owed = rows(STOCK_HISTORY.columns, text)
        return [float(x) for x in booked_orders(WHEN, ["Bikes"], lines, family, owed)[0]]

    assert booked("50") == [60 + 30, 8, 0, 0]
    assert booked("75") == [75 + 30, 8, 0, 0]


def test_the_summary_says_when_a_backlog_is_cleared() -> None:
    plan = grid(SUPPLY_PLAN, WHEN, PLAN)
    known = rows(STOCK_HISTORY.columns, "family  period  on_hand  backlog\nBikes  2025-12  64  5")
    found = stock_summary(WHEN, ["Bikes"], held([0.0] * 4), plan, families(), known).iloc[0]

    assert found["clear"] == 1
    assert found["value"] == 192
    # 230 in four months are 690 a year; the mean stock is 102 / 4
    assert found["turns"] == pytest.approx(690 / 25.5)
    assert found["short_months"] == 3


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"method_used": "forecast error"}, "tells the forecast error"),
        ({"method_used": "fill rate", "lot": "."}, "wants a lot or review days"),
        ({"item_cv": "."}, "too short to tell"),
        ({"lead_time_used": "200"}, "longer than the plan"),
    ],
)
def test_what_is_not_known_is_a_finding(facts: dict[str, str], said: str) -> None:
    (finding,) = target_findings(WHEN, families(**facts))
    assert said in finding.message
    assert "Bikes" in finding.message
    assert finding.remedy


def test_nothing_is_said_of_families_that_go_by_days() -> None:
    assert not list(target_findings(WHEN, families(method_used="days", item_cv=".")))


def test_no_number_is_missing_where_nothing_is_known() -> None:
    found = targets(method_used="fill rate", lot=".", item_cv=".")
    assert first(found, "service_target") == 0
