"""Baselines of blocks, families and company that agree, and the range of sums, by hand."""

import numpy as np
import pandas as pd
import pytest

from sop_xl.planning.demand.engine.result import Backtest
from sop_xl.planning.demand.totals import (
    Baseline,
    Range,
    agreeing,
    errors_of,
    forecast_of_sums,
    members,
    reconciled,
    total_range,
)
from sop_xl.planning.frames import Numbers

BLOCKS = pd.DataFrame({"family": ["Bikes", "Bikes"], "region": ["North", "South"]})
FAMILIES = pd.Index(["Bikes", "Idle"])
"""The second one has no block."""
BELONGS = members(BLOCKS, FAMILIES)


def column(*numbers: float) -> Numbers:
    return np.array([numbers], dtype=float).T


def forecast(mean: Numbers, width: Numbers, errors: Numbers | None = None) -> Baseline:
    return Baseline(mean, np.maximum(0, mean - width), mean + width, errors)


def both(
    own: Baseline, total: float, width: float, method: str, errors: Numbers | None = None
) -> Baseline:
    """The blocks, brought together with a company and a family of this forecast."""
    found = forecast(column(total, total), column(width, width), errors)
    sums = forecast_of_sums(np.ones((2, 3)), own, BELONGS, lambda _: found)
    return reconciled(BLOCKS, FAMILIES, own, sums, method)


def test_each_gives_way_by_the_square_of_its_range() -> None:
    # The company, which is its one family, says 50 with width 2, the blocks 20 and 20 with widths
    # 1 and 3. A gap of 10 goes by their squares, 4 : 1 : 9 of 14, the blocks upwards.
    own = forecast(column(20, 20), column(1, 3))

    found = both(own, 50, 2, "wls")

    assert found.mean.ravel().tolist() == pytest.approx([20 + 10 / 14, 20 + 90 / 14])
    assert (found.high - found.mean).ravel().tolist() == pytest.approx([1, 3])
    assert (found.mean - found.low).ravel().tolist() == pytest.approx([1, 3])


def test_a_family_of_one_block_does_not_count_twice() -> None:
    # Three blocks, of which one is a family: variances 4 of the company, 1, 1 and 4 of the blocks;
    # the family of two agrees and is as good as certain, so the gap of 8 goes to company and third
    blocks = pd.DataFrame({"family": ["Bikes", "Bikes", "Parts"], "region": list("NSN")})
    names = pd.Index(["Bikes", "Parts"])
    own = forecast(column(10, 10, 20), column(1, 1, 2))
    found = forecast(column(48, 20), column(2, 1e-4))
    sums = forecast_of_sums(np.ones((3, 3)), own, members(blocks, names), lambda _: found)

    mean = reconciled(blocks, names, own, sums, "wls").mean

    assert mean.ravel().tolist() == pytest.approx([10, 10, 24], abs=1e-4)


def test_bottom_up_leaves_the_blocks_alone() -> None:
    own = forecast(column(20, 20), column(1, 3))

    assert both(own, 50, 2, "bottom_up") is own


def test_a_block_that_is_sure_to_sell_nothing_stays_at_zero() -> None:
    found = both(forecast(column(0, 20), column(0, 3)), 50, 2, "wls")

    assert found.mean[0, 0] == found.low[0, 0] == found.high[0, 0] == 0


def test_a_range_that_begins_at_nothing_still_does_when_its_block_is_moved() -> None:
    # as above, but the second block may sell nothing at all: 20 with width 20, so that the gap of
    # 10 goes 4 : 1 : 400 of 405
    own = forecast(column(20, 20), column(1, 20))

    found = both(own, 50, 2, "wls")

    assert found.mean.ravel().tolist() == pytest.approx([20 + 10 / 405, 20 + 4000 / 405])
    assert found.low.ravel().tolist() == pytest.approx([19 + 10 / 405, 0])


def test_no_block_becomes_negative() -> None:
    found = both(forecast(column(1, 20), column(9, 9)), 0, 0.1, "wls")

    assert found.mean.min() >= 0
    assert (found.low <= found.mean).all()
    assert (found.mean <= found.high).all()


def test_mint_goes_by_backtest_errors_and_by_ranges_without_them() -> None:
    # the first block never erred, the second did all that the sums did: it takes the whole gap
    errors = np.array([[0.0, 0, 0, 0], [3, -3, 3, -3]])
    own = forecast(column(20, 20), column(1, 3), errors)

    tested = both(own, 50, 2, "mint", np.array([[3.0, -3, 3, -3]] * 2))
    untested = both(own._replace(errors=None), 50, 2, "mint")

    assert tested.mean[0, 0] == pytest.approx(20, abs=0.01)
    assert tested.mean[1, 0] > 22
    assert untested.mean == pytest.approx(both(own, 50, 2, "wls").mean)


@pytest.mark.parametrize(
    ("errors", "width"),
    [
        # nothing in common: 3 and 4 at right angles; the same throughout: 3 + 4
        (np.array([[1.0, -1, 1, -1], [1, 1, -1, -1]]), 5),
        (np.array([[1.0, -1, 1, -1], [1, -1, 1, -1]]), 7),
        # no backtest: the sum's own range, and never more than the blocks' together
        (None, 6),
    ],
)
def test_the_range_of_a_sum_goes_by_the_errors_that_blocks_share(
    errors: Numbers | None, width: float
) -> None:
    own = forecast(column(20, 20), column(3, 4), errors)
    found = forecast(column(50, 50), column(6, 6))
    sums = forecast_of_sums(np.ones((2, 3)), own, BELONGS, lambda _: found)

    ends = total_range(BLOCKS, FAMILIES, own, lambda: sums, BELONGS)

    assert ends.low.ravel().tolist() == pytest.approx([40 - width, 40 - width, 0])
    assert ends.high.ravel().tolist() == pytest.approx([40 + width, 40 + width, 0])


def test_a_plan_without_blocks_has_totals_of_zero() -> None:
    none = forecast(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((0, 0)))
    empty = BLOCKS.iloc[:0]
    belongs = members(empty, FAMILIES)
    sums = forecast_of_sums(
        np.zeros((0, 3)), none, belongs, lambda _: forecast(np.zeros((0, 2)), np.zeros((0, 2)))
    )

    assert reconciled(empty, FAMILIES, none, sums, "wls") is none
    ends = total_range(empty, FAMILIES, none, lambda: sums, belongs)
    assert ends.low.tolist() == Range(ends.low, ends.high).high.tolist() == [[0.0, 0.0]] * 3


def test_backtest_errors_stand_by_series_origin_after_origin() -> None:
    # two origins, two series, two months ahead; at the second origin one month is known
    actual = np.array([[[1.0, 2], [10, 20]], [[3, np.nan], [30, np.nan]]])
    combined = actual + np.array([[[0.0, 1], [2, 3]], [[4, 5], [6, 7]]])
    candidates = np.zeros((2, 1, 2, 2))

    errors = errors_of(Backtest(np.array([2, 1]), actual, combined, candidates))

    assert errors == pytest.approx(np.array([[0, 1, 4, np.nan], [2, 3, 6, np.nan]]), nan_ok=True)
    untested = Backtest(np.array([], dtype=np.int64), actual[:0], actual[:0], candidates)
    assert errors_of(untested) is None


def test_a_block_that_has_only_begun_stays_and_the_others_agree_without_it() -> None:
    # North and South say 20 each with width 1, their total 44 with width 2. The gap of 4 goes by
    # the squares, 1 : 1 : 4 of 6; what the total knows of West's one month would have taken it away
    blocks = pd.DataFrame({"family": ["Bikes"] * 3, "region": ["North", "South", "West"]})
    history = np.array([[20.0] * 3, [20.0] * 3, [np.nan, np.nan, 90.0]])
    own = forecast(column(20, 20, 90), column(1, 1, 60))
    asked: list[Numbers] = []

    def of_sums(series: Numbers) -> Baseline:
        asked.append(series)
        return forecast(column(44, 44), column(2, 2))

    families = pd.Index(["Bikes"])
    belongs, heard = members(blocks, families), np.array([True, True, False])
    found = agreeing(blocks, families, history, own, belongs, of_sums, "wls", heard)

    assert asked[0].tolist() == [[40.0] * 3] * 2
    assert found.mean.ravel().tolist() == pytest.approx([20 + 4 / 6, 20 + 4 / 6, 90])
    assert found.high[2, 0] == 150


def test_from_the_top_or_the_middle_blocks_share_what_the_sums_say() -> None:
    """Company 100, families 60 and 20: blocks of 10, 20 and 10 share 60 + 20, or 75 + 25."""
    blocks = pd.DataFrame({"family": ["A", "A", "B"], "region": ["N", "S", "N"]})
    names = pd.Index(["A", "B"])
    own = forecast(column(10, 20, 10), column(1, 1, 1))
    sums = forecast(column(100, 60, 20), column(1, 1, 1))

    middle = reconciled(blocks, names, own, sums, "middle_out").mean
    top = reconciled(blocks, names, own, sums, "top_down").mean

    assert middle.ravel().tolist() == pytest.approx([20, 40, 20])
    assert top.ravel().tolist() == pytest.approx([25, 50, 25])
