"""Budgets and earlier plans of revenue without cost: their margin is compared with nothing."""

from __future__ import annotations

import pandas as pd

from sop_xl.planning.wording import listed
from sop_xl.schema import Finding, Severity

_OF = {"uncosted": ("aop", "budgeted", "AOP"), "prior_uncosted": ("past_finance", "planned",
                                                                  "prior plan")}


def note(finance_family: pd.DataFrame) -> str:
    """Which families lack a budgeted cost, in words; empty where none does.

    Args:
        finance_family: The grid.
    """
    return _said(finance_family, "uncosted")


def findings(finance_family: pd.DataFrame) -> list[Finding]:
    """What the AOP and the prior plan cannot be compared with."""
    return [
        Finding(
            table,
            f"{text} Margin and profit are compared with the {other} without them.",
            "Load the cost of sales of these families too.",
            Severity.WARNING,
        )
        for measure, (table, _, other) in _OF.items()
        if (text := _said(finance_family, measure))
    ]


def _said(finance_family: pd.DataFrame, measure: str) -> str:
    rows = finance_family[finance_family[measure].fillna(0.0) != 0]
    names = rows["family"].drop_duplicates()
    if names.empty:
        return ""
    many = "1 family" if len(names) == 1 else f"{len(names)} families"
    return f"No {_OF[measure][1]} cost for {many}: {listed(names)}."
