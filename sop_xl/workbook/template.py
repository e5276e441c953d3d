"""Builds SOP_Template.xlsm from text: the sheets of an empty plan, the VBA project, the ribbon.

Excel is not needed. The same sources give the same parts on every machine, so that a committed
template can be checked against them.
"""

from __future__ import annotations

import datetime as dt
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from sop_xl import cycle, tables
from sop_xl.errors import SopError
from sop_xl.functions import FUNCTIONS
from sop_xl.planning.calendar import axis_of
from sop_xl.schema import empty_frame
from sop_xl.tables.settings import Settings
from sop_xl.workbook.build import Drawn, draw, package_of
from sop_xl.workbook.macros import (
    TEMPLATE,
    XLWINGS_VERSION,
    Macros,
    add_macros,
    code_name,
)
from sop_xl.workbook.package import part_hashes
from sop_xl.workbook.sheet import Identity
from sop_xl.workbook.sheets import SHEETS
from sop_xl.workbook.vba import Module, vba_project
from sop_xl.workbook.vba.wrappers import functions_module, help_module

SOURCES = Path(__file__).parents[2] / "workbook"
MONTH = "2026-01"
"""The months that the empty sheets show."""
BUILT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
WELCOME = (
    "This is the template. Press New cycle on the S&OP tab to write the month's workbook of a plan "
    "folder; sop-xl init makes one."
)


def build_template(sources: Path = SOURCES) -> bytes:
    """The template as the bytes of an .xlsm file.

    Raises:
        SopError: The text sources, or xlwings in the pinned version, are not there.
    """
    ribbon = _read(sources / "ribbon" / "customUI14.xml")
    macros = Macros(vba_project(project_modules(sources)), ribbon.encode(), {})
    package = package_of(_empty_book())
    add_macros(package, macros)
    return package.to_bytes()


def project_modules(sources: Path = SOURCES) -> list[Module]:
    """The modules of the VBA project: documents, ours, generated ones, and those of xlwings."""
    vba = sources / "vba"
    code = _read(vba / "ThisWorkbook.cls")
    modules = [Module.document("ThisWorkbook", is_workbook=True, code=code)]
    modules += [Module.document(code_name(spec.name)) for spec in SHEETS]
    own = sorted(path for path in vba.glob("*.bas"))
    modules += [Module.standard(_read(path)) for path in own]
    modules += [functions_module(FUNCTIONS), help_module(FUNCTIONS)]
    package = _xlwings()
    return [
        *modules,
        Module.standard(_read(package / "xlwings.bas", "cp1252")),
        Module.from_class(_read(package / "addin" / "Dictionary.cls", "cp1252")),
    ]


def changed_parts(built: bytes, committed: Path) -> list[str]:
    """The parts in which a template differs from its sources; everything if it is not there."""
    new = part_hashes(built)
    old = part_hashes(committed) if committed.exists() else {}
    return sorted(name for name in new.keys() | old.keys() if new.get(name) != old.get(name))


def _xlwings() -> Path:
    """Where the pinned xlwings is installed."""
    found = find_spec("xlwings")
    try:
        installed = version("xlwings")
    except PackageNotFoundError:
        installed = ""
    if found is None or found.origin is None or installed != XLWINGS_VERSION:
        raise SopError(
            f"The template holds the VBA modules of xlwings {XLWINGS_VERSION}; "
            f"{f'{installed} is' if installed else 'none is'} installed.",
            f"pip install xlwings=={XLWINGS_VERSION}",
        )
    return Path(found.origin).parent


def _read(path: Path, encoding: str = "ascii") -> str:
    try:
        return path.read_bytes().decode(encoding)
    except FileNotFoundError as error:
        raise SopError(
            f"{path} is missing.",
            f"{TEMPLATE} is built in the source tree of sop-xl: name its folder workbook/.",
        ) from error
    except UnicodeDecodeError as error:
        raise SopError(
            f"{path} holds a character that VBA cannot show on every machine (byte {error.start}).",
            "Write it in plain ASCII.",
        ) from error


def _empty_book() -> Drawn:
    """Every sheet as it is before there is a plan."""
    settings = Settings()
    inputs = {
        name: empty_frame(table.inputs) for name, table in tables.inputs(settings.level).items()
    }
    axis = axis_of(settings, pd.Period(MONTH, "M"))
    plan = cycle.run(inputs, settings, axis)
    no_changes = empty_frame(tables.TABLES["change_log"].columns)
    frames = dict(plan.frames) | {"change_log": no_changes}
    frames["headlines"] = pd.DataFrame({"page": ["Home"], "message": [WELCOME]})
    identity = Identity("Template", MONTH, 0, "template", BUILT, "sop-xl")
    return draw(frames, settings, axis, identity)

