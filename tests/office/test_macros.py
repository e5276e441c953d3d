"""Our VBA modules in LibreOffice: what cells get, what buttons run, which buttons can be pressed.

Three things of Excel cannot be had here and are proven by an interpreter of VBA, in
``tests/workbook/test_bridge.py``: an error that a function answers reaches a cell as the text
*Error 2042*, which neither ISNA nor IFERROR sees; a defined name with a formula cannot be evaluated
from VBA; and message boxes are not shown. LibreOffice takes every branch of ``#If``, so that stubs
stand in the place of xlwings' own modules.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula

from sop_xl.functions import named
from sop_xl.workbook.macros import Macros, add_macros, code_name
from sop_xl.workbook.package import assemble
from sop_xl.workbook.vba import Module, vba_project
from sop_xl.workbook.vba.wrappers import functions_module
from tests.office.macros import Book, Office, needs_macros
from tests.workbook import vba_stubs as stubs

pytestmark = [pytest.mark.office, needs_macros]

NA, VALUE = "Error 2042", "Error 2015"

# Calls the generated function and makes of its errors what LibreOffice takes for one: an answer
# with more dimensions than a sheet has.
SHOWN = '''Attribute VB_Name = "Shown"
Option Explicit

Public Function SHOWN_WMAPE(actual As Variant, forecast As Variant) As Variant
    Dim cube(0 To 0, 0 To 0, 0 To 0) As Variant
    SHOWN_WMAPE = SOP_WMAPE(actual, forecast)
    If VarType(SHOWN_WMAPE) = vbError Then SHOWN_WMAPE = cube
End Function
'''
GATES = {"open": True, "shut": False}


def macro_book(path: Path) -> Path:
    """A workbook with our modules, the generated ones, and the stubs."""
    book = openpyxl.Workbook()
    book.code_name = "ThisWorkbook"
    book.remove(book.worksheets[0])
    for title in ("Data", stubs.SHEET, "Cycle_Calendar"):
        book.create_sheet(title).sheet_properties.codeName = code_name(title)
    data, stub = book["Data"], book[stubs.SHEET]
    data["D1"] = "=SOP_WMAPE(A1:A3,B1:B3)"
    data["D2"] = "=IFERROR(SHOWN_WMAPE(A1:A3,B1:B3),7)"
    data["D4"] = ArrayFormula("D4:F4", "=SOP_WMAPE(A1,B1)")
    data["D5"] = ArrayFormula("D5:E6", "=SOP_WMAPE(A1,B1)")
    for row, (gate, is_open) in enumerate(GATES.items(), 1):
        stub.cell(row, 3, is_open)
        name = f"Gate_{gate}"
        book.defined_names[name] = DefinedName(name, attr_text=f"{stubs.SHEET}!$C${row}")
    package = assemble(book, {}, when=datetime(2026, 1, 1))
    modules = [Module.document(code_name(sheet.title)) for sheet in book.worksheets]
    ribbon = (stubs.SOURCES / "ribbon" / "customUI14.xml").read_bytes()
    add_macros(package, Macros(vba_project([*modules, *our_modules()]), ribbon, {}))
    path.write_bytes(package.to_bytes())
    return path


def our_modules() -> list[Module]:
    code = stubs.source("ThisWorkbook.cls")
    own = (stubs.source("SopRibbon.bas"), stubs.source("SopBridge.bas"))
    return [
        Module.document("ThisWorkbook", is_workbook=True, code=code),
        *map(Module.standard, (*own, stubs.XLWINGS, stubs.HELP, stubs.TRIAL, SHOWN)),
        *map(Module.from_class, (stubs.SERVER, stubs.CONTROL, stubs.RIBBON)),
        functions_module([named("SOP_WMAPE")]),
    ]


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with Office() as found:
        yield found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return macro_book(tmp_path_factory.mktemp("macros") / "book.xlsm")


@pytest.fixture
def book(office: Office, file: Path) -> Book:
    return office.open(file)


def texts(book: Book, *cells: str) -> list[str]:
    return [book.look("Data", cell).text for cell in cells]


# ---- functions in cells ----------------------------------------------------------------------


def test_a_cell_shows_what_python_answers(book: Book) -> None:
    book.put("Data", "A1", "number")
    book.calculate()
    assert texts(book, "D1", "D2") == ["0.25", "0.25"]
    assert book.look(stubs.SHEET, stubs.STARTS).text == "1"  # for all the cells


def test_ranges_come_to_python_as_ranges_and_whole_columns_are_cut(book: Book) -> None:
    book.put("Data", "A1", "number")
    book.put("Data", "B9", 4)
    book.calculate()
    for formula, asked in {
        "=SOP_WMAPE(A1:A3,B1:B3)": "$A$1:$A$3 $B$1:$B$3",
        "=SOP_WMAPE(A:A,B:B)": "$A$1:$A$9 $B$1:$B$9",
        "=SOP_WMAPE(1:1,B1:B3)": "$A$1:$D$1 $B$1:$B$3",
    }.items():
        book.put("Data", "G20", formula)
        assert texts(book, "G20") == ["0.25"]
        assert book.look(stubs.SHEET, stubs.ASKED).text == f"udfs SOP_WMAPE {asked}", formula


def test_an_array_shows_its_numbers_texts_and_errors(book: Book) -> None:
    book.put("Data", "A1", "row")
    book.calculate()
    assert texts(book, "D4", "E4", "F4") == ["1", NA, "3"]
    book.put("Data", "A1", "grid")
    book.calculate()
    assert texts(book, "D5", "E5", "D6", "E6") == ["1", VALUE, "ETS", "4"]


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ("#N/A", NA),
        ("#NUM!", "Error 2036"),
        ("raise sop_xl.functions.cells.CellError: #VALUE!: actual has to be numbers", VALUE),
        ('raise   File "udfs.py", line 3', NA),
    ],
)
def test_a_text_or_exception_that_names_an_error_is_one(
    book: Book, wanted: str, error: str
) -> None:
    book.put("Data", "A1", wanted)
    book.calculate()
    assert texts(book, "D1", "D2") == [error, "7"]


def test_without_python_cells_fall_back_to_the_frozen_value(book: Book) -> None:
    book.put(stubs.SHEET, stubs.ABSENT, "Could not load xlwings64-0.37.8.dll")
    book.calculate()
    assert texts(book, "D1", "D2") == [NA, "7"]
    assert book.look(stubs.SHEET, stubs.STARTS).text == "1"  # and the others did not wait for it


def test_a_python_that_has_ended_is_started_once_more(book: Book) -> None:
    # an error before, because LibreOffice remembers what a function answered the last time
    for wanted, shown in {"#N/A": NA, "raise #N/A: x": NA, "first ended": "first ended"}.items():
        book.put("Data", "A1", wanted)
        book.calculate()
        assert texts(book, "D1") == [shown]
    assert book.look(stubs.SHEET, stubs.STARTS).text == "2"


# ---- buttons ---------------------------------------------------------------------------------


def test_a_button_runs_its_action_in_python(book: Book) -> None:
    book.run("Trial.Press", "forecast demand")
    assert book.look(stubs.SHEET, stubs.CODE).text == (
        "from sop_xl.excel import ribbon; ribbon.press('forecast')"
    )


@pytest.mark.parametrize(
    ("tag", "enabled"),
    [("load open", True), ("load shut", False), ("load unknown", True), ("load", True)],
)
def test_a_gate_says_whether_a_button_can_be_pressed(book: Book, tag: str, enabled: bool) -> None:
    assert book.run("Trial.Enabled", tag) is enabled


def test_the_workbook_opens_although_the_help_cannot_be_registered(book: Book) -> None:
    book.run("ThisWorkbook.Workbook_Open")
    assert book.look(stubs.SHEET, stubs.HELPED).text == "TRUE"


# ---- the runner ------------------------------------------------------------------------------


def test_what_the_other_side_refuses_is_told(office: Office, tmp_path: Path) -> None:
    (tmp_path / "book.xlsm").write_bytes(b"PK no workbook")
    with pytest.raises(RuntimeError, match="open"):
        office.open(tmp_path / "book.xlsm")
    with pytest.raises(RuntimeError, match="has no attribute"):
        office.ask("dance")
