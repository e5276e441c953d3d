"""Stock-outs: what would have been asked for in months in which stock was missing.

Where the orders are on record although they could not be shipped, demand is known. Where no more
was recorded than sold, it may have been more: what season and neighbours say, the months with a
stock-out left out of both.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.demand.cleansing.decomposition import decompose
from sop_xl.planning.demand.forecaster import SEASON
from sop_xl.planning.frames import Numbers, zero

NOTICEABLE = 1.5
"""Yardsticks that demand has to be below the expected: a smaller shortfall may be chance."""
CELL = ["item", "region", "channel"]


class Unconstrained(NamedTuple):
    """Demand as it would have been with stock."""

    demand: Numbers
    """(S, T) Units; as recorded where there was stock, or no shortfall to be seen."""
    shortfall: Numbers
    """(S, T) Yardsticks by which what was recorded is below the expected; 0 elsewhere."""


def unconstrained(
    recorded: Numbers, short: npt.NDArray[np.bool_], sold: Numbers, season: int = SEASON
) -> Unconstrained:
    """Estimate the demand of months with a stock-out; never below what was recorded or sold.

    Args:
        recorded: (S, T) Demand as recorded, units; NaN where nothing is known.
        short: (S, T) Months in which stock was missing and demand is not known.
        sold: (S, T) What was sold, units; NaN where that is not known.
        season: Periods of a season; 1 for none.

    >>> demand = np.array([[100.0] * 12 + [30.0] + [100.0] * 5])
    >>> unconstrained(demand, demand == 30, demand, season=1).demand[0, 12].tolist()
    100.0
    """
    usual = decompose(np.where(short, np.nan, recorded), season)
    shortfall = np.where(short & (recorded >= 0), zero(-usual.away(recorded)), 0.0)
    noticed = shortfall >= NOTICEABLE
    # back from logarithms a number may differ in the last digits
    most = np.fmax(recorded, sold)
    demand = np.where(noticed, np.fmax(usual.expected, most), recorded)
    return Unconstrained(demand, np.where(noticed & (demand > recorded), shortfall, 0.0))


class Lift(NamedTuple):
    """What stock-outs have cost each block of the plan in demand."""

    units: Numbers
    """(S, T) Units on top of what was recorded."""
    shortfall: Numbers
    """(S, T) The largest shortfall of the items, in yardsticks."""
    items: pd.DataFrame
    """The items behind it: ``row`` and ``column`` of the block's month, ``item``."""


def lift(facts: pd.DataFrame, blocks: pd.DataFrame, months: pd.PeriodIndex, season: int) -> Lift:
    """Look at each item in its region and channel, and add up by block.

    Args:
        facts: Actuals with ``demand``, orders, shipments and the flag ``stock_out``.
        blocks: Keys of the blocks.
        months: All months of the history.
        season: Periods of a season.
    """
    units, shortfall = np.zeros((2, len(blocks), len(months)))
    # ordered and not shipped: then it is known what was asked for
    short = facts["stock_out"] & ~(facts["orders"] > facts["shipments"])
    block = hierarchy.rows_of(facts, blocks)
    cell = facts.groupby(CELL, sort=False).ngroup().to_numpy()
    wanted = np.isin(cell, cell[short.to_numpy() & (block >= 0)])
    if not wanted.any():
        return Lift(units, shortfall, pd.DataFrame({"row": [], "column": [], "item": []}))
    some, row = facts[wanted], pd.factorize(cell[wanted])[0]
    column = months.get_indexer(pd.PeriodIndex(some["period"]))
    shape = (row.max() + 1, len(months))
    demand, sold, flagged = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool)
    np.add.at(demand, (row, column), some["demand"].to_numpy(dtype=float))
    np.add.at(sold, (row, column), zero(some["shipments"].to_numpy(dtype=float)))
    np.logical_or.at(flagged, (row, column), short[wanted].to_numpy())
    begun = np.logical_or.accumulate((demand != 0) | (sold != 0) | flagged, axis=1)
    # nothing asked for ever after: the item has ended, and nobody misses it
    goes_on = np.logical_or.accumulate(((demand > 0) & ~flagged)[:, ::-1], axis=1)[:, ::-1]
    flagged &= goes_on | np.logical_and.accumulate(flagged[:, ::-1], axis=1)[:, ::-1]
    found = unconstrained(np.where(begun, demand, np.nan), flagged, sold, season)
    first = np.unique(row, return_index=True)[1]
    own = block[wanted][first]
    at, when = np.nonzero((found.shortfall > 0) & (own >= 0)[:, None])
    np.add.at(units, (own[at], when), (found.demand - demand)[at, when])
    np.maximum.at(shortfall, (own[at], when), found.shortfall[at, when])
    names = some["item"].to_numpy()[first][at]
    return Lift(units, shortfall, pd.DataFrame({"row": own[at], "column": when, "item": names}))
