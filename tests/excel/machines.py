"""Computers to look at, in memory: a Windows, a Mac and a Linux one, on which all is well."""

from __future__ import annotations

import io
import plistlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any

from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty

from sop_xl import __version__
from sop_xl.errors import SopError
from sop_xl.excel.machine import Kind, Python, Value
from sop_xl.excel.office import SOFTWARE
from sop_xl.workbook.macros import XLWINGS_VERSION, Macros, add_macros
from sop_xl.workbook.package import Package

HOME = r"D:\Profile\Jürgen Müller"
LOCAL = rf"{HOME}\AppData\Local"
PREFIX = rf"{LOCAL}\sop-xl"
PYTHON = rf"{PREFIX}\Scripts\python.exe"
PROGRAM = rf"{PREFIX}\Scripts\sop-xl.exe"
PACKAGES = rf"{PREFIX}\Lib\site-packages"
CONF = rf"{HOME}\.xlwings\xlwings.conf"
LIBRARY = rf"{PREFIX}\xlwings64-{XLWINGS_VERSION}.dll"
EXCEL = r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE"
PLAN = r"D:\Pläne\Stern & Söhne"
BOOK = rf"{PLAN}\cycles\2026-10\SOP_2026-10.xlsm"
CLICK_TO_RUN = r"HKLM\Software\Microsoft\Office\ClickToRun\Configuration"
APP_PATHS = r"HKLM\Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
LOCATION = rf"{SOFTWARE}\Excel\Security\Trusted Locations\Location3"

MAC_HOME = "/Volumes/Home/ann"
MAC_PYTHON = f"{MAC_HOME}/sop-xl/bin/python"
MAC_CONF = f"{MAC_HOME}/Library/Containers/com.microsoft.Excel/Data/xlwings.conf"
MAC_PLAN = f"{MAC_HOME}/Plan"
MAC_BOOK = f"{MAC_PLAN}/SOP_2026-10.xlsm"
MAC_SCRIPT = (f"{MAC_HOME}/Library/Application Scripts/com.microsoft.Excel/"
              f"xlwings-{XLWINGS_VERSION}.applescript")
SETTINGS = b'[company]\ncompany = "Stern"\nentity = "Graz"\n'
NAME = "Stern · Graz"
DATABASE = b"SQLite format 3\0 and pages"
GENERATED = b"CLSIDToClassMap = {}\nCLSIDToPackageMap = {}\n"


@dataclass
class Computer:
    """A computer in memory; what is written to it stays there."""

    system: Kind
    home: PurePath
    python: Python
    release: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    """Empty ones; those above a file are there anyway."""
    locked: set[str] = field(default_factory=set)
    """Files that cannot be read, and files and folders that cannot be written."""
    variables: dict[str, str] = field(default_factory=dict)
    values: dict[tuple[str, str], Value] = field(default_factory=dict)
    """The registry; capitals make no difference."""
    programs: dict[str, int] | None = None
    on_path: dict[str, str] = field(default_factory=dict)
    packages: dict[str, str] = field(default_factory=dict)
    modules: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    """Why modules cannot be imported."""

    def path(self, text: str | PurePath) -> PurePath:
        return PureWindowsPath(text) if self.system == "windows" else PurePosixPath(text)

    def environment(self, name: str) -> str:
        return self.variables.get(name, "")

    def registry(self, key: str, name: str) -> Value | None:
        wanted = key.casefold(), name.casefold()
        return next((v for (k, n), v in self.values.items()
                     if (k.casefold(), n.casefold()) == wanted), None)

    def registry_keys(self, key: str) -> list[str]:
        start = f"{key}\\".casefold()
        below = [k[len(start):] for k, _ in self.values if k.casefold().startswith(start)]
        return sorted({name.partition("\\")[0] for name in below})

    def read(self, file: PurePath) -> bytes | None:
        if str(file) in self.locked:
            raise PermissionError(13, "Permission denied", str(file))
        return self.files.get(str(file))

    def is_file(self, path: PurePath) -> bool:
        return str(path) in self.files

    def is_folder(self, path: PurePath) -> bool:
        above = {str(one) for file in self.files for one in self.path(file).parents}
        return str(path) in above | self.folders

    def names(self, folder: PurePath) -> list[str]:
        inside = (self.path(file) for file in (*self.files, *self.folders))
        return sorted({one.relative_to(folder).parts[0] for one in inside
                       if folder in one.parents})

    def may_write(self, folder: PurePath) -> bool:
        return str(folder) not in self.locked

    def running(self, program: str) -> int | None:
        return None if self.programs is None else self.programs.get(program, 0)

    def found(self, program: str) -> PurePath | None:
        return self.path(self.on_path[program]) if program in self.on_path else None

    def installed(self, package: str) -> str | None:
        return self.packages.get(package)

    def folder_of(self, module: str) -> PurePath | None:
        return self.path(self.modules[module]) if module in self.modules else None

    def import_error(self, module: str) -> str:
        return self.errors.get(module, "")

    def write(self, file: PurePath, data: bytes) -> None:
        if self.locked & {str(one) for one in (file, *file.parents)}:
            raise SopError(f"{file} was not written: Permission denied.", "Ask for access.")
        self.files[str(file)] = data

    def remove(self, file: PurePath) -> None:
        self.files.pop(str(file), None)

    def set_registry(self, key: str, values: Mapping[str, Value]) -> None:
        self.values |= {(key, name): value for name, value in values.items()}

    def remove_registry(self, key: str) -> None:
        self.values = {at: value for at, value in self.values.items() if at[0] != key}

    def set(self, key: str, value: str) -> None:
        """Change one of the settings of xlwings in the user's file."""
        conf = CONF if self.system == "windows" else MAC_CONF
        lines = [line for line in self.files[conf].splitlines(keepends=True)
                 if not line.startswith(f'"{key}"'.encode())]
        added = f'"{key}","{value}"\r\n'.encode(self.python.encoding)
        self.files[conf] = b"".join([*lines, added])


def windows() -> Computer:
    """A Windows computer on which all is well."""
    return Computer(
        "windows", PureWindowsPath(HOME), windows_python(), "Windows 11 (10.0.22631)",
        files={
            PYTHON: b"MZ", PROGRAM: b"MZ", LIBRARY: b"MZ", EXCEL: program(0x8664),
            rf"{PREFIX}\xlwings32-{XLWINGS_VERSION}.dll": b"MZ",
            CONF: conf({
                "INTERPRETER_WIN": PYTHON, "ADD_WORKBOOK_TO_PYTHONPATH": "False",
                "USE UDF SERVER": "False", "UDF MODULES": "udfs", "SHOW CONSOLE": "False",
            }),
            rf"{LOCAL}\Temp\gen_py\3.12\00020813-0000-0000-C000-000000000046x0x1x9.py": GENERATED,
            rf"{HOME}\.sop-xl\plans.json": listed(PLAN),
            rf"{PLAN}\sop.toml": SETTINGS, rf"{PLAN}\sop.db": DATABASE, BOOK: book(),
        },
        variables={"TEMP": rf"{LOCAL}\Temp", "USERPROFILE": HOME, "OneDrive": rf"{HOME}\OneDrive"},
        values={
            (APP_PATHS, ""): EXCEL,
            (CLICK_TO_RUN, "VersionToReport"): "16.0.17928.20114",
            (CLICK_TO_RUN, "Platform"): "x64",
            (LOCATION, "Path"): "D:\\Pläne\\", (LOCATION, "AllowSubfolders"): 1,
        },
        programs={"EXCEL.EXE": 1}, on_path={"sop-xl": PROGRAM},
        packages={"xlwings": XLWINGS_VERSION, "pywin32": "311"},
        modules={name: rf"{PACKAGES}\{name}" for name in ("sop_xl", "udfs", "xlwings", "win32com")},
    )


def windows_python() -> Python:
    base = PureWindowsPath(LOCAL, "Programs", "Python", "Python312")
    roaming = PureWindowsPath(HOME, "AppData", "Roaming", "Python")
    return Python(PureWindowsPath(PYTHON), PureWindowsPath(PREFIX), base, roaming, "3.12.4", 64,
                  "cp1252")


def mac() -> Computer:
    """A Mac on which all is well."""
    packages = f"{MAC_HOME}/sop-xl/lib/python3.12/site-packages"
    python = Python(
        PurePosixPath(MAC_PYTHON), PurePosixPath(MAC_HOME, "sop-xl"), PurePosixPath("/opt/python"),
        PurePosixPath(MAC_HOME, "Library", "Python"), "3.12.4", 64, "utf-8",
    )
    return Computer(
        "mac", PurePosixPath(MAC_HOME), python, "Darwin 24.5",
        files={
            "/Applications/Microsoft Excel.app/Contents/Info.plist":
                plistlib.dumps({"CFBundleShortVersionString": "16.89.1"}),
            MAC_PYTHON: b"", MAC_SCRIPT: b"on VbaHandler",
            f"{packages}/xlwings/xlwings-{XLWINGS_VERSION}.applescript": b"on VbaHandler",
            MAC_CONF: conf({"INTERPRETER_MAC": MAC_PYTHON, "ADD_WORKBOOK_TO_PYTHONPATH": "False"}),
            f"{MAC_PLAN}/sop.toml": SETTINGS, f"{MAC_PLAN}/sop.db": DATABASE, MAC_BOOK: book(),
        },
        packages={"xlwings": XLWINGS_VERSION, "appscript": "1.3.0"},
        modules={name: f"{packages}/{name}" for name in ("sop_xl", "udfs", "xlwings")},
    )


def linux() -> Computer:
    """A Linux computer with a plan."""
    root = PurePosixPath("/srv/sop")
    python = Python(root / "bin/python", root, PurePosixPath("/usr"), root, "3.12.4", 64, "utf-8")
    return Computer(
        "linux", PurePosixPath("/srv/ann"), python, "Linux 6.1",
        files={"/srv/plan/sop.toml": SETTINGS, "/srv/plan/sop.db": DATABASE,
               "/srv/plan/SOP_2026-10.xlsm": book()},
        modules={name: f"/srv/sop/lib/{name}" for name in ("sop_xl", "udfs")},
    )


def conf(values: Mapping[str, str], encoding: str = "cp1252") -> bytes:
    """A settings file of xlwings."""
    return "".join(f'"{key}","{value}"\r\n' for key, value in values.items()).encode(encoding)


def listed(*plans: str) -> bytes:
    """A list of plan folders."""
    quoted = ", ".join('"' + plan.replace("\\", "\\\\") + '"' for plan in plans)
    return f'{{"plans": [{quoted}]}}'.encode()


def program(machine: int) -> bytes:
    """The head of a Windows program that was built for a machine."""
    return b"MZ" + bytes(0x3A) + struct.pack("<I", 0x80) + bytes(0x40) \
        + struct.pack("<4sH", b"PE\0\0", machine)


def book(
    *, macros: bool = True, sheet: Mapping[str, object] | None = None, **properties: str
) -> bytes:
    """A workbook with our identity: properties are changed by name, an empty one is left out."""
    workbook: Any = Workbook()  # openpyxl-stubs know no document properties
    if sheet is not None:
        rows = workbook.create_sheet("xlwings.conf")
        for row in sheet.items():
            rows.append(row)
    identity = {
        "SopPlan": NAME, "SopCycle": "2026-10", "SopVersion": "2", "SopBuild": "0f3a",
        "SopProgram": __version__, "SopXlwings": XLWINGS_VERSION,
    } | properties
    for name, value in identity.items():
        if value:
            workbook.custom_doc_props.append(StringProperty(name=name, value=value))
    out = io.BytesIO()
    workbook.save(out)
    package = Package.from_bytes(out.getvalue())
    if macros:
        add_macros(package, Macros(b"vba", b"<customUI/>", {}))
    return package.to_bytes()


def without(data: bytes, part: str, text: bytes) -> bytes:
    """A workbook as another program saves it: one part without a text."""
    package = Package.from_bytes(data)
    assert text in package.parts[part]
    package.parts[part] = package.parts[part].replace(text, b"")
    return package.to_bytes()


def with_part(data: bytes, part: str) -> bytes:
    """A workbook with one part more."""
    package = Package.from_bytes(data)
    package.parts[part] = b""
    return package.to_bytes()
