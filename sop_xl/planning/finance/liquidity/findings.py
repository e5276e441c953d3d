"""What a person has to look at before the cash plan can be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.finance.cash import over_facility
from sop_xl.planning.finance.liquidity.balances import Cells
from sop_xl.planning.finance.liquidity.known import LEARNED_MONTHS, Known
from sop_xl.planning.finance.rolling import unrolled
from sop_xl.planning.frames import zero
from sop_xl.planning.wording import listed, month, number, percent
from sop_xl.schema import Finding, Severity
from sop_xl.tables.cash import CUSTOMERS, FLOWS, SUPPLIERS

TIE = 0.01
"""Share of the sales of the month by which a balance may fail to roll without a finding."""


def all_of(
    known: Known,
    given: pd.DataFrame,
    owed: Cells,
    owing: Cells,
    flow: Mapping[str, npt.NDArray[np.generic]],
    days: Mapping[str, npt.NDArray[np.generic]],
) -> list[Finding]:
    """All findings of the cash plan."""
    if not known.earned("revenue").any():
        return []
    return [
        *_balances(known),
        *_patterns(given),
        *_rolls(known, owed, owing),
        *_negative(known, owed, owing),
        *_cash(known, np.asarray(flow["headroom"], dtype=float)),
        *_growth(known, days["growth"]),
    ]


def _warning(table: str, message: str, remedy: str) -> Finding:
    return Finding(table, message, remedy, Severity.WARNING)


def _balances(known: Known) -> Iterator[Finding]:
    """Balances that nobody has delivered, or not of every month."""
    recent = known.axis.past[-LEARNED_MONTHS:]
    for name, flow in (("receivables", "sales"), ("payables", "purchases")):
        have = ~np.isnan(known.booked(name)[: known.axis.history])
        if not have.any():
            yield _warning(
                "balance",
                f"No {name} are known: the cash plan begins with what the payment pattern leaves"
                f" open of the {flow}.",
                f"Fill in {name.capitalize()} in Finance actuals.",
            )
            continue
        missing = recent[~have[-len(recent) :]]
        if len(missing):
            yield _warning(
                "balance",
                f"No {name} are booked for {listed(month(p) for p in missing)}: what was paid in"
                " these months is not known"
                + (", and the plan begins with what the pattern says." if not have[-1] else "."),
                f"Fill in {name.capitalize()} of these months in Finance actuals.",
            )


def _patterns(given: pd.DataFrame) -> Iterator[Finding]:
    """Shares that are more than the whole, or of suppliers less."""
    for flow in FLOWS:
        shares = given.loc[given["flow"] == flow, "share"]
        total = float(shares.sum())
        if shares.notna().any() and total <= 0:
            yield _warning(
                "payment_pattern",
                f"The payment pattern of {flow} pays nothing.",
                "Fill in the shares, or leave all of them empty: then they are learned.",
            )
        elif total > 1 + 1e-9:
            yield _warning(
                "payment_pattern",
                f"The payment pattern of {flow} sums to {percent(total)}: it is brought to 100 %.",
                "Mend the shares in Data_Cash.",
            )
        elif flow == SUPPLIERS and shares.notna().any() and total < 1 - 1e-9:
            yield _warning(
                "payment_pattern",
                f"The payment pattern of suppliers sums to {percent(total)}: it is brought to"
                " 100 %, because suppliers are paid in full.",
                "Mend the shares in Data_Cash.",
            )


def _rolls(known: Known, owed: Cells, owing: Cells) -> Iterator[Finding]:
    """Reported movements that do not lead from one balance to the next."""
    tolerance = max(0.01, TIE * float(known.earned("revenue").max()))
    past = known.axis.history
    for what, cells in (("receivables", owed), ("payables", owing)):
        yield from unrolled(
            "balance", what, known.axis.past, zero(cells["unrolled"][:past]), tolerance
        )


def _negative(known: Known, owed: Cells, owing: Cells) -> Iterator[Finding]:
    """Flows and balances with a sign that they should not have."""
    periods = known.axis.periods
    for name, cells, word, remedy in (
        ("receivables", owed["sales"], "sales", "See whether returns were booked in these months;"
         " the cash plan pays them back by the payment pattern."),
        ("payables", owing["purchases"], "purchases",
         "More stock is taken out than is used up: see the lever of the stock target."),
    ):  # fmt: skip
        low = periods[zero(cells) < 0]
        if len(low):
            yield _warning(
                name, f"The {word} of {listed(month(p) for p in low)} are negative.", remedy
            )
    for name, cells in (("receivables", owed["closing"]), ("payables", owing["closing"])):
        low = periods[(zero(cells) < -0.5) & known.plan]
        if len(low):
            yield _warning(
                name,
                f"The {name} are negative from {month(low[0])} on: more is paid than is owed.",
                "See the levers of the terms on Cash_WC, and the payment pattern.",
            )


def _cash(known: Known, headroom: npt.NDArray[np.float64]) -> Iterator[Finding]:
    if np.isnan(known.delivered("cash")[known.axis.history - 1]):
        yield _warning(
            "cash",
            f"No cash is known at the end of {month(known.axis.opening)}: the plan begins with"
            " zero, and shows how cash changes from there.",
            "Fill in Cash of the last closed month in Data_Cash.",
        )
        return
    plan = headroom[known.axis.history :]
    found = over_facility("cash_flow", known.axis.plan, plan)
    yield from found
    reserve = known.settings.cash_reserve
    if not found and (plan < reserve).any():
        at = int(plan.argmin())
        yield _warning(
            "cash_flow",
            f"Headroom falls to {number(plan[at], known.settings.currency)} in"
            f" {month(known.axis.plan[at])}, less than the reserve of {number(reserve)}.",
            "Collect sooner, hold less stock, pay later, spend later: see the sheet Levers.",
        )


def _growth(known: Known, late: npt.NDArray[np.generic]) -> Iterator[Finding]:
    months = known.axis.periods[late != ""]
    if len(months):
        yield _warning(
            "cash_days",
            f"In {listed(month(p) for p in months)} more is sold a day and {CUSTOMERS} pay later.",
            "Look at overdue customers and at terms given to win the sales.",
        )
