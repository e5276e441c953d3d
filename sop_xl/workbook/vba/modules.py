"""Modules of a VBA project, as text that Excel accepts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sop_xl.workbook.vba.keywords import RESERVED

Kind: TypeAlias = Literal["document", "module", "class"]

ENCODING = "cp1252"
"""Source code has no other characters: the project names one code page."""
LONGEST_NAME = 31
LONGEST_LINE = 1023
MOST_CONTINUATIONS = 24

WORKBOOK_BASE = "0{00020819-0000-0000-C000-000000000046}"
WORKSHEET_BASE = "0{00020820-0000-0000-C000-000000000046}"
CLASS_BASE = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CONTINUED = re.compile(r"(^|[ \t])_[ \t]*$")
_NAME_LINE = re.compile(r'Attribute VB_Name = "([^"\r\n]*)"\r\n')
_ATTRIBUTES = re.compile(r"(?:Attribute VB_\w+ = [^\r\n]*\r\n)*")
_ATTRIBUTE = re.compile(r"Attribute (VB_\w+) = ([^\r\n]*)\r\n")
# An exported class begins with this; the file holds attributes instead.
_CLASS_HEADER = re.compile(r"VERSION 1\.0 CLASS\r\nBEGIN\r\n(?:[ \t][^\r\n]*\r\n)*END\r\n")


@dataclass(frozen=True, slots=True)
class Module:
    """A module of a VBA project.

    Attributes:
        name: As code calls it; of a document module, the code name of its workbook or sheet.
        kind: ``document`` belongs to the workbook or a sheet, ``module`` holds procedures,
            ``class`` defines objects.
        source: The whole text with its Attribute lines, every line ended by CR LF.

    Raises:
        ValueError: Excel would refuse the name or the text.
    """

    name: str
    kind: Kind
    source: str

    def __post_init__(self) -> None:
        _check_name(self.name)
        named = _NAME_LINE.match(self.source)
        if named is None or named[1] != self.name:
            raise ValueError(f'{self.name} has to begin with: Attribute VB_Name = "{self.name}"')
        _check_lines(self.name, self.source)

    @classmethod
    def document(cls, name: str, is_workbook: bool = False, code: str = "") -> Module:
        """The module of a sheet, or of the workbook itself.

        Args:
            code: What stands in the module, without Attribute lines.
        """
        attributes = {
            "VB_Base": f'"{WORKBOOK_BASE if is_workbook else WORKSHEET_BASE}"',
            "VB_GlobalNameSpace": "False",
            "VB_Creatable": "False",
            "VB_PredeclaredId": "True",
            "VB_Exposed": "True",
            "VB_TemplateDerived": "False",
            "VB_Customizable": "True",
        }
        return cls(name, "document", _name_line(name) + _attributes(attributes) + _with_crlf(code))

    @classmethod
    def standard(cls, bas_text: str) -> Module:
        """The module of a .bas file."""
        source = _with_crlf(bas_text)
        return cls(_name_in(source, ".bas"), "module", source)

    @classmethod
    def from_class(cls, cls_text: str) -> Module:
        """The class of a .cls file, with the attributes that Excel leaves out when it exports."""
        exported = _with_crlf(cls_text)
        header = _CLASS_HEADER.match(exported)
        source = exported[header.end() :] if header else exported
        name = _name_in(source, ".cls")
        block = _ATTRIBUTES.match(source)
        assert block is not None, "the pattern matches nothing too"
        given = dict(_ATTRIBUTE.findall(block[0]))
        attributes = {
            "VB_Base": f'"{CLASS_BASE}"',
            "VB_GlobalNameSpace": "False",
            "VB_Creatable": "False",
            "VB_PredeclaredId": "False",
            "VB_Exposed": "False",
            "VB_TemplateDerived": "False",
            "VB_Customizable": "False",
        }
        attributes |= {key: value for key, value in given.items() if key != "VB_Name"}
        body = source[block.end() :]
        return cls(name, "class", _name_line(name) + _attributes(attributes) + body)

    @property
    def is_private(self) -> bool:
        """Whether other projects cannot see it: a class that is not exposed."""
        return self.kind == "class" and "\r\nAttribute VB_Exposed = True\r\n" not in self.source

    def encoded(self) -> bytes:
        """The source as it is stored."""
        return self.source.encode(ENCODING)


def _name_line(name: str) -> str:
    return f'Attribute VB_Name = "{name}"\r\n'


def _attributes(values: dict[str, str]) -> str:
    return "".join(f"Attribute {key} = {value}\r\n" for key, value in values.items())


def _with_crlf(text: str) -> str:
    """The text with every line ended by CR LF, the last one too."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text and not text.endswith("\n"):
        text += "\n"
    return text.replace("\n", "\r\n")


def _name_in(source: str, suffix: str) -> str:
    named = _NAME_LINE.match(source)
    if named is None:
        raise ValueError(f'a {suffix} file has to name its module: Attribute VB_Name = "..."')
    return named[1]


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a module: a letter, then letters, digits and _")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"{name} is longer than the {LONGEST_NAME} characters of a module's name")
    if name.lower() in RESERVED:
        raise ValueError(f"{name} is a word of VBA: no module can have it as its name")


def _check_lines(name: str, source: str) -> None:
    if not source.endswith("\r\n"):
        raise ValueError(f"{name}: the last line is not ended")
    continued = 0
    for number, line in enumerate(source.split("\r\n"), 1):
        where = f"{name}, line {number}"
        if "\r" in line or "\n" in line:
            raise ValueError(f"{where}: a line has to be ended by CR LF")
        if len(line) > LONGEST_LINE:
            raise ValueError(f"{where}: {len(line)} characters, and VBA reads {LONGEST_LINE}")
        continued = continued + 1 if _CONTINUED.search(line) else 0
        if continued > MOST_CONTINUATIONS:
            raise ValueError(f"{where}: a statement over more than {MOST_CONTINUATIONS + 1} lines")
        try:
            line.encode(ENCODING)
        except UnicodeEncodeError as error:
            raise ValueError(f"{where}: {line[error.start]!r} is not in {ENCODING}") from None
