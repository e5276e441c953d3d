"""The text sources of our VBA: what every Excel reads alike, and what a reader wants of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workbook.vba_stubs import SOURCES

FILES = sorted((SOURCES / "vba").iterdir())
LONGEST = 100
"""Characters of a line; VBA itself reads 1023."""

_PROCEDURE = re.compile(r"(Public|Private) (?:Sub|Function|Property \w+) (\w+)")
_OF_NO_BOOK = re.compile(r"(?<![.\w])(?:Range|Cells|Rows|Columns|Worksheets|Sheets|Names)\(")
_OF_THE_EYE = re.compile(r"\bActive(?:Workbook|Sheet|Cell|Window)\b|\bSelection\b|\.Select\b")
_TEXT = re.compile(r'"(?:[^"]|"")*"')


def faults(name: str, content: bytes) -> list[str]:
    """What is wrong with a module, one line for each fault."""
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError as error:
        return [f"byte {error.start} is not ASCII: Excel would read it in another code page"]
    lines = text.split("\n")
    found = [*_of_the_file(name, text), *_of_the_procedures(lines)]
    for number, line in enumerate(lines, 1):
        found += [f"line {number}: {fault}" for fault in _of_a_line(line)]
    return found


def _of_the_file(name: str, text: str) -> Iterator[str]:
    attributes = re.findall(r"^Attribute .*", text, re.MULTILINE)
    wanted = [f'Attribute VB_Name = "{Path(name).stem}"'] if name.endswith(".bas") else []
    if attributes != wanted:
        yield f"the attributes are {attributes}, not {wanted}"  # the writer adds the others
    if not text.removeprefix("".join(f"{line}\n" for line in wanted)).startswith("Option Explicit"):
        yield "Option Explicit has to come first"
    if "\r" in text:
        yield "lines end with LF here; the writer makes CR LF of it"
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield "the last line has to be ended, once"


def _of_the_procedures(lines: list[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        procedure = _PROCEDURE.match(line)
        if procedure and procedure[1] == "Public" and not lines[number - 1].startswith("'"):
            yield f"{procedure[2]}: a comment above has to say what it does"


def _of_a_line(line: str) -> Iterator[str]:
    if len(line) > LONGEST:
        yield f"longer than {LONGEST} characters"
    if "\t" in line or line != line.rstrip():
        yield "a tab, or a space at the end"
    if line.lstrip().startswith("#"):
        yield "LibreOffice takes every branch of a # directive"
    code, _, comment = _TEXT.sub('""', line).partition("'")
    if _OF_NO_BOOK.search(code):
        yield "of which workbook? Say ThisWorkbook"
    if _OF_THE_EYE.search(code):
        yield "what somebody looks at may be another workbook; say ThisWorkbook"
    if "On Error Resume Next" in code and not comment:
        yield "a reason for Resume Next has to stand beside it"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_module_has_no_fault(path: Path) -> None:
    assert faults(path.name, path.read_bytes()) == []


def test_the_modules_are_those_that_the_readme_lists() -> None:
    readme = (SOURCES / "README.md").read_text("utf-8")
    assert [path.name for path in FILES] == ["SopBridge.bas", "SopRibbon.bas", "ThisWorkbook.cls"]
    for path in FILES:
        assert f"`vba/{path.name}`" in readme


GOOD = """Attribute VB_Name = "Good"
Option Explicit

'Says what it does.
Public Sub Look()
    On Error Resume Next 'for a reason
    ThisWorkbook.Worksheets("Range(").Range("A1").Value = 1
End Sub
"""


def test_a_good_module_has_no_fault() -> None:
    assert faults("Good.bas", GOOD.encode()) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("does.", "dö.", "is not ASCII"),
        ("Option Explicit\n", "", "Option Explicit"),
        ('"Good"', '"Bad"', "the attributes are"),
        ("Option", "Attribute VB_Base = 1\nOption", "the attributes are"),
        ("\n", "\r\n", "lines end with LF"),
        ("End Sub\n", "End Sub", "the last line"),
        ("End Sub\n", "End Sub\n\n", "the last line"),
        ("does.", "does" + "." * 100, "line 4: longer than 100"),
        ("    ThisWorkbook", "\tThisWorkbook", "line 7: a tab"),
        ("Look()", "Look() ", "line 5: a tab, or a space"),
        ("Option Explicit", "Option Explicit\n#If Mac Then", "line 3: LibreOffice"),
        ("'Says what it does.\n", "", "Look: a comment above"),
        (" 'for a reason", "", "line 6: a reason"),
        ("ThisWorkbook.Worksheets", "Worksheets", "line 7: of which workbook"),
        ("ThisWorkbook", "ActiveWorkbook", "line 7: what somebody looks at"),
        (".Value = 1", ".Select", "line 7: what somebody looks at"),
    ],
)
def test_a_rule_fails_when_it_is_broken(old: str, new: str, fault: str) -> None:
    found = faults("Good.bas", GOOD.replace(old, new).encode())
    assert any(fault in line for line in found), found
