"""The cells of a sheet, written by us: quick, and every formula with its cached value.

openpyxl draws the rest of the workbook (styles, charts, tables, validations ...); it would write
formulas without values, and Protected View, previews and phones would show blanks.
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import repeat
from operator import itemgetter
from typing import TypeAlias

import numpy as np
import pandas as pd
from openpyxl.utils import get_column_letter

CellValue: TypeAlias = str | float | int | bool | date | datetime | np.generic | None


class ArrayFormula(str):
    """A formula whose result fills a range, such as ``C5:T5``; every Excel shows it alike."""

    __slots__ = ("range",)

    def __new__(cls, text: str, range: str) -> "ArrayFormula":
        formula = super().__new__(cls, text)
        formula.range = range
        return formula

    range: str


Cell: TypeAlias = tuple[int, CellValue, int, str | None]  # column, value, style, formula

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
MAX_TEXT, MAX_FORMULA = 32_767, 8_192
# The errors that any Excel since 2007 reads back as errors; #SPILL! and later ones need metadata.
ERRORS = frozenset({"#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NAME?", "#NULL!"})

_ILLEGAL = "\\x00-\\x08\\x0b-\\x1f\ud800-\udfff\ufffe\uffff"  # \r too: XML turns it into \n
# An underscore is protected where a reader would see an escape begin: also before an illegal
# character, whose own escape begins with the underscore that completes the pattern.
_SPECIAL = re.compile(f"[&<>{_ILLEGAL}]|_(?=x[0-9A-Fa-f]{{4}}[_{_ILLEGAL}])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def escape(text: str) -> str:
    """Text as XML content; what XML 1.0 cannot hold becomes ``_xHHHH_``, as Excel writes it.

    >>> escape("a < b"), escape("bell \\a"), escape("_x0041_")
    ('a &lt; b', 'bell _x0007_', '_x005F_x0041_')
    """
    return _SPECIAL.sub(_escaped, text) if _SPECIAL.search(text) else text


def serial(day: date) -> float:
    """Excel's number of a date (1900 system), 29 February 1900 counted as Excel counts it.

    >>> serial(date(2024, 1, 31)), serial(datetime(1900, 1, 1, 12))
    (45322, 1.5)
    """
    days = day.toordinal() - 693_594
    if days < 61:
        days -= 1
    if days < 1:
        raise ValueError(f"{day} is before 1900, where Excel's calendar begins")
    if not isinstance(day, datetime):
        return days
    if day.tzinfo is not None:
        raise ValueError(f"{day} has a time zone, which Excel does not know")
    seconds = day.hour * 3600 + day.minute * 60 + day.second + day.microsecond / 1e6
    return days + seconds / 86_400 if seconds else days


@dataclass(slots=True)
class SharedStrings:
    """The texts of a workbook, each stored once.

    Attributes:
        indexes: The number of each text, in order of first use.
        count: How many cells show a text.
    """

    indexes: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def add(self, text: str) -> int:
        """The number of a text, a new one if need be."""
        _check_length(text)
        return self.indexes.setdefault(str(text), len(self.indexes))

    def render(self) -> bytes:
        """The part ``xl/sharedStrings.xml``."""
        items = "".join(f"<si><t{_space(text)}>{escape(text)}</t></si>" for text in self.indexes)
        return (
            '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
            f'<sst xmlns="{_MAIN}" count="{self.count}" uniqueCount="{len(self.indexes)}">'
            f"{items}</sst>"
        ).encode()


@dataclass(slots=True)
class SheetData:
    """The cells of one sheet, in any order; the last word on a cell counts."""

    _cells: defaultdict[int, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    _rows: dict[int, str] = field(default_factory=dict)
    _depth: int = 0

    def put(
        self,
        row: int,
        column: int,
        value: CellValue = None,
        style: int = 0,
        formula: str | None = None,
    ) -> None:
        """Set one cell.

        Args:
            row: From 1.
            column: From 1.
            value: What the cell shows; with a formula, its cached value. None, NaN and "" are
                blank; text stays text whatever it begins with.
            style: Index into the workbook's cell formats, see `stylesheet.style_id`.
            formula: Formula without the leading "=".
        """
        self._cells[row].append((column, value, style, formula))

    def put_row(
        self,
        row: int,
        first_column: int,
        values: Sequence[CellValue],
        styles: int | Sequence[int],
    ) -> None:
        """Set neighbouring cells of one row to plain values, all in one style or each in its own.

        Raises:
            ValueError: The styles are not as many as the values.
        """
        each = repeat(styles, len(values)) if isinstance(styles, int) else styles
        columns = range(first_column, first_column + len(values))
        self._cells[row].extend(zip(columns, values, each, repeat(None, len(values)), strict=True))

    def put_array(
        self,
        row: int,
        first_column: int,
        values: Sequence[Sequence[CellValue]],
        styles: int | Sequence[int],
        formula: str,
    ) -> None:
        """Set a block of cells that one formula fills: its first cell holds the formula.

        Args:
            row: First row, from 1.
            first_column: First column, from 1.
            values: What the cells show, one sequence a row, all as long.
            styles: One style for all, or one for each column.
            formula: Formula without the leading "=".
        """
        for at, line in enumerate(values, start=row):
            self.put_row(at, first_column, line, styles)
        last = f"{get_column_letter(first_column + len(values[0]) - 1)}{row + len(values) - 1}"
        text = ArrayFormula(formula, f"{get_column_letter(first_column)}{row}:{last}")
        style = styles if isinstance(styles, int) else styles[0]
        self.put(row, first_column, values[0][0], style, text)

    def row(
        self,
        row: int,
        *,
        height: float | None = None,
        outline: int = 0,
        hidden: bool = False,
        collapsed: bool = False,
    ) -> None:
        """Set the looks of a row; the height is in points.

        Raises:
            ValueError: Excel has no such height or outline level.
        """
        if not 0 <= outline <= 7:
            raise ValueError(f"row {row}: outline level {outline} is not between 0 and 7")
        if height is not None and not 0 <= height <= 409.5:
            raise ValueError(f"row {row}: height {height} is not between 0 and 409.5 points")
        self._depth = max(self._depth, outline)
        self._rows[row] = (
            (f' ht="{_number(height)}" customHeight="1"' if height is not None else "")
            + (' hidden="1"' if hidden else "")
            + (f' outlineLevel="{outline}"' if outline else "")
            + (' collapsed="1"' if collapsed else "")
        )

    @property
    def outline_depth(self) -> int:
        """The deepest outline level, which the sheet has to announce for Excel to draw it."""
        return self._depth

    def cells_by_row(self) -> Iterator[tuple[int, list[Cell]]]:
        """Every row with its cells from left to right, each cell once: the last word on it."""
        for number in sorted(self._cells):
            yield number, _ordered(self._cells[number])

    def styles_used(self) -> set[int]:
        """The indexes of all cell formats in use."""
        return {cell[2] for cells in self._cells.values() for cell in cells}

    def dimension(self) -> str:
        """The range that the cells fill, "A1" for none."""
        columns = self._columns()
        if not columns:
            return "A1"
        first = f"{get_column_letter(min(columns))}{min(self._cells)}"
        last = f"{get_column_letter(max(columns))}{max(self._cells)}"
        return first if first == last else f"{first}:{last}"

    def render(self, strings: SharedStrings) -> bytes:
        """The element ``sheetData``; texts go into the shared strings.

        Raises:
            ValueError: A value that a cell cannot hold; the message names the cell.
        """
        rows = sorted(self._cells.keys() | self._rows.keys())
        for number in rows[:1] + rows[-1:]:
            if not 1 <= number <= MAX_ROW:
                raise ValueError(f"there is no row {number} in a sheet")
        letters = {column: get_column_letter(column) for column in self._columns()}
        styles = _StyleAttributes()
        out = io.BytesIO()
        out.write(b"<sheetData>")
        for number in rows:
            cells = _ordered(self._cells[number]) if number in self._cells else []
            content = _row_content(number, cells, letters, styles, strings)
            looks = self._rows.get(number, "")
            out.write(f'<row r="{number}"{looks}>{content}</row>'.encode())
        out.write(b"</sheetData>")
        return out.getvalue()

    def _columns(self) -> set[int]:
        columns = {cell[0] for cells in self._cells.values() for cell in cells}
        for column in (min(columns), max(columns)) if columns else ():
            if not 1 <= column <= MAX_COLUMN:
                raise ValueError(f"there is no column {column} in a sheet")
        return columns


class _StyleAttributes(dict[int, str]):
    """Attribute ``s`` of a cell by its style; the default style needs none."""

    def __missing__(self, style: int) -> str:
        text = self[style] = f' s="{style}"' if style else ""
        return text


def _row_content(
    row: int,
    cells: list[Cell],
    letters: dict[int, str],
    styles: _StyleAttributes,
    strings: SharedStrings,
) -> str:
    """The cells of one row; this loop is where the time goes, so the usual cases come first."""
    parts: list[str] = []
    add = parts.append
    find = strings.indexes.get
    column = 0
    try:
        for column, value, style, formula in cells:
            cell = f'<c r="{letters[column]}{row}"{styles[style]}'
            if formula is not None:
                kind, text = _cached(value)
                fills = ""
                if isinstance(formula, ArrayFormula):
                    fills = f' t="array" ref="{formula.range}"'
                add(f"{cell}{kind}><f{fills}>{_formula(formula)}</f>{text}</c>")
            elif isinstance(value, str) and value:
                index = find(value)
                if index is None:
                    index = strings.add(value)
                strings.count += 1
                add(f'{cell} t="s"><v>{index}</v></c>')
            else:
                kind, text = _literal(value)
                if text:
                    add(f"{cell}{kind}><v>{text}</v></c>")
                elif style:
                    add(f"{cell}/>")
    except ValueError as error:
        raise ValueError(f"{letters[column]}{row}: {error}") from error
    return "".join(parts)


def _ordered(cells: list[Cell]) -> list[Cell]:
    """The cells by column, each column once; nearly always they are so already."""
    last = 0
    for cell in cells:
        if cell[0] <= last:
            return sorted({cell[0]: cell for cell in cells}.values(), key=itemgetter(0))
        last = cell[0]
    return cells


def _literal(value: CellValue) -> tuple[str, str]:
    """Type attribute and text of a value that is not a text; an empty text is a blank."""
    if isinstance(value, float):
        return ("", _number(value)) if value == value else ("", "")
    if isinstance(value, bool):
        return ' t="b"', "1" if value else "0"
    if isinstance(value, int):
        return "", _integer(value)
    if value is None or isinstance(value, str) or _is_missing(value):
        return "", ""
    if isinstance(value, date):
        return "", _number(serial(value))
    if isinstance(value, np.datetime64):  # item() of nanoseconds would be a bare number
        return _literal(value.astype("datetime64[us]").item())
    if isinstance(value, np.generic) and not isinstance(plain := value.item(), np.generic):
        return _literal(plain)
    raise ValueError(f"{value!r} ({type(value).__name__}) is nothing that a cell can hold")


def _is_missing(value: object) -> bool:
    return value is pd.NaT or value is pd.NA  # NaT calls itself a date


def _cached(value: CellValue) -> tuple[str, str]:
    """Type attribute and value element of a formula; a formula shows a blank as empty text."""
    if isinstance(value, str):
        if value in ERRORS:
            return ' t="e"', f"<v>{value}</v>"
        _check_length(value)
        return ' t="str"', f"<v{_space(value)}>{escape(value)}</v>"
    kind, text = _literal(value)
    return (kind, f"<v>{text}</v>") if text else (' t="str"', "<v></v>")


def _formula(formula: str) -> str:
    if not formula or formula[0] == "=":
        raise ValueError(f'the formula {formula!r} has to be given without its "="')
    if len(formula) > MAX_FORMULA:
        raise ValueError(f"the formula has {len(formula)} characters, Excel allows {MAX_FORMULA}")
    return escape(formula)


def _number(value: float) -> str:
    """The shortest text that reads back as the same number."""
    text = float.__repr__(float(value))
    if text[-2:] == ".0":
        return text[:-2] if value else "0"  # no "-0"
    if text[-1] in "fn":
        raise ValueError("Excel has no infinite number")
    return text


def _integer(value: int) -> str:
    if -(2**53) <= value <= 2**53:
        return int.__repr__(value)
    try:
        return _number(float(value))
    except OverflowError:
        raise ValueError("the number is too large for Excel") from None


def _check_length(text: str) -> None:
    # Excel counts UTF-16 units; two per character is the most there can be.
    if len(text) * 2 > MAX_TEXT:
        length = len(text) + sum(character > "\uffff" for character in text)
        if length > MAX_TEXT:
            raise ValueError(f"the text has {length} characters, a cell holds {MAX_TEXT}")


def _space(text: str) -> str:
    """Excel trims white space at the ends unless told otherwise."""
    keep = text and (text[0].isspace() or text[-1].isspace() or "\n" in text)
    return ' xml:space="preserve"' if keep else ""


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    return _ENTITIES.get(character) or f"_x{ord(character):04X}_"
