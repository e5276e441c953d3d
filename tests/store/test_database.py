"""What can go wrong with a database, and what is told then; nothing is ever half-written."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
from pandas.testing import assert_frame_equal

from sop_xl.errors import SopError
from sop_xl.schema import Finding
from sop_xl.store import Store
from sop_xl.store.layout import METADATA, OWN_TABLES
from tests.store.company import (
    ACTUALS,
    DEALS,
    ITEMS,
    NOVEMBER,
    OCTOBER,
    at,
    first_load,
    frame,
    issue,
    typed,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with a cycle in it, in a SQLite file."""
    path = tmp_path / "sop.db"
    with Store(f"sqlite:///{path}") as store:
        first_load(store)
    return path


def everything(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables."""
    with store._database.read() as connection:
        return {
            name: [tuple(row) for row in connection.execute(table.select())]
            for name, table in METADATA.tables.items()
        }


class Interrupted(BaseException):
    """Somebody presses Ctrl-C."""


@pytest.mark.parametrize(
    ("where", "write"),
    [
        (
            "sop_xl.store.base.save_findings",
            lambda s: s.save_load(OCTOBER, {"items": ITEMS.iloc[:1]}, [], "ann", at(4)),
        ),
        (
            "sop_xl.store.log.record",
            lambda s: s.append_changes(
                OCTOBER, typed(DEALS.iloc[:1], "pipeline", s.inputs(OCTOBER)), "ann", at(4), "b1"
            ),
        ),
        ("sop_xl.store.log.record", lambda s: s.open_cycle(NOVEMBER, at(4), carry_from=OCTOBER)),
    ],
)
def test_an_interruption_leaves_the_store_as_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch, where: str, write: Callable[[Store], object]
) -> None:
    first_load(store)
    issue(store)
    before = everything(store)

    def interrupt(*_: object) -> None:
        raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(where, interrupt)
        with pytest.raises(Interrupted):
            write(store)
    assert everything(store) == before
    write(store)
    assert everything(store) != before


def test_a_process_that_dies_while_it_writes_leaves_the_store_as_it_was(path: Path) -> None:
    script = f"""
        import os
        import pandas as pd
        from sop_xl.store import Store, base
        from tests.store.company import ITEMS, OCTOBER, at
        base.save_findings = lambda *_: os._exit(9)
        items = pd.concat([ITEMS.iloc[:1]] * 60_000, ignore_index=True)
        items["item"] = [f"I-{{n}}" for n in range(len(items))]
        store = Store("sqlite:///{path.as_posix()}")
        store.save_load(OCTOBER, {{"items": items}}, [], "ann", at(2))
    """
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    died = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], env=environment, check=False
    )
    assert died.returncode == 9
    assert path.with_name("sop.db-journal").stat().st_size > 0  # pages were written already
    with Store(f"sqlite:///{path}") as store:
        assert_frame_equal(store.inputs(OCTOBER)["items"], ITEMS)
        assert len(store.status(OCTOBER).revisions) == 1


PROTECTED = [t for t in OWN_TABLES if t.name != "cycle"] + [METADATA.tables["in_actuals"]]


@pytest.mark.parametrize("table", PROTECTED, ids=lambda table: table.name)
@pytest.mark.parametrize("statement", [sa.Table.update, sa.Table.delete])
def test_the_database_refuses_to_change_or_delete(
    store: Store, table: sa.Table, statement: Callable[[sa.Table], Any]
) -> None:
    fill(store)
    change = statement(table)
    if isinstance(change, sa.Update):
        column = next(c for c in table.columns if not c.primary_key)
        change = change.values({column.name: column})
    before = everything(store)
    assert before[table.name]
    with pytest.raises(SopError, match="append-only"), store._database.write() as connection:
        connection.execute(change)
    assert everything(store) == before


def fill(store: Store) -> None:
    """Put something into every table of the store's own."""
    first_load(store)
    finding = Finding("items", "No price.")
    store.save_load(OCTOBER, {"items": ITEMS}, [finding], "ann", at(1))
    found = typed(DEALS.iloc[:1], "pipeline", issue(store))
    store.append_changes(OCTOBER, found, "ann", at(3), "b1")
    plan = pd.DataFrame(
        {
            "family": ["Skis"],
            "region": ["North"],
            "baseline": [1.0],
            "consensus": [1.0],
            "period": pd.PeriodIndex([OCTOBER], freq="M"),
        }
    )
    methods = plan[["family", "region"]].assign(method="champion", weight=1.0, error=0.1)
    frames = {"demand_plan": plan, "forecast_methods": methods}
    store.save_plan(OCTOBER, frames, [], "ann", at(3))


def test_of_a_cycle_only_the_status_may_change(store: Store) -> None:
    first_load(store)
    cycle = METADATA.tables["cycle"]
    for change in (cycle.update().values(name="2026-09"), cycle.delete()):
        with pytest.raises(SopError, match="append-only"), store._database.write() as connection:
            connection.execute(change)
    store.set_status(OCTOBER, "closed")
    assert store.cycles()[0].status == "closed"


@pytest.mark.parametrize("garbage", [b"not a database" * 100, b"PK\x03\x04" + bytes(5000)])
def test_a_file_that_is_no_database(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "sop.db"
    path.write_bytes(garbage)
    with pytest.raises(SopError, match=r"sop\.db is damaged, or it is not a database") as told:
        Store(f"sqlite:///{path}")
    assert "backup" in told.value.remedy
    assert path.read_bytes() == garbage


def test_a_damaged_database(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(SopError, match="damaged"):
        Store(f"sqlite:///{path}").inputs(OCTOBER)


def test_a_database_that_somebody_else_writes_to(path: Path) -> None:
    with Store(f"sqlite:///{path}", busy_seconds=0.1) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SopError, match="being written to by somebody else") as told:
            store.save_load(OCTOBER, {"items": ITEMS}, [], "ann", at(2))
        assert "Try again" in told.value.remedy
        assert len(store.inputs(OCTOBER)["items"]) == 2  # reading goes on
        other.close()
        store.save_load(OCTOBER, {"items": ITEMS}, [], "ann", at(2))


def test_a_read_only_database_can_be_read(path: Path) -> None:
    with Store(f"sqlite:///file:{path}?mode=ro&uri=true") as store:
        assert_frame_equal(store.inputs(OCTOBER)["actuals"], ACTUALS)
        with pytest.raises(SopError, match="read-only"):
            store.save_load(OCTOBER, {"items": ITEMS}, [], "ann", at(2))


def test_a_full_disk(path: Path) -> None:
    with Store(f"sqlite:///{path}") as store:
        pages = path.stat().st_size // 4096 + 3

        @sa.event.listens_for(store._database.engine, "connect")
        def fill_up(connection: Any, _: Any) -> None:
            connection.execute(f"PRAGMA max_page_count={pages}")

        before = everything(store)
        many = pd.concat([ITEMS.assign(item=[f"{n}", f"{n}b"]) for n in range(500)])
        with pytest.raises(SopError, match="the disk is full"):
            store.save_load(OCTOBER, {"items": many}, [], "ann", at(2))
        assert everything(store) == before


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SopError, match="cannot be opened"):
        Store(f"sqlite:///{tmp_path / 'nowhere' / 'sop.db'}")


def test_the_database_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE cycle (id)")
    other.close()
    with pytest.raises(SopError, match="holds tables of another program"):
        Store(f"sqlite:///{path}")
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("cycle",)]
    other.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sop.db", "cannot be understood"),
        ("oracle://scott:tiger@host/x", "SQLite file or in PostgreSQL"),
        ("sqlite://", "SQLite file or in PostgreSQL"),
        ("sqlite:///:memory:", "SQLite file or in PostgreSQL"),
    ],
)
def test_addresses_that_cannot_be_used(url: str, message: str) -> None:
    with pytest.raises(SopError, match=message):
        Store(url)


def test_a_server_that_is_away_and_no_password_in_the_message() -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(SopError, match="cannot be reached") as told:
        Store("postgresql://ann:secret@127.0.0.1:9/sop?connect_timeout=2")
    assert "secret" not in str(told.value)


def test_a_driver_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SopError, match="driver for PostgreSQL is not installed") as told:
        Store("postgresql://ann@127.0.0.1/sop")
    assert "sop-xl[postgresql]" in told.value.remedy


def test_settings_for_network_folders(path: Path) -> None:
    with Store(f"sqlite:///{path}") as store, store._database.read() as connection:
        for pragma, value in (("journal_mode", "delete"), ("foreign_keys", 1), ("synchronous", 2)):
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


def test_two_stores_at_once_see_each_other(url: str) -> None:
    with Store(url) as one, Store(url) as other:
        first_load(one)
        assert_frame_equal(other.inputs(OCTOBER)["items"], ITEMS)
        other.save_load(OCTOBER, {"items": frame("items")}, [], "ben", at(2))
        assert one.inputs(OCTOBER)["items"].empty
