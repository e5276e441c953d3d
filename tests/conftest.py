"""Plan folders that tests share. They are made once a run: copy one before you write into it."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import hypothesis
import pandas as pd
import pytest

from sop_xl import actions, cycle
from sop_xl.actions import running
from sop_xl.planning.calendar import Axis
from sop_xl.schema import Finding
from sop_xl.tables.settings import Settings
from tests import companies

# as in every installation without pyarrow, which is here to read Parquet; the commands that tests
# run in processes of their own work with it
pd.set_option("mode.string_storage", "python")

# a commit that passed passes again; --hypothesis-profile=searching looks for new counterexamples
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.register_profile("searching", deadline=None)
hypothesis.settings.load_profile("repeatable")

NOW = datetime(2026, 10, 5, 9, tzinfo=UTC)
LATER = datetime(2026, 10, 6, 15, 30, tzinfo=UTC)
BOOK = Path("cycles", "2026-10", "SOP_2026-10.xlsm")
"""The workbook in each of these plan folders."""
WAIT = 300
"""Seconds that a test process waits for a folder that another one makes."""

Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Make a folder once, whatever the number of processes that the tests run in."""
    root = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent

    def made(name: str, make: Callable[[Path], object]) -> Path:
        folder, done, failed = (root / f"{name}{ending}" for ending in ("", ".done", ".failed"))
        try:
            folder.mkdir()
        except FileExistsError:
            until = time.monotonic() + WAIT
            while not done.exists():
                assert not failed.exists(), f"{name} could not be made; see the other errors"
                assert time.monotonic() < until, f"{name} was not made in {WAIT} seconds"
                time.sleep(0.1)
            return folder
        try:
            make(folder)
        except BaseException:
            failed.touch()
            raise
        done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def demo(once: Once) -> Path:
    """The example company with its workbook."""
    return once("demo", lambda folder: actions.demo(folder, author="Ann", at=NOW))


_RUN = cycle.run


class Plans:
    """Runs of the cycle: one with the same inputs is not computed again.

    The steps are pure, as tests/test_cycle.py proves, which runs them itself.
    """

    KEPT = 16

    def __init__(self) -> None:
        self._made: OrderedDict[bytes, cycle.Plan] = OrderedDict()

    def run(
        self,
        inputs: Mapping[str, pd.DataFrame],
        settings: Settings,
        axis: Axis,
        findings: Sequence[Finding],
        *,
        progress: Callable[[cycle.Step], None],
    ) -> cycle.Plan:
        if cycle.run is not _RUN:  # a test has put something in its place
            return cycle.run(inputs, settings, axis, findings, progress=progress)
        asked = hashlib.sha256(pickle.dumps((inputs, settings, axis, findings))).digest()
        if asked in self._made:
            self._made.move_to_end(asked)
            for step in cycle.STEPS:
                progress(step)
        else:
            self._made[asked] = _RUN(inputs, settings, axis, findings, progress=progress)
        while len(self._made) > self.KEPT:
            self._made.popitem(last=False)
        frames, noticed = self._made[asked]
        copies = {name: frame.copy(deep=False) for name, frame in frames.items()}
        return cycle.Plan(copies, list(noticed))


_plans = Plans()


@pytest.fixture(autouse=True)
def each_plan_once(monkeypatch: pytest.MonkeyPatch) -> None:
    known = vars(cycle) | {"run": _plans.run}
    monkeypatch.setattr(running, "cycle", SimpleNamespace(**known))


def planned(folder: Path) -> None:
    """Load a plan folder and write its workbook."""
    assert actions.load(folder, author="Ann", at=NOW).revision is not None
    actions.generate(folder)


@pytest.fixture(scope="session")
def small(once: Once) -> Path:
    """A small company with all kinds of data, and its workbook."""
    return once("small", lambda folder: planned(companies.make(folder)))


@pytest.fixture
def plan(small: Path, tmp_path: Path) -> Path:
    """A copy of the small company to work in."""
    return Path(shutil.copytree(small, tmp_path / "plan"))


@pytest.fixture(scope="session")
def odd(once: Once) -> Path:
    """Weeks in months, a fiscal year from July, families only, names that look like formulas."""
    settings = replace(
        companies.SETTINGS, calendar="4-4-5", fiscal_year_start=7, horizon=13, history_shown=6,
        planning_level=("family",), strategy="level",
    )  # fmt: skip
    return once("odd", lambda f: planned(companies.make(f, settings, companies.ODD)))


@pytest.fixture(scope="session")
def fine(once: Once) -> Path:
    """Planned by item, region and channel, with the same names; work comes before completion."""
    settings = replace(
        companies.SETTINGS, calendar="5-4-4", fiscal_year_start=2, horizon=6, history_shown=13,
        planning_level=("item", "region", "channel"), process_variant=5,
        load_method="resource_profile",
    )  # fmt: skip
    make, odd, early = companies.make, companies.ODD, companies.EARLY
    return once("fine", lambda f: planned(make(f, settings, odd, instead=early)))


@pytest.fixture(scope="session")
def short(once: Once) -> Path:
    """The small company with hours for half of its bikes: no strategy is possible."""
    make = companies.make
    return once("short", lambda folder: planned(make(folder, instead=companies.SHORT)))


@pytest.fixture(scope="session")
def bare(once: Once) -> Path:
    """A company that delivers its items and actuals and nothing else."""
    return once("bare", lambda folder: planned(companies.make(folder, bare=True)))
