"""Reconciliation by hand, against hierarchicalforecast, and its laws."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.planning.demand.coherence import (
    Structure,
    bottom_up,
    middle_out,
    mint,
    never_negative,
    ols,
    structure,
    top_down,
    whole_units,
    wls,
    wls_structural,
    wls_variance,
)
from sop_xl.planning.demand.coherence.mint import shrinkage
from sop_xl.planning.frames import Numbers

PAIR = structure(pd.DataFrame({"item": ["a", "b"]}), [()])
"""A company of two items."""
FAMILIES = structure(
    pd.DataFrame({"family": list("AABBB"), "item": ["AX", "AY", "BX", "BY", "BZ"]}),
    [(), ("family",)],
)
"""Company, two families, five items."""
NODES = np.array(
    [[100, 120], [45, 40], [50, 66], [20, 18], [30, 20], [10, 22], [16, 20], [20, 25]], dtype=float
)
ERRORS = np.array(
    [
        [6, -3, 4, -5, 2, 0, -7, 3],
        [2, -1, 3, -4, 1, 1, -3, 1],
        [3, -2, 2, -1, 0, -1, -4, 3],
        [1, 0, 2, -2, 1, 0, -2, 0],
        [1, -2, 1, -2, 1, 1, -1, 1],
        [2, 0, 1, -1, -1, 0, -1, 0],
        [0, -1, 1, 0, 1, -2, -1, 2],
        [1, -1, -1, 1, 0, 1, -2, 1],
    ],
    dtype=float,
)
PAST = np.array([[3, 5, 4], [1, 5, 2], [4, 4, 4], [2, 0, 6], [0, 2, 2]], dtype=float)


def column(*numbers: float) -> Numbers:
    return np.array([numbers], dtype=float).T


def only(found: Numbers) -> list[float]:
    return [float(number) for number in found.ravel()]


# ---- by hand -----------------------------------------------------------------------------------


def test_least_squares_shares_the_gap_over_all_nodes_alike() -> None:
    # 10 - (4 + 4) = 2 over one sum and two items: a third of it each
    assert only(ols(PAIR, column(10, 4, 4))) == pytest.approx([10 - 2 / 3, 4 + 2 / 3, 4 + 2 / 3])


def test_by_structure_a_sum_of_two_gives_way_twice_as_far() -> None:
    # W = 2, 1, 1 of 4: the sum gives way by half of the gap of 2, each item by a quarter
    assert only(wls_structural(PAIR, column(10, 4, 4))) == pytest.approx([9, 4.5, 4.5])


def test_by_variance_the_uncertain_gives_way() -> None:
    # mean squared errors 1, 1, 3 of 5: the gap of 2 goes as 0.4, 0.4, 1.2
    errors = np.array([[1, -1], [-1, 1], [3**0.5, 3**0.5]])

    assert only(wls_variance(PAIR, column(10, 4, 4), errors)) == pytest.approx([9.6, 4.4, 5.2])
    assert only(wls(PAIR, column(10, 4, 4), np.array([1.0, 1, 3]))) == pytest.approx(
        [9.6, 4.4, 5.2]
    )


def test_an_item_without_variance_stays() -> None:
    assert only(wls(PAIR, column(10, 0, 4), np.array([1.0, 0, 1]))) == pytest.approx([7, 0, 7])


def test_mint_where_errors_are_uncorrelated_is_by_variance() -> None:
    # orthogonal errors of squares 4, 4 and 12: all correlations are zero, so all is diagonal
    errors = np.array([[1, 1, -1, -1], [1, -1, 1, -1], np.sqrt(3) * np.array([1, -1, -1, 1])])

    assert shrinkage(errors) == 1
    assert only(mint(PAIR, column(10, 4, 4), errors)) == pytest.approx([9.6, 4.4, 5.2])


def test_bottom_up_adds_up() -> None:
    assert only(bottom_up(PAIR, column(4, 5))) == [9, 4, 5]


def test_top_down_by_shares_of_the_past() -> None:
    # item a: 1 of 4, then 9 of 12. Mean of shares (.25 + .75) / 2; shares of means 10 of 16
    past = np.array([[1.0, 9], [3, 3]])

    assert only(top_down(PAIR, column(8, 0, 0), "average", past)) == [8, 4, 4]
    assert only(top_down(PAIR, column(8, 0, 0), "averages", past)) == [8, 5, 3]


def test_top_down_without_anything_to_go_by_shares_alike() -> None:
    assert only(top_down(PAIR, column(8, 0, 0))) == [8, 4, 4]
    assert only(top_down(PAIR, column(8, 1, 3), "average", np.zeros((2, 3)))) == [8, 4, 4]


# ---- against hierarchicalforecast --------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "total", "items"),
    [
        # PyPI hierarchicalforecast 1.5.3, MinTrace and TopDown with mint_shr_ridge=0, first period;
        # residuals are ERRORS less their means, as its MinT takes means away. It adds 2e-8 to
        # variances, hence 1e-6.
        ("ols", 98.2068966, [18.9310345, 28.9310345, 11.4482759, 17.4482759, 21.4482759]),
        ("wls_struct", 97.0, [19.05, 29.05, 10.9666667, 16.9666667, 20.9666667]),
        ("wls_var", 96.4519948, [19.2013733, 29.2013733, 10.5464662, 16.8196993, 20.6830828]),
        ("mint_shrink", 94.1818544, [18.3986517, 28.2823082, 10.2985869, 16.4185583, 20.7837493]),
        ("average_proportions", 100.0, [27.8240741, 17.4537037, 29.0740741, 17.7777778, 7.8703704]),
        ("proportion_averages", 100.0, [27.2727273, 18.1818182, 27.2727273, 18.1818182, 9.0909091]),
        ("forecast_proportions", 100, [18.9473684, 28.4210526, 11.4416476, 18.3066362, 22.8832952]),
        ("middle_out", 95.0, [28.75, 16.25, 27.7777778, 13.8888889, 8.3333333]),
    ],
)  # fmt: skip
def test_methods_agree_with_hierarchicalforecast(
    method: str, total: float, items: list[float]
) -> None:
    errors = ERRORS - ERRORS.mean(axis=1, keepdims=True)
    ours: dict[str, Callable[[], Numbers]] = {
        "ols": lambda: ols(FAMILIES, NODES),
        "wls_struct": lambda: wls_structural(FAMILIES, NODES),
        "wls_var": lambda: wls_variance(FAMILIES, NODES, errors),
        "mint_shrink": lambda: mint(FAMILIES, NODES, errors),
        "average_proportions": lambda: top_down(FAMILIES, NODES, "average", PAST),
        "proportion_averages": lambda: top_down(FAMILIES, NODES, "averages", PAST),
        "forecast_proportions": lambda: top_down(FAMILIES, NODES),
        "middle_out": lambda: middle_out(FAMILIES, NODES, 1, "average", PAST),
    }

    found = ours[method]()

    assert found[0, 0] == pytest.approx(total, abs=1e-6)
    assert only(found[3:, :1]) == pytest.approx(items, abs=1e-6)


# ---- laws --------------------------------------------------------------------------------------

METHODS: dict[str, Callable[[Structure, Numbers, Numbers], Numbers]] = {
    "ols": lambda tree, nodes, _: ols(tree, nodes),
    "wls_structural": lambda tree, nodes, _: wls_structural(tree, nodes),
    "wls_variance": wls_variance,
    "mint": mint,
}


def crossed(seed: int, leaves: int = 24) -> tuple[Structure, Numbers, Numbers]:
    """Items crossed with regions, with forecasts and errors of all nodes that do not add up."""
    rng = np.random.default_rng(seed)
    keys = pd.DataFrame(
        {
            "family": [f"F{n // 8}" for n in range(leaves)],
            "item": [f"I{n // 4}" for n in range(leaves)],
            "region": [f"R{n % 4}" for n in range(leaves)],
        }
    ).sample(frac=1, random_state=seed)
    tree = structure(keys, [(), ("family",), ("region",), ("item",), ("family", "region")])
    nodes = tree.of(rng.gamma(2, 20, (leaves, 3))) * rng.lognormal(0, 0.2, (tree.sums + leaves, 3))
    errors = tree.of(rng.normal(0, 10, (leaves, 15))) + rng.normal(0, 4, (tree.sums + leaves, 15))
    return tree, nodes, errors


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_sums_are_exact_and_what_adds_up_stays(method: str, seed: int) -> None:
    tree, nodes, errors = crossed(seed)

    once = METHODS[method](tree, nodes, errors)
    twice = METHODS[method](tree, once, errors)

    assert once[: tree.sums] == pytest.approx(tree.matrix @ once[tree.sums :], rel=1e-13)
    assert twice == pytest.approx(once, rel=1e-8, abs=1e-8)
    assert bottom_up(tree, once[tree.sums :]) == pytest.approx(once, rel=1e-13)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_mint_is_the_formula_with_full_matrices(seed: int) -> None:
    tree, nodes, errors = crossed(seed, leaves=16)
    share = shrinkage(errors)
    full = errors @ errors.T / errors.shape[1]
    w = share * np.diag(np.diag(full)) + (1 - share) * full
    c = np.hstack([np.eye(tree.sums), -tree.matrix.toarray()])

    formula = nodes - w @ c.T @ np.linalg.solve(c @ w @ c.T, c @ nodes)

    assert mint(tree, nodes, errors) == pytest.approx(formula, rel=1e-7, abs=1e-7)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_shrinkage_is_that_of_all_pairs(seed: int) -> None:
    # Schaefer and Strimmer (2005), pair by pair, about zero
    errors = np.random.default_rng(seed).normal(0, 3, (5, 9)) + np.arange(9)
    times = 9
    z = errors / np.sqrt(np.mean(errors**2, axis=1, keepdims=True))
    noise = signal = 0.0
    for i in range(5):
        for j in range(5):
            if i != j:
                products = z[i] * z[j]
                correlation = products.mean()
                noise += np.sum((products - correlation) ** 2) / (times * (times - 1))
                signal += correlation**2

    assert shrinkage(errors) == pytest.approx(min(1.0, noise / signal))


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_the_order_of_leaves_changes_nothing(seed: int) -> None:
    tree, nodes, errors = crossed(seed)
    order = np.random.default_rng(seed).permutation(tree.leaves)
    rows = np.append(np.arange(tree.sums), tree.sums + order)
    other = structure(tree.nodes.iloc[tree.sums :].iloc[order], tree.levels)

    # a node near zero is a difference of large ones: equal to their digits, not to its own
    size = np.abs(nodes).max()
    for method in METHODS.values():
        expected = method(tree, nodes, errors)[rows]
        found = method(other, nodes[rows], errors[rows])
        assert found == pytest.approx(expected, rel=1e-7, abs=1e-11 * size)


@settings(max_examples=20)
@given(st.lists(st.floats(-50, 10**6), min_size=24, max_size=24))
def test_never_negative_and_whole_and_still_exact(numbers: list[float]) -> None:
    tree, _, _ = crossed(1)
    leaves = np.array(numbers).reshape(-1, 1)

    clean = never_negative(tree, tree.of(leaves))
    whole = whole_units(tree, clean)

    assert (clean >= 0).all()
    assert (clean[: tree.sums] == tree.matrix @ clean[tree.sums :]).all()
    assert (whole >= 0).all()
    assert (whole == np.floor(whole)).all()
    assert (whole[: tree.sums] == tree.matrix @ whole[tree.sums :]).all()
    nested = [*range(tree.rows(0).start, tree.rows(1).stop), *range(tree.sums, len(whole))]
    assert np.abs(whole - clean)[nested].max() < 1 + 1e-6


# ---- structure and bad input -------------------------------------------------------------------


def test_levels_are_summed_by_their_keys() -> None:
    keys = pd.DataFrame({"item": ["p", "q", "p"], "region": ["N", "N", "S"]})

    tree = structure(keys, [(), ("item",), ("region",)])

    assert tree.nodes["item"].tolist() == ["", "p", "q", "", "", "p", "q", "p"]
    assert only(tree.of(column(1, 2, 4))) == [7, 5, 2, 3, 4, 1, 2, 4]


@pytest.mark.parametrize(
    ("keys", "levels", "message"),
    [
        ({"item": []}, [()], "at least one leaf"),
        ({"item": ["a", "a"]}, [()], "stands twice"),
        ({"item": ["a", "b"]}, [("site",)], "no key site"),
        ({"item": ["a", "b"]}, [(), ()], "named twice"),
    ],
)
def test_a_structure_that_is_none_is_refused(
    keys: dict[str, list[str]], levels: list[tuple[str, ...]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        structure(pd.DataFrame(keys), levels)


def test_forecasts_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="3 nodes"):
        ols(PAIR, column(1, 2))
    with pytest.raises(ValueError, match="missing or not finite"):
        ols(PAIR, column(1, 2, np.nan))
    with pytest.raises(ValueError, match="at least two times"):
        mint(PAIR, column(1, 2, 3), column(1, 1, np.nan))
    with pytest.raises(ValueError, match="at least two times"):
        mint(PAIR, column(1, 2, 3), np.full((3, 4), np.nan))
    with pytest.raises(ValueError, match="need the history"):
        top_down(PAIR, column(1, 2, 3), "average")


def test_forecast_proportions_need_a_tree() -> None:
    keys = pd.DataFrame({"item": ["p", "q", "p"], "region": ["N", "N", "S"]})
    tree = structure(keys, [(), ("item",), ("region",)])

    with pytest.raises(ValueError, match="levels that nest"):
        top_down(tree, tree.of(column(1, 2, 4)))


def test_mint_takes_a_node_without_errors_for_one_of_its_size() -> None:
    # squares 1 and 1 of sum and first item, that is 2 over 3 leaves: 2 / 3 for the item unknown
    errors = np.array([[1, 1, -1, -1], [1, -1, 1, -1], [np.nan] * 4])

    found = only(mint(PAIR, column(10, 4, 4), errors))

    whole = 1 + 1 + 2 / 3
    assert found == pytest.approx([10 - 2 / whole, 4 + 2 / whole, 4 + 2 * (2 / 3) / whole])


def test_errors_of_no_size_and_unknown_errors_give_sums() -> None:
    unknown = np.full((8, 3), np.nan)

    by_structure = wls_structural(FAMILIES, NODES)
    assert wls_variance(FAMILIES, NODES, unknown) == pytest.approx(by_structure)
    assert wls_variance(FAMILIES, NODES, np.zeros((8, 3))) == pytest.approx(by_structure)
    assert np.isfinite(mint(FAMILIES, NODES, np.zeros((8, 3)))).all()
