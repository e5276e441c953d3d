"""Which cells are written together: few blocks, and none over a cell that must not be touched."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from enum import Enum
from itertools import groupby, pairwise
from operator import itemgetter

from sop_xl.workbook.refresh.patches import Block, Content

BANDS = 6
"""Blocks into which the changes of a sheet are gathered, if nothing stands between them."""
NEAR = 8
"""Rows between two changes that are rather written along than skipped: a call takes longer."""


class Kept(Enum):
    """A cell that is in the way of a block."""

    KEPT = "kept"


KEPT = Kept.KEPT

Changes = Mapping[int, Mapping[int, Content]]
"""New contents by row and column."""
Contents = Callable[[int, int], Content | Kept]
"""What a block writes into a row and column: the new content, or what is there already."""


def blocks_of(changes: Changes, contents: Contents, apart: Collection[int] = ()) -> list[Block]:
    """Blocks that hold every change once.

    Args:
        apart: Rows that share no block with others.
    """
    blocks: list[Block] = []
    for rows in _bands(sorted(changes), sorted(apart)):
        columns = [column for row in rows for column in changes[row]]
        span = range(min(columns), max(columns) + 1)
        for held, lines in _between_kept(range(rows[0], rows[-1] + 1), span, contents):
            blocks += _rectangles(held, lines, span, changes)
    return blocks


def _bands(rows: Sequence[int], apart: Sequence[int]) -> Iterator[list[int]]:
    """Changed rows that go together: cut where the gaps are widest."""
    steps = list(pairwise(rows))
    forced = {
        at for at, (one, other) in enumerate(steps)
        if any(one <= row <= other for row in apart)
    }  # fmt: skip
    widest = sorted(range(len(steps)), key=lambda at: steps[at][0] - steps[at][1])
    wide = [at for at in widest if steps[at][1] - steps[at][0] > NEAR and at not in forced]
    first = 0
    for at in sorted({*forced, *wide[: BANDS - 1]}):
        yield list(rows[first : at + 1])
        first = at + 1
    if rows:
        yield list(rows[first:])


Line = tuple[int, list[Content | Kept]]
"""A row and what a block would write into it."""


def _between_kept(
    rows: range, span: range, contents: Contents
) -> Iterator[tuple[tuple[int, ...], list[Line]]]:
    """Neighbouring rows in which the same columns are in the way."""
    lines = ((row, [contents(row, column) for column in span]) for row in rows)
    marked = (
        (tuple(at for at, content in enumerate(line) if content is KEPT), (row, line))
        for row, line in lines
    )
    for held, group in groupby(marked, key=itemgetter(0)):
        yield held, [line for _, line in group]


def _rectangles(
    held: Sequence[int], lines: Sequence[Line], span: range, changes: Changes
) -> Iterator[Block]:
    """The blocks of some rows between the columns that are in the way, cut to what changes."""
    for before, after in pairwise((-1, *held, len(span))):
        columns = span[before + 1 : after]
        spots = [
            (at, column)
            for at, (row, _) in enumerate(lines)
            for column in changes.get(row, ())
            if column in columns
        ]
        if not spots:
            continue
        top, bottom = spots[0][0], spots[-1][0]
        left = min(column for _, column in spots)
        width = slice(left - span.start, max(column for _, column in spots) - span.start + 1)
        cells = [
            [content for content in line[width] if content is not KEPT]
            for _, line in lines[top : bottom + 1]
        ]
        yield Block(lines[top][0], left, cells)
