"""Plan folders: opening one with its store, and naming its cycles."""

from __future__ import annotations

import getpass
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sop_xl import sources
from sop_xl.errors import SopError
from sop_xl.schema import has_errors
from sop_xl.sources import PlanFolder
from sop_xl.store import Store
from sop_xl.tables.settings import Settings

Progress = Callable[[int, int, str], None]
"""Called with what is done, what there is to do, and a word about it."""


class OpenPlan(NamedTuple):
    """A plan folder with its store open."""

    folder: PlanFolder
    store: Store

    @property
    def settings(self) -> Settings:
        return self.folder.settings


@contextmanager
def open_plan(path: Path) -> Iterator[OpenPlan]:
    """A plan folder and its store.

    Raises:
        SopError: There is no plan folder, its settings are wrong, or the store cannot be used.
    """
    folder = PlanFolder(path)
    wrong = [finding for finding in folder.findings if has_errors([finding])]
    if wrong:
        listed = "\n".join(f"  {finding}" for finding in wrong)
        raise SopError(f"The settings of {path} are wrong:\n{listed}", "Mend sop.toml.")
    with Store(folder.store_url, folder.settings.level) as store:
        yield OpenPlan(folder, store)


def init(path: Path, settings: Settings | None = None) -> PlanFolder:
    """Make a plan folder with explained settings and an empty list for each kind of data."""
    return sources.init(path, settings)


def plan_folder_of(book: Path) -> Path:
    """The plan folder that a workbook lies in.

    Raises:
        SopError: There is none above it.
    """
    if not book.exists():
        raise SopError(f"{book} does not exist.", "Check the name of the workbook.")
    for folder in book.resolve().parents:
        if (folder / "sop.toml").exists():
            return folder
    raise SopError(
        f"{book} lies in no plan folder.", "Name the folder with --plan."
    )


def period_of(name: str | None) -> pd.Period | None:
    if name is None:
        return None
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", name):
        raise SopError(f"{name} is no cycle.", "A cycle is named by its first plan month: 2026-10.")
    return pd.Period(name, "M")


def cycle_of(plan: OpenPlan, name: str | None) -> str:
    """The cycle that is meant: the newest one if none is named."""
    period_of(name)
    known = [found.name for found in plan.store.cycles()]
    if not known:
        raise SopError("Nothing has been loaded yet.", f"sop-xl load {plan.folder.path}")
    if name is None:
        return max(known)
    if name not in known:
        raise SopError(
            f"There is no cycle {name}; there are {', '.join(known)}.",
            f"sop-xl load {plan.folder.path} --cycle {name}",
        )
    return name


def relative(path: Path, folder: Path) -> str:
    try:
        return path.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        return str(path)


def login() -> str:
    """Who is at work; some containers and services know no name."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
