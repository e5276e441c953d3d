"""Outliers: what is flagged, what is not, and what is proposed instead."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.demand.cleansing.outliers import clean, outliers, unsure

SEASON = np.array([80, 70, 90, 100, 120, 130, 120, 110, 100, 90, 90, 100.0])
RIPPLE = np.array([1.02, 0.97, 1.0, 1.03, 0.98, 1.01, 0.99, 1.04, 0.96, 1.0, 0.98, 1.02, 1.0])
"""Thirteen small errors: they never come back in the same month of two years that follow."""


def steady(years: int = 4, season: np.ndarray = SEASON) -> np.ndarray:
    months = np.arange(12 * years)
    return np.asarray(np.tile(season, years) * RIPPLE[months % 13])


def flagged(history: npt.ArrayLike, season: int = 12, score: float = 4.0) -> list[int]:
    """The months with a score from there on, the last one aside."""
    rows = np.atleast_2d(np.asarray(history, dtype=float))
    found = outliers(rows, season)
    out = (np.abs(found.score) >= score) & ~unsure(rows, found.expected)
    return [int(at) for at in np.flatnonzero(out[0])]


def with_(history: np.ndarray, **months: float) -> np.ndarray:
    changed = history.copy()
    for month, factor in months.items():
        changed[int(month[1:])] *= factor
    return changed


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        (steady(), []),
        (with_(steady(), m20=3.0), [20]),
        (with_(steady(), m20=0.2), [20]),
        (with_(steady(), m20=0.0), [20]),
        (with_(steady(), m13=4.0, m30=0.1), [13, 30]),
        (with_(steady(), m20=3.0, m21=3.5), [20, 21]),  # two in a row
        (with_(steady(), m17=2.5), [17]),  # in the month of the peak
        (with_(steady(3), m20=3.0), [20]),
        (with_(steady(2), m13=30.0), [13]),  # held against one other year
    ],
)
def test_single_months_out_of_line_are_found(history: np.ndarray, expected: list[int]) -> None:
    assert flagged(history) == expected


@pytest.mark.parametrize("last", range(1, 13))
def test_a_level_that_has_moved_is_no_run_of_outliers(last: int) -> None:
    """Whether a year ago or last month, up or down."""
    history = steady()
    for factor in (0.3, 3.0):
        moved = history * np.where(np.arange(48) >= 48 - last, factor, 1.0)
        assert flagged(moved) == []
        assert flagged(moved[::-1]) == []


def test_seasonal_peaks_are_no_outliers() -> None:
    christmas = np.where(np.arange(12) == 11, 900.0, 100.0)
    for years in (2, 3, 5):
        assert flagged(steady(years, christmas)) == []
    # nothing but Christmas sells
    assert flagged(steady(4, np.where(np.arange(12) > 9, 500.0, 0.0))) == []


def test_growth_and_a_fade_are_no_outliers() -> None:
    months = np.arange(48)
    assert flagged(steady() * 1.05**months) == []
    assert flagged(steady() * np.clip((40 - months) / 30, 0, 1)) == []


def test_where_nothing_can_be_said_nothing_is_flagged() -> None:
    short = with_(steady(1), m5=10.0)
    assert flagged(short) == []
    assert flagged(np.full(48, np.nan)) == flagged(np.zeros(48)) == flagged([7.0]) == []
    intermittent = np.tile([0, 0, 4, 0, 0, 0, 7, 0, 1, 0, 0.0], 5)
    assert flagged(intermittent) == []


def test_a_size_far_beyond_all_others_of_an_intermittent_series_is_flagged() -> None:
    history = np.tile([0, 0, 4, 0, 0, 3, 7, 0, 5, 0, 0.0], 5)
    history[19] = 4_000
    assert flagged(history) == [19]
    # of twenty sizes (five 3, five 4, four 5, five 7 and 4,000) the middle ones are 4 and 5
    assert outliers(history[None, :]).expected[0, 19] == pytest.approx(np.sqrt(4 * 5))


def test_the_proposal_is_the_season_between_the_neighbours() -> None:
    """Without ripple: level 100 rising by 1 % a month, times the season."""
    months = np.arange(48)
    true = np.tile(SEASON, 4) * 1.01**months
    found = outliers(with_(true, m27=5.0)[None, :])
    # the season is measured from a running median that is flat for three months at the ends
    assert found.expected[0, 27] == pytest.approx(true[27], rel=0.03)
    assert found.score[0, 27] > 6


def test_without_a_season_it_is_the_mean_of_the_medians_of_both_sides() -> None:
    # before: 10 12 11 9 10 -> 10; after: 9 11 10 12 11 -> 11; in logarithms sqrt(10 x 11)
    history = [13, 11, 10, 12, 11, 9, 10, 90, 9, 11, 10, 12, 11, 9, 13.0]
    found = outliers(np.array([history]), season=1)
    assert flagged(np.array(history), season=1) == [7]
    assert found.expected[0, 7] == pytest.approx(np.sqrt(110))


def test_a_series_with_negative_months_is_looked_at_as_it_is() -> None:
    history = [5, -1, 3, 2, 4, -2, 3, 2, 90, 4, 1, -1, 2, 3, 4, 2.0]
    found = outliers(np.array([history]), season=1)
    assert flagged(np.array(history), season=1) == [8]
    # before: 2 4 -2 3 2 -> 2; after: 4 1 -1 2 3 -> 2
    assert found.expected[0, 8] == 2


def test_the_last_month_is_scored_but_unsure() -> None:
    history = with_(steady(), m47=5.0)
    found = outliers(history[None, :])
    assert found.score[0, 47] > 6
    assert np.flatnonzero(unsure(history[None, :], found.expected)[0]).tolist() == [47]
    assert clean(history).tolist() == history.tolist()


@given(st.integers(0, 2**32 - 1), st.floats(1e-6, 1e9))
def test_scale_and_order_of_the_series_do_not_matter(seed: int, factor: float) -> None:
    random = np.random.default_rng(seed)
    history = np.exp(random.normal(3, 1, (5, 40))) * (random.random((5, 40)) > 0.1)
    history[random.random((5, 40)) < 0.1] = np.nan
    found, larger = outliers(history), outliers(history * factor)
    order = random.permutation(5)
    assert larger.score == pytest.approx(found.score, abs=1e-6)
    np.testing.assert_allclose(larger.expected, found.expected * factor, rtol=1e-6)
    np.testing.assert_array_equal(outliers(history[order]).score, found.score[order])
    alone = [outliers(row[None, :]).score[0] for row in history]
    np.testing.assert_array_equal(np.array(alone), found.score)


@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.sampled_from([1, 4, 12, 13]))
def test_what_is_cleaned_stays_a_demand(seed: int, months: int, season: int) -> None:
    random = np.random.default_rng(seed)
    history = np.exp(random.normal(0, 4, (3, months))).round(1)
    history[:, 0] = 1.0
    missing = random.random((3, months)) < 0.2
    missing[:, [0, -1]] = False
    history[missing] = np.nan
    cleaned = np.asarray(clean(history, season, 3.0), dtype=float)
    np.testing.assert_array_equal(np.isnan(cleaned), missing)
    assert (cleaned[~missing] >= 0).all()


def test_infinite_numbers_are_as_good_as_missing() -> None:
    history = with_(steady(), m20=3.0)
    history[5] = np.inf
    assert flagged(history) == [20]
