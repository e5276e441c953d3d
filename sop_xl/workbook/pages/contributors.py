"""On the sheet Accuracy: who made the forecast better and who made it worse, at the chosen lag."""

from __future__ import annotations

from sop_xl.tables.contributors import CONTRIBUTORS, SHOWN
from sop_xl.workbook.formulas import structured
from sop_xl.workbook.lists import plain
from sop_xl.workbook.pages.pieces import headers
from sop_xl.workbook.sheet import Sheet

_COLUMNS = ("who", "step", "changed", "closer", "added")


def contributors(sheet: Sheet, row: int, lag_cell: str, lag: int) -> int:
    """The block of the contributors; gives the last row.

    Args:
        row: Where its title stands.
        lag_cell: The name of the cell in which the reader chooses the lag.
        lag: What is chosen when the book is opened.
    """
    frame = sheet.book.frames["contributors"]
    sheet.put(row, 1, "Value added by contributor", "SOP Section")
    sheet.put(row, 4, "Who typed the number last, as the store keeps it; else the department",
              "SOP Note")
    columns = [CONTRIBUTORS[name] for name in _COLUMNS]
    headers(sheet, row + 1, 1, {one.label: one.unit.is_number for one in columns})
    if frame.empty:
        sheet.put(row + 2, 1, "Nobody has changed a plan whose months are closed.", "SOP Note")
        return row + 2
    chosen = frame[frame["lag"] == lag].reset_index(drop=True)
    lines = min(SHOWN, int(frame["place"].max()))
    lags, places = (structured(CONTRIBUTORS, CONTRIBUTORS[name]) for name in ("lag", "place"))
    values = {one.name: plain(chosen[one.name], one.unit) for one in columns}
    for at in range(lines):
        found = f"MATCH(1,INDEX(({lags}={lag_cell})*({places}={at + 1}),0),0)"
        for place, one in enumerate(columns, start=1):
            source = f"INDEX({structured(CONTRIBUTORS, one)},{found})"
            style = "SOP Key" if place == 1 else "SOP Output" if one.unit.is_number else "SOP Text"
            sheet.put(row + 2 + at, place,
                      values[one.name][at] if at < len(chosen) else None, style,
                      one.unit.number_format if one.unit.is_number else None,
                      f'IFERROR(IF({source}="","",{source}),"")')
    return row + 1 + lines
