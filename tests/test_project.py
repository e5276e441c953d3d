"""The project as a whole: lint, types, layers, the wheel, what stands on the top level."""

import fnmatch
import importlib.metadata
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import sop_xl
from sop_xl.workbook.macros import TEMPLATE

ROOT = Path(__file__).parents[1]
TOP = {
    *("sop_xl", "workbook", "udfs", "tests", "benchmarks", "docs", ".ci"),
    *("pyproject.toml", "README.md", "LICENSE", "NOTICE", "CHANGELOG.md", ".gitignore"),
}
IN_THE_WHEEL = ("sop_xl", "udfs")
FOLDERS = [path for path in (ROOT, Path.home()) if path != Path(path.anchor)]
HERE = "|".join(re.escape(path.as_posix()) for path in FOLDERS)
MACHINE = re.compile(
    # somebody's own folder; a folder of that name inside of another one is fine
    rf"(?<![\w.~])(?:/home/\w|/Users/\w|[A-Z]:[\\/]+Users[\\/]+\w|/tmp/|(?:{HERE})/)"
)


def ignored() -> list[str]:
    """The patterns of .gitignore: what tools leave behind."""
    lines = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    return [line.strip("/") for line in lines if line and not line.startswith("#")] + [".git"]


def is_ignored(path: Path) -> bool:
    return any(fnmatch.fnmatch(path.name, pattern) for pattern in ignored())


def files(folder: Path = ROOT) -> Iterator[Path]:
    """The files of the project, without what tools leave behind."""
    for path in sorted(folder.iterdir()):
        if is_ignored(path):
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def tool(name: str, *arguments: str) -> None:
    """Run a tool of the ``dev`` extra; without the extra there is nothing to run."""
    command = Path(sys.executable).with_name(name)
    if not command.with_suffix(".exe").exists() and not command.exists():
        pytest.skip(f'{name} is not installed: pip install -e ".[dev]"')
    run(str(command), *arguments)


# ---- tools -----------------------------------------------------------------------------------


def test_lint() -> None:
    tool("ruff", "check", "--no-fix", ".")


def test_types() -> None:
    tool("mypy")


def test_imports_run_down_only() -> None:
    tool("lint-imports")


# ---- what is delivered -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.Path:
    for needed in ("build", "hatchling"):
        try:
            importlib.metadata.version(needed)
        except importlib.metadata.PackageNotFoundError:
            pytest.skip(f'{needed} is not installed: pip install -e ".[dev]"')
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), ".")
    (made,) = out.glob("*.whl")
    assert made.name == f"sop_xl-{sop_xl.__version__}-py3-none-any.whl"
    return zipfile.Path(made)


def test_the_wheel_holds_every_module_and_no_other_file(wheel: zipfile.Path) -> None:
    with zipfile.ZipFile(wheel.root.filename or "") as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    wanted = {
        path.relative_to(ROOT).as_posix() for name in IN_THE_WHEEL for path in files(ROOT / name)
    } | {f"sop_xl/workbook/{TEMPLATE}"}
    assert held == wanted


def test_the_wheel_says_what_it_is(wheel: zipfile.Path) -> None:
    (info,) = (path for path in wheel.iterdir() if path.name.endswith(".dist-info"))
    assert {path.name for path in (info / "licenses").iterdir()} == {"LICENSE", "NOTICE"}
    assert "sop-xl = sop_xl.cli:main" in (info / "entry_points.txt").read_text("utf-8")
    metadata = (info / "METADATA").read_text("utf-8")
    assert "License-Expression: BSD-3-Clause" in metadata
    assert "Requires-Python: >=3.11" in metadata
    needed = re.findall(r"^Requires-Dist: ([^;\n]+)$", metadata, re.MULTILINE)
    assert needed
    assert all(">=" in one or "==" in one for one in needed)  # lower bounds


# ---- the tree --------------------------------------------------------------------------------


def test_the_top_level_holds_what_the_readme_says_and_nothing_else() -> None:
    assert {path.name for path in ROOT.iterdir() if not is_ignored(path)} == TOP


def test_the_licence_and_the_changelog_are_there() -> None:
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("BSD 3-Clause License")
    assert "Copyright" in (ROOT / "NOTICE").read_text("utf-8")
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    found = []
    for path in files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:  # a picture
            continue
        lines = enumerate(text.splitlines(), start=1)
        found += [f"{path.relative_to(ROOT)}:{at}: {line}" for at, line in lines
                  if MACHINE.search(line) and path != Path(__file__)]
    assert found == []


@pytest.mark.parametrize(
    ("line", "is_one"),
    [
        ("see /home/ann/plan", True),
        (r"C:\Users\ann", True),
        ("/tmp/out", True),
        ("~/plan or build/tmp/out", False),
        ("https://example.com/home/page", False),
        (f"{ROOT.as_posix()}/data", True),
    ],
)
def test_what_counts_as_a_folder_of_a_machine(line: str, is_one: bool) -> None:
    assert bool(MACHINE.search(line)) is is_one
