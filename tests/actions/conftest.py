"""A desk for tests of buttons: an Excel, the workbook of the small company, its plan folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace

import pytest

from sop_xl.actions import book
from sop_xl.excel import refusals, ribbon
from sop_xl.workbook.reader import OpenedSheet, open_sheets
from tests.actions.desk import Desk
from tests.conftest import LATER
from tests.excel import engine

Opened = dict[str, OpenedSheet]


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing is remembered in, or read from, the home of whoever runs the tests."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(Path, "home", lambda: home)
    return home


@pytest.fixture(autouse=True)
def known_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bob presses every button, at the same time."""
    monkeypatch.setattr(ribbon, "login", lambda: "Bob")
    clock = SimpleNamespace(now=lambda _zone: LATER)
    monkeypatch.setattr(ribbon, "dt", SimpleNamespace(datetime=clock, UTC=dt.UTC))


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes, str], Opened]:
    """The cells of a workbook; one that several tests read is parsed once."""

    @lru_cache(maxsize=4)
    def read(data: bytes, name: str) -> Opened:
        file = tmp_path_factory.mktemp("parsed") / name
        file.write_bytes(data)
        return open_sheets(file)

    return read


@pytest.fixture(autouse=True)
def each_file_once(
    parsed: Callable[[bytes, str], Opened], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(book, "open_sheets", lambda path: parsed(path.read_bytes(), path.name))


@pytest.fixture
def excels(monkeypatch: pytest.MonkeyPatch) -> Iterator[engine.Excels]:
    monkeypatch.setattr(refusals, "PATIENCE", 0.0)
    with engine.running() as running:
        yield running


@pytest.fixture
def excel(excels: engine.Excels) -> engine.Excel:
    return excels.add()


@pytest.fixture
def desk(small: Path, plan: Path, excel: engine.Excel) -> Desk:
    """The small company's workbook, open; its plan folder is the test's own."""
    return Desk(small, plan, excel)
