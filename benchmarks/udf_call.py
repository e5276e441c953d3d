"""What a worksheet function costs beside its core function, for ranges of any size.

    python benchmarks/udf_call.py --cells 1000
    python benchmarks/udf_call.py --cells 1000 --whole-columns --repetitions 20

The same cells go to the core function as arrays, to the function of ``udfs`` as rows of cells, and
through xlwings' own server as Excel calls it; each for the first time (every call has other cells)
and again (the memo answers). An empty function with the same ranges tells what xlwings itself
takes. All take turns in one run. Whole columns hold the cells at their top and nothing below, as
``A:A`` does; the core function has the cells alone. It runs on Linux, where pywin32 is put in by
the stub of the tests: what COM takes in a real Excel comes on top.
"""

import argparse
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import udfs  # noqa: E402  # the line above finds it
from sop_xl.functions import named  # noqa: E402
from sop_xl.functions.cells import WHOLE_COLUMN  # noqa: E402
from tests.excel.xlwings_on_linux import FakeComRange, windows_xlwings  # noqa: E402

LIMIT = 2.0
"""Milliseconds that we may add to the core function for 1,000 cells."""
FUNCTIONS = ("SOP_WMAPE", "SOP_UTIL")
"""A number of two ranges; as many numbers as cells."""
EMPTY = "an_empty_function"
CORE, OURS, OURS_AGAIN, EXCEL, EXCEL_AGAIN, XLWINGS = (
    "core function", "udfs, first", "udfs, again", "CallUDF, first", "CallUDF, again",
    "xlwings alone",
)  # fmt: skip


Column = tuple[tuple[float | None], ...]
"""A column as pywin32 hands it over."""


def column(cells: int, draw: np.random.Generator) -> Column:
    return tuple((cell,) for cell in draw.uniform(1.0, 100.0, cells).tolist())


def ways(
    name: str, cells: int, below: Column, draw: np.random.Generator, server: Any
) -> Iterator[tuple[str, Callable[[], object]]]:
    """The ways to call a function, in turn, with cells that it was never asked about."""
    plain, excel = ([column(cells, draw), column(cells, draw)] for _ in range(2))
    arrays = [np.array(cells) for cells in plain]
    plain, excel = ([cells + below for cells in columns] for columns in (plain, excel))
    ranges = [FakeComRange(cells) for cells in excel]
    yield CORE, lambda: named(name).core(*arrays)
    for way in (OURS, OURS_AGAIN):
        yield way, lambda: getattr(udfs, name)(*plain)
    for way in (EXCEL, EXCEL_AGAIN):
        yield way, lambda: server.CallUDF("udfs", name, ranges, None, None)
    yield XLWINGS, lambda: server.CallUDF(EMPTY, EMPTY, ranges, None, None)


def measure(name: str, cells: int, repetitions: int, whole: bool = False) -> dict[str, float]:
    """Milliseconds of a call, median, by the way it went.

    Args:
        whole: The cells stand at the top of whole columns.
    """
    below: Column = ((None,),) * (WHOLE_COLUMN - cells if whole else 0)
    draw = np.random.default_rng(1)
    times: dict[str, list[float]] = defaultdict(list)
    with windows_xlwings() as server:
        server.CallUDF("udfs", name, (1.0, 1.0), None, None)  # imports the functions
        add_empty_function()
        for _ in range(repetitions):
            for way, call in ways(name, cells, below, draw, server):
                start = time.perf_counter()
                call()
                times[way].append(1e3 * (time.perf_counter() - start))
    del sys.modules[EMPTY]
    return {way: statistics.median(found) for way, found in times.items()}


def add_empty_function() -> None:
    """A function that does nothing with two ranges, declared as ours are."""

    def empty(load: object, available: object) -> float:  # noqa: ARG001
        return 0.0

    module = ModuleType(EMPTY)
    module.__file__ = __file__
    declare = sys.modules["udfs.excel"].declare
    vars(module)[EMPTY] = declare(empty, named("SOP_UTIL"))
    sys.modules[EMPTY] = module


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cells", type=int, default=1_000, help="cells of each range")
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--whole-columns", action="store_true", help="with nothing below the cells")
    options = parser.parse_args()
    ranges = "whole columns with" if options.whole_columns else "ranges of"
    for name in FUNCTIONS:
        found = measure(name, options.cells, options.repetitions, options.whole_columns)
        print(f"{name}, two {ranges} {options.cells:,} cells, median of {options.repetitions}")
        for way, taken in found.items():
            print(f"{way:>15}: {taken:9.3f} ms  {taken / found[CORE]:8.1f} x core function")
        added = found[EXCEL] - found[XLWINGS] - found[CORE]
        print(f"     we add: {added:12.3f} ms to core and xlwings (limit {LIMIT} for 1,000 cells)")


if __name__ == "__main__":
    main()
