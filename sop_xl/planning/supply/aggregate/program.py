"""A linear program in blocks of variables, solved by HiGHS through scipy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.frames import Numbers

INFEASIBLE = (2, 4)
"""What linprog answers where there is no solution, and where presolve cannot tell."""
OUT_OF_TIME = 1
EXACT = 1e-7
"""Relative distance to the best plan at which whole numbers are settled."""


class Terms(NamedTuple):
    """Entries of a coefficient matrix: its rows, the variables within a block, the numbers."""

    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    numbers: Numbers


def each(factor: npt.ArrayLike, count: int) -> Terms:
    """One variable in each of ``count`` rows, times a factor."""
    at = np.arange(count)
    return Terms(at, at, np.array(np.broadcast_to(np.ravel(factor), count), dtype=float))


def change(lines: int, periods: int) -> Terms:
    """Each variable less the one of the period before: lines down, periods across."""
    at = np.arange(lines * periods)
    later = at[at % periods > 0]
    ones = np.ones(len(at))
    return Terms(
        np.append(at, later), np.append(at, later - 1), np.append(ones, -np.ones(len(later)))
    )


def weighted_sums(weights: Numbers, periods: int) -> Terms:
    """For each column of the weights (lines down) and each period the weighted sum of the lines."""
    line, column = np.nonzero(weights)
    at = np.arange(periods)
    return Terms(
        (column[:, np.newaxis] * periods + at).ravel(),
        (line[:, np.newaxis] * periods + at).ravel(),
        np.repeat(weights[line, column], periods),
    )


def scaled(terms: Terms, factor: float) -> Terms:
    """The entries times a factor."""
    return terms._replace(numbers=terms.numbers * factor)


Rows: TypeAlias = tuple[str, Mapping[str, Terms], Numbers]
"""Rows of one name: their terms by block, and the numbers that the sums are held against."""


class Block(NamedTuple):
    """Variables of one kind and where they stand."""

    start: int
    shape: tuple[int, int]

    @property
    def place(self) -> slice:
        return slice(self.start, self.start + self.shape[0] * self.shape[1])


class Solution(NamedTuple):
    """What the solver found."""

    values: dict[str, Numbers]
    """By block, in its shape."""
    worth: dict[str, Numbers]
    """What one unit more of a limit saves, by the name of its rows; of the plan with its whole
    numbers held."""
    gap: float
    """Relative distance to the best possible, above zero where time ran out."""


class NoSolution(Exception):  # noqa: N818  it is an answer, not an error
    """No values keep all rows."""


@dataclass
class Program:
    """Blocks of variables, each not below zero, and rows that tie them; costs are minimised."""

    blocks: dict[str, Block] = field(default_factory=dict)
    costs: list[Numbers] = field(default_factory=list)
    lows: list[Numbers] = field(default_factory=list)
    highs: list[Numbers] = field(default_factory=list)
    whole: list[npt.NDArray[np.bool_]] = field(default_factory=list)
    equal: list[Rows] = field(default_factory=list)
    at_most: list[Rows] = field(default_factory=list)
    size: int = 0

    def block(
        self,
        name: str,
        shape: tuple[int, int],
        cost: npt.ArrayLike = 0.0,
        low: npt.ArrayLike = 0.0,
        high: npt.ArrayLike = np.inf,
        whole: npt.ArrayLike = False,
    ) -> None:
        """Add variables, with what one of each costs, their bounds, and which are whole numbers."""
        self.blocks[name] = Block(self.size, shape)
        self.size += shape[0] * shape[1]
        for kept, given in ((self.costs, cost), (self.lows, low), (self.highs, high)):
            kept.append(np.broadcast_to(np.asarray(given, dtype=float), shape).ravel())
        self.whole.append(np.broadcast_to(np.asarray(whole, dtype=bool), shape).ravel())

    def keep_equal(self, name: str, terms: Mapping[str, Terms], numbers: npt.ArrayLike) -> None:
        """Rows whose sums of terms by block are exactly these numbers."""
        self.equal.append((name, terms, np.ravel(np.asarray(numbers, dtype=float))))

    def keep_at_most(self, name: str, terms: Mapping[str, Terms], numbers: npt.ArrayLike) -> None:
        """Rows whose sums of terms by block are at most these numbers."""
        self.at_most.append((name, terms, np.ravel(np.asarray(numbers, dtype=float))))

    def weights(self, of: Mapping[str, npt.ArrayLike]) -> Numbers:
        """Costs that count some blocks only, in place of the program's own."""
        costs = np.zeros(self.size)
        for name, weight in of.items():
            block = self.blocks[name]
            costs[block.place] = np.broadcast_to(
                np.asarray(weight, dtype=float), block.shape
            ).ravel()
        return costs

    def solve(
        self, seconds: float, first: Mapping[str, npt.ArrayLike] | None = None, worth: bool = False
    ) -> Solution:
        """The cheapest values; with ``first`` the cheapest among those of least such weight.

        Raises:
            NoSolution: The rows and bounds contradict each other.
            ValueError: The solver stopped before it found values.
        """
        bounds = np.column_stack([np.concatenate(self.lows), np.concatenate(self.highs)])
        equal, at_most = self._matrix(self.equal), self._matrix(self.at_most)
        costs = np.concatenate(self.costs)
        if first is not None:
            weights = self.weights(first)
            least = self._run(weights, bounds, equal, at_most, seconds).fun
            # a hair's breadth, or rounding would leave nothing to choose from
            row: Rows = ("least", {}, np.array([least + 1e-9 * max(1.0, abs(least))]))
            at_most = self._matrix([*self.at_most, row], weights)
        found = self._run(costs, bounds, equal, at_most, seconds)
        values, gap = found.x, float(getattr(found, "mip_gap", 0.0) or 0.0)
        whole = np.concatenate(self.whole)
        values[whole] = np.round(values[whole])
        if worth and whole.any():
            held = bounds.copy()
            held[whole] = values[whole, np.newaxis]
            found = self._run(costs, held, equal, at_most, seconds, relaxed=True)
            values = np.where(whole, values, found.x)
        # the solver keeps bounds up to a tolerance
        values = np.clip(values, bounds[:, 0], bounds[:, 1])
        return Solution(
            {name: values[b.place].reshape(b.shape) for name, b in self.blocks.items()},
            self._worth(found) if worth else {},
            gap,
        )

    def _run(
        self,
        costs: Numbers,
        bounds: Numbers,
        equal: tuple[Any, Numbers],
        at_most: tuple[Any, Numbers],
        seconds: float,
        relaxed: bool = False,
    ) -> Any:
        # scipy takes most of a second to import, which a worksheet function should not wait for
        from scipy.optimize import linprog

        whole = np.concatenate(self.whole)
        found = linprog(
            costs, A_ub=at_most[0], b_ub=at_most[1], A_eq=equal[0], b_eq=equal[1], bounds=bounds,
            method="highs", integrality=whole.astype(int) if whole.any() and not relaxed else None,
            options={"time_limit": seconds, "mip_rel_gap": EXACT},
        )  # fmt: skip
        if found.status in INFEASIBLE:
            raise NoSolution
        if found.x is None:
            reason = f"in {seconds:g} seconds" if found.status == OUT_OF_TIME else found.message
            raise ValueError(f"the solver found no plan: {reason}")
        return found

    def _matrix(
        self,
        groups: Sequence[Rows],
        last: Numbers | None = None,
    ) -> tuple[Any, Numbers]:
        """The rows of all groups as a sparse matrix, and their numbers; ``last`` fills the last."""
        from scipy.sparse import csr_array

        rows, columns, numbers, right = [], [], [], []
        start = 0
        for _, terms, bound in groups:
            for name, entries in terms.items():
                rows.append(entries.rows + start)
                columns.append(entries.columns + self.blocks[name].start)
                numbers.append(entries.numbers)
            right.append(bound)
            start += len(bound)
        if last is not None:
            at = np.flatnonzero(last)
            rows.append(np.full(len(at), start - 1))
            columns.append(at)
            numbers.append(last[at])
        entries_at = (np.concatenate(rows), np.concatenate(columns))
        matrix = csr_array((np.concatenate(numbers), entries_at), shape=(start, self.size))
        return matrix, np.concatenate(right)

    def _worth(self, found: Any) -> dict[str, Numbers]:
        saved, start = {}, 0
        for name, _, bound in self.at_most:
            saved[name] = -found.ineqlin.marginals[start : start + len(bound)]
            start += len(bound)
        return saved
