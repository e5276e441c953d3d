"""The buttons of the ribbon: what each of them does, and what it has to say about it.

A button, ``sop-xl run ACTION --book FILE`` and a test call the same function. A new one is a line
in ``BUTTONS`` and an element in ``workbook/ribbon/customUI14.xml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sop_xl import __version__
from sop_xl.actions.books import generate
from sop_xl.actions.collecting import weigh
from sop_xl.actions.loading import load
from sop_xl.actions.plans import open_plan
from sop_xl.actions.pressing import (
    Action,
    Press,
    Refreshed,
    Report,
    Session,
    bring_up_to_date,
    opened,
    refreshing,
    taken_over,
)
from sop_xl.actions.pressing import calendar as steps_of
from sop_xl.actions.signing import OPEN, last_step, next_step, set_status
from sop_xl.actions.telling import change_text, figure, kept_text
from sop_xl.errors import SopError
from sop_xl.planning.wording import count, number, percent
from sop_xl.schema import has_errors
from sop_xl.tables.demand import DEMAND_PLAN
from sop_xl.tables.executive import DONE
from sop_xl.tables.review import CHECK_TABLE, EXCEPTIONS
from sop_xl.workbook.explain import explain
from sop_xl.workbook.reader.shown import shown_rows

LISTED = 8
"""Lines about single families, resources or KPIs in a message; the sheets have them all."""


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
    """Load what the plan folder delivers and write the workbook of its cycle."""
    identity = press.book.identity()
    with open_plan(press.plan) as plan:
        known = {found.name for found in plan.store.cycles()}
        issued = plan.store.issued(identity["build"])
    saved: list[str] = []
    if issued is not None and issued.cycle == max(known):
        # nothing that was typed in the old month's book may be lost with it
        saved = opened(press, "", _save).lines
    loading = load(press.plan, author=press.author, at=press.at, progress=press.book.say)
    if loading.revision is None:
        wrong = [str(f) for f in loading.findings if has_errors([f])]
        return Report("Nothing was loaded: the data have errors.", wrong, findings=True)
    if loading.cycle == identity["cycle"]:
        raise SopError(
            f"The data of the plan folder are still those of {loading.cycle}, the cycle of this "
            "workbook; they were loaded.",
            "Put the next month's data into data/ first; Load data shows these in this workbook.",
        )
    made = generate(press.plan, loading.cycle, progress=press.book.say)
    press.book.open(made.path)
    lines = [f"Workbook: {made.path}", *saved, *(str(f) for f in loading.findings)]
    return Report(f"Cycle {made.cycle} is open.", lines, findings=bool(made.checks_failed))


def load_data(press: Press) -> Report:
    """Take in again what the plan folder delivers, and show it in the open workbook."""

    def then(session: Session) -> Report:
        done = bring_up_to_date(session, _load)
        return Report(f"Data loaded: {taken_over(done.collected)}.", done.lines)

    return opened(press, "open", then)


def _load(session: Session) -> list[str]:
    press = session.press
    loading = load(
        press.plan, session.issue.cycle, author=press.author, at=press.at, progress=press.book.say
    )
    if loading.revision is None:
        wrong = "\n".join(f"  {f}" for f in loading.findings if has_errors([f]))
        raise SopError(f"Nothing was loaded: the data have errors.\n{wrong}", "Mend the data.")
    return [f"{count(sum(loading.rows.values()), 'row')} read", *map(str, loading.findings)]


def _save(session: Session) -> Report:
    done = bring_up_to_date(session)
    title = f"Saved to the plan: {taken_over(done.collected)}."
    return Report(title, done.lines, bool(done.collected.conflicts or done.collected.findings))


def save(press: Press) -> Report:
    """Take what was typed into the plan, and show what others have changed since."""
    return opened(press, "open", _save)


def status(press: Press) -> Report:
    """Where the cycle stands."""

    def then(session: Session) -> Report:
        found = session.plan.store.status(session.issue.cycle)
        steps = steps_of(session)
        lines = [f"{step}: {state}" for step, state in zip(steps["step"], steps["status"],
                                                           strict=True)]
        last = found.revisions[-1]
        lines += [
            f"{count(found.changes, 'change')} taken over, {count(found.conflicts, 'conflict')}",
            f"Last: {last.kind} by {last.author}, {last.saved_at:%Y-%m-%d %H:%M}",
        ]
        version = session.held.identity["version"]
        title = f"Cycle {session.issue.cycle}, version {version}: {found.cycle.status}."
        return Report(title, lines)

    return opened(press, "", then)


def sign_off(press: Press) -> Report:
    """Sign off the next step of the cycle; the checks have to be green and conflicts settled."""

    def then(session: Session) -> Report:
        step = next_step(steps_of(session))
        failed = _failed_checks(session)
        conflicts = weigh(session.plan, session.held, session.issue, session.book.file).conflicts
        if failed or conflicts:
            named = "".join(f"\n  {line}" for line in failed)
            raise SopError(
                f"The step {step} cannot be signed off: {count(len(failed), 'check')} failed, "
                f"{count(len(conflicts), 'conflict')} open.{named}",
                "Mend what the sheet Checks shows; settle conflicts with Save to plan.",
            )
        reason = f"Signed off by {press.author}, build {session.issue.build}"
        done = bring_up_to_date(session, lambda s: _set(s, {step: DONE}, reason))
        return Report(f"Signed off: {step}.", done.lines, go="Cycle_Calendar!A1")

    return opened(press, "open", then)


def reopen(press: Press) -> Report:
    """Open the step again that was signed off last."""

    def then(session: Session) -> Report:
        step = last_step(steps_of(session))
        reason = f"Reopened by {press.author}"
        done = bring_up_to_date(session, lambda s: _set(s, {step: OPEN}, reason))
        return Report(f"Open again: {step}.", done.lines, go="Cycle_Calendar!A1")

    return opened(press, "signed", then)


def _set(session: Session, steps: dict[str, str], reason: str) -> list[str]:
    press, plan, issue, _ = session
    set_status(plan, issue.cycle, issue.build, steps, reason, press.author, press.at)
    return []


# ---- the sides of the plan -------------------------------------------------------------


def _baseline_changes(done: Refreshed) -> list[str]:
    """What the forecast changed against what the book showed, largest first."""
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
    changed = totals[totals["moved"] > 0.5].sort_values("moved", ascending=False)
    lines = []
    for key, row in changed.head(LISTED).iterrows():
        name = " · ".join(key) if isinstance(key, tuple) else str(key)
        share = f" ({percent(row['baseline'] / row['before'] - 1)})" if row["before"] else ""
        lines.append(f"{name}: {number(row['before'])} -> {number(row['baseline'])}{share}")
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


def _against_aop(done: Refreshed) -> list[str]:
    """The lines of the profit and loss account against the AOP."""
    lines = []
    for row in _records(done.made.frames["finance_summary"]):
        text = f"{row['line']}: outlook {number(row['outlook'])}"
        if not pd.isna(row["variance"]):
            text += f", AOP {number(row['aop'])}, variance {number(row['variance'])}"
        lines.append(text)
    return lines


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _kpis_off_target(done: Refreshed) -> list[str]:
    """The KPIs that want a look."""
    frame = done.made.frames["kpis"]
    off = frame[frame["status"].str.startswith(("■", "▲"))]
    lines = [
        f"{row['status']} {row['kpi']}: {figure(row['actual'])}, target {figure(row['target'])}"
        for row in _records(off)
    ]
    return lines or ["Every KPI with a target is on it."]


# ---- control ---------------------------------------------------------------------------


def check(press: Press) -> Report:
    """Read every input and the checks of the book; nothing is written."""

    def then(session: Session) -> Report:
        failed = _failed_checks(session)
        lines = [*failed, *(str(finding) for finding in session.held.findings)]
        title = "All checks passed." if not failed else f"{count(len(failed), 'check')} failed."
        return Report(title, lines, findings=bool(lines), go="Checks!A1")

    return opened(press, "", then)


def _failed_checks(session: Session) -> list[str]:
    rows = _list(session, CHECK_TABLE.name)
    return [
        f"{row['status']} {row['check']}: {figure(row['value'])}"
        for row in rows
        if str(row["status"]).startswith("■")
    ]


def _list(session: Session, table: str) -> Sequence[Mapping[str, Any]]:
    return shown_rows(session.book.sheets(), table)


def changes(press: Press) -> Report:
    """What differs between the book and the plan; nothing is written."""

    def then(session: Session) -> Report:
        found = weigh(session.plan, session.held, session.issue, session.book.file)
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
        return Report("No exception is open.", [], go="Exceptions!A1")
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
    return Report(title, [line for line in lines if line], go=f"Exceptions!A{row['row']}")


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
        for row in log[log["cell"] == target].tail(3).itertuples(index=False):
            lines.append(f"Changed by {row.author}, {row.at}: {row.old} -> {row.new}. {row.reason}")
        return Report(found.title, lines)

    return opened(press, "", then)


def _going(target: str, title: str) -> Action:
    def action(press: Press) -> Report:
        del press
        return Report(title, [], go=target)

    return action


def about(press: Press) -> Report:
    """Which program and which workbook this is."""
    identity = press.book.identity()
    lines = [
        f"Plan: {identity['plan']}", f"Plan folder: {press.plan}",
        f"Cycle {identity['cycle']}, version {identity['version']}, build {identity['build']}",
        f"Workbook written by sop-xl {identity['program'] or 'of an older version'}",
    ]
    return Report(f"sop-xl {__version__}", lines)


BUTTONS: Mapping[str, Button] = {
    "new_cycle": Button("New cycle", new_cycle, "Load the data of the next month and write its "
                        "workbook. What was typed in this one is taken over first."),
    "load": Button("Load data", load_data, "Read the data folder again and show it here.", "open"),
    "save": Button("Save to plan", save, "Take what was typed into the plan, and show what others "
                   "changed.", "open"),
    "status": Button("Status", status, "Where the cycle stands."),
    "sign_off": Button("Sign off step", sign_off, "Sign off the next step; it closes what it "
                       "covers.", "open"),
    "reopen": Button("Reopen step", reopen, "Open the last step that was signed off.", "signed"),
    "forecast": Button(
        "Run forecast",
        refreshing("demand", "Forecast run", _baseline_changes, "Demand_Plan!A1"),
        "Save what was typed, compute the baseline and the plan, and say what changed.", "demand"),
    "supply": Button(
        "Run supply", refreshing("supply", "Supply run", _short_capacity, "Capacity!A1"),
        "Save what was typed, compute the plan, and say which resource is short.", "supply"),
    "reconcile": Button(
        "Reconcile", refreshing("finance", "Reconciled", _against_aop, "Finance_Recon!A1"),
        "Save what was typed, compute the plan, and set it against the AOP.", "finance"),
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
