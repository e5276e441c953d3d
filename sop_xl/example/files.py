"""Source tables as the CSV files of a plan folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sop_xl.schema import Column, Table, Unit
from sop_xl.tables import TABLES

DECIMALS = {Unit.MONEY: 2, Unit.PRICE: 2, Unit.PERCENT: 4, Unit.FACTOR: 4, Unit.RATIO: 2}


def to_csv(frames: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write ``<table>.csv`` for each frame: labels as header, ISO dates, UTF-8 with BOM.

    The same frames give the same bytes on every machine.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in frames.items():
        table = TABLES[name]
        text = _as_text(table, frame).to_csv(index=False, lineterminator="\r\n")
        (folder / f"{name}.csv").write_bytes(b"\xef\xbb\xbf" + text.encode())


def _as_text(table: Table, frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({c.label: _text(c, frame[c.name]) for c in table.inputs})


def _text(column: Column, values: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else _shown(column.unit, value) for value in values]


def _shown(unit: Unit, value: Any) -> str:
    match unit.kind:
        case "flag":
            return "yes" if value else "no"
        case "date":
            return str(value.date())
        case "number":
            return f"{value:.{DECIMALS.get(unit, 2)}f}".rstrip("0").rstrip(".")
        case _:
            return str(value)
