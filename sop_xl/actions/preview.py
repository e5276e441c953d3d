"""What a press is going to do, found out before anything is done.

The plan is run on what the book holds, without taking it over, and the book is drawn and compared:
so all that would be overwritten can be shown, and the answer no leaves everything as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sop_xl.actions.collecting import baseline_typed_over
from sop_xl.actions.issuing import Issuable, shown
from sop_xl.actions.plans import OpenPlan
from sop_xl.actions.running import run_open
from sop_xl.actions.session import Session
from sop_xl.actions.telling import change_text, kept_text
from sop_xl.schema import Finding
from sop_xl.store import Change, Inputs
from sop_xl.store.merge import apply
from sop_xl.tables.review import CHANGE_LOG
from sop_xl.workbook.build import Drawn, draw
from sop_xl.workbook.layout import column_letter
from sop_xl.workbook.reader import OpenedSheet, inputs_of
from sop_xl.workbook.refresh import Patches, Typed
from sop_xl.workbook.refresh.sameness import plain


class Preview(NamedTuple):
    """A plan as it would be after a press, and what the press would overwrite."""

    made: Issuable
    drawn: Drawn
    patches: Patches
    """What would have to be written into the book."""
    conflicts: list[str]
    """What somebody else changed before."""
    restored: list[str]
    """What was typed over and comes back: one line for each cell, or row of cells."""
    typed_over: list[Finding]
    """The findings about some of that."""

    def has_come_true(self, made: Issuable) -> bool:
        """Whether a plan is the one that was foreseen, and its book the one that was drawn."""
        same_log = made.frames[CHANGE_LOG.name].equals(self.made.frames[CHANGE_LOG.name])
        same_run = made.run.plan is self.made.run.plan
        return same_run and same_log and made.identity == self.made.identity


def preview(session: Session) -> Preview:
    """Run the plan on what the book holds, and see what would be written over in it."""
    plan, name, book = session.plan, session.issue.cycle, session.book
    inputs = _with(session.stored, session.weighed.applied, plan)
    made = shown(plan, name, run_open(plan, name, book.say, inputs))
    drawn = drawn_as(session, made)
    patches = book.difference(drawn)
    typed = _by_people(session, _typed(patches))
    rows = {_row(one.cell) for one in typed}
    formulas = session.held.typed_over
    baselines = baseline_typed_over(plan, session.held, session.issue)
    # formulas on sheets that cannot be compared cell by cell; and figures that are no formulas
    others = [f for f in formulas if _row(f"{f.sheet}!{f.cell}") not in rows] + baselines
    restored = [*map(_line, typed), *(f"{f.sheet}!{f.cell}: {f.message}" for f in others)]
    conflicts = [f"{change_text(c.change)}; {kept_text(c)}" for c in session.weighed.conflicts]
    return Preview(made, drawn, patches, conflicts, restored, [*formulas, *baselines])


def drawn_as(session: Session, made: Issuable) -> Drawn:
    """The book that shows a plan."""
    settings, axis = session.plan.settings, made.run.axis
    return draw(made.frames, settings, axis, made.identity, session.book.say)


def _typed(patches: Patches) -> list[Typed]:
    return [one for patch in patches.sheets for one in patch.typed]


def _by_people(session: Session, typed: list[Typed]) -> list[Typed]:
    """What people typed over, without what the plan shows elsewhere by now.

    The book is drawn as it was issued: what differs from that, people did.
    """
    plan, name, issue, book = session.plan, session.issue.cycle, session.issue, session.book
    as_issued = session.stored.mark == issue.mark and not session.weighed.applied
    if not typed or as_issued:
        return typed
    frames = plan.store.inputs_as_issued(issue.build, book.file)
    run = run_open(plan, name, book.say, Inputs(frames, [], issue.mark))
    patches = book.difference(drawn_as(session, shown(plan, name, run)))
    theirs = {one.cell for one in _typed(patches)}
    unknown = tuple(f"{reason.partition(':')[0]}!" for reason in patches.moved)
    return [one for one in typed if one.cell in theirs or one.cell.startswith(unknown)]


def healed(session: Session) -> Session:
    """The book as if nobody had typed over a label: what stands beside a label is read then."""
    plan, name, book = session.plan, session.issue.cycle, session.book
    found = session.held.findings
    if all(finding in session.held.typed_over for finding in found):
        return session  # every label that is wanted was found
    run = run_open(plan, name, book.say, session.stored)
    drawn = drawn_as(session, shown(plan, name, run))
    labels = [one.cell for one in _typed(book.difference(drawn)) if one.meant == "text"]
    if not labels:
        return session
    sheets = _labelled(book.sheets(), drawn, labels)
    return replace(session, held=inputs_of(session.held.identity, sheets, book.name))


def _with(inputs: Inputs, changes: Sequence[Change], plan: OpenPlan) -> Inputs:
    """Inputs with changes on top that nobody has taken over yet."""
    frames = dict(inputs.frames)
    for name in dict.fromkeys(change.table for change in changes):
        mine = [change for change in changes if change.table == name]
        frames[name] = apply(frames[name], mine, plan.store.tables[name]).frame
    return inputs._replace(frames=frames)


def _labelled(
    sheets: Mapping[str, OpenedSheet], drawn: Drawn, labels: Sequence[str]
) -> dict[str, OpenedSheet]:
    """The sheets with the drawn values in some cells."""
    wanted = set(labels)
    result = dict(sheets)
    for sheet in drawn.sheets:
        if not any(label.startswith(f"{sheet.name}!") for label in wanted):
            continue
        opened = sheets[sheet.name]
        values, formulas = ([list(row) for row in rows] for rows in opened[:2])
        copied = OpenedSheet(values, formulas, opened.tables)
        for row, cells in sheet.cells.cells_by_row():
            for column, value, _, _ in cells:
                if f"{sheet.name}!{column_letter(column)}{row}" in wanted:
                    _put(copied.values, row, column, plain(value))
                    _put(copied.formulas, row, column, plain(value))
        result[sheet.name] = copied
    return result


def _put(rows: list[list[Any]], row: int, column: int, value: object) -> None:
    """Put a value into a cell that may lie beyond the last one in use."""
    rows += [[] for _ in range(row - len(rows))]
    cells = rows[row - 1]
    cells += [None] * (column - len(cells))
    cells[column - 1] = value


def _line(typed: Typed) -> str:
    shown = "is empty" if typed.shown in (None, "") else f"shows {typed.shown!r}"
    back = "it is made blank" if typed.meant == "blank" else f"it gets back its {typed.meant}"
    return f"{typed.cell} {shown}; {back}"


def _row(cell: str) -> str:
    """The sheet and row of a cell, or of a row of cells: ``Demand_Plan!14`` of ``Z14 to AB14``."""
    sheet, _, place = cell.partition("!")
    number = place.split(" ", maxsplit=1)[0].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f"{sheet}!{number}"
