"""A book in which a button was pressed, read while its plan is open."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from sop_xl.actions.book import PlanBook
from sop_xl.actions.collecting import admitted, weigh
from sop_xl.actions.plans import OpenPlan
from sop_xl.cycle import gate_is_open, steps_that_close
from sop_xl.errors import SopError
from sop_xl.store import AppendResult, Inputs, Issue
from sop_xl.store.merge import apply
from sop_xl.tables.executive import CYCLE_CALENDAR
from sop_xl.workbook.reader import BookInputs, inputs_of

TEMPLATE_BUILD = "template"
"""The build of the template, which belongs to no plan."""


@dataclass(frozen=True)
class Press:
    """A button that is pressed: in which book, of which plan, by whom, when."""

    action: str
    book: PlanBook
    plan: Path
    author: str
    at: dt.datetime
    choice: str = ""
    """What to do where the button has a choice: the plan to adopt, for example."""


@dataclass(frozen=True)
class Session:
    """What a book holds, beside the plan that issued it."""

    press: Press
    plan: OpenPlan
    issue: Issue
    held: BookInputs

    @property
    def book(self) -> PlanBook:
        return self.press.book

    @cached_property
    def stored(self) -> Inputs:
        """What the plan holds, as long as nothing of this book is taken over."""
        return self.plan.store.read(self.issue.cycle)

    @cached_property
    def weighed(self) -> AppendResult:
        """What would become of what was typed, if it were taken over now."""
        return weigh(self.plan, self.held, self.issue, self.book.file)

    @cached_property
    def calendar(self) -> pd.DataFrame:
        """The steps of the cycle: as the plan has them, with what was typed in this book.

        A copy that was not brought up to date since somebody signed off opens no gate.
        """
        held = self.stored.frames[CYCLE_CALENDAR.name]
        typed = [c for c in self.weighed.applied if c.table == CYCLE_CALENDAR.name]
        return apply(held, typed, CYCLE_CALENDAR).frame

    def need_open(self, gate: str) -> None:
        """Refuse what a signed step has closed.

        Raises:
            SopError: The gate is closed.
        """
        if not gate or gate_is_open(gate, self.calendar):
            return
        if gate == "signed":
            raise SopError("No step of this cycle is signed off.", "There is nothing to reopen.")
        closed = steps_that_close(gate, self.calendar["step"])[0]
        raise SopError(f"The step {closed} is signed off.", "Reopen it first: button Reopen step.")


def read(press: Press, plan: OpenPlan, gate: str = "") -> Session:
    """Read the book that a button was pressed in.

    Raises:
        SopError: It is no book of the plan's newest cycle, or the gate is closed.
    """
    book, identity = press.book, press.book.identity()
    if identity["build"] == TEMPLATE_BUILD:
        raise SopError(
            f"{book.name} is the template; it belongs to no cycle.",
            "Press New cycle: it opens the workbook of a plan's cycle.",
        )
    if not plan.store.cycles():
        raise SopError(
            f"The plan in {plan.folder.path} is empty; it did not issue {book.name}.",
            "If its store was moved or deleted, put it back; sop.toml says where it belongs.",
        )
    issue = admitted(plan, identity, book.name)
    session = Session(press, plan, issue, inputs_of(identity, book.sheets(), book.name))
    session.need_open(gate)
    return session
