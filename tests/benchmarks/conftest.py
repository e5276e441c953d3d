"""The folder of real data; tests that want it are skipped where it is not."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"

DataFolder = Callable[[str], Path]


@pytest.fixture(scope="session")
def data() -> DataFolder:
    """The folder, if it holds the file."""
    folder = Path(os.environ.get("SOP_SHARED_DATA", BESIDE))

    def having(file: str) -> Path:
        if not (folder / file).is_file():
            pytest.skip(f"no {file}: SOP_SHARED_DATA names no folder that holds it")
        return folder

    return having
