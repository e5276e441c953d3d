"""Many plans at once: the same bytes as one by one, and one that fails stops no other."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from sop_xl import actions
from sop_xl.actions import batching
from sop_xl.cli import DONE, FINDINGS, main
from sop_xl.errors import SopError
from sop_xl.workbook.package import part_hashes
from tests import companies
from tests.conftest import BOOK, NOW, Once

GOOD = ("north/bikes", "south")


@pytest.fixture(scope="session")
def companies_folder(once: Once) -> Path:
    """Two plan folders, one of them in a folder of its own, and one without its items."""

    def make(folder: Path) -> None:
        companies.make(folder / "north" / "bikes")
        companies.make(folder / "south", replace(companies.SETTINGS, horizon=6), companies.ODD)
        broken = companies.make(folder / "middle")
        (broken / "data" / "items.csv").unlink()

    return once("companies", make)


@pytest.fixture
def root(companies_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(companies_folder, tmp_path / "root"))


def batch(root: Path, jobs: int = 1, cycles: tuple[str, ...] = ()) -> list[actions.BatchRow]:
    return actions.batch(root, author="Ann", at=NOW, jobs=jobs, cycles=cycles)


def hashes(root: Path) -> dict[str, dict[str, str]]:
    return {name: part_hashes(root / name / BOOK) for name in GOOD}


def test_two_processes_make_what_one_makes_and_what_one_makes_by_hand(
    root: Path, tmp_path: Path
) -> None:
    twice, by_hand = (Path(shutil.copytree(root, tmp_path / name)) for name in ("two", "hand"))
    rows = batch(root)
    assert [(row.plan, row.cycle, row.result) for row in rows] == [
        ("middle", "2026-10", "refused"),
        ("north/bikes", "2026-10", "done"),
        ("south", "2026-10", "done"),
    ]
    assert re.fullmatch(
        r"1 error(, \d+ warnings?)?; the first: error: items: Items is missing; .*",
        rows[0].message,
    )
    assert [row.workbook for row in rows] == ["", *(f"{name}/{BOOK.as_posix()}" for name in GOOD)]
    assert batch(twice, jobs=2) == rows
    for name in GOOD:
        actions.load(by_hand / name, author="Ann", at=NOW)
        actions.generate(by_hand / name)
    assert hashes(root) == hashes(twice) == hashes(by_hand)
    assert (root / "south" / BOOK).read_bytes() == (by_hand / "south" / BOOK).read_bytes()


def test_the_same_store_gives_the_same_bytes(plan: Path) -> None:
    before = (plan / BOOK).read_bytes()
    first = actions.generate(plan)
    assert first.path.read_bytes() == before
    assert actions.generate(plan, out=plan / "again.xlsm").build == first.build
    assert (plan / "again.xlsm").read_bytes() == before


def test_cycles_of_one_plan_follow_one_another(root: Path) -> None:
    shutil.rmtree(root / "middle")
    rows = batch(root, jobs=2, cycles=("2026-10", "2026-09"))
    assert [(row.plan, row.cycle, row.result) for row in rows] == [
        (name, cycle, "done") for name in GOOD for cycle in ("2026-09", "2026-10")
    ]
    (last,) = [s for s in actions.status(root / "south") if s.cycle.name == "2026-10"]
    assert last.books


def test_the_summary_and_the_exit_code(root: Path) -> None:
    arguments = ["batch", str(root), "--now", NOW.isoformat()]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == FINDINGS
    lines = result.output.splitlines()
    assert lines[0].split() == ["Plan", "Cycle", "Result", "Workbook", "Message"]
    assert lines[-1] == "2 workbooks written, 1 refused."
    shutil.rmtree(root / "middle")
    result = CliRunner().invoke(main, [*arguments, "--no-reload", "--json"])
    assert result.exit_code == DONE
    assert [row["result"] for row in json.loads(result.stdout)] == ["done", "done"]
    (root / "south" / "sop.toml").write_text("[checks]\nstale_days = 1\n")
    actuals = root / "south" / "data" / "actuals.csv"
    kept = [line for line in actuals.read_text("utf-8-sig").splitlines() if "2026-09" not in line]
    actuals.write_text("\n".join(kept), "utf-8")
    result = CliRunner().invoke(main, [*arguments, "--cycle", "2026-10"])
    assert result.exit_code == FINDINGS
    assert "1 check failed" in result.output


def test_a_folder_without_plans_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SopError, match="no plan folder below"):
        batch(tmp_path)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_mistake_in_the_program_is_told_and_stops_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, jobs: int
) -> None:
    if jobs > 1 and multiprocessing.get_start_method() != "fork":
        pytest.skip("other processes do not see what the test has replaced")
    make = actions.generate

    def failing(path: Path, cycle: str | None = None) -> actions.Generated:
        if path.name == "south":
            raise ZeroDivisionError("division by zero")
        return make(path, cycle)

    monkeypatch.setattr(batching, "generate", failing)
    rows = {row.plan: row for row in batch(root, jobs)}
    assert rows["north/bikes"].result == "done"
    assert rows["south"].result == "failed"
    assert rows["south"].message.startswith("ZeroDivisionError at test_batch.py:")


@pytest.mark.skipif(
    multiprocessing.get_start_method() != "fork",
    reason="other processes do not see what the test has replaced",
)
def test_a_process_that_is_killed_takes_no_other_plan_with_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = actions.generate

    def killed(path: Path, cycle: str | None = None) -> actions.Generated:
        if path.name == "bikes":
            os._exit(9)
        return make(path, cycle)

    monkeypatch.setattr(batching, "generate", killed)
    rows = {row.plan: row for row in batch(root, jobs=2)}
    assert rows["north/bikes"].result == "failed"
    assert "process was killed" in rows["north/bikes"].message
    assert rows["south"].result == "done"
