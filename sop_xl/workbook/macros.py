"""The ribbon and the functions of a workbook: parts of the template, put into every book."""

from __future__ import annotations

import re
import zipfile
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from sop_xl.errors import SopError
from sop_xl.workbook.package import ROOT_RELATIONS, WORKBOOK, WORKBOOK_RELATIONS, Package

XLWINGS_VERSION = "0.37.8"
"""The version of xlwings whose VBA modules the template holds; it is pinned in pyproject.toml."""
TEMPLATE = "SOP_Template.xlsm"

VBA_PART, RIBBON_PART = "xl/vbaProject.bin", "customUI/customUI14.xml"
_MACRO_WORKBOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_VBA_PROJECT = "application/vnd.ms-office.vbaProject"
_VBA_RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_RIBBON_RELATION = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"


class Macros(NamedTuple):
    """What a workbook needs for its ribbon and functions, by the names of the parts."""

    vba: bytes
    ribbon: bytes
    images: dict[str, bytes]
    """The ribbon's own icons with the relations to them; Office's own need none."""


def code_name(sheet: str) -> str:
    """The name of a sheet's document module in VBA.

    >>> code_name("D1_Agenda")
    'shD1_Agenda'
    """
    return "sh" + re.sub(r"\W", "", sheet)


def template_file() -> Path:
    """The built template: inside an installed package, else in the source tree.

    Raises:
        SopError: There is none.
    """
    packaged = Path(str(files("sop_xl.workbook") / TEMPLATE))
    source = Path(__file__).parents[2] / "workbook" / TEMPLATE
    for place in (packaged, source):
        if place.exists():
            return place
    raise SopError(
        f"The template {TEMPLATE} is missing from this installation.",
        "Install sop-xl again; in a source tree: sop-xl template build.",
    )


@cache
def template_macros() -> Macros:
    """The macros of the template."""
    with zipfile.ZipFile(template_file()) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    images = {
        name: content
        for name, content in parts.items()
        if name.startswith("customUI/") and name != RIBBON_PART
    }
    return Macros(parts[VBA_PART], parts[RIBBON_PART], images)


def add_macros(package: Package, macros: Macros | None = None) -> None:
    """Make a package a macro-enabled workbook with the ribbon.

    openpyxl would drop the relation to the ribbon: this comes after it.

    Args:
        package: The parts of an .xlsx.
        macros: Those of the template if not given.
    """
    macros = macros or template_macros()
    package.parts[VBA_PART] = macros.vba
    package.override(WORKBOOK, _MACRO_WORKBOOK)
    package.override(VBA_PART, _VBA_PROJECT)
    package.relate(WORKBOOK_RELATIONS, _VBA_RELATION, VBA_PART.removeprefix("xl/"))
    package.parts[RIBBON_PART] = macros.ribbon
    package.relate(ROOT_RELATIONS, _RIBBON_RELATION, RIBBON_PART)
    package.parts |= macros.images
    if any(name.endswith(".png") for name in macros.images):
        package.add_default("png", "image/png")


def missing_macros(path: Path) -> list[str]:
    """What a macro-enabled workbook has lost; other programs save it without.

    LibreOffice keeps macros and ribbon, but writes the VBA project anew in a form that Excel cannot
    use, and forgets by which names it knows the workbook and its sheets.

    Returns:
        ``["the macros", "the ribbon"]`` or less; nothing for an .xlsx, which never had them.
    """
    if path.suffix.lower() != ".xlsm":
        return []
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        root = archive.read(ROOT_RELATIONS) if ROOT_RELATIONS in names else b""
        workbook = archive.read(WORKBOOK) if WORKBOOK in names else b""
    lost = []
    if VBA_PART not in names or b'codeName="ThisWorkbook"' not in workbook:
        lost.append("the macros")
    if RIBBON_PART not in names or _RIBBON_RELATION.encode() not in root:
        lost.append("the ribbon")
    return lost
