"""A workshop of two families by hand: what the strategies see of it, and their frames."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from sop_xl.planning import Outcome, hierarchy, supply
from sop_xl.planning.frames import across
from sop_xl.planning.supply.capacity import with_team_hours
from sop_xl.planning.supply.workforce import (
    adopted_change,
    planned_hires,
    there,
    with_overtime_rate,
    workforce,
)
from sop_xl.tables.data import BILL, CAPACITY_OPTIONS, FAMILIES, RESOURCES, WORKFORCE
from sop_xl.tables.materials import MATERIAL_PLAN, MATERIALS
from sop_xl.tables.people import WORKFORCE_PLAN
from sop_xl.tables.settings import Settings
from sop_xl.tables.supply import CAPACITY, SUPPLY_PLAN
from tests.planning.rows import axis, grid, rows, typed

WHEN = axis("2026-01", history=1, horizon=3)  # 22, 20 and 22 working days
SETTINGS = Settings(
    planning_level=("family",), holding_rate=0.12, material_share=0.5, late_rate=0.1,
    least_stock=0.0, catch_up=1,
)  # fmt: skip
FAMILY_ROWS = """
    family  policy_used    cost  price
    Chairs  make to stock  100   200
    Made    make to order  300   400
"""
"""A chair in stock costs 100 x 12 % / 12 = 1 a month; one that is late 200 x 10 % = 20."""
BILL_ROWS = """
    family  resource  hours_per_unit
    Chairs  Bench     2
    Made    Bench     5
"""
RESOURCE_ROWS = """
    resource  machines  hours_per_day  cost_per_hour
    Bench     2         8              30
"""
TEAM_ROWS = """
    team     resource  headcount  hours_per_month  cost_per_month
    Joiners  Bench     2          150              3000
"""
OPTION_ROWS = """
    resource  option       hours  cost_per_hour  fixed_cost  lead_time
    Bench     overtime     60     40             0           0
    Bench     extra shift  100    35             500         1
"""
PRODUCED = {"Chairs": [100.0, 150, 110], "Made": [10.0, 10, 10]}
"""The plan in the book."""


def run(
    demand: dict[str, list[float]] | None = None, opening: tuple[float, float] = (20.0, 0.0),
    *, team: str = TEAM_ROWS, options: str = OPTION_ROWS, families: str = FAMILY_ROWS,
    bill: str = BILL_ROWS, produced: dict[str, list[float]] = PRODUCED,
    adopted: list[float] | None = None, hires: str = "", materials: str = "",
    late: dict[str, list[float]] | None = None, **settings: Any,
) -> Outcome:  # fmt: skip
    """The strategies of the workshop: 300 hours of two joiners, 352 and 320 of the benches."""
    wanted = demand or {"Chairs": [100.0, 150, 110], "Made": [10.0, 10, 10]}
    net = {}
    for name, start in zip(wanted, opening, strict=True):
        stock, line = start, []
        for made, due in zip(produced[name], wanted[name], strict=True):
            stock += made - due
            line.append(stock)
        net[name] = line
    plan = grid(SUPPLY_PLAN, WHEN, {
        name: {"demand": wanted[name], "production": produced[name], "net_stock": net[name],
               "target": [0.0] * 3, "subcontracted": [0.0] * 3}
        | ({"adopted": adopted} if adopted and name == "Chairs" else {})
        for name in wanted
    })  # fmt: skip
    for name, start in zip(wanted, opening, strict=True):
        before = (plan["period"] == WHEN.opening) & (plan["family"] == name)
        plan.loc[before, "net_stock"] = start
    hours = {"Chairs": 2, "Made": 5}
    load = [sum(hours[name] * produced[name][t] for name in wanted) for t in range(3)]
    people = with_overtime_rate(with_team_hours(rows(WORKFORCE.columns, team)))
    typed_hires = typed(WORKFORCE_PLAN, hires)
    moves = (f(WHEN, people, typed_hires) for f in (planned_hires, adopted_change))
    labour = there(people, *moves).productive.sum(axis=0)
    capacity = grid(CAPACITY, WHEN, {"Bench": {
        "load": load, "machine_hours": [352.0, 320, 352], "labour_hours": labour.tolist(),
        "gap": [300 - hours for hours in load],
    }})  # fmt: skip
    return supply.strategies.run(
        WHEN, replace(SETTINGS, **settings), supply_plan=plan, capacity=capacity,
        families=rows(FAMILIES.columns, families), bill=rows(BILL.columns, bill),
        resources=rows(RESOURCES.columns, RESOURCE_ROWS), workforce=people,
        capacity_options=rows(CAPACITY_OPTIONS.columns, options),
        workforce_plan=workforce(
            WHEN, people, capacity, typed_hires, rows(CAPACITY_OPTIONS.columns, options)
        ).plan,
        materials=rows(MATERIALS.columns, materials),
        material_plan=late_materials(late or {}),
    )  # fmt: skip


def late_materials(late: dict[str, list[float]]) -> pd.DataFrame:
    """The grid ``material_plan``: what of each component comes too late."""
    keys = pd.DataFrame({"component": list(late), "supplier": "x"}, dtype="str")
    units = across(WHEN, plan=np.array(list(late.values()), dtype=float).reshape(len(late), 3))
    return hierarchy.level_grid(MATERIAL_PLAN, keys, WHEN, {"late": units})


def cost(outcome: Outcome, plan: str, measure: str) -> list[float]:
    """The plan months of one figure of a plan."""
    frame = outcome.frames["strategy_cost"]
    here = (frame["strategy"] == plan) & frame["period"].isin(WHEN.plan)
    return [float(number) for number in frame.loc[here, measure]]


def status(outcome: Outcome) -> pd.DataFrame:
    return outcome.frames["strategies"].set_index("strategy")
