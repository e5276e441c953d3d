"""The three-way merge, on frames alone."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.store.merge import Change, Kind, apply, conflicts, difference, merge, overtaken
from sop_xl.store.values import dump, rows_of
from tests.store.company import TABLES, frame

DEMAND = TABLES["demand_plan_inputs"]
DECISIONS = TABLES["decisions"]
REGISTER = TABLES["constraints"]

PLAN = frame(
    DEMAND,
    """
    family  region  period   sales_adjustment  fixed  reason
    Skis    North   2026-10  50                .      promotion
    Skis    North   2026-11  .                 800    other
""",
)
LOG = frame(
    DECISIONS,
    """
    decision  question         value  status    due
    D-01      Second shift?    12000  proposed  2026-11-15
    D-02      Drop the 0013?   .      approved  .
""",
)


def key(family: str, region: str, period: str) -> str:
    return dump({"family": family, "region": region, "period": period})


def test_a_book_that_nobody_touched_has_no_changes() -> None:
    assert difference(PLAN, PLAN.copy(), DEMAND) == []
    assert difference(LOG, LOG.copy(), DECISIONS) == []


def test_cells_of_a_grid_are_compared_block_by_period_and_take_the_reason_beside_them() -> None:
    found = frame(
        DEMAND,
        """
        family  region  period   sales_adjustment  fixed  reason
        Skis    South   2026-10  -20               .      lost customer
        Skis    North   2026-10  75                .      promotion
        Skis    North   2026-11  .                 .      other
    """,
    )
    assert difference(PLAN, found, DEMAND) == [
        Change("demand_plan_inputs", key("Skis", "South", "2026-10"), "sales_adjustment",
               None, -20.0, Kind.EDIT, "lost customer"),
        Change("demand_plan_inputs", key("Skis", "South", "2026-10"), "reason",
               None, "lost customer", Kind.EDIT, "lost customer"),
        Change("demand_plan_inputs", key("Skis", "North", "2026-10"), "sales_adjustment",
               50.0, 75.0, Kind.EDIT, "promotion"),
        Change("demand_plan_inputs", key("Skis", "North", "2026-11"), "fixed",
               800.0, None, Kind.EDIT, "other"),
    ]  # fmt: skip


def test_periods_that_the_book_did_not_show_are_not_deleted() -> None:
    assert difference(PLAN, PLAN.iloc[:1], DEMAND) == []


def test_rows_may_be_sorted_inserted_and_deleted() -> None:
    found = frame(
        DECISIONS,
        """
        decision  question         value  status    due
        D-03      Air freight?     -500   proposed  2026-10-30
        D-01      Second shift?    12000  proposed  2026-11-15
    """,
    )
    added, deleted = difference(LOG, found, DECISIONS)
    assert (added.kind, added.key, added.column) == (Kind.ADDED, '{"decision":"D-03"}', "")
    assert isinstance(added.new, dict)
    assert (added.new["value"], added.new["due"], added.new["owner"]) == (
        -500.0,
        "2026-10-30",
        None,
    )
    assert (deleted.kind, deleted.key, deleted.new) == (Kind.DELETED, '{"decision":"D-02"}', None)


@pytest.mark.parametrize(
    ("issued", "found"),
    [
        (0.1 + 0.2, 0.3),  # seventeen digits against fifteen
        (1 / 3, 0.333333333333333),
        (-0.0, 0.0),
        (1e15 + 0.3, 1_000_000_000_000_000.25),
    ],
)
def test_digits_that_office_programs_drop_are_no_change(issued: float, found: float) -> None:
    assert difference(PLAN.assign(fixed=issued), PLAN.assign(fixed=found), DEMAND) == []


def test_a_small_real_change_is_seen() -> None:
    found = PLAN.assign(fixed=[math.nan, 800.000_001])
    assert [c.new for c in difference(PLAN, found, DEMAND)] == [800.000_001]


def test_blanks_are_blank_however_they_are_written() -> None:
    found = LOG.assign(question=["Second shift? ", "Drop the 0013?"], owner=[" ", ""])
    assert difference(LOG, found, DECISIONS) == []


def test_text_is_compared_exactly() -> None:
    found = LOG.assign(question=["second shift?", "Drop the 0013?"])
    assert [c.new for c in difference(LOG, found, DECISIONS)] == ["second shift?"]


def test_a_default_that_the_sheet_shows_is_no_change() -> None:
    issued = frame(REGISTER, "")
    shown = frame(
        REGISTER,
        """
        constraint  owner  action  due  status
        Press       .      .       .    open
        Paint       .      .       .    closed
    """,
    )
    assert [(c.key, c.old, c.new) for c in difference(issued, shown, REGISTER)] == [
        ('{"constraint":"Paint"}', None, "closed")
    ]


def test_columns_that_the_sheet_does_not_show_are_not_compared() -> None:
    found = LOG.drop(columns=["value", "due"]).assign(owner="ann")
    assert {c.column for c in difference(LOG, found, DECISIONS)} == {"owner"}


def test_equal_keys_are_refused() -> None:
    with pytest.raises(ValueError, match="equal keys"):
        difference(LOG, LOG.iloc[[0, 0]], DECISIONS)


def edit(key_: str, column: str, old: Any, new: Any) -> Change:
    return Change("decisions", dump({"decision": key_}), column, old, new)


MINE = edit("D-01", "value", 12000.0, 9000.0)


@pytest.mark.parametrize(
    ("now", "outcome"),
    [(12000.0, "fresh"), (9000.0, "known"), (7000.0, "conflicts"), (math.nan, "conflicts")],
)
def test_an_edit_meets_what_others_did(now: float, outcome: str) -> None:
    current = LOG.assign(value=[now, math.nan])
    sorted_out = merge([MINE], current, LOG, DECISIONS)._asdict()
    assert {name for name, found in sorted_out.items() if found} == {outcome}


def test_a_conflict_says_what_the_store_keeps() -> None:
    (conflict,) = conflicts([MINE], LOG.assign(value=[7000.0, 1.0]), LOG, DECISIONS)
    assert (conflict.change, conflict.kept, conflict.gone) == (MINE, 7000.0, False)


def test_other_cells_of_the_row_do_not_matter() -> None:
    current = LOG.assign(owner="ben", status="approved")
    assert merge([MINE], current, LOG, DECISIONS).fresh == [MINE]


def test_an_edit_of_a_row_that_somebody_deleted_has_nowhere_to_go() -> None:
    (conflict,) = conflicts([MINE], LOG.iloc[1:], LOG, DECISIONS)
    assert conflict.gone


def test_deleting_what_somebody_edited_is_a_conflict() -> None:
    (deletion,) = difference(LOG, LOG.iloc[1:], DECISIONS)
    (conflict,) = conflicts([deletion], LOG.assign(owner="ben"), LOG, DECISIONS)
    assert isinstance(conflict.kept, dict)
    assert conflict.kept["owner"] == "ben"
    assert merge([deletion], LOG.iloc[1:], LOG, DECISIONS).known == [deletion]


def test_the_same_new_row_from_two_people_is_one_and_a_different_one_is_a_conflict() -> None:
    mine, theirs = (
        pd.concat([LOG, frame(DECISIONS, f"decision  question\nD-03  {text}")])
        for text in ("Air freight?", "Rail freight?")
    )
    (change,) = difference(LOG, mine, DECISIONS)
    assert merge([change], LOG, LOG, DECISIONS).fresh == [change]
    assert merge([change], mine, LOG, DECISIONS).known == [change]
    assert len(merge([change], theirs, LOG, DECISIONS).conflicts) == 1


def test_changes_lie_over_the_base_in_order() -> None:
    changes = [
        edit("D-01", "value", 12000.0, 9000.0),
        Change("decisions", '{"decision":"D-03"}', "", None,
               {"decision": "D-03", "question": "Air freight?", "value": 1.0}, Kind.ADDED),
        edit("D-03", "value", 1.0, 2.0),
        Change("decisions", '{"decision":"D-02"}', "", {}, None, Kind.DELETED),
        edit("D-01", "value", 9000.0, 8000.0),
    ]  # fmt: skip
    applied = apply(LOG, changes, DECISIONS)
    assert applied.frame[["decision", "value"]].to_numpy().tolist() == [
        ["D-01", 8000.0],
        ["D-03", 2.0],
    ]
    assert applied.lost == []


def test_an_edit_without_its_row_is_reported_not_guessed() -> None:
    applied = apply(LOG.iloc[1:], [MINE], DECISIONS)
    assert applied.lost == [MINE]
    pd.testing.assert_frame_equal(applied.frame, LOG.iloc[1:].reset_index(drop=True))


def test_a_cell_of_a_grid_makes_its_row_and_takes_it_away_when_cleared() -> None:
    cell = Change(DEMAND.name, key("Boots", "North", "2026-12"), "fixed", None, 5.0)
    made = apply(PLAN, [cell], DEMAND).frame
    assert made["fixed"].tolist()[-1] == 5.0
    cleared = apply(PLAN, [cell, cell._replace(old=5.0, new=None)], DEMAND).frame
    pd.testing.assert_frame_equal(cleared, PLAN)


def test_a_source_that_moved_on_overtakes_a_change() -> None:
    assert overtaken([MINE], LOG, DECISIONS) == []
    assert overtaken([MINE], LOG.assign(value=1.0), DECISIONS) == [(MINE, 1.0)]


# Laws

NUMBERS = st.none() | st.integers(-(10**9), 10**9).map(lambda number: number / 8)
TEXTS = st.sampled_from(["", "promotion", "other", "=1+1", "ärger"])
CELLS = st.dictionaries(
    st.tuples(
        st.sampled_from(["Skis", "Boots"]),
        st.sampled_from(["North", "South"]),
        st.sampled_from(["2026-10", "2026-11"]),
    ),
    st.tuples(NUMBERS, NUMBERS, TEXTS),
)


def grid(cells: dict[tuple[str, str, str], tuple[float | None, float | None, str]]) -> pd.DataFrame:
    """All blocks and periods, as a sheet shows them; those that are not named are blank."""
    keys = [(f, r, p) for f in ("Skis", "Boots") for r in ("North", "South")
            for p in ("2026-10", "2026-11")]  # fmt: skip
    lines = [(*k, *cells.get(k, (None, None, ""))) for k in keys]
    names = ["family", "region", "period", "sales_adjustment", "fixed", "reason"]
    table = pd.DataFrame(lines, columns=names)
    table["period"] = pd.PeriodIndex(table["period"], freq="M")
    blank = frame(DEMAND, "").dtypes.to_dict()
    return table.reindex(columns=list(blank)).astype(blank)


def cells_of(table: pd.DataFrame) -> dict[tuple[str, str], Any]:
    """What is filled in, by key and measure."""
    return {
        (key, name): value
        for key, row in rows_of(table, DEMAND).items()
        for name, value in row.items()
        if name not in DEMAND.keys and value is not None
    }


@given(CELLS, CELLS)
def test_what_was_changed_laid_over_what_was_issued_is_what_was_found(a: Any, b: Any) -> None:
    changes = difference(grid(a), grid(b), DEMAND)
    applied = apply(grid(a), changes, DEMAND).frame
    assert cells_of(applied) == cells_of(grid(b))


@given(CELLS, CELLS, CELLS)
def test_two_books_lose_nothing_and_the_order_decides_only_conflicts(
    base: Any, ann: Any, ben: Any
) -> None:
    issued = grid(base)
    by_ann = difference(issued, grid(ann), DEMAND)
    by_ben = difference(issued, grid(ben), DEMAND)
    after_ann = apply(issued, by_ann, DEMAND).frame
    met = merge(by_ben, after_ann, issued, DEMAND)
    assert len(met.fresh) + len(met.known) + len(met.conflicts) == len(by_ben)
    cells = {(c.key, c.column) for c in by_ann}
    assert all((c.change.key, c.change.column) in cells for c in met.conflicts)
    assert all((c.key, c.column) not in cells for c in met.fresh)
    after_both = apply(after_ann, met.fresh, DEMAND).frame
    again = merge(by_ann + met.fresh, after_both, issued, DEMAND)
    assert (again.fresh, again.conflicts) == ([], [])
