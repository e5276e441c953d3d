"""What is written into an open book: what differs, no more, and nothing where rows have moved."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sop_xl.workbook.build import Drawn, pack
from sop_xl.workbook.layout import HEADER_ROW
from sop_xl.workbook.reader import open_sheets
from sop_xl.workbook.refresh import Block, Content, Formula, Patches, SheetPatch, Typed, compare
from sop_xl.workbook.refresh.blocks import KEPT, Kept, blocks_of
from sop_xl.workbook.refresh.sameness import canonical
from sop_xl.workbook.sheet import Sheet
from tests import drawing
from tests.conftest import Once
from tests.drawing import Live, Place, cell_of, header_of, item_of, redrawn, shown, typed


@pytest.fixture(scope="module")
def drawn(once: Once) -> Drawn:
    return drawing.drawn_from(once("drawn", drawing.small_plan))


@pytest.fixture
def live(drawn: Drawn) -> Live:
    return shown(drawn)


def only(patches: Patches) -> SheetPatch:
    """The one sheet that is written."""
    assert patches.moved == []
    (patch,) = patches.sheets
    return patch


def one_cell(patches: Patches) -> tuple[Place, Content]:
    """The one cell that is written."""
    patch = only(patches)
    assert patch.changed == 1
    (block,) = patch.blocks
    ((content,),) = block.cells
    return Place(patch.sheet, block.row, block.column), content


def formula_at(live: Live, place: Place) -> str:
    return str(live[place.sheet].formulas[place.row - 1][place.column - 1])


def value_at(live: Live, place: Place) -> Any:
    return live[place.sheet].values[place.row - 1][place.column - 1]


# ---- nothing to do -----------------------------------------------------------------------


def test_a_book_that_shows_what_was_drawn_is_left_alone(drawn: Drawn, live: Live) -> None:
    assert compare(drawn, live) == Patches([], [])


def test_a_file_as_it_was_issued_has_nothing_that_was_typed_or_moved(
    drawn: Drawn, tmp_path: Path
) -> None:
    file = tmp_path / "book.xlsx"
    file.write_bytes(pack(drawn, macros=False))
    patches = compare(drawn, open_sheets(file))
    assert patches.moved == []
    assert [typed for patch in patches.sheets for typed in patch.typed] == []


# ---- formulas ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("=SUM(A1, B1)", "=sum(A1,B1)"),
        ("='Demand_Plan'!A1", "=Demand_Plan!A1"),
        ("='D1_Agenda'!A1+'B c'!B2", "=D1_Agenda!A1+ 'B C'!b2"),
        ("=_xlfn._xlws.FILTER(A1:A9,B1:B9)", "=FILTER(A1:A9,B1:B9)"),
        ("=@A1:A3+1", "=A1:A3+1"),
        ("=tblOwn[[#This Row],[Price]]", "=[@Price]"),
        ("=tblOwn[[#This Row],[Price]]", "=tblOwn[@Price]"),
        ("=tblOwn[[#This Row],[At stake]]", "=[@[At stake]]"),
        ("=SUM(tblOwn[[#This Row],[A]:[B]])", "=SUM(tblOwn[@[A]:[B]])"),
        ("=SUM(tblOwn[Price])", "=SUM([Price])"),
        ("=SUM(tblOwn[[Price]])", "=SUM(tblOwn[Price])"),
        ("=tblOther[[#This Row], [A]]", "=tblOther[@A]"),
        ("=A1*0.50+1e-3", "=A1*0.5+0.001"),
        ("=A1+1234.5678901234567", "=A1+1234.56789012346"),
    ],
)
def test_formulas_that_say_the_same(one: str, other: str) -> None:
    assert canonical(one, "tblOwn") == canonical(other, "tblOwn")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("=A1+B1", "=A1+B2"),
        ('="a b"', '="ab"'),
        ('="Total"', '="total"'),
        ("=tblOther[@A]", "=[@A]"),
        ("=tblOwn[@A]", "=tblOwn[A]"),
        ("=tblOwn[#Data]", "=tblOwn[#Headers]"),
        ("=tblOwn[A b]", "=tblOwn[Ab]"),
        ("=A1*0.5", "=A1*0.51"),
        ("=$A1", "=A1"),
        ("=[Book.xlsx]Plan!A1", "=Plan!A1"),
        ("=One!A1", "=Two!A1"),
    ],
)
def test_formulas_that_differ(one: str, other: str) -> None:
    assert canonical(one, "tblOwn") != canonical(other, "tblOwn")


def test_excels_own_way_to_write_a_formula_is_no_difference(drawn: Drawn, live: Live) -> None:
    place = item_of(drawn, "risks", "weighted")
    text = formula_at(live, place)
    assert "tblRisks[[#This Row],[Impact]]" in text
    own = text.replace("tblRisks[[#This Row],[", "[@[").replace(",", ", ")
    assert compare(drawn, typed(live, place, value_at(live, place), own)) == Patches([], [])


def test_a_formula_that_differs_is_written(drawn: Drawn, live: Live) -> None:
    place = cell_of(drawn, "demand_plan", "consensus", "2026-12")
    patches = compare(drawn, typed(live, place, 1.0, "=1+0"))
    assert one_cell(patches) == (place, Formula(formula_at(live, place)))
    assert only(patches).typed == []


@pytest.mark.parametrize("value", [90.0, "gone", None, ""])
def test_a_formula_typed_over_comes_back_and_is_named(
    drawn: Drawn, live: Live, value: Any
) -> None:
    place = cell_of(drawn, "demand_plan", "consensus", "2026-12")
    patches = compare(drawn, typed(live, place, value))
    assert one_cell(patches) == (place, Formula(formula_at(live, place)))
    assert only(patches).typed == [Typed(str(place), value, "formula")]


def test_a_computed_cell_of_a_list_that_was_typed_over_comes_back(
    drawn: Drawn, live: Live
) -> None:
    place = item_of(drawn, "risks", "weighted")
    patches = compare(drawn, typed(live, place, 5.0))
    assert one_cell(patches) == (place, Formula(formula_at(live, place)))
    assert only(patches).typed == [Typed(str(place), 5.0, "formula")]


def test_a_month_that_had_nothing_to_show_before_is_not_taken_for_a_formula_typed_over(
    drawn: Drawn, live: Live
) -> None:
    place = cell_of(drawn, "supply_view", "production", "2026-12")  # blank where it is zero
    assert value_at(live, place)
    patches = compare(drawn, typed(live, place, None))
    assert one_cell(patches) == (place, Formula(formula_at(live, place)))
    assert only(patches).typed == []


def test_a_text_that_begins_like_a_formula_stays_a_text(drawn: Drawn, live: Live) -> None:
    place = item_of(drawn, "actions", "description")
    again = drawn._replace(sheets=list(drawn.sheets))
    sheet = next(sheet for sheet in redrawn(again, {str(place): "x"}).sheets
                 if sheet.name == place.sheet)  # fmt: skip
    sheet.cells.put(place.row, place.column, "=1+1")
    sheets = [sheet if sheet.name == one.name else one for one in drawn.sheets]
    text = drawn._replace(sheets=sheets)
    _, content = one_cell(compare(text, live))
    assert content == "=1+1"
    assert not isinstance(content, Formula)
    assert compare(text, typed(live, place, "=1+1")) == Patches([], [])  # a text, as it shows
    assert one_cell(compare(text, typed(live, place, 2, "=1+1")))[1] == "=1+1"


# ---- values ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "before"),
    [
        (25.0, 25), (0.1 + 0.2, 0.3), (1e15, 1e15 + 0.1), (0.0, -0.0), (None, ""), ("", None),
        (dt.datetime(2026, 10, 1), 46296), (46296.5, dt.datetime(2026, 10, 1, 12)),
    ],
)  # fmt: skip
def test_values_that_are_the_same(drawn: Drawn, live: Live, new: Any, before: Any) -> None:
    place = cell_of(drawn, "demand_plan", "sales_adjustment", "2026-12")
    assert compare(redrawn(drawn, {str(place): new}), typed(live, place, before)).sheets == []


@pytest.mark.parametrize(
    ("new", "before"),
    [
        (25.0, 25.000001), (1.0, True), ("7", 7), ("a", "A"), (25.0, None), (25.0, "25"),
        (dt.datetime(2026, 10, 1), dt.datetime(2026, 10, 2)), (True, False), (5.0, dt.time(5)),
    ],
)  # fmt: skip
def test_values_that_differ_are_written(drawn: Drawn, live: Live, new: Any, before: Any) -> None:
    place = cell_of(drawn, "demand_plan", "sales_adjustment", "2026-12")
    patches = compare(redrawn(drawn, {str(place): new}), typed(live, place, before))
    assert one_cell(patches) == (place, new)
    assert only(patches).typed == []


def test_a_formula_that_people_typed_into_an_input_stays_while_it_gives_the_value(
    drawn: Drawn, live: Live
) -> None:
    place = cell_of(drawn, "demand_plan", "sales_adjustment", "2026-12")
    computed = typed(live, place, 25, "=20+5")
    assert compare(redrawn(drawn, {str(place): 25.0}), computed).sheets == []
    assert one_cell(compare(redrawn(drawn, {str(place): 30.0}), computed)) == (place, 30.0)
    nothing = typed(live, place, None, '=IF(A1="x",5,"")')
    assert compare(drawn, nothing).sheets == []


def test_what_stands_in_a_blank_cell_is_cleared_and_named(drawn: Drawn, live: Live) -> None:
    place = cell_of(drawn, "demand_plan", "actual", "2026-12")  # no actuals in the plan months
    patches = compare(drawn, typed(live, place, 7))
    assert one_cell(patches) == (place, None)
    assert only(patches).typed == [Typed(str(place), 7, "blank")]


def test_an_input_that_the_plan_does_not_have_is_cleared_and_named(
    drawn: Drawn, live: Live
) -> None:
    place = cell_of(drawn, "demand_plan", "sales_adjustment", "2026-12")
    patches = compare(drawn, typed(live, place, 25, "=20+5"))
    assert one_cell(patches) == (place, None)
    assert only(patches).typed == [Typed(str(place), 25, "blank")]


@pytest.mark.parametrize(
    ("grid", "measure"), [("supply_view", "production"), ("kpi_facts", "otif")]
)
def test_figures_that_come_and_go_are_cleared_without_a_word(
    drawn: Drawn, live: Live, grid: str, measure: str
) -> None:
    place = cell_of(drawn, grid, measure, "2025-12")
    assert value_at(live, place) is None
    assert only(compare(drawn, typed(live, place, 7))).typed == []
    assert only(compare(drawn, typed(live, place, 7, "=3+4"))).typed == []
    stale = typed(live, place, None, '=IF(A1="x",1,"")')  # shows nothing, for the time being
    assert one_cell(compare(drawn, stale)) == (place, None)


def test_stale_rows_of_a_computed_list_are_cleared_without_a_word(
    drawn: Drawn, live: Live
) -> None:
    place = item_of(drawn, "change_log", "new", 3)
    assert one_cell(compare(drawn, typed(live, place, "12"))) == (place, None)
    assert only(compare(drawn, typed(live, place, "12"))).typed == []


def test_an_input_of_a_list_is_named_only_where_its_row_is_the_same(
    drawn: Drawn, live: Live
) -> None:
    place = item_of(drawn, "actions", "closed", 1)  # A-2 is open
    key = item_of(drawn, "actions", "action", 1)
    day = dt.datetime(2026, 10, 2)
    closed = typed(live, place, day)
    assert only(compare(drawn, closed)).typed == [Typed(str(place), day, "blank")]
    other = typed(closed, key, "A-7")  # the rows have moved up
    assert only(compare(drawn, other)).typed == []


def test_cells_that_were_not_drawn_are_never_touched(drawn: Drawn, live: Live) -> None:
    columns = drawn.layout.columns
    row = cell_of(drawn, "demand_plan", "consensus", "2026-12").row
    notes = [
        Place("Demand_Plan", row, columns.past_total - 1),  # the narrow column before the totals
        Place("Demand_Plan", row, columns.last + 5),
        Place("Demand_Plan", 300, 2),
        Place("Home", 2, 30),
    ]
    noted = live
    for place in notes:
        noted = typed(noted, place, "my note", "=A1" if place.row == 300 else "")
    assert compare(drawn, noted).sheets == []
    # the row with the note changes on both sides of it
    changed = typed(noted, notes[0]._replace(column=columns.last_plan), 1.0)
    changed = typed(changed, notes[0]._replace(column=columns.last), 1.0)
    patches = compare(drawn, changed)
    assert len(only(patches).blocks) == 2
    after = drawing.applied(changed, patches)
    assert [value_at(after, place) for place in notes] == [value_at(noted, p) for p in notes]


def test_what_people_chose_on_a_page_stays(drawn: Drawn, live: Live) -> None:
    names = drawn.workbook.defined_names
    for name, choice in (("View_demand", "Bikes"), ("What_growth", 0.1), ("What_hours", 500)):
        place = Place.of(names[name].attr_text.replace("$", ""))
        assert value_at(live, place) != choice
        assert compare(drawn, typed(live, place, choice)).sheets == []
        assert one_cell(compare(drawn, typed(live, place, None)))[1] == value_at(live, place)


def test_the_log_of_what_was_run_stays(drawn: Drawn, live: Live) -> None:
    logged = live
    for row, text in enumerate(("2026-10-05 09:00", "Run forecast", "done")):
        logged = typed(logged, item_of(drawn, "log", ("at", "action", "text")[row]), text)
    assert compare(drawn, logged).sheets == []


def test_an_array_formula_is_compared_and_written_as_a_whole(drawn: Drawn, live: Live) -> None:
    first = cell_of(drawn, "what_if_view", "forecast", "2026-10")
    text = formula_at(live, first)
    assert "SOP_FORECAST(" in text
    computed, gone = live, live
    for column in range(header_of(drawn, "2026-10"), header_of(drawn, "2027-09") + 1):
        cell = first._replace(column=column)
        computed = typed(computed, cell, 12.5, text)  # each cell shows the formula of all
        gone = typed(gone, cell, None)
    assert compare(drawn, computed).sheets == []
    patch = only(compare(drawn, gone))
    assert patch.blocks == [Block(first.row, first.column, [[Formula(text)]], "Q12:AB12")]
    assert patch.typed == [Typed(str(first), None, "formula")]
    below = cell_of(drawn, "what_if_view", "difference", "2026-10")
    above = cell_of(drawn, "what_if_view", "high", "2026-10")
    around = typed(typed(computed, below, 1.0), above, 1.0)
    patch = only(compare(drawn, around))
    rows = {row for block in patch.blocks for row in range(block.row, block.row + len(block.cells))}
    assert first.row not in rows


# ---- labels that were typed over ---------------------------------------------------------


def test_a_measure_or_key_typed_over_is_put_right_and_named(drawn: Drawn, live: Live) -> None:
    label = cell_of(drawn, "demand_plan", "sales_adjustment")
    for place in (label, label._replace(column=1)):
        patches = compare(drawn, typed(live, place, "mine"))
        assert one_cell(patches) == (place, value_at(live, place))
        assert only(patches).typed == [Typed(str(place), "mine", "text")]


def test_a_month_or_header_typed_over_is_put_right_and_named(drawn: Drawn, live: Live) -> None:
    month = Place("Demand_Plan", HEADER_ROW, header_of(drawn, "2026-12"))
    header = item_of(drawn, "pipeline", "probability", -1)
    for place in (month, header):
        patches = compare(drawn, typed(live, place, "Chance"))
        assert one_cell(patches) == (place, value_at(live, place))
        assert only(patches).typed == [Typed(str(place), "Chance", "text")]


@pytest.mark.parametrize(("cell", "label"), [("Home!A6", "Step"), ("Home!D6", "Status")])
def test_a_label_of_a_page_typed_over_is_put_right_and_named(
    drawn: Drawn, live: Live, cell: str, label: str
) -> None:
    assert value_at(live, Place.of(cell)) == label  # the second stands twice in its row
    patches = compare(drawn, typed(live, cell, None))
    assert one_cell(patches) == (Place.of(cell), label)
    assert only(patches).typed == [Typed(cell, None, "text")]


# ---- what moved --------------------------------------------------------------------------


def moved(drawn: Drawn, live: Live) -> list[str]:
    """Why a book cannot be written in place; the sheets that moved get no blocks."""
    patches = compare(drawn, live)
    names = {reason.split(":")[0] for reason in patches.moved}
    assert all(patch.blocks == [] for patch in patches.sheets if patch.sheet in names)
    assert names <= {patch.sheet for patch in patches.sheets}
    return patches.moved


def test_rows_that_were_sorted_inserted_or_deleted(drawn: Drawn, live: Live) -> None:
    row = cell_of(drawn, "demand_plan", "sales_adjustment").row
    told = ["Demand_Plan: rows were sorted, inserted or deleted"]
    assert moved(drawn, drawing.swapped(live, "Demand_Plan", row, row + 1)) == told
    assert moved(drawn, drawing.row_inserted(live, "Demand_Plan", row)) == told
    assert moved(drawn, drawing.row_deleted(live, "Demand_Plan", row)) == told


def test_a_copy_of_a_row_below_the_grid_is_a_note(drawn: Drawn, live: Live) -> None:
    place = cell_of(drawn, "demand_plan", "consensus")
    noted = live
    for column in range(1, place.column + 1):
        copied = place._replace(column=column)
        noted = typed(noted, copied._replace(row=200), value_at(live, copied))
    assert compare(drawn, noted) == Patches([], [])


def test_months_that_were_moved(drawn: Drawn, live: Live) -> None:
    first, second = (
        Place("Supply_Plan", HEADER_ROW, header_of(drawn, month))
        for month in ("2026-11", "2026-12")
    )
    other = typed(live, first, value_at(live, second))
    other = typed(other, second, value_at(live, first))
    (reason,) = moved(drawn, other)
    assert reason.startswith("Supply_Plan: columns were moved, inserted or deleted")


def test_a_book_of_other_months(drawn: Drawn, live: Live) -> None:
    columns = drawn.layout.columns
    other = live
    for column in range(columns.first_past, columns.last_plan + 1):
        later = dt.datetime(2036, 1 + column % 12, 1)
        other = typed(other, Place("Capacity", HEADER_ROW, column), later)
    assert moved(drawn, other) == ["Capacity: it shows other months"]


def test_blocks_that_are_not_there_yet_or_not_any_more(drawn: Drawn, live: Live) -> None:
    place = drawn.layout.grids["supply_plan"]
    other = live
    for row in range(place.start(("Parts",)), place.last_row + 1):
        other = typed(other, Place("Supply_Plan", row, 1), "Trailers")
    assert moved(drawn, other) == [
        "Supply_Plan: it has no rows for Parts",
    ]
    more = live
    for at, measure in enumerate(place.grid.measures, start=place.last_row + 1):
        more = typed(more, Place("Supply_Plan", at, 1), "Trailers")
        more = typed(more, Place("Supply_Plan", at, place.columns.measure), measure.label)
    assert moved(drawn, more) == [
        "Supply_Plan: it has rows for Trailers, which the plan does not have"
    ]


def test_sheets_and_lists_that_are_gone(drawn: Drawn, live: Live) -> None:
    gone = {name: sheet for name, sheet in live.items() if name != "Capacity"}
    gone["Events"] = gone["Events"]._replace(tables={"Promotions": "A6:K11"})
    assert moved(drawn, gone | {"Capacity (2)": live["Capacity"]}) == [
        "Capacity: the sheet is missing",
        "Events: the list Events is gone, or its table is not called tblEvents",
    ]


def with_table(live: Live, sheet: str, name: str, reference: str) -> Live:
    found = live[sheet]
    return live | {sheet: found._replace(tables=dict(found.tables) | {name: reference})}


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("A7:K12", "the list Events was moved"),
        ("B6:L11", "the list Events was moved"),
        ("A6:L11", "the list Events has columns more or fewer than it should"),
        ("A6:K7", "the list Events needs 1 row more than it has"),
    ],
)
def test_lists_that_lie_elsewhere_or_are_too_short(
    drawn: Drawn, live: Live, reference: str, reason: str
) -> None:
    assert drawn.layout.tables["events"].reference == "A6:K11"
    told = moved(drawn, with_table(live, "Events", "tblEvents", reference))
    assert told[0] == f"Events: {reason}"


def test_columns_of_a_list_that_changed_places(drawn: Drawn, live: Live) -> None:
    one, other = (item_of(drawn, "events", name, -1) for name in ("start", "end"))
    swapped = typed(typed(live, one, value_at(live, other)), other, value_at(live, one))
    (reason,) = moved(drawn, swapped)
    assert reason.startswith("Events: columns were moved")


def test_rows_that_were_inserted_in_a_page(drawn: Drawn, live: Live) -> None:
    (reason,) = moved(drawn, drawing.row_inserted(live, "Home", 7))
    assert reason.startswith("Home: cells were moved, inserted or deleted near")


# ---- lists that are longer or shorter ----------------------------------------------------


def test_spare_rows_that_the_open_list_has_not_are_left_out(drawn: Drawn, live: Live) -> None:
    place = drawn.layout.tables["risks"]  # two risks and three spare rows with formulas
    shorter = with_table(live, "Risks_Opps", "tblRisks", f"A6:L{place.first_row + 1}")
    for row in range(2, 5):
        for column in place.table.columns:
            shorter = typed(shorter, item_of(drawn, "risks", column.name, row), None)
    assert compare(drawn, shorter) == Patches([], [])


def test_rows_beyond_the_end_of_the_drawn_list_are_cleared(drawn: Drawn, live: Live) -> None:
    place = drawn.layout.tables["events"]
    longer = with_table(live, "Events", "tblEvents", f"A6:K{place.last_row + 2}")
    stale = item_of(drawn, "events", "event", place.rows + 1)
    longer = typed(longer, stale, "E-9")
    patches = compare(drawn, longer)
    assert one_cell(patches) == (stale, None)
    assert only(patches).typed == []


def test_a_list_with_something_below_it_cannot_grow(drawn: Drawn, live: Live) -> None:
    place = drawn.layout.tables["checks"]  # the check light stands below
    longer = with_table(live, "Checks", "tblChecks", f"A6:G{place.last_row + 1}")
    assert moved(drawn, longer) == [
        "Checks: the list Checks has rows more or fewer than it should"
    ]


def test_rows_typed_below_a_list_need_a_new_book(drawn: Drawn, live: Live) -> None:
    place = drawn.layout.tables["events"]
    below = item_of(drawn, "events", "event", place.rows + 2)
    assert moved(drawn, typed(live, below, "E-9")) == [
        "Events: rows were typed below the list Events"
    ]


# ---- blocks ------------------------------------------------------------------------------


def written(changes: dict[int, dict[int, Content]], kept: set[tuple[int, int]]) -> list[Block]:
    def content(row: int, column: int) -> Content | Kept:
        if (row, column) in kept:
            return KEPT
        return changes.get(row, {}).get(column, "as it is")

    return blocks_of(changes, content, apart=[50])


def test_neighbouring_changes_are_one_block() -> None:
    changes: dict[int, dict[int, Content]] = {3: {2: 1.0}, 5: {4: 2.0}}
    cells: list[list[Content]] = [
        [1.0, "as it is", "as it is"], ["as it is"] * 3, ["as it is", "as it is", 2.0],
    ]
    assert written(changes, set()) == [Block(3, 2, cells)]


def test_far_away_changes_are_blocks_of_their_own_but_only_a_handful() -> None:
    rows = range(1, 2_001, 20)
    blocks = written({row: {1: 0.0} for row in rows}, set())
    assert len(blocks) <= 8
    covered = {row for b in blocks for row in range(b.row, b.row + len(b.cells))}
    assert set(rows) <= covered


def test_a_row_apart_shares_no_block() -> None:
    blocks = written({row: {1: 0.0} for row in (49, 50, 51)}, set())
    assert [(block.row, len(block.cells)) for block in blocks] == [(49, 1), (50, 1), (51, 1)]


def test_blocks_go_round_what_is_kept() -> None:
    changes: dict[int, dict[int, Content]] = {row: {1: 0.0, 5: 0.0} for row in (1, 2, 3, 4)}
    blocks = written(changes, {(2, 3), (3, 3)})
    assert [(b.row, b.column, len(b.cells), len(b.cells[0])) for b in blocks] == [
        (1, 1, 1, 5), (2, 1, 2, 1), (2, 5, 2, 1), (4, 1, 1, 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("shows", "formula", "stays"),
    [
        (30, "=20*1.5", Formula("=20*1.5")),
        (30, "=ROUND(A1,0)", Formula("=ROUND(A1,0)")),
        (30, "=SUM(A1:A3)", None),
        (30, "='[Other.xlsx]Plan'!A1", None),
        (30, '=IF(A1="x",30,0)', None),
        (30, "", 30),
    ],
)
def test_what_people_typed_between_changes_is_written_back_or_left_out(
    drawn: Drawn, live: Live, shows: Any, formula: str, stays: Content
) -> None:
    place = cell_of(drawn, "demand_plan", "sales_adjustment", "2026-12")
    around = typed(live, place, shows, formula)
    for column in (place.column - 1, place.column + 1):
        around = typed(around, place._replace(column=column), 99.0)
    patch = only(compare(redrawn(drawn, {str(place): 30.0}), around))
    assert patch.changed == 2
    cells = [block.cells for block in patch.blocks]
    assert cells == ([[[None]]] * 2 if stays is None else [[[None, stays, None]]])
    assert all(type(c) is type(stays) for block in cells for c in block[0][1:2])


def test_errors_and_very_long_texts_are_not_written_back(drawn: Drawn, live: Live) -> None:
    place = item_of(drawn, "actions", "description")
    for text in ("#N/A", "long " * 2_000):
        around = typed(typed(live, place, text), place._replace(column=1), "A-0")
        around = typed(around, place._replace(column=4), 1.0)
        patch = only(compare(redrawn(drawn, {str(place): text}), around))
        assert [(block.column, len(block.cells[0])) for block in patch.blocks] == [(1, 1), (4, 1)]


# ---- whatever is typed -------------------------------------------------------------------

CONTENTS = st.one_of(
    st.none(), st.floats(-1e9, 1e9), st.booleans(), st.sampled_from(["", "note", "=A1", "#N/A"]),
    st.datetimes(dt.datetime(1999, 1, 1), dt.datetime(2050, 1, 1)),
)  # fmt: skip
EDITS = st.lists(
    st.tuples(
        st.sampled_from(["Demand_Plan", "Home", "Data_Pipeline", "What_If", "Resources"]),
        st.integers(1, 60), st.integers(1, 36), CONTENTS,
        st.sampled_from(["", "=1+1", "=SUM(A:A)"]),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=EDITS)
def test_applying_the_blocks_makes_the_book_show_what_was_drawn(
    drawn: Drawn, live: Live, edits: list[tuple[str, int, int, Any, str]]
) -> None:
    edited = live
    for name, row, column, value, formula in edits:
        edited = typed(edited, Place(name, row, column), value, formula)
    patches = compare(drawn, edited)
    if patches.moved:
        return
    after = drawing.applied(edited, patches)
    again = compare(drawn, after)
    assert again.moved == []
    blocks = [block for patch in again.sheets for block in patch.blocks]
    assert all(block.fills for block in blocks)  # array formulas are laid by Excel
    for sheet in drawn.sheets:
        if sheet.name in {name for name, *_ in edits}:
            _check_others(sheet, edited[sheet.name].formulas, after[sheet.name].formulas)


def _check_others(sheet: Sheet, before: Any, after: Any) -> None:
    """The cells that were not drawn are as they were."""
    drawn = {(row, cell[0]) for row, cells in sheet.cells.cells_by_row() for cell in cells}
    for row, lines in enumerate(zip(before, after, strict=False), start=1):
        for column, (one, other) in enumerate(zip(*lines, strict=False), start=1):
            assert (row, column) in drawn or (one or None) == (other or None)
