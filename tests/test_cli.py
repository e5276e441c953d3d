"""The commands: their help, their exit codes, what they print for people and for scripts."""

from __future__ import annotations

import getpass
import json
import re
import shutil
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from sop_xl import __version__, actions, cli
from sop_xl.cli import DONE, FINDINGS, IMPOSSIBLE, main
from sop_xl.workbook.package import Package
from tests import companies
from tests.books import InGrid, InList, type_in, value_of
from tests.conftest import BOOK

USAGE = 2
COMMANDS = sorted(main.commands)
WITH_JSON = sorted(
    name for name, command in main.commands.items()
    if any(parameter.name == "as_json" for parameter in command.params)
)  # fmt: skip
SALES = InGrid("Demand_Plan", ("Bikes", "North"), "± Sales", "2026-12", "Demand plan")
REASON = SALES._replace(measure="Reason")


def run(*arguments: str | Path, code: int = DONE, **environment: str) -> Result:
    """Run a command; it has to end with this code and never with a traceback."""
    result = CliRunner(env={"SOP_NOW": "2026-10-06T15:30", **environment}).invoke(
        main, [str(argument) for argument in arguments]
    )
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    return result


def printed(*arguments: str | Path, code: int = DONE) -> Any:
    """What a command prints with --json."""
    return json.loads(run(*arguments, "--json", code=code).stdout)


# ---- help ------------------------------------------------------------------------------


def test_the_commands_are_those_of_the_readme() -> None:
    assert COMMANDS == [
        "backtest", "batch", "check", "collect", "demo", "diff", "doctor", "excel-setup",
        "generate", "init", "load", "run", "status", "template",
    ]  # fmt: skip


def test_help_names_every_command_and_the_exit_codes() -> None:
    text = run("--help").output
    assert all(f"  {name}" in text for name in COMMANDS)
    assert "0 done, 1 findings" in text
    assert run("--version").output.strip().endswith(__version__)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_an_example_that_can_be_parsed(name: str) -> None:
    text = run(name, "--help").output
    example = re.search(rf"Example: sop-xl {name} (.*)", text)
    assert example
    command = main.commands[name]
    arguments = [word for word in example[1].split() if word != "companies"]
    if name == "batch":
        arguments = [".", *arguments]
    assert command.make_context(name, arguments, resilient_parsing=False)
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name != "help":
            assert parameter.help, parameter.name


@pytest.mark.parametrize("arguments", [["nonsense"], ["load", "--nonsense"], ["collect"],
                                       ["load", ".", "--cycle", "2026-13"],
                                       ["demo", "x", "--seed", "y"],
                                       ["load", ".", "--now", "yesterday"]])  # fmt: skip
def test_wrong_usage_is_2(arguments: list[str]) -> None:
    run(*arguments, code=USAGE)


# ---- a month, by hand ------------------------------------------------------------------


def test_init_makes_a_folder_that_can_be_checked(tmp_path: Path) -> None:
    folder = tmp_path / "my company"
    assert f"sop-xl check {folder}" in run("init", folder).output
    text = run("check", folder, code=FINDINGS).output
    assert "without it there is no plan" in text
    assert "Nothing is loaded until the errors are mended" in text
    found = printed("check", folder, code=FINDINGS)
    assert found["loaded"] is False
    assert found["counts"]["error"] == 2
    assert {finding["table"] for finding in found["findings"]} >= {"items", "actuals"}
    assert "is a plan folder already" in run("init", folder, code=IMPOSSIBLE).output
    assert "Nothing has been loaded yet" in run("generate", folder, code=IMPOSSIBLE).output
    assert "Nothing has been loaded yet" in run("status", folder).output


def test_the_commands_of_a_month(tmp_path: Path) -> None:
    plan = companies.make(tmp_path / "plan")
    assert "would be loaded" in run("check", plan, code=FINDINGS).output
    assert "Everything loaded" in run("load", plan, "--author", "Ann").output
    kpis = run("run", plan).output
    assert "Forecast accuracy" in kpis
    made = printed("generate", plan)
    assert Path(made["path"]) == plan / BOOK
    assert (made["cycle"], made["version"], made["checks_failed"]) == ("2026-10", 1, 0)
    assert "all checks passed" in run("generate", plan, "--out", tmp_path / "b.xlsm").output

    type_in(plan / BOOK, {SALES: 25, REASON: "other"})
    assert "not collected" in run("generate", plan, code=IMPOSSIBLE).output
    differences = run("diff", tmp_path / "b.xlsm", plan / BOOK, code=FINDINGS).output
    assert "± Sales: – -> 25 (other)" in differences
    assert "2 differences." in differences
    taken = run("collect", plan / BOOK, "--author", "Bob").output
    assert "SOP_2026-10.xlsm: 2 changes taken over, 0 conflicts." in taken
    assert "Demand_Plan!S48: Bikes, North, " in taken
    assert run("diff", plan / BOOK, plan / BOOK).output == "0 differences.\n"
    run("generate", plan)
    assert value_of(plan / BOOK, SALES) == 25
    lines = run("status", plan).output.splitlines()
    assert lines[0].split() == ["Cycle", "Status", "Rows", "Changes", "Conflicts", "Books", "Last"]
    assert re.split(r"\s{2,}", lines[1])[0::3] == ["2026-10", "2", "run by Bob, 2026-10-06 15:30"]


@pytest.fixture
def typed(plan: Path) -> Path:
    type_in(plan / BOOK, {SALES: 25, REASON: "other"})
    return plan


def test_json_tells_it_all(typed: Path, tmp_path: Path) -> None:
    shutil.copy(typed / BOOK, tmp_path / "copy.xlsm")
    loaded = printed("load", typed)
    assert loaded["loaded"] is True
    assert loaded["rows"]["items"] == 3
    assert loaded["counts"] == {"error": 0, "warning": 2, "repair": 0}
    assert len(loaded["findings"]) == 2
    assert set(loaded["findings"][0]) == {
        "table", "message", "remedy", "severity", "file", "sheet", "cell",
    }  # fmt: skip
    (collected,) = printed("collect", typed / BOOK)
    assert collected["cycle"] == "2026-10"
    assert [(c["column"], c["old"], c["new"]) for c in collected["applied"]] == [
        ("sales_adjustment", None, 25.0), ("reason", None, "other"),
    ]  # fmt: skip
    assert (collected["conflicts"], collected["findings"]) == ([], [])
    ran = printed("run", typed)
    assert ran["cycle"] == "2026-10"
    assert len(ran["kpis"]) == 12
    assert all(check["status"] == "● passed" for check in ran["checks"])
    assert ran["headlines"]["Home"]
    assert printed("diff", tmp_path / "copy.xlsm", typed / BOOK) == []
    made = printed("generate", typed)
    assert Path(made["path"]).exists()
    (cycle,) = printed("status", typed)
    assert (cycle["changes"], cycle["conflicts"]) == (2, 0)
    assert cycle["books"][-1]["build"] == made["build"]
    assert [revision["kind"] for revision in cycle["revisions"]].count("collect") == 1
    (row,) = printed("batch", typed.parent)
    assert (row["plan"], row["result"]) == (typed.name, "done")


def test_every_command_that_a_script_wants_prints_json() -> None:
    assert WITH_JSON == [
        "backtest", "batch", "check", "collect", "diff", "doctor", "generate", "load", "run",
        "status",
    ]  # fmt: skip


def test_the_time_is_given_or_taken_from_the_environment(plan: Path) -> None:
    run("load", plan, SOP_NOW="2026-10-07T08:00+02:00")
    run("load", plan, "--now", "2026-10-08T08:00")
    (cycle,) = printed("status", plan)
    times = [revision["saved_at"] for revision in cycle["revisions"] if revision["kind"] == "load"]
    assert times[-2:] == ["2026-10-07T06:00:00+00:00", "2026-10-08T08:00:00+00:00"]
    assert "'soon' is no time" in run("load", plan, code=USAGE, SOP_NOW="soon").output


def test_a_computer_without_login_names_has_an_author(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr(getpass, "getuser", nobody)
    run("load", plan)
    (cycle,) = printed("status", plan)
    assert cycle["revisions"][-1]["author"] == "unknown"


def test_demo_says_where_the_workbook_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = tmp_path / "new" / BOOK
    made = actions.Generated(book, "0" * 12, "2026-10", 1, 2, [])
    loading = actions.Loading("2026-10", {}, [], 1)
    monkeypatch.setattr(actions, "demo", lambda *_, **__: (loading, made))
    text = run("demo", tmp_path / "new").output
    assert str(book) in text
    assert "2 checks failed: see the sheet Checks" in text
    assert f"sop-xl collect {book}" in text


# ---- mistakes --------------------------------------------------------------------------


def test_the_example_goes_into_a_new_folder_only(plan: Path) -> None:
    assert "is not empty" in run("demo", plan, code=IMPOSSIBLE).output


@pytest.mark.parametrize("command", ["check", "load", "run", "generate", "status"])
def test_a_folder_that_is_no_plan_is_refused(command: str, tmp_path: Path) -> None:
    text = run(command, tmp_path, code=IMPOSSIBLE).output
    assert "is no plan folder: it has no sop.toml" in text
    assert "sop-xl init" in text


@pytest.mark.parametrize("command", ["check", "load", "run", "generate"])
@pytest.mark.parametrize("name", ["2026-13", "october", "2026"])
def test_what_is_no_cycle_is_wrong_usage(command: str, name: str, plan: Path) -> None:
    text = run(command, plan, "--cycle", name, code=USAGE).output
    assert f"{name} is no cycle;" in text
    assert "2026-10" in text


def test_a_cycle_that_is_not_there_is_named(plan: Path) -> None:
    text = run("generate", plan, "--cycle", "2031-01", code=IMPOSSIBLE).output
    assert "There is no cycle 2031-01; there are 2026-10." in text


def test_a_wrong_setting_is_named_with_the_nearest(plan: Path) -> None:
    settings = plan / "sop.toml"
    settings.write_text(settings.read_text().replace("horizon = 12", "horison = 12"))
    text = run("check", plan, code=FINDINGS).output
    assert "horison" in text
    assert "'horizon'" in text
    for command in ("load", "generate"):
        code = FINDINGS if command == "load" else IMPOSSIBLE
        assert "horison" in run(command, plan, code=code).output


def test_one_bad_book_does_not_stop_the_others(typed: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_text("nothing")
    result = run("collect", "--plan", typed, broken, typed / BOOK, code=IMPOSSIBLE)
    assert "no readable Excel workbook" in result.stderr
    assert "2 changes taken over" in result.stdout
    assert "does not exist" in run("collect", tmp_path / "no.xlsx", code=IMPOSSIBLE).stderr
    missing = tmp_path / "no.xlsx"
    assert "does not exist" in run("diff", typed / BOOK, missing, code=IMPOSSIBLE).stderr


def test_a_book_with_a_bad_cell_is_not_taken_and_says_so(plan: Path) -> None:
    type_in(plan / BOOK, {SALES: "a lot", InList("tblFamilies", "Bikes", "Target days"): 9})
    text = run("collect", plan / BOOK, code=FINDINGS).output
    assert "error: SOP_2026-10.xlsm: Demand_Plan!S48: ± Sales: 'a lot' is not a number." in text
    assert "nothing is taken over until the errors are mended" in text


def test_a_conflict_is_told(plan: Path, tmp_path: Path) -> None:
    type_in(plan / BOOK, {SALES: 25, REASON: "other"}, tmp_path / "ann.xlsm")
    type_in(plan / BOOK, {SALES: 1234, REASON: "other"}, tmp_path / "bob.xlsm")
    run("collect", "--plan", plan, tmp_path / "ann.xlsm")
    text = run("collect", "--plan", plan, tmp_path / "bob.xlsm", code=FINDINGS).output
    assert re.search(r"conflict: Demand_Plan!S48: .*± Sales: – -> 1,234 \(other\); kept: 25", text)
    assert "0 changes taken over, 1 conflict." in text


def test_many_findings_are_counted_unless_all_are_wanted(plan: Path) -> None:
    items = plan / "data" / "items.csv"
    lines = [f"X-{n},,,active,,,,,-1,," for n in range(cli.LISTED + 12)]
    items.write_text(items.read_text(encoding="utf-8-sig") + "\n".join(lines), encoding="utf-8")
    short = run("check", plan, code=FINDINGS).output
    assert re.search(r"\.\.\. and \d+ more errors \(--all shows them\)", short)
    full = run("check", plan, "--all", code=FINDINGS).output
    assert "--all shows them" not in full
    assert full.count("error: ") > short.count("error: ") >= cli.LISTED


# ---- the template ------------------------------------------------------------------------


def test_the_template_is_built_and_checked(tmp_path: Path) -> None:
    target = tmp_path / "SOP_Template.xlsm"
    assert "Built" in run("template", "build", "--out", target).output
    assert "is current" in run("template", "check", target).output
    package = Package.from_bytes(target.read_bytes())
    package.parts["customUI/customUI14.xml"] += b"<!-- mine -->"
    target.write_bytes(package.to_bytes())
    text = run("template", "check", target, code=FINDINGS).output
    assert "customUI/customUI14.xml" in text
    assert "sop-xl template build" in text
    missing = run("template", "check", tmp_path / "no.xlsm", code=IMPOSSIBLE)
    assert "does not exist" in missing.stderr
    assert "is missing" in run("template", "build", "--sources", tmp_path, code=IMPOSSIBLE).stderr
    run("template", code=USAGE)


# ---- excel on this computer --------------------------------------------------------------


def test_the_doctor_looks_at_computer_and_book(plan: Path) -> None:
    found = printed("doctor", "--book", plan / BOOK)
    assert {"name", "found", "state", "remedy"} == set(found[0])
    assert any(BOOK.name in check["found"] for check in found)
    assert run("doctor").output


def test_excel_setup_says_what_it_would_do(tmp_path: Path) -> None:
    assert run("excel-setup", "--dry-run").output
    run("excel-setup", "--trust-plan", code=USAGE)
    run("excel-setup", "--undo", "--plan", tmp_path, code=USAGE)
