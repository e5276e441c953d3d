"""The sales pipeline: open deals weighted by their chance, in the month they should close."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, zero

DECIDED = ("won", "lost")
"""A won deal is in the orders, a lost one nowhere."""


def with_outputs(pipeline: pd.DataFrame, axis: Axis, share: float) -> pd.DataFrame:
    """The pipeline with close month, weighted quantity and weighted value.

    weighted quantity = quantity x probability x share, in base units; zero for deals that are
    decided or left out. A deal that closes outside the time axis has no close month.

    Args:
        pipeline: Deals as delivered.
        axis: Its periods are the months that a deal can close in.
        share: Part of the pipeline that the baseline does not know, 0 to 1.
    """
    month = axis.calendar.period_of(pipeline["close_date"])
    counts = open_deals(pipeline).astype(float)
    chance = counts * pipeline["probability"].fillna(0.0)
    return pipeline.assign(
        close_period=month.where(month.isin(axis.periods)),
        weighted_quantity=weighted(pipeline["quantity"], chance) * share,
        weighted_value=weighted(pipeline["value"], chance),
    )


def weighted(amounts: npt.ArrayLike, probabilities: npt.ArrayLike) -> Numbers:
    """Amount x probability of each deal; zero where either is missing.

    >>> weighted([100.0, 50.0], [0.25, np.nan]).tolist()
    [25.0, 0.0]
    """
    amount, chance = (np.asarray(given, dtype=float) for given in (amounts, probabilities))
    return zero(amount) * zero(chance)


def weighted_pipeline(
    values: npt.ArrayLike,
    probabilities: npt.ArrayLike,
    close: npt.NDArray[np.datetime64] | None = None,
    months: npt.NDArray[np.datetime64] | None = None,
) -> Numbers:
    """Weighted pipeline: sum of value x probability of the open deals, in the unit of the values;
    of all deals, or of those that should close in each of some months. A deal of which a number is
    missing is left out.

    It is an expectation, not a plan for single large deals. Leave won and lost deals out, or give
    them a probability of zero.

    Args:
        values: Money, or units.
        probabilities: Chance of winning, shares from 0 to 1.
        close: Days on which the deals should close.
        months: Days of the calendar months wanted.

    Raises:
        ValueError: Months are given, and no days on which the deals close.

    >>> weighted_pipeline([1000.0, 400.0], [0.5, 0.25]).item()
    600.0
    """
    amount, chance = np.broadcast_arrays(np.ravel(values), np.ravel(probabilities))
    worth = weighted(amount, chance)
    if (np.isnan(amount) | np.isnan(chance)).all():
        worth = np.full_like(worth, np.nan)
    if months is None:
        return np.asarray(worth.sum())
    if close is None:
        raise ValueError("the months need the days on which the deals close")
    wanted, at = np.unique(months.astype("datetime64[M]"), return_inverse=True)
    closing = np.broadcast_to(np.ravel(close), worth.shape).astype("datetime64[M]")
    place = np.searchsorted(wanted, closing)
    inside = np.append(wanted, np.datetime64("NaT"))[place] == closing
    sums = np.bincount(place[inside], worth[inside], minlength=len(wanted))
    return np.where(np.isnat(wanted), np.nan, sums)[at].reshape(months.shape)


def open_deals(pipeline: pd.DataFrame) -> pd.Series:
    """Which deals are neither decided nor left out."""
    return ~pipeline["stage"].isin(DECIDED) & pipeline["included"]
