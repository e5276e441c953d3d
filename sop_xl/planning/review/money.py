"""Financial issues: fiscal years that miss the AOP, and data that are too old to trust."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.review.exceptions import Issue
from sop_xl.planning.wording import months as span
from sop_xl.planning.wording import number, percent
from sop_xl.tables.settings import Settings


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
            yield from _missed(settings, year, "margin", months)


def _missed(settings: Settings, year: int, measure: str, months: pd.DataFrame) -> Iterator[Issue]:
    outlook, budget = float(months[measure].sum()), float(months[f"aop_{measure}"].sum())
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
