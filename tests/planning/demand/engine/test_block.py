"""The whole engine: laws, bad input, routes, choice, backtest."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.planning.demand.engine import (
    Forecasts,
    Options,
    common,
    cumulative,
    forecast_block,
    intervals,
    reasons,
    tasks,
)
from sop_xl.planning.demand.engine.methods import METHODS
from sop_xl.planning.frames import Numbers

NAN = np.nan


def _demand(rows: int, periods: int = 48, seed: int = 0) -> Numbers:
    rng = np.random.default_rng(seed)
    season = 1 + 0.3 * np.sin(np.arange(periods) * np.pi / 6)
    found: Numbers = rng.poisson(40, (rows, periods)) * season
    found[: rows // 3, : periods // 2] = NAN
    return found


def _sound(found: Forecasts) -> None:
    for numbers in (found.mean, found.low, found.high, found.weights):
        assert np.isfinite(numbers).all()
    assert (found.low <= found.mean).all()
    assert (found.mean <= found.high).all()
    np.testing.assert_allclose(found.weights.sum(axis=0), 1.0)


ODD: dict[str, list[float]] = {
    "all zeros": [0.0] * 40,
    "one point": [NAN] * 39 + [5.0],
    "all missing": [NAN] * 40,
    "almost infinite": [9.0, 8.0, 7.0, 9.0] * 9 + [9.0, 1e308, -1e308, 8.0],
    "infinite": [9.0, 8.0, 7.0, 9.0] * 9 + [9.0, np.inf, -np.inf, 8.0],
    "1e15 next to 1": [1.0] * 39 + [1e15],
    "1e15 and 1 in turn": [1.0, 1e15] * 20,
    "negative": [-5.0, 4.0, -3.0, 6.0] * 10,
    "constant": [7.0] * 40,
    "gaps": [20.0, NAN, 22.0, 19.0] * 10,
    "last months missing": [20.0, 21.0, 22.0, 19.0] * 9 + [NAN] * 4,
    "first and last only": [5.0] + [NAN] * 38 + [6.0],
    "almost nothing": [1e-300, 3e-300] * 20,
    "almost too much": [1e300, 3e300] * 20,
    "exponential": [float(np.exp(t / 2)) for t in range(40)],
    "two points": [NAN] * 38 + [3.0, 9.0],
}


@pytest.mark.parametrize("season", [1, 4, 12, 52])
def test_odd_series_together_have_forecasts(season: int) -> None:
    history = np.array(list(ODD.values()))
    for horizon in (1, 50):
        _sound(forecast_block(history, horizon, Options(season=season)))


@pytest.mark.parametrize("name", ODD)
def test_an_odd_series_alone_has_a_forecast(name: str) -> None:
    _sound(forecast_block(np.array([ODD[name]]), 6))


@pytest.mark.parametrize("method", ["simple", *METHODS])
def test_every_method_can_be_asked_for(method: str) -> None:
    history = np.vstack([list(ODD.values()), _demand(6, 40)])
    _sound(forecast_block(history, 3, Options(method=method)))


@pytest.mark.parametrize("origins", [0, 1, 5])
def test_any_number_of_origins(origins: int) -> None:
    found = forecast_block(_demand(6), 6, Options(origins=origins))
    _sound(found)
    assert len(found.backtest.cuts) == origins


def test_blocks_without_series_or_periods() -> None:
    assert forecast_block(np.zeros((0, 9)), 3).mean.shape == (0, 3)
    nothing = forecast_block(np.zeros((2, 0)), 3)
    assert nothing.kinds.tolist() == ["none", "none"]
    assert not nothing.mean.any()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([1e-6, 1000.0, 1e9]))
def test_units_do_not_matter(seed: int, factor: float) -> None:
    history = _demand(9, 40, seed)
    one, other = forecast_block(history, 6), forecast_block(history * factor, 6)
    np.testing.assert_allclose(other.mean, one.mean * factor, rtol=1e-9)
    np.testing.assert_allclose(other.high, one.high * factor, rtol=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(9)), st.integers(0, 10_000))
def test_the_order_of_series_does_not_matter(order: list[int], seed: int) -> None:
    history = _demand(9, 40, seed)
    one, other = forecast_block(history, 6), forecast_block(history[order], 6)
    np.testing.assert_allclose(other.mean, one.mean[order], rtol=1e-9)
    np.testing.assert_allclose(other.low, one.low[:, order], rtol=1e-9, atol=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.lists(st.integers(0, 9), min_size=30, max_size=30), min_size=1, max_size=4))
def test_what_was_never_negative_stays_so(rows: list[list[int]]) -> None:
    found = forecast_block(np.array(rows, dtype=float), 4)
    _sound(found)
    assert (found.low >= 0).all()


def test_chunks_and_workers_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    history = _demand(30)
    whole = forecast_block(history, 6)
    monkeypatch.setattr(tasks, "CHUNK", 7)
    monkeypatch.setattr(common, "STEP", 5)
    chunks = forecast_block(history, 6)
    np.testing.assert_allclose(chunks.mean, whole.mean, rtol=1e-9)
    np.testing.assert_allclose(chunks.high, whole.high, rtol=1e-9)
    shared = forecast_block(history, 6, workers=2)
    np.testing.assert_array_equal(shared.mean, chunks.mean)
    np.testing.assert_array_equal(shared.high, chunks.high)


def test_large_blocks_come_to_the_same_without_the_members_forecasts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    history = _demand(30)
    whole = forecast_block(history, 6)
    monkeypatch.setattr(tasks, "DETAILED", 10)
    lean = forecast_block(history, 6)
    assert lean.candidates.shape == (0, 30, 6)
    np.testing.assert_allclose(lean.mean, whole.mean, rtol=1e-5)


def test_a_sample_tells_how_good_the_members_are_however_the_work_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    history = _demand(60)
    monkeypatch.setattr(tasks, "DETAILED", 10)
    monkeypatch.setattr(tasks, "SAMPLE", 20)
    whole = forecast_block(history, 6)
    monkeypatch.setattr(tasks, "CHUNK", 7)
    for workers in (1, 2):
        found = forecast_block(history, 6, workers=workers)
        _sound(found)
        np.testing.assert_allclose(found.mean, whole.mean, rtol=1e-5)
        np.testing.assert_allclose(found.high, whole.high, rtol=1e-5)
    # of the others' errors there is a third: what they say is close to what all would
    monkeypatch.setattr(tasks, "SAMPLE", 60)
    np.testing.assert_allclose(forecast_block(history, 6).mean, whole.mean, rtol=0.05)


def test_to_spare_memory_the_history_is_written_over_and_no_backtest_kept() -> None:
    history = _demand(9)
    before = history.copy()
    found = forecast_block(history, 6)
    np.testing.assert_array_equal(history, before)
    again = forecast_block(history, 6, sparing=True)
    assert again.backtest.actual.shape == (0, 9, 6)
    assert again.candidates.shape == (0, 9, 6)
    np.testing.assert_array_equal(again.mean, found.mean)
    np.testing.assert_array_equal(again.high, found.high)


def test_origins_of_a_short_horizon_lie_apart() -> None:
    found = forecast_block(_demand(9, 60), 1)
    assert found.backtest.cuts.tolist() == [6, 4, 2]
    assert np.isfinite(found.backtest.combined[:, 3:]).all()


def test_earlier_origins_know_nothing_of_what_came() -> None:
    """Demand that changes after the first origin leaves what was said there as it was."""
    history = _demand(12, 60)
    history[3, 42] = NAN  # a gap, of which the same month of the next year could tell
    other = history.copy()
    one = forecast_block(history, 12)
    first = int(one.backtest.cuts[0])
    assert first >= 6
    other[:, -first:] *= np.linspace(1.0, 1.5, first)
    two = forecast_block(other, 12)
    scale = one.backtest.candidates[0]
    np.testing.assert_allclose(two.backtest.candidates[0], scale, rtol=1e-9)


def test_a_season_and_a_trend_go_on() -> None:
    t = np.arange(60)
    history = (100 + t) * (1 + 0.3 * np.sin(t * np.pi / 6))
    future = np.arange(60, 72)
    expected = (100 + future) * (1 + 0.3 * np.sin(future * np.pi / 6))
    found = forecast_block(history[np.newaxis], 12)
    np.testing.assert_allclose(found.mean[0], expected, rtol=0.05)
    assert found.error[0] < found.reference[0]


def test_a_pin_stands_alone() -> None:
    history = _demand(6)
    found = forecast_block(history, 6, pins=["mean", "", "", "", "", ""])
    np.testing.assert_allclose(found.mean[0], np.nanmean(history[0]))
    assert found.weights[found.members.index("mean"), 0] == 1.0
    assert not found.weights[found.members.index("mean"), 1:].any()


def test_a_short_series_has_the_season_of_its_group() -> None:
    t = np.arange(48)
    old = 100 * (1 + 0.5 * np.sin(t * np.pi / 6)) * np.ones((5, 1))
    old = old * (1 + 0.05 * np.random.default_rng(0).normal(size=old.shape))
    new = np.where(t >= 42, old[:1] * 2, NAN)
    found = forecast_block(np.vstack([old, new]), 12)
    assert found.kinds[-1] == "short"
    member = found.candidates[found.members.index("group_season"), -1]
    shape = 1 + 0.5 * np.sin(np.arange(48, 60) * np.pi / 6)
    np.testing.assert_allclose(member / member.mean(), shape / shape.mean(), atol=0.1)


def test_ranges_hold_what_they_promise() -> None:
    rng = np.random.default_rng(11)
    history = 100 + rng.normal(0, 10, (400, 60))
    found = forecast_block(history[:, :48], 12)
    actual = history[:, 48:]
    for level, low, high in zip(found.levels, found.low, found.high, strict=True):
        held = ((actual >= low) & (actual <= high)).mean()
        assert held == pytest.approx(level, abs=0.03)


def test_sums_over_a_lead_time_hold_what_they_promise() -> None:
    rng = np.random.default_rng(12)
    history = 100 + rng.normal(0, 10, (400, 60))
    found = cumulative(forecast_block(history[:, :48], 12))
    actual = history[:, 48:].cumsum(axis=1)
    np.testing.assert_allclose(found.mean[:, 0], forecast_block(history[:, :48], 12).mean[:, 0])
    for level, low, high in zip((0.8, 0.95), found.low, found.high, strict=True):
        held = ((actual >= low) & (actual <= high)).mean()
        assert held == pytest.approx(level, abs=0.05)


def test_sums_beyond_what_short_histories_tell_hold_what_they_promise() -> None:
    """Eight months are tested one or two ahead; the error of their level is in all twelve."""
    rng = np.random.default_rng(13)
    history = 100 + rng.normal(0, 10, (400, 20))
    found = cumulative(forecast_block(history[:, :8], 12))
    actual = history[:, 8:].cumsum(axis=1)
    for level, low, high in zip((0.8, 0.95), found.low, found.high, strict=True):
        held = ((actual >= low) & (actual <= high)).mean(axis=0)
        assert held[0] == pytest.approx(level, abs=0.07)  # one period, of which the tests tell
        assert held.min() > held[0] - 0.1


def test_without_any_test_sums_begin_with_the_range_of_one_period() -> None:
    found = forecast_block(np.array([[7.0]]), 6, Options(levels=(0.8,)))
    sums = cumulative(found)
    # nothing tells how errors grow but that they may: independent, the squares of the widths add up
    width, of_sums = (found.high - found.mean)[0, 0], (sums.high - sums.mean)[0, 0]
    assert of_sums[0] == pytest.approx(width[0], rel=1e-6)
    assert (of_sums >= np.sqrt(np.cumsum(width**2)) * (1 - 1e-6)).all()


def test_reasons_in_words() -> None:
    history = np.vstack([_demand(6)[5:], np.zeros((1, 48)), np.full((1, 48), NAN)])
    found = forecast_block(history, 6)
    told = reasons(found, Options(), notes=["two outliers found", "", ""])
    assert told[0].startswith("regular demand; weights: ")
    assert "backtest error" in told[0]
    assert told[0].endswith("for last year's pattern; two outliers found")
    assert told[1] == "demand has ended: nothing is forecast"
    assert told[2] == "no history: nothing is forecast"
    pinned = forecast_block(history, 6, pins=["winters", "", ""])
    assert "planner's choice: Winters" in reasons(pinned, Options(), pins=["winters", "", ""])[0]


@pytest.mark.parametrize(
    ("options", "horizon", "message"),
    [
        (Options(), 0, "horizon has to be a whole number, 1 or more; not 0"),
        (Options(season=0), 3, "season has to be a whole number"),
        (Options(levels=(0.95, 0.8)), 3, "ascending"),
        (Options(levels=(95.0,)), 3, "between 0 and 1"),
        (Options(method="magic"), 3, 'no method "magic"'),
        (Options(origins=-1), 3, "number of origins has to be a whole number, 0 or more; not -1"),
    ],
)
def test_wrong_options_are_told(options: Options, horizon: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        forecast_block(np.ones((2, 20)), horizon, options)


def test_wrong_pins_and_groups_are_told() -> None:
    with pytest.raises(ValueError, match="1 pins for 2 series"):
        forecast_block(np.ones((2, 20)), 3, pins=["ets"])
    with pytest.raises(ValueError, match='no method "magic"'):
        forecast_block(np.ones((2, 20)), 3, pins=["magic", ""])
    with pytest.raises(ValueError, match="1 groups for 2 series"):
        forecast_block(np.ones((2, 20)), 3, groups=["a"])


@pytest.mark.parametrize("values", [[5.0], [5.0, 7.0], [5.0, 7.0, 6.0], [0.0] * 39 + [5.0]])
def test_a_series_that_nothing_can_be_tested_on_stands_alone(values: list[float]) -> None:
    _sound(forecast_block(np.array([values]), 3))


def _width(errors: Numbers, series: int) -> float:
    """Of the 80 % range around 0, as the errors of fifty series tell it of so many."""
    spread = intervals.spread(errors, np.ones(50), [6, 4, 2])
    low, high = intervals.around(
        np.zeros((50, 6)), spread, (0.8,), np.zeros(50, dtype=bool),
        np.zeros(50, dtype=np.int64), series=series, sporadic=False,
    )  # fmt: skip
    return float((high - low).mean())


def test_ranges_are_wider_where_few_series_tell_of_the_months() -> None:
    errors = np.random.default_rng(4).normal(size=(3, 50, 6))
    errors[:, ::2] = -errors[:, 1::2]  # what one series errs the next one makes good
    # 1 + 1 / (6 + 1) against 1 + 1 / (594 + 1)
    assert _width(errors, 6) / _width(errors, 594) == pytest.approx((8 / 7) / (596 / 595))


def test_series_whose_errors_go_together_tell_as_much_as_a_few() -> None:
    apart = np.random.default_rng(4).normal(size=(3, 50, 6))
    apart[:, ::2] = -apart[:, 1::2]
    together = np.abs(apart) * np.sign(apart[:, :1])
    assert _width(together, 594) > 1.2 * _width(apart, 594)


def _sold_now_and_then(rows: int, periods: int, chance: float, seed: int) -> Numbers:
    rng = np.random.default_rng(seed)
    often = rng.uniform(0.5, 1.5, (rows, 1)) * chance
    sold = rng.random((rows, periods)) < often
    return sold * (1.0 + rng.negative_binomial(1, 0.4, (rows, periods)))


@pytest.mark.parametrize("seed", range(3))
def test_ranges_of_whole_pieces_sold_now_and_then_hold_what_they_promise(seed: int) -> None:
    whole = _sold_now_and_then(400, 54, 0.4, seed)
    found = forecast_block(whole[:, :48], 6)
    came = whole[:, 48:]
    for level, low, high in zip(found.levels, found.low, found.high, strict=True):
        assert ((came >= low) & (came <= high)).mean() == pytest.approx(level, abs=0.03)


def test_with_series_that_have_ended_the_whole_block_holds_what_is_promised() -> None:
    """A fifth has ended and lies in its range of nothing, always: the others make up for it."""
    whole = _sold_now_and_then(400, 54, 0.4, 7)
    whole[:80, 30:] = 0.0
    found = forecast_block(whole[:, :48], 6)
    held = (whole[:, 48:] >= found.low[0]) & (whole[:, 48:] <= found.high[0])
    assert (found.kinds[:80] == "ended").all()
    assert held[:80].all()
    # alone they would hold 0.8, and the block (0.8 x 320 + 1.0 x 80) / 400 = 0.84
    assert 0.75 < held[80:].mean() < 0.81
    assert held.mean() < 0.835


def test_simple_takes_no_method_for_gaps_for_demand_without_them() -> None:
    found = forecast_block(_demand(8), 6, Options(method="simple"))
    chosen = {found.members[at] for at in found.weights.argmax(axis=0)}
    assert chosen
    assert not chosen & {"tsb", "sba", "imapa"}


def test_ranges_that_hold_more_lie_around_those_that_hold_less() -> None:
    levels = (0.5, 0.8, 0.9, 0.95, 0.99)
    found = forecast_block(_demand(12), 12, Options(levels=levels))
    assert (np.diff(found.low, axis=0) <= 0).all()
    assert (np.diff(found.high, axis=0) >= 0).all()
