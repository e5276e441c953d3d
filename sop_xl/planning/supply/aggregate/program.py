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
LARGE = 5_000
"""Variables from which on the interior point method (with crossover) beats the simplex method:
measured by ``benchmarks/aggregate_plan.py``, a third of the time at 24,000."""
CLOSE = 0.01
"""Relative distance to the relaxation at which whole numbers of a large program are settled."""
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


def weighted_sums(weights: Numbers, periods: int, ahead: int = 0) -> Terms:
    """For each column of the weights (lines down) and each period the weighted sum of the lines.

    Args:
        weights: Lines down.
        periods: How many there are.
        ahead: By how many periods the lines come after the sum.
    """
    line, column = np.nonzero(weights)
    at = np.arange(max(0, periods - ahead))
    return Terms(
        (column[:, np.newaxis] * periods + at).ravel(),
        (line[:, np.newaxis] * periods + at + ahead).ravel(),
        np.repeat(weights[line, column], len(at)),
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


class Limits(NamedTuple):
    """Bounds of the variables (low, high), and the rows with the numbers they are held against."""

    bounds: Numbers
    equal: tuple[Any, Numbers]
    at_most: tuple[Any, Numbers]


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
    adding_up: set[str] = field(default_factory=set)
    """Blocks of whole numbers that matter by their total up to a period, as batches do."""
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
        limits = Limits(bounds, self._matrix(self.equal), self._matrix(self.at_most))
        if first is not None:
            weights = self.weights(first)
            least, held, _ = self._settled(weights, limits, seconds)
            # a hair's breadth, or rounding would leave nothing to choose from
            most = least.fun + 1e-9 * max(1.0, abs(least.fun))
            row: Rows = ("least", {}, np.array([most]))
            limits = Limits(
                held if self.size > LARGE else bounds,
                limits.equal,
                self._matrix([*self.at_most, row], weights),
            )
        found, held, gap = self._settled(np.concatenate(self.costs), limits, seconds)
        # the solver keeps bounds up to a tolerance
        values = np.clip(found.x, held[:, 0], held[:, 1])
        return Solution(
            {name: values[b.place].reshape(b.shape) for name, b in self.blocks.items()},
            self._worth(found) if worth else {},
            gap,
        )

    def _settled(
        self, costs: Numbers, limits: Limits, seconds: float
    ) -> tuple[Any, Numbers, float]:
        """Least costs with whole numbers settled, the bounds that hold those, and the gap.

        Of a large program the whole numbers are those of its relaxation rounded up, if that costs
        hardly more than the relaxation itself, which nothing can undercut.
        """
        whole = np.concatenate(self.whole)
        if not whole.any():
            return self._run(costs, limits, seconds), limits.bounds, 0.0
        rounded = None
        if self.size > LARGE:
            relaxed = self._run(costs, limits, seconds)
            rounded = self._held(costs, limits, self._rounded_up(relaxed.x, limits), seconds)
            if rounded is not None:
                gap = (rounded[0].fun - relaxed.fun) / max(abs(rounded[0].fun), 1.0)
                if gap <= CLOSE:
                    return *rounded, float(gap)
        try:
            found = self._run(costs, limits, seconds, whole)
        except ValueError:
            if rounded is None:
                raise
            return *rounded, float(gap)
        settled = self._held(costs, limits, np.round(found.x), seconds)
        if settled is None:
            raise NoSolution
        return *settled, float(found.mip_gap or 0.0)

    def _held(
        self, costs: Numbers, limits: Limits, numbers: Numbers, seconds: float
    ) -> tuple[Any, Numbers] | None:
        """Least costs with the whole numbers held, and the bounds that hold them; None for none."""
        whole = np.concatenate(self.whole)
        held = limits.bounds.copy()
        held[whole] = numbers[whole, np.newaxis]
        try:
            return self._run(costs, limits._replace(bounds=held), seconds), held
        except NoSolution:
            return None

    def _rounded_up(self, values: Numbers, limits: Limits) -> Numbers:
        """Whole numbers of which the total up to each period is not below that of the values."""
        numbers = values.copy()
        for name, block in self.blocks.items():
            given = np.round(values[block.place].reshape(block.shape), 6)
            if name in self.adding_up:
                up = np.diff(np.ceil(np.round(np.cumsum(given, axis=1), 6)), axis=1, prepend=0.0)
            else:
                up = np.ceil(given)
            numbers[block.place] = up.ravel()
        return np.minimum(numbers, np.floor(limits.bounds[:, 1]))

    def _run(
        self,
        costs: Numbers,
        limits: Limits,
        seconds: float,
        whole: npt.NDArray[np.bool_] | None = None,
    ) -> Any:
        # scipy takes most of a second to import, which a worksheet function should not wait for
        from scipy.optimize import linprog

        found = linprog(
            costs, A_ub=limits.at_most[0], b_ub=limits.at_most[1], A_eq=limits.equal[0],
            b_eq=limits.equal[1], bounds=limits.bounds,
            method="highs-ipm" if self.size > LARGE and whole is None else "highs",
            integrality=None if whole is None else whole.astype(int),
            options={"time_limit": seconds} | ({} if whole is None else {"mip_rel_gap": EXACT}),
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
