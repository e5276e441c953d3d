"""The month's workbook: a plan drawn as a book, and the book written as a file."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sop_xl import __version__
from sop_xl.actions.collecting import refuse_level, typed
from sop_xl.actions.plans import OpenPlan, Progress, cycle_of, open_plan, relative
from sop_xl.actions.running import Run, keep, run_open
from sop_xl.errors import SopError
from sop_xl.schema import Finding, has_errors
from sop_xl.store import Mark, difference
from sop_xl.tables.executive import CYCLE_CALENDAR, DECISIONS
from sop_xl.tables.levers import LEVERS
from sop_xl.workbook.build import Drawn, draw, failed_checks, pack
from sop_xl.workbook.package import write_atomically
from sop_xl.workbook.reader import read_identity, read_inputs
from sop_xl.workbook.sheet import Identity

MACROS, PLAIN = ".xlsm", ".xlsx"
"""A workbook with ribbon and functions, and its twin without a macro."""


class Generated(NamedTuple):
    """A workbook that was written."""

    path: Path
    build: str
    cycle: str
    version: int
    checks_failed: int
    findings: list[Finding]
    """What the plan has to say about its inputs."""


class Issuable(NamedTuple):
    """A plan that can be drawn and given out as a book."""

    run: Run
    frames: dict[str, pd.DataFrame]
    identity: Identity


def generate(
    path: Path,
    cycle_name: str | None = None,
    *,
    out: Path | None = None,
    macros: bool = True,
    progress: Progress | None = None,
) -> Generated:
    """Run a cycle and write its workbook. The same inputs give the same workbook, byte for byte.

    Args:
        out: The file; ``cycles/<month>/SOP_<month>.xlsm`` in the plan folder if not given. Its
            ending decides whether the workbook has its ribbon and functions.
        macros: Whether a file that is not named gets them, or is the plain ``.xlsx`` twin.

    Raises:
        SopError: The file has another ending, or holds what was not collected.
    """
    with open_plan(path) as plan:
        name = cycle_of(plan, cycle_name)
        target = out or default_book(plan, name, MACROS if macros else PLAIN)
        _check_ending(target)
        edited = _refuse_unread(plan, target)
        made = issuable(plan, name, progress)
        drawn = draw(made.frames, plan.settings, made.run.axis, made.identity, progress)
        write_book(plan, made, drawn, target, keep_edited=edited)
    return Generated(
        target,
        made.identity.build,
        name,
        made.identity.version,
        failed_checks(made.frames["checks"]),
        made.run.plan.findings,
    )


def default_book(plan: OpenPlan, cycle_name: str, ending: str = MACROS) -> Path:
    """Where the workbook of a cycle stands."""
    return plan.folder.cycle(pd.Period(cycle_name, "M")) / f"SOP_{cycle_name}{ending}"


def issuable(
    plan: OpenPlan, name: str, progress: Progress | None = None, foreseen: Run | None = None
) -> Issuable:
    """Run a cycle, keep its versions, and say which book shows it.

    Args:
        foreseen: A run of the cycle that stands if the store holds now what it was run on.
    """
    done = _confirmed(plan, name, foreseen) or run_open(plan, name, progress)
    done = _seed(plan, name, done, progress)
    keep(plan, name, done.plan)
    return shown(plan, name, done)


def shown(plan: OpenPlan, name: str, done: Run) -> Issuable:
    """A run as a book would show it."""
    frames = dict(done.plan.frames) | {"change_log": plan.store.changes(name)}
    return Issuable(done, frames, _identity(plan, name, done.inputs.mark))


def _confirmed(plan: OpenPlan, name: str, foreseen: Run | None) -> Run | None:
    """A foreseen run with the mark of what the store holds now; None if that is something else."""
    if foreseen is None:
        return None
    now, then = plan.store.read(name), foreseen.inputs
    equal = all(frame.equals(then.frames[table]) for table, frame in now.frames.items())
    return foreseen._replace(inputs=now) if equal and now.findings == then.findings else None


def write_book(
    plan: OpenPlan, made: Issuable, drawn: Drawn, target: Path, *, keep_edited: bool = False
) -> None:
    """Give out a book as a file; one that people edited stays beside it under another name."""
    data = pack(drawn, macros=target.suffix.lower() == MACROS)
    target.parent.mkdir(parents=True, exist_ok=True)
    # first on record, then on disk: a book that is there can always be collected
    register(plan, made, relative(target, plan.folder.path), hashlib.sha256(data).hexdigest())
    if keep_edited:  # it may hold sheets and notes of people's own
        write_atomically(free_name(target, "_edited"), target.read_bytes())
    write_atomically(target, data)


def register(plan: OpenPlan, made: Issuable, shown: str, digest: str = "") -> None:
    """Put on record that a book was given out, so that it can be collected.

    Args:
        shown: Where it is.
        digest: SHA-256 of the file; empty for a book that is open in Excel.
    """
    identity = made.identity
    mark = made.run.inputs.mark
    plan.store.register_issue(
        identity.build, identity.cycle, shown, digest, identity.generated_at, mark
    )


def free_name(book: Path, mark: str) -> Path:
    """A name beside a workbook that no file has: with the mark, then with a number."""
    names = (f"{book.stem}{mark}{number}{book.suffix}" for number in ("", *range(2, 1000)))
    return next(place for place in map(book.with_name, names) if not place.exists())


def _check_ending(target: Path) -> None:
    if target.suffix.lower() not in (MACROS, PLAIN):
        raise SopError(
            f"{target} is no name of a workbook.",
            f"End it in {MACROS} (with ribbon and functions) or {PLAIN} (without macros).",
        )


def _refuse_unread(plan: OpenPlan, target: Path) -> bool:
    """Never write over a workbook that holds what has not been collected, or that is not ours.

    Returns:
        Whether somebody saved a workbook there since it was issued.
    """
    if not target.exists():
        return False
    identity = read_identity(target)
    build_of_file = identity["build"]
    issue = plan.store.issued(build_of_file)
    if issue is None:
        raise SopError(
            f"{target} was not issued by this plan and is not written over.",
            "Move it away, or name another file with --out.",
        )
    if hashlib.sha256(target.read_bytes()).hexdigest() == issue.sha256:
        return False
    refuse_level(plan, str(target), identity)
    held = read_inputs(target)
    if has_errors(held.findings) or typed(plan, held, build_of_file, str(target.resolve())).changes:
        raise SopError(
            f"{target} holds changes that were not collected; it is not written over.",
            f"Collect it first: sop-xl collect {target} (conflicts: with --prefer book).",
        )
    return True


def _seed(plan: OpenPlan, name: str, done: Run, progress: Progress | None) -> Run:
    """Keep what the plan proposes where nobody has written anything, so that it stands still.

    It is an input of the book from then on; the plan itself does not change by it.
    """
    before, latest = done.inputs, plan.store.latest_revision(name)
    proposed = {}
    for table in (CYCLE_CALENDAR, DECISIONS, LEVERS):
        frame = done.plan.frames[table.name][[c.name for c in table.inputs]]
        if difference(before.frames[table.name], frame, table):
            proposed[table.name] = frame
    if latest is None or not proposed:
        return done
    revision = plan.store.save_load(
        name, proposed, [], latest.author, latest.saved_at, "Proposed by the plan", kind="proposal"
    )
    now = plan.store.read(name)
    if (now.mark.revision, now.mark.change) == (revision, before.mark.change):
        return done._replace(inputs=now)
    return run_open(plan, name, progress)  # somebody collected a workbook in between


def _identity(plan: OpenPlan, name: str, mark: Mark) -> Identity:
    """Which book this is: everything in it follows from the store, nothing from the clock."""
    taken_in = [
        revision
        for revision in plan.store.status(name).revisions
        if revision.kind != "run" and revision.id <= mark.revision
    ]
    latest, settings = taken_in[-1], plan.settings
    # hashes of what was taken in, not numbers of revisions: those depend on what else ran
    told = [__version__, name, repr(settings), *(r.hash for r in taken_in)]
    digest = hashlib.sha256("\n".join(told).encode()).hexdigest()[:12]
    title = " · ".join(part for part in (settings.company, settings.entity) if part)
    version = sum(revision.kind in ("load", "collect") for revision in taken_in)
    return Identity(title, name, version, digest, latest.saved_at, latest.author)
