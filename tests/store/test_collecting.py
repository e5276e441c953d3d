"""What people typed: collected, merged, logged; nothing lost, nothing applied twice."""

from __future__ import annotations

import threading

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from sop_xl.errors import SopError
from sop_xl.schema import Severity
from sop_xl.store import AppendResult, Store
from sop_xl.tables.review import CHANGE_LOG
from tests.store.company import (
    DEALS,
    NOVEMBER,
    OCTOBER,
    TABLES,
    at,
    first_load,
    frame,
    issue,
    typed,
)

GRID, DEAL = "demand_plan_inputs", "pipeline"


def collect(
    store: Store,
    table: str,
    found: str,
    author: str = "ann",
    book: str = "b1",
    day: int = 3,
    file: str = "",
    prefer: str = "store",
) -> AppendResult:
    """Read a workbook in which a table looks as the text says."""
    issued = store.inputs_as_issued(book, file)
    changes = typed(frame(table, found), table, issued)
    cells = [c._replace(cell=f"Sheet!B{n}") for n, c in enumerate(changes, start=8)]
    assert prefer in ("store", "book")
    return store.append_changes(
        OCTOBER, cells, author, at(day), book, file=file,
        prefer="book" if prefer == "book" else "store",
    )  # fmt: skip


HEAD = "family  region  period  sales_adjustment  reason\n"
ONE = HEAD + "Skis  North  2026-10  50  promotion"
DEAL_HEAD = "opportunity  family  region  stage  quantity  probability  close_date  included\n"


def test_changes_lie_over_the_load_and_stand_in_the_log(store: Store) -> None:
    first_load(store)
    issue(store)
    result = collect(store, GRID, ONE)
    assert [(c.column, c.new) for c in result.applied] == [
        ("sales_adjustment", 50.0), ("reason", "promotion"),
    ]  # fmt: skip
    assert_frame_equal(store.inputs(OCTOBER)[GRID], frame(GRID, ONE))
    log = store.changes(OCTOBER)
    assert list(log) == CHANGE_LOG.names
    assert log.drop(columns=["share", "cycle"]).iloc[0].tolist() == [
        1.0, "2026-10-03 09:00", "ann", "Sheet!B8", "Demand plan: inputs",
        "Skis · North · 2026-10", "± Sales", "", "50", 50.0, "promotion", "applied",
    ]  # fmt: skip
    assert log["share"].isna().all()  # nothing to divide by


def test_the_log_shows_difference_and_share(store: Store) -> None:
    first_load(store)
    issue(store)
    found = DEALS.assign(quantity=[250.0, 80.0], probability=[0.5, 0.25], included=[True, True])
    store.append_changes(OCTOBER, typed(found, DEAL, store.inputs(OCTOBER)), "ann", at(3), "b1")
    shown = store.changes(OCTOBER)[["key", "field", "old", "new", "difference", "share"]]
    assert shown.iloc[0].tolist() == ["O-1", "Quantity", "200", "250", 50.0, 0.25]
    assert shown.iloc[1].tolist() == [
        "O-2",
        "Probability",
        "10 %",
        "25 %",
        0.15,
        pytest.approx(1.5),
    ]
    assert shown.iloc[2, :4].tolist() == ["O-2", "Included", "no", "yes"]
    assert shown.iloc[2, 4:].isna().all()


def test_the_same_book_collected_twice_changes_nothing_more(store: Store) -> None:
    first_load(store)
    issue(store)
    collect(store, GRID, ONE)
    before = store.latest_revision(OCTOBER)
    again = collect(store, GRID, ONE, day=4)
    assert (again.applied, again.conflicts, len(again.known)) == ([], [], 2)
    assert store.latest_revision(OCTOBER) == before
    assert len(store.changes(OCTOBER)) == 2


def test_two_books_of_one_issue_lose_nothing(store: Store) -> None:
    first_load(store)
    issue(store)
    collect(
        store,
        GRID,
        HEAD
        + """
        Skis  North  2026-10  50  promotion
        Skis  South  2026-10  10  other
    """,
        "ann",
    )
    result = collect(
        store,
        GRID,
        HEAD
        + """
        Skis  North  2026-11  -5  lost customer
        Skis  South  2026-10  10  other
    """,
        "ben",
        day=4,
    )
    assert (len(result.applied), len(result.known), result.conflicts) == (2, 2, [])
    assert_frame_equal(
        store.inputs(OCTOBER)[GRID],
        frame(
            GRID,
            HEAD
            + """
        Skis  North  2026-10  50  promotion
        Skis  South  2026-10  10  other
        Skis  North  2026-11  -5  lost customer
    """,
        ),
    )


def test_a_conflict_is_on_record_with_both_values_and_not_applied(store: Store) -> None:
    first_load(store)
    issue(store)
    collect(store, GRID, ONE, "ann")
    other = HEAD + "Skis  North  2026-10  70  promotion"
    (conflict,) = collect(store, GRID, other, "ben", day=4).conflicts
    assert (conflict.change.new, conflict.kept) == (70.0, 50.0)
    assert store.inputs(OCTOBER)[GRID]["sales_adjustment"].tolist() == [50.0]
    log = store.changes(OCTOBER)
    assert log[["author", "new", "status"]].to_numpy().tolist() == [
        ["ann", "50", "applied"],
        ["ann", "promotion", "applied"],
        ["ben", "70", "conflict: kept 50"],
    ]
    assert store.status(OCTOBER).conflicts == 1
    assert len(collect(store, GRID, other, "ben", day=5).conflicts) == 1
    assert len(store.changes(OCTOBER)) == 3  # once on record is enough


def test_whoever_prefers_the_book_gets_it(store: Store) -> None:
    first_load(store)
    issue(store)
    collect(store, GRID, ONE, "ann")
    other = HEAD + "Skis  North  2026-10  70  promotion"
    result = collect(store, GRID, other, "ben", day=4, prefer="book")
    assert ([c.new for c in result.applied], result.conflicts) == ([70.0], [])
    assert store.inputs(OCTOBER)[GRID]["sales_adjustment"].tolist() == [70.0]


def test_even_then_an_edit_of_a_deleted_row_stays_a_conflict(store: Store) -> None:
    first_load(store)
    issue(store)
    collect(store, DEAL, DEAL_HEAD + "O-2  Skis  South  lead  80  0.1  9999-12-31  no", "ann")
    edited = (
        DEAL_HEAD
        + """
        O-1  Skis  North  won   200  0.5  2026-12-15  yes
        O-2  Skis  South  lead  80   0.1  9999-12-31  no
    """
    )
    result = collect(store, DEAL, edited, "ben", day=4, prefer="book")
    assert (result.applied, [c.gone for c in result.conflicts]) == ([], [True])


def test_going_on_in_the_same_file_is_no_conflict_with_oneself(store: Store) -> None:
    first_load(store)
    issue(store)
    collect(store, GRID, ONE, file="ann.xlsx")
    more = HEAD + "Skis  North  2026-10  60  promotion"
    assert [c.old for c in collect(store, GRID, more, file="ann.xlsx", day=4).applied] == [50.0]
    cleared = HEAD + "Skis  North  2026-10  .  ."
    assert len(collect(store, GRID, cleared, file="ann.xlsx", day=5).applied) == 2
    assert store.inputs(OCTOBER)[GRID].empty


def test_an_old_book_collected_again_does_not_bring_back_what_a_newer_one_undid(
    store: Store,
) -> None:
    first_load(store)
    issue(store, "b1")
    collect(store, GRID, ONE, file="ann.xlsx")
    issue(store, "b2")
    collect(store, GRID, HEAD + "Skis  North  2026-10  .  .", book="b2", day=4)
    for file, conflicts in (("ann.xlsx", 0), ("copy of ann.xlsx", 2), ("", 2)):
        again = collect(store, GRID, ONE, file=file, day=5)
        assert (again.applied, len(again.conflicts)) == ([], conflicts)
    assert store.inputs(OCTOBER)[GRID].empty
    assert len(collect(store, GRID, ONE, prefer="book", day=6).applied) == 2


def test_a_reload_keeps_what_people_typed(store: Store) -> None:
    first_load(store)
    issue(store)
    collect(
        store,
        DEAL,
        DEAL_HEAD
        + """
        O-1  Skis  North  proposal  200  0.9  2026-12-15  yes
        O-2  Skis  South  lead      80   0.1  9999-12-31  no
        O-9  Skis  North  lead      7    0.2  2027-01-31  yes
    """,
    )
    new_base = DEALS.assign(quantity=[210.0, 85.0])
    store.save_load(OCTOBER, {DEAL: new_base}, [], "ann", at(5))
    deals = store.inputs(OCTOBER)[DEAL]
    assert deals["opportunity"].tolist() == ["O-1", "O-2", "O-9"]
    assert deals["quantity"].tolist() == [210.0, 85.0, 7.0]
    assert deals["probability"].tolist() == [0.9, 0.1, 0.2]


def test_an_edit_whose_row_is_no_longer_delivered_is_a_finding(store: Store) -> None:
    first_load(store)
    issue(store)
    collect(
        store,
        DEAL,
        DEAL_HEAD
        + """
        O-1  Skis  North  proposal  200  0.9  2026-12-15  yes
        O-2  Skis  South  lead      80   0.1  9999-12-31  no
    """,
    )
    store.save_load(OCTOBER, {DEAL: DEALS.iloc[1:]}, [], "ann", at(5))
    inputs = store.read(OCTOBER)
    assert inputs.frames[DEAL]["opportunity"].tolist() == ["O-2"]
    (finding,) = inputs.findings
    assert (finding.table, finding.severity) == (DEAL, Severity.WARNING)
    assert finding.message == (
        "O-1: Probability was set to 90 % by ann, but the row is no longer delivered."
    )


def test_a_workbook_finds_the_inputs_it_was_issued_with(store: Store) -> None:
    first_load(store)
    issue(store, "b1")
    collect(store, GRID, ONE)
    issue(store, "b2")
    store.save_load(OCTOBER, {DEAL: DEALS.assign(quantity=1.0)}, [], "ann", at(5))
    collect(store, GRID, HEAD + "Skis  North  2026-10  .  .", book="b2", day=6)
    assert store.inputs_as_issued("b1")[GRID].empty
    assert_frame_equal(store.inputs_as_issued("b2")[GRID], frame(GRID, ONE))
    for build in ("b1", "b2"):
        assert_frame_equal(store.inputs_as_issued(build)[DEAL], DEALS)
    assert store.inputs(OCTOBER)[GRID].empty


def test_what_happens_between_reading_and_registering_does_not_count(store: Store) -> None:
    first_load(store)
    mark = store.read(OCTOBER).mark
    store.save_load(OCTOBER, {DEAL: DEALS.iloc[:1]}, [], "ben", at(2))
    store.register_issue("b1", OCTOBER, "b1.xlsx", "", at(2), mark)
    assert_frame_equal(store.inputs_as_issued("b1")[DEAL], DEALS)


def test_registering_a_build_again_changes_nothing(store: Store) -> None:
    first_load(store)
    issue(store)
    known = store.issued("b1")
    assert known is not None
    store.save_load(OCTOBER, {DEAL: DEALS.iloc[:1]}, [], "ben", at(2))
    assert store.register_issue("b1", OCTOBER, "elsewhere.xlsx", "f" * 64, at(9)) == known
    assert store.issued("b1") == known
    assert store.issued("b7") is None
    assert store.status(OCTOBER).books == [known]


def test_unknown_and_misplaced_workbooks_are_refused(store: Store) -> None:
    first_load(store)
    issue(store)
    store.open_cycle(NOVEMBER, at(20))
    with pytest.raises(SopError, match="did not issue the workbook b7"):
        store.inputs_as_issued("b7")
    with pytest.raises(SopError, match="did not issue the workbook b7"):
        store.append_changes(OCTOBER, [], "ann", at(3), "b7")
    with pytest.raises(SopError, match="belongs to the cycle 2026-10, not to 2026-11"):
        store.append_changes(NOVEMBER, [], "ann", at(3), "b1")


def test_two_people_at_the_same_moment(url: str) -> None:
    with Store(url) as store:
        first_load(store)
        issue(store)
    start = threading.Barrier(2)
    results: dict[str, AppendResult] = {}

    def publish(author: str, value: int) -> None:
        with Store(url) as store:
            found = f"{HEAD}Skis  North  2026-10  {value}  .\nSkis  {author}  2026-10  1  ."
            changes = typed(frame(GRID, found), GRID, store.inputs_as_issued("b1"))
            start.wait()
            results[author] = store.append_changes(OCTOBER, changes, author, at(3), "b1")

    threads = [threading.Thread(target=publish, args=args) for args in (("ann", 50), ("ben", 70))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(result.conflicts) for result in results.values()) == [0, 1]
    assert sorted(len(result.applied) for result in results.values()) == [1, 2]
    with Store(url) as store:
        assert len(store.inputs(OCTOBER)[GRID]) == 3
        assert len(store.changes(OCTOBER)) == 4


def test_changes_of_all_tables_at_once(store: Store) -> None:
    first_load(store)
    issued = issue(store)
    found = {
        GRID: frame(GRID, ONE),
        "decisions": frame("decisions", "decision  question  due\nD-1  Why?  2026-11-02"),
        "actuals": issued["actuals"].iloc[1:],
    }
    changes = [c for name, table in found.items() for c in typed(table, name, issued)]
    store.append_changes(OCTOBER, changes, "ann", at(3), "b1")
    inputs = store.inputs(OCTOBER)
    for name, table in found.items():
        assert_frame_equal(inputs[name], table.reset_index(drop=True))
    assert set(inputs) == set(TABLES)


def test_the_store_says_who_changed_the_plan_of_an_earlier_cycle(store: Store) -> None:
    first_load(store)
    issue(store)
    collect(store, GRID, ONE, "ann")
    other = HEAD + "Skis  North  2026-10  60  promotion"
    collect(store, GRID, other, "cleo", day=4)  # a conflict: it is not taken
    collect(store, GRID, other, "ben", day=5, prefer="book")
    assert store.past_authors(pd.Period(OCTOBER, "M")).empty  # its months are not closed yet
    (row,) = store.past_authors(pd.Period("2027-01", "M")).to_dict("records")
    assert (str(row["cycle"]), str(row["period"])) == (OCTOBER, "2026-10")
    assert (row["family"], row["region"], row["layer"]) == ("Skis", "North", "sales")
    assert row["author"] == "ben"
