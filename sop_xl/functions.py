"""The functions that a planner can use in a cell: one registry, every one a core function.

What stands in a range does not have to be a number, and it matters on purpose:

- A blank cell, a text, yes/no or a date is no number: it counts as missing. Functions that compare
  two ranges leave out the pair that it stands in; the others give a missing result for that cell.
  Excel's SUM leaves them out as well, but SUM counts a date as a number.
- A text that looks like a number is a text, as it is for SUM.
- Zero is a number.
- Two ranges must have the same number of cells, upright or across; a single cell goes with every
  cell of the other range.

What cannot be computed raises :class:`CellError`, the #N/A of Excel with its reason: never a
zero, and never a text that SUM would pass over. A missing cell of a result of many cells is NaN.
"""

from __future__ import annotations

import inspect
import numbers
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal, TypeAlias, get_args, get_origin, get_type_hints

import numpy as np
import numpy.typing as npt
import pandas as pd

from sop_xl.planning.performance import metrics

Numbers: TypeAlias = npt.NDArray[np.float64]

LONGEST_HELP = 255
"""Characters that Excel shows of the help for an argument."""


class CellError(ValueError):
    """What a cell shows as #N/A, with the reason."""

    def __str__(self) -> str:
        return f"#N/A: {super().__str__()}"


@dataclass(frozen=True)
class Function:
    """A worksheet function: its name in Excel, the core function, help for each argument.

    The type of an argument of the core function decides what is accepted: ``npt.ArrayLike`` takes
    ranges, ``float`` and ``int`` a single number, a ``Literal`` one of its words in any case.
    """

    name: str
    core: Callable[..., Any]
    help: Mapping[str, str]
    """One line for each argument, in their order."""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"SOP(_[A-Z0-9]+)+", self.name):
            raise ValueError(f"{self.name} is no name of a worksheet function")
        if list(self.help) != list(self.signature.parameters):
            raise ValueError(f"{self.name}: the help does not match the arguments")
        if not self.summary:
            raise ValueError(f"{self.name}: {self.core.__name__} has no docstring")
        for name, text in self.help.items():
            if not text or "\n" in text or len(text) > LONGEST_HELP:
                raise ValueError(f"{self.name}: the help of {name} has to be one line of text")

    @cached_property
    def signature(self) -> inspect.Signature:
        return inspect.signature(self.core)

    @cached_property
    def ranges(self) -> tuple[str, ...]:
        """The arguments that take a range."""
        return tuple(name for name, hint in self._hints.items() if hint == npt.ArrayLike)

    @property
    def summary(self) -> str:
        """What it computes: the first paragraph of the core function."""
        text = inspect.getdoc(self.core) or ""
        return " ".join(text.partition("\n\n")[0].split())

    @cached_property
    def _hints(self) -> dict[str, Any]:
        hints = get_type_hints(self.core)
        return {name: hints[name] for name in self.signature.parameters}

    def __call__(self, *arguments: object) -> float | Numbers:
        """The result for cells, lists, arrays, series or frames.

        Raises:
            CellError: An argument is missing or of the wrong kind, or nothing can be computed.
        """
        try:
            bound = self.signature.bind(*arguments)
        except TypeError as error:
            raise CellError(f"{self.name}: {error}") from None
        given = {
            name: self._argument(name, value)
            for name, value in bound.arguments.items()
            if value is not None or self._is_needed(name)
        }
        try:
            found = np.asarray(self.core(**given), dtype=float)
        except ValueError:  # numpy's, of ranges that cannot be laid beside each other
            sizes = ", ".join(f"{name} {given[name].size}" for name in self.ranges)
            raise CellError(f"{self.name}: the ranges do not fit: {sizes} cells") from None
        if not np.isfinite(found).any():
            raise CellError(f"{self.name}: the numbers given are not enough to compute it")
        return float(found.item()) if found.size == 1 else found

    def _is_needed(self, name: str) -> bool:
        return self.signature.parameters[name].default is inspect.Parameter.empty

    def _argument(self, name: str, value: object) -> Any:
        hint = self._hints[name]
        if name in self.ranges:
            return as_numbers(value)
        if get_origin(hint) is Literal:
            return self._choice(name, value, get_args(hint))
        number = as_numbers(value)
        if number.size != 1 or np.isnan(number).any():
            raise CellError(f"{self.name}: {name} has to be one number")
        if hint is not int:
            return float(number.item())
        if number.item() < 1 or number.item() % 1:
            raise CellError(f"{self.name}: {name} has to be a whole number from 1 up")
        return int(number.item())

    def _choice(self, name: str, value: object, choices: tuple[str, ...]) -> str:
        for choice in choices:
            if str(value).strip().casefold() == choice.casefold():
                return choice
        raise CellError(f"{self.name}: {name} has to be {' or '.join(choices)}")


def as_numbers(values: object) -> Numbers:
    """What a range holds as numbers, NaN where a cell holds none; its shape is kept.

    >>> as_numbers([[1, None], ["12", True]]).tolist()
    [[1.0, nan], [nan, nan]]
    """
    if isinstance(values, pd.DataFrame | pd.Series | pd.Index):
        values = values.to_numpy(dtype=object)
    if isinstance(values, np.ndarray) and values.dtype.kind in "iuf":
        return values.astype(float)
    try:
        cells = np.array(values, dtype=object)
    except ValueError:
        raise CellError("the rows of a range have to be of one length") from None
    if any(isinstance(cell, list | tuple) for cell in cells.flat):
        raise CellError("the rows of a range have to be of one length")
    found = np.array([_number(cell) for cell in cells.flat], dtype=float)
    return found.reshape(cells.shape)


def _number(cell: object) -> float:
    if isinstance(cell, bool) or not isinstance(cell, numbers.Real | Decimal):
        return np.nan
    return float(cell)


# ---- the registry ----------------------------------------------------------------------------

_ACTUAL = "Actual demand, one cell for each month."
_FORECAST = "Forecast of it, as many cells."
_SIGN = "F-A (default): positive is over-forecast. A-F: the other way round."
_DAYS = "Calendar days of the period: 30, 365 ..."
_PAIR = {"actual": _ACTUAL, "forecast": _FORECAST}

FUNCTIONS = (
    Function("SOP_WMAPE", metrics.wmape, _PAIR),
    Function("SOP_FCST_ACC", metrics.forecast_accuracy, _PAIR),
    Function("SOP_MAPE", metrics.mape, _PAIR),
    Function("SOP_MASE", metrics.mase, {
        **_PAIR,
        "training": "History that the forecast was made from, oldest first.",
        "season": "Months of a season: 12, or 1 (default) for none.",
    }),
    Function("SOP_BIAS", metrics.bias, {**_PAIR, "sign": _SIGN}),
    Function("SOP_TRACKING", metrics.tracking_signal, {**_PAIR, "sign": _SIGN}),
    Function("SOP_FVA", metrics.forecast_value_added, {
        "before": "Error of the step before, the naive forecast for example.",
        "after": "Error of this step, measured in the same way.",
    }),
    Function("SOP_CV", metrics.coefficient_of_variation, {
        "demand": "Demand, one cell for each month.",
    }),
    Function("SOP_VOLATILITY", metrics.plan_volatility, {
        "plan": "Demand plan of this cycle, one cell for each month.",
        "previous": "Plan of the cycle before for the same months.",
    }),
    Function("SOP_ADHERENCE", metrics.plan_adherence, {
        "actual_output": "Units made.",
        "planned_output": "Units planned.",
    }),
    Function("SOP_SCHED_ADH", metrics.schedule_adherence, {
        "actual_output": "Units made, one cell for each item.",
        "planned_output": "Units planned, as many cells.",
    }),
    Function("SOP_SERVICE", metrics.service_level, {
        "on_time": "Order lines fulfilled on time.",
        "due": "Order lines due.",
    }),
    Function("SOP_OTIF", metrics.otif, {
        "on_time_in_full": "Deliveries on time and in full.",
        "deliveries": "Deliveries.",
    }),
    Function("SOP_UTIL", metrics.utilisation, {
        "load": "Load in hours.",
        "available": "Available hours.",
    }),
    Function("SOP_OEE", metrics.oee, {
        "planned_time": "Shift less breaks, in minutes.",
        "run_time": "Planned time less stops, in minutes.",
        "ideal_rate": "Units per minute at best.",
        "total": "Units made.",
        "good": "Units that were right the first time.",
    }),
    Function("SOP_TURNS", metrics.inventory_turns, {
        "cost_of_sales": "Cost of sales of the period.",
        "average_inventory": "Mean of opening and closing inventory, at cost.",
        "days": _DAYS,
    }),
    Function("SOP_DIO", metrics.days_inventory, {
        "inventory": "Inventory at cost.",
        "cost_of_sales": "Cost of sales of the period.",
        "days": _DAYS,
    }),
    Function("SOP_DSO", metrics.days_sales, {
        "receivables": "Receivables at the period's end.",
        "revenue": "Revenue of the period.",
        "days": _DAYS,
    }),
    Function("SOP_DPO", metrics.days_payables, {
        "payables": "Payables at the period's end.",
        "cost_of_sales": "Cost of sales of the period.",
        "days": _DAYS,
    }),
    Function("SOP_CCC", metrics.cash_conversion_cycle, {
        "dio": "Days inventory outstanding.",
        "dso": "Days sales outstanding.",
        "dpo": "Days payables outstanding.",
    }),
    Function("SOP_CLOSURE", metrics.decision_closure, {
        "closed": "Actions closed.",
        "due": "Actions due.",
    }),
)
"""Every worksheet function; the modules in ``udfs`` are a loop over it."""


def named(name: str) -> Function:
    """The function of that name in Excel.

    >>> named("SOP_WMAPE")([[100, 0, "total"]], [[90, 10, 5]])
    0.2
    """
    for function in FUNCTIONS:
        if function.name == name:
            return function
    raise KeyError(name)
