"""Step 3: what the production plan needs of materials - from families to items to components."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Flags, Numbers, positions, zero
from sop_xl.planning.supply.materials.explosion import MaterialPlan, circle, material_plan
from sop_xl.planning.supply.materials.netting import whole_periods
from sop_xl.planning.supply.materials.products import bill_of_new_items, products
from sop_xl.planning.wording import listed
from sop_xl.schema import Finding, Severity
from sop_xl.tables.materials import PIECES
from sop_xl.tables.settings import Settings

MONTHS = 12 / 365
"""Months of a mean length in a day."""


class Requirements(NamedTuple):
    """The plan of the materials, and what it was made of; periods are the plan months."""

    materials: pd.DataFrame
    """The list, one row for each component, with ``months`` (lead time), ``step`` (of its
    orders) and ``on_hand``."""
    plan: MaterialPlan
    """Its rows: first the components as in ``materials``, then the products."""
    on_order: Numbers
    """Open orders of the components; what is past due in the first month."""
    parents: pd.DataFrame
    """``item, family`` of the products; family "" where nobody knows."""
    findings: list[Finding]

    @property
    def many(self) -> int:
        """How many components there are: the first rows of the plan."""
        return len(self.materials)


def requirements(
    axis: Axis,
    settings: Settings,
    *,
    production: Numbers,
    families: Sequence[str],
    item_mix: pd.DataFrame,
    materials: pd.DataFrame,
    bill_of_materials: pd.DataFrame,
    material_stock: pd.DataFrame,
    purchase_orders: pd.DataFrame,
    launches: pd.DataFrame,
    history: pd.DataFrame,
) -> Requirements:
    """Explode the production of the families to their materials, gross to net.

    The production of a family is made of its items in their mix of the last twelve months, and of
    new items as their launches say; those have the bill of their like item until there is one of
    their own. Rows of the bill that name an unknown parent or component, or run in a circle, are
    left out and told.

    Args:
        production: Units, families down, plan periods across.
        families: Names of its rows.
        launches: The list.
        history: Demand of the closed months by family, region and channel.
    """
    known = with_months(materials, settings).drop_duplicates("component", ignore_index=True)
    components = [str(name) for name in known["component"]]
    made = products(axis, production, families, item_mix, launches, history)
    given, told = bill_of_new_items(bill_of_materials, made)
    bill, findings = _sound(given, components, made.names)
    findings += told
    parents = [name for name in bill["parent"].drop_duplicates() if name not in set(components)]
    at = positions(pd.Series(parents, dtype="str"), made.names)
    # a component that is sold as well is needed for its own plan, too
    own = positions(pd.Series(components, dtype="str"), made.names)
    nothing = np.zeros((1, axis.horizon))
    units = np.vstack([made.units, nothing])
    demand = np.vstack([units[own], units[at]]) if components else np.zeros((0, axis.horizon))
    stock = positions(material_stock["component"], components)
    on_hand = np.zeros(len(components))
    amount = zero(material_stock["on_hand"].to_numpy(dtype=float))
    np.add.at(on_hand, stock[stock >= 0], amount[stock >= 0])
    known = known.assign(on_hand=on_hand)
    on_order = _on_order(axis, purchase_orders, components)
    items = _facts(known, parents)
    plan = material_plan(
        items, bill, demand, np.vstack([on_order, np.zeros((len(parents), axis.horizon))]),
        _valid(axis, bill),
    )  # fmt: skip
    family = [made.family[n] if n >= 0 else "" for n in at.tolist()]
    frame = pd.DataFrame({"item": parents, "family": family}, dtype="str")
    findings += _far(axis, known, plan) + _unpriced(known, plan)
    return Requirements(known, plan, on_order, frame, findings)


def with_months(materials: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The list of materials with the lead time in whole months, rounded up, and the step of its
    orders: the multiple, else one where orders come in whole units."""
    days = materials["lead_time"].fillna(settings.lead_time_days)
    unit = materials["unit"].where(materials["unit"] != "", settings.base_unit).str.lower()
    whole = (materials["whole"] == "yes") | ((materials["whole"] != "no") & unit.isin(PIECES))
    step = materials["multiple"].where(materials["multiple"] > 0, whole.astype(float))
    return materials.assign(
        step=step.astype(float), months=np.ceil(np.round(days * MONTHS, 1)).astype(float)
    )


def _sound(
    bill: pd.DataFrame, components: Sequence[str], products: Sequence[str]
) -> tuple[pd.DataFrame, list[Finding]]:
    """The rows of the bill that can be planned with, and findings about the others.

    Names are spelled as the lists of materials and products spell them.
    """
    everything = [*components, *(name for name in products if name not in set(components))]
    spelled = {}
    findings = []
    for column, known, what in (
        ("parent", everything, "no item, family or material"),
        ("component", components, "not in the list of materials"),
    ):
        at = positions(bill[column], known)
        spelled[column] = np.append(np.array(known, dtype=object), "")[at]
        unknown = bill.loc[at < 0, column].drop_duplicates()
        if len(unknown):
            verb = "is" if len(unknown) == 1 else "are"
            findings.append(_warning(
                "bill_of_materials",
                f"{listed(unknown)} {verb} {what}: the rows that name it are left out.",
                "Add it to Materials or to the item master, or take the rows out.",
            ))  # fmt: skip
    rows = bill.assign(**spelled)
    amount = rows["quantity"].to_numpy(dtype=float)
    rows = rows[(rows["parent"] != "") & (rows["component"] != "") & ~np.isnan(amount)]
    parent, component = (positions(rows[column], everything) for column in ("parent", "component"))
    circular = in_circles(parent, component)
    if circular.any():
        around = " > ".join(circle(everything, parent[circular], component[circular]))
        findings.append(_warning(
            "bill_of_materials",
            f"The bill of materials runs in a circle: {around}. Its"
            f" {int(circular.sum())} rows are left out.",
            "Take one of these rows out of the bill, then load again.",
        ))  # fmt: skip
    return rows[~circular].reset_index(drop=True), findings


def in_circles(
    parent: npt.NDArray[np.int64], component: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Which rows of a bill lie in a circle, or on the way from one circle to another.

    >>> in_circles(np.array([0, 1, 2, 0]), np.array([1, 2, 1, 3])).tolist()
    [False, True, True, False]
    """
    left = np.ones(len(parent), dtype=bool)
    while True:
        # what nothing leads into, or out of, is in no circle
        inner = left & np.isin(component, parent[left]) & np.isin(parent, component[left])
        if (inner == left).all():
            return inner
        left = inner


def _on_order(axis: Axis, orders: pd.DataFrame, components: Sequence[str]) -> Numbers:
    coming = np.zeros((len(components), axis.horizon))
    at = positions(orders["component"], components)
    month = pd.PeriodIndex(orders["due"], freq="M").asi8 - axis.plan.asi8[0]
    amount = zero(orders["quantity"].to_numpy(dtype=float))
    inside = (at >= 0) & orders["due"].notna().to_numpy() & (month < axis.horizon)
    np.add.at(coming, (at[inside], np.maximum(month[inside], 0)), amount[inside])
    return coming


def _facts(known: pd.DataFrame, parents: Sequence[str]) -> pd.DataFrame:
    """What the netting has to know: of the components what the list says, of the products that they
    are made in the month of the plan."""
    own = pd.DataFrame({
        "item": known["component"],
        "on_hand": known["on_hand"],
        "safety_stock": known["safety_stock"],
        "lead_time": known["months"],
        "lot_size": known["step"],
        "minimum": known["minimum"],
        "cover": known["cover"],
        "output": known["output"].where(known["output"] > 0),
    })  # fmt: skip
    products = pd.DataFrame({"item": pd.Series(list(parents), dtype="str")})
    return pd.concat([own, products], ignore_index=True)


def _valid(axis: Axis, bill: pd.DataFrame) -> Flags:
    """In which months each row of the bill holds."""
    months = axis.plan.asi8[np.newaxis, :]
    start, end = (
        pd.PeriodIndex(bill[name], freq="M").asi8[:, np.newaxis] for name in ("start", "end")
    )
    begun = bill["start"].isna().to_numpy()[:, np.newaxis] | (months >= start)
    ended = bill["end"].notna().to_numpy()[:, np.newaxis] & (months > end)
    valid: Flags = begun & ~ended
    return valid


def _far(axis: Axis, known: pd.DataFrame, plan: MaterialPlan) -> list[Finding]:
    needed = plan.gross[: len(known)].sum(axis=1) > 0
    far = known.loc[needed & (known["months"] >= axis.horizon).to_numpy(), "component"]
    if far.empty:
        return []
    message = (
        f"The lead time of {listed(far)} is as long as the plan or longer: whatever is ordered now"
        " comes after it, and every need that stock and orders do not cover is late."
    )
    return [_warning("materials", message, "Check Lead time (days), or plan more months.")]


def _unpriced(known: pd.DataFrame, plan: MaterialPlan) -> list[Finding]:
    bought = known["supplier"].fillna("") != ""
    planned = plan.release[: len(known)].sum(axis=1) > 0
    which = bought.to_numpy() & planned & ~(known["price"] > 0).to_numpy()
    if not which.any():
        return []
    message = f"{listed(known.loc[which, 'component'])} has no price: its purchases count nothing."
    return [_warning("materials", message, "Fill in the price in Materials.")]


def _warning(table: str, message: str, remedy: str) -> Finding:
    return Finding(table, message, remedy, Severity.WARNING)


def lead_times(known: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Lead times of the components in whole months."""
    return whole_periods(known["months"].to_numpy(dtype=float), len(known))
