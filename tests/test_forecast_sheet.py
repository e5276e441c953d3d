"""The sheet Forecast for a seasonal, a trending, an intermittent, a new and an ended family."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from sop_xl import actions, example, sources, tables
from sop_xl.tables.settings import Settings
from tests.books import change, opened
from tests.conftest import BOOK, NOW, Once
from tests.office.tools import needs_office, recalculate_all
from tests.planning.monthly import sold
from tests.planning.rows import rows

MONTHS = 48
SETTINGS = Settings(horizon=12, history_shown=24, planning_level=("family",))
FAMILIES = ("Ended", "Intermittent", "New", "Seasonal", "Trending")


def histories() -> dict[str, np.ndarray]:
    """Orders by family, the last month last."""
    noise = np.random.default_rng(11)
    time = np.arange(MONTHS)
    season = 1 + 0.4 * np.sin(2 * np.pi * time / 12)
    return {
        "Seasonal": (1000 * season * noise.normal(1, 0.04, MONTHS)).round(),
        "Trending": ((300 + 12 * time) * noise.normal(1, 0.03, MONTHS)).round(),
        "Intermittent": np.where(noise.random(MONTHS) < 0.3, noise.integers(20, 60, MONTHS), 0),
        "New": (np.arange(1, 5) * 90.0),
        "Ended": np.r_[(400 * noise.normal(1, 0.1, 30)).round(), np.zeros(18)],
    }


@pytest.fixture(scope="module")
def plan(once: Once) -> Path:
    """A plan folder with its workbook: five families, each with one item."""

    def make(folder: Path) -> None:
        items = "item  name  family  lifecycle  unit  price  cost\n" + "\n".join(
            f"I-{name}  {name}  {name}  active  pcs  10  6" for name in FAMILIES
        )
        frames = {
            "items": rows(tables.inputs(SETTINGS.level)["items"].inputs, items),
            "actuals": pd.concat(
                [sold(f"I-{name}", orders, "2026-09") for name, orders in histories().items()]
            ),
        }
        sources.init(folder, SETTINGS)
        example.to_csv(frames, folder / "data")
        actions.load(folder, "2026-10", author="Eve", at=NOW)
        actions.generate(folder)

    return once("five families", make)


@pytest.mark.parametrize(
    ("family", "parts"),
    [
        ("Seasonal", ["48 months of history", "the season explains", "regular demand", "weights:"]),
        ("Trending", ["above the 12 before", "regular demand", "against"]),
        ("Intermittent", ["of them without demand", "periods without demand"]),
        ("New", ["4 months of history", "too short to tell a season of 12"]),
        ("Ended", ["demand has ended: nothing is forecast"]),
    ],
)
def test_each_family_has_its_reason_in_words(plan: Path, family: str, parts: list[str]) -> None:
    sheet = opened(plan / BOOK)["Forecast_Changes"]
    header = [cell.value for cell in sheet[6]]
    reasons = {
        row[header.index("Block")].value: "; ".join(
            str(row[header.index(name)].value) for name in ("Demand", "Why this forecast")
        )
        for row in sheet.iter_rows(min_row=7)
    }

    for part in parts:
        assert part in reasons[family]


def chosen(book: Any) -> Any:
    """The cell in which the block is chosen."""
    sheet, place = next(book.defined_names["View_forecast"].destinations)
    return book[sheet][place.replace("$", "")]


def shown(path: Path) -> dict[str, list[Any]]:
    """The rows of the sheet by their measure, plan months only, and the words above the chart."""
    book = openpyxl.load_workbook(path, data_only=True)
    found: dict[str, list[Any]] = {}
    for sheet, keys in (("Forecast", 0), ("Demand_Plan", 1)):
        cells = book[sheet]
        header = [cell.value for cell in cells[6]]
        first = header.index(pd.Timestamp("2026-10-01").to_pydatetime())
        for row in cells.iter_rows(min_row=7):
            measure = row[header.index("Measure")].value
            if isinstance(measure, str) and (not keys or row[0].value == chosen(book).value):
                name = f"{sheet} {measure}"
                found.setdefault(name, [cell.value for cell in row[first : first + 12]])
    words = [cell.value for row in book["Forecast"]["A7:AZ12"] for cell in row]
    found["words"] = [word for word in words if isinstance(word, str)]
    return found


@needs_office
@pytest.mark.office
def test_another_family_is_shown_without_python(plan: Path, tmp_path: Path) -> None:
    for name in FAMILIES:
        change(plan / BOOK, lambda book, n=name: setattr(chosen(book), "value", n),
               tmp_path / f"{name}.xlsx")  # fmt: skip
    recalculate_all(sorted(tmp_path.glob("*.xlsx")), tmp_path / "recalculated")

    for name in FAMILIES:
        found = shown(tmp_path / "recalculated" / f"{name}.xlsx")
        for measure in ("Baseline forecast", "Range low", "Range high"):
            ours, plans = found[f"Forecast {measure}"], found[f"Demand_Plan {measure}"]
            assert ours == pytest.approx(plans), f"{name}: {measure}"
        assert any(word.startswith("Why this forecast: ") for word in found["words"])
    seasonal = shown(tmp_path / "recalculated" / "Seasonal.xlsx")
    last = histories()["Seasonal"][-12:]
    assert seasonal["Forecast Last year's pattern"] == pytest.approx(list(last))
