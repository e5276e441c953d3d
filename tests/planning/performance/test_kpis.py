"""The twelve KPIs from small tables, month by month."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning import performance
from sop_xl.planning.frames import across, blocks
from sop_xl.schema import empty_frame
from sop_xl.tables import inputs as input_tables
from sop_xl.tables.data import FAMILIES, HISTORY, STOCK_HISTORY
from sop_xl.tables.finance import FINANCE_FAMILY
from sop_xl.tables.kpi_detail import KPI_OUTLOOK
from sop_xl.tables.performance import KPI_FACTS, KPIS
from sop_xl.tables.settings import Settings
from sop_xl.tables.supply import CAPACITY
from tests.planning.rows import axis, past_row, rows

WHEN = axis("2026-01", history=3, horizon=2)
SETTINGS = Settings(history_shown=3, horizon=3)
NONE = [np.nan] * 3
FAMILY_COSTS = "family  cost\nBikes  10\nParts  2"


def kpis(
    settings: Settings = SETTINGS,
    load: list[float] | None = None,
    finance: list[float] | None = None,
    **texts: str,
) -> pd.DataFrame:
    """The grid ``kpi_facts`` from tables as text; load and finance from one number a month."""
    declared = {name: table.inputs for name, table in input_tables(settings.level).items()}
    declared |= {
        "history": list(HISTORY.for_level(settings.level).columns),
        "stock_history": list(STOCK_HISTORY.columns),
        "families": list(FAMILIES.columns),
    }
    texts = {"families": FAMILY_COSTS} | texts
    frames = {name: empty_frame(columns) for name, columns in declared.items()}
    frames |= {name: rows(declared[name], text) for name, text in texts.items()}
    past = np.array([load if load is not None else NONE])
    hours = {"load": across(WHEN, past=past), "available": across(WHEN, past=past * 0 + 200)}
    revenue = {"revenue": across(WHEN, past=np.array([finance if finance else NONE]))}
    frames |= {
        "capacity": blocks(CAPACITY, ["Line"], WHEN, hours),
        "finance_family": blocks(FINANCE_FAMILY, ["Bikes"], WHEN, revenue),
        "kpi_outlook": blocks(KPI_OUTLOOK, [""], WHEN, {}),
    }
    wanted = performance.run.__annotations__
    given = {name: frame for name, frame in frames.items() if name in wanted}
    return performance.run(WHEN, settings, **given).frames["kpi_facts"]


def row(found: pd.DataFrame, name: str) -> list[float]:
    return past_row(found, WHEN, name)


def same(*numbers: float) -> object:
    return pytest.approx(list(numbers), nan_ok=True)


SOLD = """
period   family  region  orders
2025-10  Bikes   North   100
2025-11  Bikes   North   100
2025-11  Bikes   South   50
2025-12  Bikes   North   0
2025-12  Bikes   South   40
"""


def test_accuracy_takes_the_error_block_by_block() -> None:
    # December: |80 - 0| + |0 - 40| is 120 although the totals differ by 40 only
    found = kpis(
        history=SOLD,
        past_plans="""
        cycle    period   family  region  channel  consensus
        2025-10  2025-11  Bikes   North   All      90
        2025-10  2025-11  Bikes   South   Web      30
        2025-10  2025-11  Bikes   South   Shop     30
        2025-10  2025-12  Bikes   North   All      1
        2025-11  2025-12  Bikes   North   All      80
        2025-11  2025-12  Bikes   South   All      0
        2025-12  2025-12  Bikes   South   All      7
        """,
    )

    assert row(found, "actual_demand") == [100, 150, 40]
    assert row(found, "forecast") == same(np.nan, 150, 80)
    assert row(found, "absolute_error") == same(np.nan, 20, 120)
    assert row(found, "forecast_accuracy") == same(np.nan, 1 - 20 / 150, 0)
    assert row(found, "forecast_bias") == same(np.nan, 0, 1)


def test_only_blocks_with_a_forecast_are_measured() -> None:
    found = kpis(
        history=SOLD,
        past_plans="cycle  period  family  region  channel  consensus\n"
        "2025-10  2025-11  bikes  South  All  60\n2025-10  2025-11  Boats  South  All  99",
    )

    assert row(found, "forecast_demand") == same(np.nan, 50, np.nan)
    assert row(found, "forecast") == same(np.nan, 60, np.nan)
    assert row(found, "forecast_bias") == same(np.nan, 0.2, np.nan)


def test_a_plan_for_all_regions_is_compared_with_all_of_them() -> None:
    found = kpis(
        history=SOLD,
        past_plans="cycle  period  family  region  channel  consensus\n"
        "2025-10  2025-11  Bikes  All  All  120",
    )

    assert row(found, "forecast_demand") == same(np.nan, 150, np.nan)
    assert row(found, "absolute_error") == same(np.nan, 30, np.nan)


def test_the_lag_says_which_plan_is_measured() -> None:
    found = kpis(
        Settings(history_shown=3, horizon=3, forecast_lag=3),
        history=SOLD,
        past_plans="cycle  period  family  region  channel  consensus\n"
        "2025-08  2025-11  Bikes  North  All  130\n2025-10  2025-11  Bikes  North  All  5",
    )

    assert row(found, "forecast") == same(np.nan, 130, np.nan)


def test_returns_beyond_the_orders_are_not_measured() -> None:
    found = kpis(
        history="period  family  region  orders\n2025-11  Bikes  North  -5\n"
        "2025-11  Bikes  South  10",
        past_plans="cycle  period  family  region  channel  consensus\n"
        "2025-10  2025-11  Bikes  North  All  5\n2025-10  2025-11  Bikes  South  All  9",
    )

    assert row(found, "forecast_accuracy") == same(np.nan, 0.9, np.nan)


def test_volatility_compares_the_months_that_two_cycles_share() -> None:
    # November to December: |110 - 100| + |50 - 60| + |5 - 0| over 100 + 60
    found = kpis(
        past_plans="""
        cycle    period   family  region  channel  consensus
        2025-11  2025-11  Bikes   North   All      999
        2025-11  2025-12  Bikes   North   All      100
        2025-11  2026-01  Bikes   North   All      60
        2025-12  2025-12  Bikes   North   All      110
        2025-12  2026-01  Bikes   North   All      50
        2025-12  2026-01  Bikes   South   All      5
        2025-12  2026-02  Bikes   North   All      777
        """
    )

    assert row(found, "plan_change") == same(np.nan, np.nan, 25)
    assert row(found, "previous_plan") == same(np.nan, np.nan, 160)
    assert row(found, "demand_volatility") == same(np.nan, np.nan, 25 / 160)


def test_output_against_plan_and_schedule() -> None:
    found = kpis(
        production="""
        period   item  planned  produced
        2025-10  B-1   100      120
        2025-10  P-1   100      50
        2025-11  B-1   .        80
        2025-12  B-1   50       .
        """
    )

    assert row(found, "plan_adherence") == same(170 / 200, np.nan, np.nan)
    assert row(found, "schedule_adherence") == same(150 / 200, np.nan, 0)
    assert row(found, "actual_output") == same(170, 80, np.nan)


def test_service_counts_order_lines() -> None:
    found = kpis(
        orders="""
        order  line  quantity  requested   promised    delivered   delivered_quantity
        1      1     10        .           2025-11-10  2025-11-10  10
        1      2     10        .           2025-11-10  2025-11-11  10
        2      1     10        .           2025-11-20  2025-11-15  9
        3      1     10        .           2025-11-30  2025-12-01  .
        4      1     10        2025-12-05  .           2025-12-05  .
        5      1     10        .           2025-12-31  .           .
        6      1     10        .           .           2025-12-05  10
        7      1     10        .           2026-01-05  2025-12-20  12
        8      1     10        .           2026-01-05  .           .
        """
    )

    assert row(found, "orders_due") == same(np.nan, 4, 2)
    assert row(found, "orders_on_time") == same(np.nan, 2, 1)
    assert row(found, "customer_service") == same(np.nan, 0.5, 0.5)
    assert row(found, "deliveries") == same(np.nan, 3, 3)
    assert row(found, "deliveries_otif") == same(np.nan, 1, 2)
    assert row(found, "otif") == same(np.nan, 1 / 3, 2 / 3)


def test_months_after_the_last_delivery_have_no_service() -> None:
    found = kpis(
        orders="""
        order  line  quantity  promised    delivered   delivered_quantity
        1      1     10        2025-10-10  2025-10-10  10
        2      1     10        2025-11-10  .           .
        2      2     10        2025-11-10  2025-11-10  10
        3      1     10        2025-12-10  .           .
        """
    )

    assert row(found, "orders_due") == [1, 2, 1]
    assert row(found, "orders_on_time") == same(1, 1, np.nan)
    assert row(found, "customer_service") == same(1, 0.5, np.nan)


def test_orders_without_any_delivery_have_no_service() -> None:
    found = kpis(orders="order  line  quantity  promised  delivered\n1  1  10  2025-12-10  .")

    assert row(found, "orders_due") == same(np.nan, np.nan, 1)
    assert row(found, "customer_service") == same(*NONE)


def test_actions_are_counted_up_to_each_month() -> None:
    found = kpis(
        actions="""
        action  due         status     closed
        A-1     2025-11-10  done       2025-11-05
        A-2     2025-11-30  done       2025-12-01
        A-3     2025-12-31  open       .
        A-4     2025-12-01  done       .
        A-5     2025-11-01  cancelled  .
        A-6     2026-01-15  done       2025-12-01
        """
    )

    assert row(found, "actions_due") == same(np.nan, 2, 4)
    assert row(found, "actions_closed") == same(np.nan, 1, 3)
    assert row(found, "decision_closure") == same(np.nan, 0.5, 0.75)


def test_turns_are_cost_of_a_year_over_average_inventory() -> None:
    # inventory 5 x 10 + 10 x 2 = 70, then 90: mean 80; October has 31 days, November 30
    found = kpis(
        history="""
        period   family  region  cost_of_sales
        2025-10  Bikes   North   31
        2025-11  Bikes   North   20
        2025-11  Parts   North   10
        """,
        items="item  family  cost\nB-1  Bikes  10\nP-1  Parts  2",
        stock="""
        period   item  region  on_hand
        2025-10  B-1   All     5
        2025-10  P-1   All     10
        2025-11  B-1   North   6
        2025-11  B-1   South   3
        """,
    )

    assert row(found, "average_inventory") == same(70, 80, 90)
    assert row(found, "inventory_turns") == same(365 / 70, 365 / 80, np.nan)


def test_each_item_in_stock_counts_at_its_own_cost() -> None:
    # the family sells at an average cost of 10; B-3 has no cost of its own; B-9 has no family
    found = kpis(
        items="""
        item  family  cost
        B-1   Bikes   8
        B-2   Bikes   40
        B-3   Bikes   .
        B-9   .       99
        """,
        stock="""
        period   item  region  on_hand
        2025-10  B-1   All     2
        2025-10  B-2   All     3
        2025-10  B-3   All     4
        2025-10  B-9   All     5
        """,
    )

    assert row(found, "average_inventory") == same(16 + 120 + 40, 176, np.nan)


def test_revenue_is_what_shipped_else_what_was_booked_else_what_finance_says() -> None:
    found = kpis(
        history="period  family  region  revenue\n2025-10  Bikes  North  90",
        balance="period  revenue\n2025-10  500\n2025-11  110",
        aop="period  family  region  channel  revenue\n2025-10  Bikes  North  All  100\n"
        "2025-11  Bikes  North  All  60\n2025-11  Parts  All  All  40\n"
        "2025-12  Bikes  North  All  50",
        finance=[1, 2, 45],
    )

    assert row(found, "revenue") == [90, 110, 45]
    assert row(found, "revenue_vs_plan") == same(0.9, 1.1, 0.9)


def test_without_revenue_there_is_no_verdict_on_it() -> None:
    found = kpis(aop="period  family  region  channel  revenue\n2025-10  Bikes  North  All  100")

    assert row(found, "planned_revenue") == same(100, np.nan, np.nan)
    assert row(found, "revenue_vs_plan") == same(*NONE)


def test_utilisation_where_the_output_is_known() -> None:
    found = kpis(
        load=[0, 150, 220],
        stock_history="period  family  produced\n2025-11  Bikes  5\n2025-12  Bikes  9",
    )

    assert row(found, "capacity_utilisation") == same(np.nan, 0.75, 1.1)


def test_working_capital_needs_both_sides() -> None:
    found = kpis(
        balance="period  current_assets  current_liabilities\n2025-10  50  30\n2025-11  50  ."
    )

    assert row(found, "working_capital") == same(20, np.nan, np.nan)


def test_nothing_is_known_of_the_future() -> None:
    found = kpis(history=SOLD, balance="period  current_assets\n2026-01  5")

    assert found["period"].tolist() == [*WHEN.periods]
    plan = found[found["period"] >= WHEN.first]
    assert plan[KPI_FACTS.names].isna().all(axis=None)


def test_without_data_every_kpi_is_blank() -> None:
    found = kpis()

    assert found[[kpi.name for kpi in KPIS]].isna().all(axis=None)
