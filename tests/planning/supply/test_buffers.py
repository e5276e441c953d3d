"""Safety stock against Chopra and Meindl and Heizer and Render."""

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.supply.buffers import safety_stock, safety_stock_for_fill_rate


def test_demand_varies_over_the_lead_time() -> None:
    # Chopra and Meindl, B&M: weekly demand 2500 with 500, lead time 2 weeks
    assert named("SOP_SAFETY")(0.90, 500, 2) == pytest.approx(906.19, abs=0.005)
    # a reorder point of 6000 leaves 1000 for a service level of 92.14 %
    assert named("SOP_SAFETY")(0.9214, 500, 2) == pytest.approx(1000, abs=0.5)


def test_demand_and_lead_time_vary() -> None:
    # Heizer and Render: demand 150 with 16 a day, lead time 5 with 1 day, Z = 1.65
    level = NormalDist().cdf(1.65)

    assert named("SOP_SAFETY")(level, 16, 5, 1, 150) == pytest.approx(254, abs=0.5)
    # one standard deviation of the demand during the lead time
    assert named("SOP_SAFETY")(NormalDist().cdf(1), 16, 5, 1, 150) == pytest.approx(154, abs=0.5)


def test_review_adds_to_the_lead_time() -> None:
    assert named("SOP_SAFETY")(0.9, 500, 2, 0, None, 2) == pytest.approx(
        named("SOP_SAFETY")(0.9, 500, 4)
    )


def test_each_item_has_its_own() -> None:
    found = named("SOP_SAFETY")([[0.9], [0.5], [0.3], [None]], [[500]] * 4, 2)

    # from one half down none is needed
    assert np.asarray(found, dtype=float).ravel() == pytest.approx(
        [906.19, 0, 0, np.nan], abs=0.005, nan_ok=True
    )


def test_a_lead_time_that_varies_needs_the_demand() -> None:
    with pytest.raises(CellError, match="not enough"):
        named("SOP_SAFETY")(0.9, 16, 5, 1)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ((1, 16, 5), "service_level"),
        ((0, 16, 5), "service_level"),
        ((95, 16, 5), "service_level"),
        ((0.9, -16, 5), "sigma_demand"),
        ((0.9, 16, -5), "lead_time"),
        ((0.9, 16, 5, -1), "sigma_lead_time"),
        ((0.9, 16, 5, 0, 1, -1), "review"),
    ],
)
def test_numbers_out_of_their_range_are_refused(arguments: tuple[float, ...], name: str) -> None:
    with pytest.raises(CellError, match=f"#NUM!: SOP_SAFETY: {name} "):
        named("SOP_SAFETY")(*arguments)


def test_the_core_finds_nothing_for_impossible_numbers() -> None:
    found = safety_stock([1.0, 0.9, 0.9], [5.0, -5.0, 5.0], [2.0, 2.0, -2.0])

    assert np.isnan(found).all()


@given(
    st.floats(0.5, 0.999), st.floats(0, 1e6), st.floats(0, 50), st.floats(0, 10),
    st.floats(0, 1e6), st.floats(0.1, 1000),
)  # fmt: skip
def test_other_units_give_the_same_stock(
    level: float, sigma: float, lead: float, late: float, mean: float, factor: float
) -> None:
    stock = safety_stock(level, sigma, lead, late, mean)

    other = safety_stock(level, sigma * factor, lead, late, mean * factor)
    assert other == pytest.approx(stock * factor, rel=1e-9, abs=1e-9)
    assert safety_stock(min(0.9999, level + 0.0005), sigma, lead, late, mean) >= stock


# ---- fill rate ---------------------------------------------------------------------------------


def test_what_a_safety_stock_gives() -> None:
    # Chopra and Meindl, B&M: 1000 units beside a deviation of 707.11, orders of 10,000
    found = np.asarray(named("SOP_STOCK_SERVICE")(1000, 500 * 2**0.5, 10_000))

    assert found[0] == pytest.approx(0.9214, abs=5e-5)
    assert found[1] == pytest.approx(25.13, abs=0.005)
    assert found[2] == pytest.approx(0.9975, abs=5e-5)


def test_safety_stock_for_a_fill_rate() -> None:
    # the same company: a fill rate of .975 takes 66.7 units (the book has 67)
    assert named("SOP_SAFETY_FILL")(0.975, 10_000, 500, 2) == pytest.approx(66.7, abs=0.05)
    # one half of an order may be missing: none is needed
    assert named("SOP_SAFETY_FILL")(0.5, 10_000, 500, 2) == 0
    assert named("SOP_SAFETY_FILL")(0.975, 10_000, 0, 2) == 0


def test_each_item_stands_in_its_row() -> None:
    upright = np.asarray(named("SOP_STOCK_SERVICE")([[0], [1000]], 500, 1000), dtype=float)
    across = np.asarray(named("SOP_STOCK_SERVICE")([[0, 1000]], 500, 1000), dtype=float)

    assert (upright.shape, across.shape) == ((2, 3), (3, 2))
    assert upright[0, 0] == 0.5
    assert upright.T.tolist() == across.tolist()


@given(st.floats(0.51, 0.9999), st.floats(1, 1e5), st.floats(0.1, 1e4), st.floats(0.1, 50))
def test_the_safety_stock_gives_the_fill_rate_it_was_asked_for(
    rate: float, lot: float, sigma: float, lead: float
) -> None:
    stock = safety_stock_for_fill_rate(rate, lot, sigma, lead)
    found = np.asarray(named("SOP_STOCK_SERVICE")(stock, sigma * lead**0.5, lot), dtype=float)[2]

    assert found == pytest.approx(rate, abs=1e-6) if stock > 0 else found >= rate - 1e-9


# ---- forecast errors and reorder levels --------------------------------------------------------


def test_safety_stock_from_what_forecasts_missed() -> None:
    # errors 3, -3, (left out), 3: root mean square 3, lead time 4, one standard deviation
    level = NormalDist().cdf(1.0)
    forecast, actual = [[13, 7, 9, 13]], [[10, 10, None, 10]]

    assert named("SOP_SAFETY_ERR")(level, forecast, actual, 4) == pytest.approx(6)
    # a forecast that is always 5 too high misses by 5, although it never varies
    assert named("SOP_SAFETY_ERR")(level, [[15, 15]], [[10, 10]]) == pytest.approx(5)
    with pytest.raises(CellError, match="not enough"):
        named("SOP_SAFETY_ERR")(level, [[15, None]], [[None, 10]])


def test_a_reorder_point_is_the_demand_of_the_lead_time_and_safety_stock() -> None:
    # Heizer and Render: 150 a day, 5 days, 254 (Z = 1.65)
    level = NormalDist().cdf(1.65)
    safety = named("SOP_SAFETY")(level, 16, 5, 1, 150)

    assert named("SOP_REORDER")(150, 5, safety) == pytest.approx(1004, abs=0.5)
    # up to 2500 x (2 + 4) + 1000 at each review of four weeks
    assert named("SOP_REORDER")(2500, 2, 1000, 4) == 16_000
