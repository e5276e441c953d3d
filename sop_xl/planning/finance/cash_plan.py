"""The cash plan: what is collected and paid, what is tied up, and what the bank has to lend."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sop_xl.planning.finance.cash import (
    headroom,
    income_tax,
    operating_cash_flow,
    trade_working_capital,
)
from sop_xl.planning.finance.order_to_cash import settled
from sop_xl.planning.finance.rolling import roll_forward
from sop_xl.planning.frames import Numbers


@dataclass(frozen=True)
class Policy:
    """How the company is paid, pays, and is financed: the levers of its cash."""

    collection: tuple[float, ...] = (0.0, 1.0)
    """Share of sales collected 0, 1, 2 ... periods later; what is left of 1 is bad debt."""
    payment: tuple[float, ...] = (0.0, 1.0)
    """Share of purchases paid 0, 1, 2 ... periods later."""
    tax_rate: float = 0.0
    """Share of the profit before interest."""
    tax_payment: tuple[float, ...] = (1.0,)
    """Share of the tax paid 0, 1, 2 ... periods later."""
    facility: float = 0.0
    """What the bank lends at most, in money."""

    def __post_init__(self) -> None:
        for name in ("payment", "tax_payment"):
            if not np.isclose(sum(getattr(self, name)), 1):
                raise ValueError(f"{name.replace('_', ' ')}: the shares have to sum to 1")


@dataclass(frozen=True)
class Opening:
    """Where the company stands before the first period, in money."""

    cash: float = 0.0
    inventory: float = 0.0
    sales: Numbers = field(default_factory=lambda: np.zeros(0))
    """Sales of the periods before, the last one last: what is owed of them comes in yet."""
    purchases: Numbers = field(default_factory=lambda: np.zeros(0))
    tax: Numbers = field(default_factory=lambda: np.zeros(0))
    losses: float = 0.0
    """Losses carried forward for tax, from zero up."""


class Plan(NamedTuple):
    """What the company means to do, in money of each period."""

    revenue: Numbers
    cost_of_sales: Numbers
    purchases: Numbers
    """What goes into inventory at cost: material, conversion."""
    operating_cost: Numbers
    """Paid in its period; without depreciation and bad debt."""
    depreciation: Numbers
    capital_spending: Numbers


class CashPlan(NamedTuple):
    """The cash plan: flows of each period and balances at its end, in money."""

    collections: Numbers
    write_offs: Numbers
    receivables: Numbers
    payments: Numbers
    payables: Numbers
    inventory: Numbers
    working_capital: Numbers
    """Receivables + inventory - payables."""
    ebitda: Numbers
    """After bad debt."""
    tax: Numbers
    tax_paid: Numbers
    direct: Numbers
    """Operating cash flow: collections - payments - operating cost - tax paid."""
    indirect: Numbers
    """The same from the profit: EBITDA - tax paid - growth of working capital."""
    free: Numbers
    """Operating cash flow - capital spending."""
    cash: Numbers
    """Negative where the facility is drawn."""
    headroom: Numbers


def cash_plan(plan: Plan, opening: Opening, policy: Policy) -> CashPlan:
    """The cash plan of the company, one number for each period.

    Receivables, payables and inventory roll, so the operating cash flow is the same reckoned from
    what is paid (direct) and from the profit (indirect).

    Raises:
        ValueError: A pattern pays more than the whole.

    >>> month = Plan(*(np.array([x]) for x in (100.0, 60.0, 50.0, 20.0, 0.0, 5.0)))
    >>> found = cash_plan(month, Opening(10, 80, np.array([90.0]), np.array([40.0])), Policy())
    >>> found.direct, found.indirect, found.cash  # 90 - 40 - 20; 20 - (100 + 70 - 50 - 130)
    (array([30.]), array([30.]), array([35.]))
    """
    received = _settled(plan.revenue, policy.collection, opening.sales)
    spent = _settled(plan.purchases, policy.payment, opening.purchases)
    receivables, payables = received[1], spent[1]
    inventory = _numbers(roll_forward(opening.inventory, plan.purchases, plan.cost_of_sales))
    tied = trade_working_capital(receivables[1:], inventory, payables[1:])
    ebitda = plan.revenue - plan.cost_of_sales - plan.operating_cost - received[2]
    tax = _numbers(income_tax(ebitda - plan.depreciation, policy.tax_rate, opening.losses))
    tax_paid = _settled(tax, policy.tax_payment, opening.tax)[0]
    direct = received[0] - spent[0] - plan.operating_cost - tax_paid
    before = receivables[0] + opening.inventory - payables[0]
    free = direct - plan.capital_spending
    return CashPlan(
        received[0], received[2], receivables[1:], spent[0], payables[1:], inventory, tied, ebitda,
        tax, tax_paid, direct, _numbers(operating_cash_flow(ebitda, tax_paid, tied, before)), free,
        opening.cash + np.cumsum(free), _numbers(headroom(opening.cash, free, policy.facility)),
    )  # fmt: skip


def _settled(
    amounts: Numbers, pattern: tuple[float, ...], history: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """What is paid, open (from before the first period on) and lost of one series."""
    found = settled(amounts[np.newaxis], np.array([pattern]), history[np.newaxis])
    return found.paid[0], np.append(found.opening[0], found.open[0]), found.lost[0]


def _numbers(found: npt.NDArray[np.generic]) -> Numbers:
    return np.asarray(found, dtype=float)
