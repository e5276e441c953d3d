"""What the ribbon calls: ``from sop_xl.excel import ribbon; ribbon.press('forecast')``.

This is the door at which nothing may die silently: whatever happens, the person who pressed gets
one readable message, and the details stand in a log.
"""

from __future__ import annotations

import datetime as dt
import traceback
from contextlib import suppress
from pathlib import Path

from sop_xl.actions import (
    BUTTONS,
    Press,
    Report,
    button,
    login,
    open_plan,
    perform,
    plan_folder_of,
)
from sop_xl.errors import SopError
from sop_xl.excel.live import LiveBook, caller
from sop_xl.excel.places import known_plans, own_folder

TROUBLE = "An error of the program stopped this. What was typed is in the workbook or in the plan."


def press(action: str) -> None:
    """A button was pressed in a workbook that is open in Excel."""
    try:
        _press(caller(), action)
    except SopError as error:  # nobody to tell it to but xlwings, which shows what is said last
        raise SystemExit(str(error)) from None


def _press(book: LiveBook, action: str) -> None:
    """Do what a button does, and tell whatever came of it."""
    try:
        press_in(book, action)
    except SopError as error:
        _tell(book, action, error.message, [error.remedy])
    except OSError as error:
        place = f" ({error.filename})" if error.filename else ""
        reason = f"The system refused: {error.strerror or error}{place}."
        _tell(book, action, reason, ["Mend it and press the button again."])
    except Exception:  # a person is waiting for an answer; the trace says what to mend
        _tell(book, action, TROUBLE, _keep_trace(traceback.format_exc()))


def press_in(book: LiveBook, action: str, plan: Path | None = None) -> Report:
    """Do what a button does in an open workbook.

    Args:
        plan: The plan folder; the one that the workbook belongs to if not given.

    Raises:
        SopError: It was impossible, and nothing was written.
    """
    pressed = button(action)
    try:
        folder = plan or plan_of(book)
        now = dt.datetime.now(dt.UTC)
        return perform(Press(action, book, folder, login(), now), pressed, pressed.label)
    finally:
        book.quiet()


def plan_of(book: LiveBook) -> Path:
    """The plan folder of an open workbook.

    It lies in it; if it does not, or is in the cloud, it is one of those that ``sop-xl
    excel-setup --plan`` remembers, and that issued the workbook.

    Raises:
        SopError: None is known.
    """
    build = book.identity()["build"]
    place = Path(book.file)
    if "://" not in book.file and place.is_absolute() and place.exists():
        with suppress(SopError):  # it was mailed or moved
            return plan_folder_of(place)
    plans = known_plans()
    for folder in plans:
        if _issued(folder, build):
            return folder
    if len(plans) == 1:
        return plans[0]  # the template belongs to no plan: it opens the only one there is
    raise SopError(
        f"{book.name} lies in no plan folder.",
        "Save it in the folder of its plan, below sop.toml; or let Excel remember the folder: "
        "sop-xl excel-setup --plan FOLDER",
    )


def _issued(folder: Path, build: str) -> bool:
    """Whether a plan issued a workbook; one that cannot be opened stands in nobody's way."""
    with suppress(SopError), open_plan(folder) as plan:
        return plan.store.issued(build) is not None
    return False


def _tell(book: LiveBook, action: str, message: str, lines: list[str]) -> None:
    label = BUTTONS[action].label if action in BUTTONS else action
    book.log([(label, message)])
    book.tell(message, [line for line in lines if line])


def _keep_trace(trace: str) -> list[str]:
    """Keep the trace of an error in a file; gives lines that say where it is."""
    place = Path(own_folder(Path.home())) / "errors.log"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("a", encoding="utf-8") as file:
            file.write(f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%S} UTC\n{trace}\n")
    except OSError:
        return [trace.strip().splitlines()[-1]]
    return [f"The details are in {place}.", "Send that file to whoever looks after sop-xl."]
