"""Figures of cash: tax, operating cash flow, working capital, the facility, and its warnings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.cell_ranges import beside, one_each, series
from sop_xl.planning.frames import Numbers, zero
from sop_xl.planning.wording import month, number
from sop_xl.schema import Finding, Severity


def income_tax(
    profit: npt.ArrayLike, rate: float, losses: npt.ArrayLike = 0.0
) -> npt.NDArray[np.generic]:
    """Tax on the profit of each period, in money: losses of earlier periods are set off first, and
    no tax is paid back.

    ``tax_t = rate (H_t - H_(t-1))``, H_t = the highest sum of profits since the first period, less
    the losses carried forward, and at least zero.

    Args:
        profit: Profit before tax in money; one series in each row, or one down a column. A blank
            is none.
        rate: Share of the profit.
        losses: Losses carried forward from before, in money from zero up; one number, or one for
            each series.

    >>> income_tax([-100.0, 150.0, 200.0], 0.25).tolist()
    [0.0, 12.5, 50.0]
    """
    given = series(profit)
    earned = np.cumsum(zero(given.rows), axis=1) - zero(one_each(losses, len(given.rows)))
    highest = np.maximum.accumulate(np.maximum(earned, 0.0), axis=1)
    tax = rate * np.diff(highest, axis=1, prepend=0.0)
    return given.like(np.where(np.isnan(given.rows).all(axis=1, keepdims=True), np.nan, tax))


def operating_cash_flow(
    ebitda: npt.ArrayLike,
    tax: npt.ArrayLike,
    working_capital: npt.ArrayLike,
    opening: npt.ArrayLike,
) -> npt.NDArray[np.generic]:
    """Operating cash flow of each period by the indirect method, in money: EBITDA - tax paid - what
    the trade working capital has grown by. Negative flows out.

    ``OCF_t = EBITDA_t - tax_t - (W_t - W_(t-1))``. Source: IAS 7, Statement of Cash Flows
    (indirect method).

    Args:
        ebitda: Profit before interest, tax, depreciation and amortisation; one series in each row,
            or one down a column.
        tax: Tax paid. A blank is none.
        working_capital: W_t, receivables + inventory - payables at the end of each period.
        opening: W_0, the same before the first period; one number, or one for each series.

    >>> operating_cash_flow([100.0, 100.0], [20.0, 0.0], [250.0, 240.0], 200.0).tolist()
    [30.0, 110.0]
    """
    (profit, paid, tied), shape = beside(ebitda, tax, working_capital)
    before = np.hstack([one_each(opening, len(tied)), tied[:, :-1]])
    return shape.like(profit - zero(paid) - (tied - before))


def trade_working_capital(
    receivables: npt.ArrayLike, inventory: npt.ArrayLike, payables: npt.ArrayLike
) -> Numbers:
    """Trade working capital = receivables + inventory - payables, money at the same day.

    >>> float(trade_working_capital(300.0, 250.0, 150.0))
    400.0
    """
    owed, held, owing = (np.asarray(x, dtype=float) for x in (receivables, inventory, payables))
    return np.asarray(owed + held - owing)


def headroom(
    opening: npt.ArrayLike, cash_flow: npt.ArrayLike, limit: npt.ArrayLike
) -> npt.NDArray[np.generic]:
    """What can still be spent at the end of each period, in money: cash + the facility that is not
    drawn. Negative exceeds the facility.

    ``headroom_t = limit_t + C_t``, C_t = opening + cash flows so far; below zero it is drawn.

    Args:
        opening: Cash before the first period, negative where the facility is drawn; one number, or
            one for each series.
        cash_flow: Net cash flow of each period; one series in each row, or one down a column. A
            blank is none.
        limit: Facility of each period, or one number for all.

    >>> headroom(50.0, [-100.0, -60.0, 30.0], 100.0).tolist()
    [50.0, -10.0, 20.0]
    """
    (flow, facility), shape = beside(cash_flow, limit)
    known = ~np.isnan(flow).all(axis=1, keepdims=True)
    cash = one_each(opening, len(flow)) + np.cumsum(zero(flow), axis=1)
    return shape.like(np.where(known, cash + facility, np.nan))


def dso_alert(
    dso: npt.ArrayLike, sales: npt.ArrayLike, lag: int = 1
) -> npt.NDArray[np.generic]:
    """1 where days sales outstanding and sales have both risen: growth that brings its cash late.
    0 elsewhere; missing in the first periods, which have none to compare with.

    Args:
        dso: Days sales outstanding at the end of each period; one series in each row, or one down a
            column.
        sales: Sales of each period, or sales per day where periods differ in length.
        lag: Periods back that each is compared with: 1 for the month before, 12 for that of last
            year.

    >>> dso_alert([40.0, 45.0, 44.0], [100.0, 120.0, 130.0]).tolist()
    [nan, 1.0, 0.0]
    """
    (late, sold), shape = beside(dso, sales)
    found = np.full(late.shape, np.nan)
    risen = [now[:, lag:] - now[:, :-lag] for now in (late, sold)]
    both = (risen[0] > 0) & (risen[1] > 0)
    found[:, lag:] = np.where(np.isnan(risen[0] + risen[1]), np.nan, both)
    return shape.like(found)


def cash_forecast_accuracy(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> float:
    """Cash forecast accuracy = max(0, 1 - sum(abs(A - F)) / sum(abs(A))) over gross flows, a share.

    Give receipts and payments of each period in cells of their own: net flows cross zero, and a
    share of nearly nothing says nothing. A pair of which one number is missing is left out.

    Args:
        actual: A, each receipt and each payment, in money; payments may be negative.
        forecast: F, the forecast of each.

    >>> cash_forecast_accuracy([100.0, -80.0], [90.0, -88.0])
    0.9
    """
    a, f = (np.asarray(x, dtype=float).ravel() for x in (actual, forecast))
    a, f = np.broadcast_arrays(a, f)
    known = ~np.isnan(a - f)
    size = float(np.abs(a[known]).sum())
    return max(0.0, 1 - float(np.abs(a - f)[known].sum()) / size) if size else np.nan


# ---- warnings ------------------------------------------------------------------------------------


def over_facility(table: str, periods: pd.PeriodIndex, room: Numbers) -> list[Finding]:
    """A finding that names the first month in which the facility is exceeded, and the worst."""
    over = np.flatnonzero(zero(room) < 0)
    if not len(over):
        return []
    first, worst = periods[int(over[0])], int(np.nanargmin(room))
    return [
        Finding(
            table,
            f"The facility is exceeded in {month(first)} for the first time, by"
            f" {number(-room[worst])} in {month(periods[worst])} at most.",
            "Collect sooner, hold less stock, pay later, spend later, or ask for more credit.",
            Severity.WARNING,
        )
    ]
