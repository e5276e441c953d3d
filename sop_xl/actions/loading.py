"""Data in: reading and checking what a plan folder delivers, and taking it into the store."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sop_xl import sources
from sop_xl.actions.plans import Progress, open_plan, period_of
from sop_xl.schema import Finding, has_errors
from sop_xl.sources import PlanFolder


class Loading(NamedTuple):
    """What a load or a check found; no revision where nothing was taken in."""

    cycle: str
    """Empty where the data hold no month."""
    rows: dict[str, int]
    findings: list[Finding]
    revision: int | None


def check(
    path: Path, cycle_name: str | None = None, progress: Progress | None = None
) -> Loading:
    """Read and check everything that a plan folder delivers; take nothing in."""
    folder = PlanFolder(path)
    loaded = sources.load(folder, period_of(cycle_name), progress)
    return Loading(_name(loaded.cycle), _rows(loaded.frames), loaded.findings, None)


def load(
    path: Path,
    cycle_name: str | None = None,
    *,
    author: str,
    at: dt.datetime,
    progress: Progress | None = None,
) -> Loading:
    """Take what a plan folder delivers into its store: all of it, or nothing if there is an error.

    A new cycle opens with what is still open in the one before.
    """
    folder = PlanFolder(path)
    loaded = sources.load(folder, period_of(cycle_name), progress)
    name, rows = _name(loaded.cycle), _rows(loaded.frames)
    if has_errors(loaded.findings):
        return Loading(name, rows, loaded.findings, None)
    with open_plan(path) as plan:
        revision = plan.store.save_load(
            name, loaded.frames, loaded.findings, author, at, opens=True
        )
    return Loading(name, rows, loaded.findings, revision)


def _name(found: pd.Period) -> str:
    """The name of a cycle; empty where the data hold no month."""
    return "" if found == sources.NO_CYCLE else str(found)


def _rows(frames: Mapping[str, pd.DataFrame]) -> dict[str, int]:
    return {name: len(frame) for name, frame in frames.items() if name != "load_report"}
