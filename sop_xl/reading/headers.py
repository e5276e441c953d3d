"""Which column of a file is which column of the table."""

from __future__ import annotations

import difflib
import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from sop_xl.reading.cells import Cells, is_blank, show
from sop_xl.reading.log import Log
from sop_xl.schema import Column, Role, Severity, Table

HEADER_SEARCH = 50
"""Rows at the top of a sheet or file in which the header is looked for."""
NEARLY = 0.8
"""Likeness of a header to a name that is a slip of the pen."""


@functools.lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """A name without case, accents, spaces and signs, to compare by.

    >>> plain("  Délivered_Qty. ")
    'delivered qty'
    """
    letters = unicodedata.normalize("NFKD", text)
    letters = "".join(c for c in letters if not unicodedata.combining(c)).casefold()
    return " ".join(re.findall(r"\w+", letters.replace("_", " "))) or letters.strip()


def nearest(text: str, known: Iterable[str]) -> str:
    """The known name that looks most like the text, or nothing."""
    by_plain = {plain(name): name for name in known}
    found = difflib.get_close_matches(plain(text), by_plain, n=1, cutoff=0.6)
    return by_plain[found[0]] if found else ""


def did_you_mean(text: str, known: Iterable[str]) -> str:
    name = nearest(text, known)
    return f"Did you mean {name!r}?" if name else ""


def column_named(table: Table, header: object, mapping: Mapping[str, str]) -> tuple[int, str]:
    """The column that a header names, and how surely: 0 mapped, 1 name or label, 2 alias."""
    if is_blank(header):
        return 9, ""
    text = str(header)
    # a unit in brackets is no part of the name: Price (EUR)
    for name in (plain(text), plain(re.sub(r"[(\[].*?[)\]]", "", text))):
        for mapped, target in mapping.items():
            if plain(mapped) == name:
                return 0, _target(table, target)
        rank, column = _names(table).get(name, (9, ""))
        if column:
            return rank, column
    return 9, ""


def match(log: Log, mapping: Mapping[str, str]) -> dict[str, int]:
    """The position of each column of the table in the file; what does not fit is a finding."""
    cells, table = log.cells, log.table
    _check_mapping(log, mapping)
    candidates: dict[str, list[tuple[int, int]]] = {}
    unknown: list[int] = []
    for position, header in enumerate(cells.header):
        rank, name = column_named(table, header, mapping)
        if name:
            candidates.setdefault(name, []).append((rank, position))
        elif not _is_empty(cells, position):
            unknown.append(position)
    found = {}
    for name, places in candidates.items():
        found[name] = _choose(log, table[name], places, unknown)
    _report_unknown(log, unknown, found)
    inputs = {c.name for c in table.inputs}
    found = {name: position for name, position in found.items() if name in inputs}
    _report_missing(log, found)
    return found


def find_header(
    rows: Iterable[Sequence[object]], table: Table, mapping: Mapping[str, str]
) -> tuple[int, int]:
    """The row that names most columns of the table, and how many it names."""
    best, most, first = 0, 0, -1
    for index, row in enumerate(rows):
        if index >= HEADER_SEARCH:
            break
        if first < 0 and not all(is_blank(v) for v in row):
            best = first = index
        named = {column_named(table, v, mapping)[1] for v in row if isinstance(v, str)} - {""}
        if len(named) > most:
            best, most = index, len(named)
    return best, most


@functools.lru_cache(maxsize=64)
def _names(table: Table) -> dict[str, tuple[int, str]]:
    names: dict[str, tuple[int, str]] = {}
    for column in table.columns:
        for alias in column.aliases:
            names.setdefault(plain(alias), (2, column.name))
    for column in table.columns:
        for own in (column.label, column.name):
            names[plain(own)] = (1, column.name)
    return names


def _target(table: Table, target: str) -> str:
    return _names(table).get(plain(target), (9, ""))[1]


def _check_mapping(log: Log, mapping: Mapping[str, str]) -> None:
    table = log.table
    headers = {plain(str(h)) for h in log.cells.header}
    for header, target in mapping.items():
        if not _target(table, target):
            known = [c.name for c in table.inputs]
            remedy = did_you_mean(target, known) or f"It may be: {', '.join(known)}."
            log.whole(f"sop.toml maps {header!r} to {target!r}, which is no column of"
                      f" {table.label}.", remedy)
        elif plain(header) not in headers:
            found = [str(h) for h in log.cells.header if not is_blank(h)]
            remedy = did_you_mean(header, found) or f"Found: {_listed(found)}."
            log.whole(f"sop.toml maps the header {header!r}, which is not there.", remedy)


def _choose(log: Log, column: Column, places: list[tuple[int, int]], unknown: list[int]) -> int:
    """The position to read, where several headers name the same column."""
    places = sorted(places)
    filled = [place for place in places if not _is_empty(log.cells, place[1])] or places[:1]
    rank, position = filled[0]
    equals = [p for r, p in filled if r == rank]
    if len(equals) > 1:
        named = " and ".join(
            f"{show(log.cells.header[p])!r} ({log.cells.header_address(p)})" for p in equals
        )
        log.whole(
            f"More than one column is {column.label}: {named}; the first was read.",
            "Rename or delete one of them, or map the right one in sop.toml:"
            f" [sources.{log.table.name}] columns.",
            cell=log.cells.header_address(equals[1]),
        )
    unknown.extend(p for r, p in filled if r > rank)
    return position


def _report_unknown(log: Log, unknown: list[int], found: Mapping[str, int]) -> None:
    if not unknown:
        return
    names = [
        show(h) if not is_blank(h := log.cells.header[p]) else f"(no header: {place})"
        for p in sorted(unknown)
        for place in (log.cells.header_address(p),)
    ]
    free = [column for column in log.table.inputs if column.name not in found]
    meant = [(name, column) for name in names if (column := _meant(name, free))]
    hints = [f"By {name!r}, did you mean {column.label!r}?" for name, column in meant]
    header, target = (meant[0][0], meant[0][1].name) if meant else (names[0], "...")
    log.whole(
        f"Columns that {log.table.label} does not know were left out: {_listed(names)}.",
        f"{' '.join(hints)} If one of them is needed, map it in sop.toml:"
        f' [sources.{log.table.name}] columns = {{ "{header}" = "{target}" }}.'.strip(),
        Severity.WARNING,
        log.cells.header_address(min(unknown)),
    )


def _meant(header: str, columns: Iterable[Column]) -> Column | None:
    """The column whose name is nearly the header."""
    for column in columns:
        for name in (column.label, column.name, *column.aliases):
            near = difflib.SequenceMatcher(None, plain(header), plain(name)).ratio()
            if near >= NEARLY:
                return column
    return None


def _report_missing(log: Log, found: Mapping[str, int]) -> None:
    headers = [str(h) for h in log.cells.header if not is_blank(h)]
    for column in log.table.inputs:
        needed = column.role in (Role.KEY, Role.INPUT) and column.default is None
        if column.name in found or not needed:
            continue
        free = [h for i, h in enumerate(log.cells.header) if i not in found.values()]
        near = _nearest_header(column, [str(h) for h in free if not is_blank(h)])
        hint = near or "your header"
        log.whole(
            f"No column {column.label!r} found; there are: {_listed(headers) or 'none'}.",
            (f"Did you mean {near!r}? " if near else "")
            + f"Name it in sop.toml: [sources.{log.table.name}]"
            f' columns = {{ "{hint}" = "{column.name}" }}.',
        )


def _nearest_header(column: Column, headers: list[str]) -> str:
    for name in (column.label, column.name, *column.aliases):
        found = nearest(name, headers)
        if found:
            return found
    return ""


def _is_empty(cells: Cells, position: int) -> bool:
    return all(is_blank(v) for v in cells.columns[position])


def _listed(names: Sequence[str], most: int = 12) -> str:
    text = ", ".join(names[:most])
    return f"{text} and {len(names) - most} more" if len(names) > most else text
