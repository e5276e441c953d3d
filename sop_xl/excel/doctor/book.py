"""Checks of a workbook file and of the plan that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath

import sqlalchemy as sa

from sop_xl import __version__
from sop_xl.excel.doctor.case import Case, Plan, short
from sop_xl.excel.doctor.check import Check, ok, unseen, warning, wrong
from sop_xl.excel.machine import Machine
from sop_xl.schema import has_errors
from sop_xl.sources.plan_folder import SETTINGS_FILE
from sop_xl.sources.settings_file import read_settings
from sop_xl.workbook.macros import XLWINGS_VERSION

LONGEST_PATH = 218
"""Characters of a path, with the name, that Excel opens (Microsoft support article 131464)."""
COMMAND = 2047
"""Characters that xlwings' library can pass on when it starts Python; more of them end Excel."""

_SQLITE = b"SQLite format 3\0"
_CLOUDS = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
_CLSID = "{00000000-0000-0000-0000-000000000000}"


def file(case: Case) -> Iterator[Check]:
    """Whether it is a workbook of ours, with its ribbon and macros."""
    name, book = "Workbook", case.book
    if book is None:
        return
    if book.problem:
        state = unseen if book.path is None else wrong
        yield state(name, f"{book.name}: {book.problem}", book.remedy)
        return
    identity = book.identity or {}
    if not identity.get("SopBuild"):
        yield wrong(name, f"{book.name} is none of ours: it bears no build number",
                    "Name a workbook that sop-xl generate wrote.")
        return
    yield ok(name, f"{book.name}: {identity.get('SopPlan')}, cycle {identity.get('SopCycle')}, "
             f"version {identity.get('SopVersion')}, build {identity['SopBuild']}")
    lost = [word for word, there in (("macros", book.has_macros), ("ribbon", book.has_ribbon))
            if not there]
    if not lost:
        yield ok("Ribbon and macros", "both are there")
    elif book.path and book.path.suffix.casefold() == ".xlsx":
        yield warning("Ribbon and macros", "none: an .xlsx has numbers and formulas only",
                      "For buttons and functions take the .xlsm of the same name.")
    else:
        yield wrong("Ribbon and macros", f"the {' and the '.join(lost)} are gone: another program "
                    "than Excel saved it", case.renewal)


def versions(case: Case) -> Iterator[Check]:
    """Whether workbook and program fit each other."""
    name, identity = "Version of the workbook", case.book.identity if case.book else None
    if not identity or not identity.get("SopBuild"):
        return
    program, library = identity.get("SopProgram"), identity.get("SopXlwings")
    told = f"made by sop-xl {program or 'of unknown version'}; this is {__version__}"
    if not program or short(program) < short(__version__):
        yield warning(name, told, case.renewal)
    elif short(program) > short(__version__):
        yield wrong(name, told, "Install the newer sop-xl, as docs/install.md says.")
    elif library and library != XLWINGS_VERSION:
        yield wrong(name, f"{told}, but it wants xlwings {library} instead of {XLWINGS_VERSION}",
                    case.renewal)
    else:
        yield ok(name, told)


def length(case: Case) -> Iterator[Check]:
    """Whether Excel opens the path, and xlwings can pass it on; its command holds it twice."""
    if case.book is None or case.machine.system != "windows":
        return
    name, number = "Length of the path", len(case.book.name)
    command = command_length(case)
    shorter = "Move the plan folder up, such as to D:\\Plans, or give its folders shorter names."
    if case.book.path and number > LONGEST_PATH:
        yield wrong(name, f"{number} characters; Excel opens {LONGEST_PATH}", shorter)
    elif command > COMMAND:
        yield wrong(name, f"functions start Python by a command of {command} characters, "
                    f"{COMMAND} fit; Excel may end without a word", shorter)
    else:
        yield ok(name, f"{number} characters; {command} of {COMMAND} in the command that starts "
                 "functions")


def command_length(case: Case) -> int:
    """Characters of the command that starts the functions (XLPyCommand in xlwings.bas)."""
    book = case.book.name if case.book else ""
    keys = ("ONEDRIVE_CONSUMER_WIN", "ONEDRIVE_COMMERCIAL_WIN", "SHAREPOINT_WIN", "PYTHONPATH")
    adds = case.setting("ADD_WORKBOOK_TO_PYTHONPATH", "true").value
    searched = ";".join([adds, book, book, *(case.setting(key, "").value for key in keys)])
    for text, escaped in (("\\", "\\\\"), ("'", "\\'"), ("&", "^&")):
        searched = searched.replace(text, escaped)
    return len(
        f'cmd.exe  /K ""{case.interpreter().value}" -B -c "import sys, os;import xlwings.utils;'
        f'xlwings.utils.prepare_sys_path(\\"{searched}\\");import xlwings; '
        f"xlwings.serve('{_CLSID}')\"\""
    )


def cloud(case: Case) -> Iterator[Check]:
    """A workbook in OneDrive or SharePoint, whose path Excel may tell as an address."""
    book = case.book
    if book is None:
        return
    if book.path and case.machine.system == "linux":
        return
    if book.path and not _in_cloud(case.machine, book.path):
        yield ok("OneDrive", "the workbook lies outside of it")
    elif case.plans and _is_remembered(case):
        yield ok("OneDrive", f"the workbook lies in it; its plan {case.plans[0].folder} is known")
    else:
        plan = case.plans[0].folder if case.plans else "PLAN"
        yield warning("OneDrive", "the workbook lies in it: Excel may tell its address on the web "
                      "instead of its folder, and the plan is not found",
                      f'{case.program} excel-setup --plan "{plan}"')


def plan(case: Case) -> Iterator[Check]:
    """The plan folder: found, readable, writable, with a store."""
    if case.book and not case.plans and not case.book.problem:
        yield warning("Plan folder", "the workbook lies in none, and none that is known bears its "
                      "name",
                      f'{case.program} excel-setup --plan "PLAN"  (PLAN: the folder of sop.toml)')
    if not case.book and not case.plans:
        yield unseen("Plan folder", "none is known here", f'{case.program} doctor --book "BOOK"')
    for one in case.plans:
        yield from _settings_of(case, one)


def folder(case: Case) -> Iterator[Check]:
    """Whether something can be written beside the workbook."""
    path = case.book.path if case.book and not case.book.problem else None
    if path is None:
        return
    if case.machine.may_write(path.parent):
        yield ok("Folder of the workbook", f"{path.parent} can be written")
    else:
        yield wrong("Folder of the workbook", f"{path.parent} cannot be written",
                    "Copy the workbook into a folder of your own, or ask for access.")


def _settings_of(case: Case, one: Plan) -> Iterator[Check]:
    name, file, machine = "Plan folder", one.folder / SETTINGS_FILE, case.machine
    try:
        settings, _, findings = read_settings(machine.read(file) or b"")
    except OSError as error:
        yield wrong(name, f"{file} cannot be read ({error.strerror or error})",
                    "Close it in other programs, or ask for access.")
        return
    wrong_ones = [finding for finding in findings if has_errors([finding])]
    if wrong_ones:
        yield wrong(name, f"{file}: {wrong_ones[0].message}",
                    f'{case.program} check "{one.folder}"')
    elif not machine.may_write(one.folder):
        yield wrong(name, f"{one.folder} cannot be written", "Ask for access to it.")
    else:
        yield ok(name, f"{one.folder} ({one.name})")
    yield _store(case, one.folder, settings.store)


def _store(case: Case, plan_folder: PurePath, address: str) -> Check:
    name, place = "Store of the plan", plan_folder / "sop.db"
    if address:
        try:
            url = sa.make_url(address)
        except sa.exc.ArgumentError:
            return wrong(name, "the address in sop.toml is none",
                         f'{case.program} check "{plan_folder}"')
        if url.get_backend_name() != "sqlite":
            return unseen(name, f"the database {url.render_as_string(hide_password=True)}",
                          f'{case.program} status "{plan_folder}" asks it.')
        place = case.machine.path(url.database or str(place))
    return _sqlite(case, plan_folder, place)


def _sqlite(case: Case, plan_folder: PurePath, place: PurePath) -> Check:
    name, machine = "Store of the plan", case.machine
    if not machine.is_file(place):
        return warning(name, f"{place} is not there yet: nothing was loaded",
                       f'{case.program} load "{plan_folder}"')
    try:
        is_one = (machine.read(place) or b"").startswith(_SQLITE)
    except OSError as error:
        return wrong(name, f"{place} cannot be read ({error.strerror or error})",
                     "Close other programs that use it, or ask for access.")
    if not is_one:
        return wrong(name, f"{place} is no database, or a damaged one",
                     "Bring it back from the backup of the plan folder.")
    if _in_cloud(machine, place):
        return warning(name, f"{place} lies in OneDrive: two computers may write it at once",
                       "Move the plan folder out of OneDrive, or name a database of your team in "
                       "sop.toml ([store]).")
    return ok(name, str(place))


def _in_cloud(machine: Machine, path: PurePath) -> bool:
    """Whether a path lies in a folder that OneDrive keeps; on Mac, any such service."""
    if machine.system == "mac":
        return machine.home / "Library" / "CloudStorage" in path.parents
    roots = [machine.environment(name) for name in _CLOUDS]
    return any(machine.path(root) in path.parents for root in roots if root)


def _is_remembered(case: Case) -> bool:
    return case.plans[0].folder in case.remembered
