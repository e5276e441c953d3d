"""What if: live functions over the plan's figures, each with the plan's own number behind it.

A live block is written ``IFERROR(SOP_X(...), frozen)``: where Python is not at hand (macros are
blocked, on Mac, on a phone, in a previewer) it shows the frozen figures, which are native formulas.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker

from sop_xl.functions import CellError, named
from sop_xl.schema import Unit
from sop_xl.workbook.charts import Drawn, add_chart
from sop_xl.workbook.grids import PRINTED_PAST
from sop_xl.workbook.layout import GridPlace, column_letter, view_name
from sop_xl.workbook.pages.figures import HISTORY_NAMES, HISTORY_VALUES
from sop_xl.workbook.pages.pieces import fit_to_page, headers, selector, view_of
from sop_xl.workbook.sheet import Sheet
from sop_xl.workbook.sheetdata import CellValue
from sop_xl.workbook.styles import Cell

NUMBER = "0+"
"""Before a live number: LibreOffice with macros on answers an empty text where Python is not there,
which is an error to an addition, but none to IFERROR."""
PRINTED_PLAN = 13
"""Plan months that are printed: with the closed ones before them they fill a page."""
KPI_MONTHS = 12
"""Closed months over which the panel computes its KPIs."""
VIEW = view_name("what_if_view")
GROWTH, SEASON, LEVEL, LOAD, HOURS = (
    "What_growth", "What_season", "What_level", "What_load", "What_hours",
)


# all that is known, not what the sheet shows: a season wants more than two years
_HISTORY = f"INDEX({HISTORY_VALUES},MATCH({VIEW},{HISTORY_NAMES},0),0)"


class _Choice(NamedTuple):
    """A cell to try something in; what is typed there stays in the book and moves no plan."""

    name: str
    label: str
    value: float
    unit: Unit
    help: str
    least: float
    most: float


_FORECAST_CHOICES = (
    _Choice(GROWTH, "Growth on top", 0.0, Unit.PERCENT,
            "Share added to every month: 5% for 5 % more.", -1.0, 10.0),
    _Choice(SEASON, "Season, months", 12.0, Unit.COUNT, "12 for a year, 1 for none.", 1, 24),
    _Choice(LEVEL, "Range covers", 0.8, Unit.PERCENT,
            "Share of the outcomes that the range is to cover.", 0.5, 0.99),
)
_LOAD_CHOICES = (
    _Choice(LOAD, "Change of load", 0.0, Unit.PERCENT,
            "Share by which the load changes: -10% for a tenth less.", -1.0, 10.0),
    _Choice(HOURS, "Extra hours a month", 0.0, Unit.HOURS,
            "Hours added to every month: a shift, overtime, a contractor.", -1e9, 1e9),
)


class _Kpi(NamedTuple):
    """A KPI over the last closed months: the live function, and the same as a native formula.

    ``{a}`` and ``{b}`` stand for the two rows of KPI_Facts.
    """

    label: str
    function: str
    first: str
    second: str
    native: str
    unit: Unit
    sums: bool = False
    """The function takes the sums of the two rows."""
    added: bool = False
    """The second row is what the forecast missed by: it takes demand, and demand + that."""


_BOTH = "ISNUMBER({a})*ISNUMBER({b})"
"""The months of which both figures are known."""
_SUM_A, _SUM_B = f"SUMPRODUCT({_BOTH},{{a}})", f"SUMPRODUCT({_BOTH},{{b}})"
_ERRORS = f"SUMPRODUCT({_BOTH}*({{b}}-{{a}}))"
_KPIS = (
    # the errors of the blocks, as on Accuracy: those of the totals would cancel out
    _Kpi("Weighted error (WMAPE)", "SOP_WMAPE", "forecast_demand", "absolute_error",
         f"{_SUM_B}/{_SUM_A}", Unit.PERCENT, sums=True, added=True),
    _Kpi("Forecast bias", "SOP_BIAS", "forecast_demand", "forecast",
         f"{_ERRORS}/{_SUM_A}", Unit.PERCENT),
    _Kpi("Tracking signal", "SOP_TRACKING", "forecast_demand", "forecast",
         f"{_ERRORS}/(SUMPRODUCT({_BOTH}*ABS({{b}}-{{a}}))/SUMPRODUCT({_BOTH}))", Unit.RATIO),
    *(
        _Kpi(label, function, first, second, f"{_SUM_A}/{_SUM_B}", Unit.PERCENT, sums=True)
        for label, function, first, second in (
            ("Plan adherence", "SOP_ADHERENCE", "actual_output", "planned_output"),
            ("Customer service level", "SOP_SERVICE", "orders_on_time", "orders_due"),
            ("OTIF", "SOP_OTIF", "deliveries_otif", "deliveries"),
            ("Capacity utilisation", "SOP_UTIL", "load_hours", "available_hours"),
            ("Meeting decision closure", "SOP_CLOSURE", "actions_closed", "actions_due"),
        )
    ),
)


def what_if(sheet: Sheet) -> None:
    """The forecast of a chosen family, the gap of a chosen resource, the KPIs of the last year."""
    demand, load = view_of(sheet, "what_if_view"), view_of(sheet, "what_if_load_view")
    _forecast(sheet, demand)
    _gap(sheet, load)
    top = load.last_row + 3
    sheet.widths({1: 25})
    row = _choices(sheet, demand, top)
    _words(sheet, row)
    last = _kpis(sheet, row + 5)
    columns = demand.columns
    first = columns.first_plan - min(PRINTED_PAST, columns.axis.history)
    _chart(sheet, demand, first, top)
    end = min(columns.last_plan, columns.first_plan + PRINTED_PLAN - 1)
    sheet.skeleton.print_area = f"{column_letter(first)}1:{column_letter(end)}{last}"
    fit_to_page(sheet)


def _forecast(sheet: Sheet, place: GridPlace) -> None:
    columns = place.columns
    horizon = columns.axis.horizon
    grown = f"*(1+{GROWTH})"
    live = f"SOP_FORECAST({_HISTORY},{horizon},{SEASON}){grown}"
    _array(sheet, place, ("forecast",), live, _plan_row(place, "baseline") + grown)
    live = f"SOP_FORECAST_PI({_HISTORY},{horizon},{LEVEL},{SEASON}){grown}"
    frozen = f"{_rows(place, ('low', 'high'), columns.first_plan, columns.last_plan)}{grown}"
    _array(sheet, place, ("forecast_low", "forecast_high"), live, frozen)


def _gap(sheet: Sheet, place: GridPlace) -> None:
    load = f"{_plan_row(place, 'load')}*(1+{LOAD})"
    available = f"{_plan_row(place, 'available')}+{HOURS}"
    live = f"SOP_CAPGAP({load},{available})"
    _array(sheet, place, ("what_if_gap",), live, f"{available}-{load}")


def _array(
    sheet: Sheet, place: GridPlace, measures: Sequence[str], live: str, frozen: str
) -> None:
    """Lay one live block over the plan months of neighbouring measures."""
    columns = place.columns
    frame = sheet.book.frames[place.grid.name]
    plan = frame["period"] >= columns.axis.first
    numbers = frame.loc[plan, list(measures)].to_numpy(dtype=float).T
    values: list[list[CellValue]] = [[float(v) for v in line] for line in np.nan_to_num(numbers)]
    measure = place.grid[measures[0]]
    named_style = "SOP Total" if measure.strong else "SOP Output"
    formats = [
        sheet.style(Cell(named_style, measure.unit.number_format, first_plan=at == 0))
        for at in range(columns.axis.horizon)
    ]
    row = place.row((), measures[0])
    formula = f"IFERROR({NUMBER}{live},{frozen})"
    sheet.cells.put_array(row, columns.first_plan, values, formats, formula)


def _row(place: GridPlace, measure: str, first: int, last: int) -> str:
    return _rows(place, (measure, measure), first, last)


def _rows(place: GridPlace, measures: tuple[str, str], first: int, last: int) -> str:
    top, bottom = (place.row((), measure) for measure in measures)
    return f"${column_letter(first)}${top}:${column_letter(last)}${bottom}"


def _plan_row(place: GridPlace, measure: str) -> str:
    return _row(place, measure, place.columns.first_plan, place.columns.last_plan)


def _choices(sheet: Sheet, place: GridPlace, row: int) -> int:
    """The cells to try things in, below the figures; gives the row after them."""
    left, right = 1, place.columns.measure
    sheet.put(row, left, "Try here (blue on yellow); nothing of it changes the plan", "SOP Section")
    selector(sheet, row + 1, left, "what_if_view", "view_families", "Show family")
    selector(sheet, row + 1, right, "what_if_load_view", "view_resources", "Show resource")
    for column, choices in ((left, _FORECAST_CHOICES), (right, _LOAD_CHOICES)):
        for at, choice in enumerate(choices, start=row + 2):
            sheet.put(at, column, choice.label, "SOP Label")
            sheet.put(at, column + 1, choice.value, "SOP Input", choice.unit.number_format)
            cell = f"{column_letter(column + 1)}{at}"
            sheet.validate(cell, choice.label, choice.help, number=True,
                           minimum=choice.least, maximum=choice.most)
            sheet.name_cell(choice.name, cell)
    return row + 2 + len(_FORECAST_CHOICES)


def _words(sheet: Sheet, row: int) -> None:
    for at, (label, function) in enumerate((("Method", "SOP_METHOD"), ("Why", "SOP_EXPLAIN"))):
        shown = "as in the plan: see Demand_Plan" if function == "SOP_METHOD" else "-"
        call = f"{function}({_HISTORY},{SEASON})"
        sheet.put(row + at, 1, label, "SOP Label")
        sheet.put(row + at, 2, shown, "SOP Text",
                  formula=f'IFERROR(IF(LEN({call})=0,NA(),{call}),"{shown}")')
    _state(sheet, row + 2)


def _state(sheet: Sheet, row: int) -> None:
    """Whether the figures above are live: a frozen number must not pass for an answer."""
    asleep = "the plan's own figures: Python does not answer here"
    range_ = f"SOP_FORECAST_PI({_HISTORY},1,{LEVEL},{SEASON})"
    # LibreOffice with macros on answers an empty text where Python is not there
    formula = (
        f'IFERROR(IF(ISNUMBER(SOP_CAPGAP(1,1)),IF(ISNUMBER(SUM(0+{range_})),"live",'
        f'"the plan\'s own figures"),"{asleep}"),IF(ISNUMBER(SOP_CAPGAP(1,1)),'
        f'"the plan\'s own figures: look at season and range","{asleep}"))'
    )
    sheet.put(row, 1, "Shown", "SOP Label")
    sheet.put(row, 2, asleep, "SOP Text", formula=formula)


def _kpis(sheet: Sheet, row: int) -> int:
    """The panel of KPIs; gives its last row."""
    place = sheet.book.layout.grids["kpi_facts"]
    columns = place.columns
    last = columns.last_past
    first = max(columns.first_past, last - KPI_MONTHS + 1)
    facts = sheet.book.frames["kpi_facts"]
    closed = facts[facts["period"] < columns.axis.first].tail(last - first + 1)
    sheet.put(row, 1, f"KPIs over the last {len(closed)} closed months", "SOP Section")
    headers(sheet, row + 1, 1, {"KPI": False, "Live": True, "By formula": True, "Function": False})
    for at, kpi in enumerate(_KPIS, start=row + 2):
        a, b = (f"{place.sheet}!{_row(place, n, first, last)}" for n in (kpi.first, kpi.second))
        native = kpi.native.format(a=a, b=b)
        given = f"{a},{b}"
        if kpi.sums:
            second = f"{_SUM_A}+{_SUM_B}" if kpi.added else _SUM_B
            given = f"{_SUM_A},{second}".format(a=a, b=b)
        value = _value(kpi, closed)
        number_format = kpi.unit.number_format
        sheet.put(at, 1, kpi.label, "SOP Key")
        sheet.put(at, 2, value, "SOP Output", number_format,
                  f"IFERROR({NUMBER}{kpi.function}({given}),C{at})")
        sheet.put(at, 3, value, "SOP Output", number_format, f'IFERROR({native},"")')
        sheet.put(at, 4, kpi.function, "SOP Text")
    return row + 1 + len(_KPIS)


def _value(kpi: _Kpi, closed: pd.DataFrame) -> float | None:
    """What the panel shows: the function over the months of which both figures are known."""
    pairs = closed[[kpi.first, kpi.second]].dropna().to_numpy(dtype=float)
    given = pairs.sum(axis=0) if kpi.sums else pairs.T
    if kpi.added:
        given = np.cumsum(given)
    try:
        return float(np.asarray(named(kpi.function)(given[0], given[1])).item())
    except CellError:
        return None


def _chart(sheet: Sheet, place: GridPlace, column: int, row: int) -> None:
    series = [
        Drawn(place, (), "forecast_low", "base"),
        Drawn(place, (), "band", "band", "What-if range"),
        Drawn(place, (), "actual", "line"),
        Drawn(place, (), "baseline", "thin"),
        Drawn(place, (), "forecast", "bold"),
    ]
    add_chart(
        sheet, AnchorMarker(col=column - 1, row=row - 1),
        "Forecast what-if of the chosen family", series,
        unit=f"{sheet.book.settings.base_unit} per month", size=(28.0, 9.0),
        description="Actual demand, baseline of the plan and what-if forecast with its range",
    )
