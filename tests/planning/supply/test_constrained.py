"""What can be made and sold within the hours, worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning.frames import Numbers
from sop_xl.planning.supply.constrained import constrained_plan, constraint_of
from sop_xl.planning.supply.gaps import loads
from sop_xl.tables.data import BILL, FAMILIES, WORKFORCE
from sop_xl.tables.finance import FINANCE_FAMILY
from sop_xl.tables.settings import Settings
from sop_xl.tables.supply import CAPACITY, SUPPLY_PLAN
from tests.planning.nobody import nobody
from tests.planning.rows import axis, grid, plan_row, rows

WHEN = axis("2026-01", history=2, horizon=2)
RANKS = rows(FAMILIES.columns, "family  priority\nBikes   1\n")


def constrained(production: list[float], available: Numbers, **supply: list[float]) -> pd.DataFrame:
    """One family that takes an hour of each resource; nothing is on stock."""
    cells = {"demand": production, "shipments": production, "production": production} | supply
    gap = available - np.array([cells["production"]])
    names = ["A", "B"][: len(available)]
    hours = grid(CAPACITY, WHEN, {
        name: {"available": list(available[at]), "gap": list(gap[at])}
        for at, name in enumerate(names)
    })  # fmt: skip
    bill = rows(BILL.columns, "family  resource  hours_per_unit\n"
                + "\n".join(f"Bikes  {name}  1" for name in names))  # fmt: skip
    frame = grid(SUPPLY_PLAN, WHEN, {"Bikes": cells})
    money = grid(FINANCE_FAMILY, WHEN, {"Bikes": {"price": [20.0] * 2, "unit_cost": [10.0] * 2}})
    plan = loads(WHEN, hours, frame, money, bill, RANKS, Settings(),
                 rows(WORKFORCE.columns), nobody(WHEN))  # fmt: skip
    return constrained_plan(
        WHEN, Settings(), plan, constraint_of(WHEN, plan, hours, frame, RANKS)
    )


@pytest.mark.parametrize(
    ("hours", "made", "net"),
    [([60.0, 60.0], [60, 60], [0, 0]),  # enough: 60 made + 40 bought = 100
     ([50.0, 60.0], [50, 60], [-10, -10])],
)  # fmt: skip
def test_what_is_bought_serves_demand(
    hours: list[float], made: list[float], net: list[float]
) -> None:
    found = constrained(
        [60.0, 60.0], np.array([hours]), demand=[100.0, 100.0], shipments=[100.0, 100.0],
        subcontracted=[40.0, 40.0],
    )  # fmt: skip
    assert plan_row(found, WHEN, "production", family="Bikes") == made
    assert plan_row(found, WHEN, "net_stock", family="Bikes") == net
    sold = [100 + net[0], 100]  # the 10 of January are delivered in February, those of it after
    assert plan_row(found, WHEN, "sales", family="Bikes") == sold


def test_what_is_made_up_later_overloads_no_other_resource() -> None:
    """A has 50 h, then plenty; B has 100 h a month: of the 50 that A misses B can make none."""
    found = constrained([100.0, 100.0], np.array([[50.0, 200.0], [100.0, 100.0]]))
    assert plan_row(found, WHEN, "production", family="Bikes") == [50, 100]
    assert plan_row(found, WHEN, "backlog", family="Bikes") == [50, 50]
