"""Rows of a database."""

import sqlite3
from pathlib import Path

import pytest

from sop_xl.sources import sql_source
from sop_xl.sources.extract import Extract, SourceSpec
from sop_xl.tables.data import ITEMS
from tests.sources.folders import ERROR, lines, loaded

QUERY = "SELECT number AS Item, family AS Family FROM parts ORDER BY 1"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "erp.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE parts (number TEXT, family TEXT, price REAL)")
        connection.execute("INSERT INTO parts VALUES ('007', 'F', 1.5), ('008', NULL, 2)")
    connection.close()
    return path


def read(folder: Path, query: str = QUERY, url: str = "sqlite:///erp.db") -> Extract:
    return sql_source.read(SourceSpec(url=url, query=query), folder, ITEMS)


def test_rows_of_a_query(database: Path) -> None:
    cells, findings = read(database.parent)
    assert findings == []
    assert cells is not None
    assert list(zip(*cells.columns, strict=True)) == [("007", "F"), ("008", None)]
    assert cells.address(1, 1) == "row 2, Family"


def test_a_load_from_a_database(database: Path) -> None:
    toml = f"[sources.items]\nurl = 'sqlite:///erp.db'\nquery = '{QUERY}'"
    result = loaded(database.parent, toml, items="")
    assert result.frames["items"]["item"].tolist() == ["007"]
    assert "sqlite:///erp.db: row 2, Family: Family: the cell is empty." in lines(
        result.findings, ERROR
    )


@pytest.mark.parametrize(
    "query",
    ["DELETE FROM parts", "  -- SELECT\nUPDATE parts SET price = 0",
     "/* SELECT */ DROP TABLE parts", "PRAGMA writable_schema = 1"],
)
def test_a_query_only_reads(database: Path, query: str) -> None:
    cells, (finding,) = read(database.parent, query)
    assert cells is None
    assert finding.message.startswith("The query does not read")


def test_the_database_itself_refuses_to_write(database: Path) -> None:
    cells, (finding,) = read(
        database.parent, "WITH x AS (SELECT 1) INSERT INTO parts SELECT 'x', 'y', 1 FROM x"
    )
    assert cells is None
    assert finding.message == "The database says: attempt to write a readonly database"


def test_what_the_database_says_is_a_finding(database: Path) -> None:
    (finding,) = read(database.parent, "SELECT * FROM part").findings
    assert finding.message == "The database says: no such table: part"
    assert finding.file == "sqlite:///erp.db"


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    (finding,) = read(tmp_path).findings
    assert finding.message == "There is no database 'erp.db'."
    assert list(tmp_path.iterdir()) == []


def test_passwords_come_from_the_environment_and_are_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "sqlite://planner:${SOP_PASSWORD}@host/erp.db"
    (finding,) = read(tmp_path, url=url).findings
    assert finding.message == "The environment variable SOP_PASSWORD is not set."
    monkeypatch.setenv("SOP_PASSWORD", "secret")
    (finding,) = read(tmp_path, url=url).findings
    assert finding.file == "sqlite://planner:***@host/erp.db"


@pytest.mark.parametrize("url", ["nonsense", "", "://"])
def test_a_url_that_is_none(tmp_path: Path, url: str) -> None:
    (finding,) = read(tmp_path, url=url).findings
    assert "is no database URL" in finding.message


def test_a_driver_that_is_missing(tmp_path: Path) -> None:
    (finding,) = read(tmp_path, url="nosuchdb://host/name").findings
    assert finding.message.startswith("The driver of the database is missing")


def test_too_many_rows(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sql_source, "MAX_ROWS", 1)
    (finding,) = read(database.parent).findings
    assert finding.message == "The query gives more than 1 rows."
