"""The bridge of the families shared out over their regions; it sums to the cent both ways."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.finance.bridge_view import UNCOSTED
from sop_xl.planning.finance.cents import Cents, money, whole
from sop_xl.planning.finance.effects import EFFECTS
from sop_xl.planning.finance.prices import KEYS, with_region
from sop_xl.planning.finance.windows import Flags, Months, Window
from sop_xl.planning.frames import Numbers, zero
from sop_xl.tables.bridge_regions import BRIDGE_PLACES, BRIDGE_REGIONS, SHOWN
from sop_xl.tables.finance import FINANCE_REGION
from sop_xl.tables.recon import AOP, LAST_YEAR, MARGIN

_BASES = {
    "units": ("volume", "quantity"),
    "constant": ("constant_revenue", "revenue"),
    "actual": ("revenue", "revenue"),
    "cost": ("cost_of_sales", "cost_of_sales"),
}
"""By what figures are shared out: measures of ``finance_region``, columns of the AOP."""


class Compared(NamedTuple):
    """What the bridge compares."""

    months: Months
    window: Window
    comparison: str
    result: str


def bridge_places(
    bridge: pd.DataFrame,
    compared: Compared,
    *,
    finance_family: pd.DataFrame,
    finance_region: pd.DataFrame,
    region_prices: pd.DataFrame,
    aop: pd.DataFrame,
) -> pd.DataFrame:
    """The table ``bridge_places``: the bridge of each family in each of its regions, not rounded.

    A figure of a family is shared out by what its regions have of it: actual and plan, and last
    year, by their own figures; the AOP by its rows for the regions. Earlier plans and scenarios
    are kept by family: their regions are those of actual and plan. Where there is nothing to go
    by, the shares of the last twelve months hold. So the regions sum to their family whatever is
    missing.

    With U, g, G and m0 of the family (units, its growth and that of all over the fiscal year,
    margin of a unit before) and u of the region: volume ``(G - 1) u0 m0``, mix
    ``(u1 - u0 U1 / U0 + (g - G) u0) m0``, timing ``(U1 / U0 - g) u0 m0``, price
    ``r1 - r0 - p0 (u1 - u0)``.

    Args:
        bridge: The table, by family.
        compared: What it compares.
        finance_family: The grid, for the months that a bridge of the margin leaves out.
        finance_region: The grid.
        region_prices: With the share of each region in its family.
        aop: The annual operating plan.
    """
    places = region_prices[KEYS].reset_index(drop=True)
    rows = np.asarray(pd.Index(bridge["family"]).get_indexer(places["family"]))
    share = region_prices["share"].to_numpy(dtype=float)
    now, then = _bases(compared, places, rows, finance_family, finance_region, aop)
    family = {name: bridge[name].to_numpy()[rows] for name in bridge.columns}
    codes = rows.astype(np.int64)

    def shared(amount: Numbers, base: Numbers) -> Numbers:
        total = np.bincount(codes, base, minlength=len(bridge))[codes]
        some = np.round(total, 6) != 0
        return amount * np.where(some, base / np.where(some, total, 1.0), share)

    sides = {}
    for side, base in (("before", then), ("after", now)):
        constant = shared(family[f"revenue_{side}"], base["constant"])
        actual = shared(family[f"currency_{side}"] + family[f"revenue_{side}"], base["actual"])
        sides[f"units_{side}"] = shared(family[f"units_{side}"], base["units"])
        sides[f"revenue_{side}"] = constant
        sides[f"currency_{side}"] = actual - constant
        sides[f"cost_{side}"] = shared(family[f"cost_{side}"], base["cost"])
    frame = places.assign(
        place=np.arange(len(places), dtype=float) * len(FINANCE_REGION.names) + 1,
        row=rows + 1.0,
        share=share,
        **{f"{name}_now": cells for name, cells in now.items()},
        **{f"{name}_then": cells for name, cells in then.items()},
        **sides,
        **_exact(family, sides),
    )
    return frame[BRIDGE_PLACES.names]


def _bases(
    compared: Compared,
    places: pd.DataFrame,
    rows: Cents,
    finance_family: pd.DataFrame,
    finance_region: pd.DataFrame,
    aop: pd.DataFrame,
) -> tuple[dict[str, Numbers], dict[str, Numbers]]:
    """What the figures are shared out by: of actual and plan, and of what they are held against."""
    many = len(compared.months.inside)
    counted = _costed(compared, finance_family, many)[rows]

    def sums(mask: Flags) -> dict[str, Numbers]:
        return {
            name: (zero(finance_region[measure].to_numpy(dtype=float)).reshape(-1, many)
                   * counted * mask).sum(axis=1)
            for name, (measure, _) in _BASES.items()
        }  # fmt: skip

    now = sums(compared.months.inside)
    if compared.comparison == AOP:
        return now, _budgeted(aop, places, compared.window)
    return now, sums(compared.months.before) if compared.comparison == LAST_YEAR else now


def _costed(compared: Compared, finance_family: pd.DataFrame, many: int) -> Numbers:
    """1 where it counts: a bridge of the margin leaves out what is compared without a cost."""
    name = UNCOSTED.get(compared.comparison)
    if name is None or compared.result != MARGIN:
        return np.ones((len(finance_family) // many, many))
    costed = zero(finance_family[name].to_numpy(dtype=float)) == 0
    return np.asarray(costed.reshape(-1, many), dtype=float)


def _budgeted(aop: pd.DataFrame, places: pd.DataFrame, window: Window) -> dict[str, Numbers]:
    inside = with_region(aop[(aop["period"] >= window.first) & (aop["period"] <= window.last)])
    columns = [column for _, column in _BASES.values()]
    found = inside.groupby(KEYS)[list(dict.fromkeys(columns))].sum()
    rows = found.reindex(pd.MultiIndex.from_frame(places)).fillna(0.0)
    return {name: rows[column].to_numpy(dtype=float) for name, (_, column) in _BASES.items()}


def _exact(family: dict[str, np.ndarray], sides: dict[str, Numbers]) -> dict[str, Numbers]:
    """The effects of each family and region, which sum to their change."""
    units, revenue, currency, cost = (
        [sides[f"{name}_before"], sides[f"{name}_after"]]
        for name in ("units", "revenue", "currency", "cost")
    )
    kind, price, each = family["kind"], family["price_before"], family["unit_cost_before"]
    earned, growth, of_all = price - each, family["growth"], family["growth_of_all"]
    both, returned = kind == "both", kind == "returns"
    stays = both | returned | (kind == "none")
    some = family["units_before"] != 0
    in_window = np.where(some, family["units_after"], 0.0) / np.where(
        some, family["units_before"], 1.0
    )
    more = units[1] - units[0]
    moved = revenue[1] - cost[1] - revenue[0] + cost[0]
    found = {
        "price": np.where(stays, revenue[1] - revenue[0] - price * more, 0.0),
        "volume": np.where(both, (of_all - 1) * units[0], np.where(returned, more, 0.0)) * earned,
        "mix": np.where(
            both,
            np.where(some, units[1] - units[0] * in_window, 0.0) + (growth - of_all) * units[0],
            0.0,
        ) * earned,
        "cost": np.where(stays, cost[0] - cost[1] + each * more, 0.0),
        "currency": currency[1] - currency[0],
        "new": np.where(kind == "new", moved, 0.0),
        "discontinued": np.where(kind == "gone", moved, 0.0),
        "timing": np.where(
            both, np.where(some, (in_window - growth) * units[0], units[1]), 0.0
        ) * earned,
        "before": revenue[0] + currency[0] - cost[0],
        "after": revenue[1] + currency[1] - cost[1],
    }  # fmt: skip
    return {f"exact_{name}": cells for name, cells in found.items()}


def bridge_regions(places: pd.DataFrame, bridge: pd.DataFrame) -> pd.DataFrame:
    """The table ``bridge_regions``: the bridge by region, to the cent.

    Each row sums from before to after, each column to that of the bridge by family. Volume takes
    the cent that rounding leaves over in a row, the last region those of the columns.

    Args:
        places: The table ``bridge_places``.
        bridge: The table, by family.
    """
    rounded = [name for name in SHOWN if name != "volume"]
    sums = places.groupby("region", sort=True)[[f"exact_{name}" for name in rounded]].sum()
    cents: dict[str, Cents] = {}
    for name in rounded:
        cents[name] = whole(sums[f"exact_{name}"].to_numpy())
        cents[name][-1:] += whole(bridge[name].to_numpy(dtype=float)).sum() - cents[name].sum()
    effects = [cents[name] for name in EFFECTS if name != "volume"]
    cents["volume"] = cents["after"] - cents["before"] - sum(effects)
    frame = sums.reset_index().assign(
        check=0.0, **{name: money(numbers) for name, numbers in cents.items()}
    )
    return frame.astype({"region": "str"})[BRIDGE_REGIONS.names]
