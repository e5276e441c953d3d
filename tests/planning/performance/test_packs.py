"""Packs of further KPIs, from order lines reckoned by hand."""

import pandas as pd
import pytest

from sop_xl.planning.frames import blocks
from sop_xl.planning.performance.packs import more_kpis
from sop_xl.tables import inputs as input_tables
from sop_xl.tables.benchmarks import BENCHMARKS
from sop_xl.tables.cash import CASH_DAYS, CASH_FLOW
from sop_xl.tables.kpi_detail import RETAIL, SCOR
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import GAP_OPTIONS
from tests.planning.rows import axis, rows

WHEN = axis("2026-04", history=3, horizon=2)
TABLES = input_tables(Settings().level)


def packs(orders: str) -> pd.DataFrame:
    names = ("stock", "production", "actuals")
    empty = {name: rows(TABLES[name].inputs, "period  item") for name in names}
    return more_kpis(
        (RETAIL, SCOR), WHEN, orders=rows(TABLES["orders"].inputs, orders), **empty,
        cash_flow=blocks(CASH_FLOW, [""], WHEN, {}), cash_days=blocks(CASH_DAYS, [""], WHEN, {}),
        gap_options=rows(GAP_OPTIONS.columns), benchmarks=rows(BENCHMARKS.inputs),
    ).set_index("kpi")  # fmt: skip


LINES = """
    order  item  quantity  requested   promised    delivered   delivered_quantity
    1      B-1   10        2026-01-10  2026-01-12  2026-01-12  10
    2      B-1   10        2026-01-20  2026-01-20  2026-01-25  10
    3      B-1   10        2026-02-03  2026-02-03  2026-02-03  6
"""


def test_fill_rate_and_delivery_by_month_of_the_due_day() -> None:
    """January: 10 of 20 units and 1 of 2 lines by the day, both in full; February: 6 of 10."""
    found = packs(LINES)
    assert found.loc["Fill rate", "average"] == pytest.approx((0.5 + 0.6) / 2)
    assert found.loc["Delivered in full", "average"] == pytest.approx((1 + 0) / 2)
    assert found.loc["Delivered to the commit date", "average"] == pytest.approx((0.5 + 1) / 2)


def test_what_is_due_after_the_last_delivery_nobody_has_told_yet() -> None:
    """A line due in March, when the data end with February, is no failure."""
    late = packs(LINES + "    4      B-1   10  2026-03-05  2026-03-05  .  .")
    pd.testing.assert_series_equal(late["average"], packs(LINES)["average"])
    assert late["actual"].isna().all()
