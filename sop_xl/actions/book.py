"""The port to a workbook that buttons work on: a file, the open one, or one in a test."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from sop_xl.actions.issuing import MACROS, free_name
from sop_xl.errors import SopError
from sop_xl.workbook.build import Drawn, pack
from sop_xl.workbook.macros import missing_macros
from sop_xl.workbook.package import write_atomically
from sop_xl.workbook.reader import OpenedSheet, open_sheets, read_identity
from sop_xl.workbook.refresh import Patches, compare

Record = Callable[[str], None]
"""Called right before a book is written, with the SHA-256 of its file; empty for an open book."""


class PlanBook(Protocol):
    """A month's workbook, wherever it is."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def file(self) -> str:
        """Full path, or the name: how the store tells this copy from others."""

    @property
    def drawn_anew(self) -> bool:
        """Whether writing makes all of it anew, its macros too, wherever people moved its rows."""

    @property
    def needs_new(self) -> str:
        """Why it cannot go on as it is, such as a lost ribbon; empty if it can."""

    def identity(self) -> dict[str, str]:
        """What it says it is, by the keys of ``workbook.build.PROPERTIES``."""

    def sheets(self) -> Mapping[str, OpenedSheet]:
        """Its cells."""

    def difference(self, drawn: Drawn) -> Patches:
        """What would have to be written to make it show what was drawn; writes nothing."""

    def write(
        self, patches: Patches, drawn: Drawn, record: Record, *, issued: str = ""
    ) -> None:
        """Make it show what was drawn: all of it, or nothing.

        Args:
            issued: SHA-256 of its file as it was given out; people edited one that differs.
        """

    def open(self, path: Path) -> None:
        """Show another workbook that was written."""

    def ask(self, title: str, lines: Sequence[str]) -> bool:
        """Show what is going to happen; false to leave everything as it is."""

    def tell(self, title: str, lines: Sequence[str]) -> None:
        """The one message at the end."""

    def say(self, done: int, total: int, text: str) -> None:
        """Progress."""

    def log(self, lines: Sequence[tuple[str, str]]) -> None:
        """Write what happened into the book's own log: pairs of action and text, oldest first."""

    def go(self, target: str) -> None:
        """Show a cell: ``Demand_Plan!Z14``."""

    def selection(self) -> str:
        """The cell that is looked at."""


class FileBook:
    """A workbook on the disk: read, and written anew beside what people edited.

    Args:
        path: The workbook.
        answer: Whom to ask before inputs are overwritten.
        print_line: Where messages go.
        cell: The cell that is looked at, for actions that want one.
        progress: Called with what is done, what there is to do, and a word about it.
    """

    def __init__(
        self,
        path: Path,
        *,
        answer: Callable[[str, Sequence[str]], bool],
        print_line: Callable[[str], None],
        cell: str = "",
        progress: Callable[[int, int, str], None] | None = None,
    ) -> None:
        self.path = path
        self._answer, self._print, self._cell = answer, print_line, cell
        self._progress = progress
        self._sheets: dict[str, OpenedSheet] | None = None
        self._see = ""

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def file(self) -> str:
        return str(self.path.resolve())

    @property
    def drawn_anew(self) -> bool:
        return True

    @property
    def needs_new(self) -> str:
        return ""

    def identity(self) -> dict[str, str]:
        return read_identity(self.path)

    def sheets(self) -> Mapping[str, OpenedSheet]:
        if self._sheets is None:
            self._sheets = open_sheets(self.path)
        return self._sheets

    def difference(self, drawn: Drawn) -> Patches:
        return compare(drawn, self.sheets())

    def write(
        self, patches: Patches, drawn: Drawn, record: Record, *, issued: str = ""
    ) -> None:
        del patches  # a file is written as a whole
        data = pack(drawn, macros=self.path.suffix.lower() == MACROS)
        record(hashlib.sha256(data).hexdigest())
        lost = missing_macros(self.path)
        before = self.path.read_bytes()
        if hashlib.sha256(before).hexdigest() != issued:  # it may hold sheets of people's own
            kept = free_name(self.path, "_edited")
            write_atomically(kept, before)
            self._print(f"{self.name} as it was is kept: {kept.name}")
        write_atomically(self.path, data)
        if lost:
            self._print(f"{self.name} had lost {' and '.join(lost)}; it has them again.")

    def open(self, path: Path) -> None:
        self._print(f"Written: {path}")

    def ask(self, title: str, lines: Sequence[str]) -> bool:
        return self._answer(title, lines)

    def tell(self, title: str, lines: Sequence[str]) -> None:
        see = [f"See {self._see}"] if self._see else []
        for line in (title, *(f"  {line}" for line in [*lines, *see])):
            self._print(line)

    def say(self, done: int, total: int, text: str) -> None:
        if self._progress:
            self._progress(done, total, text)

    def log(self, lines: Sequence[tuple[str, str]]) -> None:
        """The log on the disk has it already; a file is not opened once more for its sheet."""

    def go(self, target: str) -> None:
        self._see = target  # told with the message: there is no eye to lead

    def selection(self) -> str:
        if not self._cell:
            raise SopError("No cell is named.", "Name one: --cell Demand_Plan!Z14")
        return self._cell
