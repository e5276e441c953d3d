"""Step 4, financial planning and reconciliation: volume to money, against the AOP."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning import Outcome
from sop_xl.planning.calendar import Axis
from sop_xl.planning.finance import currency, earlier, prices, scenarios, uncosted
from sop_xl.planning.finance.profit import company, cost_lines, family_profit
from sop_xl.planning.finance.reconciling import reconcile
from sop_xl.planning.finance.regions import finance_region
from sop_xl.planning.frames import Numbers, by_period
from sop_xl.planning.wording import months
from sop_xl.schema import Finding, Severity
from sop_xl.tables.settings import Settings


def run(
    axis: Axis,
    settings: Settings,
    *,
    supply_plan: pd.DataFrame,
    demand_plan: pd.DataFrame,
    demand_total: pd.DataFrame,
    families: pd.DataFrame,
    history: pd.DataFrame,
    aop: pd.DataFrame,
    finance_lines: pd.DataFrame,
    workforce: pd.DataFrame,
    workforce_total: pd.DataFrame,
    balance: pd.DataFrame,
    price_changes: pd.DataFrame,
    currencies: pd.DataFrame,
    exchange_rates: pd.DataFrame,
    past_finance: pd.DataFrame,
    recon_lines: pd.DataFrame,
    tie_outs: pd.DataFrame,
    finance_lock: pd.DataFrame,
    finance_region_inputs: pd.DataFrame,
    family_rates: pd.DataFrame,
    supply_cost: pd.DataFrame,
    scenario_drivers: pd.DataFrame,
) -> Outcome:
    """Turn the supply plan into revenue, margin, cost and stock, and reconcile it."""
    places = prices.places(families, demand_plan, history)
    rates = currency.rates(axis, places, currencies, exchange_rates)
    base = prices.region_prices(axis, places, families, history, price_changes, rates.each)
    by_region = finance_region(
        axis, places, base, rates, supply_plan=supply_plan, demand_plan=demand_plan,
        families=families, history=history, changes=price_changes, inputs=finance_region_inputs,
    )
    before = earlier.earlier(axis, past_finance, sorted(families["family"]))
    by_family = family_profit(
        axis, by_region, supply_plan, families, aop, before, family_rates, supply_cost
    )
    today = float(workforce["headcount"].fillna(0.0).sum())
    ahead = by_period(workforce_total, "people", axis.plan)
    heads = np.append(np.full(axis.history, today), ahead)
    lines = cost_lines(axis, finance_lines, by_family, heads)
    total = company(axis, by_family, lines, balance, settings.tolerance, before.operating_cost,
                    supply_cost)
    frames = {
        "region_prices": base,
        "price_changes": prices.in_force(price_changes, axis),
        "finance_region": by_region,
        "finance_family": by_family,
        "operating_cost": lines,
        "finance_total": total,
    }
    reconciled = reconcile(
        axis, settings, before.cycle, finance_total=total, finance_family=by_family,
        finance_region=by_region, supply_plan=supply_plan, demand_total=demand_total,
        families=families, balance=balance, aop=aop, region_prices=base,
        given_lines=recon_lines, typed=tie_outs, locked=finance_lock, drivers=scenario_drivers,
        finance_lines=finance_lines,
    )
    findings = [
        *_price_findings(by_family, axis),
        *prices.findings(price_changes, places, _off(axis, by_region)),
        *currency.findings(axis, currencies, exchange_rates, places),
        *earlier.findings(axis, past_finance, aop, families),
        *uncosted.findings(by_family),
        *scenarios.findings(axis, scenario_drivers, families),
    ]
    if len(finance_lines):
        findings += _cost_findings(total, axis)
    return Outcome({**frames, **reconciled}, findings)


def _off(axis: Axis, by_region: pd.DataFrame) -> Numbers:
    """What discounts and promotions take off together: blocks, plan periods."""
    plan = by_region[by_region["period"].isin(axis.plan)]
    off = (plan["discount"] + plan["promotion"]).to_numpy(dtype=float)
    return off.reshape(-1, axis.horizon)


def _price_findings(by_family: pd.DataFrame, axis: Axis) -> list[Finding]:
    """Families that are planned without a price or a cost, or with a cost above the price."""
    plan = by_family[by_family["period"].isin(axis.plan)]
    sold = plan.groupby("family")[["volume", "revenue", "cost_of_sales"]].sum()
    moved = sold["volume"] > 0
    odd = [
        (moved & (sold[column] == 0),
         f"No {word} for {{}}: the plan shows volume at a {word} of zero.",
         f"Fill in the column {word.capitalize()} of these items.")
        for column, word in (("revenue", "price"), ("cost_of_sales", "cost"))
    ]
    odd.append(
        (moved & (sold["revenue"] > 0) & (sold["cost_of_sales"] > sold["revenue"]),
         "The cost of {} is above the price over the plan: each unit loses money.",
         "See whether price and cost are of the same unit, and what the discounts take off.")
    )
    return [
        Finding("items", message.format(", ".join(sold.index[which])), remedy, Severity.WARNING)
        for which, message, remedy in odd
        if which.any()
    ]


def _cost_findings(total: pd.DataFrame, axis: Axis) -> list[Finding]:
    """Closed months of which accounting has booked no operating cost: the plan's stands in.

    A company that books none of its costs here is told of the current fiscal year only.
    """
    booked = total.set_index("period")["booked_cost"].reindex(axis.past).notna().to_numpy()
    years = axis.calendar.fiscal_year(axis.periods)
    this_year = years[: axis.history] == years[axis.history]
    missing = axis.past[~booked & (this_year | booked.any())]
    if missing.empty:
        return []
    return [
        Finding(
            "balance",
            f"No operating cost is booked for {_told(missing)}: the cost of the plan stands in.",
            "Load the operating cost that accounting booked, in Finance actuals.",
            Severity.WARNING,
        )
    ]


def _told(periods: pd.PeriodIndex) -> str:
    """Months in words, those that follow each other as one span."""
    numbers = pd.Series(periods.asi8)
    spans = periods.to_series().groupby((numbers.diff() != 1).cumsum().to_numpy())
    return ", ".join(months(span.iloc[0], span.iloc[-1]) for _, span in spans)
