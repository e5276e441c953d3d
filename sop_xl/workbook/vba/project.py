"""The VBA project of a workbook, [MS-OVBA] 2.3: modules, and the streams that describe them."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from sop_xl.workbook.vba.compound import Tree, compound_file
from sop_xl.workbook.vba.compression import compress
from sop_xl.workbook.vba.modules import ENCODING, Kind, Module

CODE_PAGE = 1252
ENGLISH_US = 0x0409
WIN64 = 3

DIR, CACHE = "dir", "_VBA_PROJECT"
"""Streams beside those of the modules, which have the modules' names."""

NO_CACHE = struct.pack("<HHBH", 0x61CC, 0xFFFF, 0x00, 0x0001)
"""_VBA_PROJECT: version 0xFFFF tells Excel to compile the source, as there is nothing compiled."""


class Record(IntEnum):
    """Identifiers of the records of the dir stream, [MS-OVBA] 2.3.4.2.

    A text is written twice, in the code page and, under a second identifier, in UTF-16.
    """

    PROJECTSYSKIND = 0x0001
    PROJECTLCID = 0x0002
    PROJECTCODEPAGE = 0x0003
    PROJECTNAME = 0x0004
    PROJECTDOCSTRING = 0x0005
    PROJECTDOCSTRING_UNICODE = 0x0040
    PROJECTHELPFILEPATH = 0x0006
    PROJECTHELPFILEPATH_SECOND = 0x003D
    PROJECTHELPCONTEXT = 0x0007
    PROJECTLIBFLAGS = 0x0008
    PROJECTVERSION = 0x0009
    PROJECTCONSTANTS = 0x000C
    PROJECTCONSTANTS_UNICODE = 0x003C
    PROJECTLCIDINVOKE = 0x0014
    REFERENCENAME = 0x0016
    REFERENCENAME_UNICODE = 0x003E
    REFERENCEREGISTERED = 0x000D
    PROJECTMODULES = 0x000F
    PROJECTCOOKIE = 0x0013
    MODULENAME = 0x0019
    MODULENAMEUNICODE = 0x0047
    MODULESTREAMNAME = 0x001A
    MODULESTREAMNAME_UNICODE = 0x0032
    MODULEDOCSTRING = 0x001C
    MODULEDOCSTRING_UNICODE = 0x0048
    MODULEOFFSET = 0x0031
    MODULEHELPCONTEXT = 0x001E
    MODULECOOKIE = 0x002C
    MODULETYPE_PROCEDURAL = 0x0021
    MODULETYPE_OBJECT = 0x0022
    MODULEPRIVATE = 0x0028
    MODULE_END = 0x002B
    DIR_END = 0x0010


class Reference(NamedTuple):
    """A type library that the code may use; VBA and Excel are there without one."""

    name: str
    libid: str


REFERENCES = (
    Reference(
        "stdole",
        r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#"
        r"C:\Windows\System32\stdole2.tlb#OLE Automation",
    ),
    Reference(
        "Office",  # the ribbon's types
        r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#"
        r"C:\Program Files\Common Files\Microsoft Shared\OFFICE16\MSO.DLL"
        r"#Microsoft Office 16.0 Object Library",
    ),
)
IMPLICIT_LIBRARIES = ("VBA", "Excel")

_MODULE_LINES: dict[Kind, str] = {
    "document": "Document={}/&H00000000",
    "module": "Module={}",
    "class": "Class={}",
}


@dataclass(frozen=True, slots=True)
class Project:
    """A VBA project: not protected, without a password, visible.

    Raises:
        ValueError: Two modules of one name, or a name that the project needs for something else.
    """

    modules: tuple[Module, ...]
    name: str = "VBAProject"
    # Excel makes these three up; fixed ones make the same bytes of the same modules
    guid: str = "{5B3A7B2E-6C1D-4F5A-9C0E-2D3F4A5B6C7D}"
    seed: int = 0x1B
    version: tuple[int, int] = (1361024421, 6)
    references: tuple[Reference, ...] = REFERENCES

    def __post_init__(self) -> None:
        libraries = [*IMPLICIT_LIBRARIES, *(reference.name for reference in self.references)]
        taken = dict.fromkeys(map(str.lower, libraries), "a library")
        taken |= {self.name.lower(): "the project", DIR: "a stream of the project"}
        for module in self.modules:
            if other := taken.get(module.name.lower()):
                raise ValueError(f"{module.name} is the name of {other} already")
            taken[module.name.lower()] = "a module"

    def to_bytes(self) -> bytes:
        """The content of xl/vbaProject.bin.

        Raises:
            ValueError: A module does not fit its stream; see `compress`.
        """
        streams = {CACHE: NO_CACHE, DIR: compress(self.dir_stream())}
        for module in self.modules:
            try:
                streams[module.name] = compress(module.encoded())
            except ValueError as error:
                raise ValueError(f"{module.name}: {error}") from None
        tree: Tree = {
            "VBA": streams,
            "PROJECT": self.project_stream(),
            "PROJECTwm": self.projectwm_stream(),
        }
        return compound_file(tree)

    def dir_stream(self) -> bytes:
        """What the project and its modules are, in records; [MS-OVBA] 2.3.4.2."""
        records = [*self._information(), *self._references(), *self._modules()]
        return b"".join(records)

    def project_stream(self) -> bytes:
        """The project as lines of text, [MS-OVBA] 2.3.1."""
        lines = [
            f'ID="{self.guid}"',
            *(_MODULE_LINES[module.kind].format(module.name) for module in self.modules),
            f'Name="{self.name}"',
            'HelpContextID="0"',
            'VersionCompatible32="393222000"',
            f'CMG="{self._encrypted(bytes(4))}"',  # ProjectProtectionState: none
            f'DPB="{self._encrypted(bytes(1))}"',  # ProjectPassword: none
            f'GC="{self._encrypted(bytes([0xFF]))}"',  # ProjectVisibilityState: visible
            "",
            "[Host Extender Info]",
            "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
            "",
            "[Workspace]",
            *(f"{module.name}=0, 0, 0, 0, C" for module in self.modules),  # all windows closed
        ]
        return "".join(f"{line}\r\n" for line in lines).encode(ENCODING)

    def projectwm_stream(self) -> bytes:
        """The modules' names in the code page and in UTF-16, [MS-OVBA] 2.3.3."""
        names = (module.name for module in self.modules)
        both = (name.encode(ENCODING) + b"\0" + f"{name}\0".encode("utf-16-le") for name in names)
        return b"".join(both) + b"\0\0"

    def _encrypted(self, data: bytes) -> str:
        return encrypt(data, self.guid, self.seed)

    def _information(self) -> Iterator[bytes]:
        """PROJECTINFORMATION, [MS-OVBA] 2.3.4.2.1."""
        yield _number(Record.PROJECTSYSKIND, WIN64)
        yield _number(Record.PROJECTLCID, ENGLISH_US)
        yield _number(Record.PROJECTLCIDINVOKE, ENGLISH_US)
        yield _record(Record.PROJECTCODEPAGE, struct.pack("<H", CODE_PAGE))
        yield _record(Record.PROJECTNAME, self.name.encode(ENCODING))
        yield _text(Record.PROJECTDOCSTRING, Record.PROJECTDOCSTRING_UNICODE, "")
        yield _text(Record.PROJECTHELPFILEPATH, Record.PROJECTHELPFILEPATH_SECOND, "")
        yield _number(Record.PROJECTHELPCONTEXT, 0)
        yield _number(Record.PROJECTLIBFLAGS, 0)
        # this one says that four bytes follow, and six do
        yield struct.pack("<HIIH", Record.PROJECTVERSION, 4, *self.version)
        yield _text(Record.PROJECTCONSTANTS, Record.PROJECTCONSTANTS_UNICODE, "")

    def _references(self) -> Iterator[bytes]:
        """PROJECTREFERENCES, [MS-OVBA] 2.3.4.2.2."""
        for name, libid in self.references:
            yield _text(Record.REFERENCENAME, Record.REFERENCENAME_UNICODE, name)
            encoded = libid.encode(ENCODING)
            sized = struct.pack("<I", len(encoded)) + encoded + bytes(6)  # Reserved1, Reserved2
            yield _record(Record.REFERENCEREGISTERED, sized)

    def _modules(self) -> Iterator[bytes]:
        """PROJECTMODULES, [MS-OVBA] 2.3.4.2.3."""
        yield _record(Record.PROJECTMODULES, struct.pack("<H", len(self.modules)))
        yield _record(Record.PROJECTCOOKIE, struct.pack("<H", 0xFFFF))
        for module in self.modules:
            yield from _module(module)
        yield _record(Record.DIR_END)


def vba_project(modules: Sequence[Module]) -> bytes:
    """The content of xl/vbaProject.bin for these modules, document modules first by custom.

    Raises:
        ValueError: Excel would refuse the project.
    """
    return Project(tuple(modules)).to_bytes()


def encrypt(data: bytes, guid: str, seed: int) -> str:
    """Data Encryption, [MS-OVBA] 2.4.3.2: hides the protection of a project from plain sight.

    Args:
        guid: The project's, with its braces.
        seed: Any byte.

    Returns:
        Hexadecimal digits.
    """
    version, project_key = 2, sum(guid.encode("ascii")) & 0xFF
    encrypted = [seed, seed ^ version, seed ^ project_key]
    plain_before = project_key
    ignored = bytes((seed & 6) // 2)
    for plain in ignored + struct.pack("<I", len(data)) + data:
        encrypted.append(plain ^ ((encrypted[-2] + plain_before) & 0xFF))
        plain_before = plain
    return bytes(encrypted).hex().upper()


def _module(module: Module) -> Iterator[bytes]:
    """MODULE, [MS-OVBA] 2.3.4.2.3.2."""
    name = module.name
    yield _text(Record.MODULENAME, Record.MODULENAMEUNICODE, name)
    yield _text(Record.MODULESTREAMNAME, Record.MODULESTREAMNAME_UNICODE, name)
    yield _text(Record.MODULEDOCSTRING, Record.MODULEDOCSTRING_UNICODE, "")
    yield _number(Record.MODULEOFFSET, 0)  # the source begins the stream: no compiled code before
    yield _number(Record.MODULEHELPCONTEXT, 0)
    yield _record(Record.MODULECOOKIE, struct.pack("<H", 0xFFFF))
    is_procedural = module.kind == "module"
    yield _record(Record.MODULETYPE_PROCEDURAL if is_procedural else Record.MODULETYPE_OBJECT)
    if module.is_private:
        yield _record(Record.MODULEPRIVATE)
    yield _record(Record.MODULE_END)


def _record(identifier: Record, data: bytes = b"") -> bytes:
    return struct.pack("<HI", identifier, len(data)) + data


def _number(identifier: Record, value: int) -> bytes:
    return _record(identifier, struct.pack("<I", value))


def _text(identifier: Record, second: Record, text: str) -> bytes:
    return _record(identifier, text.encode(ENCODING)) + _record(second, text.encode("utf-16-le"))
