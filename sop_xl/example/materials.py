"""What the example company buys: long-lead materials, their stock, and what is on order.

Stock and open orders cover what may be expected to be used up to the lead time, more or less: some
orders are late, some come too early, one is not needed any more.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.example import company
from sop_xl.example.demand import Demand, Numbers, family_index


class Material(NamedTuple):
    """A line of the list of materials."""

    component: str
    name: str
    supplier: str
    unit: str
    price: float | None
    lead_time: float
    multiple: float
    minimum: float
    safety_months: float
    """Safety stock in months of mean use."""
    on_hand_months: float
    """Stock in months of the coming use."""
    on_order: float
    """Share of the use up to the lead time that is on order."""
    cover: float = 1.0
    output: float = 1.0


# fmt: off
MATERIALS = (
    Material("FB-110", "Laminate 3 layers", "Alpina Laminates", "m", 14.5, 105, 500, 2_000,
             .4, .9, .72),
    Material("FB-120", "Tent fabric PU", "Nordweave", "m", 4.2, 90, 500, 2_000, .4, 1.3, .9),
    Material("FB-130", "Pack fabric 420D", "Nordweave", "m", 3.6, 75, 500, 1_000, .3, 1.1, .95),
    Material("FB-140", "Lining and shell 20D", "Alpina Laminates", "m", 2.9, 75, 500, 1_000,
             .3, 1.4, .9),
    Material("FI-210", "Down 800", "Polar Down", "kg", 62, 120, 50, 200, .5, 1.0, .7, output=.98),
    Material("FI-220", "Synthetic fill", "Filltech", "kg", 7.5, 45, 100, 500, .3, 1.2, 1.0),
    Material("ZP-310", "Zip, water-repellent", "Zipline", "pcs", 2.9, 60, 1_000, 5_000,
             .3, .8, 1.0),
    Material("ZP-320", "Zip, standard", "Zipline", "pcs", .8, 45, 1_000, 10_000, .3, 1.5, 1.2,
             cover=2),
    Material("HW-410", "Buckle 25", "Clipfast", "pcs", .18, 60, 5_000, 50_000, .3, 1.0, 1.0,
             cover=3),
    Material("HW-420", "Back frame", "Tubetec", "pcs", 4.8, 60, 200, 1_000, .3, .4, .85),
    Material("HW-430", "Aluminium tube", "Tubetec", "m", 1.9, 75, 1_000, 5_000, .4, 1.6, .9),
    Material("PS-440", "Pole set", "", "pcs", None, 15, 0, 0, .2, .6, 0.0, output=.97),
    Material("ME-510", "Aluminium sheet", "Metallwerk Süd", "kg", 4.1, 45, 500, 2_000, .3, 1.1,
             1.0, output=.96),
    Material("ME-520", "Titanium sheet", "Titan Trade", "kg", 38, 150, 100, 500, .6, 3.2, 1.1,
             output=.94),
    Material("ME-530", "Gas valve", "Valvex", "pcs", 6.4, 120, 500, 2_000, .5, 1.3, .8),
    Material("TP-610", "Seam tape", "Alpina Laminates", "m", .12, 30, 5_000, 20_000, .3, 1.2, 1.0),
    Material("PK-710", "Carton", "Pack & Co", "pcs", .55, 14, 1_000, 5_000, .2, .9, 0.0),
)


class Use(NamedTuple):
    """What one piece of an item, a family, or a unit of a material takes."""

    parent: str
    component: str
    quantity: float
    scrap: float = 0.0
    start: int | None = None
    """First month from the cycle."""


USES = (
    Use("Backpacks", "FB-130", 1.3, .08), Use("Backpacks", "ZP-320", 2),
    Use("Backpacks", "HW-410", 5),
    Use("BP-204", "HW-420", 1), Use("BP-205", "HW-420", 1), Use("BP-206", "HW-420", 1),
    Use("BP-203", "HW-420", 1, .02),
    Use("JA-301", "FB-110", 1.7, .1), Use("JA-302", "FB-110", 1.6, .1),
    Use("JA-303", "FB-110", 2.0, .1), Use("JA-304", "FB-110", 1.9, .1),
    Use("JA-310", "FB-110", 2.2, .1), Use("TW-602", "FB-110", 2.0, .1),
    Use("JA-305", "FB-140", 2.8, .06), Use("JA-306", "FB-140", 2.7, .06),
    Use("JA-305", "FI-210", .16, .01), Use("JA-306", "FI-210", .15, .01),
    Use("Jackets", "ZP-310", 1), Use("TW-601", "ZP-310", 1), Use("TW-602", "ZP-310", 2),
    Use("JA-301", "TP-610", 9, .05), Use("JA-302", "TP-610", 9, .05),
    Use("JA-303", "TP-610", 13, .05), Use("JA-304", "TP-610", 13, .05),
    Use("Sleeping bags", "FB-140", 4.2, .05), Use("Sleeping bags", "ZP-320", 1),
    Use("SB-401", "FI-220", .7, .02), Use("SB-402", "FI-220", 1.1, .02),
    Use("SB-403", "FI-220", 1.2, .02), Use("SB-406", "FI-220", .6, .02),
    Use("SB-404", "FI-210", .55, .01), Use("SB-405", "FI-210", .95, .01),
    Use("TE-101", "FB-120", 9, .06), Use("TE-102", "FB-120", 13, .06),
    Use("TE-103", "FB-120", 17, .06), Use("TE-104", "FB-120", 22, .06),
    Use("TE-105", "FB-120", 32, .06), Use("TE-106", "FB-120", 14, .06),
    Use("TE-108", "FB-120", 12, .06),
    Use("TE-101", "PS-440", 1), Use("TE-102", "PS-440", 1), Use("TE-103", "PS-440", 1.5),
    Use("TE-104", "PS-440", 2), Use("TE-105", "PS-440", 2.5), Use("TE-106", "PS-440", 1.5),
    Use("TE-108", "PS-440", 1), Use("PS-440", "HW-430", 7.4, .04),
    Use("Tents", "TP-610", 14, .05), Use("Tents", "PK-710", 1, .01),
    Use("CW-501", "ME-510", .34, .12), Use("CW-502", "ME-510", .52, .12),
    Use("CW-503", "ME-510", .28, .12), Use("CW-507", "ME-510", .31, .12),
    Use("CW-505", "ME-520", .085, .15), Use("CW-506", "ME-520", .03, .15, 3),
    Use("CW-504", "ME-530", 1, .01), Use("Cookware", "PK-710", .25, .01),
)
# fmt: on
ODD_ORDERS = (("ZP-310", -1, 2_000), ("ME-520", 6, 600), ("FI-220", 0, 3_000))
"""Component, month from the cycle and quantity of orders that are past due, or not needed then."""


EXPRESS = 0.15
"""What air freight adds to the price of a material."""


def materials(demand: Demand) -> pd.DataFrame:
    """The list of materials."""
    frame = pd.DataFrame(MATERIALS)
    mean = _use(demand)[:, :12].mean(axis=1)
    frame["expedite_cost"] = np.round(EXPRESS * frame["price"], 2)
    frame["safety_stock"] = np.round(frame["safety_months"] * mean, -1)
    return frame


def bill_of_materials(cycle: pd.Period) -> pd.DataFrame:
    """What goes into items and families."""
    frame = pd.DataFrame(USES)
    begin = [pd.NaT if use.start is None else cycle + use.start for use in USES]
    return frame.assign(start=pd.PeriodIndex(begin, freq="M"))


def material_stock(demand: Demand) -> pd.DataFrame:
    """Stock at the start of the plan: months of the coming use."""
    soon = _use(demand)[:, :3].mean(axis=1)
    months = np.array([m.on_hand_months for m in MATERIALS])
    return pd.DataFrame({
        "component": [m.component for m in MATERIALS], "on_hand": np.round(months * soon, -1),
    })  # fmt: skip


def purchase_orders(demand: Demand, cycle: pd.Period) -> pd.DataFrame:
    """One order a month up to the lead time, and some that went wrong."""
    use = _use(demand)
    rows = []
    for at, material in enumerate(MATERIALS):
        for month in range(math.ceil(round(material.lead_time * 12 / 365, 1))):
            lot = material.multiple or 1.0
            quantity = np.ceil(material.on_order * use[at, month] / lot) * lot
            rows.append((material.component, cycle + month, quantity))
    rows += [(component, cycle + month, quantity) for component, month, quantity in ODD_ORDERS]
    frame = pd.DataFrame(rows, columns=["component", "due", "quantity"])
    frame = frame[frame["quantity"] > 0].reset_index(drop=True)
    return frame.assign(order=[f"PO-{45_000 + 3 * at}" for at in range(len(frame))])


def _use(demand: Demand) -> Numbers:
    """Units of each material that the expected demand of the plan months takes."""
    expected = demand.expected.sum(axis=(1, 2))[:, demand.months :]
    family = np.array([company.FAMILIES[f].name for f in family_index()])
    made = {item.item: expected[at] for at, item in enumerate(company.ITEMS)}
    made |= {f.name: expected[family == f.name].sum(axis=0) for f in company.FAMILIES}
    names = [material.component for material in MATERIALS]
    use = np.zeros((len(names), expected.shape[1]))
    for row in sorted(USES, key=lambda each: each.parent in names):  # products come first
        source = use[names.index(row.parent)] if row.parent in names else made[row.parent]
        use[names.index(row.component)] += source * row.quantity / (1 - row.scrap)
    return use
