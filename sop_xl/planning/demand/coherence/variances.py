"""Step 2, the hierarchy: how large the errors of each node are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.coherence.structure import Structure
from sop_xl.planning.frames import Numbers

SMALLEST = 1e-6
"""Least variance of a node, as a share of the mean variance per leaf: a node without any error
would stand still, and several of them might contradict each other."""


def mean_squares(tree: Structure, errors: Numbers) -> npt.NDArray[np.float64]:
    """Mean squared error of each node; a node of which none is known takes that of its size.

    Args:
        tree: The hierarchy.
        errors: Nodes down, times across; NaN where not known.
    """
    known = ~np.isnan(errors)
    seen = known.sum(axis=1)
    squares = np.nansum(errors**2, axis=1) / np.maximum(seen, 1)
    per_leaf = squares[seen > 0].sum() / max(float(tree.counts[seen > 0].sum()), 1.0)
    if per_leaf <= 0:
        return tree.counts.copy()
    found = np.where(seen > 0, squares, per_leaf * tree.counts)
    return np.asarray(np.maximum(found, SMALLEST * per_leaf * tree.counts))
