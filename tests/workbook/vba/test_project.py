"""The project as others read it: olevba, olefile, pyOpenVBA, the checks of these tests, Excel."""

import hashlib
import io
import os
import random
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pyopenvba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_xl.workbook.package import WORKBOOK, WORKBOOK_RELATIONS, Package
from sop_xl.workbook.vba import Module, Project, vba_project
from sop_xl.workbook.vba.project import encrypt
from tests.workbook.vba import readers
from tests.workbook.vba.compound_checker import check
from tests.workbook.vba.decompressor import decompress

SHEETS = 40


def template_modules() -> list[Module]:
    """As many modules as the template has, with those of the pinned xlwings."""
    return [
        Module.document(
            "ThisWorkbook", is_workbook=True, code="Private Sub Workbook_Open()\nEnd Sub"
        ),
        *(Module.document(f"shSheet{number}") for number in range(SHEETS)),
        Module.standard(readers.XLWINGS_BAS),
        Module.from_class(readers.DICTIONARY_CLS),
        Module.from_class('Attribute VB_Name = "SopTimer"\nOption Explicit\n'),
        Module.standard('Attribute VB_Name = "SopRibbon"\nOption Explicit\n' + "' – €\n" * 50),
    ]


MODULES = template_modules()
PROJECT = vba_project(MODULES)


# ---- others read it ------------------------------------------------------------------------------


def test_the_strict_checker_and_the_second_decompressor_read_every_module() -> None:
    streams = check(PROJECT)
    for module in MODULES:
        assert decompress(streams[f"VBA/{module.name}"]) == module.encoded()
    others = {"VBA/dir", "VBA/_VBA_PROJECT", "PROJECT", "PROJECTwm"}
    assert streams.keys() == {f"VBA/{module.name}" for module in MODULES} | others


def test_olevba_reads_every_module_byte_for_byte() -> None:
    suffix = {"document": ".cls", "module": ".bas", "class": ".cls"}
    expected = {f"{module.name}{suffix[module.kind]}": module.source for module in MODULES}
    assert readers.olevba_modules(PROJECT) == expected


def test_the_text_of_xlwings_is_untouched() -> None:
    found = readers.olevba_modules(PROJECT)
    assert found["xlwings.bas"] == readers.XLWINGS_BAS
    body = readers.DICTIONARY_CLS.partition("Attribute VB_Description")[2]
    assert found["Dictionary.cls"].partition("Attribute VB_Description")[2] == body


def test_olefile_has_no_complaint() -> None:
    assert readers.ole(PROJECT).parsing_issues == []


letters = "".join(map(chr, range(32, 127))) + "\t\xa3\xe9\u20ac"
line = st.text(letters, max_size=60).filter(lambda text: not re.search(r"_\s*$", text))


@given(st.lists(line, max_size=100), st.lists(line, max_size=100))
def test_any_source_comes_back(first: list[str], second: list[str]) -> None:
    modules = [
        Module.standard("\n".join(['Attribute VB_Name = "First"', *first])),
        Module.document("Second", code="\n".join(second)),
    ]
    streams = check(vba_project(modules))
    for module in modules:
        stream = streams[f"VBA/{module.name}"]
        assert decompress(stream).decode("cp1252") == module.source
        assert readers.olevba_decompress(stream).decode("cp1252") == module.source


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workbook of one sheet with a project."""
    modules = [
        Module.document("ThisWorkbook", is_workbook=True),
        Module.document("Sheet1"),
        *(module for module in MODULES if module.kind != "document"),
    ]
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.save(out)
    package = Package.from_bytes(out.getvalue())
    package.parts["xl/vbaProject.bin"] = vba_project(modules)
    package.override(WORKBOOK, "application/vnd.ms-excel.sheet.macroEnabled.main+xml")
    package.override("xl/vbaProject.bin", "application/vnd.ms-office.vbaProject")
    relation = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    package.relate(WORKBOOK_RELATIONS, relation, "vbaProject.bin")
    path = tmp_path_factory.mktemp("project") / "book.xlsm"
    path.write_bytes(package.to_bytes())
    return path


def test_pyopenvba_finds_nothing_wrong(workbook: Path) -> None:
    report = pyopenvba.check_file(workbook)
    assert report.issues == ()
    assert report.ok


def test_pyopenvba_reads_modules_and_references(workbook: Path) -> None:
    by_name = {module.name: module for module in MODULES}
    with pyopenvba.ExcelFile(workbook) as file:
        read = {name: file.get_module(name) for name in file.module_names()}
        references = [(reference.name, reference.version) for reference in file.references()]
    assert read.pop("ThisWorkbook") == Module.document("ThisWorkbook", is_workbook=True).source
    assert read.pop("Sheet1") == Module.document("Sheet1").source
    assert read == {name: by_name[name].source for name in read}
    assert references == [("stdole", (2, 0)), ("Office", (2, 0))]


# ---- the streams ---------------------------------------------------------------------------------


class Record(NamedTuple):
    identifier: int
    data: bytes


PROJECTVERSION, MODULENAME, MODULESTREAMNAME = 0x0009, 0x0019, 0x001A


def records(stream: bytes) -> Iterator[Record]:
    """The records of a decompressed dir stream."""
    at = 0
    while at < len(stream):
        identifier, size = struct.unpack_from("<HI", stream, at)
        size = 6 if identifier == PROJECTVERSION else size  # it says 4
        yield Record(identifier, stream[at + 6 : at + 6 + size])
        at += 6 + size


def dir_of(streams: dict[str, bytes]) -> list[Record]:
    return list(records(decompress(streams["VBA/dir"])))


def module_records(found: list[Record], name: str) -> dict[int, bytes]:
    """The records of a module by identifier, in their order."""
    begin = found.index(Record(MODULENAME, name.encode()))
    end = next(at for at in range(begin, len(found)) if found[at].identifier == 0x002B)
    return dict(found[begin : end + 1])


OFFSET, COOKIE = 0x0031, 0x002C
"""Where the source begins in the stream, and a number that Excel overwrites."""


@pytest.mark.parametrize("name", ["ThisWorkbook", "Sheet1", "Module1"])
def test_modules_are_described_as_excel_describes_them(name: str) -> None:
    theirs = module_records(dir_of(readers.excels_project()), name)
    modules = [
        Module.document("ThisWorkbook", is_workbook=True),
        Module.document("Sheet1"),
        Module.standard('Attribute VB_Name = "Module1"\n'),
    ]
    ours = module_records(dir_of(check(vba_project(modules))), name)
    assert list(ours) == list(theirs)
    assert ours[OFFSET] == bytes(4)
    varying = {OFFSET, COOKIE}
    assert {n: ours[n] for n in ours.keys() - varying} == {
        n: theirs[n] for n in theirs.keys() - varying
    }


def test_the_project_is_described_as_excel_describes_it() -> None:
    theirs, ours = dir_of(readers.excels_project()), dir_of(check(PROJECT))
    compatible_version, reference = 0x004A, 0x0016
    head = [found[: [r.identifier for r in found].index(reference)] for found in (theirs, ours)]
    optional = [record for record in head[0] if record.identifier != compatible_version]
    assert [r.identifier for r in head[1]] == [r.identifier for r in optional]
    differing = {
        one.identifier for one, other in zip(*[optional, head[1]], strict=True) if one != other
    }
    assert differing <= {PROJECTVERSION}
    office = b"*\\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}"
    assert [r for r in ours if office in r.data] == [r for r in theirs if office in r.data]


def test_private_and_exposed_classes() -> None:
    found = dir_of(check(PROJECT))
    assert 0x0028 in module_records(found, "SopTimer")
    assert 0x0028 not in module_records(found, "Dictionary")


def test_the_lines_of_the_project() -> None:
    project = Project(
        (
            Module.document("ThisWorkbook", is_workbook=True),
            Module.standard('Attribute VB_Name = "SopRibbon"\n'),
            Module.from_class('Attribute VB_Name = "SopTimer"\n'),
        )
    )
    lines = project.project_stream().decode("ascii").split("\r\n")
    assert lines[:7] == [
        'ID="{5B3A7B2E-6C1D-4F5A-9C0E-2D3F4A5B6C7D}"',
        "Document=ThisWorkbook/&H00000000",
        "Module=SopRibbon",
        "Class=SopTimer",
        'Name="VBAProject"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
    ]
    assert [line.partition("=")[0] for line in lines[7:10]] == ["CMG", "DPB", "GC"]
    assert lines[10:] == [
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        "ThisWorkbook=0, 0, 0, 0, C",
        "SopRibbon=0, 0, 0, 0, C",
        "SopTimer=0, 0, 0, 0, C",
        "",
    ]


def test_the_names_in_both_encodings() -> None:
    project = Project((Module.document("Ab"), Module.document("C")))
    assert project.projectwm_stream() == b"Ab\0A\0b\0\0\0C\0C\0\0\0\0\0"


def test_the_cache_says_that_nothing_is_compiled() -> None:
    assert check(PROJECT)["VBA/_VBA_PROJECT"] == bytes.fromhex("CC61 FFFF 00 0100")


# ---- encryption ----------------------------------------------------------------------------------


def decrypt(digits: str, guid: str) -> bytes:
    """Data Decryption, [MS-OVBA] 2.4.3.3.

    Raises:
        ValueError: The version or the project's key is not right.
    """
    seed, version, key, *rest = bytes.fromhex(digits)
    if version ^ seed != 2 or key ^ seed != sum(guid.encode()) & 0xFF:
        raise ValueError("version or key")
    plain_before, byte_before, byte_before_that = key ^ seed, key, version
    plain = bytearray()
    for byte in rest:
        plain_before = byte ^ ((byte_before_that + plain_before) & 0xFF)
        byte_before_that, byte_before = byte_before, byte
        plain.append(plain_before)
    content = bytes(plain[(seed & 6) // 2 :])
    (length,) = struct.unpack_from("<I", content)
    if length != len(content) - 4:
        raise ValueError("length")
    return content[4:]


def protection(project_stream: bytes) -> list[bytes]:
    """ProjectProtectionState, ProjectPassword and ProjectVisibilityState, decrypted."""
    text = project_stream.decode("cp1252")
    values = dict(re.findall(r'^(\w+)="(.*)"\r$', text, flags=re.MULTILINE))
    return [decrypt(values[name], values["ID"]) for name in ("CMG", "DPB", "GC")]


def test_a_project_is_open_and_visible_as_one_that_excel_made() -> None:
    expected = [bytes(4), b"\0", b"\xff"]
    assert protection(readers.excels_project()["PROJECT"]) == expected
    assert protection(check(PROJECT)["PROJECT"]) == expected


@pytest.mark.parametrize("seed", range(256))
def test_what_is_encrypted_is_decrypted(seed: int) -> None:
    guid = "{917DED54-440B-4FD1-A5C1-74ACF261E600}"
    data = random.Random(seed).randbytes(seed % 30)
    assert decrypt(encrypt(data, guid, seed), guid) == data


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["Plan", "plan"], "plan is the name of a module already"),
        (["vbaproject"], "vbaproject is the name of the project already"),
        (["Office"], "Office is the name of a library already"),
        (["Excel"], "Excel is the name of a library already"),
        (["VBA"], "VBA is the name of a library already"),
        (["Dir"], "Dir is the name of a stream of the project already"),
    ],
)
def test_names_that_are_taken(names: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        vba_project([Module.document(name) for name in names])


def test_a_module_that_no_stream_can_hold_is_named() -> None:
    letters = "".join(chr(code) for code in range(33, 127)).replace("_", "")
    lines = ["'" + "".join(random.Random(n).choices(letters, k=1000)) for n in range(4)]
    text = "\n".join(['Attribute VB_Name = "Noise"', *lines])
    module = Module.standard(text)
    size = len(module.encoded())
    assert 3640 < size < 4096
    with pytest.raises(ValueError, match=f"Noise: the last {size} bytes can be stored neither"):
        vba_project([module])


# ---- the same bytes, soon ------------------------------------------------------------------------


def test_the_same_modules_make_the_same_bytes() -> None:
    assert vba_project(template_modules()) == PROJECT


@pytest.mark.parametrize("seed", ["0", "1"])
def test_another_process_makes_the_same_bytes(seed: str) -> None:
    code = (
        "import hashlib; from tests.workbook.vba.test_project import PROJECT; "
        "print(hashlib.sha256(PROJECT).hexdigest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONHASHSEED": seed},
    )
    assert done.stdout.strip() == hashlib.sha256(PROJECT).hexdigest()
