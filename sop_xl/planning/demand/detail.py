"""The forecast of each block in detail: its methods, their weights, their backtest."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand.engine.result import MONTHS, Backtest, Forecasts
from sop_xl.planning.demand.forecaster import WIDE, label
from sop_xl.planning.frames import Numbers, across
from sop_xl.tables.forecast import (
    CHAMPION,
    FORECAST_DETAIL,
    LAST_YEAR,
    ORIGINS,
    RANKS,
)

Places = npt.NDArray[np.int64]


NOISE = 1e-9
"""Share of a number below which a difference comes from adding up."""


class Detail(NamedTuple):
    """Frames behind the sheet Forecast."""

    grid: pd.DataFrame
    """The grid ``forecast_detail``."""
    ranks: pd.DataFrame
    """The first methods of each block: place, method, weight, error, sum of the plan months."""


def names_of(blocks: pd.DataFrame) -> list[str]:
    """Each block in one text.

    >>> names_of(pd.DataFrame({"family": ["Pumps"], "region": ["North"]}))
    ['Pumps · North']
    """
    return [" · ".join(map(str, keys)) for keys in blocks.itertuples(index=False, name=None)]


def ranked(found: Forecasts) -> Places:
    """(M, S) The members of each series: by weight, and alike by backtest error."""
    tested = np.where(np.isnan(found.errors), np.inf, found.errors)
    order: Places = np.lexsort((tested, -found.weights), axis=0)
    return order


def methods(blocks: pd.DataFrame, found: Forecasts) -> pd.DataFrame:
    """The table ``forecast_methods``: champion, last year's pattern and each member that served."""
    names = [CHAMPION, LAST_YEAR, *found.members]
    ones, zeros = np.ones((1, len(blocks))), np.zeros((1, len(blocks)))
    weights = np.vstack([ones, zeros, found.weights])
    errors = np.vstack([found.error[None], found.reference[None], found.errors])
    series, member = np.nonzero(((weights > 0) | ~np.isnan(errors)).T)
    frame = blocks.iloc[series].reset_index(drop=True)
    return frame.assign(
        method=pd.Series([names[at] for at in member], dtype="str"),
        weight=weights[member, series],
        error=errors[member, series],
    )


def detail(
    axis: Axis,
    blocks: pd.DataFrame,
    history: Numbers,
    months: pd.PeriodIndex,
    found: Forecasts,
    shown: Places,
) -> Detail:
    """The first methods of the shown blocks and what the backtest would have forecast.

    Args:
        axis: The cycle.
        blocks: Keys of all blocks.
        history: Demand by block and month, cleaned.
        months: The months of the history.
        found: Forecasts of the blocks for the plan periods.
        shown: The blocks to show, by number.
    """
    kept = np.sort(shown)
    order = ranked(found)[:, kept]
    cells = {"last_year": across(axis, plan=_last_year(history[kept], months, axis))}
    padded = np.hstack([history[kept], np.full((len(kept), 1), np.nan)])
    cells["cleaned"] = across(axis, past=padded[:, months.get_indexer(axis.past)])
    wide = found.levels.index(WIDE)
    cells |= {
        name: across(axis, plan=end[wide][kept])
        for name, end in (("low_95", found.low), ("high_95", found.high))
    }
    # of what has ended, or never began, the first of the members would be the last value, zero
    needed = ~np.isin(found.kinds[kept], ("none", "ended")) | found.mean[kept].any(axis=1)
    lines = []
    names = names_of(blocks.iloc[kept])
    for rank in range(1, RANKS + 1):
        kept_all = rank <= len(found.candidates)  # not of tens of thousands of series
        member = order[rank - 1] if kept_all else np.zeros(len(kept), dtype=np.int64)
        none = np.full((len(kept), axis.horizon), np.nan)
        numbers = found.candidates[member, kept] if kept_all else none
        numbers = np.where(needed[:, np.newaxis], numbers, np.nan)
        cells[f"candidate_{rank}"] = across(axis, plan=numbers)
        lines.append(_rank(names, rank, member, kept, found, numbers))
    others, agreement = _parts(found, order, kept)
    cells |= {
        "others": across(axis, plan=others), "agreement": across(axis, plan=agreement),
    }  # fmt: skip
    for at in range(ORIGINS):
        past = _backtest(found.backtest, at, kept, months, axis)
        cells[f"backtest_{at + 1}"] = across(axis, past=past)
    grid = hierarchy.level_grid(FORECAST_DETAIL, blocks.iloc[kept], axis, cells)
    ranks = pd.concat(lines).sort_values("at", kind="stable").drop(columns="at")
    return Detail(grid, ranks.reset_index(drop=True))


def _parts(found: Forecasts, order: Places, kept: Places) -> tuple[Numbers, Numbers]:
    """(blocks, plan periods) What the methods that are not shown give, each times its weight, and
    what the baseline is above all methods together; NaN where methods are not kept."""
    mean = found.mean[kept]
    if not len(found.candidates):
        return np.full(mean.shape, np.nan), np.full(mean.shape, np.nan)
    parts = found.weights[:, kept, np.newaxis] * np.nan_to_num(found.candidates[:, kept])
    places = np.broadcast_to(order[RANKS:, :, np.newaxis], (*order[RANKS:].shape, mean.shape[1]))
    others = np.take_along_axis(parts, places, axis=0).sum(axis=0)
    moved = mean - parts.sum(axis=0)
    # what is left of adding up is no move
    return others, np.where(np.abs(moved) > NOISE * np.abs(mean), moved, 0.0)


def place(block: str, rank: int) -> str:
    """Names one method of a block in the list behind the sheet.

    >>> place("Pumps · North", 2)
    'Pumps · North #2'
    """
    return f"{block} #{rank}"


def _rank(
    names: list[str], rank: int, member: Places, kept: Places, found: Forecasts, plan: Numbers
) -> pd.DataFrame:
    served: npt.NDArray[np.bool_] = np.isfinite(plan.sum(axis=1))
    words = [
        label(found.members[at]) if is_there else ""
        for at, is_there in zip(member, served, strict=True)
    ]
    return pd.DataFrame(
        {
            "place": pd.Series([place(name, rank) for name in names], dtype="str"),
            "method": pd.Series(words, dtype="str"),
            "weight": np.where(served, found.weights[member, kept], np.nan),
            "error": np.where(served, found.errors[member, kept], np.nan),
            "plan": plan.sum(axis=1),
            "at": np.arange(len(kept)),
        }
    )


def _last_year(history: Numbers, months: pd.PeriodIndex, axis: Axis) -> Numbers:
    """The same months of the last twelve delivered, again and again; NaN where there are none."""
    if len(months) < MONTHS:
        return np.full((len(history), axis.horizon), np.nan)
    ahead = axis.plan.asi8 - months.asi8[-1] - 1
    return history[:, -MONTHS:][:, ahead % MONTHS]


def _backtest(
    test: Backtest, origin: int, kept: Places, months: pd.PeriodIndex, axis: Axis
) -> Numbers:
    """What one earlier origin gave for the past shown, NaN in other months and where not tested."""
    past = np.full((len(kept), axis.history), np.nan)
    if origin >= len(test.cuts):
        return past
    cut = int(test.cuts[origin])
    ahead = axis.past.asi8 - (months.asi8[-1] - cut) - 1
    inside = (ahead >= 0) & (ahead < min(cut, test.combined.shape[2]))
    past[:, inside] = test.combined[origin][kept][:, ahead[inside]]
    return past
