"""Prices by family and region: what was paid, what is off it, and what changes by date."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, lookup, positions, zero
from sop_xl.planning.wording import count, listed
from sop_xl.schema import ALL, Finding, Severity
from sop_xl.tables.data import DISCOUNT, PRICE_CHANGE, REGION_PRICES

KEYS = ["family", "region"]


def places(
    families: pd.DataFrame, demand_plan: pd.DataFrame, history: pd.DataFrame
) -> pd.DataFrame:
    """The family and region of each block that has revenue, sorted by family.

    A plan that is not made by region has one region, All.
    """
    names = pd.Index(sorted(families["family"]), dtype="str")
    found = [_placed(frame, names) for frame in (demand_plan, history)]
    known = pd.concat(found)["family"]
    missing = pd.DataFrame({"family": names[~names.isin(known)]}).assign(region=ALL)
    return hierarchy.blocks_of(("family", "region"), [*found, missing])


def _placed(frame: pd.DataFrame, names: pd.Index) -> pd.DataFrame:
    keys = with_region(frame)[KEYS].drop_duplicates()
    return hierarchy.in_families(keys, names).astype("str")


def with_region(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame at the planning level, with the region All where the level has none."""
    return frame if "region" in frame else frame.assign(region=ALL)


def region_prices(
    axis: Axis,
    blocks: pd.DataFrame,
    families: pd.DataFrame,
    history: pd.DataFrame,
    changes: pd.DataFrame,
    rates: Numbers,
) -> pd.DataFrame:
    """The table ``region_prices``: share, net and gross price of each block before the plan.

    Net prices are what the regions paid in the last twelve months, scaled so that at the shares of
    these months they give the average price of the family; gross = net / (1 - discounts in force
    in the last closed month).

    Args:
        axis: The cycle.
        blocks: Family and region of each block.
        families: With ``price``, the average of the last twelve months.
        history: At the planning level.
        changes: The list of prices and discounts.
        rates: Exchange rate of each block in each period of the axis; NaN where there is none.
    """
    family = positions(blocks["family"], families["family"])
    volume, paid = _sold(axis, blocks, history)
    price = np.append(zero(families["price"].to_numpy(dtype=float)), 0.0)[family]
    share = _share(volume, blocks)
    own = np.where(np.isnan(paid), price, paid)
    average = pd.Series(own * share).groupby(family).transform("sum").to_numpy()
    net = np.where(average > 0, own * price / np.where(average > 0, average, 1.0), price)
    last = axis.past[-1:]
    off = np.clip(zero(taken_off(changes, blocks, last, DISCOUNT))[:, 0], 0.0, 0.99)
    year = rates[:, : axis.history][:, -12:]
    known = ~np.isnan(year).all(axis=1)
    rate = np.full(len(blocks), np.nan)
    rate[known] = np.nanmean(year[known], axis=1)
    return blocks.assign(share=share, price=net, discount=off, gross=net / (1 - off), rate=rate)[
        REGION_PRICES.names
    ]


def _sold(axis: Axis, blocks: pd.DataFrame, history: pd.DataFrame) -> tuple[Numbers, Numbers]:
    """Units of the last twelve months by block, and the price paid; NaN where nobody knows it."""
    year = history[history["period"].isin(axis.last_year)]
    units = year["shipments"].fillna(year["orders"])
    rows = with_region(year).assign(
        units=units, priced=units.where(year["revenue"].notna()), money=year["revenue"]
    )
    cells = hierarchy.sums(rows, ("units", "priced", "money"), blocks, axis.last_year)
    units, priced, money = (zero(cells[name]).sum(axis=1) for name in ("units", "priced", "money"))
    usable = (priced > 0) & (money > 0)
    return units, np.where(usable, money / np.where(usable, priced, 1.0), np.nan)


def _share(volume: Numbers, blocks: pd.DataFrame) -> Numbers:
    """Share of each block in its family; alike where nothing was sold."""
    sold = pd.Series(np.maximum(volume, 0.0))
    group = blocks["family"].reset_index(drop=True)
    total = sold.groupby(group).transform("sum")
    alike = 1.0 / group.groupby(group).transform("size")
    return np.asarray((sold / total.where(total > 0)).fillna(alike), dtype=float)


def taken_off(
    changes: pd.DataFrame, blocks: pd.DataFrame, periods: pd.PeriodIndex, kind: str
) -> Numbers:
    """Share of the gross price that discounts or promotions take off: blocks, periods."""
    return np.minimum(1.0, _summed(changes[changes["kind"] == kind], blocks, periods, "rate"))


def price_index(changes: pd.DataFrame, blocks: pd.DataFrame, axis: Axis) -> Numbers:
    """Gross price against that before the plan: blocks, plan periods.

    Changes multiply. One that began before the plan is in the prices that were paid already.
    """
    rows = changes[(changes["kind"] == PRICE_CHANGE) & (changes["start"] >= axis.first)]
    rows = rows.assign(step=np.log1p(rows["rate"].fillna(0.0).clip(lower=-0.99)))
    return np.asarray(np.exp(_summed(rows, blocks, axis.plan, "step")))


def _summed(
    changes: pd.DataFrame, blocks: pd.DataFrame, periods: pd.PeriodIndex, column: str
) -> Numbers:
    return summed_over(changes, blocks, periods, column, KEYS)


def summed_over(
    changes: pd.DataFrame,
    blocks: pd.DataFrame,
    periods: pd.PeriodIndex,
    column: str,
    keys: Sequence[str],
) -> Numbers:
    """The sum of a column over the rows that are valid in each block and period.

    Args:
        changes: A list with the keys, start, until, included and the column.
        blocks: The keys of each block.
        periods: Periods across.
        column: What is summed.
        keys: By which rows and blocks match; All matches every block.
    """
    rows = changes[changes["included"] & changes["start"].notna()]
    where = np.ones((len(blocks), len(rows)), dtype=bool)
    for key in keys:
        named = rows[key].str.lower().to_numpy(dtype=object)[np.newaxis, :]
        own = blocks[key].str.lower().to_numpy(dtype=object)[:, np.newaxis]
        where &= (named == own) | (named == ALL.lower())
    months = periods.asi8[np.newaxis, :]
    start, until = (rows[name].array.asi8[:, np.newaxis] for name in ("start", "until"))
    ends = rows["until"].notna().to_numpy()[:, np.newaxis]
    when = (start <= months) & (~ends | (until >= months))
    values = rows[column].fillna(0.0).to_numpy(dtype=float)
    return np.asarray((where * values) @ when.astype(float))


def in_force(changes: pd.DataFrame, axis: Axis) -> pd.DataFrame:
    """The list with the last month in force of each row."""
    end = changes["until"].where(changes["until"].notna(), axis.plan[-1])
    end = end.where(changes["start"].notna())
    return changes.assign(end=pd.PeriodIndex(end, freq="M"))


def findings(changes: pd.DataFrame, blocks: pd.DataFrame, off: Numbers) -> list[Finding]:
    """Rows that change nothing, and discounts that leave no price."""
    found = []
    for key in KEYS:
        known = {*blocks[key].str.lower(), ALL.lower()}
        rows = changes[~changes[key].str.lower().isin(known)]
        if len(rows):
            found.append(
                _warning(
                    f"{_rows(rows)}: the plan has no {key} {listed(rows[key].unique())}.",
                    "Write it as the plan does, or All.",
                )
            )
    odd = changes[changes["until"].notna() & (changes["until"] < changes["start"])]
    if len(odd):
        found.append(_warning(f"{_rows(odd)}: until is before from, it never counts.",
                              "Mend the months."))
    free = blocks[(off >= 1).any(axis=1)]
    if len(free):
        names = listed(free["family"] + " " + free["region"])
        found.append(_warning(f"Discounts and promotions of {names} leave no price.",
                              "Mend the discounts; they add up."))
    return found


def _rows(rows: pd.DataFrame) -> str:
    return f"{count(len(rows), 'row')} ({listed(rows['change'])})"


def _warning(message: str, remedy: str) -> Finding:
    return Finding("price_changes", message, remedy, Severity.WARNING)


def unit_costs(families: pd.DataFrame, blocks: pd.DataFrame) -> Numbers:
    """Standard cost of each block's family, upright."""
    return lookup(families, "family", list(blocks["family"]), "cost")
