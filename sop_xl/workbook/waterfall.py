"""A waterfall: stacked columns that float, drawn from a small table of formulas beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.layout import Layout as ChartLayout
from openpyxl.chart.layout import ManualLayout
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, OneCellAnchor
from openpyxl.drawing.xdr import XDRPositiveSize2D

from sop_xl.schema import Unit
from sop_xl.workbook.charts import AXIS_WIDTH, chart_axes, chart_title
from sop_xl.workbook.layout import column_letter
from sop_xl.workbook.pages.pieces import headers
from sop_xl.workbook.sheet import EMU_PER_CM, Sheet
from sop_xl.workbook.styles import NAVY, RULE, TEAL, VERMILION

_PARTS = ("Below", "Above", "Up", "Up below zero", "Down", "Down below zero", "Total")
"""What is stacked: two invisible feet, then what rises, falls and stands."""
_COLOURS = (None, None, TEAL, TEAL, VERMILION, VERMILION, NAVY)


class Step(NamedTuple):
    """A column of the waterfall."""

    label: str
    formula: str
    amount: float
    is_total: bool = False
    """It stands on zero; the others float where those before them end."""


def add_waterfall(
    sheet: Sheet,
    anchor: AnchorMarker,
    title: str,
    steps: Sequence[Step],
    *,
    title_cell: str,
    unit: str,
    table: tuple[int, int],
    parts: int,
    size: tuple[float, float],
) -> None:
    """Put a waterfall of changes on a sheet, and the table that it draws from.

    Args:
        anchor: Upper left corner of the chart.
        title: What it shows; it follows ``title_cell``.
        steps: The columns, left to right.
        unit: Unit of the value axis.
        table: Row and column of the header over effects, amounts and the level reached.
        parts: Column of the workings from which the columns are stacked.
        size: Width and height in centimetres.
    """
    row, column = table
    _table(sheet, row, column, parts, steps)
    chart: Any = BarChart()
    chart.type, chart.grouping, chart.overlap, chart.gapWidth = "col", "stacked", 100, 40
    source = sheet.book.workbook[sheet.name]
    first, last = row + 1, row + len(steps)
    for at, (label, colour) in enumerate(zip(_PARTS, _COLOURS, strict=True)):
        values = Reference(source, min_col=parts + at, min_row=first, max_row=last)
        series: Any = Series(values, title=label)
        shape = series.graphicalProperties
        if colour is None:
            shape.noFill = True
        else:
            shape.solidFill = colour
        shape.line.noFill = True
        chart.series.append(series)
    chart.set_categories(Reference(source, min_col=column, min_row=first, max_row=last))
    chart_axes(chart, unit, "#,##0")
    chart.x_axis.number_format = "General"
    chart.x_axis.tickLblSkip = chart.x_axis.tickMarkSkip = 1
    chart.title = chart_title(title, title_cell)
    chart.legend = None
    chart.graphical_properties = GraphicalProperties(ln=LineProperties(solidFill=RULE))
    chart.roundedCorners = False
    left = (AXIS_WIDTH + 0.6) / size[0]
    chart.layout = ChartLayout(manualLayout=ManualLayout(
        layoutTarget="inner", xMode="edge", yMode="edge", x=left, y=0.15, w=0.97 - left, h=0.68
    ))
    extent = XDRPositiveSize2D(*(round(side * EMU_PER_CM) for side in size))
    chart.anchor = OneCellAnchor(_from=anchor, ext=extent)
    sheet.skeleton.add_chart(chart)
    sheet.descriptions.append(f"Waterfall of the effects that make the change: {title}")


def _table(sheet: Sheet, row: int, column: int, parts: int, steps: Sequence[Step]) -> None:
    """Effect, amount, level after it, and what is stacked."""
    money = Unit.MONEY.number_format
    headers(sheet, row, column, {"Effect": False, "Amount": True, "Reached": True})
    headers(sheet, row, parts, dict.fromkeys(_PARTS, True))
    amount, reached = column_letter(column + 1), column_letter(column + 2)
    level = 0.0
    for line, step in enumerate(steps, start=row + 1):
        start = 0.0 if step.is_total else level
        level = round(start + step.amount, 2)
        before = "0" if step.is_total or line == row + 1 else f"{reached}{line - 1}"
        ends = f"{amount}{line}" if step.is_total else f"ROUND({before}+{amount}{line},2)"
        sheet.put(line, column, step.label, "SOP Total label" if step.is_total else "SOP Label")
        number = "SOP Total" if step.is_total else "SOP Output"
        sheet.put(line, column + 1, step.amount, number, money, step.formula)
        sheet.put(line, column + 2, level, number, money, ends)
        values = _stacked(start, level, step.is_total)
        formulas = _formulas(before, f"{reached}{line}", step.is_total)
        for at, (value, formula) in enumerate(zip(values, formulas, strict=True)):
            sheet.put(line, parts + at, value, "SOP Output", money, formula)


def _stacked(start: float, end: float, is_total: bool) -> list[float]:
    """The feet and bodies of a column from one level to another, above and below zero.

    >>> _stacked(50.0, 80.0, False)
    [0.0, 50.0, 30.0, 0.0, 0.0, 0.0, 0.0]
    >>> _stacked(20.0, -10.0, False)
    [0.0, 0.0, 0.0, 0.0, 20.0, -10.0, 0.0]
    """
    if is_total:
        return [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, end]
    low, high = min(start, end), max(start, end)
    foot, beneath = max(0.0, low), min(0.0, high)
    body, under = max(0.0, high) - foot, min(0.0, low) - beneath
    rises = end >= start
    return [beneath, foot, *((body, under) if rises else (0.0, 0.0)),
            *((0.0, 0.0) if rises else (body, under)), 0.0]


def _formulas(start: str, end: str, is_total: bool) -> list[str]:
    if is_total:
        return ["0", "0", "0", "0", "0", "0", end]
    low, high = f"MIN({start},{end})", f"MAX({start},{end})"
    foot, beneath = f"MAX(0,{low})", f"MIN(0,{high})"
    body, under = f"MAX(0,{high})-{foot}", f"MIN(0,{low})-{beneath}"
    rises, falls = f"{end}>={start}", f"{end}<{start}"
    return [beneath, foot, f"IF({rises},{body},0)", f"IF({rises},{under},0)",
            f"IF({falls},{body},0)", f"IF({falls},{under},0)", "0"]
