"""Days and months as people and programs write them; the order of day and month by column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.reading.cells import EXCEL_ERRORS, STRANGE_SPACES, is_blank, is_missing
from sop_xl.reading.log import Note
from sop_xl.schema import Column, Severity, Unit

EXCEL_EPOCH = date(1899, 12, 30)
LAST_SERIAL = 2_958_465
"""Excel's number of the last day of the year 9999."""
YEARS = range(1970, 2200)
"""Years that a plan or its history can speak of."""
ORDERS = ("dmy", "mdy", "ymd")
OPEN_ENDS = frozenset(
    ("9999-12-31", "31.12.9999", "31/12/9999", "12/31/9999", "99991231", "00.00.0000",
     "0000-00-00", "00/00/0000", "00000000")
)
"""What ERP systems write for "no date"."""

_MONTHS = {
    "jan": 1, "januar": 1, "january": 1, "feb": 2, "februar": 2, "february": 2, "mar": 3,
    "mär": 3, "mrz": 3, "märz": 3, "march": 3, "apr": 4, "april": 4, "may": 5, "mai": 5,
    "jun": 6, "juni": 6, "june": 6, "jul": 7, "juli": 7, "july": 7, "aug": 8, "august": 8,
    "sep": 9, "sept": 9, "september": 9, "oct": 10, "okt": 10, "october": 10, "oktober": 10,
    "nov": 11, "november": 11, "dec": 12, "dez": 12, "december": 12, "dezember": 12,
}
_ZONE = r"(?:Z|UTC|[+-]\d{2}:?\d{2})?"
_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)? ?(?:[AaPp][Mm])? ?" + _ZONE + ")?"
_YMD = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME, re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})" + _TIME, re.ASCII)
_DAY_NAME = re.compile(r"(\d{1,2})[-. /]+([^\W\d_]+)[-. /,]+(\d{4}|\d{2})" + _TIME)
_NAME_DAY = re.compile(r"([^\W\d_]+)[. ]+(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})" + _TIME)
_YEAR_MONTH = re.compile(r"(\d{4})(?:[-/. ]?[Mm]|[-/. ]|(?=\d{2}$))(\d{1,2})", re.ASCII)
_MONTH_YEAR = re.compile(r"(\d{1,2})[-/.](\d{4}|\d{2})", re.ASCII)
_NAME_YEAR = re.compile(r"([^\W\d_]+)[-. '/]*(\d{4}|\d{2})")
_YEAR_NAME = re.compile(r"(\d{4})[-. /]*([^\W\d_]+)")

(BLANK, DAY, MONTH, SERIAL, OPEN, TEXT, IMPOSSIBLE, YEAR, CONTRARY, EXCEL, MISSING) = range(11)


class Found(NamedTuple):
    day: date | None
    kind: int


class Evidence(NamedTuple):
    """What the values of a column say about the order of day and month."""

    order: str
    """``dmy`` or ``mdy``; empty where nothing tells."""
    asked: int
    """How many values are written in figures, so that the order matters."""
    inferred: bool = False
    """The order follows from the pattern of the whole column, not from a day above 12."""


def evidence(values: Sequence[object]) -> Evidence:
    """Days above 12 prove the order; else one part that never changes is the day of the month."""
    parts = [
        (int(found[1]), int(found[3]))
        for value in values
        if isinstance(value, str) and (found := _NUMERIC.fullmatch(value.strip()))
    ]
    first, second = {a for a, _ in parts}, {b for _, b in parts}
    day_first = sum(a > 12 >= b for a, b in parts)
    month_first = sum(b > 12 >= a for a, b in parts)
    if day_first or month_first:
        return Evidence("dmy" if day_first >= month_first else "mdy", len(parts))
    if first == {1} and len(second) >= 3:
        return Evidence("dmy", len(parts), inferred=True)
    if second == {1} and len(first) >= 3:
        return Evidence("mdy", len(parts), inferred=True)
    dots = bool(parts) and all(isinstance(v, str) and "/" not in v and "-" not in v
                               for v in values if isinstance(v, str) and _NUMERIC.match(v.strip()))
    # nobody writes month.day.year with dots
    return Evidence("dmy" if dots else "", len(parts))


def parse(
    values: Sequence[object], column: Column, order: str, *, certain: bool
) -> tuple[np.ndarray, np.ndarray, list[Note]]:
    """The days (a month gives its first day), which of them are months, and what was wrong.

    Args:
        order: ``dmy`` or ``mdy``.
        certain: Whether that order is known, not assumed.
    """
    days = np.full(len(values), np.datetime64("NaT"), dtype="datetime64[D]")
    kinds = np.full(len(values), BLANK, dtype=np.int8)
    for index, value in enumerate(values):
        day, kinds[index] = _of(value, order, column.unit)
        if day is not None:
            days[index] = day
    months = kinds == MONTH
    notes = list(_notes(kinds, column, order))
    if not certain:
        notes.append(_doubt(values, kinds, order))
    if column.unit is Unit.DATE:
        notes.append(Note(months, "{value} is a month; its first day was taken", "",
                          Severity.REPAIR))
    return days, months, notes


def _of(value: object, order: str, unit: Unit) -> Found:
    if isinstance(value, str):
        return _of_text(value, order, unit)
    if is_blank(value):
        return Found(None, BLANK)
    if isinstance(value, pd.Period):
        return Found(value.to_timestamp().date(), MONTH)
    if isinstance(value, datetime):
        return _checked(value.date(), DAY)
    if isinstance(value, date):
        return _checked(value, DAY)
    if isinstance(value, np.datetime64):
        return _checked(pd.Timestamp(value).date(), DAY)
    if isinstance(value, time | timedelta):
        # Excel's day 0, shown as 1900-01-00
        return Found(None, IMPOSSIBLE)
    if isinstance(value, int | float | Decimal | np.integer | np.floating):
        return _of_number(float(value))
    return Found(None, TEXT)


def _of_number(number: float) -> Found:
    """202401, 20240131, or the day number of Excel."""
    if number.is_integer() and 100_000 <= number < 100_000_000:
        return _of_text(str(int(number)), "", Unit.PERIOD)
    if not 0 <= number <= LAST_SERIAL:
        return Found(None, TEXT)
    day = EXCEL_EPOCH + timedelta(days=int(number))
    found = _checked(day, SERIAL)
    return found if found.day else Found(None, IMPOSSIBLE if number < 61 else TEXT)


def _of_text(text: str, order: str, unit: Unit) -> Found:
    text = text.translate(STRANGE_SPACES).strip()
    if len(text) == 10 and text[4] == text[7] == "-":
        try:
            return _checked(date.fromisoformat(text), DAY)
        except ValueError:
            pass
    if not text:
        return Found(None, BLANK)
    if is_missing(text, unit):
        return Found(None, MISSING)
    if text[:10] in OPEN_ENDS:
        return Found(None, OPEN)
    return _of_day(text, order) or _of_month(text) or _of_rest(text)


def _of_day(text: str, order: str) -> Found | None:
    if found := _YMD.fullmatch(text):
        return _made(found[1], found[3], found[4], DAY)
    if found := _COMPACT.fullmatch(text):
        return _made(found[1], found[2], found[3], DAY)
    if found := _NUMERIC.fullmatch(text):
        return _in_order(found[1], found[3], found[4], order)
    if (found := _DAY_NAME.fullmatch(text)) and found[2].casefold() in _MONTHS:
        return _made(found[3], _MONTHS[found[2].casefold()], found[1], DAY)
    if (found := _NAME_DAY.fullmatch(text)) and found[1].casefold() in _MONTHS:
        return _made(found[3], _MONTHS[found[1].casefold()], found[2], DAY)
    return None


def _of_month(text: str) -> Found | None:
    if found := _YEAR_MONTH.fullmatch(text):
        return _made(found[1], found[2], 1, MONTH)
    if found := _MONTH_YEAR.fullmatch(text):
        return _made(found[2], found[1], 1, MONTH)
    if (found := _NAME_YEAR.fullmatch(text)) and found[1].casefold() in _MONTHS:
        return _made(found[2], _MONTHS[found[1].casefold()], 1, MONTH)
    if (found := _YEAR_NAME.fullmatch(text)) and found[2].casefold() in _MONTHS:
        return _made(found[1], _MONTHS[found[2].casefold()], 1, MONTH)
    return None


def _of_rest(text: str) -> Found:
    if text.upper() in EXCEL_ERRORS:
        return Found(None, EXCEL)
    if re.fullmatch(r"\d{1,5}(?:\.\d+)?", text, re.ASCII):
        return _of_number(float(text))
    return Found(None, TEXT)


def _in_order(first: str, second: str, year: str, order: str) -> Found:
    day, month = (second, first) if order == "mdy" else (first, second)
    if int(month) > 12 >= int(day) >= 1:
        return Found(None, CONTRARY)
    return _made(year, month, day, DAY)


def _made(year: str, month: str | int, day: str | int, kind: int) -> Found:
    full = int(year)
    if len(year) == 2:
        full += 2000 if full < 70 else 1900
    try:
        return _checked(date(full, int(month), int(day)), kind)
    except ValueError:
        return Found(None, IMPOSSIBLE)


def _checked(day: date, kind: int) -> Found:
    if day.year == 9999:
        return Found(None, OPEN)
    return Found(day, kind) if day.year in YEARS else Found(None, YEAR)


def _notes(kinds: np.ndarray, column: Column, order: str) -> Iterable[Note]:
    wanted = "month" if column.unit is Unit.PERIOD else "date"
    like = "2024-01" if column.unit is Unit.PERIOD else "2024-01-31"
    written = "month/day/year" if order == "mdy" else "day/month/year"
    yield Note(kinds == TEXT, f"{{value}} is not a {wanted}.", f"Write it like {like}.")
    yield Note(kinds == EXCEL, "the cell holds the error {value}.", "Mend the formula behind it.")
    yield Note(kinds == IMPOSSIBLE, "{value} is a day that does not exist.",
               f"Write a real {wanted}, like {like}.")
    yield Note(kinds == YEAR, f"{{value}} lies outside {YEARS[0]} to {YEARS[-1]}.",
               f"Write the {wanted} that is meant, like {like}.")
    yield Note(
        kinds == CONTRARY,
        f"{{value}} contradicts the other dates of the column, read as {written}.",
        f'Write all dates one way, best like {like}, or set dates = "dmy" or "mdy" in sop.toml.',
    )
    yield Note(kinds == OPEN, "{value} means no date; it was read as empty", "", Severity.REPAIR)
    yield Note(kinds == MISSING, "{value} was read as empty", "", Severity.REPAIR)
    yield Note(kinds == SERIAL, "{value} is a day number of Excel; read as a date", "",
               Severity.REPAIR)


def _doubt(values: Sequence[object], kinds: np.ndarray, order: str) -> Note:
    written = "month/day/year" if order == "mdy" else "day/month/year"
    other = "dmy" if order == "mdy" else "mdy"
    which = (kinds == DAY) & np.array(
        [
            isinstance(v, str)
            and (found := _NUMERIC.fullmatch(v.strip())) is not None
            and found[1].zfill(2) != found[3].zfill(2)
            for v in values
        ],
        dtype=bool,
    )
    return Note(
        which,
        f"{{value}} can be read in two ways; it was read as {written}",
        f'If that is wrong, say so in sop.toml: dates = "{other}".',
        Severity.WARNING,
    )
