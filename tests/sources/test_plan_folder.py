"""The folder of one plan."""

from pathlib import Path

import pandas as pd
import pytest

from sop_xl.errors import SopError
from sop_xl.sources import PlanFolder, SourceSpec, init, load
from sop_xl.tables.data import SOURCES
from sop_xl.tables.settings import Settings
from tests.sources.folders import lines


def test_init_makes_a_folder_that_only_lacks_its_data(tmp_path: Path) -> None:
    settings = Settings(company="Example")
    folder = init(tmp_path / "plan", settings)
    assert folder.settings == settings
    assert folder.findings == []
    assert {p.stem for p in folder.data.iterdir()} == {table.name for table in SOURCES}
    assert lines(load(folder).findings) == [
        "data/items.csv: Items holds only its header; without it there is no plan.",
        "data/actuals.csv: Actuals holds only its header; without it there is no plan.",
    ]


def test_init_leaves_no_file_for_tables_that_come_from_elsewhere(tmp_path: Path) -> None:
    sources = {"items": SourceSpec(url="sqlite:///erp.db", query="SELECT 1")}
    folder = init(tmp_path, sources=sources)
    assert folder.sources == sources
    assert not (folder.data / "items.csv").exists()


def test_init_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "items.csv").write_text("mine")
    init(tmp_path)
    assert (tmp_path / "data" / "items.csv").read_text() == "mine"
    with pytest.raises(SopError, match="is a plan folder already"):
        init(tmp_path)


def test_init_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SopError, match="cannot be written"):
        init(tmp_path / "file" / "plan")


def test_paths(tmp_path: Path) -> None:
    init(tmp_path)
    folder = PlanFolder(tmp_path / "sop.toml")
    assert folder.path == tmp_path
    assert folder.cycle(pd.Period("2026-10", "M")) == tmp_path / "cycles" / "2026-10"
    assert folder.store_url == f"sqlite:///{(tmp_path / 'sop.db').as_posix()}"
    assert folder.shown(tmp_path / "data" / "items.csv") == "data/items.csv"


def test_the_store_may_be_elsewhere(tmp_path: Path) -> None:
    assert init(tmp_path, Settings(store="sqlite:///x.db")).store_url == "sqlite:///x.db"


def test_no_plan_folder_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SopError, match="sop-xl init"):
        PlanFolder(tmp_path)
    with pytest.raises(SopError, match="nowhere does not exist"):
        PlanFolder(tmp_path / "nowhere")
    (tmp_path / "book.xlsx").touch()
    with pytest.raises(SopError, match="is a file, no plan folder"):
        PlanFolder(tmp_path / "book.xlsx")
    (tmp_path / "sop.toml").mkdir()
    with pytest.raises(SopError, match="cannot be read"):
        PlanFolder(tmp_path)
