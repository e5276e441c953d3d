"""The computer as the doctor and the setup see it: files, registry, environment, processes.

Paths are pure paths of the computer's own kind, so that a Windows computer can be described, and
tested, anywhere.
"""

from __future__ import annotations

import csv
import importlib
import importlib.metadata
import importlib.util
import io
import locale
import os
import platform
import shutil
import site
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any, Literal, NamedTuple, Protocol

from sop_xl.errors import SopError
from sop_xl.workbook.package import write_atomically

Kind = Literal["windows", "mac", "linux"]
Value = str | int
"""A value of the registry: text or number."""

_VIEWS = (0x0100, 0x0200)
"""The registry as 64-bit and as 32-bit programs see it (KEY_WOW64_64KEY, KEY_WOW64_32KEY)."""
_PATIENCE = 20
"""Seconds that Windows may take to list its processes."""


class Python(NamedTuple):
    """The Python that runs this program."""

    executable: PurePath
    prefix: PurePath
    """The folder of the virtual environment, or of Python where there is none."""
    base_prefix: PurePath
    """The folder of the Python that the environment was made from."""
    user_base: PurePath
    """Where ``pip install --user`` puts the files that belong beside Python."""
    version: str
    bits: int
    encoding: str
    """What Excel and xlwings read and write text files in: the ANSI code page on Windows."""


class Machine(Protocol):
    """What can be seen. Nothing here changes anything."""

    @property
    def system(self) -> Kind: ...
    @property
    def release(self) -> str:
        """Name and version of the operating system."""
    @property
    def home(self) -> PurePath: ...
    @property
    def python(self) -> Python: ...

    def path(self, text: str | PurePath) -> PurePath:
        """A whole path of this computer's kind."""

    def environment(self, name: str) -> str:
        """An environment variable; empty where there is none."""

    def registry(self, key: str, name: str) -> Value | None:
        r"""A value of the registry, as ``HKCU\Software\...``; the key's own for an empty name."""

    def registry_keys(self, key: str) -> list[str]:
        """The names of the keys below one."""

    def read(self, file: PurePath) -> bytes | None:
        """A file; None where there is none.

        Raises:
            OSError: It is there and cannot be read.
        """

    def is_file(self, path: PurePath) -> bool: ...
    def is_folder(self, path: PurePath) -> bool: ...
    def names(self, folder: PurePath) -> list[str]:
        """What lies in a folder, sorted."""

    def may_write(self, folder: PurePath) -> bool: ...
    def running(self, program: str) -> int | None:
        """How often a program runs; None where that cannot be seen."""

    def found(self, program: str) -> PurePath | None:
        """Where the search path finds a program; None where it does not."""

    def installed(self, package: str) -> str | None:
        """The version of a Python package; None where it is not installed."""

    def folder_of(self, module: str) -> PurePath | None:
        """The folder of a Python package, or the folder that a module lies in."""

    def import_error(self, module: str) -> str:
        """Why a module cannot be imported; empty where it can."""


class Workplace(Machine, Protocol):
    """A computer that something may be changed on."""

    def write(self, file: PurePath, data: bytes) -> None:
        """Write a file, all of it or nothing, and the folders above it.

        Raises:
            SopError: It cannot be written.
        """

    def remove(self, file: PurePath) -> None:
        """Remove a file, and its folder if nothing else is in it.

        Raises:
            SopError: It cannot be removed.
        """

    def set_registry(self, key: str, values: Mapping[str, Value]) -> None: ...
    def remove_registry(self, key: str) -> None: ...


class Registry:
    """The registry of Windows.

    Args:
        winreg: The module of that name; there is none on other systems.
    """

    def __init__(self, winreg: Any) -> None:
        self._winreg = winreg

    def value(self, key: str, name: str) -> Value | None:
        for view in _VIEWS:
            with suppress(OSError), self._open(key, view) as opened:
                value: Value = self._winreg.QueryValueEx(opened, name)[0]
                return value
        return None

    def keys(self, key: str) -> list[str]:
        found: dict[str, None] = {}
        for view in _VIEWS:
            with suppress(OSError), self._open(key, view) as opened:
                number = self._winreg.QueryInfoKey(opened)[0]
                found |= dict.fromkeys(self._winreg.EnumKey(opened, at) for at in range(number))
        return list(found)

    def set(self, key: str, values: Mapping[str, Value]) -> None:
        hive, path = self._split(key)
        with self._winreg.CreateKeyEx(hive, path, 0, self._winreg.KEY_WRITE) as opened:
            for name, value in values.items():
                kind = self._winreg.REG_DWORD if isinstance(value, int) else self._winreg.REG_SZ
                self._winreg.SetValueEx(opened, name, 0, kind, value)

    def remove(self, key: str) -> None:
        hive, path = self._split(key)
        with suppress(FileNotFoundError):
            self._winreg.DeleteKey(hive, path)

    def _open(self, key: str, view: int) -> Any:
        hive, path = self._split(key)
        return self._winreg.OpenKey(hive, path, 0, self._winreg.KEY_READ | view)

    def _split(self, key: str) -> tuple[Any, str]:
        hive, _, path = key.partition("\\")
        hives = {"HKCU": "HKEY_CURRENT_USER", "HKLM": "HKEY_LOCAL_MACHINE",
                 "HKCR": "HKEY_CLASSES_ROOT"}
        return getattr(self._winreg, hives[hive]), path


class ThisComputer:
    """The computer that the program runs on.

    Args:
        home: The user's own folder, where it is not the one of the login.
    """

    def __init__(self, home: Path | None = None) -> None:
        kinds: dict[str, Kind] = {"win32": "windows", "darwin": "mac"}
        self.system: Kind = kinds.get(sys.platform, "linux")
        self.release = f"{platform.system()} {platform.release()} ({platform.version()})"
        self.home = home or Path.home()
        self.python = _this_python()
        self._registry = None
        if self.system == "windows":
            self._registry = Registry(importlib.import_module("winreg"))

    def path(self, text: str | PurePath) -> Path:
        return Path(os.path.normpath(Path(text).expanduser().absolute()))

    def environment(self, name: str) -> str:
        return os.environ.get(name, "")

    def registry(self, key: str, name: str) -> Value | None:
        return self._registry.value(key, name) if self._registry else None

    def registry_keys(self, key: str) -> list[str]:
        return self._registry.keys(key) if self._registry else []

    def read(self, file: PurePath) -> bytes | None:
        try:
            return Path(file).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def is_file(self, path: PurePath) -> bool:
        return Path(path).is_file()

    def is_folder(self, path: PurePath) -> bool:
        return Path(path).is_dir()

    def names(self, folder: PurePath) -> list[str]:
        try:
            return sorted(path.name for path in Path(folder).iterdir())
        except OSError:
            return []

    def may_write(self, folder: PurePath) -> bool:
        try:  # Windows answers truly only when asked to do it
            with tempfile.TemporaryFile(dir=folder):
                return True
        except OSError:
            return False

    def running(self, program: str) -> int | None:
        if self.system != "windows":
            return None
        command = ["tasklist", "/FI", f"IMAGENAME eq {program}", "/FO", "CSV", "/NH"]
        try:
            done = subprocess.run(command, capture_output=True, timeout=_PATIENCE, check=True)
        except (OSError, subprocess.SubprocessError):
            return None
        return count_processes(done.stdout.decode("ascii", "replace"), program)

    def found(self, program: str) -> Path | None:
        place = shutil.which(program)
        return Path(place) if place else None

    def installed(self, package: str) -> str | None:
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            return None

    def folder_of(self, module: str) -> Path | None:
        found = importlib.util.find_spec(module)
        if found is None or found.origin is None:
            return None
        return Path(found.origin).parent

    def import_error(self, module: str) -> str:
        try:
            importlib.import_module(module)
        except ImportError as error:  # also where a library of its own cannot be loaded
            return str(error)
        return ""

    def write(self, file: PurePath, data: bytes) -> None:
        target = Path(file)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SopError(
                f"The folder {target.parent} cannot be made: {error.strerror or error}.",
                "Ask for access to it.",
            ) from error
        write_atomically(target, data)

    def remove(self, file: PurePath) -> None:
        target = Path(file)
        try:
            target.unlink(missing_ok=True)
        except OSError as error:
            raise SopError(
                f"{target} cannot be removed: {error.strerror or error}.",
                "Close it in other programs, or ask for access.",
            ) from error
        with suppress(OSError):  # something else is in it
            target.parent.rmdir()

    def set_registry(self, key: str, values: Mapping[str, Value]) -> None:
        if self._registry:
            self._registry.set(key, values)

    def remove_registry(self, key: str) -> None:
        if self._registry:
            self._registry.remove(key)


def count_processes(listed: str, program: str) -> int:
    """How often a program stands in what ``tasklist /FO CSV /NH`` prints.

    >>> count_processes('"EXCEL.EXE","512","Console","1","90 K"', "EXCEL.EXE")
    1
    >>> count_processes("INFO: No tasks are running which match the criteria.", "EXCEL.EXE")
    0
    """
    rows = csv.reader(io.StringIO(listed))
    return sum(bool(row) and row[0].casefold() == program.casefold() for row in rows)


def _this_python() -> Python:
    return Python(
        Path(sys.executable), Path(sys.prefix), Path(sys.base_prefix),
        Path(site.getuserbase()), platform.python_version(), 64 if sys.maxsize > 2**32 else 32,
        locale.getencoding(),
    )
