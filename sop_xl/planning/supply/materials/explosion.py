"""Gross to net over a bill of material, level by level, with one level of pegging."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.frames import Flags, Numbers, rounded, zero
from sop_xl.planning.supply.materials.netting import Lots, net_out, releases, whole_periods


class MaterialPlan(NamedTuple):
    """Items down (as in the list of items), periods across, in units."""

    gross: Numbers
    net: Numbers
    receipt: Numbers
    """Planned orders, when they have to be there."""
    release: Numbers
    """Planned orders, when they have to be started or placed."""
    projected: Numbers
    late: Numbers
    """Of the receipts those whose lead time began before the first period."""
    pegging: pd.DataFrame
    """``component, period, parent, quantity``: who needs it; the period is a position from 0."""


def material_plan(
    items: pd.DataFrame,
    bill: pd.DataFrame,
    demand: Numbers,
    receipts: Numbers | None = None,
    valid: Flags | None = None,
) -> MaterialPlan:
    """Planned orders of all items: their own demand, and what the orders of their parents need.

    ``G_c = own demand + sum over parents of release_p x quantity / (1 - scrap)``; netting as in
    :func:`~sop_xl.planning.supply.materials.netting.net_out`; a release is the receipt by the
    item's yield, a lead time earlier. Source: Vollmann, Berry and Whybark, Manufacturing Planning
    and Control Systems, material requirements planning.

    Args:
        items: ``item``, and where they apply ``on_hand, safety_stock, lead_time, lot_size,
            minimum, cover, output`` (yield); a blank takes 0, for cover and output 1.
        bill: ``parent, component, quantity`` and, where it applies, ``scrap`` (share lost).
        demand: Units of each item and period from outside; items down as in ``items``.
        receipts: On order, when it is due, in the same shape.
        valid: Whether a row of the bill holds in a period, rows of the bill down; always where it
            is left out. What holds in the period of the parent's release counts.

    Raises:
        ValueError: The bill runs in a circle (its items are named), names an unknown item or an
            item twice, or a number is impossible.

    >>> items = pd.DataFrame({"item": ["table", "leg"], "lead_time": [1, 1], "on_hand": [0, 8]})
    >>> bill = pd.DataFrame({"parent": ["table"], "component": ["leg"], "quantity": [4]})
    >>> demand = np.array([[0.0, 0, 5], [0, 0, 0]])
    >>> material_plan(items, bill, demand).release.tolist()
    [[0.0, 5.0, 0.0], [12.0, 0.0, 0.0]]
    """
    names = [str(name) for name in items["item"]]
    parent, component, quantity = _edges(names, bill)
    levels = _levels(names, parent, component)
    facts = {name: _fact(items, name, holds) for name, holds in _FACTS.items()}
    _check(names, facts, demand, receipts)
    lead = whole_periods(facts["lead_time"], len(names))
    each = np.broadcast_to(quantity[:, np.newaxis], (len(bill), demand.shape[1]))
    each = each if valid is None else np.where(valid, each, 0.0)
    on_order = np.zeros_like(demand) if receipts is None else zero(receipts)
    net, receipt, release, projected, late = (np.zeros(demand.shape) for _ in range(5))
    plan = MaterialPlan(zero(demand), net, receipt, release, projected, late, pd.DataFrame())
    for level in range(int(levels.max(initial=0)) + 1):
        now = np.flatnonzero(levels == level)
        # whole millionths, as the stock is: a sheet that rounds on the way comes to the same
        plan.gross[now] = rounded(plan.gross[now])
        lots = Lots(*(facts[name][now] for name in ("lot_size", "minimum", "cover", "output")))
        found = net_out(
            plan.gross[now], facts["on_hand"][now], on_order[now], facts["safety_stock"][now], lots
        )
        plan.net[now], plan.receipt[now], plan.projected[now] = found
        plan.release[now] = releases(found.receipt, lead[now], facts["output"][now])
        below = np.flatnonzero(levels[parent] == level)
        needs = plan.release[parent[below]] * each[below]
        np.add.at(plan.gross, component[below], needs)
    early = np.arange(demand.shape[1]) < lead[:, np.newaxis]
    return plan._replace(
        late=np.where(early, plan.receipt, 0.0),
        pegging=_pegging(names, plan.release[parent] * each, parent, component),
    )


_FACTS = {
    "on_hand": 0.0, "safety_stock": 0.0, "lead_time": 0.0, "lot_size": 0.0, "minimum": 0.0,
    "cover": 1.0, "output": 1.0,
}  # fmt: skip
"""What is known of an item, and what holds where it is left out."""


def _fact(items: pd.DataFrame, name: str, holds: float) -> Numbers:
    """One number for each item (upright)."""
    if name not in items:
        return np.full((len(items), 1), holds)
    numbers = items[name].to_numpy(dtype=float)
    return np.where(np.isnan(numbers), holds, numbers)[:, np.newaxis]


def _check(
    names: Sequence[str], facts: dict[str, Numbers], demand: Numbers, receipts: Numbers | None
) -> None:
    for name, numbers in facts.items():
        least = {"cover": 1.0, "output": 1e-9}.get(name, 0.0)
        wrong = numbers[:, 0] < least
        if name == "output":
            wrong |= numbers[:, 0] > 1
        for at in np.flatnonzero(wrong).tolist():
            raise ValueError(f"{name.replace('_', ' ')} of {names[at]} is {numbers[at, 0]:g}")
    for what, cells in (("demand", demand), ("receipts", receipts)):
        if cells is not None and cells.shape != (len(names), demand.shape[1]):
            raise ValueError(f"{what} has {len(cells)} rows for {len(names)} items")
        if cells is not None and (zero(cells) < 0).any():
            at = int(np.argwhere(zero(cells) < 0)[0, 0])
            raise ValueError(f"{what} of {names[at]} is negative")


def _edges(
    names: Sequence[str], bill: pd.DataFrame
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Numbers]:
    """Parent and component of each row of the bill as positions, and units with scrap."""
    index = pd.Index(names)
    for name in index[index.duplicated()].tolist():
        raise ValueError(f"the item {name} is there twice")
    ends = []
    for column in ("parent", "component"):
        at = index.get_indexer(pd.Index(bill[column].astype(str)))
        for row in np.flatnonzero(at < 0).tolist():
            raise ValueError(
                f"the bill of material names {bill[column].iloc[row]}, which is no item: add it to"
                " the items or take it out of the bill"
            )
        ends.append(at.astype(np.int64))
    quantity = bill["quantity"].to_numpy(dtype=float)
    scrap = zero(bill["scrap"].to_numpy(dtype=float)) if "scrap" in bill else np.zeros(len(bill))
    for row in np.flatnonzero(~(quantity >= 0) | (scrap < 0) | (scrap >= 1)).tolist():
        raise ValueError(
            f"{names[ends[1][row]]} in {names[ends[0][row]]}: the quantity has to be zero or more,"
            " the scrap a share below 1"
        )
    return ends[0], ends[1], quantity / (1 - scrap)


def _levels(
    names: Sequence[str], parent: npt.NDArray[np.int64], component: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Low-level code: the longest way down to an item.

    Raises:
        ValueError: The bill runs in a circle.
    """
    levels = np.zeros(len(names), dtype=np.int64)
    for _ in range(len(names) + 1):
        below = levels.copy()
        np.maximum.at(below, component, levels[parent] + 1)
        if (below == levels).all():
            return levels
        levels = below
    raise ValueError(
        f"the bill of material runs in a circle: {' > '.join(circle(names, parent, component))};"
        " take one of these rows out"
    )


def circle(
    names: Sequence[str], parent: npt.NDArray[np.int64], component: npt.NDArray[np.int64]
) -> Iterator[str]:
    """The items of a circle, the first one again at the end."""
    uses = pd.Series(component).groupby(parent).agg(list).to_dict()
    # what has no way on cannot be in a circle; of the rest any way comes back to where it was
    ends = set(component.tolist()) - set(uses)
    while ends:
        uses = {p: kept for p, below in uses.items() if (kept := [c for c in below if c in uses])}
        ends = {c for below in uses.values() for c in below} - set(uses)
    at, walked = next(iter(uses)), list[int]()
    while at not in walked:
        walked.append(at)
        at = uses[at][0]
    return (names[item] for item in [*walked[walked.index(at) :], at])


def _pegging(
    names: Sequence[str],
    gross: Numbers,
    parent: npt.NDArray[np.int64],
    component: npt.NDArray[np.int64],
) -> pd.DataFrame:
    needs = rounded(gross)
    row, period = np.nonzero(needs)
    known = pd.Index(list(names), dtype="str")
    return pd.DataFrame({
        "component": known[component[row]], "period": period, "parent": known[parent[row]],
        "quantity": needs[row, period],
    }).sort_values(["component", "period", "parent"], ignore_index=True)  # fmt: skip
