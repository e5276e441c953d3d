"""The cells as XML, and read back by a reader that is not ours."""

import io
import re
from datetime import UTC, date, datetime
from math import inf, nan
from typing import Any
from xml.etree import ElementTree

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import from_excel

from sop_xl.workbook.package import assemble
from sop_xl.workbook.sheetdata import SharedStrings, SheetData, escape, serial

WHEN = datetime(2025, 1, 31, 12)
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def rendered(data: SheetData) -> str:
    return data.render(SharedStrings()).decode()


def cell(value: Any, style: int = 0, formula: str | None = None) -> str:
    """The XML inside the only row of a sheet with one cell."""
    data = SheetData()
    data.put(1, 1, value, style, formula)
    xml = rendered(data)
    return xml.removeprefix('<sheetData><row r="1">').removesuffix("</row></sheetData>")


def read_back(data: SheetData, **options: Any) -> Any:
    workbook = openpyxl.Workbook()
    content = assemble(workbook, {"Sheet": data}, when=WHEN).to_bytes()
    return openpyxl.load_workbook(io.BytesIO(content), **options)["Sheet"]


def decoded(text: str) -> str:
    """`_xHHHH_` taken back from left to right, as ECMA-376 part 1, 22.9.2.19 has it."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


@pytest.mark.parametrize(
    ("value", "xml"),
    [
        (1.5, '<c r="A1"><v>1.5</v></c>'),
        (3.0, '<c r="A1"><v>3</v></c>'),
        (-0.0, '<c r="A1"><v>0</v></c>'),
        (0.1 + 0.2, '<c r="A1"><v>0.30000000000000004</v></c>'),
        (1e300, '<c r="A1"><v>1e+300</v></c>'),
        (42, '<c r="A1"><v>42</v></c>'),
        (2**60, '<c r="A1"><v>1.152921504606847e+18</v></c>'),
        (True, '<c r="A1" t="b"><v>1</v></c>'),
        (date(2024, 1, 31), '<c r="A1"><v>45322</v></c>'),
        (datetime(2024, 1, 31, 18), '<c r="A1"><v>45322.75</v></c>'),
        (np.float64(2.5), '<c r="A1"><v>2.5</v></c>'),
        (np.float32(0.5), '<c r="A1"><v>0.5</v></c>'),
        (np.int64(7), '<c r="A1"><v>7</v></c>'),
        (np.bool_(False), '<c r="A1" t="b"><v>0</v></c>'),
        (np.datetime64("2024-01-31", "ns"), '<c r="A1"><v>45322</v></c>'),
        (pd.Timestamp("2024-01-31"), '<c r="A1"><v>45322</v></c>'),
        (np.str_("text"), '<c r="A1" t="s"><v>0</v></c>'),
        ("#N/A", '<c r="A1" t="s"><v>0</v></c>'),
        ("=1+1", '<c r="A1" t="s"><v>0</v></c>'),
    ],
)
def test_plain_values(value: Any, xml: str) -> None:
    assert cell(value) == xml


@pytest.mark.parametrize("blank", [None, nan, "", np.nan, pd.NaT, pd.NA, np.datetime64("NaT")])
def test_blanks_are_written_for_their_style_only(blank: Any) -> None:
    assert cell(blank) == ""
    assert cell(blank, style=4) == '<c r="A1" s="4"/>'
    # Excel's own form of ="" - a formula cannot show a blank
    assert cell(blank, formula='""') == '<c r="A1" t="str"><f>""</f><v></v></c>'


@pytest.mark.parametrize(
    ("value", "xml"),
    [
        (2.0, '<c r="A1" s="3"><f>B1&amp;C1</f><v>2</v></c>'),
        ("a<b", '<c r="A1" s="3" t="str"><f>B1&amp;C1</f><v>a&lt;b</v></c>'),
        (" a", '<c r="A1" s="3" t="str"><f>B1&amp;C1</f><v xml:space="preserve"> a</v></c>'),
        (True, '<c r="A1" s="3" t="b"><f>B1&amp;C1</f><v>1</v></c>'),
        ("#DIV/0!", '<c r="A1" s="3" t="e"><f>B1&amp;C1</f><v>#DIV/0!</v></c>'),
        (date(1900, 3, 1), '<c r="A1" s="3"><f>B1&amp;C1</f><v>61</v></c>'),
    ],
)
def test_formulas_carry_their_cached_value(value: Any, xml: str) -> None:
    assert cell(value, 3, "B1&C1") == xml


@pytest.mark.parametrize(
    ("day", "number"),  # Excel's DATEVALUE
    [
        (date(1900, 1, 1), 1),
        (date(1900, 2, 28), 59),
        (date(1900, 3, 1), 61),
        (date(2000, 1, 1), 36526),
        (datetime(2025, 12, 31, 6), 46022.25),
        (date(9999, 12, 31), 2958465),
    ],
)
def test_dates_are_numbered_as_in_excel(day: date, number: float) -> None:
    assert serial(day) == number


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (inf, "infinite"),
        (-inf, "infinite"),
        (np.float32("inf"), "infinite"),
        (10**400, "too large"),
        ("x" * 32_768, "32768 characters"),
        ("\N{CHART WITH UPWARDS TREND}" * 16_384, "32768 characters"),
        (date(1899, 12, 31), "before 1900"),
        (datetime(2024, 1, 1, tzinfo=UTC), "time zone"),
        (object(), "nothing that a cell can hold"),
    ],
)
def test_what_a_cell_cannot_hold_is_refused_by_name(value: Any, message: str) -> None:
    data = SheetData()
    data.put(12, 28, value)
    with pytest.raises(ValueError, match=f"AB12: .*{message}"):
        data.render(SharedStrings())


def test_the_longest_text_is_kept() -> None:
    assert cell("x" * 32_767) == '<c r="A1" t="s"><v>0</v></c>'


@pytest.mark.parametrize("formula", ["", "=A1", "A" * 8_193])
def test_formulas_that_excel_would_call_damaged_are_refused(formula: str) -> None:
    with pytest.raises(ValueError, match="A1: the formula"):
        cell(1, formula=formula)


@pytest.mark.parametrize(("row", "column"), [(0, 1), (1, 0), (1_048_577, 1), (1, 16_385)])
def test_there_is_nothing_beyond_the_edges(row: int, column: int) -> None:
    data = SheetData()
    data.put(row, column, 1)
    with pytest.raises(ValueError, match="there is no"):
        data.render(SharedStrings())


def test_any_order_is_rendered_in_order_and_the_last_word_counts() -> None:
    data = SheetData()
    data.put(3, 2, 1)
    data.put(3, 1, 2)
    data.put_row(1, 3, [5, None, 6], 0)
    data.put(3, 2, 7)
    data.row(2, height=30.0, outline=1, hidden=True, collapsed=True)
    assert rendered(data) == (
        '<sheetData><row r="1"><c r="C1"><v>5</v></c><c r="E1"><v>6</v></c></row>'
        '<row r="2" ht="30" customHeight="1" hidden="1" outlineLevel="1" collapsed="1"></row>'
        '<row r="3"><c r="A3"><v>2</v></c><c r="B3"><v>7</v></c></row></sheetData>'
    )
    assert data.dimension() == "A1:E3"
    assert data.outline_depth == 1


def test_an_empty_sheet() -> None:
    assert rendered(SheetData()) == "<sheetData></sheetData>"
    assert SheetData().dimension() == "A1"


def test_a_row_of_values_takes_one_style_or_one_each() -> None:
    data = SheetData()
    data.put_row(1, 1, [1, 2], 4)
    data.put_row(1, 3, np.array([3.0, 4.0]), [5, 6])  # type: ignore[arg-type]  # works all the same
    assert re.findall(r's="(\d)"><v>(\d)', rendered(data)) == [
        ("4", "1"),
        ("4", "2"),
        ("5", "3"),
        ("6", "4"),
    ]
    assert data.styles_used() == {4, 5, 6}
    with pytest.raises(ValueError, match="argument 3"):
        data.put_row(1, 1, [1, 2], [4])


@pytest.mark.parametrize("looks", [{"outline": 8}, {"height": 410}])
def test_rows_have_limits(looks: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="row 1"):
        SheetData().row(1, **looks)


def test_a_text_is_stored_once_and_counted_every_time() -> None:
    strings = SharedStrings()
    for _ in range(2):
        data = SheetData()
        data.put_row(1, 1, ["a & b", " b", "a & b"], 0)
        data.render(strings)
    assert strings.render().decode().splitlines()[1] == (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'count="6" uniqueCount="2">'
        '<si><t>a &amp; b</t></si><si><t xml:space="preserve"> b</t></si></sst>'
    )


@pytest.mark.parametrize(
    ("text", "xml"),
    [
        ("_x0041_", "_x005F_x0041_"),
        ("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"),
        ("_x0041\x01", "_x005F_x0041_x0001_"),  # the escape would complete the literal
        ("_x004_", "_x004_"),
        ("_xlfn.XLOOKUP(a)", "_xlfn.XLOOKUP(a)"),
        ("a\r\nb\tc", "a_x000D_\nb\tc"),
        ("\ud800\uffff", "_xD800__xFFFF_"),
        ("ü€\N{CHART WITH UPWARDS TREND}", "ü€\N{CHART WITH UPWARDS TREND}"),
    ],
)
def test_text_that_xml_cannot_hold(text: str, xml: str) -> None:
    assert escape(text) == xml


nasty = st.text(
    st.one_of(st.sampled_from("_x0041DF\x00\x01\r\n\t <&>\"'=+-@\ud800\uffff"), st.characters())
)


@given(nasty)
def test_every_text_comes_back(text: str) -> None:
    strings = SharedStrings()
    strings.add(text)
    content = ElementTree.fromstring(strings.render()).find(f"{MAIN}si/{MAIN}t")
    assert content is not None
    assert decoded(content.text or "") == text


@given(nasty)
def test_every_cached_text_comes_back(text: str) -> None:
    content = ElementTree.fromstring(cell(text + "x", formula="A2")).find("v")
    assert content is not None
    assert decoded(content.text or "") == text + "x"


@given(
    st.lists(
        st.one_of(
            st.floats(allow_nan=False, allow_infinity=False),
            st.integers(-(2**53), 2**53),
            st.booleans(),
            st.from_regex(r"[=+\-@]?[a-zA-Z0-9 äß\n]{1,20}", fullmatch=True),
        ),
        max_size=8,
    )
)
def test_openpyxl_reads_the_values_that_were_put(values: list[Any]) -> None:
    data = SheetData()
    data.put_row(2, 3, values, 0)
    sheet = read_back(data)
    assert [sheet.cell(2, 3 + i).value for i in range(len(values))] == values


@given(st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31)))
def test_openpyxl_reads_the_dates_that_were_put(moment: datetime) -> None:
    number = serial(moment)
    again: Any = from_excel(number)
    assert abs((again - moment).total_seconds()) < 0.001  # a double holds no more


@pytest.mark.parametrize("text", ["=1+1", "+A1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")'])
def test_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    data = SheetData()
    data.put(1, 1, text)
    read = read_back(data)["A1"]
    assert (read.value, read.data_type) == (text, "s")
    assert "<f>" not in rendered(data)


def test_formulas_and_cached_values_are_both_read() -> None:
    data = SheetData()
    cached: list[Any] = [1.5, "text", True, "#N/A"]
    for column, value in enumerate(cached, 1):
        data.put(1, column, value, formula=f"B{column}")
    assert [c.value for c in read_back(data)[1]] == ["=B1", "=B2", "=B3", "=B4"]
    assert [c.value for c in read_back(data, data_only=True)[1]] == cached
    assert read_back(data, data_only=True)["D1"].data_type == "e"
