"""A last month that is no new level but a slip."""

import numpy as np
import pytest

from sop_xl.planning.demand.cleansing.outliers import clean
from sop_xl.planning.demand.engine import forecast_block

SEASON = 100 + 20 * np.sin(2 * np.pi * np.arange(48) / 12) + np.tile([1.0, -1, 2], 16)


@pytest.mark.parametrize(("times", "kept"), [(3.0, True), (10_000.0, False)])
def test_the_last_month_counts_unless_it_is_many_times_the_usual(times: float, kept: bool) -> None:
    history = SEASON.copy()
    history[-1] *= times

    cleaned = clean(history).ravel()

    assert bool(cleaned[-1] == history[-1]) is kept
    assert kept or cleaned[-1] == pytest.approx(SEASON[-1], rel=0.1)


def test_a_forecast_stays_within_what_was_and_as_much_again() -> None:
    history = SEASON.copy()
    history[-1] *= 10_000

    found = forecast_block(history[np.newaxis], 12)

    assert found.mean.max() <= 2 * history.max()
    assert np.isfinite(found.high).all()
