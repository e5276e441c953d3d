"""Books that are drawn and not written: what they show, and what a refresh makes of that."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string

from sop_xl import actions
from sop_xl.actions.issuing import issuable
from sop_xl.actions.plans import open_plan
from sop_xl.workbook.build import Drawn, draw
from sop_xl.workbook.reader import OpenedSheet
from sop_xl.workbook.refresh import Formula, Patches
from sop_xl.workbook.refresh.sameness import plain
from sop_xl.workbook.sheetdata import SheetData
from tests import companies
from tests.conftest import NOW

Live = dict[str, OpenedSheet]


class Place(NamedTuple):
    """A cell: its sheet, row and column."""

    sheet: str
    row: int
    column: int

    @classmethod
    def of(cls, cell: str) -> Place:
        sheet, _, address = cell.partition("!")
        letters, row = coordinate_from_string(address)
        return cls(sheet, row, column_index_from_string(letters))

    def __str__(self) -> str:
        return f"{self.sheet}!{get_column_letter(self.column)}{self.row}"


def small_plan(folder: Path) -> None:
    """The small company, with its data taken in."""
    assert actions.load(companies.make(folder), author="Ann", at=NOW).revision is not None


def big_plan(folder: Path, families: int) -> None:
    """The small company with many more families: as much as a planning book should ever hold."""
    companies.make(folder)
    for name, key in (("items", "Item"), ("actuals", "Item")):
        path = folder / "data" / f"{name}.csv"
        frame = pd.read_csv(path)
        model = frame[frame[key] == companies.PLAIN["road"]]
        more = [model.assign(**{key: f"X-{n}"}) for n in range(families)]
        if name == "items":
            more = [part.assign(Family=f"Family {n}") for n, part in enumerate(more)]
        pd.concat([frame, *more]).to_csv(path, index=False)
    assert actions.load(folder, author="Ann", at=NOW).revision is not None


def drawn_from(folder: Path) -> Drawn:
    """The book of a plan, drawn."""
    with open_plan(folder) as plan:
        made = issuable(plan, str(companies.CYCLE))
        return draw(made.frames, plan.settings, made.run.axis, made.identity)


def cells_in(drawn: Drawn) -> int:
    return sum(len(cells) for sheet in drawn.sheets for _, cells in sheet.cells.cells_by_row())


def shown(drawn: Drawn) -> Live:
    """What a drawn book shows when it is opened."""
    tables: dict[str, dict[str, str]] = {}
    for place in drawn.layout.tables.values():
        tables.setdefault(place.sheet, {})[place.excel_name] = place.reference
    live = {}
    for sheet in drawn.sheets:
        rows = dict(sheet.cells.cells_by_row())
        width = max(cell[0] for cells in rows.values() for cell in cells)
        values: list[list[Any]] = [[None] * width for _ in range(max(rows))]
        formulas = copy.deepcopy(values)
        for row, cells in rows.items():
            for column, value, _, formula in cells:
                values[row - 1][column - 1] = plain(value)
                text = plain(value) if formula is None else f"={formula}"
                formulas[row - 1][column - 1] = text
        live[sheet.name] = OpenedSheet(values, formulas, tables.get(sheet.name, {}))
    return live


def typed(live: Live, cell: Place | str, value: Any, formula: str = "") -> Live:
    """The book after somebody typed in a cell."""
    place = Place.of(cell) if isinstance(cell, str) else cell
    sheet = _copy(live[place.sheet])
    _put(sheet, place, value, formula or value)
    return live | {place.sheet: sheet}


def _put(sheet: OpenedSheet, place: Place, value: Any, formula: Any) -> None:
    for rows, content in zip(sheet[:2], (value, formula), strict=True):
        rows += [[] for _ in range(place.row - len(rows))]
        line = rows[place.row - 1]
        line += [None] * (place.column - len(line))
        line[place.column - 1] = content


def _copy(sheet: OpenedSheet) -> OpenedSheet:
    values, formulas = ([list(row) for row in rows] for rows in sheet[:2])
    return OpenedSheet(values, formulas, dict(sheet.tables))


def row_inserted(live: Live, sheet: str, row: int) -> Live:
    """A blank row above a row; nothing else moves, as if the book had no lists."""
    found = _copy(live[sheet])
    for rows in found[:2]:
        rows.insert(row - 1, [])
    return live | {sheet: found}


def row_deleted(live: Live, sheet: str, row: int) -> Live:
    found = _copy(live[sheet])
    for rows in found[:2]:
        del rows[row - 1]
    return live | {sheet: found}


def swapped(live: Live, sheet: str, row: int, other: int) -> Live:
    """Two rows in each other's place."""
    found = _copy(live[sheet])
    for rows in found[:2]:
        rows[row - 1], rows[other - 1] = rows[other - 1], rows[row - 1]
    return live | {sheet: found}


def redrawn(drawn: Drawn, cells: Mapping[str, Any]) -> Drawn:
    """The same book with other contents: a value, or a formula as text with "="."""
    sheets = {sheet.name: copy.copy(sheet) for sheet in drawn.sheets}
    for cell, content in cells.items():
        place = Place.of(cell)
        sheet = sheets[place.sheet]
        if sheet.cells is next(s for s in drawn.sheets if s.name == place.sheet).cells:
            sheet.cells = _again(sheet.cells)
        if isinstance(content, str) and content.startswith("="):
            sheet.cells.put(place.row, place.column, 0.0, 0, content[1:])
        else:
            sheet.cells.put(place.row, place.column, content)
    return drawn._replace(sheets=list(sheets.values()))


def _again(data: SheetData) -> SheetData:
    """The same cells in another sheet."""
    again = SheetData()
    for row, cells in data.cells_by_row():
        for cell in cells:
            again.put(row, *cell)
    return again


def applied(live: Live, patches: Patches) -> Live:
    """The book after the blocks were written; formulas show nothing before they are computed."""
    done = dict(live)
    for patch in patches.sheets:
        sheet = done[patch.sheet] = _copy(live[patch.sheet])
        for block in patch.blocks:
            for row, line in enumerate(block.cells, start=block.row):
                for column, content in enumerate(line, start=block.column):
                    value = None if isinstance(content, Formula) else content
                    _put(sheet, Place(patch.sheet, row, column), value, content)
    return done


def cell_of(drawn: Drawn, grid: str, measure: str, month: str = "", block: int = 0) -> Place:
    """The cell of a grid in a month, or of its label."""
    place = drawn.layout.grids[grid]
    row = place.row(place.blocks[block], measure)
    column = place.columns.column(pd.Period(month, "M")) if month else place.columns.measure
    return Place(place.sheet, row, column)


def item_of(drawn: Drawn, table: str, column: str, row: int = 0) -> Place:
    """The cell of a list in a row, from 0; its header in row -1."""
    place = drawn.layout.tables[table]
    return Place(place.sheet, place.first_row + row, place.column(column))


def header_of(drawn: Drawn, month: str) -> int:
    """The column of a month on every time sheet."""
    return drawn.layout.columns.column(pd.Period(month, "M"))
