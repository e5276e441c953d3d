"""Modules as Excel stores them, and what it would refuse."""

import zipfile
from collections.abc import Callable

import pytest

from sop_xl.workbook.vba import Module
from tests.workbook.vba import readers
from tests.workbook.vba.decompressor import decompress


def stored_by_excel(workbook: str, module: str) -> str:
    """The source of a module in a workbook that Excel saved."""
    with zipfile.ZipFile(readers.XLWINGS / workbook) as archive:
        stream = readers.ole(archive.read(readers.VBA_PART)).openstream(f"VBA/{module}").read()
    begin = stream.rindex(b"\x01", 0, stream.index(b"Attribut"))
    return decompress(stream[begin:]).decode("cp1252")


def test_document_modules_are_those_of_excel() -> None:
    sheet, book = Module.document("Sheet1"), Module.document("ThisWorkbook", is_workbook=True)
    assert sheet.source == stored_by_excel("quickstart.xlsm", "Sheet1")
    assert book.source == stored_by_excel("quickstart.xlsm", "ThisWorkbook")
    assert (sheet.kind, book.kind) == ("document", "document")


def test_the_code_of_a_document_stands_behind_its_attributes() -> None:
    module = Module.document("shHome", code="Private Sub Worksheet_Activate()\nEnd Sub")
    code = "Private Sub Worksheet_Activate()\r\nEnd Sub\r\n"
    assert module.source == Module.document("shHome").source + code


def test_an_exported_class_is_stored_as_excel_stores_it() -> None:
    module = Module.from_class(readers.DICTIONARY_CLS)
    assert (module.name, module.kind) == ("Dictionary", "class")
    assert module.source == stored_by_excel("addin/xlwings.xlam", "Dictionary")


def test_what_a_class_says_of_itself_stands() -> None:
    module = Module.from_class(
        "VERSION 1.0 CLASS\nBEGIN\n  MultiUse = -1  'True\nEND\n"
        'Attribute VB_Name = "SopTimer"\n'
        "Attribute VB_PredeclaredId = True\n"
        'Attribute VB_Description = "Measures"\n'
        "Option Explicit\n"
        "Public Property Get Seconds() As Double\n"
        'Attribute Seconds.VB_Description = "Since the start"\n'
        "End Property"
    )
    assert module.source.splitlines() == [
        'Attribute VB_Name = "SopTimer"',
        'Attribute VB_Base = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"',
        "Attribute VB_GlobalNameSpace = False",
        "Attribute VB_Creatable = False",
        "Attribute VB_PredeclaredId = True",
        "Attribute VB_Exposed = False",
        "Attribute VB_TemplateDerived = False",
        "Attribute VB_Customizable = False",
        'Attribute VB_Description = "Measures"',
        "Option Explicit",
        "Public Property Get Seconds() As Double",
        'Attribute Seconds.VB_Description = "Since the start"',
        "End Property",
    ]


def test_classes_are_private_unless_they_are_exposed() -> None:
    private = 'Attribute VB_Name = "Timer"\n'
    assert Module.from_class(private).is_private
    assert not Module.from_class(private + "Attribute VB_Exposed = True\n").is_private
    assert not Module.standard(private).is_private
    assert not Module.document("Sheet1").is_private


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_end_as_excel_ends_them(newline: str) -> None:
    text = newline.join(['Attribute VB_Name = "SopBridge"', "Option Explicit", "' an end"])
    module = Module.standard(text)
    assert (module.name, module.kind) == ("SopBridge", "module")
    assert module.source == 'Attribute VB_Name = "SopBridge"\r\nOption Explicit\r\n\' an end\r\n'


# ---- what Excel would refuse -------------------------------------------------------------------


def standard(*lines: str) -> Module:
    return Module.standard("\n".join(['Attribute VB_Name = "Plan"', *lines]))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "'' is no name for a module"),
        ("1st", "'1st' is no name"),
        ("_Plan", "'_Plan' is no name"),
        ("My Plan", "'My Plan' is no name"),
        ("Überblick", "'Überblick' is no name"),
        ("Plan\n", "is no name"),
        ("P" * 32, "longer than the 31 characters"),
        ("Next", "Next is a word of VBA"),
        ("dATE", "dATE is a word of VBA"),
    ],
)
def test_names_that_excel_refuses(name: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Module.document(name)


# What the editor of Excel 16 refused as names of modules (issue 40 of pyOpenVBA)
REFUSED = "Circle PSet Scale Print Seek Input Get Put Open Tab Spc Debug Me Array LBound Date Stop"


@pytest.mark.parametrize("name", REFUSED.split())
def test_words_that_excels_editor_refuses(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is a word of VBA"):
        Module.document(name)


@pytest.mark.parametrize("name", ["Line", "Width", "Name", "Err", "Mid", "Time", "Error", "P" * 31])
def test_names_that_excels_editor_takes(name: str) -> None:
    assert Module.document(name).name == name


@pytest.mark.parametrize("make", [Module.standard, Module.from_class])
def test_a_text_without_a_name(make: Callable[[str], Module]) -> None:
    with pytest.raises(ValueError, match="has to name its module"):
        make("Option Explicit\n")


def test_the_source_has_to_name_its_module() -> None:
    with pytest.raises(ValueError, match='has to begin with: Attribute VB_Name = "Plan"'):
        Module("Plan", "module", 'Attribute VB_Name = "Plans"\r\n')


def test_the_longest_line() -> None:
    assert standard("'" + "x" * 1022).source.endswith("x\r\n")
    with pytest.raises(ValueError, match="Plan, line 3: 1024 characters, and VBA reads 1023"):
        standard("Option Explicit", "'" + "x" * 1023)


@pytest.mark.parametrize("continued", [" _", "\t_", " _ "])
def test_the_longest_statement(continued: str) -> None:
    lines = ["x = 1 +" + continued] * 24 + ["2"]
    assert len(standard(*lines, *lines).source.splitlines()) == 51
    with pytest.raises(ValueError, match="Plan, line 26: a statement over more than 25 lines"):
        standard("x = 1 +" + continued, *lines)


def test_an_underscore_that_continues_nothing() -> None:
    standard(*["x = date_"] * 30)


@pytest.mark.parametrize("letter", ["→", "\u0394", "\u2212", "\x81"])
def test_characters_outside_of_the_code_page(letter: str) -> None:
    with pytest.raises(ValueError, match=r"Plan, line 2: .* is not in cp1252"):
        standard(f"' a {letter} b")


def test_characters_of_the_code_page() -> None:
    assert standard("' 5 € für Café – Straße").encoded().endswith(b"\x96 Stra\xdfe\r\n")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('Attribute VB_Name = "Plan"\r\nx = 1', "the last line is not ended"),
        ('Attribute VB_Name = "Plan"\r\nx = 1\ny = 2\r\n', "line 2: a line has to be ended by"),
    ],
)
def test_lines_that_are_not_ended(source: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Module("Plan", "module", source)
