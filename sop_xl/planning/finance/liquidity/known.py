"""What is known before the cash plan begins: the profit and loss account and what was booked."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, by_period, zero
from sop_xl.tables.cash import LATEST
from sop_xl.tables.settings import Settings

LEARNED_MONTHS = 12
"""Closed months from which the payment pattern is learned."""


class Known:
    """The monthly figures that everything is reckoned from, each over all months shown."""

    def __init__(
        self,
        axis: Axis,
        settings: Settings,
        finance_total: pd.DataFrame,
        balance: pd.DataFrame,
        cash: pd.DataFrame,
        past_cash: pd.DataFrame,
    ) -> None:
        self.axis, self.settings = axis, settings
        self._total, self._balance, self._cash = finance_total, balance, cash
        self._past_cash = past_cash
        self.past = np.arange(len(axis.periods)) < axis.history
        self.plan = ~self.past
        self.days: Numbers = axis.calendar.days(axis.periods).astype(float)

    def earned(self, name: str) -> Numbers:
        """A line of the profit and loss account; zero where it is blank."""
        return by_period(self._total, name, self.axis.periods)

    @cached_property
    def depreciated(self) -> Numbers:
        """Depreciation among the lines of the operating cost in plan months: no cash flows."""
        lines = (self._total["ebitda"] - self._total["operating_profit"]).fillna(0.0)
        found = by_period(self._total.assign(lines=lines), "lines", self.axis.periods)
        return np.where(self.plan, found, 0.0)

    def booked(self, name: str) -> Numbers:
        """What accounting booked in closed months; NaN elsewhere."""
        return self._monthly(self._balance, name)

    def delivered(self, name: str) -> Numbers:
        """What the list of cash says of closed months; NaN elsewhere."""
        return self._monthly(self._cash, name)

    def expected(self, name: str) -> Numbers:
        """A gross flow of closed months as the last cycle before each month expected it, else as
        the list of cash says; NaN elsewhere."""
        made = self._past_cash
        made = made[made["cycle"] < made["period"]]
        last = made[made["cycle"] == made.groupby("period")["cycle"].transform("max")]
        frozen = self._monthly(last, name)
        return np.where(np.isnan(frozen), self.delivered(f"expected_{name}"), frozen)

    def planned(self, name: str) -> Numbers:
        """What the list of cash says of any month; zero where it says nothing."""
        return by_period(self._cash, name, self.axis.periods)

    def _monthly(self, frame: pd.DataFrame, name: str) -> Numbers:
        sums = frame.groupby("period")[name].sum(min_count=1)
        found = sums.reindex(self.axis.periods).to_numpy(dtype=float)
        return np.where(self.past, found, np.nan)

    # ---- balances ----------------------------------------------------------------------------

    @cached_property
    def inventory(self) -> Numbers:
        """Inventory at the end of closed months: as booked, else that of the plan's sheets."""
        booked = self.booked("inventory_value")
        return np.where(self.past & np.isnan(booked), self.earned("inventory_value"), booked)

    @cached_property
    def additions(self) -> Numbers:
        """What went into stock in closed months: change of inventory + cost of sales."""
        change = self.inventory - before(self.inventory)
        return np.where(self.past, change + self.earned("cost_of_sales"), np.nan)

    @cached_property
    def purchases(self) -> Numbers:
        return self.additions * self.settings.purchased_share

    def months_open(self, balance: Numbers, flow: Numbers) -> float:
        """Months of a flow that a balance is, over the last closed months; NaN if nobody knows."""
        used = (self.past & ~np.isnan(balance + flow))[: self.axis.history]
        used[: max(self.axis.history - LEARNED_MONTHS, 0)] = False
        total = float(flow[: self.axis.history][used].sum())
        if total <= 0:
            return np.nan
        months = float(balance[: self.axis.history][used].sum()) / total
        return min(max(months, 0.0), float(LATEST))


class Lagged(NamedTuple):
    """A flow of all months shown, and what it was so many months before each."""

    now: Numbers
    earlier: tuple[Numbers, ...]
    """1 month before, 2 months before ..."""

    def share(self, pattern: Numbers) -> Numbers:
        """Sum over the months before of amount x share of the pattern."""
        rows = (self.now, *self.earlier)
        return np.asarray(sum(part * row for part, row in zip(pattern, rows, strict=True)))


def lagged(flow: Numbers) -> Lagged:
    """A flow with those of the months before; what is not shown, or not known, is zero."""
    rows = [zero(flow)]
    for _ in range(LATEST):
        rows.append(np.append(0.0, rows[-1][:-1]))
    return Lagged(rows[0], tuple(rows[1:]))


def before(numbers: Numbers) -> Numbers:
    """The month before; nothing is known before the first."""
    return np.append(np.nan, numbers[:-1])
