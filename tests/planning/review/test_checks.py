"""The checks pass on a plan that ties, and each of them sees what it is there for."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning import review
from sop_xl.planning.review.checks import checks
from sop_xl.tables.cash import CASH_FLOW
from sop_xl.tables.data import (
    AOP,
    BILL,
    COMPLETENESS,
    FAMILIES,
    HISTORY,
    PIPELINE,
    RISKS,
    STOCK_HISTORY,
)
from sop_xl.tables.demand import DEMAND_PLAN
from sop_xl.tables.finance import FINANCE_FAMILY, FINANCE_TOTAL
from sop_xl.tables.recon import BRIDGE
from sop_xl.tables.review import CHECK_TABLE, CHECKS
from sop_xl.tables.strategy import STRATEGY_HOURS
from sop_xl.tables.supply import CAPACITY, SUPPLY_PLAN
from tests.planning.rows import axis, grid, rows

WHEN = axis("2026-01", history=1, horizon=2)
LEVEL = ("family",)


def plan_that_ties() -> dict[str, pd.DataFrame]:
    """One family: 40 in stock, 10 owed; 100 and 90 wanted; 90 and 80 made at half an hour each."""
    supply = grid(
        SUPPLY_PLAN,
        WHEN,
        {
            "Bikes": {
                "demand": [100, 90],
                "production": [90, 80],
                "subcontracted": [0, 0],
                "net_stock": [20, 10],
                "shipments": [110, 90],
            }
        },
    )
    supply.loc[supply["period"] == WHEN.opening, "net_stock"] = 30.0
    demand = grid(
        DEMAND_PLAN.for_level(LEVEL),
        WHEN,
        {
            "Bikes": {
                "consensus": [100, 90],
                "aop": [95, 95],
                "pipeline": [5, 0],
                "unexplained": [0, 0],
            }
        },
    )
    demand.loc[demand["period"] == WHEN.opening, "actual"] = 80.0
    return {
        "demand_plan": demand,
        "supply_plan": supply,
        "capacity": grid(CAPACITY, WHEN, {"Press": {"load": [45, 40]}}),
        "strategy_hours": grid(STRATEGY_HOURS, WHEN, {"Press": {"adopted_short": [0, 0]}}),
        "finance_family": grid(
            FINANCE_FAMILY,
            WHEN,
            {
                "Bikes": {
                    "volume": [110, 90],
                    "revenue": [1100, 900],
                }
            },
        ),
        "finance_total": grid(
            FINANCE_TOTAL,
            WHEN,
            {
                "": {
                    "revenue": [1100, 900],
                    "cost_of_sales": [550, 450],
                    "operating_cost": [100, 100],
                    "operating_profit": [450, 350],
                }
            },
        ),
        "finance_region": pd.DataFrame(
            {"period": WHEN.plan, "family": "Bikes", "region": "All", "revenue": [1100.0, 900]}
        ),
        "bridge": rows(BRIDGE.columns, "family  proof  check\nBikes   0      0"),
        "finance_drift": pd.DataFrame({"line": ["Revenue"], "moved": [0.0]}),
        "cash_flow": grid(CASH_FLOW, WHEN, {"": {"difference": [0, 0]}}),
        "families": rows(FAMILIES.columns, "family  policy_used\nBikes  make to stock"),
        "bill": rows(
            BILL.columns,
            """
            family  resource  hours_per_unit
            Bikes   Press     0.5
        """,
        ),
        "pipeline": rows(
            PIPELINE.columns,
            """
            opportunity  close_period  weighted_quantity
            O-1          2026-01       5
            O-2          2027-01       7
        """,
        ),
        "aop": rows(
            AOP.columns,
            """
            period   family  quantity
            2026-01  Bikes   95
            2026-02  Bikes   95
            2026-03  Bikes   95
        """,
        ),
        "history": rows(
            HISTORY.for_level(LEVEL).columns,
            """
            family  period   orders
            Bikes   2025-12  80
        """,
        ),
        "stock_history": rows(
            STOCK_HISTORY.columns,
            """
            family  period   on_hand  backlog
            Bikes   2025-12  40       10
        """,
        ),
        "completeness": rows(
            COMPLETENESS.columns,
            """
            source  status
            Items   ● complete
        """,
        ),
    }


def test_a_plan_that_ties_passes_every_check() -> None:
    table = checks(WHEN, **plan_that_ties())
    assert table["check"].tolist() == [check.name for check in CHECKS]
    assert set(table["status"]) == {"● passed"}
    assert table["value"].tolist() == [0.0] * len(CHECKS)
    assert list(table.columns) == CHECK_TABLE.names


@pytest.mark.parametrize(
    ("frame", "column", "failing"),
    [
        ("history", "orders", ["history"]),
        ("demand_plan", "consensus", ["demand_to_supply"]),
        ("demand_plan", "aop", ["aop"]),
        ("demand_plan", "pipeline", ["pipeline"]),
        ("demand_plan", "unexplained", ["reasons"]),
        ("stock_history", "on_hand", ["opening_stock"]),
        ("supply_plan", "production", ["inventory_balance", "capacity_load"]),
        ("supply_plan", "shipments", ["volume"]),
        ("supply_plan", "subcontracted", ["inventory_balance"]),
        ("capacity", "load", ["capacity_load"]),
        ("strategy_hours", "adopted_short", ["adopted_capacity"]),
        ("finance_family", "revenue", ["revenue", "regions"]),
        ("finance_region", "revenue", ["regions"]),
        ("bridge", "proof", ["bridge"]),
        ("finance_drift", "moved", ["finance_lock"]),
        ("finance_total", "operating_profit", ["profit"]),
        ("cash_flow", "difference", ["cash"]),
    ],
)
def test_a_figure_that_does_not_tie_fails_its_check(
    frame: str, column: str, failing: list[str]
) -> None:
    frames = plan_that_ties()
    spoilt = frames[frame].copy()
    spoilt.loc[spoilt.index[-1], column] += 3
    table = checks(WHEN, **{**frames, frame: spoilt})
    found = table.loc[table["status"] == "■ failed", "check"].tolist()
    assert found == failing


def test_a_stale_source_fails_its_check() -> None:
    frames = plan_that_ties()
    frames["completeness"]["status"] = "■ stale"
    table = checks(WHEN, **frames).set_index("check")
    assert table["status"].to_dict()["fresh_data"] == "■ failed"


@pytest.mark.parametrize(
    ("policy", "status"), [("make to stock", "■ failed"), ("make to order", "● passed")]
)
def test_stock_that_nobody_knows_fails_its_check(policy: str, status: str) -> None:
    frames = plan_that_ties()
    supply = frames["supply_plan"]
    supply.loc[supply["period"] == WHEN.opening, "net_stock"] = np.nan
    frames["families"]["policy_used"] = policy
    found = checks(WHEN, **frames).set_index("check")
    assert found["status"].to_dict()["stock_known"] == status
    assert found["value"].to_dict()["stock_known"] == (1 if policy == "make to stock" else 0)


def test_risks_weigh_by_chance_and_kind() -> None:
    table = review.weighted(
        rows(
            RISKS.columns,
            """
        risk  kind         probability  impact  status
        R-1   risk         0.5          1000    open
        R-2   opportunity  0.25         2000    open
        R-3   risk         0.9          5000    closed
    """,
        )
    )
    assert table["weighted"].tolist() == [-500, 500, 0]
