"""LibreOffice with macros on: functions of VBA in cells, and macros that are run.

LibreOffice is worked by its own bridge, which belongs to the Python of the system: ``uno_side.py``
runs there, and is asked over its input and output.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.office.tools import NO_OFFICE, TIMEOUT, soffice

NO_BRIDGE = "needs the Python bridge of LibreOffice: apt-get install python3-uno"
_UNO_SIDE = Path(__file__).with_name("uno_side.py")


@cache
def bridge() -> Path | None:
    """A Python that has LibreOffice's bridge: that of the system, or LibreOffice's own."""
    office = soffice()
    candidates = ["/usr/bin/python3", shutil.which("python3")]
    if office is not None:
        candidates.append(str(office.resolve().with_name("python")))
    for candidate in candidates:
        if candidate and Path(candidate).exists():
            looked = subprocess.run([candidate, "-c", "import uno"], capture_output=True)
            if looked.returncode == 0:
                return Path(candidate)
    return None


needs_macros = pytest.mark.skipif(
    soffice() is None or bridge() is None, reason=NO_BRIDGE if soffice() else NO_OFFICE
)


class Shown(NamedTuple):
    """What a cell shows, and the number of its error, 0 for none."""

    text: str
    error: int


class Book:
    """A workbook that LibreOffice has open."""

    def __init__(self, office: Office, number: int) -> None:
        self._office = office
        self._number = number

    def put(self, sheet: str, cell: str, value: float | str) -> None:
        """Type something into a cell."""
        self._office.ask("put", self._number, sheet, cell, value)

    def calculate(self) -> None:
        """Calculate every formula."""
        self._office.ask("calculate", self._number)

    def look(self, sheet: str, cell: str) -> Shown:
        return Shown(*self._office.ask("look", self._number, sheet, cell))

    def run(self, macro: str, *arguments: float | str) -> Any:
        """Run ``Module.Procedure``. Its errors are not told: look at what it should have done."""
        return self._office.ask("run", self._number, macro, list(arguments))


class Office:
    """A LibreOffice with a profile of its own, in a ``with`` statement."""

    def __enter__(self) -> Office:
        command, python = soffice(), bridge()
        assert command is not None
        assert python is not None
        self._opened = 0
        self._room = Path(tempfile.mkdtemp(prefix="sop-macros-"))
        self._complaints = (self._room / "complaints.txt").open("w+")
        self._process = subprocess.Popen(
            [str(python), str(_UNO_SIDE), str(command), str(self._room / "profile")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # so that LibreOffice ends with it
        )
        return self

    def __exit__(self, *error: object) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = threading.Timer(TIMEOUT, self._kill)
        timer.start()
        self._process.stdin.close()
        self._process.wait()
        timer.cancel()
        with suppress(ProcessLookupError):  # a LibreOffice that was not ended
            self._kill()
        self._process.stdout.close()
        self._complaints.close()
        shutil.rmtree(self._room, ignore_errors=True)

    def open(self, path: Path) -> Book:
        """Open a copy of a workbook, with its macros."""
        self._opened += 1
        copy = self._room / f"{self._opened}{path.suffix}"
        shutil.copy(path, copy)
        return Book(self, self.ask("open", str(copy)))

    def ask(self, verb: str, *arguments: Any) -> Any:
        """Have something done on the other side."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        timer = threading.Timer(TIMEOUT, self._kill)
        timer.start()
        try:
            self._process.stdin.write(json.dumps([verb, *arguments]) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        finally:
            timer.cancel()
        if not line:
            self._complaints.seek(0)
            raise RuntimeError(f"LibreOffice ended: {self._complaints.read()}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{verb} {arguments}: {answer['error']}")
        return answer["answer"]

    def _kill(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
