"""Text, keys, choices and yes/no."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal

import numpy as np

from sop_xl.reading.cells import EXCEL_ERRORS, STRANGE_SPACES, is_blank, is_missing, show
from sop_xl.reading.headers import did_you_mean, plain
from sop_xl.reading.log import Note
from sop_xl.schema import Column, Role, Severity, Table, Unit

TRUE = frozenset(
    ("yes", "y", "true", "t", "1", "x", "ja", "j", "wahr", "oui", "o", "vrai", "si", "sí", "s",
     "sim", "on", "✓", "✔")
)
FALSE = frozenset(
    ("no", "n", "false", "f", "0", "nein", "falsch", "non", "faux", "não", "nao", "off")
)
LONGEST = 32_767
"""Characters that fit into a cell of Excel."""
LONGEST_NAME = 255
"""Characters that SUMIFS can compare with."""
DIMENSIONS = ("family", "region", "channel", "resource", "team")
"""Names by which the formulas of the book add up."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LOST_DIGITS = re.compile(r"\d[.,]\d+E\+\d{2}", re.IGNORECASE)
_WHOLE_FLOAT = re.compile(r"\d+\.0")
_RISKY = re.compile(r"[*?~]|^[=<>]|^(?i:true|false)$")


def is_dimension(table: Table, column: Column) -> bool:
    """Whether SUMIFS of the book compares with the values of this column."""
    return column.name in DIMENSIONS or (table.name, column.name) == ("finance_lines", "line")


def parse_text(values: Sequence[object], column: Column) -> tuple[np.ndarray, list[Note]]:
    """Text as it is, without the spaces around it; numbers of Excel without their ``.0``."""
    texts = np.array([_text(v) for v in values], dtype=object)
    typed = np.array([isinstance(v, str) for v in values], dtype=bool)
    clean = np.array([_clean(t, column) for t in texts], dtype=object)
    repaired = typed & (clean != texts) & (clean != "")
    key = column.role is Role.KEY
    if key and _all_whole_floats(clean):
        clean = np.array([t.removesuffix(".0") for t in clean], dtype=object)
        repaired |= typed & (clean != "")
    notes = [
        Note(repaired, _describe_repair, "", Severity.REPAIR),
        *_text_mistakes(values, clean, key),
    ]
    return clean, notes


def parse_choice(values: Sequence[object], column: Column) -> tuple[np.ndarray, list[Note]]:
    """One of the choices, whatever its case and spaces."""
    by_plain = {plain(choice): choice for choice in column.choices}
    texts = [_clean(_text(v), column) for v in values]
    chosen = np.array([by_plain.get(plain(t), "") if t else "" for t in texts], dtype=object)
    exact = np.array([t == c for t, c in zip(texts, chosen, strict=True)], dtype=bool)
    filled = np.array([t != "" for t in texts], dtype=bool)
    wrong = filled & (chosen == "")
    def describe(value: object) -> str:
        hint = did_you_mean(str(value), column.choices)
        return f"{show(value)!r} is none of the choices. {hint}".rstrip()

    return chosen, [
        Note(filled & ~wrong & ~exact, "{value} was read as one of the choices", "",
             Severity.REPAIR),
        Note(wrong, describe, f"Choose one of: {', '.join(column.choices)}."),
    ]


def parse_flag(values: Sequence[object]) -> tuple[np.ndarray, np.ndarray, list[Note]]:
    """True or false, which cells are blank, and what was neither."""
    words = [_word(v) for v in values]
    flags = np.array([w in TRUE for w in words], dtype=bool)
    missing = np.array([is_missing(v, Unit.FLAG) for v in values], dtype=bool)
    blank = np.array([w == "" for w in words], dtype=bool) | missing
    wrong = ~blank & np.array([w not in TRUE and w not in FALSE for w in words], dtype=bool)
    return flags, blank, [Note(wrong, "{value} is neither yes nor no.", "Write yes or no.")]


def risky_names(values: np.ndarray) -> list[Note]:
    """Names that the formulas of the book would read as patterns or comparisons, or not at all."""
    risky = np.array([bool(_RISKY.search(str(v))) for v in values], dtype=bool)
    long = np.array([len(str(v)) > LONGEST_NAME for v in values], dtype=bool)
    return [
        Note(
            risky,
            "{value} cannot be a name here: Excel reads * ? ~ and a leading = < > as a pattern, "
            "TRUE and FALSE as no text at all.",
            "Write the name without these signs, or another name.",
        ),
        Note(long & ~risky, f"{{value}} has more than {LONGEST_NAME} characters.",
             "Shorten the name: Excel cannot add up by longer ones."),
    ]


def alike(names: Iterable[str]) -> list[list[str]]:
    """Groups of names that Excel's SUMIFS takes for the same: case, and 007 and 7."""
    groups: dict[object, list[str]] = {}
    for name in sorted(set(names)):
        groups.setdefault(as_excel_sees(name), []).append(name)
    return [group for group in groups.values() if len(group) > 1]


def nearly_alike(names: Iterable[str]) -> list[list[str]]:
    """Groups of names that differ in case and spaces only."""
    groups: dict[str, list[str]] = {}
    for name in sorted(set(names)):
        groups.setdefault("".join(name.casefold().split()), []).append(name)
    return [group for group in groups.values() if len(group) > 1]


_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def as_excel_sees(name: str) -> object:
    """What SUMIFS compares by: text without case, or a number.

    >>> as_excel_sees("North") == as_excel_sees("NORTH"), as_excel_sees("007") == 7
    (True, True)
    """
    plain = name.replace(" ", "")
    if not _NUMBER.fullmatch(plain):
        return name.casefold()
    return float(plain)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if is_blank(value):
        return ""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(" ") if value.time() != time() else value.date().isoformat()
    return str(value)


def _clean(text: str, column: Column) -> str:
    text = _CONTROL.sub("", text.translate(STRANGE_SPACES)).strip()
    if column.role is Role.KEY or column.refers or column.name in DIMENSIONS:
        text = " ".join(text.split("\n"))
    return text[:LONGEST]


def _all_whole_floats(texts: np.ndarray) -> bool:
    filled = [t for t in texts if t]
    return bool(filled) and all(_WHOLE_FLOAT.fullmatch(t) for t in filled)


def _describe_repair(value: object) -> str:
    text = str(value)
    if len(text) > LONGEST:
        return f"text of {len(text):,} characters was cut to the {LONGEST:,} that Excel can hold"
    if _CONTROL.search(text):
        return "characters that no cell can hold were removed"
    if _WHOLE_FLOAT.fullmatch(text.strip()):
        return f"{show(text)!r} was read without its .0"
    return "spaces around the text were removed"


def _text_mistakes(values: Sequence[object], texts: np.ndarray, key: bool) -> Iterable[Note]:
    yield Note(
        np.array([t.upper() in EXCEL_ERRORS for t in texts], dtype=bool),
        "the cell holds the error {value}.",
        "Mend the formula behind it.",
    )
    if not key:
        return
    dates = np.array([isinstance(v, date | time) for v in values], dtype=bool)
    yield Note(
        dates, "{value} is a date; Excel may have made it of a number such as 1-3.",
        "Format the column as text and type it again.", Severity.WARNING,
    )
    yield Note(
        np.array([bool(_LOST_DIGITS.fullmatch(t)) for t in texts], dtype=bool),
        "{value} is a number that Excel has rounded; its last digits are lost.",
        "Export the column as text.",
    )


def _word(value: object) -> str:
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    return _text(value).translate(STRANGE_SPACES).strip().casefold()
