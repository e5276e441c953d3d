"""Stock-outs: what would have been asked for."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning.demand.cleansing.stock_outs import lift, unconstrained
from tests.planning.monthly import sold

FLAT = [100, 104, 96, 100, 104, 96, 100, 104, 96, 100, 104, 96, 100, 104, 96, 100.0]


def estimate(recorded: list[float], *short: int, sold_: list[float] | None = None) -> list[float]:
    rows = np.array([recorded], dtype=float)
    flags = np.isin(np.arange(len(recorded)), short)[None, :]
    shipped = rows if sold_ is None else np.array([sold_], dtype=float)
    return [float(number) for number in unconstrained(rows, flags, shipped, season=1).demand[0]]


def test_a_stock_out_is_filled_from_the_months_around() -> None:
    recorded = [*FLAT[:7], 20.0, *FLAT[8:]]
    # before: 96 100 104 96 100 -> 100; after: 96 100 104 96 100 -> 100
    assert estimate(recorded, 7)[7] == pytest.approx(100)
    assert estimate(recorded, 7)[:7] == FLAT[:7]
    assert estimate(recorded) == recorded  # without the flag nothing is changed


def test_several_months_are_bridged() -> None:
    recorded = [*FLAT[:5], 0, 0, 0, 0, 0, 0, *FLAT[11:]]
    # before: 100 104 96 100 104 -> 100; after: 96 100 104 96 100 -> 100
    assert estimate(recorded, *range(5, 11))[5:11] == pytest.approx([100] * 6)


def test_the_season_of_the_other_years_is_kept() -> None:
    year = [60, 60, 60, 60, 90, 150, 150, 90, 60, 60, 60, 60.0]
    recorded = np.array([year * 3])
    recorded[0, 17] = 10  # June of the second year: 150 in the others
    short = recorded == 10
    assert unconstrained(recorded, short, recorded).demand[0, 17] == pytest.approx(150)


def test_never_below_what_was_recorded_or_sold_nor_for_a_small_shortfall() -> None:
    assert estimate([*FLAT[:7], 130.0, *FLAT[8:]], 7)[7] == 130
    assert estimate([*FLAT[:7], 92.0, *FLAT[8:]], 7)[7] == 92  # 8 % may be chance
    recorded = [*FLAT[:7], 20.0, *FLAT[8:]]
    assert estimate(recorded, 7, sold_=[*FLAT[:7], 140.0, *FLAT[8:]])[7] == 140


def test_where_nothing_can_be_said_it_stays_as_recorded() -> None:
    assert estimate([5.0, 0.0, 4.0], 1) == [5, 0, 4]
    assert estimate([0.0] * 12, *range(12)) == [0] * 12


BLOCKS = pd.DataFrame({"family": ["Bikes"], "region": ["All"]})


def lifted(*actuals: pd.DataFrame) -> dict[int, float]:
    facts = pd.concat(actuals, ignore_index=True).assign(family="Bikes")
    facts["demand"] = facts["orders"].fillna(facts["shipments"])
    months = pd.period_range("2024-09", "2025-12", freq="M")
    units = lift(facts, BLOCKS, months, season=1).units[0]
    return {int(at): round(float(units[at]), 3) for at in np.flatnonzero(units)}


def test_each_item_is_looked_at_and_the_block_gets_the_sum() -> None:
    out = np.arange(16) == 7
    short = [*FLAT[:7], 20.0, *FLAT[8:]]
    one = sold("B-1", short, stock_out=out, shipments=short)
    other = sold("B-2", FLAT, shipments=FLAT)  # its noise does not count
    assert lifted(one, other) == {7: 80.0}
    assert lifted(one, other, one.assign(item="B-3")) == {7: 160.0}


def test_orders_that_could_not_be_shipped_are_known_demand() -> None:
    out = np.arange(16) == 7
    short = [*FLAT[:7], 20.0, *FLAT[8:]]
    assert lifted(sold("B-1", short, stock_out=out, shipments=[*FLAT[:7], 5.0, *FLAT[8:]])) == {}
    # only shipments are delivered: they are all that is known
    no_orders = sold("B-1", short, stock_out=out, shipments=short).assign(orders=np.nan)
    assert lifted(no_orders) == {7: 80.0}


def test_an_item_that_ended_is_not_missed() -> None:
    ended = [*FLAT[:12], 0, 0, 0, 0]
    at = np.arange(16)
    assert lifted(sold("B-1", ended, stock_out=at == 12, shipments=ended)) == {}
    # still out of stock today: the five months before, 104 96 100 104 96, have a median of 100
    found = lifted(sold("B-1", ended, stock_out=at >= 12, shipments=ended))
    assert found == {12: 100.0, 13: 100.0, 14: 100.0, 15: 100.0}
