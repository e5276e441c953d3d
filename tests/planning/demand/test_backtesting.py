"""The backtest of the whole procedure: origins, what is measured, and the figures by hand."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning.demand import backtesting
from sop_xl.planning.demand.backtesting import Backtest, Said, worse_than_last_year
from sop_xl.planning.demand.forecaster import forecast
from sop_xl.planning.frames import Numbers

YEAR = np.array([10.0, 12, 15, 20, 26, 30, 31, 28, 22, 17, 13, 11])
MONTHS = pd.period_range("2023-01", "2025-12", freq="M")
GROWING = np.r_[YEAR, 1.1 * YEAR, 1.21 * YEAR][None]
"""Each month a tenth more than the year before."""


def backtest(
    history: Numbers,
    came: Numbers,
    months: pd.PeriodIndex,
    parts: list[str],
    origins: int,
    method: str = "seasonal_naive",
    pins: list[str] | None = None,
) -> Backtest:
    """Six months forecast again by one method, from the history as it is."""

    def said(cut: int) -> Said:
        past = history[:, : history.shape[1] - cut]
        again = forecast(past, 6, "seasonal_naive", 0.8).mean
        own = forecast(past, 6, method, 0.8, pins=pins)
        return Said(own, forecast(past, 6, "weights", 0.8), again, past)

    return backtesting.backtest(
        came, months, parts, said, origins=origins, horizon=6, level=0.8
    )


def test_origins_lie_three_months_apart_and_end_where_the_history_ends() -> None:
    found = backtest(GROWING, GROWING, MONTHS, ["Bikes"], 3)

    assert [str(origin) for origin in found.origins] == ["2025-01", "2025-04", "2025-07"]
    assert found.horizon == 6


def test_figures_of_last_years_pattern_by_hand() -> None:
    found = backtest(GROWING, GROWING, MONTHS, ["Bikes"], 1)

    own = found.methods.set_index("method").loc["champion"]
    # forecast 1.1 y where 1.21 y came: too low by 0.11 / 1.21
    assert own["wape"] == pytest.approx(1 / 11)
    assert own["bias"] == pytest.approx(-1 / 11)
    # the errors of the second half of the year against the mean change in the history before:
    # 0.1 y from the first to the second year, and 0.11 y in the six months of the third
    changes = np.r_[0.1 * YEAR, 0.11 * YEAR[:6]]
    assert own["mase"] == pytest.approx((0.11 * YEAR[6:]).mean() / changes.mean())
    assert found.methods.set_index("method").loc["last_year", "wape"] == pytest.approx(1 / 11)


def test_errors_are_measured_against_what_came_not_against_the_cleaned_history() -> None:
    came = GROWING.copy()
    came[0, -1] += 100

    found = backtest(GROWING, came, MONTHS, ["Bikes"], 1)

    size = (0.11 * YEAR[6:]).sum() + 100
    own = found.methods.set_index("method").loc["champion"]
    assert own["wape"] == pytest.approx(size / ((1.21 * YEAR[6:]).sum() + 100))


def test_the_plans_own_way_stands_beside_the_weights_and_every_member() -> None:
    noise = np.random.default_rng(3).normal(1, 0.05, (2, 36))
    history = np.vstack([GROWING, GROWING]) * noise

    found = backtest(
        history, history, MONTHS, ["Bikes", "Parts"], 2, "weights", ["naive", ""]
    )

    names = found.methods["method"].tolist()
    assert names[:3] == ["champion", "weights", "last_year"]
    assert {"ets", "theta", "seasonal_ar"} <= set(names)
    by_part = found.parts.set_index("part")
    assert list(by_part.index) == ["Bikes", "Parts"]
    # the last value says nothing about a season
    errors = by_part["wape"].to_dict()
    assert errors["Bikes"] > errors["Parts"]
    assert list(worse_than_last_year(found.parts)) == ["Bikes"]
    assert by_part["coverage_80"].between(0, 1).all()


def test_what_was_not_sold_yet_is_not_measured() -> None:
    young = np.r_[np.full(33, np.nan), 5.0, 6, 7][None]
    history = np.vstack([GROWING, young])

    found = backtest(history, history, MONTHS, ["Bikes", "New"], 1)

    assert found.parts.set_index("part")["wape"].isna().to_dict() == {"Bikes": False, "New": True}


def test_a_short_history_cannot_be_tested() -> None:
    with pytest.raises(ValueError, match="a test of 6 months wants a year of history before them"):
        backtest(GROWING[:, :14], GROWING[:, :14], MONTHS[:14], ["Bikes"], 3)


def test_a_block_that_was_not_known_then_is_not_measured() -> None:
    """The first of two blocks was no block then: the second is forecast by 6 x 5 units."""
    past = np.full((1, 24), 5.0)
    own = forecast(past, 6, "seasonal_naive", 0.8)
    said = backtesting._in_place(Said(own, own, own.mean, past), np.array([1]), 2, 24)

    assert np.isnan(said.own.mean[0]).all()
    assert said.own.mean[1].sum() == 30
    assert np.isnan(said.history[0]).all()
