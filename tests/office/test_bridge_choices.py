"""What is chosen or typed in the sheet moves the bridge in LibreOffice, as Python reckons it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from sop_xl import actions
from sop_xl.actions.running import run
from sop_xl.planning.finance.bridge_regions import Compared, bridge_places, bridge_regions
from sop_xl.planning.finance.bridge_view import bridge
from sop_xl.planning.finance.windows import months, windows
from sop_xl.tables.bridge_regions import BRIDGE_REGIONS, SHOWN
from sop_xl.tables.recon import EFFECT_NAMES
from tests.books import change, table_of
from tests.conftest import BOOK, LATER, Once
from tests.office.tools import needs_office, recalculate_all

pytestmark = [needs_office, pytest.mark.office]

CHOICES = {
    "prior": ("Prior cycle", "Year to go 2026", "Margin"),
    "year": ("Last year", "Full year 2026", "Revenue"),
    "actual": ("Plan of the month", "Q3 2026", "Margin"),
    "month": ("AOP", "Nov 2026", "Margin"),
    "scenario": ("Scenario", "Full year 2027", "Margin"),
}
RISE = 0.08
"""What the list price of January rises by in the sheet, in place of 2.5 %."""


def cell(book: Any, name: str) -> Any:
    """A named cell."""
    sheet, _, address = book.defined_names[name].attr_text.partition("!")
    return book[sheet][address.replace("$", "")]


@pytest.fixture(scope="module")
def recalculated(demo: Path, once: Once) -> Path:
    """The workbook of the example with other choices, and with another price, recalculated."""

    def make(folder: Path) -> None:
        for name, choice in CHOICES.items():

            def choose(book: Any, choice: tuple[str, ...] = choice) -> None:
                for part, value in zip(("comparison", "window", "result"), choice, strict=True):
                    cell(book, f"Bridge_{part}").value = value
                for part, value in zip(("comparison", "window"), choice, strict=False):
                    cell(book, f"Recon_{part}").value = value

            change(demo / BOOK, choose, folder / f"{name}.xlsm")

        def dearer(book: Any) -> None:
            sheet, reference = table_of(book, "tblPriceChanges")
            rows = sheet[reference]
            at = [one.value for one in rows[0]].index("Change or discount")
            next(row for row in rows if row[0].value == "P-1")[at].value = RISE
            cell(book, "Bridge_window").value = "Full year 2027"

        change(demo / BOOK, dearer, folder / "dearer.xlsm")
        recalculate_all(sorted(folder.glob("*.xlsm")), folder / "recalculated")

    return once("bridge_choices", make)


def shown(folder: Path, name: str) -> Any:
    return openpyxl.load_workbook(folder / "recalculated" / f"{name}.xlsx", data_only=True)


@pytest.mark.parametrize("name", CHOICES)
def test_the_bridge_follows_what_is_chosen(recalculated: Path, demo: Path, name: str) -> None:
    compared, window, result = CHOICES[name]
    done = run(demo)
    frames, axis = done.plan.frames, done.axis
    total = frames["finance_total"]
    span = next(one for one in windows(axis) if one.name == window)
    chosen = months(
        axis, compared, span,
        budgeted=(total["aop_revenue"] != 0).to_numpy(dtype=bool),
        planned_before=(total["prior_revenue"].fillna(0.0) != 0).to_numpy(dtype=bool),
        in_scenario=np.asarray(axis.periods >= axis.first),
        prior_cycle=frames["recon_choices"]["prior"].iloc[0],
    )
    assert chosen.inside.any()
    expected = bridge(frames["finance_family"], chosen, compared, result)
    book = shown(recalculated, name)
    for effect in ("before", *EFFECT_NAMES, "after"):
        found = cell(book, f"Bridge_total_{effect}").value
        assert found == pytest.approx(float(expected[effect].sum()), abs=0.011), effect
    assert cell(book, "Bridge_total_check").value == 0
    places = bridge_places(
        expected, Compared(chosen, span, compared, result),
        finance_family=frames["finance_family"], finance_region=frames["finance_region"],
        region_prices=frames["region_prices"], aop=frames["aop"],
    )
    regions = bridge_regions(places, expected).set_index("region")
    sheet, reference = table_of(book, "tblBridgeRegions")
    rows = [[one.value for one in row] for row in sheet[reference]]
    labels = [BRIDGE_REGIONS[effect].label for effect in SHOWN]
    for row in rows[1:]:
        values = dict(zip(rows[0], row, strict=True))
        assert [values[label] for label in labels] == pytest.approx(
            regions.loc[row[0], list(SHOWN)].to_list(), abs=0.021
        ), row[0]
    assert len(rows) == len(regions) + 1


def test_one_price_in_the_sheet_moves_revenue_and_bridge(
    recalculated: Path, demo: Path, tmp_path: Path
) -> None:
    book = shown(recalculated, "dearer")
    plan = Path(shutil.copytree(demo, tmp_path / "plan"))
    actions.collect(plan, recalculated / "dearer.xlsm", author="Bob", at=LATER)
    done = run(plan)
    frames, axis = done.plan.frames, done.axis
    year = np.asarray(axis.periods.year == 2027)
    total = frames["finance_total"]
    revenue = float(total["revenue"].to_numpy(dtype=float)[year].sum())
    assert cell(book, "Bridge_total_after").value == pytest.approx(revenue, abs=0.05)
    was = openpyxl.load_workbook(demo / BOOK, data_only=True)
    assert cell(book, "Bridge_n").value == cell(was, "Bridge_n").value == 1
    assert cell(book, "Bridge_total_price").value > 0
    assert cell(book, "Bridge_total_check").value == 0
