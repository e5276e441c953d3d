"""What happens to the file that a new workbook takes the place of."""

from __future__ import annotations

from pathlib import Path

from sop_xl import actions
from tests.books import change, opened, type_in
from tests.conftest import BOOK, NOW
from tests.test_collect import collect, demand


def test_an_edited_book_stays_beside_the_one_that_replaces_it(plan: Path) -> None:
    type_in(plan / BOOK, {demand("± Sales"): 25, demand("Reason"): "other"})
    change(plan / BOOK, lambda book: book.create_sheet("My notes").append(["call Ann"]))
    collect(plan)
    made = actions.generate(plan).path
    kept = made.with_name("SOP_2026-10_edited.xlsm")
    assert opened(kept)["My notes"]["A1"].value == "call Ann"
    actions.generate(plan)  # nobody edited the new one: nothing more is kept
    assert len(list(made.parent.glob("*.xlsm"))) == 2


def test_a_cycle_far_from_the_data_is_refused(plan: Path) -> None:
    loading = actions.load(plan, "2062-10", author="Ann", at=NOW)
    assert loading.revision is None
    assert any("does not follow the actuals" in f.message for f in loading.findings)
    assert [status.cycle.name for status in actions.status(plan)] == ["2026-10"]
