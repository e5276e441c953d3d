"""What a press on a button does: one flow for the open workbook, for a file and for a test.

The inputs of the book are read, the plan is run on them, and whatever would be overwritten is
shown: nothing is done if the answer is no. Then they are taken into the plan, the whole book is
drawn anew in memory, and what differs is written into it once, at the end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from sop_xl import __version__
from sop_xl.actions.collecting import Collected, misplaced, take_over
from sop_xl.actions.issuing import Issuable, default_book, free_name, issuable, register, write_book
from sop_xl.actions.plans import OpenPlan, open_plan, relative
from sop_xl.actions.preview import Preview, drawn_as, healed, preview
from sop_xl.actions.session import Press, Session, read
from sop_xl.actions.telling import change_text, kept_text
from sop_xl.errors import SopError
from sop_xl.planning.wording import count
from sop_xl.schema import Finding, Severity
from sop_xl.sources.plan_folder import SETTINGS_FILE
from sop_xl.workbook.macros import XLWINGS_VERSION
from sop_xl.workbook.reader import BookInputs
from sop_xl.workbook.refresh import Patches
from sop_xl.workbook.sheet import Identity

LOG_FILE = "logs/actions.log"
"""In the plan folder: every press with what came of it."""


class Report(NamedTuple):
    """What came of a press: one title, the details, and where to look."""

    title: str
    lines: list[str]
    findings: bool = False
    """Something wants to be looked at, or it was not done because somebody said no."""
    go: str = ""
    """The cell to show: ``Checks!A1``."""
    kept: bool = True
    """Whether it is worth a line in the book's own log; who only looks around leaves none."""
    told: bool = True
    """Whether to tell it; what is shown by going there need not be told."""


class Refreshed(NamedTuple):
    """A plan after a press, beside what the book showed before."""

    before: BookInputs
    collected: Collected
    made: Issuable
    lines: list[str]
    """What was taken over, overwritten or written elsewhere."""
    findings: bool
    """Whether something about the inputs wants to be looked at."""
    in_place: bool
    """Whether the book itself shows the plan now, and not a new one."""

    def report(self, title: str, lines: Sequence[str] = (), go: str = "") -> Report:
        """What to tell: the lines of the action, then what happened to the book."""
        told = [*lines, *self.lines]
        return Report(title, told, self.findings, go if self.in_place else "")


class StoppedError(Exception):
    """An action ended early, with a report and nothing lost."""

    def __init__(self, report: Report) -> None:
        super().__init__(report.title)
        self.report = report


Work = Callable[[Session], list[str]]
"""What is done on a plan after the inputs were taken over; gives lines for the report."""


def usable(session: Session) -> Session:
    """The book with inputs that can be taken over.

    Raises:
        StoppedError: Some of them have errors.
    """
    session = healed(session)
    wrong = [f for f in session.held.findings if f.severity is Severity.ERROR]
    if wrong:
        title = "Nothing was done: some inputs cannot be used."
        raise StoppedError(Report(title, list(map(str, wrong)), findings=True, go=_place(wrong)))
    return session


def bring_up_to_date(
    session: Session, work: Work | None = None, allow: Callable[[Preview], None] | None = None
) -> Refreshed:
    """Take over what was typed, do some work on the plan, and make the book show the plan.

    Args:
        work: What to do after the inputs were taken over.
        allow: Looks at the plan as it will be, and raises an error if it shall not be.

    Raises:
        StoppedError: The inputs have errors, or the user did not want what would be overwritten.
        SopError: The machine made it impossible; the book is as it was.
    """
    session = usable(session)
    press, plan, cycle = session.press, session.plan, session.issue.cycle
    foreseen = preview(session)
    if allow:
        allow(foreseen)
    overwritten = [*foreseen.conflicts, *foreseen.restored]
    ask_first(session, "This is going to be overwritten in the workbook:", overwritten)
    collected = take_over(
        plan, session.held, session.issue, press.book.file, press.author, press.at, rerun=False
    )
    # what was typed over was shown and comes back: nothing is left to look at
    left = [finding for finding in collected.findings if finding not in foreseen.typed_over]
    collected = collected._replace(findings=left)
    lines = [*foreseen.restored, *collected_lines(collected)]
    lines += work(session) if work else []
    made = issuable(plan, cycle, press.book.say, foreseen.made.run)
    lines += [str(finding) for finding in misplaced(plan, made.frames, collected.applied)]
    shown, in_place = _show(session, made, foreseen)
    findings = bool(collected.conflicts or collected.findings)
    return Refreshed(session.held, collected, made, lines + shown, findings, in_place)


def ask_first(session: Session, question: str, lines: Sequence[str]) -> None:
    """Show what is going to be lost, if anything is.

    Raises:
        StoppedError: The answer was no.
    """
    if lines and not session.book.ask(question, lines):
        raise StoppedError(Report("Cancelled: nothing was changed.", [], findings=True))


def collected_lines(collected: Collected) -> list[str]:
    """What became of the inputs of a book."""
    lines = [change_text(change) for change in collected.applied]
    lines += [f"conflict: {change_text(c.change)}; {kept_text(c)}" for c in collected.conflicts]
    return lines + [str(finding) for finding in collected.findings]


def _place(findings: Iterable[Finding]) -> str:
    """The first cell that a finding names."""
    named = (f"{f.sheet}!{f.cell.split()[0]}" for f in findings if f.sheet and f.cell)
    return next(named, "")


def _show(session: Session, made: Issuable, foreseen: Preview) -> tuple[list[str], bool]:
    """Make the book show a plan, or write a new one where it cannot.

    Returns:
        Lines for the report, and whether the book itself shows the plan.
    """
    plan, book = session.plan, session.book
    drawn, patches = foreseen.drawn, foreseen.patches
    if not foreseen.has_come_true(made):
        drawn = drawn_as(session, made)
        patches = book.difference(drawn)
    reasons = _reasons_for_new(session, patches)
    if reasons:
        target = _new_place(plan, made.identity)
        write_book(plan, made, drawn, target)
        lines = [f"A new workbook was written: {target}", *reasons]
        return lines + open_new(session.press, target), False
    shown = relative(Path(book.file), plan.folder.path)
    book.write(
        patches, drawn, lambda digest: register(plan, made, shown, digest),
        issued=session.issue.sha256,
    )
    return [], True


def open_new(press: Press, target: Path) -> list[str]:
    """Show a workbook that was written; gives lines that say why it is not shown, if it is not."""
    try:
        press.book.open(target)
    except SopError as error:
        return [f"{error.message} {error.remedy}"]
    return []


def _new_place(plan: OpenPlan, identity: Identity) -> Path:
    """Where a workbook goes that takes the place of one that cannot be brought up to date."""
    usual = default_book(plan, identity.cycle)
    place = usual.with_name(f"{usual.stem}_v{identity.version}{usual.suffix}")
    return free_name(place, "_") if place.exists() else place


def _reasons_for_new(session: Session, patches: Patches) -> list[str]:
    """Why the book cannot be brought up to date; nothing of it matters if it is drawn anew."""
    if session.book.drawn_anew:
        return []
    identity = session.held.identity
    reasons = [session.book.needs_new] if session.book.needs_new else []
    if (identity["program"], identity["xlwings"]) != (__version__, XLWINGS_VERSION):
        older = identity["program"] or "another version"
        reasons.append(
            f"The one before was written by sop-xl {older} (xlwings "
            f"{identity['xlwings'] or 'unknown'}); its buttons and functions belong to that "
            f"version, this is {__version__} (xlwings {XLWINGS_VERSION})."
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
        _record(press, Report(str(error), []))
        raise
    except Exception as error:  # whoever called tells about it; here it is put on record
        _record(press, Report(f"Stopped by an error of the program: {error!r}", []))
        raise
    _record(press, report)
    if report.kept:
        press.book.log([(label, line) for line in (report.title, *report.lines)])
    if report.go:
        with suppress(SopError):  # a sheet that cannot be shown does not undo what was done
            press.book.go(report.go)
    if report.told:
        press.book.tell(report.title, report.lines)
    return report


def _record(press: Press, report: Report) -> None:
    """Append to the log of the plan folder; a log that cannot be written stops nobody."""
    with suppress(OSError):
        place = press.plan / LOG_FILE
        if not (press.plan / SETTINGS_FILE).exists():
            return  # somebody mistook another folder for a plan: it stays as it is
        place.parent.mkdir(exist_ok=True)
        at = press.at.astimezone(dt.UTC)
        head = f"{at:%Y-%m-%d %H:%M:%S} UTC {press.author} {press.action} {press.book.name}"
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
            return done.report(f"{title}: {taken_over(done.collected)}.", tell(done), go)

        return opened(press, gate, then)

    return action
