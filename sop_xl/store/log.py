"""What people typed: the append-only log of changes that lies over what was loaded."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd
import sqlalchemy as sa

from sop_xl.schema import ALL, Column, Unit
from sop_xl.store.layout import CHANGE, INPUTS, REVISION
from sop_xl.store.merge import Change, Kind, key_values
from sop_xl.store.values import Row, Value, dump, frame_of
from sop_xl.tables.review import CHANGE_LOG

APPLIED, CONFLICT = "applied", "conflict"


class Entry(NamedTuple):
    """A change in the log: who, when, from which workbook, and what became of it."""

    change: Change
    author: str
    at: dt.datetime
    book: str = ""
    file: str = ""
    status: str = APPLIED
    kept: Value | Row = None
    """What the store held instead, where the change was in conflict."""
    carried: bool = False
    """Repeated from the cycle before, to lie over what is loaded in this one."""


def record(connection: sa.Connection, revision: int, entries: Iterable[Entry]) -> None:
    """Append changes to the log."""
    rows = [
        {
            "revision": revision,
            "table_name": entry.change.table,
            "row_key": entry.change.key,
            "column_name": entry.change.column,
            "old_value": dump(entry.change.old),
            "new_value": dump(entry.change.new),
            "kind": entry.change.kind.value,
            "reason": entry.change.reason,
            "cell": entry.change.cell,
            "author": entry.author,
            "at": entry.at,
            "book": entry.book,
            "file": entry.file,
            "status": entry.status,
            "kept_value": dump(entry.kept),
            "carried": entry.carried,
        }
        for entry in entries
    ]
    if rows:
        connection.execute(CHANGE.insert(), rows)


def last(connection: sa.Connection, cycle: str) -> int:
    """The number of a cycle's last change; zero if there is none."""
    query = sa.select(sa.func.max(CHANGE.c.id)).join(REVISION).where(REVISION.c.cycle == cycle)
    return connection.execute(query).scalar() or 0


def entries(connection: sa.Connection, cycle: str, *where: sa.ColumnElement[bool]) -> list[Entry]:
    """A cycle's changes in the order in which they came."""
    query = (
        sa.select(CHANGE)
        .join(REVISION, REVISION.c.id == CHANGE.c.revision)
        .where(REVISION.c.cycle == cycle, *where)
        .order_by(CHANGE.c.id)
    )
    return [_entry(row) for row in connection.execute(query)]


def _entry(row: sa.Row[tuple[object, ...]]) -> Entry:
    change = Change(
        row.table_name,
        row.row_key,
        row.column_name,
        json.loads(row.old_value),
        json.loads(row.new_value),
        Kind(row.kind),
        row.reason,
        row.cell,
    )
    kept = json.loads(row.kept_value)
    return Entry(change, row.author, row.at, row.book, row.file, row.status, kept, row.carried)


def frame(log: Sequence[tuple[str, Entry]]) -> pd.DataFrame:
    """The log as the sheet Change_Log shows it: entries with the cycle that they belong to."""
    rows = [_shown(number, cycle, entry) for number, (cycle, entry) in enumerate(log, start=1)]
    columns = {c.name: [row[c.name] for row in rows] for c in CHANGE_LOG.columns}
    return frame_of(columns, CHANGE_LOG.columns)


def _shown(number: int, cycle: str, entry: Entry) -> Row:
    change = entry.change
    # what was overruled is what the change replaced, whatever its workbook had shown
    overruled = entry.status == APPLIED and entry.kept is not None
    before = entry.kept if overruled else change.old
    step, old = _step(before, change.new), _number(before)
    kept = f": kept {text(entry.kept, change) or 'blank'}" if entry.status == CONFLICT else ""
    return {
        "number": float(number),
        "cycle": cycle,
        "at": entry.at.strftime("%Y-%m-%d %H:%M"),
        "author": entry.author,
        "cell": change.cell,
        "table": INPUTS[change.table].label,
        "key": key_text(change.key),
        "field": INPUTS[change.table][change.column].label if change.column else change.kind.value,
        "old": text(before, change),
        "new": text(change.new, change),
        "difference": step,
        "share": step / old if step is not None and old else None,
        "reason": change.reason,
        "status": entry.status + kept,
    }


def key_text(key: str) -> str:
    """A canonical key as people read it: ``Bikes · North · 2026-10``."""
    values = (v for v in key_values(key).values() if v not in (ALL, None))
    return " · ".join(str(value) for value in values)


def text(value: Value | Row, change: Change) -> str:
    """A value of a change, or a whole row, as people read it."""
    table = INPUTS[change.table]
    if not isinstance(value, dict):
        return _text(value, table[change.column] if change.column else None)
    shown = (c for c in table.inputs if c.name not in table.keys and value.get(c.name) is not None)
    return "; ".join(f"{c.label}: {_text(value[c.name], c)}" for c in shown)


def _text(value: Value, column: Column | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        percent = column is not None and column.unit is Unit.PERCENT
        return f"{value * 100:.13g} %" if percent else f"{value:.15g}"
    return value


def _step(old: Value | Row, new: Value | Row) -> float | None:
    """New - old, where the two are numbers; a blank counts as zero beside a number."""
    was, now = _number(old), _number(new)
    if was is None and now is None:
        return None
    return (now or 0.0) - (was or 0.0)


def _number(value: Value | Row) -> float | None:
    return value if isinstance(value, float) else None
