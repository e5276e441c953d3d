"""Checks of the computer and of the Excel on it."""

from __future__ import annotations

import plistlib
from collections.abc import Iterator

from sop_xl.excel.doctor.case import Case, short
from sop_xl.excel.doctor.check import Check, ok, unseen, warning, wrong

OLDEST = 16
"""The first Excel with what the workbooks need: that of 2016, 2019, 2021 and Microsoft 365."""
_MAC_EXCEL = "Applications/Microsoft Excel.app/Contents/Info.plist"


def system(case: Case) -> Iterator[Check]:
    """The operating system, and what that means."""
    name, found = "Operating system", case.machine.release
    if case.machine.system == "linux":
        yield unseen(name, f"{found}: Excel does not run here; what it and its computer say about "
                     "buttons and functions is not checked")
    else:
        yield ok(name, found)


def excel(case: Case) -> Iterator[Check]:
    """Excel on Windows."""
    name, found = "Excel", case.excel
    if found is None:
        yield wrong(name, "not found in the registry",
                    "Install Microsoft 365 or Office; the numbers can be read in any program.")
        return
    bits = f"{found.bits} bit" if found.bits else "bits unknown"
    told = f"{found.version or 'of unknown version'}, {bits}, {found.file}"
    if found.from_store:
        yield warning(name, f"{told}, from the Microsoft Store: its closed container may keep "
                      "buttons from Python",
                      "Uninstall it in Settings > Apps, and install Office from office.com.")
    elif found.version and (short(found.version) or (OLDEST,))[0] < OLDEST:
        yield warning(name, f"{told}: older than 2016", "Install a newer one.")
    else:
        yield ok(name, told)


def mac_excel(case: Case) -> Iterator[Check]:
    """Excel on Mac."""
    for root in (case.machine.path("/"), case.machine.home):
        data = case.machine.read(root / _MAC_EXCEL)
        if data is not None:
            yield ok("Excel", f"{_bundle_version(data)}, {(root / _MAC_EXCEL).parents[1]}")
            return
    yield wrong("Excel", "Microsoft Excel is not in Applications",
                "Install Microsoft 365 or Office; the numbers can be read in any program.")


def _bundle_version(data: bytes) -> str:
    try:
        return str(plistlib.loads(data)["CFBundleShortVersionString"])
    except (plistlib.InvalidFileException, KeyError, TypeError, ValueError):
        return "of unknown version"


def copies(case: Case) -> Iterator[Check]:
    """Several copies of Excel: one that hangs unseen holds a workbook."""
    name, number = "Copies of Excel", case.machine.running("EXCEL.EXE")
    if number is None:
        yield unseen(name, "Windows does not list its processes here")
    elif number > 1:
        yield warning(name, f"{number} are running; one may hang unseen and hold a workbook",
                      "Save and close all workbooks. What then still runs: Task Manager "
                      "(Ctrl+Shift+Esc) > Details > EXCEL.EXE > End task.")
    else:
        yield ok(name, "one is running" if number else "none is running")


def mac_limits(_: Case) -> Iterator[Check]:
    """What Excel for Mac does not do, and what it asks for."""
    yield ok("Functions", "=SOP_... does not compute in Excel for Mac: cells show the numbers they "
             "were saved with; buttons work")
    yield unseen("Permission to control Excel", "macOS asks at the first button: choose Allow",
                 "If it was refused: System Settings > Privacy & Security > Automation.")
