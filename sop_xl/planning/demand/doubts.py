"""Forecasts that the backtest speaks against, and rows of lists that cannot be followed.

What a planner chose against the weights, and a forecast that last year's pattern would have beaten,
are said in the reason of the block, as a finding, and on the sheet Exceptions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from sop_xl.planning.demand.engine.result import MONTHS, Forecasts
from sop_xl.planning.demand.forecaster import label
from sop_xl.planning.frames import Numbers
from sop_xl.planning.wording import listed, percent
from sop_xl.schema import Finding, Severity

CLEARLY = 1.1
"""Times by which a backtest error has to be larger than another to be clearly worse."""
MARGIN = 0.01
"""And by how much of demand: a point of a small error is chance."""
WEIGHTS, LAST_YEAR = "the weights of all methods", "last year's pattern"
OF_LISTS = {"forecast_choices": "Families", "launches": "Launches"}
"""Lists whose wrong rows are exceptions, and the sheets that they stand on."""
COLUMNS = ("exception", "family", "message", "units", "option", "sheet")


class Doubt(NamedTuple):
    """A forecast that something else has clearly beaten in the backtest."""

    series: int
    pin: str
    """The method that was chosen; empty where the engine did."""
    error: float
    better: str
    """What was better, in words."""
    best: float
    """Its error."""

    @property
    def words(self) -> str:
        """As the reason of the forecast says it."""
        return f"clearly worse than {self.better} ({percent(self.best)})"


def doubts(found: Forecasts, pins: Sequence[str], free: Numbers | None) -> list[Doubt]:
    """The forecasts that the backtest speaks against.

    Args:
        found: The forecasts.
        pins: The method chosen for each series; empty where none is.
        free: Backtest error of each series where all methods are weighed; None if no pin is set.
    """
    return [one for at in range(len(pins)) if (one := _doubt(at, found, pins[at], free))]


def _doubt(at: int, found: Forecasts, pin: str, free: Numbers | None) -> Doubt | None:
    error = float(found.error[at])
    others = [(float(found.reference[at]), LAST_YEAR)]
    if pin and free is not None:
        others.append((float(free[at]), WEIGHTS))
    best, better = min(((e, name) for e, name in others if e == e), default=(np.nan, ""))
    if error > CLEARLY * best and error - best > MARGIN:
        return Doubt(at, pin, error, better, best)
    return None


def findings(said: Sequence[Doubt], names: Sequence[str]) -> list[Finding]:
    """One for each choice that did worse, and one for all blocks that last year would have beaten.

    Args:
        said: The doubts.
        names: The name of each block.
    """
    told = [
        Finding("forecast_choices", _message(one, names), _option(one), Severity.WARNING)
        for one in said
        if one.pin
    ]
    own = [one for one in said if not one.pin]
    if own:
        blocks = listed(names[one.series] for one in own)
        message = f"Last year's pattern was clearly better in the backtest: {blocks}."
        told.append(Finding("demand_plan", message, _option(own[0]), Severity.WARNING))
    return told


def table(
    said: Sequence[Doubt],
    noticed: Sequence[Finding],
    names: Sequence[str],
    families: Sequence[str],
    mean: Numbers,
) -> pd.DataFrame:
    """The frame ``forecast_doubts``, from which the exceptions are made.

    Args:
        said: The doubts.
        noticed: What else was found in the step.
        names: The name of each block.
        families: Its family.
        mean: (blocks, plan periods) Its forecast: with the error more it says what is at stake.
    """
    return pd.DataFrame(
        [*_weak(said, names, families, mean), *_wrong(noticed)], columns=list(COLUMNS)
    ).astype({"units": "float64"})


def _weak(
    said: Sequence[Doubt], names: Sequence[str], families: Sequence[str], mean: Numbers
) -> Iterator[tuple[str, str, str, float, str, str]]:
    for one in said:
        what = "Chosen method did worse" if one.pin else "Last year's pattern did better"
        units = (one.error - one.best) * float(mean[one.series, :MONTHS].sum())
        yield (
            f"{what}: {names[one.series]}", families[one.series], _message(one, names), units,
            _option(one), "Forecast",
        )  # fmt: skip


def _wrong(noticed: Sequence[Finding]) -> Iterator[tuple[str, str, str, float, str, str]]:
    for finding in noticed:
        if finding.table in OF_LISTS and finding.severity is Severity.WARNING:
            sheet = OF_LISTS[finding.table]
            key = finding.message.rstrip(".")
            yield key, "", finding.message, np.nan, finding.remedy, sheet


def _message(one: Doubt, names: Sequence[str]) -> str:
    what = f"the chosen method, {label(one.pin)}," if one.pin else "the forecast"
    return (
        f"{names[one.series]}: {what} was clearly worse in the backtest than {one.better},"
        f" {percent(one.error)} against {percent(one.best)}."
    )


def _option(one: Doubt) -> str:
    if one.pin:
        return "Take the choice out of Families, or say there why it will do better from now on."
    return "Look at its sheet Forecast; the list of methods on Families can name another one."
