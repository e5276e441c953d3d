"""The visual language of the workbook, declared once: colours, named styles, status marks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle

from sop_xl.schema import Role, Unit
from sop_xl.workbook.stylesheet import style_id

NAVY, TEAL, GREY, INK = "1F3864", "0F7B8A", "8C8C8C", "262626"
AMBER, VERMILION = "B26A00", "C8401E"
INPUT_FILL, INPUT_FONT = "FFF9E5", "1F4FBF"
PAST_FILL, BAND_FILL, RULE = "F2F2F2", "E8EEF5", "D0D0D0"
GOOD_FILL, WATCH_FILL, BAD_FILL = "DDF0EF", "FDEBCF", "FBDDD3"

FONT = "Calibri"

TAB = {
    "grey": "7F7F7F", "blue": "2F6FB7", "white": "BFBFBF", "green": "2E7D4F",
    "orange": "D98324", "purple": "6B4C9A",
}


def _font(**kwargs: Any) -> Font:
    settings: dict[str, Any] = {"name": FONT, "size": 10, "color": INK} | kwargs
    return Font(**settings)


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=colour)


_HAIR = Side("hair", color=RULE)
_THIN = Side("thin", color=GREY)
_MEDIUM = Side("medium", color=NAVY)
_LEFT, _RIGHT, _CENTRE = (Alignment(horizontal=h, vertical="center") for h in
                          ("left", "right", "center"))
_TEXT = Alignment(horizontal="left", vertical="center", indent=1)
_WRAP = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
_GRID = Border(bottom=_HAIR)

_STYLES: dict[str, dict[str, Any]] = {
    "SOP Title": {"font": _font(size=16, bold=True, color=NAVY), "alignment": _LEFT},
    "SOP Section": {"font": _font(size=12, bold=True, color=NAVY), "alignment": _LEFT},
    "SOP Status line": {"font": _font(color=TEAL, bold=True), "alignment": _LEFT},
    "SOP Note": {"font": _font(color=GREY, italic=True), "alignment": _LEFT},
    "SOP Message": {"font": _font(size=13, bold=True, color=TEAL), "alignment": _LEFT},
    "SOP Axis": {"font": _font(size=8, color=GREY), "alignment": _RIGHT},
    "SOP Header": {
        "font": _font(bold=True, color="FFFFFF"), "fill": _fill(NAVY), "alignment": _TEXT,
    },
    "SOP Header number": {
        "font": _font(bold=True, color="FFFFFF"), "fill": _fill(NAVY), "alignment": _RIGHT,
    },
    "SOP Header past": {
        "font": _font(bold=True, color="FFFFFF"), "fill": _fill(GREY), "alignment": _RIGHT,
    },
    "SOP Key": {"font": _font(bold=True), "alignment": _TEXT, "border": _GRID},
    "SOP Key repeated": {"font": _font(color="A6A6A6"), "alignment": _TEXT, "border": _GRID},
    "SOP Label": {"font": _font(), "alignment": _TEXT, "border": _GRID},
    "SOP Output": {"font": _font(color="000000"), "alignment": _RIGHT, "border": _GRID},
    "SOP Text": {"font": _font(color="000000"), "alignment": _TEXT, "border": _GRID},
    "SOP Long text": {"font": _font(color="000000"), "alignment": _WRAP, "border": _GRID},
    "SOP Past": {
        "font": _font(color="595959"), "fill": _fill(PAST_FILL), "alignment": _RIGHT,
        "border": _GRID,
    },
    "SOP Input": {
        "font": _font(color=INPUT_FONT), "fill": _fill(INPUT_FILL), "alignment": _RIGHT,
        "border": Border(left=_HAIR, right=_HAIR, top=_HAIR, bottom=_HAIR),
        "protection": Protection(locked=False),
    },
    "SOP Input text": {
        "font": _font(color=INPUT_FONT), "fill": _fill(INPUT_FILL), "alignment": _TEXT,
        "border": Border(left=_HAIR, right=_HAIR, top=_HAIR, bottom=_HAIR),
        "protection": Protection(locked=False),
    },
    "SOP Total": {
        "font": _font(bold=True, color="000000"), "alignment": _RIGHT,
        "border": Border(top=_THIN, bottom=_HAIR),
    },
    "SOP Total label": {
        "font": _font(bold=True, color="000000"), "alignment": _TEXT,
        "border": Border(top=_THIN, bottom=_HAIR),
    },
    "SOP Total past": {
        "font": _font(bold=True, color="595959"), "fill": _fill(PAST_FILL), "alignment": _RIGHT,
        "border": Border(top=_THIN, bottom=_HAIR),
    },
    "SOP Sum": {
        "font": _font(color="000000"), "fill": _fill(BAND_FILL), "alignment": _RIGHT,
        "border": _GRID,
    },
    "SOP Link": {"font": _font(color=TEAL, underline="single"), "alignment": _TEXT},
    "SOP Tile": {
        "font": _font(size=18, bold=True, color=NAVY), "fill": _fill(BAND_FILL),
        "alignment": _CENTRE,
    },
    "SOP Tile label": {
        "font": _font(color=GREY), "fill": _fill(BAND_FILL), "alignment": _CENTRE,
    },
}

GOOD = DifferentialStyle(font=Font(color=TEAL), fill=PatternFill(bgColor=GOOD_FILL))
WATCH = DifferentialStyle(font=Font(color=AMBER), fill=PatternFill(bgColor=WATCH_FILL))
BAD = DifferentialStyle(font=Font(color=VERMILION, bold=True), fill=PatternFill(bgColor=BAD_FILL))


def status_rules(cell: str) -> list[Rule]:
    """Colours for texts that begin with a status mark: ● good, ▲ watch, ■ bad."""
    marks = (("●", GOOD), ("▲", WATCH), ("■", BAD))
    return [
        Rule(type="expression", dxf=dxf, formula=[f'LEFT({cell},1)="{mark}"'])
        for mark, dxf in marks
    ]


def heat_format(full: float, limit: float) -> str:
    """Utilisation with a mark: ■ above the limit, ▲ from where it counts as full, ● below.

    >>> heat_format(0.85, 1.0)
    '[>1]"■ "0%;[>=0.85]"▲ "0%;"● "0%'
    """
    return f'[>{limit:g}]"■ "0%;[>={full:g}]"▲ "0%;"● "0%'


def utilisation_rules(cell: str, full: str, limit: str) -> list[Rule]:
    """Colours for utilisation: above the limit bad, from where it is full watch, below good."""
    filled = f"ISNUMBER({cell})"
    return [
        Rule(type="expression", dxf=BAD, formula=[f"AND({filled},{cell}>{limit})"]),
        Rule(type="expression", dxf=WATCH, formula=[f"AND({filled},{cell}>={full})"]),
        Rule(type="expression", dxf=GOOD, formula=[f"AND({filled},{cell}<{full})"]),
    ]


def negative_rule() -> Rule:
    return Rule(type="cellIs", operator="lessThan", formula=["-0.5"], dxf=BAD)


def positive_rule() -> Rule:
    return Rule(type="cellIs", operator="greaterThan", formula=["0.5"], dxf=BAD)


@dataclass(frozen=True)
class Cell:
    """What decides how a cell looks."""

    style: str
    number_format: str | None = None
    first_plan: bool = False
    """It stands in the first plan month, whose left edge is marked."""
    new_block: bool = False
    """It opens a block, whose upper edge is marked."""
    wrap: bool = False
    bare: bool = False
    """It waits to be filled: without lines."""


class Styles:
    """The cell formats of one workbook, made when they are first asked for."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self._borders: dict[str, Border] = {}
        for name, parts in _STYLES.items():
            workbook.add_named_style(NamedStyle(name=name, **parts))
            self._borders[name] = parts.get("border", Border())
        self.id = cache(self._id)

    def _id(self, cell: Cell) -> int:
        border = None
        if cell.bare:
            border = Border()
        elif cell.first_plan or cell.new_block:
            own = self._borders[cell.style]
            border = Border(
                left=_MEDIUM if cell.first_plan else own.left,
                right=own.right,
                top=_THIN if cell.new_block else own.top,
                bottom=own.bottom,
            )
        return style_id(
            self.workbook,
            cell.style,
            cell.number_format,
            border=border,
            wrap=True if cell.wrap else None,
        )

    def named(self, name: str, number_format: str | None = None) -> int:
        return self.id(Cell(name, number_format))


def style_name(role: Role, unit: Unit) -> str:
    """The named style of a cell in a list."""
    if role.is_input:
        return "SOP Input" if unit.is_number else "SOP Input text"
    if role is Role.KEY:
        return "SOP Key"
    return "SOP Output" if unit.is_number else "SOP Text"
