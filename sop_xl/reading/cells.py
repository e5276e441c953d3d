"""Raw cells as a file, a sheet or a query gives them, and where each of them stands."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd

from sop_xl.schema import Unit

EXCEL_ERRORS = frozenset(
    ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
     "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!", "#GETTING_DATA")
)
PLACEHOLDERS = frozenset(("null", "nan", "nat", "none", "n/a", "na", "-", "--", "–", "(blank)"))
"""What other programs write where a number or a date is missing; as text it stays what it is."""
STRANGE_SPACES = {
    **dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u200a\u202f\u3000"), " "),
    **dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"), None),
}


@dataclass(frozen=True)
class Cells:
    """A header, the columns below it, and their place in a file.

    Args:
        header: The header cells.
        columns: One sequence of values per header cell, all of the same length.
        file: Path or address as a person should read it.
        sheet: Sheet name; empty for a text file or a query: there row and header name a cell.
        first_row: Row number of the first row below the header.
        first_column: Column number of the first header cell, 1 for A.
        rows: Row number of each row, where they do not follow one another.
        places: Column number of each header cell, where they do not follow one another.
    """

    header: Sequence[object]
    columns: Sequence[Sequence[object]]
    file: str = ""
    sheet: str = ""
    first_row: int = 2
    first_column: int = 1
    rows: Sequence[int] | None = None
    places: Sequence[int] | None = None

    @classmethod
    def of_rows(
        cls,
        header: Sequence[object],
        rows: Iterable[Sequence[object]],
        *,
        file: str = "",
        sheet: str = "",
        first_row: int = 2,
        first_column: int = 1,
        numbers: Sequence[int] | None = None,
    ) -> Cells:
        """The same from rows, which are cut or filled up with blanks to the width of the header."""
        width = len(header)
        rows = list(rows)
        if any(len(row) != width for row in rows):
            rows = [(*row, *(None,) * (width - len(row)))[:width] for row in rows]
        columns: list[Sequence[object]] = list(zip(*rows, strict=True)) or [()] * width
        return cls(header, columns, file, sheet, first_row, first_column, numbers)

    def __len__(self) -> int:
        return len(self.columns[0]) if self.columns else 0

    def row_number(self, row: int) -> int:
        return int(self.rows[row]) if self.rows is not None else self.first_row + row

    def letter(self, column: int) -> str:
        """``C``"""
        at = self.places[column] if self.places is not None else self.first_column + column
        return column_letter(at)

    def address(self, row: int, column: int) -> str:
        """``C17`` on a sheet, ``row 17, Price`` in a text file or a query."""
        number = self.row_number(row)
        if self.sheet:
            return f"{self.letter(column)}{number}"
        return f"row {number}, {show(self.header[column])}"

    def header_address(self, column: int) -> str:
        if self.sheet:
            row = self.first_row - 1
            return f"{self.letter(column)}{row}"
        return f"header {show(self.header[column])}"


def column_letter(number: int) -> str:
    """
    >>> column_letter(1), column_letter(28)
    ('A', 'AB')
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def show(value: object) -> str:
    """A cell's value in a message: short, on one line."""
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else f"{text[:37]}..."


def is_blank(value: object) -> bool:
    if value is None or value is pd.NaT:
        return True
    if isinstance(value, str):
        # most cells begin with a visible sign: they need no closer look
        return not ("!" <= value[:1] <= "~") and not value.translate(STRANGE_SPACES).strip()
    return isinstance(value, float) and math.isnan(value)


def is_missing(value: object, unit: Unit) -> bool:
    """Whether a value is a placeholder for nothing in a number or a date."""
    return (
        unit is not Unit.TEXT
        and isinstance(value, str)
        and value.translate(STRANGE_SPACES).strip().casefold() in PLACEHOLDERS
    )


def _comparable(value: object) -> object:
    """TRUE equals 1 in Python: keep them apart; a decimal that is no number cannot be compared."""
    if isinstance(value, bool):
        return str(value).upper()
    return None if isinstance(value, Decimal) and value.is_nan() else value


def distinct(values: Sequence[object]) -> tuple[np.ndarray, list[object]]:
    """Codes and distinct values: what is parsed once serves every cell that holds the same."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    if pd.api.types.infer_dtype(array, skipna=True) not in ("string", "floating", "integer"):
        array[:] = [_comparable(value) for value in values]
    codes, uniques = pd.factorize(array, use_na_sentinel=False)
    return codes, list(uniques)
