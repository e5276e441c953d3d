"""Text files as they come."""

import codecs
import csv
import gzip
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_xl.schema import Severity
from sop_xl.sources import csv_file
from sop_xl.sources.extract import Extract, SourceSpec
from sop_xl.tables.data import ACTUALS, ITEMS
from tests.sources.folders import ERROR, REPAIR, WARNING, lines

TEXT = "Item;Family;Name\n007;Möbel;Käse\n8;Möbel;Öl"


def read(
    tmp_path: Path, data: str | bytes, name: str = "items.csv", **spec: str
) -> Extract:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return csv_file.read(path, ITEMS, SourceSpec(**spec), name)  # type: ignore[arg-type]


def rows(extract: Extract) -> list[list[object]]:
    assert extract.cells is not None
    return [list(row) for row in zip(*extract.cells.columns, strict=True)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_common_delimiter(tmp_path: Path, delimiter: str) -> None:
    data = f'Item{delimiter}Family{delimiter}Name\nA{delimiter}F{delimiter}"x, y; z|\tq ""r"""\n'
    extract = read(tmp_path, data)
    assert rows(extract) == [["A", "F", 'x, y; z|\tq "r"']]
    assert extract.findings == []


def test_the_line_that_tells_excel_the_delimiter(tmp_path: Path) -> None:
    extract = read(tmp_path, "sep=|\nItem|Family|Name\nA|F;x;y,z|B;C")
    assert rows(extract) == [["A", "F;x;y,z", "B;C"]]
    assert extract.cells is not None
    assert extract.cells.address(0, 0) == "row 3, Item"


@pytest.mark.parametrize(
    ("encoding", "mark", "severities"),
    [
        ("utf-8", b"", []),
        ("utf-8", codecs.BOM_UTF8, []),
        ("utf-16-le", codecs.BOM_UTF16_LE, []),
        ("utf-16-be", codecs.BOM_UTF16_BE, []),
        ("utf-16-le", b"", [REPAIR]),
        ("cp1252", b"", [REPAIR]),
    ],
)
def test_encodings(tmp_path: Path, encoding: str, mark: bytes, severities: list[Severity]) -> None:
    extract = read(tmp_path, mark + TEXT.encode(encoding))
    assert rows(extract)[0] == ["007", "Möbel", "Käse"]
    assert [f.severity for f in extract.findings] == severities


def test_other_alphabets_are_guessed_with_a_warning(tmp_path: Path) -> None:
    text = "Item;Family;Name\n" + "A;Инструменты;Отвёртка крестовая и плоская\n" * 20
    extract = read(tmp_path, text.encode("cp1251"))
    assert rows(extract)[0][1] == "Инструменты"
    assert [f.severity for f in extract.findings] == [WARNING]
    assert read(tmp_path, text.encode("cp1251"), encoding="cp1251").findings == []


def test_one_damaged_letter_does_not_spoil_the_others(tmp_path: Path) -> None:
    extract = read(tmp_path, TEXT.encode().replace("Öl".encode(), b"\xd6l"))
    assert rows(extract)[0] == ["007", "Möbel", "Käse"]
    assert lines(extract.findings) == [
        "items.csv: 1 characters are damaged, first in line 3; read as utf-8."
    ]


def test_a_wrong_encoding_in_the_settings_is_an_error(tmp_path: Path) -> None:
    (error,) = read(tmp_path, TEXT.encode("cp1252"), encoding="utf-8").findings
    assert error.message.startswith("The file is not in utf-8")
    (error,) = read(tmp_path, TEXT, encoding="utf-9").findings
    assert error.message == "There is no encoding 'utf-9'."


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The file is empty."),
        (b" \r\n\r\n", "The file is empty."),
        (b"\x00" * 1000, "The file is empty."),
        (b"PK\x03\x04...", "The file is a workbook with the ending of a text file."),
    ],
)
def test_nothing_to_read(tmp_path: Path, data: bytes, message: str) -> None:
    extract = read(tmp_path, data)
    assert extract.cells is None
    assert lines(extract.findings, ERROR) == [f"items.csv: {message}"]


def test_a_wrong_delimiter_in_the_settings_is_named(tmp_path: Path) -> None:
    extract = read(tmp_path, TEXT, delimiter=",")
    assert lines(extract.findings) == [
        "items.csv: With the delimiter comma the file has one column only; it seems to be the"
        " semicolon."
    ]
    (error,) = read(tmp_path, TEXT, delimiter="||").findings
    assert error.message == "A delimiter is one sign, not '||'."


def test_rows_of_uneven_length(tmp_path: Path) -> None:
    extract = read(tmp_path, "Item,Family,Name\nA,F\nB,F,x,y\nC,F,x,,,\n\nD,F,x\n")
    assert rows(extract) == [["A", "F", ""], ["C", "F", "x"], ["D", "F", "x"]]
    assert lines(extract.findings) == [
        "items.csv: row 3: The row has more fields than the header (3); it was left out.",
        "items.csv: row 2: The row has fewer fields than the header (3); the rest was taken as"
        " empty.",
    ]
    assert extract.cells is not None
    assert extract.cells.address(2, 0) == "row 6, Item"


def test_a_quote_that_is_never_closed_costs_its_row_only(tmp_path: Path) -> None:
    extract = read(tmp_path, 'Item,Family,Name\nA,F,"x\nB,F,y\nC,F,"z"\n')
    assert rows(extract) == [["B", "F", "y"], ["C", "F", "z"]]
    assert lines(extract.findings) == [
        "items.csv: row 2: A quotation mark is opened and never closed; the row was left out."
    ]


def test_line_breaks_in_quotes_and_the_rows_after_them(tmp_path: Path) -> None:
    extract = read(tmp_path, 'Item,Family,Name\r\nA,F,"x\r\ny"\r\nB,F,z\r\n')
    assert rows(extract)[0] == ["A", "F", "x\r\ny"]
    assert extract.cells is not None
    assert extract.cells.address(1, 0) == "row 4, Item"


def test_zero_bytes_go(tmp_path: Path) -> None:
    extract = read(tmp_path, b"Item,Family\nA\x00,F\n")
    assert rows(extract) == [["A", "F"]]
    assert [f.severity for f in extract.findings] == [WARNING]


def test_packed_files_and_damaged_ones(tmp_path: Path) -> None:
    packed = gzip.compress(TEXT.encode())
    assert rows(read(tmp_path, packed, "items.csv.gz"))[0][0] == "007"
    (error,) = read(tmp_path, packed[:-9], "items.csv.gz").findings
    assert error.message == "The file is damaged: it cannot be unpacked."
    (error,) = read(tmp_path, b"Item,Family\n", "items.csv.gz").findings
    assert error.message == "The file is damaged: it cannot be unpacked."


def test_a_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sop_xl.sources.text_file.MAX_BYTES", 1 << 20)
    (error,) = read(tmp_path, gzip.compress(b"A," * (1 << 20)), "items.csv.gz").findings
    assert error.message == "The file holds more than 1 MB."


def test_many_blank_rows_and_columns(tmp_path: Path) -> None:
    data = "Item,Family" + "," * 500 + "\nA,F" + "," * 500 + ("\n" + "," * 501) * 1000
    extract = read(tmp_path, data)
    assert extract.cells is not None
    assert extract.cells.header == ["Item", "Family"]
    assert extract.findings == []


def test_a_title_above_the_header(tmp_path: Path) -> None:
    extract = read(tmp_path, "Report of,2024\n\nItem,Family\nA,F\n")
    assert rows(extract) == [["A", "F"]]


def test_the_header_file_opens_in_excel(tmp_path: Path) -> None:
    csv_file.write_header(tmp_path / "actuals.csv", ACTUALS)
    data = (tmp_path / "actuals.csv").read_bytes()
    assert data.startswith(codecs.BOM_UTF8 + b"Month,Item,Region,Channel,Orders")


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["items.csv", "items.csv.gz"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        extract = read(Path(folder), data, name)
    assert extract.cells is not None or lines(extract.findings, ERROR)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(*[st.text(st.characters(codec="utf-8", exclude_characters="\x00"))] * 3),
        min_size=1,
    ),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_any_text_is_read_back(written: list[tuple[str, ...]], delimiter: str) -> None:
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    writer.writerows([("Item", "Family", "Name"), *written])
    with tempfile.TemporaryDirectory() as folder:
        extract = read(Path(folder), target.getvalue().encode())
    assert [tuple(row) for row in rows(extract)] == written
