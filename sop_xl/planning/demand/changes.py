"""What the baseline changed against the cycle before, and why, in words a planner can read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import Axis
from sop_xl.planning.demand.detail import names_of
from sop_xl.planning.demand.engine.result import Forecasts
from sop_xl.planning.demand.explanation import Told
from sop_xl.planning.demand.forecaster import Weights, in_words, label, made_of, weights_of
from sop_xl.planning.frames import Numbers, ratio
from sop_xl.planning.wording import count, month, percent
from sop_xl.tables.forecast import CHAMPION, LAST_YEAR

LATEST = 3
"""Closed months that are set against the forecasts made before them."""
FAR = 0.05
"""Share from which demand without a known range counts as off its forecast."""
FIRST = "no plan of a cycle before is known"
"""Said of every block in the first cycle."""
MOVED = 0.1
"""Share of the weights from which a move is worth a word."""


def forecast_blocks(
    axis: Axis,
    blocks: pd.DataFrame,
    history: Numbers,
    months: pd.PeriodIndex,
    found: Forecasts,
    said: Sequence[Told],
    past_plans: pd.DataFrame,
    past_forecasts: pd.DataFrame,
) -> pd.DataFrame:
    """The table ``forecast_blocks``: the largest change first, without one the largest block.

    Args:
        axis: The cycle.
        blocks: Keys of the blocks.
        history: Demand by block and month.
        months: The months of the history.
        found: Forecasts of the blocks for the plan periods.
        said: What is to be said of each block.
        past_plans: Demand plans of earlier cycles.
        past_forecasts: Champions and challengers of the cycle before.
    """
    last, now = _baselines(axis, blocks, found.mean, past_plans)
    change = now - last
    first = not (past_plans["cycle"] < axis.first).any()
    before = _methods(past_forecasts, blocks)
    latest = _latest(blocks, history, months, past_plans)
    weights = [weights_of(found, at) for at in range(len(blocks))]
    challenger = [_challenger(found, at) for at in range(len(blocks))]
    errors = pd.Series([_error(then) for then in before], dtype="float64")
    frame = blocks.reset_index(drop=True).assign(
        block=_texts(names_of(blocks)),
        last_baseline=last,
        baseline=now,
        change=change,
        change_share=ratio(change, last),
        why=_texts(
            FIRST if first else _why(is_new, moved, came, then, weight)
            for is_new, moved, came, then, weight in zip(
                np.isnan(last), change, latest, before, weights, strict=True
            )
        ),
        champion=_texts(made_of(found, at) for at in range(len(blocks))),
        error=found.error,
        last_champion=_texts(in_words(_shares(then)) for then in before),
        last_error=errors,
        challenger=_texts(label(name) if name else "" for name, _ in challenger),
        challenger_error=np.array([error for _, error in challenger], dtype=float),
        reference=found.reference,
        demand=_texts(one.demand for one in said),
        reason=_texts(one.forecast for one in said),
    )
    moved = np.nan_to_num(np.abs(change))
    order = np.lexsort((-found.mean.sum(axis=1), -moved))
    return frame.iloc[order].reset_index(drop=True)


def _texts(texts: Iterable[str]) -> pd.Series:
    return pd.Series(list(texts), dtype="str")


def _baselines(
    axis: Axis, blocks: pd.DataFrame, mean: Numbers, past_plans: pd.DataFrame
) -> tuple[Numbers, Numbers]:
    """Last cycle's baseline and this one over the months that both cover."""
    earlier = past_plans["cycle"].where(past_plans["cycle"] < axis.first)
    previous = past_plans[earlier == earlier.max()]
    then = hierarchy.sums(previous, ["baseline"], blocks, axis.plan)["baseline"]
    both = ~np.isnan(then)
    any_of_it = both.any(axis=1)
    last = np.where(any_of_it, np.nan_to_num(then).sum(axis=1), np.nan)
    now = np.where(any_of_it, (mean * both).sum(axis=1), mean.sum(axis=1))
    return last, now


def _methods(past: pd.DataFrame, blocks: pd.DataFrame) -> list[pd.DataFrame]:
    """The rows of the cycle before for each block."""
    places = hierarchy.rows_of(past, blocks)
    order = np.argsort(places, kind="stable")
    ends = np.searchsorted(places[order], np.arange(len(blocks) + 1))
    return [past.iloc[order[ends[at] : ends[at + 1]]] for at in range(len(blocks))]


def _shares(rows: pd.DataFrame) -> dict[str, float]:
    members = rows[~rows["method"].isin([CHAMPION, LAST_YEAR])]
    return dict(zip(members["method"], members["weight"], strict=True))


def _error(rows: pd.DataFrame) -> float:
    found = rows.loc[rows["method"] == CHAMPION, "error"]
    return float(found.iloc[0]) if len(found) else np.nan


def _challenger(found: Forecasts, series: int) -> tuple[str, float]:
    """The single method with the lowest backtest error that is not the whole champion.

    One that was tested but has no forecast now, as its recursion would explode, is none.
    """
    errors = np.where(found.weights[:, series] > 0.995, np.nan, found.errors[:, series])
    if len(found.candidates):
        served = np.isfinite(found.candidates[:, series]).all(axis=1)
        errors = np.where(served, errors, np.nan)
    if np.isnan(errors).all():
        return "", np.nan
    best = int(np.nanargmin(errors))
    return found.members[best], float(errors[best])


def _latest(
    blocks: pd.DataFrame, history: Numbers, months: pd.PeriodIndex, past_plans: pd.DataFrame
) -> list[str]:
    """How the last closed months came against the plans made just before them, by block."""
    last = months[-LATEST:]
    known = past_plans["period"].isin(last) & (past_plans["cycle"] <= past_plans["period"])
    rows = past_plans[known].sort_values("cycle", kind="stable")
    keys = [*blocks.columns, "period"]
    rows = rows.drop_duplicates(keys, keep="last")
    plans = hierarchy.sums(rows, ["baseline", "low", "high"], blocks, last)
    actual = history[:, -len(last) :] if len(last) else history[:, :0]
    return [
        _came(actual[at], plans["baseline"][at], plans["low"][at], plans["high"][at], last)
        for at in range(len(blocks))
    ]


def _came(
    actual: Numbers, baseline: Numbers, low: Numbers, high: Numbers, months: pd.PeriodIndex
) -> str:
    for outside, side in ((actual < low, "below"), (actual > high, "above")):
        run = _trailing(outside)
        if run:
            return f"{_latest_months(run, months)} came {side} the range"
    known = ~np.isnan(baseline) & ~np.isnan(actual) & (np.isnan(low) | np.isnan(high))
    run = _trailing(known)
    expected = baseline[len(baseline) - run :].sum()
    if not run or expected <= 0:
        return ""
    share = actual[len(actual) - run :].sum() / expected - 1
    if abs(share) < FAR:
        return ""
    side = "above" if share > 0 else "below"
    return f"{_latest_months(run, months)} came {percent(abs(share))} {side} the forecast"


def _trailing(flags: npt.NDArray[np.bool_]) -> int:
    """How many of the last flags are set without a break."""
    unset = np.flatnonzero(~flags)
    return len(flags) - 1 - int(unset[-1]) if len(unset) else len(flags)


def _latest_months(run: int, months: pd.PeriodIndex) -> str:
    return month(months[-1]) if run == 1 else f"the last {count(run, 'month')}"


def _why(is_new: bool, change: float, came: str, before: pd.DataFrame, now: Weights) -> str:
    if is_new:
        return "not in the plan of the cycle before"
    if (change < 0 and "above" in came) or (change > 0 and "below" in came):
        came = f"although {came}"
    loaded = "" if len(before) else "last cycle's baseline was loaded, not forecast here"
    return "; ".join(part for part in (came, _moved(_shares(before), now), loaded) if part)


def _moved(before: Weights, now: Weights) -> str:
    """How the weights moved since the cycle before; empty where that is not worth a word."""
    if not before:
        return ""
    moves = {name: now.get(name, 0.0) - before.get(name, 0.0) for name in {**before, **now}}
    down, up = min(moves, key=lambda n: moves[n]), max(moves, key=lambda n: moves[n])
    if max(moves[up], -moves[down]) < MOVED:
        return ""
    ends = [
        f"{label(name)} ({percent(before.get(name, 0.0), 0)} -> {percent(now.get(name, 0.0), 0)})"
        for name in (down, up)
    ]
    return f"weights moved from {ends[0]} to {ends[1]}"
