"""One price is changed in the sheet: LibreOffice carries it to revenue, margin, cash and KPIs.

No Python runs in between: the file is typed into, recalculated and read.
"""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.books import InGrid, InList, opened, type_in
from tests.conftest import BOOK, Once
from tests.office.tools import needs_office, recalculate_all

pytestmark = [needs_office, pytest.mark.office]

PRICE = InGrid("Finance_Recon", ("Bikes",), "Price change", "2026-11", "Finance by family")
FOLLOWS: dict[str, InGrid | InList] = {
    "price": InGrid("Finance_Recon", ("Bikes",), "Price", "2026-11", "Finance by family"),
    "revenue": InGrid("Finance_Recon", (), "Revenue", "2026-11", "Profit and loss"),
    "margin": InGrid("Finance_Recon", (), "Margin", "2026-11", "Profit and loss"),
    "profit": InGrid("Finance_Recon", (), "Operating profit", "2026-11", "Profit and loss"),
    "collections": InGrid("Cash_WC", (), "- Collections", "2026-11", "Receivables"),
    "collections later": InGrid("Cash_WC", (), "- Collections", "2027-01", "Receivables"),
    "tax": InGrid("Cash_WC", (), "- Tax", "2026-11", "Cash flow"),
    "cash": InGrid("Cash_WC", (), "Closing cash", "2027-03", "Cash flow"),
    "headroom": InGrid("Cash_WC", (), "Headroom", "2027-03", "Cash flow"),
    "days of sales": InGrid(
        "Cash_WC", (), "DSO: days sales outstanding", "2026-11", "Days of working capital"
    ),
    "KPI": InList("tblKpis", "Revenue vs plan", "Outlook"),
    "lever": InList("tblLevers", "L3", "Revenue"),
}
STAYS = InGrid("Finance_Recon", (), "Revenue", "2026-12", "Profit and loss")


@pytest.fixture(scope="module")
def dearer(once: Once, small: Path) -> Path:
    """The small company's book with one price ten percent higher, as LibreOffice reckons it."""

    def make(folder: Path) -> None:
        type_in(small / BOOK, {PRICE: 0.1}, folder / "price.xlsm")
        recalculate_all([folder / "price.xlsm"], folder / "recalculated")

    return once("one_price", make) / "recalculated" / "price.xlsx"


@pytest.mark.parametrize("name", FOLLOWS)
def test_a_price_moves_it(small: Path, dearer: Path, name: str) -> None:
    place = FOLLOWS[name].find(openpyxl.load_workbook(small / BOOK))
    before, after = (
        opened(book)[place.parent.title][place.coordinate].value
        for book in (small / BOOK, dearer)
    )
    assert isinstance(after, int | float)
    assert after != pytest.approx(before, rel=1e-9)


def test_it_moves_nothing_else(small: Path, dearer: Path) -> None:
    place = STAYS.find(openpyxl.load_workbook(small / BOOK))
    values = [
        opened(book)[place.parent.title][place.coordinate].value for book in (small / BOOK, dearer)
    ]
    assert values[1] == pytest.approx(values[0])


def test_cash_is_what_the_price_brings(small: Path, dearer: Path) -> None:
    """Ten percent more for one month: of it 95 % is collected, 5 % lost, and a quarter is tax."""
    grid = openpyxl.load_workbook(small / BOOK)

    def change(place: InGrid | InList) -> float:
        cell = place.find(grid)
        sheet, at = cell.parent.title, cell.coordinate
        before, after = (opened(book)[sheet][at].value for book in (small / BOOK, dearer))
        return float(after - before)

    revenue, profit = (change(FOLLOWS[name]) for name in ("revenue", "profit"))
    cost = revenue - profit  # operating cost that follows revenue
    collected = 0.95 * revenue
    tax = 0.25 * (profit - 0.05 * revenue)
    assert change(FOLLOWS["cash"]) == pytest.approx(collected - cost - tax, rel=1e-6)
