"""What could be decided about an exception: alternatives with their figures, and doing nothing."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from sop_xl.planning.calendar import Calendar
from sop_xl.planning.wording import months, number, percent
from sop_xl.tables.settings import Settings

MOST = 3
"""Alternatives beside doing nothing."""
LEAST_SHARE = 0.05
"""Share of a gap that a lever has to bring to be worth a decision."""
NONE_PAYS = "no option that comes in time pays off: see Options"
"""Why nothing is bought for a gap that has options."""
NO_LEVER = f"no lever that pays brings {percent(LEAST_SHARE, 0)} of the gap: see Levers"
"""Why none of the levers that are set closes a gap of money."""
BY_KIND = {
    "Large deal": (
        "Plan with it: set Included to yes",
        "Plan without it, and reserve nothing: set Included to no",
    ),
    "Demand below AOP": (
        "Close the gap with events or pipeline",
        "Take the lower outlook into finance, and cut the cost that goes with the volume",
    ),
    "Material late": (
        "Order it at once and expedite",
        "Make first what does not need it, and agree later dates for the rest",
    ),
    "Backlog": (
        "Make it first, and let other families wait",
        "Buy hours or finished units",
        "Agree later dates with the customers",
    ),
    "Stock above target": (
        "Make less until it is used up",
        "Sell it off (lever reduce inventory)",
    ),
    "Stock below target": (
        "Bring production forward",
        "Lower the target",
    ),
}
"""What can be decided about exceptions that name one remedy only."""


def alternatives(
    exception: Mapping[Hashable, Any],
    settings: Settings,
    gap_options: pd.DataFrame,
    levers: pd.DataFrame,
    lever_effects: pd.DataFrame,
    finance_total: pd.DataFrame,
    calendar: Calendar,
) -> list[str]:
    """The best alternatives, then what it means to do nothing.

    Of a capacity gap they are its priced options that pay off, and where none does it is doing
    nothing alone; of a year below the AOP the levers that help without a loss, as they are set;
    else what the exception names.

    Args:
        exception: A row of the table ``exceptions``.
        settings: The currency.
        gap_options: The options of the gaps.
        levers: The levers.
        lever_effects: The grid: what each of them changes by month.
        finance_total: The grid: the months that have an AOP.
        calendar: The fiscal years.
    """
    kind = str(exception["exception"]).partition(": ")[0]
    told: list[str] = []
    if kind == "Capacity short":
        own = _gap(exception, gap_options)
        if len(own):
            told = list(_of_gap(settings, own))
            nothing = _nothing(exception, settings)
            return [*told[:MOST], nothing] if told else [f"{nothing}; {NONE_PAYS}"]
    elif kind.endswith("below AOP") and exception["area"] == "finance":
        told = list(_of_levers(kind.partition(" ")[0].casefold(), float(exception["value"]),
                              settings, levers,
                              _of_year(exception, lever_effects, finance_total, calendar)))
        if not told and (levers["kind"] != "").any():
            return [f"{_nothing(exception, settings)}; {NO_LEVER}"]
    else:
        told = list(BY_KIND.get(kind, ()))
    if len(told) < 2:
        told = [*told, *(text for text in _named(str(exception["option"])) if text not in told)]
    return [*told[:MOST], _nothing(exception, settings)]


def _gap(exception: Mapping[Hashable, Any], options: pd.DataFrame) -> pd.DataFrame:
    own = (options["resource"] == exception["subject"]) & (options["period"] == exception["period"])
    found: pd.DataFrame = options[own]
    return found


def _of_gap(settings: Settings, options: pd.DataFrame) -> Iterator[str]:
    """The options of a gap that pay off, cover hours and come in time for some, by their rank."""
    own = options[
        options["pays"].str.startswith("●")
        & (options["covers"] > 0)
        & ~options["in_time"].str.startswith("■")
    ]
    for row in own.sort_values("rank").to_dict("records"):
        cost = number(row["cost"], settings.currency) if row["cost"] > 0 else "nothing"
        yield (
            f"{row['option'].capitalize()}: {number(row['covers'])} h for {cost}, saves "
            f"{number(row['gain'], settings.currency)} of margin"
        )


def _of_year(
    exception: Mapping[Hashable, Any],
    lever_effects: pd.DataFrame,
    finance_total: pd.DataFrame,
    calendar: Calendar,
) -> pd.DataFrame:
    """The effects of the levers in the months of which the exception speaks: those of its fiscal
    year that have an AOP."""
    budgeted = finance_total.loc[finance_total["aop_revenue"] > 0, "period"]
    years = calendar.fiscal_year(pd.PeriodIndex(lever_effects["period"], freq="M"))
    own = lever_effects["period"].isin(budgeted) & (years == int(str(exception["exception"])[-4:]))
    found: pd.DataFrame = lever_effects[own & (lever_effects["active"] > 0)]
    return found


def _of_levers(
    measure: str, missing: float, settings: Settings, levers: pd.DataFrame, effects: pd.DataFrame
) -> Iterator[str]:
    """The levers that bring a part of what is missing in the months given, and cost no profit; the
    largest effect first."""
    sums = effects.groupby("lever")[["revenue", "margin", "expense"]].sum()
    shown = effects.groupby("lever")["period"].agg(["min", "max"])
    rows = levers.drop(columns=["revenue", "margin", "expense"]).merge(
        sums.join(shown), left_on="lever", right_index=True
    )
    able = rows[
        (rows["kind"] != "")
        & (rows[measure] >= max(LEAST_SHARE * missing, 1.0))
        & (rows["margin"] >= rows["expense"])
    ]
    for row in able.sort_values(measure, ascending=False, kind="stable").to_dict("records"):
        gain = "; ".join(
            f"{name} {number(row[name], settings.currency)}"
            for name in dict.fromkeys((measure, "margin"))
        )
        span = months(row["min"], row["max"])
        yield (
            f"Lever {row['lever']}, {row['kind']}: {row['family']}, {gain} by it in {span}, "
            f"{percent(row[measure] / missing, 0)} of the gap"
        )


def _named(option: str) -> list[str]:
    """The alternatives that the text of an exception names.

    >>> _named("Adjust sales priorities, pace marketing spend, or change timing.")
    ['Adjust sales priorities', 'Pace marketing spend', 'Change timing']
    >>> _named("Order 3,000 m at once, by its lead time there in May.")
    ['Order 3,000 m at once, by its lead time there in May']
    """
    text = option.removesuffix(".")
    parts = re.split(r", or |; ", text)
    if ", or " in text:
        parts = [*re.split(r", ", parts[0]), *parts[1:]]
    return [part[:1].upper() + part[1:] for part in parts if part]


def _nothing(exception: Mapping[Hashable, Any], settings: Settings) -> str:
    value = exception["value"]
    if not isinstance(value, float) or pd.isna(value):
        return "Leave it as it is"
    return f"Leave it as it is: {number(value, settings.currency)} at stake"
