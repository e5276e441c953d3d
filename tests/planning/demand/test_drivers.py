"""Signals in the plan: their effect is taken out of history and laid on the plan."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning import Outcome
from sop_xl.planning.demand.drivers import by_block, lift, onto
from sop_xl.planning.demand.forecaster import Forecast, forecast
from sop_xl.tables.data import ITEMS, SIGNALS
from sop_xl.tables.settings import Settings
from tests.planning.monthly import run_demand, sold
from tests.planning.rows import axis, plan_row, rows

WHEN = axis("2026-01", history=3, horizon=4)
SETTINGS = Settings(
    horizon=4, history_shown=3, forecaster="seasonal_naive", reconciliation="bottom_up"
)
MASTER = rows(ITEMS.inputs, "item  family\nB-1  Bikes\nP-1  Parts")
MONTHS = pd.period_range("2022-01", "2026-04", freq="M")
DISCOUNT = np.where(np.random.default_rng(8).random(52) < 0.3, 0.2, 0.0)
DISCOUNT[-4:] = [0, 0.2, 0, 0.2]
BASE = 100 + 20 * np.sin(2 * np.pi * np.arange(52) / 12)
ASKED = BASE * np.exp(2.0 * DISCOUNT)
"""20 % off sells exp(.4) = 1.49 times as much."""
SALES = pd.concat(
    [
        sold("B-1", ASKED[:48], region="North"),
        sold("B-1", 3 * ASKED[:48], region="South"),
        sold("P-1", BASE[:48], region="North"),
    ]
)


def signal(values: np.ndarray, family: str = "Bikes", region: str = "All") -> pd.DataFrame:
    text = "\n".join(
        f"Discount  {month}  {family}  {region}  All  {value}"
        for month, value in zip(MONTHS, values, strict=False)
    )
    return rows(SIGNALS.inputs, "signal  period  family  region  channel  value\n" + text)


def planned(**given: pd.DataFrame) -> Outcome:
    return run_demand(WHEN, SETTINGS, items=MASTER, actuals=SALES, **given)


def test_a_planned_discount_lifts_the_baseline_of_the_months_before() -> None:
    plan = planned(signals=signal(DISCOUNT)).frames["demand_plan"]

    # the season of last year without its discounts, and those of this year on top
    for region, size in (("North", 1), ("South", 3)):
        assert plan_row(plan, WHEN, "baseline", family="Bikes", region=region) == pytest.approx(
            size * ASKED[48:], rel=0.02
        )


def test_blocks_without_signals_stay_as_they_are() -> None:
    plain, known = planned(), planned(signals=signal(DISCOUNT))

    # the range is another one: how far forecasts go astray is learned from the series beside it
    before, after = (
        plan_row(one.frames["demand_plan"], WHEN, "baseline", family="Parts")
        for one in (plain, known)
    )
    assert after == pytest.approx(before, rel=1e-12)


def test_a_signal_that_ends_before_the_plan_is_named_and_counts_as_usual() -> None:
    found = planned(signals=signal(DISCOUNT[:50]))

    told = [finding.message for finding in found.findings if finding.table == "signals"]
    assert told == [
        "Signals are not known for every month of the plan: Discount. They count as usual where"
        " they are missing."
    ]
    north = plan_row(found.frames["demand_plan"], WHEN, "baseline", family="Bikes", region="North")
    assert north[2:] == pytest.approx(BASE[50:], rel=0.02)


def test_a_value_for_a_region_replaces_that_for_all() -> None:
    blocks = pd.DataFrame(
        {"family": ["Bikes", "Bikes", "Parts"], "region": ["North", "South", "North"]}, dtype="str"
    )
    given = pd.concat([signal(np.array([3.0]), region="south"), signal(np.array([1.0, 2.0]))])

    names, values = by_block(given, blocks, MONTHS[:3])

    assert names == ["Discount"]
    expected = [[1, 2, np.nan], [3, 2, np.nan], [np.nan] * 3]
    assert np.array_equal(values[0], np.array(expected), equal_nan=True)


def test_a_promotion_that_doubles_demand_is_learned_and_not_cleaned_away() -> None:
    # a level of 100 and a promotion of exp(.7) = 2.01 times; the plan has one in its third month
    promotion = np.zeros(52)
    promotion[[5, 13, 22, 30, 39, 50]] = 1.0
    noise = np.random.default_rng(1).normal(1.0, 0.02, 48)
    sales = sold("B-1", 100 * noise * np.exp(0.7 * promotion[:48]), region="North")
    weights = Settings(horizon=4, history_shown=3)

    found = run_demand(
        WHEN, weights, items=MASTER, actuals=sales, signals=signal(promotion)
    )

    plan = plan_row(found.frames["demand_plan"], WHEN, "baseline", family="Bikes")
    assert plan == pytest.approx([100, 100, 201, 100], rel=0.1)
    assert not found.frames["cleansing"]["by_default"].any()


def promoted() -> tuple[Forecast, Forecast, np.ndarray]:
    """Forecast without and with the signal, and demand, of Bikes promoted and Parts not.

    A promotion doubles 100 (now and then 101, so that there is something to forecast): once in
    five months, and in five of the last six, which the backtest holds back; never in the plan.
    """
    promotion = np.where(np.arange(54) % 5 == 2, 1.0, 0.0)
    promotion[42:] = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0]
    base = 100.0 + (np.arange(48) % 7 == 0)
    demand = np.stack([base * (1 + promotion[:48]), base])
    blocks = pd.DataFrame({"family": ["Bikes", "Parts"]}, dtype="str")
    months = MONTHS[:48]
    text = "".join(
        f"\nPromotion  {month}  Bikes  All  All  {value}"
        for month, value in zip(
            pd.period_range("2022-01", periods=54, freq="M"), promotion, strict=True
        )
    )
    given = rows(SIGNALS.inputs, "signal  period  family  region  channel  value" + text)
    known = lift(given, blocks, axis("2026-01", horizon=6), months, demand)
    plain = forecast(known.baseline, 6, "weights", 0.8)
    return plain, onto(known, plain), demand


def test_the_backtest_of_a_promoted_block_is_measured_on_what_was_sold() -> None:
    _, found, demand = promoted()
    test = found.found.backtest

    sold = [demand[0, 48 - cut :] for cut in test.cuts]
    for origin, months in enumerate(sold):
        assert test.actual[origin, 0, : len(months)] == pytest.approx(months, rel=1e-12)
        # the signal says when demand doubles: 2 x 100, not 100
        assert test.combined[origin, 0, : len(months)] == pytest.approx(months, rel=0.05)
    # last year's pattern knows nothing of it: |sold - sold a year before| / sold, all origins
    before = [demand[0, 36 - cut : 36] for cut in test.cuts]
    off = sum(np.abs(now - then[: len(now)]).sum() for now, then in zip(sold, before, strict=True))
    assert found.found.reference[0] == pytest.approx(off / sum(now.sum() for now in sold))
    assert found.found.reference[0] > 0.3
    assert found.found.error[0] < 0.05
    assert np.nanmax(found.found.errors[:, 0]) < 0.05


def test_the_backtest_of_a_block_without_signals_stays_as_it_is() -> None:
    plain, found, _ = promoted()

    for name in ("error", "errors", "reference"):
        before, after = getattr(plain.found, name), getattr(found.found, name)
        assert np.array_equal(before[..., 1], after[..., 1], equal_nan=True)
    for before, after in zip(plain.found.backtest[1:], found.found.backtest[1:], strict=True):
        assert np.array_equal(before[..., 1, :], after[..., 1, :], equal_nan=True)
