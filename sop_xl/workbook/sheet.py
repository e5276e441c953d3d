"""One sheet while it is drawn: the openpyxl skeleton, our cells, and what both have to agree on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker
from openpyxl.formatting.rule import Rule
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import coordinate_from_string
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink

from sop_xl.planning.calendar import Axis
from sop_xl.schema import Alert, Column
from sop_xl.tables.settings import Settings
from sop_xl.workbook.formulas import Translator, excel_text
from sop_xl.workbook.layout import Layout, setting_name
from sop_xl.workbook.sheetdata import CellValue, SheetData
from sop_xl.workbook.styles import (
    BAD,
    TAB,
    Cell,
    Styles,
    negative_rule,
    positive_rule,
    status_rules,
    utilisation_rules,
)

PIXELS_PER_CHARACTER = 7
"""Of Calibri 11, by which Excel measures the widths of columns."""
ISSUE_MARK = "Issue_mark"
"""The name of the cell that says whether the plan has moved since the book was issued."""
HOME, HOME_LINK_ROW = "Home", 5
"""Every sheet has the way back in the same cell."""
HEADER_LENGTH = 80
"""Characters of the plan's name in a page header, which holds 255 in all."""
EMU_PER_CM, EMU_PER_PIXEL = 360_000, 9_525
_BANDS = setting_name("utilisation_full"), setting_name("utilisation_limit")
LINE_HEIGHT, HIGHEST_ROW = 13.0, 409.0
"""Points of a line of text, and of the highest row that Excel has."""
LEGEND = "Blue on yellow: fill in · black: computed · grey: past · ● good ▲ watch ■ act"


@dataclass(frozen=True)
class Identity:
    """Which book this is; it stands in the properties and on every sheet."""

    plan: str
    """Name of the plan: company and entity."""
    cycle: str
    version: int
    build: str
    generated_at: dt.datetime
    author: str


@dataclass(frozen=True)
class Book:
    """What all sheets of a workbook share while it is drawn."""

    workbook: Workbook
    styles: Styles
    layout: Layout
    translate: Translator
    frames: dict[str, pd.DataFrame]
    settings: Settings
    axis: Axis
    identity: Identity
    check_light: str
    """What the check light shows: the cached value of its formula."""

    @property
    def status_line(self) -> str:
        return f"Cycle {self.identity.cycle}  ·  version {self.identity.version}  ·  "


class Sheet:
    """A sheet being drawn."""

    def __init__(self, book: Book, name: str, title: str, tab: str) -> None:
        self.book = book
        self.name = name
        self.title = title
        # openpyxl declares as optional, or not at all, much that a new sheet always has
        self.skeleton: Any = book.workbook.create_sheet(name)
        self.skeleton.sheet_properties.tabColor = TAB[tab]
        self.cells = SheetData()
        self.styles = book.styles
        self.descriptions: list[str] = []
        """Alternative texts of the charts, in the order in which they were added."""

    # ---- cells -----------------------------------------------------------------------------

    def put(
        self,
        row: int,
        column: int,
        value: CellValue,
        style: str = "SOP Text",
        number_format: str | None = None,
        formula: str | None = None,
    ) -> None:
        """Put one cell in a named style."""
        self.cells.put(row, column, value, self.styles.named(style, number_format), formula)

    def style(self, cell: Cell) -> int:
        return int(self.styles.id(cell))

    def link(self, row: int, column: int, text: str, target: str) -> None:
        """A text that jumps to ``target``, such as ``Demand_Plan!A1``."""
        self.put(row, column, text, "SOP Link")
        reference = f"{get_column_letter(column)}{row}"
        self.skeleton._hyperlinks.append(
            Hyperlink(ref=reference, location=target, display=text, tooltip=f"Go to {target}")
        )

    def head(self, subtitle: str, *, as_issued: bool = False) -> None:
        """Title, status line with the check light, and what the sheet is for.

        Args:
            subtitle: What the sheet is for.
            as_issued: It holds messages written when the book was made: the line says so as soon
                as the plan in the book has moved.
        """
        self.put(1, 1, self.title, "SOP Title")
        self.cells.row(1, height=24)
        light = self.book.status_line
        self.put(
            2, 1, light + self.book.check_light, "SOP Status line", formula=f'"{light}"&Check_light'
        )
        formula = f"{excel_text(subtitle)}&{ISSUE_MARK}" if as_issued else None
        self.put(3, 1, subtitle, "SOP Note", formula=formula)
        if self.name != HOME:
            self.link(HOME_LINK_ROW, 1, HOME, f"{HOME}!A1")
        alarm = DifferentialStyle(font=BAD.font)
        rule = Rule(type="expression", dxf=alarm, formula=['ISNUMBER(SEARCH("■",$A$2))'])
        self.skeleton.conditional_formatting.add("A2", rule)

    # ---- the skeleton ------------------------------------------------------------------------

    def at(self, centimetres: float, row: int) -> AnchorMarker:
        """The place in a row that is so far from the left edge, given the widths set so far."""
        column, left = 0, round(centimetres * EMU_PER_CM)
        while True:
            letter = get_column_letter(column + 1)
            width = self.skeleton.column_dimensions[letter].width
            emu = (round(width * PIXELS_PER_CHARACTER) + 5) * EMU_PER_PIXEL
            if left < emu:
                return AnchorMarker(col=column, colOff=left, row=row - 1)
            left -= emu
            column += 1

    def widths(self, widths: Mapping[int, float]) -> None:
        for column, width in widths.items():
            self.skeleton.column_dimensions[get_column_letter(column)].width = round(width, 1)

    def fit_rows(self, texts: Mapping[int, Iterable[tuple[CellValue, float]]]) -> None:
        """Heights for rows with wrapped texts: for each row its texts and their column widths.

        Not every program fits the height of a row to a text that a formula gives.
        """
        for row, cells in texts.items():
            lines = max(
                (-(-len(str(text)) // int(width * 1.08)) for text, width in cells if text),
                default=1,
            )
            if lines > 1:
                self.cells.row(row, height=min(LINE_HEIGHT * lines + 2, HIGHEST_ROW))

    def freeze(self, row: int, column: int) -> None:
        self.skeleton.freeze_panes = f"{get_column_letter(column)}{row}"

    def validate(
        self,
        ranges: str,
        title: str,
        help: str,
        *,
        choices: Sequence[str] = (),
        minimum: float | None = None,
        maximum: float | None = None,
        number: bool = False,
        date: bool = False,
    ) -> None:
        """Restrict what can be typed; say so when the cell is chosen and when it is refused."""
        if choices:
            rule = DataValidation("list", formula1='"' + ",".join(choices) + '"')
            rule.error = f"Choose one of: {', '.join(choices)}."[:250]
        elif date:
            rule = DataValidation("date", operator="greaterThan", formula1="32874")
            rule.error = "Type a date, such as 2026-10-31."
        elif number and minimum is not None and maximum is not None:
            rule = DataValidation("decimal", "between", str(minimum), str(maximum))
            rule.error = f"Type a number from {minimum:g} to {maximum:g}."
        elif number and minimum is not None:
            rule = DataValidation("decimal", operator="greaterThanOrEqual", formula1=str(minimum))
            rule.error = f"Type a number of at least {minimum:g}."
        elif number:
            rule = DataValidation("decimal", "between", "-1E+15", "1E+15")
            rule.error = "Type a number."
        else:
            rule = DataValidation()
        rule.allow_blank = True
        rule.showErrorMessage = rule.type is not None
        rule.errorTitle = title[:32]
        rule.showInputMessage = True
        rule.promptTitle = title[:32]
        rule.prompt = help[:250]
        rule.sqref = ranges
        self.skeleton.add_data_validation(rule)

    def choose_from(self, cell: str, source: str, title: str, help: str) -> None:
        """A cell that takes one of the values of a range."""
        rule = DataValidation("list", formula1=source, allow_blank=False, showErrorMessage=True)
        rule.errorTitle, rule.error = title[:32], "Choose one of the list."
        rule.promptTitle, rule.prompt, rule.showInputMessage = title[:32], help, True
        rule.sqref = cell
        self.skeleton.add_data_validation(rule)

    def offer(self, ranges: str, source: str, column: Column) -> None:
        """Cells that offer the values of a range, and take others after a question."""
        rule = DataValidation("list", formula1=source, allow_blank=True, showErrorMessage=True)
        rule.errorStyle = "warning"
        rule.errorTitle, rule.error = column.label[:32], "This is not in the list."
        rule.promptTitle, rule.prompt = column.label[:32], column.help[:250]
        rule.showInputMessage = True
        rule.sqref = ranges
        self.skeleton.add_data_validation(rule)

    def name_cell(self, name: str, cell: str) -> None:
        """Give a cell a name for the whole workbook."""
        column, row = coordinate_from_string(cell)
        self.book.workbook.defined_names[name] = DefinedName(
            name, attr_text=f"{self.name}!${column}${row}"
        )

    def name_range(self, name: str, first: str, last: str) -> None:
        """Give a range a name for the whole workbook."""
        ends = (coordinate_from_string(cell) for cell in (first, last))
        reference = ":".join(f"${column}${row}" for column, row in ends)
        self.book.workbook.defined_names[name] = DefinedName(
            name, attr_text=f"{self.name}!{reference}"
        )

    def alert(self, kind: Alert, ranges: str) -> None:
        """Colour the values that need a look."""
        if not kind:
            return
        first = ranges.split(":", maxsplit=1)[0].split(" ", maxsplit=1)[0]
        rules: list[Rule] = {
            "status": lambda: status_rules(first),
            "utilisation": lambda: utilisation_rules(first, *_BANDS),
            "heat": lambda: utilisation_rules(first, *_BANDS),
            "negative": lambda: [negative_rule()],
            "positive": lambda: [positive_rule()],
        }[kind]()
        for rule in rules:
            self.skeleton.conditional_formatting.add(ranges, rule)

    def finish(self, *, print_columns: str = "", pages_wide: int = 1) -> None:
        """View and print set-up: no grid lines, fitted to the page, header and footer."""
        sheet, identity = self.skeleton, self.book.identity
        sheet.sheet_view.showGridLines = False
        sheet.sheet_view.zoomScale = 85
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.paperSize = 9
        sheet.page_setup.fitToWidth = pages_wide
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.print_options.horizontalCentered = True
        margins = sheet.page_margins
        margins.left = margins.right = 0.4
        margins.top, margins.bottom = 0.8, 0.7
        margins.header, margins.footer = 0.35, 0.35
        plan = identity.plan[:HEADER_LENGTH].replace("&", "&&")
        sheet.oddHeader.left.text = f"{plan}"
        sheet.oddHeader.center.text = "&A"
        sheet.oddHeader.right.text = f"Cycle {identity.cycle} · version {identity.version}"
        sheet.oddFooter.left.text = f"Build {identity.build}"
        sheet.oddFooter.right.text = "Page &P of &N"
        if print_columns:
            sheet.print_title_cols = print_columns
