"""Order lines of the key accounts of the example company, with promised and actual delivery.

A line is late more often when its item was short in the month, and a little more often when it
passes the bottleneck while that is fully loaded.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sop_xl.example import company
from sop_xl.example.demand import Demand, Numbers
from sop_xl.example.operations import Operations, resource_hours

MONTHS, ORDERS_A_MONTH, MOST_LINES = 14, 112, 4
OPEN_ORDERS = (40, 12)
"""Orders already promised for the first plan months."""
LATE, LATE_WHEN_SHORT, LATE_AT_BOTTLENECK = 0.042, 0.42, 0.10
SHORT, SHORT_WHEN_SHORT = 0.025, 0.20
"""Share of the lines that are not delivered in full."""
FULL = 0.97
"""Utilisation from which the bottleneck counts as fully loaded."""


def order_lines(
    seed: int, demand: Demand, operations: Operations, cycle: pd.Period
) -> pd.DataFrame:
    """Draw the order lines of the last months and those still open."""
    random = np.random.default_rng([seed, 5])
    counts = np.array([ORDERS_A_MONTH] * MONTHS + list(OPEN_ORDERS))
    month = np.repeat(np.arange(-MONTHS, len(OPEN_ORDERS)), counts)
    region = random.choice(len(company.REGIONS), len(month), p=_region_weights())
    lines = random.integers(1, MOST_LINES + 1, len(month))
    order = np.repeat(np.arange(len(month)), lines)
    line = np.arange(len(order)) - np.repeat(lines.cumsum() - lines, lines) + 1
    item = _items(random, demand, month[order])
    quantity = 6 * random.integers(1, 13, len(order))
    promised = _promised(random, cycle, month)[order]
    delivered, amount = _deliver(
        random, demand, operations, item, month[order], promised, quantity, cycle
    )
    wish = random.choice([0, 0, 0, 2, 5], len(month))[order]
    return pd.DataFrame(
        {
            "order": [f"SO-{120_000 + number}" for number in order],
            "line": line.astype(str),
            "item": np.array([i.item for i in company.ITEMS])[item],
            "region": np.array(company.REGIONS)[region[order]],
            "quantity": quantity,
            "requested": promised - wish.astype("timedelta64[D]"),
            "promised": promised,
            "delivered": delivered,
            "delivered_quantity": amount,
        }
    )


def _region_weights() -> Numbers:
    regions = np.array([f.regions for f in company.FAMILIES])
    weights: Numbers = regions.sum(axis=0) / regions.sum()
    return weights


def _items(
    random: np.random.Generator, demand: Demand, month: NDArray[np.intp]
) -> NDArray[np.intp]:
    """An item for each line, by what the dealers buy in that month."""
    weights = demand.expected[:, :, 0].sum(axis=1)[:, demand.months + month].cumsum(axis=0)
    drawn = random.random(len(month)) * weights[-1]
    drawn_item: NDArray[np.intp] = (weights < drawn).sum(axis=0)
    return drawn_item


def _promised(
    random: np.random.Generator, cycle: pd.Period, month: NDArray[np.intp]
) -> NDArray[np.datetime64]:
    """A working day of the month for each order."""
    starts = np.array([(cycle + int(m)).to_timestamp() for m in month], dtype="datetime64[D]")
    days = starts + random.integers(1, 25, len(month)).astype("timedelta64[D]")
    promised: NDArray[np.datetime64] = np.busday_offset(days, 0, roll="forward")
    return promised


def _deliver(
    random: np.random.Generator,
    demand: Demand,
    operations: Operations,
    item: NDArray[np.intp],
    month: NDArray[np.intp],
    promised: NDArray[np.datetime64],
    quantity: NDArray[np.intp],
    cycle: pd.Period,
) -> tuple[NDArray[np.datetime64], Numbers]:
    """Day and quantity of delivery; none where that day lies in the plan."""
    at = np.minimum(month, -1) + demand.months
    short = (operations.backlog.sum(axis=(1, 2)) > 0)[item, at] & ~_to_order()[item]
    taped = np.array([i.taping > 0 for i in company.ITEMS])[item]
    busy = (_bottleneck_use(demand, operations) >= FULL)[at] & taped
    chance = np.where(short, LATE_WHEN_SHORT, LATE) + np.where(busy, LATE_AT_BOTTLENECK, 0)
    late = random.random(len(item)) < chance
    delay = np.where(late, 1 + random.poisson(6, len(item)), -random.integers(0, 3, len(item)))
    day = promised + delay.astype("timedelta64[D]")
    part = random.random(len(item)) < np.where(short, SHORT_WHEN_SHORT, SHORT)
    amount = np.where(part, np.floor(quantity * random.uniform(0.5, 0.95, len(item))), quantity)
    is_open = (month >= 0) | (day >= np.datetime64(cycle.to_timestamp(), "D"))
    return (
        np.where(is_open, np.datetime64("NaT"), day),
        np.where(is_open, np.nan, amount),
    )


def _to_order() -> NDArray[np.bool_]:
    policy = {f.name: f.policy == "make to order" for f in company.FAMILIES}
    return np.array([policy[i.family] for i in company.ITEMS])


def _bottleneck_use(demand: Demand, operations: Operations) -> Numbers:
    hours = np.array([i.taping for i in company.ITEMS])
    use: Numbers = hours @ operations.produced / resource_hours(company.BOTTLENECK, demand.history)
    return use
