"""The constrained plan by region: what can be sold of a family shared out among its regions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, across, positions, totals, zero
from sop_xl.planning.spreading import spread_groups
from sop_xl.planning.supply.allocation import MARGIN, PRIORITY
from sop_xl.planning.wording import listed
from sop_xl.schema import Finding, Severity
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import CONSTRAINED_REGION

DECIMALS = 12
"""Decimals of a share; the shares of a family are one in every month, by the largest remainder."""


def constrained_region(
    axis: Axis, settings: Settings, finance_region: pd.DataFrame, constrained: pd.DataFrame
) -> pd.DataFrame:
    """The grid ``constrained_region``.

    Args:
        axis: Periods across.
        settings: The rule of allocation, and the regions that go first.
        finance_region: The grid, with unconstrained volume, price and cost of the regions.
        constrained: The grid ``constrained_plan``, with the constrained sales of the families.
    """
    blocks = finance_region[["family", "region"]].drop_duplicates(ignore_index=True)
    names = list(blocks["family"].unique())
    family = positions(blocks["family"], names)
    found = hierarchy.sums(finance_region, ("volume", "price", "margin"), blocks, axis.plan)
    volume, price = zero(found["volume"]), zero(found["price"])
    sold = totals(constrained, "sales", "family", names, axis.plan)
    share = regional_shares(volume, sold, family, _ranks(settings, blocks, volume, found["margin"]))
    sales = share * sold[family]
    gap = np.round(sales - volume, 6) + 0.0
    cells = {
        "share": across(axis, plan=share),
        "sales": across(axis, plan=sales),
        "gap": across(axis, plan=gap),
        "gap_revenue": across(axis, plan=gap * price),
    }
    return hierarchy.level_grid(CONSTRAINED_REGION, blocks, axis, cells)


def _ranks(
    settings: Settings, blocks: pd.DataFrame, volume: Numbers, margin: Numbers
) -> Numbers:
    """In which order the regions of a family are served: one number each, the lowest first."""
    if settings.allocation == PRIORITY:
        order = {name.casefold(): at for at, name in enumerate(settings.region_priority)}
        return np.array([order.get(name.casefold(), len(order)) for name in blocks["region"]],
                        dtype=float)  # fmt: skip
    if settings.allocation == MARGIN:
        units = volume.sum(axis=1)
        earned = zero(margin).sum(axis=1) / np.where(units > 0, units, 1.0)
        return np.asarray(-np.round(earned, 6))
    return np.zeros(len(blocks))


def findings(settings: Settings, finance_region: pd.DataFrame) -> list[Finding]:
    """Regions that the setting names and the plan does not have."""
    known = set(finance_region["region"].str.casefold())
    odd = [name for name in settings.region_priority if name.casefold() not in known]
    if not odd:
        return []
    has = listed(finance_region["region"].drop_duplicates())
    return [
        Finding(
            "settings",
            f"region_priority: the plan has no region {listed(odd)}; it serves nobody first.",
            f"Write the regions in sop.toml as the plan does: {has}.",
            Severity.WARNING,
        )
    ]


def regional_shares(
    volume: Numbers, sold: Numbers, family: npt.NDArray[np.int64], ranks: Numbers
) -> Numbers:
    """Share of each region in the constrained sales of its family, by month.

    A region asks for its unconstrained volume of the month and what it has not got of the months
    before. Those of the lowest rank are served first, equal ones alike: as far as the sales of the
    family go. Where nothing is sold the shares are those of the volume.

    Args:
        volume: Units without a limit, blocks down, months across.
        sold: Constrained sales of the families in units, families down, months across.
        family: The family of each block.
        ranks: Of each block; 0 first.

    >>> volume = np.array([[6.0, 6.0], [4.0, 4.0]])
    >>> both = np.array([0, 0])
    >>> regional_shares(volume, np.array([[5.0, 15.0]]), both, np.array([0.0, 1.0])).tolist()
    [[1.0, 0.466666666667], [0.0, 0.533333333333]]
    """
    group = np.unique(np.column_stack([family, ranks]), axis=0, return_inverse=True)[1].ravel()
    count = int(group.max(initial=-1)) + 1
    owner = np.zeros(count, dtype=np.int64)
    owner[group] = family
    first = np.searchsorted(owner, owner)
    shares, owed = np.zeros_like(volume), np.zeros(len(volume))
    blank = np.full(len(volume), np.nan)
    for t in range(volume.shape[1]):
        wanted = np.maximum(0.0, volume[:, t] + owed)
        asked = np.bincount(group, wanted, count)
        before = np.cumsum(asked) - asked
        room = np.maximum(0.0, sold[owner, t] - (before - before[first]))
        part = np.minimum(1.0, room / np.where(asked > 0, asked, 1.0))
        given = wanted * part[group]
        nothing = np.bincount(family, given, len(sold)) <= 0
        weights = np.where(nothing[family], np.maximum(0.0, volume[:, t]), given)
        shares[:, t] = spread_groups(np.ones(len(sold)), family, weights, blank, DECIMALS).parts
        owed += volume[:, t] - shares[:, t] * sold[family, t]
    return shares
