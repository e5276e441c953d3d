"""Stock that is on target by the supply plan and not with the hours there are (step 5).

The supply plan is limited by no capacity. What it makes and the hours do not allow is missing in
stock first; what is late beyond that is told with the gap in hours.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import totals
from sop_xl.planning.review.exceptions import Issue, runs
from sop_xl.planning.review.stock import BAND, NOISE
from sop_xl.planning.wording import month, months, number
from sop_xl.tables.settings import Settings


def limited_stock(
    axis: Axis,
    settings: Settings,
    supply_plan: pd.DataFrame,
    constrained_plan: pd.DataFrame,
    finance_family: pd.DataFrame,
) -> Iterator[Issue]:
    """One issue for each run of months in which the hours there are leave the stock of a family
    below its target, beyond what the supply plan leaves it; only that counts and is valued, for the
    rest is an issue of the supply plan (``stock_issues``).

    Args:
        axis: Periods across.
        settings: Unit and currency.
        supply_plan: The grid, which no capacity limits.
        constrained_plan: The grid: what the hours allow.
        finance_family: The grid, for what a unit costs.
    """
    names = sorted(set(supply_plan["family"]))
    target, planned = (
        totals(supply_plan, name, "family", names, axis.plan) for name in ("target", "inventory")
    )
    possible = np.maximum(0.0, totals(constrained_plan, "net_stock", "family", names, axis.plan))
    cost = totals(finance_family, "unit_cost", "family", names, axis.plan)
    missing, told_already = target - possible, np.maximum(0.0, target - planned)
    by_hours = missing - told_already
    low = by_hours > np.maximum(NOISE, BAND * target)
    for at, name in enumerate(names):
        for run in runs(low[at]):
            worst = run.first + int(np.argmax(by_hours[at, run.part]))
            units, first = float(by_hours[at, worst]), axis.plan[run.first]
            value = units * float(cost[at, worst])
            yield Issue(
                exception=f"Stock short of hours: {name} from {month(first)}",
                area="supply",
                subject=name,
                period=first,
                message=(
                    f"With the hours there are, {name} is "
                    f"{number(float(missing[at, worst]), settings.base_unit)} below its target "
                    f"stock in {month(axis.plan[worst])}, by the supply plan "
                    f"{number(float(told_already[at, worst]))}; for want of hours up to "
                    f"{number(units, settings.base_unit)} are missing in "
                    f"{months(first, axis.plan[run.last])}, worth "
                    f"{number(value, settings.currency)} at cost."
                ),
                size=-units,
                size_unit=settings.base_unit,
                value=value,
                option="Choose among the options of the sheet Options, or accept less stock.",
                sheet="Constrained_Plan",
            )
