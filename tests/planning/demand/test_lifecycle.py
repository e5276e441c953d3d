"""New products by a like item and a curve, phase-outs and ends of life: hand-worked plans."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.planning import Outcome
from sop_xl.tables.data import ITEMS, LAUNCHES
from sop_xl.tables.settings import Settings
from tests.planning.monthly import run_demand, sold
from tests.planning.rows import axis, plan_row, rows

WHEN = axis("2026-01", history=3, horizon=4)
SETTINGS = Settings(horizon=4, history_shown=3, forecaster="seasonal_naive")
BY_ITEM = Settings(
    horizon=4, history_shown=3, forecaster="seasonal_naive", planning_level=("item", "region")
)
ADAPTING = Settings(horizon=4, history_shown=3)
"""The forecaster that is set unless chosen otherwise: it follows a level that changes."""
MASTER = rows(
    ITEMS.inputs, "item  family\nB-1  Bikes\nB-2  Bikes\nB-9  Bikes\nP-1  Parts\nP-9  Parts"
)
YEAR = [40.0, 80, 120, 160, 200, 200, 200, 200, 160, 120, 80, 40]
"""January to December; seasonal naive: the plan's January is 40, February 80 ..."""
SALES = pd.concat(
    [
        sold("B-1", YEAR, region="North"),
        sold("B-2", [60.0] * 12, region="North"),
        sold("B-1", [20.0] * 12, region="South"),
        sold("P-1", [10.0] * 12, region="North"),
    ]
)
HEAD = (
    "item  region  channel  kind  family  start  ramp  curve  like_item  share  takes_from  taken\n"
)


def planned(
    text: str, sales: pd.DataFrame = SALES, level: Settings = SETTINGS
) -> tuple[Outcome, pd.DataFrame]:
    launches = rows(LAUNCHES.inputs, HEAD + text)
    outcome = run_demand(WHEN, level, items=MASTER, actuals=sales, launches=launches)
    return outcome, outcome.frames["demand_plan"]


def messages(outcome: Outcome) -> list[str]:
    return [finding.message for finding in outcome.findings if finding.table == "launches"]


def test_a_new_item_follows_its_like_item_by_share_and_curve() -> None:
    outcome, plan = planned("B-9  All  All  launch  .  2026-02  .  20% 50% 100%  B-1  0.5  .  .")

    # B-1 in the north 40, 80, 120, 160, half of it, from February on 20 %, 50 %, 100 %
    north = plan_row(plan, WHEN, "lifecycle", family="Bikes", region="North")
    assert north == pytest.approx([0, 8, 30, 80])
    # in the south 20 a month
    assert plan_row(plan, WHEN, "lifecycle", region="South")[:2] == pytest.approx([0, 2])
    # 100 + 60, 80 + 60 + 8 ...
    assert plan_row(plan, WHEN, "consensus", family="Bikes", region="North") == pytest.approx(
        [100, 148, 210, 300]
    )
    assert messages(outcome) == []


def test_a_ramp_rises_in_equal_steps_and_a_region_is_a_region() -> None:
    _, plan = planned("B-9  South  All  launch  .  2026-01  2  .  B-1  1  .  .")

    assert plan_row(plan, WHEN, "lifecycle", region="South") == pytest.approx([10, 20, 20, 20])
    assert plan_row(plan, WHEN, "lifecycle", family="Bikes", region="North") == [0] * 4


def test_a_new_item_of_another_family_opens_its_blocks() -> None:
    _, plan = planned("P-9  All  All  launch  .  2026-01  1  .  B-1  1  .  .")

    # P-1 sells in the north only; the new part comes to the south with B-1's 20 a month
    assert plan_row(plan, WHEN, "consensus", family="Parts", region="South") == [20] * 4
    assert plan_row(plan, WHEN, "consensus", family="Parts", region="North") == pytest.approx(
        [50, 90, 130, 170]
    )


def test_an_item_that_is_not_in_the_item_master_yet_names_its_family() -> None:
    _, plan = planned("B-NEW  South  All  launch  bikes  2026-01  1  .  B-1  1  .  .")

    assert plan_row(plan, WHEN, "lifecycle", family="Bikes", region="South") == [20] * 4


def test_at_item_level_the_new_item_has_a_block_of_its_own() -> None:
    outcome, plan = planned(
        "B-9  North  All  launch  .  2026-01  .  50% 100%  B-1  1  .  .", level=BY_ITEM
    )

    assert plan_row(plan, WHEN, "baseline", family="B-9") == [0] * 4
    assert plan_row(plan, WHEN, "consensus", family="B-9") == pytest.approx([20, 80, 120, 160])
    assert outcome.findings == []  # nobody is asked to plan it by hand


def test_what_it_takes_from_another_item_is_lost_there() -> None:
    _, plan = planned(
        "B-9  North  All  launch  .  2026-01  .  100%  B-1  0.5  P-1  0.2\n", level=BY_ITEM
    )

    # B-9 20, 40, 60, 80; a fifth of it 4, 8, 12, 16, of the 10 that P-1 has
    assert plan_row(plan, WHEN, "lifecycle", family="P-1") == pytest.approx([-4, -8, -10, -10])
    assert plan_row(plan, WHEN, "consensus", family="P-1") == pytest.approx([6, 2, 0, 0])


def test_first_sales_move_the_curve_and_are_not_counted_twice() -> None:
    # launched in November like B-2, 60 a month, by 50 % and 100 %: 30, 60. Sold: 60, 120, twice
    # that; k = 2 months: the curve counts (2 x 2 + 3) / (2 + 3) = 1.4 times, 84 a month
    sales = pd.concat([SALES, sold("B-9", [60, 120], region="North")])
    _, plan = planned(
        "B-9  North  All  launch  .  2025-11  .  50% 100%  B-2  1  .  .", sales, BY_ITEM
    )

    # the baseline, the mean of two months, is 90
    assert plan_row(plan, WHEN, "baseline", family="B-9") == [90] * 4
    assert plan_row(plan, WHEN, "lifecycle", family="B-9") == pytest.approx([-6] * 4)


def test_within_a_family_only_what_the_baseline_holds_is_taken_off() -> None:
    sales = pd.concat([SALES, sold("B-9", [60, 120], region="North")])
    _, plan = planned("B-9  North  All  launch  .  2025-11  .  50% 100%  B-2  1  .  .", sales)

    # the baseline is last year's January to April, before B-9: its 84 a month all come on top
    assert plan_row(plan, WHEN, "consensus", family="Bikes", region="North") == pytest.approx(
        [184, 224, 264, 304]
    )


@pytest.mark.parametrize("ago", [1, 3, 6])
def test_what_a_baseline_that_adapts_holds_of_a_new_item_is_not_counted_twice(ago: int) -> None:
    # B-2 80 a month; B-9 sells 20 a month since its launch, as the curve says: a quarter of B-2,
    # so 100 a month is to come, however far the baseline has risen from 80
    sales = pd.concat([sold("B-2", [80.0] * 36), sold("B-9", [20.0] * ago)])
    row = f"B-9  All  All  launch  .  {WHEN.first - ago}  .  100%  B-2  0.25  .  ."
    _, plan = planned(row, sales, ADAPTING)

    # 2 %: the level of B-2 is plain, and all above it is taken off or added
    consensus = plan_row(plan, WHEN, "consensus", family="Bikes")
    assert consensus == pytest.approx([100] * 4, rel=0.02)


def test_with_a_year_of_sales_a_new_item_is_one_like_any_other() -> None:
    sales = pd.concat([SALES, sold("B-9", [5.0] * 12, region="North")])
    outcome, plan = planned("B-9  North  All  launch  .  2025-01  .  .  B-1  1  .  .", sales)

    assert plan_row(plan, WHEN, "lifecycle", family="Bikes", region="North") == [0] * 4
    assert messages(outcome) == []


def test_a_phase_out_runs_down_its_share_of_the_block() -> None:
    _, plan = planned("B-2  All  All  phase-out  .  2026-02  2  .  .  .  .  .")

    # B-2 is 720 of the 2,320 of the north; January in full, February half, then nothing
    share = 720 / 2320
    assert plan_row(plan, WHEN, "lifecycle", family="Bikes", region="North") == pytest.approx(
        [0, -0.5 * share * 140, -share * 180, -share * 220]
    )


def test_a_phase_out_that_has_begun_goes_on_from_where_it_is() -> None:
    # four steps from November on: 75 %, 50 % in December; 25 % and 0 are half and none of that
    sales = pd.concat([SALES, sold("P-1", [10.0] * 10 + [7.5, 5], region="South")])
    _, plan = planned("P-1  South  All  phase-out  .  2025-11  4  .  .  .  .  .", sales, BY_ITEM)

    # last year's January to April, 10 each
    assert plan_row(plan, WHEN, "consensus", family="P-1", region="South") == pytest.approx(
        [5, 0, 0, 0]
    )


def test_an_end_of_life_is_the_end_at_once_of_an_item_or_a_whole_family() -> None:
    _, item = planned("P-1  North  All  end of life  .  2026-03  .  .  .  .  .  .")
    _, family = planned("bikes  South  All  end of life  .  2026-03  .  .  .  .  .  .")

    assert plan_row(item, WHEN, "consensus", family="Parts", region="North") == [10, 10, 0, 0]
    assert plan_row(family, WHEN, "consensus", family="Bikes", region="South") == [20, 20, 0, 0]


@pytest.mark.parametrize("kind", ["end of life", "phase-out"])
@pytest.mark.parametrize("ago", [1, 3, 6])
def test_an_item_already_gone_is_not_taken_off_twice(kind: str, ago: int) -> None:
    # B-1 and B-2 50 a month each, B-1 none in the last months: what remains is B-2, 50 a month
    orders = [50.0] * (36 - ago) + [0.0] * ago
    start = WHEN.first - ago
    sales = pd.concat([sold("B-1", orders), sold("B-2", [50.0] * 36)])
    _, plan = planned(f"B-1  All  All  {kind}  .  {start}  1  .  .  .  .  .", sales, ADAPTING)

    # 5 %: the baseline may have followed the fall too far; half of it would be 25
    consensus = plan_row(plan, WHEN, "consensus", family="Bikes")
    assert consensus == pytest.approx([50] * 4, rel=0.05)


def test_an_item_gone_for_a_year_changes_nothing() -> None:
    sales = pd.concat([sold("B-1", [50.0] * 24 + [0.0] * 12), sold("B-2", [50.0] * 36)])
    _, plan = planned("B-1  All  All  end of life  .  2025-01  .  .  .  .  .  .", sales, ADAPTING)

    assert plan_row(plan, WHEN, "lifecycle", family="Bikes") == [0] * 4


def test_an_item_gone_alone_leaves_nothing() -> None:
    sales = sold("B-1", [50.0] * 33 + [0.0] * 3)
    _, plan = planned("B-1  All  All  end of life  .  2025-10  .  .  .  .  .  .", sales, ADAPTING)

    assert plan_row(plan, WHEN, "consensus", family="Bikes") == [0] * 4


def test_a_successor_takes_over_from_the_item_that_it_is_like() -> None:
    # P-1 has been running down since November, its last months count as those a year before
    sales = pd.concat([SALES, sold("P-1", [8.0] * 22 + [4, 2], region="South")])
    _, plan = planned(
        """
        P-1  South  All  phase-out  .  2025-11  4  .  .    .  .  .
        P-9  South  All  launch     .  2026-01  1  .  P-1  1  .  .
        """,
        sales,
        BY_ITEM,
    )

    assert plan_row(plan, WHEN, "consensus", family="P-9") == pytest.approx([8, 8, 8, 8])


def test_like_items_that_are_new_themselves_lead_on() -> None:
    _, plan = planned(
        """
        B-9  South  All  launch  .  2026-02  1  .  B-1  0.5  .  .
        P-9  South  All  launch  .  2026-01  1  .  B-9  0.5  .  .
        """
    )

    assert plan_row(plan, WHEN, "lifecycle", family="Parts", region="South") == [5] * 4


def test_a_row_that_is_not_included_does_nothing() -> None:
    launches = rows(
        LAUNCHES.inputs,
        "item  region  channel  kind  start  included\nP-1  All  All  end of life  2026-01  no",
    )
    outcome = run_demand(WHEN, SETTINGS, items=MASTER, actuals=SALES, launches=launches)

    assert plan_row(outcome.frames["demand_plan"], WHEN, "lifecycle", family="Parts") == [0] * 4


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("B-9  All  All  launch  .  2026-01  .  .  P-9  1  .  .",
         "Launch of B-9: it has no like item with demand in its region, and is left out."),
        ("B-9  East  All  launch  .  2026-01  .  .  B-1  1  .  .",
         "Launch of B-9: it has no like item with demand in its region, and is left out."),
        ("B-9  All  All  launch  .  2026-01  .  .  .  1  .  .",
         "Launch of B-9: it has no like item with demand in its region, and is left out."),
        ("X-1  All  All  launch  .  2026-01  .  .  B-1  1  .  .",
         "Launch of X-1: it has no family in the plan, and is left out."),
        ("B-9  All  All  launch  .  2027-01  .  .  B-1  1  .  .",
         "Launch of B-9: it begins in Jan 2027, after the last month of the plan."),
        ("B-9  All  All  launch  .  2026-01  .  fast  B-1  1  .  .",
         "Launch of B-9: 'fast' is no list of shares."),
        ("B-9  All  All  launch  .  2026-01  .  .  B-1  1  X-1  0.5",
         "Launch of B-9: X-1, from which it takes, is no item, so it takes from nobody."),
        ("X-1  All  All  phase-out  .  2026-01  .  .  .  .  .  .",
         "Phase-out of X-1: it is no item and no family of the plan, and is left out."),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_followed_are_named(row: str, told: str) -> None:
    outcome, plan = planned(row)

    assert messages(outcome) == [told]
    assert not np.isnan(plan[plan["period"] >= WHEN.first]["consensus"]).any()


def test_a_circle_of_like_items_is_named() -> None:
    outcome, _ = planned(
        """
        B-9  All  All  launch  .  2026-01  .  .  P-9  1  .  .
        P-9  All  All  launch  .  2026-01  .  .  B-9  1  .  .
        """
    )

    assert messages(outcome) == [
        "Launch of B-9: its like items form a circle, B-9 - P-9 - B-9, so it is left out.",
        "Launch of P-9: its like items form a circle, P-9 - B-9 - P-9, so it is left out.",
    ]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["B-1", "B-2", "B-9", "P-9", "X-1", "Parts"]),
            st.sampled_from(["All", "North"]),
            st.sampled_from(["launch", "phase-out", "end of life"]),
            st.sampled_from(["2024-01", "2025-10", "2026-01", "2026-03", "2029-01"]),
            st.sampled_from(["B-1", "B-2", "B-9", "P-9", "."]),
            st.sampled_from(["0", "0.5", "3", "."]),
        ),
        max_size=4,
        unique_by=lambda row: row[:3],
    )
)
def test_whatever_the_list_says_consensus_is_a_number_from_zero_up(
    listed: list[tuple[str, str, str, str, str, str]],
) -> None:
    text = "\n".join(
        f"{item}  {region}  All  {kind}  .  {start}  .  .  {like}  {share}  B-1  0.5"
        for item, region, kind, start, like, share in listed
    )

    plan = planned(text)[1]
    ahead = plan[plan["period"] >= WHEN.first]

    assert (ahead["consensus"] >= 0).all()
    assert (ahead["baseline"] + ahead["lifecycle"] >= -1e-9).all()
