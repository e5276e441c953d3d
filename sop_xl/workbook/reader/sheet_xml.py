"""One pass over the XML of a sheet: what its cells show, and the formulas in them.

openpyxl reads either the values of formulas or the formulas, and builds all that a sheet has beside
its cells: a book would be parsed twice, for a second and a half each time. It still reads the rest
of the book: sheets, texts, formats of dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple
from xml.parsers import expat

from defusedxml.common import EntitiesForbidden
from openpyxl.formula.translate import Translator
from openpyxl.utils import range_boundaries
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.xml.constants import SHEET_MAIN_NS

_day_of: Callable[[str], Any] = from_ISO8601  # it has no types
Spot = tuple[int, int]
"""Row and column, from 1."""


class Formats(NamedTuple):
    """What tells a date from a number."""

    epoch: dt.datetime
    """Day 0 of the book."""
    dates: Collection[int]
    """The cell formats that show dates or times."""
    durations: Collection[int]
    """Those among them that show how long something takes."""


class SheetXml:
    """The cells of a sheet that hold anything.

    Args:
        content: The part of the package.
        strings: The texts that the cells of the book share.
        formats: How dates are told from numbers.

    Raises:
        expat.ExpatError: It is no XML.
        EntitiesForbidden: It declares entities, as nobody does who writes workbooks.
        ValueError: A cell holds what its type does not allow.
    """

    def __init__(self, content: bytes, strings: Sequence[str], formats: Formats) -> None:
        self.values: dict[Spot, Any] = {}
        """What the cells show; of merged ones only the first shows anything."""
        self.contents: dict[Spot, Any] = {}
        """Formulas with "=" in the place of their values, arrays and data tables as openpyxl has
        them; and what merged cells hide."""
        self._strings, self._formats = strings, formats
        self._shared: dict[str | None, Translator] = {}
        self._merged: list[str] = []
        self._row = self._column = 0
        self._cell: dict[str, str] = {}
        self._formula: dict[str, str] | None = None
        self._value: str | None = None
        self._formula_text: str | None = None
        self._inline: list[str] | None = None
        self._text: list[str] | None = None
        self._aside = False
        self._starts = {
            f"{SHEET_MAIN_NS} row": self._start_row,
            f"{SHEET_MAIN_NS} c": self._start_cell,
            f"{SHEET_MAIN_NS} f": self._start_formula,
            f"{SHEET_MAIN_NS} v": self._start_text,
            f"{SHEET_MAIN_NS} is": self._start_inline,
            f"{SHEET_MAIN_NS} rPh": self._start_phonetic,
            f"{SHEET_MAIN_NS} t": self._start_text,
            f"{SHEET_MAIN_NS} mergeCell": self._start_merged,
        }
        self._ends = {
            f"{SHEET_MAIN_NS} c": self._end_cell,
            f"{SHEET_MAIN_NS} f": self._end_formula,
            f"{SHEET_MAIN_NS} v": self._end_value,
            f"{SHEET_MAIN_NS} rPh": self._end_phonetic,
            f"{SHEET_MAIN_NS} t": self._end_text,
        }
        self._parse(content)
        for merged in self._merged:
            self._show_first_only(merged)

    def _parse(self, content: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.EntityDeclHandler = _refuse_entity
        parser.Parse(content, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name in self._starts:
            self._starts[name](attributes)

    def _end(self, name: str) -> None:
        if name in self._ends:
            self._ends[name]()

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    # ---- elements --------------------------------------------------------------------

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        self._row = self._row + 1 if number is None else _whole(number)
        self._column = 0

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._cell = attributes
        self._formula = self._value = self._formula_text = self._inline = None

    def _start_formula(self, attributes: dict[str, str]) -> None:
        self._formula = attributes
        self._text = []

    def _start_inline(self, _attributes: dict[str, str]) -> None:
        self._inline = []

    def _start_phonetic(self, _attributes: dict[str, str]) -> None:
        self._aside = True  # how a text is spoken is no part of it

    def _start_text(self, _attributes: dict[str, str]) -> None:
        self._text = []

    def _start_merged(self, attributes: dict[str, str]) -> None:
        self._merged.append(attributes["ref"])

    def _end_formula(self) -> None:
        self._formula_text, self._text = "".join(self._text or ()), None

    def _end_value(self) -> None:
        self._value, self._text = "".join(self._text or ()) or None, None

    def _end_text(self) -> None:
        if self._inline is not None and not self._aside:
            self._inline += self._text or ()
        self._text = None

    def _end_phonetic(self) -> None:
        self._aside = False

    def _end_cell(self) -> None:
        place = self._cell.get("r")
        if place:
            spot = coordinate_to_tuple(place)
            self._column = spot[1]
        else:
            self._column += 1
            spot = self._row, self._column
        shown = self._shown()
        if shown is not None:
            self.values[spot] = self.contents[spot] = shown
        if self._formula is not None:
            self.contents[spot] = self._formula_at(self._formula, place or "")

    # ---- what they mean --------------------------------------------------------------

    def _shown(self) -> Any:
        kind, value = self._cell.get("t", "n"), self._value
        if kind == "inlineStr":
            return None if self._inline is None else "".join(self._inline)
        if value is None:
            return None
        if kind == "n":
            number = _number(value)
            style = int(self._cell.get("s") or 0)
            return self._day(number, style) if style in self._formats.dates else number
        if kind == "s":
            return self._strings[int(value)]
        if kind == "b":
            return bool(int(value))
        return _day_of(value) if kind == "d" else value

    def _day(self, number: float, style: int) -> Any:
        try:
            duration = style in self._formats.durations
            return from_excel(number, self._formats.epoch, timedelta=duration)
        except (OverflowError, ValueError):
            return "#VALUE!"  # Excel shows #### for what is no date

    def _formula_at(self, attributes: dict[str, str], place: str) -> Any:
        kind, text = attributes.get("t"), f"={self._formula_text}"
        if kind == "array":
            return ArrayFormula(ref=attributes["ref"], text=text)
        if kind == "dataTable":
            given: dict[str, Any] = {**attributes}
            return DataTableFormula(**given)
        if kind == "shared":
            number = attributes.get("si")
            if number in self._shared:
                return self._shared[number].translate_formula(place)
            if text != "=":
                self._shared[number] = Translator(text, place)
        return text

    def _show_first_only(self, merged: str) -> None:
        left, top, right, bottom = (int(part or 0) for part in range_boundaries(merged))
        for row, column in list(self.values):
            inside = top <= row <= bottom and left <= column <= right
            if inside and (row, column) != (top, left):
                del self.values[row, column]


def _refuse_entity(name: str, _parameter: bool, value: str | None, base: str | None,
                   system: str | None, public: str | None, notation: str | None) -> None:
    raise EntitiesForbidden(name, value, base, system, public, notation)


def _number(text: str) -> float:
    """A number, a whole one where it is written as one."""
    return float(text) if "." in text or "e" in text or "E" in text else int(text)


def _whole(text: str) -> int:
    """The number of a row; some programs write it with decimals."""
    number = float(text)
    if not number.is_integer():
        raise ValueError(f"{text} is not a valid row number")
    return int(number)
