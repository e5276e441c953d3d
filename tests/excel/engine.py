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
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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


class Text(str):
    """A text that stays one."""

    __slots__ = ()


def taken(text: str) -> Any:
    """What Excel makes of a text that is put into a cell.

    >>> taken("'007"), taken("007"), taken("12%"), taken("true"), taken("-Fracht"), taken("Oct-26")
    ('007', 7.0, 0.12, True, '=-Fracht', 46000.0)
    """
    if text.startswith("'"):
        return Text(text[1:])
    number = _NUMBER.fullmatch(text.strip())
    if number:
        size = float(number[2].replace(",", "")) / (100 if number[3] else 1)
        return -size if number[1] == "-" else size
    if _DATE.fullmatch(text.strip()):
        return A_DATE
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    if text[:1] in ("=", "+", "-", "@") and len(text) > 1:
        return text if text[0] == "=" else f"={text}"
    return text if text.upper() in ERROR_CODES else Text(text)


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
        self.refuse_after: int | None = None
        """Blocks that are written before Excel refuses the next."""
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
        self.open_ones.insert(0, Book(self.app, Path(fullname)))
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


class Book:
    """A workbook: the openpyxl one, and the values that its formulas had in the file."""

    def __init__(self, app: Excel, path: Path) -> None:
        self.app, self.path, self.fullname = app, path, str(path)
        data = path.read_bytes()
        self.workbook: Any = openpyxl.load_workbook(BytesIO(data))
        cached: Any = openpyxl.load_workbook(BytesIO(data), data_only=True)
        self.cached = {sheet.title: _values(sheet) for sheet in cached.worksheets}

    @property
    def api(self) -> Any:
        return self.workbook

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

    def sheet(self, name: str) -> Sheet:
        """A sheet, for a test."""
        return Sheet(self, self.workbook[name])

    def activate(self) -> None:
        self.app.listens(changing=True)
        books = self.app.books.open_ones
        books.insert(0, books.pop(books.index(self)))

    def save(self, path: str | None = None, password: str | None = None) -> None:
        assert password is None
        self.workbook.save(path or self.path)

    def close(self) -> None:
        self.app.books.open_ones.remove(self)


def _values(sheet: Any) -> dict[tuple[int, int], Any]:
    return {spot: cell.value for spot, cell in sheet._cells.items() if cell.value is not None}


class Names:
    """The defined names of a workbook."""

    def __init__(self, book: Book) -> None:
        self.book, self.defined = book, book.workbook.defined_names

    @property
    def api(self) -> Any:
        return self.defined

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

    def add(self, name: str, refers_to: str) -> Name:
        self.book.app.listens(changing=True)
        self.defined[name] = DefinedName(name, attr_text=refers_to.removeprefix("="))
        return Name(self.book, name)


class Name:
    """A defined name."""

    def __init__(self, book: Book, name: str) -> None:
        self.book, self.name = book, name

    @property
    def api(self) -> Any:
        return self.book.workbook.defined_names[self.name]

    @property
    def refers_to(self) -> str:
        return f"={self.api.attr_text}"

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self.book.app.listens(changing=True)
        self.api.attr_text = value.removeprefix("=")

    def delete(self) -> None:
        self.book.app.listens(changing=True)
        del self.book.workbook.defined_names[self.name]


class Sheets:
    """The sheets of a workbook."""

    def __init__(self, book: Book) -> None:
        self.book = book

    @property
    def api(self) -> Any:
        return self.book.workbook.worksheets

    @property
    def active(self) -> Sheet:
        return Sheet(self.book, self.book.workbook.active)

    def __call__(self, key: str | int) -> Sheet:
        self.book.app.listens()
        if isinstance(key, int):
            return Sheet(self.book, self.api[key - 1])
        for sheet in self.api:
            if sheet.title.casefold() == key.casefold():
                return Sheet(self.book, sheet)
        raise refusal("Subscript out of range")

    def __iter__(self) -> Iterator[Sheet]:
        self.book.app.listens()
        return (Sheet(self.book, sheet) for sheet in self.api)

    def __len__(self) -> int:
        return len(self.api)


class Sheet:
    """A sheet of an open workbook."""

    def __init__(self, book: Book, cells: Any) -> None:
        self.book, self.cells_of = book, cells

    @property
    def api(self) -> Any:
        return self.cells_of

    @property
    def name(self) -> str:
        self.book.app.listens()
        return str(self.cells_of.title)

    @property
    def index(self) -> int:
        return int(self.book.workbook.worksheets.index(self.cells_of)) + 1

    @property
    def tables(self) -> Tables:
        return Tables(self)

    @property
    def used_range(self) -> Range:
        self.book.app.listens()
        used = [at for at, cell in self.cells_of._cells.items() if _is_used(cell)] or [(1, 1)]
        rows, columns = zip(*used, strict=True)
        return Range(self, (min(rows), min(columns), max(rows), max(columns)))

    def range(self, first: Any, last: Any = None) -> Range:
        top, left, bottom, right = self.box_of(first)
        if last is not None:
            _, _, bottom, right = self.box_of(last)
        return Range(self, (top, left, bottom, right))

    def box_of(self, place: Any) -> Box:
        if isinstance(place, Range):
            return place.box
        if isinstance(place, tuple):
            return (place[0], place[1], place[0], place[1])
        left, top, right, bottom = (edge or 0 for edge in range_boundaries(place))
        return (top, left, bottom, right)

    def activate(self) -> None:
        self.book.app.listens(changing=True)
        if self.cells_of.sheet_state != "visible":
            raise refusal("Activate method of Worksheet class failed")
        self.book.workbook.active = self.index - 1

    # ---- cells -----------------------------------------------------------------------------

    def shown(self, row: int, column: int) -> Any:
        """The value of a cell as COM hands it over."""
        cell = self.cells_of._cells.get((row, column))
        if cell is None or cell.value is None:
            return None
        value = cell.value
        if cell.data_type == "f":
            value = self.book.cached.get(self.cells_of.title, {}).get((row, column))
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, str):
            return ERROR_CODES.get(value, value) if cell.data_type != "s" else value
        if isinstance(value, int | float):
            return float(value)
        return value if isinstance(value, dt.datetime) else None

    def formula(self, row: int, column: int) -> str:
        """What Excel shows when the cell is edited."""
        for box, text in self._arrays():
            if _holds(box, row, column):
                return text
        cell = self.cells_of._cells.get((row, column))
        value = None if cell is None else cell.value
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).upper()
        if isinstance(value, dt.datetime):
            value = (value - DAY_ZERO) / dt.timedelta(days=1)
        return f"{value:.15g}" if isinstance(value, int | float) else str(value)

    def _arrays(self) -> list[tuple[Box, str]]:
        found = []
        for spot in self.cells_of.array_formulae:
            formula = self.cells_of[spot].value
            if isinstance(formula, ArrayFormula):
                found.append((self.box_of(formula.ref), str(formula.text)))
        return found

    def put(self, row: int, column: int, value: Any) -> None:
        """Put into a cell what Excel makes of a value."""
        cell = self.cells_of.cell(row, column)
        before = cell.value
        if isinstance(value, str):
            value = taken(value) if value else None
        if isinstance(value, int | float) and not isinstance(value, bool) and cell.is_date:
            value = from_excel(value)
        if isinstance(value, str) and value.startswith("=") and not isinstance(value, Text):
            self._check_formula(value)
        cell.value = str(value) if isinstance(value, str) else value
        if isinstance(value, Text):
            cell.data_type = "s"
        if cell.value != before:
            self.book.cached.get(self.cells_of.title, {}).pop((row, column), None)
            self._rename_column(row, column, before, cell.value)

    def _check_formula(self, formula: str) -> None:
        """Refuse columns that no list has."""
        columns = {
            table.name: {column.name for column in table.tableColumns}
            for sheet in self.book.workbook.worksheets
            for table in sheet.tables.values()
        }
        for name, column in _COLUMN.findall(formula):
            if name in columns and column not in columns[name]:
                raise refusal("Application-defined or object-defined error")

    def _rename_column(self, row: int, column: int, before: Any, label: Any) -> None:
        """Formulas follow the header of a list."""
        for table in self.cells_of.tables.values():
            box = self.box_of(table.ref)
            if row != box[0] or not _holds(box, row, column):
                continue
            table.tableColumns[column - box[1]].name = label
            old, new = f"{table.name}[{before}]", f"{table.name}[{label}]"
            for sheet in self.book.workbook.worksheets:
                for cell in sheet._cells.values():
                    if cell.data_type == "f" and isinstance(cell.value, str):
                        cell.value = cell.value.replace(old, new)

    def check_change(self, box: Box) -> None:
        """Refuse what a protected sheet, or an array, does not let be changed."""
        top, left, bottom, right = box
        if self.cells_of.protection.sheet and any(
            self.cells_of.cell(row, column).protection.locked
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        ):
            raise refusal(
                "The cell or chart you're trying to change is on a protected sheet. To make a "
                "change, unprotect the sheet. You might be requested to enter a password."
            )
        for array, _ in self._arrays():
            apart = (array[2] < top or array[0] > bottom or array[3] < left or array[1] > right)
            inside = top <= array[0] and left <= array[1] and array[2] <= bottom
            if not apart and not (inside and array[3] <= right):
                raise refusal("You can't change part of an array.")


def _is_used(cell: Any) -> bool:
    return cell.value is not None or bool(cell.has_style)


def _holds(box: Box, row: int, column: int) -> bool:
    return box[0] <= row <= box[2] and box[1] <= column <= box[3]


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
        reference = self.address.replace("$", "")
        self.sheet.cells_of.cell(self.row, self.column).value = ArrayFormula(reference, value)

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
        if app.refuse_after is not None and len(app.written) >= app.refuse_after:
            raise refusal("Application-defined or object-defined error")
        self.sheet.check_change(self.box)
        app.calls["written"] += 1
        place = f"{self.sheet.cells_of.title}!{self.address.replace('$', '')}"
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
    def api(self) -> Any:
        return self.sheet.cells_of.tables

    def __call__(self, key: str | int) -> Table:
        self.sheet.book.app.listens()
        if isinstance(key, int):
            return list(self)[key - 1]
        if key not in self.api:
            raise refusal("Subscript out of range")
        return Table(self.sheet, self.api[key])

    def __iter__(self) -> Iterator[Table]:
        self.sheet.book.app.listens()
        return (Table(self.sheet, table) for table in self.api.values())

    def __len__(self) -> int:
        return len(self.api)


class Table:
    """A list."""

    def __init__(self, sheet: Sheet, table: Any) -> None:
        self.parent, self.table = sheet, table

    @property
    def api(self) -> Any:
        return self.table

    @property
    def name(self) -> str:
        return str(self.table.name)

    @property
    def range(self) -> Range:
        return Range(self.parent, self.parent.box_of(self.table.ref))


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
