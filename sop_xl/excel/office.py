r"""What the registry of Windows says about Excel: where it is, which macros it runs and trusts.

Places and meanings as in Microsoft's administrative templates for Office 2016 and later (16.0).
"""

from __future__ import annotations

import struct
from pathlib import PurePath
from typing import NamedTuple

from sop_xl.excel import xlwings_conf
from sop_xl.excel.machine import Machine, Value

SOFTWARE = r"HKCU\Software\Microsoft\Office\16.0"
POLICIES = (
    r"HKCU\Software\Policies\Microsoft\Office\16.0",
    r"HKCU\Software\Policies\Microsoft\Cloud\Office\16.0",
    r"HKLM\Software\Policies\Microsoft\Office\16.0",
)
SECURITY = r"Excel\Security"
TRUSTED = r"Excel\Security\Trusted Locations"

_APP_PATHS = r"Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
_CLICK_TO_RUN = r"HKLM\Software\Microsoft\Office\ClickToRun\Configuration"
_INSTALL_ROOT = r"HKLM\Software\Microsoft\Office\16.0\Excel\InstallRoot"
_BITS = {0x014C: 32, 0x8664: 64, 0xAA64: 64}
"""By the machine that a program was built for, in the head of its file."""


class Excel(NamedTuple):
    """Excel as it is installed on Windows."""

    file: PurePath
    version: str
    """As in 16.0.17928.20114; only 16 where no more is known; empty where nothing is."""
    bits: int
    """32 or 64; 0 where that cannot be seen."""
    from_store: bool


class Trusted(NamedTuple):
    """A folder whose workbooks may run macros without a question."""

    folder: PurePath
    with_subfolders: bool


def find_excel(machine: Machine) -> Excel | None:
    """The Excel of this computer; None where there is none."""
    place = _excel_file(machine)
    if place is None:
        return None
    version = machine.registry(_CLICK_TO_RUN, "VersionToReport")
    if not version:
        current = machine.registry(r"HKCR\Excel.Application\CurVer", "")
        version = str(current or "").rpartition(".")[2]
    return Excel(place, str(version), _bits(machine, place), in_store(place))


def in_store(path: PurePath) -> bool:
    """Whether a program came from the Microsoft Store: it then runs in a closed container."""
    return "windowsapps" in (part.casefold() for part in path.parts)


def policy(machine: Machine, key: str, name: str) -> Value | None:
    """What the organisation has laid down; None where it has not."""
    found = (machine.registry(rf"{root}\{key}", name) for root in POLICIES)
    return next((value for value in found if value is not None), None)


def setting(machine: Machine, key: str, name: str) -> Value | None:
    """What holds: the organisation's word, else the user's own."""
    laid_down = policy(machine, key, name)
    if laid_down is not None:
        return laid_down
    return machine.registry(rf"{SOFTWARE}\{key}", name)


def may_choose_locations(machine: Machine) -> bool:
    """Whether trusted locations of the user's own count."""
    if setting(machine, TRUSTED, "AllLocationsDisabled") == 1:
        return False
    return policy(machine, r"Common\Security\Trusted Locations", "Allow User Locations") != 0


def trusted_locations(machine: Machine) -> list[Trusted]:
    """The trusted locations that count."""
    if setting(machine, TRUSTED, "AllLocationsDisabled") == 1:
        return []
    roots = [rf"{root}\{key}" for root in POLICIES
             for key in (TRUSTED, r"Common\Security\Trusted Locations")]
    if may_choose_locations(machine):
        roots.append(rf"{SOFTWARE}\{TRUSTED}")
    found = []
    for root in roots:
        for name in machine.registry_keys(root):
            path = machine.registry(rf"{root}\{name}", "Path")
            if path:
                deep = machine.registry(rf"{root}\{name}", "AllowSubfolders") == 1
                found.append(Trusted(machine.path(xlwings_conf.expand(machine, str(path))), deep))
    return found


def is_trusted(machine: Machine, folder: PurePath) -> bool:
    """Whether workbooks in a folder run their macros without a question.

    A folder on the network counts only where the user or the organisation allows such.
    """
    if is_network(folder) and setting(machine, TRUSTED, "AllowNetworkLocations") != 1:
        return False
    return any(
        folder == one.folder or (one.with_subfolders and one.folder in folder.parents)
        for one in trusted_locations(machine)
    )


def is_network(path: PurePath) -> bool:
    r"""Whether a path begins with the name of a server, ``\\server\share``."""
    return path.drive.startswith("\\\\")


def _excel_file(machine: Machine) -> PurePath | None:
    for hive in ("HKLM", "HKCU"):
        path = machine.registry(rf"{hive}\{_APP_PATHS}", "")
        if path:
            return machine.path(str(path).strip('"'))
    folder = machine.registry(_INSTALL_ROOT, "Path")
    return machine.path(str(folder)) / "EXCEL.EXE" if folder else None


def _bits(machine: Machine, program: PurePath) -> int:
    found = _bits_of_file(machine, program)
    platform = machine.registry(_CLICK_TO_RUN, "Platform")
    return found or {"x86": 32, "x64": 64}.get(str(platform), 0)


def _bits_of_file(machine: Machine, program: PurePath) -> int:
    """From the head of the program's file ([PE] §3): its machine stands 4 bytes behind ``PE``."""
    try:
        data = machine.read(program) or b""
        (at,) = struct.unpack_from("<I", data, 0x3C)
        magic, built_for = struct.unpack_from("<4sH", data, at)
    except (OSError, struct.error):  # programs of the Store cannot be read
        return 0
    return _BITS.get(built_for, 0) if magic == b"PE\0\0" else 0
