"""The pages that close the loop: the scorecard with its trend, and the accuracy of the plans."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sop_xl.planning.wording import month
from sop_xl.schema import ALL_FAMILIES, Table, Unit
from sop_xl.tables.forecast import LAG_ACCURACY
from sop_xl.tables.kpi_detail import LEAD_TIMES, STEPS, VALUE_ADDED
from sop_xl.tables.performance import KPI_FACTS, KPIS
from sop_xl.workbook.charts import Bars, Drawn, Kind, add_bars, add_chart
from sop_xl.workbook.formulas import excel_text, structured
from sop_xl.workbook.layout import column_letter
from sop_xl.workbook.lists import draw_lists, draw_table, print_apart
from sop_xl.workbook.pages.contributors import contributors
from sop_xl.workbook.pages.figures import kpi_chart
from sop_xl.workbook.pages.pieces import fit_to_page, headers, view_of
from sop_xl.workbook.sheet import Sheet

TREND_MONTHS = 13
CHOSEN_LAG = "Accuracy_lag"
"""The name of the cell in which the reader chooses the lag."""
_TOP = 6
"""Row of the drop-down."""
_BESIDE = 30.5
"""Centimetres from the left edge to the charts beside the tables."""
_CHART_ROWS = 18
"""Rows from one of these charts to the next."""
_TREND_WIDTH = 12.5
"""Least width of a column of the trend."""


def kpi_sheet(sheet: Sheet) -> None:
    """The scorecard with definitions, the trend of thirteen months below it, and a chart."""
    sheet.head("The twelve KPIs: execution first, then results; packs and parts: KPI_Detail")
    place = sheet.book.layout.tables["kpis"]
    draw_table(sheet, place)
    shown = sheet.skeleton.column_dimensions
    columns = range(2, TREND_MONTHS + 2)
    sheet.widths({at: max(_TREND_WIDTH, shown[column_letter(at)].width) for at in columns})
    row = _trend(sheet, place.last_row + 2)
    kpi_chart(sheet, sheet.at(0, row + 1), (30.0, 9.0))
    sheet.freeze(place.first_row, 2)
    sheet.finish()
    _keep_to_one_page(sheet, place.column("owner"), row + 21)


def detail_page(sheet: Sheet) -> None:
    """The packs, and on a page of their own the KPIs by part; their facts are for the screen."""
    tables = sheet.book.layout.tables
    more, parts = tables["kpi_more"], tables["kpi_parts"]
    draw_lists(sheet, [more, parts], more.table.help)
    print_apart(sheet, {more: "source", parts: "demand_volatility"})


def facts_page(sheet: Sheet) -> None:
    """Months past and to come are both printed."""
    place = view_of(sheet, "kpi_outlook")
    first, last = place.columns.first_past, place.columns.last
    sheet.skeleton.print_area = f"{column_letter(first)}1:{column_letter(last)}{place.last_row}"


def _keep_to_one_page(sheet: Sheet, column: int, row: int) -> None:
    """Words at the far right are for the screen; paper takes what is read in a meeting."""
    sheet.skeleton.print_area = f"A1:{column_letter(min(column, TREND_MONTHS + 1))}{row}"


def _trend(sheet: Sheet, row: int) -> int:
    """Each KPI month by month; gives the row below."""
    place = view_of(sheet, "kpi_facts")
    columns = place.columns
    first = max(columns.first_past, columns.last_past - TREND_MONTHS + 1)
    frame = sheet.book.frames["kpi_facts"].set_index("period")
    shown = columns.axis.past[first - columns.last_past - 1 :]
    sheet.put(row, 1, f"Trend of {len(shown)} months", "SOP Section")
    sheet.put(row + 1, 1, "KPI", "SOP Header")
    for at, period in enumerate(shown, start=2):
        sheet.put(row + 1, at, period.to_timestamp(), "SOP Header number",
                  Unit.PERIOD.number_format)
    for line, kpi in enumerate(KPIS, start=row + 2):
        measure = KPI_FACTS[kpi.name]
        sheet.put(line, 1, measure.label, "SOP Key")
        source_row = place.row((), kpi.name)
        values = frame[kpi.name].astype(float).to_dict()
        for at, period in enumerate(shown):
            value = values[period]
            cell = f"{place.sheet}!{column_letter(first + at)}{source_row}"
            sheet.put(line, at + 2, None if np.isnan(value) else value, "SOP Output",
                      measure.unit.number_format, f'IF({cell}="","",{cell})')
    return row + 2 + len(KPIS)


# ---- accuracy ----------------------------------------------------------------------------------

_BY_FAMILY = ("months", "demand", "accuracy", "consensus_bias", "tracking", "control",
              "baseline_error", "added")
_BY_STEP = ("error", "bias", "added", "since", "changed", "closer", "cells")


def accuracy_page(sheet: Sheet) -> None:
    """Accuracy, bias and tracking signal at a chosen lag; the stair-step; lead times."""
    sheet.head("Frozen plans against what came; error = forecast - actual: positive is too high",
               as_issued=True)
    sheet.widths({1: 26} | dict.fromkeys(range(2, 10), 16.5))
    _choice(sheet)
    row = _families(sheet, _TOP + 2)
    row = _stairs(sheet, row + 2)
    row = contributors(sheet, row + 2, CHOSEN_LAG, _lag(sheet))
    last = _lead_times(sheet, row + 2)
    _by_month(sheet, last + 1)
    sheet.freeze(_TOP + 1, 2)
    fit_to_page(sheet)


def _choice(sheet: Sheet) -> None:
    lags = sorted({int(lag) for lag in sheet.book.frames["lag_accuracy"]["lag"]})
    sheet.put(_TOP, 1, "Cycles between plan and month", "SOP Label")
    sheet.put(_TOP, 2, _lag(sheet), "SOP Input", Unit.MONTHS.number_format)
    cell = f"B{_TOP}"
    sheet.validate(cell, "Cycles ahead", "1 compares with the plan of the cycle before the month.",
                   choices=[str(lag) for lag in lags])
    sheet.name_cell(CHOSEN_LAG, cell)


def _lag(sheet: Sheet) -> int:
    return sheet.book.settings.forecast_lag


def _families(sheet: Sheet, row: int) -> int:
    """Each family at the chosen lag; gives the last row."""
    frame = sheet.book.frames["lag_accuracy"]
    chosen = frame[frame["lag"] == _lag(sheet)].set_index("family")
    sheet.put(row, 1, "Accuracy by family", "SOP Section")
    _table(sheet, row + 1, "Family", list(dict.fromkeys(frame["family"])), chosen, LAG_ACCURACY,
           _BY_FAMILY, "family")
    return row + 1 + frame["family"].nunique()


def _stairs(sheet: Sheet, row: int) -> int:
    """The stair-step of forecast value added; gives the last row."""
    frame = sheet.book.frames["value_added"]
    chosen = frame[frame["lag"] == _lag(sheet)].set_index("step")
    sheet.put(row, 1, f"Forecast value added, {ALL_FAMILIES.lower()}", "SOP Section")
    sheet.put(row, 4, "Added value: positive makes the forecast better", "SOP Note")
    _table(sheet, row + 1, "Step", list(STEPS), chosen, VALUE_ADDED, _BY_STEP, "step")
    first = row + 2
    bars = Bars(first, first + len(STEPS) - 1, 1, (2,))
    if chosen["error"].notna().any():
        add_bars(sheet, sheet.at(_BESIDE, _TOP + 2), "Error after each step of the forecast", bars,
                 unit="error (WMAPE)", description="Stair-step of the forecast error by step")
    return row + 1 + len(STEPS)


def _table(
    sheet: Sheet, row: int, label: str, names: list[str], chosen: pd.DataFrame, table: Table,
    columns: tuple[str, ...], key: str,
) -> None:
    """Rows of a list at the chosen lag, looked up by name and lag."""
    declared = {column.name: column for column in table.columns}
    labels = {label: False} | {
        declared[name].label: declared[name].unit.is_number for name in columns
    }
    headers(sheet, row, 1, labels)
    list_of = {name: structured(table, declared[name]) for name in (*columns, key, "lag")}
    for at, name in enumerate(names, start=row + 1):
        sheet.put(at, 1, name, "SOP Key")
        found = (
            f"MATCH(1,INDEX(({list_of[key]}={excel_text(name)})*({list_of['lag']}={CHOSEN_LAG}),0)"
            ",0)"
        )
        for place, column in enumerate(columns, start=2):
            unit = declared[column].unit
            value = chosen[column].get(name)
            blank = value is None or (unit.is_number and np.isnan(value)) or value == ""
            source = f"INDEX({list_of[column]},{found})"
            sheet.put(at, place, None if blank else value,
                      "SOP Output" if unit.is_number else "SOP Text",
                      unit.number_format if unit.is_number else None,
                      f'IFERROR(IF({source}="","",{source}),"")')
    for place, column in enumerate(columns, start=2):
        letter = column_letter(place)
        sheet.alert(declared[column].alert, f"{letter}{row + 1}:{letter}{row + len(names)}")


def _lead_times(sheet: Sheet, row: int) -> int:
    """Error by lead time with its chart; gives the last row."""
    frame = sheet.book.frames["lead_time"]
    sheet.put(row, 1, "Lead-time waterfall of the consensus", "SOP Section")
    headers(sheet, row + 1, 1, {"Cycles ahead": False, "Error": True, "Bias": True})
    place = sheet.book.layout.tables["lead_time"]
    for at, line in enumerate(frame.to_dict("records")):
        sheet.put(row + 2 + at, 1, f"{int(line['lag'])} ahead", "SOP Key")
        for column, name in enumerate(("error", "bias"), start=2):
            value = float(line[name])
            source = f"INDEX({structured(place.table, place.table[name])},{at + 1})"
            sheet.put(row + 2 + at, column, None if np.isnan(value) else value, "SOP Output",
                      Unit.PERCENT.number_format, f'IF({source}="","",{source})')
    last = row + 1 + len(LEAD_TIMES)
    bars = Bars(row + 2, last, 1, (2, 3))
    if frame["error"].notna().any():
        add_bars(sheet, sheet.at(_BESIDE, _TOP + 2 + _CHART_ROWS), "Error and bias by cycles ahead",
                 bars, unit="error and bias",
                 description="Error and bias of the consensus by cycles ahead")
    return last


def _by_month(sheet: Sheet, row: int) -> None:
    """Each closed month as it was planned by lag, and as it came."""
    place = view_of(sheet, "lag_forecasts")
    columns = place.columns
    months = (max(columns.first_past, columns.last_past - TREND_MONTHS + 1), columns.last_past)
    kinds: tuple[Kind, ...] = ("bold", "thin", "faint", "dashed", "dotted")
    series = [Drawn(place, place.blocks[0], "demand", "column", "Actual demand", columns=months)]
    series += [
        Drawn(place, block, "forecast", kind, block[0], columns=months)
        for block, kind in zip(place.blocks, kinds, strict=False)
    ]
    add_chart(
        sheet, sheet.at(0, row + 1), "What was planned for each month, by cycles ahead", series,
        unit=f"{sheet.book.settings.base_unit} per month", size=(38.0, 9.0),
        description=f"Consensus by lag and actual demand up to {month(columns.axis.opening)}",
    )
