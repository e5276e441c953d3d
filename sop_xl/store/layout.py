"""The store's SQL tables: its own books, and one table per input table, made of the declarations.

Everything but a cycle's status is append-only, and triggers in the database see to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

from sop_xl import tables
from sop_xl.schema import ALL, DIMENSIONS, Column, Table, Unit

FULL_LEVEL = tuple(DIMENSIONS)
"""The level of the SQL tables: all dimensions, so that the planning level may change."""
INPUTS: dict[str, Table] = tables.inputs(FULL_LEVEL)
AT_LEVEL = frozenset(
    table.name
    for grid in tables.GRIDS.values()
    if grid.at_level and (table := grid.input_table()) is not None
) | {table.name for table in tables.MEETING if table.at_level}
"""The input tables whose keys follow the planning level."""
METADATA = sa.MetaData()


class UtcTime(TypeDecorator[dt.datetime]):
    """A point in time; SQLite keeps no time zone, so all are stored as UTC."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone")
        moment = value.astimezone(dt.UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class IsoDate(TypeDecorator[str]):
    """A date in the database, ``"2026-10-05"`` in Python, as the plain values have it."""

    impl = sa.Date
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> Any:  # noqa: ARG002
        return None if value is None else dt.date.fromisoformat(value)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.isoformat()


def _text(name: str, **options: Any) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, **options)


def _moment(name: str) -> sa.Column[dt.datetime]:
    return sa.Column(name, UtcTime, nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _number() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True, autoincrement=True)


def _belongs(to: str, name: str = "", **options: Any) -> sa.Column[Any]:
    return sa.Column(name or to.partition(".")[0], sa.ForeignKey(to), nullable=False, **options)


MIGRATION = sa.Table(
    "migration",
    METADATA,
    _number(),
    _whole("number"),
    _text("name"),
    sa.Column("applied_at", sa.DateTime, nullable=False, server_default=sa.func.now()),
)
CYCLE = sa.Table(
    "cycle", METADATA, _text("name", primary_key=True), _moment("opened_at"), _text("status")
)
REVISION = sa.Table(
    "revision",
    METADATA,
    _number(),
    _belongs("cycle.name", index=True),
    _text("kind"),
    _text("author"),
    _moment("saved_at"),
    _text("note"),
    _text("hash"),
    sqlite_autoincrement=True,
)
REVISION_TABLE = sa.Table(
    "revision_table",
    METADATA,
    _belongs("revision.id", primary_key=True),
    _text("table_name", primary_key=True),
    _text("hash"),
    _whole("rows"),
    _belongs("revision.id", "held_by"),
)
"""What a revision's tables held; ``held_by`` is the revision whose rows these are."""
CHANGE = sa.Table(
    "change",
    METADATA,
    _number(),
    _belongs("revision.id", index=True),
    _text("table_name"),
    _text("row_key"),
    _text("column_name"),
    _text("old_value"),
    _text("new_value"),
    _text("kind"),
    _text("reason"),
    _text("author"),
    _moment("at"),
    _text("book"),
    _text("file"),
    _text("cell"),
    _text("status"),
    _text("kept_value"),
    sa.Column("carried", sa.Boolean, nullable=False),
    sqlite_autoincrement=True,
)
"""What people typed, on top of what was loaded; values as JSON texts."""
VERSION = sa.Table(
    "version",
    METADATA,
    _number(),
    _belongs("revision.id", index=True),
    _text("name"),
    _text("grid"),
    _text("hash"),
    _whole("rows"),
    sqlite_autoincrement=True,
)
VERSION_VALUE = sa.Table(
    "version_value",
    METADATA,
    _belongs("version.id", primary_key=True),
    _text("measure", primary_key=True),
    _text("row_key", primary_key=True),
    _text("period", primary_key=True),
    sa.Column("value", sa.Double),
    sqlite_with_rowid=False,
)
FORECAST_METHOD = sa.Table(
    "forecast_method",
    METADATA,
    _belongs("version.id", primary_key=True),
    _text("row_key", primary_key=True),
    _text("method", primary_key=True),
    sa.Column("weight", sa.Double),
    sa.Column("error", sa.Double),
    sqlite_with_rowid=False,
)
"""Champion and challengers of each block: what a version of the baseline was made of."""
ISSUED = sa.Table(
    "issued",
    METADATA,
    _text("build", primary_key=True),
    _belongs("cycle.name"),
    _text("path"),
    _text("sha256"),
    _belongs("revision.id"),
    _whole("change"),
    _moment("registered_at"),
)
"""Workbooks given out; ``revision`` and ``change`` are the last ones that went into them."""
FINDING = sa.Table(
    "finding",
    METADATA,
    _belongs("revision.id", primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True),
    *(_text(n) for n in ("table", "message", "remedy", "severity", "file", "sheet", "cell")),
)


def sql_type(column: Column) -> TypeEngine[Any]:
    if column.unit.is_number:
        return sa.Double()
    if column.unit is Unit.FLAG:
        return sa.Boolean()
    return IsoDate() if column.unit is Unit.DATE else sa.Text()


def _input_table(table: Table) -> sa.Table:
    """The rows of an input table, revision by revision, in their order."""
    return sa.Table(
        f"in_{table.name}",
        METADATA,
        _belongs("revision.id", primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        *(sa.Column(c.name, sql_type(c)) for c in table.inputs),
        sqlite_with_rowid=False,
    )


INPUT_TABLES = {name: _input_table(table) for name, table in INPUTS.items()}
OWN_TABLES = [t for t in METADATA.sorted_tables if t not in INPUT_TABLES.values()]


def wide(table: Table) -> Table:
    """A table as it is stored: at the full level."""
    return INPUTS[table.name]


def added_dimensions(table: Table) -> list[str]:
    """The dimensions that the stored table has and the table does not: all of them ``All``."""
    return [name for name in wide(table).keys if name not in table.keys]


def widen(values: dict[str, Any], table: Table) -> dict[str, Any]:
    """A row or key as it is stored, in the order of the declaration."""
    values = dict.fromkeys(added_dimensions(table), ALL) | values
    return {c.name: values[c.name] for c in wide(table).inputs if c.name in values}


def protect(connection: sa.Connection, table: sa.Table) -> None:
    """Let the database refuse that rows of a table are changed or deleted."""
    fixed = " OF name, opened_at" if table is CYCLE else ""
    dialect = connection.dialect
    name = dialect.identifier_preparer.format_table(table)
    for statement in _triggers(dialect.name, table.name, name, fixed):
        connection.exec_driver_sql(statement)


def _triggers(dialect: str, name: str, quoted: str, fixed: str) -> Iterable[str]:
    if dialect == "postgresql":
        yield (
            "CREATE OR REPLACE FUNCTION sop_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only'; END $$"
        )
        yield (
            f"CREATE TRIGGER keep_{name} BEFORE UPDATE{fixed} OR DELETE OR TRUNCATE ON {quoted} "
            "FOR EACH STATEMENT EXECUTE FUNCTION sop_append_only()"
        )
        return
    for event in (f"UPDATE{fixed}", "DELETE"):
        trigger = f"keep_{name}_{event.split()[0].lower()}"
        yield (
            f"CREATE TRIGGER {trigger} BEFORE {event} ON {quoted} "
            f"BEGIN SELECT RAISE(ABORT, '{name} is append-only'); END"
        )
