"""Capacity shortages: what the register of constraints says of each, and resources too full."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import totals
from sop_xl.planning.review.exceptions import Issue, runs
from sop_xl.planning.wording import month, months, number, percent
from sop_xl.tables.settings import Settings
from sop_xl.tables.shortage import RESOURCE
from sop_xl.tables.supply import SHORT_HOURS

PROPOSED = 2
"""Options that an exception names."""
LEAST_UNITS = 0.5
"""Units that are rounding."""


def capacity_shortages(
    settings: Settings,
    capacity: pd.DataFrame,
    resources: pd.DataFrame,
    constraints: pd.DataFrame,
    gap_options: pd.DataFrame,
) -> Iterator[Issue]:
    """One issue for each gap of the register, in its order, with its hours and its money.

    Where what is late has no margin, the hours are worth what they cost.

    Args:
        settings: The currency.
        capacity: The grid.
        resources: For the cost per hour.
        constraints: The register.
        gap_options: The options of the gaps.
    """
    rates = resources.set_index("resource")["cost_per_hour"].fillna(0.0)
    for row in constraints[constraints["kind"] == RESOURCE].to_dict("records"):
        name, first, last = row["subject"], row["start"], row["end"]
        inside = (capacity["resource"] == name) & capacity["period"].between(first, last)
        load, available = (float(capacity.loc[inside, n].sum()) for n in ("load", "available"))
        loaded = f"{percent(load / available)} loaded" if available > 0 else "without hours"
        late, value = float(row["units"]) >= LEAST_UNITS, max(0.0, float(row["margin"]))
        stake = f"{number(value, settings.currency)} of margin late or lost"
        if late and value == 0:
            value = float(row["size"]) * float(rates.get(name, 0.0))
            stake = f"the missing hours cost {number(value, settings.currency)}"
        told = row["what"].partition(": ")[2].removesuffix(".")
        yield Issue(
            exception=f"Capacity short: {name} from {month(first)}",
            area="capacity",
            subject=name,
            period=first,
            message=(
                f"{name} is {loaded} in {months(first, last)}, {number(row['size'])} h short: "
                f"{told}{f'; {stake}' if late else ''}."
            ),
            size=-float(row["size"]),
            size_unit="h",
            value=value,
            option=_priced(settings, gap_options, name, first) or row["proposal"],
            sheet="Options",
        )


def _priced(
    settings: Settings, options: pd.DataFrame, resource: str, first: pd.Period
) -> str:
    """The best options of the sheet Options that pay and come in time; empty if it has none."""
    own = options[(options["resource"] == resource) & (options["period"] == first)]
    pay = own["pays"].str.startswith("●") & ~own["in_time"].str.startswith("■")
    best = own[pay].sort_values(["rank", "option"]).head(PROPOSED)
    if best.empty:
        return ""
    told = "; ".join(_told(settings, row) for row in best.to_dict("records"))
    return f"{told[0].upper()}{told[1:]}. All of them with dates: Options."


def _told(settings: Settings, row: Mapping[Hashable, Any]) -> str:
    covers, cost, gain = (float(row[name]) for name in ("covers", "cost", "gain"))
    if covers <= 0:
        return f"{row['option']}: saves {number(gain, settings.currency)} of margin"
    price = f"for {number(cost, settings.currency)}" if cost > 0 else "at no cost"
    return f"{row['option']}: {number(covers)} h {price}"


def too_full(axis: Axis, settings: Settings, capacity: pd.DataFrame) -> Iterator[Issue]:
    """Resources above the utilisation limit that the company set, where no hours are short."""
    names = [str(name) for name in capacity["resource"].drop_duplicates()]
    load, available, gap = (
        totals(capacity, name, "resource", names, axis.plan)
        for name in ("load", "available", "gap")
    )
    limit = settings.utilisation_limit
    above = load - limit * available
    for at, name in enumerate(names):
        for run in runs((above[at] > SHORT_HOURS) & (gap[at] >= -SHORT_HOURS)):
            first, last = axis.plan[run.first], axis.plan[run.last]
            used = float(load[at, run.part].sum() / available[at, run.part].sum())
            over = float(above[at, run.part].sum())
            yield Issue(
                exception=f"Too full: {name} from {month(first)}",
                area="capacity",
                subject=name,
                period=first,
                message=(
                    f"{name} is {percent(used)} loaded in {months(first, last)}: {number(over)} h "
                    f"above the limit of {percent(limit, 0)}; no hours are short."
                ),
                size=-over,
                size_unit="h",
                value=float("nan"),
                option="Keep hours in reserve, or raise the limit (setting utilisation_limit).",
                sheet="Capacity",
            )
