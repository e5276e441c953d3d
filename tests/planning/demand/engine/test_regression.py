"""Known drivers: effects that were put into demand are found, noise is not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sop_xl.planning.demand.engine.regression import effects, lifted, without

RANDOM = np.random.default_rng(5)
MONTHS = np.arange(48)
SEASON = np.exp(0.3 * np.sin(2 * np.pi * MONTHS / 12))
LEVEL = np.linspace(50, 200, 8)[:, np.newaxis]
PLAIN = LEVEL * SEASON * np.exp(RANDOM.normal(0, 0.05, (8, 48)))
"""Eight series with a season and 5 % noise."""
DISCOUNT = np.where(RANDOM.random((8, 54)) < 0.25, RANDOM.choice([10.0, 20.0], (8, 54)), 0.0)
"""Percent, in a quarter of all months, six of the plan included."""


def test_a_discount_is_found_and_planned() -> None:
    demand = PLAIN * np.exp(0.03 * DISCOUNT[:, :48])

    found = effects(demand, DISCOUNT[np.newaxis])

    # 1 % of discount sells 3 % more; 5 % noise, 96 discounts of about 15 %: sd .05 / 15 / 10
    assert found.coefficients[0] == pytest.approx(np.full(8, 0.03), abs=0.002)
    assert found.future == pytest.approx(np.exp(0.03 * DISCOUNT[:, 48:]), rel=0.05)
    assert without(demand, found) == pytest.approx(PLAIN, rel=0.05)


def test_series_with_zeros_get_units_in_the_same_proportion() -> None:
    demand = 100 + 2.0 * DISCOUNT[:, :48]
    demand[:, 30] = 0.0

    found = effects(demand, DISCOUNT[np.newaxis], season=1)

    assert not found.multiplicative.any()
    # 2 units a percent, 40 for the largest discount; shrunk, for the month that is nought is noise
    assert found.future == pytest.approx(2.0 * DISCOUNT[:, 48:], abs=10)
    assert lifted(np.full((8, 6), 90.0), found) == pytest.approx(90 + found.future)


def test_noise_has_no_effect_worth_mention() -> None:
    noise = np.random.default_rng(9).normal(size=(1, 8, 54))

    # a series of 5 % noise alone would find up to 3 x .05 / sqrt(48) = 2 % a unit
    assert np.abs(effects(PLAIN, noise).coefficients).max() < 0.01


def test_the_season_is_not_taken_for_the_effect_of_a_driver_that_follows_it() -> None:
    temperature = 20 + 10 * np.sin(2 * np.pi * np.arange(54) / 12)

    found = effects(PLAIN, np.broadcast_to(temperature, (1, 8, 54)))

    assert found.past == pytest.approx(np.ones((8, 48)))


def test_drivers_that_say_the_same_share_the_effect() -> None:
    demand = PLAIN * np.exp(0.03 * DISCOUNT[:, :48])

    alone = effects(demand, DISCOUNT[np.newaxis])
    twice = effects(demand, np.stack([DISCOUNT, 0.5 * DISCOUNT + 3]))

    assert twice.future == pytest.approx(alone.future, rel=0.01)


def test_constant_and_missing_drivers_do_nothing() -> None:
    constant, missing = np.full((8, 54), 4.0), np.full((8, 54), np.nan)

    found = effects(PLAIN, np.stack([constant, missing]))

    assert (found.past == 1).all()
    assert (found.future == 1).all()


def test_a_missing_driver_leaves_the_others_alone() -> None:
    demand = PLAIN * np.exp(0.03 * DISCOUNT[:, :48])
    missing = np.full((8, 54), np.nan)

    alone = effects(demand, DISCOUNT[np.newaxis])
    beside = effects(demand, np.stack([missing, DISCOUNT]))

    assert beside.future == pytest.approx(alone.future, rel=1e-4)


def test_an_own_effect_is_drawn_towards_the_groups() -> None:
    strength = np.array([0.05] + [0.02] * 7)[:, np.newaxis]
    demand = PLAIN * np.exp(strength * DISCOUNT[:, :48])

    own = effects(demand, DISCOUNT[np.newaxis]).coefficients[0]

    assert 0.022 < own[0] < 0.048
    assert own[1:] == pytest.approx(np.full(7, 0.022), abs=0.004)


def test_groups_have_effects_of_their_own() -> None:
    strength = np.repeat([0.05, 0.0], 4)[:, np.newaxis]
    demand = PLAIN * np.exp(strength * DISCOUNT[:, :48])

    found = effects(demand, DISCOUNT[np.newaxis], groups=np.repeat([0, 1], 4))

    assert found.coefficients[0, :4] == pytest.approx(np.full(4, 0.05), abs=0.004)
    assert found.coefficients[0, 4:] == pytest.approx(np.zeros(4), abs=0.002)


def test_a_driver_far_beyond_what_was_seen_counts_as_a_little_beyond() -> None:
    demand = PLAIN * np.exp(0.03 * DISCOUNT[:, :48])
    plan = DISCOUNT.copy()
    plan[:, 48:] = 90.0

    # 20 % was seen at most, half the range of 20 beyond it is 30 %
    found = effects(demand, plan[np.newaxis])

    assert found.future == pytest.approx(np.full((8, 6), np.exp(0.03 * 30)), rel=0.08)


def test_demand_of_almost_nothing_tells_of_no_effect() -> None:
    history = np.zeros((3, 20))
    history[2, [0, 12]] = 1.98e-308, 1.0
    first = np.zeros((1, 3, 24))
    first[0, 2, 0] = 1.0  # products with 1e-308, whose squares underflow

    assert effects(history, first, 1).coefficients == pytest.approx(np.zeros((1, 3)))


@settings(max_examples=60, deadline=None)
@given(
    arrays(float, (3, 20), elements=st.one_of(st.just(0.0), st.floats(-1e12, 1e12))),
    arrays(
        float,
        (2, 3, 24),
        elements=st.one_of(st.just(np.nan), st.just(1.0), st.floats(-1e9, 1e9)),
    ),
    st.integers(0, 20),
    st.sampled_from([1, 4, 12]),
)
def test_effects_are_numbers_and_baseline_with_lift_is_history(
    history: np.ndarray, drivers: np.ndarray, missing: int, season: int
) -> None:
    history[0, :missing] = np.nan

    found = effects(history, drivers, season)
    base = without(history, found)

    assert np.isfinite(found.past).all()
    assert np.isfinite(found.future).all()
    back = np.where(found.multiplicative[:, np.newaxis], base * found.past, base + found.past)
    known = ~np.isnan(history)
    assert back[known] == pytest.approx(history[known], rel=1e-9, abs=1e-2)
