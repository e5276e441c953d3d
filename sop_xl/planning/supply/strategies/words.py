"""What there is to say about the plans, in words: which is cheapest, what is short (step 3)."""

from __future__ import annotations

import pandas as pd

from sop_xl.planning.wording import month, number, percent
from sop_xl.tables.strategy import CURRENT
from sop_xl.tables.supply import SHORT_HOURS

SAME = 0.5
"""Money up to which two plans cost the same."""


def plan_costs(costs: pd.DataFrame, strategies: pd.DataFrame) -> dict[str, float]:
    """The cost of each possible plan over the plan months, by its name.

    Args:
        costs: The grid ``strategy_cost``.
        strategies: The list of the plans.
    """
    possible = strategies.loc[strategies["possible"] > 0, "strategy"]
    sums = costs.groupby("strategy")["total"].sum()
    return {str(name): float(sums[name]) for name in possible}


def verdict(costs: pd.DataFrame, strategies: pd.DataFrame, currency: str) -> str:
    """Which plan is cheapest, and what it saves against the plan in the book: one sentence."""
    found = plan_costs(costs, strategies)
    current = found.pop(CURRENT)
    if not found:
        others = strategies[strategies["strategy"] != CURRENT]
        if others["status"].str.startswith("–").all():
            return f"No strategy was computed: {others['reason'].iloc[0]}."
        return "No strategy is possible; what stands in the way is said below."
    name = min(found, key=lambda plan: found[plan])
    saved = current - found[name]
    if abs(saved) <= SAME:
        return f"The plan in the book is as cheap as the {name} plan: {number(current, currency)}."
    share = f" ({percent(abs(saved) / current)})" if current > 0 else ""
    more = "less" if saved > 0 else "more"
    missing = float(costs.loc[costs["strategy"] == CURRENT, "missing_hours"].sum())
    beside = ""
    if missing > SHORT_HOURS:
        beside = f", which needs {number(missing)} h that nobody offers and no cost counts"
    return (
        f"Cheapest is the {name} plan: {number(found[name], currency)}, "
        f"{number(abs(saved), currency)}{share} {more} than the plan in the book{beside}."
    )


def cost_after(before: pd.DataFrame, after: pd.DataFrame, currency: str) -> str:
    """What the plan in the book costs, and what it cost before, in a sentence.

    Args:
        before: The grid ``strategy_cost`` as it was.
        after: The grid as it is.
        currency: Of the money.
    """

    def told(costs: pd.DataFrame) -> str:
        sums = costs.loc[costs["strategy"] == CURRENT, ["total", "missing_hours"]].sum()
        amount = number(sums["total"], currency)
        if sums["missing_hours"] <= SHORT_HOURS:
            return amount
        return f"{amount} without {number(sums['missing_hours'])} h that nobody offers"

    return f"It costs {told(after)}; the plan in the book before cost {told(before)}."


def findings_in_words(
    costs: pd.DataFrame, strategies: pd.DataFrame, bottlenecks: pd.DataFrame, currency: str
) -> list[str]:
    """The verdict, the cost of each plan, the first bottleneck, and what is impossible."""
    found = plan_costs(costs, strategies)
    current = found[CURRENT]
    lines = [verdict(costs, strategies, currency)]
    texts = strategies[["strategy", "status", "reason"]].itertuples(index=False, name=None)
    for name, status, reason in texts:
        if name in found and name != CURRENT:
            against = number(found[name] - current, currency)
            note = f"; {reason}" if reason else ""
            lines.append(
                f"{name}: {number(found[name], currency)}, {against} against the plan in the "
                f"book{note}"
            )
        elif name != CURRENT:
            lines.append(f"{status} {name}: {reason}")
    if len(bottlenecks):
        first = bottlenecks.iloc[0]
        lines.append(
            f"Bottleneck: an hour more of {first['resource']} in {month(first['period'])} is worth "
            f"{number(first['worth'], currency)}."
        )
    elif "optimised" in found:
        lines.append("No resource is a bottleneck of the optimised plan: no hour more saves money.")
    return lines
