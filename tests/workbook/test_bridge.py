"""Our VBA modules in an interpreter of VBA that is not Microsoft's: pyOpenVBA.

It knows the errors of cells, message boxes and a clock that can be stopped, which LibreOffice does
not; LibreOffice knows functions in cells (``tests/office/test_macros.py``), which it does not.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.workbook import vba_stubs as stubs

excel: Any = pytest.importorskip(
    "pyopenvba.apps.excel", reason='needs pyOpenVBA: pip install -e ".[dev]"'
)

WINDOWS, MAC = "Windows (64-bit) NT 10.00", "Macintosh (Intel) 10.16"
NOON = dt.datetime(2026, 1, 5, 12)
NA, VALUE, NUM, DIV = "Error 2042", "Error 2015", "Error 2036", "Error 2007"
TRACEBACK = (
    "Traceback (most recent call last):",
    '  File "udfs/__init__.py", line 73, in _answer',
    '    raise CellError(f"#N/A: {reason}")',
    "sop_xl.functions.cells.CellError: #VALUE!: SOP_WMAPE: actual has to be numbers: 3 cells",
)


class Excel:
    """An Excel that is none: our modules over the stubs, and the sheet that steers them."""

    def __init__(self, system: str = WINDOWS) -> None:
        self.app = excel.ExcelApplication()
        self.app.add_workbook()
        self.app.add_module(
            'Sub Prepare()\nThisWorkbook.Worksheets(1).Name = "Stub"\n'
            'ThisWorkbook.Worksheets.Add.Name = "Data"\nEnd Sub'
        )
        self.app.run("Prepare")
        # two properties that the interpreter does not have
        bridge = stubs.source("SopBridge.bas").replace("Application.Caller", "Nothing")
        bridge = bridge.replace("Application.OperatingSystem", f'"{system}"')
        ribbon = stubs.source("SopRibbon.bas")
        for text in (stubs.XLWINGS, stubs.HELP, stubs.TRIAL, bridge, ribbon):
            self.app.add_module(text)
        for text in (stubs.SERVER, stubs.CONTROL, stubs.RIBBON):
            self.app.add_module(text, kind="class")
        document = stubs.source("ThisWorkbook.cls")
        self.app.add_module(document, name="ThisWorkbook", kind="document")

    def run(self, macro: str, *arguments: object) -> object:
        return self.app.run(macro, *arguments)

    def answer(self, wanted: str) -> object:
        """What a cell gets from SOP_WMAPE; errors as Excel's Immediate window shows them."""
        return shown(self.run("Answer", wanted))

    def __getitem__(self, address: str) -> object:
        return self.app.sheet(stubs.SHEET).value(address)

    def __setitem__(self, address: str, value: object) -> None:
        self.app.sheet(stubs.SHEET).set_value(address, value)

    def put(self, *cells: str) -> None:
        """Put a number into cells of the sheet Data."""
        for cell in cells:
            self.app.sheet("Data").set_value(cell, 5)


def shown(value: object) -> object:
    if isinstance(value, list):
        return [shown(each) for each in value]
    return value if isinstance(value, int | float | str) else str(value)


# ---- what a cell gets ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("python", "cell"),
    [
        ("number", 0.25),
        ("Theta", "Theta"),
        ("#N/A", NA),
        ("#VALUE!", VALUE),
        ("#NUM!", NUM),
        ("#DIV/0!", DIV),
        ("#N/A or so", "#N/A or so"),
        ("row", [1, NA, 3]),
        ("grid", [[1, VALUE], ["ETS", 4]]),
    ],
)
def test_an_answer_with_the_texts_of_errors_as_errors(python: str, cell: object) -> None:
    book = Excel()
    assert book.answer(python) == cell
    assert book[stubs.ASKED] == "udfs SOP_WMAPE"


@pytest.mark.parametrize(
    ("description", "cell"),
    [
        ("\n".join(TRACEBACK), VALUE),
        ("\n".join(reversed(TRACEBACK)), VALUE),  # as the DLL of xlwings turns it round
        ("CellError: #NUM!: SOP_WMAPE: season has to be from 1 up", NUM),
        ("#N/A: the numbers given are not enough", NA),
        ('  File "udfs.py", line 3\nAttributeError: no attribute SOP_WMAPE', NA),
        ('  File "x.py", line 1\nCellError: #WHAT!: unknown', NA),
        ('  File "x.py", line 1\nCellError: ', NA),
    ],
)
def test_a_python_error_is_the_error_it_names(description: str, cell: str) -> None:
    book = Excel()
    assert book.answer(f"raise {description}") == cell
    assert book.answer("number") == 0.25  # and the next cell is answered
    assert book[stubs.STARTS] == 1


# ---- Python that is not there ----------------------------------------------------------------


def test_python_is_looked_for_once() -> None:
    book = Excel()
    assert [book.answer("number") for _ in range(3)] == [0.25] * 3
    assert book[stubs.STARTS] == 1


def test_a_python_that_does_not_start_is_left_alone_for_a_minute() -> None:
    book = Excel()
    book.app.freeze_clock(NOON)
    book[stubs.ABSENT] = "Could not load xlwings64-0.37.8.dll"
    assert [book.answer("number") for _ in range(3)] == [NA] * 3
    assert book[stubs.STARTS] == 1
    book[stubs.ABSENT] = ""
    book.app.freeze_clock(NOON + dt.timedelta(seconds=59))
    assert book.answer("number") == NA
    book.app.freeze_clock(NOON + dt.timedelta(seconds=61))
    assert book.answer("number") == 0.25
    assert book.app.dialogs == []


def test_a_button_has_python_looked_for_again() -> None:
    book = Excel()
    book.app.freeze_clock(NOON)
    book[stubs.ABSENT] = "Could not load xlwings64-0.37.8.dll"
    assert book.answer("number") == NA
    book[stubs.ABSENT] = ""
    book.run("Press", "about")
    assert book.answer("number") == 0.25


def test_a_python_that_has_ended_is_started_once_more() -> None:
    book = Excel()
    assert book.answer("first ended") == "first ended"
    assert book[stubs.STARTS] == 2


def test_a_python_that_ends_every_time_is_left_alone() -> None:
    book = Excel()
    book.app.freeze_clock(NOON)
    assert book.answer("ended") == NA
    assert book.answer("number") == NA
    assert book[stubs.STARTS] == 2


def test_a_mac_is_answered_without_python() -> None:
    book = Excel(MAC)
    assert book.answer("number") == NA
    assert book[stubs.STARTS] is None


# ---- ranges ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filled", "given", "handed_over"),
    [
        (["A10"], ("A1:A3", "B1:B3"), ("$A$1:$A$3", "$B$1:$B$3")),
        (["A10", "C90"], ("A:A", "B:B"), ("$A$1:$A$10", "$B$1:$B$10")),
        (["A10", "B12"], ("A:A", "B:B"), ("$A$1:$A$12", "$B$1:$B$12")),
        (["A10"], ("A4:A1048576", "B4:B1048576"), ("$A$4:$A$10", "$B$4:$B$10")),
        # what does not fit does not come to fit
        (["A10"], ("A:A", "B4:B1048576"), ("$A$1:$A$10", "$B$4:$B$10")),
        (["A10"], ("A:A", "B1:B7"), ("$A$1:$A$10", "$B$1:$B$7")),
        (["A2", "F2"], ("2:2", "3:3"), ("$A$2:$F$2", "$A$3:$F$3")),
        (["B2", "F9"], ("A:XFD", "A:A"), ("$A$1:$F$9", "$A$1:$A$9")),
        (["C90"], ("A:A", "B:B"), ("$A$1", "$B$1")),
        ([], ("A:A", "B:B"), ("$A$1", "$B$1")),
        (["A10"], ("A:A", "!B:B"), ("$A$1:$A$10", "$B$1:$B$10")),
    ],
)
def test_whole_columns_and_rows_are_cut_alike(
    filled: list[str], given: tuple[str, str], handed_over: tuple[str, str]
) -> None:
    book = Excel()
    book.put(*filled)
    assert shown(book.run("AnswerTo", "number", *given)) == 0.25
    assert book[stubs.ASKED] == " ".join(("udfs SOP_WMAPE", *handed_over))


def test_errors_and_empty_texts_at_the_end_of_a_column_are_cut_too() -> None:
    book = Excel()
    book.put("B4", "C1")
    book.app.add_module(
        'Sub Fill()\nWith ThisWorkbook.Worksheets("Data")\n'
        '.Range("A1,A6,B7").Value = CVErr(xlErrNA)\n.Range("B8").Formula = "=""""&"""""\n'
        "End With\nEnd Sub"
    )
    book.run("Fill")
    book.run("AnswerTo", "number", "A:A", "A:A")
    assert book[stubs.ASKED] == "udfs SOP_WMAPE $A$1 $A$1"
    book.run("AnswerTo", "number", "A:A", "B:B")
    assert book[stubs.ASKED] == "udfs SOP_WMAPE $A$1:$A$4 $B$1:$B$4"


def test_a_range_in_pieces_is_refused() -> None:
    book = Excel()
    assert shown(book.run("AnswerTo", "number", "A1:A3,C1:C3", "B1:B6")) == VALUE
    assert book[stubs.ASKED] is None


# ---- buttons ---------------------------------------------------------------------------------

PRESSED = "from sop_xl.excel import ribbon; ribbon.press('forecast')"


def test_a_button_runs_its_action_and_has_the_ribbon_asked_again() -> None:
    book = Excel()
    book.run("Loaded")
    book.run("Press", "forecast demand")
    assert book[stubs.CODE] == PRESSED
    assert book.run("Invalidated") == 1
    assert book.app.dialogs == []


def test_a_ribbon_that_excel_has_lost_disturbs_nobody() -> None:
    book = Excel()
    book.run("Press", "forecast demand")
    assert book[stubs.CODE] == PRESSED


def test_a_python_that_fails_is_told_with_the_remedy() -> None:
    book = Excel()
    book[stubs.RESULT] = -1
    book.run("Press", "forecast demand")
    ((_, message, title, _),) = book.app.dialogs
    assert title == "S&OP"
    assert "'forecast' was not done" in message
    assert "sop-xl doctor" in message


@pytest.mark.parametrize("exists", [True, False])
def test_an_interpreter_that_is_not_there_is_told_before_xlwings_does(exists: bool) -> None:
    book = Excel()
    book[stubs.INTERPRETER] = r"C:\Python\python.exe"
    book[stubs.EXISTS] = exists
    book.run("Press", "forecast demand")
    assert book[stubs.CODE] == (PRESSED if exists else None)
    command = r'"C:\Python\sop-xl" doctor'
    assert [command in message for _, message, _, _ in book.app.dialogs] == (
        [] if exists else [True]
    )


# ---- gates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "enabled"),
    [
        ("=TRUE", True),
        ("=FALSE", False),
        ('=NOT(OR(INDEX(Stub!$C$1:$C$3,2)="done"))', False),
        ('=NOT(OR(INDEX(Stub!$C$1:$C$3,1)="done"))', True),
        ('=COUNTIF(Stub!$C$1:$C$3,"done")>0', True),
        ("=Stub!$C$4", False),  # a cell
        ("=1/0", True),  # what cannot be told shuts nothing
        ("=0", True),
        ('="shut"', True),
        ("", True),
    ],
)
def test_a_gate_is_a_defined_name(formula: str, enabled: bool) -> None:
    book = Excel()
    book["C2"] = "done"
    book["C4"] = False
    if formula:
        book.app.add_named_range("Gate_demand", formula)
    assert book.run("Enabled", "forecast demand") is enabled


def test_a_button_without_a_gate_can_always_be_pressed() -> None:
    book = Excel()
    book.app.add_named_range("Gate_", "=FALSE")
    assert book.run("Enabled", "status") is True


# ---- the workbook ----------------------------------------------------------------------------


def test_the_workbook_opens_although_the_help_cannot_be_registered() -> None:
    book = Excel()
    book.app.add_module('Sub Say()\nApplication.StatusBar = "Forecasting ..."\nEnd Sub')
    book.run("Say")
    book.run("ThisWorkbook.Workbook_Open")
    assert book[stubs.HELPED] is True
    assert book.app.evaluate("Application.StatusBar") is False


def test_opening_does_not_make_excel_ask_to_save() -> None:
    book = Excel()
    for saved in (True, False):
        book.app.add_module(f"Sub Mark{saved}()\nThisWorkbook.Saved = {saved}\nEnd Sub")
        book.run(f"Mark{saved}")
        book.run("ThisWorkbook.Workbook_Open")  # writes a cell
        assert book.app.evaluate("ThisWorkbook.Saved") is saved


@pytest.mark.parametrize(("sheet", "asked"), [("Cycle_Calendar", 1), ("Data", 0)])
def test_a_changed_status_has_the_ribbon_asked_again(sheet: str, asked: int) -> None:
    book = Excel()
    book.run("Loaded")
    book.app.add_module(
        'Sub Change(name)\nThisWorkbook.Worksheets.Add.Name = "Cycle_Calendar"\n'
        'ThisWorkbook.Worksheets(name).Range("G4").Value = "done"\nEnd Sub'
    )
    book.run("Change", sheet)
    assert book.run("Invalidated") == asked
