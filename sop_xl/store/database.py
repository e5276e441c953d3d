"""The connection to the database: transactions, locks, and errors that a planner understands."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from sop_xl.errors import SopError

BUSY_SECONDS = 15.0
"""How long to wait for somebody else's transaction."""
_STORE_LOCK = 7_363_001  # any number; PostgreSQL's advisory locks have no names

_ADDRESS = "Write it as sqlite:///C:/plans/sop.db or postgresql://user@server/database."
_NO_FILE = (None, "", ":memory:")

_TROUBLES = (
    (("file is not a database", "malformed", "file is encrypted"),
     "is damaged, or it is not a database.",
     "Put a backup of it in its place, or move it away and load the data again."),
    (("locked", "lock timeout", "canceling statement due to lock"),
     "is being written to by somebody else.",
     "Try again in a moment; close other programs that have it open."),
    (("readonly", "read-only"), "is read-only.",
     "Allow yourself to write to the file and its folder, or copy the plan folder elsewhere."),
    (("disk is full", "no space left"), "could not be written: the disk is full.",
     "Free some space and try again; the store is as it was before."),
    (("unable to open database file",), "cannot be opened.",
     "Check that the folder exists and that you may write to it."),
    (("already exists",), "holds tables of another program.",
     "Give sop-xl a database or schema of its own: the key store in sop.toml."),
    (("connection refused", "could not translate host", "failed to resolve", "timeout expired",
      "no such file or directory", "server closed the connection"),
     "cannot be reached.", "Check the key store in sop.toml, and that the server is running."),
    (("authentication failed", "permission denied", "does not exist"), "does not let you in.",
     "Check user, password, database and rights with whoever runs the server."),
)  # fmt: skip
"""What a database says, what that means, what to do."""


class Database:
    """A store's database. Every write is one transaction; SQLite and PostgreSQL behave alike."""

    def __init__(self, url: str, busy_seconds: float = BUSY_SECONDS) -> None:
        self.engine, self.name = _engine(url, busy_seconds)
        self.dialect = self.engine.dialect
        self._writer = self.engine.execution_options(sop_write=True)

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        with self._told(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """One transaction: all of it is written, or nothing. Nobody else writes meanwhile."""
        with self._told(), self._writer.begin() as connection:
            if self.dialect.name == "postgresql":  # in SQLite BEGIN IMMEDIATE does it
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_STORE_LOCK)))
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say what is wrong with a database in the planner's words."""
        try:
            yield
        except (sa.exc.DBAPIError, sqlite3.Error) as error:
            raise _told(str(getattr(error, "orig", error)), self.name) from error


def _told(text: str, name: str) -> SopError:
    for signs, meaning, remedy in _TROUBLES:
        if any(sign in text.lower() for sign in signs):
            return SopError(f"The store {name} {meaning}", remedy)
    return SopError(f"The store {name} refused: {text.splitlines()[0]}.")


def _engine(url: str, busy_seconds: float) -> tuple[sa.Engine, str]:
    try:
        address = sa.make_url(url)
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        if address.get_backend_name() == "sqlite" and address.database not in _NO_FILE:
            engine = sa.create_engine(
                address, poolclass=NullPool, connect_args={"timeout": busy_seconds}
            )
            _prepare_sqlite(engine)
            return engine, str(address.database)
        if address.get_backend_name() == "postgresql":
            engine = sa.create_engine(address, pool_pre_ping=True)
            return engine, address.render_as_string(hide_password=True)
    except sa.exc.ArgumentError as error:
        raise SopError("The store's address cannot be understood.", _ADDRESS) from error
    except ModuleNotFoundError as error:
        raise SopError(
            "The driver for PostgreSQL is not installed.",
            'Install it: pip install "sop-xl[postgresql]".',
        ) from error
    raise SopError("The store is kept in a SQLite file or in PostgreSQL.", _ADDRESS)


def _prepare_sqlite(engine: sa.Engine) -> None:
    @sa.event.listens_for(engine, "connect")
    def _settings(connection: Any, _: Any) -> None:
        # the driver's own idea of when a transaction begins would leave out CREATE TABLE
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")
        # a rollback journal, not a write-ahead log: that needs memory shared by all who write,
        # which a network folder does not have
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("PRAGMA synchronous=FULL")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("sop_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
