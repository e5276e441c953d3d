"""Native charts: history grey, baseline thin, consensus bold navy, AOP dashed amber."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from openpyxl.chart import AreaChart, BarChart, LineChart, Reference, Series
from openpyxl.chart.data_source import StrData, StrRef, StrVal
from openpyxl.chart.layout import Layout as ChartLayout
from openpyxl.chart.layout import ManualLayout
from openpyxl.chart.legend import LegendEntry
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.text import (
    CharacterProperties,
    Font,
    Paragraph,
    ParagraphProperties,
    RegularTextRun,
)
from openpyxl.drawing.xdr import XDRPositiveSize2D

from sop_xl.workbook.layout import HEADER_ROW, GridPlace, Key, column_letter
from sop_xl.workbook.sheet import EMU_PER_CM, Sheet
from sop_xl.workbook.styles import AMBER, FONT, GREY, INK, NAVY, RULE, TEAL, VERMILION

Kind = Literal[
    "line", "bold", "dashed", "thin", "faint", "dotted", "column", "column2", "band", "base"
]

AXIS_WIDTH = 2.1
"""Centimetres that the value axis with its title takes."""
_COLOURS = {"line": GREY, "bold": NAVY, "dashed": AMBER, "thin": TEAL, "faint": "9DB4D3",
            "dotted": VERMILION, "column": "9DB4D3",
            "column2": VERMILION, "band": "CFE3E6", "base": "FFFFFF"}
_PARTS = (NAVY, TEAL, AMBER, "9DB4D3", VERMILION, GREY, "CFE3E6", "D9B27A", "7A7AA8")
"""Colours of the parts of stacked columns, lowest first."""
_WIDTHS = {"line": 22000, "bold": 31000, "dashed": 19000, "thin": 15000, "faint": 12000,
           "dotted": 15000}


@dataclass(frozen=True)
class Drawn:
    """One series: a row of a grid and how it looks."""

    place: GridPlace
    block: Key
    measure: str
    kind: Kind
    label: str = ""
    columns: tuple[int, int] | None = None
    """First and last column, where not all months are drawn."""


def add_chart(
    sheet: Sheet,
    anchor: AnchorMarker,
    title: str,
    series: Sequence[Drawn],
    *,
    unit: str,
    size: tuple[float, float] = (24.0, 8.5),
    number_format: str = "#,##0",
    title_cell: str = "",
    description: str = "",
) -> None:
    """Put a chart on a sheet; series without a figure are left out, and so is an empty chart.

    Args:
        anchor: Its upper left corner, see :meth:`Sheet.at`.
        title: What it shows; with ``title_cell`` it follows that cell and this is what is cached.
        unit: Unit on the value axis.
        size: Width and height in centimetres.
        description: Text for those who cannot see it; the title where empty.
    """
    series = [one for one in series if has_figures(sheet, one)]
    if not series:
        sheet.put(anchor.row + 1, 1, f"{title}: there are no figures to show.", "SOP Note")
        return
    groups = {
        AreaChart: [s for s in series if s.kind in ("base", "band")],
        BarChart: [s for s in series if s.kind in ("column", "column2")],
        LineChart: [s for s in series if s.kind in _WIDTHS],
    }
    charts = [_chart(sheet, kind, drawn) for kind, drawn in groups.items() if drawn]
    main = charts[0]
    for other in charts[1:]:
        main += other
    chart_axes(main, unit, number_format)
    _finish(sheet, main, anchor, chart_title(title, title_cell), size, description or title)
    hidden = [at for at, s in enumerate(_ordered(groups)) if s.kind == "base"]
    main.legend.legendEntry = [LegendEntry(idx=at, delete=True) for at in hidden]


def _finish(
    sheet: Sheet, chart: Any, anchor: AnchorMarker, title: Title, size: tuple[float, float],
    description: str,
) -> None:  # fmt: skip
    """Title, legend, frame and place of a chart."""
    chart.title = title
    chart.legend.position = "b"
    chart.legend.txPr = _text(900, INK)
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(solidFill=RULE))
    chart.roundedCorners = False
    chart.display_blanks = "gap"
    left = AXIS_WIDTH / size[0]
    chart.layout = ChartLayout(
        manualLayout=ManualLayout(
            layoutTarget="inner", xMode="edge", yMode="edge", x=left, y=0.15, w=0.98 - left, h=0.58
        )
    )
    extent = XDRPositiveSize2D(*(round(side * EMU_PER_CM) for side in size))
    chart.anchor = OneCellAnchor(_from=anchor, ext=extent)
    sheet.skeleton.add_chart(chart)
    sheet.descriptions.append(description)


def add_stack(
    sheet: Sheet,
    anchor: AnchorMarker,
    title: str,
    rows: Sequence[int],
    *,
    header: int,
    columns: tuple[int, int],
    unit: str,
    size: tuple[float, float],
    number_format: str = "#,##0",
    description: str = "",
) -> None:
    """Put stacked columns on a sheet, drawn from rows of its own: their labels in column A.

    Args:
        anchor: Its upper left corner, see :meth:`Sheet.at`.
        title: What it shows.
        rows: One row for each part of the columns, lowest part first; none is no chart.
        header: The row that names the columns.
        columns: The first and last of them.
        unit: Unit on the value axis.
        size: Width and height in centimetres.
        number_format: Of the value axis.
        description: Text for those who cannot see it; the title where empty.
    """
    if not rows:
        sheet.put(anchor.row + 1, anchor.col + 1, f"{title}: there is nothing to show.", "SOP Note")
        return
    chart: Any = BarChart()
    chart.type, chart.gapWidth, chart.overlap, chart.grouping = "col", 60, 100, "stacked"
    first, last = columns
    for at, row in enumerate(rows):
        cells = Reference(sheet.skeleton, min_col=first, max_col=last, min_row=row)
        series: Any = Series(cells)
        series.tx = SeriesLabel(strRef=StrRef(f=f"{sheet.name}!$A${row}"))
        series.graphicalProperties.solidFill = _PARTS[at % len(_PARTS)]
        series.graphicalProperties.line.noFill = True
        chart.series.append(series)
    chart.set_categories(
        Reference(sheet.skeleton, min_col=first, max_col=last, min_row=header)
    )
    chart_axes(chart, unit, number_format)
    chart.x_axis.tickLblSkip = chart.x_axis.tickMarkSkip = 1
    chart.y_axis.scaling.min = 0.0
    _finish(sheet, chart, anchor, chart_title(title), size, description or title)


@dataclass(frozen=True)
class Bars:
    """Columns of a bar chart over rows of a sheet: where the names and the figures stand."""

    first_row: int
    last_row: int
    names: int
    """Column of the names."""
    values: tuple[int, ...]
    """Columns of the figures; the header above the first row names each series."""


def add_bars(
    sheet: Sheet,
    anchor: AnchorMarker,
    title: str,
    bars: Bars,
    *,
    unit: str,
    size: tuple[float, float] = (16.0, 8.5),
    number_format: str = "0%",
    description: str = "",
) -> None:
    """A bar chart of cells below each other on the same sheet, one group of bars for each row."""
    chart: Any = BarChart()
    chart.type, chart.gapWidth = "col", 60
    source = sheet.book.workbook[sheet.name]
    kinds: tuple[Kind, ...] = ("column", "dashed", "bold")
    for column, kind in zip(bars.values, kinds, strict=False):
        values = Reference(source, min_col=column, min_row=bars.first_row, max_row=bars.last_row)
        header = f"{sheet.name}!${column_letter(column)}${bars.first_row - 1}"
        series: Any = Series(values)
        series.tx = SeriesLabel(strRef=StrRef(f=header))
        series.graphicalProperties.solidFill = _COLOURS[kind]
        series.graphicalProperties.line.noFill = True
        chart.series.append(series)
    chart.set_categories(
        Reference(source, min_col=bars.names, min_row=bars.first_row, max_row=bars.last_row)
    )
    chart_axes(chart, unit, number_format)
    chart.x_axis.number_format = "General"
    chart.x_axis.tickLblSkip = chart.x_axis.tickMarkSkip = 1
    _finish(sheet, chart, anchor, chart_title(title), size, description or title)
    if len(bars.values) == 1:
        chart.legend = None


def has_figures(sheet: Sheet, one: Drawn) -> bool:
    """Whether the row that a series draws holds a number."""
    grid = one.place.grid
    frame = sheet.book.frames[grid.name]
    for key, value in zip(grid.key_names, one.block, strict=True):
        frame = frame[frame[key] == value]
    figures = frame[one.measure].dropna()
    return bool((figures != 0).any() if grid[one.measure].sparse == "zero" else len(figures))


def _ordered(groups: dict[Any, list[Drawn]]) -> list[Drawn]:
    return [s for drawn in groups.values() for s in drawn]


def _chart(sheet: Sheet, kind: Any, drawn: Sequence[Drawn]) -> Any:
    chart = kind()
    if kind is BarChart:
        chart.type, chart.gapWidth, chart.overlap = "col", 60, 100
        chart.grouping = "stacked"
    elif kind is AreaChart:
        chart.grouping = "stacked"
    for one in drawn:
        chart.series.append(_series(sheet, one))
    first = drawn[0]
    columns = first.place.columns
    source = sheet.book.workbook[first.place.sheet]
    chart.set_categories(
        Reference(
            source,
            min_col=columns.first_past if first.columns is None else first.columns[0],
            max_col=columns.last_plan if first.columns is None else first.columns[1],
            min_row=HEADER_ROW,
        )
    )
    return chart


def _series(sheet: Sheet, one: Drawn) -> Any:
    columns = one.place.columns
    first, last = one.columns or (columns.first_past, columns.last_plan)
    row = one.place.row(one.block, one.measure)
    values = Reference(
        sheet.book.workbook[one.place.sheet], min_col=first, max_col=last, min_row=row
    )
    series: Any = Series(values, title=one.label or one.place.grid[one.measure].label)
    colour = _COLOURS[one.kind]
    shape = series.graphicalProperties
    if one.kind in _WIDTHS:
        shape.line = LineProperties(
            w=_WIDTHS[one.kind],
            solidFill=colour,
            prstDash=_dash(one.kind),
        )
        series.smooth = False
        series.marker.symbol = "none"
    elif one.kind == "base":
        shape.noFill = True
        shape.line.noFill = True
    else:
        shape.solidFill = colour
        shape.line.noFill = True
    return series


def _dash(kind: Kind) -> Literal["solid", "sysDash", "sysDot"]:
    if kind == "dashed":
        return "sysDash"
    return "sysDot" if kind == "dotted" else "solid"


def chart_axes(chart: Any, unit: str, number_format: str) -> None:
    x, y = chart.x_axis, chart.y_axis
    x.delete = y.delete = False
    x.number_format = "mmm yy"
    x.tickLblSkip = x.tickMarkSkip = 3
    x.tickLblPos = "low"
    x.majorTickMark = "out"
    x.txPr = y.txPr = _text(900, INK)
    x.graphicalProperties = GraphicalProperties(ln=LineProperties(solidFill=GREY))
    y.graphicalProperties = GraphicalProperties(ln=LineProperties(noFill=True))
    y.majorGridlines.spPr = GraphicalProperties(ln=LineProperties(solidFill=RULE, w=6350))
    y.number_format = number_format
    y.numFmt.sourceLinked = False
    x.numFmt.sourceLinked = False
    y.title = chart_title(unit, size=900, bold=False)
    x.title = None


def chart_title(text: str, cell: str = "", size: int = 1200, bold: bool = True) -> Title:
    properties = CharacterProperties(
        sz=size, b=bold, solidFill=NAVY if bold else GREY, latin=Font(typeface=FONT)
    )
    paragraph = ParagraphProperties(defRPr=properties)
    if cell:
        cache = StrData(ptCount=1, pt=[StrVal(idx=0, v=text)])
        rich = RichText(p=[Paragraph(pPr=paragraph, endParaRPr=properties)])
        return Title(tx=Text(strRef=StrRef(f=cell, strCache=cache)), txPr=rich, overlay=False)
    run = RegularTextRun(rPr=properties, t=text)
    rich = RichText(p=[Paragraph(pPr=paragraph, r=[run])])
    return Title(tx=Text(rich=rich), overlay=False)


def _text(size: int, colour: str) -> RichText:
    properties = CharacterProperties(sz=size, solidFill=colour, latin=Font(typeface=FONT))
    return RichText(
        p=[Paragraph(pPr=ParagraphProperties(defRPr=properties), endParaRPr=properties)]
    )
