"""Cell by cell: what an open book shows, and what was drawn."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sop_xl.workbook.build import Drawn
from sop_xl.workbook.layout import column_letter
from sop_xl.workbook.reader import OpenedSheet
from sop_xl.workbook.refresh.blocks import KEPT, Kept, blocks_of
from sop_xl.workbook.refresh.patches import (
    Block,
    Content,
    Formula,
    Patches,
    SheetPatch,
    Typed,
)
from sop_xl.workbook.refresh.sameness import canonical, formula_of, plain, same
from sop_xl.workbook.refresh.structure import Page, Spot, Spread, at, corners, examine, is_fillable
from sop_xl.workbook.sheetdata import ERRORS, ArrayFormula, CellValue

CHOICES = ("View_", "What_")
"""How the names begin of cells in which people choose what a page shows: their choice stays."""
LONGEST = 8_000
"""Characters of a text that is not written along with others: Excel takes no longer ones so."""
_SAFE = re.compile(r"=[\w$.,;()+\-*/^%<>= ]*")
"""Formulas of people's own that mean the same when they are written back: without ranges, other
sheets, texts and arrays, all of which Excel may read back in another way."""


def compare(drawn: Drawn, live: Mapping[str, OpenedSheet]) -> Patches:
    """What has to be written into an open book to make it show a drawn one.

    A sheet whose structure differs gets no blocks; then nothing can be written in place.

    Args:
        live: The sheets of the open book, as the reader has them.
    """
    pages, missing = examine(drawn, live)
    choices = _choices(drawn.workbook)
    sheets = [SheetPatch(name, [], 0, []) for name in missing]
    moved = [f"{name}: the sheet is missing" for name in missing]
    for page in pages:
        moved += [f"{page.name}: {reason}" for reason in page.reasons]
        patch = SheetPatch(page.name, [], 0, [])
        if not page.reasons:
            patch = _Comparison(page, choices.get(page.name, set())).patch()
        if patch.changed or page.reasons:
            sheets.append(patch)
    return Patches(sheets, moved)


def _choices(workbook: Any) -> dict[str, set[Spot]]:
    """The cells in which people choose, by sheet."""
    found: dict[str, set[Spot]] = {}
    for name, defined in workbook.defined_names.items():
        if name.startswith(CHOICES):
            sheet, _, cell = defined.attr_text.partition("!")
            column, row, _, _ = corners(cell)
            found.setdefault(sheet, set()).add((row, column))
    return found


class _Comparison:
    """The differences of one sheet."""

    def __init__(self, page: Page, choices: set[Spot]) -> None:
        self.page, self.choices = page, choices
        self.changes: dict[int, dict[int, Content]] = {}
        self.arrays: list[Block] = []
        self.typed: list[Typed] = []
        self.filled = set(_array_cells(page))
        """The cells that array formulas fill."""

    def patch(self) -> SheetPatch:
        values, formulas = self.page.opened.values, self.page.opened.formulas
        for row, cells in self.page.cells.items():
            inside = row <= len(values)
            shown_here = values[row - 1] if inside else []
            texts_here = formulas[row - 1] if inside else []
            width = len(shown_here)
            for column, (_, value, _, formula) in cells.items():
                if column <= width:
                    shown, text = shown_here[column - 1], texts_here[column - 1]
                else:
                    shown = text = None
                # most cells are equal at first sight
                if formula is None:
                    if (
                        shown.__class__ is value.__class__
                        and shown == value
                        and (shown is not None or text is None)
                    ):
                        continue
                    self._constant((row, column), plain(value), shown, text)
                elif text != "=" + formula:
                    self._formula((row, column), formula, plain(value), shown, text)
        for spread in self.page.lists:
            self._stale_rows(spread)
        apart = {spread.place.header_row for spread in self.page.lists}
        blocks = blocks_of(self.changes, self._content, apart)
        changed = sum(map(len, self.changes.values())) + len(self.arrays)
        return SheetPatch(self.page.name, blocks + self.arrays, changed, self.typed)

    # ---- cell by cell --------------------------------------------------------------------

    def _formula(
        self, spot: Spot, formula: str, value: Content, shown: object, text: object
    ) -> None:
        """A cell in which a formula belongs that gives a value."""
        row, column = spot
        spread = self.page.list_at(row, column)
        table = spread.place.excel_name if spread else ""
        found = formula_of(text, shown)
        meant = Formula(f"={formula}")
        if found and canonical(found, table) == canonical(meant, table):
            return
        if isinstance(formula, ArrayFormula):
            self.arrays.append(Block(row, column, [[meant]], formula.range))
        else:
            self.changes.setdefault(row, {})[column] = meant
        nothing_seen = value is None and shown in (None, "")
        if not found and not nothing_seen and self._formula_was_there(spot, spread, shown):
            self._note(spot, shown, "formula")

    def _constant(self, spot: Spot, value: Content, shown: object, text: object) -> None:
        """A cell in which a value belongs, or nothing."""
        row, column = spot
        if spot in self.filled:
            return
        found = formula_of(text, shown)
        if same(value, shown) and (value is not None or not found or self._is_input(spot)):
            return
        if spot in self.choices and shown not in (None, ""):
            return
        self.changes.setdefault(row, {})[column] = value
        if spot in self.page.labels:
            self._note(spot, shown, "text")
        elif value is None and self._blank_was_there(spot, found):
            self._note(spot, shown, "blank")

    def _stale_rows(self, spread: Spread) -> None:
        """Rows that an open list has beyond the drawn ones hold nothing that is in the plan."""
        place, page = spread.place, self.page
        for row in range(place.last_row + 1, spread.last_row + 1):
            for column in range(place.first_column, place.last_column + 1):
                shown = page.shown(row, column)
                found = formula_of(at(page.opened.formulas, row, column), shown)
                computed = found and spread.column_at(column).formula
                if (found or shown not in (None, "")) and not computed:
                    self.changes.setdefault(row, {})[column] = None

    # ---- what somebody typed -------------------------------------------------------------

    def _note(self, spot: Spot, shown: object, meant: Any) -> None:
        row, column = spot
        self.typed.append(Typed(f"{self.page.name}!{column_letter(column)}{row}", shown, meant))

    def _formula_was_there(self, spot: Spot, spread: Spread | None, shown: object) -> bool:
        """Whether a formula was typed over, rather than not drawn in the book before."""
        blank = shown in (None, "")
        if spread:
            return self._same_row(spread, spot[0]) and not (blank and self._is_spare(spread, spot))
        # elsewhere than in a grid rows come and go with the plan, as on Home
        return not blank or (spot[0] in self.page.measures and not self._is_sparse(spot))

    def _blank_was_there(self, spot: Spot, found: str) -> bool:
        """Whether something was typed into a blank cell, rather than drawn in the book before."""
        row, column = spot
        spread = self.page.list_at(row, column)
        if spread:
            return self._is_input(spot) and self._same_row(spread, row)
        return self._is_input(spot) if found else not self._is_sparse(spot)

    def _is_input(self, spot: Spot) -> bool:
        row, column = spot
        spread = self.page.list_at(row, column)
        if spread:
            return spread.place.table.is_editable and is_fillable(spread.column_at(column))
        if row not in self.page.measures:
            return False
        place, measure = self.page.measures[row]
        months = range(place.columns.first_plan, place.columns.last_plan + 1)
        return measure.role.is_input and column in months

    def _is_sparse(self, spot: Spot) -> bool:
        """Whether a cell is blank or not as the figures have it."""
        return spot[0] in self.page.measures and bool(self.page.measures[spot[0]][1].sparse)

    def _same_row(self, spread: Spread, row: int) -> bool:
        """Whether a row of a list has the key that it had: otherwise rows have moved up or down."""
        return all(same(*pair) for pair in self._keys(spread, row))

    def _is_spare(self, spread: Spread, spot: Spot) -> bool:
        return all(drawn is None for drawn, _ in self._keys(spread, spot[0]))

    def _keys(self, spread: Spread, row: int) -> Iterator[tuple[Content, object]]:
        """The keys of a row of a list, as drawn and as shown."""
        for name in spread.place.table.keys:
            column = spread.place.column(name)
            yield self._drawn(row, column), self.page.shown(row, column)

    def _drawn(self, row: int, column: int) -> Content:
        cell = self.page.cells.get(row, {}).get(column)
        value: CellValue = cell[1] if cell else None
        return plain(value)

    # ---- blocks --------------------------------------------------------------------------

    def _content(self, row: int, column: int) -> Content | Kept:
        """What a block writes into a cell: what is new, or what is there already."""
        changed = self.changes.get(row, {})
        if column in changed:
            return changed[column]
        if (row, column) in self.filled:
            return KEPT
        opened = self.page.opened
        shown, text = at(opened.values, row, column), at(opened.formulas, row, column)
        if shown in (None, "") and text in (None, ""):
            return None
        cell = self.page.cells.get(row, {}).get(column)
        if cell is None:
            return KEPT
        if found := formula_of(text, shown):
            if cell[3] is not None:
                return Formula(f"={cell[3]}")
            return Formula(found) if _SAFE.fullmatch(found) else KEPT
        if isinstance(shown, str):
            return KEPT if shown in ERRORS or len(shown) > LONGEST else shown
        return shown if isinstance(shown, int | float | dt.date) else KEPT


def _array_cells(page: Page) -> Iterator[Spot]:
    """The cells that the array formulas of a drawn sheet fill."""
    for cells in page.cells.values():
        for _, _, _, formula in cells.values():
            if isinstance(formula, ArrayFormula):
                left, top, right, bottom = corners(formula.range)
                for row in range(top, bottom + 1):
                    yield from ((row, column) for column in range(left, right + 1))
