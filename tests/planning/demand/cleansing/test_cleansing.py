"""Cleansing in the demand step: what is proposed, what people decide, what is forecast."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning import Outcome
from sop_xl.schema import Severity
from sop_xl.tables import inputs as input_tables
from sop_xl.tables.data import EVENTS, ITEMS
from sop_xl.tables.settings import Settings
from tests.planning.monthly import run_demand, sold
from tests.planning.rows import axis, past_row, plan_row, rows

WHEN = axis("2026-01", history=12, horizon=12)
SETTINGS = Settings(horizon=12, history_shown=12, forecaster="seasonal_naive")
MASTER = rows(ITEMS.inputs, "item  family\nB-1  Bikes")
DECIDED = input_tables(SETTINGS.level)["cleansing"].inputs
FLAT = [100, 104, 96, 100] * 9
"""Three years, each like the one before: 104 in June, 96 in March."""


def orders(**months: float) -> list[float]:
    """The flat orders, with other numbers in some months of 2025: ``m6`` is June."""
    changed = [float(number) for number in FLAT]
    for month, number in months.items():
        changed[23 + int(month[1:])] = number
    return changed


def plan(history: list[float], events: str = "", typed: str = "", **columns: Any) -> Outcome:
    return run_demand(
        WHEN,
        SETTINGS,
        items=MASTER,
        actuals=sold("B-1", history, **columns),
        events=rows(EVENTS.inputs, events),
        cleansing=rows(DECIDED, typed),
    )


def listed(outcome: Outcome, *columns: str) -> list[tuple[object, ...]]:
    frame = outcome.frames["cleansing"]
    return [tuple(row) for row in frame[list(columns)].itertuples(index=False)]


def june(outcome: Outcome) -> tuple[float, float, float]:
    """Actual and cleaned demand of June, and the forecast that repeats it a year later."""
    frame = outcome.frames["demand_plan"]
    actual, cleaned = (
        past_row(frame, WHEN, name, family="Bikes")[5] for name in ("actual", "cleaned")
    )
    return actual, cleaned, plan_row(frame, WHEN, "baseline", family="Bikes")[5]


def test_a_severe_outlier_is_corrected_and_the_original_kept() -> None:
    outcome = plan(orders(m6=900))
    ((family, period, kind, original, by_default, used),) = listed(
        outcome, "family", "period", "kind", "original", "by_default", "used"
    )
    assert (family, str(period), kind, original, by_default) == (
        "Bikes", "2025-06", "outlier", 900, True
    )  # fmt: skip
    assert used == pytest.approx(104)
    assert june(outcome) == (900, used, used)
    told = [f for f in outcome.findings if f.table == "cleansing"]
    assert [(f.message, f.severity) for f in told] == [
        ("The forecast is made without outlier (1): 1 month corrected.", Severity.REPAIR)
    ]


def test_a_month_that_is_not_severe_waits_for_the_planner() -> None:
    # log(170 / 104) = 0.49: more than four, less than six times the narrowest yardstick of 0.1
    outcome = plan(orders(m6=170))
    ((kind, by_default, used),) = listed(outcome, "kind", "by_default", "used")
    assert (kind, by_default, used) == ("outlier", False, 170)
    assert june(outcome)[0::2] == (170, 170)
    assert np.isnan(june(outcome)[1])
    assert [f.message for f in outcome.findings if f.table == "cleansing"] == [
        "1 correction more to decide on."
    ]


@pytest.mark.parametrize(
    ("decision", "june_is"),
    [
        ("proposed  .", "corrected"), ("accepted  .", "corrected"), ("refused  .", 900),
        ("proposed  140", 140), ("accepted  0", 0), ("refused  140", 900), (".  140", 140),
    ],
)  # fmt: skip
def test_the_planner_has_the_last_word(decision: str, june_is: float | str) -> None:
    typed = f"family  region  period  status  own_value\nbikes  All  2025-06  {decision}"
    outcome = plan(orders(m6=900), typed=typed)
    proposed, used = listed(outcome, "proposed", "used")[0]
    wanted = proposed if june_is == "corrected" else june_is
    assert used == wanted
    assert june(outcome)[2] == wanted


def test_a_correction_that_is_accepted_counts() -> None:
    typed = "family  region  period  status\nBikes  All  2025-06  accepted"
    assert june(plan(orders(m6=170), typed=typed))[2] == pytest.approx(104)


def test_what_was_decided_before_stands_where_nothing_would_be_proposed_now() -> None:
    typed = """
        family  region  period   status    own_value  note
        Bikes   All     2025-03  accepted  .          .
        Bikes   All     2025-04  refused   .          Fair
        Bikes   All     2025-05  .         77         Strike
        Cars    All     2025-05  .         77         .
        Bikes   All     2019-05  .         77         .
    """
    outcome = plan(orders(m3=120), typed=typed)
    assert listed(outcome, "kind", "status", "note") == [
        ("earlier decision", "proposed", "Strike"),
        ("earlier decision", "refused", "Fair"),
        ("earlier decision", "accepted", ""),
    ]
    march = listed(outcome, "used")[2][0]
    assert march == pytest.approx(96)
    months = plan_row(outcome.frames["demand_plan"], WHEN, "baseline", family="Bikes")
    assert months[2:5] == [march, orders()[27], 77]


def test_events_that_are_over_are_taken_out_of_the_baseline() -> None:
    events = """
        event  kind       family  region  start    end      uplift  quantity  included
        Fair   promotion  Bikes   All     2025-06  2025-06  0.2     .         yes
        Scout  one-off    Bikes   All     2025-08  2025-08  .       1500      yes
        Other  promotion  Parts   All     2025-09  2025-09  0.2     .         yes
        Never  promotion  Bikes   All     2025-10  2025-10  0.2     .         no
        Start  promotion  Bikes   All     .        2025-11  0.2     .         yes
    """
    outcome = plan(orders(m6=120, m8=1600), events)
    assert listed(outcome, "kind", "original", "proposed", "by_default", "why") == [
        ("one-off", 1600, 100, True, "Scout: +1,500."),
        ("promotion", 120, pytest.approx(100), True, "Fair: +20.0 %."),
    ]
    assert june(outcome) == pytest.approx((120, 100, 100))


def test_a_stock_out_is_filled_up() -> None:
    out = np.array(orders(m6=10)) == 10
    outcome = plan(orders(m6=10), stock_out=out, shipments=np.array(orders(m6=10)))
    ((kind, original, proposed, why),) = listed(outcome, "kind", "original", "proposed", "why")
    assert (kind, original) == ("stock-out", 10)
    assert proposed == pytest.approx(104)
    assert why == "Out of stock: B-1; 94 more would have been asked for."


def test_the_last_month_is_never_corrected_without_asking() -> None:
    outcome = plan(orders(m12=900))
    ((by_default, why),) = listed(outcome, "by_default", "why")
    assert not by_default
    assert str(why).endswith("The last month: it may be the first of a new level.")


def test_the_newest_month_stands_first_and_what_is_typed_is_not_changed() -> None:
    typed = rows(DECIDED, "family  region  period  note\nBikes  All  2024-02  Fair")
    before = typed.copy()
    outcome = run_demand(
        WHEN, SETTINGS, items=MASTER, actuals=sold("B-1", orders(m3=900, m9=900)), cleansing=typed
    )
    pd.testing.assert_frame_equal(typed, before)
    assert [str(period) for (period,) in listed(outcome, "period")] == [
        "2025-09", "2025-03", "2024-02"
    ]  # fmt: skip
    frame = outcome.frames["cleansing"]
    table = input_tables(SETTINGS.level)["cleansing"]
    assert set(table.keys) < set(frame.columns)


def test_nothing_to_clean_is_an_empty_list() -> None:
    outcome = run_demand(WHEN, SETTINGS)
    assert outcome.frames["cleansing"].empty
    assert plan(orders()).frames["cleansing"].empty
