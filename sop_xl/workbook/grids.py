"""Draws time-phased grids: header rows of the time axis, blocks, totals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.schema import BLANK, VALUES, Column, Measure, Unit
from sop_xl.workbook.formulas import GridFormula
from sop_xl.workbook.layout import (
    AXIS_ROW,
    HEADER_ROW,
    GridPlace,
    Key,
    column_letter,
    key_headers,
)
from sop_xl.workbook.sheet import LEGEND, Sheet
from sop_xl.workbook.sheetdata import CellValue
from sop_xl.workbook.styles import Cell, heat_format

Matrix = npt.NDArray[np.object_]
"""Cell values, None where blank: one row per block, one column per period shown."""

FOLDED_AFTER = 12
"""History older than this many months can be folded away."""
PRINTED_PAST = 6
"""Closed months that are printed beside the plan; all of them are on the sheet."""
PART_WIDTH = 9.0
"""Room for the words that say of how many months a figure is."""
COLUMNS_PER_PAGE = 18
"""Months that are still readable on one sheet of paper."""
_AXIS_LABELS = {
    "year": "fiscal year", "flag": "actual / plan", "n": "month no.", "days": "days",
    "workdays": "working days",
}


def draw_time_sheet(sheet: Sheet, sections: Iterable[GridPlace], subject: str = "") -> None:
    """Draw the header rows of the time axis and one grid below the other.

    Args:
        subject: What the sheet is about in this type of business.
    """
    places = list(sections)
    columns = places[0].columns
    _axis(sheet, places, subject)
    widest = 9.0
    for place in places:
        sheet.put(place.first_row - 1, 1, place.grid.label, "SOP Section")
        sheet.put(place.first_row - 1, columns.first_past, place.grid.help, "SOP Note")
        widest = max(widest, _grid(sheet, place))
    letters = column_letter(columns.unit)
    sheet.skeleton.auto_filter.ref = f"A{HEADER_ROW}:{letters}{places[-1].last_row}"
    months = range(columns.first_past, columns.last_plan + 1)
    sheet.widths({1: 20} | dict.fromkeys(range(2, columns.keys + 1), 14))
    sheet.widths({columns.measure: 27, columns.unit: 11} | dict.fromkeys(months, widest))
    sheet.widths({columns.past_total - 1: 2})
    sheet.widths(dict.fromkeys(range(columns.past_total, columns.last + 1), widest + 2))
    sheet.widths({
        columns.years[year]: widest + PART_WIDTH
        for year in columns.years
        if year in columns.fiscal_years[: columns.axis.history]
        and year in columns.fiscal_years[columns.axis.history :]
    })
    if columns.axis.history > FOLDED_AFTER:
        sheet.skeleton.column_dimensions.group(
            column_letter(columns.first_past),
            column_letter(columns.last_past - FOLDED_AFTER),
            outline_level=1,
            hidden=False,
        )
    sheet.skeleton.sheet_properties.outlinePr.summaryRight = True
    sheet.skeleton.sheet_properties.outlinePr.summaryBelow = True
    sheet.freeze(HEADER_ROW + 1, columns.first_past)
    first, last = columns.first_plan - min(PRINTED_PAST, columns.axis.history), columns.last
    # the plan is what people come for: older history is scrolled away, not hidden
    sheet.skeleton.sheet_view.pane.topLeftCell = f"{column_letter(first)}{HEADER_ROW + 1}"
    if all(m.plan == BLANK for place in places for m in place.grid.measures):
        first, last = columns.first_past, columns.last_past
    sheet.finish(
        print_columns=f"A:{letters}", pages_wide=-(-(last - first + 1) // COLUMNS_PER_PAGE)
    )
    rows = f"{column_letter(first)}1:{column_letter(last)}{places[-1].last_row}"
    sheet.skeleton.print_area = rows
    sheet.skeleton.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def _axis(sheet: Sheet, places: Sequence[GridPlace], subject: str) -> None:
    place = places[0]
    columns, axis, book = place.columns, place.columns.axis, sheet.book
    units = f"Quantities in {book.settings.base_unit}, money in {book.settings.currency}"
    sheet.head(f"{subject}  ·  {units}" if subject else units)
    sheet.put(4, 1, LEGEND, "SOP Note")
    for name, label in _AXIS_LABELS.items():
        sheet.put(AXIS_ROW[name], columns.unit, label, "SOP Axis")
    labels = key_headers((one.grid for one in places), columns.keys)
    for key, label in enumerate(labels, start=1):
        sheet.put(HEADER_ROW, key, label, "SOP Header")
    sheet.put(HEADER_ROW, columns.measure, "Measure", "SOP Header")
    sheet.put(HEADER_ROW, columns.unit, "Unit", "SOP Header")
    periods = axis.periods
    rows: dict[str, list[CellValue]] = {
        "year": [int(y) for y in columns.fiscal_years],
        "flag": ["actual" if p < axis.first else "plan" for p in periods],
        "n": [int((p - axis.first).n) + 1 for p in periods],
        "days": [int(d) for d in axis.calendar.days(periods)],
        "workdays": [int(d) for d in axis.calendar.workdays(periods)],
    }
    style = sheet.styles.named("SOP Axis")
    for name, values in rows.items():
        sheet.cells.put_row(AXIS_ROW[name], columns.first_past, values, style)
    month = Unit.PERIOD.number_format
    for period in periods:
        named = "SOP Header past" if period < axis.first else "SOP Header number"
        cell = sheet.style(Cell(named, month, first_plan=period == axis.first))
        sheet.cells.put(HEADER_ROW, columns.column(period), period.to_timestamp(), cell)
    _total_headers(sheet, place)


def _total_headers(sheet: Sheet, place: GridPlace) -> None:
    columns = place.columns
    past, plan = columns.axis.history, columns.axis.horizon
    sheet.put(HEADER_ROW, columns.past_total, f"Past {past}", "SOP Header past")
    sheet.put(HEADER_ROW, columns.plan_total, f"Plan {plan}", "SOP Header number")
    for year, at in columns.years.items():
        months = int((columns.fiscal_years == year).sum())
        part = "" if columns.is_complete(year) else _in_part(months)
        sheet.put(HEADER_ROW, at, f"FY{year}{part}", "SOP Header number")
        sheet.put(AXIS_ROW["year"], at, year, "SOP Axis")


def _grid(sheet: Sheet, place: GridPlace) -> float:
    """Draw the blocks of one grid; gives the column width that its figures need."""
    frame = sheet.book.frames[place.grid.name]
    periods = place.columns.axis.periods
    shape = (len(place.blocks), len(periods))
    if len(frame) != shape[0] * shape[1]:
        raise ValueError(f"{place.grid.name}: {len(frame)} rows do not fill {shape}")
    values = {m.name: _matrix(frame, m, shape) for m in place.grid.measures}
    drawn = [
        _MeasureRows(sheet, place, measure, values) for measure in place.grid.measures
    ]
    for at, block in enumerate(place.blocks):
        for rows in drawn:
            rows.draw(at, block)
    for rows in drawn:
        rows.rules()
    return max(rows.width for rows in drawn)


def _key_value(key: Column, text: str) -> CellValue:
    """A key as its cell holds it: numbers as such, as criteria look for them."""
    return float(text) if key.unit.is_number else text


def _matrix(frame: pd.DataFrame, measure: Measure, shape: tuple[int, int]) -> Matrix:
    """Cell values of a measure, None where blank."""
    column = frame[measure.name]
    if measure.unit is Unit.TEXT:
        texts = column.to_numpy(dtype=object)
        return np.array([v if isinstance(v, str) and v else None for v in texts]).reshape(shape)
    numbers = column.to_numpy(dtype=float)
    plain = numbers.astype(object)
    plain[np.isnan(numbers)] = None
    return plain.reshape(shape)


def percentile(measure: Measure, level: float) -> str:
    """Which percentile of the outcomes an end of the range is.

    Args:
        measure: The low end, the middle or the high end.
        level: Share of outcomes that the range holds.

    >>> from sop_xl.tables.demand import DEMAND_PLAN
    >>> [percentile(DEMAND_PLAN[name], 0.8) for name in ("low", "baseline", "high")]
    ['P10', 'P50', 'P90']
    """
    beside = {"low": -level / 2, "middle": 0.0, "high": level / 2}[measure.end]
    return f"P{round(100 * (0.5 + beside), 1):g}"


def _in_part(months: int) -> str:
    """Says of how many months a year's total is, where it is not the whole year.

    >>> _in_part(3)
    ' (3 mo.)'
    """
    return f" ({months} mo.)"


def _marked(number_format: str | None, months: int) -> str | None:
    """The format of a year's total that holds the plan months only: with their number behind it.

    >>> _marked('#,##0;-#,##0;"–"', 3)
    '#,##0" (3 mo.)";-#,##0" (3 mo.)";"–"'
    """
    if number_format is None:
        return None
    above, *rest = number_format.split(";")
    marked = [f'{part}"{_in_part(months)}"' for part in (above, *rest[:1])]
    return ";".join([*marked, *rest[1:]])


class _MeasureRows:
    """The rows of one measure in all blocks of a grid."""

    def __init__(
        self,
        sheet: Sheet,
        place: GridPlace,
        measure: Measure,
        values: dict[str, Matrix],
    ) -> None:
        self.sheet, self.place, self.measure, self.values = sheet, place, measure, values
        columns = place.columns
        translate = sheet.book.translate
        self.history = columns.axis.history
        self.in_part = self._years_in_part()
        top, _ = measure.ratio or (measure.name, "")
        self.has_holes = not self._known(top).all()
        self.letters = [
            column_letter(at) for at in range(columns.first_past - 1, columns.last_plan + 1)
        ]
        self.past, self.plan = (
            None if text in (BLANK, VALUES) else translate.measure(place.grid, text)
            for text in (measure.past, measure.plan)
        )
        number = measure.unit.number_format if measure.unit.is_number else None
        if measure.alert == "heat":
            limits = sheet.book.settings
            number = heat_format(limits.utilisation_full, limits.utilisation_limit)
        self.number = number
        nothing: tuple[CellValue, ...] = (None, 0.0) if measure.sparse != "blank" else (None,)
        self.empty_past = nothing if measure.sparse else ()
        self.empty_plan = nothing if measure.sparse in ("blank", "zero") else ()
        self.opens = measure is place.grid.measures[0]
        self.past_style = self._style("SOP Total past" if measure.strong else "SOP Past")
        if measure.role.is_input:
            named = "SOP Input" if measure.unit.is_number else "SOP Input text"
        else:
            named = "SOP Total" if measure.strong else "SOP Output"
        self.plan_style = self._style(named)
        self.first_plan_style = self._style(named, first_plan=True)
        settings = sheet.book.settings
        is_text = measure.unit is Unit.TEXT
        self.unit = "" if is_text else measure.unit.text(settings.currency, settings.base_unit)
        if measure.end:
            self.unit += f", {percentile(measure, settings.range_level)}"

    def _style(self, named: str, first_plan: bool = False) -> int:
        cell = Cell(named, self.number, first_plan=first_plan, new_block=self.opens)
        return self.sheet.style(cell)

    @property
    def width(self) -> float:
        """Column width that the largest figure needs."""
        if not self.measure.unit.is_number:
            return 9.0
        numbers = [abs(v) for v in self.values[self.measure.name].ravel() if v is not None]
        digits = len(f"{max(numbers, default=0.0):,.0f}")
        decimals = 3 if ".00" in self.measure.unit.number_format else 1
        return 3.0 + digits + decimals

    def draw(self, at: int, block: Key) -> None:
        place, cells = self.place, self.sheet.cells
        row = place.row(block, self.measure.name)
        self._labels(row, block)
        first = place.columns.first_past
        values = self.values[self.measure.name][at]
        past, plan = (
            formula.for_block(place, block, self.measure.name) if formula else None
            for formula in (self.past, self.plan)
        )
        for index, value in enumerate(values):
            is_past = index < self.history
            text = past if is_past else plan
            formula = text and GridFormula.for_month(
                text, self.letters[index + 1], self.letters[index]
            )
            style = self.past_style if is_past else self.plan_style
            if index == self.history:
                style = self.first_plan_style
            if value in (self.empty_past if is_past else self.empty_plan):
                value, formula = None, None
            cells.put(row, first + index, value, style, formula)
        if self.measure.total or self.measure.ratio:
            self._totals(row, at, block)
        if self.measure.detail:
            cells.row(row, outline=1)

    def _labels(self, row: int, block: Key) -> None:
        columns = self.place.columns
        named = "SOP Key" if self.opens else "SOP Key repeated"
        key = self.sheet.style(Cell(named, new_block=self.opens))
        label = self.sheet.style(
            Cell("SOP Total label" if self.measure.strong else "SOP Label", new_block=self.opens)
        )
        shown = [*map(_key_value, self.place.grid.keys, block)]
        shown += [None] * (columns.keys - len(block))
        self.sheet.cells.put_row(row, 1, shown, key)
        self.sheet.cells.put_row(row, columns.measure, [self.measure.label, self.unit], label)

    def _totals(self, row: int, at: int, block: Key) -> None:
        """Past, plan and fiscal years: sums of flows, last values of stocks, ratios of both."""
        columns = self.place.columns
        spans = {columns.past_total: slice(0, self.history),
                 columns.plan_total: slice(self.history, None)}
        years = columns.fiscal_years
        style = self.sheet.styles.named("SOP Sum", self.number)
        for column, span in spans.items():
            mask = np.zeros(len(years), dtype=bool)
            mask[span] = True
            value, formula = self._total(at, block, column, mask)
            self.sheet.cells.put(row, column, value, style, formula)
        for year, column in columns.years.items():
            value, formula = self._total(at, block, column, years == year)
            part = style
            if year in self.in_part:
                number = _marked(self.number, self.in_part[year])
                part = self.sheet.styles.named("SOP Sum", number)
            self.sheet.cells.put(row, column, value, part, formula)

    def _years_in_part(self) -> dict[int, int]:
        """Fiscal years with plan months, and with closed months of which the measure says nothing
        in any block; and how many months it tells."""
        if self.measure.total == "last" or self.measure.sparse:
            return {}
        top, _ = self.measure.ratio or (self.measure.name, "")
        years, known = self.place.columns.fiscal_years, self._known(top)
        ahead = set(years[self.history :].tolist())
        told = {year: int((known & (years == year)).sum()) for year in ahead}
        return {year: n for year, n in told.items() if n < int((years == year).sum())}

    def _known(self, name: str) -> npt.NDArray[np.bool_]:
        """The months of which a measure says something in some block; every plan month is one."""
        past = self.values[name][:, : self.history]
        known = np.ones(len(self.place.columns.fiscal_years), dtype=bool)
        known[: self.history] = pd.notna(past).any(axis=0)
        return known

    def _total(
        self, at: int, block: Key, column: int, mask: npt.NDArray[np.bool_]
    ) -> tuple[CellValue, str]:
        if self.measure.ratio:
            return self._ratio_total(at, block, column, mask)
        row = self.place.row(block, self.measure.name)
        columns = self.place.columns
        first, last = column_letter(columns.first_past), column_letter(columns.last_plan)
        whole = f"${first}{row}:${last}{row}"
        header = f"${first}${AXIS_ROW['year']}:${last}${AXIS_ROW['year']}"
        here = f"{column_letter(column)}${AXIS_ROW['year']}"
        opening, opened = column_letter(columns.last_past), column_letter(columns.first_plan)
        if self.measure.total == "sum":
            formula = {
                columns.past_total: f"SUM(${first}{row}:${opening}{row})",
                columns.plan_total: f"SUM(${opened}{row}:${last}{row})",
            }.get(column, f"SUMIFS({whole},{header},{here})")
        else:
            formula = {
                columns.past_total: f"N(${opening}{row})",
                columns.plan_total: f"N(${last}{row})",
            }.get(column, f"N(IFERROR(LOOKUP({here},{header},{whole}),0))")
        return self._sum(self.measure, at, mask), formula

    def _ratio_total(
        self, at: int, block: Key, column: int, mask: npt.NDArray[np.bool_]
    ) -> tuple[CellValue, str]:
        top, bottom = self.measure.ratio or ("", "")
        letter = column_letter(column)
        over, under = (f"{letter}{self.place.row(block, name)}" for name in (top, bottom))
        grid = self.place.grid
        if self.has_holes:
            under = self._of_months_with(block, top, bottom, column)
            mask = mask & pd.notna(self.values[top][at])
        formula = f'IF(N({under})=0,"",{over}/{under})'
        below = self._sum(grid[bottom], at, mask)
        return (None if below == 0 else self._sum(grid[top], at, mask) / below), formula

    def _of_months_with(self, block: Key, top: str, bottom: str, column: int) -> str:
        """The sum of a ratio's lower measure over months in which the upper one is known."""
        columns, place = self.place.columns, self.place
        first, last = {
            columns.past_total: (columns.first_past, columns.last_past),
            columns.plan_total: (columns.first_plan, columns.last_plan),
        }.get(column, (columns.first_past, columns.last_plan))
        span = [column_letter(at) for at in (first, last)]
        over, under, header = (
            f"${span[0]}{row}:${span[1]}{row}"
            for row in (place.row(block, top), place.row(block, bottom), f"${AXIS_ROW['year']}")
        )
        known = f"ISNUMBER({over})"
        if column in (columns.past_total, columns.plan_total):
            return f"SUMPRODUCT(--{known},{under})"
        here = f"{column_letter(column)}${AXIS_ROW['year']}"
        return f"SUMPRODUCT(({header}={here})*{known},{under})"

    def _sum(self, measure: Measure, at: int, mask: npt.NDArray[np.bool_]) -> float:
        values = self.values[measure.name][at]
        if measure.total == "last":
            # a year that the sheet does not reach takes the last month shown, as LOOKUP does
            shown = values[mask] if mask.any() else values[-1:]
            return 0.0 if shown[-1] is None else float(shown[-1])
        return float(sum(v for v in values[mask] if v is not None))

    def rules(self) -> None:
        """Validation of inputs and colours of alerts, one rule for all blocks."""
        if not self.place.blocks:
            return
        measure, columns = self.measure, self.place.columns
        first = column_letter(columns.first_plan if measure.role.is_input else columns.first_past)
        last = column_letter(columns.last_plan)
        rows = [self.place.row(block, measure.name) for block in self.place.blocks]
        ranges = " ".join(f"{first}{row}:{last}{row}" for row in rows)
        if measure.role.is_input:
            self.sheet.validate(
                ranges,
                measure.label,
                measure.help,
                choices=measure.choices,
                minimum=measure.minimum,
                number=measure.unit.is_number,
            )
        if measure.alert:
            self.sheet.alert(measure.alert, ranges)
