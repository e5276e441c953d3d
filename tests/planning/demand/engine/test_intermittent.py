"""Intermittent demand: hand-worked series, and laws."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sop_xl.planning.demand.engine.intermittent import croston, imapa, sba, tsb
from sop_xl.planning.frames import Numbers

every = pytest.mark.parametrize(
    "method", [croston, sba, tsb, imapa], ids=lambda method: method.__name__
)
DEMAND = np.array([[np.nan, 0.0, 6, 0, 0, 3, 9, 0]])
"""Demands 6, 3, 9 after 2, 3 and 1 periods, then one period without."""


def test_croston_by_hand() -> None:
    # 6: Z 6, X 2. 3: Z = 6 + .2 (3 - 6) = 5.4, X = 2 + .2 (3 - 2) = 2.2.
    # 9: Z = 5.4 + .2 (9 - 5.4) = 6.12, X = 2.2 + .2 (1 - 2.2) = 1.96. F = 6.12 / 1.96
    assert croston(DEMAND, 2, alpha=0.2)[0] == pytest.approx([6.12 / 1.96] * 2)


def test_syntetos_and_boylan_by_hand() -> None:
    # Croston's 6.12 / 1.96, times 1 - .2 / 2
    assert sba(DEMAND, 1, alpha=0.2)[0] == pytest.approx([0.9 * 6.12 / 1.96])


def test_teunter_syntetos_and_babai_by_hand() -> None:
    # Z as Croston's: 6, 5.4, 6.12. P starts with 1 / 2, beta .1:
    # 0: .45; 6: .505; 0: .4545; 0: .40905; 3: .468145; 9: .5213305; 0: .46919745
    assert tsb(DEMAND, 1, alpha=0.2, beta=0.1)[0] == pytest.approx([0.46919745 * 6.12])


def test_imapa_by_hand() -> None:
    # mean interval 7 / 3, levels of 1 and 2 periods, alpha .5
    # 1: 0, 3, 1.5, .75, 1.875, 5.4375, 2.71875
    # 2, from the last back, the first left out: 6 + 0, 0 + 3, 9 + 0: 6, 4.5, 6.75; / 2 = 3.375
    assert imapa(DEMAND, 1, alpha=0.5)[0] == pytest.approx([(2.71875 + 3.375) / 2])


def test_demand_that_died_runs_down_but_for_croston() -> None:
    died = np.array([[5.0, 0, 4, 0, 5, 0, 4] + [0] * 24])

    assert tsb(died, 1)[0, 0] < 0.2
    assert imapa(died, 1)[0, 0] < 1
    # nothing changes between demands: 4 to 5 every second period (the first came after one)
    assert 2 < croston(died, 1)[0, 0] < 5


def test_steady_demand_is_its_own_forecast() -> None:
    steady = np.array([[0.0, 4.0] * 12])

    assert croston(steady, 1)[0, 0] == pytest.approx(2)
    assert imapa(steady, 1)[0, 0] == pytest.approx(2, rel=0.1)


@every
@settings(max_examples=40, deadline=None)
@given(
    arrays(
        float,
        st.tuples(st.integers(1, 3), st.integers(0, 30)),
        elements=st.one_of(st.just(0.0), st.just(0.0), st.floats(-1e15, 1e15)),
    ),
    st.integers(1, 9),
    st.integers(0, 30),
)
def test_every_history_has_a_forecast_from_zero_up(
    method: Callable[[Numbers, int, int], Numbers],
    history: np.ndarray,
    horizon: int,
    missing: int,
) -> None:
    history[0, :missing] = np.nan

    found = method(history, horizon, 12)

    assert found.shape == (len(history), horizon)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (found <= np.nanmax(history, axis=1, initial=0.0)[:, np.newaxis] * (1 + 1e-9)).all()


@every
def test_the_unit_and_other_series_do_not_matter(
    method: Callable[[Numbers, int, int], Numbers],
) -> None:
    random = np.random.default_rng(3)
    block = random.poisson(0.4, (6, 30)) * random.gamma(2, 5, (6, 30))
    block[2, :14] = np.nan

    together = method(block, 3, 12)

    for row, forecast in zip(block, together, strict=True):
        alone = row[~np.isnan(row)]
        assert method(alone[None] * 1000, 3, 12)[0] == pytest.approx(forecast * 1000, rel=1e-9)
