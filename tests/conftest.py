"""Plan folders that tests share. They are made once a run: copy one before you write into it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import hypothesis
import pytest

from sop_xl import actions
from tests import companies

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
