"""Whether the last month of the actuals is whole: only begun, without some of its rows, too low."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Calendar
from sop_xl.planning.wording import count
from sop_xl.schema import ALL, Finding
from sop_xl.sources.delivered import Delivered

NO_CYCLE = pd.Period("1970-01", "M")
"""The cycle of a load that holds no month at all; an error says so."""
USUAL = 12
"""Months before, at most, that say what is usual."""
FEWEST = 3
"""Months before, at least, without which nothing is usual."""
ENOUGH = 6
"""Months before, at least, whose lowest total says something."""
BEGUN = 0.2
"""Part of a usual month, in rows or quantity, below which a month has only begun."""
STRAY = 0.05
"""The same for each of several months."""
HALF = 0.5
"""Part of the usual rows with which a month that has little demand is begun, not incomplete."""
LOW = 0.4
"""Part of the lowest month before below which a total is too low."""
MUCH = 0.1
"""Part of the demand that may be missing without a word: things are not sold every month."""
RECENT = 3
"""Months after which a family or region without rows has ended; months that may be astray."""
LEAVING = ("phase-out", "end of life")
"""Stages of life in which an item may stop selling."""
GROUPS = {"family": "families", "region": "regions", "channel": "channels"}


def next_cycle(actuals: pd.DataFrame) -> pd.Period:
    """The month after the last one that is more than begun."""
    months = pd.PeriodIndex(actuals["period"].unique())
    last: pd.Period = months.difference(begun(actuals)).max()
    return last + 1


def begun(actuals: pd.DataFrame) -> pd.PeriodIndex:
    """The last months that hold so little that they have only begun: the first days, a stray row.

    Rows (or quantity) are far below the median of the months before and below the lowest of them.
    """
    months = _sizes(actuals)
    nothing = pd.PeriodIndex(months.index[:0])
    for last in range(min(RECENT, len(months) - FEWEST), 0, -1):
        before, after = months.iloc[:-last], months.iloc[-last:]
        # several months are never the first days of one: what they hold has to be astray
        thin = _is_thin(after, before.iloc[-USUAL:], BEGUN if last == 1 else STRAY)
        if thin.all():
            return pd.PeriodIndex(after.index)
    return nothing


def told_begun(
    actuals: Delivered, months: pd.PeriodIndex, cycle: pd.Period, base_unit: str
) -> Finding:
    """What became of months that have only begun."""
    sizes = _sizes(actuals.frame)
    usual = sizes[~sizes.index.isin(months)].iloc[-USUAL:].median()
    held = sizes.loc[months].sum()
    named, last = ", ".join(map(str, months)), months[-1]
    one = len(months) == 1
    first = int(np.flatnonzero(actuals.frame["period"].isin(months))[0])
    return actuals.finding(
        f"{named} {'holds' if one else 'hold'} {_size(held, base_unit)}, a usual month"
        f" {_size(usual, base_unit)}; {'it is' if one else 'they are'} taken as begun, and the"
        f" plan begins in {cycle}.",
        f"If {last} is closed, name the cycle: --cycle {last + 1}.",
        row=first, column="period",
    )


def _sizes(actuals: pd.DataFrame) -> pd.DataFrame:
    """Rows and orders of each month that has any."""
    return actuals.groupby("period")["orders"].agg(["size", "sum"])


def _size(size: pd.Series, base_unit: str) -> str:
    return f"{size['sum']:,.0f} {base_unit} in {count(round(size['size']), 'row')}"


def _is_thin(months: pd.DataFrame, before: pd.DataFrame, part: float) -> pd.Series:
    usual, lowest = before.median(), before.min()
    thin = (months < part * usual) & (months < LOW * lowest)
    # little in a part of the rows: the other part is missing, which is told as such
    little: pd.Series = thin["size"] | (thin["sum"] & (months["size"] >= HALF * usual["size"]))
    return little


class _Months(NamedTuple):
    """Demand by key (down) and delivered month (across)."""

    names: pd.DataFrame
    periods: pd.PeriodIndex
    demand: np.ndarray
    has_rows: np.ndarray

    def steady(self, months: int) -> np.ndarray:
        """Keys that sold every month, a year long or since their first sale, until so many months
        ago."""
        end = max(len(self.periods) - months, 0)
        sold = self.demand[:, :end] > 0
        first = np.where(sold.any(axis=1), sold.argmax(axis=1), end) if end else np.array([0])
        since = np.maximum(first, end - USUAL)[:, None]
        every = (sold | (np.arange(end) < since)).all(axis=1)
        return np.asarray(every & (end - first >= FEWEST))

    def stopped(self, months: int) -> np.ndarray:
        """Keys that sold every month and have no row in the last so many months."""
        return np.asarray(self.steady(months) & ~self.has_rows[:, -months:].any(axis=1))


def incomplete(
    actuals: Delivered,
    closed: pd.DataFrame,
    items: pd.DataFrame,
    calendar: Calendar,
    cycle: pd.Period,
    base_unit: str,
) -> list[Finding]:
    """A last closed month that lacks what sold every month, or whose total is far too low.

    Args:
        closed: The actuals of closed months.
    """
    last = cycle - 1
    if closed.empty or closed["period"].max() != last:
        return []
    leaving = items["lifecycle"].isin(LEAVING) | (items["end"] <= calendar.end(last))
    rows = closed[~closed["item"].isin(items["item"][leaving])]
    family_of = dict(zip(items["item"], items["family"], strict=True))
    rows = rows.assign(family=[family_of.get(item, "") for item in rows["item"]])
    periods = pd.PeriodIndex(sorted(closed["period"].unique()), freq="M")
    series, groups = _missing_series(rows, periods), "; ".join(_missing_groups(rows, periods))
    if not series and not groups:
        return list(_low(actuals, closed, calendar, last, base_unit))
    if groups:
        groups = f", and none at all for {groups}" if series else f"has no rows at all for {groups}"
    return [
        actuals.finding(
            f"The last month, {last}, {series}{groups}.",
            "Load the whole month: the forecast takes what is missing for no demand. If nothing"
            " was sold, deliver rows with 0; if an item has ended, fill in its end of life.",
        )
    ]


def _missing_series(rows: pd.DataFrame, periods: pd.PeriodIndex) -> str:
    """Items, else their blocks, that sold every month and have no row in the last one."""
    blocks = _by(rows, ("item", "region", "channel"), periods)
    recent = np.maximum(blocks.demand[:, -1 - FEWEST : -1], 0).sum(axis=1)
    stopped = blocks.stopped(1)
    if not stopped.any() or recent[stopped].sum() < MUCH * recent.sum():
        return ""
    items = _by(rows, ("item",), periods)
    by_item = items.stopped(1).any()
    months = items if by_item else blocks
    what = "items" if by_item else "combinations of item, region and channel"
    steady = months.steady(1)
    here = int((steady & months.has_rows[:, -1]).sum())
    return f"has rows for {here:,} of the {int(steady.sum()):,} {what} that sold every month"


def _missing_groups(rows: pd.DataFrame, periods: pd.PeriodIndex) -> Iterator[str]:
    """Families, regions and channels that sold every month and have no rows any more."""
    for group, several in GROUPS.items():
        months = _by(rows[~rows[group].isin(["", ALL])], (group,), periods)
        names = []
        for since in range(1, min(RECENT, len(periods)) + 1):
            told = f" (since {periods[-since]})" if since > 1 else ""
            names += [f"{name}{told}" for name in months.names[group][months.stopped(since)]]
        if names:
            yield f"the {group if len(names) == 1 else several} {_listed(names)}"


def _by(rows: pd.DataFrame, keys: Sequence[str], periods: pd.PeriodIndex) -> _Months:
    """Demand of the rows by keys and month."""
    grouped = rows.groupby(list(keys))
    names = grouped.size().reset_index()[list(keys)]
    shape = (len(names), len(periods))
    month = periods.get_indexer(pd.PeriodIndex(rows["period"]))
    place = grouped.ngroup().to_numpy() * len(periods) + month
    demand = np.bincount(place, rows["orders"].fillna(0), minlength=shape[0] * shape[1])
    counts = np.bincount(place, minlength=shape[0] * shape[1])
    return _Months(names, periods, demand.reshape(shape), counts.reshape(shape) > 0)


def _low(
    actuals: Delivered, closed: pd.DataFrame, calendar: Calendar, last: pd.Period, base_unit: str
) -> Iterator[Finding]:
    """A total far below the lowest month of the year before, day for day."""
    totals = closed.groupby("period")["orders"].sum().iloc[-USUAL - 1 :]
    daily = (totals / calendar.days(pd.PeriodIndex(totals.index))).to_numpy()
    before = daily[:-1]
    if len(before) < ENOUGH or daily[-1] >= LOW * before.min():
        return
    lowest = int(before.argmin())
    yield actuals.finding(
        f"The last month, {last}, has orders of {totals.iloc[-1]:,.0f} {base_unit}; the lowest of"
        f" the {len(before)} months before, {totals.index[lowest]}, has"
        f" {totals.iloc[lowest]:,.0f} {base_unit}.",
        f"Load the whole month; if it is not over, plan from it on: --cycle {last}.",
    )


def _listed(names: Sequence[str], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
