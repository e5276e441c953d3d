"""The data review: what was delivered, how complete and how fresh."""

import pandas as pd
import pytest

from sop_xl.planning.data.completeness import filled
from sop_xl.tables.data import BALANCE, ITEMS, LOAD_REPORT, RISKS, SOURCES
from sop_xl.tables.settings import Settings
from tests.planning.monthly import run_data
from tests.planning.rows import axis, rows

WHEN = axis("2026-01", history=3)


def review(report: str) -> pd.DataFrame:
    loaded = rows(
        LOAD_REPORT.columns, "source  rows  last_day  errors  warnings  repairs\n" + report
    )
    settings = Settings(horizon=6, history_shown=3, stale_days=35)
    return run_data(WHEN, settings, load_report=loaded).frames["completeness"].set_index("source")


@pytest.mark.parametrize(
    ("report", "source", "status"),
    [
        ("items  5  .  0  0  0", "Items", "● complete"),
        ("items  5  .  0  0  3", "Items", "● complete"),
        ("items  5  .  0  1  0", "Items", "▲ look at it"),
        ("items  5  .  1  0  0", "Items", "▲ look at it"),
        ("items  0  .  0  0  0", "Items", "■ missing"),
        ("items  5  .  0  0  0", "Actuals", "■ missing"),
        ("items  5  .  0  0  0", "Stock", "○ not delivered"),
        ("stock  5  2025-11-27  0  0  0", "Stock", "● complete"),
        ("stock  5  2025-11-26  0  0  0", "Stock", "■ stale"),
        ("stock  5  2025-11-26  0  4  0", "Stock", "■ stale"),
        ("items  5  2020-01-01  0  0  0", "Items", "● complete"),
    ],
)
def test_status(report: str, source: str, status: str) -> None:
    assert review(report).loc[source, "status"] == status


def test_age_counts_to_the_first_day_of_the_cycle() -> None:
    found = review("actuals  5  2025-12-31  0  0  0\naop  5  2026-12-01  0  0  0")

    assert found.loc["Actuals", "age"] == 1
    assert found.loc["AOP", "age"] == 0


def test_every_source_has_a_row_in_the_order_of_declaration() -> None:
    assert review("").index.tolist() == [table.label for table in SOURCES]


def test_share_of_the_fields_that_are_filled() -> None:
    items = rows(ITEMS.inputs, "item  name  family  price\nA  Tent  Tents  .\nB  .  Tents  5")

    # 2 items and 2 families, 1 name, 1 price, of 14 columns x 2 rows; lifecycle and others blank
    assert filled(ITEMS, items) == pytest.approx(6 / 28)


def test_a_table_without_rows_has_no_share() -> None:
    empty = rows(RISKS.inputs)

    assert pd.isna(filled(RISKS, empty))


def test_blank_months_and_amounts_count_as_not_filled() -> None:
    booked = rows(BALANCE.inputs, "period  revenue\n2025-12  100")

    assert filled(BALANCE, booked) == pytest.approx(2 / len(BALANCE.inputs))
