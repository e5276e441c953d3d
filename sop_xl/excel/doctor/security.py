"""Checks of what keeps macros from running or from starting Python on Windows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from sop_xl.excel import office
from sop_xl.excel.doctor.case import Case
from sop_xl.excel.doctor.check import Check, ok, unseen, warning, wrong
from sop_xl.excel.machine import Machine

SIGNED_ONLY, NONE, ALL = 3, 4, 1
"""Meanings of VBAWarnings; 2, the default, asks for each workbook."""

_DEFENDER = r"HKLM\Software\Policies\Microsoft\Windows Defender"
_RULES = rf"{_DEFENDER}\Windows Defender Exploit Guard\ASR\Rules"
_RULES_BY_DEVICE_MANAGEMENT = rf"{_DEFENDER}\Policy Manager"
_BLOCKING = {
    "d4f940ab-401b-4efc-aadc-ad5f3c50688a": "Block all Office applications from creating child "
                                            "processes",
    "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b": "Block Win32 API calls from Office macros",
}
"""Rules of Windows Defender that stop buttons, functions or both."""
_PROMPT = r"HKCU\Software\Policies\Microsoft\Windows\System"
_FROM_ELSEWHERE = 3
"""Security zones from this one on are the internet and worse."""
_CENTRE = "File > Options > Trust Center > Trust Center Settings > Trusted Locations:"
_IT = "Ask IT; docs/install.md has a section for them with the exact policy."


def macros(case: Case) -> Iterator[Check]:
    """Whether Excel runs macros, by policy or by the user's choice."""
    name, machine = "Macros in Excel", case.machine
    if any(machine.registry(rf"{root}\Common", "VBAOff") == 1 for root in office.POLICIES):
        yield wrong(name, "VBA is switched off by policy", _IT)
        return
    by_policy = office.policy(machine, office.SECURITY, "VBAWarnings") is not None
    level = office.setting(machine, office.SECURITY, "VBAWarnings")
    author = "by policy" if by_policy else "in the Trust Center"
    remedy = _IT if by_policy else (
        "File > Options > Trust Center > Trust Center Settings > Macro Settings:\n"
        "choose 'Disable VBA macros with notification'."
    )
    folders = _folders(case)
    if folders and all(office.is_trusted(machine, folder) for folder in folders):
        yield ok(name, "they run without a question: the folder is a trusted location")
    elif level == NONE:
        yield wrong(name, f"all are blocked without a word, {author}", remedy)
    elif level == SIGNED_ONLY and not (case.book and case.book.is_signed):
        yield wrong(name, f"only signed ones run, {author}", remedy)
    elif level == ALL:
        yield warning(name, f"all run without a question, those of strangers too, {author}", remedy)
    elif level == SIGNED_ONLY:
        yield ok(name, f"signed ones run once their publisher is trusted, {author}")
    else:
        yield ok(name, "Excel asks once for each workbook: choose Enable Content")


def trusted_location(case: Case) -> Iterator[Check]:
    """Whether the folders of workbooks are trusted, so that Excel does not ask for each month's."""
    for folder in _folders(case):
        name = "Trusted location"
        if office.is_trusted(case.machine, folder):
            yield ok(name, str(folder))
        elif not office.may_choose_locations(case.machine):
            yield warning(name, f"{folder} is none, and only IT may make it one", _IT)
        elif office.is_network(folder):
            yield warning(name, f"{folder} is none; it lies on the network",
                          f"{_CENTRE} tick\n'Allow Trusted Locations on my network' and add the "
                          "folder.")
        else:
            yield warning(name, f"{folder} is none: Excel asks for each new workbook",
                          _trusting(case, folder))


def mark_of_the_web(case: Case) -> Iterator[Check]:
    """Whether the workbook came from the internet or by mail: Excel then blocks its macros."""
    name, book = "Where the workbook came from", case.book
    if book is None or book.path is None:
        return
    zone = _zone(case.machine, book.path)
    if zone < _FROM_ELSEWHERE:
        yield ok(name, "nothing says that it came from the internet")
    elif office.is_trusted(case.machine, book.path.parent):
        yield ok(name, "from the internet or by mail, but it lies in a trusted location")
    else:
        yield wrong(name, "from the internet or by mail: Excel blocks its macros",
                    f"powershell -Command \"Unblock-File -LiteralPath '{_quoted(book.path)}'\"\n"
                    "or right-click the file > Properties > Unblock; then open it again.")


def windows_rules(case: Case) -> Iterator[Check]:
    """Rules that keep Excel from starting the command prompt, and with it Python."""
    name = "Starting Python from Excel"
    blocked = {title: action for rule, title in _BLOCKING.items()
               if (action := _action(case.machine, rule)) in ("1", "6")}
    prompt = case.machine.registry(_PROMPT, "DisableCMD")
    for title, action in blocked.items():
        if action == "1":
            yield wrong(name, f"Windows Defender has the rule '{title}'", _IT)
        else:
            yield warning(name, f"Windows Defender warns by the rule '{title}'",
                          "Choose Unblock in its message, or ask IT.")
    if prompt == 1:
        yield wrong(name, "the command prompt is switched off by policy", _IT)
    elif prompt == 2:
        yield warning(name, "the command prompt is switched off by policy, scripts are not",
                      "Press About in the ribbon; if nothing happens, ask IT.")
    if not blocked and not prompt:
        yield ok(name, "no rule of Windows Defender and no policy known here forbids it")


def other_guards(_: Case) -> Iterator[Check]:
    """What can only be found by pressing a button."""
    yield unseen("Other antivirus programs", "whether one stops Excel from starting cmd.exe",
                 "Press About in the ribbon; if an alarm or nothing comes, ask IT.")


def project_access(_: Case) -> Iterator[Check]:
    """Something that other guides ask for."""
    yield ok("Trust access to the VBA project", "not needed: leave it off")


def _folders(case: Case) -> list[PurePath]:
    """Where the workbooks lie: that of the one in question, else the known plans."""
    if case.book:
        return [case.book.path.parent] if case.book.path else []
    return [plan.folder for plan in case.plans]


def _trusting(case: Case, folder: PurePath) -> str:
    for plan in case.plans:
        if plan.folder in (folder, *folder.parents):
            return f'{case.program} excel-setup --plan "{plan.folder}" --trust-plan'
    return f"{_CENTRE} add the folder."


def _zone(machine: Machine, path: PurePath) -> int:
    """The security zone in a stream that Windows keeps beside a file; 0 where there is none."""
    try:
        data = machine.read(type(path)(f"{path}:Zone.Identifier")) or b""
    except OSError:  # of disks that keep no streams
        return 0
    found = re.search(rb"ZoneId\s*=\s*(\d)", data)
    return int(found[1]) if found else 0


def _quoted(path: PurePath) -> str:
    return str(path).replace("'", "''")


def _action(machine: Machine, rule: str) -> str:
    """What Windows Defender does by a rule: 0 nothing, 1 block, 2 note, 6 warn."""
    action = machine.registry(_RULES, rule)
    if action is not None:
        return str(action)
    listed = str(machine.registry(_RULES_BY_DEVICE_MANAGEMENT, "ASRRules") or "")
    found = re.search(rf"{rule}\s*=\s*(\d)", listed, re.IGNORECASE)
    return found[1] if found else "0"
