"""What happens to a book in a planner's hands: nothing that was typed is lost without a word."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sop_xl.errors import SopError
from sop_xl.schema import Severity
from sop_xl.workbook.layout import HEADER_ROW
from tests.books import InGrid, InList, change, table_of, type_in
from tests.conftest import BOOK
from tests.test_collect import BIKES, collect, demand, told

SALES = demand("± Sales")


def test_a_gap_in_a_list_does_not_end_it(plan: Path) -> None:
    def gap(book: Any) -> None:
        sheet, _ = table_of(book, "tblAop")
        first = HEADER_ROW + 2
        for row in range(first, first + 12):
            for cell in sheet[row][:7]:
                cell.value = None

    change(plan / BOOK, gap)
    applied = collect(plan).applied
    assert {c.kind.value for c in applied} == {"deleted row"}
    assert len(applied) == 12  # the rows that were cleared, and none of those below


def _sort(book: Any) -> None:
    """Sort Demand_Plan by measure as its filter arrows do: titles of the sections go along."""
    sheet = book["Demand_Plan"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEADER_ROW + 1)]
    at = [cell.value for cell in sheet[HEADER_ROW]].index("Measure")
    rows.sort(key=lambda row: str(row[at] or "~"))
    for line, values in zip(sheet.iter_rows(min_row=HEADER_ROW + 1), rows, strict=True):
        for cell, value in zip(line, values, strict=True):
            cell.value = value


def test_a_sorted_time_sheet_keeps_what_was_typed(plan: Path) -> None:
    type_in(plan / BOOK, {SALES: 25, demand("Reason"): "other"})
    change(plan / BOOK, _sort)
    assert [(c.column, c.new) for c in collect(plan).applied] == [
        ("sales_adjustment", 25.0), ("reason", "other"),
    ]  # fmt: skip


def _delete_sales_row(book: Any) -> None:
    cell = SALES.find(book)
    cell.parent.delete_rows(cell.row)


def test_a_deleted_row_clears_nothing(plan: Path) -> None:
    type_in(plan / BOOK, {SALES: 25, demand("Reason"): "other"})
    collect(plan)
    change(plan / BOOK, _delete_sales_row)
    result = collect(plan)
    assert result.applied == []
    assert any("the row ± Sales of Bikes · North is not on the sheet" in t for t in told(result))


def _key_typed_over(book: Any) -> None:
    cell = SALES.find(book)
    cell.parent.cell(cell.row, 1).value = "Bike"


def _copied_block(book: Any) -> None:
    cell = SALES.find(book)
    sheet = cell.parent
    for column in range(1, 8):
        sheet.cell(sheet.max_row, column).value = sheet.cell(cell.row, column).value


def _month_as_text(book: Any) -> None:
    cell = SALES.find(book)
    cell.parent.cell(HEADER_ROW, cell.column).value = "December"


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_key_typed_over, "Bike · North has only 1 of"),
        (_copied_block, "± Sales of Bikes · North stands twice"),
        (_month_as_text, "the month 2026-12 has no column"),
    ],
)
def test_what_cannot_be_told_apart_is_refused(
    plan: Path, damage: Callable[[Any], None], words: str
) -> None:
    type_in(plan / BOOK, {SALES: 25, demand("Reason"): "other"})
    change(plan / BOOK, damage)
    result = collect(plan)
    assert result.applied == []
    errors = [f for f in result.findings if f.severity is Severity.ERROR]
    assert any(words in f.message for f in errors), told(result)


def test_a_renamed_column_is_not_compared(plan: Path) -> None:
    def rename(book: Any) -> None:
        sheet, _ = table_of(book, "tblPipeline")
        header = next(c for c in sheet[HEADER_ROW] if c.value == "Previous stage")
        header.value = "Stage before"

    change(plan / BOOK, rename)
    type_in(plan / BOOK, {InList("tblPipeline", "O-1", "Probability"): 0.75})
    result = collect(plan)
    assert [(c.column, c.new) for c in result.applied] == [("probability", 0.75)]
    assert any("the column Previous stage is not in the list Pipeline" in t for t in told(result))


def test_a_copied_row_of_a_list_is_not_added_up(plan: Path) -> None:
    def copy(book: Any) -> None:
        sheet, reference = table_of(book, "tblAop")
        rows = sheet[reference]
        for cell, source in zip(rows[-1], rows[1], strict=True):
            cell.value = source.value

    change(plan / BOOK, copy)
    result = collect(plan)
    assert result.applied == []
    assert any(f.severity is Severity.ERROR for f in result.findings)


def test_a_block_that_the_plan_does_not_have_is_named(plan: Path) -> None:
    def rename_block(book: Any) -> None:
        sheet = book["Demand_Plan"]
        for row in sheet.iter_rows(min_row=HEADER_ROW + 1):
            if tuple(cell.value for cell in row[:2]) == BIKES:
                row[0].value = "Trikes"

    type_in(plan / BOOK, {SALES: 25, demand("Reason"): "other"})
    change(plan / BOOK, rename_block)
    assert any("Trikes · North is no block of Demand plan" in t for t in told(collect(plan)))


def test_a_book_of_another_planning_level_is_refused(plan: Path) -> None:
    settings = plan / "sop.toml"
    text = settings.read_text("utf-8")
    changed = re.sub(r"(?m)^planning_level = .*$", 'planning_level = ["family"]', text)
    assert changed != text
    settings.write_text(changed, "utf-8")
    with pytest.raises(SopError, match="made at the planning level family x region"):
        collect(plan)


def test_a_very_long_text_does_not_stop_the_next_book(plan: Path) -> None:
    from sop_xl import actions

    type_in(plan / BOOK, {InList("tblRisks", "R-1", "Description"): "word " * 2_000})
    assert len(collect(plan).applied) == 1
    assert actions.generate(plan).path.exists()


def test_the_supply_and_capacity_sheets_are_read_whatever_a_resource_is_called(
    plan: Path,
) -> None:
    place = InGrid("Capacity", ("Frame",), "+ Overtime", "2026-12")
    type_in(plan / BOOK, {place: 8})
    assert [(c.column, c.new) for c in collect(plan).applied] == [("overtime", 8.0)]


def test_a_baseline_that_was_typed_over_is_named(plan: Path) -> None:
    (cell,) = type_in(plan / BOOK, {demand("Baseline forecast"): 99})
    result = collect(plan)
    assert result.applied == []
    assert told(result) == [
        f"{cell}: the baseline was typed over with 99; the value is not taken over."
    ]
