"""Where everything stands in the workbook: the one place that knows rows and columns.

Time sheets share their columns: keys, measure, unit, then the same month in the same column on
every sheet, then the totals. Rows 1 to 6 hold title, status line and the header rows of the time
axis; blocks and tables begin below.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from openpyxl.utils import get_column_letter

from sop_xl.planning.calendar import Axis
from sop_xl.schema import AXIS, Grid, Table

HEADER_ROW = 6
"""The row of the months on time sheets and of the column headers on lists."""
AXIS_ROW = {name: row for row, name in enumerate(AXIS, start=1)}

KEY_SEPARATOR = " / "
"""Between the labels of keys that share a column."""

Key = tuple[str, ...]


@dataclass(frozen=True)
class TimeColumns:
    """The columns that all time sheets share."""

    axis: Axis
    keys: int
    """Number of key columns; sheets with fewer keys leave the rest empty."""

    @property
    def measure(self) -> int:
        return self.keys + 1

    @property
    def unit(self) -> int:
        return self.keys + 2

    @property
    def first_past(self) -> int:
        return self.keys + 3

    @property
    def last_past(self) -> int:
        return self.first_plan - 1

    @property
    def first_plan(self) -> int:
        return self.first_past + self.axis.history

    @property
    def last_plan(self) -> int:
        return self.first_plan + self.axis.horizon - 1

    @property
    def past_total(self) -> int:
        """One narrow column stands between the months and the totals."""
        return self.last_plan + 2

    @property
    def plan_total(self) -> int:
        return self.past_total + 1

    @cached_property
    def years(self) -> dict[int, int]:
        """Fiscal year -> column of its total; this year and the next one are always there."""
        shown = {int(y) for y in self.fiscal_years}
        shown |= {self.this_year, self.this_year + 1}
        return {year: self.plan_total + 1 + at for at, year in enumerate(sorted(shown))}

    @property
    def last(self) -> int:
        return max(self.years.values())

    @cached_property
    def this_year(self) -> int:
        first = pd.PeriodIndex([self.axis.first])
        return int(self.axis.calendar.fiscal_year(first)[0])

    @cached_property
    def fiscal_years(self) -> npt.NDArray[np.int_]:
        """Fiscal year of each month shown."""
        return self.axis.calendar.fiscal_year(self.axis.periods)

    def is_complete(self, year: int) -> bool:
        """Whether every period of a fiscal year is among the months shown."""
        return int((self.fiscal_years == year).sum()) == 12

    def column(self, period: pd.Period) -> int:
        return int(self.first_plan + (period - self.axis.first).n)


@dataclass(frozen=True)
class GridPlace:
    """A grid on its sheet: blocks in order, measures in order within a block."""

    grid: Grid
    sheet: str
    first_row: int
    blocks: tuple[Key, ...]
    columns: TimeColumns

    @property
    def last_row(self) -> int:
        return self.first_row + max(1, len(self.blocks)) * len(self.grid.measures) - 1

    @cached_property
    def _offsets(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.grid.names)}

    @cached_property
    def _starts(self) -> dict[Key, int]:
        size = len(self.grid.measures)
        return {block: self.first_row + at * size for at, block in enumerate(self.blocks)}

    def row(self, block: Key, measure: str) -> int:
        return self._starts[block] + self._offsets[measure]

    def start(self, block: Key) -> int:
        return self._starts[block]


@dataclass(frozen=True)
class TablePlace:
    """A table on its sheet; at least one row, as Excel asks."""

    table: Table
    sheet: str
    rows: int
    first_column: int = 1
    header_row: int = HEADER_ROW

    @property
    def first_row(self) -> int:
        return self.header_row + 1

    @property
    def last_row(self) -> int:
        return self.header_row + max(1, self.rows)

    @property
    def last_column(self) -> int:
        return self.first_column + len(self.table.columns) - 1

    @property
    def reference(self) -> str:
        return (
            f"{get_column_letter(self.first_column)}{self.header_row}:"
            f"{get_column_letter(self.last_column)}{self.last_row}"
        )

    @property
    def excel_name(self) -> str:
        return excel_name(self.table)

    def column(self, name: str) -> int:
        return self.first_column + self.table.names.index(name)

    def range_of(self, name: str) -> str:
        """The cells of a column, with the sheet."""
        letter = get_column_letter(self.column(name))
        return f"{self.sheet}!${letter}${self.first_row}:${letter}${self.last_row}"


@dataclass
class Layout:
    """The places of all grids and tables of one workbook."""

    columns: TimeColumns
    grids: dict[str, GridPlace] = field(default_factory=dict)
    tables: dict[str, TablePlace] = field(default_factory=dict)

    def place_grid(self, grid: Grid, sheet: str, row: int, frame: pd.DataFrame) -> GridPlace:
        place = GridPlace(grid, sheet, row, blocks_of(grid, frame), self.columns)
        self.grids[grid.name] = place
        return place

    def place_table(
        self, table: Table, sheet: str, rows: int, column: int = 1, header_row: int = HEADER_ROW
    ) -> TablePlace:
        place = TablePlace(table, sheet, rows, column, header_row)
        self.tables[table.name] = place
        return place


def excel_name(table: Table) -> str:
    """The name of a table in Excel: ``tblBillOfResources``."""
    return "tbl" + "".join(word.capitalize() for word in table.name.split("_"))


def blocks_of(grid: Grid, frame: pd.DataFrame) -> tuple[Key, ...]:
    """The blocks of a grid in the order of its frame; a grid without keys is one block.

    Whole numbers among the keys have no decimals, as a cell is read.
    """
    if not grid.keys:
        return ((),)
    keys = frame[grid.key_names].drop_duplicates()
    return tuple(tuple(map(_key_text, row)) for row in keys.itertuples(index=False, name=None))


def _key_text(key: object) -> str:
    return str(int(key)) if isinstance(key, float) and key.is_integer() else str(key)


def setting_name(name: str) -> str:
    """The defined name of a setting: ``Setting_tolerance``."""
    return f"Setting_{name}"


def view_name(grid: str) -> str:
    """The defined name of the cell in which a page chooses what it shows."""
    return f"View_{grid.removesuffix('_view')}"


def view_key_name(grid: str, key: str) -> str:
    """The defined name of the cell that holds one key of the block that a page has chosen."""
    return f"{view_name(grid)}_{key}"


def column_letter(number: int) -> str:
    return get_column_letter(number)


def key_headers(grids: Iterable[Grid], width: int) -> list[str]:
    """The headers over the key columns of a time sheet, whose grids may have different keys."""
    headers: list[list[str]] = [[] for _ in range(width)]
    for grid in grids:
        for labels, column in zip(headers, grid.keys, strict=False):
            if column.label not in labels:
                labels.append(column.label)
    return [KEY_SEPARATOR.join(labels) for labels in headers]
