"""Forecast value added: what each step, and each department, did to the error of the forecast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Flags, Numbers
from sop_xl.planning.performance.accuracy import at_lag, by_detail
from sop_xl.schema import empty_frame
from sop_xl.tables.kpi_detail import STEPS, VALUE_ADDED

YEAR = 12
"""Months of a season."""

LAYERS = ("drivers", "sales", "marketing", "finance")
"""What was added to the baseline, one after the other, as columns of the past plans."""
MOVED = 1e-9
"""Units by which a step has to move a forecast to have changed it."""


def value_added(
    history: pd.DataFrame,
    past_plans: pd.DataFrame,
    level: tuple[str, ...],
    axis: Axis,
    lags: Iterable[int],
) -> pd.DataFrame:
    """The table ``value_added``: a row for each lag and step.

    All steps are measured on the same blocks and months: those for which every step that is known
    at all has a forecast. Source: Gilliland, Forecast Value Added Analysis.

    Args:
        history: Demand by block and month.
        past_plans: Plans of earlier cycles with what was added to their baseline.
        level: Keys of a block.
        axis: Its past is what is measured.
        lags: Cycles between plan and month.
    """
    lines = [line for lag in lags for line in _of_lag(history, past_plans, level, axis, lag)]
    frame = pd.DataFrame(lines, columns=VALUE_ADDED.names)
    return frame.astype(empty_frame(VALUE_ADDED.columns).dtypes.to_dict())


def _of_lag(
    history: pd.DataFrame, past_plans: pd.DataFrame, level: tuple[str, ...], axis: Axis, lag: int
) -> Iterator[tuple[object, ...]]:
    demand, steps = cells_of(history, at_lag(past_plans, axis, lag), level, axis, lag)
    known: Flags = np.asarray(~np.isnan(steps).all(axis=1))
    same: Flags = np.asarray((demand >= 0) & ~np.isnan(steps[known]).any(axis=0))
    sold, made = demand[same], steps[:, same]
    total = float(sold.sum())
    missed = np.abs(made - sold)
    last = -1
    for at, name in enumerate(STEPS):
        if not known[at] or not same.any():
            yield (lag, name, *[np.nan] * (len(VALUE_ADDED.names) - 2))
            continue
        error, net = float(missed[at].sum()), float((made[at] - sold).sum())
        before = float(missed[last].sum()) if last >= 0 else np.nan
        first = float(missed[0].sum()) if last >= 0 and known[0] else np.nan
        moved: Flags = np.abs(made[at] - made[max(last, 0)]) > MOVED
        closer: Flags = np.asarray(missed[at] < missed[max(last, 0)]) & moved
        changed = float(moved.sum())
        yield (
            lag, name, _share(error, total), _share(net, total), _share(before - error, total),
            _share(first - error, total), changed if last >= 0 else np.nan,
            float(closer.sum()) / changed if changed else np.nan, float(same.sum()), total,
            error, net, before, first,
        )  # fmt: skip
        last = at


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan


def cells_of(
    history: pd.DataFrame, plans: pd.DataFrame, level: tuple[str, ...], axis: Axis, lag: int
) -> tuple[Numbers, Numbers]:
    """Demand of each block and month, and beside it the forecast of every step."""
    demand, steps = [np.zeros(0)], [np.zeros((len(STEPS), 0))]
    delivered = axis.past.isin(pd.PeriodIndex(history["period"]))
    for keys, rows in by_detail(plans, level):
        blocks = hierarchy.blocks_of(keys, [rows])
        found = hierarchy.sums(rows, ["baseline", "consensus", *LAYERS], blocks, axis.past)
        sold = hierarchy.sums(history, ["orders"], blocks, axis.past)["orders"]
        sold = np.where(delivered, np.nan_to_num(sold), np.nan)
        made = [_before(sold, lag + 1), _before(sold, _seasons(lag))]
        made += [found["baseline"], *_layered(found), found["consensus"]]
        demand.append(sold.ravel())
        steps.append(np.array([one.ravel() for one in made]))
    return np.concatenate(demand), np.hstack(steps)


def _layered(found: dict[str, Numbers]) -> list[Numbers]:
    """The baseline with one layer after the other; missing where no layer was kept in the cycle."""
    kept = ~np.all([np.isnan(found[name]).all(axis=0) for name in LAYERS], axis=0)
    total = np.where(kept, found["baseline"], np.nan)
    layers = []
    for name in LAYERS:
        total = total + np.nan_to_num(found[name])
        layers.append(np.maximum(total, 0.0))
    return layers


def _seasons(lag: int) -> int:
    """Months back to the newest demand of the same season that is known when the plan is made.

    >>> _seasons(2), _seasons(11), _seasons(12)
    (12, 12, 24)
    """
    return YEAR * -(-(lag + 1) // YEAR)


def _before(numbers: Numbers, months: int) -> Numbers:
    """The demand so many months before; missing where that is before the first month."""
    found = np.full(numbers.shape, np.nan)
    if months < numbers.shape[1]:
        found[:, months:] = numbers[:, :-months]
    return found
