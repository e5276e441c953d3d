"""Totals at several levels of a tree: the same rules as for one row, for all of them at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.planning.frames import Numbers
from sop_xl.planning.spreading import spread, spread_groups, spread_levels

FAMILY = np.array([0, 0, 0, 1, 1])
COMPANY = FAMILY * 0


def column(*numbers: float) -> Numbers:
    return np.array([numbers], dtype=float).T


def leaves(
    company: float, families: tuple[float, float], basis: Numbers, held: Numbers, *more: Numbers
) -> list[float]:
    totals = [column(company), column(*families)]
    found = spread_levels([COMPANY, FAMILY], totals, [basis, *more], held, 0)
    assert not any(refused.any() for refused in (*found.all_locked, *found.exceeded))
    return [float(leaf) for leaf in found.leaves.ravel()]


FREE = column(*[np.nan] * 5)


def test_the_example_of_sas_with_locks_in_a_tree() -> None:
    # documentation.sas.com, Visual Forecasting, overrides: 150 over 10 10 20 20 40, of which two
    # are locked at 10 and the third is raised to 30 and locked: 33.33 and 66.67, here in units
    held = column(10, 10, 30, np.nan, np.nan)

    found = leaves(150, (np.nan, np.nan), column(10, 10, 20, 20, 40), held)

    assert found == [10, 10, 30, 33, 67]


def test_a_family_is_locked_for_the_company() -> None:
    assert leaves(200, (90, np.nan), column(1, 1, 1, 3, 1), FREE) == [30, 30, 30, 83, 27]


def test_a_family_whose_basis_is_zero_takes_the_next_one() -> None:
    # the first family has no baseline: the plan of last cycle counts there, and only there
    baseline, last_cycle = column(0, 0, 0, 1, 1), column(1, 2, 3, 9, 1)

    assert leaves(np.nan, (60, 20), baseline, FREE, last_cycle) == [10, 20, 30, 10, 10]


def test_nothing_wanted_leaves_cells_as_they_are() -> None:
    found = spread_levels([FAMILY], [column(np.nan, 8)], [column(1, 1, 1, 1, 1)], FREE)

    assert np.isnan(found.leaves[:3]).all()
    assert found.leaves[3:].ravel().tolist() == [4, 4]


def test_refused_totals_are_named_by_node_and_period() -> None:
    held = np.array([[5.0, np.nan], [5, np.nan], [5, np.nan], [9, np.nan], [np.nan, np.nan]])
    totals = np.array([[20.0, 20], [4, 4]])

    found = spread_levels([FAMILY], [totals], [np.ones((5, 2))], held)

    assert found.all_locked[0].tolist() == [[True, False], [False, False]]
    assert found.exceeded[0].tolist() == [[False, False], [True, False]]


@settings(max_examples=50)
@given(
    totals=st.lists(st.integers(0, 10**6), min_size=1, max_size=4),
    seed=st.integers(0, 10**6),
    decimals=st.sampled_from([None, 0, 2]),
)
def test_groups_are_spread_as_one_row_each(
    totals: list[int], seed: int, decimals: int | None
) -> None:
    weights = np.random.default_rng(seed).integers(0, 50, (len(totals), 6)).astype(float)
    group = np.arange(len(totals)).repeat(6)
    free = np.full(weights.size, np.nan)

    found = spread_groups(np.array(totals, dtype=float), group, weights.ravel(), free, decimals)

    rows = [spread(total, row, None, decimals) for total, row in zip(totals, weights, strict=True)]
    assert found.parts.reshape(weights.shape) == pytest.approx(np.array(rows, dtype=float))
    assert np.bincount(group, found.parts) == pytest.approx(totals)


@settings(max_examples=50)
@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_every_level_comes_out_exactly(first: int, second: int, seed: int) -> None:
    basis = np.random.default_rng(seed).gamma(1, 10, (5, 1))

    found = leaves(first + second, (first, np.nan), basis, FREE)

    assert sum(found[:3]) == first
    assert sum(found[3:]) == second
