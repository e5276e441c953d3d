"""Step 2, the hierarchy: which leaves belong to which sum, for trees and for crossed groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.frames import Numbers

if TYPE_CHECKING:
    from scipy import sparse

Level = tuple[str, ...]
"""The key columns that make the nodes of a level; none for the one sum of everything."""
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Structure:
    """Leaves and the sums over them.

    The nodes stand level by level as the levels were given, in each by key, and the leaves come
    last, as they were given: all arrays of nodes in this package have their rows in this order.
    """

    levels: tuple[Level, ...]
    nodes: pd.DataFrame
    """Keys of each node, "" where a node takes all; the leaves last."""
    codes: Codes
    """(levels, leaves) Node to which each leaf belongs, counted within the level."""
    sizes: tuple[int, ...]
    """Nodes of each level."""
    order: Codes
    """(leaves) The leaves sorted by their keys, so that nested nodes are runs of neighbours."""

    @property
    def leaves(self) -> int:
        return int(self.codes.shape[1])

    @property
    def sums(self) -> int:
        """Nodes that are sums of leaves."""
        return sum(self.sizes)

    @property
    def starts(self) -> tuple[int, ...]:
        """Row of the first node of each level."""
        return tuple(np.cumsum((0, *self.sizes[:-1])).tolist())

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """A: 1 where a leaf (across) belongs to a sum (down)."""
        starts = np.array(self.starts, dtype=np.int64).reshape(-1, 1)
        rows = (self.codes + starts).ravel()
        columns = np.tile(np.arange(self.leaves), len(self.levels))
        ones = np.ones(rows.size)
        # scipy takes long to import, and a forecast alone has no use for it
        from scipy import sparse

        return sparse.csr_array((ones, (rows, columns)), shape=(self.sums, self.leaves))

    @cached_property
    def counts(self) -> npt.NDArray[np.float64]:
        """Leaves of each node."""
        return np.append(self.matrix.sum(axis=1), np.ones(self.leaves))

    def rows(self, level: int) -> slice:
        """The rows of a level's nodes."""
        start = self.starts[level]
        return slice(start, start + self.sizes[level])

    def of(self, leaves: Numbers) -> Numbers:
        """All nodes of numbers by leaf: the sums, then the leaves themselves."""
        return np.vstack([np.asarray(self.matrix @ leaves), leaves])

    def added(self, level: int, leaves: Numbers) -> Numbers:
        """The sums of one level."""
        return np.asarray(self.matrix[self.rows(level)] @ leaves)

    def is_nested(self, upper: int, lower: int) -> bool:
        """Whether each node of the lower level lies within one node of the upper level."""
        first = np.zeros(self.sizes[lower], dtype=np.int64)
        first[self.codes[lower]] = self.codes[upper]
        return bool((first[self.codes[lower]] == self.codes[upper]).all())


def structure(keys: pd.DataFrame, levels: Sequence[Level]) -> Structure:
    """The structure of leaves, and of the sums that are wanted.

    Args:
        keys: A row for each leaf: its item, region and channel, its family and site ...
        levels: The key columns of each wanted level, coarse ones first: ``()`` for the sum of
            everything, ``("family",)``, ``("family", "region")``, ``("channel",)``. Levels may
            nest, as in a tree, or cross. The leaves themselves need not be named.

    Raises:
        ValueError: There is no leaf, a leaf stands there twice, a column is not there, or a level
            is named twice.

    >>> keys = pd.DataFrame({"family": ["a", "a", "b"], "region": ["N", "S", "N"]})
    >>> tree = structure(keys, [(), ("family",)])
    >>> tree.of(np.array([[1.0], [2.0], [4.0]])).ravel().tolist()
    [7.0, 3.0, 4.0, 1.0, 2.0, 4.0]
    """
    if keys.empty:
        raise ValueError("a hierarchy needs at least one leaf")
    if keys.duplicated().any():
        raise ValueError("a leaf stands twice in the hierarchy")
    wanted = [tuple(level) for level in levels]
    if len(set(map(frozenset, wanted))) < len(wanted):
        raise ValueError("a level is named twice")
    unknown = {name for level in wanted for name in level} - set(keys.columns)
    if unknown:
        raise ValueError(f"the leaves have no key {', '.join(sorted(unknown))}")
    found = [_level(keys, level) for level in wanted]
    codes = np.array([codes for codes, _ in found], dtype=np.int64).reshape(-1, len(keys))
    names = [*(nodes for _, nodes in found), keys]
    nodes = pd.concat(names, ignore_index=True)[list(keys.columns)].fillna("")
    sizes = tuple(len(nodes) for _, nodes in found)
    own, _ = _level(keys, tuple(keys.columns))
    order = np.lexsort((own, *codes[::-1])).astype(np.int64)
    return Structure(tuple(wanted), nodes, codes, sizes, order)


def _level(keys: pd.DataFrame, level: Level) -> tuple[Codes, pd.DataFrame]:
    """Number of the node of each leaf, and the keys of the nodes, sorted."""
    if not level:
        return np.zeros(len(keys), dtype=np.int64), pd.DataFrame({keys.columns[0]: [""]})
    names = list(level)
    groups = keys.groupby(names, sort=True)
    nodes = keys[names].drop_duplicates().sort_values(names, ignore_index=True)
    return np.asarray(groups.ngroup(), dtype=np.int64), nodes
