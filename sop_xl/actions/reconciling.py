"""The buttons of finance: Reconcile, Tie-out list, Lock finance and Unlock, Show locked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sop_xl.actions.plans import OpenPlan
from sop_xl.actions.pressing import (
    Refreshed,
    Report,
    bring_up_to_date,
    opened,
    taken_over,
)
from sop_xl.actions.preview import Preview
from sop_xl.actions.running import run_open
from sop_xl.actions.session import Press, Session
from sop_xl.errors import SopError
from sop_xl.planning.finance import lock
from sop_xl.planning.finance.tie_outs import open_count, still_open
from sop_xl.planning.wording import count, month, number, percent
from sop_xl.store import Inputs, Mark
from sop_xl.tables.recon import AOP, BRIDGE, EFFECT_NAMES, FINANCE_LOCK

RECON, TIE_OUT = "Finance_Recon!A1", "Tie_Out!A1"
LISTED = 10
_TABLE = FINANCE_LOCK.name


# ---- Reconcile, Tie-out list ---------------------------------------------------------------------


def told(done: Refreshed) -> list[str]:
    """The gap of each line, what explains it, and what is open."""
    frames = done.made.frames
    choice = frames["recon_choices"].iloc[0]
    lines = [f"{choice['window']}, against {_name(choice['comparison'])}:"]
    lines += [_line(row) for row in _records(frames["recon_view"])]
    lines += [_explained(frames)] if len(frames["bridge"]) else []
    many = open_count(frames["tie_outs"])
    lines.append(f"{count(many, 'difference')} above tolerance open: see Tie_Out")
    return lines + _drift_lines(frames["finance_drift"])


def _name(comparison: str) -> str:
    return comparison if comparison == AOP else comparison.lower()


def _line(row: Mapping[str, Any]) -> str:
    text = f"{row['line']}: {number(row['plan'])}"
    if not pd.isna(row["share"]):
        difference = f"{number(row['difference'])} ({percent(row['share'])})"
        text += f" against {number(row['other'])}, difference {difference} {row['verdict']}"
    return text


def _explained(frames: Mapping[str, pd.DataFrame]) -> str:
    """The effects that make the change of revenue, largest first."""
    bridge = frames["bridge"]
    change = float((bridge["after"] - bridge["before"]).sum())
    sums = bridge[list(EFFECT_NAMES)].sum()
    sums = sums[sums.abs() >= 1].sort_values(key=lambda s: -s.abs())
    parts = [f"{BRIDGE[str(name)].label.lower()} {number(value)}" for name, value in sums.items()]
    moved = (bridge["after"] - bridge["before"]).set_axis(bridge["family"])
    worst = moved.sort_values(key=lambda s: -s.abs()).head(2)
    who = ", ".join(f"{family} {number(value)}" for family, value in worst.items())
    return f"Revenue moves by {number(change)}: {', '.join(parts) or 'nothing'}; most by {who}"


def _drift_lines(drift: pd.DataFrame) -> list[str]:
    """What has moved since finance locked its view; nothing where it is not locked."""
    if not lock.is_locked(drift):
        return []
    moved = drift[drift["moved"] != 0]
    if moved.empty:
        return ["The plan is as finance has locked it."]
    lines = ["Moved since finance locked its view:"]
    lines += [f"{row['line']}: {number(row['locked'])} -> {number(row['now'])}"
              f" ({number(row['moved'])})" for row in _records(moved.head(LISTED))]
    return lines + _and_more(len(moved), "Finance_Lock")


def _and_more(many: int, sheet: str) -> list[str]:
    return [f"... and {many - LISTED} more on the sheet {sheet}"] if many > LISTED else []


def tie_out_lines(done: Refreshed) -> list[str]:
    """The differences above their tolerance that nobody has explained, most money first."""
    frame = done.made.frames["tie_outs"]
    rows = frame[still_open(frame)]
    lines = [
        f"{row['tie_out']}: {number(row['amount'])}"
        + ("" if pd.isna(row["share"]) else f" ({percent(row['share'])})")
        + (f", {owner}" if (owner := row["owner"] or row["line_owner"]) else "")
        for row in _records(rows.head(LISTED))
    ]
    lines += _and_more(len(rows), "Tie_Out")
    return lines or ["Nothing is above its tolerance, or all of it is explained."]


# ---- Lock, unlock, show --------------------------------------------------------------------------


def lock_finance(press: Press) -> Report:
    """Freeze the financial view of the plan as it is with what was typed."""

    def then(session: Session) -> Report:
        foreseen: list[Preview] = []

        def work(session: Session) -> list[str]:
            return _freeze(session, foreseen[0])

        done = bring_up_to_date(session, work, foreseen.append)
        return done.report(f"Finance locked: {taken_over(done.collected)}.", go=RECON)

    return opened(press, "finance", then)


def _freeze(session: Session, foreseen: Preview) -> list[str]:
    press, cycle, store = session.press, session.issue.cycle, session.plan.store
    run = foreseen.made.run
    view = lock.view(run.axis, run.plan.frames["finance_total"],
                     run.plan.frames["finance_family"])
    mark, content = store.read(cycle).mark, lock.content_hash(view)
    frame = view.assign(hash=content, author=press.author, at=f"{press.at:%Y-%m-%d %H:%M}",
                        of_revision=float(mark.revision), of_change=float(mark.change))
    store.save_load(cycle, {_TABLE: frame}, [], press.author, press.at, "Finance locked",
                    kind="proposal")
    return [f"Content {content}: {count(len(view['line'].unique()), 'line')} of"
            f" {count(len(view['period'].unique()), 'month')}"]


def unlock_finance(press: Press) -> Report:
    """Let the financial view move again; what was locked stays on record."""

    def then(session: Session) -> Report:
        _held(session.plan, session.issue.cycle)

        def work(session: Session) -> list[str]:
            store, cycle = session.plan.store, session.issue.cycle
            empty = store.inputs(cycle)[_TABLE].iloc[:0]
            store.save_load(cycle, {_TABLE: empty}, [], press.author, press.at,
                            "Finance unlocked", kind="proposal")
            return []

        done = bring_up_to_date(session, work)
        return done.report(f"Finance unlocked: {taken_over(done.collected)}.", go=RECON)

    return opened(press, "finance", then)


def show_locked(press: Press) -> Report:
    """The locked view again, computed anew from the inputs that it was made from."""

    def then(session: Session) -> Report:
        plan, cycle = session.plan, session.issue.cycle
        held = _held(plan, cycle)
        head = held.iloc[0]
        mark = Mark(int(head["of_revision"]), int(head["of_change"]))
        inputs = Inputs(plan.store.inputs_at(cycle, mark), [], mark)
        run = run_open(plan, cycle, press.book.say, inputs)
        again = lock.view(run.axis, run.plan.frames["finance_total"],
                          run.plan.frames["finance_family"])
        same = lock.content_hash(again) == head["hash"] == lock.content_hash(held)
        months = lock.moved_months(held, again)
        title = (f"Locked by {head['author']}, {head['at']} UTC, content {head['hash']}: computed"
                 f" anew, it {_outcome(same, len(months))}.")
        sums = lock.drift(held, again)
        lines = [f"{row['line']}: {number(row['locked'])}" for row in _records(sums.head(LISTED))]
        lines += _and_more(len(sums), "Finance_Lock")
        lines += [f"{row['line']}, {month(row['period'])}: moved by {number(row['moved'])}"
                  for row in _records(months.head(LISTED))]
        if len(months) > LISTED:
            lines.append(f"... and {count(len(months) - LISTED, 'more month')} of a line")
        return Report(title, lines, findings=len(months) > 0, kept=False)

    return opened(press, "", then)


def _outcome(same: bool, moved: int) -> str:
    """
    >>> _outcome(True, 0), _outcome(False, 0), _outcome(False, 3)
    ('is the same', 'differs by less than 0.5 in each month of each line', 'differs')
    """
    if same:
        return "is the same"
    return "differs" if moved else f"differs by less than {lock.STIR} in each month of each line"


def _held(plan: OpenPlan, cycle: str) -> pd.DataFrame:
    held = plan.store.inputs(cycle)[_TABLE]
    if held.empty:
        raise SopError("The financial view is not locked.", "Press Lock finance first.")
    return held


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]

