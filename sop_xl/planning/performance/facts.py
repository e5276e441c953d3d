"""What was made, held, sold and booked in each past month: the facts behind the KPIs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers
from sop_xl.planning.hierarchy import at_family
from sop_xl.planning.performance.metrics import schedule_met


def monthly(frame: pd.DataFrame, column: str, axis: Axis) -> Numbers:
    """The sum of a column in each past month; NaN where no row holds a number."""
    sums = frame.groupby("period")[column].sum(min_count=1)
    return sums.reindex(axis.past).to_numpy(dtype=float)


def first_known(*sources: Numbers) -> Numbers:
    """Month by month the first source that has a number."""
    result = sources[0]
    for source in sources[1:]:
        result = np.where(np.isnan(result), source, result)
    return result


def output(production: pd.DataFrame, axis: Axis) -> dict[str, Numbers]:
    """Planned and actual output, and the schedule that was met, item by item."""
    planned = production["planned"].fillna(0.0)
    met = schedule_met(production["produced"].fillna(0.0), planned)
    rows = production.assign(met=met)
    planned_output = monthly(rows, "planned", axis)
    return {
        "planned_output": planned_output,
        "actual_output": monthly(rows, "produced", axis),
        "schedule_met": np.where(np.isnan(planned_output), np.nan, monthly(rows, "met", axis)),
    }


def average_inventory(
    stock: pd.DataFrame, items: pd.DataFrame, family_of: pd.Series, families: pd.DataFrame,
    axis: Axis,
) -> Numbers:
    """Mean of opening and closing inventory at cost; the one that is known, where one is.

    Each item at its own cost, because the stock of a family is another mix than its sales; at the
    average cost of its family where it has none.

    Args:
        stock: Stock by item.
        items: Item master with costs.
        family_of: The family in which each item is planned.
        families: The families with their average cost.
        axis: Its past is what is measured.
    """
    held = at_family(stock, family_of)
    own = held["item"].map(items.set_index("item")["cost"]).astype(float)
    average = held["family"].map(families.set_index("family")["cost"]).astype(float)
    cost = own.fillna(average).fillna(0.0)
    value = monthly(held.assign(value=held["on_hand"] * cost), "value", axis)
    before = np.concatenate([[np.nan], value[:-1]])
    return first_known((before + value) / 2, value, before)


def hours(capacity: pd.DataFrame, stock_history: pd.DataFrame, axis: Axis) -> dict[str, Numbers]:
    """Load and available hours of all resources, in months of which the output is known."""
    known = ~np.isnan(monthly(stock_history, "produced", axis))
    return {
        f"{name}_hours": np.where(known, monthly(capacity, name, axis), np.nan)
        for name in ("load", "available")
    }
