"""The template: built from text alike everywhere, read back by others, put into every book."""

import re
import tomllib
import zipfile
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from sop_xl.actions import generate
from sop_xl.errors import SopError
from sop_xl.functions import FUNCTIONS, named
from sop_xl.workbook import macros, template
from sop_xl.workbook.build import PROPERTIES
from sop_xl.workbook.macros import (
    RIBBON_PART,
    TEMPLATE,
    VBA_PART,
    XLWINGS_VERSION,
    add_macros,
    code_name,
    missing_macros,
    template_file,
    template_macros,
)
from sop_xl.workbook.package import Package, part_hashes
from sop_xl.workbook.reader import read_identity
from sop_xl.workbook.sheets import SHEETS
from sop_xl.workbook.template import SOURCES, build_template, changed_parts, project_modules
from tests.conftest import BOOK
from tests.office.tools import needs_office, needs_validator, saved_by_libreoffice, validate
from tests.workbook.vba import compound_checker
from tests.workbook.vba.readers import olevba_modules

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "workbook" / TEMPLATE
LIVE = re.compile(r"\bSOP_[A-Z_0-9]+\(")


@pytest.fixture(scope="module")
def built() -> bytes:
    return build_template()


# ---- from text ---------------------------------------------------------------------------


def test_the_committed_template_is_what_its_sources_give(built: bytes) -> None:
    assert changed_parts(built, COMMITTED) == [], "sop-xl template build"


def test_the_same_sources_give_the_same_file(built: bytes) -> None:
    assert build_template() == built


def test_a_changed_source_is_found(tmp_path: Path, built: bytes) -> None:
    damaged = Package.from_bytes(built)
    damaged.parts[RIBBON_PART] += b"<!-- -->"
    (tmp_path / "t.xlsm").write_bytes(damaged.to_bytes())
    assert changed_parts(built, tmp_path / "t.xlsm") == [RIBBON_PART]
    assert VBA_PART in changed_parts(built, tmp_path / "none.xlsm")


def test_sources_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    with pytest.raises(SopError, match=r"ribbon.customUI14\.xml is missing"):
        build_template(tmp_path)
    (tmp_path / "vba").mkdir()
    (tmp_path / "vba" / "ThisWorkbook.cls").write_text("' größer\n", "utf-8")
    with pytest.raises(SopError, match=r"ThisWorkbook\.cls holds a character .* \(byte 4\)"):
        project_modules(tmp_path)


def test_the_template_belongs_to_the_pinned_xlwings() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    pinned = [text for text in project["dependencies"] if text.startswith("xlwings")]
    assert [text.split(";")[0].strip() for text in pinned] == [f"xlwings=={XLWINGS_VERSION}"]
    assert version("xlwings") == XLWINGS_VERSION
    source = {m.name: m.source for m in project_modules()}["xlwings"]
    assert f'XLWINGS_VERSION As String = "{XLWINGS_VERSION}"' in source


def test_another_xlwings_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "version", lambda _: "0.30.0")
    with pytest.raises(SopError, match=r"xlwings 0\.37\.8; 0\.30\.0 is installed"):
        project_modules()


def test_every_sheet_and_every_function_has_its_place_in_the_project() -> None:
    modules = {module.name: module for module in project_modules()}
    documents = [name for name, module in modules.items() if module.kind == "document"]
    assert documents == ["ThisWorkbook", *(code_name(spec.name) for spec in SHEETS)]
    for function in FUNCTIONS:
        assert f"Public Function {function.name}(" in modules["SopFunctions"].source
    written = {path.stem for path in (SOURCES / "vba").iterdir()}
    assert written <= set(modules)


def test_third_party_modules_have_their_licence_in_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text("utf-8")
    assert "xlwings" in notice
    assert "Zoomer Analytics" in notice
    assert "Dictionary" in notice
    assert "Tim Hall" in notice


# ---- read back by others -----------------------------------------------------------------


@pytest.mark.parametrize("book", ["template", "month"])
def test_olevba_reads_every_module_as_it_was_written(book: str, small: Path) -> None:
    file = COMMITTED if book == "template" else small / BOOK
    with zipfile.ZipFile(file) as package:
        read = olevba_modules(package.read(VBA_PART))
    read = {name.rpartition(".")[0]: source for name, source in read.items()}
    written = {module.name: module.source for module in project_modules()}
    assert read == written


def test_the_project_is_a_sound_compound_file() -> None:
    streams = compound_checker.check(template_macros().vba)
    assert {"PROJECT", "PROJECTwm", "VBA/dir", "VBA/_VBA_PROJECT"} <= set(streams)


@pytest.mark.validator
@needs_validator
@pytest.mark.parametrize("book", ["template", "month"])
def test_the_validator_has_nothing_to_say(book: str, small: Path) -> None:
    assert validate(COMMITTED if book == "template" else small / BOOK) == []


# ---- in the month's book -----------------------------------------------------------------


@pytest.mark.parametrize("file", ["template", "month"])
def test_macros_and_ribbon_are_tied_to_the_book(file: str, small: Path) -> None:
    parts = Package.from_bytes((COMMITTED if file == "template" else small / BOOK).read_bytes())
    types = parts.parts["[Content_Types].xml"].decode()
    assert 'PartName="/xl/workbook.xml" ContentType="application/vnd.ms-excel.sheet.macro' in types
    assert 'PartName="/xl/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProj' in types
    assert "relationships/ui/extensibility" in parts.parts["_rels/.rels"].decode()
    assert "2006/relationships/vbaProject" in parts.parts["xl/_rels/workbook.xml.rels"].decode()
    workbook = parts.parts["xl/workbook.xml"].decode()
    assert 'codeName="ThisWorkbook"' in workbook
    codes = [
        re.search(r'codeName="(\w+)"', parts.parts[f"xl/worksheets/sheet{at}.xml"].decode())
        for at in range(1, len(SHEETS) + 1)
    ]
    assert [code and code[1] for code in codes] == [code_name(spec.name) for spec in SHEETS]


def test_the_twin_without_macros_has_the_same_sheets(plan: Path) -> None:
    made = generate(plan, macros=False)
    assert made.path.suffix == ".xlsx"
    with_macros, without = part_hashes(plan / BOOK), part_hashes(made.path)
    assert with_macros.keys() - without.keys() == {VBA_PART, RIBBON_PART}
    different = {name for name in without if with_macros[name] != without[name]}
    assert different == {"[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"}
    assert missing_macros(made.path) == []


def test_the_identity_stands_in_properties_and_in_names(small: Path) -> None:
    book: Any = openpyxl.load_workbook(small / BOOK, read_only=False)
    properties = {one.name: one.value for one in book.custom_doc_props}
    names = {name: book.defined_names[name].value.strip('"') for name in PROPERTIES.values()}
    assert names == properties
    assert names["SopXlwings"] == XLWINGS_VERSION


def test_every_live_function_has_a_frozen_number_behind_it(small: Path) -> None:
    content = [
        part.decode()
        for name, part in Package.from_bytes((small / BOOK).read_bytes()).parts.items()
        if name.startswith("xl/worksheets/sheet")
    ]
    formulas = [f for part in content for f in re.findall(r"<f[^>]*>([^<]*)</f>", part)]
    live = [formula for formula in formulas if LIVE.search(formula)]
    used = {name[:-1] for formula in live for name in LIVE.findall(formula)}
    assert {"SOP_FORECAST", "SOP_FORECAST_PI", "SOP_CAPGAP", "SOP_WMAPE"} <= used
    assert used <= {function.name for function in FUNCTIONS}
    for formula in live:
        asked, frozen = arguments_of_iferror(formula)
        assert LIVE.search(asked), formula
        assert frozen, formula
        assert not LIVE.search(frozen) or "ISNUMBER(SOP_" in frozen, formula


def arguments_of_iferror(formula: str) -> tuple[str, str]:
    """The two arguments of a formula that is one IFERROR."""
    assert formula.startswith("IFERROR("), formula
    depth, at = 0, 0
    for place, character in enumerate(formula[7:], start=7):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 1:
            at = place
        assert depth or place == len(formula) - 1, formula
    return formula[len("IFERROR(") : at], formula[at + 1 : -1]


@pytest.mark.parametrize(
    ("lost", "left"), [("the macros", RIBBON_PART), ("the ribbon", VBA_PART)]
)
def test_what_another_program_dropped_is_noticed(
    lost: str, left: str, small: Path, tmp_path: Path
) -> None:
    package = Package.from_bytes((small / BOOK).read_bytes())
    del package.parts[VBA_PART if left == RIBBON_PART else RIBBON_PART]
    copy = tmp_path / "saved.xlsm"
    copy.write_bytes(package.to_bytes())
    assert missing_macros(copy) == [lost]
    assert missing_macros(small / BOOK) == []


def test_a_ribbon_without_its_relation_is_lost(small: Path, tmp_path: Path) -> None:
    package = Package.from_bytes((small / BOOK).read_bytes())
    root = package.parts["_rels/.rels"].decode()
    package.parts["_rels/.rels"] = re.sub(r"<Rel[^>]*extensibility[^>]*>", "", root).encode()
    copy = tmp_path / "saved.xlsm"
    copy.write_bytes(package.to_bytes())
    assert missing_macros(copy) == ["the ribbon"]


def test_own_icons_come_along(tmp_path: Path) -> None:
    package = Package.from_bytes(build_template())
    own = template_macros()._replace(images={"customUI/images/run.png": b"png"})
    add_macros(package, own)
    assert package.parts["customUI/images/run.png"] == b"png"
    assert 'Extension="png"' in package.parts["[Content_Types].xml"].decode()
    (tmp_path / "book.xlsm").write_bytes(package.to_bytes())
    assert missing_macros(tmp_path / "book.xlsm") == []


def test_a_missing_template_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(macros, "TEMPLATE", "Nowhere.xlsm")
    with pytest.raises(SopError, match="is missing from this installation"):
        template_file()


def test_the_names_count_where_a_button_brought_the_open_book_up_to_date(
    small: Path, tmp_path: Path
) -> None:
    package = Package.from_bytes((small / BOOK).read_bytes())
    build = read_identity(small / BOOK)["build"]
    workbook = package.parts["xl/workbook.xml"].decode()
    package.parts["xl/workbook.xml"] = workbook.replace(f'"{build}"', '"a ""new"" one"').encode()
    copy = tmp_path / "saved.xlsm"
    copy.write_bytes(package.to_bytes())
    assert read_identity(copy)["build"] == 'a "new" one'


@pytest.mark.office
@needs_office
def test_a_book_that_libreoffice_saved_has_lost_its_macros(small: Path, tmp_path: Path) -> None:
    assert missing_macros(saved_by_libreoffice(small / BOOK, tmp_path)) == ["the macros"]


def test_a_book_that_openpyxl_saved_has_lost_its_ribbon(small: Path, tmp_path: Path) -> None:
    opened = openpyxl.load_workbook(small / BOOK, keep_vba=True)
    opened.save(tmp_path / "saved.xlsm")
    assert missing_macros(tmp_path / "saved.xlsm") == ["the ribbon"]


def test_live_arrays_are_short_enough_to_be_written_by_a_button(small: Path) -> None:
    book: Any = openpyxl.load_workbook(small / BOOK)
    arrays = [cell.value for row in book["What_If"].iter_rows() for cell in row
              if isinstance(cell.value, ArrayFormula)]
    assert len(arrays) == 3
    for array in arrays:
        assert len(str(array.text)) <= 255, array.text  # Excel's limit for FormulaArray


def test_the_live_forecast_is_made_from_all_that_is_known(demo: Path) -> None:
    """At its defaults the what-if is the forecast of the plan, season and all."""
    book: Any = openpyxl.load_workbook(demo / BOOK, data_only=True)
    (row,) = [
        row for row in book["Chart_Data"].iter_rows(values_only=True) if row[0] == "All families"
        and sum(isinstance(v, int | float) for v in row) > 40
    ]
    history = [value for value in row[1:] if isinstance(value, int | float)]
    live = np.asarray(named("SOP_FORECAST")([history], 24, 12)).ravel()
    header = [cell.value for cell in book["What_If"][6]]
    label = header.index("Measure")
    baseline = next(r for r in book["What_If"].iter_rows(min_row=7, values_only=True)
                    if r[label] == "Baseline of the plan")
    first = next(at for at, value in enumerate(header) if isinstance(value, datetime)
                 and value >= datetime(2026, 10, 1))
    frozen = np.array(baseline[first : first + 24], dtype=float)
    assert np.ptp(live) > 0.2 * live.mean()  # a season, not a flat line
    assert np.abs(live - frozen).sum() / frozen.sum() < 0.1
