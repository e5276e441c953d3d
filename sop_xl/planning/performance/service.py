"""How well orders were served and actions done: counts by month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Flags, Numbers


def service(orders: pd.DataFrame, axis: Axis) -> dict[str, Numbers]:
    """Order lines due and delivered on time by month of the due day; deliveries and OTIF.

    The due day is the one promised; the one requested, where none was promised. A line is on
    time when it was delivered by that day, and in full when at least the quantity ordered was
    delivered; a delivery without a quantity counts as in full. Lines without any due day do not
    count. A month without lines is blank, and so are the lines on time of the months after the
    last delivery in the data: what was delivered then nobody has told yet.
    """
    due = orders["promised"].fillna(orders["requested"])
    lines = orders[due.notna()].assign(due=due[due.notna()])
    on_time = lines["delivered"].notna() & (lines["delivered"] <= lines["due"])
    in_full = ~(lines["delivered_quantity"] < lines["quantity"])
    due_month = axis.calendar.period_of(lines["due"])
    delivery_month = axis.calendar.period_of(lines["delivered"])
    known = told(orders, axis)
    orders_due = _count(due_month, axis)
    deliveries = _count(delivery_month, axis)
    return {
        "orders_due": orders_due,
        "orders_on_time": np.where(
            known, _of(orders_due, _count(due_month[on_time], axis)), np.nan
        ),
        "deliveries": deliveries,
        "deliveries_otif": _of(deliveries, _count(delivery_month[on_time & in_full], axis)),
    }


def told(orders: pd.DataFrame, axis: Axis) -> Flags:
    """Past months up to the last delivery in the data: what came later nobody has told yet."""
    months = axis.calendar.period_of(orders["delivered"])
    if not months.notna().any():
        return np.zeros(axis.history, dtype=bool)
    return np.asarray(axis.past <= months.max())


def closure(actions: pd.DataFrame, axis: Axis) -> dict[str, Numbers]:
    """Actions due by each month's end, and those of them that were closed by then.

    A cancelled action is not due. One that is done without a day counts as closed when it was
    due.
    """
    wanted = actions[actions["due"].notna() & (actions["status"] != "cancelled")]
    closed = wanted["closed"].fillna(wanted["due"]).where(wanted["status"] == "done")
    ends = np.array([axis.calendar.end(period) for period in axis.past], dtype="datetime64[ns]")
    due = wanted["due"].to_numpy(dtype="datetime64[ns]")[:, None] <= ends
    done = due & (closed.to_numpy(dtype="datetime64[ns]")[:, None] <= ends)
    count = due.sum(axis=0)
    known: Numbers = np.where(count > 0, count.astype(float), np.nan)
    return {"actions_due": known, "actions_closed": _of(known, done.sum(axis=0).astype(float))}


def _count(months: pd.Series, axis: Axis) -> Numbers:
    """Rows by past month; NaN for a month without rows."""
    return np.asarray(months.value_counts().reindex(axis.past), dtype=float)


def _of(whole: Numbers, part: Numbers) -> Numbers:
    """A part is zero where the whole is known and the part is not."""
    return np.where(np.isnan(whole), np.nan, np.nan_to_num(part))
