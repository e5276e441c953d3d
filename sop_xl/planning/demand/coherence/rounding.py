"""Step 2, the hierarchy: forecasts that are never negative, and whole units that still add up."""

from __future__ import annotations

import numpy as np

from sop_xl.planning.demand.coherence.structure import Structure
from sop_xl.planning.frames import Numbers


def never_negative(tree: Structure, nodes: Numbers) -> Numbers:
    """Coherent forecasts without negative ones: negative leaves are set to zero, and added up anew.

    Di Fonzo and Girolimetto, Spatio-temporal reconciliation of solar forecasts, Solar Energy 251
    (2023), 13-29 ("set negative to zero"): as accurate there as the costly optimum.
    """
    return tree.of(np.maximum(nodes[tree.sums :], 0.0))


def whole_units(tree: Structure, nodes: Numbers, decimals: int = 0) -> Numbers:
    """Coherent forecasts in whole units: every sum is the sum of its rounded leaves.

    Running sums over the leaves in the order of their keys are rounded, and the differences taken:
    so each leaf is less than one unit from what it was, and so is each node of levels that nest,
    the company included. Leaves that are whole stay, what is not negative stays so.

    >>> import pandas as pd
    >>> from sop_xl.planning.demand.coherence.structure import structure
    >>> tree = structure(pd.DataFrame({"item": ["a", "b", "c"]}), [()])
    >>> whole_units(tree, tree.of(np.array([[0.4], [0.4], [0.4]]))).ravel().tolist()
    [1.0, 0.0, 1.0, 0.0]
    """
    unit = 10.0**decimals
    leaves = nodes[tree.sums :]
    # the noise of floating point must not decide at a half
    running = np.round(np.cumsum(leaves[tree.order] * unit, axis=0), 6)
    whole = np.floor(running + 0.5)
    result = np.empty_like(leaves)
    result[tree.order] = np.diff(whole, axis=0, prepend=0.0)
    # sums are taken of whole numbers, which floating point adds without error
    return np.asarray(tree.of(result) / unit)
