"""One-off orders and promotions that are over: taken out of the baseline."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.planning.demand.cleansing.one_offs import without_events
from sop_xl.planning.demand.events import Effects, effects, layer
from sop_xl.tables.data import EVENTS
from tests.planning.rows import rows

BLOCKS = pd.DataFrame({"family": ["Bikes", "Parts"], "region": ["North", "North"]})
MONTHS = pd.period_range("2025-01", "2025-12", freq="M")


def base(demand: float, uplift: float, quantity: float, around: float = 100.0) -> float:
    """What is left of one month of a flat year."""
    history = np.full((1, 25), around)
    history[0, 12] = demand
    on = np.arange(25)[None, :] == 12
    found = without_events(history, Effects(on, uplift * on, quantity * on), season=1)
    assert (found[~on] == around).all()
    return float(found[0, 12])


@pytest.mark.parametrize(
    ("demand", "uplift", "quantity", "left"),
    [
        (120, 0.2, 0, 100),  # 120 / 1.2
        (92, -0.08, 0, 100),  # the dip after it: 92 / 0.92
        (1_600, 0, 1_500, 100),
        (170, 0.2, 50, 100),  # (170 - 50) / 1.2
        (160, 0, 0, 100),  # nothing stated: what the months around say
        (40, 0, 1_500, 100),  # more stated than there was: the same
        (130, -1, 0, 100),  # nothing should have been sold: the same
        (0, 0.2, 0, 0),
    ],
)
def test_the_baseline_is_what_the_plan_would_have_started_from(
    demand: float, uplift: float, quantity: float, left: float
) -> None:
    assert base(demand, uplift, quantity) == pytest.approx(left)


def test_events_take_out_what_the_plan_lays_on_top() -> None:
    """The same list, there and back."""
    events = rows(EVENTS.inputs, """
        event  family  region  start    end      uplift  quantity
        E-1    Bikes   All     2025-03  2025-04  0.25    .
        E-2    All     North   2025-04  2025-04  .       30
        E-3    Parts   South   2025-06  2025-06  0.5     .
    """)
    baseline = np.arange(1.0, 25.0).reshape(2, 12) * 10
    demand = baseline + layer(events, baseline, BLOCKS, MONTHS)
    assert demand[0, 2:5].tolist() == [37.5, 80.0, 50.0]
    found = without_events(demand, effects(events, BLOCKS, MONTHS), season=1)
    np.testing.assert_allclose(found, baseline)


@given(st.integers(0, 2**32 - 1))
def test_never_negative_and_missing_stays_missing(seed: int) -> None:
    random = np.random.default_rng(seed)
    history = np.where(random.random((4, 30)) < 0.2, np.nan, random.gamma(1, 50, (4, 30)))
    covered = random.random((4, 30)) < 0.3
    stated = Effects(
        covered,
        covered * random.uniform(-1, 3, (4, 30)).round(1),
        covered * random.choice([0, 80], (4, 30)),
    )
    found = without_events(history, stated)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(history))
    assert (found[~np.isnan(found)] >= 0).all()
    np.testing.assert_array_equal(found[~covered], history[~covered])
