"""Lists as a book shows them, computed ones too: for messages, never for the plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from openpyxl.utils import range_boundaries

from sop_xl.tables import TABLES
from sop_xl.workbook.layout import excel_name
from sop_xl.workbook.reader.cells import cell_at
from sop_xl.workbook.reader.files import OpenedSheet


def shown_rows(sheets: Mapping[str, OpenedSheet], name: str) -> list[dict[str, Any]]:
    """The rows of a list by the names of its columns, with ``row``, their row on the sheet.

    A list whose Excel table is gone has no rows; nor has a blank row anything to show.
    """
    table = TABLES[name]
    for cells, _, tables in sheets.values():
        reference = tables.get(excel_name(table))
        if reference is None:
            continue
        left, top, right, bottom = (int(part or 0) for part in range_boundaries(reference))
        header = [cell_at(cells, top, column) for column in range(left, right + 1)]
        blank = dict.fromkeys(table.names)
        columns = {c.name: left + header.index(c.label) for c in table.columns if c.label in header}
        rows = [
            blank | {name: cell_at(cells, row, at) for name, at in columns.items()} | {"row": row}
            for row in range(top + 1, bottom + 1)
        ]
        keys = [key for key in table.keys if key in columns]
        return [row for row in rows if any(row[key] not in (None, "") for key in keys)]
    return []
