"""Where the plans of a user are, remembered in the user's own folder.

A workbook usually lies in its plan folder. One in OneDrive or SharePoint has an address instead of
a place on the disk, and one that was mailed lies anywhere: its plan is looked for here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePath

from sop_xl.excel.machine import ThisComputer
from sop_xl.sources.plan_folder import SETTINGS_FILE

_FOLDER, _FILE = ".sop-xl", "plans.json"


def own_folder(home: PurePath) -> PurePath:
    """Where the program keeps what it knows of a user."""
    return home / _FOLDER


def list_file(home: PurePath) -> PurePath:
    """The file that the plan folders are listed in."""
    return own_folder(home) / _FILE


def known_plans(home: Path | None = None) -> list[Path]:
    """The plan folders that are remembered and there, the latest first.

    One that is away, on a drive that is not connected, stays remembered.
    """
    places = (Path(text) for text in _remembered(home))
    return [place for place in places if (place / SETTINGS_FILE).is_file()]


def remember_plan(plan: Path, home: Path | None = None) -> bool:
    """Remember a plan folder as the latest one.

    Returns:
        Whether that is news.

    Raises:
        SopError: The user's own folder cannot be written.
    """
    place = Path(os.path.normpath(plan.absolute()))  # not resolved: a drive stays a drive
    before = _remembered(home)
    after = with_plan(before, place)
    if before != after:
        _write(after, home)
    return before != after


def forget_plan(plan: Path, home: Path | None = None) -> bool:
    """Forget a plan folder; its files stay as they are.

    Returns:
        Whether it was remembered.

    Raises:
        SopError: The user's own folder cannot be written.
    """
    before = _remembered(home)
    after = without_plan(before, Path(os.path.normpath(plan.absolute())))
    if before != after:
        _write(after, home)
    return before != after


def parse(data: bytes | None) -> list[str]:
    """The folders in a file; none where it is missing or damaged: it is made anew then."""
    try:
        found = json.loads(data or b"{}")
    except ValueError:
        return []
    plans = found.get("plans") if isinstance(found, dict) else None
    return [text for text in plans if isinstance(text, str)] if isinstance(plans, list) else []


def dump(plans: Iterable[str]) -> bytes:
    """The file that lists these folders."""
    return (json.dumps({"plans": list(plans)}, indent=2, ensure_ascii=False) + "\n").encode()


def with_plan(plans: Sequence[str], plan: PurePath) -> list[str]:
    """A list with this plan folder as the first."""
    return [str(plan), *without_plan(plans, plan)]


def without_plan(plans: Sequence[str], plan: PurePath) -> list[str]:
    """A list without this plan folder; on Windows capitals make no difference."""
    return [text for text in plans if type(plan)(text) != plan]


def _remembered(home: Path | None) -> list[str]:
    try:
        return parse(Path(list_file(home or Path.home())).read_bytes())
    except OSError:
        return []


def _write(plans: Sequence[str], home: Path | None) -> None:
    computer = ThisComputer(home)
    computer.write(list_file(computer.home), dump(plans))
