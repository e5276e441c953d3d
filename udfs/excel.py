"""How the functions meet Excel: what xlwings is told of them, and which cells go to and fro.

xlwings would look at every cell in Python. Ours are taken as Excel hands them over, because
:mod:`sop_xl.functions.cells` reads them by the block; and they are given back as Excel takes them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import xlwings
from xlwings.conversion import Accessor, ConversionContext, Pipeline, ReadValueFromRangeStage

from sop_xl.functions import Function, Result

MISSING = "#N/A"
"""A cell of an array that cannot be computed: the template's macros make the error of it."""


class ExcelCells(Accessor):
    """Arguments and results of the functions, for ``xlwings.arg`` and ``xlwings.ret``."""

    @classmethod
    def reader(cls, options: Any) -> Pipeline:
        """Rows of cells, or what a single cell holds."""
        return Pipeline([ReadValueFromRangeStage(options)])  # type: ignore[no-untyped-call]

    @classmethod
    def writer(cls, options: Any) -> Pipeline:
        """Rows of cells."""

        def write(context: ConversionContext) -> None:
            def with_zone(day: dt.date) -> object:  # as pywin32 wants it
                return context.engine.impl.prepare_xl_data_element(day, options)

            context.value = rows_of_cells(context.value, with_zone)

        return Pipeline([write])


def rows_of_cells(result: Result, of_date: Callable[[dt.date], object]) -> list[list[object]]:
    """A result as rows of what Excel takes: one dimension lies across, what is missing is #N/A.

    Args:
        result: What a function answered.
        of_date: A date as Excel takes it.
    """
    if not isinstance(result, np.ndarray):
        return [[of_date(result) if isinstance(result, dt.date) else result]]
    cells = np.atleast_2d(result)
    numbers, known = cells.dtype.kind == "f", cells == cells
    if not known.all():
        cells = np.where(known, cells.astype(object), MISSING)
    rows: list[list[object]] = cells.tolist()
    if numbers:
        return rows
    return [[of_date(cell) if isinstance(cell, dt.date) else cell for cell in row] for row in rows]


def declare(udf: Callable[..., Any], function: Function) -> Callable[..., Any]:
    """The function as xlwings knows those of Excel, with what the function wizard shows."""
    for name, text in function.help.items():
        udf = xlwings.arg(name, convert=ExcelCells, doc=text)(udf)
    udf = xlwings.ret(convert=ExcelCells)(udf)
    return xlwings.func(category=function.category)(udf)
