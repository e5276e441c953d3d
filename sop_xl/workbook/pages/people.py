"""The sheet Workforce: its chart, and the one path of people from here to the profit and loss.

People and money of this sheet, of Capacity, of Strategy and of the profit and loss account are one
path; what has to differ stands between them, each in a line of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker

from sop_xl.schema import Unit
from sop_xl.tables.strategy import CURRENT, name_of
from sop_xl.workbook.charts import Drawn, add_chart
from sop_xl.workbook.grids import PRINTED_PAST
from sop_xl.workbook.layout import column_letter
from sop_xl.workbook.pages.pieces import view_of
from sop_xl.workbook.sheet import Sheet

GRID_ROW = 31
"""First row of the figures, below chart and path."""
CHART_ROW = 9
PATH_ROW = 8
"""Row of the title of the path."""
_SIZE = (27.0, 10.0)
OPTIMISED = "optimised"
_BESIDE = ("overtime", "hiring", "layoffs")
"""What people cost beside their pay: lines of their own in the profit and loss account."""
_COUNT, _MONEY = Unit.PEOPLE.number_format, Unit.MONEY.number_format


class Line(NamedTuple):
    """A line of the path: what it is, its figure and formula."""

    label: str
    value: float | None
    formula: str
    number_format: str | None
    strong: bool = False


def workforce(sheet: Sheet) -> None:
    """The chart of all people above the grids, and the path beside it."""
    place = view_of(sheet, "workforce_total")
    columns = place.columns
    months = (columns.first_plan, columns.last_plan)
    series = [
        Drawn(place, (), "people", "column", columns=months),
        Drawn(place, (), "required", "bold", columns=months),
    ]
    first = columns.first_plan - min(PRINTED_PAST, columns.axis.history)
    add_chart(
        sheet, AnchorMarker(col=first - 1, row=CHART_ROW - 1),
        "People: required, and there with planned hires", series, unit="people", size=_SIZE,
    )  # fmt: skip
    _path(sheet)


def _path(sheet: Sheet) -> None:
    """The lines of the path, figures in the column of the units."""
    at = view_of(sheet, "workforce_total").columns.unit
    sheet.put(PATH_ROW, 1, "One path of people, plan months", "SOP Section")
    row = PATH_ROW + 1
    for line in [*_heads(sheet, row), *_money(sheet, row + 4)]:
        style = ("SOP Total label", "SOP Total") if line.strong else ("SOP Label", "SOP Output")
        sheet.put(row, 1, line.label, style[0])
        for between in range(2, at):
            sheet.put(row, between, None, style[0])
        sheet.put(row, at, line.value, style[1], line.number_format, line.formula)
        row += 1
    for note in (
        "Whom a strategy hires or lays off is here once it is adopted: row ± Adopted plan.",
        "They count in full, as in Strategy; those planned here by their ramp.",
    ):
        sheet.put(row, 1, note, "SOP Note")
        row += 1


def _heads(sheet: Sheet, row: int) -> list[Line]:
    """People at the end of the plan: here, in the strategies, and those that only one knows."""
    frames, letter = sheet.book.frames, column_letter(sheet.book.layout.columns.unit)
    end = sheet.book.axis.plan[-1]
    here = _at(frames["workforce_total"], "people", end)
    hours = frames["strategy_hours"]
    there = _at(hours, name_of("people", CURRENT), end)
    plans = frames["strategy_cost"]
    best = plans.loc[(plans["strategy"] == OPTIMISED) & (plans["period"] == end), "people"]
    optimised = None if best.isna().all() else float(best.iloc[0])
    place = view_of(sheet, "strategy_cost")
    cell = (
        f"{place.sheet}!${column_letter(place.columns.last_plan)}$"
        f"{place.row((OPTIMISED,), 'people')}"
    )
    check = sheet.book.translate.check
    return [
        Line("People at the end: this sheet", here, check("{workforce_total.people@final}"),
             _COUNT, True),
        Line("- of teams at no resource", here - there, f"{letter}{row}-{letter}{row + 2}", _COUNT),
        Line("= Capacity, and Strategy: in the book", there,
             check(f"{{strategy_hours.{name_of('people', CURRENT)}@final}}"), _COUNT, True),
        Line("Strategy: by the optimised plan", optimised, f'IF({cell}="","",{cell})', _COUNT),
    ]  # fmt: skip


def _money(sheet: Sheet, row: int) -> list[Line]:
    """What people cost: here, in the strategies, and what of it no product absorbs."""
    frames, letter = sheet.book.frames, column_letter(sheet.book.layout.columns.unit)
    check = sheet.book.translate.check
    place = view_of(sheet, "workforce_plan")
    total = f"{column_letter(place.columns.plan_total)}"
    costs = f"{place.sheet}!${total}${place.first_row}:${total}${place.last_row}"
    at_resources = (
        f"SUMPRODUCT(SUMIFS({costs},{check('{workforce_plan.resource@keys}')},"
        f"{check('{resource_rates.resource@column}')},{check('{workforce_plan@measures}')},"
        f"{check('{workforce_plan.cost@label}')}))"
    )
    here = float(frames["workforce_total"]["cost"].sum())
    known = frames["resource_rates"]["resource"].str.lower()
    teams = frames["workforce_plan"]
    elsewhere = here - float(teams.loc[teams["resource"].str.lower().isin(known), "cost"].sum())
    sums = frames["supply_cost"][
        ["wages", *_BESIDE, "judged", "absorbed", "unabsorbed"]
    ].sum()
    beside = float(sums[list(_BESIDE)].sum())
    strategy = float(sums["wages"]) + beside

    def sum_of(*names: str) -> str:
        return "+".join(check(f"{{supply_cost.{name}@total}}") for name in names)

    def c(offset: int) -> str:
        return f"{letter}{row + offset}"

    return [
        Line("Cost of people: this sheet", here, check("{workforce_total.cost@total}"), _MONEY,
             True),
        Line("- of teams at no resource", elsewhere, f"{c(0)}-{at_resources}", _MONEY),
        Line("± overtime: by team here, by resource and option there",
             strategy - here + elsewhere, f"{c(3)}-{c(0)}+{c(1)}", _MONEY),
        Line("= Strategy: wages, overtime, hiring, laying off", strategy,
             sum_of("wages", *_BESIDE), _MONEY, True),
        Line("- overtime, hiring and laying off, lines of their own", beside, sum_of(*_BESIDE),
             _MONEY),
        Line("- pay for families without known labour cost",
             float(sums["wages"] - sums["judged"]),
             f"{sum_of('wages')}-{sum_of('judged')}", _MONEY),
        Line("- labour in the standard cost of production", float(sums["absorbed"]),
             sum_of("absorbed"), _MONEY),
        Line("= Unabsorbed labour in the profit and loss", float(sums["unabsorbed"]),
             sum_of("unabsorbed"), _MONEY, True),
    ]  # fmt: skip


def _at(frame: pd.DataFrame, measure: str, period: pd.Period) -> float:
    return float(frame.loc[frame["period"] == period, measure].sum())
