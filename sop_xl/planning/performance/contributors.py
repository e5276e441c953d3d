"""Forecast value added by contributor: who typed what, and whether it came closer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Flags
from sop_xl.planning.performance.accuracy import at_lag, by_detail
from sop_xl.planning.performance.stair_steps import MOVED, cells_of
from sop_xl.planning.performance.value_added import by_contributor
from sop_xl.schema import empty_frame
from sop_xl.tables.contributors import CONTRIBUTORS, STEP_OF
from sop_xl.tables.kpi_detail import STEPS

Names = npt.NDArray[np.object_]


def contributors(
    history: pd.DataFrame,
    past_plans: pd.DataFrame,
    past_authors: pd.DataFrame,
    level: tuple[str, ...],
    axis: Axis,
    lags: Iterable[int],
) -> pd.DataFrame:
    """The table ``contributors``: for each lag who changed the forecast, the most valuable first.

    Measured as the steps are, on the same blocks and months: what a contributor took away from the
    error of the step before. Where no name was kept, the department counts. The gains of a step
    sum to what the stair-step says of it.

    Args:
        history: Demand by block and month.
        past_plans: Plans of earlier cycles with what was added to their baseline.
        past_authors: Who changed them; of several changes of a number the last one before the plan
            was frozen counts.
        level: Keys of a block.
        axis: Its past is what is measured.
        lags: Cycles between plan and month.
    """
    lines: list[tuple[object, ...]] = []
    for lag in lags:
        found = list(_of_lag(history, past_plans, past_authors, level, axis, lag))
        found.sort(key=lambda line: -float(str(line[4])))
        lines += [(float(lag), float(at), *line) for at, line in enumerate(found, start=1)]
    names = ["lag", "place", "who", "step", "changed", "closer", "gained", "demand"]
    frame = pd.DataFrame(lines, columns=names)
    frame["added"] = frame["gained"].astype(float) / frame["demand"].astype(float)
    return frame[CONTRIBUTORS.names].astype(empty_frame(CONTRIBUTORS.columns).dtypes.to_dict())


def _of_lag(
    history: pd.DataFrame, past_plans: pd.DataFrame, past_authors: pd.DataFrame,
    level: tuple[str, ...], axis: Axis, lag: int,
) -> Iterator[tuple[object, ...]]:
    plans = at_lag(past_plans, axis, lag)
    demand, steps = cells_of(history, plans, level, axis, lag)
    known: Flags = np.asarray(~np.isnan(steps).all(axis=1))
    same: Flags = np.asarray((demand >= 0) & ~np.isnan(steps[known]).any(axis=0))
    total = float(demand[same].sum())
    if total <= 0:
        return
    for layer, step in STEP_OF.items():
        at = STEPS.index(step)
        earlier = np.flatnonzero(known[:at])
        if not known[at] or not len(earlier):
            continue
        first, last = steps[earlier[-1]], steps[at]
        moved: Flags = np.asarray(same & (np.abs(last - first) > MOVED))
        who = _authors(plans, past_authors[past_authors["layer"] == layer], level, axis, lag)
        named = np.where(who == "", step.removeprefix("+ "), who)
        named = np.where(moved, named, "")
        for name, changed, closer, added in by_contributor(
            demand[same], first[same], last[same], named[same]
        ):
            if changed:
                yield (name, step, changed, closer, float(added) * total, total)


def _authors(
    plans: pd.DataFrame, authors: pd.DataFrame, level: tuple[str, ...], axis: Axis, lag: int
) -> Names:
    """Who changed each block and month, in the order of the cells; empty where nobody is named."""
    found: list[Names] = [np.zeros(0, dtype=object)]
    made = authors["period"].array.asi8 - lag
    before = authors[authors["cycle"].array.asi8 <= made].sort_values("cycle", kind="stable")
    for keys, rows in by_detail(plans, level):
        blocks = hierarchy.blocks_of(keys, [rows])
        names = before.drop_duplicates([*keys, "period"], keep="last")
        where = pd.MultiIndex.from_frame(names[[*keys, "period"]])
        cells = blocks[list(keys)].merge(pd.DataFrame({"period": axis.past}), how="cross")
        at = where.get_indexer(pd.MultiIndex.from_frame(cells[[*keys, "period"]]))
        texts = np.append(names["author"].to_numpy(dtype=object), "")
        found.append(texts[at])
    return np.concatenate(found)
