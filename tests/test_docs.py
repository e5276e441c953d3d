"""The documents: generated ones are current, links lead somewhere, commands and sheets exist."""

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import click
import pandas as pd
import pytest

from docs import generate
from sop_xl import sources
from sop_xl.cli import main
from sop_xl.schema import AXIS, MODIFIERS
from sop_xl.sources import PlanFolder
from sop_xl.tables import GRIDS
from sop_xl.workbook import words
from sop_xl.workbook.sheets import SHEETS, SheetSpec

ROOT = Path(__file__).parents[1]
WRITTEN = [
    ROOT / "README.md", *(ROOT / "docs" / name for name in ("guide.md", "install.md")),
]
PAGES = [*WRITTEN, *sorted((ROOT / "docs").glob("*.md")), ROOT / "workbook" / "README.md",
         ROOT / "tests" / "adventureworks" / "README.md"]
COMMANDS = list(main.commands.items())


# ---- generated -------------------------------------------------------------------------------


def test_the_generated_documents_are_current() -> None:
    assert generate.outdated() == [], "python -m docs.generate writes them"


def test_every_modifier_of_a_formula_can_be_said_in_words() -> None:
    assert set(words.WORDS) == MODIFIERS
    assert set(words.AXIS_WORDS) == set(AXIS)


def test_a_formula_is_told_by_labels() -> None:
    demand = GRIDS["demand_plan"]
    assert words.in_words("{consensus}-{last_cycle@prev}", demand) == (
        "[Consensus demand]-[Last cycle, month before]"
    )
    assert words.in_words("{$tolerance}*{#days}*{aop.quantity@sum}", demand) == (
        "[setting tolerance]*[calendar days]*[AOP: Quantity, sum of the same keys]"
    )


@pytest.mark.parametrize("spec", SHEETS, ids=lambda spec: spec.name)
def test_every_sheet_says_what_it_shows_and_for_whom(spec: SheetSpec) -> None:
    assert spec.used_by
    found = generate.workbook().partition(f"## {spec.name}\n\n")[2].partition("\n## ")[0]
    assert len(found.splitlines()) >= 3


def test_the_worked_example_of_the_data_reference_loads(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / generate.EXAMPLE_FILE).write_text(generate.EXAMPLE_TEXT, encoding="utf-8")
    (tmp_path / "sop.toml").write_text(generate.EXAMPLE_TOML, encoding="utf-8")
    with sqlite3.connect(tmp_path / "erp.db") as base:
        base.execute("CREATE TABLE articles (number TEXT, product_group TEXT, price REAL)")
        base.execute("INSERT INTO articles VALUES ('0815', 'Bells', 79)")
    base.close()
    loaded = sources.load(PlanFolder(tmp_path))
    demand = loaded.frames["actuals"].iloc[0]
    assert demand[["item", "region", "orders", "revenue"]].tolist() == [
        "0815", "Nord", 1250.5, 98700.4,
    ]
    assert demand["period"] == pd.Period("2026-09", "M")
    assert loaded.frames["items"].iloc[0][["item", "family", "price"]].tolist() == [
        "0815", "Bells", 79.0,
    ]


# ---- links and names -------------------------------------------------------------------------


def links() -> Iterator[tuple[Path, str]]:
    for page in dict.fromkeys(PAGES):
        for target in re.findall(r"\]\(([^)]+)\)", page.read_text("utf-8")):
            if "://" not in target:
                yield page, target


@pytest.mark.parametrize(
    ("page", "target"), list(links()), ids=lambda v: v.name if isinstance(v, Path) else v
)
def test_a_link_leads_to_a_file_and_a_heading(page: Path, target: str) -> None:
    file, _, anchor = target.partition("#")
    place = page.parent / file if file else page
    assert place.exists()
    if anchor:
        headings = re.findall(r"^#+ (.+)$", place.read_text("utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_the_sheets_that_a_page_names_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    found = re.findall(r"\b[A-Z][A-Za-z0-9]*(?:_[A-Z][A-Za-z]+)+\b", text)
    named = {name for name in found if not name.isupper()}  # functions and settings of Excel are
    assert named - {spec.name for spec in SHEETS} == set()


# ---- commands --------------------------------------------------------------------------------


def command_lines() -> Iterator[str]:
    """Commands in blocks and in running text, without what follows a shell comment."""
    for page in WRITTEN:
        yield from re.findall(r"sop-xl(?: [\w./<>\[\]=-]+)+", page.read_text("utf-8"))


def assert_exists(line: str) -> None:
    words = line.split()
    assert words[0] == "sop-xl"
    command = main.commands[words[1]]
    if isinstance(command, click.Group):
        command = command.commands[words[2]]
    options = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("line", sorted(set(command_lines())))
def test_a_command_that_a_page_names_exists(line: str) -> None:
    if line.split()[1] in main.commands or line.split()[1].startswith("-"):
        assert_exists(line)
    else:
        assert line == "sop-xl command"  # "the sop-xl command" in running text


def test_the_readme_holds_the_two_commands_that_the_checks_run() -> None:
    lines = WRITTEN[0].read_text("utf-8").splitlines()
    run = [line for line in lines if line.startswith("python3 -m venv")]
    assert len(run) == 2
    assert run[0].endswith("sop-xl demo sop-demo")
    assert run[1].endswith("python -m pytest -q -n auto --dist worksteal")


@pytest.mark.parametrize(("name", "command"), COMMANDS, ids=[name for name, _ in COMMANDS])
def test_every_command_has_help_and_an_example(name: str, command: click.Command) -> None:
    assert (command.help or "").strip()
    example = generate.example_of(command)
    assert example.startswith(f"sop-xl {name}")
    assert_exists(example)
    for param in command.params:
        if isinstance(param, click.Option):
            assert param.help, f"{name} {param.opts[0]}"
