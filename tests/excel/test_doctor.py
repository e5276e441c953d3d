"""The doctor: every ill it knows, on computers in memory, and the cure that it names."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import sys
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import SimpleNamespace
from typing import Any

import pytest

from sop_xl import __version__
from sop_xl.excel import doctor
from sop_xl.excel.doctor import Check, State, diagnose
from sop_xl.excel.machine import Machine, Registry, ThisComputer
from sop_xl.excel.office import SOFTWARE
from sop_xl.excel.setup import set_up
from sop_xl.workbook.macros import XLWINGS_VERSION
from tests.excel.machines import (
    APP_PATHS,
    BOOK,
    CLICK_TO_RUN,
    CONF,
    EXCEL,
    HOME,
    LIBRARY,
    LOCAL,
    LOCATION,
    MAC_BOOK,
    MAC_CONF,
    MAC_HOME,
    MAC_PLAN,
    MAC_PYTHON,
    MAC_SCRIPT,
    NAME,
    PACKAGES,
    PLAN,
    PREFIX,
    PROGRAM,
    PYTHON,
    SETTINGS,
    Computer,
    book,
    conf,
    linux,
    listed,
    mac,
    program,
    windows,
    with_part,
    without,
)

Ill = Callable[[Computer], object]

POLICY = r"HKCU\Software\Policies\Microsoft\Office\16.0"
CLOUD_POLICY = r"HKCU\Software\Policies\Microsoft\Cloud\Office\16.0"
DEFENDER = r"HKLM\Software\Policies\Microsoft\Windows Defender"
RULES = rf"{DEFENDER}\Windows Defender Exploit Guard\ASR\Rules"
CHILD_PROCESSES = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
PROMPT = r"HKCU\Software\Policies\Microsoft\Windows\System"
EXCEL_CACHE = rf"{LOCAL}\Temp\gen_py\3.12\00020813-0000-0000-C000-000000000046x0x1x9"
OLD_PYTHON = r"D:\Anaconda3\python.exe"


def told(checks: list[Check], name: str) -> Check:
    """The one check of a name."""
    (found,) = [check for check in checks if check.name == name]
    return found


def named(checks: list[Check], state: State) -> list[str]:
    return [check.name for check in checks if check.state is state]


def put(path: str, data: bytes) -> Ill:
    return lambda computer: computer.files.__setitem__(path, data)


def lose(path: str) -> Ill:
    return lambda computer: computer.files.pop(path)


def lock(path: str) -> Ill:
    return lambda computer: computer.locked.add(path)


def enter(key: str, name: str, value: str | int) -> Ill:
    return lambda computer: computer.values.__setitem__((key, name), value)


def choose(key: str, value: str) -> Ill:
    return lambda computer: computer.set(key, value)


def python(**changes: Any) -> Ill:
    return lambda computer: setattr(computer, "python", computer.python._replace(**changes))


def both(*ills: Ill) -> Ill:
    return lambda computer: [ill(computer) for ill in ills]


def untrusted(computer: Computer) -> None:
    computer.remove_registry(LOCATION)


# ---- all is well ------------------------------------------------------------------------------


def test_on_a_healthy_windows_nothing_is_wrong() -> None:
    checks = diagnose(windows(), BOOK)
    assert named(checks, State.WRONG) == named(checks, State.WARNING) == []
    assert named(checks, State.UNSEEN) == ["Other antivirus programs"]
    assert [check.name for check in checks] == [
        "Operating system", "Excel", "Copies of Excel", "Python", "sop-xl", "xlwings", "pywin32",
        "Settings of xlwings", "Settings that go first", "Python that Excel starts",
        "Values of the settings", "Library for functions", "Cache of pywin32 (gen_py)",
        "Macros in Excel", "Trusted location", "Where the workbook came from",
        "Starting Python from Excel", "Other antivirus programs", "Trust access to the VBA project",
        "Workbook", "Ribbon and macros", "Version of the workbook", "Length of the path",
        "OneDrive", "Folder of the workbook", "Plan folder", "Store of the plan",
    ]
    assert told(checks, "Excel").found == f"16.0.17928.20114, 64 bit, {EXCEL}"
    assert told(checks, "Library for functions").found == LIBRARY
    assert told(checks, "Workbook").found == (
        f"{BOOK}: {NAME}, cycle 2026-10, version 2, build 0f3a"
    )


def test_on_a_healthy_mac_nothing_is_wrong_and_the_limits_are_told() -> None:
    checks = diagnose(mac(), MAC_BOOK)
    assert named(checks, State.WRONG) == named(checks, State.WARNING) == []
    assert named(checks, State.UNSEEN) == ["Permission to control Excel"]
    assert told(checks, "Excel").found == "16.89.1, /Applications/Microsoft Excel.app"
    assert "does not compute in Excel for Mac" in told(checks, "Functions").found
    assert "Library for functions" not in [check.name for check in checks]


def test_on_linux_it_says_what_it_cannot_see_and_checks_the_rest() -> None:
    checks = diagnose(linux(), "/srv/plan/SOP_2026-10.xlsm")
    assert [(check.name, check.state) for check in checks] == [
        ("Operating system", State.UNSEEN), ("Python", State.OK), ("sop-xl", State.OK),
        ("Workbook", State.OK), ("Ribbon and macros", State.OK),
        ("Version of the workbook", State.OK), ("Folder of the workbook", State.OK),
        ("Plan folder", State.OK), ("Store of the plan", State.OK),
    ]
    assert "Excel does not run here" in told(checks, "Operating system").found


def test_without_a_workbook_the_known_plans_are_looked_at() -> None:
    computer = windows()
    computer.files[rf"{HOME}\.sop-xl\plans.json"] = listed(PLAN, r"E:\Away")
    checks = diagnose(computer)
    assert told(checks, "Plan folder").found == f"{PLAN} ({NAME})"
    assert told(checks, "Trusted location").found == PLAN
    assert "Workbook" not in [check.name for check in checks]


# ---- ills of Windows, of the workbook and of the plan -----------------------------------------

ILLS: dict[str, tuple[Ill, str, State, str, str]] = {
    # name of the case: what is wrong; the check that finds it, its state, and what it says;
    # part of the remedy
    "no Excel": (
        lambda c: c.values.pop((APP_PATHS, "")),
        "Excel", State.WRONG, "not found in the registry", "Install Microsoft 365",
    ),
    "Excel from the Store": (
        enter(APP_PATHS, "", r"C:\Program Files\WindowsApps\Office_16\EXCEL.EXE"),
        "Excel", State.WARNING, "from the Microsoft Store", "office.com",
    ),
    "Excel 2013": (
        both(lambda c: c.values.pop((CLICK_TO_RUN, "VersionToReport")),
             enter(r"HKCR\Excel.Application\CurVer", "", "Excel.Application.15")),
        "Excel", State.WARNING, "older than 2016", "newer one",
    ),
    "three Excels": (
        lambda c: setattr(c, "programs", {"EXCEL.EXE": 3}),
        "Copies of Excel", State.WARNING, "3 are running", "EXCEL.EXE > End task",
    ),
    "no list of processes": (
        lambda c: setattr(c, "programs", None),
        "Copies of Excel", State.UNSEEN, "does not list", "",
    ),
    "Store Python": (
        python(executable=PureWindowsPath(LOCAL, r"Microsoft\WindowsApps\python.exe")),
        "Python", State.WRONG, "from the Microsoft Store", "python.org",
    ),
    "environment of Store Python": (
        python(base_prefix=PureWindowsPath(r"C:\Program Files\WindowsApps\Python.3.12")),
        "Python", State.WRONG, "from the Microsoft Store", "python.org",
    ),
    "letters that the code page has not": (
        python(executable=PureWindowsPath(r"D:\Profile\Łukasz\sop-xl\Scripts\python.exe")),
        "Python", State.WRONG, "Ł in its path is no letter of cp1252", r"py -m venv C:\sop-xl",
    ),
    "conda": (
        lambda c: c.folders.add(rf"{PREFIX}\conda-meta"),
        "Python", State.WARNING, "of conda", "py -m venv",
    ),
    "32-bit Python": (
        python(bits=32), "Python", State.WARNING, "32 bit", "(64 bit) from python.org",
    ),
    "udfs of somebody else": (
        lambda c: c.modules.__setitem__("udfs", r"D:\Work"),
        "sop-xl", State.WRONG, r"other functions named udfs first, in D:\Work", r"remove D:\Work",
    ),
    "udfs missing": (
        lambda c: c.modules.pop("udfs"),
        "sop-xl", State.WRONG, "udfs is missing", f'"{PYTHON}" -m pip install --force-reinstall',
    ),
    "udfs on the search path of the settings": (
        both(choose("PYTHONPATH", r"D:\Old;D:\Work"), put(r"D:\Work\udfs.py", b"")),
        "sop-xl", State.WRONG, r"in D:\Work", r"take D:\Work out of the setting PYTHONPATH",
    ),
    "no xlwings": (
        lambda c: c.packages.pop("xlwings"),
        "xlwings", State.WRONG, "not installed",
        f'"{PYTHON}" -m pip install "xlwings=={XLWINGS_VERSION}"',
    ),
    "another xlwings": (
        lambda c: c.packages.__setitem__("xlwings", "0.30.7"),
        "xlwings", State.WRONG, f"0.30.7; the workbooks are made for {XLWINGS_VERSION}",
        f"xlwings=={XLWINGS_VERSION}",
    ),
    "pywin32 broken": (
        lambda c: c.errors.__setitem__("pythoncom", "DLL load failed"),
        "pywin32", State.WRONG, "pythoncom cannot be loaded (DLL load failed)",
        "--force-reinstall pywin32",
    ),
    "no settings file": (
        lose(CONF), "Settings of xlwings", State.WARNING, f"{CONF} is missing", "excel-setup",
    ),
    "a comment in the settings file": (
        lambda c: c.files.__setitem__(CONF, b"# mine\r\n" + c.files[CONF]),
        "Settings of xlwings", State.WRONG, "line 1 does not hold one key and one value",
        "excel-setup",
    ),
    "an empty line in the settings file": (
        lambda c: c.files.__setitem__(CONF, c.files[CONF] + b"\r\n"),
        "Settings of xlwings", State.WRONG, "line 6 does not hold", "excel-setup",
    ),
    "a byte order mark in the settings file": (
        lambda c: c.files.__setitem__(CONF, b"\xef\xbb\xbf" + c.files[CONF]),
        "Settings of xlwings", State.WRONG, "byte order mark", "excel-setup",
    ),
    "settings file locked": (
        lock(CONF), "Settings of xlwings", State.WRONG, "cannot be read (Permission denied)",
        "excel-setup",
    ),
    "a settings file beside the workbook": (
        put(rf"{PLAN}\cycles\2026-10\xlwings.conf", conf({"interpreter_win": OLD_PYTHON})),
        "Settings that go first", State.WARNING, "overrides INTERPRETER_WIN",
        rf'ren "{PLAN}\cycles\2026-10\xlwings.conf" xlwings.conf.off',
    ),
    "harmless settings beside the workbook": (
        put(rf"{PLAN}\cycles\2026-10\xlwings.conf", conf({"TEMP DIR": r"D:\Temp"})),
        "Settings that go first", State.OK, "sets TEMP DIR", "",
    ),
    "a settings sheet": (
        put(BOOK, book(sheet={"INTERPRETER_WIN": OLD_PYTHON})),
        "Settings that go first", State.WARNING, "the sheet xlwings.conf of the workbook overrides",
        "Delete the sheet xlwings.conf",
    ),
    "no interpreter in the settings": (
        lose(CONF), "Python that Excel starts", State.WRONG, "the first python of the search path",
        "sop-xl excel-setup",
    ),
    "the interpreter left empty": (
        choose("INTERPRETER_WIN", ""), "Python that Excel starts", State.WRONG, "the first python",
        "excel-setup",
    ),
    "an interpreter that is gone": (
        choose("INTERPRETER_WIN", OLD_PYTHON), "Python that Excel starts", State.WRONG,
        f"{OLD_PYTHON} does not exist (from {CONF})", "excel-setup",
    ),
    "another interpreter": (
        both(choose("INTERPRETER_WIN", OLD_PYTHON), put(OLD_PYTHON, b"MZ")),
        "Python that Excel starts", State.WARNING, f"this is {PYTHON}", "excel-setup",
    ),
    "the settings in UTF-8": (
        lambda c: c.files.__setitem__(CONF, conf({"INTERPRETER_WIN": PYTHON}, "utf-8")),
        "Python that Excel starts", State.WRONG, "MÃ¼ller", "excel-setup",
    ),
    "an interpreter of the sheet that is gone": (
        put(BOOK, book(sheet={"INTERPRETER_WIN": OLD_PYTHON})), "Python that Excel starts",
        State.WRONG, "(from the sheet xlwings.conf of the workbook)", "Delete the sheet",
    ),
    "an empty switch": (
        choose("USE UDF SERVER", ""), "Setting USE UDF SERVER", State.WRONG,
        "'' is neither True nor False", "excel-setup",
    ),
    "the folder of the workbook searched": (
        choose("ADD_WORKBOOK_TO_PYTHONPATH", "True"), "Setting ADD_WORKBOOK_TO_PYTHONPATH",
        State.WARNING, "one in OneDrive stops the buttons", "excel-setup",
    ),
    "buttons in the server": (
        choose("USE UDF SERVER", "True"), "Setting USE UDF SERVER", State.WARNING, "dialogs",
        "excel-setup",
    ),
    "functions debugged": (
        choose("DEBUG UDFS", "True"), "Setting DEBUG UDFS", State.WRONG, "programmer's server",
        f"Set DEBUG UDFS to False in {CONF}.",
    ),
    "a conda in the settings": (
        both(choose("CONDA PATH", r"D:\Anaconda3"), choose("CONDA ENV", "plan")),
        "Settings CONDA PATH and CONDA ENV", State.WARNING, r"activates plan in D:\Anaconda3",
        "excel-setup",
    ),
    "the library missing": (
        lose(LIBRARY), "Library for functions", State.WRONG,
        rf"xlwings64-{XLWINGS_VERSION}.dll is neither in {PREFIX}\Scripts nor in {PREFIX}",
        f'--force-reinstall --no-deps "xlwings=={XLWINGS_VERSION}"',
    ),
    "xlwings installed with --user": (
        both(lose(LIBRARY),
             put(rf"{HOME}\AppData\Roaming\Python\xlwings64-{XLWINGS_VERSION}.dll", b"MZ")),
        "Library for functions", State.WRONG, "is neither in",
        rf'copy "{HOME}\AppData\Roaming\Python\xlwings64-{XLWINGS_VERSION}.dll" '
        rf'"{PREFIX}\Scripts"',
    ),
    "the library for 32 bit missing": (
        both(put(EXCEL, program(0x014C)), lose(rf"{PREFIX}\xlwings32-{XLWINGS_VERSION}.dll")),
        "Library for functions", State.WRONG, f"xlwings32-{XLWINGS_VERSION}.dll is neither in",
        "xlwings",
    ),
    "no interpreter to look beside": (
        lose(CONF), "Library for functions", State.UNSEEN, "they name none", "",
    ),
    "a workbook of another xlwings": (
        put(BOOK, book(SopXlwings="0.36.0")), "Library for functions", State.WRONG,
        "xlwings64-0.36.0.dll is neither in", f'sop-xl collect "{BOOK}"',
    ),
    "half written cache": (
        put(f"{EXCEL_CACHE}.py", b"# -*- coding: mbcs -*-"), "Cache of pywin32 (gen_py)",
        State.WRONG, f"damaged: {EXCEL_CACHE}.py", rf'rmdir /s /q "{LOCAL}\Temp\gen_py\3.12"',
    ),
    "half written cache of parts": (
        both(lose(f"{EXCEL_CACHE}.py"), put(rf"{EXCEL_CACHE}\Range.py", b"")),
        "Cache of pywin32 (gen_py)", State.WRONG, f"damaged: {EXCEL_CACHE}", "rmdir",
    ),
    "cache locked": (
        lock(f"{EXCEL_CACHE}.py"), "Cache of pywin32 (gen_py)", State.WRONG, "damaged", "rmdir",
    ),
    "damaged cache inside of pywin32": (
        put(rf"{PACKAGES}\win32com\gen_py\00020813-0000-0000-c000-000000000046x0x1x9.py", b""),
        "Cache of pywin32 (gen_py)", State.WRONG, r"win32com\gen_py", "rmdir",
    ),
    "VBA off": (
        enter(rf"{POLICY}\Common", "VBAOff", 1), "Macros in Excel", State.WRONG,
        "switched off by policy", "Ask IT",
    ),
    "macros off by policy": (
        both(untrusted, enter(rf"{POLICY}\Excel\Security", "vbawarnings", 4)),
        "Macros in Excel", State.WRONG, "blocked without a word, by policy", "Ask IT",
    ),
    "macros off by cloud policy": (
        both(untrusted, enter(rf"{CLOUD_POLICY}\Excel\Security", "vbawarnings", 4)),
        "Macros in Excel", State.WRONG, "by policy", "Ask IT",
    ),
    "macros off by the user": (
        both(untrusted, enter(rf"{SOFTWARE}\Excel\Security", "VBAWarnings", 4)),
        "Macros in Excel", State.WRONG, "in the Trust Center", "Disable VBA macros with notif",
    ),
    "policy before the user's choice": (
        both(untrusted, enter(rf"{SOFTWARE}\Excel\Security", "VBAWarnings", 4),
             enter(rf"{POLICY}\Excel\Security", "VBAWarnings", 2)),
        "Macros in Excel", State.OK, "Excel asks once", "",
    ),
    "only signed macros": (
        both(untrusted, enter(rf"{POLICY}\Excel\Security", "VBAWarnings", 3)),
        "Macros in Excel", State.WRONG, "only signed ones run", "Ask IT",
    ),
    "only signed macros, and it is signed": (
        both(untrusted, enter(rf"{POLICY}\Excel\Security", "VBAWarnings", 3),
             put(BOOK, with_part(book(), "xl/vbaProjectSignature.bin"))),
        "Macros in Excel", State.OK, "once their publisher is trusted", "",
    ),
    "all macros run": (
        both(untrusted, enter(rf"{SOFTWARE}\Excel\Security", "VBAWarnings", 1)),
        "Macros in Excel", State.WARNING, "those of strangers too", "Disable VBA macros with",
    ),
    "macros off, but the folder is trusted": (
        enter(rf"{POLICY}\Excel\Security", "VBAWarnings", 4), "Macros in Excel", State.OK,
        "a trusted location", "",
    ),
    "no trusted location": (
        untrusted, "Trusted location", State.WARNING, "Excel asks for each new workbook",
        f'sop-xl excel-setup --plan "{PLAN}" --trust-plan',
    ),
    "a trusted location without its folders below": (
        lambda c: c.values.pop((LOCATION, "AllowSubfolders")), "Trusted location", State.WARNING,
        "Excel asks", "--trust-plan",
    ),
    "trusted locations off": (
        enter(rf"{POLICY}\Excel\Security\Trusted Locations", "AllLocationsDisabled", 1),
        "Trusted location", State.WARNING, "only IT may make it one", "Ask IT",
    ),
    "trusted locations by policy only": (
        enter(rf"{POLICY}\Common\Security\Trusted Locations", "Allow User Locations", 0),
        "Trusted location", State.WARNING, "only IT may make it one", "Ask IT",
    ),
    "a trusted location by policy": (
        both(untrusted,
             enter(rf"{POLICY}\Common\Security\Trusted Locations", "Allow User Locations", 0),
             enter(rf"{POLICY}\Excel\Security\Trusted Locations\Location0", "Path", r"%SHARE%"),
             enter(rf"{POLICY}\Excel\Security\Trusted Locations\Location0", "AllowSubfolders", 1),
             lambda c: c.variables.__setitem__("SHARE", "D:\\pläne")),
        "Trusted location", State.OK, PLAN, "",
    ),
    "from the internet": (
        both(untrusted, put(f"{BOOK}:Zone.Identifier", b"[ZoneTransfer]\r\nZoneId=3\r\n")),
        "Where the workbook came from", State.WRONG, "Excel blocks its macros",
        f"Unblock-File -LiteralPath '{BOOK}'",
    ),
    "from the internet into a trusted location": (
        put(f"{BOOK}:Zone.Identifier", b"[ZoneTransfer]\r\nZoneId=3\r\n"),
        "Where the workbook came from", State.OK, "lies in a trusted location", "",
    ),
    "from the own network": (
        both(untrusted, put(f"{BOOK}:Zone.Identifier", b"[ZoneTransfer]\r\nZoneId=1\r\n")),
        "Where the workbook came from", State.OK, "nothing says", "",
    ),
    "a disk without streams": (
        lock(f"{BOOK}:Zone.Identifier"), "Where the workbook came from", State.OK, "nothing", "",
    ),
    "child processes blocked": (
        enter(RULES, CHILD_PROCESSES.upper(), "1"), "Starting Python from Excel", State.WRONG,
        "Block all Office applications from creating child processes", "Ask IT",
    ),
    "child processes blocked by device management": (
        enter(rf"{DEFENDER}\Policy Manager", "ASRRules", f"{CHILD_PROCESSES.upper()}=1|a=2"),
        "Starting Python from Excel", State.WRONG, "child processes", "Ask IT",
    ),
    "calls of Windows warned of": (
        enter(RULES, "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b", "6"), "Starting Python from Excel",
        State.WARNING, "Block Win32 API calls from Office macros", "Choose Unblock",
    ),
    "child processes noted only": (
        enter(RULES, CHILD_PROCESSES, "2"), "Starting Python from Excel", State.OK, "no rule", "",
    ),
    "no command prompt": (
        enter(PROMPT, "DisableCMD", 1), "Starting Python from Excel", State.WRONG,
        "command prompt is switched off", "Ask IT",
    ),
    "no command prompt but scripts": (
        enter(PROMPT, "DisableCMD", 2), "Starting Python from Excel", State.WARNING,
        "scripts are not", "About",
    ),
    "no such workbook": (
        lose(BOOK), "Workbook", State.WRONG, "does not exist", "Check the name",
    ),
    "the workbook locked": (
        lock(BOOK), "Workbook", State.WRONG, "cannot be read (Permission denied)", "Close it",
    ),
    "a workbook with a password": (
        put(BOOK, bytes.fromhex("D0CF11E0A1B11AE1") + bytes(600)), "Workbook", State.WRONG,
        "protected by a password", "Take off the password",
    ),
    "half a workbook": (
        lambda c: c.files.__setitem__(BOOK, c.files[BOOK][:700]), "Workbook", State.WRONG,
        "damaged", "last good copy",
    ),
    "a workbook with broken parts": (
        put(BOOK, without(book(), "_rels/.rels", b"</Relationships>")), "Workbook", State.WRONG,
        "damaged", "last good copy",
    ),
    "a workbook of others": (
        put(BOOK, book(SopBuild="")), "Workbook", State.WRONG, "none of ours",
        "sop-xl generate wrote",
    ),
    "the ribbon gone": (
        put(BOOK, without(book(), "_rels/.rels", b"/ui/extensibility")), "Ribbon and macros",
        State.WRONG, "the ribbon are gone: another program", f'sop-xl generate "{PLAN}"',
    ),
    "macros and ribbon gone": (
        put(BOOK, book(macros=False)), "Ribbon and macros", State.WRONG,
        "the macros and the ribbon are gone", "sop-xl collect",
    ),
    "an older workbook": (
        put(BOOK, book(SopProgram="0.0.9")), "Version of the workbook", State.WARNING,
        f"made by sop-xl 0.0.9; this is {__version__}", "sop-xl collect",
    ),
    "a workbook that does not tell its version": (
        put(BOOK, book(SopProgram="", SopXlwings="")), "Version of the workbook", State.WARNING,
        "of unknown version", "sop-xl generate",
    ),
    "a newer workbook": (
        put(BOOK, book(SopProgram="99.1")), "Version of the workbook", State.WRONG, "99.1",
        "Install the newer sop-xl",
    ),
    "the same program with another xlwings": (
        put(BOOK, book(SopXlwings="0.36.0")), "Version of the workbook", State.WRONG,
        f"it wants xlwings 0.36.0 instead of {XLWINGS_VERSION}", "sop-xl collect",
    ),
    "the folder of the workbook read-only": (
        lock(rf"{PLAN}\cycles\2026-10"), "Folder of the workbook", State.WRONG,
        "cannot be written", "Copy the workbook",
    ),
    "no plan folder": (
        both(lose(rf"{PLAN}\sop.toml")), "Plan folder", State.WARNING, "lies in none",
        "excel-setup --plan",
    ),
    "the plan folder read-only": (
        lock(PLAN), "Plan folder", State.WRONG, f"{PLAN} cannot be written", "access",
    ),
    "sop.toml wrong": (
        put(rf"{PLAN}\sop.toml", b"[company\n"), "Plan folder", State.WRONG, "sop.toml",
        f'sop-xl check "{PLAN}"',
    ),
    "sop.toml locked": (
        lock(rf"{PLAN}\sop.toml"), "Plan folder", State.WRONG, "cannot be read", "Close it",
    ),
    "nothing loaded": (
        lose(rf"{PLAN}\sop.db"), "Store of the plan", State.WARNING, "nothing was loaded",
        f'sop-xl load "{PLAN}"',
    ),
    "a store that is none": (
        put(rf"{PLAN}\sop.db", b"Excel wrote this"), "Store of the plan", State.WRONG,
        "no database", "backup",
    ),
    "the store locked": (
        lock(rf"{PLAN}\sop.db"), "Store of the plan", State.WRONG, "cannot be read", "Close other",
    ),
    "a store in a database": (
        put(rf"{PLAN}\sop.toml",
            SETTINGS + b'[store]\nstore = "postgresql://ann:secret@server/plans"\n'),
        "Store of the plan", State.UNSEEN, "postgresql://ann:***@server/plans",
        f'sop-xl status "{PLAN}"',
    ),
    "a store at another place": (
        put(rf"{PLAN}\sop.toml", SETTINGS + b'[store]\nstore = "sqlite:///D:/Stores/stern.db"\n'),
        "Store of the plan", State.WARNING, r"D:\Stores\stern.db is not there yet", "sop-xl load",
    ),
    "a store whose address is none": (
        put(rf"{PLAN}\sop.toml", SETTINGS + b'[store]\nstore = "at home"\n'),
        "Store of the plan", State.WRONG, "is none", "sop-xl check",
    ),
}


@pytest.mark.parametrize("ill", ILLS, ids=str)
def test_an_ill_of_windows_is_named_with_its_remedy(ill: str) -> None:
    computer = windows()
    harm, name, state, found, remedy = ILLS[ill]
    harm(computer)
    check = told(diagnose(computer, BOOK), name)
    assert check.state is state
    assert found in check.found
    assert remedy in check.remedy
    assert bool(check.remedy) or state in (State.OK, State.UNSEEN)
    assert check.remedy.count("\n") <= 1


def test_every_check_of_windows_can_say_that_something_is_not_well() -> None:
    healthy = {check.name for check in diagnose(windows(), BOOK) if check.state is State.OK}
    always = {"Operating system", "Trust access to the VBA project"}
    covered = {name for _, name, state, *_ in ILLS.values() if state is not State.OK}
    elsewhere = {"Length of the path", "OneDrive", "Values of the settings"}
    assert healthy - covered == always | elsewhere


# ---- where it depends -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on_path", "called"),
    [(PROGRAM, "sop-xl"), (r"D:\Old\sop-xl.exe", f'"{PROGRAM}"'), ("", f'"{PROGRAM}"')],
)
def test_a_remedy_calls_this_program_and_not_another_of_its_name(on_path: str, called: str) -> None:
    computer = windows()
    computer.on_path = {"sop-xl": on_path} if on_path else {}
    del computer.files[CONF]
    remedy = told(diagnose(computer), "Settings of xlwings").remedy
    assert remedy == f"{called} excel-setup"


def test_the_program_of_a_python_without_an_environment_is_called_by_its_place() -> None:
    computer = windows()
    base = rf"{LOCAL}\Programs\Python\Python312"
    computer.python = computer.python._replace(executable=PureWindowsPath(base, "python.exe"))
    computer.files[rf"{base}\Scripts\sop-xl.exe"] = b"MZ"
    remedy = told(diagnose(computer), "Python that Excel starts").remedy
    assert remedy == rf'"{base}\Scripts\sop-xl.exe" excel-setup'


def test_excel_of_32_bit_takes_the_other_library_and_any_python() -> None:
    computer = windows()
    computer.files[EXCEL] = program(0x014C)
    checks = diagnose(computer, BOOK)
    assert told(checks, "Library for functions").found.endswith(f"xlwings32-{XLWINGS_VERSION}.dll")
    assert "Excel has 32 bit, which is fine" in told(checks, "Python").found
    assert named(checks, State.WRONG) == []


@pytest.mark.parametrize(("platform", "bits"), [("x86", "32 bit"), ("arm", "bits unknown")])
def test_the_bits_of_an_excel_that_cannot_be_read_stand_in_the_registry(
    platform: str, bits: str
) -> None:
    computer = windows()
    computer.locked.add(EXCEL)
    computer.values[CLICK_TO_RUN, "Platform"] = platform
    checks = diagnose(computer, BOOK)
    assert bits in told(checks, "Excel").found
    assert told(checks, "Library for functions").state is State.OK


def test_an_excel_of_the_windows_installer_is_found_too() -> None:
    computer = windows()
    del computer.values[APP_PATHS, ""]
    folder = r"C:\Program Files\Microsoft Office\Office16"
    key = r"HKLM\Software\Microsoft\Office\16.0\Excel\InstallRoot"
    computer.values[key, "Path"] = f"{folder}\\"
    assert told(diagnose(computer), "Excel").found.endswith(rf"{folder}\EXCEL.EXE")


def test_the_library_may_lie_beside_the_interpreter_too() -> None:
    computer = windows()
    beside = LIBRARY.replace(PREFIX, rf"{PREFIX}\Scripts")
    computer.files[beside] = computer.files.pop(LIBRARY)
    assert told(diagnose(computer, BOOK), "Library for functions").found == beside


def test_other_names_of_the_environments_python_are_this_python() -> None:
    computer = windows()
    for name in ("pythonw.exe", "python3.exe"):
        other = PYTHON.replace("python.exe", name)
        computer.files[other] = b"MZ"
        computer.set("INTERPRETER_WIN", other)
        assert told(diagnose(computer), "Python that Excel starts").state is State.OK


def test_variables_in_settings_are_filled_in_as_xlwings_does() -> None:
    computer = windows()
    computer.set("INTERPRETER_WIN", PYTHON.replace(HOME, "%USERPROFILE%"))
    assert told(diagnose(computer), "Python that Excel starts").found == PYTHON
    computer.set("INTERPRETER_WIN", r"%NOWHERE%\python.exe")
    assert r"%NOWHERE%\python.exe does not exist" in told(
        diagnose(computer), "Python that Excel starts"
    ).found


def test_the_first_entry_of_a_key_counts_and_capitals_do_not() -> None:
    computer = windows()
    computer.files[CONF] = conf({"interpreter_win": PYTHON}) + conf({"INTERPRETER_WIN": OLD_PYTHON})
    assert told(diagnose(computer), "Python that Excel starts").found == PYTHON


def test_a_sheet_goes_before_a_file_beside_it_and_that_before_the_users() -> None:
    computer = windows()
    beside = rf"{PLAN}\cycles\2026-10\xlwings.conf"
    computer.files[beside] = conf({"INTERPRETER_WIN": r"D:\folder\python.exe"})
    found = told(diagnose(computer, BOOK), "Python that Excel starts").found
    assert found.startswith(r"D:\folder\python.exe")
    computer.files[BOOK] = book(sheet={"Interpreter_Win": r"D:\sheet\python.exe"})
    found = told(diagnose(computer, BOOK), "Python that Excel starts").found
    assert found.startswith(r"D:\sheet\python.exe")


def test_an_empty_value_of_the_sheet_hides_the_users() -> None:
    computer = windows()
    computer.files[BOOK] = book(sheet={"INTERPRETER_WIN": None, "USE UDF SERVER": False})
    checks = diagnose(computer, BOOK)
    started = told(checks, "Python that Excel starts")
    assert "search path (from the sheet xlwings.conf of the workbook)" in started.found
    assert started.remedy.startswith("Delete the sheet")
    assert told(checks, "Values of the settings").state is State.OK


def test_the_sheet_is_read_down_to_its_first_empty_key() -> None:
    computer = windows()
    computer.files[BOOK] = book(sheet={"SHOW CONSOLE": True, "": None, "INTERPRETER_WIN": "python"})
    checks = diagnose(computer, BOOK)
    assert told(checks, "Settings that go first").found.endswith("overrides SHOW CONSOLE")
    assert told(checks, "Python that Excel starts").state is State.OK


def test_a_key_that_stands_twice_in_the_sheet_stops_every_button() -> None:
    computer = windows()
    computer.files[BOOK] = book(sheet={"Show Console": True, "SHOW CONSOLE": True})
    check = told(diagnose(computer, BOOK), "Settings that go first")
    assert check.state is State.WRONG
    assert "SHOW CONSOLE stands there twice" in check.found


@pytest.mark.parametrize(
    ("characters", "state", "says"),
    [(218, State.OK, "218 characters"), (219, State.WRONG, "Excel opens 218")],
)
def test_a_long_path_is_told_with_its_number(characters: int, state: State, says: str) -> None:
    computer = windows()
    place = "D:\\".ljust(characters - len(r"\b.xlsm"), "x") + r"\b.xlsm"
    computer.files[place] = book()
    check = told(diagnose(computer, place), "Length of the path")
    assert (check.state, len(place)) == (state, characters)
    assert says in check.found


@pytest.mark.parametrize(("more", "state"), [(0, State.OK), (1, State.WRONG)])
def test_the_command_that_starts_functions_has_room_for_2047_characters(
    more: int, state: State
) -> None:
    """xlwings copies it into 2048 characters, the last of them a zero (config.cpp)."""
    computer = windows()
    frame = (
        f'cmd.exe  /K ""{PYTHON}" -B -c "import sys, os;import xlwings.utils;'
        'xlwings.utils.prepare_sys_path(\\"False;'
        + f"{BOOK};{BOOK};;;;".replace("\\", "\\\\").replace("&", "^&")
        + '\\");import xlwings; xlwings.serve(\'{00000000-0000-0000-0000-000000000000}\')""'
    )
    computer.set("PYTHONPATH", "x" * (2047 - len(frame) + more))
    check = told(diagnose(computer, BOOK), "Length of the path")
    assert check.state is state
    assert str(2047 + more) in check.found


def test_a_workbook_in_onedrive_wants_its_plan_made_known() -> None:
    computer = windows()
    folder = rf"{HOME}\OneDrive\Plan"
    computer.files |= {rf"{folder}\sop.toml": SETTINGS, rf"{folder}\sop.db": b"SQLite format 3\0",
                       rf"{folder}\b.xlsm": book()}
    checks = diagnose(computer, rf"{folder}\b.xlsm")
    assert told(checks, "OneDrive").state is State.WARNING
    assert told(checks, "OneDrive").remedy == f'sop-xl excel-setup --plan "{folder}"'
    assert "two computers may write it at once" in told(checks, "Store of the plan").found
    set_up(computer, folder)
    checks = diagnose(computer, rf"{folder}\b.xlsm")
    assert told(checks, "OneDrive").state is State.OK


def test_a_workbook_on_the_web_is_not_seen_and_its_plan_cannot_be_told() -> None:
    address = "https://stern-my.sharepoint.com/personal/ann/Documents/SOP_2026-10.xlsm"
    checks = diagnose(windows(), address)
    assert told(checks, "Workbook").state is State.UNSEEN
    assert told(checks, "Workbook").found.startswith(address)
    assert told(checks, "OneDrive").state is State.WARNING
    assert named(checks, State.WRONG) == []


def test_a_mailed_workbook_finds_the_known_plan_of_its_name() -> None:
    computer = windows()
    computer.files[rf"{HOME}\Downloads\b.xlsm"] = book()
    computer.files[r"E:\Other\sop.toml"] = b'[company]\ncompany = "Other"\n'
    computer.files[rf"{HOME}\.sop-xl\plans.json"] = listed(r"E:\Other", PLAN)
    checks = diagnose(computer, rf"{HOME}\Downloads\b.xlsm")
    assert told(checks, "Plan folder").found == f"{PLAN} ({NAME})"
    trusted = told(checks, "Trusted location")
    assert (trusted.state, trusted.remedy[-15:]) == (State.WARNING, "add the folder.")


def test_a_plan_on_the_network_counts_as_trusted_only_where_the_network_does() -> None:
    computer = windows()
    folder = r"\\server\plans\Stern"
    computer.files[rf"{folder}\sop.toml"] = SETTINGS
    computer.files[rf"{folder}\b.xlsm"] = book()
    computer.values[LOCATION, "Path"] = r"\\server\plans"
    check = told(diagnose(computer, rf"{folder}\b.xlsm"), "Trusted location")
    assert check.state is State.WARNING
    assert "Allow Trusted Locations on my network" in check.remedy
    computer.values[rf"{SOFTWARE}\Excel\Security\Trusted Locations", "AllowNetworkLocations"] = 1
    check = told(diagnose(computer, rf"{folder}\b.xlsm"), "Trusted location")
    assert check.state is State.OK


def test_an_xlsx_has_no_buttons_and_that_is_no_error() -> None:
    computer = windows()
    place = BOOK.replace(".xlsm", ".xlsx")
    computer.files[place] = book(macros=False)
    check = told(diagnose(computer, place), "Ribbon and macros")
    assert (check.state, check.found) == (
        State.WARNING, "none: an .xlsx has numbers and formulas only",
    )


def test_the_cache_that_is_not_made_yet_is_no_ill() -> None:
    computer = windows()
    del computer.files[f"{EXCEL_CACHE}.py"]
    computer.files[rf"{LOCAL}\Temp\gen_py\3.12\__init__.py"] = b""
    assert told(diagnose(computer), "Cache of pywin32 (gen_py)").state is State.OK
    del computer.files[rf"{LOCAL}\Temp\gen_py\3.12\__init__.py"]
    assert "none yet" in told(diagnose(computer), "Cache of pywin32 (gen_py)").found


def test_compiled_code_in_the_cache_is_not_read() -> None:
    computer = windows()
    computer.files[f"{EXCEL_CACHE}.pyc"] = b"\xcb\x0d"
    assert told(diagnose(computer), "Cache of pywin32 (gen_py)").state is State.OK


def test_a_list_of_plans_that_cannot_be_read_is_as_none() -> None:
    computer = windows()
    computer.locked.add(rf"{HOME}\.sop-xl\plans.json")
    check = told(diagnose(computer), "Plan folder")
    assert (check.state, check.found) == (State.UNSEEN, "none is known here")


# ---- ills of the Mac --------------------------------------------------------------------------

MAC_ILLS: dict[str, tuple[Ill, str, State, str, str]] = {
    "no Excel": (
        lose("/Applications/Microsoft Excel.app/Contents/Info.plist"),
        "Excel", State.WRONG, "not in Applications", "Install",
    ),
    "Excel of unknown version": (
        put("/Applications/Microsoft Excel.app/Contents/Info.plist", b"no list"),
        "Excel", State.OK, "of unknown version", "",
    ),
    "a space in the path": (
        python(executable=PurePosixPath(MAC_HOME, "My tools/bin/python")),
        "Python", State.WRONG, "its path holds a space", "python3 -m venv ~/sop-xl",
    ),
    "appscript broken": (
        lambda c: c.errors.__setitem__("appscript", "no module"),
        "appscript", State.WRONG, "no module", "pip install --force-reinstall appscript",
    ),
    "no script": (lose(MAC_SCRIPT), "Script for Excel", State.WRONG, "missing", "excel-setup"),
    "a workbook of another xlwings": (
        put(MAC_BOOK, book(SopXlwings="0.36.0")), "Script for Excel", State.WRONG,
        "xlwings-0.36.0.applescript is missing", "sop-xl collect",
    ),
    "no settings": (
        lose(MAC_CONF), "Python that Excel starts", State.WRONG, "the first python", "excel-setup",
    ),
    "settings beside the workbook": (
        put(f"{MAC_PLAN}/xlwings.conf", conf({"INTERPRETER_MAC": "/opt/py"})),
        "Settings that go first", State.WARNING, "overrides INTERPRETER_MAC",
        f'mv "{MAC_PLAN}/xlwings.conf" "{MAC_PLAN}/xlwings.conf.off"',
    ),
}


@pytest.mark.parametrize("ill", MAC_ILLS, ids=str)
def test_an_ill_of_the_mac_is_named_with_its_remedy(ill: str) -> None:
    computer = mac()
    harm, name, state, found, remedy = MAC_ILLS[ill]
    harm(computer)
    check = told(diagnose(computer, MAC_BOOK), name)
    assert check.state is state
    assert found in check.found
    assert remedy in check.remedy


def test_the_home_folder_in_a_setting_of_the_mac_is_filled_in() -> None:
    computer = mac()
    computer.set("INTERPRETER_MAC", MAC_PYTHON.replace(MAC_HOME, "$HOME"))
    assert told(diagnose(computer), "Python that Excel starts").state is State.OK


def test_a_workbook_in_onedrive_on_the_mac_is_told() -> None:
    computer = mac()
    place = f"{MAC_HOME}/Library/CloudStorage/OneDrive-Personal/b.xlsm"
    computer.files[place] = book()
    assert told(diagnose(computer, place), "OneDrive").state is State.WARNING
    assert told(diagnose(computer, MAC_BOOK), "OneDrive").state is State.OK


# ---- how it is told ---------------------------------------------------------------------------


def test_lines_bear_sign_word_and_remedy_and_are_summed_up() -> None:
    computer = windows()
    del computer.files[LIBRARY]
    computer.programs = {"EXCEL.EXE": 2}
    text = doctor.lines(diagnose(computer, BOOK))
    assert text[0] == "● Operating system: Windows 11 (10.0.22631)"
    assert any(line.startswith("▲ Copies of Excel (warning): 2 are running") for line in text)
    (at,) = [n for n, line in enumerate(text) if line.startswith("■ Library for functions (wrong)")]
    assert text[at + 1].startswith(f'    "{PYTHON}" -m pip install')
    assert any(line.startswith("○ Other antivirus programs (not seen)") for line in text)
    assert text[-1] == "24 ok, 1 not seen, 1 warning, 1 wrong."


def test_warnings_are_counted_in_words_and_no_check_at_all_is_told() -> None:
    two = [Check("one", "", State.WARNING, "x"), Check("two", "", State.WARNING, "x")]
    assert doctor.lines(two)[-1] == "2 warnings."
    assert doctor.lines([]) == ["Nothing to check."]


def test_records_are_for_scripts() -> None:
    check = Check("xlwings", "not installed", State.WRONG, "pip")
    assert doctor.records([check]) == [
        {"name": "xlwings", "found": "not installed", "state": "wrong", "remedy": "pip"}
    ]


def test_the_worst_state_decides() -> None:
    checks = [Check(state.value, "", state) for state in State]
    assert doctor.worst(checks) is State.WRONG
    assert doctor.worst(checks[:3]) is State.WARNING
    assert doctor.worst(checks[:2]) is State.UNSEEN
    assert doctor.worst([]) is State.OK


def test_the_document_names_every_check_that_can_find_an_ill() -> None:
    text = (Path(__file__).parents[2] / "docs" / "install.md").read_text("utf-8")
    table = text.partition("| check | what is usually wrong")[2].partition("\n\n")[0]
    listed = [row.split("|")[1] for row in table.splitlines()[2:]]
    names = {part.strip() for cell in listed for part in cell.split(",")}
    ills = [*ILLS.values(), *MAC_ILLS.values()]
    found = {name for _, name, state, *_ in ills if state in (State.WARNING, State.WRONG)}
    found -= {name for name in found if name.startswith("Setting ")}
    seen = {c.name for c in diagnose(windows(), BOOK)} | {c.name for c in diagnose(mac(), MAC_BOOK)}
    assert found | {"Setting …", "Length of the path", "OneDrive"} <= names
    assert names - found - seen == {"Setting …"}


def test_the_doctor_changes_nothing() -> None:
    computer = windows()
    before = dataclasses.replace(
        computer, files=dict(computer.files), values=dict(computer.values)
    )
    diagnose(computer, BOOK)
    assert computer == before


# ---- this computer ----------------------------------------------------------------------------


def test_this_computer_is_looked_at_for_real(tmp_path: Path) -> None:
    plan = tmp_path / "Pläne und mehr"
    plan.mkdir()
    (plan / "sop.toml").write_bytes(SETTINGS)
    (plan / "b.xlsm").write_bytes(book())
    machine = ThisComputer(tmp_path / "home")
    checks = diagnose(machine, plan / "b.xlsm")
    assert told(checks, "sop-xl").state is State.OK
    assert told(checks, "Workbook").state is State.OK
    assert told(checks, "Plan folder").found == f"{plan} ({NAME})"
    assert f'load "{plan}"' in told(checks, "Store of the plan").remedy
    assert sorted(path.name for path in plan.iterdir()) == ["b.xlsm", "sop.toml"]
    assert not (tmp_path / "home").exists()


def test_this_computer_tells_files_and_packages(tmp_path: Path) -> None:
    machine: Machine = ThisComputer(tmp_path)
    (tmp_path / "b").write_bytes(b"x")
    assert machine.read(tmp_path / "b") == b"x"
    assert machine.read(tmp_path / "none") is None
    assert machine.read(tmp_path / "b" / "below") is None
    assert (machine.is_file(tmp_path / "b"), machine.is_folder(tmp_path)) == (True, True)
    assert machine.names(tmp_path) == ["b"]
    assert machine.names(tmp_path / "none") == []
    assert machine.may_write(tmp_path)
    assert not machine.may_write(tmp_path / "none")
    assert machine.installed("openpyxl") == importlib.metadata.version("openpyxl")
    assert machine.installed("no-such-package") is None
    assert machine.found("no-such-program") is None
    assert machine.folder_of("no_such_module") is None
    assert machine.import_error("no_such_module") == "No module named 'no_such_module'"
    assert machine.import_error("json") == ""
    assert machine.python.executable == Path(sys.executable)
    assert machine.path(str(tmp_path / "a" / ".." / "b")) == tmp_path / "b"


@pytest.mark.skipif(sys.platform == "win32", reason="a computer without a registry")
def test_a_computer_without_a_registry_has_nothing_in_it(tmp_path: Path) -> None:
    machine = ThisComputer(tmp_path)
    assert machine.registry(r"HKCU\Software", "Name") is None
    assert machine.registry_keys(r"HKCU\Software") == []
    assert machine.running("EXCEL.EXE") is None


@pytest.mark.skipif(sys.platform == "win32", reason="its own tasklist would answer")
def test_the_processes_of_windows_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = ThisComputer(tmp_path)
    machine.system = "windows"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.running("EXCEL.EXE") is None  # there is no tasklist
    program = tmp_path / "tasklist"
    program.write_text("#!/bin/sh\necho '\"Excel.exe\",\"1\"'\necho '\"EXCEL.EXE\",\"2\"'\n")
    program.chmod(0o755)
    assert machine.running("EXCEL.EXE") == 2
    assert machine.found("tasklist") == program
    program.write_text("#!/bin/sh\nexit 1\n")
    assert machine.running("EXCEL.EXE") is None


def test_the_variables_of_the_environment_are_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOP_TEST_VARIABLE", "here")
    assert ThisComputer(tmp_path).environment("SOP_TEST_VARIABLE") == "here"
    assert ThisComputer(tmp_path).environment("SOP_TEST_NO_VARIABLE") == ""


class FakeWinreg(SimpleNamespace):
    """The part of winreg that is used: keys by view, and what is written."""

    HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, HKEY_CLASSES_ROOT = "CU", "LM", "CR"
    KEY_READ, KEY_WRITE, REG_DWORD, REG_SZ = 1, 2, "number", "text"

    class Opened:
        def __init__(self, values: dict[str, Any], keys: list[str]) -> None:
            self.values, self.keys = values, keys

        def __enter__(self) -> FakeWinreg.Opened:
            return self

        def __exit__(self, *_: object) -> None:
            return None

    def __init__(self) -> None:
        super().__init__(held={
            ("LM", r"Software\Office", 0x200): self.Opened({"Path": "C:\\Office"}, ["16.0"]),
            ("CU", r"Software\Office", 0x100): self.Opened({}, ["Location0", "Location1"]),
        }, written=[], deleted=[])

    def OpenKey(self, hive: str, path: str, _: int, access: int) -> Opened:  # noqa: N802
        if (hive, path, access - self.KEY_READ) not in self.held:
            raise FileNotFoundError
        opened: FakeWinreg.Opened = self.held[hive, path, access - self.KEY_READ]
        return opened

    def QueryValueEx(self, opened: Opened, name: str) -> tuple[Any, int]:  # noqa: N802
        if name not in opened.values:
            raise FileNotFoundError
        return opened.values[name], 1

    def QueryInfoKey(self, opened: Opened) -> tuple[int, int, int]:  # noqa: N802
        return len(opened.keys), len(opened.values), 0

    def EnumKey(self, opened: Opened, at: int) -> str:  # noqa: N802
        return opened.keys[at]

    def CreateKeyEx(self, hive: str, path: str, _: int, __: int) -> Opened:  # noqa: N802
        self.written.append((hive, path))
        return self.Opened({}, [])

    def SetValueEx(self, _: Opened, name: str, __: int, kind: str, value: Any) -> None:  # noqa: N802
        self.written.append((name, kind, value))

    def DeleteKey(self, hive: str, path: str) -> None:  # noqa: N802
        if (hive, path) in self.deleted:
            raise FileNotFoundError
        self.deleted.append((hive, path))


def test_the_registry_is_read_as_programs_of_64_and_of_32_bit_see_it() -> None:
    registry = Registry(FakeWinreg())
    assert registry.value(r"HKLM\Software\Office", "Path") == "C:\\Office"
    assert registry.value(r"HKLM\Software\Office", "Name") is None
    assert registry.value(r"HKCR\Excel", "") is None
    assert registry.keys(r"HKCU\Software\Office") == ["Location0", "Location1"]


def test_the_registry_is_written_as_text_and_numbers() -> None:
    winreg = FakeWinreg()
    Registry(winreg).set(r"HKCU\Software\New", {"Path": "D:\\", "AllowSubfolders": 1})
    assert winreg.written == [
        ("CU", r"Software\New"), ("Path", "text", "D:\\"), ("AllowSubfolders", "number", 1),
    ]
    Registry(winreg).remove(r"HKCU\Software\New")
    Registry(winreg).remove(r"HKCU\Software\New")  # it is gone already
    assert winreg.deleted == [("CU", r"Software\New")]
