"""Ranges of sums: by hand, and between what is independent and what moves together in full."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.planning.demand.coherence import structure, sum_ranges
from sop_xl.planning.demand.coherence.intervals import shared
from sop_xl.planning.frames import Numbers

TREE = structure(pd.DataFrame({"item": ["a", "b"]}), [()])
MEAN = np.array([[10.0], [20.0]])
WIDTHS = np.array([[3.0], [4.0]])


def width(errors: Numbers) -> float:
    """The width of one side of the sum's range, where the items' are 3 and 4."""
    ends = sum_ranges(TREE, MEAN, MEAN - WIDTHS, MEAN + WIDTHS, errors)
    assert ends.low[0, 0] == pytest.approx(60 - ends.high[0, 0])
    assert (ends.high - ends.low)[1:].ravel().tolist() == pytest.approx([6, 8])
    return float(ends.high[0, 0] - 30)


def test_errors_that_have_nothing_in_common_add_by_squares() -> None:
    # 3 and 4 at right angles: 5
    assert width(np.array([[1.0, -1, 1, -1], [1, 1, -1, -1]])) == pytest.approx(5)


def test_errors_that_move_together_add_up() -> None:
    assert width(np.array([[1.0, -1, 2], [2, -2, 4]])) == pytest.approx(7)


def test_errors_half_correlated_lie_between() -> None:
    # correlation .5: 9 + 16 + 2 x .5 x 12 = 37
    errors = np.array([[1.0, 1, 1, 1], [1, 1, 1, -1]])

    assert shared(TREE, errors).tolist() == pytest.approx([0.5])
    assert width(errors) == pytest.approx(37**0.5)


def test_errors_that_offset_each_other_promise_nothing() -> None:
    # that they do so again is not sure: as if they had nothing in common
    assert width(np.array([[1.0, -1], [-1, 1]])) == pytest.approx(5)


def test_without_a_backtest_errors_count_as_independent() -> None:
    assert width(np.full((2, 3), np.nan)) == pytest.approx(5)
    assert width(np.zeros((2, 0))) == pytest.approx(5)


@settings(max_examples=30)
@given(seed=st.integers(0, 10**6), common=st.floats(0, 20))
def test_a_sum_is_never_wider_than_its_parts_nor_narrower_than_independence(
    seed: int, common: float
) -> None:
    rng = np.random.default_rng(seed)
    keys = pd.DataFrame({"family": list("AAABB"), "item": list("12345")})
    tree = structure(keys, [(), ("family",)])
    mean, low, high = (rng.gamma(2, 5, (5, 4)) for _ in range(3))
    errors = rng.normal(0, 5, (5, 18)) + common * rng.normal(0, 1, 18)

    ends = sum_ranges(tree, mean, mean - low, mean + high, errors)

    for side, parts in ((tree.of(mean) - ends.low, low), (ends.high - tree.of(mean), high)):
        assert (side >= np.sqrt(tree.of(parts**2)) - 1e-9).all()
        assert (side <= tree.of(parts) + 1e-9).all()
