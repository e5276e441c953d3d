"""The parts of a file and the way to the disk."""

import errno
import io
import os
import re
import stat
import warnings
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import LineChart, Reference
from openpyxl.formatting.rule import Rule
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from sop_xl.errors import SopError
from sop_xl.workbook.package import Package, assemble, part_hashes, write_atomically
from sop_xl.workbook.sheetdata import SheetData
from sop_xl.workbook.stylesheet import style_id

WHEN = datetime(2025, 1, 31, 12)
MONTHS = ["Jan", "Feb", "Mar"]


def rich_package(when: datetime = WHEN) -> Package:
    """One of everything that a planning book has: months, demand, supply, stock."""
    book: Any = openpyxl.Workbook()  # custom_doc_props has no stub
    book.properties.creator = "Planner"
    book.properties.created = datetime(2001, 1, 1)
    book.custom_doc_props.append(StringProperty(name="plan", value="2025-01"))
    book.add_named_style(
        NamedStyle(
            "SOP Input",
            font=Font(name="Calibri", size=11, color="FF0000FF", bold=True),
            fill=PatternFill("solid", fgColor="FFFFF2CC"),
            protection=Protection(locked=False),
            alignment=Alignment(horizontal="right"),
            number_format="#,##0",
        )
    )
    sheet: Any = book.active
    sheet.title = "Plan & more"
    sheet.freeze_panes = "B2"
    sheet.print_title_rows = "1:1"
    sheet.column_dimensions["A"].width = 20
    sheet.merge_cells("F1:H1")
    book.defined_names["opening"] = DefinedName("opening", attr_text="'Plan & more'!$D$2")

    table = Table(displayName="Plan", ref="A1:D4")
    table.tableColumns = [  # named here, or openpyxl would look for cells that are not there
        TableColumn(id=i, name=name)
        for i, name in enumerate(("Month", "Demand", "Supply", "Stock"), 1)
    ]
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight9", showRowStripes=True)
    sheet.add_table(table)

    red = DifferentialStyle(font=Font(bold=True, color="FF9C0006"))
    below = Rule(type="cellIs", operator="lessThan", formula=["0"], dxf=red)
    sheet.conditional_formatting.add("D2:D4", below)
    whole = DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0")
    whole.add("B2:C4")
    sheet.add_data_validation(whole)
    sheet._hyperlinks += [
        Hyperlink(ref="A2", location="'Notes'!A1", display="Jan", tooltip="To the notes"),
        Hyperlink(ref="A3", target="https://example.com/?a=1&b=2", display="Feb"),
    ]
    chart = LineChart()
    chart.add_data(
        Reference(sheet, min_col=2, max_col=4, min_row=1, max_row=4), titles_from_data=True
    )
    sheet.add_chart(chart, "F3")
    notes: Any = book.create_sheet("Notes")
    notes.auto_filter.ref = "A1:A3"

    entry = style_id(book, "SOP Input")
    result = style_id(book, "Normal", "#,##0.0", border=Border(top=Side("thin")))
    plan, text = SheetData(), SheetData()
    plan.put_row(1, 1, ["Month", "Demand", "Supply", "Stock"], 0)
    stock = 0.0
    for row, (month, demand, supply) in enumerate(
        zip(MONTHS, (5, 8, 6), (9, 4, 4), strict=True), 2
    ):
        stock += supply - demand
        plan.put_row(row, 1, [month, demand, supply], [0, entry, entry])
        plan.put(row, 4, stock, result, f"N(D{row - 1})+C{row}-B{row}")
    plan.row(4, outline=1)
    text.put(1, 1, "Notes")
    text.put(2, 1, "=1+1 _x0041_ \x07")
    return assemble(book, {"Notes": text, "Plan & more": plan}, when=when)


def part(package: Package, name: str) -> str:
    return package.parts[name].decode()


@pytest.fixture(scope="module")
def package() -> Package:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # openpyxl warns of table headings that it cannot read
        return rich_package()


def test_openpyxl_reads_everything_back(package: Package) -> None:
    book: Any = openpyxl.load_workbook(io.BytesIO(package.to_bytes()))
    sheet = book["Plan & more"]
    assert [[cell.value for cell in row] for row in sheet["A1:D4"]] == [
        ["Month", "Demand", "Supply", "Stock"],
        ["Jan", 5, 9, "=N(D1)+C2-B2"],
        ["Feb", 8, 4, "=N(D2)+C3-B3"],
        ["Mar", 6, 4, "=N(D3)+C4-B4"],
    ]
    assert sheet.tables["Plan"].column_names == ["Month", "Demand", "Supply", "Stock"]
    assert sheet["A2"].hyperlink.location == "'Notes'!A1"
    assert sheet["A3"].hyperlink.target == "https://example.com/?a=1&b=2"
    assert sheet["B2"].style == "SOP Input"
    assert sheet["B2"].protection.locked is False
    assert sheet["D2"].number_format == "#,##0.0"
    assert sheet["D2"].border.top.style == "thin"
    assert [str(rule.sqref) for rule in sheet.conditional_formatting] == ["D2:D4"]
    assert str(sheet.data_validations.dataValidation[0].sqref) == "B2:C4"
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("B2", "$1:$1")
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["F1:H1"]
    assert len(sheet._charts) == 1
    assert sheet.column_dimensions["A"].width == 20
    assert book.defined_names["opening"].attr_text == "'Plan & more'!$D$2"
    assert book["Notes"].auto_filter.ref == "A1:A3"
    assert '_FilterDatabase" localSheetId="1" hidden="1"' in part(package, "xl/workbook.xml")
    assert (book.properties.creator, book.properties.created) == ("Planner", WHEN)
    assert book.custom_doc_props["plan"].value == "2025-01"


def test_cached_values_are_there_and_trusted(package: Package) -> None:
    book: Any = openpyxl.load_workbook(io.BytesIO(package.to_bytes()), data_only=True)
    assert [cell.value for cell in book["Plan & more"]["D"]] == ["Stock", 4, 0, -2]
    (calc,) = re.findall("<calcPr [^>]*>", part(package, "xl/workbook.xml"))
    assert 'calcId="191029"' in calc
    assert 'fullCalcOnLoad="0"' in calc
    assert "<Application>Microsoft Excel</Application>" in part(package, "docProps/app.xml")


def test_the_sheet_announces_its_size_and_its_outline(package: Package) -> None:
    sheet = part(package, "xl/worksheets/sheet1.xml")
    assert '<dimension ref="A1:D4"/>' in sheet
    assert 'outlineLevelRow="1"' in sheet


def test_equal_input_makes_equal_parts(package: Package) -> None:
    again = rich_package()
    assert part_hashes(again.to_bytes()) == part_hashes(package.to_bytes())
    assert again.to_bytes() == package.to_bytes()


def test_a_workbook_can_be_assembled_twice() -> None:
    book: Any = openpyxl.Workbook()
    book.active._hyperlinks.append(Hyperlink(ref="A1", target="https://example.com"))
    data = SheetData()
    data.put(1, 1, "text")
    first, second = (assemble(book, {"Sheet": data}, when=WHEN).parts for _ in range(2))
    assert first == second


def test_only_the_dates_tell_two_days_apart() -> None:
    one, other = (part_hashes(rich_package(when).to_bytes()) for when in (WHEN, datetime.max))
    assert [name for name in one if one[name] != other[name]] == ["docProps/core.xml"]


def test_hashes_of_a_file_on_disk(package: Package, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(package.to_bytes())
    assert part_hashes(path) == part_hashes(package.to_bytes())


@pytest.mark.parametrize(
    "when",
    [
        WHEN,
        WHEN.replace(tzinfo=UTC),
        datetime(2025, 1, 31, 14, tzinfo=timezone(timedelta(hours=2))),
    ],
)
def test_times_are_written_in_utc(when: datetime) -> None:
    core = part(assemble(openpyxl.Workbook(), {}, when=when), "docProps/core.xml")
    assert core.count(">2025-01-31T12:00:00Z<") == 2


def test_the_zip_tells_nothing_of_its_maker(package: Package) -> None:
    with zipfile.ZipFile(io.BytesIO(package.to_bytes())) as archive:
        infos = archive.infolist()
    assert [info.filename for info in infos[:3]] == [
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/workbook.xml",
    ]
    assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
    assert {info.create_system for info in infos} == {0}
    assert {info.compress_type for info in infos} == {zipfile.ZIP_DEFLATED}


def test_a_sheet_without_our_cells_stays() -> None:
    book: Any = openpyxl.Workbook()
    book.active["A1"] = "text"
    content = assemble(book, {}, when=WHEN).to_bytes()
    assert openpyxl.load_workbook(io.BytesIO(content))["Sheet"]["A1"].value == "text"


def test_what_would_be_lost_is_refused() -> None:
    book: Any = openpyxl.Workbook()
    data = SheetData()
    with pytest.raises(ValueError, match="has no sheet Plan"):
        assemble(book, {"Plan": data}, when=WHEN)
    data.put(1, 1, 5, style=3)
    with pytest.raises(ValueError, match="cell format"):
        assemble(book, {"Sheet": data}, when=WHEN)
    data = SheetData()
    data.put(1, 1, float("inf"))
    with pytest.raises(ValueError, match=r"sheet 'Sheet', A1: .*infinite"):
        assemble(book, {"Sheet": data}, when=WHEN)
    book.active.row_dimensions[2].height = 30
    with pytest.raises(ValueError, match=r"SheetData\.row"):
        assemble(book, {"Sheet": data}, when=WHEN)
    book.active["A1"] = 5
    with pytest.raises(ValueError, match="has cells of openpyxl"):
        assemble(book, {"Sheet": data}, when=WHEN)


def test_parts_are_tied_in() -> None:
    package = assemble(openpyxl.Workbook(), {}, when=WHEN)
    for kind in ("image/gif", "image/png"):
        package.add_default("png", kind)
        package.override("xl/workbook.xml", kind)
    types = part(package, "[Content_Types].xml")
    assert types.count('Extension="png"') == types.count('PartName="/xl/workbook.xml"') == 1
    assert types.count("image/png") == 2
    assert "image/gif" not in types
    assert package.relate("_rels/.rels", "urn:kind", "a&b.xml") == "rId4"
    assert part(package, "_rels/.rels").endswith('Target="a&amp;b.xml"/></Relationships>')
    assert package.relate("xl/_rels/new.xml.rels", "urn:kind", "x.xml") == "rId1"


# named styles and cell formats


def cell_format(package: Package, index: int) -> str:
    """The XML of one cell format, without its end tag."""
    formats = part(package, "xl/styles.xml").partition("<cellXfs")[2].partition("</cellXfs>")[0]
    return formats.split("<xf ")[index + 1]


def styled_book() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.add_named_style(
        NamedStyle(
            "SOP Input",
            number_format="0.0",
            alignment=Alignment(vertical="top"),
            protection=Protection(locked=False),
        )
    )
    return book


def test_a_cell_format_says_what_it_has_of_its_own() -> None:
    book = styled_book()
    data = SheetData()
    same = style_id(book, "SOP Input")
    other = style_id(
        book, "SOP Input", "0%", indent=2, locked=True, border=Border(left=Side("thin"))
    )
    data.put_row(1, 1, [1, 2], [same, other])
    package = assemble(book, {"Sheet": data}, when=WHEN)
    assert "apply" not in cell_format(package, same)
    assert 'xfId="1"' in cell_format(package, same)
    flags = re.findall(r'(\w+)="1"', cell_format(package, other).partition(">")[0])
    assert set(flags) >= {"applyNumberFormat", "applyBorder", "applyAlignment", "applyProtection"}
    assert not {"applyFont", "applyFill"} & set(flags)
    # locked is the default of the format, so openpyxl leaves it out; the style says otherwise
    assert '<protection locked="1"' in cell_format(package, other)
    assert 'name="SOP Input" xfId="1"' in part(package, "xl/styles.xml")


def test_overrides_keep_the_rest_of_the_style() -> None:
    book: Any = styled_book()
    book.active["A1"]._style = book._cell_styles[style_id(book, "SOP Input", indent=1, wrap=True)]
    cell = book.active["A1"]
    assert (cell.style, cell.number_format, cell.protection.locked) == ("SOP Input", "0.0", False)
    aligned = cell.alignment
    assert (aligned.horizontal, aligned.indent, aligned.vertical) == ("left", 1, "top")
    assert aligned.wrap_text
    centred = style_id(book, "SOP Input", horizontal="center")
    assert book._alignments[book._cell_styles[centred].alignmentId].horizontal == "center"


def test_the_same_format_has_the_same_index() -> None:
    book = styled_book()
    indexes = {style_id(book, "SOP Input", "#,##0", indent=1) for _ in range(3)}
    assert len(indexes) == 1
    assert style_id(book, "SOP Input", "#,##0") not in indexes
    assert style_id(book, "Normal") == 0
    assert style_id(styled_book(), "SOP Input") == 1  # another workbook, another count
    with pytest.raises(ValueError, match="no style named 'Nonesuch'"):
        style_id(book, "Nonesuch")


def test_fonts_are_in_the_order_of_the_schema(package: Package) -> None:
    fonts = re.findall("<font>.*?</font>", part(package, "xl/styles.xml"))
    bold = [re.findall("<([a-z]+)", font)[1:] for font in fonts if "<b " in font]
    assert bold == [["b", "sz", "color", "name"], ["b", "color"]]


# the disk


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"old")
    return path


def only(path: Path) -> bytes:
    """The content of a file that has to be the only one in its folder."""
    assert list(path.parent.iterdir()) == [path]
    return path.read_bytes()


def test_a_file_is_written_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    for content in (b"first", b"second"):
        write_atomically(path, content)
        assert only(path) == content


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission bits")
def test_a_file_keeps_its_permissions(old: Path) -> None:
    old.chmod(0o640)
    write_atomically(old, b"new")
    assert stat.S_IMODE(old.stat().st_mode) == 0o640


@pytest.mark.skipif(os.name == "nt", reason="links need a right on Windows")
def test_a_link_stays_a_link(old: Path, tmp_path: Path) -> None:
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "plan.xlsx"
    link.symlink_to(old)
    write_atomically(link, b"new")
    assert link.is_symlink()
    assert old.read_bytes() == b"new"


@pytest.mark.parametrize(
    ("call", "number", "remedy"),
    [
        ("fsync", errno.ENOSPC, "Free some space"),
        ("replace", errno.EACCES, "Close the file if it is open in Excel"),
        ("replace", errno.EROFS, "folder that can be written"),
        ("fsync", errno.EIO, "network drive"),
    ],
)
def test_a_failure_leaves_the_old_file(
    old: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int, remedy: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(SopError, match=remedy) as caught:
        write_atomically(old, b"new")
    assert os.strerror(number) in caught.value.message
    assert str(old) in str(caught.value)
    assert only(old) == b"old"


def test_a_missing_folder_has_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(SopError, match="Make the folder first"):
        write_atomically(tmp_path / "nowhere" / "plan.xlsx", b"new")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_ctrl_c_leaves_the_old_file(old: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, call, interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(old, b"new")
    assert only(old) == b"old"
