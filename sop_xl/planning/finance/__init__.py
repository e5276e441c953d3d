"""Step 4, financial planning and reconciliation: volume to money, against the AOP."""

from __future__ import annotations

import pandas as pd

from sop_xl.planning import Outcome
from sop_xl.planning.calendar import Axis
from sop_xl.planning.finance.profit import company, cost_lines, family_profit
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
    frames = {
        "finance_family": by_family,
        "operating_cost": lines,
        "finance_total": company(axis, by_family, lines, balance, settings.tolerance),
    }
    return Outcome(frames, _price_findings(by_family, axis))


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
