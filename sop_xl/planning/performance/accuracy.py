"""How good and how steady the demand plans were: forecast at the lag, change between cycles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, positions
from sop_xl.planning.performance.metrics import tracking_signal
from sop_xl.schema import ALL, ALL_FAMILIES, DTYPES
from sop_xl.tables.forecast import LAG_ACCURACY

MEASURED = ("consensus", "baseline")
"""The plans whose accuracy is measured."""
CONTROL = 4.0
"""Tracking signal that is still in control. Source: Heizer and Render, Operations Management."""
_DERIVED = ("accuracy", "tracking", "control")
FIGURES = ("forecast", "forecast_demand", "absolute_error")


def at_lag(past_plans: pd.DataFrame, axis: Axis, lag: int) -> pd.DataFrame:
    """The rows of the past months whose plan was made ``lag`` cycles before the month."""
    made = past_plans["cycle"].array.asi8
    month = past_plans["period"].array.asi8
    rows: pd.DataFrame = past_plans[(month - made == lag) & past_plans["period"].isin(axis.past)]
    return rows


def accuracy(
    history: pd.DataFrame,
    plans: pd.DataFrame,
    level: tuple[str, ...],
    axis: Axis,
    plan: str = "consensus",
) -> dict[str, Numbers]:
    """Forecast, the demand it was for and the absolute error of each past month.

    The error is taken block by block and then added up, so that errors do not cancel out. A plan
    for all regions (or channels) is compared with the demand of all of them. Blocks with negative
    demand (more returned than ordered) are left out, as are months without any history.

    Args:
        history: Demand by block and month.
        plans: What :func:`at_lag` gives.
        level: Keys of a block.
        axis: Its past is what is measured.
        plan: What is measured of the plans: the consensus, or the baseline under it.
    """
    total = dict.fromkeys(FIGURES, np.full(len(axis.past), np.nan))
    for part in measured(history, plans, level, axis, plan):
        for name, found in part.figures.items():
            total[name] = _add(total[name], found)
    return total


class _Part(NamedTuple):
    """The blocks of one detail that were measured."""

    blocks: pd.DataFrame
    figures: dict[str, Numbers]
    """Each of ``FIGURES`` by block and past month; NaN where it was not measured."""


def measured(
    history: pd.DataFrame,
    plans: pd.DataFrame,
    level: tuple[str, ...],
    axis: Axis,
    plan: str,
) -> Iterator[_Part]:
    delivered = axis.past.isin(pd.PeriodIndex(history["period"]))
    for keys, rows in by_detail(plans, level):
        blocks = hierarchy.blocks_of(keys, [rows])
        forecast = hierarchy.sums(rows, [plan], blocks, axis.past)[plan]
        actual = hierarchy.sums(history, ["orders"], blocks, axis.past)["orders"]
        demand = np.nan_to_num(actual)
        known = ~np.isnan(forecast) & delivered & (demand >= 0)
        figures = (forecast, demand, np.abs(forecast - demand))
        found = (np.where(known, numbers, np.nan) for numbers in figures)
        yield _Part(blocks, dict(zip(FIGURES, found, strict=True)))


def by_family(
    history: pd.DataFrame,
    past_plans: pd.DataFrame,
    level: tuple[str, ...],
    axis: Axis,
    families: Sequence[str],
    lags: Iterable[int],
) -> pd.DataFrame:
    """The table ``lag_accuracy``: all families first, then each; lags from near to far.

    What the consensus added to the baseline is reckoned where both are known: over other months
    the difference of their errors would tell of the months, not of the people.

    Args:
        history: Demand by block and month.
        past_plans: Plans of earlier cycles.
        level: Keys of a block.
        axis: Its past is what is measured.
        families: The planned families.
        lags: Cycles between plan and month.
    """
    names = [ALL_FAMILIES, *families]
    lines = []
    for lag in lags:
        plans = at_lag(past_plans, axis, lag)
        parts = [list(measured(history, plans, level, axis, plan)) for plan in MEASURED]
        found = [_by_name(own, names) for own in parts]
        alike = [_by_name(own, names) for own in _common(*parts)]
        months = _months(found[0])
        for at, name in enumerate(names):
            shares = _shares([one[at] for one in found])
            consensus, baseline = (_error(one[at]) for one in alike)
            signal = _tracking(found[0][at])
            lines.append((name, lag, months[at], *shares, baseline - consensus, signal))
    names_measured = [name for name in LAG_ACCURACY.names if name not in _DERIVED]
    frame = pd.DataFrame(lines, columns=[*names_measured, "tracking"])
    frame["accuracy"] = np.maximum(0.0, 1 - frame["consensus_error"])
    frame["control"] = _control(frame["tracking"].to_numpy(dtype=float))
    frame = frame[LAG_ACCURACY.names]
    types = {c.name: DTYPES[c.unit.kind] for c in LAG_ACCURACY.columns}
    order = np.lexsort((frame["lag"], positions(frame["family"], names)))
    return frame.iloc[order].reset_index(drop=True).astype(types)


def _tracking(found: dict[str, Numbers]) -> float:
    """Sum of the monthly errors / mean of their absolute values; NaN without an error."""
    return tracking_signal(found["forecast_demand"], found["forecast"])


def _control(signals: Numbers) -> list[str]:
    """Whether a tracking signal is within its limits, in words."""
    words = np.where(signals > 0, "▲ too high", "▲ too low").astype(object)
    words = np.where(np.abs(signals) <= CONTROL, "● in control", words)
    return [str(word) for word in np.where(np.isnan(signals), "", words)]


def _common(first: list[_Part], second: list[_Part]) -> tuple[list[_Part], list[_Part]]:
    """The parts of two plans over the cells alone in which both were measured."""
    one, other = [], []
    for mine, yours in zip(first, second, strict=True):
        both = ~np.isnan(mine.figures["forecast"]) & ~np.isnan(yours.figures["forecast"])
        one.append(_within(mine, both))
        other.append(_within(yours, both))
    return one, other


def _within(part: _Part, cells: npt.NDArray[np.bool_]) -> _Part:
    figures = {name: np.where(cells, found, np.nan) for name, found in part.figures.items()}
    return _Part(part.blocks, figures)


def _by_name(parts: list[_Part], names: Sequence[str]) -> list[dict[str, Numbers]]:
    """The figures of each name by month, added up over its blocks."""
    total = [dict.fromkeys(FIGURES, np.zeros(0)) for _ in names]
    for part in parts:
        own = positions(part.blocks["family"], names) if "family" in part.blocks else None
        for at in range(len(names)):
            if own is None and at:
                continue  # a plan of all families is no plan of one of them
            which = slice(None) if own is None or at == 0 else own == at
            for name, numbers in part.figures.items():
                found = numbers[which]
                before = total[at][name]
                empty = np.full(numbers.shape[1], np.nan)
                total[at][name] = _add(before if len(before) else empty, found)
    return total


def _months(found: list[dict[str, Numbers]]) -> list[int]:
    return [int(np.count_nonzero(~np.isnan(one["forecast"]))) for one in found]


def _shares(found: Sequence[dict[str, Numbers]]) -> list[float]:
    """Demand measured, and error and bias of each plan."""
    numbers = [float(np.nansum(found[0]["forecast_demand"]))]
    for one in found:
        forecast, demand = (float(np.nansum(one[name])) for name in FIGURES[:2])
        numbers += [_error(one), forecast / demand - 1 if demand > 0 else np.nan]
    return numbers


def _error(found: dict[str, Numbers]) -> float:
    """Absolute error as a share of demand; NaN without demand."""
    demand = float(np.nansum(found["forecast_demand"]))
    return float(np.nansum(found["absolute_error"])) / demand if demand > 0 else np.nan


def by_detail(
    plans: pd.DataFrame, level: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], pd.DataFrame]]:
    """The rows by the keys that they name; ``All`` names none."""
    for detail, rows in plans.groupby([plans[key] != ALL for key in level]):
        keys = tuple(key for key, is_named in zip(level, detail, strict=True) if is_named)
        if keys:
            yield keys, rows


def _add(total: Numbers, blocks: Numbers) -> Numbers:
    known = ~np.isnan(blocks).all(axis=0)
    return np.where(known, np.nan_to_num(total) + np.nansum(blocks, axis=0), total)


def volatility(past_plans: pd.DataFrame, level: tuple[str, ...], axis: Axis) -> dict[str, Numbers]:
    """Change of the plan of each past cycle against the cycle before, over the common months.

    A block that only one of the two plans knows has changed by all of its plan.
    """
    shape = len(axis.past)
    change, previous = np.full(shape, np.nan), np.full(shape, np.nan)
    for place, cycle in enumerate(axis.past):
        new, old = (past_plans[past_plans["cycle"] == made] for made in (cycle, cycle - 1))
        months = pd.PeriodIndex(sorted(set(new["period"]) & set(old["period"])), freq="M")
        months = months[months >= cycle]
        if len(months) == 0:
            continue
        blocks = hierarchy.blocks_of(level, [new, old])
        now, before = (
            np.nan_to_num(hierarchy.sums(plan, ["consensus"], blocks, months)["consensus"])
            for plan in (new, old)
        )
        change[place], previous[place] = np.abs(now - before).sum(), before.sum()
    return {"plan_change": change, "previous_plan": previous}
