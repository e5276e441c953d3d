"""Which file, sheet or query delivers which table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from sop_xl.reading import Cells, did_you_mean, plain
from sop_xl.reading.cells import is_blank
from sop_xl.schema import Finding, Severity, Table
from sop_xl.sources import csv_file, sql_source, xlsx_file
from sop_xl.sources.extract import Extract, SourceSpec, refused
from sop_xl.sources.plan_folder import PlanFolder
from sop_xl.sources.xlsx_file import Book, open_book
from sop_xl.tables.data import SOURCES

_WORKBOOKS = (*xlsx_file.SUFFIXES, ".xls", ".xlsb", ".ods", ".xltx", ".xltm")


class Shelf:
    """The data of a plan folder; workbooks are opened once and stay open until it is closed."""

    def __init__(self, folder: PlanFolder) -> None:
        self.folder = folder
        self._files = sorted(_visible(folder.data))
        self._books: dict[Path, Book | Finding] = {}
        self._open = ExitStack()
        self._used: set[Path] = set()

    def __enter__(self) -> Shelf:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def extract(self, table: Table) -> Extract:
        """The cells of one table; no cells and no finding where nothing is delivered."""
        spec = self.folder.sources.get(table.name, SourceSpec())
        if spec.url:
            return sql_source.read(spec, self.folder.path, table)
        if spec.file:
            return self._read(self.folder.path / spec.file, table, spec)
        found = [self._read(path, table, where) for path, where in self._places(table, spec)]
        return _one(found, table)

    def unused(self) -> Iterator[Finding]:
        """Files in ``data/`` that deliver nothing: misnamed, perhaps."""
        names = [table.name for table in SOURCES]
        for path in self._files:
            if path in self._used:
                continue
            mapped = next((t for t in SOURCES if _stem(path) in _own_names(t)), None)
            if mapped is not None and self._is_elsewhere(mapped):
                yield from self._passed_over(path, mapped)
                continue
            book = self._books.get(path)
            why = book.message if isinstance(book, Finding) else "The file delivers no table."
            hint = did_you_mean(_stem(path), names)
            yield Finding(
                "data", why,
                f"{hint} Name it after its table ({', '.join(names)}), or in sop.toml.".strip(),
                Severity.WARNING, self.folder.shown(path),
            )

    def _is_elsewhere(self, table: Table) -> bool:
        """Whether ``sop.toml`` says that the table does not come from ``data/<table>``."""
        spec = self.folder.sources.get(table.name, SourceSpec())
        return bool(spec.url or spec.file or spec.sheet or spec.table or spec.range)

    def _passed_over(self, path: Path, table: Table) -> Iterator[Finding]:
        """A file that is not read as the table comes from elsewhere; a mere header needs no word.

        ``init`` makes such files.
        """
        cells = self._read(path, table, SourceSpec()).cells
        columns = [] if cells is None else cells.columns
        if any(not is_blank(value) for column in columns for value in column):
            yield Finding(
                table.name, f"{table.label} is read from elsewhere; this file is not read.",
                f"Take it away, or take the place of [sources.{table.name}] out of sop.toml.",
                Severity.WARNING, self.folder.shown(path),
            )

    def _places(self, table: Table, spec: SourceSpec) -> Iterator[tuple[Path, SourceSpec]]:
        """Files named like the table, and workbooks with a sheet or an Excel table of its name."""
        for path in self._files:
            named = _stem(path) in _own_names(table)
            if not _is_workbook(path):
                if named and path.name.casefold().endswith(csv_file.SUFFIXES):
                    yield path, spec
                continue
            book = self._book(path)
            if isinstance(book, Finding):
                if named:
                    yield path, spec
            elif spec.sheet or spec.table or spec.range:
                if spec.sheet in book.sheets or spec.table in book.tables or named:
                    yield path, spec
            elif place := book.place_named(table):
                yield path, replace(spec, sheet=place.sheet, table=place.table)
            elif named:
                yield path, spec

    def _read(self, path: Path, table: Table, spec: SourceSpec) -> Extract:
        self._used.add(path)
        shown = self.folder.shown(path)
        if not path.is_file():
            near = did_you_mean(path.name, [file.name for file in _visible(path.parent)])
            return refused(table.name, f"The file {shown} is not there.",
                           f"{near} Mend [sources.{table.name}] file in sop.toml.".strip(), shown)
        if not _is_workbook(path):
            return csv_file.read(path, table, spec, shown)
        book = self._book(path)
        if isinstance(book, Finding):
            return Extract(None, [book._replace(table=table.name)])
        return book.read(table, spec)

    def _book(self, path: Path) -> Book | Finding:
        if path not in self._books:
            book = open_book(path, self.folder.shown(path))
            self._books[path] = book
            if isinstance(book, Book):
                self._open.enter_context(book)
        return self._books[path]


def _one(found: list[Extract], table: Table) -> Extract:
    """Of several deliveries the one that holds rows; two that do are an error."""
    findings = [finding for extract in found for finding in extract.findings]
    filled = [e.cells for e in found if e.cells is not None and len(e.cells)]
    if len(filled) > 1:
        named = " and ".join(_origin(cells) for cells in filled)
        findings.append(
            Finding(table.name, f"{table.label} is delivered more than once: {named}.",
                    f"Take one of them out of data/, or name the right one in sop.toml:"
                    f' [sources.{table.name}] file = "...".', file=filled[1].file)
        )
    if filled:
        return Extract(filled[0], findings)
    return Extract(found[0].cells if found else None, findings)


def _origin(cells: Cells) -> str:
    return "!".join(part for part in (cells.file, cells.sheet) if part)


def _visible(folder: Path) -> list[Path]:
    """The files of a folder, without hidden ones and what Excel leaves while a book is open."""
    if not folder.is_dir():
        return []
    return [p for p in folder.iterdir() if p.is_file() and not p.name.startswith((".", "~$"))]


def _is_workbook(path: Path) -> bool:
    return path.suffix.casefold() in _WORKBOOKS


def _own_names(table: Table) -> set[str]:
    return {plain(table.name), plain(table.label)}


def _stem(path: Path) -> str:
    return plain(path.name.split(".")[0])
