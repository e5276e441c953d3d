"""A worksheet function: a core function under its name in Excel, with help for each argument.

The type of an argument of the core function says which cells it takes:

==========================  ========================================================================
``npt.ArrayLike``           a range of numbers; the core gets floats, NaN where a cell holds none
``Texts``                   a range of texts, of item codes for example; empty where blank
``Dates``                   a range of dates (or serial numbers); NaT where a cell holds none
``float``, ``int``          one number; a whole number, from 1 up unless ``limits`` say otherwise
``bool``                    TRUE or FALSE, 1 or 0
``Literal["A", "B"]``       one of the words, in any case
``str``                     one text; of a number the text that a cell shows
``dt.date``                 one date or serial number
``... | None``              as without it; an argument with a default may be left out or blank
==========================  ========================================================================

What stands in a range does not have to be of its kind, and it matters on purpose:

- A blank cell, a text, yes/no, a date or an error is no number: it counts as missing. Functions
  that compare two ranges leave out the pair that it stands in; the others give a missing result
  for that cell. SUM leaves them out as well, but counts a date as a number and hands on an error.
- A text that looks like a number is a text, as it is for SUM; one that looks like a date is none.
- Zero is a number.
- Ranges that belong together (``beside``) must have the same number of cells, upright or across; a
  single cell goes with every cell of the others. Blocks must be of the same rows and columns.
- A whole column reaches as far as it or another whole column that it belongs together with holds
  something of its kind: blank cells behind are cut, and those of a whole row likewise. Ranges that
  are not ``beside`` others belong together in this. A whole column does not fit to a part of one,
  for they may begin in different rows. Other ranges stay as they are given.
- One cell is needed where one number, text or date is: two are #VALUE!, as a text for a number is.
  A blank or an error is #N/A, unless the argument may be left out. A number out of its limits is
  #NUM!, and so is a fraction for a whole number.

A core function finds a number, a text, a date, an array of one or two dimensions of them, or a
``NamedTuple`` of numbers or of arrays: arrays of upright cells stand beside each other, those of a
row below each other. One dimension lies across, and stands upright where the first range does.
NaN, NaT and infinity are missing. It refuses by ``ValueError`` and a plain sentence, or by finding
nothing but missing values; both become ``#N/A``.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any, get_type_hints

import numpy as np
import numpy.typing as npt

from sop_xl.functions.arguments import LONGEST_HELP, Argument, Limits
from sop_xl.functions.cells import WHOLE_COLUMN, WHOLE_ROW, CellError, filled
from sop_xl.functions.results import Result, as_result

Given = dict[str, Any]
"""What the core function gets, by argument; an argument that takes its default is not there."""
Ranges = dict[str, npt.NDArray[Any]]
"""Ranges as numbers, texts or days, by argument."""


@dataclass(frozen=True)
class Function:
    """A worksheet function."""

    name: str
    """Its name in Excel."""
    core: Callable[..., Any]
    """What computes it; its docstring tells what, its types which cells it takes."""
    help: Mapping[str, str]
    """One line for each argument, in their order."""
    beside: tuple[str, ...] = ()
    """Ranges of which the cells belong together, one by one."""
    limits: Mapping[str, Limits] = field(default_factory=lambda: MappingProxyType({}))
    """From where to where the numbers of an argument may go."""
    result: str = ""
    """What it gives, in words; by default what the type of the core's result says."""
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """What cells of a range of texts may say, and what each means."""
    category: str = "S&OP"
    """Where it stands in Excel's function wizard; the registry gives the one of its family."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"SOP(_[A-Z0-9]+)+", self.name):
            raise ValueError(f"{self.name} is no name of a worksheet function")
        if list(self.help) != list(self.signature.parameters):
            raise ValueError(f"{self.name}: the help does not match the arguments")
        if not 0 < len(self.summary) <= LONGEST_HELP:
            raise ValueError(
                f"{self.name}: the first paragraph of {self.core.__name__}'s docstring has to be"
                f" there, of at most {LONGEST_HELP} characters"
            )
        unknown = [*set(self.beside) - set(self.ranges), *set(self.limits) - set(self.help)]
        if unknown:
            raise ValueError(f"{self.name} has no argument {', '.join(unknown)} of that kind")

    @cached_property
    def signature(self) -> inspect.Signature:
        return inspect.signature(self.core)

    @cached_property
    def arguments(self) -> tuple[Argument, ...]:
        hints = get_type_hints(self.core)
        try:
            return tuple(
                Argument.declared(parameter, hints[name], self.help[name], self.limits.get(name))
                for name, parameter in self.signature.parameters.items()
            )
        except ValueError as error:
            raise ValueError(f"{self.name}: {error}") from None

    @cached_property
    def ranges(self) -> tuple[str, ...]:
        """The arguments that take a range."""
        return tuple(argument.name for argument in self.arguments if argument.kind.is_range)

    @cached_property
    def summary(self) -> str:
        """What it computes: the first paragraph of the core function."""
        text = inspect.getdoc(self.core) or ""
        return " ".join(text.partition("\n\n")[0].split())

    def __call__(self, *cells: object, **named: object) -> Result:
        """The result for cells, lists, arrays, series or frames.

        Raises:
            CellError: An argument is of the wrong kind, or nothing can be computed.
        """
        return self.answer(self.read(*cells, **named))

    def read(self, *cells: object, **named: object) -> Given:
        """What the core function gets for the cells that are given.

        Raises:
            CellError: An argument is missing, of the wrong kind or out of its limits, or the
                ranges do not fit.
        """
        with self._saying_who():
            try:
                bound = self.signature.bind(*cells, **named).arguments
            except TypeError as error:
                raise CellError(str(error), "#VALUE!") from None
            given = {
                argument.name: argument.read(bound[argument.name])
                for argument in self.arguments
                if argument.name in bound and not argument.is_left_out(bound[argument.name])
            }
            together = {name: given[name] for name in self.beside if name in given}
            others = {name: given[name] for name in self.ranges if name in given.keys() - together}
            return given | _cut(_fitted(together)) | _cut(others)

    def answer(self, given: Given) -> Result:
        """The result for what :meth:`read` made of the cells.

        Raises:
            CellError: Nothing can be computed.
        """
        with self._saying_who():
            try:
                found = as_result(self.core(**given))
            except CellError:
                raise
            except ValueError as error:
                raise CellError(self._reason(error, given)) from None
        upright = self._stands_upright(given)
        if upright and isinstance(found, np.ndarray) and found.ndim == 1:
            return found.reshape(-1, 1)
        return found

    def _reason(self, refused: ValueError, given: Given) -> str:
        """Why the core function refuses; numpy's complaint about shapes in the planner's words."""
        if "broadcast" not in str(refused):
            return str(refused)
        return _misfit({name: given[name] for name in self.ranges if name in given})

    def _stands_upright(self, given: Given) -> bool:
        """Whether the first range is a column."""
        for name in self.ranges:
            if name in given:
                shape = given[name].shape
                return len(shape) == 2 and shape[0] > shape[1] == 1
        return False

    @contextmanager
    def _saying_who(self) -> Iterator[None]:
        try:
            yield
        except CellError as error:
            raise CellError(f"{self.name}: {error.reason}", error.code) from None


def _fitted(ranges: Ranges) -> Ranges:
    """Ranges of which the cells belong together, in one shape.

    Raises:
        CellError: They have not the same cells.
    """
    many = {name: cells for name, cells in ranges.items() if cells.size != 1}
    shapes = {_block(cells) for cells in many.values()}
    if len(shapes) > 1:
        raise CellError(_misfit(ranges))
    if not many:
        return ranges
    shape = next(iter(many.values())).shape
    return {name: cells.reshape(shape if name in many else ()) for name, cells in ranges.items()}


def _block(cells: npt.NDArray[Any]) -> tuple[int, ...]:
    """Rows and columns of a block; the number of cells of a row, a column or a list."""
    sides = tuple(side for side in cells.shape if side != 1)
    return sides if len(sides) > 1 else (cells.size,)


def _misfit(ranges: Ranges) -> str:
    sizes = ", ".join(f"{name} {_size(cells)}" for name, cells in ranges.items())
    return f"the ranges do not fit: {sizes} cells"


def _size(cells: npt.NDArray[Any]) -> str:
    """Its cells in words: of a block rows x columns.

    >>> _size(np.zeros((2, 3))), _size(np.zeros((1, 3)))
    ('2 x 3', '3')
    """
    return " x ".join(map(str, _block(cells)))


def _cut(ranges: Ranges) -> Ranges:
    """Whole columns and rows without the empty cells at their end, of all of them alike."""
    for axis, whole in enumerate((WHOLE_COLUMN, WHOLE_ROW)):
        long = {
            name: cells for name, cells in ranges.items()
            if cells.ndim == 2 and cells.shape[axis] == whole
        }
        if long:
            held = [filled(cells).any(axis=1 - axis) for cells in long.values()]
            last = int(np.logical_or.reduce(held).nonzero()[0].max(initial=0))
            kept = (slice(last + 1),) if axis == 0 else (slice(None), slice(last + 1))
            ranges = ranges | {name: cells[kept].copy() for name, cells in long.items()}
    return ranges
