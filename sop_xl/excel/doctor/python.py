"""Checks of Python: the interpreter, this package, xlwings and what Excel loads of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

from sop_xl import __version__
from sop_xl.excel import office
from sop_xl.excel.doctor.case import Case
from sop_xl.excel.doctor.check import Check, ok, unseen, warning, wrong
from sop_xl.excel.machine import Machine
from sop_xl.excel.setup import interpreter, script_file
from sop_xl.workbook.macros import XLWINGS_VERSION

_NEW_PYTHON = (
    "Install Python (64 bit) from python.org for yourself, without an administrator; then:\n"
    r"py -m venv %LOCALAPPDATA%\sop-xl  and install sop-xl into it (docs/install.md)"
)
_EXCEL_LIBRARY = "{00020813-0000-0000-C000-000000000046}".strip("{}").casefold()
"""What pywin32 calls the description of Excel that it keeps."""


def python(case: Case) -> Iterator[Check]:
    """The interpreter that runs this."""
    name, found = "Python", case.machine.python
    told = f"{found.version}, {found.bits} bit, {found.executable}"
    if found.prefix != found.base_prefix:
        told += " (an environment of its own)"
    if case.machine.system == "windows":
        yield _python_on_windows(case, told)
    elif case.machine.system == "mac" and " " in str(interpreter(case.machine)):
        yield wrong(name, f"{told}: Excel for Mac cannot start it, its path holds a space",
                    "python3 -m venv ~/sop-xl  and install sop-xl into it (docs/install.md), then\n"
                    "~/sop-xl/bin/sop-xl excel-setup")
    else:
        yield ok(name, told)


def _python_on_windows(case: Case, told: str) -> Check:
    name, found = "Python", case.machine.python
    if office.in_store(found.executable) or office.in_store(found.base_prefix):
        return wrong(name, f"{told}, from the Microsoft Store: Excel cannot reach its files",
                     _NEW_PYTHON)
    try:
        str(found.executable).encode(found.encoding)
    except UnicodeEncodeError as error:
        return wrong(
            name, f"{told}: Excel cannot start it, {error.object[error.start]} in its path is no "
            f"letter of {found.encoding}",
            r"py -m venv C:\sop-xl  and install sop-xl into it (docs/install.md), then" "\n"
            r"C:\sop-xl\Scripts\sop-xl excel-setup",
        )
    if case.machine.is_folder(found.prefix / "conda-meta"):
        return warning(name, f"{told}, of conda: Excel starts it without activating it, and some "
                       "of its libraries may not be found", _NEW_PYTHON)
    if found.bits == 32:
        return warning(name, f"{told}: a large plan may not fit into 32 bit", _NEW_PYTHON)
    if case.excel and case.excel.bits == 32:
        told += "; Excel has 32 bit, which is fine: they run beside each other"
    return ok(name, told)


def package(case: Case) -> Iterator[Check]:
    """This package, and that Excel finds its functions and not others of that name."""
    name, machine = "sop-xl", case.machine
    ours, functions = machine.folder_of("sop_xl"), machine.folder_of("udfs")
    if ours is None or functions is None:
        yield wrong(name, f"{__version__}, but not whole: {'sop_xl' if ours is None else 'udfs'} "
                    "is missing", _pip(machine, "--force-reinstall --no-deps sop-xl"))
        return
    if functions.parent != ours.parent:
        yield wrong(name, f"Python finds other functions named udfs first, in {functions}",
                    f"Rename or remove {functions}.")
        return
    for folder in case.setting("PYTHONPATH", "").value.split(";"):
        rival = machine.path(folder) / "udfs" if folder else None
        if rival and rival.parent != ours.parent and _is_module(machine, rival):
            yield wrong(name, f"Excel finds other functions named udfs first, in {rival.parent}",
                        f"Rename them, or take {folder} out of the setting PYTHONPATH.")
            return
    yield ok(name, f"{__version__}, {ours}")


def xlwings(case: Case) -> Iterator[Check]:
    """The version that the template was made with."""
    name, found = "xlwings", case.machine.installed("xlwings")
    remedy = _pip(case.machine, f'"xlwings=={XLWINGS_VERSION}"')
    if found is None:
        yield wrong(name, "not installed", remedy)
    elif found != XLWINGS_VERSION:
        yield wrong(name, f"{found}; the workbooks are made for {XLWINGS_VERSION}", remedy)
    else:
        yield ok(name, found)


def pywin32(case: Case) -> Iterator[Check]:
    """What xlwings speaks to Excel with on Windows."""
    for module in ("win32api", "pythoncom", "win32com.client"):
        error = case.machine.import_error(module)
        if error:
            yield wrong("pywin32", f"{module} cannot be loaded ({error})",
                        _pip(case.machine, "--force-reinstall pywin32"))
            return
    yield ok("pywin32", case.machine.installed("pywin32") or "there")


def appscript(case: Case) -> Iterator[Check]:
    """What xlwings speaks to Excel with on Mac."""
    error = case.machine.import_error("appscript")
    if error:
        yield wrong("appscript", f"it cannot be loaded ({error})",
                    _pip(case.machine, "--force-reinstall appscript"))
    else:
        yield ok("appscript", case.machine.installed("appscript") or "there")


def library(case: Case) -> Iterator[Check]:
    """The library of xlwings that Excel loads for functions (XLPyLoadDLL in xlwings.bas).

    It is looked for beside the interpreter of the settings and one folder up; its name bears the
    version of the workbook and the bits of Excel, not of Python.
    """
    name, started = "Library for functions", case.interpreter_file()
    if started is None:
        yield unseen(name, "it is looked for beside the interpreter that the settings name, and "
                     "they name none")
        return
    bits = [case.excel.bits] if case.excel and case.excel.bits else [64, 32]
    files = [f"xlwings{one}-{case.xlwings}.dll" for one in bits]
    folders = started.parent, started.parent.parent
    found = [f / file for file in files for f in folders if case.machine.is_file(f / file)]
    if found:
        yield ok(name, str(found[0]))
    else:
        yield wrong(name, f"{files[0]} is neither in {folders[0]} nor in {folders[1]}",
                    _library_remedy(case, files[0], folders[0]))


def _library_remedy(case: Case, file: str, folder: PurePath) -> str:
    if case.xlwings != XLWINGS_VERSION:
        return f"The workbook is of another version. {case.renewal}"
    own = case.machine.python
    for place in (own.prefix, own.user_base, own.base_prefix):
        if case.machine.is_file(place / file):
            return f'copy "{place / file}" "{folder}"'
    return _pip(case.machine, f'--force-reinstall --no-deps "xlwings=={XLWINGS_VERSION}"')


def generated_code(case: Case) -> Iterator[Check]:
    """pywin32's description of Excel; a half written one breaks everything, a missing one nothing.

    pywin32 renews one that is merely old by itself.
    """
    name, folder = "Cache of pywin32 (gen_py)", _cache(case.machine)
    broken = [entry for entry in case.machine.names(folder)
              if entry.casefold().startswith(_EXCEL_LIBRARY)
              and _is_broken(case.machine, folder / entry)]
    if broken:
        yield wrong(name, f"damaged: {folder / broken[0]}",
                    "Close Excel, then (it is made anew by itself):\n"
                    f'rmdir /s /q "{folder}"')
    else:
        there = case.machine.is_folder(folder)
        yield ok(name, str(folder) if there else "none yet, it is made when it is used")


def _cache(machine: Machine) -> PurePath:
    """Inside pywin32 where there is one, else in the folder for temporary files."""
    package = machine.folder_of("win32com")
    if package and machine.is_folder(package / "gen_py"):
        return package / "gen_py"
    temporary = machine.environment("TMP") or machine.environment("TEMP") or str(machine.home)
    short = ".".join(machine.python.version.split(".")[:2])
    return machine.path(temporary) / "gen_py" / short


def _is_broken(machine: Machine, entry: PurePath) -> bool:
    """Whether generated code lacks the maps at its end, without which pywin32 stops."""
    if machine.is_folder(entry):
        entry = entry / "__init__.py"
    elif entry.suffix != ".py":
        return False
    try:
        code = machine.read(entry)
    except OSError:
        return True
    return code is None or b"CLSIDToClassMap" not in code or b"CLSIDToPackageMap" not in code


def script(case: Case) -> Iterator[Check]:
    """The script that Excel for Mac starts Python with."""
    file = script_file(case.machine.home, case.xlwings)
    if case.machine.is_file(file):
        yield ok("Script for Excel", str(file))
    elif case.xlwings != XLWINGS_VERSION:
        yield wrong("Script for Excel", f"{file} is missing",
                    f"The workbook is of another version. {case.renewal}")
    else:
        yield wrong("Script for Excel", f"{file} is missing", f"{case.program} excel-setup")


def _is_module(machine: Machine, path: PurePath) -> bool:
    return machine.is_folder(path) or machine.is_file(path.with_suffix(".py"))


def _pip(machine: Machine, what: str) -> str:
    return f'"{interpreter(machine)}" -m pip install {what}'
