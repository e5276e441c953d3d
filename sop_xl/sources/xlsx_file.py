"""Workbooks: Excel tables, ranges, sheets; merged cells, damaged and hostile files."""

from __future__ import annotations

import itertools
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import IO, Any, NamedTuple

import defusedxml.ElementTree
import openpyxl
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook

from sop_xl.errors import SopError
from sop_xl.reading import Cells, find_header, plain
from sop_xl.reading.cells import is_blank
from sop_xl.reading.headers import HEADER_SEARCH, column_named, did_you_mean
from sop_xl.schema import Finding, Severity, Table
from sop_xl.sources.extract import MAX_BYTES, Extract, SourceSpec, refused

SUFFIXES = (".xlsx", ".xlsm")
BLANK_ROWS = 5_000
"""After so many blank rows a sheet is over, whatever it claims to hold."""
DAMAGED = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError,
    OSError, RuntimeError, SyntaxError, TypeError, ValueError, struct.error, zipfile.BadZipFile,
    zlib.error,
)
"""openpyxl tells of a damaged file by whatever its code stumbles on."""
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]+\d+:[A-Z]+\d+)"')
_NO_VALUE = re.compile(
    rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]+\d+)"[^>]*>'
    rb"<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?</(?:\w+:)?c>"
)
_SAVE = "Open it in Excel and save it as an Excel workbook (.xlsx)."

Rows = list[Sequence[object]]


class Area(NamedTuple):
    """A part of a sheet, header included; 0 as the last row or column means to the end."""

    sheet: str
    left: int = 1
    top: int = 1
    right: int = 0
    bottom: int = 0


class Scan(NamedTuple):
    """What a sheet's XML says beside its cells."""

    merged: list[tuple[int, int, int, int]]
    """Left, top, right, bottom."""
    unsaved: list[str]
    """Cells whose formula has no value yet."""


class Book:
    """A workbook, open for reading."""

    def __init__(self, path: Path, file: str) -> None:
        self.file = file
        self._zip = zipfile.ZipFile(path)
        try:
            _refuse_bombs(self._zip)
            with _told():
                self._book: Workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
            self.tables = dict(self._named_tables())
        except BaseException:
            self._zip.close()
            raise

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._book.close()
        self._zip.close()

    @property
    def sheets(self) -> list[str]:
        return [sheet.title for sheet in self._book.worksheets]

    def place_named(self, table: Table) -> SourceSpec | None:
        """Where the book has a table or a sheet of this name."""
        wanted = {plain(table.name), plain(table.label)}
        for name in self.tables:
            if _without_prefix(name) in wanted:
                return SourceSpec(file=self.file, table=name)
        for name in self.sheets:
            if _without_prefix(name) in wanted:
                return SourceSpec(file=self.file, sheet=name)
        return None

    def read(self, table: Table, spec: SourceSpec) -> Extract:
        """The cells of a table: from where the spec says, else from the likeliest sheet."""
        if not self.sheets:
            return refused(table.name, "The workbook has no sheets.", _SAVE, self.file)
        try:
            area = self._area(table, spec)
            if isinstance(area, Finding):
                return Extract(None, [area])
            return self._read(area, table, spec)
        except SopError as error:
            return refused(table.name, error.message, error.remedy, self.file)

    def _area(self, table: Table, spec: SourceSpec) -> Area | Finding:
        if spec.table:
            return self._chosen("Excel table", spec.table, self.tables, table)
        if spec.range:
            return self._range(spec, table)
        if spec.sheet:
            areas = {name: Area(name) for name in self.sheets}
            return self._chosen("sheet", spec.sheet, areas, table)
        named = self.place_named(table)
        if named:
            return self._area(table, named)
        return Area(self._likeliest(table, spec.columns))

    def _chosen(
        self, kind: str, name: str, areas: Mapping[str, Area], table: Table
    ) -> Area | Finding:
        for known, area in areas.items():
            if known.casefold() == name.casefold():
                return area
        there = f"There are: {', '.join(areas) or 'none'}."
        return Finding(table.name, f"The workbook has no {kind} {name!r}.",
                       f"{did_you_mean(name, areas)} {there}".strip(), file=self.file)

    def _range(self, spec: SourceSpec, table: Table) -> Area | Finding:
        names = {name.casefold(): name for name in self._book.defined_names}
        text = spec.range
        if text.casefold() in names:
            text = str(self._book.defined_names[names[text.casefold()]].attr_text)
        sheet, _, cells = text.rpartition("!")
        sheet = sheet.strip("'").replace("''", "'") or spec.sheet or self.sheets[0]
        try:
            bounds = range_boundaries(cells.replace("$", ""))
        except ValueError:
            known = list(self._book.defined_names)
            return Finding(table.name, f"{spec.range!r} is neither a range nor a defined name.",
                           f"{did_you_mean(spec.range, known)} Write it like B4:H900.".strip(),
                           file=self.file)
        areas = {name: Area(name, *(bound or 0 for bound in bounds)) for name in self.sheets}
        area = self._chosen("sheet", sheet, areas, table)
        if isinstance(area, Finding):
            return area
        return area._replace(left=max(area.left, 1), top=max(area.top, 1))

    def _likeliest(self, table: Table, mapping: Mapping[str, str]) -> str:
        """The sheet whose header names most columns of the table."""
        def known(name: str) -> int:
            rows = self._rows(Area(name, bottom=HEADER_SEARCH))
            return find_header(rows, table, mapping)[1]

        return max(self.sheets, key=known)

    def _read(self, area: Area, table: Table, spec: SourceSpec) -> Extract:
        scan = self._scan(area.sheet)
        findings = list(self._unsaved(scan, table, area.sheet))
        rows: Rows = []
        blank = 0
        for row in self._rows(area):
            blank = blank + 1 if all(is_blank(value) for value in row) else 0
            if blank > BLANK_ROWS:
                findings.append(self._over(area.top + len(rows) - BLANK_ROWS, table, area.sheet))
                break
            rows.append(row)
        while rows and all(is_blank(value) for value in rows[-1]):
            rows.pop()
        if not rows:
            return refused(table.name, "The sheet is empty.", "Fill it, or delete the file.",
                           self.file, area.sheet)
        whole = area.left == area.top == 1 and not area.bottom
        cells = _cells(rows, area, scan, table, spec.columns, self.file, search=whole)
        return Extract(cells, findings)

    def _rows(self, area: Area) -> Iterator[Sequence[object]]:
        sheet = self._sheet(area.sheet)
        # the size that the file claims may be a million rows of nothing
        sheet.reset_dimensions()
        rows: Iterator[Sequence[object]] = sheet.iter_rows(
            area.top, area.bottom or None, area.left, area.right or None, values_only=True
        )
        while True:
            with _told():
                chunk = list(itertools.islice(rows, 500))
            if not chunk:
                return
            yield from chunk

    def _sheet(self, name: str) -> Any:
        """A ReadOnlyWorksheet, which the type stubs of openpyxl know in part only."""
        return self._book[name]

    def _part(self, name: str) -> str:
        return str(self._sheet(name)._worksheet_path)

    def _scan(self, name: str) -> Scan:
        merged: dict[str, None] = {}
        unsaved: dict[str, None] = {}
        with _told(), self._zip.open(self._part(name)) as part:
            for chunk in _chunks(part):
                merged.update(dict.fromkeys(m.decode() for m in _MERGE.findall(chunk)))
                unsaved.update(dict.fromkeys(m.decode() for m in _NO_VALUE.findall(chunk)))
        return Scan([_bounds(ref) for ref in merged], list(unsaved))

    def _named_tables(self) -> Iterator[tuple[str, Area]]:
        for name in self.sheets:
            part = PurePosixPath(self._part(name))
            relations = str(part.parent / "_rels" / f"{part.name}.rels")
            if relations not in self._zip.namelist():
                continue
            for relation in defusedxml.ElementTree.fromstring(self._zip.read(relations)):
                if str(relation.get("Type", "")).endswith("/table"):
                    yield self._named_table(name, part.parent, str(relation.get("Target")))

    def _named_table(self, sheet: str, folder: PurePosixPath, target: str) -> tuple[str, Area]:
        place = target.lstrip("/") if target.startswith("/") else _joined(folder, target)
        root = defusedxml.ElementTree.fromstring(self._zip.read(place))
        left, top, right, bottom = _bounds(root.get("ref", "A1:A1"))
        totals = int(root.get("totalsRowCount", "0"))
        name = root.get("displayName") or root.get("name") or ""
        return name, Area(sheet, left, top, right, bottom - totals)

    def _unsaved(self, scan: Scan, table: Table, sheet: str) -> Iterator[Finding]:
        if scan.unsaved:
            yield Finding(
                table.name,
                f"{len(scan.unsaved):,} cells hold formulas that were never calculated.",
                "Open the workbook in Excel or LibreOffice and save it.",
                Severity.WARNING, self.file, sheet, scan.unsaved[0],
            )

    def _over(self, row: int, table: Table, sheet: str) -> Finding:
        return Finding(
            table.name,
            f"More than {BLANK_ROWS:,} blank rows follow; what may come after them was not read.",
            "Delete the blank rows if there is data below.",
            Severity.REPAIR, self.file, sheet, f"A{row}",
        )


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong inside openpyxl, in the words of a planner."""
    try:
        with warnings.catch_warnings():
            # dates out of range come as errors of their cells; lost extensions do not matter
            warnings.simplefilter("ignore")
            yield
    except DAMAGED as error:
        raise SopError(
            f"The workbook is damaged: {_first_line(error)}.",
            "Open it in Excel, let it repair the file, and save it.",
        ) from error


def open_book(path: Path, file: str) -> Book | Finding:
    """The workbook, or a finding that says why it cannot be read (its table is left empty)."""
    try:
        with path.open("rb") as data:
            head = data.read(8)
            rest = data.read() if head.startswith(b"\xd0\xcf\x11\xe0") else b""
    except OSError as error:
        return Finding("", f"The file cannot be read: {error.strerror or error}.",
                       "Check the path, close it in other programs, ask for access.",
                       file=file)
    if not head:
        return Finding("", "The file is empty.", "Export it again.", file=file)
    if rest:
        if "EncryptedPackage".encode("utf-16-le") in rest:
            return Finding("", "The workbook is protected by a password.",
                           "Save it without the password.", file=file)
        old = "The file is a workbook of Excel 2003 or older (.xls)."
        return Finding("", old, _SAVE, file=file)
    if not head.startswith(b"PK"):
        return Finding("", "The file is no Excel workbook, whatever its name says.", _SAVE,
                       file=file)
    try:
        return Book(path, file)
    except SopError as error:
        return Finding("", error.message, error.remedy, file=file)
    except DAMAGED as error:
        return Finding("", f"The workbook is damaged or cut off: {_first_line(error)}.",
                       "Export or copy it again.", file=file)


def _refuse_bombs(package: zipfile.ZipFile) -> None:
    names = set(package.namelist())
    if "xl/workbook.bin" in names:
        raise SopError("The file is a binary workbook (.xlsb).", _SAVE)
    if "mimetype" in names and b"opendocument" in package.read("mimetype"):
        raise SopError("The file is an OpenDocument spreadsheet.", _SAVE)
    size = sum(info.file_size for info in package.infolist())
    if size > MAX_BYTES:
        raise SopError(
            f"The workbook unpacks to {size >> 20:,} MB; {MAX_BYTES >> 20:,} MB are allowed.",
            "Export fewer columns, or add up by month first.",
        )
    for name in names:
        if name.endswith((".xml", ".rels")):
            with package.open(name) as part:
                head = part.read(4096).replace(b"\x00", b"")
            # no Office program writes a document type; it is how XML bombs are made
            if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                raise SopError(
                    f"The workbook was refused: its part {name} declares XML entities.",
                    "It was not written by Excel; do not trust it. " + _SAVE,
                )


def _cells(
    rows: Rows, area: Area, scan: Scan, table: Table, mapping: Mapping[str, str], file: str,
    *, search: bool,
) -> Cells:
    merged = [
        (left - area.left, top - area.top, right - area.left, bottom - area.top)
        for left, top, right, bottom in scan.merged
    ]
    head = _filled(rows[:HEADER_SEARCH], merged)
    top = find_header(head, table, mapping)[0] if search else 0
    header = list(head[top])
    while header and is_blank(header[-1]):
        header.pop()
    body = rows[top + 1 :]
    below = [(left, up - top - 1, right, down - top - 1) for left, up, right, down in merged]
    repeated = _repeatable(header, table, mapping)
    body = _filled(body, [m for m in below if m[1] >= 0], repeated)
    return Cells.of_rows(
        header, body, file=file, sheet=area.sheet,
        first_row=area.top + top + 1, first_column=area.left,
    )


def _repeatable(header: Sequence[object], table: Table, mapping: Mapping[str, str]) -> set[int]:
    """Columns whose merged value stands for every row: a repeated quantity would count twice."""
    found = {i: column_named(table, h, mapping)[1] for i, h in enumerate(header)}
    return {i for i, name in found.items() if name and not table[name].unit.is_number}


def _filled(
    rows: Rows, merged: Iterable[tuple[int, int, int, int]], columns: set[int] | None = None
) -> Rows:
    """The rows with the value of each merged block in all its cells."""
    rows = list(rows)
    for left, top, right, bottom in merged:
        if not (0 <= top < len(rows) and 0 <= left < len(rows[top])):
            continue
        value = rows[top][left]
        for index in range(top, min(bottom + 1, len(rows))):
            row = list(rows[index])
            row += [None] * (min(right, left + HEADER_SEARCH) + 1 - len(row))
            for place in range(left, min(right + 1, len(row))):
                if columns is None or place in columns:
                    row[place] = value
            rows[index] = row
    return rows


def _chunks(part: IO[bytes], size: int = 1 << 20) -> Iterator[bytes]:
    """Pieces of a part that overlap, so that nothing is cut in two."""
    before = b""
    while chunk := part.read(size):
        yield before + chunk
        before = chunk[-2048:]


def _bounds(ref: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = range_boundaries(ref)
    return left or 1, top or 1, right or 1, bottom or 1


def _joined(folder: PurePosixPath, target: str) -> str:
    parts: list[str] = list(folder.parts)
    for part in PurePosixPath(target).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _without_prefix(name: str) -> str:
    """``Data_Items`` and ``tblItems`` are called items."""
    return plain(re.sub(r"^(?:data[_ ]|tbl_?|t_)", "", name, flags=re.IGNORECASE))


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
