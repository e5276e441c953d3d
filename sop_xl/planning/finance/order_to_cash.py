"""From sales to cash: when customers pay, what they still owe, what is lost; and supplier runs."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from sop_xl.planning.cell_ranges import across, series
from sop_xl.planning.frames import Numbers, zero

Dates: TypeAlias = npt.NDArray[np.datetime64]
Flow: TypeAlias = Literal["collections", "receivables", "write-offs"]
Run: TypeAlias = Literal["after", "before"]

NOISE = 1e-9
"""By how much a pattern may exceed the whole: 0.1 + 0.2 + 0.7 is not 1 to a computer."""


class Settled(NamedTuple):
    """How sales, or purchases, are settled: one series in each row, periods across, in money."""

    paid: Numbers
    open: Numbers
    """At the end of each period."""
    lost: Numbers
    """Never paid: written off in the period of the last payment."""
    opening: Numbers
    """Open before the first period, upright."""


def settled(amounts: Numbers, pattern: Numbers, history: Numbers | None = None) -> Settled:
    """When amounts are paid: ``paid_m = sum over k of amount_(m-k) pi_k``.

    What the pattern does not collect is lost, and written off with the last payment. So the open
    amounts roll: ``open_m = open_(m-1) + amount_m - paid_m - lost_m``.

    Args:
        amounts: Sales or purchases of each period.
        pattern: pi, share that is paid k periods later, from 0 on; one row for all series, or one
            for each.
        history: Amounts of the periods before the first, the last of them just before it.

    Raises:
        ValueError: A pattern pays more than the whole, or there are not as many as series.
    """
    shares = _shares(pattern, len(amounts))
    earlier = np.zeros((len(amounts), 0)) if history is None else history
    lags, before = shares.shape[1], earlier.shape[1]
    # an empty period before everything stands for what nobody has told
    known = np.hstack([np.zeros((len(amounts), lags)), earlier, amounts])
    rest = 1 - np.cumsum(shares, axis=1)
    still = np.where(rest > NOISE, rest, 0.0)
    first = lags + before
    paid, left = np.zeros_like(amounts), np.zeros((len(amounts), amounts.shape[1] + 1))
    for lag in range(lags):
        last = known.shape[1] - lag
        paid += shares[:, lag : lag + 1] * known[:, first - lag : last]
        if lag < lags - 1:
            left += still[:, lag : lag + 1] * known[:, first - lag - 1 : last]
    lost = still[:, -1:] * known[:, first - lags + 1 : known.shape[1] - lags + 1]
    return Settled(paid, left[:, 1:], lost, left[:, :1])


def _shares(pattern: Numbers, many: int) -> Numbers:
    """The pattern of each series, without the empty cells at its end."""
    if len(pattern) not in (1, many):
        raise ValueError(f"there are {len(pattern)} patterns for {many} series")
    filled = np.flatnonzero((zero(pattern) != 0).any(axis=0))
    shares = zero(pattern)[:, : int(filled.max(initial=0)) + 1]
    if shares.shape[1] == 0 or (shares < 0).any():
        raise ValueError("the pattern has to be shares from zero up")
    most = float(shares.sum(axis=1).max())
    if most > 1 + NOISE:
        raise ValueError(f"the pattern sums to {most:g}: more than the whole cannot be paid")
    return np.array(np.broadcast_to(shares, (many, shares.shape[1])))


def order_to_cash(
    sales: npt.ArrayLike,
    pattern: npt.ArrayLike,
    history: npt.ArrayLike = np.nan,
    show: Flow = "collections",
) -> npt.NDArray[np.generic]:
    """Cash that customers pay in each period, or what they owe at its end, or what is written off,
    in money, from the sales of it and of the periods before by payment pattern.

    ``collections_m = sum over k of sales_(m-k) pi_k``. What the pattern leaves is bad debt, written
    off with the last payment, so ``receivables_m = receivables_(m-1) + sales_m - collections_m -
    write-offs_m``. It goes for purchases and payments alike.

    Args:
        sales: Sales in money; one series in each row, or one down a column. A blank is none.
        pattern: pi_k, share of sales that is paid k periods later, that of the same period first;
            at most 1 in all.
        history: Sales of the periods before the first, the last of them just before it (blanks at
            the end are cut off); without them, cash from earlier sales is not in it.
        show: What is shown.

    Raises:
        ValueError: The pattern pays more than the whole, or the ranges do not fit.

    >>> order_to_cash([100.0, 200.0, 0.0], [0.5, 0.3, 0.15]).tolist()
    [50.0, 130.0, 75.0]
    """
    given = series(sales)
    earlier = _earlier(history, len(given.rows))
    found = settled(zero(given.rows), series(pattern).rows, earlier)
    shown = {"collections": found.paid, "receivables": found.open, "write-offs": found.lost}[show]
    known = ~np.isnan(given.rows).all(axis=1, keepdims=True)
    return given.like(np.where(known, shown, np.nan))


def _earlier(history: npt.ArrayLike, many: int) -> Numbers | None:
    """The history without the empty cells at its end; None where there is none."""
    rows = series(history).rows
    known = np.flatnonzero(~np.isnan(rows).all(axis=0))
    if not known.size:
        return None
    if len(rows) != many:
        raise ValueError(f"the history is of {len(rows)} series, the sales of {many}")
    return zero(rows[:, : int(known[-1]) + 1])


def count_back(
    receivables: npt.ArrayLike, revenue: npt.ArrayLike, days: npt.ArrayLike
) -> Numbers:
    """Days sales outstanding by counting back, in days: how many of the last days of sales the
    receivables at the end of each period are. The latest sales are counted first; a period that is
    owed in part counts with that part of its days.

    Missing where the receivables are more than all sales given. A period of more returns than
    sales counts as one without sales. Where sales vary by season it says more than receivables over
    average sales, which rise and fall with the season alone.

    Args:
        receivables: At the end of each period, oldest first, in money.
        revenue: Of each period, in money.
        days: Calendar days of each period, or one number for all.

    >>> count_back([0.0, 150.0], [90.0, 100.0], 30.0).round(2).tolist()
    [0.0, 46.67]
    """
    owed = np.asarray(receivables, dtype=float).ravel()
    sold = np.maximum(zero(np.asarray(revenue, dtype=float).ravel()), 0.0)
    if owed.size != sold.size:
        raise ValueError(
            f"the ranges do not fit: {owed.size} receivables, {sold.size} periods of revenue"
        )
    sales = np.append(0.0, np.cumsum(sold))
    day = np.append(0.0, np.cumsum(across(days, sold.size)))
    since = sales[1:] - owed
    found = day[1:] - np.interp(since, sales, day)
    counted: Numbers = np.where(since < -NOISE * sales[1:], np.nan, found)
    return np.where(owed <= 0, 0.0, counted)


def payment_runs(
    amounts: npt.ArrayLike, due: Dates, runs: Dates, rule: Run = "after"
) -> Numbers:
    """What each payment run pays, in money: every invoice in the first run on or after its due day,
    or in the last run on or before it, so that none is late.

    Invoices that are due before the first run, or without a due day, are paid in the first run.
    What is due after the last run stays open by the rule ``after``.

    Args:
        amounts: Invoices in money, one cell for each; negative is a credit note.
        due: Due day of each.
        runs: Days of the payment runs, in any order.
        rule: Which run an invoice goes to.

    Raises:
        ValueError: There is no payment run, or the ranges do not fit.

    >>> days = np.array(["2026-01-15", "2026-01-31"], dtype="datetime64[D]")
    >>> payment_runs([70.0, 30.0], days - np.array([3, 3]), days).tolist()
    [70.0, 30.0]
    >>> payment_runs([70.0, 30.0], days - np.array([3, 3]), days, "before").tolist()
    [100.0, 0.0]
    """
    money = zero(np.asarray(amounts, dtype=float).ravel())
    day, dates = due.ravel(), runs.ravel()
    if day.size != money.size:
        raise ValueError(f"the ranges do not fit: {money.size} amounts, {day.size} due days")
    planned = np.unique(dates[~np.isnat(dates)])
    if not planned.size:
        raise ValueError("there is no payment run")
    at = np.searchsorted(planned, day, side="left" if rule == "after" else "right")
    at = np.where(np.isnat(day), 0, at if rule == "after" else np.maximum(at - 1, 0))
    paid = np.bincount(at, money, planned.size + 1)[: planned.size]
    place = np.searchsorted(planned, dates)
    first = np.append(paid, np.nan)[np.where(np.isnat(dates), planned.size, place)]
    return first.reshape(runs.shape)
