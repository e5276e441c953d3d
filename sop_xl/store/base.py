"""What was loaded: revisions, and the rows of the input tables that each of them held."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

import pandas as pd
import sqlalchemy as sa

from sop_xl.schema import ALL, Finding, Severity, Table
from sop_xl.store.layout import (
    FINDING,
    INPUT_TABLES,
    INPUTS,
    REVISION,
    REVISION_TABLE,
    added_dimensions,
    wide,
)
from sop_xl.store.values import Value, dump, empty, frame_of, plain, stripped

_CHUNK = 20_000
"""Rows handed to the driver at once."""


class Revision(NamedTuple):
    """A thing that happened to a cycle: a load, a collection, a run."""

    id: int
    cycle: str
    kind: str
    author: str
    saved_at: dt.datetime
    note: str
    hash: str


class Held(NamedTuple):
    """What a table holds: the revision that has its rows, their hash and number."""

    revision: int
    hash: str
    rows: int


class Content(NamedTuple):
    """A table's rows on their way into the database: plain values, column by column."""

    name: str
    columns: dict[str, list[Value]]
    hash: str
    rows: int


def digest(parts: Iterable[str]) -> str:
    """One hash of several texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def add_revision(connection: sa.Connection, **values: Any) -> int:
    """Append a revision and give its number."""
    result = connection.execute(REVISION.insert().values(**values))
    assert result.inserted_primary_key is not None  # every insert of one row has it
    return int(result.inserted_primary_key[0])


def revisions(connection: sa.Connection, cycle: str) -> list[Revision]:
    query = sa.select(REVISION).where(REVISION.c.cycle == cycle).order_by(REVISION.c.id)
    return [Revision(*row) for row in connection.execute(query)]


def content(frame: pd.DataFrame, table: Table) -> Content:
    """What a frame holds, checked against its declaration."""
    missing = [c.name for c in table.inputs if c.name not in frame]
    if missing:
        raise ValueError(f"{table.name}: no column {', '.join(missing)}")
    added = added_dimensions(table)
    columns: dict[str, list[Value]] = {
        c.name: [ALL] * len(frame) if c.name in added else plain(frame[c.name], c.unit)
        for c in wide(table).inputs
    }
    keys = ([stripped(value) for value in columns[name]] for name in table.keys)
    if len(set(zip(*keys, strict=True))) < len(frame):
        raise ValueError(f"{table.name}: rows with equal keys")
    return Content(table.name, columns, _hash(columns, frame, table), len(frame))


def _hash(columns: Mapping[str, list[Value]], frame: pd.DataFrame, table: Table) -> str:
    """The same for the same rows, in whatever order they come."""
    order = frame.reset_index(drop=True).sort_values(table.keys, kind="stable").index.tolist()
    return digest(dump([name, [v[at] for at in order]]) for name, v in columns.items())


def held(connection: sa.Connection, cycle: str, upto: int) -> dict[str, Held]:
    """The tables of a cycle as they were after a revision."""
    query = (
        sa.select(REVISION_TABLE)
        .join(REVISION, REVISION.c.id == REVISION_TABLE.c.revision)
        .where(REVISION.c.cycle == cycle, REVISION.c.id <= upto)
        .order_by(REVISION.c.id)
    )
    rows = connection.execute(query)
    return {row.table_name: Held(row.held_by, row.hash, row.rows) for row in rows}


def save(
    connection: sa.Connection, revision: int, contents: Iterable[Content], before: dict[str, Held]
) -> None:
    """Store tables as part of a revision; rows that are there already are only pointed to."""
    for table in contents:
        old = before.get(table.name)
        if old is not None and old.hash == table.hash:
            point(connection, revision, table.name, old)
        else:
            point(connection, revision, table.name, Held(revision, table.hash, table.rows))
            _insert(connection, INPUT_TABLES[table.name], revision, table.columns)


def point(connection: sa.Connection, revision: int, name: str, to: Held) -> None:
    """Note that a table of a revision holds what an earlier one stored, or the revision itself."""
    entry = {"revision": revision, "table_name": name, "hash": to.hash, "rows": to.rows}
    connection.execute(REVISION_TABLE.insert(), entry | {"held_by": to.revision})


def _insert(
    connection: sa.Connection, table: sa.Table, revision: int, columns: dict[str, list[Value]]
) -> None:
    names = ("position", *columns)
    rows = enumerate(zip(*columns.values(), strict=True))
    records = (dict(zip(names, (at, *row), strict=True), revision=revision) for at, row in rows)
    while chunk := list(islice(records, _CHUNK)):
        connection.execute(table.insert(), chunk)


def load(connection: sa.Connection, name: str, revision: int) -> pd.DataFrame:
    """The rows of a table that a revision stored, at the full level."""
    table, sql = INPUTS[name], INPUT_TABLES[name]
    query = (
        sa.select(*(sql.c[c.name] for c in table.inputs))
        .where(sql.c.revision == revision)
        .order_by(sql.c.position)
    )
    rows = connection.execute(query).all()
    if not rows:
        return empty(table)
    columns = zip(*rows, strict=True)
    names = (c.name for c in table.inputs)
    return frame_of(dict(zip(names, columns, strict=True)), table.inputs)


def save_findings(connection: sa.Connection, revision: int, findings: Iterable[Finding]) -> None:
    entries = [
        finding._asdict() | {"severity": finding.severity.value, "position": at,
                             "revision": revision}
        for at, finding in enumerate(findings)
    ]  # fmt: skip
    if entries:
        connection.execute(FINDING.insert(), entries)


def findings(connection: sa.Connection, revision: int) -> Iterator[Finding]:
    columns = [FINDING.c[name] for name in Finding._fields]
    query = sa.select(*columns).where(FINDING.c.revision == revision).order_by(FINDING.c.position)
    for row in connection.execute(query):
        yield Finding(**row._asdict() | {"severity": Severity(row.severity)})
