"""Exchange rates of the regions that are invoiced in another currency."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, matrix, positions
from sop_xl.planning.wording import listed, month
from sop_xl.schema import Finding, Severity


class Rates(NamedTuple):
    """Money of the house for one of the currency of a block."""

    each: Numbers
    """Blocks, periods of the axis; NaN for the currency of the house."""
    budget: Numbers
    """Of each block, upright; zero where the AOP names none."""


def rates(
    axis: Axis, blocks: pd.DataFrame, currencies: pd.DataFrame, exchange_rates: pd.DataFrame
) -> Rates:
    """The rates of each block: a month without one takes the one before, or the first known."""
    place = positions(blocks["region"], currencies["region"])
    codes = list(currencies["currency"].drop_duplicates())
    known = matrix(exchange_rates, "rate", "currency", codes, axis.periods)
    filled = pd.DataFrame(np.where(known > 0, known, np.nan)).ffill(axis=1).bfill(axis=1)
    code = np.append(positions(currencies["currency"], codes), -1)[place]
    rows = np.vstack([filled.to_numpy(dtype=float), np.full((1, len(axis.periods)), np.nan)])
    budget = np.append(currencies["budget_rate"].fillna(0.0).to_numpy(dtype=float), 0.0)[place]
    return Rates(rows[code], budget[:, np.newaxis])


def findings(
    axis: Axis, currencies: pd.DataFrame, exchange_rates: pd.DataFrame, blocks: pd.DataFrame
) -> list[Finding]:
    """Currencies without a rate, months that take another month's, regions that are not there."""
    found = []
    for code, rows in currencies.groupby("currency", sort=False):
        own = exchange_rates[exchange_rates["currency"].str.lower() == str(code).lower()]
        given = pd.PeriodIndex(own.loc[own["rate"] > 0, "period"], freq="M")
        where = f"{code} ({listed(rows['region'])})"
        missing = axis.plan.difference(given)
        if not len(given.intersection(axis.periods)):
            found.append(_warning(f"{where} has no exchange rate: its revenue counts at 1.",
                                  "Load the rates of past and plan.", "currencies"))
        elif len(missing):
            found.append(_warning(
                f"{where} has no exchange rate in {listed(map(month, missing))}: the month before"
                " stands in.", "Load the rates of these months."))
        if not (rows["budget_rate"] > 0).all():
            found.append(_warning(f"{where} has no budget rate: nothing of it is currency.",
                                  "Fill in the rate with which the AOP was made.", "currencies"))
    unknown = currencies.loc[positions(currencies["region"], blocks["region"]) < 0, "region"]
    if len(unknown):
        found.append(_warning(f"The plan has no region {listed(unknown)}.",
                              "Write it as the actuals do.", "currencies"))
    return found


def _warning(message: str, remedy: str, table: str = "exchange_rates") -> Finding:
    return Finding(table, message, remedy, Severity.WARNING)
