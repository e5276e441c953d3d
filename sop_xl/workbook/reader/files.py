"""Opens a workbook for reading: what is no workbook of ours is refused with the reason."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.packaging.relationship import get_dependents
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.xml.constants import REL_NS
from openpyxl.xml.functions import fromstring

from sop_xl.errors import SopError
from sop_xl.workbook.build import PROPERTIES, SCHEMA, contents
from sop_xl.workbook.reader.sheet_xml import Formats, SheetXml, Spot

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
"""First bytes of the container of old and of encrypted workbooks."""
_STRUCTURE = PROPERTIES["schema"], PROPERTIES["contents"]
"""What a book keeps of the program that made it, whoever brings it up to date."""
_WORKBOOK, _PROPERTIES = "xl/workbook.xml", "docProps/custom.xml"
_TABLE = f"{REL_NS}/table"
GAP = 200
"""Empty rows or columns after which a sheet is at its end."""

Rows = list[list[Any]]
Extent = tuple[int, int]


class OpenedSheet(NamedTuple):
    """The cells of a sheet: values, formulas in the place of values, and its Excel tables."""

    values: Rows
    formulas: Rows
    tables: dict[str, str]
    """Ranges by name."""


def read_identity(path: Path) -> dict[str, str]:
    """Plan, cycle, build, version and schema of a book.

    Raises:
        SopError: The file is no workbook, or none of ours, or of another structure.
    """
    with _readable(path), zipfile.ZipFile(path) as package:
        if _WORKBOOK not in package.namelist():
            raise ValueError("it holds no workbook")
        found = what_it_says_it_is(package)
    identity = {key: found.get(name, "") for key, name in PROPERTIES.items()}
    check_identity(str(path), identity, "Collect a workbook that `sop-xl generate` made.")
    return identity


def made_otherwise(identity: Mapping[str, str]) -> bool:
    """Whether another version of the program made a book, with other sheets and lists."""
    return identity.get("contents", "") != contents()


def what_it_says_it_is(package: zipfile.ZipFile) -> dict[str, str]:
    """What stands in the properties and the defined names of a workbook, by the names in both."""
    named = _PROPERTIES in package.namelist()
    properties = fromstring(package.read(_PROPERTIES)) if named else ()
    told = {one.get("name", ""): "".join(one.itertext()) for one in properties}
    names = _named_texts(fromstring(package.read(_WORKBOOK)))
    # only the names follow when an open book is brought up to date; its structure stays
    kept = {name: told.get(name) or names.get(name, "") for name in _STRUCTURE}
    return {**told, **names, **kept}


def _named_texts(workbook: Any) -> dict[str, str]:
    """The texts that the defined names of a workbook stand for."""
    names = (one for one in workbook.iter() if one.tag.rpartition("}")[2] == "definedName")
    return {
        one.get("name"): one.text[1:-1].replace('""', '"')
        for one in names
        if one.text and one.text[0] == one.text[-1] == '"'
    }


def open_sheets(path: Path) -> dict[str, OpenedSheet]:
    """The cells of every sheet, by title.

    Raises:
        SopError: The file cannot be read.
    """
    with _readable(path):
        data = path.read_bytes()  # openpyxl leaves a file open where it fails
        book: Any = load_workbook(BytesIO(data), read_only=True, keep_links=False)
        formats = Formats(book.epoch, book._date_formats, book._timedelta_formats)
        with zipfile.ZipFile(BytesIO(data)) as package:
            return {sheet.title: _opened(package, sheet, formats) for sheet in book.worksheets}


def _opened(package: zipfile.ZipFile, sheet: Any, formats: Formats) -> OpenedSheet:
    part = str(sheet._worksheet_path)
    cells = SheetXml(package.read(part), sheet._shared_strings, formats)
    extent = _extent(cells.values)
    shown, contents = (_rows(found, extent) for found in (cells.values, cells.contents))
    return OpenedSheet(shown, contents, _tables(package, part))


def _tables(package: zipfile.ZipFile, part: str) -> dict[str, str]:
    """The ranges of the Excel tables on a sheet, by name."""
    folder, name = part.rsplit("/", 1)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in package.namelist():
        return {}
    found = {}
    for place in get_dependents(package, relations).find(_TABLE):
        table = fromstring(package.read(place.target))
        found[str(table.get("name") or table.get("displayName"))] = str(table.get("ref"))
    return found


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
    except (DefusedXmlException, InvalidFileException, zipfile.BadZipFile, zlib.error,
            LookupError, ValueError, OSError, ParseError, ExpatError, EOFError, TypeError,
            AttributeError) as error:
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


def _extent(cells: Iterable[Spot]) -> Extent:
    """Last row and column in use; a lone cell far away does not make a sheet of a million rows."""
    spots = list(cells)
    return _reach(row for row, _ in spots), _reach(column for _, column in spots)


def _reach(numbers: Iterable[int]) -> int:
    last = 0
    for number in sorted(set(numbers)):
        if number - last > GAP:
            break
        last = number
    return last


def _rows(cells: Mapping[Spot, Any], extent: Extent) -> Rows:
    height, width = extent
    rows = [[None] * width for _ in range(height)] if width else []
    for (row, column), value in cells.items():
        if row <= height and column <= width:
            rows[row - 1][column - 1] = value
    return rows


def check_identity(shown: str, identity: Mapping[str, str], remedy: str) -> None:
    """Refuse what is no book of ours, or one of another structure.

    Args:
        shown: How messages call the book, a file or one that is open in Excel.
        identity: What it says it is.
        remedy: What to do where it is none of ours.
    """
    if not identity["build"]:
        raise SopError(
            f"{shown} is no S&OP workbook of ours: it bears no build number.", remedy
        )
    if identity["schema"] != str(SCHEMA):
        raise SopError(
            f"{shown} has structure {identity['schema']}, this program reads {SCHEMA}.",
            "Collect it with the version of sop-xl that made it, then generate a new book.",
        )
