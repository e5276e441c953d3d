"""Stock by item: what ends, what is left over, what is short."""

import pandas as pd
import pytest

from sop_xl.planning.supply.stock_items import remaining, stock_items
from sop_xl.tables.data import ITEMS, LAUNCHES, STOCK
from sop_xl.tables.supply import SUPPLY_PLAN
from tests.planning.rows import axis, grid, rows

WHEN = axis("2026-01", history=2, horizon=6)
MASTER = """
item  name     family  lifecycle  cost
A     Alpha    Bikes   active     10
B     Beta     Bikes   phase-out  10
C     Gamma    Bikes   active     10
"""
MIX = pd.DataFrame({"item": ["A", "B", "C"], "family": ["Bikes"] * 3, "share": [0.5, 0.25, 0.25]})
PLAN = {"Bikes": {"demand": [100.0] * 6, "target": [80.0] * 6}}


def found(stock: str, ends: dict[str, str] | None = None, launches: str = "") -> pd.DataFrame:
    items = rows(ITEMS.columns, MASTER)
    items["end"] = pd.to_datetime(items["item"].map(ends or {}))
    frame = stock_items(
        WHEN, items, MIX, rows(STOCK.columns, "item  period  on_hand\n" + stock),
        rows(LAUNCHES.columns, launches), grid(SUPPLY_PLAN, WHEN, PLAN),
    )  # fmt: skip
    return frame.set_index("item")


def test_what_outlasts_an_end_of_life_is_obsolete() -> None:
    # Beta sells 25 a month in January and February, then nothing: 70 are left of 120
    line = found("A  2025-12  45\nB  2025-12  120\nC  2025-12  22", {"B": "2026-02-28"}).loc["B"]

    assert line["coming"] == 50
    assert line["obsolete"] == 70
    assert line["at_risk"] == 700
    assert line["remark"].startswith("Sold until Feb 2026; 70 are left then")


def test_what_runs_out_before_its_end_names_the_month() -> None:
    line = found("A  2025-12  45\nB  2025-12  30\nC  2025-12  22", {"B": "2026-03-31"}).loc["B"]

    assert line["obsolete"] == 0
    assert str(line["run_out"]) == "2026-02"
    assert "gone in Feb 2026: 45 more are asked for" in line["remark"]  # 3 x 25 of 30


def test_excess_is_above_target_and_three_months() -> None:
    # Gamma: target 20, three months 75, whole plan 150
    line = found("A  2025-12  45\nB  2025-12  18\nC  2025-12  110").loc["C"]

    assert (line["excess"], line["obsolete"]) == (15, 0)
    assert "hold back" in line["remark"]


def test_an_item_far_below_its_share_of_the_target_is_named() -> None:
    lines = found("A  2025-12  10\nB  2025-12  18\nC  2025-12  19")
    assert list(lines.index) == ["A"]
    assert lines.loc["A", "short"] == 30


def test_a_phase_out_fades_and_an_end_of_life_stops() -> None:
    text = """
        item  region  channel  kind         start    ramp  included
        A     All     All      phase-out    2026-02  4     yes
        B     All     All      end of life  2026-03  .     yes
        C     North   All      end of life  2026-01  .     yes
    """
    launches = rows(LAUNCHES.columns, text)
    left = remaining(WHEN, rows(ITEMS.columns, MASTER), launches, ["A", "B", "C"])

    assert left.tolist() == [
        [1, 0.75, 0.5, 0.25, 0, 0],
        [1, 1, 0, 0, 0, 0],
        [1, 1, 1, 1, 1, 1],
    ]


def test_a_company_without_stock_or_families_has_an_empty_list() -> None:
    nothing = stock_items(
        WHEN, rows(ITEMS.columns), MIX.iloc[:0], rows(STOCK.columns), rows(LAUNCHES.columns),
        grid(SUPPLY_PLAN, WHEN, {}),
    )  # fmt: skip
    assert nothing.empty


def test_shares_add_up_to_the_demand_of_the_family() -> None:
    lines = found("A  2025-12  900\nB  2025-12  900\nC  2025-12  900")
    assert lines["coming"].sum() == pytest.approx(600)
