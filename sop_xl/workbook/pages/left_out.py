"""What a comparison of margins leaves out so that like is compared with like, in words."""

from __future__ import annotations

from sop_xl.planning.finance.recon_view import left_out
from sop_xl.planning.finance.windows import Months
from sop_xl.planning.wording import number
from sop_xl.tables.recon import MARGIN
from sop_xl.workbook.formulas import excel_text
from sop_xl.workbook.layout import column_letter
from sop_xl.workbook.sheet import Sheet

_SAID = "Like with like: supply cost beyond standard that only one side knows is left out, "
_OF_PLAN, _OF_OTHER = " of the plan, ", " of what it is compared with."


def show_left_out(sheet: Sheet, page: str, row: int, column: int) -> None:
    """The supply cost that the margins on a page leave out; nothing where they leave none out.

    Args:
        sheet: Finance_Recon or PVM.
        page: How its names begin: Recon or Bridge.
        row: Where the sentence stands.
        column: Where the sentence stands.
    """
    frames = sheet.book.frames
    choice = frames["recon_choices"].iloc[0]
    flags = frames[f"{page.lower()}_months"]["inside"].to_numpy(dtype=bool)
    shown = page == "Recon" or choice["result"] == MARGIN
    amounts = left_out(frames["finance_total"], Months(*(flags,) * 5), choice["comparison"])
    text = ""
    if shown and round(sum(abs(amount) for amount in amounts)):
        text = f"{_SAID}{number(amounts[0])}{_OF_PLAN}{number(amounts[1])}{_OF_OTHER}"
    margin, year = _sum(sheet, page, "margin"), _sum(sheet, page, "year_margin")
    left, out = _sum(sheet, page, "supply_left"), _sum(sheet, page, "prior_left")
    own = f"CHOOSE({page}_n,0,{left},{year}-{margin},{left},0)"
    other = f"CHOOSE({page}_n,0,{out},0,{out},0)"
    asked = "1" if page == "Recon" else "Bridge_margin"
    formula = (
        f'IF({asked}*ROUND(ABS({own})+ABS({other}),0)=0,"",{excel_text(_SAID)}'
        f'&TEXT({own},"#,##0")&{excel_text(_OF_PLAN)}&TEXT({other},"#,##0")'
        f"&{excel_text(_OF_OTHER)})"
    )
    sheet.put(row, column, text or None, "SOP Note", formula=formula)


def _sum(sheet: Sheet, page: str, measure: str) -> str:
    """A line of the company over the months of the window."""
    grids = sheet.book.layout.grids
    lines = []
    for grid, name in (("finance_total", measure), (f"{page.lower()}_months", "inside")):
        place = grids[grid]
        at, columns = place.row((), name), place.columns
        first, last = column_letter(columns.first_past), column_letter(columns.last_plan)
        lines.append(f"{place.sheet}!${first}${at}:${last}${at}")
    return f"SUMPRODUCT({','.join(lines)})"
