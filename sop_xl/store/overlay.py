"""The inputs of a cycle: what was loaded last, with what people typed on top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from typing import NamedTuple

import pandas as pd
import sqlalchemy as sa

from sop_xl.schema import ALL, Finding, Severity, Table
from sop_xl.store import base, carry, log
from sop_xl.store.base import Held
from sop_xl.store.books import Mark
from sop_xl.store.layout import AT_LEVEL, CHANGE, INPUTS, added_dimensions
from sop_xl.store.log import APPLIED, Entry
from sop_xl.store.merge import Change, apply, overtaken
from sop_xl.store.values import Row, Value, empty

_SHOWN = 3
"""Examples named in a finding."""


Loaded = MutableMapping[tuple[str, int], pd.DataFrame]
"""Frames that were read, by table and revision; a committed revision never changes."""


class Merged(NamedTuple):
    """A table at the full level, and the changes that found no place in it."""

    frame: pd.DataFrame
    findings: list[Finding]


def merged(
    connection: sa.Connection,
    cycle: str,
    mark: Mark,
    names: Iterable[str],
    book: str = "",
    file: str = "",
    known: Loaded | None = None,
) -> dict[str, Merged]:
    """Tables as they were at a mark, plus what came from a file of a workbook, if one is named.

    Args:
        known: What a reader of committed revisions has read before; read ones are added. A writer
            has none: what it writes may be rolled back.
    """
    held = base.held(connection, cycle, mark.revision)
    seen = CHANGE.c.id <= mark.change
    if file:
        seen |= (CHANGE.c.book == book) & (CHANGE.c.file == file)
    typed: dict[str, list[Entry]] = {}
    for entry in log.entries(connection, cycle, CHANGE.c.status == APPLIED, seen):
        typed.setdefault(entry.change.table, []).append(entry)
    return {
        name: _overlay(name, loaded(connection, name, held, known), held, typed.get(name, []))
        for name in names
    }


def loaded(
    connection: sa.Connection, name: str, held: Mapping[str, Held], known: Loaded | None = None
) -> pd.DataFrame:
    """The base of a table; empty where nothing was loaded."""
    if name not in held:
        return empty(INPUTS[name])
    place = name, held[name].revision
    if known is None:
        return base.load(connection, *place)
    if place not in known:
        known[place] = base.load(connection, *place)
    return known[place].copy(deep=False)


def _overlay(
    name: str, frame: pd.DataFrame, held: Mapping[str, Held], typed: Sequence[Entry]
) -> Merged:
    table = INPUTS[name]
    if not typed:
        return Merged(frame, [])
    authors = {_spot(e.change): e.author for e in typed}
    since = {_spot(e.change) for e in typed if not e.carried}
    old = overtaken([e.change for e in typed if e.carried], frame, table)
    skipped = {_spot(change) for change, _ in old}
    changes = [e.change for e in typed if not (e.carried and _spot(e.change) in skipped)]
    applied = apply(frame, changes, table)
    if name in carry.SOURCE_NAMES and name not in held:
        return Merged(applied.frame, [])  # the changes wait for the load
    findings = [_lost(change, authors[_spot(change)]) for change in applied.lost]
    findings += [
        _overtaken(change, now, authors[_spot(change)])
        for change, now in old
        if now is not None and _spot(change) not in since
    ]
    return Merged(applied.frame, findings)


def _spot(change: Change) -> tuple[str, str]:
    return change.key, change.column


def _lost(change: Change, author: str) -> Finding:
    return Finding(
        change.table,
        f"{_what(change)} was set to {log.text(change.new, change) or 'blank'} by {author}, "
        "but the row is no longer delivered.",
        "Add the row in the source or in the workbook if it is still needed.",
        Severity.WARNING,
    )


def _overtaken(change: Change, now: Value | Row, author: str) -> Finding:
    return Finding(
        change.table,
        f"{_what(change)}: {author} changed {log.text(change.old, change) or 'blank'} to "
        f"{log.text(change.new, change) or 'blank'} in the last cycle; the source has changed to "
        f"{log.text(now, change)} since, and that is used.",
        "Type the value again if it still holds.",
        Severity.WARNING,
    )


def _what(change: Change) -> str:
    key = log.key_text(change.key)
    return f"{key}: {INPUTS[change.table][change.column].label}" if change.column else key


class Fitting(NamedTuple):
    """Tables at the planning level, and findings about rows that do not fit it."""

    frames: dict[str, pd.DataFrame]
    findings: list[Finding]


def at_level(frames: Mapping[str, pd.DataFrame], declared: Mapping[str, Table]) -> Fitting:
    """Bring the inputs of the grids from the full level to the planning level."""
    result = Fitting(dict(frames), [])
    for name in AT_LEVEL & declared.keys():
        frame, table = frames[name], declared[name]
        fits = pd.Series(True, index=frame.index)
        for dimension in added_dimensions(table):
            fits &= frame[dimension] == ALL
        for dimension in _without_all(frames["actuals"], table):
            fits &= frame[dimension] != ALL
        result.frames[name] = frame.loc[fits, [c.name for c in table.inputs]].reset_index(drop=True)
        if not fits.all():
            result.findings.append(_unfit(frame[~fits], table))
    return result


def _without_all(actuals: pd.DataFrame, table: Table) -> list[str]:
    """The dimensions of a table in which the data always name a value."""
    if actuals.empty:
        return []
    dimensions = [name for name in table.keys if name in actuals]
    return [n for n in dimensions if n != "period" and not (actuals[n] == ALL).any()]


def _unfit(frame: pd.DataFrame, table: Table) -> Finding:
    wide = INPUTS[table.name]
    blocks = frame[[name for name in wide.keys if name != "period"]].drop_duplicates()
    named = [" · ".join(row) for row in blocks.head(_SHOWN).itertuples(index=False)]
    more = " ..." if len(blocks) > _SHOWN else ""
    return Finding(
        table.name,
        f"{len(frame)} typed months do not fit the planning level and are left out: "
        f"{', '.join(named)}{more}.",
        "Type them again at this level, or set planning_level back in sop.toml.",
        Severity.WARNING,
    )
