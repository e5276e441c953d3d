"""Exponential smoothing by one's own constants: tables of textbooks, through the UDF."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.functions import CellError, named
from sop_xl.planning.frames import Numbers

# Heizer and Render, Operations Management: Port of Baltimore, tons unloaded by quarter
BALTIMORE = [180.0, 168, 159, 175, 190, 205, 180, 182]
# Heizer and Render: Portland Manufacturing, pollution-control equipment by month
PORTLAND = [12.0, 17, 20, 19, 24, 21, 31, 28, 36]
# Chopra and Meindl, Supply Chain Management, chapter 7: Tahoe Salt by quarter
TAHOE = [8000.0, 13000, 23000, 34000, 10000, 18000, 23000, 38000, 12000, 13000, 32000, 41000]
NONE = None


def smooth(*arguments: object) -> Numbers:
    return np.asarray(named("SOP_SMOOTH")(*arguments), dtype=float)


def test_port_of_baltimore_as_printed() -> None:
    printed = [175, 175.5, 174.75, 173.175, 173.3575, 175.0218, 178.0196, 178.2176, 178.5959]

    found = smooth(BALTIMORE, 0.1, NONE, NONE, 1, 175)

    assert found == pytest.approx(printed, abs=6e-5)


@pytest.mark.parametrize(
    ("alpha", "mse"), [(0.1, 190.8175), (0.2, 190.7919), (0.3, 191.7435), (0.4, 193.4373)]
)
def test_port_of_baltimore_errors_as_printed(alpha: float, mse: float) -> None:
    found = smooth(BALTIMORE, alpha, NONE, NONE, 1, 175)

    assert np.mean((found[:-1] - BALTIMORE) ** 2) == pytest.approx(mse, abs=6e-5)


def test_portland_manufacturing_as_printed() -> None:
    # forecast including trend, alpha .2, beta .4, F1 = 11, T1 = 2
    printed = [13.00, 14.72, 17.28, 20.14, 22.14, 24.89, 26.18, 29.59, 31.60, 35.16]

    found = smooth(PORTLAND, 0.2, 0.4, NONE, 1, 11, 2)

    assert found == pytest.approx(printed, abs=0.011)  # the book rounds at every step


def test_tahoe_salt_as_printed() -> None:
    # the start of Holt's method is the line through demand: 12,015 and 1,549
    holt = smooth(TAHOE, 0.1, 0.2, NONE, 4)
    winters = smooth(TAHOE, 0.05, 0.1, 0.1, 4, 18439, 524, [0.47, 0.68, 1.17, 1.67])

    assert holt[12:] == pytest.approx([31985, 33526, 35067, 36609], abs=2)  # whole start values
    assert winters[12:] == pytest.approx([11940, 17579, 30930, 44928], abs=0.6)
    for found, mad, mape in ((holt, 8836, 0.52), (winters, 1469, 0.08)):
        error = np.abs(found[:12] - TAHOE)
        assert error.mean() == pytest.approx(mad, abs=1)
        assert (error / TAHOE).mean() == pytest.approx(mape, abs=0.005)


def test_winters_starts_from_the_static_method() -> None:
    # level 18,439, trend 524, factors .4717 .6834 1.1707 1.6644 (printed)
    found = smooth(TAHOE, 0.0, 0.0, 0.0, 1, NONE, NONE, NONE, 4)

    printed = (18439 + 524 * np.arange(1, 5)) * np.array([0.4717, 0.6834, 1.1707, 1.6644])
    assert found[:4] == pytest.approx(printed, rel=2e-4)


def test_a_blank_tells_nothing_and_a_column_stays_one() -> None:
    found = smooth([[10.0], [None], [30.0]], 0.5)

    # 10; then 10; the blank leaves 10; (10 + 30) / 2
    assert found.tolist() == [[10], [10], [10], [20]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((BALTIMORE, 1.5), "alpha has to be"),
        ((BALTIMORE, 0.1, NONE, 0.1), "gamma needs beta"),
        ((BALTIMORE, 0.1, NONE, NONE, 1, 175, 2), "trend needs beta"),
        ((TAHOE, 0.1, 0.1, 0.1), "12 periods are too few to start from: 24"),
        ((TAHOE, 0.1, 0.1, 0.1, 1, 1, 1, [1.0, 0.0]), "above 0"),
        (([1.0, None, 3.0], 0.1, 0.1), "the history has blanks"),
    ],
)
def test_what_cannot_start_is_told(arguments: tuple[object, ...], message: str) -> None:
    with pytest.raises(CellError, match=message):
        smooth(*arguments)


@given(
    st.lists(st.integers(0, 999), min_size=8, max_size=30),
    st.floats(0, 1), st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip
def test_every_history_has_numbers(
    demand: list[int], alpha: float, beta: float, gamma: float
) -> None:
    found = smooth([float(one) for one in demand], alpha, beta, gamma, 6, 10, 1, [0.8, 1.2])

    assert len(found) == len(demand) + 6
    assert np.isfinite(found).all()
