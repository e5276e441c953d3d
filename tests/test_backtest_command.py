"""``sop-xl backtest``: its tables, its exit codes, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from sop_xl.cli import DONE, FINDINGS, IMPOSSIBLE, main


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["backtest", *map(str, arguments)])


def test_it_prints_the_methods_and_the_families(small: Path) -> None:
    told = run(small, "--origins", "2")

    assert told.exit_code in (DONE, FINDINGS), told.output
    assert told.output.startswith(
        "Cycle 2026-10: 6 months forecast again from 2026-01, 2026-04.\n"
    )
    for words in ("as the plan does it", "weights of all methods", "last year's pattern", "Bikes"):
        assert words in told.output


def test_a_script_gets_the_same_as_json(small: Path) -> None:
    told = run(small, "--by", "region", "--json")
    found = json.loads(told.stdout)

    assert told.exit_code == (FINDINGS if found["findings"] else DONE)
    methods = {row["method"]: row for row in found["methods"]}
    # the company plans with last year's pattern
    assert methods["champion"]["wape"] == methods["last_year"]["wape"]
    assert [row["part"] for row in found["by_region"]] == ["North", "South"]


def test_what_cannot_be_tested_is_refused(small: Path) -> None:
    told = run(small, "--months", "36")

    assert told.exit_code == IMPOSSIBLE
    assert "a test of 36 months wants a year of history before them" in told.output
