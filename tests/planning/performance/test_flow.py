"""Flow and return by hand: order lines, stock, options."""

import pandas as pd
import pytest

from sop_xl.planning.performance.flow import flow, roi
from sop_xl.tables import inputs as input_tables
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import GAP_OPTIONS
from tests.planning.rows import axis, rows

WHEN = axis("2026-04", history=3, horizon=2)
TABLES = input_tables(Settings().level)


def test_days_that_goods_lie_travel_and_come_late() -> None:
    """March: two lines come, 5 and 0 days late, 7 and 2 days after the requested day; 310 units
    ship in 31 days, 10 a day: 150 on hand last 15 days, 40 on the way 4."""
    orders = """
        order  item  quantity  requested   promised    delivered   delivered_quantity
        1      B-1   10        2026-03-01  2026-03-03  2026-03-08  10
        2      B-1   10        2026-03-10  2026-03-13  2026-03-12  10
        3      B-1   10        2026-03-20  2026-03-21  .           .
        4      B-1   10        .           .           2026-03-15  10
    """
    found = flow(
        WHEN,
        rows(TABLES["orders"].inputs, orders),
        rows(TABLES["stock"].inputs, "period  item  on_hand  in_transit\n2026-03  B-1  150  40"),
        rows(TABLES["actuals"].inputs, "period  item  shipments\n2026-03  B-1  310"),
    )
    days = {one.kpi: one.part[-1] / one.whole[-1] for one in found}
    assert days == pytest.approx({
        "Days beyond the requested day": 4.5, "Days late": 2.5, "Days in stock": 15,
        "Days on the way": 4,
    })  # fmt: skip


def test_the_return_is_that_of_the_chosen_options_together() -> None:
    """100 and 300 of cost, 250 and 350 of margin: net 150 and 50, 200 on 400 in all."""
    options = rows(GAP_OPTIONS.columns, """
        resource  period   option    short  covers  rank  cost  gain  net  chosen
        Press     2026-04  overtime  20     5       1     100   250   150  yes
        Press     2026-04  shift     20     15      2     300   350   50   yes
        Press     2026-04  wait      20     20      3     10    900   890  no
    """)
    net, margin = roi(WHEN, options)
    assert net.part[-1] / net.whole[-1] == pytest.approx(0.5)
    assert margin.part[-1] / margin.whole[-1] == pytest.approx(1.5)
    assert pd.isna(net.part[0])


def test_two_chosen_options_of_one_gap_share_its_hours() -> None:
    """10 h are short: overtime covers 8, the subcontractor's 10 h are needed for 2."""
    options = rows(GAP_OPTIONS.columns, """
        resource  period   option       short  covers  rank  cost  gain  net  chosen
        Press     2026-04  subcontract  10     10      2     60    100   40   yes
        Press     2026-04  overtime     10     8       1     40    100   60   yes
    """)
    net, _ = roi(WHEN, options)
    # 8 h by overtime and 2 of the 10 h by the subcontractor: a fifth of it
    assert (net.part[-1], net.whole[-1]) == pytest.approx((68, 52))


def test_without_a_chosen_option_there_is_no_return() -> None:
    net, _ = roi(WHEN, rows(GAP_OPTIONS.columns, ""))
    assert pd.isna(net.part).all()
