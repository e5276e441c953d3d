"""From declared formulas to Excel formulas: names in braces become references.

A formula is translated once per measure (or column); what differs from row to row and from month to
month stays as marks in the text, so that a cell costs a few string replacements.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sop_xl.schema import ALL, ALL_FAMILIES, TOKEN, Column, Grid, Table, Unit
from sop_xl.workbook.layout import (
    AXIS_ROW,
    GridPlace,
    Key,
    Layout,
    TablePlace,
    column_letter,
    excel_name,
    setting_name,
    view_key_name,
    view_name,
)

THIS, BEFORE = "\x00", "\x01"
"""Marks for the column letter of the cell's month and of the month before."""
ROW = re.compile("\x02(\\w+)\x02")
"""Mark for the row of a measure in the block; an empty name is not possible."""
OFFSET = "offset"
"""The key of a grid that says by how many months its blocks look ahead."""
OWN = "\x03"
"""Mark for the row of the cell itself."""


def excel_text(text: str) -> str:
    """A text as a literal inside a formula."""
    return '"' + text.replace('"', '""') + '"'


def structured(table: Table, column: Column, this_row: bool = False) -> str:
    """A structured reference to a column, or to its cell in the same row."""
    label = re.sub(r"(['\[\]#@])", r"'\1", column.label)
    name = excel_name(table)
    return f"{name}[[#This Row],[{label}]]" if this_row else f"{name}[{label}]"


@dataclass(frozen=True)
class GridFormula:
    """A translated formula of a measure, to be filled in for a block and a month."""

    text: str

    def for_block(self, place: GridPlace, block: Key, measure: str) -> str:
        """The formula with rows filled in; columns are still marks."""
        start = place.start(block)
        names = place.grid.names
        text = ROW.sub(lambda mark: str(start + names.index(mark[1])), self.text)
        return text.replace(OWN, str(start + names.index(measure)))

    @staticmethod
    def for_month(text: str, column: str, before: str) -> str:
        return text.replace(THIS, column).replace(BEFORE, before)


class Translator:
    """Translates the formulas of one workbook."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        columns = layout.columns
        self.first_past = column_letter(columns.first_past)
        self.opening = column_letter(columns.last_past)
        self.first = column_letter(columns.first_plan)
        self.final = column_letter(columns.last_plan)
        self.month = f"{THIS}${AXIS_ROW['period']}"

    # ---- formulas of a grid --------------------------------------------------------------

    def measure(self, grid: Grid, formula: str) -> GridFormula:
        """Translate a formula of a grid's measure."""
        return GridFormula(TOKEN.sub(lambda m: self._grid_token(grid, *m.groups()), formula))

    def _grid_token(
        self, grid: Grid, sign: str, owner: str | None, name: str, modifier: str | None
    ) -> str:
        if sign == "$":
            return setting_name(name)
        if sign == "#":
            return self._along_row(f"${AXIS_ROW[name]}", modifier)
        if owner is None:
            if name in grid.key_names:
                return self._key_cell(grid, name)
            return self._along_row(f"\x02{name}\x02", modifier)
        if owner in self.layout.grids:
            return self._other_grid(grid, self.layout.grids[owner], name, modifier)
        return self._other_table(grid, self.layout.tables[owner], name, modifier)

    def _along_row(self, row: str, modifier: str | None) -> str:
        """A cell or range of the same row; ``row`` is a number or mark, with $ where absolute."""
        whole = f"${self.first}{row}:${self.final}{row}"
        references = {
            None: f"{THIS}{row}",
            "prev": f"{BEFORE}{row}",
            "opening": f"${self.opening}{row}",
            "final": f"${self.final}{row}",
            "todate": f"${self.first}{row}:{THIS}{row}",
            "plan": whole,
        }
        return references[modifier]

    def _key_cell(self, grid: Grid, name: str) -> str:
        return f"${column_letter(grid.key_names.index(name) + 1)}{OWN}"

    def _other_grid(
        self, grid: Grid | None, other: GridPlace, name: str, modifier: str | None
    ) -> str:
        whole = self._whole_grid(other, name, modifier)
        if whole is not None:
            return whole
        criteria = self._key_criteria(grid, other, modifier)
        if modifier == "later" and grid is not None:
            return self._later(grid, other, name, criteria)
        column = {
            "total": column_letter(self.layout.columns.plan_total),
            "past_total": column_letter(self.layout.columns.past_total),
            "opening": self.opening,
            "final": self.final,
        }.get(modifier or "", THIS)
        dollar = "" if column == THIS else "$"
        values = _range(other, column, absolute=dollar)
        label = excel_text(other.grid[name].label)
        parts = [values, *criteria, _range(other, self._measures_column), label]
        return f"SUMIFS({','.join(parts)})"

    def _later(self, grid: Grid, other: GridPlace, name: str, criteria: list[str]) -> str:
        """The sum over equal keys some months later, by the key ``offset`` of the block."""
        offset, n = self._key_cell(grid, OFFSET), AXIS_ROW["n"]
        months = (
            f"{other.sheet}!{THIS}${other.first_row}:${self.final}${other.last_row}"
        )
        label = excel_text(other.grid[name].label)
        parts = [
            f"INDEX({months},0,1+{offset})", *criteria, _range(other, self._measures_column), label
        ]
        return f"IF({THIS}${n}+{offset}>${self.final}${n},0,SUMIFS({','.join(parts)}))"

    @property
    def _measures_column(self) -> str:
        return column_letter(self.layout.columns.measure)

    def _whole_grid(self, other: GridPlace, name: str, modifier: str | None) -> str | None:
        """References to a part of another grid that depend on no key."""
        columns = self.layout.columns
        year = columns.this_year
        fixed = {
            "measures": columns.measure,
            "totals": columns.plan_total,
            "last": columns.last_past,
            "previous": columns.last_past - 1,
            "this_year": columns.years[year],
            "next_year": columns.years[year + 1],
        }
        if modifier in fixed:
            return _range(other, column_letter(fixed[modifier]))
        if modifier == "range":
            return _range(other, THIS, absolute="")
        if modifier == "past":
            return _range(other, self.first_past, self.opening)
        if modifier == "label":
            return excel_text(other.grid[name].label)
        if modifier == "line":
            row = other.row((), name)
            return f"{other.sheet}!${self.first_past}${row}:${self.final}${row}"
        if modifier == "keys":
            return _range(other, column_letter(other.grid.key_names.index(name) + 1))
        return None

    def _key_criteria(
        self, grid: Grid | None, other: GridPlace, modifier: str | None
    ) -> list[str]:
        """Pairs of key column and criterion for the rows of another grid."""
        if grid is None or modifier == "all":
            return []
        criteria: list[str] = []
        if modifier == "block":
            for key in other.grid.key_names:
                chosen = view_key_name(grid.name, key)
                criteria += [self._whole_grid(other, key, "keys") or "", chosen]
            return criteria
        if modifier == "view":
            key = other.grid.key_names[0]
            view = view_name(grid.name)
            has_total = any(block[0] == ALL_FAMILIES for block in other.blocks)
            criterion = view if has_total or key != "family" else _every(view)
            return [self._whole_grid(other, key, "keys") or "", criterion]
        for key in grid.key_names:
            if key in other.grid.key_names:
                cell = self._key_cell(grid, key)
                criterion = _every(cell) if modifier == "scope" else cell
                criteria += [self._whole_grid(other, key, "keys") or "", criterion]
        return criteria

    def _other_table(
        self, grid: Grid, place: TablePlace, name: str, modifier: str | None
    ) -> str:
        table = place.table
        if modifier == "column":
            return structured(table, table[name])
        if modifier == "match":
            return self._match(grid, table)
        shared = [key for key in grid.key_names if key in table.names]
        if modifier == "lookup":
            key = structured(table, table[shared[0]])
            return (
                f"IFERROR(INDEX({structured(table, table[name])},"
                f"MATCH({self._key_cell(grid, shared[0])},{key},0)),0)"
            )
        criteria = [
            part
            for key in shared
            for part in (structured(table, table[key]), self._key_cell(grid, key))
        ]
        for column in table.columns:
            if column.unit is Unit.PERIOD:
                criteria += [structured(table, column), self.month]
        if modifier == "count":
            return f"COUNTIFS({','.join(criteria)})"
        return f"SUMIFS({','.join([structured(table, table[name]), *criteria])})"

    def _match(self, grid: Grid, table: Table) -> str:
        conditions = []
        for key in grid.key_names:
            if key in table.names:
                column = structured(table, table[key])
                cell = self._key_cell(grid, key)
                conditions.append(f"((({column}={cell})+({column}={excel_text(ALL)}))>0)")
        conditions.append(f"({structured(table, table['start'])}<={self.month})")
        conditions.append(f"({structured(table, table['end'])}>={self.month})")
        conditions.append(f'({structured(table, table["included"])}<>"no")')
        return "*".join(conditions)

    # ---- formulas of a table, of a check ---------------------------------------------------

    def column(self, table: Table, formula: str) -> str:
        """Translate a formula of a table's column; it is the same in every row."""

        def token(match: re.Match[str]) -> str:
            sign, owner, name, modifier = match.groups()
            if sign == "$":
                return setting_name(name)
            if owner is None:
                return structured(table, table[name], this_row=True)
            if modifier == "placed_line":
                return self._placed(table, self.layout.grids[owner], name)
            if modifier in ("year", "year_after", "total", "key_plan", "key_line"):
                return self._keyed(table, self.layout.grids[owner], name, modifier)
            return self._free(owner, name, modifier)

        return TOKEN.sub(token, formula)

    def check(self, formula: str) -> str:
        """Translate a formula that stands alone, without block or row."""

        def token(match: re.Match[str]) -> str:
            sign, owner, name, modifier = match.groups()
            return setting_name(name) if sign else self._free(owner, name, modifier)

        return TOKEN.sub(token, formula)

    def _free(self, owner: str, name: str, modifier: str | None) -> str:
        if owner in self.layout.grids:
            return self._other_grid(None, self.layout.grids[owner], name, modifier)
        table = self.layout.tables[owner].table
        return structured(table, table[name])

    def _keyed(self, table: Table, other: GridPlace, name: str, modifier: str) -> str:
        """A total, or the plan periods, of the row of a grid with the key of the table's row."""
        columns = self.layout.columns
        key = table.keys[0]
        cell = structured(table, table[key], this_row=True)
        keys = _range(other, column_letter(1))
        label = excel_text(other.grid[name].label)
        measures = _range(other, self._measures_column)
        if modifier in ("key_plan", "key_line"):
            first = self.first if modifier == "key_plan" else self.first_past
            block = _range(other, first, self.final)
            offset = other.grid.names.index(name)
            return f"INDEX({block},MATCH({cell},{keys},0)+{offset},0)"
        at = {
            "year": columns.years[columns.this_year],
            "year_after": columns.years[columns.this_year + 1],
            "total": columns.plan_total,
        }[modifier]
        values = _range(other, column_letter(at))
        return f"SUMIFS({values},{keys},{cell},{measures},{label})"

    def _placed(self, table: Table, other: GridPlace, name: str) -> str:
        """All periods of the block of a grid whose first row the column ``place`` says."""
        block = _range(other, self.first_past, self.final)
        place = structured(table, table["place"], this_row=True)
        return f"INDEX({block},{place}+{other.grid.names.index(name)},0)"


def _every(criterion: str) -> str:
    """A criterion that takes every family where the key says so."""
    return f'IF({criterion}={excel_text(ALL_FAMILIES)},"*",{criterion})'


def _range(place: GridPlace, first: str, last: str | None = None, absolute: str = "$") -> str:
    """Columns of a grid over all its rows, with its sheet."""
    return (
        f"{place.sheet}!{absolute}{first}${place.first_row}"
        f":{absolute}{last or first}${place.last_row}"
    )


