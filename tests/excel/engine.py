"""Excel for tests: an engine of xlwings over openpyxl, so that its callers run unchanged anywhere.

Its classes are what xlwings expects behind its own (``xlwings.base_classes``), as far as they are
called. They have what matters of Excel and COM: blocks that come as floats, dates, error codes and
None; texts that are parsed as they are written, unless an apostrophe holds them; protected sheets
and cells that are being edited; arrays that change as a whole; headers of lists that formulas
follow. It does not calculate: formulas show what the file has cached. No code of xlwings PRO is
loaded.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
import openpyxl
import pandas as pd
import xlwings
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import from_excel
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet import _reader
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.worksheet.formula import ArrayFormula
from xlwings.base_classes import DEFAULT_MAX_CELLS_PER_READ, DEFAULT_MAX_CELLS_PER_WRITE

REJECTED, EXCEPTION = -2147418111, -2147352567
"""RPC_E_CALL_REJECTED; DISP_E_EXCEPTION, whose details tell more."""
EDITING, REFUSED = -2146777998, -2146827284
"""What Excel answers while a cell is being edited, and to anything that it cannot do."""
ERROR_CODES = {
    "#NULL!": -2146826288, "#DIV/0!": -2146826281, "#VALUE!": -2146826273, "#REF!": -2146826265,
    "#NAME?": -2146826259, "#NUM!": -2146826252, "#N/A": -2146826246,
}  # fmt: skip
DAY_ZERO = dt.datetime(1899, 12, 30)
A_DATE = 46_000.0
"""Stands for the number of whatever date Excel makes of a text."""

_ERRORS = {code: text for text, code in ERROR_CODES.items()}
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    rf"\d{{1,4}}[-/.]\d{{1,2}}(?:[-/.]\d{{1,4}})?|\d{{1,2}}:\d\d(?::\d\d)?"
    rf"|{_MONTH}[ -]\d{{1,4}}|\d{{1,2}}[ -]{_MONTH}(?:[ -]\d{{2,4}})?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"([+-]?)[$€£]?(\d[\d,]*\.?\d*(?:e[+-]?\d+)?|\.\d+)(%?)", re.IGNORECASE)
_COLUMN = re.compile(r"(\w+)\[(?:\[#This Row\],)?\[?(?!#)@?([^\[\]]+)\]")

Spot = tuple[int, int]
"""Row and column, from 1."""
Box = tuple[int, int, int, int]
"""First row and column, last row and column."""


class ComError(Exception):
    """An error as pywin32 raises it."""

    def __init__(self, hresult: int, text: str, details: tuple[Any, ...] | None = None) -> None:
        super().__init__(hresult, text, details, None)
        self.hresult, self.strerror, self.excepinfo, self.argerror = hresult, text, details, None


def refusal(text: str, scode: int = REFUSED) -> ComError:
    """What Excel raises when it cannot do what it is told."""
    details = (0, "Microsoft Excel", text, "xlmain11.chm", 0, scode)
    return ComError(EXCEPTION, "Exception occurred.", details)


class Alert(NamedTuple):
    """A message that was shown."""

    title: str
    text: str
    buttons: str


class Written(NamedTuple):
    """A block that was written, and how Excel was set at that moment."""

    place: str
    cells: int
    calculation: str
    screen_updating: bool


class Formula(str):
    """What Excel takes for a formula."""

    __slots__ = ()


class ErrorText(str):
    """An error such as #N/A."""

    __slots__ = ()


class List(NamedTuple):
    """Where an Excel table lies, and what its columns are called."""

    box: Box
    columns: list[Any]


def taken(text: str) -> Any:
    """What Excel makes of a text that is put into a cell.

    >>> taken("'007"), taken("007"), taken("12%"), taken("true"), taken("-Fracht"), taken("Oct-26")
    ('007', 7.0, 0.12, True, '=-Fracht', 46000.0)
    """
    if text.startswith("'"):
        return text[1:]
    number = _NUMBER.fullmatch(text.strip())
    if number:
        size = float(number[2].replace(",", "")) / (100 if number[3] else 1)
        return -size if number[1] == "-" else size
    if _DATE.fullmatch(text.strip()):
        return A_DATE
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    if text[:1] in ("=", "+", "-", "@") and len(text) > 1:
        return Formula(text if text[0] == "=" else f"={text}")
    return ErrorText(text.upper()) if text.upper() in ERROR_CODES else text


class Engine:
    """The engine that xlwings is told to use."""

    name, type = "excel", "desktop"

    def __init__(self) -> None:
        self.apps = Excels(self)

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: Any) -> Any:
        if isinstance(value, np.datetime64 | pd.Timestamp):
            return pd.Timestamp(value).to_pydatetime()
        if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
            return ""
        if isinstance(value, np.number):
            return float(value)
        if not isinstance(value, str | int | float | bool | dt.date):
            raise TypeError(f"{type(value).__name__} cannot be handed to Excel: {value!r}")
        return value

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: bool
    ) -> list[list[Any]]:
        def clean(value: Any) -> Any:
            if value in ("", None):
                return empty_as
            if isinstance(value, dt.datetime):
                return datetime_builder(*value.timetuple()[:6], value.microsecond)
            if isinstance(value, float) and number_builder:
                return number_builder(value)
            if type(value) is int and value in _ERRORS:
                return _ERRORS[value] if err_to_str else None
            return value

        return [[clean(value) for value in row] for row in data]


class Excels:
    """Every Excel that runs."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.running = engine, list[Excel]()
        self._pids = count(1)

    def keys(self) -> list[int]:
        return [app.pid for app in self.running]

    def add(self, **_options: Any) -> Excel:
        self.running.insert(0, Excel(self, next(self._pids)))
        return self.running[0]

    def __iter__(self) -> Iterator[Excel]:
        return iter(self.running)

    def __len__(self) -> int:
        return len(self.running)

    def __getitem__(self, pid: int) -> Excel:
        return next(app for app in self.running if app.pid == pid)


class Excel:
    """One Excel, with what a test wants to set and to see."""

    def __init__(self, excels: Excels, pid: int) -> None:
        self.excels, self.pid, self.hwnd = excels, pid, pid
        self.engine = excels.engine
        self.books = Books(self)
        self.editing = False
        """Whether a cell is being edited."""
        self.answer = "ok"
        """The button that is pressed when there is a choice."""
        self.alerts: list[Alert] = []
        self.said: list[str | bool] = []
        """What stood in the status bar."""
        self.calls: Counter[str] = Counter()
        """Blocks that were read and written: values, formulas, written."""
        self.written: list[Written] = []
        self.refuse: set[int] = set()
        """Which blocks are refused, by the number of those that were tried before."""
        self.tried = 0
        self.calculated = 0
        self.selection: Range | None = None
        self._settings: dict[str, Any] = {"calculation": "automatic", "screen_updating": True}
        self.version, self.visible = "16.0", True

    @property
    def api(self) -> Excel:
        return self

    def listens(self, *, changing: bool = False) -> None:
        """Raise what a call meets while a cell is being edited."""
        if not self.editing:
            return
        # xlwings asks on and on unless it is told to give up
        if not sys.modules["xlwings._xlwindows"].N_COM_ATTEMPTS:
            raise AssertionError("xlwings would wait for ever")
        if changing:
            raise refusal("", EDITING)
        raise ComError(REJECTED, "Call was rejected by callee.")

    @property
    def calculation(self) -> str:
        return str(self._get("calculation"))

    @calculation.setter
    def calculation(self, value: str) -> None:
        self._set("calculation", value)

    @property
    def screen_updating(self) -> bool:
        return bool(self._get("screen_updating"))

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        self._set("screen_updating", value)

    @property
    def status_bar(self) -> str | bool:
        self.listens()
        return self.said[-1] if self.said else False

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        self.listens(changing=True)
        self.said.append(value)

    def _get(self, name: str) -> Any:
        self.listens()
        return self._settings[name]

    def _set(self, name: str, value: Any) -> None:
        self.listens(changing=True)
        self._settings[name] = value

    def calculate(self) -> None:
        self.listens(changing=True)
        self.calculated += 1

    def alert(self, prompt: str, title: str, buttons: str, _mode: str, _callback: Any) -> str:
        self.alerts.append(Alert(title, prompt, buttons))
        return self.answer if buttons == "ok_cancel" else "ok"

    def activate(self, _steal_focus: bool = False) -> None:
        self.listens(changing=True)
        running = self.excels.running
        running.insert(0, running.pop(running.index(self)))

    def quit(self) -> None:
        self.excels.running.remove(self)


class Books:
    """The workbooks that are open in one Excel; the first one is looked at."""

    def __init__(self, app: Excel) -> None:
        self.app, self.open_ones = app, list[Book]()

    @property
    def api(self) -> Books:
        return self

    @property
    def active(self) -> Book:
        return self.open_ones[0]

    def open(self, fullname: str, *_options: Any) -> Book:
        path = Path(fullname)
        return self.show(path, *_read(path.read_bytes()))

    def show(self, path: Path, cells: Iterable[Cells], defined: Mapping[str, str]) -> Book:
        """Open a workbook that no file holds, for a test."""
        self.open_ones.insert(0, Book(self.app, path, cells, defined))
        return self.open_ones[0]

    def __call__(self, key: str | int) -> Book:
        if isinstance(key, int):
            return self.open_ones[key - 1]
        found = [book for book in self.open_ones if book.name.casefold() == key.casefold()]
        if not found:
            raise KeyError(key)
        return found[0]

    def __iter__(self) -> Iterator[Book]:
        self.app.listens()
        return iter(list(self.open_ones))

    def __len__(self) -> int:
        return len(self.open_ones)


class Cells:
    """What a sheet holds.

    Args:
        shown: What the cells show, blank ones left out; errors as :class:`ErrorText`.
        formulas: Formulas with "=", by the cells that hold them.
        tables: The lists by their names.
    """

    def __init__(
        self,
        title: str,
        shown: dict[Spot, Any],
        formulas: dict[Spot, str],
        tables: dict[str, List],
    ) -> None:
        self.title, self.shown, self.formulas, self.tables = title, shown, formulas, tables
        self.arrays: dict[Box, str] = {}
        self.dates = {spot for spot, value in shown.items() if isinstance(value, dt.datetime)}
        """Cells in a format of dates: a number shows as one."""
        self.unlocked: set[Spot] = set()
        self.styled = (1, 1)
        """The last row and column that have a format."""
        self.protected, self.visible = False, True

    @classmethod
    def of_sheet(cls, sheet: Any, cached: Mapping[Spot, Any]) -> Cells:
        """A sheet of an openpyxl workbook, and the values of its formulas."""
        found = cls(sheet.title, {}, {}, {})
        looks: dict[Any, tuple[bool, bool]] = {}
        for spot, cell in sheet._cells.items():
            value = cell.value
            if cell.data_type == "f":
                if isinstance(value, ArrayFormula):
                    found.arrays[box_of(value.ref)] = str(value.text)
                else:
                    found.formulas[spot] = str(value)
                value = cached.get(spot)
            if value is not None:
                is_error = isinstance(value, str) and cell.data_type != "s" and value in ERROR_CODES
                found.shown[spot] = ErrorText(value) if is_error else value
            style = cell._style
            if style not in looks:
                looks[style] = cell.is_date, not cell.protection.locked
            if looks[style][0]:
                found.dates.add(spot)
            if looks[style][1]:
                found.unlocked.add(spot)
        for table in sheet.tables.values():
            columns = [column.name for column in table.tableColumns]
            found.tables[table.name] = List(box_of(table.ref), columns)
        found.styled = (sheet.max_row, sheet.max_column)
        found.protected = bool(sheet.protection.sheet)
        found.visible = sheet.sheet_state == "visible"
        return found

    def copy(self) -> Cells:
        tables = {name: List(box, list(columns)) for name, (box, columns) in self.tables.items()}
        twin = Cells(self.title, dict(self.shown), dict(self.formulas), tables)
        twin.arrays, twin.dates, twin.unlocked = dict(self.arrays), self.dates, self.unlocked
        twin.styled, twin.protected, twin.visible = self.styled, self.protected, self.visible
        return twin


class _Parser(WorkSheetParser):
    """Reads formulas as openpyxl does, and in the same pass the values that are cached of them."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.cached: dict[Spot, Any] = {}

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["data_type"] == "f":
            self.data_only = True
            self.cached[cell["row"], cell["column"]] = super().parse_cell(element)["value"]
            self.data_only = False
        return cell


@lru_cache(maxsize=4)
def _read(data: bytes) -> tuple[list[Cells], dict[str, str]]:
    """The sheets of a file and its defined names."""
    parsers: list[_Parser] = []

    def parser(*arguments: Any, **options: Any) -> _Parser:
        parsers.append(_Parser(*arguments, **options))
        return parsers[-1]

    with mock.patch.object(_reader, "WorkSheetParser", parser):
        workbook: Any = openpyxl.load_workbook(BytesIO(data))
    read = zip(workbook.worksheets, parsers, strict=True)
    sheets = [Cells.of_sheet(sheet, parser.cached) for sheet, parser in read]
    return sheets, {name: one.attr_text for name, one in workbook.defined_names.items()}


class Book:
    """A workbook that is open."""

    def __init__(
        self, app: Excel, path: Path, cells: Iterable[Cells], defined: Mapping[str, str]
    ) -> None:
        self.app, self.path, self.fullname = app, path, str(path)
        self.cells = [one.copy() for one in cells]
        self.defined = dict(defined)
        self.looked_at = 0

    @property
    def api(self) -> Book:
        return self

    @property
    def name(self) -> str:
        self.app.listens()
        return self.path.name

    @property
    def sheets(self) -> Sheets:
        return Sheets(self)

    @property
    def names(self) -> Names:
        return Names(self)

    def sheet(self, title: str) -> Sheet:
        """A sheet, for a test."""
        return Sheet(self, next(one for one in self.cells if one.title == title))

    def activate(self) -> None:
        self.app.listens(changing=True)
        books = self.app.books.open_ones
        books.insert(0, books.pop(books.index(self)))

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Write the cells and names into the file that was opened, by openpyxl."""
        assert password is None
        workbook: Any = openpyxl.load_workbook(self.path)
        for cells in self.cells:
            sheet = workbook[cells.title]
            spots = sheet._cells.keys() | cells.shown.keys() | cells.formulas.keys()
            for row, column in spots:
                cell = sheet.cell(row, column)
                text = cells.formulas.get((row, column))
                if not isinstance(cell.value, ArrayFormula):
                    cell.value = text or cells.shown.get((row, column))
                    if isinstance(cell.value, str) and not text:
                        cell.data_type = "s"
        for name, text in self.defined.items():
            workbook.defined_names[name] = DefinedName(name, attr_text=text)
        workbook.save(path or self.path)

    def close(self) -> None:
        self.app.books.open_ones.remove(self)


class Names:
    """The defined names of a workbook."""

    def __init__(self, book: Book) -> None:
        self.book, self.defined = book, book.defined

    @property
    def api(self) -> Names:
        return self

    def contains(self, key: str) -> bool:
        self.book.app.listens()
        return key in self.defined

    def __call__(self, key: str | int) -> Name:
        self.book.app.listens()
        name = list(self.defined)[key - 1] if isinstance(key, int) else key
        if name not in self.defined:
            raise refusal("That name is not valid.")
        return Name(self.book, name)

    def __len__(self) -> int:
        return len(self.defined)

    def snapshot(self) -> list[tuple[str, Name]]:
        return [(name, Name(self.book, name)) for name in self.defined]

    def add(self, name: str, refers_to: str) -> Name:
        self.book.app.listens(changing=True)
        self.defined[name] = refers_to.removeprefix("=")
        return Name(self.book, name)


class Name:
    """A defined name."""

    def __init__(self, book: Book, name: str) -> None:
        self.book, self.name = book, name

    @property
    def api(self) -> Name:
        return self

    @property
    def refers_to(self) -> str:
        self.book.app.listens()
        return f"={self.book.defined[self.name]}"

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self.book.app.listens(changing=True)
        self.book.defined[self.name] = value.removeprefix("=")

    def delete(self) -> None:
        self.book.app.listens(changing=True)
        del self.book.defined[self.name]


class Sheets:
    """The sheets of a workbook."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def api(self) -> Sheets:
        return self

    @property
    def active(self) -> Sheet:
        return Sheet(self.book, self.book.cells[self.book.looked_at])

    def __call__(self, key: str | int) -> Sheet:
        self.book.app.listens()
        if isinstance(key, int):
            return Sheet(self.book, self.book.cells[key - 1])
        for cells in self.book.cells:
            if cells.title.casefold() == key.casefold():
                return Sheet(self.book, cells)
        raise refusal("Subscript out of range")

    def __iter__(self) -> Iterator[Sheet]:
        self.book.app.listens()
        return (Sheet(self.book, cells) for cells in self.book.cells)

    def __len__(self) -> int:
        return len(self.book.cells)


class Sheet:
    """A sheet of an open workbook."""

    def __init__(self, book: Book, cells: Cells) -> None:
        self.book, self.cells = book, cells

    @property
    def api(self) -> Sheet:
        return self

    @property
    def name(self) -> str:
        self.book.app.listens()
        return self.cells.title

    @property
    def index(self) -> int:
        return self.book.cells.index(self.cells) + 1

    @property
    def visible(self) -> bool:
        self.book.app.listens()
        return bool(self.cells.visible)

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def used_range(self) -> Range:
        """From the first cell that holds anything to the last that has a format."""
        self.book.app.listens()
        used = self.cells.shown.keys() | self.cells.formulas.keys() | {self.cells.styled}
        rows, columns = zip(*used, strict=True)
        return Range(self, (min(rows), min(columns), max(rows), max(columns)))

    def range(self, first: Any, last: Any = None) -> Range:
        top, left, bottom, right = _place(first)
        if last is not None:
            _, _, bottom, right = _place(last)
        return Range(self, (top, left, bottom, right))

    def activate(self) -> None:
        self.book.app.listens(changing=True)
        if not self.cells.visible:
            raise refusal("Activate method of Worksheet class failed")
        self.book.looked_at = self.index - 1

    # ---- cells -----------------------------------------------------------------------------

    def shown(self, row: int, column: int) -> Any:
        """The value of a cell as COM hands it over."""
        value = self.cells.shown.get((row, column))
        if isinstance(value, ErrorText):
            return ERROR_CODES[value]
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value
        return float(value)

    def formula(self, row: int, column: int) -> str:
        """What Excel shows when the cell is edited."""
        for box, text in self.cells.arrays.items():
            if _holds(box, row, column):
                return text
        if text := self.cells.formulas.get((row, column), ""):
            return text
        value = self.cells.shown.get((row, column))
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, dt.datetime):
            value = (value - DAY_ZERO) / dt.timedelta(days=1)
        return f"{value:.15g}" if isinstance(value, int | float) else str(value)

    def put(self, row: int, column: int, given: Any) -> None:
        """Put into a cell what Excel makes of a value."""
        spot = (row, column)
        before = self.cells.shown.get(spot)
        value = None if given == "" else taken(given) if isinstance(given, str) else given
        if isinstance(value, Formula):
            self._check_formula(value)
            if self.cells.formulas.get(spot) != value:
                self.cells.formulas[spot] = str(value)
                self.cells.shown.pop(spot, None)
            return
        self.cells.formulas.pop(spot, None)
        if type(value) in (int, float) and spot in self.cells.dates:
            value = from_excel(value)
        if value is None:
            self.cells.shown.pop(spot, None)
        else:
            self.cells.shown[spot] = value
        if value != before:
            self._rename_column(row, column, before, value)

    def _check_formula(self, formula: str) -> None:
        """Refuse columns that no list has."""
        columns = {
            name: set(table.columns) for cells in self.book.cells
            for name, table in cells.tables.items()
        }  # fmt: skip
        for name, column in _COLUMN.findall(formula):
            if name in columns and column not in columns[name]:
                raise refusal("Application-defined or object-defined error")

    def _rename_column(self, row: int, column: int, before: Any, label: Any) -> None:
        """Formulas follow the header of a list."""
        for name, table in self.cells.tables.items():
            if row != table.box[0] or not _holds(table.box, row, column):
                continue
            table.columns[column - table.box[1]] = label
            for cells in self.book.cells:
                for spot, text in cells.formulas.items():
                    if f"{name}[" in text:
                        cells.formulas[spot] = text.replace(f"[{before}]", f"[{label}]")

    def check_change(self, box: Box) -> None:
        """Refuse what a protected sheet, or an array, does not let be changed."""
        top, left, bottom, right = box
        if self.cells.protected and any(
            (row, column) not in self.cells.unlocked
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        ):
            raise refusal(
                "The cell or chart you're trying to change is on a protected sheet. To make a "
                "change, unprotect the sheet. You might be requested to enter a password."
            )
        for array in list(self.cells.arrays):
            apart = array[2] < top or array[0] > bottom or array[3] < left or array[1] > right
            inside = top <= array[0] and left <= array[1] and array[2] <= bottom
            if not apart and not (inside and array[3] <= right):
                raise refusal("You can't change part of an array.")
            if not apart:
                del self.cells.arrays[array]


def _holds(box: Box, row: int, column: int) -> bool:
    return box[0] <= row <= box[2] and box[1] <= column <= box[3]


def _place(place: Any) -> Box:
    if isinstance(place, Range):
        return place.box
    if isinstance(place, tuple):
        return (place[0], place[1], place[0], place[1])
    return box_of(place)


def box_of(reference: str) -> Box:
    left, top, right, bottom = (edge or 0 for edge in range_boundaries(reference))
    return (top, left, bottom, right)


class Range:
    """A block of cells."""

    max_cells_per_read = DEFAULT_MAX_CELLS_PER_READ
    max_cells_per_write = DEFAULT_MAX_CELLS_PER_WRITE

    def __init__(self, sheet: Sheet, box: Box) -> None:
        self.sheet, self.box = sheet, box
        self.options: dict[str, Any] = {}

    @property
    def api(self) -> Range:
        return self

    @property
    def row(self) -> int:
        return self.box[0]

    @property
    def column(self) -> int:
        return self.box[1]

    @property
    def shape(self) -> tuple[int, int]:
        top, left, bottom, right = self.box
        return bottom - top + 1, right - left + 1

    def __len__(self) -> int:
        return self.shape[0] * self.shape[1]

    def __bool__(self) -> bool:
        return True

    def __call__(self, row: int, column: int) -> Range:
        at = (self.row + row - 1, self.column + column - 1)
        return Range(self.sheet, (*at, *at))

    @property
    def address(self) -> str:
        top, left, bottom, right = self.box
        first = f"${get_column_letter(left)}${top}"
        last = f"${get_column_letter(right)}${bottom}"
        return first if first == last else f"{first}:{last}"

    @property
    def raw_value(self) -> Any:
        return self._block("values", self.sheet.shown)

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        self._write(value)

    @property
    def formula(self) -> Any:
        return self._block("formulas", self.sheet.formula)

    @formula.setter
    def formula(self, value: Any) -> None:
        self._write(value)

    @property
    def formula_array(self) -> Any:
        return self.sheet.formula(self.row, self.column)

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        self._change()
        self.sheet.cells.arrays[self.box] = value

    def select(self) -> None:
        self.sheet.book.app.listens(changing=True)
        self.sheet.book.app.selection = self

    def _block(self, kind: str, cell: Any) -> Any:
        """As COM hands it over: one cell as such, more as rows."""
        app = self.sheet.book.app
        app.listens()
        app.calls[kind] += 1
        top, left, bottom, right = self.box
        columns = range(left, right + 1)
        rows = tuple(tuple(cell(row, at) for at in columns) for row in range(top, bottom + 1))
        return rows[0][0] if len(self) == 1 else rows

    def _change(self) -> None:
        app = self.sheet.book.app
        app.listens(changing=True)
        app.tried += 1
        if app.tried - 1 in app.refuse:
            raise refusal("Application-defined or object-defined error")
        self.sheet.check_change(self.box)
        app.calls["written"] += 1
        place = f"{self.sheet.cells.title}!{self.address.replace('$', '')}"
        app.written.append(Written(place, len(self), app.calculation, app.screen_updating))

    def _write(self, value: Any) -> None:
        self._change()
        rows: Sequence[Sequence[Any]] = value if isinstance(value, list | tuple) else [[value]]
        assert (len(rows), len(rows[0])) == self.shape or len(rows) == len(rows[0]) == 1
        for row in range(self.shape[0]):
            for column in range(self.shape[1]):
                held = rows[row][column] if len(rows) > 1 or len(rows[0]) > 1 else rows[0][0]
                self.sheet.put(self.row + row, self.column + column, held)


class Tables:
    """The lists of a sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    @property
    def api(self) -> Tables:
        return self

    def __call__(self, key: str | int) -> Table:
        self.sheet.book.app.listens()
        name = list(self.sheet.cells.tables)[key - 1] if isinstance(key, int) else key
        if name not in self.sheet.cells.tables:
            raise refusal("Subscript out of range")
        return Table(self.sheet, name)

    def __iter__(self) -> Iterator[Table]:
        self.sheet.book.app.listens()
        return (Table(self.sheet, name) for name in self.sheet.cells.tables)

    def __len__(self) -> int:
        return len(self.sheet.cells.tables)


class Table:
    """A list."""

    def __init__(self, sheet: Sheet, name: str) -> None:
        self.parent, self.name = sheet, name

    @property
    def api(self) -> Table:
        return self

    @property
    def range(self) -> Range:
        return Range(self.parent, self.parent.cells.tables[self.name].box)


@contextmanager
def running() -> Iterator[Excels]:
    """Computers on which Excel runs: as many as the test starts; xlwings finds them."""
    engine = Engine()
    windows = SimpleNamespace(N_COM_ATTEMPTS=0)
    with (
        mock.patch.object(xlwings.engines, "active", xlwings.Engine(impl=engine)),
        mock.patch.dict(sys.modules, {"xlwings._xlwindows": windows}),
    ):
        yield engine.apps


def show(book: Book) -> xlwings.Book:
    """An open workbook as callers have it."""
    return xlwings.Book(impl=book)
