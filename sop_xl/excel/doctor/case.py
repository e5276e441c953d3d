"""What all checks look at: the computer, its Excel, the settings that hold, and the workbook."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from openpyxl import load_workbook

from sop_xl.excel import office, places, xlwings_conf
from sop_xl.excel.machine import Machine
from sop_xl.sources.plan_folder import SETTINGS_FILE
from sop_xl.sources.settings_file import read_settings
from sop_xl.workbook.macros import VBA_PART, XLWINGS_VERSION
from sop_xl.workbook.package import ROOT_RELATIONS, WORKBOOK
from sop_xl.workbook.reader.files import what_it_says_it_is

CONFIG_SHEET = "xlwings.conf"
"""A sheet of this name, and a file of this name beside the workbook, go before the user's file."""

_OLE = bytes.fromhex("D0CF11E0A1B11AE1")
"""First bytes of the container of old and of encrypted workbooks."""
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError,
            AttributeError, RuntimeError, ParseError, DefusedXmlException)
"""What reading a file raises that is no workbook, or only half of one."""
_SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class BookFile(NamedTuple):
    """A workbook file as far as the checks need it."""

    name: str
    """As it was asked for: a path, or an address on the web."""
    path: PurePath | None
    """None for an address."""
    problem: str = ""
    """Why it cannot be looked into; empty where it can."""
    remedy: str = ""
    has_macros: bool = False
    is_signed: bool = False
    has_ribbon: bool = False
    identity: dict[str, str] | None = None
    """Document properties by name, such as SopPlan; None where it was not read."""
    settings: tuple[xlwings_conf.Entry, ...] | None = None
    """The sheet ``xlwings.conf``; None where there is none."""


class Layer(NamedTuple):
    """One place that xlwings takes settings from."""

    kind: str
    """sheet, folder or user."""
    where: str
    """The place in words."""
    entries: tuple[xlwings_conf.Entry, ...]
    faults: tuple[str, ...] = ()


class Setting(NamedTuple):
    """A setting that holds, and the place that it comes from; None for xlwings' own default."""

    value: str
    layer: Layer | None


class Plan(NamedTuple):
    """A plan folder, with its name."""

    folder: PurePath
    name: str


@dataclass(frozen=True)
class Case:
    """A computer, and perhaps a workbook, as the checks see them."""

    machine: Machine
    excel: office.Excel | None
    layers: tuple[Layer, ...]
    """The first that names a key decides."""
    book: BookFile | None
    plans: tuple[Plan, ...]
    """The plan folder of the workbook; without a workbook, all that are remembered."""
    remembered: tuple[PurePath, ...]
    """The plan folders that were made known on this computer."""

    def setting(self, key: str, default: str) -> Setting:
        """What xlwings takes for a key: the first place that names it, even with nothing."""
        for layer in self.layers:
            value = xlwings_conf.lookup(layer.entries, key)
            if value is not None:
                return Setting(xlwings_conf.expand(self.machine, value), layer)
        return Setting(default, None)

    def interpreter(self) -> Setting:
        """The Python that Excel starts; bare ``python`` means the first of the search path."""
        key = "INTERPRETER_MAC" if self.machine.system == "mac" else "INTERPRETER_WIN"
        named, older = self.setting(key, ""), self.setting("INTERPRETER", "python")
        if named.value:
            return named
        return older if older.layer else Setting(older.value, named.layer)

    def interpreter_file(self) -> PurePath | None:
        """Where that Python is; None where only the search path knows."""
        value = self.interpreter().value
        return None if value in ("python", "pythonw") else self.machine.path(value)

    @property
    def renewal(self) -> str:
        """How the workbook is written anew, without losing what was typed in it."""
        plan = self.plans[0].folder if self.plans else "PLAN"
        book = self.book.name if self.book else "BOOK"
        return ("Collect it, then write it anew:\n"
                f'{self.program} collect "{book}" && {self.program} generate "{plan}"')

    @property
    def program(self) -> str:
        """How this program is called from a prompt: by its name where that finds it."""
        folder = self.machine.python.executable.parent
        name = "sop-xl.exe" if self.machine.system == "windows" else "sop-xl"
        places = [folder / name, folder / "Scripts" / name]  # of an environment, of Python itself
        there = [place for place in places if self.machine.is_file(place)]
        if not there or self.machine.found("sop-xl") in there:
            return "sop-xl"
        return f'"{there[0]}"'

    @property
    def xlwings(self) -> str:
        """The version of xlwings that the workbook wants."""
        identity = self.book.identity if self.book else None
        return (identity or {}).get("SopXlwings") or XLWINGS_VERSION


def case_of(machine: Machine, book: str | PurePath | None) -> Case:
    """Look at a computer, and at a workbook if one is named."""
    file = _book(machine, str(book)) if book is not None else None
    excel = office.find_excel(machine) if machine.system == "windows" else None
    remembered = tuple(_remembered(machine))
    plans = tuple(_plans(machine, file, remembered))
    return Case(machine, excel, tuple(_layers(machine, file)), file, plans, remembered)


# ---- workbook ----------------------------------------------------------------------------------


def _book(machine: Machine, name: str) -> BookFile:
    if urlsplit(name).scheme in ("http", "https"):
        return BookFile(name, None, "it has an address on the web, not a place on this computer",
                        "Name the synchronised copy, in the folder of OneDrive on this computer.")
    path = machine.path(name)
    try:
        data = machine.read(path)
    except OSError as error:
        return BookFile(str(path), path, f"it cannot be read ({error.strerror or error})",
                        "Close it in Excel, or copy it, and try again.")
    if data is None:
        return BookFile(str(path), path, "it does not exist", "Check the name of the workbook.")
    try:
        return _opened(path, data)
    except _DAMAGED:
        old = data.startswith(_OLE)
        return BookFile(
            str(path), path,
            "it is protected by a password, or in the old .xls format" if old
            else "it is no Excel workbook, or a damaged one",
            "Take off the password and save it as .xlsm." if old
            else "Take the last good copy, or write it anew with sop-xl generate.",
        )


def _opened(path: PurePath, data: bytes) -> BookFile:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = set(archive.namelist())
        relations = archive.read(ROOT_RELATIONS)
        sheets = archive.read(WORKBOOK)
        identity = what_it_says_it_is(archive)
    titles = [sheet.get("name", "") for sheet in fromstring(sheets).iter(f"{_SPREADSHEET}sheet")]
    configured = next((t for t in titles if t.casefold() == CONFIG_SHEET), None)
    return BookFile(
        str(path), path,
        has_macros=VBA_PART in parts,
        is_signed=any("vbaProjectSignature" in part for part in parts),
        has_ribbon=any(target in parts for target in _ribbons(relations)),
        identity=identity,
        settings=_sheet_settings(data, configured) if configured else None,
    )


def _ribbons(relations: bytes) -> Iterable[str]:
    """The parts that a package names as its ribbon; other programs drop the naming."""
    for relation in fromstring(relations):
        if relation.get("Type", "").endswith("/ui/extensibility"):
            yield relation.get("Target", "").lstrip("/")


def _sheet_settings(data: bytes, title: str) -> tuple[xlwings_conf.Entry, ...]:
    """Keys in column A and values in column B, down to the first empty key as xlwings reads."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells what it does not keep; we only read
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    found = []
    for key, value in workbook[title].iter_rows(max_col=2, min_col=1, values_only=True):
        if key is None:
            break
        found.append((str(key), "" if value is None else str(value)))
    return tuple(found)


# ---- settings of xlwings -----------------------------------------------------------------------


def _layers(machine: Machine, book: BookFile | None) -> Iterable[Layer]:
    if book and book.settings is not None:
        keys = [key.casefold() for key, _ in book.settings]
        twice = sorted({key.upper() for key in keys if keys.count(key) > 1})
        faults = tuple(f"{key} stands there twice, which stops every button" for key in twice)
        yield Layer("sheet", f"the sheet {CONFIG_SHEET} of the workbook", book.settings, faults)
    if book and book.path:
        yield from _file_layer(machine, "folder", book.path.with_name(CONFIG_SHEET))
    yield from _file_layer(machine, "user", xlwings_conf.user_file(machine.home, machine.system))


def _file_layer(machine: Machine, kind: str, file: PurePath) -> Iterable[Layer]:
    try:
        data = machine.read(file)
    except OSError as error:
        yield Layer(kind, str(file), (), (f"it cannot be read ({error.strerror or error})",))
        return
    if data is not None:
        conf = xlwings_conf.parse(data, machine.python.encoding)
        yield Layer(kind, str(file), conf.entries, conf.faults)


# ---- plans -------------------------------------------------------------------------------------


def _plans(
    machine: Machine, book: BookFile | None, remembered: Iterable[PurePath]
) -> Iterable[Plan]:
    for folder in book.path.parents if book and book.path else ():
        if machine.is_file(folder / SETTINGS_FILE):
            yield Plan(folder, plan_name(machine, folder))
            return
    known = [Plan(folder, plan_name(machine, folder)) for folder in remembered
             if machine.is_file(folder / SETTINGS_FILE)]
    if book is None:
        yield from known
    elif book.identity:
        yield from [plan for plan in known if plan.name == book.identity.get("SopPlan")][:1]


def _remembered(machine: Machine) -> list[PurePath]:
    try:
        listed = places.parse(machine.read(places.list_file(machine.home)))
    except OSError:
        return []
    return [machine.path(text) for text in listed]


def plan_name(machine: Machine, folder: PurePath) -> str:
    """What a plan is called in its workbooks: company and entity."""
    try:
        settings, _, _ = read_settings(machine.read(folder / SETTINGS_FILE) or b"")
    except OSError:
        return ""
    return " · ".join(part for part in (settings.company, settings.entity) if part)


def short(version: str) -> tuple[int, ...]:
    """A version as numbers that can be compared.

    >>> short("0.10.2") > short("0.9")
    True
    """
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
