"""Step 4, financial planning and reconciliation: volume to money, against the AOP."""

from __future__ import annotations

import pandas as pd

from sop_xl.planning import Outcome
from sop_xl.planning.calendar import Axis
from sop_xl.planning.finance.profit import company, cost_lines, family_profit
from sop_xl.planning.wording import months
from sop_xl.schema import Finding, Severity
from sop_xl.tables.settings import Settings


def run(
    axis: Axis,
    settings: Settings,
    *,
    supply_plan: pd.DataFrame,
    families: pd.DataFrame,
    history: pd.DataFrame,
    aop: pd.DataFrame,
    finance_lines: pd.DataFrame,
    balance: pd.DataFrame,
    finance_family_inputs: pd.DataFrame,
) -> Outcome:
    """Turn the supply plan into revenue, margin, operating cost and inventory value."""
    by_family = family_profit(axis, supply_plan, families, history, aop, finance_family_inputs)
    lines = cost_lines(axis, finance_lines, by_family)
    total = company(axis, by_family, lines, balance, settings.tolerance)
    frames = {"finance_family": by_family, "operating_cost": lines, "finance_total": total}
    findings = _price_findings(by_family, axis)
    if len(finance_lines):
        findings += _cost_findings(total, axis)
    return Outcome(frames, findings)


def _price_findings(by_family: pd.DataFrame, axis: Axis) -> list[Finding]:
    """Families that are planned without a price or a cost: their margin says nothing."""
    plan = by_family[by_family["period"].isin(axis.plan)]
    sold = plan.groupby("family")[["volume", "price", "unit_cost"]].sum()
    found = []
    for column, word in (("price", "price"), ("unit_cost", "cost")):
        names = sold.index[(sold["volume"] > 0) & (sold[column] == 0)].tolist()
        if names:
            found.append(
                Finding(
                    "items",
                    f"No {word} for {', '.join(names)}: the plan shows volume at a {word} of zero.",
                    f"Fill in the column {word.capitalize()} of these items.",
                    Severity.WARNING,
                )
            )
    return found


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
