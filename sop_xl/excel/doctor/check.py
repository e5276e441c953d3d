"""One thing that was looked at: what was found, whether it is well, and what to do if not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from sop_xl.planning.wording import count


class State(Enum):
    """How a check ended; the worst last."""

    OK = "ok"
    UNSEEN = "unseen"
    """It cannot be looked at from here."""
    WARNING = "warning"
    """It works, or will in most cases."""
    WRONG = "wrong"
    """Buttons, functions or the workbook do not work."""


SIGNS = {State.OK: "●", State.UNSEEN: "○", State.WARNING: "▲", State.WRONG: "■"}
WORDS = {State.OK: "ok", State.UNSEEN: "not seen", State.WARNING: "warning", State.WRONG: "wrong"}


class Check(NamedTuple):
    """One check and its result."""

    name: str
    found: str
    state: State
    remedy: str = ""
    """One or two lines that can be followed as they stand."""


def ok(name: str, found: str) -> Check:
    return Check(name, found, State.OK)


def unseen(name: str, found: str, remedy: str = "") -> Check:
    return Check(name, found, State.UNSEEN, remedy)


def warning(name: str, found: str, remedy: str) -> Check:
    return Check(name, found, State.WARNING, remedy)


def wrong(name: str, found: str, remedy: str) -> Check:
    return Check(name, found, State.WRONG, remedy)


def worst(checks: Sequence[Check]) -> State:
    """The worst state of all; ok where there is no check."""
    order = list(State)
    return max((check.state for check in checks), key=order.index, default=State.OK)


def lines(checks: Sequence[Check]) -> list[str]:
    """The checks as text, with a line that sums up.

    >>> lines([wrong("xlwings", "not installed", "pip install xlwings")])
    ['■ xlwings (wrong): not installed', '    pip install xlwings', '1 wrong.']
    """
    told = []
    for check in checks:
        word = "" if check.state is State.OK else f" ({WORDS[check.state]})"
        told.append(f"{SIGNS[check.state]} {check.name}{word}: {check.found}")
        told += [f"    {line}" for line in check.remedy.splitlines()]
    numbers = Counter(check.state for check in checks)
    parts = [count(numbers[state], "warning") if state is State.WARNING
             else f"{numbers[state]} {WORDS[state]}" for state in State if numbers[state]]
    return [*told, f"{', '.join(parts) or 'Nothing to check'}."]


def records(checks: Sequence[Check]) -> list[dict[str, str]]:
    """The checks for a script."""
    return [check._asdict() | {"state": check.state.value} for check in checks]
