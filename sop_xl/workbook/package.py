"""From an openpyxl skeleton and our cells to the bytes of a file, and from those to the disk.

The same input gives the same parts: no clock, no random number, no order of a dictionary that the
caller did not choose. Compare files by `part_hashes`; zlib itself differs between builds.
"""

import contextlib
import errno
import hashlib
import io
import os
import re
import shutil
import uuid
import zipfile
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from openpyxl import Workbook
from openpyxl.worksheet.hyperlink import HyperlinkList
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.functions import tostring

from sop_xl.errors import SopError
from sop_xl.workbook.sheetdata import SharedStrings, SheetData
from sop_xl.workbook.stylesheet import styles_part

CONTENT_TYPES = "[Content_Types].xml"
ROOT_RELATIONS = "_rels/.rels"
WORKBOOK = "xl/workbook.xml"
WORKBOOK_RELATIONS = "xl/_rels/workbook.xml.rels"

_DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_RELATION_TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SHARED_STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
# Excel keeps the cached values of a file that names Excel and its own calculation engine.
_APP = (
    _DECLARATION + b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'extended-properties"><Application>Microsoft Excel</Application><DocSecurity>0</DocSecurity>'
    b"<ScaleCrop>false</ScaleCrop><LinksUpToDate>false</LinksUpToDate><SharedDoc>false</SharedDoc>"
    b"<HyperlinksChanged>false</HyperlinksChanged><AppVersion>16.0300</AppVersion></Properties>"
)
_SHEET_DATA = re.compile(rb"<sheetData\s*/>|<sheetData>.*?</sheetData>", re.DOTALL)
# The elements of a worksheet that may follow its hyperlinks and that openpyxl writes.
_AFTER_HYPERLINKS = re.compile(
    rb"<(printOptions|pageMargins|pageSetup|headerFooter|rowBreaks|colBreaks|drawing|legacyDrawing"
    rb"|tableParts|/worksheet)\b"
)


@dataclass(slots=True)
class Package:
    """The parts of an Office file by name, and the two lists that tie them together."""

    parts: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Package":
        """The parts of a zip."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return cls({name: archive.read(name) for name in archive.namelist()})

    def to_bytes(self) -> bytes:
        """A zip with fixed order and times, so that equal parts make equal files."""
        first = [CONTENT_TYPES, ROOT_RELATIONS, WORKBOOK, WORKBOOK_RELATIONS]
        names = first + sorted(self.parts.keys() - set(first))
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in names:
                info = zipfile.ZipInfo(name)  # its default time is 1980-01-01
                info.compress_type = zipfile.ZIP_DEFLATED
                info.create_system = 0
                archive.writestr(info, self.parts[name])
        return out.getvalue()

    def add_default(self, extension: str, content_type: str) -> None:
        """Give all parts with this extension a content type."""
        self._replace(
            CONTENT_TYPES,
            rf'<Default\b[^>]*\bExtension="{re.escape(extension)}"[^>]*>',
            f'<Default Extension="{extension}" ContentType="{content_type}"/>',
        )

    def override(self, part: str, content_type: str) -> None:
        """Give one part a content type."""
        self._replace(
            CONTENT_TYPES,
            rf'<Override\b[^>]*\bPartName="/{re.escape(part)}"[^>]*>',
            f'<Override PartName="/{part}" ContentType="{content_type}"/>',
        )

    def relate(
        self, relations: str, relation_type: str, target: str, *, external: bool = False
    ) -> str:
        """Add a relation to a part of relations, made if need be, and return its id."""
        empty = (
            b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        )
        content = self.parts.setdefault(relations, _DECLARATION + empty + b"</Relationships>")
        taken = set(re.findall(rb'\bId="([^"]*)"', content))
        number = next(n for n in range(1, len(taken) + 2) if b"rId%d" % n not in taken)
        mode = ' TargetMode="External"' if external else ""
        self._append(
            relations,
            f'<Relationship Id="rId{number}" Type="{relation_type}" '
            f"Target={quoteattr(target)}{mode}/>",
        )
        return f"rId{number}"

    def _replace(self, part: str, pattern: str, element: str) -> None:
        """Put an element in the place of the one that matches, or at the end."""
        content = re.sub(pattern.encode(), b"", self.parts[part])
        self.parts[part] = content
        self._append(part, element)

    def _append(self, part: str, element: str) -> None:
        head, closing, tail = self.parts[part].rpartition(b"</")
        self.parts[part] = head + element.encode() + closing + tail


def assemble(workbook: Workbook, cells: Mapping[str, SheetData], *, when: datetime) -> Package:
    """Draw a workbook: the skeleton by openpyxl, the cells by us.

    Args:
        workbook: All but the cells. A sheet that is not in `cells` stays as openpyxl writes it.
        cells: The cells by sheet title.
        when: Date of creation and change in the file's properties; UTC if it has no time zone.

    Raises:
        ValueError: A sheet is missing or drawn twice, or a cell cannot be written.
    """
    book: Any = workbook  # openpyxl keeps hyperlinks and styles in attributes without stubs
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if unknown := cells.keys() - sheets.keys():
        raise ValueError(f"the workbook has no sheet {', '.join(sorted(unknown))}")
    for title, data in cells.items():
        _check_skeleton(sheets[title], data, len(book._cell_styles))
        sheets[title].sheet_format.outlineLevelRow = data.outline_depth
    # openpyxl forgets the links of a sheet whose cells it does not write
    links = {title: list(sheets[title]._hyperlinks) for title in cells}
    package = Package.from_bytes(_skeleton(workbook))
    strings = SharedStrings()
    for title, sheet in sheets.items():
        if title in cells:
            part = sheet.path.lstrip("/")
            try:
                content = _with_cells(package.parts[part], cells[title], strings)
            except ValueError as error:
                raise ValueError(f"sheet {title!r}, {error}") from error
            sheet._hyperlinks = links[title]
            package.parts[part] = content
            _add_links(package, part, links[title])
    package.parts["xl/sharedStrings.xml"] = strings.render()
    package.override("xl/sharedStrings.xml", _SHARED_STRINGS)
    package.relate(WORKBOOK_RELATIONS, f"{_RELATION_TYPES}/sharedStrings", "sharedStrings.xml")
    package.parts["xl/styles.xml"] = styles_part(workbook)
    package.parts["docProps/app.xml"] = _APP
    package.parts["docProps/core.xml"] = _core_properties(workbook, when)
    package.parts[WORKBOOK] = _trusting_cached_values(package.parts[WORKBOOK])
    return package


def part_hashes(data: bytes | Path) -> dict[str, str]:
    """The SHA-256 of every part, to compare files part by part."""
    package = Package.from_bytes(data.read_bytes() if isinstance(data, Path) else data)
    return {
        name: hashlib.sha256(content).hexdigest() for name, content in sorted(package.parts.items())
    }


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that there is always either the old one or the new one, never half of it.

    Raises:
        SopError: The disk is full, the folder cannot be written or the file is open elsewhere;
            an old file is as it was.
    """
    target = path.resolve()  # a link stays a link
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            reason = error.strerror or str(error)
            raise SopError(f"{path} was not written: {reason}.", _remedy(error)) from error
        raise


def _remedy(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Free some space on the disk, then try again."
    if isinstance(error, PermissionError):
        return (
            "Close the file if it is open in Excel, and check that you may write in its folder, "
            "then try again."
        )
    if error.errno == errno.EROFS:
        return "Choose a folder that can be written."
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return "Make the folder first, or choose another one."
    return "Check the disk or the network drive, then try again or choose another folder."


def _check_skeleton(sheet: Worksheet, data: SheetData, formats: int) -> None:
    """What openpyxl was given for cells and rows would be lost: say so instead."""
    private: Any = sheet
    if any(cell.value is not None or cell.has_style for cell in private._cells.values()):
        raise ValueError(f"sheet {sheet.title!r} has cells of openpyxl beside ours")
    if any(dict(row) for row in sheet.row_dimensions.values()):
        raise ValueError(f"sheet {sheet.title!r}: set rows with SheetData.row, not with openpyxl")
    if any(not 0 <= style < formats for style in data.styles_used()):
        raise ValueError(f"sheet {sheet.title!r} uses a cell format that its workbook has not")


def _skeleton(workbook: Workbook) -> bytes:
    """What `workbook.save` writes, without its look at the clock."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        ExcelWriter(workbook, archive).write_data()
    return out.getvalue()


def _with_cells(content: bytes, data: SheetData, strings: SharedStrings) -> bytes:
    place = _SHEET_DATA.search(content)
    assert place is not None, "openpyxl writes sheetData into every worksheet"
    dimension = b'<dimension ref="%s"/>' % data.dimension().encode()
    head = re.sub(rb"<dimension [^>]*/>", dimension, content[: place.start()])
    return b"".join((head, data.render(strings), content[place.end() :]))


def _add_links(package: Package, part: str, links: list[Any]) -> None:
    if not links:
        return
    folder, name = part.rsplit("/", 1)
    copies = [copy(link) for link in links]
    for link, original in zip(copies, links, strict=True):
        if original.target:
            link.id = package.relate(
                f"{folder}/_rels/{name}.rels",
                f"{_RELATION_TYPES}/hyperlink",
                original.target,
                external=True,
            )
    content = package.parts[part]
    # the search begins behind the cells, whose texts are in another part anyway
    place = _AFTER_HYPERLINKS.search(content, content.rindex(b"</sheetData>"))
    assert place is not None, "every worksheet ends"
    element: Any = tostring(HyperlinkList(copies).to_tree())  # bytes, though the stubs say str
    package.parts[part] = b"".join((content[: place.start()], element, content[place.start() :]))


def _core_properties(workbook: Workbook, when: datetime) -> bytes:
    moment = when.astimezone(UTC).replace(tzinfo=None) if when.tzinfo else when
    properties = copy(workbook.properties)
    properties.created = properties.modified = moment
    content: Any = tostring(properties.to_tree())  # bytes, though the stubs say str
    return _DECLARATION + bytes(content)


def _trusting_cached_values(content: bytes) -> bytes:
    """Tell Excel that its own engine has calculated the book, so that it keeps the values."""
    place = re.search(rb"<calcPr\b[^>]*>", content)
    assert place is not None, "openpyxl writes calcPr into every workbook"
    element = place[0]
    for name, value in ((b"calcId", b"191029"), (b"fullCalcOnLoad", b"0")):
        element = re.sub(rb' %s="[^"]*"' % name, b"", element)
        element = element.replace(b"<calcPr", b'<calcPr %s="%s"' % (name, value))
    return content[: place.start()] + element + content[place.end() :]
