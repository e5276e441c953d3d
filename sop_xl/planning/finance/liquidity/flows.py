"""What comes in and what goes out, the cash that is left, and how long money is tied up."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sop_xl.planning.finance.cash import operating_cash_flow
from sop_xl.planning.finance.liquidity.balances import Cells
from sop_xl.planning.finance.liquidity.known import Known, before
from sop_xl.planning.frames import Numbers, rounded, zero
from sop_xl.tables.cash import BEYOND, FINE, LATE_GROWTH, NEAR

Drawn = dict[str, npt.NDArray[np.generic]]


def cash_flow(known: Known, owed: Cells, owing: Cells, stock: Cells) -> Drawn:
    """The grid ``cash_flow``: from sales to the headroom at the bank."""
    sales, profit = known.earned("revenue"), known.earned("operating_profit")
    lost = owed["write_offs"]
    collections, payments = (zero(flow) for flow in (owed["collections"], owing["payments"]))
    conversion = _plan(known, stock["additions"] * (1 - known.settings.purchased_share))
    taxes = _taxes(known, profit - lost)
    spent = known.earned("operating_cost") - known.depreciated
    beyond = known.earned("supply_cost")
    paid = collections - payments - zero(conversion) - spent - beyond - zero(taxes["tax"])
    operating = np.where(known.past, known.booked("operating_cash_flow"), paid)
    capital, other = known.planned("capital_spending"), known.planned("other")
    cash = _cash(known, operating - capital + other)
    trade = owed["closing"] + stock["closing"] - owing["closing"]
    indirect = _indirect(known, profit + known.depreciated - lost, taxes["tax"], trade)
    expected = {
        f"expected_{name}": known.expected(name)
        for name in ("collections", "payments")
    }
    return {
        "sales": sales,
        "collections": collections,
        "payments": payments,
        "conversion": conversion,
        "operating_cost": spent,
        "supply_cost": _plan(known, beyond),
        **taxes,
        "operating": operating,
        "operating_share": np.where(
            (sales > 0), operating / np.where(sales > 0, sales, 1.0), np.nan
        ),
        "capital_spending": capital,
        "other": other,
        **cash,
        "limit": _limits(known, cash["headroom"]),
        **expected,
        "accuracy": _accuracy(known, collections, payments, expected),
        "trade": trade,
        "indirect": indirect,
        "difference": _plan(known, rounded(zero(operating - indirect))),
    }


def _taxes(known: Known, profit: Numbers) -> Cells:
    """Tax on the highest sum of profits so far: losses of earlier plan months are set off."""
    depreciation = np.maximum(known.planned("depreciation") - known.depreciated, 0.0)
    taxable = np.where(known.plan, profit - depreciation, 0.0)
    total = np.cumsum(taxable)
    highest = np.maximum.accumulate(np.maximum(total, 0.0))
    reckoned = known.settings.tax_rate * np.diff(highest, prepend=0.0)
    given = known.planned("tax")
    tax = np.where(known.past, known.delivered("tax"), np.where(given != 0, given, reckoned))
    return {
        "taxable": _plan(known, taxable),
        "taxable_sum": _plan(known, total),
        "taxed": _plan(known, highest),
        "tax": tax,
    }


def _cash(known: Known, net: Numbers) -> Cells:
    """Opening and closing cash, and what can still be spent."""
    booked = known.delivered("cash")
    last = known.axis.history - 1
    ahead = np.where(known.plan, net, 0.0)
    closing = np.where(known.past, booked, zero(booked)[last] + np.cumsum(ahead))
    closing[last] = zero(booked)[last]
    limit = known.planned("facility")
    facility = np.where(limit > 0, limit, known.settings.facility)
    opening = before(closing)
    return {
        "opening": opening,
        "net": np.where(known.past, closing - opening, net),
        "closing": closing,
        "facility": facility,
        "headroom": closing + facility,
    }


def _indirect(known: Known, profit: Numbers, tax: Numbers, trade: Numbers) -> Numbers:
    first = known.axis.history
    found = operating_cash_flow(profit[first:], zero(tax)[first:], trade[first:], trade[first - 1])
    return np.append(np.full(first, np.nan), np.asarray(found, dtype=float).ravel())


def _limits(known: Known, headroom: Numbers) -> npt.NDArray[np.object_]:
    reserve = known.settings.cash_reserve
    word = np.where(headroom < 0, BEYOND, np.where(headroom < reserve, NEAR, FINE))
    return np.where(np.isnan(headroom), "", word.astype(object))


def _accuracy(
    known: Known, collections: Numbers, payments: Numbers, expected: Mapping[str, Numbers]
) -> Numbers:
    missed = np.abs(collections - expected["expected_collections"])
    missed = missed + np.abs(payments - expected["expected_payments"])
    size = np.abs(collections) + np.abs(payments)
    share = np.maximum(0.0, 1 - missed / np.where(size > 0, size, 1.0))
    return np.where(known.past & (size > 0), share, np.nan)


def cash_days(known: Known, owed: Cells, owing: Cells, stock: Cells) -> Drawn:
    """The grid ``cash_days``: DSO, DIO, DPO and the cash conversion cycle."""
    revenue, cost = known.earned("revenue"), known.earned("cost_of_sales")
    dso = _outstanding(owed["closing"], revenue, known.days)
    dio = _outstanding(stock["closing"], cost, known.days)
    dpo = _outstanding(owing["closing"], cost, known.days)
    daily = revenue / known.days
    later = (before(zero(dso)) > 0) & (rounded(zero(dso) - before(zero(dso))) > 0)
    late = later & (rounded(daily - before(daily)) > 0) & known.plan
    return {
        "sales": revenue,
        "dso": dso,
        "dio": dio,
        "dpo": dpo,
        "cycle": dso + dio - dpo,
        "growth": np.where(late, LATE_GROWTH, "").astype(object),
    }


def _outstanding(balance: Numbers, flow: Numbers, days: Numbers) -> Numbers:
    """Balance / flow per day; NaN where either is not above zero."""
    some = (zero(balance) > 0) & (flow > 0)
    return np.where(some, zero(balance) / np.where(some, flow, 1.0) * days, np.nan)


def _plan(known: Known, numbers: Numbers) -> Numbers:
    return np.where(known.plan, numbers, np.nan)
