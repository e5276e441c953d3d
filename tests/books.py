"""What a person does in a workbook: find a cell by its row and column, type, save."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import openpyxl

from sop_xl.workbook.layout import HEADER_ROW
from sop_xl.workbook.macros import add_macros
from sop_xl.workbook.package import Package

EPOCH = datetime(1899, 12, 30)
"""Day 0 of the dates in a workbook."""


class InGrid(NamedTuple):
    """A cell of a time sheet; ``section`` names the grid where a sheet has several."""

    sheet: str
    keys: tuple[str, ...]
    measure: str
    month: str
    section: str = ""

    def find(self, book: Any) -> Any:
        sheet = book[self.sheet]
        header = [cell.value for cell in sheet[HEADER_ROW]]
        at = header.index("Measure") + 1
        month = header.index(datetime.fromisoformat(f"{self.month}-01")) + 1
        reached = not self.section
        for row in sheet.iter_rows(min_row=HEADER_ROW + 1):
            reached = reached or row[0].value == self.section
            keys = tuple(cell.value for cell in row[: len(self.keys)])
            if reached and row[at - 1].value == self.measure and keys == self.keys:
                return row[month - 1]
        raise LookupError(f"no {self}")


class InList(NamedTuple):
    """A cell of a list: its Excel table, the key of the row, the header of the column."""

    table: str
    key: str
    column: str

    def find(self, book: Any) -> Any:
        sheet, reference = table_of(book, self.table)
        rows = sheet[reference]
        at = [cell.value for cell in rows[0]].index(self.column)
        for row in rows[1:]:
            if row[0].value == self.key:
                return row[at]
        raise LookupError(f"no {self}")


def table_of(book: Any, name: str) -> tuple[Any, str]:
    """The sheet and the range of an Excel table."""
    for sheet in book.worksheets:
        if name in sheet.tables:
            return sheet, sheet.tables[name].ref
    raise LookupError(f"no table {name}")


def type_in(book: Path, entries: dict[InGrid | InList, Any], to: Path | None = None) -> list[str]:
    """Type values and save, as ``to`` if given; tells the cells (``Sheet!A1``)."""
    data = book.read_bytes()
    shown = _parsed(data)
    package = Package.from_bytes(data)
    places = []
    for place, value in entries.items():
        cell = place.find(shown)
        sheet, address = cell.parent.title, cell.coordinate
        part = f"xl/worksheets/sheet{shown.sheetnames.index(sheet) + 1}.xml"
        package.parts[part] = _with_value(package.parts[part], address, value)
        places.append(f"{sheet}!{address}")
    (to or book).write_bytes(package.to_bytes())
    return places


@lru_cache(maxsize=4)
def _parsed(data: bytes) -> Any:
    """The cells of a book as it was made: to find places in."""
    return openpyxl.load_workbook(io.BytesIO(data))


def _with_value(part: bytes, address: str, value: object) -> bytes:
    """The XML of a sheet in which a cell holds something else, and looks the same."""
    pattern = rf'<c r="{address}"((?: s="\d+")?)[^>]*?(?:/>|>.*?</c>)'.encode()
    found = re.search(pattern, part, re.DOTALL)
    assert found, f"no cell {address}"
    start = f'<c r="{address}"{found[1].decode()}'
    if value is None:
        cell = f"{start}/>"
    elif isinstance(value, bool):
        cell = f'{start} t="b"><v>{int(value)}</v></c>'
    elif isinstance(value, int | float):
        cell = f"{start}><v>{value!r}</v></c>"
    elif isinstance(value, datetime):
        cell = f"{start}><v>{(value - EPOCH).days}</v></c>"
    elif str(value).startswith("="):
        cell = f"{start}><f>{escape(str(value)[1:])}</f></c>"
    else:
        text = f'<t xml:space="preserve">{escape(str(value))}</t>'
        cell = f'{start} t="inlineStr"><is>{text}</is></c>'
    return part[: found.start()] + cell.encode() + part[found.end() :]


def change(book: Path, how: Callable[[Any], object], to: Path | None = None) -> Path:
    """Change a workbook with openpyxl and save it, as ``to`` if given."""
    opened: Any = openpyxl.load_workbook(book)
    how(opened)
    target = to or book
    opened.save(target)
    if target.suffix == ".xlsm":  # openpyxl drops what Excel keeps
        package = Package.from_bytes(target.read_bytes())
        add_macros(package)
        target.write_bytes(package.to_bytes())
    return target


def value_of(book: Path, place: InGrid | InList) -> Any:
    """The value that is cached in a cell."""
    return place.find(opened(book)).value


def opened(book: Path) -> Any:
    """A workbook with cached values, to look at; it is read again when the file has changed."""
    state = book.stat()
    return _opened(book, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4)
def _opened(book: Path, _changed: int, _size: int) -> Any:
    return openpyxl.load_workbook(book, data_only=True)


def replace_in_cell(book: Path, address: str, pattern: str, new: str) -> None:
    """Replace a part of the XML of one cell, such as its formula or its cached value."""
    sheet, _, cell = address.partition("!")
    package = Package.from_bytes(book.read_bytes())
    number = openpyxl.load_workbook(book, read_only=True).sheetnames.index(sheet) + 1
    part = f"xl/worksheets/sheet{number}.xml"
    content = package.parts[part].decode()
    found = re.search(rf'<c r="{cell}"[^>]*>.*?</c>', content, re.DOTALL)
    assert found, f"no cell {address}"
    changed, count = re.subn(pattern, new, found[0])
    assert count == 1, f"{pattern} is {count} times in {found[0]}"
    package.parts[part] = content.replace(found[0], changed).encode()
    book.write_bytes(package.to_bytes())

