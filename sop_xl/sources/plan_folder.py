"""The plan folder: ``sop.toml``, ``data/``, ``cycles/<YYYY-MM>/`` and the store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from sop_xl.errors import SopError
from sop_xl.sources.csv_file import write_header
from sop_xl.sources.extract import SourceSpec
from sop_xl.sources.settings_file import is_toml, read_settings, write_settings
from sop_xl.tables.data import SOURCES
from sop_xl.tables.settings import Settings

SETTINGS_FILE = "sop.toml"


class PlanFolder:
    """One company's plan folder, with its settings read.

    Args:
        path: The folder, or the ``sop.toml`` in it.

    Raises:
        SopError: There is no plan folder, or its ``sop.toml`` cannot be opened.
    """

    def __init__(self, path: str | Path) -> None:
        place = Path(path)
        self.path = place.parent if place.name == SETTINGS_FILE else place
        data = self._read()
        self.is_understood = is_toml(data)
        self.settings, self.sources, self.findings = read_settings(data)

    def __repr__(self) -> str:
        return f"PlanFolder({str(self.path)!r})"

    @property
    def settings_file(self) -> Path:
        return self.path / SETTINGS_FILE

    @property
    def data(self) -> Path:
        return self.path / "data"

    @property
    def cycles(self) -> Path:
        return self.path / "cycles"

    def cycle(self, cycle: pd.Period) -> Path:
        """The folder of one cycle, ``cycles/2026-10``."""
        return self.cycles / str(cycle)

    @property
    def store_url(self) -> str:
        """SQLAlchemy URL of the store; SQLite in the plan folder by default."""
        return self.settings.store or f"sqlite:///{(self.path / 'sop.db').resolve().as_posix()}"

    def shown(self, file: Path) -> str:
        """A path as findings name it: relative to the plan folder."""
        try:
            return file.relative_to(self.path).as_posix()
        except ValueError:
            return str(file)

    def _read(self) -> bytes:
        try:
            return self.settings_file.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise self._missing() from None
        except OSError as error:
            raise SopError(
                f"{self.settings_file} cannot be read: {error.strerror or error}.",
                "Close it in other programs, or ask for access.",
            ) from None

    def _missing(self) -> SopError:
        if not self.path.exists():
            return SopError(f"The plan folder {self.path} does not exist.",
                            f"Check its name, or make one: sop-xl init {self.path}")
        if not self.path.is_dir():
            return SopError(f"{self.path} is a file, no plan folder.",
                            f"Name the folder that holds {SETTINGS_FILE}.")
        return SopError(f"{self.path} is no plan folder: it has no {SETTINGS_FILE}.",
                        f"Make one with: sop-xl init {self.path}")


def init(
    path: str | Path,
    settings: Settings | None = None,
    sources: Mapping[str, SourceSpec] | None = None,
) -> PlanFolder:
    """Make a plan folder: ``sop.toml`` with every key explained, a file to fill in per table.

    What is there already stays as it is.

    Raises:
        SopError: The folder cannot be written, or is a plan folder already.
    """
    path = Path(path)
    if (path / SETTINGS_FILE).exists():
        raise SopError(f"{path} is a plan folder already.", "Choose another folder.")
    try:
        (path / "data").mkdir(parents=True, exist_ok=True)
        text = write_settings(settings or Settings(), sources)
        (path / SETTINGS_FILE).write_text(text, encoding="utf-8", newline="\n")
        for table in SOURCES:
            file = path / "data" / f"{table.name}.csv"
            if not file.exists() and table.name not in (sources or {}):
                write_header(file, table)
    except OSError as error:
        raise SopError(
            f"The plan folder {path} cannot be written: {error.strerror or error}.",
            "Choose another folder, or ask for access.",
        ) from None
    return PlanFolder(path)
