"""What happens in the database when the changes of a workbook are collected."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import sqlalchemy as sa

from sop_xl.schema import Table
from sop_xl.store import base, log
from sop_xl.store.books import Issue, mark
from sop_xl.store.layout import CHANGE, INPUTS, widen
from sop_xl.store.log import APPLIED, CONFLICT, Entry
from sop_xl.store.merge import Change, Conflict, Merge, key_values, merge
from sop_xl.store.overlay import merged
from sop_xl.store.values import Row, Value, dump


class Collected(NamedTuple):
    """A workbook that was read: which, from what file, whose, when, and who wins a conflict."""

    issue: Issue
    file: str
    author: str
    at: dt.datetime
    prefer: str


class AppendResult(NamedTuple):
    """What became of the changes of a workbook."""

    applied: list[Change]
    conflicts: list[Conflict]
    """Not applied: somebody else changed the same, to something else, since the issue."""
    known: list[Change]
    """Collected before, or typed just the same by somebody else."""


def widened(change: Change, table: Table) -> Change:
    """A change as it is stored, whatever the planning level."""
    return change._replace(
        key=dump(widen(key_values(change.key), table)),
        old=_wide(change.old, table),
        new=_wide(change.new, table),
    )


def _wide(value: Value | Row, table: Table) -> Value | Row:
    return widen(value, table) if isinstance(value, dict) else value


class _Sorted(NamedTuple):
    """What would become of the changes, and the entries that would put it on record."""

    result: AppendResult
    entries: list[Entry]


def weigh(
    connection: sa.Connection, collected: Collected, changes: Sequence[Change]
) -> AppendResult:
    """What would become of the changes; nothing is written."""
    return _sort(connection, collected, changes).result


def collect(
    connection: sa.Connection, collected: Collected, changes: Sequence[Change]
) -> AppendResult:
    """Sort the changes out and append them to the log."""
    found = _sort(connection, collected, changes)
    if found.entries:
        _record(connection, collected, found.entries)
    return found.result


def _sort(connection: sa.Connection, collected: Collected, changes: Sequence[Change]) -> _Sorted:
    result = AppendResult([], [], [])
    overruled: list[Conflict] = []
    for found in _merges(connection, collected, changes):
        result.applied.extend(found.fresh)
        result.known.extend(found.known)
        for conflict in found.conflicts:
            wins = collected.prefer == "book" and not conflict.gone
            (overruled if wins else result.conflicts).append(conflict)
    entries = [_entry(collected, change) for change in result.applied]
    entries += [_entry(collected, c.change)._replace(kept=c.kept) for c in overruled]
    entries += _new_conflicts(connection, collected, result.conflicts)
    result.applied.extend(conflict.change for conflict in overruled)
    return _Sorted(result, entries)


def _merges(
    connection: sa.Connection, collected: Collected, changes: Sequence[Change]
) -> Iterator[Merge]:
    issue = collected.issue
    names = list(dict.fromkeys(change.table for change in changes))
    current = merged(connection, issue.cycle, mark(connection, issue.cycle), names)
    issued = merged(connection, issue.cycle, issue.mark, names, issue.build, collected.file)
    delivered = _delivered(connection, collected)
    for name in names:
        mine = [change for change in changes if change.table == name]
        found = merge(mine, current[name].frame, issued[name].frame, INPUTS[name])
        undone = [change for change in found.fresh if _same_spot(change) in delivered]
        yield Merge(
            [change for change in found.fresh if _same_spot(change) not in delivered],
            found.known,
            found.conflicts + [Conflict(change, change.old) for change in undone],
        )


def _delivered(connection: sa.Connection, collected: Collected) -> set[tuple[str, ...]]:
    """What came from other copies of the workbook; if it is missing now, somebody undid it."""
    where = (CHANGE.c.status == APPLIED, CHANGE.c.book == collected.issue.build)
    entries = log.entries(connection, collected.issue.cycle, *where)
    return {
        _same_spot(entry.change)
        for entry in entries
        if not collected.file or entry.file != collected.file
    }


def _same_spot(change: Change) -> tuple[str, ...]:
    """What two copies of a change have in common."""
    return (change.table, change.key, change.column, change.kind, dump(change.new))


def _entry(collected: Collected, change: Change) -> Entry:
    return Entry(change, collected.author, collected.at, collected.issue.build, collected.file)


def _new_conflicts(
    connection: sa.Connection, collected: Collected, conflicts: Sequence[Conflict]
) -> list[Entry]:
    """Conflicts that are not on record from this workbook yet."""
    where = (CHANGE.c.status == CONFLICT, CHANGE.c.book == collected.issue.build)
    known = [e.change for e in log.entries(connection, collected.issue.cycle, *where)]
    return [
        _entry(collected, c.change)._replace(status=CONFLICT, kept=c.kept)
        for c in conflicts
        if c.change not in known
    ]


def _record(connection: sa.Connection, collected: Collected, entries: Sequence[Entry]) -> None:
    revision = base.add_revision(
        connection,
        cycle=collected.issue.cycle,
        kind="collect",
        author=collected.author,
        saved_at=collected.at,
        note=f"Workbook {collected.issue.build}",
        hash=base.digest(dump(entry.change) for entry in entries),
    )
    log.record(connection, revision, entries)
