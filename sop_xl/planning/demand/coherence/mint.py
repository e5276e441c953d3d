"""Step 2, the hierarchy: reconciliation with the errors of all nodes in view (MinT, shrunk)."""

from __future__ import annotations

import numpy as np

from sop_xl.planning.demand.coherence.methods import checked
from sop_xl.planning.demand.coherence.projection import incoherence, normal_matrix, solve
from sop_xl.planning.demand.coherence.structure import Structure
from sop_xl.planning.demand.coherence.variances import mean_squares
from sop_xl.planning.frames import Numbers

LEAST_DIAGONAL = 0.01
"""Least share of the diagonal: errors that move together in full leave a matrix that has no
inverse."""


def mint(tree: Structure, nodes: Numbers, errors: Numbers) -> Numbers:
    """All nodes, with the least expected squared error that unbiased forecasts can have.

    ``W = k D + (1 - k) E E' / T`` with the errors E of the nodes, D the diagonal of E E' / T, and
    the shrinkage k of :func:`shrinkage`. As E has few columns, the inverse needs no more than the
    sparse matrix of the diagonal part and a matrix of T x T (Woodbury): with P = k C D C' and
    U = sqrt((1 - k) / T) C E, ``(P + U U')^-1 = P^-1 - P^-1 U (I + U' P^-1 U)^-1 U' P^-1``.
    Wickramasuriya, Athanasopoulos and Hyndman (2019), "MinT(Shrink)"; Forecasting: Principles and
    Practice, 3rd ed., section 11.3.

    Args:
        tree: The hierarchy.
        nodes: Base forecasts of all nodes, periods across.
        errors: Errors of one period ahead of all nodes, times across; each node's own ones, not
            sums of the leaves' errors. NaN where not known: then its part in common with others
            counts as zero, and what its own known errors lack of it stands on the diagonal.

    Raises:
        ValueError: The arrays do not fit, or fewer than two times are known.
    """
    base = checked(tree, nodes)
    known, filled = _known(tree, errors)
    times = filled.shape[1]
    share = max(LEAST_DIAGONAL, shrinkage(filled))
    shown = np.mean(filled**2, axis=1)
    own = np.maximum(mean_squares(tree, known) - (1.0 - share) * shown, share * shown)
    matrix = normal_matrix(tree, own)
    factor = np.sqrt((1.0 - share) / times)
    common = factor * incoherence(tree, filled)
    gap = incoherence(tree, base)
    solved = solve(matrix, np.hstack([gap, common]))
    plain, shared = solved[:, : gap.shape[1]], solved[:, gap.shape[1] :]
    small = np.eye(times) + common.T @ shared
    x = plain - shared @ np.linalg.solve(small, common.T @ plain)
    moved = own[tree.sums :, np.newaxis] * np.asarray(tree.matrix.T @ x)
    with_others = factor * filled[tree.sums :] @ (common.T @ x)
    return tree.of(base[tree.sums :] + moved - with_others)


def shrinkage(errors: Numbers) -> float:
    """Share of the diagonal in the estimate of a covariance matrix from few times.

    ``k = sum Var(r_ij) / sum r_ij^2`` over i != j, cut to 0 ... 1, r the correlations of errors
    about zero and ``Var(r_ij) = (sum_t z_it^2 z_jt^2 - T r_ij^2) / (T (T - 1))``. Schaefer and
    Strimmer, A shrinkage approach to large-scale covariance matrix estimation, Statistical
    Applications in Genetics and Molecular Biology 4 (2005), article 32. Both sums are taken over
    times instead of over pairs of nodes, so no matrix of all nodes is needed.

    Args:
        errors: Nodes down, times across, without missing ones.

    >>> shrinkage(np.array([[1.0, -1.0, 1.0, -1.0], [1.0, -1.0, 1.0, -1.0]]))
    0.0
    """
    times = errors.shape[1]
    sizes = np.sqrt(np.mean(errors**2, axis=1, keepdims=True))
    z = (errors / np.where(sizes > 0, sizes, 1.0))[sizes[:, 0] > 0]
    if len(z) < 2 or times < 2:
        return 1.0
    squares = z**2
    pairs = np.sum(np.sum(squares, axis=0) ** 2) - np.sum(squares**2)
    correlated = np.sum((z.T @ z / times) ** 2) - len(z)
    noise = (pairs - times * correlated) / (times * (times - 1))
    if correlated <= 0:
        return 1.0
    return float(min(1.0, max(0.0, noise / correlated)))


def _known(tree: Structure, errors: Numbers) -> tuple[Numbers, Numbers]:
    """The errors of the times in which any is known, and the same with zero where one is not."""
    given = checked(tree, errors, missing=True)
    known = given[:, ~np.isnan(given).all(axis=0)]
    if known.shape[1] < 2:
        raise ValueError("MinT needs the errors of at least two times")
    return known, np.nan_to_num(known)
