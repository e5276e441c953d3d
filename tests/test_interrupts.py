"""Full disks, locked files, Ctrl-C: a clear word, and everything stands as it stood."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest
from click.testing import CliRunner, Result

from sop_xl import actions, cycle, example
from sop_xl.actions import example as making
from sop_xl.actions import issuing
from sop_xl.cli import IMPOSSIBLE, main
from sop_xl.store import base
from tests.books import InGrid, type_in
from tests.conftest import BOOK, NOW

INTERRUPTED = 130


def run(*arguments: str | Path, code: int) -> Result:
    result = CliRunner(env={"SOP_NOW": NOW.isoformat()}).invoke(main, [str(a) for a in arguments])
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    return result


def files(folder: Path) -> dict[str, str]:
    """A hash of each file but the store, whose pages may be written anew."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "sop.db"
    }


def held(plan: Path) -> list[Any]:
    """What the store says."""
    return [(s.cycle, s.revisions, s.rows, s.changes, s.books) for s in actions.status(plan)]


def failing(error: BaseException) -> Callable[..., NoReturn]:
    def fail(*_: Any, **__: Any) -> NoReturn:
        raise error

    return fail


FULL = OSError(errno.ENOSPC, "No space left on device")
READ_ONLY = OSError(errno.EROFS, "Read-only file system")
LOCKED = PermissionError(errno.EACCES, "The process cannot access the file: it is in use")
TROUBLES = [
    pytest.param("fsync", FULL, "Free some space on the disk", id="full"),
    pytest.param("open", READ_ONLY, "Choose a folder that can be written", id="read-only"),
    pytest.param("open", LOCKED, "check that you may write in its folder", id="no rights"),
    pytest.param("replace", LOCKED, "Close the file if it is open in Excel", id="locked"),
    pytest.param("mkdir", FULL, "No space left on device", id="no folder"),
]


def trouble(monkeypatch: pytest.MonkeyPatch, where: str, error: OSError) -> None:
    """Let the system refuse a call, for workbooks only."""
    if where == "fsync":
        monkeypatch.setattr(os, "fsync", failing(error))
        return
    usual = getattr(Path, where)

    def refuse(path: Path, *arguments: Any, **options: Any) -> Any:
        named = path.parent.name if where == "mkdir" else path.suffix
        if named in (".tmp", "cycles"):
            raise error
        return usual(path, *arguments, **options)

    monkeypatch.setattr(Path, where, refuse)


@pytest.mark.parametrize(("where", "error", "remedy"), TROUBLES)
def test_a_workbook_that_cannot_be_written_leaves_the_old_one(
    plan: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: OSError, remedy: str
) -> None:
    before, store = files(plan), held(plan)
    trouble(monkeypatch, where, error)
    text = run("generate", plan, code=IMPOSSIBLE).stderr
    assert remedy in text
    assert str(error.strerror) in text
    monkeypatch.undo()
    assert files(plan) == before
    assert held(plan) == store
    actions.generate(plan)
    assert files(plan) == before


def test_people_go_on_in_the_old_workbook_where_no_new_one_could_be_written(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = InGrid("Supply_Plan", ("Bikes",), "Fixed production", "2026-12")
    type_in(plan / BOOK, {place: 40})
    actions.collect(plan, plan / BOOK, author="Bob", at=NOW)
    with monkeypatch.context() as patched:
        trouble(patched, "replace", LOCKED)
        run("generate", plan, code=IMPOSSIBLE)
    type_in(plan / BOOK, {place: 45})
    (again,) = actions.collect(plan, plan / BOOK, author="Bob", at=NOW).applied
    assert (again.old, again.new) == (40.0, 45.0)


@pytest.mark.parametrize(
    "place", [(issuing, "draw"), (issuing, "run_open"), (os, "fsync"), (cycle, "run")],
    ids=["drawing", "planning", "writing", "step"],
)  # fmt: skip
def test_ctrl_c_while_a_workbook_is_made(
    plan: Path, monkeypatch: pytest.MonkeyPatch, place: tuple[Any, str]
) -> None:
    before, store = files(plan), held(plan)
    with monkeypatch.context() as patched:
        patched.setattr(*place, failing(KeyboardInterrupt()))
        text = run("generate", plan, code=INTERRUPTED).stderr
    assert "stopped. The store and earlier workbooks are as they were." in text
    assert files(plan) == before
    assert held(plan) == store


@pytest.mark.parametrize("where", ["_insert", "save_findings", "add_revision"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), FULL], ids=["Ctrl-C", "full disk"])
def test_a_load_is_taken_in_whole_or_not_at_all(
    plan: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: BaseException
) -> None:
    items = plan / "data" / "items.csv"
    items.write_text(items.read_text("utf-8-sig").replace("City bike", "Town bike"), "utf-8")
    before, store = files(plan), held(plan)
    with monkeypatch.context() as patched:
        patched.setattr(base, where, failing(error))
        code = INTERRUPTED if isinstance(error, KeyboardInterrupt) else IMPOSSIBLE
        run("load", plan, code=code)
    assert files(plan) == before
    assert held(plan) == store
    assert actions.load(plan, author="Ann", at=NOW).revision is not None


def test_ctrl_c_while_changes_are_collected(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = InGrid("Supply_Plan", ("Bikes",), "Fixed production", "2026-12")
    type_in(plan / BOOK, {place: 40})
    before, store = files(plan), held(plan)
    with monkeypatch.context() as patched:
        patched.setattr("sop_xl.store.log.record", failing(KeyboardInterrupt()))
        run("collect", plan / BOOK, code=INTERRUPTED)
    assert files(plan) == before
    assert held(plan) == store
    assert len(actions.collect(plan, plan / BOOK, author="Bob", at=NOW).applied) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt(), FULL], ids=["Ctrl-C", "full disk"])
@pytest.mark.parametrize("where", [(example, "to_csv"), (making, "load"), (making, "generate")],
                         ids=["files", "load", "workbook"])  # fmt: skip
@pytest.mark.parametrize("there", [True, False], ids=["empty folder", "no folder"])
def test_half_an_example_company_is_not_left_behind(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    where: tuple[Any, str],
    error: BaseException,
    there: bool,
) -> None:
    folder = tmp_path / "demo"
    if there:
        folder.mkdir()
    monkeypatch.setattr(*where, failing(error))
    code = INTERRUPTED if isinstance(error, KeyboardInterrupt) else IMPOSSIBLE
    run("demo", folder, code=code)
    assert not folder.exists() or list(folder.iterdir()) == []
