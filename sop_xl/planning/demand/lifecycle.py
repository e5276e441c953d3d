"""Launches, phase-outs and ends of life: what they change against the baseline, block by block.

A new item gets the forecast of its like item x share x launch curve. What the baseline holds of it
already is taken off, and so is what it takes from another item. The first sales of a new item raise
or lower its curve; with a year of sales it is an item like any other. An item that runs down takes
its share of its block's baseline along; one that is gone, what the baseline still holds of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.curves import along, curve
from sop_xl.planning.demand import launch_rows
from sop_xl.planning.demand.forecaster import Forecast
from sop_xl.planning.demand.launch_rows import TABLE, YEAR, Row, covers, model, same
from sop_xl.planning.frames import Numbers, rounded, zero
from sop_xl.planning.wording import month
from sop_xl.schema import Finding, Severity

TRUSTED = 3.0
"""Months of own sales that move the curve half way to what they say."""
MOST = 3.0
"""Times by which own sales can raise the curve."""
VOID = ("item", "curve", "like_item")
"""Columns without which a row changes nothing."""


Clean: TypeAlias = Callable[[pd.DataFrame, pd.DataFrame], Numbers]
"""(actuals of one item, keys of blocks) -> (blocks, months) its cleaned demand."""


class Layer(NamedTuple):
    """What the list changes, and the rows that could not be followed."""

    units: Numbers
    """(blocks, plan periods) To be added to the baseline; never takes off more than there is."""
    findings: list[Finding]


@dataclass(frozen=True)
class Facts(launch_rows.Known):
    """What is known of the items, and the blocks of the plan."""

    axis: Axis
    blocks: pd.DataFrame
    months: pd.PeriodIndex
    """The months delivered, without a gap."""
    history: Numbers
    """(blocks, months) Demand."""
    clean: Clean
    """Takes out of an item's demand what is not usual."""

    def demand(self, item: str, family: str) -> Numbers:
        """(blocks, months) Demand of an item as if it were of a family; NaN before the first."""
        own = self.actuals[self.actuals["item"] == item].assign(family=family)
        return hierarchy.demand_history(own, self.blocks, self.months)

    def usual(self, item: str, family: str) -> Numbers:
        """(blocks, months) Demand of an item as if it were of a family, cleaned as its own is."""
        rows = np.flatnonzero(same(self.blocks["family"], family))
        own = self.actuals[self.actuals["item"] == item]
        found = np.full(self.history.shape, np.nan)
        if len(rows) and len(own):
            keys = self.blocks.iloc[rows].assign(family=own["family"].iloc[0])
            found[rows] = self.clean(own, keys.reset_index(drop=True))
        return found

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
    severity: Severity = Severity.WARNING


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
        like = model(row, launches, actuals).item
        keys = actuals.loc[same(actuals["item"], like), list(level)].drop_duplicates()
        keys = keys.assign(family=row["family"])
        found.append(keys[covers(row, keys)])
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
        wrong = launch_rows.faults(row, facts)
        for fault in wrong:
            findings.append(Finding(TABLE, fault.message, fault.remedy, Severity.WARNING))
        if any(fault.column in VOID for fault in wrong):
            continue
        change = _change(row, facts, baseline, forecast)
        units += change.units
        if change.told:
            message = launch_rows.message(row, change.told)
            findings.append(Finding(TABLE, message, change.remedy, change.severity))
    return Layer(np.maximum(units, -baseline), findings)


def in_words(units: Numbers, plan: pd.PeriodIndex) -> list[str]:
    """What launches and phase-outs change in each block, and from when on; empty where nothing.

    Args:
        units: (blocks, plan periods) What :func:`layer` gives.
        plan: The plan periods.

    >>> plan = pd.period_range("2026-10", periods=3, freq="M")
    >>> in_words(np.array([[0.0, 30, 50], [0, 0, 0]]), plan)
    ['launches and phase-outs add 80 to it from Nov 2026 on', '']
    >>> in_words(np.array([[0.0, 80, -80]]), plan)
    ['launches and phase-outs add 80 to it and take 80 off it from Nov 2026 on']
    """
    first, total = (units != 0).argmax(axis=1), np.round(units.sum(axis=1))
    added = np.round(np.maximum(units, 0).sum(axis=1))
    return [
        f"launches and phase-outs {'add' if whole > 0 else 'take'} {abs(whole):,.0f}"
        f" {'to' if whole > 0 else 'off'} it from {month(plan[at])} on"
        if whole
        else f"launches and phase-outs add {moved:,.0f} to it and take {moved:,.0f} off it from"
        f" {month(plan[at])} on"
        if moved
        else ""
        for at, whole, moved in zip(first.tolist(), total.tolist(), added.tolist(), strict=True)
    ]


def _change(
    row: Row, facts: Facts, baseline: Numbers, forecast: Callable[[Numbers], Forecast]
) -> _Change:
    shares = curve(row["kind"], row["ramp"], row["curve"])
    if row["start"] > facts.axis.plan[-1]:
        told = f"it begins in {month(row['start'])}, after the last month of the plan"
        remedy = "Nothing to do: it comes in with time, or with a longer horizon."
        return _Change(np.zeros(baseline.shape), told, remedy, Severity.REPAIR)
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
    covered = covers(row, facts.blocks)[:, np.newaxis]
    own = np.where(covered, facts.demand(facts.item(row["item"]), family), np.nan)
    sold = int((~np.isnan(own)).any(axis=0).sum())
    if sold >= YEAR:
        return _Change(nothing)
    end = model(row, facts.launches, facts.actuals)
    like = facts.item(end.item)
    known = np.where(covered, _undisturbed(like, facts.usual(like, family), facts), np.nan)
    rows = np.flatnonzero(zero(known).any(axis=1))
    if not len(rows):
        told = "it has no like item with demand in its region, and is left out"
        return _Change(nothing, told, "Name a like item that sells there, or plan it by hand.")
    full = np.zeros(baseline.shape)
    full[rows] = forecast(known[rows]).mean * end.share
    moved = _moved(own, known * end.share, along(shares, facts.since(row["start"])))
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
    if not name or same(pd.Series([name]), row["item"])[0]:
        return _Change(nothing)
    family = facts.families[name]
    has = baseline * facts.share(facts.demand(name, family), YEAR)
    # where both sell: the blocks of the two items are alike but for the family
    rest = facts.blocks.drop(columns="family").apply(lambda names: names.str.lower())
    place = rest.groupby(list(rest.columns)).ngroup().to_numpy() if len(rest.columns) else 0
    place = np.broadcast_to(place, len(baseline))
    gained = np.zeros(baseline.shape)
    np.add.at(gained, place, change * row["taken"])
    mine = same(facts.blocks["family"], family)[:, np.newaxis]
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
    covered = covers(row, facts.blocks)
    if name:
        part = facts.demand(name, facts.families[name])
        part = np.where(covered[:, np.newaxis], part, np.nan)
        if left_now <= 0:
            return _Change(-_held(part, facts, baseline, forecast))
        share = facts.share(part, min(begun, YEAR) if begun else YEAR)
    else:
        covered &= same(facts.blocks["family"], row["item"])
        if not covered.any():
            told = "the plan has no such block, and it is left out"
            return _Change(np.zeros(baseline.shape), told, "Write it as in Items.")
        share = covered.astype(float)[:, np.newaxis]
    left = along(shares, facts.ahead(row["start"]))
    left = np.where(np.isnan(left), 1.0, left)
    rest = np.minimum(left / left_now, 1.0) if left_now > 0 else np.zeros(left.shape)
    return _Change(baseline * share * (rest - 1))


def _undisturbed(like: str, known: Numbers, facts: Facts) -> Numbers:
    """A like item's demand, without its own running down: the months a year before, in its place.

    A successor is often like the item that it replaces.
    """
    ends = facts.launches[
        same(facts.launches["item"], like) & (facts.launches["kind"] != "launch")
    ]
    if ends.empty:
        return known
    found = known.copy()
    for at in np.flatnonzero(facts.since(ends["start"].min()) >= 0):
        if at >= YEAR:
            found[:, at] = found[:, at - YEAR]
    return found
