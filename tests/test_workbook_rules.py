"""What holds for every sheet of every workbook, whatever the company."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter, range_boundaries

from sop_xl.planning.calendar import axis_of
from sop_xl.sources import PlanFolder
from sop_xl.tables import GRIDS, TABLES
from sop_xl.workbook.layout import HEADER_ROW
from sop_xl.workbook.package import Package
from sop_xl.workbook.reader.grids import relative_form
from sop_xl.workbook.sheets import SHEETS
from tests import companies
from tests.conftest import BOOK
from tests.office.tools import Cell, cells_of, needs_validator, validate

COMPANIES = ("demo", "odd", "fine", "bare")
VOLATILE = re.compile(
    r"\b(NOW|TODAY|RAND|RANDBETWEEN|RANDARRAY|OFFSET|INDIRECT|CELL|INFO)\s*\(", re.IGNORECASE
)
EXTERNAL = re.compile(r"\[\d+\]|\[[^\[\]]+\.xls|https?:|file:", re.IGNORECASE)
NAME = re.compile(r"[A-Za-z_\\][\w.\\]*")
ADDRESS = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*")


class Book:
    """A workbook: as openpyxl sees it, its cells as the file has them, its parts."""

    def __init__(self, plan: Path) -> None:
        self.path = plan / BOOK
        self.settings = PlanFolder(plan).settings
        self.axis = axis_of(self.settings, companies.CYCLE)
        self.opened: Any = openpyxl.load_workbook(self.path)
        self.package = Package.from_bytes(self.path.read_bytes())

    @cached_property
    def cells(self) -> dict[str, dict[str, Cell]]:
        return cells_of(self.path)

    @property
    def formulas(self) -> Iterator[tuple[str, str]]:
        """``Sheet!A1`` and formula."""
        for sheet, cells in self.cells.items():
            for address, cell in cells.items():
                if cell.formula:
                    yield f"{sheet}!{address}", cell.formula

    @property
    def time_sheets(self) -> list[Any]:
        return [self.opened[spec.name] for spec in SHEETS if spec.grids]

    @property
    def lists(self) -> Iterator[tuple[Any, Any, Any]]:
        """Sheet, Excel table and declaration of each list."""
        level = self.settings.level
        for spec in SHEETS:
            sheet = self.opened[spec.name]
            for name in spec.tables:
                table = TABLES[name].for_level(level)
                excel = next(t for t in sheet.tables.values() if t.name.lower() ==
                             "tbl" + name.replace("_", ""))  # fmt: skip
                yield sheet, excel, table

    def inputs(self) -> Iterator[tuple[Any, Any]]:
        """Sheet and cell of everything that people may fill in, by the declarations."""
        for sheet, excel, table in self.lists:
            if not table.is_editable:
                continue
            rows = sheet[excel.ref]
            labels = {column.label for column in table.inputs if column.role.is_input}
            for at, header in enumerate(rows[0]):
                if header.value in labels:
                    yield from ((sheet, row[at]) for row in rows[1:])
        for spec in SHEETS:
            sheet = self.opened[spec.name]
            labels = {m.label for name in spec.grids for m in GRIDS[name].inputs}
            if labels:
                header = [cell.value for cell in sheet[HEADER_ROW]]
                first = header.index(self.axis.first.to_timestamp().to_pydatetime())
                for row in sheet.iter_rows(min_row=HEADER_ROW + 1):
                    if row[header.index("Measure")].value in labels:
                        months = row[first : first + self.axis.horizon]
                        yield from ((sheet, cell) for cell in months)


@pytest.fixture(scope="module", params=COMPANIES)
def book(request: pytest.FixtureRequest) -> Book:
    return Book(request.getfixturevalue(request.param))


# ---- the file --------------------------------------------------------------------------


@needs_validator
@pytest.mark.validator
def test_the_open_xml_sdk_finds_nothing(book: Book) -> None:
    assert validate(book.path) == []


def test_nothing_is_linked_from_outside(book: Book) -> None:
    assert [name for name in book.package.parts if "externalLink" in name] == []
    targets = [
        target
        for name, content in book.package.parts.items()
        if name.endswith(".rels")
        for target in re.findall(rb'Target="[^"]*"[^>]*TargetMode="External"', content)
    ]
    assert targets == []
    assert [line for line in book.formulas if EXTERNAL.search(line[1])] == []


def test_formulas_are_never_volatile_and_never_an_error(book: Book) -> None:
    assert [line for line in book.formulas if VOLATILE.search(line[1])] == []
    errors = [
        f"{sheet}!{address}"
        for sheet, cells in book.cells.items()
        for address, cell in cells.items()
        if cell.is_error
    ]
    assert errors == []


def test_the_properties_name_the_book(book: Book) -> None:
    core = book.opened.properties
    own = {prop.name: prop.value for prop in book.opened.custom_doc_props.props}
    assert core.title == f"S&OP {own['SopPlan']} {companies.CYCLE}"
    assert own["SopPlan"] == book.settings.company
    assert own["SopCycle"] == str(companies.CYCLE)
    assert re.fullmatch(r"[0-9a-f]{12}", own["SopBuild"])
    assert own["SopVersion"] == "1"
    assert own["SopBuild"] in core.keywords
    assert core.created.year == 2026


def test_names_are_valid_and_stand_for_one_thing(book: Book) -> None:
    names = [*book.opened.defined_names, *(excel.displayName for _, excel, _ in book.lists)]
    counts = Counter(name.casefold() for name in names)
    assert [name for name, count in counts.items() if count > 1] == []
    assert [n for n in names if not NAME.fullmatch(n) or ADDRESS.fullmatch(n)] == []
    assert [n for n in names if len(n) > 255] == []
    for name, defined in book.opened.defined_names.items():
        if name.startswith(("Sop", "Gate_")):
            continue  # the identity of the book, and formulas that the ribbon asks
        ((sheet, reference),) = defined.destinations
        assert sheet in book.opened.sheetnames, name
        assert range_boundaries(reference), name


def test_lists_are_excel_tables_with_the_declared_columns(book: Book) -> None:
    for sheet, excel, table in book.lists:
        header = [cell.value for cell in sheet[excel.ref][0]]
        assert header == [column.label for column in table.columns], excel.name
        assert header == [column.name for column in excel.tableColumns], excel.name


# ---- every sheet -----------------------------------------------------------------------


def test_every_sheet_is_set_up_for_print(book: Book) -> None:
    assert book.opened.sheetnames == [spec.name for spec in SHEETS]
    long = {spec.name for spec in SHEETS if len(spec.tables) == 1 and not spec.page}
    for sheet in book.opened.worksheets:
        upright = sheet.page_setup.orientation == "portrait"
        # long and narrow lists are printed upright
        assert not upright or (sheet.title in long and sheet.max_row > 60), sheet.title
        assert sheet.page_setup.paperSize == 9, sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert sheet.page_setup.fitToWidth >= 1, sheet.title
        assert sheet.oddHeader.center.text == "&A", sheet.title
        assert book.settings.company.replace("&", "&&") in sheet.oddHeader.left.text, sheet.title
        assert str(companies.CYCLE) in sheet.oddHeader.right.text, sheet.title
        assert "Page" in sheet.oddFooter.right.text, sheet.title
        assert "Build" in sheet.oddFooter.left.text, sheet.title


def test_every_sheet_has_its_title_and_the_check_light(book: Book) -> None:
    for spec in SHEETS:
        cells = book.cells[spec.name]
        assert cells["A1"].value == spec.title
        assert cells["A2"].formula.endswith("&Check_light"), spec.name
        assert str(companies.CYCLE) in str(cells["A2"].value), spec.name


def test_headers_of_grids_and_lists_stay_in_sight(book: Book) -> None:
    for spec in SHEETS:
        sheet = book.opened[spec.name]
        if spec.grids or (spec.tables and spec.page is None):
            assert sheet.freeze_panes, spec.name
            assert sheet.print_title_rows, spec.name
        if spec.grids:
            pane = sheet.sheet_view.pane  # openpyxl calls freeze_panes what is scrolled to
            header = [cell.value for cell in sheet[HEADER_ROW]]
            first = header.index(book.axis.past[0].to_timestamp().to_pydatetime()) + 1
            assert (pane.xSplit, pane.ySplit) == (first - 1, HEADER_ROW), spec.name


def test_links_lead_to_sheets_that_are_there(book: Book) -> None:
    links = [
        link
        for name, content in book.package.parts.items()
        if name.startswith("xl/worksheets/sheet")
        for link in re.findall(r"<hyperlink [^>]*>", content.decode())
    ]
    assert len(links) > len(SHEETS)
    for link in links:
        location = re.search(r' location="([^"]*)"', link)
        assert location, link
        sheet, _, cell = location[1].rpartition("!")
        assert sheet.strip("'") in book.opened.sheetnames, link
        assert range_boundaries(cell), link


# ---- time sheets -----------------------------------------------------------------------


def test_the_same_month_stands_in_the_same_column_everywhere(book: Book) -> None:
    headers = {
        sheet.title: [
            (cell.column_letter, cell.value)
            for cell in sheet[HEADER_ROW]
            if hasattr(cell.value, "year")
        ]
        for sheet in book.time_sheets
    }
    months = [period.to_timestamp().to_pydatetime() for period in book.axis.periods]
    assert len({str(header) for header in headers.values()}) == 1
    assert all([value for _, value in header] == months for header in headers.values())


def test_a_row_has_one_formula_over_the_past_and_one_over_the_plan(book: Book) -> None:
    """Months that a sparse measure leaves empty have none; a total before it stands elsewhere."""
    checked = 0
    for sheet in book.time_sheets:
        header = [cell.value for cell in sheet[HEADER_ROW]]
        first = header.index(book.axis.past[0].to_timestamp().to_pydatetime()) + 1
        plan = first + book.axis.history
        measure = header.index("Measure") + 1
        for row in range(HEADER_ROW + 1, sheet.max_row + 1):
            if not sheet.cell(row, measure).value:
                continue  # a block of its own, above the grids
            for columns in (range(first, plan), range(plan, plan + book.axis.horizon)):
                found = [
                    book.cells[sheet.title].get(f"{get_column_letter(at)}{row}") for at in columns
                ]
                shapes = {
                    relative_form(cell.formula, at)
                    for at, cell in zip(columns, found, strict=True)
                    if cell is not None and cell.formula
                }
                assert len(shapes) <= 1, f"{sheet.title} row {row}: {shapes}"
                checked += len(shapes)
    assert checked > 50


# ---- inputs ----------------------------------------------------------------------------


def test_inputs_are_unlocked_coloured_and_checked(book: Book) -> None:
    validated: dict[str, set[str]] = {}
    count = 0
    for sheet, cell in book.inputs():
        if sheet.title not in validated:
            rules = sheet.data_validations.dataValidation
            validated[sheet.title] = set(_addresses(rule.sqref.ranges for rule in rules))
        where = f"{sheet.title}!{cell.coordinate}"
        assert not cell.protection.locked, where
        assert cell.style in ("SOP Input", "SOP Input text"), where
        assert cell.coordinate in validated[sheet.title], where
        count += 1
    assert count > 200


def _addresses(rules: Iterable[Iterable[Any]]) -> Iterator[str]:
    for ranges in rules:
        for one in ranges:
            for row, column in ((r, c) for r in range(one.min_row, one.max_row + 1)
                                for c in range(one.min_col, one.max_col + 1)):
                yield f"{get_column_letter(column)}{row}"  # fmt: skip


def test_outputs_are_locked(book: Book) -> None:
    """A cell with a formula is nothing to type in."""
    for address, _ in book.formulas:
        sheet, _, cell = address.partition("!")
        assert book.opened[sheet][cell].protection.locked, address


def test_validations_say_what_is_wanted(book: Book) -> None:
    for sheet in book.opened.worksheets:
        for rule in sheet.data_validations.dataValidation:
            where = f"{sheet.title}!{rule.sqref}"
            assert rule.promptTitle, where
            assert len(rule.promptTitle) <= 32, where
            assert len(rule.prompt or "") <= 255, where
            if rule.type:
                assert rule.showErrorMessage, where
                assert 0 < len(rule.error) <= 225, where
            if rule.type == "list" and rule.formula1.startswith('"'):
                assert len(rule.formula1) <= 257, where


# ---- texts and figures -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("company", "texts"),
    [("odd", ["=1+1", "+49 89 1234", "@SUM(A1)", "+Miete", "-Fracht & Zoll", "007"]),
     ("fine", ["=1+1", "007", 'Bell "XL"', "Web 東京", "Süd & 'Rest'"])],
)  # fmt: skip
def test_texts_that_look_like_formulas_stay_texts(
    company: str, texts: list[str], request: pytest.FixtureRequest
) -> None:
    book = Book(request.getfixturevalue(company))
    found = Counter(
        cell.value for cells in book.cells.values() for cell in cells.values() if not cell.formula
    )
    for text in texts:
        assert found[text] > 0, text
    assert book.opened["Data_Items"]["A7"].data_type == "s"
    formulas = {formula for _, formula in book.formulas}
    assert not {text.lstrip("=") for text in texts} & formulas


def test_numbers_fit_their_columns(book: Book) -> None:
    """No column is narrower than the longest number in it, as its format shows it: no ####."""
    for sheet in book.opened.worksheets:
        for address, cell in book.cells[sheet.title].items():
            if isinstance(cell.value, bool) or not isinstance(cell.value, int | float):
                continue
            drawn = sheet[address]
            shown = _shown(cell.value, drawn.number_format)
            width = sheet.column_dimensions[_group(sheet, drawn.column_letter)].width
            scale = (drawn.font.sz or 11) / 11 * (1.08 if drawn.font.b else 1.0)
            assert len(shown) * scale <= width, f"{sheet.title}!{address}: {shown} in {width}"


def _group(sheet: Any, letter: str) -> str:
    """The dimension that describes a column: openpyxl keeps equal neighbours as one."""
    at = openpyxl.utils.column_index_from_string(letter)
    for name, dimension in sheet.column_dimensions.items():
        if dimension.min and dimension.min <= at <= dimension.max:
            return str(name)
    return letter


def _shown(value: float, number_format: str) -> str:
    """Roughly what Excel draws."""
    first = re.sub(r"\[[^\]]*\]", "", number_format.split(";")[0])
    if "y" in first:
        return "2026-10-31" if "d" in first else "Oct 26"
    prefix = "".join(re.findall(r'"([^"]*)"', first))
    decimals = len(match[1]) if (match := re.search(r"\.(0+)", first)) else 0
    if "%" in first:
        return f"{prefix}{value * 100:,.{decimals}f}%"
    brackets = 2 if value < 0 and "(" in number_format else 0
    if first == "General":
        return f"{value:.6g}"
    return f"{prefix}{value:,.{decimals}f}" + " " * brackets


# ---- charts ----------------------------------------------------------------------------


def test_charts_have_titles_units_texts_and_figures(book: Book) -> None:
    """What a company has no figures for is not drawn."""
    charts = [name for name in book.package.parts if re.match(r"xl/charts/chart\d+\.xml", name)]
    assert len(charts) >= {"bare": 4}.get(book.path.parents[2].name, 7)
    for name in charts:
        xml = book.package.parts[name].decode()
        title, _, rest = xml.partition("</title>")
        assert re.search(r"<a:t>\S|<strCache>", title), f"{name}: no title"
        assert re.search(r"<valAx>.*?<title>.*?<a:t>\S", rest, re.DOTALL), f"{name}: no unit"
        series = re.findall(r"<val>.*?<f>(.*?)</f>", xml, re.DOTALL)
        assert series, name
        for reference in series:
            assert _figures(book, reference), f"{name}: {reference} is empty"


def _figures(book: Book, reference: str) -> list[float]:
    sheet, _, cells = reference.rpartition("!")
    left, top, right, bottom = range_boundaries(cells)
    drawn = book.cells[sheet.strip("'")]
    values = (
        drawn.get(f"{get_column_letter(column)}{row}", Cell(None)).value
        for row in range(top or 0, (bottom or 0) + 1)
        for column in range(left or 0, (right or 0) + 1)
    )
    return [float(value) for value in values if isinstance(value, int | float)]


def test_drawings_have_texts_for_those_who_cannot_see_them(book: Book) -> None:
    drawings = [c for n, c in book.package.parts.items() if n.startswith("xl/drawings/drawing")]
    for content in drawings:
        described = re.findall(rb'<cNvPr [^>]*?descr="[^"]+"', content)
        assert len(described) == content.count(b"<c:chart ")
    assert drawings
