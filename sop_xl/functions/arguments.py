"""One argument of a worksheet function: what kind of cells it takes, and how they are read."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from inspect import Parameter
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import numpy as np
import numpy.typing as npt

from sop_xl.functions.cells import (
    CellError,
    Dates,
    Numbers,
    Texts,
    as_dates,
    as_numbers,
    as_texts,
    is_blank,
    is_missing,
    laid_out,
    only,
    text_of,
)

LONGEST_HELP = 255
"""Characters that Excel shows of the help for a function or an argument."""


class Kind(Enum):
    """What an argument takes, in words."""

    NUMBERS = "range of numbers"
    TEXTS = "range of texts"
    DATES = "range of dates"
    NUMBER = "number"
    WHOLE = "whole number"
    YES_NO = "TRUE or FALSE"
    CHOICE = "one of some words"
    TEXT = "text"
    DATE = "date"

    @property
    def is_range(self) -> bool:
        return self in (Kind.NUMBERS, Kind.TEXTS, Kind.DATES)


HINTS: dict[Any, Kind] = {
    Numbers: Kind.NUMBERS, Texts: Kind.TEXTS, Dates: Kind.DATES, float: Kind.NUMBER,
    int: Kind.WHOLE, bool: Kind.YES_NO, str: Kind.TEXT, dt.date: Kind.DATE,
}  # fmt: skip
"""The kind of each type that an argument of a core function may have."""


@dataclass(frozen=True)
class Limits:
    """From where to where a number may go.

    >>> str(Limits(1)), str(Limits(0, 1)), str(Limits(0, 1, inside=True)), str(Limits(high=5))
    ('from 1 up', 'from 0 to 1', 'above 0 and below 1', 'at most 5')
    """

    low: float = -math.inf
    high: float = math.inf
    inside: bool = False
    """Whether the limits themselves are out."""

    def hold(self, numbers: npt.ArrayLike) -> bool:
        """Whether all numbers, apart from missing ones, lie within."""
        found = np.asarray(numbers)
        if self.inside:
            return not np.any((found <= self.low) | (found >= self.high))
        return not np.any((found < self.low) | (found > self.high))

    def __str__(self) -> str:
        low, high = f"{self.low:g}", f"{self.high:g}"
        if math.isinf(self.high):
            return f"above {low}" if self.inside else f"from {low} up"
        if math.isinf(self.low):
            return f"below {high}" if self.inside else f"at most {high}"
        return f"above {low} and below {high}" if self.inside else f"from {low} to {high}"


@dataclass(frozen=True)
class Argument:
    """An argument of a worksheet function, as its core function declares it."""

    name: str
    kind: Kind
    help: str
    default: Any
    """The default of the core function; ``Parameter.empty`` where there is none."""
    choices: tuple[str, ...] = ()
    limits: Limits | None = None

    def __post_init__(self) -> None:
        if not self.help or "\n" in self.help or len(self.help) > LONGEST_HELP:
            raise ValueError(f"the help of {self.name} has to be one line of text")

    @classmethod
    def declared(
        cls, parameter: Parameter, hint: Any, help: str, limits: Limits | None
    ) -> Argument:
        """The argument that a parameter of the core function makes.

        Raises:
            ValueError: Cells cannot be of that type.
        """
        bare = _without_none(hint)
        if get_origin(bare) is Literal:
            kind = Kind.CHOICE
        elif bare == npt.ArrayLike:
            kind = Kind.NUMBERS
        elif bare in HINTS:
            kind = HINTS[bare]
        else:
            raise ValueError(f"{parameter.name}: cells cannot be of type {hint}")
        if kind is Kind.WHOLE and limits is None:
            limits = Limits(1)
        choices = get_args(bare) if kind is Kind.CHOICE else ()
        return cls(parameter.name, kind, help, parameter.default, choices, limits)

    @property
    def optional(self) -> bool:
        return self.default is not Parameter.empty

    @property
    def wanted(self) -> str:
        """What it takes, in words.

        >>> Argument("level", Kind.NUMBER, "A share.", 0.8, limits=Limits(0, 1)).wanted
        'number from 0 to 1'
        """
        if self.choices:
            return " or ".join(self.choices)
        return f"{self.kind.value} {self.limits}" if self.limits else self.kind.value

    def is_left_out(self, value: object) -> bool:
        """Whether the default holds; a blank cell leaves an argument out as well."""
        return self.optional and is_blank(value)

    def read(self, value: object) -> Any:
        """What the core function gets for the cells that are given.

        Raises:
            CellError: They are of the wrong kind, out of the limits, or missing.
        """
        found = _READERS[self.kind](self, value)
        if self.limits and not self.limits.hold(found):
            raise self._wrong("#NUM!")
        return found

    def _wrong(self, code: Literal["#VALUE!", "#NUM!"]) -> CellError:
        if self.kind.is_range:
            return CellError(f"{self.name} has to hold numbers {self.limits}", code)
        if self.kind is Kind.NUMBER and code == "#VALUE!":
            return CellError(f"{self.name} has to be one number", code)
        article = "" if self.kind in (Kind.CHOICE, Kind.YES_NO) else "a "
        return CellError(f"{self.name} has to be {article}{self.wanted}", code)

    def _cell(self, value: object) -> object:
        """The only cell."""
        cell = only(value)
        cells, shape = laid_out(cell)
        if len(cells) > 1:
            raise CellError(f"{self.name} has to be one cell, not {len(cells)}", "#VALUE!")
        if shape or is_missing(cell):
            raise CellError(f"{self.name} is missing")
        return cell

    def _number(self, value: object) -> float:
        number = float(as_numbers(self._cell(value)))
        if math.isnan(number):
            raise self._wrong("#VALUE!")
        if math.isinf(number):
            raise self._wrong("#NUM!")
        return number

    def _whole(self, value: object) -> int:
        number = self._number(value)
        if number % 1:
            raise self._wrong("#NUM!")
        return int(number)

    def _yes_no(self, value: object) -> bool:
        cell = self._cell(value)
        if isinstance(cell, bool | np.bool_):
            return bool(cell)
        number = float(as_numbers(cell))
        if number not in (0, 1):
            raise self._wrong("#VALUE!")
        return bool(number)

    def _text(self, value: object) -> str:
        return text_of(self._cell(value))

    def _choice(self, value: object) -> str:
        text = self._text(value).casefold()
        for choice in self.choices:
            if text == choice.casefold():
                return choice
        raise self._wrong("#VALUE!")

    def _date(self, value: object) -> dt.date:
        cell = self._cell(value)
        day = as_dates(cell).item()
        if not isinstance(day, dt.date):
            raise self._wrong("#VALUE!" if np.isnan(as_numbers(cell)) else "#NUM!")
        return day


def _finite(numbers: Numbers) -> Numbers:
    """Missing where infinite: no cell holds that, but a list or a frame may."""
    return np.where(np.isinf(numbers), np.nan, numbers) if np.isinf(numbers).any() else numbers


_READERS: dict[Kind, Callable[[Argument, object], Any]] = {
    Kind.NUMBERS: lambda _, value: _finite(as_numbers(value)),
    Kind.TEXTS: lambda _, value: as_texts(value),
    Kind.DATES: lambda _, value: as_dates(value),
    Kind.NUMBER: Argument._number,
    Kind.WHOLE: Argument._whole,
    Kind.YES_NO: Argument._yes_no,
    Kind.CHOICE: Argument._choice,
    Kind.TEXT: Argument._text,
    Kind.DATE: Argument._date,
}


def _without_none(hint: Any) -> Any:
    """``float`` of ``float | None``; what is no union as it is."""
    if get_origin(hint) not in (Union, UnionType):
        return hint
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    return kinds[0] if len(kinds) == 1 else Union[tuple(kinds)]  # noqa: UP007  # made at run time
