"""Older and newer stores; declarations that have grown."""

from __future__ import annotations

import threading

import pandas as pd
import pytest
import sqlalchemy as sa

from sop_xl.errors import SopError
from sop_xl.store import Store, migrations
from sop_xl.store.database import Database
from sop_xl.store.layout import FORECAST_METHOD, MIGRATION
from sop_xl.store.migrations import MIGRATIONS, migrate
from tests.store.company import OCTOBER, at, first_load, frame


def add_colour(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE colour (name TEXT)")


def fail(connection: sa.Connection) -> None:
    connection.exec_driver_sql("CREATE TABLE taste (name TEXT)")
    raise RuntimeError("no")


def numbers(database: Database) -> list[int]:
    with database.read() as connection:
        query = sa.select(MIGRATION.c.number).where(
            ~MIGRATION.c.name.startswith(migrations.DECLARATIONS)
        )
        return sorted(connection.execute(query).scalars())


def names(database: Database) -> set[str]:
    return set(sa.inspect(database.engine).get_table_names())


def test_a_new_store_is_up_to_date_and_opening_it_again_changes_nothing(url: str) -> None:
    for _ in range(3):
        with Store(url) as store:
            assert numbers(store._database) == [len(MIGRATIONS)]
            with store._database.read() as connection:
                assert len(connection.execute(MIGRATION.select()).all()) == 2


def test_an_older_store_is_brought_up_to_date_once(url: str) -> None:
    with Store(url) as store:
        first_load(store)
        for _ in range(2):
            migrate(store._database, (*MIGRATIONS, add_colour))
        assert numbers(store._database) == [len(MIGRATIONS), len(MIGRATIONS) + 1]
        assert "colour" in names(store._database)
        assert len(store.inputs(OCTOBER)["items"]) == 2


def test_a_migration_that_fails_leaves_nothing_and_those_before_stand(url: str) -> None:
    with Store(url) as store:
        with pytest.raises(RuntimeError, match="no"):
            migrate(store._database, (*MIGRATIONS, add_colour, fail))
        assert numbers(store._database) == [len(MIGRATIONS), len(MIGRATIONS) + 1]
        assert "colour" in names(store._database)
        assert "taste" not in names(store._database)


def test_a_newer_store_is_refused(url: str) -> None:
    with Store(url) as store:
        migrate(store._database, (*MIGRATIONS, add_colour))
    with pytest.raises(SopError, match="written by a newer version") as told:
        Store(url)
    assert "pip install --upgrade" in told.value.remedy


def test_tables_and_columns_that_were_declared_since_are_added(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(migrations, "_fingerprint", lambda _: "of an older version")
        with Store(url) as store:
            first_load(store)
            with store._database.write() as connection:
                connection.exec_driver_sql("DROP TABLE in_units")
                connection.exec_driver_sql("ALTER TABLE in_items DROP COLUMN lead_time")
    with Store(url) as store:
        items = store.inputs(OCTOBER)["items"]
        assert items["lead_time"].isna().all()
        assert items["price"].tolist()[0] == 310.5
        units = frame("units", "item  unit  factor\nAll  box  12")
        store.save_load(OCTOBER, {"units": units}, [], "ann", at(2))
        with pytest.raises(SopError, match="append-only"), store._database.write() as connection:
            connection.exec_driver_sql("DELETE FROM in_units")


def test_two_who_make_the_same_store_at_once(url: str) -> None:
    start = threading.Barrier(2)
    errors: list[BaseException] = []

    def open_store() -> None:
        start.wait()
        try:
            Store(url).close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=open_store) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with Store(url) as store:
        assert numbers(store._database) == [len(MIGRATIONS)]


def test_a_store_from_before_the_forecast_methods_gets_room_for_them(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        older.setattr(
            migrations, "OWN_TABLES", [t for t in migrations.OWN_TABLES if t is not FORECAST_METHOD]
        )
        older.setattr(migrations.migrate, "__defaults__", (MIGRATIONS[:1],))
        with Store(url) as store:
            first_load(store)
            assert FORECAST_METHOD.name not in names(store._database)
    with Store(url) as store:
        assert numbers(store._database) == [1, 2]
        assert store.past_forecasts(pd.Period("2027-01", "M")).empty
