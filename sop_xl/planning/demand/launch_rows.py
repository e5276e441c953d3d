"""The list of launches and ends of life, row by row: what is wrong with it, and what to do.

The same is said when the data are checked and when the plan is made.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import frames, hierarchy
from sop_xl.planning.curves import curve
from sop_xl.planning.demand.choices import Fault
from sop_xl.planning.wording import month
from sop_xl.reading import did_you_mean
from sop_xl.schema import ALL
from sop_xl.tables.settings import Settings

YEAR = 12
"""Months of own sales after which a new item needs no like item, and that tell shares of blocks."""
TABLE = "launches"

Row: TypeAlias = Mapping[Hashable, Any]
"""A row of the list; its fields are of several types."""
Which: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Known:
    """What the rows of the list can be about."""

    first: pd.Period
    """First plan period."""
    launches: pd.DataFrame
    """The rows that count, with the family of new items: what :func:`valid` gives."""
    families: pd.Series
    """Family by item."""
    actuals: pd.DataFrame
    """Demand of the closed months by item, family and the other keys."""

    def item(self, name: str) -> str:
        """An item as the item master spells it; "" for none."""
        numbers = pd.Index(self.families.index)
        at = int(frames.positions(pd.Series([name], dtype="str"), numbers)[0])
        return str(numbers[at]) if at >= 0 else ""

    def sales(self, row: Row) -> pd.DataFrame:
        """Closed months in which the item or family of a row was sold where the row is for."""
        column = "item" if self.item(row["item"]) else "family"
        own = self.actuals[same(self.actuals[column], row["item"]) & (self.actuals["demand"] > 0)]
        return own[covers(row, own)]


def known(
    first: pd.Period,
    settings: Settings,
    launches: pd.DataFrame,
    families: pd.Series,
    actuals: pd.DataFrame,
) -> Known:
    """What the list is held against; :func:`valid` rows only.

    Args:
        first: First plan period.
        settings: The company's settings.
        launches: The list.
        families: Family by item.
        actuals: Demand of the closed months.
    """
    new = hierarchy.launched(launches, families, settings)
    return Known(first, valid(launches, new), families, actuals)


def valid(launches: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Rows that are included and have a month, with the family of new items, "" for none.

    Args:
        launches: The list.
        new: Its launches, with their family: :func:`~sop_xl.planning.hierarchy.launched`.
    """
    rows = launches.assign(family=new["family"].reindex(launches.index).fillna(""))
    kept: pd.DataFrame = rows[rows["included"] & rows["start"].notna()]
    return kept


def message(row: Row, told: str) -> str:
    """What is said of a row."""
    return f"{row['kind'].capitalize()} of {row['item']}: {told}."


def faults(row: Row, known: Known) -> list[Fault]:
    """What is wrong with a row, so that all of it or a part changes nothing."""
    try:
        shares = curve(row["kind"], row["ramp"], row["curve"])
    except ValueError as error:
        return [Fault("curve", message(row, str(error)), "Write shares: 20% 50% 80% 100%.")]
    found = _launch(row, known) if row["kind"] == "launch" else _run_down(row, shares, known)
    return [fault._replace(message=message(row, fault.message)) for fault in found]


def _launch(row: Row, known: Known) -> Iterator[Fault]:
    if not row["family"]:
        told = "it has no family in the plan, and is left out"
        yield Fault("item", told, "Add the item to Items with its family.")
        return
    sold = known.sales(row)["period"].nunique()
    if sold >= YEAR:
        if row["start"] >= known.first:
            told = f"it was sold in {sold} months already, so the row changes nothing"
            yield Fault("item", told, "Name the item that is to come, or take the row out.")
        return
    yield from _like(row, known)
    yield from _cannibalised(row, known)


def _like(row: Row, known: Known) -> Iterator[Fault]:
    like = str(row["like_item"])
    older = "Name an older item with a similar demand."
    if not like:
        told = "it has no like item with demand in its region, and is left out"
        yield Fault("like_item", told, older)
    elif like.lower() == str(row["item"]).lower():
        yield Fault("like_item", "it is its own like item, so it is left out", older)
    elif not known.item(like):
        told = f"its like item {like!r} is not in Items, so it is left out"
        yield Fault("like_item", told, _meant(like, known, older))
    else:
        circle = model(row, known.launches, known.actuals).circle
        if circle:
            told = f"its like items form a circle, {circle}, so it is left out"
            yield Fault("like_item", told, "Name a like item that has sales.")


def _cannibalised(row: Row, known: Known) -> Iterator[Fault]:
    name, taken = str(row["takes_from"]), row["taken"] > 0
    if name and name.lower() == str(row["item"]).lower():
        told = "it takes from itself, so it takes from nobody"
        yield Fault("takes_from", told, "Name the item that loses, or nobody.")
    elif name and not known.item(name):
        told = f"{name}, from which it takes, is no item, so it takes from nobody"
        yield Fault("takes_from", told, _meant(name, known, "Name an item of Items."))
    elif name and not taken:
        told = f"it takes nothing from {name}: no share is taken"
        yield Fault("taken", told, "Type the share of its demand that it takes, 30% for example.")
    elif taken and not name:
        told = "nobody loses the share that it takes"
        yield Fault("takes_from", told, "Name the item that loses it.")


def _run_down(row: Row, shares: npt.NDArray[np.float64], known: Known) -> Iterator[Fault]:
    is_family = bool(same(known.families, row["item"]).any())
    if not known.item(row["item"]) and not is_family:
        told = "it is no item and no family of the plan, and is left out"
        names = [*known.families.index, *known.families.unique()]
        remedy = f"{did_you_mean(str(row['item']), names)} Write it as in Items.".strip()
        yield Fault("item", told, remedy)
        return
    if shares[-1] > 0:
        return
    gone = row["start"] + int(np.argmax(shares == 0))
    sold = known.sales(row)["period"].max()
    if gone < known.first - YEAR and not sold >= known.first - YEAR:
        told = f"it has been over since {month(gone)}, so the row changes nothing"
        yield Fault("start", told, "Mend the month, or take the row out.")
    elif gone < known.first and sold >= gone:
        told = f"it should have been over in {month(gone)} and was sold in {month(sold)}"
        yield Fault("start", told, "Mend the month, or have the orders looked at.")


def _meant(name: str, known: Known, remedy: str) -> str:
    return f"{did_you_mean(name, list(known.families.index))} {remedy}".strip()


class Model(NamedTuple):
    """The item at the end of a chain of like items, and the product of the shares."""

    item: str
    share: float
    circle: str = ""


def model(row: Row, launches: pd.DataFrame, actuals: pd.DataFrame) -> Model:
    """Follow the like items until one that is not new itself."""
    share, chain = 1.0, [str(row["item"])]
    while True:
        like = str(row["like_item"])
        share *= 1.0 if np.isnan(row["share"]) else row["share"]
        if like.lower() in [name.lower() for name in chain]:
            return Model("", share, " - ".join([*chain, like]))
        sold = actuals.loc[same(actuals["item"], like), "period"].nunique()
        new = launches[same(launches["item"], like) & (launches["kind"] == "launch")]
        if not like or sold >= YEAR or new.empty:
            return Model(like, share)
        chain.append(like)
        row = new.iloc[0].to_dict()


def covers(row: Row, blocks: pd.DataFrame) -> Which:
    """Blocks in the row's region and channel, as far as the plan has them."""
    covered = np.ones(len(blocks), dtype=bool)
    for key in ("region", "channel"):
        if key in blocks and row[key].lower() != ALL.lower():
            covered &= same(blocks[key], row[key])
    return covered


def same(names: pd.Series, wanted: str) -> Which:
    """Where a name stands, upper and lower case alike."""
    return (names.str.lower() == wanted.lower()).to_numpy(dtype=bool)
