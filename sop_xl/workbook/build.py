"""Builds the month's workbook from the frames of a plan."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from html import escape
from typing import Any, NamedTuple

import pandas as pd
from openpyxl import Workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.workbook.defined_name import DefinedName

from sop_xl import __version__
from sop_xl.planning.calendar import Axis
from sop_xl.schema import Grid, Table, empty_frame
from sop_xl.tables import GRIDS, TABLES
from sop_xl.tables.review import LOG
from sop_xl.tables.settings import BUSINESS_TYPES, SECTIONS, Settings
from sop_xl.workbook.formulas import Translator, excel_text
from sop_xl.workbook.gates import name_gates
from sop_xl.workbook.grids import draw_time_sheet
from sop_xl.workbook.layout import HEADER_ROW, Layout, TimeColumns
from sop_xl.workbook.lists import GROWS, draw_lists, roomy, rows_of
from sop_xl.workbook.macros import XLWINGS_VERSION, add_macros, code_name
from sop_xl.workbook.package import Package, assemble
from sop_xl.workbook.pages.control import setting_values
from sop_xl.workbook.sheet import Book, Identity, Sheet
from sop_xl.workbook.sheets import SHEETS, SheetSpec
from sop_xl.workbook.styles import Styles

SCHEMA = 1
"""Version of the sheets' structure; a book of another one is refused when it is collected."""
PROPERTIES = {
    "plan": "SopPlan", "cycle": "SopCycle", "build": "SopBuild", "version": "SopVersion",
    "schema": "SopSchema", "level": "SopLevel", "horizon": "SopHorizon",
    "program": "SopProgram", "xlwings": "SopXlwings", "contents": "SopContents",
}
"""What the identity of a book is called in its document properties and in its defined names.

It stands in both: people and programs look for it among the properties; xlwings reaches only names,
and only they are written anew when an open book is brought up to date.
"""

LONGEST_TEXT = 255
"""Characters of a text in a formula, and in a property."""
MONTHS = {
    "opening_period": "Last closed month: its stock opens the plan.",
    "first_period": "First plan month; it names the cycle.",
    "last_period": "Last plan month.",
}
Progress = Callable[[int, int, str], None]


class Drawn(NamedTuple):
    """A book drawn in memory, not yet a file."""

    workbook: Workbook
    """All but the cells."""
    sheets: list[Sheet]
    layout: Layout
    identity: Identity
    properties: dict[str, str]
    """The identity as text, by the keys of ``PROPERTIES``."""


def draw(
    frames: Mapping[str, pd.DataFrame],
    settings: Settings,
    axis: Axis,
    identity: Identity,
    progress: Progress | None = None,
) -> Drawn:
    """Draw the workbook of a cycle.

    Args:
        frames: What ``cycle.run`` gives, and ``change_log``.
        settings: The settings of the plan.
        axis: The months shown.
        identity: Which book it is; its time is the only one in the file.
        progress: Called with sheets done, sheets in all and the name of the sheet.
    """
    level = settings.level
    shown = dict(frames) | _own_frames(settings, axis)
    layout = lay_out(shown, axis, level)
    workbook = Workbook()
    workbook.remove(workbook["Sheet"])
    book = Book(
        workbook=workbook,
        styles=Styles(workbook),
        layout=layout,
        translate=Translator(layout),
        frames=shown,
        settings=settings,
        axis=axis,
        identity=identity,
        check_light=check_light(shown["checks"]),
    )
    sheets = [Sheet(book, spec.name, spec.title, spec.tab) for spec in SHEETS]
    for at, (sheet, spec) in enumerate(zip(sheets, SHEETS, strict=True)):
        if progress:
            progress(at, len(SHEETS), spec.name)
        _draw(sheet, spec)
        if is_of_no_use(spec, shown, settings):
            sheet.skeleton.sheet_state = "hidden"
    properties = _properties(settings, identity)
    _identify(workbook, identity, properties)
    name_gates(workbook, shown["cycle_calendar"])
    return Drawn(workbook, sheets, layout, identity, properties)


def pack(drawn: Drawn, *, macros: bool = True) -> bytes:
    """The drawn book as a file.

    Args:
        macros: With the ribbon and the functions of the template: an .xlsm; an .xlsx without.
    """
    package = package_of(drawn)
    if macros:
        add_macros(package)
    return package.to_bytes()


def package_of(drawn: Drawn) -> Package:
    """The parts of the drawn book, without macros."""
    _name_code(drawn)
    package = assemble(
        drawn.workbook,
        {sheet.name: sheet.cells for sheet in drawn.sheets},
        when=drawn.identity.generated_at,
    )
    _describe_charts(package, drawn.sheets)
    return package


def lay_out(frames: Mapping[str, pd.DataFrame], axis: Axis, level: tuple[str, ...]) -> Layout:
    """Give every grid and table of the book its place."""
    layout = Layout(TimeColumns(axis, keys=max(2, len(level))))
    for spec in SHEETS:
        row = spec.grid_row or HEADER_ROW + 2
        for name in spec.grids:
            grid = GRIDS[name].for_level(level)
            place = layout.place_grid(grid, spec.name, row, frames[name])
            row = place.last_row + 3 + (spec.room if name == spec.grids[0] else 0)
        column = 1
        for name in spec.tables:
            table = TABLES[name].for_level(level)
            spare = table.is_editable and not table.rows_given and spec.page is None
            filled = len(frames[name])
            rows = roomy(filled, GROWS[name]) if name in GROWS else rows_of(filled, spare)
            header = spec.table_row or HEADER_ROW
            table_place = layout.place_table(table, spec.name, rows, column, header)
            column = table_place.last_column + 2
    return layout


def check_light(checks: pd.DataFrame) -> str:
    """The text of the check light."""
    failed = failed_checks(checks)
    if not failed:
        return "● all checks passed"
    return f"■ {failed} of {len(checks)} checks failed: see Checks"


def failed_checks(checks: pd.DataFrame) -> int:
    """How many checks of the book failed."""
    return int(checks["status"].str.startswith("■").sum())


def _draw(sheet: Sheet, spec: SheetSpec) -> None:
    layout = sheet.book.layout
    if spec.grids:
        words = BUSINESS_TYPES[sheet.book.settings.business_type]._asdict()
        places = [layout.grids[name] for name in spec.grids]
        draw_time_sheet(sheet, places, words.get(spec.side, ""))
    if spec.page:
        spec.page(sheet)
    elif spec.tables:
        first = TABLES[spec.tables[0]]
        draw_lists(sheet, [layout.tables[name] for name in spec.tables], first.help)


def is_of_no_use(
    spec: SheetSpec, frames: Mapping[str, pd.DataFrame], settings: Settings
) -> bool:
    """Whether a sheet is about goods, and the company sells hours or seats and delivers no goods.

    A sheet that a finding sends people to is shown.
    """
    stocks = BUSINESS_TYPES[settings.business_type].policy == "make to stock"
    if not spec.about or stocks:
        return False
    return frames[spec.about].empty and spec.name not in set(frames["exceptions"]["sheet"])


def _own_frames(settings: Settings, axis: Axis) -> dict[str, pd.DataFrame]:
    """Lists that only the book needs: settings and glossary."""
    values = setting_values(settings, axis)
    metadata = {f.name: f.metadata for f in fields(Settings)}
    return {
        "settings": pd.DataFrame(
            {
                "setting": list(values),
                "section": [
                    SECTIONS[metadata[n]["section"]] if n in metadata else "Cycle" for n in values
                ],
                "value": [str(v) for v in values.values()],
                "help": [
                    metadata[n]["help"] if n in metadata else MONTHS[n] for n in values
                ],
            }
        ),
        "glossary": glossary(settings),
        LOG.name: empty_frame(LOG.columns),  # what is run in an open book is written there live
    }


def glossary(settings: Settings) -> pd.DataFrame:
    """Every measure and column that people read, with its unit and meaning.

    A word that means the same in several places stands once, with the first of them. Sheets of
    figures that others draw from are left out: their words are those of the others, or workings.
    """
    level = settings.level
    rows = []
    for spec in SHEETS:
        if spec.tab == "white" and spec.used_by.startswith("nobody"):
            continue
        holders: list[Grid | Table] = [GRIDS[name].for_level(level) for name in spec.grids]
        holders += [TABLES[name].for_level(level) for name in spec.tables]
        for holder in holders:
            fields_ = holder.measures if isinstance(holder, Grid) else holder.columns
            for one in fields_:
                unit = one.unit.text(settings.currency, settings.base_unit)
                place = f"{spec.name}: {holder.label}"
                rows.append((one.label, place, unit, one.help or holder.help))
    columns = ["term", "place", "unit", "meaning"]
    frame = pd.DataFrame(rows, columns=columns)
    same = frame.groupby(["term", "unit", "meaning"])["place"]
    more = same.transform("size") - 1
    places = frame["place"].where(more == 0, frame["place"] + " + " + more.astype("str"))
    frame = frame.assign(place=places).drop_duplicates(["term", "unit", "meaning"])
    return frame.sort_values(["term", "place"], key=_folded, ignore_index=True)


def _folded(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.str.casefold().str.lstrip("+± ")


def _properties(settings: Settings, identity: Identity) -> dict[str, str]:
    return {
        "plan": identity.plan[:LONGEST_TEXT], "cycle": identity.cycle, "build": identity.build,
        "version": str(identity.version), "schema": str(SCHEMA),
        "level": " ".join(settings.level), "horizon": str(settings.horizon),
        "program": __version__, "xlwings": XLWINGS_VERSION, "contents": contents(),
    }


def contents() -> str:
    """Which sheets, grids and lists a book of this program has, and what stands in them: equal
    texts for equal books."""
    names = [" ".join((spec.name, *spec.grids, *spec.tables)) for spec in SHEETS]
    names += [f"{table.name}: {[c.label for c in table.columns]}" for table in TABLES.values()]
    names += [
        f"{grid.name}: {[*(k.label for k in grid.keys), *(m.label for m in grid.measures)]}"
        for grid in GRIDS.values()
    ]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]


def _identify(workbook: Any, identity: Identity, properties: Mapping[str, str]) -> None:
    core = workbook.properties
    core.title = f"S&OP {identity.plan} {identity.cycle}"
    core.subject = f"Cycle {identity.cycle}, version {identity.version}"
    core.creator = f"sop-xl {__version__}"
    core.lastModifiedBy = identity.author
    core.keywords = f"build {identity.build}"
    for key, name in PROPERTIES.items():
        workbook.custom_doc_props.append(StringProperty(name=name, value=properties[key]))
        text = excel_text(properties[key])
        workbook.defined_names[name] = DefinedName(name, attr_text=text)


def _name_code(drawn: Drawn) -> None:
    """Tie the workbook and its sheets to their document modules in the VBA project."""
    drawn.workbook.code_name = "ThisWorkbook"
    for sheet in drawn.sheets:
        sheet.skeleton.sheet_properties.codeName = code_name(sheet.name)


def _describe_charts(package: Package, sheets: list[Sheet]) -> None:
    """Give each chart its alternative text; openpyxl knows none.

    Drawings are numbered by openpyxl in the order of the sheets that have charts.
    """
    with_charts = [sheet for sheet in sheets if sheet.descriptions]
    for number, sheet in enumerate(with_charts, start=1):
        part = f"xl/drawings/drawing{number}.xml"
        texts = iter(sheet.descriptions)

        def described(match: re.Match[str], texts: Any = texts) -> str:
            return f'{match[0]} descr="{escape(next(texts))}"'

        xml = package.parts[part].decode()
        package.parts[part] = re.sub(r'name="Chart \d+"', described, xml).encode()

