"""History, stock and hours at the planning level."""

import hypothesis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning import hierarchy
from sop_xl.planning.data import facts
from sop_xl.planning.data.facts import bill, item_mix, overall_factors, stock_history
from sop_xl.schema import empty_frame
from sop_xl.tables.data import BILL_OF_RESOURCES, ITEMS, PRODUCTION, STOCK
from sop_xl.tables.settings import Settings
from tests.planning.monthly import run_data, sold
from tests.planning.rows import axis, rows

WHEN = axis("2026-01", history=3)
MASTER = rows(
    ITEMS.inputs,
    """
    item   family  price  cost
    B-100  Bikes   400    250
    B-200  Bikes   300    200
    P-100  Parts   5      2
    """,
)
REGIONAL = Settings(horizon=6, history_shown=3)
BY_FAMILY = Settings(horizon=6, history_shown=3, planning_level=("family",))
BY_ITEM = Settings(horizon=6, history_shown=3, planning_level=("item", "region"))


def history(settings: Settings, *actuals: pd.DataFrame) -> pd.DataFrame:
    return run_data(WHEN, settings, items=MASTER, actuals=pd.concat(actuals)).frames["history"]


def test_items_are_added_up_to_the_block() -> None:
    found = history(
        REGIONAL,
        sold("B-100", [1, 2, 3], region="North"),
        sold("B-200", [10, 20, 30], region="North"),
        sold("B-200", [100], region="South"),
    )

    assert found[["family", "region", "orders"]].to_numpy().tolist() == [
        ["Bikes", "North", 11], ["Bikes", "North", 22], ["Bikes", "North", 33],
        ["Bikes", "South", 100],
    ]  # fmt: skip


def test_a_block_begins_with_its_first_sale_and_then_has_every_month() -> None:
    # B-200 sold in November only: nothing before, zero after
    found = history(BY_FAMILY, sold("P-100", [5, 5, 5]), sold("B-200", [0, 7], last="2025-11"))

    bikes = found[found["family"] == "Bikes"]
    assert [str(p) for p in bikes["period"]] == ["2025-11", "2025-12"]
    assert bikes["orders"].tolist() == [7, 0]


def test_months_that_were_not_delivered_are_not_zero() -> None:
    found = history(BY_FAMILY, sold("B-100", [4, 6], last="2025-11"))

    assert [str(p) for p in found["period"]] == ["2025-10", "2025-11"]


def test_the_open_month_is_left_out_with_a_warning() -> None:
    actuals = sold("B-100", [4, 6, 9], last="2026-01")

    outcome = run_data(WHEN, BY_FAMILY, items=MASTER, actuals=actuals)

    assert outcome.frames["history"]["orders"].tolist() == [4, 6]
    assert [f.message for f in outcome.findings] == [
        "1 row of Jan 2026 or later left out: not closed yet."
    ]


def test_shipments_stand_in_for_missing_orders() -> None:
    actuals = sold("B-100", [np.nan, 6, np.nan], shipments=[5.0, 7.0, np.nan])

    found = history(BY_FAMILY, actuals)

    assert found["orders"].tolist() == [5, 6, 0]
    assert found["shipments"].tolist() == [5, 7, 0]


def test_a_measure_that_nobody_delivered_is_blank() -> None:
    found = history(BY_FAMILY, sold("B-100", [1, 2, 3], revenue=[400.0, np.nan, 1200.0]))

    assert found["revenue"].tolist() == [400, 0, 1200]
    assert found["returns"].isna().all()


def test_stock_outs_are_counted_by_item() -> None:
    found = history(
        BY_FAMILY,
        sold("B-100", [1, 1, 1], stock_out=[True, False, True]),
        sold("B-200", [1, 1, 1], stock_out=[True, False, False]),
    )

    assert found["stock_outs"].tolist() == [2, 0, 1]


def test_at_item_level_every_item_is_its_family() -> None:
    found = history(BY_ITEM, sold("B-100", [1], region="North"), sold("B-200", [2], region="North"))

    assert found[["family", "region", "orders"]].to_numpy().tolist() == [
        ["B-100", "North", 1],
        ["B-200", "North", 2],
    ]


def test_spelling_in_upper_and_lower_case_is_one_region() -> None:
    found = history(
        REGIONAL, sold("B-100", [1], region="NORTH"), sold("B-200", [2], region="North")
    )

    assert found[["region", "orders"]].to_numpy().tolist() == [["NORTH", 3]]


@hypothesis.settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["B-100", "B-200", "P-100"]),
            st.sampled_from(["North", "South"]),
            st.integers(0, 4),
            st.integers(0, 1000),
        ),
        min_size=1,
        max_size=40,
    ),
)
def test_history_adds_up_to_the_actuals_in_any_order(
    cells: list[tuple[str, str, int, int]],
) -> None:
    items, regions, ago, quantity = (list(column) for column in zip(*cells, strict=True))
    actuals = sold("B-100", quantity).assign(
        item=pd.array(items, dtype="str"),
        region=pd.array(regions, dtype="str"),
        period=pd.PeriodIndex([WHEN.opening - months for months in ago]),
    )
    shuffled = actuals.sample(frac=1, random_state=len(cells))

    families = hierarchy.families_of(MASTER, REGIONAL)
    found, again = (
        facts.history(hierarchy.closed_actuals(table, families, WHEN), REGIONAL.level, WHEN)
        for table in (actuals, shuffled)
    )

    shown = actuals["period"].isin(WHEN.past)
    assert found["orders"].sum() == actuals.loc[shown, "orders"].sum()
    pd.testing.assert_frame_equal(found, again)


def test_a_month_of_stock_is_complete() -> None:
    stock = rows(
        STOCK.inputs,
        """
        period   item   region  on_hand  backlog
        2025-11  B-100  North   5        .
        2025-11  B-200  South   6        .
        2025-12  P-100  North   9        2
        """,
    ).merge(MASTER[["item", "family"]])
    made = rows(PRODUCTION.inputs, "period  item  planned  produced").assign(family="")

    found = stock_history(stock, made, pd.Index(["Bikes", "Parts"]), WHEN)

    assert found[["family", "on_hand", "backlog"]].fillna(-1).to_numpy().tolist() == [
        ["Bikes", 11, -1], ["Bikes", 0, 0], ["Parts", 0, -1], ["Parts", 9, 2],
    ]  # fmt: skip
    assert found["produced"].isna().all()


def test_hours_are_weighed_with_the_mix_of_the_last_year() -> None:
    # 30 + 10 sold: 0.75 x 0.6 h + 0.25 x 0.2 h
    actuals = pd.concat([sold("B-100", [30]), sold("B-200", [10])])
    needs = rows(
        BILL_OF_RESOURCES.inputs,
        """
        item   resource  hours_per_unit
        B-100  Frame     0.6
        B-200  Frame     0.2
        P-100  Paint     0.1
        """,
    )

    frames = run_data(
        WHEN, BY_FAMILY, items=MASTER, actuals=actuals, bill_of_resources=needs
    ).frames

    assert frames["bill"].to_numpy().tolist() == [["Bikes", "Frame", 0.0, pytest.approx(0.5)]]
    assert frames["item_mix"]["share"].tolist() == [0.75, 0.25, 1.0]


def test_where_nothing_was_sold_all_items_count_alike() -> None:
    families = MASTER.set_index("item")["family"]
    sales = sold("P-100", [0.0]).assign(demand=0.0)
    needs = rows(BILL_OF_RESOURCES.inputs, "item  resource  hours_per_unit\nB-100  Frame  0.6")

    mix = item_mix(sales, families, WHEN)

    assert mix["share"].tolist() == [0.5, 0.5, 1.0]
    assert bill(needs, mix, pd.Index(["Bikes"]))["hours_per_unit"].tolist() == [0.3]


def test_returns_do_not_turn_the_mix_negative() -> None:
    families = MASTER.set_index("item")["family"]
    sales = pd.concat([sold("B-100", [-5.0]), sold("B-200", [5.0])])

    mix = item_mix(sales.assign(demand=sales["orders"]), families, WHEN)

    assert mix["share"].tolist() == [0.0, 1.0, 1.0]


def test_nothing_gives_empty_tables() -> None:
    outcome = run_data(WHEN, REGIONAL)

    assert outcome.frames["history"].empty
    assert outcome.frames["families"].empty
    assert outcome.frames["history"].dtypes["period"] == empty_frame(STOCK.inputs).dtypes["period"]


def test_overall_factors_keep_the_total_and_split_it_by_the_past() -> None:
    """Berry, Schmitt and Vollmann 1982: A .95 h, B 1.85 h in all (WC100 .05/1.30, WC200 .70/.55).

    With 20 A and 10 B in the past: WC100 1 + 13 = 14 h, WC200 14 + 5.5 = 19.5 h, WC300 4 h of 37.5.
    """
    table = pd.DataFrame(
        {
            "family": ["A", "A", "A", "B", "B"],
            "resource": ["WC100", "WC200", "WC300", "WC100", "WC200"],
            "hours_per_unit": [0.05, 0.70, 0.20, 1.30, 0.55],
        }
    )
    found = overall_factors(table, pd.Series({"A": 20.0, "B": 10.0}))
    wide = found.pivot_table(index="family", columns="resource", values="hours_per_unit")
    hours = wide.to_numpy()
    assert hours.sum(axis=1) == pytest.approx([0.95, 1.85])
    assert hours[0] == pytest.approx([0.95 * 14 / 37.5, 0.95 * 19.5 / 37.5, 0.95 * 4 / 37.5])


def test_without_a_past_the_bill_stays_as_it_is() -> None:
    table = pd.DataFrame({"family": ["A"], "resource": ["W"], "hours_per_unit": [1.0]})
    assert overall_factors(table, pd.Series(dtype=float)).equals(table)
