"""Step 3: what the production of the families is made of - its items, new ones among them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.curves import along, curve
from sop_xl.planning.frames import Numbers, positions, zero
from sop_xl.planning.wording import listed
from sop_xl.schema import ALL, Finding, Severity

YEAR = 12
"""Months after its launch in which the mix of the last twelve months knows an item."""
NOISE = 1e-9


class Products(NamedTuple):
    """What the plan makes: the items, then the families as a whole."""

    names: list[str]
    family: list[str]
    units: Numbers
    """By product, plan periods across."""
    like: dict[str, str]
    """New items, and the item that each is like."""


class _New(NamedTuple):
    """A new item, and what its launch says of it."""

    item: str
    family: int
    like: str
    wanted: Numbers
    """Units that it sells at the level of its like item, by plan period."""
    takes_from: str
    taken: float


def products(
    axis: Axis,
    production: Numbers,
    families: Sequence[str],
    item_mix: pd.DataFrame,
    launches: pd.DataFrame,
    history: pd.DataFrame,
) -> Products:
    """The production of the families as that of their items.

    Items have the mix of the last twelve months. A new item makes what its launch says: the share
    of its like item, along its curve, in the regions and channels of the row; the other items of
    its family share the rest, and the one from which it takes loses first what it takes.

    Args:
        axis: Periods across.
        production: Units, families down, plan periods across.
        families: Names of its rows.
        item_mix: Share of each item in its family.
        launches: The list; rows that the plan of demand cannot use change nothing here either.
        history: Demand of the closed months by family, region and channel.
    """
    made = np.maximum(0.0, zero(production))
    at = positions(item_mix["family"], families)
    mix = item_mix[at >= 0].reset_index(drop=True)
    of = at[at >= 0]
    items = [str(name) for name in mix["item"]]
    units = mix["share"].to_numpy(dtype=float)[:, np.newaxis] * made[of]
    new = list(_new_items(axis, families, mix, of, units, launches, history))
    added = [one.item for one in new if one.item not in items]
    items += added
    of = np.append(of, [one.family for one in new if one.item in added]).astype(np.int64)
    units = np.vstack([units, np.zeros((len(added), axis.horizon))])
    if new:
        units = _shared(items, of, units, made, new)
    whole = [name for name in families if name not in set(items)]
    rows = positions(pd.Series(whole, dtype="str"), families)
    return Products(
        [*items, *whole],
        [*(str(families[n]) for n in of.tolist()), *whole],
        np.vstack([units, made[rows]]),
        {one.item: one.like for one in new},
    )


def _new_items(
    axis: Axis,
    families: Sequence[str],
    mix: pd.DataFrame,
    of: np.ndarray,
    units: Numbers,
    launches: pd.DataFrame,
    history: pd.DataFrame,
) -> Iterator[_New]:
    items = [str(name) for name in mix["item"]]
    here = launches["included"] & (launches["kind"] == "launch") & launches["start"].notna()
    rows = launches[here & (launches["start"] + YEAR > axis.first)]
    found: dict[str, _New] = {}
    for row in rows.to_dict("records"):
        like, share = _like(row, rows, items)
        own = _at(row["item"], items)
        family = int(of[own]) if own >= 0 else _at(row["family"], families)
        if like < 0 or family < 0:
            continue
        try:
            shares = curve("launch", row["ramp"], row["curve"])
        except ValueError:
            continue
        since = axis.plan.asi8 - row["start"].ordinal
        part = _reach(row, str(families[of[like]]), axis, history)
        wanted = units[like] * share * part * np.nan_to_num(along(shares, since))
        name = items[own] if own >= 0 else str(row["item"])
        one = _New(
            name, family, items[like], wanted, str(row["takes_from"]), _number(row["taken"], 0.0)
        )
        # a row for each region: what they sell adds up
        before = found.get(name.lower())
        found[name.lower()] = one._replace(wanted=wanted + before.wanted) if before else one
    yield from found.values()


def _like(
    row: Mapping[Hashable, Any], rows: pd.DataFrame, items: Sequence[str]
) -> tuple[int, float]:
    """The item at the end of a chain of like items, -1 for none, and the product of the shares."""
    share, seen = 1.0, {str(row["item"]).lower()}
    while True:
        like = str(row["like_item"])
        share *= _number(row["share"], 1.0)
        if not like or like.lower() in seen:
            return -1, share
        seen.add(like.lower())
        next_row = rows[rows["item"].str.lower() == like.lower()]
        if next_row.empty:
            return _at(like, items), share
        row = next_row.iloc[0].to_dict()


def _reach(row: Mapping[Hashable, Any], family: str, axis: Axis, history: pd.DataFrame) -> float:
    """Share of the family's demand of the last year in the row's region and channel."""
    own = history[
        (history["family"].str.lower() == family.lower()) & history["period"].isin(axis.last_year)
    ]
    sold = own["orders"].fillna(own["shipments"]).fillna(0.0).clip(lower=0.0)
    covered = np.ones(len(own), dtype=bool)
    for key in ("region", "channel"):
        if key in own and str(row[key]).lower() != ALL.lower():
            covered &= (own[key].str.lower() == str(row[key]).lower()).to_numpy(dtype=bool)
    return float(sold[covered].sum() / sold.sum()) if sold.sum() > 0 else 1.0


def _shared(
    items: Sequence[str], of: np.ndarray, units: Numbers, made: Numbers, new: Sequence[_New]
) -> Numbers:
    """Units of all items: new ones have theirs, the others of the family share the rest."""
    at = [_at(one.item, items) for one in new]
    units = units.copy()
    units[at] = 0.0
    for one in new:
        loser = _at(one.takes_from, items)
        if loser >= 0 and loser not in at:
            units[loser] = np.maximum(0.0, units[loser] - one.taken * one.wanted)
    wanted = np.zeros_like(units)
    wanted[at] = [one.wanted for one in new]
    by_family = np.zeros_like(made)
    np.add.at(by_family, of, wanted)
    others = np.zeros_like(made)
    np.add.at(others, of, units)
    # no more than the family makes; all of it where there is no other item
    alone = (others <= NOISE) & (by_family > NOISE)
    most = np.where(alone, made, np.minimum(by_family, made))
    wanted *= (most / np.where(by_family > NOISE, by_family, 1.0))[of]
    units *= ((made - most) / np.where(others > NOISE, others, 1.0))[of]
    return units + wanted


def bill_of_new_items(bill: pd.DataFrame, made: Products) -> tuple[pd.DataFrame, list[Finding]]:
    """The bill of materials with the rows of the like item for each new item that has none.

    Args:
        bill: The list, as delivered.
        made: What the plan makes.
    """
    parents = bill["parent"].str.lower()
    known = set(parents)
    copied, bare = [], []
    for item, like in made.like.items():
        if item.lower() in known or not made.units[made.names.index(item)].any():
            continue
        rows = bill[parents == like.lower()]
        if len(rows):
            copied.append(rows.assign(parent=item))
        elif made.family[made.names.index(item)].lower() not in known:
            bare.append(item)
    if not copied and not bare:
        return bill, []
    findings = []
    if copied:
        names = listed(str(rows["parent"].iloc[0]) for rows in copied)
        findings.append(Finding(
            "bill_of_materials",
            f"{names}: new, without a bill of materials of its own; planned with that of its like"
            " item.",
            "Add its bill of materials as soon as it is known.", Severity.WARNING,
        ))  # fmt: skip
    if bare:
        findings.append(Finding(
            "bill_of_materials",
            f"{listed(bare)}: new, and neither it nor its like item has a bill of materials: no"
            " materials are planned for it.",
            "Add its bill of materials, or name a like item that has one.", Severity.WARNING,
        ))  # fmt: skip
    return pd.concat([bill, *copied], ignore_index=True), findings


def _at(name: object, known: Sequence[str]) -> int:
    return int(positions(pd.Series([str(name)], dtype="str"), known)[0])


def _number(value: Any, blank: float) -> float:
    return blank if pd.isna(value) else float(value)
