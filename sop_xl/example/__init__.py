"""The example company, drawn from a seed: a maker of outdoor goods that behaves like a real one.

Alpine Outdoor GmbH sells 43 items of six families in three regions and two channels.

- **Demand** grows, follows the season of the family (tents peak in May and June, jackets in
  November), and rises and dips with promotions. Noise belongs to the market, the item and the cell.
  On record it is not perfect: one quantity was typed with a zero too many, and the web shop has
  reported no more orders than it could ship of a sleeping bag that was out of stock.
- **Items** are launched (one four months ago, one four months ahead), run out, and have ended.
- **Supply** chases a target stock, but cookware runs level and team wear is made to order. Seam
  taping is the bottleneck of jackets and tents, overloaded before the winter; incidents cut the
  output of some months. What stock and output cannot cover becomes backlog, and order lines late.
- **Money**: net prices and standard costs rise each January; accounting books what was shipped. The
  budget of the year is 6 to 10 % above what may be expected; next year's counts on price rises and
  the launch that a plan at today's prices does not know. Dealers have discounts, prices rise in
  January, and the United Kingdom pays in pounds, which have lost since the budget was made.
  the launch that a plan at today's prices does not know.
- **Cash**: dealers pay after two months, suppliers are paid after one; a new warehouse and the
  dividend come in the same spring and bring the bank account near its limit.
- **People**: plans of the cycles before are a little too high; some actions are late.

Everything is dated from the cycle; the same seed, months and cycle give the same bytes.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from sop_xl.example import company, demand, frames, operations
from sop_xl.example.files import to_csv
from sop_xl.tables.settings import Settings

__all__ = ["CYCLE", "LEAST_MONTHS", "Example", "make", "to_csv"]

CYCLE = pd.Period("2026-10", "M")
LEAST_MONTHS = 24
"""The budgets and plans of the past need as many months of history."""


class Example(NamedTuple):
    """A company: its settings and its source tables, by name."""

    settings: Settings
    frames: dict[str, pd.DataFrame]


def make(seed: int = 7, months: int = 48, cycle: pd.Period = CYCLE) -> Example:
    """Draw the example company.

    Args:
        seed: Two seeds give two companies with the same shape.
        months: Months of history before the cycle, at least :data:`LEAST_MONTHS`.
        cycle: The first plan month.

    Raises:
        ValueError: The history is too short.
    """
    if months < LEAST_MONTHS:
        raise ValueError(f"the example needs {LEAST_MONTHS} months of history, not {months}")
    wanted = demand.simulate(seed, months, cycle)
    made = operations.simulate(seed, wanted)
    return Example(company.SETTINGS, frames.tables(seed, wanted, made, cycle))
