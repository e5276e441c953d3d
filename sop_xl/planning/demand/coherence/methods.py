"""Step 2, the hierarchy: ways to make the forecasts of leaves and sums agree.

Every function takes and gives nodes down (sums first, leaves last, as :class:`Structure` has
them), periods across. Equations: Hyndman and Athanasopoulos, Forecasting: Principles and Practice,
3rd ed. (FPP3), chapter 11.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.demand.coherence.projection import project
from sop_xl.planning.demand.coherence.structure import Codes, Structure
from sop_xl.planning.demand.coherence.variances import SMALLEST, mean_squares
from sop_xl.planning.frames import Numbers

Proportions: TypeAlias = Literal["average", "averages", "forecast"]
"""How a sum is split: by the mean of the shares in each period of the past, by the shares of the
means of the past, or by the forecasts of the parts."""


def checked(tree: Structure, nodes: Numbers, *, missing: bool = False) -> Numbers:
    """Numbers by node, as floats.

    Raises:
        ValueError: They are not one row for each node, or one is not finite.
    """
    numbers = np.asarray(nodes, dtype=float)
    rows = tree.sums + tree.leaves
    if numbers.ndim != 2 or len(numbers) != rows:
        raise ValueError(f"the hierarchy has {rows} nodes; give one row for each of them")
    if np.isinf(numbers).any() or (not missing and np.isnan(numbers).any()):
        raise ValueError("a forecast in the hierarchy is missing or not finite")
    return numbers


def bottom_up(tree: Structure, leaves: Numbers) -> Numbers:
    """The forecasts of the leaves, and their sums (FPP3, section 11.2)."""
    return tree.of(np.asarray(leaves, dtype=float))


def top_down(
    tree: Structure,
    nodes: Numbers,
    proportions: Proportions = "forecast",
    history: Numbers | None = None,
) -> Numbers:
    """The forecast of the first level, spread over the leaves (FPP3, section 11.2).

    Args:
        tree: The hierarchy; its first level is what is spread.
        nodes: Base forecasts of all nodes.
        proportions: ``average``: p = mean over t of y_jt / y_t; ``averages``: p = sum of y_jt /
            sum of y_t (Gross and Sohl 1990); ``forecast``: level by level, the forecast of a node
            over the sum of the forecasts beside it (Athanasopoulos, Ahmed and Hyndman 2009).
        history: Leaves down, months across, for the two that look back.

    Raises:
        ValueError: The levels cross, or there is no history for proportions that need one.
    """
    return middle_out(tree, nodes, 0, proportions, history)


def middle_out(
    tree: Structure,
    nodes: Numbers,
    level: int,
    proportions: Proportions = "forecast",
    history: Numbers | None = None,
) -> Numbers:
    """The forecasts of one level: spread over the leaves below, and added up above.

    Args:
        tree: The hierarchy.
        nodes: Base forecasts of all nodes.
        level: Number of the level that is kept.
        proportions: As for :func:`top_down`.
        history: As for :func:`top_down`.
    """
    base = checked(tree, nodes)
    if not 0 <= level < len(tree.levels):
        raise ValueError(f"the hierarchy has the levels 0 to {len(tree.levels) - 1}")
    kept, code = base[tree.rows(level)], tree.codes[level]
    if proportions == "forecast":
        return tree.of(_forecast_shares(tree, base, level))
    if history is None or len(history) != tree.leaves:
        raise ValueError("proportions of the past need the history of each leaf")
    past = np.nan_to_num(np.asarray(history, dtype=float))
    return tree.of(_past_shares(past, code, len(kept), proportions) * kept[code])


def ols(tree: Structure, nodes: Numbers) -> Numbers:
    """Least squares, every node alike: W = I (FPP3, section 11.3)."""
    base = checked(tree, nodes)
    return tree.of(project(tree, base, np.ones(len(base))))


def wls_structural(tree: Structure, nodes: Numbers) -> Numbers:
    """Least squares weighted by structure: W = number of leaves of each node (FPP3, 11.3)."""
    return tree.of(project(tree, checked(tree, nodes), tree.counts))


def wls(tree: Structure, nodes: Numbers, variances: npt.NDArray[np.float64]) -> Numbers:
    """Least squares with given weights: W = error variance of each node; only proportions count.

    A leaf of variance zero stays as it is. A sum of variance zero is taken as nearly certain.
    """
    typical = max(float(variances[tree.sums :].mean()), SMALLEST)
    sure = np.maximum(variances[: tree.sums], SMALLEST * typical)
    weights = np.append(sure, variances[tree.sums :])
    return tree.of(project(tree, checked(tree, nodes), weights))


def wls_variance(tree: Structure, nodes: Numbers, errors: Numbers) -> Numbers:
    """Least squares weighted by error: W = error variance of each node (FPP3, 11.3).

    Args:
        tree: The hierarchy.
        nodes: Base forecasts of all nodes.
        errors: Errors of all nodes, times across; NaN where not known.
    """
    given = checked(tree, errors, missing=True)
    return wls(tree, nodes, mean_squares(tree, given))


def _past_shares(past: Numbers, code: Codes, nodes: int, proportions: Proportions) -> Numbers:
    """(leaves, 1) Share of each leaf in its node; alike where the node had nothing."""
    if proportions == "averages":
        past = past.sum(axis=1, keepdims=True)
    whole = _grouped(past, code, nodes)
    seen = whole != 0
    shares = np.where(seen[code], past / np.where(seen, whole, 1.0)[code], 0.0)
    mean = shares.sum(axis=1) / np.maximum(seen.sum(axis=1), 1)[code]
    alike = 1.0 / np.bincount(code, minlength=nodes)[code]
    return np.where(seen.any(axis=1)[code], mean, alike)[:, np.newaxis]


def _forecast_shares(tree: Structure, base: Numbers, level: int) -> Numbers:
    """The leaves of a level's forecasts, spread level by level by the forecasts below."""
    upper, codes = base[tree.rows(level)], tree.codes[level]
    lower = [(tree.codes[at], base[tree.rows(at)]) for at in range(level + 1, len(tree.levels))]
    for at in range(level + 1, len(tree.levels)):
        if not tree.is_nested(at - 1, at):
            raise ValueError("proportions of forecasts need levels that nest, as in a tree")
    for own, numbers in (*lower, (np.arange(tree.leaves), base[tree.sums :])):
        parent = np.zeros(len(numbers), dtype=np.int64)
        parent[own] = codes
        upper, codes = _split(upper, numbers, parent), own
    return upper


def _split(upper: Numbers, numbers: Numbers, parent: Codes) -> Numbers:
    """Each node's number as its share of its parent's; alike where the parent's parts are zero."""
    whole = _grouped(numbers, parent, len(upper))
    alike = 1.0 / np.bincount(parent, minlength=len(upper))[parent][:, np.newaxis]
    shares = np.where(whole[parent] != 0, numbers / np.where(whole != 0, whole, 1.0)[parent], alike)
    return np.asarray(shares * upper[parent])


def _grouped(numbers: Numbers, code: Codes, nodes: int) -> Numbers:
    """Rows added up by code."""
    result = np.zeros((nodes, numbers.shape[1]))
    np.add.at(result, code, numbers)
    return result
