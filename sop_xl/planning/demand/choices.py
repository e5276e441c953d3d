"""The forecast methods that planners have chosen, block by block."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.demand import statsmodels_ets
from sop_xl.planning.demand.engine.methods import METHODS
from sop_xl.planning.wording import listed
from sop_xl.reading import did_you_mean
from sop_xl.schema import Finding, Severity

Row: TypeAlias = Mapping[Hashable, Any]
SIMPLE = "simple"
"""The choice of the one simple method with the lowest backtest error."""
BEST_SIMPLE = "best simple method"
"""The same in words."""
TABLE = "forecast_choices"


class Pins(NamedTuple):
    """One method for each block, "" where the engine chooses; and the choices that name nothing."""

    methods: list[str]
    findings: list[Finding]


class Fault(NamedTuple):
    """What is wrong with a row of a list, in which of its columns, and what to do about it."""

    column: str
    message: str
    remedy: str


def offered() -> dict[str, str]:
    """What can be chosen: name -> in words."""
    return {SIMPLE: BEST_SIMPLE} | {name: method.label for name, method in METHODS.items()}


def named(text: str) -> str:
    """The name of a method that was written by its name or in words; "" for an unknown one.

    >>> named("Last year's pattern"), named("THETA"), named("hold")
    ('seasonal_naive', 'theta', '')
    """
    wanted = text.strip().casefold()
    return next(
        (name for name, words in offered().items() if wanted in (name, words.casefold())), ""
    )


def pins(choices: pd.DataFrame, blocks: pd.DataFrame, forecaster: str) -> Pins:
    """The method chosen for each block: the row that names most of its keys wins, then the last.

    Args:
        choices: The list ``forecast_choices``.
        blocks: Keys of the blocks.
        forecaster: The setting of that name.
    """
    keys = list(blocks.columns)
    chosen, depth = [""] * len(blocks), np.full(len(blocks), -1)
    findings = [_warning(fault) for fault in _unheeded(choices, keys, forecaster)]
    for row in choices.to_dict("records"):
        if row["method"] == "":
            continue
        fault = unknown_method(row)
        if fault:
            findings.append(_warning(fault))
            continue
        covered, number = hierarchy.covered(row, blocks)
        if not covered.any():
            findings.append(_warning(nowhere(row, keys, blocks[keys[0]].unique())))
        for at in np.flatnonzero(covered & (depth <= number)):
            chosen[at], depth[at] = named(row["method"]), number
    return Pins(chosen, findings)


def unknown_method(row: Row) -> Fault | None:
    """What is wrong with a method that does not exist."""
    if row["method"] == "" or named(row["method"]):
        return None
    known = [*offered(), *offered().values()]
    return Fault(
        "method",
        f"There is no forecast method {row['method']!r}, chosen for {row['family']}: the engine"
        " chooses there.",
        f"{did_you_mean(row['method'], known)} Choose one of {', '.join(offered())}.".strip(),
    )


def nowhere(row: Row, level: Iterable[str], known: Iterable[str]) -> Fault:
    """What is wrong with a row that is for no block.

    Args:
        row: The row.
        level: The planning level.
        known: The families, or items, that the plan has.
    """
    return Fault(
        next(iter(level)),
        f"The forecast method of {' / '.join(row[key] for key in level)} is used nowhere: the plan"
        " has no such block.",
        f"Name families as the plan does: {listed(known)}; All for every one.",
    )


def unheeded(row: Row, level: Iterable[str], forecaster: str) -> Fault | None:
    """What is wrong with a choice where the forecaster knows only its own method."""
    if forecaster != statsmodels_ets.NAME or not named(row["method"]):
        return None
    return Fault(
        "method",
        f"The method of {' / '.join(row[key] for key in level)} is not heeded: the forecaster of"
        f" the settings, {forecaster}, knows only its own.",
        "Set forecaster in sop.toml to weights, or take the choice away.",
    )


def _unheeded(choices: pd.DataFrame, level: list[str], forecaster: str) -> Iterable[Fault]:
    for row in choices.to_dict("records"):
        fault = unheeded(row, level, forecaster)
        if fault:
            yield fault


def _warning(fault: Fault) -> Finding:
    return Finding(TABLE, fault.message, fault.remedy, Severity.WARNING)
