"""The button *Spread targets*: totals that were typed become numbers of the blocks."""

from __future__ import annotations

from sop_xl.actions.laying import laid_over
from sop_xl.actions.pressing import (
    Report,
    StoppedError,
    ask_first,
    bring_up_to_date,
    opened,
    taken_over,
)
from sop_xl.actions.preview import Preview
from sop_xl.actions.session import Press, Session
from sop_xl.planning.demand.targets import Spreading, spread_targets
from sop_xl.planning.wording import count
from sop_xl.store import difference
from sop_xl.tables.demand import DEMAND_PLAN, DEMAND_TOTAL

INPUTS = f"{DEMAND_PLAN.name}_inputs"
SHEET = "Demand_Plan!A1"
SHOWN = 12
"""Blocks whose move is told."""


def spread(press: Press) -> Report:
    """Take over what was typed, and fix the blocks so that they sum to the targets."""

    def then(session: Session) -> Report:
        plans: list[Spreading] = []

        def allow(foreseen: Preview) -> None:
            plans.append(_weighed(session, foreseen))

        def work(session: Session) -> list[str]:
            return _write(session, plans[0])

        done = bring_up_to_date(session, work, allow)
        return done.report(f"Targets spread: {taken_over(done.collected)}.", go=SHEET)

    return opened(press, "demand", then)


def _weighed(session: Session, foreseen: Preview) -> Spreading:
    """What the targets make of the plan as it will be with what was typed.

    Raises:
        StoppedError: There is nothing to do, a target cannot be met, or the answer was no.
    """
    frames, settings = foreseen.made.frames, session.plan.settings
    found = spread_targets(
        foreseen.made.run.axis,
        frames[DEMAND_PLAN.name],
        frames[DEMAND_TOTAL.name],
        settings.spread_basis,
    )
    if found.refused:
        title = f"Nothing was spread: {count(len(found.refused), 'target')} cannot be met."
        raise StoppedError(Report(title, found.refused, findings=True, go=SHEET))
    if not found.met and found.changed.empty:
        line = "Type a total beside Target, in the block of a family or of all of them."
        raise StoppedError(Report("There is no target to spread.", [line], go=SHEET))
    ask_first(session, "This is going to be written over:", found.overwritten)
    return found


def _write(session: Session, found: Spreading) -> list[str]:
    """Put the numbers on record as changes of the plan's inputs, and say what was done."""
    press, plan, issue = session.press, session.plan, session.issue
    table = plan.store.tables[INPUTS]
    held = plan.store.inputs(issue.cycle)[INPUTS]
    keys = [name for name in table.keys if name in found.changed]
    changes = difference(held, laid_over(held, found.changed, keys), table)
    why = f"Spread by {press.author}, by {plan.settings.spread_basis}"
    changes = [change._replace(reason=why, cell="Demand_Plan") for change in changes]
    # whoever spreads decides now: an older copy of the book is no conflict
    plan.store.append_changes(
        issue.cycle, changes, press.author, press.at, issue.build, prefer="book"
    )
    released = int(found.changed["fixed"].isna().sum())
    lines = [*found.met, *_first(found.moved)]
    lines.append(f"{count(len(found.changed) - released, 'cell')} of blocks fixed")
    return lines + ([f"{count(released, 'cell')} released: no target any more"] * bool(released))


def _first(moves: list[str]) -> list[str]:
    """The largest moves of blocks, and how many more there are."""
    more = len(moves) - SHOWN
    return moves[:SHOWN] + ([f"{count(more, 'more block')} moved by less"] if more > 0 else [])

