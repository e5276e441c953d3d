"""What the portfolio review says of each item."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.tables.data import ITEMS, STOCK
from sop_xl.tables.settings import Settings
from tests.planning.monthly import cells, run_data, sold
from tests.planning.rows import axis, rows

WHEN = axis("2026-01", history=3)
SETTINGS = Settings(horizon=6, history_shown=3)
MASTER = rows(
    ITEMS.inputs,
    """
    item   name   family  lifecycle    price  cost
    A-1    Tent   Tents   active       100    60
    A-2    Peg    Tents   active       1      .
    N-1    Dome   Tents   new          100    60
    N-2    Igloo  Tents   new          100    60
    O-1    Tarp   Tents   phase-out    100    60
    O-2    Rope   Tents   end of life  100    60
    """,
)
TWO_YEARS = np.full(24, 1000.0)


def portfolio(*actuals: pd.DataFrame, stock: str = "") -> pd.DataFrame:
    on_hand = rows(STOCK.inputs, "period   item  region  on_hand\n" + stock)
    frames = run_data(
        WHEN, SETTINGS, items=MASTER, actuals=pd.concat(actuals), stock=on_hand
    ).frames
    return frames["portfolio"].set_index("item")


def test_every_item_has_its_figures() -> None:
    years = np.r_[np.full(12, 50.0), np.full(12, 100.0)]
    found = portfolio(
        sold("A-1", years, revenue=years * 90, cost_of_sales=years * 60, shipments=years)
    )

    assert cells(found, "A-1", "name", "family", "abc") == ["Tent", "Tents", "A"]
    assert cells(found, "A-1", "annual_quantity", "annual_value") == [1200, 108_000]
    assert cells(found, "A-1", "growth", "margin") == pytest.approx([1, 1 / 3])
    assert len(found) == len(MASTER)


def test_growth_needs_two_whole_years() -> None:
    young, old = (portfolio(sold("A-1", np.full(months, 5.0))) for months in (23, 24))

    assert pd.isna(cells(young, "A-1", "growth")).all()
    assert cells(old, "A-1", "growth") == [0]


def test_margin_without_a_cost_is_unknown() -> None:
    assert pd.isna(cells(portfolio(sold("A-2", TWO_YEARS)), "A-2", "margin")).all()


@pytest.mark.parametrize(
    ("sales", "stock", "item", "remark"),
    [
        (sold("N-1", [5.0, 6, 7]), "", "N-1", "new: 3 months of history"),
        (sold("N-1", [5.0]), "", "N-1", "new: 1 month of history"),
        (sold("A-1", TWO_YEARS), "", "N-2", "new: no history"),
        (sold("O-1", np.full(24, 10.0)), "2025-12  O-1  All  40", "O-1",
         "phase-out with 4 months of stock"),
        (sold("O-1", np.full(24, 10.0)), "2025-11  O-1  All  40", "O-1", ""),
        (sold("A-1", TWO_YEARS), "2025-12  O-2  All  1400", "O-2",
         "end of life with stock of 1,400, unsold"),
        (sold("O-2", np.full(24, 10.0)), "", "O-2", "end of life, still ordered"),
        (sold("A-1", np.r_[TWO_YEARS, np.zeros(12)]), "", "A-1", "unsold for a year"),
        (sold("A-1", np.r_[TWO_YEARS, np.zeros(12)]), "2025-12  A-1  All  7", "A-1",
         "unsold for a year, stock of 7"),
        (sold("A-1", TWO_YEARS, revenue=900.0, cost_of_sales=990.0), "", "A-1",
         "sold below cost: margin -10.0 %"),
        (sold("A-1", np.r_[1e6, np.zeros(29), 1e6, np.zeros(5)]), "", "A-1",
         "A item, erratic demand"),
        (sold("A-1", TWO_YEARS), "", "A-1", ""),
    ],
)  # fmt: skip
def test_remarks(sales: pd.DataFrame, stock: str, item: str, remark: str) -> None:
    assert portfolio(sales, stock=stock).loc[item, "remark"] == remark


def test_a_small_falling_item_of_low_margin_is_a_low_performer() -> None:
    falling = np.r_[np.full(12, 20.0), np.full(12, 10.0)]
    found = portfolio(
        sold("A-1", TWO_YEARS), sold("A-2", falling, revenue=100.0, cost_of_sales=96.0)
    )

    assert found.loc["A-2", "remark"] == "low performer: C item, falling, margin 4.0 %"
