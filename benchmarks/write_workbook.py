"""Write the same workbook with XlsxWriter and with ours: time, memory, size.

    python benchmarks/write_workbook.py --cells 1000000

Half the cells are numbers, a quarter texts, a quarter formulas with cached values, on ten sheets
with named formats, a table and a chart each. The writers take turns, so that a busy machine slows
both; the VBA project of the template takes its turn with them. Memory is measured in a
process of its own for each.
"""

import argparse
import gc
import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

import xlsxwriter
from openpyxl import Workbook
from openpyxl.chart import LineChart, Reference
from openpyxl.styles import Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table, TableColumn

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sop_xl.workbook.package import assemble  # noqa: E402  # the line above finds it
from sop_xl.workbook.sheetdata import SheetData  # noqa: E402
from sop_xl.workbook.stylesheet import style_id  # noqa: E402
from sop_xl.workbook.template import project_modules  # noqa: E402
from sop_xl.workbook.vba import vba_project  # noqa: E402

SHEETS, COLUMNS, TABLE_COLUMNS, TABLE_ROWS = 10, 40, 3, 100
HEADINGS = [f"Column {column}" for column in range(1, COLUMNS + 1)]

# The rows of every sheet: column, value and, for each fourth cell, formula
Content: TypeAlias = list[list[tuple[int, Any, str | None]]]


def content(cells: int) -> Content:
    """As many rows as it takes, from row 2 on; made before the clock starts."""
    return [
        [_cell(row, column) for column in range(1, COLUMNS + 1)]
        for row in range(2, max(cells // (SHEETS * COLUMNS), TABLE_ROWS) + 2)
    ]


def _cell(row: int, column: int) -> tuple[int, Any, str | None]:
    match column % 4:
        case 3:
            return column, f"Item {(row * 7 + column) % 5000}", None
        case 0:
            first, second = (get_column_letter(column - back) for back in (3, 2))
            value = _number(row, column - 3) + _number(row, column - 2)
            return column, value, f"{first}{row}+{second}{row}"
        case _:
            return column, _number(row, column), None


def _number(row: int, column: int) -> float:
    return row * 1.37 + column


def with_xlsxwriter(rows: Content) -> bytes:
    """The peer, by its quickest methods."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    head = book.add_format({"bold": True, "bg_color": "#FFF2CC"})
    number = book.add_format({"num_format": "#,##0.0"})
    for index in range(SHEETS):
        sheet = book.add_worksheet(f"Sheet {index}")
        sheet.freeze_panes(1, 1)
        for column, heading in enumerate(HEADINGS):
            sheet.write_string(0, column, heading, head)
        for row, cells in enumerate(rows, 1):
            for column, value, formula in cells:
                if formula is not None:
                    sheet.write_formula(row, column - 1, "=" + formula, number, value)
                elif isinstance(value, str):
                    sheet.write_string(row, column - 1, value)
                else:
                    sheet.write_number(row, column - 1, value, number)
        columns = [{"header": heading} for heading in HEADINGS[:TABLE_COLUMNS]]
        sheet.add_table(0, 0, TABLE_ROWS, TABLE_COLUMNS - 1, {"columns": columns})
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": [sheet.name, 1, 0, TABLE_ROWS, 0]})
        sheet.insert_chart("AP2", chart)
    book.close()
    return out.getvalue()


def with_ours(rows: Content) -> bytes:
    """Skeleton by openpyxl, cells by us."""
    book: Any = Workbook()
    book.remove(book.active)
    fill = PatternFill("solid", fgColor="FFFFF2CC")
    book.add_named_style(NamedStyle("Head", font=Font(bold=True), fill=fill))
    head, number = style_id(book, "Head"), style_id(book, "Normal", "#,##0.0")
    sheets = {}
    for index in range(SHEETS):
        sheet = book.create_sheet(f"Sheet {index}")
        sheet.freeze_panes = "B2"
        data = sheets[sheet.title] = SheetData()
        data.put_row(1, 1, HEADINGS, head)
        for row, cells in enumerate(rows, 2):
            for column, value, formula in cells:
                if formula is not None:
                    data.put(row, column, value, number, formula)
                elif isinstance(value, str):
                    data.put(row, column, value)
                else:
                    data.put(row, column, value, number)
        last = f"{get_column_letter(TABLE_COLUMNS)}{TABLE_ROWS + 1}"
        table = Table(displayName=f"Table{index}", ref=f"A1:{last}")
        table.tableColumns = [
            TableColumn(id=number, name=name)
            for number, name in enumerate(HEADINGS[:TABLE_COLUMNS], 1)
        ]
        sheet.add_table(table)
        chart = LineChart()
        chart.add_data(Reference(sheet, min_col=1, min_row=2, max_row=TABLE_ROWS + 1))
        sheet.add_chart(chart, "AP2")
    return assemble(book, sheets, when=datetime(2025, 1, 1)).to_bytes()


WRITERS: dict[str, Callable[[Content], bytes]] = {
    "XlsxWriter": with_xlsxwriter,
    "ours": with_ours,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--peak-of", choices=WRITERS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peak_of:
        print(peak(WRITERS[options.peak_of], content(options.cells)))
        return
    # before anything large is here: a new process inherits the peak of the one that starts it
    peaks = {name: peak_in_own_process(name, options.cells) for name in WRITERS}
    rows = content(options.cells)
    times: dict[str, list[float]] = {name: [] for name in WRITERS}
    sizes: dict[str, int] = {}
    modules, macros = project_modules(), list[float]()
    for repetition in range(options.repetitions):
        # in turn, and each first every other time
        for name, write in sorted(WRITERS.items(), reverse=bool(repetition % 2)):
            gc.collect()
            start = time.perf_counter()
            sizes[name] = len(write(rows))
            times[name].append(time.perf_counter() - start)
        start = time.perf_counter()
        vba_project(modules)
        macros.append(time.perf_counter() - start)
    medians = {name: statistics.median(times[name]) for name in WRITERS}
    print(f"{SHEETS * len(rows) * COLUMNS:,} cells, median of {options.repetitions}")
    for name in WRITERS:
        print(
            f"{name:>12}: {medians[name]:6.2f} s  (from {min(times[name]):.2f} to "
            f"{max(times[name]):.2f}), peak {peaks[name]}, file {sizes[name] / 1e6:.1f} MB"
        )
    print(f"  time ratio: {medians['ours'] / medians['XlsxWriter']:6.2f}  (ours / XlsxWriter)")
    share = statistics.median(macros) / medians["ours"]
    print(f" VBA project: {statistics.median(macros):6.2f} s  ({share:.1%} of ours)")


def peak(write: Callable[[Content], bytes], rows: Content) -> str:
    """What writing adds to the memory of this process at most."""
    try:
        import resource
    except ImportError:
        return "not measured on Windows"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    write(rows)
    added = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return f"+{added / (1e6 if sys.platform == 'darwin' else 1e3):.0f} MB"


def peak_in_own_process(name: str, cells: int) -> str:
    command = [sys.executable, __file__, "--cells", str(cells), "--peak-of", name]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main()
