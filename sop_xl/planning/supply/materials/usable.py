"""Messages to purchasing that hurry for output which the hours do not allow: said beside them.

Requirements follow the supply plan, which no capacity limits. The constrained plan makes some of it
later: then material that is hurried for its month lies.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.frames import Numbers, ratio, rounded, totals
from sop_xl.planning.wording import month, percent

HURRIED = ("late", "expedite")
"""Kinds of messages that have something hurried."""
ENOUGH = 0.995
"""Part that can be used from which nothing is said."""


def usable_part(planned: Numbers, possible: Numbers) -> Numbers:
    """Which part of the production of each month the hours allow by the end of that month.

    What is behind is made first, so a month gets what is left: ``(C'_t - C_(t-1)) / P_t`` within 0
    and 1, C and C' being the sums of what is planned and possible to date.

    Args:
        planned: P, units of the supply plan, families down, plan months across.
        possible: Units that the constrained plan makes.

    >>> usable_part(np.array([[10.0, 10, 10]]), np.array([[6.0, 10, 14]])).tolist()
    [[0.6, 0.6, 1.0]]
    """
    before = np.cumsum(planned, axis=1) - planned
    done = rounded(np.cumsum(possible, axis=1) - before)
    share = ratio(np.clip(done, 0.0, planned), planned)
    return np.where(planned > 0, share, 1.0)


def noted(
    axis: Axis,
    messages: pd.DataFrame,
    pegging: pd.DataFrame,
    supply_plan: pd.DataFrame,
    constrained_plan: pd.DataFrame,
) -> pd.DataFrame:
    """The list ``material_messages`` with a note where the hours do not allow what is hurried for.

    Args:
        axis: Periods across.
        messages: The list as the requirements made it.
        pegging: The list ``material_pegging``: whose need it is, by family.
        supply_plan: The grid.
        constrained_plan: The grid.
    """
    names = sorted(set(supply_plan["family"]))
    part = usable_part(*(
        totals(frame, "production", "family", names, axis.plan)
        for frame in (supply_plan, constrained_plan)
    ))  # fmt: skip
    needs = pegging[pegging["family"].isin(names)]
    weights = needs.pivot_table("quantity", "component", "family", "sum", 0.0).reindex(
        columns=names, fill_value=0.0
    )
    hurried = messages["what"].isin(HURRIED) & messages["component"].isin(weights.index)
    texts = messages["message"].tolist()
    months = axis.plan.get_indexer(pd.PeriodIndex(messages["needed"], freq="M"))
    for row in np.flatnonzero(hurried.to_numpy()).tolist():
        one = messages.iloc[row]
        at = int(months[row])
        share = weights.loc[one["component"]].to_numpy(dtype=float)
        used = float(share @ part[:, at] / share.sum()) if at >= 0 and share.sum() > 0 else 1.0
        if used < ENOUGH:
            texts[row] = (
                f"{texts[row]} But by the hours there are, only {percent(used, 0)} of it can be "
                f"used by the end of {month(one['needed'])}: see Constrained_Plan."
            )
    return messages.assign(message=pd.Series(texts, index=messages.index, dtype="str"))
