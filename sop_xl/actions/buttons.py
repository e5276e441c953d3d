"""The buttons of the ribbon: what each of them does, and what it has to say about it.

A button, ``sop-xl run ACTION --book FILE`` and a test call the same function. A new one is a line
in ``BUTTONS`` and an element in ``workbook/ribbon/customUI14.xml``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sop_xl import __version__
from sop_xl.actions import reconciling
from sop_xl.actions.adopting import adopt, optimise
from sop_xl.actions.collecting import take_over
from sop_xl.actions.comparing import scenario_lines
from sop_xl.actions.issuing import default_book, generate
from sop_xl.actions.loading import Loading, load
from sop_xl.actions.loading import check as check_data
from sop_xl.actions.plans import open_plan
from sop_xl.actions.pressing import (
    Action,
    Refreshed,
    Report,
    StoppedError,
    ask_first,
    bring_up_to_date,
    collected_lines,
    open_new,
    opened,
    refreshing,
    taken_over,
    usable,
)
from sop_xl.actions.preview import Preview
from sop_xl.actions.session import TEMPLATE_BUILD, Press, Session
from sop_xl.actions.shortages import apply_options, short_in_words
from sop_xl.actions.signing import OPEN, last_step, next_step, set_status
from sop_xl.actions.supplying import material_lines, people_lines, stock_lines
from sop_xl.actions.targeting import spread
from sop_xl.actions.telling import (
    LEAST_CHANGE,
    LISTED,
    baseline_line,
    change_note,
    change_text,
    figure,
    kept_text,
)
from sop_xl.actions.treasury import cash_lines, lever_lines, value_added_lines
from sop_xl.errors import SopError
from sop_xl.planning.review.checks import PASSED
from sop_xl.planning.wording import count, number, percent
from sop_xl.schema import has_errors
from sop_xl.tables.demand import DEMAND_PLAN
from sop_xl.tables.executive import CYCLE_CALENDAR, DONE
from sop_xl.tables.review import CHECK_TABLE, EXCEPTIONS
from sop_xl.workbook.explain import explain
from sop_xl.workbook.reader.shown import shown_rows

CALENDAR = "Cycle_Calendar!A1"


@dataclass(frozen=True)
class Button:
    """A button: its name on the ribbon, the gate that closes it, and what it does."""

    label: str
    action: Action
    help: str
    gate: str = ""
    needs_excel: bool = False
    """It moves the eye of somebody who looks at the workbook; a file has no eye."""

    def __call__(self, press: Press) -> Report:
        return self.action(press)


# ---- cycle -----------------------------------------------------------------------------


def new_cycle(press: Press) -> Report:
    """Take over what was typed, load the next month's data and write the workbook of its cycle.

    The open workbook stays as it is. The template belongs to no cycle: it opens the newest one.
    """
    found = check_data(press.plan, progress=press.book.say)
    if has_errors(found.findings):
        return _wrong_data(found, "Nothing was done")
    if press.book.identity()["build"] == TEMPLATE_BUILD:
        return _first_cycle(press, found.cycle)
    return opened(press, "", lambda session: _next_cycle(session, found.cycle))


def _next_cycle(session: Session, coming: str) -> Report:
    press, cycle = session.press, session.issue.cycle
    if coming <= cycle:
        raise SopError(
            f"The data folder holds nothing newer than {cycle}, the cycle of this workbook.",
            "Put the next month's data into it first; Load data shows corrections to this month's.",
        )
    session = usable(session)
    left_out = [f"{change_text(c.change)}; {kept_text(c)}" for c in session.weighed.conflicts]
    ask_first(session, "Others changed the same; this is not going to be taken over:", left_out)
    collected = take_over(
        session.plan, session.held, session.issue, press.book.file, press.author, press.at
    )
    return _open_cycle(press, coming, [taken_over(collected), *collected_lines(collected)])


def _first_cycle(press: Press, coming: str) -> Report:
    with open_plan(press.plan) as plan:
        newest = max((known.name for known in plan.store.cycles()), default="")
        if coming > newest:
            return _open_cycle(press, coming, [])
        book = default_book(plan, newest)
    if not book.exists():
        book = generate(press.plan, newest, progress=press.book.say).path
    press.book.open(book)
    return Report(f"Cycle {newest} is open.", [f"Workbook: {book}"])


def _open_cycle(press: Press, cycle: str, lines: list[str]) -> Report:
    """Load the data of a cycle, write its workbook and show it."""
    loading = load(press.plan, cycle, author=press.author, at=press.at, progress=press.book.say)
    if loading.revision is None:
        return _wrong_data(loading, "Nothing was loaded")
    made = generate(press.plan, cycle, progress=press.book.say)
    lines = [f"Workbook: {made.path}", *open_new(press, made.path), *lines]
    if made.checks_failed:
        lines.append(f"{count(made.checks_failed, 'check')} failed: see its sheet Checks")
    lines += map(str, loading.findings)
    return Report(f"Cycle {made.cycle} is open.", lines, findings=bool(made.checks_failed))


def _wrong_data(found: Loading, what: str) -> Report:
    wrong = [str(f) for f in found.findings if has_errors([f])]
    return Report(f"{what}: the data have errors.", wrong, findings=True)


def load_data(press: Press) -> Report:
    """Take in again what the plan folder delivers, and show it in the open workbook."""

    def then(session: Session) -> Report:
        done = bring_up_to_date(session, _load)
        return done.report(f"Data loaded: {taken_over(done.collected)}.")

    return opened(press, "open", then)


def _load(session: Session) -> list[str]:
    press = session.press
    loading = load(
        press.plan, session.issue.cycle, author=press.author, at=press.at, progress=press.book.say
    )
    if loading.revision is None:
        report = _wrong_data(loading, "Nothing was loaded")
        kept = "What was typed is in the plan; the workbook is as it was."
        raise StoppedError(report._replace(lines=[kept, *report.lines]))
    return [f"{count(sum(loading.rows.values()), 'row')} read", *map(str, loading.findings)]


def save(press: Press) -> Report:
    """Take what was typed into the plan, and show what others have changed since."""

    def then(session: Session) -> Report:
        done = bring_up_to_date(session)
        return done.report(f"Saved to the plan: {taken_over(done.collected)}.")

    return opened(press, "open", then)


def status(press: Press) -> Report:
    """Where the cycle stands."""

    def then(session: Session) -> Report:
        found = session.plan.store.status(session.issue.cycle)
        steps = session.calendar
        lines = [
            f"{step}: {state}" for step, state in zip(steps["step"], steps["status"], strict=True)
        ]
        last = found.revisions[-1]
        lines += [
            f"{count(found.changes, 'change')} taken over, {count(found.conflicts, 'conflict')}",
            f"Last: {last.kind} by {last.author}, {last.saved_at:%Y-%m-%d %H:%M} UTC",
        ]
        version = session.held.identity["version"]
        title = f"Cycle {session.issue.cycle}, version {version}: {found.cycle.status}."
        return Report(title, lines, kept=False)

    return opened(press, "", then)


def sign_off(press: Press) -> Report:
    """Sign off the next step of the cycle; the checks have to be green and conflicts settled."""

    def then(session: Session) -> Report:
        session = usable(session)
        step = next_step(session.calendar)
        if session.weighed.applied:  # what was typed since the last meeting is not in the plan
            session.need_open("open")
        conflicts = [
            f"{change_text(c.change)}; {kept_text(c)}" for c in session.weighed.conflicts
        ]
        if conflicts:
            what = f"{count(len(conflicts), 'conflict')} open"
            raise _not_signed(step, what, conflicts, "Save to plan shows them and settles them.")
        _ask_if_stale(session, step, next_step)
        reason = f"Signed off by {press.author}, build {session.issue.build}"
        done = bring_up_to_date(
            session, lambda s: _set(s, {step: DONE}, reason), lambda p: _need_green(p, step)
        )
        return done.report(f"Signed off: {step}.", go=CALENDAR)

    return opened(press, "", then)


def _need_green(foreseen: Preview, step: str) -> None:
    """Refuse to sign what does not agree with itself.

    The plan's own checks count: a workbook may show old ones, if nobody calculated it.
    """
    rows = _records(foreseen.made.frames[CHECK_TABLE.name])
    failed = [_check_line(row) for row in rows if row["status"] != PASSED]
    if failed:
        what = f"{count(len(failed), 'check')} failed"
        raise _not_signed(step, what, failed, "The sheet Checks says what to do.", "Checks!A1")


def _not_signed(step: str, what: str, lines: list[str], remedy: str, go: str = "") -> StoppedError:
    title = f"The step {step} cannot be signed off: {what}."
    return StoppedError(Report(title, [*lines, remedy], findings=True, go=go))


def reopen(press: Press) -> Report:
    """Open the step again that was signed off last."""

    def then(session: Session) -> Report:
        step = last_step(session.calendar)
        _ask_if_stale(session, step, last_step)
        reason = f"Reopened by {press.author}"
        done = bring_up_to_date(session, lambda s: _set(s, {step: OPEN}, reason))
        return done.report(f"Open again: {step}.", go=CALENDAR)

    return opened(press, "signed", then)


def _ask_if_stale(session: Session, step: str, which: Callable[[pd.DataFrame], str]) -> None:
    """Ask before another step is signed than the one that the book shows."""
    shown = session.held.frames.get(CYCLE_CALENDAR.name)
    if shown is None or not {"step", "status"} <= set(shown.columns):
        return  # its list is gone: nobody looks at another step
    with suppress(SopError):  # as the book has it, there is no such step
        if which(shown) == step:
            return
    question = "Since this workbook was brought up to date, a step was signed off or reopened:"
    ask_first(session, question, [f"it is the turn of {step} now."])


def _set(session: Session, steps: dict[str, str], reason: str) -> list[str]:
    press, issue = session.press, session.issue
    set_status(session.plan, issue.cycle, issue.build, steps, reason, press.author, press.at)
    return []


# ---- the sides of the plan -------------------------------------------------------------


def _baseline_changes(done: Refreshed) -> list[str]:
    """What the forecast changed: against last cycle's plan, and against what the book showed."""
    return [*change_note(done.made.frames), *_against_the_book(done)]


def _against_the_book(done: Refreshed) -> list[str]:
    """The blocks of which the book showed another baseline, largest change first."""
    frame = done.made.frames[DEMAND_PLAN.name]
    keys = [name for name in ("family", "region", "channel") if name in frame.columns]
    plan = frame[frame["period"] >= done.made.run.axis.first]
    spots = plan[[*keys, "period"]].astype(str).itertuples(index=False, name=None)
    figures = done.before.figures
    before = [figures.get((DEMAND_PLAN.name, spot, "baseline")) for spot in spots]
    shown = pd.to_numeric(pd.Series(before, index=plan.index, dtype=object), errors="coerce")
    sums = plan.assign(before=shown.fillna(0.0)).groupby(keys, sort=False)[["before", "baseline"]]
    totals = sums.sum()
    totals["moved"] = (totals["baseline"] - totals["before"]).abs()
    changed = totals[totals["moved"] > LEAST_CHANGE].sort_values("moved", ascending=False)
    lines = ["Against what this workbook showed:"] if len(changed) else []
    for key, row in changed.head(LISTED).iterrows():
        name = " · ".join(key) if isinstance(key, tuple) else str(key)
        lines.append(baseline_line(name, row["before"], row["baseline"]))
    same = len(totals) - len(changed)
    if len(changed) > LISTED:
        lines.append(f"... and {len(changed) - LISTED} more")
    return [*lines, f"{count(same, 'baseline')} of {len(totals)} as before"]


def _short_capacity(done: Refreshed) -> list[str]:
    """The resources that are short, most hours first."""
    frame = done.made.frames["supply_summary"]
    short = frame[frame["short_months"] > 0].sort_values("short_hours")
    lines = [
        f"{row['resource']}: {count(int(row['short_months']), 'month')} short, "
        f"{number(-row['short_hours'])} hours in all; fullest month {percent(row['peak'])}"
        for row in _records(short.head(LISTED))
    ]
    return lines or ["No resource is short of hours in the plan months."]


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _kpis_off_target(done: Refreshed) -> list[str]:
    """The KPIs that want a look."""
    frame = done.made.frames["kpis"]
    off = frame[frame["status"].str.startswith(("■", "▲"))]
    lines = [
        f"{row['status']} {row['kpi']}: {figure(row['actual'])}, target {figure(row['target'])}"
        + _more_of(row)
        for row in _records(off)
    ]
    return lines or ["Every KPI with a target is on it."]


def _more_of(row: Mapping[str, Any]) -> str:
    """The other definition of a KPI and what the plan makes of it, where there is one."""
    text = "" if pd.isna(row["second"]) else f"; {row['second_name']} {figure(row['second'])}"
    return text if pd.isna(row["outlook"]) else f"{text}; outlook {figure(row['outlook'])}"


# ---- control ---------------------------------------------------------------------------


def check(press: Press) -> Report:
    """Read every input and the checks of the book; nothing is written."""

    def then(session: Session) -> Report:
        rows = _list(session, CHECK_TABLE.name)
        failed = [row for row in rows if row["status"] != PASSED]
        lines = [_check_line(row) for row in failed]
        lines += [str(finding) for finding in session.held.findings]
        title = "All checks passed." if not failed else f"{count(len(failed), 'check')} failed."
        if not rows:
            title = f"The list {CHECK_TABLE.label} is not on its sheet; nothing can be checked."
        return Report(title, lines, findings=bool(lines) or not rows, go="Checks!A1")

    return opened(press, "", then)


def _check_line(row: Mapping[str, Any]) -> str:
    if row["status"] in (None, ""):
        return f"{row['check']}: not calculated; open the workbook in Excel and save it"
    return f"{row['status']} {row['check']}: {figure(row['value'])}"


def _list(session: Session, table: str) -> Sequence[Mapping[str, Any]]:
    return shown_rows(session.book.sheets(), table)


def changes(press: Press) -> Report:
    """What differs between the book and the plan; nothing is written."""

    def then(session: Session) -> Report:
        found = session.weighed
        lines = [change_text(change) for change in found.applied]
        lines += [f"conflict: {change_text(c.change)}; {kept_text(c)}" for c in found.conflicts]
        lines += [str(finding) for finding in session.held.findings]
        title = (
            f"{count(len(found.applied), 'change')} not saved to the plan yet, "
            f"{count(len(found.conflicts), 'conflict')}."
        )
        return Report(title, lines, findings=bool(lines))

    return opened(press, "", then)


# ---- work ------------------------------------------------------------------------------


def _step_through(press: Press, forward: bool) -> Report:
    rows = [
        row for row in shown_rows(press.book.sheets(), EXCEPTIONS.name) if row["status"] != DONE
    ]
    if not rows:
        return Report("No exception is open.", [], go="Exceptions!A1", kept=False)
    here = 0
    with suppress(SopError):  # no cell is selected, but a chart perhaps: begin at the first row
        sheet, _, cell = press.book.selection().partition("!")
        here = int("".join(filter(str.isdigit, cell)) or 0) if sheet == "Exceptions" else 0
    places = [int(row["row"]) for row in rows]
    if forward:
        at = next((i for i, place in enumerate(places) if place > here), 0)
    else:
        before = [i for i, place in enumerate(places) if place < here]
        at = before[-1] if before else len(places) - 1
    row = rows[at]
    lines = [str(row["option"] or ""), f"Look at the sheet {row['sheet']}."]
    title = f"Exception {at + 1} of {len(rows)}: {row['message']}"
    go = f"Exceptions!A{row['row']}"
    return Report(title, [line for line in lines if line], go=go, kept=False)


def next_exception(press: Press) -> Report:
    """Go to the next exception that is not done."""
    return _step_through(press, forward=True)


def previous_exception(press: Press) -> Report:
    """Go to the exception before."""
    return _step_through(press, forward=False)


def explain_cell(press: Press) -> Report:
    """Say what a cell shows, how it is computed and who changed it last."""

    def then(session: Session) -> Report:
        target = session.book.selection()
        found = explain(session.held, session.book.sheets(), target)
        lines = list(found.lines)
        log = session.plan.store.changes(session.issue.cycle)
        for row in _records(log[log["cell"] == found.cell].tail(3)):
            was, now = row["old"] or "blank", row["new"] or "blank"
            reason = f". {row['reason']}" if row["reason"] else ""
            lines.append(f"Changed by {row['author']}, {row['at']} UTC: {was} -> {now}{reason}")
        return Report(found.title, lines, kept=False)

    return opened(press, "", then)


def _going(target: str, title: str) -> Action:
    def action(press: Press) -> Report:
        del press
        return Report(title, [], go=target, kept=False, told=False)

    return action


def about(press: Press) -> Report:
    """Which program and which workbook this is."""
    identity = press.book.identity()
    lines = [
        f"Plan: {identity['plan']}", f"Plan folder: {press.plan}",
        f"Cycle {identity['cycle']}, version {identity['version']}, build {identity['build']}",
        f"Workbook written by sop-xl {identity['program'] or 'of an older version'}",
    ]
    return Report(f"sop-xl {__version__}", lines, kept=False)


BUTTONS: Mapping[str, Button] = {
    "new_cycle": Button("New cycle", new_cycle, "Load the data of the next month and write its "
                        "workbook. What was typed in this one is taken over first."),
    "load": Button("Load data", load_data, "Read the data folder again and show it here.", "open"),
    "save": Button("Save to plan", save, "Take what was typed into the plan, and show what others "
                   "changed.", "open"),
    "status": Button("Status", status, "Where the cycle stands."),
    "sign_off": Button("Sign off step", sign_off, "Sign off the next step; it closes what it "
                       "covers."),
    "reopen": Button("Reopen step", reopen, "Open the last step that was signed off.", "signed"),
    "forecast": Button(
        "Run forecast",
        refreshing("demand", "Forecast run", _baseline_changes, "Demand_Plan!A1"),
        "Save what was typed, compute the baseline and the plan, and say what changed.", "demand"),
    "spread": Button(
        "Spread targets", spread, "Share the typed targets of families and company out over their "
        "blocks; what is fixed with a reason stays.", "demand"),
    "supply": Button(
        "Run supply", refreshing("supply", "Supply run", _short_capacity, "Capacity!A1"),
        "Save what was typed, compute the plan, and say which resource is short.", "supply"),
    "capacity": Button(
        "Capacity check",
        refreshing("supply", "Capacity checked", short_in_words, "Capacity!A1"),
        "Save what was typed, compute the plan, and say which resource is short, when, by how "
        "much, and what the cheapest option is.", "supply"),
    "options": Button(
        "Apply options", apply_options, "Write the options chosen on the sheet Options into the "
        "rows of overtime and extra hours, and into fixed production.", "supply"),
    "optimise": Button(
        "Optimise", optimise, "Save what was typed, compute the strategies beside the plan, and "
        "say which is cheapest and what is short.", "supply"),
    "adopt": Button(
        "Adopt plan", adopt, "Write the plan chosen on Strategy to the supply plan; none takes it "
        "back.", "supply"),
    "inventory": Button(
        "Inventory targets", refreshing("supply", "Inventory planned", stock_lines, "Inventory!A1"),
        "Save what was typed, compute the plan, and say which stock is short, too much or left "
        "over.", "supply"),
    "materials": Button(
        "Materials",
        refreshing("supply", "Materials planned", material_lines, "Material_Actions!A1"),
        "Save what was typed, compute the plan, and say what to expedite, put off, cancel and "
        "order.", "supply"),
    "workforce": Button(
        "Workforce", refreshing("supply", "Workforce planned", people_lines, "Workforce!A1"),
        "Save what was typed, compute the plan, and say which team or skill is missing.", "supply"),
    "reconcile": Button(
        "Reconcile", refreshing("finance", "Reconciled", reconciling.told, reconciling.RECON),
        "Save what was typed, compute the plan, say how far it is from the AOP and why.",
        "finance"),
    "tie_out": Button(
        "Tie-out list",
        refreshing("finance", "Tie-outs listed", reconciling.tie_out_lines, reconciling.TIE_OUT),
        "Save what was typed, and list every difference above its tolerance.", "finance"),
    "scenarios": Button(
        "Scenarios", refreshing("finance", "Scenarios compared", scenario_lines, "Scenarios!A1"),
        "Save what was typed, and say what each scenario does to revenue, margin and profit.",
        "finance"),
    "lock_finance": Button(
        "Lock finance", reconciling.lock_finance,
        "Freeze the financial view; the book shows from then on what moves.", "finance"),
    "unlock_finance": Button(
        "Unlock finance", reconciling.unlock_finance,
        "Let the financial view move again.", "finance"),
    "show_locked": Button(
        "Show locked", reconciling.show_locked,
        "The locked financial view, computed anew from the inputs that it was made from."),
    "cash": Button(
        "Cash forecast", refreshing("finance", "Cash forecast", cash_lines, "Cash_WC!A1"),
        "Save what was typed, roll receivables, payables and stock, and say how cash comes out.",
        "finance"),
    "levers": Button(
        "Levers", refreshing("finance", "Levers", lever_lines, "Levers!A1"),
        "Save what was typed, reckon the five levers, and say which of them closes a gap.",
        "finance"),
    "fva": Button(
        "FVA report", refreshing("performance", "Forecast value added", value_added_lines,
                                 "Accuracy!A1"),
        "Save what was typed, and say what each step and department added to the forecast.",
        "performance"),
    "kpis": Button(
        "Update KPIs", refreshing("performance", "KPIs updated", _kpis_off_target, "KPIs!A1"),
        "Save what was typed, compute the KPIs, and name those off target.", "performance"),
    "check": Button("Run checks", check, "Read every input and the checks; writes nothing."),
    "changes": Button("Changes", changes, "What was typed and is not in the plan yet; writes "
                      "nothing."),
    "restore": Button(
        "Restore formulas", refreshing("open", "Formulas restored", lambda _: []),
        "Bring back formulas and headers that were typed over; shows them first.", "open"),
    "previous": Button("Previous", previous_exception, "The exception before.", needs_excel=True),
    "next": Button("Next", next_exception, "The next open exception.", needs_excel=True),
    "explain": Button("Explain cell", explain_cell, "What the cell shows, how it is computed, who "
                      "changed it."),
    "glossary": Button("Glossary", _going("Glossary!A1", "Glossary"), "Every word on the sheets.",
                       needs_excel=True),
    "log": Button("Log", _going("Log!A1", "Log"), "What was run in this workbook.",
                  needs_excel=True),
    "about": Button("About", about, "Which program and which workbook this is."),
}
"""The buttons by the name of their action."""


def button(name: str) -> Button:
    """The button of an action.

    Raises:
        SopError: There is none.
    """
    if name not in BUTTONS:
        raise SopError(f"There is no action {name}.", f"There are: {_names(BUTTONS)}.")
    return BUTTONS[name]


def _names(names: Iterable[str]) -> str:
    return ", ".join(names)
