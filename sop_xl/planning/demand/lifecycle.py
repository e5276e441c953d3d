"""Launches, phase-outs and ends of life: what they change against the baseline, block by block.

A new item gets the forecast of its like item x share x launch curve. What the baseline holds of it
already is taken off, and so is what it takes from another item. The first sales of a new item raise
or lower its curve; with a year of sales it is an item like any other. An item that runs down takes
its share of its block's baseline along; one that is gone, what the baseline still holds of it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import frames, hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand.curves import along, curve
from sop_xl.planning.demand.forecaster import Forecast
from sop_xl.planning.frames import Numbers, rounded, zero
from sop_xl.planning.wording import month
from sop_xl.schema import ALL, Finding, Severity

YEAR = 12
"""Months of own sales after which a new item needs no like item, and that tell shares of blocks."""
TRUSTED = 3.0
"""Months of own sales that move the curve half way to what they say."""
MOST = 3.0
"""Times by which own sales can raise the curve."""

Row: TypeAlias = Mapping[Hashable, Any]
"""A row of the list; its fields are of several types."""
Which: TypeAlias = npt.NDArray[np.bool_]


class Layer(NamedTuple):
    """What the list changes, and the rows that could not be followed."""

    units: Numbers
    """(blocks, plan periods) To be added to the baseline; never takes off more than there is."""
    findings: list[Finding]


@dataclass(frozen=True)
class Facts:
    """What is known of the items, and the blocks of the plan."""

    axis: Axis
    launches: pd.DataFrame
    """The rows of the list that count, with the family of new items: what :func:`valid` gives."""
    families: pd.Series
    """Family by item."""
    actuals: pd.DataFrame
    """Demand of the closed months by item, family and the other keys."""
    blocks: pd.DataFrame
    months: pd.PeriodIndex
    """The months delivered, without a gap."""
    history: Numbers
    """(blocks, months) Demand."""

    def item(self, name: str) -> str:
        """An item as the item master spells it; "" for none."""
        numbers = pd.Index(self.families.index)
        at = int(frames.positions(pd.Series([name], dtype="str"), numbers)[0])
        return str(numbers[at]) if at >= 0 else ""

    def demand(self, item: str, family: str) -> Numbers:
        """(blocks, months) Demand of an item as if it were of a family; NaN before the first."""
        own = self.actuals[self.actuals["item"] == item].assign(family=family)
        return hierarchy.demand_history(own, self.blocks, self.months)

    def since(self, start: pd.Period) -> npt.NDArray[np.int64]:
        """Months from a month to each of those delivered."""
        return np.asarray(self.months.asi8 - start.ordinal, dtype=np.int64)

    def ahead(self, start: pd.Period) -> npt.NDArray[np.int64]:
        """Months from a month to each plan period."""
        return np.asarray(self.axis.plan.asi8 - start.ordinal, dtype=np.int64)

    def share(self, part: Numbers, months: int) -> Numbers:
        """(blocks, 1) Share of a part in its block's demand of the last months, 0 to 1."""
        last = slice(max(len(self.months) - months, 0), None)
        own, whole = (zero(sold[:, last]).sum(axis=1) for sold in (part, self.history))
        ratio = own / np.where(whole > 0, whole, 1.0)
        return np.where(whole > 0, np.clip(ratio, 0.0, 1.0), 0.0)[:, np.newaxis]


class _Change(NamedTuple):
    """What one row changes, or why it does nothing and what to do about it."""

    units: Numbers
    told: str = ""
    remedy: str = ""


def valid(launches: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Rows that are included and have a month, with the family of new items, "" for none.

    Args:
        launches: The list.
        new: Its launches, with their family: :func:`~sop_xl.planning.hierarchy.launched`.
    """
    rows = launches.assign(family=new["family"].reindex(launches.index).fillna(""))
    kept: pd.DataFrame = rows[rows["included"] & rows["start"].notna()]
    return kept


def opened(
    launches: pd.DataFrame, axis: Axis, actuals: pd.DataFrame, level: tuple[str, ...]
) -> pd.DataFrame:
    """Keys of the blocks in which new items come within the plan: where their like items sell.

    Args:
        launches: What :func:`valid` gives.
        axis: The cycle.
        actuals: Demand by item with family.
        level: The planning level.
    """
    found = [pd.DataFrame(columns=list(level), dtype="str")]
    within = (launches["family"] != "") & (launches["start"] <= axis.plan[-1])
    for row in launches[within].to_dict("records"):
        like = _model(row, launches, actuals).item
        keys = actuals.loc[_same(actuals["item"], like), list(level)].drop_duplicates()
        keys = keys.assign(family=row["family"])
        found.append(keys[_covers(row, keys)])
    return pd.concat(found)


def layer(facts: Facts, baseline: Numbers, forecast: Callable[[Numbers], Forecast]) -> Layer:
    """What all rows of the list change against the baseline.

    Args:
        facts: Items, blocks and history.
        baseline: (blocks, plan periods)
        forecast: Forecasts series of months for the plan periods.
    """
    units, findings = np.zeros(baseline.shape), []
    for row in facts.launches.to_dict("records"):
        change = _change(row, facts, baseline, forecast)
        units += change.units
        if change.told:
            message = f"{row['kind'].capitalize()} of {row['item']}: {change.told}."
            findings.append(Finding("launches", message, change.remedy, Severity.WARNING))
    return Layer(np.maximum(units, -baseline), findings)


def _change(
    row: Row, facts: Facts, baseline: Numbers, forecast: Callable[[Numbers], Forecast]
) -> _Change:
    try:
        shares = curve(row["kind"], row["ramp"], row["curve"])
    except ValueError as error:
        return _Change(np.zeros(baseline.shape), str(error), "Write shares: 20% 50% 80% 100%.")
    if row["start"] > facts.axis.plan[-1]:
        told = f"it begins in {month(row['start'])}, after the last month of the plan"
        remedy = "Nothing to do: it comes in with time, or with a longer horizon."
        return _Change(np.zeros(baseline.shape), told, remedy)
    if row["kind"] == "launch":
        return _launch(row, shares, facts, baseline, forecast)
    return _run_down(row, shares, facts, baseline, forecast)


def _launch(
    row: Row,
    shares: npt.NDArray[np.float64],
    facts: Facts,
    baseline: Numbers,
    forecast: Callable[[Numbers], Forecast],
) -> _Change:
    nothing, family = np.zeros(baseline.shape), row["family"]
    if not family:
        told = "it has no family in the plan, and is left out"
        return _Change(nothing, told, "Add the item to Items with its family.")
    covered = _covers(row, facts.blocks)[:, np.newaxis]
    own = np.where(covered, facts.demand(facts.item(row["item"]), family), np.nan)
    sold = int((~np.isnan(own)).any(axis=0).sum())
    if sold >= YEAR:
        return _Change(nothing)
    model = _model(row, facts.launches, facts.actuals)
    if model.circle:
        told = f"its like items form a circle, {model.circle}, so it is left out"
        return _Change(nothing, told, "Name a like item that has sales.")
    like = facts.item(model.item)
    known = np.where(covered, _undisturbed(like, facts.demand(like, family), facts), np.nan)
    rows = np.flatnonzero(zero(known).any(axis=1))
    if not len(rows):
        told = "it has no like item with demand in its region, and is left out"
        return _Change(nothing, told, "Name a like item that sells there, or plan it by hand.")
    full = np.zeros(baseline.shape)
    full[rows] = forecast(known[rows]).mean * model.share
    moved = _moved(own, known * model.share, along(shares, facts.since(row["start"])))
    target = full * zero(along(shares, facts.ahead(row["start"]))) * moved
    change = target - _held(own, facts, baseline, forecast)
    lost = _taken(row, change, facts, baseline)
    return lost._replace(units=change - lost.units)


def _moved(own: Numbers, known: Numbers, said: npt.NDArray[np.float64]) -> float:
    """The factor by which the first sales move the curve: (k x ratio + 3) / (k + 3), k months.

    The ratio is what was sold in the months since the launch to what the curve said of them.
    """
    begun = ~np.isnan(said)
    expected = float((zero(known) * zero(said)).sum())
    if expected <= 0:
        return 1.0
    ratio = min(max(float(zero(own)[:, begun].sum()) / expected, 0.0), MOST)
    months = int(begun.sum())
    return (months * ratio + TRUSTED) / (months + TRUSTED)


def _taken(row: Row, change: Numbers, facts: Facts, baseline: Numbers) -> _Change:
    """What the item loses from which a new one takes, at most what it has."""
    nothing = np.zeros(baseline.shape)
    if not row["takes_from"] or not row["taken"] > 0:
        return _Change(nothing)
    name = facts.item(row["takes_from"])
    if not name:
        told = f"{row['takes_from']}, from which it takes, is no item, so it takes from nobody"
        return _Change(nothing, told, "Name an item of Items.")
    family = facts.families[name]
    has = baseline * facts.share(facts.demand(name, family), YEAR)
    # where both sell: the blocks of the two items are alike but for the family
    rest = facts.blocks.drop(columns="family").apply(lambda names: names.str.lower())
    place = rest.groupby(list(rest.columns)).ngroup().to_numpy() if len(rest.columns) else 0
    place = np.broadcast_to(place, len(baseline))
    gained = np.zeros(baseline.shape)
    np.add.at(gained, place, change * row["taken"])
    mine = _same(facts.blocks["family"], family)[:, np.newaxis]
    return _Change(np.where(mine, np.clip(gained[place], 0.0, has), 0.0))


def _held(
    part: Numbers, facts: Facts, baseline: Numbers, forecast: Callable[[Numbers], Forecast]
) -> Numbers:
    """(blocks, plan periods) What the baseline holds of a part of its blocks' demand.

    How far a baseline has followed an item that came or went lately depends on the method, so it is
    what the baseline is above a forecast of all the rest. Nothing where the part has not sold for a
    year.
    """
    held = np.zeros(baseline.shape)
    rows = np.flatnonzero(facts.share(part, YEAR)[:, 0] > 0)
    if len(rows):
        rest = rounded(zero(facts.history[rows]) - zero(part[rows]))
        begun = np.logical_or.accumulate(rest != 0, axis=1)
        others = forecast(np.where(begun, rest, np.nan)).mean
        held[rows] = np.maximum(baseline[rows] - others, 0.0)
    return held


def _run_down(
    row: Row,
    shares: npt.NDArray[np.float64],
    facts: Facts,
    baseline: Numbers,
    forecast: Callable[[Numbers], Forecast],
) -> _Change:
    """Minus the part of the baseline that goes, of an item or of a whole family.

    The baseline follows a fall that has begun, so that only the further fall from what is left now
    counts; of an item that should be gone, all that the baseline still holds.
    """
    name, since = facts.item(row["item"]), facts.since(row["start"])
    begun = int((since >= 0).sum())
    left_now = float(along(shares, since[-1:])[0]) if begun else 1.0
    covered = _covers(row, facts.blocks)
    if name:
        part = facts.demand(name, facts.families[name])
        part = np.where(covered[:, np.newaxis], part, np.nan)
        if left_now <= 0:
            return _Change(-_held(part, facts, baseline, forecast))
        share = facts.share(part, min(begun, YEAR) if begun else YEAR)
    else:
        covered &= _same(facts.blocks["family"], row["item"])
        if not covered.any():
            told = "it is no item and no family of the plan, and is left out"
            return _Change(np.zeros(baseline.shape), told, "Write it as in Items.")
        share = covered.astype(float)[:, np.newaxis]
    left = along(shares, facts.ahead(row["start"]))
    left = np.where(np.isnan(left), 1.0, left)
    rest = np.minimum(left / left_now, 1.0) if left_now > 0 else np.zeros(left.shape)
    return _Change(baseline * share * (rest - 1))


class _Model(NamedTuple):
    """The item at the end of a chain of like items, and the product of the shares."""

    item: str
    share: float
    circle: str = ""


def _model(row: Row, launches: pd.DataFrame, actuals: pd.DataFrame) -> _Model:
    """Follow the like items until one that is not new itself."""
    share, chain = 1.0, [str(row["item"])]
    while True:
        like = str(row["like_item"])
        share *= 1.0 if np.isnan(row["share"]) else row["share"]
        sold = actuals.loc[_same(actuals["item"], like), "period"].nunique()
        new = launches[_same(launches["item"], like) & (launches["kind"] == "launch")]
        if not like or sold >= YEAR or new.empty:
            return _Model(like, share)
        if like.lower() in [name.lower() for name in chain]:
            return _Model("", share, " - ".join([*chain, like]))
        chain.append(like)
        row = new.iloc[0].to_dict()


def _undisturbed(like: str, known: Numbers, facts: Facts) -> Numbers:
    """A like item's demand, without its own running down: the months a year before, in its place.

    A successor is often like the item that it replaces.
    """
    ends = facts.launches[
        _same(facts.launches["item"], like) & (facts.launches["kind"] != "launch")
    ]
    if ends.empty:
        return known
    found = known.copy()
    for at in np.flatnonzero(facts.since(ends["start"].min()) >= 0):
        if at >= YEAR:
            found[:, at] = found[:, at - YEAR]
    return found


def _covers(row: Row, blocks: pd.DataFrame) -> Which:
    """Blocks in the row's region and channel, as far as the plan has them."""
    covered = np.ones(len(blocks), dtype=bool)
    for key in ("region", "channel"):
        if key in blocks and row[key].lower() != ALL.lower():
            covered &= _same(blocks[key], row[key])
    return covered


def _same(names: pd.Series, wanted: str) -> Which:
    return (names.str.lower() == wanted.lower()).to_numpy(dtype=bool)
