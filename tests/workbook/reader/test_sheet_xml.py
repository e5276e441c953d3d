from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import openpyxl
import pytest
from defusedxml.common import EntitiesForbidden
from openpyxl.worksheet.formula import ArrayFormula

from sop_xl.workbook.reader import open_sheets
from sop_xl.workbook.reader.sheet_xml import Formats, SheetXml
from tests.conftest import BOOK

DAY, DURATION = 1, 2
FORMATS = Formats(dt.datetime(1899, 12, 30), {DAY, DURATION}, {DURATION})
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def read(rows: str, after: str = "") -> SheetXml:
    xml = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    return SheetXml(xml.encode(), ["Orders", "Bikes"], FORMATS)


def cells(*content: str) -> str:
    return f'<row r="1">{"".join(content)}</row>'


def test_a_book_is_read_as_openpyxl_reads_it(small: Path) -> None:
    data = (small / BOOK).read_bytes()
    values: Any = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    formulas: Any = openpyxl.load_workbook(io.BytesIO(data))
    found = open_sheets(small / BOOK)
    assert list(found) == values.sheetnames
    for title, sheet in found.items():
        assert sheet.tables == {one.name: one.ref for one in values[title].tables.values()}
        for ours, book in ((sheet.values, values[title]), (sheet.formulas, formulas[title])):
            height, width = len(ours), len(ours[0]) if ours else 0
            theirs = [
                [_plain(cell.value) for cell in row]
                for row in book.iter_rows(max_row=height, max_col=width)
                if height
            ]
            assert [list(map(_plain, row)) for row in ours] == theirs


def _plain(value: Any) -> Any:
    return (value.ref, value.text) if isinstance(value, ArrayFormula) else value


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ('<c r="A1"><v>12</v></c>', 12),
        ('<c r="A1"><v>1.5E-3</v></c>', 0.0015),
        ('<c r="A1" t="s"><v>1</v></c>', "Bikes"),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="e"><v>#N/A</v></c>', "#N/A"),
        ('<c r="A1" t="str"><f>B1</f><v> two  blanks </v></c>', " two  blanks "),
        ('<c r="A1" s="1"><v>46023</v></c>', dt.datetime(2026, 1, 1)),
        ('<c r="A1" s="2"><v>1.5</v></c>', dt.timedelta(hours=36)),
        ('<c r="A1" s="1"><v>99999999</v></c>', "#VALUE!"),
        ('<c r="A1" t="d"><v>2026-01-01T00:00:00</v></c>', dt.datetime(2026, 1, 1)),
        ('<c r="A1" t="inlineStr"><is><t>plain</t></is></c>', "plain"),
        # what is formatted in parts is one text, and how it is spoken is no part of it
        ('<c r="A1" t="inlineStr"><is><r><t>two </t></r><r><rPr/><t>parts</t></r>'
         '<rPh sb="0" eb="1"><t>spoken</t></rPh></is></c>', "two parts"),
    ],
)  # fmt: skip
def test_a_cell_shows_what_its_type_says(cell: str, shown: object) -> None:
    value = read(cells(cell)).values[1, 1]
    assert (value, type(value)) == (shown, type(shown))


@pytest.mark.parametrize("cell", ['<c r="A1"/>', '<c r="A1" s="1"><v></v></c>'])
def test_a_blank_cell_shows_nothing(cell: str) -> None:
    found = read(cells(cell))
    assert (found.values, found.contents) == ({}, {})


def test_formulas_stand_beside_their_values() -> None:
    found = read(cells('<c r="A1"><f>B1*2</f><v>8</v></c>', '<c r="B1"><v>4</v></c>',
                       '<c r="C1"><f>B1</f></c>'))  # fmt: skip
    assert found.values == {(1, 1): 8, (1, 2): 4}
    assert found.contents == {(1, 1): "=B1*2", (1, 2): 4, (1, 3): "=B1"}


def test_a_formula_that_cells_share_is_told_for_each() -> None:
    # as Excel writes a formula that was filled to the right: once, and a number in the others
    found = read(cells(
        '<c r="B1"><f t="shared" ref="B1:C1" si="0">A1+$A2</f><v>1</v></c>',
        '<c r="C1"><f t="shared" si="0"/><v>2</v></c>',
    ))  # fmt: skip
    assert found.contents == {(1, 2): "=A1+$A2", (1, 3): "=B1+$A2"}


def test_an_array_keeps_its_range() -> None:
    found = read(cells('<c r="A1"><f t="array" ref="A1:A2">B1:B2</f><v>1</v></c>'))
    formula = found.contents[1, 1]
    assert (formula.ref, formula.text) == ("A1:A2", "=B1:B2")


def test_cells_and_rows_without_a_place_follow_one_another() -> None:
    found = read("<row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c><v>3</v></c></row>")
    assert found.values == {(1, 1): 1, (1, 2): 2, (2, 2): 3}


def test_of_merged_cells_the_first_shows_what_it_holds() -> None:
    merged = '<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'
    found = read(cells('<c r="A1"><v>1</v></c>', '<c r="B1"><v>2</v></c>'), merged)
    assert found.values == {(1, 1): 1}
    assert found.contents == {(1, 1): 1, (1, 2): 2}


def test_elements_may_have_a_prefix() -> None:
    cell = '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>'
    xml = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{cell}</x:sheetData></x:worksheet>'
    assert SheetXml(xml.encode(), [], FORMATS).values == {(1, 1): 1}


def test_entities_are_refused() -> None:
    xml = f'<!DOCTYPE w [<!ENTITY a "aaaa">]><worksheet xmlns="{MAIN}">&a;</worksheet>'
    with pytest.raises(EntitiesForbidden):
        SheetXml(xml.encode(), [], FORMATS)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("<row", ExpatError),
        ('<row r="1.5"/>', ValueError),
        ('<row><c r="A1"><v>many</v></c></row>', ValueError),
        ('<row><c r="A1" t="s"><v>9</v></c></row>', IndexError),
    ],
)
def test_what_is_no_sheet_is_an_error(content: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(content)
