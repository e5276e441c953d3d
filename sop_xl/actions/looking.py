"""Looking: where the cycles of a plan stand, and what differs between two workbooks."""

from __future__ import annotations

from pathlib import Path

from sop_xl.actions.plans import open_plan
from sop_xl.errors import SopError
from sop_xl.store import Change, Status, difference
from sop_xl.tables import inputs
from sop_xl.workbook.reader import level_of, read_inputs


def status(path: Path) -> list[Status]:
    """Where the cycles of a plan stand, oldest first."""
    with open_plan(path) as plan:
        return [plan.store.status(found.name) for found in plan.store.cycles()]


def diff(old: Path, new: Path) -> list[Change]:
    """What differs between the inputs of two workbooks, cell by cell.

    Raises:
        SopError: A workbook cannot be read, or they were made at different planning levels.
    """
    one, two = read_inputs(old), read_inputs(new)
    levels = [level_of(book.identity) for book in (one, two)]
    if levels[0] != levels[1]:
        raise SopError(
            f"{old} and {new} were made at different planning levels.",
            "Compare workbooks of one level.",
        )
    declared = inputs(levels[1])
    return [
        change._replace(cell=two.cell_of(declared[name], change.key, change.column))
        for name, found in two.frames.items()
        if name in one.frames
        for change in difference(one.frames[name], found, declared[name])
        if one.was_read(declared[name], change.key, change.column)
        and two.was_read(declared[name], change.key, change.column)
    ]
