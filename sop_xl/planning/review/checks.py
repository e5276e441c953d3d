"""Checks of the plan, computed from the frames and, apart from that, by formulas in the book."""

from __future__ import annotations

import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.schema import empty_frame
from sop_xl.tables.executive import AGENDA_ROWS
from sop_xl.tables.review import CHECK_TABLE, CHECKS
from sop_xl.tables.settings import MAKE_TO_ORDER

PASSED, FAILED = "● passed", "■ failed"
AGENDA_MINUTES = 90
NOISE = 1e-9
"""Share of the revenue shown below which a difference is rounding in the last digits."""


def checks(axis: Axis, **frames: pd.DataFrame) -> pd.DataFrame:
    """The table ``checks``: one row for each of the declared checks.

    Args:
        axis: The periods; totals are taken over the plan months.
        frames: The frames that the checks look at, by table or grid.
    """
    values = _values(axis, frames)
    largest = float(frames["finance_total"]["revenue"].abs().sum())
    tolerances = {c.name: c.tolerance and max(c.tolerance, NOISE * largest) for c in CHECKS}
    rows = [
        {
            "check": check.name,
            "test": check.test,
            "value": values[check.name],
            "tolerance": tolerances[check.name],
            "status": PASSED if abs(values[check.name]) <= tolerances[check.name] else FAILED,
            "sheet": check.sheet,
            "remedy": check.remedy,
        }
        for check in CHECKS
    ]
    types = empty_frame(CHECK_TABLE.columns).dtypes
    return pd.DataFrame(rows)[CHECK_TABLE.names].astype(types.to_dict())


def _values(axis: Axis, frames: dict[str, pd.DataFrame]) -> dict[str, float]:
    """By how much each check is off."""

    def total(name: str, column: str, periods: pd.PeriodIndex = axis.plan) -> float:
        frame = frames[name]
        return float(frame.loc[frame["period"].isin(periods), column].sum())

    before, end = axis.periods[axis.history - 1 : axis.history], axis.plan[-1:]
    opening = total("supply_plan", "net_stock", before)
    in_stock = total("stock_history", "on_hand", before) - total("stock_history", "backlog", before)
    demanded = total("supply_plan", "demand")
    supplied = total("supply_plan", "production") + total("supply_plan", "subcontracted")
    profit = total("finance_total", "operating_profit")
    cost = sum(
        total("finance_total", name) for name in ("cost_of_sales", "supply_cost", "operating_cost")
    )
    sources, deals = frames["completeness"], frames["pipeline"]
    closing = deals["close_period"].isin(axis.plan)
    return {
        "history": float(frames["history"]["orders"].sum())
        - total("demand_plan", "actual", axis.past),
        "demand_to_supply": total("demand_plan", "consensus") - demanded,
        "opening_stock": opening - in_stock,
        "stock_known": _unknown_stock(before, frames),
        "inventory_balance": opening + supplied - demanded - total("supply_plan", "net_stock", end),
        "capacity_load": total("capacity", "load") - _hours(axis, frames),
        "adopted_capacity": total("strategy_hours", "adopted_short"),
        "volume": total("supply_plan", "shipments") - total("finance_family", "volume"),
        "revenue": total("finance_family", "revenue") - total("finance_total", "revenue"),
        "regions": total("finance_region", "revenue") - total("finance_family", "revenue"),
        "bridge": float(frames["bridge"][["proof", "check"]].abs().sum().sum()),
        "finance_lock": float(frames["finance_drift"]["moved"].abs().sum()),
        "profit": total("finance_total", "revenue") - cost - profit,
        "cash": total("cash_flow", "difference"),
        "aop": total("aop", "quantity") - total("demand_plan", "aop"),
        "pipeline": float(deals.loc[closing, "weighted_quantity"].sum())
        - total("demand_plan", "pipeline"),
        "reasons": total("demand_plan", "unexplained"),
        "fresh_data": float(sources["status"].str.startswith("■").sum()),
        "agenda": float(sum(minutes for _, _, minutes, *_ in AGENDA_ROWS) - AGENDA_MINUTES),
    }


def _unknown_stock(opening: pd.PeriodIndex, frames: dict[str, pd.DataFrame]) -> float:
    """Families made to stock of which nobody knows with what stock the plan begins."""
    families, supply = frames["families"], frames["supply_plan"]
    stocked = families.loc[families["policy_used"] != MAKE_TO_ORDER, "family"]
    unknown = supply["period"].isin(opening) & supply["net_stock"].isna()
    return float((unknown & supply["family"].isin(stocked)).sum())


def _hours(axis: Axis, frames: dict[str, pd.DataFrame]) -> float:
    """Hours of the whole plan: every line of the bill x the output of its family, from the month
    on whose work falls into the plan."""
    supply = frames["supply_plan"]
    bill = frames["bill"].fillna({"offset": 0.0})
    hours = bill.groupby(["offset", "family"])["hours_per_unit"].sum()
    load = 0.0
    for offset in hours.index.unique(level="offset").to_numpy(dtype=int):
        own = hours.xs(offset, level="offset")
        due = supply[supply["period"].isin(axis.plan[offset:])]
        output = due.groupby("family")["production"].sum()
        load += float((own * output).sum())
    return load
