"""Step 4, cash and working capital: what the financial plan means for the bank account.

The balances roll: opening + what is added - what goes = closing. The operating cash flow is
reckoned from what is paid and, apart from that, from the profit; both give the same.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning import Outcome
from sop_xl.planning.calendar import Axis
from sop_xl.planning.finance.liquidity import findings
from sop_xl.planning.finance.liquidity.balances import payables, receivables, stock_value
from sop_xl.planning.finance.liquidity.flows import cash_days, cash_flow
from sop_xl.planning.finance.liquidity.known import Known
from sop_xl.planning.finance.liquidity.lever_plan import lever_plan
from sop_xl.planning.finance.liquidity.patterns import in_force, pattern_list
from sop_xl.planning.frames import blocks
from sop_xl.schema import Grid
from sop_xl.tables.cash import CASH_DAYS, CASH_FLOW, PAYABLES, RECEIVABLES, STOCK_VALUE
from sop_xl.tables.settings import Settings


def run(
    axis: Axis,
    settings: Settings,
    *,
    finance_family: pd.DataFrame,
    finance_total: pd.DataFrame,
    operating_cost: pd.DataFrame,
    balance: pd.DataFrame,
    cash: pd.DataFrame,
    payment_pattern: pd.DataFrame,
    receivables_inputs: pd.DataFrame,
    payables_inputs: pd.DataFrame,
    stock_value_inputs: pd.DataFrame,
    levers: pd.DataFrame,
    past_cash: pd.DataFrame,
) -> Outcome:
    """Turn the profit and loss account into receivables, payables, inventory and cash."""
    known = Known(axis, settings, finance_total, balance, cash, past_cash)
    patterns = pattern_list(payment_pattern, known)
    stock = stock_value(known, stock_value_inputs)
    owed = receivables(known, receivables_inputs, in_force(patterns, "customers"))
    owing = payables(known, payables_inputs, in_force(patterns, "suppliers"), stock)
    flow = cash_flow(known, owed, owing, stock)
    days = cash_days(known, owed, owing, stock)
    drawn: dict[Grid, Mapping[str, npt.NDArray[np.generic]]] = {
        RECEIVABLES: owed, PAYABLES: owing, STOCK_VALUE: stock, CASH_FLOW: flow, CASH_DAYS: days,
    }  # fmt: skip
    frames = {
        grid.name: blocks(
            grid, [""], axis, {name: cells[np.newaxis] for name, cells in found.items()}
        )
        for grid, found in drawn.items()
    }
    frames["payment_pattern"] = patterns
    pulled = lever_plan(
        axis,
        settings.cash_reserve,
        levers,
        finance_family=finance_family,
        finance_total=finance_total,
        operating_cost=operating_cost,
        headroom=np.asarray(flow["headroom"][axis.history :], dtype=float),
    )
    noticed = findings.all_of(known, payment_pattern, owed, owing, flow, days)
    return Outcome(frames | pulled.frames, noticed + pulled.findings)
