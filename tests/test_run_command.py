"""``sop-xl run``: a plan folder, or the action of a button on a workbook."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import xlwings
from click.testing import CliRunner, Result

from sop_xl.actions import BUTTONS
from sop_xl.cli import DONE, FINDINGS, IMPOSSIBLE, main, office
from sop_xl.excel import live
from tests.actions.desk import CYCLE, Desk, cell_at, demand, state_of
from tests.books import type_in
from tests.conftest import BOOK
from tests.excel import engine

USAGE = 2
FORMULA = demand("Consensus demand")


def run(*arguments: str | Path, code: int = DONE, answers: str | None = None) -> Result:
    """Run the command; it has to end with this code and never with a traceback."""
    result = CliRunner(env={"SOP_NOW": "2026-10-06T15:30"}).invoke(
        main, ["run", *map(str, arguments)], input=answers
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def test_a_plan_folder_is_run_as_ever(plan: Path) -> None:
    result = run(plan)
    assert "Forecast accuracy" in result.output
    assert json.loads(run(plan, "--json").stdout)["cycle"] == CYCLE


# ---- a file ----------------------------------------------------------------------------


def test_an_action_on_a_file_is_told(plan: Path) -> None:
    lines = run("check", "--book", plan / BOOK).stdout.splitlines()
    assert lines == ["All checks passed.", "  See Checks!A1"]
    cell = cell_at(plan, FORMULA)
    text = run("explain", "--book", plan / BOOK, "--cell", cell).stdout
    assert text.startswith(f"{cell}: Consensus demand of Bikes · North, Dec 2026 is ")


@pytest.fixture
def typed_over(plan: Path) -> tuple[Path, str]:
    """A file in which a formula was typed over, and its cell."""
    (cell,) = type_in(plan / BOOK, {FORMULA: 999})
    return plan, cell


def test_what_would_be_overwritten_is_asked(
    typed_over: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, cell = typed_over
    before, state = (plan / BOOK).read_bytes(), state_of(plan)

    def untouched() -> bool:
        return (plan / BOOK).read_bytes() == before and state_of(plan) == state

    shown = f"  {cell} shows 999; it gets back its formula"
    silent = run("restore", "--book", plan / BOOK, "--json", code=FINDINGS)
    assert shown in silent.stderr.splitlines()
    assert "Nobody was there to ask: give --yes to go on." in silent.stderr
    assert json.loads(silent.stdout) == {
        "title": "Cancelled: nothing was changed.", "lines": [], "findings": True,
    }  # fmt: skip
    assert untouched()

    terminal = SimpleNamespace(stdin=SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(office, "sys", terminal)
    refused = run("restore", "--book", plan / BOOK, code=FINDINGS, answers="n\n")
    assert shown in refused.stdout.splitlines()
    assert "Go on? [y/N]: n" in refused.stdout
    assert refused.stdout.splitlines()[-1] == "Cancelled: nothing was changed."
    assert untouched()

    done = run("restore", "--book", plan / BOOK, "--yes", "--json", "--author", "Eve")
    found = json.loads(done.stdout)
    assert found["title"] == "Formulas restored: 0 changes taken over, 0 conflicts."
    assert f"{cell} shows 999; it gets back its formula" in found["lines"]
    assert not untouched()
    log = (plan / "logs/actions.log").read_text(encoding="utf-8")
    assert "2026-10-06 15:30:00 UTC Eve restore SOP_2026-10.xlsm: Formulas restored" in log


def test_what_is_refused_tells_a_script_why(plan: Path) -> None:
    refused = run("reopen", "--book", plan / BOOK, "--json", code=IMPOSSIBLE)
    assert json.loads(refused.stdout) == {
        "error": "No step of this cycle is signed off.",
        "remedy": "There is nothing to reopen.",
    }
    shutil.copy(plan / BOOK, plan.parent / "mailed.xlsm")
    text = run("check", "--book", plan.parent / "mailed.xlsm", code=IMPOSSIBLE).stderr
    assert "lies in no plan folder. Name the folder with --plan." in text
    named = run("check", "--book", plan.parent / "mailed.xlsm", "--plan", plan)
    assert named.stdout.startswith("All checks passed.")
    nowhere = run("check", "--book", plan / "no.xlsm", code=IMPOSSIBLE)
    assert "does not exist" in nowhere.stderr


@pytest.mark.parametrize("door", ["--book", "--open"])
def test_an_unknown_action_lists_those_there_are(plan: Path, door: str) -> None:
    text = run("simulate", door, plan / BOOK, code=IMPOSSIBLE).stderr
    assert "There is no action simulate." in text
    assert f"There are: {', '.join(BUTTONS)}." in text


@pytest.mark.parametrize("action", [name for name, one in BUTTONS.items() if one.needs_excel])
def test_what_moves_the_eye_is_not_for_files(plan: Path, action: str) -> None:
    text = run(action, "--book", plan / BOOK, code=IMPOSSIBLE).stderr
    assert f"sop-xl run {action} --open SOP_2026-10.xlsm" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["save", "--book", "a.xlsm", "--open", "a.xlsm"], "give one of them"),
        (["save", "--open", "a.xlsm", "--yes"], "--yes, --cell and --choice go with --book"),
        (["explain", "--open", "a.xlsm", "--cell", "Home!A1"],
         "--yes, --cell and --choice go with --book"),
        (["save"], "save is an action; on which workbook? --book or --open."),
    ],
)
def test_usage_that_says_nothing(arguments: list[str], message: str, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(tmp_path)
        assert message in " ".join(run(*arguments, code=USAGE).stderr.split())


# ---- a workbook that is open -----------------------------------------------------------


def test_where_there_is_no_excel_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlwings.engines, "active", None)  # whatever other tests left behind
    text = run("save", "--open", "SOP_2026-10.xlsm", code=IMPOSSIBLE).stderr
    assert "There is no Excel here that could be reached." in text
    assert "--book FILE" in text
    monkeypatch.setitem(sys.modules, "xlwings", None)
    text = run("save", "--open", "SOP_2026-10.xlsm", code=IMPOSSIBLE).stderr
    assert "xlwings is not installed" in text


@pytest.fixture
def excels() -> Iterator[engine.Excels]:
    with engine.running() as running:
        yield running


def test_an_open_workbook_is_worked_on_by_its_name(
    small: Path, plan: Path, excels: engine.Excels
) -> None:
    desk = Desk(small, plan, excels.add())
    (cell,) = desk.type({demand("± Sales"): 25})
    result = run("changes", "--open", "SOP_2026-10", code=FINDINGS)
    assert result.stdout.splitlines()[0] == "1 change not saved to the plan yet, 0 conflicts."
    assert f"  {cell}: " in result.stdout
    assert desk.excel.alerts[0].text.startswith("1 change not saved to the plan yet")
    as_json = run("changes", "--open", desk.book.fullname, "--json", code=FINDINGS)
    assert json.loads(as_json.stdout)["findings"] is True

    other = Desk(small, Path(shutil.copytree(plan, plan.parent / "other")), excels.add())
    text = run("changes", "--open", "SOP_2026-10.xlsm", code=IMPOSSIBLE).stderr
    assert "2 workbooks called SOP_2026-10.xlsm are open in Excel." in text
    assert "name the one that is meant with its folder" in text
    assert run("changes", "--open", other.book.fullname).stdout.startswith("0 changes")


def test_excel_is_looked_for_once_the_action_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "_apps", lambda: pytest.fail("Excel was looked for"))
    run("simulate", "--open", "SOP.xlsm", code=IMPOSSIBLE)
