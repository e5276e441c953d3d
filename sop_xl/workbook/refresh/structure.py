"""Whether an open book has its rows, columns and lists where a drawn one has them.

Labels tell: what stands in another place was moved, and then nothing can be written in place; what
stands nowhere was typed over, and is put right.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from openpyxl.utils import range_boundaries

from sop_xl.planning.wording import count, listed
from sop_xl.schema import Column, Measure, Role
from sop_xl.tables.review import LOG
from sop_xl.workbook.build import Drawn
from sop_xl.workbook.layout import HEADER_ROW, GridPlace, Key, TablePlace, column_letter
from sop_xl.workbook.reader import OpenedSheet
from sop_xl.workbook.reader.cells import text_of
from sop_xl.workbook.reader.lists import GAP
from sop_xl.workbook.refresh.sameness import plain, same
from sop_xl.workbook.sheet import Sheet
from sop_xl.workbook.sheetdata import Cell

LABEL_STYLES = frozenset(
    f"SOP {name}"
    for name in ("Title", "Section", "Header", "Header number", "Header past", "Key", "Label",
                 "Total label")
)  # fmt: skip
"""The styles of texts that stay where they are as long as nobody inserts rows or columns."""
Spot = tuple[int, int]
"""Row and column, from 1."""


@dataclass(frozen=True)
class Spread:
    """A list as the open sheet has it: it may have more or fewer rows than the drawn one."""

    place: TablePlace
    last_row: int

    def has(self, row: int, column: int) -> bool:
        """Whether a cell belongs to its rows, on the open sheet or on the drawn one."""
        place = self.place
        last = max(self.last_row, place.last_row)
        return (place.first_row <= row <= last
                and place.first_column <= column <= place.last_column)  # fmt: skip

    def column_at(self, column: int) -> Column:
        return self.place.table.columns[column - self.place.first_column]


@dataclass
class Page:
    """A drawn sheet beside the open one."""

    drawn: Sheet
    opened: OpenedSheet
    grids: list[GridPlace]
    lists: list[Spread] = field(default_factory=list)
    labels: set[Spot] = field(default_factory=set)
    """Label cells that were typed over."""
    reasons: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.drawn.name

    @cached_property
    def cells(self) -> dict[int, dict[int, Cell]]:
        """What was drawn, by row and column, as far as the open sheet has a place for it."""
        return {row: {cell[0]: cell for cell in cells}
                for row, cells in self.drawn.cells.cells_by_row()}  # fmt: skip

    def shown(self, row: int, column: int) -> object:
        """The value of a cell of the open sheet."""
        return at(self.opened.values, row, column)

    def list_at(self, row: int, column: int) -> Spread | None:
        """The list in whose rows a cell lies."""
        return next((spread for spread in self.lists if spread.has(row, column)), None)

    @cached_property
    def measures(self) -> dict[int, tuple[GridPlace, Measure]]:
        """The measures of the grids by their rows."""
        return {
            place.row(block, measure.name): (place, measure)
            for place in self.grids
            for block in place.blocks
            for measure in place.grid.measures
        }


def at(rows: Sequence[Sequence[Any]], row: int, column: int) -> Any:
    """What stands in a row and column, from 1; None beyond the end of the sheet."""
    if row > len(rows) or column > len(rows[row - 1]):
        return None
    return rows[row - 1][column - 1]


def corners(reference: str) -> tuple[int, int, int, int]:
    """First column and row, last column and row of a range.

    >>> corners("$B$6:C9")
    (2, 6, 3, 9)
    """
    left, top, right, bottom = (int(edge or 0) for edge in range_boundaries(reference))
    return left, top, right, bottom


def examine(drawn: Drawn, live: Mapping[str, OpenedSheet]) -> tuple[list[Page], list[str]]:
    """The drawn sheets beside the open ones, and the names of those that are missing."""
    pages = []
    for sheet in drawn.sheets:
        if sheet.name not in live:
            continue
        grids = [place for place in drawn.layout.grids.values() if place.sheet == sheet.name]
        page = Page(sheet, live[sheet.name], grids)
        for table in drawn.layout.tables.values():
            if table.sheet == sheet.name:
                _examine_list(page, table)
        _examine_rows(page)
        if not page.reasons:
            _examine_labels(page)
        pages.append(page)
    return pages, [sheet.name for sheet in drawn.sheets if sheet.name not in live]


# ---- lists -----------------------------------------------------------------------------


def _examine_list(page: Page, place: TablePlace) -> None:
    named = f"the list {place.table.label}"
    if place.excel_name not in page.opened.tables:
        page.reasons.append(f"{named} is gone, or its table is not called {place.excel_name}")
        return
    left, top, right, bottom = corners(page.opened.tables[place.excel_name])
    if (left, top) != (place.first_column, place.header_row):
        page.reasons.append(f"{named} was moved")
        return
    if right != place.last_column:
        page.reasons.append(f"{named} has columns more or fewer than it should")
        return
    spread = Spread(place, bottom)
    page.lists.append(spread)
    if place.table.name == LOG.name:  # what was run is written there live; no plan knows it
        _leave_out(page, place, place.first_row)
        return
    last = max(_filled_rows(page, place), default=place.header_row)
    if last > bottom:
        page.reasons.append(f"{named} needs {count(last - bottom, 'row')} more than it has")
    elif bottom != place.last_row and _anything_below(page, spread):
        page.reasons.append(f"{named} has rows more or fewer than it should")
    elif place.table.is_editable and _typed_below(page, spread):
        page.reasons.append(f"rows were typed below {named}")
    _leave_out(page, place, bottom + 1)


def _columns(place: TablePlace) -> range:
    return range(place.first_column, place.last_column + 1)


def _filled_rows(page: Page, place: TablePlace) -> Iterator[int]:
    """The rows of a drawn list that hold something; formulas alone make no row."""
    for row in range(place.first_row, place.last_row + 1):
        cells = page.cells.get(row, {})
        drawn = (cells[column] for column in _columns(place) if column in cells)
        if any(formula is None and plain(value) is not None for _, value, _, formula in drawn):
            yield row


def _leave_out(page: Page, place: TablePlace, first: int) -> None:
    """Forget the drawn rows of a list from one on: spare ones that the open list does not have."""
    for row in range(first, place.last_row + 1):
        for column in _columns(place):
            page.cells.get(row, {}).pop(column, None)


def _anything_below(page: Page, spread: Spread) -> bool:
    """Whether something is drawn below a list: it would have to move with its end."""
    place = spread.place
    columns = set(_columns(place))
    return any(row > place.last_row and columns & cells.keys() for row, cells in page.cells.items())


def _typed_below(page: Page, spread: Spread) -> bool:
    """Whether people typed rows below the end of a list; they are read as its rows."""
    place = spread.place
    inputs = [place.column(column.name) for column in place.table.inputs]
    return any(
        page.shown(row, column) not in (None, "")
        for row in range(spread.last_row + 1, spread.last_row + GAP + 1)
        for column in inputs
        if row <= place.last_row or column not in page.cells.get(row, {})
    )


# ---- rows of grids ---------------------------------------------------------------------


class _Row(NamedTuple):
    """What a row of a grid is known by."""

    keys: Key
    measure: str


def _examine_rows(page: Page) -> None:
    """Every row of a grid is known by its keys and its measure."""
    if not page.grids:
        return
    columns = page.grids[0].columns
    drawn = {
        row: _Row(_filled(place.blocks[(row - place.first_row) // len(place.grid.measures)]),
                  measure.label)
        for row, (place, measure) in page.measures.items()
    }  # fmt: skip
    shown = dict(_shown_rows(page, columns.keys, columns.measure))
    in_place = {row for row, known in drawn.items() if shown.get(row) == known}
    elsewhere = {known for row, known in shown.items() if row not in in_place}
    if any(row not in in_place and known in elsewhere for row, known in drawn.items()):
        page.reasons.append("rows were sorted, inserted or deleted")
    elif missing := _missing_blocks(page, drawn, in_place):
        page.reasons.append(f"it has no rows for {listed(missing)}")
    if extra := _extra_blocks(drawn, shown):
        page.reasons.append(f"it has rows for {listed(extra)}, which the plan does not have")
    for row in drawn.keys() - in_place:
        page.labels |= {
            (row, column)
            for column in (*range(1, columns.keys + 1), columns.measure)
            if _differs(page, row, column)
        }


def _shown_rows(page: Page, keys: int, measure: int) -> Iterator[tuple[int, _Row]]:
    """The rows of the open sheet that have a measure."""
    for number, values in enumerate(page.opened.values[HEADER_ROW:], start=HEADER_ROW + 1):
        label = values[measure - 1] if len(values) >= measure else None
        if isinstance(label, str) and label:
            yield number, _Row(_filled([text_of(value) for value in values[:keys]]), label)


def _filled(keys: Sequence[str]) -> Key:
    """Keys without blank ones at their end: a grid may have fewer than its sheet."""
    last = max((number for number, key in enumerate(keys, start=1) if key), default=0)
    return tuple(keys[:last])


def _missing_blocks(
    page: Page, drawn: Mapping[int, _Row], in_place: Collection[int]
) -> list[str]:
    """The blocks of which not one row is where it should be."""
    rows: defaultdict[tuple[str, Key], set[int]] = defaultdict(set)
    for row, (place, _) in page.measures.items():
        rows[place.grid.label, drawn[row].keys].add(row)
    return [
        " · ".join(keys) or label
        for (label, keys), numbers in rows.items()
        if numbers.isdisjoint(in_place)
    ]


def _extra_blocks(drawn: Mapping[int, _Row], shown: Mapping[int, _Row]) -> list[str]:
    """The blocks that only the open sheet has."""
    blocks = {known.keys for known in drawn.values()}
    labels = {(known.measure, len(known.keys)) for known in drawn.values()}
    extra = {
        " · ".join(known.keys): None
        for row, known in shown.items()
        if row not in drawn
        and known.keys not in blocks
        and (known.measure, len(known.keys)) in labels
    }
    return list(extra)


# ---- months, headers and labels --------------------------------------------------------


def _examine_labels(page: Page) -> None:
    """A label that stands elsewhere in its row or column tells that cells were moved."""
    headers = {spread.place.header_row for spread in page.lists}
    for row, column in _label_cells(page):
        if not _differs(page, row, column):
            continue
        if _stands_elsewhere(page, row, column):
            what = "columns" if row in headers or (page.grids and row == HEADER_ROW) else "cells"
            page.reasons.append(f"{what} were moved, inserted or deleted near "
                                f"{column_letter(column)}{row}")
            return
        page.labels.add((row, column))
    if page.grids and 2 * sum(row == HEADER_ROW for row, _ in page.labels) > len(_months(page)):
        page.reasons.append("it shows other months")


def _label_cells(page: Page) -> Iterator[Spot]:
    """The cells with labels, but for the rows of grids, which are known by their keys as well."""
    styles = _label_styles(page.drawn)
    for row, cells in page.cells.items():
        if row in page.measures:
            continue
        for column, (_, value, style, formula) in cells.items():
            if style in styles and formula is None and plain(value) is not None:
                spread = page.list_at(row, column)
                if spread is None:
                    yield row, column


def _label_styles(sheet: Sheet) -> set[int]:
    """The cell formats in which labels are drawn."""
    workbook: Any = sheet.book.workbook  # openpyxl declares no types for its formats
    names = workbook._named_styles.names
    return {
        at for at, style in enumerate(workbook._cell_styles) if names[style.xfId] in LABEL_STYLES
    }


def _months(page: Page) -> list[int]:
    columns = page.grids[0].columns
    return list(range(columns.first_past, columns.last_plan + 1))


def _differs(page: Page, row: int, column: int) -> bool:
    """Whether the open sheet shows another value than the one that was drawn."""
    cell = page.cells.get(row, {}).get(column)
    return cell is not None and not same(plain(cell[1]), page.shown(row, column))


def _stands_elsewhere(page: Page, row: int, column: int) -> bool:
    """Whether a label stands where another one, or nothing, was drawn: in its row or its column."""
    label = plain(page.cells[row][column][1])
    values = page.opened.values
    across = values[row - 1] if row <= len(values) else []
    places = [(row, other) for other, shown in enumerate(across, start=1) if same(label, shown)]
    places += [
        (other, column)
        for other, shown in enumerate(values, start=1)
        if len(shown) >= column and same(label, shown[column - 1])
    ]
    return any(_drawn_value(page, *spot) != label for spot in places)


def _drawn_value(page: Page, row: int, column: int) -> object:
    cell = page.cells.get(row, {}).get(column)
    return None if cell is None else plain(cell[1])


def is_fillable(column: Column) -> bool:
    """Whether people fill in a column of a list."""
    return column.role is Role.KEY or column.role.is_input
