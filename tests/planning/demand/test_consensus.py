"""The layers of the demand plan, cell by cell."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning.calendar import Axis, Calendar
from sop_xl.planning.demand.pipeline import with_outputs
from sop_xl.schema import Table
from sop_xl.tables import inputs as input_tables
from sop_xl.tables.data import AOP, EVENTS, ITEMS, PAST_PLANS, PIPELINE
from sop_xl.tables.settings import Settings
from tests.planning.monthly import run_demand, sold
from tests.planning.rows import axis, past_row, plan_row, rows

WHEN = axis("2026-01", history=3, horizon=3)
SETTINGS = Settings(horizon=3, history_shown=3, forecaster="seasonal_naive", pipeline_share=0.5)
MASTER = rows(ITEMS.inputs, "item  family\nB-1  Bikes\nP-1  Parts")
SALES = pd.concat(
    [
        sold("B-1", np.full(24, 100.0), region="North"),
        sold("B-1", np.full(24, 40.0), region="South"),
    ]
)
TYPED = input_tables(SETTINGS.level)["demand_plan_inputs"]
NORTH = {"family": "Bikes", "region": "North"}
SOUTH = {"family": "Bikes", "region": "South"}


def plan(**texts: str) -> pd.DataFrame:
    """The demand plan of 100 a month in the north and 40 in the south, with other tables."""
    declared: dict[str, Table] = {
        "events": EVENTS, "pipeline": PIPELINE, "aop": AOP, "past_plans": PAST_PLANS,
        "demand_plan_inputs": TYPED,
    }  # fmt: skip
    given = {name: rows(declared[name].inputs, text) for name, text in texts.items()}
    frames = run_demand(WHEN, SETTINGS, items=MASTER, actuals=SALES, **given).frames
    return frames["demand_plan"]


def test_without_layers_consensus_is_the_baseline() -> None:
    found = plan()

    assert past_row(found, WHEN, "actual", **NORTH) == [100, 100, 100]
    for name in ("baseline", "low", "high", "consensus"):
        assert plan_row(found, WHEN, name, **NORTH) == [100, 100, 100]
    for name in ("pipeline", "events", "aop", "unexplained"):
        assert plan_row(found, WHEN, name, **NORTH) == [0, 0, 0]
    for name in ("last_cycle", "change", "gap_to_aop", "fixed", "sales_adjustment", "actual"):
        assert np.isnan(plan_row(found, WHEN, name, **NORTH)).all()
    assert np.isnan(past_row(found, WHEN, "baseline", **NORTH)).all()
    assert set(found["reason"]) == {""}


def test_adjustments_are_added_and_never_below_zero() -> None:
    found = plan(
        demand_plan_inputs="""
        family  region  period   sales_adjustment  marketing_adjustment  reason
        Bikes   North   2026-01  10                -3                    promotion
        Bikes   North   2026-02  -500              .                     .
        """
    )

    assert plan_row(found, WHEN, "consensus", **NORTH) == [107, 0, 100]
    assert plan_row(found, WHEN, "unexplained", **NORTH) == [0, 1, 0]
    assert plan_row(found, WHEN, "consensus", **SOUTH) == [40, 40, 40]
    assert found.loc[found["reason"] != "", "period"].astype(str).tolist() == ["2026-01"]


def test_a_fixed_number_replaces_all_layers_even_if_it_is_zero() -> None:
    found = plan(
        demand_plan_inputs="""
        family  region  period   sales_adjustment  fixed  reason
        Bikes   North   2026-01  10                77     other
        Bikes   North   2026-02  10                0      .
        """
    )

    assert plan_row(found, WHEN, "consensus", **NORTH) == [77, 0, 100]
    assert plan_row(found, WHEN, "unexplained", **NORTH) == [0, 1, 0]


def test_what_was_typed_into_closed_months_is_history() -> None:
    found = plan(
        demand_plan_inputs="family  region  period  fixed  reason\nBikes  North  2025-12  5  other"
    )

    assert plan_row(found, WHEN, "consensus", **NORTH) == [100, 100, 100]
    assert set(found["reason"]) == {""}


@pytest.mark.parametrize(
    ("event", "north", "south"),
    [
        ("Bikes  North  2026-01  2026-02  0.1   .   yes", [10, 10, 0], [0, 0, 0]),
        ("bikes  All    2026-02  2026-02  -0.5  .   yes", [0, -50, 0], [0, -20, 0]),
        ("All    All    2025-06  2026-01  0.1   5   yes", [15, 0, 0], [9, 0, 0]),
        ("Bikes  North  2026-01  2026-03  0.1   5   no", [0, 0, 0], [0, 0, 0]),
        ("Parts  North  2026-01  2026-03  0.1   5   yes", [0, 0, 0], [0, 0, 0]),
        ("Bikes  South  .        2026-02  .     3   yes", [0, 0, 0], [3, 3, 0]),
        ("Bikes  South  2026-01  .        .     3   yes", [0, 0, 0], [0, 0, 0]),
    ],
)
def test_events(event: str, north: list[float], south: list[float]) -> None:
    header = "family  region  start  end  uplift  quantity  included\n"

    found = plan(events=header + event)

    assert plan_row(found, WHEN, "events", **NORTH) == pytest.approx(north)
    assert plan_row(found, WHEN, "events", **SOUTH) == pytest.approx(south)
    assert plan_row(found, WHEN, "consensus", **NORTH) == pytest.approx(np.add(100, north))


def test_uplifts_at_the_same_time_are_added() -> None:
    found = plan(
        events="""
        event  family  region  start    end      uplift  included
        E-1    Bikes   All     2026-01  2026-01  0.1     yes
        E-2    Bikes   All     2026-01  2026-01  0.2     yes
        """
    )

    assert plan_row(found, WHEN, "events", **NORTH) == pytest.approx([30, 0, 0])


def test_deals_add_quantity_by_chance_and_share() -> None:
    # 40 x 0.5 x 0.5 and 20 x 1 x 0.5; the others are decided, left out, late or far away
    found = plan(
        pipeline="""
        opportunity  family  region  stage      quantity  probability  close_date  included
        O-1          Bikes   North   proposal   40        0.5          2026-02-28  yes
        O-2          Bikes   North   lead       20        1            2026-02-01  yes
        O-3          Bikes   North   won        90        1            2026-02-01  yes
        O-4          Bikes   North   lead       90        1            2026-02-01  no
        O-5          Bikes   North   lead       90        1            2025-12-31  yes
        O-6          Bikes   North   lead       90        1            2026-04-01  yes
        """
    )

    assert plan_row(found, WHEN, "pipeline", **NORTH) == [0, 20, 0]


def test_the_aop_is_shown_in_past_and_plan_and_the_gap_where_there_is_one() -> None:
    found = plan(
        aop="""
        period   family  region  channel  quantity
        2025-12  Bikes   North   Web      80
        2026-01  Bikes   North   Web      70
        2026-01  Bikes   North   Shop     20
        2026-02  Bikes   North   Web      .
        """
    )

    assert past_row(found, WHEN, "aop", **NORTH) == [0, 0, 80]
    assert plan_row(found, WHEN, "aop", **NORTH) == [90, 0, 0]
    assert plan_row(found, WHEN, "gap_to_aop", **NORTH) == pytest.approx(
        [10, np.nan, np.nan], nan_ok=True
    )


def test_last_cycle_is_the_latest_plan_before_this_one() -> None:
    found = plan(
        past_plans="""
        cycle    period   family  region  channel  consensus
        2025-11  2026-01  Bikes   North   All      1
        2025-12  2026-01  Bikes   North   Web      90
        2025-12  2026-01  Bikes   North   Shop     5
        2026-01  2026-01  Bikes   North   All      2
        """
    )

    assert plan_row(found, WHEN, "last_cycle", **NORTH)[0] == 95
    assert plan_row(found, WHEN, "change", **NORTH)[0] == 5
    assert np.isnan(plan_row(found, WHEN, "change", **NORTH)[1:]).all()


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ("aop", "period  family  region  channel  quantity\n2026-03  Parts  West  All  5"),
        ("past_plans", "cycle  period  family  region  channel  consensus\n"
                       "2025-12  2026-03  Parts  West  All  5"),
        ("pipeline", "opportunity  family  region  stage  quantity  probability  close_date\n"
                     "O-1  Parts  West  lead  9  0.5  2026-03-01"),
    ],
)  # fmt: skip
def test_a_block_without_history_is_planned_from_what_it_has(table: str, text: str) -> None:
    found = plan(**{table: text})

    west = found[found["region"] == "West"]
    assert len(west) == 6
    assert west["actual"].isna().all()
    assert plan_row(west, WHEN, "baseline") == [0, 0, 0]


def test_a_changed_block_stays_when_nothing_else_names_it() -> None:
    found = plan(
        demand_plan_inputs="family  region  period  fixed  reason\nBikes  West  2026-02  5  other"
    )

    assert plan_row(found, WHEN, "consensus", family="Bikes", region="West") == [0, 5, 0]


def test_families_that_the_item_master_does_not_know_are_not_planned() -> None:
    found = plan(aop="period  family  region  channel  quantity\n2026-03  Boats  West  All  5")

    assert set(found["family"]) == {"Bikes"}


def test_blocks_are_sorted_and_every_month_is_there() -> None:
    found = plan()

    keys = found[["family", "region"]].apply("/".join, axis=1).tolist()
    assert keys == ["Bikes/North"] * 6 + ["Bikes/South"] * 6
    assert found["period"].tolist() == [*WHEN.periods] * 2


def test_a_deal_closes_in_the_month_of_the_fiscal_calendar() -> None:
    # the second period of 4-4-5 of 2026 begins on 26 January
    weeks = Axis(Calendar("4-4-5"), pd.Period("2026-01", "M"), 3, 3)
    deals = rows(
        PIPELINE.inputs,
        """
        opportunity  stage  quantity  value  probability  close_date  included
        O-1          lead   10        900    0.5          2026-01-25  yes
        O-2          lead   10        900    0.5          2026-01-26  yes
        O-3          lead   10        .      0.5          .           yes
        O-4          lead   .         900    .            2031-01-26  yes
        """,
    )

    found = with_outputs(deals, weeks, 0.4)

    assert found["close_period"].dropna().astype(str).tolist() == ["2026-01", "2026-02"]
    assert found["weighted_quantity"].tolist() == [2, 2, 2, 0]
    assert found["weighted_value"].tolist() == [450, 450, 0, 0]
