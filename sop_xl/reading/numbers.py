"""Numbers as people and programs write them: the separators are decided for a whole column."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import numpy as np

from sop_xl.reading.cells import EXCEL_ERRORS, STRANGE_SPACES, is_blank, is_missing
from sop_xl.reading.log import Note
from sop_xl.schema import Column, Severity, Unit

_QUICK = {
    ".": re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", re.ASCII),
    ",": re.compile(r"[+-]?(?:\d+|\d{1,3}(?:\.\d{3})+)(?:,\d+)?", re.ASCII),
}
"""How nearly all numbers are written; the rest takes the longer way."""
_FORM = r"""
    (?P<whole> \d{{1,3}}(?P<group>[{groups}])\d{{3}}(?:(?P=group)\d{{3}})*  # 1'234'567
             | \d{{1,2}}(?:,\d{{2}})+,\d{{3}}(?!\d|{decimal}\d*,)              # 12,34,567
             | \d+ )?
    (?:{decimal}(?P<fraction>\d*))?
    (?P<exponent>[eE][+-]?\d{{1,3}})?
"""
_FORMS = {
    ".": re.compile(_FORM.format(decimal=r"\.", groups=r",\ '"), re.VERBOSE | re.ASCII),
    ",": re.compile(_FORM.format(decimal=",", groups=r".\ '"), re.VERBOSE | re.ASCII),
}
_DIGITS = re.compile(r"[\d.,' ]+(?:[eE][+-]?\d+)?", re.ASCII)
_SIGNS = (
    "[$€£¥₹₩₺]|EUR|USD|GBP|CHF|JPY|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|RON|TRY|BRL|MXN"
    "|ZAR|KRW|SGD|HKD|THB|ILS|AED|SAR"
)
_CURRENCY = re.compile(rf"^(?:{_SIGNS})|(?:{_SIGNS})$")
_WHOLE = (Unit.QUANTITY, Unit.MONEY, Unit.COUNT, Unit.HOURS, Unit.DAYS)
"""Units whose numbers seldom have three decimals: 1.234 may well be a thousand."""

ENOUGH_VOTES = 1_000
"""Values that settle the decimal sign of a column; one that contradicts is an error anyway."""

BLANK, GOOD, TEXT, PERCENT, DATE, EXCEL, MISSING = range(7)


def evidence(values: Sequence[object]) -> str:
    """The decimal sign that most values of the column prove, ``.`` or ``,``; else nothing."""
    votes = {".": 0, ",": 0}
    for value in values:
        if isinstance(value, str) and ("," in value or "." in value):
            sign = _decimal_of(_tidy(value)[0])
            if sign in votes:
                votes[sign] += 1
                if votes[sign] >= ENOUGH_VOTES:
                    break
    if votes["."] == votes[","] == 0:
        return ""
    return "," if votes[","] > votes["."] else "."


def parse(
    values: Sequence[object], column: Column, decimal: str, *, certain: bool
) -> tuple[np.ndarray, list[Note]]:
    """The numbers, and what was wrong with them or repaired.

    Args:
        decimal: The decimal sign of the column.
        certain: Whether that sign is known, not assumed.
    """
    numbers = np.full(len(values), np.nan)
    kinds = np.full(len(values), GOOD, dtype=np.int8)
    form, quick, group = _FORMS[decimal], _QUICK[decimal], "." if decimal == "," else ","
    for index, value in enumerate(values):
        if isinstance(value, str):
            if quick.fullmatch(value):
                numbers[index] = float(value.replace(group, "").replace(decimal, "."))
            else:
                numbers[index], kinds[index] = _of_text(value, column, form)
        else:
            numbers[index], kinds[index] = _of_value(value)
    notes = list(_mistakes(kinds, column))
    if not certain:
        notes += _doubts(values, column, decimal)
    if column.unit is Unit.PERCENT:
        notes += _percentages(numbers, column, kinds == GOOD)
    notes += _limits(numbers, column)
    return numbers, notes


def _tidy(text: str) -> tuple[str, bool, bool]:
    """The digits of a number, whether it is negative, whether a per cent sign follows."""
    text = text.translate(STRANGE_SPACES).replace("−", "-").replace("’", "'").strip()
    percent = text.endswith("%")
    text = _CURRENCY.sub("", text.rstrip("%").strip()).strip()
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1]
    elif text.startswith(("+", "-")):
        negative, text = text[0] == "-", text[1:]
    elif text.endswith("-"):
        negative, text = True, text[:-1]
    return _CURRENCY.sub("", text.strip()).strip(), negative, percent


def _decimal_of(body: str) -> str:
    """The decimal sign that one number proves; ``?`` if it can be read both ways."""
    commas, points = body.count(","), body.count(".")
    if not _DIGITS.fullmatch(body) or not commas + points:
        return ""
    if commas and points:
        return "," if body.rindex(",") > body.rindex(".") else "."
    sign, other = (",", ".") if commas else (".", ",")
    first, *rest = body.casefold().partition("e")[0].split(sign)
    if len(rest) > 1:
        grouped = 1 <= len(first) <= 3 and all(len(part) in (2, 3) for part in rest)
        return other if grouped else ""
    if any(mark in body for mark in " 'eE"):
        return sign
    grouped = len(rest[0]) == 3 and 1 <= len(first) <= 3 and not first.startswith("0")
    return "?" if grouped else sign


def _of_text(text: str, column: Column, form: re.Pattern[str]) -> tuple[float, int]:
    if is_blank(text):
        return math.nan, BLANK
    if is_missing(text, column.unit):
        return math.nan, MISSING
    body, negative, percent = _tidy(text)
    found = form.fullmatch(body)
    if not found or not (found["whole"] or found["fraction"]):
        return math.nan, EXCEL if text.strip().upper() in EXCEL_ERRORS else TEXT
    whole = re.sub(r"\D", "", found["whole"] or "0")
    number = float(f"{whole}.{found['fraction'] or 0}{found['exponent'] or ''}")
    if math.isinf(number):
        return math.nan, TEXT
    number = -number if negative else number
    if percent:
        return (number / 100, PERCENT) if column.unit is Unit.PERCENT else (math.nan, PERCENT)
    return number, GOOD


def _of_value(value: object) -> tuple[float, int]:
    if is_blank(value):
        return math.nan, BLANK
    if isinstance(value, int | float | Decimal | np.integer | np.floating):
        try:
            number = float(value)
        except OverflowError:
            return math.nan, TEXT
        return (number, GOOD) if math.isfinite(number) else (math.nan, TEXT)
    if isinstance(value, datetime | date | time | timedelta):
        return math.nan, DATE
    return math.nan, TEXT


def _mistakes(kinds: np.ndarray, column: Column) -> Iterable[Note]:
    yield Note(kinds == TEXT, "{value} is not a number.", "Write a number or leave the cell empty.")
    yield Note(kinds == EXCEL, "the cell holds the error {value}.", "Mend the formula behind it.")
    yield Note(
        kinds == DATE, "{value} is a date, not a number.",
        "Excel may have taken the number for a date: format the cell as a number, type it again.",
    )
    yield Note(kinds == MISSING, "{value} was read as empty", "", Severity.REPAIR)
    if column.unit is not Unit.PERCENT:
        yield Note(kinds == PERCENT, "{value} is a percentage; the column is not.",
                   f"Write it in {column.unit.label}.")


def _doubts(values: Sequence[object], column: Column, decimal: str) -> Iterable[Note]:
    """Numbers that can be read both ways, where nothing else in the file tells which is meant."""
    which = np.array([_is_doubtful(value) for value in values], dtype=bool)
    if column.unit not in _WHOLE and decimal == ".":
        which &= np.array([isinstance(v, str) and "," in v for v in values], dtype=bool)
    other = "," if decimal == "." else "."
    yield Note(
        which,
        f"{{value}} can be read in two ways; '{decimal}' was taken as the decimal sign.",
        f'If it is not, say so in sop.toml: decimal = "{other}".',
        Severity.WARNING,
    )


def _is_doubtful(value: object) -> bool:
    return (
        isinstance(value, str)
        and ("," in value or "." in value)
        and _decimal_of(_tidy(value)[0]) == "?"
    )


def _percentages(numbers: np.ndarray, column: Column, plain: np.ndarray) -> list[Note]:
    """Percentages written as 35 where 0.35 is meant; repaired in place."""
    most = column.maximum
    known = plain & ~np.isnan(numbers) & (numbers != 0)
    if most is None or not (known & (numbers > most)).any():
        return []
    all_large = bool((np.abs(numbers[known]) >= 1).all())
    which = known if all_large else known & (numbers > most)
    which &= np.abs(numbers) / 100 <= most
    numbers[which] = numbers[which] / 100
    if all_large:
        return [Note(which, "{value} was read as per cent", "", Severity.REPAIR)]
    remedy = "Other cells of the column hold fractions: check which is meant."
    return [Note(which, "{value} was read as per cent", remedy, Severity.WARNING)]


def _limits(numbers: np.ndarray, column: Column) -> list[Note]:
    notes = []
    if column.minimum is not None:
        limit = f"{column.minimum:g}"
        low = numbers < column.minimum
        notes.append(Note(low, f"{{value}} is below the minimum, {limit}.",
                          f"Write {limit} or more."))
    if column.maximum is not None:
        limit = f"{column.maximum:g}"
        high = numbers > column.maximum
        notes.append(Note(high, f"{{value}} is above the maximum, {limit}.",
                          f"Write {limit} or less."))
    return notes
