"""Text files: any common delimiter, quoted or not, with rows of uneven length."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sop_xl.reading import Cells, find_header
from sop_xl.schema import Finding, Severity, Table
from sop_xl.sources.extract import Extract, SourceSpec, refused
from sop_xl.sources.text_file import read_text

SUFFIXES = (".csv", ".csv.gz", ".txt", ".txt.gz", ".tsv", ".tsv.gz")
DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 200
"""Records that decide on the delimiter."""
_ROWS_NAMED = 20
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


class Records(NamedTuple):
    """The records of a file, the line in which each begins, and lines that cannot be read."""

    records: list[list[str]]
    lines: list[int]
    unreadable: list[int]


def read(path: Path, table: Table, spec: SourceSpec, file: str) -> Extract:
    """The cells of a text file.

    Args:
        file: Its path as a person should read it.
    """
    text = read_text(path, table.name, file, spec.encoding)
    if isinstance(text, Finding):
        return Extract(None, [text])
    findings = list(text.findings)
    body, first_line, told = _separator_line(text.text)
    delimiter = spec.delimiter.replace("\\t", "\t") or told or _sniff(body, table, spec.columns)
    if len(delimiter) != 1:
        return refused(table.name, f"A delimiter is one sign, not {delimiter!r}.",
                       f"Mend [sources.{table.name}] delimiter in sop.toml.", file)
    records = _records(body, delimiter, first_line)
    findings += _unreadable(records, table, file)
    if not records.records:
        nothing = Finding(table.name, "The file holds no rows.", "Export it again.", file=file)
        return Extract(None, [*findings, nothing])
    cells, ragged = _cells(records, table, spec, file)
    if len(cells.header) == 1:
        findings += _one_column(body, delimiter, table, spec, file)
    return Extract(cells, findings + ragged)


def write_header(path: Path, table: Table) -> None:
    """A file with nothing but the header, which Excel opens with the right letters."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerow([column.label for column in table.inputs])


def _separator_line(text: str) -> tuple[str, int, str]:
    """Excel's ``sep=;`` in the first line: the rest, its first line number, the delimiter."""
    head, newline, rest = text.partition("\n")
    told = head.strip().strip('"')
    if newline and told.casefold().startswith("sep=") and len(told) == 5:
        return rest, 2, told[4]
    return text, 1, ""


def _sniff(text: str, table: Table, mapping: Mapping[str, str]) -> str:
    """The delimiter that gives most headers we know, then the most even rows."""
    head = "\n".join(text.splitlines()[: _SAMPLE * 2])

    def fitness(delimiter: str) -> tuple[int, float, int]:
        records = _records(head, delimiter, 1).records[:_SAMPLE]
        if not records:
            return 0, 0.0, 0
        _, known = find_header(records, table, mapping)
        width, often = Counter(map(len, records)).most_common(1)[0]
        return known, often / len(records) if width > 1 else 0.0, width

    return max(DELIMITERS, key=fitness)


def _records(text: str, delimiter: str, first_line: int) -> Records:
    if text.count('"') % 2:
        return _line_by_line(text, delimiter, first_line)
    records, lines = [], []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    before = 0
    try:
        for record in reader:
            if record:
                records.append(record)
                lines.append(before + first_line)
            before = reader.line_num
    except csv.Error:
        return _line_by_line(text, delimiter, first_line)
    return Records(records, lines, [])


def _line_by_line(text: str, delimiter: str, first_line: int) -> Records:
    """A quote that is never closed would swallow the rest: each line stands for itself."""
    records, lines, unreadable = [], [], []
    for number, line in enumerate(text.splitlines(), first_line):
        if line.count('"') % 2 or len(line) > csv.field_size_limit():
            unreadable.append(number)
        elif line:
            records.append(next(csv.reader([line], delimiter=delimiter)))
            lines.append(number)
    return Records(records, lines, unreadable)


def _unreadable(records: Records, table: Table, file: str) -> Iterable[Finding]:
    remedy = "Close the quote; write a quote inside a text twice."
    for line in records.unreadable[:_ROWS_NAMED]:
        message = "A quotation mark is opened and never closed; the row was left out."
        yield Finding(table.name, message, remedy, file=file, cell=f"row {line}")
    rest = len(records.unreadable) - _ROWS_NAMED
    if rest > 0:
        yield Finding(table.name, f"{rest:,} more rows have an open quotation mark.", remedy,
                      file=file, cell=f"row {records.unreadable[_ROWS_NAMED]}")


def _cells(
    records: Records, table: Table, spec: SourceSpec, file: str
) -> tuple[Cells, list[Finding]]:
    top, _ = find_header(records.records, table, spec.columns)
    header = list(records.records[top])
    while header and not header[-1].strip():
        header.pop()
    rows, lines = records.records[top + 1 :], records.lines[top + 1 :]
    findings: list[Finding] = []
    if any(len(row) != len(header) for row in rows):
        rows, lines, findings = _even(rows, lines, header, table, file)
    cells = Cells.of_rows(header, rows, file=file, numbers=lines)
    return cells, findings


def _even(
    rows: list[list[str]], lines: list[int], header: Sequence[str], table: Table, file: str
) -> tuple[list[list[str]], list[int], list[Finding]]:
    """Rows of the header's length: blank ends go, short rows are filled, longer ones left out."""
    width = len(header)
    even, kept, long, short = [], [], [], []
    for row, line in zip(rows, lines, strict=True):
        if len(row) < width:
            if any(field.strip() for field in row):
                short.append(line)
            row = [*row, *[""] * (width - len(row))]
        elif any(field.strip() for field in row[width:]):
            long.append(line)
            continue
        even.append(row[:width])
        kept.append(line)
    findings = _ragged(
        long, f"The row has more fields than the header ({width}); it was left out.",
        "A text with the delimiter, or a decimal comma, needs quotation marks; or use ; between"
        " the fields.", Severity.ERROR, table, file,
    )
    findings += _ragged(
        short, f"The row has fewer fields than the header ({width}); the rest was taken as empty.",
        "Check the row, or export the file again.", Severity.WARNING, table, file,
    )
    return even, kept, findings


def _ragged(
    lines: list[int], message: str, remedy: str, severity: Severity, table: Table, file: str
) -> list[Finding]:
    findings = [
        Finding(table.name, message, remedy, severity, file, cell=f"row {line}")
        for line in lines[:_ROWS_NAMED]
    ]
    rest = len(lines) - _ROWS_NAMED
    if rest > 0:
        message = f"{rest:,} more rows of this kind, from here on."
        cell = f"row {lines[_ROWS_NAMED]}"
        findings.append(Finding(table.name, message, remedy, severity, file, cell=cell))
    return findings


def _one_column(
    text: str, delimiter: str, table: Table, spec: SourceSpec, file: str
) -> Iterable[Finding]:
    """Everything in one column: the delimiter is probably wrong."""
    better = _sniff(text, table, spec.columns)
    if better != delimiter and better in text:
        message = (
            f"With the delimiter {_NAMES.get(delimiter, delimiter)} the file has one column only;"
            f" it seems to be the {_NAMES[better]}."
        )
        remedy = f"Take the delimiter out of sop.toml: [sources.{table.name}]."
        yield Finding(table.name, message, remedy, file=file)
