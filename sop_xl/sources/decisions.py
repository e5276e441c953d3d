"""What planners decide about single forecasts: methods they choose, what comes and what goes.

Held row by row against items and actuals, in the words in which the plan speaks of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pandas as pd

from sop_xl.planning import hierarchy
from sop_xl.planning.calendar import axis_of
from sop_xl.planning.demand import choices, launch_rows
from sop_xl.planning.demand.choices import Fault
from sop_xl.schema import ALL, Finding
from sop_xl.sources.delivered import NAMED, Delivered
from sop_xl.sources.last_month import NO_CYCLE
from sop_xl.tables.settings import Settings

Sources = Mapping[str, Delivered]


def decisions(sources: Sources, settings: Settings, cycle: pd.Period) -> Iterator[Finding]:
    """What is wrong with the lists ``forecast_choices`` and ``launches``.

    Args:
        sources: Everything that was delivered.
        settings: The company's settings.
        cycle: First plan period.
    """
    items, actuals = sources["items"].frame, sources["actuals"].frame
    if items.empty or cycle == NO_CYCLE:
        return
    families = hierarchy.families_of(items, settings)
    facts = hierarchy.closed_actuals(actuals, families, axis_of(settings, cycle))
    yield from _choices(sources["forecast_choices"], settings, families, facts)
    yield from _launches(sources["launches"], settings, cycle, families, facts)


def _choices(
    source: Delivered, settings: Settings, families: pd.Series, facts: pd.DataFrame
) -> Iterator[Finding]:
    level = settings.level
    known = {"family": hierarchy.planned_names(families).tolist()}
    known |= {key: facts[key].unique().tolist() for key in level[1:]}
    lower = {key: {name.lower() for name in [*names, ALL]} for key, names in known.items()}
    found: list[tuple[int, Fault]] = []
    for at, row in enumerate(source.frame.to_dict("records")):
        if row["method"] == "":
            continue
        missing = [key for key in level if lower[key] and row[key].lower() not in lower[key]]
        said: list[Fault | None] = [
            choices.unknown_method(row),
            choices.unheeded(row, level, settings.forecaster),
        ]
        if missing and said[0] is None:
            nowhere = choices.nowhere(row, level, known["family"])
            said.append(nowhere._replace(column=missing[0]))
        found += [(at, fault) for fault in said if fault]
    yield from _told(source, found)


def _launches(
    source: Delivered,
    settings: Settings,
    cycle: pd.Period,
    families: pd.Series,
    facts: pd.DataFrame,
) -> Iterator[Finding]:
    if source.frame.empty:
        return
    known = launch_rows.known(cycle, settings, source.frame, families, facts)
    rows = known.launches
    yield from _told(
        source,
        [
            (int(at), fault)
            for at, row in zip(rows.index, rows.to_dict("records"), strict=True)
            for fault in launch_rows.faults(row, known)
        ],
    )


def _told(source: Delivered, found: Iterable[tuple[int, Fault]]) -> Iterator[Finding]:
    """One finding per row, as far as anyone would read them."""
    faults = list(found)
    for at, fault in faults[:NAMED]:
        yield source.finding(fault.message, fault.remedy, row=at, column=fault.column)
    if len(faults) > NAMED:
        at, fault = faults[NAMED]
        more = f"{len(faults) - NAMED:,} more rows with something wrong, from here on."
        yield source.finding(more, fault.remedy, row=at, column=fault.column)
