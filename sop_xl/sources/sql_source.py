"""Rows of a database: a URL and a query, for reading only."""

from __future__ import annotations

import os
import re
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from sop_xl.reading import Cells
from sop_xl.schema import Table
from sop_xl.sources.extract import Extract, SourceSpec, refused

MAX_ROWS = 5_000_000
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_COMMENTS = r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*"
_READS = re.compile(_COMMENTS + r"(?:select|with|values|table|show)\b", re.IGNORECASE | re.DOTALL)
_PACKAGES = {"postgresql": "sop-xl[postgresql]"}


def read(spec: SourceSpec, folder: Path, table: Table) -> Extract:
    """The rows that the query gives; whatever the database says against it is a finding."""
    missing = [name for name in _VARIABLE.findall(spec.url) if name not in os.environ]
    if missing:
        return refused(table.name, f"The environment variable {missing[0]} is not set.",
                       f"Set it before the load, or mend [sources.{table.name}] url in sop.toml.",
                       "sop.toml")
    if not _READS.match(spec.query):
        return refused(table.name, "The query does not read: it has to begin with SELECT or WITH.",
                       f"Mend [sources.{table.name}] query in sop.toml.", "sop.toml")
    try:
        url = sa.make_url(_VARIABLE.sub(lambda m: os.environ[m[1]], spec.url))
    except (ArgumentError, ValueError):
        return refused(table.name, f"{spec.url!r} is no database URL.",
                       "Write it like sqlite:///erp.db or postgresql+psycopg://user@host/name.",
                       "sop.toml")
    shown = url.render_as_string(hide_password=True)
    if url.get_backend_name() == "sqlite":
        place = (folder / (url.database or "")).resolve()
        if not place.is_file():
            return refused(table.name, f"There is no database {url.database!r}.",
                           "Check the path in sop.toml; it starts in the plan folder.",
                           shown)
        url = _read_only(url, place)
    return _query(url, spec.query, table, shown)


def _read_only(url: URL, place: Path) -> URL:
    """SQLite's own way to promise that nothing is written."""
    name = place.as_uri().replace("file://", "file:")
    return url.set(database=name).update_query_dict({"mode": "ro", "uri": "true"})


def _query(url: URL, query: str, table: Table, shown: str) -> Extract:
    try:
        engine = sa.create_engine(url, poolclass=sa.NullPool)
        if engine.dialect.name == "postgresql":
            engine = engine.execution_options(postgresql_readonly=True)
        with engine.connect() as connection:
            result = connection.execute(sa.text(query))
            header = list(result.keys())
            rows = [tuple(row) for row in result.fetchmany(MAX_ROWS + 1)]
            connection.rollback()
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        name = url.get_backend_name()
        return refused(table.name, f"The driver of the database is missing: {error}.",
                       f"pip install {_PACKAGES.get(name, f'the driver of {name}')}",
                       shown)
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        return refused(table.name, f"The database says: {said}",
                       f"Check [sources.{table.name}] url and query in sop.toml.",
                       shown)
    if len(rows) > MAX_ROWS:
        return refused(table.name, f"The query gives more than {MAX_ROWS:,} rows.",
                       "Add up by month in the query.", shown)
    return Extract(Cells.of_rows(header, rows, file=shown, first_row=1), [])
