"""The example company: made, loaded and planned in one go."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

from sop_xl import example, sources
from sop_xl.actions.issuing import Generated, generate
from sop_xl.actions.loading import Loading, load
from sop_xl.actions.plans import Progress
from sop_xl.errors import SopError


def demo(
    path: Path, *, author: str, at: dt.datetime, seed: int = 7, progress: Progress | None = None
) -> tuple[Loading, Generated]:
    """Make the example company in a new folder and run its cycle.

    Raises:
        SopError: The folder is there already and is not empty.
    """
    if path.exists() and any(path.iterdir()):
        raise SopError(f"{path} is not empty.", "Name a new folder: sop-xl demo FOLDER")
    company = example.make(seed)
    try:
        sources.init(path, company.settings)
        example.to_csv(company.frames, path / "data")
        loading = load(path, author=author, at=at, progress=progress)
        return loading, generate(path, progress=progress)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)  # half an example is of no use to anybody
        raise
