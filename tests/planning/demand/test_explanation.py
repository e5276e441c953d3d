"""The sentence that explains a forecast, part by part."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.demand.explanation import season_strength, told
from sop_xl.planning.demand.forecaster import forecast

YEAR = np.array([10.0, 12, 15, 20, 26, 30, 31, 28, 22, 17, 13, 11])


def said(history: object, *more: object) -> list[str]:
    """The parts of the sentence."""
    return str(named("SOP_EXPLAIN")(history, *more)).rstrip(".").split("; ")


def test_a_seasonal_family_that_grows() -> None:
    assert said(np.r_[YEAR, 1.1 * YEAR, 1.21 * YEAR], 12, "seasonal_naive") == [
        "36 months of history, all with demand",
        "the last 12 months 10.0 % above the 12 before",
        said_of_season(np.r_[YEAR, 1.1 * YEAR, 1.21 * YEAR]),
        "regular demand",
        "the method asked for: last year's pattern",
        # last year's pattern, a tenth too low of what became 1.1 times as much: 1 / 11
        "backtest error 9.1 % against 9.1 % for last year's pattern",
    ]


def said_of_season(history: np.ndarray) -> str:
    return f"the season explains {100 * season_strength(history, 12):.1f} % of the ups and downs"


@pytest.mark.parametrize(
    ("history", "part"),
    [
        ([3] * 12 + [0, 6] * 6, "24 months of history, 25.0 % of them without demand"),
        ([0, 0, 0], "3 months of history, all without demand"),
        ([5], "1 month of history, all with demand"),
        ([4] * 24, "the last 12 months as high as the 12 before"),
        ([4] * 12 + [3] * 12, "the last 12 months 25.0 % below the 12 before"),
        (list(range(1, 37)), "no clear season"),
        ([4, 5, 3], "too short to tell a season of 12"),
        ([4, 5, 3], "too short or too empty for a backtest"),
        ([4] * 24 + [0] * 24, "demand has ended: nothing is forecast"),
    ],
)
def test_parts(history: list[float], part: str) -> None:
    assert part in said(history)


def test_quarters_and_plain_periods_have_their_words() -> None:
    assert said([4, 5] * 6, 4)[0].startswith("12 quarters of history")
    last = said([4, 5] * 6, 1)
    assert last[0].startswith("12 periods of history")
    assert last[1] == "the last 6 periods as high as the 6 before"
    assert last[-1].endswith("for last value")


def test_each_series_has_its_sentence() -> None:
    found = named("SOP_EXPLAIN")([[None, None, 4], [None] * 3])
    sentences = np.asarray(found).ravel().tolist()

    assert sentences[0].startswith("1 month of history")
    assert sentences[1] == "No history, so the statistical forecast is zero."


def test_without_a_number_there_is_nothing_to_explain() -> None:
    with pytest.raises(CellError, match="the history holds no number"):
        named("SOP_EXPLAIN")([None, "x"])


# ---- its figures -------------------------------------------------------------------------------


def test_a_season_explains_all_or_nothing() -> None:
    trend = np.arange(36.0)

    assert season_strength(np.tile(YEAR, 3) + trend, 12) == pytest.approx(1)
    assert season_strength(trend, 12) == 0
    assert season_strength(np.full(24, 5.0), 12) == 0
    assert np.isnan(season_strength(np.tile(YEAR, 2)[:23], 12))


def test_how_much_a_season_explains_by_hand() -> None:
    # 1 3 1 3 / 2 4 2 4 about the line and about a level for odd and even periods: two regressions
    series = np.array([1.0, 3, 1, 3, 2, 4, 2, 4])
    time = np.arange(8.0)
    around_line = np.polyfit(time, series, 1, full=True)[1][0]
    odd = time % 2
    design = np.column_stack([1 - odd, odd, time])
    left = np.linalg.lstsq(design, series, rcond=None)[1][0]

    expected = 1 - (left / (8 - 3)) / (around_line / (8 - 2))

    assert season_strength(series, 2) == pytest.approx(expected)


def test_corrected_months_are_counted() -> None:
    history = np.tile(YEAR, 3)[None]
    found = forecast(history, 1, "seasonal_naive", 0.8).found

    (said,) = told(history, found, "seasonal_naive", corrected=np.array([2]))

    assert said.demand.endswith("; 2 months of the history corrected")
    assert said.sentence == f"{said.demand}; {said.forecast}."


def test_launches_are_told_also_where_there_is_no_history() -> None:
    history = np.array([[5.0] * 12, [np.nan] * 12])
    found = forecast(history, 1, "weights", 0.8).found

    known, new = told(history, found, "weights", layers=["", "launches add 80 to it"])

    assert "launches" not in known.sentence
    assert new.sentence == "No history, so the statistical forecast is zero; launches add 80 to it."


@settings(deadline=None, max_examples=15)
@given(
    st.lists(st.one_of(st.none(), st.integers(0, 99)), min_size=1, max_size=30),
    st.sampled_from([1, 4, 12, 52]),
)
def test_there_is_a_sentence_for_every_history(history: list[float | None], season: int) -> None:
    if any(number is not None for number in history):
        text = str(named("SOP_EXPLAIN")(history, season))
        assert text.endswith(".")
        assert "nan" not in text
