"""The other definitions beside the handbook's, from small tables."""

import pytest

from tests.planning.performance.test_kpis import SETTINGS, kpis, row


def last(name: str, **texts: str) -> float:
    return row(kpis(SETTINGS, None, None, **texts), name)[-1]


PRODUCTION = """
    period   item  planned  produced
    2025-12  A     100      120
    2025-12  B     100      80
"""
ORDERS = """
    order  line  item  quantity  requested   promised    delivered   delivered_quantity
    1      1     A     10        2025-12-01  2025-12-05  2025-12-04  10
    2      1     A     10        2025-12-08  2025-12-08  2025-12-08  9
    3      1     A     10        2025-12-09  2025-12-09  .           .
    4      1     A     10        2025-12-20  2025-12-20  2025-12-20  10
"""
ITEMS = """
    item  family
    A     Bikes
    B     Bikes
"""


def test_the_mix_of_the_output_counts() -> None:
    """200 of 200 were made, but 20 of one too many and 20 of the other too few."""
    assert last("plan_adherence", production=PRODUCTION, items=ITEMS) == pytest.approx(1.0)
    assert last("item_adherence", production=PRODUCTION, items=ITEMS) == pytest.approx(0.8)


def test_the_day_that_was_asked_for_counts() -> None:
    assert last("customer_service", orders=ORDERS, items=ITEMS) == pytest.approx(3 / 4)
    assert last("requested_service", orders=ORDERS, items=ITEMS) == pytest.approx(2 / 4)


def test_lines_that_never_came_count() -> None:
    """Of three deliveries two are on time and in full; of four lines due, two."""
    assert last("otif", orders=ORDERS, items=ITEMS) == pytest.approx(2 / 3)
    assert last("due_otif", orders=ORDERS, items=ITEMS) == pytest.approx(2 / 4)


def test_an_action_that_was_closed_late_is_not_closed_in_time() -> None:
    actions = """
        action  description  owner  due         status  closed
        1       x            Eve    2025-12-10  done    2025-12-09
        2       y            Eve    2025-12-10  done    2025-12-20
    """
    assert last("decision_closure", actions=actions) == pytest.approx(1.0)
    assert last("timely_closure", actions=actions) == pytest.approx(0.5)


def test_trade_working_capital_is_without_cash_and_tax() -> None:
    balance = """
        period   receivables  inventory_value  payables  current_assets  current_liabilities
        2025-12  300          250              150       900             400
    """
    assert last("trade_capital", balance=balance) == pytest.approx(400)
    assert last("working_capital", balance=balance) == pytest.approx(500)
