"""Loads, and the inputs that come back: types, deduplication, levels, cycles."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from sop_xl.errors import SopError
from sop_xl.schema import Column, Finding, Severity, Table, Unit
from sop_xl.store import Store
from sop_xl.store.layout import INPUT_TABLES, REVISION_TABLE
from sop_xl.store.values import Value, frame_of
from tests.store.company import (
    ACTUALS,
    DEALS,
    ITEMS,
    NOVEMBER,
    OCTOBER,
    TABLES,
    at,
    first_load,
    frame,
    issue,
    typed,
)

GRID = "demand_plan_inputs"


def stored_rows(store: Store, table: str) -> int:
    """Rows in the database, all revisions together."""
    with store._database.read() as connection:
        query = sa.select(sa.func.count()).select_from(INPUT_TABLES[table])
        return connection.execute(query).scalar_one()


def test_what_was_loaded_comes_back(store: Store) -> None:
    first_load(store)
    inputs = store.inputs(OCTOBER)
    assert_frame_equal(inputs["items"], ITEMS)
    assert_frame_equal(inputs["actuals"], ACTUALS)
    assert_frame_equal(inputs["pipeline"], DEALS)
    assert inputs["items"]["item"].tolist() == ["0012", "0013"]
    assert inputs["actuals"]["stock_out"].tolist() == [False, True, False]


def test_every_input_table_is_there_with_its_types(store: Store) -> None:
    store.open_cycle(OCTOBER, at(1))
    inputs = store.inputs(OCTOBER)
    assert list(inputs) == list(TABLES)
    kinds = {"number": "float64", "text": "str", "flag": "bool", "period": "period[M]",
             "date": "datetime64[us]"}  # fmt: skip
    for name, table in TABLES.items():
        assert inputs[name].empty
        expected = {c.name: kinds[c.unit.kind] for c in table.inputs}
        assert inputs[name].dtypes.astype(str).to_dict() == expected


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
NASTY = st.sampled_from(["", "0012", "=1+1", "Ä; DROP TABLE", "null", " x ", "\N{HORSE FACE}", '"'])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": (NASTY | TEXT).map(lambda text: text or None),
    "number": st.none() | st.floats(allow_nan=False, allow_infinity=False),
    "flag": st.booleans(),
    "period": st.integers(-400, 900).map(lambda n: str(pd.Period("2000-01", "M") + n)),
    "date": st.none() | st.dates(dt.date(1900, 1, 1)).map(dt.date.isoformat),
}


def frames(table: Table) -> st.SearchStrategy[pd.DataFrame]:
    """Any frame of a table."""
    row = st.fixed_dictionaries({c.name: VALUES[c.unit.kind] for c in table.inputs})

    def key(values: dict[str, Value]) -> tuple[str, ...]:
        return tuple(str(values[name] or "").strip() for name in table.keys)

    def built(rows: list[dict[str, Value]]) -> pd.DataFrame:
        return frame_of({c.name: [r[c.name] for r in rows] for c in table.inputs}, table.inputs)

    return st.lists(row, max_size=5, unique_by=key).map(built)


@pytest.mark.parametrize("name", ["orders", "pipeline", "balance", GRID])
def test_any_frame_comes_back_as_it_was(store: Store, name: str) -> None:
    store.open_cycle(OCTOBER, at(1))

    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(frames(TABLES[name]))
    def round_trip(given_: pd.DataFrame) -> None:
        store.save_load(OCTOBER, {name: given_}, [], "ann", at(1))
        assert_frame_equal(store.inputs(OCTOBER)[name], given_)

    round_trip()


def test_every_table_comes_back_as_it_was(store: Store) -> None:
    kinds: dict[str, Value] = {"number": 1 / 3, "text": "=1+1", "flag": True, "period": "2026-10",
             "date": "9999-12-31"}  # fmt: skip
    loaded = {
        name: frame_of({c.name: [kinds[c.unit.kind]] for c in table.inputs}, table.inputs)
        for name, table in TABLES.items()
    }
    store.open_cycle(OCTOBER, at(1))
    store.save_load(OCTOBER, loaded, [], "ann", at(1))
    inputs = store.inputs(OCTOBER)
    for name, expected in loaded.items():
        assert_frame_equal(inputs[name], expected)


def test_rows_are_stored_once_as_long_as_they_do_not_change(store: Store) -> None:
    first_load(store)
    shuffled = ACTUALS.iloc[::-1]
    store.save_load(OCTOBER, {"actuals": shuffled, "items": ITEMS}, [], "ann", at(2))
    assert stored_rows(store, "actuals") == 3
    changed = ACTUALS.assign(orders=[1.0, 2.0, 3.0])
    store.save_load(OCTOBER, {"actuals": changed}, [], "ann", at(3))
    assert stored_rows(store, "actuals") == 6
    assert_frame_equal(store.inputs(OCTOBER)["actuals"], changed)
    assert_frame_equal(store.inputs(OCTOBER)["items"], ITEMS)
    with store._database.read() as connection:
        query = sa.select(REVISION_TABLE.c.revision, REVISION_TABLE.c.held_by).where(
            REVISION_TABLE.c.table_name == "actuals"
        )
        assert [tuple(row) for row in connection.execute(query)] == [(1, 1), (2, 1), (3, 3)]


def test_an_empty_frame_empties_a_source(store: Store) -> None:
    first_load(store)
    store.save_load(OCTOBER, {"pipeline": frame("pipeline")}, [], "ann", at(2))
    assert store.inputs(OCTOBER)["pipeline"].empty
    assert len(store.inputs(OCTOBER)["items"]) == 2


def test_lists_that_live_on_without_a_source_are_not_emptied(store: Store) -> None:
    store.open_cycle(OCTOBER, at(1))
    actions = frame("actions", "action  description  status\nA-1  Call O-1  open")
    store.save_load(OCTOBER, {"actions": actions}, [], "ann", at(1))
    store.save_load(OCTOBER, {"actions": frame("actions")}, [], "ann", at(2))
    assert_frame_equal(store.inputs(OCTOBER)["actions"], actions)


def test_frames_that_are_no_inputs_are_refused(store: Store) -> None:
    store.open_cycle(OCTOBER, at(1))
    with pytest.raises(ValueError, match="no input table history"):
        store.save_load(OCTOBER, {"history": ITEMS}, [], "ann", at(1))
    with pytest.raises(ValueError, match="items: no column price"):
        store.save_load(OCTOBER, {"items": ITEMS.drop(columns="price")}, [], "ann", at(1))
    with pytest.raises(ValueError, match="items: rows with equal keys"):
        store.save_load(OCTOBER, {"items": ITEMS.iloc[[0, 0]]}, [], "ann", at(1))
    assert store.latest_revision(OCTOBER) is None


def test_findings_and_revisions_are_kept(store: Store) -> None:
    first_load(store)
    finding = Finding(
        "items", "No price.", "Fill it in.", Severity.WARNING, "items.csv", "", "row 3"
    )
    store.save_load(OCTOBER, {"items": ITEMS}, [finding], "ben", at(2), "second try")
    status = store.status(OCTOBER)
    assert status.findings == [finding]
    assert [(r.kind, r.author, r.saved_at, r.note) for r in status.revisions] == [
        ("load", "ann", at(1), ""),
        ("load", "ben", at(2), "second try"),
    ]
    assert status.rows == {"items": 2, "actuals": 3, "pipeline": 2}
    assert store.latest_revision(OCTOBER) == status.revisions[-1]


def test_the_findings_of_the_last_load_and_the_last_run_count(store: Store) -> None:
    first_load(store)
    old, loaded, planned = (Finding("items", text) for text in ("Old.", "Loaded.", "Planned."))
    store.save_load(OCTOBER, {"items": ITEMS}, [old], "ann", at(2))
    store.save_load(OCTOBER, {"items": ITEMS}, [loaded], "ann", at(3))
    store.save_plan(OCTOBER, {}, [loaded, planned], "ann", at(3))
    agenda = frame("decisions", "decision  question\nD-1  ?")
    store.save_load(OCTOBER, {"decisions": agenda}, [], "ann", at(3), kind="proposal")
    assert store.status(OCTOBER).findings == [loaded, planned]
    assert [r.kind for r in store.status(OCTOBER).revisions][-3:] == ["load", "run", "proposal"]


def test_times_are_kept_as_utc(store: Store) -> None:
    tokyo = dt.timezone(dt.timedelta(hours=9))
    store.open_cycle(OCTOBER, dt.datetime(2026, 10, 1, 8, tzinfo=tokyo))
    assert store.cycles()[0].opened_at == dt.datetime(2026, 9, 30, 23, tzinfo=dt.UTC)
    with pytest.raises(sa.exc.StatementError, match="a time without its zone"):
        store.open_cycle(NOVEMBER, dt.datetime(2026, 11, 1))


def test_cycles(store: Store) -> None:
    assert store.open_cycle(NOVEMBER, at(2))
    assert store.open_cycle(OCTOBER, at(1))
    assert not store.open_cycle(OCTOBER, at(5))
    assert [(c.name, c.opened_at, c.status) for c in store.cycles()] == [
        (OCTOBER, at(1), "open"),
        (NOVEMBER, at(2), "open"),
    ]
    assert (store.previous_cycle(NOVEMBER), store.previous_cycle(OCTOBER)) == (OCTOBER, None)
    for name in ("2026-1", "October", "2026-13"):
        with pytest.raises(ValueError, match=name):
            store.open_cycle(name, at(1))
    with pytest.raises(SopError, match="no cycle 2027-01"):
        store.inputs("2027-01")


def test_a_closed_cycle_takes_nothing_until_it_is_open_again(store: Store) -> None:
    first_load(store)
    issue(store)
    store.set_status(OCTOBER, "closed")
    for write in (
        lambda: store.save_load(OCTOBER, {"items": ITEMS}, [], "ann", at(3)),
        lambda: store.append_changes(OCTOBER, [], "ann", at(3), "b1"),
        lambda: store.save_plan(OCTOBER, {}, [], "ann", at(3)),
    ):
        with pytest.raises(SopError, match="2026-10 is closed"):
            write()
    store.set_status(OCTOBER, "open")
    store.save_load(OCTOBER, {"items": ITEMS}, [], "ann", at(3))


OVERRIDES = frame(
    GRID,
    """
    family  region  period   fixed
    Skis    North   2026-10  800
    Skis    South   2026-10  300
""",
)


def test_the_planning_level_may_change_and_what_does_not_fit_is_reported(url: str) -> None:
    with Store(url) as store:
        first_load(store)
        found = store.inputs(OCTOBER) | {GRID: OVERRIDES}
        store.append_changes(OCTOBER, typed(found[GRID], GRID, issue(store)), "ann", at(3), "b1")
        assert store.read(OCTOBER).findings == []
    with Store(url, ("family",)) as by_family:
        inputs = by_family.read(OCTOBER)
        assert list(inputs.frames[GRID]) == [c.name for c in by_family.tables[GRID].inputs]
        assert inputs.frames[GRID].empty
        (finding,) = inputs.findings
        assert "2 typed months do not fit the planning level" in finding.message
        assert "Skis · North · All, Skis · South · All" in finding.message
        total = frame(by_family.tables[GRID], "family  period  fixed\nSkis  2026-10  1000")
        by_family.save_load(OCTOBER, {GRID: total}, [], "ann", at(4))
        assert by_family.inputs(OCTOBER)[GRID]["fixed"].tolist() == [1000.0]
    with Store(url) as store:
        inputs = store.read(OCTOBER)
        assert inputs.frames[GRID]["region"].tolist() == ["North", "South"]
        assert "Skis · All · All" in inputs.findings[0].message
    with Store(url, ("family", "region", "channel")) as by_channel:
        # the data name no channel, so their only one is All, and the typed months stay
        assert len(by_channel.inputs(OCTOBER)[GRID]) == 2


def test_numbers_keep_every_digit(store: Store) -> None:
    store.open_cycle(OCTOBER, at(1))
    prices = np.array([0.1 + 0.2, np.nextafter(310.5, 311)])
    store.save_load(OCTOBER, {"items": ITEMS.assign(price=prices)}, [], "ann", at(1))
    assert store.inputs(OCTOBER)["items"]["price"].tolist() == prices.tolist()


def test_a_flag_that_nobody_gave_is_its_default() -> None:
    flags = (Column("a", "A", Unit.FLAG, default="yes"), Column("b", "B", Unit.FLAG))
    blank = frame_of({"a": [None], "b": [None]}, flags)
    assert (blank["a"].tolist(), blank["b"].tolist()) == ([True], [False])
