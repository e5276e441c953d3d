r"""The settings file of xlwings, ``xlwings.conf``, as Excel reads it: one ``"KEY","value"`` a line.

xlwings' VBA module reads it with ``Input #``, two fields at a time, whatever the lines: a line with
one field, an empty one too, shifts all that follows, and the first entry of a key counts. It knows
neither comments nor a byte order mark, and takes the text as ANSI.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Mapping
from pathlib import PurePath
from typing import NamedTuple

from sop_xl.excel.machine import Kind, Machine

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_FIELD = re.compile(r'\s*(?:"([^"]*)"[^,]*|([^,]*))(?:,|$)')
_VARIABLE = re.compile(r"%([^%]+)%")

Entry = tuple[str, str]


class Conf(NamedTuple):
    """What Excel reads in a settings file."""

    entries: tuple[Entry, ...]
    faults: tuple[str, ...]
    """What Excel stumbles over, in words."""


def user_file(home: PurePath, system: Kind) -> PurePath:
    """The settings file of a user. On Mac it lies where Excel may read without asking."""
    if system == "mac":
        return home / "Library" / "Containers" / "com.microsoft.Excel" / "Data" / "xlwings.conf"
    return home / ".xlwings" / "xlwings.conf"


def parse(data: bytes, encoding: str) -> Conf:
    r"""What Excel finds in the file.

    >>> parse(b'"INTERPRETER_WIN","D:\\py\\python.exe"\r\n', "cp1252").entries
    (('INTERPRETER_WIN', 'D:\\py\\python.exe'),)
    >>> parse(b'# mine\r\n"USE UDF SERVER","False"\r\n', "cp1252").faults
    ('line 1 does not hold one key and one value',)
    """
    faults = []
    if _bom(data):
        faults.append("it begins with a byte order mark, which hides its first key")
    lines = _lines(data.decode(encoding, "replace"))
    fields: list[str] = []
    for number, line in enumerate(lines, start=1):
        found = _fields(line)
        if len(found) != 2:
            faults.append(f"line {number} does not hold one key and one value")
        fields += found
    return Conf(tuple(zip(fields[::2], fields[1::2], strict=False)), tuple(faults))


def lookup(entries: Collection[Entry], key: str) -> str | None:
    """The value of a key; None where it is missing."""
    return next((value for name, value in entries if name.casefold() == key.casefold()), None)


def expand(machine: Machine, text: str) -> str:
    """A value with its environment variables filled in, as xlwings does; unknown ones stay.

    On Mac it knows a few folders only, by a name at the beginning.
    """
    if machine.system == "windows":
        return _VARIABLE.sub(lambda found: machine.environment(found[1]) or found[0], text)
    name, _, rest = text.partition("/")
    return f"{machine.home}/{rest}" if name == "$HOME" else text


def changed(
    data: bytes | None,
    wanted: Mapping[str, str],
    dropped: Collection[str] = (),
    *,
    encoding: str,
    newline: str,
) -> bytes:
    """The file with these values; entries of others stay, byte by byte.

    Lines that Excel cannot read are left out: it would read nothing behind them.

    Args:
        data: The file as it is; None where there is none.
        wanted: Values by key.
        dropped: Keys that are taken out.
        encoding: What Excel reads; a file in another one is brought over.
        newline: What ends a line.

    Raises:
        UnicodeEncodeError: A value of ours holds letters that Excel could not read there.
    """
    ours = {key.casefold(): f'"{key}","{value}"'.encode(encoding) for key, value in wanted.items()}
    named = set(ours)
    gone = {key.casefold() for key in dropped}
    kept: list[bytes] = []
    for line in _lines(_text(data or b"", encoding)):
        fields = _fields(line)
        key = fields[0].casefold()
        if len(fields) != 2 or key in gone:
            continue
        if key not in named:
            kept.append(_encoded(line, encoding))
        elif key in ours:  # where it stood; a second entry of the key never counted
            kept.append(ours.pop(key))
    end = newline.encode()
    return b"".join(line + end for line in (*kept, *ours.values()))


def _bom(data: bytes) -> str | None:
    return next((name for bom, name in _BOMS.items() if data.startswith(bom)), None)


def _text(data: bytes, encoding: str) -> str:
    named = _bom(data)
    return data.decode(named, "replace") if named else data.decode(encoding, "surrogateescape")


def _encoded(line: str, encoding: str) -> bytes:
    try:
        return line.encode(encoding, "surrogateescape")
    except UnicodeEncodeError:  # of a file in another encoding: Excel never could read it
        return line.encode(encoding, "replace")


def _lines(text: str) -> list[str]:
    lines = re.split(r"\r\n|\r|\n", text)
    return lines[:-1] if lines[-1] == "" else lines


def _fields(line: str) -> list[str]:
    """The fields that ``Input #`` takes from a line; one that is empty where the line is."""
    fields, at = [], 0
    while True:
        found = _FIELD.match(line, at)
        assert found is not None  # it matches nothing, too
        quoted, plain = found.groups()
        fields.append(plain.rstrip() if quoted is None else quoted)
        at = found.end()
        if not found.group(0).endswith(","):
            return fields
