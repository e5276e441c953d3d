"""When Excel does not do what it is asked: why, and how long to wait until it does.

Errors of Excel come as exceptions of pywin32 (``com_error``), of appscript (``CommandError``) or of
xlwings. Neither package can be imported everywhere: they are known by what they carry.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sop_xl.errors import SopError

Answer = TypeVar("Answer")

REJECTED, RETRY_LATER, IGNORED = -2147418111, -2147417846, -2146777998
"""RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER, and 0x800AC472: a cell is being edited."""
UNAVAILABLE, DISCONNECTED, CALL_FAILED = -2147023174, -2147417848, -2147023170
"""RPC_S_SERVER_UNAVAILABLE, RPC_E_DISCONNECTED, RPC_S_CALL_FAILED: Excel is gone."""
NO_ANSWER = -1712
"""errAETimeout: Excel for Mac did not answer."""
PATIENCE = 5.0
"""Seconds for which a busy Excel is asked again."""
_PAUSE = 0.1


def is_excels(error: BaseException) -> bool:
    """Whether an error came from Excel, and not from this program."""
    if hasattr(error, "hresult") or hasattr(error, "errornumber"):
        return True
    kind = type(error)  # xlwings raises errors of its own, and bare ones
    return kind.__module__.partition(".")[0] == "xlwings" or kind is Exception


def is_busy(error: BaseException) -> bool:
    """Whether Excel does not listen: a cell is being edited, a dialog is open, it calculates."""
    busy = {REJECTED, RETRY_LATER, IGNORED, NO_ANSWER}
    return bool(_codes(error) & busy) or type(error).__name__ == "ExcelBusyError"


def words(error: BaseException) -> str:
    """What Excel says about an error, in one line."""
    details: Any = getattr(error, "excepinfo", None)
    text = details[2] if details and len(details) > 2 else getattr(error, "errormessage", None)
    return " ".join(str(text or error).split()).rstrip(".")


def refused(error: BaseException, doing: str, remedy: str) -> SopError:
    """An error of Excel in the words of a person.

    Args:
        doing: What was tried, as in "Excel did not <doing>".
        remedy: What helps if Excel is there and listens.
    """
    if _codes(error) & {UNAVAILABLE, DISCONNECTED, CALL_FAILED}:
        return SopError(
            "Excel was closed while it was asked.", "Open the workbook and press the button again."
        )
    if is_busy(error):
        return SopError(
            "Excel does not listen: a cell is being edited, or a dialog is open.",
            "Press Enter or Esc in the cell that is being edited, close the dialog, and try again.",
        )
    return SopError(f"Excel did not {doing}: {words(error)}.", remedy)


@contextmanager
def told(doing: str, remedy: str = "Try again; if it goes on, restart Excel.") -> Iterator[None]:
    """Say what Excel did not do; errors of our own stay what they are."""
    try:
        yield
    except Exception as error:  # com_error and CommandError cannot be named here
        if not is_excels(error):
            raise
        raise refused(error, doing, remedy) from error


def patiently(ask: Callable[[], Answer]) -> Answer:
    """Ask Excel, again and again for a while if it is busy.

    Raises:
        Exception: What Excel answered at last.
    """
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with once():
                return ask()
        except Exception as error:
            if not is_busy(error) or time.monotonic() >= until:
                raise
        time.sleep(_PAUSE)


@contextmanager
def once() -> Iterator[None]:
    """xlwings asks a busy Excel for ever, and nobody would ever learn why: let it ask once."""
    windows: Any = sys.modules.get("xlwings._xlwindows")
    if windows is None:
        yield
        return
    before = windows.N_COM_ATTEMPTS
    windows.N_COM_ATTEMPTS = 1
    try:
        yield
    finally:
        windows.N_COM_ATTEMPTS = before


def _codes(error: BaseException) -> set[int]:
    details: Any = getattr(error, "excepinfo", None) or ()
    numbers = (getattr(error, "hresult", None), getattr(error, "errornumber", None), *details[5:6])
    return {number for number in numbers if isinstance(number, int)}
