"""The planner's word about a month of the history: from the sheet to the forecast, for good."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from sop_xl import actions
from tests import companies
from tests.books import InGrid, InList, change, type_in, value_of
from tests.conftest import BOOK, LATER, Once, planned

MONTH = "2026-05"
WILD = 10
"""Times that the bells of the south are on record in that month."""
NEXT = ("Baseline forecast", "2027-05")


@pytest.fixture(scope="module")
def wild(once: Once) -> Path:
    """The small company with a gross error in its history."""

    def make(folder: Path) -> None:
        file = companies.make(folder) / "data" / "actuals.csv"
        text = pd.read_csv(file, dtype=str, keep_default_na=False)
        rows = (text["Month"] == MONTH) & (text["Item"] == "P-100") & (text["Region"] == "South")
        assert rows.sum() == 1
        text.loc[rows, "Orders"] = (text.loc[rows, "Orders"].astype(float) * WILD).astype(str)
        text.to_csv(file, index=False)
        planned(folder)

    return once("wild", make)


def listed(column: str) -> InList:
    return InList("tblCleansing", "Parts", column)


def demand(measure: str, month: str) -> InGrid:
    return InGrid("Demand_Plan", ("Parts", "South"), measure, month, "Demand plan")


def next_book(plan: Path, book: Path, **typed: object) -> Path:
    """Type beside the proposal, collect, and make the next book."""
    type_in(book, {listed(column.replace("_", " ")): value for column, value in typed.items()})
    collected = actions.collect(plan, book, author="Bob", at=LATER)
    assert (len(collected.applied), collected.conflicts, collected.findings) == (len(typed), [], [])
    return actions.generate(plan).path


def test_a_decision_changes_the_forecast_and_stays(wild: Path, tmp_path: Path) -> None:
    """The forecast of the small company is the same month of last year."""
    plan = Path(shutil.copytree(wild, tmp_path / "plan"))
    book = plan / BOOK
    original, proposed = (value_of(book, listed(column)) for column in ("Original", "Proposed"))
    assert value_of(book, demand("Actual demand", MONTH)) == original
    # demand grows by 0.002 of its start a month: the truth, and the same month a year before
    year_before = original / WILD * (1 + 0.002 * 19) / (1 + 0.002 * 31)
    assert year_before < proposed < original / WILD * 1.02

    def shown(book: Path) -> tuple[object, object, object]:
        cleaned = value_of(book, demand("Cleaned history", MONTH))
        return value_of(book, listed("Status")), cleaned, value_of(book, demand(*NEXT))

    assert shown(book) == ("proposed", pytest.approx(proposed), pytest.approx(proposed))
    book = next_book(plan, book, Status="refused", Note="The fair of Graz")
    assert shown(book) == ("refused", None, pytest.approx(original))
    assert value_of(book, demand("Actual demand", MONTH)) == original
    book = next_book(plan, book, Status="accepted", Own_value=222)
    assert shown(book) == ("accepted", 222, pytest.approx(222))
    assert value_of(book, listed("Used")) == 222
    assert value_of(book, listed("Note")) == "The fair of Graz"
    again = actions.generate(plan).path
    assert shown(again) == ("accepted", 222, pytest.approx(222))


def test_an_untouched_list_holds_no_change(wild: Path, tmp_path: Path) -> None:
    plan = Path(shutil.copytree(wild, tmp_path / "plan"))
    change(plan / BOOK, lambda _: None)
    collected = actions.collect(plan, plan / BOOK, author="Bob", at=LATER)
    assert (collected.applied, collected.conflicts, collected.findings) == ([], [], [])
