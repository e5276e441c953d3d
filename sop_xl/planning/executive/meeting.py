"""The meeting: agenda, calendar of the cycle, decisions to take."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from sop_xl.planning.calendar import Axis
from sop_xl.planning.executive.alternatives import alternatives
from sop_xl.schema import Table, empty_frame
from sop_xl.tables.executive import (
    AGENDA,
    AGENDA_ROWS,
    CYCLE_CALENDAR,
    DECISIONS,
    process_steps,
)
from sop_xl.tables.review import DONE
from sop_xl.tables.settings import Settings

PROPOSALS, PER_AREA = 5, 2
"""Decisions that are proposed where none is open, and how many of them of one area."""
SOON = 6
"""Plan months in which a shortage of capacity cannot wait."""
PROPOSED = "Proposed by the review"
"""How the recommendation of a proposal begins."""
PROPOSED_STATUS = "proposed"
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


def decisions(
    axis: Axis,
    settings: Settings,
    typed: pd.DataFrame,
    exceptions: pd.DataFrame,
    gap_options: pd.DataFrame,
    levers: pd.DataFrame,
    lever_effects: pd.DataFrame,
    finance_total: pd.DataFrame,
) -> pd.DataFrame:
    """The table ``decisions``: what people wrote, then proposals where none of that is open.

    A proposal is marked in its recommendation. Proposals that nobody has touched are made anew from
    the exceptions as they are now; one that asks about the same exception keeps its number, so that
    what somebody types beside it in an older book stays with its question.

    Args:
        axis: The periods; capacity is looked at in the next months of the plan.
        settings: The currency.
        typed: What people wrote or took up, and the proposals made before.
        exceptions: The table ``exceptions``, in the order of its rank.
        gap_options: The options of the gaps, which are the alternatives there.
        levers: The levers, which are the alternatives where a year misses the AOP.
        lever_effects: The grid: what each of them changes by month.
        finance_total: The grid: the months that have an AOP.
    """
    before, own = typed[untouched(typed)], typed[~untouched(typed)]
    if (_status(own) == PROPOSED_STATUS).any():
        return own
    asked = exceptions["exception"].isin(_subjects(own))
    asked |= _questions(exceptions).isin(own["question"])
    largest = _largest(axis, exceptions[~asked])
    if largest.empty:
        return own
    numbers = dict(zip(_subjects(before), before["decision"], strict=True))
    offered = [
        alternatives(row, settings, gap_options, levers, lever_effects, finance_total,
                     axis.calendar)
        for row in largest.to_dict("records")
    ]
    fresh = itertools.count(_highest(typed["decision"]) + 1)
    proposed = pd.DataFrame(
        {
            "decision": [
                numbers.get(exception) or f"D-{next(fresh):02d}"
                for exception in largest["exception"]
            ],
            "question": _questions(largest).to_numpy(),
            "options": [
                " ".join(f"({letter}) {text}." for letter, text in zip("abcd", texts, strict=False))
                for texts in offered
            ],
            "recommendation": [
                f"{PROPOSED} ({exception}): (a) {texts[0]}."
                for exception, texts in zip(largest["exception"], offered, strict=True)
            ],
            "value": largest["value"].to_numpy(),
            "level": "executive",
            "choice": "",
            "status": PROPOSED_STATUS,
            "owner": "",
            "due": pd.NaT,
        }
    )
    proposed = _typed(DECISIONS, proposed)
    return _typed(DECISIONS, pd.concat([own, proposed], ignore_index=True))


def _subjects(decisions: pd.DataFrame) -> pd.Series[str]:
    """The exception that each proposal was made for, as its recommendation says."""
    about = decisions["recommendation"].str.extract(rf"^{PROPOSED} \((.*)\): ")[0]
    return about.fillna("")


def _questions(exceptions: pd.DataFrame) -> pd.Series[str]:
    return exceptions["message"] + " What do we do?"


def _largest(axis: Axis, exceptions: pd.DataFrame) -> pd.DataFrame:
    """The exceptions to decide on, a few of each area, the most money first.

    Of several that tell the same gap (revenue and margin of a year) the largest stands for all:
    where the revenue of a year misses the AOP, the families whose demand misses it are its parts. A
    shortage of capacity in the next months is always among them if money is at stake: it cannot
    wait.
    """
    found = exceptions[exceptions["area"].isin(DECIDED) & (exceptions["status"] != DONE)]
    short = (found["area"] == "capacity") & found["period"].isin(axis.plan[:SOON])
    urgent = found[short & (found["value"] > 0)].head(1)
    found = pd.concat([urgent, found[found["value"] > 0].drop(urgent.index, errors="ignore")])
    found = found[~found.duplicated(["area", "subject", "period"])]
    if found["exception"].str.startswith("Revenue below AOP: ").any():
        found = found[~found["exception"].str.startswith("Demand below AOP: ")]
    found = found[found.groupby("area").cumcount() < PER_AREA]
    return found.head(PROPOSALS).sort_index()


def _highest(numbers: pd.Series[str]) -> int:
    """The highest of the numbers D-01, D-02 ...; zero without any."""
    found = numbers.str.extract(r"^\s*[Dd]-?(\d+)\s*$")[0].dropna()
    return max(map(int, found), default=0)


def _status(decisions: pd.DataFrame) -> pd.Series[str]:
    """Where each decision stands; one without a word has been proposed."""
    return decisions["status"].replace("", PROPOSED_STATUS)


def pending(decisions: pd.DataFrame) -> pd.Series[bool]:
    """Which decisions still have to be taken."""
    return _status(decisions).isin([PROPOSED_STATUS, "changes requested", "escalated"])


def _typed(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    return frame[table.names].astype(empty_frame(table.columns).dtypes.to_dict())


def untouched(decisions: pd.DataFrame) -> pd.Series[bool]:
    """Which decisions are proposals of the plan that nobody has taken up yet."""
    blank = (decisions["choice"] == "") & (decisions["owner"] == "") & decisions["due"].isna()
    proposed = decisions["recommendation"].str.startswith(PROPOSED)
    return proposed & blank & (decisions["status"] == PROPOSED_STATUS)
