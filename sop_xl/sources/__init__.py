"""Getting data in: text files, workbooks and databases to the declared inputs, with findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

import pandas as pd

from sop_xl.planning.calendar import Calendar, calendar_of
from sop_xl.reading import read_details
from sop_xl.schema import Finding, Severity, Table, has_errors
from sop_xl.sources.delivered import Delivered
from sop_xl.sources.extract import SourceSpec
from sop_xl.sources.last_month import NO_CYCLE, next_cycle
from sop_xl.sources.plan_folder import PlanFolder, init
from sop_xl.sources.quality import check
from sop_xl.sources.settings_file import read_settings, write_settings
from sop_xl.sources.shelf import Shelf
from sop_xl.sources.units import convert
from sop_xl.tables.data import LOAD_REPORT, REQUIRED, SOURCES

__all__ = [
    "NO_CYCLE",
    "Loaded",
    "PlanFolder",
    "SourceSpec",
    "init",
    "load",
    "read_settings",
    "write_settings",
]

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what comes next."""


FARTHEST_CYCLE = 12
"""Months after the last one of the actuals in which a cycle may still begin."""


class Loaded(NamedTuple):
    """Every source table, typed and checked.

    ``frames`` holds each table of ``tables.data.SOURCES``, empty where nothing was delivered, and
    ``load_report``. ``cycle`` is the first plan period.
    """

    frames: dict[str, pd.DataFrame]
    cycle: pd.Period
    findings: list[Finding]


def load(
    folder: PlanFolder, cycle: pd.Period | None = None, progress: Progress | None = None
) -> Loaded:
    """Read, convert and check everything that the plan folder delivers.

    Args:
        cycle: First plan period; by default the one after the last month of the actuals that is
            more than begun.
    """
    if not folder.is_understood:
        return _nothing_known(folder)
    tell = progress or _silent
    total = len(SOURCES) + 2
    calendar = calendar_of(folder.settings)
    delivered: dict[str, Delivered] = {}
    with Shelf(folder) as shelf:
        for done, table in enumerate(SOURCES):
            tell(done, total, f"Reading {table.label}")
            delivered[table.name] = _deliver(shelf, table, folder, calendar)
        findings = [*folder.findings, *shelf.unused()]
    tell(len(SOURCES), total, "Converting units")
    specs = {name: spec.unit for name, spec in folder.sources.items()}
    delivered, converted = convert(delivered, folder.settings.base_unit, specs)
    findings += _far_cycle(delivered, cycle)
    cycle = cycle or _next_cycle(delivered)
    tell(len(SOURCES) + 1, total, "Checking")
    checked = [*converted, *check(delivered, folder.settings, calendar, cycle)]
    for source in delivered.values():
        findings += source.findings
    frames = {name: source.frame for name, source in delivered.items()}
    frames["load_report"] = _report(delivered, checked, calendar)
    tell(total, total, "Loaded")
    return Loaded(frames, cycle, findings + checked)


def _nothing_known(folder: PlanFolder) -> Loaded:
    """Where the data are is not known: what else is missing follows from that one mistake."""
    nothing = {table.name: Delivered.nothing(table) for table in SOURCES}
    frames = {name: source.frame for name, source in nothing.items()}
    frames["load_report"] = _report(nothing, [], calendar_of(folder.settings))
    return Loaded(frames, NO_CYCLE, folder.findings)


def _silent(_done: int, _total: int, _text: str) -> None:
    """Nobody watches."""


def _deliver(shelf: Shelf, table: Table, folder: PlanFolder, calendar: Calendar) -> Delivered:
    cells, findings = shelf.extract(table)
    spec = folder.sources.get(table.name, SourceSpec())
    if cells is None or not len(cells):
        if table.name in REQUIRED and not has_errors(findings):
            findings = [*findings, _missing(table, cells.file if cells is not None else "")]
        return Delivered.nothing(table, findings)
    details = read_details(
        table, cells, calendar.period_of, mapping=spec.columns, decimal=spec.decimal,
        dates=spec.dates,
    )
    return Delivered.of(table, cells, details, findings)


def _missing(table: Table, file: str) -> Finding:
    what = "holds only its header" if file else "is missing"
    return Finding(
        table.name, f"{table.label} {what}; without it there is no plan.",
        f"Put data/{table.name}.csv or .xlsx into the plan folder, or name the source in sop.toml:"
        f" [sources.{table.name}].", file=file,
    )


def _next_cycle(delivered: Mapping[str, Delivered]) -> pd.Period:
    """The period after the last whole one of the actuals, or of the stock where there are none."""
    actuals = delivered["actuals"].frame
    if len(actuals):
        return next_cycle(actuals)
    for name in ("stock", "production"):
        frame = delivered[name].frame
        if len(frame):
            last: pd.Period = frame["period"].max()
            return last + 1
    return NO_CYCLE


def _far_cycle(delivered: Mapping[str, Delivered], named: pd.Period | None) -> list[Finding]:
    """A cycle far from the data is a slip of the keyboard, and a store forgets no cycle."""
    months = delivered["actuals"].frame["period"]
    if named is None or months.empty:
        return []
    first, last = months.min(), months.max()
    if first < named <= last + FARTHEST_CYCLE:
        return []
    return [
        Finding(
            "actuals",
            f"the cycle {named} does not follow the actuals, which run from {first} to {last}.",
            f"Name the first month to plan, {last + 1} for example: --cycle {last + 1}.",
        )
    ]


def _report(
    delivered: Mapping[str, Delivered], checked: list[Finding], calendar: Calendar
) -> pd.DataFrame:
    """The load report: one row per source, the missing ones too."""
    later = Counter((f.table, f.severity) for f in checked)
    rows = []
    for name, source in delivered.items():
        count = {s: source.counts[s] + later[name, s] for s in Severity}
        rows.append(
            (name, source.origin, float(source.read), _last_day(source, calendar),
             float(count[Severity.ERROR]), float(count[Severity.WARNING]),
             float(count[Severity.REPAIR]))
        )
    frame = pd.DataFrame(rows, columns=LOAD_REPORT.names)
    frame["last_day"] = pd.to_datetime(frame["last_day"]).astype("datetime64[ns]")
    return frame.astype({"source": "str", "origin": "str"})


def _last_day(source: Delivered, calendar: Calendar) -> object:
    """Last day in the data; a month counts to its end. Orders are as fresh as their deliveries."""
    frame = source.frame
    if frame.empty:
        return pd.NaT
    if "period" in frame and source.monthly:
        return calendar.end(frame["period"].max())
    if "period" in frame:
        return source.last_day
    return frame["delivered"].max() if "delivered" in frame else pd.NaT
