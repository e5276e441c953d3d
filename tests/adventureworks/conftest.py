"""The AdventureWorks plan folder, converted once; its tests are skipped where the data is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.adventureworks.convert import convert

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def source() -> Path:
    """The folder with the AdventureWorks tables."""
    folder = Path(os.environ.get("SOP_SHARED_DATA", BESIDE)) / "adventureworks"
    if not (folder / "sales_lines.parquet").is_file():
        pytest.skip("no AdventureWorks data: SOP_SHARED_DATA names no folder that holds it")
    return folder


@pytest.fixture(scope="session")
def adventureworks(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan folder made of them; read it, or copy it before you write into it."""
    target = tmp_path_factory.mktemp("adventureworks")
    convert(source, target)
    return target
