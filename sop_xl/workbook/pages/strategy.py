"""The strategies beside the plan in the book: cost, service, stock, use and people.

Every figure is a formula over the grids of Strategy_Plan, so that the plan in the book is priced
anew as soon as somebody changes it.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import pandas as pd

from sop_xl.planning.supply.strategies.words import verdict
from sop_xl.schema import Unit
from sop_xl.tables import TABLES
from sop_xl.tables.strategy import (
    BOTTLENECKS,
    COST_ROWS,
    CURRENT,
    NONE_ADOPTED,
    PLANS,
    STRATEGIES,
    STRATEGIES_TABLE,
    STRATEGY_COST,
)
from sop_xl.workbook.charts import Drawn, Kind, add_chart, add_stack
from sop_xl.workbook.formulas import structured
from sop_xl.workbook.layout import column_letter
from sop_xl.workbook.lists import draw_table
from sop_xl.workbook.pages.pieces import fit_to_page, headers, view_of
from sop_xl.workbook.sheet import Sheet
from sop_xl.workbook.sheetdata import CellValue

ADOPT = "View_adopt"
"""Name of the cell in which the plan to adopt is chosen."""
ADOPT_LABEL = "Plan to adopt"
SHEET = "Strategy"
_CHOICE_ROW, _HEADER_ROW = 7, 9
_FIRST = 3
"""Column of the first plan."""
_NAMES = {CURRENT: "In the book"} | {name: name.capitalize() for name in STRATEGIES}
_MILLION = 3e6

Way = Literal["sum", "mean", "max", "last", "ratio"]


class _Row(NamedTuple):
    """A figure of the comparison: a measure of the company's plans, and how months become one."""

    label: str
    measure: str
    way: Way


_COSTS = tuple(_Row(row.label, row.name, "sum") for row in COST_ROWS)
_TOTAL = _Row("Cost of the plan", "total", "sum")
_SERVICE = (
    _Row("Units late, worst month", "backlog", "max"),
    _Row("Units late, all months", "backlog", "sum"),
    _Row("Units lost", "lost", "sum"),
)
_STOCK = (
    _Row("Production", "production", "sum"),
    _Row("Bought", "subcontracted", "sum"),
    _Row("Average inventory", "inventory", "mean"),
    _Row("Inventory at the end", "inventory", "last"),
)
_USE = (
    _Row("Utilisation", "utilisation", "ratio"),
    _Row("Fullest month, of regular hours", "peak", "max"),
    _Row("Overtime hours", "overtime_hours", "sum"),
    _Row("Extra hours", "extra_hours", "sum"),
    _Row("Hours nobody offers", "missing_hours", "sum"),
)
_PEOPLE = (
    _Row("People at the end", "people", "last"),
    _Row("People hired", "hired", "sum"),
    _Row("People laid off", "laid_off", "sum"),
)
_SECTIONS = (("Service", _SERVICE), ("Stock", _STOCK), ("Capacity", _USE), ("People", _PEOPLE))

COST_ROW = _HEADER_ROW + 2
TOTAL_ROW = COST_ROW + len(_COSTS)
_SECTION_ROW = TOTAL_ROW + 3
_REASON_ROW = _SECTION_ROW + sum(1 + len(rows) for _, rows in _SECTIONS) + 1
BOTTLENECK_ROW = _REASON_ROW + len(PLANS) + 4
"""Header row of the list of bottlenecks."""


def strategy(sheet: Sheet) -> None:
    """The sheet Strategy."""
    book = sheet.book
    sheet.head("What the plan in the book costs, and what others would", as_issued=True)
    costs, plans = book.frames[STRATEGY_COST.name], book.frames[STRATEGIES_TABLE.name]
    sheet.put(4, 1, verdict(costs, plans, book.settings.currency), "SOP Message")
    sheet.cells.row(4, height=22)
    letters = range(_FIRST, _FIRST + len(PLANS))
    sheet.widths({1: 33, 2: 13} | dict.fromkeys(letters, 15) | {_FIRST + len(PLANS): 3})
    _choice(sheet)
    labels = {"Figure": False, "Unit": False} | {_NAMES[name]: True for name in PLANS}
    headers(sheet, _HEADER_ROW, 1, labels)
    _statuses(sheet)
    _comparison(sheet)
    _reasons(sheet)
    place = book.layout.tables[BOTTLENECKS.name]
    sheet.put(place.header_row - 2, 1, "Bottlenecks", "SOP Section")
    sheet.put(place.header_row - 1, 1, place.table.help, "SOP Note")
    widths = {at: sheet.skeleton.column_dimensions[column_letter(at)].width for at in range(1, 8)}
    draw_table(sheet, place)
    sheet.widths(widths)
    _charts(sheet)
    fit_to_page(sheet)


def _choice(sheet: Sheet) -> None:
    """The cell in which the plan is chosen that *Adopt plan* writes to the supply plan."""
    sheet.put(_CHOICE_ROW, 1, ADOPT_LABEL, "SOP Label")
    sheet.put(_CHOICE_ROW, 2, STRATEGIES[0], "SOP Input text")
    sheet.put(_CHOICE_ROW, 3, "then press Adopt plan: it writes the rows Adopted plan of "
              "Supply_Plan, Capacity and Workforce, and Subcontracted; choose "
              f"{NONE_ADOPTED} to empty them again", "SOP Note")  # fmt: skip
    cell = f"B{_CHOICE_ROW}"
    sheet.validate(cell, ADOPT_LABEL, "The plan that the button Adopt plan writes.",
                   choices=(*STRATEGIES, NONE_ADOPTED))  # fmt: skip
    sheet.name_cell(ADOPT, cell)


def _statuses(sheet: Sheet) -> None:
    row = _HEADER_ROW + 1
    sheet.put(row, 1, "Possible", "SOP Label")
    sheet.put(row, 2, None, "SOP Label")
    for at, name in enumerate(PLANS):
        sheet.put(row, _FIRST + at, _text_of(sheet, name, "status"), "SOP Text",
                  formula=_of_plan("status", at))  # fmt: skip
    first, last = column_letter(_FIRST), column_letter(_FIRST + len(PLANS) - 1)
    sheet.alert("status", f"{first}{row}:{last}{row}")


def _text_of(sheet: Sheet, name: str, column: str) -> str:
    frame = sheet.book.frames[STRATEGIES_TABLE.name]
    return str(frame.loc[frame["strategy"] == name, column].iloc[0])


def _of_plan(column: str, at: int) -> str:
    table = TABLES[STRATEGIES_TABLE.name]
    return f"INDEX({structured(table, table[column])},{at + 1})"


def _comparison(sheet: Sheet) -> None:
    for at, row in enumerate(_COSTS):
        _line(sheet, COST_ROW + at, row)
    _line(sheet, TOTAL_ROW, _TOTAL, strong=True)
    _against(sheet, TOTAL_ROW + 1)
    at = _SECTION_ROW
    for title, rows in _SECTIONS:
        sheet.put(at, 1, title, "SOP Section")
        for offset, row in enumerate(rows, start=1):
            _line(sheet, at + offset, row)
        at += 1 + len(rows)


def _line(sheet: Sheet, at: int, row: _Row, *, strong: bool = False) -> None:
    """One figure of every plan; blank where the plan is impossible."""
    place = view_of(sheet, STRATEGY_COST.name)
    settings = sheet.book.settings
    unit = STRATEGY_COST[row.measure].unit
    label = "SOP Total label" if strong else "SOP Label"
    sheet.put(at, 1, row.label, label)
    sheet.put(at, 2, unit.text(settings.currency, settings.base_unit), label)
    first = column_letter(place.columns.first_plan)
    last = column_letter(place.columns.last_plan)
    for offset, name in enumerate(PLANS):
        def months(measure: str, name: str = name) -> str:
            line = place.row((name,), measure)
            return f"{place.sheet}!${first}${line}:${last}${line}"

        formula = {
            "sum": f"SUM({months(row.measure)})",
            "mean": f"AVERAGE({months(row.measure)})",
            "max": f"MAX({months(row.measure)})",
            "last": f"INDEX({months(row.measure)},1,{place.columns.axis.horizon})",
            "ratio": f"SUM({months('hours')})/SUM({months('available')})",
        }[row.way]
        formula = f'IF(COUNT({months(row.measure)})=0,"",{formula})'
        sheet.put(at, _FIRST + offset, figure(sheet.book.frames[STRATEGY_COST.name], name, row),
                  "SOP Total" if strong else "SOP Output", unit.number_format, formula)  # fmt: skip


def figure(costs: pd.DataFrame, name: str, row: _Row) -> float | None:
    """A figure of a plan over the plan months; None where it is impossible."""
    months = costs[costs["strategy"] == name]
    values = months[row.measure].dropna()
    if values.empty:
        return None
    if row.way == "ratio":
        return float(months["hours"].sum() / months["available"].sum())
    if row.way == "last":
        return float(values.iloc[-1])
    numbers = values.to_numpy(dtype=float)
    if row.way == "mean":
        return float(numbers.mean())
    return float(numbers.max() if row.way == "max" else numbers.sum())


def _against(sheet: Sheet, at: int) -> None:
    """What each plan costs more or less than the one in the book."""
    sheet.put(at, 1, "Against the plan in the book", "SOP Label")
    sheet.put(at, 2, sheet.book.settings.currency, "SOP Label")
    costs = sheet.book.frames[STRATEGY_COST.name]
    base = column_letter(_FIRST)
    current = figure(costs, CURRENT, _TOTAL) or 0.0
    for offset, name in enumerate(PLANS):
        cell = f"{column_letter(_FIRST + offset)}{TOTAL_ROW}"
        total = figure(costs, name, _TOTAL)
        more = None if total is None else total - current
        formula = f'IF({cell}="","",{cell}-${base}{TOTAL_ROW})'
        sheet.put(at, _FIRST + offset, more, "SOP Output", Unit.MONEY.number_format, formula)


def _reasons(sheet: Sheet) -> None:
    """What each plan is, or what stands in its way."""
    sheet.put(_REASON_ROW, 1, "What the plans are, and what stands in their way", "SOP Section")
    for offset, name in enumerate(PLANS):
        row = _REASON_ROW + 1 + offset
        reason, about = (_of_plan(column, offset) for column in ("reason", "about"))
        shown: list[CellValue] = [
            text for text in (_text_of(sheet, name, "reason"), _text_of(sheet, name, "about"))
            if text
        ]  # fmt: skip
        sheet.put(row, 1, _NAMES[name], "SOP Label")
        sheet.put(row, 2, shown[0], "SOP Note",
                  formula=f'IF({reason}="",{about},{reason})')  # fmt: skip


def _charts(sheet: Sheet) -> None:
    """The cost of the plans without their material, and what they make month by month."""
    left = sum(
        (round(sheet.skeleton.column_dimensions[column_letter(at)].width * 7) + 5) * 9525 / 360_000
        for at in range(1, _FIRST + len(PLANS) + 1)
    )
    shown = [
        COST_ROW + at for at, row in enumerate(_COSTS)
        if row.measure != "material" and any(
            figure(sheet.book.frames[STRATEGY_COST.name], name, row) for name in PLANS
        )
    ]  # fmt: skip
    largest = max(
        figure(sheet.book.frames[STRATEGY_COST.name], name, _TOTAL) or 0.0 for name in PLANS
    )
    currency = sheet.book.settings.currency
    million = largest > _MILLION
    add_stack(
        sheet, sheet.at(left, _HEADER_ROW), "Cost of the plans without material", shown,
        header=_HEADER_ROW, columns=(_FIRST, _FIRST + len(PLANS) - 1),
        unit=f"million {currency}" if million else currency, size=(17.5, 9.5),
        number_format="0.0,," if million else "#,##0",
        description="Cost of each plan by item, without material",
    )  # fmt: skip
    place = view_of(sheet, STRATEGY_COST.name)
    kinds: dict[str, Kind] = {
        CURRENT: "line", "optimised": "bold", "level": "dashed", "chase": "thin", "mixed": "dotted",
    }  # fmt: skip
    months = (place.columns.first_plan, place.columns.last_plan)
    series = [Drawn(place, (CURRENT,), "demand", "column", "Demand", columns=months)]
    series += [
        Drawn(place, (name,), "production", kind, _NAMES[name], columns=months)
        for name, kind in kinds.items()
    ]
    add_chart(
        sheet, sheet.at(left, _HEADER_ROW + 22), "Production against demand, all families", series,
        unit=f"{sheet.book.settings.base_unit} per month", size=(17.5, 9.5),
        description="Demand of all families by month, and the production of each plan",
    )  # fmt: skip
