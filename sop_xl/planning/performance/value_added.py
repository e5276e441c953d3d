"""Which step, which person and which lead time made the forecast better, and which made it worse.

Positive adds value: the error of what was there before is larger.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.performance.accuracy import accuracy, at_lag
from sop_xl.planning.performance.metrics import Array, forecast_value_added, share

Texts = npt.NDArray[np.object_]
Dates = npt.NDArray[np.datetime64]


def step_values(before: npt.ArrayLike, after: npt.ArrayLike = np.nan) -> Array:
    """FVA = error of the step before - error of this step, in points; positive adds value. Of one
    range, the errors of all steps in their order, it is what each step after the first adds.

    Source: Gilliland, Forecast Value Added Analysis (SAS white paper). The errors are of the same
    items, months and lag.

    Args:
        before: Errors of the step before; or of every step, the naive forecast first.
        after: Errors of this step.

    >>> step_values([14.6, 12.3, 13.6, 15.3]).round(1).tolist()
    [2.3, -1.3, -1.7]
    """
    errors = np.asarray(before, dtype=float)
    if not np.isnan(np.asarray(after, dtype=float)).all():
        return forecast_value_added(errors, after)
    steps = errors.ravel()
    if steps.size < 2:
        raise ValueError("there is no step after the first: give the errors of two or more steps")
    found = forecast_value_added(steps[:-1], steps[1:])
    return found.reshape(-1, 1) if errors.ndim == 2 and errors.shape[1] == 1 else found


def stair_step(actual: npt.ArrayLike, forecasts: npt.ArrayLike) -> Array:
    """The stair-step of a forecast: for each step of the process, a row with its WMAPE, what it
    adds to the step before and what to the first step, all shares; positive adds value.

    Measured on the cells that hold the actual demand and the forecasts of all steps, so that the
    steps are compared on the same items and months; cells of negative demand are left out.
    ``FVA_s = WMAPE_(s-1) - WMAPE_s``. Source: Gilliland, Forecast Value Added Analysis.

    Args:
        actual: Demand in units, one cell for each item and month: a row, or a column.
        forecasts: Forecasts of it in units, the naive one first: a row for each step below each
            other, or a column for each beside each other.

    Raises:
        ValueError: Actual demand and forecasts do not have as many cells.

    >>> stair_step([100.0, 100.0], [[80.0, 120.0], [90.0, 110.0]]).round(2).tolist()
    [[0.2, nan, nan], [0.1, 0.1, 0.1]]
    """
    demand, steps = _steps(actual, forecasts)
    same = ~np.isnan(steps).any(axis=0) & (demand >= 0)
    missed = np.abs(steps - demand)[:, same].sum(axis=1)
    error = share(missed, demand[same].sum())
    gained = np.concatenate([[np.nan], -np.diff(error)])
    since = error[0] - error
    since[0] = np.nan
    return np.column_stack([error, gained, since])


def _steps(actual: npt.ArrayLike, forecasts: npt.ArrayLike) -> tuple[Array, Array]:
    """Demand in one row, and a row of forecasts for each step."""
    given, table = np.asarray(actual, dtype=float), np.atleast_2d(np.asarray(forecasts, float))
    demand = given.ravel()
    upright = given.ndim == 2 and given.shape[1] == 1 < given.shape[0]
    steps = table.T if upright or table.shape[1] != demand.size else table
    if steps.shape[1] != demand.size:
        raise ValueError(
            f"the ranges do not fit: {demand.size} cells of demand, forecasts of {table.shape[0]} x"
            f" {table.shape[1]}"
        )
    return demand, steps


def by_contributor(
    actual: npt.ArrayLike, before: npt.ArrayLike, after: npt.ArrayLike, contributor: Texts
) -> Texts:
    """What each person's changes of the forecast have added: name, cells changed, share of these
    that came closer, and the value added in points of WMAPE. The most valuable comes first.

    The points of all sum to the value added of the step: each is
    ``sum(abs(F0 - A) - abs(F1 - A)) / sum of all A``. A cell of which a number is missing or the
    demand negative is left out, one that nobody is named for counts under no name.

    Args:
        actual: A, demand in units, one cell for each item and month.
        before: F0, forecast before the change.
        after: F1, forecast after it.
        contributor: Who changed it.

    >>> by_contributor([100.0, 100.0], [80.0, 90.0], [90.0, 70.0], np.array(["Ann", "Bob"], object))
    array([['Ann', 1.0, 1.0, 0.05],
           ['Bob', 1.0, 0.0, -0.1]], dtype=object)
    """
    a, first, last = (np.asarray(x, dtype=float).ravel() for x in (actual, before, after))
    a, first, last = np.broadcast_arrays(a, first, last)
    who = np.broadcast_to(np.asarray(contributor, dtype=object).ravel(), a.shape)
    used = ~np.isnan(first + last) & (a >= 0)
    lines = pd.DataFrame(
        {
            "who": pd.Series(who[used], dtype=object).fillna("").astype(str),
            "gain": (np.abs(first - a) - np.abs(last - a))[used],
            "changed": (first != last)[used].astype(float),
        }
    )
    lines["closer"] = ((lines["gain"] > 0) & (lines["changed"] > 0)).astype(float)
    sums = lines.groupby("who")[["changed", "closer", "gain"]].sum()
    sums = sums.sort_values("gain", ascending=False, kind="stable")
    table = np.empty((len(sums), 4), dtype=object)
    table[:, 0] = sums.index
    table[:, 1] = sums["changed"].to_numpy()
    table[:, 2] = share(sums["closer"], sums["changed"])
    table[:, 3] = share(sums["gain"], np.full(len(sums), a[used].sum()))
    return table


def lead_time_waterfall(
    actual: npt.ArrayLike, snapshots: npt.ArrayLike, made: Dates, months: Dates
) -> Array:
    """How good the forecast was by lead time: for each lag a row with the lag in months, the WMAPE,
    the bias and the months measured. Error = forecast - actual: positive is over-forecast.

    The lag of a forecast is the months from the cycle it was made in to the month it is for; what
    was made after its month began to pass (lag below 0) is left out, as is negative demand.

    Args:
        actual: Demand of each month, in units; a blank where it is not known yet.
        snapshots: Forecasts in units: a row for each cycle, a column for each month.
        made: A day in the month of each cycle.
        months: A day in each month.

    Raises:
        ValueError: Rows and cycles, or columns and months, are not as many.

    >>> days = np.array(["2026-01-01", "2026-02-01"], dtype="datetime64[D]")
    >>> lead_time_waterfall([100.0, 100.0], [[110.0, 130.0], [np.nan, 90.0]], days, days).tolist()
    [[0.0, 0.1, 0.0, 2.0], [1.0, 0.3, 0.3, 1.0]]
    """
    demand, table = np.asarray(actual, float).ravel(), np.atleast_2d(np.asarray(snapshots, float))
    cycles, targets = (days.ravel().astype("datetime64[M]") for days in (made, months))
    if table.shape != (cycles.size, targets.size) or demand.size != targets.size:
        raise ValueError(
            f"the ranges do not fit: snapshots of {table.shape[0]} x {table.shape[1]} cells,"
            f" {cycles.size} cycles, {targets.size} months, {demand.size} months of demand"
        )
    lag = (targets[np.newaxis] - cycles[:, np.newaxis]).astype(float)
    lag[np.isnat(targets)[np.newaxis] | np.isnat(cycles)[:, np.newaxis]] = np.nan
    known = ~np.isnan(table) & (demand >= 0)[np.newaxis] & (lag >= 0)
    lags, at = np.unique(lag[known].astype(int), return_inverse=True)
    sold = np.broadcast_to(demand, table.shape)[known]
    error = table[known] - sold
    total, missed, net = (np.bincount(at, x, lags.size) for x in (sold, np.abs(error), error))
    count = np.bincount(at, minlength=lags.size)
    return np.column_stack([lags, share(missed, total), share(net, total), count])


def waterfall(
    history: pd.DataFrame,
    past_plans: pd.DataFrame,
    level: tuple[str, ...],
    axis: Axis,
    lags: Iterable[int],
) -> pd.DataFrame:
    """The lead-time waterfall of the frozen plans: a row for each lag with ``lag``, ``demand``,
    ``wmape`` and ``bias`` (shares; positive is over-forecast) over the past months.

    Args:
        history: Demand by block and month.
        past_plans: The consensus of every cycle that was frozen.
        level: Keys of a block; errors are taken block by block.
        axis: Its past is what is measured.
        lags: Months between the cycle and the month that it planned.
    """
    rows = []
    for lag in lags:
        found = accuracy(history, at_lag(past_plans, axis, lag), level, axis)
        forecast, demand, missed = (np.nansum(numbers) for numbers in found.values())
        rows.append(
            {
                "lag": lag,
                "demand": demand,
                "wmape": float(share(missed, demand)),
                "bias": float(share(forecast - demand, demand)),
            }
        )
    return pd.DataFrame(rows, columns=["lag", "demand", "wmape", "bias"])
