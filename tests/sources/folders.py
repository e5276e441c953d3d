"""Plan folders with a few files, for tests."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from sop_xl.schema import Finding, Severity
from sop_xl.sources import Loaded, PlanFolder, load

ERROR, WARNING, REPAIR = Severity.ERROR, Severity.WARNING, Severity.REPAIR
ITEMS = "Item,Family,Price,Cost\nA,F,10,6\nB,G,20,12\n"
ACTUALS = "Month,Item,Orders,Revenue\n2024-01,A,10,100\n2024-02,A,12,120\n2024-02,B,5,100\n"


def folder(path: Path, toml: str = "", /, **files: str | bytes) -> PlanFolder:
    """A plan folder; ``items="..."`` writes ``data/items.csv``; items and actuals have defaults."""
    (path / "data").mkdir(parents=True, exist_ok=True)
    (path / "sop.toml").write_text(toml, encoding="utf-8")
    for name, text in ({"items": ITEMS, "actuals": ACTUALS} | files).items():
        data = text if isinstance(text, bytes) else text.encode()
        if data:
            (path / "data" / f"{name}.csv").write_bytes(data)
    return PlanFolder(path)


def loaded(path: Path, toml: str = "", /, cycle: str = "", **files: str | bytes) -> Loaded:
    return load(folder(path, toml, **files), pd.Period(cycle, "M") if cycle else None)


def workbook(path: Path, sheets: dict[str, list[list[Any]]]) -> openpyxl.Workbook:
    """A workbook of these sheets, saved; returned for more to be done to it."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    return book


def change_part(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Replace bytes in one part of a workbook."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new, 1)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    path.write_bytes(target.getvalue())


def lines(findings: list[Finding], *severities: Severity) -> list[str]:
    """``where: message`` of the findings of these severities; all of them by default."""
    return [
        f"{f.where}: {f.message}" for f in findings if not severities or f.severity in severities
    ]
