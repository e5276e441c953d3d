"""The store's register: cycles, workbooks issued, and the point in time that each of them shows."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import pandas as pd
import sqlalchemy as sa

from sop_xl.errors import SopError
from sop_xl.store import log
from sop_xl.store.layout import CYCLE, ISSUED, REVISION

OPEN, CLOSED = "open", "closed"


class Cycle(NamedTuple):
    """A month's round."""

    name: str
    opened_at: dt.datetime
    status: str


class Mark(NamedTuple):
    """A point in a cycle's history: its last revision and its last change."""

    revision: int
    change: int


class Issue(NamedTuple):
    """A workbook that was given out."""

    build: str
    cycle: str
    path: str
    sha256: str
    mark: Mark
    registered_at: dt.datetime


def period_of(cycle: str) -> pd.Period:
    """The first plan period of a cycle.

    Raises:
        ValueError: It is not named ``2026-10``.
    """
    period = pd.Period(cycle, "M")
    if str(period) != cycle:
        raise ValueError(f"a cycle is named 2026-10, not {cycle}")
    return period


def cycles(connection: sa.Connection) -> list[Cycle]:
    query = sa.select(CYCLE).order_by(CYCLE.c.name)
    return [Cycle(*row) for row in connection.execute(query)]


def need_cycle(connection: sa.Connection, name: str, *, writable: bool = False) -> Cycle:
    """A cycle that has to be there, and to be open if something is to be written."""
    found = next((cycle for cycle in cycles(connection) if cycle.name == name), None)
    if found is None:
        raise SopError(f"The store has no cycle {name}.", "Load the data of that month first.")
    if writable and found.status == CLOSED:
        raise SopError(f"The cycle {name} is closed.", "Open it again, or work in the next one.")
    return found


def mark(connection: sa.Connection, cycle: str) -> Mark:
    """Where a cycle's history ends now."""
    query = sa.select(sa.func.max(REVISION.c.id)).where(REVISION.c.cycle == cycle)
    return Mark(connection.execute(query).scalar() or 0, log.last(connection, cycle))


def issues(connection: sa.Connection, *where: sa.ColumnElement[bool]) -> list[Issue]:
    query = sa.select(ISSUED).where(*where).order_by(ISSUED.c.registered_at, ISSUED.c.build)
    return [
        Issue(row.build, row.cycle, row.path, row.sha256, Mark(row.revision, row.change),
              row.registered_at)
        for row in connection.execute(query)
    ]  # fmt: skip


def issue(connection: sa.Connection, build: str) -> Issue | None:
    return next(iter(issues(connection, ISSUED.c.build == build)), None)


def need_issue(connection: sa.Connection, build: str) -> Issue:
    found = issue(connection, build)
    if found is None:
        raise SopError(
            f"The store did not issue the workbook {build}.",
            "Take a workbook that was generated in this plan folder.",
        )
    return found


def register(connection: sa.Connection, issued: Issue) -> None:
    entry = issued._asdict()
    entry |= entry.pop("mark")._asdict()
    connection.execute(ISSUED.insert(), entry)
