"""The demand plan added up to the family and to the company, with the range of the sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning import frames
from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand.consensus import gap_to_aop
from sop_xl.planning.demand.forecaster import Forecast
from sop_xl.planning.frames import Numbers, across, zero
from sop_xl.schema import ALL_FAMILIES
from sop_xl.tables.demand import DEMAND_TOTAL

LONGEST = 120
"""Months of history that a what-if forecast is made from."""


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


def total_range(
    history: Numbers,
    blocks: Forecast,
    belongs: Numbers,
    forecast: Callable[[Numbers], Forecast],
) -> Range:
    """The range of the sums of the baselines.

    The errors of blocks are not independent, they share the market, and do not move together in
    full either. So the history of each sum is forecast too, and the width of that range is laid
    around the sum of the baselines. It is never wider than the widths of the blocks added up,
    which is what it would be if they moved together in full.

    Args:
        history: Demand by block and month.
        blocks: Forecast of the blocks.
        belongs: What :func:`members` gives.
        forecast: Forecasts more series in the same way.
    """
    mean = belongs @ blocks.mean
    below, above = belongs @ (blocks.mean - blocks.low), belongs @ (blocks.high - blocks.mean)
    several = belongs.sum(axis=1) > 1
    sums = forecast(summed_history(history, belongs[several]))
    below[several] = np.minimum(below[several], sums.mean - sums.low)
    above[several] = np.minimum(above[several], sums.high - sums.mean)
    return Range(np.maximum(0.0, mean - below), mean + above)


def demand_total(
    axis: Axis, plan: pd.DataFrame, belongs: Numbers, families: pd.Index, ends: Range
) -> pd.DataFrame:
    """The grid ``demand_total``: all families first, then each family.

    Args:
        axis: The cycle.
        plan: The grid ``demand_plan``.
        belongs: What :func:`members` gives.
        families: The planned families.
        ends: Range of the sums.
    """
    shape = (belongs.shape[1], len(axis.periods))
    cells = {
        name: belongs @ zero(plan[name].to_numpy(dtype=float).reshape(shape))
        for name in ("actual", "baseline", "consensus", "last_cycle", "aop")
    }
    past, ahead = slice(0, axis.history), slice(axis.history, None)
    gap = gap_to_aop(cells["consensus"], cells["aop"])
    cells["actual"] = across(axis, past=cells["actual"][:, past])
    for name, numbers in (*cells.items(), ("gap_to_aop", gap)):
        if name not in ("actual", "aop"):
            cells[name] = across(axis, plan=numbers[:, ahead])
    cells |= {"low": across(axis, plan=ends.low), "high": across(axis, plan=ends.high)}
    return frames.blocks(DEMAND_TOTAL, [ALL_FAMILIES, *families], axis, cells)
