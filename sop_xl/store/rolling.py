"""The roll from one cycle to the next, in the database; what goes over is decided in ``carry``."""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from sop_xl.store import base, carry, log
from sop_xl.store.books import mark, period_of
from sop_xl.store.layout import CHANGE, FULL_LEVEL, INPUTS
from sop_xl.store.log import APPLIED, Entry
from sop_xl.store.overlay import loaded, merged


def roll(connection: sa.Connection, before: str, cycle: str, at: dt.datetime, author: str) -> None:
    """Start a cycle with what is still open in the one before."""
    first, end = period_of(cycle), mark(connection, before)
    lists = carry.carried_lists(FULL_LEVEL)
    final = merged(connection, before, end, [table.name for table in lists])
    contents = [
        base.content(carry.ongoing(final[table.name].frame, table, first), table) for table in lists
    ]
    revision = base.add_revision(
        connection,
        cycle=cycle,
        kind="carry",
        author=author,
        saved_at=at,
        note=f"What is still open in {before}",
        hash=base.digest(content.hash for content in contents),
    )
    base.save(connection, revision, contents, {})
    held = base.held(connection, before, end.revision)
    for name in sorted(carry.KEPT_LISTS & held.keys()):
        base.point(connection, revision, name, held[name])
    log.record(connection, revision, _repeated(connection, before, cycle))


def _repeated(connection: sa.Connection, before: str, cycle: str) -> list[Entry]:
    """What people typed over the sources of a cycle, as entries of the next one."""
    end = mark(connection, before)
    typed = log.entries(connection, before, CHANGE.c.status == APPLIED)
    names = sorted({entry.change.table for entry in typed} & carry.SOURCE_NAMES)
    final = merged(connection, before, end, names)
    held = base.held(connection, before, end.revision)
    by_cell = {(e.change.table, e.change.key, e.change.column): e for e in typed}
    by_row = {(e.change.table, e.change.key): e for e in typed}
    entries = []
    for name in names:
        was, now = loaded(connection, name, held), final[name].frame
        for change in carry.repeated(was, now, INPUTS[name], period_of(cycle)):
            row = (change.table, change.key)
            entry = by_cell.get((*row, change.column), by_row[row])
            told = change._replace(reason=entry.change.reason, cell=entry.change.cell)
            entries.append(entry._replace(change=told, carried=True))
    return entries
