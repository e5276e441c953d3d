"""Every benchmark still runs on the code as it stands, on inputs of a few rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("aggregate_plan.py --families 3 --periods 4 --resources 2 --repeat 1", "3 x 4 x 2"),
        ("cleansing.py --series 20", "20 series of 36 months"),
        ("plan_cycle.py --series 6", "6 series of 60 months"),
        ("reconcile.py --leaves 100", "MinT shrink"),
        ("reconcile_finance.py --families 3 --regions 2 --months 6 --repeat 1", "bridged: "),
        ("supply_functions.py --families 10 --periods 6 --resources 3 --repeat 1", "net require"),
        ("udf_call.py --cells 50 --repetitions 1", "x core function"),
    ],
)
def test_a_benchmark_says_what_it_measured(command: str, told: str) -> None:
    script, *options = command.split()
    found = subprocess.run(
        [sys.executable, FOLDER / script, *options], capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    assert told in found.stdout
