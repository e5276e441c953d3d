"""What people typed: read from a workbook, compared with what was issued, taken into the plan."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias

import pandas as pd

from sop_xl.actions.plans import OpenPlan, open_plan
from sop_xl.actions.running import keep, run_open
from sop_xl.errors import SopError
from sop_xl.schema import Finding, Grid, Severity, has_errors
from sop_xl.store import AppendResult, Change, Conflict, Issue, difference
from sop_xl.tables import GRIDS
from sop_xl.tables.demand import DEMAND_PLAN
from sop_xl.workbook.reader import BookInputs, level_of, read_identity, read_inputs

Prefer: TypeAlias = Literal["store", "book"]
"""Whose value stands where two people changed the same cell."""
TYPED = 1e-6
"""Share by which a figure differs that somebody typed; less is the last digit of a file."""


class Collected(NamedTuple):
    """What became of the changes in a workbook."""

    book: Path
    cycle: str
    applied: list[Change]
    conflicts: list[Conflict]
    findings: list[Finding]


def collect(
    path: Path,
    book: Path,
    *,
    author: str,
    at: dt.datetime,
    prefer: Prefer = "store",
) -> Collected:
    """Take back what people changed in a workbook that this plan issued.

    Raises:
        SopError: The workbook is not one of this plan, or of another cycle's structure.
    """
    with open_plan(path) as plan:
        issue = admitted(plan, read_identity(book), str(book))
        held = read_inputs(book)
        return take_over(plan, held, issue, str(book.resolve()), author, at, prefer)


def admitted(plan: OpenPlan, identity: Mapping[str, str], shown: str) -> Issue:
    """The issue of a workbook that may be collected.

    Args:
        shown: How messages call the workbook.

    Raises:
        SopError: It is not one of this plan, or not of the plan's newest cycle and its level.
    """
    issue = plan.store.issued(identity["build"])
    if issue is None:
        raise SopError(
            f"{shown} (build {identity['build']}, {identity['plan']} {identity['cycle']}) was "
            f"not issued by the plan in {plan.folder.path}.",
            "Collect it in the plan folder it came from.",
        )
    newest = max(c.name for c in plan.store.cycles())
    if issue.cycle != newest:
        raise SopError(
            f"{shown} belongs to the cycle {issue.cycle}; the plan is at {newest} by now.",
            f"Enter what is still wanted in the workbook of {newest}.",
        )
    refuse_level(plan, shown, identity)
    return issue


def weigh(plan: OpenPlan, held: BookInputs, issue: Issue, file: str) -> AppendResult:
    """What would become of the changes in a workbook if they were taken over now."""
    found = typed(plan, held, issue.build, file)
    return plan.store.weigh_changes(issue.cycle, found.changes, issue.build, file=found.file)


def take_over(
    plan: OpenPlan,
    held: BookInputs,
    issue: Issue,
    file: str,
    author: str,
    at: dt.datetime,
    prefer: Prefer = "store",
    *,
    rerun: bool = True,
) -> Collected:
    """Take the inputs that a workbook holds into the plan; nothing of them if one is wrong.

    Args:
        file: Names the copy of the workbook that was read: its full path.
        rerun: Whether to run the plan on what was taken over; whoever runs it anyway need not.
    """
    if has_errors(held.findings):
        return Collected(Path(file), issue.cycle, [], [], held.findings)
    found = typed(plan, held, issue.build, file)
    result = plan.store.append_changes(
        issue.cycle, found.changes, author, at, issue.build, prefer=prefer, file=found.file
    )
    findings = [*held.findings, *found.findings, *baseline_typed_over(plan, held, issue)]
    if result.applied and rerun:
        done = run_open(plan, issue.cycle)
        keep(plan, issue.cycle, done.plan)
        findings += misplaced(plan, done.plan.frames, result.applied)
    return Collected(Path(file), issue.cycle, result.applied, result.conflicts, findings)


def misplaced(
    plan: OpenPlan, frames: Mapping[str, pd.DataFrame], applied: Sequence[Change]
) -> list[Finding]:
    """Inputs that were taken over for blocks that the plan does not have."""
    findings = []
    for grid in (grid.for_level(plan.settings.level) for grid in GRIDS.values() if grid.inputs):
        keys = frames[grid.name][grid.key_names].drop_duplicates()
        blocks = set(keys.itertuples(index=False, name=None))
        for change in applied:
            if change.table == f"{grid.name}_inputs":
                row = json.loads(change.key)
                block = tuple(row[column] for column in grid.key_names)
                if block not in blocks:
                    findings.append(_no_block(grid, change, " · ".join(block)))
    return findings


def baseline_typed_over(plan: OpenPlan, held: BookInputs, issue: Issue) -> list[Finding]:
    """Cells of the baseline that do not show what the plan computed for the book.

    After another load the plan has another baseline than the book, and nothing can be said.
    """
    revisions = plan.store.status(issue.cycle).revisions
    if any(r.kind == "load" and r.id > issue.mark.revision for r in revisions):
        return []
    level = list(plan.settings.level)
    versions = plan.store.past_plans(pd.Period(issue.cycle, "M") + 1)
    computed = versions[versions["cycle"] == pd.Period(issue.cycle, "M")]
    findings = []
    for *key, period, baseline in computed[[*level, "period", "baseline"]].itertuples(index=False):
        spot = (DEMAND_PLAN.name, (*key, str(period)), "baseline")
        shown = held.figures.get(spot, baseline)
        if not isinstance(shown, int | float) or abs(shown - baseline) > TYPED * max(1, baseline):
            sheet, _, cell = held.cells[spot].partition("!")
            findings.append(_typed_over(held.file, sheet, cell, shown))
    return findings


def _typed_over(file: str, sheet: str, cell: str, shown: object) -> Finding:
    return Finding(
        DEMAND_PLAN.name,
        f"the baseline was typed over with {shown!r}; the value is not taken over.",
        "Type the difference beside ± Sales, or the number as Fixed consensus, with a reason.",
        Severity.WARNING,
        file,
        sheet,
        cell,
    )


def _no_block(grid: Grid, change: Change, key: str) -> Finding:
    sheet, _, cell = change.cell.rpartition("!")
    return Finding(
        change.table,
        f"{key} is no block of {grid.label}: what was typed there moves nothing.",
        "Mend the key, or type it in the block that is meant.",
        Severity.WARNING,
        sheet=sheet,
        cell=cell,
    )


def refuse_level(plan: OpenPlan, shown: str, identity: Mapping[str, str]) -> None:
    """A book of another planning level has other blocks: its inputs would go astray."""
    level = level_of(identity)
    if level != plan.settings.level:
        raise SopError(
            f"{shown} was made at the planning level {' x '.join(level)}; the plan is at "
            f"{' x '.join(plan.settings.level)} by now.",
            "Set planning_level back to collect it, or enter what is wanted in a new workbook.",
        )


class Typed(NamedTuple):
    """What somebody typed in a copy of a workbook, and how the store calls the copy."""

    changes: list[Change]
    file: str
    findings: list[Finding]


def typed(plan: OpenPlan, held: BookInputs, build: str, file: str) -> Typed:
    """Compare a book with what was issued, and with what was collected from this copy since.

    People lay their copies in one another's place: a book that shows nothing of what was collected
    from this file before is another copy, and takes back nothing of it.
    """
    issued = plan.store.inputs_as_issued(build)
    changes = _differences(plan, held, issued)
    spots = {_spot(change) for change in changes}
    name, copies = file, 1
    while True:
        file = name if copies == 1 else f"{name} (copy {copies})"
        since = plan.store.inputs_as_issued(build, file)
        collected = {_spot(change) for change in _between(plan, issued, since)}
        if not collected:
            break
        if collected & spots:
            return Typed(_differences(plan, held, since), file, [])
        copies += 1
    findings = [_reverted(held.file)] if copies > 1 and not changes else []
    return Typed(changes, file, findings)


def _reverted(book: str) -> Finding:
    return Finding(
        "change_log",
        "the workbook shows nothing of what was collected from it before; that stays in the plan.",
        "To take it back, type the values that are wanted into a newly generated workbook.",
        Severity.WARNING,
        book,
    )


def _spot(change: Change) -> tuple[str, str, str]:
    return change.table, change.key, change.column


def _differences(
    plan: OpenPlan, held: BookInputs, as_issued: Mapping[str, pd.DataFrame]
) -> list[Change]:
    """What differs in a book from what was issued, with the cell it stands in."""
    tables = plan.store.tables
    return [
        change._replace(cell=held.cell_of(tables[change.table], change.key, change.column))
        for change in _between(plan, as_issued, held.frames)
        if held.was_read(tables[change.table], change.key, change.column)
    ]


def _between(
    plan: OpenPlan, before: Mapping[str, pd.DataFrame], after: Mapping[str, pd.DataFrame]
) -> Iterator[Change]:
    """What differs between two states of the inputs."""
    for name, frame in after.items():
        yield from difference(before[name], frame, plan.store.tables[name])
