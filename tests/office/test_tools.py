"""The second opinions: do they see what they are there to see?"""

import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sop_xl.workbook.package import assemble
from sop_xl.workbook.sheetdata import SheetData
from sop_xl.workbook.stylesheet import style_id
from tests.office import tools
from tests.office.tools import (
    compare_cached,
    needs_office,
    needs_validator,
    recalculate,
    to_pdf,
    to_pngs,
    validate,
)
from tests.workbook.test_package import WHEN, rich_package


def write(path: Path, formulas: list[tuple[str, Any]], number_format: str | None = None) -> Path:
    """A workbook with numbers 2 and 3 in A1:A2 and formulas with cached values in column B."""
    book = openpyxl.Workbook()
    style = style_id(book, "Normal", number_format)
    data = SheetData()
    data.put(1, 1, 2)
    data.put(2, 1, 3)
    for row, (formula, cached) in enumerate(formulas, 1):
        data.put(row, 2, cached, style, formula)
    path.write_bytes(assemble(book, {"Sheet": data}, when=WHEN).to_bytes())
    return path


RIGHT: list[tuple[str, Any]] = [
    ("A1*A2", 6),
    ("A1/A2", 2 / 3),
    ('A1&" items"', "2 items"),
    ('IF(A1=2,"","x")', None),
    ("A1<A2", True),
    ("DATE(2025,1,31)", date(2025, 1, 31)),
    ('"_x0041_ & "&CHAR(65)', "_x0041_ & A"),
]


def test_the_same_file_has_no_difference(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", RIGHT)
    assert compare_cached(path, path) == (7, [], [])


@pytest.mark.parametrize(
    ("cached", "other", "same"),
    [
        (1.0, 1.0 + 5e-7, True),
        (1.0, 1.0 + 2e-6, False),
        (1e9, 1e9 + 0.5, True),
        (1e9, 1e9 + 2, False),
        (5, 5.0, True),
        (True, 1, False),
        ("5", 5, False),
        (None, "", True),
        (None, 0, False),
        ("a", "A", False),
    ],
)
def test_what_counts_as_the_same(tmp_path: Path, cached: Any, other: Any, same: bool) -> None:
    one = write(tmp_path / "one.xlsx", [("A1", cached)])
    two = write(tmp_path / "two.xlsx", [("A1", other)])
    assert (compare_cached(one, two).differences == []) is same


def test_dates_are_compared_by_their_numbers(tmp_path: Path) -> None:
    one = write(tmp_path / "one.xlsx", [("A1", date(2025, 1, 31))], "yyyy-mm-dd")
    assert compare_cached(one, write(tmp_path / "two.xlsx", [("A1", 45688)])).differences == []
    assert compare_cached(one, write(tmp_path / "two.xlsx", [("A1", 45689)])).differences != []


def test_errors_and_lost_sheets_are_told(tmp_path: Path) -> None:
    one = write(tmp_path / "one.xlsx", [("A1/0", "#DIV/0!")])
    result = compare_cached(one, one)
    assert result.differences == []
    assert result.errors == ["Sheet!B1: cached '#DIV/0!', recalculated '#DIV/0!', formula =A1/0"]
    other = tmp_path / "other.xlsx"
    book: Any = openpyxl.Workbook()
    book.active.title = "Else"
    book.save(other)
    assert compare_cached(one, other).differences == ["Sheet: the sheet is gone"]


@needs_office
@pytest.mark.office
def test_libreoffice_agrees_and_finds_what_was_planted(tmp_path: Path) -> None:
    right = write(tmp_path / "right.xlsx", RIGHT)
    result = compare_cached(right, recalculate(right, tmp_path / "out"))
    assert result == (7, [], [])
    wrong = write(tmp_path / "wrong.xlsx", [*RIGHT[1:], ("A1*A2", 7), ("A1/0", 1)])
    result = compare_cached(wrong, recalculate(wrong, tmp_path / "out"))
    assert [line.partition(":")[0] for line in result.differences] == ["Sheet!B7", "Sheet!B8"]
    assert "cached 7, recalculated 6, formula =A1*A2" in result.differences[0]
    assert [line.partition(":")[0] for line in result.errors] == ["Sheet!B8"]


@needs_office
@pytest.mark.office
def test_libreoffice_reads_and_prints_the_whole_book(tmp_path: Path) -> None:
    path = tmp_path / "rich.xlsx"
    path.write_bytes(rich_package().to_bytes())
    (tmp_path / ".~lock.rich.xlsx#").write_text("left behind by somebody")
    again = recalculate(path, tmp_path / "out")
    assert compare_cached(path, again) == (3, [], [])
    book: Any = openpyxl.load_workbook(again)
    entry, result = book["Plan & more"]["B2"], book["Plan & more"]["D2"]
    assert (entry.fill.fgColor.rgb, entry.font.color.rgb) == ("FFFFF2CC", "FF0000FF")
    assert (entry.number_format, entry.alignment.horizontal) == ("#,##0", "right")
    assert (entry.protection.locked, result.protection.locked) == (False, True)
    assert (result.number_format, result.border.top.style) == ("#,##0.0", "thin")
    assert book["Notes"]["A2"].value.startswith("=1+1 _x0041_")
    assert book["Notes"]["A2"].data_type == "s"
    pages = to_pngs(to_pdf(path, tmp_path / "out"), tmp_path / "pages")
    assert pages
    assert all(page.stat().st_size for page in pages)


def test_a_conversion_never_replaces_its_source(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", RIGHT)
    if tools.soffice() is None:
        pytest.skip(tools.NO_OFFICE)
    with pytest.raises(ValueError, match="would replace"):
        recalculate(path, tmp_path)


@needs_validator
@pytest.mark.validator
def test_the_sdk_has_nothing_against_our_files(tmp_path: Path) -> None:
    path = tmp_path / "rich.xlsx"
    path.write_bytes(rich_package().to_bytes())
    assert validate(path) == []
    path = write(tmp_path / "book.xlsx", [*RIGHT, ("A1", " \r\n"), ("A1/0", "#DIV/0!")], "0.00")
    assert validate(path) == []


@needs_validator
@pytest.mark.validator
def test_the_sdk_finds_what_was_planted(tmp_path: Path) -> None:
    package = rich_package()
    styles = package.parts["xl/styles.xml"]
    package.parts["xl/styles.xml"] = re.sub(rb"(<b [^>]*>)(.*?)(</font>)", rb"\2\1\3", styles)
    path = tmp_path / "rich.xlsx"
    path.write_bytes(package.to_bytes())
    found = validate(path)
    assert found
    assert all(line.startswith("/xl/styles.xml /x:styleSheet") for line in found)


def test_a_missing_tool_skips(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tools, "validator", lambda: None)
    monkeypatch.setattr(tools, "soffice", lambda: None)
    with pytest.raises(pytest.skip.Exception, match="npm install"):
        validate(tmp_path / "book.xlsx")
    with pytest.raises(pytest.skip.Exception, match="LibreOffice"):
        to_pdf(tmp_path / "book.xlsx", tmp_path)


def test_the_validator_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOP_OOXML_VALIDATOR", sys.executable)
    assert tools.validator.__wrapped__() == Path(sys.executable)


@pytest.mark.skipif(sys.platform == "win32", reason="runs a shell script")
def test_failures_are_told_and_children_killed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake = tmp_path / "fake"
    path = write(tmp_path / "book.xlsx", RIGHT)
    monkeypatch.setattr(tools, "soffice", lambda: fake)
    monkeypatch.setattr(tools, "TIMEOUT", 0.5)
    for script, message in (
        ("echo no filter; exit 0", "made no pdf of .*\n.*no filter"),
        ("echo broken >&2; exit 3", "ended with code 3(.|\n)*broken"),
        ("sleep 60 & wait", "was not done after"),
    ):
        fake.write_text(f"#!/bin/sh\n{script}\n")
        fake.chmod(0o755)
        with pytest.raises(RuntimeError, match=message):
            to_pdf(path, tmp_path / "out")
