"""Sets a user's computer up so that the buttons and functions of a workbook find Python.

xlwings reads its settings from a file of the user's; this writes the few that matter, leaves what
is not ours alone, and can take back what it wrote. It needs no administrator.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import PurePath
from typing import Any, NamedTuple

from sop_xl.errors import SopError
from sop_xl.excel import office, places, xlwings_conf
from sop_xl.excel.machine import Machine, Workplace
from sop_xl.sources.plan_folder import SETTINGS_FILE
from sop_xl.workbook.macros import XLWINGS_VERSION

SCRIPT = f"xlwings-{XLWINGS_VERSION}.applescript"
"""What Excel for Mac starts Python with; its name holds the version that the workbooks expect."""
RIVALS = ("CONDA PATH", "CONDA ENV")
"""Keys that name another Python and would be started first."""
COPY = "xlwings.conf.before-sop-xl"
"""The user's settings file as it was before the first setup."""

_RECORD = "excel-setup.json"
_NOTED = {"file", "made", "whole", "before", "written"}
"""What the record holds beside the values that were set."""
_LOCATION = rf"{office.SOFTWARE}\{office.TRUSTED}"


class Done(NamedTuple):
    """What a setup did, or would do."""

    lines: list[str]
    """One line for each thing that is now so."""
    changed: bool


class _Step(NamedTuple):
    line: str
    act: Callable[[], None] | None = None
    """None where there is nothing to do."""


def set_up(
    machine: Workplace,
    plan: str | PurePath | None = None,
    *,
    trust: bool = False,
    dry_run: bool = False,
) -> Done:
    """Make the buttons and functions of workbooks start this Python.

    Doing it again changes nothing.

    Args:
        machine: The computer.
        plan: A plan folder to remember, so that workbooks that lie elsewhere find it.
        trust: Whether Excel shall run the macros in the plan folder without asking (Windows).
        dry_run: Say what would be done, and do nothing.

    Raises:
        SopError: It cannot work on this computer, or a file cannot be written; what was written
            before that stays, and doing it again goes on from there.
    """
    if machine.system == "linux":
        line = "Nothing to set up: Excel does not run on Linux. Every command works without it."
        return Done([line], changed=False)
    folder = _plan_folder(machine, plan)
    if trust:
        _may_be_trusted(machine, folder)
    record = _read_record(machine)
    steps = _settings(machine, record)
    if machine.system == "mac":
        steps += _script(machine, record)
    if folder is not None:
        steps += _remember(machine, folder, record)
        if trust:
            steps += _trust(machine, folder, record)
    return _do(steps, dry_run)


def undo(machine: Workplace, *, dry_run: bool = False) -> Done:
    """Take back what `set_up` wrote, and nothing else.

    Raises:
        SopError: A file cannot be written.
    """
    record = _read_record(machine)
    if not record:
        return Done(["Nothing to take back: this computer was not set up."], changed=False)
    steps = _undo_settings(machine, record)
    if "script" in record:
        steps.append(_removal(machine, machine.path(record["script"])))
    steps += [_forgetting(machine, machine.path(plan)) for plan in record.get("plans", [])]
    steps += [_distrust(machine, key) for key in record.get("trusted", [])]
    steps.append(_Step("The record of the setup is removed.",
                       lambda: machine.remove(_record_file(machine))))
    return _do(steps, dry_run)


def interpreter(machine: Machine) -> PurePath:
    r"""The Python that Excel shall start.

    ``python.exe``, as xlwings itself writes it: the console is hidden by xlwings, and what goes
    wrong is read from its error output, which ``pythonw.exe`` may not have.
    """
    own = machine.python.executable
    if own.name.casefold() == "pythonw.exe":
        return own.with_name("python.exe")
    return own


def wanted(machine: Machine) -> dict[str, str]:
    """The settings of xlwings that the workbooks need."""
    common = {
        # not the workbook's folder: in OneDrive it is an address, and a file in it could take the
        # place of one of ours
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
        # a process of its own for each button: a long one would bring up dialogs that ask to wait
        "USE UDF SERVER": "False",
    }
    if machine.system == "mac":
        return {"INTERPRETER_MAC": str(interpreter(machine)), **common}
    return {
        "INTERPRETER_WIN": str(interpreter(machine)), **common,
        "UDF MODULES": "udfs", "SHOW CONSOLE": "False",
    }


def _do(steps: list[_Step], dry_run: bool) -> Done:
    changed = any(step.act for step in steps)
    if not dry_run:
        for step in steps:
            if step.act:
                step.act()
    return Done([step.line for step in steps if step.line], changed)


# ---- the record of what was written ------------------------------------------------------------


def _record_file(machine: Machine) -> PurePath:
    return places.own_folder(machine.home) / _RECORD


def _read_record(machine: Machine) -> dict[str, Any]:
    try:
        found = json.loads(machine.read(_record_file(machine)) or b"{}")
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict) or ("values" in found and not found.keys() >= _NOTED):
        return {}
    return found


def _note(machine: Workplace, record: dict[str, Any]) -> None:
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    machine.write(_record_file(machine), text.encode())


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ---- settings of xlwings -----------------------------------------------------------------------


def _settings(machine: Workplace, record: dict[str, Any]) -> list[_Step]:
    file = xlwings_conf.user_file(machine.home, machine.system)
    before = _read_settings(machine, file)
    values = wanted(machine)
    after = _new_settings(machine, before, values)
    entries = _entries(machine, before)
    rivals = {key: value for key in RIVALS
              if (value := xlwings_conf.lookup(entries, key)) is not None}
    steps = [_Step(line) for line in (
        f"xlwings settings: {file}",
        *(_told(key, value, xlwings_conf.lookup(entries, key)) for key, value in values.items()),
        *(f"  {key} is taken out: it names another Python, {was}" for key, was in rivals.items()),
        *(f"  mended: {fault}" for fault in _faults(machine, before)),
    )]
    if after == before:
        return steps
    copy = file.with_name(COPY)
    is_first, is_new = "values" not in record, before is None
    untouched = _digest(before or b"") == record.get("written") or is_first
    record["whole"] = record.get("whole", is_new or not machine.is_file(copy)) and untouched
    record |= {"file": str(file), "made": record.get("made", is_new),
               "values": values, "written": _digest(after)}
    for key in (*values, *rivals):  # what stood there first; doing it again does not change that
        record.setdefault("before", {}).setdefault(key, xlwings_conf.lookup(entries, key))
    steps.append(_Step("", lambda: _note(machine, record)))
    if before is not None and is_first and not machine.is_file(copy):
        steps.append(_Step(f"  the file as it was: {copy}", partial(machine.write, copy, before)))
    steps.append(_Step("", lambda: machine.write(file, after)))
    return steps


def _entries(machine: Machine, data: bytes | None) -> tuple[xlwings_conf.Entry, ...]:
    """What the file was meant to say: without the lines that Excel stumbles over."""
    encoding = machine.python.encoding
    mended = xlwings_conf.changed(data, {}, encoding=encoding, newline="\n")
    return xlwings_conf.parse(mended, encoding).entries


def _faults(machine: Machine, data: bytes | None) -> tuple[str, ...]:
    return xlwings_conf.parse(data or b"", machine.python.encoding).faults


def _read_settings(machine: Machine, file: PurePath) -> bytes | None:
    try:
        return machine.read(file)
    except OSError as error:
        raise SopError(
            f"{file} cannot be read: {error.strerror or error}.",
            "Close it in other programs, or ask for access.",
        ) from error


def _new_settings(machine: Machine, before: bytes | None, values: Mapping[str, str]) -> bytes:
    """The file with our values.

    Raises:
        SopError: Excel could not read or start this Python from where it lies.
    """
    python = interpreter(machine)
    if machine.system == "mac" and " " in str(python):
        raise SopError(
            f"Excel for Mac cannot start a Python whose path holds a space: {python}.",
            "Make the environment in another folder: python3 -m venv ~/sop-xl",
        )
    try:
        return xlwings_conf.changed(
            before, values, RIVALS, encoding=machine.python.encoding, newline=_newline(machine)
        )
    except UnicodeEncodeError as error:
        raise SopError(
            f"Excel cannot start the Python in {python}: its settings are read in "
            f"{machine.python.encoding}, which has no {error.object[error.start]}.",
            r"Make the environment in a folder with plain letters: py -m venv C:\sop-xl",
        ) from error


def _told(key: str, value: str, before: str | None) -> str:
    if before is None:
        return f"  {key} = {value} (new)"
    return f"  {key} = {value}" + (f" (was {before or 'empty'})" if before != value else "")


def _undo_settings(machine: Workplace, record: dict[str, Any]) -> list[_Step]:
    if "values" not in record:
        return []
    file = machine.path(record["file"])
    copy = file.with_name(COPY)
    now, original = _read_settings(machine, file), _read_settings(machine, copy)
    if now is None:
        return [_Step(f"{file} is gone already.")]
    if not record["whole"] or _digest(now) != record["written"]:
        return _undo_keys(machine, file, now, record)
    if record["made"]:
        return [_removal(machine, file)]
    if original is None:
        return _undo_keys(machine, file, now, record)
    return [
        _Step(f"{file} is as it was before.", lambda: machine.write(file, original)),
        _Step("", lambda: machine.remove(copy)),
    ]


def _undo_keys(
    machine: Workplace, file: PurePath, now: bytes, record: dict[str, Any]
) -> list[_Step]:
    """Take our values out of a file that somebody else changed, too."""
    entries = _entries(machine, now)
    steps, back, gone = [_Step(f"{file} holds more than was set up; what is ours goes:")], {}, []
    for key, before in record["before"].items():
        value = xlwings_conf.lookup(entries, key)
        if value != record["values"].get(key):
            steps.append(_Step(f"  {key} = {value or 'empty'} stays: it was changed since"))
        elif before is not None:
            back[key] = before
            steps.append(_Step(f"  {key} = {before or 'empty'} again"))
        else:
            gone.append(key)
            steps.append(_Step(f"  {key} is taken out"))
    left = xlwings_conf.changed(
        now, back, gone, encoding=machine.python.encoding, newline=_newline(machine)
    )
    if left or not record["made"]:
        return [*steps, _Step("", lambda: machine.write(file, left))]
    return [*steps, _removal(machine, file)]


def _newline(machine: Machine) -> str:
    return "\r\n" if machine.system == "windows" else "\n"


def _removal(machine: Workplace, file: PurePath) -> _Step:
    if not machine.is_file(file):
        return _Step(f"{file} is gone already.")
    return _Step(f"{file} is removed.", lambda: machine.remove(file))


# ---- Mac ---------------------------------------------------------------------------------------


def script_file(home: PurePath, version: str = XLWINGS_VERSION) -> PurePath:
    """The script that Excel for Mac calls; only scripts in this folder may leave its sandbox."""
    folder = home / "Library" / "Application Scripts" / "com.microsoft.Excel"
    return folder / f"xlwings-{version}.applescript"


def _script(machine: Workplace, record: dict[str, Any]) -> list[_Step]:
    """Copy xlwings' script, as its own command ``xlwings runpython install`` does.

    That command knows no other home and cannot be undone.
    """
    package = machine.folder_of("xlwings")
    source = machine.read(package / SCRIPT) if package else None
    if source is None:
        raise SopError(
            f"xlwings {XLWINGS_VERSION} is not installed.",
            f'"{interpreter(machine)}" -m pip install "xlwings=={XLWINGS_VERSION}"',
        )
    target = script_file(machine.home)
    if machine.read(target) == source:
        return [_Step(f"Script for Excel: {target}")]
    record["script"] = str(target)

    def install() -> None:
        _note(machine, record)
        machine.write(target, source)

    return [_Step(f"Script for Excel: {target} (new)", install)]


# ---- plan folders ------------------------------------------------------------------------------


def _plan_folder(machine: Machine, plan: str | PurePath | None) -> PurePath | None:
    if plan is None:
        return None
    folder = machine.path(plan)
    if folder.name == SETTINGS_FILE:
        folder = folder.parent
    if not machine.is_file(folder / SETTINGS_FILE):
        raise SopError(f"{folder} is no plan folder: it has no {SETTINGS_FILE}.",
                       f"Make one with: sop-xl init {folder}")
    return folder


def _remember(machine: Workplace, folder: PurePath, record: dict[str, Any]) -> list[_Step]:
    file = places.list_file(machine.home)
    before = places.parse(machine.read(file))
    after = places.with_plan(before, folder)
    if after == before:
        return [_Step(f"Plan folder, known already: {folder}")]
    if places.without_plan(before, folder) == before:  # else somebody else made it known
        record["plans"] = [*record.get("plans", []), str(folder)]

    def write() -> None:
        _note(machine, record)
        machine.write(file, places.dump(after))

    return [_Step(f"Plan folder, now known: {folder}", write)]


def _forgetting(machine: Workplace, folder: PurePath) -> _Step:
    file = places.list_file(machine.home)

    def forget() -> None:
        left = places.without_plan(places.parse(machine.read(file)), folder)
        if left:
            machine.write(file, places.dump(left))
        else:
            machine.remove(file)

    return _Step(f"Plan folder, no longer known: {folder} (its files stay)", forget)


def _may_be_trusted(machine: Machine, folder: PurePath | None) -> None:
    if folder is None:
        raise SopError("A trusted location wants a plan folder.", "Name it with --plan.")
    if machine.system != "windows":
        raise SopError("Excel has trusted locations on Windows only.",
                       "On Mac, choose Enable Macros when the workbook is opened.")
    if not office.may_choose_locations(machine):
        raise SopError(
            "Your organisation allows no trusted locations of your own.",
            f"Ask IT to make {folder} a trusted location by policy (docs/install.md).",
        )
    if office.is_network(folder):
        raise SopError(
            f"{folder} lies on the network.",
            "In Excel: File > Options > Trust Center > Trust Center Settings > Trusted Locations: "
            "tick 'Allow Trusted Locations on my network' and add the folder.",
        )


def _trust(machine: Workplace, folder: PurePath, record: dict[str, Any]) -> list[_Step]:
    if office.is_trusted(machine, folder):
        return [_Step(f"Trusted location of Excel already: {folder}")]
    taken = {name.casefold() for name in machine.registry_keys(_LOCATION)}
    number = next(n for n in range(len(taken) + 1) if f"location{n}" not in taken)
    key = rf"{_LOCATION}\Location{number}"
    record["trusted"] = [*record.get("trusted", []), {"key": key, "path": f"{folder}\\"}]

    def write() -> None:
        _note(machine, record)
        machine.set_registry(key, {
            "Path": f"{folder}\\", "AllowSubfolders": 1, "Description": "sop-xl plan folder",
        })

    return [_Step(f"Trusted location of Excel from its next start: {folder}", write)]


def _distrust(machine: Workplace, noted: Mapping[str, str]) -> _Step:
    key, path = noted["key"], noted["path"]
    if machine.registry(key, "Path") != path:
        return _Step(f"Trusted location of Excel, changed since, stays: {key}")
    return _Step(f"No longer a trusted location of Excel: {path}",
                 lambda: machine.remove_registry(key))
