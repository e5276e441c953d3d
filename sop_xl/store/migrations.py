"""Brings a database to the layout of this package: ordered functions, each in a transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.schema import CreateColumn, CreateTable

from sop_xl.errors import SopError
from sop_xl.store.database import Database
from sop_xl.store.layout import (
    FORECAST_METHOD,
    INPUT_TABLES,
    METADATA,
    MIGRATION,
    OWN_TABLES,
    protect,
)


class Migration(Protocol):
    """A function that changes the layout of a store, inside a transaction."""

    __name__: str

    def __call__(self, connection: sa.Connection, /) -> None: ...


DECLARATIONS = "declarations "
"""Begins the name of an entry that says which declarations the input tables follow."""


def create(connection: sa.Connection) -> None:
    """Lay out a new store as this package has it; later migrations count as done."""
    METADATA.create_all(connection, tables=OWN_TABLES, checkfirst=False)
    for table in OWN_TABLES:
        protect(connection, table)


def keep_forecast_methods(connection: sa.Connection) -> None:
    """Room for the methods that a baseline was made of."""
    FORECAST_METHOD.create(connection)
    protect(connection, FORECAST_METHOD)


MIGRATIONS: tuple[Migration, ...] = (create, keep_forecast_methods)
"""In order, for ever: a store records how many of them it has seen."""


def migrate(database: Database, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Create a new store or bring an older one up to date.

    Raises:
        SopError: The store was written by a newer version of this package.
    """
    with database.read() as connection:
        number, declared = _state(connection)
    if number > len(migrations):
        raise SopError(
            f"The store {database.name} was written by a newer version of sop-xl.",
            "Install the newest version: pip install --upgrade sop-xl.",
        )
    while number < len(migrations):
        with database.write() as connection:
            number = _next(connection, migrations)
    if _fingerprint(database.dialect) not in declared:
        with database.write() as connection:
            _follow_declarations(connection)


def _next(connection: sa.Connection, migrations: Sequence[Migration]) -> int:
    """Do the next migration, unless somebody else was faster; gives the number reached."""
    number = _state(connection)[0]
    if number >= len(migrations):
        return number
    step = migrations[number]
    step(connection)
    done = number + 1 if number else len(migrations)  # a new store is up to date at once
    connection.execute(MIGRATION.insert(), {"number": done, "name": step.__name__})
    return done


def _state(connection: sa.Connection) -> tuple[int, set[str]]:
    """Number of the last migration and the declarations followed so far."""
    if not sa.inspect(connection).has_table(MIGRATION.name):
        return 0, set()
    rows = connection.execute(sa.select(MIGRATION.c.number, MIGRATION.c.name)).all()
    names = {name.removeprefix(DECLARATIONS) for _, name in rows}
    return max((number for number, _ in rows), default=0), names


def _fingerprint(dialect: sa.Dialect) -> str:
    """What the input tables look like in this version."""
    layout = "".join(str(CreateTable(t).compile(dialect=dialect)) for t in INPUT_TABLES.values())
    return hashlib.sha256(layout.encode()).hexdigest()[:16]


def _follow_declarations(connection: sa.Connection) -> None:
    """Add the tables and columns that were declared since; none is ever taken away."""
    number, declared = _state(connection)
    fingerprint = _fingerprint(connection.dialect)
    if fingerprint in declared:
        return
    present = set(sa.inspect(connection).get_table_names())
    for table in INPUT_TABLES.values():
        if table.name in present:
            _add_columns(connection, table)
        else:
            table.create(connection)
            protect(connection, table)
    connection.execute(MIGRATION.insert(), {"number": number, "name": DECLARATIONS + fingerprint})


def _add_columns(connection: sa.Connection, table: sa.Table) -> None:
    present = {column["name"] for column in sa.inspect(connection).get_columns(table.name)}
    name = connection.dialect.identifier_preparer.format_table(table)
    for column in table.columns:
        if column.name not in present:
            layout = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {name} ADD COLUMN {layout}")
