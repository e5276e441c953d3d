"""A last month that has only begun, that lacks families, that is far too low."""

from pathlib import Path

import pandas as pd
import pytest

from sop_xl.planning.calendar import axis_of
from sop_xl.planning.data.completeness import LOOK, completeness
from sop_xl.sources import Loaded
from sop_xl.tables.settings import Settings
from tests.sources.folders import WARNING, lines, loaded

ITEMS = "Item,Family,Lifecycle,End of life,Price,Cost\n"
FAMILIES = {"K1": "Kaffee", "K2": "Kaffee", "T1": "Tee", "T2": "Tee", "Z1": "Zubehör"}
MONTHS = [str(month) for month in pd.period_range("2024-10", "2026-09", freq="M")]
Sold = dict[tuple[str, str], float]


def sold(first: int = 0, **level: float) -> Sold:
    """Orders by item and month, from a month on: 100 of each item if nothing else is named."""
    return {
        (item, month): level.get(item, 100) + at % 5
        for item in FAMILIES
        for at, month in enumerate(MONTHS[first:])
    }


def load(
    tmp_path: Path, orders: Sold, *, cycle: str = "", toml: str = "",
    items: dict[str, str] | None = None,
) -> Loaded:
    master = {item: f"{item},{family},,,1,1" for item, family in FAMILIES.items()} | (items or {})
    rows = "".join(f"{month},{item},{q}\n" for (item, month), q in sorted(orders.items()))
    return loaded(
        tmp_path, toml, cycle=cycle, items=ITEMS + "\n".join(master.values()),
        actuals="Month,Item,Orders\n" + rows,
    )


def without(orders: Sold, *items: str, months: int = 1) -> Sold:
    """The same without the last rows of some items."""
    last = sorted({month for _, month in orders})[-months:]
    return {key: q for key, q in orders.items() if key[0] not in items or key[1] not in last}


def test_a_whole_month_has_no_finding(tmp_path: Path) -> None:
    result = load(tmp_path, sold())
    assert str(result.cycle) == "2026-10"
    assert lines(result.findings) == []


def test_families_without_rows_in_the_last_month_are_named(tmp_path: Path) -> None:
    result = load(tmp_path, without(sold(), "T1", "T2", "Z1"))
    assert str(result.cycle) == "2026-10"
    (finding,) = result.findings
    assert finding.severity is WARNING
    assert str(finding) == (
        "warning: data/actuals.csv: The last month, 2026-09, has rows for 2 of the 5 items that"
        " sold every month, and none at all for the families Tee, Zubehör. Load the whole month:"
        " the forecast takes what is missing for no demand. If nothing was sold, deliver rows with"
        " 0; if an item has ended, fill in its end of life."
    )


def test_the_sheet_data_review_says_look_at_it(tmp_path: Path) -> None:
    result = load(tmp_path, without(sold(), "T1", "T2", "Z1"))
    axis = axis_of(Settings(), result.cycle)
    found = completeness(result.frames["load_report"], result.frames, axis, Settings())
    assert found.set_index("source")["status"]["Actuals"] == LOOK


def test_items_of_a_family_that_is_there_are_counted(tmp_path: Path) -> None:
    (line,) = lines(load(tmp_path, without(sold(), "T1")).findings)
    assert line == (
        "data/actuals.csv: The last month, 2026-09, has rows for 4 of the 5 items that sold every"
        " month."
    )


def test_what_hardly_sells_may_be_missing(tmp_path: Path) -> None:
    """T1 is 1 % of the demand: nobody ordered it, which is no sign of missing data."""
    assert lines(load(tmp_path, without(sold(T1=4), "T1")).findings) == []


def test_a_family_that_stopped_two_months_ago(tmp_path: Path) -> None:
    orders = without(sold(), "Z1", months=2)
    assert lines(load(tmp_path, orders).findings) == [
        "data/actuals.csv: The last month, 2026-09, has no rows at all for the family Zubehör"
        " (since 2026-08)."
    ]
    assert lines(load(tmp_path, without(sold(), "Z1", months=4)).findings) == []


def test_a_region_without_rows_is_named(tmp_path: Path) -> None:
    rows = [f"{m},{i},{r},100\n" for m in MONTHS for i in FAMILIES for r in ("Nord", "Süd")]
    text = "".join(row for row in rows if not row.startswith(MONTHS[-1]) or ",Nord," in row)
    items = ITEMS + "\n".join(f"{item},{family},,,1,1" for item, family in FAMILIES.items())
    result = loaded(tmp_path, items=items, actuals="Month,Item,Region,Orders\n" + text)
    assert lines(result.findings) == [
        "data/actuals.csv: The last month, 2026-09, has rows for 5 of the 10 combinations of item,"
        " region and channel that sold every month, and none at all for the region Süd."
    ]


@pytest.mark.parametrize("row", ["Z1,Zubehör,end of life,,1,1", "Z1,Zubehör,phase-out,,1,1",
                                 "Z1,Zubehör,,2026-09-15,1,1"])
def test_what_has_ended_is_not_missed(tmp_path: Path, row: str) -> None:
    assert lines(load(tmp_path, without(sold(), "Z1"), items={"Z1": row}).findings) == []


def test_a_season_or_lumpy_demand_is_not_missed(tmp_path: Path) -> None:
    """Z1 sells from June to August only, K2 every other month."""
    orders = {
        (item, month): q for (item, month), q in sold().items()
        if (item != "Z1" or month[-2:] in ("06", "07", "08"))
        and (item != "K2" or int(month[-2:]) % 2 == 0)
    }
    assert lines(load(tmp_path, orders).findings) == []


def test_rows_with_zero_say_that_nothing_was_sold(tmp_path: Path) -> None:
    orders = sold() | {("Z1", MONTHS[-1]): 0.0}
    assert lines(load(tmp_path, orders).findings) == []


def test_a_total_far_below_the_lowest_month(tmp_path: Path) -> None:
    orders = sold() | {(item, MONTHS[-1]): 30.0 for item in FAMILIES}
    (first, *_) = load(tmp_path, orders).findings
    assert first.message == (
        "The last month, 2026-09, has orders of 150 pcs; the lowest of the 12 months before,"
        " 2026-01, has 500 pcs."
    )


def test_a_low_season_that_comes_each_year_is_no_finding(tmp_path: Path) -> None:
    orders = {key: q * (0.3 if key[1].endswith("-09") else 1) for key, q in sold().items()}
    assert not [f for f in load(tmp_path, orders).findings if "lowest" in f.message]


def test_short_months_of_a_calendar_of_weeks_are_compared_day_by_day(tmp_path: Path) -> None:
    """150 pieces in 35 days are less than 0.4 of 400 in 28 days; 170 in 28 days are not."""
    toml = '[calendar]\ncalendar = "4-4-5"'
    weeks = {month: 4 if int(month[-2:]) % 3 else 5 for month in MONTHS}
    orders = {key: 20.0 * weeks[key[1]] for key in sold()}
    low = {key: q * 0.42 if key[1] == MONTHS[-1] else q for key, q in orders.items()}
    assert not [f for f in load(tmp_path, low, toml=toml).findings if "lowest" in f.message]
    low = {key: q * 0.38 if key[1] == MONTHS[-1] else q for key, q in orders.items()}
    assert [f for f in load(tmp_path, low, toml=toml).findings if "lowest" in f.message]


def test_a_stray_row_does_not_open_the_next_cycle(tmp_path: Path) -> None:
    rows = [f"{m},{i},{r},100\n" for m in MONTHS for i in FAMILIES for r in ("Nord", "Süd")]
    items = ITEMS + "\n".join(f"{item},{family},,,1,1" for item, family in FAMILIES.items())
    text = "Month,Item,Region,Orders\n" + "".join(rows) + "2026-10,K1,Nord,5\n"
    result = loaded(tmp_path, items=items, actuals=text)
    assert str(result.cycle) == "2026-10"
    (finding,) = result.findings
    assert (finding.table, finding.severity) == ("actuals", WARNING)
    assert str(finding) == (
        "warning: data/actuals.csv: row 242, Month: 2026-10 holds 5 pcs in 1 row, a usual month"
        " 1,000 pcs in 10 rows; it is taken as begun, and the plan begins in 2026-10. If 2026-10 is"
        " closed, name the cycle: --cycle 2026-11."
    )
    named = loaded(tmp_path, items=items, actuals=text, cycle="2026-11")
    assert str(named.cycle) == "2026-11"
    assert "has rows for 1 of the 5 items" in lines(named.findings)[0]


def test_a_row_far_ahead_is_told_with_the_month_that_the_plan_begins_in(tmp_path: Path) -> None:
    rows = "".join(f"{m},{i},100\n" for m in MONTHS for i in FAMILIES)
    more = "".join(f"{m},X{n},50\n" for m in MONTHS for n in range(20))
    items = ITEMS + "\n".join(f"{i},{f},,,1,1" for i, f in FAMILIES.items())
    items += "".join(f"\nX{n},Tee,,,1,1" for n in range(20))
    text = f"Month,Item,Orders\n{rows}{more}2026-12,K1,7\n2027-03,K1,7\n"
    result = loaded(tmp_path, items=items, actuals=text)
    assert str(result.cycle) == "2026-10"
    assert lines(result.findings) == [
        "data/actuals.csv: row 602, Month: 2026-12, 2027-03 hold 14 pcs in 2 rows, a usual month"
        " 1,500 pcs in 25 rows; they are taken as begun, and the plan begins in 2026-10."
    ]


def test_the_first_days_of_a_month_do_not_close_it(tmp_path: Path) -> None:
    """Each item has sold, but a tenth of a month."""
    orders = sold() | {(item, "2026-10"): 10.0 for item in FAMILIES}
    result = load(tmp_path, orders)
    assert str(result.cycle) == "2026-10"
    assert "2026-10 holds 50 pcs in 5 rows" in lines(result.findings)[0]


def test_little_history_has_no_usual_month(tmp_path: Path) -> None:
    orders = sold(first=len(MONTHS) - 3)
    few = {key: 1.0 if key[1] == MONTHS[-1] else q for key, q in orders.items()}
    assert str(load(tmp_path, few).cycle) == "2026-10"


def test_a_demand_that_broke_down_is_no_month_that_has_begun(tmp_path: Path) -> None:
    orders = sold() | {(item, month): 8.0 for item in FAMILIES for month in MONTHS[-2:]}
    assert str(load(tmp_path, orders).cycle) == "2026-10"
