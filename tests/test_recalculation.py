"""Two computations of every number: LibreOffice recalculates the workbooks that Python made.

The books come from the example company, from a company whose names look like formulas and whose
months are weeks, from one planned at the finest level, and from one that delivers next to nothing.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl
import pytest

from sop_xl import actions
from sop_xl.tables.strategy import STRATEGIES
from tests.books import InGrid, InList, replace_in_cell, type_in
from tests.conftest import BOOK, LATER, Once
from tests.office.tools import Cell, cells_of, compare_cached, needs_office, recalculate_all

pytestmark = [needs_office, pytest.mark.office]

CELLS = {"demo": 15_000, "odd": 2_500, "fine": 3_500, "bare": 2_500, "short": 2_500}
"""Formula cells that each book has at least."""


def demand(measure: str, month: str = "2026-12") -> InGrid:
    return InGrid("Demand_Plan", ("Bikes", "North"), measure, month, "Demand plan")


def finance(measure: str, month: str = "2026-12") -> InGrid:
    return InGrid("Finance_Recon", ("Bikes",), measure, month, "Finance by family")


def supply(measure: str, month: str = "2026-12") -> InGrid:
    return InGrid("Supply_Plan", ("Bikes",), measure, month)


class Typed(NamedTuple):
    """What somebody types, and an output that has to move by it."""

    entries: dict[InGrid | InList, Any]
    moves: InGrid | InList


CHANGES = {
    "a sales adjustment": Typed(
        {demand("± Sales"): 25, demand("Reason"): "new customer"}, demand("Consensus demand")
    ),
    "a fixed consensus": Typed(
        {demand("Fixed consensus", "2027-01"): 77.5, demand("Reason", "2027-01"): "other"},
        demand("Consensus demand", "2027-01"),
    ),
    "a probability": Typed(
        {InList("tblPipeline", "O-2", "Probability"): 0.6},
        InGrid("Demand_Plan", ("Bikes", "South"), "+ Pipeline", "2027-02", "Demand plan"),
    ),
    "an uplift": Typed({InList("tblEvents", "E-1", "Uplift"): 0.4}, demand("+ Events", "2026-11")),
    "target days": Typed(
        {InList("tblFamilies", "Bikes", "Target days"): 45}, supply("Target inventory")
    ),
    "fixed production": Typed(
        {InGrid("Supply_Plan", ("Parts",), "Fixed production", "2026-11"): 12},
        InGrid("Supply_Plan", ("Parts",), "Projected inventory", "2026-11"),
    ),
    "an adopted plan": Typed(
        {InGrid("Supply_Plan", ("Parts",), "Adopted plan", "2026-12"): 640},
        InGrid("Strategy_Plan", ("current",), "Inventory holding", "2026-12",
               "Plans of the company"),
    ),
    "units that are bought": Typed(
        {InGrid("Supply_Plan", ("Bikes",), "+ Subcontracted", "2026-11"): 7},
        InGrid("Strategy_Plan", (), "Subcontracting of the plan", "2026-11",
               "Cost of the plan in the book"),
    ),
    "a material cost": Typed(
        {InList("tblFamilies", "Bikes", "Material cost"): 99},
        InGrid("Strategy_Plan", ("current",), "Material", "2026-11", "Plans of the company"),
    ),
    "another strategy": Typed(
        {InList("tblFamilies", "Bikes", "Strategy"): "level"}, supply("Production", "2027-02")
    ),
    "overtime": Typed(
        {InGrid("Capacity", ("Frame",), "+ Overtime", "2026-11"): 35.5},
        InGrid("Capacity", ("Frame",), "Gap", "2026-11"),
    ),
    "efficiency": Typed(
        {InList("tblResources", "Paint", "Efficiency"): 0.75},
        InGrid("Capacity", ("Paint",), "Utilisation", "2026-11"),
    ),
    "a stock method": Typed(
        {InList("tblFamilies", "Bikes", "Stock method"): "periodic review"},
        supply("Target inventory"),
    ),
    "a service level": Typed(
        {InList("tblFamilies", "Bikes", "Service level"): 0.99},
        InGrid("Inventory", ("Bikes",), "Safety stock", "2026-12",
               "Target stock by safety and cycle stock"),
    ),
    "a price": Typed(
        {InGrid("Finance_Recon", ("Bikes", "North"), "Price change", "2026-12",
                "Finance by family and region"): -0.08},
        finance("Revenue"),
    ),
    "customer terms": Typed(
        {InGrid("Cash_WC", (), "± Customer terms", "2026-12", "Receivables"): 12},
        InGrid("Cash_WC", (), "Closing cash", "2027-01", "Cash flow"),
    ),
    "a stock target": Typed(
        {InGrid("Cash_WC", (), "± Stock target", "2026-11", "Inventory at cost"): -9},
        InGrid("Cash_WC", (), "Headroom", "2026-12", "Cash flow"),
    ),
    "a lever": Typed(
        {InList("tblLevers", "L3", "How much"): -0.35}, InList("tblLevers", "L3", "Cash")
    ),
}
TOGETHER = {
    "demand": (
        "a sales adjustment", "a fixed consensus", "a probability", "an uplift", "a price",
        "a stock method", "a service level", "customer terms",
    ),
    "supply": (
        "another strategy", "target days", "fixed production", "overtime", "efficiency",
        "an adopted plan", "units that are bought", "a material cost",
        "a stock target", "a lever",
    ),
}
"""Changes typed into one book."""

MOVED = "the plan has moved since: messages and exceptions are as issued"
ON_VALUES = (
    *("tblExceptions", "tblDecisions", "tblStrategies[Status]", "tblStrategies[What", "tblKpis"),
    *("KPI_Facts!", "Issue_mark", MOVED),
)
"""Signs of formulas that show what Python has ranked, proposed or counted."""

PLANTED = {
    "Supply_Plan!Q9": (r"(<v>)[^<]*", r"\g<1>123456"),
    "Capacity!Q8": (r"(<f>)", r"\g<1>1+"),
}
"""A wrong cached value and a wrong formula: cell, part of its XML, what is put there."""


class Books(NamedTuple):
    """Workbooks as Python made them, and as LibreOffice recalculated them, by name."""

    made: dict[str, Path]
    recalculated: dict[str, Path]


@pytest.fixture(scope="session")
def books(once: Once, request: pytest.FixtureRequest, small: Path) -> Books:
    """All the workbooks of this module, recalculated in one go."""
    sources = {name: request.getfixturevalue(name) / BOOK for name in CELLS}

    def make(folder: Path) -> None:
        for name, book in sources.items():
            shutil.copy(book, folder / f"{name}.xlsm")
        wrong = Path(shutil.copy(small / BOOK, folder / "wrong.xlsm"))
        for cell, (pattern, new) in PLANTED.items():
            replace_in_cell(wrong, cell, pattern, new)
        for name, changes in TOGETHER.items():
            entries = {k: v for change in changes for k, v in CHANGES[change].entries.items()}
            type_in(small / BOOK, entries, folder / f"{name}.xlsm")
        recalculate_all(sorted(folder.glob("*.xlsm")), folder / "recalculated")

    folder = once("recalculation", make)
    found = {path.stem: path for path in folder.glob("*.xlsm")}
    return Books(found, {name: folder / "recalculated" / f"{name}.xlsx" for name in found})


@pytest.mark.parametrize("name", CELLS)
def test_every_formula_gives_its_cached_value(books: Books, name: str) -> None:
    result = compare_cached(books.made[name], books.recalculated[name])
    print(f"{name}: {result.compared:,} formula cells compared")
    assert result.errors == []
    assert result.differences == []
    assert result.compared > CELLS[name]


@pytest.mark.parametrize("cell", PLANTED)
def test_what_is_planted_is_found(books: Books, cell: str) -> None:
    found = compare_cached(books.made["wrong"], books.recalculated["wrong"]).differences
    assert any(line.startswith(f"{cell}: ") for line in found)


@pytest.fixture(scope="session")
def replanned(books: Books, small: Path, once: Once) -> dict[str, Path]:
    """The workbooks that Python makes after it has collected the same changes."""

    def make(folder: Path) -> None:
        for name in TOGETHER:
            plan = Path(shutil.copytree(small, folder / name))
            actions.collect(plan, books.made[name], author="Bob", at=LATER)
            actions.generate(plan)

    folder = once("replanned", make)
    return {name: folder / name / BOOK for name in TOGETHER}


@pytest.mark.parametrize("name", TOGETHER)
def test_formulas_and_python_agree_on_a_changed_plan(
    books: Books, replanned: dict[str, Path], name: str
) -> None:
    formulas = cells_of(books.made[name])
    solved = _solved(formulas["Strategy_Plan"])

    def shown(sheet: str, address: str, formula: str) -> bool:
        """Not what stands on values that Python gathers, which stay until the next book."""
        typed_in = formulas[sheet].get(address, Cell(None)).formula
        # what is needed of materials is written when the plan is computed
        by_program = sheet in ("KPI_Facts", "Materials", "Constrained_Plan")
        on_values = by_program or any(word in formula for word in ON_VALUES)
        row = int("".join(filter(str.isdigit, address)))
        if sheet == "Strategy_Plan":
            on_values = on_values or row in solved
        if sheet == "Strategy":
            on_values = on_values or address.rstrip("0123456789") in "DEFG"
        return formula == typed_in and not on_values

    result = compare_cached(replanned[name], books.recalculated[name], shown)
    print(f"{name}: {result.compared:,} formula cells compared")
    assert result.errors == []
    assert result.differences == []
    assert result.compared > 3_000
    light = cells_of(books.recalculated[name])["D3_Demand"]["A3"].value
    assert str(light).endswith(MOVED)


def _solved(cells: dict[str, Cell]) -> set[int]:
    """The rows of Strategy_Plan that stand on what the solver found for the plan as issued."""
    found = set()
    for address, cell in cells.items():
        of_block = address.startswith("A") and cell.value in STRATEGIES
        of_row = str(cell.value).rpartition(": ")[2] in STRATEGIES and ": " in str(cell.value)
        if of_block or of_row:
            found.add(int("".join(filter(str.isdigit, address))))
    return found


@pytest.mark.parametrize(("name", "change"), [(n, c) for n, cs in TOGETHER.items() for c in cs])
def test_outputs_follow_what_was_typed(
    books: Books, opened: Any, small: Path, name: str, change: str
) -> None:
    cell = CHANGES[change].moves.find(opened)
    before, after = (
        cells_of(book)[cell.parent.title][cell.coordinate].value
        for book in (small / BOOK, books.recalculated[name])
    )
    assert isinstance(after, int | float)
    assert after != pytest.approx(before)


@pytest.fixture(scope="module")
def opened(small: Path) -> Any:
    """The small company's workbook, to find cells in."""
    return openpyxl.load_workbook(small / BOOK)
