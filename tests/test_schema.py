"""Units as planners read them."""

import pytest

from sop_xl.schema import Unit
from sop_xl.tables.data import CALENDAR
from sop_xl.tables.supply import SUPPLY_PLAN


@pytest.mark.parametrize(
    ("unit", "base_unit", "text"),
    [
        (Unit.RATE, "pcs", "pcs/day"),
        (Unit.RATE, "units", "units/day"),
        (Unit.QUANTITY, "units", "units"),
        (Unit.PRICE, "pcs", "EUR/pcs"),
        (Unit.MONEY, "pcs", "EUR"),
        (Unit.YEAR, "pcs", "year"),
    ],
)
def test_a_unit_is_told_with_currency_and_base_unit(unit: Unit, base_unit: str, text: str) -> None:
    assert unit.text("EUR", base_unit) == text


def test_a_year_has_no_thousands_and_a_daily_rate_has_a_decimal() -> None:
    assert CALENDAR["year"].unit.number_format == "0"
    assert SUPPLY_PLAN["required_rate"].unit.number_format.startswith("#,##0.0;")
    assert Unit.YEAR.is_number
    assert Unit.RATE.is_number
