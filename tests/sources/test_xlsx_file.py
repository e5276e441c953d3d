"""Workbooks: where the data is, and files that want to do harm."""

import tempfile
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table as ExcelTable

from sop_xl.schema import Finding, Table
from sop_xl.sources.extract import Extract, SourceSpec
from sop_xl.sources.xlsx_file import BLANK_ROWS, Book, open_book
from sop_xl.tables.data import ACTUALS, ITEMS
from tests.sources.folders import ERROR, REPAIR, WARNING, change_part, lines, workbook

HEADER = ["Item", "Family"]
OLE = b"\xd0\xcf\x11\xe0" + b"\x00" * 600


def read(path: Path, kind: Table = ITEMS, **spec: str) -> Extract:
    book = open_book(path, path.name)
    assert isinstance(book, Book), book
    with book:
        return book.read(kind, SourceSpec(**spec))  # type: ignore[arg-type]


def rows(extract: Extract) -> list[list[Any]]:
    assert extract.cells is not None, extract.findings
    return [list(row) for row in zip(*extract.cells.columns, strict=True)]


def refusal(path: Path) -> Finding:
    found = open_book(path, path.name)
    assert isinstance(found, Finding)
    return found


def test_the_likeliest_sheet_and_the_header_in_it(tmp_path: Path) -> None:
    path = tmp_path / "erp.xlsx"
    workbook(path, {"Notes": [["hello"]], "Export": [["Items of 2024"], [], [None, *HEADER],
                                                     [None, "007", "F"]]})
    extract = read(path)
    assert rows(extract) == [[None, "007", "F"]]
    assert extract.cells is not None
    assert extract.cells.sheet == "Export"
    assert extract.cells.address(0, 1) == "B4"


def test_sheets_and_tables_are_found_by_the_name_of_the_table(tmp_path: Path) -> None:
    path = tmp_path / "all.xlsx"
    book = workbook(path, {"Other": [[], [None, *HEADER], [None, "A", "F"], [None, "x", "y"]],
                           "Data_Actuals": [["Month", "Item", "Orders"]]})
    table = ExcelTable(displayName="tblItems", ref="B2:C3")
    book["Other"].add_table(table)
    book.save(path)
    opened = open_book(path, "all.xlsx")
    assert isinstance(opened, Book)
    with opened:
        assert opened.place_named(ITEMS) == SourceSpec(file="all.xlsx", table="tblItems")
        assert opened.place_named(ACTUALS) == SourceSpec(file="all.xlsx", sheet="Data_Actuals")
        extract = opened.read(ITEMS, SourceSpec())
    assert rows(extract) == [["A", "F"]]
    assert extract.cells is not None
    assert extract.cells.address(0, 0) == "B3"


def test_a_totals_row_is_no_data(tmp_path: Path) -> None:
    path = tmp_path / "all.xlsx"
    book = workbook(path, {"S": [HEADER, ["A", "F"], ["Total", None]]})
    table = ExcelTable(displayName="Items", ref="A1:B3")
    table.totalsRowCount = 1
    book["S"].add_table(table)
    book.save(path)
    assert rows(read(path)) == [["A", "F"]]


def test_ranges_and_defined_names(tmp_path: Path) -> None:
    path = tmp_path / "all.xlsx"
    book = workbook(path, {"One": [["x"]], "My data": [[], ["x", *HEADER], ["x", "A", "F"],
                                                       ["x", "B", "F"]]})
    book.defined_names["stuff"] = DefinedName("stuff", attr_text="'My data'!$B$2:$C$3")
    book.save(path)
    assert rows(read(path, range="stuff")) == [["A", "F"]]
    assert rows(read(path, range="B2:C4", sheet="my data")) == [["A", "F"], ["B", "F"]]
    assert rows(read(path, range="'My data'!B2:C3")) == [["A", "F"]]
    assert read(path, range="stuf").findings[0].remedy.startswith("Did you mean 'stuff'?")
    assert lines(read(path, sheet="My dta").findings) == [
        "all.xlsx: The workbook has no sheet 'My dta'."
    ]
    assert lines(read(path, table="T").findings) == [
        "all.xlsx: The workbook has no Excel table 'T'."
    ]


def test_merged_cells_stand_for_every_row_unless_they_are_quantities(tmp_path: Path) -> None:
    path = tmp_path / "m.xlsx"
    book = workbook(path, {"Actuals": [["Sales", None, None], ["Month", "Item", "Orders"],
                                       ["2024-01", "A", 5], [None, "B", None], [None, "C", 7]]})
    sheet = book["Actuals"]
    for cells in ("A1:C1", "A3:A5", "C3:C4"):
        sheet.merge_cells(cells)
    book.save(path)
    assert rows(read(path, ACTUALS)) == [
        ["2024-01", "A", 5], ["2024-01", "B", None], ["2024-01", "C", 7]
    ]


def test_a_header_over_two_rows(tmp_path: Path) -> None:
    path = tmp_path / "m.xlsx"
    book = workbook(path, {"S": [["Month", "Item", "Quantity", None],
                                 [None, None, "Orders", "Shipments"], ["2024-01", "A", 5, 4]]})
    for cells in ("A1:A2", "B1:B2", "C1:D1"):
        book["S"].merge_cells(cells)
    book.save(path)
    extract = read(path, ACTUALS)
    assert extract.cells is not None
    assert list(extract.cells.header) == ["Month", "Item", "Orders", "Shipments"]
    assert rows(extract) == [["2024-01", "A", 5, 4]]


def test_values_come_typed_and_errors_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    header, row = ["Month", "Item", "Orders"], [datetime(2024, 1, 1), 7, "#N/A"]
    book = workbook(path, {"Actuals": [header, row]})
    book["Actuals"]["C2"].data_type = "e"
    book.save(path)
    assert rows(read(path, ACTUALS)) == [[datetime(2024, 1, 1), 7, "#N/A"]]


def test_formulas_that_were_never_calculated_are_told(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    workbook(path, {"Items": [HEADER, ["A", '="F"&"1"'], ["B", "F"]]})
    assert lines(read(path).findings, WARNING) == [
        "f.xlsx: Items!B2: 1 cells hold formulas that were never calculated."
    ]


def test_a_sheet_that_claims_a_million_rows_has_those_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "n.xlsx"
    workbook(path, {"Items": [HEADER, ["A", "F"]]})
    change_part(path, "xl/worksheets/sheet1.xml", b'ref="A1:B2"', b'ref="A1:XFD1048576"')
    assert rows(read(path)) == [["A", "F"]]


def test_nothing_after_thousands_of_blank_rows(tmp_path: Path) -> None:
    path = tmp_path / "n.xlsx"
    book = workbook(path, {"Items": [HEADER, ["A", "F"]]})
    book["Items"]["A1048576"] = "far"
    book.save(path)
    extract = read(path)
    assert rows(extract) == [["A", "F"]]
    assert lines(extract.findings, REPAIR) == [
        f"n.xlsx: Items!A3: More than {BLANK_ROWS:,} blank rows follow; what may come after them"
        " was not read."
    ]


def test_an_empty_sheet(tmp_path: Path) -> None:
    path = tmp_path / "e.xlsx"
    workbook(path, {"Items": []})
    assert lines(read(path).findings, ERROR) == ["e.xlsx: Items: The sheet is empty."]


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"]
)
def test_an_xml_bomb_is_refused(tmp_path: Path, part: str) -> None:
    path = tmp_path / "bomb.xlsx"
    workbook(path, {"Items": [HEADER, ["A", "F"]]})
    bomb = b'<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 10) for i in range(9)
    ) + b"]>"
    with zipfile.ZipFile(path) as package:
        begin = package.read(part).split(b">", 1)[0] + b">"
    if begin.startswith(b"<?xml"):
        change_part(path, part, begin, begin + bomb)
    else:
        change_part(path, part, begin, bomb + begin)
    found = refusal(path)
    assert found.message == f"The workbook was refused: its part {part} declares XML entities."


def test_a_bomb_behind_a_long_comment_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    workbook(path, {"Items": [HEADER, ["A", "F"]]})
    with zipfile.ZipFile(path) as package:
        begin = package.read("xl/worksheets/sheet1.xml").split(b">", 1)[0] + b">"
    hidden = b"<!--" + b"x" * 9000 + b'--><!DOCTYPE a [<!ENTITY a "aa">]>'
    change_part(path, "xl/worksheets/sheet1.xml", begin, hidden + begin)
    found = open_book(path, "bomb.xlsx")
    if isinstance(found, Book):
        with found:
            (found,) = found.read(ITEMS, SourceSpec()).findings
    assert found.severity is ERROR


def test_a_zip_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.xlsx"
    workbook(path, {"Items": [HEADER, *[["A" * 100, "F"]] * 9000]})
    monkeypatch.setattr("sop_xl.sources.xlsx_file.MAX_BYTES", 100_000)
    assert refusal(path).message.startswith("The workbook unpacks to 1 MB")


@pytest.mark.parametrize("keep", [0.3, 0.9, 0.99])
def test_a_truncated_zip(tmp_path: Path, keep: float) -> None:
    path = tmp_path / "cut.xlsx"
    workbook(path, {"Items": [HEADER, ["A", "F"]]})
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    assert refusal(path).message == "The workbook is damaged or cut off: File is not a zip file."


def test_a_part_with_broken_xml_is_told_by_the_table(tmp_path: Path) -> None:
    path = tmp_path / "cut.xlsx"
    workbook(path, {"Items": [HEADER, ["A", "F"]]})
    change_part(path, "xl/worksheets/sheet1.xml", b"</sheetData>", b"")
    assert lines(read(path).findings, ERROR)[0].startswith("cut.xlsx: The workbook is damaged:")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        (b"<html><table>", "The file is no Excel workbook, whatever its name says."),
        (OLE, "The file is a workbook of Excel 2003 or older (.xls)."),
        (
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "The workbook is protected by a password.",
        ),
    ],
)
def test_files_that_are_no_workbook(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "items.xlsx"
    path.write_bytes(data)
    assert refusal(path).message == message


@pytest.mark.parametrize(
    ("part", "data", "message"),
    [
        ("xl/workbook.bin", b"", "The file is a binary workbook (.xlsb)."),
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet",
         "The file is an OpenDocument spreadsheet."),
        ("readme.txt", b"hi", "The workbook is damaged:"),
    ],
)
def test_other_packages(tmp_path: Path, part: str, data: bytes, message: str) -> None:
    path = tmp_path / "items.xlsx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(part, data)
    assert refusal(path).message.startswith(message)


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.xlsx").message.startswith("The file cannot be read:")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=4))
def test_any_damage_is_read_or_refused(damage: list[tuple[int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "items.xlsx"
        workbook(path, {"Items": [HEADER, ["A", "F"]]})
        data = bytearray(path.read_bytes())
        for place, byte in damage:
            data[place % len(data)] = byte
        path.write_bytes(data)
        found = open_book(path, "items.xlsx")
        if isinstance(found, Finding):
            assert found.severity is ERROR
            return
        with found:
            extract = found.read(ITEMS, SourceSpec())
    assert extract.cells is not None or lines(extract.findings, ERROR)


def test_openpyxl_meets_no_warning(tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    sheet.append(["A", 10_000_000])
    sheet["B2"].number_format = "yyyy-mm-dd"  # no such day: openpyxl warns
    book.save(path)
    assert rows(read(path)) == [["A", "#VALUE!"]]
