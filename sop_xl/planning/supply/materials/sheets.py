"""Step 3: the sheet Materials - requirements, purchases, messages, orders, pegging."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, across, blocks, positions, rounded, zero
from sop_xl.planning.supply.materials.exceptions import Message, order_messages
from sop_xl.planning.supply.materials.requirements import Requirements, lead_times
from sop_xl.planning.wording import month, number
from sop_xl.schema import Table, empty_frame
from sop_xl.tables.materials import (
    MATERIAL_MESSAGES,
    MATERIAL_ORDERS,
    MATERIAL_PEGGING,
    MATERIAL_PLAN,
    PURCHASE_TOTAL,
    PURCHASES,
)

IN_HOUSE = "(in-house)"
"""Stands for the supplier of what we make ourselves."""
MOST_MATERIALS = 60
"""Materials that the book has room for: those with the largest purchases."""
MOST_ROWS = 150
"""Rows of a list of orders, messages or parents that anybody reads."""
ORDER_MONTHS = 3
"""Months ahead whose orders are listed one by one."""
NAMED = 3
"""Parents that are named beside an order."""
PAST_DUE = "past due"
_URGENCY = (PAST_DUE, "late", "expedite", "cancel", "delay")
"""Kinds of messages, the most pressing first."""


def material_frames(
    axis: Axis, found: Requirements, purchase_orders: pd.DataFrame
) -> dict[str, pd.DataFrame]:
    """The grids and lists of materials, by name."""
    shown = _shown(found)
    material = material_grid(axis, found, shown)
    bought = purchases(axis, found, shown, material)
    return {
        MATERIAL_PLAN.name: material,
        PURCHASES.name: bought,
        PURCHASE_TOTAL.name: purchase_total(axis, bought),
        MATERIAL_MESSAGES.name: messages(axis, found, purchase_orders),
        MATERIAL_ORDERS.name: orders(axis, found),
        MATERIAL_PEGGING.name: pegging(axis, found),
    }


def _price(found: Requirements) -> Numbers:
    return zero(found.materials["price"].to_numpy(dtype=float))[:, np.newaxis]


def _output(found: Requirements) -> Numbers:
    """Good units from one unit ordered, upright."""
    given = found.materials["output"]
    return given.where(given > 0, 1.0).to_numpy(dtype=float)[:, np.newaxis]


def _suppliers(found: Requirements) -> npt.NDArray[np.object_]:
    names = found.materials["supplier"].fillna("").astype(str)
    return np.asarray(names.replace("", IN_HOUSE).to_numpy(dtype=object))


def _shown(found: Requirements) -> npt.NDArray[np.int64]:
    """The components that the book shows, by supplier."""
    worth = (_price(found) * found.plan.release[: found.many]).sum(axis=1)
    most = np.sort(np.argsort(-worth, kind="stable")[:MOST_MATERIALS])
    suppliers = _suppliers(found)
    order = np.argsort(suppliers[most].astype(str), kind="stable") if len(most) else most
    return np.asarray(most[order], dtype=np.int64)


def material_grid(axis: Axis, found: Requirements, shown: npt.NDArray[np.int64]) -> pd.DataFrame:
    """The grid ``material_plan``."""
    plan, price = found.plan, _price(found)[shown]
    coming, receipt, release = found.on_order[shown], plan.receipt[shown], plan.release[shown]
    gross = plan.gross[shown]
    cells = {
        "gross": gross,
        "on_order": coming,
        "flow": rounded(np.cumsum(coming, axis=1) - np.cumsum(gross, axis=1)),
        "net": plan.net[shown],
        "receipt": receipt,
        "late": plan.late[shown],
        "release": release,
        "projected": plan.projected[shown],
        "ordered": release * price,
        "arriving": (coming + rounded(receipt / _output(found)[shown])) * price,
    }
    keys = pd.DataFrame({
        "component": found.materials["component"].to_numpy(dtype=object)[shown],
        "supplier": _suppliers(found)[shown],
    }, dtype="str")  # fmt: skip
    across_all = {name: across(axis, plan=numbers) for name, numbers in cells.items()}
    return hierarchy.level_grid(MATERIAL_PLAN, keys, axis, across_all)


def purchases(
    axis: Axis, found: Requirements, shown: npt.NDArray[np.int64], material: pd.DataFrame
) -> pd.DataFrame:
    """The grid ``purchases``: money by supplier; without those of whom nothing has a price."""
    price, suppliers = _price(found), _suppliers(found)
    hidden = np.setdiff1d(np.arange(found.many), shown)
    priced = suppliers[(price > 0)[:, 0]]
    names = sorted({str(name) for name in priced})
    ordered = found.plan.release[: found.many] * price
    planned = rounded(found.plan.receipt[: found.many] / _output(found))
    arriving = (found.on_order[: found.many] + planned) * price
    others, others_arriving = (
        _by_supplier(names, suppliers[hidden], worth[hidden]) for worth in (ordered, arriving)
    )
    sums = {
        name: _by_supplier(
            names, suppliers[shown],
            material[name].to_numpy(dtype=float).reshape(-1, len(axis.periods))[:, axis.history :],
        )
        for name in ("ordered", "arriving")
    }  # fmt: skip
    cells = {
        "others": others,
        "others_arriving": others_arriving,
        "ordered": sums["ordered"] + others,
        "arriving": sums["arriving"] + others_arriving,
    }
    return blocks(PURCHASES, names, axis, {n: across(axis, plan=c) for n, c in cells.items()})


def _by_supplier(
    names: Sequence[str], suppliers: npt.NDArray[np.object_], cells: Numbers
) -> Numbers:
    sums = np.zeros((len(names), cells.shape[1]))
    at = positions(pd.Series(suppliers, dtype="str"), names)
    np.add.at(sums, at[at >= 0], cells[at >= 0])
    return sums


def purchase_total(axis: Axis, bought: pd.DataFrame) -> pd.DataFrame:
    """The grid ``purchase_total``."""
    plan = bought[bought["period"].isin(axis.plan)]
    sums = plan.groupby("period")[["ordered", "arriving"]].sum().reindex(axis.plan).fillna(0.0)
    cells = {
        name: across(axis, plan=sums[name].to_numpy(dtype=float)[np.newaxis, :]) for name in sums
    }
    return blocks(PURCHASE_TOTAL, [""], axis, {str(n): c for n, c in cells.items()})


# ---- lists -----------------------------------------------------------------------------


def messages(axis: Axis, found: Requirements, purchase_orders: pd.DataFrame) -> pd.DataFrame:
    """The list ``material_messages``, the most pressing first."""
    rows = [*_past_due(axis, found, purchase_orders), *_messages(axis, found, purchase_orders)]
    frame = pd.DataFrame(rows, columns=MATERIAL_MESSAGES.names)
    frame["urgency"] = frame["what"].map(_URGENCY.index)
    frame = frame.sort_values(
        ["urgency", "value", "component"], ascending=[True, False, True], ignore_index=True
    )
    return _numbered(frame, MATERIAL_MESSAGES)


def _messages(
    axis: Axis, found: Requirements, purchase_orders: pd.DataFrame
) -> Iterator[dict[str, Any]]:
    known, part = found.materials, slice(0, found.many)
    names = [str(name) for name in known["component"]]
    given = order_messages(
        names, found.plan.gross[part], known[["on_hand"]].to_numpy(dtype=float),
        found.on_order, zero(known[["safety_stock"]].to_numpy(dtype=float)),
        lead_times(known), rounded(_first_late(found.plan.late[part]) / _output(found)),
    )  # fmt: skip
    labels = [month(period) for period in axis.plan]
    numbers = _order_numbers(axis, purchase_orders)
    for message in given:
        row = names.index(message.item)
        period = axis.plan[message.due]
        text = _put_into_words(
            message,
            _amount(found, row, message.quantity),
            labels,
            bool(known["supplier"].iloc[row]),
        )
        order = "" if message.what == "late" else numbers.get((message.item, period), "")
        # what is late is needed in its month; an open order serves what comes first
        at = message.due if message.what == "late" else min(message.needed, axis.horizon - 1)
        needed = pd.NaT if message.what == "cancel" else axis.plan[at]
        found_row = _row(found, row, message.what, order, message.quantity, period, text, at)
        yield found_row | {"needed": needed}


def _first_late(late: Numbers) -> Numbers:
    """All that is late of each item, in the first month in which something is."""
    sums, first = late.sum(axis=1), (late > 0).argmax(axis=1)
    merged = np.zeros_like(late)
    merged[np.arange(len(late)), first] = sums
    return merged


def _amount(found: Requirements, row: int, quantity: float) -> str:
    """``2,600 pcs of HW-420 Back frame``."""
    material = found.materials.iloc[row]
    what = f"{number(quantity, str(material['unit']))} of {material['component']}"
    return f"{what} {material['name']}".rstrip()


def _put_into_words(message: Message, amount: str, labels: Sequence[str], bought: bool) -> str:
    due, needed = labels[message.due], labels[min(message.needed, len(labels) - 1)]
    if message.what == "cancel":
        return f"Cancel {amount} due in {due}: nothing needs it up to {needed}."
    if message.what == "late":
        there = f"in {needed}" if message.needed < len(labels) else "after the plan"
        verb = "Order" if bought else "Start"
        return (
            f"{verb} {amount} at once and expedite: needed from {due} on, by its lead time there"
            f" {there}."
        )
    verb = {"expedite": "Bring forward", "delay": "Put off"}[message.what]
    return f"{verb} {amount} from {due} to {needed}."


def _order_numbers(axis: Axis, orders: pd.DataFrame) -> dict[tuple[str, pd.Period], str]:
    """Numbers of the open orders by component and month; what is past due in the first."""
    due = orders.assign(period=orders["due"].where(orders["due"] >= axis.first, axis.first))
    numbers: dict[tuple[str, pd.Period], str] = {}
    for order in due.to_dict("records"):
        key = str(order["component"]), order["period"]
        numbers[key] = ", ".join(filter(None, (numbers.get(key, ""), str(order["order"]))))
    return numbers


def _past_due(
    axis: Axis, found: Requirements, purchase_orders: pd.DataFrame
) -> Iterator[dict[str, Any]]:
    names = [str(name) for name in found.materials["component"]]
    late = purchase_orders[purchase_orders["due"] < axis.first]
    at = positions(late["component"], names)
    for row, order in zip(at.tolist(), late.to_dict("records"), strict=True):
        if row < 0 or not order["quantity"] > 0:
            continue
        text = (
            f"Ask for a date: {_amount(found, row, order['quantity'])} was due in"
            f" {month(order['due'])}; the plan counts on them in {month(axis.first)}."
        )
        yield _row(
            found, row, PAST_DUE, str(order["order"]), float(order["quantity"]), order["due"],
            text, 0,
        ) | {"needed": axis.first}  # fmt: skip


def _row(
    found: Requirements, row: int, what: str, order: str, quantity: float, due: pd.Period,
    text: str, period: int,
) -> dict[str, Any]:  # fmt: skip
    material = found.materials.iloc[row]
    price = material["price"]
    return {
        "number": 0.0, "what": what, "component": material["component"],
        "name": material["name"], "supplier": material["supplier"], "order": order,
        "quantity": quantity, "unit": material["unit"],
        "value": quantity * (0.0 if pd.isna(price) else float(price)), "due": due,
        "message": text, "needed_for": _needed_for(found, str(material["component"]), period),
    }  # fmt: skip


def _needed_for(found: Requirements, component: str, period: int) -> str:
    """The parents of a need with their shares, largest first."""
    pegs = found.plan.pegging
    own = pegs[(pegs["component"] == component) & (pegs["period"] == period)]
    total = float(own["quantity"].sum())
    if total <= 0:
        return ""
    most = own.sort_values(["quantity", "parent"], ascending=[False, True])
    told = [
        f"{parent} {100 * quantity / total:.0f} %"
        for parent, quantity in most[["parent", "quantity"]].head(NAMED).itertuples(index=False)
    ]
    more = len(most) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")


def orders(axis: Axis, found: Requirements) -> pd.DataFrame:
    """The list ``material_orders``: what has to be placed in the next months."""
    lead = lead_times(found.materials)
    receipt = found.plan.receipt[: found.many]
    row, due = np.nonzero(receipt > 0)
    place = np.maximum(due - lead[row], 0)
    soon = place < ORDER_MONTHS
    ordered = rounded(receipt / _output(found))
    rows = [
        _row(found, at, "", "", float(ordered[at, t]), axis.plan[t], "", t)
        | {"release": axis.plan[first]}
        for at, t, first in zip(row[soon], due[soon], place[soon], strict=True)
    ]
    frame = pd.DataFrame(rows, columns=MATERIAL_ORDERS.names)
    frame = frame.sort_values(["release", "supplier", "component", "due"], ignore_index=True)
    return _numbered(frame, MATERIAL_ORDERS)


def pegging(axis: Axis, found: Requirements) -> pd.DataFrame:
    """The list ``material_pegging``: the need of the plan by component and parent."""
    pegs = found.plan.pegging
    sums = pegs.groupby(["component", "parent"], as_index=False).agg(
        quantity=("quantity", "sum"), first=("period", "min")
    )
    total = sums.groupby("component")["quantity"].transform("sum")
    sums["share"] = sums["quantity"] / total.where(total > 0)
    family = found.parents.set_index("item")["family"]
    sums["family"] = sums["parent"].map(family).fillna("")
    sums["start"] = pd.PeriodIndex(axis.plan.take(sums["first"].to_numpy(dtype=np.int64)), freq="M")
    sums = sums.sort_values(
        ["component", "quantity", "parent"], ascending=[True, False, True], ignore_index=True
    )
    types = empty_frame(MATERIAL_PEGGING.columns).dtypes.to_dict()
    return sums.head(MOST_ROWS)[MATERIAL_PEGGING.names].astype(types)


def _numbered(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """The first rows of a list with their numbers, in the types of its declaration."""
    kept = frame.head(MOST_ROWS).assign(number=np.arange(1.0, min(len(frame), MOST_ROWS) + 1))
    types = empty_frame(table.columns).dtypes.to_dict()
    texts = [c.name for c in table.columns if types[c.name] == "str"]
    kept[texts] = kept[texts].fillna("")
    typed: pd.DataFrame = kept[table.names].astype(types)
    return typed
