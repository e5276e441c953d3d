"""What only shows when tables are held against each other: orphans, contradictions, totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Calendar
from sop_xl.planning.wording import count, listed
from sop_xl.reading import did_you_mean
from sop_xl.reading.texts import alike, as_excel_sees, risky_names
from sop_xl.schema import ALL, ALL_FAMILIES, Finding, Severity
from sop_xl.sources.bills import bill_findings
from sop_xl.sources.decisions import decisions
from sop_xl.sources.delivered import NAMED, Delivered
from sop_xl.sources.last_month import NO_CYCLE, begun, incomplete, told_begun
from sop_xl.sources.series import gaps, jumps, outliers
from sop_xl.tables.settings import Settings

Sources = Mapping[str, Delivered]

QUANTITIES = ("actuals", "stock", "production")
"""Tables whose rows would be missing from the plan without their item."""
UNKNOWN_FAMILY = {
    "families": "its settings are not used",
    "pipeline": "the deal is left out of the plan",
    "events": "the event changes nothing",
    "signals": "it moves nothing",
    "aop": "its budget is left out of the plan",
    "risks": "the risk is counted, but for no family",
    "past_plans": "its forecast is not measured",
    "past_finance": "its plan is left out of the comparison",
}
"""What becomes of a row whose family has no item, by table."""
UNKNOWN_BLOCK = {
    "pipeline": "the deal opens a block of its own, without history",
    "events": "the event changes nothing",
    "launches": "the row changes nothing",
    "signals": "it moves nothing",
    "aop": "its budget opens a block of its own, without history",
    "past_plans": "its forecast is measured against no demand",
}
"""What becomes of a row whose region or channel has no actuals, by table. Stock and orders are not
here: the plan adds them up by family."""
TIE = 0.01
"""Difference between two books of the same revenue that needs no explanation."""
MANY_MONTHS = 3
"""Other months that differ as well from which on only the month that differs most is told."""
FAR_PRICE = 3.0
"""Times that the price paid may differ from the price list."""
LOST = 0.01
"""Errors by row of the actuals above which they are not compared with anything."""
ENOUGH_WORKDAYS = 3
"""Working days at a month's end that may be without any order."""


def check(
    sources: Sources, settings: Settings, calendar: Calendar, cycle: pd.Period
) -> list[Finding]:
    """Every check across tables.

    Args:
        cycle: First plan period.
    """
    actuals, items = sources["actuals"], sources["items"]
    closed = _closed(actuals, cycle)
    findings = [
        *_orphans(sources),
        *_names(sources, settings),
        *_unknown_families(sources, settings),
        *_open_months(sources, settings, calendar, cycle),
        *_old_data(sources, cycle),
        *_negative(actuals),
        *_items(items, closed),
        *_events(sources["events"]),
        *_rates(sources["currencies"], sources["exchange_rates"]),
        *_capacity_options(sources["capacity_options"], sources["resources"], cycle),
        *_months_before(sources["bill_of_resources"]),
        *_pipeline(sources["pipeline"], calendar, cycle),
        *_orders(sources["orders"], calendar, cycle),
        *bill_findings(sources),
    ]
    if actuals.counts[Severity.ERROR] > LOST * actuals.read:
        return findings  # what is missing would be found once more in everything below
    return [
        *findings,
        *_unknown_dimensions(sources, settings),
        *decisions(sources, settings, cycle),
        *_dead_stock(sources),
        *_prices(sources, closed, cycle),
        *_ties(sources, cycle),
        *incomplete(actuals, closed, items.frame, calendar, cycle, settings.base_unit),
        *gaps(actuals, closed, items.frame, settings.planning_level),
        *jumps(actuals, closed),
        *outliers(actuals, closed, settings.outlier_score),
    ]


def _closed(actuals: Delivered, cycle: pd.Period) -> pd.DataFrame:
    """The actuals of closed months; the index is the row in the frame of the source."""
    frame = actuals.frame
    return frame[frame["period"] < cycle] if len(frame) else frame


def _orphans(sources: Sources) -> Iterator[Finding]:
    """Values that their reference table does not know."""
    for owner, references in _references(sources).items():
        known = sources[owner]
        if known.frame.empty:
            # not delivered, or not readable: that is one finding, or opens no ability
            continue
        if known.counts[Severity.ERROR]:
            yield from _not_checked(known, references)
            continue
        label = known.table.label
        for source, column in references:
            needed = source.table.name in QUANTITIES and column in source.table.keys
            yield from _unknown(
                source, column, _field(known, source.table[column].refers),
                f"is not in {label}",
                f"Add it to {label}, or take its rows out.",
                Severity.ERROR if needed else Severity.WARNING,
            )


def _references(sources: Sources) -> dict[str, list[tuple[Delivered, str]]]:
    """The columns that refer to each table."""
    found: dict[str, list[tuple[Delivered, str]]] = {}
    for source in sources.values():
        for column in source.table.inputs:
            if column.refers and len(source.frame):
                owner = column.refers.partition(".")[0]
                found.setdefault(owner, []).append((source, column.name))
    return found


def _field(owner: Delivered, refers: str) -> pd.Series:
    return owner.frame[refers.partition(".")[2]]


def _not_checked(
    owner: Delivered, references: Iterable[tuple[Delivered, str]]
) -> Iterator[Finding]:
    """One finding for all that misses rows of a table which could not be read as a whole."""
    unknown: set[str] = set()
    for source, column in references:
        known = _field(owner, source.table[column].refers)
        unknown |= set(source.frame[column]) - set(known) - {ALL, ""}
    if unknown:
        label = owner.table.label
        yield owner.finding(
            f"{count(len(unknown), 'name')} in other lists {'is' if len(unknown) == 1 else 'are'}"
            f" not in what could be read of {label}.",
            f"Mend the errors of {label} first, then check again.",
        )


def _unknown(
    source: Delivered, column: str, known: Iterable[str], what: str, remedy: str,
    severity: Severity,
) -> Iterator[Finding]:
    """One finding per value that is not known, the most frequent first."""
    names = set(known) | {ALL, ""}
    values = source.frame[column]
    unknown = values[~values.isin(names)]
    twins = {as_excel_sees(name): name for name in names - {""}}
    for value in unknown.unique():
        twin = twins.get(as_excel_sees(value))
        if twin is not None:
            rows = unknown.index[unknown == value]
            unknown = unknown.drop(rows)
            yield source.finding(
                f"{source.table[column].label} {value!r} is written {twin!r} elsewhere; to Excel's"
                " formulas the two are one.",
                "Write the name the same way everywhere.", Severity.ERROR, int(rows[0]), column,
            )
    counts = unknown.value_counts()
    for value in counts.index[:NAMED]:
        rows = unknown.index[unknown == value]
        many = f" ({len(rows):,} rows)" if len(rows) > 1 else ""
        yield source.finding(
            f"{source.table[column].label} {value!r} {what}{many}.",
            f"{did_you_mean(value, names - {ALL, ''})} {remedy}".strip(),
            severity, int(rows[0]), column,
        )
    rest = counts.iloc[NAMED:]
    if len(rest):
        row = int(unknown.index[unknown == rest.index[0]][0])
        more = f"{len(rest):,} more values of this kind ({int(rest.sum()):,} rows)"
        message = f"{source.table[column].label}: {more}."
        yield source.finding(message, remedy, severity, row, column)


def _names(sources: Sources, settings: Settings) -> Iterator[Finding]:
    """Names that the book needs for itself, and item numbers that formulas would misread."""
    items = sources["items"]
    families = items.frame["family"]
    yield from items.each(
        families.isin([ALL, ALL_FAMILIES]), "family",
        lambda row: f"A family cannot be called {families[row]!r}.",
        "The book uses this name for all families; choose another one.", Severity.ERROR,
    )
    if settings.planning_level[0] != "item":
        return
    numbers = items.frame["item"]
    for note in risky_names(numbers.to_numpy()):
        yield from items.each(
            note.which, "item",
            lambda row: f"Item {numbers[row]!r} cannot be planned by item: Excel would misread it.",
            note.remedy, Severity.ERROR,
        )
    for group in alike(numbers):
        row = int(numbers.index[numbers == group[-1]][0])
        listed = " and ".join(repr(name) for name in group)
        yield items.finding(
            f"Items {listed} are one name to Excel's formulas.",
            "Give one of them another number, or plan by family.", Severity.ERROR, row, "item",
        )


def _unknown_families(sources: Sources, settings: Settings) -> Iterator[Finding]:
    items = sources["items"]
    if items.frame.empty or items.counts[Severity.ERROR]:
        return
    by_item = settings.planning_level[0] == "item"  # then each item is a family of its own
    known = items.frame["item" if by_item else "family"]
    what = "is no item" if by_item else "is the family of no item"
    wanted = "an item" if by_item else "a family"
    for name, effect in UNKNOWN_FAMILY.items():
        if len(sources[name].frame):
            yield from _unknown(
                sources[name], "family", known, what,
                f"Name {wanted} of the item master; else {effect}.", Severity.WARNING,
            )


def _rates(currencies: Delivered, exchange_rates: Delivered) -> Iterator[Finding]:
    """Currencies of which no rate is given, with the first region that is invoiced in each."""
    given = exchange_rates.frame.loc[exchange_rates.frame["rate"] > 0, "currency"].str.lower()
    rows = currencies.frame
    missing = rows[~rows["currency"].str.lower().isin(given)]
    for code, own in missing.groupby("currency", sort=False):
        yield currencies.finding(
            f"{code} ({listed(own['region'])}) has no exchange rate: its revenue counts at 1.",
            "Load the rates of past and plan.", Severity.WARNING, int(own.index[0]), "currency",
        )


def _unknown_dimensions(sources: Sources, settings: Settings) -> Iterator[Finding]:
    """Regions and channels that the actuals do not know, where the plan is made by them."""
    actuals = sources["actuals"]
    if actuals.frame.empty:
        return
    for dimension in settings.planning_level[1:]:
        for name, effect in UNKNOWN_BLOCK.items():
            if len(sources[name].frame):
                yield from _unknown(
                    sources[name], dimension, actuals.frame[dimension], "has no actuals",
                    f"Write it as in the actuals; else {effect}.", Severity.WARNING,
                )


def _open_months(
    sources: Sources, settings: Settings, calendar: Calendar, cycle: pd.Period
) -> Iterator[Finding]:
    """Actuals in or after the cycle's first month, and a last month that is not over."""
    actuals = sources["actuals"]
    if actuals.frame.empty:
        return
    late = actuals.frame["period"] >= cycle
    thin = begun(actuals.frame)
    if late.any() and actuals.frame["period"][late].isin(thin).all():
        yield told_begun(actuals, thin[thin >= cycle], cycle, settings.base_unit)
    elif late.any():
        rows = int(late.sum())
        yield actuals.finding(
            f"{count(rows, 'row')} from {cycle} on {'is' if rows == 1 else 'are'} left out: the"
            " plan begins there.",
            "If these months are closed, name a later cycle.",
            row=int(np.flatnonzero(late)[0]), column="period",
        )
    end = calendar.end(cycle - 1)
    last = actuals.last_day
    if isinstance(last, pd.Timestamp) and not actuals.monthly:
        days = np.busday_count(last.date(), end.date())
        if calendar.start(cycle - 1) <= last and days > ENOUGH_WORKDAYS:
            yield actuals.finding(
                f"The actuals end on {last:%Y-%m-%d}; {cycle - 1} is not over, and its demand"
                " looks too low.",
                f"Load the whole month, or plan from {cycle - 1} on.",
            )


def _old_data(sources: Sources, cycle: pd.Period) -> Iterator[Finding]:
    """Actuals or stock that end before the month that should have been closed."""
    for name, effect in (("actuals", "the forecast starts from older months"),
                         ("stock", "projected inventory starts without it")):
        frame = sources[name].frame
        if len(frame) and frame["period"].max() < cycle - 1:
            yield sources[name].finding(
                f"The last month of {sources[name].table.label} is {frame['period'].max()}, not"
                f" {cycle - 1}: {effect}.",
                "Load the last closed month.",
            )


def _negative(actuals: Delivered) -> Iterator[Finding]:
    for name in ("orders", "shipments", "revenue"):
        label = actuals.table[name].label.lower()
        yield from actuals.grouped(
            actuals.frame[name] < 0, name, f"{{n}} rows have negative {label}",
            "Returns and cancellations belong into Returns; negative demand lowers the forecast.",
        )


def _items(items: Delivered, closed: pd.DataFrame) -> Iterator[Finding]:
    frame = items.frame
    sold = frame["item"].isin(closed["item"].unique()) if len(closed) else True
    for name, effect in (("price", "their volume has no revenue where no revenue is delivered"),
                         ("cost", "their stock and sales have no value")):
        yield from items.grouped(
            ~(frame[name] > 0) & sold, name, f"{{n}} items that sell have no {name}; {effect}",
            f"Fill in the {name} in the item master.",
        )
    yield from items.grouped(
        (frame["price"] > 0) & (frame["price"] < frame["cost"]), "price",
        "{n} items cost more than their price", "Check price, cost and their units.",
    )
    yield from items.each(
        frame["end"] < frame["launch"], "end",
        lambda row: f"Item {frame['item'][row]} ends on {frame['end'][row]:%Y-%m-%d}, before its"
        f" launch on {frame['launch'][row]:%Y-%m-%d}.", "Mend the dates.",
    )
    yield from items.each(
        (frame["like_item"] != "") & (frame["like_item"] == frame["item"]), "like_item",
        lambda row: f"Item {frame['item'][row]} names itself as its like item.",
        "Name an older item with a similar demand.",
    )


def _dead_stock(sources: Sources) -> Iterator[Finding]:
    """Stock of items that were never sold."""
    stock, actuals, items = (sources[name] for name in ("stock", "actuals", "items"))
    if stock.frame.empty or actuals.frame.empty:
        return
    last = stock.frame["period"] == stock.frame["period"].max()
    never = ~stock.frame["item"].isin(actuals.frame["item"].unique())
    which = last & never & (stock.frame["on_hand"] > 0)
    cost = stock.frame["item"].map(items.frame.set_index("item")["cost"])
    value = float((cost * stock.frame["on_hand"])[which].sum())
    yield from stock.grouped(
        which, "on_hand",
        f"{{n}} items with stock (worth {value:,.0f} at cost) have never been sold",
        "Check the item numbers, or whether the stock is still wanted.",
    )


def _prices(sources: Sources, closed: pd.DataFrame, cycle: pd.Period) -> Iterator[Finding]:
    """Revenue per unit far from the price of the item, over the last twelve months."""
    items = sources["items"]
    recent = closed[closed["period"] >= cycle - 12] if len(closed) else closed
    if recent.empty or items.frame.empty:
        return
    sold = recent["shipments"].fillna(recent["orders"]).where(recent["revenue"].notna())
    by_item = pd.DataFrame({"item": recent["item"], "sold": sold, "revenue": recent["revenue"]})
    sums = by_item.groupby("item").sum()
    paid = items.frame["item"].map(sums["revenue"] / sums["sold"].where(sums["sold"] > 0))
    ratio = paid / items.frame["price"].where(items.frame["price"] > 0)
    yield from items.each(
        (ratio > FAR_PRICE) | (ratio < 1 / FAR_PRICE), "price",
        lambda row: f"Item {items.frame['item'][row]}: revenue per unit is {paid[row]:,.2f}, its"
        f" price {items.frame['price'][row]:,.2f} ({ratio[row]:.2g} times).",
        "Check the units of quantity and price, and the currency.",
    )


def _ties(sources: Sources, cycle: pd.Period) -> Iterator[Finding]:
    """The same revenue and cost of sales in the actuals and in accounting."""
    balance, actuals = sources["balance"], sources["actuals"]
    if balance.frame.empty or actuals.frame.empty:
        return
    for name in ("revenue", "cost_of_sales"):
        sums = actuals.frame.groupby("period")[name].sum(min_count=1)
        sold = balance.frame["period"].map(sums)
        booked = balance.frame[name]
        apart = (sold - booked).abs()
        off = (apart > TIE * booked.abs()) & (balance.frame["period"] < cycle)
        others = int(off.sum()) - 1
        more = f" {others} other months differ too, none as much." if others >= MANY_MONTHS else ""
        named = off & (apart.where(off).rank(method="first", ascending=False) == 1) if more else off
        label = actuals.table[name].label
        yield from balance.each(
            named, name,
            lambda row, sold=sold, booked=booked, label=label, more=more: (  # type: ignore[misc]
                f"{label} of {balance.frame['period'][row]}: accounting {booked[row]:,.0f}, actuals"
                f" {sold[row]:,.0f} ({(sold[row] - booked[row]) / abs(booked[row] or 1):+.1%})."
                + more
            ),
            "Find out which of the two is complete: items, regions, returns, discounts.",
        )


def _events(events: Delivered) -> Iterator[Finding]:
    frame = events.frame
    yield from events.each(
        frame["end"] < frame["start"], "end",
        lambda row: f"Event {frame['event'][row]} ends in {frame['end'][row]}, before it starts in"
        f" {frame['start'][row]}.", "Mend the months.", Severity.ERROR,
    )


def _months_before(bill: Delivered) -> Iterator[Finding]:
    """Work that is done a part of a month before completion."""
    months = bill.frame["offset"]
    yield from bill.each(
        months.notna() & (months != np.rint(months)), "offset",
        lambda row: f"{bill.frame['item'][row]} at {bill.frame['resource'][row]}:"
        f" {months[row]:g} months before completion count as {np.rint(months[row]):g}.",
        "Write whole months; work in several months takes several rows.",
    )  # fmt: skip


def _capacity_options(
    options: Delivered, resources: Delivered, cycle: pd.Period
) -> Iterator[Finding]:
    """Options that can never be used, or that seem to cost nothing."""
    frame = options.frame

    def named(row: int) -> str:
        return f"The {frame['option'][row]} of {frame['resource'][row]}"

    yield from options.each(
        frame["resource"] == ALL, "resource",
        lambda row: f"{named(row)} names no resource: it is not used.",
        "Write a row for each resource that can have it.",
    )
    backwards = frame["end"] < frame["start"]
    yield from options.each(
        backwards, "end",
        lambda row: f"{named(row)} ends in {frame['end'][row]}, before it starts in"
        f" {frame['start'][row]}.", "Mend the months.", Severity.ERROR,
    )
    if cycle != NO_CYCLE and len(frame):
        notice = frame["lead_time"].fillna(0).astype(int)
        ready = pd.PeriodIndex([cycle + months for months in notice], freq="M")
        yield from options.each(
            ~backwards & (frame["end"] < ready), "end",
            lambda row: f"{named(row)} ends in {frame['end'][row]}; decided now, it begins in"
            f" {ready[row]}.", "Extend it, shorten its lead time, or take its row out.",
        )
    yield from options.grouped(
        frame["hours"] == 0, "hours", "{n} options give no hours",
        "Fill in the hours at most, or take the rows out.",
    )
    rates = resources.frame.set_index("resource")["cost_per_hour"].groupby(level=0).first()
    rate = frame["cost_per_hour"].fillna(frame["resource"].map(rates)).fillna(0)
    yield from options.grouped(
        (rate == 0) & ~(frame["fixed_cost"] > 0), "cost_per_hour", "{n} options cost nothing",
        "Fill in the cost per hour here or in Resources.",
    )


def _pipeline(pipeline: Delivered, calendar: Calendar, cycle: pd.Period) -> Iterator[Finding]:
    frame = pipeline.frame
    undecided = ~frame["stage"].isin(["won", "lost"])
    yield from pipeline.grouped(
        undecided & (frame["close_date"] < calendar.start(cycle)), "close_date",
        "{n} of the open deals should have closed before the plan begins; they are not in the plan",
        "Ask sales for the new date, or set the stage to won or lost.",
    )


def _orders(orders: Delivered, calendar: Calendar, cycle: pd.Period) -> Iterator[Finding]:
    frame = orders.frame
    yield from orders.grouped(
        (frame["delivered"] >= calendar.start(cycle)) & (cycle != NO_CYCLE), "delivered",
        "{n} order lines are delivered in the future", "Mend the date of delivery.",
    )
    yield from orders.grouped(
        frame["delivered"].isna() & (frame["delivered_quantity"] > 0), "delivered_quantity",
        "{n} order lines have a delivered quantity and no date", "Fill in the day of delivery.",
    )
    yield from orders.grouped(
        frame["delivered_quantity"] > 1.1 * frame["quantity"], "delivered_quantity",
        "{n} order lines delivered more than 10 % over the quantity ordered",
        "Check the units of both quantities.",
    )
