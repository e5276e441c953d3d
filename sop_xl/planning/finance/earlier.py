"""What earlier cycles planned: the prior cycle's plan, and the last plan of each closed month."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, matrix, positions
from sop_xl.planning.wording import listed
from sop_xl.schema import ALL, Finding, Severity


class Earlier(NamedTuple):
    """Earlier plans by family, periods of the axis across; NaN where there is none."""

    volume: Numbers
    revenue: Numbers
    constant: Numbers
    """Revenue at budget rates."""
    cost: Numbers
    """At standard."""
    supply_cost: Numbers
    """Beyond standard; NaN also where the plan has the family without it, zero where it does not
    have the family but the cost of others."""
    operating_cost: Numbers
    """Of the company: one row."""
    cycle: pd.Period | None
    """The prior cycle; None where no plan of one is known."""


def earlier(axis: Axis, past_finance: pd.DataFrame, names: list[str]) -> Earlier:
    """Of a plan month the plan of the prior cycle, of a closed month the last one made before it
    closed.

    Args:
        axis: The cycle.
        past_finance: Financial plans of earlier cycles.
        names: The families.
    """
    rows = past_finance[past_finance["cycle"] < axis.first]
    if rows.empty:
        nothing = np.full((len(names), len(axis.periods)), np.nan)
        unspent = np.full((1, len(axis.periods)), np.nan)
        return Earlier(nothing, nothing, nothing, nothing, nothing, unspent, None)
    cycle = rows["cycle"].max()
    made = rows["cycle"] <= rows["period"]
    asked = (rows["period"] < axis.first) | (rows["cycle"] == cycle)
    rows = rows[made & asked]
    rows = rows[rows["cycle"] == rows.groupby("period")["cycle"].transform("max")]
    rows = rows.assign(constant=rows["constant_revenue"].fillna(rows["revenue"]), company="")
    volume, revenue, constant, cost, beyond = (
        matrix(rows, name, "family", names, axis.periods)
        for name in ("volume", "revenue", "constant", "cost_of_sales", "supply_cost")
    )
    # a family that the earlier plan does not know had no share in a cost that was planned; one
    # that it knows with a blank cost had a share that nobody wrote down
    absent = matrix(rows.assign(row=1.0), "row", "family", names, axis.periods)
    planned = ~np.isnan(beyond).all(axis=0)
    beyond = np.where(np.isnan(absent) & planned, 0.0, beyond)
    spent = matrix(rows, "operating_cost", "company", [""], axis.periods)
    return Earlier(volume, revenue, constant, cost, beyond, spent, cycle)


def findings(axis: Axis, past_finance: pd.DataFrame, aop: pd.DataFrame,
             families: pd.DataFrame) -> list[Finding]:
    """Families that only the other plan knows, and an AOP of another calendar."""
    found = []
    recent = past_finance[past_finance["cycle"] == past_finance["cycle"].max()]
    for table, frame in (("past_finance", recent), ("aop", aop)):
        shown = frame[frame["period"].isin(axis.periods)]
        where = _outside(shown["family"], families["family"])
        lost = shown[where & (shown["family"].str.lower() != ALL.lower())]
        money = float(lost["revenue"].sum())
        if len(lost) and money:
            names = listed(lost["family"].drop_duplicates())
            found.append(Finding(
                table,
                f"{names}: the plan has no such family. {money:,.0f} of revenue is left out of"
                " the comparison.",
                "See whether the family was renamed or moved; then give both the same name.",
                Severity.WARNING,
            ))
    budgeted = pd.PeriodIndex(aop["period"].unique(), freq="M")
    years = axis.calendar.fiscal_year(budgeted)
    for year in np.unique(years):
        many = int((years == year).sum())
        if many < 12 and year == axis.calendar.fiscal_year(axis.plan[:1])[0]:
            found.append(Finding(
                "aop",
                f"The AOP has {many} of 12 months of the fiscal year {year}: only these are"
                " compared.", "Load the budget of every month of the fiscal year.",
                Severity.WARNING,
            ))
    return found


def _outside(names: pd.Series, known: pd.Series) -> npt.NDArray[np.bool_]:
    return np.asarray(positions(names, known) < 0)
