"""The difference between an open book and a drawn one, as data."""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple, TypeAlias


class Formula(str):
    """A formula with its "="; any other text is a text, whatever it begins with."""

    __slots__ = ()


Content: TypeAlias = Formula | str | float | int | bool | dt.date | None
"""What is written into a cell; None makes it blank."""


class Block(NamedTuple):
    """Neighbouring cells that are written in one go."""

    row: int
    """Of the upper left cell, from 1."""
    column: int
    cells: list[list[Content]]
    """Rows of equal length."""
    fills: str = ""
    """The range that an array formula, the only cell of its block, is laid over: ``C5:T6``."""


class Typed(NamedTuple):
    """A cell that somebody typed in, and that gets back what belongs there."""

    cell: str
    """``Demand_Plan!Z14``."""
    shown: object
    meant: Literal["formula", "blank", "text"]


class SheetPatch(NamedTuple):
    """What is to be written into one sheet; no blocks where its structure differs."""

    sheet: str
    blocks: list[Block]
    changed: int
    """Cells that differ."""
    typed: list[Typed]


class Patches(NamedTuple):
    """What is to be written into a book."""

    sheets: list[SheetPatch]
    """The sheets that differ."""
    moved: list[str]
    """Why the book cannot be written in place; empty if it can."""
