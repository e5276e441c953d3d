"""What it takes to read a workbook: ours in one pass, beside openpyxl that reads it twice.

    python benchmarks/read_book.py SOP_2026-10.xlsm

openpyxl gives either the values of formulas or the formulas: what `open_sheets` gives takes it two
readings. Beside that: a small list whose file claims a million rows, as some programs write it,
beside one that tells the truth.
All take turns; time is that of the processor, the median of several runs.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import openpyxl

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sop_xl.sources.extract import SourceSpec  # noqa: E402  the line above finds it
from sop_xl.sources.xlsx_file import Book, open_book  # noqa: E402
from sop_xl.tables.data import ITEMS  # noqa: E402
from sop_xl.workbook.package import Package  # noqa: E402
from sop_xl.workbook.reader import open_sheets  # noqa: E402

TRUE, CLAIMED = b'ref="A1:B2"', b'ref="A1:XFD1048576"'


def twice(book: Path) -> None:
    for data_only in (True, False):
        openpyxl.load_workbook(book, data_only=data_only)


def lists(folder: Path) -> tuple[Path, Path]:
    """A list of one item, and the same one whose file claims a million rows."""
    honest, boasting = folder / "honest.xlsx", folder / "boasting.xlsx"
    workbook = openpyxl.Workbook()
    sheet = workbook.create_sheet("Items", 0)
    for row in (["Item", "Family"], ["A", "F"]):
        sheet.append(row)
    workbook.save(honest)
    package = Package.from_bytes(honest.read_bytes())
    part = "xl/worksheets/sheet1.xml"
    assert TRUE in package.parts[part]
    package.parts[part] = package.parts[part].replace(TRUE, CLAIMED)
    boasting.write_bytes(package.to_bytes())
    return honest, boasting


def read_list(path: Path) -> None:
    book = open_book(path, path.name)
    assert isinstance(book, Book)
    with book:
        book.read(ITEMS, SourceSpec())


def ways(book: Path, folder: Path) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """Pairs to compare: ours, and what it is measured by."""
    honest, boasting = lists(folder)
    return {
        "a workbook, ours / openpyxl twice": (lambda: open_sheets(book), lambda: twice(book)),
        "a list that claims a million rows / one that does not": (
            lambda: read_list(boasting), lambda: read_list(honest),
        ),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("book", type=Path)
    parser.add_argument("--repetitions", type=int, default=5)
    asked = parser.parse_args()
    times: dict[tuple[str, int], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        pairs = ways(asked.book, Path(folder))
        for _ in range(asked.repetitions):
            for name, pair in pairs.items():
                for at, run in enumerate(pair):
                    start = time.process_time()
                    run()
                    times[name, at].append(time.process_time() - start)
    for name in pairs:
        ours, other = (1000 * statistics.median(times[name, at]) for at in range(2))
        print(f"{name}: {ours:.0f} ms / {other:.0f} ms = {ours / other:.2f}")


if __name__ == "__main__":
    main()
