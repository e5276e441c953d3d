"""Why a cell shows an error: a log for whoever has to find out."""

from __future__ import annotations

import contextlib
import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

log = logging.getLogger("sop_xl.udfs")
log.addHandler(logging.NullHandler())  # a program that uses the functions decides on its own log

FOLDER = ".sop-xl"
"""In the home folder of the user."""
NAME = "functions.log"
_BYTES, _OLDER = 1_000_000, 2
_LINE = "%(asctime)s %(levelname)s %(message)s"


class LogFile(RotatingFileHandler):
    """A log that nobody has to look after: what cannot be written is not written."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
        """A full disk or a second Excel at the same file is no matter of the cell's."""


def serves_excel() -> bool:
    """Whether this process is the server that Excel on Windows calls for its functions."""
    server = sys.modules.get("xlwings.com_server")
    return server is not None and bool(server.loop.is_running())


def keep_file(home: Path | None = None) -> None:
    """Write the log to a file as well, from now on; without a word where that is not possible.

    Args:
        home: Where the folder of the log is made; the home folder of the user by default.
    """
    if any(isinstance(handler, LogFile) for handler in log.handlers):
        return
    with contextlib.suppress(OSError, RuntimeError):  # no home folder, or none to write to
        folder = (home or Path.home()) / FOLDER
        folder.mkdir(exist_ok=True)
        handler = LogFile(
            folder / NAME, maxBytes=_BYTES, backupCount=_OLDER, encoding="utf-8", delay=True
        )
        handler.setFormatter(logging.Formatter(_LINE))
        log.addHandler(handler)
