"""The public entry: long frames in and out."""

from __future__ import annotations

import sys
from subprocess import run
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sop_xl
from sop_xl.planning.demand.engine import Options, forecast_block


def _frame(ds: pd.Index, *names: str) -> pd.DataFrame:
    rng = np.random.default_rng(4)
    parts = [
        pd.DataFrame({"unique_id": name, "ds": ds, "y": rng.poisson(50, len(ds))}) for name in names
    ]
    return pd.concat(parts, ignore_index=True)


MONTHS = pd.period_range("2022-01", periods=40, freq="M")


def test_columns_order_and_numbers_are_those_of_the_engine() -> None:
    frame = _frame(MONTHS, "b", "a")
    found = sop_xl.forecast(frame, 3)
    assert list(found) == ["unique_id", "ds", "mean", "lo_80", "hi_80", "lo_95", "hi_95"]
    assert found["unique_id"].tolist() == ["b"] * 3 + ["a"] * 3
    assert found["ds"].astype(str).tolist() == ["2025-05", "2025-06", "2025-07"] * 2
    history = frame["y"].to_numpy(dtype=float).reshape(2, 40)
    same = forecast_block(history, 3, Options(), groups=["0", "0"])
    np.testing.assert_allclose(found["mean"], same.mean.ravel())
    np.testing.assert_allclose(found["hi_95"], same.high[1].ravel())


@pytest.mark.parametrize(
    ("ds", "following"),
    [
        (pd.date_range("2022-01-31", periods=30, freq="ME"), "2024-07-31"),
        (pd.date_range("2022-01-01", periods=30, freq="MS"), "2024-07-01"),
        (pd.date_range("2022-01-01", periods=30, freq="QS"), "2029-07-01"),
        (pd.date_range("1990-12-31", periods=30, freq="YE"), "2020-12-31"),
        (pd.date_range("2024-01-07", periods=30, freq="W"), "2024-08-04"),
        (pd.date_range("2024-02-01", periods=30, freq="D"), "2024-03-02"),
    ],
)
def test_the_frequency_is_read_off_the_dates(ds: pd.DatetimeIndex, following: str) -> None:
    found = sop_xl.forecast(_frame(ds, "a"), 1, season_length=4)
    assert found["ds"].tolist() == [pd.Timestamp(following)]


def test_whole_numbers_text_dates_and_nullable_types_are_read() -> None:
    whole = _frame(pd.RangeIndex(1, 31), "a").astype({"y": "Int64"})
    whole.loc[29, "y"] = pd.NA
    assert sop_xl.forecast(whole, 2)["ds"].tolist() == [31, 32]
    decimals = _frame(pd.Index(np.arange(30.0)), "a")
    assert sop_xl.forecast(decimals, 2)["ds"].tolist() == [30, 31]
    text = _frame(pd.Index([f"2023-{month:02d}-01" for month in range(1, 13)]), "a")
    assert sop_xl.forecast(text, 1)["ds"].tolist() == [pd.Timestamp("2024-01-01")]
    numbered = _frame(MONTHS, "a").assign(unique_id=7)
    found = sop_xl.forecast(numbered, 1)
    assert found["unique_id"].dtype == numbered["unique_id"].dtype


def test_gaps_are_missing_months_and_order_does_not_matter() -> None:
    frame = _frame(MONTHS, "a", "b")
    gaps = frame.drop(index=[5, 17])
    blank = frame.astype({"y": float})
    blank.loc[[5, 17], "y"] = [np.nan, np.inf]
    pd.testing.assert_frame_equal(sop_xl.forecast(gaps, 3), sop_xl.forecast(blank, 3))
    # the first row decides which series comes first
    shuffled = pd.concat([frame[:1], frame[1:].sample(frac=1, random_state=1)])
    pd.testing.assert_frame_equal(sop_xl.forecast(shuffled, 3), sop_xl.forecast(frame, 3))


def test_each_series_goes_on_from_its_own_end() -> None:
    frame = _frame(MONTHS, "a", "b")
    found = sop_xl.forecast(frame[:78], 1)
    assert found["ds"].astype(str).tolist() == ["2025-05", "2025-03"]


def test_backtest_can_be_scored_by_series_and_method() -> None:
    frame = _frame(MONTHS, "a", "b")
    found = sop_xl.backtest(frame, 6)
    assert list(found) == ["unique_id", "ds", "cutoff", "method", "y", "mean"]
    assert {"weights", "ets", "seasonal_naive"} <= set(found["method"])
    assert (found["ds"] > found["cutoff"]).all()
    known = frame.set_index(["unique_id", "ds"])["y"]
    keys = pd.MultiIndex.from_frame(found[["unique_id", "ds"]])
    np.testing.assert_allclose(found["y"], known.reindex(keys))
    # last season's pattern is the demand of twelve months before, if that was known
    naive = found[found["method"] == "seasonal_naive"]
    before = pd.MultiIndex.from_arrays([naive["unique_id"], naive["ds"] - 12])
    np.testing.assert_allclose(naive["mean"], known.reindex(before))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.drop(columns="y"), "no column y"),
        (lambda frame: frame[:0], "no rows"),
        (
            lambda frame: pd.concat([frame, frame[3:5]]),
            "more than one row for a 2022-04, a 2022-05",
        ),
        (lambda frame: frame.assign(y="many"), 'y has to be numbers; one is "many"'),
        (lambda frame: frame.assign(ds="soon"), 'one is "soon"'),
        (lambda frame: frame.assign(ds=1.5), "dates, periods or whole numbers"),
        (lambda frame: frame.assign(unique_id=None), "unique_id is empty in row 1"),
        (lambda frame: frame.assign(ds=pd.NaT), "ds is empty in row 1"),
        (lambda frame: pd.concat([frame, frame[["y"]]], axis=1), "more than one column y"),
        (lambda frame: frame.assign(y=1j), "y has to be numbers; these are complex"),
        (
            lambda frame: frame[:4].assign(
                ds=pd.to_datetime(["2026-01-03", "2026-02-17", "2026-03-09", "2026-04-30"])
            ),
            "ds follows no step: 4 dates in 118 periods",
        ),
    ],
)
def test_what_cannot_be_read_is_told(change: object, message: str) -> None:
    assert callable(change)
    with pytest.raises(ValueError, match=message):
        sop_xl.forecast(change(_frame(MONTHS, "a")), 3)


def test_weeks_with_few_sales_are_a_step() -> None:
    """Four Mondays in 52 weeks; on other days of the week the same dates would follow no step."""
    weeks = pd.to_datetime(["2025-01-06", "2025-03-03", "2025-08-04", "2025-12-29"])
    found = sop_xl.forecast(_frame(MONTHS, "a")[:4].assign(ds=weeks), 2)
    assert found["ds"].unique().tolist() == [*pd.to_datetime(["2026-01-05", "2026-01-12"])]


def test_wrong_levels_are_told() -> None:
    with pytest.raises(ValueError, match="a level of 0 %"):
        sop_xl.forecast(_frame(MONTHS, "a"), 3, levels=(0, 80))
    with pytest.raises(ValueError, match="did you mean 80"):
        sop_xl.forecast(_frame(MONTHS, "a"), 3, levels=(0.8,))


def test_the_engine_loads_without_statsmodels_and_the_tables() -> None:
    code = (
        "import sys, sop_xl; sop_xl.forecast;"
        "print([name for name in ('statsmodels', 'scipy', 'sop_xl.tables') if name in sys.modules])"
    )
    done = run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("season", [0, -3])
def test_a_season_of_no_periods_is_refused_before_anything_is_reckoned(season: int) -> None:
    with pytest.raises(ValueError, match="the season length has to be a whole number"):
        sop_xl.forecast(_frame(MONTHS, "a"), 3, season_length=season)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"horizon": "3"}, "the horizon has to be a whole number, 1 or more; not '3'"),
        ({"horizon": 3.0}, "the horizon has to be a whole number"),
        ({"horizon": True}, "the horizon has to be a whole number"),
        ({"horizon": -1}, "the horizon has to be a whole number"),
        ({"levels": 80}, "levels have to be a list of percentages"),
        ({"levels": ("x",)}, "a level of 'x'; levels are percentages"),
        ({"season_length": "12"}, "the season length has to be a whole number"),
        ({"method": 3}, "the method has to be a text"),
        ({"origins": 2.5}, "the number of origins has to be a whole number"),
        ({"workers": 0}, "the number of workers has to be a whole number"),
    ],
)
def test_arguments_of_a_wrong_type_are_refused_in_a_sentence(
    given: dict[str, Any], told: str
) -> None:
    arguments: dict[str, Any] = {"history": _frame(MONTHS, "a"), "horizon": 3} | given
    with pytest.raises(ValueError, match=told):
        sop_xl.forecast(**arguments)


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(ValueError, match="the history has to be a frame"):
        sop_xl.forecast([1, 2, 3], 3)  # type: ignore[arg-type]


def test_sums_over_a_lead_time_have_ranges_of_their_own() -> None:
    """Errors partly cancel: the range of a sum of six is narrower than six ranges together."""
    history = _frame(MONTHS, "a", "b", "c")

    single = sop_xl.forecast(history, 6)
    sums = sop_xl.forecast(history, 6, cumulative=True)

    assert sums["mean"].to_numpy() == pytest.approx(
        single.groupby("unique_id")["mean"].cumsum().to_numpy()
    )
    last = sums.groupby("unique_id").last()
    apart = single.assign(width=single["hi_80"] - single["lo_80"]).groupby("unique_id")["width"]
    assert ((last["hi_80"] - last["lo_80"]) < apart.sum()).all()
    assert (last["hi_80"] > last["mean"]).all()
