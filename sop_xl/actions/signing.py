"""Signing off the steps of a cycle, and reopening them."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from sop_xl.actions.plans import OpenPlan
from sop_xl.errors import SopError
from sop_xl.store import Change, Kind, keys_of
from sop_xl.tables.executive import CYCLE_CALENDAR, DONE

OPEN = "open"


def next_step(calendar: pd.DataFrame) -> str:
    """The step that is to be signed off next: the first that is not done.

    Raises:
        SopError: All of them are done.
    """
    undone = calendar.loc[calendar["status"] != DONE, "step"]
    if undone.empty:
        raise SopError("Every step of this cycle is signed off.", "Start the next cycle.")
    return str(undone.iloc[0])


def last_step(calendar: pd.DataFrame) -> str:
    """The step that was signed off last.

    Raises:
        SopError: None is.
    """
    done = calendar.loc[calendar["status"] == DONE, "step"]
    if done.empty:
        raise SopError("No step of this cycle is signed off.", "There is nothing to reopen.")
    return str(done.iloc[-1])


def set_status(
    plan: OpenPlan,
    cycle: str,
    build: str,
    steps: dict[str, str],
    reason: str,
    author: str,
    at: dt.datetime,
) -> None:
    """Put a new status of steps on record as a change of the cycle calendar.

    Args:
        build: The workbook in which it was decided.
        steps: The new status by step.
        reason: Why, for the change log.
    """
    held = plan.store.inputs(cycle)[CYCLE_CALENDAR.name]
    keys = dict(zip(held["step"], keys_of(held, CYCLE_CALENDAR), strict=True))
    before = dict(zip(held["step"], held["status"], strict=True))
    changes = [
        Change(
            CYCLE_CALENDAR.name, keys[step], "status", before[step], status, Kind.EDIT, reason,
            "Cycle_Calendar",
        )
        for step, status in steps.items()
        if before[step] != status
    ]
    # whoever signs decides now: an older copy of the book is no conflict
    plan.store.append_changes(cycle, changes, author, at, build, prefer="book")
