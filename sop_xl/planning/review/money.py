"""Financial issues: years that miss the AOP, cash below the reserve, data too old to trust."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import by_period
from sop_xl.planning.review.exceptions import Issue, runs
from sop_xl.planning.wording import month, number, percent
from sop_xl.planning.wording import months as span
from sop_xl.tables.settings import Settings

CENT = 0.005


def missed_years(axis: Axis, settings: Settings, finance_total: pd.DataFrame) -> Iterator[Issue]:
    """Fiscal years of the plan whose revenue or margin stays below the AOP."""
    shown = finance_total[finance_total["aop_revenue"] > 0]
    years = axis.calendar.fiscal_year(pd.PeriodIndex(shown["period"]))
    planned = np.unique(axis.calendar.fiscal_year(axis.plan))
    for year in sorted(set(years.tolist()) & set(planned.tolist())):
        months = shown[years == year]
        yield from _missed(settings, year, "revenue", months)
        # without a budgeted cost of sales there is no budgeted margin
        if months["aop_margin"].sum() > 0:
            yield from _missed(settings, year, "margin", months, "compared_margin")


def _missed(
    settings: Settings, year: int, measure: str, months: pd.DataFrame, own: str = ""
) -> Iterator[Issue]:
    outlook, budget = float(months[own or measure].sum()), float(months[f"aop_{measure}"].sum())
    short = budget - outlook
    if budget <= 0 or short <= settings.tolerance * budget:
        return
    word = measure.capitalize()
    yield Issue(
        exception=f"{word} below AOP: FY{year}",
        area="finance",
        subject=f"FY{year}",
        period=months["period"].min(),
        message=(
            f"{word} of {_months_of(year, months)} is {number(short, settings.currency)} "
            f"({percent(short / budget)}) below the AOP of {number(budget, settings.currency)}."
        ),
        size=-short,
        size_unit=settings.currency,
        value=short,
        option=(
            "Adjust sales priorities, pace marketing spend, or change timing assumptions."
            if measure == "revenue"
            else "Adjust sales priorities to margin, reduce cost, or shift supply commitments."
        ),
        sheet="Finance_Recon",
    )


def _months_of(year: int, months: pd.DataFrame) -> str:
    """``fiscal year 2027``, or the months of it that have an AOP and are on the axis."""
    if len(months) == 12:
        return f"fiscal year {year}"
    return span(months["period"].min(), months["period"].max())


def short_cash(axis: Axis, settings: Settings, cash_flow: pd.DataFrame) -> Iterator[Issue]:
    """Months whose headroom at the bank is below the reserve, one issue for each run of months.

    Nothing is said where no cash is known: the plan of cash begins with zero then.
    """
    booked = cash_flow.loc[cash_flow["period"] == axis.opening, "closing"].fillna(0.0)
    if not booked.any():
        return
    headroom = by_period(cash_flow, "headroom", axis.plan)
    missing = settings.cash_reserve - headroom
    for run in runs(missing > CENT):
        at = run.first + int(np.argmax(missing[run.part]))
        first, worst = axis.plan[run.first], float(missing[at])
        yield Issue(
            exception=f"Cash below reserve: from {month(first)}",
            area="finance",
            subject="Cash",
            period=first,
            message=(
                f"Cash and facility are below the reserve of "
                f"{number(settings.cash_reserve, settings.currency)} in "
                f"{span(first, axis.plan[run.last])}: at worst "
                f"{number(float(headroom[at]), settings.currency)} in {month(axis.plan[at])}, "
                f"{number(worst, settings.currency)} too little."
            ),
            size=-worst,
            size_unit=settings.currency,
            value=worst,
            option="Try the levers; agree a larger facility, or move capital spending.",
            sheet="Cash_WC",
        )


def old_data(completeness: pd.DataFrame) -> Iterator[Issue]:
    """Sources that are stale or missing."""
    for row in completeness[completeness["status"].str.startswith("■")].to_dict("records"):
        known = not pd.isna(row["last_day"])
        age = f"ends on {row['last_day']:%Y-%m-%d}" if known else "was not loaded"
        yield Issue(
            exception=f"Old data: {row['source']}",
            area="data",
            subject=row["source"],
            period=None,
            message=f"{row['source']} {age}: what is planned on it may be wrong.",
            size=float(row["age"]),
            size_unit="days",
            value=float("nan"),
            option="Load newer data.",
            sheet="Data_Review",
        )
