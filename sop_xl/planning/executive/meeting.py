"""The meeting: agenda, calendar of the cycle, decisions to take."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.schema import Table, empty_frame
from sop_xl.tables.executive import (
    AGENDA,
    AGENDA_ROWS,
    CYCLE_CALENDAR,
    DECISIONS,
    process_steps,
)
from sop_xl.tables.settings import Settings

PROPOSALS = 5
"""Decisions that are proposed where nobody has written one yet."""
PROPOSED = "Proposed by the review: "
"""How the recommendation of a proposal begins."""
DECIDED = ("demand", "supply", "capacity", "finance")
"""Areas that need a decision; the others need somebody to do the work."""


def agenda() -> pd.DataFrame:
    """The table ``agenda``: eight items, ninety minutes."""
    return _typed(AGENDA, pd.DataFrame(AGENDA_ROWS, columns=AGENDA.names))


def cycle_calendar(axis: Axis, settings: Settings, typed: pd.DataFrame) -> pd.DataFrame:
    """The table ``cycle_calendar``: steps with dates; what people typed goes before the default.

    Args:
        axis: The cycle; its first period holds the working days that are counted.
        settings: Variant of the process, working days of the week.
        typed: The input table ``cycle_calendar``.
    """
    steps = process_steps(settings.process_variant)
    start = np.datetime64(axis.calendar.start(axis.first).date(), "D")
    week = "1" * axis.calendar.workdays_per_week + "0" * (7 - axis.calendar.workdays_per_week)
    offsets = [step.workday - 1 for step in steps]
    defaults = pd.DataFrame(
        {
            "step": [step.key for step in steps],
            "output": [step.output for step in steps],
            "workday": [step.workday for step in steps],
            "due": np.busday_offset(start, offsets, roll="forward", weekmask=week),
            "prepared_by": [step.prepared_by for step in steps],
            "signed_by": [step.signed_by for step in steps],
            "status": "open",
            "comment": "",
        }
    )
    kept = typed.set_index("step").reindex(defaults["step"])
    for name in ("prepared_by", "signed_by", "status", "comment"):
        given = kept[name].fillna("").to_numpy()
        defaults[name] = np.where(given == "", defaults[name], given)
    return _typed(CYCLE_CALENDAR, defaults)


def decisions(typed: pd.DataFrame, exceptions: pd.DataFrame) -> pd.DataFrame:
    """The table ``decisions``: what people wrote, or else proposals from the largest exceptions.

    A proposal is marked in its recommendation; the same exceptions give the same numbers.
    """
    if len(typed):
        return typed
    to_decide = exceptions["area"].isin(DECIDED) & (exceptions["status"] != "done")
    largest = exceptions[to_decide & (exceptions["value"] > 0)].head(PROPOSALS)
    if largest.empty:
        return empty_frame(DECISIONS.columns)
    proposed = pd.DataFrame(
        {
            "decision": [f"D-{number:02d}" for number in range(1, len(largest) + 1)],
            "question": [f"{message} What do we do?" for message in largest["message"]],
            "options": [f"(a) {option} (b) Accept it." for option in largest["option"]],
            "recommendation": [f"{PROPOSED}{option}" for option in largest["option"]],
            "value": largest["value"].to_numpy(),
            "level": "executive",
            "choice": "",
            "status": "proposed",
            "owner": "",
            "due": pd.NaT,
        }
    )
    return _typed(DECISIONS, proposed)


def _typed(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    return frame[table.names].astype(empty_frame(table.columns).dtypes.to_dict())


def untouched(decisions: pd.DataFrame) -> pd.Series[bool]:
    """Which decisions are proposals of the plan that nobody has taken up yet."""
    blank = (decisions["choice"] == "") & (decisions["owner"] == "") & decisions["due"].isna()
    proposed = decisions["recommendation"].str.startswith(PROPOSED)
    return proposed & blank & (decisions["status"] == "proposed")
