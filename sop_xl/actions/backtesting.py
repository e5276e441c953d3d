"""The backtest of a plan: how good its forecast would have been at earlier origins."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd

from sop_xl import cycle
from sop_xl.actions.plans import Progress, cycle_of, open_plan
from sop_xl.actions.running import inputs_of_cycle
from sop_xl.errors import SopError
from sop_xl.planning.calendar import axis_of
from sop_xl.planning.demand.backtesting import Backtest, Said, looking_back, worse_than_last_year
from sop_xl.planning.demand.backtesting import backtest as backtest_series
from sop_xl.planning.demand.groundwork import known
from sop_xl.planning.wording import percent
from sop_xl.schema import Finding, Severity


class Backtested(NamedTuple):
    """The backtest of a cycle, and the parts that want a look."""

    cycle: str
    by: str
    found: Backtest
    findings: list[Finding]


def backtest(
    path: Path,
    cycle_name: str | None = None,
    *,
    origins: int = 3,
    months: int = 6,
    by: Literal["family", "region"] = "family",
    progress: Progress | None = None,
) -> Backtested:
    """Forecast the last months of a plan again, from what was known before them.

    Args:
        path: The plan folder.
        cycle_name: The cycle; the newest one if not given.
        origins: How many times.
        months: Months that are forecast each time.
        by: What the second table is by.
        progress: Called with what is done, what there is to do, and a word about it.

    Raises:
        SopError: The plan has no such level, or its history is too short.
    """
    with open_plan(path) as plan:
        name = cycle_of(plan, cycle_name)
        settings = plan.settings
        if by not in settings.level:
            raise SopError(
                f"The plan is not made by {by}: its level is {', '.join(settings.level)}.",
                f"Take one of them: --by {settings.level[0]}.",
            )
        axis = axis_of(settings, pd.Period(name, "M"))
        frames = inputs_of_cycle(plan, name, axis.first).frames
    if progress:
        progress(0, 2, "Reading the history")
    prepared = cycle.run(frames, settings, axis, steps=cycle.STEPS[:1]).frames
    wanted = inspect.signature(known).parameters
    read = {key: prepared[key] for key in wanted if key in prepared}
    seen = known(axis, settings, **read)
    blocks, held, actual, _ = seen.history
    said_at = looking_back(settings, read, seen, months)

    def told(cut: int) -> Said:
        if progress:
            progress(1, 2, f"Forecasting from {held[-1] - cut + 1}")
        return said_at(cut)

    parts = [str(part) for part in blocks[by]]
    try:
        found = backtest_series(
            actual, held, parts, told, origins=origins, horizon=months, level=settings.range_level
        )
    except ValueError as error:
        raise SopError(f"Nothing can be tested: {error}.", "Load more history.") from error
    return Backtested(name, by, found, _findings(found))


def _findings(found: Backtest) -> list[Finding]:
    """The parts of which last year's pattern would have been the better forecast."""
    return [
        Finding(
            "demand_plan",
            f"{part}: last year's pattern was better, {percent(last)} against {percent(error)}.",
            "Look at its sheet Forecast; forecast_choices can name another method for it.",
            Severity.WARNING,
        )
        for part, (error, last) in worse_than_last_year(found.parts).items()
    ]
