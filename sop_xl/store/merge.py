"""What people changed in a workbook, and how that meets what others changed since it was issued.

Three states of a table take part: as *issued* in the workbook, as *found* in it, and as it is in
the store *now*. Frames in, values and frames out; no SQL.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import pandas as pd

from sop_xl.schema import Column, Role, Table, Unit
from sop_xl.store.values import Row, Value, frame_of_rows, rows_of, stripped

TOLERANCE = 1e-12
"""Relative difference of two numbers that are the same: office programs keep 15 to 17 digits."""

Part: TypeAlias = Row | None
"""What a change is about: one cell, or a whole row; None where there is no such row."""


class Kind(StrEnum):
    """What was done to a row."""

    EDIT = "edit"
    ADDED = "added row"
    DELETED = "deleted row"


class Change(NamedTuple):
    """One thing that somebody typed: a cell, a new row, a row taken away."""

    table: str
    key: str
    """Canonical key of the row, as :func:`sop_xl.store.values.keys_of` gives it."""
    column: str
    """Empty where a whole row was added or taken away."""
    old: Value | Row
    new: Value | Row
    kind: Kind = Kind.EDIT
    reason: str = ""
    cell: str = ""
    """Where it was typed: ``Demand_Plan!Z14``."""


class Conflict(NamedTuple):
    """A change of something that was changed otherwise since the workbook was issued."""

    change: Change
    kept: Value | Row
    """What the store holds and keeps; None for a blank or for a row that is gone."""
    gone: bool = False
    """Somebody took away the row of the cell, so that the change has nowhere to go."""


class Merge(NamedTuple):
    """Changes sorted by what is to be done with them."""

    fresh: list[Change]
    known: list[Change]
    """What the store already holds."""
    conflicts: list[Conflict]


class Applied(NamedTuple):
    """A table with changes on top, and the edits whose row is not there."""

    frame: pd.DataFrame
    lost: list[Change]


def difference(issued: pd.DataFrame, found: pd.DataFrame, table: Table) -> list[Change]:
    """What was changed between two states of a table, by key.

    Rows may have been sorted or inserted. In a table whose rows the plan gives
    (``Table.rows_given``) a missing row counts as a blank one, and rows that are not found are not
    compared: they were not shown. A blank cell equals the default of its column. Columns that
    ``found`` does not have are not compared.

    Args:
        issued: The table as the workbook showed it when it was issued.
        found: The table as it was read from the workbook.
        table: The declaration.
    """
    if issued.equals(found):
        return []  # most tables of a book, and making keys of their rows takes long
    before, after = rows_of(issued, table), rows_of(found, table)
    shown = [c for c in table.inputs if c.role is not Role.KEY and c.name in found]
    changes: list[Change] = []
    for key, row in after.items():
        old = before.get(key, {} if table.rows_given else None)
        if old is None:
            changes.append(Change(table.name, key, "", None, _clean(row), Kind.ADDED, _reason(row)))
        else:
            changes += _edits(table, key, old, row, shown)
    if not table.rows_given:
        gone = ((key, row) for key, row in before.items() if key not in after)
        changes += [Change(table.name, key, "", row, None, Kind.DELETED) for key, row in gone]
    return changes


def _edits(
    table: Table, key: str, old: Row, new: Row, columns: Iterable[Column]
) -> Iterable[Change]:
    for column in columns:
        was, typed = old.get(column.name), stripped(new[column.name])
        if not same(was, typed, column):
            yield Change(table.name, key, column.name, was, typed, Kind.EDIT, _reason(new))


def merge(
    changes: Iterable[Change], current: pd.DataFrame, issued: pd.DataFrame, table: Table
) -> Merge:
    """Sort changes into those to apply, those the store already holds, and those in conflict.

    A change conflicts where the store's current value differs from the issued one and from the
    new one: somebody else changed it since.
    """
    now, then = rows_of(current, table), rows_of(issued, table)
    result = Merge([], [], [])
    for change in changes:
        held, base = _part(change, now, table), _part(change, then, table)
        if _alike(held, _wanted(change), table):
            result.known.append(change)
        elif _alike(held, base, table):
            result.fresh.append(change)
        else:
            gone = held is None and change.kind is Kind.EDIT
            result.conflicts.append(Conflict(change, _kept(change, held), gone))
    return result


def conflicts(
    changes: Iterable[Change], current: pd.DataFrame, issued: pd.DataFrame, table: Table
) -> list[Conflict]:
    """The changes of something that somebody else changed since the workbook was issued."""
    return merge(changes, current, issued, table).conflicts


def overtaken(
    changes: Iterable[Change], base: pd.DataFrame, table: Table
) -> list[tuple[Change, Value | Row]]:
    """Changes whose old value is no longer what the base says, and what it says instead."""
    rows = rows_of(base, table)
    parts = ((change, _part(change, rows, table)) for change in changes)
    return [
        (change, _kept(change, part))
        for change, part in parts
        if not _alike(part, _before(change), table)
    ]


def apply(base: pd.DataFrame, changes: Sequence[Change], table: Table) -> Applied:
    """Put changes on top of a table, in order.

    An added row that the table has by now is laid over it. An edit of a row that the table does
    not have is lost, unless the plan gives the rows: then it makes the row.
    """
    rows = rows_of(base, table)
    delivered = set(rows)
    lost: dict[tuple[str, str], Change] = {}
    for change in changes:
        if change.kind is Kind.DELETED:
            rows.pop(change.key, None)
        elif change.kind is Kind.ADDED:
            rows[change.key] = rows.get(change.key, {}) | _row(change.new)
        elif change.key in rows or table.rows_given:
            row = rows.setdefault(change.key, key_values(change.key))
            row[change.column] = _value(change.new)
        else:
            lost[change.key, change.column] = change
    kept = [row for key, row in rows.items() if key in delivered or not _is_blank(row, table)]
    return Applied(frame_of_rows(kept, table), list(lost.values()))


def same(one: Value, other: Value, column: Column) -> bool:
    """Whether two values of a column mean the same."""
    first, second = _filled(one, column), _filled(other, column)
    if isinstance(first, float) and isinstance(second, float):
        return math.isclose(first, second, rel_tol=TOLERANCE)
    return first == second


def key_values(key: str) -> Row:
    """The key columns that a canonical key names."""
    values: Row = json.loads(key)
    return values


def _filled(value: Value, column: Column) -> Value:
    """A value as it counts: a blank stands for the default."""
    value = stripped(value)
    if value is None and column.unit is Unit.FLAG:
        return column.default in ("yes", True)
    return column.default if value is None else value


def _clean(row: Row) -> Row:
    return {name: stripped(value) for name, value in row.items()}


def _reason(row: Row) -> str:
    return str(stripped(row.get("reason")) or "")


def _row(value: Value | Row) -> Row:
    if not isinstance(value, dict):
        raise ValueError(f"a row is wanted, not {value!r}")
    return value


def _value(value: Value | Row) -> Value:
    if isinstance(value, dict):
        raise ValueError(f"a value is wanted, not {value!r}")
    return value


def _part(change: Change, rows: Mapping[str, Row], table: Table) -> Part:
    """What a state of the table holds where the change was made."""
    row = rows.get(change.key)
    if change.kind is not Kind.EDIT:
        return row
    if row is None and not table.rows_given:
        return None
    return {change.column: (row or {}).get(change.column)}


def _wanted(change: Change) -> Part:
    if change.kind is Kind.EDIT:
        return {change.column: _value(change.new)}
    return None if change.kind is Kind.DELETED else _row(change.new)


def _before(change: Change) -> Part:
    if change.kind is Kind.EDIT:
        return {change.column: _value(change.old)}
    return None if change.kind is Kind.ADDED else _row(change.old)


def _alike(one: Part, other: Part, table: Table) -> bool:
    if one is None or other is None:
        return one is other
    return all(
        same(one.get(name), other.get(name), table[name])
        for name in one.keys() | other.keys()
        if table[name].role is not Role.KEY
    )


def _kept(change: Change, held: Part) -> Value | Row:
    return held[change.column] if held and change.kind is Kind.EDIT else held


def _is_blank(row: Row, table: Table) -> bool:
    """Whether nothing but keys is filled in; only rows that the plan gives come and go so."""
    filled = (row.get(c.name) for c in table.inputs if c.role is not Role.KEY)
    return table.rows_given and all(value is None or value == "" for value in filled)
