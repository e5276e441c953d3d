"""The bytes of a text file to text: packed or not, in whatever encoding."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from pathlib import Path
from typing import NamedTuple

from charset_normalizer import from_bytes

from sop_xl.schema import Finding, Severity
from sop_xl.sources.extract import MAX_BYTES

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_WESTERN = re.compile(r"[^\W\d_a-zA-Z]{4}|[a-zA-Z][\u0080-\u00bf\u2010-\u2122][a-zA-Z]")
"""Four foreign letters in a row, or a sign inside a word: hardly a Western language."""


class Text(NamedTuple):
    text: str
    findings: list[Finding]


def read_text(path: Path, table: str, file: str, encoding: str = "") -> Text | Finding:
    """The text of a file; a finding instead if there is none to be had."""
    try:
        data = _bytes(path)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return Finding(table, "The file is damaged: it cannot be unpacked.",
                       "Export or copy it again.", file=file)
    except OSError as error:
        return Finding(table, f"The file cannot be read: {error.strerror or error}.",
                       "Check the path, close it in other programs, ask for access.",
                       file=file)
    if len(data) > MAX_BYTES:
        return Finding(table, f"The file holds more than {MAX_BYTES >> 20:,} MB.",
                       "Export fewer columns or add up by month first.", file=file)
    if not data.strip(b"\x00 \t\r\n"):
        return Finding(table, "The file is empty.", "Export it again.", file=file)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return Finding(table, "The file is a workbook with the ending of a text file.",
                       "Rename it to .xlsx, or save it as CSV.", file=file)
    return _decode(data, table, file, encoding)


def _bytes(path: Path) -> bytes:
    if path.suffix.casefold() == ".gz":
        with gzip.open(path) as packed:
            return packed.read(MAX_BYTES + 1)
    with path.open("rb") as plain:
        return plain.read(MAX_BYTES + 1)


def _decode(data: bytes, table: str, file: str, encoding: str) -> Text | Finding:
    findings: list[Finding] = []
    if encoding:
        try:
            return _without_nulls(data.decode(encoding), table, file, findings)
        except LookupError:
            return Finding(table, f"There is no encoding {encoding!r}.",
                           "Name one such as utf-8, cp1252 or utf-16, or leave it out.",
                           file=file)
        except UnicodeError as error:
            return Finding(table, f"The file is not in {encoding}: {error}.",
                           "Leave the encoding out of sop.toml, it will be found out.",
                           file=file)
    found, message, severity = _guess(data)
    if message:
        findings.append(
            Finding(table, message, 'If letters look wrong, set encoding = "..." in sop.toml.',
                    severity, file)
        )
    return _without_nulls(data.decode(found, "replace"), table, file, findings)


def _guess(data: bytes) -> tuple[str, str, Severity]:
    """The encoding, and what to tell about it."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, "", Severity.REPAIR
    wide = _wide(data[:4096])
    if wide:
        return wide, f"Read as {wide}: every other byte is empty.", Severity.REPAIR
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return _guess_bytes(data)
    return "utf-8", "", Severity.REPAIR


def _wide(head: bytes) -> str:
    """UTF-16 without a mark: Latin text then has a zero in every second byte."""
    if head[1::2].count(0) > len(head) * 0.3:
        return "utf-16-le"
    return "utf-16-be" if head[::2].count(0) > len(head) * 0.3 else ""


def _guess_bytes(data: bytes) -> tuple[str, str, Severity]:
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if sum(map(len, re.findall(r"[^\x00-\x7f\ufffd]+", text))) > broken:
        line = text[: text.index("\ufffd")].count("\n") + 1
        message = f"{broken:,} characters are damaged, first in line {line}; read as utf-8."
        return "utf-8", message, Severity.WARNING
    western = data.decode("cp1252", "replace")
    if "\ufffd" not in western and not _NOT_WESTERN.search(western):
        return "cp1252", "The file is not UTF-8; it was read as Windows-1252.", Severity.REPAIR
    lines = [line for line in data.splitlines() if not line.isascii()][:200]
    best = from_bytes(b"\n".join(lines)).best()
    name = best.encoding if best is not None else "cp1252"
    return name, f"The file is not UTF-8; it was read as {name}, a guess.", Severity.WARNING


def _without_nulls(text: str, table: str, file: str, findings: list[Finding]) -> Text:
    text = text.removeprefix("\ufeff")
    nulls = text.count("\x00")
    if nulls:
        message = f"{nulls:,} zero bytes were removed."
        findings.append(Finding(table, message, "Check the export.", Severity.WARNING, file))
    return Text(text.replace("\x00", ""), findings)
