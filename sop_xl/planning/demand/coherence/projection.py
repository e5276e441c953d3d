"""Step 2, the hierarchy: the nearest forecasts that add up, found without a dense matrix.

Notation of Wickramasuriya, Athanasopoulos and Hyndman, Optimal forecast reconciliation for
hierarchical and grouped time series through trace minimization, JASA 114 (2019), 804-819: y base
forecasts of all nodes, a of the sums and b of the leaves; A the sums of the leaves; C = [I, -A], so
that C y = a - A b is what does not add up; W covariance of the base forecasts' errors. Then
``y~ = y - W C' (C W C')^-1 C y`` (their equation 9, in the form for constraints).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.coherence.structure import Structure
from sop_xl.planning.frames import Numbers

if TYPE_CHECKING:
    from scipy import sparse

TOLERANCE = 1e-12
"""Share of what did not add up at which the search ends; the sums are exact in any case."""
ROUNDS = 500
"""Most rounds of the search; it usually takes 10 to 40, as levels overlap little."""

Vector = npt.NDArray[np.float64]


def incoherence(tree: Structure, nodes: Numbers) -> Numbers:
    """C y: forecast of each sum - sum of the forecasts of its leaves."""
    return np.asarray(nodes[: tree.sums] - tree.matrix @ nodes[tree.sums :])


def normal_matrix(tree: Structure, variances: Vector) -> sparse.csr_array:
    """C W C' for independent errors: the variances of the sums on the diagonal + A W_b A'."""
    spread = tree.matrix.multiply(variances[np.newaxis, tree.sums :]).tocsr()
    # scipy takes long to import, and a forecast alone has no use for it
    from scipy import sparse

    own = sparse.diags_array(variances[: tree.sums])
    return sparse.csr_array(own + spread @ tree.matrix.T)


def solve(matrix: sparse.csr_array, right: Numbers) -> Numbers:
    """x of ``matrix x = right`` for a symmetric positive definite matrix, column by column at once.

    Conjugate gradients with the diagonal as preconditioner (Hestenes and Stiefel 1952). With the
    diagonal scaled to one, the eigenvalues lie between the share of a node's own variance and the
    number of levels, so few rounds suffice, whatever the size.
    """
    inverse = 1.0 / matrix.diagonal()[:, np.newaxis]
    x = np.zeros_like(right)
    rest = right.copy()
    step = inverse * rest
    size = _inner(rest, step)
    goal = TOLERANCE**2 * size
    for _ in range(ROUNDS):
        if (size <= goal).all():
            break
        moved = np.asarray(matrix @ step)
        length = _ratio(size, _inner(step, moved))
        x += length * step
        rest -= length * moved
        ahead = inverse * rest
        after = _inner(rest, ahead)
        step = ahead + _ratio(after, size) * step
        size = after
    return x


def project(tree: Structure, nodes: Numbers, variances: Vector) -> Numbers:
    """The leaves of the reconciled forecasts where errors are independent: b + W_b A' x.

    Args:
        tree: The hierarchy.
        nodes: Base forecasts of all nodes, periods across.
        variances: Error variance of each node, above zero; only their proportions count.
    """
    x = solve(normal_matrix(tree, variances), incoherence(tree, nodes))
    leaves = nodes[tree.sums :] + variances[tree.sums :, np.newaxis] * np.asarray(tree.matrix.T @ x)
    return np.asarray(leaves)


def _inner(left: Numbers, right: Numbers) -> Vector:
    """Inner product of each column."""
    return np.asarray(np.einsum("ij,ij->j", left, right))


def _ratio(top: Vector, bottom: Vector) -> Vector:
    """Zero for a column that is solved."""
    return np.asarray(np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), 0.0))
