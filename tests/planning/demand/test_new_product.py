"""The forecast of a new product on a sheet."""

import numpy as np
import pytest

from sop_xl.planning.demand.new_product import new_product
from sop_xl.planning.demand.outlook import forecast

STEADY = np.full((12, 1), 40.0)
YEARS = np.tile([10.0, 20, 30, 40, 50, 60, 60, 50, 40, 30, 20, 10], 3)


def test_share_and_ramp_by_hand() -> None:
    # 40 x .5 = 20 in full; a ramp of 4 periods from the third on: 5, 10, 15, 20, 20
    found = new_product(STEADY, 0.5, 4, 7, 3)

    assert found[:, 0].tolist() == [0, 0, 5, 10, 15, 20, 20]


def test_the_season_is_that_of_the_like_item() -> None:
    like = forecast(YEARS, 12)

    assert new_product(YEARS, 2.0, [0.5, 1.0], 12).tolist() == pytest.approx(
        [like[0], *(2 * like[1:])]
    )


def test_each_series_has_its_share() -> None:
    found = new_product(np.array([[8.0] * 12, [4.0] * 12]), np.array([[0.5], [2.0]]), 1, 2)

    assert found.tolist() == [[4, 4], [8, 8]]


def test_without_a_ramp_there_is_no_curve() -> None:
    with pytest.raises(ValueError, match="the ramp holds no number"):
        new_product(STEADY, 1.0, [np.nan, np.nan], 3)
