"""Years of which the closed months are not known: their totals say of how many months they are."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests import companies
from tests.conftest import BOOK, planned

NO_OUTPUT = "item  period  produced  planned"


def test_a_year_of_unknown_output_counts_the_months_that_have_a_load(tmp_path: Path) -> None:
    """Nobody delivered what was made before October: 2026 has a load in three months."""
    plan = companies.make(tmp_path / "plan", instead={"production": NO_OUTPUT})
    planned(plan)
    sheet = openpyxl.load_workbook(plan / BOOK, data_only=True)["Capacity"]
    cells = [list(row) for row in sheet.iter_rows()]
    load, available, use = (
        [row for row in cells if (row[0].value, row[2].value) == ("Frame", measure)][-1]
        for measure in ("Load", "Available", "Utilisation")
    )
    year = [cell.value for cell in cells[0]].index(2026, 28)
    autumn = slice(16, 19)  # October to December, after twelve closed months
    assert [cell.value for cell in load[4:16]] == [None] * 12
    # 22 + 21 + 23 working days of 16 h x 0.9 x 0.9
    hours, worked = (sum(float(str(c.value)) for c in row[autumn]) for row in (available, load))
    assert hours == pytest.approx(66 * 12.96)
    assert use[year].value == pytest.approx(worked / hours)
    assert use[year].number_format.endswith('" (3 mo.)"')
    assert '" (3 mo.)"' in load[year].number_format
    assert "mo.)" not in available[year].number_format
