"""One column of cells to one column of a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.reading import dates, numbers, texts
from sop_xl.reading.cells import distinct, show
from sop_xl.reading.log import Log, Note
from sop_xl.schema import Column, Role, Severity, Unit

PeriodOf = Callable[[pd.Series], pd.Series]
"""The fiscal period in which each day lies."""

ORDERS = {"dmy": "day/month/year", "mdy": "month/day/year"}
FEW = 5
"""Cells that are named one by one, whatever part of their column they are."""
MOST = 0.5
"""Part of a column's cells from which on what cannot be read has one cause."""
_OTHER = "If another column is meant, map it there with columns."


class Raw(NamedTuple):
    """The distinct values of a column, and which of them each row holds."""

    position: int
    codes: np.ndarray
    uniques: list[object]


class Parsed(NamedTuple):
    """A typed column; ``codes`` says which rows hold equal values."""

    series: pd.Series
    codes: np.ndarray
    bad: np.ndarray
    """Rows whose cell has an error."""
    blank: np.ndarray
    days: np.ndarray | None = None
    """The day in each row, where the column is a date or a month."""
    monthly: bool = False
    """The column names months, not days."""


class Dialect(NamedTuple):
    """Decimal sign and order of dates: as set, or as the other columns of the file prove it."""

    decimal: str = ""
    dates: str = ""


def raw(log: Log, position: int) -> Raw:
    return Raw(position, *distinct(log.cells.columns[position]))


def dialect_of(found: dict[str, Raw], columns: dict[str, Column], given: Dialect) -> Dialect:
    """What the columns of the file that leave no doubt have in common."""
    signs = {
        numbers.evidence(raw.uniques)
        for name, raw in found.items()
        if columns[name].unit.is_number
    } - {""}
    orders = {
        dates.evidence(raw.uniques).order
        for name, raw in found.items()
        if columns[name].unit in (Unit.DATE, Unit.PERIOD)
    } - {""}
    return Dialect(
        given.decimal or (signs.pop() if len(signs) == 1 else ""),
        given.dates or (orders.pop() if len(orders) == 1 else ""),
    )


def parse(
    log: Log, column: Column, raw: Raw, given: Dialect, others: Dialect, period_of: PeriodOf
) -> Parsed:
    """The typed values of a column; what is wrong with its cells goes to the log."""
    if column.unit.is_number:
        return _number(log, column, raw, given, others)
    if column.unit is Unit.FLAG:
        return _flag(log, column, raw)
    if column.unit in (Unit.DATE, Unit.PERIOD):
        return _date(log, column, raw, given, others, period_of)
    return _text(log, column, raw)


def absent(column: Column, size: int) -> Parsed:
    """A column that the file does not have: its default."""
    codes = np.zeros(size, dtype=np.intp)
    blank = np.zeros(size, dtype=bool)
    series = _default(column).take(codes).reset_index(drop=True)
    return Parsed(series, codes, blank, blank | (column.default is None))


def empty(column: Column) -> pd.Series:
    return _default(column).iloc[:0]


def _default(column: Column) -> pd.Series:
    default = column.default
    if column.unit.is_number:
        return pd.Series([np.nan if default is None else float(default)], dtype="float64")
    if column.unit is Unit.FLAG:
        return pd.Series([_is_yes(column)], dtype=bool)
    if column.unit is Unit.PERIOD:
        return pd.Series(pd.PeriodIndex([pd.NaT], freq="M"))
    if column.unit is Unit.DATE:
        return pd.Series([pd.NaT], dtype="datetime64[ns]")
    return pd.Series(["" if default is None else str(default)], dtype="str")


def _is_yes(column: Column) -> bool:
    return column.default is not None and str(column.default).casefold() in texts.TRUE


def _number(log: Log, column: Column, raw: Raw, given: Dialect, others: Dialect) -> Parsed:
    own = numbers.evidence(raw.uniques)
    decimal = given.decimal or own or others.decimal
    values, notes = numbers.parse(raw.uniques, column, decimal or ".", certain=bool(decimal))
    key = f"decimal in [sources.{log.table.name}] of sop.toml"
    if given.decimal and own and own != given.decimal:
        remedy = f"Its decimal sign seems to be {own!r}: mend {key}."
    else:
        remedy = f"If the decimal sign is another one, set {key}. {_OTHER}"
    notes, told = _told_once(
        log, column, raw, notes, np.isnan(values), f"no numbers with the decimal sign {decimal!r}"
        if decimal else "no numbers", remedy, sure=own not in ("", decimal),
    )
    bad = told | _report(log, column, raw, notes)
    blank = np.isnan(values)
    values = np.where(bad, np.nan, values)
    if column.default is not None:
        values = np.where(blank & ~bad, float(column.default), values)
    return Parsed(
        pd.Series(values).take(raw.codes).reset_index(drop=True),
        raw.codes, bad[raw.codes], blank[raw.codes],
    )


def _flag(log: Log, column: Column, raw: Raw) -> Parsed:
    flags, blank, notes = texts.parse_flag(raw.uniques)
    bad = _report(log, column, raw, notes)
    flags = np.where(blank | bad, _is_yes(column), flags)
    series = pd.Series(flags[raw.codes], dtype=bool)
    return Parsed(series, raw.codes, bad[raw.codes], blank[raw.codes])


def _date(
    log: Log, column: Column, raw: Raw, given: Dialect, others: Dialect, period_of: PeriodOf
) -> Parsed:
    own = dates.evidence(raw.uniques)
    order = given.dates or own.order or others.dates
    order = order if order in ORDERS else own.order
    days, months, notes = dates.parse(raw.uniques, column, order or "dmy", certain=bool(order))
    if own.inferred and not given.dates:
        _report_order(log, column, raw, order)
    key = f"dates in [sources.{log.table.name}] of sop.toml"
    contrary = given.dates in ORDERS and own.order not in ("", given.dates)
    if contrary:
        remedy = f"They seem to be {ORDERS[own.order]}: mend {key}."
    else:
        remedy = f"Set {key}, or write them like 2024-01-31. {_OTHER}"
    what = "months" if column.unit is Unit.PERIOD else "dates"
    notes, told = _told_once(
        log, column, raw, notes, np.isnat(days), f"no {what}, read as {ORDERS[order or 'dmy']}",
        remedy, sure=contrary,
    )
    bad = told | _report(log, column, raw, notes)
    days[bad] = np.datetime64("NaT")
    stamps = pd.Series(days.astype("datetime64[ns]"))
    monthly = bool(months.any())
    values = stamps
    if column.unit is Unit.PERIOD:
        values, monthly = _periods(log, column, raw, stamps, months, period_of)
    blank = np.isnat(days) & ~bad
    return Parsed(
        values.take(raw.codes).reset_index(drop=True), raw.codes, bad[raw.codes],
        blank[raw.codes], days[raw.codes], monthly,
    )


def _periods(
    log: Log, column: Column, raw: Raw, days: pd.Series, months: np.ndarray, period_of: PeriodOf
) -> tuple[pd.Series, bool]:
    """Fiscal periods; months and columns of first days of months are names of periods."""
    named = days.dt.to_period("M")
    firsts = bool((days.dropna().dt.day == 1).all())
    lasts = bool(days.dropna().dt.is_month_end.all()) and not months.any()
    if not days.notna().any():
        return named, False
    lying = period_of(days)
    lying = lying.where(~pd.Series(months), named)
    monthly = firsts or (lasts and len(named.dropna().unique()) > 1)
    if not monthly:
        return lying, bool(months.all())
    moved = (lying != named) & named.notna()
    if moved.any():
        example = raw.uniques[int(np.flatnonzero(moved)[0])]
        note = Note(
            moved.to_numpy(),
            f"{example} lies in the fiscal period before or after; as all days of the column are"
            " first or last days of months, they were read as names of the periods",
            severity=Severity.REPAIR,
        )
        _report(log, column, raw, [note])
    return named, True


def _text(log: Log, column: Column, raw: Raw) -> Parsed:
    notes: list[Note]
    if column.choices:
        values, notes = texts.parse_choice(raw.uniques, column)
    else:
        values, notes = texts.parse_text(raw.uniques, column)
    if texts.is_dimension(log.table, column):
        notes += texts.risky_names(values)
    bad = _report(log, column, raw, notes)
    blank = (values == "") & ~bad
    values = np.where(bad, "", values)
    if column.default is not None:
        values = np.where(blank, str(column.default), values)
    names = pd.Series(values, dtype="str")
    same = pd.factorize(names)[0]
    parsed = Parsed(
        names.take(raw.codes).reset_index(drop=True), same[raw.codes], bad[raw.codes],
        blank[raw.codes],
    )
    _report_alike(log, column, raw, values)
    return parsed


def _report(log: Log, column: Column, raw: Raw, notes: list[Note]) -> np.ndarray:
    """Log the notes; return which of the distinct values are bad."""
    bad = np.zeros(len(raw.uniques), dtype=bool)
    for note in notes:
        if not note.which.any():
            continue
        rows = np.flatnonzero(note.which[raw.codes])
        place = (column.label, raw.position, rows, note, log.cells.columns[raw.position])
        if note.severity is Severity.ERROR:
            bad |= note.which
            log.each(*place)
        else:
            log.grouped(*place)
    return bad


def _told_once(
    log: Log,
    column: Column,
    raw: Raw,
    notes: list[Note],
    nothing: np.ndarray,
    what: str,
    remedy: str,
    *,
    sure: bool,
) -> tuple[list[Note], np.ndarray]:
    """One finding where most cells of a column cannot be read: that is one mistake, not a thousand.

    Args:
        nothing: Distinct values that gave nothing.
        sure: Whether the cause is known, so that fewer cells do.

    Returns:
        The notes that are left to tell, and the distinct values that are told of.
    """
    wrong = [note.which for note in notes if note.severity is Severity.ERROR]
    unread = nothing & np.logical_or.reduce(wrong)
    rows = np.flatnonzero(unread[raw.codes])
    filled = int((unread | ~nothing)[raw.codes].sum())
    if len(rows) <= FEW or not (sure or len(rows) > MOST * filled):
        return notes, np.zeros_like(unread)
    example = show(log.cells.columns[raw.position][rows[0]])
    log.whole(
        f"{column.label}: {len(rows):,} of {filled:,} cells are {what}: {example!r} for example.",
        remedy, Severity.ERROR, log.cells.address(int(rows[0]), raw.position), len(rows),
    )
    return [note._replace(which=note.which & ~unread) for note in notes], unread


def _report_order(log: Log, column: Column, raw: Raw, order: str) -> None:
    written = ORDERS[order]
    other = "mdy" if order == "dmy" else "dmy"
    log.whole(
        f"{column.label}: dates were read as {written}, because one part is 1 in all of them.",
        f'If that is wrong, say so in sop.toml: dates = "{other}".',
        Severity.REPAIR,
        log.cells.header_address(raw.position),
        count=len(raw.codes),
    )


def _report_alike(log: Log, column: Column, raw: Raw, values: np.ndarray) -> None:
    """Names of one thing written in two ways."""
    names = [v for v in values if v]
    if texts.is_dimension(log.table, column):
        groups = texts.alike(names)
        message = "{} are one name to Excel's formulas."
        remedy, severity = "Write the name the same way everywhere.", Severity.ERROR
    elif column.role is Role.KEY or column.refers:
        groups = texts.nearly_alike(names)
        message = "{} differ in case or spaces only; they were taken as different."
        remedy, severity = "If they are the same, write them the same way.", Severity.WARNING
    else:
        return
    for group in groups[:20]:
        first = np.flatnonzero(values[raw.codes] == group[-1])[0]
        cell = log.cells.address(int(first), raw.position)
        listed = " and ".join(repr(name) for name in group[:4])
        log.whole(f"{column.label}: {message.format(listed)}", remedy, severity, cell)
