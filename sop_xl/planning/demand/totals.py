"""The demand plan added up to the family and to the company, with the range of the sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import frames
from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand.coherence import (
    Structure,
    middle_out,
    mint,
    structure,
    sum_ranges,
    wls,
)
from sop_xl.planning.demand.coherence.structure import Level
from sop_xl.planning.demand.consensus import gap_to_aop
from sop_xl.planning.demand.engine.result import Backtest
from sop_xl.planning.demand.forecaster import Forecast
from sop_xl.planning.frames import Numbers, across, zero
from sop_xl.schema import ALL_FAMILIES
from sop_xl.tables.demand import DEMAND_TOTAL

SILENT = 1e6
"""Times the variance of a node whose forecast is not to be listened to."""
LONGEST = 120
"""Months of history that a what-if forecast is made from."""


class Baseline(NamedTuple):
    """What is known of the forecast of some series: series down, plan periods across."""

    mean: Numbers
    low: Numbers
    high: Numbers
    errors: Numbers | None = None
    """Backtest errors of each series, times across, as :func:`errors_of` gives them; None where
    nothing was tested."""


def errors_of(backtest: Backtest) -> Numbers | None:
    """Forecast - actual by series, of all origins and periods ahead one after the other.

    NaN where not tested; None where no origin was.
    """
    errors = backtest.combined - backtest.actual
    origins, series, ahead = errors.shape
    return errors.swapaxes(0, 1).reshape(series, origins * ahead) if origins else None


def baseline(found: Forecast, like: Forecast | None = None) -> Baseline:
    """A forecast as a baseline.

    Args:
        found: The forecast.
        like: A forecast with whose backtest errors these are to be compared: they are left out if
            they are of other origins, which go by the length of the histories.
    """
    errors = errors_of(found.found.backtest)
    if like and not np.array_equal(found.found.backtest.cuts, like.found.backtest.cuts):
        errors = None
    return Baseline(found.mean, found.low, found.high, errors)


def moved(found: Forecast, to: Baseline) -> Forecast:
    """A forecast that has been moved to a baseline, all of its ranges with it."""
    by = to.mean - found.mean
    ends = found.found
    low, high = _lowered(ends.low, by, to.mean), np.maximum(ends.high + by, to.mean)
    return Forecast(to.mean, to.low, to.high, ends._replace(mean=to.mean, low=low, high=high))


class Range(NamedTuple):
    """Ends of the prediction range of each total in the plan periods."""

    low: Numbers
    high: Numbers


def members(blocks: pd.DataFrame, families: pd.Index) -> Numbers:
    """1 where a block (across) belongs to a total (down): all families, then each of them."""
    own = blocks["family"].to_numpy()[None, :] == families.to_numpy()[:, None]
    return np.vstack([np.ones((1, len(blocks))), own.astype(float)])


def summed_history(history: Numbers, belongs: Numbers) -> Numbers:
    """The history of each total, NaN before the first observation of its first block."""
    observed = belongs @ ~np.isnan(history) > 0
    return np.where(observed, belongs @ zero(history), np.nan)


def long_history(
    history: Numbers, months: pd.PeriodIndex, belongs: Numbers, families: pd.Index
) -> pd.DataFrame:
    """All the demand that is known of each total, also of months that no sheet shows.

    Returns:
        A frame with a row for each total, and its months across, oldest first; NaN where there is
        none.
    """
    names = pd.Index([ALL_FAMILIES, *families], name="family")
    return pd.DataFrame(summed_history(history, belongs), names, months).iloc[:, -LONGEST:]


def forecast_of_sums(
    history: Numbers,
    blocks: Baseline,
    belongs: Numbers,
    forecast: Callable[[Numbers], Baseline],
) -> Baseline:
    """What the history of each total says by itself; a total of one block is that block.

    Args:
        history: Demand by block and month.
        blocks: Baseline of the blocks.
        belongs: What :func:`members` gives.
        forecast: Baselines more series in the same way.
    """
    several = belongs.sum(axis=1) > 1
    found = forecast(summed_history(history, belongs[several]))
    mean, low, high = (belongs @ numbers for numbers in (blocks.mean, blocks.low, blocks.high))
    mean[several], low[several], high[several] = found.mean, found.low, found.high
    return Baseline(mean, low, high, _errors(blocks, found, belongs))


def _errors(blocks: Baseline, sums: Baseline, belongs: Numbers) -> Numbers | None:
    """The backtest errors of the totals, where blocks and totals were tested alike."""
    if blocks.errors is None or sums.errors is None:
        return None
    if sums.errors.shape[1] != blocks.errors.shape[1]:
        return None
    errors = belongs @ blocks.errors
    errors[belongs.sum(axis=1) > 1] = sums.errors
    return np.asarray(errors)


def reconciled(
    blocks: pd.DataFrame, families: pd.Index, own: Baseline, sums: Baseline, method: str
) -> Baseline:
    """The forecast of the blocks, brought together with what the totals say by themselves.

    Large totals are forecast better than the sum of their blocks, blocks know what is particular to
    them. Each gives way according to the width of its range; with ``mint`` according to the errors
    that they had in the backtest, those they share included, where there was one. With
    ``top_down`` the forecast of the company stands, with ``middle_out`` those of families, and
    blocks share them by their own. Ranges keep their width and move along; nothing becomes
    negative.

    Args:
        blocks: Keys of the blocks.
        families: The planned families, as :func:`members` has them.
        own: Baseline of each block.
        sums: What :func:`forecast_of_sums` gives.
        method: The setting ``reconciliation``.
    """
    if method == "bottom_up" or len(blocks) < 2:
        return own
    tree = structure(blocks, _voices(blocks))
    at = _rows(tree, families)
    nodes = np.vstack([sums.mean[at], own.mean])
    errors = None
    if own.errors is not None and sums.errors is not None:
        errors = np.vstack([sums.errors[at], own.errors])
    if method in ("top_down", "middle_out"):
        kept = 0 if method == "top_down" else len(tree.levels) - 1
        found = middle_out(tree, nodes, kept)
    elif method == "mint" and errors is not None and _times(errors) > 1:
        found = mint(tree, nodes, errors)
    else:
        above = np.vstack([sums.high[at], own.high]) - nodes
        variances = np.mean(above**2, axis=1)
        # a family of one block says what its block says: it must not count twice
        variances[: tree.sums][tree.counts[: tree.sums] == 1] *= SILENT
        found = wls(tree, nodes, variances)
    mean = np.maximum(0.0, found[tree.sums :])
    moved = mean - own.mean
    low = _lowered(own.low, moved, mean)
    return own._replace(mean=mean, low=low, high=own.high + moved)


def _lowered(low: Numbers, by: Numbers, mean: Numbers) -> Numbers:
    """Lower ends, moved with their forecast; where nothing may come, nothing still may."""
    return np.clip(np.where(low > 0, low + by, 0.0), 0.0, mean)


def agreeing(
    blocks: pd.DataFrame,
    families: pd.Index,
    history: Numbers,
    own: Baseline,
    belongs: Numbers,
    forecast: Callable[[Numbers], Baseline],
    method: str,
    heard: npt.NDArray[np.bool_],
) -> Baseline:
    """As :func:`reconciled`, among the blocks that are heard; the others stay as they are.

    The history of a total knows next to nothing of a block that has only begun, so the total's
    forecast would push it back to nothing; and what a planner has chosen is not to be moved.

    Args:
        blocks: Keys of the blocks.
        families: The planned families, as :func:`members` has them.
        history: Demand by block and month.
        own: Baseline of each block.
        belongs: What :func:`members` gives.
        forecast: Baselines of more series in the same way.
        method: The setting ``reconciliation``.
        heard: Which blocks give way and take part.
    """
    at = np.flatnonzero(heard)
    if method == "bottom_up" or len(at) < 2:
        return own
    errors = None if own.errors is None else own.errors[at]
    part = Baseline(own.mean[at], own.low[at], own.high[at], errors)
    sums = forecast_of_sums(history[at], part, belongs[:, at], forecast)
    found = reconciled(blocks.iloc[at].reset_index(drop=True), families, part, sums, method)
    mean, low, high = own.mean.copy(), own.low.copy(), own.high.copy()
    mean[at], low[at], high[at] = found.mean, found.low, found.high
    return own._replace(mean=mean, low=low, high=high)


def change(before: Baseline, after: Baseline) -> npt.NDArray[np.float64]:
    """Share by which the sum of each series' plan periods has moved; 0 where there was nothing."""
    was = before.mean.sum(axis=1)
    return np.where(was > 0, after.mean.sum(axis=1) / np.where(was > 0, was, 1.0) - 1, 0.0)


def _voices(blocks: pd.DataFrame) -> list[Level]:
    """The levels of sums that say something of their own: not a family that is everything, nor
    families that are their one block."""
    families = blocks["family"].nunique()
    return [(), ("family",)] if 1 < families < len(blocks) else [()]


def _times(errors: Numbers) -> int:
    """In how many times any error is known."""
    return int((~np.isnan(errors)).any(axis=0).sum())


def total_range(
    blocks: pd.DataFrame,
    families: pd.Index,
    own: Baseline,
    alone: Callable[[], Baseline],
    belongs: Numbers,
) -> Range:
    """The range of the sums of the baselines.

    The errors of blocks are not independent, they share the market, and do not move together in
    full either. How much they share is read from their backtest; without one, the width of the
    range that the history of the sum has by itself is laid around the sum of the baselines. It is
    never wider than the widths of the blocks added up, which is what it would be if they moved
    together in full.

    Args:
        blocks: Keys of the blocks.
        families: The planned families, as :func:`members` has them.
        own: Baseline of the blocks as it stands on the sheet.
        alone: Gives what :func:`forecast_of_sums` does; asked only without a backtest.
        belongs: What :func:`members` gives.
    """
    mean = belongs @ own.mean
    below, above = belongs @ (own.mean - own.low), belongs @ (own.high - own.mean)
    if own.errors is None or not len(blocks):
        several, sums = belongs.sum(axis=1) > 1, alone()
        below[several] = np.minimum(below[several], (sums.mean - sums.low)[several])
        above[several] = np.minimum(above[several], (sums.high - sums.mean)[several])
    else:
        tree = _tree(blocks)
        at = _rows(tree, families)
        ends = sum_ranges(tree, own.mean, own.low, own.high, own.errors)
        below[at] = mean[at] - ends.low[: tree.sums]
        above[at] = ends.high[: tree.sums] - mean[at]
    return Range(np.maximum(0.0, mean - below), mean + above)


def _tree(blocks: pd.DataFrame) -> Structure:
    """All families and each family over their blocks; planned by family, a block is a family."""
    return structure(blocks, [(), ("family",)])


def _rows(tree: Structure, families: pd.Index) -> npt.NDArray[np.int64]:
    """Where the sums of the tree stand among the totals, which also know families without block."""
    own = families.get_indexer(pd.Index(tree.nodes["family"].iloc[1 : tree.sums]))
    return np.append(0, own + 1)


def demand_total(
    axis: Axis,
    plan: pd.DataFrame,
    belongs: Numbers,
    families: pd.Index,
    ends: Range,
    inputs: pd.DataFrame,
) -> pd.DataFrame:
    """The grid ``demand_total``: all families first, then each family.

    Args:
        axis: The cycle.
        plan: The grid ``demand_plan``.
        belongs: What :func:`members` gives.
        families: The planned families.
        ends: Range of the sums.
        inputs: What people typed beside the totals.
    """
    shape = (belongs.shape[1], len(axis.periods))
    cells = {
        name: belongs @ zero(plan[name].to_numpy(dtype=float).reshape(shape))
        for name in ("actual", "baseline", "consensus", "last_cycle", "aop")
    }
    past, ahead = slice(0, axis.history), slice(axis.history, None)
    gap = gap_to_aop(cells["consensus"], cells["aop"])
    cells["actual"] = across(axis, past=cells["actual"][:, past])
    target = frames.matrix(inputs, "target", "family", [ALL_FAMILIES, *families], axis.periods)
    missed = cells["consensus"] - target
    shown = (("gap_to_aop", gap), ("target", target), ("gap_to_target", missed))
    for name, numbers in (*cells.items(), *shown):
        if name not in ("actual", "aop"):
            cells[name] = across(axis, plan=numbers[:, ahead])
    cells |= {"low": across(axis, plan=ends.low), "high": across(axis, plan=ends.high)}
    return frames.blocks(DEMAND_TOTAL, [ALL_FAMILIES, *families], axis, cells)
