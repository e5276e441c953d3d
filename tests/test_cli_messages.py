"""What commands say where something is wrong: one cause, one word, one exit code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sop_xl import actions, cli
from sop_xl.actions import batching
from sop_xl.cli import DONE, FINDINGS, IMPOSSIBLE, main
from sop_xl.schema import Finding, Severity
from sop_xl.store import Change, Conflict, Kind
from sop_xl.store.values import Row
from tests import companies
from tests.books import InGrid, type_in
from tests.conftest import BOOK, NOW

USAGE = 2
SALES = InGrid("Demand_Plan", ("Bikes", "North"), "± Sales", "2026-12", "Demand plan")
REASON = SALES._replace(measure="Reason")


def run(*arguments: str | Path, code: int) -> Result:
    result = CliRunner(env={"SOP_NOW": NOW.isoformat()}).invoke(main, [str(a) for a in arguments])
    assert result.exit_code == code, result.output
    return result


# ---- what is not there -----------------------------------------------------------------


@pytest.mark.parametrize("command", ["check", "load", "run", "generate", "status", "batch"])
def test_a_folder_that_does_not_exist_is_3(command: str, tmp_path: Path) -> None:
    result = run(command, tmp_path / "nowhere", code=IMPOSSIBLE)
    assert "nowhere does not exist." in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize("command", ["check", "batch"])
def test_a_file_is_no_folder(command: str, tmp_path: Path) -> None:
    (tmp_path / "book.xlsx").touch()
    text = run(command, tmp_path / "book.xlsx", code=IMPOSSIBLE).stderr
    assert "book.xlsx is " in text
    assert "folder" in text


def test_a_workbook_that_does_not_exist_is_3(plan: Path, tmp_path: Path) -> None:
    missing = tmp_path / "no.xlsx"
    commands: list[list[str | Path]] = [
        ["collect", missing], ["collect", "--plan", plan, missing],
        ["diff", plan / BOOK, missing], ["diff", missing, plan / BOOK],
    ]  # fmt: skip
    for arguments in commands:
        assert f"{missing} does not exist." in run(*arguments, code=IMPOSSIBLE).stderr
    text = run("collect", "--plan", tmp_path / "nowhere", plan / BOOK, code=IMPOSSIBLE).stderr
    assert "The plan folder" in text


@pytest.mark.parametrize("name", ["2026-13", "2026-00", "26-10", "0000-01", "october"])
@pytest.mark.parametrize("command", ["check", "load", "run", "generate", "batch"])
def test_a_month_that_does_not_exist_is_wrong_usage(command: str, name: str, plan: Path) -> None:
    assert f"{name} is no cycle" in run(command, plan, "--cycle", name, code=USAGE).stderr


# ---- for a script ----------------------------------------------------------------------


@pytest.mark.parametrize("command", ["check", "load", "run", "generate", "status", "batch"])
def test_what_is_impossible_is_json_too(command: str, tmp_path: Path) -> None:
    result = run(command, tmp_path / "nowhere", "--json", code=IMPOSSIBLE)
    told = json.loads(result.stdout)
    assert set(told) == {"error", "remedy"}
    assert "does not exist" in told["error"]
    assert told["remedy"]
    assert result.stderr == ""


def test_collect_tells_of_each_workbook_in_json(plan: Path, tmp_path: Path) -> None:
    result = run("collect", tmp_path / "no.xlsx", plan / BOOK, "--json", code=IMPOSSIBLE)
    refused, taken = json.loads(result.stdout)
    assert refused == {
        "book": str(tmp_path / "no.xlsx"), "error": f"{tmp_path / 'no.xlsx'} does not exist.",
        "remedy": "Check the name of the workbook.",
    }  # fmt: skip
    assert (taken["book"], taken["applied"]) == (str(plan / BOOK), [])


def test_what_the_system_refuses_is_json_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> list[Any]:
        raise PermissionError(13, "Permission denied", "sop.db")

    monkeypatch.setattr(actions, "status", refuse)
    told = json.loads(run("status", tmp_path, "--json", code=IMPOSSIBLE).stdout)
    assert told["error"].startswith("the system refused: Permission denied (sop.db).")
    assert "the system refused" in run("status", tmp_path, code=IMPOSSIBLE).stderr


def test_who_has_read_enough_gets_no_error(plan: Path) -> None:
    """As ``sop-xl run plan | head``: the reader is gone before anything is printed."""
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-c", "from sop_xl.cli import main; main()", "run", str(plan)]
    with os.fdopen(write, "w") as stdout:
        done = subprocess.run(command, stdout=stdout, stderr=subprocess.PIPE, text=True)
    assert done.stderr == ""
    assert done.returncode in (DONE, FINDINGS)


# ---- what is printed -------------------------------------------------------------------


def test_settings_that_are_no_toml_are_one_message(plan: Path) -> None:
    with (plan / "sop.toml").open("a") as file:
        file.write("\n[sources.actuals\n")
    lines = run("check", plan, code=FINDINGS).stdout.splitlines()
    assert [line for line in lines if line.startswith(("error", "warning"))] == lines[:1]
    assert "sop.toml cannot be understood" in lines[0]


def test_generate_prints_what_the_plan_found(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = actions.generate(plan)
    found = Finding("actuals", "Something is odd.", "Look at it.", Severity.WARNING)
    monkeypatch.setattr(actions, "generate", lambda *_, **__: made._replace(findings=[found]))
    assert "warning: actuals: Something is odd. Look at it." in run("generate", plan, code=0).stdout
    told = json.loads(run("generate", plan, "--json", code=DONE).stdout)
    assert told["findings"] == [
        {"table": "actuals", "message": "Something is odd.", "remedy": "Look at it.",
         "severity": "warning", "file": "", "sheet": "", "cell": ""},
    ]  # fmt: skip


RISK = Change("risks", '{"risk":"R-9"}', "", None, {}, Kind.ADDED, "", "Risks!A20")
HELD: Row = {
    "risk": "R-9", "description": "Strike", "probability": 0.5, "impact": 100.0, "due": None,
}  # fmt: skip
IMPACT = RISK._replace(column="impact", old=1.0, new=2.0, kind=Kind.EDIT)


@pytest.mark.parametrize(
    ("conflict", "kept"),
    [
        (Conflict(RISK, HELD), "kept: Description: Strike; Probability: 50 %; Impact: 100"),
        (Conflict(RISK._replace(kind=Kind.DELETED, new=None), HELD),
         "kept: Description: Strike; Probability: 50 %; Impact: 100"),
        (Conflict(RISK, None), "kept: the row is gone"),
        (Conflict(IMPACT, 3.0), "kept: 3"),
        (Conflict(IMPACT, None), "kept: –"),
        (Conflict(IMPACT, None, gone=True), "kept: the row is gone"),
    ],
)  # fmt: skip
def test_a_conflict_is_told_in_words(
    conflict: Conflict, kept: str, plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = actions.Collected(plan / BOOK, "2026-10", [], [conflict], [])
    monkeypatch.setattr(actions, "collect", lambda *_, **__: result)
    line, summary = run("collect", plan / BOOK, code=FINDINGS).stdout.splitlines()
    assert line.startswith("conflict: Risks!A20: R-9: ")
    assert line.endswith(f"; {kept}")
    assert summary.endswith("0 changes taken over, 1 conflict.")


# ---- many plans ------------------------------------------------------------------------


def test_batch_tells_data_from_machine(tmp_path: Path) -> None:
    """One plan is good, one has an error in its data, one a workbook that was not collected."""
    good = companies.make(tmp_path / "good")
    (companies.make(tmp_path / "wrong") / "data" / "items.csv").unlink()
    result = run("batch", tmp_path, code=FINDINGS)
    lines = result.stdout.splitlines()
    assert lines[1].split()[:4] == ["good", "2026-10", "done", f"good/{BOOK.as_posix()}"]
    assert lines[2].split()[:3] == ["wrong", "2026-10", "refused"]
    assert "1 error" in lines[2]
    assert "the first: error: items: Items is missing" in lines[2]
    assert lines[-1] == "1 workbook written, 1 refused."

    shutil.copytree(good, tmp_path / "typed")
    type_in(tmp_path / "typed" / BOOK, {SALES: 25, REASON: "other"})
    result = run("batch", tmp_path, code=IMPOSSIBLE)
    lines = result.stdout.splitlines()
    assert lines[2].split()[:2] == ["typed", "failed"]
    assert "not collected" in lines[2]
    assert lines[-1] == "1 workbook written, 1 refused, 1 failed."
    rows = {row["plan"]: row for row in
            json.loads(run("batch", tmp_path, "--json", code=IMPOSSIBLE).stdout)}
    assert {name: row["result"] for name, row in rows.items()} == {
        "good": "done", "typed": "failed", "wrong": "refused",
    }  # fmt: skip


def test_batch_counts_findings_and_checks_in_words(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = actions.generate(plan)
    warning = Finding("actuals", "Odd.", "", Severity.WARNING)
    made = made._replace(
        checks_failed=1, findings=[warning, warning, warning._replace(severity=Severity.REPAIR)]
    )
    monkeypatch.setattr(batching, "generate", lambda *_, **__: made)
    (row,) = actions.batch(plan, author="Ann", at=NOW, reload=False)
    assert (row.plan, row.result) == (plan.name, "findings")
    assert row.message == "2 warnings, 1 check failed"
    loaded = actions.check(plan).findings
    (row,) = actions.batch(plan, author="Ann", at=NOW)
    warnings = sum(finding.severity is Severity.WARNING for finding in loaded)
    assert row.message == f"{warnings + 2} warnings, 1 check failed"
    assert warnings


def test_the_documents_say_what_the_exit_codes_are() -> None:
    assert (DONE, FINDINGS, IMPOSSIBLE, cli.STOPPED) == (0, 1, 3, 130)
    text = (Path(__file__).parents[1] / "docs" / "commands.md").read_text("utf-8")
    assert "a folder, workbook or cycle that does not exist" in text
    assert '`{"error": ..., "remedy": ...}`' in text
