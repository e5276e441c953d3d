"""Two plans compared, to the cent: plan with AOP, with the cycle before, actual figures with plan.

Rows of both are matched by their keys and months, upper and lower case alike. The effects of each
row are whole cents that sum to its change, so they tie out at every level and in any order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Calendar
from sop_xl.planning.finance.cents import apportioned, money, whole
from sop_xl.planning.finance.effects import EFFECTS, Codes, Side, effects
from sop_xl.planning.frames import Numbers, zero
from sop_xl.planning.wording import LISTED, count, listed, month, months
from sop_xl.schema import Finding, Severity

Result: TypeAlias = Literal["revenue", "margin"]
Which: TypeAlias = npt.NDArray[np.bool_]

SHOWN = ("before", *EFFECTS, "after")
"""The steps of the bridge, from one result to the other."""


class Compared(NamedTuple):
    """A bridge by row and month, and what was odd in what it was made of."""

    cents: pd.DataFrame
    """Keys, ``period`` and :data:`SHOWN`, in whole cents of the house currency."""
    findings: list[Finding]


def compare(
    before: pd.DataFrame,
    after: pd.DataFrame,
    keys: Sequence[str],
    *,
    result: Result = "revenue",
    calendar: Calendar | None = None,
    group: Sequence[str] = (),
    names: tuple[str, str] = ("before", "after"),
) -> Compared:
    """The bridge of each row and month that both plans cover.

    Months that only one of the two covers are left out. Units without a price bring nothing, units
    without a cost cost nothing. A rate that only one side knows holds for both; revenue that has
    no rate at all counts as nothing. Each of these is a finding.

    Args:
        before: What is compared with: keys, ``period``, ``volume`` in units, ``revenue`` in the
            currency of the sale, ``cost_of_sales`` in that of the house (for a margin) and
            ``rate``, house money for one of the currency of the sale (1 where it is not there).
            Several rows of the same keys and month count together, at the rate of the last.
        after: What is compared, in the same columns.
        keys: Columns that name a row: family and region, for example.
        result: Whether revenue or margin is explained.
        calendar: Units that moved within one of its fiscal years are timing; without a calendar
            each month stands alone, and nothing is timing.
        group: Keys within which mix is measured; the whole company, if none.
        names: What the two plans are called in findings.
    """
    shared = _shared(before, after)
    items, codes = _items([before, after], keys)
    sides = [
        _side(plan, code, len(items), shared, result)
        for plan, code in zip((before, after), codes, strict=True)
    ]
    rates, unrated = _rates(*(side.rate for side in sides))
    findings = _odd_months(before, after, shared, names)
    for name, side in zip(names, sides, strict=True):
        findings += _odd_rows(name, side, result, items, shared)
    findings += _unrated(unrated, sides, items, names) + _moved(sides, items, names)
    first, last = (side._replace(rate=rate) for side, rate in zip(sides, rates, strict=True))
    windows = _codes(calendar.fiscal_year(shared)) if calendar else np.arange(len(shared))
    found = effects(first, last, windows, _groups(items, group))
    cells = _cells(first.result, found, last.result)
    return Compared(_frame(items, shared, cells), findings)


def at_level(cents: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """The bridge at any level, in money; its effects sum to its change to the cent.

    Args:
        cents: As :class:`Compared` has them.
        keys: Columns to keep apart, ``period`` among them or not; none for the one total.
    """
    shown = list(SHOWN)
    if keys:
        summed = cents.groupby(list(keys), sort=False, as_index=False)[shown].sum()
    else:
        summed = cents[shown].sum().to_frame().T
    return summed.assign(**{name: money(summed[name].to_numpy()) for name in shown})


def _shared(before: pd.DataFrame, after: pd.DataFrame) -> pd.PeriodIndex:
    """The months that both plans cover."""
    return _months(before).intersection(_months(after)).sort_values()


def _months(plan: pd.DataFrame) -> pd.PeriodIndex:
    return pd.PeriodIndex(plan["period"].unique(), freq="M")


def _items(plans: Sequence[pd.DataFrame], keys: Sequence[str]) -> tuple[pd.DataFrame, list[Codes]]:
    """Every row of keys once, by its first spelling, and where each row of the plans stands."""
    rows = pd.concat([plan[list(keys)] for plan in plans], ignore_index=True)
    lower = rows.apply(lambda column: column.astype("str").str.lower())
    at = np.asarray(lower.groupby(list(keys), sort=False).ngroup(), dtype=np.int64)
    items = rows[~lower.duplicated()].reset_index(drop=True)
    return items, np.split(at, np.cumsum([len(plan) for plan in plans])[:-1])


def _side(
    plan: pd.DataFrame, code: Codes, items: int, shared: pd.PeriodIndex, result: Result
) -> Side:
    """A plan as arrays of items and shared months; the rate is NaN where nobody knows it."""
    on = shared.get_indexer(pd.PeriodIndex(plan["period"], freq="M"))
    kept = on >= 0
    place, shape = (code[kept], on[kept]), (items, len(shared))

    def summed(name: str) -> Numbers:
        found = np.zeros(shape)
        np.add.at(found, place, zero(plan[name].to_numpy(dtype=float)[kept]))
        return found

    rate = np.ones(shape)
    if "rate" in plan:
        rate = np.full(shape, np.nan)
        rate[place] = plan["rate"].to_numpy(dtype=float)[kept]
    cost = summed("cost_of_sales") if result == "margin" else np.zeros(shape)
    return Side(summed("volume"), summed("revenue"), cost, rate)


def _rates(first: Numbers, last: Numbers) -> tuple[tuple[Numbers, Numbers], Which]:
    """The rates of both sides, one for the other where it is missing; and where both are."""
    nowhere = np.isnan(first) & np.isnan(last)
    filled = tuple(
        zero(np.where(np.isnan(own), other, own)) for own, other in ((first, last), (last, first))
    )
    return (filled[0], filled[1]), nowhere


def _codes(labels: npt.NDArray[np.generic]) -> Codes:
    return np.asarray(np.unique(labels, return_inverse=True)[1], dtype=np.int64)


def _groups(items: pd.DataFrame, group: Sequence[str]) -> Codes:
    if not group:
        return np.zeros(len(items), dtype=np.int64)
    lower = items[list(group)].apply(lambda column: column.str.lower())
    return np.asarray(lower.groupby(list(group)).ngroup(), dtype=np.int64)


def _cells(before: Numbers, found: Numbers, after: Numbers) -> npt.NDArray[np.int64]:
    """The steps in cents: a row for each item and period, which ties out; so does the whole."""
    first, last = before.ravel(), after.ravel()
    steps = found.reshape(len(EFFECTS), -1).T
    if not first.size:
        return np.zeros((0, len(SHOWN)), dtype=np.int64)
    opening, closing = (whole(side.sum(keepdims=True)) for side in (first, last))
    started = apportioned(first[np.newaxis], opening)[0]
    changed = apportioned((last - first)[np.newaxis], closing - opening)[0]
    return np.column_stack([started, apportioned(steps, changed), started + changed])


def _frame(
    items: pd.DataFrame, shared: pd.PeriodIndex, cells: npt.NDArray[np.int64]
) -> pd.DataFrame:
    rows = items.loc[items.index.repeat(len(shared))].reset_index(drop=True)
    period = shared.take(np.tile(np.arange(len(shared)), len(items)))
    steps = pd.DataFrame(cells, columns=list(SHOWN))
    return pd.concat([rows.assign(period=period), steps], axis=1)


# ---- what is odd ---------------------------------------------------------------------------------


def _odd_months(
    before: pd.DataFrame, after: pd.DataFrame, shared: pd.PeriodIndex, names: tuple[str, str]
) -> list[Finding]:
    """Months that only one of the plans covers."""
    found = []
    for name, other, plan in ((names[0], names[1], before), (names[1], names[0], after)):
        alone = _months(plan).difference(shared).sort_values()
        if len(alone):
            told = months(alone[0], alone[-1])
            found.append(
                Finding(
                    name,
                    f"{count(len(alone), 'month')} of {name} ({told}) {_has(len(alone))} no"
                    f" counterpart in {other}: the comparison leaves them out.",
                    "Compare plans of the same months, or load what is missing.",
                    Severity.WARNING,
                )
            )
    return found


def _has(many: int) -> str:
    return "has" if many == 1 else "have"


def _odd_rows(
    name: str, side: Side, result: Result, items: pd.DataFrame, shared: pd.PeriodIndex
) -> list[Finding]:
    """Rows of a plan that no price, cost or units stand behind."""
    units, sold = side.volume, side.volume > 0
    revenue, cost = side.revenue, side.cost
    odd: list[tuple[Which, str, str]] = [
        (sold & (revenue == 0), "units without a price: they bring nothing", "Fill in the price."),
        ((units == 0) & (revenue != 0), "revenue without units: it counts as price",
         "See whether it is a credit note, or whether its units are missing."),
        (units < 0, "more returns than sales: their units count as volume, outside the mix",
         "See whether the returns belong to this month."),
    ]  # fmt: skip
    if result == "margin":
        odd += [
            (sold & (cost == 0), "units without a cost: all of their price is margin",
             "Fill in the cost."),
            (sold & (revenue > 0) & (cost > revenue * side.rate),
             "a cost above the price", "See whether price and cost are of the same unit."),
        ]  # fmt: skip
    return [
        Finding(name, f"{_where(which, items, shared)}: {what}.", remedy, Severity.WARNING)
        for which, what, remedy in odd
        if which.any()
    ]


def _where(which: Which, items: pd.DataFrame, shared: pd.PeriodIndex) -> str:
    """Rows in words, each with its months."""
    named = []
    for at in np.flatnonzero(which.any(axis=1))[:LISTED]:
        on = shared[which[at]]
        more = f" and {count(len(on) - 1, 'more month')}" if len(on) > 1 else ""
        named.append(f"{' '.join(items.iloc[at])} ({month(on[0])}{more})")
    rest = int(which.any(axis=1).sum()) - len(named)
    return listed([*named, *[""] * rest])


def _unrated(
    unrated: Which, sides: Sequence[Side], items: pd.DataFrame, names: tuple[str, str]
) -> list[Finding]:
    """Revenue in a currency whose rate is missing on one side, or on both."""
    found = []
    for name, side in zip(names, sides, strict=True):
        needed = (side.revenue != 0) & np.isnan(side.rate)
        for which, what in (
            (needed & unrated, "no rate to the house currency: their revenue counts as nothing"),
            (needed & ~unrated, "no rate to the house currency: that of the other plan holds"),
        ):
            rows = items[which.any(axis=1)]
            if len(rows):
                told = listed(rows.apply(" ".join, axis=1))
                found.append(Finding(name, f"{told}: {what}.", "Load the rate.", Severity.WARNING))
    return found


def _moved(sides: Sequence[Side], items: pd.DataFrame, names: tuple[str, str]) -> list[Finding]:
    """Names of the first key that stand under other keys in one plan than in the other."""
    first, *others = items.columns
    if not others:
        return []
    name = items[first].str.lower()
    there = [pd.Series(((side.volume != 0) | (side.revenue != 0)).any(axis=1)) for side in sides]
    ever = [used.groupby(name).transform("any") for used in there]
    stayed = (there[0] & there[1]).groupby(name).transform("any")
    moved = items[ever[0] & ever[1] & ~stayed]
    if moved.empty:
        return []
    told = listed(moved.groupby(name, sort=False)[first].first())
    return [
        Finding(
            names[1],
            f"{told}: no row has the same {' and '.join(others)} in {names[1]} as in {names[0]}."
            " The comparison shows them as discontinued there and as new here.",
            "See whether they have moved; then give both plans the same place.",
            Severity.WARNING,
        )
    ]
