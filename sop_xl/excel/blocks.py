"""Blocks of cells of an open workbook: reading sheets, writing what changes, putting it back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import zip_longest
from typing import TYPE_CHECKING

from sop_xl.excel.cells import Matrix, matrix, written
from sop_xl.workbook.layout import column_letter
from sop_xl.workbook.reader import OpenedSheet
from sop_xl.workbook.refresh import Block, Content, Formula, Patches
from sop_xl.workbook.refresh.sameness import formula_of

if TYPE_CHECKING:
    import xlwings

WIDEST = 1_000
"""Columns that are looked at; no sheet of ours has as many."""
SLAB = 500_000
"""Cells that are read at once: only a sheet with something far below its end takes more reads."""
BLANK = (None, "")


def slabs(sheet: xlwings.Sheet) -> Iterator[tuple[xlwings.Range, Matrix]]:
    """The cells from A1 to the last one in use, in as few blocks as can be held.

    Yields:
        A block with Excel's own text of its cells; the first one that is blank is the last.
    """
    last = sheet.used_range.last_cell
    bottom, right = last.row, min(last.column, WIDEST)
    rows = max(1, SLAB // right)
    for top in range(1, bottom + 1, rows):
        block = sheet.range((top, 1), (min(top + rows - 1, bottom), right))
        texts = matrix(block.formula)
        yield block, texts
        if all(cell in BLANK for row in texts for cell in row):
            return


def first_difference(before: Matrix, now: Matrix) -> str:
    """The first cell in which two states of a sheet differ; empty if they do not.

    >>> first_difference([["a", "1"]], [["a", "1", ""], [""]])
    ''
    >>> first_difference([[""]], [["", "x"]])
    'B1'
    """
    for row, (old, new) in enumerate(zip_longest(before, now, fillvalue=()), start=1):
        if old == new:
            continue
        for column, (one, other) in enumerate(zip_longest(old, new), start=1):
            if one != other and not (one in BLANK and other in BLANK):
                return f"{column_letter(column)}{row}"
    return ""


def in_order(patches: Patches) -> list[tuple[str, Block]]:
    """The blocks with the names of their sheets: values first, then formulas, which may name what a
    header is called again by then.
    """
    every = [(patch.sheet, block) for patch in patches.sheets for block in patch.blocks]
    return sorted(every, key=lambda one: (bool(one[1].fills), _has_formula(one[1])))


def _has_formula(block: Block) -> bool:
    return any(isinstance(content, Formula) for row in block.cells for content in row)


def put(sheet: xlwings.Sheet, block: Block) -> None:
    """Write a block, in one call."""
    if block.fills:
        sheet.range(block.fills).formula_array = str(written(block.cells[0][0]))
    else:
        sheet.range(address(block)).formula = [[written(c) for c in row] for row in block.cells]


def address(block: Block) -> str:
    """The range of a block.

    >>> address(Block(2, 3, [["a", "b"]])), address(Block(2, 3, [["a"]]))
    ('C2:D2', 'C2')
    """
    if block.fills:
        return block.fills
    first = f"{column_letter(block.column)}{block.row}"
    bottom, right = block.row + len(block.cells) - 1, block.column + len(block.cells[0]) - 1
    last = f"{column_letter(right)}{bottom}"
    return first if first == last else f"{first}:{last}"


def put_back(
    done: Sequence[tuple[str, Block]],
    sheets: Mapping[str, xlwings.Sheet],
    before: Mapping[str, OpenedSheet],
) -> None:
    """Write what the cells of some blocks held before; array formulas stay, which hold no input."""
    for name, block in done:
        if not block.fills:
            cells = [
                [held(before[name], row, column) for column, _ in enumerate(line, block.column)]
                for row, line in enumerate(block.cells, block.row)
            ]
            put(sheets[name], Block(block.row, block.column, cells))


def held(sheet: OpenedSheet, row: int, column: int) -> Content:
    """What a cell held when it was read."""
    if row > len(sheet.values) or column > len(sheet.values[row - 1]):
        return None
    value: Content = sheet.values[row - 1][column - 1]
    formula = formula_of(sheet.formulas[row - 1][column - 1], value)
    return Formula(formula) if formula else value


@contextmanager
def undisturbed(app: xlwings.App) -> Iterator[None]:
    """Excel neither calculates nor draws; whatever happens, it is then as it was before."""
    with ExitStack() as stack:
        stack.callback(setattr, app, "status_bar", False)
        stack.callback(setattr, app, "screen_updating", app.screen_updating)
        stack.callback(setattr, app, "calculation", app.calculation)
        by_hand = app.calculation == "manual"
        app.screen_updating = False
        app.calculation = "manual"
        yield
        if by_hand:  # somebody chose so for other workbooks: this one must not show old figures
            app.calculate()


def reference(cells: xlwings.Range) -> str:
    """The range of a table as a file has it, ``A6:F20``."""
    return str(cells.address).replace("$", "")
