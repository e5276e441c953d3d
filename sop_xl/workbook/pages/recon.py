"""Finance_Recon, PVM and Tie_Out: what stands above and beside their grids and lists.

What is chosen in the sheet moves everything by formulas; no macro and no Python is needed.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from sop_xl.planning.finance.bridge_view import compared_number
from sop_xl.planning.finance.lock import INVENTORY, SHOWN, family_line, is_locked, shown
from sop_xl.planning.finance.recon_view import LINES, MAY_LACK_COST, Line
from sop_xl.schema import Unit
from sop_xl.tables import TABLES
from sop_xl.tables.finance import WITHIN
from sop_xl.tables.recon import COMPARED, EFFECT_NAMES, MARGIN, SCENARIO, VISIBLE
from sop_xl.workbook.formulas import excel_text, structured
from sop_xl.workbook.grids import PRINTED_PAST
from sop_xl.workbook.layout import AXIS_ROW, HEADER_ROW, GridPlace, column_letter
from sop_xl.workbook.lists import draw_lists, draw_table, print_apart
from sop_xl.workbook.pages.basis import show_basis
from sop_xl.workbook.pages.left_out import show_left_out
from sop_xl.workbook.pages.pieces import company_row, fit_to_page, headers, left_of
from sop_xl.workbook.sheet import Sheet
from sop_xl.workbook.waterfall import Step, add_waterfall

RECON_ROW = 24
"""First row of the grids of Finance_Recon, below the block on top."""
BRIDGE_ROW = 33
"""Header row of the bridge by family, below the chart."""
LOCK_MOVED, SCENARIO_SHOWN = "Lock_moved", "Scenario_shown"
_LEFT_OUT = "Margin and operating profit are compared without them."
_BEYOND = 12
"""Columns from what is printed of PVM to its workings: those of the chart stand between."""
_TOP = 7
_SCENARIO_NO = compared_number(SCENARIO)
_MONEY, _UNITS = Unit.MONEY.number_format, Unit.QUANTITY.number_format
_SHARE = Unit.PERCENT.number_format
_MONTH = Unit.PERIOD.number_format


class _Chosen(NamedTuple):
    """What is shown when the book is opened."""

    comparison: str
    window: str
    result: str
    first: pd.Period
    last: pd.Period
    prior: pd.Period | None
    scenario: str
    uncosted: str
    """Families without a budgeted cost, in words."""


def _chosen(sheet: Sheet) -> _Chosen:
    frames = sheet.book.frames
    row = frames["recon_choices"].iloc[0]
    windows = frames["windows"].set_index("window")
    prior = None if pd.isna(row["prior"]) else row["prior"]
    span = windows.loc[row["window"]]
    return _Chosen(row["comparison"], row["window"], row["result"], span["first"], span["last"],
                   prior, row["scenario"], row["uncosted"])


# ---- what both sheets choose ---------------------------------------------------------------------


def _choices(sheet: Sheet, page: str, row: int, column: int, workings: int) -> None:
    """The cells in which comparison and window are chosen, and what they stand for.

    Args:
        workings: Column beyond what is printed, for numbers that only formulas read.
    """
    chosen = _chosen(sheet)
    asked: list[tuple[str, str | None, str, str]] = [
        ("Compared with", chosen.comparison, "comparisons", f"{page}_comparison"),
        ("Window", chosen.window, "windows", f"{page}_window"),
    ]
    if page == "Bridge":
        asked.append(("Result", chosen.result, "results", f"{page}_result"))
    else:
        asked.append(("Scenario", chosen.scenario or None, "scenarios", SCENARIO_SHOWN))
    for at, (label, value, table, name) in enumerate(asked, start=row):
        sheet.put(at, column, label, "SOP Label")
        sheet.put(at, column + 1, value, "SOP Input text")
        cell = f"{column_letter(column + 1)}{at}"
        place = sheet.book.layout.tables[table]
        letter = column_letter(place.first_column)
        sheet.choose_from(cell, f"{place.sheet}!${letter}${place.first_row}:"
                          f"${letter}${place.last_row}", label, "Choose what is shown.")
        sheet.name_cell(name, cell)
    _meanings(sheet, page, chosen, row + len(asked), column, workings)


def _meanings(
    sheet: Sheet, page: str, chosen: _Chosen, row: int, column: int, workings: int
) -> None:
    """What the choices stand for, in named cells that the formulas of the sheet use.

    The months are read by people; the rest stands beyond what is printed.
    """
    windows, compared = TABLES["windows"], TABLES["comparisons"]
    columns = sheet.book.layout.columns
    found = f"MATCH({page}_window,{structured(windows, windows['window'])},0)"
    axis = sheet.book.axis
    axis_sheet = sheet.book.layout.grids["finance_total"].sheet
    first = f"{axis_sheet}!${column_letter(columns.first_past)}${HEADER_ROW}"
    year = columns.fiscal_years[axis.periods.get_loc(chosen.first)]
    ends = (column_letter(columns.first_past), column_letter(columns.last_plan))
    months = f"{axis_sheet}!${ends[0]}${{}}:${ends[1]}${{}}"
    header, years = (months.format(r, r) for r in (HEADER_ROW, AXIS_ROW["year"]))
    shown = [
        ("first", "From", _stamp(chosen.first), _MONTH,
         f"INDEX({structured(windows, windows['first'])},{found})"),
        ("last", "To", _stamp(chosen.last), _MONTH,
         f"INDEX({structured(windows, windows['last'])},{found})"),
        ("n", "Comparison no.", compared_number(chosen.comparison), "0",
         f"MATCH({page}_comparison,{structured(compared, compared['comparison'])},0)"),
        ("year", "Fiscal year", int(year), "0", f"INDEX({years},MATCH({page}_first,{header},0))"),
        ("known", "Last year from", _stamp(axis.periods[0] + 12), _MONTH,
         f"EDATE({first},12)"),
        ("prior", "Prior cycle", _stamp(chosen.prior) if chosen.prior is not None else None,
         _MONTH, None),
    ]  # fmt: skip
    if page == "Bridge":
        shown.append(("margin", "Margin: 1", int(chosen.result == MARGIN), "0",
                      f'IF(Bridge_result="{MARGIN}",1,0)'))
    for line, (name, label, value, number_format, formula) in enumerate(shown, start=row):
        at = column if name in ("first", "last") else workings
        sheet.put(line, at, label, "SOP Note")
        sheet.put(line, at + 1, value, "SOP Text", number_format, formula)
        sheet.name_cell(f"{page}_{name}", f"{column_letter(at + 1)}{line}")


def _stamp(period: pd.Period) -> Any:
    return period.to_timestamp()


def _line(place: GridPlace, block: tuple[str, ...], measure: str) -> str:
    """All months of a row, with its sheet."""
    row, columns = place.row(block, measure), place.columns
    first, last = column_letter(columns.first_past), column_letter(columns.last_plan)
    return f"{place.sheet}!${first}${row}:${last}${row}"


# ---- Finance_Recon -------------------------------------------------------------------------------


def recon(sheet: Sheet) -> None:
    """Above the grids: plan against what is chosen, line by line; what moved since the lock."""
    sheet.skeleton.auto_filter.ref = None
    show_basis(sheet)
    columns = sheet.book.layout.columns
    _choices(sheet, "Recon", _TOP, 1, columns.last + 2)
    first = columns.first_plan - min(PRINTED_PAST, columns.axis.history)
    _lines(sheet, first)
    _lock(sheet, first + 8)


def _lines(sheet: Sheet, column: int) -> None:
    chosen = _chosen(sheet)
    title = f"Plan against {chosen.comparison}, {chosen.window}"
    sheet.put(_TOP, column, title, "SOP Section",
              formula=f'"Plan against "&{_named("Recon")}&", "&Recon_window')
    labels = {"Line": False, " ": False, "Plan": True, "Compared": True, "Difference": True,
              "%": True, "Verdict": False}
    headers(sheet, _TOP + 1, column, labels)
    months, total = (sheet.book.layout.grids[n] for n in ("recon_months", "finance_total"))
    masks = {name: _line(months, (), name) for name in ("inside", "before")}
    lines = TABLES["recon_lines"]
    for at, row in enumerate(sheet.book.frames["recon_view"].to_dict("records"), start=_TOP + 2):
        line = next(one for one in LINES if one.label == row["line"])
        number_format = _UNITS if line.own == "volume" else _MONEY
        c, d, e, f = (column_letter(column + offset) for offset in range(2, 6))
        others = ",".join(
            f"SUMPRODUCT({masks['before']},{_line(total, (), line.compared(one))})"
            for one in COMPARED
        )
        allowed = (f"INDEX({structured(lines, lines['tolerance_used'])},"
                   f"MATCH({excel_text(line.label)},{structured(lines, lines['line'])},0))")
        sheet.put(at, column, line.label, "SOP Key")
        sheet.put(at, column + 1, None, "SOP Key")
        sheet.put(at, column + 2, row["plan"], "SOP Output", number_format,
                  _own_sum(total, line, masks["inside"], f"{d}{at}"))
        sheet.put(at, column + 3, row["other"], "SOP Output", number_format,
                  f"CHOOSE(Recon_n,{others})")
        difference = None if pd.isna(row["difference"]) else row["difference"]
        change = f"{c}{at}-{d}{at}"
        sheet.put(at, column + 4, difference, "SOP Output", number_format,
                  f'IF(AND({d}{at}=0,Recon_n<>{_SCENARIO_NO}),"",{change})'
                  if line.by_cost else change)
        share = None if pd.isna(row["share"]) else row["share"]
        sheet.put(at, column + 5, share, "SOP Output", _SHARE, f'IF({d}{at}=0,"",{e}{at}/{d}{at})')
        sheet.put(at, column + 6, row["verdict"] or None, "SOP Text",
                  formula=f'IF(ISNUMBER({f}{at}),IF(ABS({f}{at})<={allowed},"{WITHIN}",'
                          f'IF({e}{at}>0,"{line.above}","{line.below}")),"")')
    last = _TOP + 1 + len(LINES)
    letter = column_letter(column + 6)
    sheet.alert("status", f"{letter}{_TOP + 2}:{letter}{last}")
    inside = _line(months, (), "inside")
    many = int(sheet.book.frames["recon_months"]["inside"].sum())
    sheet.put(last + 1, column, f"{many} months are compared: those that both sides know.",
              "SOP Note",
              formula=f'SUM({inside})&" months are compared: those that both sides know."')
    text = "Difference = plan - compared: ▲ favourable, ■ unfavourable. Tolerances: Data_Finance."
    sheet.put(last + 2, column, text, "SOP Note")
    text = "Every difference with its cells: Tie_Out. Why: PVM."
    sheet.put(last + 3, column, text, "SOP Note")
    show_left_out(sheet, "Recon", last + 5, column)
    if chosen.uncosted:
        sheet.put(last + 4, column, f"{chosen.uncosted} {_LEFT_OUT}", "SOP Note")


def _own_sum(total: GridPlace, line: Line, inside: str, other: str) -> str:
    """The plan in the months compared; of a line that follows from cost only those of which the
    other side holds a figure, or all where it holds none."""
    whole = f"SUMPRODUCT({inside},{_line(total, (), line.own)})"
    if not line.by_cost:
        return whole
    sums = ",".join(
        f"SUMPRODUCT({inside},{_line(total, (), line.mine(one))}"
        + (f",--({_line(total, (), line.compared(one))}<>0))" if one in MAY_LACK_COST else ")")
        for one in COMPARED
    )
    return f"IF(AND({other}=0,Recon_n<>{_SCENARIO_NO}),{whole},CHOOSE(Recon_n,{sums}))"


def _named(page: str) -> str:
    """What is compared with, a scenario by its name."""
    return f'IF({page}_comparison="{SCENARIO}","scenario "&{SCENARIO_SHOWN},{page}_comparison)'


def _lock(sheet: Sheet, column: int) -> None:
    """The locked view beside what the plan says now."""
    frames = sheet.book.frames
    drift, locked = frames["finance_drift"], frames["finance_lock"]
    moved, top = column_letter(column + 4), _TOP + 2
    for line in range(top, top + 2 + SHOWN):  # what other times stood there is taken away
        for at in range(column, column + 5):
            sheet.put(line, at, None, "SOP Note")
    # in the same place whether locked or not: a label that wanders looks like a moved row
    sheet.put(_TOP + 1, column, "Moved since the lock", "SOP Total label")
    for empty in range(1, 4):
        sheet.put(_TOP + 1, column + empty, None, "SOP Total label")
    sheet.name_cell(LOCK_MOVED, f"{moved}{_TOP + 1}")
    drifted = structured(TABLES["finance_drift"], TABLES["finance_drift"]["moved"])
    total = f'SUMIF({drifted},">0")-SUMIF({drifted},"<0")'
    if not is_locked(drift):
        sheet.put(_TOP, column, "The financial view is not locked", "SOP Section")
        sheet.put(_TOP + 1, column + 4, 0.0, "SOP Total", _MONEY, total)
        sheet.put(top, column, "Lock finance freezes it; here stands then what moved since.",
                  "SOP Note")
        return
    head = locked.iloc[0]
    text = f"Locked by {head['author']}, {head['at']} UTC, content {head['hash']}"
    sheet.put(_TOP, column, text, "SOP Section")
    headers(sheet, top, column, {"Line": False, " ": False, "Locked": True, "Now": True,
                                 "Moved": True})
    sheet.put(_TOP + 1, column + 4, float(drift["moved"].abs().sum()), "SOP Total", _MONEY, total)
    seen, first = shown(drift), top + 1
    more = len(drift) - len(seen)
    if more:
        sheet.put(first + len(seen), column, f"The families that moved most; {more} more"
                  f" {'line' if more == 1 else 'lines'}: Finance_Lock", "SOP Note")
    now, was = column_letter(column + 3), column_letter(column + 2)
    for at, row in enumerate(seen.to_dict("records"), start=first):
        number_format = _UNITS if row["line"] == LINES[0].label else _MONEY
        sheet.put(at, column, row["line"], "SOP Key")
        sheet.put(at, column + 1, None, "SOP Key")
        sheet.put(at, column + 2, row["locked"], "SOP Output", number_format)
        sheet.put(at, column + 3, row["now"], "SOP Output", number_format,
                  _now(sheet, row["line"]))
        sheet.put(at, column + 4, row["moved"], "SOP Output", number_format,
                  f"IF(ABS({now}{at}-{was}{at})<0.5,0,{now}{at}-{was}{at})")


def _now(sheet: Sheet, line: str) -> str:
    """The cell that holds what a locked line is now: over the plan, of a stock at its end."""
    layout = sheet.book.layout
    letter = column_letter(layout.columns.plan_total)
    measures = {one.label: one.own for one in LINES} | {INVENTORY: "inventory_value"}
    if line in measures:
        place = layout.grids["finance_total"]
        return f"{letter}{place.row((), measures[line])}"
    place = layout.grids["finance_family"]
    blocks = {family_line(block[0]): block for block in place.blocks}
    return f"{letter}{place.row(blocks[line], 'revenue')}" if line in blocks else "0"


# ---- PVM -----------------------------------------------------------------------------------------


def bridge(sheet: Sheet) -> None:
    """The bridge: what changed revenue or margin, as a waterfall and by family."""
    chosen = _chosen(sheet)
    sheet.head("Price, volume and mix: what changed revenue or margin, and who causes it")
    _choices(sheet, "Bridge", _TOP, 1, VISIBLE + _BEYOND)
    place = sheet.book.layout.tables["bridge"]
    frame = sheet.book.frames["bridge"]
    sheet.put(BRIDGE_ROW - 1, 1, place.table.help, "SOP Note")
    draw_table(sheet, place)
    shown = place.table.names[1:VISIBLE]
    company_row(sheet, "bridge", shown)
    for name in shown:
        cell = f"{column_letter(place.column(name))}{place.last_row + 1}"
        sheet.name_cell(f"Bridge_total_{name}", cell)
    names = place.table.names
    sheet.widths({1: 25.0, 2: 19.0} | dict.fromkeys(range(3, len(names) + 1), 14.0)
                 | {place.column("discontinued"): 18.0})
    sheet.skeleton.column_dimensions.group(
        column_letter(VISIBLE + 1), column_letter(len(names)), outline_level=1, hidden=False
    )
    title = f"{chosen.result}, {chosen.window}: from {chosen.comparison} to actual and plan"
    sheet.put(_TOP, 4, title, "SOP Section",
              formula=f'Bridge_result&", "&Bridge_window&": from "&{_named("Bridge")}'
                      '&" to actual and plan"')
    note = f"{chosen.uncosted} {_LEFT_OUT}" if chosen.uncosted else ""
    sheet.put(BRIDGE_ROW - 2, 1, note or None, "SOP Note")
    show_left_out(sheet, "Bridge", BRIDGE_ROW - 3, 1)
    steps = _steps(frame)
    add_waterfall(sheet, sheet.at(left_of(sheet, 7) + 0.3, _TOP + 1), title, steps,
                  title_cell=f"{sheet.name}!$D${_TOP}", unit=sheet.book.settings.currency,
                  table=(_TOP + 1, 4), parts=VISIBLE + 2, size=(15.8, 11.8))
    fit_to_page(sheet)
    sheet.skeleton.print_area = f"A1:{column_letter(VISIBLE)}{place.last_row + 1}"


def _steps(frame: pd.DataFrame) -> list[Step]:
    """The effects of the company, in the order of the waterfall."""
    table = TABLES["bridge"]
    steps = [Step(table[name].label, f"Bridge_total_{name}",
                  round(float(frame[name].sum()), 2) + 0.0) for name in EFFECT_NAMES]
    change = round(float(frame["after"].sum() - frame["before"].sum()), 2)
    return [*steps, Step("Change", "ROUND(Bridge_total_after-Bridge_total_before,2)", change,
                         is_total=True)]


# ---- Scenarios --------------------------------------------------------------------------------


def scenarios(sheet: Sheet) -> None:
    """The drivers, and beside them what the scenarios make of the plan."""
    tables = sheet.book.layout.tables
    drivers, found = tables["scenario_drivers"], tables["scenarios"]
    draw_lists(sheet, [drivers, found], drivers.table.help)
    print_apart(sheet, {drivers: drivers.table.names[-1], found: found.table.names[-1]})


# ---- Tie_Out -------------------------------------------------------------------------------------


def tie_out(sheet: Sheet) -> None:
    """The tie-out list; each row jumps to the cells that it is about."""
    table = TABLES["tie_outs"]
    sheet.head(table.help, as_issued=True)
    place = sheet.book.layout.tables["tie_outs"]
    frame = sheet.book.frames["tie_outs"]
    places = sheet.book.frames["tie_places"].to_dict("records")
    cells = [_cells(sheet, one) for one in places]
    texts = [" against ".join(one) for one in cells]
    shown = frame.assign(place=pd.Series(texts, index=frame.index, dtype="str"))
    draw_table(sheet, place, shown)
    for at, (text, one) in enumerate(zip(texts, cells, strict=True), start=place.first_row):
        sheet.link(at, place.column("place"), text, one[0])
    sheet.freeze(place.first_row, 2)
    sheet.finish()
    end = column_letter(place.column("comment"))
    sheet.skeleton.print_area = f"A1:{end}{place.first_row + max(1, len(frame)) - 1}"
    sheet.skeleton.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def _cells(sheet: Sheet, one: dict[Any, Any]) -> list[str]:
    """The ranges of months in which a figure and what it is compared with stand."""
    grid = sheet.book.layout.grids[one["grid"]]
    columns = grid.columns
    inside = [p for p in (one["first"], one["last"]) if p in columns.axis.periods]
    first, last = (column_letter(columns.column(p)) for p in (inside[0], inside[-1]))
    block = next((b for b in grid.blocks if not one["key"] or b[0] == one["key"]), None)
    if block is None:
        return [f"{grid.sheet}!A{grid.first_row}"]
    measures = [name for name in (one["own"], one["other"]) if name in grid.grid.names]
    return [
        f"{grid.sheet}!{first}{grid.row(block, name)}:{last}{grid.row(block, name)}"
        for name in measures
    ]
