"""A very small company for the tests of the store, and frames written as text."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd

from sop_xl import tables
from sop_xl.schema import Column, Table
from sop_xl.store import Change, Store, difference
from sop_xl.store.values import frame_of

LEVEL = ("family", "region")
TABLES = tables.inputs(LEVEL)
OCTOBER, NOVEMBER = "2026-10", "2026-11"


def at(day: int, hour: int = 9) -> dt.datetime:
    """A moment in October 2026."""
    return dt.datetime(2026, 10, day, hour, tzinfo=dt.UTC)


def frame(table: Table | str, text: str = "") -> pd.DataFrame:
    """A table from text: a header of names, fields two spaces apart, ``.`` for a blank."""
    table = TABLES[table] if isinstance(table, str) else table
    lines = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines() if line.strip()]
    header, body = (lines[0], lines[1:]) if lines else ([], [])
    columns = {
        column.name: [
            _value(column, dict(zip(header, line, strict=True)).get(column.name, "."))
            for line in body
        ]
        for column in table.inputs
    }
    return frame_of(columns, table.inputs)


def _value(column: Column, text: str) -> str | float | bool | None:
    if text == ".":
        return None
    if column.unit.kind == "flag":
        return text == "yes"
    return float(text) if column.unit.is_number else text


def first_load(store: Store, cycle: str = OCTOBER) -> None:
    """Open a cycle and load a family of skis and a deal."""
    store.open_cycle(cycle, at(1))
    store.save_load(
        cycle, {"items": ITEMS, "actuals": ACTUALS, "pipeline": DEALS}, [], "ann", at(1)
    )


def issue(store: Store, build: str = "b1", cycle: str = OCTOBER) -> dict[str, pd.DataFrame]:
    """Give out a workbook; gives the inputs that are in it."""
    inputs = store.read(cycle)
    store.register_issue(build, cycle, f"SOP_{cycle}.xlsx", "0" * 64, at(2), inputs.mark)
    return inputs.frames


def typed(found: pd.DataFrame, table: str, inputs: dict[str, pd.DataFrame]) -> list[Change]:
    """What somebody changed in a workbook that was made from inputs."""
    return difference(inputs[table], found, TABLES[table])


ITEMS = frame(
    "items",
    """
    item  name        family  lifecycle  price  launch
    0012  Carver "7"  Skis    active     310.5  2024-09-01
    0013  =Twin Tip   Skis    new        .      .
""",
)
ACTUALS = frame(
    "actuals",
    """
    period   item  region  channel  orders  stock_out
    2026-08  0012  North   All      120.25  no
    2026-09  0012  North   All      .       yes
    2026-09  0012  South   All      -3      no
""",
)
DEALS = frame(
    "pipeline",
    """
    opportunity  family  region  stage     quantity  probability  close_date  included
    O-1          Skis    North   proposal  200       0.5          2026-12-15  yes
    O-2          Skis    South   lead      80        0.1          9999-12-31  no
""",
)
"""A deal that never closes is dated as ERP systems do it."""
