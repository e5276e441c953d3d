"""What keeps the buttons and functions of a workbook from working, and the remedy for each.

`diagnose` only looks: it changes nothing, asks no network and starts no Excel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath

from sop_xl.excel.doctor import book as books
from sop_xl.excel.doctor import computer as offices
from sop_xl.excel.doctor import python as pythons
from sop_xl.excel.doctor import security, settings
from sop_xl.excel.doctor.case import Case, case_of
from sop_xl.excel.doctor.check import Check, State, lines, records, worst
from sop_xl.excel.machine import Kind, Machine

__all__ = ["CHECKS", "Check", "State", "diagnose", "lines", "records", "worst"]

Look = Callable[[Case], Iterator[Check]]

_ON_THE_BOOK: tuple[Look, ...] = (
    books.file, books.versions, books.length, books.cloud, books.folder, books.plan,
)
CHECKS: Mapping[Kind, tuple[Look, ...]] = {
    "windows": (
        offices.system, offices.excel, offices.copies,
        pythons.python, pythons.package, pythons.xlwings, pythons.pywin32,
        settings.user_file, settings.local_settings, settings.started_python, settings.values,
        pythons.library, pythons.generated_code,
        security.macros, security.trusted_location, security.mark_of_the_web,
        security.windows_rules, security.other_guards, security.project_access,
        *_ON_THE_BOOK,
    ),
    "mac": (
        offices.system, offices.mac_excel, offices.mac_limits,
        pythons.python, pythons.package, pythons.xlwings, pythons.appscript, pythons.script,
        settings.user_file, settings.local_settings, settings.started_python, settings.values,
        *_ON_THE_BOOK,
    ),
    "linux": (offices.system, pythons.python, pythons.package, *_ON_THE_BOOK),
}
"""What is looked at on each system, in the order of the way from Excel to the plan."""


def diagnose(machine: Machine, book: str | PurePath | None = None) -> list[Check]:
    """Look at a computer, and at a workbook if one is named.

    Args:
        machine: The computer.
        book: Path of a workbook, or its address in OneDrive or SharePoint.
    """
    case = case_of(machine, book)
    return [check for look in CHECKS[machine.system] for check in look(case)]
