"""Reads back what people typed in a book: inputs by key, and formulas that were typed over.

Rows are found by their keys and measures, columns by their headers and months, so that sorted,
inserted and moved rows do no harm. Outputs are never read.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import pandas as pd
from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.functions import fromstring

from sop_xl.errors import SopError
from sop_xl.reading import Cells, read_details
from sop_xl.schema import BLANK, VALUES, Finding, Grid, Role, Severity, Table
from sop_xl.tables import GRIDS, TABLES
from sop_xl.workbook.build import PROPERTIES, SCHEMA
from sop_xl.workbook.layout import KEY_SEPARATOR, excel_name
from sop_xl.workbook.sheets import SHEETS

HEADER_SEARCH = 40
"""Rows from the top in which the header of a moved list is looked for."""
_REFERENCE = re.compile(r"(?<![A-Za-z_\[])(\$?)([A-Z]{1,3})(\$?)(\d+)(?![\w(])")

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
"""First bytes of the container of old and of encrypted workbooks."""
_WORKBOOK, _PROPERTIES = "xl/workbook.xml", "docProps/custom.xml"
GAP = 200
"""Empty rows or columns after which a sheet is at its end."""

Rows = list[list[Any]]
Extent = tuple[int, int]
CellKey = tuple[str, tuple[str, ...], str]
"""Table, key of the row as texts, column."""


@dataclass
class BookInputs:
    """What a book holds: frames of inputs, where each value stands, and findings."""

    file: str
    identity: dict[str, str]
    frames: dict[str, pd.DataFrame] = field(default_factory=dict)
    cells: dict[CellKey, str] = field(default_factory=dict)
    """``Demand_Plan!Z14`` for each value that was read."""
    findings: list[Finding] = field(default_factory=list)

    def cell_of(self, table: Table, key: str, column: str) -> str:
        """Where a value stands; the first key of the row where a whole row is meant.

        Args:
            key: The key of the row as the store writes it, a JSON object.
        """
        values = tuple("" if v is None else str(v) for v in json.loads(key).values())
        return self.cells.get((table.name, values, column or table.keys[0]), "")


def read_identity(path: Path) -> dict[str, str]:
    """Plan, cycle, build, version and schema of a book.

    Raises:
        SopError: The file is no workbook, or none of ours, or of another structure.
    """
    with _readable(path), zipfile.ZipFile(path) as package:
        if _WORKBOOK not in package.namelist():
            raise ValueError("it holds no workbook")
        named = _PROPERTIES in package.namelist()
        properties = fromstring(package.read(_PROPERTIES)) if named else ()
        found = {one.get("name"): "".join(one.itertext()) for one in properties}
    identity = {key: found.get(name, "") for key, name in PROPERTIES.items()}
    _check_identity(path, identity)
    return identity


def read_inputs(path: Path, level: tuple[str, ...]) -> BookInputs:
    """Read every input of a book that was issued.

    Args:
        level: The planning level of the book.

    Raises:
        SopError: The file cannot be read, or is no book of this structure.
    """
    identity = read_identity(path)
    with _readable(path):
        data = path.read_bytes()  # openpyxl leaves a file open where it fails
        values = load_workbook(BytesIO(data), data_only=True, keep_links=False)
        extents = {sheet.title: _extent(sheet) for sheet in values.worksheets}
        formulas = _formulas(data, extents)
    book = BookInputs(path.name, identity)
    for spec in SHEETS:
        if spec.name not in values.sheetnames:
            if any(TABLES[t].is_editable for t in spec.tables) or _input_grids(spec.grids, level):
                _missing_sheet(book, spec.name)
            continue
        rows = _rows(values[spec.name], extents[spec.name])
        places = {table.name: table.ref for table in values[spec.name].tables.values()}
        sheet = _SheetReader(book, spec.name, rows, formulas[spec.name], places)
        for name in spec.tables:
            table = TABLES[name].for_level(level)
            if table.is_editable:
                sheet.table(table)
        grids = [GRIDS[name].for_level(level) for name in spec.grids]
        if grids:
            sheet.grids(grids)
    return book


def _input_grids(names: Iterable[str], level: tuple[str, ...]) -> list[Grid]:
    return [g for g in (GRIDS[n].for_level(level) for n in names) if g.inputs]


def _missing_sheet(book: BookInputs, sheet: str) -> None:
    book.findings.append(
        Finding(
            sheet,
            f"the sheet {sheet} is missing; its inputs were not read and stay as they were.",
            "If it was renamed, give it back its name and collect again.",
            Severity.WARNING,
            file=book.file,
            sheet=sheet,
        )
    )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say what is the matter with a file that cannot be read."""
    try:
        yield
    except FileNotFoundError as error:
        raise SopError(f"{path} does not exist.", "Check the name of the workbook.") from error
    except PermissionError as error:
        raise SopError(
            f"{path} cannot be read.", "Close it in Excel, or copy it, and try again."
        ) from error
    except (DefusedXmlException, InvalidFileException, zipfile.BadZipFile, zlib.error, KeyError,
            ValueError, OSError, ParseError, EOFError, TypeError, AttributeError) as error:
        if any(isinstance(one, DefusedXmlException) for one in _chain(error)):
            raise SopError(
                f"{path} holds XML that tries to exhaust the reader; it was not opened.",
                "Do not open it; ask where it came from.",
            ) from error
        raise SopError(
            f"{path} is no readable Excel workbook ({_reason(path, error)}).",
            "Open it in Excel, take off a password, save it as .xlsx and try again.",
        ) from error


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that it came of; openpyxl wraps some."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _reason(path: Path, error: Exception) -> str:
    with suppress(OSError), path.open("rb") as file:
        if file.read(8) == _OLE:
            return "it is protected by a password, or in the old .xls format"
    return (str(error) or type(error).__name__).splitlines()[0].rstrip(".")


def _formulas(data: bytes, extents: Mapping[str, Extent]) -> dict[str, Rows]:
    """Formulas in the place of values, by sheet."""
    workbook = load_workbook(BytesIO(data), read_only=True, keep_links=False)
    return {sheet.title: _rows(sheet, extents[sheet.title]) for sheet in workbook.worksheets}


def _extent(sheet: Any) -> Extent:
    """Last row and column in use; a lone cell far away does not make a sheet of a million rows."""
    filled = [at for at, cell in sheet._cells.items() if cell.value is not None]
    return _reach(row for row, _ in filled), _reach(column for _, column in filled)


def _reach(numbers: Iterable[int]) -> int:
    last = 0
    for number in sorted(set(numbers)):
        if number - last > GAP:
            break
        last = number
    return last


def _rows(sheet: Any, extent: Extent) -> Rows:
    rows, columns = extent
    if not rows or not columns:
        return []
    cells = sheet.iter_rows(min_row=1, max_row=rows, min_col=1, max_col=columns, values_only=True)
    return [list(row) for row in cells]


def _check_identity(path: Path, identity: Mapping[str, str]) -> None:
    if not identity["build"]:
        raise SopError(
            f"{path} is no S&OP workbook of ours: it bears no build number.",
            "Collect a workbook that `sop-xl generate` made.",
        )
    if identity["schema"] != str(SCHEMA):
        raise SopError(
            f"{path} has structure {identity['schema']}, this program reads {SCHEMA}.",
            "Collect it with the version of sop-xl that made it, then generate a new book.",
        )


class _SheetReader:
    """Reads the inputs of one sheet."""

    def __init__(
        self, book: BookInputs, name: str, values: Rows, formulas: Rows, places: Mapping[str, str]
    ) -> None:
        self.book, self.name = book, name
        self.values, self.formulas = values, formulas
        self.references = places
        """Ranges of the Excel tables by name."""

    # ---- lists ------------------------------------------------------------------------------

    def table(self, table: Table) -> None:
        """Read the inputs of a list, by the headers of its Excel table."""
        place = self._place(table)
        if place is None:
            self._find(table, f"the list {table.label} is not on the sheet", "",
                       "Bring back its header row; its inputs stay as they were.")
            return
        header_row, first, last = place
        header = [self._value(header_row, at) for at in range(first, last + 1)]
        shown = {column.label for column in table.inputs}
        wanted = [at for at, label in enumerate(header) if label in shown]
        rows = list(self._filled(header_row + 1, [first + at for at in wanted]))
        cells = Cells(
            [header[at] for at in wanted],
            [[self._value(row, first + at) for row in rows] for at in wanted],
            self.book.file,
            self.name,
            rows=rows,
            first_column=first,
        )
        uncomputed = {
            f"{get_column_letter(first + at)}{row}"
            for at in wanted
            for row in rows
            if self._is_uncomputed(table, str(header[at]), row, first + at)
        }
        details = read_details(table, cells, _month_of)
        # the header cells need not be neighbours: name cells by their own column
        columns = {name: first + wanted[at] for name, at in details.positions.items()}
        self.book.findings += [f for f in details.findings if f.cell not in uncomputed]
        self.book.frames[table.name] = details.frame
        keys = details.frame[table.keys].itertuples(index=False, name=None)
        for row, values in zip(details.rows, keys, strict=True):
            key = tuple(str(value) for value in values)
            for name, column in columns.items():
                address = f"{self.name}!{get_column_letter(column)}{rows[row]}"
                self.book.cells[table.name, key, name] = address
        self._typed_over(table, header, first, rows)

    def _place(self, table: Table) -> tuple[int, int, int] | None:
        """Header row, first and last column of a list."""
        reference = self.references.get(excel_name(table))
        if reference:
            left, top, right, _ = range_boundaries(reference)
            if left and top and right:
                return int(top), int(left), int(right)
        labels = [column.label for column in table.columns]
        for row in range(1, min(HEADER_SEARCH, len(self.values)) + 1):
            found = [str(v) for v in self.values[row - 1] if v is not None]
            if len(set(labels) & set(found)) * 2 > len(labels) and labels[0] in found:
                first = self.values[row - 1].index(labels[0]) + 1
                return row, first, first + len(labels) - 1
        return None

    def _filled(self, first_row: int, columns: list[int]) -> Iterator[int]:
        """Rows with anything in these columns; a list ends where ten rows are empty."""
        empty = 0
        for row in range(first_row, len(self.values) + 1):
            if any(self._value(row, column) not in (None, "") for column in columns):
                empty = 0
                yield row
            else:
                empty += 1
                if empty == 10:
                    return

    def _typed_over(
        self, table: Table, header: list[object], first: int, rows: list[int]
    ) -> None:
        computed = {
            first + at: column.label
            for at, label in enumerate(header)
            for column in table.columns
            if column.formula and column.label == label
        }
        for row in rows:
            if all(self._formula(row, at) in (None, "") for at in computed):
                continue  # typed below the list, where there are no formulas
            for at, label in computed.items():
                if not _is_formula(self._formula(row, at)):
                    self._overwritten(table.name, label, row, at)

    # ---- grids ------------------------------------------------------------------------------

    def grids(self, grids: list[Grid]) -> None:
        """Read the inputs of the grids of a sheet, by keys, measure and month."""
        header_row = self._time_header()
        if header_row is None:
            self._find(grids[0], "the header row with Measure and the months is gone", "",
                       "Bring it back; the inputs of the sheet stay as they were.")
            return
        header = self.values[header_row - 1]
        labels = {
            label: at
            for at, value in enumerate(header)
            if isinstance(value, str)
            for label in value.split(KEY_SEPARATOR)
        }
        months = {at: pd.Period(value, "M") for at, value in enumerate(header)
                  if isinstance(value, dt.datetime)}
        measure_at = labels["Measure"]
        for grid in grids:
            keys = [labels.get(column.label) for column in grid.keys]
            if None in keys:
                self._find(grid, f"a key column of {grid.label} is gone", "",
                           "Bring back its header; the inputs of the sheet stay as they were.")
                continue
            rows = self._measure_rows(grid, header_row, [k for k in keys if k is not None],
                                      measure_at)
            self._grid_inputs(grid, rows, months)
            self._grid_formulas(grid, rows, months)

    def _time_header(self) -> int | None:
        for row in range(1, min(HEADER_SEARCH, len(self.values)) + 1):
            values = self.values[row - 1]
            if "Measure" in values and any(isinstance(v, dt.datetime) for v in values):
                return row
        return None

    def _measure_rows(
        self, grid: Grid, header_row: int, keys: list[int], measure_at: int
    ) -> dict[tuple[tuple[str, ...], str], int]:
        """Row of each block and measure. A label may stand in several grids of a sheet."""
        names = {measure.label: measure.name for measure in grid.measures}
        title = self._section(grid)
        after = title if title is not None else header_row
        until = self._next_section(after)
        rows: dict[tuple[tuple[str, ...], str], int] = {}
        for row in range(after + 1, until):
            label = self._value(row, measure_at + 1)
            if label not in names:
                continue
            key = tuple(_text(self._value(row, at + 1)) for at in keys)
            rows.setdefault((key, names[str(label)]), row)
        return rows

    def _section(self, grid: Grid) -> int | None:
        """The row of the title above a grid."""
        for row, values in enumerate(self.values, start=1):
            if values and values[0] == grid.label and row > 1:
                return row
        return None

    def _next_section(self, after: int) -> int:
        titles = {grid.label for grid in GRIDS.values()}
        for row in range(after + 1, len(self.values) + 1):
            if self.values[row - 1] and self.values[row - 1][0] in titles:
                return row
        return len(self.values) + 1

    def _grid_inputs(
        self, grid: Grid, rows: dict[tuple[tuple[str, ...], str], int],
        months: dict[int, pd.Period],
    ) -> None:
        table = grid.input_table()
        if table is None:
            return
        found: dict[tuple[Any, ...], dict[str, object]] = {}
        place: dict[tuple[Any, ...], int] = {}
        for (key, name), row in rows.items():
            measure = grid[name]
            if not measure.role.is_input:
                continue
            for at, month in months.items():
                value = self._value(row, at + 1)
                self.book.cells[table.name, (*key, str(month)), name] = (
                    f"{self.name}!{get_column_letter(at + 1)}{row}"
                )
                self._is_uncomputed(table, measure.label, row, at + 1)
                # blank ones too: a cell that somebody cleared is a change
                found.setdefault((*key, month), {})[name] = None if value == "" else value
                place[(*key, month)] = row
        self._input_frame(table, found)

    def _input_frame(self, table: Table, found: dict[tuple[Any, ...], dict[str, object]]) -> None:
        """Check the typed values as those of any list, one row per block and month."""
        names = [column.name for column in table.inputs if column.role is not Role.KEY]
        header = [table[name].label for name in (*table.keys, *names)]
        columns: list[list[object]] = [[] for _ in header]
        for key, values in found.items():
            shown = [*key[:-1], key[-1].to_timestamp(), *(values.get(name) for name in names)]
            for column, value in zip(columns, shown, strict=True):
                column.append(value)
        details = read_details(
            table, Cells(header, columns, self.book.file, self.name), _month_of
        )
        keys = list(found)
        for finding in details.findings:
            self.book.findings.append(self._placed(table, finding, header, keys))
        self.book.frames[table.name] = details.frame

    def _placed(
        self, table: Table, finding: Finding, header: list[str], keys: list[tuple[Any, ...]]
    ) -> Finding:
        """Name the cell of the grid, not that of the list that was made of it."""
        match = re.fullmatch(r"([A-Z]+)(\d+)", finding.cell)
        if not match:
            return finding
        column = range_boundaries(f"{match[1]}1")[0] or 1
        row = int(match[2]) - 2
        name = next((c.name for c in table.inputs if c.label == header[column - 1]), "")
        if row >= len(keys):
            return finding
        key = tuple(str(value) for value in keys[row])
        address = self.book.cells.get((table.name, key, name), "")
        return finding._replace(cell=address.partition("!")[2] or finding.cell)

    def _grid_formulas(
        self, grid: Grid, rows: dict[tuple[tuple[str, ...], str], int],
        months: dict[int, pd.Period],
    ) -> None:
        """Name formulas that were typed over, and those that differ from the rest of their row."""
        first = pd.Period(self.book.identity["cycle"], "M")
        for (_, name), row in rows.items():
            measure = grid[name]
            for text, past in ((measure.past, True), (measure.plan, False)):
                if text in (BLANK, VALUES) or measure.sparse:
                    continue
                columns = [at + 1 for at, month in months.items() if (month < first) == past]
                self._formula_row(grid, measure.label, row, columns)

    def _formula_row(self, grid: Grid, label: str, row: int, columns: list[int]) -> None:
        shapes: dict[int, str] = {}
        typed: list[int] = []
        for column in columns:
            formula = self._formula(row, column)
            if _is_formula(formula):
                shapes[column] = _shape(str(formula), column)
            else:
                typed.append(column)
        if typed:
            self._overwritten(grid.name, label, row, *typed)
        if len(set(shapes.values())) <= 1:
            return
        usual = Counter(shapes.values()).most_common(1)[0][0]
        for column, shape in shapes.items():
            if shape != usual:
                self._find(
                    grid,
                    f"the formula of {label} differs from the others in its row",
                    f"{get_column_letter(column)}{row}",
                    "Copy the formula from the cell beside it; the next book has it right.",
                )

    # ---- pieces -----------------------------------------------------------------------------

    def _value(self, row: int, column: int) -> object:
        return _at(self.values, row, column)

    def _formula(self, row: int, column: int) -> object:
        return _at(self.formulas, row, column)

    def _is_uncomputed(self, table: Table, label: str, row: int, column: int) -> bool:
        """A formula in an input cell is taken by its value: find one that has none."""
        formula = self._formula(row, column)
        if not _is_formula(formula) or self._value(row, column) is not None:
            return False
        shown = getattr(formula, "text", formula)
        self.book.findings.append(
            Finding(
                table.name,
                f"the formula {shown} in {label} has no value.",
                "Type the value; or open the workbook in Excel, save it and collect again.",
                Severity.ERROR,
                self.book.file,
                self.name,
                f"{get_column_letter(column)}{row}",
            )
        )
        return True

    def _overwritten(self, table: str, label: str, row: int, *columns: int) -> None:
        value = self._formula(row, columns[0])
        shown = "nothing" if value in (None, "") else repr(value)
        cell = f"{get_column_letter(columns[0])}{row}"
        if len(columns) > 1:
            cell += f" to {get_column_letter(columns[-1])}{row}"
        self.book.findings.append(
            Finding(
                table,
                f"the formula of {label} was typed over with {shown}; the value is not taken over.",
                "Type it in an input row instead (blue on yellow); the next book has the formula.",
                Severity.WARNING,
                self.book.file,
                self.name,
                cell,
            )
        )

    def _find(self, holder: Table | Grid, message: str, cell: str, remedy: str) -> None:
        self.book.findings.append(
            Finding(holder.name, f"{message}.", remedy, Severity.WARNING, self.book.file,
                    self.name, cell)
        )


def _at(rows: list[list[Any]], row: int, column: int) -> object:
    if row > len(rows) or column > len(rows[row - 1]):
        return None
    value: object = rows[row - 1][column - 1]
    return value


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _is_formula(value: object) -> bool:
    return (isinstance(value, str) and value.startswith("=")) or hasattr(value, "text")


def _shape(formula: str, column: int) -> str:
    """A formula with columns relative to its own, so that equal ones along a row look alike."""

    def relative(match: re.Match[str]) -> str:
        if match[1]:
            return match[0]
        number = range_boundaries(f"{match[2]}1")[0] or 0
        return f"[{number - column}]{match[3]}{match[4]}"

    return _REFERENCE.sub(relative, formula.replace(" ", ""))


def _month_of(days: pd.Series[Any]) -> pd.Series[Any]:
    """Sheets show a period by the first day of the month that it is called by."""
    return pd.to_datetime(days).dt.to_period("M")


