"""What step 1 tells people, and the calendar it hands over."""

from dataclasses import replace

import pandas as pd
import pytest

from sop_xl.planning.calendar import Axis, Calendar
from sop_xl.schema import Severity
from sop_xl.tables.data import BILL_OF_RESOURCES, CALENDAR, ITEMS, PIPELINE
from sop_xl.tables.settings import Settings
from tests.planning.monthly import run_data, sold
from tests.planning.rows import axis, rows

WHEN = axis("2026-01", history=3)
SETTINGS = Settings(horizon=6, history_shown=3)
MASTER = rows(ITEMS.inputs, "item  family\nB-1  Bikes\nX-1  .")


def messages(actuals: pd.DataFrame, **given: pd.DataFrame) -> list[str]:
    found = run_data(WHEN, SETTINGS, items=MASTER, actuals=actuals, **given).findings
    assert {f.severity for f in found} <= {Severity.WARNING}
    assert all(f.remedy for f in found)
    return [f.message for f in found]


def test_good_data_need_no_words() -> None:
    assert messages(sold("B-1", [1, 2, 3])) == []


def test_items_without_a_family_are_named() -> None:
    actuals = pd.concat([sold("B-1", [1]), sold("X-1", [1]), sold("Z-9", [1, 2])])

    assert messages(actuals) == ["Items without a family are left out: X-1, Z-9."]


def test_deals_of_unknown_families_are_named() -> None:
    deals = rows(PIPELINE.inputs, "opportunity  family  included\nO-1  Boats  yes\nO-2  bikes  yes")

    assert messages(sold("B-1", [1]), pipeline=deals) == [
        "Families without an item are left out: Boats."
    ]


@pytest.mark.parametrize(
    ("actuals", "message"),
    [
        (sold("B-1", []), "There is no demand before Jan 2026: nothing can be forecast."),
        (sold("B-1", [1, 2], last="2025-10"),
         "Actuals end in Oct 2025; the last closed month is Dec 2025."),
        (sold("B-1", [1, 2, 3]).drop(index=1),
         "Nothing was sold in Nov 2025: counted as zero."),
    ],
)  # fmt: skip
def test_missing_months_are_named(actuals: pd.DataFrame, message: str) -> None:
    assert messages(actuals) == [message]


def test_the_calendar_covers_past_and_plan() -> None:
    weeks = Axis(Calendar("4-4-5"), pd.Period("2026-01", "M"), 3, 3)

    found = run_data(weeks, Settings(calendar="4-4-5"), items=MASTER).frames["calendar"]

    assert list(found) == CALENDAR.names
    assert found["weeks"].tolist() == [4, 4, 5, 4, 4, 5]
    assert str(found["start"].iloc[3].date()) == "2025-12-29"


def test_months_before_count_by_resource_profile_only() -> None:
    needs = rows(
        BILL_OF_RESOURCES.inputs,
        "item  resource  hours_per_unit  offset\nB-1   Weld      2               1\n"
        "B-1   Weld      3               .\n",
    )
    actuals = sold("B-1", [1, 2, 3])
    assert messages(actuals, bill_of_resources=needs) == [
        "Months before are given in 1 row, but the setting load_method is bill_of_resources: all"
        " work loads the month of completion."
    ]

    def bill(method: str) -> list[list[float]]:
        chosen = replace(SETTINGS, load_method=method)
        found = run_data(WHEN, chosen, items=MASTER, actuals=actuals, bill_of_resources=needs)
        return found.frames["bill"][["offset", "hours_per_unit"]].to_numpy().tolist()

    assert bill("bill_of_resources") == bill("overall_factors") == [[0, 5]]
    assert bill("resource_profile") == [[0, 3], [1, 2]]
