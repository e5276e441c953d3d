"""Scenarios: named sets of changes on shipments, price, unit cost and operating cost of the plan.

They are held against the plan in money. They change no plan, and they do not ask whether capacity
and stock carry them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.finance.bridge_view import bridge
from sop_xl.planning.finance.prices import summed_over
from sop_xl.planning.finance.windows import Months
from sop_xl.planning.frames import Numbers, across, by_period, matrix, zero
from sop_xl.planning.wording import count, listed
from sop_xl.schema import ALL, Finding, Severity, empty_frame
from sop_xl.tables.data import (
    COST_DRIVER,
    DEMAND_DRIVER,
    EXPENSE_DRIVER,
    PRICE_DRIVER,
    SCENARIOS,
)
from sop_xl.tables.recon import MARGIN, SCENARIO

_PARTS = {
    "volume_part": ("volume", "mix", "timing", "new", "discontinued"),
    "price_part": ("price", "currency"),
    "cost_part": ("cost",),
}
"""What the effects of the bridge are summed to."""


class Beside(NamedTuple):
    """The grids of finance with the rows of a scenario."""

    family: pd.DataFrame
    total: pd.DataFrame


def names(drivers: pd.DataFrame) -> list[str]:
    """The scenarios that have a row in force, in the order of the list."""
    rows = drivers[drivers["included"] & drivers["start"].notna() & (drivers["scenario"] != "")]
    return [str(name) for name in rows.loc[~rows["scenario"].str.lower().duplicated(), "scenario"]]


def beside(
    axis: Axis,
    scenario: str,
    drivers: pd.DataFrame,
    finance_lines: pd.DataFrame,
    plan: Beside,
) -> Beside:
    """The rows of a scenario in ``finance_family`` and ``finance_total``; the plan, if it has none.

    Shipments, net price and unit cost are those of the plan x (1 + what the rows of a driver add
    up to), and no less than zero. What the plan of supply costs beyond standard stays. The
    operating cost moves by what follows revenue and units, and then by its own driver.

    Args:
        axis: The cycle.
        scenario: Its name; empty for none.
        drivers: The table ``scenario_drivers``.
        finance_lines: What each line of the operating cost follows.
        plan: The grids.
    """
    finance_family, finance_total = plan
    families = list(finance_family["family"].drop_duplicates())
    rows = drivers[drivers["scenario"].str.lower() == scenario.lower()] if scenario else drivers[:0]
    volume, revenue, constant, cost, beyond = (
        zero(matrix(finance_family, name, "family", families, axis.plan))
        for name in ("volume", "revenue", "constant_revenue", "unit_cost", "supply_cost")
    )
    factor = {
        driver: _factor(rows, driver, families, axis)
        for driver in (DEMAND_DRIVER, PRICE_DRIVER, COST_DRIVER)
    }
    sold = volume * factor[DEMAND_DRIVER]
    some = volume != 0
    price = np.where(some, revenue / np.where(some, volume, 1.0), 0.0)
    earned = price * sold * factor[PRICE_DRIVER]
    paid = revenue != 0
    at_budget = np.where(paid, constant / np.where(paid, revenue, 1.0), 0.0) * earned
    spent = sold * cost * factor[COST_DRIVER] + beyond
    by_family = {
        "scenario_volume": sold,
        "scenario_revenue": earned,
        "scenario_constant": at_budget,
        "scenario_cost": spent,
    }
    sums = {name: cells.sum(axis=0) for name, cells in by_family.items()}
    share, rate = (float(finance_lines[n].sum()) for n in ("share_of_revenue", "per_unit"))
    company = {n: by_period(finance_total, n, axis.plan)
               for n in ("volume", "revenue", "operating_cost")}  # fmt: skip
    expense = company["operating_cost"] + share * (sums["scenario_revenue"] - company["revenue"])
    expense = expense + rate * (sums["scenario_volume"] - company["volume"])
    expense = expense * _factor(rows, EXPENSE_DRIVER, [ALL], axis)[0]
    margin = sums["scenario_revenue"] - sums["scenario_cost"]
    in_total = {
        "scenario_volume": sums["scenario_volume"],
        "scenario_revenue": sums["scenario_revenue"],
        "scenario_margin": margin,
        "scenario_operating_cost": expense,
        "scenario_operating_profit": margin - expense,
    }
    return Beside(
        finance_family.assign(**{n: across(axis, plan=c).ravel() for n, c in by_family.items()}),
        finance_total.assign(
            **{n: across(axis, plan=c[np.newaxis]).ravel() for n, c in in_total.items()}
        ),
    )


def _factor(rows: pd.DataFrame, driver: str, families: list[str], axis: Axis) -> Numbers:
    """1 + the changes of a driver: families, plan periods."""
    own = rows[rows["driver"] == driver]
    if driver == EXPENSE_DRIVER:  # it is of the company
        own = own.assign(family=ALL)
    blocks = pd.DataFrame({"family": pd.Series(families, dtype="str")})
    changed = summed_over(own, blocks, axis.plan, "change", ("family",))
    return np.asarray(np.maximum(0.0, 1 + changed))


def results(axis: Axis, found: dict[str, Beside]) -> pd.DataFrame:
    """The table ``scenarios``: each over the plan months, with what its margin comes from.

    Args:
        axis: The cycle.
        found: The grids with the rows of each scenario.
    """
    planned = np.asarray(axis.periods >= axis.first)
    months = Months(*(planned,) * 5)
    rows = []
    for name, (family, total) in found.items():
        plan = total[total["period"].isin(axis.plan)]
        sums = plan.select_dtypes("number").sum()
        steps = bridge(family, months, SCENARIO, MARGIN).select_dtypes("number").sum()
        rows.append(
            {
                "scenario": name,
                "revenue": sums["scenario_revenue"],
                "revenue_effect": sums["scenario_revenue"] - sums["revenue"],
                "margin": sums["scenario_margin"],
                "margin_effect": sums["scenario_margin"] - sums["margin"],
                # the bridge goes from the scenario to the plan
                **{part: -steps[list(of)].sum() for part, of in _PARTS.items()},
                "operating_cost": sums["scenario_operating_cost"],
                "profit": sums["scenario_operating_profit"],
                "profit_effect": sums["scenario_operating_profit"] - sums["operating_profit"],
            }
        )
    frame = pd.DataFrame(rows, columns=SCENARIOS.names)
    numbers = SCENARIOS.names[1:]
    frame[numbers] = frame[numbers].astype(float).round(2) + 0.0
    return frame.astype(empty_frame(SCENARIOS.columns).dtypes.to_dict())


def in_force(drivers: pd.DataFrame, axis: Axis) -> pd.DataFrame:
    """The list with the last month in force of each row."""
    end = drivers["until"].where(drivers["until"].notna(), axis.plan[-1])
    end = end.where(drivers["start"].notna())
    return drivers.assign(end=pd.PeriodIndex(end, freq="M"))


def findings(axis: Axis, drivers: pd.DataFrame, families: pd.DataFrame) -> list[Finding]:
    """Rows of the list that are included and change nothing."""
    drivers = drivers[drivers["included"]]
    known = {*families["family"].str.lower(), ALL.lower()}
    of_family = drivers["driver"] != EXPENSE_DRIVER
    unknown = of_family & ~drivers["family"].str.lower().isin(known)
    backward = drivers["until"].notna() & (drivers["until"] < drivers["start"])
    outside = ~backward & (
        (drivers["until"] < axis.first) | (drivers["start"] > axis.plan[-1])
    )
    return [
        Finding(
            "scenario_drivers",
            f"{count(int(which.sum()), 'row')} ({listed(drivers.loc[which, 'number'])}): {what}.",
            remedy,
            Severity.WARNING,
        )
        for which, what, remedy in (
            (unknown, "the plan has no such family", "Write it as the plan does, or All."),
            (backward, "until is before from, it never counts", "Mend the months."),
            (outside, "no month of the plan is in it", "Mend the months, or take the row out."),
        )
        if which.any()
    ]
