"""What a press on a button does: one flow for the open workbook, for a file and for a test.

The inputs of the book are read and taken into the plan, the steps are run, the whole book is drawn
anew in memory, and what differs is written into it once, at the end. Whatever would be overwritten
is shown first, and nothing is done if the answer is no.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sop_xl import __version__
from sop_xl.actions.book import PlanBook
from sop_xl.actions.books import Issuable, default_book, free_name, issuable, register, write_book
from sop_xl.actions.collecting import Collected, admitted, misplaced, take_over, weigh
from sop_xl.actions.plans import OpenPlan, open_plan, relative
from sop_xl.actions.telling import change_text, kept_text
from sop_xl.cycle import gate_is_open, steps_that_close
from sop_xl.errors import SopError
from sop_xl.planning.wording import count
from sop_xl.schema import Finding, Severity, has_errors
from sop_xl.store import Issue
from sop_xl.tables.executive import CYCLE_CALENDAR
from sop_xl.workbook.build import draw
from sop_xl.workbook.macros import XLWINGS_VERSION
from sop_xl.workbook.reader import BookInputs, inputs_of
from sop_xl.workbook.refresh import Patches, Typed

LOG_FILE = "logs/actions.log"
"""In the plan folder: every press with what came of it."""


class Report(NamedTuple):
    """What came of a press: one title, the details, and where to look."""

    title: str
    lines: list[str]
    findings: bool = False
    """Something wants to be looked at."""
    go: str = ""
    """The cell to show: ``Checks!A1``."""


@dataclass(frozen=True)
class Press:
    """A button that is pressed: in which book, of which plan, by whom, when."""

    action: str
    book: PlanBook
    plan: Path
    author: str
    at: dt.datetime


class Session(NamedTuple):
    """A book that was read while its plan is open."""

    press: Press
    plan: OpenPlan
    issue: Issue
    held: BookInputs

    @property
    def book(self) -> PlanBook:
        return self.press.book


class Refreshed(NamedTuple):
    """A plan after a press, beside what the book showed before."""

    before: BookInputs
    collected: Collected
    made: Issuable
    lines: list[str]
    """What was taken over, overwritten or written elsewhere."""


class StoppedError(Exception):
    """An action ended early, with a report and nothing lost."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.title)
        self.report = report


def read(press: Press, plan: OpenPlan, gate: str = "") -> Session:
    """Read the book that a button was pressed in.

    Raises:
        SopError: It is no book of the plan's newest cycle, or the gate is closed.
    """
    identity = press.book.identity()
    issue = admitted(plan, identity, press.book.name)
    held = inputs_of(identity, press.book.sheets(), press.book.name)
    session = Session(press, plan, issue, held)
    steps = calendar(session)
    if not gate_is_open(gate, steps):
        if gate == "signed":
            raise SopError("No step of this cycle is signed off.", "There is nothing to reopen.")
        closed = steps_that_close(gate, steps["step"])[0]
        raise SopError(f"The step {closed} is signed off.", "Reopen it first: button Reopen step.")
    return session


def calendar(session: Session) -> pd.DataFrame:
    """The steps of the cycle and their status, as the book has them."""
    held = session.held.frames.get(CYCLE_CALENDAR.name)
    if held is not None and {"step", "status"} <= set(held.columns):
        return held
    return session.plan.store.inputs(session.issue.cycle)[CYCLE_CALENDAR.name]


def bring_up_to_date(
    session: Session, work: Callable[[Session], list[str]] | None = None
) -> Refreshed:
    """Take over what was typed, do some work on the plan, and make the book show the plan.

    Args:
        work: What to do after the inputs were taken over; gives lines for the report.

    Raises:
        StoppedError: The inputs have errors, or the user did not want what would be overwritten.
        SopError: The machine made it impossible; the book is as it was.
    """
    press, plan, issue, held = session
    asked = _ask_first(session)
    collected = take_over(
        plan, held, issue, press.book.file, press.author, press.at, rerun=False
    )
    lines = [change_text(change) for change in collected.applied]
    lines += [f"conflict: {change_text(c.change)}; {kept_text(c)}" for c in collected.conflicts]
    lines += [str(finding) for finding in collected.findings]
    lines += work(session) if work else []
    made = issuable(plan, issue.cycle, press.book.say)
    lines += [str(finding) for finding in misplaced(plan, made.frames, collected.applied)]
    lines += _show(session, made, asked)
    return Refreshed(held, collected, made, lines)


def _ask_first(session: Session) -> set[tuple[str, str]]:
    """Show what is going to be overwritten; gives the rows that were shown, by sheet."""
    _, plan, issue, held = session
    if has_errors(held.findings):
        wrong = [str(f) for f in held.findings if f.severity is Severity.ERROR]
        raise StoppedError(
            Report("Nothing was done: some inputs cannot be used.", wrong, findings=True,
                   go=_place(held.findings))
        )
    weighed = weigh(plan, held, issue, session.book.file)
    lines = [f"{change_text(c.change)}; {kept_text(c)}" for c in weighed.conflicts]
    lines += [f"{f.sheet}!{f.cell}: {f.message}" for f in held.typed_over]
    if lines and not session.book.ask("This is going to be overwritten in the workbook:", lines):
        raise StoppedError(Report("Cancelled: nothing was changed.", lines, findings=True))
    return {(f.sheet, _row(f.cell)) for f in held.typed_over}


def _place(findings: Iterable[Finding]) -> str:
    """The first cell that a finding names."""
    named = (f"{f.sheet}!{f.cell.split()[0]}" for f in findings if f.sheet and f.cell)
    return next(named, "")


def _row(cell: str) -> str:
    """The row of the first cell of ``Z14 to AB14``."""
    return cell.split(" ", maxsplit=1)[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _show(session: Session, made: Issuable, asked: set[tuple[str, str]]) -> list[str]:
    """Make the book show a plan, or write a new one where it cannot; gives lines for the report."""
    plan, book = session.plan, session.book
    drawn = draw(made.frames, plan.settings, made.run.axis, made.identity, book.say)
    patches = book.difference(drawn)
    typed = [t for patch in patches.sheets for t in patch.typed if _spot(t) not in asked]
    lines = [_typed_line(t) for t in typed]
    if lines and not book.ask("These cells are going to be written over:", lines):
        kept = "What was typed into input cells is in the plan; the workbook is as it was."
        title = "Cancelled: the workbook was not brought up to date."
        raise StoppedError(Report(title, [kept, *lines], findings=True))
    if reasons := _reasons_for_new(session, patches):
        target = free_name(default_book(plan, made.identity.cycle), f"_v{made.identity.version}_")
        write_book(plan, made, drawn, target)
        book.open(target)
        return [*lines, f"A new workbook was written: {target}", *reasons]
    shown = relative(Path(book.file), plan.folder.path)
    book.write(
        patches, drawn, lambda digest: register(plan, made, shown, digest),
        issued=session.issue.sha256,
    )
    return lines


def _spot(typed: Typed) -> tuple[str, str]:
    sheet, _, cell = typed.cell.partition("!")
    return sheet, _row(cell)


def _typed_line(typed: Typed) -> str:
    shown = "is empty" if typed.shown in (None, "") else f"shows {typed.shown!r}"
    return f"{typed.cell} {shown}; it gets back its {typed.meant}"


def _reasons_for_new(session: Session, patches: Patches) -> list[str]:
    """Why the open book cannot be brought up to date."""
    identity = session.held.identity
    reasons = [session.book.needs_new] if session.book.needs_new else []
    if (identity["program"], identity["xlwings"]) != (__version__, XLWINGS_VERSION):
        older = identity["program"] or "an older version"
        reasons.append(
            f"This one was written by sop-xl {older} (xlwings {identity['xlwings'] or 'unknown'}); "
            f"its buttons and functions belong to that version, this is {__version__}."
        )
    return reasons + patches.moved


# ---- a press from outside --------------------------------------------------------------

Action = Callable[[Press], Report]


def perform(press: Press, action: Action, label: str) -> Report:
    """Run the action of a button, tell what came of it, and put it on record.

    Raises:
        SopError: It was impossible; that is on record, too.
    """
    try:
        report = action(press)
    except StoppedError as stopped:
        report = stopped.report
    except SopError as error:
        _record(press, Report(f"{error.message} {error.remedy}", []))
        raise
    _record(press, report)
    press.book.log([(label, line) for line in (report.title, *report.lines)])
    if report.go:
        press.book.go(report.go)
    press.book.tell(report.title, report.lines)
    return report


def _record(press: Press, report: Report) -> None:
    """Append to the log of the plan folder; a log that cannot be written stops nobody."""
    with suppress(OSError):
        place = press.plan / LOG_FILE
        place.parent.mkdir(parents=True, exist_ok=True)
        head = f"{press.at:%Y-%m-%d %H:%M:%S} {press.author} {press.action} {press.book.name}"
        lines = [f"{head}: {report.title}", *(f"    {line}" for line in report.lines)]
        with place.open("a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


def taken_over(collected: Collected) -> str:
    """``2 changes taken over, 1 conflict``."""
    return (
        f"{count(len(collected.applied), 'change')} taken over, "
        f"{count(len(collected.conflicts), 'conflict')}"
    )


def opened(press: Press, gate: str, then: Callable[[Session], Report]) -> Report:
    """Open the plan of a press, read its book and go on."""
    with open_plan(press.plan) as plan:
        return then(read(press, plan, gate))


Lines = Callable[[Refreshed], list[str]]


def refreshing(gate: str, title: str, tell: Lines, go: str = "") -> Action:
    """An action that recomputes the plan and tells about one side of it."""

    def action(press: Press) -> Report:
        def then(session: Session) -> Report:
            done = bring_up_to_date(session)
            lines = [*tell(done), *done.lines]
            findings = bool(done.collected.conflicts or done.collected.findings)
            return Report(f"{title}: {taken_over(done.collected)}.", lines, findings, go)

        return opened(press, gate, then)

    return action
