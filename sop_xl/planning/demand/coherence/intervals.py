"""Step 2, the hierarchy: ranges of sums from those of the leaves and the errors that leaves share.

The errors of leaves are not independent, they share the market, and they do not move together in
full either. How much they share is read from the sums of the errors in the backtest.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from sop_xl.planning.demand.coherence.structure import Structure
from sop_xl.planning.frames import Numbers

PRIOR_TIMES = 12.0
"""Times of errors that the share of all nodes weighs against a node's own share."""


class Ends(NamedTuple):
    """Ends of the range of each node, periods across; low <= mean <= high."""

    low: Numbers
    high: Numbers


def sum_ranges(
    tree: Structure, leaves: Numbers, low: Numbers, high: Numbers, errors: Numbers
) -> Ends:
    """The ranges of all nodes around the sums of the leaves' forecasts.

    ``width = sqrt(I + s (T - I))``: I the sum of the squared widths of the leaves, as if their
    errors were independent; T the square of their sum, as if they moved together in full; s from
    0 to 1 the share of :func:`shared`. So a sum's range is never wider than those of its leaves
    added up, and never narrower than if they had nothing in common. The side below and the side
    above are reckoned each by itself.

    Args:
        tree: The hierarchy.
        leaves: Forecast of each leaf.
        low: Lower end of the range of each leaf.
        high: Upper end.
        errors: Backtest errors of each leaf, of all origins and periods ahead, times across; NaN
            where not tested.
    """
    share = shared(tree, errors)[:, np.newaxis]
    below, above = (_width(tree, side, share) for side in (leaves - low, high - leaves))
    mean = tree.of(leaves)
    return Ends(mean - np.vstack([below, leaves - low]), mean + np.vstack([above, high - leaves]))


def shared(tree: Structure, errors: Numbers) -> Numbers:
    """Share of full togetherness in the errors of the leaves of each sum, 0 to 1.

    ``s = (V - I) / (T - I)``: V the squared errors of the sum, I the sum of the leaves' squared
    errors, T the squared sum of the roots of their squared errors: the mean correlation of the
    leaves, large ones weighing more. As few times are known, the share of all nodes of the level
    together weighs as much as ``PRIOR_TIMES`` times of the node's own.

    Args:
        tree: The hierarchy.
        errors: Errors of the leaves, times across; NaN where not known.

    Returns:
        One number for each sum; 0 where nothing is known.
    """
    known = ~np.isnan(errors)
    given = np.where(known, errors, 0.0)
    squares = np.sum(given**2, axis=1)
    own = np.sum(np.asarray(tree.matrix @ given) ** 2, axis=1)
    apart = np.asarray(tree.matrix @ squares)
    together = np.asarray(tree.matrix @ np.sqrt(squares)) ** 2
    times = float(known.any(axis=0).sum())
    result = np.zeros(tree.sums)
    for level in range(len(tree.levels)):
        rows = tree.rows(level)
        more, most = own[rows] - apart[rows], together[rows] - apart[rows]
        size = np.where(apart[rows] > 0, apart[rows], 1.0)
        more, most = more / size, most / size
        # relative to its size, so that one large node does not speak for all
        typical = more.sum() / most.sum() if most.sum() > 1e-9 else 0.0
        weight = times / (times + PRIOR_TIMES) if times else 0.0
        alone = np.where(most > 1e-9, more / np.where(most > 1e-9, most, 1.0), 0.0)
        result[rows] = np.clip(weight * alone + (1 - weight) * typical, 0.0, 1.0)
    return result


def _width(tree: Structure, side: Numbers, share: Numbers) -> Numbers:
    """Width of one side of each sum's range."""
    apart = np.asarray(tree.matrix @ side**2)
    together = np.asarray(tree.matrix @ side) ** 2
    wide = np.minimum(together, apart + share * np.maximum(0.0, together - apart))
    return np.asarray(np.sqrt(wide))
