"""Step 3: the sheet Inventory - target stock by service level, projection, orders, promises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import (
    Numbers,
    across,
    blocks,
    lookup,
    matrix,
    rounded,
    totals,
    zero,
)
from sop_xl.planning.supply.availability import available_to_promise
from sop_xl.planning.supply.buffers import safety_stock, safety_stock_for_fill_rate
from sop_xl.planning.wording import listed
from sop_xl.schema import Finding, Severity
from sop_xl.tables.settings import MAKE_TO_ORDER
from sop_xl.tables.stock import INVENTORY, STOCK_SUMMARY, STOCK_TARGETS

DAYS, ERROR, FILL, REVIEW = "days", "forecast error", "fill rate", "periodic review"
"""Stock methods that are told apart; the other one goes by the deviation of the demand."""
MONTHS = 12 / 365
"""Months of a mean length in a day."""


def coming_rate(demand: Numbers, months: npt.NDArray[np.int64]) -> Numbers:
    """Mean demand of the periods that follow each period, as many as are given for each family; at
    the end of the horizon that of the last period.

    Args:
        demand: Units, families down, plan periods across.
        months: Periods to look ahead, at least 1, one for each family (upright).

    >>> coming_rate(np.array([[10.0, 20, 40]]), np.array([[2]])).tolist()
    [[30.0, 40.0, 40.0]]
    """
    last = demand.shape[1] - 1
    at = np.arange(last + 1)
    first, end = np.minimum(at + 1, last), np.minimum(at + months, last)
    sums = np.hstack([np.zeros((len(demand), 1)), np.cumsum(demand, axis=1)])
    first = np.broadcast_to(first, end.shape)
    whole = np.take_along_axis(sums, end + 1, 1) - np.take_along_axis(sums, first, 1)
    mean: Numbers = whole / (end - first + 1)
    return mean


def stock_targets(
    axis: Axis, names: Sequence[str], demand_total: pd.DataFrame, families: pd.DataFrame
) -> pd.DataFrame:
    """The grid ``stock_targets``: safety stock, cycle stock and their sum, month by month.

    The deviation is ``rate x root((L + T) CV^2 + s_L^2)``, all in months: that of
    :func:`~sop_xl.planning.supply.buffers.lead_time_sigma` with ``s_D = CV x rate``.
    """
    demand = totals(demand_total, "consensus", "family", names, axis.plan)
    method = _texts(families, names, "method_used")
    facts = {
        name: lookup(families, "family", names, name)
        for name in (
            *("item_cv", "error_cv", "lead_time_used", "sigma_used", "review_used", "lot"),
            "service_used",
        )
    }
    review = facts["review_used"] * MONTHS
    protected = facts["lead_time_used"] * MONTHS + np.where(method == REVIEW, review, 0.0)
    whole = np.ceil(np.round(protected, 6))
    rate = coming_rate(demand, np.maximum(1, whole).astype(np.int64))
    missed = (method == ERROR) & (facts["error_cv"] > 0)
    spread = np.where(missed, facts["error_cv"], facts["item_cv"])
    months = np.sqrt(protected * spread**2 + (facts["sigma_used"] * MONTHS) ** 2)
    deviation = rate * months
    lot = np.where(facts["lot"] > 0, facts["lot"], rate * review)
    # a deviation of nothing, or no lot, has no factor: the service level takes its place
    one, by_fill = np.full(deviation.shape, np.nan), (method == FILL)[:, 0]
    one[by_fill] = safety_stock_for_fill_rate(
        facts["service_used"][by_fill], lot[by_fill], deviation[by_fill], 1.0
    )
    able = (method == FILL) & (deviation > 0) & (lot > 0)
    factor = np.where(able, one / np.where(deviation > 0, deviation, 1.0), np.nan)
    level = safety_stock(facts["service_used"], 1.0, 1.0)
    ordered = _texts(families, names, "policy_used") == MAKE_TO_ORDER
    safety = np.where(ordered, 0.0, deviation * np.where(able, zero(factor), zero(level)))
    cycle = np.where(ordered, 0.0, lot / 2)
    cells = {
        "demand": demand,
        "rate": rate,
        "deviation": deviation,
        "fill_factor": factor,
        "safety_stock": safety,
        "cycle_stock": cycle,
        "service_target": safety + cycle,
    }
    return blocks(STOCK_TARGETS, names, axis, {n: across(axis, plan=c) for n, c in cells.items()})


def inventory(
    axis: Axis,
    names: Sequence[str],
    supply_plan: pd.DataFrame,
    targets: pd.DataFrame,
    families: pd.DataFrame,
    booked: Numbers,
) -> pd.DataFrame:
    """The grid ``inventory``: the supply plan's stock against its target, and what can be promised.

    Args:
        booked: What :func:`booked_orders` gives.
    """
    cost = lookup(families, "family", names, "cost")
    before = {
        name: totals(supply_plan, name, "family", names, axis.past)
        for name in ("inventory", "backlog")
    }
    stock, target, cover, made, bought, backlog = (
        totals(supply_plan, name, "family", names, axis.plan)
        for name in (
            *("inventory", "target", "days_of_supply", "production", "subcontracted"),
            "backlog",
        )
    )
    receipts = made + bought
    safety, cycle = (
        totals(targets, name, "family", names, axis.plan)
        for name in ("safety_stock", "cycle_stock")
    )
    arriving = rounded(receipts) > 0
    arriving[:, 0] = True
    promise = available_to_promise(
        before["inventory"][:, -1:], np.where(arriving, receipts, 0.0), booked
    )
    plan = {
        "stock": stock,
        "target": target,
        "safety_stock": safety,
        "short": np.maximum(0.0, rounded(target - stock)),
        "excess": np.maximum(0.0, rounded(stock - target - cycle)),
        "cover": cover,
        "receipts": receipts,
        "booked": booked,
        "receipt": np.cumsum(arriving, axis=1).astype(float),
        "promise": np.asarray(promise, dtype=float).reshape(stock.shape),
        "backlog": backlog,
        "value": stock * cost,
    }
    past = {
        "stock": before["inventory"],
        "backlog": before["backlog"],
        "value": before["inventory"] * cost,
    }
    cells = {name: across(axis, past.get(name), numbers) for name, numbers in plan.items()}
    return blocks(INVENTORY, names, axis, cells)


def booked_orders(
    axis: Axis,
    names: Sequence[str],
    orders: pd.DataFrame,
    family_of: pd.Series,
    stock_history: pd.DataFrame,
) -> Numbers:
    """Units of open order lines by family and the month for which they are promised.

    What was promised for a closed month is due in the first one; so is the backlog, where it is
    more than that.

    Args:
        family_of: Family of each item.
    """
    lines = hierarchy.at_family(orders[orders["delivered"].isna()], family_of)
    due = lines["promised"].fillna(lines["requested"])
    known = due.notna()
    lines = lines[known].assign(
        period=axis.calendar.period_of(due[known]),
        open=(lines["quantity"] - lines["delivered_quantity"].fillna(0.0))[known].clip(lower=0.0),
    )
    late = lines.assign(late=lines["open"].where(lines["period"] < axis.first, 0.0))
    overdue = late.groupby(late["family"])["late"].sum().reindex(list(names)).fillna(0.0)
    owed = zero(matrix(stock_history, "backlog", "family", names, axis.past[-1:]))
    booked = totals(lines, "open", "family", names, axis.plan)
    booked[:, :1] += np.maximum(overdue.to_numpy(dtype=float)[:, np.newaxis], owed)
    return booked


def stock_summary(
    axis: Axis,
    names: Sequence[str],
    inventory_grid: pd.DataFrame,
    supply_plan: pd.DataFrame,
    families: pd.DataFrame,
    stock_history: pd.DataFrame,
) -> pd.DataFrame:
    """The list ``stock_summary``: where the stock of each family stands."""
    stock, target, short, excess, cover, booked, owed = (
        totals(inventory_grid, name, "family", names, axis.plan)
        for name in ("stock", "target", "short", "excess", "cover", "booked", "backlog")
    )
    demand = totals(supply_plan, "demand", "family", names, axis.plan).sum(axis=1)
    on_hand, backlog = (
        totals(stock_history, name, "family", names, axis.past[-1:])[:, 0]
        for name in ("on_hand", "backlog")
    )
    cost = lookup(families, "family", names, "cost")[:, 0]
    held = stock.sum(axis=1)
    free = owed == 0
    cleared = np.where(free.any(axis=1), free.argmax(axis=1) + 1, axis.horizon)
    method = _texts(families, names, "method_used")[:, 0]
    ordered = _texts(families, names, "policy_used")[:, 0] == MAKE_TO_ORDER
    return pd.DataFrame(
        {
            "family": pd.Series(list(names), dtype="str"),
            "method": pd.Series(np.where(ordered, MAKE_TO_ORDER, method), dtype="str"),
            "on_hand": on_hand,
            "value": on_hand * cost,
            "target": target[:, 0],
            "short_months": (short > 0.5).sum(axis=1).astype(float),
            "most_excess": excess.max(axis=1),
            "cover": cover[:, 0],
            "turns": np.where(held > 0, 12 * demand / np.where(held > 0, held, 1.0), np.nan),
            "booked": booked.sum(axis=1),
            "backlog": backlog,
            "clear": np.where(backlog > 0, cleared.astype(float), np.nan),
        }
    )[STOCK_SUMMARY.names]


def target_findings(axis: Axis, families: pd.DataFrame) -> Iterator[Finding]:
    """Families whose target stock rests on something that is not known, with what to do."""
    stocked = families[families["policy_used"] != MAKE_TO_ORDER]
    method = stocked["method_used"]
    by_service = stocked[method != DAYS]
    error = stocked[(method == ERROR) & ~(stocked["error_cv"] > 0)]
    fill = stocked[(method == FILL) & ~(stocked["lot"] > 0) & ~(stocked["review_used"] > 0)]
    unsteady = by_service[
        ~(by_service["item_cv"] > 0) & ~by_service["family"].isin(error["family"])
    ]
    days = by_service["lead_time_used"] + by_service["review_used"].where(
        by_service["method_used"] == REVIEW, 0.0
    )
    far = by_service[days * MONTHS > axis.horizon]
    for rows, what, remedy in (
        (error, "No plan of an earlier cycle tells the forecast error of {}: the deviation of the"
         " demand takes its place.", "Load past plans, or choose the method service level."),
        (fill, "A fill rate wants a lot or review days, {} has neither: its service level counts"
         " as share of cycles.", "Fill in Lot or Review days on Families."),
        (unsteady, "The history of {} is too short to tell how much demand varies: no safety stock"
         " is planned.", "Choose the method days and fill in target days on Families."),
        (far, "The lead time of {} is longer than the plan: demand beyond it counts as in the last"
         " month.", "Check Lead time and Review days on Families, or plan more months."),
    ):  # fmt: skip
        if len(rows):
            message = what.format(listed(rows["family"]))
            yield Finding("families", message, remedy, Severity.WARNING)


def _texts(families: pd.DataFrame, names: Sequence[str], column: str) -> npt.NDArray[np.object_]:
    """One text for each family (upright)."""
    values = families.set_index("family")[column].reindex(list(names))
    return values.to_numpy(dtype=object)[:, np.newaxis]
